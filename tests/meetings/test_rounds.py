"""A council that meets again: the next meeting is planned from the last one, and its rounds are linked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from hearing import clock
from hearing.audit.ledger import perform
from hearing.audit.routes import publisher
from hearing.db import db
from hearing.demo import lane
from hearing.meetings import actions, queries
from hearing.meetings.models import Meeting
from hearing.meetings.rules import REPORT, Kind, Naming, Outcome, Refusal, RosterName, SignInMethod, State
from hearing.people.models import Account, Seat
from hearing.people.rules import Role
from hearing.people.viewer import Viewer
from hearing.places.models import Neighbourhood
from hearing.refusal import Refused
from tests.browser import Browser
from tests.cast import LONG_AGO, Cast
from tests.meetings import hall
from tests.meetings.scene import ENDED, STARTS, clerk, meeting_of
from tests.printing import reading
from tests.schema import door_open, viewer
from tests.statements import statements

AtDesk = Callable[[str], Viewer]
SEATS = (Role.PARTY_SECRETARY, Role.COUNCIL_MEMBER, Role.OWNERS_COMMITTEE, Role.PROPERTY_MANAGER, Role.POLICE_LIAISON)
WEEK_AFTER = STARTS + timedelta(days=7)


def council(cast: Cast, **changes: object) -> Meeting:
    """A council's meeting that was announced; its owners' committee sits on it too."""
    with door_open():
        home = db.session.get_one(Neighbourhood, cast.neighbourhood)
        lane.new_seat(db.session, "p-owners", "业委会主任", "14157700099", Role.OWNERS_COMMITTEE, home, LONG_AGO)
    given: dict[str, object] = {
        "kind": Kind.JOINT,
        "roster": RosterName.COUNCIL,
        "naming": Naming.SEATS,
        "seats": hall.seats_of(cast, *SEATS),
        "title": "理事会例会",
        "agenda": "楼道清理 20分钟",
    }
    return hall.noticed(cast, None, **(given | changes))


def next_of(cast: Cast, meeting: Meeting) -> Meeting:
    """The next one, planned a week after this one's hour."""
    with clock.standing_at(WEEK_AFTER):
        return meeting_of(perform(actions.plan_next, clerk(cast), meeting).fact.subject)


def called_off(cast: Cast, meeting: Meeting) -> None:
    """It is not held."""
    perform(actions.cancel, clerk(cast), meeting, "这个月不开")


@pytest.mark.usefixtures("at_desk")
class TestPlanning:
    """What the next meeting takes from the last."""

    def test_the_next_has_the_same_council_place_and_hour(self, cast: Cast) -> None:
        first = council(cast)
        called_off(cast, first)
        second = next_of(cast, first)
        assert (second.round_no, second.stands, second.title) == (2, State.DRAFT, "理事会例会")
        assert second.starts_at == STARTS + timedelta(weeks=4)
        assert (second.place, second.proposal_id) == (first.place, first.proposal_id)
        assert second.agenda == f"{REPORT} 10分钟\n楼道清理 20分钟"
        assert [item.title for item in second.items] == [REPORT, "楼道清理"]
        sits = [(member.role, member.account_id, member.kind) for member in first.members]
        assert [(member.role, member.account_id, member.kind) for member in second.members] == sits
        assert {member.role for member in second.delegates} == {*SEATS[:3]}

    def test_a_second_press_of_the_button_makes_no_second_draft(self, cast: Cast) -> None:
        first = council(cast)
        called_off(cast, first)
        second = next_of(cast, first)
        with pytest.raises(Refused) as told:
            next_of(cast, meeting_of(first.subject))
        assert told.value.refusal is Refusal.NEXT_ROUND_PLANNED
        db.session.rollback()
        called_off(cast, meeting_of(second.subject))
        assert next_of(cast, meeting_of(first.subject)).round_no == 3

    def test_whoever_follows_on_a_seat_is_invited(self, cast: Cast) -> None:
        first = council(cast)
        called_off(cast, first)
        with door_open():
            (old,) = hall.seats_of(cast, Role.POLICE_LIAISON)
            old.until = LONG_AGO
            home = db.session.get_one(Neighbourhood, cast.neighbourhood)
            lane.new_seat(db.session, "p-police2", "新民警", "14157700098", Role.POLICE_LIAISON, home, LONG_AGO)
        police = [member for member in next_of(cast, first).members if member.role == Role.POLICE_LIAISON]
        assert [member.account.ref for member in police if member.account] == ["p-police2"]

    def test_a_chair_who_left_the_desk_is_followed_by_whoever_plans(self, cast: Cast) -> None:
        first = council(cast)
        called_off(cast, first)
        with door_open():
            for seat in db.session.scalars(select(Seat).join(Account).where(Account.ref == cast.ref("director"))):
                seat.until = LONG_AGO
        assert next_of(cast, first).chair.ref == cast.ref("clerk")

    def test_listed_delegates_are_listed_again(self, cast: Cast) -> None:
        first = hall.hearing(cast, naming=Naming.LISTED)
        perform(actions.list_delegates, clerk(cast), first, cast.holders[:8])
        called_off(cast, meeting_of(first.subject))
        second = next_of(cast, meeting_of(first.subject))
        assert [member.holder_id for member in second.delegates] == list(cast.holders[:8])
        assert second.agenda == first.agenda

    def test_every_seat_but_a_residents_can_be_invited(self, cast: Cast) -> None:
        roles = {Role(seat.role) for seat in queries.seats(cast.neighbourhood)}
        assert Role.COUNCIL_MEMBER in roles
        assert Role.RESIDENT not in roles

    def test_a_seat_of_the_council_is_called_itself_and_not_its_family(self, cast: Cast) -> None:
        notice = council(cast).notice
        assert notice is not None
        assert (
            notice.body == "请理事会成员准时参加；来不了的，请早点告诉居委会。其他邻居可以旁听，也可以先在网上提意见。"
        )

    def test_the_board_has_the_items_in_one_line(self, cast: Cast) -> None:
        meeting = council(cast, agenda="楼道清理 20分钟。\n\n底层油烟 20分钟；")
        assert meeting.notice is not None
        assert dict(meeting.notice.lines)["议题"] == "楼道清理 20分钟；底层油烟 20分钟"


