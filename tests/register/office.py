"""An office that keeps the register of an estate in the lane's neighbourhood: rolls to upload, and what stands then."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import func, select

from hearing.audit import queries as trail
from hearing.audit.ledger import perform
from hearing.db import Base, db
from hearing.people.viewer import Viewer
from hearing.places import sheet
from hearing.places.models import Estate, Neighbourhood, Unit
from hearing.register import actions, queries
from hearing.register.models import RollImport
from tests.places.rolls import HEADER, phone, workbook

AtDesk = Callable[[str], Viewer]
ROWS: list[list[Any]] = [
    ["", "1号楼", "1", "101", "58.20", "产权人", "章一鸣", phone(1), "", "", ""],
    ["", "1号楼", "1", "102", "46.80", "产权人", "孟若兰、何平", f"{phone(2)}、{phone(3)}", "共同共有", "", ""],
    ["", "1号楼", "2", "201", "58.20", "产权人", "乔木、乔林、乔森", "", "按份共有", "1/3、1/3、1/3", ""],
    ["", "2号楼", "1", "101", "58.20", "承租人", "章一鸣", phone(1), "", "", ""],
    ["", "2号楼", "1", "102", "46.80", "产权人", "", "", "", "", "开发商未售"],
]


def made(rows: Sequence[Sequence[Any]]) -> bytes:
    """A roll with these rows."""
    return workbook([HEADER, *rows])


def changed(at: int, **cells: str) -> list[list[Any]]:
    """The rows with some cells of one of them changed, by the titles name, phone, area, form, note, share."""
    columns = {"area": 4, "capacity": 5, "name": 6, "phone": 7, "form": 8, "share": 9, "note": 10}
    rows = [list(row) for row in ROWS]
    for title, value in cells.items():
        rows[at][columns[title]] = value
    return rows


def estate(by: Viewer, neighbourhood_id: int, name: str = "新桥苑") -> Estate:
    """A new estate without units."""
    home = db.session.get_one(Neighbourhood, neighbourhood_id)
    perform(actions.add_estate, by, home, name)
    found = queries.estate_named(home, name)
    assert found is not None
    return found


def uploaded(by: Viewer, place: Estate, data: bytes, filename: str = "户册.xlsx") -> RollImport:
    """A roll that waits for a second person."""
    perform(actions.upload, by, place, filename, data, sheet.read(data, filename))
    return db.session.scalars(select(RollImport).order_by(RollImport.id.desc()).limit(1)).one()


def imported(first: Viewer, second: Viewer, place: Estate, data: bytes) -> RollImport:
    """A roll that two people let into the register; its faulty rows stayed out."""
    roll = uploaded(first, place, data)
    perform(actions.approve, second, roll, leaves_faulty_out=True)
    return roll


def standing(place: Estate) -> dict[str, tuple[tuple[str, ...], str]]:
    """The register in short: by door, who holds it and as what."""
    return {
        f"{each.unit.building}/{each.unit.floor}/{each.unit.unit}": (
            tuple(holder.name for holder in each.unit.holders),
            each.unit.capacity.value,
        )
        for each in queries.standing(place.id)
    }


def door(place: Estate, building: str, name: str) -> Unit:
    """The unit behind a door."""
    found = next(u.unit for u in queries.standing(place.id) if (u.unit.building, u.unit.unit) == (building, name))
    return db.session.get_one(Unit, found.unit_id)


def count(model: type[Base]) -> int:
    """How many rows a table has."""
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def told(index: int) -> trail.Told:
    """An entry of the trail with what it only commits to."""
    found = trail.entry(db.session, index)
    assert found is not None
    return found
