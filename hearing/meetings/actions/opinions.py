"""Opinions 提问和意见: asked before and in the meeting, or said afterwards; typed, spoken, or sent as one's voice."""

from __future__ import annotations

from typing import Any

from hearing.clock import now
from hearing.db import db
from hearing.files.models import Evidence
from hearing.meetings import facts, queries, rules
from hearing.meetings.actions.parts import about, as_staff, hold, hold_without_record, households, keep_file, touch
from hearing.meetings.models import Meeting, MeetingAnswer, MeetingMember, MeetingQuestion, Wording
from hearing.people.rules import Role
from hearing.people.viewer import Viewer
from hearing.places.models import Unit
from hearing.places.rules import UnitUse
from hearing.refusal import Refused
from hearing.web.pictures import Safe


def ask(
    by: Viewer,
    meeting: Meeting,
    text: str,
    stance: rules.Stance,
    *,
    anonymous: bool = False,
    voice: Safe | None = None,
) -> facts.QuestionAsked:
    """A neighbour or an invited seat asks or says something; after the meeting it is kept as 会后意见.

    Raises QUESTIONS_CLOSED, LATE_OPINIONS_OVER, QUESTION_EMPTY, or VOICE_OR_WORDS.
    """
    meeting = hold_without_record(meeting)
    late = _check(meeting, text, voice)
    own = queries.own_memberships(by, meeting.id)
    seat = next((Role(member.role) for member in own if member.account_id), Role.RESIDENT)
    home = own[0].unit if own else queries.home_of(by, meeting)
    kept = keep_file(by, meeting, voice, queries.VOICE) if voice is not None else None
    question = _question(
        meeting,
        role=seat,
        unit=home if seat is Role.RESIDENT else None,
        speaks=rules.speaks_as(seat, UnitUse(home.use) if home is not None else None),
        text=text,
        stance=stance,
        anonymous=anonymous,
        late=late,
        voice_id=kept.id if kept else None,
        asked_by=by.id,
        member_id=own[0].id if own else None,
    )
    return _asked(about(by, seat, meeting), question, kept)


def record_question(
    by: Viewer,
    meeting: Meeting,
    member: MeetingMember | None,
    text: str,
    stance: rules.Stance,
    *,
    speaks: rules.Speaks | None = None,
    anonymous: bool = False,
    voice: Safe | None = None,
) -> facts.QuestionAsked:
    """Staff record what somebody says in the room; without a member, a neighbour who sits in.

    Without `speaks` the capacity is the member's own. Raises QUESTIONS_CLOSED, LATE_OPINIONS_OVER, QUESTION_EMPTY,
    VOICE_OR_WORDS, or NOT_YOUR_SEAT of people.
    """
    meeting = hold(meeting)
    role = as_staff(by, meeting)
    late = _check(meeting, text, voice)
    seat = Role(member.role) if member is not None else Role.RESIDENT
    unit = member.unit if member is not None else None
    kept = keep_file(by, meeting, voice, queries.VOICE) if voice is not None else None
    question = _question(
        meeting,
        role=seat,
        unit=unit,
        speaks=speaks or rules.speaks_as(seat, UnitUse(unit.use) if unit is not None else None),
        text=text,
        stance=stance,
        anonymous=anonymous,
        late=late,
        voice_id=kept.id if kept else None,
        recorded_by=by.id,
        member_id=member.id if member is not None else None,
    )
    return _asked(about(by, role, meeting), question, kept)


def word_voice(by: Viewer, question: MeetingQuestion, text: str) -> facts.VoiceWorded:
    """Staff write down what somebody says on her voice note; both are kept.

    Raises MEETING_ELSEWHERE where there is no voice, VOICE_WORDED_ALREADY, QUESTION_EMPTY, or NOT_YOUR_SEAT of people.
    """
    meeting = hold(question.meeting)
    role = as_staff(by, meeting)
    if question.voice_id is None:
        raise Refused(rules.Refusal.MEETING_ELSEWHERE)
    if question.wording is not None:
        raise Refused(rules.Refusal.VOICE_WORDED_ALREADY)
    if not text.strip():
        raise Refused(rules.Refusal.QUESTION_EMPTY)
    question.wording = Wording(text=text, written_by=by.id, written_at=now())
    touch(meeting.id)
    voice = db.session.get_one(Evidence, question.voice_id)
    return facts.VoiceWorded(
        **about(by, role, meeting),
        households=households([question.member]),
        number=question.number,
        voice_hash=voice.sha256,
        text=text,
    )


def answer(by: Viewer, question: MeetingQuestion, text: str) -> facts.QuestionAnswered:
    """A seat, the desk or the proposer answers. Raises NOT_YOURS_TO_ANSWER, MEETING_ELSEWHERE or ANSWER_EMPTY."""
    meeting = hold(question.meeting)
    role = queries.answering_role(by, meeting)
    if role is None:
        raise Refused(rules.Refusal.NOT_YOURS_TO_ANSWER)
    rules.may_answer_question(meeting.stands, text)
    db.session.add(MeetingAnswer(question=question, text=text, role=role, answered_by=by.id, answered_at=now()))
    touch(meeting.id)
    return facts.QuestionAnswered(**about(by, role, meeting), number=question.number, text=text)


def _check(meeting: Meeting, text: str, voice: Safe | None) -> bool:
    """Whether what is said comes late; a voice may stand for the words. Raises as `ask`."""
    words = text or ("…" if voice is not None else "")
    if rules.comes_late(meeting.stands, meeting.sort):
        if not words.strip():
            raise Refused(rules.Refusal.VOICE_OR_WORDS)
        return True
    rules.may_ask(meeting.stands, words)
    return False


def _question(meeting: Meeting, *, role: Role, unit: Unit | None, **given: Any) -> MeetingQuestion:
    floor = queries.floor_of(unit) if unit is not None else ""
    question = MeetingQuestion(
        meeting=meeting, number=meeting.next_question, role=role, floor=floor, asked_at=now(), **given
    )
    db.session.add(question)
    meeting.next_question += 1
    touch(meeting.id)
    db.session.flush()
    return question


def _asked(frame: dict[str, Any], question: MeetingQuestion, voice: Evidence | None) -> facts.QuestionAsked:
    return facts.QuestionAsked(
        **frame,
        number=question.number,
        recorded=question.recorded_by is not None,
        stance=question.stance,
        late=question.late,
        voice_hash=voice.sha256 if voice is not None else "",
        title=question.meeting.title,
        text=question.text,
        households=households([question.member]),
        member=question.member.key if question.member is not None else "",
    )
