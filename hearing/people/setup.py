"""Setup: what the command line does for people before anybody can sign in, and when somebody must not any more."""

from __future__ import annotations

from sqlalchemy import select

from hearing.audit.ledger import keep, perform
from hearing.clock import now
from hearing.db import db
from hearing.people import login
from hearing.people.actions import invite, invite_again
from hearing.people.models import Account, Seat
from hearing.people.rules import Role
from hearing.places.models import Neighbourhood


class Unknown(LookupError):
    """No such neighbourhood, person or seat; the message says which."""


def appoint(slug: str, name: str, phone: str, role: Role = Role.COMMITTEE_DIRECTOR) -> str | None:
    """Give a seat in the neighbourhood `slug`; return the invitation's link, None for somebody who has a password.

    This is how the very first director comes in. Raises Unknown, or Refused as actions.invite does.
    """
    neighbourhood = db.session.scalars(select(Neighbourhood).where(Neighbourhood.slug == slug)).one_or_none()
    if neighbourhood is None:
        raise Unknown(f"no neighbourhood {slug!r}")
    return perform(invite, None, name, phone, role, neighbourhood).fact.link


def appoint_again(phone: str) -> str | None:
    """A new invitation for somebody who holds a seat and lost password or phone; returns its link. Raises Unknown."""
    query = select(Seat).join(Seat.account).where(Account.phone == phone, Seat.until.is_(None)).order_by(Seat.id)
    seat = db.session.scalars(query).first()
    if seat is None:
        raise Unknown("nobody with this phone holds a seat")
    return perform(invite_again, None, seat).fact.link


def close_account(phone: str) -> None:
    """Shut somebody out at once, on every device. Raises Unknown."""
    keep(_close, phone)


def reopen_account(phone: str) -> None:
    """Let somebody sign in again. Raises Unknown."""
    keep(_reopen, phone)


def _close(phone: str) -> None:
    account = _account(phone)
    account.disabled_at = now()
    login.end_all(account.id)


def _reopen(phone: str) -> None:
    _account(phone).disabled_at = None


def _account(phone: str) -> Account:
    account = db.session.scalars(select(Account).where(Account.phone == phone)).one_or_none()
    if account is None:
        raise Unknown("nobody has this phone")
    return account
