"""Locking 排队: whoever changes a collection holds its row, and the database's clock says whether it is still open.

The order is always the same, so that nobody waits in a ring: the case's row, the collection's row, the trail's head.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from hearing.audit.fact import Actor
from hearing.clock import database_now, now
from hearing.consents import queries, rules
from hearing.consents.models import ConsentCollection, ConsentHolder, ConsentUnit
from hearing.db import db
from hearing.people import rules as people
from hearing.people.rules import COMMITTEE, FIELD_STAFF, Role
from hearing.people.viewer import Viewer
from hearing.proposals.models import Proposal
from hearing.refusal import Refused

ORDER = (Role.COMMITTEE_CLERK, Role.COMMITTEE_DIRECTOR, *sorted(FIELD_STAFF - COMMITTEE), Role.SCRUTINEER)
"""From which seat a person acts who holds several."""


def hold(collection: ConsentCollection) -> ConsentCollection:
    """Lock the collection's row until the act is committed, and read it anew."""
    query = select(ConsentCollection).where(ConsentCollection.id == collection.id).with_for_update(of=ConsentCollection)
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def hold_whole(collection: ConsentCollection) -> ConsentCollection:
    """The same, with roll and records as they stand under the lock."""
    hold(collection)
    return queries.whole(collection.id, fresh=True)


def hold_head(collection: ConsentCollection) -> ConsentCollection:
    """The same with what every page says of it, and without its roll: an estate's is counted by its ballot."""
    hold(collection)
    return queries.head(collection.id, fresh=True)


def hold_with_case(collection: ConsentCollection) -> ConsentCollection:
    """The same for an act that also moves the case, whose row is locked first."""
    db.session.execute(select(Proposal.id).where(Proposal.id == collection.proposal_id).with_for_update())
    return hold_head(collection)


def hold_unit(unit: ConsentUnit) -> ConsentUnit:
    """Lock the unit's collection; read the unit, and who answers for it, anew."""
    hold(unit.collection)
    query = (
        select(ConsentUnit)
        .where(ConsentUnit.id == unit.id)
        .options(joinedload(ConsentUnit.holders).joinedload(ConsentHolder.holder))
    )
    return db.session.scalars(query.execution_options(populate_existing=True)).unique().one()


def take_number(unit: ConsentUnit) -> int:
    """The number of the record that is about to be written for a unit whose collection the caller holds.

    The deadline is tested in the very statement that takes the number: who has a number is counted, and whoever closes
    waits for her. Raises what `rules.check_open` raises when it is too late.
    """
    collection, closing = unit.collection, closing_of(unit)
    taken = db.session.execute(
        update(ConsentCollection)
        .where(
            ConsentCollection.id == collection.id,
            ConsentCollection.state == rules.CollectionState.OPEN,
            database_now() < closing,
        )
        .values(next_record=ConsentCollection.next_record + 1)
        .returning(ConsentCollection.next_record)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if taken is None:
        rules.check_open(collection.stands, closing=closing, now=closing)
        raise Refused(rules.Refusal.COLLECTION_ELSEWHERE)
    return taken - 1


def take_paper_number(collection: ConsentCollection) -> int:
    """The number of a record read from paper: slips received in time are entered in grace as well."""
    taken = db.session.execute(
        update(ConsentCollection)
        .where(ConsentCollection.id == collection.id)
        .values(next_record=ConsentCollection.next_record + 1)
        .returning(ConsentCollection.next_record)
        .execution_options(synchronize_session=False)
    )
    return taken.scalar_one() - 1


def closing_of(unit: ConsentUnit) -> datetime:
    """Until when this unit may answer: its own close, or its collection's. Raises NOT_YET_OPEN."""
    closing = unit.closes_at or unit.collection.closes_at
    if closing is None:
        raise Refused(rules.Refusal.NOT_YET_OPEN)
    return closing


def move(collection: ConsentCollection, state: rules.CollectionState) -> datetime:
    """Bring a held collection into a state, since now."""
    collection.state, collection.since = state, now()
    return collection.since


def seat_of(by: Viewer, collection: ConsentCollection, allowed: frozenset[Role] = FIELD_STAFF) -> Role:
    """The seat from which a member of staff acts there. Raises NOT_YOUR_SEAT of people."""
    held = by.seats_in(collection.neighbourhood_id)
    role = next((role for role in ORDER if role in held and role in allowed), None)
    if role is None:
        raise Refused(people.Refusal.NOT_YOUR_SEAT)
    return role


def frame(collection: ConsentCollection, actor: Actor) -> dict[str, Any]:
    """The parts that every fact of a collection shares."""
    return {
        "actor": actor,
        "scope": collection.neighbourhood.slug,
        "subject": collection.subject,
        "matter": collection.proposal.matter,
    }


def staff(by: Viewer, collection: ConsentCollection, allowed: frozenset[Role] = FIELD_STAFF) -> dict[str, Any]:
    """These parts for an act of staff. Raises NOT_YOUR_SEAT of people."""
    return frame(collection, Actor(role=seat_of(by, collection, allowed), ref=by.account.ref))


def resident(by: Viewer, collection: ConsentCollection) -> dict[str, Any]:
    """These parts for an act of a household."""
    return frame(collection, by.as_resident())
