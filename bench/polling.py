"""Polling: secret ballots over HTTP against a route that inserts one row, and a poll's pages against bare pages."""

from __future__ import annotations

import itertools
import statistics
from dataclasses import dataclass

from sqlalchemy import func, select

from bench import forms, load, pages
from bench.ground import Databases, Ground, Served, served
from bench.load import Run
from bench.pages import Page
from bench.raw import COLUMNS, Raw, Row
from bench.report import Report, milliseconds
from hearing import clock, schema
from hearing.app import create_app
from hearing.audit.ledger import perform
from hearing.ballots import actions, queries
from hearing.ballots.models import PollMark, SealedBallot, SecretBallot
from hearing.ballots.rules import Counting, Kind, Limits, Mode, Per
from hearing.db import db, reading
from hearing.demo.seed import viewer
from hearing.demo.town.paper import OPEN_FOR
from hearing.demo.town.people import cookies, settle
from hearing.places.models import Neighbourhood

PROJECTS, PICKED = 100, 5
"""Projects on the list, and how many of them a ballot names."""
CASTING = 0.5
"""What casting should reach of the rate of a route that inserts one row."""
PAGE = 0.7
"""What a poll's page should reach of the rate of a bare page of the same bytes."""
P95 = 60
"""Milliseconds in which 95 of 100 ballots are answered."""
WARMING = 16
CLERK = "p-clerk"


@dataclass(frozen=True)
class Open:
    """A poll that is open, with the room of its box, and the cookies of its households."""

    poll: int
    room: int
    keys: list[str]


def measure(report: Report, where: Databases, *, voters: int, rounds: int, seconds: float) -> None:
    """Let so many households vote, in rounds, each of them once; then ask for the pages."""
    ground = where.ground("polling")
    asked = open_poll(ground, WARMING + voters + 1)
    fixed = ground.folder / "fixed"
    fixed.mkdir()
    (fixed / "healthz").write_text("ok")
    raw = Raw.open(ground.database_url)
    raw.prepare_votes()
    row: Row = ("p-voter000001", "01,02,03,04,05", "x" * 43, "x" * 80)
    warming, people = asked.keys[:WARMING], asked.keys[WARMING:-1]
    share = voters // rounds
    with served(ground, worker=True) as product, served(ground, str(fixed)) as bare:
        _round(product, bare, asked, warming, row)
        done = [
            _round(product, bare, asked, people[share * number : share * (number + 1)], row) for number in range(rounds)
        ]
    driver = raw.loop(row, voters)
    raw.close()
    _tell(report, where.name, voters, done, driver)
    _count(report, ground, where.name, asked.poll, sum(len(each.acts.answers) for each in done) + WARMING)
    _pages(report, ground, where.name, asked, rounds, seconds)


def open_poll(ground: Ground, households: int, projects: int = PROJECTS) -> Open:
    """Open a secret poll about so many projects among so many households."""
    app = create_app(ground.as_test)
    with app.app_context():
        schema.upgrade(db.engine)
        moment = clock.now()
        db.session.rollback()
        place, refs = settle(households, moment)
        clerk = viewer(CLERK)
        terms = actions.Terms(
            title="一百万元怎么分",
            words="",
            mode=Mode.SECRET,
            per=Per.HOUSEHOLD,
            kind=Kind.APPROVAL,
            limits=Limits(1, 10),
            counting=Counting.SHARES,
            opens=moment,
            closes=moment + OPEN_FOR,
            budget=100_000_000,
        )
        drafted = perform(actions.draft, clerk, db.session.get_one(Neighbourhood, place), terms).fact
        poll = int(drafted.subject.partition("/")[2])
        for number in range(1, projects + 1):
            found = queries.desk_poll(viewer(CLERK), poll)
            assert found is not None
            words, cost = f"第{number}个项目的说明，写一句话。", 1_000_000 + 50_000 * (number % 40)
            project = actions.ProjectTerms(f"{number:03d}", f"楼道和弄堂的改善项目{number}", words, cost)
            perform(actions.add_project, viewer(CLERK), found, project)
            db.session.expunge_all()
        found = queries.desk_poll(viewer(CLERK), poll)
        assert found is not None
        perform(actions.open_poll, viewer(CLERK), found, seen=found.rule_version)
        room = found.box_room
        keys = list(cookies(app, refs, second_factor=True))
        db.session.close()
        db.engine.dispose()
    return Open(poll, room, keys)


@dataclass(frozen=True)
class Round:
    """One round: ballots cast, posts to the bare routes; milliseconds of processor time of each."""

    acts: Run
    act_cpu: float | None
    promised: Run
    promised_cpu: float | None
    bare: Run
    bare_cpu: float | None


