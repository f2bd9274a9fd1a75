"""Pages of notices: the board, one notice on screen and on paper, objections, and the desk that posts and decides."""

from __future__ import annotations

from functools import lru_cache

from flask import Blueprint, abort, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from hearing.audit.ledger import perform
from hearing.audit.routes import head_code, leads_to, looked, paper_witness, way_to
from hearing.clock import now
from hearing.files import queries as files
from hearing.notices import actions, holidays, queries
from hearing.notices.forms import (
    DecisionForm,
    HolidaysForm,
    NoticeForm,
    ObjectionForm,
    PaperForm,
    PaperObjectionForm,
    TakeBackForm,
    TakeDownForm,
)
from hearing.notices.models import Notice
from hearing.notices.paper import frame, pdf
from hearing.notices.rules import NoticeKind
from hearing.people import outbox
from hearing.people.kept import kept
from hearing.people.rules import COMMITTEE, FIELD_STAFF, Role, mask_name
from hearing.people.surroundings import here, speak_for
from hearing.people.viewer import anyone, me
from hearing.printing import qr, sheets
from hearing.web.answers import go, page
from hearing.web.guards import open_to_all, signed_in, signed_in_as

bp = Blueprint("notices", __name__)


@bp.get("/notices")
@open_to_all
@kept
def board() -> ResponseReturnValue:
    """公告栏: a neighbourhood's notices; `of` names it where the reader belongs to none."""
    place = queries.neighbourhood(request.args["of"]) or abort(404) if "of" in request.args else here()
    if place is None:
        return page("notices/places.html", places=queries.neighbourhoods())
    speak_for(place)
    number = _page_number()
    found, pages = queries.board(place.id, number)
    return page("notices/board.html", place=place, notices=found, number=number, pages=pages, now=now())


@bp.get("/notices/<int:notice_id>")
@open_to_all
@kept
def notice(notice_id: int) -> ResponseReturnValue:
    """One notice, where it hangs, and until when one may object."""
    found = queries.notice(notice_id) or abort(404)
    speak_for(found.neighbourhood)
    viewer = anyone()
    place = found.neighbourhood_id
    return page(
        "notices/notice.html",
        notice=found,
        case_url=way_to(found.matter) if found.matter else None,
        own=queries.own_objections(viewer, found.period),
        lives_here=viewer.holds(Role.RESIDENT, neighbourhood_id=place),
        belongs=place in viewer.neighbourhood_ids,
        at_desk=viewer.holds(*FIELD_STAFF, neighbourhood_id=place),
        decides=viewer.holds(*COMMITTEE, neighbourhood_id=place),
        general=found.kind == NoticeKind.GENERAL,
        now=now(),
    )


@bp.get("/notices/<int:notice_id>/print")
@open_to_all
def sheet(notice_id: int) -> ResponseReturnValue:
    """The notice as a page to print; the PDF has the letters of official papers."""
    found = queries.notice(notice_id) or abort(404)
    speak_for(found.neighbourhood)
    head = looked().head
    signed = paper_witness(head) if head else None
    address = _address(found)
    return page(
        "notices/sheet.html",
        notice=found,
        large=request.args.get("size") == sheets.Size.A3,
        head_code=head_code(head.checkpoint) if head else None,
        head_qr=Markup(qr.svg(address, border=1)),  # noqa: S704 - our own drawing of our own address
        checkpoint=signed,
        checkpoint_qr=Markup(qr.svg(signed, border=1)) if signed else None,  # noqa: S704 - and of our own head
        back_url=url_for(".notice", notice_id=found.id),
    )


@bp.get("/notices/<int:notice_id>/print.pdf")
@open_to_all
def print_pdf(notice_id: int) -> ResponseReturnValue:
    """The notice as PDF, A4 or A3, with the day's head code."""
    found = queries.notice(notice_id) or abort(404)
    paper = sheets.Notice(
        frame=frame(found.neighbourhood, _address(found)),
        title=found.title,
        body=found.body,
        facts=tuple(sheets.Fact(label=label, text=value) for label, value in found.lines),
        posted_at=found.posted_at,
    )
    size = sheets.Size.A3 if request.args.get("size") == sheets.Size.A3 else sheets.Size.A4
    return pdf(_pressed(paper, size), f"notice-{found.id}-{size}")


@bp.route("/notices/<int:notice_id>/paper", methods=["GET", "POST"])
@signed_in_as(*FIELD_STAFF)
def hang_up(notice_id: int) -> ResponseReturnValue:
    """Say where the printed notice hangs."""
    found, form = queries.notice_for_staff(me(), notice_id) or abort(404), PaperForm()
    speak_for(found.neighbourhood)
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.hang_up, me(), found, form.place.data or "", form.taken())
            return go(url_for(".notice", notice_id=notice_id))
    return page("notices/hang_up.html", notice=found, form=form)


@bp.route("/notices/<int:notice_id>/withdrawal", methods=["GET", "POST"])
@signed_in_as(*COMMITTEE)
def take_down(notice_id: int) -> ResponseReturnValue:
    """Take a general notice down."""
    found, form = queries.notice_for_staff(me(), notice_id, COMMITTEE) or abort(404), TakeDownForm()
    speak_for(found.neighbourhood)
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.take_down, me(), found, form.reason.data or "")
            return go(url_for(".notice", notice_id=notice_id))
    return page("notices/take_down.html", notice=found, form=form)


