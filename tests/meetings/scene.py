"""The coordination meeting on the ramp, walked one stretch on by each function."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from hearing import clock
from hearing.audit.ledger import perform
from hearing.db import db
from hearing.meetings import actions, queries
from hearing.meetings.models import Meeting, MeetingMember, MinutesVersion
from hearing.meetings.rules import SignInMethod
from hearing.people.models import Account, Seat
from hearing.people.rules import Role
from hearing.people.viewer import Viewer
from hearing.places.models import Building
from hearing.proposals.models import Proposal
from tests.cast import Cast
from tests.proposals.scene import deliberating
from tests.schema import viewer

PLANNED = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)  # Friday, 10:00 in Beijing
STARTS = datetime(2026, 11, 28, 11, 0, tzinfo=UTC)  # Saturday, 19:00 in Beijing
ENDED = datetime(2026, 11, 28, 13, 0, tzinfo=UTC)
INVITED = (Role.WORKS_LEAD, Role.CONTRACTOR, Role.PROPERTY_MANAGER)


def plan_of(cast: Cast, **changes: object) -> actions.Plan:
    """What the committee decides for this meeting."""
    chair = db.session.scalars(select(Account).where(Account.ref == cast.ref("director"))).one()
    recorder = db.session.scalars(select(Account).where(Account.ref == cast.ref("clerk"))).one()
    seats = db.session.scalars(
        select(Seat).where(Seat.neighbourhood_id == cast.neighbourhood, Seat.role.in_(INVITED)).order_by(Seat.id)
    ).all()
    fields: dict[str, object] = {
        "title": "门口台阶改坡道协调会",
        "place": "天津路426弄门口",
        "starts_at": STARTS,
        "agenda": "施工队说明方案和安全措施；邻居提问。",
        "building": db.session.get_one(Building, cast.building),
        "chair": chair,
        "recorder": recorder,
        "seats": seats,
    }
    return actions.Plan(**(fields | changes))  # type: ignore[arg-type]


def clerk(cast: Cast) -> Viewer:
    """Who runs the meeting."""
    return viewer(cast.ref("clerk"))


def meeting_of(subject: str) -> Meeting:
    """The meeting that a fact is about, read anew."""
    db.session.expire_all()
    number = int(subject.removeprefix("meeting/"))
    return db.session.scalars(queries.whole().where(Meeting.id == number)).unique().one()


def planned(cast: Cast, case: Proposal | None = None, **changes: object) -> Meeting:
    """A draft, on a case that is being discussed."""
    with clock.standing_at(PLANNED):
        case = case or deliberating(cast)
        done = perform(actions.plan, clerk(cast), case, plan_of(cast, **changes))
    return meeting_of(done.fact.subject)


def noticed(cast: Cast) -> Meeting:
    """Announced eight days before."""
    meeting = planned(cast)
    with clock.standing_at(PLANNED):
        perform(actions.post_notice, clerk(cast), meeting)
    return meeting_of(meeting.subject)


def member(meeting: Meeting, cast: Cast, household: int) -> MeetingMember:
    """A household's delegate."""
    return next(each for each in meeting.delegates if each.holder_id == cast.holders[household - 1])


def signed_in(cast: Cast, households: Iterable[int] = range(1, 14)) -> Meeting:
    """Households have signed in on their phones, half an hour before."""
    meeting = noticed(cast)
    with clock.standing_at(STARTS - timedelta(minutes=30)):
        for household in households:
            perform(actions.sign_in, viewer(cast.ref(household)), meeting, SignInMethod.PHONE)
    return meeting_of(meeting.subject)


def in_session(cast: Cast, households: Iterable[int] = range(1, 14)) -> Meeting:
    """The meeting has begun."""
    meeting = signed_in(cast, households)
    with clock.standing_at(STARTS):
        perform(actions.open_meeting, clerk(cast), meeting)
    return meeting_of(meeting.subject)


def ended(cast: Cast) -> Meeting:
    """All thirteen came; the meeting is over."""
    meeting = in_session(cast)
    with clock.standing_at(ENDED):
        perform(actions.end, clerk(cast), meeting)
    return meeting_of(meeting.subject)


def written(cast: Cast, meeting: Meeting | None = None, summary: str = "施工队讲了坡度和扶手。") -> MinutesVersion:
    """A version of the minutes waits for its confirmations."""
    meeting = meeting or ended(cast)
    with clock.standing_at(ENDED):
        perform(actions.write_minutes, clerk(cast), meeting, summary, "按方案做，扶手加高到 0.85 米。")
    version = meeting_of(meeting.subject).minutes
    assert version is not None
    return version
