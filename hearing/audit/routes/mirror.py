"""What a mirror needs beside checkpoint and tiles: the policy, lists of files for `wget -r`, and all in one file."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Response, abort, render_template, send_file

from hearing.audit import shelf
from hearing.audit.keyring import NoKey
from hearing.audit.routes.blueprint import bp, publisher, settings
from hearing.audit.routes.log import tile
from hearing.audit.signer_process import SignerAway
from hearing.web.guards import open_to_all

PLAIN = "text/plain; charset=utf-8"

_FOLDER = re.compile(r"(?:tile/(?:(?:entries|[0-9]{1,2})/(?:x[0-9]{3}/){0,6}(?:[0-9]{3}\.p/)?)?)?")
_NAME = re.compile(r"[0-9a-z]+(?:\.p)?")
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
    file = _packed()
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


@bp.get("/log/", defaults={"path": ""})
@bp.get("/log/<path:path>/")
@open_to_all
def files(path: str) -> Response:
    """The files and folders of the log, for programs that follow links, and for people who want to see for themselves.

    Partial files of sizes that were signed stay in the list until the full one is there: a mirror may be fetching them.
    """
    folder = f"{path}/" if path else ""
    where = publisher().folder.absolute() / folder
    if not _FOLDER.fullmatch(folder) or not where.is_dir():
        abort(404)
    names = sorted(_shown(each) for each in where.iterdir() if _NAME.fullmatch(each.name) and each.name != "was")
    page = render_template(
        "audit/files.html",
        folder=folder,
        names=names,
        whole=not folder,
        address=publisher().url,
        packed=not folder and _packed().is_file(),
    )
    return _open(Response(page), "public, max-age=2")


def _packed() -> Path:
    return shelf.packed_file(settings())


def _shown(file: Path) -> str:
    return f"{file.name}/" if file.is_dir() else file.name


def _open(response: Response, cache: str) -> Response:
    response.headers["Cache-Control"] = cache
    # Mirrors and pages of other sites may read the log; there is nothing in it that is not public.
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
