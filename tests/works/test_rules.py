"""The law of works: stages in order with what they need, corrections that leave a sound course, one on accounts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearing.notices.rules import ObjectionState
from hearing.notices.rules import Refusal as NoticeRefusal
from hearing.proposals.rules import Refusal as CaseRefusal
from hearing.proposals.rules import State as Case
from hearing.refusal import Refused
from hearing.works import rules
from hearing.works.rules import (
    Beginning,
    Ending,
    Entry,
    GroupRole,
    Held,
    Kind,
    Paper,
    Party,
    Person,
    Ready,
    Refusal,
    Stage,
)

ASKED, POSTED, APPROVED = date(2022, 3, 1), date(2026, 3, 2), date(2026, 3, 13)
BEGINNING = Beginning(ASKED, POSTED, APPROVED)
TODAY = date(2027, 12, 31)
READY = Ready(
    case=Case.APPROVED,
    collections_passed=(True, True),
    permits_given=(True,),
    objections=(ObjectionState.SETTLED,),
    money_agreed=True,
    offices=rules.COMPLETE,
)
NEEDED = [paper for stage in rules.ENTERED for paper in rules.NEEDS[stage]]


def refused(act: Callable[[], object]) -> StrEnum:
    with pytest.raises(Refused) as caught:
        act()
    return caught.value.refusal


def stage(number: int, which: Stage, day: date, **more: object) -> Entry:
    return Entry(number=number, kind=Kind.ENTERED, stage=which, day=day, party=rules.OWES[which], **more)  # type: ignore[arg-type]


def paper(number: int, which: Paper, day: date = APPROVED, reference: str = "1号", **more: object) -> Entry:
    return Entry(number=number, kind=Kind.PAPER, paper=which, day=day, reference=reference, **more)  # type: ignore[arg-type]


def walked(*days: date) -> list[Entry]:
    """Every paper, then as many stages as there are days."""
    papers = [paper(number, each) for number, each in enumerate(NEEDED, 1)]
    first = len(papers) + 1
    return [
        *papers,
        *(stage(first + n, which, day) for n, (which, day) in enumerate(zip(rules.ENTERED, days, strict=False))),
    ]


def days_of(count: int, gap: int = 30) -> list[date]:
    return [APPROVED + timedelta(days=gap * n) for n in range(count)]


def may_enter(
    entries: list[Entry], which: Stage, day: date, ready: Ready = READY, files: int = 1, **more: object
) -> None:
    here = rules.course(BEGINNING, entries)
    rules.may_enter(here, stage(99, which, day, **more), ready, files=files, today=TODAY)


def test_four_years_of_talking_are_counted() -> None:
    course = rules.course(Beginning(ASKED), ())
    assert course.stage is Stage.CONSENT
    assert course.days(date(2026, 3, 1)) == 1461
    assert course.next is None and course.party is None


def test_the_days_of_the_stages_are_the_whole_time() -> None:
    course = rules.course(BEGINNING, walked(*days_of(4)))
    assert [span.days(TODAY) for span in course.spans[:5]] == [1462, 11, 30, 30, 30]
    assert course.days(TODAY) == sum(span.days(TODAY) for span in course.spans[:5])
    assert course.next is None and course.stage is Stage.IN_USE


def test_between_approval_and_filing_the_committee_owes_the_move() -> None:
    course = rules.course(BEGINNING, ())
    assert (course.stage, course.next, course.party) == (Stage.PUBLICITY, Stage.FILING, Party.COMMITTEE)
    assert course.waiting_since == APPROVED
    assert course.spans[-1].days(TODAY) == 11, "publicity ended with the approval"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"case": Case.PUBLICITY}, Refusal.WORKS_NOT_APPROVED),
        ({"collections_passed": (True, False)}, CaseRefusal.CONSENTS_NOT_PASSED),
        ({"collections_passed": ()}, CaseRefusal.CONSENTS_NOT_PASSED),
        ({"permits_given": (False,)}, CaseRefusal.PERMITS_AWAITED),
        ({"objections": (ObjectionState.OPEN,)}, NoticeRefusal.OBJECTIONS_UNDECIDED),
        ({"objections": (ObjectionState.TO_COORDINATION,)}, NoticeRefusal.OBJECTIONS_STANDING),
        ({"money_agreed": False}, Refusal.MONEY_NOT_AGREED),
        ({"offices": frozenset({GroupRole.ACCOUNTS})}, Refusal.GROUP_WITHOUT_LEADER),
    ],
)
def test_filing_needs_the_whole_case(changes: dict[str, object], why: StrEnum) -> None:
    ready = replace(READY, **changes)  # type: ignore[arg-type]
    assert refused(lambda: may_enter([], Stage.FILING, APPROVED, ready)) == why
    may_enter([], Stage.FILING, APPROVED)


@pytest.mark.parametrize("which", rules.ENTERED[1:])
def test_a_stage_waits_for_each_of_its_papers(which: Stage) -> None:
    before = list(rules.ENTERED).index(which)
    entries = walked(*days_of(before))
    for number in [entry.number for entry in entries if entry.paper in rules.NEEDS[which]]:
        less = [entry for entry in entries if entry.number != number]
        assert refused(lambda less=less: may_enter(less, which, TODAY, before=1, after=1)) == Refusal.PAPERS_MISSING  # type: ignore[misc]
    may_enter(entries, which, TODAY, before=1, after=1)


@pytest.mark.parametrize("missing", sorted(rules.COMPLETE))
def test_building_waits_for_leader_accounts_and_supervisor(missing: GroupRole) -> None:
    ready = replace(READY, offices=rules.COMPLETE - {missing})
    assert refused(lambda: may_enter(walked(*days_of(2)), Stage.CONSTRUCTION, TODAY, ready)) == Refusal.GROUP_INCOMPLETE


@pytest.mark.parametrize(("before", "after"), [(0, 0), (1, 0), (0, 2)])
def test_use_waits_for_both_photos(before: int, after: int) -> None:
    act = lambda: may_enter(walked(*days_of(3)), Stage.IN_USE, TODAY, before=before, after=after)  # noqa: E731
    assert refused(act) == Refusal.PHOTOS_MISSING


def test_a_day_lies_between_the_step_before_and_today() -> None:
    assert refused(lambda: may_enter([], Stage.FILING, APPROVED - timedelta(days=1))) == Refusal.ENTRY_TOO_EARLY
    assert refused(lambda: may_enter([], Stage.FILING, TODAY + timedelta(days=1))) == Refusal.ENTRY_AHEAD
    assert refused(lambda: may_enter([], Stage.FILING, APPROVED, files=0)) == Refusal.ENTRY_UNPROVEN
    for which in (Stage.CONSENT, Stage.PUBLICITY, Stage.PERMITTING, Stage.IN_USE):
        entry = Entry(number=1, kind=Kind.ENTERED, stage=which, day=TODAY)
        here = rules.course(BEGINNING, ())
        act = lambda here=here, entry=entry: rules.may_enter(here, entry, READY, files=1, today=TODAY)  # noqa: E731
        assert refused(act) == Refusal.STAGE_OUT_OF_TURN


def test_a_turn_is_not_handed_over_before_it_was_had() -> None:
    here = rules.course(BEGINNING, walked(*days_of(2)))
    turn = Entry(number=99, kind=Kind.TURN, party=Party.UTILITY, day=APPROVED)
    act = lambda: rules.may_record(here, turn, Case.APPROVED, files=0, today=TODAY)  # noqa: E731
    assert refused(act) == Refusal.ENTRY_TOO_EARLY
    rules.may_record(here, replace(turn, day=TODAY), Case.APPROVED, files=0, today=TODAY)


def test_photos_without_a_photo_are_nothing() -> None:
    here, entry = rules.course(BEGINNING, ()), Entry(number=1, kind=Kind.PHOTOS, day=TODAY)
    assert refused(lambda: rules.may_record(here, entry, Case.APPROVED, files=0, today=TODAY)) == Refusal.ENTRY_EMPTY


def corrected(entries: list[Entry], correction: Entry, reason: str = "写错") -> rules.Course:
    return rules.may_correct(BEGINNING, entries, correction, reason=reason, today=TODAY)


def test_a_correction_of_a_correction_is_what_stands() -> None:
    first = paper(1, Paper.FILING_NUMBER, reference="甲")
    second, third = (
        replace(first, number=2, reference="乙", corrects=1),
        replace(first, number=3, reference="丙", corrects=2),
    )
    assert [entry.reference for entry in rules.standing([first, second, third])] == ["丙"]
    assert rules.standing([first, second, replace(third, withdrawn=True)]) == ()
    assert refused(lambda: corrected([first, second], replace(first, number=3, reference="丁", corrects=1))) == (
        Refusal.ENTRY_CORRECTED
    )


def test_a_correction_says_why_and_what() -> None:
    first = paper(1, Paper.FILING_NUMBER)
    assert refused(lambda: corrected([first], replace(first, number=2, corrects=1))) == Refusal.CORRECTION_SAME
    other = replace(first, number=2, corrects=1, reference="2号")
    assert refused(lambda: corrected([first], other, " ")) == Refusal.CORRECTION_UNREASONED
    assert refused(lambda: corrected([first], replace(other, reference=""))) == Refusal.PAPER_WITHOUT_NUMBER
    assert (
        refused(lambda: corrected([first, paper(3, Paper.FILING_NUMBER, reference="2号")], other))
        == Refusal.PAPER_KNOWN
    )
    assert corrected([first], other).papers == {Paper.FILING_NUMBER}


def test_a_corrected_day_stays_between_its_neighbours() -> None:
    days = days_of(3)
    entries = walked(*days)
    middle = entries[-2]
    for day in (days[0] - timedelta(days=1), days[2] + timedelta(days=1)):
        change = replace(middle, number=99, corrects=middle.number, day=day)
        assert refused(lambda change=change: corrected(entries, change)) == Refusal.ENTRY_TOO_EARLY  # type: ignore[misc]
    moved = corrected(entries, replace(middle, number=99, corrects=middle.number, day=days[0]))
    assert [span.days(TODAY) for span in moved.spans[2:4]] == [0, 60]
    first = entries[-3]
    early = replace(first, number=99, corrects=first.number, day=APPROVED - timedelta(days=1))
    assert refused(lambda: corrected(entries, early)) == Refusal.ENTRY_TOO_EARLY


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(-5, 200), st.booleans()), max_size=12))
def test_whatever_is_corrected_the_course_is_one_that_could_have_been_entered(
    changes: list[tuple[int, int, bool]],
) -> None:
    entries = walked(*days_of(3, 50))
    for place, offset, withdrawn in changes:
        old = entries[place % len(entries)]
        change = replace(
            old,
            number=len(entries) + 1,
            corrects=old.number,
            day=APPROVED + timedelta(days=offset),
            withdrawn=withdrawn,
        )
        try:
            corrected(entries, change)
        except Refused:
            continue
        entries.append(change)
    course = rules.course(BEGINNING, entries)
    entered = [span for span in course.spans if span.stage in rules.ENTERED]
    assert [span.stage for span in entered] == list(rules.ENTERED[: len(entered)])
    days = [APPROVED, *(span.began for span in entered)]
    assert days == sorted(days)
    assert all(set(rules.NEEDS[span.stage]) <= course.papers for span in entered)
    assert sum(span.days(TODAY) for span in course.spans) + (entered[0].began - APPROVED).days * bool(entered) == (
        course.days(TODAY) if entered else (APPROVED - ASKED).days
    )


# ---- the group

ANNE, BEN = Person(1, 11, "安", "1"), Person(2, 12, "本", "2")


def appoint(
    held: list[Held], role: GroupRole, person: Person, *, day: date = APPROVED, lives_there: bool = True
) -> None:
    rules.may_appoint(held, role, person, lives_there=lives_there, day=day, today=TODAY)


@pytest.mark.parametrize("other", sorted(set(GroupRole) - {GroupRole.ACCOUNTS, GroupRole.MEMBER}))
def test_no_office_goes_with_the_accounts(other: GroupRole) -> None:
    assert refused(lambda: appoint([Held(GroupRole.ACCOUNTS, ANNE)], other, ANNE)) == Refusal.GROUP_ACCOUNTS_ALONE
    assert refused(lambda: appoint([Held(other, ANNE)], GroupRole.ACCOUNTS, ANNE)) == Refusal.GROUP_ACCOUNTS_ALONE
    appoint([Held(other, ANNE)], GroupRole.ACCOUNTS, BEN)


@pytest.mark.parametrize("role", sorted(GroupRole))
def test_one_leads_and_one_keeps_the_accounts(role: GroupRole) -> None:
    held = [Held(role, ANNE)]
    assert refused(lambda: appoint(held, role, ANNE)) == Refusal.GROUP_SEAT_HELD
    if role in {GroupRole.LEADER, GroupRole.ACCOUNTS}:
        assert refused(lambda: appoint(held, role, BEN)) == Refusal.GROUP_OFFICE_TAKEN
    else:
        appoint(held, role, BEN)


def test_a_household_does_not_supervise_its_own_accounts() -> None:
    wife = Person(3, 11, "夫人", "3")
    assert refused(lambda: appoint([Held(GroupRole.SUPERVISOR, ANNE)], GroupRole.ACCOUNTS, wife)) == (
        Refusal.GROUP_SIGNS_FOR_BOTH
    )
    appoint([Held(GroupRole.SUPERVISOR, ANNE)], GroupRole.LIAISON, wife)


@pytest.mark.parametrize(
    ("line", "same"),
    [
        (Person(9, 15, "安", "1"), True),
        (Person(9, 15, "安", ""), True),
        (Person(9, 15, "安", "7"), False),
        (Person(9, 15, "平", "1"), False),
        (Person(1, 15, "安", "1"), True),
    ],
)
def test_who_owns_two_flats_is_one_person(line: Person, same: bool) -> None:
    assert ANNE.is_also(line) is same
    if same:
        assert refused(lambda: appoint([Held(GroupRole.ACCOUNTS, ANNE)], GroupRole.LEADER, line)) == (
            Refusal.GROUP_ACCOUNTS_ALONE
        )


def test_members_are_of_the_house_and_chosen_by_now() -> None:
    assert refused(lambda: appoint([], GroupRole.MEMBER, ANNE, lives_there=False)) == Refusal.GROUP_NOT_A_HOUSEHOLD
    assert refused(lambda: appoint([], GroupRole.MEMBER, ANNE, day=TODAY + timedelta(days=1))) == Refusal.ENTRY_AHEAD


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"ended": True}, Refusal.GROUP_SEAT_ENDED),
        ({"day": APPROVED - timedelta(days=1)}, Refusal.GROUP_DAY_BEFORE_START),
        ({"day": TODAY + timedelta(days=1)}, Refusal.ENTRY_AHEAD),
        ({"why": Ending.MISTAKE}, Refusal.GROUP_UNREASONED),
    ],
)
def test_a_seat_ends_once_on_a_day_that_was(changes: dict[str, object], why: Refusal) -> None:
    usual = {"since": APPROVED, "ended": False, "day": TODAY, "today": TODAY, "why": Ending.RESIGNED, "note": ""}
    rules.may_end(**usual)  # type: ignore[arg-type]
    assert refused(lambda: rules.may_end(**{**usual, **changes})) == why  # type: ignore[arg-type]


@given(st.lists(st.tuples(st.sampled_from(sorted(GroupRole)), st.integers(1, 5), st.integers(1, 3)), max_size=20))
def test_however_people_are_chosen_one_alone_keeps_the_accounts(choices: list[tuple[GroupRole, int, int]]) -> None:
    held: list[Held] = []
    for role, holder, unit in choices:
        person = Person(holder, unit, f"{holder}", f"{holder}")
        try:
            appoint(held, role, person)
        except Refused:
            continue
        held.append(Held(role, person))
    keeping = [seat.person for seat in held if seat.role is GroupRole.ACCOUNTS]
    assert len(keeping) <= 1
    for seat in held:
        if keeping and seat.person.holder == keeping[0].holder:
            assert seat.role in {GroupRole.ACCOUNTS, GroupRole.MEMBER}
        if keeping and seat.role is GroupRole.SUPERVISOR:
            assert seat.person.unit != keeping[0].unit


def test_an_overview_names_every_stage() -> None:
    counts = rules.counted([Stage.IN_USE, Stage.IN_USE, Stage.CONSENT])
    assert counts == [("在用", 2), ("正在施工", 0), ("正在审批", 0), ("立项", 0), ("公示", 0), ("征询", 1)]
