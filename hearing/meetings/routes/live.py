"""The room, live: one's phone, the chair's phone, the screen in the hall.

Each asks every five seconds with the mark of what it shows, in one small request; the answer is 204 while nothing has
changed. What is the same for everybody is made once for its mark and shared. Without JavaScript the pages say so and
offer a link; after a dropped network or a restart the next question is answered like the first.
"""

from __future__ import annotations

from flask import Response, abort, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext
from markupsafe import Markup

from hearing.audit.ledger import keep, perform
from hearing.meetings import actions, queries
from hearing.meetings.forms import HandForm, QueueForm, VoteForm
from hearing.meetings.models import Meeting, RoomPoll
from hearing.meetings.queries import Pulse
from hearing.meetings.routes.blueprint import bp, shown
from hearing.meetings.rules import MemberKind
from hearing.people.kept import kept_piece, kept_value
from hearing.people.rules import FIELD_STAFF
from hearing.people.viewer import me
from hearing.web.answers import go, page
from hearing.web.guards import signed_in, signed_in_as
from hearing.web.htmx import htmx

CHAIRS = tuple(sorted(queries.CHAIRS))
ROOM_STAFF = tuple(sorted(queries.CHAIRS | FIELD_STAFF))
IN_SIGHT = {"live": 8, "hall": 5, "chair": 20}
"""Hands of a long queue that each page shows; the chair may ask for all of them."""


@bp.get("/meetings/<int:meeting_id>/live")
@signed_in
def live(meeting_id: int) -> ResponseReturnValue:
    """会场 on one's own phone: the item that is on, the queue and one's place in it, the poll."""
    pulse = _pulse(meeting_id)
    if pulse.neighbourhood_id not in me().neighbourhood_ids:
        abort(404)
    if (same := _unchanged(pulse)) is not None:
        return same
    found = None if htmx.wants_fragment else shown(queries.at_a_glance(me(), meeting_id))
    floor = kept_value("floor", meeting_id, pulse.mark, lambda: queries.floor(meeting_id))
    speaker = queries.speaker(me(), meeting_id)
    member = speaker.member if speaker is not None else None
    votes = member is not None and member.kind == MemberKind.DELEGATE
    return _marked(
        page(
            "meetings/live.html",
            fragment="meetings/_live.html",
            pulse=pulse,
            meeting=found,
            shared=_shared(pulse, "live", found),
            speaker=speaker,
            speaking=speaker is not None and floor.speaking == speaker.key,
            ahead=floor.ahead.get(speaker.key) if speaker is not None else None,
            poll=floor.poll if votes else None,
            voted=member is not None and member.id in floor.voters,
        ),
        pulse,
    )


@bp.post("/meetings/<int:meeting_id>/hand")
@signed_in
def raise_hand(meeting_id: int) -> ResponseReturnValue:
    """举手: one tap; `anonymous` leaves one's name out of what the room reads."""
    found = shown(queries.at_a_glance(me(), meeting_id))
    keep(actions.raise_hand, me(), found, anonymous=request.form.get("anonymous") == "yes")
    return go(url_for(".live", meeting_id=meeting_id))


@bp.post("/meetings/<int:meeting_id>/hand/down")
@signed_in
def lower_hand(meeting_id: int) -> ResponseReturnValue:
    """One tap: I do not want the floor any more."""
    found = shown(queries.at_a_glance(me(), meeting_id))
    keep(actions.lower_hand, me(), found)
    return go(url_for(".live", meeting_id=meeting_id))


@bp.route("/meetings/polls/<int:poll_id>/vote", methods=["GET", "POST"])
@signed_in
def vote(poll_id: int) -> ResponseReturnValue:
    """表决: a delegate's one vote."""
    poll: RoomPoll = queries.poll_to_vote(poll_id) or abort(404)
    found = shown(queries.at_a_glance(me(), poll.meeting_id))
    form = VoteForm().offer(poll)
    if form.validate_on_submit():
        with form.refusals():
            done = perform(actions.vote, me(), poll, int(form.option.data))
            return go(url_for("audit.receipt", index=done.index))
    return page("meetings/vote.html", meeting=found, poll=poll, form=form)


# For whoever runs the room.


@bp.get("/desk/meetings/<int:meeting_id>/room")
@signed_in_as(*ROOM_STAFF)
def chair(meeting_id: int) -> ResponseReturnValue:
    """The chair's phone: the next item, whose turn it is, the order of the queue, the poll."""
    pulse = _pulse(meeting_id)
    found = shown(_of_staff(meeting_id))
    if (same := _unchanged(pulse)) is not None:
        return same
    poll = queries.running_poll(meeting_id)
    everybody = "all" in request.args
    return _marked(
        page(
            "meetings/chair.html",
            fragment="meetings/_chair.html",
            meeting=found,
            pulse=pulse,
            chairs=found.chair_id == me().id,
            there=queries.presence(meeting_id),
            queue=queries.queue(meeting_id, None if everybody else IN_SIGHT["chair"]),
            everybody=everybody,
            poll=poll,
            voted=queries.voted(poll.id) if poll is not None else 0,
        ),
        pulse,
    )


