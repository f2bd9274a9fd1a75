"""Moving 流转: what every act on a proposal shares: the locked row, the next state, the fact's frame, the message."""

from __future__ import annotations

from typing import Any

from hearing.audit.fact import Actor
from hearing.clock import now
from hearing.db import db
from hearing.people import outbox
from hearing.people.models import Account
from hearing.people.rules import Role
from hearing.people.viewer import Viewer
from hearing.proposals.models import Proposal
from hearing.proposals.rules import Move, Refusal, State, next_state
from hearing.refusal import N_, Refused

NEWS = N_("您的提案有新进展,请打开查看:%(url)s")


def lock(proposal: Proposal) -> Proposal:
    """Read the row again and hold it until the act is over, so that two acts on one case follow each other."""
    db.session.refresh(proposal, with_for_update=True)
    return proposal


def seat_of(by: Viewer, proposal: Proposal, move: Move) -> Actor:
    """The actor of a move: the viewer in the first role that may make it. Raises NOT_YOUR_SEAT by way of the rules."""
    return acting(by, proposal, tuple(sorted(_ALLOWED[move])))


def acting(by: Viewer, proposal: Proposal, roles: tuple[Role, ...]) -> Actor:
    """The actor in the first of the roles that the viewer holds there. Raises PermissionError."""
    return by.acting_as(*roles, neighbourhood_id=proposal.neighbourhood_id)


def go_on(proposal: Proposal, move: Move, actor: Actor, reason: str = "") -> None:
    """Make the move. Raises what `rules.next_state` refuses with."""
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
    role = Role(proposal.proposer_role)
    return by.as_resident() if role is Role.RESIDENT else acting(by, proposal, (role,))


def tell_proposer(proposal: Proposal) -> None:
    """Let the proposer know that something happened; what it was stands on the page alone."""
    if proposal.proposer is not None:
        outbox.tell(db.session, proposal.proposer, NEWS, path=f"/proposals/{proposal.id}")


def tell(accounts: list[Account], sentence: str, path: str) -> None:
    """Let the holders of a seat know that something waits for them."""
    for account in accounts:
        outbox.tell(db.session, account, sentence, path=path)
