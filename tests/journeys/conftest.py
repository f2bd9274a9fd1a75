"""Journeys: a real browser at the size of a phone, on a server and a database of its own for each walk."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from jinja2 import BytecodeCache
from playwright.sync_api import Browser, sync_playwright

from hearing import clock
from tests import database
from tests.cast import Cast
from tests.journeys.phone import Phone
from tests.journeys.server import Live, serving

# A test machine has no sandbox for root and no graphics card, and nothing here may call home.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--font-render-hinting=none",
    "--force-color-profile=srgb",
)

Measure = Callable[[str, str], None]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser program, started once for each test process."""
    program = shutil.which("chromium")
    assert program, "no chromium on PATH; `make test` installs it, or says how"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def live(settled: tuple[str, Cast], compiled_templates: BytecodeCache, tmp_path: Path) -> Iterator[Live]:
    """A server on a fresh copy of the settled database."""
    with database.database(tmp_path, like=settled[0]) as url, serving(tmp_path / "var", url) as server:
        server.app.jinja_env.bytecode_cache = compiled_templates
        clock.shift(timedelta(0))
        yield server
        clock.shift(timedelta(0))


@pytest.fixture
def phones(chromium: Browser, live: Live) -> Iterator[Callable[..., Phone]]:
    """New phones, each with cookies of its own: `phones()`, `phones(script=False)`. All must be well at the end."""
    with ExitStack() as handed_out:

        def phone(*, script: bool = True, language: str = "zh-CN") -> Phone:
            return handed_out.enter_context(Phone.held(chromium, live.url, script=script, language=language))

        yield phone


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def phone(request: pytest.FixtureRequest, phones: Callable[..., Phone]) -> Phone:
    """One phone, once with JavaScript and once without."""
    return phones(script=request.param)


@pytest.fixture
def measured(record_property: Callable[[str, object], None]) -> Measure:
    """Keep a figure to be printed at the end of the run: `measured("first visit", "41.2 KB")`."""
    return lambda what, figure: record_property("measured", f"{what}: {figure}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what was measured, also when the tests ran in other processes."""
    reports = [report for found in terminalreporter.stats.values() for report in found]
    for report in reports:
        if isinstance(report, pytest.TestReport) and report.when == "call":
            for name, figure in report.user_properties:
                if name == "measured":
                    terminalreporter.write_line(f"measured  {figure}")
