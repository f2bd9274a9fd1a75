"""The publisher signs what continues, and nothing else; anybody can check what it laid out."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from hearing.audit import verify
from hearing.audit.keyring import Keyring
from hearing.audit.ledger import perform
from hearing.audit.publisher import Publisher, WillNotSign
from hearing.db import db
from tests.audit.test_ledger import note
from tests.browser import Browser


def publish(publisher: Publisher, entries: int) -> int:
    for number in range(entries):
        perform(note, number)
    return publisher.publish(db.session).size


@pytest.mark.usefixtures("at_desk")
@pytest.mark.parametrize("steps", [[1], [3, 1, 4], [255, 1, 1, 260]])
def test_what_is_published_verifies_after_every_step(publisher: Publisher, steps: list[int]) -> None:
    for step in steps:
        publish(publisher, step)
        assert verify.main(["audit", str(publisher.folder), "--key", str(publisher.vkey)]) == 0


@pytest.mark.usefixtures("at_desk")
def test_nothing_new_is_not_signed_again(publisher: Publisher) -> None:
    publish(publisher, 2)
    before = (publisher.folder / "checkpoint").stat().st_mtime_ns
    publish(publisher, 0)
    assert (publisher.folder / "checkpoint").stat().st_mtime_ns == before


def tamper(statement: str) -> None:
    """What somebody with the database's own password can do."""
    dialect = db.engine.dialect.name
    db.session.rollback()
    off = (
        "DROP TRIGGER log_entry_keeps_update; DROP TRIGGER log_entry_keeps_delete; DROP TRIGGER log_node_keeps_update"
        if dialect == "sqlite"
        else "DROP TRIGGER log_entry_only_grows ON log_entry; DROP TRIGGER log_node_only_grows ON log_node"
    )
    with db.engine.begin() as connection:
        for line in (*off.split("; "), statement):
            connection.execute(text(line))


@pytest.mark.usefixtures("at_desk")
@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("UPDATE log_head SET size = 3", "holds 3 entries, 5 were signed"),
        (
            "UPDATE log_node SET hash = (SELECT hash FROM log_node WHERE number = 1 AND level = 0) WHERE number = 4",
            "not those",
        ),
    ],
)
def test_a_trail_that_was_rolled_back_or_rewritten_is_not_signed(
    publisher: Publisher, statement: str, why: str
) -> None:
    publish(publisher, 5)
    tamper(statement)
    with pytest.raises(WillNotSign, match=why):
        publisher.publish(db.session)


@pytest.mark.usefixtures("at_desk")
def test_an_entry_changed_before_it_was_signed_is_not_signed(publisher: Publisher) -> None:
    for number in range(3):
        perform(note, number)
    tamper("UPDATE log_entry SET body = (SELECT body FROM log_entry WHERE idx = 0) WHERE idx = 2")
    with pytest.raises(WillNotSign, match="entry 2 was changed"):
        publisher.publish(db.session)


@pytest.mark.usefixtures("at_desk")
def test_a_deleted_entry_is_not_signed(publisher: Publisher) -> None:
    for number in range(3):
        perform(note, number)
    db.session.rollback()
    with db.engine.begin() as connection:
        connection.execute(text("DELETE FROM log_payload WHERE idx = 1"))
    tamper("DELETE FROM log_entry WHERE idx = 1")
    with pytest.raises(WillNotSign, match="missing"):
        publisher.publish(db.session)


def test_anybody_may_fetch_the_log(app: Flask, client: Browser, publisher: Publisher) -> None:
    assert client.get("/log/checkpoint").status_code == 404
    with app.app_context():
        publish(publisher, 3)
    head = client.get("/log/checkpoint")
    assert head.content_type == "text/plain; charset=utf-8"
    assert head.text.startswith(publisher.vkey.name + "\n3\n")
    assert client.get("/log/vkey").text.strip() == str(publisher.vkey)
    bundle = client.get("/log/tile/entries/000.p/3")
    assert bundle.content_type == "application/octet-stream"
    assert "immutable" in bundle.headers["Cache-Control"]
    for absent in ("tile/0/000", "tile/0/000.p/4", "tile/0/0", "tile/../keys/log.key", ".lock", "../keys/log.key"):
        assert client.get(f"/log/{absent}").status_code in {404, 400}


def test_the_key_file_is_nobodys_business(publisher: Publisher, app: Flask) -> None:
    secret: Path = app.extensions["settings"].keys_dir / "log.key"
    assert secret.stat().st_mode & 0o077 == 0
    seed = secret.read_text().strip().split("+", 4)[4]
    assert seed not in repr(publisher) + repr(publisher.signer) + repr(Keyring(secret.parent).load())
