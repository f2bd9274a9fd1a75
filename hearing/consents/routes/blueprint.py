"""The blueprint of consents, what its templates may ask for, and the ways to its pages."""

from __future__ import annotations

import base64
from typing import Any

from flask import Blueprint, abort, request, url_for

from hearing.audit import routes as audit
from hearing.consents import official, queries, rules
from hearing.consents.forms import answer_words
from hearing.consents.models import ConsentCollection, ConsentDraft, ConsentUnit
from hearing.consents.overview import Overview, rule_words
from hearing.consents.queries import Slip
from hearing.people.surroundings import moment, speak_for
from hearing.people.viewer import Viewer, anyone, me
from hearing.places.rules import CAPACITY_LABELS

bp = Blueprint("consents", __name__)

GRID_STATES = {
    rules.UnitStatus.INVITED: "waiting",
    rules.UnitStatus.SEEN: "seen",
    rules.UnitStatus.ANSWERED: "answered",
    rules.UnitStatus.PENDING: "waiting",
    rules.UnitStatus.NEEDS_RECONFIRM: "reconfirm",
    rules.UnitStatus.BLOCKED: "blocked",
    rules.UnitStatus.DISPUTED: "disputed",
    rules.UnitStatus.INVALID: "invalid",
    rules.UnitStatus.LATE: "late",
}
"""How components/floor_grid.html draws each status."""


@bp.app_template_global("consent_overview")
def overview(collection: ConsentCollection) -> Overview:
    """A collection as a page counts it."""
    return Overview(collection, moment())


bp.add_app_template_global(rule_words, "rule_words")
bp.add_app_template_global(official.beside, "official_beside")
bp.add_app_template_global(queries.own_lines, "own_consents")
bp.add_app_template_global(queries.watches, "watches_consent")
bp.add_app_template_global(queries.running_lines, "running_lines")


@bp.context_processor
def glossary() -> dict[str, Any]:
    """The words of the law, by their keys, for the pages of this package."""
    return {
        "CONSENT_STATUS": rules.STATUS_LABELS,
        "PHOTO_LABELS": rules.PHOTO_LABELS,
        "SLIP_LABELS": rules.SLIP_LABELS,
        "LEGAL_NOTE": rules.LEGAL_NOTE,
        "YES": rules.YES,
        "answer_words": answer_words,
        "blocked_words": rules.BLOCKED_LABELS,
        "capacity_words": CAPACITY_LABELS,
        "basis_words": rules.BASIS_LABELS,
        "conflict_words": rules.CONFLICT_LABELS,
        "happening_words": rules.HAPPENING_LABELS,
        "invalid_words": rules.INVALID_LABELS,
        "mandate_words": rules.MANDATE_LABELS,
        "method_words": rules.METHOD_LABELS,
        "reason_words": rules.REASON_LABELS,
        "relation_words": rules.RELATION_LABELS,
    }


@bp.app_template_filter()
def draft_picture(draft: ConsentDraft) -> str:
    """The picture of a draft as a data URL: it is nowhere else yet."""
    return f"data:{draft.media_type};base64,{base64.b64encode(draft.picture or b'').decode()}"


def shown(collection_id: int) -> ConsentCollection:
    """The collection without its roll, for a page that everybody may open; 404 otherwise."""
    found = queries.collection(anyone(), collection_id) or abort(404)
    speak_for(found.neighbourhood)
    return found


def watched(collection_id: int) -> ConsentCollection:
    """The collection without its roll, for those who work on it; 404 otherwise."""
    found = queries.for_staff(me(), collection_id) or abort(404)
    speak_for(found.neighbourhood)
    return found


def watched_unit(collection_id: int, unit_id: int) -> ConsentUnit:
    """One line of the roll, for those who work on the collection; 404 otherwise."""
    found = queries.unit_for_staff(me(), collection_id, unit_id) or abort(404)
    speak_for(found.collection.neighbourhood)
    return found


def asked_unit() -> int | None:
    """The unit that the address names; 404 when that is no number."""
    typed = request.args.get("unit")
    if typed is None:
        return None
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else abort(404)


def chosen(slips: list[Slip], viewer: Viewer) -> Slip | None:
    """The line that the page is about; None when the reader has to choose, 404 for a unit that is not hers."""
    unit_id = asked_unit()
    slip = queries.slip_of(slips, unit_id)
    if slip is None and (unit_id is not None or len(slips) < 2):
        abort(404)
    assert viewer.is_authenticated
    return slip


def unit_argument(slips: list[Slip], slip: Slip) -> int | None:
    """What `?unit=` says in links about this line: nothing when the reader has one line only."""
    return slip.unit.unit_id if len(slips) > 1 else None


audit.leads_to("consent", lambda number: url_for("consents.collection", collection_id=number))
