"""Who answers for a unit: agents, guardians, heirs and buyers, as acts with their facts, on a real database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from hearing.audit.ledger import Recorded, perform
from hearing.consents import actions, queries, rules, slips, speaking
from hearing.consents.models import Mandate, PaperSlip, UnitEvent
from hearing.consents.rules import Answer, Refusal
from hearing.db import db
from hearing.people.models import Account, Message
from hearing.people.viewer import Viewer
from hearing.places.models import Holder, Tenure, Unit
from hearing.places.rules import Capacity, HoldingForm
from hearing.places.rules import UnitUse as Use
from hearing.refusal import Refused
from hearing.register.rules import NewHolder, NewTenure
from hearing.register.rules import Refusal as RegisterRefusal
from tests import schema
from tests.cast import Cast
from tests.consents.course import (
    CLOSES,
    BlockCourse,
    Course,
    at,
    block_a,
    block_course,
    lane_course,
    moment,
    photo,
    shown,
    signature,
    sole_holder,
)

AtDesk = Callable[[str], Viewer]
AGENT = "14100790001"


def refused(act: Callable[[], object]) -> object:
    """The refusal with which an act ends."""
    with pytest.raises(Refused) as info:
        act()
    db.session.rollback()
    return info.value.refusal


@pytest.fixture
def course(at_desk: AtDesk, cast: Cast) -> Course:
    del at_desk
    return lane_course(cast).open()


def agent(name: str = "代理人", phone: str = AGENT, ref: str = "p-agent") -> str:
    """Somebody with an account and no household here."""
    with schema.door_open():
        db.session.add(Account(ref=ref, name=name, phone=phone))
    return ref


def terms(said: Answer | None = Answer.AGREE, until: int = 30, phone: str = AGENT) -> actions.MandateTerms:
    """A mandate until a day of November."""
    return actions.MandateTerms(
        agent_name="代理人", agent_phone=phone, instruction=said, valid_until=date(2026, 11, until)
    )


def give(course: Course, who: str | int, said: Answer = Answer.AGREE, *, phone: str = AGENT) -> int:
    """A holder gives a mandate on her phone; its number."""
    by = course.who(who)
    slip = course.slip(by)
    done = perform(actions.give_mandate, by, slip, terms(said, phone=phone), signature(), seen=course.seen(slip.unit))
    return int(done.fact.mandate)


def found(number: int) -> Mandate:
    """A mandate as it stands."""
    mandate = speaking.mandate(number, fresh=True)
    assert mandate is not None
    return mandate


def accept(number: int, ref: str = "p-agent", *, accepts: bool = True) -> Recorded[Any]:
    """The agent answers the mandate."""
    return perform(actions.accept_mandate, schema.viewer(ref), found(number), accepts=accepts)


def use(number: int, ref: str = "p-agent") -> Recorded[Any]:
    """The agent answers by the mandate on her phone."""
    mandate = found(number)
    seen = Course.seen(mandate.unit)
    return perform(actions.answer_by_mandate, schema.viewer(ref), mandate, signature(7), seen=seen)


def enter(course: Course, who: str, number: int, **changes: Any) -> Recorded[Any]:
    """A member of staff enters a paper mandate of a household."""
    unit = course.unit(number)
    said = changes.pop("terms", terms())
    paper: dict[str, Any] = {
        "holder_ids": tuple(share.holder_id for share in unit.holders),
        "plan_hash8": unit.collection.version.hash8,
        "signed_on": date(2026, 11, 8),
        "accepted": True,
        "photo": photo(number),
    } | changes
    return perform(actions.enter_mandate, course.who(who), unit, said, actions.PaperMandate(**paper))


# ---- mandates


def test_a_mandate_is_given_accepted_and_used_on_two_phones(course: Course) -> None:
    agent()
    with at(moment(8)):
        number = give(course, 12)
        assert found(number).stands(date(2026, 11, 8)) is rules.MandateState.OFFERED
        told = db.session.scalars(select(Message.recipient).where(Message.recipient == AGENT)).all()
        assert told == [AGENT]
        assert refused(lambda: use(number)) == Refusal.MANDATE_NOT_STANDING
    with at(moment(9)):
        done = accept(number)
        assert done.fact.pub() == {"mandate": number, "accepted": True, "matter": done.fact.matter}
    with at(moment(10)):
        answered = use(number)
        assert answered.fact.pub()["method"] == "mandate_phone"
        assert answered.fact.payload()["mandate"] == number
        record = course.collection().records[-1]
        assert (record.mandate_id, [h.holder_id for h in record.holders]) == (number, [course.cast.holders[11]])
        assert course.collection().tally().yes.heads == 1
        slip = course.slip(course.who(12))
        assert slip.answer is Answer.AGREE
    with at(moment(11)):
        course.withdraw(12)
        assert course.collection().tally().part.heads == 0, "the principal has the last word"


def test_nothing_of_a_mandate_stands_in_the_open(course: Course) -> None:
    agent()
    with at(moment(8)):
        by = course.who(12)
        slip = course.slip(by)
        done = perform(actions.give_mandate, by, slip, terms(), signature(), seen=course.seen(slip.unit))
        said = str(done.fact.entry(moment(8), None))
        assert AGENT not in said
        assert "agree" not in said
        assert done.fact.households == (course.cast.units[11],)


def test_an_agents_fourth_mandate_is_refused(course: Course) -> None:
    agent()
    with at(moment(8)):
        numbers = [give(course, household) for household in (1, 2, 3, 4)]
        for number in numbers[:3]:
            accept(number)
        assert refused(lambda: accept(numbers[3])) == Refusal.MANDATE_CAP_REACHED
        assert refused(lambda: give(course, 5)) == Refusal.MANDATE_CAP_REACHED
        assert refused(lambda: enter(course, "clerk", 6)) == Refusal.MANDATE_CAP_REACHED
        accept(numbers[3], accepts=False)
    with at(moment(9)):
        perform(actions.revoke_mandate, course.who(1), found(numbers[0]))
        accept(give(course, 5))


def test_what_an_agent_has_said_counts_to_her_cap_when_the_mandates_are_over(course: Course) -> None:
    agent()

    def for_a_day(household: int, day: int) -> int:
        by = course.who(household)
        slip = course.slip(by)
        said = terms(until=day)
        done = perform(actions.give_mandate, by, slip, said, signature(), seen=course.seen(slip.unit))
        return int(done.fact.mandate)

    with at(moment(8)):
        for household in (1, 2):
            number = for_a_day(household, 8)
            accept(number)
            use(number)
        accept(for_a_day(3, 8))
        number = give(course, 4, phone="14100790002")
    with at(moment(9)):
        # Two have been answered for and their mandates are over; the third ran out unused.
        accept(for_a_day(5, 9))
        assert refused(lambda: for_a_day(6, 9)) == Refusal.MANDATE_CAP_REACHED
        assert refused(lambda: enter(course, "clerk", 7)) == Refusal.MANDATE_CAP_REACHED
        agent(phone="14100790002", ref="p-other")
        accept(number, "p-other")
    with at(moment(10)):
        perform(actions.revoke_mandate, course.who(4), found(number))
        assert course.collection().tally().yes.heads == 2


def test_a_mandate_without_instruction_does_not_come_to_be(course: Course) -> None:
    with at(moment(9)):
        assert refused(lambda: enter(course, "clerk", 12, terms=terms(None))) == Refusal.MANDATE_WITHOUT_INSTRUCTION
        assert refused(lambda: enter(course, "clerk", 12, plan_hash8="0" * 8)) == Refusal.MANDATE_OTHER_PLAN
        assert refused(lambda: enter(course, "clerk", 12, holder_ids=())) == Refusal.SLIP_SIGNER_MISSING
        assert refused(lambda: enter(course, "clerk", 12, signed_on=date(2026, 11, 10))) == Refusal.SLIP_DATED_AHEAD
        assert refused(lambda: enter(course, "clerk", 12, terms=terms(until=8))) == Refusal.MANDATE_TERM
        assert db.session.scalars(select(Mandate)).all() == []


def test_an_agent_is_neither_the_holder_nor_one_of_the_committee(course: Course) -> None:
    with schema.door_open():
        clerk = db.session.scalars(select(Account).where(Account.ref == course.cast.ref("clerk"))).one()
        clerk.phone = "14100790009"
    with at(moment(8)):
        assert refused(lambda: give(course, 12, phone="14100790009")) == Refusal.MANDATE_TO_STAFF
        own = course.unit(12).holders[0].holder.phone
        assert refused(lambda: give(course, 12, phone=own)) == Refusal.MANDATE_TO_ONESELF


def test_a_holder_gives_one_mandate_at_a_time(course: Course) -> None:
    agent()
    with at(moment(8)):
        number = give(course, 12)
        assert refused(lambda: give(course, 12)) == Refusal.MANDATE_ALREADY
        accept(number, accepts=False)
        give(course, 12)


def test_only_the_named_phone_accepts(course: Course) -> None:
    agent(phone="14100790002")
    with at(moment(8)):
        number = give(course, 12)
        assert refused(lambda: accept(number)) == Refusal.MANDATE_NOT_YOURS
        assert refused(lambda: use(number)) == Refusal.MANDATE_NOT_YOURS
        assert refused(lambda: perform(actions.revoke_mandate, course.who(11), found(number))) == (
            Refusal.MANDATE_NOT_YOURS
        )


def test_a_revoked_mandate_says_nothing_more_and_what_was_said_stands(course: Course) -> None:
    agent()
    with at(moment(8)):
        number = give(course, 12)
        accept(number)
        use(number)
        done = perform(actions.revoke_mandate, course.who(12), found(number), "改主意了")
        assert done.fact.pub()["because"] == "revoked"
        assert refused(lambda: use(number)) == Refusal.MANDATE_ENDED
        assert refused(lambda: perform(actions.revoke_mandate, course.who(12), found(number))) == Refusal.MANDATE_DONE
        assert course.collection().tally().yes.heads == 1
        course.sign(12, Answer.OPPOSE)
        assert course.collection().tally().no.heads == 1


def test_a_principal_who_answers_herself_needs_no_agent(course: Course) -> None:
    agent()
    with at(moment(8)):
        number = give(course, 12)
        accept(number)
        course.sign(12, Answer.OPPOSE)
        assert refused(lambda: use(number)) == Refusal.MANDATE_PRINCIPAL_SPOKE
        assert course.collection().tally().no.heads == 1


def test_an_answer_from_before_the_mandate_gives_way_to_it(course: Course) -> None:
    agent()
    with at(moment(8)):
        course.sign(12, Answer.ABSTAIN)
        number = give(course, 12)
        accept(number)
    with at(moment(9)):
        use(number)
        assert course.collection().tally().yes.heads == 1


def test_a_mandate_ends_with_its_term(course: Course) -> None:
    agent()
    with at(moment(8)):
        by = course.who(12)
        slip = course.slip(by)
        short = perform(actions.give_mandate, by, slip, terms(until=9), signature(), seen=course.seen(slip.unit))
        number = int(short.fact.mandate)
        accept(number)
    with at(moment(10)):
        assert refused(lambda: use(number)) == Refusal.MANDATE_EXPIRED
        give(course, 12)


def test_a_principals_death_ends_the_mandate_and_what_was_signed_after_it(course: Course) -> None:
    agent()
    with at(moment(7)):
        number = give(course, 12)
        accept(number)
    with at(moment(9)):
        use(number)
    with at(moment(10)):
        why, died = rules.Blocked.LESSEE_CHANGE, course.cast.holders[11]
        done = perform(actions.block, course.who("clerk"), course.unit(12), why, shown("死亡证明", 8), died=died)
        assert done.fact.pub()["after_death"] == 1
        assert found(number).stands(date(2026, 11, 10)) is rules.MandateState.ENDED
        assert course.collection().tally().part.heads == 0


def test_an_agents_death_ends_it_too(course: Course) -> None:
    agent()
    with at(moment(7)):
        number = give(course, 12)
        accept(number)
    with at(moment(9)):
        use(number)
    with at(moment(10)):
        paper = photo(3)
        dead = date(2026, 11, 8)
        done = perform(actions.register_agents_death, course.who("clerk"), found(number), dead, "死亡证明", paper)
        assert done.fact.pub()["because"] == "agent_died"
        [(_, why)] = course.collection().standings()[course.unit(12).ref].invalid
        assert why is rules.Invalid.MANDATE_ENDED
        again = partial(
            perform, actions.register_agents_death, course.who("clerk"), found(number), dead, "死亡证明", paper
        )
        assert refused(again) == Refusal.MANDATE_DONE


def test_a_paper_mandate_stands_once_two_people_have_held_it(course: Course) -> None:
    agent()
    with at(moment(9)):
        number = int(enter(course, "clerk", 12).fact.mandate)
        assert found(number).stands(date(2026, 11, 9)) is rules.MandateState.UNCHECKED
        assert refused(lambda: use(number)) == Refusal.MANDATE_NOT_STANDING

        def check(who: str) -> object:
            return perform(actions.check_mandate, course.who(who), found(number))

        assert refused(lambda: check("clerk")) == Refusal.ENTRY_SAME_PERSON
        check("director")
        assert refused(lambda: check("scrutineer")) == Refusal.MANDATE_DONE
        use(number)
        assert course.collection().tally().yes.heads == 1


def test_an_agent_signs_on_paper_and_the_record_says_so(course: Course) -> None:
    with at(moment(9)):
        number = int(enter(course, "clerk", 12).fact.mandate)
        perform(actions.check_mandate, course.who("director"), found(number))
        slip = course.print_slip_of(course.unit(12))
    for who, first in (("clerk", True), ("director", False)):
        with at(moment(10)):
            read_by_agent(course, who, slip, number, first=first)
    with at(moment(10)):
        record = course.collection().records[-1]
        assert (record.method, record.mandate_id) == ("mandate", number)
        assert course.collection().tally().yes.heads == 1


def read_by_agent(
    course: Course, who: str, slip_id: int, mandate: int, *, first: bool, said: Answer = Answer.AGREE
) -> Recorded[Any]:
    """A slip that an agent signed is read in."""
    by = course.who(who)
    slip = queries.paper_slip_by_id(by, slip_id)
    assert slip is not None
    holders = tuple(share.holder_id for share in slip.unit.holders)
    reading = actions.Reading(holders, said, date(2026, 11, 9), moment(9, 16), mandate)
    original = actions.Original(photo(slip_id), rules.Method.PAPER) if first else None
    return perform(actions.read_slip, by, slip, reading, original)


def test_a_slip_that_says_other_than_the_mandate_is_refused(course: Course) -> None:
    with at(moment(9)):
        number = int(enter(course, "clerk", 12).fact.mandate)
        perform(actions.check_mandate, course.who("director"), found(number))
        mine, other = (course.print_slip_of(course.unit(household)) for household in (12, 11))
    with at(moment(10)):
        wrong = partial(read_by_agent, course, "clerk", mine, number, first=True, said=Answer.OPPOSE)
        assert refused(wrong) == Refusal.MANDATE_ANSWER_DIFFERS
        elsewhere = partial(read_by_agent, course, "clerk", other, number, first=True)
        assert refused(elsewhere) == Refusal.MANDATE_NOT_STANDING


def test_a_couple_speaks_by_one_of_them_and_the_mandate_of_the_other(at_desk: AtDesk, cast: Cast) -> None:
    del at_desk
    course = block_course_of(cast, couple="301")
    with at(moment(8)):
        course.sign("husband")
        assert course.collection().tally().part.heads == 0, "his word alone is none"
        by = course.who("wife")
        slip = course.slip(by)
        husband = next(s.holder.phone for s in slip.unit.holders if s.holder.name == "孙明")
        done = perform(actions.give_mandate, by, slip, terms(phone=husband), signature(), seen=course.seen(slip.unit))
    with at(moment(9)):
        number = int(done.fact.mandate)
        accept(number, "p-husband")
        use(number, "p-husband")
        count = course.collection().tally()
        assert (count.yes.heads, count.yes.area_centi) == (1, 5820)


def test_a_mandate_by_both_counts_as_both(at_desk: AtDesk, cast: Cast) -> None:
    del at_desk
    agent()
    course = block_course_of(cast, couple="301")
    with at(moment(8)):
        unit = door(course, "301")
        paper = actions.PaperMandate(
            holder_ids=tuple(share.holder_id for share in unit.holders),
            plan_hash8=unit.collection.version.hash8,
            signed_on=date(2026, 11, 8),
            accepted=True,
            photo=photo(),
        )
        number = int(perform(actions.enter_mandate, course.who("clerk"), unit, terms(), paper).fact.mandate)
        perform(actions.check_mandate, course.who("director"), found(number))
        use(number)
        assert course.collection().tally().yes.heads == 1


def block_course_of(cast: Cast, **about: Any) -> BlockCourse:
    """Block A's collection, open."""
    course = block_course(cast, block_a(cast, **about))
    named = BlockCourse(cast, course.required)
    named.open()
    return named


