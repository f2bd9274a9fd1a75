"""新桥路52弄 walked through its pages, an office hour or an evening at a time: what tests/meetings tells by acts.

Chair, three delegates and the screen in the hall have a browser each; the rest of the 47 come and vote by acts.
"""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import expect

from hearing.audit.ledger import perform
from hearing.meetings import actions, queries
from hearing.meetings.forms.room import named
from hearing.meetings.rules import STANCE_LABELS, Grade, SignInMethod
from tests.cast import Cast
from tests.journeys.neighbour import Neighbour, Street
from tests.journeys.ramp import picture
from tests.meetings import street as scene
from tests.meetings.scene import meeting_of
from tests.printing import reading
from tests.schema import viewer

TITLE = "新桥路垃圾听证会"
AGENDA = "居委会介绍三衔接 10分钟\n邻居发言 40分钟\n表决 5分钟"
GATE, SWEEP, SHOP = 3, 9, 41
"""The three delegates who have browsers, by their places among the 47: two households and a shop."""
ON_PHONES = 31
"""How many sign in on phones, those three among them; the others on paper."""
STEPS_OF_PLAN = "第一步装铁门，夜里关 → 第二步清弄，志愿者巡弄 → 第三步定时收运"
PLAN = {
    "名称": scene.CASE,
    "方案说明": "弄口装门、弄里有人扫、垃圾按时收，三样接起来。",
    "位置": "新桥路52弄弄口",
    "尺寸": "铁门宽 2.4 米，高 2 米",
    "预算": "铁门 4800\n扫帚和垃圾桶 600",
    "安全说明": "铁门夜里十点关，消防通道不锁。",
    "采光与通行": "白天门开着，不影响通行。",
    "实施单位": "物业公司",
    "长效管护": "楼组长轮流巡弄",
    "受影响的住户和单位": "新桥路52弄住户和商户",
    "步骤": STEPS_OF_PLAN,
}


def people(walk: Street, cast: Cast) -> scene.Street:
    """The lane's people, in the database that is being served; the journey knows them by their places."""
    walk.until(scene.PLANNED)
    with walk.live.app.app_context():
        street = scene.settle(cast)
        walk.case = str(scene.case(street).id)
    walk.later(minutes=10)
    walk.refs.update(enumerate(street.everybody))
    walk.refs.update({"clerk": cast.foreign_clerk, "chair": scene.CHAIR})
    walk.refs.update({ref: ref for ref in street.council})
    return street


# Before


def the_notice_goes_out(walk: Street) -> None:
    """Planned, looked over, posted on the screen and at the gate; an office is asked to come."""
    clerk = walk.of("clerk").open(f"/desk/proposals/{walk.case}").tap("准备听证会")
    clerk.fill("会议名称", TITLE).fill("哪一天？", "2026-09-12").fill("在哪里？", "居委会会议室").fill("议题", AGENDA)
    clerk.choose("整个居民区").choose("户册上的人都是代表").choose("居委会主任 沈主任")
    clerk.tap("存成草稿").see("还没有公告").tap("核对并公告").see("至少到 32 人").tap("贴出公告").see("公告已贴出")
    walk.meeting = clerk.path.rpartition("/")[2]
    clerk.tap("会议公告")
    printed = reading.text_of(clerk.fetch("A4 公告"))
    assert "47" in printed, printed
    clerk.tap("登记纸质张贴").fill("贴在哪里？", "弄口").attach("拍一张贴好的公告", picture("公告")).tap("登记张贴")
    desk(walk).tap("开始报名").see("报名开始了").tap("约请单位").fill("约请哪个单位？", "绿化市容所")
    walk.of("clerk").fill("请他们来说明什么？", "说明清运时间。").fill("请在哪一天前答复？", "2026-09-08")
    walk.of("clerk").tap("发出约请").see("已约请")
    reads = walk.of(GATE).open(f"/meetings/{walk.meeting}").see("新桥居民区 47 人", "绿化市容所")
    reads.tap("我要报名").choose("到场发言").fill("想说什么？", "弄口要有门。").tap("报名").see("回执")


