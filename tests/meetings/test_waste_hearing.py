"""新桥路的垃圾听证 (S1 案例2): 41 households and 6 shops, three steps, the council, the answers, thirty days later.

Gate, lane and collection are to meet 三衔接. Told by acts alone, from the notice to how satisfied people are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from hearing import clock
from hearing.audit import queries as trail
from hearing.audit.ledger import perform
from hearing.db import db
from hearing.demo import lane
from hearing.meetings import actions, queries
from hearing.meetings.actions import GroupAnswer, Plan
from hearing.meetings.models import Invitation, Meeting
from hearing.meetings.rules import Disposition, Grade, Kind, Naming, Outcome, RosterName, SignInMethod, Stance, State
from hearing.notices import actions as notices
from hearing.people.models import Account, Seat
from hearing.people.rules import Role
from hearing.people.viewer import Viewer
from hearing.places.models import Neighbourhood
from hearing.places.rules import Capacity, UnitUse
from hearing.proposals import actions as proposals
from hearing.proposals.actions import Answers
from hearing.proposals.models import Proposal
from tests.cast import LONG_AGO, Cast
from tests.meetings.scene import meeting_of
from tests.notices.board import safe_photo
from tests.schema import door_open, viewer

AtDesk = Callable[[str], Viewer]
pytestmark = pytest.mark.usefixtures("at_desk")

PLANNED = datetime(2026, 9, 1, 2, tzinfo=UTC)
STARTS = datetime(2026, 9, 12, 11, tzinfo=UTC)  # Saturday, 19:00 in Beijing
RESIDENTS, SHOPS = 41, 6
PRINCIPAL = (Role.PARTY_SECRETARY, Role.OWNERS_COMMITTEE, Role.COUNCIL_MEMBER)
WISHES = Answers(
    problem="弄口堆垃圾，夏天有味道。",
    place="新桥路52弄弄口",
    wish="装门、清弄、按时收，三样接起来。",
    upkeep="楼组长轮流巡弄。",
)


@dataclass
class Street:
    """新桥路52弄: who lives and sells there."""

    cast: Cast
    refs: list[str]
    shops: list[str]

    @property
    def clerk(self) -> Viewer:
        """Who runs it all."""
        return viewer(self.cast.foreign_clerk)

    @property
    def everybody(self) -> list[str]:
        """All 47."""
        return self.refs + self.shops


@pytest.fixture
def street(at_desk: AtDesk, cast: Cast) -> Street:
    """Three houses with forty homes beside the one that the cast has, six shops, three seats of the council."""
    refs: list[str] = [cast.stranger]
    shops: list[str] = []
    with door_open():
        home = db.session.get_one(Neighbourhood, cast.elsewhere)
        buildings = [lane.new_building(db.session, home, f"新桥路52弄{n}号", f"{n}号") for n in (1, 2, 3)]
        for number in range(RESIDENTS - 1 + SHOPS):
            shop = number >= RESIDENTS - 1
            house = buildings[number % 3]
            floor = "底层" if shop else str(1 + number // 12)
            unit = lane.new_unit(db.session, house, floor, f"{number:02d}室", number, 4000)
            unit.use = UnitUse.OTHER if shop else UnitUse.RESIDENCE
            name, phone = f"{'店' if shop else '住'}户{number:02d}", f"141555000{number:02d}"
            holder = lane.new_tenure(db.session, home, unit, Capacity.OWNER, name, phone, LONG_AGO)
            db.session.flush()
            (shops if shop else refs).append(lane.new_resident(db.session, f"p-x{number:02d}", unit, holder, LONG_AGO))
        for number, role in enumerate(PRINCIPAL):
            lane.new_seat(
                db.session, f"p-council{number}", f"理事{number}", f"1415560000{number}", role, home, LONG_AGO
            )
    return Street(cast, refs, shops)


def plan(street: Street, **changes: object) -> Plan:
    """What the committee decides for the hearing."""
    clerk = db.session.scalars(select(Account).where(Account.ref == street.cast.foreign_clerk)).one()
    given: dict[str, object] = {
        "title": "新桥路垃圾听证会",
        "place": "居委会会议室",
        "starts_at": STARTS,
        "agenda": "居委会介绍三衔接 10分钟\n邻居发言 40分钟",
        "building": None,
        "chair": clerk,
        "recorder": clerk,
        "seats": [],
        "kind": Kind.HEARING,
        "roster": RosterName.RESIDENTS_AND_SHOPS,
        "naming": Naming.EVERYBODY,
    }
    return Plan(**(given | changes))  # type: ignore[arg-type]


def case(street: Street) -> Proposal:
    """A neighbour's application, taken up."""
    resident = viewer(street.refs[1])
    (unit,) = resident.unit_ids
    fact = perform(proposals.submit, resident, WISHES, neighbourhood_id=street.cast.elsewhere, unit_id=unit).fact
    found = db.session.get_one(Proposal, int(fact.subject.removeprefix("proposal/")))
    perform(proposals.take_up, street.clerk, found)
    perform(proposals.accept, street.clerk, found, "新桥路垃圾三衔接", "装门、清弄、按时收。")
    return found


