"""The building group 自治管理小组: households of the house who see the lift through, and who may hold which office.

One person alone keeps the accounts: she holds no other office, and nobody of her household supervises them, so that
nobody signs for both sides of a payment (S3; decisions/032).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum, auto

from hearing.refusal import N_, Refused
from hearing.works.rules.refusals import Refusal


class GroupRole(StrEnum):
    """An office in the group, or a seat without one."""

    LEADER = auto()
    ACCOUNTS = auto()
    SUPERVISOR = auto()
    LIAISON = auto()
    MEMBER = auto()


GROUP_LABELS: dict[GroupRole, str] = {
    GroupRole.LEADER: N_("组长"),
    GroupRole.ACCOUNTS: N_("财务"),
    GroupRole.SUPERVISOR: N_("监督"),
    GroupRole.LIAISON: N_("联络"),
    GroupRole.MEMBER: N_("成员"),
}
HELD_BY_ONE = frozenset({GroupRole.LEADER, GroupRole.ACCOUNTS})
COMPLETE = frozenset({GroupRole.LEADER, GroupRole.ACCOUNTS, GroupRole.SUPERVISOR})
"""The offices that are held before anything is built."""


class Ending(StrEnum):
    """Why a seat ended."""

    RESIGNED = auto()
    REPLACED = auto()
    MOVED = auto()
    MISTAKE = auto()


ENDING_LABELS: dict[Ending, str] = {
    Ending.RESIGNED: N_("本人辞任"),
    Ending.REPLACED: N_("大家改选"),
    Ending.MOVED: N_("房屋转让或搬走"),
    Ending.MISTAKE: N_("登记有误"),
}


@dataclass(frozen=True)
class Person:
    """Somebody of a household: her line in the register, and the flat for which she is in the group."""

    holder: int
    unit: int
    name: str
    phone: str = ""

    def is_also(self, other: "Person") -> bool:
        """Whether two lines of the register are one person: the same line, or one name and no two telephones.

        Who owns two flats may stand in the register twice; for keeping accounts she is one.
        """
        if self.holder == other.holder:
            return True
        return self.name == other.name and (not self.phone or not other.phone or self.phone == other.phone)


@dataclass(frozen=True)
class Held:
    """A seat that is held."""

    role: GroupRole
    person: Person


def may_appoint(
    held: Sequence[Held], role: GroupRole, person: Person, *, lives_there: bool, day: date, today: date
) -> None:
    """Who is chosen holds a flat of the house, and no two offices that watch each other.

    Raises GROUP_NOT_A_HOUSEHOLD, GROUP_SEAT_HELD, GROUP_OFFICE_TAKEN, GROUP_ACCOUNTS_ALONE, GROUP_SIGNS_FOR_BOTH or
    ENTRY_AHEAD.
    """
    if not lives_there:
        raise Refused(Refusal.GROUP_NOT_A_HOUSEHOLD)
    own = {seat.role for seat in held if seat.person.is_also(person)}
    if role in own:
        raise Refused(Refusal.GROUP_SEAT_HELD)
    if role in HELD_BY_ONE and any(seat.role is role for seat in held):
        raise Refused(Refusal.GROUP_OFFICE_TAKEN)
    offices = (own | {role}) - {GroupRole.MEMBER}
    if GroupRole.ACCOUNTS in offices and len(offices) > 1:
        raise Refused(Refusal.GROUP_ACCOUNTS_ALONE)
    if signs_for_both([*held, Held(role, person)]):
        raise Refused(Refusal.GROUP_SIGNS_FOR_BOTH)
    if day > today:
        raise Refused(Refusal.ENTRY_AHEAD)


def signs_for_both(held: Sequence[Held]) -> bool:
    """Whether one household keeps the accounts and supervises them."""
    keeping = {seat.person.unit for seat in held if seat.role is GroupRole.ACCOUNTS}
    return any(seat.role is GroupRole.SUPERVISOR and seat.person.unit in keeping for seat in held)


def may_end(*, since: date, ended: bool, day: date, today: date, why: Ending, note: str) -> None:
    """A seat ends once, on a day from its first on; a mistake says what was wrong.

    Raises GROUP_SEAT_ENDED, GROUP_DAY_BEFORE_START(day), ENTRY_AHEAD or GROUP_UNREASONED.
    """
    if ended:
        raise Refused(Refusal.GROUP_SEAT_ENDED)
    if day < since:
        raise Refused(Refusal.GROUP_DAY_BEFORE_START, day=since.isoformat())
    if day > today:
        raise Refused(Refusal.ENTRY_AHEAD)
    if why is Ending.MISTAKE and not note.strip():
        raise Refused(Refusal.GROUP_UNREASONED)


def offices_held(held: Sequence[Held]) -> frozenset[GroupRole]:
    """The offices in which somebody is."""
    return frozenset(seat.role for seat in held)
