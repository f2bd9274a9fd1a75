"""Acts of a collection: what they write, what the trail learns, and what every state refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from hearing.audit import queries as audit
from hearing.audit.ledger import Recorded, perform
from hearing.consents import actions, queries, rules
from hearing.consents.facts import SignatureChecked
from hearing.consents.models import ConsentDraft, ConsentRecord, ConsentUnit, PaperSlip, SlipReading
from hearing.consents.rules import Answer, CollectionState, Refusal, UnitStatus
from hearing.db import db
from hearing.notices import actions as notice_actions
from hearing.notices import queries as notice_queries
from hearing.notices.models import Notice
from hearing.notices.rules import ObjectionState
from hearing.people.models import Account, Membership, Message
from hearing.people.rules import Refusal as PeopleRefusal
from hearing.people.viewer import Viewer
from hearing.places.models import Holder, Tenure, Unit
from hearing.proposals.actions import versions
from hearing.proposals.actions.planning import answer_as_manager
from hearing.proposals.models import ChangeDecision, PlanVersion, RequiredConsent
from hearing.proposals.rules import (
    ChangeClass,
    RequiredState,
    Requirement,
    ScopeKind,
    TemplateName,
    plan_hash,
    plan_text,
)
from hearing.refusal import Refused
from tests import schema
from tests.cast import Cast
from tests.consents.course import (
    CLOSES,
    LAST_DAY,
    START,
    TITLE,
    BlockCourse,
    Course,
    at,
    block_a,
    fixed_plan,
    lane_course,
    moment,
    shown,
    signature,
    sole_holder,
    write_version,
)

AtDesk = Callable[[str], Viewer]


@pytest.fixture
def course(at_desk: AtDesk, cast: Cast) -> Course:
    """The ramp of the lane, before its collection is set up."""
    return lane_course(cast)


def refused(act: Callable[[], object]) -> StrEnum:
    """Why the act is refused."""
    with pytest.raises(Refused) as caught:
        act()
    return caught.value.refusal


def at_hand(signed: date, received: datetime) -> dict[str, Any]:
    """The two dates on a slip."""
    return {"signed": signed, "received": received}


def records(course: Course) -> list[ConsentRecord]:
    return course.collection().records


# ---- setting up


def test_setting_up_fixes_the_terms_and_the_trail_has_them(course: Course) -> None:
    with at(START):
        done = course.set_up()
        collection = course.collection()
        assert (collection.stands, collection.round_no, collection.window_days) == (CollectionState.DRAFT, 1, 10)
        assert collection.scrutineer.name == "翁玉梅"
        assert (done.fact.preset, done.fact.window_days) == ("unanimous_lessees", 10)
        assert done.fact.plan_hash == collection.version.plan_hash


def test_a_consent_is_asked_for_by_one_collection_at_a_time(course: Course) -> None:
    with at(START):
        course.set_up()
        assert refused(course.set_up) == Refusal.COLLECTION_ELSEWHERE


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"window_days": 4}, Refusal.WINDOW_OUT_OF_BOUNDS),
        ({"roll_days": 16}, Refusal.ROLL_PUBLICITY_OUT_OF_BOUNDS),
        ({"grace_days": 4}, Refusal.GRACE_OUT_OF_BOUNDS),
        ({"provisional_days": 2}, Refusal.PROVISIONAL_OUT_OF_BOUNDS),
    ],
)
def test_terms_keep_to_their_bounds(course: Course, changes: dict[str, int], expected: Refusal) -> None:
    with at(START):
        assert refused(lambda: course.set_up(**changes)) == expected


def test_the_scrutineer_holds_that_seat_and_is_somebody_else(course: Course) -> None:
    with at(START):
        clerk = course.who("clerk").account
        assert refused(lambda: course.set_up(scrutineer=clerk)) == Refusal.SCRUTINEER_MISSING


def test_only_the_committee_sets_a_collection_up(course: Course) -> None:
    with at(START):
        required = db.session.get_one(RequiredConsent, course.required)
        terms = course.terms()
        officer = course.who("block_officer")
        assert refused(lambda: perform(actions.set_up, officer, required, terms)) == PeopleRefusal.NOT_YOUR_SEAT


def test_the_roll_is_built_from_the_register_and_every_household_learns_of_it(course: Course) -> None:
    with at(START):
        course.set_up()
        done = perform(actions.show_roll, course.who("clerk"), course.collection())
        collection = course.collection()
        assert [unit.room for unit in collection.units][:5] == [
            "底层前客堂",
            "底层后客堂",
            "底层灶间",
            "底层天井间",
            "二层前楼",
        ]
        assert done.fact.units == len(collection.units) == 13
        told = db.session.scalars(select(Message.recipient)).all()
        assert len(told) == len(set(told)) == 13


def test_a_unit_without_a_holder_is_not_left_out_of_the_denominator(course: Course) -> None:
    with schema.door_open():
        for tenure in db.session.scalars(select(Tenure).where(Tenure.unit_id == course.cast.units[4])):
            tenure.until = START
    with at(START):
        course.set_up()
        clerk = course.who("clerk")
        assert refused(lambda: perform(actions.show_roll, clerk, course.collection())) == Refusal.ROLL_HOLDER_MISSING


def test_a_lessee_who_is_known_to_have_died_is_on_the_roll_and_blocked(course: Course) -> None:
    with schema.door_open():
        db.session.get_one(Holder, course.cast.holders[8]).died_on = "2026-10-01"
    with at(START):
        course.set_up()
        perform(actions.show_roll, course.who("clerk"), course.collection())
        assert course.unit(9).blocked == rules.Blocked.LESSEE_CHANGE
        assert course.collection().tally().all.heads == 13


def test_the_roll_hangs_its_days_and_every_correction_is_decided_before_it_is_frozen(course: Course) -> None:
    with at(START):
        course.set_up()
        perform(actions.show_roll, course.who("clerk"), course.collection())
    with at(moment(3)):
        perform(actions.ask_correction, course.who(2), course.unit(2), "面积写错了")
        clerk = course.who("clerk")
        assert (
            refused(lambda: perform(actions.freeze_roll, clerk, course.collection())) == Refusal.ROLL_PUBLICITY_RUNNING
        )
    with at(moment(6)):
        clerk = course.who("clerk")
        assert (
            refused(lambda: perform(actions.freeze_roll, clerk, course.collection())) == Refusal.CORRECTIONS_UNDECIDED
        )
    with schema.door_open():
        db.session.get_one(Unit, course.cast.units[1]).area_centi = 1700
    with at(moment(6)):
        correction = queries.corrections(course.collection_id)[0]
        perform(actions.decide_correction, course.who("clerk"), correction, accepted=True, reply="已按凭证改正")
        assert course.unit(2).area_centi == 1700
        done = perform(actions.freeze_roll, course.who("clerk"), course.collection())
        collection = course.collection()
        assert collection.stands is CollectionState.OPEN
        assert collection.closes_at == CLOSES == done.fact.closes
        assert collection.roll_hash == rules.roll_hash(collection.roll()) == done.fact.roll_hash
        assert collection.required.state == RequiredState.OPEN
        assert collection.proposal.state == "consent"
        notice = db.session.scalars(select(Notice)).one()
        assert (notice.kind, notice.digest) == ("consent", done.fact.notice_hash)


def test_a_correction_comes_too_late_once_the_roll_is_frozen(course: Course) -> None:
    course.open()
    with at(moment(7)):
        late = course.unit(2)
        assert (
            refused(lambda: perform(actions.ask_correction, course.who(2), late, "面积"))
            == Refusal.COLLECTION_ELSEWHERE
        )


# ---- answering


def test_a_signature_is_a_row_a_file_and_an_entry_that_says_nothing_in_the_open(course: Course) -> None:
    course.open()
    with at(moment(8)):
        done = course.sign(5, Answer.OPPOSE)
        [record] = records(course)
        assert (record.answer, record.method, record.identity, record.number) == ("oppose", "phone", "session", 1)
        assert record.signature is not None
        assert json.loads(record.strokes)
        told = audit.entry(db.session, done.index)
        assert told is not None
        assert set(told.pub) == {"plan_hash", "method", "record"}
        assert told.payload is not None
        assert told.payload["answer"] == "oppose"
        assert told.payload["evidence_hash"] == record.evidence_hash
        assert told.role == "resident"


def test_two_records_that_say_the_same_do_not_have_the_same_hash(course: Course) -> None:
    course.open()
    with at(moment(8)):
        course.sign(5)
        course.withdraw(5)
        course.sign(5)
        course.withdraw(5)
        hashes = [record.evidence_hash for record in records(course)]
        assert len(set(hashes)) == 4


def test_a_household_withdraws_and_signs_again_and_every_record_is_kept(course: Course) -> None:
    course.open()
    with at(moment(8)):
        course.sign(4)
    with at(moment(9)):
        course.withdraw(4)
        assert course.collection().tally().part.heads == 0
    with at(moment(10)):
        course.sign(4, Answer.OPPOSE)
        assert [record.answer for record in records(course)] == ["agree", None, "oppose"]
        assert [record.turn for record in records(course)] == [1, 2, 3]
        assert course.collection().tally().no.heads == 1


def test_withdrawing_needs_something_to_withdraw(course: Course) -> None:
    course.open()
    with at(moment(8)):
        assert refused(lambda: course.withdraw(4)) == Refusal.NOTHING_TO_WITHDRAW


def test_whoever_saw_an_older_state_of_the_household_is_told_so(course: Course) -> None:
    course.open()
    with at(moment(8)):
        by = course.who(3)
        slip = course.slip(by)
        seen = course.seen(slip.unit)
        course.sign(3)
        again = lambda: perform(actions.answer, by, slip, Answer.OPPOSE, signature(), seen=seen)  # noqa: E731
        assert refused(again) == Refusal.ANSWERED_MEANWHILE
        assert len(records(course)) == 1


def test_whoever_read_another_plan_is_told_so(course: Course) -> None:
    course.open()
    with at(moment(8)):
        by = course.who(3)
        slip = course.slip(by)
        old = actions.Seen("0" * 64, slip.unit.turn)
        assert (
            refused(lambda: perform(actions.answer, by, slip, Answer.AGREE, signature(), seen=old))
            == Refusal.PLAN_CHANGED
        )


def test_an_answer_needs_a_signature_and_one_of_the_answers_offered(course: Course) -> None:
    course.open()
    with at(moment(8)):
        by = course.who(3)
        slip = course.slip(by)
        seen = course.seen(slip.unit)
        assert (
            refused(lambda: perform(actions.answer, by, slip, Answer.AGREE, None, seen=seen))
            == Refusal.SIGNATURE_MISSING
        )
        lift = lambda: perform(actions.answer, by, slip, Answer.AGREE_PAY, signature(), seen=seen)  # noqa: E731
        assert refused(lift) == Refusal.ANSWER_NOT_OFFERED


def test_the_window_closes_at_its_instant_and_not_a_moment_later(course: Course) -> None:
    course.open()
    with at(CLOSES - timedelta(seconds=5)):
        course.sign(1)
    with at(CLOSES):
        assert refused(lambda: course.sign(2)) == Refusal.ALREADY_CLOSED
        assert refused(lambda: course.withdraw(1)) == Refusal.OBJECT_INSTEAD
        assert actions.due_steps() == 1
        assert actions.due_steps() == 0
        collection = course.collection()
        assert collection.stands is CollectionState.GRACE
        assert collection.tally().yes.heads == 1


def test_nothing_is_closed_before_its_hour(course: Course) -> None:
    course.open()
    with at(CLOSES - timedelta(seconds=5)):
        assert actions.due_steps() == 0
        assert refused(lambda: perform(actions.close, course.collection())) == Refusal.STILL_OPEN


def test_drafts_are_erased_when_signed_and_when_the_collection_closes(course: Course) -> None:
    course.open()
    with at(moment(8)):
        for number in (1, 2):
            by = course.who(number)
            unit = course.slip(by).unit
            kept = actions.keep_draft(
                by, unit, course.cast.holders[number - 1], "agree", signature(), seen=course.seen(unit)
            )
            assert kept.digest
            db.session.commit()
        course.sign(1)
        assert db.session.scalars(select(ConsentDraft.consent_unit_id)).all() == [course.unit(2).id]
    course.close()
    assert db.session.scalar(select(func.count()).select_from(ConsentDraft)) == 0


@pytest.mark.parametrize("ended", ["void", "superseded"])
def test_drafts_are_erased_when_the_collection_ends_before_its_time(course: Course, ended: str) -> None:
    course.open()
    with at(moment(8)):
        by = course.who(2)
        unit = course.slip(by).unit
        actions.keep_draft(by, unit, course.cast.holders[1], "agree", signature(), seen=course.seen(unit))
        db.session.commit()
    with at(moment(9)):
        if ended == "void":
            perform(actions.void, course.who("clerk"), course.collection(), "名册错了")
        else:
            with schema.door_open():
                old = course.collection().version
                new = write_version(old.proposal, 2, TemplateName.RAMP_PUBLIC_HOUSING, course.cast.building)
                versions.supersede(course.who("clerk"), old, new)
    assert db.session.scalar(select(func.count()).select_from(ConsentDraft)) == 0, "a drawing that nobody sent"


def test_a_tablet_signature_names_who_assisted_and_tells_the_household(course: Course) -> None:
    course.open()
    with at(moment(8)):
        unit = course.unit(7)
        before = db.session.scalar(select(func.count()).select_from(Message)) or 0
        done = perform(
            actions.answer_on_site,
            course.who("block_officer"),
            unit,
            course.cast.holders[6],
            Answer.AGREE,
            signature(),
            seen=course.seen(unit),
        )
        [record] = records(course)
        assert (record.method, record.identity, record.signed_by) == ("tablet", "in_person", None)
        assert record.assisted_by == course.who("block_officer").id
        assert done.fact.actor.role == "block_officer"
        assert db.session.scalar(select(func.count()).select_from(Message)) == before + 1


def test_asking_first_is_no_answer_and_is_due_in_two_working_days(course: Course) -> None:
    course.open()
    with at(moment(6, 15)):  # A Friday.
        by = course.who(6)
        perform(actions.ask_first, by, course.slip(by), "扶手有多高？")
        [asked] = queries.questions(course.collection_id)
        assert asked.due_at == rules.closes_at(moment(6), 4)  # Tuesday, 24:00.
        assert refused(lambda: perform(actions.ask_first, by, course.slip(by), "还有")) == Refusal.ASKED_ALREADY
        assert course.collection().tally().part.heads == 0
    with at(moment(9)):
        [asked] = queries.questions(course.collection_id)
        perform(actions.answer_question, course.who("block_officer"), asked, "0.85 米")
        perform(actions.ask_first, course.who(6), course.slip(course.who(6)), "什么颜色？")
        assert len(queries.questions(course.collection_id)) == 2


# ---- who answers for a unit


def test_a_couple_speaks_as_one_and_a_contradiction_goes_to_coordination(at_desk: AtDesk, cast: Cast) -> None:
    block = block_a(cast, couple="301")
    course = BlockCourse(
        cast, fixed_plan(cast, cast.neighbourhood, TemplateName.OWNERS_ALTERATION, block.building, manager=False)
    )
    course.open()
    with at(moment(8)):
        course.sign("husband")
        assert course.slip(course.who("husband")).status is UnitStatus.PENDING
        assert course.collection().tally().part.heads == 0
    with at(moment(9)):
        course.sign("wife", Answer.OPPOSE)
        standing = course.slip(course.who("wife")).standing
        assert standing is not None
        assert standing.needs_coordination
    with at(moment(10)):
        course.sign("wife")
        assert course.collection().tally().yes.heads == 1


def test_shares_of_40_35_25_speak_with_two_thirds(at_desk: AtDesk, cast: Cast) -> None:
    block = block_a(cast, by_shares="301")
    course = BlockCourse(
        cast, fixed_plan(cast, cast.neighbourhood, TemplateName.OWNERS_ALTERATION, block.building, manager=False)
    )
    course.open()
    with at(moment(8)):
        course.sign("forty")
        course.sign("rest")
        assert course.collection().tally().part.heads == 0  # 65 of 100.
        course.sign("thirty-five")
        assert course.collection().tally().yes.heads == 1
        course.withdraw("rest")
        assert course.collection().tally().yes.heads == 1  # 75 of 100.


def test_an_owner_of_two_flats_is_one_head_and_answers_once(at_desk: AtDesk, cast: Cast) -> None:
    block = block_a(cast, same_buyer=("401", "501"))
    course = BlockCourse(
        cast, fixed_plan(cast, cast.neighbourhood, TemplateName.OWNERS_ALTERATION, block.building, manager=False)
    )
    course.open()
    with at(moment(8)):
        slips = queries.slips_for(course.who("buyer"), course.collection())
        assert [[flat.door for flat in slip.flats] for slip in slips] == [["401", "501"]]
        course.sign("buyer")
        count = course.collection().tally()
        assert (count.all.heads, count.yes.heads, count.yes.area_centi) == (11, 1, 2 * 5820)
        assert count.all.area_centi == 63000


def test_the_block_reaches_the_major_line_with_the_numbers_of_the_book(at_desk: AtDesk, cast: Cast) -> None:
    block = block_a(cast)
    course = BlockCourse(
        cast, fixed_plan(cast, cast.neighbourhood, TemplateName.OWNERS_ALTERATION, block.building, manager=False)
    )
    course.open()
    with at(moment(8)):
        for floor in (4, 5, 6):
            course.sign(f"{floor}01")
            course.sign(f"{floor}02")
        course.sign("301", Answer.OPPOSE)
        course.sign("302", Answer.OPPOSE)
        count = course.collection().tally()
        assert (count.part.heads, count.part.area_centi) == (8, 42000)
        assert (count.yes.heads, count.yes.area_centi) == (6, 31500)
        assert count.passed
        course.withdraw("601")
        assert not course.collection().tally().passed


# ---- units


def test_a_lessee_dies_the_lessor_names_another_and_the_new_lessee_signs(course: Course) -> None:
    course.open()
    with at(moment(7)):
        course.sign(9)
    with at(moment(8)):
        unit = course.unit(9)
        perform(
            actions.block,
            course.who("clerk"),
            unit,
            rules.Blocked.LESSEE_CHANGE,
            shown("居委接到死亡证明", 7),
            died=course.cast.holders[8],
        )
        assert course.collection().tally().blocked.heads == 1
        assert course.collection().tally().yes.heads == 0
        assert refused(lambda: course.sign(9)) == Refusal.UNIT_BLOCKED
        assert db.session.get_one(Holder, course.cast.holders[8]).died_on == "2026-11-07"
    with schema.door_open():
        account = Account(ref="p-heir", name="蒋来弟", phone="14100730001")
        db.session.add_all(
            [account, Membership(account=account, unit_id=course.cast.units[8], relation="family", joined_at=START)]
        )
    with at(moment(10)):
        done = perform(
            actions.change_hands,
            course.who("clerk"),
            course.unit(9),
            sole_holder("蒋来弟", "14100730001", rules.Capacity.LESSEE),
            shown("出租人同意更户", 9),
        )
        assert course.unit(9).blocked is None
        assert course.unit(9).names() == "蒋来弟"
        tenures = db.session.scalars(
            select(Tenure).where(Tenure.unit_id == course.cast.units[8]).order_by(Tenure.id)
        ).all()
        assert [tenure.until is None for tenure in tenures] == [False, True]
        assert done.fact.pub() == {"matter": course.collection().proposal.matter}
        assert course.collection().tally().part.heads == 0  # What the old lessee said counts no more.
    with at(moment(11)):
        heir = schema.viewer("p-heir")
        slip = course.slip(heir)
        perform(actions.answer, heir, slip, Answer.AGREE, signature(), seen=course.seen(slip.unit))
        assert course.collection().tally().yes.heads == 1
        [old, new] = records(course)
        assert old.number < new.number


def test_a_signature_dated_after_its_signers_death_does_not_count(course: Course) -> None:
    course.open()
    with at(moment(9)):
        course.sign(9)
        unit = course.unit(9)
        waits, died = rules.Blocked.LESSEE_CHANGE, course.cast.holders[8]
        done = perform(actions.block, course.who("clerk"), unit, waits, shown("死亡证明", 8), died=died)
        assert done.fact.pub()["after_death"] == 1
        free = shown("先恢复核对", 9)
        assert refused(lambda: perform(actions.unblock, course.who("clerk"), course.unit(9), free)) == (
            Refusal.HOLDER_DEAD
        )
        [(_, why)] = course.collection().standings()[course.unit(9).ref].invalid
        assert why is rules.Invalid.SIGNED_AFTER_DEATH


def test_a_flat_sold_in_mid_window_gives_its_buyer_five_days(at_desk: AtDesk, cast: Cast) -> None:
    block = block_a(cast)
    course = BlockCourse(
        cast, fixed_plan(cast, cast.neighbourhood, TemplateName.OWNERS_ALTERATION, block.building, manager=False)
    )
    course.open()
    with at(moment(8)):
        course.sign("602")
    with at(moment(15)):
        sold = next(unit for unit in course.collection().units if unit.door == "602")
        perform(
            actions.change_hands,
            course.who("clerk"),
            sold,
            sole_holder("买家", "14100740001"),
            shown("过户登记", 15),
        )
        sold = next(unit for unit in course.collection().units if unit.door == "602")
        until = sold.closes_at
        assert until == rules.closing_after_transfer(CLOSES, date(2026, 11, 15))
        [(_, why)] = course.collection().standings()[sold.ref].invalid
        assert why is rules.Invalid.UNIT_SOLD
    with at(CLOSES):
        assert actions.due_steps() == 0
        assert refused(lambda: course.sign("601")) == Refusal.ALREADY_CLOSED
    with at(until):
        assert actions.due_steps() == 1


def test_looking_at_a_households_records_is_an_act_with_a_purpose(course: Course) -> None:
    course.open()
    with at(moment(8)):
        clerk = course.who("clerk")
        unit = course.unit(3)
        collection = course.collection()
        assert not queries.has_looked(clerk, collection, unit)
        assert (
            refused(lambda: perform(actions.look_at, clerk, collection, unit, " ")) == Refusal.COLLECTION_REASON_MISSING
        )
        done = perform(actions.look_at, clerk, collection, unit, "住户来电核对")
        assert done.fact.payload() == {"unit": unit.ref, "purpose": "住户来电核对"}
        assert queries.has_looked(clerk, collection, unit)
        assert not queries.has_looked(clerk, collection, course.unit(4))
        assert not queries.has_looked(course.who("second_clerk"), collection, unit)
    with at(moment(8, 11)):
        assert not queries.has_looked(course.who("clerk"), course.collection(), course.unit(3))


# ---- paper


def test_two_blind_readings_that_agree_make_the_record(course: Course) -> None:
    course.open()
    with at(moment(8)):
        slip = course.print_slip(12).id
    dates = at_hand(date(2026, 11, 9), moment(10, 9))
    with at(moment(10)):
        first = course.read("clerk", slip, original=True, came_by=rules.Method.MAIL, **dates)
        assert not records(course)
        assert "answer" not in first.fact.payload()
        assert db.session.get_one(PaperSlip, slip).state == "entered"
    with at(moment(10, 11)):
        done = course.read("second_clerk", slip, **dates)
        [record] = records(course)
        assert (record.method, record.answer, record.signed_on) == ("mail", "agree", date(2026, 11, 9))
        assert record.received_at == moment(10, 9)
        assert record.assisted_by == course.who("clerk").id
        assert record.checked_by == course.who("second_clerk").id
        assert done.fact.record == record.number
        assert course.collection().tally().yes.heads == 1
        assert refused(lambda: course.read("third_clerk", slip, **dates)) == Refusal.SLIP_DONE


def test_the_first_reading_brings_the_photo(course: Course) -> None:
    course.open()
    with at(moment(8)):
        slip = course.print_slip(12).id
    with at(moment(10)):
        read = lambda: course.read("clerk", slip, signed=date(2026, 11, 9), received=moment(10, 9))  # noqa: E731
        assert refused(read) == Refusal.SLIP_PHOTO_MISSING


def test_the_same_person_is_refused_by_the_rule_and_by_the_database(course: Course) -> None:
    course.open()
    with at(moment(8)):
        slip = course.print_slip(12).id
    dates = at_hand(date(2026, 11, 9), moment(10, 9))
    with at(moment(10)):
        course.read("clerk", slip, original=True, **dates)
        assert refused(lambda: course.read("clerk", slip, **dates)) == Refusal.ENTRY_SAME_PERSON
    db.session.info["performing"] = True
    db.session.add(
        SlipReading(
            slip_id=slip,
            read_by=course.who("clerk").id,
            read_at=moment(10),
            holders="1",
            answer="agree",
            signed_on=date(2026, 11, 9),
            received_at=moment(10),
        )
    )
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.info.pop("performing")
    db.session.rollback()


def test_two_readings_that_differ_are_decided_by_a_third(course: Course) -> None:
    course.open()
    with at(moment(8)):
        slip = course.print_slip(12).id
    dates = at_hand(date(2026, 11, 9), moment(10, 9))
    with at(moment(10)):
        course.read("clerk", slip, Answer.AGREE, original=True, **dates)
        done = course.read("second_clerk", slip, Answer.ABSTAIN, **dates)
        assert done.fact.differs
        assert not records(course)
        officer = lambda: course.read("block_officer", slip, Answer.ABSTAIN, **dates)  # noqa: E731
        assert refused(officer) == PeopleRefusal.NOT_YOUR_SEAT
        course.read("scrutineer", slip, Answer.ABSTAIN, **dates)
        assert [record.answer for record in records(course)] == ["abstain"]


def test_a_slip_received_in_time_is_entered_in_grace_and_counts(course: Course) -> None:
    course.open()
    with at(moment(8)):
        slip = course.print_slip(12).id
    course.close()
    dates = at_hand(LAST_DAY, moment(16, 20))
    with at(moment(18)):
        course.read("clerk", slip, original=True, **dates)
        course.read("second_clerk", slip, **dates)
        assert course.collection().tally().yes.heads == 1


def test_a_slip_that_came_two_days_late_is_listed_with_the_effect_it_would_have_had(course: Course) -> None:
    course.open()
    with at(moment(8)):
        slip = course.print_slip(12).id
    course.close()
    dates = at_hand(LAST_DAY, moment(18, 9))
    with at(moment(18)):
        course.read("clerk", slip, original=True, **dates)
        course.read("second_clerk", slip, **dates)
        collection = course.collection()
        unit = course.unit(12)
        assert collection.tally().yes.heads == 0
        assert collection.ballot().tally_with_late().yes.heads == 1
        assert collection.standings()[unit.ref].status(unit.as_rule()) is UnitStatus.LATE
    with at(moment(20)):
        other = lambda: course.read("third_clerk", slip, **dates)  # noqa: E731
        assert refused(other) == Refusal.SLIP_DONE


def test_no_slip_is_entered_after_grace(course: Course) -> None:
    course.open()
    with at(moment(8)):
        slip = course.print_slip(12).id
    course.close()
    with at(moment(20)):
        late = lambda: course.read("clerk", slip, original=True, signed=LAST_DAY, received=moment(16, 9))  # noqa: E731
        assert refused(late) == Refusal.GRACE_OVER


def test_printing_again_makes_the_older_sheet_void(course: Course) -> None:
    course.open()
    with at(moment(8)):
        old = course.print_slip(12).id
        assert refused(lambda: course.print_slip(12)) == Refusal.SLIP_OUT_ALREADY
        assert refused(lambda: course.reprint(old, " ")) == Refusal.COLLECTION_REASON_MISSING
        new = course.reprint(old, "住户说丢了").id
        assert db.session.get_one(PaperSlip, old).state == "void"
        assert db.session.get_one(PaperSlip, new).replaces_id == old
        assert refused(lambda: course.reprint(old, "又丢了")) == Refusal.SLIP_UNRETURNED
        dates = at_hand(date(2026, 11, 8), moment(8, 9))
        assert refused(lambda: course.read("clerk", old, original=True, **dates)) == Refusal.SLIP_DONE
        perform(actions.void_slip, course.who("clerk"), db.session.get_one(PaperSlip, new), "打印不清")
        assert refused(lambda: course.read("clerk", new, original=True, **dates)) == Refusal.SLIP_DONE


def test_paper_takes_an_answer_back_too(course: Course) -> None:
    course.open()
    with at(moment(8)):
        course.sign(12)
        slip = course.print_slip(12).id
    dates = at_hand(date(2026, 11, 9), moment(10, 9))
    with at(moment(10)):
        course.read("clerk", slip, None, original=True, **dates)
        course.read("second_clerk", slip, None, **dates)
        assert course.collection().tally().part.heads == 0


def test_phone_and_paper_of_one_day_differ_and_the_phone_counts(course: Course) -> None:
    course.open()
    with at(moment(8)):
        slip = course.print_slip(12).id
    with at(moment(9)):
        course.sign(12)
    dates = at_hand(date(2026, 11, 9), moment(10, 9))
    with at(moment(10)):
        course.read("clerk", slip, Answer.OPPOSE, original=True, **dates)
        course.read("second_clerk", slip, Answer.OPPOSE, **dates)
        standing = course.collection().standings()[course.unit(12).ref]
        assert standing.answer.answer is Answer.AGREE
        assert standing.conflicting


# ---- a signature in doubt


def test_a_denied_signature_is_set_aside_and_checked_by_two_who_did_not_take_it(course: Course) -> None:
    course.open()
    with at(moment(9)):
        unit = course.unit(7)
        perform(
            actions.answer_on_site,
            course.who("block_officer"),
            unit,
            course.cast.holders[6],
            Answer.AGREE,
            signature(),
            seen=course.seen(unit),
        )
        [record] = records(course)
        perform(actions.dispute, course.who(7), record, "那天我不在家")
        assert course.collection().tally().yes.heads == 0
        [record] = records(course)
        assert refused(lambda: perform(actions.dispute, course.who(7), record)) == Refusal.DISPUTED_ALREADY
    with at(moment(10)):
        check = actions.check_signature
        [record] = records(course)
        officer = course.who("block_officer")
        assert (
            refused(lambda: perform(check, officer, record, genuine=True, finding="是")) == Refusal.CHECKER_COLLECTED_IT
        )
        perform(check, course.who("clerk"), record, genuine=False, finding="笔迹不同")
        again = lambda: perform(check, course.who("clerk"), record, genuine=False, finding="笔迹不同")  # noqa: E731
        assert refused(again) == Refusal.CHECKED_BY_YOU_ALREADY
        done = perform(check, course.who("scrutineer"), record, genuine=False, finding="本人不在上海")
        assert done.fact.verdict is rules.Verdict.NOT_THEIRS
        [(_, why)] = course.collection().standings()[course.unit(7).ref].invalid
        assert why is rules.Invalid.NOT_SIGNED_BY_THEM


def one_person(course: Course, *seats: str) -> None:
    """Let the accounts of these seats be one person's, by their address."""
    with schema.door_open():
        for seat in seats:
            course.who(seat).account.email = f"{seats[0]}@example.cn"


