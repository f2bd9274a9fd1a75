"""安和里12号 gets a lift: from the first idea through a second plan to the day on which it runs.

One walk at 360 px, with a couple, an owner of two flats, a seller, one who pays nothing and one who objects.
"""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser as Chromium

from tests.journeys import lift, lift_built, lift_consent
from tests.journeys.streets import street

STEPS = (*lift.STEPS, *lift_consent.STEPS, *lift_built.STEPS)


def test_a_house_gets_its_lift(chromium: Chromium, tmp_path: Path) -> None:
    with street(chromium, tmp_path, "lift", (lift.ESTATE, lift.HOUSE)) as house:
        for step in STEPS:
            step(house)
        assert not house.faults, "\n\n".join(house.faults)
