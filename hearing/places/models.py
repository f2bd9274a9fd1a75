"""Places 地方: subdistrict → sector → neighbourhood → estate → building → stairwell → unit, and who holds a unit."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hearing.db import AreaCenti, Base, Code, Id, Instant, Label, Ledgered, Name


class Subdistrict(Base, Ledgered):
    """A street office's area 街道."""

    __tablename__ = "subdistrict"
    id: Mapped[Id]
    name: Mapped[Name] = mapped_column(String(120), unique=True)
    sectors: Mapped[list[Sector]] = relationship(back_populates="subdistrict", order_by="Sector.id")


class Sector(Base, Ledgered):
    """A part of a subdistrict 片区."""

    __tablename__ = "sector"
    __table_args__ = (UniqueConstraint("subdistrict_id", "name"),)
    id: Mapped[Id]
    subdistrict_id: Mapped[int] = mapped_column(ForeignKey("subdistrict.id"))
    name: Mapped[Name]
    subdistrict: Mapped[Subdistrict] = relationship(back_populates="sectors")
    neighbourhoods: Mapped[list[Neighbourhood]] = relationship(back_populates="sector", order_by="Neighbourhood.id")


class Neighbourhood(Base, Ledgered):
    """A residents' committee's area 居民区: the tenant that every case belongs to."""

    __tablename__ = "neighbourhood"
    id: Mapped[Id]
    sector_id: Mapped[int] = mapped_column(ForeignKey("sector.id"), index=True)
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    """Its name in the public log and in addresses: lower-case letters, digits and dashes."""
    name: Mapped[Name]
    committee: Mapped[Name]
    """The office's full name, as it signs notices: 天津路居民委员会."""
    phone: Mapped[Label]
    office: Mapped[Name]
    """Where and when a person finds somebody: 天津路426弄1号底层，周一至周五 9:00–17:00."""
    sector: Mapped[Sector] = relationship(back_populates="neighbourhoods")
    estates: Mapped[list[Estate]] = relationship(back_populates="neighbourhood", order_by="Estate.id")


class Estate(Base, Ledgered):
    """An estate or lane 小区/弄."""

    __tablename__ = "estate"
    __table_args__ = (UniqueConstraint("neighbourhood_id", "name"),)
    id: Mapped[Id]
    neighbourhood_id: Mapped[int] = mapped_column(ForeignKey("neighbourhood.id"))
    name: Mapped[Name]
    neighbourhood: Mapped[Neighbourhood] = relationship(back_populates="estates")
    buildings: Mapped[list[Building]] = relationship(back_populates="estate", order_by="Building.position")


class Building(Base, Ledgered):
    """A building or house number 幢/门牌."""

    __tablename__ = "building"
    __table_args__ = (UniqueConstraint("estate_id", "name"),)
    id: Mapped[Id]
    estate_id: Mapped[int] = mapped_column(ForeignKey("estate.id"))
    name: Mapped[Name]
    position: Mapped[int] = mapped_column(default=0)
    estate: Mapped[Estate] = relationship(back_populates="buildings")
    stairwells: Mapped[list[Stairwell]] = relationship(back_populates="building", order_by="Stairwell.id")


class Stairwell(Base, Ledgered):
    """A stairwell 单元; a building that names none has one without a name."""

    __tablename__ = "stairwell"
    __table_args__ = (UniqueConstraint("building_id", "name"),)
    id: Mapped[Id]
    building_id: Mapped[int] = mapped_column(ForeignKey("building.id"))
    name: Mapped[Label] = mapped_column(String(60), default="")
    building: Mapped[Building] = relationship(back_populates="stairwells")
    units: Mapped[list[Unit]] = relationship(back_populates="stairwell", order_by="Unit.position")