def forty_seven_sign_in(walk: Street) -> None:
    """Three walk in with their phones, 28 more scan the code, sixteen sign on paper; a quorum is 32."""
    walk.until(scene.STARTS - timedelta(minutes=30))
    for place in (GATE, SWEEP, SHOP):
        walk.of(place).open(f"/meetings/{walk.meeting}").see("到期没有答复").tap("我到了，签到").see("回执")
    with walk.live.app.app_context():
        meeting = meeting_of(f"meeting/{walk.meeting}")
        others = [place for place in range(scene.RESIDENTS + scene.SHOPS) if place not in (GATE, SWEEP, SHOP)]
        for place in others[: ON_PHONES - 3]:
            perform(actions.sign_in, viewer(str(walk.refs[place])), meeting, SignInMethod.QR)
        meeting = meeting_of(meeting.subject)
        absent = [named(member) for member in meeting.delegates if member.attendance is None]
    clerk = desk(walk).see("还差 1 人").miss("可以开会").tap("录入纸质签到")
    for words in absent:
        clerk.choose(words)
    clerk.attach("签到表的照片", picture("签到表")).tap("保存签到").see(
        "已录入 16 人签到", "已够法定人数（32 人），可以开会"
    )


# In the room


def they_speak(walk: Street) -> None:
    """The chair runs the room from her phone; three delegates ask for the floor and say what they think."""
    walk.until(scene.STARTS)
    desk(walk).tap("开会").see("会议开始")
    chair = walk.of("chair").open(f"/desk/meetings/{walk.meeting}/room").see("居委会介绍三衔接").check()
    screen = walk.of("clerk").open(f"/desk/meetings/{walk.meeting}/hall").see("应到 47 人，在场 47 人").check()
    gate, sweep, shop = (walk.of(place).open(room(walk)).check() for place in (GATE, SWEEP, SHOP))
    chair.tap("下一项")
    for page in (gate, sweep, shop, screen):
        page.comes("邻居发言")
    gate.tap("我要发言").see("下一位就是您")
    shop.tap("我要发言").see("前面还有 1 位")
    sweep.tap("我要发言，不显示姓").see("前面还有 2 位")
    chair.comes("1 号", "2 号", "3 号")
    screen.comes("接下来", "3 号")
    chair.tap("请下一位").see("现在请 1 号发言")
    gate.comes("轮到您了，请发言。")
    for page in (sweep, shop):
        page.comes("现在请 1 号发言")
    screen.comes("请 1 号发言")
    for place in (GATE, SWEEP, SHOP):
        says(walk, place)
    the_others_write(walk)
    screen.comes("早上六点收太早。")
    chair.comes("1 号")


def says(walk: Street, place: int) -> None:
    """One of the three writes down what she says."""
    words, stance = next((words, stance) for who, words, stance in scene.SAID if who == place)
    phone = walk.of(place).open(room(walk)).tap("写下意见").fill("您想问什么", words)
    phone.choose(STANCE_LABELS[stance]).tap("提交意见").see("回执").open(room(walk))


def the_others_write(walk: Street) -> None:
    """And somebody who has no browser here."""
    with walk.live.app.app_context():
        meeting = meeting_of(f"meeting/{walk.meeting}")
        for place, words, stance in scene.SAID:
            if place not in (GATE, SWEEP, SHOP):
                perform(actions.ask, viewer(str(walk.refs[place])), meeting, words, stance)


def they_are_polled(walk: Street) -> None:
    """Three vote by tapping, 44 by acts; everybody sees that it runs, and what came of it."""
    chair, screen = walk.of("chair"), walk.of("clerk")
    chair.open(f"/desk/meetings/{walk.meeting}/room").tap("下一项").see("表决").tap("发起表决")
    chair.fill("表决的问题", "垃圾几点收？").fill("选项", "六点\n七点").tap("开始表决").see("已有 0 名代表投票")
    screen.comes("正在表决", "垃圾几点收？")
    for place, hour in ((GATE, "六点"), (SWEEP, "六点"), (SHOP, "七点")):
        phone = walk.of(place).comes("去表决")
        phone.tap("去表决").choose(hour).tap("投这一票").see("一票已收到").open(room(walk)).see("您已投票。")
    everybody_else_votes(walk)
    chair.comes("已有 47 名代表投票")
    chair.tap("结束表决").see("发起表决")
    for page in (screen, *(walk.of(place) for place in (GATE, SWEEP, SHOP))):
        page.comes("上次表决", "47 名代表投票")
        expect(page.page.get_by_role("row", name="七点")).to_contain_text("31")
    on_the_wall(screen).screenshot("waste-hall")
    chair.screenshot("waste-chair")
    walk.of(SHOP).screenshot("waste-live")
    walk.later(minutes=50)
    desk(walk).tap("结束会议").see("应到 47 人，实到 47 人，4 条意见").tap("结束会议").see("请写纪要")


