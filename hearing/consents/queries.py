"""Reads of consents: the viewer comes first, and what she may not see does not exist (domain.md 3.3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, ScalarSelect, Select, exists, func, or_, select, union
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from hearing.audit import queries as audit
from hearing.audit.queries import Told
from hearing.clock import database_now
from hearing.consents import ballots, rules, speaking
from hearing.consents.ballots import Ballot
from hearing.consents.models import (
    DIFFERS,
    ENTERED,
    ISSUED,
    AskFirst,
    ConsentCollection,
    ConsentDraft,
    ConsentHolder,
    ConsentRecord,
    ConsentUnit,
    Mandate,
    PaperSlip,
    RecordHolder,
    RecordMark,
    RecordView,
    RollCorrection,
    SlipPhoto,
    UnitEvent,
)
from hearing.db import db
from hearing.files import queries as files
from hearing.files.models import Evidence
from hearing.notices.rules import beijing_day
from hearing.people import rules as people
from hearing.people.models import Account, Seat
from hearing.people.queries import same_person
from hearing.people.rules import COMMITTEE, FIELD_STAFF, Role
from hearing.people.viewer import Anyone, Viewer
from hearing.places.models import Building, Neighbourhood, Sector, Stairwell, Tenure, TenureShare, Unit
from hearing.proposals.models import ManagerConsent, PlanVersion, Proposal, RequiredConsent
from hearing.proposals.rules import RequiredState, ScopeKind, State
from hearing.refusal import Refused

SIGNATURE, SLIP_PHOTO, UNIT_PAPER = "consent_signature", "consent_slip", "consent_unit_paper"
MANDATE_PAPER = "consent_mandate"
"""Kinds of evidence."""

WATCHERS = FIELD_STAFF | {Role.SCRUTINEER}
"""Who may see which door answered what: the committee, its field staff and the scrutineer, each look recorded."""

RECORDED_KINDS = ("consent.answered", "consent.withdrawn")
"""Kinds of the trail's entries of which each stands for a record."""

ALTERABLE = frozenset({rules.CollectionState.ROLL_OPEN, rules.CollectionState.OPEN})
"""States in which what happens to a household changes who answers for it."""

CLOSED = frozenset({rules.CollectionState.GRACE, rules.CollectionState.PROVISIONAL})
"""Answering is over and the result is not final: what was signed can still turn out not to count."""

MOST_ALSO = 20
"""Other lines that the page of a household leads to: a developer's flats are hundreds."""

LOOK_LASTS = timedelta(minutes=15)
"""For how long a recorded look at a household's records keeps them open."""


# ---- one collection


def _heads() -> Select[ConsentCollection]:
    """Collections with what every page says of them; one row each, as a plan's text may be long."""
    return select(ConsentCollection).options(
        joinedload(ConsentCollection.proposal),
        joinedload(ConsentCollection.version),
        joinedload(ConsentCollection.neighbourhood).joinedload(Neighbourhood.sector).joinedload(Sector.subdistrict),
        joinedload(ConsentCollection.required),
    )


_ROLL = selectinload(ConsentCollection.units).joinedload(ConsentUnit.holders)
_RECORDS = selectinload(ConsentCollection.records).options(
    joinedload(ConsentRecord.holders), joinedload(ConsentRecord.marks)
)


def collection(viewer: Anyone, collection_id: int) -> ConsentCollection | None:
    """A collection without its roll: for the public from the day its roll is shown, before that for its committee."""
    found = db.session.scalars(_heads().where(ConsentCollection.id == collection_id)).one_or_none()
    return found if found is not None and _may_know(viewer, found) else None


def counted(viewer: Anyone, collection_id: int) -> ConsentCollection | None:
    """The same for a page that counts: its ballot is read in two more statements, however many units there are."""
    people = joinedload(ConsentCollection.counter), joinedload(ConsentCollection.scrutineer)
    query = _heads().options(*people).where(ConsentCollection.id == collection_id)
    found = db.session.scalars(query).one_or_none()
    return found if found is not None and _may_know(viewer, found) else None


def head(collection_id: int, *, fresh: bool = False) -> ConsentCollection:
    """A collection without its roll for an act, which asks who may do it; `fresh` reads everything anew."""
    query = _heads().where(ConsentCollection.id == collection_id)
    return db.session.scalars(query.execution_options(populate_existing=fresh)).one()


def whole(collection_id: int, *, fresh: bool = False) -> ConsentCollection:
    """A collection with roll and records for an act, which asks who may do it; `fresh` reads everything anew."""
    query = _heads().options(_ROLL, _RECORDS).where(ConsentCollection.id == collection_id)
    return db.session.scalars(query.execution_options(populate_existing=fresh)).one()


def for_staff(viewer: Viewer, collection_id: int) -> ConsentCollection | None:
    """A collection without its roll, for those who work on it."""
    found = collection(viewer, collection_id)
    return found if found is not None and watches(viewer, found) else None


def counted_for_staff(viewer: Viewer, collection_id: int) -> ConsentCollection | None:
    """A collection for a page that counts, for those who work on it."""
    found = counted(viewer, collection_id)
    return found if found is not None and watches(viewer, found) else None


def _may_know(viewer: Anyone, found: ConsentCollection) -> bool:
    return found.stands is not rules.CollectionState.DRAFT or watches(viewer, found)


def watches(viewer: Anyone, found: ConsentCollection) -> bool:
    """Whether the viewer works on the collection, and may see the answers by door once she has said why."""
    return viewer.holds(*WATCHERS, neighbourhood_id=found.neighbourhood_id)


