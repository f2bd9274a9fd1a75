"""Slips at the desk: who gets one, what was printed, what became of it, and the balance of it all."""

from __future__ import annotations

import csv
import io

from flask import Response, abort, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hearing.audit.ledger import perform
from hearing.clock import now
from hearing.consents import actions, papers, queries, rules
from hearing.consents import slips as stock
from hearing.consents.forms import ReasonForm, ScopeForm
from hearing.consents.models import ConsentCollection, PaperSlip
from hearing.consents.routes.blueprint import bp, watched
from hearing.consents.routes.onsite import FIELD
from hearing.consents.routes.setting_up import WATCHERS
from hearing.db import db
from hearing.people.surroundings import speak_for
from hearing.people.viewer import me
from hearing.web.answers import go, page
from hearing.web.cells import safe_cell
from hearing.web.guards import signed_in_as

COUNTED = frozenset({rules.CollectionState.PROVISIONAL, rules.CollectionState.PASSED, rules.CollectionState.FAILED})
"""Where the balance is frozen."""


@bp.get("/desk/consents/<int:collection_id>/slips")
@signed_in_as(*WATCHERS)
def slips(collection_id: int) -> ResponseReturnValue:
    """The printed slips: the balance by building, what waits for whom, what came in, what to print."""
    found = watched(collection_id)
    counted = stock.counted(found.id)
    frozen = stock.frozen(found.id) if found.stands in COUNTED else {}
    return page(
        "consents/slips.html",
        collection=found,
        balances=counted,
        whole=rules.total(counted.values()),
        frozen=rules.total(frozen.values()) if frozen else None,
        queues=stock.queues(found.id, me()),
        photos_waiting=stock.waiting_photos(found.id),
        batches=stock.batches(found.id, 5),
        runs=stock.runs(found.id),
    )


@bp.get("/desk/consents/<int:collection_id>/slips.csv")
@signed_in_as(*WATCHERS)
def slips_csv(collection_id: int) -> ResponseReturnValue:
    """The balance as a table for a spreadsheet: by building, as it stands, and as it was frozen; nobody is named."""
    found = watched(collection_id)
    frozen = stock.frozen(found.id)
    shown = frozen or stock.counted(found.id)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([gettext("楼"), gettext("印"), gettext("用"), gettext("废"), gettext("未交回")])
    for building, part in (*shown.items(), (gettext("合计"), rules.total(shown.values()))):
        writer.writerow([safe_cell(building), part.issued, part.used, part.void, part.unreturned])
    name = f'attachment; filename="slips-{found.id}.csv"'
    body = "\ufeff".encode() + text.getvalue().encode()
    return Response(body, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": name})


@bp.get("/desk/consents/<int:collection_id>/slips/list")
@signed_in_as(*WATCHERS)
def slip_list(collection_id: int) -> ResponseReturnValue:
    """One building's slips, sixty a page."""
    found = watched(collection_id)
    buildings = stock.buildings(found)
    building = _number("building") or (buildings[0].id if buildings else 0)
    number = _number("page")
    stands = request.args.get("state", "")
    known = rules.SlipStands(stands) if stands in set(rules.SlipStands) else None
    shown, more = stock.of_building(found, building, number, known)
    return page(
        "consents/slip_list.html",
        collection=found,
        buildings=buildings,
        building=building,
        slips=shown,
        number=number,
        more=more,
        stands=known,
    )


def _number(name: str) -> int:
    """A number in the address, 0 when there is none. Ends with 404 for what is no number."""
    typed = request.args.get(name)
    if typed is None:
        return 0
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else abort(404)


@bp.route("/desk/consents/<int:collection_id>/slips/print", methods=["GET", "POST"])
@signed_in_as(*FIELD)
def print_slips(collection_id: int) -> ResponseReturnValue:
    """Choose buildings, or the floors of one; each household without a slip gets one sheet of its own."""
    found = watched(collection_id)
    building, unit = _number("building") or None, _number("unit") or None
    groups = stock.groups(found, building, unit) or abort(404)
    form = ScopeForm(groups)
    if form.validate_on_submit():
        with form.refusals():
            units = stock.chosen(found, form.places.data or [], silent_only=bool(form.silent_only.data))
            perform(actions.issue_slips, me(), found, units)
            return go(url_for(".slips", collection_id=found.id))
    return page("consents/print_slips.html", collection=found, form=form, groups=groups, building=building, unit=unit)


@bp.get("/desk/consents/<int:collection_id>/slips.pdf")
@signed_in_as(*FIELD)
def slips_pdf(collection_id: int) -> ResponseReturnValue:
    """A file of slips that are still out, a hundred sheets at most: of one printing, or of all of them."""
    found = watched(collection_id)
    part, run = _number("part"), _number("run") if "run" in request.args else None
    name = f"slips-{found.id}-{part + 1}" if run is None else f"slips-{found.id}-{run}-{part + 1}"
    return _pdf(found, stock.to_print(found.id, part, run) or abort(404), name)


@bp.get("/desk/slips/<int:slip_id>.pdf")
@signed_in_as(*FIELD)
def slip_pdf(slip_id: int) -> ResponseReturnValue:
    """One slip that is still out."""
    slip = found_slip(slip_id)
    return _pdf(slip.collection, stock.printed_with_names([slip.id]) or abort(404), f"slip-{slip.id}")


def _pdf(found: ConsentCollection, wanted: list[PaperSlip], name: str) -> ResponseReturnValue:
    moment = now()
    sheets = papers.slips(found, wanted)
    db.session.rollback()  # Printing takes a second or more, and no connection shall wait for it.
    return papers.answer(lambda: papers.print_slips(sheets, moment), name)


@bp.route("/desk/slips/<int:slip_id>/reprint", methods=["GET", "POST"])
@signed_in_as(*FIELD)
def reprint_slip(slip_id: int) -> ResponseReturnValue:
    """Print one slip anew that was lost or spoiled; the old one is void, and says why."""
    slip, form = found_slip(slip_id), ReasonForm()
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.reprint_slip, me(), slip, form.reason.data or "")
            return go(url_for(".slips", collection_id=slip.collection_id))
    return page("consents/reprint_slip.html", slip=slip, collection=slip.collection, form=form)


@bp.route("/desk/slips/<int:slip_id>/void", methods=["GET", "POST"])
@signed_in_as(*FIELD)
def void_slip(slip_id: int) -> ResponseReturnValue:
    """Declare a slip void: spoiled, lost, printed by mistake."""
    slip, form = found_slip(slip_id), ReasonForm()
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.void_slip, me(), slip, form.reason.data or "")
            return go(url_for(".slips", collection_id=slip.collection_id))
    return page("consents/void_slip.html", slip=slip, collection=slip.collection, form=form)


def found_slip(slip_id: int) -> PaperSlip:
    """A slip, for those who work on its collection; 404 otherwise."""
    slip = queries.paper_slip_by_id(me(), slip_id) or abort(404)
    speak_for(slip.collection.neighbourhood)
    return slip
