"""Units 一户的变动: a death, a new lessee, a sale, a dispute, as dated events with evidence and never as an edit."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from hearing.clock import now
from hearing.consents import facts, queries, rules
from hearing.consents.actions.locking import closing_of, hold_unit, staff
from hearing.consents.actions.setting_up import take_over_tenure
from hearing.consents.actions.telling import OPENED, tell_unit
from hearing.consents.models import INVALID, ConsentCollection, ConsentUnit, RecordMark, RecordView, UnitEvent
from hearing.consents.queries import UNIT_PAPER, WATCHERS
from hearing.db import db
from hearing.files import actions as files
from hearing.files.models import Evidence
from hearing.people.models import Membership
from hearing.people.rules import COMMITTEE, CheckedHow
from hearing.people.viewer import Viewer
from hearing.places.models import Holder, Tenure, TenureShare
from hearing.places.rules import Capacity, HoldingForm
from hearing.refusal import Refused
from hearing.web.pictures import Safe

_CHANGEABLE = frozenset({rules.CollectionState.ROLL_OPEN, rules.CollectionState.OPEN})


def block(
    by: Viewer,
    unit: ConsentUnit,
    why: rules.Blocked,
    reason: str,
    *,
    died: int | None = None,
    died_on: date | None = None,
    paper: Safe | None = None,
) -> facts.UnitBlocked:
    """Register that a unit cannot answer for now; it stays on the roll and in every denominator.

    `died` is the holder who has died, `died_on` the day: what is signed in her name afterwards is invalid. Raises
    COLLECTION_ELSEWHERE when the collection is over, COLLECTION_REASON_MISSING, or NOT_YOUR_SEAT of people.
    """
    unit = _changeable(unit, reason)
    about = staff(by, unit.collection, COMMITTEE)
    unit.blocked = why
    for share in unit.holders:
        if share.holder_id == died and died_on is not None:
            share.died_on, share.holder.died_on = died_on, died_on.isoformat()
    _event(by, unit, reason, _kept(by, unit, paper))
    return facts.UnitBlocked(**about, blocked=True, unit=unit.ref, why=why, reason=reason)


def unblock(by: Viewer, unit: ConsentUnit, reason: str) -> facts.UnitBlocked:
    """Register that the unit may answer again, as it stands on the roll. Raises as `block` does."""
    unit = _changeable(unit, reason)
    about = staff(by, unit.collection, COMMITTEE)
    unit.blocked = None
    _event(by, unit, reason, None)
    return facts.UnitBlocked(**about, blocked=False, unit=unit.ref, why="", reason=reason)


def rename(
    by: Viewer,
    unit: ConsentUnit,
    *,
    name: str,
    phone: str,
    since: date,
    reason: str,
    paper: Safe,
) -> facts.HolderChanged:
    """Register a new holder 更户/过户 and let her answer: the old tenure ends, a new one begins, in this act.

    For public housing the lessor has named the new lessee (上海市房屋租赁条例 §41); a flat has been sold, registered on
    `since` (Civil Code §209), and the buyer has five full days at least. What the old holder said counts no more.
    Raises COLLECTION_ELSEWHERE, COLLECTION_REASON_MISSING, HOLDER_UNCHANGED, or NOT_YOUR_SEAT of people.
    """
    unit = _changeable(unit, reason)
    about = staff(by, unit.collection, COMMITTEE)
    old = queries.standing_tenure(unit.unit_id)
    if old is None or any(share.holder.name == name and share.holder.phone == phone for share in old.shares):
        raise Refused(rules.Refusal.HOLDER_UNCHANGED)
    evidence = _kept(by, unit, paper)
    sold = unit.capacity == Capacity.OWNER
    if sold:
        _void_answers(by, unit, since, reason)
    tenure = _new_tenure(unit, old, _person(unit.collection, name, phone))
    _link_account(unit, tenure, phone)
    unit.holders.clear()
    db.session.flush()
    take_over_tenure(unit, tenure)
    unit.buyer = ""
    if sold and unit.collection.closes_at is not None:
        unit.closes_at = rules.closing_after_transfer(closing_of(unit), since)
    _event(by, unit, reason, evidence)
    if unit.collection.stands is rules.CollectionState.OPEN:
        tell_unit(unit, OPENED, f"/consents/{unit.collection_id}")
    return facts.HolderChanged(
        **about, unit=unit.ref, holder=str(tenure.shares[0].holder_id), since=since.isoformat(), reason=reason
    )


def look_at(by: Viewer, collection: ConsentCollection, unit: ConsentUnit | None, purpose: str) -> facts.RecordsSeen:
    """Register that a member of staff opens a household's records, or all of them, and why.

    Raises COLLECTION_REASON_MISSING, or NOT_YOUR_SEAT of people.
    """
    if not purpose.strip():
        raise Refused(rules.Refusal.COLLECTION_REASON_MISSING)
    about = staff(by, collection, WATCHERS)
    db.session.add(
        RecordView(
            collection_id=collection.id,
            consent_unit_id=unit.id if unit else None,
            account_id=by.id,
            purpose=purpose,
            viewed_at=now(),
        )
    )
    return facts.RecordsSeen(**about, all_households=unit is None, unit=unit.ref if unit else "", purpose=purpose)


def _changeable(unit: ConsentUnit, reason: str) -> ConsentUnit:
    unit = hold_unit(unit)
    if unit.collection.stands not in _CHANGEABLE:
        raise Refused(rules.Refusal.COLLECTION_ELSEWHERE)
    if not reason.strip():
        raise Refused(rules.Refusal.COLLECTION_REASON_MISSING)
    return unit


def _void_answers(by: Viewer, unit: ConsentUnit, since: date, reason: str) -> None:
    """The seller's answers fall when the flat changed hands while answers could still be given."""
    closing = unit.closes_at or unit.collection.closes_at
    if closing is None or not rules.transfer_voids_answer(closing, since):
        return
    for record in unit.records:
        db.session.add(
            RecordMark(
                record_id=record.id,
                kind=INVALID,
                invalid=rules.Invalid.UNIT_SOLD,
                reason=reason,
                marked_by=by.id,
                marked_at=now(),
            )
        )


