"""The staff's door: password, second factor, invitations; what sessions live and die by."""

from __future__ import annotations

import base64
import re
import threading
import time
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import select

from hearing import clock
from hearing.audit.ledger import keep, perform
from hearing.clock import now
from hearing.db import db
from hearing.people import invitations, passwords, second_factor, setup
from hearing.people.actions import invite
from hearing.people.models import Account, Seat
from hearing.people.rules import Role
from hearing.places.models import Neighbourhood
from tests import schema
from tests.browser import Browser
from tests.cast import Cast
from tests.people import steps
from tests.people.steps import PASSWORD, browser, later

NEW_PHONE = "14100061234"


def invited(app: Flask, cast: Cast, phone: str = NEW_PHONE) -> str:
    """Invite a new clerk; return the token behind the # of the link in her text message."""
    with app.app_context():
        place = db.session.get_one(Neighbourhood, cast.neighbourhood)
        perform(invite, schema.viewer(cast.ref("director")), "新同事", phone, Role.COMMITTEE_CLERK, place)
    found = re.search(r"#(\S+)", steps.messages_to(app, phone)[-1])
    assert found is not None
    return found[1]


def test_password_and_second_factor_open_the_desk(app: Flask, client: Browser, cast: Cast) -> None:
    keys = steps.staff_keys(app, cast.ref("clerk"))
    answer = client.submit("/staff/sign-in?back=/desk/members", {"phone": keys.phone, "password": PASSWORD})
    assert answer.headers["Location"] == "/staff/second-factor?back=/desk/members"
    assert client.get("/desk/members").status_code == 403
    assert 'autocomplete="one-time-code"' in client.get("/staff/second-factor").text
    before = client.get_cookie("hearing")
    answer = client.submit(answer.headers["Location"], {"code": keys.code(app)})
    assert answer.headers["Location"] == "/desk/members"
    assert client.get("/desk/members").status_code == 200
    # The token without the second factor is dead.
    assert before is not None
    other = browser(app)
    other.set_cookie("hearing", before.value)
    assert other.get("/me").status_code == 401


def test_a_desk_page_sends_staff_to_their_own_door(client: Browser) -> None:
    answer = client.get("/desk/members")
    assert answer.status_code == 401
    assert "/sign-in?back=/desk/members" in answer.text
    assert client.get("/sign-in?back=/desk/members").headers["Location"] == "/staff/sign-in?back=/desk/members"


def test_the_answer_does_not_say_what_was_wrong(app: Flask, client: Browser, cast: Cast) -> None:
    keys = steps.staff_keys(app, cast.ref("clerk"))
    one = client.submit("/staff/sign-in", {"phone": keys.phone, "password": "something else"})
    other = client.submit("/staff/sign-in", {"phone": "14100066123", "password": "something else"})
    # A resident of the roll, who has no password at all.
    third = client.submit("/staff/sign-in", {"phone": steps.phone_of(app, cast.ref(3)), "password": "something else"})
    assert one.status_code == other.status_code == third.status_code == 422
    pages = {re.sub(r'value="[^"]*"', "", answer.text) for answer in (one, other, third)}
    assert len(pages) == 1
    assert "something else" not in one.text


def test_an_unknown_phone_takes_as_long_as_a_known_one(app: Flask, cast: Cast) -> None:
    keys = steps.staff_keys(app, cast.ref("clerk"))
    times: dict[str, list[float]] = {keys.phone: [], "14100066123": []}
    for _ in range(8):
        for phone, spent in times.items():
            client = browser(app, f"10.{len(spent)}.1.1")
            form = client.found("/staff/sign-in", field="password")
            start = time.perf_counter()
            client.post("/staff/sign-in", data={**form.fields, "phone": phone, "password": "something else"})
            spent.append(time.perf_counter() - start)
    one, other = (min(spent) for spent in times.values())
    assert abs(one - other) < 0.4 * max(one, other)


def test_the_password_is_checked_while_others_write(
    app: Flask, client: Browser, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = steps.staff_keys(app, cast.ref("clerk"))
    waited: list[float] = []

    def write_meanwhile() -> None:
        with app.app_context():
            start = time.perf_counter()
            account = db.session.scalars(select(Account).where(Account.ref == cast.ref(3))).one()
            keep(lambda: setattr(account, "elder", True))
            waited.append(time.perf_counter() - start)

    class Slow:
        def verify(self, kept: str, typed: str) -> bool:
            writer = threading.Thread(target=write_meanwhile)
            writer.start()
            writer.join(timeout=10)
            assert not writer.is_alive(), "the password check holds the database"
            return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1).verify(kept, typed)

    monkeypatch.setattr(passwords, "HASHER", Slow())
    assert client.submit("/staff/sign-in", {"phone": keys.phone, "password": PASSWORD}).status_code == 303
    assert len(waited) == 1
    assert waited[0] < 5


