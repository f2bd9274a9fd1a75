"""After a meeting: the table of opinions and answers, grouping, answering, signatures, what is owed, satisfaction."""

from __future__ import annotations

from flask import abort, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hearing.audit.ledger import perform
from hearing.meetings import actions, queries
from hearing.meetings.forms import (
    CloseForm,
    CompletionForm,
    GroupForm,
    RectificationForm,
    ReplyForm,
    SatisfactionForm,
    SettlementPageForm,
)
from hearing.meetings.models import OpinionGroup
from hearing.meetings.queries import FEWEST_SHOWN
from hearing.meetings.routes.blueprint import back, bp, shown
from hearing.meetings.rules import GRADE_LABELS, STANDING, Grade, Outcome, State
from hearing.people.kept import kept
from hearing.people.rules import COMMITTEE, FIELD_STAFF
from hearing.people.surroundings import moment, speak_for
from hearing.people.viewer import anyone, me
from hearing.web.answers import go, page
from hearing.web.guards import open_to_all, signed_in, signed_in_as

bp.add_app_template_global(queries.effects, "opinions_behind")


@bp.get("/meetings/<int:meeting_id>/answers")
@open_to_all
@kept
def answers(meeting_id: int) -> ResponseReturnValue:
    """意见答复: every opinion with its answer, what is overdue in words, and what came of the meeting."""
    found = shown(queries.meeting(anyone(), meeting_id))
    if found.stands not in STANDING:
        abort(404)
    done = queries.completion(found.id) if found.stands is State.CLOSED else None
    return page(
        "meetings/answers.html",
        meeting=found,
        groups=queries.groups(found.id) if found.template.answers else [],
        rectification=queries.rectification(found.id) if found.template.grades else None,
        signatures=queries.signatures(found.id) if found.template.settles else [],
        completion=done,
        satisfaction=queries.satisfaction(found.id) if done is not None else {},
        grade_labels=GRADE_LABELS,
        fewest=FEWEST_SHOWN,
        now=moment(),
    )


@bp.post("/meetings/<int:meeting_id>/settlement")
@signed_in
def sign_settlement(meeting_id: int) -> ResponseReturnValue:
    """A party signs what was settled, or that nothing was."""
    found = shown(queries.for_neighbours(me(), meeting_id))
    done = perform(actions.sign_settlement, me(), found)
    return go(url_for("audit.receipt", index=done.index))


@bp.route("/meetings/<int:meeting_id>/satisfaction", methods=["GET", "POST"])
@signed_in
def satisfaction(meeting_id: int) -> ResponseReturnValue:
    """满意度回访: how satisfied a household is, thirty days after."""
    found, form = shown(queries.for_neighbours(me(), meeting_id)), SatisfactionForm()
    done = queries.completion(found.id) or abort(404)
    if form.validate_on_submit():
        with form.refusals():
            grade, words = Grade(form.grade.data), form.words.data or ""
            index = perform(actions.give_satisfaction, me(), found, grade, words).index
            return go(url_for("audit.receipt", index=index))
    given = queries.has_given(me(), found.id)
    return page("meetings/satisfaction.html", meeting=found, completion=done, given=given, form=form, now=moment())


@bp.route("/meetings/groups/<int:group_id>/answer", methods=["GET", "POST"])
@signed_in
def answer_group(group_id: int) -> ResponseReturnValue:
    """Answer a group of opinions, from the desk or from the office to which it was passed on."""
    found: OpinionGroup = queries.group(me(), group_id) or abort(404)
    speak_for(found.meeting.neighbourhood)
    form = ReplyForm().offer(queries.seats(found.meeting.neighbourhood_id))
    if form.validate_on_submit():
        with form.refusals():
            done = perform(actions.answer_group, me(), found, form.given())
            at_desk = queries.runs(me(), found.meeting)
            after = url_for(".grouping", meeting_id=found.meeting_id)
            return go(after if at_desk else url_for("audit.receipt", index=done.index))
    return page("meetings/group_answer.html", meeting=found.meeting, group=found, form=form, now=moment())