def announce(street: Street, meeting: Meeting) -> Meeting:
    """The notice hangs, on the wall too."""
    perform(actions.post_notice, street.clerk, meeting)
    meeting = meeting_of(meeting.subject)
    assert meeting.notice is not None
    perform(notices.hang_up, street.clerk, meeting.notice, "弄口", safe_photo())
    return meeting


def stand(street: Street, meeting: Meeting, who: list[str]) -> Meeting:
    """The minutes are written, confirmed by the chair and these, and stand."""
    perform(actions.write_minutes, street.clerk, meeting, "听了意见。", "")
    for ref in (street.cast.foreign_clerk, *who):
        version = meeting_of(meeting.subject).minutes
        assert version is not None
        perform(actions.confirm_version, viewer(ref), version)
    perform(actions.confirm_minutes, street.clerk, meeting_of(meeting.subject))
    return meeting_of(meeting.subject)


def answer(street: Street, meeting: Meeting, *answers: GroupAnswer) -> Meeting:
    """The groups get their answers, in their order."""
    perform(actions.begin_answering, street.clerk, meeting)
    for group, given in zip(queries.groups(meeting.id), answers, strict=True):
        perform(actions.answer_group, street.clerk, group, given)
    return meeting_of(meeting.subject)


def test_from_notice_to_thirty_days_after(street: Street) -> None:
    with clock.standing_at(PLANNED):
        found = case(street)
        fact = perform(actions.plan, street.clerk, found, plan(street)).fact
        meeting = announce(street, meeting_of(fact.subject))
        assert (meeting.named, meeting.whom) == (RESIDENTS + SHOPS, "新桥居民区")
        perform(actions.open_sign_up, street.clerk, meeting)
        due = PLANNED + timedelta(days=7)
        perform(actions.invite, street.clerk, meeting, "绿化市容所", None, "说明清运时间", due)
    invitation = db.session.scalars(select(Invitation)).one()
    assert invitation.told(STARTS) == "到期没有答复"

    with clock.standing_at(STARTS - timedelta(minutes=30)):
        for ref in street.everybody[:31]:
            perform(actions.sign_in, viewer(ref), meeting, SignInMethod.QR)
        meeting = meeting_of(meeting.subject)
        absent = [member.id for member in meeting.delegates if member.attendance is None]
        assert (len(absent), meeting.needed) == (16, 32)
        perform(actions.sign_in_on_paper, street.clerk, meeting, absent, safe_photo())
    with clock.standing_at(STARTS):
        perform(actions.open_meeting, street.clerk, meeting)
        for ref, words, stance in (
            (street.refs[3], "弄口要有门，夜里关。", Stance.FOR),
            (street.shops[0], "关门以后我们店里垃圾放哪里？", Stance.ASKS),
            (street.refs[9], "弄里要有人扫。", Stance.WITH_CONDITIONS),
            (street.shops[2], "早上六点收太早。", Stance.AGAINST),
        ):
            perform(actions.ask, viewer(ref), meeting, words, stance)
        meeting = meeting_of(meeting.subject)
        assert [question.label for question in meeting.questions] == ["居民", "商户", "居民", "商户"]
        perform(actions.open_poll, street.clerk, meeting, "垃圾几点收？", ("六点", "七点"))
        poll = queries.running_poll(meeting.id)
        assert poll is not None
        for place, ref in enumerate(street.everybody):
            perform(actions.vote, viewer(ref), poll, 0 if place % 3 == 0 else 1)
        closed = perform(actions.close_poll, street.clerk, poll)
        assert (closed.fact.votes, closed.fact.holds) == ((16, 31), True)
        perform(actions.end, street.clerk, meeting)
    with clock.standing_at(STARTS + timedelta(days=2)):
        meeting = stand(street, meeting_of(meeting.subject), [street.refs[3], street.shops[0]])
        gate, bins, sweep, hour = (question.id for question in meeting.questions)
        for title, opinions in (("第一步：装门", [gate]), ("第二步：清弄", [sweep]), ("第三步：按时收", [bins, hour])):
            perform(actions.group_opinions, street.clerk, meeting_of(meeting.subject), title, opinions)
        passed_on = GroupAnswer(
            disposition=Disposition.ROUTED,
            reason="收运时间请绿化市容所定。",
            office="绿化市容所",
            due_at=STARTS + timedelta(days=9),
        )
        meeting = answer(
            street,
            meeting,
            GroupAnswer(disposition=Disposition.ADOPTED, reason="用微实事装铁门。", parts=("description", "budget")),
            GroupAnswer(disposition=Disposition.PARTLY, reason="志愿者巡弄，先试一个月。"),
            passed_on,
        )
    third = queries.groups(meeting.id)[2]
    assert third.overdue_since(STARTS + timedelta(days=10)) is not None

    council = decided(street, found)
    assert (council.stands, council.outcome) == (State.CLOSED, Outcome.PLAN)

    with clock.standing_at(STARTS + timedelta(days=11)):
        late = GroupAnswer(disposition=Disposition.ADOPTED, reason="改在早上七点收。")
        done = perform(actions.answer_group, street.clerk, third, late)
        assert done.fact.after_deadline is True
        perform(actions.close, street.clerk, meeting, Outcome.PLAN, "三步方案提交理事会。")
        completed = date(2026, 9, 20)
        perform(actions.note_completion, street.clerk, meeting, completed, "铁门装好，七点收运。")
    with clock.standing_at(datetime(2026, 10, 20, 17, tzinfo=UTC)):
        for place, ref in enumerate(street.everybody[:12]):
            grade = Grade.UNSATISFIED if place == 7 else Grade.SATISFIED
            perform(actions.give_satisfaction, viewer(ref), meeting, grade, "")
    assert queries.satisfaction(meeting.id)[Grade.SATISFIED] == 11
    told = [entry.kind for entry in trail.story(db.session, found.matter) if entry.kind.startswith("meeting.")]
    assert told.count("meeting.signed_in") == 31 + len(PRINCIPAL)
    assert told.count("meeting.vote_cast") == RESIDENTS + SHOPS + len(PRINCIPAL)
    assert found.state == "deliberating"  # A hearing advises: whether anybody agrees is asked elsewhere.


