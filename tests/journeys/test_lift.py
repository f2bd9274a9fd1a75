"""安和里12号 gets a lift: from the first idea through a second plan to the day on which it runs.

One walk at 360 px, with a couple, an owner of two flats, a seller, one who pays nothing and one who objects.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
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
from tests.journeys import lift, lift_built, lift_consent
from tests.journeys.neighbour import Street
from tests.journeys.server import serving

STEPS = (*lift.STEPS, *lift_consent.STEPS, *lift_built.STEPS)


@pytest.fixture
def street(chromium: Chromium, tmp_path: Path) -> Iterator[Street]:
    """The house before its roll is known: an office, a house number, and nobody in it."""
    with database.database(tmp_path) as url:
        refs = settled(tmp_path, url)
        with serving(tmp_path / "var", url) as live, ExitStack() as stack:
            clock.shift(timedelta(0))
            yield Street(live, chromium, True, stack, refs, walk="lift")
            clock.shift(timedelta(0))


def settled(folder: Path, url: str) -> dict[str | int, str]:
    """Write the offices and the one house; return the account refs by office."""
    app = create_app(Settings(mode=Mode.TESTING, data_dir=folder / "settled", database_url=url))
    with app.app_context():
        try:
            schema.build(db.engine)
            with schema.door_open():
                ledger.start(db.session)
                refs: dict[str | int, str] = {}
                home = lane.settle(db.session, LONG_AGO, with_households=False)
                refs.update(home.offices)
                lane.new_building(
                    db.session, db.session.get_one(Neighbourhood, home.neighbourhood), "安和里", lift.HOUSE
                )
                return refs
        finally:
            db.session.close()
            db.engine.dispose()


def test_a_house_gets_its_lift(street: Street) -> None:
    for step in STEPS:
        step(street)
    assert not street.faults, "\n\n".join(street.faults)
