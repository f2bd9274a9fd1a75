"""Cookies: a session is signed as Flask signs it, whoever makes the serializer."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import BadSignature

from hearing.web.cookies import Sessions

KEPT = {"_user_id": "x" * 43, "ballots": {"1": "c" * 43}, "votes": 2}


def _app(key: str) -> Flask:
    app = Flask("cookies")
    app.secret_key = key
    return app


def test_flask_reads_what_we_write_and_we_read_what_flask_writes() -> None:
    app = _app("t" * 40)
    flasks, ours = SecureCookieSessionInterface().get_signing_serializer(app), Sessions().get_signing_serializer(app)
    assert flasks is not None and ours is not None
    for _ in range(2):
        assert flasks.loads(ours.dumps(KEPT), max_age=60) == KEPT
        assert ours.loads(flasks.dumps(KEPT), max_age=60) == KEPT


def test_another_key_another_salt_and_an_altered_cookie_open_nothing() -> None:
    sessions = Sessions()
    one, other = (sessions.get_signing_serializer(_app(letter * 40)) for letter in "ab")
    assert one is not None and other is not None
    cookie = one.dumps(KEPT)
    assert isinstance(cookie, str)
    altered = ("A" if cookie[0] != "A" else "B") + cookie[1:]
    for reader, text, salt in ((other, cookie, None), (one, altered, None), (one, cookie, "another")):
        with pytest.raises(BadSignature):
            reader.loads(text, salt=salt)


def test_an_application_keeps_its_serializer() -> None:
    sessions, app = Sessions(), _app("t" * 40)
    assert sessions.get_signing_serializer(app) is sessions.get_signing_serializer(app)
