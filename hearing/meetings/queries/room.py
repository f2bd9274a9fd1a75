"""Reads of the room: the counter that phones ask for, the queue, the polls, who is who among those present."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from hearing.clock import database_now
from hearing.db import db
from hearing.meetings import rules
from hearing.meetings.models import (
    AgendaItem,
    Attendance,
    Hand,
    LiveState,
    Meeting,
    MeetingMember,
    MeetingQuestion,
    RoomBallot,
    RoomPoll,
    SignUp,
)
from hearing.people.rules import ROLE_LABELS, Role, mask_name
from hearing.people.viewer import Viewer
from hearing.places.models import Stairwell, Unit
from hearing.proposals.models import Proposal

LATEST = 5
"""Opinions that the room's pages show."""


@dataclass(frozen=True)
class Pulse:
    """What the room's pages ask every five seconds, in one statement."""

    meeting_id: int
    neighbourhood_id: int
    state: rules.State
    turn: int
    queue_turn: int
    now: datetime
    item: str
    item_number: int
    items: int
    minutes_left: int | None

    @property
    def is_live(self) -> bool:
        """Whether anything can still change in the room."""
        return self.state in rules.ANNOUNCED | rules.ROOM

    @property
    def mark(self) -> str:
        """What a page shows of it: the same mark, the same page."""
        return f"{self.turn}.{'' if self.minutes_left is None else self.minutes_left}"


_EVERY_ITEM = aliased(AgendaItem)
# Hundreds of phones ask it every five seconds, so it is built once.
_PULSE = (
    select(
        Meeting.neighbourhood_id,
        Meeting.state,
        func.coalesce(LiveState.turn, 0).label("turn"),
        func.coalesce(LiveState.queue_turn, 0).label("queue_turn"),
        database_now().label("now"),
        AgendaItem.title,
        AgendaItem.position,
        AgendaItem.minutes,
        AgendaItem.started_at,
        select(func.count(_EVERY_ITEM.id))
        .where(_EVERY_ITEM.meeting_id == bindparam("meeting_id"))
        .scalar_subquery()
        .label("items"),
    )
    .select_from(Meeting)
    .join(Proposal, (Proposal.id == Meeting.proposal_id) & Proposal.accepted_at.is_not(None))
    .outerjoin(LiveState, LiveState.meeting_id == Meeting.id)
    .outerjoin(
        AgendaItem,
        (AgendaItem.meeting_id == Meeting.id) & AgendaItem.started_at.is_not(None) & AgendaItem.ended_at.is_(None),
    )
    .where(Meeting.id == bindparam("meeting_id"), Meeting.notice_id.is_not(None))
    .limit(1)
)


def pulse(meeting_id: int) -> Pulse | None:
    """How the room of an announced meeting stands now."""
    row = db.session.execute(_PULSE, {"meeting_id": meeting_id}).one_or_none()
    if row is None:
        return None
    left = rules.minutes_left(row.started_at, row.minutes, row.now) if row.started_at is not None else None
    return Pulse(
        meeting_id=meeting_id,
        neighbourhood_id=row.neighbourhood_id,
        state=rules.State(row.state),
        turn=row.turn,
        queue_turn=row.queue_turn,
        now=row.now,
        item=row.title or "",
        item_number=row.position + 1 if row.started_at is not None else 0,
        items=row.items,
        minutes_left=left,
    )


def state_of(meeting_id: int) -> str:
    """Where a meeting stands now, read anew."""
    return db.session.scalars(select(Meeting.state).where(Meeting.id == meeting_id)).one()


@dataclass(frozen=True)
class Presence:
    """How many of the delegates came, and how many are in the room."""

    named: int
    came: int
    inside: int

    @property
    def needed(self) -> int:
        """The least number that makes a quorum."""
        return rules.needed(self.named) if self.named else 0

    @property
    def is_enough(self) -> bool:
        """Whether there is a quorum in the room now."""
        return rules.has_quorum(self.inside, self.named)


def presence(meeting_id: int) -> Presence:
    """Who is there, in one statement and without a name."""
    query = (
        select(
            Meeting.named,
            func.count(Attendance.id).label("came"),
            func.count(Attendance.id).filter(MeetingMember.left_at.is_(None)).label("inside"),
        )
        .select_from(Meeting)
        .outerjoin(
            MeetingMember,
            (MeetingMember.meeting_id == Meeting.id)
            & (MeetingMember.kind == rules.MemberKind.DELEGATE.value)
            & MeetingMember.denied_at.is_(None),
        )
        .outerjoin(Attendance, (Attendance.member_id == MeetingMember.id) & (Attendance.session == Meeting.session))
        .where(Meeting.id == meeting_id)
        .group_by(Meeting.id, Meeting.named)
    )
    row = db.session.execute(query).one()
    return Presence(row.named, row.came, row.inside)


