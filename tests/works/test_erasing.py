"""Erasing works: notes and papers go twenty years later, days and photos stay; who is in a group is not forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hearing.audit.ledger import perform
from hearing.clock import now
from hearing.db import db
from hearing.erasure.classes import of_class
from hearing.erasure.parts import Going
from hearing.erasure.person import check_may_go, person
from hearing.erasure.rules import KEEPING, Class, Refusal
from hearing.files.models import Evidence
from hearing.places.models import Neighbourhood
from hearing.refusal import Refused
from hearing.works import actions, rules
from hearing.works.actions import Said
from hearing.works.models import GroupSeat, WorksEvent
from tests.cast import Cast
from tests.consents.course import at
from tests.works import scene
from tests.works.scene import DAY, Lift, noon


@pytest.fixture
def noted(at_desk: object, cast: Cast) -> Lift:
    """A lift with a note, photos, and a member who left with a word."""
    lift = scene.approved(cast)
    lift.form_group()
    lift.walk(rules.ENTERED)
    day = DAY + timedelta(days=91)
    with at(noon(day)):
        said = Said(day=day, note="找老王")
        perform(actions.hand_over, lift.who("clerk"), lift.proposal, rules.Party.MANAGER, said)
        seat = db.session.get_one(GroupSeat, 1)
        perform(actions.end_seat, lift.who("clerk"), seat, rules.Ending.RESIGNED, day, "身体不好")
    return lift


def going(cast: Cast, days: int) -> Going:
    home = db.session.get_one(Neighbourhood, cast.neighbourhood)
    return of_class(Class.WORKS, home, (now() + timedelta(days=days)).date())


def test_notes_and_papers_go_and_photos_stay(cast: Cast, noted: Lift) -> None:
    gone = going(cast, 400)
    number = noted.history.rows[-1].id
    assert gone.rows == {WorksEvent: {number}, GroupSeat: {1}}
    kinds = {db.session.get_one(Evidence, picture).kind for picture in gone.pictures}
    assert kinds == {"works_paper"}
    assert going(cast, -400).rows == {}


def test_nothing_goes_of_a_lift_that_does_not_run_yet(cast: Cast, noted: Lift) -> None:
    number = next(row.number for row in noted.history.rows if row.stage == rules.Stage.IN_USE)
    with at(noon(DAY + timedelta(days=92))):
        perform(actions.take_back, noted.who("clerk"), noted.proposal, number, "验收单是别的电梯的")
        assert going(cast, 400).rows == {}


def test_they_are_kept_for_twenty_years() -> None:
    assert KEEPING[Class.WORKS].years == 20


def test_nobody_is_forgotten_who_sits_in_a_group(noted: Lift) -> None:
    with pytest.raises(Refused) as caught:
        check_may_go(person("p-502"))
    assert caught.value.refusal is Refusal.STILL_IN_GROUP
    with at(noon(DAY + timedelta(days=92))):
        check_may_go(person("p-602"))
