"""Races at the door: many hands at once on one code, one phone, one letter, one invitation."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from hearing.audit.ledger import perform
from hearing.db import db
from hearing.people import actions
from hearing.people.models import Account, HouseholdCode, LoginSession, Membership, Message, OneTimeCode, Seat
from hearing.people.rules import Role
from hearing.places.models import Neighbourhood
from hearing.refusal import Refused
from tests import schema
from tests.cast import Cast
from tests.people import steps
from tests.people.steps import browser

HANDS = 100


def together(number: int, act: Callable[[int], Any]) -> list[Any]:
    """Let `number` threads begin `act` at the same moment; what each returned."""
    start = threading.Barrier(number)

    def one(index: int) -> Any:
        start.wait()
        return act(index)

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(one, range(number)))


def test_one_code_opens_one_session(app: Flask, cast: Cast, again: int) -> None:
    client = browser(app)
    phone = steps.phone_of(app, cast.ref(7))
    steps.ask(client, phone)
    form = client.found("/sign-in/code", field="code")
    cookie = client.get_cookie("hearing")
    assert cookie is not None
    sent = {**form.fields, "code": steps.code_for(app, phone)}

    def press(_index: int) -> bool:
        hand = browser(app)
        hand.set_cookie("hearing", cookie.value)
        answer = hand.post("/sign-in/code", data=sent)
        assert answer.status_code in (303, 422, 503), answer.text
        return hand.get("/me").status_code == 200

    entered = together(HANDS, press)
    assert entered.count(True) == 1
    with app.app_context():
        assert db.session.scalar(select(func.count(LoginSession.id))) == 1


def test_wrong_tries_at_once_are_all_counted(app: Flask, cast: Cast, again: int) -> None:
    client = browser(app)
    phone = steps.phone_of(app, cast.ref(7))
    steps.ask(client, phone)
    form = client.found("/sign-in/code", field="code")
    cookie = client.get_cookie("hearing")
    assert cookie is not None
    code = steps.code_for(app, phone)

    def guess(index: int) -> str:
        hand = browser(app)
        hand.set_cookie("hearing", cookie.value)
        typed = f"{(int(code) + 1 + index) % 1_000_000:06}"
        text = hand.post("/sign-in/code", data={**form.fields, "code": typed}).text
        return "counted" if "还可以试" in text else "spent" if "不能再用" in text else text

    assert Counter(together(40, guess)) == {"counted": 4, "spent": 36}
    with app.app_context():
        assert db.session.scalars(select(OneTimeCode.wrong_tries)).one() == 5


def test_one_phone_gets_one_code_a_minute_from_however_many_browsers(app: Flask, cast: Cast, again: int) -> None:
    phone = steps.phone_of(app, cast.ref(7))

    def ask(index: int) -> int:
        return browser(app, f"10.{index}.0.1").submit("/sign-in", {"phone": phone}).status_code

    assert Counter(together(30, ask)) == {303: 1, 422: 29}
    with app.app_context():
        assert db.session.scalar(select(func.count(Message.id))) == 1


def test_a_form_pressed_by_many_hands_joins_once(app: Flask, cast: Cast, again: int) -> None:
    client = browser(app)
    phone = steps.without_account(app, cast, 5)
    client.submit("/sign-in/letter", {"code": steps.letter_for(app, cast, 5)})
    steps.ask(client, phone)
    client.submit("/sign-in/code", {"code": steps.code_for(app, phone)})
    form = client.found("/sign-in/who", field="relation")
    cookie = client.get_cookie("hearing")
    assert cookie is not None

    def press(_index: int) -> int:
        hand = browser(app)
        hand.set_cookie("hearing", cookie.value)
        return hand.post("/sign-in/who", data={**form.fields, "name": "郑龙根", "relation": "lessee"}).status_code

    assert set(together(30, press)) <= {303, 422}
    with app.app_context():
        account = db.session.scalars(select(Account).where(Account.phone == phone)).one()
        count = select(func.count(Membership.id)).where(Membership.account_id == account.id)
        assert db.session.scalar(count) == 1


def test_two_phones_of_one_household_join_side_by_side(app: Flask, cast: Cast, again: int) -> None:
    letter = steps.letter_for(app, cast, 5)
    phones = [f"141000333{number:02d}" for number in range(8)]
    clients = []
    for number, phone in enumerate(phones):
        client = browser(app, f"10.{number}.0.1")
        client.submit("/sign-in/letter", {"code": letter})
        steps.ask(client, phone)
        client.submit("/sign-in/code", {"code": steps.code_for(app, phone)})
        clients.append(client)

    def join(index: int) -> str:
        return clients[index].submit("/sign-in/who", {"name": f"家人{index}", "relation": "family"}).headers["Location"]

    assert all("/sign-in/done/" in location for location in together(len(phones), join))
    with app.app_context():
        assert db.session.scalar(select(func.count(Membership.id)).where(Membership.unit_id == cast.units[4])) == 9


def test_letters_printed_at_once_leave_one_good_code_a_household(app: Flask, cast: Cast, again: int) -> None:
    def issue(index: int) -> int:
        with app.app_context():
            clerk = schema.viewer(cast.ref("clerk" if index % 2 else "second_clerk"))
            units = list(cast.units) if index % 2 else list(reversed(cast.units))
            return perform(actions.issue_codes, clerk, units).fact.letter_count

    assert together(8, issue) == [13] * 8
    with app.app_context():
        rows = db.session.execute(
            select(HouseholdCode.unit_id, func.count(HouseholdCode.id))
            .where(HouseholdCode.voided_at.is_(None))
            .group_by(HouseholdCode.unit_id)
        ).all()
        assert [count for _, count in rows] == [1] * 13
        assert db.session.scalar(select(func.count(HouseholdCode.id))) == 13 * 8


def test_an_invitation_taken_by_two_hands_sets_one_password(app: Flask, cast: Cast, again: int) -> None:
    with app.app_context():
        place = db.session.get_one(Neighbourhood, cast.neighbourhood)
        director = schema.viewer(cast.ref("director"))
        fact = perform(actions.invite, director, "新同事", "14100061234", Role.AUDITOR, place).fact
    token = (fact.link or "").partition("#")[2]

    def accept(index: int) -> int:
        hand = browser(app, f"10.{index}.0.1")
        return hand.submit("/staff/welcome", {"token": token, "new_password": f"谁先到算谁的第{index}号"}).status_code

    assert Counter(together(6, accept)) == {303: 1, 422: 5}


def test_one_seat_is_given_once(app: Flask, cast: Cast, again: int) -> None:
    def give(_index: int) -> str:
        with app.app_context():
            place = db.session.get_one(Neighbourhood, cast.neighbourhood)
            director = schema.viewer(cast.ref("director"))
            try:
                perform(actions.invite, director, "新同事", "14100061234", Role.AUDITOR, place)
            except Refused as refused:
                return refused.refusal.value
            return "given"

    results = Counter(together(12, give))
    assert results["given"] == 1
    assert set(results) <= {"given", "seat_held", "phone_taken"}
    with app.app_context():
        held = select(func.count(Seat.id)).join(Seat.account).where(Account.phone == "14100061234")
        assert db.session.scalar(held) == 1


def test_two_directors_cannot_end_each_other(app: Flask, cast: Cast, again: int) -> None:
    with app.app_context():
        place = db.session.get_one(Neighbourhood, cast.neighbourhood)
        director = schema.viewer(cast.ref("director"))
        perform(actions.invite, director, "副主任", "14100061234", Role.COMMITTEE_DIRECTOR, place)
        seats = list(
            db.session.scalars(
                select(Seat.id).where(Seat.role == Role.COMMITTEE_DIRECTOR, Seat.neighbourhood_id == place.id)
            )
        )
        refs = [db.session.get_one(Seat, number).account.ref for number in seats]
    assert len(seats) == 2

    def end(index: int) -> str:
        with app.app_context():
            by = schema.viewer(refs[1 - index])
            try:
                perform(actions.end_seat, by, db.session.get_one(Seat, seats[index]))
            except Refused as refused:
                return refused.refusal.value
            except PermissionError:
                return "no_director_any_more"
            return "ended"

    assert together(2, end).count("ended") == 1
