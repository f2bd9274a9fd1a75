"""Counting: what holds for every election, and small ones that a person can follow on paper."""

from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearing.ballots.tally import (
    BadProfile,
    Ballot,
    Completion,
    LotNeeded,
    Method,
    Profile,
    Project,
    Rule,
    Utility,
    ballot_of,
    points_of_ranking,
    tally,
    tally_pots,
)
from hearing.ballots.tally.electorate import electorate_of
from hearing.ballots.tally.shares import Uncertain, exact_run, quick_run
from hearing.ballots.tally.ties import Ties
from tests.ballots import literal
from tests.ballots.elections import approvals, ids, scored

METHODS = st.sampled_from(Method)
COMPLETIONS = st.sampled_from(Completion)


@st.composite
def profiles(draw: st.DrawFn) -> Profile:
    """Small elections with few different costs, so that ties are the rule."""
    number = draw(st.integers(1, 6))
    costs = draw(st.lists(st.sampled_from([1, 2, 3, 6, 10]), min_size=number, max_size=number))
    with_points = draw(st.booleans())
    ballots: Counter[Ballot] = Counter()
    for _ in range(draw(st.integers(1, 8))):
        chosen = draw(st.sets(st.integers(0, number - 1)))
        pairs = [(p, draw(st.integers(0, 3)) if with_points else 1) for p in sorted(chosen)]
        ballots[ballot_of(pairs, scored=with_points)] += draw(st.integers(1, 3))
    projects = tuple(Project(f"p{place}", cost) for place, cost in enumerate(costs))
    return Profile(projects, ballots, draw(st.integers(1, 30)), 1, scored=with_points)


def lot_of(profile: Profile) -> tuple[str, ...]:
    return tuple(sorted((project.id for project in profile.projects), reverse=True))


@given(profiles(), st.sampled_from(Utility), st.fractions(Fraction(1, 3), 12, max_denominator=12))
@settings(max_examples=300)
def test_the_quick_run_and_the_exact_run_agree_with_the_text_of_the_rule(
    profile: Profile, utility: Utility, endowment: Fraction
) -> None:
    lot = lot_of(profile)
    settle = Ties(profile, lot).first
    everything = range(len(profile.projects))
    winners, _, _ = literal.one_run(profile, endowment, everything, lot, utility)
    electorate = electorate_of(profile, everything, utility)

    assert exact_run(electorate, endowment, settle).winners == winners
    try:
        quick = quick_run(electorate, endowment, settle)
    except Uncertain:
        return
    assert quick == winners


@given(profiles(), COMPLETIONS, st.sampled_from(Utility))
@settings(max_examples=150)
def test_completions_agree_with_the_text_of_the_rule(
    profile: Profile, completion: Completion, utility: Utility
) -> None:
    lot = lot_of(profile)
    rule = Rule(Method.SHARES, completion, utility, step=Fraction(1, 2), lot=lot)
    record = tally(profile, rule)
    backed = [p for p in range(len(profile.projects)) if profile.votes[p]]
    if completion is not Completion.NONE and profile.cost(backed) <= profile.budget:
        assert set(record["winners"]) >= set(ids(profile, backed))
        return
    winners, endowment, added = literal.complete(profile, rule, lot)

    assert record["winners"] == ids(profile, [*winners, *added])
    assert Fraction(record["endowment"]["last"]) == endowment


@given(profiles(), METHODS, COMPLETIONS)
@settings(max_examples=150)
def test_an_outcome_is_feasible_and_all_of_it_is_in_the_record(
    profile: Profile, method: Method, completion: Completion
) -> None:
    record = tally(profile, Rule(method, completion, threshold=2, lot=lot_of(profile)))
    cost = {project.id: project.cost for project in profile.projects}

    assert len(set(record["winners"])) == len(record["winners"])
    assert sum(cost[id_] for id_ in record["winners"]) == record["cost"] == profile.budget - record["unspent"]
    assert record["cost"] <= profile.budget
    assert {row["id"] for row in record["projects"]} == set(cost)
    funded = {row["id"] for row in record["projects"] if row["reason"].startswith("funded")}
    assert funded == set(record["winners"])
    if method is Method.GREEDY or (method is Method.SHARES and completion is Completion.ADD1U):
        assert all(cost[id_] > record["unspent"] for id_ in cost.keys() - funded)


