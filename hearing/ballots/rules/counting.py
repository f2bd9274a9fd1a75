"""The rule of a poll 计票办法: fixed, written down and hashed before it opens; and what a count needs of it."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Any

from hearing.audit import canonical
from hearing.ballots.rules.kinds import ABSTAIN, NO, YES, Kind, Limits, Option, Said, money_words
from hearing.ballots.rules.order import drawn_lot
from hearing.ballots.rules.refusals import Refusal
from hearing.ballots.tally import (
    Ballot,
    Completion,
    Method,
    Profile,
    Project,
    Rule,
    Utility,
    ballot_of,
    points_of_ranking,
    pots_record,
    tally,
    tally_pots,
)
from hearing.refusal import N_, Refused

VERSION = 1
"""Of what the rule's object means."""


class Counting(StrEnum):
    """The ways of counting that a committee may choose, in one word each."""

    SHARES = "mes-add1u"
    SHARES_ADD1 = "mes-add1"
    SHARES_PLAIN = "mes"
    GREEDY = "greedy"
    NO_SKIP = "greedy-no-skip"
    THRESHOLD = "greedy-threshold"
    MAJORITY = "majority"


COUNTING_LABELS = {
    Counting.SHARES: N_("等额分摊，余钱再按票数补"),
    Counting.SHARES_ADD1: N_("等额分摊，每人的份额逐元提高到花完为止"),
    Counting.SHARES_PLAIN: N_("等额分摊，余钱不再分"),
    Counting.GREEDY: N_("按票数从高到低，装不下的跳过"),
    Counting.NO_SKIP: N_("按票数从高到低，装不下就停"),
    Counting.THRESHOLD: N_("按票数从高到低，票数不够的不算"),
    Counting.MAJORITY: N_("同意过半数"),
}
IN_WORDS = {
    Counting.SHARES: N_(
        "总金额平均分给每一张选票。一个项目要由支持它的人一起出钱，每人出得越少的项目越先入选。钱还有剩、又没有项目凑得齐时，"
        "每张选票的份额一元一元往上加，重新算一遍，加到再也装不下别的项目为止；最后还有余钱，按票数从高到低补。"
    ),
    Counting.SHARES_ADD1: N_(
        "总金额平均分给每一张选票。一个项目要由支持它的人一起出钱，每人出得越少的项目越先入选。每张选票的份额一元一元往上加，"
        "重新算一遍，直到再加一元总价就会超出总金额为止。"
    ),
    Counting.SHARES_PLAIN: N_(
        "总金额平均分给每一张选票。一个项目要由支持它的人一起出钱，每人出得越少的项目越先入选。凑不齐钱的不入选，余下的钱不再分。"
    ),
    Counting.GREEDY: N_("项目按得票从高到低排。钱够就入选；不够就跳过这一个，看下一个。"),
    Counting.NO_SKIP: N_("项目按得票从高到低排。钱够就入选；遇到第一个钱不够的就停。"),
    Counting.THRESHOLD: N_("项目按得票从高到低排。票数没到最低票数的不入选；钱够就入选，不够就跳过这一个。"),
    Counting.MAJORITY: N_("同意的超过投票总数的一半才通过。弃权算投了票，不算同意；正好一半不算过半数。"),
}
"""Each in plain words, as the poll's page shows it before anybody votes."""
TIES_IN_WORDS = N_("票数相同，先取花钱少的；还相同，按事先封存、截止后公布的抽签次序。")

_METHODS: dict[Counting, tuple[Method, Completion]] = {
    Counting.SHARES: (Method.SHARES, Completion.ADD1U),
    Counting.SHARES_ADD1: (Method.SHARES, Completion.ADD1),
    Counting.SHARES_PLAIN: (Method.SHARES, Completion.NONE),
    Counting.GREEDY: (Method.GREEDY, Completion.NONE),
    Counting.NO_SKIP: (Method.NO_SKIP, Completion.NONE),
    Counting.THRESHOLD: (Method.THRESHOLD, Completion.NONE),
}


