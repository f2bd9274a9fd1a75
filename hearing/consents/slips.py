"""Slips 征询单: reads for a desk with a thousand of them; every page of them is bounded, whatever the roll holds."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, auto

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from hearing.consents import queries, rules
from hearing.consents.models import (
    DIFFERS,
    ENTERED,
    ISSUED,
    RECORDED,
    VOID,
    ConsentCollection,
    ConsentHolder,
    ConsentUnit,
    PaperSlip,
    SlipBatch,
    SlipCount,
    SlipPhoto,
    SlipReading,
)
from hearing.db import db
from hearing.people.queries import same_person
from hearing.people.viewer import Viewer
from hearing.places.models import Building, Stairwell, Unit

PAGE = 60
"""Lines of a page."""

_UNREAD = and_(PaperSlip.state == ISSUED, PaperSlip.photo_id.is_not(None))
_OUT = and_(PaperSlip.state == ISSUED, PaperSlip.photo_id.is_(None))
_STANDS: dict[rules.SlipStands, ColumnElement[bool]] = {
    rules.SlipStands.OUT: _OUT,
    rules.SlipStands.UNREAD: _UNREAD,
    rules.SlipStands.ENTERED: PaperSlip.state == ENTERED,
    rules.SlipStands.DIFFERS: PaperSlip.state == DIFFERS,
    rules.SlipStands.RECORDED: PaperSlip.state == RECORDED,
    rules.SlipStands.VOID: PaperSlip.state == VOID,
}
"""Where a slip stands, as the database asks it; `PaperSlip.stands` is the same of a row."""

HAS_SLIP_OUT = exists().where(PaperSlip.consent_unit_id == ConsentUnit.id, _OUT)
"""Whether a line of the roll has a slip that has not come back."""


# ---- the balance


def counted(collection_id: int) -> dict[str, rules.Balance]:
    """The balance of each building as it stands now, in roll order."""
    standing = case(*((where, state.value) for state, where in _STANDS.items()))
    query = (
        select(ConsentUnit.building, standing, func.count(), func.min(ConsentUnit.position))
        .join(PaperSlip, PaperSlip.consent_unit_id == ConsentUnit.id)
        .where(PaperSlip.collection_id == collection_id)
        .group_by(ConsentUnit.building, standing)
    )
    rows = sorted(db.session.execute(query).all(), key=lambda row: row[3])
    return rules.balances((building, rules.SlipStands(state), number) for building, state, number, _ in rows)


def frozen(collection_id: int) -> dict[str, rules.Balance]:
    """The balance of each building as it was when the provisional result was published; empty before that."""
    query = select(SlipCount).where(SlipCount.collection_id == collection_id).order_by(SlipCount.id)
    return {row.building: row.as_rule for row in db.session.scalars(query)}


# ---- what to print


@dataclass(frozen=True)
class Group:
    """Doors that are chosen together: a building, a stairwell's floor, or one door."""

    key: str
    """What the form sends: b12, s40:3层, u1007."""
    words: str
    units: int
    silent: int
    """How many of whom nothing has come in yet, and who are not waiting for heirs or a new lessee."""
    out: int
    """How many have a slip that has not come back."""
    building: int = 0


def groups(found: ConsentCollection, building: int | None = None, unit: int | None = None) -> list[Group]:
    """What may be chosen: buildings; the stairwells and floors of one building; or one door."""
    one = case((and_(ConsentUnit.turn == 0, ConsentUnit.blocked.is_(None)), 1), else_=0)
    out = case((HAS_SLIP_OUT, 1), else_=0)
    counts = (func.count(), func.sum(one), func.sum(out))
    base = (
        select(func.min(ConsentUnit.position), *counts)
        .join(Unit, Unit.id == ConsentUnit.unit_id)
        .join(Stairwell, Stairwell.id == Unit.stairwell_id)
        .where(ConsentUnit.collection_id == found.id)
        .order_by(func.min(ConsentUnit.position))
    )
    if unit is not None:
        columns = (ConsentUnit.building, ConsentUnit.floor, ConsentUnit.door, ConsentUnit.unit_id)
        query = base.add_columns(*columns).where(ConsentUnit.unit_id == unit).group_by(*columns)
        return [
            Group(f"u{row.unit_id}", f"{row.building} {row.door}", row[1], row[2], row[3])
            for row in db.session.execute(query)
        ]
    if building is not None:
        floors = (Stairwell.id, Stairwell.name, ConsentUnit.floor)
        query = base.add_columns(*floors).where(Stairwell.building_id == building).group_by(*floors)
        return [
            Group(f"s{row[4]}:{row.floor}", f"{row.name} {row.floor}".strip(), row[1], row[2], row[3], building)
            for row in db.session.execute(query)
        ]
    houses = (Stairwell.building_id, ConsentUnit.building)
    query = base.add_columns(*houses).group_by(*houses)
    return [
        Group(f"b{row.building_id}", row.building, row[1], row[2], row[3], row.building_id)
        for row in db.session.execute(query)
    ]


