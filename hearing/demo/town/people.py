"""People 投票人: a neighbourhood with as many households as an election had voters, and a browser's cookie for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

import flask
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from hearing.audit.fact import SYSTEM, Fact, public
from hearing.audit.ledger import keep, perform
from hearing.db import db
from hearing.demo import lane
from hearing.people import login
from hearing.people.models import Account
from hearing.places.models import Neighbourhood
from hearing.places.rules import Capacity
from hearing.refusal import N_

FLATS_A_FLOOR, FLATS_A_HOUSE = 8, 200
AT_ONCE = 500
_AREA = 6000


@dataclass(frozen=True, kw_only=True)
class Moved(Fact):
    """The neighbourhood of a replay was written."""

    kind: ClassVar[str] = "demo.replayed"
    sentence: ClassVar[str] = N_("重演用的居民区建好了，共 %(units)d 户")
    units: int = public()


def settle(voters: int, moment: datetime) -> tuple[int, list[str]]:
    """Write a neighbourhood of so many households; returns its number, and the account ref of each household."""
    place: list[int] = []
    refs: list[str] = []

    def move_in() -> Moved:
        offices = lane.settle(db.session, moment, with_households=False)
        place.append(offices.neighbourhood)
        refs.extend(_move_in(db.session, offices.neighbourhood, voters, moment))
        return Moved(actor=SYSTEM, scope="tianjinlu", subject="demo/1", matter="demo/1", units=voters)

    perform(move_in)
    return place[0], refs


def _move_in(session: Session, place: int, voters: int, moment: datetime) -> Iterator[str]:
    home = session.get_one(Neighbourhood, place)
    building = None
    for number in range(voters):
        house, flat = divmod(number, FLATS_A_HOUSE)
        if building is None or flat == 0:
            building = lane.new_building(session, home, f"重演{house + 1}号", f"{house + 1}号")
        floor = str(flat // FLATS_A_FLOOR + 1)
        unit = lane.new_unit(session, building, floor, f"{floor}{flat % FLATS_A_FLOOR + 1:02d}", flat, _AREA)
        phone = f"141{number:08d}"
        holder = lane.new_tenure(session, home, unit, Capacity.OWNER, f"住户{number + 1}", phone, moment)
        yield lane.new_resident(session, f"p-voter{number + 1:06d}", unit, holder, moment)


def cookies(app: Flask, refs: Sequence[str], *, second_factor: bool = False) -> Iterator[str]:
    """A Cookie header for each account's browser, in the order of the refs, signed in as the product signs in.

    `second_factor` says that every seat has shown its own.
    """
    sealing = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    name = app.config["SESSION_COOKIE_NAME"]
    for first in range(0, len(refs), AT_ONCE):
        wanted = refs[first : first + AT_ONCE]
        with app.test_request_context():
            accounts = db.session.scalars(select(Account).where(Account.ref.in_(wanted)))
            found = {account.ref: account for account in accounts}
            opened = keep(
                lambda: [login.open_session(found[ref].id, second_factor=second_factor) for ref in wanted]  # noqa: B023 - called at once
            )
            made = []
            for ref, (row, token) in zip(wanted, opened, strict=True):
                login.let_in(found[ref], row, token)
                made.append(f"{name}={sealing.dumps(dict(flask.session))}")
            db.session.close()
        yield from made
