"""Pages of proposals: each works, is shut to others, keeps what was typed, and costs few statements."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from typing import Any
from typing import cast as cast_to

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select

from hearing.audit.ledger import perform
from hearing.db import db
from hearing.files.models import Evidence
from hearing.people.rules import Role
from hearing.people.viewer import Visitor
from hearing.proposals import actions, queries
from hearing.proposals.models import Application, Draft, DraftPhoto, PlanVersion, Proposal, SeatOpinion
from hearing.proposals.rules import ChangeClass, Recommendation, Rejection
from tests.browser import Browser
from tests.cast import Cast
from tests.proposals import scene
from tests.schema import viewer
from tests.statements import statements
from tests.web.test_pictures import png_that_says

Walk = Callable[[Cast], Any]


@pytest.fixture
def browse(app: Flask, cast: Cast) -> Callable[[str | int], Browser]:
    """A browser in which somebody of the cast has signed in."""
    return lambda who: cast_to(Browser, app.test_client()).enter(
        who if isinstance(who, str) and who.startswith("p-") else cast.ref(who)
    )


Browse = Callable[[str | int], Browser]


def walked(app: Flask, cast: Cast, walk: Walk) -> int:
    """Walk a case on, and give its number."""
    with app.app_context():
        got = walk(cast)
        proposal = got.proposal if isinstance(got, PlanVersion) else got
        return cast_to(int, proposal.id)


def state_of(app: Flask, number: int) -> str:
    with app.app_context():
        return db.session.get_one(Proposal, number).state


def count(app: Flask, table: type[Any]) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(table)) or 0


# What each page needs the case to have come to.


def returned(cast: Cast) -> Proposal:
    proposal, clerk = scene.submitted(cast), viewer(cast.ref("clerk"))
    perform(actions.take_up, clerk, proposal)
    perform(actions.send_back, clerk, proposal, "请写清楚是哪一处台阶")
    return proposal


def screening(cast: Cast) -> Proposal:
    proposal = scene.submitted(cast)
    perform(actions.take_up, viewer(cast.ref("clerk")), proposal)
    return proposal


def rejected(cast: Cast) -> Proposal:
    proposal = screening(cast)
    perform(actions.reject, viewer(cast.ref("clerk")), proposal, Rejection.DUPLICATE, "和去年那件重复")
    return proposal


def second_look(cast: Cast) -> Proposal:
    proposal = rejected(cast)
    perform(actions.ask_second_look, viewer(cast.ref(1)), proposal, "去年那件是楼道灯")
    return proposal


def asked(cast: Cast) -> Proposal:
    proposal = scene.deliberating(cast)
    scene.asked(cast, proposal, Role.LEGAL_ADVISER)
    return proposal


def ready(cast: Cast) -> Proposal:
    proposal = scene.advised(cast, scene.deliberating(cast))
    scene.drafted(cast, proposal)
    return proposal


def reworked(cast: Cast) -> Proposal:
    proposal = scene.consenting(cast).proposal
    perform(actions.reopen_plan, viewer(cast.ref("clerk")), proposal, "要加扶手")
    scene.drafted(cast, proposal, replace(scene.RAMP, size="净宽 1.5 米"))
    return proposal


def put(cast: Cast) -> Proposal:
    proposal = reworked(cast)
    perform(actions.put_change, viewer(cast.ref("clerk")), proposal, "邻居提出要加扶手")
    return proposal


def worded(cast: Cast) -> Proposal:
    proposal = scene.consenting(cast).proposal
    perform(actions.reopen_plan, viewer(cast.ref("clerk")), proposal, "改错字")
    scene.drafted(cast, proposal, replace(scene.RAMP, description="只是改了说法。"))
    perform(actions.put_change, viewer(cast.ref("clerk")), proposal, "改错字")
    change = queries.pending_change(proposal)
    assert change is not None
    perform(actions.judge_change, viewer(cast.ref("council_member")), change, "council", ChangeClass.EDITORIAL)
    perform(actions.judge_change, viewer(cast.ref("legal_adviser")), change, "adviser", ChangeClass.EDITORIAL)
    perform(actions.fix_plan, viewer(cast.ref("clerk")), proposal)
    return proposal


def contested(cast: Cast) -> Proposal:
    proposal = worded(cast)
    assert proposal.plan is not None
    perform(actions.contest_change, viewer(cast.ref(1)), proposal.plan, "意思也变了")
    return proposal


def passed(cast: Cast) -> Proposal:
    version = scene.consenting(cast)
    scene.inside(cast, version, lambda _by: actions.record_consent_outcome(version.required[0], passed=True))
    return version.proposal


def suspended(cast: Cast) -> Proposal:
    proposal = scene.deliberating(cast)
    perform(actions.suspend, viewer(cast.ref("clerk")), proposal, "等大修排期")
    return proposal


# page, how far the case has come, who opens it, somebody of the lane for whom it is not
PAGES: list[tuple[str, Walk, str | int, str | int | None]] = [
    ("/proposals/new", scene.submitted, 1, "police_liaison"),
    ("/proposals/new/problem", scene.submitted, 1, "police_liaison"),
    ("/proposals/new/place", scene.submitted, 1, None),
    ("/proposals/new/wish", scene.submitted, "council_member", None),
    ("/proposals/new/upkeep", scene.submitted, 1, None),
    ("/proposals/", scene.submitted, 1, None),
    ("/proposals/1", scene.submitted, 1, 2),
    ("/proposals/1", second_look, 1, "clerk"),
    ("/proposals/1", worded, 1, 2),
    ("/proposals/1/again", returned, 1, 2),
    ("/proposals/1/again/place", returned, 1, 2),
    ("/proposals/1/letter", scene.deliberating, 1, 2),
    ("/proposals/1/look-again", rejected, 1, 2),
    ("/proposals/1/withdraw", scene.submitted, 1, 2),
    ("/proposals/1/contest", worded, 1, 2),
    ("/proposals/1/second-look", second_look, "council_member", 1),
    ("/proposals/opinions/1", asked, "legal_adviser", "police_liaison"),
    ("/proposals/changes/1", put, "council_member", "police_liaison"),
    ("/proposals/changes/1", put, "legal_adviser", 1),
    ("/proposals/1/contest/answer", contested, "council_member", "clerk"),
    ("/proposals/1/manager-consent", scene.fixed, "property_manager", "clerk"),
    ("/desk/proposals", scene.deliberating, "clerk", 1),
    ("/desk/proposals", asked, "legal_adviser", None),
    ("/desk/proposals", contested, "council_member", None),
    ("/desk/proposals/1", scene.submitted, "clerk", 1),
    ("/desk/proposals/1", put, "clerk", "police_liaison"),
    ("/desk/proposals/1", asked, "legal_adviser", "property_manager"),
    ("/desk/proposals/1", suspended, "director", "contractor"),
    ("/desk/proposals/1/screening", screening, "clerk", "block_officer"),
    ("/desk/proposals/1/opinions", scene.deliberating, "clerk", "council_member"),
    ("/desk/proposals/1/letter", scene.deliberating, "block_officer", 1),
    ("/desk/proposals/1/plan", scene.deliberating, "clerk", "block_officer"),
    ("/desk/proposals/1/plan", ready, "clerk", None),
    ("/desk/proposals/1/plan/drawings", ready, "clerk", "contractor"),
    ("/desk/proposals/1/plan/shares", ready, "clerk", "legal_adviser"),
    ("/desk/proposals/1/plan/check", scene.deliberating, "clerk", "property_manager"),
    ("/desk/proposals/1/plan/check", put, "clerk", None),
    ("/desk/proposals/1/plan/change", reworked, "clerk", "council_member"),
    ("/desk/proposals/1/publicity", passed, "clerk", "scrutineer"),
    ("/desk/proposals/1/reopen", scene.fixed, "clerk", "works_lead"),
    ("/desk/proposals/1/suspend", scene.deliberating, "clerk", "auditor"),
    ("/desk/proposals/1/resume", suspended, "clerk", 1),
    ("/desk/proposals/1/withdraw", scene.submitted, "clerk", "legal_adviser"),
    ("/desk/proposals/households", scene.submitted, "block_officer", "police_liaison"),
    ("/desk/proposals/households/1", scene.submitted, "clerk", 1),
    ("/desk/proposals/new/1", scene.submitted, "block_officer", "contractor"),
    ("/proposals/1/plans/1", scene.fixed, "clerk", None),
    ("/proposals/1/plans/2", worded, 1, None),
]


@pytest.mark.parametrize(("url", "walk", "who", "other"), PAGES)
def test_a_page_opens_for_its_people_and_for_nobody_else(
    app: Flask, cast: Cast, browse: Browse, url: str, walk: Walk, who: str | int, other: str | int | None
) -> None:
    walked(app, cast, walk)
    browser = browse(who)
    with statements(app) as said:
        answer = browser.get(url)
    assert answer.status_code == 200
    assert len(said) <= 8, said
    assert answer.headers["Cache-Control"] == "no-store"
    assert "021-6322 0426" in answer.text
    if other is not None:
        assert browse(other).get(url).status_code in {403, 404}
    if url not in OF_EVERYBODYS_OWN and "/plans/" not in url:
        assert browse(cast.stranger).get(url).status_code in {403, 404}
        foreign = browse(cast.foreign_clerk).get(url).status_code
        assert foreign == 404 if url.startswith("/desk") else foreign in {403, 404}


OF_EVERYBODYS_OWN = {
    *(f"/proposals/new{step}" for step in ("", "/problem", "/place", "/wish", "/upkeep")),
    *("/proposals/", "/desk/proposals", "/desk/proposals/households"),
}


def test_who_has_not_signed_in_is_asked_to(client: Browser) -> None:
    for url in sorted({url for url, *_ in PAGES if "/plans/" not in url}):
        assert client.get(url).status_code == 401, url


def test_another_neighbourhoods_list_is_empty(app: Flask, cast: Cast, browse: Browse) -> None:
    walked(app, cast, scene.deliberating)
    for url in ("/desk/proposals", "/desk/proposals/households"):
        page = browse(cast.foreign_clerk).get(url).text
        assert "门口台阶改坡道" not in page
        assert "天津路426弄" not in page


def test_what_is_not_accepted_yet_is_nobody_elses_business(
    app: Flask, cast: Cast, client: Browser, browse: Browse
) -> None:
    number = walked(app, cast, screening)
    with app.test_request_context():
        assert queries.case(Visitor(), number) is None
        assert queries.case(viewer(cast.ref(2)), number) is None
        assert queries.case(viewer(cast.foreign_clerk), number) is None
        assert queries.case(viewer(cast.ref(1)), number) is not None
    assert client.get(f"/proposals/{number}/plans/1").status_code == 404
    assert browse(2).get(f"/proposals/{number}").status_code == 404


def test_the_public_reads_a_plan_without_the_applicant(app: Flask, cast: Cast, client: Browser) -> None:
    number = walked(app, cast, worded)
    for version in (1, 2):
        page = client.get(f"/proposals/{number}/plans/{version}")
        assert page.status_code == 200
        assert not any(words in page.text for words in ("李伯年", "轮椅", "前客堂", "14100"))
    assert "只是改了说法" in client.get(f"/proposals/{number}/plans/2").text
    assert client.get(f"/proposals/{number}/plans/3").status_code == 404


# Writing.


def type_through(browser: Browser, start: str = "/proposals/new", **photos: Any) -> None:
    for step, words in (
        ("problem", "门口有三级台阶"),
        ("place", "426弄进门处"),
        ("wish", "改成坡道"),
        ("upkeep", "我们几户"),
    ):
        given: dict[str, Any] = {step: words} | (photos if step == "place" else {})
        answer = browser.submit(f"{start}/{step}", given, field=step)
        assert answer.status_code == 303, answer.text[:2000]


def test_four_questions_a_look_and_a_receipt(app: Flask, browse: Browse) -> None:
    browser = browse(1)
    type_through(browser, photos=[(BytesIO(scene.jpeg()), "a.jpg"), (BytesIO(scene.jpeg("red")), "b.jpg")])
    check = browser.get("/proposals/new/check").text
    assert all(words in check for words in ("门口有三级台阶", "426弄进门处", "2 张", "改成坡道", "我们几户"))
    assert count(app, Proposal) == 0, "nothing has been handed in yet"
    answer = browser.submit("/proposals/new/check", action="", follow=True)
    assert "您的提案已提交：改成坡道" in answer.text
    with app.app_context():
        (application,) = db.session.scalars(select(Application)).all()
        assert len(application.photos) == 2
        assert [evidence.media_type for evidence in db.session.scalars(select(Evidence))] == ["image/webp"] * 2
    assert (count(app, Draft), count(app, DraftPhoto)) == (0, 0)
    assert "改成坡道" in browser.get("/proposals/").text


def test_a_check_page_sent_twice_hands_in_once(app: Flask, browse: Browse) -> None:
    browser = browse(1)
    type_through(browser)
    form = browser.found("/proposals/new/check", action="")
    first, second = (browser.post("/proposals/new/check", data=form.fields) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert count(app, Proposal) == 1


def test_what_was_typed_waits_on_every_device(browse: Browse) -> None:
    browse(1).submit("/proposals/new/problem", {"problem": "门口有三级台阶"})
    other = browse(1)
    assert "门口有三级台阶" in other.get("/proposals/new/problem").text
    assert "接着写" in other.get("/proposals/new").text
    assert "门口有三级台阶" not in browse(2).get("/proposals/new/problem").text
    other.press("/proposals/new", "/discard")
    assert "门口有三级台阶" not in other.get("/proposals/new/problem").text


def test_the_check_page_leads_to_what_is_missing(browse: Browse) -> None:
    browser = browse(1)
    browser.submit("/proposals/new/problem", {"problem": "门口有三级台阶"})
    assert browser.get("/proposals/new/check").headers["Location"] == "/proposals/new/place"


def test_a_photo_in_a_draft_is_ones_own_and_can_be_taken_out(app: Flask, browse: Browse) -> None:
    browser = browse(1)
    browser.submit("/proposals/new/place", {"place": "门口", "photos": (BytesIO(scene.jpeg()), "a.jpg")})
    answer = browser.get("/proposals/photos/1")
    assert (answer.status_code, answer.content_type, answer.headers["Cache-Control"]) == (200, "image/webp", "no-store")
    assert browse(2).get("/proposals/photos/1").status_code == 404
    assert browser.press("/proposals/new/place", "/photos/1/remove").headers["Location"] == "/proposals/new/place"
    assert count(app, DraftPhoto) == 0


def test_a_council_seat_without_a_household_hands_in_too(app: Flask, browse: Browse) -> None:
    browser = browse("council_member")
    type_through(browser)
    assert "已提交" in browser.submit("/proposals/new/check", action="", follow=True).text
    with app.app_context():
        assert db.session.scalars(select(Proposal)).one().unit_id is None


def test_a_returned_application_is_completed_and_sent_again(app: Flask, cast: Cast, browse: Browse) -> None:
    number = walked(app, cast, returned)
    browser = browse(1)
    assert "请写清楚是哪一处台阶" in browser.get(f"/proposals/{number}").text
    start = f"/proposals/{number}/again"
    assert scene.ANSWERS.problem in browser.get(start).text, "it starts from what was handed in"
    browser.submit(f"{start}/place", {"place": "426弄大门内"})
    assert "已提交" in browser.submit(f"{start}/check", action="", follow=True).text
    with app.app_context():
        assert [application.place for application in db.session.get_one(Proposal, number).applications] == [
            scene.ANSWERS.place,
            "426弄大门内",
        ]
    assert browser.get(start).status_code == 404


def test_staff_write_for_a_household(app: Flask, cast: Cast, browse: Browse) -> None:
    browser, url = browse("block_officer"), f"/desk/proposals/new/{cast.units[0]}"
    data = {
        "presence": "visit",
        "why": "走访时提出",
        "problem": "门口有台阶",
        "place": "进门处",
        "wish": "改坡道",
        "upkeep": "物业",
        "letter_photo": (BytesIO(scene.jpeg("white")), "letter.jpg"),
        "letter_text": "我申请改坡道。",
    }
    assert "已提交" in browser.submit(url, data, follow=True).text
    page = browse("clerk").get("/desk/proposals/1").text
    assert all(words in page for words in ("由工作人员代办", "上门办理：走访时提出", "我申请改坡道。", "李伯年"))
    assert browse(1).get("/proposals/1").status_code == 200
    with app.app_context():
        letter = db.session.scalars(select(Evidence)).one()
    assert browse(1).get(f"/files/{letter.id}").status_code == 200
    assert browse(2).get(f"/files/{letter.id}").status_code == 404


# Acts through their pages.


def test_the_desk_walks_a_case_to_a_fixed_plan(app: Flask, cast: Cast, browse: Browse) -> None:
    number = walked(app, cast, scene.submitted)
    clerk, case = browse("clerk"), f"/desk/proposals/{number}"
    assert clerk.press(case, "/take-up").headers["Location"] == f"{case}/screening"
    clerk.submit(f"{case}/screening", {"move": "accept", "title": "门口台阶改坡道", "summary": "改成坡道，装扶手"})
    assert state_of(app, number) == "deliberating"
    clerk.submit(f"{case}/opinions", {"seat": "legal_adviser", "question": "这样办合不合规？"})
    adviser = browse("legal_adviser")
    assert "这样办合不合规？" in adviser.get("/proposals/opinions/1").text
    adviser.submit(
        "/proposals/opinions/1", {"recommendation": "conditions", "text": "先书面申请", "steps": "申请\n协调会"}
    )
    clerk.submit(f"{case}/plan/drawings", {"files": (BytesIO(b"%PDF-1.7\n%%EOF\n"), "坡道.pdf")})
    clerk.submit(
        f"{case}/plan",
        {
            "description": "改成两段缓坡",
            "budget": "坡道 10,000\n扶手 ¥2000.50",
            "safety_note": "防滑条",
            "upkeep_owner": "物业",
            "affected_parties": "13户承租人",
            "template": "ramp_public_housing",
            "scope": f"building/{cast.building}",
        },
        field="description",
    )
    clerk.submit(f"{case}/plan/shares", {f"share_{cast.units[0]}": "100"})
    assert "要写的都写了" in clerk.get(f"{case}/plan/check").text
    assert "方案第 1 版定稿" in clerk.submit(f"{case}/plan/check", action="", follow=True).text
    with app.app_context():
        version = db.session.scalars(select(PlanVersion)).one()
        assert version.budget_fen == 1_200_050
        assert version.share_of(cast.units[0]) == 10_000
        assert version.plan.steps == "申请\n协调会"
        assert version.required[0].scope_id == cast.building
    drawing = browse(2).get("/files/1")
    assert (drawing.status_code, drawing.headers["Content-Disposition"][:10]) == (200, "attachment")


def test_a_drawing_is_public_only_with_its_fixed_plan(app: Flask, cast: Cast, client: Browser, browse: Browse) -> None:
    number = walked(app, cast, ready)
    assert client.get("/files/1").status_code == 401
    assert browse(2).get("/files/1").status_code == 404
    browse("clerk").submit(f"/desk/proposals/{number}/plan/check", action="")
    assert client.get("/files/1").status_code == 200


def test_a_change_goes_through_two_seats_and_a_contest(app: Flask, cast: Cast, browse: Browse) -> None:
    number = walked(app, cast, put)
    clerk, case = browse("clerk"), f"/desk/proposals/{number}"
    assert "等理事判断" in clerk.get(f"{case}/plan/check").text
    for who in ("council_member", "legal_adviser"):
        page = browse(who).get("/proposals/changes/1").text
        assert "净宽 1.5 米" in page
        assert "须重新确认" in page
        browse(who).submit("/proposals/changes/1", {"change": "editorial"})
    assert "您已经作了判断" in browse("legal_adviser").get("/proposals/changes/1").text
    clerk.submit(f"{case}/plan/check", action="")
    assert state_of(app, number) == "consent"
    browse(1).submit(f"/proposals/{number}/contest", {"reason": "宽度变了"})
    browse("council_member").submit(f"/proposals/{number}/contest/answer", {"outcome": "uphold", "answer": "有道理"})
    assert state_of(app, number) == "plan_fixed"


def test_the_managers_written_answer_shows_on_the_plan(app: Flask, cast: Cast, client: Browser, browse: Browse) -> None:
    number = walked(app, cast, scene.fixed)
    browse("property_manager").submit(
        f"/proposals/{number}/manager-consent",
        {"agrees": "yes", "paper": (BytesIO(scene.jpeg("white")), "stamp.jpg")},
    )
    assert "物业书面同意" in client.get(f"/proposals/{number}/plans/1").text


def test_the_council_answers_a_second_look(app: Flask, cast: Cast, browse: Browse) -> None:
    number = walked(app, cast, rejected)
    browse(1).submit(f"/proposals/{number}/look-again", {"reason": "去年那件是楼道灯"})
    page = browse("council_member").get(f"/proposals/{number}/second-look").text
    assert "去年那件是楼道灯" in page
    assert "和去年那件重复" in page
    browse("council_member").submit(f"/proposals/{number}/second-look", {"outcome": "reopen", "answer": "再审"})
    assert state_of(app, number) == "screening"
    assert "重新受理" in browse(1).get(f"/proposals/{number}").text


@pytest.mark.parametrize(
    ("data", "state"),
    [
        ({"move": "return", "reason": "请补充"}, "returned"),
        ({"move": "reject", "rejection": "private_cost", "reason": "自家的事"}, "rejected"),
        ({"move": "route", "to": "绿化市容局", "reason": "行道树归他们"}, "routed_elsewhere"),
    ],
)
def test_every_decision_of_screening(app: Flask, cast: Cast, browse: Browse, data: dict[str, str], state: str) -> None:
    number = walked(app, cast, screening)
    browse("clerk").submit(f"/desk/proposals/{number}/screening", data)
    assert state_of(app, number) == state
    assert data["reason"] in browse(1).get(f"/proposals/{number}").text


def test_a_case_is_published_suspended_and_resumed(app: Flask, cast: Cast, browse: Browse) -> None:
    number = walked(app, cast, passed)
    clerk, case = browse("clerk"), f"/desk/proposals/{number}"
    short = clerk.submit(f"{case}/publicity", {"days": "3"})
    assert short.status_code == 422
    assert "公示不能少于7天" in short.text
    clerk.submit(f"{case}/publicity", {"days": "7"})
    assert state_of(app, number) == "publicity"
    early = clerk.press(case, "/approve")
    assert early.status_code == 409
    assert "公示还没有结束" in early.text
    clerk.submit(f"{case}/suspend", {"reason": "要查账"})
    clerk.submit(f"{case}/resume", {"reason": "查清了"})
    assert state_of(app, number) == "consent"


def test_the_proposer_withdraws(app: Flask, cast: Cast, browse: Browse) -> None:
    number = walked(app, cast, scene.deliberating)
    browse(1).submit(f"/proposals/{number}/withdraw", {"reason": "邻居修好了"})
    assert state_of(app, number) == "withdrawn"


def test_two_colleagues_at_one_plan_lose_nothing(app: Flask, cast: Cast, browse: Browse) -> None:
    number = walked(app, cast, ready)
    url, mine = f"/desk/proposals/{number}/plan", browse("clerk")
    form = mine.found(url, field="description")
    browse("second_clerk").submit(url, {"description": "她先保存"})
    answer = mine.post(url, data=form.fields | {"description": "我写了很久"})
    assert answer.status_code == 422
    assert "同事刚保存过" in answer.text
    assert "我写了很久" in answer.text


# Bad input.

LONG = "长" * 5000
ODD = "a\x00b\u202e\ud800\U0001f9d3🏽\u200b𠮷"
FORMS: list[tuple[str, Walk, str | int, dict[str, str]]] = [
    ("/proposals/new/problem", scene.submitted, 1, {"problem": "x"}),
    ("/proposals/new/place", scene.submitted, 1, {"place": "x"}),
    ("/proposals/new/wish", scene.submitted, 1, {"wish": "x"}),
    ("/proposals/new/upkeep", scene.submitted, 1, {"upkeep": "x"}),
    ("/proposals/1/letter", scene.deliberating, 1, {"text": "x"}),
    ("/proposals/1/look-again", rejected, 1, {"reason": "x"}),
    ("/proposals/1/withdraw", scene.submitted, 1, {"reason": "x"}),
    ("/proposals/1/contest", worded, 1, {"reason": "x"}),
    ("/proposals/opinions/1", asked, "legal_adviser", {"text": "x", "recommendation": "support"}),
    ("/proposals/1/second-look", second_look, "council_member", {"answer": "x", "outcome": "reopen"}),
    ("/proposals/changes/1", put, "council_member", {"reason": "x", "change": "material"}),
    ("/proposals/1/contest/answer", contested, "council_member", {"answer": "x", "outcome": "keep"}),
    ("/proposals/1/manager-consent", scene.fixed, "property_manager", {"note": "x", "agrees": "no"}),
    ("/desk/proposals/1/screening", screening, "clerk", {"reason": "x", "move": "return"}),
    ("/desk/proposals/1/opinions", scene.deliberating, "clerk", {"question": "x", "seat": "police_liaison"}),
    ("/desk/proposals/1/plan", scene.deliberating, "clerk", {"description": "x"}),
    ("/desk/proposals/1/plan/change", reworked, "clerk", {"reason": "x"}),
    ("/desk/proposals/1/publicity", passed, "clerk", {"text": "x", "days": "7"}),
    ("/desk/proposals/1/suspend", scene.deliberating, "clerk", {"reason": "x"}),
]


@pytest.mark.parametrize(("url", "walk", "who", "data"), FORMS)
def test_a_form_answers_whatever_is_sent(
    app: Flask, cast: Cast, browse: Browse, url: str, walk: Walk, who: str | int, data: dict[str, str]
) -> None:
    walked(app, cast, walk)
    browser, field = browse(who), next(name for name, value in data.items() if value == "x")
    form = browser.found(url, field=field)
    # Nothing at all: a draft of a plan may have gaps, and then says only that somebody else's edition is on the screen.
    bare = browser.post(url, data={name: form.fields[name] for name in ("csrf_token", "once")})
    assert bare.status_code == 422
    # Too much: said at the field, and everything typed is still there.
    long = browser.submit(url, data | {field: LONG}, field=field)
    assert long.status_code == 422
    assert "最多写" in long.text
    assert LONG in long.text
    assert "有问题需要改正" in long.text
    # Characters that nobody can type.
    body = {**form.fields, **data, field: ODD.encode("utf-8", "surrogatepass")}
    odd = browser.post(url, data=body, content_type="multipart/form-data")
    assert odd.status_code in {303, 422}, odd.text[:500]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"move": "accept", "title": "", "summary": ""}, "这一项还没有填"),
        ({"move": "reject", "rejection": "", "reason": "不好"}, "这一项还没有填"),
        ({"move": "reject", "rejection": "whim", "reason": "不好"}, "请从列出的几项里选"),
        ({"move": "merge", "merge_into": "77", "reason": "一样"}, "没有找到要并入的提案"),
        ({"move": "merge", "merge_into": "1 OR 1=1", "reason": "一样"}, "没有找到要并入的提案"),
        ({"move": "approve", "reason": "越权"}, "请从列出的几项里选"),
    ],
)
def test_screening_says_what_is_missing(
    app: Flask, cast: Cast, browse: Browse, data: dict[str, str], sentence: str
) -> None:
    number = walked(app, cast, screening)
    answer = browse("clerk").submit(f"/desk/proposals/{number}/screening", data)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert state_of(app, number) == "screening"


@pytest.mark.parametrize(
    "budget",
    ["坡道", "坡道 -5", "坡道 1e3", "坡道 NaN", "坡道 1.234", "坡道 9999999999", "12", "\n".join(["项 1"] * 41)],
)
def test_a_budget_that_cannot_be_read_is_named_by_its_line(app: Flask, cast: Cast, browse: Browse, budget: str) -> None:
    number = walked(app, cast, scene.deliberating)
    answer = browse("clerk").submit(f"/desk/proposals/{number}/plan", {"budget": budget})
    assert answer.status_code == 422
    assert "预算最多写" in answer.text or "行没看懂" in answer.text


@pytest.mark.parametrize("amount", ["-1", "NaN", "1e5", "٣", "99999999999", "1.999"])
def test_a_share_is_an_amount(app: Flask, cast: Cast, browse: Browse, amount: str) -> None:
    number = walked(app, cast, ready)
    field = f"share_{cast.units[0]}"
    assert browse("clerk").submit(f"/desk/proposals/{number}/plan/shares", {field: amount}).status_code == 422


def test_shares_above_the_budget_are_refused(app: Flask, cast: Cast, browse: Browse) -> None:
    number = walked(app, cast, ready)
    answer = browse("clerk").submit(f"/desk/proposals/{number}/plan/shares", {f"share_{cast.units[0]}": "12000.01"})
    assert answer.status_code == 422
    assert "每户分摊加起来比预算多" in answer.text


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"<svg onload=alert(1)>", "请选 JPG、PNG 或 WebP"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "兼容性最佳"),
        (scene.jpeg()[:200], "可能没有传完整"),
        (png_that_says(20_000, 20_000), "像素太多"),
        (b"%PDF-1.7\n%%EOF\n", "请选 JPG、PNG 或 WebP"),
    ],
)
def test_a_wrong_file_is_refused_and_the_words_stay(app: Flask, browse: Browse, data: bytes, sentence: str) -> None:
    answer = browse(1).submit("/proposals/new/place", {"place": "二楼走道", "photos": (BytesIO(data), "照片.jpg")})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "二楼走道" in answer.text
    assert count(app, DraftPhoto) == 0


def test_a_photo_forgets_where_it_was_taken(browse: Browse) -> None:
    out, exif = BytesIO(), Image.Exif()
    exif[0x010E] = "天津路426弄3号"
    Image.new("RGB", (64, 48), "teal").save(out, "JPEG", exif=exif)
    out.seek(0)
    browser = browse(1)
    browser.submit("/proposals/new/place", {"place": "门口", "photos": (out, "a.jpg")})
    kept = browser.get("/proposals/photos/1").data
    assert kept[8:12] == b"WEBP"
    assert "天津路426弄3号".encode() not in kept


def test_forged_fields_change_nothing(app: Flask, cast: Cast, browse: Browse) -> None:
    number = walked(app, cast, scene.deliberating)
    columns = {column.name: "1" for table in (Proposal, PlanVersion, SeatOpinion) for column in table.__table__.columns}
    browser, url = browse(1), f"/proposals/{number}/letter"
    form = browser.found(url, field="text")
    browser.post(url, data=columns | form.fields | {"text": "我申请改坡道", "state": "approved", "is_public": "1"})
    with app.app_context():
        proposal = db.session.get_one(Proposal, number)
        assert (proposal.state, proposal.neighbourhood_id, len(proposal.applications)) == (
            "deliberating",
            cast.neighbourhood,
            2,
        )


def test_words_are_text_and_never_markup(app: Flask, cast: Cast, browse: Browse) -> None:
    marker = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
    with app.app_context():
        answers = replace(scene.ANSWERS, problem=marker, wish=marker, place=marker, upkeep=marker)
        perform(
            actions.submit, viewer(cast.ref(1)), answers, neighbourhood_id=cast.neighbourhood, unit_id=cast.units[0]
        )
        clerk, proposal = viewer(cast.ref("clerk")), scene.proposal_of("proposal/1")
        perform(actions.take_up, clerk, proposal)
        perform(actions.accept, clerk, proposal, marker, marker)
        opinion = scene.asked(cast, proposal, Role.LEGAL_ADVISER)
        plan = replace(scene.RAMP, title=marker, description=marker, steps=marker, implementer=marker)
        scene.drafted(cast, proposal, plan)
        perform(
            actions.give_opinion, viewer(cast.ref("legal_adviser")), opinion, Recommendation.SUPPORT, marker, marker
        )
        perform(actions.fix_plan, clerk, proposal)
    for who, url in (
        (1, "/proposals/"),
        (1, "/proposals/1"),
        ("clerk", "/desk/proposals"),
        ("clerk", "/desk/proposals/1"),
        (2, "/proposals/1/plans/1"),
    ):
        page = browse(who).get(url)
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
