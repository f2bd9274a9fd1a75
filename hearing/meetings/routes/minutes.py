"""Minutes: written at the desk, read and put right on one's own phone, frozen, printed."""

from __future__ import annotations

from flask import Response, abort, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hearing.audit import queries as trail
from hearing.audit.ledger import perform
from hearing.db import db
from hearing.meetings import actions, queries
from hearing.meetings.forms import (
    ACCEPT,
    CONFIRM,
    Act,
    CorrectionDecisionForm,
    CorrectionForm,
    MinutesForm,
    SignedPageForm,
    WordForm,
)
from hearing.meetings.models import Correction, Meeting, MinutesConfirmation, RoomPoll
from hearing.meetings.routes.blueprint import back, bp, shown
from hearing.meetings.rules import STANDING
from hearing.notices.paper import frame, pdf
from hearing.people import outbox
from hearing.people.rules import COMMITTEE, FIELD_STAFF
from hearing.people.surroundings import moment
from hearing.people.viewer import anyone, me
from hearing.printing import sheets, words
from hearing.web.answers import go, page
from hearing.web.guards import open_to_all, signed_in, signed_in_as

ADVISED = "会议只提意见。各方意见如上，会后归类，逐组书面答复。"
"""What the paper says in place of a settlement where a meeting settles nothing."""


@bp.route("/meetings/<int:meeting_id>/minutes", methods=["GET", "POST"])
@signed_in
def attest(meeting_id: int) -> ResponseReturnValue:
    """Read the minutes; say that they are right, or what is wrong."""
    found, form = shown(queries.for_neighbours(me(), meeting_id)), WordForm()
    version = found.minutes or abort(404)
    if form.validate_on_submit():
        with form.refusals():
            if form.word.data == CONFIRM:
                index = perform(actions.confirm_version, me(), version).index
            else:
                index = perform(actions.contest_version, me(), version, form.text.data or "").index
            return go(url_for("audit.receipt", index=index))
    person, _member = queries.person_key(me(), found)
    said = next((word for word in version.confirmations if word.person == person), None)
    entitled = bool(queries.memberships(me(), found)) or me().id == found.chair_id
    return page(
        "meetings/attest.html",
        meeting=found,
        version=version,
        said=said,
        entitled=entitled,
        polls=queries.polls(found.id),
        form=form,
        now=moment(),
    )


@bp.get("/meetings/<int:meeting_id>/minutes.pdf")
@open_to_all
def minutes_pdf(meeting_id: int) -> ResponseReturnValue:
    """The confirmed minutes as PDF, names masked."""
    found = shown(queries.meeting(anyone(), meeting_id))
    if found.stands not in STANDING:
        abort(404)
    return press_minutes(found)


@bp.route("/meetings/<int:meeting_id>/questions/<int:number>/correction", methods=["GET", "POST"])
@signed_in
def correct(meeting_id: int, number: int) -> ResponseReturnValue:
    """Say how one's own words should stand."""
    found, form = shown(queries.for_neighbours(me(), meeting_id)), CorrectionForm()
    question = next((each for each in found.questions if each.number == number), None) or abort(404)
    if not queries.is_own(me(), question):
        abort(404)
    if not form.is_submitted():
        form.text.data = question.words
    if form.validate_on_submit():
        with form.refusals():
            done = perform(actions.correct, me(), question, form.text.data or "")
            return go(url_for("audit.receipt", index=done.index))
    return page("meetings/correction.html", meeting=found, question=question, form=form)


@bp.route("/desk/meetings/<int:meeting_id>/minutes", methods=["GET", "POST"])
@signed_in_as(*FIELD_STAFF)
def write_minutes(meeting_id: int) -> ResponseReturnValue:
    """Write the minutes, or write them anew."""
    found, form = shown(queries.for_staff(me(), meeting_id)), MinutesForm()
    if not form.is_submitted():
        _suggest(form, found)
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.write_minutes, me(), found, form.summary.data or "", form.settlement.data or "")
            return back(found, gettext("这一版已请到会的人核对。"))
    return page("meetings/write_minutes.html", meeting=found, polls=queries.polls(found.id), form=form)


