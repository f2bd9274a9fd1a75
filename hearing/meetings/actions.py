"""What may be done with a meeting: plan it, announce it, sign in, ask, answer, write its minutes and confirm them."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from hearing.audit.fact import Actor
from hearing.clock import now
from hearing.concerns.models import Concern
from hearing.concerns.queries import involved
from hearing.db import db
from hearing.files import actions as files
from hearing.files.models import Evidence
from hearing.meetings import facts, queries, rules
from hearing.meetings.models import (
    Attendance,
    Meeting,
    MeetingAnswer,
    MeetingMember,
    MeetingPhoto,
    MeetingQuestion,
    MeetingStep,
    MinutesConfirmation,
    MinutesVersion,
)
from hearing.notices import actions as notices
from hearing.notices.models import Notice
from hearing.notices.rules import NoticeKind, WorkCalendar, fingerprint
from hearing.people import outbox
from hearing.people.models import Account, Membership, Seat
from hearing.people.rules import COMMITTEE, FIELD_STAFF, ROLE_LABELS, Role, require_role
from hearing.people.viewer import Viewer
from hearing.places.models import Building, Unit
from hearing.printing import words
from hearing.proposals.actions.moving import lock
from hearing.proposals.models import Proposal
from hearing.refusal import N_, Refused
from hearing.web.pictures import Safe

INVITED = N_("请您参加协调会，时间、地点和议题请看 %(url)s")
CHANGED = N_("您要参加的协调会有变动，请看 %(url)s")
CHECK_MINUTES = N_("协调会纪要写好了，请您看看有没有不对的地方 %(url)s")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What the committee decides before a meeting is announced."""

    title: str
    place: str
    starts_at: datetime
    agenda: str
    building: Building
    chair: Account
    recorder: Account
    seats: Sequence[Seat]
    """The seats that are invited."""


# Before.


def plan(by: Viewer, proposal: Proposal, wanted: Plan) -> facts.MeetingPlanned:
    """Plan a coordination meeting on a case; nobody is told yet.

    Raises CASE_DOES_NOT_MEET or NOT_YOUR_SEAT of people.
    """
    role = notices.seat_of(by, proposal.neighbourhood_id)
    require_role(role, COMMITTEE)
    rules.may_plan(proposal.stands)
    meeting = Meeting(
        proposal=proposal,
        neighbourhood=proposal.neighbourhood,
        kind=rules.Kind.COORDINATION,
        state=rules.State.DRAFT,
        since=now(),
        door_token=secrets.token_urlsafe(12),
    )
    _lay_down(meeting, wanted)
    db.session.add(meeting)
    db.session.flush()
    return _planned(by, role, meeting)


def plan_about(by: Viewer, concern: Concern) -> facts.MeetingPlanned:
    """Plan a coordination meeting about a concern with what is likely: its parties, and who was named or answered.

    It is a draft like any other: day, place and seats are looked over before it is announced. Raises
    CASE_DOES_NOT_MEET, MEETING_ABOUT_IT, or NOT_YOUR_SEAT of people.
    """
    lock(concern.proposal)
    if queries.running_about(concern.id) is not None:
        raise Refused(rules.Refusal.MEETING_ABOUT_IT)
    db.session.refresh(concern)
    place, label = concern.neighbourhood, concern.label
    wanted = Plan(
        title=f"“{concern.proposal.title[:90]}”{label}协调会",
        place=place.office[:60],
        starts_at=rules.likely_hour(now()),
        agenda=f"商量“{label}”方面的顾虑怎样解决：量出来的数、能改的地方、补偿。",
        building=concern.unit.stairwell.building,
        chair=by.account,
        recorder=by.account,
        seats=involved(concern),
    )
    done = plan(by, concern.proposal, wanted)
    db.session.get_one(Meeting, int(done.subject.removeprefix("meeting/"))).concern_id = concern.id
    return done


def change_plan(by: Viewer, meeting: Meeting, wanted: Plan) -> facts.MeetingPlanned:
    """Change a meeting that nobody has been told of. Raises MEETING_ELSEWHERE or NOT_YOUR_SEAT of people."""
    meeting = hold(meeting)
    role = notices.seat_of(by, meeting.neighbourhood_id)
    rules.next_state(meeting.stands, rules.Move.POST_NOTICE, role=role)
    meeting.members.clear()
    db.session.flush()
    _lay_down(meeting, wanted)
    return _planned(by, role, meeting)


