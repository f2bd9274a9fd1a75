"""Who may open the files of a case."""

from __future__ import annotations

from sqlalchemy import select

from hearing.db import db
from hearing.files import queries as files
from hearing.files.models import Evidence
from hearing.people.rules import FIELD_STAFF
from hearing.people.viewer import Anyone
from hearing.proposals.models import (
    PlanDrawing,
    Proposal,
)
from hearing.proposals.queries.cases import (
    DRAWING,
    LETTER,
    MANAGER_PAPER,
    PERMIT_PAPER,
    PHOTO,
    sees_all,
)


def _of_case(viewer: Anyone, evidence: Evidence) -> bool:
    proposal = _proposal_of(evidence)
    return proposal is not None and sees_all(viewer, proposal)


def _of_plan(viewer: Anyone, evidence: Evidence) -> bool:
    """A drawing is public once it belongs to a fixed version of a public case."""
    proposal = _proposal_of(evidence)
    if proposal is None:
        return False
    fixed = select(PlanDrawing.evidence_id).where(PlanDrawing.evidence_id == evidence.id).exists()
    return sees_all(viewer, proposal) or (proposal.is_public and bool(db.session.scalar(select(fixed))))


def _of_desk(viewer: Anyone, evidence: Evidence) -> bool:
    """An owner's paper is for the desk that compares it, and not for the proposer."""
    return viewer.holds(*FIELD_STAFF, neighbourhood_id=evidence.neighbourhood_id)


def _proposal_of(evidence: Evidence) -> Proposal | None:
    return db.session.get(Proposal, int(evidence.matter.removeprefix("proposal/")))


files.may_see.update(
    {PHOTO: _of_case, LETTER: _of_case, MANAGER_PAPER: _of_case, PERMIT_PAPER: _of_desk, DRAWING: _of_plan}
)
