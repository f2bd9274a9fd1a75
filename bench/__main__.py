"""`python -m bench`: measure everything and print it; ends with 0 also when a target is missed."""

from __future__ import annotations

import argparse
import os
import platform

from bench import trail
from bench.ground import databases
from bench.report import Report

PARTS = ("trail",)


def main() -> None:
    """Run the parts that were asked for."""
    given = _arguments()
    report = Report()
    print(f"hearing bench on {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print("Ratios are the result: both sides were measured in turns. Absolute figures are noisy: other work on this")
    print("machine moves them.")
    for kind in given.database:
        with databases(kind) as where:
            if "trail" in given.part:
                sizes = (300, 1_200) if given.quick else (1_000, 10_000, 100_000)
                trail.measure(report, where, 100 if given.quick else 10_000, sizes)
    report.close()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("part", nargs="*", default=PARTS, help=f"what to measure: {', '.join(PARTS)}")
    parser.add_argument("--database", nargs="*", default=["sqlite", "postgres"], choices=["sqlite", "postgres"])
    parser.add_argument("--quick", action="store_true", help="a smoke run of 20 seconds, on SQLite")
    given = parser.parse_args()
    if given.quick:
        given.database = ["sqlite"]
    return given


if __name__ == "__main__":
    main()
