"""Login: sign-ins as rows that can be ended, whatever cookie a phone still holds."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import cast

from flask import Flask, Response, g, request, session
from flask_login import LoginManager, current_user, login_user, logout_user
from sqlalchemy import Table, Update, bindparam, select, update
from sqlalchemy.orm import joinedload

from hearing.audit.ledger import keep
from hearing.clock import database_now, now
from hearing.db import db
from hearing.glance import Glance
from hearing.people.devices import device_of
from hearing.people.models import Account, LoginSession, Membership
from hearing.people.rules import RESIDENT_SESSION, STAFF_SESSION, check_session
from hearing.people.viewer import WHOLE_PERSON, Sender, Viewer, Visitor
from hearing.refusal import Refused
from hearing.web.guards import is_only_act
from hearing.web.sealing import digest

_SEEN = "seen"
SEEN_EVERY = 60
"""Seconds after which a cookie says anew when its browser was last seen."""


def init_app(app: Flask) -> None:
    """Teach the application who is signed in.

    Flask-Login's own protection compares addresses and trusts a header that anybody can send; phones change networks
    all day. So it is off, and a sign-in ends by its row, by idleness or by age.
    """
    manager = LoginManager(app)
    # We remember nobody; its look into the cookie at every answer would make style sheets and tiles vary by cookie.
    app.after_request_funcs[None].remove(manager._update_remember_cookie)
    manager.session_protection = None
    manager.anonymous_user = Visitor
    manager.user_loader(_load)

    @app.after_request
    def seen(response: Response) -> Response:
        # Idleness is counted from a time inside the signed cookie: no write to the database for a page that only reads.
        moment = g.get("signed_in_at")
        if moment is not None and moment - session.get(_SEEN, 0) > SEEN_EVERY:
            session[_SEEN] = moment
        return response


def sign_in(
    account: Account, *, device: str | None = None, by_password: bool = False, second_factor: bool = False
) -> Viewer:
    """Open a session on this device and commit it; the cookie gets a new random token, the one it had is dead."""
    before = current_user.login if current_user.is_authenticated else None

    def change() -> tuple[LoginSession, str]:
        if before is not None:
            db.session.execute(_ending(before.account_id).where(LoginSession.id == before.id))
        return open_session(account.id, device=device, by_password=by_password, second_factor=second_factor)

    return let_in(account, *keep(change))


def open_session(
    account_id: int, *, device: str | None = None, by_password: bool = False, second_factor: bool = False
) -> tuple[LoginSession, str]:
    """Add a session's row inside the caller's transaction; return it with the token for `let_in`."""
    token, moment = secrets.token_urlsafe(32), now()
    row = LoginSession(
        token_hash=digest(token),
        account_id=account_id,
        opened_at=moment,
        by_password=by_password,
        second_factor_at=moment if second_factor else None,
        device=device_of(request.user_agent.string) if device is None else device,
    )
    db.session.add(row)
    return row, token


def let_in(account: Account, row: LoginSession, token: str) -> Viewer:
    """Give this browser the cookie of a session whose row has been committed."""
    session.clear()  # A new sign-in starts with an empty cookie, so that nothing planted before survives.
    session.permanent = True
    session[_SEEN] = int(row.opened_at.timestamp())
    viewer = Viewer(account, row, token)
    login_user(viewer)
    return viewer


def show_second_factor(viewer: Viewer) -> Viewer:
    """Replace the session by one that has shown both factors: more rights never come to an old token."""
    account = viewer.account

    def change() -> tuple[LoginSession, str]:
        opened = open_session(viewer.id, by_password=True, second_factor=True)
        db.session.execute(_ending(viewer.id).where(LoginSession.id == viewer.login.id))
        return opened

    return let_in(account, *keep(change))


def sign_out() -> None:
    """End this device's session in the table and in the cookie."""
    if current_user.is_authenticated:
        end_sessions(current_user.id, only=current_user.login.id)
    logout_user()
    session.clear()
    g.pop("signed_in_at", None)


def end_sessions(account_id: int, *, only: int | None = None, but: int | None = None) -> None:
    """End one, all, or all but one of a person's sessions, at once."""
    ended = _ending(account_id)
    if only is not None:
        ended = ended.where(LoginSession.id == only)
    if but is not None:
        ended = ended.where(LoginSession.id != but)
    keep(lambda: db.session.execute(ended))


