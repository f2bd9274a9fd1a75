"""A household denies what others did in its name: it is set aside at once, and two who had no hand in it decide."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from hearing import clock
from hearing.audit import queries as trail
from hearing.audit.ledger import Recorded, perform
from hearing.consents.rules import Refusal as ConsentRefusal
from hearing.db import db
from hearing.denials import actions, facts, queries
from hearing.denials.models import Denial
from hearing.denials.queries import Line
from hearing.meetings import actions as meetings
from hearing.meetings.models import Meeting
from hearing.notices import actions as notices
from hearing.notices.models import Objection
from hearing.notices.rules import ObjectionState
from hearing.notices.rules import Refusal as NoticeRefusal
from hearing.people.models import Message
from hearing.people.viewer import Viewer
from hearing.proposals import actions as proposals
from hearing.proposals.facts import Submitted
from hearing.proposals.models import Proposal
from hearing.proposals.rules import Assistance, Presence, State
from hearing.proposals.rules import Refusal as ProposalRefusal
from hearing.refusal import Refused
from tests import schema
from tests.cast import Cast
from tests.meetings import scene as room
from tests.notices import board
from tests.proposals import scene

pytestmark = pytest.mark.usefixtures("at_desk")


def who(cast: Cast, name: str | int) -> Viewer:
    return schema.viewer(cast.ref(name))


def line(cast: Cast, household: int, index: int) -> Line:
    found = queries.line_of(who(cast, household), index)
    assert found is not None
    return found


def deny(cast: Cast, household: int, index: int) -> Denial:
    """The household presses the button."""
    done = perform(actions.deny, who(cast, household), line(cast, household, index), "不是我们")
    assert isinstance(done.fact, facts.ActDenied)
    assert done.fact.record == index
    return db.session.scalars(select(Denial).where(Denial.idx == index)).one()


def check(cast: Cast, denial: Denial, by: str, *, genuine: bool) -> Recorded[facts.DenialChecked]:
    """A member of staff says what she found."""
    told = actions.entry_of(denial)
    return perform(actions.check, who(cast, by), denial, told, genuine=genuine, finding="看过原件，问过本人")


def refused(cast: Cast, denial: Denial, by: str) -> object:
    with pytest.raises(Refused) as refusal:
        check(cast, denial, by, genuine=True)
    return refusal.value.refusal


def applied_for(cast: Cast, household: int) -> Recorded[Submitted]:
    """The block officer hands in an application in a household's name."""
    return perform(
        proposals.submit,
        who(cast, "block_officer"),
        scene.ANSWERS,
        neighbourhood_id=cast.neighbourhood,
        unit_id=cast.units[household - 1],
        assistance=Assistance("走访时提出，本人不会用手机", Presence.VISIT),
        proposer_name="郑某",
    )


def application(done: Recorded[Submitted]) -> Proposal:
    return scene.proposal_of(done.fact.subject)


def test_an_application_that_the_household_denies_rests_and_goes_on_when_it_was_genuine(cast: Cast) -> None:
    done = applied_for(cast, 4)
    denial = deny(cast, 4, done.index)
    with pytest.raises(Refused) as refusal:
        perform(proposals.take_up, who(cast, "clerk"), application(done))
    assert refusal.value.refusal is ProposalRefusal.APPLICATION_DENIED
    check(cast, denial, "clerk", genuine=True)
    check(cast, denial, "second_clerk", genuine=True)
    perform(proposals.take_up, who(cast, "clerk"), application(done))
    assert application(done).stands is State.SCREENING
    assert denial.genuine is True
    told = db.session.scalars(select(Message.text).where(Message.text.contains("/me/receipts"))).all()
    assert len(told) == 1, "whoever denied it learns what was found"


def test_an_application_that_was_not_theirs_counts_as_taken_back(cast: Cast) -> None:
    done = applied_for(cast, 4)
    denial = deny(cast, 4, done.index)
    check(cast, denial, "clerk", genuine=False)
    assert application(done).stands is State.SUBMITTED
    check(cast, denial, "second_clerk", genuine=False)
    assert application(done).stands is State.WITHDRAWN


def test_two_who_differ_ask_a_third_and_the_hand_in_it_may_not_check(cast: Cast) -> None:
    denial = deny(cast, 4, applied_for(cast, 4).index)
    assert refused(cast, denial, "block_officer") is ConsentRefusal.CHECKER_COLLECTED_IT
    check(cast, denial, "clerk", genuine=True)
    assert refused(cast, denial, "clerk") is ConsentRefusal.CHECKED_BY_YOU_ALREADY
    check(cast, denial, "second_clerk", genuine=False)
    assert denial.settled_at is None
    check(cast, denial, "director", genuine=False)
    assert denial.genuine is False
    assert refused(cast, denial, "third_clerk") is ConsentRefusal.COLLECTION_ELSEWHERE


