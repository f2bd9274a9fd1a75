"""Reads of visits: how many of a stairwell were told, the doors that wait, one household's log. The viewer first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, case, exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from hearing.consents import queries as consents
from hearing.consents.models import ConsentCollection, ConsentRecord, ConsentUnit
from hearing.consents.rules import CollectionState
from hearing.db import db
from hearing.files import queries as files
from hearing.files.models import Evidence
from hearing.people.models import Account, Seat
from hearing.people.rules import COMMITTEE, ROLE_LABELS, Role
from hearing.people.viewer import Anyone, Viewer
from hearing.places.models import Building, Estate, Stairwell, Unit
from hearing.places.rules import floor_key
from hearing.visits import rules
from hearing.visits.models import Reminder, ReminderPlan, Visit, VisitCorrection, VisitRound

PLACES_SHOWN = 24
"""Stairwells on one page of an estate."""
_IN_ORDER = (Building.position, Building.id, Stairwell.id)

PHOTO = "visit_photo"
"""The kind of evidence that shows what was left at a door."""


def collection(viewer: Viewer, collection_id: int) -> ConsentCollection | None:
    """A collection without its roll, for those who go from door to door for it."""
    found = consents.for_staff(viewer, collection_id)
    return found if found is not None and goes(viewer, found) else None


def goes(viewer: Anyone, found: ConsentCollection) -> bool:
    """Whether the viewer may be sent from door to door there."""
    return viewer.holds(*rules.VISITORS, neighbourhood_id=found.neighbourhood_id)


# ---- by stairwell


@dataclass(frozen=True)
class Place:
    """One stairwell of a collection: its households, how many of them were told in which way, and who goes there."""

    stairwell_id: int
    name: str
    units: int
    told: int
    ways: tuple[tuple[str, int], ...]
    """The ways by their words in the interface's source language, only those that occur; one household may count in
    several."""
    visitor_id: int | None
    visitor: str


def places(viewer: Anyone, found: ConsentCollection, first: int = 0) -> list[Place]:
    """The stairwells of a collection in one statement: for a block officer those that are hers.

    For the committee PLACES_SHOWN of all from the one at the place `first`, and one more where there are more. Nothing
    here tells who answered.
    """
    return _places(viewer, found, None, first)


def place(viewer: Viewer, found: ConsentCollection, stairwell_id: int) -> Place | None:
    """One of these."""
    return next(iter(_places(viewer, found, stairwell_id)), None)


def _places(viewer: Anyone, found: ConsentCollection, stairwell_id: int | None, first: int = 0) -> list[Place]:
    if not isinstance(viewer, Viewer) or not goes(viewer, found):
        return []
    latest = (
        select(func.max(VisitRound.id)).where(VisitRound.collection_id == found.id).group_by(VisitRound.stairwell_id)
    )
    counts = [_units_told(way) for way in rules.WAYS]
    query = (
        select(Stairwell.id, Building.name, Stairwell.name, Account.id, Account.name)
        .add_columns(func.count(ConsentUnit.id.distinct()), _units_told(*rules.WAYS), *counts)
        .select_from(ConsentUnit)
        .join(Unit, Unit.id == ConsentUnit.unit_id)
        .join(Stairwell, Stairwell.id == Unit.stairwell_id)
        .join(Building, Building.id == Stairwell.building_id)
        .outerjoin(Visit, (Visit.consent_unit_id == ConsentUnit.id) & ~_corrected())
        .outerjoin(VisitRound, (VisitRound.stairwell_id == Stairwell.id) & VisitRound.id.in_(latest))
        .outerjoin(Account, Account.id == VisitRound.account_id)
        .where(ConsentUnit.collection_id == found.id)
        .group_by(Stairwell.id, Building.position, Building.id, Building.name, Stairwell.name, Account.id, Account.name)
        .order_by(*_IN_ORDER)
    )
    if stairwell_id is not None:
        query = query.where(Stairwell.id == stairwell_id)
    if consents.is_committee(viewer, found):
        query = query.where(Stairwell.id.in_(_shown(found, first))) if stairwell_id is None else query
    else:
        query = query.where(Account.id == viewer.id)
    return [_place(*row) for row in db.session.execute(query)]


def _shown(found: ConsentCollection, first: int) -> Select[int]:
    """The stairwells of one page: what is counted for them is not counted for a whole estate first."""
    asked = exists().where(
        Unit.stairwell_id == Stairwell.id, ConsentUnit.unit_id == Unit.id, ConsentUnit.collection_id == found.id
    )
    return (
        select(Stairwell.id)
        .join(Building, Building.id == Stairwell.building_id)
        .join(Estate, Estate.id == Building.estate_id)
        .where(Estate.neighbourhood_id == found.neighbourhood_id, asked)
        .order_by(*_IN_ORDER)
        .offset(first)
        .limit(PLACES_SHOWN + 1)
    )


def _place(
    number: int, building: str, name: str, visitor_id: int | None, visitor: str | None, units: int, told: int, *by: int
) -> Place:
    ways = tuple((rules.OUTCOME_LABELS[way], n) for way, n in zip(rules.WAYS, by, strict=True) if n)
    return Place(number, f"{building} {name}".strip(), units, told, ways, visitor_id, visitor or "")


def _units_told(*ways: rules.Outcome) -> ColumnElement[int]:
    return func.count(case((Visit.outcome.in_(ways), Visit.consent_unit_id)).distinct())


def _corrected() -> ColumnElement[bool]:
    return exists().where(VisitCorrection.visit_id == Visit.id)


def visitors(found: ConsentCollection) -> list[Seat]:
    """Who may be sent there, one seat a person: the committee and the block officers, as they sit now."""
    query = (
        select(Seat)
        .join(Seat.account)
        .where(
            Seat.neighbourhood_id == found.neighbourhood_id,
            Seat.role.in_(sorted(rules.VISITORS)),
            Seat.until.is_(None),
            Account.disabled_at.is_(None),
        )
        .options(contains_eager(Seat.account))
        .order_by(Seat.role, Seat.id)
    )
    return list({seat.account_id: seat for seat in db.session.scalars(query)}.values())


def visitor_words(seat: Seat) -> str:
    """A visitor as lists name her, the seat in the interface's source language."""
    return f"{ROLE_LABELS[Role(seat.role)]} {seat.account.name}"