def test_the_hash_is_argon2id_with_owasps_minimum() -> None:
    assert passwords.HASHER.hash("x").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_guessing_is_throttled_here_and_locks_nobody_out_elsewhere(app: Flask, client: Browser, cast: Cast) -> None:
    keys = steps.staff_keys(app, cast.ref("clerk"))
    form = client.found("/staff/sign-in", field="password")
    statuses = []
    for number in range(12):
        spoof = {"X-Forwarded-For": f"198.51.100.{number}"}
        sent = {**form.fields, "phone": keys.phone, "password": f"guess number {number}"}
        statuses.append(client.post("/staff/sign-in", data=sent, headers=spoof).status_code)
    assert statuses == [422] * 10 + [429] * 2
    answer = client.post("/staff/sign-in", data={**form.fields, "phone": keys.phone, "password": PASSWORD})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) <= 15 * 60
    steps.enter_as_staff(app, browser(app, "192.0.2.55"), keys)


def test_a_code_of_the_authenticator_works_once(app: Flask, cast: Cast) -> None:
    keys = steps.staff_keys(app, cast.ref("clerk"))
    code = keys.code(app)
    statuses = []
    for address in ("203.0.113.1", "198.51.100.1"):
        client = browser(app, address)
        client.submit("/staff/sign-in", {"phone": keys.phone, "password": PASSWORD})
        statuses.append(client.submit("/staff/second-factor", {"code": code}).status_code)
    assert statuses == [303, 422]


@pytest.mark.parametrize(("ahead", "status"), [(-2, 422), (-1, 303), (0, 303), (1, 303), (2, 422)])
def test_clocks_of_phones_may_differ_by_one_step(
    app: Flask, client: Browser, cast: Cast, ahead: int, status: int
) -> None:
    keys = steps.staff_keys(app, cast.ref("clerk"))
    with app.app_context():
        # In the middle of a step, so that the next one does not begin meanwhile.
        moment = now()
        clock.shift(timedelta(seconds=15 - moment.timestamp() % second_factor.STEP))
    client.submit("/staff/sign-in", {"phone": keys.phone, "password": PASSWORD})
    assert client.submit("/staff/second-factor", {"code": keys.code(app, ahead)}).status_code == status


def test_an_older_code_is_refused_after_a_newer_one(app: Flask, client: Browser, cast: Cast) -> None:
    keys = steps.staff_keys(app, cast.ref("clerk"))
    steps.enter_as_staff(app, client, keys, ahead=1)
    other = browser(app)
    other.submit("/staff/sign-in", {"phone": keys.phone, "password": PASSWORD})
    assert other.submit("/staff/second-factor", {"code": keys.code(app)}).status_code == 422


def test_guessing_the_second_factor_is_throttled(app: Flask, client: Browser, cast: Cast) -> None:
    keys = steps.staff_keys(app, cast.ref("clerk"))
    client.submit("/staff/sign-in", {"phone": keys.phone, "password": PASSWORD})
    form = client.found("/staff/second-factor", field="code")
    wrong = steps.wrong(steps.wrong(keys.code(app)))
    sent = {**form.fields, "code": wrong}
    statuses = [client.post("/staff/second-factor", data=sent).status_code for _ in range(11)]
    assert statuses == [422] * 10 + [429]


def test_a_text_message_is_no_first_factor_of_staff(app: Flask, client: Browser, cast: Cast) -> None:
    keys = steps.staff_keys(app, cast.ref("clerk"))
    steps.enter_by_phone(app, client, keys.phone)
    assert client.get("/desk/members").status_code == 403
    assert client.get("/staff/second-factor").headers["Location"] == "/staff/sign-in?back=/desk"
    assert client.get("/staff/authenticator").headers["Location"].startswith("/staff/second-factor")
    data = {"csrf_token": steps.token(client), "code": keys.code(app)}
    assert client.post("/staff/second-factor", data=data).headers["Location"].startswith("/staff/sign-in")
    steps.enter_as_staff(app, client, keys)
    assert client.get("/desk/members").status_code == 200


