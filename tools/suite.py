"""Suite: runs every test on SQLite, then on PostgreSQL, then the journeys in a browser, hearings there on both.

`python -m tools.suite` runs all of them, `python -m tools.suite torture` only tests/torture, on both databases, and the
random courses of the rules at their full length.
One line of result each. A failing run does not hide the later ones; any failure makes the whole fail.
"""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SPREAD = ["-n", str(min(4, os.cpu_count() or 1)), "--dist=worksteal"]

SQLITE, POSTGRES = {"HEARING_TEST_DB": "sqlite"}, {"HEARING_TEST_DB": "postgres"}
# Where many act at once, the databases differ most: a hall of phones is walked on both.
HEARINGS = [f"tests/journeys/test_{name}.py" for name in ("hearing", "waste", "council")]
# They ask no database; `make test` walks short courses of them.
COURSES = ["tests/consents/test_machine.py", "tests/meetings/test_rules_machine.py"]
RUNS: dict[str, list[tuple[str, dict[str, str], list[str]]]] = {
    "all": [
        ("SQLite", SQLITE, ["tests", "--ignore=tests/journeys", *SPREAD]),
        ("PostgreSQL", POSTGRES, ["tests", "--ignore=tests/journeys", *SPREAD]),
        ("browser", SQLITE, ["tests/journeys", *SPREAD]),
        ("browser, PostgreSQL", POSTGRES, [*HEARINGS, *SPREAD]),
    ],
    "torture": [
        ("SQLite", SQLITE, ["tests/torture"]),
        ("PostgreSQL", POSTGRES, ["tests/torture"]),
        ("random courses", SQLITE, COURSES),
    ],
}


def run(settings: dict[str, str], options: list[str]) -> tuple[bool, str]:
    """Run pytest, showing its output as it comes; return whether it passed, and its closing line."""
    command = [sys.executable, "-m", "pytest", "-q", "--durations=5", *options]
    last = ""
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **settings},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as process:
        assert process.stdout
        for line in process.stdout:
            print(line, end="", flush=True)
            last = line.strip("= \n") or last
    return process.returncode == 0, last


def main() -> None:
    """Run what was asked for and print the summary. Exits with 1 when anything failed."""
    # Processes that share a run must agree on the order of sets; another order every run finds tests that rely on it.
    seed = os.environ.setdefault("PYTHONHASHSEED", str(random.randrange(2**32)))
    start, lines, good = time.monotonic(), [], True
    for name, settings, options in RUNS[sys.argv[1] if sys.argv[1:] else "all"]:
        print(f"\n---- {name}", flush=True)
        passed, closing = run(settings, options)
        good = good and passed
        lines.append(f"{'pass' if passed else 'FAIL'}  {name}: {closing}")
    print(
        "\n"
        + "\n".join(lines)
        + f"\n{'pass' if good else 'FAIL'}  in {time.monotonic() - start:.0f} s (PYTHONHASHSEED={seed})",
        flush=True,
    )
    sys.exit(not good)


if __name__ == "__main__":
    main()
