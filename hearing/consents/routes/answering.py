"""Answering: one question a page, a check, a receipt. What was begun is kept until it is signed."""

from __future__ import annotations

from flask import url_for
from flask.typing import ResponseReturnValue

from hearing.audit.ledger import keep, perform, then_write
from hearing.clock import now
from hearing.consents import actions, queries, rules
from hearing.consents.forms import CheckForm, QuestionForm, SeenForm, SignForm
from hearing.consents.models import ConsentCollection, ConsentDraft
from hearing.consents.queries import Slip
from hearing.consents.routes.blueprint import bp, chosen, shown, unit_argument
from hearing.people.viewer import me
from hearing.web.answers import go, page
from hearing.web.guards import only_acts, signed_in


@bp.route("/consents/<int:collection_id>/answer", methods=["GET", "POST"])
@signed_in
def answer(collection_id: int) -> ResponseReturnValue:
    """您同意这个方案吗? The plan in a few lines, the answers, the signature."""
    found = shown(collection_id)
    slips = queries.slips_for(me(), found)
    if not slips:
        return not_asked(found)
    slip = chosen(slips, me())
    if slip is None:
        return page("consents/which.html", collection=found, slips=slips, endpoint="consents.answer")
    if not slip.takes_answers(moment := now()):
        return page("consents/cannot.html", collection=found, slip=slip, now=moment)
    draft = queries.draft(me(), slip.unit)
    form = SignForm(found, slip.unit, draft, ask=True)
    unit = unit_argument(slips, slip)
    if form.validate_on_submit():
        if form.wants_to_ask:
            return go(url_for(".ask", collection_id=found.id, unit=unit))
        _keep(slip, form)
        return go(url_for(".check", collection_id=found.id, unit=unit))
    if form.is_submitted() and form.paper.picture is not None:
        # A browser does not send a chosen photo a second time: keep it, so that only what is wrong is asked again.
        form.kept.data = _keep(slip, form).digest
    return page("consents/answer.html", form=form, slip=slip, collection=found)


def _keep(slip: Slip, form: SignForm) -> ConsentDraft:
    said, reason = form.answer.data or "", form.reason.data or ""
    because = reason if said == rules.Answer.OPPOSE else ""
    return keep(
        actions.keep_draft, me(), slip.unit, slip.holder_id, said, form.signed(), seen=form.seen(), reason=because
    )


@bp.route("/consents/<int:collection_id>/answer/check", methods=["GET", "POST"])
@only_acts
@signed_in
def check(collection_id: int) -> ResponseReturnValue:
    """请核对后签署: in her own words, and until when it can be changed."""
    form = CheckForm()
    if form.validate_on_submit():
        # What decides is read under the lock, once; the page is read only for whoever was refused.
        by = me()
        then_write()
        with form.refusals():
            done = perform(actions.sign, by, collection_id, form.draft.data or "")
            return go(url_for("audit.receipt", index=done.index))
    found = shown(collection_id)
    slips = queries.slips_for(me(), found)
    slip = chosen(slips, me()) if slips else None
    if slip is None:
        return go(url_for(".answer", collection_id=found.id))
    unit = unit_argument(slips, slip)
    draft = queries.draft(me(), slip.unit)
    if draft is None or not draft.answer:
        return go(url_for(".mine" if slip.record else ".answer", collection_id=found.id, unit=unit))
    form.draft.data = draft.digest
    return page(
        "consents/check.html",
        form=form,
        slip=slip,
        collection=found,
        draft=draft,
        said=rules.Answer(draft.answer),
        unit=unit,
    )


@bp.route("/consents/<int:collection_id>/withdrawal", methods=["GET", "POST"])
@signed_in
def withdraw(collection_id: int) -> ResponseReturnValue:
    """Ask once more, then take the answer back."""
    found = shown(collection_id)
    slips = queries.slips_for(me(), found)
    slip = chosen(slips, me()) if slips else None
    if slip is None or slip.answer is None:
        return go(url_for(".mine", collection_id=found.id))
    form, moment = SeenForm(slip.unit), now()
    if form.validate_on_submit():
        with form.refusals():
            done = perform(actions.withdraw, me(), slip, seen=form.seen())
            return go(url_for("audit.receipt", index=done.index))
    if not slip.takes_answers(moment):
        return page("consents/cannot.html", collection=found, slip=slip, now=moment)
    return page("consents/withdraw.html", form=form, slip=slip, collection=found, unit=unit_argument(slips, slip))


@bp.route("/consents/<int:collection_id>/question", methods=["GET", "POST"])
@signed_in
def ask(collection_id: int) -> ResponseReturnValue:
    """想先问一问: it is no answer, and somebody calls."""
    found = shown(collection_id)
    slips = queries.slips_for(me(), found)
    if not slips:
        return not_asked(found)
    slip = chosen(slips, me())
    if slip is None:
        return page("consents/which.html", collection=found, slips=slips, endpoint="consents.ask")
    form = QuestionForm()
    if form.validate_on_submit():
        with form.refusals():
            done = perform(actions.ask_first, me(), slip, form.question.data or "")
            return go(url_for("audit.receipt", index=done.index))
    if not slip.takes_answers(moment := now()):
        return page("consents/cannot.html", collection=found, slip=slip, now=moment)
    asked = [question for question in queries.own_questions(me(), slip) if question.answered_at is None]
    return page(
        "consents/ask.html", form=form, slip=slip, collection=found, waiting=asked, unit=unit_argument(slips, slip)
    )


def not_asked(found: ConsentCollection) -> ResponseReturnValue:
    """Kindly: why this person is not asked, and whom to call."""
    lines = queries.lives_there(me(), found)
    handed = queries.handed_over(me(), lines)
    return page("consents/not_asked.html", collection=found, lines=lines, handed=handed)
