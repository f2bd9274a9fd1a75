"""Viewer: the person who looks at a page, what she may answer for and which seats she holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any, cast

from flask_login import AnonymousUserMixin, UserMixin, current_user
from sqlalchemy import select, update
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from hearing.audit.fact import Actor
from hearing.audit.ledger import keep
from hearing.db import db
from hearing.people.models import Account, LoginSession, Membership, Seat
from hearing.people.rules import STAFF, Role, needs_second_factor
from hearing.places.models import Building, Estate, Stairwell, Tenure, Unit
from hearing.web.guards import NeedsSignIn

WHOLE_PERSON: tuple[_AbstractLoad, ...] = (
    joinedload(Account.seats).joinedload(Seat.neighbourhood),
    joinedload(Account.memberships).options(
        joinedload(Membership.holder),
        joinedload(Membership.unit)
        .joinedload(Unit.stairwell)
        .joinedload(Stairwell.building)
        .joinedload(Building.estate)
        .joinedload(Estate.neighbourhood),
    ),
)
"""What a page needs to know of its reader, in the one statement that finds out who she is."""


class Viewer(UserMixin):  # type: ignore[misc]
    """A signed-in person."""

    def __init__(self, account: Account, login: LoginSession, token: str) -> None:
        self.account, self.login, self._token = account, login, token

    def get_id(self) -> str:
        """What the session cookie holds: the random token of this sign-in, not the account's number."""
        return self._token

    @property
    def id(self) -> int:
        """The account's number."""
        return self.account.id

    @property
    def ref(self) -> str:
        """The pseudonym under which the trail knows the person."""
        return self.account.ref

    @property
    def name(self) -> str:
        """The person's name."""
        return self.account.name

    @property
    def phone(self) -> str | None:
        """The person's telephone number."""
        return self.account.phone

    @cached_property
    def seats(self) -> list[Seat]:
        """The seats held now, with their neighbourhoods."""
        return [seat for seat in self.account.seats if seat.until is None]

    @cached_property
    def memberships(self) -> list[Membership]:
        """The households that the person belongs to, with unit and building."""
        return [membership for membership in self.account.memberships if membership.left_at is None]

    @cached_property
    def unit_ids(self) -> frozenset[int]:
        """The units of the person's households."""
        return frozenset(membership.unit_id for membership in self.memberships)

    @cached_property
    def homes(self) -> dict[int, datetime]:
        """The units of the person's households, each with the moment since which it is held as it is now.

        What was done in a unit's name before that was done in another household's.
        """
        found = dict.fromkeys(sorted(self.unit_ids))
        standing = select(Tenure.unit_id, Tenure.since).where(Tenure.unit_id.in_(found), Tenure.until.is_(None))
        since: dict[int, datetime] = {row.unit_id: row.since for row in db.session.execute(standing)} if found else {}
        return {m.unit_id: since.get(m.unit_id, m.joined_at) for m in self.memberships}

    @cached_property
    def answers_for(self) -> frozenset[int]:
        """The units of the households in which the person is a recognised holder, and not family."""
        return frozenset(m.unit_id for m in self.memberships if m.holder_id is not None)

    @cached_property
    def holder_ids(self) -> frozenset[int]:
        """The register's persons in whose name the person may answer."""
        return frozenset(m.holder_id for m in self.memberships if m.holder_id is not None)

    @cached_property
    def neighbourhood_ids(self) -> frozenset[int]:
        """The neighbourhoods where the person lives or holds a seat."""
        homes = {m.unit.stairwell.building.estate.neighbourhood_id for m in self.memberships}
        return frozenset(homes | {seat.neighbourhood_id for seat in self.seats})

    def seats_in(self, neighbourhood_id: int) -> frozenset[Role]:
        """The roles that the person may act in there now; a seat that binds others counts after the second factor."""
        held = {Role(seat.role) for seat in self.seats if seat.neighbourhood_id == neighbourhood_id}
        if not self.login.second_factor_at:
            held = {role for role in held if not needs_second_factor(role)}
        homes = {m.unit.stairwell.building.estate.neighbourhood_id for m in self.memberships}
        return frozenset(held | ({Role.RESIDENT} if neighbourhood_id in homes else set()))

    def holds(self, *roles: StrEnum, neighbourhood_id: int | None = None) -> bool:
        """Whether the person may act now in one of the roles, there or anywhere."""
        places = [neighbourhood_id] if neighbourhood_id is not None else list(self.neighbourhood_ids)
        return any(set(roles) & self.seats_in(place) for place in places)

    def would_hold(self, *roles: StrEnum) -> bool:
        """Whether only the second factor is missing to act in one of the roles."""
        return not self.login.second_factor_at and any(Role(seat.role) in roles for seat in self.seats)

    @property
    def is_staff(self) -> bool:
        """Whether the person works from a desk."""
        return any(Role(seat.role) in STAFF for seat in self.seats)

    def acting_as(self, *roles: Role, neighbourhood_id: int) -> Actor:
        """The actor for the trail: the first of `roles` that the person holds there.

        Raises PermissionError when she holds none: queries and guards should have made this impossible.
        """
        for role in roles:
            if role in self.seats_in(neighbourhood_id):
                return Actor(role=role.value, ref=self.ref)
        raise PermissionError

    def as_resident(self) -> Actor:
        """The actor for the trail when she acts for her own household."""
        return Actor(role=Role.RESIDENT.value, ref=self.ref)

    def prefer(self, *, elder: bool | None = None, language: str | None = None) -> None:
        """Keep a preference in the account."""
        wanted = {"elder": elder, "language": language}
        values = {name: value for name, value in wanted.items() if value is not None}
        keep(lambda: db.session.execute(update(Account).where(Account.id == self.id).values(**values)))

    def showed_second_factor_within(self, span: timedelta, now: datetime) -> bool:
        """Whether the second factor was shown in the last `span`: for acts that want a fresh proof."""
        return self.login.second_factor_at is not None and now - self.login.second_factor_at < span


