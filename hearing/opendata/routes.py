"""The open pages: home, cases, one case."""

from __future__ import annotations

from flask import Blueprint, abort, url_for
from flask.typing import ResponseReturnValue

from hearing.audit import routes as audit
from hearing.audit.fact import Band
from hearing.ballots import queries as ballots
from hearing.concerns import queries as concerns
from hearing.consents import queries as consents
from hearing.meetings import queries as meetings
from hearing.notices.rules import beijing_day
from hearing.opendata import queries
from hearing.people.kept import kept
from hearing.people.surroundings import here, moment, speak_for
from hearing.people.viewer import Viewer, anyone
from hearing.places.models import Neighbourhood
from hearing.proposals import queries as proposals
from hearing.web.answers import page
from hearing.web.filters import short_day
from hearing.web.guards import open_to_all
from hearing.works import queries as works

bp = Blueprint("opendata", __name__)

TASKS_SHOWN = 3
POLLS_SHOWN = 3
MEETINGS_SHOWN = 3


@bp.get("/")
@open_to_all
@kept
def home() -> ResponseReturnValue:
    """What waits for me, what is under way, what has been decided."""
    place = here()
    if place is None:
        return page("opendata/places.html", neighbourhoods=queries.neighbourhoods())
    return _square(place)


@bp.get("/n/<slug>")
@open_to_all
@kept
def square(slug: str) -> ResponseReturnValue:
    """The same for one neighbourhood, whoever looks."""
    place = queries.neighbourhood(slug) or abort(404)
    speak_for(place)
    return _square(place)


def _square(place: Neighbourhood) -> ResponseReturnValue:
    viewer = anyone()
    waiting = consents.waiting_for(viewer) if isinstance(viewer, Viewer) and viewer.holder_ids else []
    cases = queries.cases(place.id)
    return page(
        "opendata/home.html",
        waiting=waiting[:TASKS_SHOWN],
        meetings=meetings.coming(place.id, MEETINGS_SHOWN),
        polls=ballots.listed(place.id)[:POLLS_SHOWN],
        now=moment(),
        under_way=[case for case in cases if case.state in queries.UNDER_WAY],
        decided=[case for case in cases if case.state not in queries.UNDER_WAY],
    )


@bp.get("/cases/<int:proposal_id>")
@open_to_all
@kept
def case(proposal_id: int) -> ResponseReturnValue:
    """One case: whose move it is, how far, what happened, what I can do."""
    viewer = anyone()
    proposal = proposals.case(viewer, proposal_id) or abort(404)
    speak_for(proposal.neighbourhood)
    collections = consents.of_proposal(proposal.id)
    told = queries.entries(proposal)
    lift = works.told(proposal, told) if proposal.is_public else None
    bands = queries.story(proposal, told, short_day)
    held = meetings.of_proposal(proposal.id) if queries.meets(told) else []
    return page(
        "opendata/case.html",
        proposal=proposal,
        turn=(lift and works.turn(viewer, proposal, lift))
        or meetings.turn(proposal, held)
        or proposals.turn(viewer, proposal),
        meetings=held,
        lift=lift,
        today=beijing_day(moment()),
        collections=consents.standing(collections),
        mine=consents.to_answer(viewer, consents.standing(collections)),
        concerns=concerns.told(viewer, told) if proposal.is_public else None,
        before=bands[Band.BEFORE],
        during=bands[Band.DURING],
        after=bands[Band.AFTER],
        now=moment(),
    )


audit.leads_to("proposal", lambda number: url_for("opendata.case", proposal_id=number))
