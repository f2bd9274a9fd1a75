"""Settling and following up: parties sign, a reviewed unit files its plan, households say later how it is."""

from __future__ import annotations

from datetime import date

from hearing.clock import now
from hearing.db import db
from hearing.meetings import facts, queries, rules
from hearing.meetings.actions.parts import about, as_staff, hold, households, keep_file
from hearing.meetings.models import Completion, Meeting, MeetingMember, Rectification, Satisfaction, SettlementSignature
from hearing.notices import actions as notices
from hearing.people.rules import COMMITTEE, Role, require_role
from hearing.people.viewer import Viewer
from hearing.refusal import Refused
from hearing.web.pictures import Safe


def sign_settlement(by: Viewer, meeting: Meeting) -> facts.SettlementSigned:
    """A party who came signs on her own phone what the minutes say was settled, or that nothing was.

    Raises MEETING_ELSEWHERE, SETTLEMENT_NOT_YOURS or SETTLEMENT_SIGNED_BEFORE.
    """
    meeting = hold(meeting)
    came = [member for member in queries.memberships(by, meeting) if member.came]
    own = [member for member in came if member.account_id == by.id or member.holder_id in by.holder_ids]
    return _sign(by, Role.RESIDENT, meeting, own[0] if own else None)


def enter_signature(
    by: Viewer, meeting: Meeting, member: MeetingMember, photo: Safe | None, refused_because: str
) -> facts.SettlementSigned:
    """Staff enter a party's signature from the signed page, or why she would not sign.

    Raises as `sign_settlement`, MEETING_REASON_MISSING without page and reason, or NOT_YOUR_SEAT of people.
    """
    meeting = hold(meeting)
    role = as_staff(by, meeting)
    if photo is None and not refused_because.strip():
        raise Refused(rules.Refusal.MEETING_REASON_MISSING)
    there = member if member.meeting_id == meeting.id and member.came else None
    return _sign(by, role, meeting, there, photo, refused_because.strip())


def _sign(
    by: Viewer,
    role: Role,
    meeting: Meeting,
    member: MeetingMember | None,
    photo: Safe | None = None,
    refused_because: str = "",
) -> facts.SettlementSigned:
    signed = {signature.member_id for signature in queries.signatures(meeting.id)}
    rules.may_sign_settlement(
        meeting.stands,
        came=member is not None and meeting.template.settles,
        signed=member is not None and member.id in signed,
    )
    version = meeting.minutes
    if member is None or version is None:
        raise Refused(rules.Refusal.SETTLEMENT_NOT_YOURS)
    kept = keep_file(by, meeting, photo, queries.SETTLEMENT_PAPER) if photo is not None else None
    db.session.add(
        SettlementSignature(
            meeting_id=meeting.id,
            member_id=member.id,
            minutes_hash=version.digest,
            refused_because=refused_because,
            paper_id=kept.id if kept is not None else None,
            entered_by=by.id,
            signed_at=now(),
        )
    )
    return facts.SettlementSigned(
        **about(by, role, meeting),
        households=households([member]),
        minutes_hash=version.digest,
        settled=bool(version.settlement),
        refused=bool(refused_because),
        paper_hash=kept.sha256 if kept is not None else "",
        title=meeting.title,
        members=(member.key,),
        why=refused_because,
    )


def file_rectification(by: Viewer, meeting: Meeting, text: str, paper: Safe | None) -> facts.RectificationFiled:
    """The desk files the plan that the reviewed unit handed in; also late, which stays to be read.

    Raises MEETING_ELSEWHERE, RECTIFICATION_EMPTY, RECTIFICATION_FILED, or NOT_YOUR_SEAT of people.
    """
    meeting = hold(meeting)
    role = as_staff(by, meeting)
    if not meeting.template.grades:
        raise Refused(rules.Refusal.MEETING_ELSEWHERE)
    rules.may_file_plan(meeting.stands, text, filed=queries.rectification(meeting.id) is not None)
    moment = now()
    due_at = meeting.rectification_due_at
    late = due_at is not None and rules.is_plan_overdue(due_at, moment, filed=False)
    kept = keep_file(by, meeting, paper, queries.LETTER) if paper is not None else None
    db.session.add(
        Rectification(
            meeting_id=meeting.id,
            text=text,
            paper_id=kept.id if kept is not None else None,
            after_deadline=late,
            filed_by=by.id,
            filed_at=moment,
        )
    )
    return facts.RectificationFiled(
        **about(by, role, meeting),
        after_deadline=late,
        paper_hash=kept.sha256 if kept is not None else "",
        plan=text,
    )


def note_completion(by: Viewer, meeting: Meeting, day: date, what: str) -> facts.CompletionNoted:
    """What the meeting led to is done: thirty days later its neighbours are asked.

    Raises MEETING_ELSEWHERE, COMPLETED_IN_FUTURE, FOLLOW_UP_SET, or NOT_YOUR_SEAT of people.
    """
    meeting = hold(meeting)
    role = notices.seat_of(by, meeting.neighbourhood_id)
    require_role(role, COMMITTEE)
    if meeting.stands is not rules.State.CLOSED:
        raise Refused(rules.Refusal.MEETING_ELSEWHERE)
    moment = now()
    rules.may_complete(day, moment)
    if queries.completion(meeting.id) is not None:
        raise Refused(rules.Refusal.FOLLOW_UP_SET)
    done = Completion(meeting_id=meeting.id, completed_on=day.isoformat(), what=what, noted_by=by.id, noted_at=moment)
    db.session.add(done)
    return facts.CompletionNoted(
        **about(by, role, meeting), completed_on=done.completed_on, opens_at=done.window[0], what=what
    )


def give_satisfaction(by: Viewer, meeting: Meeting, grade: rules.Grade, words: str) -> facts.SatisfactionGiven:
    """A household says how satisfied it is, once, in the days when it is asked.

    Raises MEETING_ELSEWHERE, FOLLOW_UP_NOT_YOURS, FOLLOW_UP_TOO_EARLY, FOLLOW_UP_OVER or FOLLOW_UP_ANSWERED.
    """
    meeting = hold(meeting)
    done = queries.completion(meeting.id)
    if done is None:
        raise Refused(rules.Refusal.MEETING_ELSEWHERE)
    home = queries.membership_in(by, meeting)
    rules.may_follow_up(done.day, now(), entitled=home is not None)
    if home is None:
        raise Refused(rules.Refusal.FOLLOW_UP_NOT_YOURS)
    db.session.add(
        Satisfaction(
            meeting_id=meeting.id, unit_id=home.unit_id, grade=grade, words=words, given_by=by.id, given_at=now()
        )
    )
    return facts.SatisfactionGiven(
        **about(by, Role.RESIDENT, meeting),
        households=(home.unit_id,),
        title=meeting.title,
        grade_label=rules.GRADE_LABELS[grade],
        words=words,
    )
