"""The residents' door: returning, coming the first time, mistakes, strangers, throttles."""

from __future__ import annotations

import hashlib
import re
import time

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from werkzeug.middleware.proxy_fix import ProxyFix

from hearing.audit.ledger import keep
from hearing.clock import now
from hearing.db import db
from hearing.people.models import Account, Arrival, LoginSession, Membership, Message, OneTimeCode
from hearing.people.routes import door
from hearing.people.rules import household_code, print_household_code
from hearing.people.rules.knocks import DAY, HOUR, Knocks
from hearing.places.models import Holder
from hearing.web.limits import Throttle
from tests import schema
from tests.browser import Browser
from tests.cast import Cast
from tests.people import steps
from tests.people.steps import ask, browser, code_for, later, wrong

STRANGER = "14100077001"


def test_a_returning_resident_needs_her_phone_only_and_goes_where_she_wanted(
    app: Flask, client: Browser, cast: Cast
) -> None:
    phone = steps.phone_of(app, cast.ref(7))
    ask(client, f"+86 {phone[:3]} {phone[3:7]}-{phone[7:]}", "/sign-in?back=/me/devices")
    page = client.get("/sign-in/code")
    assert phone not in page.text
    assert f"{phone[:3]}****{phone[7:]}" in page.text
    assert 'autocomplete="one-time-code"' in page.text
    assert 'inputmode="numeric"' in page.text
    code = code_for(app, phone)
    answer = client.submit("/sign-in/code", {"code": f" {code[:3]} {code[3:]}"})
    assert answer.headers["Location"] == "/me/devices"
    assert client.get("/me").status_code == 200
    assert "陈荣生" in client.get("/me").text
    assert client.get("/sign-in?back=/me").headers["Location"] == "/me"


def test_the_code_is_kept_as_a_keyed_digest_only(app: Flask, client: Browser, cast: Cast) -> None:
    phone = steps.phone_of(app, cast.ref(7))
    ask(client, phone)
    with app.app_context():
        row = db.session.scalars(select(OneTimeCode)).one()
        assert re.fullmatch(r"[0-9a-f]{64}", row.code_mac)
        plain = f"{row.arrival_id}\x1f{phone}\x1f"
        kept = row.code_mac
    assert kept != hashlib.sha256((plain + code_for(app, phone)).encode()).hexdigest()


def test_a_wrong_number_is_corrected_and_the_first_code_dies_with_it(app: Flask, client: Browser, cast: Cast) -> None:
    phone = steps.phone_of(app, cast.ref(7))
    ask(client, STRANGER)
    assert 'href="/sign-in"' in client.get("/sign-in/code").text
    ask(client, phone)
    answer = client.submit("/sign-in/code", {"code": code_for(app, STRANGER)})
    assert answer.status_code == 422
    assert client.submit("/sign-in/code", {"code": code_for(app, phone)}).headers["Location"] == "/"


def test_an_earlier_code_stays_good_in_its_own_time(app: Flask, client: Browser, cast: Cast) -> None:
    phone = steps.phone_of(app, cast.ref(7))
    ask(client, phone)
    later(seconds=61)
    assert client.press("/sign-in/code", "/code/again").headers["Location"] == "/sign-in/code"
    assert code_for(app, phone, 0) != code_for(app, phone, 1)
    later(minutes=9, seconds=50)
    assert client.submit("/sign-in/code", {"code": code_for(app, phone, 0)}).headers["Location"] == "/"


def test_a_code_expires_after_ten_minutes(app: Flask, client: Browser, cast: Cast) -> None:
    phone = steps.phone_of(app, cast.ref(7))
    ask(client, phone)
    later(minutes=10, seconds=1)
    answer = client.submit("/sign-in/code", {"code": code_for(app, phone)})
    assert answer.status_code == 422
    assert "已过期" in answer.text


