"""The register's pages: who may open them, what a file leads to, two people, and one unit over time."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from hearing.clock import now
from hearing.db import db, is_reading
from hearing.people.viewer import Viewer
from hearing.places import sheet
from hearing.places.models import Holder, Unit
from hearing.register import queries
from hearing.register.models import RollImport
from hearing.web.filters import BEIJING
from tests import schema
from tests.browser import Browser
from tests.cast import Cast
from tests.places import rolls
from tests.places.rolls import phone
from tests.register.office import ROWS, changed, door, estate, imported, made, standing, uploaded
from tests.statements import statements

HOME = "/desk/register"


def browser(app: Flask, ref: str) -> Browser:
    """The browser of one of the cast."""
    found = app.test_client()
    assert isinstance(found, Browser)
    return found.enter(ref)


def number(answer: TestResponse) -> int:
    """The number at the end of where an answer leads."""
    assert answer.status_code == 303, answer.text[:2000]
    return int(answer.headers["Location"].rstrip("/").rpartition("/")[2])


def attached(data: bytes, name: str = "户册.xlsx") -> dict[str, Any]:
    """The field of the form that carries a file."""
    return {"sheet": (io.BytesIO(data), name)}


def people(cast: Cast) -> tuple[Viewer, Viewer]:
    """Two clerks, inside an application context."""
    return schema.viewer(cast.ref("clerk")), schema.viewer(cast.ref("second_clerk"))


@pytest.fixture
def place(app: Flask, cast: Cast) -> int:
    """An estate of the lane's neighbourhood, empty."""
    with app.app_context():
        return estate(people(cast)[0], cast.neighbourhood).id


@pytest.fixture
def filled(app: Flask, cast: Cast, place: int) -> int:
    """The estate after its first import."""
    with app.app_context():
        imported(*people(cast), queries.estate(people(cast)[0], place), made(ROWS))  # type: ignore[arg-type]
    return place


def waiting(app: Flask, cast: Cast, place: int, data: bytes) -> int:
    """A roll that the clerk has uploaded."""
    with app.app_context():
        found = queries.estate(people(cast)[0], place)
        assert found is not None
        return uploaded(people(cast)[0], found, data).id


def unit_at(app: Flask, cast: Cast, place: int, building: str, name: str) -> int:
    """The number of the unit behind a door."""
    with app.app_context():
        found = queries.estate(people(cast)[0], place)
        assert found is not None
        return door(found, building, name).id


# ---- who may open what


def test_only_the_committee_opens_the_register(app: Flask, client: Browser, cast: Cast, place: int) -> None:
    assert client.get(HOME).status_code == 401
    for who in (3, "property_manager", "legal_adviser", "auditor", "council_member"):
        assert browser(app, cast.ref(who)).get(HOME).status_code == 403
    for who in ("clerk", "director"):
        assert browser(app, cast.ref(who)).get(f"{HOME}/estates/{place}").status_code == 200


def test_another_neighbourhoods_register_does_not_exist(app: Flask, cast: Cast, filled: int) -> None:
    roll = waiting(app, cast, filled, made(changed(0, area="60")))
    unit = unit_at(app, cast, filled, "1号楼", "101")
    with app.app_context():
        holder = queries.holders_now(db.session.get_one(Unit, unit))[0].id
        building = db.session.get_one(Unit, unit).stairwell.building_id
    client = browser(app, cast.foreign_clerk)
    assert client.get(HOME).status_code == 200
    assert "新桥苑" in client.get(HOME).text, "her own neighbourhood has an estate of that name too"
    for url in (
        f"{HOME}/estates/{filled}",
        f"{HOME}/estates/{filled}/import",
        f"{HOME}/estates/{filled}/export",
        f"{HOME}/buildings/{building}",
        f"{HOME}/units/{unit}",
        f"{HOME}/units/{unit}/hands",
        f"{HOME}/units/{unit}/vacancy",
        f"{HOME}/units/{unit}/holders/{holder}/death",
        f"{HOME}/units/{unit}/holders/{holder}/phone",
        f"{HOME}/rolls/{roll}",
        f"{HOME}/rolls/{roll}/findings.xlsx",
        f"{HOME}/rolls/{roll}/approve",
        f"{HOME}/rolls/{roll}/decline",
        f"{HOME}/rolls/{roll}/ask-undo",
        f"{HOME}/rolls/{roll}/undo",
        f"{HOME}/changes/1",
    ):
        assert client.get(url).status_code == 404, url


