"""Setting up 开始前: the terms, the roll that its own members can correct, and the freeze that opens answering."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, func, or_, select

from hearing.clock import now
from hearing.consents import facts, queries, rules
from hearing.consents.actions.locking import hold, hold_whole, hold_with_case, move, resident, seat_of, staff
from hearing.consents.actions.telling import OPENED, ROLL_SHOWN, tell_all
from hearing.consents.models import ConsentCollection, ConsentHolder, ConsentUnit, RollCorrection
from hearing.db import db
from hearing.notices import actions as notices
from hearing.notices.rules import NoticeKind, PublicityPeriod, beijing_day
from hearing.people.models import Account
from hearing.people.rules import COMMITTEE
from hearing.people.viewer import Viewer
from hearing.places.models import Tenure, Unit
from hearing.places.rules import Capacity, HoldingForm
from hearing.printing import words
from hearing.proposals import actions as proposals
from hearing.proposals.models import Proposal, RequiredConsent
from hearing.proposals.rules import RequiredState, State
from hearing.refusal import Refused

_MAY_BEGIN = frozenset({State.PLAN_FIXED, State.CONSENT})


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
    custom: rules.CustomTerms | None = None
    """The lines of a rule of the committee's own, where the plan asks for one."""


def set_up(by: Viewer, required: RequiredConsent, terms: CollectionTerms) -> facts.CollectionSetUp:
    """Fix the terms of a collection on the plan version that is to be signed.

    Raises COLLECTION_ELSEWHERE when the consent is asked for already or no more, what `rules.may_open_roll` raises for
    the terms, LEGAL_NOTE_MISSING or LINE_UNFIT for a rule of its own, GRACE_OUT_OF_BOUNDS, PROVISIONAL_OUT_OF_BOUNDS,
    SCRUTINEER_MISSING, or NOT_YOUR_SEAT of people.
    """
    version = required.version
    proposal = version.proposal
    db.session.execute(select(Proposal.id).where(Proposal.id == proposal.id).with_for_update())
    _check_terms(by, required, terms)
    rounds = _rounds_so_far(required)
    moment = now()
    rule = _rule(required, terms, moment)
    collection = ConsentCollection(
        required=required,
        round_no=rounds + 1,
        proposal=proposal,
        version=version,
        neighbourhood=proposal.neighbourhood,
        state=rules.CollectionState.DRAFT,
        since=moment,
        preset=required.rule,
        rule_version=rule.version,
        rule_text=rule.text,
        rule_hash=rule.hash,
        answer_set=terms.answer_set,
        conflict_rule=terms.conflict_rule,
        roll_days=terms.roll_days,
        window_days=terms.window_days,
        grace_days=terms.grace_days,
        provisional_days=terms.provisional_days,
        mandate_cap=terms.mandate_cap,
        needs_manager_consent=required.needs_manager_consent,
        no_open_objection=required.no_open_objection or rule.no_open_objection,
        counter_id=by.id,
        scrutineer_id=terms.scrutineer.id,
    )
    db.session.add(collection)
    db.session.flush()
    return facts.CollectionSetUp(
        **staff(by, collection, COMMITTEE),
        rule_label=rule.label,
        preset=rule.preset,
        rule_version=rule.version,
        rule_hash=rule.hash,
        plan_hash=version.plan_hash,
        window_days=terms.window_days,
        grace_days=terms.grace_days,
        conflict_rule=terms.conflict_rule,
        mandate_cap=terms.mandate_cap,
    )


def _rule(required: RequiredConsent, terms: CollectionTerms, moment: datetime) -> rules.ThresholdRule:
    """The standing version of the preset, or the rule that the committee sets itself, dated today."""
    if required.rule is not rules.Preset.CUSTOM:
        return rules.RULES[required.rule]
    if terms.custom is None:
        raise Refused(rules.Refusal.LEGAL_NOTE_MISSING)
    return rules.custom_rule(terms.custom, set_on=beijing_day(moment))


