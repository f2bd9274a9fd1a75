"""Counting: what holds for every election, and small ones that a person can follow on paper."""

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from unittest import mock

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
    abreast,
    ballot_of,
    points_of_ranking,
    tally,
    tally_pots,
)
from hearing.ballots.tally import completion as completions
from hearing.ballots.tally.abreast import Abreast, Course
from hearing.ballots.tally.electorate import electorate_of
from hearing.ballots.tally.shares import exact_run
from hearing.ballots.tally.ties import Ties
from hearing.ballots.tally.watching import account_of
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


ENDOWMENTS = st.fractions(Fraction(1, 3), 12, max_denominator=12)


@given(
    profiles(),
    st.sampled_from(Utility),
    st.lists(st.lists(ENDOWMENTS, min_size=1, max_size=5), min_size=1, max_size=4),
    st.sampled_from([6, 8, 10, 14, 20, 30, 62]),
)
@settings(max_examples=500)
def test_runs_abreast_and_the_exact_run_agree_with_the_text_of_the_rule(
    profile: Profile, utility: Utility, blocks: list[list[Fraction]], bits: int
) -> None:
    """Winners, their order and the ties on the way, however few bits there are to count in; or the run is open."""
    lot, everything = lot_of(profile), range(len(profile.projects))
    arrays = Abreast(electorate_of(profile, everything, utility))
    for endowments in blocks:
        with mock.patch.object(abreast, "BITS", bits):
            courses = arrays.courses(endowments, Ties(profile, lot).first)
        assert len(courses) == len(endowments)
        for endowment, course in zip(endowments, courses, strict=True):
            winners, _, _ = literal.one_run(profile, endowment, everything, lot, utility)
            met: list[list[int]] = []

            def settle(equal: Sequence[int], met: list[list[int]] = met) -> int:
                met.append(list(equal))
                return Ties(profile, lot).first(equal)

            assert exact_run(electorate_of(profile, everything, utility), endowment, settle).winners == winners
            if not course.open:
                assert (course.winners, course.ties) == (winners, met)


def test_a_run_abreast_is_sure_of_a_tie_and_not_of_who_has_just_enough_where_thirds_are_rounded() -> None:
    """So that the test before looks at both. Who pays a third of 10 for b has two thirds left, and a asks for them."""
    tie = approvals({"a": 60, "b": 60}, [("a", 6), ("b", 6)], 240)
    thirds = approvals({"a": 20, "b": 10}, [("a,b", 1), ("a", 2), ("b", 2)], 50)

    sure, open_ = (
        Abreast(electorate_of(profile, range(2), Utility.COST)).courses([Fraction(endowment)], min)[0]
        for profile, endowment in ((tie, 20), (thirds, 10))
    )

    assert sure == Course([0, 1], [[0, 1]])
    assert open_.open


@pytest.mark.parametrize("bits", [30, 31])
def test_a_run_abreast_is_not_sure_of_a_tie_of_two_that_were_rounded_otherwise(bits: int) -> None:
    """One behind c has paid 10/3 at once, one behind d 5/3 twice. Both have two thirds of 10, less than a third of 26,
    so c and d are equal; but what is held of the two is rounded down once and twice."""
    costs = {"once": 10, "half": 5, "again": 5, "c": 26, "d": 26}
    ballots = [("once,c", 1), ("once", 2), ("half,again,d", 1), ("half,again", 2), ("c", 2), ("d", 2)]
    profile = approvals(costs, ballots, 100)
    met: list[list[int]] = []

    def settle(equal: Sequence[int]) -> int:
        met.append(list(equal))
        return min(equal)

    exact_run(electorate_of(profile, range(5), Utility.COST), Fraction(10), settle)
    assert [3, 4] in met
    with mock.patch.object(abreast, "BITS", bits):
        (course,) = Abreast(electorate_of(profile, range(5), Utility.COST)).courses([Fraction(10)], min)
    assert course.open


@given(profiles(), COMPLETIONS, st.sampled_from(Utility), st.booleans(), st.integers(1, 9))
@settings(max_examples=200)
def test_a_record_is_the_same_however_runs_are_done(
    profile: Profile, completion: Completion, utility: Utility, drawn: bool, abreast_at_first: int
) -> None:
    """All exactly and one after the other, or abreast: the same ties are drawn, and the same lot is missed."""
    lot = lot_of(profile) if drawn else None
    rule = Rule(Method.SHARES, completion, utility, step=Fraction(1, 2), lot=lot)

    def outcome() -> object:
        try:
            return tally(profile, rule)
        except LotNeeded as needed:
            return needed.ids

    with mock.patch.object(abreast, "BITS", 0), mock.patch.multiple(completions, FEW=1, MANY=1):
        exact = outcome()
    with mock.patch.object(completions, "FEW", abreast_at_first):
        assert outcome() == exact


