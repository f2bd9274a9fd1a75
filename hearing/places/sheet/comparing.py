"""Comparing 比对: what importing a roll would change, unit by unit and field by field, before anyone approves it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum, auto
from operator import attrgetter

from hearing.places.rules import Capacity, HoldingForm, UnitUse
from hearing.places.sheet.roll import FaultyRow, Holder, RollRow, UnitKey, unit_key
from hearing.refusal import N_


class ChangeKind(StrEnum):
    """What a roll says of one unit, against the register."""

    NEW = auto()
    CHANGED = auto()
    SAME = auto()
    MISSING = auto()


CHANGE_LABELS: dict[ChangeKind, str] = {
    ChangeKind.NEW: N_("新增"),
    ChangeKind.CHANGED: N_("有变动"),
    ChangeKind.SAME: N_("不变"),
    ChangeKind.MISSING: N_("文件里没有"),
}
FIELD_LABELS: dict[str, str] = {
    "floor": N_("楼层"),
    "use": N_("用途"),
    "area_centi": N_("建筑面积"),
    "capacity": N_("表态身份"),
    "form": N_("共有情况"),
    "holders": N_("户主"),
}


@dataclass(frozen=True, slots=True)
class CurrentUnit:
    """A unit as the register has it now; the fields as in `RollRow`."""

    unit_id: int
    building: str
    stairwell: str
    floor: str
    unit: str
    use: UnitUse
    area_centi: int
    capacity: Capacity
    form: HoldingForm
    holders: tuple[Holder, ...]

    @property
    def key(self) -> UnitKey:
        """What identifies the unit."""
        return unit_key(self.building, self.stairwell, self.floor, self.unit)


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field before and after, typed as in `RollRow`; `field` is a key of `FIELD_LABELS`."""

    field: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class Change:
    """What a roll says of one unit. `row` is None for a missing unit, `current` for a new one."""

    kind: ChangeKind
    row: RollRow | None
    current: CurrentUnit | None
    fields: tuple[FieldChange, ...] = ()


def compare(rows: Iterable[RollRow], current: Sequence[CurrentUnit], faulty: Iterable[FaultyRow] = ()) -> list[Change]:
    """The rows of a roll against the register: new, changed or same in the order of the file, then missing ones in the
    order of the register. A unit whose row is faulty is neither missing nor compared.

    An empty floor, and a holder's empty phone number, say nothing: what the register knows stands.
    """
    known = {unit.key: unit for unit in current}
    changes = [_change(row, known.get(row.key)) for row in rows]
    spoken_for = {change.current.unit_id for change in changes if change.current}
    spoken_for |= {known[row.key].unit_id for row in faulty if row.key in known}
    missing = (unit for unit in current if unit.unit_id not in spoken_for)
    return changes + [Change(ChangeKind.MISSING, None, unit) for unit in missing]


def _change(row: RollRow, current: CurrentUnit | None) -> Change:
    if current is None:
        return Change(ChangeKind.NEW, row, None)
    row = replace(row, floor=row.floor or current.floor, holders=_with_known_phones(row.holders, current.holders))
    pairs = ((name, getattr(current, name), getattr(row, name)) for name in FIELD_LABELS)
    fields = tuple(FieldChange(*pair) for pair in pairs if _comparable(pair[1]) != _comparable(pair[2]))
    return Change(ChangeKind.CHANGED if fields else ChangeKind.SAME, row, current, fields)


def _with_known_phones(holders: tuple[Holder, ...], known: tuple[Holder, ...]) -> tuple[Holder, ...]:
    phones = {holder.name: holder.phone for holder in known}
    return tuple(h if h.phone else replace(h, phone=phones.get(h.name, "")) for h in holders)


def _comparable(value: object) -> object:
    """Holders in whatever order are the same holders."""
    return sorted(value, key=attrgetter("name", "phone")) if isinstance(value, tuple) else value
