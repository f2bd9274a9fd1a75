"""The certificate 书面同意证书: masked for everybody, with doors for those who said why they look."""

from __future__ import annotations

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue

from hearing.clock import now
from hearing.consents import papers, queries
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
    found = shown(collection_id)
    if found.stands not in FINAL:
        abort(404)
    doors = request.args.get("doors") == "1"
    viewer = anyone()
    if doors and not (isinstance(viewer, Viewer) and queries.watches(viewer, found)):
        abort(404)
    if doors and isinstance(viewer, Viewer) and not queries.has_looked(viewer, found, None):
        return go(url_for(".all_records", collection_id=found.id))
    moment = now()
    sheet = papers.certificate(queries.with_names(found.id), masked=not doors)
    db.session.rollback()  # Printing takes a second or more, and no connection shall wait for it.
    kind = "doors" if doors else "public"
    return papers.answer(lambda: papers.print_certificate(sheet, moment), f"certificate-{found.id}-{kind}")
