"""Icons: the sprite carries what the templates use, no more and no less."""

from __future__ import annotations

import re
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "hearing"
TEMPLATES = "\n".join(path.read_text(encoding="utf-8") for path in sorted((PACKAGE / "templates").rglob("*.html")))
LISTED = {
    name
    for line in (PACKAGE / "static/icons.txt").read_text(encoding="utf-8").splitlines()
    if (name := line.partition("#")[0].strip())
}


def test_every_icon_that_a_template_asks_for_is_in_the_sprite() -> None:
    asked = set(re.findall(r"\b(?:icon\(\s*|glyph=)'([a-z0-9-]+)'", TEMPLATES))
    assert asked <= LISTED


def test_no_icon_is_carried_for_nothing() -> None:
    unused = {name for name in LISTED if f"'{name}'" not in TEMPLATES}
    assert unused == set()
