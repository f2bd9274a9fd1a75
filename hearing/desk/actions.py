"""Exporting 导出: part of the trail leaves the system, and the trail itself says who took it and what for."""

from __future__ import annotations

import hashlib

from hearing.desk.facts import TrailExported
from hearing.desk.rules import TRAIL_READERS
from hearing.people.viewer import Viewer
from hearing.places.models import Neighbourhood


def export_trail(
    by: Viewer, place: Neighbourhood, *, purpose: str, wanted: str, file: bytes, entries: int
) -> TrailExported:
    """Register that somebody takes this file of so many entries. Raises PermissionError without the seat there."""
    return TrailExported(
        actor=by.acting_as(*sorted(TRAIL_READERS), neighbourhood_id=place.id),
        scope=place.slug,
        subject=f"neighbourhood/{place.id}",
        matter=f"neighbourhood/{place.id}",
        entries=entries,
        sha256=hashlib.sha256(file).hexdigest(),
        purpose=purpose,
        wanted=wanted,
    )
