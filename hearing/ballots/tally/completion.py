"""Completions: what equal shares does with the money that one run leaves (equalshares.net, completion)."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import repeat

from hearing.ballots.tally.electorate import Electorate, electorate_of
from hearing.ballots.tally.profile import Profile
from hearing.ballots.tally.rule import Completion, Rule
from hearing.ballots.tally.shares import shares_run
from hearing.ballots.tally.ties import Ties

LARGE = 20_000
"""First endowments above this, in units of the currency, grow by a hundredth instead of by 1: a forint is no yuan.

Winterthur's 10 270 francs a head are still counted by single francs; a hundredth there ends with another winner.
"""
AHEAD = Fraction(3, 2)
"""How far beyond an endowment the electorate is made for."""


@dataclass(frozen=True)
class Outcome:
    """Where the endowment came to rest: its first and last value in the smallest unit, the winners, the runs it took.

    `overspent` is what the first outcome over the budget would have cost, where that was what ended the search.
    """

    first: Fraction
    last: Fraction
    step: Fraction
    winners: tuple[int, ...]
    runs: int
    overspent: int | None = None
    everything: bool = False


def complete(profile: Profile, rule: Rule, ties: Ties, among: Collection[int]) -> Outcome:
    """Equal shares for the projects `among`, with the rule's steps of the endowment. Raises LotNeeded.

    ADD1 needs no bisection to be wrong: what an outcome costs does not only rise with the endowment, so every step is
    counted. ADD1U's projects by votes are not in here; they have no endowment.
    """
    first = Fraction(profile.budget, max(1, profile.voters))
    step = step_of(profile, rule, first)
    backed = [p for p in among if profile.votes[p]]
    if rule.completion is not Completion.NONE and profile.cost(backed) <= profile.budget:
        return _everything(profile, rule, ties, backed, first, step)
    runs = _Runs(profile, rule, ties, backed)
    winners = runs.at(first)
    last, number = first, 1
    if rule.completion is Completion.NONE:
        return Outcome(first, last, step, winners, number)
    while True:
        if rule.completion is not Completion.ADD1 and exhausts(profile, winners, among):
            return Outcome(first, last, step, winners, number)
        following = runs.at(last + step)
        number += 1
        cost = profile.cost(following)
        if cost > profile.budget:
            return Outcome(first, last, step, winners, number, overspent=cost)
        winners, last = following, last + step


def step_of(profile: Profile, rule: Rule, first: Fraction) -> Fraction:
    """By how much the endowment grows, in the smallest unit."""
    if rule.step is not None:
        return rule.step * profile.unit
    return first / 100 if first > LARGE * profile.unit else Fraction(profile.unit)


def exhausts(profile: Profile, winners: Collection[int], among: Collection[int]) -> bool:
    """Whether nothing more of `among` fits into the budget."""
    left = profile.budget - profile.cost(winners)
    return all(profile.projects[p].cost > left for p in among if p not in winners)


def _everything(
    profile: Profile, rule: Rule, ties: Ties, backed: list[int], first: Fraction, step: Fraction
) -> Outcome:
    """All that has support, at the least step at which everybody can pay a full part of all that she supports."""
    them = electorate_of(profile, backed, rule.utility)
    due = [Fraction(0)] * len(them.groups)
    for p in them.among:
        backing = them.backing[p]
        part = Fraction(them.cost[p], backing.shares)
        for group, points in zip(backing.groups, backing.points or repeat(1), strict=False):
            due[group] += part * points
    steps = max(0, -(-(max(due, default=first) - first) // step))
    last = first + steps * step
    return Outcome(first, last, step, tuple(shares_run(them, last, ties.first)), 1, everything=True)


class _Runs:
    """Runs at rising endowments; projects that cannot be paid even so are left out, and voters who differ only there
    are one group."""

    def __init__(self, profile: Profile, rule: Rule, ties: Ties, backed: list[int]) -> None:
        self._profile, self._rule, self._ties, self._backed = profile, rule, ties, backed
        self._until = Fraction(-1)
        self._them: Electorate | None = None

    def at(self, endowment: Fraction) -> tuple[int, ...]:
        """The winners at this endowment, in order."""
        if self._them is None or endowment > self._until:
            self._until = endowment * (AHEAD if self._rule.completion is not Completion.NONE else 1)
            self._them = electorate_of(self._profile, list(self._payable(self._until)), self._rule.utility)
        return tuple(shares_run(self._them, endowment, self._ties.first))

    def _payable(self, endowment: Fraction) -> Iterator[int]:
        """Those that their supporters could pay if they paid for nothing else."""
        for p in self._backed:
            if self._profile.votes[p] * endowment >= self._profile.projects[p].cost:
                yield p
