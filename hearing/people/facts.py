"""Facts of people: households joined, holders recognised, seats given and ended, letters issued."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from hearing.audit.fact import Fact, private, public
from hearing.refusal import N_


@dataclass(frozen=True, kw_only=True)
class Joined(Fact):
    """A person came into a household with the code of its letter."""

    kind: ClassVar[str] = "household.joined"
    sentence: ClassVar[str] = N_("一位居民凭信上的户码加入了一户")
    receipt: ClassVar[str] = N_("您加入了 %(door)s")
    door: str = private()
    unit: int = private()
    relation: str = private()
    checked_how: str = private()
    """phone when the roll's own number showed that she holds the unit; empty otherwise."""


@dataclass(frozen=True, kw_only=True)
class Recognised(Fact):
    """A clerk looked at the papers and linked a member to a person of the register."""

    kind: ClassVar[str] = "household.recognised"
    sentence: ClassVar[str] = N_("居委会看过证件，核对了一位户主的身份")
    receipt: ClassVar[str] = N_("您核对了 %(door)s 一位户主的身份")
    door: str = private()
    holder: int = private()
    papers: str = private()


@dataclass(frozen=True, kw_only=True)
class NotRecognised(Fact):
    """A clerk looked and could not link the member to the register."""

    kind: ClassVar[str] = "household.not_recognised"
    sentence: ClassVar[str] = N_("居委会没有核对上一位登记人的户主身份")
    receipt: ClassVar[str] = N_("您没有核对上 %(door)s 一位登记人的户主身份，原因：%(reason)s")
    door: str = private()
    reason: str = private()


@dataclass(frozen=True, kw_only=True)
class SeatGranted(Fact):
    """Somebody was given a seat. `link` invites her to set a password; it is told once and never recorded."""

    kind: ClassVar[str] = "seat.granted"
    sentence: ClassVar[str] = N_("有了一个新席位：%(role_label)s")
    receipt: ClassVar[str] = N_("您请 %(name)s 担任：%(role_label)s")
    role: str = public()
    role_label: str = public()
    holder_ref: str = private()
    name: str = private()
    link: str | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class SeatEnded(Fact):
    """A seat came to its end."""

    kind: ClassVar[str] = "seat.ended"
    sentence: ClassVar[str] = N_("一个席位结束了：%(role_label)s")
    receipt: ClassVar[str] = N_("您结束了 %(name)s 的席位：%(role_label)s")
    role: str = public()
    role_label: str = public()
    holder_ref: str = private()
    name: str = private()


@dataclass(frozen=True, kw_only=True)
class InvitedAgain(Fact):
    """A member of staff got a new invitation, to set password and second factor anew."""

    kind: ClassVar[str] = "seat.invited_again"
    sentence: ClassVar[str] = N_("给一位工作人员重新发了邀请：%(role_label)s")
    receipt: ClassVar[str] = N_("您给 %(name)s 重新发了邀请：%(role_label)s")
    role: str = public()
    role_label: str = public()
    holder_ref: str = private()
    name: str = private()
    link: str | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class LettersIssued(Fact):
    """Letters with new household codes; older letters of these units open no door any more."""

    kind: ClassVar[str] = "letters.issued"
    sentence: ClassVar[str] = N_("居委会印了 %(letter_count)s 封入户信，旧的户码作废")
    receipt: ClassVar[str] = N_("您印了 %(letter_count)s 封入户信，旧的户码作废")
    letter_count: int = public()
    units: list[int] = private()
    codes: Mapping[int, str] = field(default_factory=dict, repr=False)
    """The codes by unit, for printing, once: neither public nor private fields, they never reach the trail."""
