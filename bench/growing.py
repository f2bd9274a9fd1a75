"""Growing: what a secret poll costs as its ballots grow, from a thousand to a hundred thousand.

Marks and sealed ballots are written in bulk, as casting leaves them; all that comes after is the product's own work.
What one household asks for should not grow, what all ballots go through no faster than they do.
"""

from __future__ import annotations

import io
import random
import resource
import secrets
import statistics
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import ParamSpec, TypeVar

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import DeclarativeBase

from bench.filling import into
from bench.ground import Databases, Ground
from bench.polling import Open, open_poll
from bench.report import Report
from hearing import clock, schema
from hearing.app import create_app
from hearing.audit import canonical
from hearing.audit.ledger import perform_all
from hearing.ballots import actions, rules
from hearing.ballots.box import box_of
from hearing.ballots.models import Poll, PollMark, PollVoter, SealedBallot
from hearing.db import db, reading
from hearing.demo.town import forms
from hearing.places.models import Stairwell, Unit
from hearing.places.rules import UnitUse

PROJECTS, MOST, WARMING = 20, 5, 4
PILE = 1_000
"""Ballots that lie in the box when the worker comes: a minute of a busy evening."""
FLAT = 2.0
"""How many times as much may cost in the largest poll what does not go through all ballots."""
LINEAR = 1.5
"""How many times faster than the ballots the cost of all of them may grow."""
ONE_HOUSEHOLD = ("list of projects", "ballot page", "check page", "casting")
BATCH, OUTCOME = "a batch into the trail", "outcome page"
BOUNDED = (*ONE_HOUSEHOLD, BATCH, OUTCOME)
_MB = 1 << 20
P = ParamSpec("P")
T = TypeVar("T")


@dataclass
class Step:
    """One step: seconds of processor time, of each time it was done; what came out, bytes."""

    seconds: list[float] = field(default_factory=list)
    bytes: int = 0

    @property
    def typical(self) -> float:
        """The median."""
        return statistics.median(self.seconds)


def measure(report: Report, where: Databases, *, sizes: Sequence[int], households: int) -> None:
    """Go through a poll of each size, with so many households that open the pages and cast."""
    found = {size: _poll(where.ground(f"growing{size}"), size, households) for size in sizes}
    first, last = found[sizes[0]], found[sizes[-1]]
    times = sizes[-1] / sizes[0]
    report.heading(
        f"A secret poll as it grows on {where.name}: {', '.join(f'{size:,}' for size in sizes)} ballots",
        f"{PROJECTS} projects, up to {MOST} on a ballot, equal shares with Add1U; processor time, no page kept",
        f"growth from the first to the last, of {times:,.0f} times the ballots",
    )
    rows = []
    for name in first:
        growth = last[name].typical / first[name].typical
        most = FLAT if name in BOUNDED else times * LINEAR
        cells = [f"{found[size][name].typical * 1000:,.1f} ms" for size in sizes]
        megabytes = f"{last[name].bytes / _MB:,.1f}" if last[name].bytes > _MB else ""
        judged = report.at_most(f"poll, {where.name}, {name}, growth", growth, most, f"{growth:,.1f}")
        rows.append((name, *cells, judged, megabytes))
    report.table(("", *(f"{size:,}" for size in sizes), "growth", "MB"), rows)


def _poll(ground: Ground, size: int, households: int) -> dict[str, Step]:
    """Everything that happens to a poll, in its order."""
    asked = open_poll(ground, households, PROJECTS)
    app = create_app(ground.as_test)
    steps: dict[str, Step] = {}
    with app.app_context():
        ids = _others(asked.poll, size - households)
        batch = steps[BATCH] = Step()
        for start in range(0, len(ids), PILE):
            _fill_box(asked.poll, ids[start : start + PILE])
            _timed(batch, perform_all, actions.put_into_trail, asked.poll)
            db.session.close()
    steps |= _household_steps(app, asked)
    with app.app_context():
        with reading():
            closes = db.session.scalars(select(Poll.closes_at)).one()
            db.session.close()
        with clock.standing_at(closes + timedelta(seconds=1)):
            _timed(steps.setdefault("close", Step()), actions.close_one, asked.poll)
            _timed(steps.setdefault("tally, record and bundle's files", Step()), actions.count_one, asked.poll)
        db.session.close()
    client = app.test_client()
    for name, path in (
        (OUTCOME, "outcome"),
        ("reveal.jsonl", "reveal.jsonl"),
        ("bundle.zip", "bundle.zip"),
    ):
        steps[name] = step = Step()
        for _ in range(3):
            body = _timed(step, _got, app, client, f"/polls/{asked.poll}/{path}")
        step.bytes = len(body)
    steps["recount.py"] = _recounted(ground.folder / "bundle", body)
    with app.app_context():
        db.session.close()
        db.engine.dispose()
    return steps


