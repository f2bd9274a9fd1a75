"""Refusals of costs: why a cost plan cannot stand as it was entered."""

from enum import StrEnum, auto

from hearing.refusal import N_


class Refusal(StrEnum):
    """Why a cost plan was refused."""

    COSTS_NOT_NOW = auto()
    COSTS_BUDGET_MISSING = auto()
    COSTS_FUNDS_EXCEED = auto()
    COSTS_NOBODY_PAYS = auto()
    COSTS_FLOOR_UNKNOWN = auto()
    COSTS_LINE_UNREADABLE = auto()
    COSTS_LINE_AMBIGUOUS = auto()
    COSTS_LINE_TWICE = auto()
    COSTS_FLOORS_MISSING = auto()
    COSTS_WEIGHTS_BY_AREA = auto()
    COSTS_AREA_MISSING = auto()
    COSTS_OUTDATED = auto()


SENTENCES: dict[Refusal, str] = {
    Refusal.COSTS_NOT_NOW: N_("方案已经定稿，分摊不能再改。要改费用，请先重新协商方案。"),
    Refusal.COSTS_BUDGET_MISSING: N_("方案里还没有预算。请先在方案里写好预算，再来分摊。"),
    Refusal.COSTS_FUNDS_EXCEED: N_("补贴和其他资金加起来比总价还多 %(yuan)s 元。请核对金额。"),
    Refusal.COSTS_NOBODY_PAYS: N_("各户要出的钱还没有人出。请至少给一层楼写上比例。"),
    Refusal.COSTS_FLOOR_UNKNOWN: N_("第 %(n)d 行的“%(text)s”不在要分摊的楼里。请照户册上的楼层或室号写。"),
    Refusal.COSTS_LINE_UNREADABLE: N_("第 %(n)d 行没看懂，请写成“3层 15”“502 不出资”“101 免出”这样。"),
    Refusal.COSTS_LINE_AMBIGUOUS: N_("第 %(n)d 行的“%(text)s”对得上几户。请连楼名一起写，例如“12号 501”。"),
    Refusal.COSTS_LINE_TWICE: N_("“%(text)s”写了两次。请只留一行。"),
    Refusal.COSTS_FLOORS_MISSING: N_("还没有写这些楼层的比例：%(floors)s。请补上，不分摊的楼层写 0。"),
    Refusal.COSTS_WEIGHTS_BY_AREA: N_("按面积分摊时不用写比例。请只写哪几户不出资、免出。"),
    Refusal.COSTS_AREA_MISSING: N_("有 %(n)d 户在户册上没有面积，不能按面积分摊。请先补面积，或者按楼层约定。"),
    Refusal.COSTS_OUTDATED: N_("费用分摊和方案里的预算、每户金额或者征询范围对不上了。请重新核算一次分摊。"),
}
