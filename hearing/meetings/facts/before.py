"""What comes before a meeting, as the trail tells it: sign-up, agencies, materials, the draw."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from hearing.audit.fact import Band, Fact, private, public
from hearing.refusal import N_


@dataclass(frozen=True, kw_only=True)
class SignUpOpened(Fact):
    """The paper hangs: neighbours may sign up."""

    kind: ClassVar[str] = "meeting.sign_up_opened"
    sentence: ClassVar[str] = N_("会议开始报名，纸质公告已贴 %(papers)d 处")
    band: ClassVar[Band] = Band.BEFORE
    papers: int = public()
    closes_at: datetime = public()


@dataclass(frozen=True, kw_only=True)
class SignedUp(Fact):
    """A neighbour signed up."""

    kind: ClassVar[str] = "meeting.signed_up"
    sentence: ClassVar[str] = N_("一位邻居报名参加会议")
    receipt: ClassVar[str] = N_("您已报名“%(title)s”：%(as_label)s，您是第 %(number)d 号")
    number: int = public()
    as_label: str = public()
    title: str = private()
    topic: str = private()


@dataclass(frozen=True, kw_only=True)
class SignUpTakenBack(Fact):
    """A neighbour does not come after all."""

    kind: ClassVar[str] = "meeting.sign_up_taken_back"
    sentence: ClassVar[str] = N_("第 %(number)d 号报名取消")
    receipt: ClassVar[str] = N_("您已取消“%(title)s”的报名")
    number: int = public()
    title: str = private()


@dataclass(frozen=True, kw_only=True)
class AgencyInvited(Fact):
    """An agency was asked to come, and to answer by a day."""

    kind: ClassVar[str] = "meeting.agency_invited"
    sentence: ClassVar[str] = N_("约请%(office)s参加会议")
    band: ClassVar[Band] = Band.BEFORE
    office: str = public()
    due_at: datetime = public()
    about: str = private()


@dataclass(frozen=True, kw_only=True)
class AgencyReplied(Fact):
    """An agency answered."""

    kind: ClassVar[str] = "meeting.agency_replied"
    sentence: ClassVar[str] = N_("%(office)s答复约请：%(reply_label)s")
    receipt: ClassVar[str] = N_("已登记%(office)s的答复：%(reply_label)s")
    band: ClassVar[Band] = Band.BEFORE
    office: str = public()
    reply_label: str = public()
    after_deadline: bool = public()
    letter_hash: str = public()
    words: str = private()


@dataclass(frozen=True, kw_only=True)
class MaterialAdded(Fact):
    """A paper can be read beforehand."""

    kind: ClassVar[str] = "meeting.material_added"
    sentence: ClassVar[str] = N_("公布一份会议材料")
    file_hash: str = public()
    title: str = private()


@dataclass(frozen=True, kw_only=True)
class DelegatesDrawn(Fact):
    """Delegates were drawn from the volunteers; with list and seed anybody can draw again."""

    kind: ClassVar[str] = "meeting.delegates_drawn"
    sentence: ClassVar[str] = N_("从 %(volunteers)d 位报名的邻居里抽签选出 %(drawn)d 名代表")
    band: ClassVar[Band] = Band.BEFORE
    volunteers: int = public()
    drawn: int = public()
    list_hash: str = public()
    seed: str = public()
    numbers: tuple[int, ...] = public()
    """In the order drawn, those who stand by included."""


@dataclass(frozen=True, kw_only=True)
class DelegatesListed(Fact):
    """The committee named delegates from the register."""

    kind: ClassVar[str] = "meeting.delegates_listed"
    sentence: ClassVar[str] = N_("居委会指定 %(count)d 名代表")
    count: int = public()
    members: tuple[str, ...] = private()
