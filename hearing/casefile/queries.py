"""Reads of case files: everybody sees the public copy, those who may have the full one see what was asked and made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import joinedload

from hearing.audit import queries as audit
from hearing.casefile.models import CaseFile, CaseFileFetch, CaseFileRequest
from hearing.casefile.rules import ASKERS, FETCH_LASTS, FULL_KEPT, Edition, Gone
from hearing.clock import now
from hearing.db import db
from hearing.jobs import queries as jobs
from hearing.jobs.models import Job
from hearing.people.viewer import Anyone, Viewer
from hearing.places.models import Neighbourhood, Sector
from hearing.proposals.models import Proposal

KIND = "casefile"
"""The kind of job that makes one."""


def key(proposal_id: int, edition: Edition) -> str:
    """What makes two requests the same."""
    return f"{KIND}/{proposal_id}/{edition}"


def public_case(proposal_id: int) -> Proposal | None:
    """A case that everybody may read."""
    found = _case(proposal_id)
    return found if found is not None and found.is_public else None


def case_for_staff(viewer: Viewer, proposal_id: int) -> Proposal | None:
    """A case, for those who may ask for its case file."""
    found = _case(proposal_id)
    if found is None or not viewer.holds(*ASKERS, neighbourhood_id=found.neighbourhood_id):
        return None
    return found


def _case(proposal_id: int) -> Proposal | None:
    place = joinedload(Proposal.neighbourhood).joinedload(Neighbourhood.sector).joinedload(Sector.subdistrict)
    return db.session.get(Proposal, proposal_id, options=[place, joinedload(Proposal.versions)])


def here(proposal_id: int, edition: Edition) -> CaseFile | None:
    """The copy of an edition that lies there now."""
    query = select(CaseFile).where(
        CaseFile.proposal_id == proposal_id, CaseFile.edition == edition, CaseFile.gone_at.is_(None)
    )
    return db.session.scalars(query).one_or_none()


def made(proposal_id: int, limit: int = 20) -> Sequence[CaseFile]:
    """The copies of a case, those that lie there first, then the newest."""
    query = select(CaseFile).where(CaseFile.proposal_id == proposal_id)
    return db.session.scalars(query.order_by(CaseFile.gone_at.is_not(None), CaseFile.id.desc()).limit(limit)).all()


def asked(proposal_id: int, limit: int = 20) -> Sequence[CaseFileRequest]:
    """Who asked for a case file and what for, the newest first."""
    query = (
        select(CaseFileRequest)
        .where(CaseFileRequest.proposal_id == proposal_id)
        .options(joinedload(CaseFileRequest.account))
        .order_by(CaseFileRequest.id.desc())
    )
    return db.session.scalars(query.limit(limit)).all()


def running(proposal_id: int) -> list[Job]:
    """The case files of this case that are being made."""
    found = [jobs.running(key(proposal_id, edition)) for edition in Edition]
    return [job for job in found if job is not None]


def file_for_staff(viewer: Viewer, file_id: int) -> CaseFile | None:
    """A full copy, for those who may ask for one."""
    options = [joinedload(CaseFile.proposal).joinedload(Proposal.neighbourhood)]
    found = db.session.get(CaseFile, file_id, options=options)
    if found is None or not viewer.holds(*ASKERS, neighbourhood_id=found.proposal.neighbourhood_id):
        return None
    return found if found.which is Edition.FULL else None


def asked_at(viewer: Viewer, proposal_id: int) -> datetime | None:
    """When the viewer last said what she wants the full edition for; None if that is too long ago."""
    query = select(func.max(CaseFileRequest.asked_at, type_=CaseFileRequest.asked_at.type)).where(
        CaseFileRequest.proposal_id == proposal_id,
        CaseFileRequest.account_id == viewer.id,
        CaseFileRequest.edition == Edition.FULL,
        CaseFileRequest.asked_at > now() - FULL_KEPT,
    )
    return db.session.execute(query).scalar_one()


def has_fetched(viewer: Viewer, found: CaseFile) -> bool:
    """Whether the viewer has just been noted down as taking this copy."""
    recent = exists().where(
        CaseFileFetch.file_id == found.id,
        CaseFileFetch.account_id == viewer.id,
        CaseFileFetch.fetched_at > now() - FETCH_LASTS,
    )
    return bool(db.session.scalar(select(recent)))


def grown_since(found: CaseFile) -> bool:
    """Whether the trail has told anything of the case since the copy was made, its own making aside."""
    told = audit.story(db.session, found.proposal.matter)
    return any(each.index >= found.log_size and not each.kind.startswith("casefile.") for each in told)


def expired(limit: int = 20) -> Sequence[CaseFile]:
    """Full copies whose days are over."""
    query = select(CaseFile).where(
        CaseFile.edition == Edition.FULL, CaseFile.gone_at.is_(None), CaseFile.made_at < now() - FULL_KEPT
    )
    return db.session.scalars(query.limit(limit)).all()


def full_copies(neighbourhood_id: int | None) -> Sequence[CaseFile]:
    """The full copies that lie there, of one neighbourhood or of all."""
    query = select(CaseFile).where(CaseFile.edition == Edition.FULL, CaseFile.gone_at.is_(None))
    if neighbourhood_id is not None:
        query = query.join(CaseFile.proposal).where(Proposal.neighbourhood_id == neighbourhood_id)
    return db.session.scalars(query.order_by(CaseFile.id)).all()


def erased() -> Sequence[str]:
    """The hashes of copies that went because what is in them was erased."""
    query = select(CaseFile.sha256).where(CaseFile.gone_because == Gone.ERASED)
    return db.session.scalars(query.where(CaseFile.sha256.not_in(lying()))).all()


def lying() -> frozenset[str]:
    """The hashes of all copies that should lie there."""
    return frozenset(db.session.scalars(select(CaseFile.sha256).where(CaseFile.gone_at.is_(None))))


def may_see(viewer: Anyone, job: Job) -> bool:
    """Whether somebody may look how far a case file is."""
    return isinstance(viewer, Viewer) and case_for_staff(viewer, int(job.content["proposal"])) is not None
