"""Transactions: a request that only asks cannot write, one that changes something reads what it will change."""

from __future__ import annotations

from flask import Flask, request

from hearing.db import db, read_only
from hearing.web.guards import is_only_act


def init_app(app: Flask) -> None:
    """Decide at the start of each request which kind of transaction its first statement opens."""

    @app.before_request
    def choose() -> None:
        asks = request.method in {"GET", "HEAD", "OPTIONS"}
        # On SQLite whoever may write makes everybody wait: an act that reads under its own lock all that decides begins
        # there, by `ledger.then_write`, and not while its form is read.
        read_only(asks or (is_only_act() and db.engine.dialect.name == "sqlite"))

    @app.teardown_request
    def back(_error: BaseException | None) -> None:
        read_only(False)
