"""Speaking 代言: who may say something in a holder's name, read from mandates and guardianships."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from hearing.consents import rules
from hearing.consents.models import (
    ConsentCollection,
    ConsentHolder,
    ConsentRecord,
    ConsentUnit,
    Guardianship,
    Mandate,
    MandatePrincipal,
)
from hearing.db import db
from hearing.people.models import Account, Seat
from hearing.people.rules import Role
from hearing.people.viewer import Anyone, Viewer

# ---- guardians


def _last_words() -> Select[int]:
    """The newest guardianship row of every holder: it counts, and one without a relation ends what was before."""
    return select(func.max(Guardianship.id)).group_by(Guardianship.holder_id)


def guardianships(holder_ids: Collection[int]) -> dict[int, Guardianship]:
    """The standing guardianship of each of these holders who has one."""
    query = select(Guardianship).where(
        Guardianship.id.in_(_last_words()), Guardianship.holder_id.in_(holder_ids), Guardianship.relation.is_not(None)
    )
    return {found.holder_id: found for found in db.session.scalars(query)} if holder_ids else {}


def wards(viewer: Anyone) -> frozenset[int]:
    """The holders in whose name the viewer answers as their guardian, known by her proven phone."""
    if not isinstance(viewer, Viewer) or not viewer.account.phone:
        return frozenset()
    query = select(Guardianship.holder_id).where(
        Guardianship.id.in_(_last_words()),
        Guardianship.guardian_phone == viewer.account.phone,
        Guardianship.relation.is_not(None),
    )
    return frozenset(db.session.scalars(query))


# ---- mandates


def _mandates() -> Select[Mandate]:
    return select(Mandate).options(
        joinedload(Mandate.principals),
        selectinload(Mandate.events),
        selectinload(Mandate.hands),
        joinedload(Mandate.unit).joinedload(ConsentUnit.holders).joinedload(ConsentHolder.holder),
        joinedload(Mandate.collection).options(
            joinedload(ConsentCollection.proposal),
            joinedload(ConsentCollection.version),
            joinedload(ConsentCollection.neighbourhood),
        ),
    )


def mandate(mandate_id: int, *, fresh: bool = False) -> Mandate | None:
    """A mandate with its two sides and all that became of it; `fresh` reads it anew under a lock."""
    query = _mandates().where(Mandate.id == mandate_id).execution_options(populate_existing=fresh)
    return db.session.scalars(query).unique().one_or_none()


def by_paper(evidence_id: int) -> Mandate | None:
    """The mandate that was signed on this paper, or drawn in this picture."""
    query = _mandates().where(Mandate.signature_id == evidence_id)
    return db.session.scalars(query).unique().first()


def is_agent(viewer: Anyone, found: Mandate) -> bool:
    """Whether the viewer is the one to whom it was given: the phone that she has proven is the one in it."""
    return isinstance(viewer, Viewer) and bool(viewer.account.phone) and viewer.account.phone == found.agent_phone


def is_principal(viewer: Anyone, found: Mandate) -> bool:
    """Whether the viewer is one of those who gave it."""
    return any(principal.holder_id in viewer.holder_ids for principal in found.principals)


def mine(viewer: Viewer) -> tuple[list[Mandate], list[Mandate]]:
    """The mandates that the viewer has given, and those that were given to her; the newest first, fifty at most."""
    given = _mandates().where(
        Mandate.id.in_(select(MandatePrincipal.mandate_id).where(MandatePrincipal.holder_id.in_(viewer.holder_ids)))
    )
    received = _mandates().where(Mandate.agent_phone == (viewer.account.phone or "-"))
    return (_newest(given) if viewer.holder_ids else []), _newest(received)


def _newest(query: Select[Mandate]) -> list[Mandate]:
    return list(db.session.scalars(query.order_by(Mandate.id.desc()).limit(50)).unique())


def of_units(unit_ids: Iterable[int]) -> list[Mandate]:
    """The mandates of these lines of a roll, the newest first."""
    query = _mandates().where(Mandate.consent_unit_id.in_(list(unit_ids))).order_by(Mandate.id.desc())
    return list(db.session.scalars(query).unique())


def usable(unit_id: int) -> list[Mandate]:
    """The mandates of one line of a roll by which an agent may have signed a slip: all that were once accepted."""
    return [each for each in of_units([unit_id]) if each.was_accepted]


def of_collection(collection_id: int) -> list[Mandate]:
    """Every mandate of a collection in the order of the roll, for those who work on it."""
    place = aliased(ConsentUnit)
    query = (
        _mandates()
        .join(place, place.id == Mandate.consent_unit_id)
        .where(Mandate.collection_id == collection_id)
        .order_by(place.position, Mandate.id)
    )
    return list(db.session.scalars(query).unique())


def accepted_by(agent_phone: str, collection_id: int) -> list[Mandate]:
    """The mandates of one collection that this agent has, whatever became of them."""
    query = _mandates().where(Mandate.collection_id == collection_id, Mandate.agent_phone == agent_phone)
    return list(db.session.scalars(query.execution_options(populate_existing=True)).unique())


def seats_of(phone: str, neighbourhood_id: int) -> frozenset[Role]:
    """The seats held there by whoever has this phone."""
    query = (
        select(Seat.role)
        .join(Seat.account)
        .where(Account.phone == phone, Seat.neighbourhood_id == neighbourhood_id, Seat.until.is_(None))
    )
    return frozenset(Role(role) for role in db.session.scalars(query)) if phone else frozenset()


def units_spoken_for(found: Iterable[Mandate], today: date) -> list[str]:
    """The units, by reference, for which an agent may speak or has spoken by these mandates.

    What she said by right stands when the mandate has ended (Civil Code §173), so it goes on being one of those that
    the cap allows her: otherwise mandates of a day each would let her speak for a whole house.
    """
    given = list(found)
    numbers = select(ConsentRecord.mandate_id).where(ConsentRecord.mandate_id.in_([each.id for each in given]))
    used = set(db.session.scalars(numbers)) if given else set()
    return [each.unit.ref for each in given if each.id in used or each.stands(today) is rules.MandateState.STANDING]
