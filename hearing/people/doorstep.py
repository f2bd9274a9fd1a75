"""Doorstep 门口: what was answered within this minute is given once more before anything is set in motion.

Who asks again for a kept page (`kept.py`), as on the evening when all wait for a result, gets the answer as it went out
to her before: headers, compressed body, token and all. One statement decides whether it is still true: the trail has
not grown, the minute is not over, her sign-in stands. Request, session, guards, template and compression are spared.

Whose answer it is, is said by what her browser sends, byte for byte: two readers share one only where they send the
same, as visitors without any cookie do. An answer with a form's key is never kept, for a key is used once, and none
that opens a session, for a session is one browser's.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from flask import Flask
from sqlalchemy import Engine

from hearing.config import Mode, Settings
from hearing.db import reader
from hearing.glance import Unanswered
from hearing.people import kept
from hearing.web import logs
from hearing.web.sealing import digest

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

ASIDE = 700
"""Bytes that an answer takes beside its body and its headers."""
SAYS = (
    "wsgi.url_scheme",
    "HTTP_HOST",
    "SCRIPT_NAME",
    "PATH_INFO",
    "QUERY_STRING",
    "HTTP_COOKIE",
    "HTTP_ACCEPT_LANGUAGE",
    "HTTP_ACCEPT_ENCODING",
)
"""All of a question that decides on its answer, unless it says one of these:"""
ASKS_FOR_LESS = ("HTTP_HX_REQUEST", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE")


@dataclass(frozen=True)
class Answer:
    """A whole answer, and what it was true of."""

    basis: kept.Basis
    status: str
    headers: Sequence[tuple[str, str]]
    body: bytes

    @property
    def weight(self) -> int:
        """How many bytes it takes."""
        return len(self.body) + sum(len(name) + len(value) for name, value in self.headers) + ASIDE

    @property
    def brings_cookie(self) -> bool:
        """Whether it gives the browser a cookie."""
        return any(name == "Set-Cookie" for name, _ in self.headers)


class Doorstep:
    """Stands before the application and gives an answer once more, or has it made."""

    def __init__(self, app: Flask, engine: Engine, *, logged: bool) -> None:
        self._app, self._inner, self._engine, self._logged = app, app.wsgi_app, engine, logged

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request (PEP 3333)."""
        if environ["REQUEST_METHOD"] != "GET" or any(name in environ for name in ASKS_FOR_LESS):
            return self._inner(environ, start_response)
        began = time.perf_counter()
        key = digest(repr([environ.get(name) for name in SAYS]))  # So no line break makes two questions one.
        answer = self._answers.find(key)
        if answer is None or not self._is_true(answer):
            return self._made(key, environ, start_response)
        if self._logged and answer.basis.logged:
            logs.tell("GET", answer.basis.endpoint, 200, time.perf_counter() - began)
        start_response(answer.status, list(answer.headers))
        return (answer.body,)

    @property
    def _answers(self) -> kept.Shelf[str, Answer]:
        return cast(kept.Shelf[str, Answer], self._app.extensions["kept_answers"])

    def _is_true(self, answer: Answer) -> bool:
        """Whether the application would answer the same now."""
        try:
            return answer.basis.stands(self._engine, renews=answer.brings_cookie)
        except Unanswered:
            return False

    def _made(self, key: str, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Have the answer made, and keep it if it was offered."""
        said: list[Any] = []

        def hear(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            said[:] = status, headers
            return start_response(status, headers, *error)

        parts = self._inner(environ, hear)
        basis: kept.Basis | None = environ.get(kept.OFFERED)
        if basis is None:
            return parts
        try:
            body = b"".join(parts)
        finally:
            if close := getattr(parts, "close", None):
                close()
        status, headers = said
        answer = Answer(basis, status, tuple(headers), body)
        if status.startswith("200") and (basis.reader.sign_in or not answer.brings_cookie):
            self._answers.put(key, answer)
        return (body,)


def init_app(app: Flask, settings: Settings) -> None:
    """Let the doorstep stand before the application."""
    with app.app_context():
        engine = reader()
    logged = settings.mode is not Mode.TESTING
    app.wsgi_app = Doorstep(app, engine, logged=logged)  # type: ignore[method-assign]
