"""About a poll: what its bundle says beside ballots and rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from hearing.ballots.rules import Kind


@dataclass(frozen=True)
class Fixed:
    """What was fixed before the opening, as the trail has it: the poll's name there, the rule's text and its SHA-256,
    and the seed that draws the lot, to which the rule's text commits. Empty where there is none."""

    subject: str = ""
    rule_text: str = ""
    rule_hash: str = ""
    lot_seed: str = ""


@dataclass(frozen=True)
class About:
    """Facts about a poll; days are those of the Beijing calendar.

    `least` and `most` are how many projects a ballot names, `most_points` how many points it gives, `withdrawn` the
    projects that stand on ballots and are not counted.
    """

    title: str
    place: str
    kind: Kind
    opened: date
    closed: date
    names: Mapping[str, str]
    """The title of each project."""
    least: int | None = None
    most: int | None = None
    most_points: int | None = None
    withdrawn: tuple[str, ...] = ()
    fixed: Fixed = Fixed()
