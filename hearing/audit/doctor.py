"""Doctor 体检: what of an installation is protected and what is not, in one line each."""

from __future__ import annotations

import shutil
import stat
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from sqlalchemy import Connection, Table, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from hearing.audit import checking, standing
from hearing.audit.keyring import NoKey
from hearing.audit.note import NoteError
from hearing.audit.publisher import Publisher
from hearing.clock import by_server, now
from hearing.config import Mode, Settings
from hearing.db import Base, Ledgered
from hearing.printing import seal

CLOCKS_APART = 5
"""Seconds by which the application's clock and the database's may differ."""
SEAL_SOON = 30
"""Days before its end from which a seal's certificate is asked to be replaced."""
LOW, EMPTY = 2 * 1024**3, 256 * 1024**2
"""Free bytes below which the disk is nearly full, and below which it must be expected to fail today."""


class Health(IntEnum):
    """How a thing stands."""

    GOOD = 0
    WARNING = 1
    BAD = 2


MARKS = {Health.GOOD: "ok  ", Health.WARNING: "note", Health.BAD: "BAD "}


@dataclass(frozen=True, slots=True)
class Line:
    """One finding, in a plain sentence."""

    health: Health
    words: str

    def __str__(self) -> str:
        return f"{MARKS[self.health]} {self.words}"


def examine(
    session: Session,
    settings: Settings,
    publisher: Publisher,
    revision: tuple[str | None, str | None],
    more: Mapping[str, Callable[[], Iterator[Line]]] | None = None,
) -> list[Line]:
    """Look at database, keys, folders, publishing, clock, disk and the last full check.

    `revision` is the schema's: what the database has, and what this version wants. `more` are looks at things of which
    the trail knows nothing, by their names. A thing that cannot be looked at is bad, and the others are looked at all
    the same.
    """
    parts: dict[str, Callable[[], Iterator[Line]]] = {
        "database": lambda: _database(session, revision),
        "keys": lambda: _keys(settings),
        "folders": lambda: _folders(settings),
        "publishing": lambda: _publishing(settings, publisher),
        "full check": lambda: _last_check(session, settings),
        "clock": lambda: _clock(session),
        "disk": lambda: _disk(settings),
        "address": lambda: _address(settings),
        "seal": lambda: _seal(settings),
        **(more or {}),
    }
    lines: list[Line] = []
    for name, look in parts.items():
        try:
            lines += look()
        except (SQLAlchemyError, OSError) as error:
            session.rollback()
            lines.append(Line(Health.BAD, f"{name}: cannot be looked at ({type(error).__name__})"))
    return lines


def growing() -> list[str]:
    """The tables that only grow."""
    return sorted(
        mapper.local_table.name
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, Ledgered) and mapper.class_.append_only and isinstance(mapper.local_table, Table)
    )


def _database(session: Session, revision: tuple[str | None, str | None]) -> Iterator[Line]:
    has, wants = revision
    if has == wants:
        yield Line(Health.GOOD, f"schema: revision {has}, as this version wants it")
    else:
        yield Line(Health.BAD, f"schema: revision {has}, this version wants {wants}: run hearing init")
    connection = session.connection()
    yield from _on_sqlite(connection) if connection.dialect.name == "sqlite" else _on_postgres(connection)


def _on_sqlite(connection: Connection) -> Iterator[Line]:
    found = set(connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars())
    bare = [t for t in growing() if not {f"{t}_keeps_update", f"{t}_keeps_delete"} <= found]
    yield _triggers(bare)
    yield Line(
        Health.WARNING,
        "grants: SQLite has none. Whoever may write the file may remove its triggers; signed heads, receipts and "
        "witnesses show it afterwards",
    )


_ENABLED = text("""SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE t.tgname = c.relname || '_only_grows' AND t.tgenabled IN ('O', 'A') AND pg_table_is_visible(c.oid)""")
_MAY = text("""SELECT c.relname, pg_has_role(c.relowner, 'MEMBER') AS owns,
has_table_privilege(c.oid, 'UPDATE, DELETE, TRUNCATE, TRIGGER') AS may
FROM pg_class c WHERE c.relkind = 'r' AND c.relname = ANY(:tables) AND pg_table_is_visible(c.oid)""")


def _on_postgres(connection: Connection) -> Iterator[Line]:
    enabled = set(connection.execute(_ENABLED).scalars())
    yield _triggers([table for table in growing() if table not in enabled])
    role = connection.execute(text("SELECT current_user")).scalar_one()
    tables = [*growing(), "log_payload"]
    rights = connection.execute(_MAY, {"tables": tables}).all()
    if owned := [row.relname for row in rights if row.owns]:
        yield Line(
            Health.BAD,
            f"grants: the application's role {role} owns {len(owned)} tables that only grow: it may switch triggers "
            "off: give them another owner, HEARING_DATABASE_OWNER_URL, and run hearing init",
        )
    elif loose := [row.relname for row in rights if row.may]:
        yield Line(Health.BAD, f"grants: {role} may change or empty {', '.join(loose)}: run hearing init as the owner")
    else:
        yield Line(Health.GOOD, f"grants: {role} may add to {len(rights)} tables and read them, and no more")


def _triggers(bare: list[str]) -> Line:
    if bare:
        return Line(Health.BAD, f"triggers: missing or switched off on {', '.join(bare)}")
    return Line(Health.GOOD, f"triggers: all {len(growing())} tables that only grow refuse to change or delete a row")


