"""Profiles: what there is to choose from, what was cast, and how much money there is.

A profile holds whole numbers only. Money is counted in the smallest unit (分); `unit` says how many make one unit of
the currency. Equal ballots are kept once, with their number: a tally depends on nothing else, least of all on who cast
them and in which order.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from operator import ge
from typing import NamedTuple


class BadProfile(ValueError):
    """A profile that cannot be counted; the message says in one line what is wrong with it."""


@dataclass(frozen=True)
class Project:
    """One thing to be paid for: `cost` in the smallest unit, `category` the pot that pays where pots are apart."""

    id: str
    cost: int
    category: str = ""


class Ballot(NamedTuple):
    """What one voter said: places of projects in the profile, ascending, and the points of each.

    Without points every project named has one: an approval, a single choice, a knapsack.
    """

    projects: tuple[int, ...]
    points: tuple[int, ...] = ()

    @property
    def supported(self) -> tuple[int, ...]:
        """The projects that it stands behind; points of 0 and less are no support."""
        if not self.points:
            return self.projects
        return tuple(project for project, points in self.pairs() if points > 0)

    def pairs(self) -> Iterable[tuple[int, int]]:
        """Each project with its points."""
        return zip(self.projects, self.points or (1,) * len(self.projects), strict=True)


@dataclass(frozen=True)
class Profile:
    """An election as it is counted.

    `ballots` gives how often each ballot was cast, empty ones included: whoever casts one still has a share of the pot.
    `point_unit` is how many of our points make one of the voters', where they could give fractions.
    """

    projects: tuple[Project, ...]
    ballots: Mapping[Ballot, int]
    budget: int
    unit: int = 100
    point_unit: int = 1
    scored: bool = field(default=False, kw_only=True)
    """Whether voters gave points (or ranks, which are points); else they only named projects."""

    def __post_init__(self) -> None:
        """Refuse what has no outcome: ids twice, costs and budgets of nothing, projects that do not exist."""
        ids = Counter(project.id for project in self.projects)
        twice = next((id_ for id_, number in ids.items() if number > 1), None)
        if twice is not None:
            raise BadProfile(f"project {twice} stands there twice")
        for project in self.projects:
            if project.cost <= 0:
                raise BadProfile(f"project {project.id} costs {project.cost}; a cost is more than 0")
        if self.budget <= 0:
            raise BadProfile(f"the budget is {self.budget}; it is more than 0")
        for ballot, number in self.ballots.items():
            _check(ballot, number, len(self.projects))

    @cached_property
    def voters(self) -> int:
        """How many ballots were cast."""
        return sum(self.ballots.values())

    @cached_property
    def votes(self) -> tuple[int, ...]:
        """For each project, how many voters stand behind it: named it, or gave it more than 0 points."""
        found = [0] * len(self.projects)
        for ballot, number in self.ballots.items():
            for project in ballot.supported if ballot.points else ballot.projects:
                found[project] += number
        return tuple(found)

    @cached_property
    def scores(self) -> tuple[int, ...]:
        """For each project the sum of its points, which is the number of its votes where nobody gave points."""
        if not self.scored:
            return self.votes
        found = [0] * len(self.projects)
        for ballot, number in self.ballots.items():
            for project, points in ballot.pairs():
                found[project] += number * points
        return tuple(found)

    def cost(self, projects: Iterable[int]) -> int:
        """What these cost together."""
        return sum(self.projects[project].cost for project in projects)

    def place(self, id_: str) -> int:
        """Where the project with this id stands. Raises KeyError."""
        return self._places[id_]

    @cached_property
    def _places(self) -> dict[str, int]:
        return {project.id: place for place, project in enumerate(self.projects)}

    def pot(self, category: str, budget: int) -> "Profile":
        """The part of this election that one pot pays: its projects alone, every voter, this budget."""
        kept = [place for place, project in enumerate(self.projects) if project.category == category]
        moved = {old: new for new, old in enumerate(kept)}
        ballots: Counter[Ballot] = Counter()
        for ballot, number in self.ballots.items():
            pairs = [(moved[project], points) for project, points in ballot.pairs() if project in moved]
            ballots[ballot_of(pairs, scored=self.scored)] += number
        return replace(self, projects=tuple(self.projects[place] for place in kept), ballots=ballots, budget=budget)


def ballot_of(pairs: Iterable[tuple[int, int]], *, scored: bool) -> Ballot:
    """A ballot of projects with their points, in the one order that makes equal ballots equal."""
    found = sorted(pairs)
    return Ballot(tuple(project for project, _ in found), tuple(points for _, points in found) if scored else ())


def points_of_ranking(ranking: Sequence[int], length: int | None = None) -> list[tuple[int, int]]:
    """A ranking as points, openly: the first place gets `length` points, each further place one less.

    Without a length, as many as the ballot ranks: Borda's count as Pabulib has it (found so in the scores of its files
    of Merced 2019 and Zürich). With three places it is the 3-2-1 of Kraków.
    """
    most = len(ranking) if length is None else length
    if len(ranking) > most:
        raise BadProfile(f"{len(ranking)} projects are ranked, of at most {most}")
    return [(project, most - place) for place, project in enumerate(ranking)]


def _check(ballot: Ballot, number: int, projects: int) -> None:
    chosen, points = ballot
    if number < 1:
        raise BadProfile(f"a ballot was cast {number} times")
    if len(chosen) > 1 and any(map(ge, chosen, chosen[1:])):
        raise BadProfile("a ballot names a project twice, or not in order")
    if chosen and not 0 <= chosen[0] <= chosen[-1] < projects:
        raise BadProfile("a ballot names a project that does not exist")
    if points and len(points) != len(chosen):
        raise BadProfile("a ballot gives points to another number of projects than it names")
