"""The electorate as one run of equal shares sees it: equal ballots once, and for each project who stands behind it."""

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from operator import itemgetter
from typing import TypeVar

from hearing.ballots.tally.profile import Ballot, Profile
from hearing.ballots.tally.purses import Purses
from hearing.ballots.tally.rule import Utility

Getter = Callable[[list[int]], tuple[int, ...]]
T = TypeVar("T")
KEPT = 16
"""Of how many distributions of purses a project remembers the counts: those of a few runs."""


@dataclass(frozen=True)
class Backing:
    """Who stands behind one project: the groups' places, and of each group its head count and points."""

    groups: tuple[int, ...]
    heads: tuple[int, ...]
    points: tuple[int, ...]
    """Empty where everybody gave one."""
    get: Getter
    """Takes the groups' values out of a list of all groups' values."""
    voters: int
    """All heads."""
    shares: int
    """All heads, each times its points."""
    _seen: dict[tuple[int, ...], dict[int, int]] = field(default_factory=dict, repr=False, compare=False)
    _seen_points: dict[tuple[int, ...], dict[tuple[int, int], int]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def heads_by_purse(self, held: tuple[int, ...], amounts: dict[int, int]) -> dict[int, int]:
        """How many heads have which purse, when the groups hold these; the poorest first when it was counted."""
        found = self._seen.get(held)
        if found is None:
            counted: dict[int, int] = {}
            for purse, heads in zip(held, self.heads):  # noqa: B905 - of one length, and there are most of them
                if purse in counted:
                    counted[purse] += heads
                else:
                    counted[purse] = heads
            found = {purse: counted[purse] for purse in sorted(counted, key=amounts.__getitem__)}
            _keep(self._seen, held, found)
        return found

    def heads_by_purse_and_points(self, held: tuple[int, ...]) -> dict[tuple[int, int], int]:
        """How many heads have which purse and gave how many points, when the groups hold these purses."""
        found = self._seen_points.get(held)
        if found is None:
            found = {}
            for alike, heads in zip(zip(held, self.points, strict=True), self.heads, strict=True):
                found[alike] = found.get(alike, 0) + heads
            _keep(self._seen_points, held, found)
        return found


@dataclass(frozen=True)
class Electorate:
    """Groups of voters who are alike for the projects `among`, and the backings of these projects.

    `worth` is by what the price of a project is divided before projects are compared: its cost where that is its
    utility, else 1.
    """

    among: tuple[int, ...]
    groups: tuple[tuple[int, ...], ...]
    heads: tuple[int, ...]
    backing: dict[int, Backing]
    cost: tuple[int, ...]
    worth: tuple[int, ...]
    voters: int
    purses: Purses = field(default_factory=Purses, repr=False, compare=False)


def electorate_of(profile: Profile, among: Collection[int], utility: Utility) -> Electorate:
    """The electorate for these projects; voters who stand behind none of them form no group.

    Points of 0 and less are no support.
    """
    kept = frozenset(among)
    merged: defaultdict[Ballot, int] = defaultdict(int)
    for ballot, number in profile.ballots.items():
        alike = _kept_of(ballot, kept)
        if alike.projects:
            merged[alike] += number
    heads = tuple(merged.values())
    behind: dict[int, list[int]] = {p: [] for p in sorted(kept)}
    given_to: dict[int, list[int]] = {p: [] for p in behind}
    for group, (projects, points) in enumerate(merged):
        for p in projects:
            behind[p].append(group)
        for p, given in zip(projects, points):  # noqa: B905 - points are left out where all are 1
            given_to[p].append(given)
    costs = tuple(project.cost for project in profile.projects)
    return Electorate(
        among=tuple(p for p in behind if behind[p]),
        groups=tuple(projects for projects, _ in merged),
        heads=heads,
        backing={p: _backing(groups, heads, given_to[p]) for p, groups in behind.items() if groups},
        cost=costs,
        worth=costs if utility is Utility.COST else (1,) * len(costs),
        voters=profile.voters,
    )


def _kept_of(ballot: Ballot, kept: frozenset[int]) -> Ballot:
    """What a ballot says about these projects, as far as it supports them."""
    if ballot.points:
        pairs = [(p, given) for p, given in ballot.pairs() if given > 0 and p in kept]
        return Ballot(tuple([p for p, _ in pairs]), tuple([given for _, given in pairs]))
    if kept.issuperset(ballot.projects):
        return ballot
    return Ballot(tuple([p for p in ballot.projects if p in kept]))


def _keep(seen: dict[tuple[int, ...], T], held: tuple[int, ...], found: T) -> None:
    """Remember one more, and forget the oldest."""
    if len(seen) >= KEPT:
        del seen[next(iter(seen))]
    seen[held] = found


def _backing(groups: list[int], heads: tuple[int, ...], points: list[int]) -> Backing:
    mine = tuple(heads[group] for group in groups)
    return Backing(
        groups=tuple(groups),
        heads=mine,
        points=tuple(points),
        get=_getter(groups),
        voters=sum(mine),
        shares=sum(number * given for number, given in zip(mine, points, strict=True)) if points else sum(mine),
    )


def _getter(groups: list[int]) -> Getter:
    if len(groups) == 1:
        only = groups[0]
        return lambda values: (values[only],)
    return itemgetter(*groups)
