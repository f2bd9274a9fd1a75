"""The office's pages: seats, members who wait to be recognised, household letters."""

from __future__ import annotations

from flask import Response, abort, current_app, flash, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hearing.audit.ledger import perform
from hearing.audit.routes import head_code, looked
from hearing.clock import now
from hearing.db import db
from hearing.people import actions, queries
from hearing.people.forms import DeclineForm, LettersForm, RecogniseForm, SeatForm
from hearing.people.outbox import address
from hearing.people.routes.blueprint import bp
from hearing.people.rules import COMMITTEE, ROLE_LABELS, Papers, Refusal, Role, mask_phone, print_household_code
from hearing.people.viewer import me
from hearing.places.models import Unit
from hearing.printing.press import MissingGlyph
from hearing.printing.sheets import Frame, Letter, Letters
from hearing.printing.sheets import letters as letters_pdf
from hearing.refusal import Refused
from hearing.web.answers import go, page
from hearing.web.forms import Form
from hearing.web.guards import signed_in_as


@bp.get("/desk/people")
@signed_in_as(Role.COMMITTEE_DIRECTOR)
def staff_list() -> ResponseReturnValue:
    """Who holds which seat; the director gives, renews and ends them here."""
    return page(
        "people/staff.html",
        seats=queries.seats(me()),
        ended=queries.seats(me(), standing=False),
        labels=ROLE_LABELS,
        mask=mask_phone,
    )


@bp.route("/desk/people/new", methods=["GET", "POST"])
@signed_in_as(Role.COMMITTEE_DIRECTOR)
def new_seat() -> ResponseReturnValue:
    """Give somebody a seat."""
    places = queries.directed(me())
    form = SeatForm(places)
    if form.validate_on_submit():
        with form.refusals():
            place = next(place for place in places if place.id == form.neighbourhood.data)
            done = perform(
                actions.invite, me(), form.name.data or "", form.phone.data or "", Role(form.role.data), place
            )
            if done.fact.link is not None:
                flash(gettext("邀请短信马上发到对方手机，72 小时内有效。"), "success")
            return go(url_for("audit.receipt", index=done.index))
    return page("people/new_seat.html", form=form, only=places[0] if len(places) == 1 else None)


@bp.route("/desk/seats/<int:seat_id>/end", methods=["GET", "POST"])
@signed_in_as(Role.COMMITTEE_DIRECTOR)
def end_seat(seat_id: int) -> ResponseReturnValue:
    """Ask once more, then end the seat."""
    seat = queries.seat(me(), seat_id) or abort(404)
    form = Form()
    if form.validate_on_submit():
        with form.refusals():
            done = perform(actions.end_seat, me(), seat)
            return go(url_for("audit.receipt", index=done.index))
    return page("people/end_seat.html", form=form, seat=seat, role=ROLE_LABELS[Role(seat.role)])


@bp.post("/desk/seats/<int:seat_id>/invite")
@signed_in_as(Role.COMMITTEE_DIRECTOR)
def invite_again(seat_id: int) -> ResponseReturnValue:
    """Send a new invitation: the link was lost, or the phone with the second factor."""
    seat = queries.seat(me(), seat_id) or abort(404)
    done = perform(actions.invite_again, me(), seat)
    return go(url_for("audit.receipt", index=done.index))


@bp.get("/desk/members")
@signed_in_as(*COMMITTEE)
def members() -> ResponseReturnValue:
    """Members who say that they hold their unit, and whom the register's phone did not show."""
    rows = [(member, queries.door_of(member.unit)) for member in queries.waiting(me())]
    return page("people/members.html", rows=rows)


@bp.route("/desk/members/<int:membership_id>", methods=["GET", "POST"])
@signed_in_as(*COMMITTEE)
def member(membership_id: int) -> ResponseReturnValue:
    """Look at the papers, then link the member to a person of the register."""
    found = queries.claim(me(), membership_id) or abort(404)
    register = queries.register_of(found.unit_id)
    form = RecogniseForm([person for person in register.holders if not person.died] if register else [])
    if form.validate_on_submit():
        with form.refusals():
            done = perform(actions.recognise, me(), found, int(form.holder.data), Papers(form.papers.data))
            return go(url_for("audit.receipt", index=done.index))
    return page(
        "people/member.html", form=form, member=found, door=queries.door_of(found.unit), own=found.account_id == me().id
    )


@bp.route("/desk/members/<int:membership_id>/decline", methods=["GET", "POST"])
@signed_in_as(*COMMITTEE)
def decline(membership_id: int) -> ResponseReturnValue:
    """Say why the member could not be recognised."""
    found = queries.claim(me(), membership_id) or abort(404)
    form = DeclineForm()
    if form.validate_on_submit():
        with form.refusals():
            done = perform(actions.decline, me(), found, form.reason.data or "")
            return go(url_for("audit.receipt", index=done.index))
    return page("people/decline.html", form=form, member=found, door=queries.door_of(found.unit))


@bp.route("/desk/letters", methods=["GET", "POST"])
@signed_in_as(*COMMITTEE)
def letters() -> ResponseReturnValue:
    """Choose stairwells and get their letters as one PDF; it exists nowhere else and cannot be fetched again."""
    rows = queries.stairwells(me())
    form = LettersForm(rows)
    if form.validate_on_submit():
        try:
            with form.refusals():
                return _letters(queries.homes(me(), form.stairwells.data or []))
        except MissingGlyph as missing:
            strange = "、".join(f"{character}(U+{ord(character):04X})" for character in missing.characters)
            form.refuse(gettext("这些字印不出来：%(characters)s。请管理员装上有这些字的字体再印。", characters=strange))
    return page("people/letters.html", form=form, rows=rows)


def _letters(homes: list[Unit]) -> Response:
    """Print first, so that a letter that cannot be printed voids nobody's old one; then let the codes count.

    Raises NO_UNITS.
    """
    if not homes:
        raise Refused(Refusal.NO_UNITS)
    codes = actions.draw_codes([home.id for home in homes])
    sheets = _sheets(homes, codes)
    db.session.rollback()  # Printing takes a second or more, and no other writer shall wait for it.
    pdf = letters_pdf(sheets, sheets.dated)
    perform(actions.issue_codes, me(), list(codes), codes)
    answer = Response(pdf, content_type="application/pdf")
    answer.headers["Content-Disposition"] = 'attachment; filename="letters.pdf"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _sheets(homes: list[Unit], codes: dict[int, str]) -> Letters:
    """The letters in the words of the printer."""
    moment, head = now(), looked().head
    place = homes[0].stairwell.building.estate.neighbourhood
    frame = Frame(
        subdistrict=place.sector.subdistrict.name,
        neighbourhood=place.name,
        office=place.committee,
        phone=place.phone,
        head_code=head_code(head.checkpoint) if head else "",
        head_at=moment,
        verify_url=address(url_for("audit.how")),
    )
    sheets = [
        Letter(
            door=queries.door_of(home),
            name="",
            code=print_household_code(codes[home.id]),
            link=address(f"{url_for('.letter')}#{codes[home.id]}"),
        )
        for home in homes
    ]
    return Letters(
        frame=frame,
        site=current_app.extensions["settings"].base_url,
        valid_until=queries.letters_end(moment),
        dated=moment,
        letters=sheets,
    )
