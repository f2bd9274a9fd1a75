"""After a hearing: corrections, late opinions, groups and answers, overdue ones, reviews, settlements, satisfaction."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from hearing import clock
from hearing.audit.ledger import perform
from hearing.db import db
from hearing.meetings import actions, queries
from hearing.meetings.actions import GroupAnswer
from hearing.meetings.models import Correction, Meeting
from hearing.meetings.rules import Disposition, Grade, Kind, Outcome, PollKind, Refusal, SignInMethod, Stance, State
from hearing.notices.holidays import import_table
from hearing.people.models import Account, Message
from hearing.people.rules import Refusal as PeopleRefusal
from hearing.people.viewer import Viewer
from hearing.proposals.actions import fix_plan, judge_change, put_change, reopen_plan
from hearing.proposals.models import Proposal, RequiredConsent
from hearing.proposals.rules import ChangeClass
from hearing.refusal import Refused
from tests.browser import Browser
from tests.cast import Cast
from tests.meetings import hall, scene
from tests.meetings.scene import ENDED, STARTS, clerk, meeting_of, member
from tests.notices.board import safe_photo
from tests.proposals import scene as proposals
from tests.schema import viewer

AtDesk = Callable[[str], Viewer]
pytestmark = pytest.mark.usefixtures("at_desk")
NEXT_DAY = ENDED + timedelta(days=1)


def refused(act: Callable[[], object]) -> object:
    """The refusal with which an act ends."""
    with pytest.raises(Refused) as caught:
        act()
    db.session.rollback()
    return caught.value.refusal


# Minutes.


def test_a_speaker_puts_her_own_words_right(at_desk: AtDesk, cast: Cast) -> None:
    meeting = hall.ended(cast)
    with clock.standing_at(ENDED + timedelta(minutes=5)):
        perform(actions.write_minutes, clerk(cast), meeting, "三位发言。", "")
        question = meeting_of(meeting.subject).questions[0]
        other = refused(lambda: perform(actions.correct, at_desk(cast.ref(5)), question, "我没说"))
        assert other is Refusal.CORRECTION_NOT_YOURS
        perform(actions.correct, at_desk(cast.ref(2)), question, "坡度太陡老人走不了。")
        twice = refused(lambda: perform(actions.correct, at_desk(cast.ref(2)), question, "再改"))
        assert twice is Refusal.CORRECTION_WAITING
        for who in ("director", 1, 2):
            version = meeting_of(meeting.subject).minutes
            assert version is not None
            perform(actions.confirm_version, at_desk(cast.ref(who)), version)
        open_ = refused(lambda: perform(actions.confirm_minutes, clerk(cast), meeting))
        assert open_ is Refusal.CORRECTIONS_OPEN
        correction = db.session.scalars(select(Correction)).one()
        neighbour = at_desk(cast.ref(2))
        outside = refused(lambda: perform(actions.decide_correction, neighbour, correction, accepts=True, reply=""))
        assert outside is PeopleRefusal.NOT_YOUR_SEAT
        why = refused(lambda: perform(actions.decide_correction, clerk(cast), correction, accepts=False, reply=" "))
        assert why is Refusal.ANSWER_EMPTY
        perform(actions.decide_correction, clerk(cast), correction, accepts=True, reply="")
        outdated = refused(lambda: perform(actions.confirm_minutes, clerk(cast), meeting))
        assert outdated is Refusal.MINUTES_OUTDATED
    meeting = hall.confirmed(cast, meeting_of(meeting.subject))
    assert meeting.minutes is not None
    content = json.loads(meeting.minutes.content)
    assert content["questions"][0]["text"] == "坡度太陡老人走不了。"
    assert (content["kind"], content["v"]) == ("hearing", 2)
    with clock.standing_at(ENDED + timedelta(hours=2)):
        edited = refused(lambda: perform(actions.write_minutes, clerk(cast), meeting, "改写", ""))
        assert edited is Refusal.MEETING_ELSEWHERE
        late = refused(lambda: perform(actions.correct, at_desk(cast.ref(5)), meeting.questions[1], "改"))
        assert late is Refusal.MEETING_ELSEWHERE


def test_minutes_have_the_polls_that_were_taken(cast: Cast) -> None:
    meeting = hall.in_session(cast)
    director = viewer(cast.ref("director"))
    with clock.standing_at(STARTS + timedelta(minutes=9)):
        poll = hall.poll(cast, meeting)
        perform(actions.vote, viewer(cast.ref(3)), poll, 1)
        perform(actions.close_poll, director, poll)
        perform(actions.end, director, meeting)
    meeting = hall.confirmed(cast, meeting_of(meeting.subject))
    assert meeting.minutes is not None
    polls = json.loads(meeting.minutes.content)["polls"]
    assert polls == [{"question": "几点施工？", "votes": [["白天", 0], ["晚上", 1]], "holds": True}]


def test_a_hearing_answers_afterwards_what_a_coordination_answers_in_the_room(cast: Cast) -> None:
    assert hall.confirmed(cast).unanswered == 0


# Late opinions.


def test_what_is_said_afterwards_is_kept_and_answered_but_not_in_the_minutes(at_desk: AtDesk, cast: Cast) -> None:
    meeting = hall.ended(cast)
    with clock.standing_at(ENDED + timedelta(minutes=3)):
        done = perform(actions.ask, at_desk(cast.ref(9)), meeting, "会上没轮到我。", Stance.AGAINST)
        assert done.fact.late is True
    meeting = hall.confirmed(cast, meeting_of(meeting.subject))
    assert meeting.minutes is not None
    assert "没轮到" not in meeting.minutes.content
    assert [question.text for question in meeting.late] == ["会上没轮到我。"]
    with clock.standing_at(NEXT_DAY):
        out = refused(lambda: perform(actions.begin_answering, clerk(cast), meeting))
        assert out is Refusal.OPINIONS_UNGROUPED


def test_after_the_close_nothing_more_is_taken(at_desk: AtDesk, cast: Cast) -> None:
    meeting = hall.answered(cast)
    with clock.standing_at(NEXT_DAY + timedelta(days=2)):
        perform(actions.close, clerk(cast), meeting, Outcome.PLAN, "做方案")
        late = refused(lambda: perform(actions.ask, at_desk(cast.ref(9)), meeting, "还有", Stance.ASKS))
    assert late is Refusal.LATE_OPINIONS_OVER


# Groups and answers.


def test_every_opinion_gets_its_group_and_every_group_its_answer(at_desk: AtDesk, cast: Cast) -> None:
    meeting = hall.answering(cast)
    assert meeting.stands is State.ANSWERING
    assert meeting.answers_due_at is not None
    assert meeting.answers_due_at.isoformat() == "2026-12-18T16:00:00+00:00"  # 15 working days after Saturday
    group = hall.group(meeting, 1)
    neighbour = at_desk(cast.ref(2))
    plain = GroupAnswer(disposition=Disposition.ADOPTED, reason="改")
    with clock.standing_at(NEXT_DAY):
        assert refused(lambda: perform(actions.answer_group, neighbour, group, plain)) is Refusal.REPLY_NOT_YOURS
        waiting = refused(lambda: perform(actions.close, clerk(cast), meeting, Outcome.PLAN, ""))
        assert waiting is Refusal.GROUPS_UNANSWERED
        told = db.session.scalar(select(func.count()).select_from(Message).where(Message.text.contains("有了答复")))
        done = perform(actions.answer_group, clerk(cast), group, plain)
        assert done.fact.pub()["disposition_label"] == "采纳"
        assert "改" not in json.dumps(done.fact.pub(), ensure_ascii=False)
        more = db.session.scalar(select(func.count()).select_from(Message).where(Message.text.contains("有了答复")))
        assert (more or 0) - (told or 0) == 2
        again = refused(lambda: perform(actions.answer_group, clerk(cast), group, plain))
        assert again is Refusal.REPLY_FINAL
        first = meeting.questions[0].id
        stuck = refused(lambda: perform(actions.group_opinions, clerk(cast), meeting, "别的", [first]))
        assert stuck is Refusal.GROUP_ANSWERED


def test_what_is_passed_on_is_answered_by_the_office_and_seen_when_it_is_late(at_desk: AtDesk, cast: Cast) -> None:
    meeting = hall.answering(cast)
    group = hall.group(meeting, 2)
    liaison = db.session.scalars(select(Account).where(Account.ref == cast.ref("subdistrict_liaison"))).one()
    due = NEXT_DAY + timedelta(days=5)
    with clock.standing_at(NEXT_DAY):
        nobody = GroupAnswer(disposition=Disposition.ROUTED, reason="夜间施工归城管", due_at=due)
        assert (
            refused(lambda: perform(actions.answer_group, clerk(cast), group, nobody)) is Refusal.REPLY_OFFICE_MISSING
        )
        never = GroupAnswer(disposition=Disposition.ROUTED, reason="归城管", office="城管中队")
        assert refused(lambda: perform(actions.answer_group, clerk(cast), group, never)) is Refusal.REPLY_DUE_WRONG
        routed = GroupAnswer(
            disposition=Disposition.ROUTED, reason="归城管", office="城管中队", liaison=liaison, due_at=due
        )
        perform(actions.answer_group, clerk(cast), group, routed)
    group = hall.group(meeting_of(meeting.subject), 2)
    assert group.overdue_since(due - timedelta(seconds=1)) is None
    assert group.overdue_since(due + timedelta(days=1)) == due
    office = at_desk(cast.ref("subdistrict_liaison"))
    assert queries.group(office, group.id) is not None
    assert queries.group(at_desk(cast.ref("police_liaison")), group.id) is None
    with clock.standing_at(due + timedelta(days=1)):
        last = GroupAnswer(disposition=Disposition.DECLINED, reason="已批准白天施工。")
        done = perform(actions.answer_group, office, group, last)
    assert (done.fact.after_deadline, done.fact.actor.role) == (True, "subdistrict_liaison")
    assert hall.group(meeting_of(meeting.subject), 2).overdue_since(due + timedelta(days=9)) is None


def test_opinions_are_put_into_another_group_until_it_is_answered(cast: Cast) -> None:
    meeting = hall.confirmed(cast)
    one, two, three = (question.id for question in meeting.questions)
    with clock.standing_at(NEXT_DAY):
        perform(actions.group_opinions, clerk(cast), meeting, "坡度", [one, two])
        perform(actions.group_opinions, clerk(cast), meeting_of(meeting.subject), "夜里", [three])
        second = hall.group(meeting_of(meeting.subject), 2)
        perform(actions.group_opinions, clerk(cast), meeting_of(meeting.subject), "夜里施工", [two], second)
        empty = refused(lambda: perform(actions.group_opinions, clerk(cast), meeting, " ", [one]))
        assert empty is Refusal.GROUP_EMPTY
    found = queries.groups(meeting.id)
    assert [(group.title, [q.id for q in group.questions]) for group in found] == [
        ("坡度", [one]),
        ("夜里施工", [two, three]),
    ]
    assert queries.ungrouped(meeting_of(meeting.subject), found) == 0


def test_a_hearing_advises_and_touches_no_consent(cast: Cast) -> None:
    meeting = hall.answered(cast)
    before = [(row.id, row.state) for row in db.session.scalars(select(RequiredConsent))]
    stands = meeting.proposal.state
    with clock.standing_at(NEXT_DAY + timedelta(days=2)):
        perform(actions.close, clerk(cast), meeting, Outcome.PLAN, "按一比十做方案")
    meeting = meeting_of(meeting.subject)
    assert (meeting.stands, meeting.outcome_label) == (State.CLOSED, "形成方案")
    assert [(row.id, row.state) for row in db.session.scalars(select(RequiredConsent))] == before
    assert meeting.proposal.state == stands
    behind = queries.effects(meeting.proposal_id, None, NEXT_DAY + timedelta(days=9))
    assert {part: [each.group.number for each in found] for part, found in behind.items()} == {
        "size": [1],
        "safety_note": [1],
    }
    assert queries.effects(meeting.proposal_id, NEXT_DAY + timedelta(days=2), NEXT_DAY + timedelta(days=9)) == {}


def test_working_days_follow_the_table_that_was_imported(cast: Cast) -> None:
    perform(import_table, None, "2026-11-30 休 放假\n2026-12-05 班 调休")
    meeting = hall.confirmed(cast)
    assert meeting.answers_due_at is not None
    # Without Monday the 30th and with Saturday the 5th the fifteenth working day is the same Friday.
    assert meeting.answers_due_at.isoformat() == "2026-12-18T16:00:00+00:00"
    perform(import_table, clerk(cast), "2026-11-30 休 放假")
    resident = viewer(cast.ref(1))
    assert refused(lambda: perform(import_table, resident, "2026-11-30 休 放假")) is PeopleRefusal.NOT_YOUR_SEAT
    later = hall.confirmed(cast)
    assert later.answers_due_at is not None
    assert later.answers_due_at.isoformat() == "2026-12-21T16:00:00+00:00"


# Reviews.


def reviewed(cast: Cast, unhappy: int) -> Meeting:
    """A review in which so many were not satisfied, with its minutes."""
    meeting = hall.in_session(cast, kind=Kind.REVIEW, reviewed="物业")
    director = viewer(cast.ref("director"))
    with clock.standing_at(STARTS + timedelta(minutes=30)):
        perform(actions.open_poll, director, meeting, "满意吗？", (), PollKind.SATISFACTION)
        poll = queries.running_poll(meeting.id)
        assert poll is not None
        for household in range(1, 14):
            perform(actions.vote, viewer(cast.ref(household)), poll, 2 if household <= unhappy else 0)
        perform(actions.close_poll, director, poll)
        perform(actions.end, director, meeting)
    return hall.confirmed(cast, meeting_of(meeting.subject))


def test_a_reviewed_unit_owes_a_plan_in_fifteen_working_days(at_desk: AtDesk, cast: Cast) -> None:
    meeting = reviewed(cast, unhappy=2)
    assert meeting.rectification_due_at is not None
    assert meeting.rectification_due_at.isoformat() == "2026-12-18T16:00:00+00:00"
    with clock.standing_at(NEXT_DAY):
        perform(actions.begin_answering, clerk(cast), meeting)
        owed = refused(lambda: perform(actions.close, clerk(cast), meeting, Outcome.PLAN, ""))
        assert owed is Refusal.RECTIFICATION_MISSING
        neighbour = at_desk(cast.ref(2))
        outside = refused(lambda: perform(actions.file_rectification, neighbour, meeting, "改", None))
        assert outside is PeopleRefusal.NOT_YOUR_SEAT
    with clock.standing_at(meeting.rectification_due_at + timedelta(hours=1)):
        done = perform(actions.file_rectification, clerk(cast), meeting, "每周清扫三次", safe_photo())
        assert done.fact.after_deadline is True
        again = refused(lambda: perform(actions.file_rectification, clerk(cast), meeting, "再交", None))
        assert again is Refusal.RECTIFICATION_FILED
        perform(actions.close, clerk(cast), meeting, Outcome.PLAN, "")
    assert meeting_of(meeting.subject).stands is State.CLOSED


def test_a_review_that_satisfies_everybody_owes_nothing(cast: Cast) -> None:
    meeting = reviewed(cast, unhappy=0)
    assert meeting.rectification_due_at is None
    with clock.standing_at(NEXT_DAY):
        perform(actions.begin_answering, clerk(cast), meeting)
        perform(actions.close, clerk(cast), meeting, Outcome.PLAN, "")


def test_a_review_without_its_count_is_not_closed(cast: Cast) -> None:
    meeting = hall.confirmed(cast, hall.ended(cast, kind=Kind.REVIEW))
    with clock.standing_at(NEXT_DAY):
        ids = [question.id for question in meeting.questions]
        perform(actions.group_opinions, clerk(cast), meeting, "都有", ids)
        perform(actions.begin_answering, clerk(cast), meeting_of(meeting.subject))
        answer = GroupAnswer(disposition=Disposition.PARTLY, reason="一部分")
        perform(actions.answer_group, clerk(cast), hall.group(meeting, 1), answer)
        none = refused(lambda: perform(actions.close, clerk(cast), meeting, Outcome.PLAN, ""))
    assert none is Refusal.GRADES_MISSING
    hearing = hall.confirmed(cast)
    other = refused(lambda: perform(actions.file_rectification, clerk(cast), hearing, "改", None))
    assert other is Refusal.MEETING_ELSEWHERE


# Coordination: signed, settled or not.


def settled(cast: Cast) -> Meeting:
    """A coordination meeting to which three came, with its minutes."""
    meeting = scene.signed_in(cast, range(1, 14))
    with clock.standing_at(STARTS):
        perform(actions.open_meeting, clerk(cast), meeting)
        perform(actions.end, clerk(cast), meeting)
    return hall.confirmed(cast, meeting_of(meeting.subject), settlement="扶手加高。")


def test_all_parties_sign_or_it_is_noted_why_not(at_desk: AtDesk, cast: Cast) -> None:
    meeting = settled(cast)
    with clock.standing_at(NEXT_DAY):
        for household in range(1, 12):
            done = perform(actions.sign_settlement, at_desk(cast.ref(household)), meeting)
        assert (done.fact.settled, done.fact.refused) == (True, False)
        twice = refused(lambda: perform(actions.sign_settlement, at_desk(cast.ref(1)), meeting))
        assert twice is Refusal.SETTLEMENT_SIGNED_BEFORE
        stranger = refused(lambda: perform(actions.sign_settlement, at_desk(cast.stranger), meeting))
        assert stranger is Refusal.SETTLEMENT_NOT_YOURS
        missing = refused(lambda: perform(actions.close, clerk(cast), meeting, Outcome.PLAN, ""))
        assert missing is Refusal.SETTLEMENT_UNSIGNED
        paper, silent = member(meeting, cast, 12), member(meeting, cast, 13)
        perform(actions.enter_signature, clerk(cast), meeting, paper, safe_photo(), "")
        bare = refused(lambda: perform(actions.enter_signature, clerk(cast), meeting, silent, None, " "))
        assert bare is Refusal.MEETING_REASON_MISSING
        noted = perform(actions.enter_signature, clerk(cast), meeting, silent, None, "还要想想")
        assert noted.fact.refused is True
        perform(actions.close, clerk(cast), meeting, Outcome.PLAN, "")
    assert meeting_of(meeting.subject).stands is State.CLOSED


# Thirty days later.


def test_households_say_how_satisfied_they_are_thirty_days_after(at_desk: AtDesk, cast: Cast) -> None:
    meeting = hall.answered(cast)
    done_on = date(2026, 12, 1)
    with clock.standing_at(ENDED + timedelta(days=3)):
        early = refused(lambda: perform(actions.note_completion, clerk(cast), meeting, done_on, "装好"))
        assert early is Refusal.MEETING_ELSEWHERE
        perform(actions.close, clerk(cast), meeting, Outcome.PLAN, "")
        future = refused(lambda: perform(actions.note_completion, clerk(cast), meeting, date(2026, 12, 30), "装好"))
        assert future is Refusal.COMPLETED_IN_FUTURE
        perform(actions.note_completion, clerk(cast), meeting, done_on, "坡道装好")
        again = refused(lambda: perform(actions.note_completion, clerk(cast), meeting, done_on, "坡道"))
        assert again is Refusal.FOLLOW_UP_SET
        soon = refused(lambda: perform(actions.give_satisfaction, at_desk(cast.ref(1)), meeting, Grade.SATISFIED, ""))
        assert soon is Refusal.FOLLOW_UP_TOO_EARLY
    completion = queries.completion(meeting.id)
    assert completion is not None
    opens, closes = completion.window
    with clock.standing_at(opens):
        for household in range(1, 6):
            grade = Grade.SATISFIED if household < 5 else Grade.UNSATISFIED
            done = perform(actions.give_satisfaction, at_desk(cast.ref(household)), meeting, grade, "蛮好")
        assert "grade" not in json.dumps(dict(done.fact.pub()))
        twice = refused(lambda: perform(actions.give_satisfaction, at_desk(cast.ref(1)), meeting, Grade.FAIRLY, ""))
        assert twice is Refusal.FOLLOW_UP_ANSWERED
        away = refused(lambda: perform(actions.give_satisfaction, at_desk(cast.stranger), meeting, Grade.FAIRLY, ""))
        assert away is Refusal.FOLLOW_UP_NOT_YOURS
    with clock.standing_at(closes):
        late = refused(lambda: perform(actions.give_satisfaction, at_desk(cast.ref(9)), meeting, Grade.FAIRLY, ""))
        assert late is Refusal.FOLLOW_UP_OVER
    assert queries.satisfaction(meeting.id) == {Grade.SATISFIED: 4, Grade.FAIRLY: 0, Grade.UNSATISFIED: 1}
    assert SignInMethod.PHONE


def test_the_next_version_of_the_plan_says_which_opinion_changed_what(app: Flask, cast: Cast, client: Browser) -> None:
    """A plan is fixed, heard, and fixed anew: the diff names the group of opinions behind each change."""
    with clock.standing_at(scene.PLANNED - timedelta(days=1)):
        first = proposals.fixed(cast)
        case = first.proposal
    meeting = hall.ended(cast, case=case)
    meeting = hall.confirmed(cast, meeting)
    by = clerk(cast)
    with clock.standing_at(NEXT_DAY):
        ids = [question.id for question in meeting.questions]
        perform(actions.group_opinions, by, meeting, "坡度太陡", ids)
        perform(actions.begin_answering, by, meeting_of(meeting.subject))
        answer = GroupAnswer(disposition=Disposition.ADOPTED, reason="放缓", parts=("size",))
        perform(actions.answer_group, by, hall.group(meeting, 1), answer)
        perform(actions.close, by, meeting_of(meeting.subject), Outcome.PLAN, "改方案")
    with clock.standing_at(NEXT_DAY + timedelta(hours=1)):
        case = db.session.get_one(Proposal, case.id)
        perform(reopen_plan, by, case, "按听证意见改")
        proposals.drafted(cast, case, replace(proposals.RAMP, size="坡道净宽 1.2 米，坡度 1:10。", place="弄口"))
        perform(put_change, by, case, "按听证意见改")
        for seat, name in (("council", "council_member"), ("adviser", "legal_adviser")):
            change = case.changes[-1]
            perform(judge_change, viewer(cast.ref(name)), change, seat, ChangeClass.MATERIAL, "要重签")
        perform(fix_plan, by, case)
    page = client.get(f"/proposals/{case.id}/plans/2").text
    assert page.count("因为听取了意见：坡度太陡") == 1
    assert f"/meetings/{meeting.id}/answers#group-1" in page
