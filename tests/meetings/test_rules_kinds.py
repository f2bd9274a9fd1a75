"""The four kinds, their rosters and draw, agendas, polls, answers: worked numbers of domain.md 2.4 and 4.1."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearing.meetings import rules
from hearing.meetings.rules import (
    Answered,
    Disposition,
    Drawn,
    Event,
    Grade,
    Kind,
    Move,
    Refusal,
    Reply,
    ReplyWords,
    SignUpAs,
    Speaks,
    State,
    Volunteer,
)
from hearing.notices.holidays import Day, calendar_of, read
from hearing.notices.rules import Refusal as NoticeRefusal
from hearing.people.rules import Role
from hearing.places.rules import UnitUse
from hearing.proposals.rules import State as Case
from hearing.refusal import Refused

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)  # Friday, 10:00 in Beijing
CLERK = Role.COMMITTEE_CLERK


def refused(act: Callable[[], object]) -> Refused:
    """The refusal that an act ends with."""
    with pytest.raises(Refused) as caught:
        act()
    return caught.value


# Kinds and rosters.


@pytest.mark.parametrize(
    ("kind", "days", "least"),
    [(Kind.HEARING, 7, 7), (Kind.COORDINATION, 7, 1), (Kind.REVIEW, 7, 3), (Kind.JOINT, 3, 3)],
)
def test_each_kind_has_its_lead_time_and_its_least(kind: Kind, days: int, least: int) -> None:
    rules.may_post_notice(NOW, NOW + timedelta(days=days), kind)
    late = refused(lambda: rules.may_post_notice(NOW, NOW + timedelta(days=days, seconds=-1), kind))
    assert late.refusal is NoticeRefusal.NOTICE_TOO_LATE
    rules.check_delegates(least, kind)
    few = refused(lambda: rules.check_delegates(least - 1, kind))
    assert few.refusal is (Refusal.NOBODY_NAMED if least == 1 else Refusal.TOO_FEW_DELEGATES)


def test_every_roster_tells_who_votes_from_who_supports() -> None:
    council = rules.ROSTERS[rules.RosterName.COUNCIL]
    assert council.principal == (Role.PARTY_SECRETARY, Role.OWNERS_COMMITTEE, Role.COUNCIL_MEMBER)
    assert Role.POLICE_LIAISON in council.supporting
    assert Role.COMMITTEE_DIRECTOR in council.supporting
    assert rules.ROSTERS[rules.RosterName.RESIDENTS_AND_SHOPS].shops
    five = rules.ROSTERS[rules.RosterName.FIVE_PARTIES]
    assert len(five.seats) == 4  # and the residents, who are drawn
    assert set(rules.USUAL) == set(rules.KIND_LABELS) == set(rules.TEMPLATES) == set(Kind)
    assert set(rules.ROSTERS) == set(rules.RosterName)


def test_the_whole_way_of_a_hearing() -> None:
    state = State.DRAFT
    for move in (
        Move.POST_NOTICE, Move.OPEN_SIGN_UP, Move.LACK_QUORUM, Move.SET_NEW_DATE, Move.OPEN_SIGN_UP, Move.OPEN,
        Move.ADJOURN, Move.RESUME, Move.END, Move.CONFIRM_MINUTES, Move.BEGIN_ANSWERING, Move.CLOSE,
    ):  # fmt: skip
        state = rules.next_state(state, move, role=CLERK, reason="人数", kind=Kind.HEARING)
    assert state is State.CLOSED
    assert rules.is_over(state, Kind.HEARING)


@pytest.mark.parametrize(
    ("kind", "state", "move"),
    [
        (Kind.HEARING, State.NOTICED, Move.OPEN),
        (Kind.COORDINATION, State.NOTICED, Move.OPEN_SIGN_UP),
        (Kind.COORDINATION, State.MINUTES_CONFIRMED, Move.BEGIN_ANSWERING),
        (Kind.HEARING, State.MINUTES_CONFIRMED, Move.CLOSE),
        (Kind.JOINT, State.NOTICED, Move.OPEN_SIGN_UP),
    ],
)
def test_a_kind_takes_its_own_way(kind: Kind, state: State, move: Move) -> None:
    wrong = refused(lambda: rules.next_state(state, move, role=CLERK, kind=kind))
    assert wrong.refusal is Refusal.MEETING_ELSEWHERE


def test_what_was_coordinated_is_over_with_its_minutes_and_a_hearing_is_not() -> None:
    assert rules.is_over(State.MINUTES_CONFIRMED, Kind.COORDINATION)
    assert not rules.is_over(State.MINUTES_CONFIRMED, Kind.HEARING)
    assert rules.is_over(State.CANCELLED, Kind.HEARING)


def test_a_review_also_looks_back_on_what_was_approved() -> None:
    rules.may_plan(Case.APPROVED, Kind.REVIEW)
    late = refused(lambda: rules.may_plan(Case.APPROVED, Kind.HEARING))
    assert late.refusal is Refusal.CASE_DOES_NOT_MEET


# Quorum: 13 of 20 is 39 < 40, 14 is 42.


def test_thirteen_of_twenty_postpone_and_fourteen_are_a_quorum() -> None:
    assert 3 * 13 == 39
    few = refused(lambda: rules.check_quorum(13, 20))
    assert few.details == {"present": 13, "named": 20, "needed": 14}
    rules.check_lack(13, 20)
    rules.check_quorum(14, 20)
    assert refused(lambda: rules.check_lack(14, 20)).refusal is Refusal.QUORUM_THERE


# Working days.

NATIONAL = """日期,安排,名称
2026-10-01,休,国庆节
2026-10-02,休,国庆节
2026-10-05,休,国庆节
2026-10-06,休,国庆节
2026-10-07,休,国庆节
2026-10-10,班,国庆节
"""


def test_answers_are_due_on_the_fifteenth_working_day_of_the_table() -> None:
    confirmed = datetime(2026, 9, 24, 8, tzinfo=UTC)  # Thursday
    calendar = calendar_of(read(NATIONAL))
    # 25, 28, 29, 30 September; 8, 9, 10 (a worked Saturday), 12–16, 19, 20, 21 October.
    assert rules.answers_due(confirmed, calendar) == datetime(2026, 10, 21, 16, tzinfo=UTC)
    assert rules.rectification_due(confirmed, calendar) == datetime(2026, 10, 21, 16, tzinfo=UTC)
    assert rules.answers_due(confirmed, calendar_of([])) == datetime(2026, 10, 15, 16, tzinfo=UTC)


def test_a_table_of_holidays_is_read_in_two_spellings() -> None:
    listed = '{"year": 2026, "days": [{"name": "元旦", "date": "2026-01-01", "isOffDay": true}]}'
    assert read(listed) == [Day(date(2026, 1, 1), False, "元旦")]
    assert read("2026-01-04，班，元旦") == [Day(date(2026, 1, 4), True, "元旦")]
    for text, line in (
        ("", 1),
        ("x", 1),
        ("2026-01-01,休\n2026-02-30,休", 2),
        ("{", 1),
        ('{"days": [1]}', 1),
        ("2026-01-01,玩", 1),
    ):
        wrong = refused(lambda text=text: read(text))  # type: ignore[misc]
        assert (wrong.refusal, wrong.details) == (NoticeRefusal.HOLIDAYS_UNREADABLE, {"line": line})


# The draw.

VOLUNTEERS = [Volunteer(n, "甲乙丙"[n % 3]) for n in range(1, 13)] + [Volunteer(13, "丁")]


def test_a_draw_is_the_same_whoever_draws_it() -> None:
    hashed = rules.list_hash(VOLUNTEERS)
    assert hashed == rules.list_hash(reversed(VOLUNTEERS))
    seed = rules.seed_of(hashed, " 2718 ")
    assert seed == f"{hashed}|2718"
    first = rules.draw(VOLUNTEERS, 7, seed)
    assert first == rules.draw(VOLUNTEERS[::-1], 7, seed)
    assert len(first.delegates) == 7
    assert sorted(first.delegates + first.reserves) == list(range(1, 14))
    assert rules.draw(VOLUNTEERS, 7, rules.seed_of(hashed, "3141")) != first


def test_the_draw_of_a_published_example_does_not_change() -> None:
    """Written down once: whoever drew in 2026 can be checked by any later version."""
    few = [Volunteer(1, "1单元"), Volunteer(2, "1单元"), Volunteer(3, "2单元"), Volunteer(4, "1单元")]
    assert rules.draw(few, 2, "seed") == Drawn("seed", (3, 1), (2, 4))


@given(st.lists(st.integers(0, 4), min_size=1, max_size=40), st.integers(1, 40), st.text("0123456789", min_size=4))
def test_no_stairwell_waits_while_another_has_two(homes: list[int], seats: int, called: str) -> None:
    volunteers = [Volunteer(n, f"{home}单元") for n, home in enumerate(homes, 1)]
    drawn = rules.draw(volunteers, seats, rules.seed_of("00", called))
    assert len(drawn.delegates) == min(seats, len(homes))
    by_home = Counter(homes[number - 1] for number in drawn.delegates)
    for home, volunteered in Counter(homes).items():
        assert by_home[home] == volunteered or by_home[home] >= max(by_home.values()) - 1


def test_a_draw_has_volunteers_a_number_and_its_time() -> None:
    assert refused(lambda: rules.draw([], 3, "x")).refusal is Refusal.DRAW_WITHOUT_VOLUNTEERS
    assert refused(lambda: rules.seed_of("00", " 12 ")).refusal is Refusal.DRAW_SEED_SHORT
    starts = NOW + timedelta(days=8)
    early = refused(lambda: rules.may_draw(starts, starts - timedelta(hours=24, seconds=1), drawn=False))
    assert early.refusal is Refusal.DRAW_TOO_EARLY
    rules.may_draw(starts, starts - timedelta(hours=24), drawn=False)
    assert refused(lambda: rules.may_draw(starts, starts, drawn=True)).refusal is Refusal.DRAWN_BEFORE


# Before: sign-up and invitations.


def test_signing_up_ends_a_day_before_and_seats_for_observers_end_too() -> None:
    starts = NOW + timedelta(days=8)

    def sign_up(state: State = State.REGISTERING, now: datetime = NOW, here: bool = True, observers: int = 0) -> None:
        rules.may_sign_up(state, SignUpAs.OBSERVER, starts_at=starts, now=now, lives_here=here, observers=observers)

    sign_up()
    sign_up(now=starts - timedelta(hours=24, seconds=1), observers=29)
    for act, refusal in (
        (lambda: sign_up(State.NOTICED), Refusal.SIGN_UP_NOT_OPEN),
        (lambda: sign_up(State.POSTPONED), Refusal.SIGN_UP_NOT_OPEN),
        (lambda: sign_up(State.IN_SESSION), Refusal.SIGN_UP_OVER),
        (lambda: sign_up(now=starts - timedelta(hours=24)), Refusal.SIGN_UP_OVER),
        (lambda: sign_up(here=False), Refusal.NOT_FROM_HERE),
        (lambda: sign_up(observers=30), Refusal.SIGN_UP_FULL),
    ):
        assert refused(act).refusal is refusal
    rules.may_open_sign_up(posted_on_paper=True)
    assert refused(lambda: rules.may_open_sign_up(posted_on_paper=False)).refusal is Refusal.PAPER_NOT_POSTED


def test_an_agency_that_does_not_answer_is_seen() -> None:
    due, starts = NOW + timedelta(days=3), NOW + timedelta(days=8)
    rules.may_invite(State.NOTICED, due_at=due, starts_at=starts, now=NOW)
    assert rules.invitation_told(None, due, NOW) == "等待答复"
    assert rules.invitation_told(None, due, due) == "到期没有答复"
    assert rules.invitation_told(Reply.DECLINES, due, due) == "不来"
    for act, refusal in (
        (lambda: rules.may_invite(State.DRAFT, due_at=due, starts_at=starts, now=NOW), Refusal.MEETING_ELSEWHERE),
        (lambda: rules.may_invite(State.NOTICED, due_at=NOW, starts_at=starts, now=NOW), Refusal.INVITATION_DUE_WRONG),
        (
            lambda: rules.may_invite(State.NOTICED, due_at=starts + timedelta(1), starts_at=starts, now=NOW),
            Refusal.INVITATION_DUE_WRONG,
        ),
    ):
        assert refused(act).refusal is refusal

    def reply(
        reply: Reply, words: str = "", *, state: State = State.NOTICED, mine: bool = True, done: bool = False
    ) -> None:
        rules.may_answer_invitation(state, reply, words, entitled=mine, replied=done)

    reply(Reply.COMES)
    reply(Reply.DECLINES, "当天执勤")
    assert refused(lambda: reply(Reply.DECLINES)).refusal is Refusal.INVITATION_WITHOUT_WORDS
    assert refused(lambda: reply(Reply.COMES, mine=False)).refusal is Refusal.INVITATION_NOT_YOURS
    assert refused(lambda: reply(Reply.COMES, done=True)).refusal is Refusal.INVITATION_ANSWERED
    assert refused(lambda: reply(Reply.COMES, state=State.CLOSED)).refusal is Refusal.MEETING_ELSEWHERE


# The room.


def test_an_agenda_is_read_line_by_line() -> None:
    read_ = rules.read_items("施工队说明方案 15分钟\n\n邻居提问（20 分）\n表决\n")
    assert [(item.title, item.minutes) for item in read_] == [("施工队说明方案", 15), ("邻居提问", 20), ("表决", 10)]
    assert [item.minutes for item in rules.read_items("甲 0分\n乙 999分钟")] == [1, 180]


@pytest.mark.parametrize(("seconds", "left"), [(0, 15), (1, 15), (60, 14), (14 * 60 + 59, 1), (900, 0), (960, -1)])
def test_the_minute_that_runs_counts_as_left(seconds: int, left: int) -> None:
    assert rules.minutes_left(NOW, 15, NOW + timedelta(seconds=seconds)) == left


def test_a_calendar_file_is_folded_and_escaped() -> None:
    event = Event(
        "meeting-3@x", 2, "垃圾投放、绿化;听证会,第一次" + "长" * 30, "居委会\n会议室", "https://x/m/3", NOW, 2, NOW
    )
    text = rules.calendar_file(event)
    assert text.endswith("END:VCALENDAR\r\n")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    whole = text.replace("\r\n ", "")
    assert "DTSTART:20261120T020000Z\r\nDTEND:20261120T040000Z" in whole
    assert "SUMMARY:垃圾投放、绿化\\;听证会\\,第一次" in whole
    assert "LOCATION:居委会\\n会议室" in whole


def test_the_floor_goes_to_the_first_hand_or_to_the_one_that_the_chair_picks() -> None:
    assert rules.next_speaker(State.IN_SESSION, [7, 3, 9], None) == 7
    assert rules.next_speaker(State.IN_SESSION, [7, 3, 9], 9) == 9
    for state, waiting, picked, refusal in (
        (State.ADJOURNED, [7], None, Refusal.MEETING_ELSEWHERE),
        (State.IN_SESSION, [], None, Refusal.QUEUE_EMPTY),
        (State.IN_SESSION, [7], 8, Refusal.NOT_IN_QUEUE),
    ):
        with pytest.raises(Refused) as refused:
            rules.next_speaker(state, waiting, picked)
        assert refused.value.refusal is refusal


def test_the_chair_goes_on_while_there_is_an_item_left() -> None:
    rules.may_go_on(State.IN_SESSION, items_left=1)
    for state, left, refusal in (
        (State.ADJOURNED, 1, Refusal.MEETING_ELSEWHERE),
        (State.IN_SESSION, 0, Refusal.AGENDA_OVER),
    ):
        with pytest.raises(Refused) as refused:
            rules.may_go_on(state, items_left=left)
        assert refused.value.refusal is refusal


def test_hands_are_moved_no_further_than_the_ends() -> None:
    queue = ["a", "b", "c", "d"]
    assert rules.moved(queue, "c", -1) == ["a", "c", "b", "d"]
    assert rules.moved(queue, "c", -9) == ["c", "a", "b", "d"]
    assert rules.moved(queue, "a", 9) == ["b", "c", "d", "a"]
    assert refused(lambda: rules.moved(queue, "x", 1)).refusal is Refusal.NOT_IN_QUEUE
    assert rules.Hand("a", 0).is_first_time
    assert not rules.Hand("a", 0, spoken=2).is_first_time
    assert refused(lambda: rules.check_seen(3, 4)).refusal is Refusal.QUEUE_CHANGED
    assert refused(lambda: rules.must_chair(False)).refusal is Refusal.NOT_THE_CHAIR


@pytest.mark.parametrize(
    ("role", "use", "capacity"),
    [
        (Role.RESIDENT, UnitUse.RESIDENCE, Speaks.RESIDENT),
        (Role.RESIDENT, UnitUse.OTHER, Speaks.SHOP),
        (Role.RESIDENT, None, Speaks.RESIDENT),
        (Role.PROPERTY_MANAGER, None, Speaks.PROPERTY),
        (Role.POLICE_LIAISON, None, Speaks.AGENCY),
        (Role.COMMITTEE_CLERK, None, Speaks.COMMITTEE),
    ],
)
def test_a_seat_or_a_shop_says_in_which_capacity_one_speaks(role: Role, use: UnitUse | None, capacity: Speaks) -> None:
    assert rules.speaks_as(role, use) is capacity


def test_a_poll_needs_its_quorum_to_the_end() -> None:
    assert rules.read_options("早上\n 晚上 \n") == ("早上", "晚上")
    for text in ("早上", "早上\n早上", "\n".join("一二三四五六七")):
        assert refused(lambda text=text: rules.read_options(text)).refusal is Refusal.POLL_OPTIONS_WRONG  # type: ignore[misc]
    rules.may_open_poll(State.IN_SESSION, present=14, named=20, running=False)
    lost = refused(lambda: rules.may_open_poll(State.IN_SESSION, present=13, named=20, running=False))
    assert lost.refusal is Refusal.QUORUM_MISSING

    def vote(**changes: object) -> None:
        given = {"closed": False, "in_room": True, "is_delegate": True, "present": 14, "named": 20}
        rules.may_vote(State.IN_SESSION, **(given | changes))  # type: ignore[arg-type]

    vote()
    for changes, refusal in (
        ({"present": 13}, Refusal.QUORUM_MISSING),
        ({"closed": True}, Refusal.POLL_ENDED),
        ({"is_delegate": False}, Refusal.POLL_NOT_A_DELEGATE),
        ({"in_room": False}, Refusal.NOT_IN_THE_ROOM),
    ):
        assert refused(lambda changes=changes: vote(**changes)).refusal is refusal  # type: ignore[misc]


def test_a_paper_says_what_two_readers_agree_on() -> None:
    assert rules.agreed([(1, 0)]) is None
    assert rules.agreed([(1, 0), (1, 0)]) is None
    assert rules.agreed([(1, 0), (2, 1)]) is None
    assert rules.agreed([(1, 0), (2, 1), (3, 1)]) == 1


def test_counting_a_poll() -> None:
    votes = rules.count(("早", "晚"), [0, 1, 1], paper=1, undecided=0, present=14, named=20)
    assert (votes.votes, votes.total, votes.leads, votes.paper) == ((1, 2), 3, 1, 1)
    assert rules.count(("早", "晚"), [0, 1], paper=0, undecided=0, present=14, named=20).leads is None
    assert rules.count(("早", "晚"), [0], paper=0, undecided=0, present=13, named=20).leads is None
    waiting = refused(lambda: rules.count(("早", "晚"), [], paper=0, undecided=2, present=14, named=20))
    assert waiting.details == {"n": 2}


# After.

DUE = NOW + timedelta(days=21)


def test_every_group_is_answered_or_passed_on() -> None:
    answered = Answered(Disposition.DECLINED)
    passed_on = Answered(Disposition.ROUTED, NOW + timedelta(days=30))
    assert rules.may_close([answered, passed_on], ungrouped=0, outcome=rules.Outcome.PLAN) is rules.Outcome.PLAN
    waiting = refused(lambda: rules.may_close([answered, Answered()], ungrouped=0, outcome=rules.Outcome.PLAN))
    assert (waiting.refusal, waiting.details) == (Refusal.GROUPS_UNANSWERED, {"n": 1})
    left_out = refused(lambda: rules.may_close([answered], ungrouped=3, outcome=rules.Outcome.PLAN))
    assert left_out.refusal is Refusal.OPINIONS_UNGROUPED
    assert refused(lambda: rules.may_close([], ungrouped=0, outcome=None)).refusal is Refusal.MEETING_REASON_MISSING


def test_what_is_overdue_and_since_when() -> None:
    assert rules.overdue_since(Answered(), DUE, DUE - timedelta(seconds=1)) is None
    assert rules.overdue_since(Answered(), DUE, DUE) == DUE
    office_day = DUE + timedelta(days=10)
    passed_on = Answered(Disposition.ROUTED, office_day)
    assert rules.overdue_since(passed_on, DUE, DUE) is None
    assert rules.overdue_since(passed_on, DUE, office_day) == office_day
    assert rules.overdue_since(Answered(Disposition.PARTLY), DUE, office_day) is None


@pytest.mark.parametrize(
    ("last", "words", "entitled", "refusal"),
    [
        (Answered(), ReplyWords(Disposition.ADOPTED, "装门"), True, None),
        (Answered(Disposition.ROUTED, DUE), ReplyWords(Disposition.PARTLY, "先装一扇"), True, None),
        (Answered(), ReplyWords(Disposition.ROUTED, "城管", "城管中队", DUE), True, None),
        (Answered(), ReplyWords(Disposition.DECLINED, " "), True, Refusal.REPLY_REASON_MISSING),
        (Answered(), ReplyWords(Disposition.ROUTED, "城管", "", DUE), True, Refusal.REPLY_OFFICE_MISSING),
        (Answered(), ReplyWords(Disposition.ROUTED, "城管", "城管中队", NOW), True, Refusal.REPLY_DUE_WRONG),
        (Answered(), ReplyWords(Disposition.ADOPTED, "装门"), False, Refusal.REPLY_NOT_YOURS),
        (Answered(Disposition.ADOPTED), ReplyWords(Disposition.DECLINED, "不装"), True, Refusal.REPLY_FINAL),
    ],
)
def test_answering_a_group(last: Answered, words: ReplyWords, entitled: bool, refusal: Refusal | None) -> None:
    if refusal is None:
        rules.may_reply(State.ANSWERING, last, words, entitled=entitled, now=NOW)
        return
    assert refused(lambda: rules.may_reply(State.ANSWERING, last, words, entitled=entitled, now=NOW)).refusal is refusal


def test_groups_have_words_and_opinions_until_they_are_answered() -> None:
    rules.may_group(State.MINUTES_CONFIRMED, "门", 2, answered=False)
    for state, title, n, answered, refusal in (
        (State.IN_SESSION, "门", 1, False, Refusal.MEETING_ELSEWHERE),
        (State.ANSWERING, " ", 1, False, Refusal.GROUP_EMPTY),
        (State.ANSWERING, "门", 0, False, Refusal.GROUP_EMPTY),
        (State.ANSWERING, "门", 1, True, Refusal.GROUP_ANSWERED),
    ):
        act = lambda s=state, t=title, n=n, a=answered: rules.may_group(s, t, n, answered=a)  # noqa: E731
        assert refused(act).refusal is refusal


def test_all_parties_sign_what_was_settled_or_not() -> None:
    rules.may_sign_settlement(State.MINUTES_CONFIRMED, came=True, signed=False)
    rules.may_close_settled({"a", "b"}, {"b", "a", "c"})
    assert refused(lambda: rules.may_close_settled({"a", "b"}, {"a"})).details == {"n": 1}
    for state, came, signed, refusal in (
        (State.MINUTES_DRAFT, True, False, Refusal.MEETING_ELSEWHERE),
        (State.MINUTES_CONFIRMED, False, False, Refusal.SETTLEMENT_NOT_YOURS),
        (State.MINUTES_CONFIRMED, True, True, Refusal.SETTLEMENT_SIGNED_BEFORE),
    ):
        act = lambda s=state, c=came, d=signed: rules.may_sign_settlement(s, came=c, signed=d)  # noqa: E731
        assert refused(act).refusal is refusal


def graded(*votes: int, holds: bool = True) -> rules.Count:
    return rules.Count(votes, 0, holds)


def test_a_review_has_three_grades_and_whoever_disappoints_owes_a_plan() -> None:
    assert rules.verdict(graded(9, 4, 1)) is Grade.SATISFIED
    assert rules.verdict(graded(4, 4, 1)) is None
    assert rules.verdict(graded(9, 4, 1, holds=False)) is None
    assert rules.owes_plan(graded(13, 0, 1))
    assert not rules.owes_plan(graded(13, 1, 0))
    rules.may_close_review(graded(13, 1, 0), filed=False)
    rules.may_close_review(graded(9, 4, 1), filed=True)
    for count, refusal in (
        (None, Refusal.GRADES_MISSING),
        (graded(0, 0, 0), Refusal.GRADES_MISSING),
        (graded(9, 4, 1, holds=False), Refusal.GRADES_MISSING),
        (graded(9, 4, 1), Refusal.RECTIFICATION_MISSING),
    ):
        assert refused(lambda c=count: rules.may_close_review(c, filed=False)).refusal is refusal  # type: ignore[misc]
    rules.may_file_plan(State.ANSWERING, "加装铁门", filed=False)
    assert (
        refused(lambda: rules.may_file_plan(State.ANSWERING, " ", filed=False)).refusal is Refusal.RECTIFICATION_EMPTY
    )
    assert refused(lambda: rules.may_file_plan(State.CLOSED, "x", filed=True)).refusal is Refusal.RECTIFICATION_FILED
    assert refused(lambda: rules.may_file_plan(State.DRAFT, "x", filed=False)).refusal is Refusal.MEETING_ELSEWHERE
    assert rules.is_plan_overdue(DUE, DUE, filed=False)
    assert not rules.is_plan_overdue(DUE, DUE, filed=True)


def test_neighbours_are_asked_thirty_days_after_completion() -> None:
    done = date(2026, 11, 1)
    opens, closes = rules.follow_up_window(done)
    assert (opens, closes) == (datetime(2026, 12, 1, 16, tzinfo=UTC), datetime(2026, 12, 15, 16, tzinfo=UTC))
    rules.may_follow_up(done, opens, entitled=True)
    for now, entitled, refusal in (
        (opens - timedelta(seconds=1), True, Refusal.FOLLOW_UP_TOO_EARLY),
        (closes, True, Refusal.FOLLOW_UP_OVER),
        (opens, False, Refusal.FOLLOW_UP_NOT_YOURS),
    ):
        act = lambda n=now, e=entitled: rules.may_follow_up(done, n, entitled=e)  # noqa: E731
        assert refused(act).refusal is refusal
    rules.may_complete(date(2026, 11, 20), NOW)
    assert refused(lambda: rules.may_complete(date(2026, 11, 21), NOW)).refusal is Refusal.COMPLETED_IN_FUTURE


def test_own_words_are_put_right_item_by_item() -> None:
    until = NOW + timedelta(days=3)

    def correct(state: State = State.MINUTES_DRAFT, text: str = "我说的是晚上", **changes: object) -> None:
        given: dict[str, object] = {"own": True, "until": until, "now": NOW, "waiting": False}
        rules.may_correct(state, text, **(given | changes))  # type: ignore[arg-type]

    correct()
    for act, refusal in (
        (lambda: correct(State.MINUTES_CONFIRMED), Refusal.MEETING_ELSEWHERE),
        (lambda: correct(text=" "), Refusal.MINUTES_OBJECTION_EMPTY),
        (lambda: correct(own=False), Refusal.CORRECTION_NOT_YOURS),
        (lambda: correct(waiting=True), Refusal.CORRECTION_WAITING),
        (lambda: correct(now=until), Refusal.MINUTES_WINDOW_OVER),
    ):
        assert refused(act).refusal is refusal
    rules.may_decide_correction(State.MINUTES_DRAFT, accepts=True, reply="", decided=False)
    for state, accepts, decided, refusal in (
        (State.MINUTES_CONFIRMED, True, False, Refusal.MEETING_ELSEWHERE),
        (State.MINUTES_DRAFT, False, False, Refusal.ANSWER_EMPTY),
        (State.MINUTES_DRAFT, True, True, Refusal.CORRECTION_DECIDED),
    ):
        act2 = lambda s=state, a=accepts, d=decided: rules.may_decide_correction(s, accepts=a, reply=" ", decided=d)  # noqa: E731
        assert refused(act2).refusal is refusal
    open_ = refused(lambda: rules.may_confirm_minutes(chair="c", confirmed_by=[], questions=[], corrections=1))
    assert open_.refusal is Refusal.CORRECTIONS_OPEN
