"""The worked examples of domain.md 4.3 with their numbers, and what must hold for every roll."""

import random
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearing.consents.rules import (
    ANSWERS,
    RULES,
    YES,
    Answer,
    AnswerSet,
    Blocked,
    Capacity,
    Count,
    Line,
    Preset,
    Reason,
    Roll,
    RollUnit,
    ThresholdRule,
    sole,
    tally,
)
from tests.consents.block import DOORS, block_a, floors, lane, said

AGREE, OPPOSE, ABSTAIN = Answer.AGREE, Answer.OPPOSE, Answer.ABSTAIN
MAJOR, ORDINARY, UNANIMOUS = (
    RULES[Preset.CC278_MAJOR],
    RULES[Preset.CC278_ORDINARY],
    RULES[Preset.UNANIMOUS_LESSEES],
)


def test_block_a_is_the_block_of_the_examples() -> None:
    result = tally(block_a(), {}, MAJOR)
    assert result.all == Count(12, 63000)
    assert result.turnout is not None
    assert result.turnout.needed == Count(8, 42000)


def test_exactly_two_thirds_take_part_and_exactly_three_quarters_agree() -> None:
    result = tally(block_a(), said(OPPOSE, floors(3)) | said(AGREE, floors(4, 5, 6)), MAJOR)
    assert result.part == Count(8, 42000)
    assert result.yes == Count(6, 31500)
    assert result.agreement.needed == Count(6, 31500)
    assert result.passed
    assert result.short_by == Count()


def test_heads_enough_but_area_not() -> None:
    doors = [door for door in DOORS if door.endswith("2")] + ["101", "201"]
    result = tally(block_a(), said(AGREE, doors), MAJOR)
    assert result.part == Count(8, 39720)
    assert result.turnout is not None
    assert (result.turnout.heads_reached, result.turnout.area_reached) == (True, False)
    assert result.reason is Reason.TURNOUT_SHORT
    assert result.short_by == Count(0, 2280)


def test_exactly_half_is_not_more_than_half() -> None:
    result = tally(block_a(), said(AGREE, floors(3, 4)) | said(OPPOSE, floors(5, 6)), ORDINARY)
    assert (result.yes, result.part) == (Count(4, 21000), Count(8, 42000))
    assert result.reason is Reason.AGREEMENT_SHORT
    assert result.agreement.needed == Count(5, 21001)
    assert result.short_by == Count(1, 1)


def test_one_more_than_half_passes_the_ordinary_rule() -> None:
    result = tally(block_a(), said(AGREE, [*floors(3, 4), "502"]) | said(OPPOSE, ["501", *floors(6)]), ORDINARY)
    assert (result.yes, result.part) == (Count(5, 25680), Count(8, 42000))
    assert result.passed


def test_abstentions_take_part_and_both_numbers_are_shown() -> None:
    answers = said(AGREE, floors(1, 2, 3, 4)) | said(ABSTAIN, floors(5)) | said(OPPOSE, floors(6))
    result = tally(block_a(), answers, MAJOR)
    assert (result.part, result.yes, result.abstain, result.no) == (
        Count(12, 63000),
        Count(8, 42000),
        Count(2, 10500),
        Count(2, 10500),
    )
    assert result.reason is Reason.AGREEMENT_SHORT
    assert result.short_by == Count(1, 5250)
    assert result.without_abstentions is not None
    assert (result.without_abstentions.got, result.without_abstentions.of) == (Count(8, 42000), Count(10, 52500))
    assert result.without_abstentions.reached


def test_without_abstentions_there_is_no_second_number() -> None:
    assert tally(block_a(), said(AGREE, DOORS), MAJOR).without_abstentions is None


def test_one_buyer_of_two_flats_is_one_head_with_both_areas() -> None:
    roll = block_a(same_buyer=("401", "501"))
    result = tally(roll, said(AGREE, ["401"]), MAJOR)
    assert result.all == Count(11, 63000)
    assert result.turnout is not None
    assert result.turnout.needed.heads == 8
    assert result.yes == Count(1, 2 * 5820), "one answer speaks for both flats"