# ---- from a file to the register


def test_two_clerks_bring_a_roll_in_by_the_pages_alone(app: Flask, cast: Cast, place: int) -> None:
    clerk, other = browser(app, cast.ref("clerk")), browser(app, cast.ref("second_clerk"))
    data = made([*ROWS, ["", "3号楼", "1", "101", "0", "产权人", "戚风", phone(9), "", "", ""]])
    roll = f"{HOME}/rolls/{number(clerk.submit(f'{HOME}/estates/{place}/import', attached(data)))}"
    shown = clerk.get(roll).text
    assert "面积“0”不对，应大于零。" in shown
    assert "第 7 行" in shown
    assert "新增 5 户" in shown
    assert "要请另一位居委会同事复核" in shown
    assert f"{roll}/approve" not in shown
    assert standing_of(app, cast, place) == 0

    assert "章一鸣" in clerk.get(f"{roll}?show=new").text
    assert "复核户册导入" in other.get(HOME).text
    assert f"{roll}/approve" in other.get(roll).text

    unticked = other.submit(f"{roll}/approve", {"compared": "y"})
    assert unticked.status_code == 422
    assert "有 1 行要改正" in unticked.text
    done = other.submit(f"{roll}/approve", {"compared": "y", "leave_out": "y"}, follow=True)
    assert "您复核并导入了 新桥苑 的户册：新增 5 户" in done.text
    assert roll in done.text, "the receipt leads back"
    assert standing_of(app, cast, place) == 5
    again = other.get(roll).text
    assert "已导入" in again
    assert "章一鸣" not in again, "what was read is not kept after the decision"


def standing_of(app: Flask, cast: Cast, place: int) -> int:
    """How many units the estate has."""
    with app.app_context():
        return len(standing(queries.estate(people(cast)[0], place)))  # type: ignore[arg-type]


def test_the_same_person_cannot_approve_whatever_she_sends(app: Flask, cast: Cast, place: int) -> None:
    roll = f"{HOME}/rolls/{waiting(app, cast, place, made(ROWS))}"
    answer = browser(app, cast.ref("clerk")).submit(f"{roll}/approve", {"compared": "y"})
    assert answer.status_code == 422
    assert "上传的人不能自己复核" in answer.text
    assert standing_of(app, cast, place) == 0


def test_approving_wants_the_tick_that_somebody_compared(app: Flask, cast: Cast, place: int) -> None:
    roll = f"{HOME}/rolls/{waiting(app, cast, place, made(ROWS))}"
    answer = browser(app, cast.ref("second_clerk")).submit(f"{roll}/approve", {}, field="compared")
    assert answer.status_code == 422
    assert standing_of(app, cast, place) == 0


def test_a_second_approval_says_that_it_is_done(app: Flask, cast: Cast, place: int) -> None:
    roll = f"{HOME}/rolls/{waiting(app, cast, place, made(ROWS))}"
    first, second = browser(app, cast.ref("second_clerk")), browser(app, cast.ref("third_clerk"))
    late = second.found(f"{roll}/approve", field="compared")
    assert first.submit(f"{roll}/approve", {"compared": "y"}).status_code == 303
    answer = second.post(f"{roll}/approve", data={**late.fields, "compared": "y"})
    assert answer.status_code == 422
    assert "已经办结" in answer.text


def test_a_form_sent_twice_imports_once_and_shows_the_first_receipt(app: Flask, cast: Cast, place: int) -> None:
    roll = f"{HOME}/rolls/{waiting(app, cast, place, made(ROWS))}"
    other = browser(app, cast.ref("second_clerk"))
    form = other.found(f"{roll}/approve", field="compared")
    answers = [other.post(f"{roll}/approve", data={**form.fields, "compared": "y"}) for _ in range(2)]
    assert {answer.headers["Location"] for answer in answers} == {answers[0].headers["Location"]}
    assert standing_of(app, cast, place) == 5


def test_a_stale_table_says_so_and_cannot_be_approved(app: Flask, cast: Cast, filled: int) -> None:
    roll = f"{HOME}/rolls/{waiting(app, cast, filled, made(changed(0, area='60')))}"
    other = browser(app, cast.ref("second_clerk"))
    form = other.found(f"{roll}/approve", field="compared")
    _hands(other, unit_at(app, cast, filled, "1号楼", "101"), "金小满")
    shown = other.get(roll).text
    assert "上传以后户册又改过" in shown
    assert f"{roll}/approve" not in shown
    answer = other.post(f"{roll}/approve", data={**form.fields, "compared": "y"})
    assert answer.status_code == 422
    assert "这张对照表已经不准" in answer.text


