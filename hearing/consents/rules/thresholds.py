"""Thresholds: the lines of the law that a consent collection must reach, as whole-number ratios with their source.

“以上” includes the number itself, “过半数” does not (Civil Code §1259): exactly 2/3 passes, exactly 1/2 fails.
"""

from dataclasses import dataclass
from enum import StrEnum, auto

from hearing.places.rules import Capacity
from hearing.proposals.rules import Preset
from hearing.refusal import N_


@dataclass(frozen=True)
class Line:
    """A ratio to reach; `strict` when the ratio itself is not enough (过半数)."""

    numerator: int
    denominator: int
    strict: bool = False

    def reached(self, part: int, whole: int) -> bool:
        """Whether `part` of `whole` reaches the line, by cross-multiplication. Of nothing no line is reached."""
        if whole <= 0:
            return False
        if self.strict:
            return self.denominator * part > self.numerator * whole
        return self.denominator * part >= self.numerator * whole

    def needed(self, whole: int) -> int:
        """The least whole number that reaches the line: heads, or 1/100 m²."""
        if self.strict:
            return self.numerator * whole // self.denominator + 1
        return -(-self.numerator * whole // self.denominator)


class Base(StrEnum):
    """Of whom the agreeing part is taken: of the whole roll, or of those who take part."""

    ALL = auto()
    PART = auto()


@dataclass(frozen=True)
class ThresholdRule:
    """One version of one preset. `words` is the preview in plain words, with `%(n)s` for the number of heads.

    `turnout` is asked of the whole roll, `agreement` of `agreement_of`. Where `counts_area` is set, both the heads and
    the area must reach every line. `capacities` are those who may stand on the roll.
    """

    preset: Preset
    version: int
    label: str
    words: str
    source: str
    turnout: Line | None
    agreement: Line
    agreement_of: Base
    counts_area: bool
    capacities: frozenset[Capacity]


RULES: dict[Preset, ThresholdRule] = {
    rule.preset: rule
    for rule in (
        ThresholdRule(
            preset=Preset.UNANIMOUS_LESSEES,
            version=1,
            label=N_("全体承租人一致"),
            words=N_("全体%(n)s户同意"),
            source="上海市房屋租赁条例第二十一条、第二十二条",
            turnout=None,
            agreement=Line(1, 1),
            agreement_of=Base.ALL,
            counts_area=False,
            capacities=frozenset({Capacity.LESSEE}),
        ),
        ThresholdRule(
            preset=Preset.CC278_MAJOR,
            version=1,
            label=N_("双三分之二、双四分之三"),
            words=N_("双三分之二参与、双四分之三同意（全体%(n)s户，人数和面积都要达到）"),
            source="民法典第二百七十八条第一款第六项至第八项、第二款",
            turnout=Line(2, 3),
            agreement=Line(3, 4),
            agreement_of=Base.PART,
            counts_area=True,
            capacities=frozenset(Capacity),
        ),
        ThresholdRule(
            preset=Preset.CC278_ORDINARY,
            version=1,
            label=N_("双过半"),
            words=N_("双三分之二参与、双过半同意（全体%(n)s户，人数和面积都要达到）"),
            source="民法典第二百七十八条第一款第一项至第五项、第九项、第二款",
            turnout=Line(2, 3),
            agreement=Line(1, 2, strict=True),
            agreement_of=Base.PART,
            counts_area=True,
            capacities=frozenset(Capacity),
        ),
    )
}
