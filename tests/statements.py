"""Statements: what a piece of work says to the database, for tests that count it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event

from hearing.db import db

# How a transaction opens is no question to the database.
OPENING = ("BEGIN", "PRAGMA query_only", "SET TRANSACTION")


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """The SQL of every statement run inside, in order: `with statements(app) as said: …` and then `len(said) <= 8`."""
    said: list[str] = []

    def hear(_connection: Any, _cursor: Any, sql: str, *_: Any) -> None:
        if not sql.startswith(OPENING):
            said.append(sql)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", hear)
