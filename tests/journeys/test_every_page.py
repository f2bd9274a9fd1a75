"""Every page that anybody can come to is accessible and fits, and no link on any of them leads to a locked door.

A quick browser without a screen follows all links for each sort of reader; a real one looks at a page of each kind.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from jinja2 import BytecodeCache
from playwright.sync_api import Browser as Chromium
from werkzeug.exceptions import HTTPException

from hearing import clock
from hearing.audit.ledger import entrust
from hearing.ballots import actions
from hearing.ballots.rules import desk_code
from hearing.db import db
from tests import database
from tests.architecture.routes import routes
from tests.ballots.stage import Stage
from tests.browser import Browser, pick
from tests.cast import Cast
from tests.journeys import everything
from tests.journeys.phone import Phone
from tests.journeys.server import Live, serving
from tests.people import steps
from tests.people.test_pages_staff import invited

READERS: tuple[str | int, ...] = (
    1,
    12,
    "clerk",
    "director",
    "block_officer",
    "scrutineer",
    "legal_adviser",
    "property_manager",
    "council_member",
    "auditor",
    "subdistrict_liaison",
    "p-flat601",
    "p-flat102",
)
"""Whose links are followed, beside a visitor's: offices, households by number on the roll, owners by their refs."""
NO_PAGES = {
    "assets.served": "style sheets and scripts, which every page of the walk loads",
    "audit.checkpoint": "a signed note for verifiers",
    "audit.former_checkpoint": "a signed note under a name that a log has had, for verifiers",
    "audit.former_tile": "a part of the log under such a name, for verifiers",
    "audit.opened_by_paper": "what a page asks for by itself, with a receipt's nonce",
    "audit.tile": "a part of the log for verifiers",
    "audit.vkey": "a key for verifiers",
    "ballots.promise_file": "what only the browser is given that has cast a secret ballot",
    "ballots.proof_file": "what only this browser is given, once its ballot is in the trail",
    "casefile.full_zip": "handed over once it is noted who takes it",
    "demo.enter": "signs somebody in and goes on",
    "proposals.draft_photo": "a picture",
    "styleguide.index": "looked at by test_styleguide",
    "styleguide.sample": "looked at by test_styleguide",
    "web.healthz": "a word for a monitor",
    "web.readyz": "a word for a monitor",
}
"""Addresses to which nobody is linked."""
ALIKE = 24
"""How many addresses of one page are followed for one reader; the next row of a list is like those before."""
STRANGERS = [f"1410009900{number}" for number in range(5)]
"""Phones that nobody on the register has."""
LINK = re.compile(r'<a\b[^>]*\bhref="([^"#][^"]*)"')
TAG = re.compile(r'<(\w+)(?:[^>]*?\bclass="([^"]*)")?')


class Look(NamedTuple):
    """A page that a real browser is to look at, and the browser without a screen whose cookies open it."""

    reader: str
    client: Browser
    path: str


class Walk:
    """What readers come to: endpoints, a page of each kind, and links that lead nowhere."""

    def __init__(self, app: Flask) -> None:
        self.rules = app.url_map.bind("localhost")
        self.endpoints: set[str] = set()
        self.looks: list[Look] = []
        self.broken: list[str] = []
        self._kinds: dict[str, set[tuple[str, str]]] = {}

    def follow(self, reader: str, client: Browser, *starts: str) -> None:
        """Open a reader's first pages, and every page to which links lead from there."""
        waiting, seen, often = deque((start, "its address") for start in starts), set(starts), Counter[str]()
        while waiting:
            path, source = waiting.popleft()
            endpoint = self._endpoint(path)
            often[endpoint] += 1
            if often[endpoint] > ALIKE or endpoint in NO_PAGES:
                continue
            links = self.visit(reader, client, path, source)
            if not links:
                often[endpoint] += ALIKE // 3  # Of files three are followed.
            for link in links:
                if link not in seen:
                    seen.add(link)
                    waiting.append((link, path))

    def visit(self, reader: str, client: Browser, path: str, source: str) -> list[str]:
        """Open what `source` leads to; return where its links lead, if to pages of ours."""
        answer, endpoint = client.get(path, buffered=True), self._endpoint(path)
        # A visitor is asked to sign in, and may do so there.
        if answer.status_code >= 400 and not (answer.status_code == 401 and reader == "visitor"):
            self.broken.append(f"{reader}: {path} answers {answer.status_code}, from {source}")
            return []
        self.endpoints.add(endpoint)
        if answer.mimetype != "text/html":
            return []
        if answer.status_code == 200:
            self._look_at(Look(reader, client, path), endpoint, answer.text)
        found = [*LINK.findall(answer.text), answer.headers.get("Location", "")]
        return [link for href in found if (link := own(path, unescape(href)))]

    def _look_at(self, look: Look, endpoint: str, html: str) -> None:
        """Keep the page if it has a kind of element that this page was not yet seen with."""
        kinds, known = set(TAG.findall(html)), self._kinds.setdefault(endpoint, set())
        if kinds - known:
            known |= kinds
            self.looks.append(look)

    def _endpoint(self, path: str) -> str:
        try:
            return str(self.rules.match(urlsplit(path).path)[0])
        except HTTPException:
            return path


def own(page: str, href: str) -> str | None:
    """Where a link leads, if to a page of ours."""
    parts = urlsplit(urljoin(f"http://localhost{page}", href))
    if parts.netloc != "localhost" or not href:
        return None
    return f"{parts.path}{'?' if parts.query else ''}{parts.query}"


