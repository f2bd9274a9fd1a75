"""安和里12号, first part: from the first idea to a plan whose money adds up, an evening or an office hour at a time."""

from __future__ import annotations

import io
import re
import tempfile
from pathlib import Path
from typing import NamedTuple

import openpyxl

from tests.journeys.neighbour import Street
from tests.journeys.ramp import Home, comes_in, comes_in_quickly, picture
from tests.people import steps as door
from tests.places import rolls
from tests.printing import reading

ESTATE, HOUSE = "安和里", "安和里12号"
ROLL = rolls.both("anheli-12.xlsx", rolls.stairs())[-1]
"""The house's own roll where it is at hand, otherwise one just like it."""
TITLE = "安和里12号加装电梯"
COUPLE = "301"
TWO_FLATS = ("401", "501")
SELLER, WAIVER, OBJECTOR, ASKER, ACCOUNTS = "202", "502", "102", "601", "402"
"""The doors of those to whom something happens: who sells, who will not pay, who fears, who asked first, who counts."""
WALKING = (COUPLE, TWO_FLATS[0], SELLER, WAIVER, OBJECTOR, ASKER)
"""Who walk through their browsers; the others come and answer without a screen."""


class Flat(NamedTuple):
    """A flat of the roll."""

    door: str
    names: tuple[str, ...]
    phone: str

    @property
    def home(self) -> Home:
        """Its first owner, as somebody who comes in."""
        return Home(self.names[0], self.phone, "", self.door)


def flats() -> dict[str, Flat]:
    """The flats by their doors, in the order of the roll."""
    sheet = openpyxl.load_workbook(io.BytesIO(ROLL)).active
    assert sheet is not None
    rows = [row for row in sheet.iter_rows(values_only=True) if isinstance(row[0], int)]
    return {str(row[3]): Flat(str(row[3]), tuple(str(row[6]).split("、")), str(row[7])) for row in rows}


FLATS = flats()
OWNERS = tuple(door for door in FLATS if door != TWO_FLATS[1])
"""One door for each head: who owns two flats comes in once."""
LINES = "1层 0\n2层 10\n3层 15\n4层 20\n5层 25\n6层 30"
PLAN = {
    "名称": TITLE,
    "方案说明": "在北侧楼梯间外加装一台电梯，停二至六层半平台。",
    "位置": "安和里12号北侧",
    "尺寸": "井道 2.2 米 × 2.4 米，轿厢载重 630 千克",
    "预算": "电梯和井道 560000\n基础和连廊 140000",
    "安全说明": "施工时保留单元门通行，围挡高 2 米，夜间有灯。",
    "采光与通行": "井道距北窗 3 米，一层入户不受影响。",
    "实施单位": "加装电梯事务所",
    "长效管护": "本幢业主，每台每月 420 元",
    "受影响的住户和单位": "安和里12号 12 户业主",
    "步骤": "征询 → 公示 → 立项 → 审批 → 施工 → 启用",
}
CLEARER = {
    "方案说明": "在北侧楼梯间外加装一台电梯，停二至六层半平台，井道改为透明玻璃。",
    "预算": "电梯和透明井道 580000\n基础和连廊 140000",
    "采光与通行": "井道距北窗 3 米，透明玻璃；冬至日 102 室北窗日照 118 分钟。",
}
"""What the second version alters."""
FIRST_SHARES = ("2.1万元", "3.15万元", "4.2万元", "5.25万元", "6.3万元")
SECOND_SHARES = ("2.2万元", "3.3万元", "4.4万元", "5.5万元", "6.6万元")
WAIVED_SHARES = ("2.4万元", "3.6万元", "4.8万元", "6万元", "7.2万元")
"""What a flat of floors 2 to 6 pays: of 42万, of 44万, and of 42万 when one flat of the fifth floor pays nothing."""


# 1. The house comes in


