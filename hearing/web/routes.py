"""The pages of the building itself: large type, language, health."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, redirect, request
from flask.sansio.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import text

from hearing.db import db
from hearing.web.guards import open_to_all
from hearing.web.paths import own_path

bp = Blueprint("web", __name__)

YEAR = 365 * 24 * 3600


@bp.post("/elder")
@open_to_all
def elder() -> ResponseReturnValue:
    """Switch large type on or off: kept in a cookie, and in the account of whoever has signed in."""
    wanted = request.form.get("elder") == "1"
    if _has_account():
        current_user.prefer(elder=wanted)
    response = redirect(own_path(request.form.get("back")), 303)
    response.set_cookie("elder", "1" if wanted else "0", max_age=YEAR, samesite="Lax", httponly=True)
    return response


@bp.post("/language")
@open_to_all
def language() -> ResponseReturnValue:
    """Switch between Chinese and English."""
    wanted = "en" if request.form.get("language") == "en" else "zh"
    if _has_account():
        current_user.prefer(language=wanted)
    response = redirect(own_path(request.form.get("back")), 303)
    response.set_cookie("language", wanted, max_age=YEAR, samesite="Lax", httponly=True)
    return response


def _has_account() -> bool:
    """Whether these wishes change an account, which only a form with a token of its own may.

    A visitor's change nothing but her own cookie: her pages need no session, and are the same for all visitors.
    """
    if not current_user.is_authenticated:
        return False
    current_app.extensions["csrf"].protect()
    return True


@bp.record_once
def _without_session(state: BlueprintSetupState) -> None:
    for view in (elder, language):
        state.app.extensions["csrf"].exempt(view)


@bp.get("/healthz")
@open_to_all
def healthz() -> Response:
    """Whether this process answers."""
    return Response("ok\n", content_type="text/plain; charset=utf-8")


@bp.get("/readyz")
@open_to_all
def readyz() -> Response:
    """Whether this process reaches its database."""
    db.session.execute(text("SELECT 1"))
    return Response("ready\n", content_type="text/plain; charset=utf-8")