def test_five_wrong_tries_spend_a_code(app: Flask, client: Browser, cast: Cast) -> None:
    phone = steps.phone_of(app, cast.ref(7))
    ask(client, phone)
    code = code_for(app, phone)
    for left in (4, 3, 2, 1):
        answer = client.submit("/sign-in/code", {"code": wrong(code)})
        assert answer.status_code == 422
        assert f"还可以试{left}次" in answer.text
    assert "不能再用" in client.submit("/sign-in/code", {"code": wrong(code)}).text
    answer = client.submit("/sign-in/code", {"code": code})
    assert answer.status_code == 422
    assert client.get("/me").status_code == 401


def test_nobody_else_can_try_or_spoil_a_code(app: Flask, client: Browser, cast: Cast) -> None:
    phone = steps.phone_of(app, cast.ref(7))
    ask(client, phone)
    code, thief = code_for(app, phone), browser(app)
    later(seconds=61)
    ask(thief, phone)
    for _ in range(5):
        assert thief.submit("/sign-in/code", {"code": code}).status_code == 422
    assert client.submit("/sign-in/code", {"code": code}).headers["Location"] == "/"


def test_one_code_a_minute_and_ten_a_day_for_a_phone(app: Flask, client: Browser, cast: Cast) -> None:
    phone = steps.phone_of(app, cast.ref(7))
    ask(client, phone)
    answer = client.submit("/sign-in", {"phone": phone})
    assert answer.status_code == 422
    assert "秒后可以再发一次" in answer.text
    assert phone in answer.text
    for sent in range(1, 10):
        later(minutes=2 * sent)
        ask(client, phone)
    later(minutes=30)
    assert "24 小时内已发了10次" in client.submit("/sign-in", {"phone": phone}).text
    later(hours=25)
    ask(client, phone)


@pytest.mark.parametrize("typed", ["", "1410000", "24100007001", "14100007001x", "' OR 1=1", "１２３", "1" * 60])
def test_what_is_no_number_is_said_and_kept(client: Browser, typed: str) -> None:
    answer = client.submit("/sign-in", {"phone": typed})
    assert answer.status_code == 422
    assert "有问题需要改正" in answer.text


def test_a_first_visit_by_letter_with_the_rolls_own_phone(app: Flask, client: Browser, cast: Cast) -> None:
    phone = steps.without_account(app, cast, 5)
    letter = steps.letter_for(app, cast, 5)
    answer = client.submit("/sign-in/letter?back=/me/devices", {"code": print_household_code(letter).lower()})
    assert answer.status_code == 303
    assert "第 2 步，共 4 步" in client.get(answer.headers["Location"]).text
    ask(client, phone, answer.headers["Location"])
    assert "第 3 步，共 4 步" in client.get("/sign-in/code").text
    assert client.submit("/sign-in/code", {"code": code_for(app, phone)}).headers["Location"] == "/sign-in/who"
    who = client.get("/sign-in/who").text
    assert "天津路426弄 二层前楼" in who
    assert "郑龙根" not in who
    assert client.get("/me").status_code == 401
    answer = client.submit("/sign-in/who", {"name": "龙根", "relation": "lessee"})
    assert answer.status_code == 303
    done = client.get(answer.headers["Location"])
    assert "可以代表本户表态" in done.text
    assert 'href="/me/devices"' in done.text
    with app.app_context():
        membership = db.session.scalars(select(Membership).join(Membership.account).where(Account.phone == phone)).one()
        assert membership.holder_id == cast.holders[4]
        assert (membership.checked_how, membership.relation) == ("phone", "lessee")
        assert membership.account.name == "郑龙根"
        assert membership.account.ref.startswith("p-")
    assert "您加入了 天津路426弄 二层前楼" in client.get("/me/receipts").text