def is_committee(viewer: Anyone, found: ConsentCollection) -> bool:
    """Whether the viewer may move the collection on."""
    return viewer.holds(*COMMITTEE, neighbourhood_id=found.neighbourhood_id)


def of_proposal(proposal_id: int) -> list[ConsentCollection]:
    """The collections of a case with all that a tally needs, the newest first; proposal and plan as already loaded."""
    query = (
        select(ConsentCollection)
        .options(joinedload(ConsentCollection.required))
        .where(ConsentCollection.proposal_id == proposal_id, ConsentCollection.state != rules.CollectionState.DRAFT)
        .order_by(ConsentCollection.id.desc())
    )
    found = list(db.session.scalars(query))
    shown = standing(found)
    read = ballots.read(db.session, shown)
    for each in shown:
        each.shown = read[each.id]
    return found


def standing(collections: Sequence[ConsentCollection]) -> list[ConsentCollection]:
    """Of the collections of a case the one that counts for each roll that is asked, 本幢 before 小区.

    That is the newest round on the newest plan; superseded and void ones only where nothing has followed them.
    """
    over = (rules.CollectionState.SUPERSEDED, rules.CollectionState.VOID)
    plan = max((each.required.plan_version_id for each in collections), default=0)
    of_plan = sorted((c for c in collections if c.required.plan_version_id == plan), key=lambda each: each.id)
    live = [each for each in {each.required_id: each for each in of_plan}.values() if each.stands not in over]
    return sorted(live, key=lambda each: each.required_id) or list(collections[:1])


def to_answer(viewer: Anyone, collections: Sequence[ConsentCollection]) -> ConsentCollection | None:
    """The first of these in which the viewer has still to answer, or the first at all."""
    for each in collections:
        if any(line.answer is None for line in own_lines(viewer, each)) and each.stands is rules.CollectionState.OPEN:
            return each
    return next(iter(collections), None)


def overdue(limit: int = 20) -> Sequence[ConsentCollection]:
    """The collections whose last hour has come and which nobody has closed yet, the earliest first."""
    longer = exists().where(ConsentUnit.collection_id == ConsentCollection.id, ConsentUnit.closes_at > database_now())
    query = (
        select(ConsentCollection)
        .where(
            ConsentCollection.state == rules.CollectionState.OPEN,
            ConsentCollection.closes_at <= database_now(),
            ~longer,
        )
        .order_by(ConsentCollection.closes_at, ConsentCollection.id)
        .limit(limit)
    )
    return db.session.scalars(query).all()


# ---- a household's own


@dataclass(frozen=True)
class Slip:
    """A household's own line: the unit, the holder in whose name the viewer answers, and what stands.

    One who has several flats answers once for all of them: `flats` are these, and `unit` is the first.
    """

    collection: ConsentCollection
    unit: ConsentUnit
    flats: tuple[ConsentUnit, ...]
    holder_id: int
    standing: rules.Standing | None
    """None before the roll is frozen."""
    records: tuple[ConsentRecord, ...]
    """All records of these flats, the newest first."""
    wards: tuple[int, ...] = ()
    """The holders of the unit for whom the viewer acts as their guardian."""

    @property
    def speaks_for(self) -> tuple[int, ...]:
        """The holders in whose name the viewer answers: her own, and those of whom she is the guardian."""
        return tuple(dict.fromkeys((self.holder_id, *self.wards)))

    @property
    def name(self) -> str:
        """In whose name."""
        return "、".join(share.holder.name for share in self.unit.holders if share.holder_id in self.speaks_for)

    @property
    def record(self) -> ConsentRecord | None:
        """This holder's last record that counts, a withdrawal too."""
        counted = self.standing.counted if self.standing else ()
        numbers = [record.number for record in counted if str(self.holder_id) in record.holders]
        return next((record for record in self.records if record.number == numbers[-1]), None) if numbers else None

    @property
    def answer(self) -> rules.Answer | None:
        """What this holder said last that still counts."""
        return self.record.said if self.record else None

    @property
    def status(self) -> rules.UnitStatus:
        """How the household stands, in one word."""
        if self.standing is None:
            return rules.UnitStatus.BLOCKED if self.unit.blocked else rules.UnitStatus.INVITED
        return self.standing.status(self.unit.as_rule(), reconfirm=self.unit.reconfirm)

    @property
    def signers(self) -> list[tuple[ConsentHolder, rules.Answer | None]]:
        """Everybody who answers for the unit, with what she said last that counts."""
        counted = self.standing.counted if self.standing else ()
        said = rules.said_by((record.holders, record.answer) for record in counted)
        return [(share, said.get(str(share.holder_id))) for share in self.unit.holders]

    @property
    def closing(self) -> datetime | None:
        """Until when this unit may answer."""
        return self.unit.closes_at or self.collection.closes_at

    @property
    def share_fen(self) -> int:
        """What these flats would pay, in 1/100 yuan."""
        return sum(self.collection.version.share_of(flat.unit_id) for flat in self.flats)

    def takes_answers(self, now: datetime) -> bool:
        """Whether the household may answer at `now`."""
        is_open = self.collection.stands is rules.CollectionState.OPEN
        return is_open and self.unit.blocked is None and self.closing is not None and now < self.closing


