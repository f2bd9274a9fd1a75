"""Listing 记录清单: every record of a collection in the order of its number, with its place in the trail.

The certificate prints the records one by one where they are few, and otherwise names this list by its SHA-256. It is
read as rows, so many at a time: what stands in memory is the ballot and a page of records.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Row, Select, Table, and_, select

from hearing.audit.erasing import batches
from hearing.consents import queries, rules
from hearing.consents.ballots import Ballot
from hearing.consents.models import WITHDREW, ConsentCollection, ConsentHolder, ConsentRecord, ConsentUnit, RecordHolder
from hearing.db import db
from hearing.files.models import Evidence
from hearing.notices.rules import beijing_day
from hearing.places.models import Holder, Stairwell, Unit
from hearing.places.rules import CAPACITY_LABELS, Capacity
from hearing.web.cells import Cell, csv_pieces

CO_OWNER = "共有人"
"""As what somebody signed who holds the unit with others."""
NOBODY_NOW = "原表态人"
"""Who signed and holds the unit no longer."""
COUNTS = "计入"
FILE = "list.csv"
"""How the list is called beside the certificate."""

_UNIT, _SHARE, _RECORD, _SIGNER, _HOLDER, _EVIDENCE = (
    cast(Table, model.__table__)
    for model in (ConsentUnit, ConsentHolder, ConsentRecord, RecordHolder, Holder, Evidence)
)
_PAGE = 2_000

_RECORDS: Select[Any] = (
    select(
        *(_RECORD.c[name] for name in ("number", "answer", "method", "signed_on", "received_at", "evidence_hash")),
        *(_RECORD.c[name] for name in ("assisted_by", "checked_by", "consent_unit_id")),
        (_RECORD.c.salt == "").label("erased"),
        *(_UNIT.c[name] for name in ("unit_id", "building", "floor", "door", "capacity")),
        _EVIDENCE.c.sha256,
        _EVIDENCE.c.id.label("evidence_id"),
    )
    .join_from(_RECORD, _UNIT, _UNIT.c.id == _RECORD.c.consent_unit_id)
    .outerjoin(_EVIDENCE, _EVIDENCE.c.id == _RECORD.c.signature_id)
    .order_by(_RECORD.c.number)
)
_SIGNERS: Select[Any] = (
    select(_RECORD.c.number, _HOLDER.c.name)
    .join_from(_RECORD, _SIGNER, _SIGNER.c.record_id == _RECORD.c.id)
    .join(
        _SHARE,
        and_(_SHARE.c.consent_unit_id == _RECORD.c.consent_unit_id, _SHARE.c.holder_id == _SIGNER.c.holder_id),
    )
    .join(_HOLDER, _HOLDER.c.id == _SIGNER.c.holder_id)
    .order_by(_RECORD.c.number, _SHARE.c.id)
)

HEADS = (
    "编号 No.",
    "存证序号 Log index",
    "存证承诺 Commitment",
    "证据 Evidence SHA-256",
    "方式 Way",
    "签署日 Signed on",
    "是否计入 Counts",
)
HEADS_FULL = (
    *(
        "门牌 Door",
        "签署人 Signer",
        "身份 Capacity",
        "表态 Answer",
        "收到 Received",
        "代表几套 Flats",
        "协助 Helped by",
    ),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One record. Doors, names and helpers are "" where the reader may not have them."""

    number: int
    index: int
    """Its place in the trail."""
    commitment: str
    """What its entry shows of it: base64url of a hash."""
    evidence_hash: str
    method: rules.Method
    signed_on: date
    received_at: datetime
    answer: str
    why_not: str
    """Why it does not count; "" where it does."""
    units: int
    """For how many flats it stands; 0 for a co-owner's beside the first."""
    erased: bool
    door: str = ""
    name: str = ""
    capacity: str = ""
    helpers: str = ""
    picture: str = ""
    """SHA-256 of the drawn signature or the photo; "" where there is none."""
    evidence_id: int | None = None

    @property
    def on_paper(self) -> bool:
        """Whether it came on paper."""
        return self.method not in rules.ELECTRONIC

    def cells(self, *, masked: bool) -> tuple[Cell, ...]:
        """The line of the list; masked, only what names no household and tells nobody's answer."""
        day = self.signed_on if self.on_paper else beijing_day(self.received_at)
        seen = (self.number, self.index, self.commitment, self.evidence_hash, rules.METHOD_LABELS[self.method], day)
        counts = self.why_not or COUNTS
        if masked:
            return (*seen, counts)
        told = (self.door, self.name, self.capacity, self.answer, self.received_at, self.units, self.helpers)
        return (*seen, counts, *told)