def post_notice(by: Viewer, meeting: Meeting) -> facts.MeetingNoticed:
    """Announce a meeting a week before: name its delegates from the register, post the notice, tell everybody named.

    Raises MEETING_ELSEWHERE, NOBODY_NAMED, NOTICE_TOO_LATE of notices, or NOT_YOUR_SEAT of people.
    """
    meeting = hold(meeting)
    role = _move(by, meeting, rules.Move.POST_NOTICE)
    _name_delegates(meeting)
    notice = _announce(by, meeting, rules.NOTICE_DAYS)
    _tell(meeting, INVITED)
    return facts.MeetingNoticed(
        **about(by, role, meeting), starts_at=meeting.starts_at, named=meeting.named, notice_hash=notice.digest
    )


def postpone(by: Viewer, meeting: Meeting, reason: str) -> facts.MeetingPostponed:
    """Put a meeting off; its notice comes down, and everybody named is told.

    Raises MEETING_ELSEWHERE, MEETING_REASON_MISSING, or NOT_YOUR_SEAT of people.
    """
    meeting = hold(meeting)
    role = _move(by, meeting, rules.Move.POSTPONE, reason)
    _take_notice_down(by, meeting, reason)
    _tell(meeting, CHANGED)
    return facts.MeetingPostponed(**about(by, role, meeting), reason=reason)


def set_new_date(by: Viewer, meeting: Meeting, starts_at: datetime, place: str) -> facts.MeetingSetAnew:
    """Give a postponed meeting its new date, with a new notice; everybody named is told.

    Raises MEETING_ELSEWHERE, NEW_DATE_TOO_SOON, or NOT_YOUR_SEAT of people.
    """
    meeting = hold(meeting)
    rules.next_state(meeting.stands, rules.Move.SET_NEW_DATE, role=notices.seat_of(by, meeting.neighbourhood_id))
    rules.may_set_new_date(now(), starts_at)
    meeting.starts_at, meeting.place = starts_at, place
    role = _move(by, meeting, rules.Move.SET_NEW_DATE)
    notice = _announce(by, meeting, rules.POSTPONED_BY_DAYS)
    _tell(meeting, CHANGED)
    return facts.MeetingSetAnew(
        **about(by, role, meeting), starts_at=starts_at, named=meeting.named, notice_hash=notice.digest
    )


def cancel(by: Viewer, meeting: Meeting, reason: str) -> facts.MeetingCancelled | facts.MeetingDropped:
    """Call a meeting off; whoever was told of it is told again.

    Raises MEETING_ELSEWHERE, MEETING_REASON_MISSING, or NOT_YOUR_SEAT of people.
    """
    meeting = hold(meeting)
    role = _move(by, meeting, rules.Move.CANCEL, reason)
    if not meeting.is_public:
        return facts.MeetingDropped(**about(by, role, meeting), reason=reason)
    _take_notice_down(by, meeting, reason)
    _tell(meeting, CHANGED)
    return facts.MeetingCancelled(**about(by, role, meeting), reason=reason)


# In the room.


def sign_in(by: Viewer, meeting: Meeting, method: rules.SignInMethod) -> facts.SignedIn:
    """Somebody who is named signs in on her own phone, for herself or for her household.

    Raises NOT_A_DELEGATE, MEETING_ELSEWHERE, MEETING_TOO_EARLY or SIGNED_IN_BEFORE.
    """
    meeting = hold(meeting)
    own = queries.memberships(by, meeting)
    rules.may_sign_in(meeting.stands, method, role=Role.RESIDENT, is_delegate=bool(own))
    rules.check_hour(meeting.starts_at, now())
    waiting = [member for member in own if member.attendance is None]
    if not waiting:
        raise Refused(rules.Refusal.SIGNED_IN_BEFORE)
    family = not any(member.account_id == by.id or member.holder_id in by.holder_ids for member in waiting)
    for member in waiting:
        _came(by, member, method, by_family=family)
    seat = next((Role(member.role) for member in waiting if member.account_id), Role.RESIDENT)
    return facts.SignedIn(
        **about(by, seat, meeting),
        households=_households(waiting),
        method=method.value,
        title=meeting.title,
        members=tuple(member.key for member in waiting),
        by_family=family,
    )


