"""Reading 录入: slips one after the other out of a queue, beside their photos; twice blind, a third time to decide."""

from __future__ import annotations

from flask import abort, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hearing.audit.ledger import perform
from hearing.consents import actions, queries, rules, speaking
from hearing.consents import slips as stock
from hearing.consents.forms import CodeForm, ReadingForm
from hearing.consents.models import RECORDED, VOID, PaperSlip
from hearing.consents.routes.blueprint import bp, watched
from hearing.consents.routes.paper import found_slip
from hearing.consents.routes.setting_up import WATCHERS
from hearing.consents.slips import Queue
from hearing.people.queries import accounts_of_person
from hearing.people.rules import COMMITTEE, Role
from hearing.people.viewer import me
from hearing.web.answers import go, page
from hearing.web.guards import signed_in_as
from hearing.web.numbers import asked_number

DECIDERS = COMMITTEE | {Role.SCRUTINEER}
"""Who decides where two readings differ."""


@bp.route("/desk/slips", methods=["GET", "POST"])
@signed_in_as(*WATCHERS)
def find_slip() -> ResponseReturnValue:
    """Type or scan the code of a slip that came in."""
    form = CodeForm()
    if form.validate_on_submit():
        with form.refusals():
            return go(url_for(".read_slip", slip_id=queries.paper_slip(me(), form.code.data or "").id))
    return page("consents/find_slip.html", form=form)


@bp.get("/desk/consents/<int:collection_id>/slips/queue/<queue>")
@signed_in_as(*WATCHERS)
def slip_queue(collection_id: int, queue: str) -> ResponseReturnValue:
    """The next slip of a queue that the reader may read; when there is none, back to the slips."""
    found = watched(collection_id)
    skipped = asked_number("after")
    return go(_next(found.id, _queue(queue), skipped, saved=False))


def _queue(name: str) -> Queue:
    return Queue(name) if name in set(Queue) else abort(404)


def _next(collection_id: int, queue: Queue, after: int, *, saved: bool) -> str:
    """Where the reader goes on, and how many are left: said in a message that the next page shows."""
    slip_id, left = stock.next_in(me(), collection_id, queue, after=after)
    if saved:
        flash(gettext("已存，还剩 %(n)d 张。", n=left) if left else gettext("已存，这一列录完了。"), "success")
    elif slip_id is None:
        flash(gettext("这一列没有您能录的了。"), "info")
    if slip_id is None:
        return url_for(".slips", collection_id=collection_id)
    return url_for(".read_slip", slip_id=slip_id, queue=queue.value)


@bp.route("/desk/slips/<int:slip_id>", methods=["GET", "POST"])
@signed_in_as(*WATCHERS)
def read_slip(slip_id: int) -> ResponseReturnValue:
    """Read a slip in: the first beside its photo, the second from the photo and blind, the third to decide."""
    slip = found_slip(slip_id)
    queue = _queue(request.args["queue"]) if "queue" in request.args else None
    time, readers = len(slip.entries) + 1, {entry.read_by for entry in slip.entries}
    if slip.state in (RECORDED, VOID) or readers & accounts_of_person(me().account):
        return page("consents/slip.html", slip=slip, collection=slip.collection, mine=me().id in readers, queue=queue)
    decides = time == 3 and me().holds(*DECIDERS, neighbourhood_id=slip.collection.neighbourhood_id)
    if time == 3 and not decides:
        return page("consents/slip.html", slip=slip, collection=slip.collection, mine=False, queue=queue)
    standing = speaking.usable(slip.consent_unit_id)
    form = ReadingForm(slip, standing, slip.entries if decides else ())
    if form.validate_on_submit():
        with form.refusals():
            done = perform(actions.read_slip, me(), slip, form.reading(), form.original())
            if queue is None:
                return go(url_for("audit.receipt", index=done.index))
            return go(_next(slip.collection_id, queue, slip_id, saved=True))
    return page(
        "consents/read_slip.html",
        slip=slip,
        collection=slip.collection,
        form=form,
        time=time,
        mandates=standing,
        readings=_side_by_side(slip) if decides else [],
        photo=stock.photo_of(slip) if slip.photo_id and time == 1 else None,
        queue=queue,
    )


def _side_by_side(slip: PaperSlip) -> list[tuple[str, str, str, bool]]:
    """What the two read, field by field: its name, the first, the second, and whether they differ."""
    first, second = slip.entries[0], slip.entries[1]
    unlike = rules.differences(first.as_rule(), second.as_rule())
    names = {str(share.holder_id): share.holder.name for share in slip.unit.holders}
    agents = {str(each.id): each.agent_name for each in speaking.usable(slip.consent_unit_id)}

    def words(entry: rules.SlipEntry) -> dict[str, str]:
        return {
            "holders": gettext("、").join(names.get(holder, gettext("原表态人")) for holder in entry.holders),
            "answer": gettext(rules.ANSWER_LABELS[entry.answer]) if entry.answer else gettext("撤回以前的表态"),
            "signed_on": entry.signed_on.isoformat(),
            "mandate": agents.get(entry.mandate, gettext("代理人")) if entry.mandate else gettext("本人"),
        }

    titles = {
        "holders": gettext("谁签了名"),
        "answer": gettext("勾了哪一项"),
        "signed_on": gettext("签名日期"),
        "mandate": gettext("谁的笔迹"),
    }
    left, right = words(first.as_rule()), words(second.as_rule())
    return [(title, left[name], right[name], name in unlike) for name, title in titles.items()]
