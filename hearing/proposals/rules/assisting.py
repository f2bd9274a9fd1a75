"""Assisted entry 代办: staff write down what a household says; always marked, never in the household's place."""

from dataclasses import dataclass
from enum import StrEnum, auto

from hearing.people.rules import FIELD_STAFF, Role, require_role
from hearing.proposals.rules.refusals import Refusal
from hearing.refusal import N_, Refused


class Presence(StrEnum):
    """How the person for whom staff wrote took part."""

    IN_PERSON = auto()
    VISIT = auto()
    PHONE = auto()


PRESENCE_LABELS: dict[Presence, str] = {
    Presence.IN_PERSON: N_("本人在场"),
    Presence.VISIT: N_("上门办理"),
    Presence.PHONE: N_("电话里说的"),
}


@dataclass(frozen=True)
class Assistance:
    """Why staff wrote for a household, and how the household took part."""

    why: str
    presence: Presence


def may_assist(role: Role, assistance: Assistance) -> None:
    """Block officers and the committee may write for a household and say why (domain.md, section 0 item 11).

    Raises NOT_YOUR_SEAT of people or REASON_MISSING.
    """
    require_role(role, FIELD_STAFF)
    if not assistance.why.strip():
        raise Refused(Refusal.REASON_MISSING)
