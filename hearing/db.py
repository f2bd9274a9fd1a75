"""The database: model base, the column types of the domain, one session, read and write transactions.

A request that only reads gets a transaction that cannot write; on SQLite it has connections of its own for that, as
"PRAGMA query_only" makes a connection forget every statement that it has prepared. On PostgreSQL the connections of
their own are for what is asked outside of any transaction (`glance.py`). A request that changes something
gets one that starts before its first read (BEGIN IMMEDIATE under the host's write lock on SQLite, READ COMMITTED
elsewhere).
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from inspect import iscoroutinefunction
from pathlib import Path
from typing import Annotated, Any, ClassVar
from weakref import WeakKeyDictionary

from flask import Flask
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy import (
    BigInteger,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    TypeDecorator,
    event,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Session, SessionTransaction, mapped_column
from sqlalchemy.types import TypeEngine

from hearing.config import Mode, Settings


class _Session(Session):
    """A session that on SQLite reads over one engine and writes over another."""

    def get_bind(self, *_mapper: Any, **_arguments: Any) -> Engine:
        """The engine of the transaction that has begun; before the first statement, that of the manner it will have."""
        begun: Connection | None = self.info.get(_BEGUN)
        if begun is not None:
            return begun.engine
        assert isinstance(self.bind, Engine)
        apart = is_reading() and self.bind.dialect.name == "sqlite"
        return _readers.get(self.bind, self.bind) if apart else self.bind


CONNECTION_LIVES = 3600
"""Seconds after which a connection to SQLite is opened anew, and reads the newest statistics."""
_BEGUN = "connection of the transaction"
_readers: WeakKeyDictionary[Engine, Engine] = WeakKeyDictionary()
"""The engine that reads beside an engine that writes."""

db = SQLAlchemy(session_options={"autoflush": True, "expire_on_commit": False, "class_": _Session})


@event.listens_for(_Session, "after_begin")
def _keep_connection(session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    session.info[_BEGUN] = connection


@event.listens_for(_Session, "after_transaction_end")
def _let_connection_go(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(_BEGUN, None)


class Instant(TypeDecorator[datetime]):
    """A moment in UTC, to the millisecond.

    PostgreSQL keeps timestamptz; SQLite keeps text like 2026-11-21T03:04:05.678Z, which sorts as time does.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        kind: TypeEngine[Any] = String(24) if dialect.name == "sqlite" else DateTime(timezone=True)
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        exact = value.astimezone(UTC).replace(microsecond=value.microsecond // 1000 * 1000)
        return sqlite_text(exact) if dialect.name == "sqlite" else exact

    def process_result_value(self, value: Any, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if isinstance(value, str):
            return datetime.fromisoformat(value)
        return value.astimezone(UTC)  # type: ignore[no-any-return]


def sqlite_text(moment: datetime) -> str:
    """The text that SQLite keeps for a moment in UTC."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


Id = Annotated[int, mapped_column(Integer, primary_key=True)]
Ref = Annotated[int, mapped_column(Integer, index=True)]
"""A foreign key; the model adds ForeignKey itself."""
UTCTime = Annotated[datetime, mapped_column(Instant)]
Fen = Annotated[int, mapped_column(BigInteger)]
"""Money in 1/100 yuan."""
AreaCenti = Annotated[int, mapped_column(Integer)]
"""Floor area in 1/100 m²."""
Name = Annotated[str, mapped_column(String(120))]
Label = Annotated[str, mapped_column(String(60))]
Code = Annotated[str, mapped_column(String(40))]
"""A state, kind or role: a StrEnum's value."""
LongText = Annotated[str, mapped_column(Text)]
Digest = Annotated[str, mapped_column(String(64))]
"""SHA-256 in lower-case hex."""
Blob = Annotated[bytes, mapped_column(LargeBinary)]


class Base(DeclarativeBase):
    """Every table of the product."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "ix": "ix_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
        }
    )


class Ledgered:
    """Mixin of the tables whose rows change only inside an act that the trail records."""

    append_only: ClassVar[bool] = False
    """Whether a row, once written, may never change: the database refuses too."""
    erasable: ClassVar[tuple[str, ...]] = ()
    """Columns of a row that only grows which may be blanked once nobody may keep them any longer, and only blanked."""


_reads_only: ContextVar[bool] = ContextVar("reads_only", default=False)


@contextmanager
def reading() -> Iterator[None]:
    """Transactions begun inside cannot write."""
    token = _reads_only.set(True)
    try:
        yield
    finally:
        _reads_only.reset(token)


@contextmanager
def aside() -> Iterator[None]:
    """Long work in the middle of a form: end the request's transaction, so that nobody waits for its write lock.

    What is read inside is read in a transaction that cannot write; the next statement after the block begins anew.
    """
    db.session.rollback()
    try:
        with reading():
            yield
    finally:
        db.session.rollback()


def connected() -> Connection:
    """The connection of this session's transaction, which begins with it: what `Session.connection` answers.

    That one looks each time whether its state allows it; an act in a crowd asks a dozen times.
    """
    session = db.session
    begun: Connection | None = session.info.get(_BEGUN)
    return begun if begun is not None else session.connection()


@contextmanager
def sent_together(connection: Connection) -> Iterator[None]:
    """Let PostgreSQL take several statements without an answer to each: while they run, every other act waits.

    For statements that return nothing. A broken promise shows when the block ends, and as SQLAlchemy says it.
    """
    driver = connection.connection.driver_connection
    if connection.dialect.name != "postgresql" or driver is None:
        yield
        return
    try:
        with driver.pipeline():
            yield
    except connection.dialect.loaded_dbapi.IntegrityError as error:
        raise IntegrityError(None, None, error) from error


def read_only(value: bool) -> None:
    """Let this request's coming transactions read only, or write."""
    _reads_only.set(value)


def is_reading() -> bool:
    """Whether transactions begun now cannot write."""
    return _reads_only.get()


class ReadsOnly(Exception):
    """Code that only reads asked for the engine that writes."""


class Busy(Exception):
    """Another writer held the database for longer than a person should wait."""


class WriteLock:
    """One writer a host, in turns: among threads by a lock, among processes by two files.

    SQLite's own waiting is a lottery under load; standing in a queue before BEGIN IMMEDIATE is not. Whoever holds the
    first file is next and waits for the second, so a process that has just written cannot step in again before it.
    """

    def __init__(self, path: Path, patience: float = 15.0) -> None:
        self._thread = threading.Lock()
        self._path, self._patience = path, patience
        self._files: tuple[int, int] | None = None

    def acquire(self) -> None:
        """Wait for the turn. Raises Busy after the patience in seconds."""
        until = time.monotonic() + self._patience
        if not self._thread.acquire(timeout=self._patience):
            raise Busy
        try:
            if self._files is None:
                self._files = (_lock_file(self._path.with_suffix(".next")), _lock_file(self._path))
            following, writing = self._files
            _take(following, until)
            try:
                _take(writing, until)
            finally:
                fcntl.flock(following, fcntl.LOCK_UN)
        except BaseException:
            self._thread.release()
            raise

    def release(self) -> None:
        """Let the next writer in."""
        if self._files is not None:
            fcntl.flock(self._files[1], fcntl.LOCK_UN)
        self._thread.release()


def _lock_file(path: Path) -> int:
    return os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)


def _take(file: int, until: float) -> None:
    """Lock a file. Waits a third of a millisecond at a time at first: an act holds its turn for a few. Raises Busy."""
    begun = time.monotonic()
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waited = time.monotonic() - begun
            if begun + waited > until:
                raise Busy from None
            # Behind something long, an import or a freeze, nobody needs to look so often.
            time.sleep(0.0003 if waited < 0.2 else 0.005)
        else:
            return


def init_app(app: Flask, settings: Settings) -> None:
    """Open the engines that the settings name and teach them our transactions."""
    options = engine_options(settings)
    on_sqlite = settings.database.startswith("sqlite")
    app.config["SQLALCHEMY_ENGINES"] = {"default": options, "reading": options if on_sqlite else _alone(options)}
    db.init_app(app)
    # The library also closes async sessions after each request, in an event loop made for it: a millisecond for
    # sessions that we never open.
    app.teardown_appcontext_funcs = [done for done in app.teardown_appcontext_funcs if not iscoroutinefunction(done)]
    if not on_sqlite:
        app.teardown_appcontext(_end_reading)  # Called before the library closes the session.
    with app.app_context():
        teach(db.engine, settings, db.engines["reading"])


def engines() -> tuple[Engine, ...]:
    """All engines of the application, for whoever listens to every statement."""
    return tuple(db.engines.values())


def reader() -> Engine:
    """The engine for whoever only reads and needs no session."""
    return _readers.get(db.engine, db.engine)


def engine_options(settings: Settings) -> dict[str, Any]:
    """Arguments of create_engine for the database that the settings name."""
    if settings.database.startswith("sqlite"):
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        if not settings.database_url:
            # Names and phones are nobody's business on this machine; the write-ahead log gets the mode of the file.
            os.close(os.open(settings.data_dir / "hearing.db", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
        options: dict[str, Any] = {
            "url": settings.database,
            "connect_args": {"timeout": 5},
            "pool_recycle": CONNECTION_LIVES,
        }
        newer = _newer_sqlite()
        return options | ({"module": newer} if newer is not None else {})
    return {
        "url": settings.database,
        "pool_pre_ping": True,
        "pool_size": 5,
        "max_overflow": 5,
        "pool_timeout": 10,
        "connect_args": {"options": "-c timezone=UTC -c lock_timeout=15s -c statement_timeout=60s"},
    }


def _alone(options: dict[str, Any]) -> dict[str, Any]:
    """For connections to PostgreSQL that are asked single statements: whoever asks has another way when one is gone."""
    reads_only = {"options": f"{options['connect_args']['options']} -c default_transaction_read_only=on"}
    pool = {"pool_pre_ping": False, "pool_size": 2, "max_overflow": 8}
    return options | pool | {"isolation_level": "AUTOCOMMIT", "connect_args": reads_only}


def teach(engine: Engine, settings: Settings, reader: Engine | None = None) -> None:
    """Give an engine the product's transaction manners, and another beside it that only reads."""
    if reader is not None:
        event.listen(engine, "engine_disposed", lambda _engine: reader.dispose())
        _readers[engine] = reader
    if engine.dialect.name != "sqlite":
        event.listen(engine, "begin", _begin_postgres)
        return
    # What was acknowledged must survive a power cut; tests cut no power, and a disk makes them wait for nothing.
    durable = "FULL" if settings.mode is not Mode.TESTING else "OFF"
    _teach_sqlite(engine, durable)
    _teach_to_write(engine, WriteLock(settings.data_dir / "write.lock"))
    if reader is not None:
        _teach_sqlite(reader, durable, "query_only=ON")
        event.listen(reader, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))


def _newer_sqlite() -> Any:
    """A newer SQLite: before 3.51.3 it can lose pages when two connections write and checkpoint at once."""
    try:
        import pysqlite3
    except ImportError:
        return None
    return pysqlite3


def _teach_sqlite(engine: Engine, durable: str, *further: str) -> None:
    pragmas = ("busy_timeout=5000", "journal_mode=WAL", f"synchronous={durable}", "foreign_keys=ON", *further)

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # We say BEGIN ourselves; the driver's own would come too late.
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}").close()


def _teach_to_write(engine: Engine, lock: WriteLock) -> None:
    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if is_reading():
            raise ReadsOnly
        lock.acquire()
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except BaseException:
            lock.release()
            raise
        connection.info["holds_write_lock"] = True

    @event.listens_for(engine, "checkin")
    def _checkin(_connection: Any, record: Any) -> None:
        # The engine's own commit and rollback events come before the database has done either; a connection
        # that goes back to the pool has certainly finished.
        if record.info.pop("holds_write_lock", False):
            lock.release()


def _end_reading(_error: BaseException | None) -> None:
    """End a transaction that could only read by COMMIT.

    At a ROLLBACK the driver forgets every statement that it has prepared, and the next page plans all of them anew.
    """
    if not db.session.in_transaction():
        return
    driver = db.session.connection().connection.driver_connection
    if driver is not None and driver.read_only and driver.info.transaction_status.name == "INTRANS":
        driver.commit()


def _begin_postgres(connection: Connection) -> None:
    # The driver says it with its BEGIN, so it costs no statement. Whether others may write is for the server to say:
    # after a failover it may be a copy that takes nothing.
    driver, manner = connection.connection.driver_connection, True if is_reading() else None
    assert driver is not None
    if driver.read_only is not manner:
        driver.read_only = manner
