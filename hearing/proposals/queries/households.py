"""Households: for whom the desk may write an application down."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hearing.db import db
from hearing.people.viewer import Viewer
from hearing.places.models import Building, Estate, Stairwell, Tenure, TenureShare, Unit
from hearing.proposals.queries.cases import (
    DESK,
)


def buildings(viewer: Viewer) -> Sequence[Building]:
    """The buildings of the neighbourhoods where the viewer may write for households."""
    query = (
        select(Building)
        .join(Building.estate)
        .where(Estate.neighbourhood_id.in_(_assists_in(viewer)))
        .options(joinedload(Building.estate))
        .order_by(Estate.id, Building.position, Building.id)
    )
    return db.session.scalars(query).all()


def households(viewer: Viewer, building_id: int) -> Sequence[Unit]:
    """The units of a building whose households the viewer may write for."""
    query = (
        select(Unit)
        .join(Unit.stairwell)
        .join(Stairwell.building)
        .join(Building.estate)
        .where(Building.id == building_id, Estate.neighbourhood_id.in_(_assists_in(viewer)))
        .options(joinedload(Unit.stairwell).joinedload(Stairwell.building))
        .order_by(Unit.position, Unit.id)
    )
    return db.session.scalars(query).all()


def household(viewer: Viewer, unit_id: int) -> Unit | None:
    """The unit, if the viewer may write for its household; with its standing holders."""
    query = (
        select(Unit)
        .join(Unit.stairwell)
        .join(Stairwell.building)
        .join(Building.estate)
        .where(Unit.id == unit_id, Estate.neighbourhood_id.in_(_assists_in(viewer)))
        .options(
            joinedload(Unit.stairwell).joinedload(Stairwell.building).joinedload(Building.estate),
            joinedload(Unit.tenures).joinedload(Tenure.shares).joinedload(TenureShare.holder),
        )
    )
    return db.session.scalars(query).unique().one_or_none()


def holder_name(unit: Unit) -> str:
    """In whose name the unit is held now: the one who represents the others, else the first."""
    standing = next((tenure for tenure in unit.tenures if tenure.until is None), None)
    shares = standing.shares if standing is not None else []
    named = next((share for share in shares if share.represents), shares[0] if shares else None)
    return named.holder.name if named is not None else unit.name


def _assists_in(viewer: Viewer) -> list[int]:
    return [place for place in sorted(viewer.neighbourhood_ids) if viewer.holds(*DESK, neighbourhood_id=place)]
