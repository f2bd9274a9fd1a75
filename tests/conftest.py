"""Fixtures of every test; the databases come from `tests/database.py`."""

import os
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import cast as cast_to

import pytest
from flask import Flask
from hypothesis import settings
from jinja2 import BytecodeCache, FileSystemBytecodeCache
from werkzeug.routing import Rule

from hearing import clock
from hearing.app import create_app
from hearing.config import Mode, Settings
from hearing.db import db
from hearing.people.viewer import Viewer
from tests import database, schema
from tests.browser import Browser
from tests.cast import Cast, settle

# Two cores are shared with other work, so no example is slow enough to be an error.
settings.register_profile("hearing", deadline=None, print_blob=True)
settings.load_profile("hearing")


def pytest_configure(config: pytest.Config) -> None:
    """Start PostgreSQL once, in the process that leads; the processes it starts inherit the address."""
    leads = not hasattr(config, "workerinput")
    if leads and database.on_postgres() and database.SERVER not in os.environ:
        os.environ[database.SERVER] = database.start_server()


class NothingSkipped:
    """A test that did not run proves nothing: a skip fails the run and is named."""

    def __init__(self) -> None:
        self.skipped: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Collect skips, on every worker's behalf."""
        if report.skipped:
            self.skipped.add(report.nodeid)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Turn a passing run with skips into a failing one."""
        if self.skipped and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say which tests made the run fail without failing themselves."""
        for nodeid in sorted(self.skipped):
            terminalreporter.write_line(f"SKIPPED, which counts as a failure: {nodeid}", red=True)


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Watch for skips."""
    session.config.pluginmanager.register(NothingSkipped())


@pytest.fixture(autouse=True)
def remembered(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the verifier remembers during one test, made by it when it does."""
    place = tmp_path_factory.getbasetemp() / f"remembered-{uuid.uuid4().hex[:12]}"
    monkeypatch.setenv("XDG_STATE_HOME", str(place))
    return place


@pytest.fixture(scope="session")
def database_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The SQLAlchemy URL of an empty database that this test process has for itself."""
    with database.database(tmp_path_factory.mktemp("database")) as url:
        yield url


@pytest.fixture(scope="session")
def torture_scale() -> int:
    """How many times larger than in `make test` the races and crashes run; `make torture` sets it."""
    return int(os.environ.get("HEARING_TORTURE_SCALE", "1"))


@pytest.fixture(scope="session")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Cast]]:
    """A database with the schema and the cast, to be copied and never used itself."""
    folder = tmp_path_factory.mktemp("settled")
    with database.database(folder) as url:
        app = create_app(Settings(mode=Mode.TESTING, data_dir=folder, database_url=url))
        with app.app_context():
            try:
                schema.build(db.engine)
                with schema.door_open():
                    cast = settle(db.session)
            finally:
                db.session.close()
                db.engine.dispose()
        yield url, cast


@pytest.fixture
def cast(settled: tuple[str, Cast]) -> Cast:
    """The numbers of the cast in this test's database."""
    return settled[1]


@pytest.fixture(scope="session", autouse=True)
def compiled_addresses() -> Iterator[None]:
    """Addresses are compiled once in this process too: that is nearly all of what making an application takes.

    What Werkzeug compiles from a rule knows the rule only by its parts and is bound to the rule afterwards.
    """
    compiled: dict[tuple[str, bool], Callable[..., tuple[str, str]]] = {}
    compile_builder = Rule._compile_builder

    def once(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = repr((rule.rule, rule._trace, rule.defaults)), append_unknown
        if key not in compiled:
            compiled[key] = compile_builder(rule, append_unknown)
        return compiled[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", once)
        yield


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> BytecodeCache:
    """Templates are compiled once in this process, not once for the application of each test."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def app(settled: tuple[str, Cast], compiled_templates: BytecodeCache, tmp_path: Path) -> Iterator[Flask]:
    """The application on a fresh copy of the settled database."""
    with database.database(tmp_path, like=settled[0]) as url:
        settings = Settings(mode=Mode.TESTING, data_dir=tmp_path / "var", database_url=url, secret_key="t" * 40)
        app = create_app(settings)
        app.test_client_class = Browser
        app.jinja_env.bytecode_cache = compiled_templates
        clock.shift(timedelta(0))
        yield app
        clock.shift(timedelta(0))
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> Browser:
    """A visitor's browser."""
    return cast_to(Browser, app.test_client())


@pytest.fixture
def at_desk(app: Flask) -> Iterator[Callable[[str], Viewer]]:
    """Inside an application context: people of the cast as viewers, for tests of actions."""
    with app.app_context():
        yield schema.viewer
