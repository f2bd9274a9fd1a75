"""The desk watches: one household's records once somebody said why, questions, signatures in doubt."""

from __future__ import annotations

from flask import abort, url_for
from flask.typing import ResponseReturnValue

from hearing.audit.ledger import perform
from hearing.clock import now
from hearing.consents import actions, queries
from hearing.consents.forms import (
    AnswerQuestionForm,
    FindingForm,
    PurposeForm,
)
from hearing.consents.models import ConsentCollection
from hearing.consents.routes.blueprint import bp, watched, watched_unit
from hearing.consents.routes.setting_up import WATCHERS
from hearing.people.rules import FIELD_STAFF
from hearing.people.surroundings import speak_for
from hearing.people.viewer import me
from hearing.web.answers import go, page
from hearing.web.guards import signed_in_as


@bp.route("/desk/consents/<int:collection_id>/units/<int:unit_id>", methods=["GET", "POST"])
@signed_in_as(*WATCHERS)
def desk_unit(collection_id: int, unit_id: int) -> ResponseReturnValue:
    """One household. What it said is shown once the reader has said why she looks, and that is recorded."""
    unit = watched_unit(collection_id, unit_id)
    form = PurposeForm()
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.look_at, me(), unit.collection, unit, form.purpose.data or "")
            return go(url_for(".desk_unit", collection_id=collection_id, unit_id=unit_id))
    looked = queries.has_looked(me(), unit.collection, unit)
    records = unit.records if looked else []
    helpers = {person for r in records for person in (r.assisted_by, r.checked_by) if person}
    return page(
        "consents/desk_unit.html",
        unit=unit,
        collection=unit.collection,
        form=form,
        looked=looked,
        standing=unit.collection.standings([unit], unit.records).get(unit.ref),
        events=queries.events(unit),
        also=queries.also_asked(unit),
        names=queries.people_named(helpers),
        moves=queries.is_committee(me(), unit.collection),
        dead=any(share.died_on for share in unit.holders),
    )


@bp.route("/desk/consents/<int:collection_id>/records", methods=["GET", "POST"])
@signed_in_as(*WATCHERS)
def all_records(collection_id: int) -> ResponseReturnValue:
    """Say why all records are opened: for the certificate with doors."""
    found, form = watched(collection_id), PurposeForm()
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.look_at, me(), found, None, form.purpose.data or "")
            return go(url_for(".certificate", collection_id=found.id, doors=1))
    return page("consents/all_records.html", collection=found, form=form)


@bp.get("/desk/consents/<int:collection_id>/questions")
@signed_in_as(*WATCHERS)
def questions(collection_id: int) -> ResponseReturnValue:
    """What households asked before answering, with the day on which the call is due."""
    found = watched(collection_id)
    return page("consents/questions.html", collection=found, questions=queries.questions(found.id), now=now())


@bp.route("/desk/consents/questions/<int:asked_id>", methods=["GET", "POST"])
@signed_in_as(*sorted(FIELD_STAFF))
def answer_question(asked_id: int) -> ResponseReturnValue:
    """Write down what the household was told."""
    asked = queries.question(me(), asked_id) or abort(404)
    collection: ConsentCollection = asked.unit.collection
    speak_for(collection.neighbourhood)
    form = AnswerQuestionForm()
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.answer_question, me(), asked, form.text.data or "")
            return go(url_for(".questions", collection_id=collection.id))
    return page("consents/answer_question.html", asked=asked, collection=collection, form=form)


@bp.get("/desk/consents/<int:collection_id>/disputes")
@signed_in_as(*WATCHERS)
def disputes(collection_id: int) -> ResponseReturnValue:
    """The signatures in doubt, by the day on which the check is due."""
    found = watched(collection_id)
    return page("consents/disputes.html", collection=found, records=queries.disputes(found), now=now())


@bp.route("/desk/consents/<int:collection_id>/disputes/<int:number>", methods=["GET", "POST"])
@signed_in_as(*WATCHERS)
def check_signature(collection_id: int, number: int) -> ResponseReturnValue:
    """Say what a check of the signature found."""
    record = queries.disputed_record(me(), collection_id, number) or abort(404)
    speak_for(record.collection.neighbourhood)
    form = FindingForm()
    if form.validate_on_submit():
        with form.refusals():
            done = perform(
                actions.check_signature,
                me(),
                record,
                genuine=form.genuine.data == "yes",
                finding=form.finding.data or "",
            )
            return go(url_for("audit.receipt", index=done.index))
    return page(
        "consents/check_signature.html",
        record=record,
        collection=record.collection,
        form=form,
        looked=queries.has_looked(me(), record.collection, record.unit),
    )
