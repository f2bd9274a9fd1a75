"""新桥路的垃圾听证 (S1 案例2): 41 households and 6 shops, three steps, the council, the answers, thirty days later.

Told by acts alone, from the notice to how satisfied people are.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from hearing import clock
from hearing.audit import queries as trail
from hearing.audit.ledger import perform
from hearing.db import db
from hearing.meetings import actions, queries
from hearing.meetings.actions import GroupAnswer
from hearing.meetings.models import Invitation, Meeting
from hearing.meetings.rules import Disposition, Grade, Kind, Naming, Outcome, RosterName, SignInMethod, State
from hearing.people.viewer import Viewer
from hearing.proposals.models import Proposal
from tests.cast import Cast
from tests.meetings import street as scene
from tests.meetings.scene import meeting_of
from tests.meetings.street import GROUPS, PLANNED, PRINCIPAL, RESIDENTS, SAID, SHOPS, STARTS, Street
from tests.notices.board import safe_photo
from tests.schema import viewer

AtDesk = Callable[[str], Viewer]
pytestmark = pytest.mark.usefixtures("at_desk")


@pytest.fixture
def street(at_desk: AtDesk, cast: Cast) -> Street:
    """新桥路52弄 with its people."""
    return scene.settle(cast)


def test_from_notice_to_thirty_days_after(street: Street) -> None:
    with clock.standing_at(PLANNED):
        found = scene.case(street)
        fact = perform(actions.plan, street.clerk, found, scene.plan(street)).fact
        meeting = scene.announce(street, meeting_of(fact.subject))
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
        for place, words, stance in SAID:
            perform(actions.ask, viewer(street.everybody[place]), meeting, words, stance)
        meeting = meeting_of(meeting.subject)
        assert [question.label for question in meeting.questions] == ["居民", "商户", "居民", "商户"]
        perform(actions.open_poll, street.chair, meeting, "垃圾几点收？", ("六点", "七点"))
        poll = queries.running_poll(meeting.id)
        assert poll is not None
        for place, ref in enumerate(street.everybody):
            perform(actions.vote, viewer(ref), poll, 0 if place % 3 == 0 else 1)
        closed = perform(actions.close_poll, street.chair, poll)
        assert (closed.fact.votes, closed.fact.holds) == ((16, 31), True)
        perform(actions.end, street.clerk, meeting)
    with clock.standing_at(STARTS + timedelta(days=2)):
        meeting = scene.stand(street, meeting_of(meeting.subject), [street.refs[3], street.shops[0]])
        said = [question.id for question in meeting.questions]
        for title, places in GROUPS:
            chosen = [said[place] for place in places]
            perform(actions.group_opinions, street.clerk, meeting_of(meeting.subject), title, chosen)
        passed_on = GroupAnswer(
            disposition=Disposition.ROUTED,
            reason="收运时间请绿化市容所定。",
            office="绿化市容所",
            due_at=STARTS + timedelta(days=9),
        )
        meeting = scene.answer(
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
    members = street.council
    with clock.standing_at(STARTS + timedelta(days=3)):
        wanted = scene.plan(
            street,
            title="理事会讨论三步方案",
            kind=Kind.JOINT,
            roster=RosterName.COUNCIL,
            naming=Naming.SEATS,
            seats=scene.seats(street, *PRINCIPAL),
            starts_at=STARTS + timedelta(days=7),
        )
        fact = perform(actions.plan, street.clerk, found, wanted).fact
        meeting = scene.announce(street, meeting_of(fact.subject))
        assert (meeting.named, meeting.seats) == (3, [])
    with clock.standing_at(STARTS + timedelta(days=7)):
        for ref in members:
            perform(actions.sign_in, viewer(ref), meeting, SignInMethod.PHONE)
        perform(actions.open_meeting, street.clerk, meeting)
        perform(actions.open_poll, street.chair, meeting, "照三步方案办？", ("照办", "再议"))
        poll = queries.running_poll(meeting.id)
        assert poll is not None
        for ref in members:
            perform(actions.vote, viewer(ref), poll, 0)
        assert perform(actions.close_poll, street.chair, poll).fact.votes == (3, 0)
        perform(actions.end, street.clerk, meeting)
        meeting = scene.stand(street, meeting_of(meeting.subject), members[:2])
        perform(actions.begin_answering, street.clerk, meeting)
        perform(actions.close, street.clerk, meeting, Outcome.PLAN, "照三步方案办。")
    return meeting_of(meeting.subject)