def hands(meeting_id: int) -> list[Hand]:
    """The hands that are up, whoever has the floor first, then in the chair's order."""
    query = (
        select(Hand)
        .where(Hand.meeting_id == meeting_id, Hand.ended_at.is_(None))
        .order_by(Hand.called_at.is_(None), Hand.place, Hand.id)
    )
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def hand_of(meeting_id: int, key: str) -> Hand | None:
    """A person's hand, if it is up."""
    return _one_hand(meeting_id, Hand.key == key)


def waiting_hand(meeting_id: int, hand_id: int) -> Hand | None:
    """A hand that is up and waits for the floor."""
    return _one_hand(meeting_id, (Hand.id == hand_id) & Hand.called_at.is_(None))


def _one_hand(meeting_id: int, which: ColumnElement[bool]) -> Hand | None:
    query = select(Hand).where(Hand.meeting_id == meeting_id, Hand.ended_at.is_(None), which)
    return db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def times_spoken(meeting_id: int) -> dict[str, int]:
    """How often each person has had the floor in this meeting."""
    query = (
        select(Hand.key, func.count())
        .where(Hand.meeting_id == meeting_id, Hand.called_at.is_not(None))
        .group_by(Hand.key)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


@dataclass(frozen=True)
class Queue:
    """The queue as the room sees it: who has the floor, who waits next, how often each has spoken."""

    speaking: Hand | None
    waiting: list[Hand]
    """Those whose turn comes first."""
    length: int
    """How many wait in all."""
    spoken: Mapping[str, int]

    def times(self, hand: Hand) -> int:
        """How often this person has spoken before; 0 is the first time."""
        return self.spoken.get(hand.key, 0)

    @property
    def more(self) -> int:
        """How many wait behind those that are shown."""
        return self.length - len(self.waiting)


def queue(meeting_id: int, most: int | None = None) -> Queue:
    """The queue now, with no more than the `most` first of those who wait."""
    up = (
        select(Hand, func.count().over().label("up"))
        .where(Hand.meeting_id == meeting_id, Hand.ended_at.is_(None))
        .order_by(Hand.called_at.is_(None), Hand.place, Hand.id)
        .limit(None if most is None else most + 1)
        .execution_options(populate_existing=True)
    )
    rows = db.session.execute(up).all()
    speaking = next((row.Hand for row in rows if row.Hand.called_at is not None), None)
    waiting = [row.Hand for row in rows if row.Hand.called_at is None]
    length = (rows[0].up if rows else 0) - (speaking is not None)
    return Queue(speaking, waiting[:most], length, times_spoken(meeting_id))


@dataclass(frozen=True)
class Floor:
    """Whose turn it is, by key: from it each phone knows its own place, and one reading serves them all."""

    speaking: str | None
    ahead: Mapping[str, int]
    """How many wait before each person whose hand is up."""
    poll: int | None
    """The poll that runs."""
    voters: frozenset[int]
    """The members who have voted in it."""


def floor(meeting_id: int) -> Floor:
    """The queue and the poll as they concern each person in the room, in two statements."""
    up = (
        select(Hand.key, Hand.called_at)
        .where(Hand.meeting_id == meeting_id, Hand.ended_at.is_(None))
        .order_by(Hand.called_at.is_(None), Hand.place, Hand.id)
    )
    rows = db.session.execute(up).all()
    running = (
        select(RoomPoll.id, RoomBallot.member_id)
        .outerjoin(RoomBallot, RoomBallot.poll_id == RoomPoll.id)
        .where(RoomPoll.meeting_id == meeting_id, RoomPoll.closed_at.is_(None))
    )
    votes = db.session.execute(running).all()
    return Floor(
        speaking=next((row.key for row in rows if row.called_at is not None), None),
        ahead={key: place for place, key in enumerate(row.key for row in rows if row.called_at is None)},
        poll=votes[0].id if votes else None,
        voters=frozenset(row.member_id for row in votes if row.member_id is not None),
    )


@dataclass(frozen=True)
class Speaker:
    """Somebody in the room as the queue knows her: named to the meeting, or signed up to speak or sit in."""

    key: str
    member: MeetingMember | None = None
    entry: SignUp | None = None

    def shown(self, viewer: Viewer, *, anonymous: bool) -> str:
        """How the room reads her: 李**（三层）; who asks not to be named 居民（三层）."""
        if self.member is not None:
            return hidden_as(self.member) if anonymous else shown_as(self.member)
        name = ROLE_LABELS[Role.RESIDENT] if anonymous else mask_name(viewer.name)
        return _with_floor(name, self.entry.unit if self.entry is not None else None)


# Each phone asks it with every change of the room, so it is built once.
_INSIDE = (
    select(MeetingMember)
    .join(Meeting, Meeting.id == MeetingMember.meeting_id)
    .join(Attendance, (Attendance.member_id == MeetingMember.id) & (Attendance.session == Meeting.session))
    .where(
        MeetingMember.meeting_id == bindparam("meeting_id"),
        MeetingMember.left_at.is_(None),
        MeetingMember.denied_at.is_(None),
        or_(
            MeetingMember.account_id == bindparam("account_id"),
            MeetingMember.holder_id.in_(bindparam("holder_ids", expanding=True)),
            MeetingMember.unit_id.in_(bindparam("unit_ids", expanding=True)),
        ),
    )
    .order_by(MeetingMember.position)
)


def speaker(viewer: Viewer, meeting_id: int) -> Speaker | None:
    """As whom the viewer may raise her hand: signed in and in the room, or signed up to speak or sit in.

    She speaks in her own name; else for her household.
    """
    who = {
        "meeting_id": meeting_id,
        "account_id": viewer.id,
        "holder_ids": sorted(viewer.holder_ids),
        "unit_ids": sorted(viewer.unit_ids),
    }
    inside = db.session.scalars(_INSIDE, who).all()
    own = next((m for m in inside if m.account_id == viewer.id or m.holder_id in viewer.holder_ids), None)
    if inside:
        member = own or inside[0]
        return Speaker(f"member/{member.id}", member=member)
    entry = db.session.scalars(
        select(SignUp)
        .where(SignUp.meeting_id == meeting_id, SignUp.account_id == viewer.id, SignUp.taken_back_at.is_(None))
        .options(joinedload(SignUp.unit))
    ).first()
    return Speaker(f"account/{viewer.id}", entry=entry) if entry is not None else None


def shown_as(member: MeetingMember) -> str:
    """How the room reads somebody named: 李**（三层）, 物业经理 贺**."""
    if member.unit is None:
        return f"{member.label} {member.masked}"
    return _with_floor(member.masked, member.unit)


def hidden_as(member: MeetingMember) -> str:
    """How the room reads somebody who asks not to be named: 居民（三层）."""
    return _with_floor(member.label if member.unit is None else ROLE_LABELS[Role.RESIDENT], member.unit)


def _with_floor(name: str, unit: Unit | None) -> str:
    floor = floor_of(unit) if unit is not None else ""
    return f"{name}（{floor}）" if floor else name


def floor_of(unit: Unit) -> str:
    """The unit's floor as a public page may name it."""
    query = (
        select(func.count())
        .select_from(Unit)
        .join(Unit.stairwell)
        .where(
            Unit.floor == unit.floor,
            Stairwell.building_id
            == select(Stairwell.building_id).where(Stairwell.id == unit.stairwell_id).scalar_subquery(),
        )
    )
    return rules.floor_shown(unit.floor, db.session.scalars(query).one())


# Polls.


def polls(meeting_id: int) -> Sequence[RoomPoll]:
    """The polls of a meeting, in their order."""
    query = select(RoomPoll).where(RoomPoll.meeting_id == meeting_id).order_by(RoomPoll.number)
    return db.session.scalars(query).all()


def running_poll(meeting_id: int) -> RoomPoll | None:
    """The poll that runs."""
    query = select(RoomPoll).where(RoomPoll.meeting_id == meeting_id, RoomPoll.closed_at.is_(None))
    return db.session.scalars(query).one_or_none()


def last_poll(meeting_id: int) -> RoomPoll | None:
    """The poll that was counted last."""
    return next((each for each in reversed(polls(meeting_id)) if each.count is not None), None)


def poll_to_vote(poll_id: int) -> RoomPoll | None:
    """A poll without its ballots, for those who may open its meeting: the caller asks for that."""
    query = select(RoomPoll).where(RoomPoll.id == poll_id).options(joinedload(RoomPoll.meeting))
    return db.session.scalars(query).one_or_none()


def poll(poll_id: int) -> RoomPoll | None:
    """A poll with its ballots and readings, for those who may open its meeting: the caller asks for that."""
    query = (
        select(RoomPoll)
        .where(RoomPoll.id == poll_id)
        .options(joinedload(RoomPoll.meeting), selectinload(RoomPoll.ballots), selectinload(RoomPoll.readings))
    )
    return db.session.scalars(query).unique().one_or_none()


def voted(poll_id: int) -> int:
    """How many have voted in a poll."""
    return db.session.scalars(select(func.count()).where(RoomBallot.poll_id == poll_id)).one()


def has_voted(poll_id: int, member_id: int) -> bool:
    """Whether a delegate has voted in a poll."""
    query = select(RoomBallot.id).where(RoomBallot.poll_id == poll_id, RoomBallot.member_id == member_id)
    return db.session.scalars(query).first() is not None


def graded(meeting_id: int) -> rules.Count | None:
    """What the last count of satisfaction came to that had its quorum."""
    counted = [each.count for each in polls(meeting_id) if each.is_satisfaction and each.count is not None]
    return next((count for count in reversed(counted) if count.holds), None)


def latest(meeting_id: int) -> Sequence[MeetingQuestion]:
    """What was said last, the newest first."""
    query = (
        select(MeetingQuestion)
        .where(MeetingQuestion.meeting_id == meeting_id, ~MeetingQuestion.late)
        .options(joinedload(MeetingQuestion.wording), joinedload(MeetingQuestion.corrections))
        .order_by(MeetingQuestion.number.desc())
        .limit(LATEST)
    )
    return db.session.scalars(query).unique().all()
