"""Reading whole rolls: the four kinds that offices have, and files that are no roll."""

import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from fractions import Fraction
from io import BytesIO
from zipfile import ZipFile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from hearing.places.rules import Capacity, HoldingForm, UnitUse
from hearing.places.sheet import (
    FINDING_SENTENCES,
    MAX_BYTES,
    MAX_ROWS,
    SENTENCES,
    Code,
    Finding,
    RollFlag,
    Severity,
    Sheet,
    SheetRefusal,
    read,
)
from hearing.places.sheet.findings import SEVERITIES
from hearing.refusal import Refused
from tests.places import rolls

HEADER = ["楼号", "楼层", "室号", "面积", "表态身份", "姓名", "手机号", "共有情况", "份额", "备注"]
FIELDS = ["building", "floor", "unit", "area", "capacity", "name", "phone", "form", "shares", "note"]
GOOD: list[object] = ["1号楼", "1", "101", "58.20", "产权人", "甲乙", "14100000001", None, None, None]


def roll(*rows: Sequence[object], header: list[str] = HEADER, merge: str = "") -> Sheet:
    return read(rolls.workbook([header, *rows], merge=merge), "户册.xlsx")


def one(**cells: object) -> Sheet:
    """A roll of one row: the good one with these cells instead."""
    return roll([cells.get(name, value) for name, value in zip(FIELDS, GOOD, strict=True)])


def refusal(data: bytes, filename: str = "户册.xlsx") -> SheetRefusal:
    with pytest.raises(Refused) as refused:
        read(data, filename)
    assert isinstance(refused.value.refusal, SheetRefusal)
    assert "%" not in SENTENCES[refused.value.refusal] % refused.value.details
    return refused.value.refusal


def codes(sheet: Sheet, row: int) -> set[Code]:
    return {finding.code for finding in sheet.findings if finding.row == row}


# ---- the four kinds of roll


@pytest.mark.parametrize("data", rolls.both("tianjinlu-426.xlsx", rolls.lane()))
def test_a_lane_house_has_thirteen_lessees(data: bytes) -> None:
    sheet = read(data, "tianjinlu-426.xlsx")
    assert len(sheet.rows) == 13
    assert not sheet.faulty
    assert {(row.capacity, row.form) for row in sheet.rows} == {(Capacity.LESSEE, HoldingForm.SOLE)}
    assert [(f.row, f.code) for f in sheet.findings] == [(17, Code.LINE_SKIPPED)]
    assert [row.row for row in sheet.rows] == list(range(4, 17))
    assert [(row.floor, row.unit) for row in sheet.rows if row.unit == "前楼"] == [("二层", "前楼"), ("三层", "前楼")]
    assert len({row.key for row in sheet.rows}) == 13


@pytest.mark.parametrize("data", rolls.both("anheli-12.xlsx", rolls.stairs()))
def test_twelve_flats_with_a_couple_and_an_owner_of_two(data: bytes) -> None:
    sheet = read(data, "anheli-12.xlsx")
    flats = {row.unit: row for row in sheet.rows}
    assert len(flats) == 12
    assert not sheet.faulty
    assert flats["301"].form is HoldingForm.JOINT
    assert [holder.name for holder in flats["301"].holders] == ["肖春燕", "曹洋"]
    assert [bool(holder.phone) for holder in flats["301"].holders] == [True, False]
    assert flats["401"].holders == flats["501"].holders
    assert (flats["501"].area_centi, flats["502"].area_centi) == (5820, 4680)
    assert [(f.row, f.code) for f in sheet.findings] == [(8, Code.PHONE_FOR_FIRST), (12, Code.ONE_PERSON)]
    assert sheet.findings[1].details == {"first": 10}


