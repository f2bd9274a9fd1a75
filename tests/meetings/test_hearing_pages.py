"""Pages of a hearing from its plan to its answers: what each reader meets, and the live room in small requests."""

from __future__ import annotations

import io
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from hearing import clock
from hearing.audit.ledger import perform
from hearing.db import db
from hearing.meetings import actions, queries
from hearing.meetings.models import Hand, Invitation, Meeting, MeetingQuestion, OpinionGroup, RoomPoll, SignUp
from hearing.meetings.routes.live import IN_SIGHT
from hearing.meetings.rules import Naming, PollKind, Stance
from hearing.places.models import Neighbourhood
from tests.browser import Browser
from tests.cast import Cast
from tests.meetings import hall, scene
from tests.meetings.hall import CLOSED_SIGN_UP, POSTED
from tests.meetings.scene import ENDED, PLANNED, STARTS
from tests.meetings.test_hearing_room import VOICE
from tests.notices.board import jpeg
from tests.proposals.scene import deliberating
from tests.schema import viewer
from tests.statements import statements

MOST_STATEMENTS = 8
PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}
Stage = Callable[[Cast], Meeting]


@pytest.fixture
def reach(app: Flask, cast: Cast) -> Callable[[Stage], int]:
    """Walk the hall to a stage, and give the meeting's number."""

    def go(stage: Stage) -> int:
        with app.app_context():
            return stage(cast).id

    return go


Reach = Callable[[Stage], int]


@contextmanager
def at(moment: datetime) -> Generator[None]:
    """The clock stands at a moment of the story."""
    with clock.standing_at(moment):
        yield


def text(page: str, *words: str) -> None:
    """Every word stands on the page."""
    assert [word for word in words if word not in page] == []


def first(app: Flask, model: Any, field: str = "id") -> int:
    """A number of the newest row."""
    with app.app_context():
        found = db.session.scalars(select(model).order_by(model.id.desc())).first()
        assert found is not None
        return int(getattr(found, field))


def run(app: Flask, act: Callable[[Meeting], object], number: int) -> None:
    """Do something that is not what the test is about."""
    with app.app_context():
        act(scene.meeting_of(f"meeting/{number}"))


# Before.


def test_a_hearing_is_planned_announced_and_opened_for_sign_up(app: Flask, cast: Cast, client: Browser) -> None:
    with app.app_context(), at(PLANNED):
        case = deliberating(cast).id
    with at(PLANNED):
        client.enter(cast.ref("clerk"))
        url = f"/desk/proposals/{case}/meetings/new?kind=hearing"
        text(client.get(url).text, "准备会议", "听证会", "居民和商户", "从报名的邻居里按单元抽签")
        plan = {"place": "居委会会议室", "agenda": "说明方案 15分钟\n发言 20分钟", "wanted": "3", "day": "2026-11-28"}
        few = client.submit(url, plan)
        assert few.status_code == 422
        text(few.text, "这种会至少要 7 名代表", "发言 20分钟")
        page = client.submit(url, {**plan, "wanted": "7", "title": "坡道听证会"}, follow=True)
        assert page.status_code == 200
        number = first(app, Meeting)
        desk = f"/desk/meetings/{number}"
        text(client.get(f"{desk}/notice").text, "从报名的邻居里抽 7 名代表", "贴出后把纸质公告也登记张贴")
        text(client.submit(f"{desk}/notice", action="", follow=True).text, "公告已贴出", "开始报名")
        refused = client.press(desk, "/sign-up", follow=True)
        text(refused.text, "还没有登记纸质张贴")
        with app.app_context():
            notice = db.session.get_one(Meeting, number).notice_id
        paper = {"place": "弄堂口", "photo": (io.BytesIO(jpeg()), "wall.jpg")}
        client.submit(f"/notices/{notice}/paper", paper)
        text(client.press(desk, "/sign-up", follow=True).text, "报名开始了", "报名中", "报名名单")
        invite = {"office": "绿化市容所", "words": "说明清运", "due": "2026-11-25"}
        assert client.submit(f"{desk}/invitations/new", {**invite, "due": "2026-12-25"}).status_code == 422
        text(client.submit(f"{desk}/invitations/new", invite, follow=True).text, "已约请", "绿化市容所", "等待答复")
        material = {"title": "坡道图纸", "file": (io.BytesIO(jpeg()), "plan.jpg")}
        text(client.submit(f"{desk}/materials/new", material, follow=True).text, "材料已公布")
    with at(STARTS - timedelta(days=1)):
        client.enter(cast.ref("clerk"))
        public = app.test_client().get(f"/meetings/{number}").text
        text(public, "绿化市容所", "到期没有答复", "坡道图纸", "指纹", "加到日历", "从报名的邻居里抽签")
        invitation = first(app, Invitation)
        late = {"reply": "sends_words", "words": "每天清运两次"}
        text(client.get(f"/meetings/invitations/{invitation}").text, "答复期限已过")
        client.submit(f"/meetings/invitations/{invitation}", late, follow=True)
        text(client.get(f"/meetings/{number}").text, "书面答复", "逾期答复", "每天清运两次")


