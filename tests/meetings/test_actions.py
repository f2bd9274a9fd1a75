"""A coordination meeting from its plan to its minutes: the rows, and what the trail says of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import func, select

from hearing import clock
from hearing.audit import queries as trail
from hearing.audit.fact import Band
from hearing.audit.ledger import perform
from hearing.db import db
from hearing.files.models import Evidence
from hearing.meetings import actions, queries
from hearing.meetings.models import Attendance, Meeting, MeetingStep, MinutesConfirmation
from hearing.meetings.rules import Refusal, SignInMethod, Stance, State
from hearing.notices.models import Notice
from hearing.notices.rules import Refusal as NoticeRefusal
from hearing.notices.rules import fingerprint
from hearing.people.models import Account, Membership, Message
from hearing.people.rules import Refusal as PeopleRefusal
from hearing.people.rules import Role
from hearing.people.viewer import Viewer
from hearing.places.models import Holder, Tenure, TenureShare, Unit
from hearing.refusal import Refused
from tests.cast import Cast
from tests.meetings.scene import (
    ENDED,
    PLANNED,
    STARTS,
    clerk,
    ended,
    in_session,
    meeting_of,
    member,
    noticed,
    plan_of,
    planned,
    signed_in,
    written,
)
from tests.notices.board import safe_photo
from tests.proposals.scene import deliberating, submitted
from tests.schema import door_open

AtDesk = Callable[[str], Viewer]
pytestmark = pytest.mark.usefixtures("at_desk")


def refused(act: Callable[[], object]) -> object:
    """The refusal with which an act ends."""
    with pytest.raises(Refused) as caught:
        act()
    return caught.value.refusal


def refused_by(by: Viewer, act: Callable[[Viewer], object]) -> object:
    """The refusal with which a person's act ends."""
    return refused(lambda: act(by))


# Before.


def test_a_plan_is_nobodys_business_but_the_desks(at_desk: AtDesk, cast: Cast) -> None:
    meeting = planned(cast)
    assert (meeting.stands, meeting.is_public, meeting.named) == (State.DRAFT, False, 0)
    assert [seat.role for seat in meeting.seats] == [Role.PROPERTY_MANAGER, Role.WORKS_LEAD, Role.CONTRACTOR]
    entry = trail.story(db.session, meeting.proposal.matter)[-1]
    assert (entry.kind, entry.subject, dict(entry.pub)) == ("meeting.planned", meeting.subject, {})
    assert queries.meeting(at_desk(cast.ref(1)), meeting.id) is None
    assert queries.of_proposal(meeting.proposal_id) == []
    assert queries.meeting(at_desk(cast.ref("block_officer")), meeting.id) is not None
    assert queries.meeting(at_desk(cast.foreign_clerk), meeting.id) is None


def test_only_the_committee_plans_and_only_on_a_case_under_way(at_desk: AtDesk, cast: Cast) -> None:
    waiting = submitted(cast)
    early = refused(lambda: perform(actions.plan, clerk(cast), waiting, plan_of(cast)))
    assert early is Refusal.CASE_DOES_NOT_MEET
    for who in (cast.ref(1), cast.ref("block_officer"), cast.foreign_clerk):
        by = at_desk(who)
        outside = refused_by(by, lambda by: perform(actions.plan, by, waiting, plan_of(cast)))
        assert outside is PeopleRefusal.NOT_YOUR_SEAT


def test_a_draft_is_changed_freely(cast: Cast) -> None:
    meeting = planned(cast)
    changed = plan_of(cast, title="坡道协调会", seats=plan_of(cast).seats[:1])
    perform(actions.change_plan, clerk(cast), meeting, changed)
    meeting = meeting_of(meeting.subject)
    assert (meeting.title, len(meeting.seats)) == ("坡道协调会", 1)


