"""Preparing 会前: who signs up, which agencies are asked, what can be read beforehand, the draw of delegates."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from hearing.clock import now
from hearing.db import db
from hearing.files.models import Evidence
from hearing.meetings import facts, queries, rules
from hearing.meetings.actions.parts import DRAWN, INVITED, about, as_staff, hold, keep_file, touch
from hearing.meetings.models import Draw, Invitation, Material, Meeting, MeetingMember, SignUp
from hearing.notices import actions as notices
from hearing.people import outbox
from hearing.people.models import Account
from hearing.people.rules import COMMITTEE, FIELD_STAFF, Role, require_role
from hearing.people.viewer import Viewer
from hearing.refusal import Refused
from hearing.web.pictures import Safe


def sign_up(by: Viewer, meeting: Meeting, wanted: rules.SignUpAs, topic: str = "") -> facts.SignedUp:
    """A neighbour signs up as delegate, speaker or observer; of one household one person wants to be drawn.

    Raises SIGN_UP_NOT_OPEN, SIGN_UP_OVER, NOT_FROM_HERE, SIGN_UP_FULL or SIGNED_UP_BEFORE.
    """
    meeting = hold(meeting)
    standing = queries.sign_ups(meeting.id)
    home = queries.membership_in(by, meeting)
    rules.may_sign_up(
        meeting.stands,
        wanted,
        starts_at=meeting.starts_at,
        now=now(),
        lives_here=home is not None,
        observers=sum(each.wanted == rules.SignUpAs.OBSERVER for each in standing),
    )
    if home is None:
        raise Refused(rules.Refusal.NOT_FROM_HERE)
    as_delegate = wanted is rules.SignUpAs.DELEGATE
    taken = any(
        each.account_id == by.id or (as_delegate and each.wanted == wanted and each.unit_id == home.unit_id)
        for each in standing
    )
    if taken:
        raise Refused(rules.Refusal.SIGNED_UP_BEFORE)
    stairwell = home.unit.stairwell
    entry = SignUp(
        meeting=meeting,
        number=queries.next_sign_up(meeting.id),
        account_id=by.id,
        unit_id=home.unit_id,
        holder_id=home.holder_id,
        wanted=wanted,
        stairwell=f"{stairwell.building.name} {stairwell.name}".strip()[:60],
        topic=topic,
        signed_up_at=now(),
    )
    db.session.add(entry)
    touch(meeting.id)
    return facts.SignedUp(
        **about(by, Role.RESIDENT, meeting),
        households=(home.unit_id,),
        number=entry.number,
        as_label=rules.SIGN_UP_LABELS[wanted],
        title=meeting.title,
        topic=topic,
    )


def take_back(by: Viewer, entry: SignUp) -> facts.SignUpTakenBack:
    """A neighbour does not come after all. Raises SIGN_UP_GONE or SIGN_UP_OVER."""
    meeting = hold(entry.meeting)
    db.session.refresh(entry, ["taken_back_at"])
    if entry.taken_back_at is not None or entry.account_id != by.id:
        raise Refused(rules.Refusal.SIGN_UP_GONE)
    if meeting.stands not in rules.BEFORE or now() >= rules.sign_up_closes(meeting.starts_at):
        raise Refused(rules.Refusal.SIGN_UP_OVER)
    entry.taken_back_at = now()
    touch(meeting.id)
    return facts.SignUpTakenBack(
        **about(by, Role.RESIDENT, meeting), households=(entry.unit_id,), number=entry.number, title=meeting.title
    )


def invite(
    by: Viewer, meeting: Meeting, office: str, liaison: Account | None, words: str, due_at: datetime
) -> facts.AgencyInvited:
    """Ask an agency to come, and to answer by a day; its liaison is told.

    Raises MEETING_ELSEWHERE, INVITATION_DUE_WRONG, INVITED_BEFORE, or NOT_YOUR_SEAT of people.
    """
    meeting = hold(meeting)
    role = notices.seat_of(by, meeting.neighbourhood_id)
    require_role(role, COMMITTEE)
    moment = now()
    rules.may_invite(meeting.stands, due_at=due_at, starts_at=meeting.starts_at, now=moment)
    db.session.add(
        Invitation(
            meeting=meeting,
            office=office,
            account_id=liaison.id if liaison is not None else None,
            about=words,
            due_at=due_at,
            invited_by=by.id,
            invited_at=moment,
        )
    )
    if liaison is not None:
        label = outbox.worded(liaison.language, meeting.kind_label)
        outbox.tell(db.session, liaison, INVITED, path=f"/meetings/{meeting.id}", kind_label=label)
    touch(meeting.id)
    return facts.AgencyInvited(**about(by, role, meeting), office=office, due_at=due_at, about=words)


@dataclass(frozen=True, kw_only=True)
class AgencyAnswer:
    """What an agency answers."""

    reply: rules.Reply
    words: str = ""
    letter: Safe | None = None


def reply_to_invitation(by: Viewer, invitation: Invitation, answer: AgencyAnswer) -> facts.AgencyReplied:
    """The agency's liaison answers, or the desk enters its letter; also late, which stays to be read.

    Raises INVITATION_NOT_YOURS, INVITATION_ANSWERED, INVITATION_WITHOUT_WORDS or MEETING_ELSEWHERE.
    """
    meeting = hold(invitation.meeting)
    db.session.refresh(invitation, ["reply", "replied_at"])
    seat = notices.seat_of(by, meeting.neighbourhood_id)
    own = invitation.account_id == by.id
    rules.may_answer_invitation(
        meeting.stands,
        answer.reply,
        answer.words,
        entitled=own or seat in FIELD_STAFF,
        replied=bool(invitation.reply),
    )
    held = by.seats_in(meeting.neighbourhood_id)
    role = seat if seat in FIELD_STAFF else next((role for role in Role if role in held), Role.RESIDENT)
    moment = now()
    kept = keep_file(by, meeting, answer.letter, queries.LETTER) if answer.letter is not None else None
    invitation.reply, invitation.words = answer.reply, answer.words
    invitation.letter_id = kept.id if kept is not None else None
    invitation.replied_by, invitation.replied_at = by.id, moment
    touch(meeting.id)
    return facts.AgencyReplied(
        **about(by, role, meeting),
        office=invitation.office,
        reply_label=rules.REPLY_LABELS[answer.reply],
        after_deadline=moment >= invitation.due_at,
        letter_hash=kept.sha256 if kept is not None else "",
        words=answer.words,
    )


def add_material(by: Viewer, meeting: Meeting, title: str, file: Safe) -> facts.MaterialAdded:
    """Publish a paper that can be read beforehand. Raises MEETING_ELSEWHERE or NOT_YOUR_SEAT of people."""
    meeting = hold(meeting)
    role = as_staff(by, meeting)
    if meeting.stands in (rules.State.CANCELLED, rules.State.CLOSED):
        raise Refused(rules.Refusal.MEETING_ELSEWHERE)
    kept: Evidence = keep_file(by, meeting, file, queries.MATERIAL)
    db.session.add(Material(meeting_id=meeting.id, title=title, evidence_id=kept.id, added_by=by.id, added_at=now()))
    touch(meeting.id)
    return facts.MaterialAdded(**about(by, role, meeting), file_hash=kept.sha256, title=title)


def draw_delegates(by: Viewer, meeting: Meeting, called: str) -> facts.DelegatesDrawn:
    """Draw the delegates from those who signed up for it, with what was called out; whoever is drawn is told.

    Raises MEETING_ELSEWHERE, DRAWN_BEFORE, DRAW_TOO_EARLY, DRAW_SEED_SHORT, DRAW_WITHOUT_VOLUNTEERS, or NOT_YOUR_SEAT
    of people.
    """
    meeting = hold(meeting)
    role = notices.seat_of(by, meeting.neighbourhood_id)
    require_role(role, COMMITTEE)
    if meeting.stands is not rules.State.REGISTERING or meeting.naming != rules.Naming.DRAWN:
        raise Refused(rules.Refusal.MEETING_ELSEWHERE)
    moment = now()
    rules.may_draw(meeting.starts_at, moment, drawn=queries.draw_of(meeting.id) is not None)
    entries = {each.number: each for each in queries.volunteers(meeting.id)}
    listed = [rules.Volunteer(each.number, each.stairwell) for each in entries.values()]
    hashed = rules.list_hash(listed)
    drawn = rules.draw(listed, meeting.wanted, rules.seed_of(hashed, called))
    db.session.add(
        Draw(
            meeting_id=meeting.id,
            volunteers=json.dumps([[each.number, each.stairwell] for each in listed], ensure_ascii=False),
            list_hash=hashed,
            called=called.strip(),
            seats=len(drawn.delegates),
            order=json.dumps([*drawn.delegates, *drawn.reserves]),
            drawn_by=by.id,
            drawn_at=moment,
        )
    )
    for number in drawn.delegates:
        _name_volunteer(meeting, entries[number])
    meeting.named = len(meeting.delegates)
    touch(meeting.id)
    return facts.DelegatesDrawn(
        **about(by, role, meeting),
        volunteers=len(listed),
        drawn=len(drawn.delegates),
        list_hash=hashed,
        seed=drawn.seed,
        numbers=(*drawn.delegates, *drawn.reserves),
    )


def _name_volunteer(meeting: Meeting, entry: SignUp) -> None:
    """Put a drawn volunteer on the list, by the register where it knows her; tell her."""
    on_register = entry.holder_id is not None
    key = f"holder/{entry.holder_id}" if on_register else f"account/{entry.account_id}"
    if any(member.key == key for member in meeting.members):
        return
    meeting.members.append(
        MeetingMember(
            key=key,
            kind=rules.MemberKind.DELEGATE,
            position=len(meeting.delegates),
            holder_id=entry.holder_id,
            account_id=None if on_register else entry.account_id,
            unit_id=entry.unit_id,
            role=Role.RESIDENT,
        )
    )
    outbox.tell(db.session, entry.account, DRAWN, path=f"/meetings/{meeting.id}")
