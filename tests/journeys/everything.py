"""Everything at once: the demo's story, and beside it a matter in every state in which a page waits for somebody."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import func, select

from hearing import clock
from hearing.audit.ledger import keep, perform
from hearing.casefile import actions as casefile
from hearing.casefile.rules import Edition
from hearing.concerns import actions as concerns
from hearing.concerns.models import Concern
from hearing.concerns.rules import Kind, Measure, Way
from hearing.consents import actions as consents
from hearing.consents import speaking
from hearing.consents.models import ConsentCollection, Mandate, PaperSlip, SlipBatch
from hearing.consents.rules import Answer, Basis, Blocked, CollectionState, Method, Relation
from hearing.db import db
from hearing.demo import lift, purse, ramp, stairs
from hearing.denials import queries as own_records
from hearing.denials.actions import deny
from hearing.meetings import actions as meetings
from hearing.meetings.models import Meeting
from hearing.meetings.rules import Disposition, Naming, PollKind, SignInMethod, SignUpAs, Stance
from hearing.meetings.rules import Kind as MeetingKind
from hearing.meetings.rules import Outcome as MeetingOutcome
from hearing.notices import actions as notices
from hearing.notices.models import PublicityPeriod
from hearing.notices.rules import BEIJING
from hearing.people.models import Account
from hearing.people.queries import door_of
from hearing.people.rules import Role
from hearing.places.models import Unit
from hearing.proposals import actions as proposals
from hearing.proposals.models import Proposal
from hearing.proposals.rules import ChangeClass, Rejection
from hearing.register import actions as register
from hearing.visits.rules import Outcome
from hearing.works import actions as lift_acts
from hearing.works import rules as stages
from tests import schema
from tests.cast import LONG_AGO, Cast
from tests.consents.course import START, Course, at, photo, signature
from tests.journeys import polls
from tests.meetings import hall
from tests.meetings import scene as room
from tests.meetings.test_hearing_room import VOICE
from tests.notices import board
from tests.proposals import scene
from tests.register import office
from tests.schema import viewer
from tests.visits import rounds as visiting
from tests.works import scene as works

TODAY = datetime(2026, 11, 24, 18, 30, tzinfo=BEIJING)
"""A Tuesday evening, half an hour before a meeting begins."""


Places = list[tuple[str, str]]
"""Account refs, and addresses at which these people stand although no link leads there."""


def happen(cast: Cast) -> Places:
    """Tell the demo's stories on the lane of the cast and in the house beside it, then leave loose ends."""
    with schema.door_open():
        house = stairs.settle(db.session, cast.lane, LONG_AGO)
    lift.tell(house, TODAY, viewer)
    purse.tell_first(cast.lane, house, TODAY, viewer)
    ramp.tell(cast.lane, TODAY, viewer)
    purse.tell_second(cast.lane, house, TODAY, viewer)
    with at(TODAY - timedelta(hours=2)):
        places = answers(cast)
    collections(cast)
    lifts(cast)
    places += polls.happen(cast, TODAY)
    for loose_ends in (hearings, applications, plans, objections, rolls, fears, rounds_made):
        with at(TODAY - timedelta(hours=1)):
            loose_ends(cast)
    with at(TODAY - timedelta(hours=1)):
        places += [*gatherings(cast), *denials(cast)]
        life(cast)
        return places


def answers(cast: Cast) -> Places:
    """In the story's collection slips are printed, one was read once, a signature is denied, two answers are begun."""
    newest = db.session.scalars(select(func.max(ConsentCollection.id))).one()
    course = Course(cast, 0, newest or 0)
    read = course.print_slip(10).id
    course.print_slip(11)
    course.read("clerk", read, signed=TODAY.date(), received=TODAY - timedelta(hours=3), original=True)
    pile(course, course.print_slip(13))
    perform(consents.dispute, course.who(5), course.unit(5).records[-1], "不是我签的")
    for who, number in ((12, 12), ("block_officer", 13)):
        unit = course.unit(number)
        mine = (unit, unit.holders[0].holder_id, Answer.AGREE, signature())
        keep(consents.keep_draft, course.who(who), *mine, seen=course.seen(unit))
    speaking_for_others(course)
    page = f"/consents/{newest}"
    return [
        (cast.ref(12), f"{page}/answer/check"),
        (cast.ref(12), f"{page}/question"),
        (cast.ref("block_officer"), f"/desk{page}/on-site/{course.unit(13).unit_id}/check"),
    ]


