"""Migrations: they lead to the tables of the models, up and down, with rows inside, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import Connection, Table, func, inspect, select, text
from sqlalchemy.exc import DatabaseError, IntegrityError

from hearing import schema
from hearing.app import create_app
from hearing.audit import ledger
from hearing.audit.fact import SYSTEM, Fact
from hearing.ballots.models import Poll, PollMark, PollVoter
from hearing.config import Mode, Settings
from hearing.db import Base, Ledgered, db
from hearing.places.models import Neighbourhood, Unit
from tests import database
from tests.cast import settle
from tests.schema import door_open

GROWING = dict(
    sorted(
        (mapper.local_table.name, mapper.class_.erasable)
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, Ledgered) and mapper.class_.append_only and isinstance(mapper.local_table, Table)
    )
)


def revisions() -> list[str]:
    """Every migration, oldest first."""
    scripts = ScriptDirectory.from_config(schema.config())
    found = [script.revision for script in scripts.walk_revisions()][::-1]
    assert found, "there is no migration yet: write the first with `python -m tools.migration first`"
    return found


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Flask]:
    """The application on a database without tables."""
    with database.database(tmp_path) as url:
        app = create_app(Settings(mode=Mode.TESTING, data_dir=tmp_path / "var", database_url=url, secret_key="t" * 40))
        with app.app_context():
            yield app
            db.session.close()
            db.engine.dispose()


def differences(connection: Connection) -> list[Any]:
    """How the database's tables differ from the models."""
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return list(compare_metadata(context, Base.metadata))


def rows(connection: Connection) -> dict[str, int]:
    """How many rows each table has."""
    tables = Base.metadata.tables.values()
    return {table.name: connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables}


def test_there_is_one_line_of_migrations() -> None:
    revisions()
    assert len(ScriptDirectory.from_config(schema.config()).get_heads()) == 1


def test_the_newest_migration_has_the_tables_of_the_models(bare: Flask) -> None:
    revisions()
    schema.upgrade(db.engine)
    with db.engine.connect() as connection:
        assert differences(connection) == []


def test_a_second_upgrade_changes_nothing(bare: Flask) -> None:
    revisions()
    schema.upgrade(db.engine)
    with db.engine.connect() as connection:
        before = rows(connection)
    schema.upgrade(db.engine)
    with db.engine.connect() as connection:
        assert rows(connection) == before
        assert before["log_head"] == 1


def test_the_database_refuses_to_change_what_only_grows(bare: Flask) -> None:
    revisions()
    schema.upgrade(db.engine)
    wrong = [table for table in GROWING if not _only_grows(table)]
    assert not wrong, (
        f"no trigger keeps {', '.join(wrong)}: call schema.only_grows in the migration that makes the table"
    )


