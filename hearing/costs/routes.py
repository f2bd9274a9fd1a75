"""Pages of costs: what a version costs whom, and at the desk working it out and every door's line."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from flask import Blueprint, abort, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hearing.audit.ledger import perform
from hearing.costs import actions, queries, rules
from hearing.costs.forms import CostsForm
from hearing.db import aside
from hearing.people.kept import kept
from hearing.people.rules import COMMITTEE, FIELD_STAFF
from hearing.people.surroundings import speak_for
from hearing.people.viewer import anyone, me
from hearing.places.sheet.pages import open_pages
from hearing.proposals import queries as proposals
from hearing.proposals.forms import edition_of
from hearing.proposals.models import PlanVersion, Proposal
from hearing.proposals.rules import DraftPlan, Requirement, State
from hearing.web.answers import go, page
from hearing.web.guards import open_to_all, signed_in_as

bp = Blueprint("costs", __name__)


@bp.app_template_global("costs_of")
def costs_of(version: PlanVersion | None, units: Collection[int]) -> queries.Shown | None:
    """The money of a plan version for whoever has these flats; None where no cost plan stands behind it."""
    return queries.shown(version, units) if version is not None else None


@bp.app_context_processor
def glossary() -> dict[str, object]:
    """The words of the law, by their keys."""
    return {"sharing_words": rules.BASIS_LABELS, "why_words": rules.WHY_LABELS, "weight_words": rules.weight_words}


@bp.get("/proposals/<int:proposal_id>/plans/<int:number>/costs")
@open_to_all
@kept
def version(proposal_id: int, number: int) -> ResponseReturnValue:
    """What a version costs: one's own line first, then floor by floor, beside the version before."""
    proposal = proposals.case(anyone(), proposal_id) or abort(404)
    speak_for(proposal.neighbourhood)
    found = next((each for each in proposal.versions if each.number == number), None) or abort(404)
    costs = queries.shown(found, anyone().unit_ids) or abort(404)
    at_desk = anyone().holds(*FIELD_STAFF, neighbourhood_id=proposal.neighbourhood_id)
    sheet = queries.sheet_of(proposal, found.plan.cost_plan) if at_desk else None
    return page("costs/version.html", proposal=proposal, version=found, costs=costs, sheet=sheet)


@bp.route("/desk/proposals/<int:proposal_id>/plan/costs", methods=["GET", "POST"])
@signed_in_as(*sorted(COMMITTEE))
def work_out(proposal_id: int) -> ResponseReturnValue:
    """Work out who pays what, for the plan on the desk."""
    proposal, form = _being_planned(proposal_id), CostsForm()
    draft, edition = proposals.plan_draft(proposal)
    payers = _payers(draft)
    units = queries.flats(payers.scope_kind, payers.scope_id) if payers is not None else []
    doors = queries.as_doors(units)
    known = queries.sheet_of(proposal, draft.texts.cost_plan) if draft.texts.cost_plan else None
    form.show(known.plan.terms if known is not None else None, doors, edition)
    if form.validate_on_submit() and payers is not None:
        with form.refusals():
            rows = _rows(form)
            proposal = _being_planned(proposal_id) if rows is not None else proposal
            terms = form.terms(rows, doors)
            perform(actions.work_out, me(), proposal, payers, terms, edition_of(form.edition))
            flash(gettext("每户分摊已算好，请逐户核对。"), "success")
            return go(url_for(".sheet", sheet_id=_sheet_id(proposal)))
    scopes = {scope.key: scope.label for scope in proposals.scopes(proposal.neighbourhood_id)}
    return page(
        "costs/work_out.html", proposal=proposal, form=form, draft=draft, payers=payers, units=units, scopes=scopes
    )


def _rows(form: CostsForm) -> Sequence[tuple[int, str]] | None:
    """The lines of the sheet that was brought, read while nobody waits for the database; None without one.

    Raises what reading a sheet raises.
    """
    if form.sheet.data is None:
        return None
    rows: list[tuple[int, str]] = []
    with aside():
        # A .csv comes once for each sign that may part its columns: the first reading that has two is meant.
        for shown in open_pages(form.sheet.content, form.sheet.filename):
            if not shown.hidden and not any(" " in words for _, words in rows):
                table = shown.read()
                rows = [(number, " ".join(cell.text for cell in cells if cell.text)) for number, cells in table.rows]
    return rows


def _sheet_id(proposal: Proposal) -> int:
    draft, _ = proposals.plan_draft(proposal)
    found = queries.sheet_of(proposal, draft.texts.cost_plan)
    return found.id if found is not None else 0


@bp.get("/desk/costs/<int:sheet_id>")
@signed_in_as(*sorted(FIELD_STAFF))
def sheet(sheet_id: int) -> ResponseReturnValue:
    """What every door pays, and why some pay nothing."""
    found = queries.sheet_for_staff(me(), sheet_id) or abort(404)
    speak_for(found.proposal.neighbourhood)
    units = queries.flats(found.scope, found.scope_id)
    return page(
        "costs/sheet.html",
        sheet=found,
        proposal=found.proposal,
        doors={str(unit.id): unit for unit in units},
    )


def _being_planned(proposal_id: int) -> Proposal:
    proposal = proposals.desk_case(me(), proposal_id, *COMMITTEE)
    if proposal is None or proposal.stands is not State.DELIBERATING:
        abort(404)
    speak_for(proposal.neighbourhood)
    return proposal


def _payers(draft: DraftPlan) -> Requirement | None:
    """The consent whose flats pay: the one that the address names, else the narrowest."""
    wanted = request.args.get("scope", "")
    named = (each for each in draft.requirements if f"{each.scope_kind}/{each.scope_id}" == wanted)
    return next(named, None) or queries.narrowest(draft.requirements)