def pile(course: Course, slip: PaperSlip) -> None:
    """Two slips came in: of one the square was read, of the other it was not."""
    clerk, received = course.who("clerk"), TODAY - timedelta(hours=3)
    perform(consents.open_batch, clerk, course.collection(), Method.PAPER, received)
    batch = db.session.scalars(select(SlipBatch).order_by(SlipBatch.id.desc())).first()
    assert batch is not None
    shots = [consents.Shot(photo(7), (slip.code,)), consents.Shot(photo(8))]
    perform(consents.photograph, clerk, batch, shots)


def asked_for_a_file(cast: Cast) -> None:
    """Somebody has asked for the ramp's case file, and nobody has begun to make it."""
    case = db.session.scalars(select(Proposal).where(Proposal.title == ramp.TITLE)).one()
    perform(casefile.ask, viewer(cast.ref("clerk")), case, Edition.FULL, "归档")


def speaking_for_others(course: Course) -> None:
    """A mandate that the first household has accepted, and one on paper that waits for a second person."""
    first, clerk = course.who(1), course.who("clerk")
    wanted = consents.MandateTerms(
        agent_name="代理人",
        agent_phone=first.account.phone or "",
        instruction=Answer.AGREE,
        valid_until=(TODAY + timedelta(days=1)).date(),
    )
    mine = course.slip(course.who(12))
    given = perform(
        consents.give_mandate, course.who(12), mine, wanted, signature(3), seen=course.seen(mine.unit)
    ).fact.mandate
    perform(consents.accept_mandate, first, _mandate(given), accepts=True)
    unit = course.unit(11)
    written = consents.PaperMandate(
        holder_ids=tuple(share.holder_id for share in unit.holders),
        plan_hash8=unit.collection.version.hash8,
        signed_on=TODAY.date(),
        accepted=True,
        photo=photo(4),
    )
    perform(consents.enter_mandate, clerk, unit, wanted, written)


def life(cast: Cast) -> None:
    """Somebody acts for the seventh lessee from now on, and the eighth has died."""
    running = select(ConsentCollection.id).where(ConsentCollection.state == CollectionState.OPEN)
    course = Course(cast, 0, db.session.scalars(running.order_by(ConsentCollection.id)).first() or 0)
    ward, clerk = course.unit(7), course.who("clerk")
    daughter = consents.Guardian(name="女儿", phone="", relation=Relation.CHILD, basis=Basis.COURT)
    shown = consents.Shown(reason="法院指定", happened_on=TODAY.date(), paper=photo(5))
    perform(consents.name_guardian, clerk, ward, ward.holders[0].holder_id, daughter, shown)
    dead = course.unit(8)
    died = consents.Shown(reason="死亡证明", happened_on=TODAY.date(), paper=photo(6))
    perform(consents.block, clerk, dead, Blocked.LESSEE_CHANGE, died, died=dead.holders[0].holder_id)


def _mandate(number: int) -> Mandate:
    found = speaking.mandate(number)
    assert found is not None
    return found


def denials(cast: Cast) -> Places:
    """Staff entered an objection from paper for two households; one says that it is not its own."""
    period = db.session.scalars(select(PublicityPeriod).order_by(PublicityPeriod.id.desc()).limit(1)).one()
    officer = viewer(cast.ref("block_officer"))
    entered = []
    for household in (12, 1):
        door = door_of(db.session.get_one(Unit, cast.units[household - 1]))
        paper = notices.OnPaper(
            name="住户", door=door, contact="", relation="lessee", text="扶手太低。", why="本人送来纸条", photo=None
        )
        entered.append(perform(notices.enter_objection, officer, period, paper).index)
    line = own_records.line_of(viewer(cast.ref(1)), entered[1])
    assert line is not None
    perform(deny, viewer(cast.ref(1)), line, "没有人来过。")
    return [(cast.ref(12), f"/me/receipts/{entered[0]}/deny")]


