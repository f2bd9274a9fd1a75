"""The ramp, tenth step: thirteen households confirm in writing, with all that comes between."""

from __future__ import annotations

import base64
import io
import json
from datetime import datetime, timedelta

from PIL import Image, ImageDraw
from sqlalchemy import select

from hearing import clock
from hearing.consents.models import ConsentCollection, PaperSlip
from hearing.db import db
from hearing.notices.rules import beijing_day
from tests.journeys.neighbour import Neighbour, Street
from tests.journeys.ramp import HOMES, LANE, PLAN, TITLE, picture
from tests.people import steps as door
from tests.printing import reading

HELPED, CHANGED_MIND, DIED, ABROAD = 2, 4, 9, 12
HEIR = ("卫小妹", "14100669799")
"""Who lives with the lessee that died: her name and her own phone."""
MOST_TAPS = 6
"""From the home page to the receipt."""
STROKES = json.dumps([{"points": [{"x": 20, "y": 40, "time": 3, "pressure": 0.5}, {"x": 90, "y": 70, "time": 9}]}])
SAFER = {
    "方案说明": f"{PLAN['方案说明']}两侧加装扶手，坡面加防滑条。",
    "预算": f"{PLAN['预算']}\n不锈钢扶手 3200",
    "安全说明": f"{PLAN['安全说明']}两侧扶手高 0.85 米。",
}


def the_plan_is_fixed(street: Street) -> None:
    """Version one stands, and the property manager agrees to it in writing."""
    street.of("clerk").open(f"/desk/proposals/{street.case}").tap("拟定方案").tap("定稿").see("回执")
    manager_agrees(street, "同意改造。")


def manager_agrees(street: Street, words: str) -> None:
    """The owner's side says yes to the version that stands."""
    manager = street.of("property_manager").open("/desk").tap("去办").see("书面答复").choose("同意")
    manager.fill("说明", words).tap("提交书面答复").see("回执")


def the_roll_is_shown(street: Street) -> None:
    """Terms first, then the roll: each household sees its own line, and one asks to have it looked at."""
    set_up(street)
    asks = street.of(HELPED).open("/").tap(TITLE).tap("核对我家的一行").see(HOMES[HELPED - 1].name)
    asks.miss(HOMES[0].name).fill("哪里不对？", "面积好像少写了一点。").tap("提出更正").see("回执")
    clerk = street.of("clerk").open(f"/desk/consents/{street.collection}").see("还有 1 条更正没处理")
    clerk.tap("看名册、处理更正").tap(HOMES[HELPED - 1].where).choose("没有误：名册不改")
    clerk.fill("答复这一户", "已与租用凭证核对，面积是 16.20 平方米。").tap("答复这条更正").see("不更正")
    freeze(street)


def set_up(street: Street) -> None:
    """The clerk fixes the terms, and shows the roll."""
    clerk = street.of("clerk").open(f"/desk/proposals/{street.case}").tap("办理意愿征询").tap(TITLE)
    clerk.see("全体").choose("翁玉梅").tap("设定好，下一步公布名册")
    street.collection = clerk.path.rpartition("/")[2]
    clerk.tap("公布名册").tap("公布名册").see("回执")


def freeze(street: Street) -> None:
    """Three full days later the roll is fixed, and answering begins."""
    street.later(days=4)
    clerk = street.of("clerk").open(f"/desk/consents/{street.collection}").tap("定名册，开始征询")
    clerk.tap("定名册并开始").see("回执")


def households_sign(street: Street) -> None:
    """On the phone, with a finger; without JavaScript with a photo of the signed paper and the name typed."""
    first = street.of(1).open("/").see("待我办理")
    signs(first.tap(TITLE), HOMES[0].name)
    assert first.taps <= MOST_TAPS, f"{first.taps} taps to sign"
    first.tap("回到这件事").see("1 / 13", "还差 12 户").miss("同意1户")
    for number in (HELPED, CHANGED_MIND):
        signs(street.of(number).open(f"/consents/{street.collection}"), HOMES[number - 1].name)
    for number in (3, 5, 6, 7, 8):
        sign_quickly(street, number)
    street.phone("visitor").open(f"/cases/{street.case}").see("8 / 13", "还差 5 户")


