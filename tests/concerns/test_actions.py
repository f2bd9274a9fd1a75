"""Acts of concerns: raised, answered by measure, settled by their author, weighed where no objection may stand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum

import pytest
from sqlalchemy import select

from hearing import clock
from hearing.audit import queries as trail
from hearing.audit.ledger import perform
from hearing.clock import now
from hearing.concerns import actions, queries
from hearing.concerns.actions import Answer
from hearing.concerns.models import Concern
from hearing.concerns.rules import Kind, Measure, Refusal, State, Weight
from hearing.consents.rules import CollectionState
from hearing.db import db
from hearing.meetings import actions as meetings
from hearing.meetings import queries as meeting_queries
from hearing.meetings.models import Meeting
from hearing.meetings.rules import Refusal as MeetingRefusal
from hearing.people.models import Account, Message, Seat
from hearing.people.rules import Refusal as PeopleRefusal
from hearing.people.rules import Role
from hearing.people.viewer import Viewer
from hearing.places.models import Tenure
from hearing.proposals import actions as proposals
from hearing.proposals.models import Proposal
from hearing.proposals.rules import State as Case
from hearing.refusal import Refused
from tests import schema
from tests.cast import Cast
from tests.consents.course import Course, at, lane_course, moment
from tests.proposals import scene

AtDesk = Callable[[str], Viewer]
MEASURED = Answer(text="量过了，少十分钟。", measures=(Measure("冬至日照", "118", "分钟"),))
FEAR = "北窗会不会被挡住"


@pytest.fixture
def person(at_desk: AtDesk, cast: Cast) -> Callable[[str | int], Viewer]:
    return lambda who: at_desk(cast.ref(who))


Person = Callable[[str | int], Viewer]


def refused(act: Callable[[], object]) -> StrEnum:
    """Why the act is refused."""
    with pytest.raises(Refused) as caught:
        act()
    return caught.value.refusal


def raised(by: Viewer, proposal: Proposal, kind: Kind = Kind.LIGHT) -> Concern:
    """A household's concern, read anew."""
    fact = perform(actions.raise_concern, by, proposal, kind, FEAR).fact
    return anew(int(fact.subject.removeprefix("concern/")))


def anew(concern_id: int) -> Concern:
    found = queries.whole(concern_id, fresh=True)
    assert found is not None
    return found


def test_a_concern_is_kept_and_the_trail_says_its_kind_alone(cast: Cast, person: Person) -> None:
    proposal = scene.deliberating(cast)
    done = perform(actions.raise_concern, person(3), proposal, Kind.LIGHT, FEAR, scene.picture())
    concern = anew(1)
    assert (concern.number, concern.topic, concern.unit_id) == (1, Kind.LIGHT, cast.units[2])
    assert done.fact.pub() == {
        "matter": proposal.matter,
        "number": 1,
        "topic": "light",
        "topic_label": "采光",
    }
    assert done.fact.households == (cast.units[2],)
    assert FEAR in str(done.fact.payload())


def test_numbers_follow_each_other_and_one_of_a_kind_is_open(cast: Cast, person: Person) -> None:
    proposal = scene.deliberating(cast)
    assert raised(person(3), proposal).number == 1
    assert raised(person(4), proposal).number == 2
    assert refused(lambda: raised(person(3), proposal)) == Refusal.CONCERN_OPEN_ALREADY
    assert raised(person(3), proposal, Kind.NOISE).number == 3
    perform(actions.say, person(3), anew(1), settled=True)
    assert raised(person(3), proposal).number == 4, "what comes back may be raised again"


def test_whoever_lives_elsewhere_raises_nothing(cast: Cast, person: Person, at_desk: AtDesk) -> None:
    proposal = scene.deliberating(cast)
    for stranger in (at_desk(cast.stranger), person("clerk")):
        assert refused(lambda by=stranger: raised(by, proposal)) == PeopleRefusal.NOT_YOUR_SEAT  # type: ignore[misc]


def test_a_case_that_is_over_takes_no_concern(cast: Cast, person: Person) -> None:
    proposal = scene.deliberating(cast)
    perform(proposals.suspend, person("clerk"), proposal, "等施工许可")
    assert refused(lambda: raised(person(3), proposal)) == Refusal.CONCERN_NOT_NOW


def test_the_desk_answers_and_the_author_is_told(cast: Cast, person: Person) -> None:
    concern = raised(person(3), scene.deliberating(cast))
    given = Answer(text="画了图", files=(scene.picture(),), compensation_fen=300_000)
    done = perform(actions.answer, person("block_officer"), concern, given)
    concern = anew(concern.id)
    (answer,) = concern.answers
    assert (answer.role, answer.compensation_fen, len(answer.files)) == ("block_officer", 300_000, 1)
    assert done.fact.pub() == {
        "matter": concern.proposal.matter,
        "number": 1,
        "seat": "block_officer",
        "measures": 0,
        "files": 1,
    }
    told = db.session.scalars(select(Message.text).order_by(Message.id.desc())).first()
    assert told is not None
    assert f"/concerns/{concern.id}" in told
    assert "300" not in told and FEAR not in told


