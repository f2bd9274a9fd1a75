"""Sender: who sends a form that is one act is known by one statement, as her pages know her."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext

import pytest
from flask import Flask, g
from flask_login import current_user
from sqlalchemy import update

from hearing.clock import now
from hearing.db import db, reading
from hearing.demo.town.people import cookies
from hearing.people.models import Account, LoginSession, Membership
from hearing.people.viewer import Sender, Viewer, me
from hearing.web.forms import Form
from tests.cast import Cast
from tests.statements import statements

ACT = "/polls/1/ballot/cast"


def _read(viewer: Viewer) -> tuple[object, ...]:
    return (
        viewer.id,
        viewer.ref,
        viewer.phone,
        viewer.name,
        viewer.unit_ids,
        viewer.answers_for,
        viewer.holder_ids,
        viewer.homes,
        viewer.neighbourhood_ids,
        viewer.as_resident(),
        viewer.is_staff,
        viewer.login.id,
    )


def _whoever(app: Flask, cookie: str, method: str, read: Callable[[], object]) -> object:
    with app.test_request_context(ACT if method == "POST" else "/", method=method, headers={"Cookie": cookie}):
        try:
            return read()
        finally:
            db.session.rollback()
            db.session.expunge_all()


@pytest.mark.parametrize("writing", [False, True], ids=["before it writes", "in a transaction that writes"])
@pytest.mark.parametrize("who", [1, 2, "clerk"])
def test_an_act_knows_what_a_page_knows(app: Flask, cast: Cast, who: int | str, *, writing: bool) -> None:
    (cookie,) = cookies(app, [cast.ref(who)])
    with nullcontext() if writing else reading():
        page = _whoever(app, cookie, "GET", lambda: (type(me()), _read(me())))
        act = _whoever(app, cookie, "POST", lambda: (type(me()), _read(me())))
    assert page == (Viewer, act[1])  # type: ignore[index]
    assert act[0] is Sender  # type: ignore[index]


def test_one_statement_says_what_an_act_asks(app: Flask, cast: Cast) -> None:
    (cookie,) = cookies(app, [cast.ref(1)])

    def ask() -> list[str]:
        with statements(app) as said:
            by = me()
            assert by.answers_for and by.holder_ids and by.id and "moment" in g
            assert by.as_resident().ref == cast.ref(1)
        return said

    with reading():
        assert len(_whoever(app, cookie, "POST", ask)) == 1  # type: ignore[arg-type]


def test_a_household_that_was_left_is_answered_for_no_more(app: Flask, cast: Cast) -> None:
    (cookie,) = cookies(app, [cast.ref(1)])
    with app.app_context():
        account = db.session.query(Account).filter_by(ref=cast.ref(1)).one().id
        left = update(Membership).where(Membership.account_id == account).values(left_at=now())
        db.session.connection().execute(left)
        db.session.commit()
    assert _whoever(app, cookie, "POST", lambda: (me().unit_ids, me().answers_for)) == (frozenset(), frozenset())


@pytest.mark.parametrize("how", ["ended", "disabled", "foreign"])
def test_a_sign_in_that_does_not_stand_is_nobodys(app: Flask, cast: Cast, how: str) -> None:
    (cookie,) = cookies(app, [cast.ref(1)])
    with app.app_context():
        if how == "ended":
            db.session.execute(update(LoginSession).values(ended_at=now()))
        elif how == "disabled":
            db.session.execute(update(Account).where(Account.ref == cast.ref(1)).values(disabled_at=now()))
        db.session.commit()
    sent = cookie if how != "foreign" else "hearing=eyJfdXNlcl9pZCI6IngifQ.aaaa.bbbb"
    assert _whoever(app, sent, "POST", lambda: current_user.is_authenticated) is False


def test_a_form_that_is_carried_out_signs_no_token_and_makes_no_key(app: Flask) -> None:
    with app.test_request_context(ACT, method="POST"):
        form = Form()
        assert "csrf_token" not in g and "keys_issued" not in g
        shown = f"{form.csrf_token()}{form.once()}"
        assert g.csrf_token in shown and next(iter(g.keys_issued)) in shown
        assert f"{form.once()}" in shown, "shown twice it is one key"
