"""Papers: numbers that find their own slips of the finger, readings that must agree, a balance that comes out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearing.ballots import rules
from hearing.ballots.rules import PaperBalance, Reading, Refusal, Said, Void
from hearing.refusal import Refused


def refused(why: Refusal) -> pytest.RaisesExc[Refused]:
    return pytest.RaisesExc(Refused, check=lambda error: error.refusal is why)


@given(st.integers(0, rules.DESK_NUMBERS - 1), st.integers(0, 7), st.integers(1, 9))
def test_every_wrong_digit_of_a_code_is_found(number: int, place: int, shift: int) -> None:
    code = rules.desk_code(number)
    assert rules.read_desk_code(code) == code
    wrong = code[:place] + str((int(code[place]) + shift) % 10) + code[place + 1 :]
    with refused(Refusal.DESK_CODE_MISTYPED):
        rules.read_desk_code(wrong)


@given(st.integers(0, rules.DESK_NUMBERS - 1), st.integers(0, 6))
def test_every_swap_of_neighbours_in_a_code_is_found(number: int, place: int) -> None:
    code = rules.desk_code(number)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    if swapped != code:
        with refused(Refusal.DESK_CODE_MISTYPED):
            rules.read_desk_code(swapped)


def test_a_code_is_read_as_people_type_it() -> None:
    code = rules.desk_code(5724361)
    full_width = "".join(chr(ord(digit) + 0xFEE0) for digit in code)
    assert rules.read_desk_code(f" {code[:4]} {code[4:]} ") == rules.read_desk_code(full_width) == code
    for typed in ("", "1e3", "1234567", code + "0", "NaN", "²³⁴⁵⁶⁷⁸⁹x"):
        with refused(Refusal.DESK_CODE_MISTYPED):
            rules.read_desk_code(typed)
    with pytest.raises(ValueError, match="seven digits"):
        rules.desk_code(rules.DESK_NUMBERS)


def test_a_paper_is_found_by_its_square_or_by_what_was_typed() -> None:
    code = rules.paper_code(123456789012)
    assert rules.read_paper_code(rules.square_text(code)) == code
    assert rules.read_paper_code(f"{code[:4].lower()}-{code[4:8]} {code[8:]}") == code
    for typed in ("", "B1.", f"S1.{code}", code[:9], code[:9] + ("0" if code[9] != "0" else "1"), "B1." + code[::-1]):
        with refused(Refusal.PAPER_MISTYPED):
            rules.read_paper_code(typed)


def test_stub_words_are_five_of_sixty_four_and_fit_a_phrase() -> None:
    assert rules.stub_words(bytes(32)) == "·".join(["桂花"] * 5)
    words = {rules.stub_words(bytes([number]) * 32) for number in range(256)}
    assert len(words) == 256
    assert max(map(len, words)) <= rules.MOST_PHRASE


BALLOT, OTHER, BLANK = Reading(said=Said(("01",))), Reading(said=Said(("02",))), Reading(void=Void.BLANK)


@pytest.mark.parametrize(
    ("readings", "said"),
    [
        ([BALLOT], None),
        ([BALLOT, BALLOT], BALLOT),
        ([BALLOT, OTHER], None),
        ([BALLOT, BLANK], None),
        ([BLANK, Reading(void=Void.UNCLEAR)], None),
        ([BLANK, BLANK], BLANK),
        ([BALLOT, OTHER, BLANK], BLANK),
        ([BALLOT, OTHER, OTHER], OTHER),
    ],
)
def test_two_who_agree_decide_and_otherwise_a_third(readings: list[Reading], said: Reading | None) -> None:
    assert rules.verdict(readings) == said


def test_a_reading_is_one_of_both_and_survives_being_kept() -> None:
    import json

    for reading in (BALLOT, BLANK, Reading(said=Said(("a", "b"), (3, 1)))):
        assert Reading.of_data(json.loads(reading.text)) == reading
    for wrong in ({}, {"said": Said(("a",)), "void": Void.BLANK}):
        with pytest.raises(ValueError, match="a ballot or says why"):
            Reading(**wrong)  # type: ignore[arg-type]


def test_the_balance_comes_out_when_every_paper_has_its_fate() -> None:
    open_ = PaperBalance(printed=100, handed=60, entered=50, void=3)
    assert (open_.left_over, open_.waiting, open_.holds) == (40, 7, False)
    done = PaperBalance(printed=100, handed=60, entered=50, void=3, unreturned=7)
    assert (done.left_over, done.waiting, done.holds) == (40, 0, True)
    assert PaperBalance().holds


def test_only_what_is_missing_is_declared_and_nothing_half_read() -> None:
    balance = PaperBalance(printed=100, handed=60, entered=50, void=3)
    rules.check_declared(balance, 7, 0)
    with refused(Refusal.WRONG_NUMBER_MISSING):
        rules.check_declared(balance, 6, 0)
    with refused(Refusal.PAPERS_IN_HAND):
        rules.check_declared(balance, 7, 1)
    with refused(Refusal.NOTHING_MISSING):
        rules.check_declared(PaperBalance(9, 9, 9), 0, 0)
