"""Pages of meetings: the announcement, the room on a phone, the desk, the minutes; and what the wrong person gets."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import func, select

from hearing import clock
from hearing.audit.fact import Fact
from hearing.audit.ledger import perform
from hearing.audit.routes import publisher
from hearing.db import db
from hearing.meetings import actions
from hearing.meetings.models import Attendance, Meeting, MeetingAnswer, MeetingPhoto, MeetingQuestion
from hearing.meetings.rules import Stance
from hearing.proposals.models import Proposal
from tests.browser import Browser
from tests.cast import Cast
from tests.meetings import scene
from tests.meetings.scene import ENDED, PLANNED, STARTS
from tests.notices.board import jpeg
from tests.proposals.scene import deliberating
from tests.schema import viewer
from tests.statements import statements

MOST_STATEMENTS = 8
Stage = Callable[[Cast], Meeting]


@pytest.fixture
def at_the_hour(app: Flask) -> Iterator[None]:
    """The clock stands half an hour before the meeting."""
    with clock.standing_at(STARTS - timedelta(minutes=30)):
        yield


@pytest.fixture
def reach(app: Flask, cast: Cast) -> Callable[[Stage], int]:
    """Walk the scene to a stage, and give the meeting's number."""

    def go(stage: Stage) -> int:
        with app.app_context():
            return stage(cast).id

    return go


Reach = Callable[[Stage], int]


def count(app: Flask, model: type) -> int:
    """How many rows there are."""
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def state_of(app: Flask, number: int) -> str:
    """Where the meeting stands."""
    with app.app_context():
        return db.session.get_one(Meeting, number).state


def asked(app: Flask, cast: Cast, number: int, household: int = 5, text: str = "坡度多少？") -> int:
    """The number of a question."""
    with app.app_context():
        meeting = db.session.get_one(Meeting, number)
        perform(actions.ask, viewer(cast.ref(household)), meeting, text, Stance.ASKS)
        return db.session.scalars(select(MeetingQuestion.id).order_by(MeetingQuestion.id.desc())).first() or 0


def text(page: str, *words: str) -> None:
    """Every word stands on the page."""
    assert [word for word in words if word not in page] == []


# For everybody.


def test_everybody_reads_an_announced_meeting_without_a_name(client: Browser, reach: Reach) -> None:
    number = reach(scene.noticed)
    page = client.get(f"/meetings/{number}").text
    text(page, "门口台阶改坡道协调会", "2026年11月28日（周六）19:00", "天津路426弄门口", "物业经理、大修工程负责人")
    for name in ("李伯年", "丁大勇", "141000", "到工作台办理", "签到</span>"):
        assert name not in page


def test_a_draft_is_for_the_desk_alone(cast: Cast, client: Browser, reach: Reach) -> None:
    number = reach(scene.planned)
    assert client.get(f"/meetings/{number}").status_code == 404
    assert client.enter(cast.ref(1)).get(f"/meetings/{number}").status_code == 404
    assert client.enter(cast.foreign_clerk).get(f"/meetings/{number}").status_code == 404
    assert client.enter(cast.ref("block_officer")).get(f"/meetings/{number}").status_code == 200


def test_a_postponed_meeting_says_why(app: Flask, cast: Cast, client: Browser, reach: Reach) -> None:
    number = reach(scene.noticed)
    client.enter(cast.ref("clerk"))
    assert client.submit(f"/desk/meetings/{number}/postponement", {"reason": " "}).status_code == 422
    put_off = client.submit(f"/desk/meetings/{number}/postponement", {"reason": "台风要来"}, follow=True)
    text(put_off.text, "定新的时间", "台风要来")
    text(client.get(f"/meetings/{number}").text, "会议延期", "台风要来")
    new = {"day": "2026年12月5日", "hour": "19点30", "place": "居委会会议室"}
    assert client.submit(f"/desk/meetings/{number}/new-date", {**new, "day": "2026-02-30"}).status_code == 422
    with clock.standing_at(STARTS):
        client.enter(cast.ref("clerk"))
        soon = client.submit(f"/desk/meetings/{number}/new-date", {**new, "day": "2026-11-29"})
        assert soon.status_code == 422
        text(soon.text, "改期至少要隔3天", "居委会会议室")
        client.submit(f"/desk/meetings/{number}/new-date", new)
    text(client.get(f"/meetings/{number}").text, "2026年12月5日（周六）19:30", "居委会会议室")
    client.enter(cast.ref("clerk"))
    called_off = client.submit(f"/desk/meetings/{number}/cancellation", {"reason": "方案撤回"}, follow=True)
    text(called_off.text, "已取消", "方案撤回")
    assert state_of(app, number) == "cancelled"
    text(client.get(f"/meetings/{number}").text, "会议取消", "方案撤回")