@pytest.mark.parametrize("data", rolls.both("xinqiao-estate.xlsx", rolls.estate()))
def test_an_estate_of_a_thousand_units_within_the_three_seconds_of_a_table(data: bytes) -> None:
    started = time.process_time()
    sheet = read(data, "xinqiao-estate.xlsx")
    took = time.process_time() - started
    print(f"1,008 rows read in {took:.2f} s")  # the figure that reports quote
    assert took < 3
    assert len(sheet.rows) == 1008
    assert not sheet.of(Severity.ERROR)
    uses = Counter(row.use for row in sheet.rows)
    assert uses[UnitUse.OTHER] == 16
    shared = [row for row in sheet.rows if row.form is HoldingForm.SHARES]
    assert shared
    assert {tuple(h.share for h in row.holders) for row in shared} == {
        (Fraction(2, 5), Fraction(7, 20), Fraction(1, 4)),
    }
    assert all(h.share is None for row in sheet.rows if row.form is not HoldingForm.SHARES for h in row.holders)
    shop = sheet.rows[-1]
    assert (shop.building, shop.floor, shop.unit) == ("沿街商铺", "底层", "商16")
    assert "(" not in shop.holders[0].name
    assert shop.note.endswith("非居住")


@pytest.mark.parametrize("data", rolls.both("hemu-faulty.xlsx", rolls.faulty()))
def test_every_faulty_row_is_named_with_its_reason(data: bytes) -> None:
    sheet = read(data, "hemu-faulty.xlsx")
    assert {row: codes(sheet, row) for row in range(3, 17)} == {
        3: {Code.HIDDEN_SHEETS, Code.ID_COLUMN, Code.CAPACITY_IMPLIED, Code.FLOOR_IMPLIED},
        4: {Code.PHONE_AS_NUMBER},
        5: {Code.FULL_WIDTH, Code.NAME_SPACED},
        6: {Code.BUILDING_MISSING},
        7: {Code.DUPLICATE_UNIT},
        8: {Code.AREA_NOT_POSITIVE, Code.PHONE_UNREADABLE},
        9: {Code.AREA_NOT_POSITIVE},
        10: {Code.AREA_COMMA, Code.FORMULA},
        11: {Code.AREA_MISSING},
        12: {Code.FORM_MISSING},
        13: {Code.NO_HOLDER},
        14: {Code.AREA_UNREADABLE},
        15: {Code.INVISIBLE},
        16: {Code.LINE_SKIPPED},
    }
    assert [row.row for row in sheet.rows] == [4, 5, 13, 15]
    assert [row.row for row in sheet.faulty] == [6, 7, 8, 9, 10, 11, 12, 14]
    assert {row: f.details["first"] for f in sheet.findings if (row := f.row) == 7} == {7: 6}
    first, second, empty, last = sheet.rows
    assert (first.floor, first.unit, first.area_centi, first.holders[0].name) == ("1", "101", 5820, "张三丰")
    assert (second.unit, second.holders[0].name, second.holders[0].phone) == ("102", "李四", "14100123479")
    assert not empty.holders
    assert empty.flags == {RollFlag.VACANT, RollFlag.UNSOLD}
    assert last.holders[0].name == "冯十一"
    assert "3101" not in repr(sheet), "no part of an identity number is kept"


