"""Glance: one statement outside any transaction says what a session would say, in the domain's types."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import Table, bindparam, select, text
from sqlalchemy.exc import DBAPIError

from hearing import clock, glance
from hearing.clock import database_now
from hearing.db import db, reader, reading
from hearing.glance import Glance, Unanswered
from hearing.people.models import Account
from tests.cast import Cast
from tests.statements import statements

ACCOUNT = Account.__table__
assert isinstance(ACCOUNT, Table)
WHO = Glance(
    select(ACCOUNT.c.name, ACCOUNT.c.elder, ACCOUNT.c.disabled_at, database_now().label("now")).where(
        ACCOUNT.c.ref == bindparam("ref")
    )
)
NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)


def test_it_answers_in_the_types_of_the_domain(app: Flask, cast: Cast) -> None:
    with app.app_context(), clock.standing_at(NOON):
        found = WHO(ref=cast.ref(1))
        assert found is not None
        assert found["name"] == db.session.scalar(select(Account.name).where(Account.ref == cast.ref(1)))
        assert found["elder"] is False and found["disabled_at"] is None
        assert abs(found["now"] - NOON) < timedelta(seconds=30)
        assert WHO(ref="nobody") is None


def test_it_sees_what_was_committed_and_nothing_else(app: Flask, cast: Cast) -> None:
    with app.app_context():
        db.session.execute(text("UPDATE account SET elder = true WHERE ref = :ref"), {"ref": cast.ref(1)})
        before = WHO(ref=cast.ref(1))
        db.session.rollback()
        assert before is not None and before["elder"] is False


def test_it_leaves_nothing_open(app: Flask, cast: Cast) -> None:
    with app.app_context(), reading():
        WHO(ref=cast.ref(1))
        assert reader().pool.checkedout() == 0  # type: ignore[attr-defined]
        assert not db.session.in_transaction()
        db.session.execute(select(Account.id)).all()
        db.session.rollback()


def test_it_is_counted_among_the_statements(app: Flask, cast: Cast) -> None:
    with app.app_context(), statements(app) as said:
        WHO(ref=cast.ref(1))
    assert len(said) == 1 and "account" in said[0]
    assert glance.listeners == []


def test_a_driver_that_fails_is_told_from_nobody(app: Flask, cast: Cast) -> None:
    with app.app_context():
        broken = Glance(select(text("no_such_column")).select_from(ACCOUNT))
        with pytest.raises(Unanswered):
            broken()
        with pytest.raises(DBAPIError):
            db.session.execute(text("SELECT no_such_column FROM account"))
        db.session.rollback()
        assert WHO(ref=cast.ref(1)) is not None


def test_a_connection_that_was_lost_is_not_asked_twice(app: Flask, cast: Cast) -> None:
    with app.app_context():
        lent = reader().raw_connection()
        driver = lent.driver_connection
        lent.close()
        assert driver is not None
        driver.close()  # As a restart of the server would, while it waits in the pool.
        with pytest.raises(Unanswered):
            WHO(ref=cast.ref(1))
        assert WHO(ref=cast.ref(1)) is not None


def test_it_cannot_write(app: Flask, cast: Cast) -> None:
    with app.app_context(), pytest.raises(DBAPIError), reader().connect() as connection:
        connection.execute(text("UPDATE account SET elder = true WHERE ref = :ref"), {"ref": cast.ref(1)})
