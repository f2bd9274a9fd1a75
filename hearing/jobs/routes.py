"""How far a job is: a page that also works without JavaScript, and the way to try again."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request, url_for
from flask.typing import ResponseReturnValue

from hearing.audit.ledger import keep
from hearing.jobs import actions, kinds, queries, rules
from hearing.people.viewer import me
from hearing.web.answers import go, page
from hearing.web.forms import Form
from hearing.web.guards import signed_in
from hearing.web.htmx import htmx
from hearing.web.sentences import known as sentences

bp = Blueprint("jobs", __name__)


@bp.get("/jobs/<int:job_id>")
@signed_in
def job(job_id: int) -> ResponseReturnValue:
    """How far it is. A page that knows that already, and asks again, is told nothing."""
    found = queries.job(me(), job_id) or abort(404)
    if htmx.wants_fragment and request.args.get("seen") == found.mark:
        return Response(status=204)
    kind = kinds.known[found.kind]
    if found.stands is rules.State.DONE and not htmx.wants_fragment:
        return go(kind.leads_to(found))
    words = {str(refusal): sentence for refusal, sentence in sentences().items()}.get(found.failure)
    return page(
        "jobs/job.html",
        fragment="jobs/_progress.html",
        job=found,
        kind=kind,
        back_url=kind.leads_to(found),
        failure=words,
        tries=rules.TRIES,
    )


@bp.post("/jobs/<int:job_id>/again")
@signed_in
def again(job_id: int) -> ResponseReturnValue:
    """Try once more what failed."""
    found = queries.job(me(), job_id) or abort(404)
    form = Form()
    if form.validate_on_submit():
        with form.refusals():
            keep(actions.again, found)
    return go(url_for(".job", job_id=job_id))
