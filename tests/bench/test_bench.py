"""The benchmarks run: small, on this run's database. What they measure here says nothing, whether they count does."""

import os
from pathlib import Path

import pytest

from bench import __main__ as command
from bench.ground import databases
from bench.load import Answer, Run
from bench.report import MISSED, Report
from tests import database

KIND = "postgres" if database.on_postgres() else "sqlite"
SPEED = ("br", "identity", "to a bare insert route", "p95 ms", "seconds", "growth")
"""In the names of the targets that a loaded machine may miss."""


@pytest.mark.parametrize("part", command.PARTS)
def test_every_part_measures_and_nothing_is_lost_or_wrong(
    part: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = Report()
    with databases(KIND, tmp_path, os.environ.get(database.SERVER, "")) as where:
        command.PARTS[part](report, where, True)

    assert [line for line in report.missed if not any(word in line for word in SPEED)] == []
    assert report.met
    assert where.name in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


def test_a_part_without_a_database_measures_too(capsys: pytest.CaptureFixture[str]) -> None:
    report = Report()
    command.WITHOUT_DATABASE["tally"](report, True)

    assert report.met + len(report.missed) == 2
    assert [line for line in report.missed if not any(word in line for word in SPEED)] == []
    assert "a lane (made), 300 × 12" in capsys.readouterr().out


def test_a_missed_target_is_marked_and_named_and_the_command_ends_well(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def slow(report: Report, *_: object) -> None:
        report.table(("", "ratio"), [("a page", report.at_least("a page", 0.2, 0.5, "0.20"))])

    monkeypatch.setattr(command, "PARTS", {"slow": slow})
    monkeypatch.setattr(command, "WITHOUT_DATABASE", {})
    command.main(["--quick"])

    said = capsys.readouterr().out
    assert f"0.20 {MISSED}" in said
    assert "0 targets met, 1 missed" in said
    assert f"{MISSED} a page: 0.20, wanted ≥ 0.5" in said


def test_a_target_is_met_on_the_line() -> None:
    report = Report()

    assert report.at_least("rate", 0.5, 0.5, "0.50") == "0.50 ok"
    assert report.at_most("wait", 60, 60, "60") == "60 ok"
    assert (report.met, report.missed) == (2, [])


def test_percentiles_are_of_the_answers_in_milliseconds() -> None:
    run = Run([Answer(number, 200, number / 1000, 1, b"") for number in range(101)], 2.0)

    assert run.percentile(50) == pytest.approx(50)
    assert run.percentile(95) == pytest.approx(95)
    assert run.rate == 50.5
    assert run.unlike(200) == 0
    assert run.unlike(303) == 101