def _hands(client: Browser, unit: int, name: str, **more: str) -> TestResponse:
    data = {
        "holders-0-name": name,
        "held": "sole",
        "capacity": "owner",
        "happened_on": now_day(client),
        "note": "不动产权证",
    }
    return client.submit(f"{HOME}/units/{unit}/hands", {**data, **more})


def now_day(client: Browser) -> str:
    """Today as a clerk writes it."""
    with client.application.app_context():
        return now().astimezone(BEIJING).date().isoformat()


def test_before_and_after_stand_side_by_side(app: Flask, cast: Cast, filled: int) -> None:
    rows = changed(0, area="60", name="章二鸣", phone=phone(1))
    roll = waiting(app, cast, filled, made([*rows[:3], *changed(3, phone=phone(55))[3:4]]))
    shown = browser(app, cast.ref("clerk")).get(f"{HOME}/rolls/{roll}").text
    assert "<del>58.20 ㎡</del>" in shown
    assert "<ins>60.00 ㎡</ins>" in shown
    assert f"<del>章一鸣 {phone(1)}</del>" in shown
    assert "同名、手机号不同，按换人记" in shown
    assert "2号楼 102室" in browser(app, cast.ref("clerk")).get(f"{HOME}/rolls/{roll}?show=missing").text


def test_the_findings_are_a_file_to_work_through(app: Flask, cast: Cast, place: int) -> None:
    roll = waiting(app, cast, place, rolls.faulty())
    answer = browser(app, cast.ref("clerk")).get(f"{HOME}/rolls/{roll}/findings.xlsx")
    lines = list(openpyxl.load_workbook(io.BytesIO(answer.data)).active.values)  # type: ignore[union-attr]
    assert lines[0] == ("行号", "列", "程度", "原因")
    assert ("6", "楼号", "须改正", "没有写门牌或楼号，不会自动跟上一行。请补写。") in lines
    assert answer.headers["Cache-Control"] == "no-store"


def test_every_faulty_row_of_a_bad_roll_is_shown_and_nothing_comes_in(app: Flask, cast: Cast, place: int) -> None:
    for data in rolls.both("hemu-faulty.xlsx", rolls.faulty()):
        read = sheet.read(data, "和睦.xlsx")
        clerk = browser(app, cast.ref("clerk"))
        roll = f"{HOME}/rolls/{number(clerk.submit(f'{HOME}/estates/{place}/import', attached(data)))}"
        shown = clerk.get(f"{roll}?show=error").text
        for found in read.of(sheet.Severity.ERROR):
            assert f"第 {found.row} 行" in shown
        assert {row.row for row in read.faulty} == {found.row for found in read.of(sheet.Severity.ERROR)}
        assert standing_of(app, cast, place) == 0


def test_a_declined_roll_is_over(app: Flask, cast: Cast, place: int) -> None:
    roll = f"{HOME}/rolls/{waiting(app, cast, place, made(ROWS))}"
    clerk = browser(app, cast.ref("clerk"))
    assert "您决定不导入" in clerk.press(f"{roll}/decline", "", follow=True).text
    assert "没有导入" in clerk.get(roll).text
    assert browser(app, cast.ref("director")).submit(f"{roll}/approve", {"compared": "y"}).status_code == 422


