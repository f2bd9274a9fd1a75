"""Pages of visits: by stairwell, by door, one household, the sheet on paper and back, and the household's own."""

from __future__ import annotations

from flask import Blueprint, abort, flash, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hearing.audit.ledger import perform
from hearing.clock import now
from hearing.consents import queries as consents
from hearing.consents.models import ConsentCollection, ConsentUnit
from hearing.consents.papers import answer
from hearing.db import db
from hearing.notices.rules import beijing_day
from hearing.people.rules import COMMITTEE
from hearing.people.surroundings import speak_for
from hearing.people.viewer import me
from hearing.visits import actions, papers, queries, rules
from hearing.visits.forms import (
    ROWS,
    CorrectionForm,
    ReminderForm,
    SeenForm,
    SheetForm,
    VisitForm,
    VisitorForm,
    rows_of,
)
from hearing.visits.queries import Place
from hearing.visits.rules import ENTERED_IN, VISITORS, Noted
from hearing.web.answers import go, page
from hearing.web.guards import signed_in, signed_in_as
from hearing.web.numbers import asked_number

bp = Blueprint("visits", __name__)

GOERS = tuple(sorted(VISITORS))
LEADERS = tuple(sorted(COMMITTEE))

bp.add_app_template_global(queries.places, "visit_places")
bp.add_app_template_global(lambda: queries.PLACES_SHOWN, "places_shown")


@bp.app_template_global("visits_run")
def visits_run(collection: ConsentCollection) -> bool:
    """Whether somebody goes from door to door for a collection, or enters what was found."""
    return collection.stands in ENTERED_IN


@bp.get("/desk/consents/<int:collection_id>/visits")
@signed_in_as(*GOERS)
def home(collection_id: int) -> ResponseReturnValue:
    """By stairwell: how many were told, in which way, who goes there; and the one reminder."""
    found = _collection(collection_id)
    first = asked_number("from")
    planned = queries.reminder(found.id)
    due = rules.remind_at(found.closes_at, planned.days) if found.closes_at and planned.days else None
    return page(
        "visits/home.html",
        collection=found,
        places=queries.places(me(), found, first),
        first=first,
        leads=consents.is_committee(me(), found),
        planned=planned,
        due=due,
    )


@bp.route("/desk/consents/<int:collection_id>/reminder", methods=["GET", "POST"])
@signed_in_as(*LEADERS)
def set_reminder(collection_id: int) -> ResponseReturnValue:
    """Set how many days before the last one those who have not answered are reminded."""
    found, form = _collection(collection_id), ReminderForm()
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.set_reminder, me(), found, form.days.number)
            flash(gettext("提醒的日子定好了。"), "success")
            return go(url_for(".home", collection_id=found.id))
    return page("visits/reminder.html", collection=found, form=form)


@bp.get("/desk/consents/<int:collection_id>/stairwells/<int:stairwell_id>")
@signed_in_as(*GOERS)
def stairwell(collection_id: int, stairwell_id: int) -> ResponseReturnValue:
    """The door-knocking list of a stairwell by floor: who has not answered and was not told yet."""
    found = _collection(collection_id)
    place = _place(found, stairwell_id)
    doors = queries.doors(found, stairwell_id)
    listed = [door for door in doors if door.is_listed]
    return page(
        "visits/stairwell.html",
        collection=found,
        place=place,
        floors=queries.by_floor(listed),
        listed=len(listed),
        doors=doors,
        outcomes=rules.OUTCOME_LABELS,
        leads=consents.is_committee(me(), found),
    )


@bp.get("/desk/consents/<int:collection_id>/stairwells/<int:stairwell_id>/sheet.pdf")
@signed_in_as(*GOERS)
def sheet_pdf(collection_id: int, stairwell_id: int) -> ResponseReturnValue:
    """The same list on paper, with room to write: it works without a network."""
    found = _collection(collection_id)
    place = _place(found, stairwell_id)
    listed = [door for door in queries.doors(found, stairwell_id) if door.is_listed]
    if not listed or found.closes_at is None:
        abort(404)
    moment = now()
    rounds = papers.rounds(found, place, listed)
    db.session.rollback()  # Printing takes a second or more, and no connection shall wait for it.
    return answer(lambda: papers.print_rounds(rounds, moment), f"visits-{found.id}-{stairwell_id}")


