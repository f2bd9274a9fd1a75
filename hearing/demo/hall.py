"""The hall 听证会: a hearing on the lane's bins, called nine days ago; it began ten minutes ago and goes on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from hearing import clock
from hearing.audit.ledger import keep, perform
from hearing.db import db
from hearing.demo import pictures
from hearing.demo.lane import Lane
from hearing.demo.telling import Telling, there
from hearing.meetings import actions
from hearing.meetings.rules import Kind, Naming, RosterName, SignInMethod, Stance
from hearing.notices import actions as notices
from hearing.people.viewer import Viewer
from hearing.places.models import Building
from hearing.proposals import actions as proposals

WISHES = proposals.Answers(
    problem="垃圾桶放在弄口，夏天味道大，运垃圾的车一停就堵住进出的路。",
    place="天津路426弄弄口",
    wish="把垃圾桶移到弄底，定时投放，每天有人收。",
    upkeep="各户轮流看一看",
)
BEGAN = timedelta(minutes=10)
"""How long the hearing has been going on."""
CAME = (1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 13)
"""The households that have signed in; the others' visitors may do it themselves."""
BEFOREHAND = (
    (3, Stance.ASKS, "移到弄底以后，收垃圾的车开得进去吗？"),
    (8, Stance.WITH_CONDITIONS, "可以移，但是要加盖，旁边装一个洗手的水龙头。"),
)
SAID = (
    (6, Stance.FOR, "弄口天天有味道，我家开窗就是垃圾桶，早该移了。"),
    (10, Stance.AGAINST, "弄底就在我家窗下，移过去等于把味道搬给我家。"),
)
HANDS = (2, 5)
"""Who wants to speak next."""


def call(people: Lane, today: datetime, viewer: Callable[[str], Viewer]) -> Telling[Lane]:
    """A neighbour's application, and the notice of the hearing on it: ten and nine days before today."""
    told = Telling(people, today, viewer)
    with told.day(10, hour=17):
        resident = told.who(6)
        done = perform(
            proposals.submit,
            resident,
            WISHES,
            neighbourhood_id=people.neighbourhood,
            unit_id=people.units[5],
        ).fact
        told.proposal_id = int(done.subject.partition("/")[2])
        perform(proposals.take_up, told.who("clerk"), told.proposal())
        summary = "弄口的垃圾桶味道大又挡路，提议移到弄底。"
        perform(proposals.accept, told.who("clerk"), told.proposal(), "弄口垃圾桶移到弄底", summary)
    with told.day(9, hour=9):
        wanted = actions.Plan(
            title="弄口垃圾桶往哪里放？听证会",
            place="居委会二楼会议室",
            starts_at=today - BEGAN,
            agenda="居委会说明情况 15分钟\n邻居发言 40分钟\n表决 10分钟",
            building=db.session.get_one(Building, people.building),
            chair=told.who("director").account,
            recorder=told.who("clerk").account,
            seats=[],
            kind=Kind.HEARING,
            roster=RosterName.RESIDENTS_AND_SHOPS,
            naming=Naming.EVERYBODY,
        )
        perform(actions.plan, told.who("clerk"), told.proposal(), wanted)
        perform(actions.post_notice, told.who("clerk"), told.meeting())
    with told.day(9, hour=11):
        perform(notices.hang_up, told.who("clerk"), there(told.meeting().notice), "弄堂口公告栏", pictures.paper())
        perform(actions.open_sign_up, told.who("clerk"), told.meeting())
    return told


def begin(told: Telling[Lane]) -> None:
    """Today: questions beforehand, eleven households in the room, two have spoken, two hands are up."""
    with clock.standing_at(told.today - timedelta(minutes=40)):
        for number, stance, words in BEFOREHAND:
            perform(actions.ask, told.who(number), told.meeting(), words, stance)
        for number in CAME:
            perform(actions.sign_in, told.who(number), told.meeting(), SignInMethod.PHONE)
    with clock.standing_at(told.today - BEGAN):
        perform(actions.open_meeting, told.who("director"), told.meeting())
    with clock.standing_at(told.today - timedelta(minutes=4)):
        for number, stance, words in SAID:
            perform(actions.ask, told.who(number), told.meeting(), words, stance)
        for number in HANDS:
            keep(actions.raise_hand, told.who(number), told.meeting())
