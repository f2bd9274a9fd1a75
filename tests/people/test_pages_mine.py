"""My pages: households, devices, settings, phone and password."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from hearing.db import db
from hearing.people.devices import device_of, words
from hearing.people.models import Account, LoginSession
from tests.browser import Browser
from tests.cast import Cast
from tests.people import steps
from tests.people.steps import PASSWORD, browser, code_for, enter_by_phone, later

PAGES = ["/me", "/me/devices", "/me/receipts", "/me/settings", "/me/phone"]
NEW = "14100071717"


@pytest.mark.parametrize("url", [*PAGES, "/me/password", "/me/phone/code", "/sign-in/done/1"])
def test_ones_own_pages_are_for_who_has_signed_in(client: Browser, url: str) -> None:
    assert client.get(url).status_code == 401


@pytest.mark.parametrize("url", PAGES)
def test_ones_own_pages_cost_few_statements_and_stay_in_no_cache(
    app: Flask, client: Browser, cast: Cast, url: str
) -> None:
    enter_by_phone(app, client, steps.phone_of(app, cast.ref(7)))
    with steps.statements(app) as seen:
        answer = client.get(url)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert len(seen) <= 8, seen


def test_two_devices_one_is_signed_out(app: Flask, cast: Cast) -> None:
    phone = steps.phone_of(app, cast.ref(7))
    here = browser(app)
    here.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (Linux; Android 14) Mobile Safari/537 MicroMessenger/8.0"
    enter_by_phone(app, here, phone)
    later(seconds=61)
    there = enter_by_phone(app, browser(app), phone)
    page = here.get("/me/devices").text
    assert "手机·微信" in page
    assert "就是这台" in page
    with app.app_context():
        other = db.session.scalars(select(LoginSession.id).order_by(LoginSession.id.desc())).first()
    assert here.press("/me/devices", f"/devices/{other}/end").headers["Location"] == "/me/devices"
    assert there.get("/me").status_code == 401
    assert here.get("/me").status_code == 200


def test_all_other_devices_are_signed_out(app: Flask, cast: Cast) -> None:
    phone = steps.phone_of(app, cast.ref(7))
    devices = []
    for number in range(3):
        later(seconds=61 * number)
        devices.append(enter_by_phone(app, browser(app), phone))
    devices[1].press("/me/devices", "/end-others")
    assert [device.get("/me").status_code for device in devices] == [401, 200, 401]


def test_somebody_elses_device_is_out_of_reach(app: Flask, cast: Cast) -> None:
    victim = enter_by_phone(app, browser(app), steps.phone_of(app, cast.ref(7)))
    with app.app_context():
        number = db.session.scalars(select(LoginSession.id)).one()
    thief = enter_by_phone(app, browser(app), steps.phone_of(app, cast.ref(8)))
    token = steps.token(thief)
    assert thief.post(f"/me/devices/{number}/end", data={"csrf_token": token}).status_code == 303
    assert victim.get("/me").status_code == 200


def test_ending_this_device_signs_out(app: Flask, client: Browser, cast: Cast) -> None:
    enter_by_phone(app, client, steps.phone_of(app, cast.ref(7)))
    with app.app_context():
        number = db.session.scalars(select(LoginSession.id)).one()
    assert client.press("/me/devices", f"/devices/{number}/end").headers["Location"] == "/"
    assert client.get("/me").status_code == 401


def test_somebody_elses_household_is_not_found(app: Flask, client: Browser, cast: Cast) -> None:
    enter_by_phone(app, client, steps.phone_of(app, cast.ref(7)))
    token = steps.token(client)
    assert client.post("/me/households/1/again", data={"csrf_token": token}).status_code == 404
    assert client.get("/sign-in/done/1").status_code == 404


def test_size_and_language_are_kept_in_the_account(app: Flask, client: Browser, cast: Cast) -> None:
    enter_by_phone(app, client, steps.phone_of(app, cast.ref(7)))
    answer = client.submit("/me/settings", {"size": "elder", "language": "en"}, field="size")
    assert answer.headers["Location"] == "/me/settings"
    page = client.get("/me/settings").text
    assert "data-elder" in page
    assert 'lang="en"' in page
    assert client.submit("/me/settings", {"size": "huge", "language": "en"}, field="size").status_code == 422
    with app.app_context():
        account = db.session.scalars(select(Account).where(Account.ref == cast.ref(7))).one()
        assert (account.elder, account.language) == (True, "en")


def test_a_new_phone_is_proven_the_old_one_told_and_others_signed_out(app: Flask, cast: Cast) -> None:
    old = steps.phone_of(app, cast.ref(7))
    elsewhere = enter_by_phone(app, browser(app), old)
    later(seconds=61)
    client = enter_by_phone(app, browser(app), old)
    assert client.submit("/me/phone", {"phone": NEW}).headers["Location"] == "/me/phone/code"
    assert client.submit("/me/phone/code", {"code": steps.wrong(code_for(app, NEW))}).status_code == 422
    assert steps.phone_of(app, cast.ref(7)) == old
    answer = client.submit("/me/phone/code", {"code": code_for(app, NEW)})
    assert answer.headers["Location"] == "/me/settings"
    assert "141****1717" in client.get("/me/settings").text
    assert "换成了另一个" in steps.messages_to(app, old)[-1]
    assert client.get("/me").status_code == 200
    assert elsewhere.get("/me").status_code == 401
    assert steps.phone_of(app, cast.ref(7)) == NEW


def test_a_phone_that_is_anothers_is_told_only_once_it_is_proven(app: Flask, client: Browser, cast: Cast) -> None:
    enter_by_phone(app, client, steps.phone_of(app, cast.ref(7)))
    anothers = steps.phone_of(app, cast.ref(8))
    assert client.submit("/me/phone", {"phone": anothers}).status_code == 303
    answer = client.submit("/me/phone/code", {"code": code_for(app, anothers)})
    assert answer.status_code == 422
    assert "已经登记在另一个账号上" in answer.text
    assert steps.phone_of(app, cast.ref(8)) == anothers


def test_an_arrival_of_one_kind_is_no_good_for_the_other(app: Flask, client: Browser, cast: Cast) -> None:
    steps.ask(client, NEW)
    code = code_for(app, NEW)
    enter_by_phone(app, client, steps.phone_of(app, cast.ref(7)))
    assert client.get("/me/phone/code").headers["Location"] == "/me/phone"
    token = steps.token(client)
    answer = client.post("/me/phone/code", data={"csrf_token": token, "code": code})
    assert answer.headers["Location"] == "/me/phone"


def test_a_new_password_ends_other_sessions_and_old_cookies(app: Flask, cast: Cast) -> None:
    keys = steps.staff_keys(app, cast.ref("clerk"))
    other = steps.enter_as_staff(app, browser(app), keys)
    client = steps.enter_as_staff(app, browser(app), keys, ahead=1)
    new = "晒台上晾着三床棉被"
    assert client.submit("/me/password", {"password": "not it", "new_password": new}).status_code == 422
    assert client.submit("/me/password", {"password": PASSWORD, "new_password": "12345678"}).status_code == 422
    assert other.get("/desk/members").status_code == 200
    assert client.submit("/me/password", {"password": PASSWORD, "new_password": new}).status_code == 303
    assert client.get("/desk/members").status_code == 200
    assert other.get("/desk/members").status_code == 401
    fresh = browser(app)
    assert fresh.submit("/staff/sign-in", {"phone": keys.phone, "password": PASSWORD}).status_code == 422
    assert fresh.submit("/staff/sign-in", {"phone": keys.phone, "password": new}).status_code == 303


def test_who_has_no_password_has_no_page_to_change_it(app: Flask, client: Browser, cast: Cast) -> None:
    enter_by_phone(app, client, steps.phone_of(app, cast.ref(7)))
    assert client.get("/me/password").status_code == 404
    assert "/me/password" not in client.get("/me/settings").text


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Mobile/15E148 MicroMessenger/8.0.44", "phone/wechat"),
        ("Mozilla/5.0 (Linux; Android 13) AppleWebKit/537 Chrome/120 Mobile Safari/537", "phone/chrome"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537 Chrome/120 Safari/537 Edg/120", "computer/edge"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:120) Gecko/20100101 Firefox/120", "computer/firefox"),
        ("Mozilla/5.0 (iPad; CPU OS 17_0) AppleWebKit/605 Mobile/15E148 Safari/604", "tablet/safari"),
        ("curl/8", ""),
        ("", ""),
    ],
)
def test_a_device_is_named_as_its_owner_would(app: Flask, agent: str, device: str) -> None:
    assert device_of(agent) == device
    with app.test_request_context():
        assert words(device) == {"phone/wechat": "手机·微信", "": "其他设备"}.get(device, words(device))
        assert words("demo") == "其他设备"