def sign_in_on_paper(
    by: Viewer, meeting: Meeting, member_ids: Collection[int], photo: Safe | None
) -> facts.SignedInOnPaper:
    """Staff tick who signed the paper list; whoever has signed in already stays as she is.

    Raises NOBODY_TICKED, NOT_A_DELEGATE, MEETING_ELSEWHERE, MEETING_TOO_EARLY, SIGNED_IN_BEFORE or NOT_YOUR_SEAT of
    people.
    """
    meeting = hold(meeting)
    role = notices.seat_of(by, meeting.neighbourhood_id)
    if not member_ids:
        raise Refused(rules.Refusal.NOBODY_TICKED)
    ticked = [member for member in meeting.members if member.id in set(member_ids)]
    known = len(ticked) == len(set(member_ids))
    rules.may_sign_in(meeting.stands, rules.SignInMethod.PAPER, role=role, is_delegate=known)
    rules.check_hour(meeting.starts_at, now())
    waiting = [member for member in ticked if member.attendance is None]
    if not waiting:
        raise Refused(rules.Refusal.SIGNED_IN_BEFORE)
    kept = _photo(by, meeting, photo, queries.SIGN_IN_PAPER) if photo is not None else None
    for member in waiting:
        _came(by, member, rules.SignInMethod.PAPER, by_family=False)
    return facts.SignedInOnPaper(
        **about(by, role, meeting),
        households=_households(waiting),
        count=len(waiting),
        paper_hash=kept.sha256 if kept else "",
        members=tuple(member.key for member in waiting),
    )


def set_aside_within(meeting: Meeting, unit_id: int) -> None:
    """A household says that nobody of it signed in: until that is checked, it does not count as having come.

    Raises MEETING_ELSEWHERE once the minutes are confirmed, or NOT_A_DELEGATE.
    """
    meeting = hold(meeting)
    if meeting.stands is rules.State.MINUTES_CONFIRMED:
        raise Refused(rules.Refusal.MEETING_ELSEWHERE)
    ours = [member for member in meeting.members if member.unit_id == unit_id and member.attendance is not None]
    if not ours:
        raise Refused(rules.Refusal.NOT_A_DELEGATE)
    for member in ours:
        member.denied_at = now()


def settle_denied_within(meeting: Meeting, unit_id: int, *, genuine: bool) -> None:
    """The check is over: the household came, or its sign-in goes on not to count."""
    for member in hold(meeting).members:
        if genuine and member.unit_id == unit_id:
            member.denied_at = None


def open_meeting(by: Viewer, meeting: Meeting) -> facts.MeetingOpened:
    """Begin, when two thirds of the delegates have signed in.

    Raises MEETING_ELSEWHERE, MEETING_TOO_EARLY, QUORUM_MISSING, or NOT_YOUR_SEAT of people.
    """
    meeting = hold(meeting)
    role = _move(by, meeting, rules.Move.OPEN)
    rules.check_hour(meeting.starts_at, meeting.since)
    rules.check_quorum(meeting.present, meeting.named)
    meeting.opened_at = meeting.since
    return facts.MeetingOpened(**about(by, role, meeting), named=meeting.named, present=meeting.present)


def end(by: Viewer, meeting: Meeting) -> facts.MeetingEnded:
    """End the meeting; from now on its minutes are written. Raises MEETING_ELSEWHERE or NOT_YOUR_SEAT of people."""
    meeting = hold(meeting)
    role = _move(by, meeting, rules.Move.END)
    meeting.ended_at = meeting.since
    return facts.MeetingEnded(
        **about(by, role, meeting), named=meeting.named, present=meeting.present, questions=len(meeting.questions)
    )


