"""Mandates: two-sided, with an instruction, capped, and over with their term, a revocation or a death."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from hearing.consents.rules import (
    UNDER_WAY,
    Agent,
    Answer,
    AnswerSet,
    Blocked,
    Mandate,
    MandateHappening,
    MandateState,
    MandateStep,
    Refusal,
    mandate_state,
    may_accept_mandate,
    may_check_paper_mandate,
    may_decline_mandate,
    may_give_mandate,
    may_revoke_mandate,
    may_use_mandate,
)
from hearing.people.rules import FIELD_STAFF, Role
from hearing.people.rules import Refusal as PeopleRefusal
from hearing.refusal import Refused
from tests.consents.block import JOINT, lane, owner

PLAN, OLD_PLAN = "a" * 64, "b" * 64
UNIT = lane().units[4]
TODAY = date(2026, 11, 9)
OFFER = Mandate("u5", ("h5",), "141", PLAN, Answer.AGREE, date(2026, 11, 8), date(2026, 11, 30))
ACCEPTED = MandateHappening(MandateStep.ACCEPTED, date(2026, 11, 8))
STANDING = replace(OFFER, events=(ACCEPTED,))


def then(mandate: Mandate, step: MandateStep, day: int = 9) -> Mandate:
    """The same mandate after something more has happened to it, in November."""
    return replace(mandate, events=(*mandate.events, MandateHappening(step, date(2026, 11, day))))


@pytest.mark.parametrize(
    ("mandate", "state"),
    [
        (OFFER, MandateState.OFFERED),
        (STANDING, MandateState.STANDING),
        (then(OFFER, MandateStep.DECLINED), MandateState.DECLINED),
        (then(STANDING, MandateStep.REVOKED), MandateState.REVOKED),
        (then(STANDING, MandateStep.PRINCIPAL_DIED), MandateState.ENDED),
        (then(STANDING, MandateStep.AGENT_DIED), MandateState.ENDED),
        (then(STANDING, MandateStep.HANDS_CHANGED), MandateState.ENDED),
        (replace(STANDING, valid_until=date(2026, 11, 8)), MandateState.EXPIRED),
        (replace(STANDING, valid_until=TODAY), MandateState.STANDING),
        (replace(STANDING, on_paper=True, hands=1), MandateState.UNCHECKED),
        (replace(STANDING, on_paper=True, hands=2), MandateState.STANDING),
        (replace(OFFER, on_paper=True, hands=2), MandateState.OFFERED),
        (then(replace(OFFER, on_paper=True, hands=1), MandateStep.REVOKED), MandateState.REVOKED),
    ],
)
def test_where_a_mandate_stands(mandate: Mandate, state: MandateState) -> None:
    assert mandate_state(mandate, TODAY) is state


def test_a_holder_with_a_mandate_under_way_is_bound() -> None:
    assert frozenset({MandateState.UNCHECKED, MandateState.OFFERED, MandateState.STANDING}) == UNDER_WAY


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({}, None),
        ({"agent_units": ["u1", "u2"]}, None),
        ({"agent_units": ["u1", "u2", "u5"]}, None),
        ({"agent_units": ["u1", "u2", "u3"]}, Refusal.MANDATE_CAP_REACHED),
        ({"agent_units": ["u1"], "cap": 1}, Refusal.MANDATE_CAP_REACHED),
        ({"mandate": replace(OFFER, instruction=None)}, Refusal.MANDATE_WITHOUT_INSTRUCTION),
        ({"mandate": replace(OFFER, instruction=Answer.AGREE_PAY)}, Refusal.ANSWER_NOT_OFFERED),
        ({"mandate": replace(OFFER, plan_hash=OLD_PLAN)}, Refusal.MANDATE_OTHER_PLAN),
        ({"mandate": replace(OFFER, holders=("h6",))}, Refusal.NOT_ON_ROLL),
        ({"mandate": replace(OFFER, holders=())}, Refusal.NOT_ON_ROLL),
        ({"mandate": replace(OFFER, valid_until=date(2026, 11, 8))}, Refusal.MANDATE_TERM),
        ({"mandate": replace(OFFER, valid_until=date(2027, 11, 8))}, Refusal.MANDATE_TERM),
        ({"unit": replace(UNIT, blocked=Blocked.OWNERSHIP_DISPUTE)}, Refusal.UNIT_BLOCKED),
        ({"agent": Agent("141", holder="h5")}, Refusal.MANDATE_TO_ONESELF),
        ({"agent": Agent("141", seats=frozenset({Role.SCRUTINEER}))}, Refusal.MANDATE_TO_STAFF),
        ({"agent": Agent("141", seats=frozenset({Role.PROPERTY_MANAGER}))}, None),
        ({"bound": ["h5"]}, Refusal.MANDATE_ALREADY),
        ({"bound": ["h6"]}, None),
    ],
)
def test_what_may_be_given(changes: dict[str, Any], refusal: Refusal | None) -> None:
    terms: dict[str, Any] = {
        "unit": UNIT,
        "mandate": OFFER,
        "agent": Agent("141"),
        "offered": AnswerSet.PLAIN,
        "plan_hash": PLAN,
        "bound": [],
        "agent_units": [],
        "cap": 3,
        "today": TODAY,
    } | changes
    _expect(refusal, lambda: may_give_mandate(terms.pop("unit"), terms.pop("mandate"), **terms))


@pytest.mark.parametrize("seat", sorted(FIELD_STAFF))
def test_the_committee_answers_for_nobody(seat: Role) -> None:
    with pytest.raises(Refused) as refused:
        may_give_mandate(
            UNIT,
            OFFER,
            agent=Agent("141", seats=frozenset({seat})),
            offered=AnswerSet.PLAIN,
            plan_hash=PLAN,
            bound=[],
            agent_units=[],
            cap=3,
            today=TODAY,
        )
    assert refused.value.refusal is Refusal.MANDATE_TO_STAFF


@pytest.mark.parametrize(
    ("mandate", "changes", "refusal"),
    [
        (OFFER, {}, None),
        (OFFER, {"agent": "142"}, Refusal.MANDATE_NOT_YOURS),
        (OFFER, {"today": date(2026, 12, 1)}, Refusal.MANDATE_EXPIRED),
        (OFFER, {"agent_units": ["u1", "u2", "u3"]}, Refusal.MANDATE_CAP_REACHED),
        (STANDING, {}, Refusal.MANDATE_DONE),
        (replace(OFFER, on_paper=True, hands=1), {}, Refusal.MANDATE_DONE),
        (then(OFFER, MandateStep.REVOKED), {}, Refusal.MANDATE_DONE),
    ],
)
def test_an_agent_accepts_what_is_offered_to_her(
    mandate: Mandate, changes: dict[str, Any], refusal: Refusal | None
) -> None:
    terms: dict[str, Any] = {"agent": "141", "agent_units": ["u1", "u2"], "cap": 3, "today": TODAY} | changes
    _expect(refusal, lambda: may_accept_mandate(mandate, **terms))


def test_declining_needs_no_room_under_the_cap() -> None:
    may_decline_mandate(OFFER, agent="141", today=TODAY)


@pytest.mark.parametrize(
    ("mandate", "person", "refusal"),
    [
        (OFFER, "h5", None),
        (STANDING, "h5", None),
        (STANDING, "h6", Refusal.MANDATE_NOT_YOURS),
        (then(STANDING, MandateStep.AGENT_DIED), "h5", Refusal.MANDATE_DONE),
        (replace(STANDING, valid_until=date(2026, 11, 8)), "h5", Refusal.MANDATE_DONE),
    ],
)
def test_whoever_gave_it_takes_it_back(mandate: Mandate, person: str, refusal: Refusal | None) -> None:
    _expect(refusal, lambda: may_revoke_mandate(mandate, person=person, today=TODAY))


PAPER = replace(OFFER, on_paper=True, hands=1)


@pytest.mark.parametrize(
    ("mandate", "changes", "refusal"),
    [
        (PAPER, {}, None),
        (PAPER, {"person": "wang"}, Refusal.ENTRY_SAME_PERSON),
        (PAPER, {"role": Role.RESIDENT}, PeopleRefusal.NOT_YOUR_SEAT),
        (PAPER, {"hands": ["wang", "wu"]}, Refusal.MANDATE_DONE),
        (OFFER, {}, Refusal.MANDATE_DONE),
    ],
)
def test_two_people_hold_a_paper_mandate(mandate: Mandate, changes: dict[str, Any], refusal: Any) -> None:
    terms: dict[str, Any] = {"role": Role.COMMITTEE_CLERK, "person": "zhou", "hands": ["wang"]} | changes
    _expect(refusal, lambda: may_check_paper_mandate(mandate, **terms))


@pytest.mark.parametrize(
    ("mandate", "changes", "refusal"),
    [
        (STANDING, {}, None),
        (STANDING, {"answer": Answer.OPPOSE}, Refusal.MANDATE_ANSWER_DIFFERS),
        (STANDING, {"answer": None}, Refusal.MANDATE_ANSWER_DIFFERS),
        (replace(STANDING, instruction=None), {}, Refusal.MANDATE_WITHOUT_INSTRUCTION),
        (replace(STANDING, plan_hash=OLD_PLAN), {}, Refusal.MANDATE_OTHER_PLAN),
        (STANDING, {"signed_on": date(2026, 12, 1)}, Refusal.MANDATE_EXPIRED),
        (STANDING, {"signed_on": date(2026, 11, 7)}, Refusal.MANDATE_EXPIRED),
        (OFFER, {}, Refusal.MANDATE_NOT_STANDING),
        (replace(STANDING, on_paper=True, hands=1), {}, Refusal.MANDATE_NOT_STANDING),
        (STANDING, {"spoke": ["h5"]}, Refusal.MANDATE_PRINCIPAL_SPOKE),
        (STANDING, {"unit": replace(UNIT, blocked=Blocked.HEIRS_AWAITED)}, Refusal.UNIT_BLOCKED),
        (STANDING, {"unit": lane().units[0]}, Refusal.NOT_ON_ROLL),
        (then(STANDING, MandateStep.REVOKED, 9), {}, Refusal.MANDATE_ENDED),
        (then(STANDING, MandateStep.REVOKED, 10), {}, None),
        (then(STANDING, MandateStep.PRINCIPAL_DIED, 8), {}, Refusal.MANDATE_ENDED),
        (then(STANDING, MandateStep.PRINCIPAL_DIED, 9), {}, None),
        (then(STANDING, MandateStep.AGENT_DIED, 8), {}, Refusal.MANDATE_ENDED),
        (then(STANDING, MandateStep.HANDS_CHANGED, 9), {}, Refusal.MANDATE_ENDED),
    ],
)
def test_an_agent_says_what_the_principal_wrote(
    mandate: Mandate, changes: dict[str, Any], refusal: Refusal | None
) -> None:
    terms: dict[str, Any] = {
        "answer": Answer.AGREE,
        "unit": UNIT,
        "plan_hash": PLAN,
        "signed_on": TODAY,
        "spoke": [],
    } | changes
    _expect(refusal, lambda: may_use_mandate(mandate, terms.pop("answer"), **terms))


def test_one_of_a_couple_speaks_for_herself_alone() -> None:
    unit = owner("301", 5820, holding=JOINT)
    of_wife = replace(STANDING, unit="301", holders=("wife",))
    terms: dict[str, Any] = {"unit": unit, "plan_hash": PLAN, "signed_on": TODAY}
    may_use_mandate(of_wife, Answer.AGREE, **terms, spoke=["husband"])
    _expect(Refusal.MANDATE_PRINCIPAL_SPOKE, lambda: may_use_mandate(of_wife, Answer.AGREE, **terms, spoke=["wife"]))


def _expect(refusal: Any, act: Any) -> None:
    if refusal is None:
        act()
        return
    with pytest.raises(Refused) as refused:
        act()
    assert refused.value.refusal is refusal
