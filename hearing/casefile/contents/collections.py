"""Collections 征询: rule, roll, records, slips, mandates, proofs of delivery and certificate of each.

Households are read as rows, some at a time: an estate's roll and records never stand in memory as objects.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import groupby
from typing import Any, cast

from sqlalchemy import Select, Table, and_, select, union
from sqlalchemy.orm import joinedload, selectinload

from hearing.casefile.contents.folder import Cell, Folder, square
from hearing.consents import listing, official, papers, queries, rules
from hearing.consents.ballots import Ballot
from hearing.consents.listing import door_words
from hearing.consents.models import (
    WITHDREW,
    AskFirst,
    ConsentCollection,
    ConsentHolder,
    ConsentRecord,
    ConsentUnit,
    Guardianship,
    Mandate,
    MandatePrincipal,
    OfficialResult,
    PaperSlip,
    RecordHolder,
    RecordMark,
    ResultConfirmation,
    RollCorrection,
    SlipPhoto,
    SlipReading,
    UnitEvent,
)
from hearing.consents.overview import rule_words
from hearing.consents.papers import certificate_objections, certificate_tally, outcome_words
from hearing.db import db, reading
from hearing.people.models import Account
from hearing.people.rules import ROLE_LABELS, Role
from hearing.places.models import Holder
from hearing.places.rules import CAPACITY_LABELS, Capacity
from hearing.printing import sheets, words
from hearing.visits.models import Visit

FINAL = (rules.CollectionState.PASSED, rules.CollectionState.FAILED)
_COUNTED = (*FINAL, rules.CollectionState.PROVISIONAL)
_DRAFTS = (rules.CollectionState.DRAFT,)
_PAGE = 500
"""So many rows, or objects, stand in memory at a time."""

_UNIT, _SHARE, _RECORD, _SIGNER, _HOLDER, _SLIP, _READING, _PHOTO = (
    cast(Table, model.__table__)
    for model in (
        *(ConsentUnit, ConsentHolder, ConsentRecord, RecordHolder, Holder),
        *(PaperSlip, SlipReading, SlipPhoto),
    )
)

Rows = Iterable[tuple[Cell, ...]]
Doors = Mapping[int, str]
"""The door of each line of the roll in words, by the line's number."""


def of_case(proposal_id: int) -> list[ConsentCollection]:
    """The collections of a case whose roll was shown, the oldest first."""
    query = select(ConsentCollection.id).where(
        ConsentCollection.proposal_id == proposal_id, ConsentCollection.state.not_in(_DRAFTS)
    )
    return [queries.for_papers(number) for number in db.session.scalars(query.order_by(ConsentCollection.id)).all()]


def where(collection: ConsentCollection) -> str:
    """The folder of a collection."""
    return f"07-consents/{collection.id:06d}"


def add(folder: Folder, collection: ConsentCollection) -> sheets.Collected:
    """Everything of one collection; what the sheet tells of it."""
    here, ballot = where(collection), collection.shown
    folder.json(f"{here}/terms.json", _terms(collection, ballot))
    if collection.rule_text:
        folder.text(f"{here}/rule.json", collection.rule_text)
    results = list(official.all_of(collection))
    _official(folder, here, results)
    entries = queries.entries_of(collection)
    if collection.stands in FINAL:
        records = listing.RecordList(collection, ballot, masked=not folder.full, entries=entries)
        folder.spooled(f"{here}/{listing.FILE}", records.pieces())
        sheet = papers.certificate(collection, masked=not folder.full, records=records)
        at = collection.finished_at
        assert at is not None
        folder.lazily(f"{here}/certificate.pdf", lambda: papers.print_certificate(sheet, at))
    if folder.full:
        _full(folder, collection, here, entries)
    told = _collected(collection, ballot, results, masked=not folder.full)
    # The ballot of an estate is the largest thing here; the next collection has one of its own.
    del collection.shown
    return told


