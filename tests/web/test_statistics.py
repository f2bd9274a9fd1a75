"""Statistics: SQLite chooses an index by what its tables hold, once somebody has looked."""

from flask import Flask
from sqlalchemy import func, select, text

from hearing import schema
from hearing.db import db, reader
from hearing.places.models import Unit
from tests.cast import Cast
from tests.database import on_postgres


def test_the_worker_has_the_tables_looked_at(app: Flask, cast: Cast) -> None:
    with app.app_context():
        schema.refresh_statistics(db.engine)
        if on_postgres():
            return
        with db.engine.connect() as connection:
            homes = connection.execute(select(func.count()).select_from(Unit)).scalar_one()
            said = connection.execute(text("SELECT stat FROM sqlite_stat1 WHERE tbl = 'unit'")).scalars().all()
        assert said
        assert {each.split()[0] for each in said} == {str(homes)}


def test_a_connection_that_reads_learns_of_it_within_the_hour(app: Flask) -> None:
    with app.app_context():
        if on_postgres():
            return
        assert db.engine.pool._recycle == reader().pool._recycle == 3600
