"""Mandating 委托: a holder gives, an agent accepts, the agent says what was written; on a phone or on paper."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from hearing.clock import now
from hearing.consents import facts, rules, speaking
from hearing.consents.actions.answering import Seen, Signature, answered, check_seen, mark_invalid, write_record
from hearing.consents.actions.locking import closing_of, hold_unit, resident, seat_of, staff, take_number
from hearing.consents.actions.telling import RECORDED, tell_unit
from hearing.consents.actions.telling_apart import tell_recorded
from hearing.consents.models import (
    ConsentUnit,
    Mandate,
    MandateEvent,
    MandateHand,
    MandatePrincipal,
)
from hearing.consents.queries import MANDATE_PAPER, SIGNATURE, WATCHERS, Slip
from hearing.db import db
from hearing.files import actions as files
from hearing.files.models import Evidence
from hearing.notices.rules import beijing_day
from hearing.people import outbox
from hearing.people.queries import accounts_of_person
from hearing.people.rules import FIELD_STAFF
from hearing.people.viewer import Viewer
from hearing.places.models import Holder
from hearing.refusal import N_, Refused
from hearing.web.pictures import Safe

OFFERED = N_("有人委托您代为表态，请登录查看，接受或者谢绝：%(url)s")
ENDED = N_("您代为表态的一份委托已经终止，请登录查看：%(url)s")


@dataclass(frozen=True, kw_only=True)
class MandateTerms:
    """What a mandate says: to whom, what to answer, until when. `instruction` None is a mandate that says nothing."""

    agent_name: str
    agent_phone: str
    instruction: rules.Answer | None
    valid_until: date


@dataclass(frozen=True, kw_only=True)
class PaperMandate:
    """What stands on a paper mandate: who signed, on which plan (its eight digits), when, and whether the agent did."""

    holder_ids: tuple[int, ...]
    plan_hash8: str
    signed_on: date
    accepted: bool
    photo: Safe


def give_mandate(
    by: Viewer, slip: Slip, terms: MandateTerms, signature: Signature | None, *, seen: Seen
) -> facts.MandateGiven:
    """Give a mandate on one's own phone, signed like an answer; the agent is told and has to accept.

    Raises what `rules.check_open` and `rules.may_give_mandate` raise, ANSWERED_MEANWHILE or SIGNATURE_MISSING.
    """
    unit = _open_unit(slip.unit)
    if seen.plan_hash != unit.collection.version.plan_hash:
        raise Refused(rules.Refusal.PLAN_CHANGED)
    check_seen(unit, seen)
    if signature is None:
        raise Refused(rules.Refusal.SIGNATURE_MISSING)
    _check_terms(unit, (slip.holder_id,), terms, unit.collection.version.plan_hash, beijing_day(now()))
    kept = _keep(by, unit, signature.picture, SIGNATURE)
    mandate = _write(by, unit, (slip.holder_id,), terms, rules.Method.PHONE, kept, beijing_day(now()))
    mandate.strokes = signature.strokes
    db.session.flush()
    tell_unit(unit, RECORDED, "/me", but=by.account.phone)
    _tell_agent(mandate, OFFERED)
    return facts.MandateGiven(**resident(by, unit.collection), households=(unit.unit_id,), **_told(mandate))


def enter_mandate(by: Viewer, unit: ConsentUnit, terms: MandateTerms, paper: PaperMandate) -> facts.MandateEntered:
    """Enter a mandate that was written on paper, with its photo; it stands once a second member of staff has checked.

    Raises what `rules.check_open` and `rules.may_give_mandate` raise, MANDATE_OTHER_PLAN when the paper names another
    plan, SLIP_SIGNER_MISSING, SLIP_DATED_AHEAD, SLIP_BEFORE_HOLDING, MANDATE_ENDED for a date after a signer's death,
    or NOT_YOUR_SEAT of people.
    """
    unit = _open_unit(unit)
    about = staff(by, unit.collection, FIELD_STAFF)
    today = beijing_day(now())
    if not paper.holder_ids:
        raise Refused(rules.Refusal.SLIP_SIGNER_MISSING)
    if paper.plan_hash8.lower() != unit.collection.version.hash8:
        raise Refused(rules.Refusal.MANDATE_OTHER_PLAN)
    if paper.signed_on > today:
        raise Refused(rules.Refusal.SLIP_DATED_AHEAD)
    _check_terms(unit, paper.holder_ids, terms, unit.collection.version.plan_hash, paper.signed_on)
    if not rules.check_signature_day(unit.held_when(), [str(each) for each in paper.holder_ids], paper.signed_on):
        raise Refused(rules.Refusal.MANDATE_ENDED)
    kept = _keep(by, unit, paper.photo, MANDATE_PAPER)
    mandate = _write(by, unit, paper.holder_ids, terms, rules.Method.PAPER, kept, paper.signed_on)
    mandate.hands.append(MandateHand(account_id=by.id, done_at=now()))
    if paper.accepted:
        _happened(by, mandate, rules.MandateStep.ACCEPTED, paper.signed_on)
    db.session.flush()
    return facts.MandateEntered(**about, **_told(mandate))


def check_mandate(by: Viewer, mandate: Mandate) -> facts.MandateChecked:
    """A second member of staff says that a paper mandate says what was entered; both sides are told.

    Raises ENTRY_SAME_PERSON, ENTRY_OTHER_ACCOUNT, MANDATE_DONE, MANDATE_CAP_REACHED(cap), what `rules.check_open`
    raises, or NOT_YOUR_SEAT of people.
    """
    mandate = _held(mandate, still_open=True)
    unit, hands = mandate.unit, {hand.account_id for hand in mandate.hands}
    rules.may_check_paper_mandate(
        mandate.as_rule(),
        role=seat_of(by, unit.collection, WATCHERS),
        person=str(by.id),
        hands=[str(account) for account in hands],
    )
    if hands & accounts_of_person(by.account):
        raise Refused(rules.Refusal.ENTRY_OTHER_ACCOUNT)
    rules.check_cap(mandate.as_rule(), agent_units=_agent_units(mandate), cap=unit.collection.mandate_cap)
    mandate.hands.append(MandateHand(account_id=by.id, done_at=now()))
    db.session.flush()
    tell_unit(unit, RECORDED, "/me")
    _tell_agent(mandate, OFFERED)
    return facts.MandateChecked(**staff(by, unit.collection, WATCHERS), mandate=mandate.id, unit=unit.ref)


def accept_mandate(by: Viewer, mandate: Mandate, *, accepts: bool) -> facts.MandateAnswered:
    """The agent accepts, or declines, signed in with the phone that the mandate names.

    The collection's row is held, so that of two mandates accepted at once the one beyond the cap finds it reached.
    Raises what `rules.may_accept_mandate` or `rules.may_decline_mandate` raises, or what `rules.check_open` raises.
    """
    mandate = _held(mandate, still_open=True)
    unit, today, phone = mandate.unit, beijing_day(now()), by.account.phone or ""
    if accepts:
        cap = unit.collection.mandate_cap
        rules.may_accept_mandate(
            mandate.as_rule(), agent=phone, agent_units=_agent_units(mandate), cap=cap, today=today
        )
    else:
        rules.may_decline_mandate(mandate.as_rule(), agent=phone, today=today)
    step = rules.MandateStep.ACCEPTED if accepts else rules.MandateStep.DECLINED
    _happened(by, mandate, step, today)
    tell_unit(unit, RECORDED, "/me")
    return facts.MandateAnswered(
        **resident(by, unit.collection),
        mandate=mandate.id,
        unit=unit.ref,
        accepted=accepts,
        answer_label=ACCEPTED if accepts else DECLINED,
    )


ACCEPTED, DECLINED = N_("接受"), N_("谢绝")


def revoke_mandate(by: Viewer, mandate: Mandate, reason: str = "") -> facts.MandateEnded:
    """One of those who gave it takes it back; what the agent said before stands until she changes it herself.

    Raises MANDATE_NOT_YOURS or MANDATE_DONE.
    """
    mandate = _held(mandate)
    today = beijing_day(now())
    mine = next((p.holder_id for p in mandate.principals if p.holder_id in by.holder_ids), 0)
    rules.may_revoke_mandate(mandate.as_rule(), person=str(mine), today=today)
    _happened(by, mandate, rules.MandateStep.REVOKED, today, reason=reason)
    _tell_agent(mandate, ENDED)
    return facts.MandateEnded(
        **resident(by, mandate.collection),
        households=(mandate.unit.unit_id,),
        **_ended(mandate, rules.MandateStep.REVOKED, today, reason),
    )


def register_agents_death(by: Viewer, mandate: Mandate, died_on: date, reason: str, paper: Safe) -> facts.MandateEnded:
    """The agent has died: the mandate ends, and what is dated after that day counts no more.

    Raises MANDATE_DONE (by the database), EVENT_AHEAD, COLLECTION_REASON_MISSING, NO_DIAGNOSIS, or NOT_YOUR_SEAT of
    people.
    """
    mandate = _held(mandate)
    about = staff(by, mandate.collection)
    rules.check_happening(None, reason=reason, happened_on=died_on, has_paper=True, today=beijing_day(now()))
    kept = _keep(by, mandate.unit, paper, MANDATE_PAPER)
    _end(by, mandate, rules.MandateStep.AGENT_DIED, died_on, reason, kept)
    tell_unit(mandate.unit, RECORDED, "/me")
    return facts.MandateEnded(**about, **_ended(mandate, rules.MandateStep.AGENT_DIED, died_on, reason))


def answer_by_mandate(by: Viewer, mandate: Mandate, signature: Signature | None, *, seen: Seen) -> facts.Answered:
    """The agent answers on her own phone what the principal wrote; the record says by which mandate.

    Raises what `rules.check_open` and `rules.may_use_mandate` raise, MANDATE_NOT_YOURS, PLAN_CHANGED,
    ANSWERED_MEANWHILE or SIGNATURE_MISSING.
    """
    mandate = _held(mandate, still_open=True)
    if mandate.agent_phone != by.account.phone:
        raise Refused(rules.Refusal.MANDATE_NOT_YOURS)
    unit = mandate.unit
    if seen.plan_hash != unit.collection.version.plan_hash:
        raise Refused(rules.Refusal.PLAN_CHANGED)
    check_seen(unit, seen)
    said = rules.Answer(mandate.instruction)
    check_use(unit, mandate, said, beijing_day(now()))
    if signature is None:
        raise Refused(rules.Refusal.SIGNATURE_MISSING)
    record = write_record(
        unit,
        take_number(unit),
        answer=said,
        holders=[principal.holder_id for principal in mandate.principals],
        method=rules.Method.MANDATE_PHONE,
        identity="session",
        received_at=now(),
        evidence=_keep(by, unit, signature.picture, SIGNATURE),
        signature=signature,
        signed_by=by.id,
        mandate=mandate,
    )
    tell_recorded(unit, but=by.account.phone)
    return answered(record, by.as_resident())


def check_use(unit: ConsentUnit, mandate: Mandate, said: rules.Answer | None, signed_on: date) -> None:
    """Whether an agent may say this for a unit that the caller holds. Raises what `rules.may_use_mandate` raises."""
    rules.may_use_mandate(
        mandate.as_rule(),
        said,
        unit=unit.as_rule(),
        plan_hash=unit.collection.version.plan_hash,
        signed_on=signed_on,
        spoke=_spoke_since(unit, mandate),
    )


def end_mandates(
    by: Viewer, unit: ConsentUnit, step: rules.MandateStep, on: date, holder: Holder | None = None
) -> None:
    """End the mandates that a death or a change of hands ends, inside that act.

    Of a holder who died: those that she gave, and those in this collection that she holds as agent.
    """
    found = speaking.of_units([unit.id])
    if holder is not None:
        found = [each for each in found if any(p.holder_id == holder.id for p in each.principals)]
    for mandate in found:
        if mandate.stands(on) in rules.UNDER_WAY:
            _end(by, mandate, step, on, "", None)
            _tell_agent(mandate, ENDED)
    if holder is not None and holder.phone:
        for mandate in speaking.accepted_by(holder.phone, unit.collection_id):
            if mandate.stands(on) in rules.UNDER_WAY:
                _end(by, mandate, rules.MandateStep.AGENT_DIED, on, "", None)
                tell_unit(mandate.unit, RECORDED, "/me")


def _end(by: Viewer, mandate: Mandate, step: rules.MandateStep, on: date, reason: str, paper: Evidence | None) -> None:
    """Write down the end, and set aside what the agent signed after it."""
    _happened(by, mandate, step, on, reason=reason, paper=paper)
    for record in mandate.unit.records:
        if record.mandate_id == mandate.id and record.signed_on > on:
            mark_invalid(by, record, rules.Invalid.MANDATE_ENDED, reason)


def _open_unit(unit: ConsentUnit) -> ConsentUnit:
    unit = hold_unit(unit)
    rules.check_open(unit.collection.stands, closing=closing_of(unit), now=now())
    return unit


def _held(mandate: Mandate, *, still_open: bool = False) -> Mandate:
    """The mandate as it stands under its collection's lock."""
    unit = _open_unit(mandate.unit) if still_open else hold_unit(mandate.unit)
    found = speaking.mandate(mandate.id, fresh=True)
    assert found is not None
    assert found.unit is unit
    return found


