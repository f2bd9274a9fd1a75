"""Denying 否认: a household for which staff applied says that it did not; the application rests until it is checked."""

from __future__ import annotations

from hearing.clock import now
from hearing.proposals.actions.moving import lock
from hearing.proposals.models import Proposal
from hearing.proposals.rules import State

_STILL_AN_APPLICATION = frozenset({State.SUBMITTED, State.SCREENING, State.RETURNED, State.DELIBERATING})
"""Later there is a plan, and other households have their part in it: one household cannot stop that alone."""


def set_aside_within(proposal: Proposal) -> None:
    """Let nothing move while it is still an application; afterwards the denial is checked and the case goes on."""
    lock(proposal)
    if proposal.stands in _STILL_AN_APPLICATION:
        proposal.denied_at = now()


def settle_denied_within(proposal: Proposal, *, genuine: bool) -> None:
    """The check is over: the application goes on, or it was nobody's and counts as taken back."""
    lock(proposal)
    rested, proposal.denied_at = proposal.denied_at is not None, None
    if rested and not genuine and proposal.stands in _STILL_AN_APPLICATION:
        proposal.state, proposal.since = State.WITHDRAWN, now()