def slips_for(viewer: Anyone, found: ConsentCollection) -> list[Slip]:
    """The viewer's own lines, one for each head, in roll order; empty when the roll does not know her."""
    if not isinstance(viewer, Viewer):
        return []
    wards = speaking.wards(viewer)
    if not viewer.holder_ids and not wards:
        return []
    # From her own name to the few lines that bear it, and not from every line of an estate to hers.
    mine = select(ConsentHolder.consent_unit_id).where(ConsentHolder.holder_id.in_(viewer.holder_ids | wards))
    query = (
        select(ConsentUnit)
        .where(ConsentUnit.collection_id == found.id, ConsentUnit.id.in_(mine))
        .options(
            joinedload(ConsentUnit.holders).joinedload(ConsentHolder.holder),
            selectinload(ConsentUnit.records).options(
                joinedload(ConsentRecord.holders), joinedload(ConsentRecord.marks), joinedload(ConsentRecord.signature)
            ),
        )
        .order_by(ConsentUnit.position)
    )
    units = list(db.session.scalars(query).unique())
    return _slips(viewer, found, units, [record for unit in units for record in unit.records], wards)


@dataclass(frozen=True)
class OwnLine:
    """How a household's own line stands, as a page that counts says it beside the count."""

    answer: rules.Answer | None
    """What the viewer said last that still counts."""
    blocked: bool
    reconfirm: bool
    closing: datetime | None


def own_lines(viewer: Anyone, found: ConsentCollection) -> list[OwnLine]:
    """The viewer's own lines, one for each head, in roll order; out of the ballot, without another statement."""
    if not isinstance(viewer, Viewer) or not viewer.holder_ids:
        return []
    ballot, mine = found.shown, {str(holder) for holder in viewer.holder_ids}
    heads: dict[str, rules.RollUnit] = {}
    for unit in ballot.roll.units:
        if any(holder.key in mine for holder in unit.holding.holders):
            heads.setdefault(unit.head, unit)
    return [_own_line(ballot, unit, mine) for unit in heads.values()]


def _own_line(ballot: Ballot, unit: rules.RollUnit, mine: set[str]) -> OwnLine:
    holder = next(share.key for share in unit.holding.holders if share.key in mine)
    standing = ballot.standings.get(unit.ref)
    said = [record.answer for record in (standing.counted if standing else ()) if holder in record.holders]
    closing, waiting = ballot.closing_of(unit.ref), unit.ref in ballot.reconfirm
    return OwnLine(said[-1] if said else None, unit.blocked is not None, waiting, closing)


def _slips(
    viewer: Viewer,
    found: ConsentCollection,
    units: list[ConsentUnit],
    records: list[ConsentRecord],
    wards: frozenset[int] = frozenset(),
) -> list[Slip]:
    standings = found.standings(units, records)
    heads: dict[str, list[ConsentUnit]] = {}
    for unit in units:
        heads.setdefault(unit.as_rule().head, []).append(unit)
    slips = []
    for flats in heads.values():
        here = [share.holder_id for share in flats[0].holders]
        acts_for = tuple(holder for holder in here if holder in wards)
        holder = next((holder for holder in here if holder in viewer.holder_ids), None) or acts_for[0]
        own = {flat.id for flat in flats}
        ordered = sorted((r for r in records if r.consent_unit_id in own), key=lambda record: -record.number)
        standing = standings.get(flats[0].ref)
        slips.append(Slip(found, flats[0], tuple(flats), holder, standing, tuple(ordered), acts_for))
    return slips


def slip_of(slips: Sequence[Slip], unit_id: int | None) -> Slip | None:
    """The line for one unit of the register; without a number the only one there is."""
    if unit_id is None:
        return slips[0] if len(slips) == 1 else None
    return next((slip for slip in slips if any(flat.unit_id == unit_id for flat in slip.flats)), None)


def lives_there(viewer: Anyone, found: ConsentCollection) -> list[ConsentUnit]:
    """The lines of the viewer's households on which she does not answer herself: family members see that they exist."""
    if not isinstance(viewer, Viewer) or not viewer.unit_ids:
        return []
    query = select(ConsentUnit).where(ConsentUnit.collection_id == found.id, ConsentUnit.unit_id.in_(viewer.unit_ids))
    return list(db.session.scalars(query.order_by(ConsentUnit.position)))


def handed_over(viewer: Anyone, lines: Sequence[ConsentUnit]) -> list[tuple[ConsentUnit, date]]:
    """Of these lines those of flats that the viewer held and handed on, each with the day since which others hold it.

    That is the day that was shown for it; where it changed hands before it was asked, the day of the register.
    """
    if not isinstance(viewer, Viewer) or not viewer.holder_ids or not lines:
        return []
    shown = (
        select(func.max(UnitEvent.happened_on))
        .where(UnitEvent.consent_unit_id == ConsentUnit.id, UnitEvent.kind == rules.Happening.HANDS_CHANGED)
        .correlate(ConsentUnit)
        .scalar_subquery()
    )
    standing = exists().where(
        ConsentHolder.consent_unit_id == ConsentUnit.id, ConsentHolder.holder_id.in_(viewer.holder_ids)
    )
    query = (
        select(ConsentUnit.id, shown, func.max(Tenure.until, type_=Tenure.until.type))
        .join(Tenure, Tenure.unit_id == ConsentUnit.unit_id)
        .join(TenureShare, TenureShare.tenure_id == Tenure.id)
        .where(ConsentUnit.id.in_([line.id for line in lines]), TenureShare.holder_id.in_(viewer.holder_ids))
        .where(Tenure.until.is_not(None), ~standing)
        .group_by(ConsentUnit.id)
    )
    since: dict[int, date] = {}
    for number, day, until in db.session.execute(query):
        assert until is not None, "only tenures that ended are asked for"
        since[number] = day or beijing_day(until)
    return [(line, since[line.id]) for line in lines if line.id in since]


