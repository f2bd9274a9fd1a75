"""Paper 纸: what the head and foot of a printed page say here and now, and the answer that carries a PDF."""

from __future__ import annotations

from flask import Response, abort
from flask_babel import lazy_gettext as _l

from hearing.audit import queries as trail
from hearing.audit.routes import head_code, looked, paper_witness
from hearing.db import db
from hearing.places.models import Neighbourhood
from hearing.printing import sheets
from hearing.web.errors import Words, error_page

NOT_PUBLISHED = Words(_l("存证正在公布"), _l("纸上要印今天的存证码。请过几秒钟再打印。"))


def frame(place: Neighbourhood, address: str) -> sheets.Frame:
    """The frame of a page that is printed now, with the day's head code; its QR code leads to `address`.

    Ends the request with a 503 page before the first head of the trail has been signed.
    """
    head = looked().head
    last = trail.entry(db.session, head.checkpoint.size - 1) if head else None
    if head is None or last is None:
        answer = error_page(503, NOT_PUBLISHED)
        answer.headers["Retry-After"] = "5"
        abort(answer)
    return sheets.Frame(
        subdistrict=place.sector.subdistrict.name,
        neighbourhood=place.name,
        office=place.committee,
        phone=place.phone,
        head_code=head_code(head.checkpoint),
        head_at=last.at,
        verify_url=address,
        checkpoint=paper_witness(head),
    )


def pdf(data: bytes, name: str) -> Response:
    """A PDF that opens in the browser and is saved under a name."""
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"'}
    return Response(data, content_type="application/pdf", headers=headers)
