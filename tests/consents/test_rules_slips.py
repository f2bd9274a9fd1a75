"""Slips at scale: the balance that comes out, what a square holds, which photo belongs to which slip."""

from __future__ import annotations

from itertools import product

import pytest

from hearing.consents.rules import (
    Balance,
    KnownSlip,
    PhotoState,
    PhotoTrouble,
    SlipStands,
    balance,
    balances,
    code_in,
    judge,
    slip_words,
    square_text,
    total,
)
from hearing.people.rules import household_code

CODE, OTHER = household_code(7), household_code(8)


def test_issued_is_used_void_and_unreturned_whatever_becomes_of_a_slip() -> None:
    for numbers in product(range(3), repeat=len(SlipStands)):
        counted = balance(dict(zip(SlipStands, numbers, strict=True)))
        assert counted.holds
        assert counted.issued == sum(numbers)
    assert not Balance(3, 1, 1, 0).holds


def test_the_balance_of_the_buildings_is_that_of_the_estate() -> None:
    rows = [
        ("2号楼", SlipStands.OUT, 30),
        ("2号楼", SlipStands.RECORDED, 5),
        ("1号楼", SlipStands.VOID, 1),
        ("1号楼", SlipStands.UNREAD, 2),
        ("2号楼", SlipStands.DIFFERS, 1),
    ]
    counted = balances(rows)
    assert counted == {"2号楼": Balance(36, 6, 0, 30), "1号楼": Balance(3, 2, 1, 0)}
    assert total(counted.values()) == Balance(39, 8, 1, 30)
    assert slip_words(total(counted.values())) == "印 39，用 8，废 1，未交回 30"


def test_a_square_holds_the_version_of_the_form_and_the_code_alone() -> None:
    assert square_text(CODE) == f"S1.{CODE}"
    assert code_in(square_text(CODE)) == CODE
    assert code_in(CODE) == CODE, "slips printed before hold the bare code"


@pytest.mark.parametrize(
    "text", ["", "https://pay.example/123", f"S1.{CODE[:-1]}0", f"S1.{CODE}1", "S1.", f"X1.{CODE}", "0" * 10, "😀" * 10]
)
def test_what_is_no_code_of_ours_is_none(text: str) -> None:
    assert code_in(text) is None


HERE = KnownSlip(collection=1, case=1, plan=2, stands=SlipStands.OUT)


@pytest.mark.parametrize(
    ("codes", "known", "before", "state", "why"),
    [
        ([CODE], {CODE: HERE}, False, PhotoState.MATCHED, None),
        ([CODE, CODE], {CODE: HERE}, False, PhotoState.MATCHED, None),
        ([], {}, False, PhotoState.WAITING, None),
        ([CODE], {}, False, PhotoState.REFUSED, PhotoTrouble.UNKNOWN_CODE),
        ([CODE, OTHER], {CODE: HERE}, False, PhotoState.REFUSED, PhotoTrouble.SEVERAL_SLIPS),
        ([CODE], {CODE: HERE}, True, PhotoState.REFUSED, PhotoTrouble.SAME_PICTURE),
        ([CODE], {CODE: KnownSlip(1, 1, 2, SlipStands.VOID)}, False, PhotoState.REFUSED, PhotoTrouble.SLIP_VOID),
        ([CODE], {CODE: KnownSlip(1, 1, 2, SlipStands.UNREAD)}, False, PhotoState.REFUSED, PhotoTrouble.SAME_SLIP),
        ([CODE], {CODE: KnownSlip(1, 1, 2, SlipStands.RECORDED)}, False, PhotoState.REFUSED, PhotoTrouble.SAME_SLIP),
        ([CODE], {CODE: KnownSlip(9, 1, 1, SlipStands.OUT)}, False, PhotoState.REFUSED, PhotoTrouble.OLD_PLAN),
        ([CODE], {CODE: KnownSlip(9, 1, 2, SlipStands.OUT)}, False, PhotoState.REFUSED, PhotoTrouble.OTHER_COLLECTION),
        ([CODE], {CODE: KnownSlip(9, 4, 1, SlipStands.OUT)}, False, PhotoState.REFUSED, PhotoTrouble.OTHER_COLLECTION),
    ],
)
def test_a_photo_is_judged_by_what_its_squares_say(
    codes: list[str], known: dict[str, KnownSlip], before: bool, state: PhotoState, why: PhotoTrouble | None
) -> None:
    judged = judge(codes, known, collection=1, case=1, plan=2, seen_before=before)
    assert (judged.state, judged.why) == (state, why)
