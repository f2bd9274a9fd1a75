"""Refusals of proposals: why a proposal cannot take a step now."""

from enum import StrEnum, auto

from hearing.refusal import N_


class Refusal(StrEnum):
    """Why a step of a proposal was refused."""

    PROPOSAL_ELSEWHERE = auto()
    REASON_MISSING = auto()
    REJECTION_NOT_LISTED = auto()
    LOOKED_AGAIN_ALREADY = auto()
    PLAN_INCOMPLETE = auto()
    PLAN_UNCHANGED = auto()
    CONSENTS_NOT_PASSED = auto()
    ONE_PERSON_TWO_SEATS = auto()


SENTENCES: dict[Refusal, str] = {
    Refusal.PROPOSAL_ELSEWHERE: N_("提案已经到了下一步,这一步没有办。请刷新页面查看现在轮到谁。"),
    Refusal.REASON_MISSING: N_("请写明理由,提案人会看到。"),
    Refusal.REJECTION_NOT_LISTED: N_("不予受理只能用列出的理由。请从列表里选一条,或者退回补充。"),
    Refusal.LOOKED_AGAIN_ALREADY: N_("理事会已经复议过一次,不能再提。可以补充内容后提交新的提案。"),
    Refusal.PLAN_INCOMPLETE: N_("方案还缺%(n)s项,不能定稿。请按清单补齐。"),
    Refusal.PLAN_UNCHANGED: N_("这一版和上一版内容相同,没有生成新版本。请先修改再保存。"),
    Refusal.CONSENTS_NOT_PASSED: N_("还有%(n)s项意愿征询没有达到通过线,不能公示。请等征询有了结果再办。"),
    Refusal.ONE_PERSON_TWO_SEATS: N_("理事和法律顾问要由两个人分别判断。请另一位来办。"),
}