@pytest.mark.parametrize("others", [[0], [0, 2], [1, 0], [0, 1, 2]], ids=str)
def test_no_record_is_written_of_winners_that_the_exact_run_does_not_find(others: list[int]) -> None:
    profile = approvals(THREE, TEN, 100)

    with pytest.raises(ArithmeticError, match="win, and not"):
        account_of(
            electorate_of(profile, range(3), Utility.COST), Fraction(10), Ties(profile, None), others, [], Utility.COST
        )


def test_sums_too_large_for_the_arrays_are_counted_all_the_same() -> None:
    """Pabulib's numbers have up to 18 digits."""
    costs = {"a": 60, "b": 30, "c": 30, "d": 15}
    small, large = (
        approvals({id_: cost * times for id_, cost in costs.items()}, [*TEN, ("d", 1)], 110 * times, times)
        for times in (1, 10**18)
    )
    rule = Rule(Method.SHARES, Completion.ADD1U)

    assert tally(large, rule)["winners"] == tally(small, rule)["winners"] == ["a", "b", "d"]
    arrays = Abreast(electorate_of(large, range(4), Utility.COST))
    assert arrays.courses([Fraction(large.budget, large.voters)], max) == [Course(open=True)]


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

    assert {Fraction(budget, run.scale) for budget in run.held} == {
        has for has, said in zip(story[-1], voters, strict=True) if said
    }
    for winner, price, before, after in zip(winners, prices, story[:-1], story[1:], strict=True):
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

    assert tally(turned, rule) == tally(profile, rule)


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


THREE = {"a": 60, "b": 30, "c": 30}
"""Ten voters, 100: six want a, three b, one c."""
TEN = [("a", 6), ("b", 3), ("c", 1)]


def test_equal_shares_on_paper() -> None:
    """Each has 10. Six pay 10 each for a, three 10 each for b; the one behind c cannot pay 30."""
    record = tally(approvals(THREE, TEN, 100), Rule(Method.SHARES))

    assert record["winners"] == ["a", "b"]
    assert (record["cost"], record["unspent"], record["reached"]) == (90, 10, 9)
    assert [each["price"] for each in record["rounds"]] == ["10", "10"]
    assert [each["effective_votes"] for each in record["rounds"]] == ["6", "3"]
    lost = record["projects"][-1]
    assert (lost["id"], lost["reason"], lost["gone"]) == ("c", "too_little_support", 0)
    assert lost["margin"] == {"cost": 10, "votes": 2}


def test_who_is_short_gives_all_and_the_others_pay_the_rest() -> None:
    """Six voters have 20 each. a has four votes and costs 60: 15 each. b has three and costs 39: one of them has 5 left
    and gives it, the other two pay 17 each: 39/17 effective votes of its three."""
    profile = approvals({"a": 60, "b": 39}, [("a", 3), ("a,b", 1), ("b", 2)], 120)

    record = tally(profile, Rule(Method.SHARES))

    second = record["rounds"][1]
    assert record["winners"] == ["a", "b"]
    assert (second["price"], second["payers"], second["short"], second["short_gave"]) == ("17", 3, 1, "5")
    assert second["effective_votes"] == "39/17"


def test_a_loser_is_told_on_whom_its_money_went_and_since_when() -> None:
    """Four voters have 25 each; for b all pay 50/4, so a's two have 25 of the 40 that a costs."""
    record = tally(approvals({"a": 40, "b": 50}, [("a,b", 2), ("b", 2)], 100), Rule(Method.SHARES))

    lost = record["projects"][1]
    assert record["winners"] == ["b"]
    assert record["rounds"][0]["unaffordable"] == ["a"]
    assert (lost["reason"], lost["gone"], lost["supporters_left"]) == ("money_spent", 1, "25")
    assert lost["supporters_spent"] == {"b": "25"}


def test_add1_raises_until_the_first_overspend_and_the_others_stop_before() -> None:
    """Of 100, six of ten can pay a at 10 each. c's one voter would need 30 of her own: the pot never allows it."""
    profile = approvals(THREE | {"d": 15}, [*TEN, ("d", 1)], 110)

    rounds = {completion: tally(profile, Rule(Method.SHARES, completion)) for completion in Completion}

    assert rounds[Completion.NONE]["winners"] == ["a", "b"]
    assert rounds[Completion.ADD1E]["winners"] == ["a", "b", "d"]
    assert rounds[Completion.ADD1E]["endowment"]["last"] == "15"
    assert rounds[Completion.ADD1]["endowment"]["last"] == "29"
    assert rounds[Completion.ADD1]["endowment"]["overspent"] == 135


