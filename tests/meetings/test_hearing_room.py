"""In the room: the agenda, the queue, who comes and goes, opinions, polls; two chairs and two phones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from hearing import clock
from hearing.audit.ledger import keep, perform, perform_all
from hearing.db import db
from hearing.meetings import actions, queries
from hearing.meetings.models import Hand, Meeting, MeetingQuestion, RoomBallot, RoomPoll
from hearing.meetings.rules import PollKind, Refusal, SignInMethod, Speaks, Stance, State
from hearing.people.rules import Refusal as PeopleRefusal
from hearing.people.viewer import Viewer
from hearing.places.models import Unit
from hearing.places.rules import UnitUse
from hearing.refusal import Refused
from hearing.web.pictures import Safe
from tests.cast import Cast
from tests.meetings import hall
from tests.meetings.hall import raise_hand
from tests.meetings.scene import STARTS, clerk, meeting_of, member
from tests.schema import door_open, viewer

AtDesk = Callable[[str], Viewer]
pytestmark = pytest.mark.usefixtures("at_desk")
NOW = STARTS + timedelta(minutes=10)
VOICE = Safe(b"\x00\x00\x00\x20ftypM4A " + b"\0" * 64, "audio/mp4")


def refused(act: Callable[[], object]) -> object:
    """The refusal with which an act ends."""
    with pytest.raises(Refused) as caught:
        act()
    db.session.rollback()
    return caught.value.refusal


def director(cast: Cast) -> Viewer:
    """Who chairs."""
    return viewer(cast.ref("director"))


def turn(meeting: Meeting) -> int:
    """What phones ask for."""
    pulse = queries.pulse(meeting.id)
    assert pulse is not None
    return pulse.turn


# The agenda and the chair.


def test_the_agenda_runs_item_by_item_with_the_time_that_is_left(cast: Cast) -> None:
    meeting = hall.in_session(cast)
    assert meeting.item is not None and meeting.item.title == "施工队说明方案"
    with clock.standing_at(STARTS + timedelta(minutes=4, seconds=30)):
        pulse = queries.pulse(meeting.id)
        assert pulse is not None
        assert (pulse.item_number, pulse.items, pulse.minutes_left) == (1, 3, 11)
        wrong = refused(lambda: perform(actions.next_item, clerk(cast), meeting))
        assert wrong is Refusal.NOT_THE_CHAIR
        perform(actions.next_item, director(cast), meeting)
        perform(actions.next_item, director(cast), meeting)
        over = refused(lambda: perform(actions.next_item, director(cast), meeting))
        assert over is Refusal.AGENDA_OVER
    meeting = meeting_of(meeting.subject)
    assert [bool(item.ended_at) for item in meeting.items] == [True, True, False]


def test_one_person_chairs_and_everybody_sees_who(at_desk: AtDesk, cast: Cast) -> None:
    meeting = hall.in_session(cast)
    assert refused(lambda: perform(actions.take_chair, director(cast), meeting, "接着主持")) is (
        Refusal.IN_THE_CHAIR_ALREADY
    )
    assert refused(lambda: perform(actions.take_chair, clerk(cast), meeting, " ")) is Refusal.MEETING_REASON_MISSING
    neighbour = at_desk(cast.ref(2))
    assert refused(lambda: perform(actions.take_chair, neighbour, meeting, "我来")) is PeopleRefusal.NOT_YOUR_SEAT
    perform(actions.take_chair, clerk(cast), meeting, "主任去接电话")
    perform(actions.next_item, clerk(cast), meeting)
    two = refused(lambda: perform(actions.next_item, director(cast), meeting))
    assert two is Refusal.NOT_THE_CHAIR


def test_a_break_and_its_end_take_the_quorum_again(cast: Cast) -> None:
    meeting = hall.in_session(cast, range(1, 10))
    with clock.standing_at(NOW):
        perform(actions.adjourn, clerk(cast), meeting, "停电")
        leaving = member(meeting, cast, 9)
        done = perform(actions.come_and_go, clerk(cast), meeting, leaving, leaves=True)
        assert done.fact.present == 8
        assert refused(lambda: perform(actions.resume, clerk(cast), meeting)) is Refusal.QUORUM_MISSING
        twice = refused(lambda: perform(actions.come_and_go, clerk(cast), meeting, leaving, leaves=True))
        assert twice is Refusal.LEFT_ALREADY
        perform(actions.come_and_go, clerk(cast), meeting, leaving, leaves=False)
        perform(actions.resume, clerk(cast), meeting)
        absent = member(meeting_of(meeting.subject), cast, 13)
        never = refused(lambda: perform(actions.come_and_go, clerk(cast), meeting, absent, leaves=True))
        assert never is Refusal.NOT_IN_THE_ROOM
    assert meeting_of(meeting.subject).stands is State.IN_SESSION


# The queue.


def test_a_hand_goes_up_with_one_tap_and_once_from_two_phones(cast: Cast) -> None:
    meeting = hall.in_session(cast)
    before = turn(meeting)
    with clock.standing_at(NOW):
        assert [raise_hand(cast, meeting, household) for household in (2, 5, 7)] == [1, 2, 3]
        assert refused(lambda: raise_hand(cast, meeting, 2)) is Refusal.HAND_UP_ALREADY
        keep(actions.lower_hand, viewer(cast.ref(5)), meeting)
        assert refused(lambda: keep(actions.lower_hand, viewer(cast.ref(5)), meeting)) is Refusal.NOT_IN_QUEUE
    assert [hand.label for hand in queries.hands(meeting.id)] == ["王**（底层）", "陈**（二层）"]
    assert db.session.scalar(select(func.count()).select_from(Hand)) == 3
    assert turn(meeting) > before


def test_the_database_keeps_one_hand_a_person(cast: Cast) -> None:
    meeting = hall.in_session(cast)
    raise_hand(cast, meeting, 2)
    first = queries.hands(meeting.id)[0]

    def again() -> None:
        copy = {"meeting_id": meeting.id, "key": first.key, "label": "x", "place": 1, "number": 9}
        db.session.add(Hand(**copy, raised_at=first.raised_at))

    assert refused(lambda: keep(again)) is Refusal.HAND_UP_ALREADY


def test_who_is_not_in_the_room_has_no_hand(at_desk: AtDesk, cast: Cast) -> None:
    meeting = hall.in_session(cast, range(1, 11))
    assert refused(lambda: raise_hand(cast, meeting, 13)) is Refusal.NOT_IN_THE_ROOM
    with clock.standing_at(NOW):
        perform(actions.come_and_go, clerk(cast), meeting, member(meeting, cast, 3), leaves=True)
    assert refused(lambda: raise_hand(cast, meeting, 3)) is Refusal.NOT_IN_THE_ROOM
    with clock.standing_at(NOW):
        perform(actions.adjourn, clerk(cast), meeting, "停电")
    assert refused(lambda: raise_hand(cast, meeting, 2)) is Refusal.MEETING_ELSEWHERE


def test_whoever_leaves_takes_her_hand_with_her(cast: Cast) -> None:
    meeting = hall.in_session(cast)
    for household in (2, 5):
        raise_hand(cast, meeting, household)
    perform(actions.come_and_go, clerk(cast), meeting, member(meeting, cast, 2), leaves=True)
    assert [hand.number for hand in queries.hands(meeting.id)] == [2]


def test_the_chair_orders_what_she_sees(cast: Cast) -> None:
    meeting = hall.in_session(cast)
    for household in (2, 5, 7):
        raise_hand(cast, meeting, household)
    third = queries.hands(meeting.id)[2]
    pulse = queries.pulse(meeting.id)
    assert pulse is not None
    wrong = refused(lambda: keep(actions.move_hand, clerk(cast), meeting, third.id, -1, seen=pulse.queue_turn))
    assert wrong is Refusal.NOT_THE_CHAIR
    keep(actions.move_hand, director(cast), meeting, third.id, -2, seen=pulse.queue_turn)
    assert [hand.number for hand in queries.hands(meeting.id)] == [3, 1, 2]
    stale = refused(lambda: keep(actions.move_hand, director(cast), meeting, third.id, 1, seen=pulse.queue_turn))
    assert stale is Refusal.QUEUE_CHANGED


def test_the_floor_goes_to_the_next_and_earlier_speeches_are_counted(cast: Cast) -> None:
    meeting = hall.in_session(cast)
    assert refused(lambda: perform(actions.give_floor, director(cast), meeting)) is Refusal.QUEUE_EMPTY
    for household in (2, 5):
        raise_hand(cast, meeting, household)
    done = perform(actions.give_floor, director(cast), meeting)
    assert done.fact.pub() == {"matter": meeting.proposal.matter, "number": 1, "first_time": True}
    with clock.standing_at(NOW):
        perform(actions.give_floor, director(cast), meeting)
        raise_hand(cast, meeting, 2)
        line = queries.queue(meeting.id)
        assert line.speaking is not None and line.speaking.number == 2
        assert [line.times(hand) for hand in line.waiting] == [1]
        again = perform(actions.give_floor, director(cast), meeting, line.waiting[0].id)
        assert again.fact.first_time is False
        gone = refused(lambda: perform(actions.give_floor, director(cast), meeting, 424242))
        assert gone is Refusal.QUEUE_EMPTY


def test_staff_put_up_a_hand_for_somebody_without_a_phone(at_desk: AtDesk, cast: Cast) -> None:
    meeting = hall.in_session(cast)
    keep(actions.raise_hand_for, clerk(cast), meeting, member(meeting, cast, 4), "")
    keep(actions.raise_hand_for, clerk(cast), meeting, None, "穿蓝衣服的阿姨")
    up = queries.hands(meeting.id)
    assert [(hand.label, hand.on_paper) for hand in up] == [("吴**（底层）", True), ("穿蓝衣服的阿姨", True)]
    both = refused(lambda: raise_hand(cast, meeting, 4))
    assert both is Refusal.HAND_UP_ALREADY
    neighbour = at_desk(cast.ref(2))
    outside = refused(lambda: keep(actions.raise_hand_for, neighbour, meeting, None, "我"))
    assert outside is PeopleRefusal.NOT_YOUR_SEAT
    keep(actions.remove_hand, clerk(cast), meeting, up[1].id)
    assert len(queries.hands(meeting.id)) == 1


def test_whoever_asks_not_to_be_named_is_a_floor_to_the_room_and_a_person_to_staff(cast: Cast) -> None:
    meeting = hall.in_session(cast)
    keep(actions.raise_hand, viewer(cast.ref(12)), meeting, anonymous=True)
    hand = queries.hands(meeting.id)[0]
    assert hand.label == "居民（三层）"
    assert hand.key == f"member/{member(meeting, cast, 12).id}"
    perform(actions.ask, viewer(cast.ref(12)), meeting, "我怕吵。", Stance.AGAINST, anonymous=True)
    question = meeting_of(meeting.subject).questions[-1]
    assert (question.who, question.anonymous) == ("居民（三层）", True)
    assert question.member is not None and question.member.name == "韩建国"


# Opinions.


def test_a_shop_speaks_as_a_shop_and_staff_may_say_otherwise(cast: Cast) -> None:
    meeting = hall.in_session(cast)
    with door_open():
        db.session.get_one(Unit, cast.units[0]).use = UnitUse.OTHER
    perform(actions.ask, viewer(cast.ref(1)), meeting, "送货怎么走？", Stance.ASKS)
    perform(actions.record_question, clerk(cast), meeting, None, "学生放学要走。", Stance.FOR, speaks=Speaks.SCHOOL)
    perform(actions.ask, viewer(cast.ref("property_manager")), meeting, "钥匙归我们管。", Stance.FOR)
    said = meeting_of(meeting.subject).questions
    assert [question.speaks for question in said] == ["shop", "school", "property"]
    assert [question.label for question in said] == ["商户", "学校", "物业经理"]


def test_a_voice_is_kept_beside_the_words_that_staff_write_down(at_desk: AtDesk, cast: Cast) -> None:
    meeting = hall.in_session(cast)
    empty = refused(lambda: perform(actions.ask, viewer(cast.ref(3)), meeting, "", Stance.ASKS))
    assert empty is Refusal.QUESTION_EMPTY
    done = perform(actions.ask, viewer(cast.ref(3)), meeting, "", Stance.AGAINST, voice=VOICE)
    question = db.session.scalars(select(MeetingQuestion)).one()
    assert (question.awaits_words, question.words) == (True, "")
    neighbour = at_desk(cast.ref(2))
    assert refused(lambda: perform(actions.word_voice, neighbour, question, "怕吵")) is PeopleRefusal.NOT_YOUR_SEAT
    worded = perform(actions.word_voice, clerk(cast), question, "阿拉怕吵。")
    assert worded.fact.voice_hash == done.fact.voice_hash
    again = refused(lambda: perform(actions.word_voice, clerk(cast), question, "再写"))
    assert again is Refusal.VOICE_WORDED_ALREADY
    question = meeting_of(meeting.subject).questions[0]
    assert (question.words, question.text, bool(question.voice_id)) == ("阿拉怕吵。", "", True)
    typed = perform(actions.ask, viewer(cast.ref(4)), meeting, "字", Stance.FOR)
    no_voice = db.session.scalars(select(MeetingQuestion).order_by(MeetingQuestion.id.desc())).first()
    assert no_voice is not None and typed.fact.voice_hash == ""
    assert refused(lambda: perform(actions.word_voice, clerk(cast), no_voice, "x")) is Refusal.MEETING_ELSEWHERE


# Polls.


def test_a_delegate_votes_once_and_who_chose_what_stays_unsaid(cast: Cast) -> None:
    meeting = hall.in_session(cast)
    with clock.standing_at(NOW):
        wrong = refused(lambda: perform(actions.open_poll, clerk(cast), meeting, "几点？", ("早", "晚")))
        assert wrong is Refusal.NOT_THE_CHAIR
        poll = hall.poll(cast, meeting)
        second = refused(lambda: perform(actions.open_poll, director(cast), meeting, "再问", ("早", "晚")))
        assert second is Refusal.POLL_RUNNING
        for household, option in ((1, 0), (2, 1), (3, 1)):
            done = perform(actions.vote, viewer(cast.ref(household)), poll, option)
            assert "option" not in done.fact.pub() | done.fact.payload()
        again = refused(lambda: perform(actions.vote, viewer(cast.ref(1)), poll, 1))
        assert again is Refusal.POLL_VOTED_ALREADY
        seat = viewer(cast.ref("property_manager"))
        perform(actions.sign_in, seat, meeting, SignInMethod.PHONE)
        assert refused(lambda: perform(actions.vote, seat, poll, 1)) is Refusal.POLL_NOT_A_DELEGATE
        assert refused(lambda: perform(actions.vote, viewer(cast.ref(4)), poll, 7)) is Refusal.POLL_ENDED
        stuck = refused(lambda: perform(actions.end, clerk(cast), meeting))
        assert stuck is Refusal.POLL_STILL_RUNNING
        closed = perform(actions.close_poll, director(cast), poll)
        assert (closed.fact.votes, closed.fact.total, closed.fact.holds) == ((1, 2), 3, True)
        late = refused(lambda: perform(actions.vote, viewer(cast.ref(5)), poll, 1))
        assert late is Refusal.POLL_ENDED
        assert refused(lambda: perform(actions.close_poll, director(cast), poll)) is Refusal.POLL_ENDED


def test_no_poll_and_no_vote_while_the_quorum_is_lost(cast: Cast) -> None:
    meeting = hall.in_session(cast, range(1, 10))
    with clock.standing_at(NOW):
        poll = hall.poll(cast, meeting)
        perform(actions.vote, viewer(cast.ref(1)), poll, 0)
        perform(actions.come_and_go, clerk(cast), meeting, member(meeting, cast, 9), leaves=True)
        lost = refused(lambda: perform(actions.vote, viewer(cast.ref(2)), poll, 0))
        assert lost is Refusal.QUORUM_MISSING
        closed = perform(actions.close_poll, director(cast), poll)
        assert closed.fact.holds is False
        again = refused(lambda: perform(actions.open_poll, director(cast), meeting, "再来", ("早", "晚")))
        assert again is Refusal.QUORUM_MISSING
    assert queries.graded(meeting.id) is None


def test_a_paper_counts_when_two_of_the_staff_read_the_same(at_desk: AtDesk, cast: Cast) -> None:
    meeting = hall.in_session(cast)
    first, second, third = (at_desk(cast.ref(who)) for who in ("clerk", "second_clerk", "third_clerk"))
    with clock.standing_at(NOW):
        poll = hall.poll(cast, meeting)
        paper, other = member(meeting, cast, 6), member(meeting, cast, 8)
        assert len(perform_all(actions.read_paper, first, poll, paper, 0)) == 1
        same = refused(lambda: perform_all(actions.read_paper, first, poll, paper, 0))
        assert same is Refusal.POLL_PAPER_READ_ALREADY
        waiting = refused(lambda: perform(actions.close_poll, director(cast), poll))
        assert waiting is Refusal.POLL_PAPERS_UNDECIDED
        perform_all(actions.read_paper, second, poll, paper, 1)
        assert db.session.scalar(select(func.count()).select_from(RoomBallot)) == 0
        assert len(perform_all(actions.read_paper, third, poll, paper, 1)) == 2
        phone = refused(lambda: perform(actions.vote, viewer(cast.ref(6)), poll, 0))
        assert phone is Refusal.POLL_VOTED_ALREADY
        perform(actions.vote, viewer(cast.ref(8)), poll, 0)
        after = refused(lambda: perform_all(actions.read_paper, first, poll, other, 0))
        assert after is Refusal.POLL_VOTED_ALREADY
        neighbour = at_desk(cast.ref(2))
        outside = refused(lambda: perform_all(actions.read_paper, neighbour, poll, other, 0))
        assert outside is PeopleRefusal.NOT_YOUR_SEAT
        closed = perform(actions.close_poll, director(cast), poll)
    assert (closed.fact.votes, closed.fact.paper) == ((1, 1), 1)


def test_satisfaction_has_its_own_three_grades(cast: Cast) -> None:
    meeting = hall.in_session(cast)
    with clock.standing_at(NOW):
        perform(actions.open_poll, director(cast), meeting, "对物业满意吗？", (), PollKind.SATISFACTION)
        poll = db.session.scalars(select(RoomPoll)).one()
        assert poll.options == ("满意", "基本满意", "不满意")
        for household in range(1, 10):
            perform(actions.vote, viewer(cast.ref(household)), poll, 0 if household < 6 else 2)
        perform(actions.close_poll, director(cast), poll)
    counted = queries.graded(meeting.id)
    assert counted is not None and counted.votes == (5, 0, 4)