def test_neighbours_sign_up_and_the_draw_can_be_made_again(
    app: Flask, cast: Cast, client: Browser, reach: Reach
) -> None:
    number = reach(lambda cast: hall.drawing(cast, range(2, 12), wanted=7))
    page = f"/meetings/{number}"
    with at(POSTED + timedelta(hours=2)):
        client.enter(cast.ref(1))
        text(client.get(page).text, "10 人报名当代表", "我要报名")
        done = client.submit(f"{page}/sign-up", {"wanted": "delegate", "topic": ""}, follow=True)
        text(done.text, "您已报名", "第 11 号")
        text(client.get(page).text, "您已报名：报名当代表", "11 人报名当代表")
        again = client.submit(f"{page}/sign-up", {"wanted": "speaker", "topic": "扶手"})
        assert again.status_code == 422
        text(again.text, "已经报过名", "扶手")
        text(client.press(page, f"/sign-ups/{first(app, SignUp)}/taking-back", follow=True).text, "已取消")
        client.enter(cast.ref("block_officer"))
        text(client.get(f"/desk/meetings/{number}/sign-ups").text, "王彩娣", "报名当代表")
    assert client.get(f"{page}/draw").status_code == 404
    with at(CLOSED_SIGN_UP + timedelta(minutes=1)):
        client.enter(cast.ref("clerk"))
        text(client.get(f"/desk/meetings/{number}").text, "抽代表")
        desk = f"/desk/meetings/{number}/draw"
        assert client.submit(desk, {"called": "12"}).status_code == 422
        shown = client.submit(desk, {"called": "271828"}, follow=True)
        text(shown.text, "271828", "结果一样", "候补", "名单的指纹")
        named = client.get(f"/desk/meetings/{number}/delegates")
        text(named.text, "指定代表")
        client.submit(f"/desk/meetings/{number}/delegates", {"people": [str(cast.holders[11])]})
    public = app.test_client().get(f"{page}/draw").text
    assert "王" not in public.replace("王**", "")
    with app.app_context():
        assert db.session.get_one(Meeting, number).named == 8


def test_the_calendar_file_follows_a_new_date(app: Flask, cast: Cast, client: Browser, reach: Reach) -> None:
    number = reach(hall.noticed)
    answer = client.get(f"/meetings/{number}.ics")
    assert answer.mimetype == "text/calendar"
    text(answer.text, "DTSTART:20261128T110000Z", "SEQUENCE:0", "STATUS:CONFIRMED")
    with at(STARTS - timedelta(days=2)):
        run(app, lambda meeting: perform(actions.postpone, scene.clerk(cast), meeting, "台风"), number)
        text(client.get(f"/meetings/{number}.ics").text, "STATUS:CANCELLED")
        new = STARTS + timedelta(days=3)
        run(app, lambda meeting: perform(actions.set_new_date, scene.clerk(cast), meeting, new, "室内"), number)
        text(client.get(f"/meetings/{number}.ics").text, "SEQUENCE:1", "DTSTART:20261201T110000Z")


def test_a_draft_has_no_calendar_file(client: Browser, cast: Cast, reach: Reach) -> None:
    number = reach(hall.hearing)
    assert client.get(f"/meetings/{number}.ics").status_code == 404
    assert client.enter(cast.ref("clerk")).get(f"/meetings/{number}.ics").status_code == 404


# The room.


