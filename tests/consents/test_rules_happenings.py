"""What happens to a unit: events with day and paper, succession, guardians, and never a word about health."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from hearing.consents.rules import (
    Blocked,
    Capacity,
    HoldingForm,
    Part,
    Refusal,
    after_succession,
    blocked_by_death,
    check_happening,
    check_no_diagnosis,
    check_signature_day,
    may_free,
    may_name_guardian,
)
from hearing.people.rules import Role
from hearing.refusal import Refused

TODAY = date(2026, 11, 9)
SOLE, JOINT, SHARES = HoldingForm.SOLE, HoldingForm.JOINT, HoldingForm.SHARES
ONE = Fraction(1)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({}, None),
        ({"reason": " "}, Refusal.COLLECTION_REASON_MISSING),
        ({"happened_on": date(2026, 11, 10)}, Refusal.EVENT_AHEAD),
        ({"has_paper": False}, Refusal.EVENT_PAPER_MISSING),
        ({"has_paper": False, "why": Blocked.GUARDIAN_NEEDED}, None),
        ({"has_paper": False, "why": None}, Refusal.EVENT_PAPER_MISSING),
        ({"reason": "患有阿尔茨海默病，由女儿照看"}, Refusal.NO_DIAGNOSIS),
    ],
)
def test_an_event_says_when_and_what_shows_it(changes: dict[str, Any], refusal: Refusal | None) -> None:
    terms: dict[str, Any] = {
        "why": Blocked.OWNERSHIP_DISPUTE,
        "reason": "两兄弟打官司",
        "happened_on": TODAY,
        "has_paper": True,
        "today": TODAY,
    } | changes
    _expect(refusal, lambda: check_happening(terms.pop("why"), **terms))


@pytest.mark.parametrize("text", ["诊断书已看", "中风以后", "精神残疾二级", "失智老人"])
def test_no_illness_is_written_down(text: str) -> None:
    _expect(Refusal.NO_DIAGNOSIS, lambda: check_no_diagnosis(text))


@pytest.mark.parametrize("text", ["子女，法院指定监护", "意定监护公证第 12 号", "配偶，居委会指定"])
def test_the_relation_and_its_paper_are_written_down(text: str) -> None:
    check_no_diagnosis(text)


def test_owners_wait_for_heirs_and_lessees_for_the_lessor() -> None:
    assert blocked_by_death(Capacity.OWNER) is Blocked.HEIRS_AWAITED
    assert blocked_by_death(Capacity.LESSEE) is Blocked.LESSEE_CHANGE


def test_a_unit_whose_holder_has_died_is_not_simply_freed() -> None:
    may_free(Blocked.OWNERSHIP_DISPUTE, dead_holders=0)
    may_free(Blocked.GUARDIAN_NEEDED, dead_holders=0)
    _expect(Refusal.HOLDER_DEAD, lambda: may_free(Blocked.HEIRS_AWAITED, dead_holders=1))
    _expect(Refusal.HOLDER_DEAD, lambda: may_free(Blocked.LESSEE_CHANGE, dead_holders=1))
    _expect(Refusal.NOT_BLOCKED, lambda: may_free(None, dead_holders=0))


@pytest.mark.parametrize(
    ("form", "holders", "successors", "administrator", "expected"),
    [
        (SOLE, {"a": ONE}, ["x"], False, (SOLE, (Part("x"),))),
        (SOLE, {"a": ONE}, ["x", "y"], False, (JOINT, (Part("x"), Part("y")))),
        (SOLE, {"a": ONE}, ["x"], True, (SOLE, (Part("x"),))),
        (JOINT, {"a": ONE, "wife": ONE}, ["wife"], False, (SOLE, (Part("wife"),))),
        (JOINT, {"a": ONE, "wife": ONE}, ["x"], False, (JOINT, (Part("wife"), Part("x")))),
        (JOINT, {"a": ONE, "wife": ONE}, ["wife", "x"], False, (JOINT, (Part("wife"), Part("x")))),
        (
            SHARES,
            {"a": Fraction(2, 5), "b": Fraction(3, 5)},
            ["x"],
            False,
            (SHARES, (Part("b", Fraction(3, 5)), Part("x", Fraction(2, 5)))),
        ),
        (SHARES, {"a": Fraction(2, 5), "b": Fraction(3, 5)}, ["b"], False, (SOLE, (Part("b"),))),
    ],
)
def test_who_holds_after_a_death(
    form: HoldingForm,
    holders: dict[str, Fraction],
    successors: list[str],
    administrator: bool,
    expected: tuple[HoldingForm, tuple[Part, ...]],
) -> None:
    assert after_succession(form, holders, "a", successors, administrator=administrator) == expected


@pytest.mark.parametrize(
    ("form", "dead", "successors", "administrator", "refusal"),
    [
        (SOLE, "b", ["x"], False, Refusal.HEIR_NOT_DEAD),
        (SOLE, "a", [], False, Refusal.HEIRS_NONE),
        (SOLE, "a", ["x", "y"], True, Refusal.ADMINISTRATOR_ALONE),
        (SHARES, "a", ["x", "y"], False, Refusal.HEIRS_ONE_FOR_SHARE),
    ],
)
def test_successions_that_cannot_be(
    form: HoldingForm, dead: str, successors: list[str], administrator: bool, refusal: Refusal
) -> None:
    _expect(refusal, lambda: after_succession(form, {"a": ONE}, dead, successors, administrator=administrator))


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({}, None),
        ({"ward": "x"}, Refusal.NOT_ON_ROLL),
        ({"guardian_is_ward": True}, Refusal.GUARDIAN_ONESELF),
        ({"seats": [Role.COMMITTEE_CLERK]}, Refusal.GUARDIAN_IS_STAFF),
        ({"seats": [Role.SCRUTINEER]}, Refusal.GUARDIAN_IS_STAFF),
        ({"seats": [Role.COUNCIL_MEMBER]}, None),
    ],
)
def test_a_guardian_is_somebody_else_and_does_not_run_the_collection(
    changes: dict[str, Any], refusal: Refusal | None
) -> None:
    terms: dict[str, Any] = {"ward": "a", "holders": ["a", "b"], "guardian_is_ward": False, "seats": []} | changes
    _expect(refusal, lambda: may_name_guardian(**terms))


def test_a_signature_is_dated_while_its_signer_holds_the_unit_and_lives() -> None:
    sold, died = date(2026, 11, 7), date(2026, 11, 9)
    holders: dict[str, tuple[date | None, date | None]] = {"new": (sold, None), "old": (None, died)}
    assert check_signature_day(holders, ["new"], sold)
    assert check_signature_day(holders, ["old"], died), "on the day itself she was alive"
    assert not check_signature_day(holders, ["old"], date(2026, 11, 10))
    _expect(Refusal.SLIP_BEFORE_HOLDING, lambda: check_signature_day(holders, ["new"], date(2026, 11, 6)))


def _expect(refusal: Any, act: Any) -> None:
    if refusal is None:
        act()
        return
    with pytest.raises(Refused) as refused:
        act()
    assert refused.value.refusal is refusal
