"""What may be done with costs: work them out for the plan on the desk. A fixed version's never change."""

from __future__ import annotations

from dataclasses import replace

from hearing.clock import now
from hearing.costs import facts, queries, rules
from hearing.costs.models import CostSheet
from hearing.db import db
from hearing.people.rules import COMMITTEE
from hearing.people.viewer import Viewer
from hearing.proposals import actions as proposals
from hearing.proposals import hooks
from hearing.proposals import queries as proposal_queries
from hearing.proposals.actions.moving import acting, frame, lock
from hearing.proposals.models import Proposal
from hearing.proposals.rules import DraftPlan, Requirement, Share, State
from hearing.refusal import Refused


def work_out(
    by: Viewer, proposal: Proposal, payers: Requirement, terms: rules.Terms, edition: int
) -> facts.CostsWorkedOut:
    """Share the budget of the plan on the desk among the flats of one consent, and put the shares into the plan.

    The whole cost is the plan's budget as it stands under the lock, whatever `terms` say of it. Raises COSTS_NOT_NOW,
    what `rules.share_out` raises, PLAN_DRAFT_CHANGED of proposals, or NOT_YOUR_SEAT of people.
    """
    lock(proposal)
    actor = acting(by, proposal, COMMITTEE)
    draft, _ = proposal_queries.plan_draft(proposal)
    if proposal.stands is not State.DELIBERATING or payers not in draft.requirements:
        raise Refused(rules.Refusal.COSTS_NOT_NOW)
    whole = replace(terms, total_fen=sum(line.fen for line in draft.texts.budget))
    units = queries.flats(payers.scope_kind, payers.scope_id)
    plan = rules.share_out(whole, queries.as_flats(units))
    sheet = _keep(by, proposal, payers, plan)
    shares = tuple(Share(share.unit, share.fen) for share in plan.shares if share.fen)
    texts = replace(draft.texts, household_shares=shares, cost_plan=sheet.digest)
    proposals.put_down_within(by, proposal, replace(draft, texts=texts), edition)
    return facts.CostsWorkedOut(
        **frame(proposal, actor),
        total_fen=sheet.total_fen,
        subsidy_fen=sheet.subsidy_fen,
        residents_fen=sheet.residents_fen,
        payers=plan.payers,
        cost_hash=sheet.digest,
    )


def _keep(by: Viewer, proposal: Proposal, payers: Requirement, plan: rules.CostPlan) -> CostSheet:
    """The sheet with this content: the one that was kept before, or a new one."""
    digest = plan.digest(proposal=proposal.matter)
    known = queries.sheet_of(proposal, digest)
    if known is not None:
        return known
    sheet = CostSheet(
        proposal_id=proposal.id,
        scope_kind=payers.scope_kind,
        scope_id=payers.scope_id,
        content=plan.text(proposal=proposal.matter),
        digest=digest,
        total_fen=plan.total_fen,
        subsidy_fen=plan.subsidy_fen,
        fund_fen=plan.terms.fund_fen,
        residents_fen=plan.residents_fen,
        entered_by=by.id,
        entered_at=now(),
    )
    db.session.add(sheet)
    db.session.flush()
    return sheet


def check_plan(proposal: Proposal, draft: DraftPlan) -> None:
    """Before a plan is put or fixed: the cost plan that it names is still the one its amounts come from.

    Called by proposals. Raises COSTS_OUTDATED.
    """
    plan = draft.plan
    if not plan.cost_plan:
        return
    sheet = queries.sheet_of(proposal, plan.cost_plan)
    if sheet is None:
        raise Refused(rules.Refusal.COSTS_OUTDATED)
    rules.check_matches(
        sheet.plan,
        budget_fen=sum(line.fen for line in plan.budget),
        shares={share.unit: share.fen for share in plan.household_shares},
        units=[str(unit.id) for unit in proposal_queries.units_within(draft)],
    )


hooks.plan_checked.append(check_plan)
