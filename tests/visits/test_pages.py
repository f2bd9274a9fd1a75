"""Pages of visits: by stairwell, by door, the sheet out and in; who opens them, and that no answer stands on them."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import select

from hearing.consents.rules import Answer
from hearing.db import db
from hearing.visits.models import ReminderPlan, Visit
from hearing.visits.rules import Outcome
from tests.consents.conftest import Stage
from tests.consents.course import png
from tests.printing.reading import reader, text_of
from tests.visits import rounds

MOST_STATEMENTS = 8


@pytest.fixture
def place(stage: Stage) -> str:
    """The address of the lane's stairwell."""
    number = stage.act(rounds.stairwell)
    return f"{stage.desk}/stairwells/{number}"


def unit_url(stage: Stage, unit: int) -> str:
    return f"{stage.desk}/visits/{stage.act(lambda course: course.unit(unit).unit_id)}"


def room(stage: Stage, unit: int) -> str:
    return stage.act(lambda course: course.unit(unit).room)


def picture() -> tuple[io.BytesIO, str]:
    return io.BytesIO(png()), "门口.png"


def visits(stage: Stage) -> list[str]:
    return stage.act(lambda _: [visit.outcome for visit in db.session.scalars(select(Visit).order_by(Visit.id))])


def listed_part(html: str) -> str:
    """The list itself, above the register of all doors."""
    return html.split("每一户的登记")[0]


