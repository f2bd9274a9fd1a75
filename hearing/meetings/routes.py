"""Pages of meetings: the announcement that everybody reads, the room on one's own phone, and the desk that runs it."""

from __future__ import annotations

import secrets

from flask import Blueprint, Response, abort, flash, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from hearing.audit import queries as trail
from hearing.audit.ledger import perform
from hearing.audit.routes import leads_to
from hearing.clock import now
from hearing.concerns import queries as concerns
from hearing.db import db
from hearing.meetings import actions, queries
from hearing.meetings.forms import (
    CONFIRM,
    Act,
    AnswerForm,
    MinutesForm,
    PaperListForm,
    PhotosForm,
    PlanForm,
    QuestionForm,
    ReasonForm,
    SignedPageForm,
    SpokenForm,
    WhenForm,
    WordForm,
)
from hearing.meetings.models import Meeting, MinutesConfirmation
from hearing.meetings.rules import SignInMethod, Stance, State
from hearing.notices.paper import frame, pdf
from hearing.people import outbox
from hearing.people.kept import kept
from hearing.people.rules import COMMITTEE, FIELD_STAFF
from hearing.people.surroundings import speak_for
from hearing.people.viewer import anyone, me
from hearing.printing import qr, sheets, words
from hearing.web.answers import go, page
from hearing.web.guards import open_to_all, signed_in, signed_in_as

bp = Blueprint("meetings", __name__)
bp.add_app_template_global(queries.about, "meetings_about")


# For everybody, and for those who are named.


@bp.get("/meetings/<int:meeting_id>")
@open_to_all
@kept
def meeting(meeting_id: int) -> ResponseReturnValue:
    """One meeting: when and where, what was asked and answered, what the minutes say."""
    found = _shown(queries.meeting(anyone(), meeting_id))
    moment = now()
    own = queries.memberships(anyone(), found)
    return page(
        "meetings/meeting.html",
        meeting=found,
        own=own,
        came=any(member.attendance for member in own),
        may_ask=found.neighbourhood_id in anyone().neighbourhood_ids,
        answers=queries.answering_role(anyone(), found) is not None,
        chairs=anyone().is_authenticated and me().id == found.chair_id,
        runs=queries.runs(anyone(), found),
        invited=_invited(found),
        doors_open=moment >= queries.doors_open(found),
        now=moment,
    )


@bp.post("/meetings/<int:meeting_id>/sign-in")
@signed_in
def sign_in(meeting_id: int) -> ResponseReturnValue:
    """签到 on one's own phone."""
    found = _shown(queries.for_neighbours(me(), meeting_id))
    done = perform(actions.sign_in, me(), found, SignInMethod.PHONE)
    return go(url_for("audit.receipt", index=done.index))


@bp.route("/meetings/<int:meeting_id>/door/<token>", methods=["GET", "POST"])
@signed_in
def door(meeting_id: int, token: str) -> ResponseReturnValue:
    """签到 by the QR code at the door."""
    found, form = _shown(queries.for_neighbours(me(), meeting_id)), Act()
    if not secrets.compare_digest(token.encode(), found.door_token.encode()):
        abort(404)
    if form.validate_on_submit():
        with form.refusals():
            done = perform(actions.sign_in, me(), found, SignInMethod.QR)
            return go(url_for("audit.receipt", index=done.index))
    return page("meetings/door_sign_in.html", meeting=found, own=queries.memberships(me(), found), form=form)


@bp.route("/meetings/<int:meeting_id>/question", methods=["GET", "POST"])
@signed_in
def ask(meeting_id: int) -> ResponseReturnValue:
    """我要提问, before or in the meeting."""
    found, form = _shown(queries.for_neighbours(me(), meeting_id)), QuestionForm()
    if form.validate_on_submit():
        with form.refusals():
            done = perform(actions.ask, me(), found, form.text.data or "", Stance(form.stance.data))
            return go(url_for("audit.receipt", index=done.index))
    return page("meetings/question.html", meeting=found, form=form)


@bp.route("/meetings/questions/<int:question_id>/answer", methods=["GET", "POST"])
@signed_in
def answer(question_id: int) -> ResponseReturnValue:
    """Answer a question from one's seat."""
    found, form = queries.question(me(), question_id) or abort(404), AnswerForm()
    speak_for(found.meeting.neighbourhood)
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.answer, me(), found, form.text.data or "")
            at_desk = queries.runs(me(), found.meeting)
            back = "meetings.run" if at_desk else "meetings.meeting"
            return go(url_for(back, meeting_id=found.meeting_id, _anchor=f"question-{found.number}"))
    return page("meetings/answer.html", question=found, meeting=found.meeting, form=form)


