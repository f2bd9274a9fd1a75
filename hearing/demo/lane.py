"""The lane 天津路426弄: thirteen lessees, their committee and its offices, every name invented.

Phones lie in a range that no subscriber has. Tests use the same people.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from hearing.people.models import Account, Membership, Seat
from hearing.people.rules import Role
from hearing.places.models import (
    Building,
    Estate,
    Holder,
    Neighbourhood,
    Sector,
    Stairwell,
    Subdistrict,
    Tenure,
    TenureShare,
    Unit,
)
from hearing.places.rules import Capacity, HoldingForm, UnitUse

HOUSEHOLDS = (
    ("底层", "前客堂", 1860, "李伯年", "14100824591"),
    ("底层", "后客堂", 1620, "王彩娣", "14100510225"),
    ("底层", "灶间", 940, "周根宝", "14100522956"),
    ("底层", "天井间", 1100, "吴惠芬", "14100559136"),
    ("二层", "前楼", 2030, "郑龙根", "14100171521"),
    ("二层", "后楼", 1780, "冯妙珍", "14100335058"),
    ("二层", "东厢房", 1450, "陈荣生", "14100603392"),
    ("二层", "西厢房", 1410, "褚玉兰", "14100249955"),
    ("二层", "亭子间", 890, "卫阿弟", "14100669764"),
    ("三层", "前楼", 1970, "蒋国平", "14100803937"),
    ("三层", "后楼", 1660, "沈桂英", "14100876771"),
    ("三层", "阁楼", 1220, "韩建国", "14100795161"),
    ("三层", "晒台间", 1080, "杨秀英", "14100754124"),
)
"""Floor, door, area in 1/100 m², lessee, phone."""

OFFICES = (
    ("clerk", Role.COMMITTEE_CLERK, "顾文清"),
    ("second_clerk", Role.COMMITTEE_CLERK, "陆小燕"),
    ("third_clerk", Role.COMMITTEE_CLERK, "潘立新"),
    ("director", Role.COMMITTEE_DIRECTOR, "徐爱华"),
    ("party_secretary", Role.PARTY_SECRETARY, "何志明"),
    ("block_officer", Role.BLOCK_OFFICER, "施磊"),
    ("property_manager", Role.PROPERTY_MANAGER, "贺建军"),
    ("housing_liaison", Role.HOUSING_LIAISON, "钟敏"),
    ("police_liaison", Role.POLICE_LIAISON, "邵刚"),
    ("subdistrict_liaison", Role.SUBDISTRICT_LIAISON, "孟洁"),
    ("legal_adviser", Role.LEGAL_ADVISER, "任思远"),
    ("works_lead", Role.WORKS_LEAD, "丁大勇"),
    ("contractor", Role.CONTRACTOR, "倪师傅"),
    ("scrutineer", Role.SCRUTINEER, "翁玉梅"),
    ("council_member", Role.COUNCIL_MEMBER, "谭云"),
    ("auditor", Role.AUDITOR, "秦正"),
)


@dataclass(frozen=True)
class Lane:
    """Numbers and account refs of the people and places."""

    neighbourhood: int
    sector: int
    building: int
    units: tuple[int, ...]
    holders: tuple[int, ...]
    households: tuple[str, ...]
    """The account refs of the thirteen lessees, in the order of the roll."""
    offices: dict[str, str]
    """The account refs by the names in OFFICES."""

    def ref(self, who: str | int) -> str:
        """The account ref of an office by name, or of a household by its number on the roll, from 1."""
        return self.offices[who] if isinstance(who, str) else self.households[who - 1]


def settle(session: Session, moment: datetime, *, with_households: bool = True) -> Lane:
    """Write the lane and its people into a database that knows none of them. The caller holds the door open.

    Without households the lane stands empty, for a roll to fill it.
    """
    home = Neighbourhood(
        sector=Sector(subdistrict=Subdistrict(name="南京东路街道"), name="第三片区"),
        slug="tianjinlu",
        name="天津路居民区",
        committee="天津路居民委员会",
        phone="021-6322 0426",
        office="天津路426弄1号底层，周一至周五 9:00–17:00",
    )
    session.add(home)
    building = new_building(session, home, "天津路426弄", "天津路426弄")
    units, holders = [], []
    for position, (floor, door, area, name, phone) in enumerate(HOUSEHOLDS if with_households else ()):
        unit = new_unit(session, building, floor, door, position, area)
        units.append(unit)
        holders.append(new_tenure(session, home, unit, Capacity.LESSEE, name, phone, moment))
    session.flush()
    households = [
        new_resident(session, f"p-home{number:02d}", unit, holder, moment)
        for number, (unit, holder) in enumerate(zip(units, holders, strict=True), 1)
    ]
    offices = {
        key: new_seat(session, f"p-{key.replace('_', '')}", name, f"141000090{number:02d}", role, home, moment)
        for number, (key, role, name) in enumerate(OFFICES, 1)
    }
    session.flush()
    return Lane(
        neighbourhood=home.id,
        sector=home.sector_id,
        building=building.id,
        units=tuple(unit.id for unit in units),
        holders=tuple(holder.id for holder in holders),
        households=tuple(households),
        offices=offices,
    )


def new_building(session: Session, home: Neighbourhood, estate: str, name: str) -> Building:
    """An estate of one building with one stairwell that has no name."""
    building = Building(estate=Estate(neighbourhood=home, name=estate), name=name)
    building.stairwells.append(Stairwell(name=""))
    session.add(building)
    return building


def new_unit(session: Session, building: Building, floor: str, door: str, position: int, area_centi: int) -> Unit:
    """A home in the building's first stairwell."""
    stairwell = building.stairwells[0]
    unit = Unit(floor=floor, name=door, position=position, use=UnitUse.RESIDENCE, area_centi=area_centi)
    stairwell.units.append(unit)
    session.flush()
    return unit


def new_tenure(
    session: Session,
    home: Neighbourhood,
    unit: Unit,
    capacity: Capacity,
    name: str,
    phone: str,
    moment: datetime,
) -> Holder:
    """A unit held by one person since `moment`."""
    holder = Holder(neighbourhood_id=home.id, name=name, phone=phone)
    tenure = Tenure(unit=unit, capacity=capacity, form=HoldingForm.SOLE, since=moment)
    tenure.shares.append(TenureShare(holder=holder))
    session.add_all([holder, tenure])
    return holder


def new_resident(session: Session, ref: str, unit: Unit, holder: Holder, moment: datetime) -> str:
    """The account of a holder who was recognised by her phone."""
    account = Account(ref=ref, name=holder.name, phone=holder.phone)
    membership = Membership(account=account, unit=unit, holder=holder, checked_how="phone", joined_at=moment)
    session.add_all([account, membership])
    return ref


def new_seat(
    session: Session, ref: str, name: str, phone: str, role: Role, home: Neighbourhood, moment: datetime
) -> str:
    """The account of somebody who holds a seat."""
    account = Account(ref=ref, name=name, phone=phone)
    session.add_all([account, Seat(account=account, neighbourhood=home, role=role, since=moment)])
    return ref
