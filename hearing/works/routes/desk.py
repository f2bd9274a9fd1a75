"""For those who enter what happens: all lifts, one lift, its next stage, a paper, a turn, photos, a correction."""

from __future__ import annotations

from flask import abort, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hearing.audit.ledger import perform
from hearing.people.rules import FIELD_STAFF
from hearing.people.surroundings import moment
from hearing.people.viewer import me
from hearing.proposals.models import Proposal
from hearing.web.answers import go, page
from hearing.web.guards import signed_in_as
from hearing.works import actions, queries, rules
from hearing.works.actions import Files
from hearing.works.forms import CorrectionForm, PaperForm, PhotosForm, StageForm, TurnForm
from hearing.works.routes.blueprint import RECORDERS, bp, lift_for_staff, today
from hearing.works.routes.public import sheet


@bp.get("/desk/lifts")
@signed_in_as(*RECORDERS)
def desk() -> ResponseReturnValue:
    """All lifts of the viewer's subdistricts: how many are how far, who owes the next move, what is missing."""
    found = queries.subdistricts_of(me())
    lifts = queries.lifts([each.id for each in found])
    counts = rules.counted(lift.course.stage for lift in lifts)
    return page(
        "works/desk.html",
        subdistricts=found,
        lifts=lifts,
        mine={place for place in me().neighbourhood_ids if queries.records(me(), place)},
        counts=counts,
        labels=rules.PAPER_LABELS,
        today=today(),
    )


@bp.get("/desk/lifts.csv")
@signed_in_as(*RECORDERS)
def desk_sheet() -> ResponseReturnValue:
    """The same as CSV."""
    return sheet(queries.lifts([each.id for each in queries.subdistricts_of(me())]), "lifts.csv")


@bp.get("/desk/works/<int:proposal_id>")
@signed_in_as(*RECORDERS)
def desk_lift(proposal_id: int) -> ResponseReturnValue:
    """One lift: its stages, what the next one waits for, every event, and the group with its doors."""
    proposal = lift_for_staff(proposal_id)
    found = queries.history(proposal)
    return page(
        "works/desk_lift.html",
        proposal=proposal,
        history=found,
        course=found.course,
        turn=queries.turn(me(), proposal, found.course),
        seats=queries.seats(proposal.id),
        gone=queries.gone_seats(proposal.id),
        labels=rules.PAPER_LABELS,
        standing={entry.number for entry in found.course.entries},
        now=moment(),
        next_label=rules.STAGE_LABELS[found.course.next] if found.course.next else None,
        today=today(),
        at_desk=me().holds(*FIELD_STAFF, neighbourhood_id=proposal.neighbourhood_id),
    )


@bp.route("/desk/works/<int:proposal_id>/stage", methods=["GET", "POST"])
@signed_in_as(*RECORDERS)
def next_stage(proposal_id: int) -> ResponseReturnValue:
    """The lift enters its next stage."""
    proposal, form = lift_for_staff(proposal_id), StageForm()
    stage = queries.history(proposal).course.next or abort(404)
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.enter, me(), proposal, stage, form.said(), form.files())
            return _entered(proposal)
    if request.method == "GET":
        form.party.data = rules.OWES[stage].value
    return page("works/stage.html", proposal=proposal, form=form, stage=stage, label=rules.STAGE_LABELS[stage])


@bp.route("/desk/works/<int:proposal_id>/paper", methods=["GET", "POST"])
@signed_in_as(*RECORDERS)
def paper(proposal_id: int) -> ResponseReturnValue:
    """A paper from outside, by its number."""
    proposal, form = lift_for_staff(proposal_id), PaperForm()
    if form.validate_on_submit():
        with form.refusals():
            given = Files(documents=form.documents.pictures)
            perform(actions.record_paper, me(), proposal, form.kind(), form.said(), given)
            return _entered(proposal)
    return page("works/paper.html", proposal=proposal, form=form)


@bp.route("/desk/works/<int:proposal_id>/turn", methods=["GET", "POST"])
@signed_in_as(*RECORDERS)
def hand_over(proposal_id: int) -> ResponseReturnValue:
    """Somebody else owes the next move."""
    proposal, form = lift_for_staff(proposal_id), TurnForm()
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.hand_over, me(), proposal, form.who(), form.said())
            return _entered(proposal)
    return page("works/turn.html", proposal=proposal, form=form)


@bp.route("/desk/works/<int:proposal_id>/photos", methods=["GET", "POST"])
@signed_in_as(*RECORDERS)
def photos(proposal_id: int) -> ResponseReturnValue:
    """Photos of before or after the works."""
    proposal, form = lift_for_staff(proposal_id), PhotosForm()
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.add_photos, me(), proposal, form.said(), form.files())
            return _entered(proposal)
    return page("works/photos.html", proposal=proposal, form=form)


@bp.route("/desk/works/<int:proposal_id>/events/<int:number>/correction", methods=["GET", "POST"])
@signed_in_as(*RECORDERS)
def correct(proposal_id: int, number: int) -> ResponseReturnValue:
    """An event was otherwise, or did not happen: a further event says so."""
    proposal, form = lift_for_staff(proposal_id), CorrectionForm()
    standing = queries.history(proposal).course.entries
    entry = next((each for each in standing if each.number == number), None) or abort(404)
    if form.validate_on_submit():
        with form.refusals():
            if form.takes_back:
                perform(actions.take_back, me(), proposal, number, form.reason.data or "")
            else:
                given = Files(documents=form.documents.pictures)
                perform(actions.correct, me(), proposal, number, form.said(), given)
            return _entered(proposal, gettext("已更正，原来的记录还留着。"))
    if request.method == "GET":
        form.fill(entry)
    return page("works/correct.html", proposal=proposal, form=form, entry=entry)


def _entered(proposal: Proposal, words: str = "") -> ResponseReturnValue:
    flash(words or gettext("已登记。"), "success")
    return go(url_for(".desk_lift", proposal_id=proposal.id))
