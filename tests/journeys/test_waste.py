"""新桥路的垃圾听证 (S1 案例2) in a browser: from the notice to how satisfied people are thirty days later.

The chair is on one page, three delegates on others, the screen in the hall on a fourth; all see each other.
"""

from __future__ import annotations

from contextlib import ExitStack

from playwright.sync_api import Browser as Chromium

from tests.cast import Cast
from tests.journeys import waste
from tests.journeys.neighbour import Street
from tests.journeys.server import Live


def test_a_lane_hears_what_is_to_become_of_its_waste(chromium: Chromium, live: Live, cast: Cast) -> None:
    with ExitStack() as stack:
        walk = Street(live, chromium, True, stack, {}, walk="waste")
        waste.people(walk, cast)
        for step in waste.STEPS:
            step(walk)
        assert not walk.faults, "\n\n".join(walk.faults)
