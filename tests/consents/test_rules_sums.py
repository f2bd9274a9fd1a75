"""Sums stairwell by stairwell: they come out, and the public's tell of no household."""

from __future__ import annotations

from hearing.consents.rules import Answer, Blocked, Capacity, PartSum, Roll, RollUnit, part_sums, public_sums, sole

SAID = {"1": Answer.AGREE, "2": Answer.OPPOSE, "3": Answer.ABSTAIN, "4": Answer.AGREE_PAY, "5": Answer.AGREE}
PARTS = {**dict.fromkeys("123", "1号楼"), **dict.fromkeys("45", "2号楼"), "6": "3号楼"}


def roll(blocked: str = "") -> Roll:
    return Roll(
        tuple(
            RollUnit(
                ref=ref,
                area_centi=1000 * int(ref),
                capacity=Capacity.OWNER,
                holding=sole(ref),
                blocked=Blocked.OWNERSHIP_DISPUTE if ref == blocked else None,
            )
            for ref in "123456"
        )
    )


def test_each_part_is_summed_in_roll_order() -> None:
    first, second, third = part_sums(roll(), SAID, PARTS)
    assert first == PartSum("1号楼", units=3, area_centi=6000, yes=1, no=1, abstain=1)
    assert (first.answered, first.silent) == (3, 0)
    assert second == PartSum("2号楼", units=2, area_centi=9000, yes=2)
    assert third == PartSum("3号楼", units=1, area_centi=6000)
    assert (third.answered, third.silent) == (0, 1)


def test_a_blocked_unit_has_no_answer() -> None:
    assert part_sums(roll(blocked="1"), SAID, PARTS)[0].yes == 0


def test_for_the_public_small_parts_stand_together() -> None:
    assert public_sums(part_sums(roll(), SAID, PARTS), "其余") == [
        PartSum("1号楼", units=3, area_centi=6000, yes=1, no=1, abstain=1),
        PartSum("其余", units=3, area_centi=15000, yes=2),
    ]


def test_what_is_small_together_too_is_left_out() -> None:
    parts = {**dict.fromkeys("1234", "1号楼"), **dict.fromkeys("56", "2号楼")}
    assert [each.title for each in public_sums(part_sums(roll(), SAID, parts), "其余")] == ["1号楼"]
