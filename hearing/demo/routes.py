"""Sign-in links of the demo's cast; a production start does not have them."""

from __future__ import annotations

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from hearing.db import db, read_only
from hearing.people.login import sign_in
from hearing.people.models import Account
from hearing.web.answers import go
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
