"""Attaching 存附件: a plain function that other packages' actions use; their fact names the file's hash."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Table, insert

from hearing.clock import now
from hearing.db import connected, db
from hearing.files import storage
from hearing.files.models import Evidence
from hearing.people.viewer import Viewer

_EVIDENCE = cast(Table, Evidence.__table__)
_ADD = insert(_EVIDENCE).returning(_EVIDENCE.c.id)


@dataclass(frozen=True)
class Put:
    """A file that was attached: the number of its row, and its hash."""

    id: int
    sha256: str


def put(
    by: Viewer, data: bytes, media_type: str, kind: str, matter: str, neighbourhood_id: int, moment: datetime
) -> Put:
    """What `store` does, at a moment that the caller knows and without an object of the row: for acts in a crowd."""
    sha256 = storage.write(data)
    row = {
        "neighbourhood_id": neighbourhood_id,
        "matter": matter,
        "kind": kind,
        "sha256": sha256,
        "media_type": media_type,
        "size": len(data),
        "uploaded_by": by.id,
        "uploaded_at": moment,
    }
    return Put(connected().execute(_ADD, row).scalar_one(), sha256)


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