# ---- rows


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"building": None}, Code.BUILDING_MISSING),
        ({"unit": None}, Code.UNIT_MISSING),
        ({"unit": "x" * 41}, Code.LABEL_TOO_LONG),
        ({"area": None}, Code.AREA_MISSING),
        ({"area": "NaN"}, Code.AREA_UNREADABLE),
        ({"area": 58.2004}, Code.AREA_DECIMALS),
        ({"area": "123456"}, Code.AREA_HUGE),
        ({"area": "=SUM(1,2)"}, Code.FORMULA),
        ({"area": True}, Code.BROKEN_CELL),
        ({"area": "#N/A"}, Code.BROKEN_CELL),
        ({"capacity": None}, Code.CAPACITY_MISSING),
        ({"capacity": "租户"}, Code.CAPACITY_UNREADABLE),
        ({"name": None}, Code.NAME_MISSING),
        ({"name": "张三 李四"}, Code.NAME_SPACE),
        ({"name": "甲乙14100000001"}, Code.NAME_NUMBER),
        ({"name": "甲\ufffd"}, Code.NAME_DAMAGED),
        ({"name": "—"}, Code.NAME_UNREADABLE),
        ({"name": "、"}, Code.NAME_UNREADABLE),
        ({"name": "甲" * 61}, Code.NAME_TOO_LONG),
        ({"name": "甲乙、甲乙", "form": "共同共有"}, Code.NAME_REPEATED),
        ({"name": "、".join(f"甲{n}" for n in range(31)), "form": "共同共有"}, Code.HOLDERS_TOO_MANY),
        ({"name": "甲乙、丙丁"}, Code.FORM_MISSING),
        ({"name": "甲乙、丙丁", "form": "共有"}, Code.FORM_UNREADABLE),
        ({"name": "甲乙、丙丁", "form": "单独所有"}, Code.FORM_SOLE_MANY),
        ({"name": "甲乙、丙丁", "form": "按份共有"}, Code.SHARES_MISSING),
        ({"name": "甲乙、丙丁", "form": "按份共有", "shares": "100%"}, Code.SHARES_COUNT),
        ({"name": "甲乙、丙丁", "form": "按份共有", "shares": "一半"}, Code.SHARES_UNREADABLE),
        ({"name": "甲乙、丙丁", "form": "按份共有", "shares": "40%、50%"}, Code.SHARES_SUM),
        ({"name": "甲乙、丙丁", "form": "共同共有", "shares": "1/2、1/2"}, Code.SHARES_UNWANTED),
        ({"form": "按份共有", "shares": "50%"}, Code.SHARES_ONE_NAME),
        ({"shares": "50%"}, Code.SHARES_ONE_NAME),
        ({"phone": "1410000000"}, Code.PHONE_UNREADABLE),
        ({"phone": 310101194501011242}, Code.PHONE_DAMAGED),
        ({"name": "甲乙、丙丁、戊己", "form": "共同共有", "phone": "14100000001、14100000002"}, Code.PHONE_COUNT),
    ],
)
def test_a_row_with_an_error_stays_out(cells: dict[str, object], expected: Code) -> None:
    sheet = one(**cells)
    assert {finding.code for finding in sheet.of(Severity.ERROR)} == {expected}
    assert not sheet.rows
    assert [row.row for row in sheet.faulty] == [2]


def test_a_door_that_a_spreadsheet_made_a_date_is_refused() -> None:
    assert codes(one(unit=date(2026, 5, 1)), 2) == {Code.DATE_CELL}


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"floor": "１"}, Code.FULL_WIDTH),
        ({"area": "５８.２０"}, Code.FULL_WIDTH),
        ({"name": "甲\u200b乙"}, Code.INVISIBLE),
        ({"name": "甲 乙"}, Code.NAME_SPACED),
        ({"name": "'=1+1甲"}, Code.NAME_ODD),
        ({"name": "甲@乙"}, Code.NAME_ODD),
        ({"name": "甲\ue000"}, Code.NAME_PRIVATE),
        ({"area": "1.50"}, Code.AREA_UNUSUAL),
        ({"area": "1200"}, Code.AREA_UNUSUAL),
        ({"form": "夫妻共同共有"}, Code.JOINT_ONE_NAME),
        ({"name": "甲乙、丙丁", "shares": "1/2、1/2", "phone": "、14100000002"}, Code.SHARES_IMPLIED),
        ({"phone": 14100000001}, Code.PHONE_AS_NUMBER),
        ({"phone": "021-63211234"}, Code.PHONE_LANDLINE),
        ({"phone": "14100000001/14100000002"}, Code.PHONE_EXTRA),
        ({"phone": None}, Code.PHONE_MISSING),
        ({"phone": "无"}, Code.PHONE_MISSING),
        ({"name": "甲乙(面馆)"}, Code.NAME_BRACKET),
        ({"note": "户主已故"}, Code.DECEASED),
        ({"note": "证件 310101194501011242"}, Code.ID_REMOVED),
        ({"note": "长" * 201}, Code.NOTE_CUT),
        ({"name": None, "phone": None, "note": "未售"}, Code.NO_HOLDER),
        ({"form": "单独所有", "shares": "100%"}, None),
        ({"name": "𠮷田敏"}, None),
        ({"name": "买买提·艾力"}, None),
        ({"phone": "+86 141 0000 0001"}, None),
        ({"area": " 58.2 平方米 "}, None),
    ],
)
def test_a_row_that_can_be_read_in_one_way_is_read(cells: dict[str, object], expected: Code | None) -> None:
    sheet = one(**cells)
    assert codes(sheet, 2) == ({expected} if expected else set())
    assert len(sheet.rows) == 1


