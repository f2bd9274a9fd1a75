"""Schema 库结构: brings a database to the tables of this version, by Alembic alone."""

from __future__ import annotations

from pathlib import Path

from alembic import command, op
from alembic.config import Config
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.orm import Session

from hearing.audit import ledger

_BESIDE = Path(__file__).parent / "migrations"
_SOURCE = Path(__file__).parent.parent / "migrations"


def config() -> Config:
    """Alembic's settings; the migrations travel inside the wheel, and stand beside the package in the repository."""
    settings = Config()
    settings.set_main_option("script_location", str(_BESIDE if _BESIDE.is_dir() else _SOURCE))
    settings.set_main_option("path_separator", "os")
    return settings


def only_grows(table: str) -> None:
    """Inside a migration: let the database itself refuse to change or delete the rows of a table."""
    for statement in growing_statements(table, op.get_bind().dialect.name):
        op.execute(statement)


def growing_statements(table: str, dialect: str) -> list[str]:
    """The statements that make a table append-only."""
    return [text.format(table=table) for text in (_ON_SQLITE if dialect == "sqlite" else _ON_POSTGRES)]


_KEEPS = """CREATE TRIGGER {{table}}_keeps_{verb} BEFORE {verb} ON {{table}}
BEGIN SELECT RAISE(ABORT, '{{table}} only grows'); END"""
_ON_SQLITE = (_KEEPS.format(verb="update"), _KEEPS.format(verb="delete"))
_FUNCTION = """CREATE OR REPLACE FUNCTION only_grows() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE restrict_violation USING MESSAGE = TG_TABLE_NAME || ' only grows'; END $$"""
_TRIGGER = """CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION only_grows()"""
_ON_POSTGRES = (_FUNCTION, _TRIGGER)


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database up to `revision` and make sure that its trail has a head."""
    settings = config()
    with engine.begin() as connection:
        settings.attributes["connection"] = connection
        command.upgrade(settings, revision)
    with Session(engine) as session, session.begin():
        ledger.start(session)


def downgrade(engine: Engine, revision: str) -> None:
    """Bring the database back to an older revision.

    Raises RuntimeError, and changes nothing, when entries of the trail would go with their tables.
    """
    settings = config()
    with engine.begin() as connection:
        before = _entries(connection)
        settings.attributes["connection"] = connection
        command.downgrade(settings, revision)
        if _entries(connection) < before:
            raise RuntimeError(f"the trail only grows: {before} entries would be lost")


def _entries(connection: Connection) -> int:
    if not inspect(connection).has_table("log_entry"):
        return 0
    return int(connection.execute(text("SELECT count(*) FROM log_entry")).scalar_one())
