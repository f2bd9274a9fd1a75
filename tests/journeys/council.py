"""八层楼's council 理事会, month after month: one meeting held through the pages, the next planned from it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect

from tests.cast import Cast
from tests.journeys.neighbour import Neighbour, Street
from tests.journeys.ramp import picture
from tests.journeys.waste import the_minutes_stand
from tests.meetings import tower as scene

TITLE = "八层楼理事会例会"
AGENDA = "楼道清理 20分钟\n底层油烟 20分钟"
REPORT = "上次议定事项的办理情况"
FIRST = datetime(2026, 9, 7, 11, tzinfo=UTC)  # Monday, 19:00 in Beijing
SECOND_DAY = "2026-10-05"
SECOND = FIRST + timedelta(weeks=4)
DECIDING = ("党总支书记 何志明", "理事 谭云", "业委会 业委会主任", "理事 住户30", "理事 店户00")
SUPPORTING = ("居委会主任", "物业经理", "房管办联络员", "派出所联络员", "街道联络员", "法律顾问")
SECRETARY, MEMBER, OWNERS, FIFTH_FLOOR, SHOP = range(5)
"""The principal seats by their places."""


def people(walk: Street, cast: Cast) -> None:
    """The house and its council, in the database that is being served; a neighbour's application is under way."""
    walk.until(scene.PLANNED)
    with walk.live.app.app_context():
        tower = scene.settle(cast)
        assert (len(tower.refs), len(tower.shops)) == (63, scene.SHOPS)
        walk.case = str(scene.case(tower).id)
        walk.refs.update(enumerate(tower.principal))
        walk.refs.update(cast.offices)
    walk.later(minutes=10)


def the_first_is_called(walk: Street) -> None:
    """Who belongs to a council is ticked already: principal seats are the delegates, the others support them."""
    clerk = walk.of("clerk").open(f"/desk/proposals/{walk.case}").tap("准备联席会")
    is_ticked(clerk, *DECIDING, *SUPPORTING)
    clerk.fill("会议名称", TITLE).fill("哪一天？", "2026-09-07").fill("在哪里？", "八层楼底层活动室").fill(
        "议题", AGENDA
    )
    clerk.choose(scene.HOUSE).choose("居委会主任 徐爱华").tap("存成草稿").see("主体席位", "支持席位")
    announced(walk, clerk)


def announced(walk: Street, clerk: Neighbour) -> None:
    """The draft is looked over once more, and posted three days before."""
    clerk.tap("核对并公告").see("名单上 5 名代表", "至少到 4 人").tap("贴出公告").see("公告已贴出")
    walk.council = clerk.path.rpartition("/")[2]
    reads = (
        walk.of(FIFTH_FLOOR)
        .open(f"/meetings/{walk.council}")
        .see("理事会主体席位 5 人", "法律顾问", "请早点告诉居委会")
    )
    reads.tap("会议公告")


def the_first_is_held(walk: Street) -> None:
    """Four of five decide, the manager reports; one opinion is passed on to an office."""
    walk.until(FIRST - timedelta(minutes=20))
    for seat in (SECRETARY, MEMBER, FIFTH_FLOOR):
        walk.of(seat).open(f"/meetings/{walk.council}").tap("我到了，签到").see("回执")
    walk.of("property_manager").open(f"/meetings/{walk.council}").tap("我到了，签到").see("回执")
    clerk = desk(walk).see("还差 1 人")
    walk.of(SHOP).open(f"/meetings/{walk.council}").tap("我到了，签到").see("回执")
    clerk = desk(walk).see("可以开会").tap("开会").see("会议开始")
    chair = walk.of("director").open(room(walk)).see("楼道清理").check()
    screen = clerk.open(f"/desk/meetings/{walk.council}/hall").see("楼道清理").check()
    shop, floor = (walk.of(seat).open(f"/meetings/{walk.council}/live").check() for seat in (SHOP, FIFTH_FLOOR))
    shop.tap("我要发言").see("下一位就是您")
    chair.comes("1 号").tap("请下一位").see("现在请 1 号发言")
    shop.comes("轮到您了，请发言。")
    screen.comes("请 1 号发言")
    shop.tap("写下意见").fill("您想问什么", "油烟机多久洗一次，请街道给个标准。").choose("疑问").tap("提交意见").see(
        "回执"
    )
    chair.tap("发起表决").fill("表决的问题", "楼道每月清一次？").fill("选项", "同意\n再议").tap("开始表决")
    floor.comes("正在表决").tap("去表决").choose("同意").tap("投这一票").see("一票已收到")
    for seat in (SECRETARY, MEMBER, SHOP):
        phone = walk.of(seat).open(f"/meetings/{walk.council}/live").tap("去表决").choose("同意")
        phone.tap("投这一票").see("一票已收到")
    walk.of("property_manager").open(f"/meetings/{walk.council}/live").see("正在表决").miss("去表决")
    chair.comes("已有 4 名代表投票").tap("结束表决").see("发起表决")
    screen.comes("上次表决", "楼道每月清一次？").screenshot("council-hall")
    walk.later(hours=1)
    desk(walk).tap("结束会议").tap("结束会议").see("请写纪要")
    the_minutes_stand(walk, "director", (SECRETARY, SHOP), walk.council, "商量了楼道和油烟。")


