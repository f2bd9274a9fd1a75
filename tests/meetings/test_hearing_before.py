"""Before a hearing: its notice on the wall, sign-up, the draw, agencies, materials, dates that are set anew."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from hearing import clock
from hearing.audit import queries as trail
from hearing.audit.ledger import perform
from hearing.db import db
from hearing.meetings import actions, queries, rules
from hearing.meetings.models import Invitation, SignUp
from hearing.meetings.rules import Disposition, Kind, Naming, Refusal, Reply, RosterName, SignInMethod, SignUpAs, State
from hearing.people.models import Account, Membership, Message
from hearing.people.rules import Refusal as PeopleRefusal
from hearing.people.rules import Role
from hearing.people.viewer import Viewer
from hearing.places.models import Unit
from hearing.refusal import Refused
from tests.cast import Cast
from tests.meetings import hall
from tests.meetings.hall import CLOSED_SIGN_UP, POSTED
from tests.meetings.scene import ENDED, PLANNED, STARTS, clerk, meeting_of
from tests.notices.board import safe_photo
from tests.schema import door_open, viewer

AtDesk = Callable[[str], Viewer]
pytestmark = pytest.mark.usefixtures("at_desk")


def refused(act: Callable[[], object]) -> object:
    """The refusal with which an act ends."""
    with pytest.raises(Refused) as caught:
        act()
    db.session.rollback()
    return caught.value.refusal


def test_a_hearing_is_announced_as_one(cast: Cast) -> None:
    meeting = hall.noticed(cast)
    assert (meeting.stands, meeting.named, meeting.round_no) == (State.NOTICED, 13, 1)
    assert meeting.notice is not None
    assert "召开居民听证会" in meeting.notice.title
    lines = dict(meeting.notice.lines)
    assert lines["听证事项"].startswith("施工队说明方案")
    assert lines["报名"].startswith("2026年11月27日（周五）19:00前")
    assert [(item.title, item.minutes) for item in meeting.items] == [
        ("施工队说明方案", 15),
        ("邻居发言", 20),
        ("表决", 5),
    ]


def test_sign_up_waits_for_the_paper_on_the_wall(cast: Cast) -> None:
    meeting = hall.noticed(cast)
    with clock.standing_at(POSTED):
        assert refused(lambda: perform(actions.open_sign_up, clerk(cast), meeting)) is Refusal.PAPER_NOT_POSTED
        early = refused(lambda: perform(actions.sign_up, viewer(cast.ref(1)), meeting, SignUpAs.OBSERVER))
        assert early is Refusal.SIGN_UP_NOT_OPEN
    with clock.standing_at(STARTS):
        unopened = refused(lambda: perform(actions.open_meeting, clerk(cast), meeting))
        assert unopened is Refusal.MEETING_ELSEWHERE
    assert hall.registering(cast).stands is State.REGISTERING


def test_neighbours_sign_up_once_and_take_it_back(at_desk: AtDesk, cast: Cast) -> None:
    meeting = hall.registering(cast, naming=Naming.DRAWN, wanted=7)
    with clock.standing_at(POSTED + timedelta(hours=1)):
        done = perform(actions.sign_up, at_desk(cast.ref(3)), meeting, SignUpAs.SPEAKER, "想说说扶手")
        again = refused(lambda: perform(actions.sign_up, at_desk(cast.ref(3)), meeting, SignUpAs.OBSERVER))
        assert again is Refusal.SIGNED_UP_BEFORE
        stranger = refused(lambda: perform(actions.sign_up, at_desk(cast.stranger), meeting, SignUpAs.OBSERVER))
        assert stranger is Refusal.NOT_FROM_HERE
        assert "扶手" not in str(done.fact.pub())
        entry = db.session.scalars(select(SignUp)).one()
        other = refused(lambda: perform(actions.take_back, at_desk(cast.ref(4)), entry))
        assert other is Refusal.SIGN_UP_GONE
        perform(actions.take_back, at_desk(cast.ref(3)), entry)
        gone = refused(lambda: perform(actions.take_back, at_desk(cast.ref(3)), entry))
        assert gone is Refusal.SIGN_UP_GONE
        perform(actions.sign_up, at_desk(cast.ref(3)), meeting, SignUpAs.DELEGATE)
    with clock.standing_at(CLOSED_SIGN_UP):
        late = refused(lambda: perform(actions.sign_up, at_desk(cast.ref(4)), meeting, SignUpAs.OBSERVER))
        assert late is Refusal.SIGN_UP_OVER
    told = queries.signed_up(at_desk(cast.ref(3)), meeting.id)
    assert (told.delegates, told.speakers, told.observers, told.own_label) == (1, 0, 0, "报名当代表")
    assert queries.signed_up(at_desk(cast.ref(5)), meeting.id).own_id is None


def test_of_one_household_one_person_is_drawn(at_desk: AtDesk, cast: Cast) -> None:
    meeting = hall.drawing(cast, [1])
    with door_open():
        son = Account(ref="p-son", name="李小年", phone="14100007001")
        unit = db.session.get_one(Unit, cast.units[0])
        db.session.add_all([son, Membership(account=son, unit=unit, relation="family", joined_at=PLANNED)])
    with clock.standing_at(POSTED + timedelta(hours=2)):
        second = refused(lambda: perform(actions.sign_up, at_desk("p-son"), meeting, SignUpAs.DELEGATE))
        assert second is Refusal.SIGNED_UP_BEFORE
        perform(actions.sign_up, at_desk("p-son"), meeting, SignUpAs.OBSERVER)


def test_delegates_are_drawn_by_a_seed_that_anybody_can_use(at_desk: AtDesk, cast: Cast) -> None:
    meeting = hall.drawing(cast, wanted=9)
    assert meeting.named == 0
    with clock.standing_at(CLOSED_SIGN_UP - timedelta(minutes=1)):
        early = refused(lambda: perform(actions.draw_delegates, clerk(cast), meeting, "2718"))
        assert early is Refusal.DRAW_TOO_EARLY
    with clock.standing_at(CLOSED_SIGN_UP):
        short = refused(lambda: perform(actions.draw_delegates, clerk(cast), meeting, "27"))
        assert short is Refusal.DRAW_SEED_SHORT
        officer = at_desk(cast.ref("block_officer"))
        assert refused(lambda: perform(actions.draw_delegates, officer, meeting, "2718")) is PeopleRefusal.NOT_YOUR_SEAT
        done = perform(actions.draw_delegates, clerk(cast), meeting, "2718")
        again = refused(lambda: perform(actions.draw_delegates, clerk(cast), meeting, "3141"))
        assert again is Refusal.DRAWN_BEFORE
    meeting = meeting_of(meeting.subject)
    assert (meeting.named, len(meeting.delegates)) == (9, 9)
    draw = queries.draw_of(meeting.id)
    assert draw is not None
    assert draw.list_hash == done.fact.list_hash
    assert queries.draw_again(draw).delegates == done.fact.numbers[:9]
    assert sum(line.is_delegate for line in queries.draw_lines(draw)) == 9
    drawn = {entry.holder_id for entry in queries.volunteers(meeting.id) if entry.number in done.fact.numbers[:9]}
    assert {member.holder_id for member in meeting.delegates} == drawn
    assert "李" not in draw.volunteers
    told = db.session.scalars(select(Message).where(Message.text.contains("抽为代表"))).all()
    assert len(told) == 9


def test_too_few_volunteers_are_joined_by_some_whom_the_committee_names(cast: Cast) -> None:
    meeting = hall.drawing(cast, [1, 2, 3], wanted=7)
    with clock.standing_at(CLOSED_SIGN_UP):
        perform(actions.draw_delegates, clerk(cast), meeting, "2718")
    with clock.standing_at(STARTS - timedelta(minutes=20)):
        for household in (1, 2, 3):
            perform(actions.sign_in, viewer(cast.ref(household)), meeting, SignInMethod.QR)
        few = refused(lambda: perform(actions.open_meeting, clerk(cast), meeting))
        assert few is Refusal.TOO_FEW_DELEGATES
        ids = [cast.holders[n - 1] for n in (1, 4, 5, 6, 7)]
        done = perform(actions.list_delegates, clerk(cast), meeting, ids)
        assert done.fact.count == 4
        assert refused(lambda: perform(actions.list_delegates, clerk(cast), meeting, ids)) is Refusal.NOBODY_TICKED
        for household in (4, 5):
            perform(actions.sign_in, viewer(cast.ref(household)), meeting_of(meeting.subject), SignInMethod.PHONE)
        perform(actions.open_meeting, clerk(cast), meeting)
    assert (meeting_of(meeting.subject).named, meeting_of(meeting.subject).present) == (7, 5)


def test_listed_delegates_stay_on_the_list_when_the_draft_changes(cast: Cast) -> None:
    meeting = hall.hearing(cast, naming=Naming.LISTED)
    perform(actions.list_delegates, clerk(cast), meeting, cast.holders[:6])
    with clock.standing_at(PLANNED):
        few = refused(lambda: perform(actions.post_notice, clerk(cast), meeting))
    assert few is Refusal.TOO_FEW_DELEGATES
    perform(actions.list_delegates, clerk(cast), meeting, cast.holders[6:8])
    from tests.meetings.scene import plan_of

    changed = plan_of(cast, kind=Kind.HEARING, naming=Naming.LISTED, title="听证会")
    perform(actions.change_plan, clerk(cast), meeting, changed)
    with clock.standing_at(PLANNED):
        done = perform(actions.post_notice, clerk(cast), meeting)
    assert done.fact.named == 8


def test_a_council_has_principal_and_supporting_seats(cast: Cast) -> None:
    roles = (
        Role.PARTY_SECRETARY,
        Role.COUNCIL_MEMBER,
        Role.OWNERS_COMMITTEE,
        Role.PROPERTY_MANAGER,
        Role.POLICE_LIAISON,
    )
    seats = hall.seats_of(cast, *roles)
    meeting = hall.hearing(
        cast, kind=Kind.JOINT, roster=RosterName.COUNCIL, naming=Naming.SEATS, seats=seats, title="理事会例会"
    )
    assert {member.role for member in meeting.delegates} == {
        role for role in (Role.PARTY_SECRETARY, Role.COUNCIL_MEMBER, Role.OWNERS_COMMITTEE)
        if any(seat.role == role for seat in seats)
    }  # fmt: skip
    assert {member.role for member in meeting.seats} == {Role.PROPERTY_MANAGER, Role.POLICE_LIAISON}


def test_the_next_meeting_of_a_council_is_the_next_round(cast: Cast) -> None:
    first = hall.hearing(cast)
    with clock.standing_at(PLANNED):
        done = perform(actions.plan_next, clerk(cast), first)
    second = meeting_of(done.fact.subject)
    assert (second.round_no, second.sort, second.stands) == (2, Kind.HEARING, State.DRAFT)
    assert [seat.role for seat in second.seats] == [seat.role for seat in first.seats]
    other = hall.hearing(cast, case=first.proposal, kind=Kind.COORDINATION)
    assert other.round_no == 1


def test_an_agency_answers_or_everybody_sees_that_it_did_not(at_desk: AtDesk, cast: Cast) -> None:
    meeting = hall.noticed(cast)
    due = STARTS - timedelta(days=2)
    liaison = db.session.scalars(select(Account).where(Account.ref == cast.ref("police_liaison"))).one()
    with clock.standing_at(POSTED):
        perform(actions.invite, clerk(cast), meeting, "派出所", liaison, "说说夜里怎么管", due)
        perform(actions.invite, clerk(cast), meeting, "绿化市容所", None, "说说怎么清运", due)
        twice = refused(lambda: perform(actions.invite, clerk(cast), meeting, "派出所", None, "再请", due))
        assert twice is Refusal.INVITED_BEFORE
        wrong = refused(lambda: perform(actions.invite, clerk(cast), meeting, "街道", None, "来", POSTED))
        assert wrong is Refusal.INVITATION_DUE_WRONG
        resident = at_desk(cast.ref(2))
        outside = refused(lambda: perform(actions.invite, resident, meeting, "街道", None, "来", due))
        assert outside is PeopleRefusal.NOT_YOUR_SEAT
    police, greening = db.session.scalars(select(Invitation).order_by(Invitation.id)).all()
    with clock.standing_at(POSTED + timedelta(hours=3)):
        comes = actions.AgencyAnswer(reply=Reply.COMES)
        assert refused(lambda: perform(actions.reply_to_invitation, resident, police, comes)) is (
            Refusal.INVITATION_NOT_YOURS
        )
        done = perform(actions.reply_to_invitation, at_desk(cast.ref("police_liaison")), police, comes)
        assert done.fact.actor.role == "police_liaison"
        assert refused(lambda: perform(actions.reply_to_invitation, clerk(cast), police, comes)) is (
            Refusal.INVITATION_ANSWERED
        )
    assert greening.is_ignored(due)
    assert greening.told(due) == "到期没有答复"
    with clock.standing_at(due + timedelta(hours=1)):
        silent = actions.AgencyAnswer(reply=Reply.DECLINES)
        assert refused(lambda: perform(actions.reply_to_invitation, clerk(cast), greening, silent)) is (
            Refusal.INVITATION_WITHOUT_WORDS
        )
        letter = actions.AgencyAnswer(reply=Reply.SENDS_WORDS, words="每天清运两次。", letter=safe_photo())
        late = perform(actions.reply_to_invitation, clerk(cast), greening, letter)
    assert (late.fact.after_deadline, bool(late.fact.letter_hash)) == (True, True)


def test_materials_are_published_by_their_hash(at_desk: AtDesk, cast: Cast) -> None:
    meeting = hall.noticed(cast)
    done = perform(actions.add_material, clerk(cast), meeting, "坡道图纸", safe_photo())
    meeting = meeting_of(meeting.subject)
    evidence = meeting.materials[0].evidence
    assert evidence.sha256 == done.fact.file_hash
    from hearing.people.viewer import Visitor

    assert queries.shows_material(Visitor(), evidence)
    neighbour = at_desk(cast.ref(2))
    outside = refused(lambda: perform(actions.add_material, neighbour, meeting, "图", safe_photo()))
    assert outside is PeopleRefusal.NOT_YOUR_SEAT


def test_thirteen_of_twenty_is_put_off_and_signs_in_anew(cast: Cast) -> None:
    """Of the lane's thirteen eight are too few (24 < 26), nine are enough; the old sign-ins do not count any more."""
    meeting = hall.registering(cast)
    with clock.standing_at(STARTS - timedelta(minutes=5)):
        for household in range(1, 9):
            perform(actions.sign_in, viewer(cast.ref(household)), meeting, SignInMethod.PHONE)
        early = refused(lambda: perform(actions.put_off, clerk(cast), meeting))
        assert early is Refusal.MEETING_TOO_EARLY
    with clock.standing_at(STARTS + timedelta(minutes=15)):
        few = refused(lambda: perform(actions.open_meeting, clerk(cast), meeting))
        assert few is Refusal.QUORUM_MISSING
        done = perform(actions.put_off, clerk(cast), meeting)
        assert done.fact.pub() == {"matter": meeting.proposal.matter, "named": 13, "present": 8}
        new = STARTS + timedelta(days=4)
        perform(actions.set_new_date, clerk(cast), meeting, new, "居委会会议室")
    meeting = meeting_of(meeting.subject)
    assert (meeting.stands, meeting.present, meeting.session) == (State.NOTICED, 0, 2)
    assert meeting.last_reason == "应到 13 人，实到 8 人，不足三分之二"
    with clock.standing_at(new - timedelta(minutes=20)):
        perform(actions.sign_in, viewer(cast.ref(1)), meeting, SignInMethod.PHONE)
        again = refused(lambda: perform(actions.sign_in, viewer(cast.ref(1)), meeting, SignInMethod.PHONE))
        assert again is Refusal.SIGNED_IN_BEFORE
    assert meeting_of(meeting.subject).present == 1


def test_enough_people_are_not_put_off_for_want_of_people(cast: Cast) -> None:
    meeting = hall.registering(cast)
    with clock.standing_at(STARTS):
        for household in range(1, 10):
            perform(actions.sign_in, viewer(cast.ref(household)), meeting, SignInMethod.PHONE)
        assert refused(lambda: perform(actions.put_off, clerk(cast), meeting)) is Refusal.QUORUM_THERE


def test_the_trail_names_nobody(cast: Cast) -> None:
    meeting = hall.answered(cast)
    story = trail.story(db.session, meeting.proposal.matter)
    public = json.dumps([dict(entry.pub) for entry in story], ensure_ascii=False)
    for name in ("李", "王彩娣", "坡度太陡", "夜里施工吵不吵"):
        assert name not in public
    assert Disposition.ADOPTED in rules.FINAL
    assert ENDED > STARTS
