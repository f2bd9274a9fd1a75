"""Answering 表态: a household confirms in writing, changes its mind, takes it back, or asks first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from hearing.audit.fact import Actor
from hearing.clock import now
from hearing.consents import facts, rules
from hearing.consents.actions.locking import hold, take_number
from hearing.consents.actions.setting_up import signed
from hearing.consents.models import (
    AskFirst,
    ConsentCollection,
    ConsentRecord,
    ConsentUnit,
    RecordHolder,
)
from hearing.consents.queries import Slip
from hearing.db import db
from hearing.files import actions as files
from hearing.files.models import Evidence
from hearing.notices.rules import WorkCalendar, beijing_day, end_of_day
from hearing.people import outbox
from hearing.people.models import Account, Membership
from hearing.people.rules import FIELD_STAFF, Role
from hearing.people.viewer import Viewer
from hearing.proposals.rules import sha256_of
from hearing.refusal import N_, Refused

CALL_BACK_WORKING_DAYS = 2
"""How soon the committee calls a household that asked first (look/consent.png)."""
RECORDED = N_("您户在一件事上有了新的记录,请登录查看:%(url)s 如果不是您办的,请马上打居委会电话。")


@dataclass(frozen=True)
class Signature:
    """How somebody signed: a picture that was made safe, and the pad's strokes as JSON where it was drawn."""

    data: bytes
    media_type: str
    strokes: str = ""


def answer(
    by: Viewer,
    slip: Slip,
    said: rules.Answer,
    signature: Signature | None,
    *,
    seen_plan_hash: str,
    seen_turn: int,
    reason: str = "",
) -> facts.Answered:
    """Record what a holder says on her own phone, with her signature.

    `seen_plan_hash` and `seen_turn` are what the form showed: whoever looked at an older plan or an older state of her
    slip is told so, and nothing is recorded. Raises what `rules.may_answer` raises, ANSWERED_MEANWHILE or
    SIGNATURE_MISSING.
    """
    if signature is None:
        raise Refused(rules.Refusal.SIGNATURE_MISSING)
    unit, collection = slip.unit, slip.collection
    moment = _check(unit, str(slip.holder_id), said, seen_plan_hash=seen_plan_hash, seen_turn=seen_turn)
    number, moment = take_number(collection, unit)
    evidence = _keep(by, collection, signature)
    record = write_record(
        unit,
        number,
        answer=said,
        holders=[slip.holder_id],
        method=rules.Method.PHONE,
        identity="session",
        moment=moment,
        evidence=evidence,
        strokes=signature.strokes,
        reason=reason,
        signed_by=by.id,
    )
    return answered(record, actor=by.as_resident())


def withdraw(by: Viewer, slip: Slip, *, seen_turn: int) -> facts.Withdrawn:
    """Take the standing answer back; both records are kept.

    Raises what `rules.may_withdraw` raises, or ANSWERED_MEANWHILE.
    """
    unit, collection = slip.unit, slip.collection
    moment = now()
    assert collection.closes_at is not None
    rules.may_withdraw(
        unit.as_rule(),
        person=str(slip.holder_id),
        has_standing=slip.answer is not None,
        state=rules.CollectionState(collection.state),
        closing=unit.closes_at or collection.closes_at,
        now=moment,
    )
    _check_turn(unit, seen_turn)
    number, moment = take_number(collection, unit)
    record = write_record(
        unit,
        number,
        answer=None,
        holders=[slip.holder_id],
        method=rules.Method.PHONE,
        identity="session",
        moment=moment,
        signed_by=by.id,
    )
    return withdrawn(record, by.as_resident())


def answer_on_site(
    by: Viewer,
    unit: ConsentUnit,
    holder_id: int,
    said: rules.Answer,
    signature: Signature | None,
    *,
    seen_plan_hash: str,
    seen_turn: int,
) -> facts.Answered:
    """Record what a holder signs on the committee's tablet, with the member of staff beside her named.

    The household is told by message, with the number to call if it was not her. Raises as `answer` does.
    """
    if signature is None:
        raise Refused(rules.Refusal.SIGNATURE_MISSING)
    collection = unit.collection
    _check(unit, str(holder_id), said, seen_plan_hash=seen_plan_hash, seen_turn=seen_turn)
    number, moment = take_number(collection, unit)
    record = write_record(
        unit,
        number,
        answer=said,
        holders=[holder_id],
        method=rules.Method.TABLET,
        identity="in_person",
        moment=moment,
        evidence=_keep(by, collection, signature),
        strokes=signature.strokes,
        assisted_by=by.id,
    )
    tell_household(unit)
    return answered(
        record, actor=by.acting_as(*sorted(FIELD_STAFF), neighbourhood_id=collection.neighbourhood_id)
    )


def ask_first(by: Viewer, slip: Slip, question: str) -> facts.FirstAsked:
    """Ask before answering 先问一问: it is no answer, and the committee calls within two working days.

    Raises ASKED_ALREADY (by the database's own constraint), or what `rules.check_open` raises.
    """
    collection = slip.collection
    moment = now()
    rules.check_open(
        rules.CollectionState(collection.state),
        closing=slip.unit.closes_at or collection.closes_at or moment,
        now=moment,
    )
    due = end_of_day(WorkCalendar().after(beijing_day(moment), CALL_BACK_WORKING_DAYS))
    db.session.add(
        AskFirst(consent_unit_id=slip.unit.id, question=question, asked_by=by.id, asked_at=moment, due_at=due)
    )
    return facts.FirstAsked(
        actor=by.as_resident(), **_about(collection), unit=slip.unit.ref, question=question
    )


