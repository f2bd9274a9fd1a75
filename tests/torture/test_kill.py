"""kill -9 in the middle of appending and publishing: whatever was acknowledged is there, and the log verifies."""

from __future__ import annotations

import os
import random
import signal
import time

import pytest
from flask import Flask
from sqlalchemy import select

from hearing.audit import canonical, checking, publishing
from hearing.audit.models import LogEntry, LogHead
from hearing.audit.publisher import Publisher
from hearing.config import Settings
from hearing.db import db, reading
from tests.torture.writers import Nursery

CYCLES, MOST = 12, 200
LONGEST = 0.12
"""Seconds after its first act after which a writer is killed at the latest: some more acts and some heads."""


@pytest.fixture(autouse=True)
def no_power_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes die here, the machine does not: nobody needs to wait for the disk."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


def recorded() -> dict[int, int]:
    """The number that each entry of the trail notes."""
    query = select(LogEntry.idx, LogEntry.body).where(LogEntry.kind == "test.noted")
    rows = db.session.execute(query.order_by(LogEntry.idx))
    return {row.idx: canonical.parse(row.body)["pub"]["number"] for row in rows}


def check(app: Flask) -> None:
    """The published files verify and go on from what was seen before, and every row agrees with them."""
    settings: Settings = app.extensions["settings"]
    with app.app_context(), reading():
        found = checking.run(db.session, settings, Publisher.of(settings))
        db.session.rollback()
    assert found.ok, found.en


def kill_one(nursery: Nursery, app: Flask, first: int, after: float) -> dict[int, int]:
    """Let a writer append with three hands and publish, and kill it; what it had acknowledged."""
    child = nursery.fork(app, first, 0, 3)
    index, number = nursery.next()
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    return {index: number, **dict(nursery.until("dead"))}


def test_killed_writers_lose_no_acknowledged_act(app: Flask, nursery: Nursery, torture_scale: int) -> None:
    chance = random.Random(torture_scale)
    acknowledged: dict[int, int] = {}
    for cycle in range(min(CYCLES * torture_scale, MOST)):
        acknowledged |= kill_one(nursery, app, cycle * 10_000_000, chance.uniform(0, LONGEST))
        check(app)
    settings: Settings = app.extensions["settings"]
    with app.app_context(), reading():
        assert publishing.turn(db.session, settings, Publisher.of(settings)).trouble is None
        found = recorded()
        assert db.session.scalars(select(LogHead.size)).one() == len(found)
        assert acknowledged.items() <= found.items()
        assert len(set(found.values())) == len(found), "no act was recorded twice"
        db.session.rollback()
    check(app)
