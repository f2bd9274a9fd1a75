"""Pages of a meeting for everybody, and for those who are named: signing in, asking, answering."""

from __future__ import annotations

import secrets

from flask import abort, url_for
from flask.typing import ResponseReturnValue

from hearing.audit.ledger import perform
from hearing.audit.routes import leads_to
from hearing.files import queries as files
from hearing.meetings import actions, queries
from hearing.meetings.forms import Act, AnswerForm, QuestionForm
from hearing.meetings.routes.blueprint import bp, invited, shown
from hearing.meetings.rules import BEFORE, STANDING, SignInMethod, Stance, State
from hearing.people.kept import kept
from hearing.people.surroundings import moment, speak_for
from hearing.people.viewer import anyone, me
from hearing.web.answers import go, page
from hearing.web.guards import open_to_all, signed_in


@bp.get("/meetings/<int:meeting_id>")
@open_to_all
@kept
def meeting(meeting_id: int) -> ResponseReturnValue:
    """One meeting: when and where, what was asked and answered, what the minutes say."""
    found = shown(queries.meeting(anyone(), meeting_id))
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
        invited=invited(found),
        signed_up=queries.signed_up(anyone(), found.id) if found.stands in BEFORE else None,
        rounds=[each for each in queries.rounds(found) if each.is_public],
        polls=queries.polls(found.id) if found.stands in STANDING | {State.MINUTES_DRAFT} else [],
        doors_open=moment() >= queries.doors_open(found),
        now=moment(),
    )


@bp.post("/meetings/<int:meeting_id>/sign-in")
@signed_in
def sign_in(meeting_id: int) -> ResponseReturnValue:
    """签到 on one's own phone."""
    found = shown(queries.at_a_glance(me(), meeting_id))
    done = perform(actions.sign_in, me(), found, SignInMethod.PHONE)
    return go(url_for("audit.receipt", index=done.index))


@bp.route("/meetings/<int:meeting_id>/door/<token>", methods=["GET", "POST"])
@signed_in
def door(meeting_id: int, token: str) -> ResponseReturnValue:
    """签到 by the QR code at the door."""
    found, form = shown(queries.at_a_glance(me(), meeting_id)), Act()
    if not secrets.compare_digest(token.encode(), found.door_token.encode()):
        abort(404)
    if form.validate_on_submit():
        with form.refusals():
            done = perform(actions.sign_in, me(), found, SignInMethod.QR)
            return go(url_for("audit.receipt", index=done.index))
    return page("meetings/door_sign_in.html", meeting=found, own=queries.own_memberships(me(), meeting_id), form=form)


@bp.route("/meetings/<int:meeting_id>/question", methods=["GET", "POST"])
@signed_in
def ask(meeting_id: int) -> ResponseReturnValue:
    """我要提问, before or in the meeting."""
    found, form = shown(queries.at_a_glance(me(), meeting_id)), QuestionForm()
    if form.validate_on_submit():
        with form.refusals():
            done = perform(
                actions.ask,
                me(),
                found,
                form.text.data or "",
                Stance(form.stance.data),
                anonymous=bool(form.anonymous.data),
                voice=form.voice.sound,
            )
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


leads_to("meeting", lambda number: url_for("meetings.meeting", meeting_id=number))
files.may_see.update({queries.MATERIAL: queries.shows_material, queries.VOICE: queries.plays_voice})