def _only_grows(table: str) -> bool:
    """Whether the table's own triggers refuse UPDATE, DELETE and, where it exists, TRUNCATE."""
    if db.engine.dialect.name == "sqlite":
        query = text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table")
        columns, erasable = Base.metadata.tables[table].columns.keys(), GROWING[table]
        wanted = schema.growing_statements(table, "sqlite", columns, erasable)
        return set(db.session.scalars(query, {"table": table})) == set(wanted)
    column = Base.metadata.tables[table].columns.keys()[0]
    return all(
        _refused(verb)
        for verb in (f"UPDATE {table} SET {column} = NULL", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE")
    )


def _refused(statement: str) -> bool:
    try:
        db.session.execute(text(statement))
    except DatabaseError as error:
        return "only grows" in str(error)
    else:
        return False
    finally:
        db.session.rollback()


@dataclass(frozen=True, kw_only=True)
class Tried(Fact):
    """An act for this test."""

    kind: ClassVar[str] = "test.tried"


def populate() -> None:
    """Write the cast, and one act into its trail."""
    with door_open():
        settle(db.session)
    ledger.perform(lambda: Tried(actor=SYSTEM, scope="tianjinlu", subject="test/1", matter="test/1"))


def shape(connection: Connection) -> dict[str, Any]:
    """The tables with their columns, keys and indexes."""
    found = inspect(connection)
    return {
        table: [
            sorted((column["name"], str(column["type"]), column["nullable"]) for column in found.get_columns(table)),
            sorted(index["name"] or "" for index in found.get_indexes(table)),
            sorted(str(key["name"]) for key in [*found.get_unique_constraints(table), *found.get_foreign_keys(table)]),
        ]
        for table in sorted(found.get_table_names())
        if table != "alembic_version"
    }


def test_each_migration_goes_down_and_up_again(bare: Flask) -> None:
    steps = revisions()
    for revision, before in zip(steps, ["base", *steps], strict=False):
        old = looked_at()
        _step(revision)
        new = looked_at()
        schema.downgrade(db.engine, before)
        assert looked_at() == old
        _step(revision)
        assert looked_at() == new


def looked_at() -> dict[str, Any]:
    """The shape of the database now."""
    with db.engine.connect() as connection:
        return shape(connection)


def _step(revision: str) -> None:
    """Go up to `revision` alone: the trail's head is made by `schema.upgrade`, which knows the newest tables."""
    settings = schema.config()
    with db.engine.begin() as connection:
        settings.attributes["connection"] = connection
        command.upgrade(settings, revision)


def test_rows_survive_and_entries_are_never_given_up(bare: Flask) -> None:
    """Going back to the first tables and up again keeps every row; going back further would lose the trail."""
    first = revisions()[0]
    schema.upgrade(db.engine)
    populate()
    db.session.close()
    with db.engine.connect() as connection:
        whole = rows(connection)
    assert whole["log_entry"] == 1
    schema.downgrade(db.engine, first)
    with pytest.raises(RuntimeError, match="the trail only grows"):
        schema.downgrade(db.engine, "base")
    schema.upgrade(db.engine)
    with db.engine.connect() as connection:
        assert rows(connection) == whole
        assert differences(connection) == []


def test_marks_of_an_older_database_learn_their_poll(bare: Flask) -> None:
    """Who has voted stays so, on the way down and up, and the database keeps that a mark is of its line's poll."""
    schema.upgrade(db.engine)
    populate()
    marks = voted()
    schema.downgrade(db.engine, "0015")
    with db.engine.begin() as connection:
        assert set(connection.scalars(text("SELECT voter_id FROM poll_mark"))) == set(marks)
        with pytest.raises(DatabaseError, match="only grows"), connection.begin_nested():
            connection.execute(text("DELETE FROM poll_mark"))
    schema.upgrade(db.engine)
    with db.engine.begin() as connection:
        found = connection.execute(text("SELECT voter_id, poll_id FROM poll_mark"))
        assert {row.voter_id: row.poll_id for row in found} == marks
        assert differences(connection) == []
    line, poll = unmarked(marks)[0]
    other = next(each for each in marks.values() if each != poll)
    with pytest.raises(IntegrityError), db.engine.begin() as connection:
        connection.execute(
            text("INSERT INTO poll_mark (voter_id, poll_id) VALUES (:line, :other)"), {"line": line, "other": other}
        )


def voted() -> dict[int, int]:
    """Two polls with three lines each, of which two have voted; the poll of each line that has."""
    unit = db.session.scalars(select(Unit.id)).all()[:3]
    place = db.session.scalars(select(Neighbourhood.id)).first()
    moment = datetime(2026, 7, 1, tzinfo=UTC)
    marks: dict[int, int] = {}
    with door_open():
        for title in ("楼道照明", "小花园"):
            poll = Poll(
                neighbourhood_id=place,
                title=title,
                mode="secret",
                per="household",
                kind="yes_no",
                counting="majority",
                lot_seed="s",
                order_seed="o",
                opens_at=moment,
                closes_at=moment + timedelta(days=1),
                state="draft",
                since=moment,
            )
            db.session.add(poll)
            db.session.flush()
            lines = [PollVoter(poll_id=poll.id, unit_id=each, salt=bytes(32), commitment="c") for each in unit]
            db.session.add_all(lines)
            db.session.flush()
            marks |= {line.id: poll.id for line in lines[:2]}
        db.session.add_all(PollMark(voter_id=line, poll_id=poll) for line, poll in marks.items())
        db.session.commit()
    db.session.close()
    return marks


def unmarked(marks: dict[int, int]) -> list[tuple[int, int]]:
    """The lines without a mark, each with its poll."""
    with db.engine.connect() as connection:
        lines = connection.execute(select(PollVoter.id, PollVoter.poll_id)).all()
    return [(line.id, line.poll_id) for line in lines if line.id not in marks]
