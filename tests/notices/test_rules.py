"""Deadlines, publicity and objections."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearing.notices.rules import (
    NOTICE_LABELS,
    STANDING,
    NoticeKind,
    ObjectionState,
    Printed,
    PublicityPeriod,
    Refusal,
    WorkCalendar,
    beijing_day,
    check_lead_time,
    check_publicity_days,
    decide_objection,
    end_of_day,
    fingerprint,
    full_days_after,
    last_day,
    may_approve,
    may_object,
    may_object_text,
    may_post_on_paper,
)
from hearing.people.rules import Refusal as PeopleRefusal
from hearing.people.rules import Role
from hearing.refusal import Refused

OPEN, SETTLED, WITHDRAWN, UNFOUNDED, TO_COORDINATION = ObjectionState
POSTED = datetime(2026, 11, 1, 2, tzinfo=UTC)
PERIOD = PublicityPeriod(POSTED, 7)


def test_a_day_ends_at_sixteen_hours_utc() -> None:
    assert end_of_day(date(2026, 11, 30)) == datetime(2026, 11, 30, 16, tzinfo=UTC)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_the_last_day_of_a_deadline_is_the_day_it_ends(day: date) -> None:
    assert last_day(end_of_day(day)) == day
    assert beijing_day(end_of_day(day)) == day + timedelta(days=1)


def test_an_instant_needs_its_zone() -> None:
    with pytest.raises(ValueError, match="zone"):
        beijing_day(datetime(2026, 11, 1))  # noqa: DTZ001 - the mistake under test


@pytest.mark.parametrize("hour", [0, 8, 15])
def test_the_hour_of_posting_does_not_matter(hour: int) -> None:
    assert full_days_after(datetime(2026, 11, 1, hour, tzinfo=UTC), 7) == end_of_day(date(2026, 11, 8))


def test_posted_after_midnight_in_beijing_is_the_next_day() -> None:
    assert full_days_after(datetime(2026, 11, 1, 16, tzinfo=UTC), 7) == end_of_day(date(2026, 11, 9))


@given(st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)), st.integers(1, 60))  # noqa: DTZ001 - bounds of aware times
def test_a_notice_hangs_for_all_its_full_days(posted: datetime, days: int) -> None:
    hangs = PublicityPeriod(posted, days).ends_at - posted
    assert timedelta(days=days) < hangs <= timedelta(days=days + 1)


def test_a_period_is_over_at_midnight_and_not_before() -> None:
    assert not PERIOD.is_over(PERIOD.ends_at - timedelta(microseconds=1))
    assert PERIOD.is_over(PERIOD.ends_at)


def test_working_days_leave_out_weekends_and_holidays_and_count_worked_weekends() -> None:
    wednesday = date(2026, 9, 30)
    golden_week = WorkCalendar(
        holidays=frozenset(date(2026, 10, day) for day in range(1, 8)), worked_weekends=frozenset({date(2026, 10, 10)})
    )
    assert golden_week.after(wednesday, 5) == date(2026, 10, 13)
    assert WorkCalendar().after(wednesday, 5) == date(2026, 10, 7)
    assert WorkCalendar().after(date(2026, 11, 6), 1) == date(2026, 11, 9)


def test_notice_must_be_early_enough_to_the_minute() -> None:
    check_lead_time(POSTED, POSTED + timedelta(days=7), 7)
    with pytest.raises(Refused) as refused:
        check_lead_time(POSTED, POSTED + timedelta(days=7, minutes=-1), 7)
    assert refused.value.refusal is Refusal.NOTICE_TOO_LATE
    assert refused.value.details == {"days": 7, "earliest": "2026-11-08 10:00"}


def test_publicity_is_not_shorter_than_its_template() -> None:
    check_publicity_days(7, 7)
    with pytest.raises(Refused) as refused:
        check_publicity_days(6, 7)
    assert refused.value.refusal is Refusal.PUBLICITY_TOO_SHORT


def test_objections_are_taken_while_the_paper_hangs() -> None:
    may_object(PERIOD, PERIOD.ends_at - timedelta(seconds=1))
    with pytest.raises(Refused) as refused:
        may_object(PERIOD, PERIOD.ends_at)
    assert refused.value.refusal is Refusal.PUBLICITY_OVER


@pytest.mark.parametrize("state", sorted(STANDING))
def test_a_standing_objection_is_settled_or_found_wanting_by_the_committee(state: ObjectionState) -> None:
    clerk = Role.COMMITTEE_CLERK
    assert decide_objection(state, SETTLED, role=clerk, is_objector=False) is SETTLED
    assert decide_objection(state, UNFOUNDED, role=clerk, is_objector=False, reason="已实测采光") is UNFOUNDED
    with pytest.raises(Refused) as refused:
        decide_objection(state, UNFOUNDED, role=clerk, is_objector=False, reason=" ")
    assert refused.value.refusal is Refusal.OBJECTION_REASON_MISSING


def test_only_its_author_withdraws_an_objection() -> None:
    assert decide_objection(OPEN, WITHDRAWN, role=Role.RESIDENT, is_objector=True) is WITHDRAWN
    with pytest.raises(Refused) as refused:
        decide_objection(OPEN, WITHDRAWN, role=Role.COMMITTEE_DIRECTOR, is_objector=False)
    assert refused.value.refusal is Refusal.OBJECTION_NOT_YOURS


def test_its_author_does_not_decide_an_objection() -> None:
    with pytest.raises(Refused) as refused:
        decide_objection(OPEN, SETTLED, role=Role.RESIDENT, is_objector=True)
    assert refused.value.refusal is PeopleRefusal.NOT_YOUR_SEAT


@pytest.mark.parametrize("state", sorted(set(ObjectionState) - STANDING))
def test_a_decided_objection_stays_decided(state: ObjectionState) -> None:
    with pytest.raises(Refused) as refused:
        decide_objection(state, SETTLED, role=Role.COMMITTEE_CLERK, is_objector=False)
    assert refused.value.refusal is Refusal.OBJECTION_DECIDED


def test_an_objection_in_coordination_is_not_sent_there_again_nor_reopened() -> None:
    for to in (TO_COORDINATION, OPEN):
        with pytest.raises(Refused):
            decide_objection(TO_COORDINATION, to, role=Role.COMMITTEE_CLERK, is_objector=False, reason="再谈一次")


@pytest.mark.parametrize(
    ("objections", "strict", "refusal"),
    [
        ([], True, None),
        ([SETTLED, WITHDRAWN, UNFOUNDED], True, None),
        ([TO_COORDINATION], False, None),
        ([TO_COORDINATION], True, Refusal.OBJECTIONS_STANDING),
        ([OPEN], False, Refusal.OBJECTIONS_UNDECIDED),
        ([OPEN, TO_COORDINATION], True, Refusal.OBJECTIONS_UNDECIDED),
    ],
)
def test_approval_waits_for_objections(objections: list[ObjectionState], strict: bool, refusal: Refusal | None) -> None:
    if refusal is None:
        may_approve(PERIOD, objections, no_open_objection=strict, now=PERIOD.ends_at)
        return
    with pytest.raises(Refused) as refused:
        may_approve(PERIOD, objections, no_open_objection=strict, now=PERIOD.ends_at)
    assert refused.value.refusal is refusal


def test_approval_waits_for_the_last_day() -> None:
    with pytest.raises(Refused) as refused:
        may_approve(PERIOD, [], no_open_objection=False, now=PERIOD.ends_at - timedelta(seconds=1))
    assert refused.value.details == {"ends": "2026-11-08"}


PAPER = Printed("tianjinlu", "proposal/3", NoticeKind.MEETING, "协调会", "请参加。", (("时间", "19:00"),), POSTED)


def test_the_hash_of_a_notice_is_the_hash_of_every_word_of_it() -> None:
    assert PAPER.text() == (
        '{"body":"请参加。","kind":"meeting","lines":[["时间","19:00"]],"matter":"proposal/3",'
        '"neighbourhood":"tianjinlu","posted_at":"2026-11-01T02:00:00Z","title":"协调会","v":1}'
    )
    changed = [
        replace(PAPER, neighbourhood="xinqiao"),
        replace(PAPER, matter=""),
        replace(PAPER, kind=NoticeKind.GENERAL),
        replace(PAPER, title="协调会。"),
        replace(PAPER, body="请参加"),
        replace(PAPER, lines=(("时间", "19:30"),)),
        replace(PAPER, posted_at=POSTED + timedelta(seconds=1)),
    ]
    hashes = {fingerprint(paper.text()) for paper in (PAPER, *changed)}
    assert len(hashes) == 1 + len(changed)


def test_two_spellings_of_one_word_are_one_notice() -> None:
    composed, decomposed = "caf\u00e9", "cafe\u0301"
    assert replace(PAPER, title=composed).text() == replace(PAPER, title=decomposed).text()


def test_paper_is_hung_by_those_who_walk_the_stairs_while_the_notice_stands() -> None:
    may_post_on_paper(taken_down=False, role=Role.BLOCK_OFFICER)
    for taken_down, role, refusal in (
        (True, Role.BLOCK_OFFICER, Refusal.NOTICE_TAKEN_DOWN),
        (False, Role.RESIDENT, PeopleRefusal.NOT_YOUR_SEAT),
    ):
        with pytest.raises(Refused) as refused:
            may_post_on_paper(taken_down=taken_down, role=role)
        assert refused.value.refusal is refusal


def test_an_objection_says_something() -> None:
    may_object_text("太陡")
    with pytest.raises(Refused) as refused:
        may_object_text(" \n")
    assert refused.value.refusal is Refusal.OBJECTION_EMPTY


def test_every_kind_of_notice_has_its_word() -> None:
    assert set(NOTICE_LABELS) == set(NoticeKind)
