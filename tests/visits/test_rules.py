"""What proves that a household was told, whom the list names, and when the one reminder goes out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from hearing.consents.rules import CollectionState
from hearing.refusal import Refused
from hearing.visits import rules
from hearing.visits.rules import Log, Noted, Outcome, Refusal
from tests.consents.course import CLOSES, LAST_DAY, moment

OPENED = moment(6)
NOW = moment(9, 20)
TODAY = date(2026, 11, 9)


def noted(outcome: Outcome, **changes: object) -> Noted:
    return replace(Noted(outcome=outcome, happened_on=TODAY), **changes)  # type: ignore[arg-type]


def check(visit: Noted, state: CollectionState = CollectionState.OPEN, now: datetime = NOW) -> None:
    rules.check_noted(visit, state=state, opened_at=OPENED, closes_at=CLOSES, now=now)


def refusal(visit: Noted, state: CollectionState = CollectionState.OPEN, now: datetime = NOW) -> Refusal:
    with pytest.raises(Refused) as caught:
        check(visit, state, now)
    refused = caught.value.refusal
    assert isinstance(refused, Refusal)
    return refused


@pytest.mark.parametrize(
    ("visit", "why"),
    [
        (noted(Outcome.DOOR), Refusal.VISIT_PHOTO_MISSING),
        (noted(Outcome.MAIL), Refusal.VISIT_NUMBER_MISSING),
        (noted(Outcome.LETTER, happened_on=date(2026, 11, 5)), Refusal.VISIT_BEFORE_OPENING),
        (noted(Outcome.LETTER, happened_on=date(2026, 11, 10)), Refusal.VISIT_TO_COME),
        (noted(Outcome.NOBODY, next_on=date(2026, 11, 8)), Refusal.VISIT_NEXT_TOO_EARLY),
        (noted(Outcome.NOBODY, next_on=date(2026, 11, 17)), Refusal.VISIT_NEXT_TOO_LATE),
        (noted(Outcome.NOBODY, agreed_at=moment(17, 0, 1)), Refusal.VISIT_NEXT_TOO_LATE),
        (noted(Outcome.NOBODY, next_on=TODAY, no_more=True), Refusal.VISIT_TWO_WISHES),
        (noted(Outcome.NOBODY, agreed_at=moment(10), no_more=True), Refusal.VISIT_TWO_WISHES),
    ],
)
def test_a_visit_without_its_proof_or_out_of_its_days_is_refused(visit: Noted, why: Refusal) -> None:
    assert refusal(visit) is why


@pytest.mark.parametrize(
    "visit",
    [
        noted(Outcome.LETTER),
        noted(Outcome.DOOR, has_photo=True),
        noted(Outcome.MAIL, mail_number="XA12345678931"),
        noted(Outcome.PHONE, happened_on=date(2026, 11, 6)),
        noted(Outcome.NOBODY, next_on=LAST_DAY),
        noted(Outcome.NOBODY, agreed_at=moment(16, 23, 59)),
        noted(Outcome.NOT_TAKEN, no_more=True),
    ],
)
def test_a_visit_with_its_proof_is_noted(visit: Noted) -> None:
    check(visit)


def test_the_sheet_of_the_last_evening_comes_in_after_the_close_and_nothing_later_does() -> None:
    after = moment(18)
    check(noted(Outcome.LETTER, happened_on=LAST_DAY), CollectionState.GRACE, after)
    late = noted(Outcome.LETTER, happened_on=date(2026, 11, 17))
    assert refusal(late, CollectionState.GRACE, after) is Refusal.VISIT_AFTER_CLOSE


@pytest.mark.parametrize("state", sorted(set(CollectionState) - rules.ENTERED_IN))
def test_nothing_is_noted_before_the_window_or_after_the_result(state: CollectionState) -> None:
    assert refusal(noted(Outcome.LETTER), state) is Refusal.VISIT_NOT_NOW


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("xa 1234-5678 931", "XA12345678931"),
        ("ＸＡ１２３４５６７８９３１", "XA12345678931"),
        ("12345", ""),
        ("1e3", ""),
        ("-46.8.123", ""),
        ("门口第三个箱子", ""),
        ("1" * 31, ""),
    ],
)
def test_the_number_of_a_letter(typed: str, read: str) -> None:
    assert rules.read_mail_number(typed) == read


def test_only_the_six_ways_tell_a_household() -> None:
    assert {way for way in Outcome if Log((noted(way),)).ways} == set(rules.WAYS)
    assert {Outcome.NOBODY, Outcome.NO_ANSWER, Outcome.NOT_TAKEN} == rules.TRIES
    assert set(rules.OUTCOME_LABELS) == set(Outcome)
    assert Outcome.PAGE not in rules.ENTERED


def test_attempts_are_counted_and_told_is_told() -> None:
    log = Log((noted(Outcome.NOBODY), noted(Outcome.NO_ANSWER), noted(Outcome.LETTER)))
    assert log.attempts == 2
    assert log.ways == (Outcome.LETTER,)


@pytest.mark.parametrize(
    ("log", "answered", "listed"),
    [
        (Log(), False, True),
        (Log(), True, False),
        (Log((noted(Outcome.NOBODY),)), False, True),
        (Log((noted(Outcome.LETTER),)), False, False),
        (Log((noted(Outcome.LETTER, agreed_at=moment(12)),)), False, True),
        (Log((noted(Outcome.LETTER, agreed_at=moment(12)),)), True, False),
        (Log((noted(Outcome.LETTER, agreed_at=moment(12)), noted(Outcome.NOBODY))), False, False),
        (Log((noted(Outcome.NOBODY, next_on=LAST_DAY),)), False, True),
        (Log((noted(Outcome.NOT_TAKEN, no_more=True),)), False, False),
        (Log((noted(Outcome.NOT_TAKEN, no_more=True), noted(Outcome.NOBODY))), False, False),
        (Log((noted(Outcome.NOT_TAKEN, no_more=True), noted(Outcome.NO_ANSWER, agreed_at=moment(12)))), False, True),
    ],
)
def test_the_list_names_who_has_not_answered_and_was_not_told(log: Log, answered: bool, listed: bool) -> None:
    assert log.is_listed(answered=answered) is listed


def test_a_log_goes_by_the_day_of_the_visit_and_not_of_its_entry() -> None:
    later, earlier = noted(Outcome.LETTER), noted(Outcome.NOBODY, happened_on=date(2026, 11, 7))
    assert rules.in_order([(1, later), (2, earlier)]).visits == (earlier, later)


def test_the_reminder_goes_out_at_ten_in_the_morning_so_many_days_before_the_last() -> None:
    assert rules.remind_at(CLOSES, 3) == moment(13, 10)
    assert rules.remind_at(CLOSES, 3).tzinfo is UTC


@pytest.mark.parametrize(
    ("state", "days", "sent", "why"),
    [
        (CollectionState.GRACE, 3, False, Refusal.VISIT_NOT_NOW),
        (CollectionState.OPEN, 3, True, Refusal.REMINDER_SENT),
        (CollectionState.OPEN, 7, False, Refusal.REMINDER_TOO_LATE),
    ],
)
def test_a_reminder_that_cannot_go_out_is_not_set(state: CollectionState, days: int, sent: bool, why: Refusal) -> None:
    with pytest.raises(Refused) as caught:
        rules.check_reminder(state, closes_at=CLOSES, days=days, sent=sent, now=moment(9, 10))
    assert caught.value.refusal is why


def test_nobody_is_reminded_who_answered_or_cannot_or_asked_not_to_be_called() -> None:
    quiet = Log((noted(Outcome.NO_ANSWER, no_more=True),))
    assert rules.is_reminded(Log(), answered=False, blocked=False)
    assert not rules.is_reminded(Log(), answered=True, blocked=False)
    assert not rules.is_reminded(Log(), answered=False, blocked=True)
    assert not rules.is_reminded(quiet, answered=False, blocked=False)