def test_the_secret_of_the_authenticator_is_not_readable_in_the_database(app: Flask, cast: Cast) -> None:
    keys = steps.staff_keys(app, cast.ref("clerk"))
    with app.app_context():
        kept = db.session.scalars(select(Account.totp_secret).where(Account.ref == cast.ref("clerk"))).one() or ""
    assert len(kept) == 64
    assert second_factor.typed_form(keys.secret) not in kept


def test_an_invitation_leads_to_password_authenticator_and_desk(app: Flask, client: Browser, cast: Cast) -> None:
    token = invited(app, cast)
    assert "data-from-fragment" in client.get("/staff/welcome").text
    answer = client.submit("/staff/welcome", {"token": token, "new_password": PASSWORD})
    assert answer.headers["Location"] == "/staff/authenticator"
    page = client.get("/staff/authenticator").text
    assert "<svg" in page
    secret = "".join(re.findall(r"<span>([A-Z2-7]{4})</span>", page))
    assert len(secret) == 32
    keys = steps.StaffKeys(NEW_PHONE, base64.b32decode(secret))
    assert client.submit("/staff/authenticator", {"code": steps.wrong(keys.code(app))}).status_code == 422
    assert client.get("/desk/members").status_code == 403
    assert client.submit("/staff/authenticator", {"code": keys.code(app)}).headers["Location"] == "/desk"
    assert client.get("/desk/members").status_code == 200
    assert client.get("/staff/authenticator").headers["Location"].startswith("/staff/second-factor")
    steps.enter_as_staff(app, browser(app), keys, ahead=1)


def test_an_invitation_works_once(app: Flask, cast: Cast) -> None:
    token = invited(app, cast)
    assert browser(app).submit("/staff/welcome", {"token": token, "new_password": PASSWORD}).status_code == 303
    answer = browser(app).submit("/staff/welcome", {"token": token, "new_password": PASSWORD})
    assert answer.status_code == 422
    assert "已经用过" in answer.text


def test_an_invitation_lives_three_days(app: Flask, client: Browser, cast: Cast) -> None:
    token = invited(app, cast)
    later(hours=71, minutes=59)
    with app.app_context():
        assert invitations.account_of(token).phone == NEW_PHONE
    later(hours=72, seconds=1)
    assert client.submit("/staff/welcome", {"token": token, "new_password": PASSWORD}).status_code == 422


def test_a_new_invitation_replaces_the_old_one_even_after_it_expired(app: Flask, client: Browser, cast: Cast) -> None:
    first = invited(app, cast)
    later(hours=80)
    with app.app_context():
        seat = db.session.scalars(select(Seat).join(Seat.account).where(Account.phone == NEW_PHONE)).one()
        number = seat.id
    director = browser(app).enter(cast.ref("director"))
    assert director.press("/desk/people", f"/seats/{number}/invite").status_code == 303
    second = steps.messages_to(app, NEW_PHONE)[-1].partition("#")[2].split()[0]
    assert first != second
    assert client.submit("/staff/welcome", {"token": first, "new_password": PASSWORD}).status_code == 422
    assert client.submit("/staff/welcome", {"token": second, "new_password": PASSWORD}).status_code == 303


def test_a_new_invitation_forgets_password_and_authenticator_and_ends_sessions(app: Flask, cast: Cast) -> None:
    keys = steps.staff_keys(app, cast.ref("clerk"))
    old = steps.enter_as_staff(app, browser(app), keys)
    with app.app_context():
        link = setup.appoint_again(keys.phone) or ""
    assert old.get("/desk/members").status_code == 200
    answer = browser(app).submit(
        "/staff/welcome", {"token": link.partition("#")[2], "new_password": "另一句谁也猜不到的话"}
    )
    assert answer.headers["Location"] == "/staff/authenticator"
    assert old.get("/desk/members").status_code == 401
    with app.app_context():
        account = db.session.scalars(select(Account).where(Account.ref == cast.ref("clerk"))).one()
        assert (account.totp_secret, account.totp_step, account.invitation) == (None, 0, None)


@pytest.mark.parametrize("token", ["x", "a.b.c", "W10.x", "户码", "." * 200, "eyJ.eyJ.eyJ"])
def test_a_forged_invitation_is_refused_in_words(client: Browser, token: str) -> None:
    answer = client.submit("/staff/welcome", {"token": token, "new_password": PASSWORD})
    assert answer.status_code == 422
    assert "这个邀请" in answer.text


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("short", "至少要 8 个字符"),
        ("woaini1314", "太常见"),
        ("PASSWORD123", "太常见"),
        ("19870512", "太常见"),
        ("88888888", "太常见"),
        ("新同事的好密码", "至少要 8 个字符"),
        ("新同事的好密码真好", "姓名或手机号"),
        (f"my{NEW_PHONE}phone", "姓名或手机号"),
        ("x" * 129, "最多 128 个字符"),
    ],
)
def test_a_weak_password_is_refused_and_the_invitation_stays_good(
    app: Flask, client: Browser, cast: Cast, password: str, words: str
) -> None:
    token = invited(app, cast)
    answer = client.submit("/staff/welcome", {"token": token, "new_password": password})
    assert answer.status_code == 422
    assert words in answer.text
    assert token in answer.text
    assert client.submit("/staff/welcome", {"token": token, "new_password": PASSWORD}).status_code == 303