# On one's own phone.


@pytest.mark.usefixtures("at_the_hour")
def test_a_household_signs_in_with_one_tap(app: Flask, cast: Cast, client: Browser, reach: Reach) -> None:
    number = reach(scene.noticed)
    client.enter(cast.ref(3))
    button = client.found(f"/meetings/{number}", action="/sign-in")
    receipt = client.post(button.action, data=button.fields, follow_redirects=True)
    assert "您已在“门口台阶改坡道协调会”签到" in receipt.text
    again = client.post(button.action, data=button.fields, follow_redirects=True)
    assert again.request.path == receipt.request.path
    page = client.get(f"/meetings/{number}").text
    assert "您已签到" in page
    assert f"/meetings/{number}/sign-in" not in page
    assert count(app, Attendance) == 1


def test_signing_in_opens_an_hour_before(cast: Cast, client: Browser, reach: Reach) -> None:
    number = reach(scene.noticed)
    with clock.standing_at(STARTS - timedelta(hours=2)):
        page = client.enter(cast.ref(3)).get(f"/meetings/{number}").text
        assert "会前一小时开始签到" in page
        assert f"/meetings/{number}/sign-in" not in page


@pytest.mark.usefixtures("at_the_hour")
def test_the_code_at_the_door_leads_to_one_button(app: Flask, cast: Cast, client: Browser, reach: Reach) -> None:
    number = reach(scene.noticed)
    with app.app_context():
        token = db.session.get_one(Meeting, number).door_token
    url = f"/meetings/{number}/door/{token}"
    assert client.get(url).status_code == 401
    client.enter(cast.ref(2))
    assert client.get(f"/meetings/{number}/door/wrong").status_code == 404
    assert client.get(f"/meetings/{number}/door/错").status_code == 404
    receipt = client.submit(url, action="", follow=True)
    assert "签到" in receipt.text
    with app.app_context():
        assert db.session.scalars(select(Attendance.method)).all() == ["qr"]
    assert "您已签到，请进" in client.get(url).text
    assert "名单上没有您这一户" in client.enter(cast.ref("legal_adviser")).get(url).text
    assert client.enter(cast.stranger).get(url).status_code == 404


def test_a_question_is_asked_and_answered_and_nobody_is_named(
    app: Flask, cast: Cast, client: Browser, reach: Reach
) -> None:
    number = reach(scene.noticed)
    client.enter(cast.ref(5))
    url = f"/meetings/{number}/question"
    empty = client.submit(url, {"text": " \u200b ", "stance": "for"})
    assert empty.status_code == 422
    assert client.submit(url, {"text": "问", "stance": "nonsense"}).status_code == 422
    receipt = client.submit(url, {"text": "坡道会不会挡住<b>水表</b>?", "stance": "asks"}, follow=True)
    assert "提问已收到" in receipt.text
    client.enter(cast.ref("contractor"))
    answered = client.submit("/meetings/questions/1/answer", {"text": "不会，留出 60 厘米。"}, follow=True)
    text(answered.text, "居民（二层）", "施工队项目经理", "不会，留出 60 厘米。", "&lt;b&gt;水表&lt;/b&gt;")
    assert "郑龙根" not in answered.text
    assert "倪师傅" not in answered.text
    late = client.submit("/meetings/questions/1/answer", {"text": ""})
    assert late.status_code == 422
    assert count(app, MeetingAnswer) == 1


