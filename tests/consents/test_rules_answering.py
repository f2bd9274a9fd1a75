"""Who may answer, withdraw, check a signature, and enter a paper slip."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from hearing.consents.rules import (
    Answer,
    AnswerSet,
    Blocked,
    CollectionState,
    Comparison,
    Refusal,
    SlipEntry,
    Verdict,
    compare,
    decide,
    differences,
    dispute_due,
    may_answer,
    may_check_signature,
    may_enter_slip,
    may_state_interim,
    may_withdraw,
    verdict,
)
from hearing.notices.rules import WorkCalendar, end_of_day
from hearing.people.rules import Refusal as PeopleRefusal
from hearing.people.rules import Role
from hearing.refusal import Refused
from tests.consents.block import lane

State = CollectionState
OPENED = datetime(2026, 11, 1, 2, tzinfo=UTC)
CLOSING = end_of_day(date(2026, 11, 11))
IN_TIME = CLOSING - timedelta(milliseconds=1)
UNIT = lane().units[4]
PLAN, OLD_PLAN = "a" * 64, "b" * 64


def answer(**changes: Any) -> None:
    """The lessee of unit 5 agrees in the last moment, with whatever differs."""
    terms: dict[str, Any] = {
        "unit": UNIT,
        "answer": Answer.AGREE,
        "person": "h5",
        "offered": AnswerSet.PLAIN,
        "state": State.OPEN,
        "closing": CLOSING,
        "now": IN_TIME,
        "plan_hash": PLAN,
        "seen_plan_hash": PLAN,
    } | changes
    may_answer(terms.pop("unit"), terms.pop("answer"), **terms)


def test_a_holder_answers_until_the_last_moment() -> None:
    answer()


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"now": CLOSING}, Refusal.ALREADY_CLOSED),
        ({"state": State.DRAFT}, Refusal.NOT_YET_OPEN),
        ({"state": State.ROLL_OPEN}, Refusal.NOT_YET_OPEN),
        ({"state": State.GRACE}, Refusal.ALREADY_CLOSED),
        ({"state": State.PROVISIONAL}, Refusal.ALREADY_CLOSED),
        ({"state": State.PASSED}, Refusal.ALREADY_CLOSED),
        ({"state": State.FAILED}, Refusal.ALREADY_CLOSED),
        ({"state": State.VOID}, Refusal.COLLECTION_ELSEWHERE),
        ({"state": State.SUPERSEDED}, Refusal.PLAN_CHANGED),
        ({"seen_plan_hash": OLD_PLAN}, Refusal.PLAN_CHANGED),
        ({"person": "h6"}, Refusal.NOT_ON_ROLL),
        ({"unit": replace(UNIT, blocked=Blocked.GUARDIAN_NEEDED)}, Refusal.UNIT_BLOCKED),
        ({"answer": Answer.AGREE_PAY}, Refusal.ANSWER_NOT_OFFERED),
        ({"answer": Answer.AGREE, "offered": AnswerSet.LIFT}, Refusal.ANSWER_NOT_OFFERED),
    ],
)
def test_answers_that_are_not_taken(changes: dict[str, Any], refusal: Refusal) -> None:
    with pytest.raises(Refused) as refused:
        answer(**changes)
    assert refused.value.refusal is refusal


def test_the_closing_day_is_named_as_people_say_it() -> None:
    with pytest.raises(Refused) as refused:
        answer(now=CLOSING + timedelta(days=3))
    assert refused.value.details == {"closes": "2026-11-11"}


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({}, None),
        ({"now": CLOSING}, Refusal.OBJECT_INSTEAD),
        ({"state": State.PROVISIONAL}, Refusal.OBJECT_INSTEAD),
        ({"state": State.SUPERSEDED}, Refusal.PLAN_CHANGED),
        ({"has_standing": False}, Refusal.NOTHING_TO_WITHDRAW),
        ({"person": "h6"}, Refusal.NOT_ON_ROLL),
    ],
)
def test_withdrawing_until_the_close_and_objecting_afterwards(changes: dict[str, Any], refusal: Refusal | None) -> None:
    terms: dict[str, Any] = {
        "person": "h5",
        "has_standing": True,
        "state": State.OPEN,
        "closing": CLOSING,
        "now": IN_TIME,
    } | changes
    if refusal is None:
        may_withdraw(UNIT, **terms)
        return
    with pytest.raises(Refused) as refused:
        may_withdraw(UNIT, **terms)
    assert refused.value.refusal is refusal


def test_an_interim_statement_is_for_a_tenancy_that_is_being_renamed() -> None:
    waiting = replace(UNIT, blocked=Blocked.LESSEE_CHANGE)
    may_state_interim(waiting, state=State.OPEN, closing=CLOSING, now=IN_TIME)
    for unit, now in ((UNIT, IN_TIME), (replace(UNIT, blocked=Blocked.OWNERSHIP_DISPUTE), IN_TIME), (waiting, CLOSING)):
        with pytest.raises(Refused):
            may_state_interim(unit, state=State.OPEN, closing=CLOSING, now=now)


def test_a_disputed_signature_is_checked_within_three_working_days() -> None:
    friday = datetime(2026, 11, 6, 9, tzinfo=UTC)
    assert dispute_due(friday, WorkCalendar()) == end_of_day(date(2026, 11, 11))


@pytest.mark.parametrize(
    ("checker", "role", "refusal"),
    [
        ("zhou", Role.COMMITTEE_CLERK, None),
        ("zhou", Role.SCRUTINEER, None),
        ("wang", Role.COMMITTEE_CLERK, Refusal.CHECKER_COLLECTED_IT),
        ("wu", Role.COMMITTEE_CLERK, Refusal.CHECKED_BY_YOU_ALREADY),
        ("zhou", Role.RESIDENT, PeopleRefusal.NOT_YOUR_SEAT),
    ],
)
def test_staff_who_collected_a_signature_do_not_check_it(checker: str, role: Role, refusal: Refusal | None) -> None:
    terms: dict[str, Any] = {"checker": checker, "role": role, "collected_by": ["wang"], "checked_by": ["wu"]}
    if refusal is None:
        may_check_signature(**terms)
        return
    with pytest.raises(Refused) as refused:
        may_check_signature(**terms)
    assert refused.value.refusal is refusal


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        ({}, Verdict.AWAITED),
        ({"zhou": True}, Verdict.AWAITED),
        ({"zhou": True, "wu": False}, Verdict.AWAITED),
        ({"zhou": True, "wu": True}, Verdict.GENUINE),
        ({"zhou": False, "wu": False}, Verdict.NOT_THEIRS),
        ({"zhou": True, "wu": False, "li": False}, Verdict.NOT_THEIRS),
    ],
)
def test_two_checkers_who_agree_decide(findings: dict[str, bool], expected: Verdict) -> None:
    assert verdict(findings) is expected


SLIP = SlipEntry("wang", "u12", ("h12", "h12b"), Answer.AGREE, date(2026, 11, 10), datetime(2026, 11, 11, tzinfo=UTC))


@pytest.mark.parametrize(
    ("slip", "changes", "refusal"),
    [
        (SLIP, {}, None),
        (SLIP, {"state": State.OPEN, "now": IN_TIME}, None),
        (replace(SLIP, received_at=CLOSING + timedelta(hours=9)), {}, None),
        (SLIP, {"role": Role.BLOCK_OFFICER}, None),
        (SLIP, {"role": Role.RESIDENT}, PeopleRefusal.NOT_YOUR_SEAT),
        (SLIP, {"role": Role.PROPERTY_MANAGER}, PeopleRefusal.NOT_YOUR_SEAT),
        (SLIP, {"state": State.ROLL_OPEN}, Refusal.NOT_YET_OPEN),
        (SLIP, {"state": State.SUPERSEDED}, Refusal.PLAN_CHANGED),
        (SLIP, {"state": State.PROVISIONAL}, Refusal.GRACE_OVER),
        (SLIP, {"now": CLOSING + timedelta(days=3)}, Refusal.GRACE_OVER),
        (replace(SLIP, received_at=CLOSING + timedelta(days=2)), {}, Refusal.SLIP_RECEIVED_AHEAD),
        (replace(SLIP, signed_on=date(2026, 11, 12)), {}, Refusal.SLIP_DATED_AHEAD),
        (replace(SLIP, signed_on=date(2026, 10, 31)), {}, Refusal.SLIP_DATED_BEFORE_OPENING),
    ],
)
def test_slips_are_entered_by_staff_until_grace_ends(
    slip: SlipEntry, changes: dict[str, Any], refusal: Refusal | None
) -> None:
    terms: dict[str, Any] = {
        "role": Role.COMMITTEE_CLERK,
        "state": State.GRACE,
        "opened_at": OPENED,
        "grace_ends": CLOSING + timedelta(days=3),
        "now": CLOSING + timedelta(days=1),
    } | changes
    if refusal is None:
        may_enter_slip(slip, **terms)
        return
    with pytest.raises(Refused) as refused:
        may_enter_slip(slip, **terms)
    assert refused.value.refusal is refusal


def test_equal_entries_by_two_people_match_whatever_the_order_of_signers() -> None:
    second = replace(SLIP, by="zhou", holders=("h12b", "h12"))
    assert compare(SLIP, second) is Comparison.MATCH
    assert differences(SLIP, second) == ()


def test_one_person_does_not_enter_a_slip_twice() -> None:
    with pytest.raises(Refused) as refused:
        compare(SLIP, SLIP)
    assert refused.value.refusal is Refusal.ENTRY_SAME_PERSON


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("answer", Answer.OPPOSE),
        ("answer", None),
        ("signed_on", date(2026, 11, 9)),
        ("unit", "u11"),
        ("holders", ("h12",)),
        ("received_at", datetime(2026, 11, 11, 1, tzinfo=UTC)),
    ],
)
def test_every_field_in_which_entries_differ_is_named(field: str, value: object) -> None:
    changes: dict[str, Any] = {"by": "zhou", field: value}
    second = replace(SLIP, **changes)
    assert compare(SLIP, second) is Comparison.MISMATCH
    assert differences(SLIP, second) == (field,)


def test_a_third_person_decides_between_two_entries() -> None:
    second = replace(SLIP, by="zhou", answer=Answer.OPPOSE)
    third = replace(SLIP, by="li", answer=Answer.ABSTAIN)
    assert decide(SLIP, second, third, role=Role.COMMITTEE_DIRECTOR) is third
    for entries, role, refusal in (
        ((SLIP, second, replace(third, by="zhou")), Role.COMMITTEE_DIRECTOR, Refusal.ENTRY_SAME_PERSON),
        ((SLIP, replace(SLIP, by="zhou"), third), Role.SCRUTINEER, Refusal.ENTRY_NOT_IN_DISPUTE),
        ((SLIP, second, third), Role.BLOCK_OFFICER, PeopleRefusal.NOT_YOUR_SEAT),
    ):
        with pytest.raises(Refused) as refused:
            decide(*entries, role=role)
        assert refused.value.refusal is refusal
