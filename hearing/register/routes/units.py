"""Estates, buildings and units: looking up a door, and what the office changes by hand."""

from __future__ import annotations

from flask import Response, abort, url_for
from flask.typing import ResponseReturnValue

from hearing.audit.ledger import perform
from hearing.db import aside
from hearing.people.rules import COMMITTEE
from hearing.people.surroundings import speak_for
from hearing.people.viewer import me
from hearing.places.models import Holder, Unit
from hearing.places.rules import HOLDING_LABELS, TENURE_LABELS, USE_LABELS, HoldingForm
from hearing.places.sheet import CurrentUnit, register_file
from hearing.refusal import N_
from hearing.register import actions, queries
from hearing.register.forms import (
    DeathForm,
    EstateForm,
    ExportForm,
    FindForm,
    HandsForm,
    NoteForm,
    PhoneForm,
    holder_named,
)
from hearing.register.routes.blueprint import bp, download, estate_of, page_number
from hearing.web.answers import go, page
from hearing.web.guards import signed_in_as

VACANT, DEAD = N_("空关"), N_("户主已故")


@bp.route("/desk/register", methods=["GET", "POST"])
@signed_in_as(*sorted(COMMITTEE))
def home() -> ResponseReturnValue:
    """The estates, what waits for a second person, whose holder has died; and a box to look for a door."""
    form = FindForm()
    doors = queries.find(me(), form.door.data or "") if form.validate_on_submit() else None
    return page(
        "register/home.html",
        form=form,
        doors=doors,
        most=queries.MOST_FOUND,
        estates=queries.estates(me()),
        waiting=queries.waiting_rolls(me()),
        doubtful=queries.doubtful(me()),
    )


@bp.route("/desk/register/estates/new", methods=["GET", "POST"])
@signed_in_as(*sorted(COMMITTEE))
def new_estate() -> ResponseReturnValue:
    """Add an estate; its units come by a roll."""
    places = queries.homes(me())
    form = EstateForm(places)
    if form.validate_on_submit():
        with form.refusals():
            place = next(place for place in places if place.id == form.neighbourhood.data)
            done = perform(actions.add_estate, me(), place, form.name.data or "")
            return go(url_for(".upload", estate_id=int(done.fact.subject.rpartition("/")[2])))
    return page("register/new_estate.html", form=form, only=places[0] if len(places) == 1 else None)


@bp.get("/desk/register/estates/<int:estate_id>")
@signed_in_as(*sorted(COMMITTEE))
def estate(estate_id: int) -> ResponseReturnValue:
    """The buildings of an estate, and the rolls that were uploaded for it."""
    found = estate_of(estate_id)
    return page("register/estate.html", estate=found, buildings=queries.buildings(found), rolls=queries.rolls(found))