def signs(phone: Neighbour, name: str) -> None:
    """From the case, or from her own list of what is to be done, to the receipt."""
    if "/answer" not in phone.path:
        phone.tap("去重新确认" if phone.page.get_by_text("去重新确认").count() else "去表态")
    phone.choose("同意")
    if phone.script:
        phone.sign()
    else:
        phone.fill("打上您的名字", name).attach("拍一张您签了名的纸", picture(name))
    phone.tap("下一步：核对").see("还没提交", "您的意见", "同意").tap("签署同意书").see("已收到")


def sign_quickly(street: Street, number: int) -> None:
    """The same two forms without a screen."""
    browser = street.quickly(number)
    answer = f"/consents/{street.collection}/answer"
    drawn = {"answer": "agree", "strokes": STROKES, "signature": drawing(number)}
    assert browser.submit(answer, drawn).status_code == 303
    signed = browser.submit(f"{answer}/check", field="draft", follow=True)
    assert "回执" in signed.text, signed.text[-2000:]


def drawing(seed: int) -> str:
    """A signature as the pad sends it, a different one for each household."""
    image = Image.new("RGBA", (300, 120))
    ImageDraw.Draw(image).line([(10, 10 + seed * 6), (150, 110 - seed * 5), (280, 20)], fill=(0, 0, 0, 255), width=4)
    file = io.BytesIO()
    image.save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def one_changes_her_mind(street: Street) -> None:
    """She takes her answer back, sleeps on it, and signs again; both stay on record, the last one counts."""
    street.later(days=1)
    phone = street.of(CHANGED_MIND).open(f"/consents/{street.collection}").tap("看我家的表态").tap("撤回表态")
    phone.see("没有表态").tap("撤回表态").see("已收到")
    street.phone("visitor").open(f"/cases/{street.case}").see("7 / 13")
    street.later(days=1)
    signs(street.of(CHANGED_MIND).open(f"/consents/{street.collection}"), HOMES[CHANGED_MIND - 1].name)
    phone.open(f"/consents/{street.collection}/mine").see("现在算数", "不再算数")
    street.phone("visitor").open(f"/cases/{street.case}").see("8 / 13")


def one_asks_first(street: Street) -> None:
    """Asking is no answer; the committee calls, and writes down what it said."""
    asks = street.of(ABROAD).open(f"/consents/{street.collection}").tap("去表态").choose("想先问一问")
    asks.tap("下一步：核对").fill("您想问什么？", "扶手会不会挡住阁楼的自行车？").tap("请居委会联系我").see("已收到")
    clerk = street.of("clerk").open(f"/desk/consents/{street.collection}").tap("答复先问一问的户")
    clerk.tap(HOMES[ABROAD - 1].where).fill("答复内容", "现在没有扶手；要加，会请大家重新确认。")
    clerk.tap("记下答复").see("已答复")


def a_lessee_has_died(street: Street) -> None:
    """Nobody answers for the dead: the unit waits until the lessor names the new lessee, who then signs herself."""
    home = HOMES[DIED - 1]
    clerk = street.of("clerk").open(f"/desk/consents/{street.collection}").tap("看每一户").tap(home.door)
    clerk.tap("暂时不能表态").choose("表态人去世").choose(home.name).fill("哪一天", day(street))
    clerk.fill("情况说明", "承租人去世，家属正在办理更户。").attach("证明材料", picture("死亡证明"))
    clerk.tap("登记：暂时不能表态").see("已收到")
    street.of(DIED).open(f"/consents/{street.collection}/answer").see("现在不能表态", "等待过户或更户")
    street.phone("visitor").open(f"/cases/{street.case}").see("有 1 户在等待过户、更户或核实").miss(home.name)
    heir_comes_in(street)
    clerk = street.of("clerk").open(f"/desk/consents/{street.collection}").tap("看每一户").tap(home.door)
    clerk.tap("更户、过户").fill("姓名", HEIR[0]).fill("手机号", HEIR[1]).fill("哪一天", day(street))
    clerk.choose("单独所有").fill("情况说明", "出租人书面同意更户。").attach("证明材料", picture("同意更户"))
    clerk.tap("登记新的表态人").see("已收到")
    signs(street.of("heir").open(f"/consents/{street.collection}"), HEIR[0])


