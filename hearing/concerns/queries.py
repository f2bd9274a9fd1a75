"""Reads of concerns: how many of which kind are for everybody, one's own for its author, all of it for who answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, contains_eager, joinedload, selectinload

from hearing.audit.queries import Told
from hearing.concerns import facts, rules
from hearing.concerns.models import (
    Concern,
    ConcernAnswer,
    ConcernAnswerFile,
    ConcernReferral,
    ConcernTelling,
    ConcernWord,
)
from hearing.db import db
from hearing.files import queries as files
from hearing.files.models import Evidence
from hearing.people.models import Account, Membership, Seat
from hearing.people.rules import FIELD_STAFF, Role
from hearing.people.viewer import Anyone, Viewer
from hearing.places.models import Building, Stairwell, Tenure, Unit
from hearing.proposals.models import Proposal

T = TypeVar("T")

PHOTO, ANSWER_FILE = "concern_photo", "concern_answer_file"
"""Kinds of evidence: they show somebody's rooms, so only those who work on the concern and its author open them."""


# ---- for everybody: numbers alone


@dataclass(frozen=True)
class Line:
    """One concern as far as counting goes, with its number for its own author."""

    id: int
    number: int
    topic: rules.Kind
    course: rules.Course

    @property
    def label(self) -> str:
        """What it is about, in a word."""
        return rules.KIND_LABELS[self.topic]

    @property
    def state_label(self) -> str:
        """Where it stands, in words."""
        return rules.STATE_LABELS[self.course.state]


@dataclass(frozen=True)
class Summary:
    """The concerns of a case: for everybody how many of which kind are open, for the reader her own."""

    lines: tuple[Line, ...]
    own: tuple[Line, ...]

    @property
    def open(self) -> int:
        """How many are not settled."""
        return sum(line.course.is_open for line in self.lines)

    @property
    def kinds(self) -> list[tuple[str, int]]:
        """The kinds of those, in the order of the form, with how many."""
        counted = Counter(line.topic for line in self.lines if line.course.is_open)
        return [(rules.KIND_LABELS[kind], counted[kind]) for kind in rules.Kind if counted[kind]]

    @property
    def states(self) -> list[tuple[str, int]]:
        """How many stand where."""
        counted = Counter(line.course.state for line in self.lines)
        return [(rules.STATE_LABELS[state], counted[state]) for state in rules.State if counted[state]]


def summary(viewer: Anyone, proposal_id: int) -> Summary:
    """The concerns of a case in numbers, and the viewer's own, in one statement."""
    found = _lines(Concern.proposal_id == proposal_id)
    own = (row.line for row in found if isinstance(viewer, Viewer) and row.is_of(viewer))
    return Summary(tuple(row.line for row in found), tuple(own))


def told(viewer: Anyone, entries: Iterable[Told]) -> Summary:
    """The same out of a case's public entries, for its page, which has read them anyway (decisions/005)."""
    lines: dict[str, Line] = {}
    mine: set[str] = set()
    for entry in entries:
        if entry.kind in {facts.ConcernRaised.kind, facts.ConcernTold.kind}:
            number = int(entry.subject.removeprefix("concern/"))
            lines[entry.subject] = Line(number, entry.pub["number"], rules.Kind(entry.pub["topic"]), rules.Course())
            own = entry.kind == facts.ConcernRaised.kind
            if own and isinstance(viewer, Viewer) and entry.ref == viewer.account.ref:
                mine.add(entry.subject)
        elif (line := lines.get(entry.subject)) is not None:
            lines[entry.subject] = replace(line, course=_went_on(line.course, entry))
    return Summary(tuple(lines.values()), tuple(lines[subject] for subject in lines if subject in mine))


def _went_on(course: rules.Course, entry: Told) -> rules.Course:
    if entry.kind == facts.ConcernAnswered.kind:
        return replace(course, answered_at=entry.at)
    if entry.kind == facts.ConcernWordTold.kind:
        return replace(course, settled=bool(entry.pub["settled"]), said_at=entry.at)
    if entry.kind in {facts.ConcernSettled.kind, facts.ConcernStands.kind}:
        return replace(course, settled=entry.kind == facts.ConcernSettled.kind, said_at=entry.at)
    return course


@dataclass(frozen=True)
class _Row:
    line: Line
    raised_by: int
    unit_id: int
    told: bool

    def is_of(self, viewer: Viewer) -> bool:
        """Whether it is the viewer's own, as `Concern.is_of` has it."""
        return self.unit_id in viewer.unit_ids if self.told else self.raised_by == viewer.id


