"""Tally: reading an election and counting it by equal shares, against one pass of the csv reader over the file, and
against pabutools where it is installed (GPL, never a dependency)."""

from __future__ import annotations

import csv
import gzip
import importlib
import importlib.util
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any, TypeVar

from bench.report import Report
from hearing.ballots import pabulib, pb_writing
from hearing.ballots.tally import Ballot, Completion, Method, Profile, Project, Rule, tally

REAL = Path(__file__).resolve().parents[2] / "shared" / "data" / "pabulib"
OVER_PABUTOOLS = 30.0
PABUTOOLS_VOTERS = 10_000
"""Beyond so many voters pabutools is not asked: it takes minutes and gigabytes."""

T = TypeVar("T")


@dataclass(frozen=True)
class Size:
    """A real file, the size of an election made in its place where it is not there, and the targets."""

    name: str
    file: str
    voters: int
    projects: int
    budget: int
    named: float
    """Projects on a ballot, on average."""
    seconds: float | None = None
    megabytes: float | None = None


SIZES = (
    Size("Wieliczka", "Poland_Wieliczka_2023_Green_Budget.pb", 6_586, 64, 1_000_000, 2.5, seconds=0.3, megabytes=60),
    Size("Wawer", "Poland_Warszawa_2020_Wawer.pb", 5_452, 137, 2_493_341, 8.0),
    Size("Łódź", "Poland_Lodz_2022.pb.gz", 90_494, 160, 6_112_868, 3.0, seconds=0.5),
)
SMALL = (Size("a lane", "-", 300, 12, 50_000, 3.0, seconds=0.3, megabytes=60),)


def measure(report: Report, *, quick: bool) -> None:
    """Parse, equal shares, and Add1U with its whole record: processor seconds and memory."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for size in SMALL if quick else SIZES:
            path = REAL / size.file
            made = not path.exists()
            if made:
                path = Path(folder) / f"{size.voters}.pb"
                path.write_bytes(generated(size))
            rows.append(_row(report, size, path, made=made))
    report.heading(
        "Tally: processor seconds, the best of three",
        "csv: one pass of the standard library's reader over the same file, in the same run",
        "load + Add1U: with the record of all rounds, without margins; MB: the largest the process was, beyond Python",
        "a made election stands in where a real one is not there; their ballots differ more, which is harder",
        f"not in these seconds, but in MB: numpy's import, once in a process, {_import():.2f}",
    )
    report.table(("", "csv", "parse", "MES", "Add1U", "load + Add1U", "× csv", "MB", "pabutools Add1"), rows)


def _row(report: Report, size: Size, path: Path, *, made: bool) -> tuple[str, ...]:
    text = _text(path)
    least, _ = _best(lambda: sum(len(row) for row in csv.reader(StringIO(text), delimiter=";")))
    parse, election = _best(lambda: pabulib.read(path))
    ids = tuple(project.id for project in election.profile.projects)
    plain, _ = _best(lambda: tally(election.profile, Rule(Method.SHARES, lot=ids), margins=False))
    full, _ = _best(lambda: tally(election.profile, Rule(Method.SHARES, Completion.ADD1U, lot=ids), margins=False))
    name = f"{size.name}{' (made)' if made else ''}, {election.profile.voters:,} × {len(ids)}"
    whole, megabytes = parse + full, _memory(path)
    shown, much = f"{whole:.2f}", f"{megabytes:.0f}"
    if size.seconds is not None:
        shown = report.at_most(f"load and Add1U, {name}, processor seconds", whole, size.seconds, shown)
    if size.megabytes is not None:
        much = report.at_most(f"memory of Add1U, {name}, MB", megabytes, size.megabytes, much)
    theirs = _pabutools(path, election.profile)
    peer = "–"
    if theirs is not None:
        ours, _ = _best(lambda: tally(election.profile, Rule(Method.SHARES, Completion.ADD1E, lot=ids), margins=False))
        said = f"{theirs:.1f} s, {theirs / ours:.0f} times ours"
        peer = report.at_least(f"times quicker than pabutools, {name}", theirs / ours, OVER_PABUTOOLS, said)
    return (name, *(f"{each:.3f}" for each in (least, parse, plain, full)), shown, f"{whole / least:.1f}", much, peer)


def _best(work: Callable[[], T], times: int = 3) -> tuple[float, T]:
    """The least processor time of several, and the last result."""
    found = []
    for _ in range(times):
        begun = time.process_time()
        result = work()
        found.append(time.process_time() - begun)
    return min(found), result


def _text(path: Path) -> str:
    content = path.read_bytes()
    return (gzip.decompress(content) if path.suffix == ".gz" else content).decode()


_IMPORT = """
import time
begun = time.process_time()
import numpy
print(time.process_time() - begun)
"""


def _import() -> float:
    """Processor seconds of importing numpy in a process of its own, the least of three."""
    command = [sys.executable, "-c", _IMPORT]
    return min(float(subprocess.run(command, capture_output=True, text=True, check=True).stdout) for _ in range(3))


_COUNT = """
import sys
from pathlib import Path
def peak():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
before = peak()
from hearing.ballots import pabulib
from hearing.ballots.tally import Completion, Method, Rule, tally
profile = pabulib.read(Path(sys.argv[1])).profile
lot = tuple(project.id for project in profile.projects)
tally(profile, Rule(Method.SHARES, Completion.ADD1U, lot=lot), margins=False)
print(peak() - before)
"""


def _memory(path: Path) -> float:
    """MB by which a process of its own grew that did nothing else. Its peak is the system's own figure (Linux)."""
    done = subprocess.run([sys.executable, "-c", _COUNT, path], capture_output=True, text=True, check=True)
    return int(done.stdout) / 1024


def _pabutools(path: Path, profile: Profile) -> float | None:
    """What pabutools takes for Add1 that stops at an exhaustive outcome, exactly; None where it is not asked."""
    if importlib.util.find_spec("pabutools") is None or profile.voters > PABUTOOLS_VOTERS or profile.scored:
        return None
    election: Any = importlib.import_module("pabutools.election")
    rules: Any = importlib.import_module("pabutools.rules")
    reading: Any = importlib.import_module("pabutools.election.pabulib")
    instance, ballots = reading.parse_pabulib_from_string(_text(path))
    merged = ballots.as_multiprofile()

    def count() -> object:
        return rules.method_of_equal_shares(instance, merged, sat_class=election.Cost_Sat, voter_budget_increment=1)

    return _best(count, times=1)[0]


def generated(size: Size) -> bytes:
    """An election of this size: few projects are wanted by many, costs are round, one ballot in three names one."""
    chance = random.Random(size.voters)
    weights = [1 / (place + 2) for place in range(size.projects)]
    costs = [100 * chance.randint(size.budget // 10_000, size.budget // 500) * 100 for _ in range(size.projects)]
    projects = tuple(Project(str(place + 1), cost) for place, cost in enumerate(costs))
    cast: list[Ballot] = []
    for _ in range(size.voters):
        number = 1 if chance.random() < 1 / 3 else chance.randint(1, max(1, round(2 * size.named)))
        cast.append(Ballot(tuple(sorted(set(chance.choices(range(size.projects), weights, k=number))))))
    profile = Profile(projects, Counter(cast), size.budget * 100)
    meta = {"description": size.name, "vote_type": "approval", "rule": "unknown"}
    return pb_writing.written(profile, meta, ((str(number), ballot) for number, ballot in enumerate(cast, 1)))
