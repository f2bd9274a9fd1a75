"""A proposal's path to approval, its plan versions and their hash."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearing.audit.canonical import CanonicalError
from hearing.notices.rules import ObjectionState, PublicityPeriod, WorkCalendar, end_of_day
from hearing.notices.rules import Refusal as NoticeRefusal
from hearing.people.rules import Refusal as PeopleRefusal
from hearing.people.rules import Role
from hearing.proposals.rules import (
    FIELD_LABELS,
    MATERIAL_FIELDS,
    REJECTION_LABELS,
    STATE_LABELS,
    STEPS,
    TEMPLATES,
    BudgetLine,
    ChangeClass,
    Move,
    Opinion,
    Plan,
    Preset,
    Refusal,
    Rejection,
    Requirement,
    ScopeKind,
    Share,
    State,
    TemplateName,
    asked_again,
    canonical_plan,
    changed_shares,
    decided_class,
    diff,
    may_approve_proposal,
    may_fix_plan,
    may_look_again,
    may_publish,
    missing_parts,
    moves_open_to,
    next_state,
    plan_hash,
    plan_hash8,
    read_rejection,
    screening_due,
    sha256_of,
    suggested_class,
)
from hearing.refusal import Refused

RESIDENT, CLERK = Role.RESIDENT, Role.COMMITTEE_CLERK
RAMP = Plan(
    title="门口台阶改坡道",
    description="三上三下台阶改为一米上一米下斜坡",
    place="天津路426弄弄口",
    size="长2米，宽1.2米",
    drawings=("d" * 64,),
    budget=(BudgetLine("坡道浇筑", 1_200_000), BudgetLine("扶手", 300_000)),
    safety_note="防滑面层，单侧扶手",
    light_and_passage="不占通道",
    implementer="大修工程队",
    upkeep_owner="物业",
    affected_parties="13户承租人",
    steps="书面申请；协调会；书面确认；施工",
    templates=(TemplateName.RAMP_PUBLIC_HOUSING,),
)


def test_the_path_of_the_ramp() -> None:
    state = State.DRAFT
    for role, move in (
        (Role.BLOCK_OFFICER, Move.SUBMIT),
        (CLERK, Move.SCREEN),
        (CLERK, Move.RETURN),
        (RESIDENT, Move.SUBMIT),
        (CLERK, Move.SCREEN),
        (CLERK, Move.ACCEPT),
        (CLERK, Move.FIX_PLAN),
        (CLERK, Move.ASK_CONSENT),
        (CLERK, Move.REVISE),
        (CLERK, Move.FIX_PLAN),
        (CLERK, Move.ASK_CONSENT),
        (CLERK, Move.PUBLISH),
        (CLERK, Move.APPROVE),
    ):
        state = next_state(state, move, role=role, reason="请补一张照片")
    assert state is State.APPROVED


@pytest.mark.parametrize("move", Move)
def test_each_move_starts_from_its_states_only(move: Move) -> None:
    role = next(iter(STEPS[move].who))
    for state in set(State) - STEPS[move].starts:
        with pytest.raises(Refused) as refused:
            next_state(state, move, role=role, reason="理由")
        assert refused.value.refusal is Refusal.PROPOSAL_ELSEWHERE


@pytest.mark.parametrize("move", sorted(set(Move) - {Move.SUBMIT, Move.WITHDRAW}))
def test_residents_submit_and_withdraw_and_nothing_else(move: Move) -> None:
    with pytest.raises(Refused) as refused:
        next_state(next(iter(STEPS[move].starts)), move, role=RESIDENT, reason="理由")
    assert refused.value.refusal is PeopleRefusal.NOT_YOUR_SEAT


@pytest.mark.parametrize("move", [move for move, step in STEPS.items() if step.needs_reason])
def test_moves_against_somebodys_wish_need_a_reason(move: Move) -> None:
    step = STEPS[move]
    with pytest.raises(Refused) as refused:
        next_state(next(iter(step.starts)), move, role=next(iter(step.who)), reason="\u3000")
    assert refused.value.refusal is Refusal.REASON_MISSING


def test_reasons_are_asked_for_where_the_law_asks() -> None:
    assert {Move.REJECT, Move.RETURN, Move.SUSPEND, Move.REVISE} <= {m for m, s in STEPS.items() if s.needs_reason}


def test_a_suspended_proposal_goes_on_where_it_stopped() -> None:
    suspended = next_state(State.CONSENT, Move.SUSPEND, role=CLERK, reason="等房管办答复")
    assert suspended is State.SUSPENDED
    resumed = next_state(suspended, Move.RESUME, role=CLERK, reason="已答复", suspended_from=State.CONSENT)
    assert resumed is State.CONSENT
    with pytest.raises(ValueError, match="remembers"):
        next_state(suspended, Move.RESUME, role=CLERK, reason="已答复")


@pytest.mark.parametrize("state", [State.REJECTED, State.MERGED, State.ROUTED_ELSEWHERE, State.WITHDRAWN])
def test_an_ended_proposal_is_neither_suspended_nor_withdrawn(state: State) -> None:
    assert not {Move.SUSPEND, Move.WITHDRAW} & set(moves_open_to(state, CLERK))


def test_buttons_follow_the_seat() -> None:
    assert moves_open_to(State.SCREENING, CLERK) == (
        Move.RETURN,
        Move.REJECT,
        Move.MERGE,
        Move.ROUTE,
        Move.ACCEPT,
        Move.SUSPEND,
        Move.WITHDRAW,
    )
    assert moves_open_to(State.SCREENING, RESIDENT) == (Move.WITHDRAW,)
    assert moves_open_to(State.REJECTED, Role.COUNCIL_MEMBER) == (Move.LOOK_AGAIN,)
    assert moves_open_to(State.SCREENING, Role.POLICE_LIAISON) == ()


def test_a_rejection_has_a_listed_reason() -> None:
    assert read_rejection("private_cost") is Rejection.PRIVATE_COST
    with pytest.raises(Refused) as refused:
        read_rejection("不喜欢")
    assert refused.value.refusal is Refusal.REJECTION_NOT_LISTED


def test_the_council_looks_again_once() -> None:
    may_look_again(0)
    with pytest.raises(Refused) as refused:
        may_look_again(1)
    assert refused.value.refusal is Refusal.LOOKED_AGAIN_ALREADY


def test_screening_takes_five_working_days() -> None:
    wednesday_night = datetime(2026, 11, 4, 15, 59, tzinfo=UTC)
    assert screening_due(wednesday_night, WorkCalendar()) == end_of_day(date(2026, 11, 11))
    holiday = WorkCalendar(holidays=frozenset({date(2026, 11, 9)}))
    assert screening_due(wednesday_night, holiday) == end_of_day(date(2026, 11, 12))


@pytest.mark.parametrize(("passed", "missing"), [([True], 0), ([True, False, False], 2), ([], 1)])
def test_publicity_waits_for_every_collection(passed: list[bool], missing: int) -> None:
    if not missing:
        may_publish(passed)
        return
    with pytest.raises(Refused) as refused:
        may_publish(passed)
    assert refused.value.details == {"n": missing}


def test_approval_waits_for_days_objections_and_collections() -> None:
    period = PublicityPeriod(datetime(2026, 11, 1, 2, tzinfo=UTC), 7)
    terms: dict[str, Any] = {"collections_passed": [True], "no_open_objection": True, "now": period.ends_at}
    may_approve_proposal(period, [ObjectionState.SETTLED], **terms)
    for objections, changes, refusal in (
        ([], {"collections_passed": [False]}, Refusal.CONSENTS_NOT_PASSED),
        ([], {"now": period.ends_at - timedelta(seconds=1)}, NoticeRefusal.PUBLICITY_RUNNING),
        ([ObjectionState.TO_COORDINATION], {}, NoticeRefusal.OBJECTIONS_STANDING),
    ):
        with pytest.raises(Refused) as refused:
            may_approve_proposal(period, objections, **terms | changes)
        assert refused.value.refusal is refusal


# The plan.


def test_a_complete_plan_may_be_fixed() -> None:
    may_fix_plan(RAMP, has_legal_opinion=True)


def test_what_a_plan_lacks_is_named() -> None:
    assert missing_parts(Plan(), has_legal_opinion=False) == (
        "description",
        "drawings",
        "budget",
        "safety_note",
        "upkeep_owner",
        "affected_parties",
        "templates",
    )
    with pytest.raises(Refused) as refused:
        may_fix_plan(replace(RAMP, safety_note=" "), has_legal_opinion=False)
    assert refused.value.details == {"n": 2, "parts": ("safety_note", "legal_opinion")}


def test_a_legal_opinion_is_asked_for_when_the_template_says_so() -> None:
    ordinary = replace(RAMP, templates=(TemplateName.OWNERS_ORDINARY,))
    assert missing_parts(ordinary, has_legal_opinion=False) == ()


def test_works_paid_by_others_have_a_budget_of_nothing() -> None:
    free = replace(RAMP, budget=(BudgetLine("微实事项目承担", 0),))
    assert missing_parts(free, has_legal_opinion=True) == ()


def test_the_hash_of_a_plan_is_fixed_for_ever() -> None:
    digest = plan_hash(RAMP, proposal="proposal/7", version=1)
    assert digest == "bca6355a34515824e18d26909f7dc5d34164d4d554a9b0345b914bfc84400e03"
    assert plan_hash8(digest) == digest[:8]


def test_the_hash_knows_its_proposal_and_version() -> None:
    hashes = {plan_hash(RAMP, proposal=p, version=v) for p in ("proposal/7", "proposal/8") for v in (1, 2)}
    assert len(hashes) == 4


CHANGES: dict[str, Any] = {
    "drawings": ("e" * 64,),
    "budget": (*RAMP.budget, BudgetLine("透明井道", 2_000_000)),
    "household_shares": (Share("u1", 100),),
    "templates": (TemplateName.OWNERS_ALTERATION,),
}


@pytest.mark.parametrize("name", [field.name for field in fields(Plan)])
def test_every_field_counts_in_the_hash_and_shows_in_the_diff(name: str) -> None:
    changed = replace(RAMP, **{name: CHANGES.get(name, "另一种")})
    assert plan_hash(changed, proposal="p", version=1) != plan_hash(RAMP, proposal="p", version=1)
    (change,) = diff(RAMP, changed)
    assert (change.field, change.before, change.after) == (name, getattr(RAMP, name), getattr(changed, name))
    expected = ChangeClass.MATERIAL if name in MATERIAL_FIELDS else ChangeClass.EDITORIAL
    assert suggested_class([change]) is expected
    assert name in FIELD_LABELS


def test_two_spellings_of_one_character_are_one_text() -> None:
    composed, apart = replace(RAMP, title="café坡道"), replace(RAMP, title="cafe\u0301坡道")
    assert plan_hash(composed, proposal="p", version=1) == plan_hash(apart, proposal="p", version=1)


@given(st.text(max_size=20), st.text(max_size=20))
def test_text_does_not_move_between_fields_unnoticed(first: str, second: str) -> None:
    one = replace(RAMP, title=first + second, place="")
    two = replace(RAMP, title=first, place=second)
    assert (canonical_plan(one, proposal="p", version=1) == canonical_plan(two, proposal="p", version=1)) == (
        second == ""
    )


@pytest.mark.parametrize("value", [1.5, {"面积": 1}, object(), 2**53])
def test_what_has_no_canonical_form_has_no_hash(value: object) -> None:
    with pytest.raises(CanonicalError):
        sha256_of({"value": value})


def test_nothing_changed_is_no_new_version() -> None:
    assert diff(RAMP, RAMP) == ()
    with pytest.raises(Refused) as refused:
        suggested_class(())
    assert refused.value.refusal is Refusal.PLAN_UNCHANGED


MATERIAL, EDITORIAL = ChangeClass.MATERIAL, ChangeClass.EDITORIAL


@pytest.mark.parametrize(
    ("council", "adviser", "decided"),
    [
        (EDITORIAL, EDITORIAL, EDITORIAL),
        (MATERIAL, EDITORIAL, MATERIAL),
        (EDITORIAL, MATERIAL, MATERIAL),
        (MATERIAL, MATERIAL, MATERIAL),
    ],
)
def test_a_change_is_editorial_when_council_and_adviser_both_say_so(
    council: ChangeClass, adviser: ChangeClass, decided: ChangeClass
) -> None:
    of_council = Opinion("zhao", Role.PARTY_SECRETARY, council)
    assert decided_class(of_council, Opinion("qian", Role.LEGAL_ADVISER, adviser)) is decided


@pytest.mark.parametrize(
    ("council", "adviser", "refusal"),
    [
        (("zhao", Role.COMMITTEE_CLERK), ("qian", Role.LEGAL_ADVISER), PeopleRefusal.NOT_YOUR_SEAT),
        (("zhao", Role.COUNCIL_MEMBER), ("qian", Role.HOUSING_LIAISON), PeopleRefusal.NOT_YOUR_SEAT),
        (("zhao", Role.COUNCIL_MEMBER), ("zhao", Role.LEGAL_ADVISER), Refusal.ONE_PERSON_TWO_SEATS),
    ],
)
def test_two_persons_from_the_right_seats_decide(
    council: tuple[str, Role], adviser: tuple[str, Role], refusal: Refusal
) -> None:
    with pytest.raises(Refused) as refused:
        decided_class(Opinion(*council, EDITORIAL), Opinion(*adviser, EDITORIAL))
    assert refused.value.refusal is refusal


def test_the_ramp_needs_everybody_the_manager_and_a_lawyer() -> None:
    ramp = TEMPLATES[TemplateName.RAMP_PUBLIC_HOUSING]
    assert ramp.preset is Preset.UNANIMOUS_LESSEES
    assert ramp.needs_manager_consent
    assert ramp.needs_legal_opinion
    assert ramp.no_open_objection
    assert TEMPLATES[TemplateName.OWNERS_ALTERATION].preset is Preset.CC278_MAJOR
    assert TEMPLATES[TemplateName.OWNERS_ORDINARY].preset is Preset.CC278_ORDINARY


def test_every_state_template_and_reason_has_its_word() -> None:
    assert set(TEMPLATES) == set(TemplateName)
    assert set(STATE_LABELS) == set(State)
    assert set(REJECTION_LABELS) == set(Rejection)
    assert set(FIELD_LABELS) > MATERIAL_FIELDS


# ---- what a material change asks again


BUILDING = Requirement(TemplateName.OWNERS_ALTERATION, ScopeKind.BUILDING, 1)
ESTATE = Requirement(TemplateName.OWNERS_ORDINARY, ScopeKind.ESTATE, 9)
ASKED = {BUILDING: {"u1", "u2"}, ESTATE: {"u1", "u2", "v1", "v2"}}
PAID = replace(RAMP, household_shares=(Share("u1", 100), Share("u2", 200)))


@pytest.mark.parametrize(
    ("after", "again"),
    [
        (replace(PAID, household_shares=(Share("u1", 110), Share("u2", 200))), {BUILDING}),
        (replace(PAID, household_shares=(Share("u2", 200),)), {BUILDING}),
        (replace(PAID, household_shares=(*PAID.household_shares, Share("v1", 1))), {ESTATE}),
        (replace(PAID, household_shares=(Share("u1", 110), Share("u2", 200), Share("v1", 1))), {BUILDING, ESTATE}),
        (replace(PAID, budget=(BudgetLine("坡道", 1),)), {BUILDING, ESTATE}),
        (replace(PAID, household_shares=(Share("u1", 110), Share("u2", 200)), place="别处"), {BUILDING, ESTATE}),
        (replace(PAID, templates=(TemplateName.OWNERS_ALTERATION,)), set()),
    ],
    ids=[
        "a share of the building",
        "somebody of the building pays no longer",
        "somebody who is in the estate alone",
        "both",
        "money that is no household's",
        "another place as well",
        "another consent beside them",
    ],
)
def test_money_is_asked_again_where_it_changes_and_everything_else_of_all(after: Plan, again: set[Requirement]) -> None:
    assert asked_again(PAID, PAID, after, ASKED) == again


def test_what_was_wording_before_asks_nobody_again_later() -> None:
    worded = replace(PAID, description="换了说法")
    dearer = replace(worded, household_shares=(Share("u1", 110), Share("u2", 200)))
    assert asked_again(PAID, worded, dearer, ASKED) == {BUILDING}


def test_shares_are_compared_with_what_was_signed() -> None:
    crept = replace(PAID, household_shares=(Share("u1", 105), Share("u2", 200)))
    back = replace(PAID, household_shares=(Share("u1", 100), Share("u2", 205)))
    assert changed_shares(PAID, back) == {"u2"}
    assert asked_again(PAID, crept, back, {BUILDING: {"u1"}, ESTATE: {"u1", "u2"}}) == {ESTATE}