@bp.route("/desk/meetings/<int:meeting_id>/minutes/paper", methods=["GET", "POST"])
@signed_in_as(*FIELD_STAFF)
def signed_page(meeting_id: int) -> ResponseReturnValue:
    """Enter that a delegate signed the printed minutes."""
    found = shown(queries.for_staff(me(), meeting_id))
    version = found.minutes or abort(404)
    given = {word.member_id for word in version.confirmations}
    waiting = [member for member in found.delegates if member.attendance and member.id not in given]
    form = SignedPageForm().offer(waiting)
    if form.validate_on_submit():
        signer = next(member for member in waiting if member.id == form.member.data)
        with form.refusals():
            perform(actions.enter_word, me(), version, signer, form.taken(), form.text.data or "")
            return back(found, gettext("已录入签字。"))
    return page("meetings/signed_page.html", meeting=found, form=form)


@bp.route("/desk/meetings/<int:meeting_id>/minutes/final", methods=["GET", "POST"])
@signed_in_as(*COMMITTEE)
def confirm_minutes(meeting_id: int) -> ResponseReturnValue:
    """Let the minutes stand."""
    found, form = shown(queries.for_committee(me(), meeting_id)), Act()
    version = found.minutes or abort(404)
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.confirm_minutes, me(), found)
            return back(found, gettext("纪要已定稿。"))
    return page("meetings/final.html", meeting=found, version=version, form=form)


@bp.route("/desk/meetings/corrections/<int:correction_id>", methods=["GET", "POST"])
@signed_in_as(*FIELD_STAFF)
def decide_correction(correction_id: int) -> ResponseReturnValue:
    """Take a correction over, or say why not."""
    found: Correction = queries.correction(me(), correction_id) or abort(404)
    meeting, form = shown(queries.for_staff(me(), found.question.meeting_id)), CorrectionDecisionForm()
    if form.validate_on_submit():
        with form.refusals():
            accepts = form.verdict.data == ACCEPT
            perform(actions.decide_correction, me(), found, accepts=accepts, reply=form.reply.data or "")
            return back(meeting, gettext("已核对。照改的，请把纪要改写一版。"))
    return page("meetings/correction_decision.html", meeting=meeting, correction=found, form=form)


def _suggest(form: MinutesForm, found: Meeting) -> None:
    """The last version's words, or a beginning drawn from the record."""
    last = found.minutes
    if last is not None:
        form.summary.data, form.settlement.data = last.summary, last.settlement
        return
    seats = "、".join(dict.fromkeys(seat.label for seat in found.seats_present))
    form.summary.data = f"应到 {found.named} 人，实到 {found.present} 人。" + (f"{seats}到会说明。" if seats else "")


def press_minutes(found: Meeting) -> Response:
    """The confirmed minutes on paper."""
    version = found.minutes or abort(404)
    entries = trail.story(db.session, found.proposal.matter)
    standing = next(
        told for told in entries if told.kind == "meeting.minutes_confirmed" and told.subject == found.subject
    )
    address = outbox.address(url_for("meetings.meeting", meeting_id=found.id))
    printed = sheets.Minutes(
        frame=frame(found.neighbourhood, address),
        title=f"{found.title}纪要",
        facts=[
            sheets.Fact(label="时间", text=words.moment(found.opened_at or found.starts_at)),
            sheets.Fact(label="地点", text=found.place),
            sheets.Fact(label="议题", text=found.agenda),
            sheets.Fact(label="应到实到", text=f"应到 {found.named} 人，实到 {found.present} 人"),
            *(sheets.Fact(label="表决", text=_polled(poll)) for poll in queries.polls(found.id) if poll.count),
        ],
        summary=version.summary,
        opinions=[
            sheets.SaidAndAnswered(
                speaker=question.who,
                stance=question.stance_label,
                text=question.words,
                disposition="已答复" if question.answers else "",
                reply="\n".join(f"{said.label}：{said.text}" for said in question.answers),
            )
            for question in found.in_time
        ],
        settlement=version.settlement or ("" if found.template.settles else ADVISED),
        confirmations=[
            sheets.Confirmation(by=_signed_as(word), at=word.confirmed_at, objection=word.objection)
            for word in version.confirmations
        ],
        log_index=standing.index,
        minutes_hash=version.digest,
        confirmed_at=standing.at,
    )
    return pdf(sheets.minutes(printed, printed.frame.head_at), f"minutes-{found.id}")


def _polled(poll: RoomPoll) -> str:
    """A poll in the room on paper: what was asked, and what it came to."""
    if poll.count is None or not poll.count.holds:
        return f"{poll.question}（表决中途人数不足，这次不算）"
    counted = "，".join(f"{option} {votes} 票" for option, votes in zip(poll.options, poll.count.votes, strict=True))
    return f"{poll.question} {counted}"


def _signed_as(word: MinutesConfirmation) -> str:
    if word.is_chair:
        return "主持人"
    return f"{word.member.label} {word.member.masked}" if word.member is not None else ""
