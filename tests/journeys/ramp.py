"""The ramp step by step, as the people of the lane took it; every function is one evening or one office hour."""

from __future__ import annotations

import io
import re
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import openpyxl
from PIL import Image, ImageDraw

from hearing.db import db
from hearing.meetings.models import Meeting
from tests.journeys.neighbour import Street
from tests.people import steps as door
from tests.places import rolls
from tests.printing import reading

LANE = "天津路426弄"
ROLL = rolls.both("tianjinlu-426.xlsx", rolls.lane())[-1]
"""The lane's own roll where it is at hand, otherwise one just like it."""


class Home(NamedTuple):
    """A household of the roll."""

    name: str
    phone: str
    floor: str
    door: str

    @property
    def where(self) -> str:
        """The door as neighbours say it."""
        return f"{LANE} {self.floor}{self.door}"


def households() -> list[Home]:
    """The lessees in the order of the roll."""
    sheet = openpyxl.load_workbook(io.BytesIO(ROLL)).active
    assert sheet is not None
    rows = [row for row in sheet.iter_rows(values_only=True) if isinstance(row[0], int)]
    return [Home(str(row[6]), str(row[7]), str(row[2]), str(row[3])) for row in rows]


HOMES = households()
TITLE = "门口三级台阶改坡道"
STEPS_OF_LAW = "书面申请 → 现场协调会 → 物业书面同意 → 全体承租人书面确认 → 公示 → 施工"
WALKING = (1, 2, 4, 9, 12)
"""Who walk through their browsers: who asked, who helps, who changes her mind, who has died, who is abroad."""


OPINIONS = (
    ("housing_liaison", "房管办联络员", "有条件支持", "改造公用部位，要物业同意、全体承租人同意。", ""),
    ("legal_adviser", "法律顾问", "有条件支持", "先由申请人提出书面申请，再由居委出面协调，才合法合规。", STEPS_OF_LAW),
    ("police_liaison", "派出所联络员", "有条件支持", "要确保安全和牢固。", ""),
    ("subdistrict_liaison", "街道联络员", "支持", "支持。居民的个性化需求也要关心到。", ""),
)
"""Office, seat, recommendation, words, and the order of steps where the office gives it."""
PLAN = {
    "名称": TITLE,
    "方案说明": "把进弄口的三上三下台阶改成一米上、一米下两段缓坡，中间留平台。",
    "位置": "天津路426弄进弄口",
    "尺寸": "坡长各 1 米，宽 1.2 米",
    "预算": "坡道土建 5600\n防滑面层 1800",
    "安全说明": "坡面防滑，雨天不积水；施工期间保留一侧通行，夜间有灯。",
    "采光与通行": "不影响采光；坡道不占邻户门口，电瓶车不得停放。",
    "实施单位": "大修工程施工队",
    "长效管护": "物业公司",
    "受影响的住户和单位": "本弄 13 户承租人",
    "步骤": STEPS_OF_LAW,
}
"""The first plan, by the labels of the form."""


def picture(*words: str) -> Path:
    """A photo that a phone has taken: of a drawing, of a paper, of a signature."""
    image = Image.new("RGB", (800, 600), (250, 247, 240))
    draw = ImageDraw.Draw(image)
    for number, word in enumerate(words or ("纸",)):
        for stroke, letter in enumerate(word):
            x, y = 60 + stroke * 50, 80 + number * 90
            draw.arc([x, y, x + 20 + ord(letter) % 25, y + 50], 30, 300, fill=(40, 40, 60), width=3)
    path = Path(tempfile.mkdtemp()) / "照片.jpg"
    image.save(path, "JPEG")
    return path


# 0. An empty lane


def the_roll_comes_in(street: Street) -> None:
    """One clerk uploads the roll, a second one approves it: nothing is imported by one person alone."""
    clerk = street.of("clerk").tap("户册").tap("导入", within=LANE)
    file = Path(tempfile.mkdtemp()) / "tianjinlu-426.xlsx"
    file.write_bytes(ROLL)
    clerk.attach("户册表格", file).tap("上传，看对照表").see("新增 13 户", "还没有导入", HOMES[0].name)
    second = street.of("second_clerk").tap("户册").tap("复核户册导入").see("等您复核").tap("去复核")
    second.choose("我已经把这张对照表").tap("复核无误，导入").see("13")


def letters_are_printed(street: Street) -> None:
    """Each household gets a letter with a code of its own."""
    clerk = street.of("clerk").open("/desk").tap("打印").choose(LANE)
    pages = reading.reader(clerk.download("印这些信（PDF）")).pages
    assert len(pages) == len(HOMES) == 13
    for page in pages:
        text = "".join(page.extract_text().split())
        number = next(n for n, home in enumerate(HOMES, 1) if f"{home.floor}{home.door}" in text)
        code = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2}", text)
        assert code, text
        street.letters[number] = code[0]


def households_come_in(street: Street) -> None:
    """Some with the letter on their own phone, the others likewise; everyone answers for her own home alone."""
    for number, home in enumerate(HOMES, 1):
        if number in WALKING:
            comes_in(street, number, home)
        else:
            comes_in_quickly(street, number, home)
        street.knows(number, home.phone)


