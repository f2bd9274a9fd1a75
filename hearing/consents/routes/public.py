"""The public page of a collection: the rule in words, how far it is, and never who said what."""

from __future__ import annotations

from flask import abort
from flask.typing import ResponseReturnValue

from hearing.consents import queries
from hearing.consents.overview import Overview
from hearing.consents.routes.blueprint import bp
from hearing.consents.rules import CollectionState
from hearing.notices import queries as notices
from hearing.people.kept import kept
from hearing.people.surroundings import moment, speak_for
from hearing.people.viewer import anyone
from hearing.web.answers import page
from hearing.web.guards import open_to_all

_MAY_HANG = frozenset({CollectionState.PROVISIONAL, CollectionState.PASSED, CollectionState.FAILED})


@bp.get("/consents/<int:collection_id>")
@open_to_all
@kept
def collection(collection_id: int) -> ResponseReturnValue:
    """One collection, for everybody."""
    found = queries.counted(anyone(), collection_id) or abort(404)
    speak_for(found.neighbourhood)
    shown_at = moment()
    period = notices.publicity_of(found.subject) if found.stands in _MAY_HANG else None
    return page("consents/collection.html", collection=found, it=Overview(found, shown_at), now=shown_at, period=period)
