"""The trail's tables 存证: entries and tree nodes only grow; the head is the one row that every act locks last."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from hearing.db import Base, Blob, Code, Digest, Instant, Ledgered


class LogHead(Base):
    """How many entries there are. One row; whoever appends locks it."""

    __tablename__ = "log_head"
    __table_args__ = (CheckConstraint("id = 1", name="one_head"), CheckConstraint("size >= 0", name="size"))
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    size: Mapped[int]


class LogEntry(Base, Ledgered):
    """One act: its canonical bytes, never serialised again, and columns to find it by."""

    __tablename__ = "log_entry"
    __table_args__ = (
        Index("ix_log_entry_matter_idx", "matter", "idx"),
        Index("ix_log_entry_subject", "subject"),
        Index("ix_log_entry_actor_ref", "actor_ref"),
        Index("ix_log_entry_scope_kind", "scope", "kind", "idx"),
        Index("ix_log_entry_at", "at"),
        # A secret ballot's entry is found by its own bytes: nothing else leads to it.
        Index(
            "ix_log_entry_ballot",
            "leaf_hash",
            sqlite_where=text("kind = 'ballot'"),
            postgresql_where=text("kind = 'ballot'"),
        ),
    )
    append_only = True
    idx: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    leaf_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    body: Mapped[Blob]
    kind: Mapped[Code]
    subject: Mapped[Code]
    matter: Mapped[Code]
    actor_ref: Mapped[Code]
    at: Mapped[datetime] = mapped_column(Instant)
    scope: Mapped[Code] = mapped_column(server_default=text("''"))
    """The neighbourhood's slug."""


class LogNode(Base, Ledgered):
    """A complete subtree's hash: level 0 are the leaves."""

    __tablename__ = "log_node"
    append_only = True
    level: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class LogPayload(Base, Ledgered):
    """What an entry commits to, with its salt. Erasable: the entry then only proves that something was recorded."""

    __tablename__ = "log_payload"
    idx: Mapped[int] = mapped_column(ForeignKey("log_entry.idx"), primary_key=True, autoincrement=False)
    salt: Mapped[bytes] = mapped_column(LargeBinary(32))
    payload: Mapped[Blob]


class LogHousehold(Base, Ledgered):
    """In whose household's name an act was done; it goes when the payload is erased."""

    __tablename__ = "log_household"
    idx: Mapped[int] = mapped_column(
        ForeignKey("log_payload.idx", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    unit_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False, index=True)
    """The unit of the register, of which the trail knows no more than this number."""


class SentForm(Base):
    """A form that has been carried out: sent again, it shows the same receipt."""

    __tablename__ = "sent_form"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    digest: Mapped[Digest]
    idx: Mapped[int] = mapped_column(ForeignKey("log_entry.idx"), index=True)
