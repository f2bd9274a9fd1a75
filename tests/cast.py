"""The cast 演员表: a fixed lane of 13 lessees, the people of its committee and offices, and a second neighbourhood.

Every name is invented; phones lie in a range that no subscriber has.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from hearing.audit import ledger
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

LONG_AGO = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)

LANE = (
    ("底层", "前客堂", 1860, "李伯年"),
    ("底层", "后客堂", 1620, "王彩娣"),
    ("底层", "灶间", 940, "周根宝"),
    ("底层", "天井间", 1100, "吴惠芬"),
    ("二层", "前楼", 2030, "郑龙根"),
    ("二层", "后楼", 1780, "冯妙珍"),
    ("二层", "东厢房", 1450, "陈荣生"),
    ("二层", "西厢房", 1410, "褚玉兰"),
    ("二层", "亭子间", 890, "卫阿弟"),
    ("三层", "前楼", 1970, "蒋国平"),
    ("三层", "后楼", 1660, "沈桂英"),
    ("三层", "阁楼", 1220, "韩建国"),
    ("三层", "晒台间", 1080, "杨秀英"),
)

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
class Cast:
    """Numbers of the people and places that tests name; load them by `session.get`."""

    neighbourhood: int
    building: int
    units: tuple[int, ...]
    holders: tuple[int, ...]
    households: tuple[str, ...]
    """The account refs of the thirteen lessees, in the order of the roll."""
    offices: dict[str, str]
    """Account refs by the names in OFFICES."""
    elsewhere: int
    """A neighbourhood that is not theirs."""
    stranger: str
    """A resident of it."""
    foreign_clerk: str
    """A clerk of it."""

    def ref(self, who: str | int) -> str:
        """The account ref of an office by name, or of a household by its number on the roll, from 1."""
        return self.offices[who] if isinstance(who, str) else self.households[who - 1]


def settle(session: Session) -> Cast:
    """Write the cast into an empty database. The caller opened the door and commits."""
    ledger.start(session)
    street = Subdistrict(name="南京东路街道")
    sector = Sector(subdistrict=street, name="第三片区")
    home = Neighbourhood(
        sector=sector,
        slug="tianjinlu",
        name="天津路居民区",
        committee="天津路居民委员会",
        phone="021-6322 0426",
        office="天津路426弄1号底层,周一至周五 9:00–17:00",
    )
    away = Neighbourhood(
        sector=sector,
        slug="xinqiao",
        name="新桥居民区",
        committee="新桥居民委员会",
        phone="021-6322 0052",
        office="新桥路52弄2号,周一至周五 9:00–17:00",
    )
    session.add_all([street, home, away])
    lane = _building(session, home, "天津路426弄", "天津路426弄")
    units, holders = [], []
    for position, (floor, door, area, name) in enumerate(LANE):
        unit = Unit(
            stairwell=lane.stairwells[0],
            floor=floor,
            name=door,
            position=position,
            use=UnitUse.RESIDENCE,
            area_centi=area,
        )
        units.append(unit)
        holders.append(_held(session, home, unit, Capacity.LESSEE, name, f"141000010{position + 1:02d}"))
    session.flush()
    households = [
        _resident(session, f"p-home{number:02d}", unit, holder)
        for number, (unit, holder) in enumerate(zip(units, holders, strict=True), 1)
    ]
    offices = {
        key: _seat(session, f"p-{key.replace('_', '')}", name, f"141000090{number:02d}", role, home)
        for number, (key, role, name) in enumerate(OFFICES, 1)
    }
    far = _building(session, away, "新桥苑", "1号楼")
    flat = Unit(stairwell=far.stairwells[0], floor="1", name="101", position=0, use=UnitUse.RESIDENCE, area_centi=5820)
    owner = _held(session, away, flat, Capacity.OWNER, "朱远", "14100008001")
    session.flush()
    stranger = _resident(session, "p-stranger", flat, owner)
    foreign = _seat(session, "p-foreignclerk", "白帆", "14100008002", Role.COMMITTEE_CLERK, away)
    session.flush()
    return Cast(
        neighbourhood=home.id,
        building=lane.id,
        units=tuple(unit.id for unit in units),
        holders=tuple(holder.id for holder in holders),
        households=tuple(households),
        offices=offices,
        elsewhere=away.id,
        stranger=stranger,
        foreign_clerk=foreign,
    )


def _building(session: Session, home: Neighbourhood, estate: str, name: str) -> Building:
    building = Building(estate=Estate(neighbourhood=home, name=estate), name=name)
    building.stairwells.append(Stairwell(name=""))
    session.add(building)
    return building


def _held(session: Session, home: Neighbourhood, unit: Unit, capacity: Capacity, name: str, phone: str) -> Holder:
    session.add(unit)
    session.flush()
    holder = Holder(neighbourhood_id=home.id, name=name, phone=phone)
    tenure = Tenure(unit=unit, capacity=capacity, form=HoldingForm.SOLE, since=LONG_AGO)
    tenure.shares.append(TenureShare(holder=holder))
    session.add_all([holder, tenure])
    return holder


def _resident(session: Session, ref: str, unit: Unit, holder: Holder) -> str:
    account = Account(ref=ref, name=holder.name, phone=holder.phone)
    membership = Membership(account=account, unit=unit, holder=holder, checked_how="phone", joined_at=LONG_AGO)
    session.add_all([account, membership])
    return ref


def _seat(session: Session, ref: str, name: str, phone: str, role: Role, home: Neighbourhood) -> str:
    account = Account(ref=ref, name=name, phone=phone)
    session.add_all([account, Seat(account=account, neighbourhood=home, role=role, since=LONG_AGO)])
    return ref
