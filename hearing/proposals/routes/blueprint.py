"""The blueprint that all pages of proposals hang on."""

from __future__ import annotations

from flask import Blueprint, abort

from hearing.people.surroundings import speak_for
from hearing.people.viewer import anyone, me
from hearing.proposals import queries
from hearing.proposals.models import Proposal
from hearing.proposals.queries import COMMITTEE_SEATS, DESK

bp = Blueprint("proposals", __name__)


def readable(proposal_id: int) -> Proposal:
    """A case that the reader may see at least in public; the page speaks for its neighbourhood. 404 otherwise."""
    return _spoken_for(queries.case(anyone(), proposal_id))


def in_full(proposal_id: int) -> Proposal:
    """A case that the reader may see in full, or 404."""
    return _spoken_for(queries.full_case(me(), proposal_id))


def own(proposal_id: int) -> Proposal:
    """The reader's own case, or 404."""
    return _spoken_for(queries.own_case(me(), proposal_id))


def at_desk(proposal_id: int) -> Proposal:
    """A case on the reader's desk, or 404."""
    return _spoken_for(queries.desk_case(me(), proposal_id, *DESK))


def of_committee(proposal_id: int) -> Proposal:
    """A case that the reader handles for the committee, or 404."""
    return _spoken_for(queries.desk_case(me(), proposal_id, *COMMITTEE_SEATS))


def _spoken_for(proposal: Proposal | None) -> Proposal:
    if proposal is None:
        abort(404)
    speak_for(proposal.neighbourhood)
    return proposal
