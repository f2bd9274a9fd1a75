"""Numbers: what may stand in an address for the number of a row; a larger one than a database holds names nothing."""

from __future__ import annotations

from typing import Any

from flask import Flask, request
from werkzeug.routing import IntegerConverter

LARGEST = 2**31 - 1


class RowNumber(IntegerConverter):
    """`<int:…>` up to the largest number that an integer column takes; beyond it the address does not exist."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max", LARGEST)
        super().__init__(*args, **kwargs)


def init_app(app: Flask) -> None:
    """Let every `<int:…>` in an address be a row's number."""
    app.url_map.converters["int"] = RowNumber


def asked_number(name: str) -> int:
    """The number that a query asks for, as in ?page=2: from 0 to LARGEST, and 0 for what is none."""
    return max(0, min(request.args.get(name, default=0, type=int), LARGEST))