def _lines(*which: ColumnElement[bool]) -> list[_Row]:
    answered = _last(ConcernAnswer.answered_at, ConcernAnswer)
    settled, said_at = _last(ConcernWord.settled, ConcernWord), _last(ConcernWord.said_at, ConcernWord)
    columns = (Concern.id, Concern.number, Concern.kind, Concern.raised_by, Concern.unit_id)
    query = select(*columns, answered, settled, said_at, was_told()).where(*which).order_by(Concern.number)
    return [
        _Row(Line(number, place, rules.Kind(kind), rules.Course(answered_at, is_settled, moment)), author, unit, told)
        for number, place, kind, author, unit, answered_at, is_settled, moment, told in db.session.execute(query)
    ]


def was_told() -> ColumnElement[bool]:
    """Whether staff wrote a concern down for its household."""
    told = ConcernTelling.concern_id == Concern.id, ConcernTelling.word_id.is_(None)
    return exists().where(*told).correlate(Concern)


def _last(column: InstrumentedAttribute[T], table: type[ConcernWord | ConcernAnswer]) -> ScalarSelect[T]:
    """A column of the last row that belongs to a concern; nothing where there is none."""
    of = select(column).where(table.concern_id == Concern.id).order_by(table.id.desc()).limit(1)
    return of.correlate(Concern).scalar_subquery()


# ---- one concern


def _whole() -> Select[Concern]:
    return select(Concern).options(
        joinedload(Concern.proposal),
        joinedload(Concern.neighbourhood),
        joinedload(Concern.author),
        joinedload(Concern.unit).joinedload(Unit.stairwell).joinedload(Stairwell.building),
        joinedload(Concern.photo),
        joinedload(Concern.telling).joinedload(ConcernTelling.clerk),
        selectinload(Concern.answers).joinedload(ConcernAnswer.files).joinedload(ConcernAnswerFile.evidence),
        selectinload(Concern.words).joinedload(ConcernWord.telling).joinedload(ConcernTelling.clerk),
        selectinload(Concern.referrals).joinedload(ConcernReferral.account),
    )


def whole(concern_id: int, *, fresh: bool = False) -> Concern | None:
    """A concern with all of it, for an act, which asks who may do it."""
    query = _whole().where(Concern.id == concern_id).execution_options(populate_existing=fresh)
    return db.session.scalars(query).unique().one_or_none()


def own(viewer: Viewer, concern_id: int) -> Concern | None:
    """A concern that the viewer raised herself, or that was written down for her household."""
    found = whole(concern_id)
    return found if found is not None and found.is_of(viewer.id, viewer.unit_ids) else None


def to_answer(viewer: Viewer, concern_id: int) -> Concern | None:
    """A concern that the viewer may answer: from the desk, or named for it and still in that seat."""
    found = whole(concern_id)
    return found if found is not None and answering_role(viewer, found) is not None else None


def for_staff(viewer: Viewer, concern_id: int) -> Concern | None:
    """A concern with its household, for the desk."""
    found = whole(concern_id)
    return found if found is not None and runs(viewer, found.neighbourhood_id) else None


def runs(viewer: Anyone, neighbourhood_id: int) -> bool:
    """Whether the viewer works there from the desk."""
    return viewer.holds(*FIELD_STAFF, neighbourhood_id=neighbourhood_id)


def answering_role(viewer: Viewer, concern: Concern) -> Role | None:
    """From which seat the viewer answers; None for whoever may not. Nobody answers her own concern."""
    if concern.is_of(viewer.id, viewer.unit_ids):
        return None
    named = next((Role(each.role) for each in concern.referrals if each.account_id == viewer.id), None)
    return rules.answering_role(viewer.seats_in(concern.neighbourhood_id), named=named)


def to_tell(concern: Concern) -> Sequence[Account]:
    """Who hears of an answer: its author, or where it was written down for a household those of it with an account."""
    if concern.telling is None:
        return [concern.author]
    query = (
        select(Account)
        .join(Account.memberships)
        .where(Membership.unit_id == concern.unit_id, Membership.left_at.is_(None))
        .order_by(Account.id)
    )
    return db.session.scalars(query).unique().all()


def household(viewer: Viewer, neighbourhood_id: int) -> Unit | None:
    """The viewer's household there in whose name she raises a concern; None for whoever does not live there."""
    return next(
        (
            membership.unit
            for membership in viewer.memberships
            if membership.unit.stairwell.building.estate.neighbourhood_id == neighbourhood_id
        ),
        None,
    )


def open_kinds(proposal_id: int, unit_id: int) -> list[rules.Kind]:
    """Of which kinds a household has concerns that are not settled."""
    rows = _lines(Concern.proposal_id == proposal_id, Concern.unit_id == unit_id)
    return [row.line.topic for row in rows if row.line.course.is_open]


