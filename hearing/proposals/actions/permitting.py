"""Permitting 许可: the written yes of those whose own part, management or property a plan touches."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from hearing.audit.fact import Actor
from hearing.audit.ledger import broken_promise
from hearing.clock import now
from hearing.db import db
from hearing.files.actions import store
from hearing.people.rules import FIELD_STAFF, Role
from hearing.people.viewer import Viewer
from hearing.places.models import Tenure, TenureShare
from hearing.proposals import facts, queries
from hearing.proposals.actions.moving import acting, frame, lock, tell_proposer
from hearing.proposals.models import PermitAnswer, PermitHand, PlanVersion, Proposal, RequiredPermit
from hearing.proposals.rules import (
    PERMIT_SEATS,
    PERMIT_STATE_LABELS,
    PermitState,
    Refusal,
    may_answer_permit,
    may_check_permit,
    part_owner_state,
)
from hearing.refusal import Refused
from hearing.web.pictures import Safe

broken_promise("pk_permit_hand", Refusal.PERMIT_SAME_PERSON)


def settle_seat_permit(version: PlanVersion, role: Role, *, agrees: bool) -> None:
    """Let the written answer of a seat be its permit, inside that act; the last answer counts."""
    for permit in version.permits:
        if permit.unit_id is None and permit.kind == PERMIT_SEATS.get(role):
            _stand(permit, PermitState.GIVEN if agrees else PermitState.REFUSED)


def answer_permit(by: Viewer, permit: RequiredPermit, *, agrees: bool, note: str = "") -> facts.PermitAnswered:
    """An owner of the unit says, signed in, whether her own part may be used; all owners have to.

    Raises PERMIT_NOT_YOURS, PROPOSAL_ELSEWHERE or REASON_MISSING.
    """
    proposal = lock(permit.version.proposal)
    holders = holders_now(permit)
    mine = next((holder for holder in holders if holder in by.holder_ids), None)
    _check(proposal, permit, agrees=agrees, note=note, holds=mine is not None)
    assert mine is not None
    db.session.add(_answer(by, permit, mine, agrees=agrees, note=note))
    db.session.flush()
    return _settle(permit, holders, by.as_resident(), households=(permit.unit_id or 0,))


def enter_permit(
    by: Viewer, permit: RequiredPermit, holder_id: int, *, agrees: bool, note: str, paper: Safe | None
) -> facts.PermitAnswered:
    """Enter what an owner wrote on paper, with its photo; it counts once a second member of staff has compared them.

    Raises PERMIT_NOT_YOURS, PROPOSAL_ELSEWHERE, REASON_MISSING, PERMIT_PAPER_MISSING, or NOT_YOUR_SEAT of people.
    """
    proposal = lock(permit.version.proposal)
    actor = acting(by, proposal, FIELD_STAFF)
    holders = holders_now(permit)
    _check(proposal, permit, agrees=agrees, note=note, holds=holder_id in holders)
    if paper is None:
        raise Refused(Refusal.PERMIT_PAPER_MISSING)
    kept = store(by, paper.data, paper.media_type, queries.PERMIT_PAPER, proposal.matter, proposal.neighbourhood_id)
    answer = _answer(by, permit, holder_id, agrees=agrees, note=note)
    answer.paper_id = kept.id
    db.session.add(answer)
    db.session.flush()
    db.session.add(PermitHand(answer_id=answer.id, account_id=by.id, done_at=now()))
    db.session.flush()
    return _settle(permit, holders, actor)


def check_permit(by: Viewer, answer: PermitAnswer) -> facts.PermitAnswered:
    """A second member of staff says that the paper says what was entered: from now on it counts.

    Raises PERMIT_SAME_PERSON, PROPOSAL_ELSEWHERE, or NOT_YOUR_SEAT of people.
    """
    permit = answer.permit
    proposal = lock(permit.version.proposal)
    actor = acting(by, proposal, FIELD_STAFF)
    db.session.refresh(answer, ["hands"])
    may_check_permit(Role(actor.role), hands=[str(hand.account_id) for hand in answer.hands], person=str(by.id))
    answer.hands.append(PermitHand(account_id=by.id, done_at=now()))
    db.session.flush()
    return _settle(permit, holders_now(permit), actor)


def holders_now(permit: RequiredPermit) -> list[int]:
    """Who holds the unit now: the owners who have to permit; those who have died do not answer."""
    query = (
        select(TenureShare.holder_id)
        .join(TenureShare.tenure)
        .where(Tenure.unit_id == permit.unit_id, Tenure.until.is_(None))
        .order_by(TenureShare.id)
    )
    return list(db.session.scalars(query)) if permit.unit_id is not None else []


def _check(proposal: Proposal, permit: RequiredPermit, *, agrees: bool, note: str, holds: bool) -> None:
    may_answer_permit(
        proposal.stands, agrees=agrees, note=note, holds=holds, is_current=permit.version is proposal.signed_plan
    )


def _answer(by: Viewer, permit: RequiredPermit, holder_id: int, *, agrees: bool, note: str) -> PermitAnswer:
    return PermitAnswer(
        permit_id=permit.id, holder_id=holder_id, agrees=agrees, note=note, given_by=by.id, given_at=now()
    )


def _settle(
    permit: RequiredPermit, holders: Collection[int], actor: Actor, households: tuple[int, ...] = ()
) -> facts.PermitAnswered:
    """Let the permit stand as its owners' last words have it, and tell."""
    db.session.refresh(permit, ["answers"])
    said = {str(answer.holder_id): answer.agrees for answer in permit.answers if answer.counts}
    _stand(permit, part_owner_state([str(holder) for holder in holders], said))
    proposal = permit.version.proposal
    if permit.stands is not PermitState.WAITING:
        tell_proposer(proposal)
    last = permit.answers[-1]
    return facts.PermitAnswered(
        **frame(proposal, actor),
        households=households,
        number=permit.version.number,
        plan_hash=permit.version.plan_hash,
        state=permit.state,
        state_label=PERMIT_STATE_LABELS[permit.stands],
        on_paper=last.paper_id is not None,
        unit=permit.unit_id or 0,
        holder=last.holder_id,
        agrees=last.agrees,
        note=last.note,
        paper_hash=last.paper.sha256 if last.paper else "",
    )


def _stand(permit: RequiredPermit, state: PermitState) -> None:
    if permit.stands is not state:
        permit.state, permit.since = state, now()
