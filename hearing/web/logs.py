"""Logs: one JSON line a request, without names, numbers, addresses or what was typed."""

from __future__ import annotations

import secrets
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any, TypeVar

import structlog
from flask import Flask, Response, current_app, g, request

from hearing.config import Mode, Settings

V = TypeVar("V", bound=Callable[..., Any])

UNLOGGED = "__unlogged__"
_LOG = structlog.get_logger()


def init_app(app: Flask, settings: Settings) -> None:
    """Write structured lines to standard error; the testing mode stays silent."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )

    @app.before_request
    def begin() -> None:
        g.started = time.perf_counter()
        g.request_id = secrets.token_hex(6)
        structlog.contextvars.bind_contextvars(request=g.request_id)

    @app.after_request
    def end(response: Response) -> Response:
        if settings.mode is not Mode.TESTING and tells():
            spent = time.perf_counter() - g.get("started", time.perf_counter())
            tell(request.method, request.endpoint, response.status_code, spent)
        return response

    @app.teardown_request
    def forget(_error: BaseException | None) -> None:
        structlog.contextvars.unbind_contextvars("request")


def tell(method: str, endpoint: str | None, status: int, seconds: float) -> None:
    """Write the line of one answer."""
    _LOG.info("answered", method=method, endpoint=endpoint, status=status, ms=round(seconds * 1000, 1))


def unlogged(view: V) -> V:
    """No line tells that this page was asked for, or when: for ballots, whose hour is nobody's business.

    What goes wrong there is still told.
    """
    setattr(view, UNLOGGED, True)
    return view


def tells() -> bool:
    """Whether a line tells of this request's answer."""
    view = current_app.view_functions.get(request.endpoint or "")
    return request.endpoint != "assets.served" and not hasattr(view, UNLOGGED)


def where(error: BaseException) -> list[str]:
    """The calls that led to an error, outermost first. What it says is left out: it may be what somebody typed."""
    return [f"{call.filename}:{call.lineno} {call.name}" for call in traceback.extract_tb(error.__traceback__)]
