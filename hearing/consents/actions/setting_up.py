"""Setting up 开始前: the terms, the roll that its own members can correct, and the freeze that opens answering."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from hearing.clock import now
from hearing.consents import facts, rules
from hearing.consents.actions.locking import hold
from hearing.consents.models import ConsentCollection, ConsentHolder, ConsentUnit, RollCorrection
from hearing.db import db
from hearing.notices.rules import PublicityPeriod
from hearing.people.models import Account
from hearing.people.rules import COMMITTEE, Role
from hearing.people.viewer import Viewer
from hearing.places.models import Building, Stairwell, Tenure, TenureShare, Unit
from hearing.places.rules import Capacity, HoldingForm
from hearing.proposals import actions as proposals
from hearing.proposals.models import RequiredConsent
from hearing.proposals.rules import ScopeKind
from hearing.refusal import Refused

ORDER = (Role.COMMITTEE_CLERK, Role.COMMITTEE_DIRECTOR)


@dataclass(frozen=True, kw_only=True)
class CollectionTerms:
    """What the committee chooses before the roll is shown; days are full days."""

    answer_set: rules.AnswerSet
    conflict_rule: rules.ConflictRule
    roll_days: int
    window_days: int
    grace_days: int
    provisional_days: int
    mandate_cap: int
    scrutineer: Account


def set_up(by: Viewer, required: RequiredConsent, terms: CollectionTerms) -> facts.CollectionSetUp:
    """Fix the terms of a collection on a fixed plan version.

    Raises what `rules.may_open_roll` raises for the terms, GRACE_OUT_OF_BOUNDS, PROVISIONAL_OUT_OF_BOUNDS.
    """
    version = required.version
    proposal = version.proposal
    rule = rules.RULES[required.rule]
    rules.may_open_roll(
        rules.Terms(
            plan_hash=version.plan_hash,
            scope=f"{required.scope_kind}/{required.scope_id}",
            preset=required.rule,
            answer_set=terms.answer_set,
            window_days=terms.window_days,
            conflict_rule=terms.conflict_rule,
            mandate_cap=terms.mandate_cap,
            counted_by=(str(by.id), str(terms.scrutineer.id)),
        ),
        publicity_days=terms.roll_days,
    )
    moment = now()
    rules.grace_ends_at(moment, terms.grace_days)
    if terms.provisional_days < rules.PROVISIONAL_DAYS_LEAST:
        raise Refused(rules.Refusal.PROVISIONAL_OUT_OF_BOUNDS, least=rules.PROVISIONAL_DAYS_LEAST)
    rounds = select(func.count()).where(ConsentCollection.required_id == required.id)
    collection = ConsentCollection(
        required=required,
        round_no=db.session.scalars(rounds).one() + 1,
        proposal=proposal,
        version=version,
        neighbourhood_id=proposal.neighbourhood_id,
        state=rules.CollectionState.DRAFT,
        since=moment,
        preset=required.rule,
        rule_version=rule.version,
        answer_set=terms.answer_set,
        conflict_rule=terms.conflict_rule,
        roll_days=terms.roll_days,
        window_days=terms.window_days,
        grace_days=terms.grace_days,
        provisional_days=terms.provisional_days,
        mandate_cap=terms.mandate_cap,
        needs_manager_consent=required.needs_manager_consent,
        no_open_objection=required.no_open_objection,
        counter_id=by.id,
        scrutineer_id=terms.scrutineer.id,
    )
    db.session.add(collection)
    db.session.flush()
    return facts.CollectionSetUp(
        **signed(by, collection),
        rule_label=rule.label,
        preset=rule.preset,
        rule_version=rule.version,
        plan_hash=version.plan_hash,
        window_days=terms.window_days,
        grace_days=terms.grace_days,
        conflict_rule=terms.conflict_rule,
        mandate_cap=terms.mandate_cap,
    )


def show_roll(by: Viewer, collection: ConsentCollection) -> facts.RollShown:
    """Build the roll from the register and show it to its own members.

    Raises COLLECTION_ELSEWHERE, or what `rules.check_roll` raises.
    """
    collection = hold(collection)
    rules.check_move(_state(collection), rules.Move.OPEN_ROLL, role=_seat(by, collection))
    _write_roll(collection, _standing_tenures(collection.required))
    rules.check_roll(collection.roll(), collection.rule)
    moment = now()
    _move(collection, rules.CollectionState.ROLL_OPEN, moment)
    collection.roll_opened_at = moment
    return facts.RollShown(
        **signed(by, collection),
        units=len(collection.units),
        until=PublicityPeriod(moment, collection.roll_days).ends_at,
    )


def ask_correction(by: Viewer, unit: ConsentUnit, text: str) -> facts.CorrectionAsked:
    """A member of the household says what is wrong about it on the roll.

    Raises COLLECTION_ELSEWHERE once the roll is frozen.
    """
    collection = hold(unit.collection)
    if collection.state != rules.CollectionState.ROLL_OPEN:
        raise Refused(rules.Refusal.COLLECTION_ELSEWHERE)
    db.session.add(
        RollCorrection(
            collection_id=collection.id, consent_unit_id=unit.id, text=text, asked_by=by.id, asked_at=now()
        )
    )
    return facts.CorrectionAsked(
        actor=by.as_resident(),
        scope=collection.neighbourhood.slug,
        subject=collection.subject,
        matter=collection.proposal.matter,
        unit=unit.ref,
        text=text,
    )


def decide_correction(
    by: Viewer, collection: ConsentCollection, correction: RollCorrection, *, accepted: bool, reply: str
) -> facts.CorrectionDecided:
    """Answer a correction. An accepted one takes the unit over from the register again, where the office mended it."""
    collection = hold(collection)
    rules.check_move(_state(collection), rules.Move.FREEZE_ROLL, role=_seat(by, collection))
    if correction.accepted is not None:
        raise Refused(rules.Refusal.COLLECTION_ELSEWHERE)
    correction.accepted, correction.reply = accepted, reply
    correction.decided_by, correction.decided_at = by.id, now()
    if accepted:
        _refresh(correction.unit)
    return facts.CorrectionDecided(
        **signed(by, collection), accepted=accepted, unit=correction.unit.ref, reply=reply
    )


def freeze_roll(by: Viewer, collection: ConsentCollection) -> facts.RollFixed:
    """Freeze the roll and open answering until 24:00 of the last day of the window.

    Raises what `rules.may_freeze_roll` raises.
    """
    collection = hold(collection)
    rules.check_move(_state(collection), rules.Move.FREEZE_ROLL, role=_seat(by, collection))
    undecided = select(func.count()).where(
        RollCorrection.collection_id == collection.id, RollCorrection.accepted.is_(None)
    )
    moment, roll = now(), collection.roll()
    assert collection.roll_opened_at is not None
    rules.may_freeze_roll(
        roll,
        collection.rule,
        publicity=PublicityPeriod(collection.roll_opened_at, collection.roll_days),
        corrections_undecided=db.session.scalars(undecided).one(),
        now=moment,
    )
    _mark_reconfirming(collection)
    _move(collection, rules.CollectionState.OPEN, moment)
    collection.roll_hash = rules.roll_hash(roll)
    collection.opened_at = moment
    collection.closes_at = closes = rules.closes_at(moment, collection.window_days)
    proposals.consent_opened(by, collection.required)
    return facts.RollFixed(
        **signed(by, collection),
        units=len(roll.units),
        area_centi=roll.area_centi,
        roll_hash=collection.roll_hash,
        plan_hash=collection.version.plan_hash,
        closes=closes,
    )


def signed(by: Viewer, collection: ConsentCollection, *roles: Role) -> dict[str, object]:
    """The fields that every fact of a collection shares, when staff acted."""
    order = roles or (*ORDER, *sorted(COMMITTEE), Role.BLOCK_OFFICER, Role.ESTATE_OFFICER, Role.SCRUTINEER)
    return {
        "actor": by.acting_as(*order, neighbourhood_id=collection.neighbourhood_id),
        "scope": collection.neighbourhood.slug,
        "subject": collection.subject,
        "matter": collection.proposal.matter,
    }


def _state(collection: ConsentCollection) -> rules.CollectionState:
    return rules.CollectionState(collection.state)


def _seat(by: Viewer, collection: ConsentCollection) -> Role:
    """The seat from which the person acts: of the committee if she holds one there, otherwise any."""
    held = by.seats_in(collection.neighbourhood_id)
    return next((role for role in ORDER if role in held), next(iter(held), Role.RESIDENT))


def _move(collection: ConsentCollection, state: rules.CollectionState, moment: datetime) -> None:
    collection.state, collection.since = state, moment


def _standing_tenures(required: RequiredConsent) -> list[Tenure]:
    """The standing tenures of the units in scope, in the register's order."""
    query = (
        select(Tenure)
        .join(Tenure.unit)
        .join(Unit.stairwell)
        .join(Stairwell.building)
        .where(Tenure.until.is_(None), _in_scope(required))
        .options(
            joinedload(Tenure.unit).joinedload(Unit.stairwell).joinedload(Stairwell.building),
            selectinload(Tenure.shares).joinedload(TenureShare.holder),
        )
        .order_by(Building.position, Building.id, Unit.position, Unit.id)
    )
    return list(db.session.scalars(query))


