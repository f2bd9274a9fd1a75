"""Trail: what an entry costs, what checking the whole trail costs, and how both grow with its length."""

from __future__ import annotations

import hashlib
import random
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from flask import Flask
from sqlalchemy import insert, select, update

from bench.ground import Databases
from bench.raw import SAMPLE, Raw
from bench.report import Report
from hearing import clock, schema
from hearing.app import create_app
from hearing.audit import canonical, queries, tree, verify
from hearing.audit.fact import Actor
from hearing.audit.ledger import perform
from hearing.audit.models import LogEntry, LogHead, LogNode
from hearing.audit.publisher import Publisher
from hearing.consents.facts import Answered
from hearing.db import db, reading

PROBES = 20
"""Entries, and proofs, in a round of the growth table."""
BATCH = 5_000
"""Rows that one statement writes while a trail is filled up."""
FLAT, LINEAR = 2.0, 1.5
"""How many times as long an entry or its proof may take on the longest trail as on the shortest; and the check of one
entry there."""
LONG_AGO = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)


def measure(report: Report, where: Databases, *, entries: int, sizes: tuple[int, ...], rounds: int) -> None:
    """Append and publish so many entries; then measure single entries on trails of each size."""
    with _installation(where, "trail") as app, app.app_context():
        raw = Raw.open(app.extensions["settings"].database)
        try:
            _appending(report, where.name, app, raw, entries, rounds)
        finally:
            raw.close()
    with ExitStack() as stack:
        trails = [_Trail(stack.enter_context(_installation(where, f"trail-{size}")), size) for size in sizes]
        _growing(report, where.name, trails, rounds)


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


def _appending(report: Report, database: str, app: Flask, raw: Raw, entries: int, rounds: int) -> None:
    report.heading(
        f"Trail on {database}: {entries:,} entries appended one by one, published {rounds} times",
        "limit of appending: as many rows inserted and committed by the driver alone, in turns with it",
        "limit of verifying: reading the published files and hashing their bytes once",
    )
    publisher, share = _publisher(app), entries // rounds
    limit = appended = published = 0.0
    for _ in range(rounds):
        limit += share / raw.loop(SAMPLE, share)
        appended += _timed(lambda: _append(share))
        published += _timed(lambda: _publish(publisher))
    verified, hashed = _timed(lambda: _verify(publisher)), _timed(lambda: _hash_all(publisher))
    rows = [
        ("append an act's entry, nodes and payload", limit, appended),
        ("the same, and publish", limit, appended + published),
        ("verify all", hashed, verified),
    ]
    report.table(
        ("", "ratio", "measured", "limit"),
        [
            (what, f"{least / spent:.2f}", f"{entries / spent:,.0f}/s", f"{entries / least:,.0f}/s")
            for what, least, spent in rows
        ],
    )


@dataclass
class _Trail:
    """One trail of the growth table, with the seconds that its parts took, round by round."""

    app: Flask
    size: int
    append: list[float] = field(default_factory=list)
    proof: list[float] = field(default_factory=list)
    publish: list[float] = field(default_factory=list)
    verify: list[float] = field(default_factory=list)

    def round(self, seed: int) -> None:
        """Append a few entries and publish them, then prove a few of all."""
        chance = random.Random(seed)
        with self.app.app_context():
            self.append += [_timed(lambda: _append(1)) for _ in range(PROBES)]
            self.publish.append(_timed(lambda: _publish(_publisher(self.app))))
            with reading():
                self.proof += [_timed(lambda: _prove(chance.randrange(self.size), self.size)) for _ in range(PROBES)]
                db.session.rollback()

    def whole(self) -> None:
        """Verify all."""
        with self.app.app_context():
            self.verify.append(_timed(lambda: _verify(_publisher(self.app))))

    @property
    def verify_one(self) -> float:
        """Seconds to verify one entry of all."""
        return statistics.median(self.verify) / self.size


