"""Versions 版本: writing a fixed version down, and letting its required consents take the place of older ones."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable

from hearing.clock import now
from hearing.db import db
from hearing.notices import actions as notices
from hearing.notices.rules import NoticeKind
from hearing.people.viewer import Viewer
from hearing.proposals import hooks, queries
from hearing.proposals.models import PlanDrawing, PlanVersion, Proposal, RequiredConsent, RequiredPermit
from hearing.proposals.rules import (
    FIELD_LABELS,
    DraftPlan,
    Permit,
    PermitState,
    RequiredState,
    Requirement,
    ScopeKind,
    TemplateName,
    asked_again,
    diff,
    plan_text,
)


def write_version(by: Viewer, proposal: Proposal, draft: DraftPlan, reason: str = "") -> PlanVersion:
    """Fix the draft as the next version: its exact text, the hash of that text, its drawings."""
    number = len(proposal.versions) + 1
    content = plan_text(draft.plan, proposal=proposal.matter, version=number)
    version = PlanVersion(
        number=number,
        content=content,
        plan_hash=hashlib.sha256(content.encode()).hexdigest(),
        reason=reason,
        fixed_by=by.id,
        fixed_at=proposal.since,
    )
    proposal.versions.append(version)
    db.session.flush()
    version.drawings = [
        PlanDrawing(position=position, evidence_id=drawing.evidence_id)
        for position, drawing in enumerate(draft.drawings, 1)
    ]
    db.session.flush()
    return version


def require_consents(version: PlanVersion, requirements: Iterable[Requirement]) -> None:
    """Write down which consents the version asks for, all of them still to be opened."""
    moment = now()
    version.required += [
        RequiredConsent(
            template=required.template,
            preset=required.terms.preset,
            capacity=required.capacity,
            scope_kind=required.scope_kind,
            scope_id=required.scope_id,
            needs_manager_consent=required.terms.needs_manager_consent,
            no_open_objection=required.terms.no_open_objection,
            publicity_days=required.terms.publicity_days,
            state=RequiredState.WAITING,
            since=moment,
        )
        for required in requirements
    ]
    db.session.flush()


def keep_consents(
    signed: PlanVersion, *, change_of: PlanVersion, requirements: Collection[Requirement]
) -> frozenset[Requirement]:
    """Let those consents of the signed version go on for the new one that its change does not affect; say which.

    A consent that has not begun has nothing to keep: it begins on the new version. Those that go on keep the text that
    was signed, their collections and what has been answered.
    """
    begun = {
        Requirement(TemplateName(row.template), ScopeKind(row.scope_kind), row.scope_id): row
        for row in signed.required
        if row.is_under_way
    }
    both = {required: queries.unit_refs(required) for required in begun if required in requirements}
    before = next(other for other in change_of.proposal.versions if other.number == change_of.number - 1)
    kept = frozenset(both) - asked_again(signed.plan, before.plan, change_of.plan, both)
    for required in kept:
        begun[required].version = change_of
    db.session.flush()
    return kept


def require_permits(version: PlanVersion, permits: Iterable[Permit]) -> None:
    """Write down whose written permit the version needs, all of them still to be given."""
    moment = now()
    version.permits = [
        RequiredPermit(kind=permit.kind, unit_id=permit.unit, state=PermitState.WAITING, since=moment)
        for permit in permits
    ]
    db.session.flush()


def supersede(by: Viewer, old: PlanVersion, new: PlanVersion) -> str:
    """Let the new version be signed instead of the old one; return the hash of the notice that says so.

    The packages that keep signatures are told by their hooks.
    """
    moment = now()
    for required in old.required:
        required.state, required.since = RequiredState.SUPERSEDED, moment
    db.session.flush()
    for replaced in hooks.plan_replaced:
        replaced(old, new)
    return _post_change(by, old, new)


def _post_change(by: Viewer, old: PlanVersion, new: PlanVersion) -> str:
    proposal = new.proposal
    # Which households are asked is no field of the plan: with every field the same, it is that which changed.
    changed = [change.field for change in diff(old.plan, new.plan)] or ["templates"]
    again = [required.label for required in new.required if required.state == RequiredState.WAITING]
    kept = [required.label for required in new.required if required.state != RequiredState.WAITING]
    notice = notices.post_within(
        by,
        neighbourhood=proposal.neighbourhood,
        matter=proposal.matter,
        kind=NoticeKind.PLAN_CHANGE,
        title=f"“{proposal.title}”方案改为第 {new.number} 版",
        body=f"方案第 {new.number} 版与第 {old.number} 版有 {len(changed)} 处变化，涉及费用或施工的，请重新确认；"
        "您上次的表态已保存，未再计入。",
        lines=(
            ("改了哪里", "、".join(FIELD_LABELS[name] for name in changed)),
            ("为什么改", new.reason),
            ("方案编号", new.hash8),
            *([("要重新确认的征询", "、".join(again)), ("照常有效的征询", "、".join(kept))] if kept else []),
        ),
    )
    return notice.digest
