"""Sharing 分摊: from the whole cost to what each flat pays (domain.md 2.3 and 4.3; Civil Code §281, §283).

Civil Code §283: costs are shared as the owners agreed; where nothing is agreed, by the area of their exclusive parts.
§281: the repair fund may pay for a lift after a joint decision. Shanghai pays 40 % of the works, 28万 a lift at most.
Amounts are whole 分, weights and percentages whole hundredths, areas 1/100 m².
"""

import hashlib
import json
import math
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum, auto
from functools import cached_property
from typing import Any

from hearing.audit.canonical import encode
from hearing.costs.rules.refusals import Refusal
from hearing.costs.rules.rounding import largest_remainder
from hearing.refusal import N_, Refused

WHOLE = 10_000
"""A hundred percent, in 1/100 of a percent."""


class Basis(StrEnum):
    """By what the residents' part is divided."""

    FLOORS = auto()
    AREA = auto()


BASIS_LABELS: dict[Basis, str] = {
    Basis.FLOORS: N_("按楼层约定的比例"),
    Basis.AREA: N_("按专有部分面积（没有约定时，民法典第二百八十三条）"),
}


class Why(StrEnum):
    """Why a flat pays nothing."""

    FLOOR = auto()
    WAIVED = auto()
    EXEMPT = auto()
    COVERED = auto()


WHY_LABELS: dict[Why, str] = {
    Why.FLOOR: N_("约定不分摊"),
    Why.WAIVED: N_("同意，但不出资、不使用"),
    Why.EXEMPT: N_("约定免出"),
    Why.COVERED: N_("补贴和其他资金已够"),
}


@dataclass(frozen=True)
class Subsidy:
    """A public subsidy: a part of the whole cost, in 1/100 of a percent, and the most that it pays."""

    percent_centi: int = 0
    cap_fen: int | None = None

    def of(self, total_fen: int) -> int:
        """What it pays of a whole cost, rounded down to whole 分: 40 % of 70万 is 28万, and of 72万 still 28万."""
        part = total_fen * self.percent_centi // WHOLE
        return part if self.cap_fen is None else min(part, self.cap_fen)


@dataclass(frozen=True)
class Flat:
    """A flat that may have to pay: its reference in the register, its floor, its area in 1/100 m²."""

    unit: str
    floor: str
    area_centi: int = 0


@dataclass(frozen=True)
class Terms:
    """What was agreed about the money.

    A floor's weight, in hundredths, is borne by all flats of that floor in equal parts, whether or not they pay. A
    named flat has a weight of its own in the same measure, its neighbours keep theirs. `waived` flats agree, pay
    nothing and do not use it; `exempt` ones pay nothing by agreement. `fund_fen` is what other funds pay.
    """

    total_fen: int
    subsidy: Subsidy = field(default_factory=Subsidy)
    fund_fen: int = 0
    basis: Basis = Basis.FLOORS
    floors: tuple[tuple[str, int], ...] = ()
    named: tuple[tuple[str, int], ...] = ()
    waived: tuple[str, ...] = ()
    exempt: tuple[str, ...] = ()
    agreed: str = ""
    """On what the agreement rests, in words for everybody."""

    @property
    def residents_fen(self) -> int:
        """What is left for the households. Raises COSTS_BUDGET_MISSING or COSTS_FUNDS_EXCEED(yuan)."""
        if self.total_fen <= 0:
            raise Refused(Refusal.COSTS_BUDGET_MISSING)
        left = self.total_fen - self.subsidy.of(self.total_fen) - self.fund_fen
        if left < 0:
            raise Refused(Refusal.COSTS_FUNDS_EXCEED, yuan=f"{-left // 100}.{-left % 100:02d}")
        return left


@dataclass(frozen=True)
class FlatShare:
    """What one flat pays, in 分; why, when it is nothing. `weight` is its part before anybody waived."""

    unit: str
    floor: str
    weight: int
    fen: int
    why: Why | None = None


@dataclass(frozen=True)
class FloorTariff:
    """What a flat that pays owes on a floor, in 分: the least and the most, as rounding and named flats may differ."""

    floor: str
    lowest: int
    highest: int


