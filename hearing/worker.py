"""Worker 值班: publishes the trail's head, delivers messages, closes, reminds, checks; a restart loses nothing."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from datetime import timedelta

import structlog
from flask import Flask

from hearing import schema
from hearing.audit import checking, publishing, shelf
from hearing.audit.ledger import keep
from hearing.audit.publisher import Publisher
from hearing.ballots import actions as ballots
from hearing.casefile import making
from hearing.config import Settings
from hearing.consents.actions import due_steps
from hearing.db import db, reading
from hearing.jobs import actions as jobs
from hearing.jobs.work import work_off
from hearing.people import outbox, tidying
from hearing.visits.actions import due_reminders

log = structlog.get_logger()

TIDY_EVERY = timedelta(hours=1)


def run(app: Flask, settings: Settings) -> None:
    """Work until told to stop."""
    done = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: done.set())
    publisher = Publisher.of(settings)
    # Beside the other steps: a full check of a long trail takes many seconds, and heads are signed every few.
    threading.Thread(target=check_regularly, args=(app, settings, publisher, done), daemon=True).start()
    # Making a case file takes seconds to minutes: it must delay neither heads nor messages.
    threading.Thread(target=work_regularly, args=(app, done), daemon=True).start()
    rounds_between = int(TIDY_EVERY.total_seconds()) // settings.publish_every
    rounds = 0
    while not _wait(app, settings, publisher, done):
        turn(app, settings, publisher)
        if rounds % rounds_between == 0:
            with app.app_context():
                _try("tidying", tidying.tidy)
                _try("forgetting_jobs", lambda: keep(jobs.tidy))
                _try("expiring_case_files", making.expire_due)
                _try("refreshing_statistics", lambda: schema.refresh_statistics(db.engine))
        rounds += 1


def turn(app: Flask, settings: Settings, publisher: Publisher) -> None:
    """One round. A step that fails is logged and tried again next time; the others still run."""
    with app.app_context():
        _try("closing", due_steps)
        _try("balloting", ballots.due_steps)
        _try("reminding", due_reminders)
        _try("publishing", lambda: _publish(settings, publisher))
        _try("packing", lambda: shelf.pack_when_due(settings, publisher.folder))
        _try("delivering", lambda: outbox.deliver_due(settings))


def check_regularly(app: Flask, settings: Settings, publisher: Publisher, done: threading.Event) -> None:
    """Check the whole trail at once and then every `check_every` seconds, until told to stop."""
    while not done.is_set():
        with app.app_context():
            _try("checking", lambda: _check(settings, publisher))
        done.wait(settings.check_every)


def work_regularly(app: Flask, done: threading.Event) -> None:
    """Do one job after the other, and look every second whether there is one, until told to stop."""
    while not done.is_set():
        with app.app_context():
            worked = _try("working", work_off)
        if not worked:
            done.wait(1)


def _check(settings: Settings, publisher: Publisher) -> None:
    with reading():
        check = checking.run(db.session, settings, publisher)
    if not check.ok:
        log.critical("trail_altered", entry=check.entry, reason=check.en)


def _publish(settings: Settings, publisher: Publisher) -> None:
    with reading():
        publishing.turn(db.session, settings, publisher)


def _wait(app: Flask, settings: Settings, publisher: Publisher, done: threading.Event) -> bool:
    """Wait for the next round, less long when much is waiting to be published; whether to stop."""
    for _ in range(settings.publish_every):
        if done.wait(1):
            return True
        with app.app_context(), reading():
            waiting = publishing.waiting(db.session, publisher)
            db.session.rollback()
        if waiting >= settings.publish_entries:
            break
    return False


def _try(name: str, step: Callable[[], object]) -> object:
    """What the step gave; None when it failed."""
    try:
        return step()
    except Exception:
        # Whatever it is, the next step must still get its turn; the error is in the log with its trace.
        log.exception("step_failed", step=name)
        return None
    finally:
        db.session.rollback()