def test_a_death_in_brackets_is_noticed() -> None:
    row = one(name="甲乙(已故)").rows[0]
    assert row.holders[0].name == "甲乙"
    assert row.flags == {RollFlag.DECEASED}


def test_a_remark_says_whether_a_unit_is_empty_or_its_people_away() -> None:
    assert one(note="长期在外地").rows[0].flags == {RollFlag.AWAY}
    assert one(note="空关").rows[0].flags == {RollFlag.VACANT}
    assert one(note="空关").rows[0].holders


def test_phone_numbers_go_by_the_order_of_names() -> None:
    row = one(name="甲乙，丙丁", form="共同共有", phone="14100000001；021-63211234").rows[0]
    assert [(h.name, h.phone, h.takes_messages) for h in row.holders] == [
        ("甲乙", "14100000001", True),
        ("丙丁", "02163211234", False),
    ]


def test_a_merged_building_counts_for_every_row_of_its_merge_and_no_other() -> None:
    second, third = [None, *GOOD[1:]], [None, *GOOD[1:]]
    second[2], third[2] = "102", "103"
    sheet = roll(list(GOOD), second, third, merge="A2:A3")
    assert [(row.building, row.unit) for row in sheet.rows] == [("1号楼", "101"), ("1号楼", "102")]
    assert codes(sheet, 4) == {Code.BUILDING_MISSING}


def test_a_second_holder_below_a_merged_door_is_not_a_second_unit() -> None:
    below: list[object] = ["1号楼", None, None, "58.20", "产权人", "丙丁", None, None, None, None]
    sheet = roll(list(GOOD), below, merge="C2:C3")
    assert Code.DUPLICATE_UNIT in codes(sheet, 3)


@pytest.mark.parametrize("door", ["101", "101室", "１０１", " 101 "])
def test_one_unit_has_one_row_however_its_door_is_written(door: str) -> None:
    again = ["1号楼", "", door, *GOOD[3:]]
    assert Code.DUPLICATE_UNIT in codes(roll(list(GOOD), again), 3)


def test_the_same_room_number_in_two_stairwells_is_two_units() -> None:
    header = ["楼号", "单元", *HEADER[1:]]
    rows = [["1号楼", stairs, *GOOD[1:]] for stairs in ("1单元", "2单元")]
    assert len(roll(*rows, header=header).rows) == 2


def test_people_are_never_matched_by_name_alone() -> None:
    rows = [list(GOOD) for _ in range(5)]
    for n, row in enumerate(rows):
        row[2] = f"10{n}"
    rows[1][6], rows[2][6], rows[3][5], rows[4][5] = "14100000002", None, "丙丁", "戊己"
    sheet = roll(*rows)
    assert [codes(sheet, row) for row in range(2, 7)] == [
        set(),
        {Code.NAMESAKE},
        {Code.NAMESAKE_UNSURE, Code.PHONE_MISSING},
        {Code.PHONE_SHARED},
        {Code.PHONE_SHARED},
    ]


def test_titles_totals_and_repeated_headers_are_no_households() -> None:
    rows: list[Sequence[object]] = [
        ["户册"],
        ["共 2 户"],
        HEADER,
        GOOD,
        HEADER,
        ["小计", None, None, "58.20"],
        ["盖章处"],
        [None, "", " "],
        ["注:完"],
    ]
    sheet = read(rolls.workbook(rows), "a.xlsx")
    assert len(sheet.rows) == 1
    assert [codes(sheet, row) for row in range(5, 10)] == [
        {Code.LINE_SKIPPED},
        {Code.LINE_SKIPPED},
        {Code.LINE_UNREAD},
        set(),
        {Code.LINE_SKIPPED},
    ]


def test_rows_that_are_only_numbered_beforehand_are_passed_over() -> None:
    sheet = roll([1, *GOOD], [2, *[None] * 10], [3], header=["序号", *HEADER])
    assert len(sheet.rows) == 1
    assert not sheet.findings