def arrivals(app: Flask, cast: Cast) -> Iterator[tuple[Browser, str]]:
    """Browsers that stand half way through a door, and at which page."""
    with_phone = steps.browser(app)
    steps.ask(with_phone, STRANGERS[0])
    yield with_phone, "/sign-in/code"
    yield with_letter(app, cast, 5, STRANGERS[1]), "/sign-in/who"
    joining = with_letter(app, cast, 6, STRANGERS[2])
    answer = joining.submit("/sign-in/who", {"name": "冯家的女儿", "relation": "lessee"})
    yield joining, answer.headers["Location"]
    new = steps.browser(app)
    new.submit("/staff/welcome", {"token": invited(app, cast, STRANGERS[3]), "new_password": steps.PASSWORD})
    yield new, "/staff/authenticator"
    keys, half = steps.staff_keys(app, cast.ref("third_clerk")), steps.browser(app)
    half.submit("/staff/sign-in", {"phone": keys.phone, "password": steps.PASSWORD})
    yield half, "/staff/second-factor"
    yield steps.enter_as_staff(app, steps.browser(app), keys), "/me/password"
    moving = steps.browser(app).enter(cast.ref(3))
    moving.submit("/me/phone", {"phone": STRANGERS[4]})
    yield moving, "/me/phone/code"
    yield with_receipt(app, cast, 3), "/polls/2/receipt"
    yield at_tablet(app, cast, 4), "/polls/tablet/ballot"


def at_tablet(app: Flask, cast: Cast, household: int) -> Browser:
    """The committee's tablet, where a household has typed the code that it got at the window."""
    code, poll = desk_code(4711), Stage(cast, 2)
    with app.app_context():
        entrust(actions.issue_secretly, poll.clerk, poll.poll_id, poll.line(household).voter_id, code)
    client = steps.browser(app)
    client.submit("/polls/tablet", {"code": code}, action="/polls/tablet")
    return client


def with_letter(app: Flask, cast: Cast, household: int, phone: str) -> Browser:
    """Somebody who has typed in a household's letter and the code sent to her phone."""
    client = steps.browser(app)
    answer = client.submit("/sign-in/letter", {"code": steps.letter_for(app, cast, household)})
    steps.ask(client, phone, answer.headers["Location"])
    client.submit("/sign-in/code", {"code": steps.code_for(app, phone)})
    return client


def with_receipt(app: Flask, cast: Cast, household: int) -> Browser:
    """The browser of a household that has voted in the demo's open poll."""
    client = steps.browser(app).enter(cast.ref(household))
    url = "/polls/2/ballot"
    form = client.found(url, field="voter")
    said = {"choice": ["11"], "phrase": "窗台上的茉莉", "step": "check"}
    check = pick(client.post(url, data={**form.fields, **said}).text, action="/ballot/cast")
    client.post(check.action, data=check.fields)
    return client


def lend_cookie(client: Browser, phone: Phone) -> None:
    """Let the phone be where the browser without a screen is signed in."""
    phone.context.clear_cookies()
    cookie = client.get_cookie("hearing")
    if cookie:
        phone.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": phone.base_url}])


@pytest.fixture(scope="module")
def told(
    settled: tuple[str, Cast], compiled_templates: BytecodeCache, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Live, everything.Places]]:
    """A server on a lane where everything has happened, at the hour of `everything.TODAY`."""
    folder = tmp_path_factory.mktemp("told")
    with database.database(folder, like=settled[0]) as url, serving(folder / "var", url) as live:
        live.app.jinja_env.bytecode_cache = compiled_templates
        live.app.test_client_class = Browser
        with live.app.app_context():
            places = everything.happen(settled[1])
            db.session.rollback()
        clock.shift(everything.TODAY - datetime.now(UTC))
        live.turn()
        with live.app.app_context():
            everything.asked_for_a_file(settled[1])
            db.session.rollback()
        yield live, places
        clock.shift(timedelta(0))


@pytest.fixture(scope="module")
def walk(told: tuple[Live, everything.Places], settled: tuple[str, Cast]) -> Walk:
    """Everybody has been everywhere."""
    (live, places), cast = told, settled[1]
    walk = Walk(live.app)
    for client, page in arrivals(live.app, cast):
        walk.visit("somebody half way in", client, page, "a form")
    walk.follow("visitor", steps.browser(live.app), "/", "/staff/welcome", "/demo/inbox", "/polls/tablet")
    walk.follow("somebody from elsewhere", steps.browser(live.app).enter(cast.stranger), "/")
    for who in READERS:
        ref = who if isinstance(who, str) and who.startswith("p-") else cast.ref(who)
        typed = [address for reader, address in places if reader == ref]
        walk.follow(ref, steps.browser(live.app).enter(ref), "/", *typed)
    return walk


def test_no_link_leads_to_a_locked_door(walk: Walk) -> None:
    assert not walk.broken, "\n".join(walk.broken)


def test_everything_that_can_be_opened_was_walked_through(told: tuple[Live, everything.Places], walk: Walk) -> None:
    known = {route.endpoint for route in routes(told[0].app) if route.gets}
    assert known - walk.endpoints == set(NO_PAGES)


def test_every_page_is_accessible_and_fits(
    told: tuple[Live, everything.Places], walk: Walk, chromium: Chromium
) -> None:
    faults = []
    with Phone.held(chromium, told[0].url) as phone:
        for reader, client, path in walk.looks:
            lend_cookie(client, phone)
            try:
                phone.open(path).check()
            except AssertionError as fault:
                faults.append(f"{reader}: {fault}")
    assert not faults, "\n\n".join(faults)