def test_who_took_or_checked_a_signature_does_not_check_it_from_another_account(course: Course) -> None:
    course.open()
    one_person(course, "block_officer", "clerk")

    def check(who: str) -> Recorded[SignatureChecked]:
        return perform(actions.check_signature, course.who(who), records(course)[0], genuine=True, finding="是")

    with at(moment(9)):
        unit, holder = course.unit(7), course.cast.holders[6]
        officer = course.who("block_officer")
        perform(actions.answer_on_site, officer, unit, holder, Answer.AGREE, signature(), seen=course.seen(unit))
        perform(actions.dispute, course.who(7), records(course)[0])
    with at(moment(10)):
        assert refused(lambda: check("clerk")) == Refusal.CHECKER_COLLECTED_IT
        db.session.rollback()
        check("second_clerk")
    one_person(course, "second_clerk", "scrutineer")
    with at(moment(10, 11)):
        again = refused(lambda: check("scrutineer"))
        assert again == Refusal.CHECKED_BY_YOU_ALREADY
        db.session.rollback()
        done = check("director")
        assert done.fact.verdict is rules.Verdict.GENUINE


def test_a_signature_found_genuine_counts_again_and_no_result_is_published_before(course: Course) -> None:
    course.open()
    course.sign_all(range(1, 14))
    with at(moment(9)):
        record = records(course)[6]
        perform(actions.dispute, course.who(7), record)
    course.close()
    assert refused(course.publish) == Refusal.DISPUTES_UNDECIDED
    with at(moment(18)):
        for who in ("clerk", "scrutineer"):
            perform(actions.check_signature, course.who(who), records(course)[6], genuine=True, finding="本人确认")
    course.publish()
    assert course.collection().tally().passed