@bp.route("/meetings/<int:meeting_id>/minutes", methods=["GET", "POST"])
@signed_in
def attest(meeting_id: int) -> ResponseReturnValue:
    """Read the minutes; say that they are right, or what is wrong."""
    found, form = _shown(queries.for_neighbours(me(), meeting_id)), WordForm()
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
        "meetings/attest.html", meeting=found, version=version, said=said, entitled=entitled, form=form, now=now()
    )


@bp.get("/meetings/<int:meeting_id>/minutes.pdf")
@open_to_all
def minutes_pdf(meeting_id: int) -> ResponseReturnValue:
    """The confirmed minutes as PDF, names masked."""
    found = _shown(queries.meeting(anyone(), meeting_id))
    if found.stands is not State.MINUTES_CONFIRMED:
        abort(404)
    return _minutes_pdf(found)


# The desk.


@bp.get("/desk/meetings")
@signed_in_as(*FIELD_STAFF)
def desk() -> ResponseReturnValue:
    """The meetings of one's neighbourhoods."""
    return page("meetings/desk.html", meetings=queries.desk(me()), now=now())


@bp.route("/desk/proposals/<int:proposal_id>/meetings/new", methods=["GET", "POST"])
@signed_in_as(*COMMITTEE)
def plan(proposal_id: int) -> ResponseReturnValue:
    """Plan a meeting on a case."""
    case = queries.case_for_staff(me(), proposal_id) or abort(404)
    speak_for(case.neighbourhood)
    form = PlanForm().offer(queries.buildings(case.neighbourhood_id), queries.seats(case.neighbourhood_id))
    if not form.is_submitted():
        home = case.unit.stairwell.building_id if case.unit is not None else None
        form.suggest(gettext("%(title)s协调会", title=case.title), home, me().id, now())
    if form.validate_on_submit():
        with form.refusals():
            done = perform(actions.plan, me(), case, form.plan())
            return go(url_for(".run", meeting_id=int(done.fact.subject.removeprefix("meeting/"))))
    return page("meetings/plan.html", case=case, meeting=None, form=form)


@bp.post("/desk/concerns/<int:concern_id>/meeting")
@signed_in_as(*COMMITTEE)
def plan_about(concern_id: int) -> ResponseReturnValue:
    """One button: a coordination meeting about a concern, with its parties; a draft to look over."""
    concern = concerns.for_staff(me(), concern_id) or abort(404)
    if not me().holds(*COMMITTEE, neighbourhood_id=concern.neighbourhood_id):
        abort(404)
    done = perform(actions.plan_about, me(), concern)
    return go(url_for(".change_plan", meeting_id=int(done.fact.subject.removeprefix("meeting/"))))


@bp.route("/desk/meetings/<int:meeting_id>/plan", methods=["GET", "POST"])
@signed_in_as(*COMMITTEE)
def change_plan(meeting_id: int) -> ResponseReturnValue:
    """Change a plan that nobody has been told of."""
    found = _shown(queries.for_committee(me(), meeting_id))
    form = PlanForm().offer(queries.buildings(found.neighbourhood_id), queries.seats(found.neighbourhood_id))
    if not form.is_submitted():
        form.show(found)
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.change_plan, me(), found, form.plan())
            return go(url_for(".run", meeting_id=meeting_id))
    return page("meetings/plan.html", case=found.proposal, meeting=found, form=form)


@bp.get("/desk/meetings/<int:meeting_id>")
@signed_in_as(*FIELD_STAFF)
def run(meeting_id: int) -> ResponseReturnValue:
    """Run a meeting: one screen for a phone or tablet, one next step."""
    found = _shown(queries.for_staff(me(), meeting_id))
    moment = now()
    return page(
        "meetings/run.html",
        meeting=found,
        leads=queries.leads(me(), found),
        doors_open=moment >= queries.doors_open(found),
        doors_at=queries.doors_open(found),
        photos=queries.photos(found.id),
        now=moment,
    )


@bp.route("/desk/meetings/<int:meeting_id>/notice", methods=["GET", "POST"])
@signed_in_as(*COMMITTEE)
def post_notice(meeting_id: int) -> ResponseReturnValue:
    """Look at the announcement once more, then post it."""
    found, form = _shown(queries.for_committee(me(), meeting_id)), Act()
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.post_notice, me(), found)
            return _back(found, gettext("公告已贴出，名单上的人已经通知。"))
    delegates = queries.delegates_of(found)
    return page("meetings/notice.html", meeting=found, delegates=delegates, invited=_invited(found), form=form)


