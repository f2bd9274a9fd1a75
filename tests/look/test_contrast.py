"""The style sheet keeps its promises: contrast of every pair of tokens, size of controls, weight on the wire."""

from __future__ import annotations

import re
from pathlib import Path

import brotli
import pytest

CSS = Path(__file__).parents[2] / "hearing/static/css"
TOKENS = (CSS / "10-tokens.css").read_text(encoding="utf-8")
SHEET = "\n".join(path.read_text(encoding="utf-8") for path in sorted(CSS.glob("*.css")))

DECLARED = re.compile(r"(--[a-z0-9-]+):\s*([^;}]+)")


def block(selector: str) -> dict[str, str]:
    """The custom properties of the one rule that is opened by `selector`."""
    (body,) = re.findall(rf"(?m)^{re.escape(selector)} \{{([^}}]*)\}}", TOKENS)
    return {name: value.strip() for name, value in DECLARED.findall(body)}


ROOT = block(":root")
LIGHT = {name: value for name, value in ROOT.items() if value.startswith("#")}
BY_SYSTEM = block("html:not([data-theme=light])")
BY_CHOICE = block("html[data-theme=dark]")
DARK = {name: value for name, value in BY_CHOICE.items() if value.startswith("#")}
THEMES = {"light": LIGHT, "dark": DARK}

LOOK = {
    "--paper": "#f6f1e7",
    "--card": "#fffdf9",
    "--line": "#e0d5c2",
    "--ink": "#221d17",
    "--ink-2": "#5c5348",
    "--brick": "#9e3527",
    "--jade": "#1d6a54",
    "--jade-ground": "#e3f0ea",
    "--amber": "#7d5200",
    "--amber-ground": "#fbefd5",
    "--slate": "#3c4858",
    "--slate-ground": "#e8ebf0",
}
"""The colours that the design names."""

PAIRS = [
    # what is written, on what, at least
    ("--ink", "--paper", 7.0),
    ("--ink", "--card", 7.0),
    ("--ink", "--sunk", 7.0),
    ("--ink", "--brick-ground", 7.0),
    ("--ink", "--jade-ground", 7.0),
    ("--ink", "--amber-ground", 7.0),
    ("--ink", "--slate-ground", 7.0),
    ("--ink", "--red-ground", 7.0),
    ("--ink-2", "--paper", 6.0),
    ("--ink-2", "--card", 6.0),
    ("--ink-2", "--sunk", 5.5),
    ("--ink-2", "--brick-ground", 5.5),
    ("--ink-2", "--jade-ground", 5.5),
    ("--on-brick", "--brick", 6.0),
    ("--brick-ink", "--paper", 5.5),
    ("--brick-ink", "--card", 5.5),
    ("--brick-ink", "--brick-ground", 5.5),
    ("--on-jade", "--jade", 5.5),
    ("--jade", "--jade-ground", 5.5),
    ("--jade", "--card", 5.5),
    ("--amber", "--amber-ground", 5.5),
    ("--amber", "--card", 5.5),
    ("--slate", "--slate-ground", 7.0),
    ("--red", "--red-ground", 5.5),
    ("--red", "--card", 5.5),
    ("--red", "--paper", 5.5),
    # WCAG 1.4.11: what shows where a control is, or how far something has come
    ("--edge", "--card", 3.0),
    ("--edge", "--paper", 3.0),
    ("--edge", "--sunk", 3.0),
    ("--jade", "--sunk", 3.0),
    ("--slate", "--card", 3.0),
]


def luminance(colour: str) -> float:
    """Relative luminance of #rgb or #rrggbb (WCAG 2.2)."""
    digits = colour.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours (WCAG 2.2)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_computed_as_wcag_says() -> None:
    assert contrast("#000", "#fff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("front", "ground", "least"), PAIRS)
def test_what_is_written_can_be_read(theme: str, front: str, ground: str, least: float) -> None:
    colours = THEMES[theme]
    assert contrast(colours[front], colours[ground]) >= least


def test_white_on_brick_as_designed() -> None:
    assert contrast("#fff", LIGHT["--brick"]) >= 6.5


def test_colours_are_those_of_the_design() -> None:
    assert {name: LIGHT[name] for name in LOOK} == LOOK


def test_dark_is_the_same_by_system_and_by_choice_and_leaves_no_colour_light() -> None:
    assert BY_SYSTEM == BY_CHOICE
    assert set(DARK) == set(LIGHT)


def test_every_colour_has_a_pair_that_is_checked() -> None:
    decoration = {"--line", "--brick-wall"}
    assert {name for pair in PAIRS for name in pair[:2]} == set(LIGHT) - decoration


def test_every_token_in_use_is_defined_and_every_token_defined_is_used() -> None:
    assert set(re.findall(r"var\((--[a-z0-9-]+)\)", SHEET)) == set(ROOT)


@pytest.mark.parametrize(
    ("view", "text", "control", "touch", "heading", "second"),
    [({}, 18, 48, 44, 27, 20), (block("html[data-elder]"), 24, 60, 60, 36, 28)],
    ids=["normal", "elder"],
)
def test_type_and_controls_are_as_large_as_promised(
    view: dict[str, str], text: float, control: float, touch: float, heading: float, second: float
) -> None:
    """In CSS pixels, when the browser's own text size is the usual 16."""
    tokens = ROOT | view
    size = float(tokens["--text"].removesuffix("%")) * 16 / 100

    def pixels(name: str) -> float:
        return float(tokens[name].removesuffix("rem")) * size

    assert size == text
    assert pixels("--control") >= control
    assert pixels("--touch") >= touch
    assert pixels("--h1") == pytest.approx(heading, abs=0.5)
    assert pixels("--h2") == pytest.approx(second, abs=0.5)


def test_nothing_has_a_fixed_height_that_text_could_outgrow() -> None:
    """`height` is allowed for pictures, ticks and bricks alone; everything that holds words has `min-height`."""
    holders = {
        selector.strip()
        for selector, body in re.findall(r"([^{}]+)\{([^{}]*)\}", SHEET)
        if re.search(r"(?<![a-z-])height:\s*(?!auto|1px)[\d.]", body)
    }
    wordless = {
        ".top::after, .foot::before",
        ".mark",
        ".icon",
        ".choice input",
        ".sign-canvas",
        ".tag .icon",
        ".empty > .icon",
        ".wall i",
        ".wall-plain",
        ".steps-bricks i",
        ".roof",
        ".cell .icon",
        ".band-name::after",
        ".moment-dot",
        ".moment-dot .icon",
        ".qr-code svg",
        ".bars-row svg, .money-bar",
        ".bars-votes::before",
        ".bars-key .bars-effective::before",
    }
    assert holders <= wordless


def test_the_sheet_is_light() -> None:
    assert len(brotli.compress(SHEET.encode(), quality=11)) <= 8_000


def test_the_sheet_loads_nothing_and_keeps_its_layers() -> None:
    assert "url(" not in SHEET
    assert "@import" not in SHEET
    assert SHEET.startswith("@layer reset, tokens, base, components, utilities, print;")
    for path in sorted(CSS.glob("*.css")):
        assert path.read_text(encoding="utf-8").lstrip().startswith("@layer"), path.name