def test_what_everybody_wants_and_all_can_pay_is_all_funded() -> None:
    record = tally(approvals({"a": 90, "b": 5}, [("a", 1), ("b", 9)], 100), Rule(Method.SHARES, Completion.ADD1))

    assert sorted(record["winners"]) == ["a", "b"]
    assert record["endowment"]["everything"]


def test_ties_go_to_the_cheaper_then_to_more_votes_then_to_the_lot() -> None:
    profile = approvals({"dear": 40, "cheap": 30, "also": 30}, [("dear,cheap", 2), ("also", 2)], 80)
    rule = Rule(Method.SHARES, lot=("dear", "also", "cheap"))

    record = tally(profile, rule)

    assert record["winners"] == ["also", "cheap"]
    assert record["ties_drawn"] == [["also", "cheap"]]
    assert sorted(record["rounds"][0]["equals"]) == ["also", "cheap", "dear"]
    with pytest.raises(LotNeeded, match="cheap, also are equal"):
        tally(profile, Rule(Method.SHARES))


def test_a_greedy_tie_needs_a_lot_only_where_it_decides() -> None:
    both = approvals({"a": 30, "b": 30}, [("a", 2), ("b", 2)], 60)
    one = approvals({"a": 30, "b": 30}, [("a", 2), ("b", 2)], 50)

    assert tally(both, Rule(Method.GREEDY))["winners"] == ["a", "b"]
    with pytest.raises(LotNeeded):
        tally(one, Rule(Method.GREEDY))
    assert tally(one, Rule(Method.GREEDY, lot=("b", "a")))["winners"] == ["b"]


def test_greedy_skips_or_stops_or_asks_for_a_least_number_of_votes() -> None:
    profile = approvals({"a": 50, "b": 60, "c": 20}, [("a", 5), ("b", 4), ("c", 2)], 100)

    assert tally(profile, Rule(Method.GREEDY))["winners"] == ["a", "c"]
    assert tally(profile, Rule(Method.NO_SKIP))["winners"] == ["a"]
    record = tally(profile, Rule(Method.THRESHOLD, threshold=3))
    assert record["winners"] == ["a"]
    assert {row["id"]: row["reason"] for row in record["projects"]} == {
        "a": "funded",
        "b": "over_budget",
        "c": "below_threshold",
    }
    margins = {row["id"]: row.get("margin") for row in record["projects"]}
    assert margins == {"a": None, "b": {"cost": 50, "votes": 2}, "c": {"cost": None, "votes": 1}}


def test_the_comparison_step_counts_those_too_who_get_nothing_from_one_side() -> None:
    """Six of ten like the greedy outcome better, among them those whom equal shares gave nothing."""
    profile = approvals({"big": 100, "small": 40}, [("big", 6), ("small", 4)], 100)

    shares, compared = (tally(profile, Rule(Method.SHARES, comparison=on)) for on in (False, True))

    assert shares["winners"] == ["small"]
    assert compared["winners"] == ["big"]
    assert compared["comparison"] == {"shares": 4, "greedy": 6, "same": 0, "replaced": True}


def test_the_floor_of_swiecie_keeps_out_by_votes_and_cost() -> None:
    """1 of 10 voters is 0.1, less than 60 of three times 100 = 0.2: out. With 2 of 10 it is not less: in."""
    record = tally(approvals({"a": 60}, [("a", 1), ("", 9)], 100), Rule(Method.GREEDY, floor=3))
    assert (record["winners"], record["projects"][0]["reason"]) == ([], "ineligible")
    assert tally(approvals({"a": 60}, [("a", 2), ("", 8)], 100), Rule(Method.GREEDY, floor=3))["winners"] == ["a"]


def test_points_weigh_what_a_supporter_pays() -> None:
    """Two voters have 30 each; a costs 40 and got 3 points and 1: 10 a point, 30 and 10 paid."""
    record = tally(scored({"a": 40}, [({"a": 3}, 1), ({"a": 1}, 1)], 60), Rule(Method.SHARES, utility=Utility.POINTS))

    assert record["winners"] == ["a"]
    assert (record["rounds"][0]["price"], record["rounds"][0]["payers"]) == ("10", 2)


def test_ranks_become_points_openly() -> None:
    assert points_of_ranking([7, 2, 5]) == [(7, 3), (2, 2), (5, 1)]
    assert points_of_ranking([7], length=3) == [(7, 3)]
    with pytest.raises(BadProfile):
        points_of_ranking([1, 2], length=1)