def the_roll_comes_in(street: Street) -> None:
    """One clerk uploads the roll, a second one approves it."""
    clerk = street.of("clerk").tap("户册").tap("导入", within=ESTATE)
    file = Path(tempfile.mkdtemp()) / "anheli-12.xlsx"
    file.write_bytes(ROLL)
    clerk.attach("户册表格", file).tap("上传，看对照表").see("新增 12 户", "还没有导入")
    second = street.of("second_clerk").tap("户册").tap("复核户册导入").tap("去复核")
    second.choose("我已经把这张对照表").tap("复核无误，导入").see("12")


def owners_come_in(street: Street) -> None:
    """Each with the letter of her own flat; of the couple both, the husband's papers are looked at by the office."""
    letters = printed_letters(street)
    for number, flat in enumerate(OWNERS):
        street.letters[number] = letters[flat]
        home = FLATS[flat].home
        if flat in WALKING:
            comes_in(street, number, home, "产权人")
        else:
            comes_in_quickly(street, number, home, "owner")
        street.knows(flat, home.phone)
        street.phones[flat] = street.phones.pop(number, street.phone(flat))
    the_husband_comes_in(street, letters[COUPLE])


def printed_letters(street: Street) -> dict[str, str]:
    """The household codes by door, as they stand on the printed letters."""
    clerk = street.of("clerk").open("/desk").tap("打印").choose(HOUSE)
    found = {}
    for page in reading.reader(clerk.download("印这些信（PDF）")).pages:
        text = "".join(page.extract_text().split())
        code = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2}", text)
        assert code, text
        found[next(door for door in FLATS if f"{door}室" in text or f"{HOUSE}{door}" in text)] = code[0]
    assert len(found) == len(FLATS) == 12
    return found


HUSBAND_PHONE = "14100777301"


def the_husband_comes_in(street: Street, code: str) -> None:
    """The register has only her number: he comes in with the letter, and the office looks at the title deed."""
    name = FLATS[COUPLE].names[1]
    phone = street.phone("husband").open("/").tap("登录，为我家表态").tap("我有信，第一次登录")
    phone.fill("信上的户码", code).tap("继续").fill("手机号", HUSBAND_PHONE).tap("发验证码")
    phone.fill("短信里的 6 位数字", door.code_for(street.live.app, HUSBAND_PHONE)).tap("继续")
    phone.fill("您的姓名", name).choose("产权人").tap("完成")
    street.knows("husband", HUSBAND_PHONE)


def the_office_knows_the_husband(street: Street) -> None:
    """The clerk looks at the title deed and links him to his line of the register."""
    name = FLATS[COUPLE].names[1]
    clerk = street.of("clerk").open("/desk/members").tap("看证件，核对").choose(name).choose("产权证")
    clerk.tap("核对无误").see("回执")
    street.of("husband").open("/me").see("可以代表本户表态")


# 2. From the idea to the plan


def a_neighbour_asks(street: Street) -> None:
    """The idea comes from the sixth floor: four questions, a photo, sent."""
    asks = street.of(ASKER).open("/").tap("提个建议").tap("开始")
    asks.fill("遇到了什么问题？", "六楼的老人下楼要歇三次，看病、买菜都难。").tap("下一步")
    asks.fill("在哪里？", HOUSE).attach("拍一张给大家看", picture("楼梯")).tap("下一步")
    asks.fill("您希望怎么改？", "在北侧加装一台电梯。").tap("下一步")
    asks.fill("改好以后，谁来照看？", "本幢业主一起出电费和维保费。").tap("去核对").tap("提交").see("回执")


def the_committee_accepts(street: Street) -> None:
    """Taken up, accepted, put into public words."""
    clerk = street.of("clerk").open("/desk").tap("去办").tap("开始初审").choose("受理，开始协商")
    clerk.fill("公开的名称", TITLE).fill("公开的说明", "六层住宅没有电梯，提议在北侧加装一台。")
    clerk.tap("提交初审决定").see("协商中")
    street.case = clerk.path.rpartition("/")[2]


