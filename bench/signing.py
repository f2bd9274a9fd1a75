"""Signing: households give their consent over HTTP, against a route that inserts one row, and against the disk.

A household opens its slip, sends its answer with the drawn signature, and signs on the page that shows it once more.
"""

from __future__ import annotations

import base64
import itertools
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from sqlalchemy import func, select

from bench import estate, forms, load
from bench.ground import Databases, Ground, Served, served
from bench.load import Answer, Run
from bench.raw import COLUMNS, Raw, Row
from bench.report import Report, milliseconds
from hearing import schema
from hearing.app import create_app
from hearing.audit import verify
from hearing.audit.models import LogEntry
from hearing.audit.publisher import Publisher
from hearing.consents.facts import Answered
from hearing.consents.models import ConsentRecord
from hearing.db import db, reading
from hearing.demo import pictures
from hearing.demo.town.people import cookies

WARMING = 16
"""Households that sign before the clock runs: every process of the server has seen every page then."""
ENOUGH = 0.4
"""What answering should reach of the rate of a route that inserts one row."""
P95 = 60
"""Milliseconds in which 95 of 100 acts are answered."""


@dataclass
class Household:
    """One household's browser."""

    cookie: str
    fields: dict[str, str] = field(default_factory=dict)

    def ask(self, path: str) -> bytes:
        """Open a page."""
        return load.request(path, cookie=self.cookie)

    def send(self, path: str) -> bytes:
        """Send the form."""
        return load.request(path, cookie=self.cookie, body=load.form(self.fields))

    def take(self, answer: Answer, named: str) -> None:
        """Read the form on the page that came."""
        self.cookie = forms.cookie_after(answer, self.cookie)
        self.fields = forms.hidden(answer, named)


@dataclass(frozen=True)
class Round:
    """One round: posts with the answer, posts that sign, posts to the bare route; rows a second by the driver alone.

    `act_cpu` and `bare_cpu` are milliseconds of processor time for one post, None where the system does not tell.
    """

    answers: Run
    acts: Run
    act_cpu: float | None
    bare: Run
    bare_cpu: float | None
    checked: Run
    checked_cpu: float | None
    kept: Run
    kept_cpu: float | None
    raw: float


def measure(report: Report, where: Databases, *, households: int, rounds: int) -> None:
    """Let so many households sign, in rounds, each of them once."""
    ground = where.ground("signing")
    asked, keys = settle(ground, households + WARMING)
    drawn, strokes = pictures.signature(1)
    signature = f"data:image/png;base64,{base64.b64encode(drawn.data).decode()}"
    typed = {"answer": "agree", "signature": signature, "strokes": strokes}
    row: Row = ("p-owner0001", "agree", signature, strokes)
    everybody = [Household(keys[ref]) for ref in asked.households]
    warming, people = everybody[:WARMING], everybody[WARMING:]
    fixed = ground.folder / "fixed"
    fixed.mkdir()
    (fixed / "healthz").write_text("ok")
    raw = Raw.open(ground.database_url)
    raw.prepare_answers()
    share = households // rounds
    with served(ground, worker=True) as product, served(ground, str(fixed)) as bare:
        first = _round(product, bare, raw, warming, asked.collection, typed, row)
        done = [
            _round(product, bare, raw, people[share * number : share * (number + 1)], asked.collection, typed, row)
            for number in range(rounds)
        ]
    raw.close()
    _tell(report, where.name, households, done)
    _count(report, ground, where.name, [answer for found in (first, *done) for answer in found.acts.answers])


def settle(ground: Ground, households: int) -> tuple[estate.Asked, dict[str, str]]:
    """Open a collection among so many households; returns it, and a session cookie for each of them."""
    app = create_app(ground.as_test)
    with app.app_context():
        schema.upgrade(db.engine)
        asked = estate.open_collection(households)
        keys = dict(zip(asked.households, cookies(app, asked.households, second_factor=True), strict=True))
        db.session.close()
        db.engine.dispose()
    return asked, keys


def _round(
    product: Served,
    bare: Served,
    raw: Raw,
    people: list[Household],
    collection: int,
    typed: dict[str, str],
    row: Row,
) -> Round:
    slip, check = f"/consents/{collection}/answer", f"/consents/{collection}/answer/check"

    def all_of(request: Callable[[Household], bytes]) -> Run:
        return load.drive(product.address, (request(person) for person in people), keep=True)

    for answer in all_of(lambda person: person.ask(slip)).answers:
        people[answer.number].take(answer, "plan")
        people[answer.number].fields |= typed
    answers = all_of(lambda person: person.send(slip))
    for answer in all_of(lambda person: person.ask(check)).answers:
        people[answer.number].take(answer, "draft")
    acts, act_cpu = product.timed(lambda: all_of(lambda person: person.send(check)))
    post = load.request("/act", body=load.form(dict(zip(COLUMNS, row, strict=True))))
    stored, bare_cpu = bare.timed(lambda: load.drive(bare.address, itertools.repeat(post, len(people))))
    fields = dict(zip(COLUMNS, row, strict=True))

    def signed_in(path: str) -> Iterator[bytes]:
        for person in people:
            body = load.form(fields | {"csrf_token": person.fields["csrf_token"]})
            yield load.request(path, cookie=person.cookie, body=body)

    checked, checked_cpu = bare.timed(lambda: load.drive(bare.address, signed_in("/checked")))
    kept, kept_cpu = bare.timed(lambda: load.drive(bare.address, signed_in("/kept")))
    driver = raw.loop(row, len(people))
    return Round(answers, acts, act_cpu, stored, bare_cpu, checked, checked_cpu, kept, kept_cpu, driver)


