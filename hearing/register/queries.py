"""What the register's pages and acts read: estates and doors, one unit over time, rolls that wait, who uses what."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload, selectinload, undefer
from sqlalchemy.sql import ColumnElement

from hearing.db import db
from hearing.people.queries import neighbourhoods_of
from hearing.people.rules import COMMITTEE
from hearing.people.viewer import Viewer
from hearing.places.models import Building, Estate, Holder, Neighbourhood, Stairwell, Tenure, TenureShare, Unit
from hearing.places.rules import Capacity, HoldingForm, UnitUse
from hearing.places.sheet import CurrentUnit
from hearing.places.sheet import Holder as OnRoll
from hearing.register.models import RegisterChange, RollImport
from hearing.register.rules import ChangeKind, RollState, Standing
from hearing.web.filters import door

V = TypeVar("V")

PAGE = 100
MOST_FOUND = 50
WAITING = (RollState.PREPARED, RollState.UNDO_ASKED)


@dataclass(frozen=True)
class EstateRow:
    """An estate and how many units the register has of it."""

    id: int
    name: str
    neighbourhood: str
    units: int


@dataclass(frozen=True)
class BuildingRow:
    """A building, and how many of its units the register has."""

    id: int
    name: str
    units: int
    vacant: int


@dataclass(frozen=True)
class Door:
    """A unit as a list shows it."""

    unit_id: int
    words: str
    estate: str


def keeps(viewer: Viewer) -> list[int]:
    """The neighbourhoods whose register the viewer keeps: those where she sits on the committee."""
    return neighbourhoods_of(viewer, COMMITTEE)


def words_of(unit: Unit) -> str:
    """1号楼 2单元 301室, 天津路426弄 二层前楼: rooms with names need their floor, numbers carry it."""
    return door_words(unit.stairwell.building.name, unit.stairwell.name, unit.floor, unit.name)


def door_words(building: str, stairwell: str, floor: str, name: str) -> str:
    """The same of a unit's labels, as a roll or the register has them."""
    return door(f"{building} {stairwell}".rstrip(), name if name[:1].isdigit() else f"{floor}{name}")


# ---- estates, buildings, doors


def homes(viewer: Viewer) -> list[Neighbourhood]:
    """The neighbourhoods whose register the viewer keeps."""
    query = select(Neighbourhood).where(Neighbourhood.id.in_(keeps(viewer))).order_by(Neighbourhood.id)
    return list(db.session.scalars(query))


def estates(viewer: Viewer) -> list[EstateRow]:
    """The estates that the viewer keeps, with their numbers of units."""
    query = (
        select(Estate.id, Estate.name, Neighbourhood.name, func.count(Unit.id))
        .join(Estate.neighbourhood)
        .outerjoin(Estate.buildings)
        .outerjoin(Building.stairwells)
        .outerjoin(Stairwell.units)
        .where(Estate.neighbourhood_id.in_(keeps(viewer)))
        .group_by(Estate.id, Estate.name, Neighbourhood.name)
        .order_by(Estate.id)
    )
    return [EstateRow(*row) for row in db.session.execute(query)]


def estate(viewer: Viewer, estate_id: int) -> Estate | None:
    """An estate with its neighbourhood; None when it is not hers to keep."""
    query = select(Estate).where(Estate.id == estate_id, Estate.neighbourhood_id.in_(keeps(viewer)))
    return db.session.scalars(query.options(joinedload(Estate.neighbourhood))).one_or_none()


def estate_named(neighbourhood: Neighbourhood, name: str) -> Estate | None:
    """The estate of that name in a neighbourhood."""
    query = select(Estate).where(Estate.neighbourhood_id == neighbourhood.id, Estate.name == name)
    return db.session.scalars(query).one_or_none()


def buildings(estate: Estate) -> list[BuildingRow]:
    """The buildings of an estate, in the order of the roll."""
    query = (
        select(Building.id, Building.name, func.count(Unit.id), func.count(Unit.id).filter(Unit.vacant))
        .outerjoin(Building.stairwells)
        .outerjoin(Stairwell.units)
        .where(Building.estate_id == estate.id)
        .group_by(Building.id, Building.name, Building.position)
        .order_by(Building.position, Building.id)
    )
    return [BuildingRow(*row) for row in db.session.execute(query)]


def building(viewer: Viewer, building_id: int) -> Building | None:
    """A building with its estate; None when it is not hers to keep."""
    query = (
        select(Building)
        .join(Building.estate)
        .where(Building.id == building_id, Estate.neighbourhood_id.in_(keeps(viewer)))
        .options(joinedload(Building.estate).joinedload(Estate.neighbourhood))
    )
    return db.session.scalars(query).one_or_none()


def units(building: Building, page: int) -> tuple[list[Unit], int]:
    """One page of a building's units with who holds them, and how many units it has in all."""
    where = Stairwell.building_id == building.id
    total = db.session.scalar(select(func.count(Unit.id)).join(Unit.stairwell).where(where)) or 0
    query = (
        select(Unit)
        .join(Unit.stairwell)
        .where(where)
        .order_by(Unit.position, Unit.id)
        .offset((page - 1) * PAGE)
        .limit(PAGE)
        .options(
            joinedload(Unit.stairwell).joinedload(Stairwell.building),
            selectinload(Unit.tenures.and_(Tenure.until.is_(None)))
            .selectinload(Tenure.shares)
            .joinedload(TenureShare.holder),
        )
    )
    return list(db.session.scalars(query)), total


