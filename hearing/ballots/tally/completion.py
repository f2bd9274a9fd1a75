"""Completions: what equal shares does with the money that one run leaves (equalshares.net, completion)."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import repeat

from hearing.ballots.tally.electorate import Electorate
from hearing.ballots.tally.profile import Profile
from hearing.ballots.tally.rule import Completion, Rule
from hearing.ballots.tally.shares import exact_run
from hearing.ballots.tally.ties import Ties

LARGE = 20_000
"""First endowments above this, in units of the currency, grow by a hundredth instead of by 1: a forint is no yuan.

Winterthur's 10 270 francs a head are still counted by single francs; a hundredth there ends with another winner.
"""
FEW, MANY = 8, 64
"""So many runs go abreast at first, and so many at most: those behind the last one that counts were for nothing."""
PURSES = 1 << 18
"""So many purses they have together at most, where FEW runs have not more."""


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
    if rule.completion is Completion.NONE:
        return Outcome(first, first, step, exact_run(them, first, ties.first).winners, 1)
    following = _runs(profile, ties, them, first, step)
    winners = next(following)
    last, number = first, 1
    while True:
        if rule.completion is not Completion.ADD1 and exhausts(profile, winners, among):
            return Outcome(first, last, step, winners, number)
        more = next(following)
        number += 1
        cost = profile.cost(more)
        if cost > profile.budget:
            return Outcome(first, last, step, winners, number, overspent=cost)
        winners, last = more, last + step


def _runs(profile: Profile, ties: Ties, them: Electorate, first: Fraction, step: Fraction) -> Iterator[list[int]]:
    """The winners at one endowment after the other, without end. Raises LotNeeded."""
    # Only who counts has to load numpy.
    from hearing.ballots.tally.abreast import Abreast

    arrays = Abreast(them)
    # Ties behind the last run that counts are nobody's: these are settled somehow, and again when a run is asked for.
    somehow = Ties(profile, ties.lot or tuple(project.id for project in profile.projects)).first
    number = FEW
    while True:
        endowments = [first + step * place for place in range(number)]
        for endowment, course in zip(endowments, arrays.courses(endowments, somehow), strict=True):
            if course.open:
                yield exact_run(them, endowment, ties.first).winners
            else:
                for equal in course.ties:
                    ties.first(equal)
                yield course.winners
        first = endowments[-1] + step
        number = max(FEW, min(MANY, PURSES // max(1, arrays.groups)))


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
    return Outcome(first, last, step, exact_run(them, last, ties.first).winners, 1, everything=True)