@dataclass(frozen=True)
class RuleObject:
    """What decides an outcome besides the ballots; money in 分. `lot` is the commitment to the lot's seed."""

    kind: Kind
    limits: Limits
    counting: Counting
    budget: int
    mode: str
    per: str
    lot: str
    threshold: int = 0
    floor: int = 0
    comparison: bool = False
    pots: Mapping[str, int] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """Its canonical JSON, of which the trail keeps the hash."""
        said: dict[str, Any] = {
            "v": VERSION,
            "ballot": {"kind": self.kind.value, **asdict(self.limits)},
            "budget": self.budget,
            "comparison": self.comparison,
            "counting": self.counting.value,
            "currency": "CNY",
            "floor": self.floor,
            "lot": self.lot,
            "mode": self.mode,
            "per": self.per,
            "pots": [{"category": name, "budget": fen} for name, fen in sorted(self.pots.items())],
            "step": "1 CNY",
            "threshold": self.threshold,
            "ties": ["cost", "votes", "lot"],
        }
        return canonical.encode(said).decode()

    @property
    def hash(self) -> str:
        """SHA-256 over that text, lower-case hex."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def read_rule(text: str) -> RuleObject:
    """The rule that a poll was opened with, from its text."""
    said = json.loads(text)
    ballot = dict(said["ballot"])
    return RuleObject(
        kind=Kind(ballot.pop("kind")),
        limits=Limits(**ballot),
        counting=Counting(said["counting"]),
        budget=said["budget"],
        mode=said["mode"],
        per=said["per"],
        lot=said["lot"],
        threshold=said["threshold"],
        floor=said["floor"],
        comparison=said["comparison"],
        pots={pot["category"]: pot["budget"] for pot in said["pots"]},
    )


def check_rule(rule: RuleObject, options: Sequence[Option]) -> None:
    """Whether rule, kind of ballot and projects fit each other.

    Raises RULE_DOES_NOT_FIT, POTS_BEYOND_BUDGET, COST_NOTHING, and what `pot_of` raises.
    """
    if (rule.counting is Counting.MAJORITY) != (rule.kind is Kind.YES_NO):
        raise Refused(Refusal.RULE_DOES_NOT_FIT)
    if rule.kind is Kind.YES_NO:
        return
    if rule.pots and sum(rule.pots.values()) != rule.budget:
        raise Refused(
            Refusal.POTS_BEYOND_BUDGET, sum=money_words(sum(rule.pots.values())), budget=money_words(rule.budget)
        )
    if any(option.cost <= 0 for option in options):
        raise Refused(Refusal.COST_NOTHING)
    for option in options:
        pot_of(rule, option)


def pot_of(rule: RuleObject, option: Option) -> int:
    """What could be spent on a project at most, in 分: the whole budget, or the pot of its category.

    Raises NO_CATEGORY where each category is a pot and the project is of none.
    """
    if not rule.pots:
        return rule.budget
    if option.category not in rule.pots:
        raise Refused(Refusal.NO_CATEGORY, title=option.title, pots="、".join(sorted(rule.pots)))
    return rule.pots[option.category]


def check_within_reach(rule: RuleObject, options: Iterable[Option]) -> None:
    """Whether each project could be paid at all: one that no ballots whatever can choose only misleads voters.

    Dearer than its money it is never chosen by any rule; with `greedy-no-skip` it would even keep out all that come
    after it. Raises NO_CATEGORY, DEARER_THAN_BUDGET, DEARER_THAN_POT.
    """
    if rule.kind is Kind.YES_NO:
        return
    for option in options:
        most = pot_of(rule, option)
        if option.cost <= most:
            continue
        cost, budget = money_words(option.cost), money_words(most)
        if not rule.pots:
            raise Refused(Refusal.DEARER_THAN_BUDGET, title=option.title, cost=cost, budget=budget)
        raise Refused(Refusal.DEARER_THAN_POT, title=option.title, cost=cost, budget=budget, pot=option.category)


def may_fund_without_votes(rule: RuleObject) -> bool:
    """Whether a project that nobody named is funded by this rule when money is left at its turn.

    Counting by votes takes whatever fits, down to none; only a threshold or a floor keeps it out (counting.md 1).
    Equal shares alone never pay for it, their leftover money and the greedy outcome of a comparison do.
    """
    if rule.kind is Kind.YES_NO or rule.floor:
        return False
    if rule.counting is Counting.THRESHOLD:
        return not rule.threshold
    by_votes = rule.counting in (Counting.SHARES, Counting.GREEDY, Counting.NO_SKIP)
    return by_votes or rule.comparison


def profile_of(rule: RuleObject, options: Sequence[Option], said: Iterable[Said]) -> Profile:
    """The election as it is counted; what was withdrawn is left out of it, and off the ballots."""
    standing = sorted((option for option in options if not option.withdrawn), key=lambda option: option.code)
    projects = tuple(Project(option.code, option.cost, option.category) for option in standing)
    places = {project.id: place for place, project in enumerate(projects)}
    cast = Counter(ballot(rule, places, each) for each in said)
    return Profile(projects, cast, rule.budget, scored=rule.kind in (Kind.POINTS, Kind.RANKING))


def ballot(rule: RuleObject, places: Mapping[str, int], said: Said) -> Ballot:
    """One ballot as it is counted: ranks become points openly, one less for each place, as many as may be ranked."""
    kept = [(place, code) for place, code in enumerate(said.choices) if code in places]
    if rule.kind is Kind.RANKING:
        return ballot_of(points_of_ranking([places[code] for _, code in kept], rule.limits.most or None), scored=True)
    if rule.kind is Kind.POINTS:
        return ballot_of([(places[code], said.points[place]) for place, code in kept], scored=True)
    return ballot_of([(places[code], 1) for _, code in kept], scored=False)


def weight_of(rule: RuleObject, options: Sequence[Option], said: Said) -> dict[str, int]:
    """How many points one ballot gives each project that is counted, by code; 1 where nobody gave points."""
    standing = sorted(option.code for option in options if not option.withdrawn)
    places = {code: place for place, code in enumerate(standing)}
    return {standing[place]: points for place, points in ballot(rule, places, said).pairs()}


def rule_of(rule: RuleObject, codes: Iterable[str], seed: str) -> Rule:
    """The rule in the tally's terms, with the lot that the seed draws."""
    method, completion = _METHODS[rule.counting]
    return Rule(
        method,
        completion,
        utility=Utility.COST,
        comparison=rule.comparison,
        step=Fraction(1),
        floor=rule.floor or None,
        threshold=rule.threshold,
        lot=drawn_lot(codes, seed),
    )


