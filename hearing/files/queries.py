"""Who may open a file: the package that attaches a kind says so; otherwise the committee and whoever sent it."""

from __future__ import annotations

from collections.abc import Callable

from hearing.db import db
from hearing.files.models import Evidence, EvidenceErasure
from hearing.people.rules import COMMITTEE
from hearing.people.viewer import Anyone, Viewer

may_see: dict[str, Callable[[Anyone, Evidence], bool]] = {}
"""By kind: whether somebody, signed in or not, may open the file. Filled by the packages that attach files."""


def committee_or_uploader(viewer: Anyone, evidence: Evidence) -> bool:
    """The committee of that neighbourhood, and the person who attached the file."""
    if viewer.holds(*COMMITTEE, neighbourhood_id=evidence.neighbourhood_id):
        return True
    return isinstance(viewer, Viewer) and viewer.id == evidence.uploaded_by


def evidence(viewer: Anyone, evidence_id: int) -> Evidence | None:
    """The file's row, or None when there is none that this person may open."""
    found = db.session.get(Evidence, evidence_id)
    if found is None or not may_see.get(found.kind, committee_or_uploader)(viewer, found):
        return None
    return found


def is_erased(found: Evidence) -> bool:
    """Whether the file's bytes were erased."""
    return db.session.get(EvidenceErasure, found.id) is not None
