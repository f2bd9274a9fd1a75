"""Attending 签到: by phone, by the code at the door, by the paper list; leaving, and being back."""

from __future__ import annotations

from collections.abc import Collection

from hearing.clock import now
from hearing.meetings import facts, queries, rules
from hearing.meetings.actions.parts import about, as_staff, hold, hold_without_record, households, keep_photo, touch
from hearing.meetings.models import Attendance, Meeting, MeetingMember
from hearing.notices import actions as notices
from hearing.people.rules import Role
from hearing.people.viewer import Viewer
from hearing.refusal import Refused
from hearing.web.pictures import Safe


def sign_in(by: Viewer, meeting: Meeting, method: rules.SignInMethod) -> facts.SignedIn:
    """Somebody who is named signs in on her own phone, for herself or for her household.

    Raises NOT_A_DELEGATE, MEETING_ELSEWHERE, MEETING_TOO_EARLY or SIGNED_IN_BEFORE.
    """
    meeting = hold_without_record(meeting)
    own = queries.own_memberships(by, meeting.id)
    rules.may_sign_in(meeting.stands, method, role=Role.RESIDENT, is_delegate=bool(own))
    rules.check_hour(meeting.starts_at, now())
    waiting = [member for member in own if member.attendance is None]
    if not waiting:
        raise Refused(rules.Refusal.SIGNED_IN_BEFORE)
    family = not any(member.account_id == by.id or member.holder_id in by.holder_ids for member in waiting)
    for member in waiting:
        _came(by, member, method, by_family=family)
    touch(meeting.id)
    seat = next((Role(member.role) for member in waiting if member.account_id), Role.RESIDENT)
    return facts.SignedIn(
        **about(by, seat, meeting),
        households=households(waiting),
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
    kept = keep_photo(by, meeting, photo, queries.SIGN_IN_PAPER) if photo is not None else None
    for member in waiting:
        _came(by, member, rules.SignInMethod.PAPER, by_family=False)
    touch(meeting.id)
    return facts.SignedInOnPaper(
        **about(by, role, meeting),
        households=households(waiting),
        count=len(waiting),
        paper_hash=kept.sha256 if kept else "",
        members=tuple(member.key for member in waiting),
    )


def set_aside_within(meeting: Meeting, unit_id: int) -> None:
    """A household says that nobody of it signed in: until that is checked, it does not count as having come.

    Raises MEETING_ELSEWHERE once the minutes are confirmed, or NOT_A_DELEGATE.
    """
    meeting = hold(meeting)
    if meeting.stands in rules.STANDING:
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


def come_and_go(by: Viewer, meeting: Meeting, member: MeetingMember, *, leaves: bool) -> facts.CameOrWent:
    """Staff at the door note that somebody leaves, or is back: the quorum counts who is in the room.

    Raises MEETING_ELSEWHERE, NOT_IN_THE_ROOM, LEFT_ALREADY, or NOT_YOUR_SEAT of people.
    """
    meeting = hold(meeting)
    role = as_staff(by, meeting)
    rules.may_come_and_go(meeting.stands, signed_in=member.came, away=member.left_at is not None, leaves=leaves)
    member.left_at = now() if leaves else None
    hand = queries.hand_of(meeting.id, f"member/{member.id}") if leaves else None
    if hand is not None:
        hand.ended_at = member.left_at
    touch(meeting.id)
    return facts.CameOrWent(
        **about(by, role, meeting),
        households=households([member]),
        leaves=leaves,
        present=meeting.inside,
        members=(member.key,),
    )


def _came(by: Viewer, member: MeetingMember, method: rules.SignInMethod, *, by_family: bool) -> None:
    member.attendances.append(
        Attendance(
            method=method,
            by_family=by_family,
            session=member.meeting.session,
            signed_in_at=now(),
            entered_by=by.id,
        )
    )