def test_categories_are_pots_of_their_own() -> None:
    """Each of two voters has 5 of the green pot and 10 of the grey one, whatever she wants there."""
    projects = (Project("tree", 10, "green"), Project("path", 20, "grey"), Project("wall", 30, "grey"))
    ballots = {Ballot((0, 1)): 1, Ballot((0, 2)): 1}

    records = tally_pots(Profile(projects, ballots, 1, 1), Rule(Method.SHARES), {"green": 10, "grey": 20})

    assert (records["green"]["winners"], records["green"]["endowment"]["last"]) == (["tree"], "5")
    assert (records["grey"]["winners"], records["grey"]["endowment"]["last"]) == ([], "10")


@pytest.mark.parametrize(
    ("projects", "ballots", "budget", "why"),
    [
        ((Project("a", 1), Project("a", 2)), {}, 1, "twice"),
        ((Project("a", 0),), {}, 1, "more than 0"),
        ((Project("a", -5),), {}, 1, "more than 0"),
        ((Project("a", 1),), {}, 0, "the budget is 0"),
        ((Project("a", 1),), {Ballot((0, 0)): 1}, 1, "twice, or not in order"),
        ((Project("a", 1),), {Ballot((1,)): 1}, 1, "does not exist"),
        ((Project("a", 1),), {Ballot((-1,)): 1}, 1, "does not exist"),
        ((Project("a", 1),), {Ballot((0,), (1, 2)): 1}, 1, "another number"),
        ((Project("a", 1),), {Ballot((0,)): 0}, 1, "cast 0 times"),
    ],
)
def test_what_cannot_be_counted_is_refused(
    projects: tuple[Project, ...], ballots: dict[Ballot, int], budget: int, why: str
) -> None:
    with pytest.raises(BadProfile, match=why):
        Profile(projects, ballots, budget)


def test_a_lot_is_an_order_of_all_projects() -> None:
    with pytest.raises(BadProfile, match="order of all projects"):
        tally(approvals({"a": 1, "b": 1}, [], 1), Rule(Method.GREEDY, lot=("a",)))


def test_without_a_ballot_equal_shares_fund_nothing() -> None:
    record = tally(approvals({"a": 5}, [], 10), Rule(Method.SHARES, Completion.ADD1))

    assert (record["winners"], record["voters"]) == ([], 0)


@given(profiles(), st.sampled_from(Utility), st.lists(ENDOWMENTS, min_size=2, max_size=8))
@settings(max_examples=100)
def test_runs_of_one_electorate_leave_nothing_to_the_next(
    profile: Profile, utility: Utility, endowments: list[Fraction]
) -> None:
    """Groups stay parted, and arrays are kept and made anew; no outcome may tell."""
    lot, everything = lot_of(profile), range(len(profile.projects))
    settle = Ties(profile, lot).first
    shared = electorate_of(profile, everything, utility)
    arrays = Abreast(shared)
    for endowment in endowments:
        alone = exact_run(electorate_of(profile, everything, utility), endowment, settle)
        (course,) = arrays.courses([endowment], settle)
        assert course.open or course.winners == alone.winners
        again = exact_run(shared, endowment, settle)
        assert (again.winners, again.held, again.scale) == (alone.winners, alone.held, alone.scale)


@given(profiles(), st.lists(st.integers(0, 5), max_size=6))
@settings(max_examples=100)
def test_voters_are_in_one_group_who_gave_the_same_points_to_all_that_won(profile: Profile, won: list[int]) -> None:
    """Each group is parted from one whose purse it takes over, and nobody behind a project is lost."""
    them = electorate_of(profile, range(len(profile.projects)), Utility.COST)
    said = [
        (frozenset(pairs), number)
        for ballot, number in profile.ballots.items()
        if (pairs := [pair for pair in ballot.pairs() if pair[1] > 0])
    ]
    winners = [p for p in won if p in them.among]
    history = [0]
    for p in winners:
        before = list(them.group_of)
        history += them.part(p)
        assert all(now == old or history[now] == old for now, old in zip(them.group_of, before, strict=True))
        assert them.part(p) == [], "who was set apart once is not again"

    kept = [frozenset(pair for pair in theirs if pair[0] in winners) for theirs, _ in said]
    assert len(history) == them.groups
    assert len(set(zip(them.group_of, kept, strict=True))) == len(set(them.group_of)) == len(set(kept))
    for p in them.among:
        backing, behind = them.backing(p), Counter[tuple[int, int]]()
        for group, (theirs, number) in zip(them.group_of, said, strict=True):
            behind.update({(group, given): number for project, given in theirs if project == p})
        points = backing.points or (1,) * len(backing.groups)
        assert dict(zip(zip(backing.groups, points, strict=True), backing.heads, strict=True)) == behind
        assert {group for group, them_all in enumerate(them.projects(them.among)) if p in dict(them_all)} == set(
            backing.groups
        )