def comes_in(street: Street, number: int, home: Home, capacity: str = "承租人") -> None:
    """Household code, phone, code from the message, who one is: four questions, one on each page."""
    phone = street.phone(number)
    phone.open("/").tap("登录，为我家表态").tap("我有信，第一次登录")
    phone.fill("信上的户码", street.letters[number]).tap("继续")
    phone.fill("手机号", home.phone).tap("发验证码")
    phone.fill("短信里的 6 位数字", door.code_for(street.live.app, home.phone)).tap("继续")
    phone.fill("您的姓名", home.name).choose(capacity).tap("完成").see("可以代表本户表态")


def comes_in_quickly(street: Street, number: int, home: Home, relation: str = "lessee") -> None:
    """The same forms without a screen."""
    browser = street.quickly(number)
    browser.submit("/sign-in/letter", {"code": street.letters[number]})
    browser.submit("/sign-in", {"phone": home.phone})
    browser.submit("/sign-in/code", {"code": door.code_for(street.live.app, home.phone)})
    answer = browser.submit("/sign-in/who", {"name": home.name, "relation": relation}, follow=True)
    assert "可以代表本户表态" in answer.text


# 1. to 8. From a visit to a plan


def the_block_officer_writes_it_down(street: Street) -> None:
    """On a visit old Mr Li says what troubles him; the officer writes it down for him, and it is marked so."""
    officer = street.of("block_officer").tap("事项").tap("替住户写一份提案").tap(LANE).tap("底层 前客堂")
    officer.see("您正在为").choose("上门办理").fill("为什么代办？", "走访时说起，本人不便打字，当面口述")
    officer.fill("遇到了什么问题？", "进弄口有三级台阶，上三级又下三级，腿脚不便的邻居和推童车的都难走。")
    officer.fill("在哪里？", "天津路426弄进弄口").attach("现场照片", picture("台阶", "三级"))
    officer.fill("希望怎么改？", TITLE).fill("改好以后，谁来照看？", "物业公司").tap("提交").see("回执")
    street.of(1).open("/me").tap("我的建议").tap(TITLE).see("由工作人员代办", "现在轮到", "居委会")


def the_committee_screens_it(street: Street) -> None:
    """Accepted within five working days; from now on everybody may read of it, and of the household only 李**."""
    clerk = street.of("clerk").open("/desk").tap("去办").tap("开始初审").choose("受理，开始协商")
    clerk.fill("公开的名称", TITLE).fill("公开的说明", "进弄口三上三下的台阶不好走，提议改成坡道。")
    clerk.tap("提交初审决定").see("协商中")
    street.case = clerk.path.rpartition("/")[2]
    council = street.of("council_member").open("/desk/proposals").tap(TITLE).see("协商中")
    council.tap("看公开页面").see(TITLE, "事情的经过").miss(HOMES[0].name, HOMES[0].phone)
    street.phone("visitor").open("/").tap(TITLE).see("现在轮到", "事前").miss(HOMES[0].name)


def the_seats_are_heard(street: Street) -> None:
    """Housing office, lawyer, police and subdistrict; the lawyer says in which order things are done."""
    for office, seat, said, words, steps in OPINIONS:
        street.later(days=1)
        street.of("clerk").open(f"/desk/proposals/{street.case}").tap("请席位提意见").choose(seat).fill(
            "想请他们看什么？", "请您对改坡道提意见。"
        ).tap("发出").see("对方会收到通知")
        asked = street.of(office).open("/desk").tap("去办").see("请您对改坡道提意见").choose(said).fill("说明", words)
        if steps:
            asked.fill("接下来按什么顺序办？", steps)
        asked.tap("提交意见").see("回执")
    street.phone("visitor").open(f"/cases/{street.case}").see("各方意见", *(words for *_, words, _ in OPINIONS))


def the_household_applies_in_writing(street: Street) -> None:
    """As the lawyer said: first a written application; a photo of the handwriting and the same words typed."""
    street.later(days=1)
    household = street.of(1).open("/me").tap("我的建议").tap(TITLE).tap("交书面申请")
    household.attach("手写申请的照片", picture("申请", "李伯年"))
    household.fill("申请的内容", "申请人李伯年，请求把进弄口台阶改成坡道，方便出入。").tap("递交申请").see("回执")


def the_plan_is_drawn_up(street: Street) -> None:
    """Drawing, budget, implementer, upkeep; nothing may be missing before the plan is fixed."""
    clerk = street.of("clerk").open(f"/desk/proposals/{street.case}").tap("拟定方案").see("还缺")
    clerk.tap("改方案文字")
    for label, words in PLAN.items():
        clerk.fill(label, words)
    clerk.choose("公房公用部位改造").choose(LANE).tap("保存草稿").see("方案草稿已保存")
    clerk.tap("加图纸").attach("图纸或照片", picture("坡道", "一米上一米下")).tap("加上").see("要写的都写了")


# 9. The coordination meeting


