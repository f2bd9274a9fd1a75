"""Transactions: a request that only asks cannot write, one that changes something reads what it will change."""

from __future__ import annotations

from flask import Flask, request

from hearing.db import read_only


def init_app(app: Flask) -> None:
    """Decide at the start of each request which kind of transaction its first statement opens."""

    @app.before_request
    def choose() -> None:
        read_only(request.method in {"GET", "HEAD", "OPTIONS"})

    @app.teardown_request
    def back(_error: BaseException | None) -> None:
        read_only(False)
