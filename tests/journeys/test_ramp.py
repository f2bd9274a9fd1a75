"""一米阳光: three steps at the door of a lane become a ramp, with everything that happened on the way.

One walk from the empty register to the printed certificate, at 360 px, once with JavaScript and once without.
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
from tests import database, schema
from tests.cast import LONG_AGO
from tests.journeys import ramp, ramp_consent, ramp_result
from tests.journeys.neighbour import Street
from tests.journeys.server import serving


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def street(request: pytest.FixtureRequest, chromium: Chromium, tmp_path: Path) -> Iterator[Street]:
    """The lane before its roll is known: an office, a house number, and nobody in it."""
    with database.database(tmp_path) as url:
        refs = settled(tmp_path, url)
        with serving(tmp_path / "var", url) as live, ExitStack() as stack:
            clock.shift(timedelta(0))
            yield Street(live, chromium, request.param, stack, refs)
            clock.shift(timedelta(0))


def settled(folder: Path, url: str) -> dict[str | int, str]:
    """Write the offices of the lane and its one building; return the account refs by office."""
    app = create_app(Settings(mode=Mode.TESTING, data_dir=folder / "settled", database_url=url))
    with app.app_context():
        try:
            schema.build(db.engine)
            with schema.door_open():
                ledger.start(db.session)
                refs: dict[str | int, str] = {}
                refs.update(lane.settle(db.session, LONG_AGO, with_households=False).offices)
                return refs
        finally:
            db.session.close()
            db.engine.dispose()


def test_three_steps_become_a_ramp(street: Street, tmp_path: Path) -> None:
    for step in (*ramp.STEPS, *ramp_consent.STEPS, *ramp_result.STEPS):
        step(street)
    ramp_result.receipts_are_verified(street, tmp_path)
    ramp_result.a_changed_trail_is_found_out(street, tmp_path)
    ramp_result.a_deleted_row_stops_the_publisher(street)
    assert not street.faults, "\n\n".join(street.faults)
