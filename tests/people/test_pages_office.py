"""The office's pages: seats, recognition, letters; who may open them."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import func, select

from hearing.audit.models import LogEntry, LogPayload
from hearing.clock import now
from hearing.db import db
from hearing.people.models import Account, HouseholdCode, Membership, Seat
from hearing.people.rules import read_household_code
from hearing.places.models import Holder
from tests import schema
from tests.browser import Browser
from tests.cast import Cast
from tests.people import steps
from tests.people.steps import browser

DIRECTORS_OWN = ["/desk/people", "/desk/people/new"]
OFFICE = ["/desk/members", "/desk/letters"]


def waiting_member(app: Flask, cast: Cast, who: str = "郑龙根") -> int:
    """Somebody with another phone says that he is the lessee of household 5; return the membership's number."""
    client = browser(app)
    answer = client.submit("/sign-in/letter", {"code": steps.letter_for(app, cast, 5)})
    steps.ask(client, "14100043210", answer.headers["Location"])
    client.submit("/sign-in/code", {"code": steps.code_for(app, "14100043210")})
    answer = client.submit("/sign-in/who", {"name": who, "relation": "lessee"})
    return steps.number_in(answer.headers["Location"])


@pytest.mark.parametrize("url", [*DIRECTORS_OWN, *OFFICE])
def test_the_office_is_closed_to_residents_and_other_offices(app: Flask, client: Browser, cast: Cast, url: str) -> None:
    assert client.get(url).status_code == 401
    for who in (3, "contractor", "council_member"):
        assert browser(app).enter(cast.ref(who)).get(url).status_code == 403
    assert browser(app).enter(cast.ref("clerk")).get(url).status_code == (403 if url in DIRECTORS_OWN else 200)
    client.enter(cast.ref("director"))
    with steps.statements(app) as seen:
        answer = client.get(url)
    assert answer.status_code == 200
    assert len(seen) <= 8
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_clerk_recognises_a_holder_after_looking_at_papers(app: Flask, client: Browser, cast: Cast) -> None:
    number = waiting_member(app, cast)
    client.enter(cast.ref("clerk"))
    assert f"/desk/members/{number}" in client.get("/desk/members").text
    with steps.statements(app) as seen:
        page = client.get(f"/desk/members/{number}")
    assert len(seen) <= 8
    assert "工作人员和席位" not in client.get("/desk/members").text
    assert "14100043210" in page.text
    answer = client.submit(f"/desk/members/{number}", {"holder": str(cast.holders[4]), "papers": "tenancy"})
    assert answer.headers["Location"].startswith("/receipts/")
    assert "您核对了 天津路426弄 二层前楼 一位户主的身份" in client.get(answer.headers["Location"]).text
    with app.app_context():
        membership = db.session.get_one(Membership, number)
        assert (membership.holder_id, membership.checked_how) == (cast.holders[4], "office")
        entry = db.session.scalars(select(LogEntry).order_by(LogEntry.idx.desc())).first()
        assert entry is not None
        assert entry.kind == "household.recognised"
        assert "郑龙根" not in entry.body.decode()
        assert "二层" not in entry.body.decode()
        payload = db.session.scalars(select(LogPayload.payload).where(LogPayload.idx == entry.idx)).one().decode()
        assert '"papers":"tenancy"' in payload
    # The member, and the household with its phone on the roll, are told; the text says nothing of the matter.
    assert "结果请看" in steps.messages_to(app, "14100043210")[-1]
    assert "户主" in steps.messages_to(app, steps.phone_of(app, cast.ref(5)))[-1]
    assert f"/desk/members/{number}" not in client.get("/desk/members").text
    assert "已核对为户册上的 郑龙根" in client.get(f"/desk/members/{number}").text


def test_a_clerk_says_why_not_and_may_recognise_later(app: Flask, client: Browser, cast: Cast) -> None:
    number = waiting_member(app, cast)
    client.enter(cast.ref("clerk"))
    assert client.submit(f"/desk/members/{number}/decline", {"reason": ""}).status_code == 422
    reason = "租用凭证上是另一位"
    answer = client.submit(f"/desk/members/{number}/decline", {"reason": reason})
    assert answer.headers["Location"].startswith("/receipts/")
    assert f"/desk/members/{number}" not in client.get("/desk/members").text
    member = browser(app)
    steps.later(minutes=5)
    steps.enter_by_phone(app, member, "14100043210")
    assert reason in member.get("/me").text
    page = client.get(f"/desk/members/{number}").text
    assert reason in page
    answer = client.submit(f"/desk/members/{number}", {"holder": str(cast.holders[4]), "papers": "visit"})
    assert answer.status_code == 303
    assert "可以代表本户表态" in member.get("/me").text


