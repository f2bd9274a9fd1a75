"""Window 窗口: what a desk needs besides phones: papers, their two readings, the balance, and one-time codes.

Of a secret poll no row here leads to a voter, and none has a moment: that a voter was handed a paper is her mark and a
number that grows by one, and which paper it was nobody wrote down. What a paper says is sealed by the poll's box, whose
key ends with the poll (docs/decisions/053).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hearing.audit.ledger import broken_promise
from hearing.ballots import rules
from hearing.db import Base, Blob, Code, Digest, Id, Instant, Ledgered


class PollDesk(Base, Ledgered):
    """The numbers of one poll's window; a poll that is voted in on phones alone has no such row."""

    __tablename__ = "poll_desk"
    __table_args__ = (
        CheckConstraint("handed <= printed", name="papers_left"),
        CheckConstraint("entered + voided + unreturned <= handed", name="papers_out"),
        CheckConstraint("entered >= 0 AND voided >= 0 AND unreturned >= 0 AND codes >= 0", name="counts"),
    )
    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id"), primary_key=True, autoincrement=False)
    printed: Mapped[int] = mapped_column(default=0)
    handed: Mapped[int] = mapped_column(default=0)
    entered: Mapped[int] = mapped_column(default=0)
    voided: Mapped[int] = mapped_column(default=0)
    unreturned: Mapped[int] = mapped_column(default=0)
    codes: Mapped[int] = mapped_column(default=0)
    """One-time codes that were given out."""

    def as_rule(self) -> rules.PaperBalance:
        """The balance of its papers."""
        return rules.PaperBalance(self.printed, self.handed, self.entered, self.voided, self.unreturned)


class PaperRun(Base, Ledgered):
    """One printing of papers."""

    __tablename__ = "paper_run"
    __table_args__ = (UniqueConstraint("poll_id", "number"),)
    append_only = True
    id: Mapped[Id]
    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id"))
    number: Mapped[int]
    sheets: Mapped[int]
    printed_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    printed_at: Mapped[datetime] = mapped_column(Instant)


class BallotPaper(Base, Ledgered):
    """One printed paper, under the number in its square."""

    __tablename__ = "ballot_paper"
    __table_args__ = (
        Index("ix_ballot_paper_state", "poll_id", "state"),
        CheckConstraint("(state = 'void') = (void_because <> '')", name="void_because"),
        {"sqlite_with_rowid": False},
    )
    code: Mapped[str] = mapped_column(String(10), primary_key=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id"))
    run: Mapped[int]
    state: Mapped[Code] = mapped_column(default=rules.PaperState.OUT.value)
    exchanged: Mapped[bool] = mapped_column(default=False)
    """Handed back for a new one: it can only be void."""
    voter_id: Mapped[int | None] = mapped_column(ForeignKey("poll_voter.id"), index=True)
    """To whom it was handed; only where ballots stand under names."""
    void_because: Mapped[Code] = mapped_column(default="")

    @property
    def stands(self) -> rules.PaperState:
        """Where it stands."""
        return rules.PaperState(self.state)


class PaperReading(Base, Ledgered):
    """What one person read on a paper, until its fate is decided; who read it stays.

    Sealed by the poll's box where ballots stand under no names.
    """

    __tablename__ = "paper_reading"
    __table_args__ = (
        UniqueConstraint("code", "read_by", name="uq_paper_reading_reader"),
        CheckConstraint("turn BETWEEN 1 AND 3", name="turn"),
        {"sqlite_with_rowid": False},
    )
    code: Mapped[str] = mapped_column(ForeignKey("ballot_paper.code"), primary_key=True)
    turn: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    read_by: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    said: Mapped[Blob]
    """Empty once the paper is a ballot or void: then it has served."""


class PaperPhoto(Base, Ledgered):
    """One picture of papers that stand under names, and what became of it; of a refused one only the line stays."""

    __tablename__ = "paper_photo"
    __table_args__ = (
        UniqueConstraint("poll_id", "number", name="uq_paper_photo_number"),
        # One photograph a paper, and no picture twice: the database keeps it, whoever photographs at the same moment.
        Index(
            "uq_paper_photo_paper",
            "code",
            unique=True,
            sqlite_where=text("state = 'matched'"),
            postgresql_where=text("state = 'matched'"),
        ),
        Index(
            "uq_paper_photo_picture",
            "poll_id",
            "sha256",
            unique=True,
            sqlite_where=text("state IN ('matched', 'waiting', 'aside')"),
            postgresql_where=text("state IN ('matched', 'waiting', 'aside')"),
        ),
        CheckConstraint("state IN ('matched', 'waiting', 'refused', 'aside')", name="state"),
        CheckConstraint("state <> 'matched' OR (code IS NOT NULL AND evidence_id IS NOT NULL)", name="matched"),
        CheckConstraint("(state = 'refused') = (why <> '')", name="refused_why"),
    )
    id: Mapped[Id]
    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id"))
    number: Mapped[int]
    """Its place among the poll's pictures, from 1."""
    sha256: Mapped[Digest]
    """Of the picture as it was kept; of one that could not be opened, of nothing."""
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"), index=True)
    code: Mapped[str | None] = mapped_column(ForeignKey("ballot_paper.code"))
    """The paper that it shows, for a refused one too where that is known."""
    state: Mapped[Code]
    """ballots.rules.PhotoState."""
    why: Mapped[Code] = mapped_column(default="")
    """Of a refused one ballots.rules.Refusal, or the name of web.pictures.Problem of one that could not be opened."""
    taken_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    taken_at: Mapped[datetime] = mapped_column(Instant)
    paper: Mapped[BallotPaper | None] = relationship()

    @property
    def stands(self) -> rules.PhotoState:
        """What became of it."""
        return rules.PhotoState(self.state)


class DeskCode(Base):
    """The one-time code with which a voter votes on the neighbourhood's tablet; gone once it is used."""

    __tablename__ = "desk_code"
    voter_id: Mapped[int] = mapped_column(ForeignKey("poll_voter.id"), primary_key=True, autoincrement=False)
    code_mac: Mapped[Digest] = mapped_column(unique=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id"), index=True)
    issued_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    expires_at: Mapped[datetime] = mapped_column(Instant, index=True)


for _name, _refusal in (
    ("ck_poll_desk_papers_left", rules.Refusal.NO_PAPERS_LEFT),
    ("ck_poll_desk_papers_out", rules.Refusal.MORE_THAN_HANDED),
    ("uq_paper_reading_reader", rules.Refusal.READ_BY_YOU),
    ("uq_paper_photo_number", rules.Refusal.PHOTO_SETTLED),
    ("uq_paper_photo_paper", rules.Refusal.PHOTO_OF_PAPER_TWICE),
    ("uq_paper_photo_picture", rules.Refusal.PHOTO_TWICE),
):
    broken_promise(_name, _refusal)