def answer_question(by: Viewer, collection: ConsentCollection, asked: AskFirst, text: str) -> facts.FirstAnswered:
    """Write down what the household was told; it gets a message that there is an answer."""
    if asked.answered_at is not None:
        raise Refused(rules.Refusal.COLLECTION_ELSEWHERE)
    asked.answer, asked.answered_by, asked.answered_at = text, by.id, now()
    tell_household(asked.unit)
    return facts.FirstAnswered(**signed(by, collection), unit=asked.unit.ref, answer=text)


def write_record(
    unit: ConsentUnit,
    number: int,
    *,
    answer: rules.Answer | None,
    holders: list[int],
    method: rules.Method,
    identity: str,
    moment: datetime,
    signed_on: object = None,
    evidence: Evidence | None = None,
    strokes: str = "",
    reason: str = "",
    signed_by: int | None = None,
    assisted_by: int | None = None,
    checked_by: int | None = None,
) -> ConsentRecord:
    """Add one record. `moment` is when it was received; `signed_on` the date on the paper, by default the same day."""
    collection = unit.collection
    day = signed_on or beijing_day(moment)
    unit.turn += 1
    record = ConsentRecord(
        collection_id=collection.id,
        unit=unit,
        number=number,
        turn=unit.turn,
        answer=answer,
        reason=reason,
        method=method,
        signed_on=day,
        received_at=moment,
        plan_hash=collection.version.plan_hash,
        identity=identity,
        signed_by=signed_by,
        assisted_by=assisted_by,
        checked_by=checked_by,
        signature=evidence,
        strokes=strokes,
        evidence_hash=sha256_of(
            {
                "answer": answer.value if answer else None,
                "holders": sorted(str(holder) for holder in holders),
                "identity": identity,
                "method": method.value,
                "plan_hash": collection.version.plan_hash,
                "reason": reason,
                "signature": evidence.sha256 if evidence else None,
                "signed_on": str(day),
                "strokes": strokes,
                "unit": unit.ref,
            }
        ),
        holders=[RecordHolder(holder_id=holder) for holder in sorted(holders)],
    )
    db.session.add(record)
    db.session.flush()
    return record


def withdrawn(record: ConsentRecord, actor: Actor) -> facts.Withdrawn:
    """The fact of a record that takes an answer back."""
    collection = record.unit.collection
    return facts.Withdrawn(
        actor=actor,
        **_about(collection),
        plan_hash=record.plan_hash,
        method=record.method,
        record=record.number,
        title=collection.proposal.title,
        unit=record.unit.ref,
        holders=tuple(str(holder.holder_id) for holder in record.holders),
        evidence_hash=record.evidence_hash,
    )


def answered(record: ConsentRecord, actor: Actor) -> facts.Answered:
    """The fact of a record that holds an answer."""
    collection, said = record.unit.collection, rules.Answer(str(record.answer))
    return facts.Answered(
        actor=actor,
        **_about(collection),
        plan_hash=record.plan_hash,
        method=record.method,
        record=record.number,
        title=collection.proposal.title,
        version=collection.version.number,
        unit=record.unit.ref,
        holders=tuple(str(holder.holder_id) for holder in record.holders),
        answer=said,
        answer_label=rules.ANSWER_LABELS[said],
        signed_on=facts.day_text(record.signed_on),
        received_at=record.received_at,
        evidence_hash=record.evidence_hash,
        identity=record.identity,
        assisted=record.assisted_by is not None,
    )


def tell_household(unit: ConsentUnit) -> None:
    """Let every phone of the household know that something was recorded in its name; the text says no more."""
    phones = (
        select(Account.phone)
        .join(Membership, Membership.account_id == Account.id)
        .where(Membership.unit_id == unit.unit_id, Membership.left_at.is_(None), Account.phone.is_not(None))
    )
    known = {share.holder.phone for share in unit.holders if share.holder.phone}
    for phone in sorted(known | {phone for phone in db.session.scalars(phones) if phone}):
        text = outbox.worded("zh", RECORDED, url=outbox.address("/me"))
        outbox.write(db.session, outbox.SMS, phone, text)


def _check(unit: ConsentUnit, person: str, said: rules.Answer, *, seen_plan_hash: str, seen_turn: int) -> datetime:
    collection, moment = unit.collection, now()
    rules.may_answer(
        unit.as_rule(),
        said,
        person=person,
        offered=rules.AnswerSet(collection.answer_set),
        state=rules.CollectionState(collection.state),
        closing=unit.closes_at or collection.closes_at or moment,
        now=moment,
        plan_hash=collection.version.plan_hash,
        seen_plan_hash=seen_plan_hash,
    )
    _check_turn(unit, seen_turn)
    return moment


def _check_turn(unit: ConsentUnit, seen_turn: int) -> None:
    """Lock the household's line and compare: of two phones that press at once, the second has seen an older state."""
    hold(unit.collection)
    fresh = db.session.scalars(
        select(ConsentUnit.turn).where(ConsentUnit.id == unit.id)
    ).one()
    if fresh != seen_turn:
        raise Refused(rules.Refusal.ANSWERED_MEANWHILE)
    unit.turn = fresh


def _keep(by: Viewer, collection: ConsentCollection, signature: Signature) -> Evidence:
    return files.store(
        by,
        signature.data,
        signature.media_type,
        "consent_signature",
        collection.proposal.matter,
        collection.neighbourhood_id,
    )


def _about(collection: ConsentCollection) -> dict[str, str]:
    return {
        "scope": collection.neighbourhood.slug,
        "subject": collection.subject,
        "matter": collection.proposal.matter,
    }


