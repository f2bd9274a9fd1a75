"""Reads of works: how far a lift is, for everybody; its papers and its group's names for those who work on it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cached_property

from flask import url_for
from flask_babel import gettext
from sqlalchemy import ColumnElement, Exists, Select, and_, func, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from hearing.audit.queries import Told
from hearing.db import db
from hearing.files import queries as files
from hearing.files.models import Evidence
from hearing.notices.models import PublicityPeriod
from hearing.notices.rules import BEIJING, ObjectionState, beijing_day
from hearing.people.viewer import Anyone, Viewer
from hearing.places.models import (
    Building,
    Holder,
    Neighbourhood,
    Sector,
    Stairwell,
    Subdistrict,
    Tenure,
    TenureShare,
    Unit,
)
from hearing.proposals import queries as proposals
from hearing.proposals.facts import Approved, PublicityBegun
from hearing.proposals.models import PlanVersion, Proposal, RequiredConsent
from hearing.proposals.queries import Turn
from hearing.proposals.rules import PermitState, RequiredState, ScopeKind, State
from hearing.web.filters import door
from hearing.works import facts, rules
from hearing.works.models import GroupSeat, WorksEvent, WorksFile

PAPER, PHOTO = "works_paper", "works_photo"
"""Kinds of evidence: papers are for those who work on the lift, photos of a public case for everybody."""
_TOLD = frozenset(
    fact.kind
    for fact in (
        facts.StageEntered,
        facts.PaperRecorded,
        facts.HandedOver,
        facts.PhotosAdded,
        facts.Corrected,
        facts.TakenBack,
    )
)
_COLUMNS = {ScopeKind.STAIRWELL: Stairwell.id, ScopeKind.BUILDING: Building.id, ScopeKind.ESTATE: Building.estate_id}
_WIDTH = (ScopeKind.STAIRWELL, ScopeKind.BUILDING, ScopeKind.ESTATE)
_LIFTS = [template.value for template in rules.LIFTS]
_PASSED = {State.PUBLICITY, State.APPROVED}
_LISTED = (
    State.DELIBERATING,
    State.PLAN_FIXED,
    State.CONSENT,
    State.PUBLICITY,
    State.APPROVED,
    State.SUSPENDED,
)


# ---- one lift


def is_lift(proposal: Proposal) -> bool:
    """Whether the case is a lift: one of its plan versions asks for a lift's consent."""
    return any(required.template in _LIFTS for version in proposal.versions for required in version.required)


def being_built() -> ColumnElement[bool]:
    """Of a proposal: whether it is an approved lift that does not run yet; an entry that was taken back counts not."""
    later = aliased(WorksEvent)
    taken_back = select(later.id).where(later.corrects_id == WorksEvent.id).correlate(WorksEvent)
    runs = select(WorksEvent.id).where(
        WorksEvent.proposal_id == Proposal.id,
        WorksEvent.stage == rules.Stage.IN_USE,
        WorksEvent.withdrawn.is_(False),
        ~taken_back.exists(),
    )
    return and_(Proposal.state == State.APPROVED, _asks_for_lift(), ~runs.correlate(Proposal).exists())


def _asks_for_lift() -> Exists:
    """Of a proposal: one of its plan versions asks for a lift's consent."""
    return (
        select(RequiredConsent.id)
        .join(RequiredConsent.version)
        .where(PlanVersion.proposal_id == Proposal.id, RequiredConsent.template.in_(_LIFTS))
        .correlate(Proposal)
        .exists()
    )


def _effective(state: State, suspended_from: str | None) -> State:
    return State(suspended_from) if state is State.SUSPENDED and suspended_from else state


def _beginning(
    state: State, asked_at: datetime, posted_at: datetime | None, approved_at: datetime | None
) -> rules.Beginning:
    """What the case tells of its first two stages; a publicity that was stopped left the case in its consent."""
    asked = beijing_day(asked_at)
    if state not in _PASSED or posted_at is None:
        return rules.Beginning(asked)
    approved = beijing_day(approved_at) if state is State.APPROVED and approved_at is not None else None
    return rules.Beginning(asked, beijing_day(posted_at), approved)


