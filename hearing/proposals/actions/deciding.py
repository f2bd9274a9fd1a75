"""Deciding 决定: what packages above tell a proposal, and its last steps to approval."""

from __future__ import annotations

from hearing.clock import now
from hearing.db import db
from hearing.notices import actions as notices
from hearing.notices.rules import NoticeKind
from hearing.people.rules import COMMITTEE
from hearing.people.viewer import Viewer
from hearing.proposals import facts, hooks
from hearing.proposals.actions.moving import acting, frame, go_on, lock, stop_publicity, tell_proposer
from hearing.proposals.models import PlanVersion, Proposal, RequiredConsent
from hearing.proposals.rules import (
    Move,
    PermitState,
    Refusal,
    RequiredState,
    State,
    may_approve_proposal,
    may_publish,
)
from hearing.refusal import Refused

_MAY_OPEN = frozenset({RequiredState.WAITING, RequiredState.FAILED, RequiredState.OPEN})


def consent_opened(by: Viewer, required: RequiredConsent) -> None:
    """A collection for this consent opens: called inside that act, whose fact tells it; no fact of its own.

    A consent that failed may be collected again. Raises PROPOSAL_ELSEWHERE, CONSENT_DECIDED, NOT_YOUR_SEAT of people.
    """
    proposal = lock(required.version.proposal)
    if required.state not in _MAY_OPEN:
        raise Refused(Refusal.CONSENT_DECIDED)
    if proposal.stands is State.PLAN_FIXED:
        go_on(proposal, Move.ASK_CONSENT, acting(by, proposal, COMMITTEE))
    if proposal.stands is not State.CONSENT:
        raise Refused(Refusal.PROPOSAL_ELSEWHERE)
    required.state, required.since = RequiredState.OPEN, now()


def record_consent_outcome(required: RequiredConsent, passed: bool) -> None:
    """A collection has ended: called inside that act, whose fact tells it; no fact of its own.

    One that is given up before it opened leaves the consent waiting. Raises CONSENT_DECIDED.
    """
    lock(required.version.proposal)
    db.session.refresh(required)
    if required.state == RequiredState.WAITING and not passed:
        return
    if required.state != RequiredState.OPEN:
        raise Refused(Refusal.CONSENT_DECIDED)
    required.state, required.since = (RequiredState.PASSED if passed else RequiredState.FAILED), now()


def begin_publicity(by: Viewer, proposal: Proposal, days: int, text: str = "") -> facts.PublicityBegun:
    """Put the result before the neighbours for `days` full days, when every required consent has passed.

    Every permit is given by then, too. `text` is what the committee adds to the notice. Raises CONSENTS_NOT_PASSED,
    PERMITS_AWAITED, PROPOSAL_ELSEWHERE, or PUBLICITY_TOO_SHORT of notices.
    """
    lock(proposal)
    actor, version = acting(by, proposal, COMMITTEE), _signed(proposal)
    may_publish(_passed(version), _permitted(version))
    go_on(proposal, Move.PUBLISH, actor)
    period = notices.begin_publicity_within(
        by,
        neighbourhood=proposal.neighbourhood,
        matter=proposal.matter,
        subject=proposal.matter,
        kind=NoticeKind.PUBLICITY,
        title=f"关于“{proposal.title}”的公示",
        body="\n".join(line for line in (proposal.summary, text) if line),
        lines=(("方案", f"第 {version.number} 版，编号 {version.hash8}"),),
        days=days,
        minimum=max(required.publicity_days for required in version.required),
        no_open_objection=_no_objection_stands(version),
    )
    tell_proposer(proposal)
    return facts.PublicityBegun(
        **frame(proposal, actor), days=days, plan_hash=version.plan_hash, notice_hash=period.notice.digest
    )


def approve(by: Viewer, proposal: Proposal) -> facts.Approved:
    """Let the plan stand, when its days are over and nothing stands against it; no objection comes in meanwhile.

    Raises CONSENTS_NOT_PASSED, PROPOSAL_ELSEWHERE, a refusal of notices, or what a package above holds against it.
    """
    lock(proposal)
    actor, version = acting(by, proposal, COMMITTEE), _signed(proposal)
    period = notices.hold_publicity(proposal.matter)
    if period is None:
        raise Refused(Refusal.PROPOSAL_ELSEWHERE)
    may_approve_proposal(
        period.as_rule(),
        period.states,
        collections_passed=_passed(version),
        permits_given=_permitted(version),
        no_open_objection=_no_objection_stands(version),
        now=now(),
    )
    for check in hooks.approval_checked:
        check(proposal)
    go_on(proposal, Move.APPROVE, actor)
    notices.end_publicity_within(period)
    tell_proposer(proposal)
    return facts.Approved(**frame(proposal, actor), plan_hash=version.plan_hash)


def suspend(by: Viewer, proposal: Proposal, reason: str) -> facts.Suspended:
    """Let the proposal rest where it is. Raises PROPOSAL_ELSEWHERE or REASON_MISSING."""
    lock(proposal)
    actor, came_from = acting(by, proposal, COMMITTEE), proposal.state
    go_on(proposal, Move.SUSPEND, actor, reason)
    proposal.suspended_from = came_from
    stop_publicity(by, proposal, reason)
    tell_proposer(proposal)
    return facts.Suspended(**frame(proposal, actor), reason=reason)


def resume(by: Viewer, proposal: Proposal, reason: str) -> facts.Resumed:
    """Let the proposal go on where it rested; publicity that was stopped has to begin again.

    Raises PROPOSAL_ELSEWHERE or REASON_MISSING.
    """
    lock(proposal)
    actor = acting(by, proposal, COMMITTEE)
    go_on(proposal, Move.RESUME, actor, reason)
    if proposal.stands is State.PUBLICITY:
        proposal.state = State.CONSENT
    proposal.suspended_from = None
    tell_proposer(proposal)
    return facts.Resumed(**frame(proposal, actor), reason=reason)


def _signed(proposal: Proposal) -> PlanVersion:
    version = proposal.signed_plan
    if version is None:
        raise Refused(Refusal.PROPOSAL_ELSEWHERE)
    return version


def _no_objection_stands(version: PlanVersion) -> bool:
    return any(required.no_open_objection for required in version.required)


def _passed(version: PlanVersion) -> list[bool]:
    return [required.state == RequiredState.PASSED for required in version.required]


def _permitted(version: PlanVersion) -> list[bool]:
    return [permit.stands is PermitState.GIVEN for permit in version.permits]
