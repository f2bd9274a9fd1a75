"""Posting: what is pinned to the notice board, 公告 and 名册公示."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hearing.printing import press, words
from hearing.printing.press import Json
from hearing.printing.sheets.frame import Fact, Frame, prose


class Size(StrEnum):
    """The paper of a posting; its letters grow with it."""

    A4 = "a4"
    A3 = "a3"


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A 公告 or 公示, in the layout of official papers."""

    frame: Frame
    title: str
    body: str
    """Free text, a paragraph a line."""
    facts: Sequence[Fact]
    """时间, 地点, 听证事项 and the like, in the order printed."""
    posted_at: datetime

    def to_json(self, size: Size = Size.A4) -> dict[str, Json]:
        """The notice in words, for one size of paper."""
        return {
            "title": self.title,
            "frame": self.frame.to_json(),
            "body": prose(self.body),
            "facts": [fact.to_json() for fact in self.facts],
            "day": words.day(self.posted_at),
            "size": size.value,
        }


@dataclass(frozen=True, kw_only=True)
class RollLine:
    """One consent unit on a posted roll."""

    door: str
    name: str
    """Masked already: 李**; empty where only doors are posted."""
    capacity: str
    heads: int
    """How many heads this line adds; 0 for a further flat of the same owner."""
    area_centi: int
    remark: str = ""
    """待更户, 与401室同一产权人."""

    def to_json(self, ordinal: int) -> dict[str, Json]:
        """The line in words."""
        return {
            "ordinal": ordinal,
            "door": self.door,
            "name": self.name,
            "capacity": self.capacity,
            "heads": str(self.heads),
            "area": words.area(self.area_centi),
            "remark": self.remark,
        }


@dataclass(frozen=True, kw_only=True)
class Roll:
    """A consent roll put up for correction, 名册公示."""

    frame: Frame
    matter: str
    """What the roll is for: 门口台阶改坡道（方案第2版）."""
    lines: Sequence[RollLine]
    corrections_until: datetime
    posted_at: datetime
    roll_hash: str = ""
    """64 hexadecimal digits once the roll is frozen, empty before."""

    def to_json(self, size: Size = Size.A4) -> dict[str, Json]:
        """The roll in words, with its totals, for one size of paper."""
        return {
            "title": "征询名册公示",
            "frame": self.frame.to_json(),
            "matter": self.matter,
            "lines": [line.to_json(ordinal) for ordinal, line in enumerate(self.lines, 1)],
            "units": f"{len(self.lines):,} 户",
            "heads": f"{sum(line.heads for line in self.lines):,} 人",
            "area": words.area(sum(line.area_centi for line in self.lines)),
            "until": words.deadline(self.corrections_until),
            "roll_hash": self.roll_hash,
            "day": words.day(self.posted_at),
            "size": size.value,
        }


def notice(data: Notice, at: datetime, size: Size = Size.A4) -> bytes:
    """The notice as PDF/A, dated `at`. Raises press.MissingGlyph for a title, fact or office without a glyph."""
    return press.press("notice", data.to_json(size), at=at)


def roll(data: Roll, at: datetime, size: Size = Size.A4) -> bytes:
    """The roll as PDF/A, dated `at`. Raises press.MissingGlyph."""
    return press.press("roll", data.to_json(size), at=at)
