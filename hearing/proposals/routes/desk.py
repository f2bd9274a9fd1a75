"""The desk: the list of cases, one page a case with the next act, screening, asking seats, writing for a household."""

from __future__ import annotations

from collections.abc import Callable

from flask import abort, flash, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hearing.audit.fact import Fact
from hearing.audit.ledger import perform
from hearing.clock import now
from hearing.people.queries import door_of
from hearing.people.rules import STAFF
from hearing.people.viewer import Viewer, me
from hearing.proposals import actions, queries
from hearing.proposals.forms import (
    AssistedApplicationForm,
    AssistedLetterForm,
    OpinionRequestForm,
    PublicityForm,
    ReasonForm,
    ScreeningForm,
    written,
)
from hearing.proposals.models import Proposal
from hearing.proposals.queries import COMMITTEE_SEATS, COUNCIL_SEATS, DESK
from hearing.proposals.routes.blueprint import at_desk, bp, in_full, of_committee
from hearing.proposals.rules import Move, State, moves_open_to, publicity_days
from hearing.web.answers import go, page
from hearing.web.guards import signed_in_as

LISTED_FOR = tuple(sorted(STAFF | set(COUNCIL_SEATS)))


@bp.get("/desk/proposals")
@signed_in_as(*LISTED_FOR)
def desk() -> ResponseReturnValue:
    """事项: every case that the reader works on, with whose move it is."""
    viewer = me()
    cases = [(proposal, queries.turn(viewer, proposal)) for proposal in queries.desk(viewer)]
    return page(
        "proposals/desk.html",
        cases=sorted(cases, key=lambda pair: (not pair[1].mine, pair[0].stands in queries.ENDED)),
        now=now(),
        may_write=viewer.holds(*DESK),
    )


@bp.get("/desk/proposals/<int:proposal_id>")
@signed_in_as(*LISTED_FOR)
def desk_case(proposal_id: int) -> ResponseReturnValue:
    """One case in full, with the next act on top."""
    proposal, viewer = in_full(proposal_id), me()
    held = viewer.seats_in(proposal.neighbourhood_id)
    clerk = next((role for role in COMMITTEE_SEATS if role in held), None)
    moves = moves_open_to(proposal.stands, clerk) if clerk is not None else ()
    return page(
        "proposals/case.html",
        proposal=proposal,
        application=proposal.applications[-1],
        turn=queries.turn(viewer, proposal),
        now=now(),
        moves={move.value for move in moves},
        is_committee=clerk is not None,
        is_desk=bool(held & set(DESK)),
        screenings=queries.screenings(proposal),
        change=queries.pending_change(proposal)
        if proposal.stands is State.DELIBERATING and proposal.versions
        else None,
        contested=bool(held & set(COUNCIL_SEATS)) and queries.is_contested(proposal),
    )


@bp.post("/desk/proposals/<int:proposal_id>/take-up")
@signed_in_as(*COMMITTEE_SEATS)
def take_up(proposal_id: int) -> ResponseReturnValue:
    """Begin screening."""
    proposal = of_committee(proposal_id)
    perform(actions.take_up, me(), proposal)
    return go(url_for("proposals.screen", proposal_id=proposal.id))


@bp.route("/desk/proposals/<int:proposal_id>/screening", methods=["GET", "POST"])
@signed_in_as(*COMMITTEE_SEATS)
def screen(proposal_id: int) -> ResponseReturnValue:
    """Decide: accept, return, reject, merge or route."""
    proposal, form = of_committee(proposal_id), ScreeningForm()
    form.offer(queries.merge_targets(proposal))
    if not form.is_submitted():
        form.title.data, form.summary.data = proposal.title, proposal.summary
    if form.validate_on_submit():
        with form.refusals():
            _decide(proposal, form)
            flash(gettext("已经办好，提案人会收到通知。"), "success")
            return go(_case(proposal))
    return page("proposals/screening.html", proposal=proposal, form=form, application=proposal.applications[-1])


def _decide(proposal: Proposal, form: ScreeningForm) -> None:
    by, reason = me(), written(form.reason)
    match form.decided():
        case Move.ACCEPT:
            perform(actions.accept, by, proposal, written(form.title), written(form.summary), reason)
        case Move.RETURN:
            perform(actions.send_back, by, proposal, reason)
        case Move.REJECT:
            perform(actions.reject, by, proposal, form.listed(), reason)
        case Move.MERGE:
            perform(actions.merge, by, proposal, form.target(), reason)
        case _:
            perform(actions.route, by, proposal, written(form.to), reason)


@bp.route("/desk/proposals/<int:proposal_id>/opinions", methods=["GET", "POST"])
@signed_in_as(*COMMITTEE_SEATS)
def ask_opinion(proposal_id: int) -> ResponseReturnValue:
    """Ask a seat for its opinion."""
    proposal, form = of_committee(proposal_id), OpinionRequestForm()
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.request_opinion, me(), proposal, form.asked_seat(), written(form.question))
            flash(gettext("已经发出，对方会收到通知。"), "success")
            return go(_case(proposal))
    return page("proposals/ask_opinion.html", proposal=proposal, form=form)


