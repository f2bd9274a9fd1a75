"""The desk of polls 投票的工作台: terms, projects, the opening, and what may still change while a poll is open."""

from __future__ import annotations

from flask import abort, flash, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hearing.audit.ledger import perform, perform_all
from hearing.ballots import actions, queries, rules
from hearing.ballots.forms import (
    AmendForm,
    ConfirmForm,
    ExtendForm,
    OpenForm,
    ProjectForm,
    TermsForm,
    VoidForm,
    WithdrawForm,
)
from hearing.ballots.routes.blueprint import at_desk, bp
from hearing.people.rules import COMMITTEE
from hearing.people.surroundings import moment
from hearing.people.viewer import me
from hearing.web.answers import go, page
from hearing.web.guards import signed_in_as

OFFICE = tuple(sorted(COMMITTEE))


@bp.get("/desk/polls")
@signed_in_as(*OFFICE)
def desk() -> ResponseReturnValue:
    """Every poll of one's desks."""
    return page("ballots/desk.html", polls=queries.desk_polls(me()), now=moment())


@bp.route("/desk/polls/new", methods=["GET", "POST"])
@signed_in_as(*OFFICE)
def new() -> ResponseReturnValue:
    """Begin a poll."""
    places = queries.desks(me())
    form = TermsForm(queries.buildings(me()), moment())
    if form.validate_on_submit() and places:
        with form.refusals():
            done = perform(actions.draft, me(), places[0], form.terms())
            return go(url_for(".desk_poll", poll_id=int(done.fact.subject.partition("/")[2])))
    return page("ballots/terms.html", form=form, poll=None)


@bp.get("/desk/polls/<int:poll_id>")
@signed_in_as(*OFFICE)
def desk_poll(poll_id: int) -> ResponseReturnValue:
    """One poll at the desk: its rule in words, its projects, what is next."""
    found = at_desk(poll_id)
    return page(
        "ballots/desk_poll.html",
        poll=found,
        voted=queries.turnout(found),
        amendments=queries.amendments(found),
        voidings=queries.voidings(found) if found.stands is rules.State.OPEN else [],
        keyless=found.stands is rules.State.OPEN and not queries.box_opens(found),
        now=moment(),
    )


@bp.post("/desk/polls/<int:poll_id>/again")
@signed_in_as(*OFFICE)
def again(poll_id: int) -> ResponseReturnValue:
    """Prepare another poll from one that is over or void."""
    done = perform_all(actions.draft_again, me(), at_desk(poll_id))
    flash(gettext("照着上一次准备好了，请核对时间、金额和项目。"), "success")
    return go(url_for(".desk_poll", poll_id=int(done[0].fact.subject.partition("/")[2])))


@bp.route("/desk/polls/<int:poll_id>/terms", methods=["GET", "POST"])
@signed_in_as(*OFFICE)
def terms(poll_id: int) -> ResponseReturnValue:
    """Write the terms of a draft anew."""
    found = at_desk(poll_id)
    if found.stands is not rules.State.DRAFT:
        return go(url_for(".desk_poll", poll_id=found.id))
    form = TermsForm(queries.buildings(me()), moment(), found)
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.change_terms, me(), found, form.terms())
            return go(url_for(".desk_poll", poll_id=found.id))
    return page("ballots/terms.html", form=form, poll=found)


@bp.route("/desk/polls/<int:poll_id>/project", methods=["GET", "POST"])
@signed_in_as(*OFFICE)
def add_project(poll_id: int) -> ResponseReturnValue:
    """Put a project on the list."""
    found, form = at_desk(poll_id), ProjectForm()
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.add_project, me(), found, form.project())
            flash(gettext("项目加上了。"), "success")
            return go(url_for(".add_project", poll_id=found.id))
    return page("ballots/project.html", poll=found, form=form)


@bp.route("/desk/polls/<int:poll_id>/projects/<code>/withdrawal", methods=["GET", "POST"])
@signed_in_as(*OFFICE)
def withdraw(poll_id: int, code: str) -> ResponseReturnValue:
    """Take a project off the list."""
    found, form = at_desk(poll_id), WithdrawForm()
    project = next((each for each in found.projects if each.code == code), None) or abort(404)
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.withdraw_project, me(), found, code, form.because.data or "")
            return go(url_for(".desk_poll", poll_id=found.id))
    return page("ballots/withdraw.html", poll=found, project=project, form=form)


