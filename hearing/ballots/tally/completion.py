"""Completions: what equal shares does with the money that one run leaves (equalshares.net, completion)."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import repeat

from hearing.ballots.tally.electorate import Electorate
from hearing.ballots.tally.profile import Profile
from hearing.ballots.tally.rule import Completion, Rule
from hearing.ballots.tally.shares import Uncertain, quick_run, shares_run
from hearing.ballots.tally.ties import Ties

LARGE = 20_000
"""First endowments above this, in units of the currency, grow by a hundredth instead of by 1: a forint is no yuan.

Winterthur's 10 270 francs a head are still counted by single francs; a hundredth there ends with another winner.
"""
AHEAD = Fraction(3, 2)
"""How far the look ahead goes: about as far as the money that is left lets endowments grow."""


@dataclass(frozen=True)
class Outcome:
    """Where the endowment came to rest: its first and last value in the smallest unit, the winners, the runs it took.

    `overspent` is what the first outcome over the budget would have cost, where that was what ended the search.
    """

    first: Fraction
    last: Fraction
    step: Fraction
    winners: list[int]
    runs: int
    overspent: int | None = None
    everything: bool = False


def complete(profile: Profile, rule: Rule, ties: Ties, them: Electorate, among: Collection[int]) -> Outcome:
    """Equal shares for the projects `among`, with the rule's steps of the endowment. Raises LotNeeded.

    `them` is the electorate of those among them that anybody backs; it is parted as winners are found.
    ADD1 needs no bisection to be wrong: what an outcome costs does not only rise with the endowment, so every step is
    counted. ADD1U's projects by votes are not in here; they have no endowment.
    """
    first = Fraction(profile.budget, max(1, profile.voters))
    step = step_of(profile, rule, first)
    if rule.completion is not Completion.NONE and profile.cost(them.among) <= profile.budget:
        return _everything(them, ties, first, step)
    if rule.completion is not Completion.NONE:
        _look_ahead(them, first * AHEAD)
    winners = shares_run(them, first, ties.first)
    last, number = first, 1
    if rule.completion is Completion.NONE:
        return Outcome(first, last, step, winners, number)
    while True:
        if rule.completion is not Completion.ADD1 and exhausts(profile, winners, among):
            return Outcome(first, last, step, winners, number)
        following = shares_run(them, last + step, ties.first)
        number += 1
        cost = profile.cost(following)
        if cost > profile.budget:
            return Outcome(first, last, step, winners, number, overspent=cost)
        winners, last = following, last + step


def _look_ahead(them: Electorate, endowment: Fraction) -> None:
    """Part the electorate by those who win at an endowment that will perhaps come: to part it within a run costs more.

    The outcome is for nobody to see, and so are its ties.
    """
    with suppress(Uncertain):
        quick_run(them, endowment, min)


def step_of(profile: Profile, rule: Rule, first: Fraction) -> Fraction:
    """By how much the endowment grows, in the smallest unit."""
    if rule.step is not None:
        return rule.step * profile.unit
    return first / 100 if first > LARGE * profile.unit else Fraction(profile.unit)


def exhausts(profile: Profile, winners: Collection[int], among: Collection[int]) -> bool:
    """Whether nothing more of `among` fits into the budget."""
    left = profile.budget - profile.cost(winners)
    return all(profile.projects[p].cost > left for p in among if p not in winners)


def _everything(them: Electorate, ties: Ties, first: Fraction, step: Fraction) -> Outcome:
    """All that has support, at the least step at which everybody can pay a full part of all that she supports."""
    due = [Fraction(0)] * len(them.group_of)
    for p, support in them.support.items():
        part = Fraction(them.cost[p], support.shares)
        for ballot, points in zip(support.ballots, support.points or repeat(1), strict=False):
            due[ballot] += part * points
    steps = max(0, -(-(max(due, default=first) - first) // step))
    last = first + steps * step
    return Outcome(first, last, step, shares_run(them, last, ties.first), 1, everything=True)
