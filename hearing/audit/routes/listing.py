"""Lists of the log's files: programs that follow links make a mirror of it, and curious people look around."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Response, abort, render_template

from hearing.audit import shelf
from hearing.audit.routes.blueprint import bp, publisher, settings
from hearing.web.guards import open_to_all

_FOLDER = re.compile(r"(?:tile/(?:(?:entries|[0-9]{1,2})/(?:x[0-9]{3}/){0,6}(?:[0-9]{3}\.p/)?)?)?")
_NAME = re.compile(r"[0-9a-z]+(?:\.p)?")


@bp.get("/log/")
@open_to_all
def files() -> Response:
    """What the log consists of."""
    return folder("")


def folder(path: str) -> Response:
    """The files and folders in one folder of the log; `path` is empty or ends in a slash.

    Partial files of sizes that were signed stay in the list until the full one is there: a mirror may be fetching them.
    """
    where = publisher().folder.absolute() / path
    if not _FOLDER.fullmatch(path) or not where.is_dir():
        abort(404)
    names = sorted(_shown(each) for each in where.iterdir() if _NAME.fullmatch(each.name) and each.name != "was")
    response = Response(
        render_template(
            "audit/files.html",
            folder=path,
            names=names,
            address=publisher().url,
            packed=not path and shelf.packed_file(settings()).is_file(),
        )
    )
    response.headers["Cache-Control"] = "public, max-age=2"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _shown(file: Path) -> str:
    return f"{file.name}/" if file.is_dir() else file.name
