"""Rounds in tests: somebody is sent, goes, and notes what she found."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from hearing.audit.ledger import Recorded, perform
from hearing.consents.models import ConsentUnit
from hearing.db import db
from hearing.people.models import Account, Seat
from hearing.visits import actions, queries
from hearing.visits.rules import Noted, Outcome
from tests.consents.course import Course, photo

TODAY = date(2026, 11, 9)


def stairwell(course: Course) -> int:
    """The lane's one stairwell."""
    return course.unit(1).unit.stairwell_id


def seat(course: Course, who: str) -> Seat:
    """The seat of somebody who goes from door to door."""
    number = db.session.scalars(select(Account.id).where(Account.ref == course.cast.ref(who))).one()
    return next(each for each in queries.visitors(course.collection()) if each.account_id == number)


def send(course: Course, who: str = "block_officer") -> Recorded[Any]:
    """The clerk sends somebody to the stairwell."""
    return perform(actions.assign, course.who("clerk"), course.collection(), stairwell(course), seat(course, who))


def row(course: Course, unit: int, outcome: Outcome, **more: Any) -> actions.Row:
    """What was found at one door, with the photo that a way needs."""
    shown = photo(unit) if outcome is Outcome.DOOR else None
    noted = Noted(**{"outcome": outcome, "happened_on": TODAY, "has_photo": shown is not None, **more})
    return actions.Row(course.unit(unit), noted, shown)


def note(
    course: Course, unit: int, outcome: Outcome, *, by: str = "clerk", went: str | None = None, **more: Any
) -> Recorded[Any]:
    """Somebody notes a visit, her own unless told otherwise."""
    return perform(actions.note, course.who(by), row(course, unit, outcome, **more), seat(course, went or by))


def listed(course: Course) -> list[int]:
    """Whom the door-knocking list names, by their numbers on the roll."""
    found = course.collection()
    numbers: dict[int, int] = {line.id: number for number, line in enumerate(found.units, 1)}
    doors = queries.doors(found, stairwell(course))
    return sorted(numbers[door.unit.id] for door in doors if door.is_listed)


def line(course: Course, unit: int) -> ConsentUnit:
    """One line of the roll."""
    return course.unit(unit)
