"""Ballots 计票: what the count of a whole collection needs, read as rows in two statements.

Objects of an estate's roll and records would take the memory of a server; what the law weighs is a few words a line.
"""

from __future__ import annotations

import gc
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from threading import Lock
from typing import Any, cast

from sqlalchemy import Row, Select, Table, and_, bindparam, func, select
from sqlalchemy.orm import Session, scoped_session

from hearing.consents import rules
from hearing.consents.models import (
    DISPUTED,
    ConsentCollection,
    ConsentHolder,
    ConsentRecord,
    ConsentUnit,
    RecordHolder,
    RecordMark,
)

_UNIT, _SHARE, _RECORD, _SIGNER, _MARK = (
    cast(Table, model.__table__) for model in (ConsentUnit, ConsentHolder, ConsentRecord, RecordHolder, RecordMark)
)
_UNITS: Select[Any] = (
    select(
        *(_UNIT.c[name] for name in ("id", "collection_id", "unit_id", "area_centi", "capacity", "form", "whole")),
        *(_UNIT.c[name] for name in ("building", "floor", "buyer", "blocked", "closes_at", "reconfirm")),
        _SHARE.c.holder_id,
        _SHARE.c.weight,
        _SHARE.c.died_on,
    )
    .join_from(_UNIT, _SHARE, _SHARE.c.consent_unit_id == _UNIT.c.id)
    .where(_UNIT.c.collection_id.in_(bindparam("collections", expanding=True)))
    .order_by(_UNIT.c.position, _UNIT.c.id, _SHARE.c.id)
)
_last = select(func.max(_MARK.c.id)).where(_MARK.c.record_id == _RECORD.c.id).correlate(_RECORD).scalar_subquery()
_RECORDS: Select[Any] = (
    select(
        *(_RECORD.c[name] for name in ("id", "collection_id", "number", "answer", "method", "signed_on")),
        _RECORD.c.received_at,
        _RECORD.c.plan_hash,
        _UNIT.c.unit_id,
        _SIGNER.c.holder_id,
        _MARK.c.kind.label("mark"),
        _MARK.c.invalid,
    )
    .join_from(_RECORD, _UNIT, _UNIT.c.id == _RECORD.c.consent_unit_id)
    .join(_SIGNER, _SIGNER.c.record_id == _RECORD.c.id)
    .outerjoin(_MARK, and_(_MARK.c.record_id == _RECORD.c.id, _MARK.c.id == _last))
    .where(_RECORD.c.collection_id.in_(bindparam("collections", expanding=True)))
    .order_by(_RECORD.c.collection_id, _RECORD.c.number, _SIGNER.c.holder_id)
)


_pausing = Lock()
_paused = 0


@contextmanager
def _uncollected() -> Iterator[None]:
    """Let Python's collector wait; it is the process's, and two threads may count at once.

    Of an estate's thousands of small objects, all in use, it would go through each again and again, which takes as long
    as the count itself.
    """
    global _paused
    with _pausing:
        _paused += 1
        gc.disable()
    try:
        yield
    finally:
        with _pausing:
            _paused -= 1
            if not _paused:
                gc.enable()


@dataclass(frozen=True)
class Ballot:
    """A collection's roll and records as the law weighs them."""

    rule: rules.ThresholdRule
    conflict_rule: rules.ConflictRule
    plan_hash: str
    closes_at: datetime | None
    """None before the roll is frozen: nothing stands until then."""
    roll: rules.Roll
    records: tuple[rules.Record, ...]
    lines: Mapping[str, int]
    """The number of each unit's line, by the unit's reference."""
    own_closes: Mapping[str, datetime]
    """The close of each unit that has one of its own."""
    died_on: Mapping[str, date]
    buildings: tuple[str, ...]
    """The buildings on the roll, in its order."""
    reconfirm: frozenset[str]
    """The units that had answered an earlier version of the plan."""

    @cached_property
    def standings(self) -> dict[str, rules.Standing]:
        """What stands for every unit, by reference."""
        return self._standings(with_late=False)

    @cached_property
    def tally(self) -> rules.Tally:
        """The count by the collection's rule."""
        with _uncollected():
            return rules.tally(self.roll, rules.answers_of(self.standings), self.rule)

    def tally_with_late(self) -> rules.Tally:
        """The count as it would be with what came after the close."""
        return rules.tally(self.roll, rules.answers_of(self._standings(with_late=True)), self.rule)

    @property
    def in_doubt(self) -> int:
        """How many signatures are disputed and not yet checked."""
        return sum(record.disputed for record in self.records)

    def closing_of(self, ref: str) -> datetime | None:
        """Until when a unit may answer."""
        return self.own_closes.get(ref, self.closes_at)

    def _standings(self, *, with_late: bool) -> dict[str, rules.Standing]:
        if self.closes_at is None:
            return {}
        with _uncollected():
            return rules.standings(
                self.roll,
                self.records,
                closings=dict.fromkeys(self.lines, self.closes_at) | dict(self.own_closes),
                rule=self.conflict_rule,
                plan_hash=self.plan_hash,
                died_on=self.died_on,
                with_late=with_late,
            )


