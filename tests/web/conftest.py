"""Prepared statements are PostgreSQL's: on SQLite there is no server that plans."""

from tests import database

collect_ignore = [] if database.on_postgres() else ["test_prepared.py"]
