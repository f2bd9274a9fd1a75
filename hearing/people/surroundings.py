"""Surroundings: what every page knows of the reader and of the neighbourhood it speaks for."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from flask import Flask, g
from sqlalchemy import select

from hearing import clock
from hearing.config import Mode, Settings
from hearing.db import db
from hearing.people.viewer import anyone
from hearing.places.models import Neighbourhood
from hearing.web import keys


def init_app(app: Flask, settings: Settings) -> None:
    """Give templates `viewer`, `place_name`, `help_phone`, `demo` and `once_key(url)`."""

    @app.context_processor
    def surroundings() -> dict[str, Any]:
        place = here()
        return {
            "viewer": anyone(),
            "place": place,
            "place_name": place.name if place else "",
            "help_phone": place.phone if place else settings.help_phone,
            "demo": settings.mode is Mode.DEMO,
        }

    app.jinja_env.globals["once_key"] = keys.issue


def speak_for(neighbourhood: Neighbourhood) -> None:
    """Let this answer carry the neighbourhood's name and telephone."""
    g.neighbourhood = neighbourhood


def moment() -> datetime:
    """When this request was read, by the database's clock: for pages that tell how long something has waited.

    A deadline that decides is never tested against it.
    """
    if "moment" not in g:
        g.moment = clock.now()
    return cast(datetime, g.moment)


def here() -> Neighbourhood | None:
    """The neighbourhood of this page: the one it speaks for, otherwise the reader's, otherwise the only one."""
    if "neighbourhood" not in g:
        g.neighbourhood = _of_reader()
    return g.neighbourhood  # type: ignore[no-any-return]


def _of_reader() -> Neighbourhood | None:
    ids = sorted(anyone().neighbourhood_ids)
    if ids:
        return db.session.get(Neighbourhood, ids[0])
    few = db.session.scalars(select(Neighbourhood).order_by(Neighbourhood.id).limit(2)).all()
    return few[0] if len(few) == 1 else None
