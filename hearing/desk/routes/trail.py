"""存证 at the desk: search the trail by thing, person, kind and time; take part of it out, which is recorded itself."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import Response, abort, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hearing.audit import queries as trail
from hearing.audit.ledger import perform
from hearing.audit.queries import Search
from hearing.audit.rotation import SCOPE
from hearing.audit.routes import looked
from hearing.db import aside, db
from hearing.desk import actions, searching
from hearing.desk.forms import TrailExportForm, TrailForm
from hearing.desk.routes.blueprint import bp
from hearing.desk.rules import SORTS, THINGS, TRAIL_READERS
from hearing.people.rules import ROLE_LABELS, Role
from hearing.people.viewer import me
from hearing.web.answers import go, page
from hearing.web.guards import signed_in_as

PARTS = ("thing", "number", "people", "sort", "since", "until")
"""What the address of a search is made of; people stand in it by their pseudonyms, never by name."""


@bp.route("/desk/trail", methods=["GET", "POST"])
@signed_in_as(*sorted(TRAIL_READERS))
def trail_page() -> ResponseReturnValue:
    """查存证: entries in plain sentences, newest first. Names are typed into a form and leave it as pseudonyms."""
    form = TrailForm()
    if form.validate_on_submit():
        wanted = _typed(form)
        if wanted is not None:
            return go(url_for(".trail_page", **wanted))
    elif request.method == "GET":
        _fill(form)
    told, more = searching.found(_search(), _before())
    return page(
        "desk/trail.html",
        form=form,
        lines=searching.lines(told, whole_names=searching.sees_names(me()), role_words=_role),
        further=url_for(".trail_page", **_parts(), before=told[-1].index) if more else None,
        first=url_for(".trail_page", **_parts()) if _before() is not None else None,
        export_url=url_for(".export_trail", **_parts()),
        people=request.args.get("people", ""),
        narrowed=bool(_parts()),
        it=looked(),
    )


@bp.route("/desk/trail/export", methods=["GET", "POST"])
@signed_in_as(*sorted(TRAIL_READERS))
def export_trail() -> ResponseReturnValue:
    """What was found as CSV, once it is known what for."""
    form, wanted = TrailExportForm(), _search()
    number = trail.count(db.session, wanted)
    if form.validate_on_submit():
        if number > searching.MOST_EXPORTED:
            form.refuse(
                gettext(
                    "一次最多导出 %(most)d 条，现在是 %(n)d 条。请把范围缩小。", most=searching.MOST_EXPORTED, n=number
                )
            )
        else:
            with form.refusals():
                return _export(wanted, form.purpose.data or "")
    return page("desk/trail_export.html", form=form, number=number, back_url=url_for(".trail_page", **_parts()))


def _export(wanted: Search, purpose: str) -> Response:
    """Make the file first, so that the trail tells of no export that nobody got."""
    with aside():
        told = trail.search(db.session, wanted, searching.MOST_EXPORTED)
        file = searching.as_csv(told, role_words=_role)
    place = next(iter(searching.places_of(me())), None) or abort(403)
    words = urlencode(_parts())
    done = perform(actions.export_trail, me(), place, purpose=purpose, wanted=words, file=file, entries=len(told))
    return Response(
        file,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="trail-{done.index}.csv"', "Cache-Control": "no-store"},
    )


def _typed(form: TrailForm) -> dict[str, Any] | None:
    """The parts of the search that was typed; None, with the form's errors set, when it cannot be carried out."""
    parts = {
        "thing": form.thing.data or "",
        "number": form.number.data or "",
        "sort": form.sort.data or "",
        "since": form.since.day.isoformat() if form.since.data else "",
        "until": form.until.day.isoformat() if form.until.data else "",
    }
    if bool(parts["thing"]) != bool(parts["number"]):
        form.refuse(gettext("对象的类和编号要一起填，或者都不填。"))
    if parts["since"] and parts["until"] and parts["since"] > parts["until"]:
        form.refuse(gettext("开始的那天不能晚于结束的那天。"))
    if form.person.data:
        refs = searching.refs_of(form.person.data)
        if refs is None:
            form.refuse(gettext("叫这个名字的人太多。请用手机号或代号。"))
        elif not refs:
            form.refuse(gettext("没有找到这个人。请核对姓名，或者用手机号、代号。"))
        else:
            parts["people"] = ",".join(refs)
    return None if form.errors else {name: value for name, value in parts.items() if value}


def _parts() -> dict[str, Any]:
    return {name: request.args[name] for name in PARTS if request.args.get(name)}


def _search() -> Search:
    """The search that the address asks for; what is nonsense in it matches nothing or is left out."""
    parts = _parts()
    since, until = searching.day_span(_day(parts.get("since")), _day(parts.get("until")))
    thing, number = parts.get("thing", ""), parts.get("number", "")
    return Search(
        scopes=(*(place.slug for place in searching.places_of(me())), SCOPE),
        thing=f"{thing}/{number}" if thing in THINGS and number.isascii() and number.isdigit() else "",
        sort=parts.get("sort", "") if parts.get("sort") in SORTS else "",
        refs=tuple(parts["people"].split(",")[: searching.MOST_PEOPLE]) if "people" in parts else None,
        since=since,
        until=until,
    )


def _fill(form: TrailForm) -> None:
    """Show in the form what is being looked for; the person stands beside it as a pseudonym."""
    parts = _parts()
    for name in ("thing", "number", "sort", "since", "until"):
        form[name].data = parts.get(name, "")
    form.person.data = parts["people"] if "," not in parts.get("people", ",") else ""


def _before() -> int | None:
    typed = request.args.get("before", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _role(role: str) -> str:
    return str(gettext(ROLE_LABELS[Role(role)])) if role in {each.value for each in Role} else str(gettext("系统"))
