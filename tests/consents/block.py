"""Rolls of the worked examples in domain.md 4.3: block A with twelve owners, and a lane house with thirteen lessees."""

from dataclasses import replace

from hearing.consents.rules import Answer, Capacity, Holder, Holding, HoldingForm, Roll, RollUnit, sole

LARGE, SMALL = 5820, 4680
DOORS = [f"{floor}0{door}" for floor in range(1, 7) for door in (1, 2)]


def owner(ref: str, area_centi: int, *, buyer: str = "", holding: Holding | None = None) -> RollUnit:
    """One owner's flat; its holder has the key of the door unless told otherwise."""
    return RollUnit(ref, area_centi, Capacity.OWNER, holding or sole(ref), floor=ref[0], buyer=buyer)


def block_a(*, same_buyer: tuple[str, ...] = ()) -> Roll:
    """Six floors, x01 = 58.20 m² and x02 = 46.80 m², 630.00 m² in all; the doors of one buyer share a holder."""
    units = [owner(door, LARGE if door.endswith("1") else SMALL) for door in DOORS]
    one = {"buyer": "qian", "holding": sole("qian")}
    return Roll(tuple(replace(unit, **one) if unit.ref in same_buyer else unit for unit in units))  # type: ignore[arg-type]


def lane() -> Roll:
    """Thirteen lessees of 天津路426弄; areas do not matter to unanimity."""
    floors = ["底层"] * 4 + ["二层"] * 5 + ["三层"] * 4
    return Roll(
        tuple(RollUnit(f"u{n}", 1500, Capacity.LESSEE, sole(f"h{n}"), floor=floor) for n, floor in enumerate(floors, 1))
    )


def floors(*numbers: int) -> list[str]:
    """The doors of these floors."""
    return [door for door in DOORS if int(door[0]) in numbers]


def said(answer: Answer, doors: list[str]) -> dict[str, Answer]:
    """The same answer from each of these doors."""
    return dict.fromkeys(doors, answer)


JOINT = Holding(HoldingForm.JOINT, (Holder("husband"), Holder("wife")))
SHARES = Holding(HoldingForm.SHARES, (Holder("a", 40), Holder("b", 35), Holder("c", 25)), whole=100)