class Sender(Viewer):
    """A signed-in person who sends a form that is one act.

    What acts ask of her is known from the statement that found her; account and sign-in are read when a page wants
    them.
    """

    def __init__(self, known: Sequence[Mapping[str, Any]], token: str) -> None:
        """`known` has a row for each of her households, or one without a household."""
        self._first, self._token = known[0], token
        self._homes = [row for row in known if row["unit_id"] is not None and row["left_at"] is None]

    @cached_property
    def account(self) -> Account:  # type: ignore[override]
        """The account, with seats and households."""
        found = select(Account).where(Account.id == self.id).options(*WHOLE_PERSON)
        return db.session.scalars(found).unique().one()

    @cached_property
    def login(self) -> LoginSession:  # type: ignore[override]
        """The sign-in."""
        return db.session.get_one(LoginSession, self._first["login_id"])

    @property
    def id(self) -> int:
        """The account's number."""
        return int(self._first["account_id"])

    @property
    def ref(self) -> str:
        """The pseudonym under which the trail knows the person."""
        return str(self._first["ref"])

    @property
    def phone(self) -> str | None:
        """The person's telephone number."""
        return cast(str | None, self._first["phone"])

    @cached_property
    def unit_ids(self) -> frozenset[int]:
        """The units of the person's households."""
        return frozenset(row["unit_id"] for row in self._homes)

    @cached_property
    def answers_for(self) -> frozenset[int]:
        """The units of the households in which the person is a recognised holder, and not family."""
        return frozenset(row["unit_id"] for row in self._homes if row["holder_id"] is not None)

    @cached_property
    def holder_ids(self) -> frozenset[int]:
        """The register's persons in whose name the person may answer."""
        return frozenset(row["holder_id"] for row in self._homes if row["holder_id"] is not None)


class Visitor(AnonymousUserMixin):  # type: ignore[misc]
    """Somebody who has not signed in."""

    neighbourhood_ids: frozenset[int] = frozenset()
    unit_ids: frozenset[int] = frozenset()
    holder_ids: frozenset[int] = frozenset()
    is_staff = False

    def holds(self, *_roles: StrEnum, neighbourhood_id: int | None = None) -> bool:  # noqa: ARG002 - as Viewer's
        """A visitor holds no seat."""
        return False

    would_hold = holds

    def seats_in(self, _neighbourhood_id: int) -> frozenset[Role]:
        """A visitor holds no seat."""
        return frozenset()


Anyone = Viewer | Visitor


def me() -> Viewer:
    """The signed-in person of this request; only behind a guard. Raises NeedsSignIn for a visitor."""
    if not current_user.is_authenticated:
        raise NeedsSignIn
    return cast(Viewer, current_user._get_current_object())


def anyone() -> Anyone:
    """Whoever looks, signed in or not."""
    return cast(Anyone, current_user._get_current_object())
