"""Consents: what the pages and the last steps of a collection cost, for an estate and for one a hundred times as large.

Pages are asked inside this process, one at a time and in turns: statements, processor time and bytes of each. What a
page shows is bounded; of what it costs only the count may grow with the estate, and that no faster than the estate.
"""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from flask import Flask
from sqlalchemy import select

from bench import crowd, papers
from bench.estate import Asked
from bench.ground import Databases, Ground
from bench.pages import listening
from bench.papers import Paper
from bench.report import Report
from hearing import clock, schema
from hearing.app import create_app
from hearing.audit.ledger import perform
from hearing.consents import actions, queries, rules
from hearing.consents.models import ConsentCollection, ConsentUnit
from hearing.db import db, reading
from hearing.demo.seed import viewer
from hearing.demo.town.people import cookies
from hearing.people.viewer import Viewer
from hearing.places.models import Neighbourhood, Sector, Unit

STATEMENTS = 8
FLAT = 2.0
"""How many times as much a page that counts nothing may cost in the large estate."""
LINEAR = 1.5
"""How many times faster than the estate the cost of a count may grow."""
SIZE = 1.6
"""How many times as many bytes a page may have there: a small estate has fewer stairwells than a page shows."""
MEMORY = 1024.0
"""The most memory that making a paper of the large estate may take, MB, the programs and fonts in it."""
PDF = 3.0
"""MB that a certificate of the large estate may have: the sums of its 1,389 buildings are most of it."""
_MB = 1 << 20
STEPS = 64
"""Statements of one step of the committee, messages to the households left out."""


@dataclass(frozen=True)
class Page:
    """A page, whose browser asks for it, and whether it shows a count of all."""

    name: str
    path: str
    who: str
    counts: bool = False


@dataclass
class Cost:
    """What a page or a step took."""

    statements: int
    wire: int
    cpu: list[float] = field(default_factory=list)

    @property
    def milliseconds(self) -> float:
        """The median."""
        return statistics.median(self.cpu) * 1000


def measure(report: Report, where: Databases, *, sizes: tuple[int, int], rounds: int) -> None:
    """Measure in estates of a small and of a large size."""
    small, large = sizes
    found = {units: _estate(where.ground(f"consents-{units}"), units, rounds) for units in sizes}
    times = large / small
    report.heading(
        f"A whole-estate collection on {where.name}: {small:,} and {large:,} units, three quarters answered",
        f"inside one process, medians of {rounds} rounds; growth is the large estate's CPU to the small one's",
        "a page that counts reads roll and records once, as rows; the others must not grow",
    )
    rows = []
    for (page, less), more in zip(found[small].pages.items(), found[large].pages.values(), strict=True):
        growth = more.milliseconds / less.milliseconds
        limit = times * LINEAR if page.counts else FLAT
        name = f"consents, {where.name}, {page.name}"
        rows.append(
            (
                page.name,
                "count" if page.counts else "",
                report.at_most(f"{name}, statements", more.statements, STATEMENTS, f"{more.statements}"),
                f"{less.milliseconds:,.1f}",
                f"{more.milliseconds:,.1f}",
                report.at_most(f"{name}, growth", growth, limit, f"{growth:,.2f}"),
                f"{less.wire / 1024:.1f}",
                report.at_most(f"{name}, bytes", more.wire / less.wire, SIZE, f"{more.wire / 1024:.1f}"),
            )
        )
    report.table(("", "", "SQL", "CPU ms", "large", "growth", "KB", "large"), rows)
    _tell_steps(report, where.name, found[small].steps, found[large].steps, times)
    _tell_papers(report, where.name, found[small].papers, found[large].papers, times)
    kept = ", ".join(f"{units:,}: {found[units].filled:.1f} s" for units in sizes)
    print(f"  filled in {kept}; peak memory of the process {_peak() / 1024:,.0f} MB")


