"""Joining a household, giving seats, passwords: the law of this package beyond signing in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearing.people.passwords import common
from hearing.people.rules import (
    LETTER_LIFE,
    PAPERS_LABELS,
    RELATION_LABELS,
    SENTENCES,
    Papers,
    Refusal,
    Registered,
    Relation,
    Role,
    check_password,
    letter_is_good,
    may_end,
    may_grant,
    may_recognise,
    normal,
    recognised_by_phone,
    waits_for_office,
)
from hearing.refusal import Refused

PHONE, OTHER = "14100000001", "14100000002"
WIFE, HUSBAND = Registered(1, "王彩娣", PHONE), Registered(2, "周根宝", PHONE)


@pytest.mark.parametrize(
    ("relation", "capacity", "phone", "name", "register", "holder"),
    [
        (Relation.LESSEE, "lessee", PHONE, "谁都行", [WIFE], 1),
        (Relation.OWNER, "lessee", PHONE, "王彩娣", [WIFE], None),
        (Relation.OWNER, "owner", PHONE, "王彩娣", [WIFE], 1),
        (Relation.FAMILY, "lessee", PHONE, "王彩娣", [WIFE], None),
        (Relation.LESSEE, "lessee", OTHER, "王彩娣", [WIFE], None),
        (Relation.LESSEE, "lessee", PHONE, "周根宝", [WIFE, HUSBAND], 2),
        (Relation.LESSEE, "lessee", PHONE, "女儿", [WIFE, HUSBAND], None),
        (Relation.LESSEE, "lessee", PHONE, "王彩娣", [WIFE, Registered(3, "王彩娣", PHONE)], None),
        (Relation.LESSEE, "lessee", PHONE, "王彩娣", [Registered(1, "王彩娣", PHONE, died=True)], None),
        (Relation.LESSEE, "lessee", "", "王彩娣", [Registered(1, "王彩娣", "")], None),
        (Relation.LESSEE, "", PHONE, "王彩娣", [], None),
    ],
)
def test_the_registers_phone_tells_who_holds_the_unit(
    relation: Relation, capacity: str, phone: str, name: str, register: list[Registered], holder: int | None
) -> None:
    assert recognised_by_phone(relation, capacity, phone, name, register) == holder


def test_only_who_says_that_she_holds_the_unit_waits_for_the_office() -> None:
    assert waits_for_office(Relation.LESSEE, None)
    assert waits_for_office(Relation.OWNER, None)
    assert not waits_for_office(Relation.OWNER, 1)
    assert not waits_for_office(Relation.FAMILY, None)


def test_a_letter_is_good_until_it_is_void_or_old() -> None:
    issued = datetime(2026, 11, 1, tzinfo=UTC)
    assert letter_is_good(issued, None, issued)
    assert letter_is_good(issued, None, issued + LETTER_LIFE - timedelta(milliseconds=1))
    assert not letter_is_good(issued, None, issued + LETTER_LIFE)
    assert not letter_is_good(issued, issued + timedelta(days=1), issued)
    assert not letter_is_good(issued, None, issued - timedelta(seconds=1))


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"own": True}, Refusal.OWN_MEMBERSHIP),
        ({"decided": True}, Refusal.MEMBERSHIP_DECIDED),
        ({"on_register": False}, Refusal.HOLDER_ELSEWHERE),
    ],
)
def test_whom_a_clerk_may_recognise(given: dict[str, bool], refusal: Refusal) -> None:
    fine = {"own": False, "decided": False, "on_register": True}
    may_recognise(**fine)
    with pytest.raises(Refused) as refused:
        may_recognise(**{**fine, **given})
    assert refused.value.refusal is refusal


def test_seats_are_given_once_and_not_to_residents() -> None:
    may_grant(Role.AUDITOR, held=False)
    for role, held, refusal in (
        (Role.AUDITOR, True, Refusal.SEAT_HELD),
        (Role.RESIDENT, False, Refusal.ROLE_NOT_GRANTED),
    ):
        with pytest.raises(Refused) as refused:
            may_grant(role, held=held)
        assert refused.value.refusal is refusal


def test_the_last_director_stays() -> None:
    may_end(Role.COMMITTEE_DIRECTOR, ended=False, directors=2)
    may_end(Role.COMMITTEE_CLERK, ended=False, directors=1)
    for role, ended, directors, refusal in (
        (Role.COMMITTEE_DIRECTOR, False, 1, Refusal.LAST_DIRECTOR),
        (Role.COMMITTEE_CLERK, True, 2, Refusal.SEAT_ENDED),
    ):
        with pytest.raises(Refused) as refused:
            may_end(role, ended=ended, directors=directors)
        assert refused.value.refusal is refusal


def refusal_of(password: str) -> Any:
    try:
        check_password(password, common(), phone=PHONE, name="王彩娣")
    except Refused as refused:
        return refused.refusal
    return None


@pytest.mark.parametrize(
    ("password", "refusal"),
    [
        ("桂花开了三回", Refusal.PASSWORD_TOO_SHORT),
        ("弄堂里桂花开了", Refusal.PASSWORD_TOO_SHORT),
        ("弄堂里桂花开了三回", None),
        ("tram bench lotus", None),
        ("xK7#mQ2p", None),
        ("x" * 8, Refusal.PASSWORD_TOO_COMMON),
        ("12121212", Refusal.PASSWORD_TOO_COMMON),
        ("abcabcabc", Refusal.PASSWORD_TOO_COMMON),
        ("abcdefgh", Refusal.PASSWORD_TOO_COMMON),
        ("hgfedcba", Refusal.PASSWORD_TOO_COMMON),
        ("456789012", Refusal.PASSWORD_TOO_COMMON),
        ("qwertyuiop", Refusal.PASSWORD_TOO_COMMON),
        ("Password123", Refusal.PASSWORD_TOO_COMMON),
        ("WOAINI1314", Refusal.PASSWORD_TOO_COMMON),
        ("20011231", Refusal.PASSWORD_TOO_COMMON),
        ("20011331", None),
        (f"x{PHONE}y", Refusal.PASSWORD_NAMES_YOU),
        ("我是王彩娣请开门吧", Refusal.PASSWORD_NAMES_YOU),
        ("好" * 129, Refusal.PASSWORD_TOO_LONG),
    ],
)
def test_which_passwords_are_taken(password: str, refusal: Refusal | None) -> None:
    assert refusal_of(password) is refusal


@given(st.text(min_size=0, max_size=200))
def test_any_text_is_a_password_or_refused(password: str) -> None:
    refusal = refusal_of(normal(password))
    assert refusal is None or refusal in SENTENCES


def test_the_common_passwords_could_all_have_been_chosen() -> None:
    assert len(common()) >= 3000
    assert all(len(password) >= 8 and password == password.casefold() for password in common())


def test_every_refusal_and_choice_has_its_words() -> None:
    assert set(SENTENCES) == set(Refusal)
    assert set(RELATION_LABELS) == set(Relation)
    assert set(PAPERS_LABELS) == set(Papers)
