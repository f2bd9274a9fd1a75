"""What happens in the room, as the trail tells it: who chairs, which item, who came and went, speakers, polls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hearing.audit.fact import Band, Fact, private, public
from hearing.refusal import N_


@dataclass(frozen=True, kw_only=True)
class LackedQuorum(Fact):
    """Too few came: the meeting is put off."""

    kind: ClassVar[str] = "meeting.lacked_quorum"
    sentence: ClassVar[str] = N_("应到 %(named)d 人，实到 %(present)d 人，人数不足，会议延期")
    band: ClassVar[Band] = Band.BEFORE
    named: int = public()
    present: int = public()


@dataclass(frozen=True, kw_only=True)
class MeetingAdjourned(Fact):
    """The meeting was interrupted."""

    kind: ClassVar[str] = "meeting.adjourned"
    sentence: ClassVar[str] = N_("会议休会")
    reason: str = private()


@dataclass(frozen=True, kw_only=True)
class MeetingResumed(Fact):
    """The meeting goes on, with its quorum taken again."""

    kind: ClassVar[str] = "meeting.resumed"
    sentence: ClassVar[str] = N_("会议继续，应到 %(named)d 人，在场 %(present)d 人")
    named: int = public()
    present: int = public()


@dataclass(frozen=True, kw_only=True)
class ItemBegun(Fact):
    """The next item of the agenda is on."""

    kind: ClassVar[str] = "meeting.item_begun"
    sentence: ClassVar[str] = N_("会议进行到第 %(number)d 项议程")
    number: int = public()
    minutes: int = public()
    title: str = private()


@dataclass(frozen=True, kw_only=True)
class ChairTaken(Fact):
    """Somebody else chairs from now on."""

    kind: ClassVar[str] = "meeting.chair_taken"
    sentence: ClassVar[str] = N_("会议换了主持人")
    reason: str = private()
    person: str = private()


@dataclass(frozen=True, kw_only=True)
class CameOrWent(Fact):
    """A delegate left the room, or is back."""

    kind: ClassVar[str] = "meeting.came_or_went"
    sentence: ClassVar[str] = N_("一名代表进出会场，在场 %(present)d 人")
    leaves: bool = public()
    present: int = public()
    members: tuple[str, ...] = private()


@dataclass(frozen=True, kw_only=True)
class FloorGiven(Fact):
    """Somebody has the floor."""

    kind: ClassVar[str] = "meeting.floor_given"
    sentence: ClassVar[str] = N_("请 %(number)d 号发言")
    number: int = public()
    first_time: bool = public()
    speaker: str = private()


@dataclass(frozen=True, kw_only=True)
class VoiceWorded(Fact):
    """Staff wrote down what somebody said on her voice note."""

    kind: ClassVar[str] = "meeting.voice_worded"
    sentence: ClassVar[str] = N_("第 %(number)d 条意见的录音转成了文字")
    number: int = public()
    voice_hash: str = public()
    text: str = private()


@dataclass(frozen=True, kw_only=True)
class RoomPollOpened(Fact):
    """A poll began, with the quorum taken again."""

    kind: ClassVar[str] = "meeting.poll_opened"
    sentence: ClassVar[str] = N_("会上开始第 %(number)d 次表决，在场代表 %(present)d 人")
    band: ClassVar[Band] = Band.BEFORE
    number: int = public()
    present: int = public()
    named: int = public()
    options: int = public()
    question: str = private()


@dataclass(frozen=True, kw_only=True)
class RoomVoteCast(Fact):
    """A delegate voted; what, is nobody's to read."""

    kind: ClassVar[str] = "meeting.vote_cast"
    sentence: ClassVar[str] = N_("一名代表在第 %(number)d 次表决中投了票")
    receipt: ClassVar[str] = N_("您在“%(question)s”中的一票已收到")
    number: int = public()
    on_paper: bool = public()
    question: str = private()
    members: tuple[str, ...] = private()


@dataclass(frozen=True, kw_only=True)
class RoomPaperRead(Fact):
    """One member of staff read a paper; another one has to read the same."""

    kind: ClassVar[str] = "meeting.paper_read"
    sentence: ClassVar[str] = N_("工作人员录入第 %(number)d 次表决的一张纸票")
    number: int = public()
    members: tuple[str, ...] = private()


@dataclass(frozen=True, kw_only=True)
class RoomPollClosed(Fact):
    """A poll was counted."""

    kind: ClassVar[str] = "meeting.poll_closed"
    sentence: ClassVar[str] = N_("第 %(number)d 次表决结束，%(total)d 名代表投票")
    band: ClassVar[Band] = Band.BEFORE
    number: int = public()
    total: int = public()
    votes: tuple[int, ...] = public()
    paper: int = public()
    holds: bool = public()
    present: int = public()
    named: int = public()
