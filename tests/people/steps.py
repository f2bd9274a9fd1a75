"""Steps that tests of the door take: who has which phone, which code was sent, letters, passwords, authenticators."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from flask import Flask
from sqlalchemy import delete, select

from hearing import clock
from hearing.audit.ledger import keep, perform
from hearing.db import db
from hearing.people import actions, second_factor
from hearing.people.models import Account, Membership, Message
from hearing.people.passwords import HASHER
from hearing.places.models import Holder
from hearing.web.sealing import lock_up
from tests import schema
from tests.browser import Browser
from tests.cast import Cast
from tests.statements import hearing_every_statement

PASSWORD = "弄堂里的桂花开了三回"


def browser(app: Flask, address: str = "203.0.113.7") -> Browser:
    """Another person's browser, at an address of her own."""
    found = app.test_client()
    assert isinstance(found, Browser)
    found.environ_base["REMOTE_ADDR"] = address
    return found


def phone_of(app: Flask, ref: str) -> str:
    """The phone of one of the cast."""
    with app.app_context():
        return db.session.scalars(select(Account.phone).where(Account.ref == ref)).one() or ""


def messages_to(app: Flask, phone: str) -> list[str]:
    """What was written to this phone, the oldest first."""
    with app.app_context():
        return list(db.session.scalars(select(Message.text).where(Message.recipient == phone).order_by(Message.id)))


def code_for(app: Flask, phone: str, which: int = -1) -> str:
    """The code in the newest message to this phone, or in another one."""
    codes = [found[0] for text in messages_to(app, phone) if (found := re.search(r"\b\d{6}\b", text))]
    return codes[which]


def wrong(code: str) -> str:
    """A code that is not this one."""
    return f"{(int(code) + 1) % 1_000_000:06}"


def letter_for(app: Flask, cast: Cast, number: int) -> str:
    """A new letter's code for a household of the lane, issued by the clerk."""
    with app.app_context():
        unit = cast.units[number - 1]
        return perform(actions.issue_codes, schema.viewer(cast.ref("clerk")), [unit]).fact.codes[unit]


def without_account(app: Flask, cast: Cast, number: int) -> str:
    """Let a household of the lane never have signed in; return the phone that the roll has of its lessee."""
    with app.app_context(), schema.door_open():
        account = db.session.scalars(select(Account).where(Account.ref == cast.ref(number))).one()
        db.session.execute(delete(Membership).where(Membership.account_id == account.id))
        db.session.execute(delete(Account).where(Account.id == account.id))
        return db.session.get_one(Holder, cast.holders[number - 1]).phone


def ask(client: Browser, phone: str, url: str = "/sign-in") -> None:
    """Ask for a code."""
    answer = client.submit(url, {"phone": phone})
    assert answer.status_code == 303, answer.text
    assert answer.headers["Location"] == "/sign-in/code"


def enter_by_phone(app: Flask, client: Browser, phone: str) -> Browser:
    """Sign in as a resident who came before."""
    ask(client, phone)
    answer = client.submit("/sign-in/code", {"code": code_for(app, phone)})
    assert answer.status_code == 303, answer.text
    assert client.get("/me").status_code == 200
    return client


@dataclass(frozen=True)
class StaffKeys:
    """What a member of staff signs in with."""

    phone: str
    secret: bytes

    def code(self, app: Flask, ahead: int = 0) -> str:
        """What her authenticator shows now, or some steps later."""
        with app.app_context():
            step = int(clock.now().timestamp()) // second_factor.STEP
        return second_factor.code_at(self.secret, step + ahead)


def staff_keys(app: Flask, ref: str) -> StaffKeys:
    """Give somebody of the cast a password and an authenticator."""
    secret = b"authenticator secret"
    with app.app_context():
        account = db.session.scalars(select(Account).where(Account.ref == ref)).one()
        password_hash = HASHER.hash(PASSWORD)

        def change() -> None:
            account.password_hash = password_hash
            account.totp_secret = lock_up("second factor", ref, secret)

        keep(change)
        return StaffKeys(account.phone or "", secret)


def enter_as_staff(app: Flask, client: Browser, keys: StaffKeys, ahead: int = 0) -> Browser:
    """Sign in with password and authenticator."""
    answer = client.submit("/staff/sign-in", {"phone": keys.phone, "password": PASSWORD})
    assert answer.status_code == 303, answer.text
    answer = client.submit(answer.headers["Location"], {"code": keys.code(app, ahead)})
    assert answer.status_code == 303, answer.text
    return client


def later(**by: float) -> None:
    """Move the clock on from the database's, in all."""
    clock.shift(timedelta(**by))


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """The SELECT, INSERT, UPDATE and DELETE statements that run inside."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.split()[0] in {"SELECT", "INSERT", "UPDATE", "DELETE", "WITH"}:
            seen.append(statement)

    with hearing_every_statement(app, note):
        yield seen


def token(client: Browser, url: str = "/me/settings") -> str:
    """The token that forms of this browser carry."""
    return client.found(url, field="csrf_token").fields["csrf_token"][0]


def number_in(location: str) -> int:
    """The number in an address like /sign-in/done/7?back=/."""
    found = re.search(r"/(\d+)(\?|$)", location)
    assert found is not None, location
    return int(found[1])
