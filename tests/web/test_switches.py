"""Large type and language: kept by the browser of a visitor and in the account of a person."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.architecture.test_access import token_of
from tests.browser import Browser
from tests.cast import Cast


def switch(client: Browser, **wish: str) -> None:
    """Press one of the two switches."""
    path = "/elder" if "elder" in wish else "/language"
    answer = client.post(path, data={"csrf_token": token_of(client), "back": "/verify", **wish})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/verify")


def look(client: Browser) -> tuple[bool, str]:
    """Whether the page is in large type, and its language."""
    opening = client.get("/verify").text.partition("<html")[2].partition(">")[0]
    return "data-elder" in opening, "en" if 'lang="en"' in opening else "zh"


def new(app: Flask) -> Browser:
    """Another device."""
    browser = app.test_client()
    assert isinstance(browser, Browser)
    return browser


def test_a_visitors_wishes_are_kept_by_her_browser(app: Flask, client: Browser) -> None:
    assert look(client) == (False, "zh")
    switch(client, elder="1")
    switch(client, language="en")
    assert look(client) == (True, "en")
    assert look(new(app)) == (False, "zh")
    switch(client, elder="0")
    switch(client, language="zh")
    assert look(client) == (False, "zh")


def test_a_persons_wishes_follow_her_to_another_phone(app: Flask, client: Browser, cast: Cast) -> None:
    client.enter(cast.ref(1))
    switch(client, elder="1")
    switch(client, language="en")
    assert look(new(app).enter(cast.ref(1))) == (True, "en")
    assert look(new(app).enter(cast.ref(2))) == (False, "zh")


def test_the_account_has_the_last_word(client: Browser, cast: Cast) -> None:
    client.set_cookie("elder", "1")
    assert look(client) == (True, "zh")
    assert look(client.enter(cast.ref(1)))[0] is False


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("en-GB,en;q=0.9", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("fr", "zh"),
        ("", "zh"),
        ("zh-TW", "zh"),
        ("*", "zh"),
        ("x" * 9000, "zh"),
    ],
)
def test_a_new_visitor_gets_the_language_of_her_browser(client: Browser, accepted: str, language: str) -> None:
    answer = client.get("/verify", headers={"Accept-Language": accepted})
    assert ('<html lang="en"' in answer.text) == (language == "en")


@pytest.mark.parametrize("value", ["xx", "../../etc/passwd", "zh_Hans_CN", "\x00", "en; drop", "一"])
def test_a_made_up_language_is_chinese(client: Browser, value: str) -> None:
    client.set_cookie("language", value)
    assert look(client)[1] == "zh"
    switch(client, language=value)
    assert look(client)[1] == "zh"


def test_the_cookies_are_out_of_reach_of_scripts_and_other_sites(client: Browser) -> None:
    answer = client.post("/elder", data={"csrf_token": token_of(client), "elder": "1"})
    (cookie,) = [line for line in answer.headers.getlist("Set-Cookie") if line.startswith("elder=")]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
