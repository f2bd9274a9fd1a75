"""Pages 工作表: the bytes of an uploaded .xlsx or .csv as rows of cells, within limits that a hostile file cannot pass.

A workbook is streamed with openpyxl for its values; formulas and merged cells are found in the XML beside it, so that
no formula is ever parsed or computed. Whatever is wrong with a file, the only exception that leaves here is `Refused`.
"""

import csv
import re
import warnings
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO, StringIO
from itertools import islice
from pathlib import PurePath
from typing import Any
from zipfile import ZipFile

import openpyxl
from defusedxml.ElementTree import iterparse
from openpyxl.utils.cell import coordinate_to_tuple, range_boundaries

from hearing.places.sheet.cells import BLANK, Cell, CellKind
from hearing.places.sheet.findings import SheetRefusal
from hearing.refusal import Refused

if openpyxl.LXML:
    raise ImportError("openpyxl was imported before hearing and reads XML by lxml; it must be by defusedxml")

MAX_BYTES = 8 * 2**20
MAX_UNPACKED = 48 * 2**20
MAX_PARTS = 2_000
MAX_COLUMNS = 64
MAX_ROWS = 5_000
"""Households of one file (ux.md B5)."""
MAX_LINES = MAX_ROWS + 500
"""Rows of a sheet with anything in them: households, titles, totals, repeated headers."""
MAX_TEXT = 500
"""Characters of one cell that are kept; every column's own limit is below it."""

_LAST_ROW = 1_048_576
# How much markup a part may have, by its name. Five thousand rows of fifteen cells stay below half of the first limit;
# a style takes longer to read than a cell, and a sheet's entry in the workbook longer still.
_MAX_MARKUP = {"styles.xml": 100_000, "workbook.xml": 10_000}
_MAX_SHEET_MARKUP = 1_000_000
_MAX_ASIDE = 20_000
"""Elements of a sheet that stand before its rows, and merges."""

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_TEXT_FORMULA = re.compile(r'="([^"=]*)"')

Row = tuple[int, tuple[Cell, ...]]
"""A row's number as the clerk sees it in the file, from 1, and its cells."""


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a sheet that have anything in them, and its vertical merges: by column (from 0), sorted
    (first row, last row)."""

    rows: tuple[Row, ...]
    merges: dict[int, list[tuple[int, int]]] = field(default_factory=dict)

    def top(self, row: int, column: int) -> int:
        """The row that holds the value of this cell: the first of its merge, or the row itself."""
        spans = self.merges.get(column, [])
        at = bisect_right(spans, (row, _LAST_ROW)) - 1
        return spans[at][0] if at >= 0 and spans[at][1] >= row else row


@dataclass(frozen=True, slots=True)
class Page:
    """A sheet of a workbook, or a reading of a .csv with one delimiter. `read` raises Refused."""

    title: str
    hidden: bool
    read: Callable[[], Table]


def open_pages(data: bytes, filename: str) -> list[Page]:
    """The sheets of a file, told by its content and its name together. Raises Refused when it is no table."""
    if not data.strip():
        raise Refused(SheetRefusal.EMPTY_FILE)
    if len(data) > MAX_BYTES:
        raise Refused(SheetRefusal.TOO_LARGE, limit=MAX_BYTES // 2**20)
    if data.startswith(_OLE):
        raise Refused(SheetRefusal.PASSWORD if _ENCRYPTED in data else SheetRefusal.OLD_FORMAT)
    ending, zipped = PurePath(filename).suffix.lower(), data.startswith(b"PK")
    if ending == ".xlsx" and zipped:
        return _workbook(data)
    if ending == ".csv" and not zipped:
        return _text_table(data)
    raise Refused(SheetRefusal.WRONG_TYPE)


@contextmanager
def _damage_refused() -> Iterator[None]:
    """Whatever a library raises inside over a broken file becomes one refusal; nothing of the file reaches a log.

    openpyxl raises a dozen kinds of error for damaged files and documents none. Its warnings quote cells, so they are
    silenced as well.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except Refused:
            raise
        except Exception:  # noqa: BLE001 -- see above
            raise Refused(SheetRefusal.DAMAGED) from None


def _workbook(data: bytes) -> list[Page]:
    with _damage_refused():
        archive = ZipFile(BytesIO(data))
        _inspect(archive)
        book = openpyxl.load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
        return [_sheet(archive, sheet) for sheet in book.worksheets]


