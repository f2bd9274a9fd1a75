"""The register's own tables: rolls that the office uploads, and what it changes by hand."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hearing.db import Base, Code, Digest, Id, Instant, Label, Ledgered, LongText, Name
from hearing.people.models import Account
from hearing.places.models import Estate, Holder, Unit
from hearing.places.sheet import Finding
from hearing.register.rules import ChangeKind, Reading, RollState, findings_from, read_back


class RollImport(Base, Ledgered):
    """An uploaded roll 户册导入: shown as a table, approved by a second person, taken back until something uses it."""

    __tablename__ = "roll_import"
    __table_args__ = (
        CheckConstraint("approved_by IS NULL OR approved_by <> uploaded_by", name="two_people"),
        CheckConstraint("undone_by IS NULL OR undone_by <> undo_asked_by", name="two_people_undo"),
    )
    id: Mapped[Id]
    estate_id: Mapped[int] = mapped_column(ForeignKey("estate.id"), index=True)
    filename: Mapped[Name]
    sha256: Mapped[Digest]
    """Of the file as uploaded. The file itself is not kept: it may hold identity numbers."""
    reading: Mapped[LongText | None] = mapped_column(deferred=True)
    """What was read from it, as JSON, until two people have decided; see `rules.readings`."""
    findings_json: Mapped[LongText] = mapped_column(deferred=True)
    difference: Mapped[Digest]
    """Digest of the table that the first person was shown; the second must see the same."""
    new_count: Mapped[int]
    changed_count: Mapped[int]
    same_count: Mapped[int]
    missing_count: Mapped[int]
    faulty_count: Mapped[int]
    state: Mapped[Code]
    """register.rules.RollState"""
    uploaded_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    uploaded_at: Mapped[datetime] = mapped_column(Instant)
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    declined_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    undo: Mapped[LongText | None] = mapped_column(deferred=True)
    """What the import wrote, as JSON of row numbers and former values, so that it can be taken back."""
    undo_asked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    undo_asked_at: Mapped[datetime | None] = mapped_column(Instant)
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    undone_at: Mapped[datetime | None] = mapped_column(Instant)
    estate: Mapped[Estate] = relationship()
    uploader: Mapped[Account] = relationship(foreign_keys=[uploaded_by])
    approver: Mapped[Account | None] = relationship(foreign_keys=[approved_by])
    decliner: Mapped[Account | None] = relationship(foreign_keys=[declined_by])
    undo_asker: Mapped[Account | None] = relationship(foreign_keys=[undo_asked_by])
    undoer: Mapped[Account | None] = relationship(foreign_keys=[undone_by])

    @property
    def stands(self) -> RollState:
        """Where it stands."""
        return RollState(self.state)

    @property
    def subject(self) -> str:
        """Its name in the trail."""
        return f"roll/{self.id}"

    @property
    def findings(self) -> list[Finding]:
        """What the reader had to say, in the order of the file."""
        return findings_from(self.findings_json)

    def read(self) -> Reading:
        """What was read from the file. Raises ValueError once it has been decided about."""
        if self.reading is None:
            raise ValueError("decided, and no longer kept")
        return read_back(self.reading)


class RegisterChange(Base, Ledgered):
    """What the office changed of one unit by hand, and what an import made it look into 户册变更."""

    __tablename__ = "register_change"
    id: Mapped[Id]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    tenure_id: Mapped[int | None] = mapped_column(ForeignKey("tenure.id"), index=True)
    """The tenure that a doubt is about; another tenure ends the doubt."""
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("holder.id"), index=True)
    kind: Mapped[Code]
    """register.rules.ChangeKind"""
    note: Mapped[LongText]
    """What showed it: 房管所更户通知 2026-11-10."""
    happened_on: Mapped[Label] = mapped_column(String(10), default="")
    """The day on which it happened outside, YYYY-MM-DD; the register itself changed at `changed_at`."""
    changed_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    changed_at: Mapped[datetime] = mapped_column(Instant)
    unit: Mapped[Unit] = relationship()
    holder: Mapped[Holder | None] = relationship()
    changer: Mapped[Account] = relationship()

    @property
    def subject(self) -> str:
        """Its name in the trail, which says nothing of the household."""
        return f"register/{self.id}"

    @property
    def label(self) -> str:
        """What it was, in the interface's source language."""
        return ChangeKind(self.kind).label
