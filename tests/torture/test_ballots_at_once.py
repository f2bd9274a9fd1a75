"""Races at the ballot box: one household's many phones, and a close in the middle of it; every promise is kept."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import TimeoutError as PoolTimeout

from hearing import clock
from hearing.audit.ledger import entrust, perform, perform_all
from hearing.audit.models import LogEntry, LogHead
from hearing.ballots import actions, queries
from hearing.ballots.models import NamedBallot, PollMark, SealedBallot, SecretBallot
from hearing.ballots.rules import Refusal, Said
from hearing.db import Busy, db
from hearing.refusal import Refused
from tests import schema
from tests.ballots.stage import Stage, building_of, close_at, crowd, new_nonce, question, terms
from tests.browser import Browser, pick
from tests.cast import Cast

CROWD = 25
ROUNDS = 5

Outcome = Any


def at_once(app: Flask, acts: Sequence[Callable[[], Outcome]]) -> list[Outcome]:
    """Every act in a thread and a session of its own, let go together; anything but a refusal fails the test."""
    outcomes: list[Outcome] = [None] * len(acts)
    gate = threading.Barrier(len(acts))

    def run(place: int) -> None:
        with app.app_context():
            gate.wait()
            try:
                outcomes[place] = patiently(acts[place])
            except Refused as refused:
                outcomes[place] = refused.refusal
            except BaseException as error:  # noqa: BLE001 - whatever it is, the test shows it
                outcomes[place] = error

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    broken = [each for each in outcomes if isinstance(each, BaseException) and not isinstance(each, actions.Standing)]
    assert not broken, broken[:3]
    return outcomes


def patiently(act: Callable[[], Outcome]) -> Outcome:
    """Press again, as the page of a crowded server asks."""
    while True:
        try:
            return act()
        except (Busy, PoolTimeout):
            db.session.rollback()


def test_many_forms_of_one_household_leave_one_secret_ballot(app: Flask, cast: Cast, torture_scale: int) -> None:
    """Half of them are the same form, sent again and again; the others were filled in on other phones."""
    with app.app_context():
        stage = Stage(cast).open()
    url, number = f"/polls/{stage.poll_id}", min(CROWD * torture_scale, 500)
    phones = [_phone(app, cast.ref(1)) for _ in range(number)]
    same = _checked(phones[0], url)
    forms = [same if place % 2 == 0 else _checked(phone, url) for place, phone in enumerate(phones)]
    answers: list[tuple[int, str]] = []
    gate = threading.Barrier(number)

    def press(phone: Browser, fields: dict[str, list[str]]) -> None:
        gate.wait()
        answer = phone.post(f"{url}/ballot/cast", data=fields)
        while answer.status_code == 503:  # A crowded pool asks to wait a moment.
            answer = phone.post(f"{url}/ballot/cast", data=fields)
        answers.append((answer.status_code, answer.location or ""))

    # The tokens of a form belong to the visit in which it was shown, so the same form is pressed by the same phone.
    pressed = [
        (phones[0] if place % 2 == 0 else phone, form)
        for place, (phone, form) in enumerate(zip(phones, forms, strict=True))
    ]
    threads = [threading.Thread(target=press, args=pair) for pair in pressed]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(answers) == {(303, f"{url}/receipt"): number}
    with app.app_context():
        assert db.session.query(PollMark).count() == 1
        assert db.session.query(SealedBallot).count() == 1
        election = stage.finish()
    assert len(election.said) == 1


def _phone(app: Flask, ref: str) -> Browser:
    phone = app.test_client()
    assert isinstance(phone, Browser)
    return phone.enter(ref)


def _checked(phone: Browser, url: str) -> dict[str, list[str]]:
    form = phone.found(f"{url}/ballot", field="voter")
    page = phone.post(f"{url}/ballot", data={**form.fields, "step": "check", "choice": random.choice(["01", "02"])})
    return pick(page.text, action="/ballot/cast").fields


def test_many_ballots_of_one_household_under_its_name_leave_one(app: Flask, cast: Cast, torture_scale: int) -> None:
    with app.app_context():
        stage = Stage(cast).open(question(clock.now()))
        line = stage.line(1).voter_id

    def vote() -> Outcome:
        voter = actions.Voter(stage.who(1), line)
        try:
            return perform(actions.cast_by_name, voter, stage.poll_id, Said(("yes",)), seen=0).index
        except actions.Standing as standing:
            return standing

    outcomes = at_once(app, [vote] * min(CROWD * torture_scale, 400))
    assert sum(isinstance(each, int) for each in outcomes) == 1
    assert sum(isinstance(each, actions.Standing) for each in outcomes) == len(outcomes) - 1
    with app.app_context():
        assert db.session.query(NamedBallot).count() == db.session.query(PollMark).count() == 1


def test_a_close_under_fire_loses_no_ballot_and_counts_none_too_many(
    app: Flask, cast: Cast, torture_scale: int
) -> None:
    """Published tally, rows and trail agree, and whoever got a receipt is in all three."""
    chance, met = random.Random(20261116), Counter[str]()
    with app.app_context():
        refs = crowd(cast, CROWD)
    for _ in range(ROUNDS * torture_scale):
        _one_round(app, cast, refs, chance, met)
    # The clock fell among the voters, not before or after all of them.
    assert met["cast"] > 0 and met["refused"] > 0


def _one_round(app: Flask, cast: Cast, refs: list[str], chance: random.Random, met: Counter[str]) -> None:
    with app.app_context():
        stage = Stage(cast).open(terms(clock.now(), building=building_of("安和里")))
        lines = [stage.line(ref).voter_id for ref in refs]
        close_at(stage.poll_id, clock.now() + timedelta(seconds=chance.uniform(0.1, 1.2)))
    waits = [chance.uniform(0, 1.0) for _ in refs]

    def voter(place: int) -> Callable[[], Outcome]:
        def cast_it() -> Outcome:
            threading.Event().wait(waits[place])
            by = actions.Voter(schema.viewer(refs[place]), lines[place])
            said = Said((chance.choice(["01", "02", "03"]),))
            vote = actions.write_down(stage.poll_id, said, nonce=new_nonce(), phrase="")
            return entrust(actions.cast_secretly, by, vote)

        return cast_it

    def emptier() -> Outcome:
        try:
            return perform_all(actions.put_into_trail, stage.poll_id)
        except Refused:
            return None

    def closer() -> Outcome:
        while True:
            try:
                return perform_all(actions.close, stage.poll_id)
            except Refused as refused:
                if refused.refusal is not Refusal.POLL_STILL_OPEN:
                    raise
                threading.Event().wait(0.01)

    outcomes = at_once(app, [*(voter(place) for place in range(len(refs))), emptier, closer])[: len(refs)]
    receipts = {each for each in outcomes if not isinstance(each, Refusal)}
    refusals = [each for each in outcomes if isinstance(each, Refusal)]
    assert set(refusals) <= {Refusal.POLL_OVER}
    with app.app_context():
        actions.due_steps()
        election = queries.election(stage.poll_id)
        assert election is not None and election.record is not None
        rows = set(db.session.scalars(select(SecretBallot.c).where(SecretBallot.poll_id == stage.poll_id)))
        trail = set(_commitments(stage))
        assert receipts == rows == trail
        assert election.record["voters"] == len(election.said) == len(receipts) == queries.turnout(stage.poll)
        assert db.session.query(SealedBallot).count() == 0
        assert db.session.scalar(select(func.count(LogEntry.idx))) == db.session.scalar(select(LogHead.size))
    met["cast"] += len(receipts)
    met["refused"] += len(refusals)


def _commitments(stage: Stage) -> list[str]:
    import json

    bodies = db.session.scalars(
        select(LogEntry.body).where(LogEntry.kind == "ballot", LogEntry.subject == stage.poll.subject)
    )
    return [json.loads(body)["c"] for body in bodies]


def test_the_office_and_the_clock_at_once_close_a_poll_once(app: Flask, cast: Cast) -> None:
    with app.app_context():
        stage = Stage(cast).open()
        stage.cast_secretly(1, "01")
        close_at(stage.poll_id, clock.now())

    def close() -> Outcome:
        return perform_all(actions.close, stage.poll_id)

    outcomes = at_once(app, [close] * 6)
    assert sum(isinstance(each, list) for each in outcomes) == 1
    assert {each for each in outcomes if isinstance(each, Refusal)} == {Refusal.POLL_ELSEWHERE}