@given(profiles(), st.sampled_from(Utility), st.fractions(Fraction(1, 3), 12, max_denominator=12))
@settings(max_examples=150)
def test_an_outcome_of_equal_shares_is_priceable(profile: Profile, utility: Utility, endowment: Fraction) -> None:
    """Nobody pays more than she was given or for what she does not support, each winner is paid exactly, and who stands
    behind a loser cannot pay it from what she has left (Peters and Skowron 2020, priceability)."""
    lot = lot_of(profile)
    winners, prices, story = literal.one_run(profile, endowment, range(len(profile.projects)), lot, utility)
    voters = literal.voters_of(profile)

    run = exact_run(electorate_of(profile, range(len(profile.projects)), utility), endowment, Ties(profile, lot).first)

    left = sorted(Fraction(budget, run.scale) for budget in run.held for _ in range(1))
    assert set(left) == {has for has, said in zip(story[-1], voters, strict=True) if said}
    for winner, price, before, after in zip(winners, prices, story, story[1:], strict=True):
        paid = [had - has for had, has in zip(before, after, strict=True)]
        assert sum(paid) == profile.projects[winner].cost
        assert all(0 <= sum_ <= price * said.get(winner, 0) for sum_, said in zip(paid, voters, strict=True))
    for p, project in enumerate(profile.projects):
        if p not in run.winners:
            assert sum(has for has, said in zip(story[-1], voters, strict=True) if p in said) < project.cost


@given(profiles(), METHODS, COMPLETIONS, st.randoms(use_true_random=False))
@settings(max_examples=100)
def test_neither_the_order_of_ballots_nor_of_projects_matters(
    profile: Profile, method: Method, completion: Completion, random: object
) -> None:
    rule = Rule(method, completion, comparison=True, lot=lot_of(profile))
    number = len(profile.projects)
    order = list(range(number))
    random.shuffle(order)  # type: ignore[attr-defined]
    place = {old: new for new, old in enumerate(order)}
    cast = list(profile.ballots.items())
    random.shuffle(cast)  # type: ignore[attr-defined]
    ballots = {
        ballot_of([(place[p], points) for p, points in ballot.pairs()], scored=profile.scored): times
        for ballot, times in cast
    }
    turned = Profile(tuple(profile.projects[old] for old in order), ballots, profile.budget, 1, scored=profile.scored)

    assert _plain(tally(turned, rule)) == _plain(tally(profile, rule))


def _plain(record: object) -> object:
    """The record without the order of lists that have none of their own."""
    match record:
        case dict():
            return {
                key: sorted(map(str, value)) if key in {"equals", "unaffordable", "ties_drawn"} else _plain(value)
                for key, value in record.items()
            }
        case list():
            return [_plain(value) for value in record]
        case _:
            return record


@given(profiles(), COMPLETIONS)
@settings(max_examples=60)
def test_counting_in_fen_or_in_yuan_is_the_same(profile: Profile, completion: Completion) -> None:
    rule = Rule(Method.SHARES, completion, lot=lot_of(profile))
    projects = tuple(Project(project.id, project.cost * 100) for project in profile.projects)
    finer = Profile(projects, profile.ballots, profile.budget * 100, 100, scored=profile.scored)

    coarse, fine = tally(profile, rule), tally(finer, rule)

    assert fine["winners"] == coarse["winners"]
    assert Fraction(fine["endowment"]["last"]) == 100 * Fraction(coarse["endowment"]["last"])


@given(profiles())
@settings(max_examples=150)
def test_a_loser_with_the_cost_of_its_margin_would_have_won_and_with_more_not(profile: Profile) -> None:
    """At the same endowment, with everything else as it is."""
    lot = lot_of(profile)
    rule = Rule(Method.SHARES, lot=lot)
    record = tally(profile, rule)
    endowment = Fraction(record["endowment"]["last"])
    for row in record["projects"]:
        if "margin" not in row:
            continue
        place = next(p for p, project in enumerate(profile.projects) if project.id == row["id"])
        highest = row["margin"]["cost"] or 0
        if highest:
            assert place in _with_cost(profile, place, highest, endowment, lot)
        assert place not in _with_cost(profile, place, highest + 2, endowment, lot)
        more = row["margin"]["votes"]
        assert place in _with_voters(profile, place, more, endowment, lot)
        if more > 2:
            assert place not in _with_voters(profile, place, more - 2, endowment, lot)


def _with_cost(profile: Profile, place: int, cost: int, endowment: Fraction, lot: tuple[str, ...]) -> list[int]:
    projects = tuple(Project(each.id, cost if p == place else each.cost) for p, each in enumerate(profile.projects))
    return _at(Profile(projects, profile.ballots, profile.budget, 1, scored=profile.scored), endowment, lot)


def _with_voters(profile: Profile, place: int, more: int, endowment: Fraction, lot: tuple[str, ...]) -> list[int]:
    ballots = Counter(profile.ballots)
    ballots[ballot_of([(place, 1)], scored=profile.scored)] += more
    return _at(Profile(profile.projects, ballots, profile.budget, 1, scored=profile.scored), endowment, lot)


def _at(profile: Profile, endowment: Fraction, lot: tuple[str, ...]) -> list[int]:
    electorate = electorate_of(profile, range(len(profile.projects)), Utility.COST)
    return exact_run(electorate, endowment, Ties(profile, lot).first).winners
