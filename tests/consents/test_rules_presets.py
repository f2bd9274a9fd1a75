"""The presets of domain.md 4.3 beside those of the Civil Code, rules of one's own, versions, and who is one head."""

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearing.consents.rules import (
    FRACTION_MOST,
    RULES,
    Answer,
    Base,
    Capacity,
    Count,
    CustomTerms,
    Line,
    Preset,
    Reason,
    Refusal,
    Roll,
    RollUnit,
    buyer_key,
    check_roll,
    custom_rule,
    outcome,
    read_rule,
    rehearse,
    sole,
    tally,
)
from hearing.notices.rules import ObjectionState
from hearing.refusal import Refused
from tests.consents.block import DOORS, block_a, said

AGREE, ABSTAIN = Answer.AGREE, Answer.ABSTAIN
INTERESTED, RENEWAL, ARCHIVE = (
    RULES[Preset.CC279_INTERESTED],
    RULES[Preset.SH_RENEWAL_95],
    RULES[Preset.SH_LIFT_2018_ARCHIVE],
)
TODAY = date(2026, 11, 2)
OWN = CustomTerms(
    turnout=Line(1, 2),
    agreement=Line(3, 5),
    agreement_of=Base.PART,
    counts_area=True,
    capacities=frozenset({Capacity.OWNER}),
    legal_note="管理规约第十二条",
)


def lessees(number: int) -> Roll:
    """So many tenancies."""
    return Roll(tuple(RollUnit(f"u{n}", 1500, Capacity.LESSEE, sole(f"h{n}")) for n in range(number)))


def agreeing(roll: Roll, number: int) -> dict[str, Answer]:
    """The first so many units agree."""
    return {unit.ref: AGREE for unit in roll.units[:number]}


@pytest.mark.parametrize(
    ("of", "agree", "passes"),
    [(20, 19, True), (20, 18, False), (13, 13, True), (13, 12, False), (100, 95, True), (100, 94, False), (1, 1, True)],
)
def test_renewal_needs_ninety_five_of_a_hundred_lessees(of: int, agree: int, passes: bool) -> None:
    roll = lessees(of)
    assert tally(roll, agreeing(roll, agree), RENEWAL).passed is passes


@pytest.mark.parametrize(("agree", "passes"), [(12, True), (11, True), (10, False)])
def test_the_rule_of_2018_wants_nine_of_ten_households(agree: int, passes: bool) -> None:
    roll = block_a()
    assert tally(roll, agreeing(roll, agree), ARCHIVE).passed is passes


def test_the_rule_of_2018_falls_with_one_open_objection() -> None:
    result = tally(block_a(), said(AGREE, DOORS), ARCHIVE)
    terms = {"needs_manager_consent": False, "manager_consent": None, "no_open_objection": ARCHIVE.no_open_objection}
    against = outcome(result, **terms, objections=[ObjectionState.TO_COORDINATION])  # type: ignore[arg-type]
    settled = outcome(result, **terms, objections=[ObjectionState.SETTLED])  # type: ignore[arg-type]
    assert against.reason is Reason.OBJECTION_STANDS
    assert settled.reason is Reason.PASSED


def test_a_flat_becomes_a_business_only_with_everybody_concerned() -> None:
    roll = block_a()
    assert tally(roll, agreeing(roll, 12), INTERESTED).passed
    almost = tally(roll, agreeing(roll, 11) | {"602": ABSTAIN}, INTERESTED)
    assert almost.reason is Reason.AGREEMENT_SHORT
    assert almost.short_by == Count(1, 0)


def test_silence_is_no_consent_under_any_rule() -> None:
    roll = lessees(40)
    for rule in (*RULES.values(), custom_rule(OWN, set_on=TODAY)):
        assert not tally(roll, {}, rule).passed
        assert tally(roll, {}, rule).silent == tally(roll, {}, rule).all


def test_only_lessees_stand_on_a_renewals_roll() -> None:
    with pytest.raises(Refused) as refused:
        check_roll(block_a(), RENEWAL)
    assert refused.value.refusal is Refusal.ROLL_CAPACITY


# ---- rules of one's own


def test_a_custom_rule_counts_by_its_own_fractions() -> None:
    rule = custom_rule(OWN, set_on=TODAY)
    roll = Roll(tuple(replace(unit, area_centi=5000) for unit in block_a().units))
    six = agreeing(roll, 4) | {unit.ref: Answer.OPPOSE for unit in roll.units[4:6]}
    assert tally(roll, six, rule).passed, "six of twelve take part, four of six are more than three fifths"
    five = agreeing(roll, 4) | {unit.ref: Answer.OPPOSE for unit in roll.units[4:5]}
    assert tally(roll, five, rule).reason is Reason.TURNOUT_SHORT
    assert rule.words % {"n": 12} == "全体12户中1/2以上参与，参与的户中3/5以上同意，人数和面积都要达到"
    assert {each.result.passed for each in rehearse(roll, rule)} == {True, False}


