"""Denials 否认: a household says that an act in its name was not its own, and what two who had no hand in it found."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hearing.audit.ledger import broken_promise
from hearing.consents.rules import Refusal
from hearing.db import Base, Id, Instant, Ledgered, LongText
from hearing.places.models import Neighbourhood, Unit


class Denial(Base, Ledgered):
    """Somebody of a household says: this was not us. The act is set aside until two have checked it."""

    __tablename__ = "denial"
    __table_args__ = (
        UniqueConstraint("idx", "unit_id", name="uq_denial_once"),
        CheckConstraint("(genuine IS NULL) = (settled_at IS NULL)", name="settled"),
    )
    id: Mapped[Id]
    idx: Mapped[int] = mapped_column(Integer, ForeignKey("log_entry.idx"))
    """The entry of the act that is denied."""
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    neighbourhood_id: Mapped[int] = mapped_column(ForeignKey("neighbourhood.id"), index=True)
    reason: Mapped[LongText]
    denied_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    denied_at: Mapped[datetime] = mapped_column(Instant)
    due_at: Mapped[datetime] = mapped_column(Instant)
    """Until when two others check it."""
    genuine: Mapped[bool | None]
    """What they found; None until two agree."""
    settled_at: Mapped[datetime | None] = mapped_column(Instant)
    unit: Mapped[Unit] = relationship()
    neighbourhood: Mapped[Neighbourhood] = relationship()
    checks: Mapped[list[DenialCheck]] = relationship(back_populates="denial", order_by="DenialCheck.id")

    @property
    def subject(self) -> str:
        """This denial's name in the trail."""
        return f"denial/{self.id}"


class DenialCheck(Base, Ledgered):
    """What one member of staff found who had no hand in the denied act 核实."""

    __tablename__ = "denial_check"
    __table_args__ = (UniqueConstraint("denial_id", "checked_by", name="uq_denial_check_person"),)
    append_only = True
    id: Mapped[Id]
    denial_id: Mapped[int] = mapped_column(ForeignKey("denial.id"))
    genuine: Mapped[bool]
    finding: Mapped[LongText]
    checked_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    checked_at: Mapped[datetime] = mapped_column(Instant)
    denial: Mapped[Denial] = relationship(back_populates="checks")


broken_promise("uq_denial_once", Refusal.DISPUTED_ALREADY)
broken_promise("uq_denial_check_person", Refusal.CHECKED_BY_YOU_ALREADY)
