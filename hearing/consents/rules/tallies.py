"""Tallies: heads and areas counted against the lines of a rule, in whole numbers (Civil Code §278; domain.md 4.3).

Abstaining takes part and raises the denominator; silence, a pending and a blocked unit do not take part. Nothing
turns silence into an answer.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum, auto

from hearing.consents.rules.answers import YES, Answer
from hearing.consents.rules.rolls import Roll, RollUnit
from hearing.consents.rules.thresholds import Base, Line, ThresholdRule
from hearing.proposals.rules import sha256_of
from hearing.refusal import N_


class Reason(StrEnum):
    """Why a collection passed or failed."""

    PASSED = auto()
    EMPTY_ROLL = auto()
    TURNOUT_SHORT = auto()
    AGREEMENT_SHORT = auto()
    MANAGER_REFUSED = auto()
    OBJECTION_STANDS = auto()


REASON_LABELS: dict[Reason, str] = {
    Reason.PASSED: N_("达到通过线"),
    Reason.EMPTY_ROLL: N_("名册上没有一户"),
    Reason.TURNOUT_SHORT: N_("参与的没有达到参与线"),
    Reason.AGREEMENT_SHORT: N_("同意的没有达到同意线"),
    Reason.MANAGER_REFUSED: N_("出租人或物业没有同意"),
    Reason.OBJECTION_STANDS: N_("还有异议没有解决"),
}


@dataclass(frozen=True)
class Count:
    """Heads and their area, 1/100 m²."""

    heads: int = 0
    area_centi: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(self.heads + other.heads, self.area_centi + other.area_centi)

    def __sub__(self, other: "Count") -> "Count":
        return Count(self.heads - other.heads, self.area_centi - other.area_centi)

    def short_of(self, needed: "Count") -> "Count":
        """What is lacking, never less than nothing."""
        return Count(max(0, needed.heads - self.heads), max(0, needed.area_centi - self.area_centi))


@dataclass(frozen=True)
class LineResult:
    """One line of the rule: what was reached, of what, and what was needed.

    `needed.area_centi` is 0 and `area_reached` true where the rule does not count area.
    """

    line: Line
    got: Count
    of: Count
    needed: Count
    heads_reached: bool
    area_reached: bool

    @property
    def reached(self) -> bool:
        """Whether heads and area both reach the line."""
        return self.heads_reached and self.area_reached

    @property
    def short_by(self) -> Count:
        """Heads and area lacking, with the denominator as it is now."""
        return self.got.short_of(self.needed)


@dataclass(frozen=True)
class Tally:
    """The count of one collection. `blocked` are heads none of whose units can answer for now.

    `without_abstentions` is the agreement line as it would stand had those who abstained not taken part: None when
    nobody abstained or when the rule asks the whole roll. It is shown beside the result, and decides nothing.
    """

    rule: ThresholdRule
    all: Count
    part: Count
    yes: Count
    no: Count
    abstain: Count
    blocked: Count
    turnout: LineResult | None
    agreement: LineResult
    without_abstentions: LineResult | None
    reason: Reason

    @property
    def passed(self) -> bool:
        """Whether every line is reached."""
        return self.reason is Reason.PASSED

    @property
    def silent(self) -> Count:
        """Those who have not answered, the pending and the blocked among them."""
        return self.all - self.part

    @property
    def short_by(self) -> Count:
        """What the first line that was not reached lacks; nothing when the collection passed.

        For unanimity the heads are the sentence “还差1户”.
        """
        if self.turnout is not None and not self.turnout.reached:
            return self.turnout.short_by
        return self.agreement.short_by


def tally(roll: Roll, answers: Mapping[str, Answer], rule: ThresholdRule) -> Tally:
    """Count the answers of units, by reference, against the rule.

    A head with several flats gives one answer for all of them; when its flats contradict each other it has not
    answered. Answers of blocked units and of units not on the roll are left out. An empty roll never passes.
    """
    answered = [(_answer_of(units, answers), units) for units in roll.heads.values()]
    everybody = Count(len(roll.heads), roll.area_centi)
    yes = _count(units for answer, units in answered if answer in YES)
    no = _count(units for answer, units in answered if answer is Answer.OPPOSE)
    abstain = _count(units for answer, units in answered if answer is Answer.ABSTAIN)
    part = yes + no + abstain

    turnout = None if rule.turnout is None else _line(rule, rule.turnout, part, everybody)
    agreement = _line(rule, rule.agreement, yes, everybody if rule.agreement_of is Base.ALL else part)
    without = None
    if abstain.heads and rule.agreement_of is Base.PART:
        without = _line(rule, rule.agreement, yes, part - abstain)
    return Tally(
        rule=rule,
        all=everybody,
        part=part,
        yes=yes,
        no=no,
        abstain=abstain,
        blocked=_blocked(roll),
        turnout=turnout,
        agreement=agreement,
        without_abstentions=without,
        reason=_reason(everybody, turnout, agreement),
    )


def _answer_of(units: Iterable[RollUnit], answers: Mapping[str, Answer]) -> Answer | None:
    said = {answers[unit.ref] for unit in units if unit.ref in answers and unit.blocked is None}
    return said.pop() if len(said) == 1 else None


def _count(heads: Iterable[tuple[RollUnit, ...]]) -> Count:
    total = Count()
    for units in heads:
        total += Count(1, sum(unit.area_centi for unit in units if unit.blocked is None))
    return total


def _blocked(roll: Roll) -> Count:
    heads = sum(all(unit.blocked for unit in units) for units in roll.heads.values())
    return Count(heads, sum(unit.area_centi for unit in roll.units if unit.blocked))


def _line(rule: ThresholdRule, line: Line, got: Count, of: Count) -> LineResult:
    by_area = rule.counts_area
    return LineResult(
        line=line,
        got=got,
        of=of,
        needed=Count(line.needed(of.heads), line.needed(of.area_centi) if by_area else 0),
        heads_reached=line.reached(got.heads, of.heads),
        area_reached=line.reached(got.area_centi, of.area_centi) if by_area else True,
    )


def _reason(everybody: Count, turnout: LineResult | None, agreement: LineResult) -> Reason:
    if not everybody.heads:
        return Reason.EMPTY_ROLL
    if turnout is not None and not turnout.reached:
        return Reason.TURNOUT_SHORT
    return Reason.PASSED if agreement.reached else Reason.AGREEMENT_SHORT


def count_hash(count: Tally) -> str:
    """SHA-256 over what was counted, 64 hex digits: two persons confirm this very count, and no later one."""
    parts = {"all": count.all, "part": count.part, "yes": count.yes, "no": count.no, "abstain": count.abstain}
    return sha256_of(
        {
            "v": 1,
            "preset": str(count.rule.preset),
            "rule_version": count.rule.version,
            "reason": str(count.reason),
            **{name: [part.heads, part.area_centi] for name, part in parts.items()},
        }
    )
