"""Schema 库结构: brings a database to the tables of this version, by Alembic alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from alembic import command, op
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, inspect, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from hearing import grants
from hearing.audit import ledger
from hearing.config import Settings

_BESIDE = Path(__file__).parent / "migrations"
_SOURCE = Path(__file__).parent.parent / "migrations"


class NotReady(Exception):
    """The tables are not those of this version, and this role may not change them; the message says what to do."""


def prepare(engine: Engine, settings: Settings) -> None:
    """Bring the application's database up to this version: as its owner, where the settings name one.

    The application's own role is then given its rights. Raises NotReady, or grants.NoSuchRole.
    """
    if not settings.database_owner_url:
        try:
            upgrade(engine)
        except ProgrammingError as error:
            if not grants.is_refused(error):
                raise
            raise NotReady("the tables are older than this version: run hearing init as the owner") from error
        return
    if engine.dialect.name == "sqlite":
        raise NotReady("HEARING_DATABASE_OWNER_URL is for PostgreSQL: a SQLite file has no roles")
    with engine.connect() as connection:
        role = connection.execute(text("SELECT current_user")).scalar_one()
    owner = create_engine(settings.database_owner_url)
    try:
        upgrade(owner)
        grants.grant(owner, role)
    finally:
        owner.dispose()


def config() -> Config:
    """Alembic's settings; the migrations travel inside the wheel, and stand beside the package in the repository."""
    settings = Config()
    settings.set_main_option("script_location", str(_BESIDE if _BESIDE.is_dir() else _SOURCE))
    settings.set_main_option("path_separator", "os")
    return settings


def only_grows(table: str, *erasable: str) -> None:
    """Inside a migration: let the database itself refuse to change or delete the rows of a table.

    The `erasable` columns may still be blanked, and never become anything else. Called again for the same table it
    replaces what was there before.
    """
    connection = op.get_bind()
    dialect = connection.dialect.name
    columns = [column["name"] for column in inspect(connection).get_columns(table)]
    for name in _TRIGGERS:
        on = "" if dialect == "sqlite" else f" ON {table}"
        op.execute(f"DROP TRIGGER IF EXISTS {table}_{name}{on}")
    for statement in growing_statements(table, dialect, columns, erasable):
        op.execute(statement)


def growing_statements(
    table: str, dialect: str, columns: Sequence[str] = (), erasable: Sequence[str] = ()
) -> list[str]:
    """The statements that make a table append-only, save that its `erasable` columns may be blanked."""
    kept = [column for column in columns if column not in erasable]
    if dialect == "sqlite":
        same = " AND ".join(
            [*(f"NEW.{name} IS OLD.{name}" for name in kept), *(f"NEW.{name} IN (OLD.{name}, '')" for name in erasable)]
        )
        when = f" WHEN NOT ({same})" if erasable else ""
        return [
            _KEEPS.format(table=table, verb="update", when=when),
            _KEEPS.format(table=table, verb="delete", when=""),
        ]
    if not erasable:
        return [_FUNCTION, _TRIGGER.format(table=table, update="UPDATE")]
    blanked = ", ".join(f"'{name}'" for name in erasable)
    return [
        _FUNCTION,
        _BLANKING_FUNCTION,
        _TRIGGER.format(table=table, update=f"UPDATE OF {', '.join(kept)}"),
        _BLANKING_TRIGGER.format(table=table, blanked=blanked),
    ]


def never_changes(table: str) -> None:
    """Inside a migration: rows of the table may come and go, and are never changed."""
    for statement in _NEVER_CHANGES[op.get_bind().dialect.name]:
        op.execute(statement.format(table=table))


def may_change_again(table: str) -> None:
    """Inside a migration that is taken back: undo `never_changes`."""
    on = "" if op.get_bind().dialect.name == "sqlite" else f" ON {table}"
    op.execute(f"DROP TRIGGER {table}_keeps_update{on}")


_TRIGGERS = ("keeps_update", "keeps_delete", "only_grows", "only_blanks")
_KEEPS = """CREATE TRIGGER {table}_keeps_{verb} BEFORE {verb} ON {table}{when}
BEGIN SELECT RAISE(ABORT, '{table} only grows'); END"""
_FUNCTION = """CREATE OR REPLACE FUNCTION only_grows() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE restrict_violation USING MESSAGE = TG_TABLE_NAME || ' only grows'; END $$"""
_TRIGGER = """CREATE TRIGGER {table}_only_grows BEFORE {update} OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION only_grows()"""
_BLANKING_FUNCTION = """CREATE OR REPLACE FUNCTION only_blanks() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  before jsonb := to_jsonb(OLD);
  after jsonb := to_jsonb(NEW);
BEGIN
  FOR place IN 0 .. TG_NARGS - 1 LOOP
    IF after ->> TG_ARGV[place] = '' THEN
      before := before - TG_ARGV[place];
      after := after - TG_ARGV[place];
    END IF;
  END LOOP;
  IF before IS DISTINCT FROM after THEN
    RAISE restrict_violation USING MESSAGE = TG_TABLE_NAME || ' only grows';
  END IF;
  RETURN NEW;
END $$"""
_BLANKING_TRIGGER = """CREATE TRIGGER {table}_only_blanks BEFORE UPDATE ON {table}
FOR EACH ROW EXECUTE FUNCTION only_blanks({blanked})"""
_NEVER_CHANGES = {
    "sqlite": [
        """CREATE TRIGGER {table}_keeps_update BEFORE UPDATE ON {table}
BEGIN SELECT RAISE(ABORT, '{table} never changes'); END"""
    ],
    "postgresql": [
        """CREATE OR REPLACE FUNCTION never_changes() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE restrict_violation USING MESSAGE = TG_TABLE_NAME || ' never changes'; END $$""",
        """CREATE TRIGGER {table}_keeps_update BEFORE UPDATE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION never_changes()""",
    ],
}


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


def revision(engine: Engine) -> tuple[str | None, str | None]:
    """The schema's revision: what the database has, None before its first, and what this version wants."""
    wanted = ScriptDirectory.from_config(config()).get_current_head()
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision(), wanted


def refresh_statistics(engine: Engine) -> None:
    """Let SQLite look again at tables that have grown or shrunk much, so that it chooses their indexes by what is in
    them; a connection learns of it when it is opened anew. PostgreSQL does as much by itself."""
    if engine.dialect.name == "sqlite":
        with engine.begin() as connection:
            # Look at every table and not only at those that this connection has asked; analyse what needs it.
            connection.exec_driver_sql("PRAGMA optimize=0x10002")


def _entries(connection: Connection) -> int:
    if not inspect(connection).has_table("log_entry"):
        return 0
    return int(connection.execute(text("SELECT count(*) FROM log_entry")).scalar_one())
