"""Logs: one line of JSON a request, and nothing in it that somebody typed, whatever went wrong."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from flask import Flask, request
from sqlalchemy import text

from hearing.app import create_app
from hearing.config import Mode, Settings
from hearing.db import db
from hearing.web.guards import open_to_all
from tests import database
from tests.architecture.test_access import token_of
from tests.browser import Browser
from tests.cast import Cast

PHONE, NAME, WORDS = "14100824591", "李伯年", "我不同意这个方案"
HOME = "http://localhost"


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What the application writes to its standard error."""
    paper = io.StringIO()
    monkeypatch.setattr(sys, "stderr", paper)
    yield paper
    structlog.reset_defaults()


@pytest.fixture
def client(written: io.StringIO, settled: tuple[str, Cast], tmp_path: Path) -> Iterator[Browser]:
    """A browser at an installation that logs as in production."""
    with database.database(tmp_path, like=settled[0]) as url:
        app = create_app(
            Settings(
                mode=Mode.PRODUCTION, data_dir=tmp_path / "var", database_url=url, secret_key="t" * 40, base_url=HOME
            )
        )
        app.test_client_class = Browser
        _break(app)
        browser = app.test_client()
        assert isinstance(browser, Browser)
        yield browser
        with app.app_context():
            db.engine.dispose()


def _break(app: Flask) -> None:
    """Views that go wrong with what was typed in their hands."""

    @app.post("/broken/word")
    @open_to_all
    def word() -> str:
        raise ValueError(f"cannot read {request.form['phone']}")

    @app.post("/broken/statement")
    @open_to_all
    def statement() -> str:
        db.session.execute(text("INSERT INTO account (name, phone) VALUES (:name, :phone)"), dict(request.form.items()))
        return "never"

    @app.post("/broken/chain")
    @open_to_all
    def chain() -> str:
        try:
            return str(int(request.form["name"]))
        except ValueError as error:
            raise KeyError(request.form["phone"]) from error


def lines(written: io.StringIO) -> list[dict[str, object]]:
    """The log's lines; each must be JSON."""
    return [json.loads(line) for line in written.getvalue().splitlines()]


def test_a_request_is_one_line_of_json(client: Browser, written: io.StringIO) -> None:
    client.get("/healthz")
    (line,) = lines(written)
    assert line.keys() >= {"event", "request", "method", "endpoint", "status", "ms", "timestamp", "level"}
    assert str(line["timestamp"]).endswith("Z")


@pytest.mark.parametrize(
    "path",
    [
        f"/cases/{PHONE}",
        f"/{PHONE}",
        f"/n/{NAME}",
        f"/?phone={PHONE}",
        f"/sign-in?back=/{PHONE}",
        f"/log/{PHONE}",
        f"/files/{PHONE}",
    ],
)
def test_an_address_is_not_logged(client: Browser, written: io.StringIO, path: str) -> None:
    client.get(path, headers={"Referer": f"{HOME}/{PHONE}", "User-Agent": f"{NAME} {PHONE}", "Cookie": f"a={PHONE}"})
    assert lines(written)
    assert_silent(written)


@pytest.mark.parametrize(
    "path", ["/sign-in", "/elder", "/nowhere", "/healthz", "/broken/word", "/broken/statement", "/broken/chain"]
)
def test_what_was_typed_is_not_logged(client: Browser, written: io.StringIO, path: str) -> None:
    typed = {"csrf_token": token_of(client), "phone": PHONE, "name": NAME, "reason": WORDS, "once": PHONE}
    assert client.post(path, data=typed).status_code >= 300
    del typed["once"]
    client.post(path, data=typed)
    client.post(path, data={key: value for key, value in typed.items() if key != "csrf_token"})
    assert lines(written)
    assert_silent(written)


def test_what_went_wrong_is_still_told(client: Browser, written: io.StringIO) -> None:
    client.post("/broken/word", data={"csrf_token": token_of(client), "phone": PHONE})
    (broken,) = [line for line in lines(written) if line["event"] == "broken"]
    assert broken["error"] == "ValueError"
    assert broken["endpoint"] == "word"
    assert "test_logs.py" in json.dumps(broken), "where it happened"


def test_a_made_up_line_stays_inside_its_line(client: Browser, written: io.StringIO) -> None:
    client.get("/%0a%7b%22event%22:%22all%20is%20well%22%7d")
    client.get("/", headers={"User-Agent": 'x"}{"event":"all is well"}'})
    assert all(line["event"] == "answered" for line in lines(written))


def assert_silent(written: io.StringIO) -> None:
    for personal in (PHONE, NAME, WORDS):
        assert personal not in written.getvalue()
        assert json.dumps(personal).strip('"') not in written.getvalue()
