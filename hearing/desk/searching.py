"""Searching 查存证: entries of the trail in plain sentences, as far as the reader may know them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import gettext
from sqlalchemy import or_, select

from hearing.audit import queries as trail
from hearing.audit.queries import Search, Told
from hearing.audit.routes import public_sentence
from hearing.db import db
from hearing.desk.rules import TELLING, THINGS, TRAIL_READERS
from hearing.people.models import Account
from hearing.people.rules import Role, mask_name
from hearing.people.viewer import Viewer
from hearing.places.models import Holder, Neighbourhood
from hearing.web.cells import safe_cell
from hearing.web.filters import BEIJING, when
from hearing.web.forms import digits

PAGE = 50
MOST_PEOPLE = 20
"""How many people of one name are searched for at once."""
MOST_EXPORTED = 50_000
HEADINGS = ("存证序号", "时间", "种类", "说明", "身份", "代号", "对象", "事项", "编码")


@dataclass(frozen=True)
class Line:
    """An entry as it is shown: what about, who acted (masked for an auditor), why, what stood before and after.

    `matter` is what the thing belongs to, empty when it is the thing itself.
    """

    told: Told
    sentence: str
    thing: str
    matter: str
    who: str
    role: str
    why: tuple[str, ...]
    before: str
    after: str


def places_of(viewer: Viewer) -> list[Neighbourhood]:
    """The neighbourhoods whose trail the viewer may search."""
    found = {seat.neighbourhood_id: seat.neighbourhood for seat in viewer.seats if Role(seat.role) in TRAIL_READERS}
    return [place for key, place in sorted(found.items()) if viewer.holds(*TRAIL_READERS, neighbourhood_id=key)]


def sees_names(viewer: Viewer) -> bool:
    """Whether the viewer reads whole names: a director does, an auditor does not."""
    return viewer.holds(Role.COMMITTEE_DIRECTOR)


def refs_of(typed: str) -> tuple[str, ...] | None:
    """The pseudonyms of whom somebody names by name, telephone or pseudonym; None when too many fit."""
    number = digits(typed)
    query = select(Account.ref).where(
        or_(Account.ref == typed.lower(), Account.name == typed, Account.phone == (number or typed))
    )
    found = tuple(db.session.scalars(query.order_by(Account.ref).limit(MOST_PEOPLE + 1)))
    return found if len(found) <= MOST_PEOPLE else None


def day_span(since: date | None, until: date | None) -> tuple[datetime | None, datetime | None]:
    """From the beginning of one day in Beijing to the end of another."""
    begin = datetime.combine(since, time(), BEIJING) if since else None
    end = datetime.combine(until + timedelta(days=1), time(), BEIJING) if until else None
    return begin, end


def lines(told: Sequence[Told], *, whole_names: bool, role_words: Callable[[str], str]) -> list[Line]:
    """The entries with the names that belong to them, in two statements."""
    names = _names(Account.ref, Account.name, {each.ref for each in told})
    numbers = {number for each in told for number in _numbers(each, "before") + _numbers(each, "after")}
    holders = _names(Holder.id, Holder.name, numbers)
    shown = (lambda name: name) if whole_names else mask_name

    def people(each: Told, part: str) -> str:
        return "、".join(shown(holders[number]) for number in _numbers(each, part) if number in holders)

    return [
        Line(
            told=each,
            sentence=public_sentence(each),
            thing=_named(each.subject),
            matter=_named(each.matter) if each.matter != each.subject else "",
            who=shown(names[each.ref]) if each.ref in names else "",
            role=role_words(each.role),
            why=_why(each.payload or {}) if whole_names else (),
            before=people(each, "before"),
            after=people(each, "after"),
        )
        for each in told
    ]


def as_csv(found: Sequence[Told], *, role_words: Callable[[str], str]) -> bytes:
    """The public part of entries as CSV in UTF-8 with its mark, for a spreadsheet: no names, no payload, no formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADINGS)
    for each in found:
        row = (
            str(each.index),
            when(each.at),
            each.kind,
            public_sentence(each),
            role_words(each.role),
            each.ref,
            each.subject,
            each.matter,
            each.commitment,
        )
        writer.writerow([safe_cell(cell) for cell in row])
    return "\ufeff".encode() + text.getvalue().encode()


def found(wanted: Search, before: int | None = None) -> tuple[list[Told], bool]:
    """One page of what matches, and whether there is more."""
    told = trail.search(db.session, wanted, PAGE + 1, before)
    return told[:PAGE], len(told) > PAGE


def _named(reference: str) -> str:
    """`consent/2` as the desk says it: 意愿征询 2; other references stay as they are."""
    kind, _, number = reference.partition("/")
    return f"{gettext(THINGS[kind])} {number}" if kind in THINGS else reference


def _names(key: Any, name: Any, wanted: Collection[Any]) -> Mapping[Any, str]:
    if not wanted:
        return {}
    return {row[0]: row[1] for row in db.session.execute(select(key, name).where(key.in_(sorted(wanted))))}


def _numbers(told: Told, part: str) -> list[int]:
    """The holders before or after a change of hands, by their numbers in the register."""
    numbers = (told.payload or {}).get(part)
    return [number for number in numbers if isinstance(number, int)] if isinstance(numbers, list) else []


def _why(payload: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(payload[part]) for part in TELLING if payload.get(part))
