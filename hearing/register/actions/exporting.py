"""Exporting 导出: the register leaves the system, and the trail knows who took it and what for."""

from __future__ import annotations

import hashlib

from hearing.people.rules import COMMITTEE
from hearing.people.viewer import Viewer
from hearing.places.models import Estate
from hearing.register.facts import RegisterExported
from hearing.register.rules import tidy_note


def export(by: Viewer, estate: Estate, purpose: str, file: bytes, units: int) -> RegisterExported:
    """Register that somebody of the office takes this file of so many units out of the system."""
    home = estate.neighbourhood
    return RegisterExported(
        actor=by.acting_as(*sorted(COMMITTEE), neighbourhood_id=home.id),
        scope=home.slug,
        subject=f"estate/{estate.id}",
        matter=f"estate/{estate.id}",
        sha256=hashlib.sha256(file).hexdigest(),
        units=units,
        estate=estate.name,
        purpose=tidy_note(purpose),
    )
