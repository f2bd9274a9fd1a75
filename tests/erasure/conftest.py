"""A collection that ended years ago: thirteen signatures, one of them changed, and a neighbour who has moved away."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast as cast_to

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from jinja2 import BytecodeCache
from sqlalchemy import select

from hearing import clock
from hearing.app import create_app
from hearing.audit import verify
from hearing.audit.publisher import Publisher
from hearing.cli import main
from hearing.config import Mode, Settings
from hearing.consents.rules import Answer
from hearing.db import db, reading
from hearing.erasure import commands
from hearing.proposals.models import Proposal
from hearing.proposals.rules import State
from tests import database, schema
from tests.browser import Browser
from tests.cast import Cast
from tests.consents.course import Course, at, lane_course, moment

LATER = moment(26, month=11).replace(year=2029)
"""Three years and two days after the result was final."""


@dataclass
class Past:
    """The lane after its collection, and what tests do there."""

    app: Flask
    cast: Cast
    course: Course

    @property
    def settings(self) -> Settings:
        """The installation's settings."""
        found: Settings = self.app.extensions["settings"]
        return found

    def browser(self, who: str | int | None = None) -> Browser:
        """The browser of one of the cast; of a visitor without."""
        browser = cast_to(Browser, self.app.test_client())
        if who is not None:
            browser.enter(self.cast.ref(who))
        return browser

    def run(self, *arguments: str, when: datetime = LATER) -> Result:
        """The command, on a day; the application is the test's own."""
        group = main.__class__("hearing")
        commands.add_to(group, lambda: self.app)
        with clock.standing_at(when):
            return CliRunner().invoke(group, list(arguments), catch_exceptions=False)

    def publish(self) -> Publisher:
        """Sign the head of the trail as it is."""
        publisher = Publisher.of(self.settings)
        with self.app.app_context(), reading():
            publisher.publish(db.session)
            db.session.rollback()
        return publisher

    def verifies(self) -> bool:
        """Whether the published log passes, with the memory of all earlier times."""
        publisher = self.publish()
        state = self.settings.data_dir / "neighbour.json"
        return verify.main(["audit", str(publisher.folder), "--key", str(publisher.vkey), "--state", str(state)]) == 0

    def on_disk(self) -> bytes:
        """Every byte of the SQLite file with its neighbours, and of the evidence folder."""
        with self.app.app_context():
            database = Path(str(db.engine.url.database))
        files = [*database.parent.glob("*.db*"), *self.settings.files_dir.rglob("*")]
        return b"".join(path.read_bytes() for path in files if path.is_file())


def decide(state: State) -> None:
    """Let the case stand there since the day after the result."""
    with schema.door_open():
        proposal = db.session.scalars(select(Proposal)).one()
        proposal.state, proposal.since = state.value, moment(25)
    db.session.rollback()


@dataclass(frozen=True)
class Ended:
    """The same once for all tests, to be copied: its database, its files and the numbers of its course."""

    url: str
    files: Path
    required: int
    collection: int


@pytest.fixture(scope="session")
def ended(settled: tuple[str, Cast], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ended]:
    """The collection from its opening to its final result, in November 2026."""
    folder = tmp_path_factory.mktemp("ended")
    with database.database(folder, like=settled[0]) as url:
        settings = Settings(mode=Mode.TESTING, data_dir=folder / "var", database_url=url, secret_key="t" * 40)
        app = create_app(settings)
        with app.app_context():
            course = lane_course(settled[1])
            course.open()
            with at(moment(7)):
                course.sign(3, Answer.ABSTAIN)
            course.sign_all(range(1, 14))
            course.to_the_end()
            decide(State.APPROVED)
            db.session.close()
            db.engine.dispose()
        yield Ended(url, settings.files_dir, course.required, course.collection_id)


@pytest.fixture
def app(ended: Ended, compiled_templates: BytecodeCache, tmp_path: Path) -> Iterator[Flask]:
    """The application on a copy of it."""
    with database.database(tmp_path, like=ended.url) as url:
        settings = Settings(mode=Mode.TESTING, data_dir=tmp_path / "var", database_url=url, secret_key="t" * 40)
        shutil.copytree(ended.files, settings.files_dir)
        app = create_app(settings)
        app.test_client_class = Browser
        app.jinja_env.bytecode_cache = compiled_templates
        yield app
        clock.shift(timedelta(0))
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def past(app: Flask, cast: Cast, ended: Ended) -> Past:
    """The lane after its collection, for one test."""
    return Past(app, cast, Course(cast, ended.required, ended.collection))
