"""Rehearsals: what a rule would say of made-up answers, so that its line is seen before anybody is asked."""

from dataclasses import dataclass

from hearing.consents.rules.answers import Answer
from hearing.consents.rules.rolls import Roll
from hearing.consents.rules.tallies import Tally, tally
from hearing.consents.rules.thresholds import Base, ThresholdRule


@dataclass(frozen=True)
class Rehearsal:
    """One made-up outcome: how many heads agree, abstain and oppose, and what the rule says to it."""

    agree: int
    abstain: int
    oppose: int
    result: Tally


def rehearse(roll: Roll, rule: ThresholdRule) -> tuple[Rehearsal, ...]:
    """The cases around the rule's line, on this very roll, heads in its order; nobody has answered anything.

    Everybody agrees; one head fewer; the fewest that can pass; one fewer again; as many, with one who abstains.
    """
    heads = len(roll.heads)
    if not heads:
        return ()
    least = heads if rule.agreement_of is Base.ALL else _least(roll, rule)
    fewest = _needed(rule, heads)
    cases = [(heads, 0, 0), (heads - 1, 1, 0)]
    if least < heads:
        cases += [(least, 0, fewest - least), (least - 1, 0, fewest - least + 1), (least, 1, fewest - least)]
    return tuple(
        Rehearsal(agree, abstain, oppose, _count(roll, rule, agree, abstain, oppose))
        for agree, abstain, oppose in dict.fromkeys(cases)
        if min(agree, abstain, oppose) >= 0 and agree + abstain + oppose <= heads
    )


def _needed(rule: ThresholdRule, heads: int) -> int:
    return heads if rule.turnout is None else rule.turnout.needed(heads)


def _least(roll: Roll, rule: ThresholdRule) -> int:
    """The fewest heads that reach the agreement line when as few take part as may."""
    return rule.agreement.needed(_needed(rule, len(roll.heads)))


def _count(roll: Roll, rule: ThresholdRule, agree: int, abstain: int, oppose: int) -> Tally:
    said = [Answer.AGREE] * agree + [Answer.ABSTAIN] * abstain + [Answer.OPPOSE] * oppose
    answers = {unit.ref: answer for units, answer in zip(roll.heads.values(), said, strict=False) for unit in units}
    return tally(roll, answers, rule)
