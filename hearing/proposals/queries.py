"""Reading proposals: what the public, the proposer, the desk and the named seats may know (domain.md 3.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import gettext
from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import joinedload, selectinload

from hearing.db import db
from hearing.files import queries as files
from hearing.files.models import Evidence
from hearing.people.models import Account, Seat
from hearing.people.rules import COMMITTEE, COUNCIL, FIELD_STAFF, ROLE_LABELS, Role
from hearing.people.viewer import Anyone, Viewer
from hearing.places.models import Building, Estate, Stairwell, Tenure, TenureShare, Unit
from hearing.proposals import rules
from hearing.proposals.models import (
    Application,
    ApplicationPhoto,
    ChangeContest,
    Draft,
    DraftPhoto,
    PlanChange,
    PlanDraft,
    PlanDrawing,
    PlanVersion,
    Proposal,
    Screening,
    SeatOpinion,
    SecondLook,
)
from hearing.proposals.rules import (
    MANAGER_SEATS,
    DraftPlan,
    Move,
    ScopeKind,
    State,
)

PHOTO, LETTER, DRAWING, MANAGER_PAPER = "proposal_photo", "proposal_letter", "plan_drawing", "manager_paper"
"""Kinds of evidence."""

DESK = tuple(sorted(FIELD_STAFF))
COUNCIL_SEATS = tuple(sorted(COUNCIL))
ENDED = frozenset({State.REJECTED, State.MERGED, State.ROUTED_ELSEWHERE, State.WITHDRAWN, State.APPROVED})


@dataclass(frozen=True)
class Turn:
    """Whose move it is: in words, since when, until when, where to make it, and whether it is the reader's."""

    who: str
    since: datetime
    until: datetime | None = None
    url: str | None = None
    mine: bool = False


@dataclass(frozen=True)
class Scope:
    """A stairwell, building or estate of a neighbourhood, to choose from."""

    kind: ScopeKind
    id: int
    name: str

    @property
    def key(self) -> str:
        """How a form names it: building/3."""
        return f"{self.kind}/{self.id}"


# Who may read a case.


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
    # Lists of a case are short: three statements fetch all of it.
    return select(Proposal).options(
        joinedload(Proposal.neighbourhood),
        joinedload(Proposal.applications).joinedload(Application.letter_photo),
        joinedload(Proposal.applications).joinedload(Application.photos).joinedload(ApplicationPhoto.evidence),
        selectinload(Proposal.opinions),
        selectinload(Proposal.versions).options(
            joinedload(PlanVersion.required),
            joinedload(PlanVersion.decisions),
            joinedload(PlanVersion.answers),
            joinedload(PlanVersion.drawings).joinedload(PlanDrawing.evidence),
        ),
    )


# Lists.


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
                joinedload(PlanVersion.decisions), joinedload(PlanVersion.answers), joinedload(PlanVersion.required)
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


# Parts of a case.


def plan_versions(proposal: Proposal) -> Sequence[PlanVersion]:
    """The fixed versions, oldest first."""
    return proposal.versions


def diff(version: PlanVersion) -> tuple[rules.Change, ...]:
    """What a version changed against the one before it; nothing for the first."""
    before = next((other for other in version.proposal.versions if other.number == version.number - 1), None)
    return rules.diff(before.plan, version.plan) if before is not None else ()


def opinions_given(proposal: Proposal) -> list[SeatOpinion]:
    """The opinions that seats have given, oldest first."""
    return [opinion for opinion in proposal.opinions if opinion.given_at is not None]


def screenings(proposal: Proposal) -> Sequence[Screening]:
    """The decisions of screening, oldest first."""
    query = select(Screening).where(Screening.proposal_id == proposal.id).order_by(Screening.id)
    return db.session.scalars(query).all()


def second_look(proposal: Proposal) -> SecondLook | None:
    """The council's second look at a rejection, asked for or answered."""
    return db.session.scalars(select(SecondLook).where(SecondLook.proposal_id == proposal.id)).one_or_none()


