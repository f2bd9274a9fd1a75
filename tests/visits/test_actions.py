"""Acts of visits: noted by a named person, never changed, corrected by a further event, one reminder and no more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from hearing.audit.ledger import perform
from hearing.consents import actions as collecting
from hearing.consents import queries as consents
from hearing.consents.rules import Answer
from hearing.db import db
from hearing.erasure.classes import of_class
from hearing.erasure.rules import Class, class_of
from hearing.notices.rules import end_of_day
from hearing.people.models import Message, Seat
from hearing.people.rules import Refusal as People
from hearing.places.models import Neighbourhood
from hearing.proposals import actions as proposals
from hearing.proposals.rules import TemplateName
from hearing.refusal import Refused
from hearing.visits import actions, queries
from hearing.visits.models import Reminder, Visit, VisitCorrection
from hearing.visits.rules import Outcome, Refusal
from tests.cast import Cast
from tests.consents.conftest import Stage
from tests.consents.course import BlockCourse, Course, at, block_a, fixed_plan, moment
from tests.visits import rounds

TEMPLATE = TemplateName.OWNERS_ALTERATION


def refusal(what: Callable[[], Any]) -> object:
    with pytest.raises(Refused) as caught:
        what()
    db.session.rollback()
    return caught.value.refusal


def places(course: Course, who: str = "clerk") -> list[queries.Place]:
    return queries.places(course.who(who), course.collection())


def test_a_visit_goes_to_the_trail_without_name_or_door(stage: Stage) -> None:
    def check(course: Course) -> None:
        done = rounds.note(course, 3, Outcome.LETTER)
        assert done.fact.pub() == {
            "matter": done.fact.matter,
            "way": "letter",
            "way_label": "当面交给本人",
            "told": True,
        }
        assert done.fact.payload()["visit"]["unit"] == course.unit(3).ref
        assert db.session.get_one(Visit, 1).visitor.ref == course.cast.ref("clerk")

    stage.act(check)


def test_a_stairwell_counts_who_was_told_and_in_which_way(stage: Stage) -> None:
    def check(course: Course) -> None:
        rounds.note(course, 1, Outcome.LETTER)
        rounds.note(course, 1, Outcome.PHONE)
        rounds.note(course, 2, Outcome.DOOR)
        rounds.note(course, 3, Outcome.NOBODY)
        [place] = places(course)
        assert (place.units, place.told) == (13, 2)
        assert place.ways == (("当面交给本人", 1), ("放在门口，有照片", 1), ("打电话告诉了", 1))

    stage.act(check)


def test_the_list_leaves_out_who_answered_was_told_or_asked_for_peace(stage: Stage) -> None:
    def check(course: Course) -> None:
        course.sign(1)
        course.sign(2, Answer.OPPOSE, seed=2)
        rounds.note(course, 3, Outcome.LETTER)
        rounds.note(course, 4, Outcome.NOT_TAKEN, no_more=True)
        rounds.note(course, 5, Outcome.NOBODY, next_on=date(2026, 11, 12))
        rounds.note(course, 6, Outcome.LETTER, agreed_at=moment(12, 19))
        assert rounds.listed(course) == [5, 6, 7, 8, 9, 10, 11, 12, 13]

    stage.act(check)


def test_a_signature_in_doubt_brings_the_household_back_to_the_list(stage: Stage) -> None:
    def check(course: Course) -> None:
        number = course.sign(1).fact.record
        assert 1 not in rounds.listed(course)
        record = next(each for each in course.collection().records if each.number == number)
        perform(collecting.dispute, course.who(1), record, "不是我签的")
        assert 1 in rounds.listed(course)

    stage.act(check)


def test_one_buyer_of_two_flats_is_told_at_both_doors_and_answers_once(app: Flask, cast: Cast) -> None:
    with app.app_context():
        block = block_a(cast, same_buyer=("301", "302"))
        course = BlockCourse(cast, fixed_plan(cast, cast.neighbourhood, TEMPLATE, block.building, manager=False))
        course.open()
        with at(moment(9)):
            rounds.note(course, 5, Outcome.LETTER)
            assert 6 in rounds.listed(course), "the letter at 301 says nothing of 302"
            course.sign("buyer", unit=block.units["301"])
            assert not {5, 6} & set(rounds.listed(course))


def test_the_reminder_moves_with_an_extension(stage: Stage) -> None:
    def check(course: Course) -> None:
        perform(actions.set_reminder, course.who("clerk"), course.collection(), 3)
        perform(
            collecting.extend, course.who("clerk"), course.collection(), end_of_day(date(2026, 11, 26)), "多数人出差"
        )
        with at(moment(13, 12)):
            assert actions.due_reminders() == 0
        with at(moment(23, 10, 1)):
            assert actions.due_reminders() == 1

    stage.act(check)


def test_a_correction_is_a_further_event_and_happens_once(stage: Stage) -> None:
    def check(course: Course) -> None:
        rounds.note(course, 3, Outcome.LETTER)
        wrong = db.session.get_one(Visit, 1)
        assert (
            refusal(lambda: perform(actions.correct, course.who("clerk"), wrong, " ")) is Refusal.VISIT_REASON_MISSING
        )
        wrong = db.session.get_one(Visit, 1)
        fact = perform(actions.correct, course.who("clerk"), wrong, "送错了一户").fact
        assert "送错了一户" not in str(fact.pub())
        assert 3 in rounds.listed(course)
        assert places(course)[0].told == 0
        assert len(queries.history(course.unit(3))) == 1, "what was noted stays"
        again = db.session.get_one(Visit, 1)
        assert refusal(lambda: perform(actions.correct, course.who("director"), again, "又")) is Refusal.VISIT_CORRECTED

    stage.act(check)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE visit SET outcome = 'letter'",
        "UPDATE visit SET mail_number = 'X'",
        "DELETE FROM visit",
        "UPDATE visit_round SET account_id = 1",
    ],
)
def test_the_database_lets_nothing_be_edited(stage: Stage, statement: str) -> None:
    def check(course: Course) -> None:
        rounds.send(course)
        rounds.note(course, 3, Outcome.NOBODY)
        with pytest.raises(DatabaseError, match="only grows"):
            db.session.execute(text(statement))
        db.session.rollback()

    stage.act(check)


def test_the_database_keeps_that_a_door_has_its_photo(stage: Stage) -> None:
    def check(course: Course) -> None:
        rounds.note(course, 3, Outcome.NOBODY)
        with pytest.raises(DatabaseError):
            db.session.execute(
                text(
                    "INSERT INTO visit (consent_unit_id, outcome, happened_on, mail_number, no_more, made_by, "
                    "entered_by, entered_at) SELECT consent_unit_id, 'door', happened_on, '', no_more, made_by, "
                    "entered_by, entered_at FROM visit"
                )
            )
        db.session.rollback()

    stage.act(check)


def test_a_block_officer_goes_where_she_was_sent_and_notes_what_she_did_herself(stage: Stage) -> None:
    def check(course: Course) -> None:
        officer = "block_officer"
        assert places(course, officer) == []
        assert refusal(lambda: rounds.note(course, 3, Outcome.LETTER, by=officer)) is Refusal.VISIT_NOT_YOUR_BLOCK
        fact = rounds.send(course).fact
        assert fact.pub()["seat"] == "block_officer"
        assert "stairwell" not in fact.pub()
        assert [place.visitor for place in places(course, officer)] == ["施磊"]
        rounds.note(course, 3, Outcome.LETTER, by=officer)
        someone = refusal(lambda: rounds.note(course, 4, Outcome.LETTER, by=officer, went="clerk"))
        assert someone is Refusal.VISIT_VISITOR_UNKNOWN
        rounds.send(course, "clerk")
        assert places(course, officer) == []
        assert refusal(lambda: rounds.note(course, 5, Outcome.LETTER, by=officer)) is Refusal.VISIT_NOT_YOUR_BLOCK

    stage.act(check)


def test_the_committee_enters_what_a_block_officer_found(stage: Stage) -> None:
    def check(course: Course) -> None:
        rounds.note(course, 3, Outcome.LETTER, by="clerk", went="block_officer")
        visit = db.session.get_one(Visit, 1)
        assert visit.made_by != visit.entered_by

    stage.act(check)


def test_only_the_committee_sends_and_nobody_else_is_sent(stage: Stage) -> None:
    def check(course: Course) -> None:
        found, own = course.collection(), rounds.seat(course, "block_officer")
        officer = course.who("block_officer")
        sent = refusal(lambda: perform(actions.assign, officer, found, rounds.stairwell(course), own))
        assert sent is People.NOT_YOUR_SEAT
        clerk, other = course.who("clerk"), db.session.scalars(select(Seat).where(Seat.role == "scrutineer")).first()
        assert other is not None
        to_other = refusal(lambda: perform(actions.assign, clerk, course.collection(), rounds.stairwell(course), other))
        assert to_other is Refusal.VISIT_VISITOR_UNKNOWN
        nowhere = refusal(
            lambda: perform(
                actions.assign, course.who("clerk"), course.collection(), 987_654, rounds.seat(course, "clerk")
            )
        )
        assert nowhere is Refusal.VISIT_NOT_YOUR_BLOCK

    stage.act(check)


def test_a_sheet_is_entered_whole_or_not_at_all(stage: Stage) -> None:
    def check(course: Course) -> None:
        def enter(*rows: actions.Row) -> Any:
            return perform(
                actions.enter_sheet, course.who("clerk"), course.collection(), rows, rounds.seat(course, "clerk")
            )

        good, bad = rounds.row(course, 1, Outcome.LETTER), rounds.row(course, 2, Outcome.MAIL)
        assert refusal(lambda: enter(good, bad)) is Refusal.VISIT_NUMBER_MISSING
        assert db.session.scalars(select(Visit)).all() == []
        assert refusal(enter) is Refusal.VISIT_SHEET_EMPTY
        fact = enter(rounds.row(course, 1, Outcome.LETTER), rounds.row(course, 2, Outcome.NOBODY)).fact
        assert {key: fact.pub()[key] for key in ("rows", "told")} == {"rows": 2, "told": 1}
        assert len(fact.payload()["visits"]) == 2

    stage.act(check)


def test_a_household_says_once_that_it_saw_the_notice_and_that_is_no_answer(stage: Stage) -> None:
    def check(course: Course) -> None:
        who = course.who(5)

        def see() -> Any:
            found = course.collection()
            return perform(actions.see_notice, who, found, consents.slips_for(who, found))

        done = see()
        assert done.fact.households == (course.unit(5).unit_id,)
        assert 5 not in rounds.listed(course)
        assert places(course)[0].ways == (("在手机上看过", 1),)
        assert course.collection().tally().part.heads == 0
        assert refusal(see) is Refusal.NOTICE_SEEN_ALREADY

    stage.act(check)


def recipients(course: Course) -> set[str]:
    return {message.recipient for message in db.session.scalars(select(Message)) if "截止" in message.text}


def test_one_reminder_goes_to_the_silent_and_to_nobody_who_answered_or_wants_peace(stage: Stage) -> None:
    def check(course: Course) -> None:
        perform(actions.set_reminder, course.who("clerk"), course.collection(), 3)
        course.sign(1)
        rounds.note(course, 2, Outcome.NO_ANSWER, no_more=True)
        phones = {n: course.unit(n).holders[0].holder.phone for n in (1, 2, 3, 4)}
        with at(moment(13, 9, 59)):
            assert actions.due_reminders() == 0
        with at(moment(13, 10, 1)):
            assert actions.due_reminders() == 1
            assert actions.due_reminders() == 0
        told = recipients(course)
        assert {phones[3], phones[4]} <= told
        assert not {phones[1], phones[2]} & told
        assert db.session.scalars(select(Reminder)).one().units == 11
        with at(moment(14)):
            late = refusal(lambda: perform(actions.set_reminder, course.who("clerk"), course.collection(), 1))
            assert late is Refusal.REMINDER_SENT
            again = refusal(lambda: perform(actions.remind, course.collection()))
            assert again is Refusal.REMINDER_SENT

    stage.act(check)


def test_without_a_day_nobody_is_reminded_and_the_last_day_set_counts(stage: Stage) -> None:
    def check(course: Course) -> None:
        with at(moment(15, 12)):
            assert actions.due_reminders() == 0
            assert refusal(lambda: perform(actions.remind, course.collection())) is Refusal.REMINDER_NOT_DUE
        perform(actions.set_reminder, course.who("clerk"), course.collection(), 3)
        perform(actions.set_reminder, course.who("clerk"), course.collection(), 1)
        with at(moment(13, 12)):
            assert actions.due_reminders() == 0
        with at(moment(15, 12)):
            assert actions.due_reminders() == 1

    stage.act(check)


def test_what_a_visit_holds_is_erased_with_its_consent(stage: Stage) -> None:
    assert class_of("visits") is Class.CONSENT

    def check(course: Course) -> None:
        rounds.note(course, 2, Outcome.DOOR)
        rounds.note(course, 3, Outcome.MAIL, mail_number="XA12345678931")
        perform(actions.correct, course.who("clerk"), db.session.get_one(Visit, 2), "寄错")
        home = db.session.get_one(Neighbourhood, course.cast.neighbourhood)
        assert Visit not in of_class(Class.CONSENT, home, date(2030, 1, 1)).rows, "the window is open"
        with at(moment(10)):
            consent_void(course)
        with at(moment(11)):
            home = db.session.get_one(Neighbourhood, course.cast.neighbourhood)
            going = of_class(Class.CONSENT, home, date(2030, 1, 1))
            assert going.rows[Visit] == {2}
            assert going.rows[VisitCorrection] == {1}
            assert db.session.get_one(Visit, 1).photo_id in going.pictures

    stage.act(check)


def consent_void(course: Course) -> None:
    """The collection is void and its case closed: nobody waits for it."""
    perform(collecting.void, course.who("clerk"), course.collection(), "重来")
    perform(proposals.withdraw, course.who("council_member"), course.collection().proposal, "不做了")
