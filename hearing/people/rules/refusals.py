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
    CODE_WRONG = auto()
    HOUSEHOLD_CODE_UNKNOWN = auto()
    ACCOUNT_CLOSED = auto()
    SIGN_IN_WRONG = auto()
    SECOND_FACTOR_WRONG = auto()
    PASSWORD_TOO_SHORT = auto()
    PASSWORD_TOO_LONG = auto()
    PASSWORD_TOO_COMMON = auto()
    PASSWORD_NAMES_YOU = auto()
    INVITATION_SPENT = auto()
    PHONE_TAKEN = auto()
    SEAT_HELD = auto()
    SEAT_ENDED = auto()
    LAST_DIRECTOR = auto()
    ROLE_NOT_GRANTED = auto()
    OWN_MEMBERSHIP = auto()
    MEMBERSHIP_DECIDED = auto()
    HOLDER_ELSEWHERE = auto()
    NO_UNITS = auto()
    ONE_NEIGHBOURHOOD = auto()


SENTENCES: dict[Refusal, str] = {
    Refusal.NOT_YOUR_SEAT: N_("这一步不由您的身份办理。需要帮忙，请打居委会电话。"),
    Refusal.CODE_SENT_JUST_NOW: N_("验证码刚发出，请看一下短信。%(seconds)s 秒后可以再发一次。"),
    Refusal.CODES_SPENT_TODAY: N_("这个号码 24 小时内已发了%(n)s次验证码。请过些时候再试，或打居委会电话。"),
    Refusal.CODE_EXPIRED: N_("验证码已过期，有效时间是%(minutes)s分钟。请重新发一个。"),
    Refusal.CODE_USED: N_("这个验证码已经用过。请重新发一个。"),
    Refusal.CODE_TRIES_SPENT: N_("这个验证码已输错%(n)s次，不能再用。请重新发一个。"),
    Refusal.HOUSEHOLD_CODE_MISTYPED: N_("户码不对，可能输错了一位。请照信上的户码再输一次，横线和大小写不要紧。"),
    Refusal.SESSION_OVER: N_("您有一段时间没有操作，已自动退出。请重新登录，填过的内容还在。"),
    Refusal.CODE_WRONG: N_("验证码不对。请照短信再输一次，还可以试%(n)s次。"),
    Refusal.HOUSEHOLD_CODE_UNKNOWN: N_(
        "这个户码现在不能用：可能已经过期，或者换过新的信。请用最新一封信上的户码，或打居委会电话。"
    ),
    Refusal.ACCOUNT_CLOSED: N_("这个号码的账号已停用。请打居委会电话问一问。"),
    Refusal.SIGN_IN_WRONG: N_("手机号或密码不对，请再看一看。"),
    Refusal.SECOND_FACTOR_WRONG: N_("动态口令不对，或者刚用过。请等手机上换出下一组数字再输。"),
    Refusal.PASSWORD_TOO_SHORT: N_("密码至少要 %(n)s 个字符。可以用几个不相干的词连起来，好记又难猜。"),
    Refusal.PASSWORD_TOO_LONG: N_("密码最多 %(n)s 个字符。请改短一些。"),
    Refusal.PASSWORD_TOO_COMMON: N_("这个密码太常见，别人很容易猜到。请换一个。"),
    Refusal.PASSWORD_NAMES_YOU: N_("密码里有您的姓名或手机号，别人很容易猜到。请换一个。"),
    Refusal.INVITATION_SPENT: N_("这个邀请已经用过、过期或换过新的。请让居委会主任再发一次。"),
    Refusal.PHONE_TAKEN: N_("这个手机号已经登记在另一个账号上。请换一个号码，或打居委会电话。"),
    Refusal.SEAT_HELD: N_("这位同事已经有这个席位，没有重复添加。请核对名单。"),
    Refusal.SEAT_ENDED: N_("这个席位已经结束。请刷新页面查看。"),
    Refusal.LAST_DIRECTOR: N_("这是最后一位主任。请先请进另一位主任，再结束这个席位。"),
    Refusal.ROLE_NOT_GRANTED: N_("居民身份不由席位给，要用信上的户码登记。"),
    Refusal.OWN_MEMBERSHIP: N_("自己的登记要请另一位同事核对。"),
    Refusal.MEMBERSHIP_DECIDED: N_("这一条已经核对过了。请刷新页面查看。"),
    Refusal.HOLDER_ELSEWHERE: N_("这位不在这一户现在的户册上。请先更新户册。"),
    Refusal.NO_UNITS: N_("请至少选一个门洞。"),
    Refusal.ONE_NEIGHBOURHOOD: N_("一次只能印一个居民区的信，请分开印。"),
}