def find(viewer: Viewer, typed: str) -> list[Door]:
    """The doors that fit what was typed: 301, 前楼, 3号楼301. Never looks at names. At most MOST_FOUND."""
    wanted = _folded(typed)
    if not wanted:
        return []
    query = (
        select(Unit.id, Building.name, Stairwell.name, Unit.floor, Unit.name, Estate.name)
        .join(Unit.stairwell)
        .join(Stairwell.building)
        .join(Building.estate)
        .where(Estate.neighbourhood_id.in_(keeps(viewer)))
        .order_by(Estate.id, Building.position, Building.id, Unit.position, Unit.id)
    )
    found = [
        Door(unit_id, door_words(building, stairwell, floor, name), estate)
        for unit_id, building, stairwell, floor, name, estate in db.session.execute(query)
        if _fits(wanted, estate, building, stairwell, floor, name)
    ]
    return found[:MOST_FOUND]


def _fits(wanted: str, estate: str, building: str, stairwell: str, floor: str, name: str) -> bool:
    """Whether the door ends in what was typed; a number is never taken for the end of a longer one."""
    for whole in (estate + building + stairwell + name, estate + building + stairwell + floor + name):
        folded = _folded(whole)
        if folded.endswith(wanted):
            before = folded[: -len(wanted)][-1:]
            if not (before.isdigit() and wanted[0].isdigit()):
                return True
    return False


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold().removesuffix("室")


def unit(viewer: Viewer, unit_id: int) -> Unit | None:
    """A unit with all that stands above it and who has held it; None when it is not hers to keep."""
    query = (
        select(Unit)
        .join(Unit.stairwell)
        .join(Stairwell.building)
        .join(Building.estate)
        .where(Unit.id == unit_id, Estate.neighbourhood_id.in_(keeps(viewer)))
        .options(
            joinedload(Unit.stairwell)
            .joinedload(Stairwell.building)
            .joinedload(Building.estate)
            .joinedload(Estate.neighbourhood),
            selectinload(Unit.tenures).selectinload(Tenure.shares).joinedload(TenureShare.holder),
        )
    )
    return db.session.scalars(query).one_or_none()


def standing_tenure(unit: Unit) -> Tenure | None:
    """The tenure by which the unit is held now."""
    return next((tenure for tenure in unit.tenures if tenure.until is None), None)


def holders_now(unit: Unit) -> list[Holder]:
    """Who holds the unit now."""
    tenure = standing_tenure(unit)
    return [share.holder for share in tenure.shares] if tenure else []


def changes(unit: Unit) -> list[RegisterChange]:
    """What was changed of the unit by hand, the newest first."""
    query = (
        select(RegisterChange)
        .where(RegisterChange.unit_id == unit.id)
        .order_by(RegisterChange.id.desc())
        .options(joinedload(RegisterChange.changer), joinedload(RegisterChange.holder))
    )
    return list(db.session.scalars(query))


def change(viewer: Viewer, change_id: int) -> RegisterChange | None:
    """One change by hand; None when it is not hers to see."""
    query = (
        select(RegisterChange)
        .join(RegisterChange.unit)
        .join(Unit.stairwell)
        .join(Stairwell.building)
        .join(Building.estate)
        .where(RegisterChange.id == change_id, Estate.neighbourhood_id.in_(keeps(viewer)))
    )
    return db.session.scalars(query).one_or_none()


def doubtful(viewer: Viewer) -> list[Door]:
    """The units whose holder has died, as far as the office knows, and whom nobody follows yet."""
    query = (
        select(Unit.id, Building.name, Stairwell.name, Unit.floor, Unit.name, Estate.name)
        .join(Unit.stairwell)
        .join(Stairwell.building)
        .join(Building.estate)
        .join(Unit.tenures)
        .where(Estate.neighbourhood_id.in_(keeps(viewer)), Tenure.until.is_(None), _doubted(Tenure.id))
        .order_by(Estate.id, Building.position, Building.id, Unit.position, Unit.id)
    )
    return [
        Door(unit_id, door_words(building, stairwell, floor, name), estate)
        for unit_id, building, stairwell, floor, name, estate in db.session.execute(query)
    ]