def _growing(report: Report, database: str, trails: list[_Trail], rounds: int) -> None:
    report.heading(
        f"Trail on {database}: growth, measured in turns",
        "wanted: the times of one entry and one proof stay as they are, verification grows no faster than the trail",
    )
    for trail in trails:
        with trail.app.app_context():
            _fill(trail.size)
            _publish(_publisher(trail.app))
    for number in range(rounds):
        for trail in trails:
            trail.round(number)
    for _ in range(min(rounds, 3)):
        for trail in trails:
            trail.whole()
    first, last = trails[0], trails[-1]
    median = statistics.median
    report.table(
        ("entries", "append one", "prove one", f"publish {PROBES}", "verify all", "verify one"),
        [
            (
                f"{trail.size:,}",
                f"{median(trail.append) * 1e3:.2f} ms",
                f"{median(trail.proof) * 1e3:.2f} ms",
                f"{median(trail.publish) * 1e3:.0f} ms",
                f"{median(trail.verify):.2f} s",
                f"{trail.verify_one * 1e6:.0f} µs",
            )
            for trail in trails
        ]
        + [
            (
                "last : first",
                _growth(report, f"an entry, {database}", median(last.append) / median(first.append), FLAT),
                _growth(report, f"a proof, {database}", median(last.proof) / median(first.proof), FLAT),
                f"{median(last.publish) / median(first.publish):.2f}",
                f"{median(last.verify) / median(first.verify):.1f}",
                _growth(report, f"verifying one entry, {database}", last.verify_one / first.verify_one, LINEAR),
            )
        ],
    )


def _growth(report: Report, what: str, times: float, limit: float) -> str:
    return report.at_most(f"growth of {what}", times, limit, f"{times:.2f}")


def _timed(work: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _publisher(app: Flask) -> Publisher:
    return cast(Publisher, app.extensions["publisher"])


def _publish(publisher: Publisher) -> None:
    with reading():
        publisher.publish(db.session)
        db.session.rollback()


def _append(count: int) -> None:
    for number in range(count):
        perform(_answered, number, LONG_AGO)


def _answered(number: int, moment: datetime) -> Answered:
    """The longest fact that is written often."""
    return Answered(
        actor=Actor(role="resident", ref=f"p-{number:08x}"),
        scope="xinqiao",
        subject="consent/1",
        matter="proposal/1",
        plan_hash="0" * 64,
        method="phone",
        record=number,
        title="新桥苑楼道加装扶手",
        version=1,
        unit=str(number),
        holders=(str(number),),
        answer="agree",
        answer_label="同意",
        signed_on="2026-11-21",
        received_at=moment,
        evidence_hash="0" * 64,
        identity="session",
        assisted=False,
    )


def _prove(index: int, size: int) -> None:
    queries.inclusion_proof(db.session, index, size)


def _verify(publisher: Publisher) -> None:
    """Check the published folder. Raises RuntimeError when it does not pass: then no figure is worth anything."""
    found = verify.audit_log(str(publisher.folder), str(publisher.vkey))
    if not found.ok:
        raise RuntimeError(str(found))


def _hash_all(publisher: Publisher) -> None:
    for path in sorted(publisher.folder.glob("tile/**/*")):
        if path.is_file():
            hashlib.sha256(path.read_bytes()).digest()


def _fill(size: int) -> None:
    """Bring the trail to `size` entries by many rows a statement, with the very bytes and nodes of single acts."""
    with db.engine.begin() as connection:
        here = connection.execute(select(LogHead.size)).scalar_one()
        if size <= here:
            return
        moment = connection.execute(select(clock.database_now())).scalar_one()
        commitment = canonical.commit(bytes(canonical.SALT_BYTES), _answered(0, moment).payload())
        columns = select(LogNode.level, LogNode.number, LogNode.hash)
        nodes = {(row.level, row.number): row.hash for row in connection.execute(columns)}
        entries: list[dict[str, Any]] = []
        added: list[dict[str, Any]] = []
        for index in range(here, size):
            fact = _answered(index, moment)
            body = canonical.encode_entry(fact.entry(moment, commitment))
            leaf = tree.leaf_hash(body)
            for node in tree.completed_by(index, leaf, lambda level, number: nodes[level, number]):
                nodes[node.level, node.number] = node.hash
                added.append(node._asdict())
            entries.append(
                {
                    "idx": index,
                    "leaf_hash": leaf,
                    "body": body,
                    "kind": fact.kind,
                    "subject": fact.subject,
                    "matter": fact.matter,
                    "actor_ref": fact.actor.ref,
                    "at": moment,
                }
            )
        for table, rows in ((LogEntry, entries), (LogNode, added)):
            for first in range(0, len(rows), BATCH):
                connection.execute(insert(table), rows[first : first + BATCH])
        connection.execute(update(LogHead).values(size=size))
