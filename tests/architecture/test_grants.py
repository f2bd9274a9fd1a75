"""On PostgreSQL the application's own role cannot change what only grows: it lacks the right, whatever triggers do.

Runs on a real server, whose roles are the same for all databases: the role has a name of its own for this process.
"""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import Engine, create_engine, make_url, select, text, update
from sqlalchemy.exc import DBAPIError

from hearing import grants, schema
from hearing.app import create_app
from hearing.audit import doctor
from hearing.audit.publisher import Publisher
from hearing.config import Mode, Settings
from hearing.consents.models import ConsentCollection
from hearing.db import Base, db, reader
from hearing.demo import seed
from hearing.erasure import commands
from hearing.people import tidying
from hearing.people.models import Account
from hearing.proposals.models import Proposal
from tests import database
from tests.schema import door_open

GROWING = sorted(table.name for table in Base.metadata.tables.values() if grants.rights(table) == grants.GROWS)


@pytest.fixture(scope="module")
def role() -> Iterator[str]:
    """A role without rights."""
    name = f"hearing_app_{secrets.token_hex(4)}"
    with database.administration() as connection:
        connection.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'apart'".encode())
    yield name
    with database.administration() as connection:
        connection.execute(f"DROP ROLE {name}".encode())


@pytest.fixture(scope="module")
def settings(role: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """An installation whose application is not the owner of its database."""
    folder = tmp_path_factory.mktemp("roles")
    with database.database(folder) as owner:
        url = make_url(owner).set(username=role, password="apart").render_as_string(hide_password=False)
        yield Settings(
            mode=Mode.TESTING,
            data_dir=folder / "var",
            database_url=url,
            database_owner_url=owner,
            secret_key="t" * 40,
        )


@pytest.fixture(scope="module")
def app(settings: Settings) -> Iterator[Flask]:
    """The application as its own role, after the demo's whole story, from the first visit to the signatures."""
    app = create_app(settings)
    with app.app_context():
        schema.prepare(db.engine, settings)
        seed.once()
        tidying.tidy()
        db.session.close()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def engine(app: Flask) -> Iterator[Engine]:
    """A connection of the application's role, without the product's manners."""
    with app.app_context():
        found = create_engine(db.engine.url)
    yield found
    found.dispose()


def refused(engine: Engine, statement: str) -> bool:
    """Whether the database refuses for want of a right: not by a trigger, a constraint or a mistake of ours."""
    try:
        with engine.begin() as connection:
            connection.execute(text(statement))
    except DBAPIError as error:
        return grants.is_refused(error)
    return False


@pytest.mark.parametrize("table", GROWING)
def test_the_role_is_refused_whatever_would_change_what_only_grows(engine: Engine, table: str) -> None:
    column = Base.metadata.tables[table].columns.keys()[-1]
    for statement in (
        f"UPDATE {table} SET {column} = {column}",
        f"DELETE FROM {table}",
        f"TRUNCATE {table} CASCADE",
        f"ALTER TABLE {table} ADD COLUMN more integer",
        f"ALTER TABLE {table} DISABLE TRIGGER ALL",
        f"ALTER TABLE {table} OWNER TO CURRENT_USER",
        f"DROP TABLE {table} CASCADE",
        f"CREATE TRIGGER mine BEFORE INSERT ON {table} EXECUTE FUNCTION only_grows()",
        f"CREATE RULE mine AS ON INSERT TO {table} DO INSTEAD NOTHING",
    ):
        assert refused(engine, statement), statement


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM log_head",
        "INSERT INTO log_head VALUES (2, 0)",
        "UPDATE log_head SET id = 2",
        "TRUNCATE log_head",
        "SET session_replication_role = replica",
        "CREATE TABLE mine (id integer)",
        "CREATE FUNCTION only_grows() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "CREATE OR REPLACE FUNCTION only_grows() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "DROP FUNCTION only_grows() CASCADE",
        "UPDATE alembic_version SET version_num = '0001'",
        "DELETE FROM consent_collection",
        "SELECT pg_read_file('PG_VERSION')",
        "COPY log_entry TO PROGRAM 'true'",
    ],
)
def test_the_role_is_refused_ways_round(engine: Engine, statement: str) -> None:
    assert refused(engine, statement)


