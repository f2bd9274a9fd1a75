"""Why a step of a lift, or a change of its building group, was refused, and the sentence that says so."""

from enum import StrEnum, auto

from hearing.refusal import N_


class Refusal(StrEnum):
    """Why a step after the consent was refused."""

    WORKS_NOT_A_LIFT = auto()
    WORKS_NOT_APPROVED = auto()
    WORKS_BEGUN = auto()
    STAGE_OUT_OF_TURN = auto()
    STAGE_FOLLOWED = auto()
    MONEY_NOT_AGREED = auto()
    PAPERS_MISSING = auto()
    PAPER_WITHOUT_NUMBER = auto()
    PAPER_KNOWN = auto()
    PAPER_CARRIES_STAGE = auto()
    PHOTOS_MISSING = auto()
    PHOTOS_CARRY_STAGE = auto()
    ENTRY_UNPROVEN = auto()
    ENTRY_EMPTY = auto()
    ENTRY_AHEAD = auto()
    ENTRY_TOO_EARLY = auto()
    ENTRY_CORRECTED = auto()
    CORRECTION_UNREASONED = auto()
    CORRECTION_SAME = auto()
    GROUP_WITHOUT_LEADER = auto()
    GROUP_INCOMPLETE = auto()
    GROUP_NOT_A_HOUSEHOLD = auto()
    GROUP_SEAT_HELD = auto()
    GROUP_OFFICE_TAKEN = auto()
    GROUP_ACCOUNTS_ALONE = auto()
    GROUP_SIGNS_FOR_BOTH = auto()
    GROUP_SEAT_ENDED = auto()
    GROUP_DAY_BEFORE_START = auto()
    GROUP_UNREASONED = auto()


SENTENCES: dict[Refusal, str] = {
    Refusal.WORKS_NOT_A_LIFT: N_("这件事不是加装电梯，没有办理阶段。请回到这件事的页面。"),
    Refusal.WORKS_NOT_APPROVED: N_("方案还没有通过，或者已经中止，现在不能登记。请先把这件事办到“已通过”。"),
    Refusal.WORKS_BEGUN: N_("电梯已经立项，提案不能再撤回。要停下来，请居委会办理中止。"),
    Refusal.STAGE_OUT_OF_TURN: N_("各阶段要一步一步来，现在还轮不到这一步。请刷新页面，看办到哪里了。"),
    Refusal.STAGE_FOLLOWED: N_("后面的阶段已经登记，这一步不能先撤销。请从最后一步撤起。"),
    Refusal.MONEY_NOT_AGREED: N_("方案里没有写各户怎样出钱，不能立项。请先在方案里定好费用分摊。"),
    Refusal.PAPERS_MISSING: N_("进入这一阶段还缺 %(n)d 样材料。请先登记文号、传上文件，再进入。"),
    Refusal.PAPER_WITHOUT_NUMBER: N_("还没有写文号。没有文号的，请写“免办”和依据。"),
    Refusal.PAPER_KNOWN: N_("这个文号已经登记过。请刷新页面查看。"),
    Refusal.PAPER_CARRIES_STAGE: N_("已经进入的阶段要靠这份材料，不能撤销。写错了，请改成正确的文号。"),
    Refusal.PHOTOS_MISSING: N_("启用要有施工前和完工后的照片，各至少一张。请补上照片。"),
    Refusal.PHOTOS_CARRY_STAGE: N_("电梯已经启用，至少要留一张施工前和一张完工后的照片。请先补上新的，再撤销。"),
    Refusal.ENTRY_UNPROVEN: N_("每一步都要有凭证。请传一份文件或者照片。"),
    Refusal.ENTRY_EMPTY: N_("还没有选照片。请至少选一张。"),
    Refusal.ENTRY_AHEAD: N_("日期不能在今天以后。请写实际发生的那一天。"),
    Refusal.ENTRY_TOO_EARLY: N_("日期不能早于前一步的 %(day)s。请核对日期。"),
    Refusal.ENTRY_CORRECTED: N_("这一条已经更正过。请刷新页面，在最新的那一条上更正。"),
    Refusal.CORRECTION_UNREASONED: N_("请写明为什么更正，大家会看到更正过。"),
    Refusal.CORRECTION_SAME: N_("和原来登记的一样，没有更正。请改动以后再提交。"),
    Refusal.GROUP_WITHOUT_LEADER: N_("自治管理小组还没有组长，不能立项。请先登记组长。"),
    Refusal.GROUP_INCOMPLETE: N_("开工前，自治管理小组要有组长、财务、监督各一人。请先登记齐。"),
    Refusal.GROUP_NOT_A_HOUSEHOLD: N_("这个人现在不是这幢（单元）的住户。小组成员要从住户里选，请重新选。"),
    Refusal.GROUP_SEAT_HELD: N_("这个人已经在这个职务上。请刷新页面查看。"),
    Refusal.GROUP_OFFICE_TAKEN: N_("这个职务只能有一个人，现在有人在任。请先登记原来的人卸任。"),
    Refusal.GROUP_ACCOUNTS_ALONE: N_("管账的人不能兼别的职务。请选另一个人，或者先登记卸任。"),
    Refusal.GROUP_SIGNS_FOR_BOTH: N_("管账和监督不能是一家人：一家人不能两头签字。请从另一户选。"),
    Refusal.GROUP_SEAT_ENDED: N_("这个职务已经卸任。请刷新页面查看。"),
    Refusal.GROUP_DAY_BEFORE_START: N_("卸任日期不能早于就任的 %(day)s。请核对日期。"),
    Refusal.GROUP_UNREASONED: N_("请写明为什么变动。"),
}
