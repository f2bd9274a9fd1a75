"""Races: many phones, much paper and the clock at the same instant; what was acknowledged stands, nothing else does."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import TimeoutError as PoolTimeout

from hearing import clock
from hearing.audit.ledger import Recorded, perform
from hearing.audit.models import LogEntry, LogHead
from hearing.consents import actions, queries, rules
from hearing.consents.models import ConsentCollection, PaperSlip
from hearing.consents.rules import Answer, CollectionState, Refusal
from hearing.db import Busy, db
from hearing.proposals.rules import TemplateName
from hearing.refusal import Refused
from tests import schema
from tests.browser import Browser
from tests.cast import Cast
from tests.consents.conftest import Stage, drawn
from tests.consents.course import BlockCourse, Course, estate, fixed_plan, moment, photo, signature

CROWD = 100
ROUNDS = 10

Outcome = Recorded[Any] | StrEnum


def at_once(app: Flask, acts: Sequence[Callable[[], Outcome]]) -> list[Outcome]:
    """Every act in a thread and a session of its own, let go together; anything but a refusal fails the test."""
    outcomes: list[Outcome | BaseException | None] = [None] * len(acts)
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
    broken = [outcome for outcome in outcomes if not isinstance(outcome, Recorded | StrEnum)]
    assert not broken, broken[:3]
    return outcomes  # type: ignore[return-value]


def patiently(act: Callable[[], Outcome]) -> Outcome:
    """Press again, as the page of a crowded server asks: the same act, until there is a connection for it."""
    while True:
        try:
            return act()
        except (Busy, PoolTimeout):
            db.session.rollback()


def the_trail_fits(course: Course) -> None:
    """One entry for every record, each number once, and the head counts every entry."""
    collection = course.collection()
    numbers = [record.number for record in collection.records]
    assert numbers == list(range(1, len(numbers) + 1))
    assert collection.next_record == len(numbers) + 1
    places, _ = queries.log_places(collection)
    assert sorted(places) == numbers
    entries = db.session.scalars(select(LogEntry.idx).order_by(LogEntry.idx)).all()
    assert entries == list(range(db.session.scalars(select(LogHead.size)).one()))
    for unit in collection.units:
        turns = [record.turn for record in collection.records if record.consent_unit_id == unit.id]
        assert turns == list(range(1, unit.turn + 1))


def test_a_hundred_signatures_of_one_household_at_once_leave_one(opened: Stage, torture_scale: int) -> None:
    course = opened.course
    seen = opened.count(lambda collection: actions.Seen(collection.version.plan_hash, 0))

    def sign() -> Recorded[Any]:
        by = course.who(5)
        said = random.choice([Answer.AGREE, Answer.OPPOSE])
        return perform(actions.answer, by, course.slip(by), said, signature(), seen=seen)

    outcomes = at_once(opened.app, [sign] * min(CROWD * torture_scale, 400))
    counts = Counter(type(outcome).__name__ if isinstance(outcome, Recorded) else outcome for outcome in outcomes)
    assert counts["Recorded"] == 1
    assert counts[Refusal.ANSWERED_MEANWHILE] == len(outcomes) - 1
    opened.act(lambda c: the_trail_fits(c))
    receipt = next(outcome for outcome in outcomes if isinstance(outcome, Recorded))
    assert opened.count(lambda c: [record.answer for record in c.records]) == [receipt.fact.answer]


def test_a_hundred_forms_of_one_household_leave_one_and_nobody_meets_an_error(opened: Stage, again: int) -> None:
    phones = [opened.browser(5) for _ in range(CROWD)]
    phones[0].submit(f"{opened.url}/answer", {"answer": "agree", **drawn()}, field="answer")
    check = f"{opened.url}/answer/check"
    forms = [phone.found(check, field="draft").fields for phone in phones]
    answers: list[tuple[int, str]] = []
    gate = threading.Barrier(len(phones))

    def press(phone: Browser, fields: dict[str, list[str]]) -> None:
        gate.wait()
        answer = phone.post(check, data=fields)
        answers.append((answer.status_code, answer.location or ""))

    threads = [threading.Thread(target=press, args=pair) for pair in zip(phones, forms, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    receipts = {location for status, location in answers if status == 303 and "/receipts/" in location}
    assert len(receipts) == 1
    others = Counter(
        status if status != 303 else location.rpartition("/")[2]
        for status, location in answers
        if "/receipts/" not in location
    )
    # Told that the household has answered meanwhile, or led to its answer; a crowded pool may say to wait a moment.
    assert set(others) <= {422, "mine", 503}, others
    assert opened.count(lambda collection: [unit.turn for unit in collection.units][4]) == 1
    opened.act(the_trail_fits)


def test_a_hundred_phones_and_slips_of_fifty_households_at_once(app: Flask, cast: Cast, again: int) -> None:
    course = _crowd(app, cast, CROWD // 2)
    with app.app_context():
        with clock.standing_at(moment(9)):
            perform(actions.issue_slips, course.who("clerk"), course.collection(), course.collection().units)
        slips = _half_read(course)
    with clock.standing_at(moment(9, 12)):
        phones = [_phone(course, number) for number in range(1, CROWD // 2 + 1)]
        papers = [_paper(course, slip) for slip in slips]
        outcomes = at_once(app, [act for pair in zip(phones, papers, strict=True) for act in pair])
        assert all(isinstance(outcome, Recorded) for outcome in outcomes[1::2]), "paper never loses to a phone"
        late = [outcome for outcome in outcomes[::2] if not isinstance(outcome, Recorded)]
        assert set(late) <= {Refusal.ANSWERED_MEANWHILE}
        with app.app_context():
            the_trail_fits(course)
            collection = course.collection()
            assert len(collection.records) == CROWD - len(late)
            assert collection.tally().part.heads == CROWD // 2


def _crowd(app: Flask, cast: Cast, flats: int) -> BlockCourse:
    with app.app_context():
        building = estate(cast, flats, accounts=True)
        template = TemplateName.OWNERS_ORDINARY
        course = BlockCourse(cast, fixed_plan(cast, cast.neighbourhood, template, building, manager=False))
        course.open()
    return course


def _half_read(course: Course) -> list[int]:
    """Every slip with its first reading, by the clerk."""
    with clock.standing_at(moment(9, 11)):
        by, slips = course.who("clerk"), db.session.scalars(select(PaperSlip.id).order_by(PaperSlip.id)).all()
        for slip_id in slips:
            slip = queries.paper_slip_by_id(by, slip_id)
            assert slip is not None
            perform(actions.read_slip, by, slip, _reading(slip), actions.Original(photo(slip_id), rules.Method.PAPER))
    return list(slips)


def _reading(slip: PaperSlip) -> actions.Reading:
    return actions.Reading((slip.unit.holders[0].holder_id,), Answer.OPPOSE, date(2026, 11, 8), moment(9, 9))


def _phone(course: Course, flat: int) -> Callable[[], Recorded[Any]]:
    return lambda: course.sign(f"flat{flat}")


def _paper(course: Course, slip_id: int) -> Callable[[], Recorded[Any]]:
    def read() -> Recorded[Any]:
        by = course.who("second_clerk")
        slip = queries.paper_slip_by_id(by, slip_id)
        assert slip is not None
        return perform(actions.read_slip, by, slip, _reading(slip))

    return read


def test_closing_under_fire_loses_no_receipt_and_counts_nobody_who_was_refused(
    app: Flask, cast: Cast, torture_scale: int
) -> None:
    flats, chance = 24, random.Random(20261116)
    with app.app_context():
        building = estate(cast, flats, accounts=True)
    met: Counter[str] = Counter()
    for _ in range(ROUNDS * torture_scale):
        with app.app_context():
            template = TemplateName.OWNERS_ORDINARY
            course = BlockCourse(cast, fixed_plan(cast, cast.neighbourhood, template, building, manager=False))
            course.open()
        with clock.standing_at(moment(9)):
            _one_round(app, course, flats, chance, met)
    # The clock fell among the signers, not before or after all of them.
    assert met["signed"] > 0
    assert met["refused"] > 0


def _one_round(app: Flask, course: Course, flats: int, chance: random.Random, met: Counter[str]) -> None:
    with app.app_context(), schema.door_open():
        closes = clock.now() + timedelta(seconds=chance.uniform(0.1, 1.2))
        change = update(ConsentCollection).where(ConsentCollection.id == course.collection_id)
        db.session.execute(change.values(closes_at=closes))
    waits = [chance.uniform(0, 1.0) for _ in range(flats)]

    def signer(flat: int) -> Callable[[], Recorded[Any]]:
        def sign() -> Recorded[Any]:
            threading.Event().wait(waits[flat - 1])
            return course.sign(f"flat{flat}", chance.choice([Answer.AGREE, Answer.OPPOSE]))

        return sign

    def closer() -> Recorded[Any]:
        while True:
            try:
                return perform(actions.close, queries.whole(course.collection_id))
            except Refused as refused:
                if refused.refusal is not Refusal.STILL_OPEN:
                    raise
                threading.Event().wait(0.01)

    outcomes = at_once(app, [*(signer(flat) for flat in range(1, flats + 1)), closer])
    closed = outcomes.pop()
    assert isinstance(closed, Recorded)
    signed = {flat: done for flat, done in enumerate(outcomes, 1) if isinstance(done, Recorded)}
    refused = [outcome for outcome in outcomes if not isinstance(outcome, Recorded)]
    assert set(refused) <= {Refusal.ALREADY_CLOSED}
    with app.app_context():
        the_trail_fits(course)
        collection = course.collection()
        assert collection.stands is CollectionState.GRACE
        said = {
            unit.position + 1: standing.answer.answer
            for unit in collection.units
            for standing in [collection.standings()[unit.ref]]
            if standing.answer.answer
        }
        assert said == {flat: done.fact.answer for flat, done in signed.items()}
        assert len(collection.records) == len(signed)
        assert all(record.received_at < closes for record in collection.records)
        assert collection.tally().part.heads == closed.fact.answered == len(signed)
        assert all(done.index < closed.index for done in signed.values()), "nobody signs after the close in the trail"
    met["signed"] += len(signed)
    met["refused"] += len(refused)
