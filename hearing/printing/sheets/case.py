"""The case file 案卷: its summary sheet, which is the certificate of the whole case, and what lies in the zip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hearing.printing import press, words
from hearing.printing.press import Json
from hearing.printing.sheets.consent import Objection, Official, Proof, TallyLine
from hearing.printing.sheets.frame import Fact, Frame, prose


@dataclass(frozen=True, kw_only=True)
class Collected:
    """One collection: its rule, its roll, its count and how it ended."""

    title: str
    """加装电梯：本幢; with its round where it was held again."""
    folder: str
    """Where its papers lie in the zip."""
    plan_version: int
    outcome: str
    is_final: bool
    rule: str
    window: str
    """From when until when, in words."""
    roll: str
    """12 户，12 人，630.00 ㎡."""
    roll_hash: str
    tally: Sequence[TallyLine]
    methods: str
    objections: Sequence[Objection]
    official: Official | None
    unprinted: int = 0
    """How many objections there are where they are too many to print: the zip has them."""

    def to_json(self) -> dict[str, Json]:
        """The collection in words."""
        return {
            "title": self.title,
            "folder": self.folder,
            "plan_version": self.plan_version,
            "outcome": self.outcome,
            "is_final": self.is_final,
            "rule": self.rule,
            "window": self.window,
            "roll": self.roll,
            "roll_hash": self.roll_hash,
            "tally": [line.to_json() for line in self.tally],
            "methods": self.methods,
            "objections": [objection.to_json() for objection in self.objections],
            "unprinted": f"{self.unprinted:,}" if self.unprinted else "",
            "official": self.official.to_json() if self.official is not None else None,
        }


@dataclass(frozen=True, kw_only=True)
class Version:
    """One version of the plan."""

    number: int
    title: str
    fixed_at: datetime
    plan_hash: str
    reason: str
    text: str
    budget_fen: int

    def to_json(self) -> dict[str, Json]:
        """The version in words."""
        return {
            "number": self.number,
            "title": self.title,
            "fixed_at": words.moment(self.fixed_at),
            "plan_hash": self.plan_hash,
            "reason": prose(self.reason),
            "text": prose(self.text),
            "budget": words.yuan(self.budget_fen),
        }


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A table: its heading, its columns, its rows, in words."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    empty: str = ""
    """What stands there instead of an empty table."""
    note: str = ""

    def to_json(self) -> dict[str, Json]:
        """The table, free text in it as prose."""
        return {
            "title": self.title,
            "heads": list(self.heads),
            "rows": [[press.Prose(cell) for cell in row] for row in self.rows],
            "empty": self.empty,
            "note": self.note,
        }


@dataclass(frozen=True, kw_only=True)
class CaseFile:
    """A whole case. In the public edition no line names a household."""

    frame: Frame
    serial: str
    title: str
    summary: str
    state: str
    facts: Sequence[Fact]
    versions: Sequence[Version]
    collections: Sequence[Collected]
    listings: Sequence[Listing]
    """Permits, money, concerns, notices, stages, the group: each as far as the edition tells it."""
    folders: Sequence[tuple[str, str, int]]
    """What lies in the zip: folder, what is in it, how many files."""
    proof: Proof
    legal_note: str
    masked: bool
    left_out: str
    """What was erased and is therefore not in it; "" where nothing was."""

    def to_json(self) -> dict[str, Json]:
        """Everything the template prints, already in words."""
        return {
            "title": "案卷",
            "frame": self.frame.to_json(),
            "serial": self.serial,
            "proposal": self.title,
            "summary": prose(self.summary),
            "state": self.state,
            "facts": [fact.to_json() for fact in self.facts],
            "versions": [version.to_json() for version in self.versions],
            "collections": [collected.to_json() for collected in self.collections],
            "listings": [listing.to_json() for listing in self.listings],
            "folders": [{"path": path, "what": what, "count": count} for path, what, count in self.folders],
            "proof": self.proof.to_json(),
            "legal_note": self.legal_note,
            "masked": self.masked,
            "left_out": self.left_out,
        }


def case_file(data: CaseFile, at: datetime) -> bytes:
    """The summary sheet as PDF/A, A4, dated `at`, with a table of contents.

    Raises press.MissingGlyph when a title or heading has a character without a glyph.
    """
    return press.press("case", data.to_json(), at=at)
