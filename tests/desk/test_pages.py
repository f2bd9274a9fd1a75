"""The work list: what is open in every package stands there, for those whose move it is, in few statements."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask

from hearing import clock
from hearing.audit.ledger import perform
from hearing.db import db
from hearing.demo import lane, lift, ramp, stairs
from hearing.meetings.models import Meeting
from hearing.notices import actions as notices
from hearing.works import rules as stages
from tests import schema
from tests.browser import Browser
from tests.cast import LONG_AGO, Cast
from tests.consents.course import START, at, lane_course
from tests.meetings import scene
from tests.notices.board import POSTED, put_up
from tests.schema import viewer
from tests.statements import statements
from tests.visits import rounds
from tests.works import scene as works

MOST_STATEMENTS = 8
WITH_MONEY = 9
"""Of a case's page that shows a cost plan, while the page is not kept yet."""
LINE = re.compile(r"<tr\b.*?</tr>", re.DOTALL)


def lines(client: Browser) -> list[str]:
    """The rows of the work list as a person reads them."""
    answer = client.get("/desk")
    assert answer.status_code == 200
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in LINE.findall(answer.text) if "<td" in row]


def test_an_objection_waits_at_the_desk_until_it_is_dealt_with(app: Flask, client: Browser, cast: Cast) -> None:
    with app.app_context(), clock.standing_at(POSTED):
        period = put_up(viewer(cast.ref("clerk")), cast.neighbourhood)
        perform(notices.object_to, viewer(cast.ref(5)), period, "坡道会挡住水表")
        perform(notices.object_to, viewer(cast.ref(6)), period, "夜里不要施工")
    with clock.standing_at(POSTED + timedelta(days=1)):
        client.enter(cast.ref("director"))
        (line,) = [line for line in lines(client) if "异议" in line]
    assert "2 条异议待处理" in line
    assert "门口台阶改坡道的公示" in line
    assert "11月27日" in line


@pytest.mark.parametrize(
    ("come_so_far", "moment", "words"),
    [
        (scene.noticed, scene.PLANNED, "已公告 居委会 11月28日"),
        (scene.in_session, scene.STARTS, "会议中"),
        (scene.ended, scene.ENDED, "纪要整理"),
    ],
)
def test_a_meeting_waits_for_its_hour_and_then_for_its_minutes(
    app: Flask, client: Browser, cast: Cast, come_so_far: Callable[[Cast], Meeting], moment: datetime, words: str
) -> None:
    with app.app_context():
        title = come_so_far(cast).title
    with clock.standing_at(moment):
        client.enter(cast.ref("clerk"))
        (line,) = [line for line in lines(client) if title in line]
    assert words in line


def test_a_round_waits_for_whoever_was_sent_and_for_nobody_else(app: Flask, client: Browser, cast: Cast) -> None:
    with app.app_context():
        course = lane_course(cast).open()
        with at(START):
            rounds.send(course)
    with clock.standing_at(START):
        client.enter(cast.ref("block_officer"))
        (line,) = [line for line in lines(client) if "上门" in line]
        assert "1 个门洞由您上门 您" in line
        client.enter(cast.ref("clerk"))
        assert not [line for line in lines(client) if "上门" in line]


def test_a_lift_stays_on_the_list_until_it_runs(app: Flask, client: Browser, cast: Cast) -> None:
    with app.app_context():
        lift = works.approved(cast)
        lift.form_group()
        lift.walk(stages.ENTERED[:-1])
    client.enter(cast.ref("clerk"))
    assert len([line for line in lines(client) if "正在立项、审批、施工" in line]) == 1
    with app.app_context():
        lift.walk(stages.ENTERED[-1:], works.DAY + timedelta(days=61))
    assert not [line for line in lines(client) if "正在立项、审批、施工" in line]


def test_another_neighbourhoods_desk_is_empty(app: Flask, client: Browser, cast: Cast) -> None:
    with app.app_context():
        scene.noticed(cast)
        with clock.standing_at(POSTED):
            perform(notices.object_to, viewer(cast.ref(5)), put_up(viewer(cast.ref("clerk")), cast.neighbourhood), "不")
    client.enter(cast.foreign_clerk)
    assert lines(client) == []


def test_the_desk_of_every_office_says_little_to_the_database(app: Flask, client: Browser, cast: Cast) -> None:
    with app.app_context():
        ramp.tell(cast.lane, clock.now(), viewer)
    for office, _role, _name in lane.OFFICES:
        for address in ("/desk", "/", "/cases/1"):
            assert_few(app, client.enter(cast.ref(office)), address, MOST_STATEMENTS)


def test_a_lift_under_way_says_little_to_the_database_too(app: Flask, client: Browser, cast: Cast) -> None:
    with app.app_context():
        with schema.door_open():
            house = stairs.settle(db.session, cast.lane, LONG_AGO)
        lift.tell(house, clock.now(), viewer)
    for office, _role, _name in lane.OFFICES:
        for address, most in (("/desk", MOST_STATEMENTS), ("/", MOST_STATEMENTS), ("/cases/1", WITH_MONEY)):
            assert_few(app, client.enter(cast.ref(office)), address, most)


def assert_few(app: Flask, client: Browser, address: str, most: int) -> None:
    """A page that an office may or may not open asks so much of the database at the most."""
    with statements(app) as said:
        answer = client.get(address)
    assert answer.status_code in {200, 403}, (address, answer.status_code)
    assert len(said) <= most, f"{address}: {len(said)}\n" + "\n".join(said)