# ---- a plan that changes


def test_a_new_plan_ends_the_collection_and_marks_who_must_confirm_again(course: Course) -> None:
    course.open()
    with at(moment(8)):
        course.sign(1)
        course.sign(2)
    with schema.door_open():
        old = course.collection().version
        new = write_version(old.proposal, 2, TemplateName.RAMP_PUBLIC_HOUSING, course.cast.building)
        versions.supersede(course.who("clerk"), old, new)
        old.proposal.state = "plan_fixed"
        required = new.required[0].id
    with at(moment(9)):
        assert course.collection().stands is CollectionState.SUPERSEDED
        assert refused(lambda: course.sign(3)) == Refusal.PLAN_CHANGED
        assert len(records(course)) == 2
    again = Course(course.cast, required)
    with at(moment(10)):
        again.set_up()
        perform(actions.show_roll, again.who("clerk"), again.collection())
    with at(moment(14)):
        perform(actions.freeze_roll, again.who("clerk"), again.collection())
        assert [unit.reconfirm for unit in again.collection().units] == [True, True] + [False] * 11
        assert again.slip(again.who(1)).status is UnitStatus.NEEDS_RECONFIRM
        assert again.collection().tally().part.heads == 0
        assert db.session.get_one(PlanVersion, again.collection().plan_version_id).number == 2


