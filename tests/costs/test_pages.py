"""Pages of money: one's own line first, then the floors; at the desk lines or a sheet in, every door's line out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from typing import cast as cast_to

import pytest
from flask import Flask
from openpyxl import Workbook

from hearing import clock
from hearing.audit.publisher import Publisher
from hearing.consents import papers
from hearing.db import db, reading
from hearing.proposals import queries as proposals
from hearing.proposals.models import Proposal
from tests.browser import Browser
from tests.cast import Cast
from tests.consents.course import moment
from tests.costs.scene import LIFT, TERMS, Lift, lift
from tests.statements import statements

Browse = Callable[[str | int], Browser]
LINES = "1层 0\n2层 10\n3层 15\n4层 20\n5层 25\n6层 30"
TYPED = {"percent": "40", "cap": "280000", "basis": "floors", "lines": LINES, "agreed": "5月3日协调会议定"}


@pytest.fixture
def browse(app: Flask, cast: Cast) -> Browse:
    """A browser in which somebody of the cast has signed in."""
    return lambda who: cast_to(Browser, app.test_client()).enter(
        who if isinstance(who, str) and who.startswith("p-") else cast.ref(who)
    )


@pytest.fixture
def case(app: Flask, cast: Cast) -> Lift:
    """The lift's plan is on the desk."""
    with app.app_context():
        found = lift(cast)
        found.write(LIFT)
        return found


@pytest.fixture
def desk(case: Lift) -> str:
    return f"/desk/proposals/{case.proposal_id}/plan/costs"


def shares(app: Flask, case: Lift) -> dict[str, int]:
    """What the plan on the desk says that each household pays."""
    with app.app_context():
        draft, _ = proposals.plan_draft(db.session.get_one(Proposal, case.proposal_id))
        return {share.unit: share.fen for share in draft.texts.household_shares}


def test_lines_become_shares_and_every_door_is_listed(app: Flask, browse: Browse, case: Lift, desk: str) -> None:
    clerk = browse("clerk")
    assert "安和里12号（整幢），12 户" in clerk.get(desk).text, "the narrowest consent is offered first"
    answer = clerk.submit(desk, TYPED, follow=True)
    assert "¥420,000.00" in answer.text and "10 户出资" in answer.text and "约定不分摊" in answer.text
    assert shares(app, case)[str(case.units["602"])] == 6_300_000
    again = clerk.found(desk, field="lines").fields
    assert (again["percent"], again["cap"], again["lines"][0].strip().split("\n")[1].strip()) == (
        ["40"],
        ["280000"],
        "2层 10",
    )


def test_a_sheet_says_the_same(app: Flask, browse: Browse, case: Lift, desk: str) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["楼层", "比例"])
    for line in LINES.split("\n"):
        sheet.append(line.split())
    sheet.append(["502", "不出资"])
    file = BytesIO()
    book.save(file)
    file.seek(0)
    typed = {**TYPED, "lines": "", "sheet": (file, "分摊.xlsx")}
    assert browse("clerk").submit(desk, typed).status_code == 303
    assert shares(app, case)[str(case.units["602"])] == 7_200_000
    assert str(case.units["502"]) not in shares(app, case)


def test_a_csv_says_the_same(app: Flask, browse: Browse, case: Lift, desk: str) -> None:
    text = LINES.replace(" ", ",").encode("gb18030")
    typed = {**TYPED, "lines": "", "sheet": (BytesIO(text), "分摊.csv")}
    assert browse("clerk").submit(desk, typed).status_code == 303
    assert shares(app, case)[str(case.units["602"])] == 6_300_000


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"lines": LINES.replace("3层 15", "3层 一五")}, "第 3 行没看懂"),
        ({"lines": LINES + "\n902 不出资"}, "第 7 行的“902”不在要分摊的楼里"),
        ({"lines": "2层 10"}, "还没有写这些楼层的比例：1、3、4、5、6"),
        ({"lines": "\n".join(f"{floor}层 0" for floor in range(1, 7))}, "各户要出的钱还没有人出"),
        ({"percent": "140"}, "请写 0 到 100 之间的百分数"),
        ({"percent": "1e1"}, "请写 0 到 100 之间的百分数"),
        ({"cap": "58,2"}, "请写成像 1200 或 1200.50 这样的金额"),
        ({"fund": "-5"}, "请写成像 1200 或 1200.50 这样的金额"),
        ({"fund": "700000"}, "比总价还多 280000.00 元"),
        ({"basis": "area"}, "按面积分摊时不用写比例"),
        ({"sheet": (BytesIO(b"PK\x03\x04broken"), "分摊.xlsx")}, "有问题需要改正"),
        ({"sheet": (BytesIO(b"\x89PNG"), "分摊.png")}, "有问题需要改正"),
    ],
)
def test_what_cannot_be_meant_is_named_and_what_was_typed_stays(
    app: Flask, browse: Browse, case: Lift, desk: str, typed: dict[str, object], words: str
) -> None:
    answer = browse("clerk").submit(desk, {**TYPED, **typed})
    assert answer.status_code == 422
    assert words in answer.text
    assert "5月3日协调会议定" in answer.text
    assert shares(app, case) == {}


