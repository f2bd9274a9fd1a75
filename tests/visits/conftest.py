"""The ramp's collection on 9 November at 10:00, with the block officer sent to its one stairwell."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from hearing import clock
from tests.cast import Cast
from tests.consents.conftest import Stage
from tests.consents.course import lane_course, moment


@pytest.fixture
def stage(app: Flask, cast: Cast) -> Iterator[Stage]:
    """While answers are taken."""
    with app.app_context():
        course = lane_course(cast)
    stage = Stage(app, cast, course)
    stage.act(lambda course: course.open())
    with clock.standing_at(moment(9)):
        yield stage