def test_the_notice_names_everybody_on_the_register_and_tells_them(cast: Cast) -> None:
    meeting = noticed(cast)
    assert (meeting.stands, meeting.named, len(meeting.delegates)) == (State.NOTICED, 13, 13)
    assert [each.name for each in meeting.delegates][:2] == ["李伯年", "王彩娣"]
    assert meeting.notice is not None
    lines = dict(meeting.notice.lines)
    assert lines["时间"] == "2026年11月28日（周六）19:00"
    assert lines["参加人员"] == "天津路426弄 13 人；物业经理、大修工程负责人、施工队项目经理"
    assert "李" not in meeting.notice.content
    entry = trail.story(db.session, meeting.proposal.matter)[-1]
    assert (entry.kind, entry.fact.band) == ("meeting.noticed", Band.BEFORE)
    assert entry.pub["notice_hash"] == meeting.notice.digest
    assert entry.pub["named"] == 13
    invitations = db.session.scalars(select(Message.recipient).where(Message.text.contains(f"/meetings/{meeting.id}")))
    assert len(invitations.all()) == 16


def test_a_notice_comes_a_week_before(cast: Cast) -> None:
    meeting = planned(cast)
    with clock.standing_at(STARTS - timedelta(days=7) + timedelta(minutes=1)):
        late = refused(lambda: perform(actions.post_notice, clerk(cast), meeting))
    assert late is NoticeRefusal.NOTICE_TOO_LATE
    meeting = meeting_of(meeting.subject)
    assert (meeting.stands, meeting.delegates) == (State.DRAFT, [])
    assert db.session.scalar(select(func.count()).select_from(Notice)) == 0


def test_the_register_says_who_is_named(cast: Cast) -> None:
    """One delegate for whoever holds two flats, none for the dead, the representative for those who named one."""
    with door_open():
        db.session.get_one(Holder, cast.holders[8]).died_on = "2026-10-01"
        first, third = (
            db.session.scalars(select(Tenure).where(Tenure.unit_id == cast.units[at])).one() for at in (0, 2)
        )
        db.session.add(TenureShare(tenure=first, holder_id=cast.holders[1]))
        third.shares[0].represents = True
        db.session.add(TenureShare(tenure=third, holder=Holder(neighbourhood_id=cast.neighbourhood, name="周小宝")))
    found = [delegate.holder.id for delegate in queries.delegates(cast.building)]
    assert found == [holder for holder in cast.holders if holder != cast.holders[8]]


def test_nobody_on_the_register_nobody_to_meet(cast: Cast) -> None:
    meeting = planned(cast)
    with door_open():
        for tenure in db.session.scalars(select(Tenure)):
            tenure.until = PLANNED
    with clock.standing_at(PLANNED):
        assert refused(lambda: perform(actions.post_notice, clerk(cast), meeting)) is Refusal.NOBODY_NAMED


def test_a_postponed_meeting_gets_a_new_notice_in_place_of_the_old(cast: Cast) -> None:
    meeting = noticed(cast)
    first = meeting.notice
    assert first is not None
    with clock.standing_at(STARTS - timedelta(days=1)):
        assert refused(lambda: perform(actions.postpone, clerk(cast), meeting, " ")) is Refusal.MEETING_REASON_MISSING
        perform(actions.postpone, clerk(cast), meeting, "台风")
        soon = STARTS + timedelta(days=1)
        early = refused(lambda: perform(actions.set_new_date, clerk(cast), meeting, soon, "会议室"))
        assert early is Refusal.NEW_DATE_TOO_SOON
        done = perform(actions.set_new_date, clerk(cast), meeting, STARTS + timedelta(days=3), "居委会会议室")
    meeting = meeting_of(meeting.subject)
    assert (meeting.stands, meeting.place, meeting.named) == (State.NOTICED, "居委会会议室", 13)
    assert meeting.notice is not None
    assert meeting.notice.id != first.id
    assert done.fact.notice_hash == meeting.notice.digest
    withdrawal = db.session.get_one(Notice, first.id).withdrawal
    assert withdrawal is not None
    assert withdrawal.reason == "台风"
    assert [step.move for step in meeting.steps] == ["post_notice", "postpone", "set_new_date"]
    told = db.session.scalars(select(Message).where(Message.text.contains("变动"))).all()
    assert len(told) == 2 * 16


