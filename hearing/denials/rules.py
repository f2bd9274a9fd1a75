"""Denials: which acts a household may deny, and that two who had no hand in it check a denial (domain.md 4.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, auto


class Sort(StrEnum):
    """What is set aside when a household denies it."""

    CONSENT = auto()
    APPLICATION = auto()
    OBJECTION = auto()
    SIGN_IN = auto()


@dataclass(frozen=True)
class Act:
    """An act in a household's name, as far as the rule needs it; `pub` are its public fields."""

    kind: str
    role: str
    own: bool
    """Whether the reader did it herself, signed in as herself."""
    pub: Mapping[str, object]


def deniable(act: Act) -> Sort | None:
    """What would be set aside if the household denied the act; None for acts that cannot be denied.

    Answers can be denied whoever gave them: a signature may be forged on one's own phone. Of all else, only what
    somebody else entered for the household: an application, an objection, a sign-in from paper or by family.
    """
    match act.kind:
        case "consent.answered":
            return Sort.CONSENT
        case "proposal.submitted" | "proposal.letter" if act.pub.get("assisted") and not act.own:
            return Sort.APPLICATION
        case "objection.raised" if act.pub.get("assisted") and not act.own:
            return Sort.OBJECTION
        case "meeting.signed_in" | "meeting.signed_in_on_paper" if not act.own:
            return Sort.SIGN_IN
        case _:
            return None
