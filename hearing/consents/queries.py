"""Reads of consents: the viewer comes first, and what she may not see does not exist."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from hearing.consents import rules
from hearing.consents.models import (
    AskFirst,
    ConsentCollection,
    ConsentHolder,
    ConsentRecord,
    ConsentUnit,
    PaperSlip,
    RollCorrection,
)
from hearing.db import db
from hearing.people.rules import COMMITTEE, FIELD_STAFF, Role
from hearing.people.viewer import Anyone, Viewer
from hearing.proposals.models import PlanVersion
from hearing.refusal import Refused

WATCHERS = FIELD_STAFF | {Role.SCRUTINEER}
"""Who may see which door answered what: the committee, its field staff and the scrutineer, each look recorded."""


def _collections() -> Select[tuple[ConsentCollection]]:
    return select(ConsentCollection).options(
        joinedload(ConsentCollection.proposal),
        joinedload(ConsentCollection.version).joinedload(PlanVersion.drawings),
        joinedload(ConsentCollection.neighbourhood),
        joinedload(ConsentCollection.required),
    )


def _with_everything() -> Select[tuple[ConsentCollection]]:
    """A collection with all that a tally needs, in five statements however many units it has."""
    return _collections().options(
        selectinload(ConsentCollection.units).selectinload(ConsentUnit.holders).joinedload(ConsentHolder.holder),
        selectinload(ConsentCollection.records).selectinload(ConsentRecord.holders),
        selectinload(ConsentCollection.records).selectinload(ConsentRecord.marks),
        selectinload(ConsentCollection.records).joinedload(ConsentRecord.unit),
    )


def collection(viewer: Anyone, collection_id: int) -> ConsentCollection | None:
    """A collection with roll and records: for the public from the day its roll is shown, before that for its committee."""
    found = db.session.scalars(_with_everything().where(ConsentCollection.id == collection_id)).unique().one_or_none()
    if found is None:
        return None
    if found.state == rules.CollectionState.DRAFT and not watches(viewer, found):
        return None
    return found


def of_proposal(proposal_id: int) -> list[ConsentCollection]:
    """The collections of a case with all that a tally needs, newest plan version first."""
    query = (
        _with_everything()
        .where(ConsentCollection.proposal_id == proposal_id, ConsentCollection.state != rules.CollectionState.DRAFT)
        .order_by(ConsentCollection.id.desc())
    )
    return list(db.session.scalars(query).unique())


def watches(viewer: Anyone, found: ConsentCollection) -> bool:
    """Whether the viewer may see the answers by door."""
    return viewer.holds(*WATCHERS, neighbourhood_id=found.neighbourhood_id)


def for_staff(viewer: Viewer, collection_id: int) -> ConsentCollection | None:
    """A collection for those who may see its answers by door."""
    found = collection(viewer, collection_id)
    return found if found is not None and watches(viewer, found) else None


def desk(viewer: Viewer) -> list[ConsentCollection]:
    """The collections of the viewer's neighbourhoods, those that end first first."""
    places = [seat.neighbourhood_id for seat in viewer.seats if Role(seat.role) in WATCHERS]
    query = (
        _collections()
        .where(ConsentCollection.neighbourhood_id.in_(places))
        .order_by(ConsentCollection.closes_at.is_(None), ConsentCollection.closes_at, ConsentCollection.id)
    )
    return list(db.session.scalars(query).unique())


@dataclass(frozen=True)
class Slip:
    """A household's own slip: the unit, the holder in whose name the viewer answers, and what stands."""

    collection: ConsentCollection
    unit: ConsentUnit
    holder_id: int
    standing: rules.Standing | None
    """None before the roll is frozen."""

    @property
    def answer(self) -> rules.Answer | None:
        """What this holder said last that still counts."""
        records = self.standing.counted if self.standing else ()
        return next((record.answer for record in records if str(self.holder_id) in record.holders), None)

    @property
    def others(self) -> list[str]:
        """The other people who answer for the unit."""
        return [share.holder.name for share in self.unit.holders if share.holder_id != self.holder_id]


def slips_for(viewer: Viewer, collection_id: int) -> list[Slip]:
    """The slips that the viewer may answer, in roll order; empty when the roll does not know her."""
    found = collection(viewer, collection_id)
    if found is None:
        return []
    standings = found.standings() if found.closes_at else {}
    return [
        Slip(found, unit, share.holder_id, standings.get(unit.ref))
        for unit in found.units
        for share in unit.holders
        if share.holder_id in viewer.holder_ids
    ]


def slip_for(viewer: Viewer, collection_id: int, unit_id: int) -> Slip | None:
    """The viewer's slip for one unit of the register."""
    return next((slip for slip in slips_for(viewer, collection_id) if slip.unit.unit_id == unit_id), None)


def waiting_for(viewer: Viewer) -> list[ConsentUnit]:
    """The units that the viewer is asked about in collections that are open, those that close first first."""
    query = (
        select(ConsentUnit)
        .join(ConsentUnit.collection)
        .join(ConsentUnit.holders)
        .where(
            ConsentCollection.state == rules.CollectionState.OPEN,
            ConsentHolder.holder_id.in_(viewer.holder_ids),
        )
        .options(contains_eager(ConsentUnit.collection).joinedload(ConsentCollection.proposal))
        .order_by(ConsentCollection.closes_at, ConsentUnit.position)
    )
    return list(db.session.scalars(query).unique())


def paper_slip(viewer: Viewer, code: str) -> PaperSlip:
    """A printed slip by its code. Raises SLIP_UNKNOWN, also for one of another neighbourhood."""
    query = (
        select(PaperSlip)
        .where(PaperSlip.code == code)
        .options(joinedload(PaperSlip.unit).selectinload(ConsentUnit.holders).joinedload(ConsentHolder.holder))
        .options(joinedload(PaperSlip.collection).joinedload(ConsentCollection.version))
        .options(selectinload(PaperSlip.entries))
    )
    found = db.session.scalars(query).one_or_none()
    if found is None or not watches(viewer, found.collection):
        raise Refused(rules.Refusal.SLIP_UNKNOWN)
    return found


def paper_slips(collection_id: int) -> list[PaperSlip]:
    """The printed slips of a collection with their readings, in the order of the roll."""
    query = (
        select(PaperSlip)
        .join(PaperSlip.unit)
        .where(PaperSlip.collection_id == collection_id)
        .options(contains_eager(PaperSlip.unit), selectinload(PaperSlip.entries))
        .order_by(ConsentUnit.position, PaperSlip.id)
    )
    return list(db.session.scalars(query))


def corrections(collection_id: int) -> list[RollCorrection]:
    """The corrections asked for, oldest first."""
    query = (
        select(RollCorrection)
        .where(RollCorrection.collection_id == collection_id)
        .options(joinedload(RollCorrection.unit))
        .order_by(RollCorrection.id)
    )
    return list(db.session.scalars(query))


def questions(collection_id: int) -> list[AskFirst]:
    """What households asked before answering, unanswered first, then by time."""
    query = (
        select(AskFirst)
        .join(AskFirst.unit)
        .where(ConsentUnit.collection_id == collection_id)
        .options(contains_eager(AskFirst.unit))
        .order_by(AskFirst.answered_at.is_not(None), AskFirst.id)
    )
    return list(db.session.scalars(query))


def is_committee(viewer: Anyone, found: ConsentCollection) -> bool:
    """Whether the viewer may move the collection on."""
    return viewer.holds(*COMMITTEE, neighbourhood_id=found.neighbourhood_id)
