"""The certificate 书面同意证书: masked for everybody, with doors for those who said why they look."""

from __future__ import annotations

import tempfile

from flask import abort, request, send_file, url_for
from flask.typing import ResponseReturnValue

from hearing.clock import now
from hearing.consents import listing, papers, queries
from hearing.consents.models import ConsentCollection
from hearing.consents.routes.blueprint import bp, shown
from hearing.consents.rules import CollectionState
from hearing.db import db
from hearing.people.viewer import Viewer, anyone
from hearing.printing.seal import SealTrouble
from hearing.web.answers import go
from hearing.web.guards import open_to_all

bp.app_errorhandler(SealTrouble)(papers.no_seal)

FINAL = (CollectionState.PASSED, CollectionState.FAILED)


@bp.get("/consents/<int:collection_id>/certificate.pdf")
@open_to_all
def certificate(collection_id: int) -> ResponseReturnValue:
    """The certificate of a final result; `?doors=1` asks for the committee's copy."""
    found, doors = _final(collection_id)
    if doors and not _looked(found):
        return go(url_for(".all_records", collection_id=found.id))
    moment = now()
    sheet = papers.certificate(queries.for_papers(found.id), masked=not doors)
    db.session.rollback()  # Printing takes a second or more, and no connection shall wait for it.
    return papers.answer(lambda: papers.print_certificate(sheet, moment), f"certificate-{found.id}-{_kind(doors)}")


@bp.get("/consents/<int:collection_id>/list.csv")
@open_to_all
def record_list(collection_id: int) -> ResponseReturnValue:
    """Every record of a final result, one a line: what a certificate names that does not print them."""
    found, doors = _final(collection_id)
    if doors and not _looked(found):
        return go(url_for(".all_records", collection_id=found.id))
    collection = queries.for_papers(found.id)
    records = listing.RecordList(collection, collection.shown, masked=not doors)
    # Whole before it is sent: a reader on a slow line holds no connection to the database.
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the answer that sends it
    for piece in records.pieces():
        file.write(piece)
    file.seek(0)
    answer = send_file(
        file, mimetype="text/csv", as_attachment=True, download_name=f"list-{found.id}-{_kind(doors)}.csv"
    )
    answer.headers["Cache-Control"] = "no-store" if doors else "public, max-age=60"
    return answer


def _final(collection_id: int) -> tuple[ConsentCollection, bool]:
    """A collection with a final result, and whether the committee's edition is wanted by one who may have it."""
    found = shown(collection_id)
    if found.stands not in FINAL:
        abort(404)
    doors = request.args.get("doors") == "1"
    if doors and not queries.watches(anyone(), found):
        abort(404)
    return found, doors


def _looked(found: ConsentCollection) -> bool:
    viewer = anyone()
    return isinstance(viewer, Viewer) and queries.has_looked(viewer, found, None)


def _kind(doors: bool) -> str:
    return "doors" if doors else "public"
