"""Disputing 这不是我签的: a denied signature is set aside at once and checked by two who did not take it."""

from __future__ import annotations

from hearing.clock import now
from hearing.consents import facts, queries, rules
from hearing.consents.actions.locking import hold_unit, resident, seat_of, staff
from hearing.consents.models import DISPUTED, GENUINE, INVALID, ConsentRecord, RecordMark, SignatureCheck
from hearing.consents.queries import WATCHERS
from hearing.db import db
from hearing.notices.holidays import work_calendar
from hearing.people.queries import accounts_of_person
from hearing.people.viewer import Viewer
from hearing.refusal import Refused


def dispute(by: Viewer, record: ConsentRecord, reason: str = "") -> facts.SignatureDenied:
    """A member of the household says that the signature is not theirs: it counts no more until it has been checked.

    Raises COLLECTION_ELSEWHERE once the result is final, or DISPUTED_ALREADY.
    """
    unit = hold_unit(record.unit)
    db.session.refresh(record)
    if unit.collection.stands not in rules.DISPUTABLE:
        raise Refused(rules.Refusal.COLLECTION_ELSEWHERE)
    if record.dispute is not None or (record.marks and record.marks[-1].kind == INVALID):
        raise Refused(rules.Refusal.DISPUTED_ALREADY)
    moment = now()
    due = rules.dispute_due(moment, work_calendar())
    record.marks.append(RecordMark(kind=DISPUTED, reason=reason, due_at=due, marked_by=by.id, marked_at=moment))
    return facts.SignatureDenied(
        **resident(by, unit.collection),
        households=(unit.unit_id,),
        record=record.number,
        unit=unit.ref,
        reason=reason,
    )


def check_signature(by: Viewer, record: ConsentRecord, *, genuine: bool, finding: str) -> facts.SignatureChecked:
    """A member of staff who had no hand in collecting a disputed signature says what she found.

    Two who agree decide; who has several accounts is one person in each of them. Raises COLLECTION_ELSEWHERE,
    COLLECTION_REASON_MISSING, CHECKER_COLLECTED_IT, CHECKED_BY_YOU_ALREADY, or NOT_YOUR_SEAT of people.
    """
    unit = hold_unit(record.unit)
    db.session.refresh(record)
    mark = record.dispute
    if mark is None or unit.collection.stands not in rules.DISPUTABLE:
        raise Refused(rules.Refusal.COLLECTION_ELSEWHERE)
    if not finding.strip():
        raise Refused(rules.Refusal.COLLECTION_REASON_MISSING)
    db.session.refresh(mark)
    hers, me = accounts_of_person(by.account), str(by.id)
    rules.may_check_signature(
        checker=me,
        role=seat_of(by, unit.collection, WATCHERS),
        collected_by=[me if person in hers else str(person) for person in queries.collectors(record)],
        checked_by=[me if check.checked_by in hers else str(check.checked_by) for check in mark.checks],
    )
    mark.checks.append(SignatureCheck(genuine=genuine, finding=finding, checked_by=by.id, checked_at=now()))
    found = rules.verdict({str(check.checked_by): check.genuine for check in mark.checks})
    if found is not rules.Verdict.AWAITED:
        theirs = found is rules.Verdict.GENUINE
        record.marks.append(
            RecordMark(
                kind=GENUINE if theirs else INVALID,
                invalid=None if theirs else rules.Invalid.NOT_SIGNED_BY_THEM,
                reason=finding,
                marked_by=by.id,
                marked_at=now(),
            )
        )
    return facts.SignatureChecked(
        **staff(by, unit.collection, WATCHERS),
        record=record.number,
        verdict=found,
        unit=unit.ref,
        genuine=genuine,
        finding=finding,
    )
