"""Clockwork 到点: what the system does when the clock says so, one act for each collection."""

from __future__ import annotations

import structlog

from hearing.audit.ledger import perform
from hearing.consents import queries
from hearing.consents.actions.counting import close
from hearing.consents.rules import Refusal
from hearing.db import db, reading
from hearing.refusal import Refused

log = structlog.get_logger()


def due_steps() -> int:
    """Close every collection whose last hour has come; return how many were closed. Needs an application context.

    Several workers may call this at once, as often as they like: whoever comes second finds nothing left to do.
    """
    with reading():
        waiting = [collection.id for collection in queries.overdue()]
        db.session.rollback()
    return sum(_closed(collection_id) for collection_id in waiting)


def _closed(collection_id: int) -> bool:
    try:
        perform(close, queries.head(collection_id))
    except Refused as refused:
        if refused.refusal not in (Refusal.COLLECTION_ELSEWHERE, Refusal.STILL_OPEN):
            raise
        log.info("closed_elsewhere", collection=collection_id)
        return False
    return True