class RecordList:
    """The records of a collection whose roll is frozen, as the certificate of one edition tells them."""

    def __init__(
        self,
        collection: ConsentCollection,
        ballot: Ballot,
        *,
        masked: bool,
        entries: Mapping[int, tuple[int, str]] | None = None,
    ) -> None:
        """`entries` where somebody has read the entries of the collection's records already."""
        self.masked = masked
        self._collection, self._ballot = collection, ballot
        self.counting, self.answers, self.methods = _counting(ballot)
        """How many flats each record stands for that counts, by number, in roll order; flats by answer and way."""
        self._entries = entries if entries is not None else queries.entries_of(collection)
        self._staff: dict[int, str] = {}
        self._digest = ""
        self._shared = frozenset(unit.ref for unit in ballot.roll.units if len(unit.holding.holders) > 1)
        self._flats = {} if masked else self._doors_of_several()

    def __len__(self) -> int:
        return len(self._ballot.records)

    @property
    def heads(self) -> tuple[str, ...]:
        """The columns of the list, in both languages."""
        return HEADS if self.masked else (*HEADS, *HEADS_FULL)

    def pieces(self) -> Iterator[bytes]:
        """The list as CSV, piece by piece; its SHA-256 is known after the last."""
        digest = hashlib.sha256()
        for piece in csv_pieces(self.heads, (line.cells(masked=self.masked) for line in self)):
            digest.update(piece)
            yield piece
        self._digest = digest.hexdigest()

    def sha256(self) -> str:
        """The SHA-256 of the list; where nobody has written it yet, it is read for that."""
        if not self._digest:
            for _ in self.pieces():
                continue
        return self._digest

    def __iter__(self) -> Iterator[Line]:
        """Every record in the order of numbers, read a page at a time."""
        last = 0
        while rows := self._page(last):
            last = rows[-1].number
            yield from self._lines(rows)
            if len(rows) < _PAGE:
                return

    def _page(self, after: int) -> list[Row[Any]]:
        query = _RECORDS.where(_RECORD.c.collection_id == self._collection.id, _RECORD.c.number > after)
        return list(db.session.connection().execute(query.limit(_PAGE)))

    def _lines(self, rows: list[Row[Any]]) -> Iterator[Line]:
        names = {} if self.masked else self._signers(rows)
        if not self.masked:
            helpers = {person for row in rows for person in (row.assisted_by, row.checked_by) if person}
            if unknown := helpers - self._staff.keys():
                self._staff |= queries.people_named(unknown)
        for row in rows:
            index, commitment = self._entries[row.number]
            line = Line(
                number=row.number,
                index=index,
                commitment=commitment,
                evidence_hash=row.evidence_hash,
                method=rules.Method(row.method),
                signed_on=row.signed_on,
                received_at=row.received_at,
                answer=rules.ANSWER_LABELS[rules.Answer(row.answer)] if row.answer else WITHDREW,
                why_not="" if row.number in self.counting else self._why_not(row),
                units=self.counting.get(row.number, 0),
                erased=bool(row.erased),
            )
            yield line if self.masked else self._named(line, row, names)

    def _named(self, line: Line, row: Row[Any], names: Mapping[int, list[str]]) -> Line:
        counted = line.number in self.counting
        own = door_words(row.building, row.floor, row.door)
        return replace(
            line,
            door=self._flats.get(row.consent_unit_id, own) if counted else own,
            name="、".join(names.get(line.number, ())) or NOBODY_NOW,
            capacity=CO_OWNER if str(row.unit_id) in self._shared else CAPACITY_LABELS[Capacity(row.capacity)],
            helpers=self._helpers(row),
            picture="" if row.erased else row.sha256 or "",
            evidence_id=row.evidence_id,
        )

    def _signers(self, rows: list[Row[Any]]) -> dict[int, list[str]]:
        here = _RECORD.c.collection_id == self._collection.id
        query = _SIGNERS.where(here, _RECORD.c.number.between(rows[0].number, rows[-1].number))
        found: dict[int, list[str]] = {}
        for number, name in db.session.connection().execute(query):
            found.setdefault(number, []).append(name)
        return found

    def _helpers(self, row: Row[Any]) -> str:
        assisted, checked = self._staff.get(row.assisted_by or 0), self._staff.get(row.checked_by or 0)
        if checked:
            return f"{assisted}录入，{checked}复核"
        return f"{assisted}在场协助" if assisted else ""

    def _doors_of_several(self) -> dict[int, str]:
        """The doors of all flats of those who have several, by the number of each of their lines."""
        heads = [flats for flats in self._ballot.roll.heads.values() if len(flats) > 1]
        lines = [[self._ballot.lines[flat.ref] for flat in flats] for flats in heads]
        doors: dict[int, str] = {}
        for batch in batches([number for flats in lines for number in flats]):
            columns = (_UNIT.c.id, _UNIT.c.building, _UNIT.c.floor, _UNIT.c.door)
            query = select(*columns).where(_UNIT.c.id.in_(batch))
            doors |= {row.id: door_words(row.building, row.floor, row.door) for row in db.session.execute(query)}
        return {number: "、".join(doors[flat] for flat in flats) for flats in lines for number in flats}

    def _why_not(self, row: Row[Any]) -> str:
        standing, number = self._ballot.standings[str(row.unit_id)], row.number
        for other, why in standing.invalid:
            if other.number == number:
                return rules.INVALID_LABELS[why]
        if any(other.number == number for other in standing.late):
            return "逾期未计"
        if row.answer is None:
            return WITHDREW
        if any(other.number == number for other in standing.counted):
            return rules.PENDING_LABELS[standing.answer.pending] if standing.answer.pending else "待核实"
        return "本人变更或撤回"


