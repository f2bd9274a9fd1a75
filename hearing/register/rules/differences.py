"""Differences 对照: what a roll would change in the register, and the digest by which two people see the same."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from hearing.places.sheet import Change, ChangeKind, CurrentUnit, FaultyRow, FieldChange, RollFlag, RollRow, compare
from hearing.places.sheet.comparing import FIELD_LABELS as _COMPARED
from hearing.refusal import N_
from hearing.register.rules.readings import plain_row, plain_unit

FIELD_LABELS: dict[str, str] = _COMPARED | {"vacant": N_("空关或未售"), "doubtful": N_("户主已故")}
"""What may change of a unit: what `compare` looks at, and what only a remark says."""

HANDS = frozenset({"capacity", "form", "holders"})
"""The fields whose change ends one tenure and begins another."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A unit of the register as an import finds it.

    `vacant` 空关或未售; `doubtful`: the office knows already that a holder has died and nobody has followed yet.
    """

    unit: CurrentUnit
    vacant: bool = False
    doubtful: bool = False


@dataclass(frozen=True)
class Difference:
    """The rows of a roll against the register, in the order of the file, then the units that it does not name."""

    changes: tuple[Change, ...]
    faulty: tuple[FaultyRow, ...]

    @cached_property
    def counts(self) -> Counter[ChangeKind]:
        """How many units of each kind."""
        return Counter(change.kind for change in self.changes)

    def of(self, kind: ChangeKind) -> list[Change]:
        """The changes of one kind."""
        return [change for change in self.changes if change.kind is kind]

    @property
    def touched(self) -> int:
        """How many units an import would write: new and changed ones."""
        return self.counts[ChangeKind.NEW] + self.counts[ChangeKind.CHANGED]

    @property
    def missing(self) -> int:
        """How many units of the register the file does not name; they stay as they are."""
        return self.counts[ChangeKind.MISSING]

    @cached_property
    def digest(self) -> str:
        """SHA-256 over everything that the table shows: the same table, the same digest."""
        lines = [
            [
                change.kind,
                change.row and plain_row(change.row),
                change.current and plain_unit(change.current),
                [field.field for field in change.fields],
            ]
            for change in self.changes
        ]
        shown = [lines, [row.row for row in self.faulty]]
        return hashlib.sha256(json.dumps(shown, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def difference(rows: Iterable[RollRow], faulty: Iterable[FaultyRow], register: Sequence[Standing]) -> Difference:
    """What importing these rows would do to the register.

    Beyond `sheet.compare` it minds what only a remark says: an empty or unsold unit, a holder who has died. A remark
    that says nothing changes nothing.
    """
    faulty = tuple(faulty)
    known = {standing.unit.unit_id: standing for standing in register}
    compared = compare(rows, [standing.unit for standing in register], faulty)
    return Difference(tuple(_with_remarks(change, known) for change in compared), faulty)


def vacant_after(row: RollRow, before: Standing | None) -> bool:
    """Whether the unit is empty or unsold once the row is in the register. Who moves in ends it; silence does not."""
    if not row.holders or row.flags & {RollFlag.VACANT, RollFlag.UNSOLD}:
        return True
    return before is not None and before.vacant and bool(before.unit.holders)


def _with_remarks(change: Change, known: dict[int, Standing]) -> Change:
    if change.row is None or change.current is None:
        return change
    standing, fields = known[change.current.unit_id], list(change.fields)
    vacant = vacant_after(change.row, standing)
    if vacant != standing.vacant:
        fields.append(FieldChange("vacant", standing.vacant, vacant))
    if RollFlag.DECEASED in change.row.flags and (not standing.doubtful or changes_hands(change)):
        fields.append(FieldChange("doubtful", False, True))
    return replace(change, kind=ChangeKind.CHANGED if fields else ChangeKind.SAME, fields=tuple(fields))


def changes_hands(change: Change) -> bool:
    """Whether somebody else holds the unit, or holds it otherwise, once the row is in the register."""
    return any(field.field in HANDS for field in change.fields)
