"""Replaying an election from a file: what becomes of each kind of ballot, and a whole one through the pages."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from hearing.ballots import pabulib, rules
from hearing.ballots.rules import Counting, Kind, Mode, Said
from hearing.cli import main
from hearing.demo.town.paper import NotForAPoll, Paper, paper_of

MOMENT = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
HEAD = """META
key;value
description;小区花园
country;China
unit;安和里
instance;2026
num_projects;3
num_votes;5
budget;1000
vote_type;{vote_type}
rule;{rule}
date_begin;01.11.2026
date_end;07.11.2026
{more}PROJECTS
project_id;cost;name;selected
007;600;花园;1
8;400;长椅;1
{third};300;路灯;0
VOTES
"""
APPROVALS = """voter_id;vote
a;007,8
b;007
c;007,8
d;{third}
e;8
"""


def election(
    votes: str, vote_type: str = "approval", rule: str = "greedy", more: str = "", third: str = "9"
) -> pabulib.Election:
    """A made-up election of three projects."""
    return pabulib.parse(written(votes, vote_type, rule, more, third))


def written(votes: str, vote_type: str = "approval", rule: str = "greedy", more: str = "", third: str = "9") -> bytes:
    """Its file."""
    text = HEAD.format(vote_type=vote_type, rule=rule, more=more, third=third) + votes
    return text.replace("{third}", third).encode()


def repeated(found: pabulib.Election, counting: Counting | None = None) -> Paper:
    """The poll that repeats it."""
    return paper_of(found, MOMENT, mode=Mode.SECRET, counting=counting, floor=0)


def test_approvals_keep_their_projects_and_leading_zeros() -> None:
    paper = repeated(election(APPROVALS))
    assert paper.terms.kind is Kind.APPROVAL
    assert (paper.terms.limits.least, paper.terms.limits.most) == (1, 2)
    assert paper.terms.budget == 100_000
    assert [project.code for project in paper.projects] == ["007", "8", "9"]
    assert sorted(said.choices for said in paper.said) == [("007",), ("007", "8"), ("007", "8"), ("8",), ("9",)]
    for said in paper.said:
        options = [rules.Option(each.code, each.title, each.cost) for each in paper.projects]
        rules.check(rules.Terms(paper.terms.kind, paper.terms.limits, options, paper.terms.budget), said)


def test_points_ranks_and_a_purse_become_their_kinds_of_ballot() -> None:
    points = repeated(election("voter_id;vote;points\na;007,8;7,3\nb;9;10\n", "cumulative", more="max_sum_points;10\n"))
    assert points.terms.kind is Kind.POINTS
    assert set(points.said) == {Said(("007", "8"), (7, 3)), Said(("9",), (10,))}
    assert (points.terms.limits.points, points.terms.limits.most_each) == (10, 10)
    ranks = repeated(election("voter_id;vote\na;8,007\nb;9\n", "ordinal"))
    assert ranks.terms.kind is Kind.RANKING
    assert set(ranks.said) == {Said(("8", "007")), Said(("9",))}
    purse = repeated(election("voter_id;vote\na;8,007\n", more="max_sum_cost;1000\n"))
    assert purse.terms.kind is Kind.KNAPSACK
    one = repeated(election("voter_id;vote\na;8\n", "choose-1"))
    assert (one.terms.kind, one.terms.limits.most) == (Kind.CHOOSE, 1)


def test_ids_that_are_no_codes_get_numbers_and_are_told_by_their_own_names() -> None:
    paper = repeated(election(APPROVALS, third="路灯 & 长椅"))
    assert [project.code for project in paper.projects] == ["001", "002", "003"]
    assert paper.ids == {"001": "007", "002": "8", "003": "路灯 & 长椅"}


@pytest.mark.parametrize(
    ("rule", "counting", "comparison"),
    [
        ("greedy", Counting.GREEDY, False),
        ("greedy-no-skip", Counting.NO_SKIP, False),
        ("greedy-threshold", Counting.THRESHOLD, False),
        ("equalshares/add1", Counting.SHARES_ADD1, False),
        ("equalshares/add1-comparison", Counting.SHARES_ADD1, True),
        ("unknown", Counting.SHARES, False),
    ],
)
def test_the_rule_is_the_files(rule: str, counting: Counting, comparison: bool) -> None:
    paper = repeated(election(APPROVALS, rule=rule))
    assert (paper.terms.counting, paper.terms.comparison) == (counting, comparison)
    assert repeated(election(APPROVALS, rule=rule), Counting.NO_SKIP).terms.counting is Counting.NO_SKIP


def test_blank_ballots_are_told_and_left_out() -> None:
    paper = repeated(election("voter_id;vote\na;8\nb;\n"))
    assert (len(paper.said), paper.blank) == (1, 1)
    with pytest.raises(NotForAPoll, match="nobody named a project"):
        repeated(election("voter_id;vote\na;\n"))


def test_what_a_poll_cannot_repeat_is_refused() -> None:
    with pytest.raises(NotForAPoll, match="2000 points"):
        repeated(election("voter_id;vote;points\na;007;2000\n", "scoring"))
    with pytest.raises(NotForAPoll, match="two decimals"):
        repeated(pabulib.parse(written(APPROVALS).replace(b";400;", b";400.125;")))


@pytest.mark.parametrize("mode", ["secret", "named"])
def test_everybody_votes_again_and_the_outcome_is_the_files(tmp_path: Path, mode: str) -> None:
    """A real server, a browser for each of five households, the close, the count, and the published trail.

    The lamp costs more than there is, as projects of real towns do: it stands on the ballots all the same.
    """
    file = tmp_path / "garden.pb"
    file.write_bytes(written(APPROVALS).replace(b";300;", b";1300;"))
    given = ["replay", str(file), "--mode", mode, "--keep", str(tmp_path / "town"), "--connections", "3"]
    done = CliRunner().invoke(main, given)
    assert done.exit_code == 0, done.output
    outcome = json.loads(done.output[done.output.index("{") :])
    assert (outcome["voters"], outcome["cast"], outcome["counted"], outcome["refused"]) == (5, 5, 5, {})
    assert outcome["winners"] == ["8", "007"]
    assert outcome["cost"] == 1000
    assert outcome["as_the_file_counts"]
    assert outcome["as_published"]
    assert outcome["trail_verifies"]


def test_a_file_that_is_no_election_is_one_line_and_exit_two(tmp_path: Path) -> None:
    file = tmp_path / "broken.pb"
    file.write_text("META\nkey;value\nbudget;NaN\n")
    done = CliRunner().invoke(main, ["replay", str(file)])
    assert done.exit_code == 2
    assert len(done.stderr.splitlines()) == 1
    assert str(file) in done.stderr


def test_an_unknown_rule_is_named(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["replay", str(tmp_path / "any.pb"), "--rule", "fairest"])
    assert done.exit_code == 2
    assert "mes-add1u" in done.stderr
