"""After a meeting: opinions in groups and their answers, signatures, what a reviewed unit owes, the later poll."""

from __future__ import annotations

import json
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hearing.audit.ledger import broken_promise
from hearing.db import Base, Code, Digest, Id, Instant, Label, Ledgered, LongText, Name
from hearing.meetings import rules
from hearing.meetings.models.meeting import Meeting, MeetingMember, MeetingQuestion
from hearing.people.rules import ROLE_LABELS, Role


class OpinionGroup(Base, Ledgered):
    """Opinions that say the same 一组意见, in one line; each of them gets the group's answer."""

    __tablename__ = "opinion_group"
    __table_args__ = (UniqueConstraint("meeting_id", "number", name="uq_opinion_group_number"),)
    id: Mapped[Id]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    number: Mapped[int]
    title: Mapped[Name]
    made_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime] = mapped_column(Instant)
    meeting: Mapped[Meeting] = relationship()
    entries: Mapped[list[GroupedOpinion]] = relationship(
        back_populates="group", order_by="GroupedOpinion.question_id", cascade="all, delete-orphan"
    )
    replies: Mapped[list[OpinionReply]] = relationship(back_populates="group", order_by="OpinionReply.id")

    @property
    def questions(self) -> list[MeetingQuestion]:
        """The opinions in it."""
        return [entry.question for entry in self.entries]

    @property
    def reply(self) -> OpinionReply | None:
        """Its last answer."""
        return self.replies[-1] if self.replies else None

    @property
    def answered(self) -> rules.Answered:
        """How far its answer is."""
        if self.reply is None:
            return rules.Answered()
        return rules.Answered(rules.Disposition(self.reply.disposition), self.reply.due_at)

    def overdue_since(self, moment: datetime) -> datetime | None:
        """Since when its answer is overdue; None when it is not."""
        due_at = self.meeting.answers_due_at
        return rules.overdue_since(self.answered, due_at, moment) if due_at is not None else None


class GroupedOpinion(Base, Ledgered):
    """An opinion is in one group; until that is answered it may be put into another."""

    __tablename__ = "grouped_opinion"
    question_id: Mapped[int] = mapped_column(ForeignKey("meeting_question.id"), primary_key=True, autoincrement=False)
    group_id: Mapped[int] = mapped_column(ForeignKey("opinion_group.id"), index=True)
    group: Mapped[OpinionGroup] = relationship(back_populates="entries")
    question: Mapped[MeetingQuestion] = relationship()


class OpinionReply(Base, Ledgered):
    """An answer to a group 意见答复: how, why, by whom; passed on, to which office and until when."""

    __tablename__ = "opinion_reply"
    __table_args__ = (
        CheckConstraint("disposition <> 'routed' OR (office <> '' AND due_at IS NOT NULL)", name="passed_on_to_whom"),
    )
    append_only = True
    id: Mapped[Id]
    group_id: Mapped[int] = mapped_column(ForeignKey("opinion_group.id"), index=True)
    disposition: Mapped[Code]
    """meetings.rules.Disposition."""
    reason: Mapped[LongText]
    office: Mapped[Name] = mapped_column(default="")
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    """The liaison to whom it was passed on, who answers on her own phone."""
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    parts_json: Mapped[LongText] = mapped_column(default="[]")
    """Which parts of the plan it changes: keys of proposals.rules.FIELD_LABELS."""
    after_deadline: Mapped[bool] = mapped_column(default=False)
    """Whether it came when it was overdue: that stays to be read."""
    role: Mapped[Code]
    replied_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    replied_at: Mapped[datetime] = mapped_column(Instant)
    group: Mapped[OpinionGroup] = relationship(back_populates="replies")

    @property
    def label(self) -> str:
        """What becomes of the opinion, in a word."""
        return rules.DISPOSITION_LABELS[rules.Disposition(self.disposition)]

    @property
    def seat_label(self) -> str:
        """From which seat it was answered."""
        return ROLE_LABELS[Role(self.role)]

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts of the plan that it changes."""
        return tuple(json.loads(self.parts_json))


class SettlementSignature(Base, Ledgered):
    """A party's name under what was settled, or that nothing was; or why she would not sign."""

    __tablename__ = "settlement_signature"
    __table_args__ = (UniqueConstraint("member_id", name="uq_settlement_signature_once"),)
    append_only = True
    erasable = ("refused_because",)
    id: Mapped[Id]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("meeting_member.id"))
    minutes_hash: Mapped[Digest]
    """Of the minutes that say what was settled."""
    refused_because: Mapped[LongText] = mapped_column(default="")
    """Why she would not, as staff note it; empty for a signature."""
    paper_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"))
    entered_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    signed_at: Mapped[datetime] = mapped_column(Instant)
    member: Mapped[MeetingMember] = relationship()


class Rectification(Base, Ledgered):
    """The plan of a reviewed unit 整改方案."""

    __tablename__ = "rectification"
    __table_args__ = (UniqueConstraint("meeting_id", name="uq_rectification_once"),)
    append_only = True
    id: Mapped[Id]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    text: Mapped[LongText]
    paper_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"))
    after_deadline: Mapped[bool] = mapped_column(default=False)
    filed_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    filed_at: Mapped[datetime] = mapped_column(Instant)


class Completion(Base, Ledgered):
    """What the meeting led to is done 完工: thirty days later neighbours say how satisfied they are."""

    __tablename__ = "meeting_completion"
    append_only = True
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), primary_key=True, autoincrement=False)
    completed_on: Mapped[str] = mapped_column(String(10))
    """YYYY-MM-DD in Beijing."""
    what: Mapped[LongText]
    noted_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    noted_at: Mapped[datetime] = mapped_column(Instant)

    @property
    def day(self) -> date:
        """The day on which it was done."""
        return date.fromisoformat(self.completed_on)

    @property
    def window(self) -> tuple[datetime, datetime]:
        """From when until when neighbours are asked."""
        return rules.follow_up_window(self.day)


class Satisfaction(Base, Ledgered):
    """How satisfied a household is, once 满意度回访."""

    __tablename__ = "meeting_satisfaction"
    __table_args__ = (UniqueConstraint("meeting_id", "unit_id", name="uq_meeting_satisfaction_household"),)
    append_only = True
    erasable = ("words",)
    id: Mapped[Id]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    grade: Mapped[Label]
    """meetings.rules.Grade."""
    words: Mapped[LongText] = mapped_column(default="")
    given_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    given_at: Mapped[datetime] = mapped_column(Instant)


broken_promise("uq_settlement_signature_once", rules.Refusal.SETTLEMENT_SIGNED_BEFORE)
broken_promise("uq_rectification_once", rules.Refusal.RECTIFICATION_FILED)
broken_promise("uq_meeting_satisfaction_household", rules.Refusal.FOLLOW_UP_ANSWERED)
