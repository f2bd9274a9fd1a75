"""Concerns: what may be raised, what an answer must measure, and which concerns still stand (domain.md 2.3, 4.2, 5).

A concern is about a matter and asks for an answer; it is no vote and no objection 异议, which belongs to a publicity
period. Where a template lets no objection stand, 无居民明确反对, it counts as decisions/031 says.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum, auto

from hearing.notices.rules import full_days_after
from hearing.people.rules import FIELD_STAFF, STAFF, Role
from hearing.proposals.rules import State as Case
from hearing.refusal import N_, Refused

REPLY_DAYS = 7
"""Full days after an answer in which its author may say that it is not settled, before the answer stands (design)."""
RAISED_IN = frozenset({Case.DELIBERATING, Case.PLAN_FIXED, Case.CONSENT, Case.PUBLICITY})
NAMED_SEATS = STAFF - {Role.SCRUTINEER, Role.AUDITOR}
"""Seats whose people may be named to answer: engineers, advisers, offices; whoever counts or audits stays out."""
MOST_MEASURES = 12


class Refusal(StrEnum):
    """Why a step of a concern was refused."""

    CONCERN_NOT_NOW = auto()
    CONCERN_EMPTY = auto()
    CONCERN_OPEN_ALREADY = auto()
    CONCERN_NOT_YOURS = auto()
    CONCERN_SETTLED = auto()
    CONCERN_NOT_ANSWERED = auto()
    CONCERN_SAID_ALREADY = auto()
    CONCERN_NAMED_ALREADY = auto()
    CONCERN_SEAT_ANSWERS_NOT = auto()
    CONCERN_TELLER_MISSING = auto()
    CONCERN_PAPER_MISSING = auto()
    CONCERN_CALL_UNNOTED = auto()
    CONCERN_TOLD_AHEAD = auto()
    CONCERN_DOOR_UNKNOWN = auto()
    CONCERN_HERS_TO_SAY = auto()
    ANSWER_WORDLESS = auto()
    ANSWER_NOT_MEASURED = auto()
    MEASURE_UNREADABLE = auto()
    MEASURES_TOO_MANY = auto()
    CONCERNS_UNANSWERED = auto()
    CONCERNS_UNHEARD = auto()
    CONCERNS_STANDING = auto()


SENTENCES: dict[Refusal, str] = {
    Refusal.CONCERN_NOT_NOW: N_("这件事现在不收顾虑。有话想说，请打居委会电话。"),
    Refusal.CONCERN_EMPTY: N_("还没有写担心什么。请写一句。"),
    Refusal.CONCERN_OPEN_ALREADY: N_("您家这一类的顾虑已经提过，还没有解决。请在那一条里接着说。"),
    Refusal.CONCERN_NOT_YOURS: N_("解决没解决，要由提出的人自己说。"),
    Refusal.CONCERN_SETTLED: N_("提出的人已经说解决了，没有再改。请刷新页面查看。"),
    Refusal.CONCERN_NOT_ANSWERED: N_("还没有答复，先不用说没解决。有了答复会通知您，请到时再说。"),
    Refusal.CONCERN_SAID_ALREADY: N_("您已经说过还没解决，居委会知道了。请等新的答复，有了会通知您。"),
    Refusal.CONCERN_NAMED_ALREADY: N_("已经请过这个人来答复。请刷新页面查看。"),
    Refusal.CONCERN_SEAT_ANSWERS_NOT: N_("这个人不能答复顾虑。请从列表里选一位。"),
    Refusal.CONCERN_TELLER_MISSING: N_("请写明是谁说的：姓名，或者和这一户的关系。"),
    Refusal.CONCERN_PAPER_MISSING: N_("纸上写来的，要拍一张原件的照片。"),
    Refusal.CONCERN_CALL_UNNOTED: N_("电话或当面说的，请记一句凭什么：哪个号码打来的、谁接的、谁在场。"),
    Refusal.CONCERN_TOLD_AHEAD: N_("说的日子不能在今天以后。请改日期。"),
    Refusal.CONCERN_DOOR_UNKNOWN: N_("户册上没有找到这个门牌，或者不止一户。请照户册写全，例如“3号楼 301”。"),
    Refusal.CONCERN_HERS_TO_SAY: N_("这一条是住户自己在手机上提的，请本人在手机上说解决没解决。"),
    Refusal.ANSWER_WORDLESS: N_("还没有写答复。请写一句。"),
    Refusal.ANSWER_NOT_MEASURED: N_("答复要有依据：量出来的数、照片或日照图、补偿，至少要有一样。"),
    Refusal.MEASURE_UNREADABLE: N_("第 %(n)d 行没看懂，请写成“冬至日照 118 分钟”这样：项目、空格、数、单位。"),
    Refusal.MEASURES_TOO_MANY: N_("量出来的数最多写 %(most)d 行。请把不要紧的去掉。"),
    Refusal.CONCERNS_UNANSWERED: N_("还有 %(n)d 条顾虑没有答复。这类征询不能有没答复的顾虑，请先逐条答复。"),
    Refusal.CONCERNS_UNHEARD: N_("还有 %(n)d 条顾虑答复不满 %(days)d 天，提出的人还可以说没解决。请到期后再办。"),
    Refusal.CONCERNS_STANDING: N_("还有 %(n)d 条顾虑提出的人说没解决。请先协调，等提出的人说解决了再办。"),
}


class Kind(StrEnum):
    """What a concern is about."""

    LIGHT = auto()
    NOISE = auto()
    PRIVACY = auto()
    PRICE = auto()
    GROUND_FLOOR = auto()
    OTHER = auto()


KIND_LABELS: dict[Kind, str] = {
    Kind.LIGHT: N_("采光"),
    Kind.NOISE: N_("噪声"),
    Kind.PRIVACY: N_("隐私"),
    Kind.PRICE: N_("房价"),
    Kind.GROUND_FLOOR: N_("底层"),
    Kind.OTHER: N_("其他"),
}


class State(StrEnum):
    """Where a concern stands, in a word for its page."""

    OPEN = auto()
    ANSWERED = auto()
    UNSETTLED = auto()
    SETTLED = auto()


STATE_LABELS: dict[State, str] = {
    State.OPEN: N_("待答复"),
    State.ANSWERED: N_("已答复，等本人说"),
    State.UNSETTLED: N_("本人说还没解决"),
    State.SETTLED: N_("本人说解决了"),
}


class Weight(StrEnum):
    """What a concern weighs where no objection may stand."""

    UNANSWERED = auto()
    UNHEARD = auto()
    STANDS = auto()
    GONE = auto()


@dataclass(frozen=True)
class Course:
    """What has become of a concern: when it was answered last, and what its author said last, and when."""

    answered_at: datetime | None = None
    settled: bool | None = None
    said_at: datetime | None = None

    @property
    def state(self) -> State:
        """The word for its page: an answer after "not settled" waits for its author again."""
        if self.settled:
            return State.SETTLED
        if self.settled is None:
            return State.OPEN if self.answered_at is None else State.ANSWERED
        newer = self.answered_at is not None and self.said_at is not None and self.answered_at > self.said_at
        return State.ANSWERED if newer else State.UNSETTLED

    @property
    def is_open(self) -> bool:
        """Whether it is listed as not settled: until its author says that it is."""
        return self.state is not State.SETTLED

    def weight(self, now: datetime) -> Weight:
        """What it weighs at `now` (decisions/031).

        Who said that it is not settled is taken at her word until she says otherwise, whatever is answered later. Who
        says nothing has been heard: an answer stands when its days are over, for asking was no vote.
        """
        if self.settled:
            return Weight.GONE
        if self.settled is False:
            return Weight.STANDS
        if self.answered_at is None:
            return Weight.UNANSWERED
        return Weight.GONE if now >= full_days_after(self.answered_at, REPLY_DAYS) else Weight.UNHEARD


def may_raise(case: Case, text: str, kind: Kind, open_kinds: Iterable[Kind]) -> None:
    """A concern is raised while a plan is talked over, asked about or hung up; one of a kind at a time, save others.

    `open_kinds` are those of the household's concerns that are not settled. Raises CONCERN_NOT_NOW, CONCERN_EMPTY or
    CONCERN_OPEN_ALREADY.
    """
    if case not in RAISED_IN:
        raise Refused(Refusal.CONCERN_NOT_NOW)
    if not text.strip():
        raise Refused(Refusal.CONCERN_EMPTY)
    if kind is not Kind.OTHER and kind in open_kinds:
        raise Refused(Refusal.CONCERN_OPEN_ALREADY)


class Way(StrEnum):
    """How a household told the office, where it did not write for itself."""

    PAPER = auto()
    PHONE = auto()
    IN_PERSON = auto()


WAY_LABELS: dict[Way, str] = {Way.PAPER: N_("纸上写来"), Way.PHONE: N_("电话"), Way.IN_PERSON: N_("当面说")}


def check_telling(way: Way, told_by: str, note: str, *, has_paper: bool, told_on: date, today: date) -> None:
    """What staff write down for a household says who told it, how, when, and what shows that.

    Of a letter that is its photo, of a call or a talk a note: from which number, who took it, who was there. Raises
    CONCERN_TELLER_MISSING, CONCERN_PAPER_MISSING, CONCERN_CALL_UNNOTED or CONCERN_TOLD_AHEAD.
    """
    if not told_by.strip():
        raise Refused(Refusal.CONCERN_TELLER_MISSING)
    if way is Way.PAPER and not has_paper:
        raise Refused(Refusal.CONCERN_PAPER_MISSING)
    if way is not Way.PAPER and not note.strip():
        raise Refused(Refusal.CONCERN_CALL_UNNOTED)
    if told_on > today:
        raise Refused(Refusal.CONCERN_TOLD_AHEAD)


@dataclass(frozen=True)
class Measure:
    """Something that was measured: what, the number as it was written, and its unit."""

    what: str
    number: str
    unit: str

    @property
    def words(self) -> str:
        """冬至日照 118 分钟."""
        return f"{self.what} {self.number} {self.unit}"


_MEASURE = re.compile(
    r"(?P<what>\S(?:.*\S)?)\s+(?P<number>-?[0-9]{1,7}(?:\.[0-9]{1,3})?)\s*(?P<unit>[^\s0-9][^\s]{0,11})"
)


def read_measures(text: str) -> tuple[Measure, ...]:
    """The measures out of lines of `what number unit`. Raises MEASURE_UNREADABLE(n) or MEASURES_TOO_MANY(most)."""
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    if len(lines) > MOST_MEASURES:
        raise Refused(Refusal.MEASURES_TOO_MANY, most=MOST_MEASURES)
    return tuple(_measure(number, line) for number, line in lines)


def _measure(number: int, line: str) -> Measure:
    found = _MEASURE.fullmatch(unicodedata.normalize("NFKC", line).strip())
    if not found or len(found["what"]) > 60:
        raise Refused(Refusal.MEASURE_UNREADABLE, n=number)
    return Measure(found["what"], found["number"], found["unit"])


def may_answer(course: Course, text: str, *, measures: Sequence[Measure], files: int, compensation_fen: int) -> None:
    """Each concern gets a measured answer: a number with its unit, a photo or sketch, or a compensation in 分.

    Raises CONCERN_SETTLED, ANSWER_WORDLESS or ANSWER_NOT_MEASURED.
    """
    if not course.is_open:
        raise Refused(Refusal.CONCERN_SETTLED)
    if not text.strip():
        raise Refused(Refusal.ANSWER_WORDLESS)
    if not measures and not files and not compensation_fen:
        raise Refused(Refusal.ANSWER_NOT_MEASURED)


def may_say(course: Course, *, settled: bool, is_author: bool) -> None:
    """Its author alone says whether it is settled: settled at any time, not settled about an answer.

    Raises CONCERN_NOT_YOURS, CONCERN_SETTLED, CONCERN_NOT_ANSWERED or CONCERN_SAID_ALREADY.
    """
    if not is_author:
        raise Refused(Refusal.CONCERN_NOT_YOURS)
    if not course.is_open:
        raise Refused(Refusal.CONCERN_SETTLED)
    if settled:
        return
    if course.state is State.OPEN:
        raise Refused(Refusal.CONCERN_NOT_ANSWERED)
    if course.state is State.UNSETTLED:
        raise Refused(Refusal.CONCERN_SAID_ALREADY)


def answering_role(held: Iterable[Role], *, named: Role | None) -> Role | None:
    """From which seat somebody answers: the desk's, else the one that she was named in and still holds."""
    seats = set(held)
    desk = next((role for role in sorted(FIELD_STAFF) if role in seats), None)
    return desk or (named if named in seats else None)


def check_heard(weights: Iterable[Weight]) -> int:
    """Where no objection may stand, all concerns have an answer, and their authors days to speak; says how many stand.

    Raises CONCERNS_UNANSWERED(n) or CONCERNS_UNHEARD(n, days).
    """
    counted = Counter(weights)
    if counted[Weight.UNANSWERED]:
        raise Refused(Refusal.CONCERNS_UNANSWERED, n=counted[Weight.UNANSWERED])
    if counted[Weight.UNHEARD]:
        raise Refused(Refusal.CONCERNS_UNHEARD, n=counted[Weight.UNHEARD], days=REPLY_DAYS)
    return counted[Weight.STANDS]


def check_none_stands(weights: Iterable[Weight]) -> None:
    """The same before a plan is approved: none may stand. Raises also CONCERNS_STANDING(n)."""
    if standing := check_heard(weights):
        raise Refused(Refusal.CONCERNS_STANDING, n=standing)