def test_an_act_is_denied_once_and_only_by_the_household(cast: Cast) -> None:
    index = applied_for(cast, 4).index
    seen = line(cast, 4, index)
    deny(cast, 4, index)
    with pytest.raises(Refused) as refusal:
        perform(actions.deny, who(cast, 4), replace(seen, denial=None))
    assert refusal.value.refusal is ConsentRefusal.DISPUTED_ALREADY
    assert queries.line_of(who(cast, 5), index) is None


def test_an_objection_from_paper_finds_its_household_and_nobody_decides_it_meanwhile(cast: Cast) -> None:
    period = board.put_up(who(cast, "clerk"), cast.neighbourhood)
    unit = who(cast, 3).memberships[0].unit
    paper = notices.OnPaper(
        name="郑某",
        door=f"{unit.stairwell.building.name}  {unit.floor}{unit.name}",
        contact="",
        relation="lessee",
        text="坡道占了消防通道。",
        why="本人送来纸条",
        photo=None,
    )
    done = perform(notices.enter_objection, who(cast, "block_officer"), period, paper)
    objection = db.session.get_one(Objection, int(done.fact.subject.removeprefix("objection/")))
    assert objection.unit_id == cast.units[2]
    denial = deny(cast, 3, done.index)
    decide = (who(cast, "clerk"), objection, ObjectionState.UNFOUNDED, "消防通道另有 4 米。")
    with pytest.raises(Refused) as refusal:
        perform(notices.decide, *decide)
    assert refusal.value.refusal is NoticeRefusal.OBJECTION_DENIED
    check(cast, denial, "clerk", genuine=False)
    check(cast, denial, "second_clerk", genuine=False)
    assert objection.stands is ObjectionState.WITHDRAWN


def test_an_objection_whose_door_nobody_can_make_out_is_nobodys(cast: Cast) -> None:
    period = board.put_up(who(cast, "clerk"), cast.neighbourhood)
    paper = notices.OnPaper(
        name="郑某", door="弄堂里那家", contact="", relation="lessee", text="不同意。", why="纸条", photo=None
    )
    done = perform(notices.enter_objection, who(cast, "block_officer"), period, paper)
    assert trail.households(db.session, [done.index]) == {}


def test_a_sign_in_on_paper_that_is_denied_does_not_count(cast: Cast) -> None:
    meeting = room.signed_in(cast, range(1, 9))
    member = room.member(meeting, cast, 9)
    with clock.standing_at(room.STARTS):
        done = perform(meetings.sign_in_on_paper, who(cast, "block_officer"), meeting, [member.id], board.safe_photo())
    before = db.session.get_one(Meeting, meeting.id).present
    denial = deny(cast, 9, done.index)
    db.session.expire_all()
    assert db.session.get_one(Meeting, meeting.id).present == before - 1
    check(cast, denial, "clerk", genuine=True)
    check(cast, denial, "second_clerk", genuine=True)
    db.session.expire_all()
    assert db.session.get_one(Meeting, meeting.id).present == before


def test_the_trail_tells_of_it_without_naming_the_household(cast: Cast) -> None:
    index = applied_for(cast, 4).index
    denial = deny(cast, 4, index)
    done = check(cast, denial, "clerk", genuine=True)
    for entry in (done.index - 1, done.index):
        told = trail.entry(db.session, entry)
        assert told is not None
        assert set(told.pub) <= {"record", "verdict"}
        assert told.payload is not None
        assert told.payload["unit"] == cast.units[3]


def test_what_was_done_before_the_flat_changed_hands_is_not_the_new_household_s(cast: Cast) -> None:
    index = applied_for(cast, 4).index
    reader = who(cast, 4)
    told = trail.entry(db.session, index)
    assert told is not None
    assert trail.in_name_of(db.session, index, reader.homes) == {cast.units[3]}
    later = dict.fromkeys(reader.homes, told.at.replace(year=told.at.year + 1))
    assert trail.in_name_of(db.session, index, later) == frozenset()
    assert index not in [each.index for each in trail.own_acts(db.session, "p-nobody", later)]
    assert index in [each.index for each in trail.own_acts(db.session, "p-nobody", reader.homes)]
