"""Raw: rows written and committed by the driver alone: what the disk and the database allow."""

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


_VOTE_TABLES = (
    "CREATE TABLE IF NOT EXISTS bench_mark (voter_id INTEGER PRIMARY KEY, poll_id INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS bench_box (slot TEXT PRIMARY KEY, poll_id INTEGER NOT NULL, sealed {blob} NOT NULL)",
)
_MARK = (
    "INSERT INTO bench_mark (voter_id, poll_id)"
    " SELECT v.id, p.id FROM poll_voter v JOIN poll p ON p.id = v.poll_id"
    " WHERE v.id = {mark} AND p.id = {mark} AND NOT v.struck AND v.unit_id IN"
    " (SELECT unit_id FROM membership WHERE account_id = {mark} AND holder_id IS NOT NULL AND left_at IS NULL)"
    " AND p.state = 'open' AND p.opens_at <= {now} AND p.closes_at > {now} {lock} ON CONFLICT DO NOTHING"
)
_BOX = "INSERT INTO bench_box (slot, poll_id, sealed) VALUES ({mark}, {mark}, {mark})"
_KEPT = ("evidence", "record", "signer", "entry", "node", "payload", "household", "sent")
"""What is kept of one answer, a row of each."""
_ANSWER_TABLES = (
    "CREATE TABLE IF NOT EXISTS bench_collection (id INTEGER PRIMARY KEY, number INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS bench_turn (id INTEGER PRIMARY KEY, turn INTEGER NOT NULL)",
    *(f"CREATE TABLE IF NOT EXISTS bench_{kept} (id {{key}}, words TEXT NOT NULL)" for kept in _KEPT),
    "INSERT INTO bench_collection VALUES (1, 0), (2, 0) ON CONFLICT DO NOTHING",
    "INSERT INTO bench_turn SELECT id, 0 FROM consent_unit WHERE true ON CONFLICT DO NOTHING",
)
_NUMBER = "UPDATE bench_collection SET number = number + 1 WHERE id = {mark} RETURNING number, {now}"
_HER_LINE = (
    "SELECT u.id, u.turn, u.closes_at, h.holder_id, h.weight FROM consent_unit u"
    " JOIN consent_holder h ON h.consent_unit_id = u.id JOIN membership m ON m.holder_id = h.holder_id"
    " WHERE m.account_id = {mark} AND m.left_at IS NULL"
)
_TURN = "UPDATE bench_turn SET turn = turn + 1 WHERE id = {mark}"


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
        mark = "?" if self._is_sqlite else "%s"
        asked = f"SELECT account_id FROM login_session WHERE token_hash = {mark} AND ended_at IS NULL"
        return self.connection.execute(asked, (token_hash,)).fetchone()

    def prepare_votes(self) -> None:
        """Make tables like those of marks and of the box: in the poll's own the worker would try to open each row."""
        for statement in _VOTE_TABLES:
            self.connection.execute(statement.format(blob="BLOB" if self._is_sqlite else "BYTEA"))

    def vote(self, account: int, voter: int, poll: int, slot: str, sealed: bytes) -> bool:
        """Set a voter's mark and insert the sealed row, as the product promises it; whether she might vote.

        One statement tests whose line of the roll it is, the poll's state and, by the database's clock, the deadline;
        elsewhere than on SQLite it shares the poll's row. No foreign keys are checked.
        """
        here = {
            "mark": "?" if self._is_sqlite else "%s",
            "now": "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')" if self._is_sqlite else "clock_timestamp()",
            "lock": "" if self._is_sqlite else "FOR SHARE OF p",
        }
        self.connection.execute(self.begin_sql)
        try:
            marked = self.connection.execute(_MARK.format(**here), (voter, poll, account)).rowcount
            if marked == 1:
                self.connection.execute(_BOX.format(**here), (slot, poll, sealed))
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")
        return bool(marked == 1)

    def prepare_answers(self) -> None:
        """Make tables like those that an answer is kept in, and give each household a line."""
        key = "INTEGER PRIMARY KEY" if self._is_sqlite else "BIGSERIAL PRIMARY KEY"
        for statement in _ANSWER_TABLES:
            self.connection.execute(statement.format(key=key))

    def answer(self, account: int, row: Row) -> bool:
        """Keep a household's answer in as many rows as the product promises; whether she has a line to answer for.

        Her line is read, number and deadline are taken together, turn and trail are counted, and a row of each kind is
        inserted. No draft is taken, no foreign keys are checked, nothing is hashed.
        """
        here = {
            "mark": "?" if self._is_sqlite else "%s",
            "now": "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')" if self._is_sqlite else "clock_timestamp()",
        }
        number, kept = _NUMBER.format(**here), "INSERT INTO bench_{} (words) VALUES (" + here["mark"] + ")"
        self.connection.execute(self.begin_sql)
        try:
            self.connection.execute(number, (1,)).fetchone()
            line = self.connection.execute(_HER_LINE.format(**here), (account,)).fetchone()
            if line is not None:
                self.connection.execute(_TURN.format(**here), (line[0],))
                for name in _KEPT[:3]:
                    self.connection.execute(kept.format(name), (row[3],))
                self.connection.execute(number, (2,)).fetchone()
                for name in _KEPT[3:]:
                    self.connection.execute(kept.format(name), (row[3],))
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")
        return line is not None

    @property
    def _is_sqlite(self) -> bool:
        return self.begin_sql == "BEGIN IMMEDIATE"

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
