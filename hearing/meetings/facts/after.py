"""What comes after a meeting, as the trail tells it: corrections, answers, signatures, plans, satisfaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from hearing.audit.fact import Band, Fact, private, public
from hearing.refusal import N_


@dataclass(frozen=True, kw_only=True)
class CorrectionAsked(Fact):
    """A speaker says how her own words should stand."""

    kind: ClassVar[str] = "meeting.correction_asked"
    sentence: ClassVar[str] = N_("第 %(number)d 条发言请求更正")
    receipt: ClassVar[str] = N_("您对第 %(number)d 条发言的更正已收到，等记录人核对")
    number: int = public()
    text: str = private()


@dataclass(frozen=True, kw_only=True)
class CorrectionDecided(Fact):
    """The desk took a correction over, or said why not."""

    kind: ClassVar[str] = "meeting.correction_decided"
    sentence: ClassVar[str] = N_("第 %(number)d 条发言的更正已核对")
    number: int = public()
    accepted: bool = public()
    reply: str = private()


@dataclass(frozen=True, kw_only=True)
class OpinionsGrouped(Fact):
    """Opinions that say the same were put together."""

    kind: ClassVar[str] = "meeting.opinions_grouped"
    sentence: ClassVar[str] = N_("%(count)d 条意见归入第 %(number)d 组")
    number: int = public()
    count: int = public()
    numbers: tuple[int, ...] = public()
    """Of the opinions."""
    title: str = private()


@dataclass(frozen=True, kw_only=True)
class AnsweringBegun(Fact):
    """Every opinion is in a group; the answers are due by a day."""

    kind: ClassVar[str] = "meeting.answering_begun"
    sentence: ClassVar[str] = N_("%(opinions)d 条意见归成 %(groups)d 组，逐组书面答复")
    band: ClassVar[Band] = Band.BEFORE
    opinions: int = public()
    groups: int = public()
    due_at: datetime = public()


@dataclass(frozen=True, kw_only=True)
class OpinionsAnswered(Fact):
    """A group got its answer, or was passed on to an office."""

    kind: ClassVar[str] = "meeting.opinions_answered"
    sentence: ClassVar[str] = N_("第 %(number)d 组意见：%(disposition_label)s")
    receipt: ClassVar[str] = N_("已答复第 %(number)d 组意见：%(disposition_label)s")
    band: ClassVar[Band] = Band.BEFORE
    number: int = public()
    disposition_label: str = public()
    office: str = public()
    after_deadline: bool = public()
    parts: tuple[str, ...] = public()
    """The parts of the plan that it changes."""
    words: str = private()


@dataclass(frozen=True, kw_only=True)
class MeetingClosed(Fact):
    """A meeting is dealt with. It advised: whether anybody consents is asked elsewhere."""

    kind: ClassVar[str] = "meeting.closed"
    sentence: ClassVar[str] = N_("会议办结：%(outcome_label)s")
    band: ClassVar[Band] = Band.BEFORE
    outcome_label: str = public()
    groups: int = public()
    note: str = private()


@dataclass(frozen=True, kw_only=True)
class SettlementSigned(Fact):
    """A party signed what was settled, or that nothing was; or would not sign."""

    kind: ClassVar[str] = "meeting.settlement_signed"
    sentence: ClassVar[str] = N_("一位当事人对协调结果作了签字登记")
    receipt: ClassVar[str] = N_("您已在“%(title)s”的结果上签字")
    minutes_hash: str = public()
    settled: bool = public()
    refused: bool = public()
    paper_hash: str = public()
    title: str = private()
    members: tuple[str, ...] = private()
    why: str = private()


@dataclass(frozen=True, kw_only=True)
class RectificationFiled(Fact):
    """The reviewed unit filed its plan."""

    kind: ClassVar[str] = "meeting.rectification_filed"
    sentence: ClassVar[str] = N_("被评议的单位提交了整改方案")
    band: ClassVar[Band] = Band.AFTER
    after_deadline: bool = public()
    paper_hash: str = public()
    plan: str = private()


@dataclass(frozen=True, kw_only=True)
class CompletionNoted(Fact):
    """What the meeting led to is done."""

    kind: ClassVar[str] = "meeting.completed"
    sentence: ClassVar[str] = N_("会议议定的事已完工，30天后请邻居评价")
    band: ClassVar[Band] = Band.AFTER
    completed_on: str = public()
    opens_at: datetime = public()
    what: str = private()


@dataclass(frozen=True, kw_only=True)
class SatisfactionGiven(Fact):
    """A household said how satisfied it is."""

    kind: ClassVar[str] = "meeting.satisfaction_given"
    sentence: ClassVar[str] = N_("一户邻居作了满意度评价")
    receipt: ClassVar[str] = N_("您对“%(title)s”的评价已收到：%(grade_label)s")
    title: str = private()
    grade_label: str = private()
    words: str = private()
