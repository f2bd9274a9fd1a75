"""The law of concerns: what is measured, who says that it is settled, and what stands where no objection may."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import pytest

from hearing.concerns import rules
from hearing.concerns.rules import Course, Kind, Measure, Refusal, State, Weight
from hearing.people.rules import Role
from hearing.proposals.rules import State as Case
from hearing.refusal import Refused

NOON = datetime(2026, 11, 2, 4, tzinfo=UTC)  # 12:00 in Beijing
LATER = NOON + timedelta(hours=1)
OVER = datetime(2026, 11, 9, 16, tzinfo=UTC)  # 9 November 24:00 in Beijing: seven full days after the 2nd
MEASURED = (Measure("冬至日照", "118", "分钟"),)


def refused(act: Callable[[], object]) -> tuple[StrEnum, dict[str, object]]:
    with pytest.raises(Refused) as caught:
        act()
    return caught.value.refusal, dict(caught.value.details)


@pytest.mark.parametrize(
    ("course", "state", "weight"),
    [
        (Course(), State.OPEN, Weight.UNANSWERED),
        (Course(NOON), State.ANSWERED, Weight.UNHEARD),
        (Course(NOON, settled=False, said_at=LATER), State.UNSETTLED, Weight.STANDS),
        (Course(LATER, settled=False, said_at=NOON), State.ANSWERED, Weight.STANDS),
        (Course(NOON, settled=True, said_at=LATER), State.SETTLED, Weight.GONE),
        (Course(settled=True, said_at=NOON), State.SETTLED, Weight.GONE),
    ],
    ids=["raised", "answered", "not settled", "answered again", "settled", "settled without an answer"],
)
def test_where_a_concern_stands_and_what_it_weighs(course: Course, state: State, weight: Weight) -> None:
    assert (course.state, course.weight(LATER)) == (state, weight)
    assert course.is_open is (state is not State.SETTLED)


def test_who_says_nothing_has_been_heard_when_the_days_are_over() -> None:
    answered = Course(NOON)
    assert answered.weight(OVER - timedelta(seconds=1)) is Weight.UNHEARD
    assert answered.weight(OVER) is Weight.GONE
    assert answered.is_open, "on the list it stays open until its author says otherwise"


def test_not_settled_stands_however_long_and_whatever_is_answered() -> None:
    assert Course(LATER, settled=False, said_at=NOON).weight(OVER + timedelta(days=365)) is Weight.STANDS


@pytest.mark.parametrize("case", list(Case))
def test_concerns_are_raised_while_a_plan_is_talked_over(case: Case) -> None:
    if case in rules.RAISED_IN:
        rules.may_raise(case, "怕挡光", Kind.LIGHT, [])
    else:
        assert refused(lambda: rules.may_raise(case, "怕挡光", Kind.LIGHT, []))[0] is Refusal.CONCERN_NOT_NOW


def test_one_open_concern_of_a_kind_and_never_an_empty_one() -> None:
    case = Case.CONSENT
    assert refused(lambda: rules.may_raise(case, " ", Kind.LIGHT, []))[0] is Refusal.CONCERN_EMPTY
    twice = refused(lambda: rules.may_raise(case, "还是怕", Kind.LIGHT, [Kind.LIGHT]))
    assert twice[0] is Refusal.CONCERN_OPEN_ALREADY
    rules.may_raise(case, "还有声音", Kind.NOISE, [Kind.LIGHT])
    rules.may_raise(case, "另一件", Kind.OTHER, [Kind.OTHER])


@pytest.mark.parametrize(
    ("measures", "files", "fen"), [(MEASURED, 0, 0), ((), 1, 0), ((), 0, 500_000)], ids=["number", "sketch", "money"]
)
def test_an_answer_rests_on_a_number_a_picture_or_a_compensation(
    measures: tuple[Measure, ...], files: int, fen: int
) -> None:
    rules.may_answer(Course(), "量过了", measures=measures, files=files, compensation_fen=fen)


def test_words_alone_are_no_answer_and_measures_without_words_neither() -> None:
    bare = refused(lambda: rules.may_answer(Course(), "不会的", measures=(), files=0, compensation_fen=0))
    assert bare[0] is Refusal.ANSWER_NOT_MEASURED
    mute = refused(lambda: rules.may_answer(Course(), "", measures=MEASURED, files=0, compensation_fen=0))
    assert mute[0] is Refusal.ANSWER_WORDLESS
    done = Course(NOON, settled=True, said_at=LATER)
    over = refused(lambda: rules.may_answer(done, "再量", measures=MEASURED, files=0, compensation_fen=0))
    assert over[0] is Refusal.CONCERN_SETTLED


@pytest.mark.parametrize(
    ("course", "settled", "author", "why"),
    [
        (Course(NOON), True, False, Refusal.CONCERN_NOT_YOURS),
        (Course(NOON, settled=True, said_at=LATER), False, True, Refusal.CONCERN_SETTLED),
        (Course(), False, True, Refusal.CONCERN_NOT_ANSWERED),
        (Course(NOON, settled=False, said_at=LATER), False, True, Refusal.CONCERN_SAID_ALREADY),
    ],
)
def test_its_author_alone_says_whether_it_is_settled(course: Course, settled: bool, author: bool, why: Refusal) -> None:
    assert refused(lambda: rules.may_say(course, settled=settled, is_author=author))[0] is why


def test_settled_may_be_said_at_any_time_and_not_settled_of_each_answer() -> None:
    rules.may_say(Course(), settled=True, is_author=True)
    rules.may_say(Course(LATER, settled=False, said_at=NOON), settled=False, is_author=True)


@pytest.mark.parametrize(
    ("line", "measure"),
    [
        ("冬至日照 118 分钟", Measure("冬至日照", "118", "分钟")),
        ("夜里 电梯 噪声　３８．５ 分贝", Measure("夜里 电梯 噪声", "38.5", "分贝")),
        ("距窗 2.35m", Measure("距窗", "2.35", "m")),
        ("温差 -1 度", Measure("温差", "-1", "度")),
    ],
)
def test_a_measure_is_a_thing_a_number_and_a_unit(line: str, measure: Measure) -> None:
    assert rules.read_measures(f"\n{line}\n") == (measure,)


@pytest.mark.parametrize(
    "line", ["118 分钟", "日照 118", "日照 很好", "日照 1e3 分钟", "日照 NaN 分钟", "日照 12,5 分钟"]
)
def test_what_is_no_measure_is_named_by_its_line(line: str) -> None:
    assert refused(lambda: rules.read_measures(f"日照 1 分钟\n{line}")) == (Refusal.MEASURE_UNREADABLE, {"n": 2})


def test_nobody_writes_measures_without_end() -> None:
    assert refused(lambda: rules.read_measures("日照 1 分钟\n" * 13)) == (Refusal.MEASURES_TOO_MANY, {"most": 12})


def test_answers_come_from_the_desk_or_from_whoever_was_named_and_still_sits_there() -> None:
    assert rules.answering_role({Role.COMMITTEE_CLERK, Role.RESIDENT}, named=None) is Role.COMMITTEE_CLERK
    assert rules.answering_role({Role.WORKS_LEAD}, named=Role.WORKS_LEAD) is Role.WORKS_LEAD
    assert rules.answering_role({Role.WORKS_LEAD}, named=None) is None
    assert rules.answering_role({Role.RESIDENT}, named=Role.WORKS_LEAD) is None


def test_where_no_objection_may_stand_every_concern_is_answered_and_heard() -> None:
    unanswered = [Weight.UNANSWERED, Weight.UNHEARD, Weight.STANDS]
    assert refused(lambda: rules.check_heard(unanswered)) == (Refusal.CONCERNS_UNANSWERED, {"n": 1})
    assert refused(lambda: rules.check_heard(unanswered[1:])) == (Refusal.CONCERNS_UNHEARD, {"n": 1, "days": 7})
    assert rules.check_heard([Weight.STANDS, Weight.GONE, Weight.STANDS]) == 2
    assert refused(lambda: rules.check_none_stands([Weight.STANDS])) == (Refusal.CONCERNS_STANDING, {"n": 1})
    rules.check_none_stands([Weight.GONE])
    rules.check_none_stands([])
