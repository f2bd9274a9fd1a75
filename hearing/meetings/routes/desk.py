"""The desk: planning a meeting, announcing it, putting it off, calling it off; the one page that runs it."""

from __future__ import annotations

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hearing.audit.ledger import perform
from hearing.concerns import queries as concerns
from hearing.meetings import actions, queries
from hearing.meetings.forms import Act, PlanForm, ReasonForm, WhenForm
from hearing.meetings.models import Meeting
from hearing.meetings.routes.blueprint import back, bp, invited, number_of, shown
from hearing.meetings.rules import AFTER, KIND_LABELS, ROOM, Kind, Naming, sign_up_closes
from hearing.people.rules import COMMITTEE, FIELD_STAFF
from hearing.people.surroundings import moment, speak_for
from hearing.people.viewer import me
from hearing.web.answers import go, page
from hearing.web.guards import signed_in_as


@bp.get("/desk/meetings")
@signed_in_as(*FIELD_STAFF)
def desk() -> ResponseReturnValue:
    """The meetings of one's neighbourhoods."""
    return page("meetings/desk.html", meetings=queries.desk(me()), now=moment())


@bp.route("/desk/proposals/<int:proposal_id>/meetings/new", methods=["GET", "POST"])
@signed_in_as(*COMMITTEE)
def plan(proposal_id: int) -> ResponseReturnValue:
    """Plan a meeting on a case."""
    case = queries.case_for_staff(me(), proposal_id) or abort(404)
    speak_for(case.neighbourhood)
    form = PlanForm().offer(queries.buildings(case.neighbourhood_id), queries.seats(case.neighbourhood_id))
    kind = _kind(request.args.get("kind", ""))
    if not form.is_submitted():
        home = case.unit.stairwell.building_id if case.unit is not None else None
        title = gettext("%(title)s%(kind)s", title=case.title, kind=gettext(KIND_LABELS[kind]))
        form.suggest(kind, title, home, me().id, moment())
    if form.validate_on_submit():
        with form.refusals():
            done = perform(actions.plan, me(), case, form.plan())
            return go(url_for(".run", meeting_id=number_of(done.fact.subject)))
    return page("meetings/plan.html", case=case, meeting=None, form=form)


@bp.post("/desk/concerns/<int:concern_id>/meeting")
@signed_in_as(*COMMITTEE)
def plan_about(concern_id: int) -> ResponseReturnValue:
    """One button: a coordination meeting about a concern, with its parties; a draft to look over."""
    concern = concerns.for_staff(me(), concern_id) or abort(404)
    if not me().holds(*COMMITTEE, neighbourhood_id=concern.neighbourhood_id):
        abort(404)
    done = perform(actions.plan_about, me(), concern)
    return go(url_for(".change_plan", meeting_id=number_of(done.fact.subject)))


@bp.route("/desk/meetings/<int:meeting_id>/plan", methods=["GET", "POST"])
@signed_in_as(*COMMITTEE)
def change_plan(meeting_id: int) -> ResponseReturnValue:
    """Change a plan that nobody has been told of."""
    found = shown(queries.for_committee(me(), meeting_id))
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
    found = shown(queries.for_staff(me(), meeting_id))
    return page(
        "meetings/run.html",
        meeting=found,
        leads=queries.leads(me(), found),
        chairs=me().id == found.chair_id,
        doors_open=moment() >= queries.doors_open(found),
        doors_at=queries.doors_open(found),
        sign_up_closed=moment() >= sign_up_closes(found.starts_at),
        photos=queries.photos(found.id) if found.stands in AFTER | ROOM else [],
        rounds=queries.rounds(found),
        now=moment(),
    )


@bp.route("/desk/meetings/<int:meeting_id>/notice", methods=["GET", "POST"])
@signed_in_as(*COMMITTEE)
def post_notice(meeting_id: int) -> ResponseReturnValue:
    """Look at the announcement once more, then post it."""
    found, form = shown(queries.for_committee(me(), meeting_id)), Act()
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.post_notice, me(), found)
            return back(found, gettext("公告已贴出，名单上的人已经通知。"))
    whom, count = _whom(found)
    return page("meetings/notice.html", meeting=found, whom=whom, count=count, invited=invited(found), form=form)


@bp.route("/desk/meetings/<int:meeting_id>/postponement", methods=["GET", "POST"])
@signed_in_as(*COMMITTEE)
def postpone(meeting_id: int) -> ResponseReturnValue:
    """Put a meeting off."""
    found, form = shown(queries.for_committee(me(), meeting_id)), ReasonForm()
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.postpone, me(), found, form.reason.data or "")
            return back(found, gettext("已延期，请尽快定新的时间。"))
    return page("meetings/reason.html", meeting=found, form=form, title=gettext("延期"), act=gettext("延期"))


@bp.route("/desk/meetings/<int:meeting_id>/new-date", methods=["GET", "POST"])
@signed_in_as(*COMMITTEE)
def set_new_date(meeting_id: int) -> ResponseReturnValue:
    """Give a postponed meeting its new date."""
    found, form = shown(queries.for_committee(me(), meeting_id)), WhenForm()
    if not form.is_submitted():
        form.place.data = found.place
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.set_new_date, me(), found, form.starts_at, form.place.data or "")
            return back(found, gettext("新的公告已贴出，名单上的人已经通知。"))
    return page("meetings/new_date.html", meeting=found, form=form)


@bp.route("/desk/meetings/<int:meeting_id>/cancellation", methods=["GET", "POST"])
@signed_in_as(*COMMITTEE)
def cancel(meeting_id: int) -> ResponseReturnValue:
    """Call a meeting off."""
    found, form = shown(queries.for_committee(me(), meeting_id)), ReasonForm()
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.cancel, me(), found, form.reason.data or "")
            return back(found, gettext("会议已取消。"))
    return page("meetings/reason.html", meeting=found, form=form, title=gettext("取消会议"), act=gettext("取消会议"))


@bp.post("/desk/meetings/<int:meeting_id>/next")
@signed_in_as(*COMMITTEE)
def plan_next(meeting_id: int) -> ResponseReturnValue:
    """One button: the next meeting of the same kind and roster; a draft to look over."""
    found = shown(queries.for_committee(me(), meeting_id))
    done = perform(actions.plan_next, me(), found)
    return go(url_for(".change_plan", meeting_id=number_of(done.fact.subject)))


def _whom(found: Meeting) -> tuple[str, int]:
    """Who will be called, as the desk checks it before the notice; and how many are named by it."""
    if found.naming == Naming.DRAWN:
        words = gettext("%(whom)s，从报名的邻居里抽 %(n)d 名代表", whom=found.whom, n=found.wanted)
        return str(words), 0
    if found.naming == Naming.EVERYBODY:
        count = len(queries.delegates_of(found))
        return str(gettext("%(building)s，户册上 %(n)d 人", building=found.whom, n=count)), count
    count = len(found.delegates)
    return str(gettext("名单上 %(n)d 名代表", n=count)), count


def _kind(name: str) -> Kind:
    """The kind that a link asks for; a coordination meeting where it names none."""
    return Kind(name) if name in set(Kind) else Kind.COORDINATION
