"""What tests do behind the door: rows without acts, viewers without a sign-in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, select

from hearing import schema
from hearing.clock import now
from hearing.db import Base, Ledgered, db
from hearing.people.models import Account, LoginSession
from hearing.people.viewer import Viewer


def build(engine: Engine) -> None:
    """Make every table, and the triggers by which the database keeps what only grows."""
    with engine.begin() as connection:
        Base.metadata.create_all(connection)
        for mapper in Base.registry.mappers:
            if issubclass(mapper.class_, Ledgered) and mapper.class_.append_only:
                for statement in schema.growing_statements(mapper.class_.__tablename__, engine.dialect.name):
                    connection.exec_driver_sql(statement)


@contextmanager
def door_open() -> Iterator[None]:
    """Let factories write recorded tables directly, and commit at the end."""
    db.session.info["performing"] = True
    try:
        yield
        db.session.commit()
    finally:
        db.session.info.pop("performing", None)


def viewer(ref: str) -> Viewer:
    """The person with this account ref, as if signed in with the second factor."""
    account = db.session.scalars(select(Account).where(Account.ref == ref)).one()
    moment = now()
    return Viewer(account, LoginSession(account_id=account.id, opened_at=moment, second_factor_at=moment), "")
