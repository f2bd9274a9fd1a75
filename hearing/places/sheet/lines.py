"""Lines 行: one row of a sheet while it is read, with what was found in it so far."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from hearing.places.sheet import cells
from hearing.places.sheet.cells import BLANK, Cell, CellKind, Unfit
from hearing.places.sheet.columns import Column, Header
from hearing.places.sheet.findings import Code, Finding, Severity

T = TypeVar("T")

_PROBLEMS = {CellKind.FORMULA: Code.FORMULA, CellKind.DATE: Code.DATE_CELL, CellKind.BROKEN: Code.BROKEN_CELL}
_NARROWED = frozenset(Column) - {Column.NAME, Column.NOTE}


class Line:
    """One row of a sheet: the cells of the columns that are read, and the findings about them."""

    def __init__(self, number: int, filled: Mapping[Column, Cell], header: Header) -> None:
        self.number = number
        self.findings: list[Finding] = []
        self.failed: set[Column] = set()
        self._filled = filled
        self._header = header

    def say(self, column: Column, code: Code, /, **details: str | int) -> None:
        """Record a finding; after an error the row stays out, and the column is in `failed`."""
        finding = Finding(self.number, self._header.title(column), code, details)
        self.findings.append(finding)
        if finding.severity is Severity.ERROR:
            self.failed.add(column)

    def has(self, column: Column) -> bool:
        """Whether the sheet has the column at all."""
        return column in self._filled

    def kind(self, column: Column) -> CellKind:
        """How the cell is stored."""
        return self._filled.get(column, BLANK).kind

    def text(self, column: Column) -> str:
        """The tidied text of a cell, empty when the column or the text is not there.

        A formula, a date or an error value is recorded as an error and has no text.
        """
        cell = self._filled.get(column, BLANK)
        if problem := _PROBLEMS.get(cell.kind):
            self.say(column, problem)
            return ""
        text, invisible = cells.tidy(cells.unguard(cell.text))
        if invisible:
            self.say(column, Code.INVISIBLE)
        if column in _NARROWED and cells.is_wide(text):
            self.say(column, Code.FULL_WIDTH)
        return text

    def read(self, column: Column, reader: Callable[[str], T]) -> T | None:
        """What the reader makes of the text of a cell; None, with the error recorded, when it cannot be read."""
        text = self.text(column)
        return None if column in self.failed else self.attempt(column, reader, text)

    def attempt(self, column: Column, reader: Callable[[str], T], text: str) -> T | None:
        """What the reader makes of a text; None, with the error recorded, when it raises Unfit."""
        try:
            return reader(text)
        except Unfit as unfit:
            self.say(column, unfit.code, **unfit.details)
            return None
