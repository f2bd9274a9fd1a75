"""What notices tell the trail: the hash of the printed text, never a name or what somebody objected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from hearing.audit.fact import Band, Fact, private, public
from hearing.refusal import N_


@dataclass(frozen=True, kw_only=True)
class NoticePosted(Fact):
    """A notice was posted for itself; one that belongs to another act stands in that act's fact."""

    kind: ClassVar[str] = "notice.posted"
    sentence: ClassVar[str] = N_("居委会贴出一份%(notice_label)s")
    receipt: ClassVar[str] = N_("公告已贴出：%(title)s")
    notice_kind: str = public()
    notice_label: str = public()
    notice_hash: str = public()
    title: str = private()


@dataclass(frozen=True, kw_only=True)
class NoticeTakenDown(Fact):
    """A notice was withdrawn."""

    kind: ClassVar[str] = "notice.withdrawn"
    sentence: ClassVar[str] = N_("居委会撤下一份公告")
    receipt: ClassVar[str] = N_("公告已撤下：%(title)s")
    notice_hash: str = public()
    title: str = private()
    reason: str = private()


@dataclass(frozen=True, kw_only=True)
class PostedOnPaper(Fact):
    """A printed notice was hung up."""

    kind: ClassVar[str] = "notice.posted_on_paper"
    sentence: ClassVar[str] = N_("纸质公告已张贴")
    receipt: ClassVar[str] = N_("已登记张贴地点：%(place)s")
    notice_hash: str = public()
    photo_hash: str = public()
    place: str = private()


@dataclass(frozen=True, kw_only=True)
class ObjectionRaised(Fact):
    """A neighbour objected while the paper hung."""

    kind: ClassVar[str] = "objection.raised"
    sentence: ClassVar[str] = N_("公示期间收到一条异议")
    receipt: ClassVar[str] = N_("您对“%(title)s”的异议已收到，编号 %(number)d。居委会会逐条答复")
    band: ClassVar[Band] = Band.DURING
    about: str = public()
    number: int = public()
    assisted: bool = public()
    ends_at: datetime = public()
    title: str = private()
    text: str = private()
    name: str = private()
    door: str = private()
    paper_hash: str = private()


@dataclass(frozen=True, kw_only=True)
class ObjectionDecided(Fact):
    """The committee dealt with an objection."""

    kind: ClassVar[str] = "objection.decided"
    sentence: ClassVar[str] = N_("一条异议有了处理结果：%(state_label)s")
    receipt: ClassVar[str] = N_("第 %(number)d 条异议的处理已记下：%(state_label)s")
    band: ClassVar[Band] = Band.DURING
    about: str = public()
    number: int = public()
    state: str = public()
    state_label: str = public()
    reason: str = private()


@dataclass(frozen=True, kw_only=True)
class ObjectionWithdrawn(Fact):
    """Its author took an objection back."""

    kind: ClassVar[str] = "objection.withdrawn"
    sentence: ClassVar[str] = N_("一条异议由提出人撤回")
    receipt: ClassVar[str] = N_("您已撤回第 %(number)d 条异议")
    band: ClassVar[Band] = Band.DURING
    about: str = public()
    number: int = public()
