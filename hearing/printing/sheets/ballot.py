"""Ballot 选票: papers of a poll, each under a number of its own, with a stub that its voter keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hearing.printing import press, qr, words
from hearing.printing.press import Json
from hearing.printing.sheets.frame import Frame, prose


@dataclass(frozen=True, kw_only=True)
class BallotPaper:
    """One paper."""

    code: str
    """Its number as a person reads and types it: 8K3Q-42F7-1X."""
    scan: str
    """What its square holds: the opaque number with the form's version; no name, no address."""
    stub: str
    """The words on its stub; "" where ballots stand under names."""

    def to_json(self) -> dict[str, Json]:
        """The paper in words."""
        return {"code": self.code, "qr": qr.svg(self.scan, title="选票编号"), "stub": self.stub}


@dataclass(frozen=True, kw_only=True)
class BallotOption:
    """One line of a ballot."""

    code: str
    """"" for an answer to a question, which has no number."""
    title: str
    cost_fen: int
    category: str

    def to_json(self) -> dict[str, Json]:
        """The line in words."""
        cost = words.yuan(self.cost_fen) if self.cost_fen else ""
        return {"code": self.code, "title": self.title, "cost": cost, "category": self.category}


@dataclass(frozen=True, kw_only=True)
class BallotPapers:
    """The papers of one file."""

    frame: Frame
    poll: str
    """The poll's title."""
    about: str
    """What is asked, as the committee wrote it."""
    how: str
    """How the paper is filled in, in a sentence."""
    numbered: bool
    """Whether numbers are written and not ticks."""
    secret: bool
    """Whether nobody may be known by it."""
    close_at: datetime
    options: Sequence[BallotOption]
    papers: Sequence[BallotPaper]

    def to_json(self) -> dict[str, Json]:
        """Everything that the template prints, already in words."""
        return {
            "title": "无记名选票" if self.secret else "实名选票",
            "frame": self.frame.to_json(),
            "poll": self.poll,
            "about": prose(self.about),
            "how": self.how,
            "numbered": self.numbered,
            "secret": self.secret,
            "close_at": words.deadline(self.close_at),
            "options": [option.to_json() for option in self.options],
            "papers": [paper.to_json() for paper in self.papers],
        }


def ballots(data: BallotPapers, at: datetime) -> bytes:
    """The papers as PDF/A, A4, each on pages of its own; raises press.MissingGlyph."""
    return press.press("ballot", data.to_json(), at=at)