def _seal(settings: Settings) -> Iterator[Line]:
    try:
        found = seal.of(settings)
        if found is None:
            return
        moment = by_server()
        found.check(moment)
    except seal.SealTrouble as trouble:
        yield Line(Health.BAD, f"seal: {trouble}; certificates and case files are not handed out without it")
        return
    left = (found.until - moment).days
    if found.trial:
        yield Line(Health.WARNING, f"seal: {found.owner} vouches for itself: for trying out only, {left} days left")
    elif left < SEAL_SOON:
        yield Line(Health.WARNING, f"seal: {found.owner} is good for {left} more days: get a new one now")
    else:
        yield Line(Health.GOOD, f"seal: {found.owner}, good for {left} days")


def _keys(settings: Settings) -> Iterator[Line]:
    if settings.keys_dir.is_dir():
        yield _closed(settings.keys_dir)
    files = sorted(path for path in settings.keys_dir.glob("*") if path.is_file())
    yield from (_closed(path) for path in files)
    if not (settings.keys_dir / "log.key").exists() and not settings.signer_socket:
        yield Line(Health.BAD, "keys: log.key is missing: acts are recorded and nothing is signed; put it back")


def _folders(settings: Settings) -> Iterator[Line]:
    for folder in (settings.data_dir, settings.files_dir):
        if not folder.exists():
            continue
        if folder.stat().st_mode & stat.S_IWOTH:
            yield Line(Health.BAD, f"folder: anybody may write {folder.name}/: chmod o-w")
        elif folder.stat().st_mode & stat.S_IROTH and folder == settings.files_dir:
            yield Line(Health.WARNING, f"folder: anybody on this machine may read {folder.name}/: chmod 700")
        else:
            yield Line(Health.GOOD, f"folder: {folder.name}/ {_mode(folder)}")
    for path in settings.data_dir.glob("*.db*"):
        if path.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH):
            yield Line(Health.WARNING, f"folder: anybody on this machine may open {path.name}: chmod 600")


def _closed(path: Path) -> Line:
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        wanted = "700" if path.is_dir() else "600"
        return Line(Health.BAD, f"keys: {path.name} is open to others ({_mode(path)}): chmod {wanted}")
    return Line(Health.GOOD, f"keys: {path.name} {_mode(path)}")


def _mode(path: Path) -> str:
    return stat.filemode(path.stat().st_mode)


def _publishing(settings: Settings, publisher: Publisher) -> Iterator[Line]:
    state = standing.read(settings)
    try:
        head = publisher.last()
    except (NoteError, NoKey) as error:
        yield Line(Health.BAD, f"publishing: the signed head cannot be read ({error})")
        return
    size = head.checkpoint.size if head else 0
    if state.refusal:
        yield Line(Health.BAD, f"publishing: stopped after {size} entries: {state.refusal}. See the runbook")
    elif state.trouble:
        yield Line(Health.BAD, f"publishing: {size} entries are signed; now in trouble: {state.trouble}")
    elif head is None:
        yield Line(Health.WARNING, "publishing: nothing has been signed yet; is hearing serve running?")
    else:
        yield Line(Health.GOOD, f"publishing: {size} entries are signed, last at {_moment(state.at)}")
    for witness in state.witnesses:
        seen = f"has seen {witness.size} entries" if witness.size is not None else "has seen nothing yet"
        words = f"witness: {witness.name} {seen}"
        yield Line(Health.WARNING, f"{words}; {witness.trouble}") if witness.trouble else Line(Health.GOOD, words)
    if head is not None and not state.quorum_met:
        yield Line(Health.WARNING, "witness: nobody outside has witnessed the signed head; see the runbook")


def _last_check(session: Session, settings: Settings) -> Iterator[Line]:
    check = checking.last(settings)
    if check is None:
        yield Line(Health.WARNING, "full check: none yet; is hearing serve running?")
        return
    age = (now(session) - check.at).total_seconds()
    if not check.ok:
        yield Line(Health.BAD, f"full check: failed at {_moment(check.at)}: {check.en}")
    elif age > 3 * settings.check_every:
        yield Line(Health.WARNING, f"full check: the last was at {_moment(check.at)}; is hearing serve running?")
    else:
        yield Line(Health.GOOD, f"full check: {check.size} entries passed at {_moment(check.at)}")


def _clock(session: Session) -> Iterator[Line]:
    apart = now(session).timestamp() - time.time()
    health = Health.GOOD if abs(apart) <= CLOCKS_APART else Health.BAD
    words = f"clock: database and application are {abs(apart):.1f} s apart"
    yield Line(health, words if health is Health.GOOD else f"{words}: let NTP set both; deadlines follow the database")


def _disk(settings: Settings) -> Iterator[Line]:
    free = shutil.disk_usage(settings.data_dir).free
    health = Health.BAD if free < EMPTY else Health.WARNING if free < LOW else Health.GOOD
    yield Line(health, f"disk: {free / 1024**3:.1f} GB are free where {settings.data_dir.name}/ lies")


def _address(settings: Settings) -> Iterator[Line]:
    if settings.mode is Mode.PRODUCTION and not settings.secure:
        yield Line(Health.BAD, "address: HEARING_BASE_URL is not https: what residents type can be read on the way")
    if settings.database_owner_url:
        yield Line(
            Health.WARNING,
            "address: HEARING_DATABASE_OWNER_URL is set here; leave it out of the environment of hearing serve",
        )


def _moment(moment: object) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC" if moment is not None else "an unknown time"
