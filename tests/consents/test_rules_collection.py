"""The course of a collection: its terms, windows, publicity, grace, provisional and final result."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from hearing.consents.rules import (
    RULES,
    STEPS,
    TERM_LABELS,
    Answer,
    AnswerSet,
    CollectionState,
    ConflictRule,
    ManagerConsent,
    Move,
    Outcome,
    Preset,
    Reason,
    Refusal,
    Tally,
    Terms,
    check_move,
    check_window_days,
    closes_at,
    closing_after_transfer,
    days_between,
    grace_ends_at,
    may_close,
    may_extend,
    may_finish,
    may_freeze_roll,
    may_open_roll,
    may_publish_provisional,
    missing_terms,
    outcome,
    tally,
    transfer_voids_answer,
)
from hearing.notices.rules import ObjectionState, PublicityPeriod, end_of_day
from hearing.notices.rules import Refusal as NoticeRefusal
from hearing.people.rules import Refusal as PeopleRefusal
from hearing.people.rules import Role
from hearing.refusal import Refused
from tests.consents.block import block_a, lane

State = CollectionState
DIRECTOR, CLERK, SCRUTINEER = Role.COMMITTEE_DIRECTOR, Role.COMMITTEE_CLERK, Role.SCRUTINEER
OPENED = datetime(2026, 11, 1, 2, tzinfo=UTC)
CLOSING = end_of_day(date(2026, 11, 11))
TERMS = Terms(
    plan_hash="a" * 64,
    scope="building/1",
    preset=Preset.UNANIMOUS_LESSEES,
    answer_set=AnswerSet.PLAIN,
    window_days=10,
    conflict_rule=ConflictRule.LATEST_SIGNED,
    mandate_cap=3,
    counted_by=("clerk", "scrutineer"),
)
PASSED = tally(lane(), {unit.ref: Answer.AGREE for unit in lane().units}, RULES[Preset.UNANIMOUS_LESSEES])
FAILED = tally(lane(), {}, RULES[Preset.UNANIMOUS_LESSEES])


def test_the_course_of_a_collection_that_passes() -> None:
    state = State.DRAFT
    for move in (Move.OPEN_ROLL, Move.FREEZE_ROLL, Move.EXTEND, Move.CLOSE, Move.PUBLISH_PROVISIONAL, Move.FINISH):
        check_move(state, move, role=CLERK, reason="节日期间多留几天")
        state = STEPS[move].to[0]
    assert state is State.PASSED


@pytest.mark.parametrize("move", Move)
def test_each_move_starts_from_its_states_only(move: Move) -> None:
    for state in set(State) - STEPS[move].starts:
        with pytest.raises(Refused) as refused:
            check_move(state, move, role=CLERK, reason="理由")
        assert refused.value.refusal is Refusal.COLLECTION_ELSEWHERE


@pytest.mark.parametrize("move", Move)
@pytest.mark.parametrize("role", [Role.RESIDENT, Role.PROPERTY_MANAGER, Role.COUNCIL_MEMBER, Role.BLOCK_OFFICER])
def test_nobody_but_the_committee_moves_a_collection(move: Move, role: Role) -> None:
    with pytest.raises(Refused) as refused:
        check_move(next(iter(STEPS[move].starts)), move, role=role, reason="理由")
    assert refused.value.refusal is PeopleRefusal.NOT_YOUR_SEAT


def test_the_scrutineer_confirms_the_result_and_nothing_else() -> None:
    check_move(State.PROVISIONAL, Move.FINISH, role=SCRUTINEER)
    with pytest.raises(Refused):
        check_move(State.OPEN, Move.VOID, role=SCRUTINEER, reason="理由")


@pytest.mark.parametrize(("state", "move"), [(State.OPEN, Move.EXTEND), (State.GRACE, Move.VOID)])
def test_extending_and_voiding_need_a_reason(state: State, move: Move) -> None:
    with pytest.raises(Refused) as refused:
        check_move(state, move, role=DIRECTOR, reason=" ")
    assert refused.value.refusal is Refusal.COLLECTION_REASON_MISSING


def test_the_system_closes_and_tallies_but_takes_no_decision() -> None:
    check_move(State.OPEN, Move.CLOSE, role=None)
    check_move(State.GRACE, Move.PUBLISH_PROVISIONAL, role=None)
    with pytest.raises(ValueError, match="person"):
        check_move(State.PROVISIONAL, Move.FINISH, role=None)


def test_a_plan_change_supersedes_even_a_collection_that_had_passed() -> None:
    check_move(State.PASSED, Move.SUPERSEDE, role=CLERK)
    with pytest.raises(Refused):
        check_move(State.VOID, Move.SUPERSEDE, role=CLERK)


def test_the_terms_that_are_missing_are_named() -> None:
    assert missing_terms(Terms()) == tuple(TERM_LABELS)
    assert missing_terms(TERMS) == ()
    with pytest.raises(Refused) as refused:
        may_open_roll(Terms(plan_hash="a" * 64, scope="building/1"), publicity_days=3)
    assert refused.value.refusal is Refusal.TERMS_INCOMPLETE
    assert refused.value.details["n"] == len(TERM_LABELS) - 2


@pytest.mark.parametrize(("days", "fits"), [(4, False), (5, True), (60, True), (61, False)])
def test_a_window_is_five_to_sixty_days(days: int, fits: bool) -> None:
    if fits:
        check_window_days(days)
        return
    with pytest.raises(Refused) as refused:
        check_window_days(days)
    assert refused.value.details == {"days": days, "least": 5, "most": 60}


@pytest.mark.parametrize(("days", "fits"), [(2, False), (3, True), (15, True), (16, False)])
def test_a_roll_is_shown_for_three_to_fifteen_days(days: int, fits: bool) -> None:
    if fits:
        may_open_roll(TERMS, publicity_days=days)
        return
    with pytest.raises(Refused) as refused:
        may_open_roll(TERMS, publicity_days=days)
    assert refused.value.refusal is Refusal.ROLL_PUBLICITY_OUT_OF_BOUNDS


def test_a_window_of_ten_days_ends_at_midnight_in_beijing() -> None:
    assert closes_at(OPENED, 10) == CLOSING == datetime(2026, 11, 11, 16, tzinfo=UTC)
    assert days_between(OPENED, CLOSING) == 10


def test_the_roll_is_frozen_after_its_days_and_with_every_correction_decided() -> None:
    shown = PublicityPeriod(OPENED, 3)
    terms: dict[str, Any] = {"publicity": shown, "corrections_undecided": 0, "now": shown.ends_at}
    rule = RULES[Preset.UNANIMOUS_LESSEES]
    may_freeze_roll(lane(), rule, **terms)
    for changes, refusal in (
        ({"now": shown.ends_at - timedelta(seconds=1)}, Refusal.ROLL_PUBLICITY_RUNNING),
        ({"corrections_undecided": 2}, Refusal.CORRECTIONS_UNDECIDED),
    ):
        with pytest.raises(Refused) as refused:
            may_freeze_roll(lane(), rule, **terms | changes)
        assert refused.value.refusal is refusal
    with pytest.raises(Refused) as refused:
        may_freeze_roll(block_a(), rule, **terms)
    assert refused.value.refusal is Refusal.ROLL_CAPACITY


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({}, None),
        ({"new_closing": end_of_day(date(2026, 12, 31))}, None),
        ({"new_closing": end_of_day(date(2027, 1, 1))}, Refusal.WINDOW_OUT_OF_BOUNDS),
        ({"new_closing": CLOSING}, Refusal.WINDOW_ENDS_NOT_LATER),
        ({"extended_before": True}, Refusal.EXTENDED_ALREADY),
        ({"now": CLOSING}, Refusal.ALREADY_CLOSED),
    ],
)
def test_a_window_is_extended_once_in_time_and_within_sixty_days(
    changes: dict[str, Any], refusal: Refusal | None
) -> None:
    terms: dict[str, Any] = {
        "opened_at": OPENED,
        "closing": CLOSING,
        "new_closing": end_of_day(date(2026, 11, 20)),
        "extended_before": False,
        "now": CLOSING - timedelta(seconds=1),
    } | changes
    if refusal is None:
        may_extend(**terms)
        return
    with pytest.raises(Refused) as refused:
        may_extend(**terms)
    assert refused.value.refusal is refusal


def test_a_buyer_has_five_full_days_and_a_sale_after_the_close_changes_nothing() -> None:
    assert closing_after_transfer(CLOSING, date(2026, 11, 8)) == end_of_day(date(2026, 11, 13))
    assert closing_after_transfer(CLOSING, date(2026, 11, 2)) == CLOSING
    assert closing_after_transfer(CLOSING, date(2026, 11, 12)) == CLOSING
    assert transfer_voids_answer(CLOSING, date(2026, 11, 11))
    assert not transfer_voids_answer(CLOSING, date(2026, 11, 12))


def test_answering_ends_when_the_last_unit_has_had_its_window() -> None:
    later = end_of_day(date(2026, 11, 13))
    may_close([CLOSING], CLOSING)
    with pytest.raises(Refused) as refused:
        may_close([CLOSING, later], CLOSING)
    assert refused.value.details["ends"] == "2026-11-13"


@pytest.mark.parametrize(("days", "last"), [(0, 11), (1, 12), (3, 14)])
def test_grace_ends_whole_days_after_the_close(days: int, last: int) -> None:
    assert grace_ends_at(CLOSING, days) == end_of_day(date(2026, 11, last))


@pytest.mark.parametrize("days", [-1, 4])
def test_grace_has_three_days_at_most(days: int) -> None:
    with pytest.raises(Refused) as refused:
        grace_ends_at(CLOSING, days)
    assert refused.value.refusal is Refusal.GRACE_OUT_OF_BOUNDS


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({}, None),
        ({"now": CLOSING - timedelta(seconds=1)}, Refusal.STILL_OPEN),
        ({"entries_undecided": 1}, Refusal.ENTRIES_UNDECIDED),
        ({"disputes_undecided": 1}, Refusal.DISPUTES_UNDECIDED),
        ({"days": 2}, Refusal.PROVISIONAL_OUT_OF_BOUNDS),
    ],
)
def test_the_provisional_result_waits_for_grace_slips_and_disputes(
    changes: dict[str, Any], refusal: Refusal | None
) -> None:
    terms: dict[str, Any] = {
        "grace_ends": CLOSING,
        "entries_undecided": 0,
        "disputes_undecided": 0,
        "days": 3,
        "now": CLOSING,
    } | changes
    if refusal is None:
        may_publish_provisional(**terms)
        return
    with pytest.raises(Refused) as refused:
        may_publish_provisional(**terms)
    assert refused.value.refusal is refusal


BOTH = [("wang", CLERK), ("zhou", SCRUTINEER)]


@pytest.mark.parametrize(
    ("confirmed", "objections", "early", "refusal"),
    [
        (BOTH, [ObjectionState.SETTLED, ObjectionState.UNFOUNDED], False, None),
        (BOTH, [ObjectionState.TO_COORDINATION], False, None),
        (BOTH, [], True, Refusal.PROVISIONAL_RUNNING),
        (BOTH, [ObjectionState.OPEN], False, NoticeRefusal.OBJECTIONS_UNDECIDED),
        (BOTH[:1], [], False, Refusal.SCRUTINEER_MISSING),
        (BOTH[1:], [], False, Refusal.SCRUTINEER_MISSING),
        ([("wang", CLERK), ("wang", SCRUTINEER)], [], False, Refusal.SCRUTINEER_MISSING),
        ([("wang", CLERK), ("li", DIRECTOR)], [], False, Refusal.SCRUTINEER_MISSING),
    ],
)
def test_the_result_is_final_with_two_persons_after_the_days_of_objection(
    confirmed: list[tuple[str, Role]], objections: list[ObjectionState], early: bool, refusal: Refusal | None
) -> None:
    shown = PublicityPeriod(CLOSING, 3)
    now = shown.ends_at - timedelta(seconds=1) if early else shown.ends_at
    if refusal is None:
        may_finish(provisional=shown, confirmed_by=confirmed, objections=objections, now=now)
        return
    with pytest.raises(Refused) as refused:
        may_finish(provisional=shown, confirmed_by=confirmed, objections=objections, now=now)
    assert refused.value.refusal is refusal


def final(result: Tally, **changes: Any) -> Outcome:
    """The outcome of the ramp's template: manager's consent needed, no objection may stand."""
    flags: dict[str, Any] = {
        "needs_manager_consent": True,
        "manager_consent": ManagerConsent.GIVEN,
        "no_open_objection": True,
        "objections": [],
    }
    return outcome(result, **flags | changes)


def test_thirteen_signatures_and_the_managers_consent_pass() -> None:
    assert final(PASSED) == Outcome(State.PASSED, Reason.PASSED)


def test_the_tally_decides_first() -> None:
    assert final(FAILED, manager_consent=None) == Outcome(State.FAILED, Reason.AGREEMENT_SHORT)


def test_without_the_managers_word_there_is_no_result() -> None:
    with pytest.raises(Refused) as refused:
        final(PASSED, manager_consent=None)
    assert refused.value.refusal is Refusal.MANAGER_CONSENT_AWAITED


def test_the_managers_refusal_fails_what_needs_it_and_nothing_else() -> None:
    assert final(PASSED, manager_consent=ManagerConsent.REFUSED) == Outcome(State.FAILED, Reason.MANAGER_REFUSED)
    assert final(PASSED, manager_consent=ManagerConsent.REFUSED, needs_manager_consent=False).state is State.PASSED


def test_an_objection_that_stands_fails_where_none_may_stand() -> None:
    standing = [ObjectionState.SETTLED, ObjectionState.TO_COORDINATION]
    assert final(PASSED, objections=standing) == Outcome(State.FAILED, Reason.OBJECTION_STANDS)
    assert final(PASSED, objections=standing, no_open_objection=False).state is State.PASSED


def test_an_undecided_objection_holds_the_result_up() -> None:
    with pytest.raises(Refused) as refused:
        final(PASSED, objections=[ObjectionState.OPEN])
    assert refused.value.refusal is NoticeRefusal.OBJECTIONS_UNDECIDED
