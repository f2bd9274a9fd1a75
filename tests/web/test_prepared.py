"""Prepared statements on PostgreSQL: a page that many ask is planned once on a connection, not at every asking."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from hearing.db import db
from tests.browser import Browser
from tests.cast import Cast


def test_what_pages_ask_again_and_again_stays_prepared(app: Flask, cast: Cast, client: Browser) -> None:
    client.enter(cast.ref(1))
    for number in range(8):
        assert client.get(f"/?anew={number}").status_code == 200
    with app.app_context():
        kept = db.session.scalars(text("SELECT statement FROM pg_prepared_statements")).all()
    assert any("login_session" in statement for statement in kept)


def test_a_connection_on_which_a_question_failed_goes_on_serving(app: Flask, cast: Cast, client: Browser) -> None:
    client.enter(cast.ref(1))
    with app.test_request_context("/"):
        app.preprocess_request()
        with pytest.raises(DBAPIError, match="division by zero"):
            db.session.execute(text("SELECT 1 / 0"))
    with app.app_context():
        assert db.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    assert client.get("/").status_code == 200
