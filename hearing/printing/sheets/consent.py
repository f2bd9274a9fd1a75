"""Consent: the certificate of a written consent collection, 书面同意证书."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from hearing.printing import ink, press, words
from hearing.printing.press import Json
from hearing.printing.sheets.frame import Frame, prose


class Measure(StrEnum):
    """What a line of a tally counts."""

    HEADS = "heads"
    """人数(户数), whole persons."""
    AREA = "area"
    """专有部分面积 in 1/100 m²."""


@dataclass(frozen=True, kw_only=True)
class TallyLine:
    """One line that a rule draws: `have` against a part of `whole`, by cross-multiplication."""

    title: str
    """参与表决, 同意."""
    measure: Measure
    have: int
    whole: int
    numerator: int
    denominator: int
    inclusive: bool = True
    """以上 includes the number itself, 过半数 does not (民法典 §1259)."""

    @property
    def reached(self) -> bool:
        """Whether the line is reached; nobody out of nobody reaches nothing."""
        left, right = self.denominator * self.have, self.numerator * self.whole
        return self.whole > 0 and (left >= right if self.inclusive else left > right)

    def to_json(self) -> dict[str, Json]:
        """The line in words, with the sum that a reader can redo."""
        unit, one = (
            ("按面积", words.area) if self.measure is Measure.AREA else ("按人数", lambda count: f"{count:,} 人")
        )
        sign = ("≥" if self.inclusive else ">") if self.reached else ("<" if self.inclusive else "≤")
        left, right = (self._multiplied(self.denominator, self.have), self._multiplied(self.numerator, self.whole))
        return {
            "title": self.title,
            "unit": unit,
            "have": one(self.have),
            "whole": one(self.whole),
            "line": self._line(),
            "sum": f"{left} {sign} {right}",
            "reached": self.reached,
        }

    def _line(self) -> str:
        if (self.numerator, self.denominator, self.inclusive) == (1, 2, False):
            return "过半数"
        if self.numerator == self.denominator:
            return "全部"
        share = words.part(self.numerator, self.denominator)
        return f"{share}以上" if self.inclusive else f"超过{share}"

    def _multiplied(self, factor: int, value: int) -> str:
        shown = f"{value // 100}.{value % 100:02d}" if self.measure is Measure.AREA else str(value)
        return shown if factor == 1 else f"{factor}×{shown}"


@dataclass(frozen=True, kw_only=True)
class CertificateLine:
    """One valid slip, as counted."""

    door: str
    name: str
    """Masked already: 李**."""
    capacity: str
    """承租人, 产权人, 共有人代表."""
    answer: str
    method: str
    """手机, 现场平板, 纸质, 邮寄, 委托."""
    signed_at: datetime | date
    """The moment of a signature on a screen; for paper the day that is written on it."""
    received_at: datetime
    evidence_hash: str
    """SHA-256 of the evidence, 64 hexadecimal digits."""
    log_index: int
    """Place of its entry in the public log, from 0."""
    units: int = 1
    """For how many units of the roll it answers; more than one when one owner has several flats."""
    assisted_by: str = ""
    """Who helped and who checked, where somebody did: 包块干部代录，另一人复核."""
    signature: bytes | None = None
    """The drawn signature or the photographed slip: PNG, WebP or JPEG."""
    erased: bool = False
    """Whether signature, strokes and remarks were erased since; the line itself stays."""

    def to_json(self, ordinal: int, *, masked: bool) -> dict[str, Json]:
        """The line in words; masked, only what names no household."""
        line: dict[str, Json] = {
            "ordinal": ordinal,
            "method": self.method,
            "signed_at": self._signed(masked),
            "evidence_hash": self.evidence_hash,
            "log_index": f"{self.log_index:,}",
            "erased": self.erased,
        }
        if masked:
            # The entry names its author by a pseudonym: beside it an answer would be somebody's answer.
            return line
        return line | {
            "answer": self.answer,
            "door": self.door,
            "name": self.name,
            "capacity": self.capacity,
            "received_at": words.stamp(self.received_at),
            "assisted_by": self.assisted_by,
            "signature": ink.thumbnail(self.signature) if self.signature is not None else None,
        }

    def _signed(self, masked: bool) -> str:
        if not isinstance(self.signed_at, datetime):
            return self.signed_at.isoformat()
        return words.short_day(self.signed_at) if masked else words.stamp(self.signed_at)


@dataclass(frozen=True, kw_only=True)
class EarlierRecord:
    """A record that no longer counts, kept beside those that do: withdrawn, changed, or given to an older plan."""

    door: str
    name: str
    answer: str
    reason: str
    """本人撤回, 本人变更, 方案已更新, 逾期未计, 签名存疑."""
    received_at: datetime
    evidence_hash: str
    log_index: int
    erased: bool = False

    def to_json(self, *, masked: bool) -> dict[str, Json]:
        """The record in words; masked, only what names no household."""
        return {
            "door": "" if masked else self.door,
            "name": "" if masked else self.name,
            "answer": "" if masked else self.answer,
            "reason": self.reason,
            "received_at": words.short_day(self.received_at) if masked else words.stamp(self.received_at),
            "evidence_hash": self.evidence_hash,
            "log_index": f"{self.log_index:,}",
        }


@dataclass(frozen=True, kw_only=True)
class Objection:
    """An objection of the publicity period and what became of it."""

    by: str
    """Masked already: 居民（3层）."""
    made_at: datetime
    text: str
    outcome: str
    """已解决, 已撤回, 不成立, 转入协调; 待答复 when open."""
    reply: str = ""

    def to_json(self) -> dict[str, Json]:
        """The objection in words."""
        return {
            "by": self.by,
            "made_at": words.moment(self.made_at),
            "text": prose(self.text),
            "outcome": self.outcome,
            "reply": prose(self.reply),
        }


@dataclass(frozen=True, kw_only=True)
class ManagerConsent:
    """The answer of the property manager or landlord, where the rule needs it."""

    manager: str
    answer: str
    received_at: datetime
    evidence_hash: str
    log_index: int

    def to_json(self) -> dict[str, Json]:
        """The consent in words."""
        return {
            "manager": self.manager,
            "answer": self.answer,
            "received_at": words.moment(self.received_at),
            "evidence_hash": self.evidence_hash,
            "log_index": f"{self.log_index:,}",
        }


@dataclass(frozen=True, kw_only=True)
class Official:
    """The result of another office's system, or of wet ink."""

    way: str
    office: str
    reference: str
    day: date
    outcome: str
    numbers: str
    """同意 9 户，一共 12 户; "" where it names none."""
    document_hash: str
    differs: Sequence[str]
    """In what it differs from ours, in words."""
    corrected: int
    """How many results before it were corrected."""

    def to_json(self) -> dict[str, Json]:
        """The result in words."""
        return {
            "way": self.way,
            "office": self.office,
            "reference": self.reference,
            "day": self.day.isoformat(),
            "outcome": self.outcome,
            "numbers": self.numbers,
            "document_hash": self.document_hash,
            "differs": list(self.differs),
            "corrected": self.corrected,
        }


