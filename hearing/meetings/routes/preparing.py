"""Before a meeting: the calendar file, signing up, agencies that are asked, materials, naming and drawing delegates."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Response, abort, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hearing.audit.ledger import perform
from hearing.meetings import actions, queries
from hearing.meetings.forms import (
    DelegatesForm,
    DrawForm,
    InvitationForm,
    InvitationReplyForm,
    MaterialForm,
    SignUpForm,
)
from hearing.meetings.models import Invitation, SignUp
from hearing.meetings.routes.blueprint import back, bp, shown
from hearing.meetings.rules import Event, Naming, SignUpAs, State, calendar_file, list_hash, sign_up_closes
from hearing.meetings.rules import Volunteer as Listed
from hearing.people import outbox
from hearing.people.kept import kept
from hearing.people.rules import COMMITTEE, FIELD_STAFF
from hearing.people.surroundings import moment, speak_for
from hearing.people.viewer import anyone, me
from hearing.web.answers import go, page
from hearing.web.guards import open_to_all, signed_in, signed_in_as

HOURS = 2
"""How long a meeting stands in somebody's calendar."""


@bp.get("/meetings/<int:meeting_id>.ics")
@open_to_all
def calendar(meeting_id: int) -> Response:
    """The meeting for one's own calendar; fetched again it follows a new date."""
    found = shown(queries.meeting(anyone(), meeting_id))
    if not found.is_public:
        abort(404)
    address = outbox.address(url_for(".meeting", meeting_id=found.id))
    event = Event(
        uid=f"meeting-{found.id}@{urlsplit(address).hostname}",
        sequence=found.session - 1,
        title=found.title,
        place=found.place,
        url=address,
        starts_at=found.starts_at,
        hours=HOURS,
        stamped_at=found.since,
        cancelled=found.stands in (State.CANCELLED, State.POSTPONED),
    )
    return Response(
        calendar_file(event),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="meeting-{found.id}.ics"'},
    )


@bp.route("/meetings/<int:meeting_id>/sign-up", methods=["GET", "POST"])
@signed_in
def sign_up(meeting_id: int) -> ResponseReturnValue:
    """报名: as delegate, speaker or observer."""
    found = shown(queries.for_neighbours(me(), meeting_id))
    form = SignUpForm().offer(draws=found.naming == Naming.DRAWN)
    if form.validate_on_submit():
        with form.refusals():
            done = perform(actions.sign_up, me(), found, SignUpAs(form.wanted.data), form.topic.data or "")
            return go(url_for("audit.receipt", index=done.index))
    return page("meetings/sign_up.html", meeting=found, form=form, closes_at=sign_up_closes(found.starts_at))


@bp.post("/meetings/sign-ups/<int:sign_up_id>/taking-back")
@signed_in
def take_back(sign_up_id: int) -> ResponseReturnValue:
    """I do not come after all."""
    entry: SignUp = queries.sign_up(me(), sign_up_id) or abort(404)
    done = perform(actions.take_back, me(), entry)
    return go(url_for("audit.receipt", index=done.index))


@bp.route("/meetings/invitations/<int:invitation_id>", methods=["GET", "POST"])
@signed_in
def reply(invitation_id: int) -> ResponseReturnValue:
    """An agency answers, or the desk enters its letter."""
    found: Invitation = queries.invitation(me(), invitation_id) or abort(404)
    speak_for(found.meeting.neighbourhood)
    form = InvitationReplyForm()
    if form.validate_on_submit():
        with form.refusals():
            done = perform(actions.reply_to_invitation, me(), found, form.answer())
            return go(url_for("audit.receipt", index=done.index))
    return page("meetings/invitation.html", meeting=found.meeting, invitation=found, form=form, now=moment())