def door(course: Course, name: str) -> Any:
    """The line of a door on the roll."""
    return next(unit for unit in course.collection().units if unit.door == name)


# ---- guardians


def guardian(phone: str = AGENT) -> actions.Guardian:
    """A daughter, by the court's word."""
    return actions.Guardian(name="监护人", phone=phone, relation=rules.Relation.CHILD, basis=rules.Basis.COURT)


def test_a_guardian_answers_for_her_ward_and_the_ward_does_not(course: Course) -> None:
    agent(ref="p-guardian")
    ward = course.cast.holders[4]
    with at(moment(8)):
        wait = shown("家属来说，需要监护人", 8, paper=False)
        perform(actions.block, course.who("clerk"), course.unit(5), rules.Blocked.GUARDIAN_NEEDED, wait)
        named = shown("女儿，法院指定监护", 7)
        done = perform(actions.name_guardian, course.who("clerk"), course.unit(5), ward, guardian(), named)
        assert course.unit(5).blocked is None
        assert done.fact.pub() == {"standing": True, "matter": done.fact.matter}
        assert refused(lambda: course.sign(5)) == Refusal.GUARDIAN_ANSWERS
    with at(moment(9)):
        by = schema.viewer("p-guardian")
        slip = course.slip(by)
        assert slip.speaks_for == (ward,)
        perform(actions.answer, by, slip, Answer.AGREE, signature(), seen=course.seen(slip.unit))
        record = course.collection().records[-1]
        assert record.guardianship is not None
        assert record.guardianship.relation == "child"
        assert [holder.holder_id for holder in record.holders] == [ward]
        assert [unit.unit_id for unit in queries.waiting_for(by)] == [course.cast.units[4]]
    with at(moment(10)):
        over = shown("法院撤销指定", 10)
        perform(actions.end_guardianship, course.who("clerk"), course.unit(5), ward, over)
        assert queries.slips_for(schema.viewer("p-guardian"), course.collection()) == []
        course.sign(5, Answer.OPPOSE)
        assert course.collection().tally().no.heads == 1


