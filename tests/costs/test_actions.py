"""Acts of costs: what a version's money rests on, and which collections a dearer version asks again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from hearing.audit.ledger import keep, perform
from hearing.consents import actions as consents
from hearing.consents.rules import Answer, CollectionState, UnitStatus
from hearing.costs import actions, queries
from hearing.costs.models import CostSheet
from hearing.costs.rules import Refusal, Why
from hearing.db import db
from hearing.notices.models import Notice
from hearing.people.rules import Refusal as PeopleRefusal
from hearing.people.viewer import Viewer
from hearing.proposals import actions as proposals
from hearing.proposals import queries as proposal_queries
from hearing.proposals.models import PlanVersion
from hearing.proposals.rules import BudgetLine, DraftPlan, RequiredState, State
from hearing.proposals.rules import Refusal as ProposalRefusal
from hearing.refusal import Refused
from tests import schema
from tests.cast import Cast
from tests.consents.course import BlockCourse, at, moment
from tests.costs.scene import LIFT, TERMS, WAN, Lift, lift
from tests.proposals import scene

AtDesk = Callable[[str], Viewer]


@pytest.fixture
def case(at_desk: AtDesk, cast: Cast) -> Lift:
    """The lift of 安和里12号, before its plan is fixed."""
    return lift(cast)


def refused(act: Callable[[], object]) -> StrEnum:
    """Why the act is refused."""
    with pytest.raises(Refused) as caught:
        act()
    return caught.value.refusal


def test_the_shares_of_the_version_are_those_of_its_cost_plan(case: Lift) -> None:
    version = case.first()
    sheet = queries.sheet_of(case.proposal, version.plan.cost_plan)
    assert sheet is not None
    assert (sheet.total_fen, sheet.subsidy_fen, sheet.residents_fen) == (70 * WAN, 28 * WAN, 42 * WAN)
    owed = [version.share_of(case.units[door]) for door in ("101", "201", "301", "401", "501", "602")]
    assert owed == [fen * WAN // 100 for fen in (0, 210, 315, 420, 525, 630)]
    assert sum(share.fen for share in version.plan.household_shares) == sheet.residents_fen


def test_the_plan_hash_binds_the_agreement_as_well_as_the_amounts(case: Lift) -> None:
    scene.advised(case.cast, case.proposal)
    case.write(LIFT)
    plans = []
    for words in ("5月3日协调会议定", "6月1日协调会议定"):
        sheet = case.work_out(replace(TERMS, agreed=words))
        plans.append((proposal_queries.plan_draft(case.proposal)[0].plan, sheet.digest))
    assert plans[0][0].household_shares == plans[1][0].household_shares
    assert plans[0][0].cost_plan == plans[0][1] != plans[1][0].cost_plan


def test_the_trail_learns_sums_and_no_door(case: Lift) -> None:
    case.write(LIFT)
    proposal = case.proposal
    _, edition = proposal_queries.plan_draft(proposal)
    clerk = schema.viewer(case.cast.ref("clerk"))
    fact = perform(actions.work_out, clerk, proposal, case.house, TERMS, edition).fact
    told = fact.pub()
    told.pop("cost_hash")
    assert told == {"total_fen": 70 * WAN, "subsidy_fen": 28 * WAN, "residents_fen": 42 * WAN, "payers": 10}
    assert fact.payload() == {}


def test_the_same_agreement_is_kept_once(case: Lift) -> None:
    case.write(LIFT)
    assert case.work_out().id == case.work_out().id
    assert db.session.scalar(select(func.count()).select_from(CostSheet)) == 1


def test_a_colleague_who_saved_meanwhile_is_not_overwritten(case: Lift) -> None:
    case.write(LIFT)
    proposal, clerk = case.proposal, schema.viewer(case.cast.ref("clerk"))
    stale = lambda: perform(actions.work_out, clerk, proposal, case.house, TERMS, 0)  # noqa: E731 - said once, asked once
    assert refused(stale) == ProposalRefusal.PLAN_DRAFT_CHANGED


def test_costs_are_worked_out_by_the_committee_while_the_plan_is_made(case: Lift) -> None:
    case.write(LIFT)
    proposal, resident = case.proposal, schema.viewer("p-301")
    assert (
        refused(lambda: perform(actions.work_out, resident, proposal, case.house, TERMS, 1))
        == PeopleRefusal.NOT_YOUR_SEAT
    )
    scene.advised(case.cast, case.proposal)
    case.work_out()
    case.fix()
    assert refused(case.work_out) == Refusal.COSTS_NOT_NOW


def test_only_those_whom_the_plan_asks_share_its_cost(case: Lift) -> None:
    case.write(LIFT)
    proposal, clerk = case.proposal, schema.viewer(case.cast.ref("clerk"))
    lane = scene.requirement(case.cast)
    assert refused(lambda: perform(actions.work_out, clerk, proposal, lane, TERMS, 2)) == Refusal.COSTS_NOT_NOW


def test_a_budget_that_was_changed_afterwards_is_not_fixed(case: Lift) -> None:
    scene.advised(case.cast, case.proposal)
    case.write(LIFT)
    case.work_out()
    case.write(replace(LIFT, budget=(BudgetLine("电梯", 71 * WAN),)))
    assert refused(case.fix) == Refusal.COSTS_OUTDATED
    case.work_out()
    assert case.fix().budget_fen == 71 * WAN


def test_other_households_than_those_who_share_the_cost_are_noticed(case: Lift) -> None:
    scene.advised(case.cast, case.proposal)
    case.write(LIFT)
    case.work_out()
    proposal, clerk = case.proposal, schema.viewer(case.cast.ref("clerk"))
    draft, edition = proposal_queries.plan_draft(proposal)
    elsewhere = DraftPlan(draft.texts, draft.drawings, (scene.requirement(case.cast),))
    keep(proposals.save_plan, clerk, proposal, elsewhere, edition)
    assert refused(case.fix) == Refusal.COSTS_OUTDATED


def test_the_database_adds_up(case: Lift) -> None:
    case.write(LIFT)
    sheet = case.work_out()
    wrong = {column.name: getattr(sheet, column.name) for column in CostSheet.__table__.columns if column.name != "id"}
    with pytest.raises(IntegrityError, match="adds_up"), schema.door_open():
        db.session.add(CostSheet(**wrong | {"digest": "0" * 64, "total_fen": 1}))
    db.session.rollback()


def test_a_household_sees_what_the_second_version_changes(case: Lift) -> None:
    case.first()
    version = case.second()
    shown = queries.shown(version, [case.units["602"]])
    assert shown is not None
    assert shown.own is not None
    assert (shown.own.before_fen, shown.own.fen, shown.own.difference) == (6_300_000, 6_600_000, 300_000)
    assert shown.before_number == 1
    waived = case_waives(case)
    assert waived == (0, (Why.WAIVED,))


def case_waives(case: Lift) -> tuple[int, tuple[Why, ...]]:
    """What 502 reads in a third version in which it waives."""
    version = case.second(terms=replace(TERMS, waived=(str(case.units["502"]),)))
    shown = queries.shown(version, [case.units["502"]])
    assert shown is not None
    assert shown.own is not None
    return shown.own.fen, shown.own.whys


# ---- the second version


def both_open(case: Lift) -> tuple[BlockCourse, BlockCourse]:
    """Version 1 is asked about in the house and in the estate."""
    house, estate = (case.collecting(required.id) for required in case.first().required)
    return opened(house), opened(estate)


def opened(course: BlockCourse) -> BlockCourse:
    course.open()
    return course


def test_a_dearer_plan_asks_the_house_again_and_the_estate_goes_on(case: Lift) -> None:
    house, estate = both_open(case)
    with at(moment(8)):
        house.sign("301")
        estate.sign("301", seed=2)
        estate.sign("beside", seed=3)
    with at(moment(9)):
        second = case.second()
        kept, again = second.required
        assert (again.state, kept.state) == (RequiredState.WAITING, RequiredState.OPEN)
        assert kept.id == estate.required, "the estate's consent is the one that was opened"
        assert second.proposal.stands is State.CONSENT, "one collection goes on"
        assert house.collection().stands is CollectionState.SUPERSEDED
        assert estate.collection().stands is CollectionState.OPEN
        assert estate.collection().tally().part.heads == 2, "what the estate has answered goes on counting"
        notice = db.session.scalars(select(Notice).order_by(Notice.id.desc())).first()
        assert notice is not None
        assert {label for label, _ in notice.lines} >= {"要重新确认的征询", "照常有效的征询"}
    with at(moment(10)):
        estate.sign("401", seed=4)
        assert estate.collection().tally().part.heads == 3
        assert refused(lambda: house.sign("401")) != ""


def test_old_answers_of_the_house_wait_to_be_confirmed_and_those_of_the_estate_do_not_count_there(case: Lift) -> None:
    house, estate = both_open(case)
    with at(moment(8)):
        house.sign("301")
        estate.sign("401", seed=2)
    with at(moment(9)):
        waiting = [each.id for each in case.second().required if each.state == RequiredState.WAITING]
        again = case.collecting(*waiting)
    with at(moment(10)):
        again.set_up()
        perform(consents.show_roll, again.who("clerk"), again.collection())
    with at(moment(14)):
        perform(consents.freeze_roll, again.who("clerk"), again.collection())
        reconfirm = [unit.door for unit in again.collection().units if unit.reconfirm]
        assert reconfirm == ["301"], "401 answered the estate's collection, which goes on"
        assert again.slip(again.who("301")).status is UnitStatus.NEEDS_RECONFIRM
        assert again.slip(again.who("301")).share_fen == 3_300_000
        assert len(house.collection().records) == 1, "the old answer is kept"


def test_another_place_asks_everybody_again(case: Lift) -> None:
    house, estate = both_open(case)
    with at(moment(9)):
        second = case.second(replace(LIFT, place="安和里12号南侧"))
        assert [required.state for required in second.required] == [RequiredState.WAITING] * 2
        assert second.proposal.stands is State.PLAN_FIXED
        assert {house.collection().stands, estate.collection().stands} == {CollectionState.SUPERSEDED}


def test_a_consent_that_has_not_begun_begins_on_the_new_version(case: Lift) -> None:
    house = opened(case.collecting(case.first().required[0].id))
    with at(moment(9)):
        second = case.second()
        assert [required.state for required in second.required] == [RequiredState.WAITING] * 2
        assert house.collection().stands is CollectionState.SUPERSEDED


def test_the_third_version_finds_a_collection_of_the_first(case: Lift) -> None:
    _, estate = both_open(case)
    with at(moment(9)):
        case.second()
    with at(moment(10)):
        assert estate.collection().stands is CollectionState.OPEN
        case.second(replace(LIFT, place="安和里12号南侧"))
        assert estate.collection().stands is CollectionState.SUPERSEDED


def test_the_result_of_a_collection_that_goes_on_is_the_new_versions(case: Lift) -> None:
    _, estate = both_open(case)
    with at(moment(8)):
        for seed, door in enumerate(case.units, 1):
            estate.sign(door, Answer.AGREE, seed=seed)
    with at(moment(9)):
        second = case.second().id
    estate.to_the_end()
    with at(moment(25)):
        required = db.session.get_one(PlanVersion, second).required
        assert [each.state for each in required] == [RequiredState.PASSED, RequiredState.WAITING]
