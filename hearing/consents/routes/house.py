"""The house in section 楼层表: who has answered, door by door, for the desk and, once it is over, for neighbours."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from flask import abort, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hearing.clock import now
from hearing.consents import queries, rules
from hearing.consents.models import ConsentUnit
from hearing.consents.overview import Overview
from hearing.consents.routes.answering import not_asked
from hearing.consents.routes.blueprint import GRID_STATES, bp, chosen, shown, unit_argument
from hearing.consents.routes.setting_up import WATCHERS
from hearing.people.surroundings import speak_for
from hearing.people.viewer import me
from hearing.places.rules import floor_key
from hearing.web.answers import page
from hearing.web.guards import signed_in, signed_in_as
from hearing.web.numbers import asked_number

Door = dict[str, object]

BUILDINGS_SHOWN = 24
"""Buildings that one page leads to."""


@bp.get("/desk/consents/<int:collection_id>/doors")
@signed_in_as(*WATCHERS)
def doors(collection_id: int) -> ResponseReturnValue:
    """The house in section: each door and how it stands, but not what it said."""
    found = queries.counted_for_staff(me(), collection_id) or abort(404)
    speak_for(found.neighbourhood)
    it = Overview(found, now())
    asked = {question.consent_unit_id for question in queries.questions(found.id) if question.answered_at is None}
    names = it.ballot.buildings
    wanted = asked_number("building")
    building = names[wanted] if wanted < len(names) else ""
    units = queries.units_of_building(found.id, building)
    begun = queries.begun(unit.id for unit in units)
    return page(
        "consents/doors.html",
        collection=found,
        it=it,
        buildings=_near(names, wanted),
        last=len(names) - 1,
        wanted=wanted,
        building=building,
        floors=_floors(units, lambda unit: _door(it, unit, unit.id in begun, unit.id in asked)),
    )


def _near(names: Sequence[str], wanted: int) -> list[tuple[int, str]]:
    """The buildings that one page leads to, with their places: all of a few, of many those around the one shown."""
    first = max(0, min(wanted - BUILDINGS_SHOWN // 2, len(names) - BUILDINGS_SHOWN))
    return list(enumerate(names))[first : first + BUILDINGS_SHOWN]


def _floors(units: Iterable[ConsentUnit], door: Callable[[ConsentUnit], Door]) -> list[tuple[str, list[Door]]]:
    """The doors of one building, top floor first, for components/floor_grid.html."""
    by_floor: dict[str, list[Door]] = {}
    for unit in units:
        by_floor.setdefault(unit.floor, []).append(door(unit))
    return [(floor, by_floor[floor]) for floor in sorted(by_floor, key=floor_key, reverse=True)]


def _door(it: Overview, unit: ConsentUnit, begun: bool, asked: bool) -> Door:
    standing = it.standings.get(unit.ref)
    status = standing.status(unit.as_rule(), seen=begun, reconfirm=unit.reconfirm) if standing else None
    state = GRID_STATES[status] if status else "blocked" if unit.blocked else "waiting"
    pending = status is rules.UnitStatus.PENDING
    return {
        "door": unit.door,
        "state": "asked" if asked and state in ("waiting", "seen") and not pending else state,
        "word": rules.STATUS_LABELS[rules.UnitStatus.PENDING] if pending else None,
        "url": url_for(".desk_unit", collection_id=it.collection.id, unit_id=unit.unit_id),
    }


@bp.get("/consents/<int:collection_id>/doors")
@signed_in
def neighbours(collection_id: int) -> ResponseReturnValue:
    """本楼各户: which doors of her own building have answered, and never what; once answering is over."""
    found = shown(collection_id)
    slips = queries.slips_for(me(), found)
    if not slips:
        return not_asked(found)
    slip = chosen(slips, me())
    if slip is None:
        return page("consents/which.html", collection=found, slips=slips, endpoint="consents.neighbours")
    building, floors = slip.unit.building, []
    if found.stands in rules.DOORS_SHOWN:
        units = queries.units_of_building(found.id, building)
        spoken, own = queries.spoken(found.id, building), {flat.id for flat in slip.flats}
        floors = _floors(
            units,
            lambda unit: {
                "door": unit.door,
                "state": "answered" if unit.id in spoken else "waiting",
                "word": None if unit.id in spoken else gettext("没有表态"),
                "mine": unit.id in own,
            },
        )
    unit = unit_argument(slips, slip)
    return page("consents/neighbours.html", collection=found, building=building, floors=floors, unit=unit)