@bp.route("/desk/polls/<int:poll_id>/opening", methods=["GET", "POST"])
@signed_in_as(*OFFICE)
def open_poll(poll_id: int) -> ResponseReturnValue:
    """The whole rule in words once more; then it is frozen with projects and roll."""
    found, form = at_desk(poll_id), OpenForm()
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.open_poll, me(), found, seen=form.seen_version)
            return go(url_for(".desk_poll", poll_id=found.id))
    if found.stands is not rules.State.DRAFT:
        return go(url_for(".desk_poll", poll_id=found.id))
    form.seen.data = str(found.rule_version)
    return page("ballots/open.html", poll=found, form=form, voters=len(queries.voters_now(found)))


@bp.route("/desk/polls/<int:poll_id>/extension", methods=["GET", "POST"])
@signed_in_as(*OFFICE)
def extend(poll_id: int) -> ResponseReturnValue:
    """Put the close off, for a reason that everybody reads."""
    found, form = at_desk(poll_id), ExtendForm()
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.extend, me(), found, form.later(), form.reason.data or "")
            return go(url_for(".desk_poll", poll_id=found.id))
    return page("ballots/extend.html", poll=found, form=form)


@bp.route("/desk/polls/<int:poll_id>/roll", methods=["GET", "POST"])
@signed_in_as(*OFFICE)
def amend(poll_id: int) -> ResponseReturnValue:
    """Ask for a household to be put on the roll of an open poll, or off it; another officer confirms."""
    found = at_desk(poll_id)
    if found.stands is not rules.State.OPEN or found.per != rules.Per.HOUSEHOLD:
        abort(404)
    form = AmendForm(queries.units_without(found), queries.units_with(found))
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.ask_amendment, me(), found, form.unit_id, adds=form.adds, reason=form.reason.data or "")
            return go(url_for(".desk_poll", poll_id=found.id))
    return page("ballots/amend.html", poll=found, form=form)


@bp.route("/desk/polls/<int:poll_id>/roll/<int:amendment_id>", methods=["GET", "POST"])
@signed_in_as(*OFFICE)
def confirm_amendment(poll_id: int, amendment_id: int) -> ResponseReturnValue:
    """Make the change of the roll that a colleague asked for."""
    found, form = at_desk(poll_id), ConfirmForm()
    asked = next((each for each in queries.amendments(found) if each.id == amendment_id), None) or abort(404)
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.amend_roll, me(), found, asked.id)
            return go(url_for(".desk_poll", poll_id=found.id))
    return page("ballots/confirm_amendment.html", poll=found, asked=asked, unit=queries.home(asked.unit_id), form=form)


@bp.route("/desk/polls/<int:poll_id>/void", methods=["GET", "POST"])
@signed_in_as(*OFFICE)
def void(poll_id: int) -> ResponseReturnValue:
    """Ask for an open poll to be declared void, for a reason that everybody reads; another officer confirms."""
    found, form = at_desk(poll_id), VoidForm()
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.ask_void, me(), found.id, form.reason.data or "")
            return go(url_for(".desk_poll", poll_id=found.id))
    if found.stands is not rules.State.OPEN:
        return go(url_for(".desk_poll", poll_id=found.id))
    return page("ballots/void.html", poll=found, form=form)


@bp.route("/desk/polls/<int:poll_id>/void/<int:voiding_id>", methods=["GET", "POST"])
@signed_in_as(*OFFICE)
def confirm_void(poll_id: int, voiding_id: int) -> ResponseReturnValue:
    """Declare the poll void for the reason that a colleague gave."""
    found, form = at_desk(poll_id), ConfirmForm()
    asked = next((each for each in queries.voidings(found) if each.id == voiding_id), None) or abort(404)
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.declare_void, me(), found.id, asked.id)
            return go(url_for(".desk_poll", poll_id=found.id))
    if found.stands is not rules.State.OPEN:
        return go(url_for(".desk_poll", poll_id=found.id))
    return page("ballots/confirm_void.html", poll=found, asked=asked, voted=queries.turnout(found), form=form)