@bp.route("/desk/meetings/<int:meeting_id>/postponement", methods=["GET", "POST"])
@signed_in_as(*COMMITTEE)
def postpone(meeting_id: int) -> ResponseReturnValue:
    """Put a meeting off."""
    found, form = _shown(queries.for_committee(me(), meeting_id)), ReasonForm()
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.postpone, me(), found, form.reason.data or "")
            return _back(found, gettext("已延期，请尽快定新的时间。"))
    return page("meetings/reason.html", meeting=found, form=form, title=gettext("延期"), act=gettext("延期"))


@bp.route("/desk/meetings/<int:meeting_id>/new-date", methods=["GET", "POST"])
@signed_in_as(*COMMITTEE)
def set_new_date(meeting_id: int) -> ResponseReturnValue:
    """Give a postponed meeting its new date."""
    found, form = _shown(queries.for_committee(me(), meeting_id)), WhenForm()
    if not form.is_submitted():
        form.place.data = found.place
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.set_new_date, me(), found, form.starts_at, form.place.data or "")
            return _back(found, gettext("新的公告已贴出，名单上的人已经通知。"))
    return page("meetings/new_date.html", meeting=found, form=form)


@bp.route("/desk/meetings/<int:meeting_id>/cancellation", methods=["GET", "POST"])
@signed_in_as(*COMMITTEE)
def cancel(meeting_id: int) -> ResponseReturnValue:
    """Call a meeting off."""
    found, form = _shown(queries.for_committee(me(), meeting_id)), ReasonForm()
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.cancel, me(), found, form.reason.data or "")
            return _back(found, gettext("会议已取消。"))
    return page("meetings/reason.html", meeting=found, form=form, title=gettext("取消会议"), act=gettext("取消会议"))


@bp.get("/desk/meetings/<int:meeting_id>/door")
@signed_in_as(*FIELD_STAFF)
def door_poster(meeting_id: int) -> ResponseReturnValue:
    """The QR code for the door, on a screen or printed."""
    found = _shown(queries.for_staff(me(), meeting_id))
    address = outbox.address(url_for(".door", meeting_id=found.id, token=found.door_token))
    drawn = Markup(qr.svg(address, border=2))  # noqa: S704 - our own drawing of our own address
    return page("meetings/door_poster.html", meeting=found, drawn=drawn, back_url=_run_url(found))


@bp.get("/desk/meetings/<int:meeting_id>/sheet")
@signed_in_as(*FIELD_STAFF)
def sign_in_sheet(meeting_id: int) -> ResponseReturnValue:
    """The list to sign on paper."""
    found = _shown(queries.for_staff(me(), meeting_id))
    return page("meetings/sign_in_sheet.html", meeting=found, back_url=_run_url(found))


@bp.route("/desk/meetings/<int:meeting_id>/attendance", methods=["GET", "POST"])
@signed_in_as(*FIELD_STAFF)
def tick(meeting_id: int) -> ResponseReturnValue:
    """Tick who signed the paper list."""
    found = _shown(queries.for_staff(me(), meeting_id))
    form = PaperListForm().offer(found.members)
    if form.validate_on_submit():
        with form.refusals():
            ticked = form.members.data or []
            done = perform(actions.sign_in_on_paper, me(), found, ticked, form.photo.picture)
            return _back(found, gettext("已录入 %(n)d 人签到。", n=done.fact.count))
    return page("meetings/tick.html", meeting=found, form=form)


@bp.post("/desk/meetings/<int:meeting_id>/opening")
@signed_in_as(*COMMITTEE)
def open_meeting(meeting_id: int) -> ResponseReturnValue:
    """Begin."""
    found = _shown(queries.for_committee(me(), meeting_id))
    perform(actions.open_meeting, me(), found)
    return _back(found, gettext("会议开始。"))


@bp.route("/desk/meetings/<int:meeting_id>/end", methods=["GET", "POST"])
@signed_in_as(*COMMITTEE)
def end(meeting_id: int) -> ResponseReturnValue:
    """End the meeting."""
    found, form = _shown(queries.for_committee(me(), meeting_id)), Act()
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.end, me(), found)
            return _back(found, gettext("会议结束，请写纪要。"))
    return page("meetings/end.html", meeting=found, form=form)


@bp.route("/desk/meetings/<int:meeting_id>/questions/new", methods=["GET", "POST"])
@signed_in_as(*FIELD_STAFF)
def record(meeting_id: int) -> ResponseReturnValue:
    """Record what somebody says in the room."""
    found = _shown(queries.for_staff(me(), meeting_id))
    form = SpokenForm().offer(found.members)
    if form.validate_on_submit():
        speaker = next((member for member in found.members if member.id == form.member.data), None)
        with form.refusals():
            perform(actions.record_question, me(), found, speaker, form.text.data or "", Stance(form.stance.data))
            return _back(found, gettext("已记下。"))
    return page("meetings/record.html", meeting=found, form=form)


