"""八层楼: 63 households on seven floors above three shops, and the council 理事会 that they have with their offices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select

from hearing.audit.ledger import perform
from hearing.db import db
from hearing.demo import lane
from hearing.people.models import Account, Seat
from hearing.people.rules import Role
from hearing.places.models import Neighbourhood
from hearing.places.rules import Capacity, UnitUse
from hearing.proposals import actions as proposals
from hearing.proposals.actions import Answers
from hearing.proposals.models import Proposal
from tests.cast import LONG_AGO, Cast
from tests.schema import door_open, viewer

HOUSE = "八层楼"
PLANNED = datetime(2026, 9, 1, 2, tzinfo=UTC)  # Tuesday, 10:00 in Beijing
FLOORS, DOORS, SHOPS = range(2, 9), 9, 3
HOUSEHOLDS = len(FLOORS) * DOORS
CASE, ABOUT = "八层楼楼道和底层油烟", "楼道清爽，底层店铺的油烟不往楼上走。"
WISHES = Answers(
    problem="楼道堆物，底层店铺的油烟往楼上走。",
    place=HOUSE,
    wish="大家定个规矩，每月看一看。",
    upkeep="楼组长和店主轮流。",
)


@dataclass
class Tower:
    """Who lives and sells in the house, and who sits in its council."""

    cast: Cast
    refs: list[str]
    shops: list[str]

    @property
    def principal(self) -> list[str]:
        """Who decides: secretary, owners' committee, the neighbourhood's member, a household, a shop."""
        secretary, member = (self.cast.ref(office) for office in ("party_secretary", "council_member"))
        return [secretary, member, "p-owners", self.refs[27], self.shops[0]]


def settle(cast: Cast) -> Tower:
    """The house with everybody in it; a household of the fifth floor and a shop sit in the council."""
    refs: list[str] = []
    shops: list[str] = []
    with door_open():
        home = db.session.get_one(Neighbourhood, cast.neighbourhood)
        house = lane.new_building(db.session, home, HOUSE, HOUSE)
        places = [("底层", f"店面{number}") for number in range(1, SHOPS + 1)]
        places += [(f"{floor}层", f"{floor}{door:02d}室") for floor in FLOORS for door in range(1, DOORS + 1)]
        for position, (floor, door) in enumerate(places):
            shop = position < SHOPS
            unit = lane.new_unit(db.session, house, floor, door, position, 5200)
            unit.use = UnitUse.OTHER if shop else UnitUse.RESIDENCE
            name, phone = f"{'店' if shop else '住'}户{position:02d}", f"141577000{position:02d}"
            holder = lane.new_tenure(db.session, home, unit, Capacity.OWNER, name, phone, LONG_AGO)
            db.session.flush()
            ref = lane.new_resident(db.session, f"p-t{position:02d}", unit, holder, LONG_AGO)
            (shops if shop else refs).append(ref)
        lane.new_seat(db.session, "p-owners", "业委会主任", "14157700099", Role.OWNERS_COMMITTEE, home, LONG_AGO)
        db.session.flush()
        for ref in (refs[27], shops[0]):
            account = db.session.scalars(select(Account).where(Account.ref == ref)).one()
            db.session.add(Seat(account=account, neighbourhood=home, role=Role.COUNCIL_MEMBER, since=LONG_AGO))
    return Tower(cast, refs, shops)


def case(tower: Tower) -> Proposal:
    """What the council meets about, month after month."""
    resident, clerk = viewer(tower.refs[0]), viewer(tower.cast.ref("clerk"))
    (unit,) = resident.unit_ids
    fact = perform(proposals.submit, resident, WISHES, neighbourhood_id=tower.cast.neighbourhood, unit_id=unit).fact
    found = db.session.get_one(Proposal, int(fact.subject.removeprefix("proposal/")))
    perform(proposals.take_up, clerk, found)
    perform(proposals.accept, clerk, found, CASE, ABOUT)
    return found