def test_words_without_a_measure_are_no_answer(cast: Cast, person: Person) -> None:
    concern = raised(person(3), scene.deliberating(cast))
    assert refused(lambda: perform(actions.answer, person("clerk"), concern, Answer(text="不会的"))) == (
        Refusal.ANSWER_NOT_MEASURED
    )


def seat(cast: Cast, role: Role) -> Seat:
    return db.session.scalars(select(Seat).where(Seat.neighbourhood_id == cast.neighbourhood, Seat.role == role)).one()


def test_a_named_adviser_answers_and_nobody_else_of_her_kind(cast: Cast, person: Person) -> None:
    concern = raised(person(3), scene.deliberating(cast))
    lead = person("works_lead")
    assert refused(lambda: perform(actions.answer, lead, concern, MEASURED)) == PeopleRefusal.NOT_YOUR_SEAT
    perform(actions.name_answerer, person("clerk"), concern, seat(cast, Role.WORKS_LEAD))
    perform(actions.answer, lead, concern, MEASURED)
    assert anew(concern.id).answers[0].role == "works_lead"
    twice = refused(lambda: perform(actions.name_answerer, person("clerk"), concern, seat(cast, Role.WORKS_LEAD)))
    assert twice == Refusal.CONCERN_NAMED_ALREADY
    assert refused(lambda: perform(actions.answer, person("contractor"), concern, MEASURED)) == (
        PeopleRefusal.NOT_YOUR_SEAT
    )


def test_who_counts_is_not_named_and_the_committee_names(cast: Cast, person: Person) -> None:
    concern = raised(person(3), scene.deliberating(cast))
    counting = seat(cast, Role.SCRUTINEER)
    assert refused(lambda: perform(actions.name_answerer, person("clerk"), concern, counting)) == (
        Refusal.CONCERN_SEAT_ANSWERS_NOT
    )
    lead = seat(cast, Role.WORKS_LEAD)
    assert refused(lambda: perform(actions.name_answerer, person("block_officer"), concern, lead)) == (
        PeopleRefusal.NOT_YOUR_SEAT
    )


def test_its_author_says_whether_it_is_settled_and_every_word_is_kept(cast: Cast, person: Person) -> None:
    concern = raised(person(3), scene.deliberating(cast))
    assert refused(lambda: perform(actions.say, person(4), concern, settled=True)) == Refusal.CONCERN_NOT_YOURS
    assert refused(lambda: perform(actions.say, person(3), concern, settled=False)) == Refusal.CONCERN_NOT_ANSWERED
    perform(actions.answer, person("clerk"), concern, MEASURED)
    stands = perform(actions.say, person(3), concern, settled=False, text="厨房没有量").fact
    assert "厨房" not in str(stands.pub())
    assert anew(concern.id).course.state is State.UNSETTLED
    perform(actions.answer, person("clerk"), concern, MEASURED)
    perform(actions.say, person(3), concern, settled=True)
    concern = anew(concern.id)
    assert concern.course.state is State.SETTLED
    assert [word.settled for word in concern.words] == [False, True]
    assert len(concern.answers) == 2
    assert refused(lambda: perform(actions.answer, person("clerk"), concern, MEASURED)) == Refusal.CONCERN_SETTLED


def test_the_trail_and_the_tables_count_the_same(cast: Cast, person: Person) -> None:
    proposal = scene.deliberating(cast)
    for household, kind in ((3, Kind.LIGHT), (4, Kind.LIGHT), (5, Kind.PRICE)):
        raised(person(household), proposal, kind)
    perform(actions.say, person(5), anew(3), settled=True)
    perform(actions.answer, person("clerk"), anew(1), MEASURED)
    told = queries.told(person(3), trail.story(db.session, proposal.matter))
    kept = queries.summary(person(3), proposal.id)
    assert told.open == kept.open == 2
    assert told.kinds == kept.kinds == [("采光", 2)]
    assert told.states == kept.states
    assert [line.number for line in told.own] == [line.number for line in kept.own] == [1]


# ---- where no objection may stand


def held_up(course: Course, act: Callable[[], object] | None = None) -> StrEnum:
    return refused(act or (lambda: course.finish()))


def nearly_done(course: Course) -> Course:
    """Everybody has agreed, and the result waits to be made final."""
    course.open()
    course.sign_all(range(1, 14))
    course.close()
    course.publish()
    course.confirm()
    return course


def test_a_concern_without_an_answer_keeps_the_result_from_being_final(cast: Cast, person: Person) -> None:
    course = lane_course(cast)
    with at(moment(1)):
        raised(course.who(3), course_case(course))
    nearly_done(course)
    assert held_up(course) == Refusal.CONCERNS_UNANSWERED
    with at(moment(23)):
        perform(actions.answer, course.who("clerk"), anew(1), MEASURED)
    assert held_up(course) == Refusal.CONCERNS_UNHEARD
    with at(moment(23, 12)):
        perform(actions.say, course.who(3), anew(1), settled=True)
    course.finish()
    with at(moment(25)):
        assert course.collection().stands is CollectionState.PASSED