@bp.route("/desk/consents/<int:collection_id>/stairwells/<int:stairwell_id>/sheet", methods=["GET", "POST"])
@signed_in_as(*GOERS)
def sheet(collection_id: int, stairwell_id: int) -> ResponseReturnValue:
    """Enter a sheet that was filled in by hand, row by row."""
    found = _collection(collection_id)
    place = _place(found, stairwell_id)
    units = [door.unit for door in queries.doors(found, stairwell_id)]
    part = asked_number("part")
    rows = list(rows_of(units, part))
    moment = now()
    if not rows:
        abort(404)

    def check(unit: ConsentUnit, noted: Noted) -> None:
        rules.check_noted(
            noted,
            state=found.stands,
            opened_at=found.opened_at,
            closes_at=unit.closes_at or found.closes_at,
            now=moment,
        )

    form = SheetForm(rows, check)
    form.offer(queries.visitors(found), place.visitor_id or me().id)
    if form.validate_on_submit():
        with form.refusals():
            entered = form.filled()
            perform(actions.enter_sheet, me(), found, entered, form.went)
            flash(gettext("录入了 %(n)d 户。", n=len(entered)), "success")
            return go(url_for(".stairwell", collection_id=found.id, stairwell_id=stairwell_id))
    return page("visits/sheet.html", collection=found, place=place, form=form, part=part, parts=-(-len(units) // ROWS))


@bp.route("/desk/consents/<int:collection_id>/stairwells/<int:stairwell_id>/visitor", methods=["GET", "POST"])
@signed_in_as(*LEADERS)
def assign(collection_id: int, stairwell_id: int) -> ResponseReturnValue:
    """Say who goes to a stairwell."""
    found, form = _collection(collection_id), VisitorForm()
    place = _place(found, stairwell_id)
    form.offer(queries.visitors(found), place.visitor_id or me().id)
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.assign, me(), found, stairwell_id, form.went)
            return go(url_for(".home", collection_id=found.id))
    return page("visits/assign.html", collection=found, place=place, form=form)


@bp.route("/desk/consents/<int:collection_id>/visits/<int:unit_id>", methods=["GET", "POST"])
@signed_in_as(*GOERS)
def household(collection_id: int, unit_id: int) -> ResponseReturnValue:
    """What was noted of one household; note another visit."""
    unit = queries.unit(me(), collection_id, unit_id) or abort(404)
    found, form = unit.collection, VisitForm()
    speak_for(found.neighbourhood)
    form.offer(queries.visitors(found), me().id)
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.note, me(), form.row(unit), form.went)
            flash(gettext("记下了。"), "success")
            return go(url_for(".stairwell", collection_id=found.id, stairwell_id=unit.unit.stairwell_id))
    elif not form.is_submitted():
        form.happened_on.process_data(beijing_day(now()))
    return page("visits/household.html", unit=unit, collection=found, visits=queries.history(unit), form=form)


@bp.route("/desk/visits/<int:visit_id>/correction", methods=["GET", "POST"])
@signed_in_as(*GOERS)
def correct(visit_id: int) -> ResponseReturnValue:
    """Say that a visit was noted wrongly."""
    visit, form = queries.visit(me(), visit_id) or abort(404), CorrectionForm()
    unit = visit.unit
    speak_for(unit.collection.neighbourhood)
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.correct, me(), visit, form.reason.data or "")
            return go(url_for(".household", collection_id=unit.collection_id, unit_id=unit.unit_id))
    return page("visits/correct.html", visit=visit, unit=unit, collection=unit.collection, form=form)


@bp.route("/consents/<int:collection_id>/notice", methods=["GET", "POST"])
@signed_in
def notice(collection_id: int) -> ResponseReturnValue:
    """A household says that it has seen the notice, and reads what was noted of it."""
    found = consents.collection(me(), collection_id) or abort(404)
    speak_for(found.neighbourhood)
    slips = consents.slips_for(me(), found)
    if not slips or found.closes_at is None:
        abort(404)
    form = SeenForm()
    if form.validate_on_submit():
        with form.refusals():
            done = perform(actions.see_notice, me(), found, slips)
            return go(url_for("audit.receipt", index=done.index))
    visits = [visit for slip in slips for visit in queries.own(slip)]
    moment = now()
    return page(
        "visits/notice.html",
        collection=found,
        visits=visits,
        seen=any(visit.outcome == rules.Outcome.PAGE for visit in visits),
        takes=any(slip.closing is not None and moment < slip.closing for slip in slips),
        form=form,
    )


def _collection(collection_id: int) -> ConsentCollection:
    found = queries.collection(me(), collection_id) or abort(404)
    speak_for(found.neighbourhood)
    return found


def _place(found: ConsentCollection, stairwell_id: int) -> Place:
    return queries.place(me(), found, stairwell_id) or abort(404)
