"""Kinds of ballots 选票: what one may say on each, and how what was typed is read. Costs in 分."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from hearing.ballots.rules.refusals import Refusal
from hearing.refusal import N_, Refused


class Kind(StrEnum):
    """What a ballot is.

    APPROVAL: name from `least` to `most` projects. KNAPSACK: name what together costs no more than the budget. POINTS:
    spread `points` over projects. RANKING: put up to `most` in order. CHOOSE: up to `most`, without regard to money.
    YES_NO: agree, oppose or abstain.
    """

    APPROVAL = "approval"
    KNAPSACK = "knapsack"
    POINTS = "points"
    RANKING = "ranking"
    CHOOSE = "choose"
    YES_NO = "yes_no"


KIND_LABELS = {
    Kind.APPROVAL: N_("勾选支持的项目"),
    Kind.KNAPSACK: N_("在总金额以内选项目"),
    Kind.POINTS: N_("把分数分给项目"),
    Kind.RANKING: N_("给项目排名次"),
    Kind.CHOOSE: N_("选几项"),
    Kind.YES_NO: N_("同意、反对、弃权"),
}

YES, NO, ABSTAIN = "yes", "no", "abstain"
ANSWERS = {YES: N_("同意"), NO: N_("反对"), ABSTAIN: N_("弃权")}
"""What a YES_NO ballot offers, in its order."""

MOST_PROJECTS = 200
MOST_POINTS = 1000
MOST_PHRASE = 30
"""Characters of a voter's own phrase."""
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,11}")
_WHOLE = re.compile(r"[0-9]{1,6}")


@dataclass(frozen=True)
class Option:
    """A project as a ballot sees it; `cost` in 分."""

    code: str
    title: str
    cost: int = 0
    category: str = ""
    withdrawn: bool = False


@dataclass(frozen=True)
class Limits:
    """How much one may say: projects at least and at most, points in all and for one project. 0 is no limit."""

    least: int = 1
    most: int = 0
    points: int = 0
    most_each: int = 0


@dataclass(frozen=True)
class Terms:
    """What a ballot is checked against; `budget` and `pots` in 分."""

    kind: Kind
    limits: Limits
    options: Sequence[Option]
    budget: int = 0
    pots: Mapping[str, int] = field(default_factory=dict)

    @property
    def codes(self) -> dict[str, Option]:
        """The options by code."""
        return {option.code: option for option in self.options}


