"""Several rolls and named permits: templates say which, publicity waits for all, the case shows each with its state."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from hearing.audit.ledger import perform
from hearing.db import db
from hearing.demo import lane
from hearing.people.viewer import Viewer
from hearing.places.models import Holder, Neighbourhood, Tenure, TenureShare
from hearing.places.rules import HoldingForm
from hearing.proposals import actions, queries
from hearing.proposals.models import PermitAnswer, PlanVersion, RequiredPermit
from hearing.proposals.rules import (
    TEMPLATES,
    DraftPlan,
    Permit,
    PermitKind,
    PermitState,
    Refusal,
    TemplateName,
    may_publish,
    missing_beside,
    missing_parts,
    part_owner_state,
    permits_of,
)
from hearing.refusal import Refused
from tests import schema
from tests.browser import Browser
from tests.cast import LONG_AGO, Cast
from tests.proposals import scene

BUILDING, ESTATE, ALONE = TemplateName.LIFT_BUILDING, TemplateName.LIFT_ESTATE, TemplateName.LIFT_BUILDING_ALONE
Person = Callable[[str | int], Viewer]


def refusal(act: Callable[[], object]) -> object:
    """The refusal with which an act ends."""
    with pytest.raises(Refused) as info:
        act()
    db.session.rollback()
    return info.value.refusal


# ---- the law


def test_templates_name_their_permits() -> None:
    assert permits_of([BUILDING, ESTATE], [7, 3, 7]) == (
        Permit(PermitKind.PROPERTY_MANAGER),
        Permit(PermitKind.PART_OWNER, 3),
        Permit(PermitKind.PART_OWNER, 7),
    )
    assert permits_of([ESTATE], [3]) == (), "its template asks for none"
    assert permits_of([TemplateName.RENEWAL_PUBLIC_HOUSING], []) == (Permit(PermitKind.LESSOR),)


def test_a_lift_on_common_ground_asks_building_and_estate() -> None:
    assert missing_beside([BUILDING]) == (ESTATE,)
    assert missing_beside([BUILDING, ESTATE]) == ()
    assert missing_beside([ALONE]) == ()
    plan = replace(scene.RAMP, templates=(BUILDING,), drawings=("d",))
    assert "beside" in missing_parts(plan, has_legal_opinion=True)
    assert "beside" not in missing_parts(replace(plan, templates=(BUILDING, ESTATE)), has_legal_opinion=True)


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ({}, PermitState.WAITING),
        ({"a": True}, PermitState.WAITING),
        ({"a": True, "b": True}, PermitState.GIVEN),
        ({"a": True, "b": False}, PermitState.REFUSED),
        ({"a": True, "c": True}, PermitState.WAITING),
    ],
)
def test_everybody_who_owns_a_part_permits_its_use(said: dict[str, bool], state: PermitState) -> None:
    assert part_owner_state(["a", "b"], said) is state


def test_of_nobody_there_is_no_permit() -> None:
    assert part_owner_state([], {}) is PermitState.WAITING


@pytest.mark.parametrize(
    ("passed", "given", "expected"),
    [
        ([True, True], [], None),
        ([True, True], [True, True], None),
        ([True, False], [True], Refusal.CONSENTS_NOT_PASSED),
        ([True, True], [True, False], Refusal.PERMITS_AWAITED),
        ([], [True], Refusal.CONSENTS_NOT_PASSED),
    ],
)
def test_publicity_waits_for_every_roll_and_every_permit(
    passed: list[bool], given: list[bool], expected: Refusal | None
) -> None:
    if expected is None:
        may_publish(passed, given)
        return
    with pytest.raises(Refused) as refused:
        may_publish(passed, given)
    assert refused.value.refusal is expected


def test_every_template_has_a_law_and_enough_days() -> None:
    assert all(template.source and template.publicity_days >= 7 for template in TEMPLATES.values())
    assert TEMPLATES[BUILDING].publicity_days == TEMPLATES[ESTATE].publicity_days == 10


# ---- acts


@pytest.fixture
def person(at_desk: Callable[[str], Viewer], cast: Cast) -> Person:
    return lambda who: at_desk(cast.ref(who))


@pytest.fixture
def lift(at_desk: Callable[[str], Viewer], cast: Cast) -> PlanVersion:
    """A fixed plan for a lift: building and estate are asked, the first household's own part is used."""
    del at_desk
    return scene.fixed_lift(cast)