def held(cast: Cast) -> Meeting:
    """A council that decided in a poll, and at which nobody said anything; its minutes stand."""
    meeting = council(cast)
    came = [member.account.ref for member in meeting.delegates if member.account]
    with clock.standing_at(STARTS):
        for ref in came:
            perform(actions.sign_in, viewer(ref), meeting, SignInMethod.PHONE)
        perform(actions.open_meeting, viewer(cast.ref("director")), meeting)
        poll = hall.poll(cast, meeting, "每月清一次？", ("同意", "再议"))
        for ref in came:
            perform(actions.vote, viewer(ref), poll, 0)
        perform(actions.close_poll, viewer(cast.ref("director")), poll)
    with clock.standing_at(ENDED):
        perform(actions.end, viewer(cast.ref("director")), meeting)
        perform(actions.write_minutes, clerk(cast), meeting_of(meeting.subject), "商量了楼道。", "")
    return meeting_of(meeting.subject)


def closed(cast: Cast) -> Meeting:
    """And it is closed."""
    meeting = held(cast)
    came = [member.account.ref for member in meeting.delegates if member.account]
    with clock.standing_at(ENDED + timedelta(hours=1)):
        for ref in (cast.ref("director"), *came[:2]):
            version = meeting_of(meeting.subject).minutes
            assert version is not None
            perform(actions.confirm_version, viewer(ref), version)
        perform(actions.confirm_minutes, clerk(cast), meeting_of(meeting.subject))
        perform(actions.begin_answering, clerk(cast), meeting_of(meeting.subject))
        perform(actions.close, clerk(cast), meeting_of(meeting.subject), Outcome.PLAN, "每月清一次。")
    return meeting_of(meeting.subject)


def test_who_confirms_the_minutes_reads_what_was_voted(app: Flask, cast: Cast, client: Browser) -> None:
    with app.app_context():
        number = held(cast).id
    with clock.standing_at(ENDED + timedelta(hours=1)):
        for who, path in (
            ("party_secretary", f"/meetings/{number}/minutes"),
            ("clerk", f"/desk/meetings/{number}/minutes"),
        ):
            client.enter(cast.ref(who))
            with statements(app) as said:
                page = client.get(path).text
            assert len(said) <= 8
            assert "每月清一次？" in page
            assert "3 名代表投票" in page
            assert "没有达成一致，各方" not in page  # Whoever advises settles nothing.


def test_minutes_on_paper_have_the_poll_and_no_settlement(app: Flask, cast: Cast, client: Browser) -> None:
    with app.app_context():
        number = closed(cast).id
        publisher().publish(db.session)
        db.session.rollback()
    printed = reading.text_of(client.get(f"/meetings/{number}/minutes.pdf").data)
    assert "每月清一次？同意3票，再议0票" in printed
    assert "会议只提意见" in printed
    assert "没有达成一致" not in printed


def test_a_meeting_at_which_nobody_spoke_waits_for_no_answers(app: Flask, cast: Cast, client: Browser) -> None:
    with app.app_context():
        number = closed(cast).id
    page = client.get(f"/meetings/{number}/answers").text
    assert "会上没有人提意见。" in page
    assert "正在归类" not in page
    assert "前逐组答复" not in page


def test_rounds_are_linked_once_they_are_announced(app: Flask, cast: Cast, client: Browser) -> None:
    with app.app_context():
        first = closed(cast)
        number, second = first.id, next_of(cast, first).id
    public, desk = f"/meetings/{number}", f"/desk/meetings/{number}"
    assert f'href="/meetings/{second}"' not in client.get(public).text
    client.enter(cast.ref("clerk"))
    with statements(app) as said:
        page = client.get(desk).text
    assert len(said) <= 8
    assert "下一次在准备" in page
    assert f'href="/desk/meetings/{second}"' in page
    assert "准备下一次" not in page
    assert "主体席位" in page
    assert "支持席位" in page
    with app.app_context(), clock.standing_at(WEEK_AFTER):
        perform(actions.post_notice, clerk(cast), meeting_of(f"meeting/{second}"))
    with statements(app) as said:
        page = client.get(public).text
    assert len(said) <= 8
    assert f'href="/meetings/{second}"' in page
    assert "第 2 次" in page
    assert "形成方案" in page
    assert "理事会主体席位 3 人" in client.get(f"/meetings/{second}").text


def test_a_hearing_takes_opinions_and_a_coordination_questions(app: Flask, cast: Cast, client: Browser) -> None:
    with app.app_context():
        hearing = hall.in_session(cast).id
    with clock.standing_at(STARTS + timedelta(minutes=5)):
        page = client.enter(cast.ref(2)).get(f"/meetings/{hearing}/question").text
        assert "逐组书面答复" in page
        assert "提交意见" in page
        assert "会上会答复" not in page
        ending = client.enter(cast.ref("clerk")).get(f"/desk/meetings/{hearing}/end").text
    assert "0 条意见" in ending
    assert "再说的记作会后意见" in ending
    assert "不再收提问" not in ending
