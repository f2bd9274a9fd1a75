"""The next meeting, planned from the last: when, with which agenda, who is invited again, and one at a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearing.meetings.rules import REPORT, Held, Kind, Refusal, State, may_plan_next, next_agenda, next_hour, next_seats
from hearing.meetings.rules.kinds import TEMPLATES
from hearing.people.rules import Role
from hearing.refusal import Refused

MONDAY = datetime(2026, 9, 7, 11, tzinfo=UTC)  # 19:00 in Beijing


def test_a_council_meets_again_four_weeks_later_on_its_weekday_and_at_its_hour() -> None:
    assert next_hour(MONDAY, MONDAY + timedelta(days=8), Kind.JOINT) == datetime(2026, 10, 5, 11, tzinfo=UTC)


def test_planned_late_it_meets_in_the_first_week_that_the_notice_still_reaches() -> None:
    # On Friday 2 October three days of notice and one to post it lead past Monday 5 October.
    late = datetime(2026, 10, 2, 2, tzinfo=UTC)
    assert next_hour(MONDAY, late, Kind.JOINT) == datetime(2026, 10, 12, 11, tzinfo=UTC)
    assert next_hour(MONDAY, late, Kind.HEARING) == datetime(2026, 10, 12, 11, tzinfo=UTC)


@given(st.sampled_from(Kind), st.integers(0, 400 * 24))
def test_the_notice_is_always_in_time_and_never_a_week_too_early(kind: Kind, hours: int) -> None:
    now = MONDAY + timedelta(hours=hours)
    found = next_hour(MONDAY, now, kind)
    needed = timedelta(days=TEMPLATES[kind].notice_days + 1)
    assert found >= now + needed
    assert (found - MONDAY) % timedelta(weeks=1) == timedelta(0)
    assert found == MONDAY + timedelta(weeks=4) or found - timedelta(weeks=1) < now + needed


def test_a_council_begins_with_what_was_done_since_and_says_so_once() -> None:
    once = next_agenda("楼道清理 20分钟", Kind.JOINT)
    assert once == f"{REPORT} 10分钟\n楼道清理 20分钟"
    assert next_agenda(once, Kind.JOINT) == once
    assert next_agenda("说明方案", Kind.HEARING) == "说明方案"


def test_whoever_was_invited_comes_again_and_who_left_a_seat_is_followed() -> None:
    police, successor = Held(Role.POLICE_LIAISON, 4), Held(Role.POLICE_LIAISON, 9)
    first, second = Held(Role.COUNCIL_MEMBER, 1), Held(Role.COUNCIL_MEMBER, 2)
    lawyer = Held(Role.LEGAL_ADVISER, 7)
    assert next_seats([first, police], [first, second, police, lawyer]) == [0, 2]
    assert next_seats([first, police], [first, second, successor, lawyer]) == [0, 2]
    assert next_seats([first, police], [second, lawyer]) == [0]
    assert next_seats([], [first, lawyer]) == []


@pytest.mark.parametrize("state", [State.DRAFT, State.NOTICED, State.REGISTERING, State.POSTPONED])
def test_one_next_meeting_is_prepared_at_a_time(state: State) -> None:
    with pytest.raises(Refused) as told:
        may_plan_next([State.CLOSED, state])
    assert told.value.refusal is Refusal.NEXT_ROUND_PLANNED


def test_after_one_that_was_held_or_called_off_another_may_be_prepared() -> None:
    may_plan_next([])
    may_plan_next(set(State) - {State.DRAFT, State.NOTICED, State.REGISTERING, State.POSTPONED})
