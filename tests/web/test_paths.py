"""Where a person may be sent on to: a corpus of addresses that other sites were tricked with."""

import pytest

from hearing.web.paths import LONGEST, own_path
from tests.browser import Browser

FOREIGN = [
    "",
    "evil.example",
    "http://evil.example",
    "https://evil.example/x",
    "HTTPS://evil.example",
    "//evil.example",
    "///evil.example",
    "////evil.example/%2e%2e",
    "/\\evil.example",
    "\\/evil.example",
    "\\\\evil.example",
    "/\\/evil.example",
    "/me\\..\\evil",
    "/\t/evil.example",
    "\t//evil.example",
    "/\n/evil.example",
    "/\r\nLocation: https://evil.example",
    "\r\n//evil.example",
    "/\x00/evil.example",
    "/\x0b/evil.example",
    "/\x7f/evil.example",
    "/\u2028/evil.example",
    "/\u200b/evil.example",
    "/\ud800",
    " //evil.example",
    " /me",
    "http:/evil.example",
    "http:///evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "mailto:x@evil.example",
    "tel:110",
    "@evil.example",
    "?back=//evil.example",
    "#//evil.example",
    "me",
    "../me",
    "/" + "a" * LONGEST,
]

OWN = ["/", "/me", "/consents/7", "/desk/people?page=2", "/cases/3#plan", "/消息", "/a//b", "/a b", "/me?next=//x"]


def test_the_corpus_is_as_large_as_promised() -> None:
    assert len(set(FOREIGN)) == 40


@pytest.mark.parametrize("path", FOREIGN)
def test_nobody_is_sent_to_another_site(path: str) -> None:
    assert own_path(path) == "/"
    assert own_path(path, "/desk") == "/desk"


@pytest.mark.parametrize("path", OWN)
def test_own_pages_are_kept(path: str) -> None:
    assert own_path(path) == path


def test_no_path_at_all_goes_home() -> None:
    assert own_path(None) == "/"


@pytest.mark.parametrize("path", ["//evil.example", "/\\evil.example", "https://evil.example"])
def test_a_switch_goes_home_instead(client: Browser, path: str) -> None:
    form = client.found("/sign-in", field="phone")
    answer = client.post("/elder", data={"csrf_token": form.fields["csrf_token"][0], "elder": "1", "back": path})
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/"