def decided(street: Street, found: Proposal) -> Meeting:
    """The council 理事会 takes the three steps up: its principal seats decide, no household does."""
    seats = db.session.scalars(
        select(Seat).where(Seat.neighbourhood_id == street.cast.elsewhere, Seat.role.in_(PRINCIPAL)).order_by(Seat.id)
    ).all()
    members = [f"p-council{number}" for number in range(len(PRINCIPAL))]
    with clock.standing_at(STARTS + timedelta(days=3)):
        wanted = plan(
            street,
            title="理事会讨论三步方案",
            kind=Kind.JOINT,
            roster=RosterName.COUNCIL,
            naming=Naming.SEATS,
            seats=seats,
            starts_at=STARTS + timedelta(days=7),
        )
        fact = perform(actions.plan, street.clerk, found, wanted).fact
        meeting = announce(street, meeting_of(fact.subject))
        assert (meeting.named, meeting.seats) == (3, [])
    with clock.standing_at(STARTS + timedelta(days=7)):
        for ref in members:
            perform(actions.sign_in, viewer(ref), meeting, SignInMethod.PHONE)
        perform(actions.open_meeting, street.clerk, meeting)
        perform(actions.open_poll, street.clerk, meeting, "照三步方案办？", ("照办", "再议"))
        poll = queries.running_poll(meeting.id)
        assert poll is not None
        for ref in members:
            perform(actions.vote, viewer(ref), poll, 0)
        assert perform(actions.close_poll, street.clerk, poll).fact.votes == (3, 0)
        perform(actions.end, street.clerk, meeting)
        meeting = stand(street, meeting_of(meeting.subject), members[:2])
        perform(actions.begin_answering, street.clerk, meeting)
        perform(actions.close, street.clerk, meeting, Outcome.PLAN, "照三步方案办。")
    return meeting_of(meeting.subject)
