"""Concerns 顾虑: what was raised, who was asked to answer, the answers, and what the household said of them.

Nothing here is ever changed: an answer, a word, a naming is a row with its author and its moment.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hearing.audit.ledger import broken_promise
from hearing.concerns import rules
from hearing.db import Base, Code, Fen, Id, Instant, Ledgered, LongText, Name
from hearing.files.models import Evidence
from hearing.people.models import Account
from hearing.people.rules import ROLE_LABELS, Role
from hearing.places.models import Neighbourhood, Unit
from hearing.proposals.models import Proposal


class Concern(Base, Ledgered):
    """A concern 顾虑 of a household about a proposal. Numbers follow each other under the proposal's lock."""

    __tablename__ = "concern"
    __table_args__ = (
        UniqueConstraint("proposal_id", "number", name="uq_concern_number"),
        Index("ix_concern_desk", "neighbourhood_id", "raised_at"),
    )
    append_only = True
    erasable = ("text",)
    id: Mapped[Id]
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    neighbourhood_id: Mapped[int] = mapped_column(ForeignKey("neighbourhood.id"))
    number: Mapped[int]
    kind: Mapped[Code]
    """concerns.rules.Kind."""
    text: Mapped[LongText]
    photo_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    """The household: never on a public page."""
    raised_by: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    raised_at: Mapped[datetime] = mapped_column(Instant)
    """When it was entered; what staff wrote down was told on a day of its own."""
    proposal: Mapped[Proposal] = relationship()
    neighbourhood: Mapped[Neighbourhood] = relationship()
    unit: Mapped[Unit] = relationship()
    author: Mapped[Account] = relationship()
    photo: Mapped[Evidence | None] = relationship()
    referrals: Mapped[list[ConcernReferral]] = relationship(back_populates="concern", order_by="ConcernReferral.id")
    answers: Mapped[list[ConcernAnswer]] = relationship(back_populates="concern", order_by="ConcernAnswer.id")
    words: Mapped[list[ConcernWord]] = relationship(back_populates="concern", order_by="ConcernWord.id")
    telling: Mapped[ConcernTelling | None] = relationship(
        primaryjoin="and_(Concern.id == foreign(ConcernTelling.concern_id), ConcernTelling.word_id.is_(None))",
        viewonly=True,
    )
    """Who told it, where staff wrote it down for a household; None for what a household raised itself."""

    def is_of(self, account_id: int, units: Collection[int]) -> bool:
        """Whether it is this person's own: she raised it, or it was written down for the household that she is of."""
        return self.unit_id in units if self.telling is not None else self.raised_by == account_id

    @property
    def subject(self) -> str:
        """This concern's name in the trail."""
        return f"concern/{self.id}"

    @property
    def topic(self) -> rules.Kind:
        """What it is about."""
        return rules.Kind(self.kind)

    @property
    def label(self) -> str:
        """That in a word."""
        return rules.KIND_LABELS[self.topic]

    @property
    def course(self) -> rules.Course:
        """What has become of it."""
        said = self.words[-1] if self.words else None
        return rules.Course(
            answered_at=self.answers[-1].answered_at if self.answers else None,
            settled=said.settled if said is not None else None,
            said_at=said.said_at if said is not None else None,
        )

    @property
    def state_label(self) -> str:
        """Where it stands, in words."""
        return rules.STATE_LABELS[self.course.state]