@bp.route("/desk/proposals/<int:proposal_id>/letter", methods=["GET", "POST"])
@signed_in_as(*DESK)
def desk_letter(proposal_id: int) -> ResponseReturnValue:
    """Enter a household's written application for it."""
    proposal, form = at_desk(proposal_id), AssistedLetterForm()
    if form.validate_on_submit():
        with form.refusals():
            done = perform(actions.hand_in_letter, me(), proposal, form.letter(), form.assistance())
            return go(url_for("audit.receipt", index=done.index))
    return page("proposals/letter.html", proposal=proposal, form=form, assisted=True, back_url=_case(proposal))


@bp.route("/desk/proposals/<int:proposal_id>/publicity", methods=["GET", "POST"])
@signed_in_as(*COMMITTEE_SEATS)
def publish(proposal_id: int) -> ResponseReturnValue:
    """Put the result before the neighbours."""
    proposal = of_committee(proposal_id)
    version = proposal.signed_plan or abort(404)
    least = publicity_days(version.plan.templates)
    form = PublicityForm(data={"days": str(least)})
    if form.validate_on_submit():
        with form.refusals():
            done = perform(actions.begin_publicity, me(), proposal, form.days.number, written(form.text))
            return go(url_for("audit.receipt", index=done.index))
    return page("proposals/publicity.html", proposal=proposal, version=version, form=form, least=least)


@bp.post("/desk/proposals/<int:proposal_id>/approve")
@signed_in_as(*COMMITTEE_SEATS)
def approve(proposal_id: int) -> ResponseReturnValue:
    """Let the plan stand, after its publicity."""
    proposal = of_committee(proposal_id)
    done = perform(actions.approve, me(), proposal)
    return go(url_for("audit.receipt", index=done.index))


@bp.route("/desk/proposals/<int:proposal_id>/reopen", methods=["GET", "POST"])
@signed_in_as(*COMMITTEE_SEATS)
def reopen(proposal_id: int) -> ResponseReturnValue:
    """Take a fixed plan back to the desk."""
    return _with_reason(proposal_id, actions.reopen_plan, gettext("重新协商方案"), gettext("重新协商"))


@bp.route("/desk/proposals/<int:proposal_id>/suspend", methods=["GET", "POST"])
@signed_in_as(*COMMITTEE_SEATS)
def suspend(proposal_id: int) -> ResponseReturnValue:
    """Let a case rest."""
    return _with_reason(proposal_id, actions.suspend, gettext("中止这件事"), gettext("中止"))


@bp.route("/desk/proposals/<int:proposal_id>/resume", methods=["GET", "POST"])
@signed_in_as(*COMMITTEE_SEATS)
def resume(proposal_id: int) -> ResponseReturnValue:
    """Let a case go on."""
    return _with_reason(proposal_id, actions.resume, gettext("恢复办理"), gettext("恢复"))


@bp.route("/desk/proposals/<int:proposal_id>/withdraw", methods=["GET", "POST"])
@signed_in_as(*DESK)
def desk_withdraw(proposal_id: int) -> ResponseReturnValue:
    """Take a case back for a household that asked for it and has no account."""
    return _with_reason(proposal_id, actions.withdraw, gettext("替住户撤回"), gettext("撤回"))


def _with_reason(
    proposal_id: int, action: Callable[[Viewer, Proposal, str], Fact], heading: str, act: str
) -> ResponseReturnValue:
    proposal, form = at_desk(proposal_id), ReasonForm()
    if form.validate_on_submit():
        with form.refusals():
            done = perform(action, me(), proposal, written(form.reason))
            return go(url_for("audit.receipt", index=done.index))
    return page(
        "proposals/reason.html", proposal=proposal, form=form, heading=heading, act=act, back_url=_case(proposal)
    )


@bp.get("/desk/proposals/households")
@signed_in_as(*DESK)
def choose_building() -> ResponseReturnValue:
    """For which household: first the house."""
    return page("proposals/buildings.html", buildings=queries.buildings(me()))


@bp.get("/desk/proposals/households/<int:building_id>")
@signed_in_as(*DESK)
def choose_household(building_id: int) -> ResponseReturnValue:
    """Then the door."""
    units = queries.households(me(), building_id) or abort(404)
    return page("proposals/households.html", units=units, building=units[0].stairwell.building)


@bp.route("/desk/proposals/new/<int:unit_id>", methods=["GET", "POST"])
@signed_in_as(*DESK)
def write_for(unit_id: int) -> ResponseReturnValue:
    """Write a household's application down for it, marked as assisted."""
    unit, form = queries.household(me(), unit_id) or abort(404), AssistedApplicationForm()
    if form.validate_on_submit():
        with form.refusals():
            done = perform(
                actions.submit,
                me(),
                form.answers(),
                neighbourhood_id=unit.stairwell.building.estate.neighbourhood_id,
                unit_id=unit.id,
                photos=form.photos.pictures,
                letter=form.letter(),
                assistance=form.assistance(),
                proposer_name=queries.holder_name(unit),
            )
            return go(url_for("audit.receipt", index=done.index))
    return page("proposals/write_for.html", unit=unit, form=form, household=door_of(unit))


def _case(proposal: Proposal) -> str:
    return url_for("proposals.desk_case", proposal_id=proposal.id)
