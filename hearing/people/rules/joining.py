"""Joining: in whose name a person may answer for a household, when all we know is its letter and her phone.

Source: design decision (ux.md B6 row 3; domain.md 0.1 and 2.2). Nobody is recognised by name alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, auto

from hearing.people.rules.refusals import Refusal
from hearing.refusal import N_, Refused

LETTER_LIFE = timedelta(days=180)
"""How long the code on a letter opens the door; an initial code expires (ASVS 6.4.1)."""
OFFICE_CHECKS_WITHIN_DAYS = 3
"""Working days in which the office promises to look at the papers."""


class Relation(StrEnum):
    """What a person says that she is to the household."""

    LESSEE = auto()
    OWNER = auto()
    FAMILY = auto()


class CheckedHow(StrEnum):
    """How a person was recognised as a holder: by the roll's own phone, or by a clerk who looked at her papers."""

    PHONE = auto()
    OFFICE = auto()


class Papers(StrEnum):
    """What a clerk looked at before she recognised a member as a holder."""

    TENANCY = auto()
    DEED = auto()
    IDENTITY = auto()
    VISIT = auto()


PAPERS_LABELS: dict[Papers, str] = {
    Papers.TENANCY: N_("租用公房凭证"),
    Papers.DEED: N_("不动产权证"),
    Papers.IDENTITY: N_("身份证件和户册"),
    Papers.VISIT: N_("上门当面核对"),
}
RELATION_LABELS: dict[Relation, str] = {
    Relation.LESSEE: N_("承租人"),
    Relation.OWNER: N_("产权人"),
    Relation.FAMILY: N_("家属或同住人"),
}


@dataclass(frozen=True)
class Registered:
    """A person on the register of a unit, as far as recognising her needs."""

    id: int
    name: str
    phone: str
    died: bool = False


def recognised_by_phone(
    relation: Relation, capacity: str, phone: str, name: str, register: Iterable[Registered]
) -> int | None:
    """The register's person who has just proven that the register's phone is hers, or None when the office must look.

    She must say that she holds the unit in the capacity in which it is held. A phone that several people of the unit
    share tells them apart by name; a phone of somebody who has died proves nothing.
    """
    if relation.value != capacity:
        return None
    theirs = [person for person in register if person.phone == phone and phone]
    if len(theirs) > 1:
        theirs = [person for person in theirs if person.name == name]
    return theirs[0].id if len(theirs) == 1 and not theirs[0].died else None


def waits_for_office(relation: Relation, holder: int | None) -> bool:
    """Whether the office has to look at papers: she says that she holds the unit and her phone did not show it."""
    return relation is not Relation.FAMILY and holder is None


def letter_is_good(issued_at: datetime, voided_at: datetime | None, now: datetime) -> bool:
    """Whether the code of a letter still opens the door."""
    return voided_at is None and issued_at <= now < issued_at + LETTER_LIFE


def may_recognise(*, own: bool, decided: bool, on_register: bool) -> None:
    """Whether a clerk may link a membership to a person of the register.

    Raises OWN_MEMBERSHIP, MEMBERSHIP_DECIDED or HOLDER_ELSEWHERE.
    """
    if own:
        raise Refused(Refusal.OWN_MEMBERSHIP)
    if decided:
        raise Refused(Refusal.MEMBERSHIP_DECIDED)
    if not on_register:
        raise Refused(Refusal.HOLDER_ELSEWHERE)