def test_answers_come_from_those_who_may(app: Flask, cast: Cast, client: Browser, reach: Reach) -> None:
    number = reach(scene.noticed)
    question = asked(app, cast, number)
    url = f"/meetings/questions/{question}/answer"
    assert client.get(url).status_code == 401
    allowed: dict[str | int, int] = {
        1: 200,
        "contractor": 200,
        "clerk": 200,
        "block_officer": 200,
        2: 404,
        "legal_adviser": 404,
    }
    for who, status in allowed.items():
        assert client.enter(cast.ref(who)).get(url).status_code == status, who
    assert client.enter(cast.foreign_clerk).get(url).status_code == 404
    assert client.get("/meetings/questions/999/answer").status_code == 404


def test_neighbours_of_elsewhere_do_not_ask(cast: Cast, client: Browser, reach: Reach) -> None:
    number = reach(scene.noticed)
    assert client.get(f"/meetings/{number}/question").status_code == 401
    assert client.enter(cast.stranger).get(f"/meetings/{number}/question").status_code == 404
    assert client.get(f"/meetings/{number}").status_code == 200


# The desk.


def typed(**changes: object) -> dict[str, object]:
    """A plan as a clerk types it."""
    return {
        "title": "坡道协调会",
        "day": "20261130",
        "hour": "19:00",
        "place": "天津路426弄门口",
        "agenda": "施工队说明安全措施。",
    } | changes


def test_a_clerk_plans_checks_and_announces(app: Flask, cast: Cast, client: Browser) -> None:
    with app.app_context(), clock.standing_at(PLANNED):
        case = deliberating(cast).id
    with clock.standing_at(PLANNED):
        client.enter(cast.ref("clerk"))
        url = f"/desk/proposals/{case}/meetings/new"
        page = client.get(url).text
        text(page, "门口台阶改坡道协调会", "2026-11-28")
        for seats in (["99999"], ["none"]):
            wrong = client.submit(url, typed(hour="25:00", building="none", chair="99999", seats=seats))
            assert wrong.status_code == 422
            text(wrong.text, "施工队说明安全措施。", "请写成像 19:00 这样的时间", "请从列出的几项里选")
            assert "nvalid" not in wrong.text.replace("aria-invalid", "")
            assert "not a valid" not in wrong.text
        with app.app_context():
            works_lead = next(seat.id for seat in scene.plan_of(cast).seats if seat.role == "works_lead")
        run = client.submit(url, typed(seats=[str(works_lead)]), follow=True)
        text(run.text, "还没有公告", "坡道协调会", "丁大勇")
        number = int(run.request.path.rsplit("/", 1)[1])
        changed = client.submit(f"/desk/meetings/{number}/plan", {"place": "居委会会议室"}, follow=True)
        text(changed.text, "居委会会议室", "丁大勇")
        check = client.get(f"/desk/meetings/{number}/notice").text
        text(check, "户册上 13 人", "至少到 9 人", "大修工程负责人")
        done = client.submit(f"/desk/meetings/{number}/notice", action="", follow=True)
        text(done.text, "公告已贴出", "已公告", "李伯年")
        again = client.submit(f"/desk/meetings/{number}/notice", action="")
        assert again.status_code == 422
        assert "会议已经到了下一步" in again.text
        assert client.submit(f"/desk/meetings/{number}/plan", {"place": "别处"}).status_code == 422


def test_too_late_a_notice_says_from_when(cast: Cast, client: Browser, reach: Reach) -> None:
    number = reach(scene.planned)
    with clock.standing_at(STARTS - timedelta(days=6)):
        late = client.enter(cast.ref("clerk")).submit(f"/desk/meetings/{number}/notice", action="")
    assert late.status_code == 422
    assert "公告至少要提前7天" in late.text


