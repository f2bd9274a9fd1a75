"""Error pages: in the reader's language, with what happened, what to do, a number to call, and what was typed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask, abort, request
from flask_babel import force_locale
from sqlalchemy.exc import OperationalError

from hearing.db import Busy
from hearing.refusal import Refused
from hearing.web import limits
from hearing.web.errors import WORDS
from hearing.web.guards import open_to_all, signed_in
from hearing.web.i18n import LOCALES
from tests.architecture.test_access import token_of
from tests.browser import Browser
from tests.cast import Cast
from tests.statements import hearing_every_statement
from tests.web.wishes import Refusal

HELP = "021-6322 0000"
"""The number of an installation that has more than one neighbourhood."""


def throttled() -> str:
    for _ in range(4):
        limits.count("test knock", 3, timedelta(minutes=5))
    return "never"


def refused() -> str:
    raise Refused(Refusal.TOO_MUCH_WISHED)


def busy() -> str:
    raise Busy


def broken() -> str:
    raise ZeroDivisionError


def mine() -> str:
    return "mine"


CASES: dict[int, Callable[[], str]] = {
    400: lambda: abort(400),
    403: lambda: abort(403),
    404: lambda: abort(404),
    409: lambda: abort(409),
    415: lambda: abort(415),
    429: throttled,
    500: broken,
    503: busy,
}


def read_form() -> str:
    return str(len(request.form))


@pytest.fixture(autouse=True)
def _cases(app: Flask) -> None:
    for status, view in CASES.items():
        app.add_url_rule(f"/case/{status}", f"case{status}", open_to_all(view), methods=["GET", "POST"])
    app.add_url_rule("/case/refused", "refused", open_to_all(refused), methods=["POST"])
    app.add_url_rule("/case/mine", "mine", signed_in(mine), methods=["GET", "POST"])
    app.add_url_rule("/case/read", "read", open_to_all(read_form), methods=["POST"])


def title(app: Flask, status: int, language: str) -> str:
    """The heading of that error in that language."""
    with app.test_request_context(), force_locale(LOCALES[language]):
        return str(WORDS[status].title)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("status", CASES)
def test_an_error_is_a_page_in_plain_words(app: Flask, client: Browser, status: int, language: str) -> None:
    client.set_cookie("language", language)
    answer = client.post(f"/case/{status}", data={"csrf_token": token_of(client)})
    assert answer.status_code == status
    assert f'<html lang="{"zh-CN" if language == "zh" else "en"}"' in answer.text
    assert f"<h1>{title(app, status, language)}</h1>" in answer.text
    assert HELP in answer.text
    assert "Traceback" not in answer.text
    assert "ZeroDivisionError" not in answer.text


def test_a_signed_in_person_gets_her_own_office_to_call(client: Browser, cast: Cast) -> None:
    client.enter(cast.ref(1))
    assert "021-6322 0426" in client.get("/case/404").text
    assert "021-6322 0426" in client.get("/case/500").text


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE"])
def test_other_verbs_are_answered_with_a_page(client: Browser, method: str) -> None:
    answer = client.open("/", method=method)
    assert answer.status_code in {400, 405}
    assert HELP in answer.text


def test_a_get_of_an_address_that_only_takes_forms(app: Flask, client: Browser) -> None:
    answer = client.get("/elder")
    assert answer.status_code == 405
    assert f"<h1>{title(app, 405, 'zh')}</h1>" in answer.text


def test_too_large_a_body_is_refused_before_it_is_read(app: Flask, client: Browser) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 20_000
    token = token_of(client)
    answer = client.post("/case/read", data={"csrf_token": token, "what": "字" * 20_000})
    assert answer.status_code == 413
    assert f"<h1>{title(app, 413, 'zh')}</h1>" in answer.text
    assert HELP in answer.text


def test_too_many_parts_are_refused(client: Browser) -> None:
    token = token_of(client)
    data = {"csrf_token": token, **{f"part{number}": "x" for number in range(600)}}
    answer = client.post("/case/read", data=data, content_type="multipart/form-data")
    assert answer.status_code == 413


def test_a_limit_says_when_to_come_back(client: Browser) -> None:
    answer = client.post("/case/429", data={"csrf_token": token_of(client)})
    assert 1 <= int(answer.headers["Retry-After"]) <= 300
    assert "请过 5 分钟再试" in answer.text


def test_a_busy_database_says_when_to_come_back(client: Browser) -> None:
    assert client.get("/case/503").headers["Retry-After"] == "30"


def test_a_refusal_nobody_caught_still_says_its_sentence(client: Browser) -> None:
    answer = client.post("/case/refused", data={"csrf_token": token_of(client), "why": "我想要一个月亮"})
    assert answer.status_code == 409
    assert "这个愿望太大了。请换一个小的。" in answer.text
    assert "我想要一个月亮" in answer.text


TYPED = {
    "why": "门口的台阶太高，轮椅上不去",
    "more": "第二段\n还有一行",
    "password": "correct horse",
    "code": "246810",
    "token": "secret-token",
}


@pytest.mark.parametrize("path", ["/case/mine", "/case/500", "/case/503", "/case/refused"])
def test_what_was_typed_comes_back_and_secrets_do_not(client: Browser, path: str) -> None:
    answer = client.post(path, data={"csrf_token": token_of(client), **TYPED})
    assert_kept(answer.text)


def test_what_was_typed_into_a_stale_page_comes_back(client: Browser) -> None:
    answer = client.post("/case/mine", data=TYPED)
    assert answer.status_code == 400
    assert "这一页放得太久了" in answer.text
    assert_kept(answer.text)


def assert_kept(html: str) -> None:
    assert "门口的台阶太高，轮椅上不去" in html
    assert "还有一行" in html
    for secret in ("correct horse", "246810", "secret-token"):
        assert secret not in html


def test_what_was_typed_is_text_and_never_markup(client: Browser) -> None:
    answer = client.post("/case/mine", data={"why": "<script>alert(1)</script>"})
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in answer.text


def test_who_must_sign_in_first_comes_back_afterwards(client: Browser) -> None:
    answer = client.get("/case/mine")
    assert answer.status_code == 401
    assert "/sign-in?back=/case/mine" in answer.text


def test_a_page_of_others_is_not_told_from_one_that_is_not_there(client: Browser, cast: Cast) -> None:
    client.enter(cast.ref(1))
    assert client.get("/receipts/0").data == client.get("/receipts/99").data


def test_an_error_inside_a_fragment_is_shown_as_a_page(client: Browser) -> None:
    answer = client.get("/case/500", headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert answer.headers["HX-Retarget"] == "body"
    assert "<h1>" in answer.text


def test_a_database_that_is_gone_still_leaves_a_page_with_a_number(app: Flask, client: Browser) -> None:
    def gone(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        raise OperationalError(statement, {}, Exception("server closed the connection unexpectedly"))

    with hearing_every_statement(app, gone):
        answer = client.get("/")
    assert answer.status_code in {500, 503}
    assert HELP in answer.text
    assert "<h1>" in answer.text