@dataclass(frozen=True)
class CostPlan:
    """What a plan costs and what each flat pays of it, in the order of the doors."""

    terms: Terms
    shares: tuple[FlatShare, ...]

    @property
    def total_fen(self) -> int:
        """The whole cost."""
        return self.terms.total_fen

    @property
    def subsidy_fen(self) -> int:
        """What the subsidy pays."""
        return self.terms.subsidy.of(self.terms.total_fen)

    @property
    def residents_fen(self) -> int:
        """What the households pay together."""
        return sum(share.fen for share in self.shares)

    @property
    def is_capped(self) -> bool:
        """Whether the subsidy is at its most."""
        return self.subsidy_fen == self.terms.subsidy.cap_fen

    def share_of(self, unit: str) -> FlatShare | None:
        """One flat's line; None for a flat that the plan does not ask."""
        return self._by_unit.get(unit)

    @cached_property
    def _by_unit(self) -> dict[str, FlatShare]:
        return {share.unit: share for share in self.shares}

    @property
    def payers(self) -> int:
        """How many flats pay."""
        return sum(share.fen > 0 for share in self.shares)

    def nothing(self) -> list[tuple[Why, int]]:
        """How many flats pay nothing for which reason: in all, so that nobody's answer is told by her floor."""
        counted = Counter(share.why for share in self.shares if share.why is not None)
        return [(why, counted[why]) for why in Why if counted[why]]

    @cached_property
    def tariffs(self) -> tuple[FloorTariff, ...]:
        """What is owed on each floor, in the order of the doors.

        It is told the same whether or not the flats of a floor waived: a waiver is an answer, and answers are told by
        door to nobody but the committee.
        """
        paying = sum(share.weight for share in self.shares if share.why is None)
        floors: dict[str, list[int]] = {}
        for share in self.shares:
            owed = floors.setdefault(share.floor, [])
            if share.why is Why.WAIVED and paying:
                owed.append(self.residents_fen * share.weight // paying)
            elif share.why is not Why.EXEMPT:
                owed.append(share.fen)
        return tuple(FloorTariff(floor, min(owed, default=0), max(owed, default=0)) for floor, owed in floors.items())

    def canonical(self, *, proposal: str) -> dict[str, Any]:
        """The content whose SHA-256 is `digest`: `{"v", "proposal", "terms", "shares"}`."""
        terms = self.terms
        return {
            "v": 1,
            "proposal": proposal,
            "terms": {
                "total": terms.total_fen,
                "percent": terms.subsidy.percent_centi,
                "cap": terms.subsidy.cap_fen,
                "fund": terms.fund_fen,
                "basis": terms.basis.value,
                "floors": [[unicodedata.normalize("NFC", floor), weight] for floor, weight in terms.floors],
                "named": [[unit, weight] for unit, weight in terms.named],
                "waived": list(terms.waived),
                "exempt": list(terms.exempt),
                "agreed": unicodedata.normalize("NFC", terms.agreed),
            },
            "shares": [
                [
                    share.unit,
                    unicodedata.normalize("NFC", share.floor),
                    share.weight,
                    share.fen,
                    share.why.value if share.why else None,
                ]
                for share in self.shares
            ],
        }

    def text(self, *, proposal: str) -> str:
        """The exact text that is kept: canonical JSON."""
        return encode(self.canonical(proposal=proposal)).decode()

    def digest(self, *, proposal: str) -> str:
        """SHA-256 of that text, 64 hex digits: what the plan version names, and so what a signature binds to."""
        return hashlib.sha256(self.text(proposal=proposal).encode()).hexdigest()


def share_out(terms: Terms, flats: Sequence[Flat]) -> CostPlan:
    """Divide what the households pay among the flats, in the order of the doors; the sum is exact.

    Raises COSTS_BUDGET_MISSING, COSTS_FUNDS_EXCEED(yuan), COSTS_FLOORS_MISSING(floors), COSTS_AREA_MISSING(n) or
    COSTS_NOBODY_PAYS.
    """
    residents, free = terms.residents_fen, {*terms.waived, *terms.exempt}
    weights = _weights(terms, flats)
    if terms.basis is Basis.AREA and (missing := sum(flat.area_centi <= 0 for flat in flats if flat.unit not in free)):
        raise Refused(Refusal.COSTS_AREA_MISSING, n=missing)
    paying = [0 if flat.unit in free else weight for flat, weight in zip(flats, weights, strict=True)]
    if residents and not any(paying):
        raise Refused(Refusal.COSTS_NOBODY_PAYS)
    amounts = largest_remainder(residents, paying)
    return CostPlan(
        terms,
        tuple(
            FlatShare(flat.unit, flat.floor, weight, fen, _why(terms, flat, weight, residents))
            for flat, weight, fen in zip(flats, weights, amounts, strict=True)
        ),
    )


def _why(terms: Terms, flat: Flat, weight: int, residents: int) -> Why | None:
    """Why a flat pays nothing; None for one that pays its part."""
    if flat.unit in terms.waived:
        return Why.WAIVED
    if flat.unit in terms.exempt:
        return Why.EXEMPT
    if not weight:
        return Why.FLOOR
    return None if residents else Why.COVERED


def _weights(terms: Terms, flats: Sequence[Flat]) -> list[int]:
    """Each flat's weight on one common denominator, before anybody waives: a floor's weight in equal parts."""
    if terms.basis is Basis.AREA:
        return [flat.area_centi for flat in flats]
    on_floor, floors, named = Counter(flat.floor for flat in flats), dict(terms.floors), dict(terms.named)
    if missing := [floor for floor in on_floor if floor not in floors]:
        raise Refused(Refusal.COSTS_FLOORS_MISSING, floors="、".join(missing))
    common = math.lcm(*on_floor.values()) if on_floor else 1
    return [
        named[flat.unit] * common if flat.unit in named else floors[flat.floor] * common // on_floor[flat.floor]
        for flat in flats
    ]


def check_matches(plan: CostPlan, *, budget_fen: int, shares: Mapping[str, int], units: Iterable[str]) -> None:
    """A cost plan that a version names must be the one from which its budget and household shares come.

    `shares` are the plan version's, by unit, in 分, without those of nothing; `units` are all that its consents ask.
    Raises COSTS_OUTDATED.
    """
    owed = {share.unit: share.fen for share in plan.shares if share.fen}
    known = {share.unit for share in plan.shares}
    if plan.total_fen != budget_fen or owed != dict(shares) or not known <= set(units):
        raise Refused(Refusal.COSTS_OUTDATED)


def read_cost_plan(text: str) -> CostPlan:
    """The cost plan out of its exact text, the inverse of `CostPlan.text`."""
    content = json.loads(text)
    terms = content["terms"]
    return CostPlan(
        Terms(
            total_fen=terms["total"],
            subsidy=Subsidy(terms["percent"], terms["cap"]),
            fund_fen=terms["fund"],
            basis=Basis(terms["basis"]),
            floors=tuple((floor, weight) for floor, weight in terms["floors"]),
            named=tuple((unit, weight) for unit, weight in terms["named"]),
            waived=tuple(terms["waived"]),
            exempt=tuple(terms["exempt"]),
            agreed=terms["agreed"],
        ),
        tuple(
            FlatShare(unit, floor, weight, fen, Why(why) if why else None)
            for unit, floor, weight, fen, why in content["shares"]
        ),
    )
