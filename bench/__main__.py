"""`python -m bench`: measure everything and print it; ends with 0 also when a target is missed."""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Callable, Sequence

from bench import consents, growing, hall, importing, pages, polling, signing, tally, trail
from bench.ground import Databases, databases
from bench.report import Report


def _pages(report: Report, where: Databases, quick: bool) -> None:
    rounds, seconds = (1, 0.2) if quick else (5, 1.0)
    pages.measure(report, where, rounds=rounds, seconds=seconds)


def _signing(report: Report, where: Databases, quick: bool) -> None:
    households, rounds = (16, 1) if quick else (416, 4)
    signing.measure(report, where, households=households, rounds=rounds)


def _importing(report: Report, where: Databases, _quick: bool) -> None:
    importing.measure(report, where)


def _trail(report: Report, where: Databases, quick: bool) -> None:
    if quick:
        trail.measure(report, where, entries=50, households=4, sizes=(300, 900), rounds=1)
        return
    # What a million entries show of a database, SQLite shows; filling another would take half of the run.
    sizes = (1_000, 10_000, 100_000, *([1_000_000] if where.kind == "sqlite" else []))
    trail.measure(report, where, entries=2_400, households=72, sizes=sizes, rounds=6)


def _consents(report: Report, where: Databases, quick: bool) -> None:
    sizes, rounds = ((84, 156), 1) if quick else ((1_008, 100_000), 3)
    consents.measure(report, where, sizes=sizes, rounds=rounds)


def _polling(report: Report, where: Databases, quick: bool) -> None:
    voters, rounds, seconds = (16, 1, 0.2) if quick else (400, 4, 1.0)
    polling.measure(report, where, voters=voters, rounds=rounds, seconds=seconds)


def _growing(report: Report, where: Databases, quick: bool) -> None:
    sizes, households = ((60, 120), 8) if quick else ((1_000, 10_000, 100_000), 24)
    growing.measure(report, where, sizes=sizes, households=households)


def _hall(report: Report, where: Databases, quick: bool) -> None:
    phones, seconds, opinions, hands = (12, 6.0, 1, 4) if quick else (300, 60.0, 60, 200)
    hall.measure(report, where, phones=phones, seconds=seconds, opinions=opinions, hands=hands)


def _tally(report: Report, quick: bool) -> None:
    tally.measure(report, quick=quick)


PARTS: dict[str, Callable[[Report, Databases, bool], None]] = {
    "pages": _pages,
    "signing": _signing,
    "consents": _consents,
    "polling": _polling,
    "growing": _growing,
    "hall": _hall,
    "importing": _importing,
    "trail": _trail,
}
WITHOUT_DATABASE: dict[str, Callable[[Report, bool], None]] = {"tally": _tally}
KINDS = ("sqlite", "postgres")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the parts that were asked for."""
    given = _arguments(arguments)
    report = Report()
    print(f"hearing bench on {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(
        "The ratios are the result: both sides of each were measured in turns, in this run. Absolute figures are noisy:"
    )
    print("whatever else runs on this machine moves them.")
    for part in given.part or (*PARTS, *WITHOUT_DATABASE):
        if part in WITHOUT_DATABASE:
            WITHOUT_DATABASE[part](report, given.quick)
            continue
        for kind in given.database or KINDS[: 1 if given.quick else 2]:
            with databases(kind) as where:
                PARTS[part](report, where, given.quick)
    report.close()


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--part", action="append", choices=[*PARTS, *WITHOUT_DATABASE], help="measure this part only; may be repeated"
    )
    parser.add_argument("--database", action="append", choices=KINDS, help="on this database only; may be repeated")
    parser.add_argument("--quick", action="store_true", help="a smoke run: small, and on SQLite unless told otherwise")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