def test_nobody_recognises_herself(app: Flask, client: Browser, cast: Cast) -> None:
    number = waiting_member(app, cast)
    with app.app_context(), schema.door_open():
        clerk = db.session.scalars(select(Account).where(Account.ref == cast.ref("clerk"))).one()
        db.session.get_one(Membership, number).account_id = clerk.id
    client.enter(cast.ref("clerk"))
    page = client.get(f"/desk/members/{number}")
    assert "另一位同事" in page.text
    assert 'name="holder"' not in page.text
    form = client.found(f"/desk/members/{number}/decline", field="reason")
    answer = client.post(f"/desk/members/{number}/decline", data={**form.fields, "reason": "试一试"})
    assert answer.status_code == 422
    assert "另一位同事" in answer.text


def test_only_a_living_person_of_this_units_register_can_be_named(app: Flask, client: Browser, cast: Cast) -> None:
    number = waiting_member(app, cast)
    client.enter(cast.ref("clerk"))
    for holder in (str(cast.holders[5]), "0", "x", "9" * 30):
        answer = client.submit(f"/desk/members/{number}", {"holder": holder, "papers": "tenancy"})
        assert answer.status_code == 422
    with app.app_context(), schema.door_open():
        db.session.get_one(Holder, cast.holders[4]).died_on = "2026-02-03"
    assert "请先更新户册" in client.get(f"/desk/members/{number}").text


@pytest.mark.parametrize("page", ["", "/decline"])
def test_another_offices_members_do_not_exist(app: Flask, client: Browser, cast: Cast, page: str) -> None:
    number = waiting_member(app, cast)
    client.enter(cast.foreign_clerk)
    assert client.get(f"/desk/members/{number}{page}").status_code == 404
    assert client.get("/desk/members/999999").status_code == 404
    assert "郑龙根" not in client.get("/desk/members").text


def test_letters_come_once_as_a_pdf_and_void_the_old_ones(app: Flask, client: Browser, cast: Cast) -> None:
    old = steps.letter_for(app, cast, 5)
    client.enter(cast.ref("clerk"))
    page = client.get("/desk/letters").text
    assert "13 户，其中 1 户的信现在有效" in page
    form = client.found("/desk/letters", field="stairwells")
    with app.app_context():
        stairwell = str(db.session.get_one(Membership, 5).unit.stairwell_id)
    sent = {**form.fields, "stairwells": [stairwell]}
    answer = client.post("/desk/letters", data=sent)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="letters.pdf"'
    assert answer.headers["Cache-Control"] == "no-store"
    pages = PdfReader(io.BytesIO(answer.data)).pages
    assert len(pages) == 13
    text = pages[4].extract_text()
    assert "二层前楼" in text.replace("\n", "").replace(" ", "")
    code = next(read_household_code(word) for word in text.split() if word.count("-") == 2 and len(word) == 12)
    with app.app_context():
        kept = db.session.scalars(select(HouseholdCode.code_mac)).all()
        assert code not in "".join(kept)
        standing = select(func.count(HouseholdCode.id)).where(HouseholdCode.voided_at.is_(None))
        assert db.session.scalar(standing) == 13
        entry = db.session.scalars(select(LogEntry).order_by(LogEntry.idx.desc())).first()
        assert entry is not None
        assert entry.kind == "letters.issued"
        assert '"letter_count":13' in entry.body.decode()
        payload = db.session.scalars(select(LogPayload.payload).where(LogPayload.idx == entry.idx)).one().decode()
        assert code not in payload
    # The same form again prints nothing new: the letters in hand stay good.
    assert client.post("/desk/letters", data=sent).headers["Location"] == f"/receipts/{entry.idx}"
    for typed, where in ((code, "/sign-in/who"), (old, "/sign-in/letter")):
        phone = f"1410004{'5555' if typed == code else '6666'}"
        visitor = browser(app)
        answer = visitor.submit("/sign-in/letter", {"code": typed})
        steps.ask(visitor, phone, answer.headers["Location"])
        assert visitor.submit("/sign-in/code", {"code": steps.code_for(app, phone)}).headers["Location"] == where


