"""Paper 纸质征询单: printed with an opaque code, photographed, read twice by two people, decided by a third."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import func, select

from hearing.audit.fact import Actor
from hearing.clock import now
from hearing.consents import facts, rules, slips, speaking
from hearing.consents.actions.answering import answered, mark_invalid, withdrawn, write_record
from hearing.consents.actions.locking import hold, hold_unit, seat_of, staff, take_paper_number
from hearing.consents.actions.mandating import check_use
from hearing.consents.actions.receiving import check_new_picture, keep_photo, new_batch, of_an_old_plan
from hearing.consents.actions.telling_apart import tell_recorded
from hearing.consents.models import (
    DIFFERS,
    ENTERED,
    ISSUED,
    VOID,
    ConsentCollection,
    ConsentUnit,
    Mandate,
    PaperSlip,
    SlipReading,
)
from hearing.consents.models import (
    RECORDED as SLIP_RECORDED,
)
from hearing.db import db
from hearing.people.queries import accounts_of_person
from hearing.people.rules import FIELD_STAFF, HOUSEHOLD_CODES, Role, household_code
from hearing.people.viewer import Viewer
from hearing.refusal import Refused
from hearing.web.pictures import Safe

Read = facts.SlipRead | facts.Answered | facts.Withdrawn

READERS = FIELD_STAFF | {Role.SCRUTINEER}
_DONE = frozenset({SLIP_RECORDED, VOID})
_COUNTED = frozenset({rules.CollectionState.PROVISIONAL, rules.CollectionState.PASSED, rules.CollectionState.FAILED})
"""Where the balance of the slips is frozen."""


@dataclass(frozen=True)
class Reading:
    """What a member of staff reads from a slip; `answer` None withdraws."""

    holder_ids: tuple[int, ...]
    answer: rules.Answer | None
    signed_on: date
    received_at: datetime | None = None
    """None where the slip was stamped with its batch."""
    mandate_id: int | None = None
    """The mandate by which an agent signed for the holders; None when they signed themselves."""


@dataclass(frozen=True)
class Original:
    """The photo of a slip that came alone, and how it came in; given by whoever reads it first."""

    photo: Safe
    came_by: rules.Method


def issue_slips(by: Viewer, collection: ConsentCollection, units: Collection[ConsentUnit]) -> facts.SlipsIssued:
    """Issue one printed slip for each unit that has none out: a second one in the same house would be filled in too.

    Raises COLLECTION_ELSEWHERE unless answering is open, SLIPS_NONE for no unit, SLIP_OUT_ALREADY when all of them have
    a slip that has not come back, or NOT_YOUR_SEAT of people.
    """
    collection = hold(collection)
    _check_prints(collection)
    if not units:
        raise Refused(rules.Refusal.SLIPS_NONE)
    have = slips.out_of(list(units))
    moment, run = now(), _next_run(collection)
    printed = [_printed(by, unit, run, moment) for unit in units if unit.id not in have]
    if not printed:
        raise Refused(rules.Refusal.SLIP_OUT_ALREADY)
    codes = tuple(slip.code for slip in printed)
    return facts.SlipsIssued(**staff(by, collection), count=len(codes), codes=codes)


def reprint_slip(by: Viewer, slip: PaperSlip, reason: str) -> facts.SlipReprinted:
    """Print one slip anew that is still out, lost or spoiled; the old one is void from now on, and names why.

    Raises COLLECTION_ELSEWHERE unless answering is open, SLIP_UNRETURNED, COLLECTION_REASON_MISSING, or NOT_YOUR_SEAT
    of people.
    """
    hold(slip.collection)
    db.session.refresh(slip)
    _check_prints(slip.collection)
    if slip.stands is not rules.SlipStands.OUT:
        raise Refused(rules.Refusal.SLIP_UNRETURNED)
    if not reason.strip():
        raise Refused(rules.Refusal.COLLECTION_REASON_MISSING)
    moment = now()
    _void(by, slip, reason, moment)
    anew = _printed(by, slip.unit, _next_run(slip.collection), moment)
    anew.replaces = slip
    return facts.SlipReprinted(**staff(by, slip.collection), code=anew.code, old_code=slip.code, reason=reason)


def _check_prints(collection: ConsentCollection) -> None:
    if collection.stands is not rules.CollectionState.OPEN:
        raise Refused(rules.Refusal.COLLECTION_ELSEWHERE)


def _next_run(collection: ConsentCollection) -> int:
    """The number of the next printing; the caller holds the collection."""
    last = select(func.coalesce(func.max(PaperSlip.run), 0)).where(PaperSlip.collection_id == collection.id)
    return db.session.scalars(last).one() + 1


def _printed(by: Viewer, unit: ConsentUnit, run: int, moment: datetime) -> PaperSlip:
    slip = PaperSlip(
        collection_id=unit.collection_id,
        consent_unit_id=unit.id,
        # Ten letters with two of check, like the household's code: it can be read aloud, and it says nothing.
        code=household_code(secrets.randbelow(HOUSEHOLD_CODES)),
        state=ISSUED,
        run=run,
        issued_by=by.id,
        issued_at=moment,
    )
    db.session.add(slip)
    return slip


def void_slip(by: Viewer, slip: PaperSlip, reason: str) -> facts.SlipVoided:
    """Declare a printed slip void: spoiled, lost, printed by mistake. Raises SLIP_DONE or COLLECTION_REASON_MISSING.

    Once the balance is frozen with the provisional result nothing of it changes: COLLECTION_ELSEWHERE.
    """
    slip = _held(slip)
    if slip.collection.stands in _COUNTED:
        raise Refused(rules.Refusal.COLLECTION_ELSEWHERE)
    if not reason.strip():
        raise Refused(rules.Refusal.COLLECTION_REASON_MISSING)
    _void(by, slip, reason, now())
    return facts.SlipVoided(**staff(by, slip.collection), code=slip.code, reason=reason)


def _void(by: Viewer, slip: PaperSlip, reason: str, moment: datetime) -> None:
    slip.state, slip.void_because, slip.voided_by, slip.voided_at = VOID, reason, by.id, moment


def read_slip(by: Viewer, slip: PaperSlip, reading: Reading, original: Original | None = None) -> Read:
    """Enter what the slip says: first beside its photo, second without sight of the first, third when the two differ.

    A slip that was not photographed with a batch brings its photo and its receipt stamp with the first reading. Two
    readings that agree, or the third, make the record. A signature dated after its signer's death is taken as evidence,
    never counts, and is told to the committee. Raises SLIP_DONE, SLIP_OLD_PLAN, SLIP_PHOTO_MISSING,
    SLIP_PICTURE_TWICE, SLIP_SIGNER_MISSING, SLIP_BEFORE_HOLDING, ENTRY_SAME_PERSON, ENTRY_OTHER_ACCOUNT, NOT_ON_ROLL,
    UNIT_BLOCKED, ANSWER_NOT_OFFERED, what `rules.may_enter_slip` and `rules.may_use_mandate` raise, or NOT_YOUR_SEAT of
    people.
    """
    slip = _held(slip)
    unit = slip.unit
    role, moment = seat_of(by, unit.collection, READERS), now()
    _check_reader(by, slip)
    if slip.photo_id is None:
        _keep_original(by, slip, reading, original)
    assert slip.received_at is not None
    reading = replace(reading, received_at=slip.received_at)
    entry = SlipReading(
        read_by=by.id,
        read_at=moment,
        holders=",".join(str(holder) for holder in sorted(reading.holder_ids)),
        answer=reading.answer,
        signed_on=reading.signed_on,
        received_at=reading.received_at,
        mandate_id=reading.mandate_id,
    )
    _check(slip, unit, reading, role, moment)
    slip.entries.append(entry)
    db.session.flush()
    return _settle(by, slip, role)


def _held(slip: PaperSlip) -> PaperSlip:
    """The slip, its readings and its unit as they stand under the lock. Raises SLIP_DONE."""
    hold_unit(slip.unit)
    db.session.refresh(slip)
    if slip.state in _DONE:
        raise Refused(rules.Refusal.SLIP_DONE)
    return slip


def _check_reader(by: Viewer, slip: PaperSlip) -> None:
    """Two readings are two people's: neither the same account, nor another account of the same person."""
    readers = {earlier.read_by for earlier in slip.entries}
    if by.id in readers:
        raise Refused(rules.Refusal.ENTRY_SAME_PERSON)
    if readers & accounts_of_person(by.account):
        raise Refused(rules.Refusal.ENTRY_OTHER_ACCOUNT)


