"""Minutes 会议纪要: written, put right by those who were there, confirmed, frozen; what is owed from then on."""

from __future__ import annotations

from typing import Any

from hearing.clock import now
from hearing.db import db
from hearing.files.models import Evidence
from hearing.meetings import facts, queries, rules
from hearing.meetings.actions.parts import (
    CHECK_MINUTES,
    about,
    as_staff,
    hold,
    households,
    keep_file,
    move_on,
    tell,
)
from hearing.meetings.models import (
    Correction,
    Meeting,
    MeetingMember,
    MeetingQuestion,
    MinutesConfirmation,
    MinutesVersion,
)
from hearing.notices import actions as notices
from hearing.notices.holidays import work_calendar
from hearing.notices.rules import fingerprint
from hearing.people.rules import Role
from hearing.people.viewer import Viewer
from hearing.refusal import Refused
from hearing.web.pictures import Safe


def write_minutes(by: Viewer, meeting: Meeting, summary: str, settlement: str) -> facts.MinutesWritten:
    """Put a version of the minutes before those who were there: the record as it stands, with these words.

    Raises MEETING_ELSEWHERE, MINUTES_EMPTY, or NOT_YOUR_SEAT of people.
    """
    meeting = hold(meeting)
    role = as_staff(by, meeting)
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
        corrections_until=rules.corrections_until(moment, work_calendar()),
    )
    db.session.add(version)
    tell(meeting, CHECK_MINUTES, came=True)
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
    role = as_staff(by, meeting)
    came = member.meeting_id == meeting.id and member.came
    rules.may_confirm_version(meeting.stands, entitled=came, is_latest=_is_latest(meeting, version))
    kept = keep_file(by, meeting, photo, queries.MINUTES_PAPER)
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

    Raises MEETING_ELSEWHERE, QUESTIONS_UNANSWERED, CORRECTIONS_OPEN, MINUTES_UNCONFIRMED, MINUTES_OUTDATED when answers
    came in since it was written, or NOT_YOUR_SEAT of people.
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
            if not meeting.template.answers
        ],
        corrections=sum(each.decided_at is None for said in meeting.questions for each in said.corrections),
    )
    role = move_on(by, meeting, rules.Move.CONFIRM_MINUTES)
    if version is None:
        raise Refused(rules.Refusal.MINUTES_EMPTY)
    as_it_stands = queries.minutes_of(meeting, version.number, version.summary, version.settlement).text()
    if as_it_stands != version.content:
        raise Refused(rules.Refusal.MINUTES_OUTDATED)
    calendar = work_calendar()
    if meeting.template.answers:
        meeting.answers_due_at = rules.answers_due(meeting.since, calendar)
    if meeting.template.grades and rules.owes_plan(queries.graded(meeting.id)):
        meeting.rectification_due_at = rules.rectification_due(meeting.since, calendar)
    return facts.MinutesConfirmed(
        **about(by, role, meeting),
        version=version.number,
        minutes_hash=version.digest,
        objections=len(version.objections),
    )


def correct(by: Viewer, question: MeetingQuestion, text: str) -> facts.CorrectionAsked:
    """Whoever spoke says how her own words should stand, item by item, while the minutes are a draft.

    Raises MEETING_ELSEWHERE, CORRECTION_NOT_YOURS, MINUTES_OBJECTION_EMPTY, CORRECTION_WAITING or MINUTES_WINDOW_OVER.
    """
    meeting = hold(question.meeting)
    version = meeting.minutes
    rules.may_correct(
        meeting.stands,
        text,
        own=queries.is_own(by, question),
        until=version.corrections_until if version is not None else now(),
        now=now(),
        waiting=any(each.decided_at is None for each in question.corrections),
    )
    question.corrections.append(Correction(text=text, asked_by=by.id, asked_at=now()))
    return facts.CorrectionAsked(
        **about(by, Role.RESIDENT, meeting),
        households=households([question.member]),
        number=question.number,
        text=text,
    )


def decide_correction(by: Viewer, correction: Correction, *, accepts: bool, reply: str) -> facts.CorrectionDecided:
    """The desk takes a correction over, and writes the minutes anew; or says why not.

    Raises MEETING_ELSEWHERE, CORRECTION_DECIDED, ANSWER_EMPTY, or NOT_YOUR_SEAT of people.
    """
    meeting = hold(correction.question.meeting)
    role = as_staff(by, meeting)
    db.session.refresh(correction)
    decided = correction.decided_at is not None
    rules.may_decide_correction(meeting.stands, accepts=accepts, reply=reply, decided=decided)
    correction.accepted, correction.reply = accepts, reply
    correction.decided_by, correction.decided_at = by.id, now()
    return facts.CorrectionDecided(
        **about(by, role, meeting), number=correction.question.number, accepted=accepts, reply=reply
    )


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
        households=households([member]),
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
        households=households([member]),
        version=version.number,
        minutes_hash=version.digest,
        paper_hash=paper_hash,
        title=version.meeting.title,
        person=person,
        text=text,
    )
