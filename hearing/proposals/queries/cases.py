"""Reading a case: what the public, the proposer, the desk and the named seats may know of it (domain.md 3.3)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import joinedload, selectinload

from hearing.db import db
from hearing.people.models import Account, Seat
from hearing.people.rules import COMMITTEE, COUNCIL, FIELD_STAFF, Role
from hearing.people.viewer import Anyone, Viewer
from hearing.proposals.models import (
    Application,
    ApplicationPhoto,
    PlanChange,
    PlanDrawing,
    PlanVersion,
    Proposal,
    Screening,
    SeatOpinion,
    SecondLook,
)
from hearing.proposals.rules import (
    MANAGER_SEATS,
    State,
)

PHOTO, LETTER, DRAWING, MANAGER_PAPER = "proposal_photo", "proposal_letter", "plan_drawing", "manager_paper"
PERMIT_PAPER = "permit_paper"
"""Kinds of evidence."""

DESK = tuple(sorted(FIELD_STAFF))
COMMITTEE_SEATS = tuple(sorted(COMMITTEE))
COUNCIL_SEATS = tuple(sorted(COUNCIL))
ENDED = frozenset({State.REJECTED, State.MERGED, State.ROUTED_ELSEWHERE, State.WITHDRAWN, State.APPROVED})


def is_proposer(viewer: Anyone, proposal: Proposal) -> bool:
    """Whether the case is the viewer's own or her household's."""
    if not isinstance(viewer, Viewer):
        return False
    return viewer.id == proposal.proposer_id or proposal.unit_id in viewer.unit_ids


def works_on(viewer: Anyone, proposal: Proposal) -> bool:
    """Whether the viewer handles the case: the desk, the council, seats that were asked, seats that judge a plan."""
    held = viewer.seats_in(proposal.neighbourhood_id) - {Role.RESIDENT}
    if held & (FIELD_STAFF | COUNCIL):
        return True
    if proposal.versions and held & (set(MANAGER_SEATS) | {Role.LEGAL_ADVISER}):
        return True
    return bool(held & {Role(opinion.role) for opinion in proposal.opinions})


def sees_all(viewer: Anyone, proposal: Proposal) -> bool:
    """Whether the viewer may read the applicant's name and own words."""
    return is_proposer(viewer, proposal) or works_on(viewer, proposal)


def case(viewer: Anyone, proposal_id: int) -> Proposal | None:
    """The case with its plan and opinions, if the viewer may read at least its public part."""
    found = db.session.scalars(_whole().where(Proposal.id == proposal_id)).unique().one_or_none()
    return found if found is not None and (found.is_public or sees_all(viewer, found)) else None


def full_case(viewer: Viewer, proposal_id: int) -> Proposal | None:
    """The case for those who work on it, and for the proposer."""
    found = case(viewer, proposal_id)
    return found if found is not None and sees_all(viewer, found) else None


def own_case(viewer: Viewer, proposal_id: int) -> Proposal | None:
    """The case, if it is the viewer's own."""
    found = case(viewer, proposal_id)
    return found if found is not None and is_proposer(viewer, found) else None


def desk_case(viewer: Viewer, proposal_id: int, *roles: Role) -> Proposal | None:
    """The case, if the viewer works on it from one of the roles there; by default from the desk."""
    found = case(viewer, proposal_id)
    if found is None or not viewer.holds(*(roles or DESK), neighbourhood_id=found.neighbourhood_id):
        return None
    return found


def _whole() -> Select[Proposal]:
    # Lists of a case are short: two statements fetch all of it.
    return select(Proposal).options(
        joinedload(Proposal.neighbourhood),
        joinedload(Proposal.applications).joinedload(Application.letter_photo),
        joinedload(Proposal.applications).joinedload(Application.photos).joinedload(ApplicationPhoto.evidence),
        joinedload(Proposal.opinions),
        selectinload(Proposal.versions).options(
            joinedload(PlanVersion.required),
            joinedload(PlanVersion.permits),
            joinedload(PlanVersion.decisions),
            joinedload(PlanVersion.answers),
            joinedload(PlanVersion.drawings).joinedload(PlanDrawing.evidence),
        ),
    )