def chosen(found: ConsentCollection, keys: Collection[str], *, silent_only: bool) -> list[ConsentUnit]:
    """The lines of the roll that these keys name, in roll order; a key that is no key names nobody."""
    query = (
        select(ConsentUnit)
        .join(Unit, Unit.id == ConsentUnit.unit_id)
        .join(Stairwell, Stairwell.id == Unit.stairwell_id)
        .where(ConsentUnit.collection_id == found.id, _any_of(keys), ConsentUnit.blocked.is_(None))
        .order_by(ConsentUnit.position)
    )
    return list(db.session.scalars(query.where(ConsentUnit.turn == 0) if silent_only else query))


def _any_of(keys: Collection[str]) -> ColumnElement[bool]:
    buildings = [int(key[1:]) for key in keys if key[:1] == "b" and _is_number(key[1:])]
    doors = [int(key[1:]) for key in keys if key[:1] == "u" and _is_number(key[1:])]
    floors = [key[1:].partition(":") for key in keys if key[:1] == "s"]
    wanted: list[ColumnElement[bool]] = [Stairwell.building_id.in_(buildings), ConsentUnit.unit_id.in_(doors)]
    wanted += [
        and_(Stairwell.id == int(stairwell), ConsentUnit.floor == floor)
        for stairwell, _, floor in floors
        if _is_number(stairwell)
    ]
    return or_(*wanted)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10


def out_of(units: Sequence[ConsentUnit]) -> frozenset[int]:
    """Which of these lines of the roll, by number, have a slip that has not come back."""
    if not units:
        return frozenset()
    query = (
        select(ConsentUnit.id)
        .where(ConsentUnit.collection_id == units[0].collection_id, HAS_SLIP_OUT)
        .execution_options(populate_existing=True)
    )
    return frozenset(db.session.scalars(query)) & {unit.id for unit in units}


# ---- what was printed


@dataclass(frozen=True)
class Run:
    """One printing: when, how many sheets, how many of them have not come back."""

    number: int
    at: datetime
    sheets: int
    out: int

    @property
    def parts(self) -> range:
        """Its files, of a hundred sheets each."""
        return range(-(-self.sheets // rules.SHEETS))


def runs(collection_id: int) -> list[Run]:
    """The printings of a collection of which something is still out, the newest first."""
    out = func.sum(case((_OUT, 1), else_=0))
    query = (
        select(PaperSlip.run, func.min(PaperSlip.issued_at), func.count(), out)
        .where(PaperSlip.collection_id == collection_id)
        .group_by(PaperSlip.run)
        .having(out > 0)
        .order_by(PaperSlip.run.desc())
    )
    return [Run(*row) for row in db.session.execute(query)]


def to_print(collection_id: int, part: int, run: int | None = None) -> list[PaperSlip]:
    """A file of slips that are still out, with the people named on them, in roll order.

    Of one printing the files stay what they are while slips come back: each holds the same hundred, less those.
    """
    numbers = select(PaperSlip.id).join(PaperSlip.unit).where(PaperSlip.collection_id == collection_id)
    numbers = numbers.where(_OUT) if run is None else numbers.where(PaperSlip.run == run)
    numbers = numbers.order_by(ConsentUnit.position, PaperSlip.id)
    here = db.session.scalars(numbers.limit(rules.SHEETS).offset(part * rules.SHEETS)).all()
    return printed_with_names(here)


def printed_with_names(slip_ids: Collection[int]) -> list[PaperSlip]:
    """Those of these slips that are still out, with the people named on them, in roll order."""
    query = (
        select(PaperSlip)
        .join(PaperSlip.unit)
        .where(PaperSlip.id.in_(slip_ids), _OUT)
        .options(contains_eager(PaperSlip.unit).joinedload(ConsentUnit.holders).joinedload(ConsentHolder.holder))
        .order_by(ConsentUnit.position, PaperSlip.id)
    )
    return list(db.session.scalars(query).unique())


def of_building(
    found: ConsentCollection, building: int, page: int, stands: rules.SlipStands | None = None
) -> tuple[list[PaperSlip], bool]:
    """A page of one building's slips in roll order, and whether there is more."""
    query = (
        select(PaperSlip)
        .join(PaperSlip.unit)
        .join(Unit, Unit.id == ConsentUnit.unit_id)
        .join(Stairwell, Stairwell.id == Unit.stairwell_id)
        .where(PaperSlip.collection_id == found.id, Stairwell.building_id == building)
        .options(contains_eager(PaperSlip.unit), joinedload(PaperSlip.replaces))
        .order_by(ConsentUnit.position, PaperSlip.id)
    )
    if stands is not None:
        query = query.where(_STANDS[stands])
    rows = list(db.session.scalars(query.limit(PAGE + 1).offset(page * PAGE)))
    return rows[:PAGE], len(rows) > PAGE


def buildings(found: ConsentCollection) -> list[Building]:
    """The buildings of a roll, in its order."""
    query = (
        select(Building)
        .join(Stairwell, Stairwell.building_id == Building.id)
        .join(Unit, Unit.stairwell_id == Stairwell.id)
        .join(ConsentUnit, ConsentUnit.unit_id == Unit.id)
        .where(ConsentUnit.collection_id == found.id)
        .group_by(Building.id)
        .order_by(func.min(ConsentUnit.position))
    )
    return list(db.session.scalars(query))


# ---- what came in


@dataclass(frozen=True)
class BatchLine:
    """A batch and how many of its pictures were matched, wait, or were not taken."""

    batch: SlipBatch
    matched: int
    waiting: int
    refused: int


def batches(collection_id: int, most: int = 20) -> list[BatchLine]:
    """The newest batches of a collection."""

    def how_many(*states: rules.PhotoState) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((SlipPhoto.state.in_(states), 1), else_=0)), 0)

    states = rules.PhotoState
    query = (
        select(
            SlipBatch,
            how_many(states.MATCHED),
            how_many(states.WAITING),
            how_many(states.REFUSED, states.DISCARDED, states.ASIDE),
        )
        .outerjoin(SlipPhoto, SlipPhoto.batch_id == SlipBatch.id)
        .where(SlipBatch.collection_id == collection_id)
        .group_by(SlipBatch.id)
        .order_by(SlipBatch.number.desc())
        .limit(most)
    )
    return [BatchLine(*row) for row in db.session.execute(query)]


