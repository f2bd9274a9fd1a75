"""The official result 官方结果: what a voting system or wet ink decided where a statute asks for it, beside our count.

Sources: 电子签名法 §3–8 (data messages count as writing; their weight as evidence rests on how they were made and
kept), 民法典 §469; statutes that want a system of the housing authority or electronic voting of their own kind:
北京市物业管理条例, 杭州市物业管理条例 §20, 清远 2022 §17 (domain.md 2.1). Where one of them applies, its result is
decisive and what is recorded here supports it 佐证.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum, auto

from hearing.consents.rules.collection import CollectionState
from hearing.consents.rules.refusals import Refusal
from hearing.refusal import N_, Refused

LEGAL_NOTE = N_(
    "本系统的记录是佐证（电子签名法第三至八条）。法规要求用政府的投票系统，或者要求在纸上亲笔签名的，以那边的结果为准。"
)
"""What every page and paper with a result says."""


class OfficialWay(StrEnum):
    """How the official result came about."""

    SYSTEM = auto()
    WET_INK = auto()


WAY_LABELS = {
    OfficialWay.SYSTEM: N_("政府的投票系统"),
    OfficialWay.WET_INK: N_("纸质亲笔签名"),
}


class Difference(StrEnum):
    """In what an official result differs from ours."""

    OUTCOME = auto()
    AGREEING_HEADS = auto()
    ALL_HEADS = auto()
    AGREEING_AREA = auto()
    ALL_AREA = auto()


DIFFERENCE_LABELS = {
    Difference.OUTCOME: N_("通过没通过"),
    Difference.AGREEING_HEADS: N_("同意的户数"),
    Difference.ALL_HEADS: N_("名册的户数"),
    Difference.AGREEING_AREA: N_("同意的面积"),
    Difference.ALL_AREA: N_("名册的面积"),
}

RECORDED_IN = frozenset(
    {CollectionState.PROVISIONAL, CollectionState.PASSED, CollectionState.FAILED, CollectionState.VOID}
)
"""While households still answer, no other result may tell them how it will end."""


@dataclass(frozen=True)
class Figures:
    """Numbers of a result; areas in 1/100 m². None where it does not say."""

    yes_heads: int | None = None
    all_heads: int | None = None
    yes_area_centi: int | None = None
    all_area_centi: int | None = None

    @property
    def fit(self) -> bool:
        """Whether each number comes with the one that it is a part of, and is not greater."""
        pairs = ((self.yes_heads, self.all_heads), (self.yes_area_centi, self.all_area_centi))
        return all(
            (part is None and whole is None) or (part is not None and whole is not None and 0 <= part <= whole)
            for part, whole in pairs
        )


@dataclass(frozen=True)
class OfficialResult:
    """A result of another office: who, under which number, on which day in Beijing, and how it ended."""

    way: OfficialWay
    office: str
    reference: str
    day: date
    passed: bool
    figures: Figures = Figures()


def may_record_official(
    state: CollectionState,
    result: OfficialResult,
    before: OfficialResult | None,
    *,
    new_document: bool,
    reason: str,
    today: date,
) -> None:
    """Whether an official result may be recorded; `before` is the one that stands and that it corrects.

    A correction that brings no paper of its own keeps the paper that was there.
    Raises OFFICIAL_TOO_EARLY, OFFICIAL_AHEAD, OFFICIAL_FIGURES, OFFICIAL_DOCUMENT_MISSING, OFFICIAL_UNCHANGED,
    OFFICIAL_REASON_MISSING.
    """
    if state not in RECORDED_IN:
        raise Refused(Refusal.OFFICIAL_TOO_EARLY)
    if result.day > today:
        raise Refused(Refusal.OFFICIAL_AHEAD)
    if not result.figures.fit:
        raise Refused(Refusal.OFFICIAL_FIGURES)
    if before is None and not new_document:
        raise Refused(Refusal.OFFICIAL_DOCUMENT_MISSING)
    if result == before and not new_document:
        raise Refused(Refusal.OFFICIAL_UNCHANGED)
    if before is not None and not reason.strip():
        raise Refused(Refusal.OFFICIAL_REASON_MISSING)


def differing(
    result: OfficialResult, ours: Figures, *, passed: bool | None, counts_area: bool
) -> tuple[Difference, ...]:
    """In what an official result differs from ours; `passed` is None while ours is void or not final.

    Numbers that it does not name differ in nothing, and areas only count where our rule counts them.
    """
    theirs = result.figures
    pairs = [
        (Difference.AGREEING_HEADS, theirs.yes_heads, ours.yes_heads),
        (Difference.ALL_HEADS, theirs.all_heads, ours.all_heads),
    ]
    if counts_area:
        pairs += [
            (Difference.AGREEING_AREA, theirs.yes_area_centi, ours.yes_area_centi),
            (Difference.ALL_AREA, theirs.all_area_centi, ours.all_area_centi),
        ]
    found = [Difference.OUTCOME] if passed is not None and passed is not result.passed else []
    return (*found, *(which for which, their, our in pairs if their is not None and our is not None and their != our))
