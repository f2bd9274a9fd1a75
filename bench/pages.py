"""Pages: what the product takes for a page, against a bare Flask page of the same bytes on the same server."""

from __future__ import annotations

import itertools
import re
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from flask import Flask
from sqlalchemy import event, select

from bench import forms, load
from bench.ground import Databases, Ground, Served, served
from bench.report import Report, milliseconds
from hearing import glance, schema
from hearing.app import create_app
from hearing.consents.models import ConsentCollection
from hearing.db import db, engines
from hearing.demo import seed
from hearing.demo.town.people import cookies
from hearing.proposals.models import Proposal

HALF = 0.5
STATEMENTS = 8
FIRST_VISIT, LATER_VISIT = 60, 20
"""KB over the wire in all."""
ENCODINGS = ("br", "identity")
MANNERS = "BEGIN"
"""How statements begin that only open a transaction."""


@dataclass(frozen=True)
class Page:
    """A page, and whose browser asks for it."""

    name: str
    path: str
    cookie: str = ""

    def request(self, encoding: str) -> bytes:
        """What the browser sends."""
        return load.request(self.path, cookie=self.cookie, encoding=encoding)

    def again(self, server: Served) -> Page:
        """The page as a browser asks for it that was here within the minute, with the cookie it was given."""
        answer = load.ask(server.address, self.request(ENCODINGS[0]))
        return replace(self, cookie=forms.cookie_after(answer, self.cookie))


@dataclass(frozen=True)
class Pace:
    """Answers a second, and milliseconds of processor time for each (None where the system does not tell)."""

    rate: float
    cpu: float | None


def measure(report: Report, where: Databases, *, rounds: int, seconds: float) -> None:
    """Seed the demo's case, serve it as production does, and measure every page."""
    ground = where.ground("pages")
    compare(report, ground, _seeded(ground), f"Pages on {where.name}", rounds=rounds, seconds=seconds, least=HALF)


def compare(
    report: Report, ground: Ground, pages: list[Page], title: str, *, rounds: int, seconds: float, least: float
) -> None:
    """Measure pages of an installation against bare ones, of whose rate they should reach `least`; weigh them."""
    report.heading(
        f"{title}: the product against a bare Flask page of the same bytes on the same server",
        f"gunicorn, 2 processes of 2 threads; {load.CONNECTIONS} connections at a time, {load.VISIT} requests on each",
        f"medians of {rounds} rounds of {seconds:g} s, in turns",
    )
    with served(ground) as product:
        fixed = ground.folder / "fixed-pages"
        fixed.mkdir()
        for number, page in enumerate(pages):
            (fixed / str(number)).write_bytes(_body(product, page))
        (fixed / "healthz").write_text("ok")
        with served(ground, str(fixed)) as bare:
            _rates(report, product, bare, pages, rounds, seconds, least)
        _weights(report, ground, product, pages)


def _seeded(ground: Ground) -> list[Page]:
    app = create_app(ground.as_test)
    with app.app_context():
        schema.upgrade(db.engine)
        seed.once()
        proposal = db.session.scalars(select(Proposal.id).order_by(Proposal.id.desc())).first()
        collection = db.session.scalars(select(ConsentCollection.id).order_by(ConsentCollection.id.desc())).first()
        db.session.close()
        household, clerk = "p-home13", "p-clerk"
        keys = dict(zip([household, clerk], cookies(app, [household, clerk], second_factor=True), strict=True))
        db.engine.dispose()
    return [
        Page("home, visitor", "/"),
        Page("home, household", "/", keys[household]),
        Page("case, visitor", f"/cases/{proposal}"),
        Page("case, household", f"/cases/{proposal}", keys[household]),
        Page("consent, visitor", f"/consents/{collection}"),
        Page("consent, household", f"/consents/{collection}", keys[household]),
        Page("answer, household", f"/consents/{collection}/answer", keys[household]),
        Page("desk, clerk", "/desk", keys[clerk]),
    ]


