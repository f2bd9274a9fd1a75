"""Named seats: opinions, second looks, judging changes, the manager's written answer."""

from __future__ import annotations

from flask import abort, url_for
from flask.typing import ResponseReturnValue

from hearing.audit.ledger import perform
from hearing.people.rules import Role
from hearing.people.viewer import me
from hearing.proposals import actions, queries
from hearing.proposals.forms import (
    ChangeForm,
    ContestAnswerForm,
    ManagerForm,
    OpinionForm,
    SecondLookForm,
    written,
)
from hearing.proposals.models import PlanChange, Proposal
from hearing.proposals.queries import COUNCIL_SEATS
from hearing.proposals.routes.blueprint import bp, in_full
from hearing.proposals.rules import MANAGER_SEATS, OPINION_SEATS, diff, suggested_class
from hearing.web.answers import go, page
from hearing.web.guards import signed_in_as


@bp.route("/proposals/opinions/<int:opinion_id>", methods=["GET", "POST"])
@signed_in_as(*OPINION_SEATS)
def opinion(opinion_id: int) -> ResponseReturnValue:
    """Give the opinion that one's seat was asked for."""
    asked, form = queries.opinion_for(me(), opinion_id) or abort(404), OpinionForm()
    proposal = in_full(asked.proposal_id)
    if asked.role != Role.LEGAL_ADVISER:
        del form.steps
    if form.validate_on_submit():
        steps = written(form.steps) if asked.role == Role.LEGAL_ADVISER else ""
        with form.refusals():
            done = perform(actions.give_opinion, me(), asked, form.recommended(), written(form.text), steps)
            return go(url_for("audit.receipt", index=done.index))
    return page(
        "proposals/opinion.html", proposal=proposal, asked=asked, form=form, application=proposal.applications[-1]
    )


@bp.route("/proposals/<int:proposal_id>/second-look", methods=["GET", "POST"])
@signed_in_as(*COUNCIL_SEATS)
def second_look(proposal_id: int) -> ResponseReturnValue:
    """The council looks at a rejection again."""
    proposal, form = _for_council(proposal_id), SecondLookForm()
    look = queries.second_look(proposal) or abort(404)
    if form.validate_on_submit():
        reopen = form.outcome.data == "reopen"
        with form.refusals():
            done = perform(actions.answer_second_look, me(), proposal, reopen, written(form.answer))
            return go(url_for("audit.receipt", index=done.index))
    return page(
        "proposals/second_look.html",
        proposal=proposal,
        look=look,
        form=form,
        application=proposal.applications[-1],
        screenings=queries.screenings(proposal),
    )


@bp.route("/proposals/changes/<int:change_id>", methods=["GET", "POST"])
@signed_in_as(*COUNCIL_SEATS, Role.LEGAL_ADVISER)
def change(change_id: int) -> ResponseReturnValue:
    """Say from the council, or as legal adviser, whether a changed plan asks for new signatures."""
    put, form = queries.change_for(me(), change_id) or abort(404), ChangeForm()
    proposal = in_full(put.proposal_id)
    before = proposal.versions[put.number - 2]
    if form.validate_on_submit():
        with form.refusals():
            done = perform(actions.judge_change, me(), put, _seat(put), form.held_to_be(), written(form.reason))
            return go(url_for("audit.receipt", index=done.index))
    changes = diff(before.plan, put.plan)
    return page(
        "proposals/change.html",
        proposal=proposal,
        put=put,
        before=before,
        changes=changes,
        suggested=suggested_class(changes) if changes else None,
        form=form,
    )


def _seat(put: PlanChange) -> str:
    place = put.proposal.neighbourhood_id
    return "council" if me().holds(*COUNCIL_SEATS, neighbourhood_id=place) else "adviser"


@bp.route("/proposals/<int:proposal_id>/contest/answer", methods=["GET", "POST"])
@signed_in_as(*COUNCIL_SEATS)
def answer_contest(proposal_id: int) -> ResponseReturnValue:
    """Answer the proposer's contest of a change."""
    proposal, form = _for_council(proposal_id), ContestAnswerForm()
    version = proposal.plan or abort(404)
    contest = queries.contest(version) or abort(404)
    if form.validate_on_submit():
        uphold = form.outcome.data == "uphold"
        with form.refusals():
            done = perform(actions.answer_contest, me(), contest, uphold, written(form.answer))
            return go(url_for("audit.receipt", index=done.index))
    return page(
        "proposals/contest.html",
        proposal=proposal,
        version=version,
        contest=contest,
        changes=queries.diff(version),
        form=form,
    )


@bp.route("/proposals/<int:proposal_id>/manager-consent", methods=["GET", "POST"])
@signed_in_as(*MANAGER_SEATS)
def manager_consent(proposal_id: int) -> ResponseReturnValue:
    """The property manager's or lessor's written answer to the fixed plan."""
    proposal, form = in_full(proposal_id), ManagerForm()
    if not me().holds(*MANAGER_SEATS, neighbourhood_id=proposal.neighbourhood_id):
        abort(404)
    version = proposal.signed_plan or abort(404)
    if form.validate_on_submit():
        agrees = form.agrees.data == "yes"
        with form.refusals():
            done = perform(actions.answer_as_manager, me(), version, agrees, written(form.note), form.paper.picture)
            return go(url_for("audit.receipt", index=done.index))
    return page("proposals/manager.html", proposal=proposal, version=version, form=form)


def _for_council(proposal_id: int) -> Proposal:
    proposal = in_full(proposal_id)
    if not me().holds(*COUNCIL_SEATS, neighbourhood_id=proposal.neighbourhood_id):
        abort(404)
    return proposal