@bp.route("/notices/<int:notice_id>/objection", methods=["GET", "POST"])
@signed_in
def object_to(notice_id: int) -> ResponseReturnValue:
    """我要提异议: write it, check it, get a receipt."""
    period, form = queries.period(me(), notice_id) or abort(404), ObjectionForm()
    if not me().holds(Role.RESIDENT, neighbourhood_id=period.neighbourhood_id):
        abort(403)
    speak_for(period.neighbourhood)
    template = "notices/objection.html"
    if form.validate_on_submit() and not form.is_changed:
        template = "notices/objection_check.html"
        if form.is_sent:
            with form.refusals():
                done = perform(actions.object_to, me(), period, form.text.data or "")
                return go(url_for("audit.receipt", index=done.index))
    return page(template, period=period, form=form, masked=mask_name(me().name), now=now())


@bp.route("/notices/<int:notice_id>/objection/paper", methods=["GET", "POST"])
@signed_in_as(*FIELD_STAFF)
def enter_objection(notice_id: int) -> ResponseReturnValue:
    """Type in an objection that somebody brought on paper."""
    period, form = queries.period_for_staff(me(), notice_id) or abort(404), PaperObjectionForm()
    speak_for(period.neighbourhood)
    if form.validate_on_submit():
        with form.refusals():
            done = perform(actions.enter_objection, me(), period, form.paper())
            return go(url_for("audit.receipt", index=done.index))
    return page("notices/enter_objection.html", period=period, form=form, now=now())


@bp.route("/notices/objections/<int:objection_id>", methods=["GET", "POST"])
@signed_in
def objection(objection_id: int) -> ResponseReturnValue:
    """An objection: its author follows it here, the committee decides it here."""
    found = queries.objection(me(), objection_id) or abort(404)
    speak_for(found.period.neighbourhood)
    form, decides = DecisionForm().offer(found.stands), queries.decides(me(), found)
    if form.validate_on_submit():
        if not decides:
            abort(403)
        with form.refusals():
            perform(actions.decide, me(), found, form.state(), form.reason.data or "")
            return go(url_for(".objections"))
    return page("notices/decision.html" if decides else "notices/own.html", objection=found, form=form)


@bp.route("/notices/objections/<int:objection_id>/withdrawal", methods=["GET", "POST"])
@signed_in
def withdraw(objection_id: int) -> ResponseReturnValue:
    """Take one's own objection back."""
    found, form = queries.objection(me(), objection_id), TakeBackForm()
    if found is None or found.raised_by != me().id:
        abort(404)
    speak_for(found.period.neighbourhood)
    if form.validate_on_submit():
        with form.refusals():
            done = perform(actions.withdraw_objection, me(), found)
            return go(url_for("audit.receipt", index=done.index))
    return page("notices/withdraw.html", objection=found, form=form)


@bp.get("/desk/notices")
@signed_in_as(*FIELD_STAFF)
def desk() -> ResponseReturnValue:
    """The desk's notices: what hangs where."""
    number = _page_number()
    found, pages = queries.desk(me(), number)
    may_post = bool(queries.posting_places(me()))
    return page("notices/desk.html", notices=found, number=number, pages=pages, may_post=may_post)


@bp.route("/desk/notices/new", methods=["GET", "POST"])
@signed_in_as(*COMMITTEE)
def write() -> ResponseReturnValue:
    """Write a general notice, check it, post it."""
    places = queries.posting_places(me())
    form = NoticeForm().offer(places)
    template = "notices/write.html"
    if form.validate_on_submit() and not form.is_changed:
        template = "notices/write_check.html"
        if form.is_sent:
            place = next(place for place in places if place.slug == form.place.data)
            with form.refusals():
                done = perform(
                    actions.post,
                    me(),
                    place,
                    title=form.title.data or "",
                    body=form.body.data or "",
                    lines=form.lines(),
                )
                return go(way_to(done.fact.subject) or url_for(".desk"))
    return page(template, form=form, places=places)


@bp.get("/desk/objections")
@signed_in_as(*COMMITTEE)
def objections() -> ResponseReturnValue:
    """The objections that wait for the committee, and those it has dealt with."""
    return page("notices/objections.html", objections=queries.desk_objections(me()), now=now())


@bp.route("/desk/holidays", methods=["GET", "POST"])
@signed_in_as(*COMMITTEE)
def holidays_page() -> ResponseReturnValue:
    """The table that working days are counted by, and a newer one in its place."""
    form = HolidaysForm()
    if form.validate_on_submit():
        with form.refusals():
            done = perform(holidays.import_table, me(), form.table.data or "")
            flash(gettext("已导入 %(n)d 天。以前定下的期限不变。", n=done.fact.days), "success")
            return go(url_for(".holidays_page"))
    return page("notices/holidays.html", days=holidays.listed(), form=form)


def _page_number() -> int:
    return max(1, min(request.args.get("page", 1, type=int), 1000))


def _address(found: Notice) -> str:
    return outbox.address(url_for("notices.notice", notice_id=found.id))


@lru_cache(maxsize=32)
def _pressed(paper: sheets.Notice, size: sheets.Size) -> bytes:
    """A poster takes a fifth of a second to lay out and is fetched again and again on the day it is hung up."""
    return sheets.notice(paper, paper.frame.head_at, size)


leads_to("notice", lambda number: url_for("notices.notice", notice_id=number))
files.may_see.update({queries.PAPER_PHOTO: queries.shows_paper, queries.OBJECTION_PAPER: queries.shows_objection_paper})