def test_a_phone_raises_a_hand_votes_and_asks_in_small_requests(
    app: Flask, cast: Cast, client: Browser, reach: Reach
) -> None:
    number = reach(hall.in_session)
    live = f"/meetings/{number}/live"
    with at(STARTS + timedelta(minutes=3)):
        client.enter(cast.ref(2))
        text(client.get(f"/meetings/{number}").text, "进会场")
        page = client.get(live).text
        text(page, "施工队说明方案", "还有 12 分钟", "我要发言", "应到 13 人，在场 13 人", "每 5 秒")
        mark = parse_qs(urlsplit(page.partition('hx-get="')[2].partition('"')[0]).query)["seen"][0]
        with statements(app) as said:
            same = client.get(f"{live}?seen={mark}", headers=PARTIAL)
        assert (same.status_code, same.data) == (204, b"")
        assert len(said) <= 3, said
        tagged = client.get(f"{live}?seen=0", headers=PARTIAL)
        assert tagged.headers["ETag"] == f'W/"{mark}"'
        cached = client.get(f"{live}?seen=0", headers={**PARTIAL, "If-None-Match": f'W/"{mark}"'})
        assert cached.status_code == 304
        up = client.press(live, "/hand", follow=True)
        text(up.text, "您已举手，下一位就是您", "王**（底层）", "第一次发言", "不说了")
        changed = client.get(f"{live}?seen={mark}", headers=PARTIAL)
        assert changed.status_code == 200
        assert "<html" not in changed.text
        assert len(changed.data) < 6000
        with app.app_context():
            hall.poll(cast, scene.meeting_of(f"meeting/{number}"))
        text(client.get(live).text, "去表决", "几点施工？", "已有 0 名代表投票")
        poll = first(app, RoomPoll)
        text(client.submit(f"/meetings/polls/{poll}/vote", {"option": "1"}, follow=True).text, "一票已收到")
        again = client.submit(f"/meetings/polls/{poll}/vote", {"option": "0"})
        assert again.status_code == 422
        text(again.text, "已经投过")
        text(client.get(live).text, "您已投票", "已有 1 名代表投票")
        text(client.press(live, "/hand/down", follow=True).text, "我要发言", "没有人在等")
        twice = client.post(f"/meetings/{number}/hand/down", data={"csrf_token": "x"})
        assert twice.status_code == 400


def test_two_phones_of_one_household_are_one_hand(app: Flask, cast: Cast, client: Browser, reach: Reach) -> None:
    number = reach(hall.in_session)
    other = app.test_client()
    assert isinstance(other, Browser)
    live = f"/meetings/{number}/live"
    with at(STARTS + timedelta(minutes=3)):
        one = client.enter(cast.ref(2)).found(live, action="/hand")
        two = other.enter(cast.ref(2)).found(live, action="/hand")
        assert client.post(one.action, data=one.fields).status_code == 303
        second = other.post(two.action, data=two.fields)
        assert second.status_code in (409, 422)
        text(second.text, "您已经在发言名单上")
    with app.app_context():
        assert len(db.session.scalars(select(Hand)).all()) == 1


def test_the_live_room_is_for_neighbours(app: Flask, cast: Cast, client: Browser, reach: Reach) -> None:
    number = reach(hall.in_session)
    assert client.get(f"/meetings/{number}/live").status_code == 401
    assert client.enter(cast.stranger).get(f"/meetings/{number}/live").status_code == 404
    for url in (f"/desk/meetings/{number}/room", f"/desk/meetings/{number}/hall"):
        assert client.enter(cast.ref(1)).get(url).status_code == 403
        assert client.enter(cast.foreign_clerk).get(url).status_code == 404
        assert client.enter(cast.ref("clerk")).get(url).status_code == 200
    assert client.get("/desk/meetings/987654/room").status_code == 404


def test_the_home_page_leads_to_what_is_announced_and_to_what_goes_on(
    app: Flask, cast: Cast, client: Browser, reach: Reach
) -> None:
    number = reach(hall.hearing)
    with at(PLANNED + timedelta(hours=1)):
        client.enter(cast.ref(3))
        assert f"/meetings/{number}" not in client.get("/").text, "nobody has been told yet"
        with app.app_context():
            perform(actions.post_notice, viewer(cast.ref("clerk")), scene.meeting_of(f"meeting/{number}"))
    with at(PLANNED + timedelta(hours=3)):
        client.enter(cast.ref(3))
        for page in (client.get("/").text, app.test_client().get(f"/n/{_slug(app, cast)}").text):
            text(page, "会议", "门口台阶改坡道听证会")
            assert f"/meetings/{number}" in page


