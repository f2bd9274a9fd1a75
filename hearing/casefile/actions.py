"""What may be done with case files: ask for one, enter the copy that was made, take it, take it off the server."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from hearing.audit.fact import SYSTEM, Actor
from hearing.casefile import facts, queries, rules
from hearing.casefile.models import CaseFile, CaseFileFetch, CaseFileRequest
from hearing.casefile.rules import EDITION_LABELS, GONE_LABELS, Edition, Gone
from hearing.clock import now
from hearing.consents import hooks as consents
from hearing.consents.models import ConsentCollection
from hearing.db import db
from hearing.jobs import actions as jobs
from hearing.jobs.kinds import Running
from hearing.people.rules import Role
from hearing.people.viewer import Viewer
from hearing.proposals.models import Proposal


@dataclass(frozen=True, kw_only=True)
class Made:
    """What was made: the hash and size of the zip, and what is in it."""

    sha256: str
    size: int
    files: int
    entries: int
    log_size: int
    sealed: bool


def ask(by: Viewer, proposal: Proposal, edition: Edition, purpose: str) -> facts.CaseFileAsked:
    """Somebody wants a case file, and says what for: the job that makes it begins with this act.

    Raises what `rules.may_ask` refuses with.
    """
    _lock(proposal.id)
    held = by.seats_in(proposal.neighbourhood_id)
    rules.may_ask(edition, held, purpose, has_plan=bool(proposal.versions))
    role = min(held & rules.READERS[edition])
    request = CaseFileRequest(
        proposal_id=proposal.id, edition=edition, account_id=by.id, role=role, purpose=purpose, asked_at=now()
    )
    db.session.add(request)
    db.session.flush()
    _enqueue(proposal.id, edition, by, request.id)
    return facts.CaseFileAsked(
        **_frame(proposal, Actor(role=role.value, ref=by.account.ref)),
        edition=edition,
        edition_label=EDITION_LABELS[edition],
        purpose=purpose,
    )


def make_public(collection: ConsentCollection) -> None:
    """A final result asks for the public edition by itself, inside its own act."""
    _enqueue(collection.proposal_id, Edition.PUBLIC, None, 0)


consents.result_final.append(make_public)


def enter(running: Running, proposal: Proposal, edition: Edition, request_id: int, made: Made) -> facts.CaseFileMade:
    """The copy lies there: it takes the place of the one before, and the job is done with it. Raises jobs' Lost."""
    _lock(proposal.id)
    running.finish()
    before = queries.here(proposal.id, edition)
    if before is not None:
        _take_off(before, Gone.REPLACED)
        db.session.flush()
    request = db.session.get(CaseFileRequest, request_id) if request_id else None
    db.session.add(
        CaseFile(
            proposal_id=proposal.id,
            edition=edition,
            request_id=request.id if request is not None else None,
            sha256=made.sha256,
            size=made.size,
            files=made.files,
            entries=made.entries,
            log_size=made.log_size,
            sealed=made.sealed,
            made_at=now(),
        )
    )
    actor = Actor(role=Role(request.role).value, ref=request.account.ref) if request is not None else SYSTEM
    return facts.CaseFileMade(
        **_frame(proposal, actor),
        edition=edition,
        edition_label=EDITION_LABELS[edition],
        sha256=made.sha256,
        size=made.size,
        files=made.files,
        log_size=made.log_size,
        sealed=made.sealed,
    )


def fetch(by: Viewer, found: CaseFile) -> facts.CaseFileFetched:
    """Somebody takes a full copy. Raises what `rules.may_fetch` refuses with."""
    db.session.refresh(found, with_for_update={"of": CaseFile})
    proposal = found.proposal
    held = by.seats_in(proposal.neighbourhood_id)
    rules.may_fetch(held, gone=found.gone_at is not None, asked_at=queries.asked_at(by, proposal.id), now=now())
    db.session.add(CaseFileFetch(file_id=found.id, account_id=by.id, fetched_at=now()))
    role = min(held & rules.READERS[Edition.FULL])
    return facts.CaseFileFetched(
        **_frame(proposal, Actor(role=role.value, ref=by.account.ref)),
        edition_label=found.edition_label,
        sha256=found.sha256,
    )


def expire(found: CaseFile) -> facts.CaseFileGone:
    """The days of a full copy are over."""
    _take_off(found, Gone.EXPIRED)
    return facts.CaseFileGone(
        **_frame(found.proposal, SYSTEM),
        edition_label=found.edition_label,
        sha256=found.sha256,
        why_label=GONE_LABELS[Gone.EXPIRED],
    )


def take_off_erased(files: Iterable[CaseFile]) -> None:
    """Inside an act of erasing: copies that may hold what is erased go with it."""
    for found in files:
        _take_off(found, Gone.ERASED)


def _take_off(found: CaseFile, why: Gone) -> None:
    found.gone_at, found.gone_because = now(), why


def _enqueue(proposal_id: int, edition: Edition, by: Viewer | None, request_id: int) -> None:
    payload: dict[str, int | str] = {"proposal": proposal_id, "edition": edition.value, "request": request_id}
    jobs.enqueue(queries.KIND, queries.key(proposal_id, edition), payload, by)


def _lock(proposal_id: int) -> None:
    db.session.execute(select(Proposal.id).where(Proposal.id == proposal_id).with_for_update())


def _frame(proposal: Proposal, actor: Actor) -> dict[str, Any]:
    return {
        "actor": actor,
        "scope": proposal.neighbourhood.slug,
        "subject": proposal.matter,
        "matter": proposal.matter,
    }
