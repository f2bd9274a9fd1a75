"""Door: what is carried to each household, 征询单 and 入户信; one page each, all of a stairwell in one file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hearing.printing import press, qr, words
from hearing.printing.press import Json
from hearing.printing.sheets.frame import Frame


@dataclass(frozen=True, kw_only=True)
class Slip:
    """One household's 征询单."""

    door: str
    name: str
    """Masked already: 李**."""
    code: str
    """The form's number as a person reads and types it: 8K3Q-42F7-1."""
    scan: str
    """What the QR code holds: an opaque number with form version and check digits; no name, no address with rights."""
    share_fen: int | None = None
    """What the household would pay; None when nobody pays."""
    share_note: str = ""
    """Why that is nothing, or what it was by the version before."""

    def to_json(self) -> dict[str, Json]:
        """The slip in words."""
        return {
            "door": self.door,
            "name": self.name,
            "code": self.code,
            "qr": qr.svg(self.scan, title="征询单编号"),
            "share": None if self.share_fen is None else words.yuan(self.share_fen),
            "share_note": self.share_note,
        }


@dataclass(frozen=True, kw_only=True)
class Slips:
    """The slips of one collection."""

    frame: Frame
    plan_title: str
    plan_version: int
    plan_hash: str
    """64 hexadecimal digits; the slip shows the first eight."""
    answers: Sequence[str]
    """The collection's answer set, in its order: 同意, 反对, 弃权."""
    close_at: datetime
    conflict: str
    """Which answer counts when paper and phone differ, in a sentence."""
    slips: Sequence[Slip]

    def to_json(self) -> dict[str, Json]:
        """The slips in words."""
        return {
            "title": "意愿征询单",
            "frame": self.frame.to_json(),
            "plan_title": self.plan_title,
            "plan_version": self.plan_version,
            "plan_hash8": self.plan_hash[:8],
            "answers": list(self.answers),
            "close_at": words.deadline(self.close_at),
            "conflict": self.conflict,
            "slips": [slip.to_json() for slip in self.slips],
        }


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One household's letter with its code."""

    door: str
    name: str
    """Masked already: 李**; empty for “住户”."""
    code: str
    """The household code, as typed: 4F7K-92MQ."""
    link: str
    """The sign-in address with the code, which the QR code holds and the letter does not print."""

    def to_json(self) -> dict[str, Json]:
        """The letter in words."""
        return {"door": self.door, "name": self.name, "code": self.code, "qr": qr.svg(self.link, title="扫码登录")}


@dataclass(frozen=True, kw_only=True)
class Letters:
    """The letters of one round of enrolment."""

    frame: Frame
    site: str
    """The address that residents type."""
    valid_until: datetime
    dated: datetime
    letters: Sequence[Letter]

    def to_json(self) -> dict[str, Json]:
        """The letters in words."""
        return {
            "title": "致住户的一封信",
            "frame": self.frame.to_json(),
            "site": self.site,
            "valid_until": words.deadline(self.valid_until),
            "day": words.day(self.dated),
            "letters": [letter.to_json() for letter in self.letters],
        }


def slips(data: Slips, at: datetime) -> bytes:
    """The slips as PDF/A, one A4 page each, 16 pt or more, dated `at`.

    Raises press.MissingGlyph; press.PressFailed when there is no slip, or one that does not fit on its page.
    """
    return press.press("slip", data.to_json(), at=at)


def letters(data: Letters, at: datetime) -> bytes:
    """The letters as PDF/A, one A4 page each, dated `at`. Raises as `slips` does."""
    return press.press("letter", data.to_json(), at=at)
