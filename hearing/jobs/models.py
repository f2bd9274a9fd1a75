"""Jobs 后台作业: what is to be done, by whom it was asked for, who has it and how far it is. Bookkeeping, no act."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from hearing.audit.ledger import broken_promise
from hearing.db import Base, Code, Id, Instant, LongText
from hearing.jobs import rules


class Job(Base):
    """One piece of work. `key` says what makes two requests the same: of those one runs at a time."""

    __tablename__ = "job"
    __table_args__ = (
        Index(
            "uq_job_running",
            "key",
            unique=True,
            sqlite_where=text("state IN ('waiting', 'working')"),
            postgresql_where=text("state IN ('waiting', 'working')"),
        ),
        Index("ix_job_due", "state", "due_at"),
        CheckConstraint("(state = 'working') = (lease <> '')", name="leased"),
        CheckConstraint("done >= 0 AND total >= 0", name="progress"),
    )
    id: Mapped[Id]
    kind: Mapped[Code]
    """The kind of work, as `jobs.kinds` knows it."""
    key: Mapped[str] = mapped_column(String(80))
    payload: Mapped[LongText]
    """What to work on, as JSON: numbers of rows and codes, never a name, door or telephone number."""
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    """Who asked for it; None for what the product began by itself."""
    asked_at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[Code]
    """jobs.rules.State."""
    tries: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(Instant)
    """Not before; of one that is being done, until when its worker has it."""
    lease: Mapped[str] = mapped_column(String(32), default="")
    """What the worker that has it knows and no other: only it may say how far the work is."""
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    failure: Mapped[Code] = mapped_column(String(40), default="")
    """The refusal with which it ended, whose sentence the page shows."""
    ended_at: Mapped[datetime | None] = mapped_column(Instant)

    @property
    def stands(self) -> rules.State:
        """Where it stands."""
        return rules.State(self.state)

    @property
    def label(self) -> str:
        """That in words."""
        return rules.STATE_LABELS[self.stands]

    @property
    def runs(self) -> bool:
        """Whether it is waiting or being done."""
        return self.stands in rules.RUNNING

    @property
    def percent(self) -> int:
        """How far it is, in hundredths."""
        return rules.percent(self.done, self.total)

    @property
    def mark(self) -> str:
        """What a page that shows it knows of it: when this is the same, nothing has to be drawn anew."""
        return f"{self.state}-{self.done}-{self.total}"

    @property
    def content(self) -> dict[str, Any]:
        """What to work on."""
        found: dict[str, Any] = json.loads(self.payload)
        return found


broken_promise("uq_job_running", rules.Refusal.JOB_RUNNING)
