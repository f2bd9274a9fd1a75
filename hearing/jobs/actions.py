"""What may be done with a job: ask for it inside an act, take it, say how far it is, end it, try it again."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningUpdate

from hearing.clock import now
from hearing.db import db, is_reading, read_only
from hearing.jobs import queries, rules
from hearing.jobs.kinds import Lost
from hearing.jobs.models import Job
from hearing.jobs.rules import Refusal, State
from hearing.people.viewer import Viewer
from hearing.refusal import Refused


@dataclass(frozen=True)
class Taken:
    """A job as the worker that took it knows it, whatever becomes of its row."""

    id: int
    kind: str
    payload: str
    lease: str
    tries: int


def enqueue(kind: str, key: str, payload: Mapping[str, int | str], by: Viewer | None = None) -> Job:
    """Ask for work inside the act that wants it: it begins once that act has been committed.

    Who asks for the same again gets the job that runs. `payload` names rows and codes, and nobody.
    """
    found = queries.running(key)
    if found is not None:
        return found
    moment = now()
    job = Job(
        kind=kind,
        key=key,
        payload=json.dumps(payload, sort_keys=True),
        asked_by=by.id if by is not None else None,
        asked_at=moment,
        state=State.WAITING,
        due_at=moment,
    )
    db.session.add(job)
    db.session.flush()
    return job


def claim() -> Taken | None:
    """Take the job that has waited longest, for the lease; one that was taken too often has failed."""
    _give_up()
    moment = now()
    first = select(Job.id).where(queries.due()).order_by(Job.due_at, Job.id).limit(1).with_for_update(skip_locked=True)
    taken = (
        update(Job)
        .where(Job.id == first.scalar_subquery())
        .values(
            state=State.WORKING,
            lease=secrets.token_hex(16),
            tries=Job.tries + 1,
            due_at=moment + rules.LEASE,
            done=0,
            total=0,
        )
        .returning(Job.id, Job.kind, Job.payload, Job.lease, Job.tries)
    )
    row = db.session.execute(taken, execution_options={"synchronize_session": False}).one_or_none()
    return Taken(*row) if row is not None else None


def _give_up() -> None:
    """Jobs whose worker died with them for the last time."""
    over = queries.due(), Job.state == State.WORKING, Job.tries >= rules.TRIES
    db.session.execute(
        update(Job).where(*over).values(state=State.FAILED, lease="", failure=Refusal.JOB_BROKE, ended_at=now())
    )


def report(job_id: int, lease: str, done: int, total: int) -> None:
    """Say how far the work is, which begins the lease anew. Raises Lost.

    On a connection of its own, and committed: whoever works may be in the middle of reading what must be of one moment.
    """
    was = is_reading()
    read_only(False)
    try:
        with Session(db.engine) as session, session.begin():
            values: dict[str, object] = {"done": done, "total": total, "due_at": now(session) + rules.LEASE}
            if session.connection().execute(_changing(job_id, lease, values)).one_or_none() is None:
                raise Lost
    finally:
        read_only(was)


def finish(job_id: int, lease: str) -> None:
    """The work is done; inside the act that puts its outcome where people find it. Raises Lost."""
    _change(job_id, lease, state=State.DONE, lease_="", done=Job.total, ended_at=now())


def postpone(job_id: int, lease: str) -> None:
    """It could not begin yet: look again soon. Raises Lost."""
    _change(job_id, lease, state=State.WAITING, lease_="", tries=Job.tries - 1, due_at=now() + rules.SOON)


def broke(job_id: int, lease: str) -> None:
    """It broke: try again after a pause, or it has failed. Raises Lost."""
    tries = db.session.execute(select(Job.tries).where(Job.id == job_id)).scalar_one()
    if rules.fails(tries):
        fail(job_id, lease, Refusal.JOB_BROKE)
    else:
        _change(job_id, lease, state=State.WAITING, lease_="", due_at=now() + rules.PAUSE)


def fail(job_id: int, lease: str, why: str) -> None:
    """It has failed for a reason that has a sentence. Raises Lost."""
    _change(job_id, lease, state=State.FAILED, lease_="", failure=why, ended_at=now())


def _change(job_id: int, lease: str, *, lease_: str | None = None, **values: object) -> None:
    if lease_ is not None:
        values["lease"] = lease_
    statement = _changing(job_id, lease, values)
    changed = db.session.execute(statement, execution_options={"synchronize_session": False})
    if changed.one_or_none() is None:
        raise Lost


def _changing(job_id: int, lease: str, values: dict[str, object]) -> ReturningUpdate[Any]:
    mine = update(Job).where(Job.id == job_id, Job.lease == lease, Job.state == State.WORKING)
    return mine.values(**values).returning(Job.id)


def again(job: Job) -> Job:
    """Let a job that failed be tried again. Raises JOB_NOT_FAILED, JOB_RUNNING."""
    db.session.refresh(job, with_for_update=True)
    if job.stands is not State.FAILED:
        raise Refused(Refusal.JOB_NOT_FAILED)
    if queries.running(job.key) is not None:
        raise Refused(Refusal.JOB_RUNNING)
    job.state, job.tries, job.failure, job.ended_at, job.due_at = State.WAITING, 0, "", None, now()
    return job


def tidy() -> None:
    """Forget jobs that ended long ago."""
    db.session.execute(delete(Job).where(queries.ended(), Job.ended_at < now() - rules.KEPT))
