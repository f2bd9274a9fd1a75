"""The last second of a publicity period: whoever was told that her objection came in is heard."""

from __future__ import annotations

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from hearing import clock
from hearing.audit.ledger import perform
from hearing.db import db
from hearing.notices import actions
from hearing.notices.models import Notice, Objection
from hearing.notices.rules import Refusal
from hearing.refusal import Refused
from tests.cast import Cast
from tests.notices.board import MIDNIGHT, POSTED, conclude, put_up
from tests.schema import viewer


def test_at_the_closing_instant_no_acknowledged_objection_is_lost(app: Flask, cast: Cast, again: int) -> None:
    with app.app_context(), clock.standing_at(POSTED):
        notice = put_up(viewer(cast.ref("clerk")), cast.neighbourhood).notice_id
    over = threading.Event()

    def objects(household: int) -> Counter[str]:
        """Object again and again until the paper comes down."""
        outcomes: Counter[str] = Counter()
        with app.app_context():
            while not over.is_set():
                period = db.session.get_one(Notice, notice).period
                assert period is not None
                try:
                    perform(actions.object_to, viewer(cast.ref(household)), period, "不同意")
                    outcomes["taken"] += 1
                except Refused as refused:
                    outcomes[refused.refusal.value] += 1
        return outcomes

    def weighs() -> int:
        """Try to conclude until the days are over; how many objections the law then sees."""
        with app.app_context():
            while True:
                with pytest.raises(Refused) as caught:
                    perform(conclude, viewer(cast.ref("clerk")))
                if caught.value.refusal is not Refusal.PUBLICITY_RUNNING:
                    over.set()
                    assert caught.value.refusal is Refusal.OBJECTIONS_UNDECIDED
                    return int(str(caught.value.details["n"]))

    with clock.standing_at(MIDNIGHT - timedelta(seconds=1.5)), ThreadPoolExecutor(9) as lane:
        clerk = lane.submit(weighs)
        outcomes = sum(lane.map(objects, range(1, 9)), Counter())
        seen = clerk.result()
    with app.app_context():
        kept = db.session.scalar(select(func.count()).select_from(Objection))
    assert outcomes["taken"] == kept == seen > 0
    assert set(outcomes) <= {"taken", Refusal.PUBLICITY_OVER.value}


def test_who_waited_over_the_closing_instant_is_too_late(app: Flask, cast: Cast, again: int) -> None:
    with app.app_context(), clock.standing_at(POSTED):
        notice = put_up(viewer(cast.ref("clerk")), cast.neighbourhood).notice_id
    held, let_go = threading.Event(), threading.Event()

    def holds() -> None:
        """Hold the period over midnight, and change nothing in the end."""
        with app.app_context():
            assert actions.hold_publicity("proposal/3") is not None
            held.set()
            let_go.wait(10)
            db.session.rollback()

    def objects() -> None:
        with app.app_context():
            period = db.session.get_one(Notice, notice).period
            assert period is not None
            perform(actions.object_to, viewer(cast.ref(2)), period, "不同意")

    with ThreadPoolExecutor(2) as lane:
        with clock.standing_at(MIDNIGHT - timedelta(seconds=30)):
            holder = lane.submit(holds)
            held.wait(10)
            neighbour = lane.submit(objects)
            time.sleep(1)
        with clock.standing_at(MIDNIGHT + timedelta(seconds=30)):
            let_go.set()
            with pytest.raises(Refused) as caught:
                neighbour.result()
            holder.result()
    assert caught.value.refusal is Refusal.PUBLICITY_OVER
