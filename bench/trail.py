"""Trail: what an entry costs, what checking the whole trail costs, and how both grow with its length."""

from __future__ import annotations

import hashlib
import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
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

ROUNDS = 10
LONG_AGO = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
PROBES = 200
BATCH = 5_000
"""Rows that one statement writes while the trail is filled up."""
FLAT, LINEAR = 2.0, 1.5
"""How many times as long an entry or its proof may take on the longest trail as on the shortest; and the check of one
entry there."""


@dataclass(frozen=True)
class Figures:
    """Milliseconds for one entry, one proof and one publication, and seconds for the whole verification."""

    size: int
    append: float
    proof: float
    publish: float
    verify: float

    @property
    def verify_one(self) -> float:
        """Microseconds to verify one entry of all."""
        return self.verify / self.size * 1e6


def measure(report: Report, where: Databases, entries: int, sizes: tuple[int, ...]) -> None:
    """Append and publish so many entries; then grow the trail to each size and measure there."""
    ground = where.ground("trail")
    app = create_app(ground.as_test)
    with app.app_context():
        schema.upgrade(db.engine)
        raw = Raw.open(ground.database_url)
        try:
            _appending(report, where.name, app, raw, entries)
        finally:
            raw.close()
        _growing(report, where.name, app, [size for size in sizes if size > entries])
        db.session.close()
        db.engine.dispose()


def _appending(report: Report, database: str, app: Flask, raw: Raw, entries: int) -> None:
    report.heading(
        f"Trail on {database}: {entries:,} entries appended one by one, published after every tenth part",
        "limit of appending: as many rows inserted and committed by the driver alone, in turns with it",
        "limit of verifying: reading the published files and hashing their bytes once",
    )
    publisher, share = _publisher(app), entries // ROUNDS
    limit = appended = published = 0.0
    for _ in range(ROUNDS):
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


def _growing(report: Report, database: str, app: Flask, sizes: list[int]) -> None:
    if len(sizes) < 2:
        return
    report.heading(
        f"Trail on {database}: growth",
        "wanted: the times of one entry and one proof stay as they are, verification grows no faster than the trail",
    )
    found = [_at(app, size) for size in sizes]
    first, last = found[0], found[-1]
    report.table(
        ("entries", "append one", "prove one", "publish 200", "verify all", "verify one"),
        [
            (
                f"{at.size:,}",
                f"{at.append:.2f} ms",
                f"{at.proof:.2f} ms",
                f"{at.publish:.0f} ms",
                f"{at.verify:.2f} s",
                f"{at.verify_one:.0f} µs",
            )
            for at in found
        ]
        + [
            (
                "last : first",
                _growth(report, "an entry", first.append, last.append, FLAT),
                _growth(report, "a proof", first.proof, last.proof, FLAT),
                f"{last.publish / first.publish:.2f}",
                f"{last.verify / first.verify:.1f}",
                _growth(report, "verifying one entry", first.verify_one, last.verify_one, LINEAR),
            )
        ],
    )


def _growth(report: Report, what: str, first: float, last: float, limit: float) -> str:
    return report.at_most(f"growth of {what}", last / first, limit, f"{last / first:.2f}")


def _at(app: Flask, size: int) -> Figures:
    publisher = _publisher(app)
    _fill(size - PROBES)
    _publish(publisher)
    appends = [_timed(lambda: _append(1)) for _ in range(PROBES)]
    publish = _timed(lambda: _publish(publisher))
    chance = random.Random(size)
    places = [chance.randrange(size) for _ in range(PROBES)]
    with reading():
        proofs = [_timed(lambda place=place: _prove(place, size)) for place in places]  # type: ignore[misc]
        db.session.rollback()
    return Figures(
        size,
        statistics.median(appends) * 1000,
        statistics.median(proofs) * 1000,
        publish * 1000,
        _timed(lambda: _verify(publisher)),
    )


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
