"""安和里12号: a lift of 70万 for block A, decided by the house and by the estate, and its second version of 72万."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hearing.audit.ledger import keep, perform
from hearing.costs import actions, queries, rules
from hearing.costs.models import CostSheet
from hearing.db import db
from hearing.demo import lane
from hearing.places.models import Building, Holder, Stairwell
from hearing.proposals import actions as proposals
from hearing.proposals import queries as proposal_queries
from hearing.proposals.models import PlanVersion, Proposal
from hearing.proposals.rules import (
    BudgetLine,
    ChangeClass,
    DraftPlan,
    Plan,
    Requirement,
    ScopeKind,
    TemplateName,
)
from tests import schema
from tests.cast import LONG_AGO, Cast
from tests.consents.course import BlockCourse, block_a, held
from tests.proposals import scene
from tests.schema import viewer

WAN = 1_000_000
"""一万元 in 分."""
SHANGHAI = rules.Subsidy(4000, 28 * WAN)
WEIGHTS = tuple(zip("123456", (0, 1000, 1500, 2000, 2500, 3000), strict=True))
TERMS = rules.Terms(0, SHANGHAI, floors=WEIGHTS, agreed="5月3日协调会议定")

LIFT = Plan(
    title="加装电梯",
    description="在北侧加装一台电梯。",
    place="安和里12号北侧",
    size="井道 2.2 米 × 2.4 米",
    budget=(BudgetLine("电梯和井道", 70 * WAN),),
    safety_note="施工时留出通道。",
    light_and_passage="距北窗 3 米。",
    implementer="加装电梯事务所",
    upkeep_owner="本幢业主",
    affected_parties="安和里12号12户",
)


@dataclass
class Lift:
    """The case, the house and its doors."""

    cast: Cast
    proposal_id: int
    building: int
    estate: int
    units: dict[str, int]
    next_door: int
    """A flat of the estate in another house."""

    @property
    def proposal(self) -> Proposal:
        """The case, read anew."""
        db.session.expire_all()
        return db.session.get_one(Proposal, self.proposal_id)

    @property
    def house(self) -> Requirement:
        """本幢."""
        return Requirement(TemplateName.OWNERS_ALTERATION, ScopeKind.BUILDING, self.building)

    @property
    def whole_estate(self) -> Requirement:
        """小区."""
        return Requirement(TemplateName.OWNERS_ORDINARY, ScopeKind.ESTATE, self.estate)

    def write(self, plan: Plan) -> DraftPlan:
        """Save these texts on the desk, keeping what the money came to."""
        clerk = viewer(self.cast.ref("clerk"))
        proposal = self.proposal
        kept, edition = proposal_queries.plan_draft(proposal)
        if not kept.drawings:
            perform(proposals.add_drawings, clerk, proposal, [scene.picture()], edition)
            kept, edition = proposal_queries.plan_draft(proposal)
        texts = replace(
            plan,
            household_shares=kept.texts.household_shares,
            cost_plan=kept.texts.cost_plan,
            drawings=(),
            templates=(),
        )
        draft = DraftPlan(texts, kept.drawings, (self.house, self.whole_estate))
        keep(proposals.save_plan, clerk, proposal, draft, edition)
        return draft

    def work_out(self, terms: rules.Terms = TERMS) -> CostSheet:
        """Share the budget among the flats of the house."""
        proposal = self.proposal
        _, edition = proposal_queries.plan_draft(proposal)
        done = perform(actions.work_out, viewer(self.cast.ref("clerk")), proposal, self.house, terms, edition)
        sheet = queries.sheet_of(self.proposal, done.fact.cost_hash)
        assert sheet is not None
        return sheet

    def fix(self) -> PlanVersion:
        """Fix the plan on the desk."""
        perform(proposals.fix_plan, viewer(self.cast.ref("clerk")), self.proposal)
        version = self.proposal.plan
        assert version is not None
        return version

    def first(self) -> PlanVersion:
        """Version 1, of 70万, stands."""
        scene.advised(self.cast, self.proposal)
        self.write(LIFT)
        self.work_out()
        return self.fix()

    def second(self, plan: Plan | None = None, terms: rules.Terms = TERMS) -> PlanVersion:
        """Version 2, of 72万 unless told otherwise, stands; both seats hold it to be material."""
        clerk = viewer(self.cast.ref("clerk"))
        perform(proposals.reopen_plan, clerk, self.proposal, "透明井道")
        self.write(plan or replace(LIFT, budget=(BudgetLine("电梯和透明井道", 72 * WAN),)))
        self.work_out(terms)
        perform(proposals.put_change, clerk, self.proposal, "井道改为透明")
        for who, seat in (("council_member", "council"), ("legal_adviser", "adviser")):
            change = proposal_queries.pending_change(self.proposal)
            assert change is not None
            perform(proposals.judge_change, viewer(self.cast.ref(who)), change, seat, ChangeClass.MATERIAL)
        return self.fix()

    def collecting(self, required_id: int) -> BlockCourse:
        """The collection of one of the consents, from its beginning."""
        return BlockCourse(self.cast, required_id)


def lift(cast: Cast) -> Lift:
    """The case while it is deliberated, with block A and one flat next door written into the register."""
    block = block_a(cast)
    with schema.door_open():
        house = db.session.get_one(Building, block.building)
        beside = Building(estate_id=house.estate_id, name="安和里13号", position=1, stairwells=[Stairwell(name="")])
        db.session.add(beside)
        flat = lane.new_unit(db.session, beside, "1", "101", 0, 5820)
        owner = Holder(neighbourhood_id=cast.neighbourhood, name="邻家", phone="14100799999")
        held(flat, [(owner, 1, 1)])
        db.session.flush()
        lane.new_resident(db.session, "p-beside", flat, owner, LONG_AGO)
        next_door, estate = flat.id, house.estate_id
    proposal = scene.deliberating(cast)
    return Lift(cast, proposal.id, block.building, estate, block.units, next_door)
