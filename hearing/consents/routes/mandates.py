"""Mandates 委托: a holder gives one, the agent accepts and answers; the desk enters those that came on paper."""

from __future__ import annotations

from flask import abort, url_for
from flask.typing import ResponseReturnValue

from hearing.audit.ledger import perform
from hearing.clock import now
from hearing.consents import actions, queries, rules, speaking
from hearing.consents.forms import (
    AgentAnswerForm,
    AgentDiedForm,
    MandateForm,
    MandateReplyForm,
    PaperMandateForm,
    RevokeForm,
)
from hearing.consents.models import Mandate
from hearing.consents.routes.answering import not_asked
from hearing.consents.routes.blueprint import bp, chosen, shown, unit_argument, watched, watched_unit
from hearing.consents.routes.onsite import FIELD
from hearing.consents.routes.setting_up import WATCHERS
from hearing.notices.rules import beijing_day, last_day
from hearing.people.surroundings import speak_for
from hearing.people.viewer import me
from hearing.web.answers import go, page
from hearing.web.forms import Form
from hearing.web.guards import signed_in, signed_in_as


@bp.get("/consents/mandates")
@signed_in
def mandates() -> ResponseReturnValue:
    """我的委托: those that I have given, and those that were given to me."""
    given, received = speaking.mine(me())
    return page("consents/mandates.html", given=given, received=received, today=beijing_day(now()))


@bp.route("/consents/<int:collection_id>/mandate", methods=["GET", "POST"])
@signed_in
def give_mandate(collection_id: int) -> ResponseReturnValue:
    """委托别人代我表态: to whom, with which answer, until when."""
    found = shown(collection_id)
    slips = queries.slips_for(me(), found)
    if not slips:
        return not_asked(found)
    slip = chosen(slips, me())
    if slip is None:
        return page("consents/which.html", collection=found, slips=slips, endpoint="consents.give_mandate")
    if not slip.takes_answers(moment := now()) or slip.closing is None:
        return page("consents/cannot.html", collection=found, slip=slip, now=moment)
    form = MandateForm(slip.unit, last_day(slip.closing))
    if form.validate_on_submit():
        with form.refusals():
            done = perform(actions.give_mandate, me(), slip, form.terms(), form.signed(), seen=form.seen())
            return go(url_for("audit.receipt", index=done.index))
    return page("consents/give_mandate.html", collection=found, slip=slip, form=form, unit=unit_argument(slips, slip))


def _mine(mandate_id: int) -> Mandate:
    """A mandate of which the reader is one side, or 404."""
    found = speaking.mandate(mandate_id)
    if found is None or not (speaking.is_agent(me(), found) or speaking.is_principal(me(), found)):
        abort(404)
    speak_for(found.collection.neighbourhood)
    return found


def _received(mandate_id: int) -> Mandate:
    """A mandate that was given to the reader, or 404."""
    found = _mine(mandate_id)
    return found if speaking.is_agent(me(), found) else abort(404)


@bp.route("/consents/mandates/<int:mandate_id>", methods=["GET", "POST"])
@signed_in
def mandate(mandate_id: int) -> ResponseReturnValue:
    """One mandate, for both of its sides; the agent accepts it here, or declines."""
    found, form, today = _mine(mandate_id), MandateReplyForm(), beijing_day(now())
    if form.validate_on_submit():
        with form.refusals():
            done = perform(actions.accept_mandate, me(), _received(mandate_id), accepts=form.accepts.data == "yes")
            return go(url_for("audit.receipt", index=done.index))
    return page(
        "consents/mandate.html",
        mandate=found,
        collection=found.collection,
        form=form,
        state=found.stands(today),
        is_agent=speaking.is_agent(me(), found),
        is_principal=speaking.is_principal(me(), found),
        used=queries.used(found),
    )


