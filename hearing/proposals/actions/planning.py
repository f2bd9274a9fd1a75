"""Planning 方案: the desk's draft, its drawings, the fixed version, and the manager's answer to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hearing.audit.fact import Actor
from hearing.audit.ledger import broken_promise
from hearing.clock import now
from hearing.db import db
from hearing.files.actions import store
from hearing.people.rules import COMMITTEE, ROLE_LABELS, Role
from hearing.people.viewer import Viewer
from hearing.proposals import facts, hooks, queries
from hearing.proposals.actions.changing import settle_change
from hearing.proposals.actions.moving import acting, frame, go_on, lock, tell_proposer
from hearing.proposals.actions.permitting import settle_seat_permit
from hearing.proposals.actions.versions import require_consents, require_permits, write_version
from hearing.proposals.models import ManagerConsent, PlanDraft, PlanVersion, Proposal
from hearing.proposals.rules import (
    CHANGE_LABELS,
    MANAGER_SEATS,
    DraftPlan,
    Drawing,
    Move,
    Refusal,
    State,
    check_shares,
    may_fix_plan,
)
from hearing.refusal import N_, Refused
from hearing.web.pictures import Safe

AGREES, DISAGREES = N_("同意"), N_("不同意")

broken_promise("uq_plan_version_number", Refusal.PROPOSAL_ELSEWHERE)


def save_plan(by: Viewer, proposal: Proposal, draft: DraftPlan, edition: int) -> int:
    """Keep the plan on the desk; bookkeeping. `edition` is the one that was on the screen; returns the new one.

    Raises PLAN_DRAFT_CHANGED when a colleague saved in between, SHARES_EXCEED_BUDGET, PROPOSAL_ELSEWHERE.
    """
    acting(by, proposal, COMMITTEE)
    check_shares(draft.plan)
    return put_down_within(by, proposal, draft, edition)


def add_drawings(by: Viewer, proposal: Proposal, files: Sequence[Safe], edition: int) -> facts.DrawingsAdded:
    """Put drawings or photos to the plan on the desk. Raises as `save_plan`."""
    actor = acting(by, proposal, COMMITTEE)
    kept = [
        store(by, file.data, file.media_type, queries.DRAWING, proposal.matter, proposal.neighbourhood_id)
        for file in files
    ]
    draft, _ = queries.plan_draft(proposal)
    added = tuple(Drawing(evidence.id, evidence.sha256) for evidence in kept)
    put_down_within(by, proposal, replace(draft, drawings=(*draft.drawings, *added)), edition)
    return facts.DrawingsAdded(
        **frame(proposal, actor), count=len(kept), hashes=tuple(evidence.sha256 for evidence in kept)
    )


def put_down_within(by: Viewer, proposal: Proposal, draft: DraftPlan, edition: int) -> int:
    """Keep the plan on the desk inside another act, under the case's row; returns the new edition.

    Raises PLAN_DRAFT_CHANGED or PROPOSAL_ELSEWHERE.
    """
    # The case's row is what colleagues who save at once wait for.
    if lock(proposal).stands is not State.DELIBERATING:
        raise Refused(Refusal.PROPOSAL_ELSEWHERE)
    kept = db.session.get(PlanDraft, proposal.id, populate_existing=True)
    if (kept.edition if kept is not None else 0) != edition:
        raise Refused(Refusal.PLAN_DRAFT_CHANGED)
    values = {"content": draft.dump(), "edition": edition + 1, "saved_by": by.id, "saved_at": now()}
    db.session.merge(PlanDraft(proposal_id=proposal.id, **values))
    return edition + 1


def fix_plan(by: Viewer, proposal: Proposal) -> facts.PlanFixed | facts.PlanReplaced:
    """Fix the plan on the desk as the next version; a later one replaces the version before it.

    Raises PLAN_INCOMPLETE, SHARES_EXCEED_BUDGET, CHANGE_UNDECIDED, PROPOSAL_ELSEWHERE, or what a package above holds
    against the plan.
    """
    lock(proposal)
    actor = acting(by, proposal, COMMITTEE)
    draft, _ = queries.plan_draft(proposal)
    check_complete(proposal, draft)
    if proposal.versions:
        return _replace(by, proposal, actor, draft)
    go_on(proposal, Move.FIX_PLAN, actor)
    version = write_version(by, proposal, draft)
    require_consents(version, draft.requirements)
    require_permits(version, draft.permits)
    tell_proposer(proposal)
    return facts.PlanFixed(
        **frame(proposal, actor), number=version.number, hash8=version.hash8, plan_hash=version.plan_hash
    )


def check_complete(proposal: Proposal, draft: DraftPlan) -> None:
    """Raises PLAN_INCOMPLETE, SHARES_EXCEED_BUDGET, or what a package above holds against it."""
    may_fix_plan(draft.plan, has_legal_opinion=proposal.opinion_of(Role.LEGAL_ADVISER) is not None)
    check_shares(draft.plan)
    for check in hooks.plan_checked:
        check(proposal, draft)


def _replace(by: Viewer, proposal: Proposal, actor: Actor, draft: DraftPlan) -> facts.PlanReplaced:
    before = proposal.versions[-1]
    go_on(proposal, Move.FIX_PLAN, actor)
    version, change, notice_hash = settle_change(by, proposal, draft)
    if _goes_on(proposal):
        # Only wording changed, or what others pay: those who have signed have signed, and their collections go on.
        go_on(proposal, Move.ASK_CONSENT, actor)
    tell_proposer(proposal)
    return facts.PlanReplaced(
        **frame(proposal, actor),
        number=version.number,
        hash8=version.hash8,
        plan_hash=version.plan_hash,
        replaces=before.plan_hash,
        change=change,
        change_label=CHANGE_LABELS[change],
        notice_hash=notice_hash,
        reason=version.reason,
    )


def _goes_on(proposal: Proposal) -> bool:
    """Whether some consent of the version that is to be signed has begun already."""
    signed = proposal.signed_plan
    return signed is not None and any(required.is_under_way for required in signed.required)


def answer_as_manager(
    by: Viewer, version: PlanVersion, agrees: bool, note: str = "", paper: Safe | None = None
) -> facts.ManagerAnswered:
    """The property manager's or lessor's written answer to the version that is to be signed; the last one counts.

    Raises NOT_YOUR_SEAT of people, PROPOSAL_ELSEWHERE, or REASON_MISSING for a no without words.
    """
    proposal = lock(version.proposal)
    actor = acting(by, proposal, MANAGER_SEATS)
    if proposal.stands not in (State.PLAN_FIXED, State.CONSENT) or version is not proposal.signed_plan:
        raise Refused(Refusal.PROPOSAL_ELSEWHERE)
    if not agrees and not note.strip():
        raise Refused(Refusal.REASON_MISSING)
    kept = (
        store(by, paper.data, paper.media_type, queries.MANAGER_PAPER, proposal.matter, proposal.neighbourhood_id)
        if paper is not None
        else None
    )
    version.answers.append(
        ManagerConsent(agrees=agrees, note=note, paper=kept, role=actor.role, given_by=by.id, given_at=now())
    )
    settle_seat_permit(version, Role(actor.role), agrees=agrees)
    return facts.ManagerAnswered(
        **frame(proposal, actor),
        number=version.number,
        seat=actor.role,
        seat_label=ROLE_LABELS[Role(actor.role)],
        agrees=agrees,
        answer_label=AGREES if agrees else DISAGREES,
        plan_hash=version.plan_hash,
        note=note,
        paper_hash=kept.sha256 if kept is not None else "",
    )
