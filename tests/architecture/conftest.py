"""Roles are PostgreSQL's: on SQLite there are none to test."""

from tests import database

collect_ignore = [] if database.on_postgres() else ["test_grants.py"]