# ---- the doors of a stairwell


@dataclass(frozen=True)
class Door:
    """One household of a stairwell: what was noted of it, and whether it has answered, never what."""

    unit: ConsentUnit
    log: rules.Log
    answered: bool

    @property
    def is_listed(self) -> bool:
        """Whether the door-knocking list names it."""
        return self.log.is_listed(answered=self.answered)


def doors(found: ConsentCollection, stairwell_id: int) -> list[Door]:
    """The households of a stairwell from the ground up, in three statements."""
    here = select(Unit.id).where(Unit.stairwell_id == stairwell_id)
    of_place = ConsentUnit.unit_id.in_(here)
    # One buyer answers once for all of her flats, also for those elsewhere.
    buyers = select(ConsentUnit.buyer).where(ConsentUnit.collection_id == found.id, of_place, ConsentUnit.buyer != "")
    wanted = (ConsentUnit.collection_id == found.id, or_(of_place, ConsentUnit.buyer.in_(buyers)))
    query = (
        select(ConsentUnit, Unit.stairwell_id)
        .join(Unit, Unit.id == ConsentUnit.unit_id)
        .where(*wanted)
        .options(joinedload(ConsentUnit.holders))
        .order_by(ConsentUnit.position)
    )
    rows = db.session.execute(query).unique().all()
    units = [unit for unit, _ in rows]
    answered = _answered(found, units)
    lines = [unit for unit, at in rows if at == stairwell_id]
    logs = _logs(ConsentUnit.collection_id == found.id, of_place)
    found_doors = [Door(unit, logs.get(unit.id, rules.Log()), unit.ref in answered) for unit in lines]
    return sorted(found_doors, key=lambda door: (floor_key(door.unit.floor), door.unit.position))


def by_floor(listed: Sequence[Door]) -> list[tuple[str, list[Door]]]:
    """These doors by floor, from the ground up."""
    floors: dict[str, list[Door]] = {}
    for door in listed:
        floors.setdefault(door.unit.floor, []).append(door)
    return list(floors.items())


def _answered(found: ConsentCollection, units: Sequence[ConsentUnit]) -> frozenset[str]:
    """The units for which a record stands, whatever it says; an invalid or disputed one does not."""
    numbers = [unit.id for unit in units]
    if not numbers:
        return frozenset()
    query = (
        select(ConsentRecord)
        .where(ConsentRecord.collection_id == found.id, ConsentRecord.consent_unit_id.in_(numbers))
        .options(joinedload(ConsentRecord.holders), joinedload(ConsentRecord.marks))
    )
    records = db.session.scalars(query).unique().all()
    return frozenset(ref for ref, standing in found.standings(units, records).items() if standing.counted)


def _logs(*where: ColumnElement[bool]) -> dict[int, rules.Log]:
    """The standing visits of units, by the number of their line on the roll."""
    query = select(Visit).join(ConsentUnit, ConsentUnit.id == Visit.consent_unit_id).where(*where, ~_corrected())
    noted: dict[int, list[tuple[int, rules.Noted]]] = {}
    for visit in db.session.scalars(query):
        noted.setdefault(visit.consent_unit_id, []).append((visit.id, visit.as_rule()))
    return {unit: rules.in_order(visits) for unit, visits in noted.items()}


# ---- one household


def unit(viewer: Viewer, collection_id: int, unit_id: int) -> ConsentUnit | None:
    """One line of the roll, for those who go to its stairwell."""
    query = (
        select(ConsentUnit)
        .where(ConsentUnit.collection_id == collection_id, ConsentUnit.unit_id == unit_id)
        .options(
            joinedload(ConsentUnit.unit),
            joinedload(ConsentUnit.collection).options(
                joinedload(ConsentCollection.proposal), joinedload(ConsentCollection.neighbourhood)
            ),
        )
    )
    found = db.session.scalars(query).one_or_none()
    if found is None or not may_go(viewer, found.collection, found.unit.stairwell_id):
        return None
    return found