def _person(collection: ConsentCollection, name: str, phone: str) -> Holder:
    """The register's person of that name and phone; two rows are one person only when both agree."""
    place = collection.neighbourhood_id
    query = select(Holder).where(Holder.neighbourhood_id == place, Holder.name == name, Holder.phone == phone)
    return (db.session.scalars(query).first() if phone else None) or Holder(
        neighbourhood_id=place, name=name, phone=phone
    )


def _new_tenure(unit: ConsentUnit, old: Tenure, holder: Holder) -> Tenure:
    moment = now()
    old.until = moment
    db.session.flush()
    tenure = Tenure(
        unit=old.unit,
        capacity=unit.capacity,
        form=HoldingForm.SOLE,
        since=moment,
        shares=[TenureShare(holder=holder)],
    )
    db.session.add(tenure)
    db.session.flush()
    return tenure


def _link_account(unit: ConsentUnit, tenure: Tenure, phone: str) -> None:
    """A member of the household whose proven phone is the new holder's may answer in her name at once."""
    members = select(Membership).where(
        Membership.unit_id == unit.unit_id, Membership.left_at.is_(None), Membership.holder_id.is_(None)
    )
    for membership in db.session.scalars(members):
        if phone and membership.account.phone == phone:
            membership.holder_id, membership.checked_how = tenure.shares[0].holder_id, CheckedHow.OFFICE


def _kept(by: Viewer, unit: ConsentUnit, paper: Safe | None) -> Evidence | None:
    if paper is None:
        return None
    collection = unit.collection
    return files.store(
        by, paper.data, paper.media_type, UNIT_PAPER, collection.proposal.matter, collection.neighbourhood_id
    )


def _event(by: Viewer, unit: ConsentUnit, reason: str, evidence: Evidence | None) -> None:
    db.session.add(
        UnitEvent(
            consent_unit_id=unit.id,
            blocked=unit.blocked,
            reason=reason,
            evidence_id=evidence.id if evidence else None,
            entered_by=by.id,
            entered_at=now(),
        )
    )
    db.session.flush()
