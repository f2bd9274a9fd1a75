"""Telling apart 两样: who answered on paper and on a phone, and not the same, is told where to see which counts."""

from __future__ import annotations

from sqlalchemy import select

from hearing.consents.actions.telling import RECORDED, tell_household
from hearing.consents.models import ConsentUnit
from hearing.db import db
from hearing.refusal import N_

DIFFERS = N_("您户在纸上和手机上的表态不一样，请登录看哪一份算数：%(url)s 不对的可以在截止前更改，或者打居委会电话。")


def tell_recorded(unit: ConsentUnit, *, but: str | None = None) -> None:
    """Write to the household that something was recorded; where paper and phone now differ, write that to every phone.

    `but` is the phone in the hand of whoever has just acted: she knows what she did, and not what the paper says.
    """
    tell_recorded_for(unit.id, unit.turn, unit.buyer, but=but)


def tell_recorded_for(consent_unit_id: int, turn: int, buyer: str, *, but: str | None = None) -> None:
    """The same by the columns of its line on the roll, `turn` being how many records it has now.

    One record alone cannot differ from another: most answers cost no further statement.
    """
    if (turn > 1 or buyer) and _differs(consent_unit_id):
        unit = db.session.get_one(ConsentUnit, consent_unit_id)
        tell_household(consent_unit_id, DIFFERS, f"/consents/{unit.collection_id}/mine")
    else:
        tell_household(consent_unit_id, RECORDED, "/me", but=but)


def _differs(consent_unit_id: int) -> bool:
    """Whether paper and screen say different things for the unit, or for another flat of the same buyer."""
    db.session.flush()
    unit = db.session.get_one(ConsentUnit, consent_unit_id, populate_existing=True)
    flats = [unit]
    if unit.buyer:
        same = ConsentUnit.collection_id == unit.collection_id, ConsentUnit.buyer == unit.buyer
        flats = list(db.session.scalars(select(ConsentUnit).where(*same).execution_options(populate_existing=True)))
    for flat in flats:
        db.session.expire(flat, ["records"])
    standings = unit.collection.standings(flats, [record for flat in flats for record in flat.records])
    return unit.ref in standings and standings[unit.ref].conflicting
