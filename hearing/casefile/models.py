"""Case files 案卷: who asked for one and what for, which copies were made, and who took one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hearing.casefile import rules
from hearing.db import Base, Code, Digest, Id, Instant, Ledgered, LongText
from hearing.people.models import Account
from hearing.proposals.models import Proposal

_EDITIONS = "edition IN ('full', 'public')"


class CaseFileRequest(Base, Ledgered):
    """Somebody asked for a case file, and said what for 用途."""

    __tablename__ = "case_file_request"
    __table_args__ = (
        Index("ix_case_file_request_reader", "proposal_id", "account_id"),
        CheckConstraint(_EDITIONS, name="edition"),
    )
    append_only = True
    erasable = ("purpose",)
    id: Mapped[Id]
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    edition: Mapped[Code]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    role: Mapped[Code]
    purpose: Mapped[LongText]
    asked_at: Mapped[datetime] = mapped_column(Instant)
    proposal: Mapped[Proposal] = relationship()
    account: Mapped[Account] = relationship()


class CaseFile(Base, Ledgered):
    """A copy that was made. Its bytes lie in a folder of their own until it is gone; this row stays."""

    __tablename__ = "case_file"
    __table_args__ = (
        # One of each edition lies there at a time: the database keeps it.
        Index(
            "uq_case_file_here",
            "proposal_id",
            "edition",
            unique=True,
            sqlite_where=text("gone_at IS NULL"),
            postgresql_where=text("gone_at IS NULL"),
        ),
        CheckConstraint(_EDITIONS, name="edition"),
        CheckConstraint("(gone_at IS NULL) = (gone_because IS NULL)", name="gone_in_full"),
        CheckConstraint("size > 0 AND files > 0", name="size"),
    )
    id: Mapped[Id]
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    edition: Mapped[Code]
    """casefile.rules.Edition."""
    request_id: Mapped[int | None] = mapped_column(ForeignKey("case_file_request.id"))
    """The request that it was made for; None where the final result itself asked for it."""
    sha256: Mapped[Digest]
    size: Mapped[int] = mapped_column(BigInteger)
    """In bytes."""
    files: Mapped[int]
    entries: Mapped[int]
    """How many entries of the trail are in it with their proofs."""
    log_size: Mapped[int]
    """The size of the signed head to which the proofs lead."""
    sealed: Mapped[bool]
    """Whether its PDF carries the office's seal."""
    made_at: Mapped[datetime] = mapped_column(Instant)
    gone_at: Mapped[datetime | None] = mapped_column(Instant)
    gone_because: Mapped[Code | None]
    """casefile.rules.Gone."""
    proposal: Mapped[Proposal] = relationship()

    @property
    def which(self) -> rules.Edition:
        """The edition."""
        return rules.Edition(self.edition)

    @property
    def edition_label(self) -> str:
        """That in words."""
        return rules.EDITION_LABELS[self.which]

    @property
    def gone_label(self) -> str:
        """Why it lies there no longer, in words; "" while it does."""
        return rules.GONE_LABELS[rules.Gone(self.gone_because)] if self.gone_because else ""

    @property
    def expires_at(self) -> datetime | None:
        """When a full copy is taken away; None for a public one."""
        return rules.expires_at(self.made_at) if self.which is rules.Edition.FULL else None


class CaseFileFetch(Base, Ledgered):
    """Somebody took a full copy: every time is kept."""

    __tablename__ = "case_file_fetch"
    __table_args__ = (Index("ix_case_file_fetch_reader", "file_id", "account_id"),)
    append_only = True
    id: Mapped[Id]
    file_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    fetched_at: Mapped[datetime] = mapped_column(Instant)
