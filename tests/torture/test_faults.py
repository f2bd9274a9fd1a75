"""Full or read-only disk, missing key, a clock set back: acts are recorded or plainly refused, and none is lost."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import BytecodeCache
from sqlalchemy import select
from werkzeug.test import TestResponse

from hearing import clock, worker
from hearing.app import create_app
from hearing.audit import checking
from hearing.audit.ledger import perform
from hearing.audit.models import LogEntry, LogHead
from hearing.audit.publisher import Publisher
from hearing.config import Mode, Settings
from hearing.consents.models import ConsentRecord
from hearing.db import db, reading
from tests import database
from tests.audit.test_ledger import note
from tests.browser import Browser
from tests.cast import Cast
from tests.consents.conftest import Stage, drawn
from tests.consents.course import moment
from tests.torture.disks import MEGABYTE, Disk, disk

NEARLY = 64 * 1024
"""Bytes that are left when the disk is nearly full: an act or two still fit."""
PLAIN = "系统暂时记不下来"

Form = tuple[Browser, dict[str, list[str]]]


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Disk]:
    """A disk of 24 MB."""
    with disk(tmp_path / "small", 24 * MEGABYTE) as found:
        yield found


@pytest.fixture
def app(settled: tuple[str, Cast], compiled_templates: BytecodeCache, small: Disk, tmp_path: Path) -> Iterator[Flask]:
    """The application with everything that it keeps on that disk; PostgreSQL keeps its rows elsewhere."""
    with database.database(small.folder, like=settled[0]) as url:
        app = opened_app(small.folder / "var", url, compiled_templates)
        yield app
        small.open()
        small.free()
        clock.shift(timedelta(0))
        with app.app_context():
            db.engine.dispose()


def opened_app(folder: Path, url: str, templates: BytecodeCache) -> Flask:
    """The application on a folder and a database."""
    app = create_app(Settings(mode=Mode.TESTING, data_dir=folder, database_url=url, secret_key="t" * 40))
    app.test_client_class = Browser
    app.jinja_env.bytecode_cache = templates
    return app


def settings_of(app: Flask) -> Settings:
    found: Settings = app.extensions["settings"]
    return found


def forms(stage: Stage, households: range) -> list[Form]:
    """Of each household the page on which only the last button is still to be pressed, with the signature drawn."""
    check = f"{stage.url}/answer/check"
    found = []
    for household in households:
        browser = stage.browser(household)
        browser.submit(f"{stage.url}/answer", {"answer": "agree", **drawn(household)}, field="answer")
        found.append((browser, browser.found(check, field="draft").fields))
    return found


def press(stage: Stage, form: Form) -> TestResponse:
    """Press the last button."""
    browser, fields = form
    return browser.post(f"{stage.url}/answer/check", data=fields)


def is_receipt(answer: TestResponse) -> bool:
    """Whether the act was acknowledged; otherwise it was refused on a page that says so."""
    if answer.status_code == 303:
        assert "/receipts/" in (answer.location or "")
        return True
    assert answer.status_code == 503, answer.text
    assert PLAIN in answer.text and "也没有记录" in answer.text
    assert int(answer.headers["Retry-After"]) > 0
    return False


def signed(app: Flask) -> int:
    """How many signatures are on record."""
    with app.app_context(), reading():
        found = len(db.session.scalars(select(ConsentRecord.id)).all())
        db.session.rollback()
    return found


def turn(app: Flask) -> None:
    """A round of the worker."""
    worker.turn(app, settings_of(app), Publisher.of(settings_of(app)))


def sound(app: Flask) -> int:
    """That the whole trail passes, files and rows; how many entries it has."""
    settings = settings_of(app)
    with app.app_context(), reading():
        found = checking.run(db.session, settings, Publisher.of(settings))
        db.session.rollback()
    assert found.ok, found.en
    return found.size


def test_a_full_disk_refuses_plainly_and_takes_the_same_forms_afterwards(opened: Stage, small: Disk) -> None:
    app = opened.app
    waiting = forms(opened, range(1, 14))
    assert is_receipt(press(opened, waiting.pop(0)))
    turn(app)
    acknowledged = 1
    for leave in (NEARLY, 0):
        small.free()
        small.fill(leave)
        for form in waiting[: 6 if leave else 13]:
            if is_receipt(press(opened, form)):
                acknowledged += 1
                waiting.remove(form)
        turn(app)
        assert opened.browser().get(opened.url).status_code == 200, "whoever only reads notices nothing"
        assert opened.browser().get("/integrity").status_code in {200, 503}
        assert signed(app) == acknowledged
    assert waiting, "nobody met the full disk"
    small.free()
    assert all(is_receipt(press(opened, form)) for form in waiting)
    turn(app)
    assert signed(app) == 13
    size = sound(app)
    with app.app_context():
        assert size == Publisher.of(settings_of(app)).publish(db.session).size
        db.session.rollback()


def test_a_read_only_disk_refuses_plainly(opened: Stage, compiled_templates: BytecodeCache, tmp_path: Path) -> None:
    first = opened.app
    waiting = forms(opened, range(1, 3))
    assert is_receipt(press(opened, waiting.pop(0)))
    turn(first)
    size = sound(first)
    with first.app_context():
        db.engine.dispose()
    with disk(tmp_path / "closed", 24 * MEGABYTE) as closed:
        shutil.copytree(settings_of(first).data_dir, closed.folder / "var")
        url = settings_of(first).database
        if url.startswith("sqlite"):
            for part in Path(url.removeprefix("sqlite:///")).parent.glob("*.db*"):
                shutil.copy(part, closed.folder)
            url = f"sqlite:///{next(closed.folder.glob('*.db'))}"
        closed.close()
        second = opened_app(closed.folder / "var", url, compiled_templates)
        browser = second.test_client()
        for name in ("hearing",):
            cookie = waiting[0][0].get_cookie(name)
            assert cookie is not None
            browser.set_cookie(name, cookie.value)
        answer = browser.post(f"{opened.url}/answer/check", data=waiting[0][1])
        assert not is_receipt(answer)
        assert browser.get(opened.url).status_code in {200, 503}
        turn(second)
        closed.open()
        with second.app_context():
            db.engine.dispose()
        assert is_receipt(browser.post(f"{opened.url}/answer/check", data=waiting[0][1]))
        turn(second)
        assert sound(second) == size + 1
        with second.app_context():
            db.engine.dispose()


def test_without_its_key_acts_are_recorded_and_the_page_says_what_is_missing(
    opened: Stage, compiled_templates: BytecodeCache
) -> None:
    settings = settings_of(opened.app)
    turn(opened.app)
    key = settings.keys_dir / "log.key"
    kept = key.read_text()
    key.unlink()
    app = opened_app(settings.data_dir, settings.database, compiled_templates)
    stage = Stage(app, opened.cast, opened.course)
    answer = press(stage, forms(stage, range(1, 2))[0])
    assert is_receipt(answer)
    turn(app)
    assert not key.exists(), "a new key would be another log"
    reader = stage.browser(1)
    assert "正在公布" in reader.get(answer.location or "").text
    assert "找不到签名的钥匙" in reader.get("/integrity").text
    key.write_text(kept)
    key.chmod(0o600)
    turn(app)
    assert "存证位置" in reader.get(answer.location or "").text
    assert "正在公布" not in reader.get(answer.location or "").text
    sound(app)
    with app.app_context():
        db.engine.dispose()


def test_a_clock_set_back_two_hours_changes_no_order(opened: Stage) -> None:
    app = opened.app
    with app.app_context():
        before = [perform(note, number).index for number in range(3)]
        turn_size = db.session.scalars(select(LogHead.size)).one()
        db.session.rollback()
    turn(app)
    with clock.standing_at(moment(9) - timedelta(hours=2)):
        with app.app_context():
            after = [perform(note, number).index for number in range(3, 6)]
            moments = db.session.scalars(select(LogEntry.at).order_by(LogEntry.idx)).all()
            db.session.rollback()
        turn(app)
        assert sound(app) == turn_size + 3
    assert [*before, *after] == list(range(before[0], before[0] + 6))
    assert moments[-1] < moments[-4], "each entry says what the clock said"
    with app.app_context():
        perform(note, 6)
    turn(app)
    assert sound(app) == turn_size + 4


if database.on_postgres():

    def test_a_server_that_takes_nothing_more_refuses_plainly(opened: Stage) -> None:
        """As after a failover to a copy, or by an operator's hand."""
        app = opened.app
        form = forms(opened, range(1, 2))[0]
        with app.app_context():
            name = db.engine.url.database
            change = "ALTER DATABASE {} SET default_transaction_read_only = {}"
            with database.administration() as connection:
                connection.execute(change.format(name, "on").encode())
            db.engine.dispose()
        assert not is_receipt(press(opened, form))
        assert opened.browser().get(opened.url).status_code == 200
        with database.administration() as connection:
            connection.execute(change.format(name, "off").encode())
        with app.app_context():
            db.engine.dispose()
        assert is_receipt(press(opened, form))
        assert signed(app) == 1
