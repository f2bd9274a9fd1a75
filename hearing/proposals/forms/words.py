"""Words that the forms of proposals share."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field

NO_HEALTH = _l("写台阶、扶手，不写病情。病情、收入这些居委会当面问，不会公开。")
"""Said wherever words may end up on a public page."""


def labels(names: dict[Any, str]) -> list[tuple[str, Any]]:
    """The choices of an enumeration, in the reader's language."""
    return [(key.value, _l(sentence)) for key, sentence in names.items()]


def blame(field: Field, sentence: str) -> bool:
    """Add an error that only the whole form can see; False, as the form's answer."""
    field.errors = [*field.errors, sentence]
    return False


def written(field: Field) -> str:
    """What stands in a text field; nothing is an empty text."""
    return field.data or ""
