"""The desk moves a collection on: one page a step, each says what will happen, none can be pressed by mistake."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import abort, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from hearing.audit.fact import Fact
from hearing.audit.ledger import perform
from hearing.clock import now
from hearing.consents import actions, queries, rules
from hearing.consents.forms import ConfirmForm, ExtendForm, ReasonForm
from hearing.consents.models import ConsentCollection
from hearing.consents.overview import Overview
from hearing.consents.routes.blueprint import bp, watched
from hearing.consents.routes.setting_up import CLERKS, WATCHERS
from hearing.notices import queries as notices
from hearing.people.surroundings import speak_for
from hearing.people.viewer import Viewer, me
from hearing.web.answers import go, page
from hearing.web.forms import Form
from hearing.web.guards import signed_in_as


@bp.get("/desk/consents/<int:collection_id>")
@signed_in_as(*WATCHERS)
def desk_collection(collection_id: int) -> ResponseReturnValue:
    """One collection at the desk: where it stands, what is to be done next, how far it is."""
    found = queries.counted_for_staff(me(), collection_id) or abort(404)
    speak_for(found.neighbourhood)
    return page(
        "consents/desk_collection.html",
        collection=found,
        it=Overview(found, now()),
        open_work=queries.open_work(found),
        moves=queries.is_committee(me(), found),
    )


@dataclass(frozen=True)
class Step:
    """A move that takes one button: what the page says, and the act."""

    title: Any
    text: Any
    button: Any
    act: Callable[[Viewer, ConsentCollection], Fact]
    state: rules.CollectionState


STEPS = {
    "show-roll": Step(
        _l("公布名册"),
        _l("系统按户册列出要征询的每一户，各户会收到短信，可以看到自己的一行并提出更正。设定从现在起不能再改。"),
        _l("公布名册"),
        actions.show_roll,
        rules.CollectionState.DRAFT,
    ),
    "freeze": Step(
        _l("定名册，开始征询"),
        _l("名册从现在起固定，各户开始表态；同时贴出征询公告，各户会收到短信。"),
        _l("定名册并开始"),
        actions.freeze_roll,
        rules.CollectionState.ROLL_OPEN,
    ),
    "publish": Step(
        _l("公布初步结果"),
        _l("按规则计票，贴出初步结果公示。公示期里各户可以提异议。"),
        _l("公布初步结果"),
        actions.publish_provisional,
        rules.CollectionState.GRACE,
    ),
    "finish": Step(
        _l("结果生效"),
        _l("公示期满、异议都有了处理、居委会和监票人都确认以后，结果生效并公告。"),
        _l("结果生效"),
        actions.finish,
        rules.CollectionState.PROVISIONAL,
    ),
}


@bp.route("/desk/consents/<int:collection_id>/<any('show-roll', freeze, publish):step>", methods=["GET", "POST"])
@signed_in_as(*CLERKS)
def move(collection_id: int, step: str) -> ResponseReturnValue:
    """Ask once more, then take the step."""
    return _step(collection_id, STEPS[step])


@bp.route("/desk/consents/<int:collection_id>/finish", methods=["GET", "POST"])
@signed_in_as(*WATCHERS)
def finish(collection_id: int) -> ResponseReturnValue:
    """The same for the last step, which the scrutineer may take too."""
    return _step(collection_id, STEPS["finish"])


def _step(collection_id: int, step: Step) -> ResponseReturnValue:
    found = queries.counted_for_staff(me(), collection_id) or abort(404)
    speak_for(found.neighbourhood)
    form = Form()
    if form.validate_on_submit():
        with form.refusals():
            done = perform(step.act, me(), found)
            return go(url_for("audit.receipt", index=done.index))
    return page("consents/move.html", collection=found, step=step, form=form, it=Overview(found, now()))


@bp.route("/desk/consents/<int:collection_id>/extend", methods=["GET", "POST"])
@signed_in_as(*CLERKS)
def extend(collection_id: int) -> ResponseReturnValue:
    """Make the window longer, once."""
    found, form = watched(collection_id), ExtendForm()
    if form.validate_on_submit():
        with form.refusals():
            done = perform(actions.extend, me(), found, form.closes, form.reason.data or "")
            return go(url_for("audit.receipt", index=done.index))
    return page("consents/extend.html", collection=found, form=form)


@bp.route("/desk/consents/<int:collection_id>/confirmation", methods=["GET", "POST"])
@signed_in_as(*WATCHERS)
def confirm(collection_id: int) -> ResponseReturnValue:
    """Confirm the count that is shown: one of the committee, and the scrutineer."""
    found = queries.counted_for_staff(me(), collection_id) or abort(404)
    speak_for(found.neighbourhood)
    it, form = Overview(found, now()), ConfirmForm()
    if form.validate_on_submit():
        with form.refusals():
            done = perform(actions.confirm_result, me(), found, form.count.data or "")
            return go(url_for("audit.receipt", index=done.index))
    form.count.data = rules.count_hash(found.tally())
    confirmed = [each for each in found.confirmations if each.count_hash == form.count.data]
    return page(
        "consents/confirm.html",
        collection=found,
        it=it,
        form=form,
        confirmed=confirmed,
        objections=notices.objections_of(found.subject),
        names=queries.people_named({each.account_id for each in confirmed}),
    )


@bp.route("/desk/consents/<int:collection_id>/void", methods=["GET", "POST"])
@signed_in_as(*CLERKS)
def void(collection_id: int) -> ResponseReturnValue:
    """Declare the collection void, with a reason that everybody reads."""
    found, form = watched(collection_id), ReasonForm()
    if form.validate_on_submit():
        with form.refusals():
            done = perform(actions.void, me(), found, form.reason.data or "")
            return go(url_for("audit.receipt", index=done.index))
    return page("consents/void.html", collection=found, form=form)
