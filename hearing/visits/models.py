"""Visits 上门与送达: what was noted at a door, who goes to which stairwell, and the one reminder.

Nothing here is ever changed: a visit that was noted wrongly is corrected by a row of its own, and noted again.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hearing.audit.ledger import broken_promise
from hearing.consents.models import ConsentCollection, ConsentUnit
from hearing.db import Base, Code, Id, Instant, Ledgered, LongText
from hearing.files.models import Evidence
from hearing.people.models import Account
from hearing.places.models import Stairwell
from hearing.visits import rules


class Visit(Base, Ledgered):
    """One visit, letter or call to a household, by a named person; never what anybody answered."""

    __tablename__ = "visit"
    __table_args__ = (
        # What proves a delivery is there: the database keeps it. Erasing blanks the number, so it may be empty later.
        CheckConstraint("outcome <> 'door' OR photo_id IS NOT NULL", name="photo"),
        CheckConstraint("NOT no_more OR (next_on IS NULL AND agreed_at IS NULL)", name="one_wish"),
        Index(
            "uq_visit_page_seen",
            "consent_unit_id",
            unique=True,
            sqlite_where=text("outcome = 'page'"),
            postgresql_where=text("outcome = 'page'"),
        ),
        Index("ix_visit_unit", "consent_unit_id", "happened_on"),
    )
    append_only = True
    erasable = ("mail_number",)
    id: Mapped[Id]
    consent_unit_id: Mapped[int] = mapped_column(ForeignKey("consent_unit.id"))
    outcome: Mapped[Code]
    """visits.rules.Outcome."""
    happened_on: Mapped[date] = mapped_column(Date)
    mail_number: Mapped[str] = mapped_column(String(30), default="")
    photo_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"))
    next_on: Mapped[date | None] = mapped_column(Date)
    agreed_at: Mapped[datetime | None] = mapped_column(Instant)
    no_more: Mapped[bool]
    made_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    """Who went, wrote or called; the household's own account where it says that it has seen the page."""
    entered_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    entered_at: Mapped[datetime] = mapped_column(Instant)
    unit: Mapped[ConsentUnit] = relationship()
    photo: Mapped[Evidence | None] = relationship()
    visitor: Mapped[Account] = relationship(foreign_keys=[made_by])
    correction: Mapped[VisitCorrection | None] = relationship(back_populates="visit")

    def as_rule(self) -> rules.Noted:
        """The visit as the rules read it."""
        return rules.Noted(
            outcome=rules.Outcome(self.outcome),
            happened_on=self.happened_on,
            mail_number=self.mail_number,
            has_photo=self.photo_id is not None,
            next_on=self.next_on,
            agreed_at=self.agreed_at,
            no_more=self.no_more,
        )

    @property
    def label(self) -> str:
        """How it ended, in the interface's source language."""
        return rules.OUTCOME_LABELS[rules.Outcome(self.outcome)]


class VisitCorrection(Base, Ledgered):
    """A visit was noted wrongly 更正: it counts no more, and stays with the reason."""

    __tablename__ = "visit_correction"
    __table_args__ = (UniqueConstraint("visit_id", name="uq_visit_correction_once"),)
    append_only = True
    erasable = ("reason",)
    id: Mapped[Id]
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    reason: Mapped[LongText]
    corrected_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    corrected_at: Mapped[datetime] = mapped_column(Instant)
    visit: Mapped[Visit] = relationship(back_populates="correction")


class VisitRound(Base, Ledgered):
    """Who of the staff goes to a stairwell in a collection 分派; the last row counts."""

    __tablename__ = "visit_round"
    __table_args__ = (Index("ix_visit_round_place", "collection_id", "stairwell_id"),)
    append_only = True
    id: Mapped[Id]
    collection_id: Mapped[int] = mapped_column(ForeignKey("consent_collection.id"))
    stairwell_id: Mapped[int] = mapped_column(ForeignKey("stairwell.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    assigned_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    assigned_at: Mapped[datetime] = mapped_column(Instant)
    collection: Mapped[ConsentCollection] = relationship()
    stairwell: Mapped[Stairwell] = relationship()
    account: Mapped[Account] = relationship(foreign_keys=[account_id])


class ReminderPlan(Base, Ledgered):
    """How many days before the last one a collection reminds those who have not answered; the last row counts."""

    __tablename__ = "visit_reminder_plan"
    __table_args__ = (CheckConstraint("days BETWEEN 1 AND 30", name="days"),)
    append_only = True
    id: Mapped[Id]
    collection_id: Mapped[int] = mapped_column(ForeignKey("consent_collection.id"), index=True)
    days: Mapped[int]
    set_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    set_at: Mapped[datetime] = mapped_column(Instant)


class Reminder(Base, Ledgered):
    """The one reminder 提醒 of a collection: when it went out, and to how many households; never to which."""

    __tablename__ = "visit_reminder"
    # One a collection, whatever two workers do at once: the database keeps it.
    __table_args__ = (UniqueConstraint("collection_id", name="uq_visit_reminder_once"),)
    append_only = True
    id: Mapped[Id]
    collection_id: Mapped[int] = mapped_column(ForeignKey("consent_collection.id"))
    units: Mapped[int]
    sent_at: Mapped[datetime] = mapped_column(Instant)


for _name, _refusal in (
    ("uq_visit_page_seen", rules.Refusal.NOTICE_SEEN_ALREADY),
    ("uq_visit_correction_once", rules.Refusal.VISIT_CORRECTED),
    ("uq_visit_reminder_once", rules.Refusal.REMINDER_SENT),
):
    broken_promise(_name, _refusal)