def collections(cast: Cast) -> None:
    """Beside the story's collection one that passed, one about to, one whose roll hangs, one not begun."""
    for end in (Course.to_the_end, _almost):
        course = _ready(cast).open()
        course.sign_all(range(1, 14))
        end(course)
    course = _ready(cast)
    with at(TODAY - timedelta(days=1)):
        course.set_up()
        perform(consents.show_roll, course.who("clerk"), course.collection())
        perform(consents.ask_correction, course.who(2), course.unit(2), "面积写错了")
    _ready(cast).set_up()


def lifts(cast: Cast) -> None:
    """A lift is at its permits, with its group, a number that was corrected, and photos of the house as it was."""
    lift = works.approved(cast, estate="和睦里")
    lift.form_group()
    lift.walk(stages.ENTERED[:2], gap=3)
    day = works.DAY + timedelta(days=4)
    with at(works.noon(day)):
        clerk, number = lift.who("clerk"), next(row.number for row in lift.history.rows if row.paper)
        said = lift_acts.Said(day=day, reference="黄发改〔2026〕19号", note="看错一个字")
        perform(lift_acts.correct, clerk, lift.proposal, number, said, lift_acts.Files())
        before = lift_acts.Files(before=[scene.picture("grey")])
        perform(lift_acts.add_photos, clerk, lift.proposal, lift_acts.Said(day=day), before)


def _ready(cast: Cast) -> Course:
    """A plan to which the manager has said yes."""
    with at(START - timedelta(days=1)):
        version = scene.fixed(cast)
        perform(proposals.answer_as_manager, viewer(cast.ref("property_manager")), version, agrees=True, note="")
        return Course(cast, version.required[0].id)


def _almost(course: Course) -> None:
    course.close()
    course.publish()


def applications(cast: Cast) -> None:
    """One unread, one being read, one sent back, two rejected; a seat that is asked; a case that rests; a draft."""
    clerk, resident = viewer(cast.ref("clerk")), viewer(cast.ref(1))
    scene.submitted(cast)
    perform(proposals.send_back, clerk, _taken_up(cast), "请补一张现场照片。")
    perform(proposals.reject, clerk, _taken_up(cast), Rejection.PRIVATE_COST, "这是自家门里的事。")
    rejected = _taken_up(cast)
    perform(proposals.reject, clerk, rejected, Rejection.PRIVATE_COST, "这是自家门里的事。")
    perform(proposals.ask_second_look, resident, rejected, "整幢楼都要走这里。")
    _taken_up(cast)
    scene.asked(cast, scene.deliberating(cast), Role.LEGAL_ADVISER)
    perform(proposals.suspend, clerk, scene.deliberating(cast), "等大修工程排期。")
    for step in ("problem", "place", "wish", "upkeep"):
        keep(proposals.keep_draft, resident, "proposal/new", step, {step: "弄口的路灯坏了。"})
    keep(proposals.keep_photos, resident, "proposal/new", [scene.picture()])


def _taken_up(cast: Cast) -> Proposal:
    proposal = scene.submitted(cast)
    perform(proposals.take_up, viewer(cast.ref("clerk")), proposal)
    return proposal


def plans(cast: Cast) -> None:
    """A plan on the desk, one fixed; changes: one being written, one before the seats, one contested."""
    scene.drafted(cast, scene.advised(cast, scene.deliberating(cast)))
    scene.fixed(cast)
    _permitted(cast)
    _changed(cast)
    perform(proposals.put_change, viewer(cast.ref("clerk")), _changed(cast), "说清楚一点")
    proposal = _changed(cast)
    perform(proposals.put_change, viewer(cast.ref("clerk")), proposal, "说清楚一点")
    for seat, name in (("council", "council_member"), ("adviser", "legal_adviser")):
        put = proposal.changes[-1]
        perform(proposals.judge_change, viewer(cast.ref(name)), put, seat, ChangeClass.EDITORIAL, "只改了说法。")
    perform(proposals.fix_plan, viewer(cast.ref("clerk")), proposal)
    perform(proposals.contest_change, viewer(cast.ref(1)), proposal.versions[-1], "说法变了，意思也变了。")


