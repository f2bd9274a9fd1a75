"""Readings 读数: what was read from a file, written down as JSON until two people have decided about it.

Kept instead of the file itself: the reader has left out identity numbers, hidden sheets and columns that nobody asked
for, and what is not kept cannot leak (personal data law §6, §19). Of the file its SHA-256 stays.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from hearing.places.rules import Capacity, HoldingForm, UnitUse
from hearing.places.sheet import Code, CurrentUnit, FaultyRow, Finding, Holder, RollFlag, RollRow


@dataclass(frozen=True)
class Reading:
    """The rows of a file that can be imported, and those that cannot."""

    rows: tuple[RollRow, ...]
    faulty: tuple[FaultyRow, ...]


def written_down(reading: Reading) -> str:
    """A reading as JSON."""
    faulty = [[row.row, row.building, row.stairwell, row.floor, row.unit] for row in reading.faulty]
    return _json({"rows": [plain_row(row) for row in reading.rows], "faulty": faulty})


def read_back(text: str) -> Reading:
    """The reading that was written down."""
    data = json.loads(text)
    return Reading(tuple(_row(row) for row in data["rows"]), tuple(FaultyRow(*row) for row in data["faulty"]))


def findings_text(findings: Iterable[Finding]) -> str:
    """Findings as JSON; they say no name and no number of anybody."""
    return _json([[found.row, found.column, found.code, found.details] for found in findings])


def findings_from(text: str) -> list[Finding]:
    """The findings that were written down."""
    return [Finding(row, column, Code(code), details) for row, column, code, details in json.loads(text)]


def plain_row(row: RollRow) -> dict[str, Any]:
    """A row as JSON values."""
    return {"row": row.row, **_plain(row), "flags": sorted(row.flags), "note": row.note}


def plain_unit(unit: CurrentUnit) -> dict[str, Any]:
    """A unit of the register as JSON values."""
    return {"unit_id": unit.unit_id, **_plain(unit)}


def _plain(unit: RollRow | CurrentUnit) -> dict[str, Any]:
    return {
        "building": unit.building,
        "stairwell": unit.stairwell,
        "floor": unit.floor,
        "unit": unit.unit,
        "use": unit.use,
        "area_centi": unit.area_centi,
        "capacity": unit.capacity,
        "form": unit.form,
        "holders": [[holder.name, holder.phone, holder.share and str(holder.share)] for holder in unit.holders],
    }


def _row(data: dict[str, Any]) -> RollRow:
    typed = {
        "use": UnitUse(data["use"]),
        "capacity": Capacity(data["capacity"]),
        "form": HoldingForm(data["form"]),
        "holders": tuple(Holder(name, phone, share and Fraction(share)) for name, phone, share in data["holders"]),
        "flags": frozenset(RollFlag(flag) for flag in data["flags"]),
    }
    return RollRow(**(data | typed))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
