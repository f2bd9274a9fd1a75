"""What the pages of people read: the register of a unit, who waits for the office, staff, devices, stairwells."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from hearing.clock import now
from hearing.db import db
from hearing.people.models import Account, Arrival, HouseholdCode, LoginSession, Membership, MembershipRefusal, Seat
from hearing.people.rules import COMMITTEE, LETTER_LIFE, RESIDENT_SESSION, Registered, Relation, Role
from hearing.people.viewer import Viewer
from hearing.places.models import Building, Estate, Holder, Neighbourhood, Stairwell, Tenure, TenureShare, Unit
from hearing.web.filters import door

_UP = (joinedload(Stairwell.building).joinedload(Building.estate).joinedload(Estate.neighbourhood),)
CLAIMS = (Relation.LESSEE, Relation.OWNER)


@dataclass(frozen=True)
class Register:
    """Who holds a unit now, and in which capacity."""

    capacity: str
    holders: Sequence[Registered]


@dataclass(frozen=True)
class StairwellRow:
    """A stairwell, how many homes it has and how many of them have a letter that opens the door."""

    id: int
    name: str
    units: int
    with_letter: int


def neighbourhoods_of(viewer: Viewer, roles: Collection[Role]) -> list[int]:
    """The neighbourhoods in which the viewer may act now in one of the roles."""
    return sorted(place for place in viewer.neighbourhood_ids if viewer.seats_in(place) & set(roles))


def door_of(unit: Unit) -> str:
    """天津路426弄 二层前楼, 3号楼 301室: rooms with names need their floor, numbers carry it."""
    return door(unit.stairwell.building.name, unit.name if unit.name[:1].isdigit() else f"{unit.floor}{unit.name}")


def same_person(account: Account) -> Select[int]:
    """The accounts that are this very person's, hers among them, for a statement that asks more.

    One in the register, or one address, is one person: an account is known by the holders whom it was recognised as, by
    the holder who has its phone, and by its e-mail. A phone that a couple shares makes them one: where two people are
    asked for, they are two with phones of their own.
    """
    hers = select(Membership.holder_id).where(Membership.account_id == account.id, Membership.holder_id.is_not(None))
    holders = select(Holder.id).where(or_(Holder.id.in_(hers), and_(Holder.phone != "", Holder.phone == account.phone)))
    phones = select(Holder.phone).where(Holder.id.in_(holders), Holder.phone != "")
    recognised = select(Membership.account_id).where(Membership.holder_id.in_(holders))
    same_address = and_(Account.email != "", Account.email == account.email)
    return select(Account.id).where(
        or_(Account.id == account.id, Account.id.in_(recognised), Account.phone.in_(phones), same_address)
    )


def accounts_of_person(account: Account) -> frozenset[int]:
    """The same, read."""
    return frozenset(db.session.scalars(same_person(account)))


def register_of(unit_id: int) -> Register | None:
    """The standing tenure of a unit; None when the roll has none."""
    query = (
        select(Tenure)
        .where(Tenure.unit_id == unit_id, Tenure.until.is_(None))
        .options(selectinload(Tenure.shares).joinedload(TenureShare.holder))
    )
    tenure = db.session.scalars(query).one_or_none()
    if tenure is None:
        return None
    holders = [share.holder for share in tenure.shares]
    return Register(tenure.capacity, [Registered(h.id, h.name, h.phone, h.died_on is not None) for h in holders])


def unit(unit_id: int) -> Unit:
    """A unit with all that stands above it."""
    return db.session.scalars(
        select(Unit).where(Unit.id == unit_id).options(joinedload(Unit.stairwell).options(*_UP))
    ).one()


def has_account(arrival: Arrival) -> bool:
    """Whether the person at the door, whose phone is proven, has an account already."""
    whose = Account.id == arrival.account_id if arrival.account_id is not None else Account.phone == arrival.phone
    return bool(db.session.scalar(select(exists().where(whose))))


def account_by_ref(ref: str) -> Account:
    """The account that the trail knows as `ref`."""
    return db.session.scalars(select(Account).where(Account.ref == ref)).one()


# ---- one's own


def devices_of(viewer: Viewer) -> list[LoginSession]:
    """Where the viewer is signed in, the newest first."""
    query = (
        select(LoginSession)
        .where(
            LoginSession.account_id == viewer.id,
            LoginSession.ended_at.is_(None),
            LoginSession.opened_at > now() - RESIDENT_SESSION.absolute,
        )
        .order_by(LoginSession.opened_at.desc(), LoginSession.id.desc())
    )
    return list(db.session.scalars(query))


def reasons_for(viewer: Viewer) -> dict[int, str]:
    """Why the office did not recognise the viewer, by membership; the latest reason of each."""
    query = (
        select(MembershipRefusal.membership_id, MembershipRefusal.reason)
        .join(Membership, Membership.id == MembershipRefusal.membership_id)
        .where(Membership.account_id == viewer.id)
        .order_by(MembershipRefusal.id)
    )
    return {row.membership_id: row.reason for row in db.session.execute(query)}


# ---- the office


def waiting(viewer: Viewer) -> list[Membership]:
    """The members who say that they hold their unit and whom the office has not looked at yet, the oldest first."""
    refused = exists().where(MembershipRefusal.membership_id == Membership.id)
    return list(db.session.scalars(_claims(viewer).where(~refused).order_by(Membership.joined_at, Membership.id)))


def claim(viewer: Viewer, membership_id: int) -> Membership | None:
    """A membership that the viewer's office may recognise or may have recognised, None when it is not hers to see."""
    query = _of_office(viewer).where(Membership.id == membership_id)
    return db.session.execute(query.options(selectinload(Membership.refusals))).scalar_one_or_none()


