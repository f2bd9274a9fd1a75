"""The room 会场: the agenda, the queue for the floor, polls; and one counter that says whether anything has changed."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hearing.audit.ledger import broken_promise
from hearing.db import Base, Code, Id, Instant, Label, Ledgered, LongText, Name
from hearing.meetings import rules
from hearing.meetings.models.meeting import Meeting, MeetingMember


class AgendaItem(Base, Ledgered):
    """An item of the agenda 议程 with its minutes, and when it was on."""

    __tablename__ = "agenda_item"
    __table_args__ = (
        UniqueConstraint("meeting_id", "position", name="uq_agenda_item_position"),
        CheckConstraint("minutes > 0", name="minutes"),
        CheckConstraint("ended_at IS NULL OR started_at IS NOT NULL", name="ended_after_started"),
    )
    id: Mapped[Id]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    position: Mapped[int]
    title: Mapped[Name]
    minutes: Mapped[int]
    started_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class LiveState(Base):
    """What phones in the room ask every five seconds 现场: `turn` grows with everything that they would see.

    Bookkeeping, and the row that everybody locks who changes the queue: recorded acts count it up too.
    """

    __tablename__ = "meeting_live"
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), primary_key=True, autoincrement=False)
    turn: Mapped[int] = mapped_column(default=0)
    queue_turn: Mapped[int] = mapped_column(default=0)
    """Grows with every change of the queue's order: a chair orders what she sees."""
    next_hand: Mapped[int] = mapped_column(default=1)


class Hand(Base):
    """Somebody wants the floor 举手: bookkeeping until she gets it; that she spoke is an act."""

    __tablename__ = "speaker_hand"
    # One hand a person in the queue, from however many phones.
    __table_args__ = (
        Index(
            "uq_speaker_hand_waiting",
            "meeting_id",
            "key",
            unique=True,
            sqlite_where=sql("ended_at IS NULL"),
            postgresql_where=sql("ended_at IS NULL"),
        ),
    )
    id: Mapped[Id]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    number: Mapped[int]
    """The number called out, from 1 in each meeting."""
    key: Mapped[Code]
    """member/12, or account/5 of somebody who sits in."""
    label: Mapped[Label]
    """How the room reads her: 李**（三层）, or 居民（三层） who asks not to be named."""
    place: Mapped[int]
    """Her place in the order; smaller comes first."""
    on_paper: Mapped[bool] = mapped_column(default=False)
    """Whether staff put the hand up for her."""
    raised_at: Mapped[datetime] = mapped_column(Instant)
    called_at: Mapped[datetime | None] = mapped_column(Instant)
    """When she got the floor."""
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    """When she had spoken, or took her hand down."""


class RoomPoll(Base, Ledgered):
    """A poll in the room 表决: its options, the quorum that it began with, and what it came to."""

    __tablename__ = "room_poll"
    __table_args__ = (
        UniqueConstraint("meeting_id", "number", name="uq_room_poll_number"),
        # One at a time.
        Index(
            "uq_room_poll_running",
            "meeting_id",
            unique=True,
            sqlite_where=sql("closed_at IS NULL"),
            postgresql_where=sql("closed_at IS NULL"),
        ),
    )
    id: Mapped[Id]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    number: Mapped[int]
    kind: Mapped[Code]
    """meetings.rules.PollKind."""
    question: Mapped[LongText]
    options_json: Mapped[LongText]
    present: Mapped[int]
    named: Mapped[int]
    opened_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    opened_at: Mapped[datetime] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    counted: Mapped[LongText] = mapped_column(default="")
    """JSON at the close: votes, paper, holds."""
    meeting: Mapped[Meeting] = relationship()
    ballots: Mapped[list[RoomBallot]] = relationship(back_populates="poll", order_by="RoomBallot.id")
    readings: Mapped[list[RoomPaper]] = relationship(back_populates="poll", order_by="RoomPaper.id")

    @property
    def options(self) -> tuple[str, ...]:
        """The options in their order."""
        return tuple(json.loads(self.options_json))

    @property
    def count(self) -> rules.Count | None:
        """What it came to; None while it runs."""
        if not self.counted:
            return None
        kept = json.loads(self.counted)
        return rules.Count(tuple(kept["votes"]), kept["paper"], kept["holds"])

    @property
    def is_satisfaction(self) -> bool:
        """Whether it grades somebody's work."""
        return self.kind == rules.PollKind.SATISFACTION


class RoomBallot(Base, Ledgered):
    """A delegate's one vote; who chose what is nobody's to read."""

    __tablename__ = "room_ballot"
    __table_args__ = (UniqueConstraint("poll_id", "member_id", name="uq_room_ballot_once"),)
    append_only = True
    id: Mapped[Id]
    poll_id: Mapped[int] = mapped_column(ForeignKey("room_poll.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("meeting_member.id"))
    option: Mapped[int]
    channel: Mapped[Code]
    """meetings.rules.Channel."""
    cast_at: Mapped[datetime] = mapped_column(Instant)
    poll: Mapped[RoomPoll] = relationship(back_populates="ballots")


class RoomPaper(Base, Ledgered):
    """What one member of staff read on a delegate's paper; it counts when two read the same."""

    __tablename__ = "room_paper"
    __table_args__ = (UniqueConstraint("poll_id", "member_id", "read_by", name="uq_room_paper_reader"),)
    append_only = True
    id: Mapped[Id]
    poll_id: Mapped[int] = mapped_column(ForeignKey("room_poll.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("meeting_member.id"))
    option: Mapped[int]
    read_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    read_at: Mapped[datetime] = mapped_column(Instant)
    poll: Mapped[RoomPoll] = relationship(back_populates="readings")
    member: Mapped[MeetingMember] = relationship()


broken_promise("uq_speaker_hand_waiting", rules.Refusal.HAND_UP_ALREADY)
broken_promise("uq_room_poll_running", rules.Refusal.POLL_RUNNING)
broken_promise("uq_room_ballot_once", rules.Refusal.POLL_VOTED_ALREADY)
broken_promise("uq_room_paper_reader", rules.Refusal.POLL_PAPER_READ_ALREADY)