def ask(by: Viewer, meeting: Meeting, text: str, stance: rules.Stance) -> facts.QuestionAsked:
    """A neighbour or an invited seat asks, before or in the meeting. Raises QUESTIONS_CLOSED or QUESTION_EMPTY."""
    meeting = hold(meeting)
    rules.may_ask(meeting.stands, text)
    own = queries.memberships(by, meeting)
    seat = next((Role(member.role) for member in own if member.account_id), Role.RESIDENT)
    unit = own[0].unit if own and seat is Role.RESIDENT else None
    question = _question(
        meeting, role=seat, unit=unit, text=text, stance=stance, asked_by=by.id, member_id=own[0].id if own else None
    )
    return _asked(about(by, seat, meeting), question)


def record_question(
    by: Viewer, meeting: Meeting, member: MeetingMember | None, text: str, stance: rules.Stance
) -> facts.QuestionAsked:
    """Staff record what somebody says in the room; without a member, a neighbour who sits in.

    Raises QUESTIONS_CLOSED, QUESTION_EMPTY, or NOT_YOUR_SEAT of people.
    """
    meeting = hold(meeting)
    role = notices.seat_of(by, meeting.neighbourhood_id)
    require_role(role, FIELD_STAFF)
    rules.may_ask(meeting.stands, text)
    seat = Role(member.role) if member is not None else Role.RESIDENT
    question = _question(
        meeting,
        role=seat,
        unit=member.unit if member is not None else None,
        text=text,
        stance=stance,
        recorded_by=by.id,
        member_id=member.id if member is not None else None,
    )
    return _asked(about(by, role, meeting), question)


def answer(by: Viewer, question: MeetingQuestion, text: str) -> facts.QuestionAnswered:
    """A seat, the desk or the proposer answers. Raises NOT_YOURS_TO_ANSWER, MEETING_ELSEWHERE or ANSWER_EMPTY."""
    meeting = hold(question.meeting)
    role = queries.answering_role(by, meeting)
    if role is None:
        raise Refused(rules.Refusal.NOT_YOURS_TO_ANSWER)
    rules.may_answer_question(meeting.stands, text)
    db.session.add(MeetingAnswer(question=question, text=text, role=role, answered_by=by.id, answered_at=now()))
    return facts.QuestionAnswered(**about(by, role, meeting), number=question.number, text=text)


def add_photos(by: Viewer, meeting: Meeting, photos: Sequence[Safe]) -> facts.PhotoAdded:
    """Keep photos of the meeting. Raises NOT_YOUR_SEAT of people."""
    role = notices.seat_of(by, meeting.neighbourhood_id)
    require_role(role, FIELD_STAFF)
    kept = [_photo(by, meeting, photo, queries.PHOTO) for photo in photos]
    return facts.PhotoAdded(**about(by, role, meeting), photo_hashes=tuple(each.sha256 for each in kept))


# After.


def write_minutes(by: Viewer, meeting: Meeting, summary: str, settlement: str) -> facts.MinutesWritten:
    """Put a version of the minutes before those who were there: the record as it stands, with these words.

    Raises MEETING_ELSEWHERE, MINUTES_EMPTY, or NOT_YOUR_SEAT of people.
    """
    meeting = hold(meeting)
    role = notices.seat_of(by, meeting.neighbourhood_id)
    require_role(role, FIELD_STAFF)
    rules.may_write_minutes(meeting.stands, summary)
    number, moment = len(meeting.versions) + 1, now()
    text = queries.minutes_of(meeting, number, summary, settlement).text()
    version = MinutesVersion(
        meeting=meeting,
        number=number,
        summary=summary,
        settlement=settlement,
        content=text,
        digest=fingerprint(text),
        written_by=by.id,
        written_at=moment,
        corrections_until=rules.corrections_until(moment, WorkCalendar()),
    )
    db.session.add(version)
    _tell(meeting, CHECK_MINUTES, came=True)
    return facts.MinutesWritten(**about(by, role, meeting), version=number, minutes_hash=version.digest)


