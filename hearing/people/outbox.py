"""Outbox 待发: messages are rows of the act's own transaction, sent after it and never twice by two workers.

A message says that there is something new and where to look; it never says what was decided.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog
from flask import current_app
from flask_babel import force_locale, gettext
from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from hearing.audit.ledger import keep
from hearing.clock import database_now, now
from hearing.config import Settings
from hearing.db import db, reading
from hearing.people import gateways
from hearing.people.gateways import NotSent
from hearing.people.models import Account, Message
from hearing.web.i18n import LOCALES

log = structlog.get_logger()

SMS, MAIL = "sms", "mail"
WAITING, SENT, FAILED = "waiting", "sent", "failed"

LEASE = timedelta(minutes=5)
"""How long a worker has for a message that it took; if it died with it, another one takes it then."""
BACK_OFF = tuple(timedelta(seconds=pause) for pause in (5, 30, 120, 600, 3600))
"""The pauses after the first, second … try that did not work; after the last one the message has failed."""


class Gateway(Protocol):
    """Sends one message."""

    def send(self, recipient: str, text: str) -> None:
        """Hand the message on. Raises NotSent."""


def write(
    session: Session,
    channel: str,
    recipient: str,
    text: str,
    due: datetime | None = None,
    useless_at: datetime | None = None,
) -> Message:
    """Put a message into the outbox; it goes out once the caller's transaction has been committed.

    `due`: not before; at once by default. `useless_at`: not after.
    """
    moment = now(session)
    message = Message(
        channel=channel,
        recipient=recipient,
        text=text,
        state=WAITING,
        tries=0,
        written_at=moment,
        due_at=due or moment,
        useless_at=useless_at,
    )
    session.add(message)
    return message


def tell(session: Session, account: Account, sentence: str, /, path: str = "/me", **details: object) -> None:
    """Tell a person something in her language, with the address of the page to look at.

    `sentence` is marked by N_(). Goes to her phone, else to her mail; somebody with neither sees it when she signs in.
    """
    channel, recipient = (SMS, account.phone) if account.phone else (MAIL, account.email)
    if recipient:
        write(session, channel, recipient, worded(account.language, sentence, url=address(path), **details))


def worded(language: str, sentence: str, **details: object) -> str:
    """A sentence marked by N_(), in the reader's language and not the writer's."""
    with force_locale(LOCALES.get(language, LOCALES["zh"])):
        return str(gettext(sentence, **details))


def address(path: str) -> str:
    """The full address of a page, from the settings and never from a Host header."""
    settings: Settings = current_app.extensions["settings"]
    return settings.base_url.rstrip("/") + path


def deliver_due(settings: Settings, limit: int = 20) -> int:
    """Send what is due, at most `limit` messages; return how many went out. Needs an application context.

    Messages whose gateway is not configured stay; those of no more use are given up. One worker may call this every
    second, several at once too: each message is taken by one.
    """
    ways = gateways.of(settings)
    with reading():
        idle = db.session.scalar(select(Message.id).where(or_(_due(list(ways)), _useless())).limit(1)) is None
        db.session.rollback()
    if idle:
        return 0
    keep(_give_up)
    return sum(_deliver(ways[message.channel], message, settings) for message in keep(_take, list(ways), limit))


def _due(channels: list[str]) -> ColumnElement[bool]:
    return and_(Message.state == WAITING, Message.channel.in_(channels), Message.due_at <= database_now())


def _useless() -> ColumnElement[bool]:
    return and_(Message.state == WAITING, Message.useless_at <= database_now())


def _give_up() -> None:
    db.session.execute(update(Message).where(_useless()).values(state=FAILED, text=""))


def _take(channels: list[str], limit: int) -> list[Any]:
    """Take messages for this worker by moving their next try beyond the lease."""
    first = (
        select(Message.id)
        .where(_due(channels))
        .order_by(Message.due_at, Message.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    taken = (
        update(Message)
        .where(Message.id.in_(first.scalar_subquery()))
        .values(due_at=now() + LEASE, tries=Message.tries + 1)
        .returning(Message.id, Message.channel, Message.recipient, Message.text, Message.tries)
    )
    return sorted(db.session.execute(taken, execution_options={"synchronize_session": False}).all())


def _deliver(gateway: Gateway, message: Any, settings: Settings) -> bool:
    """Send one message outside any transaction, then note what became of it. The log never learns whom or what."""
    try:
        gateway.send(message.recipient, message.text)
    except NotSent as reason:
        log.warning(
            "message not sent", message=message.id, channel=message.channel, tries=message.tries, why=str(reason)
        )
        keep(_note, message.id, _after_failure(message.tries, reason.for_good))
        return False
    erased = {} if settings.is_demo else {"text": ""}
    keep(_note, message.id, {"state": SENT, "sent_at": database_now(), **erased})
    return True


def _after_failure(tries: int, for_good: bool) -> dict[str, Any]:
    if for_good or tries > len(BACK_OFF):
        return {"state": FAILED, "text": ""}
    return {"due_at": now() + BACK_OFF[tries - 1]}


def _note(message: int, values: dict[str, Any]) -> None:
    db.session.execute(update(Message).where(Message.id == message).values(**values))
