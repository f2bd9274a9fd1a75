"""Worker 值班: publishes the trail's head, delivers messages, closes what is due; a restart loses nothing."""

from __future__ import annotations

import signal
import threading

import structlog
from flask import Flask

from hearing.audit.publisher import Publisher, WillNotSign
from hearing.config import Settings
from hearing.db import db, reading
from hearing.people import outbox

log = structlog.get_logger()


def run(app: Flask, settings: Settings) -> None:
    """Work until told to stop."""
    done = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: done.set())
    publisher = Publisher.of(settings)
    while not done.wait(settings.publish_every):
        turn(app, settings, publisher)


def turn(app: Flask, settings: Settings, publisher: Publisher) -> None:
    """One round. A step that fails is logged and tried again next time; the others still run."""
    with app.app_context():
        try:
            with reading():
                publisher.publish(db.session)
        except WillNotSign as refusal:
            log.critical("will_not_sign", reason=str(refusal))
        except Exception:
            log.exception("publishing_failed")
        db.session.rollback()
        try:
            outbox.deliver_due(settings)
        except Exception:
            log.exception("delivery_failed")