def _keep_original(by: Viewer, slip: PaperSlip, reading: Reading, original: Original | None) -> None:
    """A slip that somebody brings alone is a batch of its own."""
    if original is None or reading.received_at is None:
        raise Refused(rules.Refusal.SLIP_PHOTO_MISSING)
    check_new_picture(slip.collection_id, hashlib.sha256(original.photo.data).hexdigest())
    batch = new_batch(by, slip.collection, original.came_by, reading.received_at)
    keep_photo(by, batch, 1, original.photo, rules.PhotoState.MATCHED, slip)


def _check(slip: PaperSlip, unit: ConsentUnit, reading: Reading, role: Role, moment: datetime) -> None:
    collection = unit.collection
    if collection.stands is rules.CollectionState.SUPERSEDED:
        raise of_an_old_plan(slip)
    closing = slips.last_close(collection)
    if closing is None:
        raise Refused(rules.Refusal.NOT_YET_OPEN)
    assert collection.opened_at is not None
    assert reading.received_at is not None
    entry = rules.SlipEntry(
        by="",
        unit=unit.ref,
        holders=tuple(str(holder) for holder in reading.holder_ids),
        answer=reading.answer,
        signed_on=reading.signed_on,
        received_at=reading.received_at,
    )
    # The scrutineer may be the third who decides; from which seat a slip is entered is asked of the first two.
    rules.may_enter_slip(
        entry,
        role=role if slip.state != DIFFERS else Role.COMMITTEE_CLERK,
        state=collection.stands,
        opened_at=collection.opened_at,
        # Of the whole collection, as for its photo: grace runs while a flat that was sold has its longer window.
        # Whether the slip came in time is weighed by the household's own close.
        grace_ends=rules.grace_ends_at(closing, collection.grace_days),
        now=moment,
        kept_at=slip.photo.uploaded_at if slip.photo else None,
    )
    if not reading.holder_ids:
        raise Refused(rules.Refusal.SLIP_SIGNER_MISSING)
    held = unit.as_rule()
    if not all(held.holding.has(holder) for holder in entry.holders):
        raise Refused(rules.Refusal.NOT_ON_ROLL)
    alive = rules.check_signature_day(unit.held_when(), entry.holders, entry.signed_on)
    if held.blocked is not None and alive:
        raise Refused(rules.Refusal.UNIT_BLOCKED)
    if reading.answer is not None:
        rules.check_answer(reading.answer, rules.AnswerSet(collection.answer_set))
    if reading.mandate_id is not None and alive:
        check_use(unit, _mandate(unit, reading), reading.answer, reading.signed_on)


