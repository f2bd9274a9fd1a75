"""The full check: whatever somebody with the database's password changes, it finds and names."""

from __future__ import annotations

import dataclasses
import shutil
import threading
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from hearing import worker
from hearing.audit import checking, replay, shelf
from hearing.audit.checking import Check
from hearing.audit.ledger import perform
from hearing.audit.publisher import Publisher
from hearing.config import Settings
from hearing.db import db, reading
from tests.audit.test_ledger import note
from tests.audit.test_replay import restored

pytestmark = pytest.mark.usefixtures("at_desk")


@pytest.fixture
def seven(at_desk: object, publisher: Publisher) -> None:
    """Five entries that are signed and two that are not yet."""
    for number in range(5):
        perform(note, number)
    publisher.publish(db.session)
    for number in range(5, 7):
        perform(note, number)


def check(settings: Settings, publisher: Publisher) -> Check:
    db.session.rollback()
    with reading():
        done = checking.run(db.session, settings, publisher)
    db.session.rollback()
    assert checking.last(settings) == done
    return done


def tamper(*statements: str) -> None:
    """What the owner of the database can do: switch the triggers off, and write."""
    db.session.rollback()
    with db.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            query = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'log_%'"
            for trigger in connection.execute(text(query)).scalars().all():
                connection.execute(text(f"DROP TRIGGER {trigger}"))
            connection.execute(text("PRAGMA defer_foreign_keys=ON"))
        else:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in statements:
            connection.execute(text(statement))


def test_before_anything_happened_there_is_nothing_wrong(settings: Settings, publisher: Publisher) -> None:
    assert checking.last(settings) is None
    done = check(settings, publisher)
    assert (done.ok, done.size, done.entry) == (True, 0, None)


@pytest.mark.usefixtures("seven")
def test_a_trail_that_nobody_touched_passes(settings: Settings, publisher: Publisher) -> None:
    done = check(settings, publisher)
    assert (done.ok, done.size, done.entry) == (True, 7, None)
    assert "7" in done.zh and "5" in done.en


@pytest.mark.usefixtures("seven")
@pytest.mark.parametrize(
    ("statements", "entry", "words"),
    [
        (["UPDATE log_entry SET body = (SELECT body FROM log_entry WHERE idx = 1) WHERE idx = 3"], 3, "signed"),
        (["UPDATE log_entry SET body = (SELECT body FROM log_entry WHERE idx = 1) WHERE idx = 6"], 6, "hash"),
        (["UPDATE log_entry SET leaf_hash = (SELECT leaf_hash FROM log_entry WHERE idx = 1) WHERE idx = 4"], 4, "hash"),
        (["UPDATE log_entry SET kind = 'test.other' WHERE idx = 2"], 2, "columns"),
        (["UPDATE log_entry SET scope = 'xinqiao' WHERE idx = 3"], 3, "columns"),
        (["UPDATE log_entry SET actor_ref = 'p-other' WHERE idx = 6"], 6, "columns"),
        (["UPDATE log_entry SET matter = 'test/2' WHERE idx = 0"], 0, "columns"),
        (["UPDATE log_entry SET at = '2020-01-01T00:00:00.000Z' WHERE idx = 5"], 5, "columns"),
        (["DELETE FROM log_payload WHERE idx = 2", "DELETE FROM log_entry WHERE idx = 2"], 2, "missing"),
        (["UPDATE log_payload SET salt = (SELECT salt FROM log_payload WHERE idx = 1) WHERE idx = 4"], 4, "commits"),
        (
            ["UPDATE log_node SET hash = (SELECT hash FROM log_node WHERE level = 0 AND number = 0) WHERE level = 1"],
            0,
            "node 0 of level 1",
        ),
        (["DELETE FROM log_node WHERE level = 2"], 0, "node 0 of level 2"),
        (["DELETE FROM log_node WHERE level = 0 AND number = 6"], 6, "node 6 of level 0"),
        (["INSERT INTO log_node SELECT 3, 0, hash FROM log_node WHERE level = 2"], 7, "behind"),
        (["UPDATE log_head SET size = 6"], 6, "behind"),
        (["UPDATE log_head SET size = 3"], 3, "rolled back"),
        (["UPDATE log_head SET size = 9"], 7, "missing"),
        (["DELETE FROM log_head"], None, "head"),
        (["DELETE FROM log_payload WHERE idx = 2"], None, "erased on record"),
    ],
)
def test_whatever_is_changed_is_found_and_named(
    settings: Settings, publisher: Publisher, statements: list[str], entry: int | None, words: str
) -> None:
    assert check(settings, publisher).ok
    tamper(*statements)
    done = check(settings, publisher)
    assert not done.ok
    assert done.entry == entry
    assert words in done.en
    assert done.zh


