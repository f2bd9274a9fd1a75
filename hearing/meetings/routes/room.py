"""The room at the desk: signing in on paper, who comes and goes, what is said, photos, polls, opening and ending."""

from __future__ import annotations

from flask import abort, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from hearing.audit.ledger import perform, perform_all
from hearing.meetings import actions, queries
from hearing.meetings.forms import (
    Act,
    DoorForm,
    PaperListForm,
    PaperVoteForm,
    PhotosForm,
    PollForm,
    ReasonForm,
    SpokenForm,
    VoiceForm,
)
from hearing.meetings.models import MeetingQuestion, RoomPoll
from hearing.meetings.routes.blueprint import back, bp, run_url, shown
from hearing.meetings.rules import PollKind, Speaks, Stance, read_options
from hearing.people import outbox
from hearing.people.rules import COMMITTEE, FIELD_STAFF
from hearing.people.viewer import me
from hearing.printing import qr
from hearing.web.answers import go, page
from hearing.web.guards import signed_in_as

CHAIRS = tuple(sorted(queries.CHAIRS))


@bp.get("/desk/meetings/<int:meeting_id>/door")
@signed_in_as(*FIELD_STAFF)
def door_poster(meeting_id: int) -> ResponseReturnValue:
    """The QR code for the door, on a screen or printed."""
    found = shown(queries.for_staff(me(), meeting_id))
    address = outbox.address(url_for(".door", meeting_id=found.id, token=found.door_token))
    drawn = Markup(qr.svg(address, border=2))  # noqa: S704 - our own drawing of our own address
    return page("meetings/door_poster.html", meeting=found, drawn=drawn, back_url=run_url(found))


@bp.get("/desk/meetings/<int:meeting_id>/sheet")
@signed_in_as(*FIELD_STAFF)
def sign_in_sheet(meeting_id: int) -> ResponseReturnValue:
    """The list to sign on paper."""
    found = shown(queries.for_staff(me(), meeting_id))
    return page("meetings/sign_in_sheet.html", meeting=found, back_url=run_url(found))


@bp.route("/desk/meetings/<int:meeting_id>/attendance", methods=["GET", "POST"])
@signed_in_as(*FIELD_STAFF)
def tick(meeting_id: int) -> ResponseReturnValue:
    """Tick who signed the paper list."""
    found = shown(queries.for_staff(me(), meeting_id))
    form = PaperListForm().offer(found.members)
    if form.validate_on_submit():
        with form.refusals():
            ticked = form.members.data or []
            done = perform(actions.sign_in_on_paper, me(), found, ticked, form.photo.picture)
            return back(found, gettext("已录入 %(n)d 人签到。", n=done.fact.count))
    return page("meetings/tick.html", meeting=found, form=form)


@bp.post("/desk/meetings/<int:meeting_id>/opening")
@signed_in_as(*COMMITTEE)
def open_meeting(meeting_id: int) -> ResponseReturnValue:
    """Begin."""
    found = shown(queries.for_committee(me(), meeting_id))
    perform(actions.open_meeting, me(), found)
    return back(found, gettext("会议开始。"))


@bp.route("/desk/meetings/<int:meeting_id>/end", methods=["GET", "POST"])
@signed_in_as(*COMMITTEE)
def end(meeting_id: int) -> ResponseReturnValue:
    """End the meeting."""
    found, form = shown(queries.for_committee(me(), meeting_id)), Act()
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.end, me(), found)
            return back(found, gettext("会议结束，请写纪要。"))
    return page("meetings/end.html", meeting=found, form=form)


@bp.route("/desk/meetings/<int:meeting_id>/questions/new", methods=["GET", "POST"])
@signed_in_as(*FIELD_STAFF)
def record(meeting_id: int) -> ResponseReturnValue:
    """Record what somebody says in the room."""
    found = shown(queries.for_staff(me(), meeting_id))
    form = SpokenForm().offer(found.members)
    if form.validate_on_submit():
        speaker = next((member for member in found.members if member.id == form.member.data), None)
        with form.refusals():
            perform(
                actions.record_question,
                me(),
                found,
                speaker,
                form.text.data or "",
                Stance(form.stance.data),
                speaks=Speaks(form.speaks.data) if form.speaks.data else None,
                anonymous=bool(form.anonymous.data),
                voice=form.voice.sound,
            )
            return back(found, gettext("已记下。"))
    return page("meetings/record.html", meeting=found, form=form)


@bp.route("/desk/meetings/<int:meeting_id>/photos", methods=["GET", "POST"])
@signed_in_as(*FIELD_STAFF)
def add_photos(meeting_id: int) -> ResponseReturnValue:
    """Keep photos of the meeting."""
    found, form = shown(queries.for_staff(me(), meeting_id)), PhotosForm()
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.add_photos, me(), found, form.photos.pictures)
            return back(found, gettext("照片已保存。"))
    return page("meetings/photos.html", meeting=found, form=form)


