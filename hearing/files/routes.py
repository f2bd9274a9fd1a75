"""Opening a file: checked against its hash, never run by a browser, kept by no cache."""

from __future__ import annotations

import structlog
from flask import Blueprint, Response, abort
from flask_babel import lazy_gettext as _l

from hearing.files import queries, storage
from hearing.people.viewer import anyone
from hearing.web.errors import Words, error_page
from hearing.web.guards import NeedsSignIn, open_to_all

bp = Blueprint("files", __name__)

log = structlog.get_logger()

ALTERED = Words(
    _l("这个附件和记录对不上"),
    _l("文件在服务器上被改动或丢失了，所以不再显示。存证里留有它原来的指纹，请打电话给居委会核对。"),
)
ERASED = Words(
    _l("这个附件已删除"),
    _l("保存期限到了，或者按本人要求删除了。存证里还留着它的指纹和登记的时间，证明当时有过这份附件。"),
)
_ENDINGS = {
    "image/webp": "webp",
    "image/png": "png",
    "application/pdf": "pdf",
    "audio/mp4": "m4a",
    "audio/ogg": "ogg",
    "audio/webm": "weba",
    "audio/mpeg": "mp3",
    "audio/wav": "wav",
    "audio/amr": "amr",
}


@bp.get("/files/<int:evidence_id>")
@open_to_all
def evidence(evidence_id: int) -> Response:
    """One file. Whoever may not see it is told nothing of it: visitors to sign in, others that it does not exist."""
    found = queries.evidence(anyone(), evidence_id)
    if found is None:
        if not anyone().is_authenticated:
            raise NeedsSignIn
        abort(404)
    if queries.is_erased(found):
        return error_page(410, ERASED)
    try:
        data = storage.read(found.sha256)
    except storage.Altered:
        log.error("evidence altered", evidence=found.id, sha256=found.sha256)
        return error_page(500, ALTERED)
    ending = _ENDINGS.get(found.media_type)
    shown = "inline" if ending in {"webp", "png"} else "attachment"
    return Response(
        data,
        content_type=found.media_type if ending else "application/octet-stream",
        headers={
            "Content-Disposition": f'{shown}; filename="{found.kind}-{found.id}.{ending or "bin"}"',
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": "no-store",
        },
    )