def _tell_steps(report: Report, database: str, small: dict[str, Cost], large: dict[str, Cost], times: float) -> None:
    rows = []
    for name, less in small.items():
        more = large[name]
        growth = more.milliseconds / less.milliseconds
        what = f"consents, {database}, {name}"
        rows.append(
            (
                name,
                report.at_most(f"{what}, statements", more.statements, STEPS, f"{more.statements}"),
                f"{less.milliseconds:,.0f}",
                f"{more.milliseconds:,.0f}",
                report.at_most(f"{what}, growth", growth, times * LINEAR, f"{growth:,.1f}"),
                f"{more.wire / 1024:,.0f}",
            )
        )
    report.table(("steps", "SQL", "CPU ms", "large", "growth", "KB more in memory"), rows)


def _tell_papers(report: Report, database: str, small: dict[str, Paper], large: dict[str, Paper], times: float) -> None:
    rows = []
    for name, less in small.items():
        more = large[name]
        growth, what = more.seconds / less.seconds, f"consents, {database}, {name}"
        prints = name.startswith("certificate")
        rows.append(
            (
                name,
                f"{less.statements}",
                f"{more.statements}",
                f"{less.seconds:,.2f}",
                f"{more.seconds:,.1f}",
                report.at_most(f"{what}, growth", growth, times * LINEAR, f"{growth:,.1f}"),
                f"{less.bytes / _MB:,.2f}",
                report.at_most(f"{what}, bytes", more.bytes / _MB, PDF, f"{more.bytes / _MB:,.2f}")
                if prints
                else f"{more.bytes / _MB:,.1f}",
                f"{less.peak / 1024:,.0f}",
                report.at_most(f"{what}, memory", more.peak / 1024, MEMORY, f"{more.peak / 1024:,.0f}"),
            )
        )
    heads = ("papers", "SQL", "large", "CPU s", "large", "growth", "MB", "large", "peak MB", "large")
    report.table(heads, rows)
    first = next(iter(small.values()))
    print(f"  each in a process of its own, which has {first.before / 1024:,.0f} MB before it begins", flush=True)


@dataclass
class _Found:
    """What one estate gave."""

    filled: float
    pages: dict[Page, Cost]
    steps: dict[str, Cost]
    papers: dict[str, Paper]


def _estate(ground: Ground, units: int, rounds: int) -> _Found:
    app = create_app(ground.as_test)
    try:
        with app.app_context():
            schema.upgrade(db.engine)
            begun = time.perf_counter()
            asked = crowd.open_estate(units)
            filled = time.perf_counter() - begun
            _say(f"{units:,} units filled in {filled:.0f} s")
            pages, after = _pages(asked)
            household, clerk = cookies(app, [asked.households[0], "p-clerk"], second_factor=True)
            keys = {"": "", "household": household, "clerk": clerk}
        measured = {page: _page(app, page, keys, rounds) for page in pages}
        _say("pages of an open collection measured")
        with app.app_context():
            steps, moment = _steps(app, asked)
        measured |= {page: _page(app, page, keys, rounds) for page in after}
        _say("steps measured")
        with app.app_context():
            db.session.close()
            db.engine.dispose()
        made = {}
        for kind in papers.KINDS:
            made[kind] = papers.measure(kind, ground, asked.proposal, asked.collection, moment)
            _say(f"{kind}: {made[kind].seconds:.1f} s, {made[kind].peak / 1024:,.0f} MB")
        return _Found(filled, measured, steps, made)
    finally:
        with app.app_context():
            db.session.close()
            db.engine.dispose()


def _say(what: str) -> None:
    """How far it is: the large estate takes some minutes."""
    print(f"  … {what}", flush=True)


