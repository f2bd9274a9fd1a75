"""Statements: what a piece of work says to the database, for tests that count it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event

from hearing import glance
from hearing.db import engines

# How a transaction opens is no question to the database.
OPENING = "BEGIN"


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """The SQL of every statement run inside, in order: `with statements(app) as said: …` and then `len(said) <= 8`."""
    said: list[str] = []

    def hear(_connection: Any, _cursor: Any, sql: str, *_: Any) -> None:
        if not sql.startswith(OPENING):
            said.append(sql)

    with hearing_every_statement(app, hear):
        yield said


@contextmanager
def hearing_every_statement(app: Flask, hear: Callable[..., None]) -> Iterator[None]:
    """Let `hear` listen to each statement before it is run inside, whichever engine runs it."""
    with app.app_context():
        every = engines()

    def hear_a_glance(sql: str) -> None:
        hear(None, None, sql)

    for engine in every:
        event.listen(engine, "before_cursor_execute", hear)
    glance.listeners.append(hear_a_glance)
    try:
        yield
    finally:
        glance.listeners.remove(hear_a_glance)
        for engine in every:
            event.remove(engine, "before_cursor_execute", hear)
