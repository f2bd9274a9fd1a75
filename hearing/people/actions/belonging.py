"""Belonging: coming into a household, and being recognised as one who holds it."""

from __future__ import annotations

import secrets

from sqlalchemy import select

from hearing.audit.fact import Actor
from hearing.audit.ledger import broken_promise
from hearing.clock import now
from hearing.db import db
from hearing.people import outbox, queries
from hearing.people.arriving import at_door
from hearing.people.facts import Joined, NotRecognised, Recognised
from hearing.people.models import Account, Arrival, Membership, MembershipRefusal
from hearing.people.rules import (
    COMMITTEE,
    CheckedHow,
    Papers,
    Refusal,
    Relation,
    may_recognise,
    recognised_by_phone,
    waits_for_office,
)
from hearing.people.viewer import Viewer
from hearing.places.models import Holder, Neighbourhood, Unit
from hearing.refusal import N_, Refused

NEW_MEMBER = N_("有一位新成员登记在您这一户。不是您的家人？请打居委会电话。%(url)s")
OFFICE_LOOKED = N_("居委会核对了您在本户的登记，结果请看 %(url)s")
NEW_HOLDER = N_("居委会核对了您这一户的一位户主。不是您或您的家人？请打 %(phone)s。")

broken_promise("uq_account_phone", Refusal.PHONE_TAKEN)


def new_ref() -> str:
    """A random pseudonym for a person, like p-4k2m9x7q0s: the trail knows her by it alone."""
    letters = "0123456789abcdefghjkmnpqrstvwxyz"
    return "p-" + "".join(secrets.choice(letters) for _ in range(10))


def join(token: str | None, relation: Relation, name: str) -> Joined:
    """Somebody whose phone and letter are proven says who she is and belongs to the household.

    `token`: the arrival's. She holds the unit at once when the register's phone is hers; otherwise the office looks.
    Joining again corrects what she said. Raises SESSION_OVER, HOUSEHOLD_CODE_UNKNOWN or ACCOUNT_CLOSED.
    """
    arrival = at_door(token, lock=True)
    if arrival is None or arrival.proven_at is None:
        raise Refused(Refusal.SESSION_OVER)
    if arrival.unit_id is None:
        raise Refused(Refusal.HOUSEHOLD_CODE_UNKNOWN)
    unit = db.session.get_one(Unit, arrival.unit_id)
    register = queries.register_of(unit.id)
    account = _account_of(arrival)
    said = account.name if account is not None else name
    holders, capacity = (register.holders, register.capacity) if register else ([], "")
    holder = recognised_by_phone(relation, capacity, arrival.phone, said, holders)
    if account is None:
        known = next((person.name for person in holders if person.id == holder), name)
        account = Account(ref=new_ref(), name=known, phone=arrival.phone)
        db.session.add(account)
    others = queries.members_of(unit.id)
    membership = _membership(account, unit, relation, holder)
    arrival.closed = True
    db.session.flush()
    for other in others:
        if other.id != account.id:
            outbox.tell(db.session, other, NEW_MEMBER)
    return Joined(
        actor=Actor(role="resident", ref=account.ref),
        scope=_neighbourhood(unit).slug,
        subject=f"membership/{membership.id}",
        matter=f"membership/{membership.id}",
        households=(unit.id,),
        door=queries.door_of(unit),
        unit=unit.id,
        relation=relation.value,
        checked_how=membership.checked_how,
    )


def _account_of(arrival: Arrival) -> Account | None:
    """The account that joins, locked so that it joins one household after the other."""
    whose = Account.id == arrival.account_id if arrival.account_id is not None else Account.phone == arrival.phone
    account = db.session.scalars(select(Account).where(whose).with_for_update()).one_or_none()
    if account is not None and account.disabled_at is not None:
        raise Refused(Refusal.ACCOUNT_CLOSED)
    return account