@dataclass(frozen=True)
class History:
    """A lift's case with everything that was entered of it, oldest first."""

    proposal: Proposal
    period: PublicityPeriod | None
    rows: Sequence[WorksEvent]

    @cached_property
    def beginning(self) -> rules.Beginning:
        """What the case tells of its first two stages."""
        case, period = self.proposal, self.period
        return _beginning(
            _effective(case.stands, case.suspended_from),
            case.versions[0].fixed_at,
            period.posted_at if period is not None else None,
            period.ended_at if period is not None else None,
        )

    @cached_property
    def entries(self) -> list[rules.Entry]:
        """The events as the rules know them."""
        numbers = {row.id: row.number for row in self.rows}
        return [row.as_entry(numbers[row.corrects_id] if row.corrects_id else None) for row in self.rows]

    @cached_property
    def course(self) -> rules.Course:
        """How far the lift is."""
        return rules.course(self.beginning, self.entries)

    @property
    def next_number(self) -> int:
        """The number of the next event."""
        return len(self.rows) + 1

    def row(self, number: int) -> WorksEvent:
        """The event of that number."""
        return self.rows[number - 1]

    def chain(self, number: int) -> list[WorksEvent]:
        """An event and those that it corrects, the last one first."""
        found = [self.row(number)]
        while found[-1].corrects is not None:
            found.append(found[-1].corrects)
        return found

    def files(self, number: int, *purposes: str) -> list[WorksFile]:
        """The files of an event and of those that it corrects, as far as they are what is asked for."""
        wanted = [file for row in reversed(self.chain(number)) for file in row.files]
        return [file for file in wanted if file.purpose in purposes]

    def photos(self, purpose: str) -> list[WorksFile]:
        """The photos that stand, `before` or `after`."""
        return [file for entry in self.course.entries for file in self.files(entry.number, purpose)]

    def corrected_by(self, number: int) -> WorksEvent | None:
        """The event that corrects this one."""
        return next((row for row in self.rows if row.corrects_id == self.row(number).id), None)


def history(proposal: Proposal, *, fresh: bool = False) -> History:
    """What has become of a lift, in two statements. The case is loaded with its versions."""
    return History(proposal, _period(proposal), _rows(proposal.id, fresh=fresh))


def entries(proposal_id: int) -> list[rules.Entry]:
    """The events of a case, as the rules know them; none for what is no lift."""
    rows = _rows(proposal_id, fresh=True)
    numbers = {row.id: row.number for row in rows}
    return [row.as_entry(numbers[row.corrects_id] if row.corrects_id else None) for row in rows]


def _rows(proposal_id: int, *, fresh: bool = False) -> list[WorksEvent]:
    query = (
        select(WorksEvent)
        .where(WorksEvent.proposal_id == proposal_id)
        .options(joinedload(WorksEvent.files).joinedload(WorksFile.evidence))
        .order_by(WorksEvent.number)
        .execution_options(populate_existing=fresh)
    )
    return list(db.session.scalars(query).unique())


def _period(proposal: Proposal) -> PublicityPeriod | None:
    """The last publicity of the case's plan, with its objections."""
    query = (
        select(PublicityPeriod)
        .where(PublicityPeriod.subject == proposal.matter)
        .options(selectinload(PublicityPeriod.objections))
        .order_by(PublicityPeriod.id.desc())
        .limit(1)
    )
    return db.session.scalars(query).one_or_none()


def ready(proposal: Proposal) -> rules.Ready:
    """What the case and its group show now, under the case's lock, before a stage is entered."""
    version, period = proposal.signed_plan, _period(proposal)
    gone = gone_seats(proposal.id)
    sitting = [seat.as_held() for seat in seats(proposal.id) if seat.until is None and seat.id not in gone]
    return rules.Ready(
        case=proposal.stands,
        collections_passed=tuple(each.state == RequiredState.PASSED for each in version.required) if version else (),
        permits_given=tuple(each.stands is PermitState.GIVEN for each in version.permits) if version else (),
        objections=tuple(ObjectionState(each.state) for each in period.objections) if period else (),
        money_agreed=version is not None and bool(version.plan.cost_plan or version.plan.household_shares),
        offices=rules.offices_held(sitting),
    )