def _counting(ballot: Ballot) -> tuple[dict[int, int], Counter[str], Counter[str]]:
    counting: dict[int, int] = {}
    answers: Counter[str] = Counter()
    methods: Counter[str] = Counter()
    for flats in ballot.roll.heads.values():
        standing = ballot.standings[flats[0].ref]
        if standing.answer.answer is None:
            continue
        said = [record for record in standing.counted if record.answer is not None]
        # Of several holders the first line stands for the unit, and the others beside it.
        agreeing = sorted(said, key=lambda record: record.answer is not standing.answer.answer)
        for place, record in enumerate(agreeing):
            units = len(flats) if place == 0 else 0
            counting[record.number] = units
            answers[rules.ANSWER_LABELS[cast(rules.Answer, record.answer)]] += units
            methods[rules.METHOD_LABELS[record.method]] += units
    return counting, answers, methods


def door_words(building: str, floor: str, door: str) -> str:
    """A door as papers have it, whatever language their reader has chosen: the list's SHA-256 must be the same."""
    room = door if door[:1].isdigit() else f"{floor}{door}"
    return f"{building} {room}{'室' if room.isdigit() else ''}"


SUMS_MOST = 200
"""How many stairwells a certificate prints one by one; an estate of more is summed by building."""


def sums(collection: ConsentCollection, ballot: Ballot, *, masked: bool) -> list[rules.PartSum]:
    """What each stairwell said, or each building where there are many stairwells, in roll order."""
    query = (
        select(_UNIT.c.unit_id, _UNIT.c.building, Stairwell.id, Stairwell.name)
        .join_from(_UNIT, Unit, Unit.id == _UNIT.c.unit_id)
        .join(Stairwell, Stairwell.id == Unit.stairwell_id)
        .where(_UNIT.c.collection_id == collection.id)
    )
    stairs: dict[str, str] = {}
    houses: dict[str, str] = {}
    for unit, house, _number, stair in db.session.connection().execute(query):
        stairs[str(unit)], houses[str(unit)] = f"{house} {stair}".strip(), house
    parts = stairs if len(set(stairs.values())) <= SUMS_MOST else houses
    found = rules.part_sums(ballot.roll, rules.answers_of(ballot.standings), parts)
    return rules.public_sums(found, "其余各楼") if masked else found