def the_lawyer_is_heard(street: Street) -> None:
    """No lift without a legal opinion: which roll, which line, whose money."""
    street.of("clerk").tap("请席位提意见").choose("法律顾问").fill("想请他们看什么？", "要问哪些业主，什么比例？")
    street.of("clerk").tap("发出").see("对方会收到通知")
    asked = street.of("legal_adviser").open("/desk").tap("去办").choose("有条件支持")
    asked.fill("说明", "只用本幢共有部分，按民法典第二百七十八条由本幢业主共同决定。").tap("提交意见").see("回执")
    street.of(ASKER).open("/me").tap("我的建议").tap(TITLE).tap("交书面申请").attach(
        "手写申请的照片", picture("申请")
    ).fill("申请的内容", "申请在安和里12号北侧加装电梯。").tap("递交申请").see("回执")


def the_plan_is_drawn_up(street: Street) -> None:
    """Texts, drawing, and the money: 70万, 28万 of it paid by the city, 42万 by floors."""
    clerk = street.of("clerk").open(f"/desk/proposals/{street.case}").tap("拟定方案").see("还缺").tap("改方案文字")
    write(street, PLAN)
    clerk.choose("加装电梯：只涉及本幢共有部分").choose(HOUSE).tap("保存草稿").see("方案草稿已保存")
    clerk.tap("加图纸").attach("图纸或照片", picture("电梯", "井道")).tap("加上")
    clerk.see("要写的都写了").tap("按楼层分摊").fill("补贴占总价的比例", "40%").fill("补贴最多", "280000")
    clerk.fill("约定的比例", "2层 1e3").tap("算出每户分摊").see("1e3")
    clerk.fill("约定的比例", LINES).fill("根据什么约定的", "5月3日楼组会议定").tap("算出每户分摊")
    clerk.see("420,000.00", "280,000.00", *("21,000.00", "31,500.00", "42,000.00", "52,500.00", "63,000.00"))
    clerk.tap("改分摊").fill("约定的比例", f"{LINES}\n{WAIVER} 不出资").tap("算出每户分摊")
    clerk.see("420,000.00", *("24,000.00", "36,000.00", "48,000.00", "60,000.00", "72,000.00"))
    clerk.tap("改分摊").fill("约定的比例", LINES).tap("算出每户分摊").see("63,000.00").tap("回到定稿前检查")
    clerk.tap("定稿").see("回执")


def write(street: Street, words: dict[str, str]) -> None:
    """Type these texts into the plan that is on the clerk's screen."""
    for label, text in words.items():
        street.of("clerk").fill(label, text)


def the_manager_permits(street: Street) -> None:
    """The property manager's yes is a permit of its own, beside everybody's consent."""
    manager = street.of("property_manager").open("/desk").tap("去办").see("书面答复").choose("同意")
    manager.fill("说明", "同意接电接水。").tap("提交书面答复").see("回执")


def a_neighbour_fears_for_her_light(street: Street) -> None:
    """Said without being named; measured by who is asked to; she says herself whether it is settled."""
    fears = street.of(OBJECTOR).open(f"/cases/{street.case}").tap("我有顾虑").choose("采光")
    fears.fill("具体担心什么？", "北窗会不会被井道挡住？").attach("照片", picture("北窗")).tap("提交").see("回执")
    name = FLATS[OBJECTOR].names[0]
    street.phone("visitor").open(f"/cases/{street.case}").see("还有 1 条没有解决", "采光 1").miss(name)
    clerk = street.of("clerk").open("/desk/concerns").tap("去答复").tap("请别人答复").choose("工程")
    clerk.tap("发出").see("已请")
    lead = street.of("works_lead").open("/desk/concerns").miss(name).tap("去答复")
    lead.fill("答复", "量过了，冬至日照够。").tap("提交答复").see("至少要有一样")
    lead.fill("量出来的数", "冬至日照 118 分钟\n井道到北窗 3.00 米").attach("照片、日照图", picture("日照"))
    lead.tap("提交答复").see("答复已记下")


STEPS = (
    the_roll_comes_in,
    owners_come_in,
    the_office_knows_the_husband,
    a_neighbour_asks,
    the_committee_accepts,
    the_lawyer_is_heard,
    the_plan_is_drawn_up,
    the_manager_permits,
    a_neighbour_fears_for_her_light,
)
