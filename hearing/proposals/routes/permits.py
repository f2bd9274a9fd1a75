"""Permits: an owner answers for her own part, the desk enters papers and a second person compares them."""

from __future__ import annotations

from dataclasses import replace

from flask import abort, flash, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hearing.audit.ledger import keep, perform
from hearing.people.rules import FIELD_STAFF
from hearing.people.surroundings import speak_for
from hearing.people.viewer import me
from hearing.proposals import actions, queries
from hearing.proposals.forms import (
    MOST_SHARES,
    FixForm,
    OwnPartsForm,
    PaperPermitForm,
    PermitForm,
    edition_of,
    written,
)
from hearing.proposals.models import RequiredPermit
from hearing.proposals.queries import COMMITTEE_SEATS
from hearing.proposals.routes.blueprint import at_desk, bp, of_committee
from hearing.proposals.rules import State
from hearing.web.answers import go, page
from hearing.web.filters import door
from hearing.web.guards import signed_in, signed_in_as

FIELD = tuple(sorted(FIELD_STAFF))


def _permit(permit_id: int) -> RequiredPermit:
    found = queries.permit(me(), permit_id) or abort(404)
    speak_for(found.version.proposal.neighbourhood)
    return found


@bp.route("/proposals/permits/<int:permit_id>", methods=["GET", "POST"])
@signed_in
def permit(permit_id: int) -> ResponseReturnValue:
    """方案要用到您家的这一处: an owner says yes or no."""
    found, form = _permit(permit_id), PermitForm()
    if found.unit_id not in me().answers_for:
        abort(404)
    if form.validate_on_submit():
        with form.refusals():
            agrees = form.agrees.data == "yes"
            done = perform(actions.answer_permit, me(), found, agrees=agrees, note=written(form.note))
            return go(url_for("audit.receipt", index=done.index))
    return page(
        "proposals/permit.html",
        permit=found,
        proposal=found.version.proposal,
        version=found.version,
        where=queries.unit_words(found),
        form=form,
    )


@bp.get("/desk/proposals/<int:proposal_id>/permits")
@signed_in_as(*FIELD)
def permits(proposal_id: int) -> ResponseReturnValue:
    """Every permit that the plan needs, with its state; papers to enter and to compare."""
    proposal = at_desk(proposal_id)
    version = proposal.signed_plan or abort(404)
    return page(
        "proposals/permits.html",
        proposal=proposal,
        version=version,
        permits=queries.permits_at_desk(version),
        words=queries.unit_words,
    )


@bp.route("/desk/proposals/permits/<int:permit_id>", methods=["GET", "POST"])
@signed_in_as(*FIELD)
def enter_permit(permit_id: int) -> ResponseReturnValue:
    """Enter what an owner wrote on paper."""
    found = _permit(permit_id)
    proposal = at_desk(found.version.proposal_id)
    form = PaperPermitForm([(holder.id, holder.name) for holder in queries.holders_of(found)])
    if form.validate_on_submit():
        with form.refusals():
            done = perform(
                actions.enter_permit,
                me(),
                found,
                int(form.holder.data),
                agrees=form.agrees.data == "yes",
                note=written(form.note),
                paper=form.paper.picture,
            )
            return go(url_for("audit.receipt", index=done.index))
    where = queries.unit_words(found)
    return page("proposals/enter_permit.html", permit=found, proposal=proposal, where=where, form=form)


@bp.route("/desk/proposals/permits/answers/<int:answer_id>", methods=["GET", "POST"])
@signed_in_as(*FIELD)
def check_permit(answer_id: int) -> ResponseReturnValue:
    """A second member of staff compares a paper with what was entered."""
    answer, form = queries.permit_answer(me(), answer_id) or abort(404), FixForm()
    proposal = at_desk(answer.permit.version.proposal_id)
    if form.validate_on_submit():
        with form.refusals():
            done = perform(actions.check_permit, me(), answer)
            return go(url_for("audit.receipt", index=done.index))
    return page(
        "proposals/check_permit.html",
        answer=answer,
        permit=answer.permit,
        proposal=proposal,
        where=queries.unit_words(answer.permit),
        signer=next((each.name for each in queries.holders_of(answer.permit) if each.id == answer.holder_id), ""),
        mine=any(hand.account_id == me().id for hand in answer.hands),
        form=form,
    )


@bp.route("/desk/proposals/<int:proposal_id>/plan/own-parts", methods=["GET", "POST"])
@signed_in_as(*COMMITTEE_SEATS)
def own_parts(proposal_id: int) -> ResponseReturnValue:
    """Whose own part the works use: each of these owners has to permit it."""
    proposal = of_committee(proposal_id)
    if proposal.stands is not State.DELIBERATING:
        abort(404)
    draft, edition = queries.plan_draft(proposal)
    units = queries.units_within(draft)
    form = OwnPartsForm(units, lambda unit: door(unit.stairwell.building.name, f"{unit.floor} {unit.name}"))
    form.show(draft.own_parts, edition)
    if form.validate_on_submit():
        with form.refusals():
            used = replace(draft, own_parts=form.chosen())
            keep(actions.save_plan, me(), proposal, used, edition_of(form.edition))
            flash(gettext("已保存。"), "success")
            return go(url_for(".check_plan", proposal_id=proposal.id))
    too_many = len(units) > MOST_SHARES
    return page("proposals/own_parts.html", proposal=proposal, form=form, units=units, too_many=too_many)