def the_lane_meets(street: Street) -> None:
    """Announced seven days before; thirteen of thirteen come, by phone, by the code at the door, on paper."""
    clerk = street.of("clerk").open(f"/desk/proposals/{street.case}").tap("准备协调会")
    clerk.fill("在哪里？", "天津路426弄门口").fill("议题", "施工队说明方案和安全措施；邻居提问。")
    for seat in ("大修工程负责人", "施工队项目经理", "物业经理"):
        clerk.choose(seat)
    clerk.tap("存成草稿").see("还没有公告").tap("核对并公告").see("13").tap("贴出公告").see("公告已贴出")
    street.meeting = clerk.path.rpartition("/")[2]
    the_notice_hangs_at_the_door(street)
    asks = street.of(4).open(f"/meetings/{street.meeting}").see("会前一小时开始签到").tap("我要提问")
    asks.fill("您想问什么", "下雨天坡道滑不滑？").choose("疑问").tap("提交提问").see("回执")
    street.until(the_evening_of(street))
    they_sign_in(street)
    they_talk(street)


def the_notice_hangs_at_the_door(street: Street) -> None:
    """The printed notice is the same as the one on screen, and where it hangs is registered with a photo."""
    clerk = street.of("clerk").open(f"/desk/meetings/{street.meeting}").tap("会议公告")
    assert "协调会" in reading.text_of(clerk.fetch("A4 公告"))
    clerk.tap("登记纸质张贴").fill("贴在哪里？", "弄堂口公告栏").attach("拍一张贴好的公告", picture("公告"))
    clerk.tap("登记张贴").see("弄堂口公告栏").tap("在网页上打印").open(f"/meetings/{street.meeting}").tap("会议公告")


def the_evening_of(street: Street) -> datetime:
    """Half an hour before the meeting begins."""
    with street.live.app.app_context():
        return db.session.get_one(Meeting, int(street.meeting)).starts_at - timedelta(minutes=30)


def they_sign_in(street: Street) -> None:
    """One on her own phone, one by the code at the door, the rest on paper; without a quorum nobody may begin."""
    street.of(1).open(f"/meetings/{street.meeting}").tap("我到了，签到").see("回执")
    clerk = street.of("clerk").open(f"/desk/meetings/{street.meeting}").see("还差 8 人").tap("门口二维码")
    with street.live.app.app_context():
        token = db.session.get_one(Meeting, int(street.meeting)).door_token
    street.of(2).open(f"/meetings/{street.meeting}/door/{token}").tap("我到了，签到").see("回执")
    clerk.open(f"/desk/meetings/{street.meeting}").tap("录入纸质签到")
    for home in HOMES[2:]:
        clerk.choose(home.name)
    for seat in ("大修工程负责人", "施工队项目经理", "物业经理"):
        clerk.choose(seat)
    clerk.attach("签到表的照片", picture("签到表")).tap("保存签到").see("已录入 14 人签到", "13")


def they_talk(street: Street) -> None:
    """Questions and answers, then minutes that the chair and two neighbours have read."""
    clerk = street.of("clerk").open(f"/desk/meetings/{street.meeting}").tap("开会").see("会议开始")
    clerk.tap("记一个提问").choose(HOMES[5].name).fill("您想问什么", "施工时老人怎么进出？").choose("有条件")
    clerk.tap("记下").see("已记下")
    lead = street.of("works_lead").open(f"/meetings/{street.meeting}")
    lead.see("下雨天坡道滑不滑？")
    clerk.tap("答复", within="下雨天坡道滑不滑？").fill("答复", "坡面做防滑层，雨天不积水。").tap("保存答复")
    clerk.tap("答复", within="施工时老人怎么进出？").fill("答复", "保留一侧通行，夜间有灯。").tap("保存答复")
    street.later(hours=1)
    clerk = street.of("clerk").open(f"/desk/meetings/{street.meeting}").tap("结束会议").tap("结束会议").see("请写纪要")
    clerk.tap("写纪要").fill("会议情况", "施工队说明了方案和安全措施，邻居提了两个问题，都有答复。")
    clerk.fill("议定事项", "各户原则同意，等书面确认。").tap("请到会的人核对").see("这一版已请到会的人核对")
    clerk.open(f"/meetings/{street.meeting}").tap("核对纪要").choose("对，我确认").tap("提交").see("回执")
    for number in (1, 2):
        reads = street.of(number).open(f"/meetings/{street.meeting}").tap("核对纪要")
        reads.choose("对，我确认").tap("提交").see("回执")
    clerk.open(f"/desk/meetings/{street.meeting}").tap("纪要定稿").tap("纪要定稿").see("纪要已定稿")
    minutes = reading.text_of(street.phone("visitor").open(f"/meetings/{street.meeting}").fetch("会议纪要"))
    assert "坡面做防滑层" in minutes
    assert HOMES[5].name not in minutes


STEPS = (
    the_roll_comes_in,
    letters_are_printed,
    households_come_in,
    the_block_officer_writes_it_down,
    the_committee_screens_it,
    the_seats_are_heard,
    the_household_applies_in_writing,
    the_plan_is_drawn_up,
    the_lane_meets,
)