def _doubted(tenure_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    dead = exists().where(
        TenureShare.tenure_id == tenure_id, TenureShare.holder_id == Holder.id, Holder.died_on.is_not(None)
    )
    told = exists().where(RegisterChange.tenure_id == tenure_id, RegisterChange.kind == ChangeKind.DOUBT)
    return or_(dead, told)


# ---- the register as an import sees it


def standing(estate_id: int) -> list[Standing]:
    """Every unit of an estate as it stands now, in the register's order: three statements, however large it is."""
    holders: dict[int, list[OnRoll]] = {}
    for tenure_id, name, phone, part, whole in db.session.execute(_shares(estate_id)):
        share = Fraction(part, whole) if whole > 1 else None
        holders.setdefault(tenure_id, []).append(OnRoll(name, phone, share))
    doubted = set(db.session.scalars(_of_estate(select(Tenure.id), estate_id).where(_doubted(Tenure.id))))
    query = (
        select(Unit.id, Building.name, Stairwell.name, Unit.floor, Unit.name, Unit.use, Unit.area_centi, Unit.vacant)
        .add_columns(Tenure.id, Tenure.capacity, Tenure.form)
        .join(Unit.stairwell)
        .join(Stairwell.building)
        .outerjoin(Tenure, (Tenure.unit_id == Unit.id) & Tenure.until.is_(None))
        .where(Building.estate_id == estate_id)
        .order_by(Building.position, Building.id, Unit.position, Unit.id)
    )
    return [
        Standing(
            unit=CurrentUnit(
                unit_id=unit_id,
                building=building,
                stairwell=stairwell,
                floor=floor,
                unit=name,
                use=UnitUse(use),
                area_centi=area,
                capacity=Capacity(capacity or Capacity.OWNER),
                form=HoldingForm(form or HoldingForm.SOLE),
                holders=tuple(holders.get(tenure_id, ())),
            ),
            vacant=vacant,
            doubtful=tenure_id in doubted,
        )
        for unit_id, building, stairwell, floor, name, use, area, vacant, tenure_id, capacity, form in (
            db.session.execute(query)
        )
    ]


def _shares(estate_id: int) -> Select[int, str, str, int, int]:
    columns = select(TenureShare.tenure_id, Holder.name, Holder.phone, TenureShare.part, TenureShare.whole)
    joined = columns.join(TenureShare.holder).join(TenureShare.tenure)
    return (
        joined.join(Tenure.unit)
        .join(Unit.stairwell)
        .join(Stairwell.building)
        .where(Building.estate_id == estate_id, Tenure.until.is_(None))
        .order_by(TenureShare.id)
    )


def _of_estate(query: Select[int], estate_id: int) -> Select[int]:
    return (
        query.join(Tenure.unit)
        .join(Unit.stairwell)
        .join(Stairwell.building)
        .where(Building.estate_id == estate_id, Tenure.until.is_(None))
    )


# ---- rolls


def rolls(estate: Estate, limit: int = 20) -> list[RollImport]:
    """The rolls uploaded for an estate, the newest first."""
    query = select(RollImport).where(RollImport.estate_id == estate.id).order_by(RollImport.id.desc()).limit(limit)
    return list(db.session.scalars(query.options(joinedload(RollImport.uploader))))


def waiting_rolls(viewer: Viewer) -> list[RollImport]:
    """The rolls, and the undoings, that wait for a second person in the viewer's offices, the oldest first."""
    query = (
        select(RollImport)
        .join(RollImport.estate)
        .where(Estate.neighbourhood_id.in_(keeps(viewer)), RollImport.state.in_(WAITING))
        .order_by(RollImport.id)
        .options(joinedload(RollImport.estate), joinedload(RollImport.uploader), joinedload(RollImport.undo_asker))
    )
    return list(db.session.scalars(query))


def roll(viewer: Viewer, roll_id: int) -> RollImport | None:
    """A roll with what was read from it; None when it is not hers to see."""
    query = (
        select(RollImport)
        .join(RollImport.estate)
        .where(RollImport.id == roll_id, Estate.neighbourhood_id.in_(keeps(viewer)))
        .options(
            undefer(RollImport.reading),
            undefer(RollImport.findings_json),
            joinedload(RollImport.estate).joinedload(Estate.neighbourhood),
            joinedload(RollImport.uploader),
            joinedload(RollImport.approver),
            joinedload(RollImport.decliner),
            joinedload(RollImport.undo_asker),
            joinedload(RollImport.undoer),
        )
    )
    return db.session.scalars(query).one_or_none()


def is_newest(roll: RollImport) -> bool:
    """Whether nothing that stands in the register was imported into the estate after this roll."""
    later = exists().where(
        RollImport.estate_id == roll.estate_id,
        RollImport.state.in_([RollState.IMPORTED, RollState.UNDO_ASKED]),
        RollImport.decided_at > roll.decided_at,
    )
    return not db.session.scalar(select(later))


def holders_by_phone(neighbourhood_id: int, phones: Iterable[str]) -> dict[tuple[str, str], int]:
    """The persons of a neighbourhood's register by name and phone, for these phones: nobody is known by name alone."""
    wanted = sorted({phone for phone in phones if phone})
    found: dict[tuple[str, str], int] = {}
    for some in in_batches(wanted):
        query = select(Holder.id, Holder.name, Holder.phone)
        for id_, name, phone in db.session.execute(
            query.where(Holder.neighbourhood_id == neighbourhood_id, Holder.phone.in_(some))
        ):
            found[name, phone] = id_
    return found


def in_batches(values: Collection[V], size: int = 1000) -> Iterable[list[V]]:
    """The values in lists short enough for one statement."""
    listed = list(values)
    return (listed[at : at + size] for at in range(0, len(listed), size))
