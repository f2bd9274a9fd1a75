"""Concerns that households tell staff: written down with who told it, how and what shows it, and still theirs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from hearing import clock
from hearing.audit import queries as trail
from hearing.audit.ledger import perform
from hearing.clock import now
from hearing.concerns import actions, queries
from hearing.concerns.actions import Telling
from hearing.concerns.models import Concern, ConcernTelling, ConcernWord
from hearing.concerns.rules import Kind, Refusal, State, Way, check_telling
from hearing.db import db
from hearing.erasure.classes import of_class
from hearing.erasure.person import check_may_go, person
from hearing.erasure.rules import Class
from hearing.people.models import Message
from hearing.people.queries import door_of
from hearing.people.rules import Refusal as PeopleRefusal
from hearing.people.viewer import Viewer
from hearing.places.models import Neighbourhood, Unit
from hearing.proposals import actions as proposals
from hearing.proposals.models import Proposal
from hearing.refusal import Refused
from tests import schema
from tests.browser import Browser
from tests.cast import Cast
from tests.concerns.test_actions import FEAR, MEASURED, Person, anew, refused
from tests.proposals import scene
from tests.statements import statements

TODAY = date(2026, 11, 22)
CALL = "13812345678 打来，前台小王接的"


@pytest.fixture
def person_at(at_desk: Callable[[str], Viewer], cast: Cast) -> Person:
    return lambda who: at_desk(cast.ref(who))


def call(**changes: object) -> Telling:
    """A call of today."""
    return Telling(**({"way": Way.PHONE, "told_by": "李阿婆", "told_on": now().date(), "note": CALL} | changes))  # type: ignore[arg-type]


def written(by: Viewer, proposal: Proposal, unit: int, told: Telling | None = None) -> Concern:
    fact = perform(actions.write_down, by, proposal, unit, Kind.LIGHT, FEAR, told or call()).fact
    return anew(int(fact.subject.removeprefix("concern/")))


@pytest.mark.parametrize(
    ("way", "told_by", "note", "has_paper", "days", "refusal"),
    [
        (Way.PHONE, " ", CALL, False, 0, Refusal.CONCERN_TELLER_MISSING),
        (Way.PAPER, "李阿婆", CALL, False, 0, Refusal.CONCERN_PAPER_MISSING),
        (Way.PHONE, "李阿婆", " ", True, 0, Refusal.CONCERN_CALL_UNNOTED),
        (Way.IN_PERSON, "李阿婆", "", False, 0, Refusal.CONCERN_CALL_UNNOTED),
        (Way.PAPER, "李阿婆", "", True, 1, Refusal.CONCERN_TOLD_AHEAD),
    ],
)
def test_it_says_who_told_it_how_and_what_shows_that(
    way: Way, told_by: str, note: str, has_paper: bool, days: int, refusal: Refusal
) -> None:
    told_on = TODAY + timedelta(days=days)
    with pytest.raises(Refused) as caught:
        check_telling(way, told_by, note, has_paper=has_paper, told_on=told_on, today=TODAY)
    assert caught.value.refusal is refusal


def test_a_letter_with_its_photo_and_a_call_with_its_note_are_enough() -> None:
    check_telling(Way.PAPER, "李阿婆", "", has_paper=True, told_on=TODAY, today=TODAY)
    check_telling(Way.PHONE, "女儿", CALL, has_paper=False, told_on=TODAY, today=TODAY)


def test_it_is_the_households_and_the_trail_says_the_way_alone(cast: Cast, person_at: Person) -> None:
    proposal = scene.deliberating(cast)
    unit = cast.units[2]
    paper = call(way=Way.PAPER, paper=scene.picture())
    done = perform(actions.write_down, person_at("block_officer"), proposal, unit, Kind.LIGHT, FEAR, paper)
    assert done.fact.pub() == {
        "matter": proposal.matter,
        "number": 1,
        "topic": "light",
        "topic_label": "采光",
        "way": "paper",
        "way_label": "纸上写来",
    }
    assert done.fact.households == (unit,)
    assert {"李阿婆", FEAR, CALL} <= set(done.fact.payload().values())
    concern = anew(1)
    assert concern.telling is not None
    assert (concern.unit_id, concern.telling.told_by, concern.telling.paper_id is not None) == (unit, "李阿婆", True)
    assert queries.own(person_at(3), concern.id) is not None
    assert queries.own(person_at("block_officer"), concern.id) is None, "who wrote it down is not its author"
    assert queries.own(person_at(4), concern.id) is None
    assert [line.number for line in queries.summary(person_at(3), proposal.id).own] == [1]
    assert not queries.summary(person_at("block_officer"), proposal.id).own
    told = queries.told(person_at("block_officer"), trail.story(db.session, proposal.matter))
    assert (len(told.lines), len(told.own)) == (1, 0)


def test_one_of_a_kind_is_open_in_whichever_way_it_came(cast: Cast, person_at: Person) -> None:
    proposal = scene.deliberating(cast)
    written(person_at("clerk"), proposal, cast.units[2])
    again = lambda: perform(actions.raise_concern, person_at(3), proposal, Kind.LIGHT, FEAR)  # noqa: E731
    assert refused(again) is Refusal.CONCERN_OPEN_ALREADY


def test_residents_and_advisers_write_nothing_down(cast: Cast, person_at: Person) -> None:
    proposal = scene.deliberating(cast)
    for who in (3, "scrutineer", "property_manager"):
        act = lambda who=who: written(person_at(who), proposal, cast.units[2])  # noqa: E731
        assert refused(act) is PeopleRefusal.NOT_YOUR_SEAT


def test_the_household_hears_of_the_answer_and_says_whether_it_is_settled(cast: Cast, person_at: Person) -> None:
    proposal = scene.deliberating(cast)
    concern = written(person_at("clerk"), proposal, cast.units[2])
    perform(actions.answer, person_at("clerk"), concern, MEASURED)
    phone = person_at(3).account.phone
    assert [m.recipient for m in db.session.scalars(select(Message)) if f"/concerns/{concern.id}" in m.text][
        -1
    ] == phone
    perform(actions.say, person_at(3), anew(concern.id), settled=True)
    assert anew(concern.id).course.state is State.SETTLED


def test_what_it_says_by_telephone_is_written_down_too(cast: Cast, person_at: Person) -> None:
    proposal = scene.deliberating(cast)
    concern = written(person_at("clerk"), proposal, cast.units[2])
    act = person_at("clerk")
    early = lambda: perform(actions.write_word_down, act, concern, settled=False, text="", told=call())  # noqa: E731
    assert refused(early) is Refusal.CONCERN_NOT_ANSWERED
    perform(actions.answer, person_at("director"), concern, MEASURED)
    without = call(note="")
    unshown = lambda: perform(actions.write_word_down, act, concern, settled=True, text="", told=without)  # noqa: E731
    assert refused(unshown) is Refusal.CONCERN_CALL_UNNOTED
    done = perform(actions.write_word_down, act, anew(concern.id), settled=False, text="厨房没量", told=call())
    assert done.fact.pub()["said_label"] == "还没解决"
    assert "厨房没量" not in str(done.fact.pub())
    found = anew(concern.id)
    assert found.course.state is State.UNSETTLED
    assert found.words[0].telling is not None
    lines = queries.told(person_at(4), trail.story(db.session, proposal.matter)).lines
    assert [line.course.state for line in lines] == [State.UNSETTLED]


def test_what_a_household_raised_on_its_phone_it_says_there(cast: Cast, person_at: Person) -> None:
    proposal = scene.deliberating(cast)
    perform(actions.raise_concern, person_at(3), proposal, Kind.LIGHT, FEAR)
    act = lambda: perform(  # noqa: E731
        actions.write_word_down, person_at("clerk"), anew(1), settled=True, text="", told=call()
    )
    assert refused(act) is Refusal.CONCERN_HERS_TO_SAY


def test_the_database_keeps_one_telling_of_a_concern_and_the_paper_of_a_letter(cast: Cast, person_at: Person) -> None:
    concern = written(person_at("clerk"), scene.deliberating(cast), cast.units[2])
    row = {"concern_id": concern.id, "told_by": "甲", "told_on": TODAY, "entered_by": concern.raised_by}
    for way, word in (("phone", None), ("paper", None)):
        with pytest.raises(IntegrityError), schema.door_open():
            db.session.add(ConcernTelling(**row, way=way, word_id=word, entered_at=now()))
        db.session.rollback()


def test_names_and_notes_go_with_the_class_and_whoever_wrote_them_down_may_be_forgotten(
    cast: Cast, person_at: Person
) -> None:
    proposal = scene.deliberating(cast)
    concern = written(person_at("clerk"), proposal, cast.units[2], call(way=Way.PAPER, paper=scene.picture()))
    perform(actions.answer, person_at("director"), concern, MEASURED)
    perform(actions.write_word_down, person_at("clerk"), anew(concern.id), settled=True, text="", told=call())
    with pytest.raises(Refused) as caught:
        check_may_go(person(cast.ref("clerk")))
    assert "CONCERN" not in str(caught.value.refusal).upper()
    perform(proposals.withdraw, person_at(1), proposal, "不装了")
    home = db.session.get_one(Neighbourhood, cast.neighbourhood)
    going = of_class(Class.CONCERN, home, (now() + timedelta(days=9)).date())
    assert going.rows[ConcernTelling] == {1, 2}
    assert ConcernWord not in going.rows, "nothing stands in it"
    assert len(going.pictures) == 1


# ---- pages


def test_from_the_case_to_the_households_page(app: Flask, cast: Cast) -> None:
    with app.app_context():
        proposal = scene.deliberating(cast)
        number, unit = proposal.id, cast.units[2]
        db.session.rollback()
    clerk = _browser(app, cast, "clerk")
    listed = f"/proposals/{number}/concerns"
    assert "代记顾虑" in clerk.get(listed).text
    assert "代记顾虑" not in _browser(app, cast, 3).get(listed).text
    url = f"/desk/cases/{number}/concerns/new"
    fields = {
        "door": "没有的门牌",
        "kind": "light",
        "text": FEAR,
        "way": "phone",
        "told_by": "李阿婆",
        "told_on": clock.by_server().date().isoformat(),
        "note": CALL,
    }
    wrong = clerk.submit(url, fields)
    assert wrong.status_code == 422
    assert "户册上没有找到这个门牌" in wrong.text
    assert "李阿婆" in wrong.text, "what was typed stays"
    unnoted = clerk.submit(url, fields | {"door": _door(app, unit), "note": ""})
    assert "请记一句凭什么" in unnoted.text
    done = clerk.submit(url, fields | {"door": _door(app, unit)})
    assert done.status_code == 303
    with statements(app) as said:
        page = clerk.get(done.location)
    assert len(said) <= 8, said
    for each in ("李阿婆", "电话", CALL, "代记本人的话"):
        assert each in page.text
    word = clerk.submit(
        f"{done.location}/word",
        {name: fields[name] for name in ("way", "told_by", "told_on", "note")} | {"word": "settled"},
    )
    assert word.status_code == 303
    assert "李阿婆" not in _browser(app, cast, 4).get(f"/proposals/{number}/concerns").text
    own = _browser(app, cast, 3).get("/concerns/1")
    assert own.status_code == 200
    assert FEAR in own.text
    assert _browser(app, cast, 4).get("/concerns/1").status_code == 404


def _door(app: Flask, unit_id: int) -> str:
    with app.app_context():
        unit = db.session.get_one(Unit, unit_id)
        return door_of(unit)


def _browser(app: Flask, cast: Cast, who: str | int) -> Browser:
    browser = app.test_client()
    assert isinstance(browser, Browser)
    return browser.enter(cast.ref(who))
