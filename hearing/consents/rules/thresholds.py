"""Thresholds: the lines of the law that a consent collection must reach, as whole-number ratios with their source.

“以上” includes the number itself, “过半数” does not (Civil Code §1259): exactly 2/3 passes, exactly 1/2 fails.

Sources, by preset: `unanimous_lessees` 上海市房屋租赁条例 §21–22 · `cc278_major`, `cc278_ordinary` Civil Code §278, in
force since 2021-01-01 · `cc279_interested` Civil Code §279 with 司法解释〔2020〕17号 §10–11: “多数同意” is no defence ·
`sh_renewal_95` 上海市城市更新条例 §32, in force since 2021-09-01 · `sh_lift_2018_archive` Shanghai's lift rules as
reported in 2014–2018 (90 % of the stairwell and nobody plainly against), superseded by the Civil Code · `custom` what
the committee sets with a legal note.
"""

import hashlib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum, auto

from hearing.audit.canonical import encode
from hearing.consents.rules.refusals import Refusal
from hearing.places.rules import Capacity
from hearing.proposals.rules import Preset
from hearing.refusal import N_, Refused

FRACTION_MOST = 1000
"""The largest denominator of a custom line."""


@dataclass(frozen=True)
class Line:
    """A ratio to reach; `strict` when the ratio itself is not enough (过半数)."""

    numerator: int
    denominator: int
    strict: bool = False

    def reached(self, part: int, whole: int) -> bool:
        """Whether `part` of `whole` reaches the line, by cross-multiplication. Of nothing no line is reached."""
        if whole <= 0:
            return False
        if self.strict:
            return self.denominator * part > self.numerator * whole
        return self.denominator * part >= self.numerator * whole

    def needed(self, whole: int) -> int:
        """The least whole number that reaches the line: heads, or 1/100 m²."""
        if self.strict:
            return self.numerator * whole // self.denominator + 1
        return -(-self.numerator * whole // self.denominator)


class Base(StrEnum):
    """Of whom the agreeing part is taken: of the whole roll, or of those who take part."""

    ALL = auto()
    PART = auto()


@dataclass(frozen=True)
class ThresholdRule:
    """One version of one preset. `words` is the preview in plain words, with `%(n)s` for the number of heads.

    `turnout` is asked of the whole roll, `agreement` of `agreement_of`. Where `counts_area` is set, both the heads and
    the area must reach every line. `capacities` are those who may stand on the roll. `no_open_objection` lets no
    unsettled objection stand. `since` is the day from which this version holds, `until` the last day of one that holds
    no more and is kept for old cases. `legal_note` is what a custom rule rests on.
    """

    preset: Preset
    version: int
    label: str
    words: str
    source: str
    turnout: Line | None
    agreement: Line
    agreement_of: Base
    counts_area: bool
    capacities: frozenset[Capacity]
    since: date
    until: date | None = None
    no_open_objection: bool = False
    legal_note: str = ""

    def canonical(self) -> dict[str, object]:
        """The rule as plain data: what is hashed, and what an opened collection keeps."""
        return {
            "v": 1,
            "preset": str(self.preset),
            "version": self.version,
            "label": self.label,
            "words": self.words,
            "source": self.source,
            "turnout": None if self.turnout is None else _plain(self.turnout),
            "agreement": _plain(self.agreement),
            "agreement_of": str(self.agreement_of),
            "counts_area": self.counts_area,
            "capacities": sorted(str(capacity) for capacity in self.capacities),
            "since": self.since.isoformat(),
            "until": self.until.isoformat() if self.until else None,
            "no_open_objection": self.no_open_objection,
            "legal_note": self.legal_note,
        }

    @property
    def text(self) -> str:
        """The canonical JSON of the rule: what an opened collection keeps."""
        return encode(self.canonical()).decode()

    @property
    def hash(self) -> str:
        """SHA-256 over that text in UTF-8, 64 hex digits."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def holds_on(self, day: date) -> bool:
        """Whether this version is the law on a day, and not kept for old cases alone."""
        return self.since <= day and (self.until is None or day <= self.until)


def _plain(line: Line) -> list[object]:
    return [line.numerator, line.denominator, line.strict]


def read_rule(data: dict[str, object]) -> ThresholdRule:
    """The rule out of its canonical form. Raises KeyError or ValueError for anything else."""
    turnout, agreement, until = data["turnout"], data["agreement"], data["until"]
    capacities = data["capacities"]
    if not isinstance(capacities, list):
        raise ValueError("capacities are a list")
    return ThresholdRule(
        preset=Preset(str(data["preset"])),
        version=int(str(data["version"])),
        label=str(data["label"]),
        words=str(data["words"]),
        source=str(data["source"]),
        turnout=None if turnout is None else _line(turnout),
        agreement=_line(agreement),
        agreement_of=Base(str(data["agreement_of"])),
        counts_area=data["counts_area"] is True,
        capacities=frozenset(Capacity(str(capacity)) for capacity in capacities),
        since=date.fromisoformat(str(data["since"])),
        until=None if until is None else date.fromisoformat(str(until)),
        no_open_objection=data["no_open_objection"] is True,
        legal_note=str(data["legal_note"]),
    )


def _line(plain: object) -> Line:
    if not isinstance(plain, list) or len(plain) != 3:
        raise ValueError("a line is a numerator, a denominator and whether it is strict")
    return Line(int(plain[0]), int(plain[1]), strict=plain[2] is True)


_CIVIL_CODE = date(2021, 1, 1)

RULES: dict[Preset, ThresholdRule] = {
    rule.preset: rule
    for rule in (
        ThresholdRule(
            preset=Preset.UNANIMOUS_LESSEES,
            version=1,
            label=N_("全体承租人一致"),
            words=N_("全体%(n)s户同意"),
            source="上海市房屋租赁条例第二十一条、第二十二条",
            turnout=None,
            agreement=Line(1, 1),
            agreement_of=Base.ALL,
            counts_area=False,
            capacities=frozenset({Capacity.LESSEE}),
            since=date(2023, 2, 1),
        ),
        ThresholdRule(
            preset=Preset.CC278_MAJOR,
            version=1,
            label=N_("双三分之二、双四分之三"),
            words=N_("双三分之二参与、双四分之三同意（全体%(n)s户，人数和面积都要达到）"),
            source="民法典第二百七十八条第一款第六项至第八项、第二款",
            turnout=Line(2, 3),
            agreement=Line(3, 4),
            agreement_of=Base.PART,
            counts_area=True,
            capacities=frozenset(Capacity),
            since=_CIVIL_CODE,
        ),
        ThresholdRule(
            preset=Preset.CC278_ORDINARY,
            version=1,
            label=N_("双过半"),
            words=N_("双三分之二参与、双过半同意（全体%(n)s户，人数和面积都要达到）"),
            source="民法典第二百七十八条第一款第一项至第五项、第九项、第二款",
            turnout=Line(2, 3),
            agreement=Line(1, 2, strict=True),
            agreement_of=Base.PART,
            counts_area=True,
            capacities=frozenset(Capacity),
            since=_CIVIL_CODE,
        ),
        ThresholdRule(
            preset=Preset.CC279_INTERESTED,
            version=1,
            label=N_("有利害关系的业主一致"),
            words=N_("有利害关系的业主（本幢全体%(n)s户）一致同意，多数同意不算"),
            source="民法典第二百七十九条；司法解释〔2020〕17号第十条、第十一条",
            turnout=None,
            agreement=Line(1, 1),
            agreement_of=Base.ALL,
            counts_area=False,
            capacities=frozenset(Capacity),
            since=_CIVIL_CODE,
        ),
        ThresholdRule(
            preset=Preset.SH_RENEWAL_95,
            version=1,
            label=N_("百分之九十五以上承租人签约"),
            words=N_("全体%(n)s户承租人中百分之九十五以上同意"),
            source="上海市城市更新条例第三十二条",
            turnout=None,
            agreement=Line(19, 20),
            agreement_of=Base.ALL,
            counts_area=False,
            capacities=frozenset({Capacity.LESSEE}),
            since=date(2021, 9, 1),
        ),
        ThresholdRule(
            preset=Preset.SH_LIFT_2018_ARCHIVE,
            version=1,
            label=N_("加装电梯2018年口径（存档）"),
            words=N_("本幢全体%(n)s户中百分之九十以上同意，并且没有未解决的异议"),
            source="上海市既有多层住宅加装电梯2014年至2018年口径（新闻报道所载），已由民法典第二百七十八条代替",
            turnout=None,
            agreement=Line(9, 10),
            agreement_of=Base.ALL,
            counts_area=False,
            capacities=frozenset(Capacity),
            since=date(2014, 1, 23),
            until=date(2020, 12, 31),
            no_open_objection=True,
        ),
    )
}
"""The standing version of each preset of the law; `custom` has no numbers of its own."""


@dataclass(frozen=True)
class CustomTerms:
    """What a committee sets itself: freely chosen fractions, and the legal note that they rest on."""

    agreement: Line
    agreement_of: Base
    counts_area: bool
    capacities: frozenset[Capacity]
    turnout: Line | None = None
    no_open_objection: bool = False
    legal_note: str = ""


def custom_rule(terms: CustomTerms, *, set_on: date) -> ThresholdRule:
    """A rule of the committee's own, dated on the day on which it was set.

    Raises LEGAL_NOTE_MISSING, or LINE_UNFIT for a line of nothing, of more than the whole, or that cannot be reached.
    """
    if not terms.legal_note.strip():
        raise Refused(Refusal.LEGAL_NOTE_MISSING)
    for line in (terms.agreement, terms.turnout):
        if line is not None:
            check_line(line)
    return ThresholdRule(
        preset=Preset.CUSTOM,
        version=1,
        label=N_("自行约定的规则"),
        words=_custom_words(terms),
        source=terms.legal_note.strip(),
        turnout=terms.turnout,
        agreement=terms.agreement,
        agreement_of=terms.agreement_of,
        counts_area=terms.counts_area,
        capacities=terms.capacities,
        since=set_on,
        no_open_objection=terms.no_open_objection,
        legal_note=terms.legal_note.strip(),
    )


def check_line(line: Line) -> None:
    """A line lies between nothing and the whole; “more than all of them” can never be reached. Raises LINE_UNFIT."""
    most = line.denominator - 1 if line.strict else line.denominator
    if not (1 <= line.denominator <= FRACTION_MOST and 0 < line.numerator <= most):
        raise Refused(Refusal.LINE_UNFIT, most=FRACTION_MOST)


def _custom_words(terms: CustomTerms) -> str:
    """The rule in a sentence. Numbers of a custom rule are its own, so they stand in the words as they are."""
    parts = [f"全体%(n)s户中{_part(terms.turnout)}参与"] if terms.turnout else []
    of = "参与的户中" if terms.agreement_of is Base.PART else "" if parts else "全体%(n)s户中"
    parts.append(f"{of}{_part(terms.agreement)}同意")
    if terms.counts_area:
        parts.append("人数和面积都要达到")
    if terms.no_open_objection:
        parts.append("没有未解决的异议")
    return "，".join(parts)


def _part(line: Line) -> str:
    return f"超过{line.numerator}/{line.denominator}" if line.strict else f"{line.numerator}/{line.denominator}以上"