def _tell(report: Report, database: str, households: int, done: list[Round]) -> None:
    report.heading(
        f"Signing on {database}: {households} households, each once",
        f"gunicorn, 2 processes of 2 threads, {load.CONNECTIONS} households at a time",
        "the act: record, evidence file, trail entry and receipt",
        "bare: a Flask route on the same server that inserts and commits one row with the same content",
        "checked: the same route, which first looks at the form's token and at the sign-in, as every form's must",
        "kept: the same, which keeps by the driver alone all that is promised of an answer, a row of each kind",
        "driver: the same row inserted and committed in a loop on one connection",
    )
    acts = [found.acts for found in done]
    every = Run([answer for run in acts for answer in run.answers], sum(run.seconds for run in acts))
    both = [len(found.acts.answers) / (found.acts.seconds + found.answers.seconds) for found in done]
    bare = [found.bare.rate for found in done]
    checked = [found.checked.rate for found in done]
    kept = [found.kept.rate for found in done]
    driver = [found.raw for found in done]
    ratio = _ratio([run.rate for run in acts], bare)
    what = f"signing, {database}"
    bare_every = Run([answer for found in done for answer in found.bare.answers], 1.0)
    report.table(
        ("", "to bare", "to checked", "to driver", "a second", "CPU ms", "p50 ms", "p95 ms"),
        [
            (
                "the act",
                report.at_least(f"{what}, to a bare insert route", ratio, ENOUGH, f"{ratio:.2f}"),
                f"{_ratio([run.rate for run in acts], checked):.2f}",
                f"{_ratio([run.rate for run in acts], driver):.2f}",
                f"{statistics.median(run.rate for run in acts):,.0f}",
                milliseconds([found.act_cpu for found in done]),
                f"{every.percentile(50):.0f}",
                report.at_most(f"{what}, p95 ms", every.percentile(95), P95, f"{every.percentile(95):.0f}"),
            ),
            (
                "with the post that brought the answer",
                f"{_ratio(both, bare):.2f}",
                f"{_ratio(both, checked):.2f}",
                f"{_ratio(both, driver):.2f}",
                f"{statistics.median(both):,.0f}",
                "",
                "",
                "",
            ),
            (
                "bare insert route",
                "",
                "",
                f"{_ratio(bare, driver):.2f}",
                f"{statistics.median(bare):,.0f}",
                milliseconds([found.bare_cpu for found in done]),
                f"{bare_every.percentile(50):.0f}",
                f"{bare_every.percentile(95):.0f}",
            ),
            (
                "the same, checked",
                "",
                "",
                f"{_ratio(checked, driver):.2f}",
                f"{statistics.median(checked):,.0f}",
                milliseconds([found.checked_cpu for found in done]),
                "",
                "",
            ),
            (
                "what is promised, kept",
                f"{_ratio(kept, bare):.2f}",
                f"{_ratio(kept, checked):.2f}",
                f"{_ratio(kept, driver):.2f}",
                f"{statistics.median(kept):,.0f}",
                milliseconds([found.kept_cpu for found in done]),
                "",
                "",
            ),
            ("driver alone", "", "", "", f"{statistics.median(driver):,.0f}", "", "", ""),
        ],
    )
    wrong = sum(
        found.answers.unlike(303) + found.acts.unlike(303) + found.checked.unlike(200) + found.kept.unlike(200)
        for found in done
    )
    report.table(
        ("", "found"),
        [("posts not answered as they should be", report.at_most(f"{what}, errors", wrong, 0, f"{wrong}"))],
    )


def _ratio(ours: list[float], theirs: list[float]) -> float:
    return statistics.median(one / other for one, other in zip(ours, theirs, strict=True))


def _count(report: Report, ground: Ground, database: str, acts: list[Answer]) -> None:
    """Every acknowledged act is one record and one entry, and the trail that was published is true."""
    receipts = {answer.header("Location") for answer in acts if answer.status == 303}
    app = create_app(ground.as_test)
    with app.app_context(), reading():
        entries = db.session.scalar(select(func.count()).where(LogEntry.kind == Answered.kind)) or 0
        records = db.session.scalar(select(func.count()).select_from(ConsentRecord)) or 0
        publisher: Publisher = app.extensions["publisher"]
        publisher.publish(db.session)
        db.session.close()
        db.engine.dispose()
    true = verify.audit_log(str(publisher.folder), str(publisher.vkey)).ok
    lost = max(abs(len(receipts) - entries), abs(len(receipts) - records))
    report.table(
        ("acknowledged", "records", "entries", "differ", "trail verifies"),
        [
            (
                f"{len(receipts)}",
                f"{records}",
                f"{entries}",
                report.at_most(f"signing, {database}, lost or doubled", lost, 0, f"{lost}"),
                report.at_least(f"signing, {database}, trail verifies", int(true), 1, "yes" if true else "no"),
            )
        ],
    )
