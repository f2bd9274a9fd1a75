"""The desk puts in an official result 官方结果, or corrects the one that stands."""

from __future__ import annotations

from flask import url_for
from flask.typing import ResponseReturnValue

from hearing.audit.ledger import perform
from hearing.consents import actions, official, rules
from hearing.consents.forms import OfficialForm
from hearing.consents.routes.blueprint import bp, watched
from hearing.consents.routes.setting_up import CLERKS
from hearing.people.viewer import me
from hearing.web.answers import go, page
from hearing.web.guards import signed_in_as


@bp.route("/desk/consents/<int:collection_id>/official", methods=["GET", "POST"])
@signed_in_as(*CLERKS)
def record_official(collection_id: int) -> ResponseReturnValue:
    """The result of the government's system or of wet ink, with its paper."""
    found, form = watched(collection_id), OfficialForm()
    if form.validate_on_submit():
        with form.refusals():
            done = perform(
                actions.record_official,
                me(),
                found,
                form.result(),
                form.document.picture,
                seen=form.seen_number(),
                reason=form.reason.data or "",
            )
            return go(url_for("audit.receipt", index=done.index))
    elif not form.is_submitted():
        form.fill(official.standing(found))
    results = official.all_of(found)
    return page(
        "consents/official.html",
        collection=found,
        form=form,
        results=results,
        takes=found.stands in rules.RECORDED_IN,
    )
