"""Locking 排队: whoever changes a collection holds its row, and the database's clock says whether it is still open."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select, update

from hearing.clock import database_now, now
from hearing.consents import rules
from hearing.consents.models import ConsentCollection, ConsentUnit
from hearing.db import db
from hearing.refusal import Refused


def hold(collection: ConsentCollection) -> ConsentCollection:
    """Lock the collection's row until the act is committed, and read it anew."""
    query = select(ConsentCollection).where(ConsentCollection.id == collection.id).with_for_update(of=ConsentCollection)
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def take_number(collection: ConsentCollection, unit: ConsentUnit) -> tuple[int, datetime]:
    """The number of the record about to be written, and the moment, by the database's clock.

    The deadline is tested in the very statement that takes the number and locks the row: who has a number is counted,
    and whoever closes waits for her. Raises what `rules.check_open` raises when it is too late.
    """
    closing = func.coalesce(unit.closes_at, ConsentCollection.closes_at) if unit.closes_at else ConsentCollection.closes_at
    taken = db.session.execute(
        update(ConsentCollection)
        .where(
            ConsentCollection.id == collection.id,
            ConsentCollection.state == rules.CollectionState.OPEN,
            closing > database_now(),
        )
        .values(next_record=ConsentCollection.next_record + 1)
        .returning(ConsentCollection.next_record)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    moment = now()
    if taken is None:
        fresh = hold(collection)
        rules.check_open(
            rules.CollectionState(fresh.state), closing=unit.closes_at or fresh.closes_at or moment, now=moment
        )
        raise Refused(rules.Refusal.COLLECTION_ELSEWHERE)
    return taken - 1, moment


def take_paper_number(collection: ConsentCollection) -> int:
    """The number of a record read from paper; slips received in time are entered in grace as well."""
    return db.session.execute(
        update(ConsentCollection)
        .where(ConsentCollection.id == collection.id)
        .values(next_record=ConsentCollection.next_record + 1)
        .returning(ConsentCollection.next_record)
        .execution_options(synchronize_session=False)
    ).scalar_one() - 1
