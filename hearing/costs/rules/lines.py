"""Lines 约定: what was agreed for floors and for single flats, as people write it, one thing a line.

`3层 15` is the weight of a floor, `502 12.5` the weight of one flat, `502 不出资` a flat that agrees, pays nothing and
does not use it, `101 免出` a flat that pays nothing by agreement.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hearing.costs.rules.refusals import Refusal
from hearing.costs.rules.sharing import Basis, Terms, Why
from hearing.refusal import Refused

MARKS: dict[str, Why] = {
    "不出资": Why.WAIVED,
    "同意不出资": Why.WAIVED,
    "放弃": Why.WAIVED,
    "免出": Why.EXEMPT,
    "免": Why.EXEMPT,
    "免出资": Why.EXEMPT,
}
_WEIGHT = re.compile(r"(\d{1,4})(?:\.(\d{1,2}))?%?", re.ASCII)
_HEADINGS = frozenset({"楼层", "层", "门牌", "室号", "楼层或室号", "房号"})


@dataclass(frozen=True)
class Door:
    """A flat as the lines may name it: 502, 502室, or with its house 安和里12号 502."""

    unit: str
    floor: str
    door: str
    building: str


@dataclass(frozen=True)
class Agreement:
    """What the lines say: weights of floors and of named flats, in hundredths, and who pays nothing."""

    floors: tuple[tuple[str, int], ...] = ()
    named: tuple[tuple[str, int], ...] = ()
    waived: tuple[str, ...] = ()
    exempt: tuple[str, ...] = ()


def read_agreement(rows: Iterable[tuple[int, str]], doors: Sequence[Door], basis: Basis) -> Agreement:
    """What was agreed, out of lines with their numbers; empty lines and a heading are passed over.

    The doors of each kind come out in the order of the house. Raises COSTS_LINE_UNREADABLE(n),
    COSTS_FLOOR_UNKNOWN(n, text), COSTS_LINE_AMBIGUOUS(n, text), COSTS_LINE_TWICE(text) or COSTS_WEIGHTS_BY_AREA.
    """
    floors: dict[str, int] = {}
    named: dict[str, int] = {}
    free: dict[str, Why] = {}
    known = list(dict.fromkeys(door.floor for door in doors))
    for number, row in rows:
        words = unicodedata.normalize("NFKC", row).split()
        if not words or words[0] in _HEADINGS:
            continue
        place, said = " ".join(words[:-1]), words[-1]
        weight = _weight(said)
        if not place or (weight is None and said not in MARKS):
            raise Refused(Refusal.COSTS_LINE_UNREADABLE, n=number)
        if weight is not None and basis is Basis.AREA:
            raise Refused(Refusal.COSTS_WEIGHTS_BY_AREA)
        floor, unit = _place(number, place, doors, known)
        if floor in floors or unit in named or unit in free:
            raise Refused(Refusal.COSTS_LINE_TWICE, text=place)
        if weight is None:
            if not unit:
                raise Refused(Refusal.COSTS_LINE_UNREADABLE, n=number)
            free[unit] = MARKS[said]
        elif unit:
            named[unit] = weight
        else:
            floors[floor] = weight
    order = {door.unit: place for place, door in enumerate(doors)}
    return Agreement(
        floors=tuple((floor, floors[floor]) for floor in known if floor in floors),
        named=tuple(sorted(named.items(), key=lambda pair: order[pair[0]])),
        waived=tuple(sorted((unit for unit, why in free.items() if why is Why.WAIVED), key=order.__getitem__)),
        exempt=tuple(sorted((unit for unit, why in free.items() if why is Why.EXEMPT), key=order.__getitem__)),
    )


def _weight(text: str) -> int | None:
    """A weight in hundredths, 12.5 as 1250; None for what is none."""
    found = _WEIGHT.fullmatch(text)
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else None


def _place(number: int, place: str, doors: Sequence[Door], floors: Sequence[str]) -> tuple[str, str]:
    """The floor, or else the unit, that the words name; the other of the two is empty."""
    plain = _plain(place)
    if (floor := next((floor for floor in floors if plain in _floor_names(floor)), "")) and not _is_bare(plain, doors):
        return floor, ""
    found = [door.unit for door in doors if plain in _door_names(door)]
    if len(found) == 1 and not floor:
        return "", found[0]
    refusal = Refusal.COSTS_LINE_AMBIGUOUS if found else Refusal.COSTS_FLOOR_UNKNOWN
    raise Refused(refusal, n=number, text=place)


def _is_bare(plain: str, doors: Sequence[Door]) -> bool:
    """Whether the words could be a door as well as a floor: a house whose doors are called 1, 2, 3."""
    return any(plain == _plain(door.door) for door in doors)


def _floor_names(floor: str) -> set[str]:
    bare = _plain(floor)
    stem = bare.removesuffix("层").removesuffix("楼")
    return {bare, stem, f"{stem}层", f"{stem}楼"}


def _door_names(door: Door) -> set[str]:
    bare = _plain(door.door).removesuffix("室")
    house = _plain(door.building)
    return {name for stem in (bare, house + bare, _plain(door.floor) + bare) for name in (stem, f"{stem}室")}


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def floor_lines(terms: Terms, doors: Sequence[Door]) -> str:
    """The lines that say what the terms say, for a form that is shown again."""
    names: Mapping[str, str] = {door.unit: f"{door.building} {door.door}" for door in doors}
    said = {Why.WAIVED: "不出资", Why.EXEMPT: "免出"}
    lines = [f"{_named_floor(floor)} {weight_words(weight)}" for floor, weight in terms.floors]
    lines += [f"{names[unit]} {weight_words(weight)}" for unit, weight in terms.named if unit in names]
    lines += [f"{names[unit]} {said[Why.WAIVED]}" for unit in terms.waived if unit in names]
    lines += [f"{names[unit]} {said[Why.EXEMPT]}" for unit in terms.exempt if unit in names]
    return "\n".join(lines)


def _named_floor(floor: str) -> str:
    return f"{floor}层" if floor.isdigit() else floor


def weight_words(weight: int) -> str:
    """A weight as people write it: 1250 as 12.5."""
    return f"{weight // 100}.{weight % 100:02d}".rstrip("0").rstrip(".")
