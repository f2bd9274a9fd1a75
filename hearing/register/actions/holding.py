"""Holding 占住: one change of a neighbourhood's register after the other."""

from __future__ import annotations

from sqlalchemy import select

from hearing.db import db
from hearing.places.models import Neighbourhood


def hold(neighbourhood_id: int) -> None:
    """Let nobody else change this neighbourhood's register until the act is done.

    Persons are known across the whole neighbourhood, so one estate's row would not be enough to lock.
    """
    db.session.execute(select(Neighbourhood.id).where(Neighbourhood.id == neighbourhood_id).with_for_update())