def draft(viewer: Viewer, unit: ConsentUnit) -> ConsentDraft | None:
    """What the viewer has begun for a unit and not signed yet.

    A copy that stays as it is: a page that was refused shows it although another phone has signed, and erased it.
    """
    query = select(ConsentDraft).where(ConsentDraft.account_id == viewer.id, ConsentDraft.consent_unit_id == unit.id)
    found = db.session.scalars(query).one_or_none()
    if found is not None:
        db.session.expunge(found)
    return found


def own_record(slips: Sequence[Slip], number: int) -> ConsentRecord | None:
    """One record of the viewer's own households."""
    return next((record for slip in slips for record in slip.records if record.number == number), None)


def own_corrections(slip: Slip) -> list[RollCorrection]:
    """The corrections that somebody of the household asked for."""
    units = [flat.id for flat in slip.flats]
    query = select(RollCorrection).where(RollCorrection.consent_unit_id.in_(units)).order_by(RollCorrection.id)
    return list(db.session.scalars(query))


def own_questions(viewer: Viewer, slip: Slip) -> list[AskFirst]:
    """What the viewer asked before answering, the newest first."""
    query = select(AskFirst).where(AskFirst.consent_unit_id == slip.unit.id, AskFirst.asked_by == viewer.id)
    return list(db.session.scalars(query.order_by(AskFirst.id.desc())))


def waiting_for(viewer: Viewer) -> list[ConsentUnit]:
    """The units that the viewer is asked about in collections that are open, those that close first first.

    Those of the holders for whom she acts as guardian are among them.
    """
    people = viewer.holder_ids | speaking.wards(viewer)
    query = (
        select(ConsentUnit)
        .join(ConsentUnit.collection)
        .join(ConsentUnit.holders)
        .where(
            ConsentCollection.state == rules.CollectionState.OPEN,
            func.coalesce(ConsentUnit.closes_at, ConsentCollection.closes_at) > database_now(),
            ConsentHolder.holder_id.in_(people),
        )
        .options(contains_eager(ConsentUnit.collection).joinedload(ConsentCollection.proposal))
        .order_by(ConsentCollection.closes_at, ConsentUnit.position)
    )
    return list(db.session.scalars(query).unique())


# ---- the desk


def desk(viewer: Viewer) -> list[ConsentCollection]:
    """The collections of the viewer's neighbourhoods, those that end first first."""
    query = (
        _heads()
        .where(ConsentCollection.neighbourhood_id.in_(_places(viewer, WATCHERS)))
        .order_by(ConsentCollection.closes_at.is_(None), ConsentCollection.closes_at, ConsentCollection.id)
    )
    return list(db.session.scalars(query))


def to_set_up(viewer: Viewer) -> list[RequiredConsent]:
    """The consents that plans require and that no collection asks for yet, the oldest first."""
    latest = aliased(ConsentCollection)
    running = exists().where(
        latest.required_id == RequiredConsent.id,
        latest.state.not_in([rules.CollectionState.VOID, rules.CollectionState.FAILED]),
    )
    query = (
        select(RequiredConsent)
        .join(RequiredConsent.version)
        .join(PlanVersion.proposal)
        .where(
            Proposal.neighbourhood_id.in_(_places(viewer, COMMITTEE)),
            Proposal.state.in_([State.PLAN_FIXED, State.CONSENT]),
            RequiredConsent.state.in_([RequiredState.WAITING, RequiredState.FAILED]),
            ~running,
        )
        .options(contains_eager(RequiredConsent.version).contains_eager(PlanVersion.proposal))
        .order_by(RequiredConsent.id)
    )
    return list(db.session.scalars(query))


def required(viewer: Viewer, required_id: int) -> RequiredConsent | None:
    """A required consent, for the committee that may set its collection up."""
    query = (
        select(RequiredConsent)
        .where(RequiredConsent.id == required_id)
        .options(
            joinedload(RequiredConsent.version).joinedload(PlanVersion.proposal).joinedload(Proposal.neighbourhood)
        )
    )
    found = db.session.scalars(query).one_or_none()
    if found is None or not viewer.holds(*COMMITTEE, neighbourhood_id=found.version.proposal.neighbourhood_id):
        return None
    return found


def scrutineers(viewer: Viewer, neighbourhood_id: int) -> list[Account]:
    """Who may be named as scrutineer beside the viewer: holders of that seat there, not herself by another account."""
    query = (
        select(Account)
        .join(Account.seats)
        .where(
            Seat.neighbourhood_id == neighbourhood_id,
            Seat.role == Role.SCRUTINEER,
            Seat.until.is_(None),
            Account.disabled_at.is_(None),
            Account.id.not_in(same_person(viewer.account)),
        )
        .order_by(Account.id)
    )
    return list(db.session.scalars(query).unique())


def units_within(found: RequiredConsent) -> list[Unit]:
    """The units in a required consent's scope in the register's order, each with its standing tenure alone."""
    columns: dict[ScopeKind, ColumnElement[int]] = {
        ScopeKind.STAIRWELL: Stairwell.id.expression,
        ScopeKind.BUILDING: Building.id.expression,
        ScopeKind.ESTATE: Building.estate_id.expression,
    }
    query = (
        select(Unit)
        .join(Unit.stairwell)
        .join(Stairwell.building)
        .where(columns[ScopeKind(found.scope_kind)] == found.scope_id)
        .options(
            joinedload(Unit.stairwell).joinedload(Stairwell.building),
            selectinload(Unit.tenures.and_(Tenure.until.is_(None))).options(
                joinedload(Tenure.shares).joinedload(TenureShare.holder)
            ),
        )
        .order_by(Building.position, Building.id, Stairwell.id, Unit.position, Unit.id)
        .execution_options(populate_existing=True)
    )
    return list(db.session.scalars(query))


