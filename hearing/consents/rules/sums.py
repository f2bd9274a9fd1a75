"""Sums 分楼合计: the count of a collection stairwell by stairwell; for the public none of under three units (2.7).

They are of units and not of heads: a buyer of several flats is counted wherever she has one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hearing.consents.rules.answers import YES, Answer
from hearing.consents.rules.rolls import FLOOR_LEAST, Roll


@dataclass(frozen=True)
class PartSum:
    """What one stairwell or building said: numbers of units, their area in 1/100 m²."""

    title: str
    units: int = 0
    area_centi: int = 0
    yes: int = 0
    no: int = 0
    abstain: int = 0

    @property
    def answered(self) -> int:
        """How many took part."""
        return self.yes + self.no + self.abstain

    @property
    def silent(self) -> int:
        """How many did not."""
        return self.units - self.answered


def part_sums(roll: Roll, answers: Mapping[str, Answer], parts: Mapping[str, str]) -> list[PartSum]:
    """The sum of each part, in roll order; `parts` names the part of each unit, by the unit's reference."""
    counted: dict[str, list[int]] = {}
    for unit in roll.units:
        sums = counted.setdefault(parts[unit.ref], [0, 0, 0, 0, 0])
        sums[0] += 1
        sums[1] += unit.area_centi
        said = answers.get(unit.ref)
        if said is not None and unit.blocked is None:
            sums[2 if said in YES else 3 if said is Answer.OPPOSE else 4] += 1
    return [PartSum(title, *sums) for title, sums in counted.items()]


def public_sums(sums: Iterable[PartSum], rest: str) -> list[PartSum]:
    """The same for everybody: parts of under three units stand together under the name `rest`, last.

    Where these are under three units together, they are left out: the total tells of them.
    """
    shown: list[PartSum] = []
    small: list[PartSum] = []
    for each in sums:
        (shown if each.units >= FLOOR_LEAST else small).append(each)
    together = PartSum(
        rest,
        sum(each.units for each in small),
        sum(each.area_centi for each in small),
        sum(each.yes for each in small),
        sum(each.no for each in small),
        sum(each.abstain for each in small),
    )
    return [*shown, together] if together.units >= FLOOR_LEAST else shown
