"""Collections 征询: rule, roll, records, slips, mandates, proofs of delivery and certificate of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from hearing.audit.erasing import batches
from hearing.casefile.contents.folder import Cell, Folder, square
from hearing.consents import official, papers, queries, rules
from hearing.consents.models import (
    AskFirst,
    ConsentCollection,
    ConsentHolder,
    ConsentRecord,
    ConsentUnit,
    Guardianship,
    Mandate,
    OfficialResult,
    PaperSlip,
    RecordMark,
    ResultConfirmation,
    RollCorrection,
    SlipPhoto,
    UnitEvent,
)
from hearing.db import db
from hearing.people.models import Account
from hearing.people.rules import ROLE_LABELS, Role
from hearing.places.rules import CAPACITY_LABELS, Capacity
from hearing.visits.models import Visit

FINAL = (rules.CollectionState.PASSED, rules.CollectionState.FAILED)
_DRAFTS = (rules.CollectionState.DRAFT,)

Rows = Iterable[tuple[Cell, ...]]


def of_case(proposal_id: int) -> list[ConsentCollection]:
    """The collections of a case whose roll was shown, the oldest first, each with names, records and pictures."""
    query = select(ConsentCollection.id).where(
        ConsentCollection.proposal_id == proposal_id, ConsentCollection.state.not_in(_DRAFTS)
    )
    return [queries.with_names(number) for number in db.session.scalars(query.order_by(ConsentCollection.id)).all()]


def where(collection: ConsentCollection) -> str:
    """The folder of a collection."""
    return f"07-consents/{collection.id:06d}"


def add(folder: Folder, collection: ConsentCollection, places: Mapping[int, int]) -> list[OfficialResult]:
    """Everything of one collection; its official results for the sheet. `places`: the entry of each record."""
    here = where(collection)
    folder.json(f"{here}/terms.json", _terms(collection))
    if collection.rule_text:
        folder.text(f"{here}/rule.json", collection.rule_text)
    results = list(official.all_of(collection))
    _official(folder, here, results)
    if collection.stands in FINAL:
        sheet = papers.certificate(collection, masked=not folder.full)
        at = collection.finished_at
        assert at is not None
        folder.lazily(f"{here}/certificate.pdf", lambda: papers.print_certificate(sheet, at))
    if folder.full:
        _full(folder, collection, here, places)
    return results


def _terms(collection: ConsentCollection) -> dict[str, Any]:
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
        "roll_units": len(collection.units),
        "roll_hash": collection.roll_hash or "",
    }
    if collection.stands in (*FINAL, rules.CollectionState.PROVISIONAL):
        count = collection.tally()
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


def _full(folder: Folder, collection: ConsentCollection, here: str, places: Mapping[int, int]) -> None:
    units = {unit.id: unit for unit in collection.units}
    staff = _staff(collection)
    _roll(folder, collection, here)
    _records(folder, collection, here, places, staff)
    _events(folder, collection, here, units)
    _slips(folder, collection, here, units, staff)
    _mandates(folder, collection, here, units)
    _visits(folder, collection, here, units)


def _staff(collection: ConsentCollection) -> dict[int, str]:
    """The names of those who had a hand in it from an office's seat."""
    helpers = {person for r in collection.records for person in (r.assisted_by, r.checked_by) if person}
    confirmed = select(ResultConfirmation.account_id).where(ResultConfirmation.collection_id == collection.id)
    helpers |= {collection.counter_id, collection.scrutineer_id, *db.session.scalars(confirmed)}
    return queries.people_named(helpers)


def _roll(folder: Folder, collection: ConsentCollection, here: str) -> None:
    folder.table(
        f"{here}/roll.csv",
        ("序", "门牌", "楼层", "身份", "面积（㎡）", "答复人（份额）", "不能表态", "待重新确认", "本户截止"),
        (
            (
                unit.position,
                unit.door_words,
                unit.floor,
                CAPACITY_LABELS[Capacity(unit.capacity)],
                square(unit.area_centi),
                "、".join(_with_part(share, unit) for share in unit.holders),
                rules.BLOCKED_LABELS[rules.Blocked(unit.blocked)] if unit.blocked else "",
                unit.reconfirm,
                unit.closes_at,
            )
            for unit in collection.units
        ),
    )


