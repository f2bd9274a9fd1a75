"""Answers: what a unit may say, and how the words of several co-holders become the one answer of their unit.

One flat has one ballot. Joint holders speak as one; holders by shares speak with two thirds of the shares
(Civil Code §301); a mandate by both counts as both (domain.md 4.3).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum, auto
from functools import cached_property

from hearing.consents.rules.refusals import Refusal
from hearing.places.rules import HoldingForm
from hearing.refusal import N_, Refused


class Answer(StrEnum):
    """What a unit says about a plan."""

    AGREE = auto()
    OPPOSE = auto()
    ABSTAIN = auto()
    AGREE_PAY = auto()
    AGREE_WAIVE = auto()


ANSWER_LABELS: dict[Answer, str] = {
    Answer.AGREE: N_("同意"),
    Answer.OPPOSE: N_("反对"),
    Answer.ABSTAIN: N_("弃权"),
    Answer.AGREE_PAY: N_("同意并出资"),
    Answer.AGREE_WAIVE: N_("同意但不出资、不使用"),
}
# Who waives the use of a lift and does not pay has still agreed that it be built.
YES = frozenset({Answer.AGREE, Answer.AGREE_PAY, Answer.AGREE_WAIVE})


class AnswerSet(StrEnum):
    """Which answers a slip offers."""

    PLAIN = auto()
    LIFT = auto()


ANSWERS: dict[AnswerSet, tuple[Answer, ...]] = {
    AnswerSet.PLAIN: (Answer.AGREE, Answer.OPPOSE, Answer.ABSTAIN),
    AnswerSet.LIFT: (Answer.AGREE_PAY, Answer.AGREE_WAIVE, Answer.ABSTAIN, Answer.OPPOSE),
}


def check_answer(answer: Answer, offered: AnswerSet) -> None:
    """Raises ANSWER_NOT_OFFERED."""
    if answer not in ANSWERS[offered]:
        raise Refused(Refusal.ANSWER_NOT_OFFERED)


@dataclass(frozen=True, slots=True)
class Holder:
    """One person who holds a unit, by a key without a name; `weight` is her part of the whole, in any whole unit."""

    key: str
    weight: int = 1


@dataclass(frozen=True)
class Holding:
    """Who holds a unit and how.

    `whole` is what the weights are parts of (100 for percent, 10 000 for basis points, 3 for thirds); 0 means their
    sum. Raises SHARES_EXCEED_WHOLE when the weights add up to more.
    """

    form: HoldingForm
    holders: tuple[Holder, ...]
    whole: int = 0

    def __post_init__(self) -> None:
        if not self.holders or any(holder.weight <= 0 for holder in self.holders):
            raise ValueError("a unit is held by somebody, each by a part greater than nothing")
        if self.form is HoldingForm.SOLE and len(self.holders) > 1:
            raise ValueError("a sole holder is one person")
        if len({holder.key for holder in self.holders}) < len(self.holders):
            raise ValueError("a person holds a unit once")
        if 0 < self.whole < sum(holder.weight for holder in self.holders):
            raise Refused(Refusal.SHARES_EXCEED_WHOLE)

    @property
    def total(self) -> int:
        """The whole of which the weights are parts."""
        return self.whole or sum(holder.weight for holder in self.holders)

    @cached_property
    def everybody(self) -> frozenset[str]:
        """The keys of all holders."""
        return frozenset(holder.key for holder in self.holders)

    def has(self, person: str) -> bool:
        """Whether this person is one of the holders."""
        return any(holder.key == person for holder in self.holders)


def sole(person: str) -> Holding:
    """A unit held by one person."""
    return Holding(HoldingForm.SOLE, (Holder(person),))


class Pending(StrEnum):
    """Why a unit with several holders has no answer yet. A conflict goes to coordination."""

    WAITING = auto()
    CONFLICT = auto()


PENDING_LABELS: dict[Pending, str] = {
    Pending.WAITING: N_("等共有人一起表态"),
    Pending.CONFLICT: N_("共有人意见不一"),
}


@dataclass(frozen=True, slots=True)
class UnitAnswer:
    """The one answer of a unit, or why it is pending, or neither when nobody has spoken. Pending takes no part."""

    answer: Answer | None = None
    pending: Pending | None = None


SILENT = UnitAnswer()


def unit_answer(holding: Holding, said: Mapping[str, Answer]) -> UnitAnswer:
    """What the unit says, given what its holders said.

    Sole: the holder's answer. Joint: all holders, the same answer. Shares: the answer of holders with two thirds of
    the shares or more. Answers of people who hold nothing here are left out.
    """
    spoken = [(holder.weight, said[holder.key]) for holder in holding.holders if holder.key in said]
    if not spoken:
        return SILENT
    weights: dict[Answer, int] = {}
    for weight, answer in spoken:
        weights[answer] = weights.get(answer, 0) + weight
    if holding.form is HoldingForm.SHARES:
        return _by_shares(weights, holding.total)
    if len(weights) > 1:
        return UnitAnswer(pending=Pending.CONFLICT)
    if len(spoken) < len(holding.holders):
        return UnitAnswer(pending=Pending.WAITING)
    return UnitAnswer(spoken[0][1])


def _by_shares(weights: Mapping[Answer, int], total: int) -> UnitAnswer:
    silent = total - sum(weights.values())
    answer, weight = max(weights.items(), key=lambda item: item[1])
    if 3 * weight >= 2 * total:
        return UnitAnswer(answer)
    can_still_agree = 3 * (weight + silent) >= 2 * total
    return UnitAnswer(pending=Pending.WAITING if can_still_agree else Pending.CONFLICT)


def said_by(statements: Iterable[tuple[Iterable[str], Answer | None]]) -> dict[str, Answer]:
    """What each holder says at last, from statements in the order in which they count, the standing one last.

    Each statement names the holders in whose name it was made: one, or several by mandate. None withdraws.
    """
    said: dict[str, Answer] = {}
    for holders, answer in statements:
        for holder in holders:
            if answer is None:
                said.pop(holder, None)
            else:
                said[holder] = answer
    return said
