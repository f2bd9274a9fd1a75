"""A neighbour with a phone of her own: she comes back over weeks, and every page that anybody comes to is looked at."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self, cast
from urllib.parse import urlsplit

from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext
from sqlalchemy import select

from hearing import clock
from hearing.db import db
from hearing.people.models import Account
from tests.browser import Browser
from tests.journeys.phone import Phone
from tests.journeys.server import Live

ONE_PAGE = frozenset({"audit.receipt", "opendata.home", "people.joined"})
"""Pages whose heading is a sentence, of which one is like another."""


class Neighbour(Phone):
    """A phone that looks closely at each page it has not seen before."""

    look: Callable[[Neighbour], None]

    def __init__(self, browser: Chromium, context: BrowserContext, base_url: str, *, script: bool) -> None:
        super().__init__(browser, context, base_url, script=script)
        self.look = lambda _phone: None

    def open(self, path: str, status: int = 200) -> Self:
        """Type an address, and look at the page."""
        super().open(path, status)
        self.look(self)
        return self

    def tap(self, label: str, *, within: str | None = None) -> Self:
        """Tap a link or button and wait for the page that it leads to; a fold opens where it is."""
        found = self.thing(label, within=within)
        if found.evaluate("found => found.matches('summary')"):
            found.tap()
        else:
            with self.page.expect_navigation():
                found.tap()
        self.taps += 1
        return self.settled()

    def settled(self) -> Self:
        """Wait for the page that a tap led to, and look at it."""
        super().settled()
        self.look(self)
        return self

    def fetch(self, link: str, *, within: str | None = None) -> bytes:
        """What a link leads to, without leaving the page: a PDF, a proof, a picture."""
        address = self.thing(link, within=within).get_attribute("href")
        assert address, f"{link} leads nowhere"
        answer = self.context.request.get(f"{self.base_url}{address}")
        assert answer.status == 200, f"{address} answers {answer.status}"
        return answer.body()

    def paper(self, button: str) -> bytes:
        """The PDF that a button leads to; the page stays behind."""
        with self.page.expect_response(lambda answer: ".pdf" in answer.url) as waiting:
            self.thing(button).tap()
        self.taps += 1
        answer = self.context.request.get(waiting.value.url)
        assert answer.status == 200, f"{answer.url} answers {answer.status}"
        return answer.body()

    def download(self, button: str) -> bytes:
        """What the page's button gives to be saved."""
        with self.page.expect_download() as waiting:
            self.thing(button).tap()
        self.taps += 1
        return Path(waiting.value.path()).read_bytes()


@dataclass
class Street:
    """The lane while a case goes on: its phones, its clock, and what was found wrong on the way."""

    live: Live
    chromium: Chromium
    script: bool
    stack: ExitStack
    refs: dict[str | int, str]
    """Account refs of the offices by name, and of the households by number once they have signed in."""
    letters: dict[int, str] = field(default_factory=dict)
    """The household codes by number on the roll."""
    phones: dict[str | int, Neighbour] = field(default_factory=dict)
    came: dict[str | int, timedelta] = field(default_factory=dict)
    gone: timedelta = timedelta(0)
    seen: set[tuple[str, str]] = field(default_factory=set)
    case: str = ""
    meeting: str = ""
    council: str = ""
    collection: str = ""
    """The numbers of the case, its meeting, the council's and the consents asked last, as addresses have them."""
    faults: list[str] = field(default_factory=list)
    walk: str = "ramp"
    """What the pictures of its pages are called by."""

    def phone(self, who: str | int) -> Neighbour:
        """The phone of somebody, as it is; nobody need be signed in."""
        if who not in self.phones:
            held = Neighbour.held(self.chromium, self.live.url, script=self.script)
            self.phones[who] = self.stack.enter_context(held)
            self.phones[who].look = self._look
        return self.phones[who]

    def of(self, who: str | int) -> Neighbour:
        """The phone of somebody who is signed in; an office's session does not outlive the day."""
        phone = self.phone(who)
        if self.came.get(who) != self.gone:
            phone.enter(self.refs[who])
            self.came[who] = self.gone
        return phone

    def quickly(self, who: str | int) -> Browser:
        """The same person in a browser without a screen, for steps that others walk through with their eyes."""
        self.live.app.test_client_class = Browser
        browser = cast(Browser, self.live.app.test_client())
        browser.environ_base["REMOTE_ADDR"] = "203.0.113.7"
        return browser.enter(self.refs[who]) if who in self.refs else browser

    def knows(self, number: str | int, mobile: str) -> None:
        """Remember which account a household has made."""
        with self.live.app.app_context():
            account = db.session.scalars(select(Account).where(Account.phone == mobile)).one()
            self.refs[number] = account.ref
        self.came[number] = self.gone

    def later(self, **by: float) -> None:
        """Let time pass for everybody, and let the worker do what was due meanwhile."""
        self.gone += timedelta(**by)
        clock.shift(self.gone)
        self.live.turn()

    def until(self, moment: datetime) -> None:
        """Let time pass until then."""
        with self.live.app.app_context():
            wait = moment - clock.now()
        self.later(seconds=wait.total_seconds())

    def _look(self, phone: Neighbour) -> None:
        """Check a page once; what is wrong is told at the end of the walk, all together."""
        endpoint = self._endpoint(phone.path)
        heading = phone.page.locator("h1").first
        title = re.sub(r"\d+", "#", heading.text_content() or "") if heading.count() else ""
        key = (endpoint, "" if endpoint in ONE_PAGE else title)
        if key in self.seen:
            return
        self.seen.add(key)
        phone.screenshot(f"{self.walk}-{len(self.seen):02d}-{key[0].replace('.', '-')}")
        try:
            phone.check()
        except AssertionError as fault:
            self.faults.append(str(fault))

    def _endpoint(self, path: str) -> str:
        rules = self.live.app.url_map.bind(urlsplit(self.live.url).netloc)
        for method in ("GET", "POST"):  # A refusal stays at the address to which a button has sent its form.
            if rules.test(urlsplit(path).path, method):
                return str(rules.match(urlsplit(path).path, method)[0])
        return path
