"""Kept pages: the same page for the same reader until something is recorded, and nobody else's, and no old token."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from flask import Flask, flash

from hearing import clock
from hearing.audit.ledger import keep
from hearing.db import db
from hearing.people.kept import Kept, Shelf, Version, kept
from hearing.people.models import Account
from hearing.web import keys
from hearing.web.guards import open_to_all
from tests.browser import Browser
from tests.cast import Cast
from tests.notices.board import post
from tests.schema import viewer
from tests.statements import statements

NOON = datetime(2026, 11, 20, 4, 0, 10, tzinfo=UTC)
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


BOARD = "/notices?of=tianjinlu"


def wish(client: Browser, switch: str, value: str) -> None:
    """Press a switch of the start page."""
    token = TOKEN.findall(client.get("/").text)
    assert client.post(f"/{switch}", data={"csrf_token": token[:1], switch: value}).status_code == 303


def hang_up(app: Flask, cast: Cast, title: str) -> None:
    """Something is recorded."""
    with app.app_context():
        post(viewer(cast.ref("clerk")), cast.neighbourhood, title)


def test_a_page_is_made_once(app: Flask, client: Browser, cast: Cast) -> None:
    with clock.standing_at(NOON):
        hang_up(app, cast, "关于暂停供水的公告")
        first = client.get(BOARD)
        with statements(app) as said:
            second = client.get(BOARD)
    assert len(said) == 1
    assert "关于暂停供水的公告" in second.text
    assert TOKEN.sub("", first.text) == TOKEN.sub("", second.text)
    assert first.vary.as_set() == second.vary.as_set()
    for header in ("Cache-Control", "Content-Security-Policy", "Content-Type"):
        assert first.headers.get(header) == second.headers.get(header)


def test_a_page_whose_reading_began_before_is_not_kept(app: Flask) -> None:
    made: list[int] = []

    def view() -> str:
        made.append(1)
        return "<p>page</p>"

    shown = kept(view)
    with app.test_request_context("/"):
        app.preprocess_request()
        db.session.connection()  # As a guard would that reads before: its snapshot may be older than the version.
        assert shown() == shown() == "<p>page</p>"
        db.session.rollback()
        assert shown().get_data(as_text=True) == shown().get_data(as_text=True)  # type: ignore[union-attr]
    assert len(made) == 3, "twice unkept, then once for its version"


def test_every_reader_has_tokens_of_her_own(client: Browser, app: Flask, cast: Cast) -> None:
    with clock.standing_at(NOON):
        client.enter(cast.ref(1)).get(BOARD)
        other = app.test_client()
        assert isinstance(other, Browser)
        token = TOKEN.findall(other.enter(cast.ref(2)).get(BOARD).text)[0]
        assert other.post("/elder", data={"csrf_token": token, "back": "/"}).status_code == 303
        assert client.post("/elder", data={"csrf_token": token, "back": "/"}).status_code == 400


def test_what_is_recorded_is_seen_at_once(app: Flask, client: Browser, cast: Cast) -> None:
    with clock.standing_at(NOON):
        client.get(BOARD)
        hang_up(app, cast, "关于粉刷楼道的公告")
        assert "关于粉刷楼道的公告" in client.get(BOARD).text


def test_a_page_is_made_anew_when_the_minute_is_over(app: Flask, client: Browser) -> None:
    with clock.standing_at(NOON):
        client.get(BOARD)
    with clock.standing_at(NOON + timedelta(seconds=55)), statements(app) as said:
        client.get(BOARD)
    assert len(said) > 1


def test_nobody_gets_another_persons_page(app: Flask, cast: Cast) -> None:
    with clock.standing_at(NOON):
        one, other, nobody = (app.test_client() for _ in range(3))
        assert isinstance(one, Browser)
        assert isinstance(other, Browser)
        one.enter(cast.ref(1))
        other.enter(cast.ref(2))
        for _ in range(2):
            assert "李伯年" in one.get("/").text
            assert "李伯年" not in other.get("/").text
            assert "李伯年" not in nobody.get("/").text
            assert one.get("/").headers["Cache-Control"] == "no-store"


def test_a_page_follows_its_readers_wishes(client: Browser, cast: Cast) -> None:
    with clock.standing_at(NOON):
        client.enter(cast.ref(1))
        assert "data-elder" not in client.get("/").text
        wish(client, "elder", "1")
        assert "data-elder" in client.get("/").text
        wish(client, "language", "en")
        assert 'lang="en"' in client.get("/").text


def test_a_page_ends_with_the_sign_in(app: Flask, client: Browser, cast: Cast) -> None:
    with clock.standing_at(NOON):
        client.enter(cast.ref(1))
        client.get("/")
        assert "李伯年" in client.get("/").text
        with app.app_context():
            account = db.session.query(Account).filter_by(ref=cast.ref(1)).one()
            keep(lambda: setattr(account, "disabled_at", NOON))
        assert "李伯年" not in client.get("/").text


def test_an_idle_sign_in_gets_no_kept_page(client: Browser, cast: Cast) -> None:
    with clock.standing_at(NOON):
        client.enter(cast.ref("clerk"))
        client.get("/")
    with clock.standing_at(NOON + timedelta(days=2)):
        assert "退出" not in client.get("/").text


def test_a_message_is_shown_once_and_not_kept(app: Flask, client: Browser) -> None:
    def say() -> str:
        flash("办好了")
        return ""

    app.add_url_rule("/say", view_func=open_to_all(say))
    with clock.standing_at(NOON):
        client.get("/say")
        assert "办好了" in client.get(BOARD).text
        assert "办好了" not in client.get(BOARD).text
        assert "办好了" not in client.get(BOARD).text


def test_a_form_of_a_kept_page_has_a_new_key_each_time(app: Flask, client: Browser) -> None:
    def form() -> str:
        head, body = "<head><title>x</title></head>", f"<h1>x</h1><p>{keys.issue('/a')} {keys.issue('/b')}</p>"
        return f'<!doctype html><html lang="zh-CN">{head}<body><main>{body}</main></body></html>'

    app.add_url_rule("/form", view_func=open_to_all(kept(form)))
    shown = [re.findall(r"[\w-]{22}\.[0-9a-f]{32}", client.get("/form").text) for _ in range(3)]
    assert len({key for page in shown for key in page}) == 6
    for one, other in shown:
        with app.test_request_context("/a"):
            assert keys.is_ours(one)
            assert not keys.is_ours(other)


def test_a_refused_page_is_not_kept(app: Flask, client: Browser) -> None:
    seen = []

    def refuse() -> tuple[str, int]:
        seen.append(1)
        return "", 404

    app.add_url_rule("/refuse", view_func=open_to_all(kept(refuse)))
    assert [client.get("/refuse").status_code for _ in range(2)] == [404, 404]
    assert len(seen) == 2


def test_a_full_shelf_drops_what_nobody_asks_for() -> None:
    shelf: Shelf[str, Kept] = Shelf(most_bytes=250)
    version = Version(1, NOON)
    for name in "ab":
        shelf.put(name, Kept(version, (name,), 100))
    assert shelf.find("a")
    shelf.put("c", Kept(version, ("c",), 100))
    assert [bool(shelf.find(name)) for name in "abc"] == [True, False, True]
    shelf.put("a", Kept(version, ("aa",), 150))
    assert shelf.find("c")
    shelf.put("d", Kept(version, ("d",), 300))
    assert [bool(shelf.find(name)) for name in "acd"] == [False, False, False]
