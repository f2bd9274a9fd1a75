"""一米阳光: three steps at the door of a lane become a ramp, with everything that happened on the way.

One walk from the empty register to the printed certificate, at 360 px, once with JavaScript and once without.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium

from tests.journeys import ramp, ramp_consent, ramp_result
from tests.journeys.streets import street


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_three_steps_become_a_ramp(script: bool, chromium: Chromium, tmp_path: Path) -> None:
    with street(chromium, tmp_path, "ramp", script=script) as lane:
        for step in (*ramp.STEPS, *ramp_consent.STEPS, *ramp_result.STEPS):
            step(lane)
        ramp_result.receipts_are_verified(lane, tmp_path)
        ramp_result.a_changed_trail_is_found_out(lane, tmp_path)
        ramp_result.a_deleted_row_stops_the_publisher(lane)
        assert not lane.faults, "\n\n".join(lane.faults)