@pytest.mark.parametrize(("state", "kind"), [("draft", "meeting.dropped"), ("noticed", "meeting.cancelled")])
def test_a_meeting_is_called_off_with_a_reason(cast: Cast, state: str, kind: str) -> None:
    meeting = planned(cast) if state == "draft" else noticed(cast)
    done = perform(actions.cancel, clerk(cast), meeting, "改在下月")
    meeting = meeting_of(meeting.subject)
    assert (meeting.stands, meeting.last_reason, done.fact.kind) == (State.CANCELLED, "改在下月", kind)
    assert "改在下月" not in str(done.fact.pub())
    assert refused(lambda: perform(actions.cancel, clerk(cast), meeting, "再取消")) is Refusal.MEETING_ELSEWHERE


# In the room.


def test_people_sign_in_once_from_an_hour_before(at_desk: AtDesk, cast: Cast) -> None:
    meeting, household = noticed(cast), at_desk(cast.ref(1))
    with clock.standing_at(STARTS - timedelta(minutes=61)):
        early = refused(lambda: perform(actions.sign_in, household, meeting, SignInMethod.PHONE))
        assert early is Refusal.MEETING_TOO_EARLY
    with clock.standing_at(STARTS - timedelta(minutes=59)):
        done = perform(actions.sign_in, household, meeting, SignInMethod.PHONE)
        again = refused(lambda: perform(actions.sign_in, household, meeting, SignInMethod.QR))
        assert again is Refusal.SIGNED_IN_BEFORE
    assert done.fact.pub() == {"matter": meeting.proposal.matter, "method": "phone"}
    assert done.fact.payload()["members"] == [f"holder/{cast.holders[0]}"]
    meeting = meeting_of(meeting.subject)
    assert meeting.present == 1
    came = member(meeting, cast, 1).attendance
    assert came is not None
    assert (came.method, came.by_family, came.entered_by) == (SignInMethod.PHONE, False, household.id)


def test_the_family_comes_for_the_household(at_desk: AtDesk, cast: Cast) -> None:
    meeting = noticed(cast)
    with door_open():
        son = Account(ref="p-son", name="李小年", phone="14100007001")
        unit = db.session.get_one(Unit, cast.units[0])
        db.session.add_all([son, Membership(account=son, unit=unit, relation="family", joined_at=PLANNED)])
    with clock.standing_at(STARTS):
        done = perform(actions.sign_in, at_desk("p-son"), meeting, SignInMethod.QR)
        late = refused(lambda: perform(actions.sign_in, at_desk(cast.ref(1)), meeting, SignInMethod.PHONE))
    assert late is Refusal.SIGNED_IN_BEFORE
    assert done.fact.payload()["by_family"] is True
    came = member(meeting_of(meeting.subject), cast, 1).attendance
    assert came is not None
    assert came.by_family


def test_strangers_do_not_sign_in_and_seats_do(at_desk: AtDesk, cast: Cast) -> None:
    meeting = noticed(cast)
    with clock.standing_at(STARTS):
        for who in (cast.stranger, cast.ref("legal_adviser")):
            by = at_desk(who)
            outside = refused_by(by, lambda by: perform(actions.sign_in, by, meeting, SignInMethod.PHONE))
            assert outside is Refusal.NOT_A_DELEGATE
        done = perform(actions.sign_in, at_desk(cast.ref("works_lead")), meeting, SignInMethod.PHONE)
    assert done.fact.actor.role == Role.WORKS_LEAD
    meeting = meeting_of(meeting.subject)
    assert (meeting.present, [seat.role for seat in meeting.seats_present]) == (0, [Role.WORKS_LEAD])


