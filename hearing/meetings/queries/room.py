"""Reads of the room: the counter that phones ask for, the queue, the polls, who is who among those present."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
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

LATEST = 5
"""Opinions that the room's pages show."""


@dataclass(frozen=True)
class Pulse:
    """What the room's pages ask every five seconds, in one statement."""

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


def pulse(meeting_id: int) -> Pulse | None:
    """How the room of an announced meeting stands now."""
    every = aliased(AgendaItem)
    total = select(func.count(every.id)).where(every.meeting_id == meeting_id).scalar_subquery()
    query = (
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
            total.label("items"),
        )
        .select_from(Meeting)
        .outerjoin(LiveState, LiveState.meeting_id == Meeting.id)
        .outerjoin(
            AgendaItem,
            (AgendaItem.meeting_id == Meeting.id) & AgendaItem.started_at.is_not(None) & AgendaItem.ended_at.is_(None),
        )
        .where(Meeting.id == meeting_id, Meeting.notice_id.is_not(None))
        .limit(1)
    )
    row = db.session.execute(query).one_or_none()
    if row is None:
        return None
    left = rules.minutes_left(row.started_at, row.minutes, row.now) if row.started_at is not None else None
    return Pulse(
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
    """The queue as the room sees it: who has the floor, and who waits with how many earlier speeches."""

    speaking: Hand | None
    waiting: list[Hand]
    spoken: dict[str, int]

    def times(self, hand: Hand) -> int:
        """How often this person has spoken before; 0 is the first time."""
        return self.spoken.get(hand.key, 0)

    def ahead(self, key: str) -> int | None:
        """How many wait before this person; None when her hand is not up."""
        return next((place for place, hand in enumerate(self.waiting) if hand.key == key), None)


def queue(meeting_id: int) -> Queue:
    """The queue now."""
    up = hands(meeting_id)
    return Queue(
        next((hand for hand in up if hand.called_at is not None), None),
        [hand for hand in up if hand.called_at is None],
        times_spoken(meeting_id),
    )


@dataclass(frozen=True)
class Speaker:
    """Somebody in the room as the queue knows her."""

    key: str
    name: str
    """With part of it hidden: 李**."""
    unit: Unit | None
    member: MeetingMember | None = None

    def shown(self, *, anonymous: bool) -> str:
        """How the room reads her: 李**（三层）; who asks not to be named 居民（三层）; one statement."""
        if self.member is not None:
            return hidden_as(self.member) if anonymous else shown_as(self.member)
        return _with_floor(ROLE_LABELS[Role.RESIDENT] if anonymous else self.name, self.unit)


def speaker(viewer: Viewer, meeting: Meeting) -> Speaker | None:
    """As whom the viewer may raise her hand: signed in and in the room, or signed up to speak or sit in."""
    own = [member for member in own_memberships(viewer, meeting) if member.inside]
    if own:
        return Speaker(f"member/{own[0].id}", own[0].masked, own[0].unit, own[0])
    entry = db.session.scalars(
        select(SignUp)
        .where(SignUp.meeting_id == meeting.id, SignUp.account_id == viewer.id, SignUp.taken_back_at.is_(None))
        .options(joinedload(SignUp.unit))
    ).first()
    if entry is None:
        return None
    return Speaker(f"account/{viewer.id}", mask_name(viewer.name), entry.unit)


def own_memberships(viewer: Viewer, meeting: Meeting) -> list[MeetingMember]:
    """As what the viewer is named, read without the rest of the list: in her own name, or for her household."""
    query = (
        select(MeetingMember)
        .where(
            MeetingMember.meeting_id == meeting.id,
            or_(
                MeetingMember.account_id == viewer.id,
                MeetingMember.holder_id.in_(sorted(viewer.holder_ids)),
                MeetingMember.unit_id.in_(sorted(viewer.unit_ids)),
            ),
        )
        .options(
            joinedload(MeetingMember.attendances),
            joinedload(MeetingMember.holder),
            joinedload(MeetingMember.account),
            joinedload(MeetingMember.unit),
            joinedload(MeetingMember.meeting),
        )
        .order_by(MeetingMember.position)
    )
    found = list(db.session.scalars(query).unique())
    own = [m for m in found if m.account_id == viewer.id or m.holder_id in viewer.holder_ids]
    return own or found


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