def test_what_is_not_read_is_said() -> None:
    header = [*HEADER, "党员", "联系电话", "身份证"]
    sheet = roll([*GOOD, "是", "14100000009", "310101194501011242"], header=header)
    about = {finding.code: finding for finding in sheet.findings}
    assert about.keys() == {Code.COLUMN_REPEATED, Code.COLUMNS_UNREAD, Code.ID_COLUMN}
    assert about[Code.COLUMN_REPEATED].sentence == "有几列意思相同，只读了“手机号”，没有读：联系电话。"
    assert "3101" not in repr(sheet)
    assert sheet.rows[0].holders[0].phone == "14100000001"


def test_the_first_visible_sheet_with_a_header_is_read() -> None:
    book = openpyxl.load_workbook(BytesIO(rolls.workbook([HEADER, GOOD])))
    book.create_sheet("封面", 0)["A1"] = "新桥苑"
    book.create_sheet("旧户册", 0).sheet_state = "hidden"
    made = BytesIO()
    book.save(made)
    sheet = read(made.getvalue(), "a.xlsx")
    assert (sheet.title, len(sheet.rows)) == ("Sheet", 1)
    assert {f.code: f.details["names"] for f in sheet.findings} == {
        Code.HIDDEN_SHEETS: "旧户册",
        Code.OTHER_SHEETS: "封面",
    }


# ---- files


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_reads_like_the_workbook(encoding: str, delimiter: str) -> None:
    row = [*GOOD[:5], "𠮷田敏", '="14100000001"', *["" for _ in range(3)]]
    text = "\r\n".join(delimiter.join(map(str, line)) for line in (["户册"], HEADER, row)) + "\r\n"
    sheet = read(text.encode(encoding), "户册.CSV")
    assert [(r.row, r.holders[0].name, r.holders[0].phone) for r in sheet.rows] == [(3, "𠮷田敏", "14100000001")]


def test_a_formula_in_a_csv_is_an_error() -> None:
    text = ",".join(HEADER) + '\n1号楼,1,101,58.20,产权人,"=HYPERLINK(""http://x.example"")",,,,\n'
    assert codes(read(text.encode(), "a.csv"), 2) >= {Code.FORMULA}


def test_an_open_quotation_mark_does_not_swallow_the_rest() -> None:
    text = ",".join(HEADER) + '\n1号楼,1,101,58.20,产权人,"甲乙,,,,\n1号楼,1,102,58.20,产权人,丙丁,,,,\n'
    assert refusal(text.encode(), "a.csv") is SheetRefusal.DAMAGED


PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452") + bytes(64)
OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)


@pytest.mark.parametrize(
    ("data", "filename", "expected"),
    [
        (b"", "a.xlsx", SheetRefusal.EMPTY_FILE),
        (b" \n", "a.csv", SheetRefusal.EMPTY_FILE),
        (b"x" * (MAX_BYTES + 1), "a.csv", SheetRefusal.TOO_LARGE),
        (PNG, "a.xlsx", SheetRefusal.WRONG_TYPE),
        (PNG, "a.csv", SheetRefusal.WRONG_TYPE),
        (b"a\0b", "a.csv", SheetRefusal.WRONG_TYPE),
        (b"%PDF-1.7", "a.pdf", SheetRefusal.WRONG_TYPE),
        (rolls.lane(), "a.csv", SheetRefusal.WRONG_TYPE),
        (OLE, "a.xlsx", SheetRefusal.OLD_FORMAT),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "a.xlsx", SheetRefusal.PASSWORD),
        (b"PK\3\4" + bytes(80), "a.xlsx", SheetRefusal.DAMAGED),
        (rolls.lane()[:-200], "a.xlsx", SheetRefusal.DAMAGED),
        (b"\xff\xff\xff", "a.csv", SheetRefusal.ENCODING),
        ("随便写的\n几行字\n".encode(), "a.csv", SheetRefusal.NO_HEADER),
        (rolls.workbook([]), "a.xlsx", SheetRefusal.NO_HEADER),
        (rolls.workbook([[None]] * 12 + [HEADER, GOOD]), "a.xlsx", SheetRefusal.NO_HEADER),
        (rolls.workbook([HEADER]), "a.xlsx", SheetRefusal.NO_ROWS),
        (rolls.workbook([HEADER, ["合计"]]), "a.xlsx", SheetRefusal.NO_ROWS),
        (rolls.workbook([[*HEADER, *map(str, range(64))], GOOD]), "a.xlsx", SheetRefusal.TOO_MANY_COLUMNS),
    ],
)
def test_a_file_that_is_no_roll_is_refused_with_a_reason(data: bytes, filename: str, expected: SheetRefusal) -> None:
    assert refusal(data, filename) is expected