def _in_scope(required: RequiredConsent) -> object:
    match ScopeKind(required.scope_kind):
        case ScopeKind.STAIRWELL:
            return Stairwell.id == required.scope_id
        case ScopeKind.BUILDING:
            return Building.id == required.scope_id
        case ScopeKind.ESTATE:
            return Building.estate_id == required.scope_id


def _write_roll(collection: ConsentCollection, tenures: list[Tenure]) -> None:
    several = _owners_of_several(tenures)
    for position, tenure in enumerate(tenures):
        unit = tenure.unit
        line = ConsentUnit(
            unit_id=unit.id,
            position=position,
            building=unit.stairwell.building.name,
            floor=unit.floor,
            door=unit.name,
        )
        _fill(line, tenure, several)
        collection.units.append(line)
    db.session.flush()


def _fill(line: ConsentUnit, tenure: Tenure, several: set[int]) -> None:
    only = tenure.shares[0].holder_id if len(tenure.shares) == 1 else None
    line.capacity, line.form, line.area_centi = tenure.capacity, tenure.form, tenure.unit.area_centi
    line.buyer = str(only) if only in several else ""
    take_holders(line, tenure)


def take_holders(line: ConsentUnit, tenure: Tenure) -> None:
    """Take over who holds the unit, with weights on one common denominator so that shares stay exact."""
    line.whole = math.lcm(*(share.whole for share in tenure.shares)) if tenure.form == HoldingForm.SHARES else 1
    line.holders = [
        ConsentHolder(holder=share.holder, weight=share.part * line.whole // share.whole if line.whole > 1 else 1)
        for share in tenure.shares
    ]


def _owners_of_several(tenures: list[Tenure]) -> set[int]:
    """Sole owners of more than one flat in scope: one head each (司法解释 §9)."""
    alone = [t.shares[0].holder_id for t in tenures if len(t.shares) == 1 and t.capacity == Capacity.OWNER]
    return {holder for holder in alone if alone.count(holder) > 1}


def _refresh(line: ConsentUnit) -> None:
    """Take one unit over from the register again."""
    tenures = _standing_tenures(line.collection.required)
    tenure = next((each for each in tenures if each.unit_id == line.unit_id), None)
    if tenure is None:
        return
    line.holders.clear()
    db.session.flush()
    _fill(line, tenure, _owners_of_several(tenures))
    db.session.flush()


def _mark_reconfirming(collection: ConsentCollection) -> None:
    """Mark the units that had answered an earlier version of this plan: their old answers count no more."""
    earlier = (
        select(ConsentUnit.unit_id)
        .join(ConsentUnit.collection)
        .where(
            ConsentCollection.proposal_id == collection.proposal_id,
            ConsentCollection.id != collection.id,
            ConsentUnit.turn > 0,
        )
    )
    answered = set(db.session.scalars(earlier))
    for line in collection.units:
        line.reconfirm = line.unit_id in answered