def _permitted(cast: Cast) -> None:
    """A lift that uses the first household's own part: its paper was entered, and waits for a second person."""
    version = scene.fixed_lift(cast)
    part = next(permit for permit in version.permits if permit.unit_id is not None)
    holder, paper = cast.holders[0], scene.picture()
    clerk = viewer(cast.ref("clerk"))
    perform(proposals.enter_permit, clerk, part, holder, agrees=True, note="", paper=paper)


def _changed(cast: Cast) -> Proposal:
    clerk, proposal = viewer(cast.ref("clerk")), scene.consenting(cast).proposal
    perform(proposals.reopen_plan, clerk, proposal, "施工前想改一处")
    scene.drafted(cast, proposal, replace(scene.RAMP, description="三级台阶改成两段缓坡。"))
    return proposal


def gatherings(cast: Cast) -> Places:
    """Meetings: planned, announced for this evening, put off, begun, and over."""
    clerk, case = room.clerk(cast), scene.deliberating(cast)
    room.planned(cast, case, starts_at=TODAY + timedelta(days=9))
    tonight = _announced(cast, case, TODAY + timedelta(minutes=30))
    perform(meetings.postpone, clerk, _announced(cast, case, TODAY + timedelta(days=2)), "台风要来。")
    begun, over = _begun(cast, case), _begun(cast, case)
    perform(meetings.ask, viewer(cast.ref(2)), begun, "坡道会不会打滑？", Stance.ASKS)
    perform(meetings.end, clerk, over)
    perform(meetings.write_minutes, clerk, over, "施工队讲了坡度和扶手。", "按方案做。")
    return [(cast.ref(12), f"/meetings/{tonight.id}/door/{tonight.door_token}")]


def _announced(cast: Cast, case: Proposal, starts: datetime) -> Meeting:
    meeting = room.planned(cast, case, starts_at=starts)
    with clock.standing_at(starts - timedelta(days=8)):
        perform(meetings.post_notice, room.clerk(cast), meeting)
    return room.meeting_of(meeting.subject)


def _begun(cast: Cast, case: Proposal) -> Meeting:
    meeting = _announced(cast, case, TODAY - timedelta(hours=1))
    for household in range(1, 14):
        perform(meetings.sign_in, viewer(cast.ref(household)), meeting, SignInMethod.PHONE)
    perform(meetings.open_meeting, room.clerk(cast), meeting)
    return room.meeting_of(meeting.subject)


def hearings(cast: Cast) -> None:
    """Hearings, reviews and a coordination of which something is still to be done, each at another place."""
    case = scene.deliberating(cast)
    _agreed(cast, case)
    _registering(cast, case)
    _in_the_hall(cast, case)
    _heard(cast, case, MeetingKind.REVIEW)
    _heard(cast, case, MeetingKind.HEARING)


def _called(cast: Cast, case: Proposal, starts: datetime, **changes: object) -> Meeting:
    """A hearing whose notice hangs on the wall: neighbours sign up."""
    given: dict[str, object] = {"kind": MeetingKind.HEARING, "title": "坡道听证会", "agenda": hall.AGENDA}
    meeting = room.planned(cast, case, starts_at=starts, **(given | changes))
    clerk = room.clerk(cast)
    with clock.standing_at(starts - timedelta(days=8)):
        perform(meetings.post_notice, clerk, meeting)
        meeting = room.meeting_of(meeting.subject)
        assert meeting.notice is not None
        perform(notices.hang_up, clerk, meeting.notice, "弄堂口", scene.picture())
        perform(meetings.open_sign_up, clerk, meeting)
    return room.meeting_of(meeting.subject)


def _registering(cast: Cast, case: Proposal) -> None:
    """Hearings of the days to come: one takes sign-ups, one has drawn its delegates, one waits for its paper."""
    clerk = room.clerk(cast)
    for starts in (TODAY + timedelta(days=3), TODAY + timedelta(hours=21), TODAY + timedelta(hours=20)):
        meeting = _called(cast, case, starts, naming=Naming.DRAWN, wanted=7)
        with clock.standing_at(starts - timedelta(days=7)):
            for household in range(2, 11):
                perform(meetings.sign_up, viewer(cast.ref(household)), meeting, SignUpAs.DELEGATE)
            due = starts - timedelta(days=4)
            liaison = db.session.scalars(select(Account).where(Account.ref == cast.ref("subdistrict_liaison"))).one()
            perform(meetings.invite, clerk, meeting, "街道", liaison, "请说明", due)
            perform(meetings.invite, clerk, meeting, "绿化市容所", None, "请说明清运", due)
            perform(meetings.add_material, clerk, meeting, "坡道图纸", scene.picture())
    perform(meetings.draw_delegates, clerk, meeting, "271828")
    room.planned(cast, case, kind=MeetingKind.HEARING, naming=Naming.LISTED, starts_at=TODAY + timedelta(days=9))