def heir_comes_in(street: Street) -> None:
    """The co-resident comes in with the household's letter and her own phone; so far she may read, not answer."""
    phone = street.phone("heir").open("/").tap("登录，为我家表态").tap("我有信，第一次登录")
    phone.fill("信上的户码", street.letters[DIED]).tap("继续").fill("手机号", HEIR[1]).tap("发验证码")
    phone.fill("短信里的 6 位数字", door.code_for(street.live.app, HEIR[1])).tap("继续")
    phone.fill("您的姓名", HEIR[0]).choose("家属").tap("完成").see("表态由承租人或产权人来做")
    street.knows("heir", HEIR[1])
    phone.open(f"/consents/{street.collection}/answer").see("居委会电话")


def a_slip_comes_by_mail(street: Street) -> None:
    """The household abroad signs on paper: printed, photographed, read in by two clerks who do not see each other."""
    clerk = street.of("clerk").open(f"/desk/consents/{street.collection}").tap("打印和清点征询单").tap("打印征询单")
    clerk.choose(LANE).tap("给选中的户各打印一张")
    printed = reading.text_of(clerk.fetch("第 1 次打印，第 1 份"))
    assert TITLE in printed
    code = slip_code(street)
    assert code.upper() in printed.upper().replace("-", "")
    street.later(days=2)
    for number, reader in enumerate(("clerk", "second_clerk")):
        phone = street.of(reader).open("/desk/consents").tap("录入纸质征询单")
        phone.fill("征询单编号", code).tap("找这张征询单")
        if number == 0:
            phone.attach("拍下原件", picture("征询单", "同意")).choose("邮寄")
            phone.fill("收件章上的日期", day(street)).fill("收件时间", "00:30")
        else:
            phone.see("您看不到第一位填了什么")
        phone.choose(HOMES[ABROAD - 1].name).choose("同意").fill("表上写的签名日期", day(street))
        phone.tap("录入" if number == 0 else "复核录入").see("已收到")
    phone = street.of("clerk").open("/desk/consents").tap("录入纸质征询单").fill("征询单编号", code)
    phone.tap("找这张征询单").see("不能再录")
    street.of(ABROAD).open(f"/consents/{street.collection}/mine").see("现在算数", "邮寄")


def slip_code(street: Street) -> str:
    """What stands at the foot of the printed slip of the household abroad."""
    with street.live.app.app_context():
        slips = db.session.scalars(select(PaperSlip).where(PaperSlip.collection_id == int(street.collection)))
        return next(slip.code for slip in slips if slip.unit.door == HOMES[ABROAD - 1].door)


def the_plan_changes(street: Street) -> None:
    """A handrail: it costs money and touches safety, so everybody is asked anew and no old signature counts."""
    street.later(days=1)
    clerk = street.of("clerk").open(f"/desk/proposals/{street.case}").tap("重新协商方案")
    clerk.fill("理由", "邻居建议加扶手和防滑条").tap("重新协商").see("回执")
    clerk.open(f"/desk/proposals/{street.case}").tap("拟定方案").tap("改方案文字")
    for label, words in SAFER.items():
        clerk.fill(label, words)
    clerk.tap("保存草稿").tap("加图纸").attach("图纸或照片", picture("坡道", "扶手")).tap("加上")
    clerk.tap("送理事和法律顾问判断").fill("为什么要改？", "加扶手和防滑条，雨天更稳当").tap("送出").see("等理事判断")
    for seat in ("council_member", "legal_adviser"):
        judge = street.of(seat).open(f"/desk/proposals/{street.case}").tap("看第 2 版的改动")
        judge.choose("涉及费用或施工，需要重新确认").fill("为什么这样看", "涉及安全和费用").tap("提交判断").see(
            "已收到"
        )
    clerk.open(f"/desk/proposals/{street.case}/plan/check").tap("定稿").see("回执")
    old = street.phone("visitor").open(f"/consents/{street.collection}")
    old.see("方案已更新", "各户的表态都保存着，不再计入").open(f"/proposals/{street.case}/plans/2").see(
        "这一版改了什么"
    )
    manager_agrees(street, "同意加扶手。")


