"""The electorate as runs of equal shares see it: groups of voters who have paid alike, and who stands behind what.

Voters differ for a run only in what they pay, and they pay for winners alone. So all begin as one group, and a group
is parted when a project wins that some of its voters stand behind and others do not, or with other points: a city where
every third ballot is another has few groups, for most of the ballots differ in projects that never win. Groups stay
parted for the runs that follow; finer groups than a run needs change nothing.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter, mul
from typing import TypeVar

from hearing.ballots.tally.profile import Profile
from hearing.ballots.tally.rule import Utility

Getter = Callable[[list[int]], tuple[int, ...]]
T = TypeVar("T")


@dataclass(frozen=True)
class Support:
    """Who stands behind one project: the ballots' places, and of each ballot its head count and points."""

    ballots: tuple[int, ...]
    heads: tuple[int, ...]
    points: tuple[int, ...]
    """Empty where everybody gave one."""
    get: Getter
    """Takes the ballots' values out of a list of all ballots' values."""
    voters: int
    """All heads."""
    shares: int
    """All heads, each times its points."""


@dataclass(frozen=True)
class Backing:
    """Who stands behind one project, by group: how many heads of which group, who gave how many points.

    A group of a project that has won stands here once; of another it may stand with several numbers of points.
    """

    groups: tuple[int, ...]
    heads: tuple[int, ...]
    points: tuple[int, ...]
    """Empty where everybody gave one."""
    get: Getter
    """Takes the groups' values out of a list of all groups' values."""

    def heads_by_purse(self, held: Sequence[int]) -> dict[int, int]:
        """How many heads have which purse, when the groups hold these."""
        return _summed(held, self.heads)

    def heads_by_purse_and_points(self, held: Sequence[int]) -> dict[tuple[int, int], int]:
        """How many heads have which purse and gave how many points, when the groups hold these purses."""
        return _summed(zip(held, self.points, strict=True), self.heads)


class Electorate:
    """The voters who stand behind one of the projects `among`, their ballots, and the groups they are in.

    `worth` is by what the price of a project is divided before projects are compared: its cost where that is its
    utility, else 1. `groups` is how many groups there are; one run at a time may part them.
    """

    def __init__(
        self, support: dict[int, Support], ballots: int, cost: tuple[int, ...], worth: tuple[int, ...]
    ) -> None:
        self.support, self.cost, self.worth = support, cost, worth
        self.among = tuple(support)
        self.groups = 1
        self.group_of = [0] * ballots
        """By ballot."""
        self._parted: set[int] = set()
        self._backings: dict[int, Backing] = {}

    def backing(self, project: int) -> Backing:
        """Who stands behind a project, by the groups that there are now."""
        found = self._backings.get(project)
        if found is None:
            found = self._backings[project] = _backing(self.support[project], self.group_of)
        return found

    def part(self, project: int) -> list[int]:
        """Set those who stand behind a project apart from all others; gives for each new group the one it came from.

        Of a project that was parted before none are new.
        """
        if project in self._parted:
            return []
        support, group_of = self.support[project], self.group_of
        apart: dict[tuple[int, int], int] = {}
        points = support.points or (1,) * len(support.ballots)
        for ballot, alike in zip(support.ballots, zip(support.get(group_of), points, strict=True), strict=True):
            group_of[ballot] = apart.setdefault(alike, self.groups + len(apart))
        self.groups += len(apart)
        self._parted.add(project)
        self._backings.clear()
        # Groups that all have left stay, empty: numbers of groups hold for the runs that follow.
        return [group for group, _ in apart]

    def projects(self, among: Collection[int]) -> list[list[tuple[int, int]]]:
        """By group, which of these projects its voters stand behind, each with how many of them do."""
        found: list[list[tuple[int, int]]] = [[] for _ in range(self.groups)]
        for project in among:
            backing = self.backing(project)
            for group, heads in zip(backing.groups, backing.heads, strict=True):
                found[group].append((project, heads))
        return found


def electorate_of(profile: Profile, among: Collection[int], utility: Utility) -> Electorate:
    """The electorate for these projects. Points of 0 and less are no support."""
    behind: dict[int, list[int]] = {p: [] for p in sorted(among)}
    given_to: dict[int, list[int]] = {p: [] for p in behind}
    heads: list[int] = []
    for (projects, points), number in profile.ballots.items():
        place, some = len(heads), False
        if points:
            for p, given in zip(projects, points, strict=True):
                if given > 0 and p in behind:
                    behind[p].append(place)
                    given_to[p].append(given)
                    some = True
        else:
            for p in projects:
                if p in behind:
                    behind[p].append(place)
                    some = True
        if some:
            heads.append(number)
    costs = tuple(project.cost for project in profile.projects)
    return Electorate(
        {p: _support(ballots, heads, given_to[p]) for p, ballots in behind.items() if ballots},
        len(heads),
        costs,
        costs if utility is Utility.COST else (1,) * len(costs),
    )


def _support(ballots: list[int], heads: list[int], points: list[int]) -> Support:
    get = _getter(ballots)
    mine = get(heads)
    voters = sum(mine)
    return Support(tuple(ballots), mine, tuple(points), get, voters, sum(map(mul, mine, points)) if points else voters)


def _backing(support: Support, group_of: list[int]) -> Backing:
    groups = support.get(group_of)
    if not support.points:
        heads = _summed(groups, support.heads)
        return Backing(tuple(heads), tuple(heads.values()), (), _getter(list(heads)))
    with_points = _summed(zip(groups, support.points, strict=True), support.heads)
    apart = [group for group, _ in with_points]
    given = tuple([points for _, points in with_points])
    return Backing(tuple(apart), tuple(with_points.values()), given, _getter(apart))


def _summed(keys: Iterable[T], numbers: Iterable[int]) -> dict[T, int]:
    """The sum of the numbers that go with each key."""
    found: dict[T, int] = {}
    for key, number in zip(keys, numbers):  # noqa: B905 - of one length, and most of a count is done here
        if key in found:
            found[key] += number
        else:
            found[key] = number
    return found


def _getter(places: list[int]) -> Getter:
    if len(places) == 1:
        only = places[0]
        return lambda values: (values[only],)
    return itemgetter(*places)
