"""Refusals of people: why a person cannot sign in, or not act from this seat."""

from enum import StrEnum, auto

from hearing.refusal import N_


class Refusal(StrEnum):
    """Why a sign-in or a seat was refused."""

    NOT_YOUR_SEAT = auto()
    CODE_SENT_JUST_NOW = auto()
    CODES_SPENT_TODAY = auto()
    CODE_EXPIRED = auto()
    CODE_USED = auto()
    CODE_TRIES_SPENT = auto()
    HOUSEHOLD_CODE_MISTYPED = auto()
    SESSION_OVER = auto()


SENTENCES: dict[Refusal, str] = {
    Refusal.NOT_YOUR_SEAT: N_("这一步不由您的身份办理。需要帮忙,请打居委会电话。"),
    Refusal.CODE_SENT_JUST_NOW: N_("验证码刚发出,请看一下短信。%(seconds)s 秒后可以再发一次。"),
    Refusal.CODES_SPENT_TODAY: N_("这个号码 24 小时内已发了%(n)s次验证码。请过些时候再试,或打居委会电话。"),
    Refusal.CODE_EXPIRED: N_("验证码已过期,有效时间是%(minutes)s分钟。请重新发一个。"),
    Refusal.CODE_USED: N_("这个验证码已经用过。请重新发一个。"),
    Refusal.CODE_TRIES_SPENT: N_("这个验证码已输错%(n)s次,不能再用。请重新发一个。"),
    Refusal.HOUSEHOLD_CODE_MISTYPED: N_("户码不对,可能输错了一位。请照信上的户码再输一次,横线和大小写不要紧。"),
    Refusal.SESSION_OVER: N_("您有一段时间没有操作,已自动退出。请重新登录,填过的内容还在。"),
}