def test_another_phone_waits_for_the_office_and_is_told_so_kindly(app: Flask, client: Browser, cast: Cast) -> None:
    letter = steps.letter_for(app, cast, 5)
    answer = client.submit("/sign-in/letter", {"code": letter})
    ask(client, STRANGER, answer.headers["Location"])
    client.submit("/sign-in/code", {"code": code_for(app, STRANGER)})
    answer = client.submit("/sign-in/who", {"name": "郑龙根", "relation": "lessee"})
    done = client.get(answer.headers["Location"])
    assert done.status_code == 200
    assert "还差居委会核对一步" in done.text
    assert "3 个工作日" in done.text
    assert "021-6322 0426" in done.text
    assert "等居委会核对" in client.get("/me").text
    with app.app_context():
        membership = db.session.scalars(
            select(Membership).join(Membership.account).where(Account.phone == STRANGER)
        ).one()
        assert membership.holder_id is None
        assert membership.checked_how == ""
    # The lessee learns that somebody came into his household.
    assert any("新成员" in text for text in steps.messages_to(app, steps.phone_of(app, cast.ref(5))))


def test_a_family_member_comes_in_without_the_right_to_answer(app: Flask, client: Browser, cast: Cast) -> None:
    phone = steps.without_account(app, cast, 5)
    answer = client.submit("/sign-in/letter", {"code": steps.letter_for(app, cast, 5)})
    ask(client, phone, answer.headers["Location"])
    client.submit("/sign-in/code", {"code": code_for(app, phone)})
    answer = client.submit("/sign-in/who", {"name": "郑小妹", "relation": "family"})
    assert "表态由承租人或产权人来做" in client.get(answer.headers["Location"]).text
    # A wrong tap is corrected from her own page; her phone is the roll's, so she is recognised then.
    membership = steps.number_in(answer.headers["Location"])
    assert client.press("/me", f"/households/{membership}/again").headers["Location"] == "/sign-in/who"
    answer = client.submit("/sign-in/who", {"relation": "lessee"})
    assert "可以代表本户表态" in client.get(answer.headers["Location"]).text


def test_a_phone_that_is_new_here_is_asked_for_the_letter(app: Flask, client: Browser, cast: Cast) -> None:
    letter = steps.letter_for(app, cast, 5)
    ask(client, STRANGER)
    assert client.submit("/sign-in/code", {"code": code_for(app, STRANGER)}).headers["Location"] == "/sign-in/letter"
    assert "手机号已经核对好了" in client.get("/sign-in/letter").text
    assert client.get("/sign-in/who").headers["Location"] == "/sign-in/letter"
    assert client.submit("/sign-in/letter", {"code": letter}).headers["Location"] == "/sign-in/who"


def test_a_void_letter_is_named_only_to_a_proven_phone(app: Flask, client: Browser, cast: Cast) -> None:
    old = steps.letter_for(app, cast, 5)
    steps.letter_for(app, cast, 5)
    answer = client.submit("/sign-in/letter", {"code": old})
    assert answer.headers["Location"] == "/sign-in?back=/"
    ask(client, STRANGER)
    assert client.submit("/sign-in/code", {"code": code_for(app, STRANGER)}).headers["Location"] == "/sign-in/letter"
    assert "换过新的信" in client.get("/sign-in/letter").text
    answer = client.submit("/sign-in/letter", {"code": old})
    assert answer.status_code == 422
    assert "换过新的信" in answer.text


def test_a_letter_opens_the_door_for_half_a_year(app: Flask, client: Browser, cast: Cast) -> None:
    letter = steps.letter_for(app, cast, 5)
    ask(client, STRANGER)
    client.submit("/sign-in/code", {"code": code_for(app, STRANGER)})
    with app.app_context():
        keep(lambda: db.session.execute(update(Arrival).values(opened_at=now())))
    later(days=181)
    ask(client, STRANGER)
    client.submit("/sign-in/code", {"code": code_for(app, STRANGER)})
    assert client.submit("/sign-in/letter", {"code": letter}).status_code == 422


@pytest.mark.parametrize(
    "typed", ["K7MP-3QXD-9F", "", "ABC", "户码户码户码户码户码", "0" * 10, "<script>alert(1)</script>"]
)
def test_a_mistyped_letter_is_told_by_its_check_letters(client: Browser, typed: str) -> None:
    answer = client.submit("/sign-in/letter", {"code": typed})
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text