def end_others(viewer: Viewer) -> None:
    """End every other session of the person inside the caller's transaction: her secrets have changed."""
    db.session.execute(_ending(viewer.id).where(LoginSession.id != viewer.login.id))


def end_all(account_id: int) -> None:
    """End every session of a person inside the caller's transaction."""
    db.session.execute(_ending(account_id))


def _ending(account_id: int) -> Update:
    return (
        update(LoginSession)
        .where(LoginSession.account_id == account_id, LoginSession.ended_at.is_(None))
        .values(ended_at=database_now())
        .execution_options(synchronize_session=False)
    )


_LOGIN, _ACCOUNT, _MEMBERSHIP = (cast(Table, model.__table__) for model in (LoginSession, Account, Membership))
_STANDS = (
    _LOGIN.c.token_hash == bindparam("token_hash"),
    _LOGIN.c.ended_at.is_(None),
    _ACCOUNT.c.disabled_at.is_(None),
)
# Every page of a signed-in person asks one of these, so they are built once.
_VIEWER = (
    select(LoginSession, database_now().label("now"))
    .join(LoginSession.account)
    .where(*_STANDS)
    .options(joinedload(LoginSession.account).options(*WHOLE_PERSON))
)
_SENDER = Glance(
    select(
        _LOGIN.c.id.label("login_id"),
        _LOGIN.c.opened_at,
        (_LOGIN.c.by_password | _LOGIN.c.second_factor_at.is_not(None)).label("is_short"),
        _ACCOUNT.c.id.label("account_id"),
        _ACCOUNT.c.ref,
        _ACCOUNT.c.phone,
        _MEMBERSHIP.c.unit_id,
        _MEMBERSHIP.c.holder_id,
        _MEMBERSHIP.c.left_at,
        database_now().label("now"),
    )
    .join_from(_LOGIN, _ACCOUNT, _ACCOUNT.c.id == _LOGIN.c.account_id)
    .join(_MEMBERSHIP, _MEMBERSHIP.c.account_id == _ACCOUNT.c.id, isouter=True)
    .where(*_STANDS)
    .order_by(_MEMBERSHIP.c.id)
)


def _load(token: str) -> Viewer | None:
    return _sender(token) if is_only_act() else _viewer(token)


def _viewer(token: str) -> Viewer | None:
    # Several households are several rows, and the clock goes on between them: the session's number makes them one.
    standing = db.session.execute(_VIEWER, {"token_hash": digest(token)})
    found = standing.unique(lambda row: row[0].id).one_or_none()
    if found is None:
        return None
    login = found[0]
    is_short = login.by_password or login.second_factor_at is not None
    if not holds_good(opened_at=login.opened_at, is_short=is_short, moment=found.now):
        return None
    g.moment = found.now
    return Viewer(login.account, login, token)


def _sender(token: str) -> Viewer | None:
    known = _SENDER.rows(token_hash=digest(token))
    if not known:
        return None
    first = known[0]
    if not holds_good(opened_at=first["opened_at"], is_short=first["is_short"], moment=first["now"]):
        return None
    g.moment = first["now"]
    return Sender(known, token)


def holds_good(*, opened_at: datetime, is_short: bool, moment: datetime) -> bool:
    """Whether a standing sign-in of this cookie is neither idle nor too old at `moment`; if so, it is seen now.

    One that showed a password or a second factor is short, as staff's are.
    """
    if not is_fresh(opened_at=opened_at, seen_at=seen_at(), is_short=is_short, moment=moment):
        return False
    g.signed_in_at = int(moment.timestamp())
    return True


def is_fresh(*, opened_at: datetime, seen_at: datetime, is_short: bool, moment: datetime) -> bool:
    """Whether a sign-in that was opened and last seen then is neither idle nor too old at `moment`."""
    try:
        check_session(STAFF_SESSION if is_short else RESIDENT_SESSION, opened_at=opened_at, seen_at=seen_at, now=moment)
    except Refused:
        return False
    return True


def seen_at() -> datetime:
    """When this browser was last seen, as its cookie says."""
    return datetime.fromtimestamp(session.get(_SEEN, 0), UTC)