def test_the_paper_list_is_entered_with_its_photo(at_desk: AtDesk, cast: Cast) -> None:
    meeting = signed_in(cast, [1])
    officer = at_desk(cast.ref("block_officer"))
    ids = [member(meeting, cast, household).id for household in (1, 2, 3)]
    with clock.standing_at(STARTS):
        done = perform(actions.sign_in_on_paper, officer, meeting, ids, safe_photo())
        again = refused(lambda: perform(actions.sign_in_on_paper, officer, meeting, ids, None))
        assert again is Refusal.SIGNED_IN_BEFORE
        nobody = refused(lambda: perform(actions.sign_in_on_paper, officer, meeting, [], None))
        assert nobody is Refusal.NOBODY_TICKED
        unknown = refused(lambda: perform(actions.sign_in_on_paper, officer, meeting, [99999], None))
        assert unknown is Refusal.NOT_A_DELEGATE
        neighbour = refused(lambda: perform(actions.sign_in_on_paper, at_desk(cast.ref(4)), meeting, ids, None))
        assert neighbour is PeopleRefusal.NOT_YOUR_SEAT
    photo = db.session.scalars(select(Evidence).where(Evidence.kind == "meeting_sign_in_paper")).one()
    assert done.fact.pub() == {"matter": meeting.proposal.matter, "count": 2, "paper_hash": photo.sha256}
    meeting = meeting_of(meeting.subject)
    methods = [each.attendance.method for each in meeting.delegates if each.attendance]
    assert methods == ["phone", "paper", "paper"]


def test_it_begins_with_two_thirds_and_not_before_its_hour(cast: Cast) -> None:
    meeting = signed_in(cast, range(1, 9))
    with clock.standing_at(STARTS):
        few = refused(lambda: perform(actions.open_meeting, clerk(cast), meeting))
        assert few is Refusal.QUORUM_MISSING
    meeting = meeting_of(meeting.subject)
    assert (meeting.stands, meeting.needed, meeting.opened_at) == (State.NOTICED, 9, None)
    with clock.standing_at(STARTS):
        perform(actions.sign_in_on_paper, clerk(cast), meeting, [member(meeting, cast, 9).id], None)
    with clock.standing_at(STARTS - timedelta(hours=2)):
        early = refused(lambda: perform(actions.open_meeting, clerk(cast), meeting))
        assert early is Refusal.MEETING_TOO_EARLY
    with clock.standing_at(STARTS):
        done = perform(actions.open_meeting, clerk(cast), meeting)
    assert done.fact.pub() == {"matter": meeting.proposal.matter, "named": 13, "present": 9}
    assert done.fact.band is Band.BEFORE


def test_questions_come_before_and_in_the_meeting_and_say_no_more_than_a_floor(at_desk: AtDesk, cast: Cast) -> None:
    meeting = noticed(cast)
    done = perform(actions.ask, at_desk(cast.ref(5)), meeting, "会不会挡住水表？", Stance.ASKS)
    assert done.fact.payload()["text"] == "会不会挡住水表？"
    assert "水表" not in str(done.fact.pub())
    perform(actions.record_question, clerk(cast), meeting, member(meeting, cast, 12), "工期多久？", Stance.ASKS)
    perform(actions.record_question, clerk(cast), meeting, None, "好事情。", Stance.FOR)
    perform(actions.ask, at_desk(cast.ref("property_manager")), meeting, "钥匙谁管？", Stance.ASKS)
    meeting = meeting_of(meeting.subject)
    assert [question.number for question in meeting.questions] == [1, 2, 3, 4]
    assert [question.who for question in meeting.questions] == ["居民（二层）", "居民（三层）", "居民", "物业经理"]
    assert [bool(question.recorded_by) for question in meeting.questions] == [False, True, True, False]


def test_a_floor_with_two_households_is_not_named(at_desk: AtDesk, cast: Cast) -> None:
    meeting = noticed(cast)
    with door_open():
        for unit in cast.units[9:11]:
            db.session.get_one(Unit, unit).floor = "四层"
    perform(actions.ask, at_desk(cast.ref(10)), meeting, "吵不吵？", Stance.ASKS)
    assert meeting_of(meeting.subject).questions[0].who == "居民"


