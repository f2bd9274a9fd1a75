"""安和里12号, second part: the owners decide, the plan changes, they decide again, and the lift is built."""

from __future__ import annotations

from datetime import timedelta

from tests.journeys.lift import (
    ASKER,
    CLEARER,
    COUPLE,
    FLATS,
    HOUSE,
    LINES,
    OBJECTOR,
    OWNERS,
    SELLER,
    TITLE,
    TWO_FLATS,
    WAIVER,
    write,
)
from tests.journeys.neighbour import Neighbour, Street
from tests.journeys.ramp import picture, the_evening_of
from tests.journeys.ramp_consent import STROKES, day, drawing, freeze, moments
from tests.people import steps as door

PAYS, WILL_NOT_PAY = "同意并出资", "同意但不出资"


def set_up(street: Street) -> None:
    """The clerk fixes the terms for owners who may agree without paying, and shows the roll."""
    clerk = street.of("clerk").open(f"/desk/proposals/{street.case}").tap("办理意愿征询").tap(TITLE)
    clerk.see("双三分之二参与", "12 户").choose("同意并出资、同意但不出资").choose("翁玉梅")
    clerk.tap("设定好，下一步公布名册")
    street.collection = clerk.path.rpartition("/")[2]
    clerk.tap("公布名册").tap("公布名册").see("回执")
    freeze(street)


def the_house_is_asked(street: Street) -> None:
    """Twelve flats, eleven heads: 401 and 501 are one person's."""
    set_up(street)
    street.phone("visitor").open(f"/consents/{street.collection}").see("双三分之二参与").check()


def owners_answer(street: Street) -> None:
    """Each for her own flat; who owns two answers once; of a couple both must; one agrees and pays nothing."""
    signs(street.of(ASKER).open("/").see("待我办理").tap(TITLE), PAYS)
    two = street.of(TWO_FLATS[0]).open(f"/consents/{street.collection}").tap("去表态").see("401、501", "9.45万元")
    signs(two, PAYS)
    signs(street.of(COUPLE).open(f"/consents/{street.collection}"), PAYS)
    street.of(COUPLE).open(f"/consents/{street.collection}/mine").see("等")
    signs(street.of("husband").open(f"/consents/{street.collection}"), PAYS)
    signs(street.of(WAIVER).open(f"/consents/{street.collection}"), WILL_NOT_PAY)
    signs(street.of(OBJECTOR).open(f"/consents/{street.collection}"), "不同意（反对）")
    signs(street.of(SELLER).open(f"/consents/{street.collection}"), PAYS)


def signs(phone: Neighbour, answer: str) -> None:
    """Read, choose, draw, check, sign."""
    if "/answer" not in phone.path:
        phone.tap("去重新确认" if phone.page.get_by_text("去重新确认").count() else "去表态")
    phone.choose(answer).sign().tap("下一步：核对").see("还没提交").tap("签署").see("已收到")


def nobody_sees_who_said_what(street: Street) -> None:
    """The public page has turnout by floors of three flats and more; the desk sees who has answered, not what."""
    visitor = street.phone("visitor").open(f"/consents/{street.collection}")
    visitor.miss(*(name for flat in FLATS.values() for name in flat.names)).miss("反对1户")
    clerk = street.of("clerk").open(f"/desk/consents/{street.collection}").tap("看每一户")
    clerk.see("502").miss(WILL_NOT_PAY)