@dataclass
class _Read:
    """What has been read of one collection."""

    units: list[rules.RollUnit] = field(default_factory=list)
    records: list[rules.Record] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)
    own_closes: dict[str, datetime] = field(default_factory=dict)
    died_on: dict[str, date] = field(default_factory=dict)
    buildings: dict[str, None] = field(default_factory=dict)
    reconfirm: set[str] = field(default_factory=set)

    def add_unit(self, rows: list[Row[Any]]) -> None:
        """Take over a unit: one row for each holder."""
        unit = rows[0]
        line = rules.listed_unit(
            unit.unit_id,
            ((row.holder_id, row.weight) for row in rows),
            area_centi=unit.area_centi,
            capacity=unit.capacity,
            form=unit.form,
            whole=unit.whole,
            floor=unit.floor,
            buyer=unit.buyer,
            blocked=unit.blocked,
        )
        self.units.append(line)
        self.lines[line.ref] = unit.id
        self.buildings[unit.building] = None
        if unit.closes_at is not None:
            self.own_closes[line.ref] = unit.closes_at
        if unit.reconfirm:
            self.reconfirm.add(line.ref)
        self.died_on |= {str(row.holder_id): row.died_on for row in rows if row.died_on is not None}

    def add_record(self, rows: list[Row[Any]]) -> None:
        """Take over a record: one row for each holder in whose name it was given."""
        record = rows[0]
        self.records.append(
            rules.Record(
                number=record.number,
                unit=str(record.unit_id),
                holders=tuple(str(row.holder_id) for row in rows),
                answer=rules.Answer(record.answer) if record.answer else None,
                method=rules.Method(record.method),
                signed_on=record.signed_on,
                received_at=record.received_at,
                plan_hash=record.plan_hash,
                disputed=record.mark == DISPUTED,
                invalid=rules.Invalid(record.invalid) if record.invalid else None,
            )
        )


def read(session: Session | scoped_session[Session], collections: Collection[ConsentCollection]) -> dict[int, Ballot]:
    """The ballots of these collections, by their numbers, as they stand now, in two statements."""
    if not collections:
        return {}
    session.flush()
    wanted = {"collections": [each.id for each in collections]}
    found = {each.id: _Read() for each in collections}
    connection = session.connection()
    with _uncollected():
        for rows in _grouped(connection.execute(_UNITS, wanted), "id"):
            found[rows[0].collection_id].add_unit(rows)
        for rows in _grouped(connection.execute(_RECORDS, wanted), "id"):
            found[rows[0].collection_id].add_record(rows)
    return {each.id: _ballot(each, found[each.id]) for each in collections}


def _ballot(collection: ConsentCollection, read_rows: _Read) -> Ballot:
    return Ballot(
        rule=collection.rule,
        conflict_rule=rules.ConflictRule(collection.conflict_rule),
        plan_hash=collection.version.plan_hash,
        closes_at=collection.closes_at,
        roll=rules.Roll(tuple(read_rows.units)),
        records=tuple(read_rows.records),
        lines=read_rows.lines,
        own_closes=read_rows.own_closes,
        died_on=read_rows.died_on,
        buildings=tuple(read_rows.buildings),
        reconfirm=frozenset(read_rows.reconfirm),
    )


def _grouped(rows: Iterable[Row[Any]], name: str) -> Iterable[list[Row[Any]]]:
    """Rows that follow each other and have the same value there, together."""
    group: list[Row[Any]] = []
    for row in rows:
        if group and getattr(group[0], name) != getattr(row, name):
            yield group
            group = []
        group.append(row)
    if group:
        yield group
