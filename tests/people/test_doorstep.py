"""Doorstep: the same answer for who sends the same, while it is true; nobody else's, no used key, no shared session."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask, request
from flask_wtf.csrf import generate_csrf
from sqlalchemy import update
from werkzeug.test import Client

from hearing import clock, glance
from hearing.audit.ledger import keep
from hearing.db import db
from hearing.people import kept as keeping
from hearing.people.doorstep import Doorstep
from hearing.people.kept import kept
from hearing.people.login import end_sessions
from hearing.people.models import Account
from hearing.web import keys, logs
from hearing.web.guards import open_to_all
from hearing.web.logs import unlogged
from tests.browser import Browser
from tests.cast import Cast
from tests.notices.board import post
from tests.schema import viewer
from tests.statements import statements

NOON = datetime(2026, 11, 20, 4, 0, 10, tzinfo=UTC)
BOARD = "/notices?of=tianjinlu"


def another(app: Flask) -> Browser:
    """One more browser."""
    browser = app.test_client()
    assert isinstance(browser, Browser)
    return browser


def stranger(app: Flask) -> Client:
    """A program that sends just what it is told, and minds no markup."""
    return Client(app, use_cookies=False)


@contextmanager
def requests_made(app: Flask) -> Iterator[list[str]]:
    """The addresses that the application itself is asked for inside."""
    made: list[str] = []

    def note() -> None:
        made.append(request.path)

    app.before_request_funcs.setdefault(None, []).insert(0, note)
    try:
        yield made
    finally:
        app.before_request_funcs[None].remove(note)


def warm(client: Browser, path: str = BOARD) -> None:
    """Ask until an answer lies on the doorstep: the first may still give a cookie."""
    for _ in range(2):
        assert client.get(path).status_code == 200


def test_the_same_answer_is_given_once_more_for_one_statement(app: Flask, client: Browser, cast: Cast) -> None:
    with clock.standing_at(NOON):
        client.enter(cast.ref(1))
        warm(client)
        first = client.get(BOARD, headers={"Accept-Encoding": "br"})
        with requests_made(app) as made, statements(app) as said:
            second = client.get(BOARD, headers={"Accept-Encoding": "br"})
    assert not made
    assert len(said) == 1
    assert second.data == first.data
    assert second.headers["Content-Encoding"] == "br"
    assert list(second.headers) == list(first.headers)


def test_visitors_get_no_cookie_and_share_one_answer(app: Flask) -> None:
    with clock.standing_at(NOON):
        first = another(app).get(BOARD)
        with requests_made(app) as made:
            second = another(app).get(BOARD)
    assert not made
    assert "Set-Cookie" not in first.headers
    assert "Set-Cookie" not in second.headers
    assert first.data == second.data
    assert second.headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize(
    "asked",
    [
        {"headers": {"Accept-Language": "en"}},
        {"headers": {"Accept-Encoding": "gzip"}},
        {"headers": {"Cookie": "elder=1"}},
        {"base_url": "http://127.0.0.1"},
        {"base_url": "https://localhost"},
        {"query_string": {"of": "tianjinlu", "page": "2"}},
        {"headers": {"HX-Request": "true"}},
        {"headers": {"If-None-Match": '"1"'}},
        {"headers": {"If-Modified-Since": "Fri, 20 Nov 2026 04:00:00 GMT"}},
        {"headers": {"Range": "bytes=0-10"}},
        {"method": "HEAD"},
    ],
)
def test_whatever_else_decides_on_an_answer_is_another_question(app: Flask, asked: dict[str, Any]) -> None:
    with clock.standing_at(NOON):
        warm(another(app))
        with requests_made(app) as made:
            stranger(app).open("/notices" if "query_string" in asked else BOARD, **asked)
    assert made == ["/notices"]


def test_a_line_break_in_an_address_makes_no_question_anothers(app: Flask) -> None:
    with clock.standing_at(NOON):
        first = stranger(app).get("/notices?of=tianjinlu", headers={"Cookie": "a=1"})
        with requests_made(app) as made:
            second = stranger(app).get("/notices%0Aof=tianjinlu", headers={"Cookie": "a=1"})
    assert (first.status_code, second.status_code) == (200, 404)
    assert made


def test_a_host_that_is_not_ours_is_refused_as_ever(app: Flask) -> None:
    with clock.standing_at(NOON):
        warm(another(app))
        assert another(app).get(BOARD, base_url="http://elsewhere.example").status_code == 400


def test_what_is_recorded_is_seen_at_once(app: Flask, client: Browser, cast: Cast) -> None:
    with clock.standing_at(NOON):
        client.enter(cast.ref(1))
        warm(client)
        with app.app_context():
            post(viewer(cast.ref("clerk")), cast.neighbourhood, "关于粉刷楼道的公告")
        assert "关于粉刷楼道的公告" in client.get(BOARD).text


def test_an_answer_ends_with_its_minute(app: Flask) -> None:
    with clock.standing_at(NOON):
        warm(another(app))
    with clock.standing_at(NOON + timedelta(seconds=55)), requests_made(app) as made:
        another(app).get(BOARD)
    assert made


def test_nobody_gets_another_persons_answer(app: Flask, cast: Cast) -> None:
    with clock.standing_at(NOON):
        one, other = another(app).enter(cast.ref(1)), another(app).enter(cast.ref(2))
        for _ in range(3):
            assert "李伯年" in one.get("/").text
            assert "李伯年" not in other.get("/").text
            assert "李伯年" not in another(app).get("/").text
        assert one.get("/").headers["Cache-Control"] == "no-store"


def ended(cast: Cast) -> None:
    """Somebody ends her sign-ins from another device."""
    account = db.session.query(Account).filter_by(ref=cast.ref(1)).one()
    end_sessions(account.id)


def disabled(cast: Cast) -> None:
    """The office closes her account."""
    account = db.session.query(Account).filter_by(ref=cast.ref(1)).one()
    keep(lambda: setattr(account, "disabled_at", NOON))


@pytest.mark.parametrize("happens", [ended, disabled])
def test_an_answer_ends_with_the_sign_in(
    app: Flask, client: Browser, cast: Cast, happens: Callable[[Cast], None]
) -> None:
    with clock.standing_at(NOON):
        client.enter(cast.ref(1))
        warm(client, "/")
        with app.app_context():
            happens(cast)
        assert "李伯年" not in client.get("/").text


def test_what_she_prefers_on_another_phone_is_seen_at_once(app: Flask, client: Browser, cast: Cast) -> None:
    with clock.standing_at(NOON):
        client.enter(cast.ref(1))
        warm(client)
        change = update(Account).where(Account.ref == cast.ref(1)).values(elder=True, language="en")
        with app.app_context():
            keep(lambda: db.session.execute(change))
        page = client.get(BOARD).text
    assert "data-elder" in page
    assert 'lang="en"' in page


def test_an_idle_browser_gets_nothing(client: Browser, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    with clock.standing_at(NOON):
        client.enter(cast.ref("clerk"))
        warm(client, "/")
        monkeypatch.setattr(keeping, "is_fresh", lambda **_: False)
        with requests_made(client.application) as made:
            client.get("/")
    assert made, "what the doorstep may not say, the application decides"


def test_her_cookie_is_renewed_after_a_minute(app: Flask, client: Browser, cast: Cast) -> None:
    with clock.standing_at(NOON - timedelta(seconds=45)):
        warm(client.enter(cast.ref(1)))
        old = cookies_of(client)
    with clock.standing_at(NOON):
        warm(client)
    with clock.standing_at(NOON + timedelta(seconds=20)), requests_made(app) as made:
        first = stranger(app).get(BOARD, headers={"Cookie": old})
    assert made, "it was made within this minute, without a cookie, while the old one needed no renewing"
    assert "Set-Cookie" in first.headers
    with clock.standing_at(NOON + timedelta(seconds=25)), requests_made(app) as made:
        second = stranger(app).get(BOARD, headers={"Cookie": old})
    assert not made
    assert second.headers["Set-Cookie"] == first.headers["Set-Cookie"]


def cookies_of(client: Browser) -> str:
    """What the browser would send."""
    return "; ".join(f"{cookie.key}={cookie.value}" for cookie in (client._cookies or {}).values())


def serve(app: Flask, path: str, view: Callable[[], str]) -> None:
    """One more page."""
    app.add_url_rule(path, endpoint=path, view_func=open_to_all(kept(view)))


def test_a_forms_key_is_never_given_twice(app: Flask) -> None:
    serve(app, "/keyed", lambda: keys.issue("/keyed"))
    with clock.standing_at(NOON):
        assert len({stranger(app).get("/keyed").text for _ in range(4)}) == 4


def test_a_session_is_never_given_to_two(app: Flask) -> None:
    serve(app, "/opening", generate_csrf)
    with clock.standing_at(NOON):
        answers = [stranger(app).get("/opening") for _ in range(3)]
    assert len({answer.headers["Set-Cookie"] for answer in answers}) == 3
    assert len({answer.text for answer in answers}) == 3


def test_what_went_wrong_afterwards_is_not_kept(app: Flask) -> None:
    fails = [True, False]
    serve(app, "/late", lambda: "<p>page</p>")

    def late(response: object) -> object:
        if fails and fails.pop(0):
            raise RuntimeError
        return response

    app.after_request_funcs.setdefault(None, []).insert(0, late)
    with clock.standing_at(NOON):
        assert [stranger(app).get("/late").status_code for _ in range(3)] == [500, 200, 200]


def test_without_an_answer_from_the_database_the_application_decides(
    app: Flask, client: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    with clock.standing_at(NOON):
        warm(client)

        def silent(*_: object, **__: object) -> None:
            raise glance.Unanswered

        monkeypatch.setattr(glance.Glance, "__call__", silent)
        with requests_made(app) as made:
            assert client.get(BOARD).status_code == 200
    assert made


def test_the_log_tells_of_it_unless_the_page_is_nobodys_business(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    app.add_url_rule("/quiet", endpoint="quiet", view_func=unlogged(open_to_all(kept(lambda: "<p>page</p>"))))
    doorstep = app.wsgi_app
    assert isinstance(doorstep, Doorstep)
    monkeypatch.setattr(doorstep, "_logged", True)
    told: list[tuple[object, ...]] = []
    monkeypatch.setattr(logs, "tell", lambda *line: told.append(line))
    client = stranger(app)
    with clock.standing_at(NOON):
        for path in (BOARD, "/quiet"):
            client.get(path)
            with requests_made(app) as made:
                client.get(path)
            assert not made
    assert [line[:3] for line in told] == [("GET", "notices.board", 200)]
