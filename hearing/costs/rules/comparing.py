"""Comparing 对比: what a new version changes for a household and for each floor, in 分."""

from collections.abc import Iterable
from dataclasses import dataclass

from hearing.costs.rules.sharing import CostPlan, FlatShare, Why


@dataclass(frozen=True)
class Own:
    """A household's own line: what its flats pay, what they would have paid before, and why nothing.

    `before_fen` is None where the version before asked nothing of anybody, or there is none.
    """

    fen: int
    before_fen: int | None
    whys: tuple[Why, ...]

    @property
    def difference(self) -> int | None:
        """How much more it is than before, negative when less; None without a version before."""
        return None if self.before_fen is None else self.fen - self.before_fen


def own(units: Iterable[str], plan: CostPlan, before: CostPlan | None) -> Own | None:
    """The line of the household that has these flats; None when the plan asks none of them."""
    mine = list(units)
    shares = _shares(mine, plan)
    if not shares:
        return None
    earlier = sum(share.fen for share in _shares(mine, before)) if before is not None else None
    whys = tuple(dict.fromkeys(share.why for share in shares if share.why is not None))
    return Own(sum(share.fen for share in shares), earlier, whys)


def _shares(units: Iterable[str], plan: CostPlan) -> list[FlatShare]:
    return [share for unit in units if (share := plan.share_of(unit)) is not None]


@dataclass(frozen=True)
class FloorChange:
    """What is owed on a floor, and was before: the least and the most of each, in 分."""

    floor: str
    now: tuple[int, int]
    before: tuple[int, int] | None

    @property
    def difference(self) -> int | None:
        """How much more a flat owes than before; None where the amounts of a floor differ by more than rounding."""
        if self.before is None or self.now[1] - self.now[0] > 1 or self.before[1] - self.before[0] > 1:
            return None
        return self.now[0] - self.before[0]


def compare_floors(plan: CostPlan, before: CostPlan | None) -> list[FloorChange]:
    """The floors of a plan in its order, beside what they owed by the version before."""
    earlier = {tariff.floor: (tariff.lowest, tariff.highest) for tariff in before.tariffs} if before else {}
    return [
        FloorChange(tariff.floor, (tariff.lowest, tariff.highest), earlier.get(tariff.floor)) for tariff in plan.tariffs
    ]
