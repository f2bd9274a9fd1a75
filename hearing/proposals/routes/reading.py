"""Reading: one's own proposals, an application with its history, and a plan version."""

from __future__ import annotations

from flask import abort, url_for
from flask.typing import ResponseReturnValue

from hearing.clock import now
from hearing.people.kept import kept
from hearing.people.viewer import anyone, me
from hearing.proposals import queries
from hearing.proposals.routes.blueprint import bp, own, readable
from hearing.proposals.rules import State
from hearing.web.answers import page
from hearing.web.guards import open_to_all, signed_in

WITHDRAWABLE = frozenset(State) - queries.ENDED - {State.DRAFT}


@bp.get("/proposals/")
@signed_in
def mine() -> ResponseReturnValue:
    """我的提案: one's own and one's household's."""
    return page("proposals/mine.html", proposals=queries.mine(me()))


@bp.get("/proposals/<int:proposal_id>")
@signed_in
def application(proposal_id: int) -> ResponseReturnValue:
    """One's own proposal: whose move it is, what was handed in, what was decided, what one can do now."""
    proposal = own(proposal_id)
    decided = queries.screenings(proposal)
    look = queries.second_look(proposal) if any(screening.rejection for screening in decided) else None
    return page(
        "proposals/application.html",
        proposal=proposal,
        application=proposal.applications[-1],
        turn=queries.turn(me(), proposal),
        now=now(),
        screenings=decided,
        look=look,
        may_withdraw=proposal.stands in WITHDRAWABLE,
        may_contest=proposal.plan is not None and not proposal.plan.is_material,
    )


@bp.get("/proposals/<int:proposal_id>/plans/<int:number>")
@open_to_all
@kept
def plan_version(proposal_id: int, number: int) -> ResponseReturnValue:
    """A fixed version, with what it changed."""
    proposal = readable(proposal_id)
    version = next((version for version in proposal.versions if version.number == number), None) or abort(404)
    return page(
        "proposals/plan_version.html",
        proposal=proposal,
        version=version,
        changes=queries.diff(version),
        full=queries.sees_all(anyone(), proposal),
        back_url=url_for("opendata.case", proposal_id=proposal.id),
    )