def test_no_diagnosis_is_kept_with_a_guardian(course: Course) -> None:
    ward = course.cast.holders[4]
    with at(moment(8)):
        ill = shown("患有老年痴呆，女儿监护", 8)
        act = partial(perform, actions.name_guardian, course.who("clerk"), course.unit(5), ward, guardian(), ill)
        assert refused(act) == Refusal.NO_DIAGNOSIS
        bare = shown("女儿", 8, paper=False)
        without = partial(perform, actions.name_guardian, course.who("clerk"), course.unit(5), ward, guardian(), bare)
        assert refused(without) == Refusal.EVENT_PAPER_MISSING


# ---- deaths and heirs


def test_heirs_hold_jointly_and_have_five_days_of_their_own(at_desk: AtDesk, cast: Cast) -> None:
    del at_desk
    course = block_course_of(cast)
    with at(moment(8)):
        course.sign("301")
    with at(moment(14)):
        unit = door(course, "301")
        dead = unit.holders[0].holder_id
        perform(
            actions.block,
            course.who("clerk"),
            unit,
            rules.Blocked.OWNERSHIP_DISPUTE,
            shown("死亡证明", 9),
            died=dead,
        )
        assert door(course, "301").blocked == rules.Blocked.HEIRS_AWAITED
        assert course.collection().tally().blocked.heads == 1
        heirs = (NewHolder("长子", "14100770001"), NewHolder("次女", "14100770002"))
        done = perform(actions.show_heirs, course.who("clerk"), door(course, "301"), dead, heirs, shown("继承公证", 14))
        unit = door(course, "301")
        assert (unit.form, unit.blocked, len(unit.holders)) == (HoldingForm.JOINT, None, 2)
        assert unit.closes_at == rules.closing_after_transfer(CLOSES, date(2026, 11, 14), date(2026, 11, 14))
        assert done.fact.payload()["administrator"] is False
        [(_, why)] = course.collection().standings()[unit.ref].invalid
        assert why is rules.Invalid.SUCCEEDED, "signed alive, and the heirs answer now"
        held = db.session.scalars(select(Tenure).where(Tenure.unit_id == unit.unit_id).order_by(Tenure.id)).all()
        assert [tenure.until is None for tenure in held] == [False, True]
        kinds = db.session.scalars(select(UnitEvent.kind).order_by(UnitEvent.id)).all()
        assert kinds == ["blocked", "heirs_shown"]
        assert all(db.session.scalars(select(UnitEvent.evidence_id)).all())


