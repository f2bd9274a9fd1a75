"""The desk before answering begins: terms with their rehearsal, the roll and its corrections, the freeze."""

from __future__ import annotations

from flask import abort, url_for
from flask.typing import ResponseReturnValue

from hearing.audit.ledger import perform
from hearing.clock import now
from hearing.consents import actions, queries, rules
from hearing.consents.forms import CustomTermsForm, DecideCorrectionForm, TermsForm
from hearing.consents.routes.blueprint import bp, watched
from hearing.notices.rules import beijing_day
from hearing.people.rules import COMMITTEE
from hearing.people.surroundings import speak_for
from hearing.people.viewer import me
from hearing.refusal import Refused
from hearing.web.answers import go, page
from hearing.web.guards import signed_in_as

CLERKS = tuple(sorted(COMMITTEE))
WATCHERS = tuple(sorted(queries.WATCHERS))


@bp.get("/desk/consents")
@signed_in_as(*WATCHERS)
def desk() -> ResponseReturnValue:
    """What is to be set up, and every collection by its deadline."""
    return page("consents/desk.html", required=queries.to_set_up(me()), collections=queries.desk(me()), now=now())


@bp.route("/desk/consents/required/<int:required_id>", methods=["GET", "POST"])
@signed_in_as(*CLERKS)
def set_up(required_id: int) -> ResponseReturnValue:
    """The rule in words, what it would say of made-up answers, and the terms."""
    required = queries.required(me(), required_id) or abort(404)
    proposal = required.version.proposal
    speak_for(proposal.neighbourhood)
    own = required.rule is rules.Preset.CUSTOM
    form = (CustomTermsForm if own else TermsForm)(queries.scrutineers(me(), proposal.neighbourhood_id))
    roll, rule = queries.rehearsal_roll(required), rules.RULES.get(required.rule)
    if form.validate_on_submit():
        with form.refusals():
            if isinstance(form, CustomTermsForm):
                rule = form.rule(beijing_day(now()))
                _must_be_seen(form, rule)
            terms = actions.CollectionTerms(
                answer_set=rules.AnswerSet(form.answer_set.data),
                conflict_rule=rules.ConflictRule(form.conflict_rule.data),
                roll_days=form.roll_days.number,
                window_days=form.window_days.number,
                grace_days=form.grace_days.number,
                provisional_days=form.provisional_days.number,
                mandate_cap=form.mandate_cap.number,
                scrutineer=form.chosen_scrutineer,
                custom=form.custom(),
            )
            done = perform(actions.set_up, me(), required, terms)
            return go(url_for(".desk_collection", collection_id=int(done.fact.subject.removeprefix("consent/"))))
    return page(
        "consents/set_up.html",
        required=required,
        proposal=proposal,
        form=form,
        rule=rule,
        roll=roll,
        scope=queries.scope_name(required),
        rehearsals=rules.rehearse(roll, rule) if rule else (),
        today=beijing_day(now()),
    )


def _must_be_seen(form: CustomTermsForm, rule: rules.ThresholdRule) -> None:
    """A rule of the committee's own is shown with its rehearsal before anything is fixed. Raises RULE_UNSEEN."""
    if form.seen.data != rule.hash:
        form.seen.data = rule.hash
        raise Refused(rules.Refusal.RULE_UNSEEN)


@bp.get("/desk/consents/<int:collection_id>/roll")
@signed_in_as(*WATCHERS)
def desk_roll(collection_id: int) -> ResponseReturnValue:
    """The roll as a table, what is blocked, and the corrections that were asked for."""
    found = watched(collection_id)
    units = queries.roll_lines(found)
    return page(
        "consents/desk_roll.html",
        collection=found,
        units=units,
        corrections=queries.corrections(found.id),
        ends=found.roll_ends_at,
        blocked=rules.BLOCKED_LABELS,
    )


@bp.route("/desk/consents/corrections/<int:correction_id>", methods=["GET", "POST"])
@signed_in_as(*CLERKS)
def correction(correction_id: int) -> ResponseReturnValue:
    """Answer one correction."""
    asked = queries.correction(me(), correction_id) or abort(404)
    collection = asked.unit.collection
    speak_for(collection.neighbourhood)
    form = DecideCorrectionForm()
    if form.validate_on_submit():
        with form.refusals():
            accepted = form.accepted.data == "yes"
            perform(actions.decide_correction, me(), asked, accepted=accepted, reply=form.reply.data or "")
            return go(url_for(".desk_roll", collection_id=collection.id))
    return page("consents/correction.html", form=form, asked=asked, collection=collection)
