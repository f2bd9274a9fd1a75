"""Meeting: the minutes of a hearing, coordination, review or joint meeting, 会议纪要."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hearing.printing import press, words
from hearing.printing.press import Json
from hearing.printing.sheets.frame import Fact, Frame, prose


@dataclass(frozen=True, kw_only=True)
class SaidAndAnswered:
    """One opinion or question and its answer."""

    speaker: str
    """Capacity and masked name: 承租人 王**, 居民（3层）."""
    stance: str
    """赞成, 反对, 有条件, 疑问."""
    text: str
    disposition: str = ""
    """采纳, 部分采纳, 未采纳, 转办; empty before it is answered."""
    reply: str = ""

    def to_json(self) -> dict[str, Json]:
        """The opinion in words."""
        return {
            "speaker": self.speaker,
            "stance": self.stance,
            "text": prose(self.text),
            "disposition": self.disposition,
            "reply": prose(self.reply),
        }


@dataclass(frozen=True, kw_only=True)
class Confirmation:
    """Somebody's word that the minutes are right, or their objection to them."""

    by: str
    """主持人 陈**."""
    at: datetime
    objection: str = ""

    def to_json(self) -> dict[str, Json]:
        """The confirmation in words."""
        return {"by": self.by, "at": words.moment(self.at), "objection": prose(self.objection)}


@dataclass(frozen=True, kw_only=True)
class Minutes:
    """Confirmed minutes, names masked already."""

    frame: Frame
    title: str
    """关于“门口台阶改坡道”的协调会纪要."""
    facts: Sequence[Fact]
    """时间, 地点, 主持人, 记录人, 应到实到."""
    summary: str
    """What was explained and discussed, a paragraph a line."""
    opinions: Sequence[SaidAndAnswered]
    settlement: str
    """What was settled, a paragraph a line; empty when nothing was."""
    confirmations: Sequence[Confirmation]
    log_index: int
    """Place in the public log of the entry that confirmed them, from 0."""
    minutes_hash: str
    """SHA-256 of the minutes, 64 hexadecimal digits."""
    confirmed_at: datetime

    def to_json(self) -> dict[str, Json]:
        """The minutes in words."""
        return {
            "title": self.title,
            "frame": self.frame.to_json(),
            "facts": [fact.to_json() for fact in self.facts],
            "summary": prose(self.summary),
            "opinions": [opinion.to_json() for opinion in self.opinions],
            "settlement": prose(self.settlement),
            "confirmations": [confirmation.to_json() for confirmation in self.confirmations],
            "log_index": f"{self.log_index:,}",
            "minutes_hash": self.minutes_hash,
            "day": words.day(self.confirmed_at),
        }


def minutes(data: Minutes, at: datetime) -> bytes:
    """The minutes as PDF/A, A4, dated `at`. Raises press.MissingGlyph for a name or heading without a glyph."""
    return press.press("minutes", data.to_json(), at=at)