def test_the_code_of_the_qr_code_never_reaches_the_server(client: Browser) -> None:
    page = client.get("/sign-in/letter")
    assert "data-from-fragment" in page.text
    assert "letter.js" in page.text


def test_a_known_household_shown_again_just_opens_the_door(app: Flask, client: Browser, cast: Cast) -> None:
    phone = steps.phone_of(app, cast.ref(5))
    answer = client.submit("/sign-in/letter", {"code": steps.letter_for(app, cast, 5)})
    ask(client, phone, answer.headers["Location"])
    assert client.submit("/sign-in/code", {"code": code_for(app, phone)}).headers["Location"] == "/"


def test_an_owner_of_two_flats_adds_the_second(app: Flask, client: Browser, cast: Cast) -> None:
    client = steps.enter_by_phone(app, client, steps.phone_of(app, cast.ref(5)))
    assert client.submit("/sign-in/letter", {"code": steps.letter_for(app, cast, 5)}).headers["Location"] == "/me"
    letter = steps.letter_for(app, cast, 6)
    assert client.submit("/sign-in/letter", {"code": letter}).headers["Location"] == "/sign-in/who"
    assert 'name="name"' not in client.get("/sign-in/who").text
    answer = client.submit("/sign-in/who", {"relation": "lessee"})
    assert "还差居委会核对一步" in client.get(answer.headers["Location"]).text
    page = client.get("/me").text
    assert "二层前楼" in page
    assert "二层后楼" in page


def test_steps_are_taken_in_order(app: Flask, client: Browser, cast: Cast) -> None:
    assert client.get("/sign-in/code").headers["Location"] == "/sign-in"
    assert client.get("/sign-in/who").headers["Location"] == "/sign-in"
    client.submit("/sign-in/letter", {"code": steps.letter_for(app, cast, 5)})
    assert client.get("/sign-in/who").headers["Location"] == "/sign-in"
    assert client.get("/sign-in/code").headers["Location"] == "/sign-in"
    ask(client, STRANGER)
    later(minutes=31)
    assert client.get("/sign-in/code").headers["Location"] == "/sign-in"


def test_a_closed_account_stays_out_and_only_its_owner_learns_why(app: Flask, client: Browser, cast: Cast) -> None:
    phone = steps.phone_of(app, cast.ref(7))
    with app.app_context():
        account = db.session.scalars(select(Account).where(Account.phone == phone)).one()
        keep(lambda: setattr(account, "disabled_at", now()))
    ask(client, phone)
    answer = client.submit("/sign-in/code", {"code": code_for(app, phone)})
    assert answer.status_code == 422
    assert "已停用" in answer.text
    assert client.get("/me").status_code == 401


def _plain(text: str) -> str:
    """A page without what differs each time it is shown."""
    text = re.sub(r'value="[^"]{20,}"', "", text)
    return re.sub(r"\d{3}\*{4}\d{4}", "", text)


def test_a_stranger_sees_what_a_neighbour_sees(app: Flask, cast: Cast) -> None:
    seen = []
    good = steps.letter_for(app, cast, 5)
    steps.letter_for(app, cast, 6)
    unknown = household_code(12345)
    for phone, letter in ((steps.phone_of(app, cast.ref(7)), good), (STRANGER, unknown)):
        client = browser(app)
        with steps.statements(app) as asked:
            first = client.submit("/sign-in", {"phone": phone})
        page = client.get("/sign-in/code")
        other = browser(app)
        with steps.statements(app) as shown:
            second = other.submit("/sign-in/letter", {"code": letter})
        seen.append(
            (
                (first.status_code, first.headers["Location"], sorted(first.headers.keys())),
                (page.status_code, _plain(page.text)),
                (second.status_code, second.headers["Location"]),
                len(asked),
                len(shown),
            )
        )
    assert seen[0] == seen[1]


