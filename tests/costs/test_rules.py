"""The law of money: the worked numbers of domain.md 4.3, rounding that loses nothing, and what a version changes."""

from __future__ import annotations

from enum import StrEnum
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearing.costs import rules
from hearing.costs.rules import Basis, CostPlan, Door, Flat, Refusal, Subsidy, Terms, Why
from hearing.refusal import Refused

WAN = 1_000_000
"""一万元 in 分."""
DOORS = [f"{floor}0{door}" for floor in range(1, 7) for door in (1, 2)]
FLATS = [Flat(door, door[0], 5820 if door.endswith("1") else 4680) for door in DOORS]
SHANGHAI = Subsidy(4000, 28 * WAN)
WEIGHTS = tuple(zip("123456", (0, 1000, 1500, 2000, 2500, 3000), strict=True))
V1 = Terms(70 * WAN, SHANGHAI, floors=WEIGHTS)
V2 = Terms(72 * WAN, SHANGHAI, floors=WEIGHTS)
WAIVED = Terms(70 * WAN, SHANGHAI, floors=WEIGHTS, waived=("502",))


def by_floor(plan: CostPlan) -> list[int]:
    """What a flat owes on floors 2 to 6, in 1/100 万."""
    assert all(tariff.lowest == tariff.highest and tariff.lowest % (WAN // 100) == 0 for tariff in plan.tariffs)
    return [tariff.lowest * 100 // WAN for tariff in plan.tariffs][1:]


def refused(terms: Terms, flats: list[Flat] | None = None) -> tuple[StrEnum, dict[str, object]]:
    with pytest.raises(Refused) as caught:
        rules.share_out(terms, flats or FLATS)
    return caught.value.refusal, dict(caught.value.details)


# ---- the worked examples of domain.md 4.3


@pytest.mark.parametrize(
    ("terms", "subsidy", "residents", "owed"),
    [
        (V1, 28, 42, [210, 315, 420, 525, 630]),
        (V2, 28, 44, [220, 330, 440, 550, 660]),
        (WAIVED, 28, 42, [240, 360, 480, 600, 720]),
    ],
    ids=["70万", "72万, the subsidy at its most", "70万, one flat of the fifth floor waives"],
)
def test_the_worked_examples(terms: Terms, subsidy: int, residents: int, owed: list[int]) -> None:
    plan = rules.share_out(terms, FLATS)
    assert (plan.subsidy_fen, plan.residents_fen) == (subsidy * WAN, residents * WAN)
    assert by_floor(plan) == owed
    assert sum(share.fen for share in plan.shares) == residents * WAN


def test_forty_percent_below_the_cap_is_forty_percent() -> None:
    assert SHANGHAI.of(60 * WAN) == 24 * WAN
    assert SHANGHAI.of(70 * WAN) == 28 * WAN
    assert Subsidy(4000).of(72 * WAN) == 28_800_000


def test_whoever_waives_pays_nothing_and_the_others_bear_it() -> None:
    plan = rules.share_out(WAIVED, FLATS)
    waived = plan.share_of("502")
    assert waived is not None
    assert (waived.fen, waived.why) == (0, Why.WAIVED)
    assert plan.nothing() == [(Why.FLOOR, 2), (Why.WAIVED, 1)]
    assert plan.payers == 9


def test_the_table_by_floor_does_not_tell_who_waived() -> None:
    both = rules.share_out(Terms(70 * WAN, SHANGHAI, floors=WEIGHTS, waived=("501", "502")), FLATS)
    fifth = both.tariffs[4]
    assert fifth.lowest == fifth.highest == 42 * WAN * 25 // (2 * 75)


def test_an_exempt_flat_pays_nothing_by_agreement() -> None:
    plan = rules.share_out(Terms(70 * WAN, SHANGHAI, floors=WEIGHTS, exempt=("202",)), FLATS)
    share = plan.share_of("202")
    assert share is not None
    assert (share.fen, share.why) == (0, Why.EXEMPT)
    assert plan.residents_fen == 42 * WAN


def test_a_named_flat_has_a_weight_of_its_own_and_its_neighbour_keeps_hers() -> None:
    plan = rules.share_out(Terms(70 * WAN, SHANGHAI, floors=WEIGHTS, named=(("601", 2750),)), FLATS)
    pays = {share.unit: share.fen for share in plan.shares}
    # 70 for floors 2 to 5, 27.5 for 601, and 602 keeps half of the 30 of its floor: 112.5 in all.
    assert pays["602"] == 42 * WAN * 150 // 1125
    assert pays["601"] == 42 * WAN * 275 // 1125


def test_a_floor_of_three_bears_the_same_as_a_floor_of_two() -> None:
    flats = [Flat("201", "2"), Flat("202", "2"), Flat("203", "2"), Flat("301", "3"), Flat("302", "3")]
    plan = rules.share_out(Terms(600, floors=(("2", 100), ("3", 100))), flats)
    assert [share.fen for share in plan.shares] == [100, 100, 100, 150, 150]


def test_without_an_agreement_money_goes_by_area() -> None:
    plan = rules.share_out(Terms(63_000, basis=Basis.AREA), FLATS)
    assert [share.fen for share in plan.shares[:2]] == [5820, 4680]


def test_other_funds_come_off_first() -> None:
    plan = rules.share_out(Terms(70 * WAN, SHANGHAI, 42 * WAN, floors=WEIGHTS), FLATS)
    assert plan.residents_fen == 0
    assert {share.why for share in plan.shares} == {Why.FLOOR, Why.COVERED}


# ---- what cannot stand


def test_no_budget_is_no_cost_plan() -> None:
    assert refused(Terms(0, floors=WEIGHTS)) == (Refusal.COSTS_BUDGET_MISSING, {})


def test_funds_are_not_more_than_the_cost() -> None:
    wanted = (Refusal.COSTS_FUNDS_EXCEED, {"yuan": "1.01"})
    assert refused(Terms(10_000, Subsidy(5000), 5101, floors=WEIGHTS)) == wanted


def test_somebody_must_pay() -> None:
    nothing = tuple((floor, 0) for floor in "123456")
    assert refused(Terms(100, floors=nothing)) == (Refusal.COSTS_NOBODY_PAYS, {})


def test_every_floor_has_its_weight() -> None:
    assert refused(Terms(100, floors=WEIGHTS[:4])) == (Refusal.COSTS_FLOORS_MISSING, {"floors": "5、6"})


def test_an_area_that_is_missing_is_no_weight() -> None:
    flats = [Flat("101", "1", 0), Flat("102", "1", 100)]
    assert refused(Terms(100, basis=Basis.AREA), flats) == (Refusal.COSTS_AREA_MISSING, {"n": 1})


@pytest.mark.parametrize(
    ("budget", "shares", "units"),
    [
        (71 * WAN, {}, DOORS),
        (70 * WAN, {"201": 210 * WAN // 100}, DOORS),
        (70 * WAN, {}, DOORS[:-1]),
    ],
    ids=["another budget", "another share", "a flat that nobody asks"],
)
def test_a_version_names_the_cost_plan_that_its_amounts_come_from(
    budget: int, shares: dict[str, int], units: list[str]
) -> None:
    plan = rules.share_out(V1, FLATS)
    right = {share.unit: share.fen for share in plan.shares if share.fen}
    rules.check_matches(plan, budget_fen=70 * WAN, shares=right, units=DOORS)
    with pytest.raises(Refused) as caught:
        rules.check_matches(plan, budget_fen=budget, shares=shares or right, units=units)
    assert caught.value.refusal is Refusal.COSTS_OUTDATED


# ---- rounding

MONEY = st.integers(0, 10**12)
PARTS = st.lists(st.integers(0, 10**6), min_size=1, max_size=40).filter(any)


@given(MONEY, PARTS)
def test_the_sum_is_always_exact_and_no_share_is_a_fen_off_its_quota(total: int, weights: list[int]) -> None:
    shares = rules.largest_remainder(total, weights)
    assert sum(shares) == total
    for share, weight in zip(shares, weights, strict=True):
        low = total * weight // sum(weights)
        assert low <= share <= low + bool(total * weight % sum(weights))


@given(MONEY, PARTS)
def test_a_larger_weight_never_pays_less(total: int, weights: list[int]) -> None:
    shares = rules.largest_remainder(total, weights)
    pairs = sorted(zip(weights, shares, strict=True))
    for (light, less), (heavy, more) in pairwise(pairs):
        assert light == heavy or less <= more


@given(MONEY, PARTS, st.data())
def test_when_one_waives_nobody_else_pays_less_but_for_the_last_fen(
    total: int, weights: list[int], data: st.DataObject
) -> None:
    gone = data.draw(st.integers(0, len(weights) - 1))
    left = [0 if place == gone else weight for place, weight in enumerate(weights)]
    if any(left):
        before, after = rules.largest_remainder(total, weights), rules.largest_remainder(total, left)
        assert all(b - 1 <= a for place, (b, a) in enumerate(zip(before, after, strict=True)) if place != gone)


@given(MONEY, st.integers(0, 10**9), PARTS)
def test_a_dearer_plan_makes_nobody_pay_less_but_for_the_last_fen(total: int, more: int, weights: list[int]) -> None:
    before, after = rules.largest_remainder(total, weights), rules.largest_remainder(total + more, weights)
    assert all(b - 1 <= a for b, a in zip(before, after, strict=True))


def test_of_equal_remainders_the_earlier_door_bears_the_fen() -> None:
    assert rules.largest_remainder(100, [1, 1, 1]) == (34, 33, 33)


@pytest.mark.parametrize(("total", "weights"), [(1, [0, 0]), (-1, [1]), (1, [-1, 2])])
def test_what_is_no_money_or_no_weight_is_no_share(total: int, weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weight"):
        rules.largest_remainder(total, weights)


TERMS = st.builds(
    Terms,
    total_fen=st.integers(1, 10**11),
    subsidy=st.builds(Subsidy, st.integers(0, 9000), st.none() | st.integers(0, 10**10)),
    floors=st.tuples(*(st.tuples(st.just(floor), st.integers(1, 5000)) for floor in "123456")),
    waived=st.lists(st.sampled_from(DOORS), max_size=4, unique=True).map(tuple),
    agreed=st.text(alphabet="约定会议abc", max_size=8),
)


@given(TERMS)
def test_whatever_is_agreed_the_sum_is_what_the_subsidy_leaves(terms: Terms) -> None:
    plan = rules.share_out(terms, FLATS)
    assert plan.residents_fen + plan.subsidy_fen == terms.total_fen
    assert all((share.why is Why.WAIVED) == (share.unit in terms.waived) for share in plan.shares)


@given(TERMS)
def test_a_cost_plan_is_read_back_as_it_was_written(terms: Terms) -> None:
    plan = rules.share_out(terms, FLATS)
    assert rules.read_cost_plan(plan.text(proposal="proposal/1")) == plan


def test_the_hash_is_of_this_case_and_this_agreement() -> None:
    plan = rules.share_out(V1, FLATS)
    others = [
        rules.share_out(V2, FLATS).digest(proposal="proposal/1"),
        rules.share_out(WAIVED, FLATS).digest(proposal="proposal/1"),
        plan.digest(proposal="proposal/2"),
    ]
    assert plan.digest(proposal="proposal/1") not in others
    assert len(set(others)) == 3


# ---- version 1 beside version 2


def test_a_household_reads_what_the_new_version_changes_for_it() -> None:
    v1, v2 = rules.share_out(V1, FLATS), rules.share_out(V2, FLATS)
    mine = rules.own(["602"], v2, v1)
    assert mine is not None
    assert (mine.fen, mine.before_fen, mine.difference) == (660 * WAN // 100, 630 * WAN // 100, 30 * WAN // 100)


def test_two_flats_of_one_buyer_are_one_line() -> None:
    plan = rules.share_out(V1, FLATS)
    mine = rules.own(["401", "501"], plan, None)
    assert mine is not None
    assert (mine.fen, mine.difference) == (945 * WAN // 100, None)
    assert rules.own(["999"], plan, None) is None


def test_the_floors_stand_beside_what_they_owed() -> None:
    rows = rules.compare_floors(rules.share_out(V2, FLATS), rules.share_out(V1, FLATS))
    assert [row.difference for row in rows] == [fen * WAN // 100 for fen in (0, 10, 15, 20, 25, 30)]
    named = rules.share_out(Terms(70 * WAN, SHANGHAI, floors=WEIGHTS, named=(("601", 2750),)), FLATS)
    assert rules.compare_floors(named, rules.share_out(V1, FLATS))[-1].difference is None


# ---- lines as people write them

HOUSE = [Door(door, door[0], door, "安和里12号") for door in DOORS]


def read(text: str, doors: list[Door] | None = None, basis: Basis = Basis.FLOORS) -> rules.Agreement:
    return rules.read_agreement(enumerate(text.split("\n"), 1), doors or HOUSE, basis)


def test_lines_are_read_as_they_are_written() -> None:
    got = read(
        "楼层 比例\n1层 0\n２楼　10\n3 15%\n4\t20\n5层 25\n6层 30\n\n601室 12.5\n502 不出资\n安和里12号 101 免出"
    )
    assert got.floors == WEIGHTS
    assert got.named == (("601", 1250),)
    assert (got.waived, got.exempt) == (("502",), ("101",))


def test_what_was_agreed_is_shown_again_as_lines() -> None:
    terms = Terms(1, floors=WEIGHTS, named=(("601", 1250),), waived=("502",), exempt=("101",))
    again = read(rules.floor_lines(terms, HOUSE))
    assert (again.floors, again.named, again.waived, again.exempt) == (
        terms.floors,
        terms.named,
        terms.waived,
        terms.exempt,
    )


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ("3层", Refusal.COSTS_LINE_UNREADABLE),
        ("3层 -15", Refusal.COSTS_LINE_UNREADABLE),
        ("3层 1e3", Refusal.COSTS_LINE_UNREADABLE),
        ("3层 NaN", Refusal.COSTS_LINE_UNREADABLE),
        ("3层 不出资", Refusal.COSTS_LINE_UNREADABLE),
        ("9层 15", Refusal.COSTS_FLOOR_UNKNOWN),
        ("902 不出资", Refusal.COSTS_FLOOR_UNKNOWN),
        ("3层 15\n3楼 20", Refusal.COSTS_LINE_TWICE),
        ("502 不出资\n502 免出", Refusal.COSTS_LINE_TWICE),
    ],
)
def test_a_line_that_cannot_be_meant_is_named(line: str, refusal: Refusal) -> None:
    with pytest.raises(Refused) as caught:
        read(line)
    assert caught.value.refusal is refusal


def test_by_area_nobody_writes_weights() -> None:
    assert read("502 不出资", basis=Basis.AREA).waived == ("502",)
    with pytest.raises(Refused) as caught:
        read("3层 15", basis=Basis.AREA)
    assert caught.value.refusal is Refusal.COSTS_WEIGHTS_BY_AREA


def test_a_door_that_two_houses_have_wants_its_house() -> None:
    two = [*HOUSE, Door("b502", "5", "502", "安和里13号")]
    with pytest.raises(Refused) as caught:
        read("502 不出资", two)
    assert caught.value.refusal is Refusal.COSTS_LINE_AMBIGUOUS
    assert read("安和里13号 502 不出资", two).waived == ("b502",)


def test_doors_that_are_called_like_floors_want_a_word_more() -> None:
    lane = [Door("a", "1", "1", "弄"), Door("b", "1", "2", "弄"), Door("c", "2", "3", "弄")]
    with pytest.raises(Refused) as caught:
        read("1 不出资", lane)
    assert caught.value.refusal is Refusal.COSTS_LINE_AMBIGUOUS
    assert read("1室 不出资\n1层 10", lane).waived == ("a",)
