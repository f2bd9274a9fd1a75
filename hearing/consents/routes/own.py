"""A household's own pages: how it stands, its line on the roll, a signature that is not its own."""

from __future__ import annotations

from flask import abort, url_for
from flask.typing import ResponseReturnValue

from hearing.audit.ledger import perform
from hearing.clock import now
from hearing.consents import actions, queries
from hearing.consents.forms import CorrectionForm, DisputeForm
from hearing.consents.routes.answering import not_asked
from hearing.consents.routes.blueprint import bp, chosen, shown, unit_argument
from hearing.consents.rules import DISPUTABLE, DOORS_SHOWN
from hearing.people.viewer import me
from hearing.web.answers import go, page
from hearing.web.guards import signed_in


@bp.get("/consents/<int:collection_id>/mine")
@signed_in
def mine(collection_id: int) -> ResponseReturnValue:
    """我家的表态: how the household stands, who else must sign, every record in its name."""
    found = shown(collection_id)
    slips = queries.slips_for(me(), found)
    if not slips:
        return not_asked(found)
    slip = chosen(slips, me())
    if slip is None:
        return page("consents/which.html", collection=found, slips=slips, endpoint="consents.mine")
    return page(
        "consents/mine.html",
        collection=found,
        slip=slip,
        now=now(),
        unit=unit_argument(slips, slip),
        questions=queries.own_questions(me(), slip),
        disputable=found.stands in DISPUTABLE,
        doors_shown=found.stands in DOORS_SHOWN,
    )


@bp.route("/consents/<int:collection_id>/roll", methods=["GET", "POST"])
@signed_in
def roll(collection_id: int) -> ResponseReturnValue:
    """名册上我家的一行, and what is wrong about it."""
    found = shown(collection_id)
    slips = queries.slips_for(me(), found)
    if not slips:
        return not_asked(found)
    slip = chosen(slips, me())
    if slip is None:
        return page("consents/which.html", collection=found, slips=slips, endpoint="consents.roll")
    form = CorrectionForm()
    if form.validate_on_submit():
        with form.refusals():
            done = perform(actions.ask_correction, me(), slip.unit, form.text.data or "")
            return go(url_for("audit.receipt", index=done.index))
    return page(
        "consents/roll.html",
        collection=found,
        slip=slip,
        form=form,
        corrections=queries.own_corrections(slip),
        unit=unit_argument(slips, slip),
    )


@bp.route("/consents/<int:collection_id>/records/<int:number>/dispute", methods=["GET", "POST"])
@signed_in
def dispute(collection_id: int, number: int) -> ResponseReturnValue:
    """这不是我签的: the record counts no more until two who did not take it have checked."""
    found = shown(collection_id)
    slips = queries.slips_for(me(), found)
    record = queries.own_record(slips, number) or abort(404)
    form = DisputeForm()
    if form.validate_on_submit():
        with form.refusals():
            done = perform(actions.dispute, me(), record, form.reason.data or "")
            return go(url_for("audit.receipt", index=done.index))
    return page("consents/dispute.html", collection=found, record=record, form=form)