def told(proposal: Proposal, told_entries: Iterable[Told]) -> rules.Course | None:
    """How far a lift is, out of its case's public entries, for the page that has read them anyway (decisions/005)."""
    if not proposal.versions or not is_lift(proposal):
        return None
    posted = approved = None
    found: list[rules.Entry] = []
    for entry in told_entries:
        if entry.kind == PublicityBegun.kind:
            posted = entry.at
        elif entry.kind == Approved.kind:
            approved = entry.at
        elif entry.kind in _TOLD:
            found.append(_read(entry))
    state = _effective(proposal.stands, proposal.suspended_from)
    return rules.course(_beginning(state, proposal.versions[0].fixed_at, posted, approved), found)


def _read(entry: Told) -> rules.Entry:
    pub = entry.pub
    return rules.Entry(
        number=pub["number"],
        kind=rules.Kind(pub["sort"]),
        day=date.fromisoformat(pub["day"]),
        stage=rules.Stage(pub["stage"]) if pub["stage"] else None,
        paper=rules.Paper(pub["paper"]) if pub["paper"] else None,
        reference=pub["reference"],
        issuer=pub["issuer"],
        party=rules.Party(pub["party"]) if pub["party"] else None,
        before=pub["before"],
        after=pub["after"],
        corrects=pub.get("corrects"),
        withdrawn=entry.kind == facts.TakenBack.kind,
    )


def turn(viewer: Anyone, proposal: Proposal, course: rules.Course) -> Turn | None:
    """Who owes the next move of a lift whose plan was approved; None while the case itself tells."""
    if proposal.stands is not State.APPROVED or course.party is None:
        return None
    since = datetime.combine(course.waiting_since, time(), BEIJING).astimezone(UTC)
    who = gettext(rules.PARTY_LABELS[course.party])
    if course.stage is rules.Stage.IN_USE:
        return Turn(gettext("已经启用，由%(who)s照看", who=who), since)
    works = records(viewer, proposal.neighbourhood_id)
    url = url_for("works.desk_lift", proposal_id=proposal.id) if works else None
    return Turn(who, since, url=url, mine=works and course.party is rules.Party.COMMITTEE)


def records(viewer: Anyone, neighbourhood_id: int) -> bool:
    """Whether the viewer enters what happens to lifts there."""
    return viewer.holds(*rules.RECORDERS, neighbourhood_id=neighbourhood_id)


def for_staff(viewer: Viewer, proposal_id: int) -> Proposal | None:
    """A lift's case, for whoever enters what happens to it."""
    found = proposals.case(viewer, proposal_id)
    if found is None or not is_lift(found) or not records(viewer, found.neighbourhood_id):
        return None
    return found


def public_lift(viewer: Anyone, proposal_id: int) -> Proposal | None:
    """A lift's case that everybody may read."""
    found = proposals.case(viewer, proposal_id)
    return found if found is not None and found.is_public and is_lift(found) else None


# ---- the building group


def seats(proposal_id: int) -> list[GroupSeat]:
    """The seats of a group, those held first in the order of their offices, then those that ended, newest first."""
    query = (
        select(GroupSeat)
        .where(GroupSeat.proposal_id == proposal_id)
        .options(
            joinedload(GroupSeat.holder),
            joinedload(GroupSeat.unit).joinedload(Unit.stairwell).joinedload(Stairwell.building),
        )
        .order_by(GroupSeat.id)
        .execution_options(populate_existing=True)
    )
    order = list(rules.GroupRole)
    found = db.session.scalars(query).all()
    held = sorted((seat for seat in found if seat.until is None), key=lambda seat: order.index(seat.office))
    return [*held, *(seat for seat in reversed(found) if seat.until is not None)]


def gone_seats(proposal_id: int) -> frozenset[int]:
    """The held seats whose person does not hold that flat any more."""
    holds = (
        select(TenureShare.id)
        .join(TenureShare.tenure)
        .where(
            Tenure.unit_id == GroupSeat.unit_id, Tenure.until.is_(None), TenureShare.holder_id == GroupSeat.holder_id
        )
    )
    query = select(GroupSeat.id).where(
        GroupSeat.proposal_id == proposal_id, GroupSeat.until.is_(None), ~holds.correlate(GroupSeat).exists()
    )
    return frozenset(db.session.scalars(query))