# ---- files that are no roll


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (b"", "a.xlsx", "这个文件是空的"),
        (b"hello", "a.xlsx", "这不是户册表格"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 64, "photo.png", "这不是户册表格"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, "a.xls", "这是旧格式的表格"),
        (
            bytes.fromhex("d0cf11e0a1b11ae1") + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600,
            "a.xlsx",
            "文件加了密码",
        ),
        (b"PK\x03\x04" + b"\0" * 200, "a.xlsx", "文件损坏"),
        ("甲,乙\n丙,丁\n".encode(), "a.csv", "没有找到表头"),
        ("门牌,室号,户主姓名\n1号楼,101,甲\n".encode(), "a.csv", "表头里缺这些列"),
        (b"x" * 9_001, "a.csv", "文件太大"),
    ],
)
def test_a_file_that_is_no_roll_is_answered_in_a_sentence(
    app: Flask, cast: Cast, place: int, data: bytes, name: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("hearing.register.forms", "hearing.places.sheet.pages"):
        monkeypatch.setattr(f"{module}.MAX_BYTES", 9_000)
    answer = browser(app, cast.ref("clerk")).submit(f"{HOME}/estates/{place}/import", attached(data, name))
    assert answer.status_code == 422
    assert sentence in answer.text
    with app.app_context():
        assert db.session.scalar(select(func.count(RollImport.id))) == 0


def test_no_file_is_answered_too(app: Flask, cast: Cast, place: int) -> None:
    answer = browser(app, cast.ref("clerk")).submit(f"{HOME}/estates/{place}/import", {}, field="sheet")
    assert answer.status_code == 422
    assert "还没有选文件" in answer.text


def test_nothing_new_is_said_at_once(app: Flask, cast: Cast, filled: int) -> None:
    answer = browser(app, cast.ref("clerk")).submit(f"{HOME}/estates/{filled}/import", attached(made(ROWS)))
    assert answer.status_code == 422
    assert "和现在的户册一样，不用导入" in answer.text


def test_a_csv_of_an_old_office_computer_is_read(app: Flask, cast: Cast, place: int) -> None:
    text = "楼号,楼层,室号,面积,业主,电话\n1号楼,1,101,58.2,𠮷田敏,14100000001\n"
    clerk = browser(app, cast.ref("clerk"))
    answer = clerk.submit(f"{HOME}/estates/{place}/import", attached(text.encode("gb18030"), "C:\\户册\\a.csv"))
    shown = clerk.get(f"{HOME}/rolls/{number(answer)}").text
    assert "𠮷田敏" in shown
    assert "户册\\a" not in shown, "the folder on her computer is nobody's business"


def test_a_file_is_read_while_nobody_waits_for_the_database(
    app: Flask, cast: Cast, place: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, really = [], sheet.read

    def read(data: bytes, filename: str) -> sheet.Sheet:
        seen.append((db.session.in_transaction(), is_reading()))
        return really(data, filename)

    monkeypatch.setattr("hearing.places.sheet.read", read)
    answer = browser(app, cast.ref("clerk")).submit(f"{HOME}/estates/{place}/import", attached(made(ROWS)))
    assert answer.status_code == 303
    assert seen == [(False, True)]


# ---- undoing


def test_an_import_is_undone_by_two(app: Flask, cast: Cast, filled: int) -> None:
    clerk, other = browser(app, cast.ref("clerk")), browser(app, cast.ref("second_clerk"))
    with app.app_context():
        roll = f"{HOME}/rolls/{db.session.scalars(select(RollImport.id)).one()}"
    assert "您提出撤销" in clerk.press(f"{roll}/ask-undo", "", follow=True).text
    assert standing_of(app, cast, filled) == 5
    refused = clerk.press(f"{roll}/undo", "")
    assert refused.status_code == 422
    assert "提出撤销的人不能自己复核" in refused.text
    assert "复核撤销导入" in other.get(HOME).text
    assert "户册回到导入以前" in other.press(f"{roll}/undo", "", follow=True).text
    assert standing_of(app, cast, filled) == 0
    assert "已撤销" in other.get(roll).text


@pytest.mark.usefixtures("filled")
def test_an_undoing_can_be_dropped(app: Flask, cast: Cast) -> None:
    clerk = browser(app, cast.ref("clerk"))
    with app.app_context():
        roll = f"{HOME}/rolls/{db.session.scalars(select(RollImport.id)).one()}"
    clerk.press(f"{roll}/ask-undo", "")
    assert clerk.press(roll, f"{roll}/keep").status_code == 303
    assert f"{roll}/ask-undo" in clerk.get(roll).text


def test_an_import_that_is_used_is_not_undone_and_says_by_what(app: Flask, cast: Cast, filled: int) -> None:
    clerk = browser(app, cast.ref("clerk"))
    _hands(clerk, unit_at(app, cast, filled, "1号楼", "101"), "金小满")
    with app.app_context():
        roll = f"{HOME}/rolls/{db.session.scalars(select(RollImport.id)).one()}"
    answer = clerk.press(f"{roll}/ask-undo", "")
    assert answer.status_code == 422
    assert "已经用上了（后来的变更）" in answer.text


# ---- looking up


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("101", ["1号楼 101室", "2号楼 101室"]),
        ("1号楼 101", ["1号楼 101室"]),
        ("1号楼101室", ["1号楼 101室"]),
        ("1 0 2", ["1号楼 102室", "2号楼 102室"]),
        ("01", []),
        ("二层前楼", ["天津路426弄 二层前楼"]),
        ("前楼", ["天津路426弄 二层前楼", "天津路426弄 三层前楼"]),
        ("章一鸣", []),
    ],
)
@pytest.mark.usefixtures("filled")
def test_a_door_is_found_as_people_say_it_and_nobody_by_name(
    app: Flask, cast: Cast, typed: str, found: list[str]
) -> None:
    answer = browser(app, cast.ref("clerk")).submit(HOME, {"door": typed})
    assert answer.status_code == 200
    for words in found:
        assert words in answer.text
    assert answer.text.count(f"{HOME}/units/") == len(found)
    assert ("没有这个门牌" in answer.text) is not bool(found)


