"""Invitations 邀请: the signed link by which new staff set a password; 72 hours, once, the newest only."""

from __future__ import annotations

import secrets

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select

from hearing.clock import now
from hearing.db import db
from hearing.people import login
from hearing.people.models import Account
from hearing.people.outbox import address
from hearing.people.rules import INVITATION_LIFE, Refusal
from hearing.refusal import Refused
from hearing.web.sealing import digest, same


def issue(account: Account) -> str:
    """A new invitation for the account, in place of an older one; returns the link.

    The token stands behind the # of the link, so that it reaches neither the server's log nor a proxy's.
    """
    nonce = secrets.token_urlsafe(16)
    account.invitation = digest(nonce)
    until = int((now() + INVITATION_LIFE).timestamp())
    return address(f"/staff/welcome#{_signer().dumps([account.ref, nonce, until])}")


def account_of(token: str, *, lock: bool = False) -> Account:
    """The account that the token invites. Raises INVITATION_SPENT when it is forged, late, used or replaced."""
    try:
        ref, nonce, until = _signer().loads(token)
    except (BadSignature, ValueError, TypeError):
        raise Refused(Refusal.INVITATION_SPENT) from None
    query = select(Account).where(Account.ref == ref, Account.disabled_at.is_(None))
    account = db.session.scalars(query.with_for_update() if lock else query).one_or_none()
    standing = account.invitation if account is not None else None
    if account is None or standing is None or not same(standing, digest(nonce)) or now().timestamp() >= until:
        raise Refused(Refusal.INVITATION_SPENT)
    return account


def accept(token: str, password_hash: str) -> Account:
    """Set the password, use the invitation up, forget the old second factor, end all sessions; run it by `keep`.

    Raises INVITATION_SPENT.
    """
    account = account_of(token, lock=True)
    account.password_hash, account.invitation = password_hash, None
    account.totp_secret, account.totp_step = None, 0
    login.end_all(account.id)
    return account


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="invitation")