def the_fear_is_talked_over(street: Street) -> None:
    """She says it is not settled; one button makes a meeting of it, and the meeting makes the shaft transparent."""
    own = street.of(OBJECTOR).open(f"/cases/{street.case}").tap("我提的第 1 条").see("118").choose("还没解决")
    own.fill("还差什么？", "井道是实墙，屋里暗。").tap("提交").see("已记下")
    clerk = street.of("clerk").open("/desk/concerns").tap("打开").tap("开协调会")
    clerk.fill("在哪里？", f"{HOUSE}门口").fill("议题", "采光怎么办，井道用什么材料。").tap("存成草稿")
    clerk.tap("核对并公告").tap("贴出公告").see("公告已贴出")
    street.meeting = clerk.path.rpartition("/")[2]
    street.until(the_evening_of(street))
    clerk = street.of("clerk").open(f"/desk/meetings/{street.meeting}").tap("录入纸质签到")
    for owner in (OBJECTOR, ASKER):
        clerk.choose(FLATS[owner].names[0])
    clerk.choose("大修工程负责人").attach("签到表的照片", picture("签到表")).tap("保存签到").see("已录入")
    clerk.open(f"/desk/meetings/{street.meeting}").tap("开会").see("会议开始")
    street.later(hours=1)
    clerk = street.of("clerk").open(f"/desk/meetings/{street.meeting}").tap("结束会议").tap("结束会议").see("请写纪要")
    clerk.tap("写纪要").fill("会议情况", "说了采光，量了数。").fill("议定事项", "井道改为透明玻璃，多 2 万元。")
    clerk.tap("请到会的人核对").see("这一版已请到会的人核对")
    for who in ("clerk", OBJECTOR, ASKER):
        street.of(who).open(f"/meetings/{street.meeting}").tap("核对纪要").choose("对，我确认").tap("提交").see("回执")
    clerk = street.of("clerk").open(f"/desk/meetings/{street.meeting}").tap("纪要定稿").tap("纪要定稿")
    clerk.see("纪要已定稿")


def the_plan_changes(street: Street) -> None:
    """72万, and 44万 to be shared: 2.20 to 6.60万; with one flat that pays nothing the sum still is 44万 to the 分."""
    clerk = street.of("clerk").open(f"/desk/proposals/{street.case}").tap("重新协商方案")
    clerk.fill("理由", "协调会议定井道改为透明玻璃").tap("重新协商").see("回执")
    clerk.open(f"/desk/proposals/{street.case}").tap("拟定方案").tap("改方案文字")
    write(street, CLEARER)
    clerk.tap("保存草稿").tap("按楼层分摊").tap("算出每户分摊")
    clerk.see("440,000.00", "280,000.00", *("22,000.00", "33,000.00", "44,000.00", "55,000.00", "66,000.00"))
    clerk.tap("改分摊").fill("约定的比例", f"{LINES}\n{WAIVER} 不出资").tap("算出每户分摊")
    clerk.see("440,000.00", "50,285.71").tap("回到定稿前检查")
    clerk.tap("送理事和法律顾问判断").fill("为什么要改？", "改透明井道，多 2 万元").tap("送出").see("等理事判断")
    for seat in ("council_member", "legal_adviser"):
        judge = street.of(seat).open(f"/desk/proposals/{street.case}").tap("看第 2 版的改动")
        judge.choose("涉及费用或施工，需要重新确认").fill("为什么这样看", "金额和采光变了").tap("提交判断").see(
            "已收到"
        )
    clerk.open(f"/desk/proposals/{street.case}/plan/check").tap("定稿").see("回执")
    street.phone("visitor").open(f"/consents/{street.collection}").see("各户的表态都保存着，不再计入")
    street.phone("visitor").open(f"/cases/{street.case}").see("多 4,142.86元")
    manager = street.of("property_manager").open("/desk").tap("去办").choose("同意")
    manager.tap("提交书面答复").see("回执")
    says = street.of(OBJECTOR).open(f"/cases/{street.case}").tap("我提的第 1 条").choose("解决了").tap("提交")
    says.see("已记下")


def they_are_asked_again(street: Street) -> None:
    """All of them, as everybody's light and money changed; the first answers are kept beside."""
    set_up(street)
    asked = street.of(ASKER).open(f"/cases/{street.case}").see("要重新确认")
    signs(asked, PAYS)
    for who in (TWO_FLATS[0], COUPLE, "husband"):
        signs(street.of(who).open(f"/consents/{street.collection}"), PAYS)
    signs(street.of(WAIVER).open(f"/consents/{street.collection}"), WILL_NOT_PAY)
    signs(street.of(OBJECTOR).open(f"/consents/{street.collection}"), "不同意（反对）")
    signs(street.of(SELLER).open(f"/consents/{street.collection}"), PAYS)