def test_the_product_works_with_no_more_rights(engine: Engine) -> None:
    """The story was told as that role, and nothing of the above has touched it."""
    with engine.connect() as connection:
        kinds = set(connection.execute(text("SELECT kind FROM log_entry")).scalars())
    assert {"proposal.submitted", "meeting.minutes_confirmed", "consent.answered"} <= kinds


def test_the_doctor_sees_the_difference(app: Flask, settings: Settings) -> None:
    owner = create_app(dataclasses.replace(settings, database_url=settings.database_owner_url))
    for application, health in ((app, doctor.Health.GOOD), (owner, doctor.Health.BAD)):
        with application.app_context():
            publisher = Publisher.of(settings)
            lines = doctor.examine(db.session, settings, publisher, schema.revision(reader()))
            assert [line.health for line in lines if line.words.startswith("grants")] == [health]
            db.session.close()
    with owner.app_context():
        db.engine.dispose()


def test_only_the_owner_erases(app: Flask, settings: Settings) -> None:
    """The command says whose address it needs, and with it does what it should, through the same door."""
    group = click.Group("hearing")
    commands.add_to(group, lambda: app)
    arguments = ["forget", "p-home05", "--yes"]
    with app.app_context(), door_open():
        db.session.execute(update(ConsentCollection).values(state="void"))
        db.session.execute(update(Proposal).values(state="withdrawn"))
    refused_to = CliRunner().invoke(group, arguments)
    assert refused_to.exit_code == 1
    assert "HEARING_DATABASE_OWNER_URL" in refused_to.output
    owner = create_app(dataclasses.replace(settings, database_url=settings.database_owner_url, database_owner_url=""))
    group = click.Group("hearing")
    commands.add_to(group, lambda: owner)
    done = CliRunner().invoke(group, arguments)
    assert done.exit_code == 0, done.output
    with app.app_context():
        account = db.session.scalars(select(Account).where(Account.ref == "p-home05")).one()
        assert account.phone is None
        db.session.close()


def test_a_second_init_gives_back_what_was_given_and_takes_what_was_not(
    app: Flask, engine: Engine, settings: Settings, role: str
) -> None:
    owner = create_engine(settings.database_owner_url)
    with owner.begin() as connection:
        connection.execute(text(f"GRANT ALL ON log_entry TO {role}"))
        connection.execute(text("GRANT DELETE ON log_node TO PUBLIC"))
        connection.execute(text(f"REVOKE SELECT ON consent_record FROM {role}"))
    with app.app_context():
        schema.prepare(db.engine, settings)
    assert refused(engine, "UPDATE log_entry SET kind = kind")
    assert refused(engine, "DELETE FROM log_node")
    with engine.connect() as connection:
        connection.execute(text("SELECT count(*) FROM consent_record"))
    owner.dispose()


def test_a_role_that_owns_the_tables_is_no_application_role(settings: Settings) -> None:
    owner = create_engine(settings.database_owner_url)
    with pytest.raises(grants.NoSuchRole, match="owns the tables"):
        grants.grant(owner, make_url(settings.database_owner_url).username or "")
    with pytest.raises(grants.NoSuchRole, match="CREATE ROLE nobody_at_all"):
        grants.grant(owner, "nobody_at_all")
    owner.dispose()


def test_without_the_owner_an_old_database_is_left_alone(role: str, tmp_path: Path) -> None:
    """`hearing serve` of a newer version says what to do, in one line, before it serves anybody."""
    with database.database(tmp_path) as owner:
        url = make_url(owner).set(username=role, password="apart").render_as_string(hide_password=False)
        apart = Settings(mode=Mode.TESTING, data_dir=tmp_path / "var", database_url=url, secret_key="t" * 40)
        with create_app(apart).app_context():
            with pytest.raises(schema.NotReady, match="run hearing init as the owner"):
                schema.prepare(db.engine, apart)
            schema.prepare(db.engine, dataclasses.replace(apart, database_owner_url=owner))
            schema.prepare(db.engine, apart)
            db.engine.dispose()