def the_first_is_answered(walk: Street) -> None:
    """The shop's question is passed on, and the meeting closed with what it decided."""
    clerk = desk(walk).tap("意见归类和答复").choose("油烟机多久洗一次").fill("这一组说的是什么？", "油烟机清洗")
    clerk.tap("归到一组").tap("开始答复").tap("答复 第 1 组").choose("转办").fill("怎么办", "请街道给清洗标准。")
    clerk.fill("承办单位", "街道市容所").choose("街道联络员").fill("什么时候答复？", "2026-09-25").tap("提交答复")
    clerk.see("承办：街道市容所").tap("办结").choose("形成方案").fill("接下来怎么办？", "楼道每月第一个星期一清。")
    clerk.tap("办结").see("已办结")


def the_next_is_planned_from_it(walk: Street) -> None:
    """One button: four weeks on at the same hour and place, with the same seats, beginning with what was done since."""
    first = walk.council
    walk.later(days=8)
    clerk = desk(walk).tap("准备下一次")
    is_ticked(clerk, *DECIDING, *SUPPORTING)
    holds(clerk, "会议名称", TITLE)
    holds(clerk, "哪一天？", SECOND_DAY)
    holds(clerk, "几点？", "19:00")
    holds(clerk, "在哪里？", "八层楼底层活动室")
    holds(clerk, "议题", f"{REPORT} 10分钟\n{AGENDA}")
    clerk.tap("存成草稿").see("第 2 次", "还没有公告")
    second = clerk.path.rpartition("/")[2]
    clerk.open(f"/desk/meetings/{first}").see("下一次在准备").miss("准备下一次")
    walk.phone("visitor").open(f"/meetings/{first}").see(TITLE).miss("第 2 次")
    clerk.tap("下一次在准备")
    assert clerk.path == f"/desk/meetings/{second}"
    announced(walk, clerk)


def the_second_is_held(walk: Street) -> None:
    """It begins with what became of the first; both are linked for everybody, and a third can be planned."""
    walk.until(SECOND - timedelta(minutes=20))
    clerk = desk(walk).tap("录入纸质签到")
    for member in DECIDING:
        clerk.choose(member)
    clerk.attach("签到表的照片", picture("签到表")).tap("保存签到").see("已录入 5 人签到").tap("开会").see("会议开始")
    chair = walk.of("director").open(room(walk)).see(REPORT)
    phone = walk.of(SHOP).open(f"/meetings/{walk.council}/live").see(REPORT)
    chair.tap("下一项").see("楼道清理")
    phone.comes("楼道清理")
    walk.later(hours=1)
    desk(walk).tap("结束会议").tap("结束会议").see("请写纪要")
    the_minutes_stand(walk, "director", (OWNERS, SHOP), walk.council, "看了上次议定的事，都办了。")
    visitor = walk.phone("visitor").open(f"/meetings/{walk.council}").see("第 2 次", "这件事的每一次联席会", "形成方案")
    visitor.tap("第 1 次").see("楼道每月清一次？", "就是这一次")
    desk(walk).tap("准备下一次")
    holds(walk.of("clerk"), "议题", f"{REPORT} 10分钟\n{AGENDA}")
    walk.of("clerk").tap("存成草稿").see("第 3 次")


def is_ticked(phone: Neighbour, *labels: str) -> None:
    """Of the seats, each of these is ticked."""
    for label in labels:
        box = phone.page.get_by_role("checkbox", name=label)
        expect(box.first).to_be_checked()


def holds(phone: Neighbour, label: str, words: str) -> None:
    """The field holds these words before anybody types."""
    expect(phone.page.get_by_label(label).and_(phone.page.locator("textarea, input")).first).to_have_value(words)


def desk(walk: Street) -> Neighbour:
    """The desk's page of the meeting."""
    return walk.of("clerk").open(f"/desk/meetings/{walk.council}")


def room(walk: Street) -> str:
    """The chair's page."""
    return f"/desk/meetings/{walk.council}/room"


STEPS = (
    the_first_is_called,
    the_first_is_held,
    the_first_is_answered,
    the_next_is_planned_from_it,
    the_second_is_held,
)