def test_a_stranger_waits_as_long_as_a_neighbour(app: Flask, cast: Cast) -> None:
    known = [steps.phone_of(app, cast.ref(number)) for number in range(1, 14)]
    times: dict[str, list[float]] = {"known": [], "unknown": []}
    for number, phone in enumerate(known):
        for kind, asked in (("known", phone), ("unknown", f"141000660{number:02d}")):
            client = browser(app)
            form = client.found("/sign-in", field="phone")
            start = time.perf_counter()
            client.post("/sign-in", data={**form.fields, "phone": asked})
            times[kind].append(time.perf_counter() - start)
    one, other = min(times["known"]), min(times["unknown"])
    assert abs(one - other) < max(0.5 * min(one, other), 0.010)


def test_strangers_cannot_spend_the_days_messages_and_are_not_told(
    app: Flask, client: Browser, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "CODES_TO_STRANGERS", Knocks(1, DAY))
    ask(browser(app), "14100066001")
    ask(browser(app), "14100066002")
    with app.app_context():
        rows = db.session.execute(select(Message.recipient, Message.state, Message.text).order_by(Message.id)).all()
    assert [(row.recipient, row.state) for row in rows] == [("14100066001", "waiting"), ("14100066002", "failed")]
    assert rows[1].text == ""
    ask(client, steps.phone_of(app, cast.ref(7)))
    assert code_for(app, steps.phone_of(app, cast.ref(7)))


def test_a_spoofed_address_does_not_evade_the_throttle(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "CODES_FROM_ADDRESS", Knocks(5, HOUR))
    statuses = []
    for number in range(8):
        client = browser(app, f"203.0.113.{number + 1}")
        spoof = {
            "X-Forwarded-For": f"198.51.{number}.7",
            "X-Real-IP": f"198.51.{number}.8",
            "Forwarded": f"for=198.51.{number}.9",
        }
        statuses.append(client.submit("/sign-in", {"phone": f"141000550{number:02d}"}, headers=spoof).status_code)
    assert statuses == [303] * 5 + [429] * 3
    assert browser(app, "192.0.2.1").submit("/sign-in", {"phone": "14100055099"}).status_code == 303
    with app.app_context():
        keys = db.session.scalars(select(Throttle.key)).all()
    assert keys
    assert not any("203.0" in key or "14100" in key or "192.0" in key for key in keys)


def test_behind_a_proxy_the_nearest_address_counts(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "CODES_FROM_ADDRESS", Knocks(2, HOUR))
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)  # type: ignore[method-assign]
    statuses = []
    for number in range(4):
        client = browser(app, "127.0.0.1")
        spoof = {"X-Forwarded-For": f"198.51.{number}.7, 203.0.113.9"}
        statuses.append(client.submit("/sign-in", {"phone": f"141000550{number:02d}"}, headers=spoof).status_code)
    assert statuses == [303, 303, 429, 429]


def test_a_letter_on_the_wall_does_not_let_a_street_in(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "ONE_LETTER", Knocks(2, DAY))
    letter = steps.letter_for(app, cast, 5)
    statuses = [browser(app, f"10.{n}.0.1").submit("/sign-in/letter", {"code": letter}).status_code for n in range(3)]
    assert statuses == [303, 303, 429]


def test_nothing_is_done_without_the_token_of_the_form(app: Flask, client: Browser) -> None:
    client.get("/sign-in")
    assert client.post("/sign-in", data={"phone": STRANGER}).status_code == 400
    assert client.post("/sign-out").status_code == 400
    with app.app_context():
        assert db.session.scalar(select(func.count(Message.id))) == 0


def test_a_cookie_planted_before_signing_in_opens_nothing(app: Flask, cast: Cast) -> None:
    phone, thief, victim = steps.phone_of(app, cast.ref(7)), browser(app), browser(app, "198.51.100.1")
    ask(thief, STRANGER)
    planted = thief.get_cookie("hearing")
    assert planted is not None
    victim.set_cookie("hearing", planted.value)
    ask(victim, phone)
    victim.submit("/sign-in/code", {"code": code_for(app, phone)})
    assert victim.get("/me").status_code == 200
    assert thief.get("/me").status_code == 401
    after = victim.get_cookie("hearing")
    assert after is not None
    assert after.value != planted.value


