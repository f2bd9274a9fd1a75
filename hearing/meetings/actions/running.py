"""Running a meeting 主持: opening, the next item, a break, handing over the chair, ending; and its photos."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from hearing.clock import now
from hearing.db import db
from hearing.meetings import facts, queries, rules
from hearing.meetings.actions.parts import about, as_chair, as_staff, hold, keep_photo, move_on, touch
from hearing.meetings.models import Meeting
from hearing.people.models import Account
from hearing.people.rules import Role, require_role
from hearing.people.viewer import Viewer
from hearing.web.pictures import Safe


def open_meeting(by: Viewer, meeting: Meeting) -> facts.MeetingOpened:
    """Begin, when two thirds of the delegates have signed in.

    Raises MEETING_ELSEWHERE, MEETING_TOO_EARLY, TOO_FEW_DELEGATES, QUORUM_MISSING, or NOT_YOUR_SEAT of people.
    """
    meeting = hold(meeting)
    role = move_on(by, meeting, rules.Move.OPEN)
    rules.check_hour(meeting.starts_at, meeting.since)
    rules.check_delegates(meeting.named, meeting.sort)
    rules.check_quorum(meeting.inside, meeting.named)
    meeting.opened_at = meeting.since
    if meeting.items:
        meeting.items[0].started_at = meeting.since
    return facts.MeetingOpened(**about(by, role, meeting), named=meeting.named, present=meeting.present)


def end(by: Viewer, meeting: Meeting) -> facts.MeetingEnded:
    """End the meeting; from now on its minutes are written.

    Raises MEETING_ELSEWHERE, POLL_STILL_RUNNING, or NOT_YOUR_SEAT of people.
    """
    meeting = hold(meeting)
    role = move_on(by, meeting, rules.Move.END)
    rules.check_no_poll(running=queries.running_poll(meeting.id) is not None)
    meeting.ended_at = meeting.since
    if meeting.item is not None:
        meeting.item.ended_at = meeting.since
    return facts.MeetingEnded(
        **about(by, role, meeting), named=meeting.named, present=meeting.present, questions=len(meeting.questions)
    )


def add_photos(by: Viewer, meeting: Meeting, photos: Sequence[Safe]) -> facts.PhotoAdded:
    """Keep photos of the meeting. Raises NOT_YOUR_SEAT of people."""
    role = as_staff(by, meeting)
    kept = [keep_photo(by, meeting, photo, queries.PHOTO) for photo in photos]
    return facts.PhotoAdded(**about(by, role, meeting), photo_hashes=tuple(each.sha256 for each in kept))


def next_item(by: Viewer, meeting: Meeting) -> facts.ItemBegun:
    """The chair goes on to the next item. Raises MEETING_ELSEWHERE, NOT_THE_CHAIR or AGENDA_OVER."""
    meeting = hold(meeting)
    role = as_chair(by, meeting)
    waiting = [item for item in meeting.items if item.started_at is None]
    rules.may_go_on(meeting.stands, items_left=len(waiting))
    moment = now()
    if meeting.item is not None:
        meeting.item.ended_at = moment
    item = waiting[0]
    item.started_at = moment
    touch(meeting.id)
    return facts.ItemBegun(**about(by, role, meeting), number=item.position + 1, minutes=item.minutes, title=item.title)


def adjourn(by: Viewer, meeting: Meeting, reason: str) -> facts.MeetingAdjourned:
    """Interrupt a meeting. Raises MEETING_ELSEWHERE, MEETING_REASON_MISSING, POLL_STILL_RUNNING, NOT_YOUR_SEAT."""
    meeting = hold(meeting)
    role = move_on(by, meeting, rules.Move.ADJOURN, reason)
    rules.check_no_poll(running=queries.running_poll(meeting.id) is not None)
    return facts.MeetingAdjourned(**about(by, role, meeting), reason=reason)


def resume(by: Viewer, meeting: Meeting) -> facts.MeetingResumed:
    """Go on, with the quorum taken again. Raises MEETING_ELSEWHERE, QUORUM_MISSING, or NOT_YOUR_SEAT of people."""
    meeting = hold(meeting)
    role = move_on(by, meeting, rules.Move.RESUME)
    rules.check_quorum(meeting.inside, meeting.named)
    return facts.MeetingResumed(**about(by, role, meeting), named=meeting.named, present=meeting.inside)


def take_chair(by: Viewer, meeting: Meeting, reason: str) -> facts.ChairTaken:
    """Somebody else who may chair takes over: one person chairs at a time, and everybody sees who.

    Raises MEETING_ELSEWHERE, MEETING_REASON_MISSING, IN_THE_CHAIR_ALREADY, or NOT_YOUR_SEAT of people.
    """
    meeting = hold(meeting)
    held = by.seats_in(meeting.neighbourhood_id)
    role = next((role for role in Role if role in queries.CHAIRS and role in held), Role.RESIDENT)
    require_role(role, queries.CHAIRS)
    rules.may_take_chair(meeting.stands, chairs=meeting.chair_id == by.id, reason=reason)
    meeting.chair = db.session.scalars(select(Account).where(Account.id == by.id)).one()
    touch(meeting.id)
    return facts.ChairTaken(**about(by, role, meeting), reason=reason, person=f"account/{by.id}")
