"""Paper 照原样: a town's election from its file, in the terms of a poll and of what each voter said."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from math import ceil

from hearing.ballots import rules
from hearing.ballots.actions import ProjectTerms, Terms
from hearing.ballots.pabulib import Election
from hearing.ballots.rules import Counting, Kind, Limits, Mode, Per, Said
from hearing.ballots.rules.kinds import MOST_POINTS
from hearing.ballots.tally import Ballot

CENT = 100
OPEN_FOR = timedelta(days=2)
_RULES = {
    "greedy": Counting.GREEDY,
    "greedy-no-skip": Counting.NO_SKIP,
    "greedy-threshold": Counting.THRESHOLD,
    "equalshares": Counting.SHARES_PLAIN,
    "equalshares/add1": Counting.SHARES_ADD1,
    "equalshares/add1-comparison": Counting.SHARES_ADD1,
}
"""A file's rule, as a poll has it; of an unknown one equal shares are counted."""
_KINDS = {
    "approval": Kind.APPROVAL,
    "choose-1": Kind.CHOOSE,
    "knapsack": Kind.KNAPSACK,
    "cumulative": Kind.POINTS,
    "scoring": Kind.POINTS,
    "ordinal": Kind.RANKING,
}


class NotForAPoll(ValueError):
    """A file that a poll cannot repeat; the message says in one line why."""


@dataclass(frozen=True)
class Paper:
    """An election as it is voted again: the poll's terms, its projects, and one ballot for each voter."""

    terms: Terms
    projects: Sequence[ProjectTerms]
    said: Sequence[Said]
    blank: int
    """Ballots that name nothing: nobody can cast one here, so as many voters fewer share the pot."""
    ids: dict[str, str]
    """The file's id by the poll's code: a code is short, an id may be anything."""


def paper_of(election: Election, moment: datetime, *, mode: Mode, counting: Counting | None, floor: int) -> Paper:
    """The poll that repeats an election, open from `moment` on. Raises NotForAPoll."""
    profile = election.profile
    if profile.unit != CENT or profile.point_unit != 1:
        raise NotForAPoll("amounts have more than two decimals, or points are no whole numbers")
    if len(profile.projects) > rules.MOST_PROJECTS:
        raise NotForAPoll(f"{len(profile.projects)} projects are more than the {rules.MOST_PROJECTS} of a poll")
    kind = _kind(election)
    codes = _codes([project.id for project in profile.projects])
    said = [_said(kind, ballot, codes) for ballot, number in profile.ballots.items() for _ in range(number)]
    cast = [each for each in said if each.choices]
    if not cast:
        raise NotForAPoll("nobody named a project")
    projects = [
        ProjectTerms(codes[place], _title(election, project.id), "", project.cost)
        for place, project in enumerate(profile.projects)
    ]
    terms = Terms(
        title=(election.meta.get("description") or "选举重演")[:60],
        words=" ".join(election.meta.get(name, "") for name in ("country", "unit", "instance")).strip(),
        mode=mode,
        per=Per.HOUSEHOLD,
        kind=kind,
        limits=_limits(kind, cast),
        counting=counting or _RULES.get(election.meta.get("rule", ""), Counting.SHARES),
        opens=moment,
        closes=moment + OPEN_FOR,
        budget=profile.budget,
        threshold=ceil(election.threshold or Fraction(0)),
        floor=floor,
        comparison=election.meta.get("rule", "").endswith("-comparison"),
    )
    return Paper(terms, projects, cast, len(said) - len(cast), dict(zip(codes, election_ids(election), strict=True)))


def election_ids(election: Election) -> list[str]:
    """The file's ids in the order of its projects."""
    return [project.id for project in election.profile.projects]


def _kind(election: Election) -> Kind:
    found = _KINDS[election.meta["vote_type"]]
    return Kind.KNAPSACK if found is Kind.APPROVAL and "max_sum_cost" in election.meta else found


def _codes(ids: Sequence[str]) -> list[str]:
    """The ids, where all of them can be codes; otherwise numbers in the order of the file."""
    if all(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,11}", id_) for id_ in ids):
        return list(ids)
    return [f"{number:03d}" for number in range(1, len(ids) + 1)]


def _title(election: Election, id_: str) -> str:
    return (election.columns[id_].get("name") or id_)[:60]


def _said(kind: Kind, ballot: Ballot, codes: Sequence[str]) -> Said:
    if kind is Kind.RANKING:
        # The reader has made points of the places, one less for each: the most points are the first place.
        ranked = sorted(ballot.pairs(), key=lambda pair: -pair[1])
        return Said(tuple(codes[place] for place, _ in ranked))
    given = sorted((codes[place], points) for place, points in ballot.pairs() if points > 0)
    points = tuple(number for _, number in given) if kind is Kind.POINTS else ()
    return Said(tuple(code for code, _ in given), points)


def _limits(kind: Kind, cast: Sequence[Said]) -> Limits:
    """What the ballots kept to, which is what counts: a file's own limits are at times not those of its ballots."""
    chosen = [len(each.choices) for each in cast]
    if kind is not Kind.POINTS:
        return Limits(min(chosen), max(chosen))
    most, each = max(sum(said.points) for said in cast), max(max(said.points) for said in cast)
    if most > MOST_POINTS:
        raise NotForAPoll(f"a ballot gives {most} points, more than the {MOST_POINTS} of a poll")
    return Limits(1, max(chosen), most, each)
