"""Crowd: a collection of a whole estate of any size, half way through its window, written in bulk; names invented.

The case, the plan and the terms are set up by the product's own acts over one small tower. Then the estate, its
register, roll, records and trail are written as the acts would have left them, in seconds and not in hours.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

from flask import current_app
from sqlalchemy import Connection, Table, func, select, text, update

from bench import estate
from bench.estate import Asked
from bench.filling import answered, into, write
from hearing import clock, schema
from hearing.audit import canonical
from hearing.audit.models import LogEntry, LogHead, LogNode, LogPayload
from hearing.consents import queries, rules
from hearing.consents.models import ConsentCollection, ConsentHolder, ConsentRecord, ConsentUnit, RecordHolder
from hearing.db import db
from hearing.demo import pictures
from hearing.files.models import Evidence
from hearing.people.models import Account
from hearing.places.models import Building, Holder, Stairwell, Tenure, TenureShare, Unit
from hearing.places.rules import Capacity, HoldingForm, UnitUse

TOWER = 12
"""Households of the tower that stands first: with accounts, and as yet without an answer."""
FLATS, FLOORS = 4, 18
"""Flats on a floor, and floors of each building that is added."""
COUPLES, SAID = 8, 0.75
"""Every eighth flat is a couple's; three quarters of the flats have answered."""
STROKES = json.dumps([{"points": [{"x": x, "y": x} for x in range(16)]}])
Rows = Iterator[Sequence[Any]]


def open_estate(units: int) -> Asked:
    """Open a collection of so many units, and let three quarters of them have answered."""
    asked = estate.open_collection(TOWER)
    if units > TOWER:
        _fill(asked, units - TOWER)
    return asked


def _fill(asked: Asked, units: int) -> None:
    # Whoever writes under the trail's guards needs an act; these rows stand for acts that were carried out.
    collection = db.session.get_one(ConsentCollection, asked.collection)
    first = db.session.scalars(select(ConsentUnit).where(ConsentUnit.collection_id == asked.collection)).first()
    assert first is not None
    tower = db.session.get_one(Building, db.session.get_one(Unit, first.unit_id).stairwell.building_id)
    made = _Rows(collection, tower.estate_id, units, clock.now())
    db.session.rollback()
    with db.engine.begin() as connection:
        made.write(connection)
        _append(connection, made)
        if connection.dialect.name == "postgresql":
            connection.execute(text("ANALYZE"))
    schema.refresh_statistics(db.engine)
    digest = rules.roll_hash(db.session.get_one(ConsentCollection, asked.collection).roll())
    db.session.rollback()
    with db.engine.begin() as connection:
        connection.execute(
            update(ConsentCollection).where(ConsentCollection.id == asked.collection).values(roll_hash=digest)
        )
    db.session.rollback()


