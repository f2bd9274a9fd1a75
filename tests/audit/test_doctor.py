"""The doctor says what is protected and what is not, and its exit code says whether something is bad."""

from __future__ import annotations

import dataclasses
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast as cast_to

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from hearing import schema
from hearing.audit import checking, doctor, publishing
from hearing.audit.doctor import Health
from hearing.audit.ledger import perform
from hearing.audit.publisher import Publisher
from hearing.config import Mode, Settings
from hearing.db import db, reader, reading
from tests import database
from tests.audit.test_ledger import note

pytestmark = pytest.mark.usefixtures("at_desk")


@pytest.fixture
def well(at_desk: object, settings: Settings) -> Iterator[None]:
    """An installation in which everything has run once."""
    perform(note, 1)
    publisher = Publisher.of(settings)
    publishing.turn(db.session, settings, publisher)
    with reading():
        checking.run(db.session, settings, publisher)
    db.session.rollback()
    settings.files_dir.mkdir(mode=0o700)
    yield
    settings.keys_dir.chmod(0o700)


def lines(settings: Settings) -> dict[str, Health]:
    """What the doctor says."""
    db.session.rollback()
    with reading():
        found = doctor.examine(db.session, settings, Publisher.of(settings), schema.revision(reader()))
        db.session.rollback()
    return {line.words: line.health for line in found}


def worst(settings: Settings, topic: str) -> Health:
    """The gravest finding on a topic."""
    return max(health for words, health in lines(settings).items() if words.startswith(topic))


@pytest.mark.usefixtures("well")
def test_a_sound_installation_has_nothing_bad(settings: Settings) -> None:
    found = lines(settings)
    on_postgres = db.engine.dialect.name != "sqlite"
    bad = [words for words, health in found.items() if health is Health.BAD]
    # The tests' own server is used by its owner, and the doctor says so.
    assert [words.split(":")[0] for words in bad] == (["grants"] if on_postgres else [])
    for topic in ("schema", "triggers", "keys", "folder", "publishing", "full check", "clock", "disk"):
        assert any(words.startswith(topic) for words in found), topic


@pytest.mark.usefixtures("well")
@pytest.mark.parametrize(
    ("what", "topic", "health"),
    [
        ("key open", "keys", Health.BAD),
        ("key folder open", "keys", Health.BAD),
        ("key gone", "keys", Health.BAD),
        ("folder open", "folder", Health.BAD),
        ("trigger gone", "triggers", Health.BAD),
        ("old schema", "schema", Health.BAD),
        ("rolled back", "publishing", Health.BAD),
        ("check failed", "full check", Health.BAD),
        ("no check", "full check", Health.WARNING),
        ("clock", "clock", Health.BAD),
        ("owner known", "address", Health.WARNING),
        ("plain http", "address", Health.BAD),
        ("disk nearly full", "disk", Health.WARNING),
        ("disk full", "disk", Health.BAD),
    ],
)
def test_whatever_is_wrong_is_said(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, what: str, topic: str, health: Health
) -> None:
    key = settings.keys_dir / "log.key"
    match what:
        case "key open":
            key.chmod(0o640)
        case "key folder open":
            settings.keys_dir.chmod(0o755)
        case "key gone":
            key.unlink()
        case "folder open":
            settings.data_dir.chmod(0o777)
        case "trigger gone":
            drop = "DROP TRIGGER log_entry_keeps_update" if _sqlite() else "ALTER TABLE log_entry DISABLE TRIGGER ALL"
            with db.engine.begin() as connection:
                connection.execute(text(drop))
        case "old schema":
            with db.engine.begin() as connection:
                connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        case "rolled back":
            with db.engine.begin() as connection:
                connection.execute(text("UPDATE log_head SET size = 0"))
            publishing.turn(db.session, settings, Publisher.of(settings))
        case "check failed":
            with db.engine.begin() as connection:
                connection.execute(text("UPDATE log_head SET size = 0"))
            with reading():
                checking.run(db.session, settings, Publisher.of(settings))
        case "no check":
            (settings.data_dir / "check.json").unlink()
        case "clock":
            monkeypatch.setattr(time, "time", lambda: 0.0)
        case "owner known":
            settings = dataclasses.replace(settings, database_owner_url="postgresql+psycopg://owner@/hearing")
        case "plain http":
            settings = dataclasses.replace(settings, mode=Mode.PRODUCTION)
        case _:
            free = doctor.LOW - 1 if what == "disk nearly full" else doctor.EMPTY - 1
            monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**12, 0, free))
    assert worst(settings, topic) is health


def _sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"


@pytest.mark.usefixtures("well")
def test_what_cannot_be_looked_at_is_bad_and_the_rest_is_looked_at(settings: Settings) -> None:
    def silent(*_: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("no answer"))

    session = SimpleNamespace(connection=silent, execute=silent, rollback=lambda: None)
    found = doctor.examine(cast_to(Session, session), settings, Publisher.of(settings), (None, None))
    bad = {line.words.split(":")[0] for line in found if line.health is Health.BAD}
    assert {"database", "clock"} <= bad
    assert {"keys", "disk", "publishing"} <= {line.words.split(":")[0] for line in found}


COMMANDS = """
from click.testing import CliRunner
from hearing.cli import main
for command in ("doctor", "init", "doctor", "check"):
    done = CliRunner().invoke(main, [command])
    print(command, int(done.exit_code), "run hearing init" in done.output, "BAD" in done.output)
"""


def test_the_commands_exit_codes(tmp_path: Path) -> None:
    """In a process of its own, with the environment as an operator sets it."""
    with database.database(tmp_path) as url:
        environment = {"HEARING_DATA_DIR": str(tmp_path / "var"), "HEARING_DATABASE_URL": url, "HEARING_MODE": "demo"}
        command = [sys.executable, "-c", COMMANDS]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    before, init, after, check = (line.split() for line in done.stdout.splitlines())
    assert before == ["doctor", "1", "True", "True"]
    assert init[1] == check[1] == "0"
    assert after == (["doctor", "0", "False", "False"] if url.startswith("sqlite") else ["doctor", "1", "True", "True"])