# ---- the desk


def desk(viewer: Viewer) -> Sequence[Concern]:
    """The concerns of the viewer's neighbourhoods and those that she was named for, open ones first, oldest first."""
    places = [place for place in sorted(viewer.neighbourhood_ids) if runs(viewer, place)]
    named = select(ConcernReferral.concern_id).where(ConcernReferral.account_id == viewer.id)
    query = (
        _whole()
        .where(Concern.neighbourhood_id.in_(places) | Concern.id.in_(named))
        .order_by(Concern.raised_at.desc(), Concern.id.desc())
        .limit(200)
    )
    found = db.session.scalars(query).unique().all()
    shown = [each for each in found if each.neighbourhood_id in places or answering_role(viewer, each) is not None]
    return sorted(shown, key=lambda each: (not each.course.is_open, bool(each.answers), each.raised_at))


def nameable(concern: Concern) -> list[Seat]:
    """The seats of the neighbourhood whose people may be named to answer, and are not yet."""
    named = {each.account_id for each in concern.referrals}
    query = (
        select(Seat)
        .join(Seat.account)
        .where(
            Seat.neighbourhood_id == concern.neighbourhood_id,
            Seat.until.is_(None),
            Account.disabled_at.is_(None),
            Seat.role.in_([role.value for role in rules.NAMED_SEATS]),
        )
        .options(contains_eager(Seat.account))
        .order_by(Seat.id)
    )
    return [seat for seat in db.session.scalars(query) if seat.account_id not in {*named, concern.raised_by}]


def involved(concern: Concern) -> list[Seat]:
    """The seats that were named for a concern or answered it, as far as their people still hold them."""
    people = {(each.account_id, each.role) for each in concern.referrals}
    people |= {(each.answered_by, each.role) for each in concern.answers}
    query = (
        select(Seat)
        .join(Seat.account)
        .where(Seat.neighbourhood_id == concern.neighbourhood_id, Seat.until.is_(None), Account.disabled_at.is_(None))
        .options(contains_eager(Seat.account))
        .order_by(Seat.id)
    )
    return [seat for seat in db.session.scalars(query) if (seat.account_id, seat.role) in people]


def parties(concern: Concern) -> frozenset[int]:
    """The households between which a concern lies: its own and the proposer's."""
    return frozenset(unit for unit in (concern.unit_id, concern.proposal.unit_id) if unit is not None)


# ---- what stands in the way


def weights(proposal_id: int, units: Collection[int], now: datetime) -> list[rules.Weight]:
    """What each concern of these households weighs (decisions/031), in one statement.

    A concern falls when its household hands the flat on: the buyer raises her own.
    """
    standing = select(Tenure.id).where(
        and_(Tenure.unit_id == Concern.unit_id, Tenure.until.is_(None), Tenure.since <= Concern.raised_at)
    )
    rows = _lines(Concern.proposal_id == proposal_id, standing.correlate(Concern).exists())
    asked = set(units)
    return [row.line.course.weight(now) for row in rows if row.unit_id in asked]


def units_asked(proposal: Proposal) -> frozenset[int]:
    """The flats of the consents that let no objection stand, of the version that is to be signed."""
    version = proposal.signed_plan
    strict = [each for each in version.required if each.no_open_objection] if version is not None else []
    found: set[int] = set()
    columns = {"stairwell": Stairwell.id, "building": Building.id, "estate": Building.estate_id}
    for required in strict:
        query = (
            select(Unit.id)
            .join(Unit.stairwell)
            .join(Stairwell.building)
            .where(columns[required.scope_kind] == required.scope_id)
        )
        found |= set(db.session.scalars(query))
    return frozenset(found)


# ---- files


def _sees(viewer: Anyone, concern: Concern | None) -> bool:
    if concern is None or not isinstance(viewer, Viewer):
        return False
    return concern.is_of(viewer.id, viewer.unit_ids) or answering_role(viewer, concern) is not None


def _of_concern(viewer: Anyone, evidence: Evidence) -> bool:
    told = select(ConcernTelling.concern_id).where(ConcernTelling.paper_id == evidence.id)
    query = select(Concern.id).where(or_(Concern.photo_id == evidence.id, Concern.id.in_(told)))
    return _sees(viewer, whole(db.session.scalars(query).first() or 0))


def _of_answer(viewer: Anyone, evidence: Evidence) -> bool:
    query = (
        select(ConcernAnswer.concern_id).join(ConcernAnswer.files).where(ConcernAnswerFile.evidence_id == evidence.id)
    )
    return _sees(viewer, whole(db.session.scalars(query).first() or 0))


files.may_see.update({PHOTO: _of_concern, ANSWER_FILE: _of_answer})
