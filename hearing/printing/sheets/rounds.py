"""Rounds: the list that is carried from door to door, 上门登记表, with room to write by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hearing.printing import press, words
from hearing.printing.press import Json
from hearing.printing.sheets.frame import Frame


@dataclass(frozen=True, kw_only=True)
class RoundLine:
    """One door: no name, and nothing of an answer."""

    floor: str
    """3层, 底层."""
    door: str
    before: str
    """How often somebody went, and how it ended last."""
    agreed: str = ""
    """The time that was agreed, or the next day; empty for none."""

    def to_json(self) -> dict[str, Json]:
        """The door in words."""
        return {"floor": self.floor, "door": self.door, "before": self.before, "agreed": self.agreed}


@dataclass(frozen=True, kw_only=True)
class Rounds:
    """The doors of one stairwell where somebody has still to go."""

    frame: Frame
    place: str
    """安和里12号 1单元."""
    matter: str
    visitor: str
    """Who goes; empty where nobody was sent yet."""
    close_at: datetime
    lines: Sequence[RoundLine]

    def to_json(self) -> dict[str, Json]:
        """The sheet in words."""
        return {
            "title": "上门登记表",
            "frame": self.frame.to_json(),
            "place": self.place,
            "matter": self.matter,
            "visitor": self.visitor,
            "close_at": words.deadline(self.close_at),
            "lines": [line.to_json() for line in self.lines],
        }


def rounds(data: Rounds, at: datetime) -> bytes:
    """The sheet as PDF/A, A4, dated `at`. Raises press.MissingGlyph for a door or name without a glyph."""
    return press.press("rounds", data.to_json(), at=at)
