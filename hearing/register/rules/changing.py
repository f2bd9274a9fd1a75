"""Changing 变更: what the office enters by hand for one unit, as dated events and never as an edit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum, auto
from fractions import Fraction

from hearing.places.rules import Capacity, HoldingForm
from hearing.places.sheet.cells import without_id_numbers
from hearing.refusal import N_, Refused
from hearing.register.rules.refusals import Refusal


class ChangeKind(StrEnum):
    """What happened to a unit or to somebody who holds it."""

    HANDS = auto()
    DEATH = auto()
    DOUBT = auto()
    PHONE = auto()
    VACANT = auto()
    OCCUPIED = auto()

    @property
    def label(self) -> str:
        """The word for it, in the source language."""
        return _LABELS[self]


_LABELS = {
    ChangeKind.HANDS: N_("变更户主"),
    ChangeKind.DEATH: N_("登记去世"),
    ChangeKind.DOUBT: N_("户册备注写明户主已故，待核实"),
    ChangeKind.PHONE: N_("更正手机号"),
    ChangeKind.VACANT: N_("标为空关"),
    ChangeKind.OCCUPIED: N_("标为有人居住"),
}


@dataclass(frozen=True, slots=True)
class NewHolder:
    """Somebody who comes to hold a unit. `share` for 按份共有 alone; `phone` digits only, empty when unknown."""

    name: str
    phone: str = ""
    share: Fraction | None = None


@dataclass(frozen=True, slots=True)
class NewTenure:
    """How a unit is held from now on; without holders only an empty or unsold one."""

    capacity: Capacity
    form: HoldingForm
    holders: tuple[NewHolder, ...]


def check_tenure(tenure: NewTenure) -> None:
    """A tenure says clearly who holds the unit: Civil Code §297–§299, shares sum to the whole exactly.

    Raises FORM_NEEDS_SEVERAL, FORM_NEEDS_ONE(n), SHARES_NOT_WHOLE, SHARES_NOT_ASKED or HOLDERS_SAME_NAME. One name may
    stand for a couple (共同共有): the spouse need not be named.
    """
    shares = [holder.share for holder in tenure.holders]
    if tenure.form is HoldingForm.SHARES:
        if len(tenure.holders) < 2:
            raise Refused(Refusal.FORM_NEEDS_SEVERAL)
        if not _whole(shares):
            raise Refused(Refusal.SHARES_NOT_WHOLE)
    elif any(share is not None for share in shares):
        raise Refused(Refusal.SHARES_NOT_ASKED)
    elif tenure.form is HoldingForm.SOLE and len(tenure.holders) > 1:
        raise Refused(Refusal.FORM_NEEDS_ONE, n=len(tenure.holders))
    people = [(holder.name, holder.phone) for holder in tenure.holders]
    if len(set(people)) < len(people):
        raise Refused(Refusal.HOLDERS_SAME_NAME)


def happened_by(day: date, today: date) -> None:
    """What is registered has happened. Raises DAY_AHEAD."""
    if day > today:
        raise Refused(Refusal.DAY_AHEAD)


def tidy_note(note: str) -> str:
    """A remark without what looks like an identity number, which is never stored (personal data law §28)."""
    return without_id_numbers(note)


def _whole(shares: Sequence[Fraction | None]) -> bool:
    given = [share for share in shares if share is not None]
    return len(given) == len(shares) and all(share > 0 for share in given) and sum(given) == 1