# ---- the result


def test_thirteen_of_thirteen_pass_and_the_proposal_learns_of_it(course: Course) -> None:
    course.open()
    course.sign_all(range(1, 14))
    done = course.to_the_end()
    collection = course.collection()
    assert collection.stands is CollectionState.PASSED
    assert collection.required.state == RequiredState.PASSED
    assert (done.fact.passed, done.fact.yes_heads, done.fact.all_heads) == (True, 13, 13)
    assert "13户" in db.session.scalars(select(Notice).where(Notice.kind == "result")).one().body


def test_twelve_and_one_who_abstains_do_not_reach_unanimity(course: Course) -> None:
    course.open()
    course.sign_all(range(1, 13))
    with at(moment(9)):
        course.sign(13, Answer.ABSTAIN)
    done = course.to_the_end()
    assert (done.fact.passed, done.fact.reason) == (False, rules.Reason.AGREEMENT_SHORT)
    assert course.collection().required.state == RequiredState.FAILED


def test_the_provisional_result_waits_for_grace_and_for_slips_half_read(course: Course) -> None:
    course.open()
    with at(moment(8)):
        slip = course.print_slip(12).id
    with at(moment(10)):
        course.read("clerk", slip, original=True, signed=date(2026, 11, 9), received=moment(10, 9))
    course.close()
    assert refused(lambda: course.publish(18)) == Refusal.STILL_OPEN
    assert refused(course.publish) == Refusal.ENTRIES_UNDECIDED