def test_an_administrator_answers_and_the_register_stays(at_desk: AtDesk, cast: Cast) -> None:
    del at_desk
    course = block_course_of(cast)
    with at(moment(9)):
        unit = door(course, "301")
        dead = unit.holders[0].holder_id
        why = rules.Blocked.HEIRS_AWAITED
        perform(actions.block, course.who("clerk"), unit, why, shown("死亡证明", 9), died=dead)
        manager = (NewHolder("遗产管理人", "14100770003"),)
        perform(
            actions.show_heirs,
            course.who("clerk"),
            door(course, "301"),
            dead,
            manager,
            shown("法院指定遗产管理人", 9),
            administrator=True,
        )
        unit = door(course, "301")
        assert unit.names() == "遗产管理人"
        [tenure] = db.session.scalars(select(Tenure).where(Tenure.unit_id == unit.unit_id)).all()
        assert [share.holder_id for share in tenure.shares] == [dead]


def test_of_a_dead_mans_share_one_heir_speaks(at_desk: AtDesk, cast: Cast) -> None:
    del at_desk
    course = block_course_of(cast, by_shares="301")
    with at(moment(9)):
        course.sign("thirty-five")
        unit = door(course, "301")
        dead = next(share.holder_id for share in unit.holders if share.weight == 40)
        why = rules.Blocked.HEIRS_AWAITED
        perform(actions.block, course.who("clerk"), unit, why, shown("死亡证明", 9), died=dead)
        two = (NewHolder("甲"), NewHolder("乙"))
        several = partial(
            perform, actions.show_heirs, course.who("clerk"), door(course, "301"), dead, two, shown("公证", 9)
        )
        assert refused(several) == Refusal.HEIRS_ONE_FOR_SHARE
        one = (NewHolder("甲", "14100770004"),)
        perform(actions.show_heirs, course.who("clerk"), door(course, "301"), dead, one, shown("公证", 9))
        unit = door(course, "301")
        assert sorted(Fraction(share.weight, unit.whole) for share in unit.holders) == [
            Fraction(1, 4),
            Fraction(7, 20),
            Fraction(2, 5),
        ]
        standing = course.collection().standings()[unit.ref]
        assert len(standing.counted) == 1, "the other co-owner's answer stands"


