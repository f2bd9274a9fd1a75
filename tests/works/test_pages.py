"""Pages of works: stages for everybody, events for whoever enters them; each works, refuses and says little."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import cast as cast_to

import pytest
from flask import Flask

from hearing.audit.ledger import perform
from hearing.db import db
from hearing.files.models import Evidence
from hearing.proposals.models import Proposal
from hearing.works import actions, queries, rules
from tests import schema
from tests.browser import Browser
from tests.cast import Cast
from tests.consents.course import at
from tests.proposals import scene as cases
from tests.statements import statements
from tests.works import scene
from tests.works.scene import DAY, Lift

Browse = Callable[[str], Browser]
END = DAY + timedelta(days=100)


@pytest.fixture
def browse(app: Flask, cast: Cast) -> Browse:
    """A browser in which somebody has signed in."""
    return lambda who: cast_to(Browser, app.test_client()).enter(who if who.startswith("p-") else cast.ref(who))


@pytest.fixture
def lift(app: Flask, cast: Cast) -> Lift:
    """A lift whose plan was approved, with its group."""
    with app.app_context():
        found = scene.approved(cast)
        found.form_group()
        scene.today_is(DAY)
        return found


@pytest.fixture
def built(app: Flask, lift: Lift) -> Lift:
    """The same in use."""
    with app.app_context():
        lift.walk(rules.ENTERED)
        scene.today_is(END)
        return lift


def paper() -> tuple[io.BytesIO, str]:
    """A photographed paper as a form sends it."""
    return io.BytesIO(cases.jpeg("white")), "批文.jpg"


def filed(browser: Browser, lift: Lift) -> None:
    """The lift is filed through the page."""
    typed = {"day": DAY.isoformat(), "documents": paper()}
    answer = browser.submit(f"/desk/works/{lift.proposal_id}/stage", typed)
    assert answer.status_code == 303, answer.text


def test_a_lift_is_filed_and_permitted_through_its_pages(browse: Browse, client: Browser, lift: Lift) -> None:
    clerk, page = browse("clerk"), f"/desk/works/{lift.proposal_id}"
    filed(clerk, lift)
    assert "立项编号" in clerk.get(page).text
    early = clerk.submit(f"{page}/stage", {"day": DAY.isoformat(), "documents": paper(), "note": "先进去"})
    assert early.status_code == 422
    assert "还缺 1 样材料" in early.text and "先进去" in early.text
    typed = {"paper": "filing_number", "reference": "黄发改〔2026〕18号", "issuer": "区发改委", "day": "2026年11月13日"}
    assert clerk.submit(f"{page}/paper", {**typed, "documents": paper()}).status_code == 303
    assert clerk.submit(f"{page}/stage", {"day": DAY.isoformat(), "documents": paper()}).status_code == 303
    assert clerk.submit(f"{page}/turn", {"party": "utility", "day": DAY.isoformat()}).status_code == 303
    shown = client.get(f"/cases/{lift.proposal_id}").text
    assert "管线单位" in shown and "stage-now" in shown and "立项编号：黄发改〔2026〕18号" in shown
    listed = client.get(f"/cases/{lift.proposal_id}/works").text
    assert "区发改委" in listed and "黄发改〔2026〕18号" in listed


@pytest.mark.parametrize(
    ("page", "typed", "said"),
    [
        ("stage", {"day": "昨天"}, "请写成像 2026-11-30 这样的日期"),
        ("stage", {"day": "2026-11-13"}, "每一步都要有凭证"),
        ("stage", {"day": "2027-01-01", "documents": True}, "日期不能在今天以后"),
        ("stage", {"day": "2026-11-13", "party": "nobody"}, "请从列出的几项里选"),
        ("paper", {"paper": "contract", "reference": "", "day": "2026-11-13"}, "这一项还没有填"),
        ("paper", {"paper": "contract", "reference": "7", "day": "2026-11-13"}, "这一项还没有选文件"),
        ("turn", {"day": "2026-11-13"}, "请选一项"),
        ("turn", {"party": "group", "day": "2026-11-01"}, "日期不能早于前一步"),
        ("photos", {"day": "2026-11-13"}, "还没有选照片"),
        ("group", {"role": "leader", "day": "2026-11-13"}, "这一项还没有选文件"),
        ("group", {"role": "accounts", "day": "2026-11-13", "paper": True}, "这个职务只能有一个人"),
    ],
)
def test_what_is_wrong_is_said_on_the_page(
    browse: Browse, lift: Lift, page: str, typed: dict[str, object], said: str
) -> None:
    clerk, url = browse("clerk"), f"/desk/works/{lift.proposal_id}/{page}"
    data = {name: paper() if value is True else value for name, value in typed.items()}
    form = clerk.found(url, field="day")
    if page == "group":
        data["place"] = f"{lift.units['602']}-{holder(clerk, lift, '602')}"
    answer = clerk.post(url, data={**form.fields, **data})
    assert answer.status_code == 422
    assert said in answer.text
    if "day" in typed:
        assert f'value="{typed["day"]}"' in answer.text


def holder(browser: Browser, lift: Lift, door: str) -> int:
    """The holder of a flat, as the list on the page names her."""
    with browser.application.app_context():
        return lift.place(door)[1]


def test_a_person_is_chosen_and_leaves_again(app: Flask, browse: Browse, client: Browser, lift: Lift) -> None:
    clerk, page = browse("clerk"), f"/desk/works/{lift.proposal_id}"
    typed = {
        "role": "supervisor",
        "place": f"{lift.units['602']}-{holder(clerk, lift, '602')}",
        "day": DAY.isoformat(),
        "paper": paper(),
    }
    assert clerk.submit(f"{page}/group", typed).status_code == 303
    text = clerk.get(page).text
    assert "业主602" in text
    shown = client.get(f"/cases/{lift.proposal_id}/works").text
    assert "业**" in shown and "业主602" not in shown and "602" not in shown
    with app.app_context():
        seat = next(each for each in queries.seats(lift.proposal_id) if each.unit_id == lift.units["602"]).id
    end = f"/desk/works/seats/{seat}/end"
    assert clerk.submit(end, {"why": "mistake", "day": DAY.isoformat()}).status_code == 422
    assert clerk.submit(end, {"why": "resigned", "day": DAY.isoformat()}).status_code == 303
    assert "本人辞任" in clerk.get(page).text


def test_a_wrong_number_is_corrected_and_both_are_kept(browse: Browse, client: Browser, built: Lift) -> None:
    clerk, page = browse("clerk"), f"/desk/works/{built.proposal_id}"
    with clerk.application.app_context():
        number = next(row.number for row in built.history.rows if row.paper == "filing_number")
    url = f"{page}/events/{number}/correction"
    assert "黄发改〔2026〕18号" in str(clerk.found(url, field="reference").fields)
    assert clerk.submit(url, {"word": "taken_back", "reason": "错了"}).status_code == 422
    assert clerk.submit(url, {"word": "mended", "reason": "错了"}).status_code == 422, "nothing was changed"
    typed = {"word": "mended", "reference": "黄发改〔2026〕19号", "reason": "看错一个字"}
    assert clerk.submit(url, typed).status_code == 303
    shown = clerk.get(page).text
    assert "黄发改〔2026〕18号" in shown and "黄发改〔2026〕19号" in shown and "看错一个字" in shown
    public = client.get(f"/cases/{built.proposal_id}/works").text
    assert "黄发改〔2026〕19号" in public and "看错一个字" not in public
    assert f"第 {number} 条更正：立项编号" in public
    assert clerk.get(url).status_code == 404


def test_everybody_sees_the_days_and_the_photos(app: Flask, client: Browser, built: Lift) -> None:
    case = client.get(f"/cases/{built.proposal_id}").text
    assert "从征询到启用，一共" in case
    assert case.count("30 天") == 3
    assert "已经启用，由电梯使用管理单位照看" in case
    page = client.get(f"/cases/{built.proposal_id}/works").text
    assert "施工前的照片 1" in page and "完工后的照片 1" in page
    with app.app_context():
        kinds = {evidence.kind: evidence.id for evidence in db.session.query(Evidence).order_by(Evidence.id)}
    assert client.get(f"/files/{kinds['works_photo']}").status_code == 200
    assert client.get(f"/files/{kinds['works_paper']}").status_code == 401


def test_papers_are_for_the_desk_and_the_group(app: Flask, browse: Browse, built: Lift) -> None:
    with app.app_context():
        number = db.session.query(Evidence).filter_by(kind="works_paper").first().id  # type: ignore[union-attr]
    assert browse("clerk").get(f"/files/{number}").status_code == 200
    assert browse("p-601").get(f"/files/{number}").status_code == 200
    assert browse("p-101").get(f"/files/{number}").status_code == 404


def test_a_photo_that_was_taken_back_is_seen_no_more(app: Flask, browse: Browse, client: Browser, lift: Lift) -> None:
    clerk, page = browse("clerk"), f"/desk/works/{lift.proposal_id}"
    assert clerk.submit(f"{page}/photos", {"day": DAY.isoformat(), "before": paper()}).status_code == 303
    with app.app_context():
        photo = db.session.query(Evidence).filter_by(kind="works_photo").one().id
    assert client.get(f"/files/{photo}").status_code == 200
    url = f"{page}/events/1/correction"
    assert clerk.submit(url, {"word": "taken_back", "reason": "拍到了人"}).status_code == 303
    assert client.get(f"/files/{photo}").status_code == 401
    assert f"/files/{photo}" not in client.get(f"/cases/{lift.proposal_id}/works").text
    assert clerk.get(f"/files/{photo}").status_code == 200


def test_the_subdistrict_lists_all_its_lifts(browse: Browse, client: Browser, built: Lift) -> None:
    for page in ("/lifts", "/subdistricts/1/lifts"):
        text = client.get(page, follow_redirects=True).text
        assert "南京东路街道的加装电梯" in text and "安和里12号加装电梯" in text and "在用" in text
    answer = client.get("/subdistricts/1/lifts.csv")
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    assert rows[1][1:4] == ["安和里12号加装电梯", "天津路居民区", "在用"]
    assert rows[1][7] == "电梯使用管理单位"
    assert client.get("/subdistricts/99/lifts").status_code == 404
    assert client.get("/subdistricts/99/lifts.csv").status_code == 404
    desk = browse("subdistrict_liaison")
    assert "安和里12号加装电梯" in desk.get("/desk/lifts").text
    assert "安和里12号加装电梯" in desk.get("/desk/lifts.csv").get_data(as_text=True)


def test_a_title_is_no_formula(app: Flask, client: Browser, lift: Lift) -> None:
    with app.app_context(), schema.door_open():
        db.session.get_one(Proposal, lift.proposal_id).title = "=HYPERLINK(1)"
    assert "'=HYPERLINK(1)" in client.get("/subdistricts/1/lifts.csv").get_data(as_text=True)


def test_other_desks_do_not_find_it(app: Flask, cast: Cast, browse: Browse, lift: Lift) -> None:
    with app.app_context():
        seat = queries.seats(lift.proposal_id)[0].id
    pages = [f"/desk/works/{lift.proposal_id}{part}" for part in ("", "/stage", "/paper", "/turn", "/photos", "/group")]
    for who in (cast.foreign_clerk, cast.stranger):
        browser = browse(who)
        for page in (*pages, f"/desk/works/seats/{seat}/end"):
            assert browser.get(page).status_code in {403, 404}, (who, page)
    assert browse("clerk").get(f"/desk/works/{lift.proposal_id}/events/1/correction").status_code == 404


def test_what_is_no_lift_has_no_page(app: Flask, browse: Browse, client: Browser, cast: Cast) -> None:
    with app.app_context():
        number = cases.fixed(cast).proposal_id
    assert client.get(f"/cases/{number}/works").status_code == 404
    assert browse("clerk").get(f"/desk/works/{number}").status_code == 404
    assert 'id="stages"' not in client.get(f"/cases/{number}").text


def test_a_lift_in_its_consent_shows_its_first_stage(app: Flask, client: Browser, browse: Browse, cast: Cast) -> None:
    with app.app_context():
        lift = scene.passed(cast)
    text = client.get(f"/cases/{lift.proposal_id}").text
    assert "从征询开始，已经" in text
    assert "方案通过以后，从这里登记" in browse("clerk").get(f"/desk/works/{lift.proposal_id}").text
    assert browse("clerk").get(f"/desk/works/{lift.proposal_id}/stage").status_code == 404


def test_pages_are_whole_in_english(client: Browser, browse: Browse, built: Lift) -> None:
    headers = {"Accept-Language": "en"}
    client.set_cookie("language", "en")
    for page in (f"/cases/{built.proposal_id}/works", "/lifts"):
        text = client.get(page, headers=headers, follow_redirects=True).text
        assert "In use" in text and "在用" not in text and "启用" not in text, page


def test_every_page_says_little_to_the_database(app: Flask, browse: Browse, built: Lift) -> None:
    with app.app_context():
        seat = queries.seats(built.proposal_id)[0].id
        with at(scene.noon(END)):
            said = actions.Said(day=END)
            perform(actions.hand_over, built.who("clerk"), built.proposal, rules.Party.MANAGER, said)
    page = f"/desk/works/{built.proposal_id}"
    for who, url in (
        ("p-601", f"/cases/{built.proposal_id}"),
        ("p-601", f"/cases/{built.proposal_id}/works"),
        ("p-601", "/subdistricts/1/lifts"),
        ("p-601", "/subdistricts/1/lifts.csv"),
        ("clerk", "/desk/lifts"),
        ("clerk", "/desk/lifts.csv"),
        ("clerk", page),
        ("clerk", f"{page}/paper"),
        ("clerk", f"{page}/turn"),
        ("clerk", f"{page}/photos"),
        ("clerk", f"{page}/group"),
        ("clerk", f"{page}/events/1/correction"),
        ("clerk", f"/desk/works/seats/{seat}/end"),
        ("clerk", "/desk"),
    ):
        browser = browse(who)
        with statements(app) as said_there:
            assert browser.get(url).status_code == 200
        assert len(said_there) <= 8, f"{url}: {len(said_there)}\n" + "\n".join(said_there)
