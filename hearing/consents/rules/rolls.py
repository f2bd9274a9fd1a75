"""Rolls: the units that are asked, how they are counted as heads, and the hash that freezes them.

Head count (司法解释〔2020〕17号 §8–9): one flat is one head; several flats of one buyer, and the unsold or undelivered
flats of the developer, are one head together, their areas summed. A tenancy of public housing is always its own head.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum, auto
from functools import cached_property

from hearing.consents.rules.answers import Holder, Holding, UnitAnswer
from hearing.consents.rules.refusals import Refusal
from hearing.consents.rules.thresholds import ThresholdRule
from hearing.places.rules import Capacity, HoldingForm, floor_key
from hearing.proposals.rules import sha256_of
from hearing.refusal import N_, Refused

FLOOR_LEAST = 3


class Blocked(StrEnum):
    """Why a unit cannot answer for now; it stays on the roll and in every denominator."""

    LESSEE_CHANGE = auto()
    HEIRS_AWAITED = auto()
    OWNERSHIP_DISPUTE = auto()
    GUARDIAN_NEEDED = auto()


BLOCKED_LABELS: dict[Blocked, str] = {
    Blocked.LESSEE_CHANGE: N_("等待过户或更户"),
    Blocked.HEIRS_AWAITED: N_("等待继承人或遗产管理人"),
    Blocked.OWNERSHIP_DISPUTE: N_("产权待核实"),
    Blocked.GUARDIAN_NEEDED: N_("等待监护手续"),
}


@dataclass(frozen=True, slots=True)
class RollUnit:
    """One unit on the roll. `ref` is its reference in the register and says no name; `area_centi` is 1/100 m².

    `buyer` is a key shared by the flats of one buyer, empty when the unit stands alone. `blocked` may change after the
    roll is frozen and is no part of its hash.
    """

    ref: str
    area_centi: int
    capacity: Capacity
    holding: Holding
    floor: str = ""
    buyer: str = ""
    blocked: Blocked | None = None

    @property
    def head(self) -> str:
        """The key under which this unit is counted as a person."""
        if self.buyer and self.capacity is Capacity.OWNER:
            return f"buyer:{self.buyer}"
        return f"unit:{self.ref}"


def listed_unit(
    unit_id: int,
    shares: Iterable[tuple[int, int]],
    *,
    area_centi: int,
    capacity: str,
    form: str,
    whole: int,
    floor: str,
    buyer: str,
    blocked: str | None,
) -> RollUnit:
    """A line of a roll as it is kept: `unit_id` is the unit's number in the register, `area_centi` 1/100 m².

    `shares` are (number of the holder in the register, weight), and `whole` what weights are parts of, where it is held
    by shares. Raises what `Holding` raises.
    """
    held = HoldingForm(form)
    return RollUnit(
        ref=str(unit_id),
        area_centi=area_centi,
        capacity=Capacity(capacity),
        holding=Holding(
            held,
            tuple(Holder(str(holder), weight) for holder, weight in shares),
            whole if held is HoldingForm.SHARES else 0,
        ),
        floor=floor,
        buyer=buyer,
        blocked=Blocked(blocked) if blocked else None,
    )


def buyer_key(form: str, holders: Iterable[tuple[int, int]]) -> str:
    """The key of the buyer of a flat: the very same people, holding it in the same way, are one buyer.

    `holders` are (number in the register, weight). A sole owner's key is her number; several are named by a digest, for
    a key has forty characters at most.
    """
    people = sorted(holders)
    if len(people) == 1:
        return str(people[0][0])
    return sha256_of({"form": form, "holders": [list(person) for person in people]})[:32]


@dataclass(frozen=True)
class Roll:
    """The units of one collection, in the order of the register."""

    units: tuple[RollUnit, ...]

    @cached_property
    def heads(self) -> Mapping[str, tuple[RollUnit, ...]]:
        """The units of each head, in roll order."""
        heads: dict[str, list[RollUnit]] = {}
        for unit in self.units:
            heads.setdefault(unit.head, []).append(unit)
        return {head: tuple(units) for head, units in heads.items()}

    @property
    def area_centi(self) -> int:
        """The whole area, 1/100 m²."""
        return sum(unit.area_centi for unit in self.units)

    def unit(self, ref: str) -> RollUnit:
        """The unit of that reference. Raises NOT_ON_ROLL."""
        for unit in self.units:
            if unit.ref == ref:
                return unit
        raise Refused(Refusal.NOT_ON_ROLL)

    def blocking(self, blocked: Mapping[str, Blocked]) -> "Roll":
        """The same roll with the units of these references blocked, and no others."""
        return Roll(tuple(replace(unit, blocked=blocked.get(unit.ref)) for unit in self.units))

    def canonical(self) -> dict[str, object]:
        """The roll as plain data for its hash: without names or keys of persons, ordered by reference.

        A head is named by the first of its units; weights are those of the holders, the largest first.
        """
        first = {head: min(unit.ref for unit in units) for head, units in self.heads.items()}
        return {
            "v": 1,
            "units": [
                {
                    "ref": unit.ref,
                    "area_centi": unit.area_centi,
                    "capacity": str(unit.capacity),
                    "floor": unit.floor,
                    "head": first[unit.head],
                    "form": str(unit.holding.form),
                    "weights": sorted((holder.weight for holder in unit.holding.holders), reverse=True),
                    "whole": unit.holding.total,
                }
                for unit in sorted(self.units, key=lambda unit: unit.ref)
            ],
        }


def roll_hash(roll: Roll) -> str:
    """SHA-256 over the canonical roll, 64 hex digits; it does not depend on the order of the rows."""
    return sha256_of(roll.canonical())


def check_roll(roll: Roll, rule: ThresholdRule) -> None:
    """A roll fits its rule: it is not empty, names no unit twice, asks the right people and knows their area.

    Raises ROLL_EMPTY, ROLL_TWICE(unit), ROLL_CAPACITY(n) or ROLL_AREA_MISSING(n).
    """
    if not roll.units:
        raise Refused(Refusal.ROLL_EMPTY)
    seen: set[str] = set()
    for unit in roll.units:
        if unit.ref in seen:
            raise Refused(Refusal.ROLL_TWICE, unit=unit.ref)
        seen.add(unit.ref)
    if strangers := sum(unit.capacity not in rule.capacities for unit in roll.units):
        raise Refused(Refusal.ROLL_CAPACITY, n=strangers)
    if rule.counts_area and (missing := sum(unit.area_centi <= 0 for unit in roll.units)):
        raise Refused(Refusal.ROLL_AREA_MISSING, n=missing)


@dataclass(frozen=True)
class FloorCount:
    """Neighbouring floors shown together, how many units they have, and how many of these have answered."""

    floors: tuple[str, ...]
    units: int
    answered: int


def public_floors(roll: Roll, answers: Mapping[str, UnitAnswer]) -> tuple[FloorCount, ...]:
    """Turnout by floor for the public page: floors of under three units are merged with the next (domain.md 2.7).

    What is left over at the top joins the floors below. A building of under three units gives nothing.
    """
    by_floor: dict[str, list[RollUnit]] = {}
    for unit in sorted(roll.units, key=lambda unit: floor_key(unit.floor)):
        by_floor.setdefault(unit.floor, []).append(unit)
    groups: list[FloorCount] = []
    rest = FloorCount((), 0, 0)
    for floor, units in by_floor.items():
        answered = sum(answers.get(unit.ref, UnitAnswer()).answer is not None for unit in units)
        rest = FloorCount((*rest.floors, floor), rest.units + len(units), rest.answered + answered)
        if rest.units >= FLOOR_LEAST:
            groups.append(rest)
            rest = FloorCount((), 0, 0)
    if rest.floors and groups:
        last = groups.pop()
        groups.append(FloorCount(last.floors + rest.floors, last.units + rest.units, last.answered + rest.answered))
    return tuple(groups)