def _membership(account: Account, unit: Unit, relation: Relation, holder: int | None) -> Membership:
    moment = now()
    found = select(Membership).where(Membership.account_id == account.id, Membership.unit_id == unit.id)
    membership = db.session.scalars(found).one_or_none() if account.id else None
    if membership is None:
        membership = Membership(account=account, unit=unit, joined_at=moment, checked_how="")
        db.session.add(membership)
    elif membership.left_at is not None:
        membership.left_at, membership.joined_at = None, moment
        membership.holder_id, membership.checked_how = None, ""
    membership.relation = relation
    if holder is not None:
        membership.holder_id, membership.checked_how = holder, CheckedHow.PHONE
    elif not waits_for_office(relation, holder):
        membership.holder_id, membership.checked_how = None, ""
    return membership


def recognise(by: Viewer, membership: Membership, holder_id: int, papers: Papers) -> Recognised:
    """A clerk has seen papers: the member is this person of the register, and may answer in her name from now on.

    Raises OWN_MEMBERSHIP, MEMBERSHIP_DECIDED or HOLDER_ELSEWHERE.
    """
    membership = _locked(membership)
    register = queries.register_of(membership.unit_id)
    living = {person.id: person for person in register.holders if not person.died} if register else {}
    may_recognise(
        own=membership.account_id == by.id,
        decided=membership.holder_id is not None or membership.left_at is not None,
        on_register=holder_id in living,
    )
    neighbourhood = _neighbourhood(membership.unit)
    actor = by.acting_as(*sorted(COMMITTEE), neighbourhood_id=neighbourhood.id)
    membership.holder_id, membership.checked_how = holder_id, CheckedHow.OFFICE
    _tell_household(membership, db.session.get_one(Holder, holder_id), neighbourhood)
    return Recognised(
        actor=actor,
        scope=neighbourhood.slug,
        subject=f"membership/{membership.id}",
        matter=f"membership/{membership.id}",
        door=queries.door_of(membership.unit),
        holder=holder_id,
        papers=papers.value,
    )


def decline(by: Viewer, membership: Membership, reason: str) -> NotRecognised:
    """A clerk has looked and cannot link the member to the register; she stays a member who cannot answer.

    Raises OWN_MEMBERSHIP or MEMBERSHIP_DECIDED.
    """
    membership = _locked(membership)
    may_recognise(
        own=membership.account_id == by.id,
        decided=membership.holder_id is not None or membership.left_at is not None,
        on_register=True,
    )
    neighbourhood = _neighbourhood(membership.unit)
    actor = by.acting_as(*sorted(COMMITTEE), neighbourhood_id=neighbourhood.id)
    db.session.add(MembershipRefusal(membership_id=membership.id, refused_by=by.id, refused_at=now(), reason=reason))
    outbox.tell(db.session, membership.account, OFFICE_LOOKED)
    return NotRecognised(
        actor=actor,
        scope=neighbourhood.slug,
        subject=f"membership/{membership.id}",
        matter=f"membership/{membership.id}",
        door=queries.door_of(membership.unit),
        reason=reason,
    )


def _locked(membership: Membership) -> Membership:
    query = select(Membership).where(Membership.id == membership.id).with_for_update(of=Membership)
    return db.session.scalars(query, execution_options={"populate_existing": True}).one()


def _tell_household(membership: Membership, holder: Holder, neighbourhood: Neighbourhood) -> None:
    """The member learns the result; the rest of the household and the register's own phone learn that there is one."""
    outbox.tell(db.session, membership.account, OFFICE_LOOKED)
    told = {membership.account.phone}
    for other in queries.members_of(membership.unit_id):
        if other.phone not in told:
            outbox.tell(db.session, other, NEW_HOLDER, phone=neighbourhood.phone)
            told.add(other.phone)
    if holder.phone and holder.phone not in told:
        text = outbox.worded("zh", NEW_HOLDER, phone=neighbourhood.phone)
        outbox.write(db.session, outbox.SMS, holder.phone, text)


def _neighbourhood(unit: Unit) -> Neighbourhood:
    return unit.stairwell.building.estate.neighbourhood