def seat_for_staff(viewer: Viewer, seat_id: int) -> GroupSeat | None:
    """A seat, for whoever keeps the group's list."""
    found = db.session.get(GroupSeat, seat_id, options=[joinedload(GroupSeat.proposal), joinedload(GroupSeat.holder)])
    return found if found is not None and records(viewer, found.proposal.neighbourhood_id) else None


@dataclass(frozen=True)
class Candidate:
    """Somebody who may be chosen: a holder of a flat of the house."""

    unit_id: int
    holder_id: int
    person: rules.Person
    door: str


def candidates(proposal: Proposal) -> list[Candidate]:
    """The living holders of the flats whom the narrowest consent of the plan asks, in the order of the doors."""
    version = proposal.signed_plan
    if version is None or not version.required:
        return []
    scope = min(version.required, key=lambda required: _WIDTH.index(ScopeKind(required.scope_kind)))
    query = (
        select(Unit.id, Unit.name, Building.name, Holder.id, Holder.name, Holder.phone)
        .select_from(Unit)
        .join(Unit.stairwell)
        .join(Stairwell.building)
        .join(Unit.tenures.and_(Tenure.until.is_(None)))
        .join(Tenure.shares)
        .join(TenureShare.holder)
        .where(_COLUMNS[ScopeKind(scope.scope_kind)] == scope.scope_id, Holder.died_on.is_(None))
        .order_by(Building.position, Building.id, Unit.position, Unit.id, TenureShare.id)
    )
    return [
        Candidate(unit, holder, rules.Person(holder, unit, name, phone), door(building, flat))
        for unit, flat, building, holder, name, phone in db.session.execute(query)
    ]


# ---- all lifts of a subdistrict


@dataclass(frozen=True)
class Lift:
    """A lift in the overview."""

    proposal_id: int
    title: str
    place: str
    neighbourhood_id: int
    halted: bool
    course: rules.Course

    @property
    def label(self) -> str:
        """How far it is, as an overview says it."""
        return rules.STANDING_LABELS[self.course.stage]

    @property
    def party_label(self) -> str:
        """Who owes the next move, in words; "" while the case itself tells."""
        return rules.PARTY_LABELS[self.course.party] if self.course.party is not None else ""


def subdistricts() -> Sequence[Subdistrict]:
    """Every subdistrict of this installation."""
    return db.session.scalars(select(Subdistrict).order_by(Subdistrict.id)).all()


def subdistrict(subdistrict_id: int) -> Subdistrict | None:
    """One subdistrict."""
    return db.session.get(Subdistrict, subdistrict_id)


def subdistricts_of(viewer: Viewer) -> Sequence[Subdistrict]:
    """The subdistricts in which the viewer enters what happens to lifts."""
    places = [place for place in sorted(viewer.neighbourhood_ids) if records(viewer, place)]
    query = (
        select(Subdistrict)
        .join(Subdistrict.sectors)
        .join(Sector.neighbourhoods)
        .where(Neighbourhood.id.in_(places))
        .distinct()
        .order_by(Subdistrict.id)
    )
    return db.session.scalars(query).all()


def lifts(within: Collection[int]) -> list[Lift]:
    """Every public lift of these subdistricts, in three statements: the farthest first, then the longest waiting.

    Cases that were withdrawn, merged or sent elsewhere are none.
    """
    posted: dict[str, tuple[datetime, datetime | None]] = {}
    periods = select(PublicityPeriod.subject, PublicityPeriod.posted_at, PublicityPeriod.ended_at).where(
        PublicityPeriod.neighbourhood_id.in_(_places(within)), PublicityPeriod.subject.like("proposal/%")
    )
    for subject, posted_at, ended_at in db.session.execute(periods.order_by(PublicityPeriod.id)):
        posted[subject] = (posted_at, ended_at)
    entered = _entered(within)
    found = []
    for row in db.session.execute(_cases(within)):
        state = State(row.state)
        begun, ended = posted.get(f"proposal/{row.id}", (None, None))
        beginning = _beginning(_effective(state, row.suspended_from), row.asked_at, begun, ended)
        course = rules.course(beginning, entered.get(row.id, ()))
        found.append(Lift(row.id, row.title, row.place, row.neighbourhood_id, state is State.SUSPENDED, course))
    order = list(rules.STANDING_LABELS)
    return sorted(found, key=lambda lift: (order.index(lift.course.stage), lift.course.since, lift.proposal_id))


