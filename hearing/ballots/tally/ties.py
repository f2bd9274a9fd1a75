"""Ties: the lower cost first, then the more votes, then a lot that was drawn once for the whole count.

This is the advice of equalshares.net (tie-breaking): one order for all steps of the endowment.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from hearing.ballots.tally.profile import BadProfile, Profile
from hearing.ballots.tally.rule import LotNeeded


@dataclass
class Ties:
    """Settles ties of one profile and remembers those that only a lot could settle."""

    profile: Profile
    lot: tuple[str, ...] | None
    drawn: set[tuple[int, ...]] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Refuse a lot that is not an order of exactly these projects."""
        ids = [project.id for project in self.profile.projects]
        if self.lot is not None and sorted(self.lot) != sorted(ids):
            raise BadProfile("the lot is not an order of all projects")
        rank = {id_: place for place, id_ in enumerate(self.lot or ids)}
        costs = [project.cost for project in self.profile.projects]
        self._keys = [(costs[p], -score) for p, score in enumerate(self.profile.scores)]
        self._rank = [rank[id_] for id_ in ids]

    def first(self, projects: Sequence[int]) -> int:
        """Which of these, otherwise equal, comes first. Raises LotNeeded."""
        best = min(self._keys[project] for project in projects)
        equal = sorted(project for project in projects if self._keys[project] == best)
        if len(equal) > 1:
            if self.lot is None:
                raise LotNeeded(tuple(self.profile.projects[project].id for project in equal))
            self.drawn.add(tuple(equal))
        return min(equal, key=self._rank.__getitem__)

    def by_votes(self, projects: Iterable[int]) -> list[int]:
        """These by score, then cost, then lot; without a lot, equal ones in the order of the profile."""
        scores = self.profile.scores
        return sorted(projects, key=lambda p: (-scores[p], self.profile.projects[p].cost, self._rank[p]))

    def matters(self, equal: list[int]) -> None:
        """Take note that the order of these decided something. Raises LotNeeded."""
        if self.lot is None:
            raise LotNeeded(tuple(self.profile.projects[project].id for project in sorted(equal)))
        self.drawn.add(tuple(sorted(equal)))
