"""How long what is kept, to the day."""

from __future__ import annotations

import dataclasses
from datetime import date
from importlib import import_module

import pytest

from hearing import app
from hearing.audit.fact import Fact, type_registry
from hearing.erasure import rules
from hearing.erasure.rules import KEEPING, Class, Refusal
from hearing.refusal import Refused

for package in app.PACKAGES:
    import_module(f"hearing.{package}.routes")
FACTS = sorted(
    (kind, fact)
    for kind, fact in type_registry.items()
    if fact.__module__.startswith("hearing.") and kind != "demo.settled"
)
TODAY = date(2029, 11, 24)


@pytest.mark.parametrize(("kind", "fact"), FACTS)
def test_whatever_an_act_keeps_to_itself_has_its_period(kind: str, fact: type[Fact]) -> None:
    private = [part.name for part in dataclasses.fields(fact) if part.metadata.get("public") is False]
    assert not private or rules.class_of(fact.__module__.split(".")[1]) is not None


def test_no_package_is_of_two_classes_and_each_period_has_its_law() -> None:
    packages = [package for keeping in KEEPING.values() for package in keeping.packages]
    assert len(packages) == len(set(packages))
    assert set(KEEPING) == set(Class)
    assert all(keeping.years >= 1 and "法" in keeping.because for keeping in KEEPING.values())


@pytest.mark.parametrize(
    ("recorded", "over"),
    [(date(2026, 11, 23), True), (date(2026, 11, 24), False), (date(2029, 11, 24), False)],
)
def test_three_years_are_over_the_day_after(recorded: date, over: bool) -> None:
    assert rules.is_over(recorded, KEEPING[Class.CONSENT], TODAY) is over
    assert (rules.kept_until(recorded, KEEPING[Class.CONSENT]) < TODAY) is over


def test_the_day_that_most_years_do_not_have() -> None:
    assert rules.years_before(date(2028, 2, 29), 3) == date(2025, 2, 28)
    assert rules.kept_until(date(2028, 2, 29), KEEPING[Class.CONSENT]) == date(2031, 2, 28)
    assert not rules.is_over(date(2028, 2, 29), KEEPING[Class.CONSENT], date(2031, 2, 28))
    assert rules.is_over(date(2028, 2, 29), KEEPING[Class.CONSENT], date(2031, 3, 1))


def test_nothing_goes_before_its_time() -> None:
    rules.check_before(Class.CONSENT, date(2026, 11, 24), TODAY)
    with pytest.raises(Refused) as caught:
        rules.check_before(Class.CONSENT, date(2026, 11, 25), TODAY)
    assert caught.value.refusal is Refusal.KEPT_LONGER
    assert caught.value.details["last"] == "2026-11-24"
