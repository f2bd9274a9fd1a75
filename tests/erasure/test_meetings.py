"""What goes of meetings that are long over: voices, ratings, why somebody would not sign; minutes and answers stay."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from hearing import clock
from hearing.audit.ledger import perform
from hearing.db import db
from hearing.erasure.classes import of_class
from hearing.erasure.person import of_person, person
from hearing.erasure.rules import Class
from hearing.meetings import actions
from hearing.meetings.models import Meeting, MeetingQuestion, Satisfaction, SettlementSignature, SignUp, Wording
from hearing.meetings.rules import Disposition, Grade, Outcome, SignInMethod, SignUpAs, Stance
from hearing.places.models import Neighbourhood
from hearing.proposals.models import Proposal
from hearing.proposals.rules import State as Case
from tests.cast import Cast
from tests.meetings import hall
from tests.meetings.hall import POSTED
from tests.meetings.scene import ENDED, STARTS, clerk, meeting_of
from tests.meetings.test_hearing_room import VOICE
from tests.schema import door_open, viewer

pytestmark = pytest.mark.usefixtures("at_desk")
LATER = ENDED + timedelta(days=45)


@pytest.fixture
def over(cast: Cast) -> Meeting:
    """A hearing from its sign-up to how satisfied a household is, with a voice note on the way."""
    meeting = hall.registering(cast)
    third = viewer(cast.ref(3))
    with clock.standing_at(POSTED + timedelta(hours=1)):
        perform(actions.sign_up, third, meeting, SignUpAs.SPEAKER, "想说说扶手")
        perform(actions.ask, third, meeting, "", Stance.AGAINST, voice=VOICE)
        question = db.session.scalars(select(MeetingQuestion)).one()
        perform(actions.word_voice, clerk(cast), question, "阿拉怕吵。")
    with clock.standing_at(STARTS):
        for household in range(1, 14):
            perform(actions.sign_in, viewer(cast.ref(household)), meeting, SignInMethod.PHONE)
        director = viewer(cast.ref("director"))
        perform(actions.open_meeting, director, meeting)
        perform(actions.end, director, meeting)
    meeting = hall.confirmed(cast, meeting_of(meeting.subject))
    with clock.standing_at(ENDED + timedelta(days=1)):
        by = clerk(cast)
        perform(actions.group_opinions, by, meeting, "吵", [question.id])
        perform(actions.begin_answering, by, meeting_of(meeting.subject))
        given = actions.GroupAnswer(disposition=Disposition.PARTLY, reason="夜里不施工")
        perform(actions.answer_group, by, hall.group(meeting, 1), given)
        perform(actions.close, by, meeting_of(meeting.subject), Outcome.PLAN, "")
        perform(actions.note_completion, by, meeting_of(meeting.subject), ENDED.date(), "做好")
    with clock.standing_at(ENDED + timedelta(days=32)):
        perform(actions.give_satisfaction, third, meeting, Grade.FAIRLY, "还是有点吵")
    with door_open():
        db.session.get_one(Proposal, meeting.proposal_id).state = Case.APPROVED
    return meeting_of(meeting.subject)


def test_the_class_of_meetings_takes_voices_and_words_and_leaves_the_record(over: Meeting, cast: Cast) -> None:
    home = db.session.get_one(Neighbourhood, cast.neighbourhood)
    going = of_class(Class.MEETING, home, LATER.date())
    question = db.session.scalars(select(MeetingQuestion)).one()
    assert {SignUp, Satisfaction, Wording} <= {model for model, rows in going.rows.items() if rows}
    assert question.voice_id in going.pictures
    assert not going.rows.get(SettlementSignature)
    early = of_class(Class.MEETING, home, STARTS.date())
    assert not early.pictures and not early.rows.get(Satisfaction)
    version = over.minutes
    assert version is not None
    assert json.loads(version.content)["questions"][0]["text"] == "阿拉怕吵。"


def test_somebody_who_is_forgotten_takes_her_own_words_with_her(over: Meeting, cast: Cast) -> None:
    hers = of_person(person(cast.ref(3)))
    others = of_person(person(cast.ref(4)))
    assert len(hers.rows[SignUp]) == len(hers.rows[Satisfaction]) == 1
    question = db.session.scalars(select(MeetingQuestion)).one()
    assert question.voice_id in hers.pictures
    assert not others.rows.get(SignUp) and question.voice_id not in others.pictures
    assert db.session.scalar(select(func.count()).select_from(Satisfaction)) == 1