def _mandate(unit: ConsentUnit, reading: Reading) -> Mandate:
    """The mandate that was ticked; its principals, and nobody else, are those in whose name the slip was signed."""
    found = speaking.mandate(reading.mandate_id or 0, fresh=True)
    if found is None or found.consent_unit_id != unit.id:
        raise Refused(rules.Refusal.MANDATE_NOT_STANDING)
    if {principal.holder_id for principal in found.principals} != set(reading.holder_ids):
        raise Refused(rules.Refusal.NOT_ON_ROLL)
    return found


def _settle(by: Viewer, slip: PaperSlip, role: Role) -> Read:
    entries = [entry.as_rule() for entry in slip.entries]
    if len(entries) == 1:
        slip.state = ENTERED
        return _read(by, slip, differs=False)
    first, second = entries[0], entries[1]
    if len(entries) == 2 and rules.compare(first, second) is rules.Comparison.MISMATCH:
        slip.state = DIFFERS
        return _read(by, slip, differs=True)
    final = second if len(entries) == 2 else rules.decide(first, second, entries[2], role=role)
    return _record(by, slip, role, final)


def _record(by: Viewer, slip: PaperSlip, role: Role, entry: rules.SlipEntry) -> Read:
    mandate = speaking.mandate(int(entry.mandate)) if entry.mandate else None
    record = write_record(
        slip.unit,
        take_paper_number(slip.collection),
        answer=entry.answer,
        holders=[int(holder) for holder in entry.holders],
        method=rules.Method.MANDATE if mandate else rules.Method(slip.came_by),
        identity="paper",
        received_at=entry.received_at,
        signed_on=entry.signed_on,
        evidence=slip.photo,
        assisted_by=slip.entries[0].read_by,
        checked_by=by.id,
        mandate=mandate,
    )
    slip.record_id, slip.state = record.id, SLIP_RECORDED
    if not rules.check_signature_day(slip.unit.held_when(), entry.holders, entry.signed_on):
        mark_invalid(by, record, rules.Invalid.SIGNED_AFTER_DEATH)
    tell_recorded(slip.unit)
    actor = Actor(role=role, ref=by.account.ref)
    return withdrawn(record, actor) if record.answer is None else answered(record, actor)


def _read(by: Viewer, slip: PaperSlip, *, differs: bool) -> facts.SlipRead:
    return facts.SlipRead(
        **staff(by, slip.collection, READERS),
        time=len(slip.entries),
        differs=differs,
        code=slip.code,
        picture=slip.photo.sha256 if slip.photo and len(slip.entries) == 1 else "",
    )