def contest(version: PlanVersion) -> ChangeContest | None:
    """The proposer's contest of a version's change."""
    return db.session.scalars(select(ChangeContest).where(ChangeContest.plan_version_id == version.id)).one_or_none()


def pending_change(proposal: Proposal) -> PlanChange | None:
    """The change that was put last, if no version has come of it yet."""
    query = (
        select(PlanChange)
        .where(PlanChange.proposal_id == proposal.id)
        .options(joinedload(PlanChange.opinions))
        .order_by(PlanChange.id.desc())
    )
    last = db.session.scalars(query).unique().first()
    return last if last is not None and last.number == len(proposal.versions) + 1 else None


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


def plan_draft(proposal: Proposal) -> tuple[DraftPlan, int]:
    """The plan on the desk and its edition: what was saved, else the last version, else what the application says."""
    kept = db.session.get(PlanDraft, proposal.id)
    if kept is not None:
        return DraftPlan.load(kept.content), kept.edition
    if proposal.plan is not None:
        return draft_of(proposal.plan), 0
    adviser, application = proposal.opinion_of(Role.LEGAL_ADVISER), proposal.applications[-1]
    texts = rules.Plan(
        title=proposal.title,
        place=application.place,
        upkeep_owner=application.upkeep,
        steps=adviser.steps if adviser is not None else "",
    )
    return DraftPlan(texts), 0


def draft_of(version: PlanVersion) -> DraftPlan:
    """A fixed version as a draft to go on from."""
    return DraftPlan(
        texts=version.plan,
        drawings=tuple(rules.Drawing(d.evidence_id, d.evidence.sha256) for d in version.drawings),
        requirements=requirements_of(version.proposal.signed_plan or version),
    )


def requirements_of(version: PlanVersion) -> tuple[rules.Requirement, ...]:
    """The consents that a version asks for itself."""
    return tuple(
        rules.Requirement(rules.TemplateName(r.template), ScopeKind(r.scope_kind), r.scope_id) for r in version.required
    )


def changed_parts(proposal: Proposal, draft: DraftPlan) -> tuple[str, ...]:
    """Which parts of the plan on the desk differ from the last version, as keys of FIELD_LABELS.

    Which households are asked stands in the requirements and not in the plan, and counts as part of them.
    """
    last, signed = proposal.plan, proposal.signed_plan
    if last is None or signed is None:
        return ()
    changed = tuple(change.field for change in rules.diff(last.plan, draft.plan))
    if "templates" not in changed and set(draft.requirements) != set(requirements_of(signed)):
        changed = (*changed, "templates")
    return changed


def drawings_of(draft: DraftPlan) -> Sequence[Evidence]:
    """The rows of a draft's drawings, in its order."""
    order = [drawing.evidence_id for drawing in draft.drawings]
    rows = db.session.scalars(select(Evidence).where(Evidence.id.in_(order))).all()
    return sorted(rows, key=lambda row: order.index(row.id))


# Places to choose from.


def scopes(neighbourhood_id: int) -> list[Scope]:
    """The estates, buildings and named stairwells of a neighbourhood, widest first."""
    query = (
        select(Estate)
        .where(Estate.neighbourhood_id == neighbourhood_id)
        .options(joinedload(Estate.buildings).joinedload(Building.stairwells))
        .order_by(Estate.id)
    )
    estates = db.session.scalars(query).unique().all()
    buildings = [building for estate in estates for building in estate.buildings]
    return [
        *(Scope(ScopeKind.ESTATE, estate.id, estate.name) for estate in estates),
        *(Scope(ScopeKind.BUILDING, building.id, building.name) for building in buildings),
        *(
            Scope(ScopeKind.STAIRWELL, stairwell.id, f"{building.name} {stairwell.name}")
            for building in buildings
            for stairwell in building.stairwells
            if stairwell.name
        ),
    ]


