"""Counting 结果: the close, the provisional result that hangs for objections, and the final one that two people confirm."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from hearing.audit.fact import SYSTEM
from hearing.clock import now
from hearing.consents import facts, rules
from hearing.consents.actions.locking import hold
from hearing.consents.actions.setting_up import signed
from hearing.consents.models import ConsentCollection, PaperSlip, ResultConfirmation
from hearing.db import db
from hearing.notices import queries as notices
from hearing.notices.rules import PublicityPeriod, last_day
from hearing.people.rules import COMMITTEE, ROLE_LABELS, Role
from hearing.people.viewer import Viewer
from hearing.proposals import actions as proposals
from hearing.proposals.models import PlanVersion
from hearing.refusal import Refused

CONFIRMING = (*sorted(COMMITTEE), Role.SCRUTINEER)


def extend(by: Viewer, collection: ConsentCollection, closes: datetime, reason: str) -> facts.Extended:
    """Make the window longer, once, before it has closed. Raises what `rules.may_extend` raises."""
    collection = hold(collection)
    _check(by, collection, rules.Move.EXTEND, reason)
    assert collection.opened_at is not None and collection.closes_at is not None
    rules.may_extend(
        opened_at=collection.opened_at,
        closing=collection.closes_at,
        new_closing=closes,
        extended_before=bool(collection.extended_because),
        now=now(),
    )
    collection.closes_at, collection.extended_because = closes, reason
    return facts.Extended(
        **signed(by, collection), last_day=last_day(closes).isoformat(), closes=closes, reason=reason
    )


def close(collection: ConsentCollection) -> facts.Closed:
    """End answering when the clock says so; the system does it, and any page of the committee may ask for it.

    Holding the row, it waits for every answer that has its number, and every later one finds the window closed.
    Raises COLLECTION_ELSEWHERE or STILL_OPEN.
    """
    collection = hold(collection)
    rules.check_move(_state(collection), rules.Move.CLOSE, role=None)
    assert collection.closes_at is not None
    moment = now()
    rules.may_close([unit.closes_at or collection.closes_at for unit in collection.units], moment)
    _move(collection, rules.CollectionState.GRACE, moment)
    db.session.expire(collection, ["records"])
    return facts.Closed(
        actor=SYSTEM, **_about(collection), answered=len(rules.answers_of(collection.standings()))
    )


def publish_provisional(by: Viewer, collection: ConsentCollection) -> facts.ProvisionalPublished:
    """Publish the provisional result for objections 询异, after grace. Raises what the rule of that name raises."""
    collection = hold(collection)
    _check(by, collection, rules.Move.PUBLISH_PROVISIONAL)
    assert collection.closes_at is not None
    undecided = select(func.count()).where(
        PaperSlip.collection_id == collection.id, PaperSlip.state.in_(["entered", "differs"])
    )
    moment = now()
    rules.may_publish_provisional(
        grace_ends=rules.grace_ends_at(collection.closes_at, collection.grace_days),
        entries_undecided=db.session.scalars(undecided).one(),
        disputes_undecided=sum(bool(standing.disputed) for standing in collection.standings().values()),
        days=collection.provisional_days,
        now=moment,
    )
    _move(collection, rules.CollectionState.PROVISIONAL, moment)
    collection.provisional_at = moment
    count = collection.tally()
    return facts.ProvisionalPublished(
        **signed(by, collection),
        all_heads=count.all.heads,
        all_area=count.all.area_centi,
        part_heads=count.part.heads,
        part_area=count.part.area_centi,
        yes_heads=count.yes.heads,
        yes_area=count.yes.area_centi,
        no_heads=count.no.heads,
        abstain_heads=count.abstain.heads,
        passed=count.passed,
        until=PublicityPeriod(moment, collection.provisional_days).ends_at,
    )


def confirm_result(by: Viewer, collection: ConsentCollection) -> facts.ResultConfirmed:
    """Confirm the result as one of the two: the committee, or the scrutineer named in the terms.

    Raises COLLECTION_ELSEWHERE, or NOT_YOUR_SEAT.
    """
    collection = hold(collection)
    role = next((r for r in CONFIRMING if r in by.seats_in(collection.neighbourhood_id)), Role.RESIDENT)
    rules.check_move(_state(collection), rules.Move.FINISH, role=role)
    if role is Role.SCRUTINEER and by.id != collection.scrutineer_id:
        raise Refused(rules.Refusal.SCRUTINEER_MISSING)
    db.session.add(
        ResultConfirmation(collection_id=collection.id, account_id=by.id, role=role, confirmed_at=now())
    )
    db.session.flush()
    return facts.ResultConfirmed(**signed(by, collection, role), role_label=ROLE_LABELS[role])


def finish(by: Viewer, collection: ConsentCollection) -> facts.Finished:
    """Make the result final once both have confirmed and every objection is decided, and tell the proposal.

    Raises what `rules.may_finish` and `rules.outcome` raise.
    """
    collection = hold(collection)
    _check(by, collection, rules.Move.FINISH)
    assert collection.provisional_at is not None
    objections = notices.objections_of(collection.subject)
    moment = now()
    db.session.expire(collection, ["confirmations"])
    rules.may_finish(
        provisional=PublicityPeriod(collection.provisional_at, collection.provisional_days),
        confirmed_by=[(str(each.account_id), Role(each.role)) for each in collection.confirmations],
        objections=objections,
        now=moment,
    )
    count = collection.tally()
    result = rules.outcome(
        count,
        needs_manager_consent=collection.needs_manager_consent,
        manager_consent=_manager(collection.version),
        no_open_objection=collection.no_open_objection,
        objections=objections,
    )
    _move(collection, result.state, moment)
    collection.finished_at, collection.result = moment, result.reason
    passed = result.state is rules.CollectionState.PASSED
    proposals.record_consent_outcome(collection.required, passed=passed)
    return facts.Finished(
        **signed(by, collection),
        passed=passed,
        reason=result.reason,
        reason_label=rules.REASON_LABELS[result.reason],
        all_heads=count.all.heads,
        yes_heads=count.yes.heads,
        plan_hash=collection.version.plan_hash,
        roll_hash=collection.roll_hash or "",
    )


def void(by: Viewer, collection: ConsentCollection, reason: str) -> facts.Voided:
    """Declare the collection void, for a reason that every household on the roll reads."""
    collection = hold(collection)
    _check(by, collection, rules.Move.VOID, reason)
    _move(collection, rules.CollectionState.VOID, now())
    collection.void_because = reason
    proposals.record_consent_outcome(collection.required, passed=False)
    return facts.Voided(**signed(by, collection), reason=reason)


def supersede(old: PlanVersion, new: PlanVersion) -> None:
    """A material change of the plan ends every collection on the version before; the answers stay, and count no more."""
    del new  # The new version's own collections are set up by the committee.
    query = select(ConsentCollection).where(ConsentCollection.plan_version_id == old.id)
    for collection in db.session.scalars(query.with_for_update(of=ConsentCollection)):
        if collection.state in rules.STEPS[rules.Move.SUPERSEDE].starts:
            _move(collection, rules.CollectionState.SUPERSEDED, now())


def _manager(version: PlanVersion) -> rules.ManagerConsent | None:
    if not version.answers:
        return None
    return rules.ManagerConsent.GIVEN if version.manager_agrees else rules.ManagerConsent.REFUSED


def _check(by: Viewer, collection: ConsentCollection, move: rules.Move, reason: str = "") -> None:
    held = by.seats_in(collection.neighbourhood_id)
    role = next((r for r in CONFIRMING if r in held), next(iter(held), Role.RESIDENT))
    rules.check_move(_state(collection), move, role=role, reason=reason)


def _state(collection: ConsentCollection) -> rules.CollectionState:
    return rules.CollectionState(collection.state)


def _move(collection: ConsentCollection, state: rules.CollectionState, moment: datetime) -> None:
    collection.state, collection.since = state, moment


def _about(collection: ConsentCollection) -> dict[str, str]:
    return {
        "scope": collection.neighbourhood.slug,
        "subject": collection.subject,
        "matter": collection.proposal.matter,
    }
