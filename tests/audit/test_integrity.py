"""The state of the log: what is sound looks sound, and what is wrong is said in words, on every page."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from hearing.audit import checking, standing
from hearing.audit.checking import Check
from hearing.audit.standing import Publishing, WitnessSaw
from hearing.config import Settings
from hearing.db import db, reading
from tests.audit.receipts import applied, publisher
from tests.audit.test_publisher import tamper
from tests.browser import Browser
from tests.cast import Cast

FOOT = "存证核对没有通过"
GOOD = Publishing(datetime.now(UTC), None, None, (), quorum_met=True)


@pytest.fixture
def settings(app: Flask, cast: Cast) -> Settings:
    """The settings of an installation that has published and been checked."""
    applied(app, cast)
    found: Settings = app.extensions["settings"]
    check(app)
    standing.write(found, dataclasses.replace(GOOD, at=datetime.now(UTC)))
    return found


def check(app: Flask) -> Check:
    """What the worker does every hour."""
    with app.app_context(), reading():
        found = checking.run(db.session, app.extensions["settings"], publisher(app))
        db.session.rollback()
    return found


def state(client: Browser, path: str = "/integrity") -> str:
    """What the page says."""
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.text


def test_a_sound_log_says_so(client: Browser, settings: Settings) -> None:
    page = state(client)
    assert "签名、公布和全面核对都没有发现问题" in page
    assert "notice-red" not in page
    assert FOOT not in page
    assert "没有发现问题" in state(client, "/verify")


def test_an_altered_database_turns_the_page_red_and_the_record_is_named(
    client: Browser, app: Flask, settings: Settings
) -> None:
    with app.app_context():
        tamper("UPDATE log_entry SET subject = 'proposal/99' WHERE idx = 1")
    assert not check(app).ok
    page = state(client)
    assert "全面核对没有通过" in page
    assert "notice-red" in page
    assert ">2<" in page, "the first bad record, counting from one"
    assert FOOT in state(client, "/")
    assert "全面核对没有通过" in state(client, "/verify")
    assert client.get("/healthz").text == "ok\n"


def test_a_damaged_checkpoint_is_a_state_and_no_crash(client: Browser, cast: Cast, settings: Settings) -> None:
    client.enter(cast.ref("director"))
    for damage in (b"", b"nonsense", b"\xff\xfe\x00"):
        (settings.log_dir / "checkpoint").write_bytes(damage)
        assert "最新的签名读不懂" in state(client)
        assert FOOT in state(client, "/")
    for path in ("/desk", "/desk/trail", "/notices", "/verify", "/me/receipts", "/r/1"):
        assert client.get(path).status_code == 200, path
    assert client.get("/healthz").text == "ok\n"


def test_a_log_whose_key_is_lost_is_a_state_and_no_crash(client: Browser, settings: Settings) -> None:
    (settings.log_dir / "vkey").unlink()
    for file in settings.keys_dir.glob("log*"):
        file.unlink()
    assert "找不到账本的公钥" in state(client)
    assert FOOT in state(client, "/")
    answer = client.submit("/verify", {"text": "c2sp.org/tlog-proof@v1\n"})
    assert answer.status_code == 422
    assert "账本现在读不出来" in answer.text


def test_a_refusal_and_a_silent_publisher_are_red(client: Browser, settings: Settings) -> None:
    standing.write(settings, dataclasses.replace(GOOD, at=datetime.now(UTC), refusal="shorter"))
    assert standing.said("shorter") in state(client)
    standing.write(settings, dataclasses.replace(GOOD, at=datetime.now(UTC) - timedelta(days=1)))
    assert standing.said(standing.STALE) in state(client)
    assert FOOT in state(client, "/")


def test_a_check_that_is_too_old_is_red(client: Browser, settings: Settings) -> None:
    old = checking.last(settings)
    assert old is not None
    checking._keep(settings, dataclasses.replace(old, at=datetime.now(UTC) - timedelta(hours=4)))
    assert "最近一次全面核对太久了" in state(client)


def test_witnesses_stand_with_what_they_saw_and_what_is_the_matter(client: Browser, settings: Settings) -> None:
    saw = (
        WitnessSaw("witness.example/good", 5, datetime.now(UTC), None),
        WitnessSaw("witness.example/bad", None, None, "silent"),
    )
    standing.write(settings, dataclasses.replace(GOOD, at=datetime.now(UTC), witnesses=saw, quorum_met=False))
    page = state(client)
    assert "witness.example/good" in page
    assert standing.said("silent") in page
    assert "未见证" in page
    assert FOOT not in page, "a head without witnesses is said, and is no failure"


def test_the_page_speaks_english(client: Browser, settings: Settings) -> None:
    client.set_cookie("language", "en")
    assert "State of the log" in state(client)