@pytest.mark.usefixtures("seven")
def test_a_published_file_that_was_changed_is_found(settings: Settings, publisher: Publisher) -> None:
    bundle = publisher.folder / "tile/entries/000.p/5"
    data = bytearray(bundle.read_bytes())
    data[-3] ^= 1
    bundle.write_bytes(data)
    done = check(settings, publisher)
    assert (done.ok, done.entry) == (False, 4)


@pytest.mark.usefixtures("seven")
def test_a_log_that_vanished_is_missed(settings: Settings, publisher: Publisher) -> None:
    assert check(settings, publisher).ok
    (publisher.folder / "checkpoint").unlink()
    assert not check(settings, publisher).ok


@pytest.mark.usefixtures("seven")
def test_a_log_that_was_signed_anew_by_somebody_with_the_key_is_found(settings: Settings, publisher: Publisher) -> None:
    """Everything agrees with everything, the signature too: only the memory outside tells."""
    assert check(settings, publisher).ok
    tamper(
        "DELETE FROM log_payload",
        "DELETE FROM log_node",
        "DELETE FROM log_entry",
        "UPDATE log_head SET size = 0",
    )
    for number in range(10, 18):
        perform(note, number)
    elsewhere = dataclasses.replace(settings, data_dir=settings.data_dir / "elsewhere")
    elsewhere.keys_dir.mkdir(parents=True)
    shutil.copy(settings.keys_dir / "log.key", elsewhere.keys_dir)
    Publisher.of(elsewhere).publish(db.session)
    shutil.rmtree(publisher.folder)
    shutil.copytree(elsewhere.log_dir, publisher.folder)
    done = check(settings, publisher)
    assert (done.ok, done.entry) == (False, None)


@pytest.mark.usefixtures("seven")
def test_a_file_that_cannot_be_read_is_no_check(settings: Settings, publisher: Publisher) -> None:
    check(settings, publisher)
    for text_ in ("", "{}", "[1]", '{"at": "yesterday"}'):
        Path(settings.data_dir / "check.json").write_text(text_, encoding="utf-8")
        assert checking.last(settings) is None


@pytest.mark.usefixtures("seven")
def test_the_worker_checks_at_its_start_and_then_regularly(
    app: Flask, settings: Settings, publisher: Publisher
) -> None:
    done = threading.Event()
    often = dataclasses.replace(settings, check_every=0)
    at_work = threading.Thread(target=worker.check_regularly, args=(app, often, publisher, done))
    at_work.start()
    try:
        seen: set[datetime] = set()
        while len(seen) < 3:
            check_now = checking.last(settings)
            seen |= {check_now.at} if check_now is not None and check_now.ok else set()
    finally:
        done.set()
        at_work.join(timeout=10)
    assert not at_work.is_alive()


@pytest.mark.usefixtures("seven")
def test_what_a_backup_lost_and_the_files_brought_back_is_no_alarm(settings: Settings, publisher: Publisher) -> None:
    publisher.publish(db.session)
    db.session.rollback()
    restored(3)
    assert not check(settings, publisher).ok
    replay.replay(publisher, shelf.in_folder(publisher.folder))
    done = check(settings, publisher)
    assert (done.ok, done.size) == (True, 8), done.en
    with db.engine.begin() as connection:
        connection.execute(text("DELETE FROM log_payload WHERE idx = 1"))
    assert "1 entries are gone" in check(settings, publisher).en
