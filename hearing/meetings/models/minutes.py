"""Minutes 会议纪要 in all their versions, what people say of them, and their own words put right."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hearing.audit.ledger import broken_promise
from hearing.db import Base, Code, Digest, Id, Instant, Ledgered, LongText
from hearing.meetings import rules
from hearing.meetings.models.meeting import Meeting, MeetingMember, MeetingQuestion


class MinutesVersion(Base, Ledgered):
    """A version of the minutes 会议纪要: the record with its questions and answers, a summary, what was settled."""

    __tablename__ = "minutes_version"
    __table_args__ = (UniqueConstraint("meeting_id", "number", name="uq_minutes_version_number"),)
    append_only = True
    id: Mapped[Id]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    number: Mapped[int]
    summary: Mapped[LongText]
    settlement: Mapped[LongText] = mapped_column(default="")
    content: Mapped[LongText]
    """`rules.Minutes.text()`: the exact text whose SHA-256 is `digest`."""
    digest: Mapped[Digest]
    written_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    written_at: Mapped[datetime] = mapped_column(Instant)
    corrections_until: Mapped[datetime] = mapped_column(Instant)
    """Until when those named may say what is wrong with it."""
    meeting: Mapped[Meeting] = relationship(back_populates="versions")
    confirmations: Mapped[list[MinutesConfirmation]] = relationship(
        back_populates="version", order_by="MinutesConfirmation.id"
    )

    @property
    def objections(self) -> list[MinutesConfirmation]:
        """What people found wrong with it."""
        return [word for word in self.confirmations if word.objection]


class MinutesConfirmation(Base, Ledgered):
    """Somebody's word on a version of the minutes: that it is right, or what is wrong with it."""

    __tablename__ = "minutes_confirmation"
    __table_args__ = (UniqueConstraint("version_id", "person", name="uq_minutes_confirmation_once"),)
    append_only = True
    id: Mapped[Id]
    version_id: Mapped[int] = mapped_column(ForeignKey("minutes_version.id"))
    person: Mapped[Code]
    """The member's key, or account/5 for a chair who is no member: one person has one word."""
    member_id: Mapped[int | None] = mapped_column(ForeignKey("meeting_member.id"), index=True)
    is_chair: Mapped[bool] = mapped_column(default=False)
    objection: Mapped[LongText] = mapped_column(default="")
    """Empty for a confirmation."""
    paper_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"))
    """The signed page, when staff entered it for a delegate."""
    entered_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    confirmed_at: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[MinutesVersion] = relationship(back_populates="confirmations")
    member: Mapped[MeetingMember | None] = relationship()


class Wording(Base, Ledgered):
    """What somebody says on her voice note, as staff wrote it down 转写; the voice is kept beside it."""

    __tablename__ = "opinion_wording"
    __table_args__ = (UniqueConstraint("question_id", name="uq_opinion_wording_once"),)
    append_only = True
    erasable = ("text",)
    id: Mapped[Id]
    question_id: Mapped[int] = mapped_column(ForeignKey("meeting_question.id"))
    text: Mapped[LongText]
    written_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    written_at: Mapped[datetime] = mapped_column(Instant)
    question: Mapped[MeetingQuestion] = relationship(back_populates="wording")


class Correction(Base, Ledgered):
    """How a speaker wants her own words to stand 更正, and what the desk made of it."""

    __tablename__ = "opinion_correction"
    # One at a time: the next one when the desk has decided.
    __table_args__ = (
        Index(
            "uq_opinion_correction_open",
            "question_id",
            unique=True,
            sqlite_where=sql("decided_at IS NULL"),
            postgresql_where=sql("decided_at IS NULL"),
        ),
        CheckConstraint("(decided_at IS NULL) = (accepted IS NULL)", name="decided"),
    )
    id: Mapped[Id]
    question_id: Mapped[int] = mapped_column(ForeignKey("meeting_question.id"), index=True)
    text: Mapped[LongText]
    asked_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime] = mapped_column(Instant)
    accepted: Mapped[bool | None]
    reply: Mapped[LongText] = mapped_column(default="")
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    question: Mapped[MeetingQuestion] = relationship(back_populates="corrections")


broken_promise("uq_minutes_confirmation_once", rules.Refusal.MINUTES_CONFIRMED_BEFORE)
broken_promise("uq_opinion_wording_once", rules.Refusal.VOICE_WORDED_ALREADY)
broken_promise("uq_opinion_correction_open", rules.Refusal.CORRECTION_WAITING)