@pytest.mark.usefixtures("at_the_hour")
def test_the_room_is_run_from_one_screen(app: Flask, cast: Cast, client: Browser, reach: Reach) -> None:
    number = reach(lambda cast: scene.signed_in(cast, range(1, 8)))
    client.enter(cast.ref("clerk"))
    run, url = f"/desk/meetings/{number}", f"/desk/meetings/{number}/opening"
    page = client.get(run).text
    text(page, "还差 2 人", "手机签到")
    assert url not in page
    with app.app_context():
        eighth, ninth = (scene.member(scene.meeting_of(f"meeting/{number}"), cast, n).id for n in (8, 9))
    tick = f"{run}/attendance"
    assert client.submit(tick, action="").status_code == 422
    assert client.submit(tick, {"members": ["424242"]}).status_code == 422
    ticked = {"members": [str(eighth), str(ninth)], "photo": (io.BytesIO(jpeg()), "list.jpg")}
    text(client.submit(tick, ticked, follow=True).text, "已录入 2 人签到", "纸质签到")
    text(client.press(run, url, follow=True).text, "会议中", "已够法定人数")
    spoken = {"member": str(eighth), "text": "夜里做不做？", "stance": "with_conditions"}
    text(client.submit(f"{run}/questions/new", spoken, follow=True).text, "夜里做不做？", "居民（二层）", "待答复")
    visitor = {"member": "0", "text": "好事。", "stance": "for"}
    assert client.submit(f"{run}/questions/new", visitor).status_code == 303
    photos = {"photos": [(io.BytesIO(jpeg()), "a.jpg"), (io.BytesIO(jpeg("teal")), "b.jpg")]}
    assert client.submit(f"{run}/photos", photos).status_code == 303
    assert count(app, MeetingPhoto) == 3
    text(client.submit(f"{run}/end", action="", follow=True).text, "还有 2 个提问没有答复", "写纪要")
    assert state_of(app, number) == "minutes_draft"
    with app.app_context():
        photo = db.session.scalars(select(MeetingPhoto.evidence_id)).first()
    assert client.get(f"/files/{photo}").status_code == 200
    assert client.enter(cast.ref(1)).get(f"/files/{photo}").status_code == 404


def test_opening_too_early_or_too_few_is_said_in_words(cast: Cast, client: Browser, reach: Reach) -> None:
    number = reach(lambda cast: scene.signed_in(cast, range(1, 10)))
    with clock.standing_at(STARTS - timedelta(minutes=5)):
        client.enter(cast.ref("clerk"))
        button = client.found(f"/desk/meetings/{number}", action="/opening")
    with clock.standing_at(STARTS - timedelta(hours=3)):
        client.enter(cast.ref("clerk"))
        early = client.post(button.action, data=button.fields)
        assert early.status_code in (400, 409)
        assert "%(" not in early.text


@pytest.mark.usefixtures("at_the_hour")
def test_door_and_list_are_printed(cast: Cast, client: Browser, reach: Reach) -> None:
    number = reach(scene.noticed)
    client.enter(cast.ref("clerk"))
    poster = client.get(f"/desk/meetings/{number}/door").text
    text(poster, "<svg", "扫码签到")
    assert "Macro" not in poster
    text(client.get(f"/desk/meetings/{number}/sheet").text, "李伯年", "本人签名", "施工队项目经理")


# The minutes.