def confirm_version(by: Viewer, version: MinutesVersion) -> facts.MinutesAttested:
    """The chair, or somebody who was there, says that a version is right.

    Raises MINUTES_NOT_YOURS, MINUTES_OUTDATED, MINUTES_CONFIRMED_BEFORE or MEETING_ELSEWHERE.
    """
    meeting = hold(version.meeting)
    person, member = queries.person_key(by, meeting)
    chairs = by.id == meeting.chair_id
    came = member is not None and member.came
    rules.may_confirm_version(meeting.stands, entitled=chairs or came, is_latest=_is_latest(meeting, version))
    _word(version, person, member, by, chairs=chairs)
    role = notices.seat_of(by, meeting.neighbourhood_id) if chairs else Role.RESIDENT
    return _attested(about(by, role, meeting), version, person, member, chairs, "")


def enter_word(
    by: Viewer, version: MinutesVersion, member: MeetingMember, photo: Safe, objection: str
) -> facts.MinutesAttested | facts.MinutesContested:
    """Staff enter a delegate's word from the printed minutes that she signed: right as it is, or what is wrong.

    Raises MINUTES_NOT_YOURS, MINUTES_OUTDATED, MINUTES_CONFIRMED_BEFORE, MEETING_ELSEWHERE or NOT_YOUR_SEAT of people.
    """
    meeting = hold(version.meeting)
    role = notices.seat_of(by, meeting.neighbourhood_id)
    require_role(role, FIELD_STAFF)
    came = member.meeting_id == meeting.id and member.came
    rules.may_confirm_version(meeting.stands, entitled=came, is_latest=_is_latest(meeting, version))
    kept = files.store(
        by, photo.data, photo.media_type, queries.MINUTES_PAPER, meeting.proposal.matter, meeting.neighbourhood_id
    )
    _word(version, member.key, member, by, objection=objection, paper=kept)
    if objection:
        return _contested(about(by, role, meeting), version, member.key, member, objection, kept.sha256)
    return _attested(about(by, role, meeting), version, member.key, member, False, kept.sha256)


def contest_version(by: Viewer, version: MinutesVersion, text: str) -> facts.MinutesContested:
    """Somebody who was named, or the chair, says what is wrong with a version.

    Raises MINUTES_NOT_YOURS, MINUTES_OBJECTION_EMPTY, MINUTES_WINDOW_OVER, MINUTES_CONFIRMED_BEFORE, MEETING_ELSEWHERE.
    """
    meeting = hold(version.meeting)
    person, member = queries.person_key(by, meeting)
    chairs = by.id == meeting.chair_id
    rules.may_object_to_minutes(
        meeting.stands,
        text,
        entitled=chairs or member is not None,
        until=version.corrections_until,
        now=now(),
    )
    _word(version, person, member, by, chairs=chairs, objection=text)
    role = notices.seat_of(by, meeting.neighbourhood_id) if chairs else Role.RESIDENT
    return _contested(about(by, role, meeting), version, person, member, text, "")


def confirm_minutes(by: Viewer, meeting: Meeting) -> facts.MinutesConfirmed:
    """Let the latest version stand for good, when the chair and two delegates have confirmed it.

    Raises MEETING_ELSEWHERE, QUESTIONS_UNANSWERED, MINUTES_UNCONFIRMED, MINUTES_OUTDATED when answers came in since it
    was written, or NOT_YOUR_SEAT of people.
    """
    meeting = hold(meeting)
    version = meeting.minutes
    confirmed = [word for word in version.confirmations if not word.objection] if version is not None else []
    rules.may_confirm_minutes(
        chair=queries.chair_key(meeting),
        confirmed_by=[word.person for word in confirmed if word.is_chair or _is_delegate(word)],
        questions=[
            rules.Question(question.text, question.answers[-1].text if question.answers else "")
            for question in meeting.questions
        ],
    )
    role = _move(by, meeting, rules.Move.CONFIRM_MINUTES)
    if version is None:
        raise Refused(rules.Refusal.MINUTES_EMPTY)
    as_it_stands = queries.minutes_of(meeting, version.number, version.summary, version.settlement).text()
    if as_it_stands != version.content:
        raise Refused(rules.Refusal.MINUTES_OUTDATED)
    return facts.MinutesConfirmed(
        **about(by, role, meeting),
        version=version.number,
        minutes_hash=version.digest,
        objections=len(version.objections),
    )


# Parts.


