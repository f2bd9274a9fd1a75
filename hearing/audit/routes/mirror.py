"""What a mirror needs beside checkpoint and tiles: the policy, all in one file, and the heads under former names."""

from __future__ import annotations

import re

from flask import Response, abort, send_file

from hearing.audit import shelf
from hearing.audit.keyring import NoKey
from hearing.audit.routes.blueprint import bp, publisher, settings
from hearing.audit.routes.log import tile
from hearing.audit.signer_process import SignerAway
from hearing.web.guards import open_to_all

PLAIN = "text/plain; charset=utf-8"

_FORMER = re.compile(r"[0-9a-f]{64}")


@bp.get("/log/policy")
@open_to_all
def policy() -> Response:
    """Whose signatures this log asks for. A careful reader has a policy of her own."""
    log = publisher()
    try:
        text = log.policy_text(log.keys)
    except (NoKey, SignerAway):
        abort(404)
    return _open(Response(text, content_type=PLAIN), "public, max-age=60")


@bp.get("/log/mirror.tar.gz")
@open_to_all
def packed() -> Response:
    """The whole log in one file; its folder `log` verifies."""
    file = shelf.packed_file(settings())
    if not file.is_file():
        abort(404)
    answer = send_file(file.absolute(), mimetype="application/gzip", conditional=True, download_name="mirror.tar.gz")
    return _open(answer, "public, max-age=300")


@bp.get("/log/was/<former>/checkpoint")
@open_to_all
def former_checkpoint(former: str) -> Response:
    """The head under a name that this log had before, for those who hold that name's key."""
    file = publisher().folder.absolute() / "was" / former / "checkpoint"
    if not _FORMER.fullmatch(former) or not file.is_file():
        abort(404)
    return _open(Response(file.read_bytes(), content_type=PLAIN), "public, max-age=2")


@bp.get("/log/was/<former>/<path:path>")
@open_to_all
def former_tile(former: str, path: str) -> Response:
    """A tile under a former name: the same file, so that the former name's log verifies as a whole."""
    if not _FORMER.fullmatch(former):
        abort(404)
    return tile(path)


def _open(response: Response, cache: str) -> Response:
    response.headers["Cache-Control"] = cache
    # Mirrors and pages of other sites may read the log; there is nothing in it that is not public.
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