def mine(viewer: Viewer) -> Sequence[Proposal]:
    """The viewer's and her household's proposals, newest first."""
    own = or_(Proposal.proposer_id == viewer.id, Proposal.unit_id.in_(viewer.unit_ids))
    return db.session.scalars(select(Proposal).where(own).order_by(Proposal.id.desc())).all()


def desk(viewer: Viewer) -> Sequence[Proposal]:
    """The cases that the viewer works on, open ones and early deadlines first; with opinions and versions."""
    mine_or_asked: list[ColumnElement[bool]] = []
    for place in sorted(viewer.neighbourhood_ids):
        here = Proposal.neighbourhood_id == place
        held = viewer.seats_in(place) - {Role.RESIDENT}
        if held & (FIELD_STAFF | COUNCIL):
            mine_or_asked.append(here)
        elif held:
            asked = Proposal.opinions.any(SeatOpinion.role.in_([role.value for role in held]))
            planned = Proposal.versions.any() if held & {*MANAGER_SEATS, Role.LEGAL_ADVISER} else asked
            mine_or_asked.append(here & or_(asked, planned))
    if not mine_or_asked:
        return []
    query = (
        select(Proposal)
        .where(or_(*mine_or_asked))
        .options(
            joinedload(Proposal.neighbourhood),
            selectinload(Proposal.opinions),
            selectinload(Proposal.versions).options(
                joinedload(PlanVersion.decisions),
                joinedload(PlanVersion.answers),
                joinedload(PlanVersion.required),
                joinedload(PlanVersion.permits),
            ),
        )
        .order_by(Proposal.state.in_([state.value for state in ENDED]), Proposal.screening_due, Proposal.id)
        .limit(200)
    )
    return db.session.scalars(query).unique().all()


def merge_targets(proposal: Proposal) -> Sequence[Proposal]:
    """The cases of the neighbourhood that this one could be merged into."""
    query = (
        select(Proposal)
        .where(
            Proposal.neighbourhood_id == proposal.neighbourhood_id,
            Proposal.id != proposal.id,
            Proposal.accepted_at.is_not(None),
            Proposal.state.not_in([state.value for state in ENDED]),
        )
        .order_by(Proposal.id)
    )
    return db.session.scalars(query).all()


def screenings(proposal: Proposal) -> Sequence[Screening]:
    """The decisions of screening, oldest first."""
    query = select(Screening).where(Screening.proposal_id == proposal.id).order_by(Screening.id)
    return db.session.scalars(query).all()


def second_look(proposal: Proposal) -> SecondLook | None:
    """The council's second look at a rejection, asked for or answered."""
    return db.session.scalars(select(SecondLook).where(SecondLook.proposal_id == proposal.id)).one_or_none()


def opinion_for(viewer: Viewer, opinion_id: int) -> SeatOpinion | None:
    """The request, if it was made to a seat that the viewer holds."""
    found = db.session.get(SeatOpinion, opinion_id)
    if found is None or not viewer.holds(Role(found.role), neighbourhood_id=found.proposal.neighbourhood_id):
        return None
    return found


def change_for(viewer: Viewer, change_id: int) -> PlanChange | None:
    """The change, if the viewer may say from the council or as legal adviser what it is."""
    options = [joinedload(PlanChange.proposal), joinedload(PlanChange.opinions)]
    found = db.session.get(PlanChange, change_id, options=options)
    seats = (*COUNCIL_SEATS, Role.LEGAL_ADVISER)
    if found is None or not viewer.holds(*seats, neighbourhood_id=found.proposal.neighbourhood_id):
        return None
    return found


def holders_of_seat(proposal: Proposal, *roles: Role) -> Sequence[Account]:
    """The people who hold one of the seats in the neighbourhood now."""
    query = (
        select(Account)
        .join(Account.seats)
        .where(
            Seat.neighbourhood_id == proposal.neighbourhood_id,
            Seat.role.in_([role.value for role in roles]),
            Seat.until.is_(None),
            Account.disabled_at.is_(None),
        )
        .order_by(Account.id)
    )
    return db.session.scalars(query).unique().all()
