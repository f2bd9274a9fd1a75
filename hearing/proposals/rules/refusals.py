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
    PERMITS_AWAITED = auto()
    PERMIT_NOT_YOURS = auto()
    PERMIT_SAME_PERSON = auto()
    PERMIT_PAPER_MISSING = auto()
    ONE_PERSON_TWO_SEATS = auto()
    NOT_THE_PROPOSER = auto()
    APPLICATION_DENIED = auto()
    APPLICATION_EMPTY = auto()
    LETTER_NEEDS_WORDS = auto()
    MERGE_TARGET_MISSING = auto()
    SECOND_LOOK_ANSWERED = auto()
    SEAT_GIVES_NO_OPINION = auto()
    OPINION_ASKED_ALREADY = auto()
    OPINION_GIVEN = auto()
    PLAN_DRAFT_CHANGED = auto()
    SHARES_EXCEED_BUDGET = auto()
    CHANGE_UNDECIDED = auto()
    CHANGE_PUT_ALREADY = auto()
    SEAT_SPOKE_ALREADY = auto()
    CONTESTED_ALREADY = auto()
    CONTEST_WORDING_ONLY = auto()
    CONSENT_DECIDED = auto()


SENTENCES: dict[Refusal, str] = {
    Refusal.PERMITS_AWAITED: N_("还有%(n)s项书面许可没有拿到，不能公示。请看方案页上列出的是哪几项。"),
    Refusal.PERMIT_NOT_YOURS: N_("方案用到的这一处不是您名下的，不能由您许可。请由产权人本人来办。"),
    Refusal.PERMIT_SAME_PERSON: N_("这份书面许可是您录入的。请另一位工作人员对照原件复核。"),
    Refusal.PERMIT_PAPER_MISSING: N_("请先拍下业主签了名的书面许可，再录入。"),
    Refusal.APPLICATION_DENIED: N_("这一户说这份申请不是自己提的，正在核实。请等核实有了结果再办下一步。"),
    Refusal.PROPOSAL_ELSEWHERE: N_("提案已经到了下一步，这一步没有办。请刷新页面查看现在轮到谁。"),
    Refusal.REASON_MISSING: N_("请写明理由，提案人会看到。"),
    Refusal.REJECTION_NOT_LISTED: N_("不予受理只能用列出的理由。请从列表里选一条，或者退回补充。"),
    Refusal.LOOKED_AGAIN_ALREADY: N_("理事会已经复议过一次，不能再提。可以补充内容后提交新的提案。"),
    Refusal.PLAN_INCOMPLETE: N_("方案还缺%(n)s项，不能定稿。请按清单补齐。"),
    Refusal.PLAN_UNCHANGED: N_("这一版和上一版内容相同，没有生成新版本。请先修改再保存。"),
    Refusal.CONSENTS_NOT_PASSED: N_("还有%(n)s项意愿征询没有达到通过线，不能公示。请等征询有了结果再办。"),
    Refusal.ONE_PERSON_TWO_SEATS: N_("理事和法律顾问要由两个人分别判断。请另一位来办。"),
    Refusal.NOT_THE_PROPOSER: N_("这一步要由提案人自己来办。需要帮忙，请打居委会电话。"),
    Refusal.APPLICATION_EMPTY: N_("四个问题都要写一句，居委会才好办。请把空着的补上。"),
    Refusal.LETTER_NEEDS_WORDS: N_("手写的申请要照着打一遍，两样一起保存。请把纸上的字补上。"),
    Refusal.MERGE_TARGET_MISSING: N_("没有找到要并入的提案。请核对编号，只能并入本居民区已受理的提案。"),
    Refusal.SECOND_LOOK_ANSWERED: N_("理事会已经答复过这次复议。请刷新页面查看。"),
    Refusal.SEAT_GIVES_NO_OPINION: N_("这个席位不出具意见。请从列表里选一个。"),
    Refusal.OPINION_ASKED_ALREADY: N_("已经请这个席位提意见，还没有回复。请等回复后再问。"),
    Refusal.OPINION_GIVEN: N_("这份意见已经提交，不能再改。要补充，请居委会再征求一次。"),
    Refusal.PLAN_DRAFT_CHANGED: N_("同事刚保存过这份方案，您的内容还没有存。请对照最新的内容再保存一次。"),
    Refusal.SHARES_EXCEED_BUDGET: N_("每户分摊加起来比预算多。请核对金额。"),
    Refusal.CHANGE_UNDECIDED: N_("这次改动还没有经理事和法律顾问两个人判断。请先送他们判断，再定稿。"),
    Refusal.CHANGE_PUT_ALREADY: N_("这次改动已经送出判断。请等理事和法律顾问的意见。"),
    Refusal.SEAT_SPOKE_ALREADY: N_("这一席位已经对这次改动作过判断，不能再改。请刷新页面查看。"),
    Refusal.CONTESTED_ALREADY: N_("这一版的改动已经提过一次异议，不能再提。请等处理结果。"),
    Refusal.CONTEST_WORDING_ONLY: N_("这一版本来就要重新确认，不用再提异议。"),
    Refusal.CONSENT_DECIDED: N_("这项征询已经有了结果，没有再改。请刷新页面查看。"),
}
