"""A coordination meeting from notice to minutes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearing.meetings.rules import (
    KIND_LABELS,
    MEETS,
    SIGN_IN_LABELS,
    STANCE_LABELS,
    STATE_LABELS,
    STEPS,
    Kind,
    Minutes,
    Move,
    Question,
    Refusal,
    Said,
    SignInMethod,
    Stance,
    State,
    check_hour,
    check_quorum,
    corrections_until,
    floor_shown,
    has_quorum,
    may_answer_question,
    may_ask,
    may_confirm_minutes,
    may_confirm_version,
    may_object_to_minutes,
    may_plan,
    may_post_notice,
    may_set_new_date,
    may_sign_in,
    may_write_minutes,
    next_state,
)
from hearing.notices.rules import Refusal as NoticeRefusal
from hearing.notices.rules import WorkCalendar, fingerprint
from hearing.people.rules import Refusal as PeopleRefusal
from hearing.people.rules import Role
from hearing.proposals.rules import State as Case
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
        may_ask(state, "坡道会不会挡住水表？")
        may_answer_question(state, "不会，留出60厘米。")
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
    assert set(STANCE_LABELS) == set(Stance)
    assert set(KIND_LABELS) == set(Kind)


@pytest.mark.parametrize("case", Case)
def test_neighbours_are_called_together_while_a_case_is_under_way(case: Case) -> None:
    if case in MEETS:
        may_plan(case)
        return
    with pytest.raises(Refused) as refused:
        may_plan(case)
    assert refused.value.refusal is Refusal.CASE_DOES_NOT_MEET


def test_doors_open_an_hour_before_to_the_second() -> None:
    starts = POSTED + timedelta(days=7)
    check_hour(starts, starts - timedelta(hours=1))
    with pytest.raises(Refused) as refused:
        check_hour(starts, starts - timedelta(hours=1, seconds=1))
    assert refused.value.details == {"opens": "2026-11-08 09:00"}


@pytest.mark.parametrize(("households", "shown"), [(1, ""), (2, ""), (3, "二层"), (13, "二层")])
def test_a_floor_is_named_where_it_hides_the_speaker(households: int, shown: str) -> None:
    assert floor_shown("二层", households) == shown
    assert floor_shown("12", households) == (shown and "12层")


MINUTES = Minutes(
    meeting="meeting/1",
    version=1,
    title="协调会",
    place="门口",
    opened_at=POSTED,
    named=13,
    present=13,
    seats=("施工队项目经理",),
    questions=(Said("居民（二层）", "asks", "坡度？", (("施工队项目经理", "一比八"),)),),
    summary="讲了坡度。",
    settlement="",
)


def test_the_hash_of_the_minutes_is_the_hash_of_every_word() -> None:
    changes: list[dict[str, object]] = [
        {"meeting": "meeting/2"},
        {"version": 2},
        {"title": "会"},
        {"place": "会议室"},
        {"opened_at": POSTED + timedelta(seconds=1)},
        {"named": 12},
        {"present": 12},
        {"seats": ()},
        {"questions": ()},
        {"questions": (Said("居民（二层）", "asks", "坡度？"),)},
        {"questions": (Said("居民（二层）", "for", "坡度？", (("施工队项目经理", "一比八"),)),)},
        {"summary": "讲了坡度"},
        {"settlement": "扶手加高"},
    ]
    hashes = {fingerprint(replace(MINUTES, **change).text()) for change in [{}, *changes]}  # type: ignore[arg-type]
    assert len(hashes) == 1 + len(changes)


def test_minutes_are_written_between_the_meeting_and_their_confirmation() -> None:
    may_write_minutes(State.MINUTES_DRAFT, "讲了坡度。")
    for state, summary, refusal in (
        (State.IN_SESSION, "讲", Refusal.MEETING_ELSEWHERE),
        (State.MINUTES_CONFIRMED, "讲", Refusal.MEETING_ELSEWHERE),
        (State.MINUTES_DRAFT, " ", Refusal.MINUTES_EMPTY),
    ):
        with pytest.raises(Refused) as refused:
            may_write_minutes(state, summary)
        assert refused.value.refusal is refusal


def test_corrections_run_to_the_end_of_the_third_working_day() -> None:
    friday = datetime(2026, 11, 27, 13, tzinfo=UTC)
    assert corrections_until(friday, WorkCalendar()) == datetime(2026, 12, 2, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "entitled", "is_latest", "refusal"),
    [
        (State.MINUTES_DRAFT, True, True, None),
        (State.MINUTES_CONFIRMED, True, True, Refusal.MEETING_ELSEWHERE),
        (State.MINUTES_DRAFT, False, True, Refusal.MINUTES_NOT_YOURS),
        (State.MINUTES_DRAFT, True, False, Refusal.MINUTES_OUTDATED),
    ],
)
def test_confirming_a_version(state: State, entitled: bool, is_latest: bool, refusal: Refusal | None) -> None:
    if refusal is None:
        may_confirm_version(state, entitled=entitled, is_latest=is_latest)
        return
    with pytest.raises(Refused) as refused:
        may_confirm_version(state, entitled=entitled, is_latest=is_latest)
    assert refused.value.refusal is refusal


@pytest.mark.parametrize(
    ("state", "text", "entitled", "late", "refusal"),
    [
        (State.MINUTES_DRAFT, "漏了", True, False, None),
        (State.MINUTES_CONFIRMED, "漏了", True, False, None),
        (State.IN_SESSION, "漏了", True, False, Refusal.MEETING_ELSEWHERE),
        (State.MINUTES_DRAFT, "漏了", False, False, Refusal.MINUTES_NOT_YOURS),
        (State.MINUTES_DRAFT, " ", True, False, Refusal.MINUTES_OBJECTION_EMPTY),
        (State.MINUTES_CONFIRMED, "漏了", True, True, Refusal.MINUTES_WINDOW_OVER),
    ],
)
def test_objecting_to_the_minutes(state: State, text: str, entitled: bool, late: bool, refusal: Refusal | None) -> None:
    until = datetime(2026, 12, 2, 16, tzinfo=UTC)
    now = until if late else until - timedelta(milliseconds=1)
    if refusal is None:
        may_object_to_minutes(state, text, entitled=entitled, until=until, now=now)
        return
    with pytest.raises(Refused) as refused:
        may_object_to_minutes(state, text, entitled=entitled, until=until, now=now)
    assert refused.value.refusal is refusal
    if late:
        assert refused.value.details == {"until": "2026-12-02"}