def _check_terms(
    unit: ConsentUnit, holder_ids: Collection[int], terms: MandateTerms, plan_hash: str, valid_from: date
) -> None:
    holders = tuple(str(holder) for holder in sorted(holder_ids))
    today = beijing_day(now())
    bound = {
        str(principal.holder_id)
        for each in speaking.of_units([unit.id])
        if each.stands(today) in rules.UNDER_WAY
        for principal in each.principals
    }
    received = speaking.accepted_by(terms.agent_phone, unit.collection_id)
    agent = rules.Agent(
        key=terms.agent_phone,
        holder=next((str(share.holder_id) for share in unit.holders if share.holder.phone == terms.agent_phone), ""),
        seats=speaking.seats_of(terms.agent_phone, unit.collection.neighbourhood_id),
    )
    rules.may_give_mandate(
        unit.as_rule(),
        rules.Mandate(
            unit.ref, holders, terms.agent_phone, plan_hash, terms.instruction, valid_from, terms.valid_until
        ),
        agent=agent,
        offered=rules.AnswerSet(unit.collection.answer_set),
        plan_hash=unit.collection.version.plan_hash,
        bound=bound,
        agent_units=speaking.units_spoken_for(received, today),
        cap=unit.collection.mandate_cap,
        today=today,
    )


