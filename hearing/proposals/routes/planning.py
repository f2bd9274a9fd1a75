"""The plan on the desk: texts, drawings, shares, the check before it is fixed, a change put to two seats."""

from __future__ import annotations

from dataclasses import replace

from flask import abort, flash, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hearing.audit.ledger import keep, perform
from hearing.people.rules import Role
from hearing.people.viewer import me
from hearing.proposals import actions, queries
from hearing.proposals.forms import (
    MOST_SHARES,
    DrawingsForm,
    FixForm,
    PlanForm,
    ReasonForm,
    edition_of,
    shares_form,
    written,
)
from hearing.proposals.models import Proposal
from hearing.proposals.queries import COMMITTEE_SEATS
from hearing.proposals.routes.blueprint import bp, of_committee
from hearing.proposals.rules import FIELD_LABELS, PERMIT_LABELS, State, diff, missing_parts
from hearing.web.answers import go, page
from hearing.web.filters import door
from hearing.web.guards import signed_in_as


def _being_planned(proposal_id: int) -> Proposal:
    proposal = of_committee(proposal_id)
    if proposal.stands is not State.DELIBERATING:
        abort(404)
    return proposal


@bp.route("/desk/proposals/<int:proposal_id>/plan", methods=["GET", "POST"])
@signed_in_as(*COMMITTEE_SEATS)
def plan(proposal_id: int) -> ResponseReturnValue:
    """The plan's texts, budget and consents."""
    proposal, form = _being_planned(proposal_id), PlanForm()
    draft, edition = queries.plan_draft(proposal)
    drawings = queries.drawings_of(draft)
    form.offer(
        queries.scopes(proposal.neighbourhood_id),
        [(str(row.id), gettext("第 %(n)d 份", n=n)) for n, row in enumerate(drawings, 1)],
    )
    form.show(draft, edition)
    if form.validate_on_submit():
        with form.refusals():
            keep(actions.save_plan, me(), proposal, form.onto(draft), edition_of(form.edition))
            flash(gettext("方案草稿已保存。"), "success")
            return go(url_for(".check_plan", proposal_id=proposal.id))
    return page("proposals/plan.html", proposal=proposal, form=form, draft=draft, drawings=drawings)


@bp.route("/desk/proposals/<int:proposal_id>/plan/drawings", methods=["GET", "POST"])
@signed_in_as(*COMMITTEE_SEATS)
def drawings(proposal_id: int) -> ResponseReturnValue:
    """Drawings and photos of the plan."""
    proposal, form = _being_planned(proposal_id), DrawingsForm()
    draft, edition = queries.plan_draft(proposal)
    if not form.is_submitted():
        form.edition.data = str(edition)
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.add_drawings, me(), proposal, form.files.pictures, edition_of(form.edition))
            flash(gettext("图纸已经加上。"), "success")
            return go(url_for(".check_plan", proposal_id=proposal.id))
    return page("proposals/drawings.html", proposal=proposal, form=form, drawings=queries.drawings_of(draft))


@bp.route("/desk/proposals/<int:proposal_id>/plan/shares", methods=["GET", "POST"])
@signed_in_as(*COMMITTEE_SEATS)
def shares(proposal_id: int) -> ResponseReturnValue:
    """What each household pays."""
    proposal = _being_planned(proposal_id)
    draft, edition = queries.plan_draft(proposal)
    units = queries.units_within(draft)
    form = shares_form(units, lambda unit: door(unit.stairwell.building.name, f"{unit.floor} {unit.name}"))()
    form.show(draft.texts.household_shares, edition)
    if form.validate_on_submit():
        # Amounts that are typed come from no cost plan.
        paid = replace(draft, texts=replace(draft.texts, household_shares=form.shares(), cost_plan=""))
        with form.refusals():
            keep(actions.save_plan, me(), proposal, paid, edition_of(form.edition))
            flash(gettext("每户分摊已保存。"), "success")
            return go(url_for(".check_plan", proposal_id=proposal.id))
    too_many = len(units) > MOST_SHARES
    return page("proposals/shares.html", proposal=proposal, form=form, units=units, draft=draft, too_many=too_many)


@bp.route("/desk/proposals/<int:proposal_id>/plan/check", methods=["GET", "POST"])
@signed_in_as(*COMMITTEE_SEATS)
def check_plan(proposal_id: int) -> ResponseReturnValue:
    """What is still missing before the plan may be fixed; with nothing missing, the button that fixes it."""
    proposal, form = _being_planned(proposal_id), FixForm()
    if form.validate_on_submit():
        with form.refusals():
            done = perform(actions.fix_plan, me(), proposal)
            return go(url_for("audit.receipt", index=done.index))
    draft, _ = queries.plan_draft(proposal)
    missing = missing_parts(draft.plan, has_legal_opinion=proposal.opinion_of(Role.LEGAL_ADVISER) is not None)
    change = queries.pending_change(proposal) if proposal.versions else None
    return page(
        "proposals/check_plan.html",
        proposal=proposal,
        form=form,
        draft=draft,
        missing=missing,
        labels=FIELD_LABELS,
        permit_words=PERMIT_LABELS,
        changed=queries.changed_parts(proposal, draft),
        changes=diff(proposal.plan.plan, draft.plan) if proposal.plan else (),
        change=change,
        # What was put may have been changed again since.
        put=change is not None and change.plan == draft.plan,
        drawings=queries.drawings_of(draft),
        scopes={scope.key: scope.label for scope in queries.scopes(proposal.neighbourhood_id)},
    )


@bp.route("/desk/proposals/<int:proposal_id>/plan/change", methods=["GET", "POST"])
@signed_in_as(*COMMITTEE_SEATS)
def put_change(proposal_id: int) -> ResponseReturnValue:
    """Put the changed plan before a council seat and the legal adviser."""
    proposal, form = _being_planned(proposal_id), ReasonForm()
    form.reason.label.text = gettext("为什么要改？")
    form.reason.description = gettext("会写在新一版方案上，大家都能看到。")
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.put_change, me(), proposal, written(form.reason))
            flash(gettext("已经送出，等理事和法律顾问判断。"), "success")
            return go(url_for(".check_plan", proposal_id=proposal.id))
    return page(
        "proposals/reason.html",
        proposal=proposal,
        form=form,
        heading=gettext("送理事和法律顾问判断"),
        act=gettext("送出"),
        back_url=url_for(".check_plan", proposal_id=proposal.id),
    )