def _in_the_hall(cast: Cast, case: Proposal) -> None:
    """A hearing that runs: hands are up, a poll runs, a voice note waits; and one in a break."""
    director = viewer(cast.ref("director"))
    for households in (range(1, 14), range(1, 10)):
        meeting = _called(cast, case, TODAY - timedelta(minutes=20))
        with clock.standing_at(TODAY - timedelta(minutes=30)):
            for household in households:
                perform(meetings.sign_in, viewer(cast.ref(household)), meeting, SignInMethod.PHONE)
        with clock.standing_at(TODAY - timedelta(minutes=15)):
            perform(meetings.open_meeting, director, meeting)
            for household in (2, 5):
                hall.raise_hand(cast, meeting, household)
            perform(meetings.ask, viewer(cast.ref(3)), meeting, "", Stance.AGAINST, voice=VOICE)
            if len(households) == 13:
                hall.poll(cast, meeting)
            else:
                perform(meetings.adjourn, director, meeting, "停电")


def _held(cast: Cast, meeting: Meeting, starts: datetime) -> Meeting:
    """All thirteen came, spoke, and the meeting ended."""
    director = viewer(cast.ref("director"))
    with clock.standing_at(starts):
        for household in range(1, 14):
            perform(meetings.sign_in, viewer(cast.ref(household)), meeting, SignInMethod.PHONE)
        perform(meetings.open_meeting, director, meeting)
        if meeting.template.grades:
            perform(meetings.open_poll, director, meeting, "满意吗？", (), PollKind.SATISFACTION)
            poll = hall.running(meeting)
            for household in range(1, 14):
                perform(meetings.vote, viewer(cast.ref(household)), poll, household % 3)
            perform(meetings.close_poll, director, poll)
        for household in (1, 12):
            perform(meetings.ask, viewer(cast.ref(household)), meeting, "坡度太陡。", Stance.WITH_CONDITIONS)
        perform(meetings.end, director, meeting)
        perform(meetings.write_minutes, room.clerk(cast), meeting, "听了意见。", "")
    return room.meeting_of(meeting.subject)


def _confirmed(cast: Cast, meeting: Meeting) -> Meeting:
    """Its minutes stand."""
    for who in ("director", 1, 2):
        version = room.meeting_of(meeting.subject).minutes
        assert version is not None
        perform(meetings.confirm_version, viewer(cast.ref(who)), version)
    perform(meetings.confirm_minutes, room.clerk(cast), room.meeting_of(meeting.subject))
    return room.meeting_of(meeting.subject)


def _agreed(cast: Cast, case: Proposal) -> None:
    """A coordination meeting whose parties sign now."""
    starts = TODAY - timedelta(days=3)
    meeting = room.planned(cast, case, starts_at=starts)
    with clock.standing_at(starts - timedelta(days=8)):
        perform(meetings.post_notice, room.clerk(cast), meeting)
    meeting = _held(cast, room.meeting_of(meeting.subject), starts)
    with clock.standing_at(starts + timedelta(hours=2)):
        for question in meeting.questions:
            perform(meetings.answer, room.clerk(cast), question, "会放缓。")
        perform(meetings.write_minutes, room.clerk(cast), meeting, "听了意见。", "坡度放缓。")
        meeting = _confirmed(cast, meeting)
    perform(meetings.sign_settlement, viewer(cast.ref(2)), meeting)