def test_the_result_takes_its_days_two_persons_and_every_objection(course: Course) -> None:
    course.open()
    course.sign_all(range(1, 14))
    course.close()
    course.publish()
    with at(moment(21)):
        period = notice_queries.publicity_of(course.collection().subject)
        assert period is not None
        perform(notice_actions.object_to, course.who(3), period, "坡道会积水")
    assert refused(lambda: course.finish(22)) == Refusal.PROVISIONAL_RUNNING
    with at(moment(24)):
        clerk = course.who("clerk")

        def finish() -> object:
            return perform(actions.finish, clerk, course.collection())

        with pytest.raises(Refused, match="OBJECTIONS_UNDECIDED"):
            finish()
        objection = notice_queries.desk_objections(clerk)[0]
        perform(notice_actions.decide, clerk, objection, ObjectionState.SETTLED, "已加排水沟")
        assert refused(finish) == Refusal.SCRUTINEER_MISSING
    course.confirm(24)
    with at(moment(24, 15)):
        assert perform(actions.finish, course.who("clerk"), course.collection()).fact.passed


def test_what_is_confirmed_is_the_count_that_was_shown(course: Course) -> None:
    course.open()
    course.sign_all(range(1, 14))
    course.close()
    course.publish()
    with at(moment(21)):
        shown = rules.count_hash(course.collection().tally())
        perform(actions.confirm_result, course.who("director"), course.collection(), shown)
        again = lambda: perform(actions.confirm_result, course.who("director"), course.collection(), shown)  # noqa: E731
        assert refused(again) == Refusal.CONFIRMED_ALREADY
        perform(actions.dispute, course.who(7), records(course)[6])
        other = lambda: perform(actions.confirm_result, course.who("scrutineer"), course.collection(), shown)  # noqa: E731
        assert refused(other) == Refusal.COUNT_CHANGED
        for who in ("clerk", "second_clerk"):
            perform(actions.check_signature, course.who(who), records(course)[6], genuine=False, finding="不是本人")
        new = rules.count_hash(course.collection().tally())
        perform(actions.confirm_result, course.who("scrutineer"), course.collection(), new)
    assert refused(course.finish) == Refusal.SCRUTINEER_MISSING  # The director confirmed another count.