def test_links_are_built_from_the_settings_and_never_from_the_host(app: Flask, client: Browser, cast: Cast) -> None:
    assert client.get("/sign-in", headers={"Host": "evil.example"}).status_code == 400
    invited(app, cast)
    assert "http://127.0.0.1:8000/staff/welcome#" in steps.messages_to(app, NEW_PHONE)[-1]


def test_the_first_director_comes_from_the_command_line(app: Flask, client: Browser) -> None:
    with app.app_context():
        link = setup.appoint("tianjinlu", "第一位主任", "14100061111") or ""
        with pytest.raises(setup.Unknown):
            setup.appoint("nowhere", "谁", "14100061112")
        with pytest.raises(setup.Unknown):
            setup.close_account("14100061113")
    answer = client.submit("/staff/welcome", {"token": link.partition("#")[2], "new_password": PASSWORD})
    assert answer.headers["Location"] == "/staff/authenticator"


# ---- sessions


def test_a_residents_session_idles_for_thirty_days_and_lives_for_ninety(
    app: Flask, client: Browser, cast: Cast
) -> None:
    steps.enter_by_phone(app, client, steps.phone_of(app, cast.ref(7)))
    for day in (29, 58, 87):
        later(days=day)
        assert client.get("/me").status_code == 200
    later(days=90, minutes=1)
    assert client.get("/me").status_code == 401


def test_an_idle_resident_is_signed_out_after_thirty_days(app: Flask, client: Browser, cast: Cast) -> None:
    steps.enter_by_phone(app, client, steps.phone_of(app, cast.ref(7)))
    later(days=30, minutes=2)
    assert client.get("/me").status_code == 401


def test_an_idle_desk_is_signed_out_after_half_an_hour(app: Flask, client: Browser, cast: Cast) -> None:
    steps.enter_as_staff(app, client, steps.staff_keys(app, cast.ref("clerk")))
    for minute in (29, 58):
        later(minutes=minute)
        assert client.get("/desk/members").status_code == 200
    later(minutes=58 + 31)
    assert client.get("/desk/members").status_code == 401


def test_a_desk_is_signed_out_after_twelve_hours_at_most(app: Flask, client: Browser, cast: Cast) -> None:
    steps.enter_as_staff(app, client, steps.staff_keys(app, cast.ref("clerk")))
    for half_hours in range(1, 26):
        later(minutes=28 * half_hours)
        assert client.get("/desk/members").status_code == 200
    later(minutes=28 * 25 + 25)
    assert client.get("/desk/members").status_code == 401


def test_a_password_alone_gives_no_long_session(app: Flask, client: Browser, cast: Cast) -> None:
    keys = steps.staff_keys(app, cast.ref("clerk"))
    client.submit("/staff/sign-in", {"phone": keys.phone, "password": PASSWORD})
    later(minutes=31)
    assert client.get("/me").status_code == 401


def test_a_closed_account_is_out_at_once(app: Flask, client: Browser, cast: Cast) -> None:
    keys = steps.staff_keys(app, cast.ref("clerk"))
    steps.enter_as_staff(app, client, keys)
    with app.app_context():
        setup.close_account(keys.phone)
    assert client.get("/desk/members").status_code == 401
    assert client.submit("/staff/sign-in", {"phone": keys.phone, "password": PASSWORD}).status_code == 422
    with app.app_context():
        setup.reopen_account(keys.phone)
    steps.enter_as_staff(app, client, keys, ahead=1)


def test_an_ended_seat_is_gone_on_the_next_page(app: Flask, client: Browser, cast: Cast) -> None:
    steps.enter_as_staff(app, client, steps.staff_keys(app, cast.ref("clerk")))
    with app.app_context(), schema.door_open():
        seat = db.session.scalars(select(Seat).join(Seat.account).where(Account.ref == cast.ref("clerk"))).one()
        seat.until = now()
    assert client.get("/desk/members").status_code == 403
