"""The desk's own page, and the navigation of every desk page."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from werkzeug.exceptions import SecurityError

from hearing.audit.routes import head_code, looked
from hearing.desk import queries
from hearing.desk.routes.blueprint import bp
from hearing.people.rules import ROLE_LABELS, STAFF, Role
from hearing.people.surroundings import moment
from hearing.people.viewer import Viewer, anyone, me
from hearing.refusal import N_
from hearing.web.answers import page
from hearing.web.guards import may_open, signed_in_as

NAVIGATION = (
    (N_("待办"), "desk.home"),
    (N_("事项"), "proposals.desk"),
    (N_("户册"), "register.home"),
    (N_("打印"), "people.letters"),
    (N_("存证"), "desk.trail_page"),
)
FURTHER = (
    (N_("会议"), "meetings.desk"),
    (N_("征询"), "consents.desk"),
    (N_("投票"), "ballots.desk"),
    (N_("加装电梯"), "works.desk"),
    (N_("录入征询单"), "consents.find_slip"),
    (N_("公告"), "notices.desk"),
    (N_("异议"), "notices.objections"),
    (N_("住户说不是自己办的"), "denials.waiting"),
    (N_("核对住户"), "people.members"),
    (N_("同事与席位"), "people.staff_list"),
)
"""Desk pages that are not in the navigation; each is shown to those who may open it."""


@bp.get("/desk")
@signed_in_as(*sorted(STAFF))
def home() -> ResponseReturnValue:
    """今天先办这几件: one table, what falls due first on top."""
    head = looked().head
    return page(
        "desk/home.html",
        work=queries.work(me()),
        further=[(gettext(label), url_for(endpoint)) for label, endpoint in FURTHER if may_open(endpoint)],
        now=moment(),
        size=head.checkpoint.size if head else 0,
        head_code=head_code(head.checkpoint) if head else None,
    )


@bp.app_context_processor
def navigation() -> dict[str, Any]:
    """What layouts/desk.html and layouts/base.html link to."""
    if isinstance(request.routing_exception, SecurityError):
        return {}  # The request names a host that is not ours: no address can be built for its error page.
    viewer = anyone() if current_user else None
    known: dict[str, Any] = {"home_url": url_for("opendata.home"), "trail_url": url_for("audit.how")}
    if isinstance(viewer, Viewer) and viewer.is_staff:
        known["desk_nav"] = [
            (gettext(label), url_for(endpoint), request.endpoint == endpoint)
            for label, endpoint in NAVIGATION
            if may_open(endpoint)
        ]
        seats = dict.fromkeys(Role(seat.role) for seat in viewer.seats)
        known["seat_name"] = gettext("、").join(gettext(ROLE_LABELS[role]) for role in seats)
        known["sign_out_url"] = url_for("people.sign_out")
    return known
