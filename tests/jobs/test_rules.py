"""When work is given up, and how far it is."""

from __future__ import annotations

import pytest

from hearing.jobs import rules


@pytest.mark.parametrize(("tries", "over"), [(1, False), (2, False), (3, True), (4, True)])
def test_a_job_is_begun_three_times(tries: int, over: bool) -> None:
    assert rules.fails(tries) is over


@pytest.mark.parametrize(("done", "total", "shown"), [(0, 0, 0), (0, 3, 0), (1, 3, 33), (3, 3, 100), (9, 3, 100)])
def test_how_far_it_is_in_whole_hundredths(done: int, total: int, shown: int) -> None:
    assert rules.percent(done, total) == shown
