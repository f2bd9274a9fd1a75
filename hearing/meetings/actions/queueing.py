"""Queueing 排队发言: hands go up and down as bookkeeping; that somebody got the floor is an act."""

from __future__ import annotations

from sqlalchemy import select, update

from hearing.clock import now
from hearing.db import db
from hearing.meetings import facts, queries, rules
from hearing.meetings.actions.parts import about, as_chair, as_staff, hold, touch
from hearing.meetings.models import Hand, LiveState, Meeting, MeetingMember
from hearing.people.viewer import Viewer
from hearing.refusal import Refused


def raise_hand(by: Viewer, meeting: Meeting, *, anonymous: bool = False) -> int:
    """Somebody in the room wants the floor; her number. Twice from two phones is one hand: the database keeps it.

    Raises MEETING_ELSEWHERE, NOT_IN_THE_ROOM or HAND_UP_ALREADY.
    """
    live = _lock(meeting)
    speaker = queries.speaker(by, meeting.id)
    rules.may_raise_hand(rules.State(queries.state_of(meeting.id)), in_room=speaker is not None)
    if speaker is None:
        raise Refused(rules.Refusal.NOT_IN_THE_ROOM)
    return _put_up(live, speaker.key, speaker.shown(by, anonymous=anonymous), on_paper=False)


def raise_hand_for(by: Viewer, meeting: Meeting, member: MeetingMember | None, called: str) -> int:
    """Staff put a hand up for somebody without a phone; `called` is how the room knows a neighbour who sits in.

    Raises MEETING_ELSEWHERE, NOT_IN_THE_ROOM, HAND_UP_ALREADY, or NOT_YOUR_SEAT of people.
    """
    live = _lock(meeting)
    as_staff(by, meeting)
    in_room = member.inside if member is not None else bool(called.strip())
    rules.may_raise_hand(rules.State(queries.state_of(meeting.id)), in_room=in_room)
    key = f"member/{member.id}" if member is not None else f"guest/{live.next_hand}"
    label = queries.shown_as(member) if member is not None else called.strip()[:60]
    return _put_up(live, key, label, on_paper=True)


def lower_hand(by: Viewer, meeting: Meeting) -> None:
    """Somebody does not want the floor any more. Raises NOT_IN_QUEUE."""
    _lock(meeting)
    speaker = queries.speaker(by, meeting.id)
    found = queries.hand_of(meeting.id, speaker.key) if speaker is not None else None
    if found is None:
        raise Refused(rules.Refusal.NOT_IN_QUEUE)
    _end(found)


def remove_hand(by: Viewer, meeting: Meeting, hand_id: int) -> None:
    """The chair or staff take a hand down that is up no more. Raises NOT_IN_QUEUE, or NOT_YOUR_SEAT of people."""
    _lock(meeting)
    as_staff(by, meeting)
    _end(_hand(meeting, hand_id))


def move_hand(by: Viewer, meeting: Meeting, hand_id: int, steps: int, *, seen: int) -> None:
    """The chair moves a hand up or down in the queue that she sees.

    Raises NOT_THE_CHAIR, QUEUE_CHANGED, NOT_IN_QUEUE, or NOT_YOUR_SEAT of people.
    """
    live = _lock(meeting)
    as_chair(by, meeting)
    rules.check_seen(seen, live.queue_turn)
    waiting = {hand.key: hand for hand in queries.hands(meeting.id) if hand.called_at is None}
    for place, key in enumerate(rules.moved(list(waiting), _hand(meeting, hand_id).key, steps), 1):
        waiting[key].place = place
    _changed(live)


def give_floor(by: Viewer, meeting: Meeting, hand_id: int | None = None) -> facts.FloorGiven:
    """The chair lets the next one speak, or one whom she picks; whoever had the floor has spoken.

    Raises NOT_THE_CHAIR, MEETING_ELSEWHERE, QUEUE_EMPTY, NOT_IN_QUEUE, or NOT_YOUR_SEAT of people.
    """
    meeting = hold(meeting)
    role = as_chair(by, meeting)
    live = _lock(meeting)
    up = {hand.id: hand for hand in queries.hands(meeting.id)}
    waiting = [hand.id for hand in up.values() if hand.called_at is None]
    chosen = up[rules.next_speaker(meeting.stands, waiting, hand_id)]
    moment = now()
    for hand in up.values():
        if hand.called_at is not None:
            hand.ended_at = moment
    first_time = queries.times_spoken(meeting.id).get(chosen.key, 0) == 0
    chosen.called_at = moment
    _changed(live)
    return facts.FloorGiven(**about(by, role, meeting), number=chosen.number, first_time=first_time, speaker=chosen.key)


def _lock(meeting: Meeting) -> LiveState:
    """Lock the room's counter, which everybody waits for who changes the queue."""
    touch(meeting.id)
    query = select(LiveState).where(LiveState.meeting_id == meeting.id).execution_options(populate_existing=True)
    return db.session.scalars(query.with_for_update()).one()


def _put_up(live: LiveState, key: str, label: str, *, on_paper: bool) -> int:
    number, live.next_hand = live.next_hand, live.next_hand + 1
    if queries.hand_of(live.meeting_id, key) is not None:
        raise Refused(rules.Refusal.HAND_UP_ALREADY)
    db.session.add(
        Hand(
            meeting_id=live.meeting_id,
            number=number,
            key=key,
            label=label,
            place=10_000 + number,
            on_paper=on_paper,
            raised_at=now(),
        )
    )
    _changed(live)
    return number


def _hand(meeting: Meeting, hand_id: int) -> Hand:
    found = queries.waiting_hand(meeting.id, hand_id)
    if found is None:
        raise Refused(rules.Refusal.NOT_IN_QUEUE)
    return found


def _end(hand: Hand) -> None:
    hand.ended_at = now()
    db.session.execute(
        update(LiveState)
        .where(LiveState.meeting_id == hand.meeting_id)
        .values(queue_turn=LiveState.queue_turn + 1)
        .execution_options(synchronize_session=False)
    )


def _changed(live: LiveState) -> None:
    live.queue_turn += 1
    db.session.flush()
