"""Every page of the demo that somebody can reach by links is accessible and fits, and so is every form that was refused.

A quick browser without a screen finds the pages; a real one looks at one page of each kind for each sort of reader.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import Browser as Chromium
from werkzeug.exceptions import HTTPException

from hearing import clock
from hearing.app import create_app
from hearing.audit import ledger
from hearing.config import Mode, Settings
from hearing.db import db
from hearing.demo import seed
from tests import database, schema
from tests.browser import Browser
from tests.journeys.phone import Phone
from tests.journeys.server import Live, serving

READERS = {
    "visitor": None,
    "household that applied": "p-home01",
    "household that has not answered": "p-home12",
    "clerk": "p-clerk",
    "second clerk": "p-secondclerk",
    "director": "p-director",
    "block officer": "p-blockofficer",
    "legal adviser": "p-legaladviser",
    "property manager": "p-propertymanager",
    "auditor": "p-auditor",
}
MOST = 400
"""Pages that a reader follows links to; the demo has fewer."""
NOT_PAGES = ("/demo/", "/styleguide", "/assets/", "/files/", "/verify.py")
LINK = re.compile(r'<a\b[^>]*\bhref="([^"#][^"]*)"')
# A form in which a person fills something in; buttons that are forms of their own act at once.
FORM = "main form[method=post]:not(.mini):has(input:not([type=hidden]), textarea, select)"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database in which the demo's story has been told, to be copied."""
    folder = tmp_path_factory.mktemp("told")
    with database.database(folder) as url:
        app = create_app(Settings(mode=Mode.TESTING, data_dir=folder / "var", database_url=url, secret_key="t" * 40))
        with app.app_context():
            schema.build(db.engine)
            with schema.door_open():
                ledger.start(db.session)
            seed.once()
            db.session.close()
            db.engine.dispose()
        yield url


@pytest.fixture
def demo(told: str, tmp_path: Path) -> Iterator[Live]:
    """A server on a copy of the demo, its trail published."""
    with database.database(tmp_path, like=told) as url, serving(tmp_path / "var", url) as live:
        clock.shift(timedelta(0))
        live.turn()
        yield live


def reached(live: Live, reader: str | None) -> dict[str, str]:
    """One address of each page that the reader reaches by links from her first page, by endpoint."""
    live.app.test_client_class = Browser
    client = live.app.test_client()
    assert isinstance(client, Browser)
    if reader:
        client.enter(reader)
    waiting, seen, found = ["/", "/desk"] if reader else ["/"], set(), {}
    while waiting and len(seen) < MOST:
        path = waiting.pop(0)
        if path in seen or path.startswith(NOT_PAGES):
            continue
        seen.add(path)
        answer = client.get(path)
        assert answer.status_code < 500, f"{path} answers {answer.status_code}"
        if answer.status_code == 200 and answer.mimetype == "text/html":
            found.setdefault(endpoint(live, path), path)
            waiting += [link for href in LINK.findall(answer.text) if (link := own(path, unescape(href)))]
    assert len(seen) < MOST, "more links than the demo has pages: a loop?"
    return found


def own(page: str, href: str) -> str | None:
    """Where a link leads, if to a page of ours."""
    parts = urlsplit(urljoin(f"http://here{page}", href))
    return f"{parts.path}{'?' if parts.query else ''}{parts.query}" if parts.netloc == "here" else None


def endpoint(live: Live, path: str) -> str:
    """The name of the page at `path`."""
    try:
        return str(live.app.url_map.bind("here").match(urlsplit(path).path)[0])
    except HTTPException:
        return path


@pytest.mark.parametrize("who", READERS)
def test_every_page_that_a_link_leads_to(demo: Live, chromium: Chromium, who: str) -> None:
    reader = READERS[who]
    pages = reached(demo, reader)
    assert len(pages) > 3
    with Phone.held(chromium, demo.url) as phone:
        if reader:
            phone.enter(reader)
        for path in pages.values():
            phone.open(path).check()
            for number in range(phone.page.locator(FORM).count()):
                if refused(phone.open(path), number):
                    phone.check()


def refused(phone: Phone, number: int) -> bool:
    """Send a form as it stands; whether it came back with its errors."""
    with phone.page.expect_navigation() as arriving:
        phone.page.locator(FORM).nth(number).evaluate("form => form.requestSubmit()")
    answer = arriving.value
    assert answer is not None
    phone.settled()
    return answer.status == 422


def test_the_story_has_something_on_every_desk(demo: Live) -> None:
    """A walk that finds nothing proves nothing."""
    pages = set(reached(demo, READERS["clerk"])) | set(reached(demo, READERS["household that has not answered"]))
    for name in ("opendata.home", "opendata.case", "consents.answer", "desk.home", "people.mine", "register.home"):
        assert name in pages, sorted(pages)

