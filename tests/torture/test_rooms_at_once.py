"""A room full of thumbs: one hand a person, one vote a delegate, one order of the queue, whoever presses first."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from sqlalchemy import func, select

from hearing.audit.ledger import keep, perform
from hearing.db import db
from hearing.meetings import actions, queries
from hearing.meetings.models import Hand, Meeting, RoomBallot, RoomPoll
from hearing.meetings.rules import Refusal
from hearing.refusal import Refused
from tests.cast import Cast
from tests.meetings import hall
from tests.schema import viewer

PHONES = 40


def test_many_phones_of_one_household_are_one_hand(app: Flask, cast: Cast, torture_scale: int) -> None:
    with app.app_context():
        number = hall.in_session(cast).id

    def press(_phone: int) -> str:
        with app.app_context():
            try:
                keep(actions.raise_hand, viewer(cast.ref(2)), db.session.get_one(Meeting, number))
            except Refused as refused:
                return refused.refusal.value
            return "up"

    phones = PHONES * torture_scale
    with ThreadPoolExecutor(8) as room:
        outcomes = Counter(room.map(press, range(phones)))
    assert outcomes == {"up": 1, Refusal.HAND_UP_ALREADY.value: phones - 1}
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Hand)) == 1


def test_everybody_at_once_has_a_number_of_her_own_and_changes_what_phones_ask_for(app: Flask, cast: Cast) -> None:
    with app.app_context():
        number = hall.in_session(cast).id
        before = queries.pulse(number)

    def press(household: int) -> int:
        with app.app_context():
            return keep(actions.raise_hand, viewer(cast.ref(household)), db.session.get_one(Meeting, number))

    with ThreadPoolExecutor(13) as room:
        numbers = sorted(room.map(press, range(1, 14)))
    assert numbers == list(range(1, 14))
    with app.app_context():
        after = queries.pulse(number)
        assert before is not None and after is not None
        assert after.turn == before.turn + 13
        assert after.queue_turn == before.queue_turn + 13


def test_a_delegate_who_votes_from_many_phones_has_voted_once(app: Flask, cast: Cast, torture_scale: int) -> None:
    with app.app_context():
        poll = hall.poll(cast, hall.in_session(cast)).id

    def vote(phone: int) -> str:
        with app.app_context():
            found = db.session.get_one(RoomPoll, poll)
            try:
                perform(actions.vote, viewer(cast.ref(3)), found, phone % 2)
            except Refused as refused:
                return refused.refusal.value
            return "voted"

    phones = PHONES * torture_scale
    with ThreadPoolExecutor(8) as room:
        outcomes = Counter(room.map(vote, range(phones)))
    assert outcomes == {"voted": 1, Refusal.POLL_VOTED_ALREADY.value: phones - 1}
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(RoomBallot)) == 1


def test_two_chairs_at_once_do_not_undo_each_other(app: Flask, cast: Cast) -> None:
    """The same chair on two phones, each with the order that she saw: one order stands, the other is told to look."""
    with app.app_context():
        meeting = hall.in_session(cast)
        for household in (2, 5, 7):
            hall.raise_hand(cast, meeting, household)
        number, last = meeting.id, queries.hands(meeting.id)[2].id
        pulse = queries.pulse(number)
        assert pulse is not None
        seen = pulse.queue_turn

    def move(steps: int) -> str:
        with app.app_context():
            found = db.session.get_one(Meeting, number)
            try:
                keep(actions.move_hand, viewer(cast.ref("director")), found, last, steps, seen=seen)
            except Refused as refused:
                return refused.refusal.value
            return "moved"

    with ThreadPoolExecutor(2) as phones:
        outcomes = Counter(phones.map(move, (-1, -2)))
    assert outcomes == {"moved": 1, Refusal.QUEUE_CHANGED.value: 1}