def _pages(asked: Asked) -> tuple[list[Page], list[Page]]:
    """The pages of an open collection, and those of a result."""
    collection = db.session.get_one(ConsentCollection, asked.collection)
    sector = db.session.get_one(Sector, db.session.get_one(Neighbourhood, collection.neighbourhood_id).sector_id)
    unit = db.session.scalars(
        select(ConsentUnit).where(ConsentUnit.collection_id == collection.id).order_by(ConsentUnit.id.desc())
    ).first()
    assert unit is not None
    stairwell, desk = db.session.get_one(Unit, unit.unit_id).stairwell_id, f"/desk/consents/{collection.id}"
    own = f"/consents/{collection.id}"
    db.session.rollback()
    opened = [
        Page("tally, public page", own, "", counts=True),
        Page("tally, member", own, "household", counts=True),
        Page("case, member", f"/cases/{asked.proposal}", "household", counts=True),
        Page("own page of a household", f"{own}/mine", "household"),
        Page("the page to answer on", f"{own}/answer", "household"),
        Page("own line of the roll", f"{own}/roll", "household"),
        Page("staff board", desk, "clerk", counts=True),
        Page("floor grid by door", f"{desk}/doors?building=1", "clerk", counts=True),
        Page("one household, staff", f"{desk}/units/{unit.unit_id}", "clerk"),
        Page("visits, by stairwell", f"{desk}/visits", "clerk"),
        Page("visits, one stairwell", f"{desk}/stairwells/{stairwell}", "clerk"),
        Page("lifts of the subdistrict", f"/subdistricts/{sector.subdistrict_id}/lifts", ""),
    ]
    return opened, [Page("result, public page", own, "", counts=True)]


def _page(app: Flask, page: Page, keys: dict[str, str], rounds: int) -> Cost:
    """Ask once to be warm, once for the statements, and then for the time."""
    client, headers = app.test_client(use_cookies=False), {"Cookie": keys[page.who], "Accept-Language": "zh-CN"}

    def ask() -> bytes:
        # What is kept of a page would be measured otherwise: every reader of the clock's next version makes it anew.
        app.extensions["kept"] = type(app.extensions["kept"])()
        answer = client.get(page.path, base_url="http://127.0.0.1", headers=headers)
        if answer.status_code != 200:
            raise RuntimeError(f"{page.name} ({page.path}) answers {answer.status_code}")
        body: bytes = answer.data
        return body

    wire = len(ask())
    with app.app_context(), listening() as heard:
        ask()
    cost = Cost(len(heard), wire)
    for _ in range(rounds):
        begun = time.process_time()
        ask()
        cost.cpu.append(time.process_time() - begun)
    return cost


def _steps(app: Flask, asked: Asked) -> tuple[dict[str, Cost], datetime]:
    """Close the window, publish, confirm twice, make it final, each on its day; and the moment of that."""
    del app
    day = timedelta(days=1)
    with reading():
        closes = queries.head(asked.collection).last_close
        db.session.rollback()
    found = {}
    with clock.standing_at(closes + timedelta(minutes=1)):
        found["close"] = _step(actions.due_steps)
    with clock.standing_at(closes + 4 * day):
        found["provisional result"] = _step(lambda: perform(actions.publish_provisional, _who("clerk"), _it(asked)))
    with clock.standing_at(closes + 9 * day):
        for who in ("clerk", "scrutineer"):
            found["a confirmation"] = _step(partial(_confirm, asked, who, rules.count_hash(_it(asked).tally())))
        found["final result"] = _step(lambda: perform(actions.finish, _who("clerk"), _it(asked)))
    # Whoever works from here on must not be earlier than what was done on that day.
    return found, closes + 9 * day + timedelta(hours=1)


def _confirm(asked: Asked, who: str, shown: str) -> None:
    perform(actions.confirm_result, _who(who), _it(asked), shown)


def _step(act: Callable[[], object]) -> Cost:
    db.session.close()
    before, begun = _peak(), time.process_time()
    with listening() as heard:
        act()
    spent = time.process_time() - begun
    asked = sum(not statement.startswith("INSERT INTO message") for statement in heard)
    cost = Cost(asked, (_peak() - before) * 1024, [spent])
    db.session.close()
    return cost


def _who(name: str) -> Viewer:
    return viewer(f"p-{name}")


def _it(asked: Asked) -> ConsentCollection:
    return queries.head(asked.collection)


def _peak() -> int:
    """The most memory that the process has had, KB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