# The desk.


@bp.route("/desk/meetings/<int:meeting_id>/groups", methods=["GET", "POST"])
@signed_in_as(*FIELD_STAFF)
def grouping(meeting_id: int) -> ResponseReturnValue:
    """Put opinions that say the same together; then answer them group by group."""
    found = shown(queries.for_staff(me(), meeting_id))
    groups = queries.groups(found.id)
    form = GroupForm().offer(groups, found.questions)
    if form.validate_on_submit():
        into = next((group for group in groups if group.id == form.into.data), None)
        with form.refusals():
            perform(actions.group_opinions, me(), found, form.title.data or "", form.opinions.data or [], into)
            return go(url_for(".grouping", meeting_id=meeting_id))
    return page(
        "meetings/groups.html",
        meeting=found,
        groups=groups,
        form=form,
        leads=queries.leads(me(), found),
        ungrouped=queries.ungrouped(found, groups),
        now=moment(),
    )


@bp.post("/desk/meetings/<int:meeting_id>/answering")
@signed_in_as(*COMMITTEE)
def begin_answering(meeting_id: int) -> ResponseReturnValue:
    """From now on the groups are answered."""
    perform(actions.begin_answering, me(), shown(queries.for_committee(me(), meeting_id)))
    return go(url_for(".grouping", meeting_id=meeting_id))


@bp.route("/desk/meetings/<int:meeting_id>/closing", methods=["GET", "POST"])
@signed_in_as(*COMMITTEE)
def close(meeting_id: int) -> ResponseReturnValue:
    """办结: all answered or passed on, and what came of it."""
    found, form = shown(queries.for_committee(me(), meeting_id)), CloseForm()
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.close, me(), found, Outcome(form.outcome.data), form.note.data or "")
            return back(found, gettext("已办结。"))
    return page("meetings/form.html", meeting=found, form=form, title=gettext("办结"), act=gettext("办结"))


@bp.route("/desk/meetings/<int:meeting_id>/settlement", methods=["GET", "POST"])
@signed_in_as(*FIELD_STAFF)
def enter_signature(meeting_id: int) -> ResponseReturnValue:
    """A party signed the page, or would not."""
    found = shown(queries.for_staff(me(), meeting_id))
    signed = {signature.member_id for signature in queries.signatures(found.id)}
    waiting = [member for member in found.delegates if member.came and member.id not in signed]
    form = SettlementPageForm().offer(waiting)
    if form.validate_on_submit():
        member = next(member for member in waiting if member.id == form.member.data)
        with form.refusals():
            perform(actions.enter_signature, me(), found, member, form.photo.picture, form.refused.data or "")
            return back(found, gettext("已登记。"))
    return page("meetings/form.html", meeting=found, form=form, title=gettext("登记签字"), act=gettext("登记"))


@bp.route("/desk/meetings/<int:meeting_id>/rectification", methods=["GET", "POST"])
@signed_in_as(*FIELD_STAFF)
def file_rectification(meeting_id: int) -> ResponseReturnValue:
    """File the plan that the reviewed unit handed in."""
    found, form = shown(queries.for_staff(me(), meeting_id)), RectificationForm()
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.file_rectification, me(), found, form.text.data or "", form.paper.picture)
            return back(found, gettext("整改方案已登记。"))
    return page("meetings/form.html", meeting=found, form=form, title=gettext("登记整改方案"), act=gettext("登记"))


@bp.route("/desk/meetings/<int:meeting_id>/completion", methods=["GET", "POST"])
@signed_in_as(*COMMITTEE)
def note_completion(meeting_id: int) -> ResponseReturnValue:
    """What the meeting led to is done."""
    found, form = shown(queries.for_committee(me(), meeting_id)), CompletionForm()
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.note_completion, me(), found, form.day.day, form.what.data or "")
            return back(found, gettext("已登记，完工满 30 天请邻居评价。"))
    return page("meetings/form.html", meeting=found, form=form, title=gettext("登记完工"), act=gettext("登记"))
