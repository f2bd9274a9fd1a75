"""The clock: one time for everybody, the database's own.

An application server whose clock is wrong must not open or close a vote, so moments come from the database, and a
deadline that matters is tested inside the statement that writes. A demo or a test may move this clock; a
production start cannot.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import String, bindparam, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import FunctionElement

from hearing.db import Instant, db


class ClockIsFixed(Exception):
    """Somebody tried to move the clock of a real installation."""


class _Shift:
    """How far this process's clock stands from the database's; zero in production."""

    allowed = False
    by = timedelta(0)

    @classmethod
    def text(cls) -> str:
        return f"{cls.by.total_seconds():+.3f} seconds"


class database_now(FunctionElement[datetime]):  # noqa: N801 - reads like the SQL function that it is
    """The moment at which the statement runs, by the database's clock."""

    type = Instant()
    inherit_cache = True
    name = "database_now"

    def __init__(self) -> None:
        # A parameter, not text: the compiled statement stays in SQLAlchemy's cache whatever the shift.
        super().__init__(bindparam("clock_shift", callable_=_Shift.text, type_=String(), unique=True))


@compiles(database_now, "sqlite")
def _sqlite(element: database_now, compiler: Any, **kwargs: Any) -> str:
    return f"strftime('%Y-%m-%dT%H:%M:%fZ', 'now', {compiler.process(element.clauses, **kwargs)})"


@compiles(database_now)
def _postgres(element: database_now, compiler: Any, **kwargs: Any) -> str:
    return f"(clock_timestamp() + CAST({compiler.process(element.clauses, **kwargs)} AS interval))"


# Asked on nearly every request, so it is built once, and asked without the mapper's part.
_NOW = select(database_now())


def now(session: Session | None = None) -> datetime:
    """The moment by the database's clock, in UTC, to the millisecond."""
    moment: datetime = (session or db.session).connection().execute(_NOW).scalar_one()
    return moment


def by_server() -> datetime:
    """The moment by this server's own clock, in UTC: for words about age, which decide nothing."""
    return datetime.now(UTC) + _Shift.by


def allow_shift(allowed: bool) -> None:
    """Say whether this process's clock may be moved (demo and tests)."""
    _Shift.allowed = allowed
    if not allowed:
        _Shift.by = timedelta(0)


def shift(by: timedelta) -> None:
    """Set this process's clock apart from the database's. Raises ClockIsFixed in production."""
    if not _Shift.allowed:
        raise ClockIsFixed
    _Shift.by = by


@contextmanager
def standing_at(moment: datetime) -> Iterator[None]:
    """Let the clock go on from `moment` (UTC) inside; for demo data and tests."""
    before = _Shift.by
    shift(moment - datetime.now(UTC))
    try:
        yield
    finally:
        _Shift.by = before