def everybody_else_votes(walk: Street) -> None:
    """Sixteen in all for six o'clock, 31 for seven."""
    with walk.live.app.app_context():
        poll = queries.running_poll(int(walk.meeting))
        assert poll is not None
        others = [place for place in range(scene.RESIDENTS + scene.SHOPS) if place not in (GATE, SWEEP, SHOP)]
        for turn, place in enumerate(others):
            perform(actions.vote, viewer(str(walk.refs[place])), poll, 0 if turn < 14 else 1)


# Afterwards


def the_minutes_stand(
    walk: Street, chair: str | int, readers: tuple[str | int, ...], meeting: str, summary: str = "听了大家的意见。"
) -> None:
    """Written at the desk, confirmed by who chaired and by those who read them, and fixed."""
    clerk = walk.of("clerk").open(f"/desk/meetings/{meeting}").tap("写纪要")
    clerk.fill("会议情况", summary).tap("请到会的人核对").see("这一版已请到会的人核对")
    for who in (chair, *readers):
        reads = walk.of(who).open(f"/meetings/{meeting}").tap("核对纪要").choose("对，我确认")
        reads.tap("提交").see("回执")
    clerk.open(f"/desk/meetings/{meeting}").tap("纪要定稿").tap("纪要定稿").see("纪要已定稿")


def opinions_become_three_steps(walk: Street) -> None:
    """Minutes; four opinions in three groups; the answers say what changes in the plan, which is drawn up of them."""
    walk.later(days=2)
    the_minutes_stand(walk, "chair", (GATE, SHOP), walk.meeting)
    clerk = desk(walk).tap("意见归类和答复").see("还有 4 条没有归类")
    for title, places in scene.GROUPS:
        for place in places:
            clerk.choose(scene.SAID[place][1])
        clerk.fill("这一组说的是什么？", title).tap("归到一组").see(title)
    clerk.tap("开始答复").see("前逐组答复")
    clerk.tap("答复 第 1 组").choose("采纳").fill("怎么办", "用微实事装铁门，夜里十点关。").choose("方案说明").choose(
        "预算"
    )
    clerk.tap("提交答复").see("用微实事装铁门")
    clerk.tap("答复 第 2 组").choose("部分采纳").fill("怎么办", "志愿者巡弄，先试一个月。").choose("长效管护")
    clerk.tap("提交答复").see("志愿者巡弄")
    clerk.tap("答复 第 3 组").choose("转办").fill("怎么办", "收运时间请绿化市容所定。")
    clerk.fill("承办单位", "绿化市容所").fill("什么时候答复？", "2026-09-21").tap("提交答复").see("承办：绿化市容所")
    clerk.open(f"/desk/proposals/{walk.case}").tap("拟定方案").tap("改方案文字")
    for label, words in PLAN.items():
        clerk.fill(label, words)
    clerk.choose("业主共同决定的其他事项").choose("新桥路52弄1号").tap("保存草稿").see("方案草稿已保存")
    clerk.tap("加图纸").attach("图纸或照片", picture("铁门", "弄口")).tap("加上").see("要写的都写了")
    clerk.tap("定稿").see("回执")
    visitor = walk.phone("visitor").open(f"/meetings/{walk.meeting}/answers").see("写进方案：方案说明、预算")
    visitor.tap("写进方案：方案说明、预算").see(STEPS_OF_PLAN)
    visitor.open(f"/proposals/{walk.case}/plans/1").see("这一版听取了哪些意见", "第一步：装门", "第二步：清弄")
    visitor.miss("第三步：按时收")


