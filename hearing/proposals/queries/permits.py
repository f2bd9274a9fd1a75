"""Reading permits: those of one's own flat, those that the desk enters from paper, and whose they are in words."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hearing.db import db
from hearing.people.rules import FIELD_STAFF
from hearing.people.viewer import Viewer
from hearing.places.models import Building, Holder, Stairwell, Tenure, TenureShare, Unit
from hearing.proposals.models import PermitAnswer, PlanVersion, Proposal, RequiredPermit
from hearing.web.filters import door

_WHOLE = (
    joinedload(RequiredPermit.version).joinedload(PlanVersion.proposal).joinedload(Proposal.neighbourhood),
    joinedload(RequiredPermit.unit).joinedload(Unit.stairwell).joinedload(Stairwell.building),
    joinedload(RequiredPermit.answers).options(joinedload(PermitAnswer.hands), joinedload(PermitAnswer.paper)),
)


def permit(viewer: Viewer, permit_id: int) -> RequiredPermit | None:
    """A permit for the use of an own part: for those who may answer for the unit, and for the desk."""
    query = select(RequiredPermit).where(RequiredPermit.id == permit_id, RequiredPermit.unit_id.is_not(None))
    found = db.session.scalars(query.options(*_WHOLE)).unique().one_or_none()
    if found is None or not (found.unit_id in viewer.answers_for or _works(viewer, found)):
        return None
    return found


def permit_answer(viewer: Viewer, answer_id: int) -> PermitAnswer | None:
    """What was entered from an owner's paper, for the desk."""
    query = (
        select(PermitAnswer)
        .where(PermitAnswer.id == answer_id, PermitAnswer.paper_id.is_not(None))
        .options(joinedload(PermitAnswer.permit).options(*_WHOLE))
    )
    found = db.session.scalars(query).unique().one_or_none()
    return found if found is not None and _works(viewer, found.permit) else None


def own_permits(viewer: Viewer, version: PlanVersion | None) -> list[RequiredPermit]:
    """The permits of a version that ask the viewer about her own flat."""
    return [each for each in version.permits if each.unit_id in viewer.answers_for] if version is not None else []


def permits_at_desk(version: PlanVersion) -> list[RequiredPermit]:
    """The permits of a version with their units and answers, for the desk."""
    query = select(RequiredPermit).where(RequiredPermit.plan_version_id == version.id).options(*_WHOLE)
    return list(db.session.scalars(query.order_by(RequiredPermit.id)).unique())


def holders_of(found: RequiredPermit) -> list[Holder]:
    """Who owns the unit now: they are named to the desk alone."""
    query = (
        select(Holder)
        .join(Holder.shares)
        .join(TenureShare.tenure)
        .where(Tenure.unit_id == found.unit_id, Tenure.until.is_(None))
        .order_by(TenureShare.id)
    )
    return list(db.session.scalars(query))


def unit_words(found: RequiredPermit) -> str:
    """The door of the unit, for its own household and the desk."""
    unit = found.unit
    if unit is None:
        return ""
    building: Building = unit.stairwell.building
    return door(building.name, unit.name if unit.name[:1].isdigit() else f"{unit.floor}{unit.name}")


def _works(viewer: Viewer, found: RequiredPermit) -> bool:
    return viewer.holds(*FIELD_STAFF, neighbourhood_id=found.version.proposal.neighbourhood_id)