def scope_name(found: RequiredConsent) -> str:
    """The stairwell, building or estate that is asked, in words."""
    match ScopeKind(found.scope_kind):
        case ScopeKind.STAIRWELL:
            stairwell = db.session.get_one(Stairwell, found.scope_id)
            return f"{stairwell.building.name} {stairwell.name}".strip()
        case ScopeKind.BUILDING:
            return db.session.get_one(Building, found.scope_id).name
        case ScopeKind.ESTATE:
            estate = db.session.scalars(select(Building).where(Building.estate_id == found.scope_id).limit(1)).first()
            return estate.estate.name if estate is not None else ""


def rehearsal_roll(found: RequiredConsent) -> rules.Roll:
    """The roll as it would be written today, as far as counting needs it."""
    units = units_within(found)
    owners = {unit.id: _buyer(unit.tenures[0]) for unit in units if unit.tenures and unit.tenures[0].shares}
    flats = Counter(owners.values())
    lines = []
    for unit in units:
        if not unit.tenures or not unit.tenures[0].shares:
            continue
        tenure = unit.tenures[0]
        lines.append(
            rules.RollUnit(
                ref=str(unit.id),
                area_centi=unit.area_centi,
                capacity=rules.Capacity(tenure.capacity),
                holding=rules.sole(owners[unit.id]),
                floor=unit.floor,
                buyer=owners[unit.id] if flats[owners[unit.id]] > 1 else "",
            )
        )
    return rules.Roll(tuple(lines))


