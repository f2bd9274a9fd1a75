"""rule.json: the rule with its lot, and how to read the numbers of election.pb."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from hearing.ballots.bundle.about import About
from hearing.ballots.bundle.election import blanks, ranked_by_length
from hearing.ballots.rules import Kind
from hearing.ballots.tally import Profile, Rule, rule_as_data

FORMAT = "hearing-rule/1"
MAJORITY = "majority"
"""A question with yes, no and abstentions: it passes when more than half of all ballots say yes."""


def terms_of(
    about: About, profile: Profile, rule: Rule | None, pots: Mapping[str, int] | None = None
) -> dict[str, Any]:
    """What rule.json says; no rule means that more than half of all ballots decide.

    `unit` and `point_unit` are in how many parts the record counts money and points. `blank_ballots` were cast without
    a choice: they have a share of the pot, and Pabulib's format has no row for them. `pots` are budgets by category, in
    the smallest unit. `ranking_points` is what the first place of a ranking gives: "length" for as many as the ballot
    ranks.
    """
    ranks: int | str | None = None
    if about.kind is Kind.RANKING:
        ranks = "length" if ranked_by_length(profile) else about.most or len(profile.projects)
    return {
        "format": FORMAT,
        "ballot": about.kind.value,
        "rule": {"method": MAJORITY} if rule is None else rule_as_data(rule),
        "unit": profile.unit,
        "point_unit": profile.point_unit,
        "blank_ballots": blanks(profile),
        "ranking_points": ranks,
        "pots": None if pots is None else dict(sorted(pots.items())),
        "withdrawn": list(about.withdrawn),
        "poll": asdict(about.fixed),
    }
