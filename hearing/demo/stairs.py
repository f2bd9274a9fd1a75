"""The stairs 安和里12号: twelve flats on six floors without a lift, every name invented.

Phones lie in a range that no subscriber has.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from hearing.demo.lane import Lane, new_building, new_resident, new_unit
from hearing.places.models import Holder, Neighbourhood, Tenure, TenureShare
from hearing.places.rules import Capacity, HoldingForm

LARGE, SMALL = 5820, 4680
"""The area of the flats 01 and 02 of each floor, in 1/100 m²."""
OWNERS = (
    ("101", ("阮建平",)),
    ("102", ("柏素珍",)),
    ("201", ("万小军",)),
    ("202", ("贾丽君",)),
    ("301", ("肖春兰", "曹志远")),
    ("302", ("覃国强",)),
    ("401", ("钱阿福",)),
    ("402", ("莫敏华",)),
    ("501", ("钱阿福",)),
    ("502", ("梁月琴",)),
    ("601", ("谢根生",)),
    ("602", ("侯佩芳",)),
)
"""Doors and who owns them: 301 a couple, 401 and 501 one person."""


@dataclass(frozen=True)
class Stairs:
    """Numbers and account refs of the house; its offices are the lane's."""

    lane: Lane
    building: int
    units: dict[str, int]
    """The flats by their doors."""
    holders: dict[str, int]
    """The lines of the register by their names."""

    @property
    def neighbourhood(self) -> int:
        """The neighbourhood that both belong to."""
        return self.lane.neighbourhood

    def ref(self, who: str | int) -> str:
        """The account ref of an office by name, or of an owner by her door; the second of a couple is 301b."""
        return self.lane.offices[who] if isinstance(who, str) and who in self.lane.offices else f"p-flat{who}"

    def place(self, door: str) -> tuple[int, int]:
        """A flat and its first owner, as an office of the building group is given."""
        return self.units[door], self.holders[dict(OWNERS)[door][0]]


def settle(session: Session, lane: Lane, moment: datetime) -> Stairs:
    """Write the house and its owners beside the lane. The caller holds the door open."""
    home = session.get_one(Neighbourhood, lane.neighbourhood)
    building = new_building(session, home, "安和里", "安和里12号")
    units: dict[str, int] = {}
    holders: dict[str, Holder] = {}
    for position, (door, names) in enumerate(OWNERS):
        flat = new_unit(session, building, door[0], door, position, LARGE if door.endswith("1") else SMALL)
        form = HoldingForm.SOLE if len(names) == 1 else HoldingForm.JOINT
        tenure = Tenure(unit=flat, capacity=Capacity.OWNER, form=form, since=moment)
        session.add(tenure)
        for place, name in enumerate(names):
            known = name in holders
            if not known:
                phone = f"1410012{position:02d}{place:02d}"
                holders[name] = Holder(neighbourhood_id=home.id, name=name, phone=phone)
                session.add(holders[name])
            tenure.shares.append(TenureShare(holder=holders[name]))
            session.flush()
            if not known:
                new_resident(session, f"p-flat{door}{'b' * place}", flat, holders[name], moment)
        units[door] = flat.id
    session.flush()
    return Stairs(lane, building.id, units, {name: holder.id for name, holder in holders.items()})
