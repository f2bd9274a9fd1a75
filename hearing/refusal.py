"""Refusal: why an act was not done, said so that a neighbour knows what to do next.

Each package lists its refusals as a StrEnum `Refusal` in its rules, with one Chinese sentence for each in `SENTENCES`.
"""

from collections.abc import Mapping
from enum import StrEnum


class Refused(Exception):
    """An act that a rule does not allow. `details` fill the `%(name)s` placeholders of the refusal's sentence."""

    def __init__(self, refusal: StrEnum, /, **details: object) -> None:
        super().__init__(refusal, details)
        self.refusal = refusal
        self.details: Mapping[str, object] = details

    def __str__(self) -> str:
        words = ", ".join(f"{name}={value}" for name, value in self.details.items())
        return f"{self.refusal.name}({words})"


def N_(sentence: str) -> str:  # noqa: N802 - the name that gettext's tools look for
    """Mark a sentence for the translators and give it back unchanged; the page that shows it translates it."""
    return sentence
