"""The closing second on two servers at once, and the last mandate that an agent may have, taken twice at once."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import update

from hearing import clock
from hearing.audit.ledger import Recorded, perform
from hearing.config import Settings
from hearing.consents import actions, queries, speaking
from hearing.consents.facts import Closed
from hearing.consents.models import ConsentCollection
from hearing.consents.rules import CollectionState, Refusal
from hearing.db import db
from hearing.notices.rules import beijing_day
from hearing.proposals.rules import TemplateName
from hearing.refusal import Refused
from tests import schema
from tests.cast import Cast
from tests.consents.course import BlockCourse, estate, fixed_plan, moment
from tests.consents.test_speaking import AGENT, accept, agent, give
from tests.torture.test_signatures_at_once import Outcome, at_once, the_trail_fits

FLATS, SECONDS = 16, 1.2
"""Households that sign on each server, and the time over which they do; the window closes in the middle of it."""
CAP = 3


def _opened(app: Flask, cast: Cast, flats: int) -> BlockCourse:
    with app.app_context():
        building = estate(cast, flats, accounts=True)
        template = TemplateName.OWNERS_ORDINARY
        course = BlockCourse(cast, fixed_plan(cast, cast.neighbourhood, template, building, manager=False))
        course.open()
    return course


def test_two_servers_at_the_closing_second_agree_on_who_was_in_time(app: Flask, cast: Cast, again: int) -> None:
    course = _opened(app, cast, 2 * FLATS)
    with clock.standing_at(moment(9)):
        servers = [_server(app, course, range(1 + n * FLATS, 1 + (n + 1) * FLATS)) for n in range(2)]
        with app.app_context(), schema.door_open():
            closes = clock.now() + timedelta(seconds=SECONDS / 2)
            change = update(ConsentCollection).where(ConsentCollection.id == course.collection_id)
            db.session.execute(change.values(closes_at=closes))
        for server in servers:
            assert server.stdin is not None
            server.stdin.write("go\n")
            server.stdin.flush()
        closed = _close(app, course)
        said = {flat: outcome for server in servers for flat, outcome in _told(server)}
    signed = {flat: outcome for flat, outcome in said.items() if isinstance(outcome, int)}
    assert set(said.values()) - set(signed.values()) <= {Refusal.ALREADY_CLOSED.value}
    assert all(index < closed.index for index in signed.values()), "nobody signs after the close in the trail"
    with app.app_context():
        the_trail_fits(course)
        collection = course.collection()
        assert collection.stands is CollectionState.GRACE
        assert all(record.received_at < closes for record in collection.records)
        assert collection.tally().part.heads == closed.fact.answered == len(signed) == len(collection.records)


def _server(app: Flask, course: BlockCourse, flats: range) -> subprocess.Popen[str]:
    """Another server process of the same installation, whose clock stands where this one's does."""
    settings: Settings = app.extensions["settings"]
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.torture.signer"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path.cwd(),
    )
    assert server.stdin is not None and server.stdout is not None
    asked = {"folder": str(settings.data_dir), "url": settings.database, "collection": course.collection_id}
    asked |= {"flats": list(flats), "seconds": SECONDS, "shift": clock._Shift.by.total_seconds()}
    server.stdin.write(json.dumps(asked) + "\n")
    server.stdin.flush()
    assert server.stdout.readline() == "ready\n"
    return server


def _close(app: Flask, course: BlockCourse) -> Recorded[Closed]:
    while True:
        try:
            with app.app_context():
                return perform(actions.close, queries.head(course.collection_id))
        except Refused as refused:
            if refused.refusal is not Refusal.STILL_OPEN:
                raise


def _told(server: subprocess.Popen[str]) -> list[tuple[int, int | str]]:
    assert server.stdout is not None
    found = []
    while (line := server.stdout.readline()) != "done\n":
        assert line, "the server died"
        flat, outcome = json.loads(line)
        found.append((flat, outcome))
    server.communicate(timeout=30)
    assert server.returncode == 0
    return found


def test_of_two_acceptances_at_once_only_the_last_that_the_cap_allows_is_written(
    app: Flask, cast: Cast, again: int
) -> None:
    """Three are allowed and two are held: two more are offered, and taken in the same moment."""
    course = _opened(app, cast, CAP + 2)
    with clock.standing_at(moment(9)):
        with app.app_context():
            agent()
            offered = [give(course, f"flat{flat}") for flat in range(1, CAP + 2)]
            for number in offered[: CAP - 1]:
                accept(number)
        last = offered[CAP - 1 :]
        outcomes = at_once(app, [_accepting(number) for number in last])
        assert sum(isinstance(outcome, Recorded) for outcome in outcomes) == 1
        assert [outcome for outcome in outcomes if not isinstance(outcome, Recorded)] == [Refusal.MANDATE_CAP_REACHED]
        with app.app_context():
            held = speaking.accepted_by(AGENT, course.collection_id)
            assert sum(mandate.was_accepted for mandate in held) == CAP
            assert len(speaking.units_spoken_for(held, beijing_day(clock.now()))) == CAP


def _accepting(number: int) -> Callable[[], Outcome]:
    return lambda: accept(number)
