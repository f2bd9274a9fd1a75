"""Holidays 节假日: the State Council's yearly table as a file, and the calendar that all working days are counted by.

Two spellings are read: lines of `2026-10-01 休 国庆节` (休 a holiday, 班 a worked weekend; commas do as well), and the
JSON of the public lists that follow the yearly notice (`{"days": [{"date", "name", "isOffDay"}]}`).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from sqlalchemy import delete, select

from hearing.audit.fact import SYSTEM, Actor, Fact, public
from hearing.audit.rotation import SCOPE
from hearing.db import db
from hearing.notices.actions import SEATS
from hearing.notices.models import Holiday
from hearing.notices.rules import Refusal, WorkCalendar
from hearing.people.rules import COMMITTEE, Role, require_role
from hearing.people.viewer import Viewer
from hearing.refusal import N_, Refused

OFF, WORKED = "休", "班"
SUBJECT = "holidays/1"


@dataclass(frozen=True)
class Day:
    """One line of the table."""

    day: date
    works: bool
    name: str


@dataclass(frozen=True, kw_only=True)
class HolidaysImported(Fact):
    """A table of holidays took the place of what was kept for its years."""

    kind: ClassVar[str] = "holidays.imported"
    sentence: ClassVar[str] = N_("导入节假日表：%(years)s，共 %(days)d 天")
    years: str = public()
    days: int = public()
    table_hash: str = public()


def read(text: str) -> list[Day]:
    """The days of a table, in order. Raises HOLIDAYS_UNREADABLE(line)."""
    text = text.lstrip("﻿").strip()
    found = _of_json(text) if text.startswith(("{", "[")) else _of_lines(text)
    if not found:
        raise Refused(Refusal.HOLIDAYS_UNREADABLE, line=1)
    return sorted({each.day: each for each in found}.values(), key=lambda each: each.day)


def import_table(by: Viewer | None, text: str) -> HolidaysImported:
    """Put a table in the place of what is kept for the years that it names; `by` None is the machine's own operator.

    Deadlines that were set before stay as they are. Raises HOLIDAYS_UNREADABLE(line), or NOT_YOUR_SEAT of people.
    """
    actor = SYSTEM
    if by is not None:
        role = next((role for role in SEATS if by.holds(role)), Role.RESIDENT)
        require_role(role, COMMITTEE)
        actor = Actor(role=role.value, ref=by.account.ref)
    days = read(text)
    years = sorted({each.day.year for each in days})
    for year in years:
        db.session.execute(delete(Holiday).where(Holiday.day.between(f"{year}-01-01", f"{year}-12-31")))
    db.session.add_all(Holiday(day=each.day.isoformat(), works=each.works, name=each.name) for each in days)
    return HolidaysImported(
        actor=actor,
        scope=SCOPE,
        subject=SUBJECT,
        matter=SUBJECT,
        years="、".join(map(str, years)),
        days=len(days),
        table_hash=hashlib.sha256(text.encode()).hexdigest(),
    )


def listed() -> Sequence[Holiday]:
    """Every day that is kept, the newest year first."""
    return db.session.scalars(select(Holiday).order_by(Holiday.day.desc())).all()


def work_calendar() -> WorkCalendar:
    """The calendar by which working days are counted now."""
    return calendar_of([Day(date.fromisoformat(each.day), each.works, each.name) for each in listed()])


def calendar_of(days: Collection[Day]) -> WorkCalendar:
    """The calendar that a table makes."""
    return WorkCalendar(
        frozenset(each.day for each in days if not each.works), frozenset(each.day for each in days if each.works)
    )


def _of_json(text: str) -> list[Day]:
    try:
        given = json.loads(text)
        rows = given["days"] if isinstance(given, dict) else given
        return [
            Day(date.fromisoformat(str(row["date"])), not row["isOffDay"], str(row.get("name", ""))[:60])
            for row in rows
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Refused(Refusal.HOLIDAYS_UNREADABLE, line=1) from None


def _of_lines(text: str) -> list[Day]:
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        cells = re.split(r"[,，\s]+", line.strip(), maxsplit=2)
        if not line.strip() or (number == 1 and not cells[0][:1].isdigit()):
            continue
        try:
            day = date.fromisoformat(cells[0])
            works = {OFF: False, WORKED: True}[cells[1]]
        except (ValueError, KeyError, IndexError):
            raise Refused(Refusal.HOLIDAYS_UNREADABLE, line=number) from None
        found.append(Day(day, works, cells[2][:60] if len(cells) > 2 else ""))
    return found