def test_an_empty_search_keeps_the_page(app: Flask, cast: Cast) -> None:
    answer = browser(app, cast.ref("clerk")).submit(HOME, {"door": ""})
    assert answer.status_code == 422
    assert "这一项还没有填" in answer.text


# ---- one unit


def test_a_unit_shows_who_held_it_and_what_changed(app: Flask, cast: Cast, filled: int) -> None:
    clerk, unit = browser(app, cast.ref("clerk")), unit_at(app, cast, filled, "1号楼", "101")
    receipt = clerk.get(_hands(clerk, unit, "金小满", **{"holders-0-phone": "141 0000 0077"}).headers["Location"])
    assert "您登记了 1号楼 101室 的户主变更" in receipt.text
    with app.app_context():
        change = queries.changes(db.session.get_one(Unit, unit))[0]
        assert f"{HOME}/changes/{change.id}" in receipt.text
        back = clerk.get(f"{HOME}/changes/{change.id}")
    assert back.headers["Location"] == f"{HOME}/units/{unit}"
    shown = clerk.get(f"{HOME}/units/{unit}").text
    for words in ("金小满", "14100000077", "章一鸣", "不动产权证", "顾文清"):
        assert words in shown


def test_several_new_holders_with_shares(app: Flask, cast: Cast, filled: int) -> None:
    clerk, unit = browser(app, cast.ref("clerk")), unit_at(app, cast, filled, "1号楼", "101")
    more = {"held": "shares", "holders-0-share": "40%", "holders-1-name": "金大满", "holders-1-share": "3/5"}
    assert _hands(clerk, unit, "金小满", **more).status_code == 303
    shown = clerk.get(f"{HOME}/units/{unit}").text
    assert "2/5" in shown
    assert "3/5" in shown


def test_what_was_typed_stays_when_a_change_is_refused(app: Flask, cast: Cast, filled: int) -> None:
    clerk, unit = browser(app, cast.ref("clerk")), unit_at(app, cast, filled, "1号楼", "101")
    answer = _hands(clerk, unit, "金小满", **{"held": "shares", "holders-1-name": "金大满", "holders-1-share": "1/3"})
    assert answer.status_code == 422
    assert "份额要合计正好是全部" in answer.text
    for typed in ("金小满", "金大满", "1/3", "不动产权证"):
        assert f'value="{typed}"' in answer.text
    for field, typed, sentence in (
        ("holders-0-name", "李 小 x", "姓名里有空格"),
        ("holders-0-phone", "12345", "不像手机号或座机"),
        ("happened_on", "去年", "这样的日期"),
        ("note", "", "这一项还没有填"),
    ):
        answer = _hands(clerk, unit, "金小满", **{field: typed})
        assert answer.status_code == 422, field
        assert sentence in answer.text, field


def test_a_unit_without_anybody_is_said_so_on_purpose(app: Flask, cast: Cast, filled: int) -> None:
    clerk, unit = browser(app, cast.ref("clerk")), unit_at(app, cast, filled, "1号楼", "101")
    assert "请至少写一位户主" in _hands(clerk, unit, "").text
    assert _hands(clerk, unit, "", nobody="y").status_code == 303
    assert "没有户主" in clerk.get(f"{HOME}/units/{unit}").text


