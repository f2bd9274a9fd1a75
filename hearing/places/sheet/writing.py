"""Writing 写表: the template a clerk downloads, and the list of findings to work through in a spreadsheet."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import xlsxwriter

from hearing.places.rules import HOLDING_LABELS, TENURE_LABELS, USE_LABELS, Tenure
from hearing.places.sheet.columns import COLUMN_LABELS, Column
from hearing.places.sheet.comparing import CurrentUnit
from hearing.places.sheet.findings import SEVERITY_LABELS, Finding
from hearing.places.sheet.pages import MAX_ROWS
from hearing.places.sheet.reading import GUIDE_TITLE

# Files with the same content are the same bytes: a workbook would carry the hour it was made otherwise.
_MADE = datetime(2026, 1, 1, tzinfo=UTC)

_WIDTHS = {
    Column.SERIAL: 6,
    Column.BUILDING: 16,
    Column.STAIRWELL: 10,
    Column.FLOOR: 8,
    Column.UNIT: 10,
    Column.AREA: 15,
    Column.CAPACITY: 10,
    Column.NAME: 20,
    Column.PHONE: 26,
    Column.FORM: 12,
    Column.SHARES: 16,
    Column.USE: 9,
    Column.NOTE: 24,
}
_CHOICES = {
    Column.CAPACITY: ["产权人", "承租人"],
    Column.FORM: ["单独所有", "共同共有", "按份共有"],
    Column.USE: ["居住", "非居住"],
}
_GUIDE = (
    ("怎么填", "一户一行，在“户册”表里填。整张表都是文本格式，请不要改格式，也不要写公式。"),
    ("门牌/幢", "每行都要写，如 1号楼、天津路426弄。"),
    ("楼层、室号", "如 3、302；石库门写 二层、前楼。"),
    ("建筑面积（㎡）", "只写数字，最多两位小数，如 58.20。"),
    ("表态身份", "产权人，或公房的承租人。"),
    ("户主姓名", "几个人写在同一格，用顿号隔开，如 甲、乙。空关或未售的可以留空，在备注里写明。"),
    ("手机号", "11 位。几个人的号码按姓名顺序，用顿号隔开；没有就空着。"),
    ("共有情况", "几个人时必填：共同共有（如夫妻），或按份共有。"),
    ("份额", "按份共有时必填，按姓名顺序，如 40%、60% 或 1/3、2/3，合计正好是全部。"),
    ("用途", "居住或非居住；空着就看室号和备注。"),
    ("备注", "空关、未售、户主已故、长期在外地等。不要写身份证号，系统不保存身份证号。"),
    ("一次最多", f"{MAX_ROWS} 户。"),
)


def template() -> bytes:
    """An empty roll as .xlsx. Every column is text, so that no spreadsheet eats digits; a second sheet explains."""
    made = BytesIO()
    with _workbook(made) as book:
        text = book.add_format({"num_format": "@"})
        title = book.add_format({"num_format": "@", "bold": True, "bottom": 1, "bg_color": "#F3EEE3"})
        roll = book.add_worksheet("户册")
        roll.freeze_panes(1, 0)
        for at, (column, width) in enumerate((c, w) for c, w in _WIDTHS.items() if c is not Column.STAIRWELL):
            roll.set_column(at, at, width, text)
            roll.write_string(0, at, COLUMN_LABELS[column], title)
            if column in _CHOICES:
                choice = {"validate": "list", "source": _CHOICES[column], "error_type": "warning"}
                roll.data_validation(1, at, MAX_ROWS, at, choice)
        _list(book, GUIDE_TITLE, {"列": 16, "说明": 80}, _GUIDE)
    return made.getvalue()


def register_file(units: Sequence[CurrentUnit], remarks: Mapping[int, str]) -> bytes:
    """Units of the register as .xlsx with the template's columns: read again it is the same register.

    `remarks` by unit id: what the note column says, such as 空关 or 户主已故.
    """
    columns = [column for column in _WIDTHS if column is not Column.STAIRWELL or any(unit.stairwell for unit in units)]
    lines = (
        tuple(_cells(number, unit, remarks.get(unit.unit_id, ""))[column] for column in columns)
        for number, unit in enumerate(units, start=1)
    )
    made = BytesIO()
    with _workbook(made) as book:
        _list(book, "户册", {COLUMN_LABELS[column]: _WIDTHS[column] for column in columns}, lines)
    return made.getvalue()


def _cells(number: int, unit: CurrentUnit, remark: str) -> dict[Column, str]:
    people = unit.holders
    return {
        Column.SERIAL: str(number),
        Column.BUILDING: unit.building,
        Column.STAIRWELL: unit.stairwell,
        Column.FLOOR: unit.floor,
        Column.UNIT: unit.unit,
        Column.AREA: f"{unit.area_centi // 100}.{unit.area_centi % 100:02d}",
        Column.CAPACITY: TENURE_LABELS[Tenure(unit.capacity)],
        Column.NAME: "、".join(person.name for person in people),
        Column.PHONE: "、".join(person.phone for person in people) if any(p.phone for p in people) else "",
        Column.FORM: HOLDING_LABELS[unit.form] if people else "",
        Column.SHARES: "、".join(str(person.share) for person in people if person.share is not None),
        Column.USE: USE_LABELS[unit.use],
        Column.NOTE: remark,
    }


def errors_file(findings: Iterable[Finding], say: Callable[[Finding], str] = lambda found: found.sentence) -> bytes:
    """Findings as .xlsx: row number, column, how much it weighs, and the sentence that `say` makes of it."""
    lines = ((str(f.row), f.column, SEVERITY_LABELS[f.severity], say(f)) for f in findings)
    made = BytesIO()
    with _workbook(made) as book:
        _list(book, "核对结果", {"行号": 8, "列": 16, "程度": 10, "原因": 80}, lines)
    return made.getvalue()


def _workbook(made: BytesIO) -> Any:
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(made, options)
    book.set_properties({"created": _MADE})
    return book


def _list(book: Any, name: str, widths: dict[str, int], lines: Iterable[tuple[str, ...]]) -> None:
    """A sheet with a header row and lines of text. Every cell is text, so a name that starts with = stays a name."""
    text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    title = book.add_format({"bold": True, "bottom": 1, "bg_color": "#F3EEE3"})
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    for at, (label, width) in enumerate(widths.items()):
        sheet.set_column(at, at, width, text)
        sheet.write_string(0, at, label, title)
    for row, line in enumerate(lines, start=1):
        for at, value in enumerate(line):
            sheet.write_string(row, at, value, text)
