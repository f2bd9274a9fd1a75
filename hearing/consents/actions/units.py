"""Units 一户的变动: a death, a new lessee, a dispute, as dated events with evidence and never as an edit."""

from __future__ import annotations

from sqlalchemy import select

from hearing.clock import now
from hearing.consents import facts, rules
from hearing.consents.actions.locking import hold
from hearing.consents.actions.setting_up import signed, take_holders
from hearing.consents.models import ConsentCollection, ConsentUnit, SlipView, UnitEvent
from hearing.db import db
from hearing.files.models import Evidence
from hearing.people.viewer import Viewer
from hearing.places.models import Tenure
from hearing.refusal import Refused

_CHANGEABLE = {rules.CollectionState.ROLL_OPEN, rules.CollectionState.OPEN}


def block(by: Viewer, unit: ConsentUnit, why: rules.Blocked, reason: str) -> facts.UnitBlocked:
    """Register that a unit cannot answer for now; it stays on the roll and in every denominator.

    Raises COLLECTION_ELSEWHERE when the collection is over.
    """
    collection = _changeable(unit)
    unit.blocked = why
    _event(by, unit, why, reason)
    return facts.UnitBlocked(**signed(by, collection), blocked=True, unit=unit.ref, why=why, reason=reason)


def unblock(by: Viewer, unit: ConsentUnit, reason: str) -> facts.UnitBlocked:
    """Register that the unit may answer again, as it stands on the roll."""
    collection = _changeable(unit)
    unit.blocked = None
    _event(by, unit, None, reason)
    return facts.UnitBlocked(**signed(by, collection), blocked=False, unit=unit.ref, why="", reason=reason)


def change_holder(
    by: Viewer, unit: ConsentUnit, reason: str, evidence: Evidence | None = None
) -> facts.HolderChanged:
    """Take over from the register who answers for the unit now, after the lessor named a new lessee.

    What the old holder said counts no more, and the unit is free to answer. Raises COLLECTION_ELSEWHERE when the
    collection is over, NOT_ON_ROLL when the register names nobody new.
    """
    collection = _changeable(unit)
    standing = select(Tenure).where(Tenure.unit_id == unit.unit_id, Tenure.until.is_(None))
    tenure = db.session.scalars(standing).one_or_none()
    now_holding = {share.holder_id for share in tenure.shares} if tenure else set()
    if tenure is None or now_holding == {share.holder_id for share in unit.holders}:
        raise Refused(rules.Refusal.NOT_ON_ROLL)
    unit.holders.clear()
    db.session.flush()
    unit.form, unit.blocked = tenure.form, None
    take_holders(unit, tenure)
    _event(by, unit, None, reason, evidence)
    names = ",".join(str(holder) for holder in sorted(now_holding))
    return facts.HolderChanged(**signed(by, collection), unit=unit.ref, holder=names, reason=reason)


def look_at(by: Viewer, unit: ConsentUnit, purpose: str) -> facts.SlipSeen:
    """Register that a member of staff opens a household's records, and why."""
    db.session.add(SlipView(consent_unit_id=unit.id, account_id=by.id, purpose=purpose, viewed_at=now()))
    return facts.SlipSeen(**signed(by, unit.collection), unit=unit.ref, purpose=purpose)


def _changeable(unit: ConsentUnit) -> ConsentCollection:
    collection = hold(unit.collection)
    if collection.state not in _CHANGEABLE:
        raise Refused(rules.Refusal.COLLECTION_ELSEWHERE)
    return collection


def _event(
    by: Viewer, unit: ConsentUnit, blocked: rules.Blocked | None, reason: str, evidence: Evidence | None = None
) -> None:
    db.session.add(
        UnitEvent(
            consent_unit_id=unit.id,
            blocked=blocked,
            reason=reason,
            evidence_id=evidence.id if evidence else None,
            entered_by=by.id,
            entered_at=now(),
        )
    )
    db.session.flush()