@bp.route("/desk/meetings/<int:meeting_id>/photos", methods=["GET", "POST"])
@signed_in_as(*FIELD_STAFF)
def add_photos(meeting_id: int) -> ResponseReturnValue:
    """Keep photos of the meeting."""
    found, form = _shown(queries.for_staff(me(), meeting_id)), PhotosForm()
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.add_photos, me(), found, form.photos.pictures)
            return _back(found, gettext("照片已保存。"))
    return page("meetings/photos.html", meeting=found, form=form)


@bp.route("/desk/meetings/<int:meeting_id>/minutes", methods=["GET", "POST"])
@signed_in_as(*FIELD_STAFF)
def write_minutes(meeting_id: int) -> ResponseReturnValue:
    """Write the minutes, or write them anew."""
    found, form = _shown(queries.for_staff(me(), meeting_id)), MinutesForm()
    if not form.is_submitted():
        _suggest(form, found)
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.write_minutes, me(), found, form.summary.data or "", form.settlement.data or "")
            return _back(found, gettext("这一版已请到会的人核对。"))
    return page("meetings/write_minutes.html", meeting=found, form=form)


@bp.route("/desk/meetings/<int:meeting_id>/minutes/paper", methods=["GET", "POST"])
@signed_in_as(*FIELD_STAFF)
def signed_page(meeting_id: int) -> ResponseReturnValue:
    """Enter that a delegate signed the printed minutes."""
    found = _shown(queries.for_staff(me(), meeting_id))
    version = found.minutes or abort(404)
    given = {word.member_id for word in version.confirmations}
    waiting = [member for member in found.delegates if member.attendance and member.id not in given]
    form = SignedPageForm().offer(waiting)
    if form.validate_on_submit():
        signer = next(member for member in waiting if member.id == form.member.data)
        with form.refusals():
            perform(actions.enter_word, me(), version, signer, form.taken(), form.text.data or "")
            return _back(found, gettext("已录入签字。"))
    return page("meetings/signed_page.html", meeting=found, form=form)


@bp.route("/desk/meetings/<int:meeting_id>/minutes/final", methods=["GET", "POST"])
@signed_in_as(*COMMITTEE)
def confirm_minutes(meeting_id: int) -> ResponseReturnValue:
    """Let the minutes stand."""
    found, form = _shown(queries.for_committee(me(), meeting_id)), Act()
    version = found.minutes or abort(404)
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.confirm_minutes, me(), found)
            return _back(found, gettext("纪要已定稿。"))
    return page("meetings/final.html", meeting=found, version=version, form=form)


# Parts.


def _shown(found: Meeting | None) -> Meeting:
    """The meeting, with the page speaking for its neighbourhood; without one the page does not exist."""
    if found is None:
        abort(404)
    speak_for(found.neighbourhood)
    return found


def _back(found: Meeting, words_: str) -> ResponseReturnValue:
    flash(words_, "success")
    return go(_run_url(found))


def _run_url(found: Meeting) -> str:
    return url_for("meetings.run", meeting_id=found.id)


def _invited(found: Meeting) -> str:
    """The invited seats in words."""
    return str(gettext("、")).join(dict.fromkeys(gettext(seat.label) for seat in found.seats))


def _suggest(form: MinutesForm, found: Meeting) -> None:
    """The last version's words, or a beginning drawn from the record."""
    last = found.minutes
    if last is not None:
        form.summary.data, form.settlement.data = last.summary, last.settlement
        return
    seats = "、".join(dict.fromkeys(seat.label for seat in found.seats_present))
    form.summary.data = f"应到 {found.named} 人，实到 {found.present} 人。" + (f"{seats}到会说明。" if seats else "")


def _minutes_pdf(found: Meeting) -> Response:
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
        ],
        summary=version.summary,
        opinions=[
            sheets.SaidAndAnswered(
                speaker=question.who,
                stance=question.stance_label,
                text=question.text,
                disposition="已答复" if question.answers else "",
                reply="\n".join(f"{said.label}：{said.text}" for said in question.answers),
            )
            for question in found.questions
        ],
        settlement=version.settlement,
        confirmations=[
            sheets.Confirmation(by=_signed_as(word), at=word.confirmed_at, objection=word.objection)
            for word in version.confirmations
        ],
        log_index=standing.index,
        minutes_hash=version.digest,
        confirmed_at=found.since,
    )
    return pdf(sheets.minutes(printed, printed.frame.head_at), f"minutes-{found.id}")


def _signed_as(word: MinutesConfirmation) -> str:
    if word.is_chair:
        return "主持人"
    return f"{word.member.label} {word.member.masked}" if word.member is not None else ""


leads_to("meeting", lambda number: url_for("meetings.meeting", meeting_id=number))