def _with_part(share: ConsentHolder, unit: ConsentUnit) -> str:
    return f"{share.holder.name}（{share.weight}/{unit.whole}）" if unit.whole > 1 else share.holder.name


def _records(
    folder: Folder, collection: ConsentCollection, here: str, places: Mapping[int, int], staff: Mapping[int, str]
) -> None:
    folder.table(
        f"{here}/records.csv",
        (
            *("编号", "门牌", "表态人", "表态", "方式", "签署日", "收到", "方案编号", "证据编号", "存证序号"),
            *("协助", "复核", "理由", "委托书", "签名或原件"),
        ),
        (_record(folder, record, here, places, staff) for record in collection.records),
    )
    found = (
        select(RecordMark)
        .join(RecordMark.record)
        .where(ConsentRecord.collection_id == collection.id)
        .options(selectinload(RecordMark.checks))
        .order_by(RecordMark.id)
    )
    numbers = {record.id: record.number for record in collection.records}
    folder.table(
        f"{here}/disputes.csv",
        ("记录", "什么", "理由", "时间", "核实"),
        (
            (
                numbers[mark.record_id],
                mark.kind,
                mark.reason,
                mark.marked_at,
                "；".join(("是本人签的" if c.genuine else "不是本人签的") + f" {c.finding}" for c in mark.checks),
            )
            for mark in db.session.scalars(found)
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


def _record(
    folder: Folder, record: ConsentRecord, here: str, places: Mapping[int, int], staff: Mapping[int, str]
) -> tuple[Cell, ...]:
    ids = {holder.holder_id for holder in record.holders}
    names = "、".join(share.holder.name for share in record.unit.holders if share.holder_id in ids) or "原表态人"
    picture = folder.attach(record.signature_id, f"{here}/signatures/{record.number:06d}")
    if record.strokes:
        folder.text(f"{here}/signatures/{record.number:06d}-strokes.json", record.strokes)
    return (
        record.number,
        record.unit.door_words,
        names,
        record.words,
        rules.METHOD_LABELS[rules.Method(record.method)],
        record.signed_on,
        record.received_at,
        record.plan_hash,
        record.evidence_hash,
        places.get(record.number),
        staff.get(record.assisted_by or 0),
        staff.get(record.checked_by or 0),
        record.reason,
        record.mandate_id,
        picture or ("已删除" if record.erased else ""),
    )


def _events(folder: Folder, collection: ConsentCollection, here: str, units: Mapping[int, ConsentUnit]) -> None:
    mine = ConsentUnit.collection_id == collection.id
    events = select(UnitEvent).join(ConsentUnit, ConsentUnit.id == UnitEvent.consent_unit_id).where(mine)
    folder.table(
        f"{here}/events.csv",
        ("门牌", "什么事", "哪一天", "说明", "凭证", "登记"),
        (
            (
                units[each.consent_unit_id].door_words,
                rules.HAPPENING_LABELS[rules.Happening(each.kind)],
                each.happened_on,
                each.reason,
                folder.attach(each.evidence_id, f"{here}/events/{each.id:06d}"),
                each.entered_at,
            )
            for each in db.session.scalars(events.order_by(UnitEvent.id))
        ),
    )
    corrections = select(RollCorrection).where(RollCorrection.collection_id == collection.id)
    folder.table(
        f"{here}/corrections.csv",
        ("门牌", "说哪里不对", "提出", "采纳", "答复"),
        (
            (units[each.consent_unit_id].door_words, each.text, each.asked_at, each.accepted, each.reply)
            for each in db.session.scalars(corrections.order_by(RollCorrection.id))
        ),
    )
    questions = select(AskFirst).join(AskFirst.unit).where(mine)
    folder.table(
        f"{here}/questions.csv",
        ("门牌", "问的", "时间", "答复", "答复时间"),
        (
            (units[each.consent_unit_id].door_words, each.question, each.asked_at, each.answer, each.answered_at)
            for each in db.session.scalars(questions.order_by(AskFirst.id))
        ),
    )
    shares = {share.holder_id: share.holder.name for unit in units.values() for share in unit.holders}
    folder.table(
        f"{here}/guardians.csv",
        ("谁", "监护人", "关系", "凭什么", "从哪天", "凭证"),
        (
            (
                shares[each.holder_id],
                each.guardian_name,
                rules.RELATION_LABELS[rules.Relation(each.relation)] if each.relation else "终止",
                rules.BASIS_LABELS[rules.Basis(each.basis)],
                each.since,
                folder.attach(each.evidence_id, f"{here}/guardians/{each.id:06d}"),
            )
            for each in guardians(shares)
        ),
    )


def guardians(holders: Iterable[int]) -> Iterable[Guardianship]:
    """What was entered of guardians of these holders, oldest first."""
    for batch in batches(sorted(holders)):
        query = select(Guardianship).where(Guardianship.holder_id.in_(batch)).order_by(Guardianship.id)
        yield from db.session.scalars(query)


def _slips(
    folder: Folder, collection: ConsentCollection, here: str, units: Mapping[int, ConsentUnit], staff: Mapping[int, str]
) -> None:
    query = select(PaperSlip).where(PaperSlip.collection_id == collection.id).options(selectinload(PaperSlip.entries))
    slips = list(db.session.scalars(query.order_by(PaperSlip.id)))
    known = dict(staff) | queries.people_named({entry.read_by for slip in slips for entry in slip.entries})
    folder.table(
        f"{here}/slips.csv",
        ("征询单号", "门牌", "状态", "怎么来的", "印发", "作废的理由", "两次录入", "原件"),
        (
            (
                slip.code,
                units[slip.consent_unit_id].door_words,
                slip.state,
                slip.came_by,
                slip.issued_at,
                slip.void_because,
                "；".join(f"{known.get(e.read_by, '')}：{e.answer or ''} {e.signed_on}" for e in slip.entries),
                folder.attach(slip.photo_id, f"{here}/slips/{slip.code}"),
            )
            for slip in slips
        ),
    )
    codes = {slip.id: slip.code for slip in slips}
    photos = select(SlipPhoto).where(SlipPhoto.collection_id == collection.id).order_by(SlipPhoto.id)
    folder.table(
        f"{here}/slip-photos.csv",
        ("批次", "第几张", "征询单号", "怎么处理", "说明", "照片"),
        (
            (
                each.batch_id,
                each.number,
                codes.get(each.slip_id or 0),
                each.state,
                each.because,
                folder.attach(each.evidence_id, f"{here}/slips/batch-{each.batch_id:04d}-{each.number:04d}"),
            )
            for each in db.session.scalars(photos)
        ),
    )


def _mandates(folder: Folder, collection: ConsentCollection, here: str, units: Mapping[int, ConsentUnit]) -> None:
    query: Select[Mandate] = (
        select(Mandate)
        .where(Mandate.collection_id == collection.id)
        .options(selectinload(Mandate.principals), selectinload(Mandate.events), selectinload(Mandate.hands))
        .order_by(Mandate.id)
    )
    rows = []
    for each in db.session.scalars(query):
        unit = units[each.consent_unit_id]
        ids = {principal.holder_id for principal in each.principals}
        names = "、".join(share.holder.name for share in unit.holders if share.holder_id in ids)
        for event in each.events:
            folder.attach(event.evidence_id, f"{here}/mandates/{each.id:06d}-event-{event.id:06d}")
        told = "；".join(f"{event.kind} {event.happened_on} {event.reason}".strip() for event in each.events)
        paper = folder.attach(each.signature_id, f"{here}/mandates/{each.id:06d}")
        rows.append(
            (
                each.id,
                unit.door_words,
                names,
                each.agent_name,
                each.words,
                each.plan_hash,
                each.valid_from,
                each.valid_until,
                rules.METHOD_LABELS[rules.Method(each.method)],
                len(each.hands),
                told,
                paper,
            )
        )
    heads = ("编号", "门牌", "委托人", "代理人", "指示", "方案编号", "从哪天", "到哪天", "方式", "几人看过原件")
    folder.table(f"{here}/mandates.csv", (*heads, "后来", "委托书"), rows)


def _visits(folder: Folder, collection: ConsentCollection, here: str, units: Mapping[int, ConsentUnit]) -> None:
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
                units[visit.consent_unit_id].door_words,
                visit.happened_on,
                visit.label,
                name if visit.outcome != "page" else "本人",
                visit.mail_number,
                folder.attach(visit.photo_id, f"{here}/delivery/{visit.id:06d}"),
                f"不算：{visit.correction.reason}" if visit.correction is not None else "",
            )
            for visit, name in db.session.execute(query)
        ),
    )
