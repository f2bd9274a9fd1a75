"""Pages of the case file: the public edition for everybody, the full one for those who say what it is for."""

from __future__ import annotations

from flask import Blueprint, Response, abort, send_file, url_for
from flask.typing import ResponseReturnValue

from hearing.audit.ledger import perform
from hearing.audit.routes import publisher
from hearing.casefile import actions, making, queries, rules, shelf
from hearing.casefile.forms import CaseFileForm
from hearing.casefile.models import CaseFile
from hearing.casefile.rules import ASKERS, READERS, Edition
from hearing.consents.rules import LEGAL_NOTE
from hearing.jobs import queries as jobs
from hearing.people.surroundings import moment, speak_for
from hearing.people.viewer import anyone, me
from hearing.proposals.models import Proposal
from hearing.web.answers import go, page
from hearing.web.guards import open_to_all, signed_in_as

bp = Blueprint("casefile", __name__)

_ASKERS = tuple(sorted(ASKERS))
_FULL = tuple(sorted(READERS[Edition.FULL]))

making.register()


@bp.get("/cases/<int:proposal_id>/file")
@open_to_all
def public(proposal_id: int) -> ResponseReturnValue:
    """What the case file is, the public copy, and how to check it without us."""
    proposal = _public(proposal_id)
    found = queries.here(proposal.id, Edition.PUBLIC)
    return page(
        "casefile/public.html",
        proposal=proposal,
        found=found,
        grown=found is not None and queries.grown_since(found),
        vkey=str(publisher().vkey),
        legal_note=LEGAL_NOTE,
        desk_url=_desk_url(proposal),
    )


@bp.get("/cases/<int:proposal_id>/file.zip")
@open_to_all
def public_zip(proposal_id: int) -> Response:
    """The public copy."""
    proposal = _public(proposal_id)
    found = queries.here(proposal.id, Edition.PUBLIC) or abort(404)
    return _sent(found, f"case-{proposal.id}-public.zip", "public, max-age=60")


@bp.route("/desk/cases/<int:proposal_id>/file", methods=["GET", "POST"])
@signed_in_as(*_ASKERS)
def desk(proposal_id: int) -> ResponseReturnValue:
    """Ask for a case file, see who asked, take the copy that lies there."""
    proposal = queries.case_for_staff(me(), proposal_id) or abort(404)
    speak_for(proposal.neighbourhood)
    form = CaseFileForm()
    if form.validate_on_submit():
        with form.refusals():
            edition = form.chosen()
            perform(actions.ask, me(), proposal, edition, form.purpose.data or "")
            job = jobs.last(queries.key(proposal_id, edition)) or abort(404)
            return go(url_for("jobs.job", job_id=job.id))
    return _desk(proposal, form)


def _desk(proposal: Proposal, form: CaseFileForm) -> ResponseReturnValue:
    made = queries.made(proposal.id)
    return page(
        "casefile/desk.html",
        proposal=proposal,
        form=form,
        made=made,
        asked=queries.asked(proposal.id),
        running=queries.running(proposal.id),
        may_fetch=me().holds(*READERS[Edition.FULL], neighbourhood_id=proposal.neighbourhood_id)
        and queries.asked_at(me(), proposal.id) is not None,
        days=rules.FULL_KEPT.days,
        now=moment(),
        legal_note=LEGAL_NOTE,
    )


@bp.post("/desk/case-files/<int:file_id>")
@signed_in_as(*_FULL)
def fetch(file_id: int) -> ResponseReturnValue:
    """Note down that she takes the full copy, then hand it over."""
    found = queries.file_for_staff(me(), file_id) or abort(404)
    form, taken = CaseFileForm(formdata=None), False
    with form.refusals():
        perform(actions.fetch, me(), found)
        taken = True
    return go(url_for(".full_zip", file_id=file_id)) if taken else _desk(found.proposal, form)


@bp.get("/desk/case-files/<int:file_id>.zip")
@signed_in_as(*_FULL)
def full_zip(file_id: int) -> ResponseReturnValue:
    """The full copy, for whoever has just been noted down as taking it."""
    found = queries.file_for_staff(me(), file_id) or abort(404)
    if found.gone_at is not None or not queries.has_fetched(me(), found):
        return go(url_for(".desk", proposal_id=found.proposal_id))
    return _sent(found, f"case-{found.proposal_id}-full.zip", "no-store")


def _public(proposal_id: int) -> Proposal:
    proposal = queries.public_case(proposal_id) or abort(404)
    speak_for(proposal.neighbourhood)
    return proposal


def _desk_url(proposal: Proposal) -> str | None:
    if anyone().holds(*ASKERS, neighbourhood_id=proposal.neighbourhood_id):
        return url_for(".desk", proposal_id=proposal.id)
    return None


def _sent(found: CaseFile, name: str, cache: str) -> Response:
    file = shelf.path(found.sha256)
    if not file.is_file():
        abort(404)
    answer = send_file(file, mimetype="application/zip", as_attachment=True, download_name=name, conditional=True)
    answer.headers["Cache-Control"] = cache
    return answer
