"""Paper 纸质征询单: printed with an opaque code, photographed, read twice by two people, decided by a third."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from hearing.clock import now
from hearing.consents import facts, rules
from hearing.consents.actions.answering import answered, tell_household, withdrawn, write_record
from hearing.consents.actions.locking import hold, take_paper_number
from hearing.consents.actions.setting_up import signed
from hearing.consents.models import ConsentCollection, ConsentUnit, PaperSlip, SlipReading
from hearing.db import db
from hearing.files.models import Evidence
from hearing.people.rules import COMMITTEE, FIELD_STAFF, Role, household_code
from hearing.people.viewer import Viewer
from hearing.refusal import Refused

Read = facts.SlipRead | facts.Answered | facts.Withdrawn

_DONE = {"recorded", "void"}
_READERS = (*sorted(FIELD_STAFF), Role.SCRUTINEER)


@dataclass(frozen=True)
class Reading:
    """What a member of staff reads from a slip; `answer` None withdraws, `received_at` is the receipt stamp."""

    holder_ids: tuple[int, ...]
    answer: rules.Answer | None
    signed_on: date
    received_at: datetime


def issue_slips(by: Viewer, collection: ConsentCollection, units: list[ConsentUnit]) -> facts.SlipsIssued:
    """Issue one printed slip for each unit; an older one that nobody has entered yet is void from now on.

    Raises COLLECTION_ELSEWHERE unless answering is open.
    """
    collection = hold(collection)
    if collection.state != rules.CollectionState.OPEN:
        raise Refused(rules.Refusal.COLLECTION_ELSEWHERE)
    moment, codes = now(), []
    older = select(PaperSlip).where(
        PaperSlip.consent_unit_id.in_([unit.id for unit in units]), PaperSlip.state == "issued"
    )
    for slip in db.session.scalars(older):
        slip.state = "void"
    for unit in units:
        # Ten letters with two of check, like the household's code: it can be read aloud, and it says nothing.
        code = household_code(secrets.randbits(40))
        codes.append(code)
        db.session.add(
            PaperSlip(
                collection_id=collection.id,
                consent_unit_id=unit.id,
                code=code,
                state="issued",
                issued_by=by.id,
                issued_at=moment,
            )
        )
    return facts.SlipsIssued(**signed(by, collection), count=len(codes), codes=tuple(codes))


def void_slip(by: Viewer, slip: PaperSlip, reason: str) -> facts.SlipVoided:
    """Declare a printed slip void: spoiled, lost, printed by mistake. Raises SLIP_DONE."""
    collection = hold(slip.collection)
    if slip.state in _DONE:
        raise Refused(rules.Refusal.SLIP_DONE)
    slip.state = "void"
    return facts.SlipVoided(**signed(by, collection), code=slip.code, reason=reason)


def attach_photo(slip: PaperSlip, photo: Evidence) -> None:
    """Put the photograph of the original to the slip; part of the first reading's act."""
    slip.photo = photo


def read_slip(by: Viewer, slip: PaperSlip, reading: Reading, photo: Evidence | None) -> Read:
    """Enter what the slip says: first, second without sight of the first, or third when the two differ.

    Two that agree, or the third, make the record. Raises SLIP_DONE, SLIP_PHOTO_MISSING, ENTRY_SAME_PERSON, what
    `rules.may_enter_slip` raises, or NOT_YOUR_SEAT.
    """
    collection = hold(slip.collection)
    db.session.refresh(slip)
    if slip.state in _DONE:
        raise Refused(rules.Refusal.SLIP_DONE)
    if slip.photo is None and photo is None:
        raise Refused(rules.Refusal.SLIP_PHOTO_MISSING)
    slip.photo = photo or slip.photo
    role = _seat(by, collection)
    moment = now()
    entry = SlipReading(
        slip=slip,
        read_by=by.id,
        read_at=moment,
        holders=",".join(str(holder) for holder in sorted(reading.holder_ids)),
        answer=reading.answer,
        signed_on=reading.signed_on,
        received_at=reading.received_at,
    )
    if any(earlier.read_by == by.id for earlier in slip.entries if earlier is not entry):
        raise Refused(rules.Refusal.ENTRY_SAME_PERSON)
    _check(collection, entry, slip.unit, role, moment)
    db.session.flush()
    return _settle(by, collection, slip, role)


def _check(
    collection: ConsentCollection, entry: SlipReading, unit: ConsentUnit, role: Role, moment: datetime
) -> None:
    if collection.opened_at is None or collection.closes_at is None:
        raise Refused(rules.Refusal.NOT_YET_OPEN)
    rules.may_enter_slip(
        entry.as_rule(),
        role=role,
        state=rules.CollectionState(collection.state),
        opened_at=collection.opened_at,
        grace_ends=rules.grace_ends_at(unit.closes_at or collection.closes_at, collection.grace_days),
        now=moment,
    )
    if entry.answer is not None:
        rules.check_answer(rules.Answer(entry.answer), rules.AnswerSet(collection.answer_set))
    if not all(unit.as_rule().holding.has(holder) for holder in entry.holders.split(",")):
        raise Refused(rules.Refusal.NOT_ON_ROLL)


def _settle(by: Viewer, collection: ConsentCollection, slip: PaperSlip, role: Role) -> Read:
    entries = [entry.as_rule() for entry in slip.entries]
    if len(entries) == 1:
        slip.state = "entered"
        return _read(by, collection, slip, differs=False)
    first, second = entries[0], entries[1]
    if len(entries) == 2 and rules.compare(first, second) is rules.Comparison.MISMATCH:
        slip.state = "differs"
        return _read(by, collection, slip, differs=True)
    final = second if len(entries) == 2 else rules.decide(first, second, entries[2], role=role)
    return _record(by, collection, slip, final)


def _record(by: Viewer, collection: ConsentCollection, slip: PaperSlip, entry: rules.SlipEntry) -> Read:
    record = write_record(
        slip.unit,
        take_paper_number(collection),
        answer=entry.answer,
        holders=[int(holder) for holder in entry.holders],
        method=rules.Method.PAPER,
        identity="paper",
        moment=entry.received_at,
        signed_on=entry.signed_on,
        evidence=slip.photo,
        assisted_by=slip.entries[0].read_by,
        checked_by=by.id,
    )
    slip.record_id, slip.state = record.id, "recorded"
    tell_household(slip.unit)
    actor = by.acting_as(*_READERS, neighbourhood_id=collection.neighbourhood_id)
    return withdrawn(record, actor) if record.answer is None else answered(record, actor)


def _read(by: Viewer, collection: ConsentCollection, slip: PaperSlip, *, differs: bool) -> facts.SlipRead:
    return facts.SlipRead(
        **signed(by, collection, *_READERS), time=len(slip.entries), differs=differs, code=slip.code
    )


def _seat(by: Viewer, collection: ConsentCollection) -> Role:
    held = by.seats_in(collection.neighbourhood_id)
    order = (*sorted(COMMITTEE), *_READERS)
    return next((role for role in order if role in held), Role.RESIDENT)