@dataclass(frozen=True, kw_only=True)
class Proof:
    """How a stranger checks the certificate against the public log."""

    log_index: int
    """Place of the final entry, from 0."""
    checkpoint: str
    """The signed checkpoint, verbatim, its last newline included."""
    vkey: str
    """The log's verifier key; readers compare it with the one on the notice board."""
    command: str
    """What to type: python verify.py … --key …."""

    def to_json(self) -> dict[str, Json]:
        """The proof, the checkpoint by its lines."""
        return {
            "log_index": f"{self.log_index:,}",
            "checkpoint": self.checkpoint.removesuffix("\n").split("\n"),
            "vkey": self.vkey,
            "command": self.command,
        }


@dataclass(frozen=True, kw_only=True)
class PartLine:
    """What one stairwell or building said, in units; areas in 1/100 m²."""

    title: str
    units: int
    area_centi: int
    answered: int
    yes: int
    no: int
    abstain: int

    def to_json(self, *, masked: bool) -> dict[str, Json]:
        """The line in words; masked, only how many took part."""
        line: dict[str, Json] = {
            "title": self.title,
            "units": f"{self.units:,}",
            "area": words.area(self.area_centi),
            "answered": f"{self.answered:,}",
            "silent": f"{self.units - self.answered:,}",
        }
        return line if masked else line | {name: f"{getattr(self, name):,}" for name in ("yes", "no", "abstain")}