def test_letters_need_a_stairwell_of_ones_own(app: Flask, client: Browser, cast: Cast) -> None:
    client.enter(cast.ref("clerk"))
    assert "请至少选一个门洞" in client.submit("/desk/letters", field="stairwells").text
    assert client.submit("/desk/letters", {"stairwells": ["2"]}).status_code == 422
    assert client.submit("/desk/letters", {"stairwells": ["x"]}).status_code == 422
    with app.app_context():
        assert db.session.scalar(select(func.count(HouseholdCode.id))) == 0


def test_a_letter_that_cannot_be_printed_voids_nobodys(app: Flask, client: Browser, cast: Cast) -> None:
    old = steps.letter_for(app, cast, 5)
    with app.app_context(), schema.door_open():
        db.session.get_one(Membership, 6).unit.name = "\ue001间"
    client.enter(cast.ref("clerk"))
    with app.app_context():
        stairwell = str(db.session.get_one(Membership, 5).unit.stairwell_id)
    answer = client.submit("/desk/letters", {"stairwells": [stairwell]})
    assert answer.status_code == 422
    assert "U+E001" in answer.text
    visitor = browser(app)
    answer = visitor.submit("/sign-in/letter", {"code": old})
    steps.ask(visitor, "14100045555", answer.headers["Location"])
    answer = visitor.submit("/sign-in/code", {"code": steps.code_for(app, "14100045555")})
    assert answer.headers["Location"] == "/sign-in/who"


def test_a_director_gives_a_seat_and_sees_it_in_the_list(app: Flask, client: Browser, cast: Cast) -> None:
    client.enter(cast.ref("director"))
    answer = client.submit(
        "/desk/people/new", {"name": "新来的", "phone": "14100061234", "role": "committee_clerk"}, field="role"
    )
    assert answer.headers["Location"].startswith("/receipts/")
    page = client.get(answer.headers["Location"]).text
    assert "您请 新来的 担任：居委工作人员" in page
    # The link goes to the invited person's phone and is shown to nobody else.
    assert "welcome#" not in page
    assert "welcome#" in steps.messages_to(app, "14100061234")[-1]
    page = client.get("/desk/people").text
    assert "新来的" in page
    assert "邀请还没有用" in page
    again = client.submit(
        "/desk/people/new", {"name": "新来的", "phone": "14100061234", "role": "committee_clerk"}, field="role"
    )
    assert again.status_code == 422
    assert "已经有这个席位" in again.text
    for wrong in ({"role": "resident"}, {"role": ""}, {"role": "emperor"}, {"neighbourhood": str(cast.elsewhere)}):
        data = {"name": "谁", "phone": "14100061235", "role": "auditor", **wrong}
        assert client.submit("/desk/people/new", data, field="role").status_code == 422


def test_a_director_ends_a_seat_but_not_the_last_directors(app: Flask, client: Browser, cast: Cast) -> None:
    with app.app_context():
        rows = db.session.execute(select(Account.ref, Seat.id).join(Seat.account)).all()
        numbers = {row.ref: row.id for row in rows}
    client.enter(cast.ref("director"))
    own = numbers[cast.ref("director")]
    answer = client.submit(f"/desk/seats/{own}/end", field="once")
    assert answer.status_code == 422
    assert "最后一位主任" in answer.text
    clerk = numbers[cast.ref("clerk")]
    desk = browser(app).enter(cast.ref("clerk"))
    assert desk.get("/desk/members").status_code == 200
    assert client.submit(f"/desk/seats/{clerk}/end", field="once").headers["Location"].startswith("/receipts/")
    assert desk.get("/desk/members").status_code == 403
    assert "已结束的席位" in client.get("/desk/people").text
    assert client.submit(f"/desk/seats/{clerk}/end", field="once").status_code == 422
    foreign = numbers[cast.foreign_clerk]
    assert client.get(f"/desk/seats/{foreign}/end").status_code == 404
    sent = {"csrf_token": steps.token(client)}
    assert client.post(f"/desk/seats/{foreign}/invite", data=sent).status_code == 404
    with app.app_context():
        assert db.session.get_one(Seat, clerk).until is not None
        assert db.session.get_one(Seat, clerk).until <= now()  # type: ignore[operator]