@bp.get("/desk/meetings/<int:meeting_id>/hall")
@signed_in_as(*ROOM_STAFF)
def hall(meeting_id: int) -> ResponseReturnValue:
    """The screen in the hall: no control, read from the last row."""
    pulse = _pulse(meeting_id)
    found = shown(_of_staff(meeting_id))
    if (same := _unchanged(pulse)) is not None:
        return same
    shared = _shared(pulse, "hall", found)
    return _marked(
        page("meetings/hall.html", fragment="meetings/_hall.html", meeting=found, pulse=pulse, shared=shared), pulse
    )


@bp.post("/desk/meetings/<int:meeting_id>/items")
@signed_in_as(*CHAIRS)
def next_item(meeting_id: int) -> ResponseReturnValue:
    """On to the next item."""
    perform(actions.next_item, me(), shown(_of_staff(meeting_id)))
    return go(url_for(".chair", meeting_id=meeting_id))


@bp.post("/desk/meetings/<int:meeting_id>/floor")
@signed_in_as(*CHAIRS)
def give_floor(meeting_id: int) -> ResponseReturnValue:
    """The next one speaks, or the one whose button was pressed."""
    hand = request.form.get("hand", type=int)
    perform(actions.give_floor, me(), shown(_of_staff(meeting_id)), hand)
    return go(url_for(".chair", meeting_id=meeting_id))


@bp.post("/desk/meetings/<int:meeting_id>/hands/<int:hand_id>/move")
@signed_in_as(*CHAIRS)
def move_hand(meeting_id: int, hand_id: int) -> ResponseReturnValue:
    """Up or down in the queue, by buttons: no dragging."""
    found, form = shown(_of_staff(meeting_id)), QueueForm()
    if form.validate_on_submit():
        seen, steps = (request.form.get(name, 0, type=int) for name in ("seen", "steps"))
        keep(actions.move_hand, me(), found, hand_id, steps, seen=seen)
    return go(url_for(".chair", meeting_id=meeting_id, all=request.form.get("all")))


@bp.post("/desk/meetings/<int:meeting_id>/hands/<int:hand_id>/removal")
@signed_in_as(*FIELD_STAFF)
def remove_hand(meeting_id: int, hand_id: int) -> ResponseReturnValue:
    """A hand that is up no more."""
    keep(actions.remove_hand, me(), shown(_of_staff(meeting_id)), hand_id)
    return go(url_for(".chair", meeting_id=meeting_id))


@bp.route("/desk/meetings/<int:meeting_id>/hands/new", methods=["GET", "POST"])
@signed_in_as(*FIELD_STAFF)
def raise_hand_for(meeting_id: int) -> ResponseReturnValue:
    """A hand for somebody without a phone."""
    found = shown(queries.for_staff(me(), meeting_id))
    form = HandForm().offer(found.members)
    if form.validate_on_submit():
        member = next((member for member in found.members if member.id == form.member.data), None)
        with form.refusals():
            keep(actions.raise_hand_for, me(), found, member, form.called.data or "")
            return go(url_for(".chair", meeting_id=meeting_id))
    return page("meetings/form.html", meeting=found, form=form, title=gettext("替人举手"), act=gettext("排上"))


def _of_staff(meeting_id: int) -> Meeting | None:
    found = queries.at_a_glance(me(), meeting_id)
    if found is None or not me().holds(*ROOM_STAFF, neighbourhood_id=found.neighbourhood_id):
        return None
    return found


def _pulse(meeting_id: int) -> Pulse:
    pulse = queries.pulse(meeting_id)
    return pulse or abort(404)


def _unchanged(pulse: Pulse) -> Response | None:
    """204 for a page that shows this already, 304 for a browser that says so by the tag of what it has."""
    if htmx.wants_fragment and request.args.get("seen") == pulse.mark:
        return Response(status=204)
    if htmx.wants_fragment and request.if_none_match.contains_weak(pulse.mark):
        return Response(status=304, headers={"ETag": f'W/"{pulse.mark}"'})
    return None


def _marked(answer: Response, pulse: Pulse) -> Response:
    """The answer with its tag."""
    made = make_response(answer)
    if htmx.wants_fragment:
        made.headers["ETag"] = f'W/"{pulse.mark}"'
    return made


def _shared(pulse: Pulse, where: str, found: Meeting | None) -> Markup:
    """What everybody in the room sees, made once for its mark; a phone's fragment reads the meeting only to make it."""

    def make() -> str:
        meeting = found or shown(queries.at_a_glance(me(), pulse.meeting_id))
        poll = queries.running_poll(meeting.id)
        return render_template(
            f"meetings/_{where}_shared.html",
            meeting=meeting,
            pulse=pulse,
            there=queries.presence(meeting.id),
            queue=queries.queue(meeting.id, IN_SIGHT[where]),
            poll=poll,
            voted=queries.voted(poll.id) if poll is not None else 0,
            last_poll=queries.last_poll(meeting.id) if poll is None else None,
            opinions=queries.latest(meeting.id) if where == "hall" else (),
        )

    return kept_piece((where, str(pulse.meeting_id), str(get_locale())), f"{pulse.mark}.{pulse.state}", make)