def _write(
    by: Viewer,
    unit: ConsentUnit,
    holder_ids: Collection[int],
    terms: MandateTerms,
    method: rules.Method,
    signature: Evidence,
    valid_from: date,
) -> Mandate:
    assert terms.instruction is not None
    mandate = Mandate(
        collection=unit.collection,
        unit=unit,
        agent_name=terms.agent_name,
        agent_phone=terms.agent_phone,
        instruction=terms.instruction,
        plan_hash=unit.collection.version.plan_hash,
        valid_from=valid_from,
        valid_until=terms.valid_until,
        method=method,
        signature=signature,
        given_by=by.id,
        given_at=now(),
        principals=[MandatePrincipal(holder_id=holder) for holder in sorted(holder_ids)],
    )
    db.session.add(mandate)
    return mandate


def _happened(
    by: Viewer,
    mandate: Mandate,
    step: rules.MandateStep,
    on: date,
    *,
    reason: str = "",
    paper: Evidence | None = None,
) -> None:
    mandate.events.append(
        MandateEvent(
            kind=step,
            happened_on=on,
            reason=reason,
            evidence_id=paper.id if paper else None,
            entered_by=by.id,
            entered_at=now(),
        )
    )
    db.session.flush()


def _agent_units(mandate: Mandate) -> list[str]:
    """The other units for which the same agent may speak or has spoken."""
    others = speaking.accepted_by(mandate.agent_phone, mandate.collection_id)
    return speaking.units_spoken_for((each for each in others if each.id != mandate.id), beijing_day(now()))


