"""After a backup was restored nothing is signed until the missing entries are back; then publishing goes on."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select

from hearing.audit import queries, replay, shelf, verify
from hearing.audit.ledger import perform
from hearing.audit.models import LogEntry, LogNode
from hearing.audit.publisher import Publisher, WillNotSign
from hearing.audit.replay import CannotReplay
from hearing.cli import main
from hearing.db import db
from tests.audit.logs import lay_out, log_of
from tests.audit.test_ledger import note
from tests.audit.test_publisher import tamper

pytestmark = pytest.mark.usefixtures("at_desk")


def grown(publisher: Publisher, *counts: int) -> None:
    for count in counts:
        for number in range(count):
            perform(note, number)
        publisher.publish(db.session)
    db.session.rollback()


def restored(size: int) -> None:
    """The database as a backup of this size would have it."""
    nodes = " OR ".join(f"(level = {level} AND number >= {size >> level})" for level in range(20))
    with db.engine.begin() as connection:
        connection.exec_driver_sql(f"DELETE FROM log_payload WHERE idx >= {size}")
        if db.engine.dialect.name == "sqlite":
            connection.exec_driver_sql("DROP TRIGGER log_node_keeps_delete")
    tamper(f"DELETE FROM log_node WHERE {nodes}")
    with db.engine.begin() as connection:
        connection.exec_driver_sql(f"DELETE FROM log_entry WHERE idx >= {size}")
        connection.exec_driver_sql(f"UPDATE log_head SET size = {size}")


KEY = (LogNode.level, LogNode.number)


def rows() -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    columns = [column for column in LogEntry.__table__.columns if column.name != "at"]
    found = (
        [tuple(row) for row in db.session.execute(select(*columns).order_by(LogEntry.idx))],
        [tuple(row) for row in db.session.execute(select(LogNode.level, LogNode.number, LogNode.hash).order_by(*KEY))],
    )
    db.session.rollback()
    return found


@pytest.mark.parametrize("kept", [0, 5, 256])
def test_a_restored_backup_stops_the_publisher_until_the_gap_is_back(publisher: Publisher, kept: int) -> None:
    grown(publisher, 5, 253, 2)
    before = rows()
    restored(kept)
    with pytest.raises(WillNotSign, match=f"holds {kept} entries, 260 were signed"):
        publisher.publish(db.session)
    db.session.rollback()
    brought = replay.replay(publisher, shelf.in_folder(publisher.folder))
    assert [entry.index for entry in brought] == list(range(kept, 260))
    assert {entry.kind for entry in brought} == {"test.noted"}
    entries, nodes = rows()
    assert entries[:260] == before[0]
    assert set(before[1]) <= set(nodes)
    told = queries.entry(db.session, 260)
    assert told is not None and (told.kind, told.pub) == ("trail.replayed", {"first": kept, "last": 259})
    assert publisher.publish(db.session).size == 261
    assert verify.audit_log(str(publisher.folder), str(publisher.vkey)).ok


def test_acts_go_on_being_recorded_and_what_was_recorded_since_cannot_be_mended_by_a_replay(
    publisher: Publisher,
) -> None:
    """Somebody acted on the restored database: the two trails have parted, and the command says where."""
    grown(publisher, 5)
    restored(3)
    perform(note, 99)
    with pytest.raises(CannotReplay, match="entry 3 of the database is another one"):
        replay.replay(publisher, shelf.in_folder(publisher.folder))
    assert queries.entry(db.session, 3) is not None


def test_nothing_is_brought_back_when_nothing_is_missing(publisher: Publisher) -> None:
    grown(publisher, 5)
    before = rows()
    assert replay.replay(publisher, shelf.in_folder(publisher.folder)) == []
    assert rows() == before


def test_a_source_that_does_not_verify_changes_nothing(publisher: Publisher, tmp_path: Path) -> None:
    grown(publisher, 5)
    restored(2)
    before = rows()
    empty = tmp_path / "empty"
    empty.mkdir()
    foreign = lay_out(log_of(5).files(), tmp_path / "foreign")
    altered, short, torn = (tmp_path / name for name in ("altered", "short", "torn"))
    for copy in (altered, short, torn):
        shutil.copytree(publisher.folder, copy)
    bundle = altered / "tile/entries/000.p/5"
    bundle.write_bytes(bundle.read_bytes().replace(b"test.noted", b"test.nosed", 1))
    (short / "tile/entries/000.p/5").unlink()
    bundle = torn / "tile/entries/000.p/5"
    bundle.write_bytes(bundle.read_bytes()[:-1])
    for source, why in (
        (empty, "no checkpoint"),
        (foreign, "the source's checkpoint"),
        (altered, "not those that were signed"),
        (short, "is missing"),
        (torn, "ends within entry 4"),
    ):
        with pytest.raises(CannotReplay, match=why):
            replay.replay(publisher, shelf.in_folder(source))
        assert rows() == before


def test_the_command_lists_what_came_back(
    app: Flask, publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grown(publisher, 5)
    mirror = tmp_path / "mirror"
    shutil.copytree(publisher.folder, mirror)
    restored(3)
    settings = app.extensions["settings"]
    for name in ("mode", "data_dir", "database_url", "secret_key"):
        monkeypatch.setenv(f"HEARING_{name.upper()}", str(getattr(settings, name)))
    db.session.rollback()
    done = CliRunner().invoke(main, ["replay", str(mirror)])
    assert done.exit_code == 0, done.output
    assert [line.split("\t")[0] for line in done.stdout.splitlines()] == ["3", "4"]
    assert "enter those acts again" in done.stderr
    again = CliRunner().invoke(main, ["replay"])
    assert again.exit_code == 1 and "nothing to bring" in again.stderr, (
        "the entry about the replay is not published yet"
    )
    bad = CliRunner().invoke(main, ["replay", str(tmp_path / "nowhere")])
    assert bad.exit_code == 1 and "neither a folder nor" in bad.stderr
