"""Answering 表态: a household confirms in writing, changes its mind, takes it back, or asks first."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select

from hearing.audit.fact import Actor
from hearing.clock import now
from hearing.consents import facts, rules, speaking
from hearing.consents.actions.locking import (
    closing_of,
    frame,
    hold_unit,
    resident,
    seat_of,
    staff,
    take_number,
)
from hearing.consents.actions.telling import ANSWERED, tell_unit
from hearing.consents.actions.telling_apart import tell_recorded
from hearing.consents.models import (
    INVALID,
    AskFirst,
    ConsentDraft,
    ConsentRecord,
    ConsentUnit,
    Mandate,
    RecordHolder,
    RecordMark,
)
from hearing.consents.queries import SIGNATURE, Slip
from hearing.db import db
from hearing.files import actions as files
from hearing.files.models import Evidence
from hearing.notices.holidays import work_calendar
from hearing.notices.rules import beijing_day, end_of_day
from hearing.people.viewer import Viewer
from hearing.proposals.rules import sha256_of
from hearing.refusal import Refused
from hearing.web.pictures import Safe

CALL_BACK_WORKING_DAYS = 2
"""How soon the committee calls a household that asked first (look/consent.png)."""


@dataclass(frozen=True)
class Signature:
    """How somebody signed: the drawing with its strokes as JSON, or the photo of a signed paper with the typed name."""

    picture: Safe
    strokes: str = ""
    typed_name: str = ""


@dataclass(frozen=True)
class Seen:
    """What the page showed to whoever presses: the plan, and how many records her household had."""

    plan_hash: str
    turn: int


def keep_draft(
    by: Viewer,
    unit: ConsentUnit,
    holder_id: int,
    said: str,
    signature: Signature | None,
    *,
    seen: Seen,
    reason: str = "",
) -> ConsentDraft:
    """Keep what somebody has begun, for the check page; bookkeeping, no answer."""
    draft = _draft_of(by, unit) or ConsentDraft(account_id=by.id, consent_unit_id=unit.id)
    draft.holder_id, draft.plan_hash, draft.turn = holder_id, seen.plan_hash, seen.turn
    draft.answer, draft.reason = said, reason
    draft.picture = signature.picture.data if signature else None
    draft.media_type = signature.picture.media_type if signature else ""
    draft.strokes = signature.strokes if signature else ""
    draft.typed_name = signature.typed_name if signature else ""
    draft.saved_at = now()
    draft.digest = draft_digest(draft)
    db.session.add(draft)
    return draft


def draft_digest(draft: ConsentDraft) -> str:
    """SHA-256 over what the check page shows."""
    return sha256_of(
        {
            "holder": draft.holder_id,
            "plan_hash": draft.plan_hash,
            "turn": draft.turn,
            "answer": draft.answer,
            "reason": draft.reason,
            "strokes": draft.strokes,
            "typed_name": draft.typed_name,
            "picture": (draft.picture or b"").hex(),
        }
    )


def answer_on_site(
    by: Viewer,
    unit: ConsentUnit,
    holder_id: int,
    said: rules.Answer,
    signature: Signature | None,
    *,
    seen: Seen,
    reason: str = "",
) -> facts.Answered:
    """Record what a holder signs on the committee's tablet, with the member of staff beside her named.

    The household is told by message, with the number to call if it was not her. Raises as `answer` does, or
    NOT_YOUR_SEAT of people.
    """
    unit, moment = _ready(unit, (holder_id,), said, signature, seen)
    assert signature is not None
    actor = Actor(role=seat_of(by, unit.collection), ref=by.account.ref)
    record = write_record(
        unit,
        take_number(unit),
        answer=said,
        holders=[holder_id],
        method=rules.Method.TABLET,
        identity="in_person",
        received_at=moment,
        evidence=_keep(by, unit, signature),
        signature=signature,
        reason=reason,
        assisted_by=by.id,
    )
    _forget_draft(by, unit)
    tell_recorded(unit)
    return answered(record, actor)


def withdraw(by: Viewer, slip: Slip, *, seen: Seen) -> facts.Withdrawn:
    """Take the standing answer back; both records are kept.

    Raises what `rules.may_withdraw` raises, or ANSWERED_MEANWHILE.
    """
    unit = hold_unit(slip.unit)
    moment = now()
    for holder in slip.speaks_for:
        rules.may_withdraw(
            unit.as_rule(),
            person=str(holder),
            has_standing=slip.answer is not None,
            state=unit.collection.stands,
            closing=closing_of(unit),
            now=moment,
        )
    check_guardians(slip.speaks_for, by)
    check_seen(unit, seen)
    record = write_record(
        unit,
        take_number(unit),
        answer=None,
        holders=slip.speaks_for,
        method=rules.Method.PHONE,
        identity="session",
        received_at=moment,
        signed_by=by.id,
    )
    tell_recorded(unit, but=by.account.phone)
    return withdrawn(record, by.as_resident())


def ask_first(by: Viewer, slip: Slip, question: str) -> facts.FirstAsked:
    """Ask before answering 先问一问: it is no answer, and the committee calls within two working days.

    Raises ASKED_ALREADY (by the database's own constraint), or what `rules.check_open` raises.
    """
    unit = hold_unit(slip.unit)
    moment = now()
    rules.check_open(unit.collection.stands, closing=closing_of(unit), now=moment)
    due = end_of_day(work_calendar().after(beijing_day(moment), CALL_BACK_WORKING_DAYS))
    db.session.add(AskFirst(consent_unit_id=unit.id, question=question, asked_by=by.id, asked_at=moment, due_at=due))
    return facts.FirstAsked(
        **resident(by, unit.collection), households=(unit.unit_id,), unit=unit.ref, question=question
    )


def answer_question(by: Viewer, asked: AskFirst, text: str) -> facts.FirstAnswered:
    """Write down what the household was told; it gets a message that there is an answer.

    Raises COLLECTION_ELSEWHERE when a colleague was quicker, or NOT_YOUR_SEAT of people.
    """
    unit = hold_unit(asked.unit)
    db.session.refresh(asked)
    if asked.answered_at is not None:
        raise Refused(rules.Refusal.COLLECTION_ELSEWHERE)
    asked.answer, asked.answered_by, asked.answered_at = text, by.id, now()
    tell_unit(unit, ANSWERED, f"/consents/{unit.collection_id}/mine")
    return facts.FirstAnswered(**staff(by, unit.collection), unit=unit.ref, answer=text)


def write_record(
    unit: ConsentUnit,
    number: int,
    *,
    answer: rules.Answer | None,
    holders: Collection[int],
    method: rules.Method,
    identity: str,
    received_at: datetime,
    signed_on: date | None = None,
    evidence: Evidence | None = None,
    signature: Signature | None = None,
    reason: str = "",
    signed_by: int | None = None,
    assisted_by: int | None = None,
    checked_by: int | None = None,
    mandate: Mandate | None = None,
) -> ConsentRecord:
    """Add one record of a unit that the caller holds. `signed_on` is the date on the paper, else that of receipt.

    What was said in the name of somebody who has a guardian was said by the guardian, and the record names it so.
    """
    guardian = next(iter(speaking.guardianships(holders).values()), None)
    collection, day = unit.collection, signed_on or beijing_day(received_at)
    strokes, typed_name = (signature.strokes, signature.typed_name) if signature else ("", "")
    unit.turn += 1
    salt = secrets.token_hex(32)
    record = ConsentRecord(
        collection_id=collection.id,
        consent_unit_id=unit.id,
        unit=unit,
        number=number,
        turn=unit.turn,
        answer=answer,
        reason=reason,
        method=method,
        signed_on=day,
        received_at=received_at,
        plan_hash=collection.version.plan_hash,
        identity=identity,
        signed_by=signed_by,
        assisted_by=assisted_by,
        checked_by=checked_by,
        mandate_id=mandate.id if mandate else None,
        guardianship_id=guardian.id if guardian else None,
        signature=evidence,
        strokes=strokes,
        typed_name=typed_name,
        salt=salt,
        evidence_hash=rules.evidence_hash(
            salt=salt,
            collection=collection.subject,
            unit=unit.ref,
            holders=holders,
            answer=answer,
            reason=reason,
            method=method,
            identity=identity,
            plan_hash=collection.version.plan_hash,
            signed_on=day,
            signature=evidence.sha256 if evidence else None,
            strokes=strokes,
            typed_name=typed_name,
            mandate=mandate.id if mandate else None,
            guardianship=guardian.id if guardian else None,
        ),
        holders=[RecordHolder(holder_id=holder) for holder in sorted(holders)],
    )
    db.session.add(record)
    db.session.flush()
    return record


def mark_invalid(by: Viewer, record: ConsentRecord, why: rules.Invalid, reason: str = "") -> None:
    """Set a record aside for good, once: it is kept, and shown to its household with the reason."""
    if record.marks and record.marks[-1].kind == INVALID:
        return
    record.marks.append(RecordMark(kind=INVALID, invalid=why, reason=reason, marked_by=by.id, marked_at=now()))


def answered(record: ConsentRecord, actor: Actor) -> facts.Answered:
    """The fact of a record that holds an answer."""
    collection, said = record.unit.collection, rules.Answer(str(record.answer))
    return facts.Answered(
        **frame(collection, actor),
        households=(record.unit.unit_id,),
        plan_hash=record.plan_hash,
        method=record.method,
        record=record.number,
        title=collection.proposal.title,
        version=collection.version.number,
        unit=record.unit.ref,
        holders=tuple(str(holder.holder_id) for holder in record.holders),
        answer=said,
        answer_label=rules.ANSWER_LABELS[said],
        signed_on=record.signed_on.isoformat(),
        received_at=record.received_at,
        evidence_hash=record.evidence_hash,
        identity=record.identity,
        assisted=record.assisted_by is not None,
        mandate=record.mandate_id,
        guardian=record.guardianship_id is not None,
    )


def withdrawn(record: ConsentRecord, actor: Actor) -> facts.Withdrawn:
    """The fact of a record that takes an answer back."""
    collection = record.unit.collection
    return facts.Withdrawn(
        **frame(collection, actor),
        households=(record.unit.unit_id,),
        plan_hash=record.plan_hash,
        method=record.method,
        record=record.number,
        title=collection.proposal.title,
        unit=record.unit.ref,
        holders=tuple(str(holder.holder_id) for holder in record.holders),
        evidence_hash=record.evidence_hash,
    )


def _ready(
    unit: ConsentUnit, holder_ids: Collection[int], said: rules.Answer, signature: Signature | None, seen: Seen
) -> tuple[ConsentUnit, datetime]:
    """The unit as it stands under the lock, and the moment, once nothing forbids the answer."""
    unit = hold_unit(unit)
    collection, moment = unit.collection, now()
    for holder in holder_ids:
        rules.may_answer(
            unit.as_rule(),
            said,
            person=str(holder),
            offered=rules.AnswerSet(collection.answer_set),
            state=collection.stands,
            closing=closing_of(unit),
            now=moment,
            plan_hash=collection.version.plan_hash,
            seen_plan_hash=seen.plan_hash,
        )
    check_seen(unit, seen)
    if signature is None:
        raise Refused(rules.Refusal.SIGNATURE_MISSING)
    return unit, moment


def check_guardians(holder_ids: Collection[int], by: Viewer) -> None:
    """Who has a guardian does not answer herself: the guardian does. Raises GUARDIAN_ANSWERS."""
    for guardian in speaking.guardianships(holder_ids).values():
        if guardian.guardian_phone != (by.account.phone or "-"):
            raise Refused(rules.Refusal.GUARDIAN_ANSWERS)


def check_seen(unit: ConsentUnit, seen: Seen) -> None:
    """Of two phones of one household that press at once, the second has seen an older state of its line.

    Raises ANSWERED_MEANWHILE.
    """
    if unit.turn != seen.turn:
        raise Refused(rules.Refusal.ANSWERED_MEANWHILE)


def _keep(by: Viewer, unit: ConsentUnit, signature: Signature) -> Evidence:
    picture, collection = signature.picture, unit.collection
    return files.store(
        by, picture.data, picture.media_type, SIGNATURE, collection.proposal.matter, collection.neighbourhood_id
    )


def _draft_of(by: Viewer, unit: ConsentUnit) -> ConsentDraft | None:
    query = select(ConsentDraft).where(ConsentDraft.account_id == by.id, ConsentDraft.consent_unit_id == unit.id)
    return db.session.scalars(query).one_or_none()


def _forget_draft(by: Viewer, unit: ConsentUnit) -> None:
    mine = (ConsentDraft.account_id == by.id, ConsentDraft.consent_unit_id == unit.id)
    db.session.execute(delete(ConsentDraft).where(*mine).execution_options(synchronize_session=False))