def _check_terms(by: Viewer, required: RequiredConsent, terms: CollectionTerms) -> None:
    rules.may_open_roll(
        rules.Terms(
            plan_hash=required.version.plan_hash,
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
    rules.check_review_days(grace=terms.grace_days, provisional=terms.provisional_days)
    neighbourhood_id = required.version.proposal.neighbourhood_id
    if terms.scrutineer not in queries.scrutineers(by, neighbourhood_id):
        raise Refused(rules.Refusal.SCRUTINEER_MISSING)


def _rounds_so_far(required: RequiredConsent) -> int:
    """How many collections this consent has seen; a failed or void one may be followed by another."""
    proposal = required.version.proposal
    states = db.session.scalars(
        select(ConsentCollection.state).where(ConsentCollection.required_id == required.id)
    ).all()
    again = {rules.CollectionState.FAILED, rules.CollectionState.VOID}
    wanted = required.state in (RequiredState.WAITING, RequiredState.FAILED)
    if not wanted or required.version is not proposal.signed_plan or proposal.stands not in _MAY_BEGIN:
        raise Refused(rules.Refusal.COLLECTION_ELSEWHERE)
    if any(rules.CollectionState(state) not in again for state in states):
        raise Refused(rules.Refusal.COLLECTION_ELSEWHERE)
    return len(states)


def show_roll(by: Viewer, collection: ConsentCollection) -> facts.RollShown:
    """Build the roll from the register and show it to its own members.

    Raises COLLECTION_ELSEWHERE, ROLL_HOLDER_MISSING(n), what `rules.check_roll` raises, or NOT_YOUR_SEAT of people.
    """
    collection = hold_whole(collection)
    rules.check_move(collection.stands, rules.Move.OPEN_ROLL, role=seat_of(by, collection))
    _write_roll(collection)
    rules.check_roll(collection.roll(), collection.rule)
    collection.roll_opened_at = move(collection, rules.CollectionState.ROLL_OPEN)
    tell_all(collection, ROLL_SHOWN)
    return facts.RollShown(
        **staff(by, collection),
        units=len(collection.units),
        until=PublicityPeriod(collection.roll_opened_at, collection.roll_days).ends_at,
    )


def ask_correction(by: Viewer, unit: ConsentUnit, text: str) -> facts.CorrectionAsked:
    """A member of the household says what is wrong about it on the roll.

    Raises COLLECTION_ELSEWHERE once the roll is frozen.
    """
    collection = hold(unit.collection)
    if collection.stands is not rules.CollectionState.ROLL_OPEN:
        raise Refused(rules.Refusal.COLLECTION_ELSEWHERE)
    db.session.add(
        RollCorrection(collection_id=collection.id, consent_unit_id=unit.id, text=text, asked_by=by.id, asked_at=now())
    )
    return facts.CorrectionAsked(**resident(by, collection), households=(unit.unit_id,), unit=unit.ref, text=text)


def decide_correction(by: Viewer, correction: RollCorrection, *, accepted: bool, reply: str) -> facts.CorrectionDecided:
    """Answer a correction. An accepted one takes the unit over from the register again, where the office mended it.

    Raises COLLECTION_ELSEWHERE, COLLECTION_REASON_MISSING, or NOT_YOUR_SEAT of people.
    """
    collection = hold_whole(correction.unit.collection)
    rules.check_move(collection.stands, rules.Move.FREEZE_ROLL, role=seat_of(by, collection))
    db.session.refresh(correction)
    if correction.accepted is not None:
        raise Refused(rules.Refusal.COLLECTION_ELSEWHERE)
    if not reply.strip():
        raise Refused(rules.Refusal.COLLECTION_REASON_MISSING)
    correction.accepted, correction.reply = accepted, reply
    correction.decided_by, correction.decided_at = by.id, now()
    if accepted:
        _take_over(correction.unit)
        find_buyers(collection.units)
    return facts.CorrectionDecided(**staff(by, collection), accepted=accepted, unit=correction.unit.ref, reply=reply)


def freeze_roll(by: Viewer, collection: ConsentCollection) -> facts.RollFixed:
    """Freeze the roll and open answering until 24:00 of the last day of the window, with a notice on the board.

    Raises what `rules.may_freeze_roll` raises, COLLECTION_ELSEWHERE, PROPOSAL_ELSEWHERE or CONSENT_DECIDED of
    proposals, or NOT_YOUR_SEAT of people.
    """
    collection = hold_with_case(collection)
    rules.check_move(collection.stands, rules.Move.FREEZE_ROLL, role=seat_of(by, collection))
    undecided = select(func.count()).where(
        RollCorrection.collection_id == collection.id, RollCorrection.accepted.is_(None)
    )
    roll = collection.roll()
    assert collection.roll_opened_at is not None
    rules.may_freeze_roll(
        roll,
        collection.rule,
        publicity=PublicityPeriod(collection.roll_opened_at, collection.roll_days),
        corrections_undecided=db.session.scalars(undecided).one(),
        now=now(),
    )
    _mark_reconfirming(collection)
    opened = move(collection, rules.CollectionState.OPEN)
    collection.roll_hash = rules.roll_hash(roll)
    collection.opened_at = opened
    collection.closes_at = closes = rules.closes_at(opened, collection.window_days)
    proposals.consent_opened(by, collection.required)
    notice = notices.post_within(
        by,
        neighbourhood=collection.neighbourhood,
        matter=collection.proposal.matter,
        kind=NoticeKind.CONSENT,
        title=f"关于“{collection.proposal.title}”书面征询意愿的公告",
        body=(
            f"方案第{collection.version.number}版（编号{collection.version.hash8}）现向名册上的各户书面征询意愿。"
            "各户可以在手机上表态，也可以填纸质征询单，或者请居委会工作人员上门。截止前可以更改、撤回。"
        ),
        lines=(
            ("征询户数", f"{len(roll.heads)} 户"),
            ("通过规则", collection.rule.words % {"n": len(roll.heads)}),
            ("截止时间", words.deadline(closes)),
        ),
    )
    tell_all(collection, OPENED)
    return facts.RollFixed(
        **staff(by, collection),
        units=len(roll.units),
        area_centi=roll.area_centi,
        roll_hash=collection.roll_hash,
        plan_hash=collection.version.plan_hash,
        closes=closes,
        notice_hash=notice.digest,
    )


def _write_roll(collection: ConsentCollection) -> None:
    units = queries.units_within(collection.required)
    lessees_only = collection.rule.capacities == {Capacity.LESSEE}
    asked = [(unit, unit.tenures[0]) for unit in units if unit.tenures and unit.tenures[0].shares]
    # An empty room of public housing has no lessee who could be asked; every other unit without a holder is a gap in
    # the register, and leaving it out would make the denominator smaller.
    gaps = [unit for unit in units if not (unit.tenures and unit.tenures[0].shares)]
    if missing := sum(not (lessees_only and unit.vacant) for unit in gaps):
        raise Refused(rules.Refusal.ROLL_HOLDER_MISSING, n=missing)
    for position, (unit, tenure) in enumerate(asked):
        collection.units.append(_line(unit, tenure, position))
    find_buyers(collection.units)
    db.session.flush()


def _line(unit: Unit, tenure: Tenure, position: int) -> ConsentUnit:
    line = ConsentUnit(
        unit_id=unit.id,
        position=position,
        building=unit.stairwell.building.name,
        floor=unit.floor,
        door=unit.name,
    )
    take_over_tenure(line, tenure)
    return line


def take_over_tenure(
    line: ConsentUnit,
    tenure: Tenure,
    *,
    since: date | None = None,
    before: Mapping[int, date | None] | None = None,
) -> None:
    """Take over who holds the unit and how, with weights on one common denominator so that shares stay exact.

    `since` is the day of a change of hands while the unit is asked: who is not among those `before` holds it from then
    on. A holder who has died cannot answer, and nobody may answer for her: the unit waits for heirs, or for another
    lessee.
    """
    known = before or {}
    by_shares = tenure.form == HoldingForm.SHARES
    line.capacity, line.form, line.area_centi = tenure.capacity, tenure.form, tenure.unit.area_centi
    line.whole = math.lcm(*(share.whole for share in tenure.shares)) if by_shares else 1
    line.holders = [
        ConsentHolder(
            holder=share.holder,
            weight=share.part * line.whole // share.whole if by_shares else 1,
            since=known.get(share.holder_id, since),
            died_on=date.fromisoformat(share.holder.died_on) if share.holder.died_on else None,
        )
        for share in tenure.shares
    ]
    died = any(share.died_on for share in line.holders)
    line.blocked = rules.blocked_by_death(Capacity(line.capacity)) if died else None


def find_buyers(units: Collection[ConsentUnit]) -> None:
    """The same owners of more than one flat in scope are one head (司法解释 §9), a developer of unsold flats too (§8).

    A couple that holds two flats jointly is one buyer; who holds one flat alone and another with others is not.
    """
    owners = {
        unit: rules.buyer_key(unit.form, [(share.holder.id, share.weight) for share in unit.holders])
        for unit in units
        if unit.capacity == Capacity.OWNER and unit.holders
    }
    flats = Counter(owners.values())
    for unit in units:
        owner = owners.get(unit, "")
        unit.buyer = owner if flats[owner] > 1 else ""


def _take_over(line: ConsentUnit) -> None:
    """Take one unit over from the register again."""
    tenure = queries.standing_tenure(line.unit_id)
    if tenure is None:
        raise Refused(rules.Refusal.ROLL_HOLDER_MISSING, n=1)
    line.holders.clear()
    db.session.flush()
    take_over_tenure(line, tenure)
    db.session.flush()


def _mark_reconfirming(collection: ConsentCollection) -> None:
    """Mark the units that had answered this consent on an earlier version of the plan: those answers count no more.

    It is the same consent when it was asked for by the same template or within the same walls; one that goes on beside
    it, 小区 beside 本幢, is another one, and its answers go on counting.
    """
    required = collection.required
    earlier = (
        select(ConsentUnit.unit_id)
        .join(ConsentUnit.collection)
        .join(ConsentCollection.required)
        .where(
            ConsentCollection.proposal_id == collection.proposal_id,
            ConsentCollection.plan_version_id != collection.plan_version_id,
            RequiredConsent.plan_version_id != required.plan_version_id,
            or_(
                RequiredConsent.template == required.template,
                and_(RequiredConsent.scope_kind == required.scope_kind, RequiredConsent.scope_id == required.scope_id),
            ),
            ConsentUnit.turn > 0,
        )
    )
    answered = set(db.session.scalars(earlier))
    for line in collection.units:
        line.reconfirm = line.unit_id in answered