def _collected(
    collection: ConsentCollection, ballot: Ballot, results: list[OfficialResult], *, masked: bool
) -> sheets.Collected:
    state, units, heads = collection.stands, ballot.roll.units, ballot.roll.heads
    count = ballot.tally if state in _COUNTED else None
    window = "还没有开始"
    if collection.opened_at is not None and collection.closes_at is not None:
        window = f"{words.moment(collection.opened_at)} 至 {words.moment(collection.last_close)}"
    objections = certificate_objections(collection, masked=masked)
    return sheets.Collected(
        title=collection.required.label + (f"（第 {collection.round_no} 次）" if collection.round_no > 1 else ""),
        folder=f"{where(collection)}/",
        plan_version=collection.version.number,
        outcome=outcome_words(collection) if state in FINAL else collection.state_label,
        is_final=state in FINAL,
        rule=f"{rule_words(collection.rule, len(heads))}。依据：{collection.rule.source}。",
        window=window,
        roll=f"{len(units):,} 户，{len(heads):,} 人，{words.area(sum(unit.area_centi for unit in units))}",
        roll_hash=collection.roll_hash or "",
        tally=certificate_tally(count) if count is not None else [],
        methods=_methods(ballot) if count is not None else "征询结束以后才写",
        objections=objections if len(objections) <= papers.PRINTED else [],
        unprinted=len(objections) if len(objections) > papers.PRINTED else 0,
        official=papers.official_beside(collection, results, count),
    )


def _methods(ballot: Ballot) -> str:
    """How the answers that count came, as the certificate tells it too."""
    ways = Counter(rules.METHOD_LABELS[record.method] for record in ballot.records)
    return "，".join(f"{way} {n} 份" for way, n in sorted(ways.items(), key=lambda pair: (-pair[1], pair[0]))) or "没有"


def _terms(collection: ConsentCollection, ballot: Ballot) -> dict[str, Any]:
    """The terms of a collection and its count, which everybody may read."""
    found: dict[str, Any] = {
        "collection": collection.id,
        "round": collection.round_no,
        "consent": collection.required.label,
        "plan_version": collection.version.number,
        "plan_hash": collection.version.plan_hash,
        "state": collection.state,
        "result": collection.result,
        "rule": collection.preset,
        "rule_version": collection.rule_version,
        "rule_hash": collection.rule_hash,
        "answer_set": collection.answer_set,
        "conflict_rule": collection.conflict_rule,
        "window_days": collection.window_days,
        "grace_days": collection.grace_days,
        "provisional_days": collection.provisional_days,
        "mandate_cap": collection.mandate_cap,
        "opened_at": _utc(collection.opened_at),
        "closes_at": _utc(collection.closes_at),
        "extended_because": collection.extended_because,
        "provisional_at": _utc(collection.provisional_at),
        "finished_at": _utc(collection.finished_at),
        "void_because": collection.void_because,
        "roll_units": len(ballot.roll.units),
        "roll_hash": collection.roll_hash or "",
    }
    if collection.stands in _COUNTED:
        count = ballot.tally
        parts = {"all": count.all, "part": count.part, "yes": count.yes, "no": count.no, "abstain": count.abstain}
        found["count"] = {name: {"heads": p.heads, "area_centi": p.area_centi} for name, p in parts.items()}
    return found


def _utc(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}" if moment is not None else ""


def _official(folder: Folder, here: str, results: list[OfficialResult]) -> None:
    rows = [
        (
            each.number,
            each.way_label,
            each.office,
            each.reference,
            each.happened_on,
            each.outcome_label,
            each.yes_heads,
            each.all_heads,
            square(each.yes_area_centi),
            square(each.all_area_centi),
            folder.attach(each.document_id, f"{here}/official-{each.number:02d}"),
            each.entered_at,
            each.reason if folder.full else "",
        )
        for each in results
    ]
    heads = (
        "登记次序",
        "怎么得出",
        "单位",
        "编号",
        "日期",
        "结果",
        "同意户数",
        "总户数",
        "同意面积（㎡）",
        "总面积（㎡）",
    )
    folder.table(f"{here}/official.csv", (*heads, "原件（公开件为指纹）", "登记", "更正的理由"), rows)


