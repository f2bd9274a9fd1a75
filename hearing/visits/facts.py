"""What visits tell the trail: that one household was told, or not, and in which way; never which, nor what it said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from hearing.audit.fact import Fact, private, public
from hearing.refusal import N_


@dataclass(frozen=True, kw_only=True)
class VisitNoted(Fact):
    """A member of staff noted a visit, a letter or a call."""

    kind: ClassVar[str] = "visit.noted"
    sentence: ClassVar[str] = N_("登记了一次上门或送达：%(way_label)s")
    way: str = public()
    way_label: str = public()
    told: bool = public()
    visit: Mapping[str, Any] = private()


@dataclass(frozen=True, kw_only=True)
class SheetEntered(Fact):
    """The rows of a door-knocking sheet were entered."""

    kind: ClassVar[str] = "visit.sheet_entered"
    sentence: ClassVar[str] = N_("录入一张上门登记表：%(rows)d 户，其中 %(told)d 户送达")
    rows: int = public()
    told: int = public()
    visits: tuple[Mapping[str, Any], ...] = private()


@dataclass(frozen=True, kw_only=True)
class VisitCorrected(Fact):
    """A visit was noted wrongly, and counts no more."""

    kind: ClassVar[str] = "visit.corrected"
    sentence: ClassVar[str] = N_("更正了一条上门或送达登记")
    number: int = private()
    unit: str = private()
    reason: str = private()


@dataclass(frozen=True, kw_only=True)
class NoticeSeen(Fact):
    """A household says that it has seen the notice on its page."""

    kind: ClassVar[str] = "visit.notice_seen"
    sentence: ClassVar[str] = N_("一户说看到了征询通知")
    receipt: ClassVar[str] = N_("您家看到“%(title)s”的征询通知，已记下。这不是表态")
    title: str = private()
    units: tuple[str, ...] = private()


@dataclass(frozen=True, kw_only=True)
class RoundAssigned(Fact):
    """A member of staff was sent to a stairwell."""

    kind: ClassVar[str] = "visit.assigned"
    sentence: ClassVar[str] = N_("分派了一个楼道的上门人：%(seat_label)s")
    seat: str = public()
    seat_label: str = public()
    stairwell: int = private()
    visitor: str = private()


@dataclass(frozen=True, kw_only=True)
class ReminderSet(Fact):
    """The day of the reminder was set."""

    kind: ClassVar[str] = "visit.reminder_set"
    sentence: ClassVar[str] = N_("定下截止前 %(days)d 天提醒没表态的户，只提醒一次")
    days: int = public()
    due: datetime = public()


@dataclass(frozen=True, kw_only=True)
class Reminded(Fact):
    """The one reminder went out."""

    kind: ClassVar[str] = "visit.reminded"
    sentence: ClassVar[str] = N_("系统提醒了 %(told)d 户还没表态的住户")
    told: int = public()
