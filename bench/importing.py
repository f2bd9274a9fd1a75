"""Importing: an estate's household roll of 1,008 rows, from the file to the register."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from fractions import Fraction
from io import BytesIO
from typing import TypeVar

import openpyxl
from sqlalchemy import func, select

from bench.ground import Databases
from bench.raw import SAMPLE, Raw
from bench.report import Report
from hearing import clock, schema
from hearing.app import create_app
from hearing.audit.fact import SYSTEM
from hearing.audit.ledger import perform
from hearing.db import db
from hearing.demo import lane
from hearing.demo.seed import Settled, viewer
from hearing.places import sheet
from hearing.places.models import Estate, Neighbourhood, Unit
from hearing.places.rules import Capacity, HoldingForm, UnitUse
from hearing.places.sheet import CurrentUnit, Holder
from hearing.register import actions
from hearing.register.models import RollImport

SECONDS = 3.0
BUILDINGS, FLOORS, FLATS = 14, 18, 4
ROWS = BUILDINGS * FLOORS * FLATS
FILE = "roll.xlsx"

T = TypeVar("T")


def measure(report: Report, where: Databases) -> None:
    """Read a roll, show what it would change, and write it, as two people of the committee do."""
    ground = where.ground("importing")
    app = create_app(ground.as_test)
    data = sheet.register_file(_units(), {})
    raw = Raw.open(ground.database_url)
    with app.app_context():
        schema.upgrade(db.engine)
        estate = _estate()
        least_read, _ = _timed(lambda: _cells(data))
        read, roll = _timed(lambda: sheet.read(data, FILE))
        told, _ = _timed(lambda: perform(actions.upload, viewer("p-clerk"), estate, FILE, data, roll))
        db.session.expunge_all()
        least_written, _ = _timed(lambda: raw.batch(SAMPLE, 4 * ROWS))
        waiting = db.session.scalars(select(RollImport)).one()
        written, _ = _timed(lambda: perform(actions.approve, viewer("p-director"), waiting, leaves_faulty_out=False))
        units = db.session.scalar(select(func.count()).select_from(Unit))
        db.session.close()
        db.engine.dispose()
    raw.close()
    if units != ROWS:
        raise RuntimeError(f"{units} units were imported, not {ROWS}")
    report.heading(
        f"Import on {where.name}: {ROWS:,} rows",
        "limit of the dry run: the library alone reads every cell of the file",
        "limit of the import: the driver alone inserts four rows (unit, holder, tenure, share) for each of the file",
    )
    dry = read + told
    report.table(
        ("", "ratio", "seconds", "limit"),
        [
            (
                "dry run: read, compare, keep",
                f"{least_read / dry:.2f}",
                report.at_most(f"dry run of {ROWS:,} rows, {where.name}, seconds", dry, SECONDS, f"{dry:.2f}"),
                f"{least_read:.2f}",
            ),
            (
                "import: compare again, write, record",
                f"{least_written / written:.2f}",
                report.at_most(f"import of {ROWS:,} rows, {where.name}, seconds", written, SECONDS, f"{written:.2f}"),
                f"{least_written:.2f}",
            ),
        ],
    )


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    begun = time.perf_counter()
    result = work()
    return time.perf_counter() - begun, result


def _estate() -> Estate:
    """The committee, and an estate without units."""

    def settle() -> Settled:
        people = lane.settle(db.session, clock.now(), with_households=False)
        return Settled(actor=SYSTEM, scope="tianjinlu", subject="demo/1", matter="demo/1", units=len(people.units))

    perform(settle)
    home = db.session.scalars(select(Neighbourhood)).one()
    perform(actions.add_estate, viewer("p-clerk"), home, "新桥苑")
    return db.session.scalars(select(Estate).where(Estate.name == "新桥苑")).one()


def _units() -> list[CurrentUnit]:
    """Every tenth flat belongs to a couple, every twelfth to two people by shares."""
    doors = itertools.product(range(1, BUILDINGS + 1), range(1, FLOORS + 1), range(1, FLATS + 1))
    return [
        CurrentUnit(
            unit_id=number,
            building=f"{building}号楼",
            stairwell="",
            floor=str(floor),
            unit=f"{floor}{flat:02d}",
            use=UnitUse.RESIDENCE,
            area_centi=5820 + 100 * flat,
            capacity=Capacity.OWNER,
            form=_form(number),
            holders=_holders(number),
        )
        for number, (building, floor, flat) in enumerate(doors, 1)
    ]


def _form(number: int) -> HoldingForm:
    if number % 12 == 0:
        return HoldingForm.SHARES
    return HoldingForm.JOINT if number % 10 == 0 else HoldingForm.SOLE


def _holders(number: int) -> tuple[Holder, ...]:
    first, second = f"14102{number:06d}", f"14103{number:06d}"
    match _form(number):
        case HoldingForm.SOLE:
            return (Holder("赵伯彩", first),)
        case HoldingForm.JOINT:
            return (Holder("赵伯彩", first), Holder("钱惠芬", second))
        case HoldingForm.SHARES:
            return (Holder("赵伯彩", first, Fraction(2, 5)), Holder("钱惠芬", second, Fraction(3, 5)))


def _cells(data: bytes) -> int:
    book = openpyxl.load_workbook(BytesIO(data), read_only=True)
    return sum(len(row) for page in book.worksheets for row in page.iter_rows(values_only=True))