def test_a_unit_with_a_dead_holder_is_not_freed_by_a_press(course: Course) -> None:
    with at(moment(9)):
        died = course.cast.holders[8]
        why = rules.Blocked.LESSEE_CHANGE
        perform(actions.block, course.who("clerk"), course.unit(9), why, shown("死亡证明", 9), died=died)
        free = partial(perform, actions.unblock, course.who("clerk"), course.unit(9), shown("弄错了", 9))
        assert refused(free) == Refusal.HOLDER_DEAD


def test_a_slip_dated_after_its_signers_death_is_kept_and_never_counts(course: Course) -> None:
    with at(moment(9)):
        slip = course.print_slip_of(course.unit(9))
        died = course.cast.holders[8]
        why = rules.Blocked.LESSEE_CHANGE
        perform(actions.block, course.who("clerk"), course.unit(9), why, shown("死亡证明", 7), died=died)
    for who, first in (("clerk", True), ("director", False)):
        with at(moment(10)):
            course.read(who, slip, signed=date(2026, 11, 8), received=moment(9, 16), original=first)
    with at(moment(10)):
        [(record, why_not)] = course.collection().standings()[course.unit(9).ref].invalid
        assert (record.answer, why_not) == (Answer.AGREE, rules.Invalid.SIGNED_AFTER_DEATH)
        assert course.collection().tally().part.heads == 0
        alive = partial(
            course.read,
            "clerk",
            course.print_slip_of(course.unit(9)),
            signed=date(2026, 11, 7),
            received=moment(9, 16),
            original=True,
        )
        assert refused(alive) == Refusal.UNIT_BLOCKED


# ---- sales


