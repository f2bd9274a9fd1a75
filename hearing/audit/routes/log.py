"""The public log: files that anybody may fetch and keep, and the program that checks them."""

from __future__ import annotations

from pathlib import Path

from flask import Response, abort

from hearing.audit import verify
from hearing.audit.routes import listing
from hearing.audit.routes.blueprint import bp, publisher
from hearing.audit.tiles import Tile, TileError
from hearing.web.guards import open_to_all


@bp.get("/log/checkpoint")
@open_to_all
def checkpoint() -> Response:
    """The last signed head."""
    return _file("checkpoint", "text/plain; charset=utf-8", "public, max-age=2")


@bp.get("/log/vkey")
@open_to_all
def vkey() -> Response:
    """The key that checks the head. Whoever verifies takes it from a poster or a receipt, not from here."""
    return Response(f"{publisher().vkey}\n", content_type="text/plain; charset=utf-8")


@bp.get("/log/<path:path>")
@open_to_all
def tile(path: str) -> Response:
    """A tile or an entry bundle: bytes that never change; or the list of a folder of them."""
    if path.endswith("/"):
        return listing.folder(path)
    try:
        Tile.parse(path)
    except TileError:
        abort(404)
    return _file(path, "application/octet-stream", "public, max-age=31536000, immutable")


def _file(path: str, content_type: str, cache: str) -> Response:
    target = publisher().folder.absolute() / path
    if not target.is_file():
        abort(404)
    response = Response(target.read_bytes(), content_type=content_type)
    response.headers["Cache-Control"] = cache
    # Mirrors and browsers of other sites may read the log; there is nothing in it that is not public.
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@bp.get("/verify.py")
@open_to_all
def verifier() -> Response:
    """The verifier, one file that needs nothing of ours."""
    response = Response(Path(verify.__file__).read_bytes(), content_type="text/x-python; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="verify.py"'
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response