def units_within(draft: DraftPlan) -> Sequence[Unit]:
    """The units whose households the draft's consents ask, by building and position."""
    columns = {ScopeKind.STAIRWELL: Stairwell.id, ScopeKind.BUILDING: Building.id, ScopeKind.ESTATE: Building.estate_id}
    within = [columns[requirement.scope_kind] == requirement.scope_id for requirement in draft.requirements]
    if not within:
        return []
    query = (
        select(Unit)
        .join(Unit.stairwell)
        .join(Stairwell.building)
        .where(or_(*within))
        .options(joinedload(Unit.stairwell).joinedload(Stairwell.building))
        .order_by(Building.position, Building.id, Unit.position, Unit.id)
    )
    return db.session.scalars(query).all()


def buildings(viewer: Viewer) -> Sequence[Building]:
    """The buildings of the neighbourhoods where the viewer may write for households."""
    query = (
        select(Building)
        .join(Building.estate)
        .where(Estate.neighbourhood_id.in_(_assists_in(viewer)))
        .options(joinedload(Building.estate))
        .order_by(Estate.id, Building.position, Building.id)
    )
    return db.session.scalars(query).all()


def households(viewer: Viewer, building_id: int) -> Sequence[Unit]:
    """The units of a building whose households the viewer may write for."""
    query = (
        select(Unit)
        .join(Unit.stairwell)
        .join(Stairwell.building)
        .join(Building.estate)
        .where(Building.id == building_id, Estate.neighbourhood_id.in_(_assists_in(viewer)))
        .options(joinedload(Unit.stairwell).joinedload(Stairwell.building))
        .order_by(Unit.position, Unit.id)
    )
    return db.session.scalars(query).all()


def household(viewer: Viewer, unit_id: int) -> Unit | None:
    """The unit, if the viewer may write for its household; with its standing holders."""
    query = (
        select(Unit)
        .join(Unit.stairwell)
        .join(Stairwell.building)
        .join(Building.estate)
        .where(Unit.id == unit_id, Estate.neighbourhood_id.in_(_assists_in(viewer)))
        .options(
            joinedload(Unit.stairwell).joinedload(Stairwell.building).joinedload(Building.estate),
            joinedload(Unit.tenures).joinedload(Tenure.shares).joinedload(TenureShare.holder),
        )
    )
    return db.session.scalars(query).unique().one_or_none()


def holder_name(unit: Unit) -> str:
    """In whose name the unit is held now: the one who represents the others, else the first."""
    standing = next((tenure for tenure in unit.tenures if tenure.until is None), None)
    shares = standing.shares if standing is not None else []
    named = next((share for share in shares if share.represents), shares[0] if shares else None)
    return named.holder.name if named is not None else unit.name


def _assists_in(viewer: Viewer) -> list[int]:
    return [place for place in sorted(viewer.neighbourhood_ids) if viewer.holds(*DESK, neighbourhood_id=place)]


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


# Drafts.


def drafts(viewer: Viewer, form: str) -> dict[str, str]:
    """What the viewer typed of a form, as JSON by step."""
    query = select(Draft).where(Draft.account_id == viewer.id, Draft.form == form)
    return {draft.step: draft.content for draft in db.session.scalars(query)}


def draft_photos(viewer: Viewer, form: str) -> Sequence[DraftPhoto]:
    """The photos waiting in a draft."""
    query = select(DraftPhoto).where(DraftPhoto.account_id == viewer.id, DraftPhoto.form == form)
    return db.session.scalars(query.order_by(DraftPhoto.id)).all()


def draft_photo(viewer: Viewer, photo_id: int) -> DraftPhoto | None:
    """One photo of the viewer's own drafts."""
    found = db.session.get(DraftPhoto, photo_id)
    return found if found is not None and found.account_id == viewer.id else None


# Whose move it is.


