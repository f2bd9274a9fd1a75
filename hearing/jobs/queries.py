"""Reads of jobs: one's own, and those that somebody's kind of work shows her."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, or_, select

from hearing.clock import database_now
from hearing.db import db
from hearing.jobs import kinds, rules
from hearing.jobs.models import Job
from hearing.jobs.rules import State
from hearing.people.viewer import Viewer


def job(viewer: Viewer, job_id: int) -> Job | None:
    """A job, for whoever asked for it or may see what comes of it."""
    found = db.session.get(Job, job_id)
    if found is None or found.kind not in kinds.known:
        return None
    return found if found.asked_by == viewer.id or kinds.known[found.kind].may_see(viewer, found) else None


def running(key: str) -> Job | None:
    """The job of that key which is waiting or being done."""
    query = select(Job).where(Job.key == key, Job.state.in_(sorted(rules.RUNNING)))
    return db.session.scalars(query).one_or_none()


def last(key: str) -> Job | None:
    """The latest job of that key."""
    return db.session.scalars(select(Job).where(Job.key == key).order_by(Job.id.desc()).limit(1)).one_or_none()


def due() -> ColumnElement[bool]:
    """Jobs that somebody should take now: waiting ones, and those whose worker has lost them."""
    return and_(Job.state.in_(sorted(rules.RUNNING)), Job.due_at <= database_now())


def any_due() -> bool:
    """Whether there is anything to do."""
    return db.session.scalar(select(Job.id).where(due()).limit(1)) is not None


def ended() -> ColumnElement[bool]:
    """Jobs that came to an end, well or not."""
    return or_(Job.state == State.DONE, Job.state == State.FAILED)
