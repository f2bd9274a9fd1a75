"""The ramp's case with its final result: inside an application context for acts, outside of one for pages."""

from __future__ import annotations

import pytest
from flask import Flask

from hearing import clock
from hearing.consents.rules import Answer
from tests.casefile.scene import Case
from tests.cast import Cast
from tests.consents.course import at, lane_course, moment


@pytest.fixture
def ramp(app: Flask, at_desk: object, cast: Cast) -> Case:
    """All thirteen lessees have signed, one of them changed her mind; the result is final, and two days have passed."""
    return story(app, cast)


@pytest.fixture
def front(app: Flask, cast: Cast) -> Case:
    """The same, as its pages show it: each request has a context of its own."""
    with app.app_context():
        return story(app, cast)


def story(app: Flask, cast: Cast) -> Case:
    """Tell it."""
    course = lane_course(cast)
    course.open()
    with at(moment(7)):
        course.sign(3, Answer.ABSTAIN)
    course.sign_all(range(1, 14))
    course.to_the_end()
    clock.shift(moment(26) - clock.now())
    return Case(app, cast, course.collection().proposal_id)
