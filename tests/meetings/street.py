"""新桥路52弄 (S1 案例2): 41 households, six shops, a council; gate, lane and collection are to meet 三衔接.

Told by acts in tests/meetings, walked through the pages in tests/journeys.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select

from hearing.audit.ledger import perform
from hearing.db import db
from hearing.demo import lane
from hearing.meetings import actions, queries
from hearing.meetings.actions import GroupAnswer, Plan
from hearing.meetings.models import Meeting
from hearing.meetings.rules import Kind, Naming, RosterName, Stance
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

PLANNED = datetime(2026, 9, 1, 2, tzinfo=UTC)
STARTS = datetime(2026, 9, 12, 11, tzinfo=UTC)  # Saturday, 19:00 in Beijing
RESIDENTS, SHOPS = 41, 6
PRINCIPAL = (Role.PARTY_SECRETARY, Role.OWNERS_COMMITTEE, Role.COUNCIL_MEMBER)
SUPPORTING = (Role.PROPERTY_MANAGER, Role.SUBDISTRICT_LIAISON, Role.POLICE_LIAISON)
"""Seats of the council that decide, and that explain and carry out."""
CHAIR = "p-xdirector"
"""The account ref of the committee's director, who chairs."""
WISHES = Answers(
    problem="弄口堆垃圾，夏天有味道。",
    place="新桥路52弄弄口",
    wish="装门、清弄、按时收，三样接起来。",
    upkeep="楼组长轮流巡弄。",
)
CASE, ABOUT = "新桥路垃圾三衔接", "装门、清弄、按时收。"
"""What the case is called, and what is said of it."""
SAID = (
    (3, "弄口要有门，夜里关。", Stance.FOR),
    (41, "关门以后我们店里垃圾放哪里？", Stance.ASKS),
    (9, "弄里要有人扫。", Stance.WITH_CONDITIONS),
    (43, "早上六点收太早。", Stance.AGAINST),
)
"""Who of all 47, from 0, said what; the shops come after the households."""
GROUPS = (("第一步：装门", (0,)), ("第二步：清弄", (2,)), ("第三步：按时收", (1, 3)))
"""The three steps, and which opinions each is about, by their places in SAID."""


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
    def chair(self) -> Viewer:
        """Who chairs."""
        return viewer(CHAIR)

    @property
    def everybody(self) -> list[str]:
        """All 47."""
        return self.refs + self.shops

    @property
    def council(self) -> list[str]:
        """The principal seats."""
        return [f"p-council{number}" for number in range(len(PRINCIPAL))]


def settle(cast: Cast) -> Street:
    """Three houses with forty homes beside the one that the cast has, six shops, the council, who chairs."""
    refs: list[str] = [cast.stranger]
    shops: list[str] = []
    with door_open():
        home = db.session.get_one(Neighbourhood, cast.elsewhere)
        houses = [f"新桥路52弄{number}号" for number in (1, 2, 3)]
        buildings = [lane.new_building(db.session, home, house, house) for house in houses]
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
        for number, role in enumerate((*PRINCIPAL, *SUPPORTING)):
            phone = f"1415560000{number}"
            lane.new_seat(db.session, f"p-council{number}", f"理事{number}", phone, role, home, LONG_AGO)
        lane.new_seat(db.session, CHAIR, "沈主任", "14155600009", Role.COMMITTEE_DIRECTOR, home, LONG_AGO)
    return Street(cast, refs, shops)


def seats(street: Street, *roles: Role) -> list[Seat]:
    """The seats of these roles."""
    query = select(Seat).where(Seat.neighbourhood_id == street.cast.elsewhere, Seat.role.in_(roles))
    return list(db.session.scalars(query.order_by(Seat.id)))


def plan(street: Street, **changes: object) -> Plan:
    """What the committee decides for the hearing."""
    chair, clerk = (
        db.session.scalars(select(Account).where(Account.ref == ref)).one()
        for ref in (CHAIR, street.cast.foreign_clerk)
    )
    given: dict[str, object] = {
        "title": "新桥路垃圾听证会",
        "place": "居委会会议室",
        "starts_at": STARTS,
        "agenda": "居委会介绍三衔接 10分钟\n邻居发言 40分钟",
        "building": None,
        "chair": chair,
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
    perform(proposals.accept, street.clerk, found, CASE, ABOUT)
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
    for ref in (CHAIR, *who):
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