def hold(meeting: Meeting) -> Meeting:
    """Lock the meeting's row until the act is committed, and read the meeting anew."""
    db.session.execute(select(Meeting.id).where(Meeting.id == meeting.id).with_for_update())
    anew = queries.whole().where(Meeting.id == meeting.id).execution_options(populate_existing=True)
    return db.session.scalars(anew).unique().one()


def about(by: Viewer, role: Role, meeting: Meeting) -> dict[str, Any]:
    """What every fact of a meeting names."""
    return {
        "actor": Actor(role=role.value, ref=by.account.ref),
        "scope": meeting.neighbourhood.slug,
        "subject": meeting.subject,
        "matter": meeting.proposal.matter,
    }


def _lay_down(meeting: Meeting, wanted: Plan) -> None:
    meeting.title, meeting.place, meeting.starts_at = wanted.title, wanted.place, wanted.starts_at
    meeting.agenda, meeting.building = wanted.agenda, wanted.building
    meeting.chair, meeting.recorder = wanted.chair, wanted.recorder
    for position, seat in enumerate(wanted.seats):
        meeting.members.append(
            MeetingMember(
                key=f"seat/{seat.role}/{seat.account_id}",
                kind=rules.MemberKind.SEAT,
                position=10_000 + position,
                account_id=seat.account_id,
                role=seat.role,
            )
        )


def _planned(by: Viewer, role: Role, meeting: Meeting) -> facts.MeetingPlanned:
    return facts.MeetingPlanned(
        **about(by, role, meeting), title=meeting.title, starts_at=meeting.starts_at, place=meeting.place
    )


def _name_delegates(meeting: Meeting) -> None:
    """Name the delegates as the register has them now. Raises NOBODY_NAMED."""
    found = queries.delegates_of(meeting)
    if not found:
        raise Refused(rules.Refusal.NOBODY_NAMED)
    for position, delegate in enumerate(found):
        meeting.members.append(
            MeetingMember(
                key=f"holder/{delegate.holder.id}",
                kind=rules.MemberKind.DELEGATE,
                position=position,
                holder=delegate.holder,
                unit=delegate.unit,
                capacity=delegate.capacity,
                role=Role.RESIDENT,
            )
        )
    meeting.named = len(found)


def _announce(by: Viewer, meeting: Meeting, lead_days: int) -> Notice:
    """Post the notice of the meeting as it now stands (wording: domain.md 3.2)."""
    place = meeting.neighbourhood
    invited = "、".join(dict.fromkeys(ROLE_LABELS[Role(seat.role)] for seat in meeting.seats))
    notice = notices.post_within(
        by,
        neighbourhood=place,
        matter=meeting.proposal.matter,
        kind=NoticeKind.MEETING,
        title=f"关于“{meeting.proposal.title}”召开协调会的公告",
        body="请名单上的邻居准时参加；来不了的，可以请家里人来，也可以先在网上提问。其他邻居可以旁听。",
        lines=[
            ("时间", words.deadline(meeting.starts_at)),
            ("地点", meeting.place),
            ("议题", meeting.agenda),
            ("参加人员", _called(meeting) + (f"；{invited}" if invited else "")),
        ],
        takes_effect_at=meeting.starts_at,
        lead_days=lead_days,
    )
    meeting.notice = notice
    db.session.flush()
    return notice


def _called(meeting: Meeting) -> str:
    """Who is called, as the board says it: of a meeting about a concern, its parties and no more."""
    return "有关各方" if meeting.concern_id is not None else f"{meeting.building.name} {meeting.named} 人"


def _take_notice_down(by: Viewer, meeting: Meeting, reason: str) -> None:
    if meeting.notice is not None and meeting.notice.withdrawal is None:
        notices.take_down_within(by, meeting.notice, reason)


def _move(by: Viewer, meeting: Meeting, move: rules.Move, reason: str = "") -> Role:
    """Move the meeting on, and write down who did; the seat it was done from."""
    role, moment = notices.seat_of(by, meeting.neighbourhood_id), now()
    meeting.state = rules.next_state(meeting.stands, move, role=role, reason=reason)
    meeting.since = moment
    meeting.steps.append(
        MeetingStep(move=move, reason=reason, starts_at=meeting.starts_at, taken_by=by.id, role=role, taken_at=moment)
    )
    return role


