"""八层楼 has a council 理事会 that meets every month: one meeting is held, the next is planned from it and held too."""

from __future__ import annotations

from contextlib import ExitStack

from playwright.sync_api import Browser as Chromium

from tests.cast import Cast
from tests.journeys import council
from tests.journeys.neighbour import Street
from tests.journeys.server import Live


def test_a_council_meets_every_month(chromium: Chromium, live: Live, cast: Cast) -> None:
    with ExitStack() as stack:
        walk = Street(live, chromium, True, stack, {}, walk="council")
        council.people(walk, cast)
        for step in council.STEPS:
            step(walk)
        assert not walk.faults, "\n\n".join(walk.faults)
