"""Paper at the desk: printing slips, counting them, reading them in twice without sight of each other."""

from __future__ import annotations

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue

from hearing.audit.ledger import perform
from hearing.clock import now
from hearing.consents import actions, papers, queries, speaking
from hearing.consents.forms import CodeForm, ReadingForm, ReasonForm, UnitsForm
from hearing.consents.models import DIFFERS, ENTERED, ISSUED, RECORDED, VOID, PaperSlip
from hearing.consents.routes.blueprint import bp, watched
from hearing.consents.routes.onsite import FIELD
from hearing.consents.routes.setting_up import WATCHERS
from hearing.db import db
from hearing.people.surroundings import speak_for
from hearing.people.viewer import me
from hearing.web.answers import go, page
from hearing.web.guards import signed_in_as

SHEETS = 100
"""How many slips one file holds: printing takes a second for each thirty."""


@bp.get("/desk/consents/<int:collection_id>/slips")
@signed_in_as(*WATCHERS)
def slips(collection_id: int) -> ResponseReturnValue:
    """The printed slips: issued = used + void + not returned; print more, void one."""
    found = watched(collection_id)
    printed = queries.paper_slips(found.id)
    by_state = {
        state: sum(slip.state == state for slip in printed) for state in (ISSUED, ENTERED, DIFFERS, RECORDED, VOID)
    }
    return page(
        "consents/slips.html",
        collection=found,
        slips=printed,
        issued=len(printed),
        by_state=by_state,
        files=-(-by_state[ISSUED] // SHEETS),
    )


@bp.route("/desk/consents/<int:collection_id>/slips/print", methods=["GET", "POST"])
@signed_in_as(*FIELD)
def print_slips(collection_id: int) -> ResponseReturnValue:
    """Choose households; each gets one sheet of its own, and an older one that nobody has entered is void."""
    found = watched(collection_id)
    units = queries.roll_lines(found)
    form = UnitsForm(units)
    if form.validate_on_submit():
        with form.refusals():
            wanted = set(form.units.data or [])
            perform(actions.issue_slips, me(), found, [unit for unit in units if unit.id in wanted])
            return go(url_for(".slips", collection_id=found.id))
    elif not form.is_submitted():
        form.units.data = [unit.id for unit in units if unit.turn == 0 and not unit.blocked]
    return page("consents/print_slips.html", collection=found, form=form)


@bp.get("/desk/consents/<int:collection_id>/slips.pdf")
@signed_in_as(*FIELD)
def slips_pdf(collection_id: int) -> ResponseReturnValue:
    """The issued slips as PDF, a hundred sheets a file."""
    found = watched(collection_id)
    part = request.args.get("part", default=0, type=int)
    wanted = queries.slips_to_print(found.id)[part * SHEETS : (part + 1) * SHEETS] if part >= 0 else []
    if not wanted:
        abort(404)
    moment = now()
    sheets = papers.slips(found, wanted)
    db.session.rollback()  # Printing takes a second or more, and no connection shall wait for it.
    return papers.answer(lambda: papers.print_slips(sheets, moment), f"slips-{found.id}-{part + 1}")


@bp.route("/desk/slips", methods=["GET", "POST"])
@signed_in_as(*WATCHERS)
def find_slip() -> ResponseReturnValue:
    """Type or scan the code of a slip that came in."""
    form = CodeForm()
    if form.validate_on_submit():
        with form.refusals():
            return go(url_for(".read_slip", slip_id=queries.paper_slip(me(), form.code.data or "").id))
    return page("consents/find_slip.html", form=form)


@bp.route("/desk/slips/<int:slip_id>", methods=["GET", "POST"])
@signed_in_as(*WATCHERS)
def read_slip(slip_id: int) -> ResponseReturnValue:
    """Read a slip in: the first with its photo, the second from the photo and blind, the third to decide."""
    slip = _slip(slip_id)
    readers = {entry.read_by for entry in slip.entries}
    if slip.state in (RECORDED, VOID) or me().id in readers:
        return page("consents/slip.html", slip=slip, collection=slip.collection, mine=me().id in readers)
    standing = speaking.usable(slip.consent_unit_id)
    form = ReadingForm(slip.collection, slip.unit, standing, is_first=not slip.entries)
    if form.validate_on_submit():
        with form.refusals():
            done = perform(actions.read_slip, me(), slip, form.reading(), form.original())
            return go(url_for("audit.receipt", index=done.index))
    return page(
        "consents/read_slip.html",
        slip=slip,
        collection=slip.collection,
        form=form,
        time=len(slip.entries) + 1,
        mandates=standing,
    )


@bp.route("/desk/slips/<int:slip_id>/void", methods=["GET", "POST"])
@signed_in_as(*FIELD)
def void_slip(slip_id: int) -> ResponseReturnValue:
    """Declare a slip void: spoiled, lost, printed by mistake."""
    slip, form = _slip(slip_id), ReasonForm()
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.void_slip, me(), slip, form.reason.data or "")
            return go(url_for(".slips", collection_id=slip.collection_id))
    return page("consents/void_slip.html", slip=slip, collection=slip.collection, form=form)


def _slip(slip_id: int) -> PaperSlip:
    slip = queries.paper_slip_by_id(me(), slip_id) or abort(404)
    speak_for(slip.collection.neighbourhood)
    return slip
