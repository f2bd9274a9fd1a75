"""Pages of concerns: in numbers for everybody, one's own for its author, the whole of it for those who answer."""

from __future__ import annotations

from flask import Blueprint, abort, flash, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hearing.audit.ledger import perform
from hearing.clock import now
from hearing.concerns import actions, queries
from hearing.concerns.forms import (
    SETTLED,
    AnswerForm,
    ConcernForm,
    ReferralForm,
    ToldConcernForm,
    ToldWordForm,
    WordForm,
)
from hearing.concerns.models import Concern
from hearing.concerns.rules import NAMED_SEATS, RAISED_IN, Refusal
from hearing.notices import queries as notices
from hearing.people.kept import kept
from hearing.people.rules import COMMITTEE, FIELD_STAFF, Role
from hearing.people.surroundings import speak_for
from hearing.people.viewer import Anyone, anyone, me
from hearing.proposals import queries as proposals
from hearing.proposals.models import Proposal
from hearing.refusal import Refused
from hearing.web.answers import go, page
from hearing.web.guards import open_to_all, signed_in, signed_in_as

bp = Blueprint("concerns", __name__)

ANSWERERS = tuple(sorted(FIELD_STAFF | NAMED_SEATS))


@bp.app_template_global("may_raise_concern")
def may_raise(viewer: Anyone, proposal: Proposal) -> bool:
    """Whether the reader may say what she fears: she lives there, or may once she has signed in."""
    if proposal.stands not in RAISED_IN:
        return False
    return not viewer.is_authenticated or viewer.holds(Role.RESIDENT, neighbourhood_id=proposal.neighbourhood_id)


@bp.get("/proposals/<int:proposal_id>/concerns")
@open_to_all
@kept
def listed(proposal_id: int) -> ResponseReturnValue:
    """The concerns of a case: how many of which kind, and where they stand; never whose."""
    proposal = _public(proposal_id)
    viewer = anyone()
    writes = proposal.stands in RAISED_IN and queries.runs(viewer, proposal.neighbourhood_id)
    concerns = queries.summary(viewer, proposal.id)
    return page("concerns/listed.html", proposal=proposal, concerns=concerns, writes=writes)


@bp.route("/proposals/<int:proposal_id>/concerns/new", methods=["GET", "POST"])
@signed_in
def write(proposal_id: int) -> ResponseReturnValue:
    """我有顾虑: what one fears, of which kind, with a photo."""
    proposal, form = _public(proposal_id), ConcernForm()
    if not me().holds(Role.RESIDENT, neighbourhood_id=proposal.neighbourhood_id):
        abort(403)
    if form.validate_on_submit():
        with form.refusals():
            done = perform(
                actions.raise_concern, me(), proposal, form.topic(), form.text.data or "", form.photo.picture
            )
            return go(url_for("audit.receipt", index=done.index))
    return page("concerns/write.html", proposal=proposal, form=form)


@bp.route("/concerns/<int:concern_id>", methods=["GET", "POST"])
@signed_in
def own(concern_id: int) -> ResponseReturnValue:
    """One's own concern: what was answered; say whether it is settled."""
    found, form = queries.own(me(), concern_id) or abort(404), WordForm()
    speak_for(found.neighbourhood)
    if form.validate_on_submit():
        with form.refusals():
            settled = form.word.data == SETTLED
            done = perform(actions.say, me(), found, settled=settled, text=form.text.data or "")
            return go(url_for("audit.receipt", index=done.index))
    return page("concerns/own.html", concern=found, form=form)


@bp.route("/concerns/<int:concern_id>/answer", methods=["GET", "POST"])
@signed_in_as(*ANSWERERS)
def answer(concern_id: int) -> ResponseReturnValue:
    """Answer a concern from the desk, or because one was named for it."""
    found, form = queries.to_answer(me(), concern_id) or abort(404), AnswerForm()
    speak_for(found.neighbourhood)
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.answer, me(), found, form.answer())
            flash(gettext("答复已记下，提出的人会收到通知。"), "success")
            return go(url_for(".desk_concern", concern_id=found.id) if _at_desk(found) else url_for(".desk"))
    return page("concerns/answer.html", concern=found, form=form, at_desk=_at_desk(found))


