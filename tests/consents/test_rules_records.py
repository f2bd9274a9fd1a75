"""Which record stands, how co-holders become one answer, and the slips of domain.md 4.3 that came late or twice."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearing.consents.rules import (
    RULES,
    Answer,
    Blocked,
    ConflictRule,
    FloorCount,
    Holder,
    Holding,
    HoldingForm,
    Invalid,
    Method,
    Pending,
    Preset,
    Record,
    Refusal,
    Roll,
    Standing,
    UnitAnswer,
    UnitStatus,
    answers_of,
    check_roll,
    public_floors,
    roll_hash,
    said_by,
    sole,
    standing,
    standings,
    tally,
    to_reconfirm,
    unit_answer,
)
from hearing.notices.rules import end_of_day
from hearing.refusal import Refused
from tests.consents.block import DOORS, JOINT, SHARES, block_a, lane, owner

AGREE, OPPOSE, ABSTAIN = Answer.AGREE, Answer.OPPOSE, Answer.ABSTAIN
PLAN, OLD_PLAN = "a" * 64, "b" * 64
FIRST = date(2026, 11, 1)
CLOSING = end_of_day(FIRST + timedelta(days=10))
UNIT = owner("501", 5820)


def on(day: int, hour: int = 12) -> datetime:
    """Noon, Beijing time, of the n-th day after opening."""
    return datetime(2026, 11, 1, hour - 8, tzinfo=UTC) + timedelta(days=day)


def record(number: int, answer: Answer | None, day: int, **changes: Any) -> Record:
    """A phone answer for flat 501 on the n-th day, with whatever differs."""
    plain = Record(
        number=number,
        unit="501",
        holders=("501",),
        answer=answer,
        method=Method.PHONE,
        signed_on=FIRST + timedelta(days=day),
        received_at=on(day),
        plan_hash=PLAN,
    )
    return replace(plain, **changes)


def stands(*records: Record, **changes: Any) -> Standing:
    """What stands for flat 501 under the usual rule."""
    terms: dict[str, Any] = {"closing": CLOSING, "rule": ConflictRule.LATEST_SIGNED, "plan_hash": PLAN} | changes
    return standing(terms.pop("unit", UNIT), records, **terms)


# Co-holders.


def test_joint_holders_both_agree() -> None:
    assert unit_answer(JOINT, {"husband": AGREE, "wife": AGREE}) == UnitAnswer(AGREE)


def test_a_silent_wife_keeps_the_unit_pending_and_out_of_the_turnout() -> None:
    assert unit_answer(JOINT, {"husband": AGREE}) == UnitAnswer(pending=Pending.WAITING)
    couple = Roll(tuple(replace(u, holding=JOINT) if u.ref == "301" else u for u in block_a().units))
    half = replace(record(1, AGREE, 3), unit="301", holders=("husband",))
    found = standings(
        couple, [half], closings=dict.fromkeys(DOORS, CLOSING), rule=ConflictRule.LATEST_SIGNED, plan_hash=PLAN
    )
    assert found["301"].status(couple.unit("301")) is UnitStatus.PENDING
    assert tally(couple, answers_of(found), RULES[Preset.CC278_MAJOR]).part.heads == 0


def test_joint_holders_who_differ_go_to_coordination() -> None:
    couple = owner("301", 5820, holding=JOINT)
    found = stands(record(1, AGREE, 3, holders=("husband",)), record(2, OPPOSE, 4, holders=("wife",)), unit=couple)
    assert found.answer == UnitAnswer(pending=Pending.CONFLICT)
    assert found.needs_coordination


def test_a_mandate_by_both_counts_as_both() -> None:
    found = stands(
        record(1, AGREE, 3, holders=("husband", "wife"), method=Method.MANDATE), unit=owner("301", 5820, holding=JOINT)
    )
    assert found.answer == UnitAnswer(AGREE)


def test_three_quarters_of_the_shares_agree() -> None:
    assert unit_answer(SHARES, {"a": AGREE, "b": AGREE}) == UnitAnswer(AGREE)


def test_sixty_five_percent_of_the_shares_are_pending() -> None:
    assert unit_answer(SHARES, {"a": AGREE, "c": AGREE}) == UnitAnswer(pending=Pending.WAITING)
    assert unit_answer(SHARES, {"a": AGREE, "c": AGREE, "b": OPPOSE}) == UnitAnswer(pending=Pending.CONFLICT)


def test_exactly_two_of_three_equal_shares_speak() -> None:
    thirds = Holding(HoldingForm.SHARES, (Holder("a"), Holder("b"), Holder("c")))
    assert unit_answer(thirds, {"a": OPPOSE, "c": OPPOSE}) == UnitAnswer(OPPOSE)
    assert unit_answer(thirds, {"a": OPPOSE}) == UnitAnswer(pending=Pending.WAITING)


def test_a_share_that_nobody_registered_is_silent() -> None:
    partly = Holding(HoldingForm.SHARES, (Holder("a", 6000),), whole=10_000)
    assert unit_answer(partly, {"a": AGREE}) == UnitAnswer(pending=Pending.WAITING)


def test_nobody_spoke_and_strangers_spoke_are_the_same() -> None:
    assert unit_answer(JOINT, {}) == unit_answer(JOINT, {"neighbour": AGREE}) == UnitAnswer()


def test_shares_may_not_exceed_the_whole() -> None:
    with pytest.raises(Refused) as refused:
        Holding(HoldingForm.SHARES, (Holder("a", 60), Holder("b", 50)), whole=100)
    assert refused.value.refusal is Refusal.SHARES_EXCEED_WHOLE


@pytest.mark.parametrize(
    ("form", "holders"),
    [
        (HoldingForm.SOLE, (Holder("a"), Holder("b"))),
        (HoldingForm.JOINT, ()),
        (HoldingForm.JOINT, (Holder("a"), Holder("a"))),
        (HoldingForm.SHARES, (Holder("a", 0),)),
    ],
)
def test_a_holding_that_cannot_be_is_an_error(form: HoldingForm, holders: tuple[Holder, ...]) -> None:
    with pytest.raises(ValueError, match=r"hold|held"):
        Holding(form, holders)


def test_a_later_statement_replaces_an_earlier_one_and_none_withdraws() -> None:
    assert said_by([(("a", "b"), AGREE), (("b",), OPPOSE)]) == {"a": AGREE, "b": OPPOSE}
    assert said_by([(("a", "b"), AGREE), (("b",), None)]) == {"a": AGREE}


@given(
    st.lists(st.tuples(st.integers(1, 100), st.sampled_from([None, AGREE, OPPOSE])), min_size=1, max_size=5),
    st.sampled_from([HoldingForm.JOINT, HoldingForm.SHARES]),
)
def test_a_unit_never_says_what_its_holders_did_not(said: list[tuple[int, Answer | None]], form: HoldingForm) -> None:
    holding = Holding(form, tuple(Holder(str(i), weight) for i, (weight, _) in enumerate(said)))
    words = {str(i): answer for i, (_, answer) in enumerate(said) if answer}
    found = unit_answer(holding, words)
    backing = sum(weight for weight, answer in said if answer is found.answer)
    assert found.answer is None or 3 * backing >= 2 * holding.total
    assert (found == UnitAnswer()) == (not words)


# The last valid record before the close.


def test_withdrawn_before_the_close_is_no_answer_and_both_are_kept() -> None:
    found = stands(record(1, AGREE, 3), record(2, None, 6))
    assert found.answer == UnitAnswer()
    assert [kept.number for kept in found.counted] == [2]
    assert found.status(UNIT, seen=True) is UnitStatus.SEEN


def test_signed_again_after_withdrawing_counts() -> None:
    assert stands(record(1, AGREE, 3), record(2, None, 6), record(3, AGREE, 8)).answer == UnitAnswer(AGREE)


def test_a_slip_of_day_ten_that_arrives_on_day_twelve_is_late_and_shows_its_effect() -> None:
    slip = record(1, AGREE, 10, method=Method.MAIL, received_at=on(12))
    found = stands(slip)
    assert (found.answer, found.late) == (UnitAnswer(), (slip,))
    assert found.status(UNIT) is UnitStatus.LATE
    assert stands(slip, with_late=True).answer == UnitAnswer(AGREE)


def test_a_slip_stamped_at_the_very_close_is_in_time() -> None:
    assert stands(record(1, AGREE, 10, method=Method.PAPER, received_at=CLOSING)).answer == UnitAnswer(AGREE)
    late = CLOSING + timedelta(microseconds=1)
    assert stands(record(1, AGREE, 10, method=Method.PAPER, received_at=late)).late


def test_paper_signed_later_than_the_phone_counts_although_it_was_entered_first() -> None:
    paper = record(1, OPPOSE, 7, method=Method.PAPER)
    phone = record(2, AGREE, 5)
    found = stands(paper, phone)
    assert found.answer == UnitAnswer(OPPOSE)
    assert found.conflicting


def test_on_the_same_day_the_phone_wins_whichever_was_entered_last() -> None:
    phone = record(1, AGREE, 5, received_at=on(5, 9))
    paper = record(2, OPPOSE, 5, method=Method.PAPER, received_at=on(5, 18))
    assert stands(phone, paper).answer == UnitAnswer(AGREE)
    assert stands(phone, paper).conflicting


def test_paper_and_phone_that_agree_are_no_conflict() -> None:
    assert not stands(record(1, AGREE, 5), record(2, AGREE, 6, method=Method.PAPER)).conflicting


def test_two_answers_on_one_phone_are_a_change_of_mind_and_no_conflict() -> None:
    found = stands(record(1, AGREE, 5, received_at=on(5, 9)), record(2, OPPOSE, 5, received_at=on(5, 10)))
    assert found.answer == UnitAnswer(OPPOSE)
    assert not found.conflicting


def test_phone_first_lets_the_phone_win_over_later_paper() -> None:
    found = stands(record(1, AGREE, 5), record(2, OPPOSE, 9, method=Method.PAPER), rule=ConflictRule.PHONE_FIRST)
    assert found.answer == UnitAnswer(AGREE)


@given(st.permutations(range(5)), st.randoms(use_true_random=False))
def test_the_order_in_which_records_are_read_does_not_matter(order: list[int], chance: random.Random) -> None:
    methods = list(Method)
    days = [chance.randrange(12) for _ in range(5)]
    records = [
        record(n, chance.choice([AGREE, OPPOSE, None]), day, method=chance.choice(methods))
        for n, day in enumerate(days)
    ]
    assert stands(*[records[n] for n in order]) == stands(*records)


# What does not count.


def test_a_signature_dated_after_death_is_invalid() -> None:
    died = FIRST + timedelta(days=2)
    found = stands(record(1, AGREE, 3, method=Method.PAPER), died_on={"501": died})
    assert found.answer == UnitAnswer()
    assert [reason for _, reason in found.invalid] == [Invalid.SIGNED_AFTER_DEATH]
    assert found.status(UNIT) is UnitStatus.INVALID
    assert stands(record(1, AGREE, 2, method=Method.PAPER), died_on={"501": died}).answer == UnitAnswer(AGREE)


def test_a_disputed_signature_is_frozen_and_does_not_count() -> None:
    found = stands(record(1, AGREE, 3, disputed=True))
    assert (found.answer, found.status(UNIT)) == (UnitAnswer(), UnitStatus.DISPUTED)


def test_own_answer_after_disputing_a_forged_one_counts() -> None:
    found = stands(record(1, AGREE, 3, method=Method.PAPER, disputed=True), record(2, OPPOSE, 4))
    assert (found.answer, found.status(UNIT)) == (UnitAnswer(OPPOSE), UnitStatus.ANSWERED)


def test_a_signature_found_not_theirs_is_invalid() -> None:
    found = stands(record(1, AGREE, 3, invalid=Invalid.NOT_SIGNED_BY_THEM))
    assert found.invalid[0][1] is Invalid.NOT_SIGNED_BY_THEM


def test_the_seller_of_a_flat_no_longer_answers_for_it() -> None:
    sold = replace(UNIT, holding=sole("buyer"))
    found = stands(record(1, AGREE, 3), record(2, OPPOSE, 8, holders=("buyer",)), unit=sold)
    assert found.answer == UnitAnswer(OPPOSE)
    assert found.invalid[0][1] is Invalid.NOT_A_HOLDER


def test_a_new_plan_version_asks_every_unit_that_had_spoken_again() -> None:
    old = record(1, AGREE, 3, plan_hash=OLD_PLAN)
    found = stands(old)
    assert found.invalid == ((old, Invalid.OTHER_PLAN),)
    assert to_reconfirm({"501": [old], "502": []}) == {"501"}
    assert Standing(UnitAnswer()).status(UNIT, reconfirm=True) is UnitStatus.NEEDS_RECONFIRM


def test_an_interim_statement_counts_once_the_lessor_has_named_the_lessee() -> None:
    waiting = replace(lane().units[8], blocked=Blocked.LESSEE_CHANGE)
    statement = replace(record(1, AGREE, 3), unit="u9", holders=("daughter",))
    assert stands(statement, unit=waiting).answer == UnitAnswer()
    assert stands(statement, unit=waiting).status(waiting) is UnitStatus.BLOCKED
    named = replace(waiting, blocked=None, holding=sole("daughter"))
    assert stands(statement, unit=named).answer == UnitAnswer(AGREE)


def test_the_last_answer_of_one_buyer_speaks_for_both_flats() -> None:
    roll = block_a(same_buyer=("401", "501"))
    first = replace(record(1, OPPOSE, 3), unit="401", holders=("qian",))
    last = replace(record(2, AGREE, 4), unit="501", holders=("qian",))
    found = standings(
        roll, [last, first], closings=dict.fromkeys(DOORS, CLOSING), rule=ConflictRule.LATEST_SIGNED, plan_hash=PLAN
    )
    assert answers_of(found) == {"401": AGREE, "501": AGREE}


def test_invited_and_seen_are_told_apart() -> None:
    assert stands().status(UNIT) is UnitStatus.INVITED
    assert stands().status(UNIT, seen=True) is UnitStatus.SEEN


# The roll.


def test_the_hash_of_a_roll_does_not_depend_on_the_order_of_rows_or_on_who_holds_a_unit() -> None:
    roll = block_a(same_buyer=("401", "501"))
    renamed = Roll(
        tuple(replace(u, holding=sole("x" + u.ref), buyer="other" if u.buyer else "") for u in roll.units[::-1])
    )
    assert roll_hash(roll) == roll_hash(renamed)
    assert "qian" not in str(roll.canonical())


def test_the_hash_of_a_roll_is_fixed_for_ever() -> None:
    assert roll_hash(block_a()) == "66629d220083b70433f79f5919d4b37cecd507c1e9660b64596dfcb6e544f379"


def test_blocking_a_unit_does_not_change_the_hash() -> None:
    assert roll_hash(lane().blocking({"u9": Blocked.LESSEE_CHANGE})) == roll_hash(lane())


@pytest.mark.parametrize(
    "other",
    [
        block_a(same_buyer=("401", "501")),
        Roll(block_a().units[:-1]),
        Roll((replace(block_a().units[0], area_centi=5821), *block_a().units[1:])),
        Roll((replace(block_a().units[0], holding=JOINT), *block_a().units[1:])),
    ],
    ids=["one buyer", "one unit less", "other area", "couple"],
)
def test_whatever_changes_the_count_changes_the_hash(other: Roll) -> None:
    assert roll_hash(other) != roll_hash(block_a())


@pytest.mark.parametrize(
    ("roll", "preset", "refusal"),
    [
        (Roll(()), Preset.CC278_MAJOR, Refusal.ROLL_EMPTY),
        (Roll(block_a().units + block_a().units[:1]), Preset.CC278_MAJOR, Refusal.ROLL_TWICE),
        (block_a(), Preset.UNANIMOUS_LESSEES, Refusal.ROLL_CAPACITY),
        (Roll((replace(UNIT, area_centi=0),)), Preset.CC278_ORDINARY, Refusal.ROLL_AREA_MISSING),
    ],
)
def test_a_roll_that_does_not_fit_its_rule_is_refused(roll: Roll, preset: Preset, refusal: Refusal) -> None:
    with pytest.raises(Refused) as refused:
        check_roll(roll, RULES[preset])
    assert refused.value.refusal is refusal


def test_rolls_that_fit() -> None:
    check_roll(lane(), RULES[Preset.UNANIMOUS_LESSEES])
    check_roll(block_a(), RULES[Preset.CC278_MAJOR])


def test_a_unit_that_is_not_on_the_roll() -> None:
    with pytest.raises(Refused) as refused:
        block_a().unit("701")
    assert refused.value.refusal is Refusal.NOT_ON_ROLL


def test_floors_of_a_lane_house_are_shown_by_themselves() -> None:
    answered = {"u1": UnitAnswer(AGREE), "u5": UnitAnswer(OPPOSE), "u6": UnitAnswer(pending=Pending.WAITING)}
    assert public_floors(lane(), answered) == (
        FloorCount(("底层",), 4, 1),
        FloorCount(("二层",), 5, 1),
        FloorCount(("三层",), 4, 0),
    )


def test_floors_of_two_flats_are_merged_and_the_rest_joins_the_last() -> None:
    assert [group.floors for group in public_floors(block_a(), {})] == [("1", "2"), ("3", "4"), ("5", "6")]
    shorter = Roll(block_a().units[:10])
    assert [(group.floors, group.units) for group in public_floors(shorter, {})] == [
        (("1", "2"), 4),
        (("3", "4", "5"), 6),
    ]


def test_two_units_alone_are_not_shown_by_floor() -> None:
    assert public_floors(Roll(block_a().units[:2]), {}) == ()