BUYER = ("丁晓岚", "14100777202")


def a_flat_is_sold(street: Street) -> None:
    """The seller's answer goes with the flat: the buyer is invited, reads what it costs her, and signs herself."""
    street.later(days=2)
    clerk = street.of("clerk").open(f"/desk/consents/{street.collection}").tap("看每一户").tap(SELLER)
    clerk.tap("更户、过户").fill("姓名", BUYER[0]).fill("手机号", BUYER[1]).fill("哪一天", day(street))
    clerk.choose("单独所有").fill("情况说明", "买卖，已办转移登记。").attach("证明材料", picture("不动产权证"))
    clerk.tap("登记新的表态人").see("已收到")
    street.of(SELLER).open(f"/consents/{street.collection}/answer").see("这一户已经转手")
    phone = street.phone("buyer").open("/").tap("登录，为我家表态").tap("我有信，第一次登录")
    code = street.letters[OWNERS.index(SELLER)]
    phone.fill("信上的户码", code).tap("继续").fill("手机号", BUYER[1]).tap("发验证码")
    phone.fill("短信里的 6 位数字", door.code_for(street.live.app, BUYER[1])).tap("继续")
    phone.fill("您的姓名", BUYER[0]).choose("产权人").tap("完成").see("可以代表本户表态")
    street.knows("buyer", BUYER[1])
    signs(phone.open(f"/consents/{street.collection}"), PAYS)


def the_others_follow(street: Street) -> None:
    """The rest answer without a screen; whoever had seven heads of eleven now has ten."""
    for number, owner in enumerate(OWNERS):
        if owner not in (ASKER, TWO_FLATS[0], COUPLE, WAIVER, OBJECTOR, SELLER):
            sign_quickly(street, owner, number)
    street.phone("visitor").open(f"/cases/{street.case}").see("11 / 11").check()


def sign_quickly(street: Street, owner: str, seed: int) -> None:
    """The same two forms without a screen."""
    browser = street.quickly(owner)
    answer = f"/consents/{street.collection}/answer"
    drawn = {"answer": "agree_pay", "strokes": STROKES, "signature": drawing(seed)}
    assert browser.submit(answer, drawn).status_code == 303
    signed = browser.submit(f"{answer}/check", field="draft", follow=True)
    assert "回执" in signed.text, signed.text[-2000:]


def the_count_is_confirmed(street: Street) -> None:
    """Closed by the clock, published, confirmed by two, final; 583.20 of 630.00 m² and 10 of 11 heads agree."""
    street.until(moments(street)[1] + timedelta(days=4))
    clerk = street.of("clerk").open(f"/desk/consents/{street.collection}").tap("公布初步结果").see("达到")
    clerk.see("583.20", "630.00").tap("公布初步结果").see("已收到")
    for who in ("clerk", "scrutineer"):
        street.of(who).open(f"/desk/consents/{street.collection}").tap("确认票数").tap("票数无误，我确认").see("已收到")
    street.later(days=4)
    clerk = street.of("clerk").open(f"/desk/consents/{street.collection}").tap("结果生效").tap("结果生效").see("已收到")
    street.phone("visitor").open(f"/consents/{street.collection}").see("达到通过线", "583.20").check()


def the_result_hangs(street: Street) -> None:
    """Ten full days on the board, then the plan stands."""
    clerk = street.of("clerk").open(f"/desk/proposals/{street.case}").tap("开始公示").see("10").tap("贴出公示")
    clerk.see("回执")
    street.later(days=11)
    street.of("clerk").open(f"/desk/proposals/{street.case}").tap("公示期满，通过方案").see("回执")


STEPS = (
    the_house_is_asked,
    owners_answer,
    nobody_sees_who_said_what,
    the_fear_is_talked_over,
    the_plan_changes,
    they_are_asked_again,
    a_flat_is_sold,
    the_others_follow,
    the_count_is_confirmed,
    the_result_hangs,
)