def test_two_buyers_by_shares_and_their_own_window_from_the_invitation(at_desk: AtDesk, cast: Cast) -> None:
    del at_desk
    course = block_course_of(cast)
    with at(moment(8)):
        course.sign("602")
        slip = course.print_slip_of(door(course, "602"))
    buyers = NewTenure(
        Capacity.OWNER,
        HoldingForm.SHARES,
        (NewHolder("买甲", "14100740001", Fraction(2, 3)), NewHolder("买乙", "14100740002", Fraction(1, 3))),
    )
    with at(moment(15)):
        # The sale was registered on the 9th, and the office heard of it on the 15th.
        perform(actions.change_hands, course.who("clerk"), door(course, "602"), buyers, shown("不动产登记", 9))
        unit = door(course, "602")
        assert unit.closes_at == rules.closing_after_transfer(CLOSES, date(2026, 11, 15))
        assert [share.since for share in unit.holders] == [date(2026, 11, 9)] * 2
        assert db.session.get_one(PaperSlip, slip).state == "void", "it names the seller"
        [(_, why)] = course.collection().standings()[unit.ref].invalid
        assert why is rules.Invalid.UNIT_SOLD
        fresh = course.print_slip_of(unit)
        early = partial(course.read, "clerk", fresh, signed=date(2026, 11, 8), received=moment(14), original=True)
        assert refused(early) == Refusal.SLIP_BEFORE_HOLDING
        first = unit.holders[0].holder_id
        for who, original in (("clerk", True), ("director", False)):
            course.read(
                who, fresh, signed=date(2026, 11, 14), received=moment(14, 16), original=original, holders=[first]
            )
        assert course.collection().tally().yes.heads == 1, "two thirds of the shares are enough"


def test_shares_that_are_not_the_whole_are_refused(at_desk: AtDesk, cast: Cast) -> None:
    del at_desk
    course = block_course_of(cast)
    short = NewTenure(
        Capacity.OWNER,
        HoldingForm.SHARES,
        (NewHolder("买甲", "", Fraction(1, 2)), NewHolder("买乙", "", Fraction(1, 3))),
    )
    with at(moment(9)):
        act = partial(perform, actions.change_hands, course.who("clerk"), door(course, "602"), short, shown("登记", 9))
        assert refused(act) == RegisterRefusal.SHARES_NOT_WHOLE
        ahead = partial(
            perform,
            actions.change_hands,
            course.who("clerk"),
            door(course, "602"),
            sole_holder("买", ""),
            shown("登记", 10),
        )
        assert refused(ahead) == Refusal.EVENT_AHEAD


def test_who_sells_one_of_two_flats_has_still_answered_for_the_other(at_desk: AtDesk, cast: Cast) -> None:
    del at_desk
    course = block_course_of(cast, same_buyer=("401", "501"))
    with at(moment(8)):
        course.sign("buyer")
        count = course.collection().tally()
        assert (count.all.heads, count.yes.heads, count.yes.area_centi) == (11, 1, 2 * 5820)
    with at(moment(9)):
        buyer = sole_holder("新业主", "14100740003")
        perform(actions.change_hands, course.who("clerk"), door(course, "401"), buyer, shown("登记", 9))
        count = course.collection().tally()
        assert (count.all.heads, count.yes.heads, count.yes.area_centi) == (12, 1, 5820)


def test_a_neighbour_who_buys_a_second_flat_becomes_one_head(at_desk: AtDesk, cast: Cast) -> None:
    del at_desk
    course = block_course_of(cast)
    with at(moment(8)):
        course.sign("101")
    with at(moment(9)):
        neighbour = db.session.get_one(Holder, door(course, "101").holders[0].holder_id)
        tenure = sole_holder(neighbour.name, neighbour.phone)
        perform(actions.change_hands, course.who("clerk"), door(course, "602"), tenure, shown("登记", 9))
        count = course.collection().tally()
        assert (count.all.heads, count.yes.heads, count.yes.area_centi) == (11, 1, 5820 + 4680)


def test_a_flat_that_is_asked_on_two_rolls_is_sold_on_both(at_desk: AtDesk, cast: Cast) -> None:
    del at_desk
    block = block_a(cast)
    house, estate = (BlockCourse(cast, block_course(cast, block).required) for _ in range(2))
    buyer = sole_holder("新业主", "14100740003")
    for course in (house, estate):
        course.open()
        with at(moment(8)):
            course.sign("602")
    with at(moment(9)):
        clerk = house.who("clerk")
        perform(actions.change_hands, clerk, door(house, "602"), buyer, shown("不动产登记", 9))
        [other] = queries.also_asked(door(house, "602"))
        assert (other.id, other.names()) == (door(estate, "602").id, "业主602"), "who works on one roll sees the other"
        perform(actions.change_hands, clerk, door(estate, "602"), buyer, shown("不动产登记", 9))
        for course in (house, estate):
            assert door(course, "602").names() == "新业主"
            assert course.collection().tally().part.heads == 0, "what the seller said counts no more"
        tenures = db.session.scalars(select(Tenure).where(Tenure.unit_id == block.units["602"])).all()
        assert len(tenures) == 2, "the register says it once"
        again = partial(perform, actions.change_hands, clerk, door(estate, "602"), buyer, shown("登记", 9))
        assert refused(again) == RegisterRefusal.TENURE_SAME