def _body(server: Served, page: Page) -> bytes:
    answer = load.ask(server.address, page.request("identity"))
    if answer.status != 200:
        raise RuntimeError(f"{page.name} ({page.path}) answers {answer.status}")
    return answer.body


def _rates(
    report: Report, product: Served, bare: Served, pages: list[Page], rounds: int, seconds: float, least: float
) -> None:
    rows = []
    for number, first in enumerate(pages):
        page, fixed = first.again(product), Page(first.name, f"/{number}")
        cells = [page.name]
        for encoding in ENCODINGS:
            paces = []
            for _ in range(rounds):
                ours = _pace(product, page.request(encoding), seconds)
                paces.append((ours, _pace(bare, fixed.request(encoding), seconds)))
            ratio = statistics.median(ours.rate / theirs.rate for ours, theirs in paces)
            cells.append(report.at_least(f"{page.name}, {encoding}", ratio, least, f"{ratio:.2f}"))
            cells += [f"{statistics.median(pace.rate for pace in side):,.0f}" for side in zip(*paces, strict=True)]
            if encoding == ENCODINGS[0]:
                cells += [milliseconds([pace.cpu for pace in side]) for side in zip(*paces, strict=True)]
        rows.append(cells)
    report.table(("", "ratio, br", "ours/s", "bare/s", "CPU ms ours", "bare", "ratio, plain", "ours/s", "bare/s"), rows)


def _pace(server: Served, data: bytes, seconds: float) -> Pace:
    run, cpu = server.timed(lambda: load.drive(server.address, itertools.repeat(data), seconds=seconds))
    if run.unlike(200):
        raise RuntimeError(f"{run.unlike(200)} of {len(run.answers)} answers were errors")
    return Pace(run.rate, cpu)


def _weights(report: Report, ground: Ground, product: Served, pages: list[Page]) -> None:
    """Bytes on the wire, headers included, of a first and a later visit; and what a page asks the database."""
    report.heading("Pages: bytes over the wire (br, headers included) and SQL statements")
    app = create_app(ground.as_test)
    rows = []
    for page in pages:
        answer = load.ask(product.address, page.request("br"))
        assets = sorted(set(re.findall(r'(?:href|src)="(/assets/[^"#]+)', _body(product, page).decode())))
        parts = [load.ask(product.address, load.request(asset, encoding="br")).wire for asset in assets]
        first, later = (answer.wire + sum(parts)) / 1024, answer.wire / 1024
        statements = _statements(app, page)
        rows.append(
            (
                page.name,
                report.at_most(f"{page.name}, first visit KB", first, FIRST_VISIT, f"{first:.1f} KB"),
                report.at_most(f"{page.name}, later visit KB", later, LATER_VISIT, f"{later:.1f} KB"),
                f"{len(assets)}",
                report.at_most(f"{page.name}, statements", len(statements), STATEMENTS, f"{len(statements)}"),
            )
        )
    report.table(("", "first visit", "later", "assets", "SQL"), rows)


def _statements(app: Flask, page: Page) -> list[str]:
    """What the page asks the database, without what opens the transaction."""
    with app.app_context(), listening() as heard:
        client = app.test_client(use_cookies=False)
        headers = {"Cookie": page.cookie, "Accept-Language": "zh-CN"}
        status = client.get(page.path, base_url="http://127.0.0.1", headers=headers).status_code
        db.session.close()
        db.engine.dispose()
    if status != 200:
        raise RuntimeError(f"{page.name} ({page.path}) answers {status}")
    return heard


@contextmanager
def listening() -> Iterator[list[str]]:
    """What the database is asked inside, without what opens a transaction."""
    heard: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(MANNERS):
            heard.append(statement)

    every = engines()
    for engine in every:
        event.listen(engine, "before_cursor_execute", hear)
    glance.listeners.append(heard.append)
    try:
        yield heard
    finally:
        glance.listeners.remove(heard.append)
        for engine in every:
            event.remove(engine, "before_cursor_execute", hear)
