"""Seed 演示数据: a lift being built, the ramp half way, two polls, a hearing that goes on now.

Told by the product's own acts, in their time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy import select, update

from hearing import clock
from hearing.audit.fact import SYSTEM, Fact, public
from hearing.audit.ledger import keep, perform
from hearing.config import Settings
from hearing.db import db
from hearing.demo import hall, lane, lift, purse, ramp, stairs
from hearing.people import outbox
from hearing.people.models import Account, LoginSession, Message
from hearing.people.rules import ROLE_LABELS
from hearing.people.viewer import Viewer
from hearing.places.models import Neighbourhood
from hearing.refusal import N_

DAYS_AGO = 181
"""How long ago the demo's first act was, in days."""

LINKS: tuple[tuple[str, str | int], ...] = (
    ("居民 · 李**，提建议的人", 1),
    ("居民 · 韩**，还没有表态", 12),
    ("业主 · 谢**，提出加装电梯的人", "flat601"),
    ("业主 · 柏**，担心采光的人", "flat102"),
    *((str(ROLE_LABELS[role]), key) for key, role, _name in lane.OFFICES),
)
"""Whom the demo lets in: what a person reads, and who that is."""


@dataclass(frozen=True, kw_only=True)
class Settled(Fact):
    """The demo's people and places were written."""

    kind: ClassVar[str] = "demo.settled"
    sentence: ClassVar[str] = N_("演示居民区建好了，共 %(units)d 户")
    units: int = public()


def once() -> None:
    """Make the demo's data, unless the database already holds a neighbourhood."""
    if db.session.scalars(select(Neighbourhood.id).limit(1)).first() is not None:
        db.session.rollback()
        return
    today = clock.now()
    db.session.rollback()
    begin = today - timedelta(days=DAYS_AGO)
    with clock.standing_at(begin):
        people, house = _settle(begin)
    # One after the other: the trail goes forward in time.
    lift.tell(house, today, viewer)
    purse.tell_first(people, house, today, viewer)
    case = ramp.tell_first(people, today, viewer)
    room = hall.call(people, today, viewer)
    ramp.tell_second(case)
    purse.tell_second(people, house, today, viewer)
    hall.begin(room)
    keep(_delivered)


def _delivered() -> None:
    """The story's messages are of days gone by: they stand in the demo's inbox, and nobody sends them now."""
    db.session.execute(update(Message).values(state=outbox.SENT))


def viewer(ref: str) -> Viewer:
    """One of the cast as if signed in with the second factor."""
    account = db.session.scalars(select(Account).where(Account.ref == ref)).one()
    moment = clock.now()
    return Viewer(account, LoginSession(account_id=account.id, opened_at=moment, second_factor_at=moment), "")


def invitation(settings: Settings) -> str:
    """What the terminal says once the demo is ready."""
    people = [(words, f"{settings.base_url}/demo/enter/{_ref(who)}") for words, who in LINKS]
    width = max(len(words) for words, _ in people)
    lines = [f"  {words.ljust(width, '　')}  {link}" for words, link in people]
    return "\n".join(["", f"  天津路居民区（演示）  {settings.base_url}", "", *lines, ""])


def _ref(who: str | int) -> str:
    return f"p-home{who:02d}" if isinstance(who, int) else f"p-{who.replace('_', '')}"


def _settle(moment: datetime) -> tuple[lane.Lane, stairs.Stairs]:
    made: list[tuple[lane.Lane, stairs.Stairs]] = []

    def settle() -> Settled:
        people = lane.settle(db.session, moment)
        house = stairs.settle(db.session, people, moment)
        made.append((people, house))
        units = len(people.units) + len(house.units)
        return Settled(actor=SYSTEM, scope="tianjinlu", subject="demo/1", matter="demo/1", units=units)

    perform(settle)
    return made[0]
