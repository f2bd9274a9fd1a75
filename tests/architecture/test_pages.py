"""Every page as everybody: never a broken one, never a write, few statements, the right headers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from hearing.db import Base, db
from hearing.web.guards import open_to_all
from hearing.web.headers import CONTENT_SECURITY_POLICY
from tests.architecture.routes import Route, addresses, routes
from tests.architecture.test_access import ENDS_THE_VISIT, WHO, enter
from tests.browser import Browser
from tests.cast import Cast
from tests.statements import statements

MOST_STATEMENTS = 8
# A number of the cast's rows, of nobody's, one that no database holds, and names that mean something elsewhere.
NUMBERS = [1, 987_654, 2**31, 10**30]
NAMES = ["tianjinlu", "..", "%00", "a" * 300, "none' or 1=1 --", "编号"]
QUERIES = ["?page=-1", "?page=1e9", "?page=abc&page=2", "?back=//evil.example", "?q=%00%ff", "?" + "a=1&" * 200]


def looked_at(app: Flask) -> list[Route]:
    """The pages that the walk opens."""
    return [route for route in routes(app) if route.gets and route.endpoint not in ENDS_THE_VISIT]


def plain(app: Flask) -> list[str]:
    """The addresses of pages without blanks."""
    return [route.rule for route in looked_at(app) if "<" not in route.rule]


@pytest.mark.parametrize("who", WHO)
def test_a_page_breaks_for_nobody_and_asks_the_database_little(
    app: Flask, client: Browser, cast: Cast, who: str
) -> None:
    enter(client, cast, who)
    for address in plain(app):
        with statements(app) as said:
            answer = client.get(address)
        assert answer.status_code < 500, f"{address} answers {answer.status_code}"
        assert len(said) <= MOST_STATEMENTS, f"{address} says {len(said)} things to the database:\n" + "\n".join(said)


def hostile(app: Flask, route: Route) -> Iterator[str]:
    """The addresses of a page with odd things in its blanks."""
    for number in NUMBERS if "<int:" in route.rule else []:
        yield from addresses(app, route, number=number, name="1")
    for name in NAMES if "<int:" not in route.rule and "<" in route.rule else []:
        yield from addresses(app, route, number=1, name=name)


@pytest.mark.parametrize("who", ["household", "clerk", "foreign_clerk"])
def test_no_number_and_no_name_breaks_a_page(app: Flask, client: Browser, cast: Cast, who: str) -> None:
    enter(client, cast, who)
    for route in looked_at(app):
        for address in hostile(app, route):
            assert (status := client.get(address).status_code) < 500, f"{address} answers {status}"


@pytest.mark.parametrize("query", QUERIES)
def test_no_query_breaks_a_page(app: Flask, client: Browser, cast: Cast, query: str) -> None:
    client.enter(cast.ref("clerk"))
    for address in plain(app):
        assert (status := client.get(address + query).status_code) < 500, f"{address}{query} answers {status}"


def test_a_page_that_writes_is_stopped_by_the_database(app: Flask, client: Browser) -> None:
    def careless() -> str:
        db.session.execute(text("UPDATE account SET name = 'x'"))
        return "written"

    app.add_url_rule("/careless", view_func=open_to_all(careless), methods=["GET", "POST"])
    assert client.get("/careless").status_code in {500, 503}
    with app.app_context():
        assert db.session.execute(text("SELECT count(*) FROM account WHERE name = 'x'")).scalar_one() == 0


def test_looking_leaves_the_database_as_it_is(app: Flask, client: Browser, cast: Cast) -> None:
    client.enter(cast.ref("clerk"))
    before = contents(app)
    for address in plain(app):
        client.get(address)
    assert contents(app) == before


def contents(app: Flask) -> dict[str, int]:
    """How many rows each table has."""
    with app.app_context():
        return {
            name: db.session.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in Base.metadata.tables.items()
        }


PAGE_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


UNKEPT = {"/polls/tablet"}
"""Pages that stay in no Back list though nobody is signed in: one device, one voter after the other."""


def test_every_page_carries_the_headers(app: Flask, client: Browser, cast: Cast) -> None:
    for who in (None, cast.ref("clerk")):
        if who:
            client.enter(who)
        for address in [*plain(app), "/nowhere", "/cases/987654"]:
            answer = client.get(address)
            told = {name: answer.headers.get(name) for name in PAGE_HEADERS}
            assert told == PAGE_HEADERS, address
            if answer.mimetype == "text/html":
                personal = {"Cookie", "Accept-Language"} <= {
                    part.strip() for part in answer.headers.getlist("Vary")[0].split(",")
                }
                assert personal, f"{address}: {answer.headers.getlist('Vary')}"
                kept_by_nobody = who or address in UNKEPT
                manner = "no-store" if kept_by_nobody else "private, no-cache"
                assert answer.headers["Cache-Control"] == manner, address


def test_the_policy_lets_nothing_foreign_or_inline_in() -> None:
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "*" not in CONTENT_SECURITY_POLICY
    assert "http" not in CONTENT_SECURITY_POLICY
    for directive in ("default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"):
        assert directive in CONTENT_SECURITY_POLICY
