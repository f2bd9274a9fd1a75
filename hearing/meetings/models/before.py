"""Before a meeting: who signs up, which agencies are asked, what can be read, how delegates were drawn."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hearing.audit.ledger import broken_promise
from hearing.db import Base, Code, Digest, Id, Instant, Label, Ledgered, LongText, Name
from hearing.files.models import Evidence
from hearing.meetings import rules
from hearing.meetings.models.meeting import Meeting
from hearing.people.models import Account
from hearing.places.models import Holder, Unit


class SignUp(Base, Ledgered):
    """A neighbour signed up 报名: as delegate, speaker or observer."""

    __tablename__ = "meeting_sign_up"
    __table_args__ = (
        UniqueConstraint("meeting_id", "number", name="uq_meeting_sign_up_number"),
        # One standing sign-up a person: the database keeps it.
        Index(
            "uq_meeting_sign_up_standing",
            "meeting_id",
            "account_id",
            unique=True,
            sqlite_where=sql("taken_back_at IS NULL"),
            postgresql_where=sql("taken_back_at IS NULL"),
        ),
    )
    id: Mapped[Id]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    number: Mapped[int]
    """Her number in the draw, from 1: a public list names her by it."""
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("holder.id"))
    wanted: Mapped[Code]
    """meetings.rules.SignUpAs."""
    stairwell: Mapped[Label]
    """Her building and stairwell: from which the draw takes turns."""
    topic: Mapped[LongText] = mapped_column(default="")
    """What a speaker wants to speak about."""
    signed_up_at: Mapped[datetime] = mapped_column(Instant)
    taken_back_at: Mapped[datetime | None] = mapped_column(Instant)
    meeting: Mapped[Meeting] = relationship()
    account: Mapped[Account] = relationship()
    unit: Mapped[Unit] = relationship()
    holder: Mapped[Holder | None] = relationship()

    @property
    def label(self) -> str:
        """As what she signed up."""
        return rules.SIGN_UP_LABELS[rules.SignUpAs(self.wanted)]


class Draw(Base, Ledgered):
    """The draw of a meeting's delegates 抽签: everything with which anybody can draw again."""

    __tablename__ = "meeting_draw"
    __table_args__ = (UniqueConstraint("meeting_id", name="uq_meeting_draw_once"),)
    append_only = True
    id: Mapped[Id]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    volunteers: Mapped[LongText]
    """JSON: [number, stairwell] of each volunteer, by number."""
    list_hash: Mapped[Digest]
    called: Mapped[Name]
    """What was called out."""
    seats: Mapped[int]
    order: Mapped[LongText]
    """JSON: the numbers in the order drawn; the first `seats` are delegates."""
    drawn_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    drawn_at: Mapped[datetime] = mapped_column(Instant)


class Invitation(Base, Ledgered):
    """An agency is asked to come 约请, with a day by which it answers; and its answer."""

    __tablename__ = "meeting_invitation"
    __table_args__ = (
        UniqueConstraint("meeting_id", "office", name="uq_meeting_invitation_office"),
        CheckConstraint("(replied_at IS NULL) = (reply = '')", name="replied"),
    )
    id: Mapped[Id]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    office: Mapped[Name]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    """Its liaison, who answers on her own phone; without one the desk enters the letter."""
    about: Mapped[LongText]
    due_at: Mapped[datetime] = mapped_column(Instant)
    invited_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    invited_at: Mapped[datetime] = mapped_column(Instant)
    reply: Mapped[Code] = mapped_column(default="")
    """meetings.rules.Reply; empty until there is one."""
    words: Mapped[LongText] = mapped_column(default="")
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"))
    replied_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    replied_at: Mapped[datetime | None] = mapped_column(Instant)
    meeting: Mapped[Meeting] = relationship(back_populates="invitations")
    account: Mapped[Account | None] = relationship(foreign_keys=[account_id])

    def told(self, moment: datetime) -> str:
        """What everybody reads of it now."""
        return rules.invitation_told(rules.Reply(self.reply) if self.reply else None, self.due_at, moment)

    def is_ignored(self, moment: datetime) -> bool:
        """Whether its day passed without an answer."""
        return not self.reply and moment >= self.due_at


class Material(Base, Ledgered):
    """A paper that everybody can read beforehand 会议材料, by its hash."""

    __tablename__ = "meeting_material"
    append_only = True
    id: Mapped[Id]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    title: Mapped[Name]
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"))
    added_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    added_at: Mapped[datetime] = mapped_column(Instant)
    evidence: Mapped[Evidence] = relationship()
    meeting: Mapped[Meeting] = relationship(back_populates="materials")


broken_promise("uq_meeting_sign_up_standing", rules.Refusal.SIGNED_UP_BEFORE)
broken_promise("uq_meeting_draw_once", rules.Refusal.DRAWN_BEFORE)
broken_promise("uq_meeting_invitation_office", rules.Refusal.INVITED_BEFORE)