class _Rows:
    """The rows of an estate, with numbers that go on from those that are there."""

    def __init__(self, collection: ConsentCollection, estate_id: int, units: int, moment: datetime) -> None:
        self.collection_id, self.matter, self.subject = (
            collection.id,
            collection.proposal.matter,
            collection.subject,
        )
        self.place, self.scope = collection.neighbourhood_id, collection.neighbourhood.slug
        self.plan_hash, self.opened = collection.version.plan_hash, collection.opened_at
        self.estate_id, self.units, self.moment = estate_id, units, moment
        self.after = {model: db.session.scalar(select(func.max(model.id))) or 0 for model in _NUMBERED}
        chance = random.Random(20261122)
        self.said = [chance.choices(_ANSWERS, _WEIGHTS)[0] if chance.random() < SAID else None for _ in range(units)]
        # Every sixtieth gave its slip in on paper as well, an hour later.
        self.twice = [number for number, said in enumerate(self.said) if said is not None and number % 60 == 7]

    def number(self, model: type[Any], place: int) -> int:
        """The number of the row at a place, from 0."""
        return self.after[model] + 1 + place

    def holders_of(self, unit: int) -> list[int]:
        """The numbers of those who hold a unit: every eighth is a couple's, the others hold alone."""
        alone = [self.number(Holder, unit)]
        return [*alone, self.number(Holder, self.units + unit // COUPLES)] if unit % COUPLES == 0 else alone

    @property
    def records(self) -> Iterator[tuple[int, int, rules.Method]]:
        """Unit, turn and method of each record."""
        for unit, said in enumerate(self.said):
            if said is not None:
                yield unit, 1, rules.Method.PAPER if unit % 3 == 0 else rules.Method.PHONE
        for unit in self.twice:
            yield unit, 2, rules.Method.PAPER

    def write(self, connection: Connection) -> None:
        """Write all of it."""
        couples = [unit for unit in range(self.units) if unit % COUPLES == 0]
        buildings = -(-self.units // (FLATS * FLOORS))
        opened = cast(datetime, self.opened)
        into(
            connection,
            Building,
            ("id", "estate_id", "name", "position"),
            ((self.number(Building, b), self.estate_id, f"{b + 2}号楼", b + 2) for b in range(buildings)),
        )
        into(
            connection,
            Stairwell,
            ("id", "building_id", "name"),
            ((self.number(Stairwell, b), self.number(Building, b), "") for b in range(buildings)),
        )
        into(
            connection,
            Unit,
            ("id", "stairwell_id", "name", "floor", "position", "use", "area_centi", "vacant"),
            (
                (self.number(Unit, u), self.number(Stairwell, b), door, floor, at, UnitUse.RESIDENCE, area, False)
                for u, (b, at, floor, door, area) in enumerate(self._doors())
            ),
        )
        into(
            connection,
            Holder,
            ("id", "neighbourhood_id", "name", "phone", "died_on"),
            (
                (self.number(Holder, n), self.place, f"业主{n + TOWER + 1}", f"1{n + 3 * 10**9}", None)
                for n in range(self.units + len(couples))
            ),
        )
        into(
            connection,
            Tenure,
            ("id", "unit_id", "capacity", "form", "since", "until"),
            (
                (self.number(Tenure, u), self.number(Unit, u), Capacity.OWNER, self._form(u), opened, None)
                for u in range(self.units)
            ),
        )
        shares = [(unit, holder) for unit in range(self.units) for holder in self.holders_of(unit)]
        into(
            connection,
            TenureShare,
            ("id", "tenure_id", "holder_id", "part", "whole", "represents"),
            (
                (self.number(TenureShare, n), self.number(Tenure, u), holder, 1, 1, False)
                for n, (u, holder) in enumerate(shares)
            ),
        )
        self._roll(connection, shares)
        self._records(connection)

    def _form(self, unit: int) -> HoldingForm:
        return HoldingForm.JOINT if unit % COUPLES == 0 else HoldingForm.SOLE

    def _doors(self) -> Iterator[tuple[int, int, str, str, int]]:
        """Building, position in it, floor, door and area (1/100 m²) of each unit."""
        for unit in range(self.units):
            building, place = divmod(unit, FLATS * FLOORS)
            floor, flat = divmod(place, FLATS)
            yield building, place, str(floor + 1), f"{floor + 1}{flat + 1:02d}", 4680 + 1140 * (flat % 2)

    def _roll(self, connection: Connection, shares: Sequence[tuple[int, int]]) -> None:
        turns = dict.fromkeys((unit for unit, said in enumerate(self.said) if said is not None), 1)
        turns |= dict.fromkeys(self.twice, 2)
        names = ("id", "collection_id", "unit_id", "position", "building", "floor", "door", "capacity", "form")
        into(
            connection,
            ConsentUnit,
            (*names, "whole", "area_centi", "buyer", "blocked", "closes_at", "turn", "reconfirm"),
            (
                (
                    *(self.number(ConsentUnit, u), self.collection_id, self.number(Unit, u), TOWER + u),
                    *(f"{b + 2}号楼", floor, door, Capacity.OWNER, self._form(u)),
                    *(1, area, "", None, None, turns.get(u, 0), False),
                )
                for u, (b, _, floor, door, area) in enumerate(self._doors())
            ),
        )
        into(
            connection,
            ConsentHolder,
            ("id", "consent_unit_id", "holder_id", "weight", "since", "died_on"),
            (
                (self.number(ConsentHolder, n), self.number(ConsentUnit, u), holder, 1, None, None)
                for n, (u, holder) in enumerate(shares)
            ),
        )

    def _pictures(self, connection: Connection) -> None:
        """A drawn signature for each record, all different; written as they lie on the disk, without waiting for it."""
        drawn = [pictures.signature(seed)[0] for seed in range(16)]
        folder: Path = current_app.extensions["settings"].files_dir
        for each in range(256):
            (folder / f"{each:02x}").mkdir(parents=True, exist_ok=True)
        author = connection.execute(select(func.min(Account.id))).scalar_one()

        def rows() -> Rows:
            for n, _ in enumerate(self.records):
                # What follows the end of a picture is no part of it, and makes its hash another.
                picture = drawn[n % len(drawn)]
                data = picture.data + f"{n:08d}".encode()
                sha256 = hashlib.sha256(data).hexdigest()
                (folder / sha256[:2] / sha256).write_bytes(data)
                known = (self.place, self.matter, queries.SIGNATURE, sha256, picture.media_type, len(data))
                yield (self.number(Evidence, n), *known, author, self.moment)

        names = ("id", "neighbourhood_id", "matter", "kind", "sha256", "media_type", "size")
        into(connection, Evidence, (*names, "uploaded_by", "uploaded_at"), rows())

    def _records(self, connection: Connection) -> None:
        self._pictures(connection)
        day = self.moment.date()
        names = ("id", "collection_id", "consent_unit_id", "number", "turn", "answer", "reason", "method", "signed_on")
        more = (
            "received_at",
            "plan_hash",
            "identity",
            "strokes",
            "typed_name",
            "salt",
            "evidence_hash",
            "signature_id",
        )
        into(
            connection,
            ConsentRecord,
            (*names, *more),
            (
                (
                    *(self.number(ConsentRecord, n), self.collection_id, self.number(ConsentUnit, u), n + 1, turn),
                    *(self.said[u], "", method, day, self.moment + timedelta(seconds=turn), self.plan_hash),
                    *("paper" if method is rules.Method.PAPER else "session", STROKES, "", "0" * 64, _proof(n)),
                    self.number(Evidence, n),
                )
                for n, (u, turn, method) in enumerate(self.records)
            ),
        )
        into(
            connection,
            RecordHolder,
            ("record_id", "holder_id"),
            (
                (self.number(ConsentRecord, n), holder)
                for n, (u, _, _) in enumerate(self.records)
                for holder in self.holders_of(u)
            ),
        )
        connection.execute(
            update(ConsentCollection)
            .where(ConsentCollection.id == self.collection_id)
            .values(next_record=sum(1 for _ in self.records) + 1)
        )


_NUMBERED: tuple[type[Any], ...] = (
    *(Building, Stairwell, Unit, Holder, Tenure, TenureShare),
    *(ConsentUnit, ConsentHolder, ConsentRecord, Evidence),
)
_ANSWERS, _WEIGHTS = (rules.Answer.AGREE, rules.Answer.OPPOSE, rules.Answer.ABSTAIN), (85, 9, 6)


def _proof(number: int) -> str:
    return hashlib.sha256(f"evidence {number}".encode()).hexdigest()


def _append(connection: Connection, made: _Rows) -> None:
    """One entry of the trail for each record, after those that are there, with the nodes that they complete."""
    size = connection.execute(select(LogHead.size)).scalar_one()
    row = list(connection.execute(select(LogEntry.leaf_hash).order_by(LogEntry.idx)).scalars())
    fact = answered(0)
    entry = fact.entry(made.moment, canonical.commit(bytes(canonical.SALT_BYTES), fact.payload()))
    entry["scope"], entry["subject"], entry["pub"]["matter"] = made.scope, made.subject, made.matter
    entry["pub"]["plan_hash"] = made.plan_hash
    encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
    entries = []
    for number, (_, _, method) in enumerate(made.records):
        entry["pub"]["record"], entry["pub"]["method"] = number + 1, method.value
        body = encode(entry).encode()
        row.append(hashlib.sha256(b"\x00" + body).digest())
        entries.append((size + number, row[-1], body))
    known = (fact.kind, made.subject, made.matter, fact.actor.ref, made.moment, made.scope)
    names = ("idx", "leaf_hash", "body", "kind", "subject", "matter", "actor_ref", "at", "scope")
    write(connection, cast(Table, LogEntry.__table__), names, ((*each, *known) for each in entries))
    payload = canonical.encode(fact.payload())
    opened = ((index, bytes(canonical.SALT_BYTES), payload) for index, _, _ in entries)
    write(connection, cast(Table, LogPayload.__table__), ("idx", "salt", "payload"), opened)
    write(connection, cast(Table, LogNode.__table__), ("level", "number", "hash"), _nodes(row, size))
    connection.execute(update(LogHead).values(size=size + len(entries)))


def _nodes(row: list[bytes], size: int) -> Rows:
    """The complete nodes over all leaves that were not complete over the first `size` of them."""
    level = 0
    while row:
        yield from ((level, number, row[number]) for number in range(size >> level, len(row)))
        pairs = zip(row[::2], row[1::2], strict=False)
        row = [hashlib.sha256(b"\x01" + left + right).digest() for left, right in pairs]
        level += 1
