"""Paper that comes back 收件: batches with one receipt stamp, the photo of each slip, the count that is frozen."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hearing.audit.ledger import broken_promise
from hearing.consents import rules
from hearing.consents.models.collecting import ConsentCollection, PaperSlip
from hearing.db import Base, Code, Digest, Id, Instant, Label, Ledgered, LongText
from hearing.files.models import Evidence


class SlipBatch(Base, Ledgered):
    """A pile of slips that came in together: one receipt stamp for all, and by which way they came."""

    __tablename__ = "slip_batch"
    __table_args__ = (UniqueConstraint("collection_id", "number", name="uq_slip_batch_number"),)
    append_only = True
    id: Mapped[Id]
    collection_id: Mapped[int] = mapped_column(ForeignKey("consent_collection.id"))
    number: Mapped[int]
    came_by: Mapped[Code]
    """consents.rules.Method: handed in, or by mail."""
    received_at: Mapped[datetime] = mapped_column(Instant)
    """The stamp: when the office had them in its hands."""
    opened_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    opened_at: Mapped[datetime] = mapped_column(Instant)
    collection: Mapped[ConsentCollection] = relationship()


class SlipPhoto(Base, Ledgered):
    """One picture out of a batch and what became of it; of a refused one the line stays, and not the picture."""

    __tablename__ = "slip_photo"
    __table_args__ = (
        UniqueConstraint("batch_id", "number", name="uq_slip_photo_number"),
        # One photo a slip, and no picture twice: the database keeps it, whoever photographs at the same moment.
        Index(
            "uq_slip_photo_slip",
            "slip_id",
            unique=True,
            sqlite_where=text("state = 'matched'"),
            postgresql_where=text("state = 'matched'"),
        ),
        Index(
            "uq_slip_photo_picture",
            "collection_id",
            "sha256",
            unique=True,
            sqlite_where=text("state IN ('matched', 'waiting', 'aside')"),
            postgresql_where=text("state IN ('matched', 'waiting', 'aside')"),
        ),
        CheckConstraint("state IN ('matched', 'waiting', 'refused', 'discarded', 'aside')", name="state"),
        CheckConstraint("state <> 'matched' OR (slip_id IS NOT NULL AND evidence_id IS NOT NULL)", name="matched"),
        CheckConstraint("(state = 'refused') = (why <> '')", name="refused_why"),
    )
    id: Mapped[Id]
    collection_id: Mapped[int] = mapped_column(ForeignKey("consent_collection.id"), index=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("slip_batch.id"))
    number: Mapped[int]
    """Its place in the batch, from 1."""
    sha256: Mapped[Digest]
    """Of the picture as it was kept; of one that could not be opened, of nothing."""
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"), index=True)
    slip_id: Mapped[int | None] = mapped_column(ForeignKey("paper_slip.id"), index=True)
    """The slip that it shows, for a refused one too where that is known."""
    state: Mapped[Code]
    """consents.rules.PhotoState."""
    why: Mapped[Code] = mapped_column(String(40), default="")
    """consents.rules.PhotoTrouble of a refused one."""
    first_id: Mapped[int | None] = mapped_column(ForeignKey("slip_photo.id"))
    """The photo that was there before, where the slip or the picture came twice."""
    because: Mapped[LongText] = mapped_column(default="")
    """Why a person discarded it, or set it aside; of one that could not be opened the name of web.pictures.Problem."""
    taken_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    taken_at: Mapped[datetime] = mapped_column(Instant)
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    settled_at: Mapped[datetime | None] = mapped_column(Instant)
    batch: Mapped[SlipBatch] = relationship()
    slip: Mapped[PaperSlip | None] = relationship()
    evidence: Mapped[Evidence | None] = relationship()
    first: Mapped[SlipPhoto | None] = relationship(remote_side="SlipPhoto.id")
    collection: Mapped[ConsentCollection] = relationship()

    @property
    def stands(self) -> rules.PhotoState:
        """What became of it."""
        return rules.PhotoState(self.state)


class SlipCount(Base, Ledgered):
    """The balance of one building's slips as it was frozen with the provisional result."""

    __tablename__ = "slip_count"
    __table_args__ = (
        UniqueConstraint("collection_id", "building", name="uq_slip_count_once"),
        CheckConstraint("issued = used + voided + unreturned", name="balance"),
    )
    append_only = True
    id: Mapped[Id]
    collection_id: Mapped[int] = mapped_column(ForeignKey("consent_collection.id"))
    building: Mapped[Label]
    issued: Mapped[int]
    used: Mapped[int]
    voided: Mapped[int]
    unreturned: Mapped[int]
    counted_at: Mapped[datetime] = mapped_column(Instant)

    @property
    def as_rule(self) -> rules.Balance:
        """The counts as the rules add them up."""
        return rules.Balance(self.issued, self.used, self.voided, self.unreturned)


for _name, _refusal in (
    ("uq_slip_batch_number", rules.Refusal.PHOTOS_MEANWHILE),
    ("uq_slip_photo_number", rules.Refusal.PHOTOS_MEANWHILE),
    ("uq_slip_photo_slip", rules.Refusal.PHOTOS_MEANWHILE),
    ("uq_slip_photo_picture", rules.Refusal.PHOTOS_MEANWHILE),
    ("uq_slip_count_once", rules.Refusal.COLLECTION_ELSEWHERE),
):
    broken_promise(_name, _refusal)