def _others(poll: int, number: int) -> list[int]:
    """Put so many more homes on the roll; their lines."""
    with reading():
        stairwell = db.session.scalars(select(func.max(Stairwell.id))).one()
        unit, voter = _last(Unit), _last(PollVoter)
        db.session.rollback()
    units = range(unit + 1, unit + 1 + number)
    lines = range(voter + 1, voter + 1 + number)
    subject, salt = f"poll/{poll}", bytes(32)
    with db.engine.begin() as connection:
        into(
            connection,
            Unit,
            ("id", "stairwell_id", "name", "floor", "position", "use", "area_centi", "vacant"),
            ((u, stairwell, f"N{u}", "1", u, UnitUse.RESIDENCE, 6000, False) for u in units),
        )
        into(
            connection,
            PollVoter,
            ("id", "poll_id", "unit_id", "holder_id", "salt", "commitment", "told", "struck"),
            (
                (line, poll, u, None, salt, rules.voter_commitment(subject, f"unit/{u}", salt), False, False)
                for line, u in zip(lines, units, strict=True)
            ),
        )
        connection.execute(update(Poll).values(roll_size=Poll.roll_size + number))
        if connection.dialect.name == "postgresql":
            connection.execute(text("ANALYZE"))
    schema.refresh_statistics(db.engine)
    return list(lines)


def _last(model: type[DeclarativeBase]) -> int:
    found: int = db.session.scalar(select(func.max(model.__table__.c.id))) or 0
    return found


def _fill_box(poll: int, lines: Sequence[int]) -> None:
    """Marks and sealed ballots of these lines, as casting leaves them."""
    with reading():
        room, check = db.session.execute(select(Poll.box_room, Poll.box_check)).one()
        db.session.rollback()
    box, chance = box_of(poll, room, check), random.Random(lines[0])

    def sealed() -> Iterator[tuple[str, int, bytes]]:
        for _ in lines:
            codes = sorted(
                {f"{1 + min(chance.randrange(PROJECTS), chance.randrange(PROJECTS)):03d}" for _ in range(MOST)}
            )
            secret = secrets.token_bytes(rules.BYTES)
            plain = canonical.encode(rules.Said(tuple(codes)).as_data() | {"phrase": ""})
            c = rules.commitment_to(f"poll/{poll}", secret, plain)
            yield box.slot(c), poll, box.seal(rules.word(secret), plain.decode())

    with db.engine.begin() as connection:
        into(connection, PollMark, ("voter_id", "poll_id"), ((line, poll) for line in lines))
        into(connection, SealedBallot, ("slot", "poll_id", "sealed"), sealed())


def _household_steps(app: Flask, asked: Open) -> dict[str, Step]:
    """Each household opens the list and its ballot, checks it and casts it; those who come first are not measured."""
    steps = {name: Step() for name in ONE_HOUSEHOLD}
    path = f"/polls/{asked.poll}"
    for number, key in enumerate(asked.keys):
        spent = {name: Step() for name in ONE_HOUSEHOLD} if number < WARMING else steps
        client, (name, _, value) = app.test_client(), key.partition("=")
        client.set_cookie(name, value)
        _timed(spent["list of projects"], _got, app, client, path)
        page = _timed(spent["ballot page"], _got, app, client, f"{path}/ballot")
        fields = [*forms.hidden(page.decode(), "voter"), ("choice", "003"), ("phrase", "三月的雨"), ("step", "check")]
        page = _timed(spent["check page"], _sent, client, f"{path}/ballot", fields, 200)
        fields = forms.hidden(page.decode(), "nonce")
        _timed(spent["casting"], _sent, client, f"{path}/ballot/cast", fields, 303)
    return steps


def _timed(step: Step, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    begun = time.process_time()
    found = act(*args, **kwargs)
    step.seconds.append(time.process_time() - begun)
    return found


def _got(app: Flask, client: FlaskClient, path: str) -> bytes:
    app.extensions["kept"] = type(app.extensions["kept"])()
    answer = client.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answers {answer.status_code}")
    body: bytes = answer.data
    return body


def _sent(client: FlaskClient, path: str, fields: forms.Fields, wanted: int) -> bytes:
    answer = client.post(path, data=_multi(fields))
    if answer.status_code != wanted:
        raise RuntimeError(f"{path} answers {answer.status_code}")
    body: bytes = answer.data
    return body


def _multi(fields: forms.Fields) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in fields:
        found.setdefault(name, []).append(value)
    return found


def _recounted(folder: Path, packed: bytes) -> Step:
    """Unpack the bundle and count it again by its own program, in a process of its own."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        archive.extractall(folder)
        bytes_ = sum(each.file_size for each in archive.infolist())
    command = [sys.executable, "-I", "recount.py", "election.pb", "rule.json", "--expect", "tally.json"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    subprocess.run(
        [*command, "--reveal", "reveal.jsonl", "--leaves", "leaves.txt"],
        cwd=folder,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    spent = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
    return Step([spent], bytes_)