def test_questions_end_with_the_meeting_and_answers_with_the_minutes(at_desk: AtDesk, cast: Cast) -> None:
    meeting = in_session(cast)
    household = at_desk(cast.ref(2))
    assert refused(lambda: perform(actions.ask, household, meeting, " ", Stance.ASKS)) is Refusal.QUESTION_EMPTY
    perform(actions.ask, household, meeting, "坡度多少？", Stance.ASKS)
    question = meeting_of(meeting.subject).questions[0]
    with clock.standing_at(ENDED):
        perform(actions.end, clerk(cast), meeting)
    assert refused(lambda: perform(actions.ask, household, meeting, "还有", Stance.ASKS)) is Refusal.QUESTIONS_CLOSED
    for who, role in (("contractor", "contractor"), ("clerk", "committee_clerk"), (1, "resident")):
        perform(actions.answer, at_desk(cast.ref(who)), question, "一比八。")
        assert question.answers[-1].role == role
    assert question.answers[-1].label == "提案人"
    for who in (cast.ref(2), cast.ref("legal_adviser"), cast.stranger):
        by = at_desk(who)
        outside = refused_by(by, lambda by: perform(actions.answer, by, question, "我来答"))
        assert outside is Refusal.NOT_YOURS_TO_ANSWER
    assert refused(lambda: perform(actions.answer, clerk(cast), question, "")) is Refusal.ANSWER_EMPTY


def test_photos_are_kept_for_the_committee(at_desk: AtDesk, cast: Cast) -> None:
    meeting = in_session(cast)
    done = perform(actions.add_photos, clerk(cast), meeting, [safe_photo()])
    kept = db.session.scalars(select(Evidence).where(Evidence.kind == "meeting_photo")).one()
    assert queries.photos(meeting.id) == [kept.id]
    assert done.fact.pub()["photo_hashes"] == [kept.sha256]
    outside = refused(lambda: perform(actions.add_photos, at_desk(cast.ref(1)), meeting, [safe_photo()]))
    assert outside is PeopleRefusal.NOT_YOUR_SEAT


# After.


def test_a_version_of_the_minutes_is_the_record_word_for_word(at_desk: AtDesk, cast: Cast) -> None:
    meeting = in_session(cast)
    perform(actions.ask, at_desk(cast.ref(5)), meeting, "坡度多少？", Stance.ASKS)
    perform(actions.answer, at_desk(cast.ref("contractor")), meeting_of(meeting.subject).questions[0], "一比八。")
    with clock.standing_at(ENDED):
        perform(actions.end, clerk(cast), meeting)
    assert refused(lambda: perform(actions.write_minutes, clerk(cast), meeting, " ", "")) is Refusal.MINUTES_EMPTY
    version = written(cast, meeting)
    content = json.loads(version.content)
    assert fingerprint(version.content) == version.digest
    assert (content["named"], content["present"], content["version"]) == (13, 13, 1)
    assert content["questions"] == [
        {
            "who": "居民（二层）",
            "speaks": "resident",
            "stance": "asks",
            "text": "坡度多少？",
            "answers": [["施工队项目经理", "一比八。"]],
        }
    ]
    assert "郑" not in version.content
    assert version.corrections_until.isoformat() == "2026-12-02T16:00:00+00:00"  # Wednesday 24:00, three working days
    entry = trail.story(db.session, meeting.proposal.matter)[-1]
    assert (entry.kind, dict(entry.pub)) == ("meeting.minutes_written", {"version": 1, "minutes_hash": version.digest})


def confirmed_by(cast: Cast, at_desk: AtDesk, *who: str | int) -> None:
    """People say that the latest version is right."""
    for each in who:
        meeting = db.session.scalars(select(Meeting)).one()
        latest = meeting_of(meeting.subject).minutes
        assert latest is not None
        perform(actions.confirm_version, at_desk(cast.ref(each)), latest)


