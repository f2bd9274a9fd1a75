"""The public log and the receipts: what anybody may fetch, and what a person keeps of her own acts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import cast

from flask import Blueprint, Response, abort, current_app
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from hearing.audit import queries, verify
from hearing.audit.note import Checkpoint
from hearing.audit.proof import ProofFile
from hearing.audit.publisher import Publisher
from hearing.audit.queries import Told
from hearing.audit.tiles import Tile, TileError
from hearing.db import db
from hearing.web.answers import page
from hearing.web.guards import open_to_all, signed_in

bp = Blueprint("audit", __name__)


def publisher() -> Publisher:
    """This installation's published log."""
    return cast(Publisher, current_app.extensions["publisher"])


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
    """A tile or an entry bundle: bytes that never change."""
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


@bp.get("/receipts/<int:index>")
@signed_in
def receipt(index: int) -> ResponseReturnValue:
    """回执: what was recorded of one's own act, and where it stands in the trail."""
    told = _own(index)
    head = publisher().last()
    size = head.checkpoint.size if head else 0
    return page(
        "audit/receipt.html",
        fragment="audit/_proof.html",
        told=told,
        sentence=receipt_sentence(told),
        size=size,
        proven=index < size,
        thing=way_to(told.matter),
    )


@bp.get("/receipts/<int:index>/proof")
@signed_in
def proof(index: int) -> Response:
    """The receipt's proof as a file that can be checked without us."""
    _own(index)
    head = publisher().last()
    if head is None or index >= head.checkpoint.size:
        abort(404)
    body = queries.entry_bytes(db.session, index) or b""
    hashes = tuple(queries.inclusion_proof(db.session, index, head.checkpoint.size))
    data = ProofFile(index, hashes, head.note.encode(), body).encode()
    name = f"hearing-{index}.tlog-proof"
    return Response(
        data,
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@bp.get("/verify")
@open_to_all
def how() -> ResponseReturnValue:
    """怎样查证: what the trail shows, what it does not, and the program to check it with."""
    head = publisher().last()
    return page(
        "audit/how.html",
        size=head.checkpoint.size if head else 0,
        head_code=head_code(head.checkpoint) if head else None,
        vkey=str(publisher().vkey),
        log_url=f"{current_app.extensions['settings'].base_url}/log",
    )


@bp.get("/verify.py")
@open_to_all
def verifier() -> Response:
    """The verifier, one file that needs nothing of ours."""
    response = Response(Path(verify.__file__).read_bytes(), content_type="text/x-python; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="verify.py"'
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


_ways: dict[str, Callable[[int], str]] = {}


def leads_to(kind: str, way: Callable[[int], str]) -> None:
    """Say where a subject or matter of this kind, like "proposal", has its page."""
    _ways[kind] = way


def way_to(matter: str) -> str | None:
    """The page of a subject or matter like "proposal/3"; None when it has none."""
    kind, _, number = matter.partition("/")
    way = _ways.get(kind)
    return way(int(number)) if way and number.isdigit() else None


def head_code(checkpoint: Checkpoint) -> str:
    """存证码: the size and the first eight hex digits of the root, short enough to copy by hand."""
    return f"{checkpoint.size}-{checkpoint.root.hex()[:8]}"


def receipt_sentence(told: Told) -> str:
    """What the person did, in her own language."""
    words = told.fact.receipt or told.fact.sentence
    return tell(words, {**told.pub, **(told.payload or {})})


def tell(words: str, values: Mapping[str, object]) -> str:
    """A sentence with its values; a value named …_label is one of the glossary's words and is translated too."""
    spoken = {name: gettext(str(value)) if name.endswith("_label") else value for name, value in values.items()}
    return str(gettext(words, **spoken))


def _own(index: int) -> Told:
    told = queries.entry(db.session, index)
    if told is None or told.ref != current_user.account.ref:
        abort(404)
    return told
