"""Moving 流转: what every act on a proposal shares: the locked row, the next state, the fact's frame, the message."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import select

from hearing.audit.fact import Actor
from hearing.clock import now
from hearing.db import db
from hearing.notices import actions as notices
from hearing.people import outbox
from hearing.people import rules as people
from hearing.people.models import Account, Membership
from hearing.people.rules import Role
from hearing.people.viewer import Viewer
from hearing.proposals.models import Proposal
from hearing.proposals.rules import Move, Refusal, State, next_state
from hearing.refusal import N_, Refused

NEWS = N_("您的提案有新进展，请打开查看：%(url)s")


def lock(proposal: Proposal) -> Proposal:
    """Read the row again and hold it until the act is over, so that two acts on one case follow each other."""
    db.session.refresh(proposal, with_for_update={"of": Proposal})
    return proposal


def acting(by: Viewer, proposal: Proposal, roles: Collection[Role]) -> Actor:
    """The actor in the first of the roles that the viewer holds there. Raises NOT_YOUR_SEAT of people."""
    held = by.seats_in(proposal.neighbourhood_id)
    role = next((role for role in sorted(roles) if role in held), None)
    if role is None:
        raise Refused(people.Refusal.NOT_YOUR_SEAT)
    return Actor(role=role.value, ref=by.account.ref)


def go_on(proposal: Proposal, move: Move, actor: Actor, reason: str = "") -> None:
    """Make the move. Raises APPLICATION_DENIED, or what `rules.next_state` refuses with."""
    if proposal.denied_at is not None and move is not Move.WITHDRAW:
        raise Refused(Refusal.APPLICATION_DENIED)
    came_from = State(proposal.suspended_from) if proposal.suspended_from else None
    to = next_state(proposal.stands, move, role=Role(actor.role), reason=reason, suspended_from=came_from)
    proposal.state, proposal.since = to, now()


def frame(proposal: Proposal, actor: Actor) -> dict[str, Any]:
    """The parts that every fact about a proposal shares."""
    return {
        "actor": actor,
        "scope": proposal.neighbourhood.slug,
        "subject": proposal.matter,
        "matter": proposal.matter,
    }


def require_proposer(by: Viewer, proposal: Proposal) -> Actor:
    """The proposer as actor. Raises NOT_THE_PROPOSER."""
    if by.id != proposal.proposer_id and proposal.unit_id not in by.unit_ids:
        raise Refused(Refusal.NOT_THE_PROPOSER)
    return acting(by, proposal, (Role(proposal.proposer_role),))


def stop_publicity(by: Viewer, proposal: Proposal, reason: str) -> None:
    """Take down what hangs on the board about this case, because an act has overtaken it."""
    notices.stop_publicity_within(by, proposal.matter, reason)


def tell_proposer(proposal: Proposal) -> None:
    """Let the proposer, or her household, know that something happened; what it was stands on the page alone."""
    tell(_proposers(proposal), NEWS, f"/proposals/{proposal.id}")


def tell(accounts: Iterable[Account], sentence: str, path: str) -> None:
    """Put a message to each of the people into the outbox."""
    for account in accounts:
        outbox.tell(db.session, account, sentence, path=path)


def _proposers(proposal: Proposal) -> Iterable[Account]:
    if proposal.proposer is not None:
        return [proposal.proposer]
    household = select(Membership.account_id).where(
        Membership.unit_id == proposal.unit_id, Membership.left_at.is_(None), Membership.holder_id.is_not(None)
    )
    return db.session.scalars(select(Account).where(Account.id.in_(household)).order_by(Account.id))
