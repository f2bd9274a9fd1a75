"""What the acts of meetings share: the lock, the frame of a fact, a step on, telling people, the room's counter."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select, update

from hearing.audit.fact import Actor
from hearing.clock import now
from hearing.db import db
from hearing.files import actions as files
from hearing.files.models import Evidence
from hearing.meetings import queries, rules
from hearing.meetings.models import LiveState, Meeting, MeetingMember, MeetingPhoto, MeetingStep
from hearing.notices import actions as notices
from hearing.people import outbox
from hearing.people.models import Account, Membership
from hearing.people.rules import FIELD_STAFF, Role, require_role
from hearing.people.viewer import Viewer
from hearing.refusal import N_
from hearing.web.pictures import Safe

INVITED = N_("请您参加%(kind_label)s，时间、地点和议题请看 %(url)s")
CHANGED = N_("您要参加的会议有变动，请看 %(url)s")
CHECK_MINUTES = N_("会议纪要写好了，请您看看有没有不对的地方 %(url)s")
DRAWN = N_("您被抽为代表，请准时参加 %(url)s")
ANSWERED = N_("您在会上提的意见有了答复，请看 %(url)s")


def hold(meeting: Meeting) -> Meeting:
    """Lock the meeting's row until the act is committed, and read the meeting anew."""
    db.session.execute(select(Meeting.id).where(Meeting.id == meeting.id).with_for_update())
    anew = queries.whole().where(Meeting.id == meeting.id).execution_options(populate_existing=True)
    return db.session.scalars(anew).unique().one()


def hold_without_record(meeting: Meeting) -> Meeting:
    """The same without its lists: for acts that a whole hall does within minutes."""
    db.session.refresh(meeting, with_for_update={"of": Meeting})
    return meeting


def about(by: Viewer, role: Role, meeting: Meeting) -> dict[str, Any]:
    """What every fact of a meeting names."""
    return {
        "actor": Actor(role=role.value, ref=by.account.ref),
        "scope": meeting.neighbourhood.slug,
        "subject": meeting.subject,
        "matter": meeting.proposal.matter,
    }


def as_staff(by: Viewer, meeting: Meeting) -> Role:
    """The seat from which somebody works on the meeting. Raises NOT_YOUR_SEAT of people."""
    role = notices.seat_of(by, meeting.neighbourhood_id)
    require_role(role, FIELD_STAFF)
    return role


def as_chair(by: Viewer, meeting: Meeting) -> Role:
    """The seat of whoever chairs. Raises NOT_THE_CHAIR, or NOT_YOUR_SEAT of people."""
    rules.must_chair(meeting.chair_id == by.id)
    held = by.seats_in(meeting.neighbourhood_id)
    role = next((role for role in Role if role in queries.CHAIRS and role in held), Role.RESIDENT)
    require_role(role, queries.CHAIRS)
    return role


def move_on(by: Viewer, meeting: Meeting, move: rules.Move, reason: str = "") -> Role:
    """Move the meeting on, and write down who did; the seat it was done from."""
    role, moment = notices.seat_of(by, meeting.neighbourhood_id), now()
    meeting.state = rules.next_state(meeting.stands, move, role=role, reason=reason, kind=meeting.sort)
    meeting.since = moment
    meeting.steps.append(
        MeetingStep(move=move, reason=reason, starts_at=meeting.starts_at, taken_by=by.id, role=role, taken_at=moment)
    )
    touch(meeting.id)
    return role


def touch(meeting_id: int) -> None:
    """Count up what phones in the room ask for: something that they show has changed."""
    counted = update(LiveState).where(LiveState.meeting_id == meeting_id).values(turn=LiveState.turn + 1)
    done = db.session.execute(counted.execution_options(synchronize_session=False))
    if not done.rowcount:  # type: ignore[attr-defined]
        db.session.add(LiveState(meeting_id=meeting_id, turn=1))
        db.session.flush()


def tell(meeting: Meeting, sentence: str, *, came: bool = False) -> None:
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
    label = meeting.kind_label
    for number in sorted(people):
        words = outbox.worded(people[number].language, label)
        outbox.tell(db.session, people[number], sentence, path=f"/meetings/{meeting.id}", kind_label=words)


def keep_photo(by: Viewer, meeting: Meeting, photo: Safe, kind: str) -> Evidence:
    """Keep a photo of the meeting or of a paper of it."""
    kept = keep_file(by, meeting, photo, kind)
    db.session.add(MeetingPhoto(meeting_id=meeting.id, evidence_id=kept.id))
    return kept


def keep_file(by: Viewer, meeting: Meeting, file: Safe, kind: str) -> Evidence:
    """Keep a file that belongs to the meeting."""
    return files.store(by, file.data, file.media_type, kind, meeting.proposal.matter, meeting.neighbourhood_id)


def households(members: Iterable[MeetingMember | None]) -> tuple[int, ...]:
    """The units in whose names these members came or spoke; a seat speaks for no household."""
    return tuple(member.unit_id for member in members if member is not None and member.unit_id is not None)