def test_one_person_does_not_confirm_a_result_from_two_accounts(course: Course) -> None:
    course.open()
    course.sign_all(range(1, 14))
    course.close()
    course.publish()
    one_person(course, "director", "scrutineer")
    assert refused(course.confirm) == Refusal.CONFIRMED_ALREADY
    assert refused(course.finish) == Refusal.SCRUTINEER_MISSING
    with at(moment(24, 11)):
        collection = course.collection()
        perform(actions.confirm_result, course.who("clerk"), collection, rules.count_hash(collection.tally()))
    assert refused(course.finish) == Refusal.SCRUTINEER_MISSING, "the clerk is of the committee as the director is"


def test_without_the_managers_yes_nothing_passes(at_desk: AtDesk, cast: Cast) -> None:
    required = fixed_plan(cast, cast.neighbourhood, TemplateName.RAMP_PUBLIC_HOUSING, cast.building, manager=False)
    course = Course(cast, required).open()
    course.sign_all(range(1, 14))
    assert refused(course.to_the_end) == Refusal.MANAGER_CONSENT_AWAITED


@pytest.mark.parametrize("answers", [True, False])
def test_a_consent_that_goes_on_hears_the_manager_on_the_version_that_stands(
    at_desk: AtDesk, cast: Cast, answers: bool
) -> None:
    del at_desk
    required = fixed_plan(cast, cast.neighbourhood, TemplateName.RAMP_PUBLIC_HOUSING, cast.building, manager=False)
    course = Course(cast, required).open()
    course.sign_all(range(1, 14))
    with schema.door_open():
        old = course.collection().version
        new = with_another_consent(old)
        asked = Requirement(TemplateName.RAMP_PUBLIC_HOUSING, ScopeKind.BUILDING, cast.building)
        assert versions.keep_consents(old, change_of=new, requirements=[asked]) == {asked}
        versions.supersede(course.who("clerk"), old, new)
        new_id = new.id
    course.close()
    course.publish()
    course.confirm()
    assert refused(course.finish) == Refusal.MANAGER_CONSENT_AWAITED
    with at(moment(24, 11)):
        manager = course.who("property_manager")
        perform(answer_as_manager, manager, db.session.get_one(PlanVersion, new_id), answers, "按第 2 版")
    done = course.finish(25)
    assert done.fact.passed is answers
    with at(moment(26)):
        found = course.collection()
        answer = queries.manager_answer(found)
        assert answer is not None
        told = queries.manager_entry(found, answer)
        assert told is not None, "the certificate names the entry"
        assert (answer.agrees, told.pub["plan_hash"]) == (answers, answer.version.plan_hash)