def _places(within: Collection[int]) -> Select[int]:
    return select(Neighbourhood.id).join(Neighbourhood.sector).where(Sector.subdistrict_id.in_(sorted(within)))


def _cases(within: Collection[int]) -> Select[int, str, str, str | None, int, str, datetime]:
    return (
        select(
            Proposal.id,
            Proposal.title,
            Proposal.state,
            Proposal.suspended_from,
            Proposal.neighbourhood_id,
            Neighbourhood.name.label("place"),
            func.min(PlanVersion.fixed_at, type_=PlanVersion.fixed_at.type).label("asked_at"),
        )
        .join(Proposal.neighbourhood)
        .join(Proposal.versions)
        .where(
            Proposal.neighbourhood_id.in_(_places(within)),
            Proposal.accepted_at.is_not(None),
            Proposal.state.in_([state.value for state in _LISTED]),
            _asks_for_lift(),
        )
        .group_by(Proposal.id, Neighbourhood.id)
        .order_by(Proposal.id)
    )


def _entered(within: Collection[int]) -> dict[int, list[rules.Entry]]:
    """What was entered of each lift, without photos: an overview does not count them."""
    corrected = aliased(WorksEvent)
    query = (
        select(WorksEvent, corrected.number)
        .join(WorksEvent.proposal)
        .outerjoin(corrected, corrected.id == WorksEvent.corrects_id)
        .where(Proposal.neighbourhood_id.in_(_places(within)))
        .order_by(WorksEvent.proposal_id, WorksEvent.number)
    )
    columns = (
        WorksEvent.proposal_id,
        WorksEvent.number,
        WorksEvent.kind,
        WorksEvent.happened_on,
        WorksEvent.stage,
        WorksEvent.paper,
        WorksEvent.party,
        WorksEvent.withdrawn,
        corrected.number.label("corrects"),
    )
    found: dict[int, list[rules.Entry]] = {}
    for row in db.session.execute(query.with_only_columns(*columns)):
        entry = rules.Entry(
            number=row.number,
            kind=rules.Kind(row.kind),
            day=row.happened_on,
            stage=rules.Stage(row.stage) if row.stage else None,
            paper=rules.Paper(row.paper) if row.paper else None,
            party=rules.Party(row.party) if row.party else None,
            corrects=row.corrects,
            withdrawn=row.withdrawn,
        )
        found.setdefault(row.proposal_id, []).append(entry)
    return found


# ---- files


def _proposal_of(evidence: Evidence) -> Proposal | None:
    return db.session.get(Proposal, int(evidence.matter.removeprefix("proposal/")))


def _paper(viewer: Anyone, evidence: Evidence) -> bool:
    """A paper: whoever enters what happens, works on the case, or sits in the group."""
    proposal = _proposal_of(evidence)
    if proposal is None:
        return False
    if records(viewer, proposal.neighbourhood_id) or proposals.works_on(viewer, proposal):
        return True
    sitting = select(GroupSeat.id).where(
        GroupSeat.proposal_id == proposal.id, GroupSeat.until.is_(None), GroupSeat.holder_id.in_(viewer.holder_ids)
    )
    return bool(viewer.holder_ids) and db.session.scalars(sitting).first() is not None


def _photo(viewer: Anyone, evidence: Evidence) -> bool:
    """A photo: everybody, as long as its event stands."""
    proposal = _proposal_of(evidence)
    if proposal is None:
        return False
    if records(viewer, proposal.neighbourhood_id):
        return True
    found = history(proposal)
    shown = {file.evidence_id for purpose in ("before", "after") for file in found.photos(purpose)}
    return proposal.is_public and evidence.id in shown


files.may_see.update({PAPER: _paper, PHOTO: _photo})
