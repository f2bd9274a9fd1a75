"""Household roll 户册: reading the sheets that offices keep, and telling a clerk exactly what is in them."""

from hearing.places.sheet.cells import guard, unguard
from hearing.places.sheet.comparing import Change, ChangeKind, CurrentUnit, FieldChange, compare
from hearing.places.sheet.findings import (
    FINDING_SENTENCES,
    SENTENCES,
    SEVERITY_LABELS,
    Code,
    Finding,
    Severity,
    SheetRefusal,
)
from hearing.places.sheet.pages import MAX_BYTES, MAX_ROWS
from hearing.places.sheet.reading import read
from hearing.places.sheet.roll import (
    FLAG_LABELS,
    FaultyRow,
    Holder,
    RollFlag,
    RollRow,
    Sheet,
    UnitKey,
    unit_key,
)
from hearing.places.sheet.writing import errors_file, register_file, template

__all__ = [
    "FINDING_SENTENCES",
    "FLAG_LABELS",
    "MAX_BYTES",
    "MAX_ROWS",
    "SENTENCES",
    "SEVERITY_LABELS",
    "Change",
    "ChangeKind",
    "Code",
    "CurrentUnit",
    "FaultyRow",
    "FieldChange",
    "Finding",
    "Holder",
    "RollFlag",
    "RollRow",
    "Severity",
    "Sheet",
    "SheetRefusal",
    "UnitKey",
    "compare",
    "errors_file",
    "guard",
    "read",
    "register_file",
    "template",
    "unguard",
    "unit_key",
]
