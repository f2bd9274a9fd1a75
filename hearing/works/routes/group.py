"""The building group at the desk: who is chosen into an office, and who leaves it."""

from __future__ import annotations

from flask import abort, flash, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hearing.audit.ledger import perform
from hearing.people.surroundings import speak_for
from hearing.people.viewer import me
from hearing.web.answers import go, page
from hearing.web.guards import signed_in_as
from hearing.works import actions, queries
from hearing.works.forms import EndSeatForm, SeatForm
from hearing.works.routes.blueprint import RECORDERS, bp, lift_for_staff


@bp.route("/desk/works/<int:proposal_id>/group", methods=["GET", "POST"])
@signed_in_as(*RECORDERS)
def appoint(proposal_id: int) -> ResponseReturnValue:
    """Somebody of the house was chosen."""
    proposal = lift_for_staff(proposal_id)
    form = SeatForm().offer(queries.candidates(proposal))
    if form.validate_on_submit() and form.paper.picture is not None:
        with form.refusals():
            chosen = form.office(), form.chosen(), form.day.day, form.paper.picture
            perform(actions.appoint, me(), proposal, *chosen)
            flash(gettext("已登记。"), "success")
            return go(url_for(".desk_lift", proposal_id=proposal.id))
    return page("works/appoint.html", proposal=proposal, form=form)


@bp.route("/desk/works/seats/<int:seat_id>/end", methods=["GET", "POST"])
@signed_in_as(*RECORDERS)
def end_seat(seat_id: int) -> ResponseReturnValue:
    """Somebody left an office."""
    seat, form = queries.seat_for_staff(me(), seat_id) or abort(404), EndSeatForm()
    speak_for(seat.proposal.neighbourhood)
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.end_seat, me(), seat, form.ending(), form.day.day, form.note.data or "", form.paper.picture)
            flash(gettext("已登记。"), "success")
            return go(url_for(".desk_lift", proposal_id=seat.proposal_id))
    return page("works/end_seat.html", seat=seat, form=form)