def _round(product: Served, bare: Served, open_to: Open, keys: list[str], row: Row) -> Round:
    path = f"/polls/{open_to.poll}/ballot"
    codes = [f"{number:03d}" for number in range(3, 3 + PICKED)]
    checks, casts, promises = [], [], []
    for answer in load.drive(product.address, (load.request(path, cookie=key) for key in keys), keep=True).answers:
        cookie = forms.cookie_after(answer, keys[answer.number])
        fields = forms.hidden(answer, "voter") | {"phrase": "三月的雨", "step": "check"}
        checks.append((cookie, load.form(fields) + b"".join(b"&choice=" + code.encode() for code in codes)))
    asked = (load.request(path, cookie=cookie, body=body) for cookie, body in checks)
    for answer in load.drive(product.address, asked, keep=True).answers:
        cookie, _ = checks[answer.number]
        fields = forms.hidden(answer, "nonce")
        fields.pop("choice", None)  # One of several of that name, which follow.
        body = load.form(fields) + b"".join(b"&choice=" + code.encode() for code in codes)
        casts.append((cookie, body))
        promises.append(load.request(f"/promised/{open_to.poll}/{open_to.room}", cookie=cookie, body=body))
    sent = [load.request(f"{path}/cast", cookie=cookie, body=body) for cookie, body in casts]
    post = load.request("/act", body=load.form(dict(zip(COLUMNS, row, strict=True))))
    before, _ = bare.timed(lambda: load.drive(bare.address, itertools.repeat(post, len(keys))))
    acts, act_cpu = product.timed(lambda: load.drive(product.address, iter(sent), keep=True))
    promised, promised_cpu = bare.timed(lambda: load.drive(bare.address, iter(promises)))
    after, bare_cpu = bare.timed(lambda: load.drive(bare.address, itertools.repeat(post, len(keys))))
    return Round(
        acts,
        act_cpu,
        promised,
        promised_cpu,
        Run([*before.answers, *after.answers], before.seconds + after.seconds),
        bare_cpu,
    )


def _tell(report: Report, database: str, voters: int, done: list[Round], driver: float) -> None:
    report.heading(
        f"Casting on {database}: {voters} households, one secret ballot each, {PICKED} of {PROJECTS} projects",
        f"gunicorn, 2 processes of 2 threads, {load.CONNECTIONS} households at a time",
        "the act: signed promise, mark on the roll, sealed ballot; the worker brings batches into the trail meanwhile",
        "promised: the same route doing by the driver alone what is promised: form, sign-in, mark with its tests, row",
        "bare: a Flask route on the same server that inserts and commits one row",
    )
    ratio = statistics.median(each.acts.rate / each.bare.rate for each in done)
    floor = statistics.median(each.promised.rate / each.bare.rate for each in done)
    promised = Run([answer for each in done for answer in each.promised.answers], 1.0)
    every = Run([answer for each in done for answer in each.acts.answers], 1.0)
    bare = Run([answer for each in done for answer in each.bare.answers], 1.0)
    what = f"casting, {database}"
    report.table(
        ("", "to bare", "to driver", "a second", "CPU ms", "p50 ms", "p95 ms"),
        [
            (
                "the act",
                report.at_least(f"{what}, to a bare insert route", ratio, CASTING, f"{ratio:.2f}"),
                f"{statistics.median(each.acts.rate for each in done) / driver:.2f}",
                f"{statistics.median(each.acts.rate for each in done):,.0f}",
                milliseconds([each.act_cpu for each in done]),
                f"{every.percentile(50):.0f}",
                report.at_most(f"{what}, p95 ms", every.percentile(95), P95, f"{every.percentile(95):.0f}"),
            ),
            (
                "what is promised, bare",
                f"{floor:.2f}",
                f"{statistics.median(each.promised.rate for each in done) / driver:.2f}",
                f"{statistics.median(each.promised.rate for each in done):,.0f}",
                milliseconds([each.promised_cpu for each in done]),
                f"{promised.percentile(50):.0f}",
                f"{promised.percentile(95):.0f}",
            ),
            (
                "bare insert route",
                "",
                f"{statistics.median(each.bare.rate for each in done) / driver:.2f}",
                f"{statistics.median(each.bare.rate for each in done):,.0f}",
                milliseconds([each.bare_cpu for each in done]),
                f"{bare.percentile(50):.0f}",
                f"{bare.percentile(95):.0f}",
            ),
        ],
    )
    wrong = sum(each.acts.unlike(303) + each.promised.unlike(200) for each in done)
    report.table(
        ("", "found"),
        [("posts not answered as they should be", report.at_most(f"{what}, errors", wrong, 0, f"{wrong}"))],
    )


def _count(report: Report, ground: Ground, database: str, poll: int, cast: int) -> None:
    """Every acknowledged ballot is one mark, and one ballot in the box or in the trail."""
    app = create_app(ground.as_test)
    with app.app_context(), reading():
        marks = db.session.scalar(select(func.count()).select_from(PollMark)) or 0
        sealed = db.session.scalar(select(func.count()).where(SealedBallot.poll_id == poll)) or 0
        there = db.session.scalar(select(func.count()).where(SecretBallot.poll_id == poll)) or 0
        db.session.close()
        db.engine.dispose()
    lost = max(abs(cast - marks), abs(cast - sealed - there))
    report.table(
        ("acknowledged", "marks", "in the box", "in the trail", "differ"),
        [
            (
                f"{cast}",
                f"{marks}",
                f"{sealed}",
                f"{there}",
                report.at_most(f"casting, {database}, lost or doubled", lost, 0, f"{lost}"),
            )
        ],
    )


def _pages(report: Report, ground: Ground, database: str, asked: Open, rounds: int, seconds: float) -> None:
    path, key = f"/polls/{asked.poll}", asked.keys[-1]  # The last household has kept its vote: it has a ballot page.
    named = [
        Page(f"list of {PROJECTS}, visitor", path),
        Page(f"list of {PROJECTS}, household", path, key),
        Page("ballot, household", f"{path}/ballot", key),
    ]
    pages.compare(report, ground, named, f"A poll's pages on {database}", rounds=rounds, seconds=seconds, least=PAGE)
