"""A hearing in the room: the chair on one phone, three delegates on theirs, the screen in the hall; all see each other.

Nobody reloads: what changes is there within the five seconds, also after the network or the server was away.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Route, expect

from hearing import clock
from hearing.audit.ledger import perform
from hearing.db import db
from hearing.meetings import actions
from hearing.meetings.models import Meeting
from hearing.meetings.rules import MOST_OPTIONS, Stance
from tests.cast import Cast
from tests.journeys.phone import Phone
from tests.journeys.server import Live
from tests.meetings import hall
from tests.meetings.scene import STARTS
from tests.schema import viewer

Phones = Callable[..., Phone]
BEGUN = STARTS + timedelta(minutes=3)


def begun(live: Live, cast: Cast) -> int:
    """The hearing has begun with thirteen households in the room; its number."""
    with live.app.app_context():
        return hall.in_session(cast).id


def test_the_room_is_run_by_phones(live: Live, cast: Cast, phones: Phones) -> None:
    number = begun(live, cast)
    here = f"/meetings/{number}/live"
    with clock.standing_at(BEGUN):
        chair = phones().enter(cast.ref("director")).open(f"/desk/meetings/{number}/room")
        second, fifth, seventh = (phones().enter(cast.ref(household)).open(here) for household in (2, 5, 7))
        screen = phones().enter(cast.ref("clerk")).open(f"/desk/meetings/{number}/hall")
        second.see("施工队说明方案", "还有 12 分钟").check()
        second.tap("我要发言").see("您已举手，下一位就是您。").check()
        fifth.tap("我要发言，不显示姓").see("您已举手，前面还有 1 位。").check()
        chair.comes("王**（底层）", "居民（二层）", "第一次发言")
        seventh.comes("王**（底层）")
        chair.tap("2 号往前").tap("请下一位").see("现在请 2 号发言")
        fifth.comes("轮到您了，请发言。")
        screen.comes("请 2 号发言", "王**（底层）")
        chair.tap("下一项").see("邻居发言")
        second.comes("邻居发言", "您已举手，下一位就是您。")
        chair.tap("发起表决").fill("表决的问题", "几点施工？").fill("选项", "白天\n晚上").tap("开始表决")
        screen.comes("几点施工？", "已有 0 名代表投票")
        for phone, option in ((second, "白天"), (fifth, "晚上"), (seventh, "晚上")):
            phone.comes("去表决").tap("去表决").choose(option).tap("投这一票").see("一票已收到")
        chair.comes("已有 3 名代表投票").tap("结束表决")
        second.open(here).see("上次表决").check()
        screen.comes("上次表决", "晚上").screenshot("hearing-hall")
        second.screenshot("hearing-live")
        chair.screenshot("hearing-chair")


PROJECTORS = ((1920, 1080), (1280, 720), (1024, 768))


def test_nobody_scrolls_a_wall(live: Live, cast: Cast, phones: Phones) -> None:
    number = begun(live, cast)
    with clock.standing_at(BEGUN):
        with live.app.app_context():
            much_goes_on(cast, db.session.get_one(Meeting, number))
        screen = phones().enter(cast.ref("clerk"))
        for width, height in PROJECTORS:
            screen.page.set_viewport_size({"width": width, "height": height})
            screen.open(f"/desk/meetings/{number}/hall").see("请 1 号发言", "6 号", "方案6", "0 名代表投票")
            assert screen.page.evaluate("document.scrollingElement.scrollHeight") <= height
        screen.check()


def much_goes_on(cast: Cast, meeting: Meeting) -> None:
    """More wait than the screen names, three have said a lot, and a poll had as many options as one may have."""
    director = viewer(cast.ref("director"))
    for household in range(1, 9):
        hall.raise_hand(cast, meeting, household)
    for household in (2, 5, 7):
        perform(actions.ask, viewer(cast.ref(household)), meeting, "坡度太陡不行，" * 9, Stance.FOR)
    perform(actions.give_floor, director, meeting, None)
    poll = hall.poll(cast, meeting, options=tuple(f"方案{number}" for number in range(1, MOST_OPTIONS + 1)))
    perform(actions.close_poll, director, poll)


def test_a_phone_comes_back_after_the_network_and_the_server_were_away(live: Live, cast: Cast, phones: Phones) -> None:
    number = begun(live, cast)
    with clock.standing_at(BEGUN):
        phone = phones().enter(cast.ref(7)).open(f"/meetings/{number}/live")
        phone.context.set_offline(True)
        _raise(live, cast, number, 2)
        phone.page.wait_for_timeout(6_000)
        phone.miss("王**")
        phone.context.set_offline(False)
        phone.comes("王**（底层）")
        phone.page.route("**/live?*", lambda route: route.fulfill(status=503, body="<h1>away</h1>"))
        _raise(live, cast, number, 5)
        phone.page.wait_for_timeout(6_000)
        phone.miss("away", "郑**")
        phone.page.unroute("**/live?*")
        phone.comes("郑**（二层）")
        phone.complaints.clear()  # That it was away, the browser has noticed.


def test_a_page_that_asks_looks_as_one_that_does_not(live: Live, cast: Cast, phones: Phones) -> None:
    number, asked = begun(live, cast), list[Route]()
    with clock.standing_at(BEGUN):
        phone = phones().enter(cast.ref(7)).open(f"/meetings/{number}/live")
        phone.page.route("**/live?*", lambda route: asked.append(route))
        with phone.page.expect_request("**/live?*"):
            pass
        assert phone.page.locator("#live.htmx-request").count() == 1
        phone.check()
        for route in asked:
            route.continue_()


def _raise(live: Live, cast: Cast, number: int, household: int) -> None:
    with live.app.app_context():
        hall.raise_hand(cast, db.session.get_one(Meeting, number), household)


def test_without_script_the_room_is_a_page_to_refresh(live: Live, cast: Cast, phones: Phones) -> None:
    number = begun(live, cast)
    with clock.standing_at(BEGUN):
        phone = phones(script=False).enter(cast.ref(2)).open(f"/meetings/{number}/live")
        phone.tap("我要发言").see("您已举手，下一位就是您。").check()
        phone.tap("刷新").tap("不说了").see("我要发言")
        expect(phone.page.locator("#live")).to_have_count(1)
