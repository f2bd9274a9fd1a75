"""About a poll: what its bundle says beside ballots and rule."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any


class BallotKind(StrEnum):
    """What a voter was asked to do. YES_NO and CHOOSE share out no money: each option costs 1, the budget is how many
    of them win."""

    APPROVAL = "approval"
    KNAPSACK = "knapsack"
    POINTS = "points"
    RANKING = "ranking"
    YES_NO = "yes_no"
    CHOOSE = "choose"

    @property
    def has_money(self) -> bool:
        """Whether the options have a cost."""
        return self not in (BallotKind.YES_NO, BallotKind.CHOOSE)


@dataclass(frozen=True)
class About:
    """Facts about a poll; days are those of the Beijing calendar.

    `least` and `most` are how many projects a ballot names, `most_points` how many points it gives. `facts` go into
    rule.json word for word, under "poll": the poll's name in the trail as `subject`, the version and hash of its rule,
    how its lot was drawn.
    """

    title: str
    place: str
    kind: BallotKind
    opened: date
    closed: date
    names: Mapping[str, str]
    """The title of each project."""
    least: int | None = None
    most: int | None = None
    most_points: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