@bp.get("/meetings/<int:meeting_id>/draw")
@open_to_all
@kept
def draw(meeting_id: int) -> ResponseReturnValue:
    """How the delegates were drawn: list, seed and order, so that anybody can draw again."""
    found = shown(queries.meeting(anyone(), meeting_id))
    drawn = queries.draw_of(found.id) or abort(404)
    again = queries.draw_again(drawn)
    lines = queries.draw_lines(drawn)
    same = [line.number for line in lines] == [*again.delegates, *again.reserves]
    return page("meetings/draw.html", meeting=found, draw=drawn, lines=lines, seed=again.seed, same=same)


# The desk.


@bp.post("/desk/meetings/<int:meeting_id>/sign-up")
@signed_in_as(*COMMITTEE)
def open_sign_up(meeting_id: int) -> ResponseReturnValue:
    """The paper hangs: let neighbours sign up."""
    found = shown(queries.for_committee(me(), meeting_id))
    perform(actions.open_sign_up, me(), found)
    return back(found, gettext("报名开始了。"))


@bp.get("/desk/meetings/<int:meeting_id>/sign-ups")
@signed_in_as(*FIELD_STAFF)
def sign_ups(meeting_id: int) -> ResponseReturnValue:
    """Who has signed up, for the desk."""
    found = shown(queries.for_staff(me(), meeting_id))
    return page("meetings/sign_ups.html", meeting=found, entries=queries.sign_ups(found.id))


@bp.route("/desk/meetings/<int:meeting_id>/invitations/new", methods=["GET", "POST"])
@signed_in_as(*COMMITTEE)
def invite(meeting_id: int) -> ResponseReturnValue:
    """约请: ask an agency to come."""
    found = shown(queries.for_committee(me(), meeting_id))
    form = InvitationForm().offer(queries.seats(found.neighbourhood_id))
    if form.validate_on_submit():
        with form.refusals():
            words, office = form.words.data or "", form.office.data or ""
            perform(actions.invite, me(), found, office, form.person, words, form.due_at)
            return back(found, gettext("已约请，公开页面会写明有没有答复。"))
    return page("meetings/invite.html", meeting=found, form=form)


@bp.route("/desk/meetings/<int:meeting_id>/materials/new", methods=["GET", "POST"])
@signed_in_as(*FIELD_STAFF)
def add_material(meeting_id: int) -> ResponseReturnValue:
    """Publish a paper that can be read beforehand."""
    found, form = shown(queries.for_staff(me(), meeting_id)), MaterialForm()
    if form.validate_on_submit() and form.file.picture is not None:
        with form.refusals():
            perform(actions.add_material, me(), found, form.title.data or "", form.file.picture)
            return back(found, gettext("材料已公布。"))
    return page("meetings/material.html", meeting=found, form=form)


@bp.route("/desk/meetings/<int:meeting_id>/delegates", methods=["GET", "POST"])
@signed_in_as(*COMMITTEE)
def list_delegates(meeting_id: int) -> ResponseReturnValue:
    """Name delegates from the register."""
    found = shown(queries.for_committee(me(), meeting_id))
    form = DelegatesForm().offer(queries.nameable(found), [member.holder_id for member in found.members])
    if form.validate_on_submit():
        with form.refusals():
            done = perform(actions.list_delegates, me(), found, form.people.data or [])
            return back(found, gettext("已指定 %(n)d 名代表。", n=done.fact.count))
    return page("meetings/delegates.html", meeting=found, form=form)


@bp.route("/desk/meetings/<int:meeting_id>/draw", methods=["GET", "POST"])
@signed_in_as(*COMMITTEE)
def draw_delegates(meeting_id: int) -> ResponseReturnValue:
    """Draw the delegates: first the list's hash is read out, then a number is called."""
    found, form = shown(queries.for_committee(me(), meeting_id)), DrawForm()
    volunteers = queries.volunteers(found.id)
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.draw_delegates, me(), found, form.called.data or "")
            return go(url_for(".draw", meeting_id=found.id))
    hashed = list_hash(Listed(each.number, each.stairwell) for each in volunteers)
    return page("meetings/draw_now.html", meeting=found, volunteers=volunteers, hashed=hashed, form=form)