def test_minutes_stand_by_the_chair_and_two_delegates(at_desk: AtDesk, cast: Cast) -> None:
    version = written(cast)
    meeting = version.meeting
    for who in (("director",), (1,), ()):
        confirmed_by(cast, at_desk, *who)
        wanting = refused(lambda: perform(actions.confirm_minutes, clerk(cast), meeting))
        assert wanting is Refusal.MINUTES_UNCONFIRMED
    again = refused(lambda: perform(actions.confirm_version, at_desk(cast.ref(1)), version))
    assert again is Refusal.MINUTES_CONFIRMED_BEFORE
    confirmed_by(cast, at_desk, 2)
    done = perform(actions.confirm_minutes, clerk(cast), meeting)
    assert done.fact.pub() == {
        "matter": meeting.proposal.matter,
        "version": 1,
        "minutes_hash": version.digest,
        "objections": 0,
    }
    assert done.fact.band is Band.BEFORE
    meeting = meeting_of(meeting.subject)
    assert meeting.stands is State.MINUTES_CONFIRMED
    assert refused(lambda: perform(actions.write_minutes, clerk(cast), meeting, "改", "")) is Refusal.MEETING_ELSEWHERE
    assert refused(lambda: perform(actions.confirm_version, at_desk(cast.ref(3)), version)) is Refusal.MEETING_ELSEWHERE


def test_who_was_not_there_does_not_confirm(at_desk: AtDesk, cast: Cast) -> None:
    meeting = in_session(cast, range(1, 11))
    with clock.standing_at(ENDED):
        perform(actions.end, clerk(cast), meeting)
    version = written(cast, meeting)
    for who in (cast.ref(13), cast.stranger, cast.ref("legal_adviser"), cast.ref("clerk")):
        by = at_desk(who)
        outside = refused_by(by, lambda by: perform(actions.confirm_version, by, version))
        assert outside is Refusal.MINUTES_NOT_YOURS


def test_an_invited_seat_confirms_and_does_not_count_as_a_delegate(at_desk: AtDesk, cast: Cast) -> None:
    meeting = signed_in(cast)
    with clock.standing_at(STARTS):
        for who in ("works_lead", "contractor"):
            perform(actions.sign_in, at_desk(cast.ref(who)), meeting, SignInMethod.PHONE)
        perform(actions.open_meeting, clerk(cast), meeting)
        perform(actions.end, clerk(cast), meeting)
    written(cast, meeting)
    confirmed_by(cast, at_desk, "director", "works_lead", "contractor", 1)
    wanting = refused(lambda: perform(actions.confirm_minutes, clerk(cast), meeting))
    assert wanting is Refusal.MINUTES_UNCONFIRMED


def test_a_delegate_signs_on_paper_once_for_each_version(at_desk: AtDesk, cast: Cast) -> None:
    version = written(cast)
    delegate = member(version.meeting, cast, 4)
    done = perform(actions.enter_word, clerk(cast), version, delegate, safe_photo(), "")
    page = db.session.scalars(select(Evidence).where(Evidence.kind == "minutes_paper")).one()
    assert done.fact.pub()["paper_hash"] == page.sha256
    by_phone = refused(lambda: perform(actions.confirm_version, at_desk(cast.ref(4)), version))
    assert by_phone is Refusal.MINUTES_CONFIRMED_BEFORE
    contested = perform(
        actions.enter_word, clerk(cast), version, member(version.meeting, cast, 5), safe_photo(), "漏了"
    )
    assert contested.fact.kind == "meeting.minutes_contested"
    outside = at_desk(cast.ref(6))
    own = member(version.meeting, cast, 6)
    assert refused(lambda: perform(actions.enter_word, outside, version, own, safe_photo(), "")) is (
        PeopleRefusal.NOT_YOUR_SEAT
    )