@bp.get("/desk/concerns")
@signed_in_as(*ANSWERERS)
def desk() -> ResponseReturnValue:
    """The concerns that wait for one's desk, or for oneself by name."""
    return page("concerns/desk.html", concerns=queries.desk(me()), runs=queries.runs, now=now())


@bp.get("/desk/concerns/<int:concern_id>")
@signed_in_as(*sorted(FIELD_STAFF))
def desk_concern(concern_id: int) -> ResponseReturnValue:
    """One concern with its household: answer it, name somebody, call a meeting."""
    found = _for_staff(concern_id)
    leads = me().holds(*COMMITTEE, neighbourhood_id=found.neighbourhood_id)
    return page("concerns/concern.html", concern=found, leads=leads, now=now())


@bp.route("/desk/concerns/<int:concern_id>/referral", methods=["GET", "POST"])
@signed_in_as(*sorted(COMMITTEE))
def refer(concern_id: int) -> ResponseReturnValue:
    """Name somebody to answer."""
    found = _for_staff(concern_id)
    form = ReferralForm().offer(queries.nameable(found))
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.name_answerer, me(), found, form.chosen())
            flash(gettext("已经发出，对方会收到通知。"), "success")
            return go(url_for(".desk_concern", concern_id=found.id))
    return page("concerns/refer.html", concern=found, form=form)


@bp.route("/desk/cases/<int:proposal_id>/concerns/new", methods=["GET", "POST"])
@signed_in_as(*sorted(FIELD_STAFF))
def write_down(proposal_id: int) -> ResponseReturnValue:
    """代记顾虑: what a household told on paper, by telephone or in person."""
    proposal, form = _public(proposal_id), ToldConcernForm()
    if not queries.runs(me(), proposal.neighbourhood_id):
        abort(404)
    if form.validate_on_submit():
        with form.refusals():
            unit = notices.unit_at(proposal.neighbourhood_id, form.door.data or "")
            if unit is None:
                raise Refused(Refusal.CONCERN_DOOR_UNKNOWN)
            text = form.text.data or ""
            done = perform(actions.write_down, me(), proposal, unit, form.topic(), text, form.telling())
            flash(gettext("已代记。有了答复，请照原来的方式告诉这一户。"), "success")
            return go(url_for(".desk_concern", concern_id=int(done.fact.subject.removeprefix("concern/"))))
    return page("concerns/write_down.html", proposal=proposal, form=form)


@bp.route("/desk/concerns/<int:concern_id>/word", methods=["GET", "POST"])
@signed_in_as(*sorted(FIELD_STAFF))
def word(concern_id: int) -> ResponseReturnValue:
    """代记本人的话: whether the household says that what was written down for it is settled."""
    found, form = _for_staff(concern_id), ToldWordForm()
    if form.validate_on_submit():
        with form.refusals():
            settled, text = form.word.data == SETTLED, form.text.data or ""
            perform(actions.write_word_down, me(), found, settled=settled, text=text, told=form.telling())
            flash(gettext("已代记。"), "success")
            return go(url_for(".desk_concern", concern_id=found.id))
    return page("concerns/word.html", concern=found, form=form)


def _public(proposal_id: int) -> Proposal:
    proposal = proposals.case(anyone(), proposal_id)
    if proposal is None or not proposal.is_public:
        abort(404)
    speak_for(proposal.neighbourhood)
    return proposal


def _for_staff(concern_id: int) -> Concern:
    found = queries.for_staff(me(), concern_id) or abort(404)
    speak_for(found.neighbourhood)
    return found


def _at_desk(concern: Concern) -> bool:
    return queries.runs(me(), concern.neighbourhood_id)