def _spoke_since(unit: ConsentUnit, mandate: Mandate) -> list[str]:
    """The holders who have answered themselves since they gave the mandate, where that counts now."""
    standing = unit.collection.standings([unit], unit.records)[unit.ref]
    own = {r.number for r in unit.records if r.mandate_id is None and r.received_at > mandate.given_at}
    return [
        holder
        for record in standing.counted
        if record.number in own and record.answer is not None
        for holder in record.holders
    ]


def _keep(by: Viewer, unit: ConsentUnit, picture: Safe, kind: str) -> Evidence:
    collection = unit.collection
    return files.store(
        by, picture.data, picture.media_type, kind, collection.proposal.matter, collection.neighbourhood_id
    )


def _tell_agent(mandate: Mandate, sentence: str) -> None:
    url = outbox.address(f"/consents/mandates/{mandate.id}")
    outbox.write(db.session, outbox.SMS, mandate.agent_phone, outbox.worded("zh", sentence, url=url))


def _told(mandate: Mandate) -> dict[str, Any]:
    collection = mandate.collection
    return {
        "mandate": mandate.id,
        "unit": mandate.unit.ref,
        "plan_hash": mandate.plan_hash,
        "on_paper": mandate.is_on_paper,
        "agent": mandate.agent_name,
        "title": collection.proposal.title,
        "version": collection.version.number,
        "holders": tuple(str(principal.holder_id) for principal in mandate.principals),
        "answer": mandate.instruction,
        "answer_label": mandate.words,
        "valid_until": mandate.valid_until.isoformat(),
    }


def _ended(mandate: Mandate, step: rules.MandateStep, on: date, reason: str) -> dict[str, Any]:
    return {
        "mandate": mandate.id,
        "unit": mandate.unit.ref,
        "because": step,
        "happened_on": on.isoformat(),
        "reason": reason,
    }