def batch_id(collection_id: int, number: int) -> int:
    """Which row a batch of a collection is, by its number."""
    query = select(SlipBatch.id).where(SlipBatch.collection_id == collection_id, SlipBatch.number == number)
    return db.session.scalars(query).one()


def batch(viewer: Viewer, batch_id: int) -> SlipBatch | None:
    """One batch with its collection, for those who work on it."""
    query = (
        select(SlipBatch)
        .where(SlipBatch.id == batch_id)
        .options(
            joinedload(SlipBatch.collection).options(
                joinedload(ConsentCollection.proposal),
                joinedload(ConsentCollection.version),
                joinedload(ConsentCollection.neighbourhood),
            )
        )
    )
    found = db.session.scalars(query).one_or_none()
    return found if found is not None and queries.watches(viewer, found.collection) else None


def photos(batch_id: int, page: int = 0) -> tuple[list[SlipPhoto], bool]:
    """A page of a batch's pictures, the newest first, and whether there is more."""
    query = _photos().where(SlipPhoto.batch_id == batch_id).order_by(SlipPhoto.number.desc())
    rows = list(db.session.scalars(query.limit(PAGE + 1).offset(page * PAGE)))
    return rows[:PAGE], len(rows) > PAGE


def photo(viewer: Viewer, photo_id: int) -> SlipPhoto | None:
    """One picture with its batch and collection, for those who work on it."""
    query = _photos().where(SlipPhoto.id == photo_id)
    found = db.session.scalars(
        query.options(
            joinedload(SlipPhoto.collection).options(
                joinedload(ConsentCollection.proposal),
                joinedload(ConsentCollection.version),
                joinedload(ConsentCollection.neighbourhood),
            )
        )
    ).one_or_none()
    return found if found is not None and queries.watches(viewer, found.collection) else None


def _photos() -> Select[SlipPhoto]:
    return select(SlipPhoto).options(
        joinedload(SlipPhoto.batch),
        joinedload(SlipPhoto.first),
        joinedload(SlipPhoto.slip).options(
            joinedload(PaperSlip.unit),
            joinedload(PaperSlip.collection).options(
                joinedload(ConsentCollection.version), joinedload(ConsentCollection.proposal)
            ),
        ),
    )


def waiting_photos(collection_id: int) -> list[int]:
    """The pictures of which nobody has said yet which slip they show, the oldest first."""
    query = select(SlipPhoto.id).where(
        SlipPhoto.collection_id == collection_id, SlipPhoto.state == rules.PhotoState.WAITING
    )
    return list(db.session.scalars(query.order_by(SlipPhoto.id)))