def turn(viewer: Anyone, proposal: Proposal) -> Turn:
    """Whose move it is and since when; consents and publicity tell more precisely while they run."""
    since, place = proposal.since, proposal.neighbourhood_id
    desk_url = url_for("proposals.desk_case", proposal_id=proposal.id)
    at_desk = viewer.holds(*DESK, neighbourhood_id=place)

    def committee(until: datetime | None = None, since: datetime = since) -> Turn:
        return Turn(gettext("居委会"), since, until, desk_url if at_desk else None, mine=at_desk)

    match proposal.stands:
        case State.SUBMITTED | State.SCREENING:
            return committee(proposal.screening_due)
        case State.RETURNED:
            own = is_proposer(viewer, proposal)
            url = url_for("proposals.write_again", proposal_id=proposal.id) if own else None
            return Turn(gettext("提案人"), since, url=url, mine=own)
        case State.REJECTED:
            return _after_rejection(viewer, proposal)
        case State.DELIBERATING:
            return _of_seats(viewer, proposal) or committee()
        case State.PLAN_FIXED:
            return _of_manager(viewer, proposal) or committee()
        case State.CONSENT:
            return Turn(gettext("要表态的各户"), since)
        case State.PUBLICITY:
            return Turn(gettext("公示中,大家都可以提异议"), since)
        case State.SUSPENDED:
            return committee()
        case _:
            return Turn(gettext("这件事到这里为止,不用再办什么"), since)


def _after_rejection(viewer: Anyone, proposal: Proposal) -> Turn:
    look = second_look(proposal)
    if look is None or look.answered_at is not None:
        return Turn(gettext("这件事到这里为止,不用再办什么"), proposal.since)
    holds = viewer.holds(*COUNCIL_SEATS, neighbourhood_id=proposal.neighbourhood_id)
    url = url_for("proposals.second_look", proposal_id=proposal.id) if holds else None
    return Turn(gettext("理事会"), look.asked_at, url=url, mine=holds)


def _of_seats(viewer: Anyone, proposal: Proposal) -> Turn | None:
    """The seats that owe an opinion, or a judgement of a change."""
    owed = [opinion for opinion in proposal.opinions if opinion.given_at is None]
    if owed:
        held = viewer.seats_in(proposal.neighbourhood_id)
        own = next((opinion for opinion in owed if opinion.role in held), None)
        who = gettext("、").join(gettext(ROLE_LABELS[Role(opinion.role)]) for opinion in owed)
        url = url_for("proposals.opinion", opinion_id=own.id) if own is not None else None
        return Turn(who, min(opinion.requested_at for opinion in owed), url=url, mine=own is not None)
    change = pending_change(proposal) if proposal.versions else None
    if change is None or (change.opinion_of("council") and change.opinion_of("adviser")):
        return None
    waiting = {"council": COUNCIL_SEATS, "adviser": (Role.LEGAL_ADVISER,)}
    open_seats = [seat for seat in waiting if change.opinion_of(seat) is None]
    labels = {"council": gettext("理事"), "adviser": gettext("法律顾问")}
    own_seat = any(viewer.holds(*waiting[seat], neighbourhood_id=proposal.neighbourhood_id) for seat in open_seats)
    return Turn(
        gettext("、").join(labels[seat] for seat in open_seats),
        change.put_at,
        url=url_for("proposals.change", change_id=change.id) if own_seat else None,
        mine=own_seat,
    )


def _of_manager(viewer: Anyone, proposal: Proposal) -> Turn | None:
    """The manager or lessor, when the plan needs a written yes and none has been given."""
    version = proposal.signed_plan
    if version is None or version.answers or not any(r.needs_manager_consent for r in version.required):
        return None
    holds = viewer.holds(*MANAGER_SEATS, neighbourhood_id=proposal.neighbourhood_id)
    url = url_for("proposals.manager_consent", proposal_id=proposal.id) if holds else None
    return Turn(gettext("物业或房管办"), version.fixed_at, url=url, mine=holds)


# Who may open the files.


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


def _proposal_of(evidence: Evidence) -> Proposal | None:
    return db.session.get(Proposal, int(evidence.matter.removeprefix("proposal/")))


files.may_see.update({PHOTO: _of_case, LETTER: _of_case, MANAGER_PAPER: _of_case, DRAWING: _of_plan})

SCREENING_MOVES = (Move.ACCEPT, Move.RETURN, Move.REJECT, Move.MERGE, Move.ROUTE)
COMMITTEE_SEATS = tuple(sorted(COMMITTEE))
