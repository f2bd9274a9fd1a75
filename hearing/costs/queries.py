"""Reads of costs: the sums and the floors are for everybody, a household's own line for it, doors for the desk."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hearing.costs import rules
from hearing.costs.models import CostSheet
from hearing.db import db
from hearing.people.viewer import Viewer
from hearing.places.models import Building, Stairwell, Unit
from hearing.proposals.models import PlanVersion, Proposal
from hearing.proposals.queries import DESK
from hearing.proposals.rules import Requirement, ScopeKind

_COLUMNS = {ScopeKind.STAIRWELL: Stairwell.id, ScopeKind.BUILDING: Building.id, ScopeKind.ESTATE: Building.estate_id}
_WIDTH = (ScopeKind.STAIRWELL, ScopeKind.BUILDING, ScopeKind.ESTATE)


@dataclass(frozen=True)
class Shown:
    """The money of a plan version as one reader sees it: her own line first, then the floors."""

    version: PlanVersion
    plan: rules.CostPlan
    before: rules.CostPlan | None
    before_number: int
    """The number of the version before, whose money stands beside it; 0 when there is none."""
    own: rules.Own | None

    @property
    def floors(self) -> list[rules.FloorChange]:
        """What is owed on each floor, beside what was."""
        return rules.compare_floors(self.plan, self.before)


def shown(version: PlanVersion, units: Collection[int]) -> Shown | None:
    """The money of a version for whoever has these flats, in one statement; None for a version without a cost plan."""
    digest = version.plan.cost_plan
    if not digest:
        return None
    earlier = next((other for other in version.proposal.versions if other.number == version.number - 1), None)
    wanted = {digest} | ({earlier.plan.cost_plan} if earlier is not None else set())
    query = select(CostSheet).where(CostSheet.proposal_id == version.proposal_id, CostSheet.digest.in_(wanted))
    plans = {sheet.digest: sheet.plan for sheet in db.session.scalars(query)}
    before = plans.get(earlier.plan.cost_plan) if earlier is not None else None
    mine = rules.own([str(unit) for unit in sorted(units)], plans[digest], before)
    return Shown(version, plans[digest], before, earlier.number if earlier is not None and before else 0, mine)


def sheet_of(proposal: Proposal, digest: str) -> CostSheet | None:
    """The sheet of a case with this digest."""
    query = select(CostSheet).where(CostSheet.proposal_id == proposal.id, CostSheet.digest == digest)
    return db.session.scalars(query).one_or_none()


def sheet_for_staff(viewer: Viewer, sheet_id: int) -> CostSheet | None:
    """A sheet with what every door pays, for the desk of its neighbourhood."""
    found = db.session.get(CostSheet, sheet_id, options=[joinedload(CostSheet.proposal)])
    if found is None or not viewer.holds(*DESK, neighbourhood_id=found.proposal.neighbourhood_id):
        return None
    return found


def narrowest(requirements: Sequence[Requirement]) -> Requirement | None:
    """Whose flats are likely to pay: those of the narrowest consent."""
    return min(requirements, key=lambda required: _WIDTH.index(required.scope_kind), default=None)


def flats(kind: ScopeKind, scope_id: int) -> list[Unit]:
    """The flats within a scope, in the order of the doors, with their houses."""
    query = (
        select(Unit)
        .join(Unit.stairwell)
        .join(Stairwell.building)
        .where(_COLUMNS[kind] == scope_id)
        .options(joinedload(Unit.stairwell).joinedload(Stairwell.building))
        .order_by(Building.position, Building.id, Unit.position, Unit.id)
    )
    return list(db.session.scalars(query))


def as_flats(units: Sequence[Unit]) -> list[rules.Flat]:
    """The flats as the rules know them."""
    return [rules.Flat(str(unit.id), unit.floor, unit.area_centi) for unit in units]


def as_doors(units: Sequence[Unit]) -> list[rules.Door]:
    """The flats as lines may name them."""
    return [rules.Door(str(unit.id), unit.floor, unit.name, unit.stairwell.building.name) for unit in units]
