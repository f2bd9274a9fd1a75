"""Cells: text in a file that a spreadsheet opens, and such a file written piece by piece."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from hearing.printing.words import BEIJING

Cell = str | int | bool | date | datetime | None
_PIECE = 1 << 16
"""Characters that stand in memory before they are handed on."""


def safe_cell(text: str) -> str:
    """Text that a spreadsheet takes for text: a sign that would begin a formula gets an apostrophe before it.

    Full-width signs count as well, for spreadsheets read them as the plain ones.
    """
    dangerous = text[:1] in _LINE_SIGNS or text.lstrip()[:1] in _FORMULA_SIGNS
    return f"'{text}" if dangerous and text.strip() else text


_FORMULA_SIGNS = frozenset("=+-@＝＋－＠")
_LINE_SIGNS = frozenset("\t\r\n")


def cell(value: Cell) -> str:
    """A value as a table has it: moments in Beijing time, yes and no in words, nothing that is a formula."""
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case datetime():
            return f"{value.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}"
        case date():
            return value.isoformat()
        case int():
            return str(value)
        case _:
            return safe_cell(value)


def csv_pieces(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """A CSV file in UTF-8 as spreadsheets want it, in pieces; nothing at all for a table without rows."""
    out, begun = io.StringIO(), False
    writer = csv.writer(out, lineterminator="\r\n")
    for row in rows:
        if not begun:
            out.write("\ufeff")
            writer.writerow(heads)
            begun = True
        writer.writerow([cell(value) for value in row])
        if out.tell() >= _PIECE:
            yield out.getvalue().encode()
            out.seek(0)
            out.truncate()
    if out.tell():
        yield out.getvalue().encode()