@dataclass(frozen=True)
class Said:
    """What a voter says: codes, in order where they are ranked, and points beside them where she gave some."""

    choices: tuple[str, ...]
    points: tuple[int, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """As it is committed to, revealed and kept."""
        said: dict[str, Any] = {"choices": list(self.choices)}
        return said | {"points": list(self.points)} if self.points else said

    @classmethod
    def of_data(cls, data: Mapping[str, Any]) -> Said:
        """From what `as_data` gave."""
        return cls(tuple(data["choices"]), tuple(data.get("points", ())))


def answers() -> list[Option]:
    """The options of a YES_NO ballot."""
    return [Option(code, words) for code, words in ANSWERS.items()]


def check_code(code: str) -> None:
    """Whether a project may be called so: the trail, files and addresses name it. Raises BAD_CODE."""
    if not _CODE.fullmatch(code):
        raise Refused(Refusal.BAD_CODE)


def check_limits(kind: Kind, limits: Limits) -> None:
    """Whether the limits fit the kind. Raises BAD_LIMITS."""
    if limits.most and limits.least > limits.most:
        raise Refused(Refusal.BAD_LIMITS)
    if (kind is Kind.POINTS and not limits.points) or (kind is Kind.CHOOSE and not limits.most):
        raise Refused(Refusal.BAD_LIMITS)


def whole(typed: str, most: int) -> int:
    """A whole number as people type it; full-width digits are digits, nothing typed is 0.

    Raises NOT_A_NUMBER for anything else: 1e3, NaN, 2.5 and -1 too.
    """
    text = unicodedata.normalize("NFKC", typed[:40]).strip()
    if not text:
        return 0
    if not (_WHOLE.fullmatch(text) and int(text) <= most):
        raise Refused(Refusal.NOT_A_NUMBER, typed=typed.strip()[:20], most=most)
    return int(text)


def read(kind: Kind, ticked: Sequence[str], typed: Mapping[str, str]) -> Said:
    """What a form said: codes that were ticked, or numbers typed beside codes. Raises what a ballot cannot say."""
    if kind is Kind.POINTS:
        given = {code: whole(text, MOST_POINTS) for code, text in typed.items()}
        some = sorted(code for code, points in given.items() if points)
        return Said(tuple(some), tuple(given[code] for code in some))
    if kind is Kind.RANKING:
        return Said(_in_order({code: whole(text, MOST_PROJECTS) for code, text in typed.items()}))
    return Said(tuple(sorted(ticked)))


def check(terms: Terms, said: Said) -> None:
    """Whether a ballot may say this. Raises a refusal that names what is wrong with it."""
    _check_names(terms, said)
    chosen, limits = len(said.choices), terms.limits
    if not chosen:
        raise Refused(Refusal.NOTHING_CHOSEN)
    if terms.kind is Kind.YES_NO and chosen > 1:
        raise Refused(Refusal.TOO_MANY, most=1, chosen=chosen)
    if chosen < limits.least:
        raise Refused(Refusal.TOO_FEW, least=limits.least, chosen=chosen)
    if limits.most and chosen > limits.most:
        raise Refused(Refusal.TOO_MANY, most=limits.most, chosen=chosen)
    if terms.kind is Kind.KNAPSACK:
        _check_money(terms, said)
    if terms.kind is Kind.POINTS:
        _check_points(limits, said)
    elif said.points:
        raise Refused(Refusal.UNKNOWN_PROJECT)


def cost_of(terms: Terms, codes: Iterable[str]) -> int:
    """What these cost together, in 分; unknown codes cost nothing."""
    known = terms.codes
    return sum(known[code].cost for code in codes if code in known)


def _check_names(terms: Terms, said: Said) -> None:
    known = terms.codes
    for code in said.choices:
        if code not in known:
            raise Refused(Refusal.UNKNOWN_PROJECT)
        if known[code].withdrawn:
            raise Refused(Refusal.PROJECT_WITHDRAWN, title=known[code].title)
    if len(set(said.choices)) != len(said.choices):
        raise Refused(Refusal.PROJECT_TWICE)


def _check_money(terms: Terms, said: Said) -> None:
    known = terms.codes
    for pot, budget in terms.pots.items():
        cost = sum(known[code].cost for code in said.choices if known[code].category == pot)
        if cost > budget:
            raise Refused(Refusal.OVER_POT, pot=pot, cost=money_words(cost), over=money_words(cost - budget))
    cost = cost_of(terms, said.choices)
    if cost > terms.budget:
        raise Refused(Refusal.OVER_BUDGET, cost=money_words(cost), over=money_words(cost - terms.budget))


def _check_points(limits: Limits, said: Said) -> None:
    if len(said.points) != len(said.choices) or any(points < 1 for points in said.points):
        raise Refused(Refusal.NOTHING_CHOSEN)
    given = sum(said.points)
    if given > limits.points:
        raise Refused(Refusal.TOO_MANY_POINTS, points=limits.points, given=given, over=given - limits.points)
    if limits.most_each and max(said.points) > limits.most_each:
        raise Refused(Refusal.TOO_MANY_POINTS_FOR_ONE, most=limits.most_each)


def _in_order(ranks: Mapping[str, int]) -> tuple[str, ...]:
    """The ranked codes from first to last; 0 is no rank. Raises RANK_TWICE, RANKS_WITH_GAPS."""
    given = {code: rank for code, rank in ranks.items() if rank}
    twice = next((rank for rank, times in sorted(Counter(given.values()).items()) if times > 1), None)
    if twice is not None:
        raise Refused(Refusal.RANK_TWICE, rank=twice)
    missing = next((rank for rank in range(1, len(given) + 1) if rank not in given.values()), None)
    if missing is not None:
        raise Refused(Refusal.RANKS_WITH_GAPS, missing=missing)
    return tuple(sorted(given, key=lambda code: given[code]))


def money_words(fen: int) -> str:
    """An amount of 分 as sentences have it: ¥28,000.00."""
    return f"¥{fen // 100:,}.{fen % 100:02d}"