def _full(folder: Folder, collection: ConsentCollection, here: str, entries: Mapping[int, tuple[int, str]]) -> None:
    doors: dict[int, str] = {}
    staff = _staff(collection)
    _roll(folder, collection, here, doors)
    _records(folder, collection, here, {number: index for number, (index, _) in entries.items()}, staff)
    _strokes(folder, collection, here)
    _events(folder, collection, here, doors)
    _slips(folder, collection, here, doors, staff)
    _mandates(folder, collection, here, doors)
    _visits(folder, collection, here, doors)


def _few_at_a_time(query: Select[*tuple[Any, ...]]) -> Iterator[Any]:
    """The rows of a statement, or its objects, which are forgotten with their page."""
    return iter(db.session.execute(query, execution_options={"yield_per": _PAGE}))


def _staff(collection: ConsentCollection) -> dict[int, str]:
    """The names of those who had a hand in it from an office's seat."""
    mine = _RECORD.c.collection_id == collection.id
    confirmed = select(ResultConfirmation.account_id).where(ResultConfirmation.collection_id == collection.id)
    hands = [
        select(_RECORD.c[name]).where(mine, _RECORD.c[name].is_not(None)) for name in ("assisted_by", "checked_by")
    ]
    helpers = set(db.session.scalars(union(*hands, confirmed)))
    return queries.people_named(helpers | {collection.counter_id, collection.scrutineer_id})


def _roll(folder: Folder, collection: ConsentCollection, here: str, doors: dict[int, str]) -> None:
    """The roll; `doors` is filled with the door of each line."""
    columns = ("id", "position", "building", "floor", "door", "capacity", "whole", "area_centi", "blocked")
    query = (
        select(
            *(_UNIT.c[name] for name in columns),
            *(_UNIT.c.reconfirm, _UNIT.c.closes_at, _SHARE.c.weight, _HOLDER.c.name),
        )
        .join_from(_UNIT, _SHARE, _SHARE.c.consent_unit_id == _UNIT.c.id)
        .join(_HOLDER, _HOLDER.c.id == _SHARE.c.holder_id)
        .where(_UNIT.c.collection_id == collection.id)
        .order_by(_UNIT.c.position, _UNIT.c.id, _SHARE.c.id)
    )

    def rows() -> Iterator[tuple[Cell, ...]]:
        for number, of_unit in groupby(_few_at_a_time(query), lambda row: row.id):
            shares = list(of_unit)
            unit = shares[0]
            doors[number] = door_words(unit.building, unit.floor, unit.door)
            yield (
                unit.position,
                doors[number],
                unit.floor,
                CAPACITY_LABELS[Capacity(unit.capacity)],
                square(unit.area_centi),
                "、".join(f"{s.name}（{s.weight}/{unit.whole}）" if unit.whole > 1 else s.name for s in shares),
                rules.BLOCKED_LABELS[rules.Blocked(unit.blocked)] if unit.blocked else "",
                unit.reconfirm,
                unit.closes_at,
            )

    heads = ("序", "门牌", "楼层", "身份", "面积（㎡）", "答复人（份额）", "不能表态", "待重新确认", "本户截止")
    folder.table(f"{here}/roll.csv", heads, rows())


