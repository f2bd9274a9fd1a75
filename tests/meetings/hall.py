"""A resident hearing on the ramp, and its sisters, walked one stretch on by each function."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import select

from hearing import clock
from hearing.audit.ledger import keep, perform
from hearing.db import db
from hearing.meetings import actions, queries
from hearing.meetings.models import Meeting, OpinionGroup, RoomPoll
from hearing.meetings.rules import Disposition, Kind, Naming, RosterName, SignInMethod, SignUpAs, Stance
from hearing.notices import actions as notices
from hearing.people.models import Seat
from hearing.people.rules import Role
from hearing.proposals.models import Proposal
from tests.cast import Cast
from tests.meetings.scene import ENDED, PLANNED, STARTS, clerk, meeting_of, planned
from tests.notices.board import safe_photo
from tests.schema import viewer

POSTED = PLANNED + timedelta(hours=2)
CLOSED_SIGN_UP = STARTS - timedelta(hours=24)
AGENDA = "施工队说明方案 15分钟\n邻居发言 20分钟\n表决 5分钟"


def hearing(cast: Cast, case: Proposal | None = None, **changes: object) -> Meeting:
    """A draft of a hearing whose delegates are all households of the lane."""
    given: dict[str, object] = {
        "title": "门口台阶改坡道听证会",
        "agenda": AGENDA,
        "kind": Kind.HEARING,
        "roster": RosterName.RESIDENTS_AND_SHOPS,
    }
    return planned(cast, case, **(given | changes))


def noticed(cast: Cast, case: Proposal | None = None, **changes: object) -> Meeting:
    """Its notice hangs on the screen."""
    meeting = hearing(cast, case, **changes)
    with clock.standing_at(PLANNED):
        perform(actions.post_notice, clerk(cast), meeting)
    return meeting_of(meeting.subject)


def registering(cast: Cast, case: Proposal | None = None, **changes: object) -> Meeting:
    """And on the wall: neighbours sign up."""
    meeting = noticed(cast, case, **changes)
    assert meeting.notice is not None
    with clock.standing_at(POSTED):
        perform(notices.hang_up, clerk(cast), meeting.notice, "弄堂口公告栏", safe_photo())
        perform(actions.open_sign_up, clerk(cast), meeting)
    return meeting_of(meeting.subject)


def drawing(cast: Cast, volunteers: Iterable[int] = range(1, 14), wanted: int = 9) -> Meeting:
    """Households have signed up to be drawn; sign-up is still open."""
    meeting = registering(cast, None, naming=Naming.DRAWN, wanted=wanted)
    with clock.standing_at(POSTED + timedelta(hours=1)):
        for household in volunteers:
            perform(actions.sign_up, viewer(cast.ref(household)), meeting, SignUpAs.DELEGATE)
    return meeting_of(meeting.subject)


def in_session(
    cast: Cast, households: Iterable[int] = range(1, 14), case: Proposal | None = None, **changes: object
) -> Meeting:
    """Households have signed in, and the director has opened the hearing."""
    meeting = registering(cast, case, **changes)
    with clock.standing_at(STARTS - timedelta(minutes=30)):
        for household in households:
            perform(actions.sign_in, viewer(cast.ref(household)), meeting, SignInMethod.PHONE)
    with clock.standing_at(STARTS):
        perform(actions.open_meeting, viewer(cast.ref("director")), meeting)
    return meeting_of(meeting.subject)


SAID = (
    (2, "坡度太陡不行。", Stance.WITH_CONDITIONS),
    (5, "夜里施工吵不吵？", Stance.ASKS),
    (7, "赞成，早点做。", Stance.FOR),
)


def poll(
    cast: Cast, meeting: Meeting, question: str = "几点施工？", options: tuple[str, ...] = ("白天", "晚上")
) -> RoomPoll:
    """The chair has opened a poll."""
    perform(actions.open_poll, viewer(cast.ref("director")), meeting, question, options)
    return running(meeting)


def running(meeting: Meeting) -> RoomPoll:
    """The poll that runs."""
    found = queries.running_poll(meeting.id)
    assert found is not None
    return found


def ended(cast: Cast, case: Proposal | None = None, **changes: object) -> Meeting:
    """Three neighbours have spoken; the hearing is over."""
    meeting = in_session(cast, range(1, 14), case, **changes)
    with clock.standing_at(STARTS + timedelta(minutes=20)):
        for household, words, stance in SAID:
            perform(actions.ask, viewer(cast.ref(household)), meeting, words, stance)
    with clock.standing_at(ENDED):
        perform(actions.end, viewer(cast.ref("director")), meeting)
    return meeting_of(meeting.subject)


def confirmed(cast: Cast, meeting: Meeting | None = None, settlement: str = "") -> Meeting:
    """Its minutes stand."""
    meeting = meeting or ended(cast)
    with clock.standing_at(ENDED + timedelta(hours=1)):
        perform(actions.write_minutes, clerk(cast), meeting, "三位邻居发言。", settlement)
        for who in ("director", 1, 2):
            version = meeting_of(meeting.subject).minutes
            assert version is not None
            perform(actions.confirm_version, viewer(cast.ref(who)), version)
        perform(actions.confirm_minutes, clerk(cast), meeting_of(meeting.subject))
    return meeting_of(meeting.subject)


def answering(cast: Cast) -> Meeting:
    """Opinions are in two groups, which wait for their answers."""
    meeting = confirmed(cast)
    with clock.standing_at(ENDED + timedelta(days=1)):
        by = clerk(cast)
        first, second, third = (question.id for question in meeting.questions)
        perform(actions.group_opinions, by, meeting, "坡度", [first, third])
        perform(actions.group_opinions, by, meeting_of(meeting.subject), "夜里施工", [second])
        perform(actions.begin_answering, by, meeting_of(meeting.subject))
    return meeting_of(meeting.subject)


def group(meeting: Meeting, number: int) -> OpinionGroup:
    """A group by its number."""
    return next(each for each in queries.groups(meeting.id) if each.number == number)


def answered(cast: Cast) -> Meeting:
    """Both groups have their answers: one changes size and safety, one is declined."""
    meeting = answering(cast)
    with clock.standing_at(ENDED + timedelta(days=2)):
        by = clerk(cast)
        adopted = actions.GroupAnswer(
            disposition=Disposition.ADOPTED, reason="坡度放缓到一比十。", parts=("size", "safety_note")
        )
        declined = actions.GroupAnswer(disposition=Disposition.DECLINED, reason="夜里不施工，无需另定。")
        perform(actions.answer_group, by, group(meeting, 1), adopted)
        perform(actions.answer_group, by, group(meeting, 2), declined)
    return meeting_of(meeting.subject)


def raise_hand(cast: Cast, meeting: Meeting, household: int | str) -> int:
    """Somebody in the room wants the floor; her number."""
    return keep(actions.raise_hand, viewer(cast.ref(household)), meeting)


def seats_of(cast: Cast, *roles: Role) -> list[Seat]:
    """The seats of these roles."""
    query = select(Seat).where(Seat.neighbourhood_id == cast.neighbourhood, Seat.role.in_(roles)).order_by(Seat.id)
    return list(db.session.scalars(query))
