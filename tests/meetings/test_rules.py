"""A coordination meeting from notice to minutes."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearing.meetings.rules import (
    SIGN_IN_LABELS,
    STATE_LABELS,
    STEPS,
    Move,
    Question,
    Refusal,
    SignInMethod,
    State,
    check_quorum,
    has_quorum,
    may_answer_question,
    may_ask,
    may_confirm_minutes,
    may_post_notice,
    may_set_new_date,
    may_sign_in,
    next_state,
)
from hearing.notices.rules import Refusal as NoticeRefusal
from hearing.people.rules import Refusal as PeopleRefusal
from hearing.people.rules import Role
from hearing.refusal import Refused

CLERK = Role.COMMITTEE_CLERK
POSTED = datetime(2026, 11, 1, 2, tzinfo=UTC)


def test_a_meeting_that_is_postponed_once() -> None:
    state = State.DRAFT
    for move in (
        Move.POST_NOTICE,
        Move.POSTPONE,
        Move.SET_NEW_DATE,
        Move.OPEN,
        Move.END,
        Move.CONFIRM_MINUTES,
    ):
        state = next_state(state, move, role=CLERK, reason="人数不足")
    assert state is State.MINUTES_CONFIRMED


@pytest.mark.parametrize("move", Move)
def test_each_move_starts_from_its_states_only(move: Move) -> None:
    for state in set(State) - STEPS[move].starts:
        with pytest.raises(Refused) as refused:
            next_state(state, move, role=CLERK, reason="理由")
        assert refused.value.refusal is Refusal.MEETING_ELSEWHERE


@pytest.mark.parametrize(("state", "move"), [(State.NOTICED, Move.POSTPONE), (State.DRAFT, Move.CANCEL)])
def test_postponing_and_cancelling_need_a_reason(state: State, move: Move) -> None:
    with pytest.raises(Refused) as refused:
        next_state(state, move, role=CLERK)
    assert refused.value.refusal is Refusal.MEETING_REASON_MISSING


def test_residents_do_not_open_meetings() -> None:
    with pytest.raises(Refused) as refused:
        next_state(State.NOTICED, Move.OPEN, role=Role.RESIDENT)
    assert refused.value.refusal is PeopleRefusal.NOT_YOUR_SEAT


def test_members_have_a_week() -> None:
    may_post_notice(POSTED, POSTED + timedelta(days=7))
    with pytest.raises(Refused) as refused:
        may_post_notice(POSTED, POSTED + timedelta(days=7) - timedelta(seconds=1))
    assert refused.value.refusal is NoticeRefusal.NOTICE_TOO_LATE


def test_a_new_date_is_three_days_away() -> None:
    may_set_new_date(POSTED, POSTED + timedelta(days=3))
    with pytest.raises(Refused) as refused:
        may_set_new_date(POSTED, POSTED + timedelta(days=2))
    assert refused.value.details == {"days": 3, "earliest": "2026-11-04 10:00"}


@pytest.mark.parametrize(
    ("present", "named", "enough"),
    [(13, 20, False), (14, 20, True), (13, 13, True), (9, 13, True), (8, 13, False), (2, 3, True), (0, 0, False)],
)
def test_two_thirds_of_the_named_make_a_quorum(present: int, named: int, enough: bool) -> None:
    assert has_quorum(present, named) is enough


@given(st.integers(0, 200), st.integers(0, 200))
def test_the_number_needed_is_the_least_that_makes_a_quorum(present: int, named: int) -> None:
    if has_quorum(present, named):
        check_quorum(present, named)
        return
    with pytest.raises(Refused) as refused:
        check_quorum(present, named)
    needed = refused.value.details["needed"]
    assert isinstance(needed, int)
    assert present < needed or named == 0
    if named:
        assert has_quorum(needed, named)
        assert not has_quorum(needed - 1, named)


@pytest.mark.parametrize(
    ("state", "method", "role", "is_delegate", "refusal"),
    [
        (State.NOTICED, SignInMethod.PHONE, Role.RESIDENT, True, None),
        (State.IN_SESSION, SignInMethod.QR, Role.RESIDENT, True, None),
        (State.IN_SESSION, SignInMethod.PAPER, CLERK, True, None),
        (State.MINUTES_DRAFT, SignInMethod.PAPER, Role.BLOCK_OFFICER, True, None),
        (State.MINUTES_DRAFT, SignInMethod.PHONE, Role.RESIDENT, True, Refusal.MEETING_ELSEWHERE),
        (State.DRAFT, SignInMethod.PHONE, Role.RESIDENT, True, Refusal.MEETING_ELSEWHERE),
        (State.IN_SESSION, SignInMethod.PHONE, Role.RESIDENT, False, Refusal.NOT_A_DELEGATE),
        (State.IN_SESSION, SignInMethod.PAPER, Role.RESIDENT, True, PeopleRefusal.NOT_YOUR_SEAT),
    ],
)
def test_signing_in(state: State, method: SignInMethod, role: Role, is_delegate: bool, refusal: Refusal | None) -> None:
    if refusal is None:
        may_sign_in(state, method, role=role, is_delegate=is_delegate)
        return
    with pytest.raises(Refused) as refused:
        may_sign_in(state, method, role=role, is_delegate=is_delegate)
    assert refused.value.refusal is refusal


def test_questions_are_taken_until_the_meeting_ends_and_answered_until_the_minutes_stand() -> None:
    for state in (State.NOTICED, State.IN_SESSION, State.POSTPONED):
        may_ask(state, "坡道会不会挡住水表?")
        may_answer_question(state, "不会,留出60厘米。")
    may_answer_question(State.MINUTES_DRAFT, "不会。")
    for act, state, text, refusal in (
        (may_ask, State.MINUTES_DRAFT, "问题", Refusal.QUESTIONS_CLOSED),
        (may_ask, State.IN_SESSION, "  ", Refusal.QUESTION_EMPTY),
        (may_answer_question, State.MINUTES_CONFIRMED, "答", Refusal.MEETING_ELSEWHERE),
        (may_answer_question, State.IN_SESSION, "", Refusal.ANSWER_EMPTY),
    ):
        with pytest.raises(Refused) as refused:
            act(state, text)
        assert refused.value.refusal is refusal


@pytest.mark.parametrize(
    ("confirmed_by", "stands"),
    [
        (["chair", "d1", "d2"], True),
        (["d2", "d1", "chair", "d3"], True),
        (["d1", "d2", "d3"], False),
        (["chair", "d1"], False),
        (["chair", "d1", "d1"], False),
        (["chair", "chair", "d1"], False),
    ],
)
def test_minutes_need_the_chair_and_two_delegates(confirmed_by: list[str], stands: bool) -> None:
    if stands:
        may_confirm_minutes(chair="chair", confirmed_by=confirmed_by, questions=[Question("问", "答")])
        return
    with pytest.raises(Refused) as refused:
        may_confirm_minutes(chair="chair", confirmed_by=confirmed_by, questions=[])
    assert refused.value.refusal is Refusal.MINUTES_UNCONFIRMED


def test_minutes_with_an_open_question_do_not_stand() -> None:
    with pytest.raises(Refused) as refused:
        may_confirm_minutes(
            chair="chair", confirmed_by=["chair", "d1", "d2"], questions=[Question("问"), Question("问", "答")]
        )
    assert refused.value.details == {"n": 1}


def test_every_state_and_method_has_its_word() -> None:
    assert set(STATE_LABELS) == set(State)
    assert set(SIGN_IN_LABELS) == set(SignInMethod)