def test_a_visit_is_noted_on_the_households_page(stage: Stage) -> None:
    clerk = stage.browser("clerk")
    answer = clerk.submit(
        unit_url(stage, 3), {"outcome": "door", "photo": picture(), "next_on": "2026-11-12"}, follow=True
    )
    assert "记下了" in answer.text
    assert visits(stage) == ["door"]
    assert "放在门口，有照片" in clerk.get(unit_url(stage, 3)).text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"outcome": "door", "mail_number": "ab"}, "单号是 6 到 30 个数字、字母"),
        ({"outcome": "door"}, "放在门口要有照片"),
        ({"outcome": "mail"}, "寄信要有挂号信或快递的单号"),
        ({"outcome": "letter", "happened_on": "2026-11-10"}, "这一天还没有到"),
        ({"outcome": "letter", "happened_on": "昨天"}, "请写成像 2026-11-30 这样的日期"),
        ({"outcome": "nobody", "hour": "19:00"}, "写了几点，还没有写哪天"),
        ({"outcome": "nobody", "next_on": "2026-11-12", "no_more": "y"}, "请只留一样"),
        ({"happened_on": "2026-11-09"}, "请选一项"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_noted(stage: Stage, typed: Mapping[str, str], said: str) -> None:
    answer = stage.browser("clerk").submit(unit_url(stage, 3), typed)
    assert answer.status_code == 422
    assert said in answer.text
    for value in typed.values():
        assert value in answer.text
    assert visits(stage) == []


def test_a_file_that_is_no_picture_is_refused(stage: Stage) -> None:
    typed = {"outcome": "door", "photo": (io.BytesIO(b"PK\x03\x04" + b"0" * 99), "a.jpg")}
    answer = stage.browser("clerk").submit(unit_url(stage, 3), typed)
    assert answer.status_code == 422
    assert "这不是能用的照片" in answer.text


def test_the_list_shows_who_waits_and_never_what_anybody_said(stage: Stage, place: str) -> None:
    stage.act(lambda course: course.sign(1))
    stage.act(lambda course: course.sign(2, Answer.OPPOSE, seed=2))
    stage.act(lambda course: rounds.note(course, 3, Outcome.LETTER))
    stage.act(lambda course: rounds.note(course, 4, Outcome.NOBODY))
    text = stage.browser("clerk").get(place).text
    shown = listed_part(text)
    for unit, waits in ((1, False), (2, False), (3, False), (4, True), (5, True)):
        assert (f'href="{unit_url(stage, unit)}"' in shown) is waits, unit
    assert "敲门没人" in shown
    for word in ("同意", "反对", "弃权"):
        assert word not in text


def test_the_sheet_prints_doors_without_names_or_answers(stage: Stage, place: str) -> None:
    stage.act(lambda course: course.sign(1))
    stage.act(lambda course: rounds.note(course, 4, Outcome.NOBODY))
    stage.publish_trail()
    answer = stage.browser("clerk").get(f"{place}/sheet.pdf")
    assert answer.mimetype == "application/pdf"
    document, text = reader(answer.data), text_of(answer.data)
    assert [round(float(side)) for side in document.pages[0].mediabox[2:]] == [595, 842], "A4"
    assert "上门登记表" in text
    assert "共12户" in text
    assert "1次，11月9日敲门没人" in text
    assert "请不要再来" in text
    for word in ("同意", "反对", "弃权"):
        assert word not in text
    names = stage.act(
        lambda course: [share.holder.name for unit in course.collection().units for share in unit.holders]
    )
    assert not [name for name in names if name in text]


def test_an_empty_list_prints_nothing(stage: Stage, place: str) -> None:
    stage.act(lambda course: course.sign_all(range(1, 14), day=9))
    clerk = stage.browser("clerk")
    assert "这个楼道没有要去的户" in clerk.get(place).text
    assert clerk.get(f"{place}/sheet.pdf").status_code == 404


def test_a_sheet_is_entered_row_by_row(stage: Stage, place: str) -> None:
    typed: dict[str, Any] = {
        "happened_on": "2026年11月9日",
        "rows-0-outcome": "letter",
        "rows-1-outcome": "door",
        "rows-1-photo": picture(),
        "rows-3-outcome": "nobody",
        "rows-3-next_on": "2026-11-12",
        "rows-3-hour": "19点30",
        "rows-4-outcome": "not_taken",
        "rows-4-no_more": "y",
    }
    answer = stage.browser("clerk").submit(f"{place}/sheet", typed, field="happened_on", follow=True)
    assert "录入了 4 户" in answer.text
    assert visits(stage) == ["letter", "door", "nobody", "not_taken"]
    assert "约好2026年11月12日（周四）19:30" in answer.text


def test_a_row_that_is_wrong_is_named_and_the_others_stay_typed(stage: Stage, place: str) -> None:
    typed = {"happened_on": "2026-11-09", "rows-0-outcome": "letter", "rows-1-outcome": "mail", "rows-2-hour": "19:00"}
    answer = stage.browser("clerk").submit(f"{place}/sheet", typed)
    assert answer.status_code == 422
    assert "#rows-1-outcome" in answer.text
    assert "寄信要有挂号信或快递的单号" in answer.text
    assert '<option selected value="letter">' in answer.text
    assert visits(stage) == []


def test_a_row_without_a_result_is_not_thrown_away(stage: Stage, place: str) -> None:
    typed = {"happened_on": "2026-11-09", "rows-0-outcome": "letter", "rows-2-next_on": "2026-11-12"}
    answer = stage.browser("clerk").submit(f"{place}/sheet", typed)
    assert answer.status_code == 422
    assert "这一行写了别的，还没有选结果" in answer.text


def test_a_row_of_another_stairwell_is_no_row_of_this_sheet(stage: Stage, place: str) -> None:
    typed = {"happened_on": "2026-11-09", "rows-0-outcome": "letter", "rows-0-unit": "987654"}
    answer = stage.browser("clerk").submit(f"{place}/sheet", typed)
    assert answer.status_code == 422
    assert "一行也没有填" in answer.text


def test_a_visit_is_corrected_with_a_reason_and_stays(stage: Stage) -> None:
    stage.act(lambda course: rounds.note(course, 3, Outcome.LETTER))
    clerk = stage.browser("clerk")
    assert clerk.submit("/desk/visits/1/correction", {"reason": ""}).status_code == 422
    text = clerk.submit("/desk/visits/1/correction", {"reason": "送错了一户"}, follow=True).text
    assert "已更正，不算数" in text
    assert "送错了一户" in text
    assert "这条记错了" not in text


def test_the_desk_sees_by_stairwell_how_many_were_told_and_who_goes(stage: Stage, place: str) -> None:
    stage.act(lambda course: rounds.note(course, 3, Outcome.LETTER))
    clerk = stage.browser("clerk")
    assert "还没有分派" in clerk.get(stage.desk).text
    officer = stage.act(lambda course: rounds.seat(course, "block_officer").account_id)
    clerk.submit(f"{place}/visitor", {"visitor": str(officer)})
    for page in (stage.desk, f"{stage.desk}/visits"):
        text = clerk.get(page).text
        assert "1 / 13 户" in text
        assert "当面交给本人 1" in text
        assert "施磊" in text


def test_a_block_officer_opens_what_is_hers_and_no_more(stage: Stage, place: str) -> None:
    officer, unit = stage.browser("block_officer"), unit_url(stage, 3)
    stage.act(lambda course: rounds.note(course, 3, Outcome.DOOR))
    photo = stage.act(lambda _: f"/files/{db.session.get_one(Visit, 1).photo_id}")
    for page in (place, f"{place}/sheet", f"{place}/sheet.pdf", unit, "/desk/visits/1/correction", photo):
        assert officer.get(page).status_code == 404, page
    assert "没有要去的楼道" in officer.get(f"{stage.desk}/visits").text
    stage.act(rounds.send)
    for page in (place, f"{place}/sheet", unit, "/desk/visits/1/correction", photo):
        assert officer.get(page).status_code == 200, page
    assert officer.get(f"{place}/visitor").status_code == 403
    assert officer.get(f"{stage.desk}/reminder").status_code == 403
    officer.submit(unit, {"outcome": "phone"})
    assert visits(stage) == ["door", "phone"]


@pytest.mark.parametrize("who", ["scrutineer", 5, "p-stranger", "p-foreignclerk"])
def test_nobody_else_opens_any_of_it(stage: Stage, place: str, who: str | int) -> None:
    stage.act(lambda course: rounds.note(course, 3, Outcome.DOOR))
    photo = stage.act(lambda _: f"/files/{db.session.get_one(Visit, 1).photo_id}")
    browser = stage.browser(who)
    pages = (f"{stage.desk}/visits", place, f"{place}/sheet", unit_url(stage, 3), "/desk/visits/1/correction", photo)
    for page in pages:
        assert browser.get(page).status_code in {403, 404}, page


def test_the_scrutineers_desk_has_no_doors_of_visits(stage: Stage) -> None:
    assert "上门与送达" not in stage.browser("scrutineer").get(stage.desk).text


def test_the_reminder_is_set_and_shown(stage: Stage) -> None:
    clerk, home = stage.browser("clerk"), f"{stage.desk}/visits"
    assert "还没有定提醒的日子" in clerk.get(home).text
    for wrong in ("0", "31", "1e3", "７天"):
        assert clerk.submit(f"{stage.desk}/reminder", {"days": wrong}).status_code == 422
    late = clerk.submit(f"{stage.desk}/reminder", {"days": "7"})
    assert "提醒的时间已经过了" in late.text
    text = clerk.submit(f"{stage.desk}/reminder", {"days": "3"}, follow=True).text
    assert "2026年11月13日（周五）10:00提醒还没表态的户" in text
    assert stage.act(lambda _: [plan.days for plan in db.session.scalars(select(ReminderPlan))]) == [3]


def test_a_household_says_that_it_saw_the_notice_and_reads_what_was_noted(stage: Stage) -> None:
    stage.act(lambda course: rounds.note(course, 5, Outcome.NOBODY))
    browser, url = stage.browser(5), f"{stage.url}/notice"
    assert url in browser.get(stage.url).text
    assert "敲门没人" in browser.get(url).text
    receipt = browser.submit(url, action="", follow=True).text
    assert "征询通知，已记下。这不是表态" in receipt
    assert "您家看到通知，已经记下" in browser.get(url).text
    assert visits(stage) == ["nobody", "page"]
    assert stage.browser("p-stranger").get(url).status_code == 404


def test_no_page_asks_the_database_much(stage: Stage, place: str) -> None:
    stage.act(rounds.send)
    stage.act(lambda course: course.sign(1))
    for unit in range(2, 9):
        stage.act(lambda course, n=unit: rounds.note(course, n, Outcome.LETTER))  # type: ignore[misc]
    pages = (stage.desk, f"{stage.desk}/visits", place, f"{place}/sheet", f"{place}/visitor", unit_url(stage, 3))
    for who in ("clerk", "block_officer"):
        browser = stage.browser(who)
        for page in pages:
            if who == "block_officer" and page.endswith("visitor"):
                continue
            with stage.statements() as said:
                assert browser.get(page).status_code == 200
            assert len(said) <= MOST_STATEMENTS, f"{who} {page}: {len(said)}\n" + "\n".join(said)
    with stage.statements() as said:
        stage.browser(5).get(f"{stage.url}/notice")
    assert len(said) <= MOST_STATEMENTS + 4, "\n".join(said)  # Signing in asks too.
