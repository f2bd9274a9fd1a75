"""Sign-in links of the demo's cast, and the text messages that a demo does not send; a production start has neither."""

from __future__ import annotations

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from hearing.db import db, read_only
from hearing.people.login import sign_in
from hearing.people.models import Account, Message
from hearing.web.answers import go, page
from hearing.web.guards import open_to_all

bp = Blueprint("demo", __name__)


@bp.get("/demo/enter/<ref>")
@open_to_all
def enter(ref: str) -> ResponseReturnValue:
    """Sign in as one of the cast, second factor included."""
    account = db.session.scalars(select(Account).where(Account.ref == ref)).one_or_none()
    if account is None:
        abort(404)
    db.session.rollback()
    read_only(False)
    viewer = sign_in(account, device="demo", second_factor=True)
    return go("/desk" if viewer.is_staff else "/")


@bp.get("/demo/inbox")
@open_to_all
def inbox() -> ResponseReturnValue:
    """The last fifty messages to anybody."""
    query = select(Message).where(Message.text != "").order_by(Message.id.desc()).limit(50)
    return page("demo/inbox.html", messages=db.session.scalars(query).all())