def part(version: PlanVersion) -> RequiredPermit:
    """The permit for the own part."""
    return next(permit for permit in version.permits if permit.unit_id is not None)


def consented(cast: Cast, version: PlanVersion) -> None:
    """Both collections have passed."""
    for required in version.required:
        scene.inside(cast, version, lambda by, each=required: actions.consent_opened(by, each))  # type: ignore[misc]
        scene.inside(cast, version, lambda _by, each=required: actions.record_consent_outcome(each, True))  # type: ignore[misc]


def test_a_plan_keeps_its_rolls_and_permits(lift: PlanVersion) -> None:
    assert [(required.template, required.scope_kind) for required in lift.required] == [
        ("lift_building", "building"),
        ("lift_estate", "estate"),
    ]
    assert [(permit.kind, permit.unit_id is not None, permit.state) for permit in lift.permits] == [
        ("property_manager", False, "waiting"),
        ("part_owner", True, "waiting"),
    ]


def test_a_draft_remembers_whose_part_is_used(cast: Cast) -> None:
    draft = DraftPlan(own_parts=(cast.units[0], cast.units[2]))
    assert DraftPlan.load(draft.dump()) == draft


def test_publicity_begins_when_rolls_manager_and_owner_have_all_said_yes(
    lift: PlanVersion, cast: Cast, person: Person
) -> None:
    proposal = lift.proposal
    assert refusal(lambda: perform(actions.begin_publicity, person("clerk"), proposal, 10)) == (
        Refusal.CONSENTS_NOT_PASSED
    )
    consented(cast, lift)

    def begin() -> object:
        return perform(actions.begin_publicity, person("clerk"), proposal, 10)

    assert refusal(begin) == Refusal.PERMITS_AWAITED
    perform(actions.answer_as_manager, person("property_manager"), lift, True)
    assert refusal(begin) == Refusal.PERMITS_AWAITED
    done = perform(actions.answer_permit, person(1), part(lift), agrees=True)
    assert done.fact.pub()["state"] == "given"
    assert done.fact.households == (cast.units[0],)
    assert set(done.fact.pub()) == {"number", "plan_hash", "state", "state_label", "on_paper"}
    begin()
    assert proposal.state == "publicity"


def test_an_owner_says_no_in_words_and_may_change_her_mind(lift: PlanVersion, person: Person) -> None:
    permit = part(lift)

    def no(note: str) -> object:
        return perform(actions.answer_permit, person(1), permit, agrees=False, note=note)

    assert refusal(partial(no, note="")) == Refusal.REASON_MISSING
    no(note="天井要晒衣服")
    assert permit.state == "refused"
    perform(actions.answer_permit, person(1), permit, agrees=True)
    assert permit.state == "given"
    assert len(permit.answers) == 2, "nothing is edited"
    assert refusal(lambda: perform(actions.answer_permit, person(2), permit, agrees=True)) == Refusal.PERMIT_NOT_YOURS


def test_a_paper_permit_counts_once_two_people_have_held_it(lift: PlanVersion, cast: Cast, person: Person) -> None:
    permit, holder = part(lift), cast.holders[0]
    enter: dict[str, Any] = {"agrees": True, "note": ""}
    bare = partial(perform, actions.enter_permit, person("clerk"), permit, holder, **enter, paper=None)
    assert refusal(bare) == Refusal.PERMIT_PAPER_MISSING
    other = cast.holders[1]
    strange = partial(perform, actions.enter_permit, person("clerk"), permit, other, **enter, paper=scene.picture())
    assert refusal(strange) == Refusal.PERMIT_NOT_YOURS
    perform(actions.enter_permit, person("clerk"), permit, holder, **enter, paper=scene.picture())
    assert permit.state == "waiting"
    [answer] = db.session.scalars(select(PermitAnswer)).all()
    same = partial(perform, actions.check_permit, person("clerk"), answer)
    assert refusal(same) == Refusal.PERMIT_SAME_PERSON
    perform(actions.check_permit, person("director"), answer)
    assert permit.state == "given"
    third = partial(perform, actions.check_permit, person("block_officer"), answer)
    assert refusal(third) == Refusal.PROPOSAL_ELSEWHERE