def the_council_decides(walk: Street) -> None:
    """理事会: principal seats decide on the three steps in a poll, supporting seats sit by; no household is asked."""
    clerk = walk.of("clerk").open(f"/desk/proposals/{walk.case}").tap("准备联席会")
    clerk.fill("会议名称", "理事会讨论三步方案").fill("哪一天？", "2026-09-19").fill("在哪里？", "居委会会议室")
    clerk.fill("议题", "讨论三步方案 30分钟\n表决 5分钟").choose("居委会主任 沈主任")
    clerk.tap("存成草稿").see("还没有公告").tap("核对并公告").see("名单上 3 名代表").tap("贴出公告").see("公告已贴出")
    walk.council = clerk.path.rpartition("/")[2]
    walk.until(scene.STARTS + timedelta(days=7, minutes=-20))
    members = [f"p-council{number}" for number in range(3)]
    for member in members:
        walk.of(member).open(f"/meetings/{walk.council}").tap("我到了，签到").see("回执")
    walk.of("clerk").open(f"/desk/meetings/{walk.council}").see("可以开会").tap("开会").see("会议开始")
    chair = walk.of("chair").open(f"/desk/meetings/{walk.council}/room").tap("下一项").tap("发起表决")
    chair.fill("表决的问题", "照三步方案办？").fill("选项", "照办\n再议").tap("开始表决").see("已有 0 名代表投票")
    screen = walk.of("clerk").open(f"/desk/meetings/{walk.council}/hall").see("照三步方案办？")
    for member in members:
        phone = walk.of(member).open(f"/meetings/{walk.council}/live").tap("去表决").choose("照办")
        phone.tap("投这一票").see("一票已收到").open(f"/meetings/{walk.council}/live")
    chair.comes("已有 3 名代表投票")
    chair.tap("结束表决").see("发起表决")
    screen.comes("上次表决", "照办")
    walk.later(minutes=40)
    walk.of("clerk").open(f"/desk/meetings/{walk.council}").tap("结束会议").tap("结束会议").see("请写纪要")
    the_minutes_stand(walk, "chair", tuple(members[:2]), walk.council)
    clerk = walk.of("clerk").open(f"/desk/meetings/{walk.council}").tap("意见归类和答复").tap("开始答复").tap("办结")
    clerk.choose("形成方案").fill("接下来怎么办？", "照三步方案办。").tap("办结").see("已办结")
    visitor = walk.phone("visitor").open(f"/meetings/{walk.council}").see("照三步方案办？")
    visitor.tap("意见答复和结果").see("形成方案", "照三步方案办。", "会议只提意见")


def what_was_passed_on_is_late(walk: Street) -> None:
    """The office is overdue, in words for everybody; then it answers, late, and the hearing is closed."""
    walk.until(scene.STARTS + timedelta(days=11))
    walk.phone("visitor").open(f"/meetings/{walk.meeting}/answers").see("已逾期").check()
    clerk = desk(walk).tap("意见归类和答复").tap("答复 第 3 组").choose("采纳").fill("怎么办", "改在早上七点收。")
    clerk.tap("提交答复").see("逾期答复").tap("办结")
    clerk.choose("形成方案").fill("接下来怎么办？", "照三步方案办。").tap("办结").see("已办结")
    walk.of(GATE).open(f"/meetings/{walk.meeting}/answers").see("用微实事装铁门", "逾期答复").miss("已逾期")


def thirty_days_later(walk: Street) -> None:
    """The gate stands; thirty days later twelve households say how it is, and only their number is shown."""
    clerk = desk(walk).tap("登记完工").fill("哪一天完工的？", "2026-09-20").fill("做了什么？", "铁门装好，七点收运。")
    clerk.tap("登记").see("完工满 30 天请邻居评价")
    walk.of(SHOP).open(f"/meetings/{walk.meeting}/answers").see("铁门装好").miss("我家来评价")
    walk.later(days=28)
    for place, grade in ((GATE, "满意"), (SWEEP, "基本满意"), (SHOP, "不满意")):
        phone = walk.of(place).open(f"/meetings/{walk.meeting}/answers").tap("我家来评价").choose(grade)
        phone.tap("提交评价").see("回执").open(f"/meetings/{walk.meeting}/satisfaction").see("您家已经评过了")
    walk.phone("visitor").open(f"/meetings/{walk.meeting}/answers").see("户评价以后才公布结果")
    with walk.live.app.app_context():
        meeting = meeting_of(f"meeting/{walk.meeting}")
        for place in range(20, 29):
            perform(actions.give_satisfaction, viewer(str(walk.refs[place])), meeting, Grade.SATISFIED, "")
    visitor = walk.phone("visitor").open(f"/meetings/{walk.meeting}/answers").see("满意度").check()
    expect(visitor.page.get_by_role("row", name="满意", exact=False).first).to_contain_text("10")
    visitor.open(f"/cases/{walk.case}").see("方案已定").screenshot("waste-case")


def on_the_wall(screen: Neighbour) -> Neighbour:
    """The screen as a projector shows it; nobody scrolls a wall."""
    screen.page.set_viewport_size({"width": 1920, "height": 1080})
    assert screen.page.evaluate("document.scrollingElement.scrollHeight") <= 1080
    return screen


def desk(walk: Street) -> Neighbour:
    """The desk's page of the hearing."""
    return walk.of("clerk").open(f"/desk/meetings/{walk.meeting}")


def room(walk: Street) -> str:
    """The hearing's room on one's own phone."""
    return f"/meetings/{walk.meeting}/live"


STEPS = (
    the_notice_goes_out,
    forty_seven_sign_in,
    they_speak,
    they_are_polled,
    opinions_become_three_steps,
    the_council_decides,
    what_was_passed_on_is_late,
    thirty_days_later,
)
