"""账本状态: what anybody may know about the state of the log, and the short word of it at the foot of every page."""

from __future__ import annotations

from typing import Any

from flask import g, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import SecurityError

from hearing import clock
from hearing.audit import integrity, standing
from hearing.audit.integrity import Integrity
from hearing.audit.routes.blueprint import bp, head_code, publisher, settings
from hearing.web.answers import page
from hearing.web.guards import open_to_all


@bp.get("/integrity")
@open_to_all
def integrity_page() -> ResponseReturnValue:
    """Whether the log is signed, witnessed and checked; red, in words, when something is wrong."""
    found = looked()
    return page(
        "audit/integrity.html",
        it=found,
        head_code=head_code(found.head.checkpoint) if found.head else None,
        witnesses=[(each, standing.said(each.trouble) if each.trouble else "") for each in found.publishing.witnesses],
    )


def looked() -> Integrity:
    """The state of the log, looked up once a request."""
    if "integrity" not in g:
        g.integrity = integrity.look(settings(), publisher(), clock.by_server())
    found: Integrity = g.integrity
    return found


@bp.app_context_processor
def word_of_it() -> dict[str, Any]:
    """What layouts/base.html says at its foot when something is wrong."""
    if isinstance(request.routing_exception, SecurityError):
        return {}
    return {"log_in_trouble": lambda: not looked().ok}