def test_missing_columns_are_named() -> None:
    with pytest.raises(Refused) as refused:
        roll(["1号楼", "101", "甲乙"], header=["楼号", "室号", "户主"])
    assert refused.value.details == {"columns": "建筑面积（㎡）、表态身份"}


def test_five_thousand_households_are_read_and_one_more_is_not() -> None:
    lines = [f"{n}号,1,101,58.20,产权人,{rolls.person(n)},{rolls.phone(n)},,," for n in range(1, MAX_ROWS + 2)]
    whole, over = ["\n".join([",".join(HEADER), *lines[:size]]).encode() for size in (MAX_ROWS, MAX_ROWS + 1)]
    assert len(read(whole, "a.csv").rows) == MAX_ROWS
    assert refusal(over, "a.csv") is SheetRefusal.TOO_MANY_ROWS


def sheet_xml(rows: str, before: str = "", after: str = "") -> bytes:
    """A workbook whose sheet has the good row, and then these rows."""
    data = rolls.workbook([HEADER, GOOD])
    name = "xl/worksheets/sheet1.xml"
    xml = ZipFile(BytesIO(data)).read(name).decode()
    xml = xml.replace("<sheetData>", before + "<sheetData>").replace("</sheetData>", rows + "</sheetData>" + after)
    return rolls.with_part(data, name, xml.encode())


BOMBS = {
    "unpacked size": rolls.with_part(rolls.lane(), "xl/media/image1.png", bytes(60_000_000)),
    "number of parts": rolls.with_parts(rolls.lane(), {f"x{n}": b"" for n in range(2_000)}),
    "sheets": rolls.with_part(rolls.lane(), "xl/workbook.xml", b"<workbook>" + b"<sheet/>" * 100_000 + b"</workbook>"),
    "styles": rolls.with_part(rolls.lane(), "xl/styles.xml", b"<styleSheet>" + b"<xf/>" * 150_000 + b"</styleSheet>"),
    "strings": rolls.with_part(rolls.lane(), "xl/sharedStrings.xml", b"<sst>" + b"<si/>" * 1_100_000 + b"</sst>"),
    "blank rows": sheet_xml("<row/>" * 1_100_000),
    "tiny rows": sheet_xml("<row><c/></row>" * 600_000),
    "rows": sheet_xml("<row><c t='inlineStr'><is><t>x</t></is></c></row>" * 6_000),
    "merges": sheet_xml("", after="<mergeCells>" + "<mergeCell ref='A1:BL9999'/>" * 400_000 + "</mergeCells>"),
    "columns": sheet_xml("", before="<cols>" + "<col min='1' max='1' width='9'/>" * 400_000 + "</cols>"),
}


@pytest.mark.parametrize("bomb", sorted(BOMBS))
def test_a_small_file_cannot_cost_much(bomb: str) -> None:
    started = time.process_time()
    assert refusal(BOMBS[bomb]) in {SheetRefusal.TOO_LARGE, SheetRefusal.TOO_MANY_ROWS}
    assert len(BOMBS[bomb]) < 300_000
    assert time.process_time() - started < 10


def test_a_row_at_the_end_of_the_world_is_read_without_a_million_rows_between() -> None:
    sheet = read(sheet_xml('<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>末行</t></is></c></row>'), "a.xlsx")
    assert codes(sheet, 1_048_576) == {Code.LINE_UNREAD}


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    ],
)
@pytest.mark.parametrize(
    "part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"]
)
def test_entities_are_refused_in_every_part(part: str, doctype: str) -> None:
    data = rolls.lane()
    xml = ZipFile(BytesIO(data)).read(part).decode()
    body = xml[xml.find("?>") + 2 if xml.startswith("<?") else 0 :]
    assert refusal(rolls.with_part(data, part, (doctype + body).encode())) is SheetRefusal.DAMAGED