@dataclass(frozen=True, kw_only=True)
class RecordList:
    """The records of a collection that has too many to print: the file that lists them, and what they come to."""

    name: str
    """What the file is called."""
    address: str
    """Where it is had."""
    sha256: str
    records: int
    counted: int
    """How many of these count."""
    answers: Mapping[str, int]
    """Units by what they said."""
    methods: Mapping[str, int]
    """Units by how they said it."""
    sums: Sequence[PartLine]
    erased: int = 0
    """Of how many records signature, strokes and remarks were erased."""

    def to_json(self, *, masked: bool) -> dict[str, Json]:
        """The list in words."""
        return {
            "name": self.name,
            "address": self.address,
            "sha256": self.sha256,
            "records": f"{self.records:,}",
            "counted": f"{self.counted:,}",
            "others": f"{self.records - self.counted:,}" if self.records > self.counted else "",
            "sums": [each.to_json(masked=masked) for each in self.sums],
        }


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """A closed consent collection.

    With `masked` (for the public) no line names a household: doors, names, capacities, signatures and hours are left
    out and the lines stand in the order of their evidence hashes, since the order of the roll or of signing would tell.
    """

    frame: Frame
    serial: str
    proposal: str
    plan_title: str
    plan_version: int
    plan_text: str
    plan_hash: str
    """SHA-256 of the plan version, 64 hexadecimal digits."""
    budget_fen: int | None
    rule: str
    """The threshold rule in a sentence."""
    opened_at: datetime
    closed_at: datetime
    final_at: datetime
    roll_units: int
    roll_heads: int
    roll_area_centi: int
    roll_hash: str
    frozen_at: datetime
    tally: Sequence[TallyLine]
    passed: bool
    outcome: str
    """达到通过线, 未达通过线, 本次无效."""
    lines: Sequence[CertificateLine]
    earlier: Sequence[EarlierRecord]
    objections: Sequence[Objection]
    manager: ManagerConsent | None
    proof: Proof
    masked: bool = False
    listed: RecordList | None = None
    """The list of records that stands in the place of `lines` and `earlier` where these are many."""
    paper: str = ""
    """How many slips were printed, used, void and not returned, in a sentence; empty where none was printed."""
    official: Official | None = None
    """What another office's system or wet ink decided, where a statute asks for it."""
    legal_note: str = ""
    """What our own record is worth beside it."""

    def __post_init__(self) -> None:
        """A certificate never states what its own figures deny; raises ValueError when it would."""
        if self.passed and not (self.tally and all(line.reached for line in self.tally)):
            raise ValueError("passed, but a line of the tally is not reached")
        if self._answered > self.roll_units:
            raise ValueError("more slips than units on the roll")

    @property
    def _answered(self) -> int:
        return sum(self.listed.answers.values()) if self.listed is not None else sum(line.units for line in self.lines)

    @property
    def _answers(self) -> Iterable[tuple[str, int]]:
        return self.listed.answers.items() if self.listed is not None else ((x.answer, x.units) for x in self.lines)

    @property
    def _methods(self) -> Iterable[tuple[str, int]]:
        return self.listed.methods.items() if self.listed is not None else ((x.method, x.units) for x in self.lines)

    @property
    def _erased(self) -> int:
        if self.listed is not None:
            return self.listed.erased
        return sum(x.erased for x in self.lines) + sum(x.erased for x in self.earlier)

    def to_json(self) -> dict[str, Json]:
        """Everything the template prints, already in words."""
        shown = sorted(self.lines, key=lambda line: line.evidence_hash) if self.masked else self.lines
        earlier = sorted(self.earlier, key=lambda record: record.evidence_hash) if self.masked else self.earlier
        return {
            "title": "书面同意证书" if self.passed else "书面征询结果证书",
            "frame": self.frame.to_json(),
            "serial": self.serial,
            "masked": self.masked,
            "proposal": self.proposal,
            "plan_title": self.plan_title,
            "plan_version": self.plan_version,
            "plan_text": prose(self.plan_text),
            "plan_hash": self.plan_hash,
            "budget": None if self.budget_fen is None else words.yuan(self.budget_fen),
            "rule": self.rule,
            "opened_at": words.moment(self.opened_at),
            "closed_at": words.moment(self.closed_at),
            "final_at": words.moment(self.final_at),
            "final_day": words.day(self.final_at),
            "roll": {
                "units": f"{self.roll_units:,} 户",
                "heads": f"{self.roll_heads:,} 人",
                "area": words.area(self.roll_area_centi),
                "hash": self.roll_hash,
                "frozen_at": words.moment(self.frozen_at),
            },
            "tally": [line.to_json() for line in self.tally],
            "passed": self.passed,
            "outcome": self.outcome,
            "answers": _counted(self._answers),
            "answered": self._answered,
            "silent": self.roll_units - self._answered,
            "paper": self.paper,
            "methods": _counted(self._methods),
            "listed": self.listed.to_json(masked=self.masked) if self.listed is not None else None,
            "lines": [line.to_json(ordinal, masked=self.masked) for ordinal, line in enumerate(shown, 1)],
            "earlier": [record.to_json(masked=self.masked) for record in earlier],
            "erased": self._erased,
            "objections": [objection.to_json() for objection in self.objections],
            "manager": self.manager.to_json() if self.manager else None,
            "proof": self.proof.to_json(),
            "official": self.official.to_json() if self.official is not None else None,
            "legal_note": self.legal_note,
        }


def certificate(data: Certificate, at: datetime) -> bytes:
    """The certificate as PDF/A, A4, dated `at`.

    Raises press.MissingGlyph when a name, door or heading has a character without a glyph, ink.UnreadableImage when a
    signature is no image.
    """
    return press.press("certificate", data.to_json(), at=at)


def _counted(said: Iterable[tuple[str, int]]) -> list[Json]:
    """Units by word, most first; ties by the word, so that the order of the slips stays untold."""
    units: Counter[str] = Counter()
    for word, count in said:
        units[word] += count
    return [
        {"word": word, "count": count} for word, count in sorted(units.items(), key=lambda pair: (-pair[1], pair[0]))
    ]
