"""Erasing concerns: their words and pictures go with their class or their author, what was counted stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from hearing.audit.ledger import perform
from hearing.clock import now
from hearing.concerns import actions
from hearing.concerns.models import Concern, ConcernAnswer, ConcernWord
from hearing.db import db
from hearing.erasure.classes import of_class
from hearing.erasure.person import check_may_go, person
from hearing.erasure.rules import Class, Refusal
from hearing.people.models import Account
from hearing.people.viewer import Viewer
from hearing.places.models import Neighbourhood
from hearing.proposals import actions as proposals
from hearing.refusal import Refused
from tests.cast import Cast
from tests.concerns.test_actions import MEASURED, anew, raised
from tests.proposals import scene


@pytest.fixture
def said(at_desk: Callable[[str], Viewer], cast: Cast) -> Concern:
    """A concern that was answered and called unsettled."""
    concern = raised(at_desk(cast.ref(3)), scene.deliberating(cast))
    perform(actions.answer, at_desk(cast.ref("clerk")), concern, MEASURED)
    perform(actions.say, at_desk(cast.ref(3)), anew(concern.id), settled=False, text="厨房没有量")
    return anew(concern.id)


def going(cast: Cast, before: date) -> dict[type, set[int]]:
    home = db.session.get_one(Neighbourhood, cast.neighbourhood)
    return dict(of_class(Class.CONCERN, home, before).rows)


def test_nothing_goes_while_the_case_is_under_way(cast: Cast, said: Concern) -> None:
    assert going(cast, (now() + timedelta(days=9)).date()) == {}


def test_the_words_of_a_closed_case_go(at_desk: Callable[[str], Viewer], cast: Cast, said: Concern) -> None:
    perform(proposals.withdraw, at_desk(cast.ref(1)), said.proposal, "不装了")
    gone = going(cast, (now() + timedelta(days=9)).date())
    assert gone == {Concern: {said.id}, ConcernAnswer: {1}, ConcernWord: {1}}


def test_nobody_is_forgotten_whose_concern_is_under_way(cast: Cast, said: Concern) -> None:
    ref = db.session.scalars(select(Account.ref).where(Account.id == said.raised_by)).one()
    with pytest.raises(Refused) as caught:
        check_may_go(person(ref))
    assert caught.value.refusal is Refusal.STILL_CONCERNED