def test_seven_of_eleven_heads_are_too_few_and_eight_are_enough() -> None:
    roll = block_a(same_buyer=("401", "501"))
    seven = [*floors(6, 3, 2), "401"]
    few, enough = tally(roll, said(AGREE, seven), MAJOR), tally(roll, said(AGREE, [*seven, "101"]), MAJOR)
    assert few.part == Count(7, 43140)
    assert few.reason is Reason.TURNOUT_SHORT
    assert enough.part.heads == 8
    assert enough.passed


def test_two_flats_of_one_buyer_that_contradict_each_other_have_not_answered() -> None:
    result = tally(block_a(same_buyer=("401", "501")), {"401": AGREE, "501": OPPOSE}, MAJOR)
    assert result.part == Count()


def test_twelve_of_thirteen_lessees_are_one_household_short() -> None:
    refs = [unit.ref for unit in lane().units]
    result = tally(lane(), said(AGREE, refs[:12]) | said(ABSTAIN, refs[12:]), UNANIMOUS)
    assert (result.yes.heads, result.all.heads) == (12, 13)
    assert result.reason is Reason.AGREEMENT_SHORT
    assert result.short_by == Count(1, 0)
    assert result.without_abstentions is None
    assert UNANIMOUS.words % {"n": result.all.heads} == "全体13户同意"


def test_thirteen_of_thirteen_lessees_pass() -> None:
    assert tally(lane(), {unit.ref: AGREE for unit in lane().units}, UNANIMOUS).passed


def test_a_lessee_of_two_rooms_is_two_tenancies() -> None:
    rooms = tuple(RollUnit(ref, 1000, Capacity.LESSEE, sole("li"), buyer="li") for ref in ("front", "back"))
    assert tally(Roll(rooms), {"front": AGREE}, UNANIMOUS).short_by == Count(1, 0)


def test_unanimity_waits_for_a_blocked_unit() -> None:
    roll = lane().blocking({"u9": Blocked.LESSEE_CHANGE})
    result = tally(roll, {unit.ref: AGREE for unit in roll.units}, UNANIMOUS)
    assert result.blocked.heads == 1
    assert result.short_by == Count(1, 0)
    assert not result.passed


def test_a_blocked_flat_stays_in_the_denominator_while_its_owner_answers_for_the_other() -> None:
    roll = block_a(same_buyer=("401", "501")).blocking({"501": Blocked.OWNERSHIP_DISPUTE})
    result = tally(roll, {"401": AGREE, "501": AGREE}, MAJOR)
    assert (result.yes, result.all, result.blocked) == (Count(1, 5820), Count(11, 63000), Count(0, 5820))


def test_agreeing_without_using_the_lift_is_agreement() -> None:
    answers = said(Answer.AGREE_PAY, floors(3, 4, 5)) | said(Answer.AGREE_WAIVE, floors(6))
    assert tally(block_a(), answers, MAJOR).yes == Count(8, 42000)


def test_answers_from_outside_the_roll_count_nothing() -> None:
    assert tally(block_a(), {"1501": AGREE}, MAJOR).part == Count()


@pytest.mark.parametrize("rule", RULES.values(), ids=str)
def test_an_empty_roll_never_passes(rule: ThresholdRule) -> None:
    result = tally(Roll(()), {}, rule)
    assert result.reason is Reason.EMPTY_ROLL
    assert not result.passed


@pytest.mark.parametrize("rule", [MAJOR, ORDINARY], ids=["major", "ordinary"])
def test_a_roll_without_areas_never_passes_a_rule_that_counts_them(rule: ThresholdRule) -> None:
    roll = Roll(tuple(replace(unit, area_centi=0) for unit in block_a().units))
    assert not tally(roll, said(AGREE, DOORS), rule).passed


def test_presets_offer_the_words_of_the_law() -> None:
    assert set(RULES) == set(Preset) - {Preset.CUSTOM}
    assert all(rule.preset is preset and rule.version >= 1 and rule.source for preset, rule in RULES.items())
    assert MAJOR.words.startswith("双三分之二参与、双四分之三同意")
    assert set(ANSWERS[AnswerSet.PLAIN]) & YES == {AGREE}
    assert set(ANSWERS[AnswerSet.LIFT]) & YES == {Answer.AGREE_PAY, Answer.AGREE_WAIVE}


