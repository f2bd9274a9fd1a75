"""Writing 入册: the rows of an approved roll become buildings, units, holders and tenures, in bulk.

Nothing is deleted. A changed tenure ends and another begins; a unit that the file does not name stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import Table, func, insert, select, update

from hearing.db import Base, db
from hearing.people.viewer import Viewer
from hearing.places.models import Building, Estate, Holder, Stairwell, Tenure, TenureShare, Unit
from hearing.places.rules import natural_key, unit_key
from hearing.places.sheet import Change, RollFlag, RollRow
from hearing.places.sheet import ChangeKind as Kind
from hearing.places.sheet import Holder as OnRoll
from hearing.places.sheet import unit_key as key_of
from hearing.refusal import N_
from hearing.register import queries
from hearing.register.models import RegisterChange
from hearing.register.rules import ChangeKind, Difference, changes_hands, vacant_after
from hearing.web.filters import BEIJING

REMARK = N_("户册备注写明户主已故")
WRITTEN = (Building, Stairwell, Unit, Holder, Tenure, TenureShare, RegisterChange)
"""What an import writes rows of."""


@dataclass
class Written:
    """What an import did, by row numbers and without names, so that it can be taken back.

    `made`: new rows by table. `ended`: tenures that ended. `before`: former values of changed units by number.
    `died`: persons marked as dead. `newest`: the last number in every table that points here, so that later rows are
    known as later.
    """

    made: dict[str, list[int]] = field(default_factory=dict)
    ended: list[int] = field(default_factory=list)
    before: dict[int, dict[str, Any]] = field(default_factory=dict)
    died: list[int] = field(default_factory=list)
    newest: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Line:
    """A row to write: the unit that it is about, and what of it changes; of a new unit everything."""

    unit: int
    row: RollRow
    change: Change

    @property
    def begins(self) -> bool:
        """Whether a tenure begins."""
        return self.change.kind is Kind.NEW or changes_hands(self.change)

    @property
    def tells_of_death(self) -> bool:
        """Whether the row tells the office for the first time that the holder has died."""
        fields = {field.field for field in self.change.fields}
        return RollFlag.DECEASED in self.row.flags and (self.change.kind is Kind.NEW or "doubtful" in fields)


def write(by: Viewer, estate: Estate, difference: Difference, moment: datetime) -> dict[str, Any]:
    """Write the new and changed units of a difference; return what was done as `Written` in JSON values."""
    writing = _Writing(by, estate, moment)
    new = [(change, change.row) for change in difference.of(Kind.NEW) if change.row]
    units = writing.new_units([row for _, row in new])
    lines = [_Line(unit, row, change) for (change, row), unit in zip(new, units, strict=True)]
    changed = [
        _Line(change.current.unit_id, change.row, change)
        for change in difference.of(Kind.CHANGED)
        if change.row and change.current
    ]
    writing.change_units(changed)
    writing.end_tenures([line.unit for line in changed if line.begins])
    writing.begin_tenures([line for line in lines + changed if line.begins])
    writing.mark_deceased([line for line in lines + changed if line.tells_of_death])
    writing.put_in_order()
    writing.done.newest = newest()
    return vars(writing.done)


class _Writing:
    """One import under way."""

    def __init__(self, by: Viewer, estate: Estate, moment: datetime) -> None:
        self.by, self.estate, self.moment = by, estate, moment
        self.done = Written()
        self._reordered: set[int] = set()
        self._held: dict[int, dict[tuple[str, str], int]] = {}

    def new_units(self, rows: Sequence[RollRow]) -> list[int]:
        """Make the units of these rows, and the buildings and stairwells that are not there yet; their numbers."""
        stairwells = self._stairwells(rows)
        values = [
            {
                "stairwell_id": stairwells[_place(row)],
                "name": row.unit,
                "floor": row.floor,
                "position": 0,
                "use": row.use,
                "area_centi": row.area_centi,
                "vacant": vacant_after(row, None),
            }
            for row in rows
        ]
        return self._make(Unit, values)

    def _stairwells(self, rows: Sequence[RollRow]) -> dict[tuple[str, str], int]:
        """The stairwells of the estate by building and name, those that these rows name made where they are new."""
        query = select(Building.id, Building.name).where(Building.estate_id == self.estate.id)
        buildings = {key_of(name, "", "", "")[0]: id_ for id_, name in db.session.execute(query)}
        fresh = {_place(row)[0]: row.building for row in rows if _place(row)[0] not in buildings}
        values = [{"estate_id": self.estate.id, "name": name, "position": 0} for name in fresh.values()]
        buildings |= dict(zip(fresh, self._make(Building, values), strict=True))
        folded = {id_: key for key, id_ in buildings.items()}
        known = {
            (folded[building], key_of("", name, "", "")[1]): id_
            for id_, building, name in db.session.execute(
                select(Stairwell.id, Stairwell.building_id, Stairwell.name).where(Stairwell.building_id.in_(folded))
            )
        }
        missing = {_place(row): row.stairwell for row in rows if _place(row) not in known}
        values = [{"building_id": buildings[place[0]], "name": name} for place, name in missing.items()]
        known |= dict(zip(missing, self._make(Stairwell, values), strict=True))
        self._reordered |= {buildings[_place(row)[0]] for row in rows}
        return known

    def change_units(self, lines: Sequence[_Line]) -> None:
        """Bring floor, use, area and emptiness of changed units up to the roll; what they were is noted."""
        values: list[dict[str, Any]] = []
        for line in lines:
            of_unit = [field for field in line.change.fields if field.field in {"floor", "use", "area_centi", "vacant"}]
            self.done.before[line.unit] = {field.field: field.before for field in of_unit}
            if of_unit:
                values.append({"id": line.unit, **{field.field: field.after for field in of_unit}})
        if values:
            db.session.execute(update(Unit), values)
        moved = [line.unit for line in lines if "floor" in self.done.before[line.unit]]
        for ids in queries.in_batches(moved):
            query = select(Stairwell.building_id).join(Stairwell.units).where(Unit.id.in_(ids))
            self._reordered |= set(db.session.scalars(query))

    def end_tenures(self, units: Sequence[int]) -> None:
        """End the standing tenures of these units; who held them is kept, as is what she goes by."""
        for ids in queries.in_batches(units):
            query = (
                select(Tenure.id, Tenure.unit_id, Holder.id, Holder.name, Holder.phone)
                .outerjoin(Tenure.shares)
                .outerjoin(TenureShare.holder)
                .where(Tenure.unit_id.in_(ids), Tenure.until.is_(None))
                .order_by(Tenure.id, TenureShare.id)
            )
            tenures: dict[int, None] = {}
            for tenure_id, unit_id, holder_id, name, phone in db.session.execute(query):
                tenures[tenure_id] = None
                if holder_id is not None:
                    self._held.setdefault(unit_id, {})[name, phone] = holder_id
            self.done.ended += tenures
            ending = update(Tenure).where(Tenure.id.in_(list(tenures))).values(until=self.moment)
            db.session.execute(ending, execution_options={"synchronize_session": False})

    def begin_tenures(self, lines: Sequence[_Line]) -> None:
        """Begin the tenures that the roll tells of. Who has the same name and phone is the same person."""
        people = self._people(lines)
        values = [
            {"unit_id": line.unit, "capacity": line.row.capacity, "form": line.row.form, "since": self.moment}
            for line in lines
        ]
        shares = [
            {"tenure_id": tenure, "holder_id": holder, "represents": False, **_part(on_roll)}
            for line, tenure, holders in zip(lines, self._make(Tenure, values), people, strict=True)
            for on_roll, holder in zip(line.row.holders, holders, strict=True)
        ]
        self._make(TenureShare, shares)

    def _people(self, lines: Sequence[_Line]) -> list[list[int]]:
        """The numbers of the holders of each row, made where nobody on the register has both name and phone.

        Without a phone a person is known only within her own unit; otherwise she is a new one.
        """
        home = self.estate.neighbourhood_id
        known = queries.holders_by_phone(home, (holder.phone for line in lines for holder in line.row.holders))
        fresh: list[dict[str, Any]] = []
        at: dict[tuple[str, str], int] = {}  # Where in `fresh` somebody with a phone waits to be made.
        found: list[list[tuple[bool, int]]] = []  # For each holder: whether she is new, and her number or place there.
        for line in lines:
            found.append([])
            for holder in line.row.holders:
                who = holder.name, holder.phone
                same = self._held.get(line.unit, {}).get(who) or known.get(who)
                if same is None and who not in at:
                    fresh.append({"neighbourhood_id": home, "name": holder.name, "phone": holder.phone})
                    if holder.phone:
                        at[who] = len(fresh) - 1
                found[-1].append((False, same) if same is not None else (True, at.get(who, len(fresh) - 1)))
        made = self._make(Holder, fresh)
        return [[made[number] if new else number for new, number in each] for each in found]

    def mark_deceased(self, lines: Sequence[_Line]) -> None:
        """Note the units whose remark says that the holder has died. A sole holder counts as dead from today.

        The true day is entered by hand later. Until then a signature of today or later would be invalid, and her phone
        opens no door, which is the safe side.
        """
        standing = self._standing([line.unit for line in lines])
        values = [
            {
                "unit_id": line.unit,
                "tenure_id": standing[line.unit][0],
                "kind": ChangeKind.DOUBT,
                "note": REMARK,
                "changed_by": self.by.id,
                "changed_at": self.moment,
            }
            for line in lines
        ]
        self._make(RegisterChange, values)
        alone = [holders[0] for _, holders in standing.values() if len(holders) == 1]
        today = self.moment.astimezone(BEIJING).date().isoformat()
        for ids in queries.in_batches(alone):
            dying = update(Holder).where(Holder.id.in_(ids), Holder.died_on.is_(None)).values(died_on=today)
            query = dying.returning(Holder.id)
            self.done.died += db.session.scalars(query, execution_options={"synchronize_session": False})

    def _standing(self, units: Sequence[int]) -> dict[int, tuple[int, list[int]]]:
        """The standing tenure of each unit and its holders."""
        found: dict[int, tuple[int, list[int]]] = {}
        for ids in queries.in_batches(units):
            query = (
                select(Tenure.unit_id, Tenure.id, TenureShare.holder_id)
                .outerjoin(Tenure.shares)
                .where(Tenure.unit_id.in_(ids), Tenure.until.is_(None))
            )
            for unit, tenure, holder in db.session.execute(query):
                holders = found.setdefault(unit, (tenure, []))[1]
                if holder is not None:
                    holders.append(holder)
        return found

    def put_in_order(self) -> None:
        """Give buildings their place in the estate, and units theirs in every building that got new ones."""
        query = select(Building.id, Building.name, Building.position).where(Building.estate_id == self.estate.id)
        buildings = sorted(db.session.execute(query), key=lambda row: (natural_key(row.name), row.id))
        moved = [{"id": row.id, "position": at} for at, row in enumerate(buildings) if row.position != at]
        if moved:
            db.session.execute(update(Building), moved)
        units = (
            select(Unit.id, Unit.position, Unit.floor, Unit.name, Building.id, Stairwell.name)
            .join(Unit.stairwell)
            .join(Stairwell.building)
            .where(Building.id.in_(self._reordered))
        )
        by_building: dict[int, list[tuple[Any, ...]]] = {}
        for id_, position, floor, name, building, stairwell in db.session.execute(units):
            key = (unit_key(floor, name), natural_key(stairwell), id_)
            by_building.setdefault(building, []).append((key, id_, position))
        placed = [
            {"id": id_, "position": at}
            for some in by_building.values()
            for at, (_, id_, position) in enumerate(sorted(some))
            if position != at
        ]
        if placed:
            db.session.execute(update(Unit), placed)

    def _make(self, model: type[Base], values: list[dict[str, Any]]) -> list[int]:
        """Insert rows and note their numbers, which come back in the order of the values."""
        if not values:
            return []
        table = Base.metadata.tables[model.__tablename__]
        query = insert(model).returning(table.c.id, sort_by_parameter_order=True)
        made = list(db.session.scalars(query, values))
        self.done.made.setdefault(table.name, []).extend(made)
        return made


def pointing_here() -> list[tuple[Table, str, str]]:
    """Every column of any table that points to a table which imports write: (table, column, table pointed to)."""
    written = {model.__tablename__ for model in WRITTEN}
    return [
        (table, column.name, key.column.table.name)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name in written
    ]


def newest() -> dict[str, int]:
    """The highest number in every table that points to what imports write."""
    tables = {table.name: table for table, _, _ in pointing_here() if "id" in table.c}
    return {name: db.session.scalar(select(func.max(table.c.id))) or 0 for name, table in tables.items()}


def _place(row: RollRow) -> tuple[str, str]:
    building, stairwell, _, _ = row.key
    return building, stairwell


def _part(holder: OnRoll) -> dict[str, int]:
    share = holder.share or Fraction(1)
    return {"part": share.numerator, "whole": share.denominator}