def test_the_home_page_says_that_a_hearing_goes_on_and_forgets_it_after(
    app: Flask, cast: Cast, client: Browser, reach: Reach
) -> None:
    number = reach(hall.in_session)
    with at(STARTS + timedelta(minutes=3)):
        client.enter(cast.ref(3))
        text(client.get("/").text, "门口台阶改坡道听证会", "会议中")
        with app.app_context():
            perform(actions.end, viewer(cast.ref("director")), scene.meeting_of(f"meeting/{number}"))
        assert f"/meetings/{number}" not in client.get("/").text


def test_of_a_long_queue_the_chair_sees_the_first_until_she_asks_for_all(
    app: Flask, cast: Cast, client: Browser, reach: Reach, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(IN_SIGHT, "chair", 1)
    number = reach(hall.in_session)
    room = f"/desk/meetings/{number}/room"
    with at(STARTS + timedelta(minutes=3)):
        with app.app_context():
            meeting = scene.meeting_of(f"meeting/{number}")
            for household in (2, 5, 7):
                hall.raise_hand(cast, meeting, household)
        hands = [hand.id for hand in _hands(app, number)]
        client.enter(cast.ref("director"))
        page = client.get(room)
        text(page.text, "1 号往后", "后面还有 2 位")
        assert "3 号往前" not in page.text
        whole = client.get(f"{room}?all=")
        text(whole.text, "3 号往前")
        assert "后面还有" not in whole.text
        moved = client.press(f"{room}?all=", f"/hands/{hands[2]}/move", follow=True)
        assert [hand.id for hand in _hands(app, number)] == [hands[0], hands[2], hands[1]]
        text(moved.text, "2 号往前")
        assert "seen=" in moved.text and "all=" in moved.text, "she goes on seeing all of them"


def test_the_chair_runs_the_room_by_buttons(app: Flask, cast: Cast, client: Browser, reach: Reach) -> None:
    number = reach(hall.in_session)
    room, desk = f"/desk/meetings/{number}/room", f"/desk/meetings/{number}"
    with at(STARTS + timedelta(minutes=16)):
        with app.app_context():
            meeting = scene.meeting_of(f"meeting/{number}")
            for household in (2, 5):
                hall.raise_hand(cast, meeting, household)
        client.enter(cast.ref("clerk"))
        text(client.get(room).text, "现在由 徐爱华 主持", "接手主持")
        added = client.submit(f"{desk}/hands/new", {"member": "0", "called": "蓝衣服的阿姨"}, follow=True)
        text(added.text, "蓝衣服的阿姨", "代举")
        client.enter(cast.ref("director"))
        page = client.get(room).text
        text(page, "超时 1 分钟", "下一项", "2 号往前", "请下一位", "够法定人数")
        hands = [hand.id for hand in _hands(app, number)]
        client.press(room, f"/hands/{hands[1]}/move", follow=True)
        assert [hand.id for hand in _hands(app, number)][:2] == [hands[1], hands[0]]
        stale = client.found(room, action=f"/hands/{hands[0]}/move")
        client.press(room, f"/hands/{hands[2]}/move")
        late = client.post(stale.action, data=stale.fields)
        assert late.status_code in (409, 422)
        text(late.text, "发言名单刚刚变过")
        text(client.press(room, "/floor", follow=True).text, "现在请 2 号发言")
        text(client.press(room, "/items", follow=True).text, "邻居发言")
        client.press(room, f"/hands/{hands[2]}/removal")
        assert len(_hands(app, number)) == 2
        door = {"member": str(_member(app, cast, number, 9)), "goes": "leaves"}
        text(client.submit(f"{desk}/comings", door, follow=True).text, "在场 12 人")
        bad = client.submit(f"{desk}/polls/new", {"question": "几点？", "options": "早上"})
        assert bad.status_code == 422
        text(bad.text, "不同的选项", "早上")
        opened = client.submit(f"{desk}/polls/new", {"question": "几点？", "options": "早上\n晚上"}, follow=True)
        text(opened.text, "几点？", "结束表决", "录入纸票")
        poll = first(app, RoomPoll)
        paper = {"member": str(_member(app, cast, number, 4)), "option": "0"}
        for who in ("clerk", "second_clerk"):
            client.enter(cast.ref(who))
            assert client.submit(f"/desk/meetings/polls/{poll}/paper", paper).status_code == 303
        client.enter(cast.ref("director"))
        client.press(room, f"/polls/{poll}/close", follow=True)
        screen = client.get(f"{desk}/hall").text
        text(screen, "请 2 号发言", "上次表决", "几点？", "data-hall")
        client.enter(cast.ref("clerk"))
        taken = client.submit(f"{desk}/chair-taking", {"reason": "主任接电话"}, follow=True)
        text(taken.text, "请下一位")
        text(client.submit(f"{desk}/adjournment", {"reason": "停电"}, follow=True).text, "休会中", "继续开会")
        text(client.get(f"/meetings/{number}").text, "休会中", "停电")
        text(client.press(desk, "/resumption", follow=True).text, "会议继续")


def _slug(app: Flask, cast: Cast) -> str:
    with app.app_context():
        return db.session.get_one(Neighbourhood, cast.lane.neighbourhood).slug


def _hands(app: Flask, number: int) -> list[Hand]:
    with app.app_context():
        return queries.hands(number)


def _member(app: Flask, cast: Cast, number: int, household: int) -> int:
    with app.app_context():
        return scene.member(scene.meeting_of(f"meeting/{number}"), cast, household).id


def test_a_voice_note_is_sent_downloaded_and_written_down(
    app: Flask, cast: Cast, client: Browser, reach: Reach
) -> None:
    number = reach(hall.in_session)
    ask = f"/meetings/{number}/question"
    with at(STARTS + timedelta(minutes=3)):
        client.enter(cast.ref(3))
        nothing = client.submit(ask, {"text": "", "stance": "against"})
        assert nothing.status_code == 422
        wrong = client.submit(ask, {"text": "", "stance": "against", "voice": (io.BytesIO(b"<script>"), "x.m4a")})
        text(wrong.text, "不是能用的录音")
        sent = {"text": "", "stance": "against", "anonymous": "y", "voice": (io.BytesIO(VOICE.data), "v.m4a")}
        text(client.submit(ask, sent, follow=True).text, "提问已收到")
        with app.app_context():
            question = db.session.scalars(select(MeetingQuestion)).one()
            voice = question.voice_id
        own = client.get(f"/files/{voice}")
        assert (own.status_code, own.mimetype) == (200, "audio/mp4")
        assert own.headers["Content-Disposition"].startswith("attachment")
        assert client.enter(cast.ref(4)).get(f"/files/{voice}").status_code == 404
        client.enter(cast.ref("block_officer"))
        word = f"/desk/meetings/questions/{question.id}/wording"
        text(client.get(f"/desk/meetings/{number}").text, "转成文字")
        text(client.submit(word, {"text": "阿拉怕吵。"}, follow=True).text, "已转成文字", "阿拉怕吵")
        text(client.get(f"/meetings/{number}").text, "居民（底层）", "阿拉怕吵")


# After.


def test_minutes_are_put_right_item_by_item(app: Flask, cast: Cast, client: Browser, reach: Reach) -> None:
    number = reach(hall.ended)
    with at(ENDED + timedelta(minutes=5)):
        run(app, lambda m: perform(actions.write_minutes, scene.clerk(cast), m, "三位发言。", ""), number)
        client.enter(cast.ref(2))
        url = f"/meetings/{number}/questions/1/correction"
        text(client.get(f"/meetings/{number}").text, "更正我说的")
        text(client.get(url).text, "坡度太陡不行。")
        text(client.submit(url, {"text": "坡度太陡老人走不了。"}, follow=True).text, "更正已收到")
        assert client.enter(cast.ref(5)).get(url).status_code == 404
        client.enter(cast.ref("clerk"))
        text(client.get(f"/desk/meetings/{number}").text, "更正待核对")
        decide = "/desk/meetings/corrections/1"
        text(client.submit(decide, {"verdict": "accept", "reply": ""}, follow=True).text, "已核对", "老人走不了")
        assert client.submit(decide, {"verdict": "accept", "reply": ""}).status_code == 422


def test_every_opinion_is_answered_on_a_public_table(app: Flask, cast: Cast, client: Browser, reach: Reach) -> None:
    number = reach(hall.confirmed)
    desk, table = f"/desk/meetings/{number}/groups", f"/meetings/{number}/answers"
    with at(ENDED + timedelta(days=1)):
        client.enter(cast.ref(9))
        late = f"/meetings/{number}/question"
        text(client.get(late).text, "记作会后意见")
        client.submit(late, {"text": "会上没轮到我。", "stance": "against"})
        client.enter(cast.ref("clerk"))
        text(client.get(f"/desk/meetings/{number}").text, "意见归类和答复")
        text(client.get(desk).text, "还有 4 条没有归类")
        ids = [str(first(app, MeetingQuestion) - n) for n in range(4)]
        assert client.submit(desk, {"title": "", "opinions": ids[:1]}).status_code == 422
        client.submit(desk, {"title": "坡度和夜里", "opinions": ids[:3]})
        client.submit(desk, {"title": "别的", "opinions": ids[3:]})
        text(client.press(desk, "/answering", follow=True).text, "逐组答复", "待答复")
        one, two = first(app, OpinionGroup) - 1, first(app, OpinionGroup)
        routed = {"disposition": "routed", "reason": "归城管", "office": "", "due": ""}
        assert client.submit(f"/meetings/groups/{one}/answer", routed).status_code == 422
        routed |= {"office": "城管中队", "due": "2026-12-05"}
        text(client.submit(f"/meetings/groups/{one}/answer", routed, follow=True).text, "转办", "城管中队")
        adopted = {"disposition": "adopted", "reason": "放缓坡度", "parts": ["size"]}
        client.submit(f"/meetings/groups/{two}/answer", adopted)
        assert client.enter(cast.ref(1)).get(f"/meetings/groups/{two}/answer").status_code == 404
    visitor = app.test_client()
    with at(ENDED + timedelta(days=2)):
        page = visitor.get(table).text
        text(page, "4 条意见，归成 2 组", "会后意见", "承办：城管中队", "采纳", "放缓坡度")
        assert "已逾期" not in page
    with at(ENDED + timedelta(days=12)):
        text(visitor.get(table).text, "已逾期")
        client.enter(cast.ref("clerk"))
        closed = client.submit(
            f"/desk/meetings/{number}/closing", {"outcome": "plan", "note": "按一比十做"}, follow=True
        )
        text(closed.text, "已办结", "登记完工", "准备下一次")
        done = {"day": "2026-12-09", "what": "坡道装好"}
        text(client.submit(f"/desk/meetings/{number}/completion", done, follow=True).text, "已登记")
        text(visitor.get(table).text, "形成方案", "会议只提意见", "坡道装好", "有 5 户评价以后才公布")
    rate = f"/meetings/{number}/satisfaction"
    with at(ENDED + timedelta(days=20)):
        client.enter(cast.ref(3))
        text(client.get(rate).text, "可以评价")
    with at(ENDED + timedelta(days=45)):
        client.enter(cast.ref(3))
        text(client.submit(rate, {"grade": "satisfied", "words": "蛮好"}, follow=True).text, "评价已收到", "满意")
        text(client.get(rate).text, "已经评过")
        for household in (4, 5, 6, 7):
            client.enter(cast.ref(household)).submit(rate, {"grade": "fairly", "words": ""})
        text(visitor.get(table).text, "满意度", "基本满意")


def test_a_review_says_what_is_owed_and_when_it_is_late(app: Flask, cast: Cast, client: Browser, reach: Reach) -> None:
    from tests.meetings.test_hearing_after import reviewed

    number = reach(lambda cast: reviewed(cast, unhappy=3))
    visitor, table = app.test_client(), f"/meetings/{number}/answers"
    with at(ENDED + timedelta(days=2)):
        text(visitor.get(table).text, "前提交整改方案")
        text(visitor.get(f"/meetings/{number}").text, "评议会", "满意", "13 名代表投票")
    with at(ENDED + timedelta(days=40)):
        text(visitor.get(table).text, "整改方案逾期未交")
        client.enter(cast.ref("clerk"))
        client.submit(f"/desk/meetings/{number}/rectification", {"text": "每周清扫三次"})
        text(visitor.get(table).text, "已提交整改方案", "逾期提交", "每周清扫三次")


def test_parties_sign_on_their_phones_or_on_the_page(app: Flask, cast: Cast, client: Browser, reach: Reach) -> None:
    from tests.meetings.test_hearing_after import settled

    number = reach(settled)
    with at(ENDED + timedelta(days=1)):
        client.enter(cast.ref(1))
        text(client.press(f"/meetings/{number}", "/settlement", follow=True).text, "的结果上签字")
        client.enter(cast.ref("clerk"))
        entry = {"member": str(_member(app, cast, number, 2)), "refused": "还要想想"}
        text(client.submit(f"/desk/meetings/{number}/settlement", entry, follow=True).text, "已登记")
        text(client.get(f"/meetings/{number}/answers").text, "1 位当事人已签字，1 位没有签")


# The desk, for all states.


def test_the_next_round_is_one_button(app: Flask, cast: Cast, client: Browser, reach: Reach) -> None:
    number = reach(hall.confirmed)
    with at(ENDED + timedelta(days=1)):
        client.enter(cast.ref("clerk"))
        done = client.press(f"/desk/meetings/{number}", "/next", follow=True)
        text(done.text, "准备会议", "门口台阶改坡道听证会")
    with app.app_context():
        assert db.session.get_one(Meeting, first(app, Meeting)).round_no == 2


def test_no_page_asks_much_of_the_database(app: Flask, cast: Cast, client: Browser, reach: Reach) -> None:
    number = reach(lambda cast: hall.drawing(cast, range(2, 12), wanted=7))
    page, desk = f"/meetings/{number}", f"/desk/meetings/{number}"
    with at(CLOSED_SIGN_UP + timedelta(minutes=1)):
        run(app, lambda m: perform(actions.draw_delegates, scene.clerk(cast), m, "2718"), number)
        check(app, client, {None: [page, f"{page}/draw", f"{page}.ics"], cast.ref(4): [page, f"{page}/sign-up"]})
        check(app, client, {cast.ref("clerk"): [desk, f"{desk}/sign-ups", f"{desk}/delegates", "/desk/holidays"]})


def test_no_page_of_the_room_asks_much_of_the_database(app: Flask, cast: Cast, client: Browser, reach: Reach) -> None:
    number = reach(hall.in_session)
    page, desk = f"/meetings/{number}", f"/desk/meetings/{number}"
    with at(STARTS + timedelta(minutes=3)):
        with app.app_context():
            meeting = scene.meeting_of(f"meeting/{number}")
            hall.poll(cast, meeting)
            for household in (2, 5):
                hall.raise_hand(cast, meeting, household)
                perform(actions.ask, viewer(cast.ref(household)), meeting, "话", Stance.ASKS)
        check(app, client, {cast.ref(2): [page], cast.ref("director"): [desk, f"{desk}/polls/new"]})
        live: dict[str | None, list[str]] = {
            cast.ref(3): [f"{page}/live"],
            cast.ref("director"): [f"{desk}/room", f"{desk}/hall"],
        }
        check(app, client, live, most=11)
        later = client.enter(cast.ref(5))
        with statements(app) as said:
            assert later.get(f"{page}/live?seen=0", headers=PARTIAL).status_code == 200
        assert len(said) == 3, "who asks, how the room stands, as whom she is in it: the rest another phone has asked"


def test_no_page_of_answers_asks_much_of_the_database(app: Flask, cast: Cast, client: Browser, reach: Reach) -> None:
    number = reach(hall.answered)
    desk = f"/desk/meetings/{number}"
    group = first(app, OpinionGroup)
    with at(ENDED + timedelta(days=3)):
        answers = f"/meetings/{number}/answers"
        check(app, client, {None: [answers, f"/meetings/{number}"], cast.ref(2): [f"/meetings/{number}"]})
        check(app, client, {cast.ref("clerk"): [desk, f"{desk}/closing", f"/meetings/groups/{group}/answer"]})
        check(app, client, {cast.ref("clerk"): [f"{desk}/groups"]}, most=9)
    assert Naming.DRAWN and PollKind.OPTIONS


def check(app: Flask, client: Browser, urls: dict[str | None, list[str]], most: int = MOST_STATEMENTS) -> None:
    """Each page opens, and asks the database no more than it may."""
    for who, pages in urls.items():
        if who:
            client.enter(who)
        for url in pages:
            with statements(app) as said:
                assert client.get(url).status_code == 200, url
            assert len(said) <= most, (url, len(said), said)


def test_a_table_of_holidays_takes_the_place_of_the_old(app: Flask, cast: Cast, client: Browser) -> None:
    client.enter(cast.ref("clerk"))
    wrong = client.submit("/desk/holidays", {"table": "2026-10-01 休 国庆节\n2026-10-50 休"})
    assert wrong.status_code == 422
    text(wrong.text, "第2行看不懂", "2026-10-50")
    done = client.submit("/desk/holidays", {"table": "2026-10-01 休 国庆节\n2026-10-10 班 国庆节"}, follow=True)
    text(done.text, "已导入 2 天", "国庆节", "上班", "放假")
    assert client.enter(cast.ref(1)).get("/desk/holidays").status_code == 403
