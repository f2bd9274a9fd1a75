"""Acts of works: stages with what they need, papers, turns, corrections, and a group in which nobody signs for both."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from enum import StrEnum

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, IntegrityError

from hearing.audit import queries as trail
from hearing.audit.ledger import perform
from hearing.db import db
from hearing.notices import actions as notices
from hearing.notices.rules import ObjectionState
from hearing.notices.rules import Refusal as NoticeRefusal
from hearing.people.rules import Refusal as PeopleRefusal
from hearing.places.models import Tenure
from hearing.proposals import actions as proposals
from hearing.proposals.models import RequiredConsent
from hearing.proposals.rules import Refusal as CaseRefusal
from hearing.proposals.rules import RequiredState, State, TemplateName
from hearing.refusal import Refused
from hearing.works import actions, queries, rules
from hearing.works.actions import Files, Said
from hearing.works.models import GroupSeat, WorksEvent
from hearing.works.rules import Ending, GroupRole, Paper, Party, Refusal, Stage
from tests import schema
from tests.cast import Cast
from tests.consents.course import at
from tests.proposals import scene as cases
from tests.works import scene
from tests.works.scene import DAY, DOCUMENT, Lift, noon

pytestmark = pytest.mark.usefixtures("at_desk")


@pytest.fixture
def lift(at_desk: object, cast: Cast) -> Lift:
    return scene.approved(cast)


@pytest.fixture
def led(lift: Lift) -> Lift:
    """The whole group is chosen."""
    lift.form_group()
    return lift


def refused(act: Callable[[], object]) -> StrEnum:
    """Why the act is refused."""
    with pytest.raises(Refused) as caught:
        act()
    return caught.value.refusal


def here(lift: Lift) -> str:
    """The stage that a lift is in, read anew."""
    return lift.history.course.stage.value


def test_a_lift_walks_from_filing_to_use_and_every_day_is_counted(led: Lift) -> None:
    led.walk(rules.ENTERED)
    course = led.history.course
    assert course.stage is Stage.IN_USE
    spans = {span.stage: span for span in course.spans}
    assert (spans[Stage.PUBLICITY].began, spans[Stage.PUBLICITY].ended) == (date(2026, 11, 2), DAY)
    assert spans[Stage.PUBLICITY].days(DAY) == 11
    assert [spans[stage].days(DAY) for stage in rules.ENTERED[:3]] == [30, 30, 30]
    assert spans[Stage.FILING].ended == spans[Stage.PERMITTING].began == DAY + timedelta(days=30)
    assert course.party is Party.MANAGER


def test_the_trail_tells_as_much_as_the_tables(led: Lift) -> None:
    led.walk(rules.ENTERED[:3])
    with at(noon(DAY + timedelta(days=61))):
        later = Said(day=DAY + timedelta(days=2), note="写错")
        perform(actions.correct, led.who("clerk"), led.proposal, 1, later, Files())
        perform(actions.hand_over, led.who("clerk"), led.proposal, Party.UTILITY, Said(day=DAY + timedelta(days=61)))
    told = queries.told(led.proposal, trail.story(db.session, led.proposal.matter))
    assert told == led.history.course
    assert told.spans[2].began == DAY + timedelta(days=2)
    assert told.party is Party.UTILITY


def test_what_is_no_lift_has_no_stages(cast: Cast, at_desk: object) -> None:
    version = cases.fixed(cast)
    by = schema.viewer(cast.ref("clerk"))
    assert queries.for_staff(by, version.proposal_id) is None
    act = lambda: perform(actions.enter, by, version.proposal, Stage.FILING, Said(day=DAY), DOCUMENT)  # noqa: E731
    assert refused(act) == Refusal.WORKS_NOT_A_LIFT


def test_nothing_is_filed_while_the_result_hangs(cast: Cast) -> None:
    lift = scene.published(cast)
    assert refused(lambda: lift.enter(Stage.FILING, DAY)) == Refusal.WORKS_NOT_APPROVED


def test_filing_needs_a_leader(lift: Lift) -> None:
    assert refused(lambda: lift.enter(Stage.FILING, DAY)) == Refusal.GROUP_WITHOUT_LEADER
    lift.choose(GroupRole.LEADER, "601")
    lift.enter(Stage.FILING, DAY)


def test_filing_needs_agreed_money(cast: Cast) -> None:
    lift = scene.approved(cast, shares=False)
    lift.choose(GroupRole.LEADER, "601")
    assert refused(lambda: lift.enter(Stage.FILING, DAY)) == Refusal.MONEY_NOT_AGREED


def test_filing_looks_again_whether_every_collection_passed(led: Lift) -> None:
    with schema.door_open():
        db.session.get_one(RequiredConsent, 1).state = RequiredState.SUPERSEDED
    assert refused(lambda: led.enter(Stage.FILING, DAY)) == CaseRefusal.CONSENTS_NOT_PASSED


def test_filing_waits_for_an_objection_in_coordination(cast: Cast) -> None:
    lift = scene.published(cast, template=TemplateName.LIFT_ESTATE)
    with at(noon(date(2026, 11, 5))):
        period = queries.history(lift.proposal).period
        assert period is not None
        perform(notices.object_to, lift.who(3), period, "挡光")
    with at(noon(date(2026, 11, 6))):
        period = queries.history(lift.proposal).period
        assert period is not None
        objection = period.objections[0]
        perform(notices.decide, lift.who("clerk"), objection, ObjectionState.TO_COORDINATION, "请双方坐下来谈")
    with at(scene.APPROVED):
        perform(proposals.approve, lift.who("clerk"), lift.proposal)
    lift.choose(GroupRole.LEADER, "601")
    assert refused(lambda: lift.enter(Stage.FILING, DAY)) == NoticeRefusal.OBJECTIONS_STANDING


def test_a_stage_out_of_turn_or_without_papers_or_evidence_is_refused(led: Lift) -> None:
    assert refused(lambda: led.enter(Stage.PERMITTING, DAY)) == Refusal.STAGE_OUT_OF_TURN
    assert refused(lambda: led.enter(Stage.FILING, DAY, Files())) == Refusal.ENTRY_UNPROVEN
    led.enter(Stage.FILING, DAY)
    assert refused(lambda: led.enter(Stage.FILING, DAY)) == Refusal.STAGE_OUT_OF_TURN
    assert refused(lambda: led.enter(Stage.PERMITTING, DAY)) == Refusal.PAPERS_MISSING


def test_building_waits_for_a_whole_group(lift: Lift) -> None:
    lift.choose(GroupRole.LEADER, "601")
    lift.walk(rules.ENTERED[:2])
    assert refused(lambda: lift.walk([Stage.CONSTRUCTION], DAY + timedelta(days=60))) == Refusal.GROUP_INCOMPLETE


def test_who_sold_her_flat_counts_no_longer(led: Lift) -> None:
    led.walk(rules.ENTERED[:2])
    with schema.door_open():
        tenure = db.session.query(Tenure).filter_by(unit_id=led.units["502"]).one()
        tenure.until = noon(DAY)
    assert len(queries.gone_seats(led.proposal_id)) == 1
    assert refused(lambda: led.walk([Stage.CONSTRUCTION], DAY + timedelta(days=60))) == Refusal.GROUP_INCOMPLETE


def test_use_needs_photos_of_before_and_after(led: Lift) -> None:
    led.walk(rules.ENTERED[:3])
    day = DAY + timedelta(days=90)
    for paper, reference in scene.PAPERS[Stage.IN_USE]:
        led.record(paper, reference, day)
    assert refused(lambda: led.enter(Stage.IN_USE, day)) == Refusal.PHOTOS_MISSING
    with at(noon(day)):
        given = Files(before=[cases.picture("grey")])
        perform(actions.add_photos, led.who("clerk"), led.proposal, Said(day=day), given)
    led.enter(Stage.IN_USE, day, Files(documents=DOCUMENT.documents, after=[cases.picture("green")]))
    assert led.history.course.stage is Stage.IN_USE
    number = next(row.number for row in led.history.rows if row.kind == "photos")
    act = lambda: perform(actions.take_back, led.who("clerk"), led.proposal, number, "拍错了")  # noqa: E731
    with at(noon(day)):
        assert refused(act) == Refusal.PHOTOS_CARRY_STAGE


def test_a_paper_has_a_number_and_stands_once(led: Lift) -> None:
    led.record(Paper.FILING_NUMBER, "黄发改〔2026〕18号", DAY)
    assert refused(lambda: led.record(Paper.FILING_NUMBER, "黄发改〔2026〕18号", DAY)) == Refusal.PAPER_KNOWN
    assert refused(lambda: led.record(Paper.CONTRACT, " ", DAY)) == Refusal.PAPER_WITHOUT_NUMBER


def test_a_correction_is_a_further_event_and_the_first_one_stays(led: Lift) -> None:
    led.walk(rules.ENTERED[:2])
    with at(noon(DAY + timedelta(days=31))):
        said = Said(day=DAY, reference="黄发改〔2026〕19号", note="看错一个字")
        done = perform(actions.correct, led.who("clerk"), led.proposal, 2, said, Files())
    assert done.fact.pub()["corrects"] == 2 and "看错一个字" not in str(done.fact.pub())
    assert [row.reference for row in led.history.rows if row.paper] == ["黄发改〔2026〕18号", "黄发改〔2026〕19号"]
    assert [entry.reference for entry in led.history.course.entries if entry.paper] == ["黄发改〔2026〕19号"]
    with at(noon(DAY + timedelta(days=31))):
        again = lambda: perform(actions.correct, led.who("clerk"), led.proposal, 2, said, Files())  # noqa: E731
        assert refused(again) == Refusal.ENTRY_CORRECTED


def test_stages_are_taken_back_from_the_last_one(led: Lift) -> None:
    led.walk(rules.ENTERED[:2])
    numbers = {row.stage: row.number for row in led.history.rows if row.stage}

    def back(number: int) -> None:
        with at(noon(DAY + timedelta(days=31))):
            perform(actions.take_back, led.who("clerk"), led.proposal, number, "登记错了案子")

    assert refused(lambda: back(numbers["filing"])) == Refusal.STAGE_FOLLOWED
    assert refused(lambda: back(2)) == Refusal.PAPER_CARRIES_STAGE
    back(numbers["permitting"])
    assert here(led) == "filing"
    back(2)
    back(numbers["filing"])
    assert here(led) == "publicity"
    led.enter(Stage.FILING, DAY + timedelta(days=31))
    assert here(led) == "filing"


def test_the_database_lets_nobody_edit_an_event(led: Lift) -> None:
    led.enter(Stage.FILING, DAY)
    for statement in ("UPDATE works_event SET happened_on = '2026-01-01'", "DELETE FROM works_event"):
        with pytest.raises(DatabaseError, match="only grows"):
            db.session.execute(text(statement))
        db.session.rollback()


def test_a_filed_lift_is_not_withdrawn_and_a_suspended_one_rests(led: Lift) -> None:
    led.enter(Stage.FILING, DAY)
    with at(noon(DAY)):
        act = lambda: perform(proposals.withdraw, led.who("council_member"), led.proposal, "不装了")  # noqa: E731
        assert refused(act) == Refusal.WORKS_BEGUN
        perform(proposals.suspend, led.who("clerk"), led.proposal, "等法院")
    assert led.history.course.stage is Stage.FILING
    assert refused(lambda: led.record(Paper.CONTRACT, "1", DAY)) == Refusal.WORKS_NOT_APPROVED
    lifts = queries.lifts([1])
    assert [(lift.course.stage, lift.halted) for lift in lifts] == [(Stage.FILING, True)]


def test_only_the_desk_enters(led: Lift) -> None:
    with at(noon(DAY)):
        for who in ("scrutineer", "contractor", "p-601"):
            act = lambda who=who: perform(  # noqa: E731
                actions.enter, led.who(who), led.proposal, Stage.FILING, Said(day=DAY), DOCUMENT
            )
            assert refused(act) == PeopleRefusal.NOT_YOUR_SEAT
        perform(actions.enter, led.who("subdistrict_liaison"), led.proposal, Stage.FILING, Said(day=DAY), DOCUMENT)


# ---- the group


def test_who_keeps_the_accounts_holds_nothing_else(lift: Lift) -> None:
    lift.choose(GroupRole.ACCOUNTS, "502")
    assert refused(lambda: lift.choose(GroupRole.LEADER, "502")) == Refusal.GROUP_ACCOUNTS_ALONE
    assert refused(lambda: lift.choose(GroupRole.SUPERVISOR, "502")) == Refusal.GROUP_ACCOUNTS_ALONE
    lift.choose(GroupRole.LEADER, "601")
    lift.choose(GroupRole.LIAISON, "601")
    assert refused(lambda: lift.choose(GroupRole.ACCOUNTS, "601")) == Refusal.GROUP_OFFICE_TAKEN
    lift.choose(GroupRole.MEMBER, "502")


def test_the_owner_of_two_flats_is_one_person(cast: Cast) -> None:
    lift = scene.approved(cast, same_buyer=("201", "202"))
    lift.choose(GroupRole.LEADER, "201")
    assert refused(lambda: lift.choose(GroupRole.ACCOUNTS, "202")) == Refusal.GROUP_ACCOUNTS_ALONE
    assert refused(lambda: lift.choose(GroupRole.LEADER, "202")) == Refusal.GROUP_SEAT_HELD


def test_husband_and_wife_do_not_check_each_other(cast: Cast) -> None:
    lift = scene.approved(cast, couple="401")
    pair = [each for each in queries.candidates(lift.proposal) if each.unit_id == lift.units["401"]]
    assert len(pair) == 2

    def choose(role: GroupRole, holder: int) -> None:
        with at(noon(DAY)):
            paper = cases.picture("white")
            perform(actions.appoint, lift.who("clerk"), lift.proposal, role, (lift.units["401"], holder), DAY, paper)

    choose(GroupRole.ACCOUNTS, pair[0].holder_id)
    assert refused(lambda: choose(GroupRole.SUPERVISOR, pair[1].holder_id)) == Refusal.GROUP_SIGNS_FOR_BOTH


def test_members_come_from_the_house(lift: Lift) -> None:
    stranger = (lift.cast.units[0], lift.cast.holders[0])
    with at(noon(DAY)):
        act = lambda: perform(  # noqa: E731
            actions.appoint, lift.who("clerk"), lift.proposal, GroupRole.MEMBER, stranger, DAY, cases.picture()
        )
        assert refused(act) == Refusal.GROUP_NOT_A_HOUSEHOLD


def test_a_seat_ends_once_and_can_be_taken_by_another(lift: Lift) -> None:
    seat = lift.choose(GroupRole.ACCOUNTS, "502").id
    day = DAY + timedelta(days=5)

    def end(when: date, why: Ending = Ending.RESIGNED, note: str = "") -> None:
        with at(noon(day)):
            perform(actions.end_seat, lift.who("clerk"), db.session.get_one(GroupSeat, seat), why, when, note)

    assert refused(lambda: end(DAY - timedelta(days=1))) == Refusal.GROUP_DAY_BEFORE_START
    assert refused(lambda: end(day + timedelta(days=1))) == Refusal.ENTRY_AHEAD
    assert refused(lambda: end(day, Ending.MISTAKE)) == Refusal.GROUP_UNREASONED
    end(day)
    assert refused(lambda: end(day)) == Refusal.GROUP_SEAT_ENDED
    assert lift.choose(GroupRole.ACCOUNTS, "302", day).until is None


def test_the_database_keeps_one_person_on_the_accounts(lift: Lift) -> None:
    lift.choose(GroupRole.ACCOUNTS, "502")
    columns = "proposal_id, role, holder_id, unit_id, since, paper_id, appointed_by, appointed_at, ended_note"
    other = columns.replace("holder_id", "holder_id - 1")
    double = f"INSERT INTO group_seat ({columns}) SELECT {other} FROM group_seat"
    with pytest.raises(IntegrityError):
        db.session.execute(text(double))
    db.session.rollback()


def test_the_trail_says_the_office_and_not_the_person(lift: Lift) -> None:
    lift.choose(GroupRole.LEADER, "601")
    entry = trail.story(db.session, lift.proposal.matter)[-1]
    assert entry.pub == {"office": "leader", "office_label": "组长", "day": DAY.isoformat()}


# ---- the overview


def test_the_overview_is_as_far_as_each_lift(led: Lift) -> None:
    led.walk(rules.ENTERED[:3])
    with at(noon(DAY + timedelta(days=70))):
        found = queries.lifts([1])
        assert [(lift.title, lift.course.stage) for lift in found] == [("安和里12号加装电梯", Stage.CONSTRUCTION)]
        assert found[0].course.spans == led.history.course.spans
        assert dict(rules.counted(lift.course.stage for lift in found)) == {
            "在用": 0, "正在施工": 1, "正在审批": 0, "立项": 0, "公示": 0, "征询": 0,
        }  # fmt: skip


def test_a_case_that_went_elsewhere_is_in_no_overview(cast: Cast) -> None:
    lift = scene.passed(cast)
    assert [each.course.stage for each in queries.lifts([1])] == [Stage.CONSENT]
    assert queries.lifts([2]) == []
    with schema.door_open():
        lift.proposal.state = State.WITHDRAWN
    assert queries.lifts([1]) == []


def test_events_follow_each_other(led: Lift) -> None:
    led.walk(rules.ENTERED[:2])
    assert [row.number for row in led.history.rows] == [1, 2, 3]
    assert db.session.query(WorksEvent).count() == 3