def test_a_planted_arrival_does_not_share_what_the_victim_proves(app: Flask, cast: Cast) -> None:
    phone = steps.without_account(app, cast, 5)
    letter = steps.letter_for(app, cast, 5)
    thief, victim = browser(app), browser(app, "198.51.100.1")
    thief.submit("/sign-in/letter", {"code": letter})
    planted = thief.get_cookie("hearing")
    assert planted is not None
    victim.set_cookie("hearing", planted.value)
    ask(victim, phone)
    assert victim.submit("/sign-in/code", {"code": code_for(app, phone)}).headers["Location"] == "/sign-in/who"
    assert victim.get("/sign-in/who").status_code == 200
    assert thief.get("/sign-in/who").headers["Location"] == "/sign-in"


def test_a_holder_who_died_is_not_recognised_by_her_phone(app: Flask, client: Browser, cast: Cast) -> None:
    phone = steps.without_account(app, cast, 5)
    with app.app_context(), schema.door_open():
        db.session.get_one(Holder, cast.holders[4]).died_on = "2026-02-03"
    answer = client.submit("/sign-in/letter", {"code": steps.letter_for(app, cast, 5)})
    ask(client, phone, answer.headers["Location"])
    client.submit("/sign-in/code", {"code": code_for(app, phone)})
    answer = client.submit("/sign-in/who", {"name": "郑家儿子", "relation": "lessee"})
    assert "还差居委会核对一步" in client.get(answer.headers["Location"]).text


def test_a_form_without_an_answer_keeps_what_was_typed(app: Flask, client: Browser, cast: Cast) -> None:
    client.submit("/sign-in/letter", {"code": steps.letter_for(app, cast, 5)})
    ask(client, STRANGER)
    client.submit("/sign-in/code", {"code": code_for(app, STRANGER)})
    answer = client.submit("/sign-in/who", {"name": "郑 小妹"})
    assert answer.status_code == 422
    assert 'value="郑 小妹"' in answer.text
    assert "请选一项" in answer.text
    assert "<title>错误：" in answer.text


def test_a_form_sent_twice_joins_once(app: Flask, client: Browser, cast: Cast) -> None:
    phone = steps.without_account(app, cast, 5)
    client.submit("/sign-in/letter", {"code": steps.letter_for(app, cast, 5)})
    ask(client, phone)
    client.submit("/sign-in/code", {"code": code_for(app, phone)})
    form = client.found("/sign-in/who", field="relation")
    sent = {**form.fields, "name": "郑龙根", "relation": "lessee"}
    assert "/sign-in/done/" in client.post("/sign-in/who", data=sent).headers["Location"]
    again = {**sent, "csrf_token": steps.token(client)}
    assert client.post("/sign-in/who", data=again).headers["Location"].startswith("/receipts/")
    with app.app_context():
        assert db.session.scalar(select(func.count(Account.id)).where(Account.phone == phone)) == 1


@pytest.mark.parametrize("url", ["/sign-in", "/sign-in/letter", "/staff/sign-in", "/staff/welcome"])
def test_pages_of_the_door_cost_few_statements(app: Flask, client: Browser, url: str) -> None:
    with steps.statements(app) as seen:
        assert client.get(url).status_code == 200
    assert len(seen) <= 4


def test_signing_out_ends_the_session_on_the_server(app: Flask, client: Browser, cast: Cast) -> None:
    steps.enter_by_phone(app, client, steps.phone_of(app, cast.ref(7)))
    kept = client.get_cookie("hearing")
    assert kept is not None
    assert "/sign-out" in client.get("/me").text
    assert client.post("/sign-out", data={"csrf_token": steps.token(client)}).headers["Location"] == "/"
    assert client.get("/me").status_code == 401
    client.set_cookie("hearing", kept.value)
    assert client.get("/me").status_code == 401
    with app.app_context():
        assert db.session.scalar(select(func.count(LoginSession.id)).where(LoginSession.ended_at.is_(None))) == 0
