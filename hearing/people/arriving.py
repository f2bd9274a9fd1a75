"""Arriving 来人: phone, code and letter, in the order in which a person has them at hand.

These functions are bookkeeping: run them by `keep`. They tell a stranger the same as a neighbour until the phone is
proven, and take the same steps for both. A code is bound to the browser that asked for it and opens one session.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, auto

from sqlalchemy import exists, func, select

from hearing.clock import database_now, now
from hearing.db import db
from hearing.people import login, outbox
from hearing.people.models import Account, Arrival, HouseholdCode, LoginSession, Membership, OneTimeCode
from hearing.people.rules import (
    CODE_LIFE,
    CODE_TRIES,
    IssuedCode,
    Refusal,
    letter_is_good,
    live_codes,
    may_send_code,
    may_try_code,
)
from hearing.people.viewer import Viewer
from hearing.places.models import Holder
from hearing.refusal import N_, Refused
from hearing.web.sealing import digest, same, seal

ARRIVAL_LIFE = timedelta(minutes=30)
CODE_DIGITS = 6
_DAY = timedelta(days=1)

CODE_MESSAGE = N_("验证码 %(code)s，10 分钟内有效。请不要告诉别人，居委会也不会来问。")


class Aim(StrEnum):
    """What somebody at the door wants."""

    ENTER = auto()
    CHANGE_PHONE = auto()


@dataclass(frozen=True)
class Passed:
    """A code was right. `token` is the arrival's new one; `session` is the sign-in's row and token, if that is all."""

    arrival: Arrival
    token: str
    account: Account | None
    session: tuple[LoginSession, str] | None


def arrive(aim: Aim, back: str, viewer: Viewer | None = None) -> tuple[Arrival, str]:
    """Somebody comes to the door; her browser's cookie gets the token."""
    token = secrets.token_urlsafe(32)
    arrival = Arrival(
        token_hash=digest(token), aim=aim, back=back, opened_at=now(), phone="", letter_shown=False, closed=False
    )
    if viewer is not None:
        arrival.account_id = viewer.id
        if aim is Aim.ENTER:
            # She has signed in and adds a household: her phone was proven then.
            arrival.phone, arrival.proven_at = viewer.account.phone or "", arrival.opened_at
    db.session.add(arrival)
    db.session.flush()
    return arrival, token


def at_door(token: str | None, aim: Aim = Aim.ENTER, *, lock: bool = False) -> Arrival | None:
    """The arrival that the browser's cookie names, unless it is closed or older than half an hour."""
    if token is None:
        return None
    query = select(Arrival, database_now().label("now")).where(Arrival.token_hash == digest(token), Arrival.aim == aim)
    query = query.where(Arrival.closed.is_(False))
    found = db.session.execute(query.with_for_update(of=Arrival) if lock else query).one_or_none()
    return found[0] if found is not None and found.now < found[0].opened_at + ARRIVAL_LIFE else None


def ask_code(
    token: str | None,
    aim: Aim,
    phone: str,
    *,
    back: str,
    language: str,
    viewer: Viewer | None = None,
    held: bool = False,
) -> str:
    """Send a code to `phone` for the browser with `token`, which may have named another before; return its token.

    With `held` all is done but the sending. Raises CODE_SENT_JUST_NOW or CODES_SPENT_TODAY.
    """
    arrival = at_door(token, aim, lock=True)
    if arrival is None or token is None or arrival.proven_at is not None or not _is_of(arrival, viewer):
        arrival, token = arrive(aim, back, viewer)
    _send_code(arrival, phone, language, held)
    return token


def _is_of(arrival: Arrival, viewer: Viewer | None) -> bool:
    """Whether the arrival began as the same person: one who signed in meanwhile begins anew."""
    return arrival.account_id == (viewer.id if viewer is not None else None)


def _send_code(arrival: Arrival, phone: str, language: str, held: bool) -> None:
    moment = now()
    _wait_for_turn(phone)
    sent = db.session.scalars(
        select(OneTimeCode.issued_at).where(OneTimeCode.phone == phone, OneTimeCode.issued_at > moment - _DAY)
    ).all()
    may_send_code(sent, moment)
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
    mac = _mac(arrival, phone, code)
    arrival.phone = phone
    db.session.add(
        OneTimeCode(arrival_id=arrival.id, phone=phone, code_mac=mac, issued_at=moment, wrong_tries=0, used=False)
    )
    text = "" if held else outbox.worded(language, CODE_MESSAGE, code=code)
    message = outbox.write(db.session, outbox.SMS, phone, text, moment, useless_at=moment + CODE_LIFE)
    message.state = outbox.FAILED if held else outbox.WAITING


def _wait_for_turn(phone: str) -> None:
    """Let a second request for the same phone wait until the first one's code is in the table.

    There is no row to lock before the first code; SQLite has one writer at a time anyway.
    """
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"code|{phone}", 0))))


def is_known(phone: str) -> bool:
    """Whether an account or the roll has this number: only then is a text message certainly meant for a neighbour."""
    known = select(exists().where(Account.phone == phone), exists().where(Holder.phone == phone))
    return any(db.session.execute(known).one())


