"""Founding 立户头: a neighbourhood begins to use this system, and an estate comes to its register."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from hearing.audit.fact import SYSTEM
from hearing.audit.ledger import broken_promise
from hearing.db import db
from hearing.people.rules import COMMITTEE
from hearing.people.viewer import Viewer
from hearing.places.models import Estate, Neighbourhood, Sector, Subdistrict
from hearing.register.facts import EstateAdded, NeighbourhoodFounded
from hearing.register.rules import Refusal, check_slug

broken_promise("uq_neighbourhood_slug", Refusal.SLUG_KNOWN)
broken_promise("uq_estate_neighbourhood_id_name", Refusal.ESTATE_KNOWN)


@dataclass(frozen=True, kw_only=True)
class Founding:
    """What a neighbourhood is called, and where people find its office."""

    subdistrict: str
    sector: str
    slug: str
    name: str
    committee: str
    phone: str
    office: str


def found(founding: Founding) -> NeighbourhoodFounded:
    """Let a neighbourhood begin, from the command line alone; its subdistrict and sector are made when they are new.

    Raises SLUG_UNFIT or SLUG_KNOWN.
    """
    check_slug(founding.slug)
    street = db.session.scalars(select(Subdistrict).where(Subdistrict.name == founding.subdistrict)).one_or_none()
    street = street or Subdistrict(name=founding.subdistrict)
    sector = next((each for each in street.sectors if each.name == founding.sector), None)
    home = Neighbourhood(
        sector=sector or Sector(subdistrict=street, name=founding.sector),
        slug=founding.slug,
        name=founding.name,
        committee=founding.committee,
        phone=founding.phone,
        office=founding.office,
    )
    db.session.add(home)
    db.session.flush()
    return NeighbourhoodFounded(
        actor=SYSTEM,
        scope=home.slug,
        subject=f"neighbourhood/{home.id}",
        matter=f"neighbourhood/{home.id}",
        name=home.name,
        subdistrict=street.name,
    )


def add_estate(by: Viewer, neighbourhood: Neighbourhood, name: str) -> EstateAdded:
    """Add an estate without units; they come by a roll. Raises ESTATE_KNOWN."""
    actor = by.acting_as(*sorted(COMMITTEE), neighbourhood_id=neighbourhood.id)
    estate = Estate(neighbourhood=neighbourhood, name=name)
    db.session.add(estate)
    db.session.flush()
    return EstateAdded(
        actor=actor,
        scope=neighbourhood.slug,
        subject=f"estate/{estate.id}",
        matter=f"estate/{estate.id}",
        name=name,
    )
