"""Two processes append at the same time: no gap, no fork, and no act is missing."""

from __future__ import annotations

import itertools

from flask import Flask
from sqlalchemy import select

from hearing.audit.models import LogHead
from hearing.db import db, reading
from tests.torture.test_kill import check, recorded
from tests.torture.writers import Nursery

EACH, MOST = 100, 1000
APART = 10_000_000


def test_two_processes_make_one_log(app: Flask, nursery: Nursery, torture_scale: int) -> None:
    each = min(EACH * torture_scale, MOST)
    for process in range(2):
        nursery.fork(app, process * APART, each, 1)
    acknowledged = dict(nursery.until("done"))
    check(app)
    with app.app_context(), reading():
        found = recorded()
        assert db.session.scalars(select(LogHead.size)).one() == 2 * each
        db.session.rollback()
    assert list(found) == list(range(2 * each))
    assert acknowledged == found
    assert sorted(found.values()) == [process * APART + number for process in range(2) for number in range(each)]
    turns = [number // APART for number in found.values()]
    assert any(one != other for one, other in itertools.pairwise(turns)), "they took turns"
