"""我的签名记录, and the desk where denied acts are checked."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, url_for
from flask.typing import ResponseReturnValue

from hearing.audit.ledger import perform
from hearing.audit.routes import leads_to, public_sentence, reading_of
from hearing.denials import actions, queries
from hearing.denials.forms import DenyForm, FindingForm
from hearing.denials.queries import CHECKERS, Line
from hearing.denials.rules import Sort
from hearing.people.queries import door_of
from hearing.people.rules import ROLE_LABELS, Role
from hearing.people.surroundings import moment, speak_for
from hearing.people.viewer import me
from hearing.web.answers import go, page
from hearing.web.guards import signed_in, signed_in_as

bp = Blueprint("denials", __name__)
leads_to("denial", lambda number: url_for("denials.check", denial_id=number))


@bp.get("/me/receipts")
@signed_in
def own() -> ResponseReturnValue:
    """我的签名记录: every act in one's own or one's household's name, newest first, each with its receipt."""
    lines = queries.lines_of(me())
    disputable = queries.disputable_records(me(), [line.told for line in lines])
    return page("denials/own.html", rows=[_row(line, disputable) for line in lines])


def _row(line: Line, disputable: frozenset[tuple[str, object]]) -> dict[str, Any]:
    """One line of the list: what was done, by whom, its receipt, and the button that denies it."""
    it, told = reading_of(line.told, line.units, line.whole), line.told
    deny = None
    if line.sort is Sort.CONSENT and (told.subject, told.pub.get("record")) in disputable:
        collection = told.subject.partition("/")[2]
        deny = url_for("consents.dispute", collection_id=int(collection), number=told.pub["record"])
    elif line.sort is not None and line.sort is not Sort.CONSENT and line.denial is None:
        deny = url_for(".deny", index=told.index)
    return {
        "told": told,
        "sentence": it.sentence,
        "own": line.own,
        "staff": None if told.role == Role.RESIDENT or line.own else ROLE_LABELS.get(Role(told.role)),
        "deny": deny,
        "denial": line.denial,
    }


@bp.route("/me/receipts/<int:index>/deny", methods=["GET", "POST"])
@signed_in
def deny(index: int) -> ResponseReturnValue:
    """这不是我签的, for everything but answers, which are denied at their collection."""
    line = queries.line_of(me(), index)
    if line is None or line.sort is None or line.sort is Sort.CONSENT:
        abort(404)
    form = DenyForm()
    if form.validate_on_submit():
        with form.refusals():
            done = perform(actions.deny, me(), line, form.reason.data or "")
            return go(url_for("audit.receipt", index=done.index))
    it = reading_of(line.told, line.units, line.whole)
    return page("denials/deny.html", form=form, told=line.told, sentence=it.sentence, denial=line.denial)


@bp.get("/desk/denials")
@signed_in_as(*sorted(CHECKERS))
def waiting() -> ResponseReturnValue:
    """What households say they did not do, and what waits for a second finding."""
    rows = [(denial, door_of(denial.unit), len(denial.checks)) for denial in queries.open_denials(me())]
    return page("denials/waiting.html", rows=rows, now=moment())


@bp.route("/desk/denials/<int:denial_id>", methods=["GET", "POST"])
@signed_in_as(*sorted(CHECKERS))
def check(denial_id: int) -> ResponseReturnValue:
    """Say what a check found."""
    denial = queries.denial(me(), denial_id) or abort(404)
    speak_for(denial.neighbourhood)
    told, form = actions.entry_of(denial), FindingForm()
    if form.validate_on_submit():
        with form.refusals():
            genuine, finding = form.genuine.data == "yes", form.finding.data or ""
            done = perform(actions.check, me(), denial, told, genuine=genuine, finding=finding)
            return go(url_for("audit.receipt", index=done.index))
    return page(
        "denials/check.html",
        denial=denial,
        door=door_of(denial.unit),
        told=told,
        sentence=public_sentence(told),
        role=ROLE_LABELS.get(Role(told.role), ""),
        form=form,
    )
