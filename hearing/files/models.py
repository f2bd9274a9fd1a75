"""Evidence 随附凭证: what was attached to an act, by the hash of its bytes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from hearing.db import Base, Code, Digest, Id, Instant, Ledgered


class Evidence(Base, Ledgered):
    """One file that somebody attached to a case.

    The bytes lie on disk under their SHA-256 and are kept there once; each attaching is a row of its own, because who
    attached a photo, to what and when decides who may open it.
    """

    __tablename__ = "evidence"
    __table_args__ = (
        Index("ix_evidence_matter_kind", "matter", "kind"),
        CheckConstraint("size > 0", name="size"),
    )
    append_only = True
    id: Mapped[Id]
    neighbourhood_id: Mapped[int] = mapped_column(ForeignKey("neighbourhood.id"), index=True)
    matter: Mapped[Code]
    """The case, like "proposal/3"."""
    kind: Mapped[Code]
    """What it is, like "plan_drawing": the package that attaches it registers in `files.queries` who may see it."""
    sha256: Mapped[Digest] = mapped_column(index=True)
    media_type: Mapped[Code]
    size: Mapped[int]
    """In bytes."""
    uploaded_by: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    uploaded_at: Mapped[datetime] = mapped_column(Instant)


class EvidenceErasure(Base, Ledgered):
    """The bytes of a file are erased 已删除: its row, its hash and who attached it stay."""

    __tablename__ = "evidence_erasure"
    append_only = True
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), primary_key=True, autoincrement=False)
    erased_at: Mapped[datetime] = mapped_column(Instant)
