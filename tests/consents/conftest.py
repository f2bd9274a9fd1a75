"""A stage for page tests: the ramp's collection, acts behind the scenes, and browsers in front."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar
from typing import cast as cast_to

import pytest
from flask import Flask

from hearing import clock
from hearing.audit.publisher import Publisher
from hearing.consents.models import ConsentCollection
from hearing.db import db, reading
from tests.browser import Browser
from tests.cast import Cast
from tests.consents.course import STROKES, Course, lane_course, moment, png
from tests.statements import hearing_every_statement

T = TypeVar("T")


@dataclass
class Stage:
    """The application, one collection, and what tests do with both."""

    app: Flask
    cast: Cast
    course: Course

    def act(self, what: Callable[[Course], T]) -> T:
        """Something that happens behind the scenes, in a context of its own."""
        with self.app.app_context():
            try:
                return what(self.course)
            finally:
                db.session.rollback()

    def count(self, what: Callable[[ConsentCollection], T]) -> T:
        """Something about the collection as it stands."""
        return self.act(lambda course: what(course.collection()))

    def publish_trail(self) -> None:
        """Sign the head of the trail."""
        with self.app.app_context(), reading():
            Publisher.of(self.app.extensions["settings"]).publish(db.session)
            db.session.rollback()

    def browser(self, who: str | int | None = None) -> Browser:
        """The browser of one of the cast, by ref where it is nobody of the lane; of a visitor without."""
        browser = cast_to(Browser, self.app.test_client())
        if who is not None:
            known = isinstance(who, int) or who in self.cast.offices
            browser.enter(self.cast.ref(who) if known else str(who))
        return browser

    @property
    def url(self) -> str:
        """The collection's public page."""
        return f"/consents/{self.course.collection_id}"

    @property
    def desk(self) -> str:
        """The collection's page at the desk."""
        return f"/desk/consents/{self.course.collection_id}"

    @contextmanager
    def statements(self) -> Iterator[list[str]]:
        """The statements that are sent to the database inside."""
        sent: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            if not statement.startswith(("PRAGMA", "BEGIN", "SET TRANSACTION", "ROLLBACK")):
                sent.append(statement)

        with hearing_every_statement(self.app, note):
            yield sent


@pytest.fixture
def stage(app: Flask, cast: Cast) -> Stage:
    """Before the collection is set up."""
    with app.app_context():
        course = lane_course(cast)
    return Stage(app, cast, course)


@pytest.fixture
def opened(stage: Stage) -> Iterator[Stage]:
    """While answers are taken, on 9 November at 10:00."""
    stage.act(lambda course: course.open())
    with clock.standing_at(moment(9)):
        yield stage


def drawn(seed: int = 1) -> dict[str, str]:
    """The two hidden fields that signature_pad fills in."""
    return {
        "signature": f"data:image/png;base64,{base64.b64encode(png(seed)).decode()}",
        "strokes": STROKES,
    }