def test_two_owners_both_have_to_permit(lift: PlanVersion, cast: Cast, person: Person) -> None:
    with schema.door_open():
        home = db.session.get_one(Neighbourhood, cast.neighbourhood)
        [tenure] = db.session.scalars(select(Tenure).where(Tenure.unit_id == cast.units[0])).all()
        spouse = Holder(neighbourhood_id=home.id, name="李妻", phone="14100990001")
        tenure.form = HoldingForm.JOINT
        tenure.shares.append(TenureShare(holder=spouse))
        db.session.flush()
        lane.new_resident(db.session, "p-spouse", tenure.unit, spouse, LONG_AGO)
    permit = part(lift)
    perform(actions.answer_permit, person(1), permit, agrees=True)
    assert permit.state == "waiting"
    perform(actions.answer_permit, schema.viewer("p-spouse"), permit, agrees=True)
    assert permit.state == "given"


# ---- pages


def browser(app: Flask, cast: Cast, who: str | int) -> Browser:
    """The browser of one of the cast."""
    client = app.test_client()
    assert isinstance(client, Browser)
    client.enter(cast.ref(who))
    return client


@pytest.fixture
def number(app: Flask, cast: Cast) -> int:
    """The lift's proposal, its plan fixed, by number."""
    with app.app_context():
        return scene.fixed_lift(cast).proposal_id


def permit_id(app: Flask) -> int:
    """The number of the own part's permit."""
    with app.app_context():
        return int(db.session.scalars(select(RequiredPermit.id).where(RequiredPermit.unit_id.is_not(None))).one())


def test_the_case_shows_each_roll_and_each_permit(app: Flask, cast: Cast, number: int) -> None:
    page = app.test_client().get(f"/cases/{number}").text
    for words in ("加装电梯：本幢业主", "加装电梯：小区业主", "物业书面许可", "用到自家部分的业主书面许可"):
        assert words in page
    assert "是您家" not in page
    assert f"/proposals/permits/{permit_id(app)}" in browser(app, cast, 1).get(f"/cases/{number}").text
    assert "是您家" not in browser(app, cast, 2).get(f"/cases/{number}").text


def test_an_owner_permits_on_her_phone(app: Flask, cast: Cast, number: int) -> None:
    assert number
    owner, url = browser(app, cast, 1), f"/proposals/permits/{permit_id(app)}"
    silent = owner.submit(url, {"agrees": "no"}, field="agrees")
    assert silent.status_code == 422
    assert "不同意请写明理由" in silent.text
    done = owner.submit(url, {"agrees": "yes"}, field="agrees", follow=True)
    assert "已许可" in done.text
    assert browser(app, cast, 2).get(url).status_code == 404
    assert browser(app, cast, "clerk").get(url).status_code == 404


def test_the_desk_enters_a_paper_and_another_compares_it(app: Flask, cast: Cast, number: int) -> None:
    clerk = browser(app, cast, "clerk")
    assert "录入纸质许可" in clerk.get(f"/desk/proposals/{number}/permits").text
    entry = {"holder": str(cast.holders[0]), "agrees": "yes", "paper": (io.BytesIO(scene.jpeg()), "paper.jpg")}
    missing = clerk.submit(f"/desk/proposals/permits/{permit_id(app)}", {**entry, "paper": None}, field="agrees")
    assert missing.status_code == 422
    assert clerk.submit(f"/desk/proposals/permits/{permit_id(app)}", entry, field="agrees").status_code == 303
    with app.app_context():
        answer = db.session.scalars(select(PermitAnswer.id)).one()
    own = clerk.get(f"/desk/proposals/permits/answers/{answer}")
    assert "这份是您录入的" in own.text
    director = browser(app, cast, "director")
    done = director.submit(f"/desk/proposals/permits/answers/{answer}", field="once", follow=True)
    assert "已许可" in done.text
    assert "已经复核" in director.get(f"/desk/proposals/permits/answers/{answer}").text


def test_whose_part_is_used_is_ticked_on_the_desk(app: Flask, cast: Cast) -> None:
    with app.app_context():
        proposal = scene.advised(cast, scene.deliberating(cast))
        scene.drafted(cast, proposal)
        number = proposal.id
    clerk = browser(app, cast, "clerk")
    chosen = {"units": [str(cast.units[0]), str(cast.units[3])]}
    assert clerk.submit(f"/desk/proposals/{number}/plan/own-parts", chosen, field="edition").status_code == 303
    with app.app_context():
        draft, _ = queries.plan_draft(db.session.get_one(type(proposal), number))
        assert draft.own_parts == (cast.units[0], cast.units[3])
    stale = clerk.submit(f"/desk/proposals/{number}/plan/own-parts", {"edition": "0", "units": []}, field="edition")
    assert stale.status_code == 422