def try_code(token: str | None, aim: Aim, typed: str) -> Passed | Refused | None:
    """Try the code that was typed. None when there is no such arrival any more.

    A refusal is returned and not raised, so that the count of wrong tries is kept.
    """
    arrival = at_door(token, aim, lock=True)
    if arrival is None:
        return None
    moment = now()
    codes = _codes_of(arrival)
    right = next((code for code in codes if same(code.code_mac, _mac(arrival, arrival.phone, typed))), None)
    try:
        if right is None:
            raise _wrong(codes, moment)
        may_try_code(_issued(right), moment)
    except Refused as refused:
        return refused
    right.used = True
    return _proven(arrival, moment)


def _codes_of(arrival: Arrival) -> list[OneTimeCode]:
    query = select(OneTimeCode).where(OneTimeCode.arrival_id == arrival.id, OneTimeCode.phone == arrival.phone)
    return list(db.session.scalars(query.order_by(OneTimeCode.issued_at.desc(), OneTimeCode.id.desc())))


def _wrong(codes: list[OneTimeCode], moment: datetime) -> Refused:
    """Count a wrong try against every code that is still good, and say how many tries are left."""
    good = [code for code in codes if live_codes([_issued(code)], moment)]
    for code in good:
        code.wrong_tries += 1
    left = max((CODE_TRIES - code.wrong_tries for code in good), default=0)
    if left:
        return Refused(Refusal.CODE_WRONG, n=left)
    if good or any(code.wrong_tries >= CODE_TRIES for code in codes[:1]):
        return Refused(Refusal.CODE_TRIES_SPENT, n=CODE_TRIES)
    return Refused(Refusal.CODE_EXPIRED, minutes=CODE_LIFE // timedelta(minutes=1))


def _proven(arrival: Arrival, moment: datetime) -> Passed:
    """The phone is hers. Who is known and shows no new letter is in; others have a step to go, with a new token."""
    token = secrets.token_urlsafe(32)
    arrival.token_hash, arrival.proven_at = digest(token), moment
    account = db.session.scalars(select(Account).where(Account.phone == arrival.phone)).one_or_none()
    session = None
    if (
        arrival.aim == Aim.ENTER
        and account is not None
        and account.disabled_at is None
        and not _has_more_to_say(arrival, account)
    ):
        arrival.closed = True
        session = login.open_session(account.id)
    return Passed(arrival, token, account, session)


def _has_more_to_say(arrival: Arrival, account: Account) -> bool:
    """Whether a letter was shown that does not name a household to which the account belongs already."""
    if not arrival.letter_shown:
        return False
    return arrival.unit_id is None or not belongs(account.id, arrival.unit_id)


def belongs(account_id: int, unit_id: int) -> bool:
    """Whether the account is a member of the unit's household now."""
    found = exists().where(
        Membership.account_id == account_id, Membership.unit_id == unit_id, Membership.left_at.is_(None)
    )
    return bool(db.session.scalar(select(found)))


def show_letter(token: str | None, code: str, *, back: str, viewer: Viewer | None = None) -> tuple[Arrival, str]:
    """Note the household that the letter's code stands for; return the arrival and its token.

    Raises HOUSEHOLD_CODE_UNKNOWN, but only to somebody whose phone is proven: guessing costs a text message each time.
    """
    arrival = at_door(token, lock=True)
    if arrival is None or token is None or not _is_of(arrival, viewer):
        arrival, token = arrive(Aim.ENTER, back, viewer)
    moment = now()
    row = db.session.scalars(select(HouseholdCode).where(HouseholdCode.code_mac == household_mac(code))).one_or_none()
    good = row is not None and letter_is_good(row.issued_at, row.voided_at, moment)
    arrival.letter_shown = True
    arrival.unit_id = row.unit_id if row is not None and good else None
    if arrival.proven_at is not None and not good:
        raise Refused(Refusal.HOUSEHOLD_CODE_UNKNOWN)
    return arrival, token


def come_again(viewer: Viewer, membership: Membership, back: str) -> str:
    """Let a member say anew what she is to her household; her letter and phone were proven before."""
    arrival, token = arrive(Aim.ENTER, back, viewer)
    arrival.letter_shown, arrival.unit_id = True, membership.unit_id
    return token


def household_mac(code: str) -> str:
    """What is kept of a household code."""
    return seal("household code", code)


def change_phone(viewer: Viewer, arrival: Arrival) -> None:
    """Give the account the number that was proven. Other devices are signed out and the old number is told.

    Raises PHONE_TAKEN.
    """
    account = db.session.get_one(Account, viewer.id, with_for_update=True)
    taken = select(Account.id).where(Account.phone == arrival.phone, Account.id != account.id)
    if db.session.scalar(taken) is not None:
        raise Refused(Refusal.PHONE_TAKEN)
    outbox.tell(db.session, account, PHONE_CHANGED)
    account.phone, arrival.closed = arrival.phone, True
    login.end_others(viewer)


PHONE_CHANGED = N_("您的登记手机号刚换成了另一个。不是您换的？请马上打居委会电话。%(url)s")


def _issued(code: OneTimeCode) -> IssuedCode:
    return IssuedCode(code.issued_at, code.wrong_tries, code.used)


def _mac(arrival: Arrival, phone: str, code: str) -> str:
    return seal("one-time code", arrival.id, phone, code)
