"""A household that has signed, and the published log in which her act stands."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask

from hearing.audit.publisher import Publisher
from hearing.db import db, reading
from tests.browser import Browser
from tests.cast import Cast
from tests.consents.course import at as at_moment
from tests.consents.course import lane_course, moment
from tests.proposals import scene


@dataclass(frozen=True)
class Signed:
    """The entry of the first household's act; others followed it."""

    app: Flask
    index: int
    size: int

    @property
    def vkey(self) -> str:
        """The log's key."""
        return str(publisher(self.app).vkey)

    def proof(self) -> bytes:
        """What the household downloads."""
        data: bytes = Browser(self.app).get(f"/receipts/{self.index}/proof").data
        return data


def publisher(app: Flask) -> Publisher:
    """The publisher of an application."""
    return Publisher.of(app.extensions["settings"])


def publish(app: Flask) -> int:
    """Sign what the database holds; return how many entries that is."""
    with app.app_context(), reading():
        size = publisher(app).publish(db.session).size
        db.session.rollback()
    return size


def applied(app: Flask, cast: Cast) -> Signed:
    """Two households hand in applications; everything is published. The quickest act in a household's name."""
    with app.app_context():
        for household in (1, 2):
            scene.submitted(cast, household)
        db.session.rollback()
    return Signed(app, 0, publish(app))


def signed(app: Flask, cast: Cast) -> Signed:
    """Two households of the lane sign; everything is published."""
    with app.app_context():
        course = lane_course(cast).open()
        with at_moment(moment(8)):
            index = course.sign(1).index
            course.sign(2)
    return Signed(app, index, publish(app))