def test_heirs_of_one_person_are_shown_on_two_rolls(at_desk: AtDesk, cast: Cast) -> None:
    del at_desk
    block = block_a(cast)
    house, estate = (BlockCourse(cast, block_course(cast, block).required) for _ in range(2))
    heirs = (NewHolder("长子", "14100770001"), NewHolder("次女", "14100770002"))
    for course in (house, estate):
        course.open()
    for course in (house, estate):
        with at(moment(9)):
            unit, clerk = door(course, "301"), course.who("clerk")
            dead, why = unit.holders[0].holder_id, rules.Blocked.HEIRS_AWAITED
            perform(actions.block, clerk, unit, why, shown("死亡证明", 9), died=dead)
            perform(actions.show_heirs, clerk, door(course, "301"), dead, heirs, shown("继承公证", 9))
            unit = door(course, "301")
            assert (unit.form, unit.blocked, len(unit.holders)) == (HoldingForm.JOINT, None, 2)


def test_whoever_registers_a_death_sees_the_second_flat_of_the_dead(at_desk: AtDesk, cast: Cast) -> None:
    del at_desk
    course = block_course_of(cast, same_buyer=("401", "501"))
    with at(moment(9)):
        assert [line.door for line in queries.also_asked(door(course, "401"))] == ["501"]
        assert queries.also_asked(door(course, "301")) == []


# ---- what happens while a neighbour's longer window runs


@pytest.fixture
def longer(at_desk: AtDesk, cast: Cast) -> BlockCourse:
    """Block A; 602 was sold on the 15th, so it has until the 20th and everybody else until the 16th."""
    del at_desk
    course = block_course_of(cast)
    with at(moment(8)):
        for owner in ("601", "501"):
            course.sign(owner)
    with at(moment(15)):
        buyer = sole_holder("买家", "14100740001")
        perform(actions.change_hands, course.who("clerk"), door(course, "602"), buyer, shown("过户登记", 15))
    return course


def test_a_sale_or_a_death_after_a_flats_own_close_leaves_its_answer(longer: BlockCourse) -> None:
    with at(moment(18)):
        assert longer.collection().stands is rules.CollectionState.OPEN, "602 may still answer"
        clerk, sold, buyer = longer.who("clerk"), door(longer, "601"), sole_holder("后来的", "14100740002")
        sell = partial(perform, actions.change_hands, clerk, sold, buyer, shown("过户登记", 17))
        assert refused(sell) == Refusal.EVENT_AFTER_CLOSE
        dead = door(longer, "501")
        died, why = dead.holders[0].holder_id, rules.Blocked.HEIRS_AWAITED
        die = partial(perform, actions.block, clerk, dead, why, shown("死亡证明", 17), died=died)
        assert refused(die) == Refusal.EVENT_AFTER_CLOSE
        assert longer.collection().tally().yes.heads == 2, "as if it had happened a week later"
    with at(moment(18, 11)):
        clerk = longer.who("clerk")
        perform(actions.change_hands, clerk, door(longer, "601"), buyer, shown("登记晚到", 16))
        assert longer.collection().tally().yes.heads == 1, "registered in time, and heard of late"
        assert door(longer, "601").closes_at == rules.closing_after_transfer(
            CLOSES, date(2026, 11, 16), date(2026, 11, 18)
        )


def test_a_slip_that_came_in_time_is_read_while_the_collection_is_in_its_grace(longer: BlockCourse) -> None:
    with at(moment(9)):
        slip = longer.print_slip_of(door(longer, "401"))
    with at(moment(20, 20)):
        for who in ("clerk", "block_officer"):
            longer.read(who, slip, signed=date(2026, 11, 12), received=moment(16, 12), original=who == "clerk")
        assert longer.collection().tally().yes.heads == 3
        late = longer.print_slip_of(door(longer, "402"))
        for who in ("clerk", "block_officer"):
            longer.read(who, late, signed=date(2026, 11, 20), received=moment(20, 12), original=who == "clerk")
        assert longer.collection().tally().yes.heads == 3, "402 had until the 16th"


# ---- slips that have come back when others answer


def test_a_slip_that_one_has_read_falls_with_the_sale(at_desk: AtDesk, cast: Cast) -> None:
    del at_desk
    course = block_course_of(cast)
    with at(moment(9)):
        slip = course.print_slip_of(door(course, "601"))
        course.read("clerk", slip, signed=date(2026, 11, 9), received=moment(9, 9), original=True)
    with at(moment(11)):
        buyer = sole_holder("买家", "14100740001")
        perform(actions.change_hands, course.who("clerk"), door(course, "601"), buyer, shown("过户登记", 11))
    with at(moment(12)):
        assert slip_state(slip) is rules.SlipStands.VOID, (
            "its signer is not on the roll: no second person could read it"
        )
        second = partial(course.read, "block_officer", slip, signed=date(2026, 11, 9), received=moment(9, 9))
        assert refused(second) == Refusal.SLIP_DONE
    course.close()
    assert course.publish().fact.pub()["slips_void"] == 1


