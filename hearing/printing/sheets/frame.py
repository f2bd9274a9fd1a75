"""Frame: what the head and the foot of every printed page say, and the words that all sheets share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hearing.printing import qr, words
from hearing.printing.press import Json, Prose


@dataclass(frozen=True, kw_only=True)
class Frame:
    """Who publishes the paper, and how its reader checks it against the trail."""

    subdistrict: str
    """南京东路街道."""
    neighbourhood: str
    """天津路居民区."""
    office: str
    """Who signs at the end: 天津路居民委员会."""
    phone: str
    """The number to call."""
    head_code: str
    """存证码: the trail's head on the day of printing."""
    head_at: datetime
    """The instant at which the trail stood at `head_code`."""
    verify_url: str
    """Where anyone checks; also the foot's QR code."""
    sealed_by: str = ""
    """Whose digital seal the file carries; "" for a paper without."""
    checkpoint: str = ""
    """The signed checkpoint for those who keep the paper: three lines, an empty one, the log's signature."""

    def to_json(self) -> dict[str, Json]:
        """The frame in words, as the templates lay it out."""
        return {
            "subdistrict": self.subdistrict,
            "neighbourhood": self.neighbourhood,
            "office": self.office,
            "phone": self.phone,
            "head_code": self.head_code,
            "head_at": words.moment(self.head_at),
            "verify_url": self.verify_url,
            "sealed_by": self.sealed_by,
            "verify_qr": qr.svg(self.verify_url, border=1),
            "checkpoint": self.checkpoint.split("\n\n")[0].split("\n") if self.checkpoint else [],
            "checkpoint_qr": qr.svg(self.checkpoint, border=1) if self.checkpoint else "",
        }


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One labelled line: 时间, 地点, 参加人员."""

    label: str
    text: str

    def to_json(self) -> dict[str, Json]:
        """Label and text."""
        return {"label": self.label, "text": self.text}


def prose(text: str) -> list[Json]:
    """Free text as its paragraphs, in which a character without a glyph does not stop the press."""
    return [Prose(line) for line in words.paragraphs(text)]
