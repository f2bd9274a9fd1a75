"""Reads of denials: what stands in a household's name, for its members; what waits for a check, for the desk."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import exists, select, tuple_
from sqlalchemy.orm import joinedload, selectinload

from hearing.audit import queries as trail
from hearing.audit.queries import Told
from hearing.consents.models import INVALID, ConsentCollection, ConsentHolder, ConsentRecord
from hearing.consents.rules import DISPUTABLE
from hearing.db import db
from hearing.denials.models import Denial
from hearing.denials.rules import Act, Sort, deniable
from hearing.meetings.models import Meeting
from hearing.notices.models import Objection
from hearing.people.models import Account
from hearing.people.rules import FIELD_STAFF, Role
from hearing.people.viewer import Viewer
from hearing.places.models import Building, Estate, Stairwell, Unit
from hearing.proposals.models import Proposal

CHECKERS = FIELD_STAFF | {Role.SCRUTINEER}
SHOWN = 200


@dataclass(frozen=True)
class Line:
    """An act in the viewer's name or her household's: `units` of hers, what could be set aside, what was denied."""

    told: Told
    own: bool
    units: frozenset[int]
    whole: bool
    """Whether no other household stands in the same entry."""
    sort: Sort | None
    denial: Denial | None


def lines_of(viewer: Viewer) -> list[Line]:
    """Every act in the viewer's name, newest first: her own, other members', and what staff entered from paper."""
    told = trail.own_acts(db.session, viewer.account.ref, viewer.homes, SHOWN)
    indexes = [each.index for each in told]
    units = trail.households(db.session, indexes)
    found = select(Denial).where(Denial.idx.in_(indexes), Denial.unit_id.in_(viewer.unit_ids))
    denials = {denial.idx: denial for denial in db.session.scalars(found)}
    return [_line(viewer, each, units.get(each.index, frozenset()), denials.get(each.index)) for each in told]


def line_of(viewer: Viewer, index: int) -> Line | None:
    """One such act; None when it is not in the viewer's household's name."""
    told = trail.entry(db.session, index)
    if told is None or not trail.in_name_of(db.session, index, viewer.homes):
        return None
    units = trail.households(db.session, [index])[index]
    query = select(Denial).where(Denial.idx == index, Denial.unit_id.in_(viewer.unit_ids))
    return _line(viewer, told, units, db.session.scalars(query).first())


def disputable_records(viewer: Viewer, told: Collection[Told]) -> frozenset[tuple[str, object]]:
    """Of these answers those that the viewer can deny now, as subject and number of the record."""
    wanted = [
        (int(each.subject.partition("/")[2]), each.pub["record"]) for each in told if each.kind == "consent.answered"
    ]
    if not wanted or not viewer.holder_ids:
        return frozenset()
    query = (
        select(ConsentRecord)
        .join(ConsentRecord.collection)
        .where(
            tuple_(ConsentRecord.collection_id, ConsentRecord.number).in_(wanted),
            ConsentCollection.state.in_([state.value for state in DISPUTABLE]),
            exists().where(
                ConsentHolder.consent_unit_id == ConsentRecord.consent_unit_id,
                ConsentHolder.holder_id.in_(viewer.holder_ids),
            ),
        )
        .options(selectinload(ConsentRecord.marks))
    )
    return frozenset(
        (f"consent/{record.collection_id}", record.number)
        for record in db.session.scalars(query)
        if record.dispute is None and not (record.marks and record.marks[-1].kind == INVALID)
    )


def _line(viewer: Viewer, told: Told, units: frozenset[int], denial: Denial | None) -> Line:
    own = told.ref == viewer.account.ref
    ours = frozenset(unit for unit in units & viewer.homes.keys() if told.at >= viewer.homes[unit])
    act = Act(told.kind, told.role, own and told.role == Role.RESIDENT, told.pub)
    return Line(told, own, ours, units <= ours, deniable(act) if ours else None, denial)


def open_denials(viewer: Viewer) -> list[Denial]:
    """What waits for a check in the viewer's neighbourhoods, by the day on which it is due."""
    query = (
        select(Denial)
        .where(Denial.neighbourhood_id.in_(_places(viewer)), Denial.settled_at.is_(None))
        .options(*_WITH_DOOR, selectinload(Denial.checks))
        .order_by(Denial.due_at, Denial.id)
    )
    return list(db.session.scalars(query))


def denial(viewer: Viewer, denial_id: int) -> Denial | None:
    """One of them, for those who may check it."""
    query = (
        select(Denial)
        .where(Denial.id == denial_id, Denial.neighbourhood_id.in_(_places(viewer)))
        .options(*_WITH_DOOR, selectinload(Denial.checks))
    )
    return db.session.scalars(query).one_or_none()


def denied(told: Told) -> Proposal | Objection | Meeting | None:
    """The thing that the denied act made: an application, an objection, or the meeting that somebody signed in to."""
    kind, _, number = told.subject.partition("/")
    match kind:
        case "proposal":
            return db.session.get(Proposal, int(number))
        case "objection":
            return db.session.get(Objection, int(number))
        case "meeting":
            return db.session.get(Meeting, int(number))
        case _:
            return None


def hands_in(told: Told) -> Collection[int]:
    """The accounts that had a hand in an act: whoever did it."""
    return list(db.session.scalars(select(Account.id).where(Account.ref == told.ref)))


_WITH_DOOR = (
    joinedload(Denial.neighbourhood),
    joinedload(Denial.unit)
    .joinedload(Unit.stairwell)
    .joinedload(Stairwell.building)
    .joinedload(Building.estate)
    .joinedload(Estate.neighbourhood),
)


def _places(viewer: Viewer) -> list[int]:
    return sorted(place for place in viewer.neighbourhood_ids if viewer.holds(*CHECKERS, neighbourhood_id=place))
