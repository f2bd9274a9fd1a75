"""People's blueprint, to which every file of this folder adds its pages."""

from __future__ import annotations

from flask import Blueprint, session

from hearing.audit.routes import leads_to

bp = Blueprint("people", __name__)

_ARRIVAL = "arrival"


def arrival_token() -> str | None:
    """The token of the arrival that is under way in this browser."""
    return session.get(_ARRIVAL)


def remember_arrival(token: str) -> None:
    """Let this browser's cookie hold the arrival's token: all that it knows of phone and household."""
    session[_ARRIVAL] = token


def forget_arrival() -> None:
    """Drop the token."""
    session.pop(_ARRIVAL, None)


leads_to("membership", lambda _number: "/me")
leads_to("seat", lambda _number: "/desk/people")
leads_to("letters", lambda _number: "/desk/letters")