class Unit(Base, Ledgered):
    """A home or shop 户/室."""

    __tablename__ = "unit"
    # The old houses of a lane name rooms, and the same name stands on several floors.
    __table_args__ = (
        UniqueConstraint("stairwell_id", "floor", "name", name="uq_unit_door"),
        CheckConstraint("area_centi >= 0", name="area"),
    )
    id: Mapped[Id]
    stairwell_id: Mapped[int] = mapped_column(ForeignKey("stairwell.id"))
    name: Mapped[Label]
    """The door as on the roll: 301, 前客堂."""
    floor: Mapped[Label]
    """The floor as on the roll: 3, 底层."""
    position: Mapped[int] = mapped_column(default=0)
    """Order among the units of its building, by places.rules.unit_key."""
    use: Mapped[Code]
    area_centi: Mapped[AreaCenti]
    vacant: Mapped[bool] = mapped_column(default=False)
    stairwell: Mapped[Stairwell] = relationship(back_populates="units")
    tenures: Mapped[list[Tenure]] = relationship(back_populates="unit", order_by="Tenure.id")


class Holder(Base, Ledgered):
    """A person on the register 户主: a name and a phone as the office keeps them, whether or not she ever signs in.

    Nobody is recognised by name alone: two rows are one person only when both name and phone agree.
    """

    __tablename__ = "holder"
    __table_args__ = (
        Index(
            "uq_holder_name_phone",
            "neighbourhood_id",
            "name",
            "phone",
            unique=True,
            sqlite_where=text("phone <> ''"),
            postgresql_where=text("phone <> ''"),
        ),
    )
    id: Mapped[Id]
    neighbourhood_id: Mapped[int] = mapped_column(ForeignKey("neighbourhood.id"))
    name: Mapped[Name]
    phone: Mapped[Label] = mapped_column(String(60), default="")
    died_on: Mapped[str | None] = mapped_column(String(10))
    """The day of death, YYYY-MM-DD, once the office knows it: signatures after it are invalid."""
    shares: Mapped[list[TenureShare]] = relationship(back_populates="holder", order_by="TenureShare.id")


class Tenure(Base, Ledgered):
    """How a unit is held, and from when until when: a change of hands ends one and begins another."""

    __tablename__ = "tenure"
    # One standing tenure a unit: the database keeps it.
    __table_args__ = (
        Index(
            "uq_tenure_standing",
            "unit_id",
            unique=True,
            sqlite_where=text("until IS NULL"),
            postgresql_where=text("until IS NULL"),
        ),
    )
    id: Mapped[Id]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    capacity: Mapped[Code]
    """places.rules.Capacity: owner or lessee."""
    form: Mapped[Code]
    """places.rules.HoldingForm: sole, joint or by shares."""
    since: Mapped[datetime] = mapped_column(Instant)
    until: Mapped[datetime | None] = mapped_column(Instant)
    unit: Mapped[Unit] = relationship(back_populates="tenures")
    shares: Mapped[list[TenureShare]] = relationship(back_populates="tenure", order_by="TenureShare.id")


class TenureShare(Base, Ledgered):
    """One holder of a tenure and her part of it."""

    __tablename__ = "tenure_share"
    __table_args__ = (
        UniqueConstraint("tenure_id", "holder_id"),
        CheckConstraint("part > 0 AND part <= whole", name="share"),
    )
    id: Mapped[Id]
    tenure_id: Mapped[int] = mapped_column(ForeignKey("tenure.id"))
    holder_id: Mapped[int] = mapped_column(ForeignKey("holder.id"), index=True)
    part: Mapped[int] = mapped_column(default=1)
    """The share is part/whole, exact: a third is 1/3. 1/1 where the tenure is not held by shares."""
    whole: Mapped[int] = mapped_column(default=1)
    represents: Mapped[bool] = mapped_column(default=False)
    """Whether this holder was named to answer for all of them 代表."""
    tenure: Mapped[Tenure] = relationship(back_populates="shares")
    holder: Mapped[Holder] = relationship(back_populates="shares")
