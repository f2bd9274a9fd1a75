"""election.pb: the ballots of a poll as Pabulib's format has them, so that its programs read them too.

Nobody finds a voter in it. From 200 voters on, rows are shuffled and have fresh random ids. Below that, ballots are
merged: rows of equal content stand together, groups ordered by content, and ids only number them (`7-2` is the second
ballot of the seventh content). The format knows no weights, so a merged ballot has as many rows as it was cast; what
the file tells is how often each content was cast, and nothing else, not even by chance.
"""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import groupby
from random import Random

from hearing.ballots import pb_writing
from hearing.ballots.bundle.about import About
from hearing.ballots.rules import Kind
from hearing.ballots.tally import Ballot, Completion, Method, Profile, Project, Record, Rule, Utility, ballot_of
from hearing.ballots.tally.completion import step_of

MERGED_BELOW = 200
"""Below so many voters ballots are merged (counting.md 5.5)."""
ID_BYTES = 6
VARIANTS = {
    Completion.NONE: "without completion",
    Completion.ADD1: "Add1 without exhaustive stop",
    Completion.ADD1E: "Add1 with exhaustive stop",
    Completion.ADD1U: "Add1 with exhaustive stop, then utilitarian completion (Add1U)",
}


def election_file(
    about: About,
    profile: Profile,
    rule: Rule | None,
    record: Record,
    chance: Random,
    pots: Mapping[str, int] | None = None,
) -> bytes:
    """The file; `chance` makes ids and order where rows are shuffled (random.SystemRandom in earnest)."""
    listed = _listed(profile, rule)
    winners = set(record["winners"] if rule is not None else ["yes"] * record["passed"])
    sorts = any(project.category for project in listed.projects)
    columns = {
        project.id: {"name": _line(about.names[project.id])}
        | ({"category": project.category} if sorts else {})
        | {"selected": str(int(project.id in winners))}
        for project in listed.projects
    }
    spoken: list[Ballot] = []
    for ballot, number in listed.ballots.items():
        pairs = [(project, points) for project, points in ballot.pairs() if points]
        if pairs:
            spoken += [ballot_of(pairs, scored=listed.scored)] * number
    if pots is not None:
        listed = replace(listed, budget=sum(pots.values()))
    meta = _meta(about, listed, rule, record, pots)
    return pb_writing.written(listed, meta, _rows(spoken, profile.voters, chance), columns)


def answers_profile(record: Record) -> Profile:
    """The ballots of a question with yes, no and abstentions, from the record of its count."""
    answers = list(record["counts"].items())
    cast = {Ballot((place,)): number for place, (_, number) in enumerate(answers) if number}
    return Profile(tuple(Project(answer, 1) for answer, _ in answers), cast, 1, 1)


def blanks(profile: Profile) -> int:
    """How many ballots choose nothing."""
    return sum(number for ballot, number in profile.ballots.items() if not any(points for _, points in ballot.pairs()))


def ranked_by_length(profile: Profile) -> bool:
    """Whether on every ballot the first of n has n points, the next n - 1, and so on: Pabulib's reading of ranks."""
    return all(
        sorted(points for _, points in ballot.pairs() if points) == list(range(1, sum(map(bool, ballot.points)) + 1))
        for ballot in profile.ballots
    )


def _rows(ballots: list[Ballot], voters: int, chance: Random) -> list[tuple[str, Ballot]]:
    if voters < MERGED_BELOW:
        merged = groupby(sorted(ballots))
        return [(f"{n}-{m}", each) for n, (_, same) in enumerate(merged, 1) for m, each in enumerate(same, 1)]
    ids: set[str] = set()
    while len(ids) < len(ballots):
        ids.add(f"{chance.getrandbits(8 * ID_BYTES):0{2 * ID_BYTES}x}")
    order = sorted(ids)
    chance.shuffle(order)
    ballots = sorted(ballots)
    chance.shuffle(ballots)
    return list(zip(order, ballots, strict=True))


def _listed(profile: Profile, rule: Rule | None) -> Profile:
    """The profile with its projects by votes, cost and lot: programs that break ties by the order of the file then
    break them as we did."""
    drawn = rule.lot if rule is not None else None
    lot = {id_: place for place, id_ in enumerate(drawn or [project.id for project in profile.projects])}
    order = sorted(
        range(len(profile.projects)),
        key=lambda p: (-profile.scores[p], profile.projects[p].cost, lot[profile.projects[p].id]),
    )
    moved = {old: new for new, old in enumerate(order)}
    ballots = {
        ballot_of([(moved[project], points) for project, points in ballot.pairs()], scored=profile.scored): number
        for ballot, number in profile.ballots.items()
    }
    return replace(profile, projects=tuple(profile.projects[p] for p in order), ballots=ballots)


