"""Works 施工与办理: what was entered of a lift after the consent, and who sits in its building group.

An event is never changed: a further row corrects it or takes it back (`works.rules.standing`).
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hearing.audit.ledger import broken_promise
from hearing.db import Base, Code, Id, Instant, Ledgered, LongText, Name
from hearing.files.models import Evidence
from hearing.people.models import Account
from hearing.people.rules import ROLE_LABELS, Role, mask_name
from hearing.places.models import Holder, Unit
from hearing.proposals.models import Proposal
from hearing.works import rules

DOCUMENT, BEFORE, AFTER = "document", "before", "after"
"""What a file of an event is: its evidence, or a photo of the house before the works or of the lift after them."""


class WorksEvent(Base, Ledgered):
    """A dated event of a lift 办理记录: a stage entered, a paper, whose move it is, photos; or what corrects one.

    Numbers follow each other under the proposal's lock, and an event is corrected once: its correction is then what
    stands, and may be corrected itself.
    """

    __tablename__ = "works_event"
    __table_args__ = (
        UniqueConstraint("proposal_id", "number", name="uq_works_event_number"),
        UniqueConstraint("corrects_id", name="uq_works_event_corrected_once"),
        CheckConstraint("(kind = 'entered') = (stage IS NOT NULL)", name="stage"),
        CheckConstraint("(kind = 'paper') = (paper IS NOT NULL)", name="paper"),
        CheckConstraint("kind IN ('entered', 'turn') OR party IS NULL", name="party"),
        CheckConstraint("kind <> 'turn' OR party IS NOT NULL", name="whose_turn"),
        CheckConstraint("corrects_id IS NOT NULL OR NOT withdrawn", name="takes_back"),
    )
    append_only = True
    erasable = ("note",)
    id: Mapped[Id]
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    number: Mapped[int]
    kind: Mapped[Code]
    """works.rules.Kind."""
    happened_on: Mapped[date] = mapped_column(Date)
    """The day in Beijing on which it happened outside."""
    stage: Mapped[Code | None]
    """works.rules.Stage."""
    paper: Mapped[Code | None]
    """works.rules.Paper."""
    reference: Mapped[Name] = mapped_column(String(120), default="")
    """The paper's number as its office gives it; 免办 and why, where none is asked for."""
    issuer: Mapped[Name] = mapped_column(String(120), default="")
    party: Mapped[Code | None]
    """works.rules.Party: who owes the next move from now on."""
    note: Mapped[LongText] = mapped_column(default="")
    """For those who work on it; of a correction its reason."""
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("works_event.id"))
    withdrawn: Mapped[bool] = mapped_column(default=False)
    role: Mapped[Code]
    entered_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    entered_at: Mapped[datetime] = mapped_column(Instant)
    proposal: Mapped[Proposal] = relationship()
    corrects: Mapped[WorksEvent | None] = relationship(remote_side="WorksEvent.id")
    files: Mapped[list[WorksFile]] = relationship(back_populates="event", order_by="WorksFile.evidence_id")

    def as_entry(self, corrects: int | None) -> rules.Entry:
        """The event as the rules know it; `corrects` is the number of the event that it corrects."""
        return rules.Entry(
            number=self.number,
            kind=rules.Kind(self.kind),
            day=self.happened_on,
            stage=rules.Stage(self.stage) if self.stage else None,
            paper=rules.Paper(self.paper) if self.paper else None,
            reference=self.reference,
            issuer=self.issuer,
            party=rules.Party(self.party) if self.party else None,
            before=sum(file.purpose == BEFORE for file in self.files),
            after=sum(file.purpose == AFTER for file in self.files),
            corrects=corrects,
            withdrawn=self.withdrawn,
        )

    @property
    def seat_label(self) -> str:
        """The seat from which it was entered, in the glossary's words."""
        return ROLE_LABELS[Role(self.role)]


class WorksFile(Base, Ledgered):
    """A paper or photo that came with an event."""

    __tablename__ = "works_file"
    __table_args__ = (CheckConstraint("purpose IN ('document', 'before', 'after')", name="purpose"),)
    append_only = True
    event_id: Mapped[int] = mapped_column(ForeignKey("works_event.id"), primary_key=True)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), primary_key=True, index=True)
    purpose: Mapped[Code]
    event: Mapped[WorksEvent] = relationship(back_populates="files")
    evidence: Mapped[Evidence] = relationship()


class GroupSeat(Base, Ledgered):
    """A seat in the building group 小组职务, from which day until which: two dated acts, each with its paper.

    One person leads and one keeps the accounts: the database keeps it.
    """

    __tablename__ = "group_seat"
    __table_args__ = (
        Index(
            "uq_group_seat_alone",
            "proposal_id",
            "role",
            unique=True,
            sqlite_where=text("until IS NULL AND role IN ('leader', 'accounts')"),
            postgresql_where=text("until IS NULL AND role IN ('leader', 'accounts')"),
        ),
        Index(
            "uq_group_seat_person",
            "proposal_id",
            "role",
            "holder_id",
            unique=True,
            sqlite_where=text("until IS NULL"),
            postgresql_where=text("until IS NULL"),
        ),
        CheckConstraint(
            "(until IS NULL) = (ended_by IS NULL) AND (until IS NULL) = (ended_why IS NULL)", name="ended_in_full"
        ),
        CheckConstraint("until IS NULL OR until >= since", name="days"),
    )
    id: Mapped[Id]
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    role: Mapped[Code]
    """works.rules.GroupRole."""
    holder_id: Mapped[int] = mapped_column(ForeignKey("holder.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    """The flat for whose household she sits there."""
    since: Mapped[date] = mapped_column(Date)
    paper_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"))
    """The minutes or the signed list by which she was chosen."""
    appointed_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    appointed_at: Mapped[datetime] = mapped_column(Instant)
    until: Mapped[date | None] = mapped_column(Date)
    ended_why: Mapped[Code | None]
    """works.rules.Ending."""
    ended_note: Mapped[LongText] = mapped_column(default="")
    ended_paper_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"))
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    proposal: Mapped[Proposal] = relationship()
    holder: Mapped[Holder] = relationship()
    unit: Mapped[Unit] = relationship()
    appointer: Mapped[Account] = relationship(foreign_keys=[appointed_by])

    @property
    def office(self) -> rules.GroupRole:
        """The office, or plain membership."""
        return rules.GroupRole(self.role)

    @property
    def label(self) -> str:
        """That in a word."""
        return rules.GROUP_LABELS[self.office]

    @property
    def ending_label(self) -> str:
        """Why it ended, in words; "" while it is held."""
        return rules.ENDING_LABELS[rules.Ending(self.ended_why)] if self.ended_why else ""

    @property
    def masked(self) -> str:
        """The person as the public reads her: 张**."""
        return mask_name(self.holder.name)

    def as_held(self) -> rules.Held:
        """The seat as the rules know it."""
        person = rules.Person(self.holder_id, self.unit_id, self.holder.name, self.holder.phone)
        return rules.Held(self.office, person)


broken_promise("uq_works_event_corrected_once", rules.Refusal.ENTRY_CORRECTED)
broken_promise("uq_group_seat_alone", rules.Refusal.GROUP_OFFICE_TAKEN)
broken_promise("uq_group_seat_person", rules.Refusal.GROUP_SEAT_HELD)