answers_of_units = st.sampled_from([None, AGREE, OPPOSE, ABSTAIN])
rules = st.sampled_from(list(RULES.values()))


@st.composite
def votes(draw: st.DrawFn) -> tuple[Roll, dict[str, Answer]]:
    """A roll of up to twelve units, some of one buyer and some blocked, and what they said."""
    size = draw(st.integers(1, 12))
    units, answers = [], {}
    for number in range(size):
        units.append(
            RollUnit(
                ref=f"u{number}",
                area_centi=draw(st.integers(1, 20_000)),
                capacity=draw(st.sampled_from(Capacity)),
                holding=sole(f"h{number}"),
                buyer=draw(st.sampled_from(["", "", "x", "y"])),
                blocked=draw(st.sampled_from([None, None, None, Blocked.OWNERSHIP_DISPUTE])),
            )
        )
        if answer := draw(answers_of_units):
            answers[f"u{number}"] = answer
    return Roll(tuple(units)), answers


@given(votes(), rules)
def test_more_agreement_never_undoes_a_pass(vote: tuple[Roll, dict[str, Answer]], rule: ThresholdRule) -> None:
    roll, answers = vote
    before = tally(roll, answers, rule)
    for units in roll.heads.values():
        refs = [unit.ref for unit in units]
        if {answers.get(ref) for ref in refs} == {OPPOSE}:
            after = tally(roll, answers | dict.fromkeys(refs, AGREE), rule)
            assert after.passed or not before.passed


@given(votes(), rules, st.randoms(use_true_random=False))
def test_the_order_of_units_and_answers_does_not_matter(
    vote: tuple[Roll, dict[str, Answer]], rule: ThresholdRule, chance: random.Random
) -> None:
    roll, answers = vote
    units, pairs = list(roll.units), list(answers.items())
    chance.shuffle(units)
    chance.shuffle(pairs)
    assert tally(Roll(tuple(units)), dict(pairs), rule) == tally(roll, answers, rule)


@given(votes(), rules)
def test_counts_add_up_and_nothing_is_counted_twice(vote: tuple[Roll, dict[str, Answer]], rule: ThresholdRule) -> None:
    roll, answers = vote
    result = tally(roll, answers, rule)
    assert result.yes + result.no + result.abstain == result.part
    assert result.part + result.silent == result.all
    assert result.silent.heads >= result.blocked.heads
    assert result.silent.area_centi >= result.blocked.area_centi


@given(votes(), rules)
def test_it_passes_exactly_when_nothing_is_short(vote: tuple[Roll, dict[str, Answer]], rule: ThresholdRule) -> None:
    result = tally(*vote, rule)
    nobody_took_part = not result.part.heads
    assert result.passed == (result.short_by == Count() and not nobody_took_part)


lines = st.sampled_from([Line(2, 3), Line(3, 4), Line(1, 2, strict=True), Line(1, 1), Line(19, 20)])


@given(lines, st.integers(0, 10**7), st.integers(1, 10**7))
def test_a_line_by_cross_multiplication_equals_fractions(line: Line, part: int, whole: int) -> None:
    ratio, wanted = Fraction(part, whole), Fraction(line.numerator, line.denominator)
    assert line.reached(part, whole) == (ratio > wanted if line.strict else ratio >= wanted)


@given(lines, st.integers(1, 10**7))
def test_what_is_needed_is_the_least_that_reaches(line: Line, whole: int) -> None:
    needed = line.needed(whole)
    assert line.reached(needed, whole)
    assert not line.reached(needed - 1, whole)


@given(st.integers(1, 10**6))
def test_exactly_two_thirds_reach_and_exactly_half_does_not(third: int) -> None:
    assert Line(2, 3).reached(2 * third, 3 * third)
    assert not Line(2, 3).reached(2 * third - 1, 3 * third)
    assert not Line(1, 2, strict=True).reached(third, 2 * third)
    assert Line(1, 2, strict=True).reached(third + 1, 2 * third)


def test_of_nothing_no_line_is_reached() -> None:
    assert not Line(2, 3).reached(0, 0)