def everybody_signs_again(street: Street) -> None:
    """The second round: all thirteen, of whom many have to confirm anew."""
    set_up(street)
    freeze(street)
    street.of(1).open("/").see("待我办理").open(f"/cases/{street.case}").see("要重新确认", "0 / 13")
    for who in (1, HELPED, CHANGED_MIND, "heir", ABROAD):
        name = HEIR[0] if who == "heir" else HOMES[int(who) - 1].name
        signs(street.of(who).open(f"/consents/{street.collection}"), name)
    for number in (3, 5, 6, 7, 8, 10, 11):
        sign_quickly(street, number)
    street.phone("visitor").open(f"/cases/{street.case}").see("12 / 13", "还差 1 户")
    sign_quickly(street, 13)
    street.phone("visitor").open(f"/cases/{street.case}").see("13 / 13").check()


def the_count_is_confirmed(street: Street) -> None:
    """Closed by the clock, counted, published; one objection is answered; two people confirm, and it stands."""
    street.until(moments(street)[0] + timedelta(minutes=1))
    street.of(CHANGED_MIND).open(f"/consents/{street.collection}/answer").see("现在不能表态")
    street.until(moments(street)[1] + timedelta(minutes=1))
    clerk = street.of("clerk").open(f"/desk/consents/{street.collection}").tap("公布初步结果").see("达到")
    clerk.tap("公布初步结果").see("已收到")
    objects(street, CHANGED_MIND, f"/consents/{street.collection}", "扶手的颜色希望和弄堂协调。")
    settles(street, "扶手用深灰色，和门框一样。")
    for who in ("clerk", "scrutineer"):
        street.of(who).open(f"/desk/consents/{street.collection}").tap("确认票数").tap("票数无误，我确认").see("已收到")
    street.later(days=4)
    clerk = street.of("clerk").open(f"/desk/consents/{street.collection}").tap("结果生效").tap("结果生效").see("已收到")
    street.phone("visitor").open(f"/consents/{street.collection}").see("达到通过线").check()


def objects(street: Street, number: int, page: str, words: str) -> None:
    """A neighbour objects, checks what she wrote, and gets a receipt."""
    phone = street.of(number).open(page).tap("我要提异议").fill("您不同意哪一点", words).tap("下一步：核对")
    phone.see("还没提交").tap("提交异议").see("已收到")


def settles(street: Street, words: str) -> None:
    """The committee answers; the author reads it, the neighbours read that it was answered."""
    clerk = street.of("clerk").open("/desk/objections").tap("去处理").choose("已解决").fill("答复", words)
    clerk.tap("记下处理结果")


def moments(street: Street) -> tuple[datetime, datetime]:
    """When answering closes, and when the days of grace are over."""
    with street.live.app.app_context():
        collection = db.session.get_one(ConsentCollection, int(street.collection))
        assert collection.closes_at is not None
        return collection.closes_at, collection.closes_at + timedelta(days=collection.grace_days)


def day(street: Street) -> str:
    """Today in Beijing, as people type it."""
    with street.live.app.app_context():
        return beijing_day(clock.now()).isoformat()


STEPS = (
    the_plan_is_fixed,
    the_roll_is_shown,
    households_sign,
    one_changes_her_mind,
    one_asks_first,
    a_lessee_has_died,
    a_slip_comes_by_mail,
    the_plan_changes,
    everybody_signs_again,
    the_count_is_confirmed,
)
