"""查证: anybody brings a receipt and is told in plain words what was checked, what was not, and how to check alone."""

from __future__ import annotations

from datetime import timedelta

import structlog
from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hearing.audit import examining, queries, shelf
from hearing.audit.examining import ALARMS, Examined, Verdict
from hearing.audit.fact import type_registry
from hearing.audit.forms import CheckForm
from hearing.audit.routes.blueprint import bp, head_code, publisher, settings, tell, vkeys
from hearing.audit.routes.integrity import looked
from hearing.db import aside, db
from hearing.web import limits
from hearing.web.answers import go, page
from hearing.web.guards import open_to_all
from hearing.web.sealing import seal

log = structlog.get_logger()

CHECKS_AN_HOUR = 300
"""How many things are looked at in an hour from one network; each takes some hundredths of a second."""


@bp.route("/verify", methods=["GET", "POST"])
@open_to_all
def how() -> ResponseReturnValue:
    """查证: check a receipt here; what that shows and what it does not; the program to check without us."""
    form, found = CheckForm(), None
    if form.validate_on_submit():
        link = examining.receipt_link(form.text.data or "", settings().base_url) if not form.proof.content else None
        if link is not None:
            return go(url_for(".small_code", index=link))
        found = _examine(form.brought())
        if not found.ok:
            form.refuse(said(examining.TITLES[found.verdict], found))
    head = looked().head
    return page(
        "audit/how.html",
        form=form,
        found=found,
        advice=said(examining.ADVICE[found.verdict], found) if found is not None and not found.ok else "",
        title=said(examining.TITLES[found.verdict], found) if found is not None else "",
        alarm=found is not None and found.verdict in ALARMS,
        sentence=_sentence(found),
        it=looked(),
        size=head.checkpoint.size if head else 0,
        head_code=head_code(head.checkpoint) if head else None,
        vkey=next(iter(vkeys()), ""),
        log_url=f"{settings().base_url}/log",
        packed=shelf.packed_file(settings()).is_file(),
    )


def _examine(brought: bytes) -> Examined:
    """Hold it against the published files, while nobody waits for the database."""
    limits.count(
        f"verify:{seal('verify', limits.network(request.remote_addr))[:40]}", CHECKS_AN_HOUR, timedelta(hours=1)
    )
    with aside():
        keys = tuple(dict.fromkeys((*vkeys(), *queries.former_keys(db.session))))
        if not keys:
            return Examined(Verdict.NOTHING_PUBLISHED)
        folder = publisher().folder
        found = examining.examine(brought, keys, folder, lambda index: queries.entry_bytes(db.session, index))
    if found.verdict in ALARMS:
        # Somebody holds a signature of ours that the log no longer honours: nothing in here is worse.
        log.critical("receipt_disagrees", verdict=found.verdict.value, size=found.size, published=found.published)
    return found


def said(words: str, found: Examined) -> str:
    """A sentence of the verdict in the reader's language."""
    return str(gettext(words, **found.details))


def _sentence(found: Examined | None) -> str:
    """What the entry says, in words; for a kind that this version does not know, its own name."""
    entry = found.entry if found is not None else None
    if not entry:
        return ""
    fact, pub = type_registry.get(str(entry.get("type"))), entry.get("pub")
    if fact is None or not isinstance(pub, dict):
        return str(entry.get("type", ""))
    try:
        return tell(fact.sentence, pub)
    except (KeyError, TypeError, ValueError):
        return fact.kind
