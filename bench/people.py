"""People: cookies of signed-in people, made as the product makes them, without a text message each."""

from __future__ import annotations

from collections.abc import Iterable

import flask
from flask import Flask
from sqlalchemy import select

from hearing.audit.ledger import keep
from hearing.db import db
from hearing.people import login
from hearing.people.models import Account


def cookies(app: Flask, refs: Iterable[str]) -> dict[str, str]:
    """A Cookie header for each account ref; every seat has shown its second factor."""
    wanted, made = list(refs), {}
    with app.test_request_context():
        found = {account.ref: account for account in db.session.scalars(select(Account).where(Account.ref.in_(wanted)))}
        opened = keep(lambda: [login.open_session(found[ref].id, second_factor=True) for ref in wanted])
        sealing = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        for ref, (row, token) in zip(wanted, opened, strict=True):
            login.let_in(found[ref], row, token)
            made[ref] = f"{app.config['SESSION_COOKIE_NAME']}={sealing.dumps(dict(flask.session))}"
        db.session.close()
    return made
