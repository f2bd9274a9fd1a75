"""Sending once: a form sent again shows its first receipt; a forged key is refused; a failure leaves nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from hearing.web import keys
from tests.architecture.test_access import token_of
from tests.browser import Browser
from tests.cast import Cast
from tests.statements import hearing_every_statement
from tests.web import wishes
from tests.web.wishes import PATH, state


@pytest.fixture
def client(app: Flask, cast: Cast) -> Browser:
    """A household's browser."""
    wishes.add_to(app)
    browser = app.test_client()
    assert isinstance(browser, Browser)
    return browser.enter(cast.ref(1))


def filled(client: Browser, what: str = "一盏灯") -> dict[str, Any]:
    """The form as it would be sent."""
    return {**{name: values[0] for name, values in client.found(PATH).fields.items()}, "what": what}


def test_a_form_is_carried_out_and_shows_a_receipt(app: Flask, client: Browser) -> None:
    answer = client.post(PATH, data=filled(client), follow_redirects=True)
    assert answer.request.path == "/receipts/0"
    assert "您许的愿：一盏灯" in answer.text
    assert state(app).entries == 1
    assert "一盏灯" in state(app).names


def test_the_same_form_again_shows_the_first_receipt(app: Flask, client: Browser) -> None:
    form = filled(client)
    first = client.post(PATH, data=form)
    before = state(app)
    for _ in range(3):
        again = client.post(PATH, data=form)
        assert (again.status_code, again.headers["Location"]) == (303, first.headers["Location"])
    assert state(app) == before


def test_a_new_page_makes_a_new_act(app: Flask, client: Browser) -> None:
    client.post(PATH, data=filled(client))
    client.post(PATH, data=filled(client))
    assert state(app).entries == 2


def test_changed_words_under_a_used_key_are_not_taken_and_not_swallowed(app: Flask, client: Browser) -> None:
    form = filled(client)
    client.post(PATH, data=form)
    before = state(app)
    answer = client.post(PATH, data={**form, "what": "两盏灯"})
    assert answer.status_code == 409
    assert "这张表已经提交过了" in answer.text
    assert 'href="/receipts/0"' in answer.text
    assert state(app) == before


@pytest.mark.parametrize(
    "key", ["", "x", "x.y", ".", "a" * 10_000, "١٢٣.٤", "\x00", "é" * 30, "null", "[object Object]"]
)
def test_a_forged_key_is_refused(app: Flask, client: Browser, key: str) -> None:
    before = state(app)
    assert client.post(PATH, data={**filled(client), "once": key}).status_code == 400
    assert state(app) == before


def test_a_key_belongs_to_its_page(app: Flask, client: Browser) -> None:
    before = state(app)
    with app.test_request_context("/elsewhere"):
        foreign = keys.issue()
    assert client.post(PATH, data={**filled(client), "once": foreign}).status_code == 400
    assert state(app) == before


def test_a_form_without_a_key_changes_nothing(app: Flask, client: Browser) -> None:
    before = state(app)
    form = filled(client)
    del form["once"]
    assert client.post(PATH, data=form).status_code == 400
    assert state(app) == before


def test_two_keys_in_one_form_are_no_way_round(app: Flask, client: Browser) -> None:
    form = filled(client)
    client.post(PATH, data=form)
    before = state(app)
    answer = client.post(PATH, data={**form, "once": [form["once"], "x.y"]})
    assert answer.status_code in {303, 400, 409}
    assert state(app) == before


def test_a_refused_form_can_be_put_right_and_sent_with_its_key(app: Flask, client: Browser) -> None:
    form = filled(client, "月亮")
    before = state(app)
    refused = client.post(PATH, data=form)
    assert refused.status_code == 422
    assert "这个愿望太大了" in refused.text
    assert 'value="月亮"' in refused.text, "what was typed stays"
    assert f'value="{form["once"]}"' in refused.text, "and so does the key"
    assert state(app) == before
    assert client.post(PATH, data={**form, "what": "一盏灯"}).status_code == 303
    assert state(app).entries == before.entries + 1


def test_somebody_elses_receipt_stays_hers(app: Flask, client: Browser, cast: Cast) -> None:
    form = filled(client)
    client.post(PATH, data=form)
    other = app.test_client()
    assert isinstance(other, Browser)
    own = filled(other.enter(cast.ref(2)))
    before = state(app)
    answer = other.post(PATH, data={**own, "once": form["once"], "what": form["what"]}, follow_redirects=True)
    assert answer.status_code == 404
    assert "一盏灯" not in answer.text
    assert state(app) == before


def test_a_form_does_not_outlive_its_session(app: Flask, client: Browser) -> None:
    form = filled(client)
    assert client.post("/sign-out", data={"csrf_token": token_of(client)}).status_code == 303
    before = state(app)
    answer = client.post(PATH, data=form)
    assert answer.status_code in {400, 401}
    assert "一盏灯" in answer.text, "what was typed can be copied"
    assert state(app) == before


def test_a_form_sent_many_times_at_once_is_carried_out_once(app: Flask, client: Browser) -> None:
    form, cookie = filled(client), client.get_cookie("hearing")
    assert cookie
    barrier, seen = threading.Barrier(12), []

    def send() -> None:
        phone = app.test_client()
        phone.set_cookie("hearing", cookie.value)
        barrier.wait()
        answer = phone.post(PATH, data=form)
        seen.append((answer.status_code, answer.headers.get("Location")))

    threads = [threading.Thread(target=send) for _ in range(barrier.parties)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(seen) == {(303, "/receipts/0")}
    assert state(app).entries == 1


@contextmanager
def failing(app: Flask, number: int) -> Iterator[list[str]]:
    """Let the database fail at the statement with this number, as if the disk were gone; yields what it was asked."""
    asked: list[str] = []

    def fail(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)
        if len(asked) == number:
            raise OperationalError(statement, {}, Exception("disk I/O error"))

    with hearing_every_statement(app, fail):
        yield asked


def test_a_failure_at_any_statement_leaves_all_or_nothing(app: Flask, client: Browser) -> None:
    """The n-th statement fails, for n = 1, 2, 3 … until none is left; the next try works, with the same key."""
    for number in range(1, 100):
        form, before = filled(client, f"愿望{number}"), state(app)
        with failing(app, number) as asked:
            answer = client.post(PATH, data=form)
        if len(asked) < number:
            assert answer.status_code == 303
            break
        assert answer.status_code in {500, 503}, f"statement {number}: {answer.status_code}: {asked[-1]}"
        assert f"愿望{number}" in answer.text, f"statement {number}: what was typed is lost: {asked[-1]}"
        assert state(app) == before, f"statement {number}: {asked[-1]}"
        again = client.post(PATH, data=form)
        assert again.status_code == 303, f"statement {number}: the next try answers {again.status_code}"
        assert state(app).entries == before.entries + 1
    else:
        pytest.fail("the form never went through")
    assert number > 5


def test_an_answer_that_never_arrived_is_asked_for_again(app: Flask, client: Browser) -> None:
    """The act is committed, the phone loses its network, the person presses again."""
    form = filled(client)

    def lost(_response: object) -> None:
        raise ConnectionResetError

    cut: list[Callable[..., Any]] = app.after_request_funcs.setdefault(None, [])
    cut.append(lost)
    first = client.post(PATH, data=form)
    cut.remove(lost)
    assert first.status_code == 500
    assert state(app).entries == 1
    assert client.post(PATH, data=form).headers["Location"] == "/receipts/0"
    assert state(app).entries == 1
