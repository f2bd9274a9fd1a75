"""Stages 阶段: 征询 → 公示 → 立项 → 审批 → 施工 → 启用; which may follow which, and what it needs (S3; decisions/032).

The first two are told by the case itself. The others are entered by staff as dated events, each with its evidence. An
event is never edited: a further one corrects it or takes it back, and what stands is worked out from all of them. Days
are dates in Beijing.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum, auto
from itertools import pairwise

from hearing.notices.rules import ObjectionState, check_objections
from hearing.people.rules import FIELD_STAFF, Role
from hearing.proposals.rules import State as Case
from hearing.proposals.rules import TemplateName, may_publish
from hearing.refusal import N_, Refused
from hearing.works.rules.group import COMPLETE, GroupRole
from hearing.works.rules.refusals import Refusal

LIFTS = frozenset(
    {
        TemplateName.LIFT_BUILDING,
        TemplateName.LIFT_BUILDING_ALONE,
        TemplateName.LIFT_ESTATE,
        TemplateName.LIFT_2018_ARCHIVE,
    }
)
"""A case is a lift when one of its plan versions asks for one of these consents."""
RECORDERS = FIELD_STAFF | {Role.SUBDISTRICT_LIAISON}
"""Who enters what happened outside."""


class Stage(StrEnum):
    """How far a lift is."""

    CONSENT = auto()
    PUBLICITY = auto()
    FILING = auto()
    PERMITTING = auto()
    CONSTRUCTION = auto()
    IN_USE = auto()


STAGE_LABELS: dict[Stage, str] = {
    Stage.CONSENT: N_("征询"),
    Stage.PUBLICITY: N_("公示"),
    Stage.FILING: N_("立项"),
    Stage.PERMITTING: N_("审批"),
    Stage.CONSTRUCTION: N_("施工"),
    Stage.IN_USE: N_("启用"),
}
STANDING_LABELS: dict[Stage, str] = {
    Stage.IN_USE: N_("在用"),
    Stage.CONSTRUCTION: N_("正在施工"),
    Stage.PERMITTING: N_("正在审批"),
    Stage.FILING: N_("立项"),
    Stage.PUBLICITY: N_("公示"),
    Stage.CONSENT: N_("征询"),
}
"""How an overview calls the lifts that are there now, the farthest first."""
ENTERED = (Stage.FILING, Stage.PERMITTING, Stage.CONSTRUCTION, Stage.IN_USE)
"""The stages that staff enter, in their order."""


class Party(StrEnum):
    """Who owes the next move."""

    GROUP = auto()
    COMMITTEE = auto()
    AUTHORITY = auto()
    DESIGNER = auto()
    UTILITY = auto()
    CONTRACTOR = auto()
    INSPECTOR = auto()
    MANAGER = auto()


PARTY_LABELS: dict[Party, str] = {
    Party.GROUP: N_("自治管理小组"),
    Party.COMMITTEE: N_("居委会"),
    Party.AUTHORITY: N_("审批部门"),
    Party.DESIGNER: N_("设计单位"),
    Party.UTILITY: N_("管线单位"),
    Party.CONTRACTOR: N_("施工单位"),
    Party.INSPECTOR: N_("检验机构"),
    Party.MANAGER: N_("电梯使用管理单位"),
}
OWES: dict[Stage, Party] = {
    Stage.FILING: Party.GROUP,
    Stage.PERMITTING: Party.AUTHORITY,
    Stage.CONSTRUCTION: Party.CONTRACTOR,
    Stage.IN_USE: Party.MANAGER,
}
"""Who owes the first move of a stage, unless the event says otherwise."""


class Paper(StrEnum):
    """A paper from outside, known by its number."""

    FILING_NUMBER = auto()
    PLANNING_PERMIT = auto()
    DRAWING_REVIEW = auto()
    CONTRACT = auto()
    BUILDING_PERMIT = auto()
    INSTALLATION_NOTICE = auto()
    SUPERVISION = auto()
    COMPLETION = auto()
    USE_REGISTRATION = auto()
    OTHER = auto()


PAPER_LABELS: dict[Paper, str] = {
    Paper.FILING_NUMBER: N_("立项编号"),
    Paper.PLANNING_PERMIT: N_("建设工程规划许可证"),
    Paper.DRAWING_REVIEW: N_("施工图审查合格书"),
    Paper.CONTRACT: N_("施工合同"),
    Paper.BUILDING_PERMIT: N_("施工许可或开工备案"),
    Paper.INSTALLATION_NOTICE: N_("电梯安装告知"),
    Paper.SUPERVISION: N_("监督检验报告"),
    Paper.COMPLETION: N_("竣工验收"),
    Paper.USE_REGISTRATION: N_("特种设备使用登记"),
    Paper.OTHER: N_("其他材料"),
}
NEEDS: dict[Stage, tuple[Paper, ...]] = {
    Stage.FILING: (),
    Stage.PERMITTING: (Paper.FILING_NUMBER,),
    # 城乡规划法 §40 (planning permit), 建筑法 §15 (a written contract).
    Stage.CONSTRUCTION: (Paper.PLANNING_PERMIT, Paper.CONTRACT),
    # 特种设备安全法 §23 (notice first), §25 (no use before inspection); 建筑法 §61 (nor before acceptance).
    Stage.IN_USE: (Paper.INSTALLATION_NOTICE, Paper.SUPERVISION, Paper.COMPLETION),
}
"""The papers without which a stage is not entered. Where a place asks for none, its number reads 免办 and why."""


class Kind(StrEnum):
    """What an event says."""

    ENTERED = auto()
    PAPER = auto()
    TURN = auto()
    PHOTOS = auto()


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One event, as it was entered. `corrects` is the number of the event that it replaces, or `withdrawn` takes back.

    `before` and `after` count photos of the house before the works and of the lift after them.
    """

    number: int
    kind: Kind
    day: date
    stage: Stage | None = None
    paper: Paper | None = None
    reference: str = ""
    issuer: str = ""
    party: Party | None = None
    before: int = 0
    after: int = 0
    corrects: int | None = None
    withdrawn: bool = False

    @property
    def label(self) -> str:
        """What it is about, in the glossary's words."""
        if self.stage is not None:
            return STAGE_LABELS[self.stage]
        if self.paper is not None:
            return PAPER_LABELS[self.paper]
        return PARTY_LABELS[self.party] if self.party is not None else N_("照片")