def test_minutes_are_written_confirmed_and_frozen(app: Flask, cast: Cast, client: Browser, reach: Reach) -> None:
    number = reach(scene.in_session)
    question = asked(app, cast, number)
    with app.app_context():
        perform(actions.end, scene.clerk(cast), db.session.get_one(Meeting, number))
    client.enter(cast.ref("clerk"))
    run = f"/desk/meetings/{number}"
    text(client.get(f"{run}/minutes").text, "应到 13 人，实到 13 人。", "坡度多少？")
    kept = client.submit(f"{run}/minutes", {"summary": "", "settlement": "扶手加高"})
    assert kept.status_code == 422
    assert "扶手加高" in kept.text
    client.submit(f"/meetings/questions/{question}/answer", {"text": "一比八。"})
    client.submit(f"{run}/minutes", {"summary": "讲了坡度。", "settlement": "扶手加高"})
    attest = f"/meetings/{number}/minutes"
    early = client.submit(f"{run}/minutes/final", action="")
    assert early.status_code == 422
    assert "主持人和2名代表确认" in early.text
    for who in ("director", 1):
        client.enter(cast.ref(who))
        text(client.submit(attest, {"word": "confirm"}, follow=True).text, "您已确认")
    assert "您对这一版已经说过" in client.get(attest).text
    client.enter(cast.ref(6))
    silent = client.submit(attest, {"word": "contest", "text": ""})
    assert silent.status_code == 422
    assert client.submit(attest, {"word": "contest", "text": "我说的漏了"}).status_code == 303
    client.enter(cast.ref("clerk"))
    with app.app_context():
        second = scene.member(scene.meeting_of(f"meeting/{number}"), cast, 2).id
    assert client.submit(f"{run}/minutes/paper", {"member": str(second)}).status_code == 422
    signed = {"member": str(second), "photo": (io.BytesIO(jpeg()), "page.jpg")}
    assert client.submit(f"{run}/minutes/paper", signed).status_code == 303
    assert client.get(f"/meetings/{number}/minutes.pdf").status_code == 404
    text(client.submit(f"{run}/minutes/final", action="", follow=True).text, "纪要已定稿", "我说的漏了")
    public = client.enter(cast.ref(9)).get(f"/meetings/{number}").text
    text(public, "讲了坡度。", "扶手加高", "我说的漏了", "已确认", "一比八。")
    for name in ("李伯年", "徐爱华", "冯妙珍"):
        assert name not in public
    assert client.enter(cast.ref("clerk")).submit(f"{run}/minutes", {"summary": "改"}).status_code == 422


def test_confirmed_minutes_are_printed_with_masked_names(app: Flask, cast: Cast, client: Browser, reach: Reach) -> None:
    number = reach(scene.ended)
    with app.app_context(), clock.standing_at(ENDED):
        version = scene.written(cast, db.session.get_one(Meeting, number))
        for who in ("director", 1, 2):
            perform(actions.confirm_version, viewer(cast.ref(who)), version)
        perform(actions.confirm_minutes, scene.clerk(cast), version.meeting)
        digest = version.digest
        publisher().publish(db.session)
        db.session.rollback()
    answer = client.get(f"/meetings/{number}/minutes.pdf")
    assert answer.content_type == "application/pdf"
    printed = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages).replace("\n", "")
    text(printed, "门口台阶改坡道协调会纪要", "李**", "主持人", digest[:8])
    assert "李伯年" not in printed


# Who may open what.


def test_pages_of_the_desk_are_for_the_desk_of_the_place(cast: Cast, client: Browser, reach: Reach) -> None:
    number = reach(scene.noticed)
    run = f"/desk/meetings/{number}"
    field = [run, f"{run}/door", f"{run}/sheet", f"{run}/attendance", f"{run}/questions/new", f"{run}/photos"]
    committee = [f"{run}/plan", f"{run}/notice", f"{run}/postponement", f"{run}/cancellation", f"{run}/end"]
    for url in (*field, *committee, "/desk/meetings", f"{run}/minutes"):
        assert client.get(url).status_code == 401, url
    client.enter(cast.ref(1))
    for url in (*field, *committee, "/desk/meetings"):
        assert client.get(url).status_code == 403, url
    client.enter(cast.ref("block_officer"))
    for url in field:
        assert client.get(url).status_code == 200, url
    for url in committee:
        assert client.get(url).status_code == 403, url
    client.enter(cast.foreign_clerk)
    for url in (*field, *committee):
        assert client.get(url).status_code == 404, url
    assert "坡道" not in client.get("/desk/meetings").text
    client.enter(cast.ref("clerk"))
    for url in (*field, *committee, "/desk/meetings"):
        assert client.get(url).status_code == 200, url
    for url in (f"{run}/minutes/paper", f"{run}/minutes/final", f"/meetings/{number}/minutes"):
        assert client.get(url).status_code == 404, url