def may_go(viewer: Viewer, found: ConsentCollection, stairwell_id: int) -> bool:
    """Whether the viewer may note visits in a stairwell: the committee anywhere, a block officer where sent."""
    if consents.is_committee(viewer, found):
        return True
    if not goes(viewer, found):
        return False
    last = (
        select(VisitRound.account_id)
        .where(VisitRound.collection_id == found.id, VisitRound.stairwell_id == stairwell_id)
        .order_by(VisitRound.id.desc())
        .limit(1)
    )
    return db.session.scalar(last) == viewer.id


def history(found: ConsentUnit) -> list[Visit]:
    """Everything that was noted of a household, the newest first, with what was corrected."""
    query = (
        select(Visit)
        .where(Visit.consent_unit_id == found.id)
        .options(joinedload(Visit.correction), joinedload(Visit.visitor))
        .order_by(Visit.happened_on.desc(), Visit.id.desc())
    )
    return list(db.session.scalars(query))


def visit(viewer: Viewer, visit_id: int) -> Visit | None:
    """One visit for those who may correct it; what a household said of itself, nobody corrects."""
    query = (
        select(Visit)
        .where(Visit.id == visit_id, Visit.outcome != rules.Outcome.PAGE)
        .options(
            joinedload(Visit.correction),
            joinedload(Visit.visitor),
            joinedload(Visit.unit).options(
                joinedload(ConsentUnit.unit),
                joinedload(ConsentUnit.collection).options(
                    joinedload(ConsentCollection.proposal), joinedload(ConsentCollection.neighbourhood)
                ),
            ),
        )
    )
    found = db.session.scalars(query).one_or_none()
    if found is None or not may_go(viewer, found.unit.collection, found.unit.unit.stairwell_id):
        return None
    return found


def own(slip: consents.Slip) -> list[Visit]:
    """What was noted of the viewer's own household, the newest first."""
    units = [flat.id for flat in slip.flats]
    query = (
        select(Visit)
        .where(Visit.consent_unit_id.in_(units), ~_corrected())
        .order_by(Visit.happened_on.desc(), Visit.id.desc())
    )
    return list(db.session.scalars(query))


# ---- the reminder


@dataclass(frozen=True)
class Planned:
    """What is known of a collection's one reminder: for how many days before the last one, and when it went out."""

    days: int | None
    sent_at: datetime | None
    units: int


def reminder(collection_id: int) -> Planned:
    """That of a collection, in one statement."""
    days = (
        select(ReminderPlan.days)
        .where(ReminderPlan.collection_id == collection_id)
        .order_by(ReminderPlan.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    sent = select(Reminder.sent_at).where(Reminder.collection_id == collection_id).scalar_subquery()
    units = select(Reminder.units).where(Reminder.collection_id == collection_id).scalar_subquery()
    row = db.session.execute(select(days, sent, units)).one()
    return Planned(row[0], row[1], row[2] or 0)


def to_remind() -> list[tuple[int, datetime]]:
    """The collections that are open, have a reminder planned and not sent: each with the moment of its reminder."""
    last = select(func.max(ReminderPlan.id)).group_by(ReminderPlan.collection_id)
    query = (
        select(ConsentCollection.id, ConsentCollection.closes_at, ReminderPlan.days)
        .join(ReminderPlan, ReminderPlan.collection_id == ConsentCollection.id)
        .where(
            ReminderPlan.id.in_(last),
            ConsentCollection.state == CollectionState.OPEN,
            ~exists().where(Reminder.collection_id == ConsentCollection.id),
        )
        .order_by(ConsentCollection.id)
    )
    return [(row.id, rules.remind_at(row.closes_at, row.days)) for row in db.session.execute(query)]


def reminded(found: ConsentCollection) -> list[int]:
    """The lines of those who are reminded, as the collection stands now."""
    logs, ballot = _logs(ConsentUnit.collection_id == found.id), found.ballot()
    return [
        line
        for unit in ballot.roll.units
        if rules.is_reminded(
            logs.get(line := ballot.lines[unit.ref], rules.Log()),
            answered=bool(ballot.standings[unit.ref].counted),
            blocked=unit.blocked is not None,
        )
    ]


# ---- the file


def _of_photo(viewer: Anyone, evidence: Evidence) -> bool:
    """The committee, and whoever goes to that stairwell."""
    if viewer.holds(*COMMITTEE, neighbourhood_id=evidence.neighbourhood_id):
        return True
    if not isinstance(viewer, Viewer):
        return False
    query = (
        select(Visit)
        .where(Visit.photo_id == evidence.id)
        .options(joinedload(Visit.unit).options(joinedload(ConsentUnit.unit), selectinload(ConsentUnit.collection)))
    )
    found = db.session.scalars(query).first()
    return found is not None and may_go(viewer, found.unit.collection, found.unit.unit.stairwell_id)


files.may_see[PHOTO] = _of_photo
