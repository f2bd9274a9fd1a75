"""Raw: a table, and one row inserted and committed by the driver alone: what the disk and the database allow."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy import make_url

try:
    import pysqlite3 as sqlite
except ImportError:
    import sqlite3 as sqlite

COLUMNS = ("household", "answer", "signature", "strokes")
Row = tuple[str, str, str, str]
SAMPLE: Row = ("p-home01", "agree", "x" * 200, "x" * 400)
"""About as many bytes as an entry of the trail."""


@dataclass(frozen=True)
class Raw:
    """One connection that commits as durably as the product does."""

    connection: Any
    insert_sql: str
    begin_sql: str

    @classmethod
    def open(cls, database_url: str) -> Raw:
        """Connect, and make the table if it is not there."""
        url = make_url(database_url)
        marks = ("?" if url.get_backend_name() == "sqlite" else "%s",) * len(COLUMNS)
        insert = f"INSERT INTO bench_act ({', '.join(COLUMNS)}) VALUES ({', '.join(marks)})"
        columns = ", ".join(f"{name} TEXT NOT NULL" for name in COLUMNS)
        if url.get_backend_name() == "sqlite":
            connection = sqlite.connect(url.database, timeout=15, isolation_level=None, check_same_thread=False)
            for pragma in ("journal_mode=WAL", "synchronous=FULL"):
                connection.execute(f"PRAGMA {pragma}").close()
            made = cls(connection, insert, "BEGIN IMMEDIATE")
            key = "INTEGER PRIMARY KEY"
        else:
            address = url.set(drivername="postgresql").render_as_string(hide_password=False)
            made = cls(psycopg.connect(address, autocommit=True), insert, "BEGIN")
            key = "BIGSERIAL PRIMARY KEY"
        made.connection.execute(f"CREATE TABLE IF NOT EXISTS bench_act (id {key}, {columns})")
        return made

    def insert(self, row: Row) -> None:
        """Insert one row and commit it."""
        self.connection.execute(self.begin_sql)
        self.connection.execute(self.insert_sql, row)
        self.connection.execute("COMMIT")

    def signed_in(self, token_hash: str) -> Any:
        """The account of a standing sign-in, None where there is none."""
        mark = "?" if self.begin_sql == "BEGIN IMMEDIATE" else "%s"
        asked = f"SELECT account_id FROM login_session WHERE token_hash = {mark} AND ended_at IS NULL"
        return self.connection.execute(asked, (token_hash,)).fetchone()

    def loop(self, row: Row, count: int) -> float:
        """Insert and commit so often, one after the other; return how many a second."""
        begun = time.perf_counter()
        for _ in range(count):
            self.insert(row)
        return count / (time.perf_counter() - begun)

    def batch(self, row: Row, count: int) -> None:
        """Insert so many rows and commit them together."""
        self.connection.execute(self.begin_sql)
        self.connection.cursor().executemany(self.insert_sql, [row] * count)
        self.connection.execute("COMMIT")

    def close(self) -> None:
        """End the connection."""
        self.connection.close()
