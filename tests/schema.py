"""What tests do behind the door: rows without acts, viewers without a sign-in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app
from sqlalchemy import Engine, select

from hearing import schema
from hearing.clock import now
from hearing.db import db
from hearing.people import kept
from hearing.people.models import Account, LoginSession
from hearing.people.viewer import Viewer


def build(engine: Engine) -> None:
    """Make every table as an installation does: by its migrations."""
    schema.upgrade(engine)


@contextmanager
def door_open() -> Iterator[None]:
    """Let factories write recorded tables directly, and commit at the end.

    The trail does not grow by it, so pages made before would still be shown: they are thrown away.
    """
    db.session.info["performing"] = True
    try:
        yield
        db.session.commit()
    finally:
        db.session.info.pop("performing", None)
        kept.init_app(current_app)


def viewer(ref: str) -> Viewer:
    """The person with this account ref, as if signed in with the second factor."""
    account = db.session.scalars(select(Account).where(Account.ref == ref)).one()
    moment = now()
    return Viewer(account, LoginSession(account_id=account.id, opened_at=moment, second_factor_at=moment), "")
