"""Seats, one-time codes, sessions, household codes and masking."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearing.people.rules import (
    COMMITTEE,
    COUNCIL,
    FIELD_STAFF,
    HOUSEHOLD_CODES,
    RESIDENT_SESSION,
    ROLE_LABELS,
    STAFF,
    STAFF_SESSION,
    IssuedCode,
    Refusal,
    Role,
    SeatKind,
    SessionTerms,
    check_session,
    household_code,
    live_codes,
    mask_name,
    mask_phone,
    may_send_code,
    may_try_code,
    needs_second_factor,
    print_household_code,
    read_household_code,
    require_role,
    seat_kind,
    session_terms,
)
from hearing.people.rules.signin import ALPHABET
from hearing.refusal import Refused

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_every_role_has_a_name_and_the_names_differ() -> None:
    assert set(ROLE_LABELS) == set(Role)
    assert len(set(ROLE_LABELS.values())) == len(Role)


def test_offices_and_firms_support_and_neighbours_decide() -> None:
    assert seat_kind(Role.COUNCIL_MEMBER) is SeatKind.PRINCIPAL
    for role in (Role.POLICE_LIAISON, Role.COMMITTEE_DIRECTOR, Role.PROPERTY_MANAGER, Role.CONTRACTOR):
        assert seat_kind(role) is SeatKind.SUPPORTING
    assert Role.RESIDENT not in COUNCIL
    assert not COUNCIL & COMMITTEE


def test_only_a_resident_signs_in_without_a_second_factor() -> None:
    assert [role for role in Role if not needs_second_factor(role)] == [Role.RESIDENT]
    assert COMMITTEE < FIELD_STAFF < STAFF


def test_a_seat_that_is_not_allowed_is_refused() -> None:
    require_role(Role.COMMITTEE_CLERK, COMMITTEE)
    with pytest.raises(Refused) as refused:
        require_role(Role.RESIDENT, COMMITTEE)
    assert refused.value.refusal is Refusal.NOT_YOUR_SEAT


def test_one_code_a_minute() -> None:
    may_send_code([], NOW)
    may_send_code([NOW - timedelta(minutes=1)], NOW)
    with pytest.raises(Refused) as refused:
        may_send_code([NOW - timedelta(hours=1), NOW - timedelta(seconds=19, milliseconds=500)], NOW)
    assert refused.value.refusal is Refusal.CODE_SENT_JUST_NOW
    assert refused.value.details == {"seconds": 41}


def test_ten_codes_in_twenty_four_hours() -> None:
    sent = [NOW - timedelta(hours=2 * n + 1) for n in range(10)]
    may_send_code(sent[:9], NOW)
    may_send_code([*sent[:9], NOW - timedelta(hours=24)], NOW)
    with pytest.raises(Refused) as refused:
        may_send_code(sent, NOW)
    assert refused.value.refusal is Refusal.CODES_SPENT_TODAY


@pytest.mark.parametrize(
    ("code", "refusal"),
    [
        (IssuedCode(NOW), None),
        (IssuedCode(NOW - timedelta(minutes=10) + SECOND), None),
        (IssuedCode(NOW - timedelta(minutes=10)), Refusal.CODE_EXPIRED),
        (IssuedCode(NOW + SECOND), Refusal.CODE_EXPIRED),
        (IssuedCode(NOW, wrong_tries=4), None),
        (IssuedCode(NOW, wrong_tries=5), Refusal.CODE_TRIES_SPENT),
        (IssuedCode(NOW, used=True), Refusal.CODE_USED),
    ],
)
def test_a_code_lives_ten_minutes_five_tries_and_one_use(code: IssuedCode, refusal: Refusal | None) -> None:
    if refusal is None:
        may_try_code(code, NOW)
        return
    with pytest.raises(Refused) as refused:
        may_try_code(code, NOW)
    assert refused.value.refusal is refusal


def test_an_earlier_code_stays_good_in_its_own_time() -> None:
    old, earlier, newer = (IssuedCode(NOW - timedelta(minutes=minutes)) for minutes in (11, 5, 1))
    assert live_codes([earlier, old, newer, IssuedCode(NOW, used=True)], NOW) == [newer, earlier]


@pytest.mark.parametrize("terms", [RESIDENT_SESSION, STAFF_SESSION], ids=["resident", "staff"])
def test_a_session_ends_when_idle_or_old(terms: SessionTerms) -> None:
    check_session(terms, opened_at=NOW, seen_at=NOW, now=NOW + terms.idle - SECOND)
    check_session(terms, opened_at=NOW, seen_at=NOW + terms.absolute - 2 * SECOND, now=NOW + terms.absolute - SECOND)
    for seen, now in (
        (NOW, NOW + terms.idle),
        (NOW + terms.absolute - SECOND, NOW + terms.absolute),
        (NOW, NOW - SECOND),
    ):
        with pytest.raises(Refused) as refused:
            check_session(terms, opened_at=NOW, seen_at=seen, now=now)
        assert refused.value.refusal is Refusal.SESSION_OVER


def test_one_staff_seat_shortens_the_session_of_a_resident() -> None:
    assert session_terms([Role.RESIDENT]) is RESIDENT_SESSION
    assert session_terms([Role.RESIDENT, Role.BLOCK_OFFICER]) is STAFF_SESSION


def test_a_household_code_is_fixed_for_its_number() -> None:
    assert household_code(0) == "0000000001"
    assert print_household_code(household_code(123_456_789_012)) == "3JZ9-J6GM-S9"


numbers = st.integers(0, HOUSEHOLD_CODES - 1)


@given(numbers)
def test_a_code_is_read_as_it_was_printed(number: int) -> None:
    code = household_code(number)
    assert len(code) == 10
    assert read_household_code(code) == code
    assert read_household_code(print_household_code(code)) == code


@given(numbers)
def test_typing_habits_do_not_matter(number: int) -> None:
    code = household_code(number)
    wide = "".join(chr(ord(char) + 0xFEE0) for char in code)
    confused = code.replace("0", "O").replace("1", "l").replace("V", "u")
    for typed in (code.lower(), wide, confused, f"  {code[:4]} —{code[4:8]}－{code[8:]}。\u200b"):
        assert read_household_code(typed) == code


@given(numbers, st.integers(0, 9), st.sampled_from(ALPHABET))
def test_every_single_wrong_letter_is_found(number: int, place: int, letter: str) -> None:
    code = household_code(number)
    wrong = code[:place] + letter + code[place + 1 :]
    if wrong != code:
        with pytest.raises(Refused) as refused:
            read_household_code(wrong)
        assert refused.value.refusal is Refusal.HOUSEHOLD_CODE_MISTYPED


@given(numbers, st.integers(0, 8))
def test_every_swap_of_two_neighbours_is_found(number: int, place: int) -> None:
    code = household_code(number)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    if swapped != code:
        with pytest.raises(Refused):
            read_household_code(swapped)


@pytest.mark.parametrize("typed", ["", "0000000002", "000000001", "00000000001", "户码", "00000000②1", "𠮷" * 10])
def test_what_is_no_code_is_refused(typed: str) -> None:
    with pytest.raises(Refused):
        read_household_code(typed)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(typed: str) -> None:
    try:
        code = read_household_code(typed)
    except Refused:
        return
    assert set(code) <= set(ALPHABET)


@pytest.mark.parametrize("number", [-1, HOUSEHOLD_CODES])
def test_numbers_of_more_than_forty_bits_are_an_error(number: int) -> None:
    with pytest.raises(ValueError, match="40 bits"):
        household_code(number)


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三", "张**"),
        ("张三丰", "张**"),
        ("欧阳修文", "欧阳**"),
        ("欧阳", "欧**"),
        ("𠮷田敏", "𠮷**"),
        ("肖春燕、曹洋", "肖**、曹**"),
        (" 李伯年 ", "李**"),
        ("李", "李**"),
        ("", "**"),
    ],
)
def test_a_masked_name_keeps_the_surname_only(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("phone", "masked"),
    [("14100005678", "141****5678"), ("02163210000", "021****0000"), ("63210000", "****00"), ("", "****")],
)
def test_a_masked_phone_lacks_its_middle(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked
