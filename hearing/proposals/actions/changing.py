"""Changing 改方案: two seats say whether a change is material, the proposer may contest, signatures follow."""

from __future__ import annotations

from hearing.audit.ledger import broken_promise
from hearing.clock import now
from hearing.db import db
from hearing.people.rules import COMMITTEE, COUNCIL, ROLE_LABELS, Role, require_role
from hearing.people.viewer import Viewer
from hearing.proposals import facts, hooks, queries
from hearing.proposals.actions.moving import (
    acting,
    frame,
    go_on,
    lock,
    require_proposer,
    stop_publicity,
    tell,
    tell_proposer,
)
from hearing.proposals.actions.versions import (
    keep_consents,
    require_consents,
    require_permits,
    supersede,
    write_version,
)
from hearing.proposals.models import (
    ChangeContest,
    ChangeDecision,
    ChangeOpinion,
    PlanChange,
    PlanVersion,
    Proposal,
)
from hearing.proposals.rules import (
    CHANGE_LABELS,
    ChangeClass,
    DraftPlan,
    Move,
    Opinion,
    Permit,
    PermitKind,
    Refusal,
    State,
    decided_class,
    may_fix_plan,
    plan_hash,
    plan_text,
)
from hearing.refusal import N_, Refused

JUDGE = N_("方案有改动，请您判断要不要重新确认：%(url)s")
CONTESTED = N_("提案人对方案改动有异议，请理事会答复：%(url)s")
COUNCIL_SEAT, ADVISER_SEAT = "council", "adviser"
_CONTESTED_IN = frozenset({State.PLAN_FIXED, State.CONSENT, State.PUBLICITY})

broken_promise("uq_plan_change_content", Refusal.CHANGE_PUT_ALREADY)
broken_promise("uq_change_opinion_once", Refusal.SEAT_SPOKE_ALREADY)
broken_promise("uq_change_contest_once", Refusal.CONTESTED_ALREADY)


def reopen_plan(by: Viewer, proposal: Proposal, reason: str) -> facts.PlanReopened:
    """Take a fixed plan back to the desk; the version stands until another one is fixed.

    Raises PROPOSAL_ELSEWHERE or REASON_MISSING.
    """
    lock(proposal)
    actor = acting(by, proposal, COMMITTEE)
    go_on(proposal, Move.REVISE, actor, reason)
    stop_publicity(by, proposal, reason)
    tell_proposer(proposal)
    return facts.PlanReopened(**frame(proposal, actor), number=len(proposal.versions), reason=reason)


def put_change(by: Viewer, proposal: Proposal, reason: str) -> facts.ChangePut:
    """Put the plan on the desk before a council seat and the legal adviser.

    Raises PROPOSAL_ELSEWHERE, REASON_MISSING, PLAN_INCOMPLETE, PLAN_UNCHANGED, CHANGE_PUT_ALREADY, or what a package
    above holds against the plan.
    """
    lock(proposal)
    actor = acting(by, proposal, COMMITTEE)
    if proposal.stands is not State.DELIBERATING or not proposal.versions:
        raise Refused(Refusal.PROPOSAL_ELSEWHERE)
    if not reason.strip():
        raise Refused(Refusal.REASON_MISSING)
    draft, _ = queries.plan_draft(proposal)
    may_fix_plan(draft.plan, has_legal_opinion=proposal.opinion_of(Role.LEGAL_ADVISER) is not None)
    for check in hooks.plan_checked:
        check(proposal, draft)
    changed = queries.changed_parts(proposal, draft)
    if not changed:
        raise Refused(Refusal.PLAN_UNCHANGED)
    number = len(proposal.versions) + 1
    change = PlanChange(
        number=number,
        content=plan_text(draft.plan, proposal=proposal.matter, version=number),
        digest=plan_hash(draft.plan, proposal=proposal.matter, version=number),
        reason=reason,
        put_by=by.id,
        put_at=now(),
    )
    proposal.changes.append(change)
    db.session.flush()
    judges = queries.holders_of_seat(proposal, *COUNCIL, Role.LEGAL_ADVISER)
    tell(judges, JUDGE, f"/proposals/changes/{change.id}")
    return facts.ChangePut(
        **frame(proposal, actor), number=number, plan_hash=change.digest, fields=changed, reason=reason
    )


def judge_change(
    by: Viewer, change: PlanChange, seat: str, held_to_be: ChangeClass, reason: str = ""
) -> facts.ChangeJudged:
    """Say from one of the two seats what the change is; two seats, two persons, neither of them the proposer.

    Raises NOT_YOUR_SEAT of people, PROPOSAL_ELSEWHERE, ONE_PERSON_TWO_SEATS or SEAT_SPOKE_ALREADY.
    """
    proposal = lock(change.proposal)
    actor = acting(by, proposal, COUNCIL if seat == COUNCIL_SEAT else (Role.LEGAL_ADVISER,))
    require_role(Role(actor.role), (Role(actor.role),) if by.id != proposal.proposer_id else ())
    if proposal.stands is not State.DELIBERATING or queries.pending_change(proposal) is not change:
        raise Refused(Refusal.PROPOSAL_ELSEWHERE)
    if any(opinion.given_by == by.id and opinion.seat != seat for opinion in change.opinions):
        raise Refused(Refusal.ONE_PERSON_TWO_SEATS)
    change.opinions.append(
        ChangeOpinion(seat=seat, role=actor.role, change=held_to_be, reason=reason, given_by=by.id, given_at=now())
    )
    return facts.ChangeJudged(
        **frame(proposal, actor),
        number=change.number,
        seat=actor.role,
        seat_label=ROLE_LABELS[Role(actor.role)],
        change=held_to_be,
        change_label=CHANGE_LABELS[held_to_be],
        reason=reason,
    )