@bp.get("/desk/register/buildings/<int:building_id>")
@signed_in_as(*sorted(COMMITTEE))
def building(building_id: int) -> ResponseReturnValue:
    """The units of a building and who holds them, a hundred a page."""
    found = queries.building(me(), building_id) or abort(404)
    speak_for(found.estate.neighbourhood)
    number = page_number()
    units, total = queries.units(found, number)
    return page(
        "register/building.html",
        building=found,
        units=units,
        number=number,
        pages=-(-total // queries.PAGE),
        words=queries.words_of,
        capacities=TENURE_LABELS,
    )


def _unit(unit_id: int) -> Unit:
    unit = queries.unit(me(), unit_id) or abort(404)
    speak_for(unit.stairwell.building.estate.neighbourhood)
    return unit


def _holder(unit: Unit, holder_id: int) -> Holder:
    return holder_named(queries.holders_now(unit), holder_id) or abort(404)


@bp.get("/desk/register/units/<int:unit_id>")
@signed_in_as(*sorted(COMMITTEE))
def unit(unit_id: int) -> ResponseReturnValue:
    """One unit: what it is, who holds it, who held it before, and what was changed."""
    found = _unit(unit_id)
    return page(
        "register/unit.html",
        unit=found,
        door=queries.words_of(found),
        tenure=queries.standing_tenure(found),
        past=[tenure for tenure in reversed(found.tenures) if tenure.until],
        changes=queries.changes(found),
        capacities=TENURE_LABELS,
        forms=HOLDING_LABELS,
        uses=USE_LABELS,
        by_shares=HoldingForm.SHARES,
    )


@bp.get("/desk/register/changes/<int:change_id>")
@signed_in_as(*sorted(COMMITTEE))
def change(change_id: int) -> ResponseReturnValue:
    """Where the receipt of a change by hand leads: the unit."""
    found = queries.change(me(), change_id) or abort(404)
    return go(url_for(".unit", unit_id=found.unit_id))


@bp.route("/desk/register/units/<int:unit_id>/hands", methods=["GET", "POST"])
@signed_in_as(*sorted(COMMITTEE))
def hands(unit_id: int) -> ResponseReturnValue:
    """Somebody else holds the unit: a sale, an inheritance, a new lessee."""
    found = _unit(unit_id)
    form = HandsForm(queries.standing_tenure(found))
    if form.validate_on_submit():
        with form.refusals():
            done = perform(actions.change_hands, me(), found, form.tenure(), form.note.data or "", form.happened_on.day)
            return go(url_for("audit.receipt", index=done.index))
    return page(
        "register/hands.html", form=form, unit=found, door=queries.words_of(found), now=queries.holders_now(found)
    )


@bp.route("/desk/register/units/<int:unit_id>/vacancy", methods=["GET", "POST"])
@signed_in_as(*sorted(COMMITTEE))
def vacancy(unit_id: int) -> ResponseReturnValue:
    """Nobody lives there, or somebody does again."""
    found = _unit(unit_id)
    form = NoteForm()
    if form.validate_on_submit():
        with form.refusals():
            done = perform(actions.mark_vacancy, me(), found, not found.vacant, form.note.data or "")
            return go(url_for("audit.receipt", index=done.index))
    return page("register/vacancy.html", form=form, unit=found, door=queries.words_of(found))


@bp.route("/desk/register/units/<int:unit_id>/holders/<int:holder_id>/death", methods=["GET", "POST"])
@signed_in_as(*sorted(COMMITTEE))
def death(unit_id: int, holder_id: int) -> ResponseReturnValue:
    """Somebody who holds the unit has died."""
    found = _unit(unit_id)
    holder, form = _holder(found, holder_id), DeathForm()
    if form.validate_on_submit():
        with form.refusals():
            done = perform(actions.register_death, me(), found, holder, form.died_on.day, form.note.data or "")
            return go(url_for("audit.receipt", index=done.index))
    return page("register/death.html", form=form, unit=found, holder=holder, door=queries.words_of(found))


@bp.route("/desk/register/units/<int:unit_id>/holders/<int:holder_id>/phone", methods=["GET", "POST"])
@signed_in_as(*sorted(COMMITTEE))
def phone(unit_id: int, holder_id: int) -> ResponseReturnValue:
    """The register's number of somebody is wrong, or has changed."""
    found = _unit(unit_id)
    holder, form = _holder(found, holder_id), PhoneForm()
    if form.validate_on_submit():
        with form.refusals():
            done = perform(actions.correct_phone, me(), found, holder, form.number.data or "", form.note.data or "")
            return go(url_for("audit.receipt", index=done.index))
    return page("register/phone.html", form=form, unit=found, holder=holder, door=queries.words_of(found))


@bp.route("/desk/register/estates/<int:estate_id>/export", methods=["GET", "POST"])
@signed_in_as(*sorted(COMMITTEE))
def export(estate_id: int) -> ResponseReturnValue:
    """The register of an estate as a workbook, once it is known what for."""
    found, form = estate_of(estate_id), ExportForm()
    if form.validate_on_submit():
        with form.refusals():
            return _export(found.id, form.purpose.data or "")
    return page("register/export.html", form=form, estate=found)


def _export(estate_id: int, purpose: str) -> Response:
    """Make the file first, so that the trail tells of no export that nobody got."""
    with aside():
        register = queries.standing(estate_id)
        remarks = {each.unit.unit_id: VACANT for each in register if each.vacant}
        remarks |= {each.unit.unit_id: DEAD for each in register if each.doubtful}
        units: list[CurrentUnit] = [each.unit for each in register]
        file = register_file(units, remarks)
    done = perform(actions.export, me(), estate_of(estate_id), purpose, file, len(units))
    return download(file, f"register-{estate_id}-{done.index}.xlsx")
