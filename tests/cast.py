"""The cast 演员表: the demo's lane of 13 lessees with its offices, and a second neighbourhood that is not theirs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from hearing.audit import ledger
from hearing.demo import lane
from hearing.people.rules import Role
from hearing.places.models import Neighbourhood
from hearing.places.rules import Capacity

LONG_AGO = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Cast:
    """Numbers of the people and places that tests name; load them by `session.get`."""

    lane: lane.Lane
    elsewhere: int
    """A neighbourhood that is not theirs."""
    stranger: str
    """A resident of it."""
    foreign_clerk: str
    """A clerk of it."""

    @property
    def neighbourhood(self) -> int:
        """The lane's neighbourhood."""
        return self.lane.neighbourhood

    @property
    def building(self) -> int:
        """The lane's one building."""
        return self.lane.building

    @property
    def units(self) -> tuple[int, ...]:
        """The thirteen units in the order of the roll."""
        return self.lane.units

    @property
    def holders(self) -> tuple[int, ...]:
        """The thirteen lessees on the register."""
        return self.lane.holders

    @property
    def households(self) -> tuple[str, ...]:
        """The account refs of the thirteen lessees."""
        return self.lane.households

    @property
    def offices(self) -> dict[str, str]:
        """The account refs of the offices by name."""
        return self.lane.offices

    def ref(self, who: str | int) -> str:
        """The account ref of an office by name, or of a household by its number on the roll, from 1."""
        return self.lane.ref(who)


def settle(session: Session) -> Cast:
    """Write the cast into an empty database. The caller opened the door and commits."""
    ledger.start(session)
    home = lane.settle(session, LONG_AGO)
    away = Neighbourhood(
        sector_id=home.sector,
        slug="xinqiao",
        name="新桥居民区",
        committee="新桥居民委员会",
        phone="021-6322 0052",
        office="新桥路52弄2号，周一至周五 9:00–17:00",
    )
    session.add(away)
    far = lane.new_building(session, away, "新桥苑", "1号楼")
    flat = lane.new_unit(session, far, "1", "101", 0, 5820)
    owner = lane.new_tenure(session, away, flat, Capacity.OWNER, "朱远", "14100008001", LONG_AGO)
    session.flush()
    stranger = lane.new_resident(session, "p-stranger", flat, owner, LONG_AGO)
    clerk = lane.new_seat(session, "p-foreignclerk", "白帆", "14100008002", Role.COMMITTEE_CLERK, away, LONG_AGO)
    session.flush()
    return Cast(lane=home, elsewhere=away.id, stranger=stranger, foreign_clerk=clerk)
