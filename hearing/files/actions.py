"""Attaching 存附件: a plain function that other packages' actions use; their fact names the file's hash."""

from __future__ import annotations

from hearing.clock import now
from hearing.db import db
from hearing.files import storage
from hearing.files.models import Evidence
from hearing.people.viewer import Viewer


def store(by: Viewer, data: bytes, media_type: str, kind: str, matter: str, neighbourhood_id: int) -> Evidence:
    """Keep the bytes, which `web.pictures` has made safe, and write the row that says who attached them to what."""
    evidence = Evidence(
        neighbourhood_id=neighbourhood_id,
        matter=matter,
        kind=kind,
        sha256=storage.write(data),
        media_type=media_type,
        size=len(data),
        uploaded_by=by.id,
        uploaded_at=now(),
    )
    db.session.add(evidence)
    db.session.flush()
    return evidence