def _records(
    folder: Folder, collection: ConsentCollection, here: str, places: Mapping[int, int], staff: Mapping[int, str]
) -> None:
    folder.table(
        f"{here}/records.csv",
        (
            *("编号", "门牌", "表态人", "表态", "方式", "签署日", "收到", "方案编号", "证据编号", "存证序号"),
            *("协助", "复核", "理由", "委托书", "签名或原件"),
        ),
        _record_rows(folder, collection, here, places, staff),
    )
    found = (
        select(RecordMark, ConsentRecord.number)
        .join(RecordMark.record)
        .where(ConsentRecord.collection_id == collection.id)
        .options(selectinload(RecordMark.checks))
        .order_by(RecordMark.id)
    )
    folder.table(
        f"{here}/disputes.csv",
        ("记录", "什么", "理由", "时间", "核实"),
        (
            (
                number,
                mark.kind,
                mark.reason,
                mark.marked_at,
                "；".join(("是本人签的" if c.genuine else "不是本人签的") + f" {c.finding}" for c in mark.checks),
            )
            for mark, number in _few_at_a_time(found)
        ),
    )
    confirmed = select(ResultConfirmation).where(ResultConfirmation.collection_id == collection.id)
    folder.table(
        f"{here}/confirmed.csv",
        ("席位", "谁", "票数的指纹", "时间"),
        (
            (ROLE_LABELS[Role(each.role)], staff.get(each.account_id), each.count_hash, each.confirmed_at)
            for each in db.session.scalars(confirmed.order_by(ResultConfirmation.id))
        ),
    )


def _record_rows(
    folder: Folder, collection: ConsentCollection, here: str, places: Mapping[int, int], staff: Mapping[int, str]
) -> Iterator[tuple[Cell, ...]]:
    """Each record: one row for each of its signers is read, and those of a record stand together."""
    columns = ("number", "answer", "method", "signed_on", "received_at", "plan_hash", "evidence_hash", "assisted_by")
    query = (
        select(
            *(_RECORD.c[name] for name in (*columns, "checked_by", "reason", "mandate_id", "signature_id")),
            (_RECORD.c.salt == "").label("erased"),
            *(_UNIT.c.building, _UNIT.c.floor, _UNIT.c.door, _HOLDER.c.name),
        )
        .join_from(_RECORD, _UNIT, _UNIT.c.id == _RECORD.c.consent_unit_id)
        .join(_SIGNER, _SIGNER.c.record_id == _RECORD.c.id)
        .outerjoin(
            _SHARE,
            and_(_SHARE.c.consent_unit_id == _RECORD.c.consent_unit_id, _SHARE.c.holder_id == _SIGNER.c.holder_id),
        )
        .outerjoin(_HOLDER, _HOLDER.c.id == _SHARE.c.holder_id)
        .where(_RECORD.c.collection_id == collection.id)
        .order_by(_RECORD.c.number, _SHARE.c.id)
    )
    for number, rows in groupby(_few_at_a_time(query), lambda row: row.number):
        signers = list(rows)
        record = signers[0]
        picture = folder.attach(record.signature_id, f"{here}/signatures/{number:06d}")
        yield (
            number,
            door_words(record.building, record.floor, record.door),
            "、".join(row.name for row in signers if row.name) or listing.NOBODY_NOW,
            rules.ANSWER_LABELS[rules.Answer(record.answer)] if record.answer else WITHDREW,
            rules.METHOD_LABELS[rules.Method(record.method)],
            record.signed_on,
            record.received_at,
            record.plan_hash,
            record.evidence_hash,
            places.get(number),
            staff.get(record.assisted_by or 0),
            staff.get(record.checked_by or 0),
            record.reason,
            record.mandate_id,
            picture or ("已删除" if record.erased else ""),
        )


def _strokes(folder: Folder, collection: ConsentCollection, here: str) -> None:
    """How each signature was drawn, one record a line: the text that its evidence hash is taken over."""
    mine = _RECORD.c.collection_id == collection.id
    drawn = select(_RECORD.c.number, _RECORD.c.strokes).where(mine, _RECORD.c.strokes != "").order_by(_RECORD.c.number)
    if db.session.execute(drawn.limit(1)).first() is None:
        return

    def lines() -> Iterator[bytes]:
        last = 0
        while True:
            with reading():
                rows = db.session.execute(drawn.where(_RECORD.c.number > last).limit(_PAGE)).all()
                db.session.rollback()
            if not rows:
                return
            last = rows[-1].number
            yield "".join(json.dumps({"record": n, "strokes": text}) + "\n" for n, text in rows).encode()

    folder.stream(f"{here}/signatures/strokes.jsonl", lines)


