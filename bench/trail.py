"""Trail: what an entry costs, what checking the whole trail costs, and how both grow with its length."""

from __future__ import annotations

import hashlib
import os
import random
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, cast

from flask import Flask

from bench import acts, filling
from bench.ground import Databases
from bench.raw import SAMPLE, Raw
from bench.report import Report
from hearing import schema
from hearing.app import create_app
from hearing.audit import durable, queries, verify
from hearing.audit.ledger import perform
from hearing.audit.publisher import Publisher
from hearing.db import db, reading

PROBES = 20
"""Entries, and proofs, in a round of the growth table."""
FLAT, LINEAR = 2.0, 1.5
"""How many times as long an entry or its proof may take on the longest trail as on the shortest; and the check of one
entry on the longest as on the first that has a thousand files."""
RATE, MEASURED_FROM = 50_000, 100_000
"""Entries a second that a full verification has to check, and how long a trail has to be for that."""
LAID_OUT = 200_000
"""From so many entries on the files are laid out by the bench: the publisher waits for the disk with each of them."""
STEADY = 10_000
"""From so many entries on starting the verification no longer matters to what one entry takes."""


def measure(
    report: Report, where: Databases, *, entries: int, households: int, sizes: tuple[int, ...], rounds: int
) -> None:
    """Append and publish so many entries, compare acts with and without them, then measure trails of each size."""
    with _installation(where, "trail") as app, app.app_context():
        raw = Raw.open(app.extensions["settings"].database)
        try:
            bare = _appending(report, where.name, app, raw, entries, rounds)
        finally:
            raw.close()
    acts.measure(report, where, households=households, bare=bare)
    trails = []
    for size in sizes:
        # One after the other: a long one fills memory and disk for as long as it is measured.
        with _installation(where, f"trail-{size}") as app:
            trail = _Trail(app, size)
            trail.measure(rounds)
            trails.append(trail)
    _growing(report, where.name, trails)


@contextmanager
def _installation(where: Databases, label: str) -> Iterator[Flask]:
    app = create_app(where.ground(label).as_test)
    with app.app_context():
        schema.upgrade(db.engine)
    try:
        yield app
    finally:
        with app.app_context():
            db.engine.dispose()


def _appending(report: Report, database: str, app: Flask, raw: Raw, entries: int, rounds: int) -> float:
    """Tell what appending and publishing cost; return the seconds that one entry took."""
    report.heading(
        f"Trail on {database}: {entries:,} entries appended one by one, published {rounds} times",
        "limit: as many rows inserted and committed by the driver alone, in turns with it",
    )
    publisher, share = _publisher(app), entries // rounds
    limit = appended = published = 0.0
    for number in range(rounds):
        limit += share / raw.loop(SAMPLE, share)
        appended += _timed(partial(_append, number * share, share))
        published += _timed(lambda: _publish(publisher))
    rows = [
        ("append an act's entry, nodes and payload", limit, appended),
        ("the same, and publish", limit, appended + published),
    ]
    report.table(
        ("", "ratio", "measured", "limit"),
        [
            (what, f"{least / spent:.2f}", f"{entries / spent:,.0f}/s", f"{entries / least:,.0f}/s")
            for what, least, spent in rows
        ],
    )
    return appended / entries


@dataclass
class Checked:
    """A full verification: seconds by the clock and of processor time, and reading and hashing the same files once."""

    seconds: float
    processor: float
    limit: float


@dataclass
class _Trail:
    """One trail of the growth table, with the seconds that its parts took."""

    app: Flask
    size: int
    whole: float | None = None
    """Publishing all of it at once; None where the bench laid it out."""
    files: float = 0.0
    """Writing the same files as durably, and nothing else."""
    append: list[float] = field(default_factory=list)
    proof: list[float] = field(default_factory=list)
    publish: list[float] = field(default_factory=list)
    checked: list[Checked] = field(default_factory=list)

    def measure(self, rounds: int) -> None:
        """Make the trail and measure it."""
        with self.app.app_context():
            made = filling.Tree.of(self.size)
            filling.fill(made)
            publisher = _publisher(self.app)
            if self.size < LAID_OUT:
                self.whole = _timed(lambda: _publish(publisher))
                self.files = _timed(lambda: _write_all(made, publisher.folder.with_name("files")))
            else:
                _lay_out(publisher, made)
                _publish(publisher)
            self.checked = [_check(publisher) for _ in range(3 if self.size < LAID_OUT else 1)]
            for number in range(rounds):
                self._round(publisher, number)

    def _round(self, publisher: Publisher, number: int) -> None:
        """Append a few entries and publish them, then prove a few of all."""
        chance = random.Random(number)
        first = self.size + number * PROBES
        self.append += [_timed(partial(_append, first + place, 1)) for place in range(PROBES)]
        self.publish.append(_timed(lambda: _publish(publisher)))
        with reading():
            self.proof += [_timed(lambda: _prove(chance.randrange(self.size), self.size)) for _ in range(PROBES)]
            db.session.rollback()

    @property
    def best(self) -> Checked:
        """The verification that was disturbed least."""
        return min(self.checked, key=lambda each: each.seconds)

    @property
    def verify_one(self) -> float:
        """Processor seconds to verify one entry of all."""
        return statistics.median(each.processor for each in self.checked) / self.size


