"""Denying 这不是我签的: an act in a household's name is set aside at once and checked by two who had no hand in it."""

from __future__ import annotations

from hearing.audit import queries as trail
from hearing.audit.fact import Actor
from hearing.audit.queries import Told
from hearing.clock import now
from hearing.consents import rules as consents
from hearing.consents.actions.locking import ORDER
from hearing.db import db
from hearing.denials import facts, queries
from hearing.denials.models import Denial, DenialCheck
from hearing.denials.queries import CHECKERS, Line
from hearing.denials.rules import Sort
from hearing.meetings import actions as meetings
from hearing.meetings.models import Meeting
from hearing.notices import actions as notices
from hearing.notices.holidays import work_calendar
from hearing.notices.models import Objection
from hearing.people import outbox
from hearing.people import rules as people
from hearing.people.models import Account
from hearing.people.viewer import Viewer
from hearing.places.models import Unit
from hearing.proposals import actions as proposals
from hearing.proposals.models import Proposal
from hearing.refusal import N_, Refused

SETTLED = N_("您家提出不是自己办的那条记录核实好了，请登录查看：%(url)s")


def deny(by: Viewer, line: Line, reason: str = "") -> facts.ActDenied:
    """A member of the household says that it did not do this: it is set aside until two have checked it.

    Answers in a collection are denied in `consents.actions.dispute`. Raises COLLECTION_ELSEWHERE of consents for an
    act that cannot be denied, DISPUTED_ALREADY of consents, or what the act's own package says is too late.
    """
    if line.sort is None or line.sort is Sort.CONSENT:
        raise Refused(consents.Refusal.COLLECTION_ELSEWHERE)
    unit = db.session.get_one(Unit, min(line.units))
    place = unit.stairwell.building.estate.neighbourhood
    thing, moment = queries.denied(line.told), now()
    match thing:
        case Proposal():
            proposals.set_aside_within(thing)
        case Objection():
            notices.set_aside_within(thing)
        case Meeting():
            meetings.set_aside_within(thing, unit.id)
    denial = Denial(
        idx=line.told.index,
        unit_id=unit.id,
        neighbourhood_id=place.id,
        reason=reason,
        denied_by=by.id,
        denied_at=moment,
        due_at=consents.dispute_due(moment, work_calendar()),
    )
    db.session.add(denial)
    db.session.flush()
    return facts.ActDenied(
        actor=by.as_resident(),
        scope=place.slug,
        subject=denial.subject,
        matter=line.told.matter,
        households=(unit.id,),
        record=line.told.index,
        unit=unit.id,
        reason=reason,
    )


def check(by: Viewer, denial: Denial, told: Told, *, genuine: bool, finding: str) -> facts.DenialChecked:
    """A member of staff who had no hand in the act says what she found; two who agree decide.

    Raises COLLECTION_ELSEWHERE, COLLECTION_REASON_MISSING, CHECKER_COLLECTED_IT, CHECKED_BY_YOU_ALREADY of consents, or
    NOT_YOUR_SEAT of people.
    """
    db.session.refresh(denial, with_for_update={"of": Denial})
    if denial.settled_at is not None:
        raise Refused(consents.Refusal.COLLECTION_ELSEWHERE)
    if not finding.strip():
        raise Refused(consents.Refusal.COLLECTION_REASON_MISSING)
    held = by.seats_in(denial.neighbourhood_id)
    role = next((role for role in ORDER if role in held and role in CHECKERS), None)
    if role is None:
        raise Refused(people.Refusal.NOT_YOUR_SEAT)
    consents.may_check_signature(
        checker=str(by.id),
        role=role,
        collected_by=[*(str(hand) for hand in queries.hands_in(told)), str(denial.denied_by)],
        checked_by=[str(check.checked_by) for check in denial.checks],
    )
    denial.checks.append(DenialCheck(genuine=genuine, finding=finding, checked_by=by.id, checked_at=now()))
    found = consents.verdict({str(check.checked_by): check.genuine for check in denial.checks})
    if found is not consents.Verdict.AWAITED:
        denial.genuine, denial.settled_at = found is consents.Verdict.GENUINE, now()
        _settle(by, denial, told)
        outbox.tell(db.session, db.session.get_one(Account, denial.denied_by), SETTLED, path="/me/receipts")
    return facts.DenialChecked(
        actor=Actor(role=role.value, ref=by.account.ref),
        scope=denial.neighbourhood.slug,
        subject=denial.subject,
        matter=told.matter,
        households=(denial.unit_id,),
        record=denial.idx,
        verdict=found,
        unit=denial.unit_id,
        genuine=genuine,
        finding=finding,
    )


def entry_of(denial: Denial) -> Told:
    """The act that is denied."""
    told = trail.entry(db.session, denial.idx)
    assert told is not None
    return told


def _settle(by: Viewer, denial: Denial, told: Told) -> None:
    thing, genuine = queries.denied(told), bool(denial.genuine)
    match thing:
        case Proposal():
            proposals.settle_denied_within(thing, genuine=genuine)
        case Objection():
            notices.settle_denied_within(by, thing, genuine=genuine)
        case Meeting():
            meetings.settle_denied_within(thing, denial.unit_id, genuine=genuine)