def course_case(course: Course) -> Proposal:
    """The case of a course, read anew."""
    return db.session.scalars(select(Proposal).order_by(Proposal.id.desc())).first() or db.session.get_one(Proposal, 1)


def test_a_concern_that_its_author_calls_unsettled_fails_the_collection(cast: Cast, person: Person) -> None:
    course = lane_course(cast)
    with at(moment(1)):
        raised(course.who(3), course_case(course))
        perform(actions.answer, course.who("clerk"), anew(1), MEASURED)
        perform(actions.say, course.who(3), anew(1), settled=False)
    nearly_done(course).finish()
    with at(moment(25)):
        collection = course.collection()
        assert (collection.stands, collection.result) == (CollectionState.FAILED, "objection_stands")


def test_an_answer_that_nobody_contradicts_stands_after_its_days(cast: Cast, person: Person) -> None:
    course = lane_course(cast)
    with at(moment(1)):
        raised(course.who(3), course_case(course))
        perform(actions.answer, course.who("clerk"), anew(1), MEASURED)
    nearly_done(course).finish()
    with at(moment(25)):
        assert course.collection().stands is CollectionState.PASSED


def test_a_buyer_does_not_inherit_the_sellers_concern(cast: Cast, person: Person) -> None:
    proposal = scene.deliberating(cast)
    concern = raised(person(3), proposal)
    assert queries.weights(proposal.id, cast.units, now()) == [Weight.UNANSWERED]
    with schema.door_open():
        tenure = db.session.scalars(
            select(Tenure).where(Tenure.unit_id == concern.unit_id, Tenure.until.is_(None))
        ).one()
        tenure.since = now() + timedelta(days=1)
    assert queries.weights(proposal.id, cast.units, now()) == []


def test_a_concern_of_a_household_that_nobody_asks_holds_nothing_up(cast: Cast, person: Person) -> None:
    proposal = scene.deliberating(cast)
    raised(person(3), proposal)
    assert queries.weights(proposal.id, set(cast.units) - {cast.units[2]}, now()) == []


def test_a_plan_is_not_approved_while_a_concern_stands(cast: Cast, person: Person) -> None:
    version = scene.consenting(cast)
    proposal = version.proposal
    scene.inside(cast, version, lambda _: proposals.record_consent_outcome(version.required[0], True))
    perform(proposals.begin_publicity, person("clerk"), proposal, 7)
    raised(person(3), proposal)
    over = now() + timedelta(days=9)
    with clock.standing_at(over):
        assert refused(lambda: perform(proposals.approve, person("clerk"), proposal)) == Refusal.CONCERNS_UNANSWERED
        perform(actions.answer, person("clerk"), anew(1), MEASURED)
        perform(actions.say, person(3), anew(1), settled=False)
        assert refused(lambda: perform(proposals.approve, person("clerk"), proposal)) == Refusal.CONCERNS_STANDING
        perform(actions.say, person(3), anew(1), settled=True)
        perform(proposals.approve, person("clerk"), proposal)
    assert proposal.stands is Case.APPROVED


# ---- the meeting


def test_one_button_plans_a_meeting_of_the_parties(cast: Cast, person: Person) -> None:
    concern = raised(person(3), scene.deliberating(cast))
    perform(actions.name_answerer, person("clerk"), concern, seat(cast, Role.WORKS_LEAD))
    done = perform(meetings.plan_about, person("clerk"), concern)
    meeting = db.session.get_one(Meeting, int(done.fact.subject.removeprefix("meeting/")))
    assert meeting.concern_id == concern.id
    assert [member.role for member in meeting.members] == ["works_lead"]
    assert FEAR not in meeting.title + meeting.agenda
    assert refused(lambda: perform(meetings.plan_about, person("clerk"), concern)) == MeetingRefusal.MEETING_ABOUT_IT
    perform(meetings.post_notice, person("clerk"), meeting)
    db.session.expire_all()
    named = {member.unit_id for member in meeting.delegates}
    assert named == {cast.units[0], cast.units[2]}, "the proposer's household and the one that is worried"
    assert meeting.notice is not None
    lines = dict(meeting.notice.lines)
    assert lines["参加人员"].startswith("有关各方")
    author = db.session.get_one(Account, concern.raised_by)
    assert author.name not in meeting.notice.content


def test_after_a_meeting_that_was_called_off_there_may_be_another(cast: Cast, person: Person) -> None:
    concern = raised(person(3), scene.deliberating(cast))
    for _ in range(2):
        perform(meetings.plan_about, person("clerk"), concern)
        running = meeting_queries.running_about(concern.id)
        assert running is not None
        perform(meetings.cancel, person("clerk"), running, "当面说好了")
    assert len(meeting_queries.about(concern.id)) == 2
