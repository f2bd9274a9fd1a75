"""Drafts: what somebody typed and has not sent."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from hearing.db import db
from hearing.people.viewer import Viewer
from hearing.proposals.models import (
    Draft,
    DraftPhoto,
)


def drafts(viewer: Viewer, form: str) -> dict[str, str]:
    """What the viewer typed of a form, as JSON by step."""
    query = select(Draft).where(Draft.account_id == viewer.id, Draft.form == form)
    return {draft.step: draft.content for draft in db.session.scalars(query)}


def draft_photos(viewer: Viewer, form: str) -> Sequence[DraftPhoto]:
    """The photos waiting in a draft."""
    query = select(DraftPhoto).where(DraftPhoto.account_id == viewer.id, DraftPhoto.form == form)
    return db.session.scalars(query.order_by(DraftPhoto.id)).all()


def draft_photo(viewer: Viewer, photo_id: int) -> DraftPhoto | None:
    """One photo of the viewer's own drafts."""
    found = db.session.get(DraftPhoto, photo_id)
    return found if found is not None and found.account_id == viewer.id else None