@bp.route("/desk/meetings/<int:meeting_id>/comings", methods=["GET", "POST"])
@signed_in_as(*FIELD_STAFF)
def come_and_go(meeting_id: int) -> ResponseReturnValue:
    """Somebody leaves, or is back."""
    found = shown(queries.for_staff(me(), meeting_id))
    form = DoorForm().offer(found.members)
    if form.validate_on_submit():
        member = next(member for member in found.members if member.id == form.member.data)
        with form.refusals():
            perform(actions.come_and_go, me(), found, member, leaves=form.goes.data == "leaves")
            return go(url_for(".chair", meeting_id=found.id))
    return page("meetings/form.html", meeting=found, form=form, title=gettext("进出登记"), act=gettext("登记"))


@bp.post("/desk/meetings/<int:meeting_id>/lack")
@signed_in_as(*COMMITTEE)
def put_off(meeting_id: int) -> ResponseReturnValue:
    """Too few came."""
    found = shown(queries.for_committee(me(), meeting_id))
    perform(actions.put_off, me(), found)
    return back(found, gettext("人数不足，已延期。请定新的时间。"))


@bp.route("/desk/meetings/<int:meeting_id>/adjournment", methods=["GET", "POST"])
@signed_in_as(*COMMITTEE)
def adjourn(meeting_id: int) -> ResponseReturnValue:
    """Interrupt a meeting."""
    found, form = shown(queries.for_committee(me(), meeting_id)), ReasonForm()
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.adjourn, me(), found, form.reason.data or "")
            return back(found, gettext("已休会。"))
    return page("meetings/reason.html", meeting=found, form=form, title=gettext("休会"), act=gettext("休会"))


@bp.post("/desk/meetings/<int:meeting_id>/resumption")
@signed_in_as(*COMMITTEE)
def resume(meeting_id: int) -> ResponseReturnValue:
    """Go on."""
    found = shown(queries.for_committee(me(), meeting_id))
    perform(actions.resume, me(), found)
    return back(found, gettext("会议继续。"))


@bp.route("/desk/meetings/<int:meeting_id>/chair-taking", methods=["GET", "POST"])
@signed_in_as(*CHAIRS)
def take_chair(meeting_id: int) -> ResponseReturnValue:
    """Somebody else chairs from now on."""
    found, form = shown(queries.for_chairs(me(), meeting_id)), ReasonForm()
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.take_chair, me(), found, form.reason.data or "")
            return go(url_for(".chair", meeting_id=found.id))
    return page("meetings/reason.html", meeting=found, form=form, title=gettext("接手主持"), act=gettext("接手主持"))


@bp.route("/desk/meetings/questions/<int:question_id>/wording", methods=["GET", "POST"])
@signed_in_as(*FIELD_STAFF)
def word_voice(question_id: int) -> ResponseReturnValue:
    """Write down what somebody says on her voice note."""
    found: MeetingQuestion = queries.question_for_staff(me(), question_id) or abort(404)
    meeting, form = shown(queries.for_staff(me(), found.meeting_id)), VoiceForm()
    if found.voice_id is None:
        abort(404)
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.word_voice, me(), found, form.text.data or "")
            return back(meeting, gettext("已转成文字。"))
    return page("meetings/voice.html", meeting=meeting, question=found, form=form)


@bp.route("/desk/meetings/<int:meeting_id>/polls/new", methods=["GET", "POST"])
@signed_in_as(*CHAIRS)
def open_poll(meeting_id: int) -> ResponseReturnValue:
    """Let the delegates in the room choose."""
    found, form = shown(queries.for_chairs(me(), meeting_id)), PollForm()
    if form.validate_on_submit():
        with form.refusals():
            kind = PollKind(form.kind.data)
            options = read_options(form.options.data or "") if kind is PollKind.OPTIONS else ()
            perform(actions.open_poll, me(), found, form.question.data or "", options, kind)
            return go(url_for(".chair", meeting_id=found.id))
    return page("meetings/poll_new.html", meeting=found, form=form)


@bp.route("/desk/meetings/polls/<int:poll_id>/paper", methods=["GET", "POST"])
@signed_in_as(*FIELD_STAFF)
def read_paper(poll_id: int) -> ResponseReturnValue:
    """Read a delegate's paper; somebody else reads it too, and neither sees what the other read."""
    poll: RoomPoll = queries.poll(poll_id) or abort(404)
    found = shown(queries.for_staff(me(), poll.meeting_id))
    form = PaperVoteForm().among(poll, found.delegates, me().id)
    if form.validate_on_submit():
        member = next(member for member in found.delegates if member.id == form.member.data)
        with form.refusals():
            perform_all(actions.read_paper, me(), poll, member, int(form.option.data))
            return back(found, gettext("已录入，等另一位同事再录一遍。"))
    return page("meetings/poll_paper.html", meeting=found, poll=poll, form=form)


@bp.post("/desk/meetings/polls/<int:poll_id>/close")
@signed_in_as(*CHAIRS)
def close_poll(poll_id: int) -> ResponseReturnValue:
    """End a poll and count it."""
    poll: RoomPoll = queries.poll(poll_id) or abort(404)
    found = shown(queries.for_chairs(me(), poll.meeting_id))
    perform(actions.close_poll, me(), poll)
    return go(url_for(".chair", meeting_id=found.id))