@dataclass(frozen=True)
class Span:
    """A stage with the day it began, and the day it ended once it has."""

    stage: Stage
    began: date
    ended: date | None = None

    @property
    def label(self) -> str:
        """The stage in a word."""
        return STAGE_LABELS[self.stage]

    def days(self, today: date) -> int:
        """Whole days in the stage, up to today while it runs."""
        return max(((self.ended or today) - self.began).days, 0)


@dataclass(frozen=True)
class Beginning:
    """What the case itself tells: since when households are asked, since when the result hung, when it was approved.

    Households are asked from the day on which the first plan version was fixed.
    """

    asked_on: date
    posted_on: date | None = None
    approved_on: date | None = None


@dataclass(frozen=True)
class Course:
    """How far a lift is: its stages in order, and the events that stand."""

    spans: tuple[Span, ...]
    entries: tuple[Entry, ...]
    approved: bool

    @property
    def stage(self) -> Stage:
        """The stage that it is in."""
        return self.spans[-1].stage

    @property
    def since(self) -> date:
        """The day on which that stage began; of a publicity that is over, the day of the approval."""
        return self.spans[-1].ended or self.spans[-1].began

    @property
    def next(self) -> Stage | None:
        """The stage that staff may enter next, if what it needs is there; None before approval, and once in use."""
        if not self.approved:
            return None
        entered = [span.stage for span in self.spans if span.stage in ENTERED]
        return ENTERED[len(entered)] if len(entered) < len(ENTERED) else None

    @property
    def ahead(self) -> tuple[str, ...]:
        """The stages that are still to come, in words."""
        here = {span.stage for span in self.spans}
        return tuple(label for stage, label in STAGE_LABELS.items() if stage not in here)

    @property
    def papers(self) -> frozenset[Paper]:
        """The kinds of papers that are there."""
        return frozenset(entry.paper for entry in self.entries if entry.paper is not None)

    @property
    def missing(self) -> tuple[Paper, ...]:
        """The papers that the next stage waits for."""
        return tuple(paper for paper in NEEDS[self.next] if paper not in self.papers) if self.next else ()

    @property
    def party(self) -> Party | None:
        """Who owes the next move; None before approval."""
        if not self.approved:
            return None
        turned = [entry.party for entry in self.entries if entry.party is not None]
        return turned[-1] if turned else Party.COMMITTEE

    @property
    def waiting_since(self) -> date:
        """Since when that move is owed."""
        turned = [entry.day for entry in self.entries if entry.party is not None]
        return turned[-1] if turned else self.since

    def photos(self, purpose: str) -> int:
        """How many photos there are, `before` or `after`."""
        return sum(getattr(entry, purpose) for entry in self.entries)

    def days(self, today: date) -> int:
        """Whole days since households were first asked; up to the first day of use."""
        until = self.spans[-1].began if self.stage is Stage.IN_USE else today
        return max((until - self.spans[0].began).days, 0)


