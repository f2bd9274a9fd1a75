"""On site 现场签名: a member of staff chooses the household, hands over the tablet, and the person signs herself."""

from __future__ import annotations

from flask import url_for
from flask.typing import ResponseReturnValue

from hearing.audit.ledger import keep, perform
from hearing.clock import now
from hearing.consents import actions, queries, rules
from hearing.consents.facts import Answered
from hearing.consents.forms import CheckForm, OnSiteForm, kept_signature
from hearing.consents.models import ConsentDraft, ConsentUnit
from hearing.consents.routes.blueprint import bp, watched, watched_unit
from hearing.people.rules import FIELD_STAFF
from hearing.people.viewer import me
from hearing.refusal import Refused
from hearing.web.answers import go, page
from hearing.web.guards import signed_in_as

FIELD = tuple(sorted(FIELD_STAFF))


@bp.get("/desk/consents/<int:collection_id>/on-site")
@signed_in_as(*FIELD)
def on_site(collection_id: int) -> ResponseReturnValue:
    """Choose the household that is at the table."""
    found = watched(collection_id)
    return page("consents/on_site.html", collection=found, units=queries.roll_lines(found), now=now())


@bp.route("/desk/consents/<int:collection_id>/on-site/<int:unit_id>", methods=["GET", "POST"])
@signed_in_as(*FIELD)
def sign_on_site(collection_id: int, unit_id: int) -> ResponseReturnValue:
    """The same question as on one's own phone, with who assists said on top."""
    unit = watched_unit(collection_id, unit_id)
    draft = queries.draft(me(), unit)
    form = OnSiteForm(unit.collection, unit, draft)
    if form.validate_on_submit():
        _keep(unit, form)
        return go(url_for(".check_on_site", collection_id=collection_id, unit_id=unit_id))
    if form.is_submitted() and form.paper.picture is not None and form.holder.data:
        form.kept.data = _keep(unit, form).digest
    return page("consents/sign_on_site.html", form=form, unit=unit, collection=unit.collection)


def _keep(unit: ConsentUnit, form: OnSiteForm) -> ConsentDraft:
    said, reason = form.answer.data or "", form.reason.data or ""
    because = reason if said == rules.Answer.OPPOSE else ""
    holder = int(form.holder.data)
    return keep(actions.keep_draft, me(), unit, holder, said, form.signed(), seen=form.seen(), reason=because)


@bp.route("/desk/consents/<int:collection_id>/on-site/<int:unit_id>/check", methods=["GET", "POST"])
@signed_in_as(*FIELD)
def check_on_site(collection_id: int, unit_id: int) -> ResponseReturnValue:
    """The person reads once more what she is about to sign."""
    unit = watched_unit(collection_id, unit_id)
    draft, form = queries.draft(me(), unit), CheckForm()
    if draft is None or not draft.answer:
        return go(url_for(".on_site", collection_id=collection_id))
    if form.validate_on_submit():
        with form.refusals():
            done = perform(_sign, unit, draft, form.draft.data or "")
            return go(url_for("audit.receipt", index=done.index))
    form.draft.data = draft.digest
    return page(
        "consents/check_on_site.html",
        form=form,
        unit=unit,
        collection=unit.collection,
        draft=draft,
        said=rules.Answer(draft.answer),
        name=next(share.holder.name for share in unit.holders if share.holder_id == draft.holder_id),
    )


def _sign(unit: ConsentUnit, draft: ConsentDraft, shown_digest: str) -> Answered:
    if draft.digest != shown_digest:
        raise Refused(rules.Refusal.DRAFT_CHANGED)
    return actions.answer_on_site(
        me(),
        unit,
        draft.holder_id,
        rules.Answer(draft.answer),
        kept_signature(draft),
        seen=actions.Seen(draft.plan_hash, draft.turn),
        reason=draft.reason,
    )