def count(rule: RuleObject, options: Sequence[Option], said: Sequence[Said], seed: str) -> dict[str, Any]:
    """The record of the count: of the tally's engine, of each pot, or of a question with yes and no."""
    if rule.kind is Kind.YES_NO:
        return count_answers(said)
    profile = profile_of(rule, options, said)
    counted = rule_of(rule, [project.id for project in profile.projects], seed)
    if not rule.pots:
        return tally(profile, counted)
    return pots_record(tally_pots(profile, counted, dict(rule.pots)))


def count_answers(said: Sequence[Said]) -> dict[str, Any]:
    """A question with yes, no and abstentions: it passes when more than half of all ballots say yes.

    Abstaining is taking part (domain.md, 0.4); exactly half is no majority (Civil Code §1259).
    """
    given = Counter(each.choices[0] for each in said)
    counts = {code: given[code] for code in (YES, NO, ABSTAIN)}
    voters = sum(counts.values())
    return {"format": "hearing-count/1", "voters": voters, "counts": counts, "passed": 2 * counts[YES] > voters}


def counts_of(codes: Sequence[str], said: Iterable[Said]) -> dict[str, int]:
    """How many ballots name each option, as the trail tells it and the verifier counts again."""
    found = Counter(code for each in said for code in each.choices)
    return {code: found[code] for code in codes}
