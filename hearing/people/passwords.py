"""Passwords of staff: argon2id with OWASP's minimum, never computed while the database waits."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select

from hearing.db import db
from hearing.people import login
from hearing.people.models import Account
from hearing.people.rules import check_password, normal
from hearing.people.viewer import Viewer

# OWASP Password Storage Cheat Sheet: 19 MiB, two passes, one lane; about a tenth of a second.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@cache
def common() -> frozenset[str]:
    """The passwords that everybody tries first, in lower case."""
    lines = Path(__file__).with_name("common_passwords.txt").read_text(encoding="utf-8").split()
    return frozenset(line.casefold() for line in lines)


def hashed(password: str, *, phone: str, name: str) -> str:
    """The hash to keep of a new password, computed outside any transaction.

    Raises Refused as rules.check_password does.
    """
    password = normal(password)
    check_password(password, common(), phone=phone, name=name)
    db.session.rollback()
    return HASHER.hash(password)


def account_with(phone: str, password: str) -> Account | None:
    """The account with this phone and password, None when either is wrong or the account is closed.

    A phone that nobody has costs the same time: its password is checked against a hash that none fits. The check runs
    between two transactions, so that no writer waits for it.
    """
    query = select(Account).where(Account.phone == phone, Account.disabled_at.is_(None))
    account = db.session.scalars(query).one_or_none()
    number = account.id if account is not None else None
    if not fits(account.password_hash if account is not None else None, password) or number is None:
        return None
    return db.session.scalars(query.where(Account.id == number)).one_or_none()


def fits(password_hash: str | None, password: str) -> bool:
    """Whether the password belongs to the hash; with None it takes as long and is False. Ends the transaction."""
    db.session.rollback()
    try:
        HASHER.verify(password_hash or _nobodys(), normal(password))
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def change(viewer: Viewer, password_hash: str) -> None:
    """Give the account a new password and end its other sessions; run it by `keep`."""
    db.session.get_one(Account, viewer.id).password_hash = password_hash
    login.end_others(viewer)


@cache
def _nobodys() -> str:
    """A hash of no password, made with the same work as a real one."""
    return HASHER.hash("\0")
