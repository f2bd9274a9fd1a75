"""The blueprint of works, and what its pages share."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, abort

from hearing.notices.rules import beijing_day
from hearing.people.surroundings import moment, speak_for
from hearing.people.viewer import me
from hearing.proposals.models import Proposal
from hearing.works import queries, rules

bp = Blueprint("works", __name__)

bp.add_app_template_global(queries.is_lift, "is_lift")

RECORDERS = tuple(sorted(rules.RECORDERS))


def today() -> date:
    """The day in Beijing on which this page is read."""
    return beijing_day(moment())


def lift_for_staff(proposal_id: int) -> Proposal:
    """The lift's case, or 404 for whoever does not enter what happens to it."""
    found = queries.for_staff(me(), proposal_id) or abort(404)
    speak_for(found.neighbourhood)
    return found
