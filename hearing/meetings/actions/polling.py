"""Polling 表决: opened with the quorum taken again, one vote a delegate, paper read by two, counted at the close."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import func, select

from hearing.audit.fact import Fact
from hearing.clock import now
from hearing.db import db
from hearing.meetings import facts, queries, rules
from hearing.meetings.actions.parts import about, as_chair, as_staff, hold, hold_without_record, households, touch
from hearing.meetings.models import Meeting, MeetingMember, RoomBallot, RoomPaper, RoomPoll
from hearing.people.rules import Role
from hearing.people.viewer import Viewer
from hearing.refusal import Refused


def open_poll(
    by: Viewer,
    meeting: Meeting,
    question: str,
    options: Sequence[str],
    kind: rules.PollKind = rules.PollKind.OPTIONS,
) -> facts.RoomPollOpened:
    """The chair lets the delegates in the room choose; how satisfied they are has its own three grades.

    Raises NOT_THE_CHAIR, MEETING_ELSEWHERE, POLL_RUNNING, QUORUM_MISSING, or NOT_YOUR_SEAT of people.
    """
    meeting = hold(meeting)
    role = as_chair(by, meeting)
    running = queries.running_poll(meeting.id) is not None
    rules.may_open_poll(meeting.stands, present=meeting.inside, named=meeting.named, running=running)
    shown = tuple(rules.GRADE_LABELS.values()) if kind is rules.PollKind.SATISFACTION else tuple(options)
    earlier = db.session.scalars(select(func.count()).where(RoomPoll.meeting_id == meeting.id)).one()
    poll = RoomPoll(
        meeting=meeting,
        number=earlier + 1,
        kind=kind,
        question=question,
        options_json=json.dumps(shown, ensure_ascii=False),
        present=meeting.inside,
        named=meeting.named,
        opened_by=by.id,
        opened_at=now(),
    )
    db.session.add(poll)
    touch(meeting.id)
    return facts.RoomPollOpened(
        **about(by, role, meeting),
        number=poll.number,
        present=poll.present,
        named=poll.named,
        options=len(shown),
        question=question,
    )


def vote(by: Viewer, poll: RoomPoll, option: int) -> facts.RoomVoteCast:
    """A delegate votes on her phone, once.

    Raises POLL_ENDED, POLL_NOT_A_DELEGATE, NOT_IN_THE_ROOM, QUORUM_MISSING or POLL_VOTED_ALREADY.
    """
    meeting = hold_without_record(poll.meeting)
    own = [m for m in queries.own_memberships(by, meeting.id) if m.kind == rules.MemberKind.DELEGATE]
    member = next((each for each in own if each.inside), own[0] if own else None)
    _check(meeting, poll, member)
    assert member is not None  # `_check` has refused whoever is no delegate.
    seat = Role(member.role) if member.account_id and member.unit_id is None else Role.RESIDENT
    _cast(poll, member, option, rules.Channel.PHONE)
    return facts.RoomVoteCast(
        **about(by, seat, meeting),
        households=households([member]),
        number=poll.number,
        on_paper=False,
        question=poll.question,
        members=(member.key,),
    )


def read_paper(by: Viewer, poll: RoomPoll, member: MeetingMember, option: int) -> list[Fact]:
    """One of the staff reads a delegate's paper; when another one has read the same, it is her vote.

    Raises POLL_ENDED, POLL_NOT_A_DELEGATE, NOT_IN_THE_ROOM, QUORUM_MISSING, POLL_VOTED_ALREADY,
    POLL_PAPER_READ_ALREADY, or NOT_YOUR_SEAT of people.
    """
    meeting = hold(poll.meeting)
    role = as_staff(by, meeting)
    _check(meeting, poll, member if member.meeting_id == meeting.id else None)
    if queries.has_voted(poll.id, member.id):
        raise Refused(rules.Refusal.POLL_VOTED_ALREADY)
    poll.readings.append(RoomPaper(member=member, option=option, read_by=by.id, read_at=now()))
    db.session.flush()
    frame = {**about(by, role, meeting), "number": poll.number, "members": (member.key,)}
    done: list[Fact] = [facts.RoomPaperRead(**frame)]
    said = rules.agreed((each.read_by, each.option) for each in poll.readings if each.member_id == member.id)
    if said is not None:
        _cast(poll, member, said, rules.Channel.PAPER)
        told = {**frame, "households": households([member])}
        done.append(facts.RoomVoteCast(**told, on_paper=True, question=poll.question))
    touch(meeting.id)
    return done


def close_poll(by: Viewer, poll: RoomPoll) -> facts.RoomPollClosed:
    """The chair ends a poll, and it is counted; where the quorum was lost meanwhile it says nothing.

    Raises NOT_THE_CHAIR, POLL_ENDED, POLL_PAPERS_UNDECIDED, or NOT_YOUR_SEAT of people.
    """
    meeting = hold(poll.meeting)
    role = as_chair(by, meeting)
    db.session.refresh(poll, ("closed_at", "ballots", "readings"))
    if poll.closed_at is not None:
        raise Refused(rules.Refusal.POLL_ENDED)
    voted = {ballot.member_id for ballot in poll.ballots}
    found = rules.count(
        poll.options,
        [ballot.option for ballot in poll.ballots],
        paper=sum(ballot.channel == rules.Channel.PAPER for ballot in poll.ballots),
        undecided=len({reading.member_id for reading in poll.readings} - voted),
        present=meeting.inside,
        named=meeting.named,
    )
    poll.closed_at = now()
    poll.counted = json.dumps({"votes": found.votes, "paper": found.paper, "holds": found.holds})
    touch(meeting.id)
    return facts.RoomPollClosed(
        **about(by, role, meeting),
        number=poll.number,
        total=found.total,
        votes=found.votes,
        paper=found.paper,
        holds=found.holds,
        present=meeting.inside,
        named=meeting.named,
    )


def _check(meeting: Meeting, poll: RoomPoll, member: MeetingMember | None) -> None:
    """Whether a delegate may vote now. Raises as `vote`."""
    db.session.refresh(poll, ("closed_at",))
    there = queries.presence(meeting.id)
    rules.may_vote(
        meeting.stands,
        closed=poll.closed_at is not None,
        is_delegate=member is not None and member.kind == rules.MemberKind.DELEGATE,
        in_room=member is not None and member.inside,
        present=there.inside,
        named=there.named,
    )


def _cast(poll: RoomPoll, member: MeetingMember, option: int, channel: rules.Channel) -> None:
    """Write the vote. Raises POLL_VOTED_ALREADY, and POLL_ENDED for an option that is none."""
    if not 0 <= option < len(poll.options):
        raise Refused(rules.Refusal.POLL_ENDED)
    if queries.has_voted(poll.id, member.id):
        raise Refused(rules.Refusal.POLL_VOTED_ALREADY)
    db.session.add(RoomBallot(poll_id=poll.id, member_id=member.id, option=option, channel=channel, cast_at=now()))
    touch(poll.meeting_id)
    db.session.flush()
