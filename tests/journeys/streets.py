"""Streets: an office and houses with nobody in them, served for the length of a walk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Browser as Chromium

from hearing import clock
from hearing.app import create_app
from hearing.audit import ledger
from hearing.config import Mode, Settings
from hearing.db import db
from hearing.demo import lane
from hearing.places.models import Neighbourhood
from tests import database, schema
from tests.cast import LONG_AGO
from tests.journeys.neighbour import Street
from tests.journeys.server import serving


@contextmanager
def street(
    chromium: Chromium, folder: Path, walk: str, *houses: tuple[str, str], script: bool = True
) -> Iterator[Street]:
    """The lane before its roll is known, with more houses beside it, each an estate and its one building."""
    with database.database(folder) as url:
        refs = settled(folder, url, *houses)
        with serving(folder / "var", url) as live, ExitStack() as stack:
            clock.shift(timedelta(0))
            yield Street(live, chromium, script, stack, refs, walk=walk)
            clock.shift(timedelta(0))


def settled(folder: Path, url: str, *houses: tuple[str, str]) -> dict[str | int, str]:
    """Write the offices and the houses; return the account refs by office."""
    app = create_app(Settings(mode=Mode.TESTING, data_dir=folder / "settled", database_url=url))
    with app.app_context():
        try:
            schema.build(db.engine)
            with schema.door_open():
                ledger.start(db.session)
                home = lane.settle(db.session, LONG_AGO, with_households=False)
                place = db.session.get_one(Neighbourhood, home.neighbourhood)
                for estate, building in houses:
                    lane.new_building(db.session, place, estate, building)
                refs: dict[str | int, str] = {}
                refs.update(home.offices)
                return refs
        finally:
            db.session.close()
            db.engine.dispose()