def with_another_consent(old: PlanVersion) -> PlanVersion:
    """The next version, which differs in nothing but in asking for another consent beside the ramp's."""
    plan = replace(old.plan, templates=(TemplateName.RAMP_PUBLIC_HOUSING, TemplateName.OWNERS_ORDINARY))
    new = PlanVersion(
        proposal=old.proposal,
        number=2,
        content=plan_text(plan, proposal=old.proposal.matter, version=2),
        plan_hash=plan_hash(plan, proposal=old.proposal.matter, version=2),
        fixed_by=old.fixed_by,
        fixed_at=old.fixed_at,
    )
    new.decisions.append(ChangeDecision(change=ChangeClass.MATERIAL, decided_at=old.fixed_at))
    db.session.add(new)
    db.session.flush()
    return new


def test_a_window_is_extended_once_with_a_reason_and_a_notice(course: Course) -> None:
    course.open()
    with at(moment(10)):
        clerk = course.who("clerk")
        later = rules.closes_at(moment(6), 20)
        no_reason = lambda: perform(actions.extend, clerk, course.collection(), later, " ")  # noqa: E731
        assert refused(no_reason) == Refusal.COLLECTION_REASON_MISSING
        too_far = lambda: perform(actions.extend, clerk, course.collection(), rules.closes_at(moment(6), 61), "等")  # noqa: E731
        assert refused(too_far) == Refusal.WINDOW_OUT_OF_BOUNDS
        done = perform(actions.extend, clerk, course.collection(), later, "有一户在外地")
        assert course.collection().closes_at == later
        assert done.fact.last_day == "2026-11-26"
        again = lambda: perform(actions.extend, clerk, course.collection(), rules.closes_at(moment(6), 30), "再等")  # noqa: E731
        assert refused(again) == Refusal.EXTENDED_ALREADY
    with at(CLOSES):
        assert actions.due_steps() == 0
        course.sign(1)


