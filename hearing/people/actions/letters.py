"""Letters 入户信: codes by which a household's members come in, drawn for printing and kept only as keyed digests."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping

from sqlalchemy import select, update

from hearing.clock import now
from hearing.db import db
from hearing.people import queries
from hearing.people.arriving import household_mac
from hearing.people.facts import LettersIssued
from hearing.people.models import HouseholdCode
from hearing.people.rules import COMMITTEE, HOUSEHOLD_CODES, Refusal, household_code
from hearing.people.viewer import Viewer
from hearing.places.models import Unit
from hearing.refusal import Refused


def draw_codes(unit_ids: Collection[int]) -> dict[int, str]:
    """A random code for each unit, good for nothing until it is issued."""
    return {unit_id: household_code(secrets.randbelow(HOUSEHOLD_CODES)) for unit_id in unit_ids}


def issue_codes(by: Viewer, unit_ids: Collection[int], codes: Mapping[int, str] | None = None) -> LettersIssued:
    """Let new codes open the door to these households, and their older ones no more.

    `codes` by unit when they have been printed already, so that a jam in the press voids nobody's letter; drawn here
    otherwise. The fact's `codes` is the only place that has them.
    Raises NO_UNITS, ONE_NEIGHBOURHOOD, and LookupError for a unit to which this office does not write.
    """
    units = queries.homes_by_id(by, unit_ids)
    if len(units) != len(set(unit_ids)):
        raise LookupError("a unit to which this office does not write")
    if not units:
        raise Refused(Refusal.NO_UNITS)
    neighbourhood, *others = {unit.stairwell.building.estate.neighbourhood for unit in units}
    if others:
        raise Refused(Refusal.ONE_NEIGHBOURHOOD)
    codes = codes or draw_codes([unit.id for unit in units])
    ids = sorted(codes)
    # Two clerks who print for the same stairwell take turns, and the later letters are the good ones.
    db.session.execute(select(Unit.id).where(Unit.id.in_(ids)).order_by(Unit.id).with_for_update())
    moment = now()
    db.session.execute(
        update(HouseholdCode)
        .where(HouseholdCode.unit_id.in_(ids), HouseholdCode.voided_at.is_(None))
        .values(voided_at=moment)
        .execution_options(synchronize_session=False)
    )
    db.session.add_all(
        HouseholdCode(unit_id=unit, code_mac=household_mac(codes[unit]), issued_by=by.id, issued_at=moment)
        for unit in ids
    )
    return LettersIssued(
        actor=by.acting_as(*sorted(COMMITTEE), neighbourhood_id=neighbourhood.id),
        scope=neighbourhood.slug,
        subject=f"letters/{neighbourhood.id}",
        matter=f"letters/{neighbourhood.id}",
        letter_count=len(ids),
        units=ids,
        codes=codes,
    )
