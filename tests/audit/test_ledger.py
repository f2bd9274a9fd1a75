"""One door: an act and its entry together or not at all; nothing goes round it; nobody forks it."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import ClassVar

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DBAPIError

from hearing import clock
from hearing.audit import canonical, queries, tree
from hearing.audit.fact import Actor, Fact, private, public
from hearing.audit.ledger import OutsideTheDoor, keep, perform
from hearing.audit.models import LogEntry, LogHead, LogNode, LogPayload
from hearing.db import db, reading
from hearing.places.models import Unit
from tests.cast import Cast

ACTOR = Actor("resident", "p-home01")


@dataclass(frozen=True, kw_only=True)
class Noted(Fact):
    """Something that happened in a test."""

    kind: ClassVar[str] = "test.noted"
    sentence: ClassVar[str] = "记了一笔"
    number: int = public()
    door: str = private()


def note(number: int) -> Noted:
    return Noted(actor=ACTOR, scope="tianjinlu", subject="test/1", matter="test/1", number=number, door="前客堂")


def rename(unit_id: int, number: int) -> Noted:
    unit = db.session.get_one(Unit, unit_id)
    unit.name = f"房{number}"
    return note(number)


@pytest.mark.usefixtures("at_desk")
def test_an_act_leaves_an_entry_that_hashes_to_its_leaf(cast: Cast) -> None:
    recorded = perform(rename, cast.units[0], 7)
    told = queries.entry(db.session, recorded.index)
    assert told is not None
    assert (told.kind, told.pub, told.payload) == ("test.noted", {"number": 7}, {"door": "前客堂"})
    body = queries.entry_bytes(db.session, recorded.index)
    assert body is not None and canonical.parse(body)["type"] == "test.noted"
    assert "前客堂" not in body.decode()
    assert db.session.get_one(LogNode, (0, recorded.index)).hash == tree.leaf_hash(body)


@pytest.mark.usefixtures("at_desk")
def test_the_commitment_opens_with_salt_and_payload() -> None:
    index = perform(note, 1).index
    kept = db.session.get_one(LogPayload, index)
    body = canonical.parse(queries.entry_bytes(db.session, index) or b"")
    assert canonical.commit(kept.salt, {"door": "前客堂"}) == body["cm"]


@pytest.mark.usefixtures("at_desk")
def test_an_act_that_fails_leaves_nothing(cast: Cast) -> None:
    def fail() -> Noted:
        rename(cast.units[0], 1)
        raise RuntimeError

    before = db.session.scalars(select(LogHead.size)).one()
    with pytest.raises(RuntimeError):
        perform(fail)
    assert db.session.scalars(select(LogHead.size)).one() == before
    assert db.session.get_one(Unit, cast.units[0]).name == "前客堂"


@pytest.mark.usefixtures("at_desk")
def test_recorded_rows_change_only_inside_the_door(cast: Cast) -> None:
    db.session.get_one(Unit, cast.units[0]).name = "别处"
    with pytest.raises(OutsideTheDoor):
        db.session.flush()
    db.session.rollback()
    with pytest.raises(OutsideTheDoor):
        db.session.execute(update(Unit).values(name="别处"))
    with pytest.raises(OutsideTheDoor):
        keep(lambda: db.session.execute(delete(Unit)))


@pytest.mark.usefixtures("at_desk")
@pytest.mark.parametrize(
    "statement", ["UPDATE log_entry SET kind = 'x'", "DELETE FROM log_entry", "DELETE FROM log_node"]
)
def test_the_database_itself_refuses(statement: str) -> None:
    perform(note, 1)
    with pytest.raises(DBAPIError, match="only grows"):
        db.session.execute(text(statement))


@pytest.mark.usefixtures("at_desk")
def test_a_page_that_only_reads_cannot_write() -> None:
    db.session.rollback()
    with reading(), pytest.raises(DBAPIError):
        perform(note, 1)


def test_many_hands_at_once_make_one_unforked_log(app: Flask) -> None:
    hands, each = 8, 25

    def work() -> None:
        with app.app_context():
            for number in range(each):
                perform(note, number)

    threads = [threading.Thread(target=work) for _ in range(hands)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        size = db.session.scalars(select(LogHead.size)).one()
        assert size == hands * each
        assert db.session.scalars(select(func.count()).select_from(LogEntry)).one() == size
        leaves = [tree.leaf_hash(body) for body in db.session.scalars(select(LogEntry.body).order_by(LogEntry.idx))]
        rebuilt: dict[tuple[int, int], bytes] = {}
        for index, leaf in enumerate(leaves):
            for level, number, hash_ in tree.completed_by(index, leaf, lambda *place: rebuilt[place]):
                rebuilt[level, number] = hash_
        stored = {(node.level, node.number): node.hash for node in db.session.scalars(select(LogNode))}
        assert stored == rebuilt


@pytest.mark.usefixtures("at_desk")
def test_the_clock_is_the_databases_and_only_tests_may_move_it() -> None:
    with clock.standing_at(clock.now().replace(year=2031)):
        assert clock.now().year == 2031
    clock.allow_shift(False)
    with pytest.raises(clock.ClockIsFixed), clock.standing_at(clock.now()):
        pass
    clock.allow_shift(True)