def _meta(
    about: About, profile: Profile, rule: Rule | None, record: Record, pots: Mapping[str, int] | None
) -> dict[str, str]:
    """META in the order that the format wants; numbers of projects and votes and the budget are filled in later."""
    kind = _vote_type(about, profile)
    name = "unknown" if pots is not None or rule is None else rule_name(kind, profile, rule, record)
    stated: dict[str, str | int | None] = {
        "description": _line(about.title),
        "country": "China",
        "unit": _line(about.place),
        "instance": about.closed.year,
        "num_projects": 0,
        "num_votes": 0,
        "budget": 0,
        "vote_type": kind,
        "rule": name,
        "date_begin": f"{about.opened:%d.%m.%Y}",
        "date_end": f"{about.closed:%d.%m.%Y}",
        "min_length": _least_named(about, profile),
        "max_length": about.most and min(about.most, len(profile.projects)),
        "max_sum_cost": pb_writing.decimal(profile.budget, profile.unit) if about.kind is Kind.KNAPSACK else None,
        "max_sum_points": _most_points(about, profile) if kind == "cumulative" else None,
        "min_project_score_threshold": pb_writing.decimal(rule.threshold, profile.point_unit)
        if rule is not None and name == "greedy-threshold"
        else None,
        "language": "zh",
        "currency": "CNY" if about.kind is not Kind.YES_NO else None,
        "fully_funded": 1
        if sum(each.cost // profile.unit for each in profile.projects) <= profile.budget // profile.unit
        else None,
        "comment": f"#1: {_comment(about, rule, pots)}",
    }
    return {key: str(value) for key, value in stated.items() if value is not None}


def _vote_type(about: About, profile: Profile) -> str:
    if about.kind is Kind.RANKING and ranked_by_length(profile):
        return "ordinal"
    if profile.scored:  # Ranks that give other points than Pabulib's are published as the points they gave.
        return "cumulative"
    return "choose-1" if about.most == 1 or about.kind is Kind.YES_NO else "approval"


def _least_named(about: About, profile: Profile) -> int | None:
    """How many projects a ballot names at least: fewer than were asked for where one that it named was withdrawn."""
    named = (sum(1 for _, points in ballot.pairs() if points) for ballot in profile.ballots)
    return about.least and min([about.least, *filter(None, named)])


def _most_points(about: About, profile: Profile) -> str:
    if about.most_points is not None:
        return str(about.most_points)
    given = max((sum(points for _, points in ballot.pairs()) for ballot in profile.ballots), default=0)
    return pb_writing.decimal(max(1, given), profile.point_unit)


def rule_name(kind: str, profile: Profile, rule: Rule, record: Record) -> str:
    """Pabulib's name for the rule where it means exactly what was counted here, else `greedy-custom` or `unknown`.

    Its checker counts in whole units of the currency, equal shares by approvals alone and without a lot, and begins
    Add1 with the budget divided by the voters in whole units.
    """
    whole = all(each.cost % profile.unit == 0 for each in profile.projects) and profile.budget % profile.unit == 0
    if rule.method is not Method.SHARES:
        return rule.method.value if whole and rule.floor is None else "greedy-custom"
    plain = (
        kind in ("approval", "choose-1")
        and rule.utility is Utility.COST
        and rule.floor is None
        and whole
        and not blanks(profile)
        and not record["ties_drawn"]
        and profile.voters > 0
        and (not rule.comparison or len(set(profile.votes)) == len(profile.votes))
    )
    suffix = "-comparison" if rule.comparison else ""
    if plain and rule.completion is Completion.NONE:
        return f"equalshares{suffix}"
    first = Fraction(profile.budget, max(1, profile.voters))
    even = first % profile.unit == 0 and step_of(profile, rule, first) == profile.unit
    if plain and rule.completion is Completion.ADD1 and even and not record["endowment"]["everything"]:
        return f"equalshares/add1{suffix}"
    return "unknown"


def _comment(about: About, rule: Rule | None, pots: Mapping[str, int] | None) -> str:
    """The rule in a sentence, for whoever has this file alone."""
    if rule is None:
        return "yes, no or abstain, no money; passes if more than half of all ballots say yes; see rule.json"
    said = [about.kind.value]
    if rule.method is Method.SHARES:
        said.append(f"Method of Equal Shares, {VARIANTS[rule.completion]}, utility {rule.utility.value}")
        said.append("first endowment budget/voters exactly")
    else:
        said.append(rule.method.value)
    if rule.floor is not None:
        said.append(f"projects with votes/voters below cost/({rule.floor} x budget) are left out")
    if rule.comparison:
        said.append("compared with greedy")
    if pots is not None:
        said.append("each category is a pot of its own")
    said.append("ties by cost, votes, then a drawn lot")
    return "; ".join([*said, "see rule.json"])


def _line(text: str) -> str:
    """Text on one line, without spaces at its ends."""
    return " ".join(text.split())
