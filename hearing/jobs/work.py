"""Working 干活: take the next job, do it, and note what became of it; a worker that dies loses nothing."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import structlog

from hearing.audit.ledger import keep
from hearing.db import db, reading
from hearing.jobs import actions, kinds, queries
from hearing.jobs.actions import Taken
from hearing.jobs.kinds import Lost, NotYet
from hearing.refusal import Refused

log = structlog.get_logger()

TELLS_EVERY = 1.0
"""Seconds between two notes of how far the work is."""


@dataclass
class Running:
    """The job that is being done, as its kind of work sees it."""

    job: Taken
    _told: float = field(default=0.0, init=False)

    @property
    def content(self) -> dict[str, Any]:
        """What to work on."""
        found: dict[str, Any] = json.loads(self.job.payload)
        return found

    @property
    def token(self) -> str:
        """A name that no other try has, for drafts on the disk."""
        return self.job.lease

    def report(self, done: int, total: int) -> None:
        """Say how far the work is; written down at most every second, beside whatever is being read. Raises Lost."""
        moment = time.monotonic()
        if moment - self._told >= TELLS_EVERY:
            self._told = moment
            actions.report(self.job.id, self.job.lease, done, total)

    def finish(self) -> None:
        """Inside the act that keeps the outcome: the job is done with it. Raises Lost."""
        actions.finish(self.job.id, self.job.lease)


def work_off() -> bool:
    """Do the next job, if there is one; whether there was. Needs an application context."""
    with reading():
        idle = not queries.any_due()
        db.session.rollback()
    if idle:
        return False
    job = keep(actions.claim)
    if job is None:
        return False
    try:
        kinds.known[job.kind].run(Running(job))
    except NotYet:
        _note(actions.postpone, job)
    except Lost:
        log.warning("job_lost", job=job.id, kind=job.kind)
    except Refused as refused:
        log.warning("job_refused", job=job.id, kind=job.kind, why=str(refused.refusal))
        _note(actions.fail, job, str(refused.refusal))
    except Exception:
        # Whatever it is, whoever asked must be told, and the next job gets its turn; the trace is in the log.
        log.exception("job_broke", job=job.id, kind=job.kind, tries=job.tries)
        _note(actions.broke, job)
    finally:
        db.session.rollback()
    return True


def _note(what: Callable[..., None], job: Taken, *more: str) -> None:
    db.session.rollback()
    try:
        keep(what, job.id, job.lease, *more)
    except Lost:
        log.warning("job_lost", job=job.id, kind=job.kind)