class ConcernReferral(Base, Ledgered):
    """Somebody was named to answer a concern 请来答复: a person, in the seat that she holds."""

    __tablename__ = "concern_referral"
    __table_args__ = (UniqueConstraint("concern_id", "account_id", name="uq_concern_referral_once"),)
    append_only = True
    id: Mapped[Id]
    concern_id: Mapped[int] = mapped_column(ForeignKey("concern.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    role: Mapped[Code]
    """people.rules.Role."""
    asked_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime] = mapped_column(Instant)
    concern: Mapped[Concern] = relationship(back_populates="referrals")
    account: Mapped[Account] = relationship(foreign_keys=[account_id])

    @property
    def seat_label(self) -> str:
        """The seat in the glossary's words."""
        return ROLE_LABELS[Role(self.role)]


class ConcernAnswer(Base, Ledgered):
    """A measured answer 答复: words, and numbers with their units, photos or sketches, or a compensation."""

    __tablename__ = "concern_answer"
    __table_args__ = (CheckConstraint("compensation_fen >= 0", name="compensation"),)
    append_only = True
    erasable = ("text", "measures_json")
    id: Mapped[Id]
    concern_id: Mapped[int] = mapped_column(ForeignKey("concern.id"), index=True)
    text: Mapped[LongText]
    measures_json: Mapped[LongText]
    """The measures as JSON: [[what, number, unit], …]; empty once erased."""
    compensation_fen: Mapped[Fen]
    """What the household is offered, in 1/100 yuan; 0 for nothing."""
    role: Mapped[Code]
    """people.rules.Role: from which seat it was answered."""
    answered_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    answered_at: Mapped[datetime] = mapped_column(Instant)
    concern: Mapped[Concern] = relationship(back_populates="answers")
    files: Mapped[list[ConcernAnswerFile]] = relationship(
        back_populates="answer", order_by="ConcernAnswerFile.evidence_id"
    )

    @property
    def seat_label(self) -> str:
        """The seat in the glossary's words."""
        return ROLE_LABELS[Role(self.role)]

    @property
    def measures(self) -> list[rules.Measure]:
        """What was measured."""
        return [rules.Measure(*measure) for measure in json.loads(self.measures_json or "[]")]


class ConcernAnswerFile(Base, Ledgered):
    """A photo, daylight sketch or paper that belongs to an answer."""

    __tablename__ = "concern_answer_file"
    append_only = True
    answer_id: Mapped[int] = mapped_column(ForeignKey("concern_answer.id"), primary_key=True)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), primary_key=True, index=True)
    answer: Mapped[ConcernAnswer] = relationship(back_populates="files")
    evidence: Mapped[Evidence] = relationship()


class ConcernWord(Base, Ledgered):
    """What the author said of an answer: 解决了, or 还没解决 and why."""

    __tablename__ = "concern_word"
    append_only = True
    erasable = ("text",)
    id: Mapped[Id]
    concern_id: Mapped[int] = mapped_column(ForeignKey("concern.id"), index=True)
    settled: Mapped[bool]
    text: Mapped[LongText] = mapped_column(default="")
    said_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    said_at: Mapped[datetime] = mapped_column(Instant)
    concern: Mapped[Concern] = relationship(back_populates="words")
    telling: Mapped[ConcernTelling | None] = relationship(back_populates="word")


class ConcernTelling(Base, Ledgered):
    """What a household told the office on paper, by telephone or in person, and a member of staff wrote down 代记.

    Of a concern itself, or of what its household said of an answer later.
    """

    __tablename__ = "concern_telling"
    __table_args__ = (
        # A concern is told once: the database keeps it. Each word of it is told once too.
        Index(
            "uq_concern_telling_concern",
            "concern_id",
            unique=True,
            sqlite_where=text("word_id IS NULL"),
            postgresql_where=text("word_id IS NULL"),
        ),
        CheckConstraint("way <> 'paper' OR paper_id IS NOT NULL", name="paper"),
    )
    append_only = True
    erasable = ("told_by", "note")
    id: Mapped[Id]
    concern_id: Mapped[int] = mapped_column(ForeignKey("concern.id"), index=True)
    word_id: Mapped[int | None] = mapped_column(ForeignKey("concern_word.id"), unique=True)
    way: Mapped[Code]
    """concerns.rules.Way."""
    told_by: Mapped[Name]
    """Her name, or what she is to the household."""
    told_on: Mapped[date] = mapped_column(Date)
    note: Mapped[LongText] = mapped_column(default="")
    """What shows a call or a talk: from which number, who took it, who was there."""
    paper_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"), index=True)
    entered_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    entered_at: Mapped[datetime] = mapped_column(Instant)
    word: Mapped[ConcernWord | None] = relationship(back_populates="telling")
    paper: Mapped[Evidence | None] = relationship()
    clerk: Mapped[Account] = relationship()

    @property
    def way_label(self) -> str:
        """How it was told, in the interface's source language."""
        return rules.WAY_LABELS[rules.Way(self.way)]


broken_promise("uq_concern_referral_once", rules.Refusal.CONCERN_NAMED_ALREADY)
