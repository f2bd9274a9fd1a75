"""Guards: who may open a page. A view without a guard does not exist."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import Flask, abort, current_app, g, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

P = ParamSpec("P")
View = Callable[P, ResponseReturnValue]
V = TypeVar("V", bound=Callable[..., Any])

ACCESS = "__access__"
ONLY_ACTS = "__only_acts__"


class NeedsSignIn(Exception):
    """The page is for people who have signed in."""


class NeedsSecondFactor(Exception):
    """The page is for staff who have shown their second factor."""


def open_to_all(view: V) -> V:
    """Anybody may open the page."""
    setattr(view, ACCESS, ("all",))
    return view


def only_acts(view: V) -> V:
    """The view's POST carries out one act, which reads all that decides under its own lock, after `then_write`.

    It asks nothing of where its reader lives or sits.
    """
    setattr(view, ONLY_ACTS, True)
    return view


def is_only_act() -> bool:
    """Whether this request carries out such an act: less of its reader is read then, and nobody waits meanwhile."""
    found = g.get("is_only_act")
    if found is None:
        view = current_app.view_functions.get(request.endpoint or "")
        found = g.is_only_act = request.method == "POST" and hasattr(view, ONLY_ACTS)
    return bool(found)


def signed_in(view: View[P]) -> View[P]:
    """Whoever has signed in may open the page."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if not current_user.is_authenticated:
            raise NeedsSignIn
        return view(*args, **kwargs)

    setattr(guarded, ACCESS, ("signed_in",))
    return guarded


def signed_in_as(*roles: StrEnum) -> Callable[[View[P]], View[P]]:
    """Whoever holds one of the roles somewhere may open the page; where, the page's own queries decide."""

    def guard(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            if not current_user.is_authenticated:
                raise NeedsSignIn
            if not current_user.holds(*roles):
                if current_user.would_hold(*roles):
                    raise NeedsSecondFactor
                abort(403)
            return view(*args, **kwargs)

        setattr(guarded, ACCESS, tuple(role.value for role in roles))
        return guarded

    return guard


def may_open(endpoint: str) -> bool:
    """Whether the guard of a page lets the reader in: pages do not link to doors that are locked for her."""
    access = getattr(current_app.view_functions[endpoint], ACCESS, ())
    if "all" in access:
        return True
    return bool(current_user.is_authenticated and ("signed_in" in access or current_user.holds(*access)))


def init_app(app: Flask) -> None:
    """Refuse every view that has no guard, static files of Flask's own among them; let templates ask `may_open`."""
    app.jinja_env.globals["may_open"] = may_open

    @app.before_request
    def deny_by_default() -> None:
        view = current_app.view_functions.get(request.endpoint or "")
        if view is not None and not hasattr(view, ACCESS):
            abort(404)
