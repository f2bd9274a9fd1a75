"""Replaying 重演: set a town's election up as a poll, let everybody vote over HTTP, close it, and compare."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from flask import Flask

from hearing import clock, schema
from hearing.app import create_app
from hearing.audit import verify
from hearing.audit.ledger import perform
from hearing.audit.publisher import Publisher
from hearing.ballots import actions, pabulib, queries, rules
from hearing.ballots.models import Poll
from hearing.ballots.rules import Counting, Mode
from hearing.config import Mode as Running
from hearing.config import Settings
from hearing.db import db, reading
from hearing.demo.seed import viewer
from hearing.demo.telling import there
from hearing.demo.town.paper import Paper, paper_of
from hearing.demo.town.people import cookies, settle
from hearing.demo.town.voters import Turnout, everybody_votes
from hearing.places.models import Neighbourhood

CLERK = "p-clerk"
PATIENCE = 60.0
"""Seconds that the server has to come up."""


@dataclass(frozen=True)
class Wish:
    """How an election is to be replayed: `counting` None takes the file's own rule."""

    mode: Mode = Mode.SECRET
    counting: Counting | None = None
    floor: int = 0
    lines: int = 8


def replay(file: Path, folder: Path, wish: Wish, database_url: str = "") -> dict[str, Any]:
    """Replay the election of a file in an installation of its own in `folder`; what came of it.

    Raises pabulib.BadFile, NotForAPoll, OSError.
    """
    election = pabulib.read(file)
    settings = Settings(data_dir=folder, database_url=database_url, mode=Running.DEMO)
    app = create_app(settings)
    with app.app_context():
        schema.prepare(db.engine, settings)
        moment = clock.now()
        db.session.rollback()
        paper = paper_of(election, moment, mode=wish.mode, counting=wish.counting, floor=wish.floor)
        place, refs = settle(len(paper.said), moment)
        poll = set_up(place, paper)
        db.session.close()
        db.engine.dispose()
    with _served(settings) as address:
        turnout = everybody_votes(address, cookies(app, refs), poll, paper.terms.kind, paper.said, lines=wish.lines)
    return _outcome(app, settings, poll, paper, turnout, election)


def set_up(place: int, paper: Paper) -> int:
    """Set the poll of an election up in a neighbourhood and open it, as the office does; its number.

    As it was: in many towns projects stood on the ballots that cost more than there was. Voters named them, and with
    some rules that decided; without them it would be another election.
    """
    clerk = viewer(CLERK)
    done = perform(actions.draft, clerk, db.session.get_one(Neighbourhood, place), paper.terms)
    number = int(done.fact.subject.partition("/")[2])
    for project in paper.projects:
        perform(actions.add_project, clerk, _poll(number), project, as_it_was=True)
    poll = _poll(number)
    perform(actions.open_poll, clerk, poll, seen=poll.rule_version, as_it_was=True)
    return number


def _poll(number: int) -> Poll:
    return there(queries.desk_poll(viewer(CLERK), number))


@contextmanager
def _served(settings: Settings) -> Iterator[tuple[str, int]]:
    """The product's own server and worker on this installation, until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        address: tuple[str, int] = free.getsockname()[:2]
    bind = f"{address[0]}:{address[1]}"
    environment = {key: value for key, value in os.environ.items() if not key.startswith("HEARING_")} | {
        "HEARING_MODE": "demo",
        "HEARING_DATA_DIR": str(settings.data_dir),
        "HEARING_DATABASE_URL": settings.database_url,
        "HEARING_BASE_URL": f"http://{bind}",
    }
    with (settings.data_dir / "server.log").open("ab") as log:
        command = [sys.executable, "-m", "hearing", "serve", "--bind", bind]
        server = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        _wait(server, address)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=60)


def _wait(server: subprocess.Popen[bytes], address: tuple[str, int]) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with closing(HTTPConnection(*address, timeout=5)) as line:
                line.request("GET", "/healthz")
                if line.getresponse().status == 200:
                    return
        except (OSError, HTTPException):
            pass
        if server.poll() is not None or time.monotonic() > until:
            raise OSError("the server did not come up; its log is server.log in the data folder")
        time.sleep(0.1)


def _outcome(
    app: Flask, settings: Settings, number: int, paper: Paper, turnout: Turnout, election: pabulib.Election
) -> dict[str, Any]:
    """Close and count as the clock does, count what the file says beside it, and check the trail."""
    with app.app_context():
        with clock.standing_at(paper.terms.closes + timedelta(seconds=1)):
            actions.due_steps()
        found = there(queries.election(number))
        record = there(found.record)
        expected = rules.count(found.rule_object, found.options, paper.said, found.lot_seed)
        with reading():
            publisher = Publisher.of(settings)
            publisher.publish(db.session)
        db.session.close()
        db.engine.dispose()
    checked = verify.audit_log(str(publisher.folder), str(publisher.vkey))
    winners = [paper.ids[code] for code in record["winners"]]
    return {
        "poll": found.title,
        "kind": found.kind.value,
        "mode": found.mode.value,
        "counting": found.rule_object.counting.value,
        "voters": len(paper.said),
        "blank_left_out": paper.blank,
        "cast": turnout.cast,
        "counted": len(found.said),
        "refused": dict(turnout.refused),
        "seconds": round(turnout.seconds, 2),
        "ballots_a_second": round(turnout.cast / turnout.seconds, 1),
        "winners": winners,
        "cost": record["cost"] / 100,
        "as_the_file_counts": record == expected,
        "as_published": set(winners) == election.selected if election.selected else None,
        "record": found.record_hash,
        "trail_verifies": checked.ok,
    }
