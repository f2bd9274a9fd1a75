"""What meetings tell the trail: the steps, how many came, hashes; never who came, who asked, or what was said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from hearing.audit.fact import Band, Fact, private, public
from hearing.refusal import N_


@dataclass(frozen=True, kw_only=True)
class MeetingPlanned(Fact):
    """A meeting was planned; nothing has been announced yet."""

    kind: ClassVar[str] = "meeting.planned"
    sentence: ClassVar[str] = N_("居委会准备召开会议")
    title: str = private()
    starts_at: datetime = private()
    place: str = private()


@dataclass(frozen=True, kw_only=True)
class MeetingNoticed(Fact):
    """The notice of a meeting was posted, and its members were told."""

    kind: ClassVar[str] = "meeting.noticed"
    sentence: ClassVar[str] = N_("居委会发出会议公告，请 %(named)d 人参加")
    receipt: ClassVar[str] = N_("会议公告已贴出，已通知 %(named)d 人")
    band: ClassVar[Band] = Band.BEFORE
    starts_at: datetime = public()
    named: int = public()
    notice_hash: str = public()


@dataclass(frozen=True, kw_only=True)
class MeetingPostponed(Fact):
    """A meeting was postponed."""

    kind: ClassVar[str] = "meeting.postponed"
    sentence: ClassVar[str] = N_("会议延期")
    band: ClassVar[Band] = Band.BEFORE
    reason: str = private()


@dataclass(frozen=True, kw_only=True)
class MeetingSetAnew(Fact):
    """A postponed meeting got its new date, with a new notice."""

    kind: ClassVar[str] = "meeting.set_anew"
    sentence: ClassVar[str] = N_("会议定了新的时间")
    band: ClassVar[Band] = Band.BEFORE
    starts_at: datetime = public()
    named: int = public()
    notice_hash: str = public()


@dataclass(frozen=True, kw_only=True)
class MeetingCancelled(Fact):
    """A meeting was called off after it had been announced."""

    kind: ClassVar[str] = "meeting.cancelled"
    sentence: ClassVar[str] = N_("会议取消")
    band: ClassVar[Band] = Band.BEFORE
    reason: str = private()


@dataclass(frozen=True, kw_only=True)
class MeetingDropped(Fact):
    """A planned meeting was given up before anybody was told of it."""

    kind: ClassVar[str] = "meeting.dropped"
    sentence: ClassVar[str] = N_("居委会放弃了一次还没公告的会议")
    reason: str = private()


@dataclass(frozen=True, kw_only=True)
class SignedIn(Fact):
    """Somebody signed in by herself."""

    kind: ClassVar[str] = "meeting.signed_in"
    sentence: ClassVar[str] = N_("一位参加人签到")
    receipt: ClassVar[str] = N_("您已在“%(title)s”签到")
    method: str = public()
    title: str = private()
    members: tuple[str, ...] = private()
    by_family: bool = private()


@dataclass(frozen=True, kw_only=True)
class SignedInOnPaper(Fact):
    """Staff entered the paper list."""

    kind: ClassVar[str] = "meeting.signed_in_on_paper"
    sentence: ClassVar[str] = N_("工作人员录入 %(count)d 人的纸质签到")
    count: int = public()
    paper_hash: str = public()
    members: tuple[str, ...] = private()


@dataclass(frozen=True, kw_only=True)
class MeetingOpened(Fact):
    """A meeting began with its quorum."""

    kind: ClassVar[str] = "meeting.opened"
    sentence: ClassVar[str] = N_("会议召开，应到 %(named)d 人，实到 %(present)d 人")
    band: ClassVar[Band] = Band.BEFORE
    named: int = public()
    present: int = public()


@dataclass(frozen=True, kw_only=True)
class QuestionAsked(Fact):
    """Somebody asked, or staff recorded what somebody said."""

    kind: ClassVar[str] = "meeting.asked"
    sentence: ClassVar[str] = N_("会议收到一个提问")
    receipt: ClassVar[str] = N_("您对“%(title)s”的提问已收到，会上答复")
    number: int = public()
    recorded: bool = public()
    stance: str = public()
    late: bool = public()
    voice_hash: str = public()
    title: str = private()
    text: str = private()
    member: str = private()


@dataclass(frozen=True, kw_only=True)
class QuestionAnswered(Fact):
    """A seat answered a question."""

    kind: ClassVar[str] = "meeting.answered"
    sentence: ClassVar[str] = N_("会议的一个提问有了答复")
    receipt: ClassVar[str] = N_("您对第 %(number)d 个提问的答复已记下")
    number: int = public()
    text: str = private()


@dataclass(frozen=True, kw_only=True)
class MeetingEnded(Fact):
    """A meeting ended; its minutes are being written."""

    kind: ClassVar[str] = "meeting.ended"
    sentence: ClassVar[str] = N_("会议结束，开始整理纪要")
    named: int = public()
    present: int = public()
    questions: int = public()


@dataclass(frozen=True, kw_only=True)
class MinutesWritten(Fact):
    """A version of the minutes was put before those who were there."""

    kind: ClassVar[str] = "meeting.minutes_written"
    sentence: ClassVar[str] = N_("会议纪要第 %(version)d 版请到会的人核对")
    version: int = public()
    minutes_hash: str = public()


@dataclass(frozen=True, kw_only=True)
class MinutesAttested(Fact):
    """The chair or a delegate confirmed a version, or staff entered a delegate's signature on paper."""

    kind: ClassVar[str] = "meeting.minutes_attested"
    sentence: ClassVar[str] = N_("一位到会的人确认了会议纪要")
    receipt: ClassVar[str] = N_("您已确认“%(title)s”的纪要")
    version: int = public()
    minutes_hash: str = public()
    chair: bool = public()
    paper_hash: str = public()
    title: str = private()
    person: str = private()


@dataclass(frozen=True, kw_only=True)
class MinutesContested(Fact):
    """Somebody who was named says that a version is wrong; her words stay attached to it."""

    kind: ClassVar[str] = "meeting.minutes_contested"
    sentence: ClassVar[str] = N_("会议纪要收到一条不同意见，附在纪要后面")
    receipt: ClassVar[str] = N_("您对“%(title)s”纪要的意见已收到，附在纪要后面")
    version: int = public()
    minutes_hash: str = public()
    paper_hash: str = public()
    title: str = private()
    person: str = private()
    text: str = private()


@dataclass(frozen=True, kw_only=True)
class MinutesConfirmed(Fact):
    """The minutes stand."""

    kind: ClassVar[str] = "meeting.minutes_confirmed"
    sentence: ClassVar[str] = N_("会议纪要已确认")
    band: ClassVar[Band] = Band.BEFORE
    version: int = public()
    minutes_hash: str = public()
    objections: int = public()


@dataclass(frozen=True, kw_only=True)
class PhotoAdded(Fact):
    """Photos of the meeting were kept."""

    kind: ClassVar[str] = "meeting.photo_added"
    sentence: ClassVar[str] = N_("居委会保存了会议的照片")
    photo_hashes: tuple[str, ...] = public()