# ---- anything at all

ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.dates(),
    st.text(max_size=60),
    st.text("0123456789.,-+eE%/、;㎡平方米１２３", max_size=20),
    st.text("张三李四、/ ()（）空关未售\u200b\n=@'", max_size=12),
)


@settings(max_examples=200)
@given(st.lists(st.lists(ANYTHING, max_size=12), min_size=1, max_size=6))
def test_no_cells_make_it_fall_over(rows: list[list[object]]) -> None:
    table: list[Sequence[object]] = [HEADER, GOOD, *rows]
    text = "\n".join("\t".join(clean(value) for value in row) for row in table)
    check(read(text.encode("utf-8", "ignore"), "a.csv"))


def clean(value: object) -> str:
    return "" if value is None else str(value).translate({ord(c): None for c in '\t\r\n"\0'})


@settings(max_examples=50)
@given(st.lists(st.lists(ANYTHING, max_size=12), min_size=1, max_size=4))
def test_no_workbook_makes_it_fall_over(rows: list[list[object]]) -> None:
    written = [[writable(value) for value in row] for row in rows]
    check(read(rolls.workbook([HEADER, GOOD, *written]), "a.xlsx"))


def writable(value: object) -> object:
    """What a workbook can hold: text without control characters and surrogates."""
    if isinstance(value, str):
        return ILLEGAL_CHARACTERS_RE.sub("", value).encode("utf-8", "ignore").decode()
    return value


def check(sheet: Sheet) -> None:
    """What holds of every sheet that was read."""
    bad = {finding.row for finding in sheet.of(Severity.ERROR)}
    assert bad == {row.row for row in sheet.faulty}
    assert not bad & {row.row for row in sheet.rows}
    assert len({row.key for row in sheet.rows}) == len(sheet.rows)
    for row in sheet.rows:
        assert 0 < row.area_centi < 10_000_000
        assert row.building
        assert row.unit
        assert (row.form is HoldingForm.SHARES) == any(holder.share for holder in row.holders)
        assert row.form is not HoldingForm.SHARES or sum(h.share or 0 for h in row.holders) == 1
        assert row.holders or row.flags & {RollFlag.VACANT, RollFlag.UNSOLD}
        assert all(holder.name for holder in row.holders)
    assert all(finding.sentence.endswith("。") for finding in sheet.findings)


@settings(max_examples=150)
@given(st.data())
def test_no_damage_to_a_file_makes_it_fall_over(data: st.DataObject) -> None:
    whole = bytearray(LANE)
    for _ in range(data.draw(st.integers(1, 5))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with suppress(Refused):
        check(read(bytes(whole), "a.xlsx"))


LANE = rolls.lane()


@given(st.binary(max_size=300), st.sampled_from(["a.xlsx", "a.csv", "", "a", "户册.xls"]))
def test_no_bytes_make_it_fall_over(data: bytes, filename: str) -> None:
    with pytest.raises(Refused):
        read(data, filename)


# ---- sentences


def test_every_code_and_refusal_has_a_sentence_of_its_own() -> None:
    assert set(FINDING_SENTENCES) == set(SEVERITIES) == set(Code)
    assert set(SENTENCES) == set(SheetRefusal)
    sentences = [*FINDING_SENTENCES.values(), *SENTENCES.values()]
    assert len(set(sentences)) == len(sentences)
    assert all(sentence.endswith("。") for sentence in sentences)


@pytest.mark.parametrize("code", [code for code in Code if SEVERITIES[code] is Severity.ERROR])
def test_an_error_says_what_to_do(code: Code) -> None:
    assert any(word in FINDING_SENTENCES[code] for word in ("请", "应", "一户只能有一行"))


def test_a_finding_weighs_what_its_code_says() -> None:
    assert Finding(4, "面积", Code.AREA_MISSING).severity is Severity.ERROR
    assert Finding(4, "姓名", Code.NAMESAKE, {"first": 3}).severity is Severity.WARNING
    assert Finding(4, "姓名", Code.ONE_PERSON, {"first": 3}).severity is Severity.NOTE
