"""A hundred hands at one list: whoever is named is signed in once."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from sqlalchemy import func, select

from hearing import clock
from hearing.audit import queries as trail
from hearing.audit.ledger import perform
from hearing.db import db
from hearing.meetings import actions
from hearing.meetings.models import Attendance, Meeting, MeetingQuestion
from hearing.meetings.rules import Refusal, SignInMethod, Stance
from hearing.refusal import Refused
from tests.cast import Cast
from tests.meetings.scene import STARTS, noticed
from tests.schema import viewer

HANDS = 100


def test_a_hundred_sign_ins_of_one_delegate_leave_one_row(app: Flask, cast: Cast, torture_scale: int) -> None:
    with app.app_context():
        number = noticed(cast).id

    def sign_in(_hand: int) -> str:
        with app.app_context():
            meeting = db.session.get_one(Meeting, number)
            try:
                perform(actions.sign_in, viewer(cast.ref(1)), meeting, SignInMethod.PHONE)
            except Refused as refused:
                return refused.refusal.value
            return "signed in"

    hands = HANDS * torture_scale
    with clock.standing_at(STARTS), ThreadPoolExecutor(8) as room:
        outcomes = Counter(room.map(sign_in, range(hands)))
    assert outcomes == {"signed in": 1, Refusal.SIGNED_IN_BEFORE.value: hands - 1}
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Attendance)) == 1
        meeting = db.session.get_one(Meeting, number)
        told = [
            entry for entry in trail.story(db.session, meeting.proposal.matter) if entry.kind == "meeting.signed_in"
        ]
        assert len(told) == 1


def test_questions_asked_at_once_are_numbered_one_after_the_other(app: Flask, cast: Cast, again: int) -> None:
    with app.app_context():
        number = noticed(cast).id

    def ask(household: int) -> None:
        with app.app_context():
            meeting = db.session.get_one(Meeting, number)
            perform(actions.ask, viewer(cast.ref(household)), meeting, f"第 {household} 户问", Stance.ASKS)

    with ThreadPoolExecutor(13) as room:
        list(room.map(ask, range(1, 14)))
    with app.app_context():
        numbers = db.session.scalars(select(MeetingQuestion.number).order_by(MeetingQuestion.number)).all()
    assert numbers == list(range(1, 14))