def _growing(report: Report, database: str, trails: list[_Trail]) -> None:
    report.heading(
        f"Trail on {database}: growth",
        "wanted: the times of one entry and one proof stay as they are, verification grows no faster than the trail",
        f"verification: all entries, tiles and the checkpoint, in {_cores()} processes from {verify.MANY_ENTRIES:,} "
        "entries on; CPU is processor time of all processes",
        "limit of verifying: reading the same files and hashing their bytes once; of publishing: writing them durably",
    )
    first, last = trails[0], trails[-1]
    steady = next((trail for trail in trails if trail.size >= STEADY), first)
    median = statistics.median
    report.table(
        ("entries", "append one", "prove one", f"publish {PROBES}", "publish all", "to limit"),
        [
            (
                f"{trail.size:,}",
                f"{median(trail.append) * 1e3:.2f} ms",
                f"{median(trail.proof) * 1e3:.2f} ms",
                f"{median(trail.publish) * 1e3:.0f} ms",
                "–" if trail.whole is None else f"{trail.whole:.2f} s",
                "–" if trail.whole is None else f"{trail.whole / trail.files:.1f}",
            )
            for trail in trails
        ]
        + [
            (
                "last : first",
                _growth(report, f"an entry, {database}", median(last.append) / median(first.append), FLAT),
                _growth(report, f"a proof, {database}", median(last.proof) / median(first.proof), FLAT),
                f"{median(last.publish) / median(first.publish):.2f}",
                "",
                "",
            )
        ],
    )
    report.table(
        ("entries", "verify all", "entries/s", "CPU", "CPU/entry", "to limit"),
        [
            (
                f"{trail.size:,}",
                f"{trail.best.seconds:.2f} s",
                _rate(report, database, trail),
                f"{trail.best.processor:.2f} s",
                f"{trail.verify_one * 1e6:.1f} µs",
                f"{trail.best.processor / trail.best.limit:.1f}",
            )
            for trail in trails
        ]
        + [
            (
                f"{last.size:,} : {steady.size:,}",
                f"{last.best.seconds / steady.best.seconds:.1f}",
                "",
                f"{last.best.processor / steady.best.processor:.1f}",
                _growth(report, f"verifying one entry, {database}", last.verify_one / steady.verify_one, LINEAR),
                "",
            )
        ],
    )


def _rate(report: Report, database: str, trail: _Trail) -> str:
    rate = trail.size / trail.best.seconds
    if trail.size < MEASURED_FROM:
        return f"{rate:,.0f}"
    return report.at_least(f"verification speed, {trail.size:,} entries, {database}", rate, RATE, f"{rate:,.0f}")


def _growth(report: Report, what: str, times: float, limit: float) -> str:
    return report.at_most(f"growth of {what}", times, limit, f"{times:.2f}")


def _timed(work: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _cores() -> int:
    return os.cpu_count() or 1


def _publisher(app: Flask) -> Publisher:
    return cast(Publisher, app.extensions["publisher"])


def _publish(publisher: Publisher) -> None:
    with reading():
        publisher.publish(db.session)
        db.session.rollback()


def _lay_out(publisher: Publisher, made: filling.Tree) -> None:
    """Files and signed head as they would be had the publisher made them."""
    made.lay_out(publisher.folder)
    signed = publisher.signer.sign(made.size, made.root, [])
    (publisher.folder / "checkpoint").write_bytes(signed[0].encode())


def _write_all(made: filling.Tree, folder: Path) -> None:
    for path, data in made.files():
        durable.write(folder / path, data)


def _append(first: int, count: int) -> None:
    for number in range(first, first + count):
        perform(filling.answered, number)


def _prove(index: int, size: int) -> None:
    queries.inclusion_proof(db.session, index, size)


def _check(publisher: Publisher) -> Checked:
    """Check the published folder. Raises RuntimeError when it does not pass: then no figure is worth anything."""
    limit = _timed(lambda: _hash_all(publisher))
    began, spent = time.perf_counter(), _processor()
    found = verify.audit_log(str(publisher.folder), str(publisher.vkey), processes=_cores())
    checked = Checked(time.perf_counter() - began, _processor() - spent, limit)
    if not found.ok:
        raise RuntimeError(str(found))
    return checked


def _processor() -> float:
    """Processor seconds of this process and of those that it started and that have ended."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime


def _hash_all(publisher: Publisher) -> None:
    for path in sorted(publisher.folder.glob("tile/**/*")):
        if path.is_file():
            hashlib.sha256(path.read_bytes()).digest()