def test_meetings_are_planned_by_the_committee_of_the_place(app: Flask, cast: Cast, client: Browser) -> None:
    with app.app_context():
        case = deliberating(cast).id
    url = f"/desk/proposals/{case}/meetings/new"
    for who, status in ((1, 403), ("block_officer", 403), ("clerk", 200)):
        assert client.enter(cast.ref(who)).get(url).status_code == status
    assert client.enter(cast.foreign_clerk).get(url).status_code == 404
    assert client.get("/desk/proposals/999/meetings/new").status_code == 404


@pytest.mark.usefixtures("at_the_hour")
def test_no_page_asks_much_of_the_database(app: Flask, cast: Cast, client: Browser, reach: Reach) -> None:
    number = reach(scene.in_session)
    for household in (1, 2, 3):
        question = asked(app, cast, number, household)
    run = f"/desk/meetings/{number}"
    room = {
        None: [f"/meetings/{number}"],
        cast.ref(4): [f"/meetings/{number}", f"/meetings/{number}/question"],
        cast.ref("clerk"): [
            run,
            f"{run}/attendance",
            f"{run}/questions/new",
            f"{run}/sheet",
            f"/meetings/questions/{question}/answer",
            "/desk/meetings",
        ],
    }
    check(app, client, room)
    with app.app_context():
        perform(actions.end, scene.clerk(cast), db.session.get_one(Meeting, number))
        version = scene.written(cast, db.session.get_one(Meeting, number))
        for who in ("director", 1, 2):
            perform(actions.confirm_version, viewer(cast.ref(who)), version)
    after = {
        None: [f"/meetings/{number}"],
        cast.ref(4): [f"/meetings/{number}", f"/meetings/{number}/minutes"],
        cast.ref("clerk"): [run, f"{run}/minutes", f"{run}/minutes/paper", f"{run}/minutes/final"],
    }
    check(app, client, after)


def test_a_case_lists_its_announced_meetings(app: Flask, client: Browser, cast: Cast, reach: Reach) -> None:
    number = reach(scene.in_session)
    with app.app_context():
        proposal = db.session.get_one(Meeting, number).proposal_id
        scene.planned(cast, db.session.get_one(Proposal, proposal), title="还没公告的会")
    asked(app, cast, number)
    with statements(app) as said:
        shown = client.get(f"/cases/{proposal}").text
    text(shown, f"/meetings/{number}", "应到 13 人，实到 13 人，1 个提问", "会议中")
    assert "还没公告的会" not in shown
    assert len([sql for sql in said if "FROM meeting" in sql]) == 1
    assert len(said) <= MOST_STATEMENTS


WHO = re.compile(r'<p class="turn-who">(.*?)</p>')


def test_a_case_waits_for_everybody_while_a_meeting_is_announced_or_goes_on(
    app: Flask, client: Browser, cast: Cast, reach: Reach
) -> None:
    def whose(number: int) -> str:
        with app.app_context():
            case = db.session.get_one(Meeting, number).proposal_id
        found = WHO.search(client.get(f"/cases/{case}").text)
        assert found is not None
        return found[1]

    def clerk_does(act: Callable[..., Fact], number: int, *details: str) -> None:
        with app.app_context():
            perform(act, scene.clerk(cast), db.session.get_one(Meeting, number), *details)

    assert whose(reach(scene.planned)) == "居委会"
    called_off = reach(scene.noticed)
    assert whose(called_off) == "大家，先看材料，会前可以提问，再来开协调会"
    clerk_does(actions.cancel, called_off, "场地坏了")
    assert whose(called_off) == "居委会"
    going_on = reach(scene.in_session)
    assert whose(going_on) == "大家，协调会正在开"
    clerk_does(actions.end, going_on)
    assert whose(going_on) == "居委会"


def check(app: Flask, client: Browser, urls: dict[str | None, list[str]]) -> None:
    """Each page opens, and asks the database no more than it may."""
    for who, pages in urls.items():
        if who:
            client.enter(who)
        for url in pages:
            with statements(app) as said:
                assert client.get(url).status_code == 200, url
            assert len(said) <= MOST_STATEMENTS, (url, len(said), said)