def test_more_than_half_of_all_is_a_rule_too() -> None:
    terms = replace(OWN, turnout=None, agreement=Line(1, 2, strict=True), agreement_of=Base.ALL, counts_area=False)
    rule = custom_rule(replace(terms, no_open_objection=True), set_on=TODAY)
    assert not tally(block_a(), agreeing(block_a(), 6), rule).passed
    assert tally(block_a(), agreeing(block_a(), 7), rule).passed
    assert rule.words % {"n": 12} == "全体12户中超过1/2同意，没有未解决的异议"


@pytest.mark.parametrize("note", ["", "  \n "])
def test_a_custom_rule_names_its_law(note: str) -> None:
    with pytest.raises(Refused) as refused:
        custom_rule(replace(OWN, legal_note=note), set_on=TODAY)
    assert refused.value.refusal is Refusal.LEGAL_NOTE_MISSING


@pytest.mark.parametrize(
    "line",
    [
        Line(0, 2),
        Line(3, 2),
        Line(-1, 2),
        Line(1, 0),
        Line(1, 1, strict=True),
        Line(1, FRACTION_MOST + 1),
        Line(1, -2),
    ],
    ids=str,
)
@pytest.mark.parametrize("where", ["agreement", "turnout"])
def test_lines_that_cannot_be_are_refused(line: Line, where: str) -> None:
    changed: CustomTerms = replace(OWN, **{where: line})  # type: ignore[arg-type]
    with pytest.raises(Refused) as refused:
        custom_rule(changed, set_on=TODAY)
    assert refused.value.refusal is Refusal.LINE_UNFIT


# ---- versions


HASHES = {
    Preset.UNANIMOUS_LESSEES: "db1b5d6f",
    Preset.CC278_MAJOR: "9b48fa6c",
    Preset.CC278_ORDINARY: "65a320de",
    Preset.CC279_INTERESTED: "93f3cb36",
    Preset.SH_RENEWAL_95: "70abfb85",
    Preset.SH_LIFT_2018_ARCHIVE: "2c48b9e7",
}
"""The first eight digits of each first version: whoever changes a rule gives it another version."""


@pytest.mark.parametrize("preset", HASHES)
def test_a_published_version_of_a_rule_never_changes(preset: Preset) -> None:
    assert (RULES[preset].version, RULES[preset].hash[:8]) == (1, HASHES[preset])


rules = st.sampled_from([*RULES.values(), custom_rule(OWN, set_on=TODAY)])


@given(rules)
def test_what_a_collection_keeps_is_the_rule_itself(rule: object) -> None:
    assert read_rule(json.loads(rule.text)) == rule  # type: ignore[attr-defined]


def test_every_rule_is_dated_and_the_archived_one_is_over() -> None:
    assert all(rule.holds_on(TODAY) for rule in RULES.values() if rule is not ARCHIVE)
    assert ARCHIVE.holds_on(date(2018, 7, 1))
    assert not ARCHIVE.holds_on(date(2021, 1, 1)), "the Civil Code came into force"
    assert not RULES[Preset.CC278_MAJOR].holds_on(date(2020, 12, 31))


# ---- heads


def test_a_couple_with_two_flats_is_one_buyer_and_a_flat_held_with_another_is_not() -> None:
    couple = [(7, 1), (9, 1)]
    assert buyer_key("joint", couple) == buyer_key("joint", list(reversed(couple)))
    assert buyer_key("joint", couple) != buyer_key("shares", couple)
    assert buyer_key("joint", couple) != buyer_key("joint", [(7, 1), (8, 1)])
    assert buyer_key("sole", [(7, 1)]) == "7"
    assert len(buyer_key("joint", [(10**9 + n, 1) for n in range(9)])) <= 40


def test_the_unsold_flats_of_a_developer_are_one_head() -> None:
    unsold = ("201", "202", "301", "302")
    roll = block_a(same_buyer=unsold)
    result = tally(roll, {}, RULES[Preset.CC278_MAJOR])
    assert result.all == Count(9, 63000)
    assert tally(roll, {"201": AGREE}, RULES[Preset.CC278_MAJOR]).yes == Count(1, 2 * (5820 + 4680))