@pytest.mark.parametrize("administrator", [False, True])
def test_a_slip_that_has_come_back_is_read_when_a_co_owner_lives(
    at_desk: AtDesk, cast: Cast, administrator: bool
) -> None:
    del at_desk
    course = block_course_of(cast, couple="601")
    with at(moment(9)):
        slip = course.print_slip_of(door(course, "601"))
        people = {share.holder.name: share.holder_id for share in door(course, "601").holders}
    with at(moment(10)):
        clerk = course.who("clerk")
        perform(actions.open_batch, clerk, course.collection(), rules.Method.PAPER, moment(10, 9))
        batch, square = slips.batch(clerk, 1), rules.square_text(db.session.get_one(PaperSlip, slip).code)
        assert batch is not None
        perform(actions.photograph, clerk, batch, [actions.Shot(photo(), (square,))])
    with at(moment(11)):
        clerk, dead = course.who("clerk"), people["孙明"]
        why, heir = rules.Blocked.HEIRS_AWAITED, (NewHolder("长子", "14100770001"),)
        perform(actions.block, clerk, door(course, "601"), why, shown("死亡证明", 11), died=dead)
        paper = shown("继承公证", 11)
        perform(actions.show_heirs, clerk, door(course, "601"), dead, heir, paper, administrator=administrator)
    with at(moment(12)):
        for who in ("clerk", "block_officer"):
            course.read(who, slip, signed=date(2026, 11, 9), received=moment(10, 9), holders=[people["吕芳"]])
        assert slip_state(slip) is rules.SlipStands.RECORDED
        [counted] = course.collection().standings()[door(course, "601").ref].counted
        assert counted.holders == (str(people["吕芳"]),), "what the widow had signed is hers"


def slip_state(slip_id: int) -> rules.SlipStands:
    """Where a slip stands."""
    return db.session.get_one(PaperSlip, slip_id, populate_existing=True).stands


# ---- deaths that come out after the close


def test_a_death_that_comes_out_after_the_close_takes_away_what_was_signed_since(course: Course) -> None:
    with at(moment(8)):
        course.sign(5)
        course.sign(6)
        clerk, died = course.who("clerk"), course.cast.holders[4]
        early = partial(perform, actions.note_death, clerk, course.unit(5), died, shown("死亡证明", 7))
        assert refused(early) == Refusal.COLLECTION_ELSEWHERE, "while answers are taken the household is blocked"
    course.close()
    course.publish()
    course.confirm()
    with at(moment(22)):
        clerk = course.who("clerk")
        assert course.collection().tally().yes.heads == 2
        done = perform(actions.note_death, clerk, course.unit(5), died, shown("死亡证明", 7))
        assert (done.fact.pub()["after_death"], done.fact.pub()["blocked"]) == (1, False)
        collection = course.collection()
        assert collection.tally().yes.heads == 1
        [(_, why)] = collection.standings()[course.unit(5).ref].invalid
        assert why is rules.Invalid.SIGNED_AFTER_DEATH
        again = partial(perform, actions.note_death, clerk, course.unit(5), died, shown("死亡证明", 7))
        assert refused(again) == Refusal.NOT_ON_ROLL
        alive = course.cast.holders[5]
        done = perform(actions.note_death, clerk, course.unit(6), alive, shown("死亡证明", 12))
        assert done.fact.pub()["after_death"] == 0
        assert course.collection().tally().yes.heads == 1, "what she signed while she lived stands"
        unproved = partial(
            perform, actions.note_death, clerk, course.unit(7), course.cast.holders[6], shown("听说", 7, paper=False)
        )
        assert refused(unproved) == Refusal.EVENT_PAPER_MISSING
    with at(moment(24)):
        finish = partial(perform, actions.finish, course.who("clerk"), course.collection())
        assert refused(finish) == Refusal.SCRUTINEER_MISSING, "two confirmed another count"
    course.confirm(day=25)
    assert not course.finish(day=26).fact.passed


# ---- the roll: shops, empty and unsold units


def test_shops_and_empty_flats_stand_on_the_roll_and_silence_is_silence(at_desk: AtDesk, cast: Cast) -> None:
    del at_desk
    block = block_a(cast)
    with schema.door_open():
        shop, empty = (db.session.get_one(Unit, block.units[name]) for name in ("101", "201"))
        shop.use, empty.vacant = Use.OTHER, True
    course = BlockCourse(cast, block_course(cast, block).required)
    course.open()
    with at(moment(8)):
        for name in block.units:
            if name != "201":
                course.sign(name)
        count = course.collection().tally()
        assert (count.all.heads, count.yes.heads, count.silent.heads) == (12, 11, 1)
        assert count.silent.area_centi == 5820


def test_an_unsold_flat_without_a_holder_is_a_gap_and_not_left_out(at_desk: AtDesk, cast: Cast) -> None:
    del at_desk
    block = block_a(cast)
    with schema.door_open():
        [tenure] = db.session.scalars(select(Tenure).where(Tenure.unit_id == block.units["602"])).all()
        tenure.until = moment(1)
        db.session.get_one(Unit, block.units["602"]).vacant = True
    course = BlockCourse(cast, block_course(cast, block).required)
    with at(moment(2)):
        course.set_up()
        act = partial(perform, actions.show_roll, course.who("clerk"), course.collection())
        assert refused(act) == Refusal.ROLL_HOLDER_MISSING