def _inspect(archive: ZipFile) -> None:
    """Measure a workbook before anything is built from it: what it unpacks to, and how much markup is in each part.

    The sizes that the archive declares can be trusted here, because `zipfile` never reads past them.
    """
    parts = archive.infolist()
    if "xl/workbook.xml" not in archive.namelist():
        raise Refused(SheetRefusal.WRONG_TYPE)
    if any(part.flag_bits & 0x1 for part in parts):
        raise Refused(SheetRefusal.PASSWORD)
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise Refused(SheetRefusal.TOO_LARGE, limit=MAX_BYTES // 2**20)
    for part in parts:
        markup, limit = archive.read(part).count(b"<"), _MAX_MARKUP.get(PurePath(part.filename).name)
        if limit and markup > limit:
            raise Refused(SheetRefusal.TOO_LARGE, limit=MAX_BYTES // 2**20)
        if markup > _MAX_SHEET_MARKUP:
            raise Refused(SheetRefusal.TOO_MANY_ROWS, limit=MAX_ROWS)


def _sheet(archive: ZipFile, sheet: Any) -> Page:
    def read() -> Table:
        with _damage_refused():
            # Read-only sheets keep to themselves where their XML is, and leave merges and formulas out.
            marks = _marks(archive.read(sheet._worksheet_path))
            sheet.reset_dimensions()
            # It is not asked for a row after the last, so it does not build what stands below the rows.
            stream = enumerate(islice(sheet.iter_rows(), min(marks.last_row, _LAST_ROW)), start=1)
            return Table(_kept((n, _cells(n, cells, marks.formulas)) for n, cells in stream if cells), marks.merges)

    return Page(str(sheet.title), sheet.sheet_state != "visible", read)


@dataclass(slots=True)
class _Marks:
    """What the XML of a sheet says beside its values: the cells with a formula as (row, column) from 1, the vertical
    merges as in `Table`, and the last row that has any cell."""

    formulas: set[tuple[int, int]] = field(default_factory=set)
    merges: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    last_row: int = 0


def _marks(xml: bytes) -> _Marks:
    """Look through the XML of a sheet. Raises Refused when too much stands in it beside its cells."""
    marks = _Marks()
    row = column = aside = 0
    for event, element in iterparse(BytesIO(xml), events=("start", "end")):
        match event, element.tag.rpartition("}")[2]:
            case "start", "row":
                row, column = int(element.get("r", row + 1)), 0
            case "start", "c":
                place = element.get("r")
                row, column = coordinate_to_tuple(place) if place else (row, column + 1)
                marks.last_row = max(marks.last_row, row)
            case "start", "f":
                marks.formulas.add((row, column))
            case "start", "mergeCell":
                aside += 1
                left, top, right, bottom = range_boundaries(element.get("ref"))
                if left and top and right and bottom and bottom > top:
                    for spanned in range(left - 1, min(right, MAX_COLUMNS)):
                        marks.merges.setdefault(spanned, []).append((top, bottom))
            case "end", "row":
                element.clear()
            case "start", _ if not row:
                aside += 1
        if aside > _MAX_ASIDE:
            raise Refused(SheetRefusal.TOO_LARGE, limit=MAX_BYTES // 2**20)
    for spans in marks.merges.values():
        spans.sort()
    return marks


def _cells(number: int, cells: Iterable[Any], formulas: set[tuple[int, int]]) -> tuple[Cell, ...]:
    return tuple(
        Cell(kind=CellKind.FORMULA) if formulas and (number, column) in formulas else _cell(cell.value, cell.data_type)
        for column, cell in enumerate(islice(cells, MAX_COLUMNS + 1), start=1)
    )


def _cell(value: object, data_type: str) -> Cell:
    """A stored value as text. Numbers have fifteen digits, as many as a spreadsheet shows and keeps."""
    match value:
        case None | "":
            return BLANK
        case str() if data_type != "e":
            return Cell(value.replace("_x000D_", "")[:MAX_TEXT])
        case bool() | str():
            return Cell(str(value)[:20], CellKind.BROKEN)
        case int():
            return Cell(str(value), CellKind.NUMBER)
        case float():
            return Cell(format(value, ".15g"), CellKind.NUMBER)
        case _:
            return Cell(str(value)[:20], CellKind.DATE)


def _text_table(data: bytes) -> list[Page]:
    text = _decoded(data)

    def reading(delimiter: str) -> Page:
        def read() -> Table:
            with _damage_refused():
                # Strict: an unclosed quotation mark would swallow all rows below it without a word.
                records = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
                return Table(_kept((n, _text_cells(fields)) for n, fields in enumerate(records, start=1)))

        return Page("", False, read)

    return [reading(delimiter) for delimiter in ",;\t"]


def _decoded(data: bytes) -> str:
    """Text in the encodings that offices use. UTF-8 goes first: GB18030 is hardly ever valid UTF-8, while most UTF-8
    can be read as wrong GB18030."""
    encodings = ["utf-16"] if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            raise Refused(SheetRefusal.WRONG_TYPE)
        return text
    raise Refused(SheetRefusal.ENCODING)


def _text_cells(fields: list[str]) -> tuple[Cell, ...]:
    return tuple(_text_cell(text) for text in fields[: MAX_COLUMNS + 1])


def _text_cell(text: str) -> Cell:
    """A field of a .csv. `="0123"` is how spreadsheets are told to keep digits as text; any other = is a formula."""
    if text.startswith("="):
        kept = _TEXT_FORMULA.fullmatch(text)
        return Cell(kept[1][:MAX_TEXT]) if kept else Cell(kind=CellKind.FORMULA)
    return Cell(text[:MAX_TEXT]) if text else BLANK


def _kept(rows: Iterable[Row]) -> tuple[Row, ...]:
    """The rows with anything in them. Raises Refused at the first row too many, before the rest is read."""
    filled = (row for row in rows if any(cell.kind is CellKind.FORMULA or cell.text.strip() for cell in row[1]))
    kept = tuple(islice(filled, MAX_LINES + 1))
    if len(kept) > MAX_LINES:
        raise Refused(SheetRefusal.TOO_MANY_ROWS, limit=MAX_ROWS)
    return kept
