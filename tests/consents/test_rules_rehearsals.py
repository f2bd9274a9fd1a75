"""Rehearsals around a rule's line, and the hash of a count that two persons confirm."""

from dataclasses import replace

from hearing.consents.rules import RULES, Answer, Preset, Roll, count_hash, rehearse, tally
from tests.consents.block import DOORS, block_a, floors, lane, said

UNANIMOUS, MAJOR = RULES[Preset.UNANIMOUS_LESSEES], RULES[Preset.CC278_MAJOR]
EVEN = Roll(tuple(replace(unit, area_centi=5000) for unit in block_a().units))


def test_unanimity_is_shown_with_everybody_and_with_one_who_abstains() -> None:
    shown = rehearse(lane(), UNANIMOUS)
    assert [(each.agree, each.abstain, each.result.passed) for each in shown] == [(13, 0, True), (12, 1, False)]


def test_the_major_line_is_shown_at_its_edge_and_just_below() -> None:
    shown = {(each.agree, each.abstain, each.oppose): each.result.passed for each in rehearse(EVEN, MAJOR)}
    assert shown == {
        (12, 0, 0): True,
        (11, 1, 0): True,
        (6, 0, 2): True,  # Eight of twelve take part, six of eight agree.
        (5, 0, 3): False,
        (6, 1, 2): False,  # Nine take part: six of nine are not three quarters.
    }


def test_nothing_is_rehearsed_on_an_empty_roll() -> None:
    assert rehearse(Roll(()), UNANIMOUS) == ()


def test_a_count_has_another_hash_as_soon_as_one_answer_changes() -> None:
    roll, everybody = block_a(), said(Answer.AGREE, DOORS)
    first = tally(roll, everybody, MAJOR)
    assert count_hash(first) == count_hash(tally(roll, dict(reversed(everybody.items())), MAJOR))
    assert count_hash(first) != count_hash(tally(roll, everybody | {"101": Answer.ABSTAIN}, MAJOR))
    assert count_hash(first) != count_hash(tally(roll, said(Answer.AGREE, floors(1, 2, 3)), MAJOR))
    assert count_hash(first) != count_hash(tally(roll, everybody, RULES[Preset.CC278_ORDINARY]))
