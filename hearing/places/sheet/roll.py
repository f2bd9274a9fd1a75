"""Household roll 户册: the rows of a roll as values, whatever file they came from."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum, auto
from fractions import Fraction

from hearing.places.rules import Capacity, HoldingForm, UnitUse
from hearing.places.sheet.findings import Finding, Severity
from hearing.refusal import N_

UnitKey = tuple[str, str, str, str]
"""What makes two rows the same unit, see `unit_key`."""

_ROOM_NUMBER = re.compile(r"[0-9]{3}")


class RollFlag(StrEnum):
    """What a remark says about a unit, as far as an import has to act on it."""

    VACANT = auto()
    UNSOLD = auto()
    DECEASED = auto()
    AWAY = auto()


FLAG_LABELS: dict[RollFlag, str] = {
    RollFlag.VACANT: N_("空关"),
    RollFlag.UNSOLD: N_("未售"),
    RollFlag.DECEASED: N_("户主已故"),
    RollFlag.AWAY: N_("长期在外"),
}


EMPTY_HOUSE = frozenset({RollFlag.VACANT, RollFlag.UNSOLD})
"""What explains a unit without a holder."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A person who holds a unit. `phone` is digits only, empty when unknown; `share` is set for 按份共有 alone."""

    name: str
    phone: str = ""
    share: Fraction | None = None

    @property
    def takes_messages(self) -> bool:
        """Whether the number is a mainland mobile number, so that a code can be sent to it."""
        return len(self.phone) == 11 and self.phone.startswith("1")


@dataclass(frozen=True, slots=True)
class RollRow:
    """A row of the file that can be imported. `area_centi` is in 1/100 m²; `floor` and `stairwell` may be empty;
    `holders` is empty only for a vacant or unsold unit; the shares of 按份共有 sum to one exactly."""

    row: int
    building: str
    stairwell: str
    floor: str
    unit: str
    use: UnitUse
    area_centi: int
    capacity: Capacity
    form: HoldingForm
    holders: tuple[Holder, ...]
    flags: frozenset[RollFlag] = frozenset()
    note: str = ""

    @property
    def key(self) -> UnitKey:
        """What identifies the unit."""
        return unit_key(self.building, self.stairwell, self.floor, self.unit)


@dataclass(frozen=True, slots=True)
class FaultyRow:
    """A row with an error. Its labels are as far as they could be read, so that its unit is not called missing."""

    row: int
    building: str
    stairwell: str
    floor: str
    unit: str

    @property
    def key(self) -> UnitKey:
        """What identifies the unit."""
        return unit_key(self.building, self.stairwell, self.floor, self.unit)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What was read from a file: `rows` may be imported, `faulty` may not; `findings` are in the order of the file."""

    title: str
    header_row: int
    rows: tuple[RollRow, ...]
    faulty: tuple[FaultyRow, ...]
    findings: tuple[Finding, ...]

    def of(self, severity: Severity) -> tuple[Finding, ...]:
        """The findings of one severity."""
        return tuple(finding for finding in self.findings if finding.severity is severity)


def unit_key(building: str, stairwell: str, floor: str, unit: str) -> UnitKey:
    """What makes two labels the same unit: width, case, spaces and a final 室 do not count.

    The floor belongs to the key of 二层前楼 and 三层前楼, which are two units of one lane house; a room number such as
    302 or 1201 says its floor itself, so there the floor column does not count.
    """
    door = _fold(unit).removesuffix("室")
    return _fold(building), _fold(stairwell), "" if _ROOM_NUMBER.search(door) else _fold(floor), door


def _fold(label: str) -> str:
    return "".join(unicodedata.normalize("NFKC", label).split()).casefold()
