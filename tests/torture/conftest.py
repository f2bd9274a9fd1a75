"""Torture: races, crashes and tampering at any size. `make test` runs them small, `make torture` at SCALE times that.

A test takes `torture_scale` for how many hands, rounds or kills, or `again`, and is then run over several times.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.consents.conftest import opened, stage
from tests.torture import writers

__all__ = ["opened", "stage"]

ROUNDS = max(1, int(os.environ.get("HEARING_TORTURE_SCALE", "1")) // 4)
"""How often a race runs that is as large as it can be already."""


@pytest.fixture(scope="session")
def nursery() -> Iterator[writers.Nursery]:
    """The process that forks writers; one for all tests, as it takes a while to start."""
    with writers.start() as found:
        yield found


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Repeat the tests that ask for it."""
    if "again" in metafunc.fixturenames:
        metafunc.parametrize("again", range(ROUNDS))
