"""Papers: what a certificate, its list and a case file cost, each in a process of its own, whose peak of memory is its.

`python -m bench.papers KIND` is such a process: it reads on its standard input what to work on, and answers in JSON.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from bench.ground import Ground
from bench.pages import listening
from hearing import clock
from hearing.app import create_app
from hearing.audit.ledger import perform
from hearing.audit.publisher import Publisher
from hearing.casefile import actions, queries, shelf
from hearing.casefile.rules import Edition
from hearing.consents import listing, papers
from hearing.consents import queries as consents
from hearing.db import db, reading
from hearing.demo.seed import viewer
from hearing.jobs.work import work_off
from hearing.proposals.models import Proposal


@dataclass(frozen=True)
class Paper:
    """What one paper took."""

    statements: int
    seconds: float
    """Of processor time."""
    bytes: int
    peak: int
    """The most memory that its process has had, KB."""
    before: int
    """The same before the work began."""


@dataclass(frozen=True)
class Wanted:
    """What to work on: an installation, a collection with its final result, the moment by which its day has come."""

    folder: str
    database_url: str
    proposal: int
    collection: int
    moment: str


def measure(kind: str, ground: Ground, proposal: int, collection: int, moment: datetime) -> Paper:
    """Make a paper of this kind in a process of its own."""
    wanted = Wanted(str(ground.folder), ground.database_url, proposal, collection, moment.isoformat())
    done = subprocess.run(
        [sys.executable, "-m", "bench.papers", kind],
        input=json.dumps(asdict(wanted)),
        env={key: value for key, value in os.environ.items() if not key.startswith("HEARING_")},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{kind}: {done.stderr[-3000:]}")
    return Paper(**json.loads(done.stdout.splitlines()[-1]))


def _certificate(it: Wanted, *, masked: bool) -> int:
    with reading():
        collection = consents.for_papers(it.collection)
        sheet = papers.certificate(collection, masked=masked)
        db.session.rollback()
    return len(papers.print_certificate(sheet, clock.by_server()))


def _list(it: Wanted, *, masked: bool) -> int:
    with reading():
        collection = consents.for_papers(it.collection)
        size = sum(map(len, listing.RecordList(collection, collection.shown, masked=masked).pieces()))
        db.session.rollback()
    return size


def _file(it: Wanted, edition: Edition) -> int:
    perform(actions.ask, viewer("p-clerk"), db.session.get_one(Proposal, it.proposal), edition, "备案")
    while queries.running(it.proposal):
        db.session.rollback()
        work_off()
    found = queries.here(it.proposal, edition)
    if found is None:
        raise RuntimeError("no case file came of it")
    return shelf.path(found.sha256).stat().st_size


KINDS: dict[str, Callable[[Wanted], int]] = {
    "certificate, public": lambda it: _certificate(it, masked=True),
    "certificate, committee": lambda it: _certificate(it, masked=False),
    "list of records, public": lambda it: _list(it, masked=True),
    "list of records, committee": lambda it: _list(it, masked=False),
    "case file, public edition": lambda it: _file(it, Edition.PUBLIC),
    "case file, full": lambda it: _file(it, Edition.FULL),
}


def main() -> None:
    """Make what was asked for, and say what it took."""
    it = Wanted(**json.load(sys.stdin))
    app = create_app(Ground(Path(it.folder), it.database_url).as_test)
    with app.test_request_context(), clock.standing_at(datetime.fromisoformat(it.moment)):
        with reading():
            Publisher.of(app.extensions["settings"]).publish(db.session)
            db.session.rollback()
        before, begun = _peak(), time.process_time()
        with listening() as heard:
            size = KINDS[sys.argv[1]](it)
        spent = time.process_time() - begun
    print(json.dumps(asdict(Paper(len(heard), spent, size, _peak(), before))))


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    main()