def _events(folder: Folder, collection: ConsentCollection, here: str, doors: Doors) -> None:
    mine = ConsentUnit.collection_id == collection.id
    events = select(UnitEvent).join(ConsentUnit, ConsentUnit.id == UnitEvent.consent_unit_id).where(mine)
    folder.table(
        f"{here}/events.csv",
        ("门牌", "什么事", "哪一天", "说明", "凭证", "登记"),
        (
            (
                doors[each.consent_unit_id],
                rules.HAPPENING_LABELS[rules.Happening(each.kind)],
                each.happened_on,
                each.reason,
                folder.attach(each.evidence_id, f"{here}/events/{each.id:06d}"),
                each.entered_at,
            )
            for (each,) in _few_at_a_time(events.order_by(UnitEvent.id))
        ),
    )
    corrections = select(RollCorrection).where(RollCorrection.collection_id == collection.id)
    folder.table(
        f"{here}/corrections.csv",
        ("门牌", "说哪里不对", "提出", "采纳", "答复"),
        (
            (doors[each.consent_unit_id], each.text, each.asked_at, each.accepted, each.reply)
            for (each,) in _few_at_a_time(corrections.order_by(RollCorrection.id))
        ),
    )
    questions = select(AskFirst).join(AskFirst.unit).where(mine)
    folder.table(
        f"{here}/questions.csv",
        ("门牌", "问的", "时间", "答复", "答复时间"),
        (
            (doors[each.consent_unit_id], each.question, each.asked_at, each.answer, each.answered_at)
            for (each,) in _few_at_a_time(questions.order_by(AskFirst.id))
        ),
    )
    asked = select(ConsentHolder.holder_id).join(ConsentHolder.unit).where(mine)
    guarded = (
        select(Guardianship, Holder.name)
        .join(Holder, Holder.id == Guardianship.holder_id)
        .where(Guardianship.holder_id.in_(asked))
        .order_by(Guardianship.id)
    )
    folder.table(
        f"{here}/guardians.csv",
        ("谁", "监护人", "关系", "凭什么", "从哪天", "凭证"),
        (
            (
                name,
                each.guardian_name,
                rules.RELATION_LABELS[rules.Relation(each.relation)] if each.relation else "终止",
                rules.BASIS_LABELS[rules.Basis(each.basis)],
                each.since,
                folder.attach(each.evidence_id, f"{here}/guardians/{each.id:06d}"),
            )
            for each, name in _few_at_a_time(guarded)
        ),
    )


def _slips(folder: Folder, collection: ConsentCollection, here: str, doors: Doors, staff: Mapping[int, str]) -> None:
    mine = _SLIP.c.collection_id == collection.id
    readers = select(_READING.c.read_by).join_from(_READING, _SLIP, _SLIP.c.id == _READING.c.slip_id).where(mine)
    known = dict(staff) | queries.people_named(set(db.session.scalars(readers.distinct())))
    columns = ("id", "code", "consent_unit_id", "state", "came_by", "issued_at", "void_because", "photo_id")
    slips = (
        select(*(_SLIP.c[name] for name in columns), _READING.c.read_by, _READING.c.answer, _READING.c.signed_on)
        .join_from(_SLIP, _READING, _READING.c.slip_id == _SLIP.c.id, isouter=True)
        .where(mine)
        .order_by(_SLIP.c.id, _READING.c.id)
    )

    def rows() -> Iterator[tuple[Cell, ...]]:
        for _, of_slip in groupby(_few_at_a_time(slips), lambda row: row.id):
            read = list(of_slip)
            slip = read[0]
            entries = (f"{known.get(e.read_by, '')}：{e.answer or ''} {e.signed_on}" for e in read if e.read_by)
            yield (
                slip.code,
                doors[slip.consent_unit_id],
                slip.state,
                slip.came_by,
                slip.issued_at,
                slip.void_because,
                "；".join(entries),
                folder.attach(slip.photo_id, f"{here}/slips/{slip.code}"),
            )

    heads = ("征询单号", "门牌", "状态", "怎么来的", "印发", "作废的理由", "两次录入", "原件")
    folder.table(f"{here}/slips.csv", heads, rows())
    photos = (
        select(*(_PHOTO.c[name] for name in ("batch_id", "number", "state", "because", "evidence_id")), _SLIP.c.code)
        .join_from(_PHOTO, _SLIP, _SLIP.c.id == _PHOTO.c.slip_id, isouter=True)
        .where(_PHOTO.c.collection_id == collection.id)
        .order_by(_PHOTO.c.id)
    )
    folder.table(
        f"{here}/slip-photos.csv",
        ("批次", "第几张", "征询单号", "怎么处理", "说明", "照片"),
        (
            (
                each.batch_id,
                each.number,
                each.code,
                each.state,
                each.because,
                folder.attach(each.evidence_id, f"{here}/slips/batch-{each.batch_id:04d}-{each.number:04d}"),
            )
            for each in _few_at_a_time(photos)
        ),
    )