def test_an_objection_to_the_minutes_is_attached_and_stays(at_desk: AtDesk, cast: Cast) -> None:
    version = written(cast)
    household = at_desk(cast.ref(7))
    with clock.standing_at(ENDED):
        empty = refused(lambda: perform(actions.contest_version, household, version, " "))
        assert empty is Refusal.MINUTES_OBJECTION_EMPTY
        done = perform(actions.contest_version, household, version, "扶手高度写错了")
    assert "扶手" not in str(done.fact.pub())
    confirmed_by(cast, at_desk, "director", 1, 2)
    assert perform(actions.confirm_minutes, clerk(cast), version.meeting).fact.objections == 1
    with clock.standing_at(version.corrections_until - timedelta(seconds=2)):
        perform(actions.contest_version, at_desk(cast.ref(8)), version, "我说的没有记")
    with clock.standing_at(version.corrections_until):
        late = refused(lambda: perform(actions.contest_version, at_desk(cast.ref(9)), version, "晚了"))
    assert late is Refusal.MINUTES_WINDOW_OVER
    stranger = refused(lambda: perform(actions.contest_version, at_desk(cast.stranger), version, "路过"))
    assert stranger is Refusal.MINUTES_NOT_YOURS
    latest = meeting_of(version.meeting.subject).minutes
    assert latest is not None
    assert [word.objection for word in latest.objections] == ["扶手高度写错了", "我说的没有记"]


def test_a_new_version_is_confirmed_anew(at_desk: AtDesk, cast: Cast) -> None:
    first = written(cast)
    confirmed_by(cast, at_desk, "director", 1, 2)
    second = written(cast, first.meeting, "施工队讲了坡度、扶手和工期。")
    assert second.number == 2
    old = refused(lambda: perform(actions.confirm_version, at_desk(cast.ref(3)), first))
    assert old is Refusal.MINUTES_OUTDATED
    wanting = refused(lambda: perform(actions.confirm_minutes, clerk(cast), second.meeting))
    assert wanting is Refusal.MINUTES_UNCONFIRMED
    confirmed_by(cast, at_desk, "director", 1, 2)
    perform(actions.confirm_minutes, clerk(cast), second.meeting)
    assert db.session.scalar(select(func.count()).select_from(MinutesConfirmation)) == 6


def test_answers_given_since_make_a_version_outdated(at_desk: AtDesk, cast: Cast) -> None:
    meeting = in_session(cast)
    perform(actions.ask, at_desk(cast.ref(5)), meeting, "坡度多少？", Stance.ASKS)
    with clock.standing_at(ENDED):
        perform(actions.end, clerk(cast), meeting)
    version = written(cast, meeting)
    confirmed_by(cast, at_desk, "director", 1, 2)
    open_ = refused(lambda: perform(actions.confirm_minutes, clerk(cast), meeting))
    assert open_ is Refusal.QUESTIONS_UNANSWERED
    perform(actions.answer, at_desk(cast.ref("contractor")), version.meeting.questions[0], "一比八。")
    assert refused(lambda: perform(actions.confirm_minutes, clerk(cast), meeting)) is Refusal.MINUTES_OUTDATED


def test_the_steps_are_kept_in_order_and_only_the_committee_takes_them(at_desk: AtDesk, cast: Cast) -> None:
    meeting = ended(cast)
    steps = db.session.scalars(select(MeetingStep).order_by(MeetingStep.id)).all()
    assert [step.move for step in steps] == ["post_notice", "open", "end"]
    assert all(before.taken_at <= after.taken_at for before, after in pairwise(steps))
    other = planned(cast, case=deliberating(cast))
    for who in (cast.ref(1), cast.ref("block_officer")):
        by = at_desk(who)
        with clock.standing_at(PLANNED):
            outside = refused_by(by, lambda by: perform(actions.post_notice, by, other))
        assert outside is PeopleRefusal.NOT_YOUR_SEAT
    assert db.session.scalar(select(func.count()).select_from(Attendance)) == 13
    held = queries.of_proposal(meeting.proposal_id)
    assert [(each.meeting.id, each.present, each.questions) for each in held] == [(meeting.id, 13, 0)]
