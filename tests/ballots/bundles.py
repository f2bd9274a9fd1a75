"""Bundles of made elections, and what Pabulib's format asks of a file."""

import csv
import importlib
import importlib.util
from collections import Counter
from datetime import date
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import strategies as st

from hearing.audit import canonical
from hearing.ballots import recount
from hearing.ballots.bundle import About, Published, files, written
from hearing.ballots.rules import Kind
from hearing.ballots.tally import (
    Ballot,
    Profile,
    Project,
    Record,
    Rule,
    ballot_of,
    points_of_ranking,
    pots_record,
    tally,
    tally_pots,
)

KINDS = st.sampled_from([Kind.APPROVAL, Kind.POINTS, Kind.RANKING])


@st.composite
def elections(draw: st.DrawFn, kinds: st.SearchStrategy[Kind] = KINDS) -> tuple[Kind, Profile]:
    """Small elections with few different costs and blank ballots among them, so that ties are the rule."""
    kind = draw(kinds)
    number = draw(st.integers(1, 6))
    costs = draw(st.lists(st.sampled_from([100, 200, 300, 650, 1000]), min_size=number, max_size=number))
    ballots: Counter[Ballot] = Counter()
    for _ in range(draw(st.integers(1, 8))):
        chosen = draw(st.lists(st.integers(0, number - 1), unique=True))
        match kind:
            case Kind.RANKING:
                ballot = ballot_of(points_of_ranking(chosen), scored=True)
            case Kind.POINTS:
                ballot = ballot_of([(p, draw(st.integers(0, 3))) for p in chosen], scored=True)
            case _:
                ballot = ballot_of([(p, 1) for p in chosen], scored=False)
        ballots[ballot] += draw(st.integers(1, 3))
    projects = tuple(Project(f"p{place}", cost, "green" if place % 2 else "grey") for place, cost in enumerate(costs))
    budget = 50 * draw(st.integers(2, 60))
    return kind, Profile(projects, ballots, budget, 100, scored=kind is not Kind.APPROVAL)


def lot_of(profile: Profile) -> tuple[str, ...]:
    return tuple(sorted((project.id for project in profile.projects), reverse=True))


def about(profile: Profile, kind: Kind = Kind.APPROVAL, **more: Any) -> About:
    """A poll of the lane about these projects."""
    names = {project.id: f"方案 {project.id}" for project in profile.projects}
    settled = {"opened": date(2026, 11, 1), "closed": date(2026, 11, 21)} | more
    return About(title="弄堂里的 5 万元", place="天津路426弄", kind=kind, names=names, **settled)


def counted(profile: Profile, rule: Rule, pots: dict[str, int] | None = None) -> Record:
    return tally(profile, rule) if pots is None else pots_record(tally_pots(profile, rule, pots))


def lay_out(folder: Path, made: dict[str, bytes]) -> Path:
    """The unpacked bundle."""
    for name, content in made.items():
        (folder / name).write_bytes(content)
    return folder


def bundle(
    profile: Profile,
    rule: Rule,
    kind: Kind = Kind.APPROVAL,
    pots: dict[str, int] | None = None,
    **more: Any,
) -> dict[str, bytes]:
    return unpacked(about(profile, kind, **more), profile, rule, counted(profile, rule, pots), Random(7), pots=pots)


def unpacked(
    said: About,
    profile: Profile,
    rule: Rule | None,
    record: Record,
    chance: Random,
    *,
    pots: dict[str, int] | None = None,
    published: Published | None = None,
) -> dict[str, bytes]:
    """The files of a bundle; that of a secret poll has the ballots from the trail beside it."""
    secret = published is not None and published.reveal is not None
    kept = written(said, profile, rule, record, chance, pots=pots, secret=secret)
    return files(kept, canonical.encode(record).decode(), published)


def recounted(folder: Path, *more: str) -> int:
    """The exit code of recount.py on an unpacked bundle."""
    names = [str(folder / name) for name in ("election.pb", "rule.json", "tally.json")]
    return recount.main([*names[:2], "--expect", names[2], *more])


META = (
    "description country unit instance num_projects num_votes budget vote_type rule date_begin date_end min_length",
    "max_length max_sum_cost max_sum_points min_project_score_threshold language currency fully_funded comment",
)
ORDER = {
    "META": " ".join(META).split(),
    "PROJECTS": ["project_id", "cost", "votes", "score", "name", "category", "selected"],
    "VOTES": ["voter_id", "vote", "points"],
}
NEEDED = ORDER["META"][:11]
GREEDY = ("greedy", "greedy-no-skip", "greedy-threshold", "greedy-custom")
SHARES = ("equalshares", "equalshares-comparison", "equalshares/add1", "equalshares/add1-comparison", "unknown")


def faults(content: bytes) -> list[str]:
    """What breaks Pabulib's format (pabulib.org/format), as its checker 1.0.8 reads it; and what that checker itself
    says, where it is installed."""
    return _own_faults(content) + _checkers_faults(content)


def _own_faults(content: bytes) -> list[str]:
    tables: dict[str, list[list[str]]] = {}
    for row in csv.reader(StringIO(content.decode(), newline=""), delimiter=";"):
        if row in (["META"], ["PROJECTS"], ["VOTES"]):
            rows = tables[row[0]] = []
        else:
            rows.append(row)
    found = [] if list(tables) == list(ORDER) else ["sections"]
    for name, (head, *rest) in tables.items():
        columns = [row[0] for row in rest] if name == "META" else head
        found += [] if columns == [each for each in ORDER[name] if each in columns] else [f"{name}: {columns}"]
        found += [f"{name}: {row}" for row in rest if len(row) != len(head) or not all(row)]
        found += [f"{name}: spaces in {row}" for row in rest for cell in row if cell != cell.strip()]
    meta = dict(tables["META"][1:])
    projects, votes = ([dict(zip(rows[0], row, strict=True)) for row in rows[1:]] for rows in list(tables.values())[1:])
    found += [f"META without {key}" for key in NEEDED if not meta.get(key)]
    found += [] if meta["rule"] in GREEDY + SHARES else ["rule"]
    found += [] if meta.get("comment", "#1: ").startswith("#1: ") else ["comment"]
    found += [] if int(meta["num_votes"]) == len(votes) and int(meta["num_projects"]) == len(projects) else ["numbers"]
    found += [] if len({row["voter_id"] for row in votes}) == len(votes) else ["voters"]
    chosen = Counter(id_ for row in votes for id_ in row["vote"].split(","))
    found += [f"votes of {row['project_id']}" for row in projects if int(row["votes"]) != chosen[row["project_id"]]]
    found += [f"spaces in {row}" for row in votes if " " in row["vote"] + row.get("points", "")]
    if meta["vote_type"] == "choose-1":
        found += [f"{row}" for row in votes if "," in row["vote"]]
    if meta["vote_type"] == "cumulative":
        found += [] if "max_sum_points" in meta else ["no max_sum_points"]
        found += [f"{row}" for row in votes if row["points"].count(",") != row["vote"].count(",")]
    return found


def _checkers_faults(content: bytes) -> list[str]:
    if importlib.util.find_spec("pabulib") is None:
        return []
    checker: Any = importlib.import_module("pabulib.checker")

    result = checker.Checker().process_files([content.decode()])
    return [f"{kind}: {said}" for kind, said in result[1]["results"].get("errors", {}).items()]