def _claims(viewer: Viewer) -> Select[Membership]:
    return _of_office(viewer).where(
        Membership.holder_id.is_(None), Membership.left_at.is_(None), Membership.relation.in_(CLAIMS)
    )


def _of_office(viewer: Viewer) -> Select[Membership]:
    return (
        select(Membership)
        .join(Membership.unit)
        .join(Unit.stairwell)
        .join(Stairwell.building)
        .join(Building.estate)
        .where(Estate.neighbourhood_id.in_(neighbourhoods_of(viewer, COMMITTEE)))
        .options(
            joinedload(Membership.account),
            joinedload(Membership.holder),
            joinedload(Membership.unit)
            .joinedload(Unit.stairwell)
            .joinedload(Stairwell.building)
            .joinedload(Building.estate)
            .joinedload(Estate.neighbourhood),
        )
    )


def members_of(unit_id: int) -> list[Account]:
    """The accounts that belong to the unit's household now."""
    query = (
        select(Account)
        .join(Account.memberships)
        .where(Membership.unit_id == unit_id, Membership.left_at.is_(None), Account.disabled_at.is_(None))
        .order_by(Account.id)
    )
    return list(db.session.scalars(query))


# ---- seats


def directed(viewer: Viewer) -> list[Neighbourhood]:
    """The neighbourhoods whose seats the viewer gives and ends."""
    ids = neighbourhoods_of(viewer, {Role.COMMITTEE_DIRECTOR})
    return list(db.session.scalars(select(Neighbourhood).where(Neighbourhood.id.in_(ids)).order_by(Neighbourhood.id)))


def seats(viewer: Viewer, *, standing: bool = True) -> list[Seat]:
    """The seats of the neighbourhoods that the viewer directs: those that stand, or the last hundred that ended."""
    query = (
        select(Seat)
        .where(Seat.neighbourhood_id.in_(neighbourhoods_of(viewer, {Role.COMMITTEE_DIRECTOR})))
        .options(joinedload(Seat.account), joinedload(Seat.neighbourhood))
    )
    if standing:
        query = query.where(Seat.until.is_(None)).order_by(Seat.neighbourhood_id, Seat.role, Seat.id)
    else:
        query = query.where(Seat.until.is_not(None)).order_by(Seat.until.desc(), Seat.id.desc()).limit(100)
    return list(db.session.scalars(query))


def seat(viewer: Viewer, seat_id: int) -> Seat | None:
    """One seat of a neighbourhood that the viewer directs."""
    places = neighbourhoods_of(viewer, {Role.COMMITTEE_DIRECTOR})
    query = select(Seat).where(Seat.id == seat_id, Seat.neighbourhood_id.in_(places))
    return db.session.scalars(query.options(joinedload(Seat.account), joinedload(Seat.neighbourhood))).one_or_none()


def directors(neighbourhood_id: int) -> int:
    """How many directors' seats stand in a neighbourhood."""
    standing = (Seat.neighbourhood_id == neighbourhood_id, Seat.role == Role.COMMITTEE_DIRECTOR, Seat.until.is_(None))
    return (
        db.session.scalar(
            select(func.count(Seat.id)).join(Seat.account).where(*standing, Account.disabled_at.is_(None))
        )
        or 0
    )


# ---- letters


def stairwells(viewer: Viewer) -> list[StairwellRow]:
    """The stairwells to which the viewer's office writes, in the order of the roll."""
    good = exists().where(
        HouseholdCode.unit_id == Unit.id,
        HouseholdCode.voided_at.is_(None),
        HouseholdCode.issued_at > now() - LETTER_LIFE,
    )
    query = (
        select(Stairwell.id, Building.name, Stairwell.name, func.count(Unit.id), func.count(Unit.id).filter(good))
        .join(Stairwell.building)
        .join(Building.estate)
        .join(Stairwell.units)
        .where(Estate.neighbourhood_id.in_(neighbourhoods_of(viewer, COMMITTEE)))
        .group_by(Stairwell.id, Building.name, Stairwell.name, Estate.id, Building.position, Building.id)
        .order_by(Estate.id, Building.position, Building.id, Stairwell.id)
    )
    return [
        StairwellRow(id_, f"{building} {stairwell}".strip(), units, lettered)
        for id_, building, stairwell, units, lettered in db.session.execute(query)
    ]


def homes(viewer: Viewer, stairwell_ids: Collection[int]) -> list[Unit]:
    """The units of these stairwells, in the order of the roll, as far as the viewer's office writes to them."""
    return list(db.session.scalars(_homes(viewer).where(Unit.stairwell_id.in_(stairwell_ids))))


def homes_by_id(viewer: Viewer, unit_ids: Collection[int]) -> list[Unit]:
    """These units, as far as the viewer's office writes to them."""
    return list(db.session.scalars(_homes(viewer).where(Unit.id.in_(unit_ids))))


def _homes(viewer: Viewer) -> Select[Unit]:
    return (
        select(Unit)
        .join(Unit.stairwell)
        .join(Stairwell.building)
        .join(Building.estate)
        .where(Estate.neighbourhood_id.in_(neighbourhoods_of(viewer, COMMITTEE)))
        .order_by(Estate.id, Building.position, Building.id, Stairwell.id, Unit.position, Unit.id)
        .options(
            joinedload(Unit.stairwell)
            .joinedload(Stairwell.building)
            .joinedload(Building.estate)
            .joinedload(Estate.neighbourhood)
            .joinedload(Neighbourhood.sector)
        )
    )


def letters_end(issued_at: datetime) -> datetime:
    """Until when the codes of letters issued then open the door."""
    return issued_at + LETTER_LIFE