def test_a_void_collection_says_why_and_may_be_held_again(course: Course) -> None:
    course.open()
    with at(moment(8)):
        course.sign(1)
        clerk = course.who("clerk")
        done = perform(actions.void, clerk, course.collection(), "名册漏了一户")
        assert done.fact.reason == "名册漏了一户"
        assert course.collection().stands is CollectionState.VOID
        with pytest.raises(Refused, match="COLLECTION_ELSEWHERE"):
            course.sign(2)
        again = Course(course.cast, course.required)
        again.set_up()
        assert again.collection().round_no == 2


# ---- guards of every state

STEPS: dict[str, Callable[[Course], Callable[[], object]]] = {
    "show_roll": lambda c: lambda: perform(actions.show_roll, c.who("clerk"), c.collection()),
    "freeze_roll": lambda c: lambda: perform(actions.freeze_roll, c.who("clerk"), c.collection()),
    "extend": lambda c: lambda: perform(actions.extend, c.who("clerk"), c.collection(), moment(28), "等"),
    "close": lambda c: lambda: perform(actions.close, c.collection()),
    "publish": lambda c: lambda: perform(actions.publish_provisional, c.who("clerk"), c.collection()),
    "confirm": lambda c: lambda: perform(actions.confirm_result, c.who("director"), c.collection(), ""),
    "finish": lambda c: lambda: perform(actions.finish, c.who("clerk"), c.collection()),
    "slips": lambda c: lambda: perform(actions.issue_slips, c.who("clerk"), c.collection(), c.collection().units),
}
OPEN_TO = {
    CollectionState.DRAFT: {"show_roll"},
    CollectionState.ROLL_OPEN: {"freeze_roll"},
    CollectionState.OPEN: {"extend", "close", "slips"},
    CollectionState.GRACE: {"publish"},
    CollectionState.PROVISIONAL: {"confirm", "finish"},
    CollectionState.PASSED: set(),
    CollectionState.FAILED: set(),
    CollectionState.VOID: set(),
    CollectionState.SUPERSEDED: set(),
}


@pytest.mark.parametrize("state", CollectionState)
def test_every_state_refuses_the_steps_of_other_states(course: Course, state: CollectionState) -> None:
    course.open()
    with schema.door_open():
        course.collection().state = state
    with at(moment(8)):
        for name, step in STEPS.items():
            if name not in OPEN_TO[state]:
                assert refused(step(course)) == Refusal.COLLECTION_ELSEWHERE, (state, name)


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (CollectionState.DRAFT, Refusal.NOT_YET_OPEN),
        (CollectionState.ROLL_OPEN, Refusal.NOT_YET_OPEN),
        (CollectionState.GRACE, Refusal.ALREADY_CLOSED),
        (CollectionState.PROVISIONAL, Refusal.ALREADY_CLOSED),
        (CollectionState.PASSED, Refusal.ALREADY_CLOSED),
        (CollectionState.FAILED, Refusal.ALREADY_CLOSED),
        (CollectionState.VOID, Refusal.COLLECTION_ELSEWHERE),
        (CollectionState.SUPERSEDED, Refusal.PLAN_CHANGED),
    ],
)
def test_every_state_but_open_tells_a_signer_why_not(course: Course, state: CollectionState, expected: Refusal) -> None:
    course.open()
    with schema.door_open():
        course.collection().state = state
    with at(moment(8)):
        assert refused(lambda: course.sign(1)) == expected
        assert not records(course)


def test_the_committee_of_another_neighbourhood_can_do_nothing(course: Course) -> None:
    course.open()
    with at(moment(8)):
        foreign = schema.viewer(course.cast.foreign_clerk)
        assert queries.for_staff(foreign, course.collection_id) is None
        assert queries.unit_for_staff(foreign, course.collection_id, course.cast.units[0]) is None
        void = lambda: perform(actions.void, foreign, course.collection(), "没有道理")  # noqa: E731
        assert refused(void) == PeopleRefusal.NOT_YOUR_SEAT
        assert course.collection().stands is CollectionState.OPEN


def test_units_turn_never_leaves_its_records_behind(course: Course) -> None:
    course.open()
    with at(moment(8)):
        course.sign(1)
        course.withdraw(1)
        course.sign(1)
        counts = select(ConsentRecord.consent_unit_id, func.count()).group_by(ConsentRecord.consent_unit_id)
        for unit_id, number in db.session.execute(counts):
            assert db.session.get_one(ConsentUnit, unit_id).turn == number
        assert course.collection().next_record == 4
        assert course.collection().proposal.title == TITLE