@bp.route("/consents/mandates/<int:mandate_id>/answer", methods=["GET", "POST"])
@signed_in
def answer_by_mandate(mandate_id: int) -> ResponseReturnValue:
    """按委托书表态: the agent reads what she is to say, and signs."""
    found = _received(mandate_id)
    form = AgentAnswerForm(found.unit)
    if form.validate_on_submit():
        with form.refusals():
            done = perform(actions.answer_by_mandate, me(), found, form.signed(), seen=form.seen())
            return go(url_for("audit.receipt", index=done.index))
    return page("consents/answer_by_mandate.html", mandate=found, collection=found.collection, form=form)


@bp.route("/consents/mandates/<int:mandate_id>/revocation", methods=["GET", "POST"])
@signed_in
def revoke_mandate(mandate_id: int) -> ResponseReturnValue:
    """Take a mandate back."""
    found, form = _mine(mandate_id), RevokeForm()
    if not speaking.is_principal(me(), found):
        abort(404)
    if form.validate_on_submit():
        with form.refusals():
            done = perform(actions.revoke_mandate, me(), found, form.reason.data or "")
            return go(url_for("audit.receipt", index=done.index))
    return page("consents/revoke_mandate.html", mandate=found, collection=found.collection, form=form)


# ---- the desk


@bp.get("/desk/consents/<int:collection_id>/mandates")
@signed_in_as(*WATCHERS)
def desk_mandates(collection_id: int) -> ResponseReturnValue:
    """Every mandate of a collection, in the order of the roll: whom it concerns and where it stands."""
    found = watched(collection_id)
    today = beijing_day(now())
    return page(
        "consents/desk_mandates.html",
        collection=found,
        mandates=[(each, each.stands(today)) for each in speaking.of_collection(found.id)],
        unchecked=rules.MandateState.UNCHECKED,
    )


@bp.route("/desk/consents/<int:collection_id>/units/<int:unit_id>/mandate", methods=["GET", "POST"])
@signed_in_as(*FIELD)
def enter_mandate(collection_id: int, unit_id: int) -> ResponseReturnValue:
    """Enter a mandate that came in on paper, with its photo."""
    unit = watched_unit(collection_id, unit_id)
    form = PaperMandateForm(unit)
    if form.validate_on_submit():
        with form.refusals():
            done = perform(actions.enter_mandate, me(), unit, form.terms(), form.written())
            return go(url_for("audit.receipt", index=done.index))
    return page("consents/enter_mandate.html", unit=unit, collection=unit.collection, form=form)


def _watched(mandate_id: int) -> Mandate:
    found = speaking.mandate(mandate_id)
    if found is None or not queries.watches(me(), found.collection):
        abort(404)
    speak_for(found.collection.neighbourhood)
    return found


@bp.route("/desk/consents/mandates/<int:mandate_id>", methods=["GET", "POST"])
@signed_in_as(*WATCHERS)
def check_mandate(mandate_id: int) -> ResponseReturnValue:
    """One mandate at the desk; a second member of staff compares a paper one with its photo here."""
    found, form = _watched(mandate_id), Form()
    if form.validate_on_submit():
        with form.refusals():
            done = perform(actions.check_mandate, me(), found)
            return go(url_for("audit.receipt", index=done.index))
    return page(
        "consents/check_mandate.html",
        mandate=found,
        collection=found.collection,
        form=form,
        state=found.stands(beijing_day(now())),
        mine=any(hand.account_id == me().id for hand in found.hands),
        names=queries.people_named({hand.account_id for hand in found.hands}),
    )


@bp.route("/desk/consents/mandates/<int:mandate_id>/agents-death", methods=["GET", "POST"])
@signed_in_as(*FIELD)
def agents_death(mandate_id: int) -> ResponseReturnValue:
    """The agent has died: the mandate ends."""
    found, form = _watched(mandate_id), AgentDiedForm()
    if form.validate_on_submit() and form.paper.picture is not None:
        with form.refusals():
            done = perform(
                actions.register_agents_death,
                me(),
                found,
                form.died_on.day,
                form.reason.data or "",
                form.paper.picture,
            )
            return go(url_for("audit.receipt", index=done.index))
    return page("consents/agents_death.html", mandate=found, collection=found.collection, form=form)