def _buyer(tenure: Tenure) -> str:
    """Whose flats are counted together."""
    return rules.buyer_key(
        tenure.form, [(share.holder_id, share.part * 10_000 // share.whole) for share in tenure.shares]
    )


def standing_tenure(unit_id: int) -> Tenure | None:
    """The standing tenure of a unit of the register, with its holders, read anew."""
    query = (
        select(Tenure)
        .where(Tenure.unit_id == unit_id, Tenure.until.is_(None))
        .options(joinedload(Tenure.unit), joinedload(Tenure.shares).joinedload(TenureShare.holder))
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(query).unique().one_or_none()


def unit_for_staff(viewer: Viewer, collection_id: int, unit_id: int) -> ConsentUnit | None:
    """One line of the roll with its people and records, for those who work on the collection."""
    query = (
        select(ConsentUnit)
        .where(ConsentUnit.collection_id == collection_id, ConsentUnit.unit_id == unit_id)
        .options(
            joinedload(ConsentUnit.holders).options(
                joinedload(ConsentHolder.holder), joinedload(ConsentHolder.guardianships)
            ),
            joinedload(ConsentUnit.unit),
            selectinload(ConsentUnit.records).options(
                joinedload(ConsentRecord.holders),
                joinedload(ConsentRecord.signature),
                selectinload(ConsentRecord.marks).joinedload(RecordMark.checks),
            ),
            joinedload(ConsentUnit.collection).options(
                joinedload(ConsentCollection.proposal),
                joinedload(ConsentCollection.version),
                joinedload(ConsentCollection.neighbourhood),
            ),
        )
    )
    found = db.session.scalars(query).unique().one_or_none()
    return found if found is not None and watches(viewer, found.collection) else None


def also_asked(unit: ConsentUnit) -> list[ConsentUnit]:
    """The other lines of running rolls with this flat or with its people: the second roll, the second flat.

    What is registered of a household is registered roll by roll, so whoever works on one sees the others.
    """
    line = aliased(ConsentUnit)
    people = [share.holder_id for share in unit.holders]
    # Two searches by index that lead: with OR, or as a condition, SQLite reads every roll instead.
    found = union(
        select(ConsentUnit.id).where(ConsentUnit.unit_id == unit.unit_id),
        select(ConsentHolder.consent_unit_id).where(ConsentHolder.holder_id.in_(people)),
    ).subquery()
    query = (
        select(line)
        .join(found, found.c.id == line.id)
        .join(line.collection)
        .where(line.id != unit.id, ConsentCollection.state.in_(ALTERABLE))
        .options(
            contains_eager(line.collection).options(
                joinedload(ConsentCollection.proposal), joinedload(ConsentCollection.required)
            )
        )
        .order_by(line.collection_id, line.position)
        .limit(MOST_ALSO)
    )
    return list(db.session.scalars(query))


def running_lines(unit_id: int) -> list[ConsentUnit]:
    """The lines of a flat on rolls that are not final, for the office that has just changed the register."""
    query = (
        select(ConsentUnit)
        .join(ConsentUnit.collection)
        .where(ConsentUnit.unit_id == unit_id, ConsentCollection.state.in_(ALTERABLE | CLOSED))
        .options(
            contains_eager(ConsentUnit.collection).options(
                joinedload(ConsentCollection.proposal), joinedload(ConsentCollection.required)
            )
        )
        .order_by(ConsentUnit.collection_id)
    )
    return list(db.session.scalars(query))


def used(found: Mandate) -> list[ConsentRecord]:
    """What the agent has said by a mandate, for its two sides; the newest first."""
    query = (
        select(ConsentRecord)
        .where(ConsentRecord.mandate_id == found.id)
        .options(selectinload(ConsentRecord.marks))
        .order_by(ConsentRecord.number.desc())
    )
    return list(db.session.scalars(query))


def has_looked(viewer: Viewer, found: ConsentCollection, unit: ConsentUnit | None) -> bool:
    """Whether the viewer has just said why she opens the records of this unit, or of all when `unit` is None."""
    everything = RecordView.consent_unit_id.is_(None)
    wanted = everything if unit is None else or_(everything, RecordView.consent_unit_id == unit.id)
    query = select(func.max(RecordView.viewed_at, type_=RecordView.viewed_at.type), database_now())
    row = db.session.execute(
        query.where(RecordView.account_id == viewer.id, RecordView.collection_id == found.id, wanted)
    ).one()
    last: datetime | None = row[0]
    return last is not None and last > row[1] - LOOK_LASTS


def _looks(viewer: Viewer, *which: ColumnElement[bool]) -> ColumnElement[bool]:
    recent = RecordView.viewed_at > _ago(LOOK_LASTS)
    return exists().where(RecordView.account_id == viewer.id, recent, *which)


def _ago(span: timedelta) -> datetime:
    return db.session.execute(select(database_now())).scalar_one() - span


def events(unit: ConsentUnit) -> list[UnitEvent]:
    """What happened to a unit while it was being asked, oldest first."""
    return list(
        db.session.scalars(select(UnitEvent).where(UnitEvent.consent_unit_id == unit.id).order_by(UnitEvent.id))
    )


def people_named(ids: set[int]) -> dict[int, str]:
    """The names of accounts by number, for pages of staff."""
    query = select(Account.id, Account.name).where(Account.id.in_(ids))
    return {row.id: row.name for row in db.session.execute(query)} if ids else {}


def roll_lines(found: ConsentCollection) -> list[ConsentUnit]:
    """The roll with the names on it, for those who work on the collection."""
    query = (
        select(ConsentUnit)
        .where(ConsentUnit.collection_id == found.id)
        .options(joinedload(ConsentUnit.holders).joinedload(ConsentHolder.holder))
        .order_by(ConsentUnit.position)
    )
    return list(db.session.scalars(query).unique())


def begun(units: Iterable[int]) -> frozenset[int]:
    """Of these lines of a roll those for which somebody has begun an answer and not signed it."""
    query = select(ConsentDraft.consent_unit_id).where(ConsentDraft.consent_unit_id.in_(list(units)))
    return frozenset(db.session.scalars(query))


def units_of_building(collection_id: int, building: str) -> list[ConsentUnit]:
    """One building's lines of a roll, in its order."""
    query = (
        select(ConsentUnit)
        .where(ConsentUnit.collection_id == collection_id, ConsentUnit.building == building)
        .options(joinedload(ConsentUnit.holders))
        .order_by(ConsentUnit.position)
    )
    return list(db.session.scalars(query).unique())


def spoken(collection_id: int, building: str) -> set[int]:
    """The lines of one building, by number, in whose names something was said last and not taken back.

    Whether it counts does not matter: a signature that turns out to be nobody's changes the count, and a door that
    changed with it would tell what it said. Who answered for several flats answered for each.
    """
    newer, twin = aliased(ConsentRecord), aliased(ConsentUnit)
    said = (
        ConsentRecord.answer.is_not(None),
        ~exists().where(newer.consent_unit_id == ConsentRecord.consent_unit_id, newer.number > ConsentRecord.number),
    )
    here = twin.collection_id == collection_id, twin.building == building
    alone = select(twin.id).join(ConsentRecord, ConsentRecord.consent_unit_id == twin.id).where(*here, *said)
    of_buyers = (
        select(twin.id)
        .join(ConsentUnit, (ConsentUnit.collection_id == twin.collection_id) & (ConsentUnit.buyer == twin.buyer))
        .join(ConsentRecord, ConsentRecord.consent_unit_id == ConsentUnit.id)
        .where(*here, twin.buyer != "", *said)
    )
    return set(db.session.scalars(union(alone, of_buyers)))


def corrections(collection_id: int) -> list[RollCorrection]:
    """The corrections asked for, undecided first, then oldest first."""
    query = (
        select(RollCorrection)
        .where(RollCorrection.collection_id == collection_id)
        .options(joinedload(RollCorrection.unit))
        .order_by(RollCorrection.accepted.is_not(None), RollCorrection.id)
    )
    return list(db.session.scalars(query))


def correction(viewer: Viewer, correction_id: int) -> RollCorrection | None:
    """One correction, for the committee that decides it."""
    query = (
        select(RollCorrection)
        .where(RollCorrection.id == correction_id)
        .options(
            joinedload(RollCorrection.unit)
            .joinedload(ConsentUnit.collection)
            .options(joinedload(ConsentCollection.proposal), joinedload(ConsentCollection.neighbourhood))
        )
    )
    found = db.session.scalars(query).one_or_none()
    return found if found is not None and is_committee(viewer, found.unit.collection) else None


def questions(collection_id: int) -> list[AskFirst]:
    """What households asked before answering, unanswered first, then by time."""
    query = (
        select(AskFirst)
        .join(AskFirst.unit)
        .where(ConsentUnit.collection_id == collection_id)
        .options(contains_eager(AskFirst.unit))
        .order_by(AskFirst.answered_at.is_not(None), AskFirst.id)
    )
    return list(db.session.scalars(query))


def question(viewer: Viewer, asked_id: int) -> AskFirst | None:
    """One question with its household, for those who work on the collection."""
    query = (
        select(AskFirst)
        .where(AskFirst.id == asked_id)
        .options(
            joinedload(AskFirst.unit)
            .joinedload(ConsentUnit.collection)
            .options(joinedload(ConsentCollection.proposal), joinedload(ConsentCollection.neighbourhood)),
            joinedload(AskFirst.unit).joinedload(ConsentUnit.holders).joinedload(ConsentHolder.holder),
        )
    )
    found = db.session.scalars(query).unique().one_or_none()
    return found if found is not None and watches(viewer, found.unit.collection) else None


def disputes(found: ConsentCollection) -> list[ConsentRecord]:
    """The records whose signature is in doubt, with what was found so far, by the day on which the check is due."""
    query = (
        select(ConsentRecord)
        .where(ConsentRecord.collection_id == found.id, ConsentRecord.marks.any())
        .options(
            joinedload(ConsentRecord.unit),
            selectinload(ConsentRecord.marks).joinedload(RecordMark.checks),
        )
        .order_by(ConsentRecord.number)
    )
    return [record for record in db.session.scalars(query) if record.dispute is not None]


def disputed_record(viewer: Viewer, collection_id: int, number: int) -> ConsentRecord | None:
    """One record in doubt, for those who may check it."""
    query = (
        select(ConsentRecord)
        .where(ConsentRecord.collection_id == collection_id, ConsentRecord.number == number)
        .options(
            joinedload(ConsentRecord.signature),
            selectinload(ConsentRecord.marks).joinedload(RecordMark.checks),
            joinedload(ConsentRecord.unit).joinedload(ConsentUnit.holders).joinedload(ConsentHolder.holder),
            joinedload(ConsentRecord.collection).options(
                joinedload(ConsentCollection.proposal), joinedload(ConsentCollection.neighbourhood)
            ),
        )
    )
    found = db.session.scalars(query).unique().one_or_none()
    if found is None or found.dispute is None or not watches(viewer, found.collection):
        return None
    return found


def collectors(record: ConsentRecord) -> set[int]:
    """The staff who had a hand in a record: who assisted, who read its slip, who printed it."""
    slip = db.session.scalars(select(PaperSlip).where(PaperSlip.record_id == record.id)).one_or_none()
    hands = {record.assisted_by, record.checked_by}
    if slip is not None:
        hands |= {slip.issued_by, *(entry.read_by for entry in slip.entries)}
    return {person for person in hands if person is not None}


@dataclass(frozen=True)
class OpenWork:
    """What waits for somebody's hand in one collection."""

    questions: int
    corrections: int
    to_read: int
    """Slips that were photographed and that nobody has read."""
    to_read_again: int
    differing: int
    begun: int
    """Households that have begun an answer and not signed it."""
    disputes: int
    """Signatures in doubt."""


def open_work(found: ConsentCollection) -> OpenWork:
    """How much waits, in one statement beside the ballot."""
    collection_id = found.id
    here = ConsentUnit.collection_id == collection_id
    asked = select(func.count()).select_from(AskFirst).join(AskFirst.unit).where(here, AskFirst.answered_at.is_(None))
    drafts = select(func.count(ConsentDraft.consent_unit_id.distinct())).select_from(ConsentDraft)
    row = db.session.execute(
        select(
            asked.scalar_subquery(),
            _counted(RollCorrection, RollCorrection.collection_id == collection_id, RollCorrection.accepted.is_(None)),
            _counted(
                PaperSlip,
                PaperSlip.collection_id == collection_id,
                PaperSlip.state == ISSUED,
                PaperSlip.photo_id.is_not(None),
            ),
            _counted(PaperSlip, PaperSlip.collection_id == collection_id, PaperSlip.state == ENTERED),
            _counted(PaperSlip, PaperSlip.collection_id == collection_id, PaperSlip.state == DIFFERS),
            drafts.join(ConsentUnit, ConsentUnit.id == ConsentDraft.consent_unit_id).where(here).scalar_subquery(),
        )
    ).one()
    questions, corrections, unread, again, differing, begun = row
    in_doubt = found.shown.in_doubt
    return OpenWork(questions, corrections, unread, again, differing, begun, in_doubt)


def _counted(model: type[RollCorrection | PaperSlip], *where: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count()).select_from(model).where(*where).scalar_subquery()


# ---- paper


def paper_slip(viewer: Viewer, typed: str) -> PaperSlip:
    """A printed slip by its code as typed or scanned.

    Raises SLIP_CODE_MISTYPED when its check letters are wrong, SLIP_UNKNOWN, also for another neighbourhood's.
    """
    scanned = rules.code_in(typed)
    try:
        code = scanned or people.read_household_code(typed)
    except Refused:
        raise Refused(rules.Refusal.SLIP_CODE_MISTYPED) from None
    found = db.session.scalars(_paper().where(PaperSlip.code == code)).unique().one_or_none()
    if found is None or not watches(viewer, found.collection):
        raise Refused(rules.Refusal.SLIP_UNKNOWN)
    return found


def paper_slip_by_id(viewer: Viewer, slip_id: int) -> PaperSlip | None:
    """A printed slip, for those who may read it in."""
    found = db.session.scalars(_paper().where(PaperSlip.id == slip_id)).unique().one_or_none()
    return found if found is not None and watches(viewer, found.collection) else None


def _paper() -> Select[PaperSlip]:
    return select(PaperSlip).options(
        joinedload(PaperSlip.unit).joinedload(ConsentUnit.holders).joinedload(ConsentHolder.holder),
        joinedload(PaperSlip.collection).options(
            joinedload(ConsentCollection.version),
            joinedload(ConsentCollection.proposal),
            joinedload(ConsentCollection.neighbourhood),
        ),
        selectinload(PaperSlip.entries),
    )


# ---- the certificate


def log_places(found: ConsentCollection) -> tuple[dict[int, int], Told | None]:
    """Where the collection stands in the trail: the index of each record by its number, and the final entry."""
    return {number: index for number, (index, _) in entries_of(found).items()}, final_entry(found)


def entries_of(found: ConsentCollection) -> dict[int, tuple[int, str]]:
    """Index and commitment of the trail's entry of each record, by the record's number."""
    return audit.committed(db.session, found.subject, RECORDED_KINDS, "record")


def final_entry(found: ConsentCollection) -> Told | None:
    """The trail's entry of the final result."""
    return audit.last_about(db.session, found.subject, "consent.finished")


def manager_answer(found: ConsentCollection) -> ManagerConsent | None:
    """What the manager said last, before a final result, to the plan of this collection.

    That plan is the version which was signed, or a later one whose change left this consent as it was: the manager is
    asked about the version that stands, and what was said of the one before stands until then.
    """
    numbers = (PlanVersion.number >= found.version.number, PlanVersion.number <= found.required.version.number)
    query = (
        select(ManagerConsent)
        .join(ManagerConsent.version)
        .where(PlanVersion.proposal_id == found.proposal_id, *numbers)
        .order_by(PlanVersion.number.desc(), ManagerConsent.id.desc())
        .options(contains_eager(ManagerConsent.version), joinedload(ManagerConsent.paper))
        .limit(1)
    )
    if found.finished_at is not None:
        query = query.where(ManagerConsent.given_at <= found.finished_at)
    return db.session.scalars(query).one_or_none()


def manager_entry(found: ConsentCollection, answer: ManagerConsent) -> Told | None:
    """The trail's entry of an answer of the manager's, the last one to that plan version before a final result."""
    story = audit.story(db.session, found.proposal.matter, only=("plan.manager_answered",))
    plan, until = answer.version.plan_hash, found.finished_at
    told = (each for each in reversed(story) if each.pub.get("plan_hash") == plan)
    return next((each for each in told if until is None or each.at <= until), None)


def erased_records(collection_id: int) -> int:
    """Of how many records signature, strokes and remarks were erased."""
    query = select(func.count()).where(ConsentRecord.collection_id == collection_id, ConsentRecord.salt == "")
    return db.session.execute(query.select_from(ConsentRecord)).scalar_one()


def for_papers(collection_id: int) -> ConsentCollection:
    """A collection without its roll, read anew, for its certificate and the case file."""
    return head(collection_id, fresh=True)


# ---- who may open the files


def _of_signature(viewer: Anyone, evidence: Evidence) -> bool:
    """A signature is its household's own; staff open it when they have said why they look at that household."""
    if not isinstance(viewer, Viewer):
        return False
    return _is_own(viewer, evidence) or _may_look(viewer, evidence)


def _of_slip(viewer: Anyone, evidence: Evidence) -> bool:
    """The photo of a slip is shown to those who read it in while it is being read, and otherwise like a signature."""
    if not isinstance(viewer, Viewer):
        return False
    if _is_own(viewer, evidence) or _may_look(viewer, evidence):
        return True
    reading = exists().where(PaperSlip.photo_id == evidence.id, PaperSlip.state.in_([ISSUED, ENTERED, DIFFERS]))
    waiting = exists().where(
        SlipPhoto.evidence_id == evidence.id, SlipPhoto.state.in_([rules.PhotoState.WAITING, rules.PhotoState.ASIDE])
    )
    return viewer.holds(*WATCHERS, neighbourhood_id=evidence.neighbourhood_id) and bool(
        db.session.scalar(select(or_(reading, waiting)))
    )


def _of_unit_paper(viewer: Anyone, evidence: Evidence) -> bool:
    return viewer.holds(*WATCHERS, neighbourhood_id=evidence.neighbourhood_id)


def _is_own(viewer: Viewer, evidence: Evidence) -> bool:
    own = exists().where(
        ConsentRecord.signature_id == evidence.id,
        RecordHolder.record_id == ConsentRecord.id,
        RecordHolder.holder_id.in_(viewer.holder_ids),
    )
    return bool(viewer.holder_ids) and bool(db.session.scalar(select(own)))


def _may_look(viewer: Viewer, evidence: Evidence) -> bool:
    if not viewer.holds(*WATCHERS, neighbourhood_id=evidence.neighbourhood_id):
        return False
    looked = _looks(
        viewer,
        ConsentRecord.signature_id == evidence.id,
        RecordView.collection_id == ConsentRecord.collection_id,
        or_(RecordView.consent_unit_id.is_(None), RecordView.consent_unit_id == ConsentRecord.consent_unit_id),
    )
    return bool(db.session.scalar(select(looked)))


def _of_mandate(viewer: Anyone, evidence: Evidence) -> bool:
    """A paper mandate is seen by those who work on the collection, and by its two sides."""
    if not isinstance(viewer, Viewer):
        return False
    if viewer.holds(*WATCHERS, neighbourhood_id=evidence.neighbourhood_id):
        return True
    found = speaking.by_paper(evidence.id)
    return found is not None and (speaking.is_agent(viewer, found) or speaking.is_principal(viewer, found))


files.may_see.update(
    {SIGNATURE: _of_signature, SLIP_PHOTO: _of_slip, UNIT_PAPER: _of_unit_paper, MANDATE_PAPER: _of_mandate}
)


def _places(viewer: Viewer, roles: frozenset[Role]) -> list[int]:
    return sorted(place for place in viewer.neighbourhood_ids if viewer.holds(*roles, neighbourhood_id=place))