def _heard(cast: Cast, case: Proposal, kind: MeetingKind) -> None:
    """Two meetings of a kind: one whose minutes wait with a correction, one whose opinions are being answered.

    Of hearings a third one is closed, and its households are asked how satisfied they are.
    """
    clerk = room.clerk(cast)
    starts = TODAY - timedelta(days=1)
    fresh = _held(cast, _called(cast, case, starts, kind=kind), starts)
    perform(meetings.correct, viewer(cast.ref(1)), fresh.questions[0], "坡度太陡老人走不了。")
    for days, closes in ((5, False), (40, True)):
        starts = TODAY - timedelta(days=days)
        meeting = _held(cast, _called(cast, case, starts, kind=kind), starts)
        with clock.standing_at(starts + timedelta(hours=3)):
            meeting = _confirmed(cast, meeting)
            one, two = (question.id for question in meeting.questions)
            perform(meetings.group_opinions, clerk, meeting, "坡度", [one])
            perform(meetings.group_opinions, clerk, room.meeting_of(meeting.subject), "扶手", [two])
            perform(meetings.begin_answering, clerk, room.meeting_of(meeting.subject))
            answer = meetings.GroupAnswer(disposition=Disposition.PARTLY, reason="放缓一点", parts=("size",))
            perform(meetings.answer_group, clerk, hall.group(meeting, 1), answer)
            if closes and kind is MeetingKind.HEARING:
                perform(meetings.answer_group, clerk, hall.group(meeting, 2), answer)
                perform(meetings.close, clerk, room.meeting_of(meeting.subject), MeetingOutcome.PLAN, "做方案")
                day = (starts + timedelta(hours=3)).date()
                perform(meetings.note_completion, clerk, room.meeting_of(meeting.subject), day, "坡道装好")


def rolls(cast: Cast) -> None:
    """A roll that waits for a second person, one let in, one that somebody wants undone; a home that stands empty."""
    clerk, second = viewer(cast.ref("clerk")), viewer(cast.ref("second_clerk"))
    place, another = (office.estate(clerk, cast.neighbourhood, name) for name in ("新桥一苑", "新桥二苑"))
    perform(register.ask_undo, second, office.imported(clerk, second, place, office.made(office.ROWS)))
    office.imported(clerk, second, another, office.made(office.changed(0, area="60")))
    office.uploaded(clerk, another, office.made(office.changed(1, name="", area="many")))
    perform(
        register.mark_vacancy,
        viewer(cast.ref("director")),
        db.session.get_one(Unit, cast.units[12]),
        vacant=True,
        note="出国了",
    )


def fears(cast: Cast) -> None:
    """Three neighbours are afraid, one of them by telephone; one has an answer and has not said whether it will do."""
    ramp_case = db.session.scalars(select(Proposal).where(Proposal.title == ramp.TITLE)).one()
    for household, kind in ((1, Kind.LIGHT), (12, Kind.NOISE)):
        perform(concerns.raise_concern, viewer(cast.ref(household)), ramp_case, kind, "会不会太暗、太吵？")
    first = db.session.scalars(select(Concern).where(Concern.proposal == ramp_case).order_by(Concern.id)).first()
    assert first is not None
    measured = concerns.Answer(text="量过了。", measures=(Measure("井道到北窗", "3.00", "米"),))
    perform(concerns.answer, viewer(cast.ref("clerk")), first, measured)
    called = concerns.Telling(way=Way.PHONE, told_by="女儿", told_on=TODAY.date(), note="打到居委会，小王接的")
    told = viewer(cast.ref("block_officer"))
    perform(concerns.write_down, told, ramp_case, cast.units[5], Kind.PRIVACY, "窗口正对着坡道。", called)


def rounds_made(cast: Cast) -> None:
    """The block officer was sent to the stairwell of the open consent, and found somebody at home."""
    newest = db.session.scalars(select(func.max(ConsentCollection.id)).where(ConsentCollection.state == "open")).one()
    course = Course(cast, 0, newest or 0)
    visiting.send(course)
    visiting.note(course, 11, Outcome.LETTER, by="block_officer", happened_on=TODAY.date())


def objections(cast: Cast) -> None:
    """A general notice, and a publicity to which a neighbour objects."""
    clerk = viewer(cast.ref("clerk"))
    board.post(clerk, cast.neighbourhood)
    period = board.put_up(clerk, cast.neighbourhood, subject="proposal/2")
    perform(notices.object_to, viewer(cast.ref(1)), period, "坡道占了消防通道。")