def test_a_death_a_phone_and_a_vacancy(app: Flask, cast: Cast) -> None:
    clerk, unit, holder = browser(app, cast.ref("clerk")), cast.units[8], cast.holders[8]
    of_holder = f"{HOME}/units/{unit}/holders/{holder}"
    day = now_day(clerk)
    answer = clerk.submit(f"{of_holder}/death", {"died_on": day, "note": "死亡医学证明"}, follow=True)
    assert "一位户主去世" in answer.text
    assert "户主已故" in clerk.get(f"{HOME}/units/{unit}").text
    assert "二层亭子间" in clerk.get(HOME).text
    assert clerk.submit(f"{of_holder}/death", {"died_on": "2999-01-01", "note": "x"}).status_code == 422
    answer = clerk.submit(f"{of_holder}/phone", {"number": "123", "note": "x"})
    assert answer.status_code == 422
    assert 'value="123"' in answer.text
    assert clerk.submit(f"{of_holder}/phone", {"number": "(021) 6322-0000", "note": "x"}).status_code == 303
    with app.app_context():
        assert db.session.get_one(Holder, holder).phone == "02163220000"
    assert clerk.submit(f"{HOME}/units/{unit}/vacancy", {"note": "上门三次"}).status_code == 303
    assert "标为有人居住" in clerk.get(f"{HOME}/units/{unit}/vacancy").text
    assert clerk.get(f"{HOME}/units/{unit}/holders/{cast.holders[0]}/death").status_code == 404


# ---- estates, template, export


def test_an_estate_is_added_and_leads_to_its_first_import(app: Flask, cast: Cast) -> None:
    clerk = browser(app, cast.ref("clerk"))
    answer = clerk.submit(f"{HOME}/estates/new", {"name": "安和里"})
    assert answer.headers["Location"].endswith("/import")
    assert "安和里" in clerk.get(answer.headers["Location"]).text
    twice = clerk.submit(f"{HOME}/estates/new", {"name": "安和里"})
    assert twice.status_code == 422
    assert "已经有同名的小区" in twice.text
    assert 'value="安和里"' in twice.text


def test_the_template_can_be_filled_in_and_read(app: Flask, cast: Cast) -> None:
    answer = browser(app, cast.ref("clerk")).get(f"{HOME}/template.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    assert book.sheetnames == ["户册", "填写说明"]
    assert "attachment" in answer.headers["Content-Disposition"]


def test_an_export_says_what_for_and_reads_back_the_same(app: Flask, cast: Cast, filled: int) -> None:
    clerk, url = browser(app, cast.ref("clerk")), f"{HOME}/estates/{filled}/export"
    assert clerk.submit(url, {"purpose": ""}).status_code == 422
    answer = clerk.submit(url, {"purpose": "和房管所核对"})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    read = sheet.read(answer.data, "a.xlsx")
    assert not read.faulty
    with app.app_context():
        register = [each.unit for each in queries.standing(filled)]
    assert {change.kind for change in sheet.compare(read.rows, register)} == {sheet.ChangeKind.SAME}


# ---- size


def test_a_thousand_units_cost_no_more_statements_than_ten(app: Flask, cast: Cast, place: int) -> None:
    with app.app_context():
        found = queries.estate(people(cast)[0], place)
        assert found is not None
        imported(*people(cast), found, rolls.estate())
        first = standing(found)
        unit = door(found, "1号楼", "101")
        unit_id, building = unit.id, unit.stairwell.building_id
    roll = waiting(app, cast, place, rolls.workbook([rolls.HEADER, *ROWS]))
    assert len(first) == 1008
    client = browser(app, cast.ref("second_clerk"))
    for url in (
        HOME,
        f"{HOME}/estates/new",
        f"{HOME}/estates/{place}",
        f"{HOME}/estates/{place}/import",
        f"{HOME}/estates/{place}/export",
        f"{HOME}/buildings/{building}",
        f"{HOME}/units/{unit_id}",
        f"{HOME}/units/{unit_id}/hands",
        f"{HOME}/rolls/{roll}",
        f"{HOME}/rolls/{roll}?show=missing&page=2",
        f"{HOME}/rolls/{roll}/approve",
    ):
        with statements(app) as said:
            assert client.get(url).status_code == 200
        assert len(said) <= 8, f"{url}: {len(said)}\n" + "\n".join(said)


def test_long_tables_come_a_hundred_a_page(app: Flask, cast: Cast, place: int) -> None:
    roll = f"{HOME}/rolls/{waiting(app, cast, place, rolls.estate())}"
    client = browser(app, cast.ref("clerk"))
    shown = client.get(f"{roll}?show=new").text
    assert shown.count('data-label="内容"') == 100
    assert "第 1 页，共 11 页" in shown
    last = client.get(f"{roll}?show=new&page=11").text
    assert last.count('data-label="内容"') == 8
    for odd in ("0", "-1", "x", "９", "99999999", "500", ""):
        assert client.get(f"{roll}?show=new&page={odd}").status_code == 200
    assert client.get(f"{roll}?show=names").status_code == 200