def _tell(meeting: Meeting, sentence: str, *, came: bool = False) -> None:
    """Write to those named who have an account; with `came`, to those alone who were there."""
    members = [member for member in meeting.members if member.attendance is not None or not came]
    holders = [member.holder_id for member in members if member.holder_id is not None]
    theirs = (
        select(Account)
        .join(Account.memberships)
        .where(Membership.holder_id.in_(holders), Membership.left_at.is_(None), Account.disabled_at.is_(None))
    )
    people = {account.id: account for account in db.session.scalars(theirs).unique()}
    people |= {member.account.id: member.account for member in members if member.account is not None}
    for number in sorted(people):
        outbox.tell(db.session, people[number], sentence, path=f"/meetings/{meeting.id}")


def _came(by: Viewer, member: MeetingMember, method: rules.SignInMethod, *, by_family: bool) -> None:
    member.attendance = Attendance(method=method, by_family=by_family, signed_in_at=now(), entered_by=by.id)


def _question(meeting: Meeting, *, role: Role, unit: Unit | None, **given: Any) -> MeetingQuestion:
    floor = queries.floor_of(unit) if unit is not None else ""
    question = MeetingQuestion(number=meeting.next_question, role=role, floor=floor, asked_at=now(), **given)
    meeting.questions.append(question)
    meeting.next_question += 1
    db.session.flush()
    return question


def _asked(frame: dict[str, Any], question: MeetingQuestion) -> facts.QuestionAsked:
    return facts.QuestionAsked(
        **frame,
        number=question.number,
        recorded=question.recorded_by is not None,
        stance=question.stance,
        title=question.meeting.title,
        text=question.text,
        households=_households([question.member]),
        member=question.member.key if question.member is not None else "",
    )


def _photo(by: Viewer, meeting: Meeting, photo: Safe, kind: str) -> Evidence:
    kept = files.store(by, photo.data, photo.media_type, kind, meeting.proposal.matter, meeting.neighbourhood_id)
    db.session.add(MeetingPhoto(meeting_id=meeting.id, evidence_id=kept.id))
    return kept


def _households(members: Iterable[MeetingMember | None]) -> tuple[int, ...]:
    """The units in whose names these members came or spoke; a seat speaks for no household."""
    return tuple(member.unit_id for member in members if member is not None and member.unit_id is not None)


def _is_latest(meeting: Meeting, version: MinutesVersion) -> bool:
    return meeting.minutes is not None and meeting.minutes.id == version.id


def _is_delegate(word: MinutesConfirmation) -> bool:
    return word.member is not None and word.member.kind == rules.MemberKind.DELEGATE


def _word(
    version: MinutesVersion,
    person: str,
    member: MeetingMember | None,
    by: Viewer,
    *,
    chairs: bool = False,
    objection: str = "",
    paper: Evidence | None = None,
) -> None:
    version.confirmations.append(
        MinutesConfirmation(
            person=person,
            member=member,
            is_chair=chairs,
            objection=objection,
            paper_id=paper.id if paper is not None else None,
            entered_by=by.id,
            confirmed_at=now(),
        )
    )


def _attested(
    frame: dict[str, Any],
    version: MinutesVersion,
    person: str,
    member: MeetingMember | None,
    chairs: bool,
    paper_hash: str,
) -> facts.MinutesAttested:
    return facts.MinutesAttested(
        **frame,
        households=_households([member]),
        version=version.number,
        minutes_hash=version.digest,
        chair=chairs,
        paper_hash=paper_hash,
        title=version.meeting.title,
        person=person,
    )


def _contested(
    frame: dict[str, Any],
    version: MinutesVersion,
    person: str,
    member: MeetingMember | None,
    text: str,
    paper_hash: str,
) -> facts.MinutesContested:
    return facts.MinutesContested(
        **frame,
        households=_households([member]),
        version=version.number,
        minutes_hash=version.digest,
        paper_hash=paper_hash,
        title=version.meeting.title,
        person=person,
        text=text,
    )