def _mandates(folder: Folder, collection: ConsentCollection, here: str, doors: Doors) -> None:
    query: Select[Any] = (
        select(Mandate)
        .where(Mandate.collection_id == collection.id)
        .options(selectinload(Mandate.events), selectinload(Mandate.hands))
        .order_by(Mandate.id)
    )
    principals = (
        select(MandatePrincipal.mandate_id, Holder.name)
        .join(Mandate, Mandate.id == MandatePrincipal.mandate_id)
        .join(Holder, Holder.id == MandatePrincipal.holder_id)
        .where(Mandate.collection_id == collection.id)
        .order_by(MandatePrincipal.mandate_id, Holder.id)
    )
    names: dict[int, list[str]] = {}
    for number, name in db.session.execute(principals):
        names.setdefault(number, []).append(name)
    heads = ("编号", "门牌", "委托人", "代理人", "指示", "方案编号", "从哪天", "到哪天", "方式", "几人看过原件")
    rows = (_mandate(folder, here, each, doors, names.get(each.id, ())) for (each,) in _few_at_a_time(query))
    folder.table(f"{here}/mandates.csv", (*heads, "后来", "委托书"), rows)


def _mandate(folder: Folder, here: str, found: Mandate, doors: Doors, principals: Iterable[str]) -> tuple[Cell, ...]:
    for event in found.events:
        folder.attach(event.evidence_id, f"{here}/mandates/{found.id:06d}-event-{event.id:06d}")
    told = "；".join(f"{event.kind} {event.happened_on} {event.reason}".strip() for event in found.events)
    return (
        found.id,
        doors[found.consent_unit_id],
        "、".join(principals),
        found.agent_name,
        found.words,
        found.plan_hash,
        found.valid_from,
        found.valid_until,
        rules.METHOD_LABELS[rules.Method(found.method)],
        len(found.hands),
        told,
        folder.attach(found.signature_id, f"{here}/mandates/{found.id:06d}"),
    )


def _visits(folder: Folder, collection: ConsentCollection, here: str, doors: Doors) -> None:
    query = (
        select(Visit, Account.name)
        .join(Visit.unit)
        .join(Visit.visitor)
        .where(ConsentUnit.collection_id == collection.id)
        .options(joinedload(Visit.correction))
        .order_by(Visit.id)
    )
    folder.table(
        f"{here}/delivery.csv",
        ("门牌", "日期", "怎么送的", "谁去的", "单号", "照片", "更正"),
        (
            (
                doors[visit.consent_unit_id],
                visit.happened_on,
                visit.label,
                name if visit.outcome != "page" else "本人",
                visit.mail_number,
                folder.attach(visit.photo_id, f"{here}/delivery/{visit.id:06d}"),
                f"不算：{visit.correction.reason}" if visit.correction is not None else "",
            )
            for visit, name in _few_at_a_time(query)
        ),
    )
