"""Reading plans: fixed versions, what they changed, the draft on the desk, and whom its consents ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from hearing.db import db
from hearing.files.models import Evidence
from hearing.people.rules import Role
from hearing.places.models import Building, Estate, Stairwell, Unit
from hearing.proposals import rules
from hearing.proposals.models import (
    ChangeContest,
    PlanChange,
    PlanDraft,
    PlanVersion,
    Proposal,
)
from hearing.proposals.rules import (
    DraftPlan,
    ScopeKind,
)


@dataclass(frozen=True)
class Scope:
    """A stairwell, building or estate of a neighbourhood, to choose from."""

    kind: ScopeKind
    id: int
    name: str

    @property
    def key(self) -> str:
        """How a form names it: building/3."""
        return f"{self.kind}/{self.id}"

    @property
    def label(self) -> str:
        """How a person tells it from others: an estate of one building often has the building's name."""
        match self.kind:
            case ScopeKind.ESTATE:
                return str(gettext("%(name)s（整个小区）", name=self.name))
            case ScopeKind.BUILDING:
                return str(gettext("%(name)s（整幢）", name=self.name))
            case _:
                return self.name


def plan_versions(proposal: Proposal) -> Sequence[PlanVersion]:
    """The fixed versions, oldest first."""
    return proposal.versions


def diff(version: PlanVersion) -> tuple[rules.Change, ...]:
    """What a version changed against the one before it; nothing for the first."""
    before = next((other for other in version.proposal.versions if other.number == version.number - 1), None)
    return rules.diff(before.plan, version.plan) if before is not None else ()


def contest(version: PlanVersion) -> ChangeContest | None:
    """The proposer's contest of a version's change."""
    return db.session.scalars(select(ChangeContest).where(ChangeContest.plan_version_id == version.id)).one_or_none()


def is_contested(proposal: Proposal) -> bool:
    """Whether the proposer waits for the council's answer on the newest change."""
    found = contest(proposal.plan) if proposal.plan is not None else None
    return found is not None and found.answered_at is None


def pending_change(proposal: Proposal) -> PlanChange | None:
    """The change that was put last, if no version has come of it yet."""
    query = (
        select(PlanChange)
        .where(PlanChange.proposal_id == proposal.id)
        .options(joinedload(PlanChange.opinions))
        .order_by(PlanChange.id.desc())
    )
    last = db.session.scalars(query).unique().first()
    return last if last is not None and last.number == len(proposal.versions) + 1 else None


def plan_draft(proposal: Proposal) -> tuple[DraftPlan, int]:
    """The plan on the desk and its edition: what was saved, else the last version, else what the application says."""
    kept = db.session.get(PlanDraft, proposal.id)
    if kept is not None:
        return DraftPlan.load(kept.content), kept.edition
    if proposal.plan is not None:
        return draft_of(proposal.plan), 0
    adviser, application = proposal.opinion_of(Role.LEGAL_ADVISER), proposal.applications[-1]
    texts = rules.Plan(
        title=proposal.title,
        place=application.place,
        upkeep_owner=application.upkeep,
        steps=adviser.steps if adviser is not None else "",
    )
    return DraftPlan(texts), 0


def draft_of(version: PlanVersion) -> DraftPlan:
    """A fixed version as a draft to go on from."""
    return DraftPlan(
        texts=version.plan,
        drawings=tuple(rules.Drawing(d.evidence_id, d.evidence.sha256) for d in version.drawings),
        requirements=requirements_of(version.proposal.signed_plan or version),
        own_parts=own_parts_of(version.proposal.signed_plan or version),
    )


def requirements_of(version: PlanVersion) -> tuple[rules.Requirement, ...]:
    """The consents that a version asks for itself."""
    return tuple(
        rules.Requirement(rules.TemplateName(r.template), ScopeKind(r.scope_kind), r.scope_id) for r in version.required
    )


def own_parts_of(version: PlanVersion) -> tuple[int, ...]:
    """The units whose own part a version uses."""
    return tuple(permit.unit_id for permit in version.permits if permit.unit_id is not None)


def asks_others(signed: PlanVersion, draft: DraftPlan) -> bool:
    """Whether a draft asks other households, or uses other owners' parts, than the version that is to be signed."""
    return set(draft.requirements) != set(requirements_of(signed)) or set(draft.own_parts) != set(own_parts_of(signed))


def changed_parts(proposal: Proposal, draft: DraftPlan) -> tuple[str, ...]:
    """Which parts of the plan on the desk differ from the last version, as keys of FIELD_LABELS.

    Which households are asked stands in the requirements and not in the plan, and counts as part of them.
    """
    last, signed = proposal.plan, proposal.signed_plan
    if last is None or signed is None:
        return ()
    changed = tuple(change.field for change in rules.diff(last.plan, draft.plan))
    if "templates" not in changed and asks_others(signed, draft):
        changed = (*changed, "templates")
    return changed


def drawings_of(draft: DraftPlan) -> Sequence[Evidence]:
    """The rows of a draft's drawings, in its order."""
    order = [drawing.evidence_id for drawing in draft.drawings]
    rows = db.session.scalars(select(Evidence).where(Evidence.id.in_(order))).all()
    return sorted(rows, key=lambda row: order.index(row.id))


def scopes(neighbourhood_id: int) -> list[Scope]:
    """The estates, buildings and named stairwells of a neighbourhood, widest first."""
    query = (
        select(Estate)
        .where(Estate.neighbourhood_id == neighbourhood_id)
        .options(joinedload(Estate.buildings).joinedload(Building.stairwells))
        .order_by(Estate.id)
    )
    estates = db.session.scalars(query).unique().all()
    buildings = [building for estate in estates for building in estate.buildings]
    return [
        *(Scope(ScopeKind.ESTATE, estate.id, estate.name) for estate in estates),
        *(Scope(ScopeKind.BUILDING, building.id, building.name) for building in buildings),
        *(
            Scope(ScopeKind.STAIRWELL, stairwell.id, f"{building.name} {stairwell.name}")
            for building in buildings
            for stairwell in building.stairwells
            if stairwell.name
        ),
    ]


_SCOPES = {ScopeKind.STAIRWELL: Stairwell.id, ScopeKind.BUILDING: Building.id, ScopeKind.ESTATE: Building.estate_id}
"""By which column a unit is within a scope."""


def unit_refs(requirement: rules.Requirement) -> frozenset[str]:
    """The units that one consent asks, by their references in the register."""
    query = (
        select(Unit.id)
        .join(Unit.stairwell)
        .join(Stairwell.building)
        .where(_SCOPES[requirement.scope_kind] == requirement.scope_id)
    )
    return frozenset(str(number) for number in db.session.scalars(query))


def units_within(draft: DraftPlan) -> Sequence[Unit]:
    """The units whose households the draft's consents ask, by building and position."""
    within = [_SCOPES[requirement.scope_kind] == requirement.scope_id for requirement in draft.requirements]
    if not within:
        return []
    query = (
        select(Unit)
        .join(Unit.stairwell)
        .join(Stairwell.building)
        .where(or_(*within))
        .options(joinedload(Unit.stairwell).joinedload(Stairwell.building))
        .order_by(Building.position, Building.id, Unit.position, Unit.id)
    )
    return db.session.scalars(query).all()
