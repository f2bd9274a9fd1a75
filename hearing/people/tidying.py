"""Tidying: what signing in leaves behind is forgotten once it has served; the worker runs it every hour."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select

from hearing.audit.ledger import keep
from hearing.clock import now
from hearing.db import db
from hearing.people.models import Arrival, LoginSession, Message, OneTimeCode
from hearing.people.outbox import WAITING

# Codes count for the limit of a day; a message's row helps to answer "I never got one" for a month;
# a sign-in lives 90 days at most, so one of 180 days has long been over.
_CODES_KEPT, _MESSAGES_KEPT, _SESSIONS_KEPT = timedelta(days=2), timedelta(days=30), timedelta(days=180)


def tidy() -> None:
    """Delete codes and arrivals after two days, sent messages after 30, sign-ins 180 days after they were opened."""
    keep(_tidy)


def _tidy() -> None:
    moment = now()
    old = select(Arrival.id).where(Arrival.opened_at < moment - _CODES_KEPT)
    for rows in (
        delete(OneTimeCode).where(OneTimeCode.arrival_id.in_(old)),
        delete(Arrival).where(Arrival.opened_at < moment - _CODES_KEPT),
        delete(Message).where(Message.state != WAITING, Message.written_at < moment - _MESSAGES_KEPT),
        delete(LoginSession).where(LoginSession.opened_at < moment - _SESSIONS_KEPT),
    ):
        db.session.execute(rows.execution_options(synchronize_session=False))