def test_a_colleagues_saving_is_not_overwritten(browse: Browse, case: Lift, desk: str) -> None:
    answer = browse("clerk").submit(desk, {**TYPED, "edition": "0"})
    assert answer.status_code == 422
    assert "同事刚保存过" in answer.text


def test_amounts_typed_by_hand_come_from_no_cost_plan(app: Flask, browse: Browse, case: Lift, desk: str) -> None:
    clerk = browse("clerk")
    clerk.submit(desk, TYPED)
    clerk.submit(f"/desk/proposals/{case.proposal_id}/plan/shares", {f"share_{case.units['201']}": "5"})
    with app.app_context():
        draft, _ = proposals.plan_draft(db.session.get_one(Proposal, case.proposal_id))
        assert draft.texts.cost_plan == ""


@pytest.fixture
def fixed(app: Flask, case: Lift) -> Lift:
    """Version 1 stands."""
    with app.app_context():
        case.first()
    return case


def test_others_do_not_work_out_costs_nor_read_the_doors(
    browse: Browse, cast: Cast, case: Lift, desk: str, fixed: Lift
) -> None:
    assert browse("clerk").get(desk).status_code == 404, "the plan is fixed"
    for who in ("p-301", cast.foreign_clerk):
        assert browse(who).get("/desk/costs/1").status_code in {403, 404}
    assert browse("block_officer").get("/desk/costs/1").status_code == 200
    assert browse("clerk").get("/desk/costs/99").status_code == 404


def test_the_public_reads_floors_and_the_household_its_own_line_first(app: Flask, browse: Browse, fixed: Lift) -> None:
    visitor = cast_to(Browser, app.test_client())
    for page in (f"/cases/{fixed.proposal_id}", f"/proposals/{fixed.proposal_id}/plans/1/costs"):
        text = visitor.get(page).text
        assert "6.3万元" in text and "28万元" in text and "42万元，10 户出" in text
        assert "您家要出" not in text
        own = browse("p-602").get(page).text
        assert own.index("您家要出") < own.index("一户出多少，按楼层")
    assert visitor.get(f"/proposals/{fixed.proposal_id}/plans/9/costs").status_code == 404
    lane = browse(5).get(f"/cases/{fixed.proposal_id}").text
    assert "您家要出" not in lane and "6.3万元" in lane


def test_the_second_version_stands_beside_the_first_in_one_row(app: Flask, browse: Browse, fixed: Lift) -> None:
    with app.app_context():
        fixed.second()
    text = browse("p-602").get(f"/proposals/{fixed.proposal_id}/plans/2/costs").text
    assert "第 1 版 6.3万元，现在 6.6万元，多 3000元" in text.replace("3,000", "3000")
    row = text[text.index("6层") :][:700]
    assert row.index("6.3万元") < row.index("6.6万元")


def test_the_answer_page_shows_this_households_share(app: Flask, browse: Browse, fixed: Lift) -> None:
    with app.app_context():
        version = fixed.proposal.plan
        assert version is not None
        course = fixed.collecting(version.required[0].id)
        course.open()
    with clock.standing_at(moment(8)):
        text = browse("p-602").get(f"/consents/{course.collection_id}/answer").text
    assert "您家要出" in text and "6.3万元" in text


def test_the_slip_on_paper_says_the_share_and_what_it_was(app: Flask, fixed: Lift) -> None:
    with app.app_context():
        terms = replace(TERMS, waived=(str(fixed.units["502"]),))
        course = fixed.collecting(fixed.second(terms=terms).required[0].id)
        course.open()
        with clock.standing_at(moment(8)):
            slips = [course.print_slip(number) for number in (1, 10, 12)]
            with reading():
                Publisher.of(app.extensions["settings"]).publish(db.session)
                db.session.rollback()
            with app.test_request_context("/"):
                printed = papers.slips(course.collection(), slips).slips
    assert [(slip.share_fen, slip.share_note) for slip in printed] == [
        (0, "约定不分摊"),
        (0, "同意，但不出资、不使用"),
        (7_542_857, "方案第 1 版为 63,000.00 元，多 12,428.57 元"),
    ]


def test_pages_say_little_to_the_database(app: Flask, browse: Browse, case: Lift, desk: str) -> None:
    clerk = browse("clerk")
    clerk.submit(desk, TYPED)
    for page in (desk, "/desk/costs/1"):
        with statements(app) as said:
            assert clerk.get(page).status_code == 200
        assert len(said) <= 8, f"{page}: {len(said)}\n" + "\n".join(said)
    with app.app_context():
        case.first()
        case.second()
    for who, page in (
        ("p-602", f"/cases/{case.proposal_id}"),
        ("p-602", f"/proposals/{case.proposal_id}/plans/2/costs"),
        ("clerk", f"/proposals/{case.proposal_id}/plans/2/costs"),
    ):
        browser = browse(who)
        with statements(app) as said:
            assert browser.get(page).status_code == 200
        assert len(said) <= 8, f"{page}: {len(said)}\n" + "\n".join(said)
