"""Login: sign-ins as rows that can be ended, whatever cookie a phone still holds."""

from __future__ import annotations

import hashlib
import secrets
import time
from datetime import timedelta

from flask import Flask, Response, session
from flask_login import LoginManager, current_user, login_user, logout_user
from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from hearing.audit.ledger import keep
from hearing.clock import database_now, now
from hearing.db import db
from hearing.people.models import Account, LoginSession
from hearing.people.rules import RESIDENT_SESSION, STAFF_SESSION
from hearing.people.viewer import Viewer, Visitor

_SEEN = "seen"


def init_app(app: Flask) -> None:
    """Teach the application who is signed in.

    Flask-Login's own protection compares addresses and trusts a header that anybody can send; phones change networks
    all day. So it is off, and a sign-in ends by its row, by idleness or by age.
    """
    manager = LoginManager(app)
    manager.session_protection = None
    manager.anonymous_user = Visitor
    manager.user_loader(_load)

    @app.after_request
    def seen(response: Response) -> Response:
        # Idleness is counted from a time inside the signed cookie: no write to the database for a page that only reads.
        if current_user.is_authenticated and time.time() - session.get(_SEEN, 0) > 60:
            session[_SEEN] = int(time.time())
        return response


def sign_in(account: Account, *, device: str = "", second_factor: bool = False) -> Viewer:
    """Open a session on this device and commit it; the cookie gets a new random token."""
    token = secrets.token_urlsafe(32)

    def opened() -> LoginSession:
        moment = now()
        row = LoginSession(
            token_hash=_hash(token),
            account_id=account.id,
            opened_at=moment,
            second_factor_at=moment if second_factor else None,
            device=device,
        )
        db.session.add(row)
        return row

    row = keep(opened)
    session.clear()  # A new sign-in starts with an empty cookie, so that nothing planted before survives.
    session.permanent = True
    session[_SEEN] = int(time.time())
    viewer = Viewer(account, row, token)
    login_user(viewer)
    return viewer


def sign_out() -> None:
    """End this device's session in the table and in the cookie."""
    if current_user.is_authenticated:
        end_sessions(current_user.id, only=current_user.login.id)
    logout_user()
    session.clear()


def end_sessions(account_id: int, *, only: int | None = None, but: int | None = None) -> None:
    """End one, all, or all but one of a person's sessions, at once."""
    ended = update(LoginSession).where(LoginSession.account_id == account_id, LoginSession.ended_at.is_(None))
    if only is not None:
        ended = ended.where(LoginSession.id == only)
    if but is not None:
        ended = ended.where(LoginSession.id != but)
    keep(lambda: db.session.execute(ended.values(ended_at=database_now())))


def _load(token: str) -> Viewer | None:
    query = (
        select(LoginSession, database_now().label("now"))
        .join(LoginSession.account)
        .where(
            LoginSession.token_hash == _hash(token),
            LoginSession.ended_at.is_(None),
            Account.disabled_at.is_(None),
        )
        .options(joinedload(LoginSession.account))
    )
    found = db.session.execute(query).one_or_none()
    if found is None:
        return None
    viewer = Viewer(found[0].account, found[0], token)
    terms = STAFF_SESSION if viewer.login.second_factor_at else RESIDENT_SESSION
    idle = timedelta(seconds=time.time() - session.get(_SEEN, 0))
    if idle > terms.idle or found.now - viewer.login.opened_at > terms.absolute:
        return None
    return viewer


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
