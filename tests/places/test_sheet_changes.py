"""What an import would change, and the files a clerk downloads."""

from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearing.places.rules import Capacity, HoldingForm, UnitUse
from hearing.places.sheet import (
    ChangeKind,
    Code,
    CurrentUnit,
    FaultyRow,
    Finding,
    Holder,
    RollRow,
    SheetRefusal,
    compare,
    errors_file,
    read,
    template,
)
from hearing.places.sheet.comparing import CHANGE_LABELS, FIELD_LABELS
from hearing.refusal import Refused
from tests.places import rolls

ROW = RollRow(
    row=4,
    building="安和里12号",
    stairwell="",
    floor="3",
    unit="301",
    use=UnitUse.RESIDENCE,
    area_centi=5820,
    capacity=Capacity.OWNER,
    form=HoldingForm.JOINT,
    holders=(Holder("肖春燕", "14100009329"), Holder("曹洋")),
)


def current(row: RollRow, unit_id: int = 1) -> CurrentUnit:
    """The unit of a row, as the register has it after an import of the row."""
    return CurrentUnit(
        unit_id=unit_id,
        building=row.building,
        stairwell=row.stairwell,
        floor=row.floor,
        unit=row.unit,
        use=row.use,
        area_centi=row.area_centi,
        capacity=row.capacity,
        form=row.form,
        holders=row.holders,
    )


def test_an_import_of_what_is_there_changes_nothing() -> None:
    rows = read(rolls.estate(), "a.xlsx").rows
    units = [current(row, n) for n, row in enumerate(rows)]
    assert {change.kind for change in compare(rows, units)} == {ChangeKind.SAME}


def test_an_import_into_an_empty_register_is_all_new_in_the_order_of_the_file() -> None:
    rows = read(rolls.lane(), "a.xlsx").rows
    changes = compare(rows, [])
    assert [change.row for change in changes] == list(rows)
    assert {change.kind for change in changes} == {ChangeKind.NEW}


def test_a_unit_that_is_not_in_the_file_is_missing_unless_its_row_is_faulty() -> None:
    gone = [current(replace(ROW, unit=unit), n) for n, unit in enumerate(["301", "302", "303"])]
    faulty = FaultyRow(row=5, building="安和里12号", stairwell="", floor="", unit="302室")
    changes = compare([ROW], gone, [faulty])
    assert [(change.kind, change.current and change.current.unit_id) for change in changes] == [
        (ChangeKind.SAME, 0),
        (ChangeKind.MISSING, 2),
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("use", UnitUse.OTHER),
        ("area_centi", 5821),
        ("capacity", Capacity.LESSEE),
        ("form", HoldingForm.SOLE),
        ("holders", (Holder("钱阿弟", "14100440471"),)),
        ("floor", "3层"),
    ],
)
def test_a_change_shows_the_field_before_and_after(field: str, value: object) -> None:
    [change] = compare([replace(ROW, **{field: value})], [current(ROW)])  # type: ignore[arg-type]
    assert change.kind is ChangeKind.CHANGED
    [changed] = change.fields
    assert (changed.field, changed.before, changed.after) == (field, getattr(ROW, field), value)
    assert field in FIELD_LABELS


def test_holders_in_another_order_are_the_same_holders() -> None:
    [change] = compare([replace(ROW, holders=ROW.holders[::-1])], [current(ROW)])
    assert change.kind is ChangeKind.SAME


def test_an_empty_phone_and_an_empty_floor_take_nothing_away() -> None:
    bare = replace(ROW, floor="", holders=(Holder("肖春燕"), Holder("曹洋", "14100000009")))
    [change] = compare([bare], [current(ROW)])
    [changed] = change.fields
    assert changed.after == (Holder("肖春燕", "14100009329"), Holder("曹洋", "14100000009"))
    assert change.row is not None
    assert change.row.floor == "3"


@given(st.sets(st.integers(100, 130)), st.sets(st.integers(100, 130)))
def test_every_unit_is_spoken_of_once(there: set[int], written: set[int]) -> None:
    rows = [replace(ROW, unit=str(n), row=n) for n in sorted(written)]
    changes = compare(rows, [current(replace(ROW, unit=str(n)), n) for n in sorted(there)])
    kinds = {kind: [c for c in changes if c.kind is kind] for kind in ChangeKind}
    assert len(kinds[ChangeKind.SAME]) == len(there & written)
    assert len(kinds[ChangeKind.NEW]) == len(written - there)
    assert len(kinds[ChangeKind.MISSING]) == len(there - written)
    assert len(changes) == len(there | written)
    assert set(CHANGE_LABELS) == set(ChangeKind)


# ---- files to download


def test_the_template_is_always_the_same_file_and_holds_no_household() -> None:
    assert template() == template()
    with pytest.raises(Refused) as refused:
        read(template(), "户册模板.xlsx")
    assert refused.value.refusal is SheetRefusal.NO_ROWS


def test_a_filled_in_template_is_read_without_a_word() -> None:
    book = openpyxl.load_workbook(BytesIO(template()))
    sheet = book["户册"]
    filled = ["1", "1号楼", "1", "101", "58.20", "产权人", "甲乙、丙丁", "14100000001、14100000002"]
    sheet.append([*filled, "按份共有", "1/3、2/3", "居住", ""])
    assert all(sheet.cell(2, column).number_format in {"@", "General"} for column in range(1, 13))
    assert [d.number_format for d in sheet[1]] == ["@"] * 12
    made = BytesIO()
    book.save(made)
    result = read(made.getvalue(), "户册.xlsx")
    assert len(result.rows) == 1
    assert result.findings == ()


def test_every_column_of_the_template_is_text() -> None:
    xml = ZipFile(BytesIO(template())).read("xl/worksheets/sheet1.xml").decode()
    book = openpyxl.load_workbook(BytesIO(template()))
    assert xml.count("<col ") == 12
    assert {book["户册"].column_dimensions[letter].number_format for letter in "ABCDEFGHIJKL"} == {"@"}


def test_the_errors_file_is_text_from_top_to_bottom() -> None:
    found = [*read(rolls.faulty(), "a.xlsx").findings, Finding(99, "=1+1", Code.FORMULA)]
    sheet = openpyxl.load_workbook(BytesIO(errors_file(found)))["核对结果"]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == ("行号", "列", "程度", "原因")
    assert len(rows) == len(found) + 1
    assert ("11", "面积", "须改正", "没有写面积。请补写，如 58.20。") in rows
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"s"}


def test_the_errors_file_speaks_the_language_it_is_given() -> None:
    data = errors_file([Finding(4, "面积", Code.AREA_MISSING)], lambda found: f"{found.code} in row {found.row}")
    sheet = openpyxl.load_workbook(BytesIO(data)).active
    assert sheet is not None
    assert sheet["D2"].value == "area_missing in row 4"