def photo_of(slip: PaperSlip) -> SlipPhoto | None:
    """The photo that stands for a slip."""
    query = select(SlipPhoto).where(SlipPhoto.slip_id == slip.id, SlipPhoto.state == rules.PhotoState.MATCHED)
    return db.session.scalars(query).one_or_none()


# ---- reading queues


class Queue(StrEnum):
    """What waits to be read: by a first, by a second, by whoever decides."""

    FIRST = auto()
    SECOND = auto()
    THIRD = auto()


QUEUES: dict[Queue, ColumnElement[bool]] = {
    Queue.FIRST: _UNREAD,
    Queue.SECOND: PaperSlip.state == ENTERED,
    Queue.THIRD: PaperSlip.state == DIFFERS,
}


@dataclass(frozen=True)
class Waiting:
    """How many slips wait in one queue, and how many of them the viewer may read."""

    queue: Queue
    all: int
    mine: int


def queues(collection_id: int, viewer: Viewer | None = None) -> list[Waiting]:
    """The three queues of a collection; without a viewer nothing is hers."""
    hers = ~_read_by(viewer) if viewer is not None else false()
    columns = [
        column
        for where in QUEUES.values()
        for column in (func.sum(case((where, 1), else_=0)), func.sum(case((and_(where, hers), 1), else_=0)))
    ]
    row = db.session.execute(select(*columns).where(PaperSlip.collection_id == collection_id)).one()
    return [Waiting(queue, row[2 * n] or 0, row[2 * n + 1] or 0) for n, queue in enumerate(Queue)]


def next_in(viewer: Viewer, collection_id: int, queue: Queue, *, after: int = 0) -> tuple[int | None, int]:
    """The next slip of a queue that the viewer may read, and how many there are of these.

    After the last the first comes again: somebody may have skipped it.
    """
    where = (
        PaperSlip.collection_id == collection_id,
        QUEUES[queue],
        ~_read_by(viewer),
    )
    query = select(func.min(case((PaperSlip.id > after, PaperSlip.id))), func.min(PaperSlip.id), func.count())
    later, first, number = db.session.execute(query.where(*where)).one()
    return later or first, number


def _read_by(viewer: Viewer) -> ColumnElement[bool]:
    """Whether this person has read the slip, from whichever of her accounts."""
    reading = aliased(SlipReading)
    return exists().where(reading.slip_id == PaperSlip.id, reading.read_by.in_(same_person(viewer.account)))


# ---- matching


def known(viewer: Viewer, codes: Collection[str]) -> dict[str, PaperSlip]:
    """The slips of these codes, as far as the viewer may know of them."""
    if not codes:
        return {}
    query = (
        select(PaperSlip)
        .where(PaperSlip.code.in_(codes))
        .options(
            joinedload(PaperSlip.unit),
            joinedload(PaperSlip.collection).options(
                joinedload(ConsentCollection.version), joinedload(ConsentCollection.proposal)
            ),
        )
        .execution_options(populate_existing=True)
    )
    return {slip.code: slip for slip in db.session.scalars(query) if queries.watches(viewer, slip.collection)}


def kept_pictures(collection_id: int, hashes: Collection[str]) -> dict[str, SlipPhoto]:
    """Those of these pictures that the collection has kept, by their hash."""
    query = select(SlipPhoto).where(
        SlipPhoto.collection_id == collection_id,
        SlipPhoto.sha256.in_(hashes),
        SlipPhoto.state.in_([rules.PhotoState.MATCHED, rules.PhotoState.WAITING, rules.PhotoState.ASIDE]),
    )
    return {each.sha256: each for each in db.session.scalars(query.order_by(SlipPhoto.id))} if hashes else {}


def standing_photos(slip_ids: Collection[int]) -> dict[int, SlipPhoto]:
    """The photo that stands for each of these slips."""
    query = select(SlipPhoto).where(SlipPhoto.slip_id.in_(slip_ids), SlipPhoto.state == rules.PhotoState.MATCHED)
    return {each.slip_id or 0: each for each in db.session.scalars(query)} if slip_ids else {}


def as_known(slip: PaperSlip) -> rules.KnownSlip:
    """A slip as the rules judge a photo of it."""
    return rules.KnownSlip(
        collection=slip.collection_id,
        case=slip.collection.proposal_id,
        plan=slip.collection.version.number,
        stands=slip.stands,
    )


def last_close(found: ConsentCollection) -> datetime | None:
    """When answering ends for all, without the roll in memory: with the window, or with the longer one of a flat."""
    longest = select(func.max(ConsentUnit.closes_at)).where(ConsentUnit.collection_id == found.id)
    own = db.session.scalars(longest).one()
    return max(filter(None, (found.closes_at, own)), default=None)