def settle_change(by: Viewer, proposal: Proposal, draft: DraftPlan) -> tuple[PlanVersion, ChangeClass, str]:
    """Write the version that was judged, with what the two seats decided and, if it is material, its own consents.

    Returns the version, the decision, and the hash of the notice that tells the neighbours, "" when none does. Other
    households, or another rule for them, always make a change material. Raises CHANGE_UNDECIDED.
    """
    change = queries.pending_change(proposal)
    number = len(proposal.versions) + 1
    if change is None or change.digest != plan_hash(draft.plan, proposal=proposal.matter, version=number):
        raise Refused(Refusal.CHANGE_UNDECIDED)
    council, adviser = change.opinion_of(COUNCIL_SEAT), change.opinion_of(ADVISER_SEAT)
    if council is None or adviser is None:
        raise Refused(Refusal.CHANGE_UNDECIDED)
    decided = decided_class(_rule(council), _rule(adviser))
    signed = proposal.signed_plan
    if signed is None or queries.asks_others(signed, draft):
        decided = ChangeClass.MATERIAL
    version = write_version(by, proposal, draft, change.reason)
    version.decisions.append(ChangeDecision(change=decided, decided_at=proposal.since))
    db.session.flush()
    if decided is not ChangeClass.MATERIAL or signed is None:
        return version, decided, ""
    kept = keep_consents(signed, change_of=version, requirements=draft.requirements)
    require_consents(version, [required for required in draft.requirements if required not in kept])
    require_permits(version, draft.permits)
    return version, decided, supersede(by, signed, version)


def _rule(opinion: ChangeOpinion) -> Opinion:
    return Opinion(person=str(opinion.given_by), role=Role(opinion.role), change=ChangeClass(opinion.change))


def contest_change(by: Viewer, version: PlanVersion, reason: str) -> facts.ChangeContested:
    """The proposer holds a wording change to be material; material is the safe side and is not contested.

    Raises NOT_THE_PROPOSER, PROPOSAL_ELSEWHERE, CONTEST_WORDING_ONLY, REASON_MISSING or CONTESTED_ALREADY.
    """
    proposal = lock(version.proposal)
    actor = require_proposer(by, proposal)
    if version is not proposal.plan or proposal.stands not in _CONTESTED_IN:
        raise Refused(Refusal.PROPOSAL_ELSEWHERE)
    if version.is_material:
        raise Refused(Refusal.CONTEST_WORDING_ONLY)
    if not reason.strip():
        raise Refused(Refusal.REASON_MISSING)
    db.session.add(ChangeContest(plan_version_id=version.id, reason=reason, contested_by=by.id, contested_at=now()))
    tell(queries.holders_of_seat(proposal, *COUNCIL), CONTESTED, f"/proposals/{proposal.id}/contest/answer")
    return facts.ChangeContested(**frame(proposal, actor), number=version.number, reason=reason)


def answer_contest(by: Viewer, contest: ChangeContest, uphold: bool, answer: str) -> facts.ContestAnswered:
    """Answer the proposer from a council seat; upheld, the version asks everybody for a new signature.

    Raises NOT_YOUR_SEAT of people, PROPOSAL_ELSEWHERE, CONTESTED_ALREADY or REASON_MISSING.
    """
    version = db.session.get_one(PlanVersion, contest.plan_version_id)
    proposal = lock(version.proposal)
    db.session.refresh(contest)
    actor = acting(by, proposal, COUNCIL)
    require_role(Role(actor.role), COUNCIL if by.id != proposal.proposer_id else ())
    if contest.answered_at is not None:
        raise Refused(Refusal.CONTESTED_ALREADY)
    if version is not proposal.plan or proposal.stands not in _CONTESTED_IN:
        raise Refused(Refusal.PROPOSAL_ELSEWHERE)
    if not answer.strip():
        raise Refused(Refusal.REASON_MISSING)
    contest.upheld, contest.answer, contest.answered_by, contest.answered_at = uphold, answer, by.id, now()
    notice_hash = _make_material(by, version, answer) if uphold else ""
    tell_proposer(proposal)
    decided = ChangeClass.MATERIAL if uphold else ChangeClass.EDITORIAL
    return facts.ContestAnswered(
        **frame(proposal, actor),
        number=version.number,
        upheld=uphold,
        change_label=CHANGE_LABELS[decided],
        notice_hash=notice_hash,
        answer=answer,
    )


def _make_material(by: Viewer, version: PlanVersion, reason: str) -> str:
    proposal, signed = version.proposal, version.proposal.signed_plan
    version.decisions.append(ChangeDecision(change=ChangeClass.MATERIAL, reason=reason, decided_at=now()))
    stop_publicity(by, proposal, reason)
    # No move of the procedure leads here: the plan stays fixed, and its consents begin again.
    proposal.state, proposal.since = State.PLAN_FIXED, now()
    db.session.flush()
    if signed is None:
        return ""
    requirements = queries.requirements_of(signed)
    kept = keep_consents(signed, change_of=version, requirements=requirements)
    require_consents(version, [required for required in requirements if required not in kept])
    require_permits(version, [Permit(PermitKind(permit.kind), permit.unit_id) for permit in signed.permits])
    return supersede(by, signed, version)