def standing(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The events that stand, in the order in which they were first entered: corrected ones by their last correction.

    A correction keeps the photos of what it corrects.
    """
    listed = {entry.number: entry for entry in entries}
    corrected = {entry.corrects for entry in listed.values()}
    found: list[tuple[int, Entry]] = []
    for entry in listed.values():
        if entry.number in corrected or entry.withdrawn:
            continue
        first, before, after = entry, entry.before, entry.after
        while first.corrects is not None:
            first = listed[first.corrects]
            before, after = before + first.before, after + first.after
        found.append((first.number, replace(entry, before=before, after=after)))
    return tuple(entry for _, entry in sorted(found, key=lambda pair: pair[0]))


def course(beginning: Beginning, entries: Iterable[Entry]) -> Course:
    """How far a lift is, out of what the case tells and the events that were entered."""
    here = standing(entries)
    spans = [Span(Stage.CONSENT, beginning.asked_on, beginning.posted_on)]
    if beginning.posted_on is not None:
        spans.append(Span(Stage.PUBLICITY, beginning.posted_on, beginning.approved_on))
    entered = [(entry.stage, entry.day) for entry in here if entry.stage is not None]
    ends = [*(day for _, day in entered[1:]), None]
    spans += [Span(stage, day, end) for (stage, day), end in zip(entered, ends, strict=False)]
    return Course(tuple(spans), here, beginning.approved_on is not None)


@dataclass(frozen=True, kw_only=True)
class Ready:
    """What the case must show before a lift is filed or built.

    `approved` is whether the case stands approved now; `offices` are those of the building group that are held.
    """

    case: Case
    collections_passed: tuple[bool, ...]
    permits_given: tuple[bool, ...]
    objections: tuple[ObjectionState, ...]
    money_agreed: bool
    offices: frozenset[GroupRole]


def may_enter(here: Course, entry: Entry, ready: Ready, *, files: int, today: date) -> None:
    """A stage follows the one before it, on a day that is not before it began, with what it needs and its evidence.

    立项: publicity over, no objection stands, every collection passed, every permit given, money agreed, a leader.
    施工: leader, accounts and supervisor. 启用: photos of before and after. `files` counts the evidence that comes with
    it.
    Raises STAGE_OUT_OF_TURN, PAPERS_MISSING, PHOTOS_MISSING, ENTRY_UNPROVEN, a refusal of `check_ready` or `check_day`.
    """
    if ready.case is not Case.APPROVED:
        raise Refused(Refusal.WORKS_NOT_APPROVED)
    if entry.stage is None or entry.stage is not here.next:
        raise Refused(Refusal.STAGE_OUT_OF_TURN)
    check_ready(entry.stage, ready)
    if here.missing:
        raise Refused(Refusal.PAPERS_MISSING, n=len(here.missing))
    if entry.stage is Stage.IN_USE and not all(_photos(here, entry)):
        raise Refused(Refusal.PHOTOS_MISSING)
    if not files:
        raise Refused(Refusal.ENTRY_UNPROVEN)
    check_day(entry.day, today, not_before=here.since)


def _photos(here: Course, entry: Entry) -> tuple[int, int]:
    return here.photos("before") + entry.before, here.photos("after") + entry.after


def check_ready(stage: Stage, ready: Ready) -> None:
    """Whether the case and its building group let a stage begin.

    Raises CONSENTS_NOT_PASSED or PERMITS_AWAITED of proposals, a refusal of notices, MONEY_NOT_AGREED,
    GROUP_WITHOUT_LEADER or GROUP_INCOMPLETE.
    """
    if stage is Stage.FILING:
        may_publish(ready.collections_passed, ready.permits_given)
        check_objections(ready.objections, no_open_objection=True)
        if not ready.money_agreed:
            raise Refused(Refusal.MONEY_NOT_AGREED)
        if GroupRole.LEADER not in ready.offices:
            raise Refused(Refusal.GROUP_WITHOUT_LEADER)
    if stage is Stage.CONSTRUCTION and not ready.offices >= COMPLETE:
        raise Refused(Refusal.GROUP_INCOMPLETE)


def check_day(day: date, today: date, *, not_before: date | None = None) -> None:
    """What happened has happened, and not before what it follows. Raises ENTRY_AHEAD or ENTRY_TOO_EARLY(day)."""
    if day > today:
        raise Refused(Refusal.ENTRY_AHEAD)
    if not_before is not None and day < not_before:
        raise Refused(Refusal.ENTRY_TOO_EARLY, day=not_before.isoformat())


def may_record(here: Course, entry: Entry, case: Case, *, files: int, today: date) -> None:
    """A paper, a hand-over or photos are entered while the lift is under way; a paper has its number and its copy.

    A paper may be older than the stage. Raises WORKS_NOT_APPROVED, PAPER_WITHOUT_NUMBER, PAPER_KNOWN, ENTRY_UNPROVEN,
    ENTRY_EMPTY, ENTRY_AHEAD or ENTRY_TOO_EARLY(day).
    """
    if case is not Case.APPROVED:
        raise Refused(Refusal.WORKS_NOT_APPROVED)
    if entry.kind is Kind.PAPER:
        check_number(entry, here.entries)
        if not files:
            raise Refused(Refusal.ENTRY_UNPROVEN)
    if entry.kind is Kind.PHOTOS and not entry.before + entry.after:
        raise Refused(Refusal.ENTRY_EMPTY)
    check_day(entry.day, today, not_before=here.waiting_since if entry.kind is Kind.TURN else None)


def check_number(entry: Entry, others: Iterable[Entry]) -> None:
    """A paper has a number, and stands once. Raises PAPER_WITHOUT_NUMBER or PAPER_KNOWN."""
    if not entry.reference.strip():
        raise Refused(Refusal.PAPER_WITHOUT_NUMBER)
    if any((other.paper, other.reference) == (entry.paper, entry.reference) for other in others):
        raise Refused(Refusal.PAPER_KNOWN)


def may_correct(
    beginning: Beginning, entries: Sequence[Entry], correction: Entry, *, reason: str, today: date
) -> Course:
    """A correction names an event that stands, gives its reason, and leaves a course that could have been entered.

    Returns that course. Raises ENTRY_CORRECTED, CORRECTION_UNREASONED, CORRECTION_SAME, STAGE_FOLLOWED,
    PAPER_CARRIES_STAGE, PHOTOS_CARRY_STAGE, PAPER_WITHOUT_NUMBER, PAPER_KNOWN, ENTRY_AHEAD or ENTRY_TOO_EARLY(day).
    """
    here = course(beginning, entries)
    old = next((entry for entry in here.entries if entry.number == correction.corrects), None)
    if old is None:
        raise Refused(Refusal.ENTRY_CORRECTED)
    if not reason.strip():
        raise Refused(Refusal.CORRECTION_UNREASONED)
    added = correction.before + correction.after
    if not correction.withdrawn and not added and _says(old) == _says(correction):
        raise Refused(Refusal.CORRECTION_SAME)
    if correction.kind is Kind.PAPER and not correction.withdrawn:
        check_number(correction, [entry for entry in here.entries if entry is not old])
    check_day(correction.day, today)
    after = course(beginning, [*entries, correction])
    _check_sound(after)
    return after


def _says(entry: Entry) -> tuple[object, ...]:
    return entry.day, entry.reference, entry.issuer, entry.party


def _check_sound(after: Course) -> None:
    """Whether every stage still has its predecessor, its day, its papers and its photos."""
    entered = [span for span in after.spans if span.stage in ENTERED]
    if [span.stage for span in entered] != list(ENTERED[: len(entered)]):
        raise Refused(Refusal.STAGE_FOLLOWED)
    if entered and after.spans[1].ended is not None:
        check_order([after.spans[1].ended, *(span.began for span in entered)])
    needed = {paper for span in entered for paper in NEEDS[span.stage]}
    if needed - after.papers:
        raise Refused(Refusal.PAPER_CARRIES_STAGE)
    if after.stage is Stage.IN_USE and not (after.photos("before") and after.photos("after")):
        raise Refused(Refusal.PHOTOS_CARRY_STAGE)


def check_order(days: Sequence[date]) -> None:
    """No day lies before the one that it follows. Raises ENTRY_TOO_EARLY(day)."""
    for earlier, later in pairwise(days):
        if later < earlier:
            raise Refused(Refusal.ENTRY_TOO_EARLY, day=earlier.isoformat())


def counted(stages: Iterable[Stage]) -> list[tuple[str, int]]:
    """How many lifts are how far, the farthest first; every stage is named."""
    found = Counter(stages)
    return [(label, found[stage]) for stage, label in STANDING_LABELS.items()]
