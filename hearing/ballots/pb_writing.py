"""Writing a `.pb` file, the part of a public bundle from which anybody can count again (Pabulib's format)."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO

from hearing.ballots.tally import Ballot, Profile


def written(
    profile: Profile,
    meta: Mapping[str, str],
    cast: Iterable[tuple[str, Ballot]],
    columns: Mapping[str, Mapping[str, str]] | None = None,
) -> bytes:
    """The file of an election: UTF-8, no spaces around separators, projects with their votes in the profile's order.

    `meta` gives what the profile does not know (description, country, vote_type, rule, dates …); the numbers and the
    budget are the profile's. `cast` are ballots with the ids of their voters, in the order in which they shall stand:
    whoever publishes them makes both at random. `columns` are further columns by project id, the same for each.
    """
    rows = list(cast)
    kind = meta["vote_type"]
    text = StringIO(newline="")
    table = csv.writer(text, delimiter=";", lineterminator="\n")
    own = {
        "num_projects": str(len(profile.projects)),
        "num_votes": str(len(rows)),
        "budget": decimal(profile.budget, profile.unit),
    }
    table.writerows([["META"], ["key", "value"], *(dict(meta) | own).items()])
    further = list(next(iter(columns.values()))) if columns else []
    table.writerow(["PROJECTS"])
    table.writerow(["project_id", "cost", "votes", *(["score"] if profile.scored else []), *further])
    for place, project in enumerate(profile.projects):
        counts = [str(profile.votes[place])]
        if profile.scored:
            counts.append(decimal(profile.scores[place], profile.point_unit))
        more = [columns[project.id][name] for name in further] if columns else []
        table.writerow([project.id, decimal(project.cost, profile.unit), *counts, *more])
    points = profile.scored and kind != "ordinal"
    table.writerow(["VOTES"])
    table.writerow(["voter_id", "vote", *(["points"] if points else [])])
    for voter, ballot in rows:
        pairs = sorted(ballot.pairs(), key=lambda pair: (-pair[1], pair[0]))
        given = [",".join(decimal(number, profile.point_unit) for _, number in pairs)] if points else []
        table.writerow([voter, ",".join(_ids(profile, [place for place, _ in pairs])), *given])
    return text.getvalue().encode()


def _ids(profile: Profile, places: Sequence[int]) -> list[str]:
    return [profile.projects[place].id for place in places]


def decimal(amount: int, unit: int) -> str:
    """An amount in whole parts as a plain decimal number: 2050 of 100 is 20.5. Raises ValueError for other parts."""
    sign, (whole, part) = "-" * (amount < 0), divmod(abs(amount), unit)
    if not part:
        return f"{sign}{whole}"
    digits = len(str(unit)) - 1
    if unit != 10**digits:
        raise ValueError(f"1/{unit} is no decimal part")
    return f"{sign}{whole}.{part:0{digits}}".rstrip("0")
