"""Notices: how long a paper hangs on the board, when a deadline falls, and what becomes of an objection.

A deadline is an instant, 24:00 Beijing time of its last day. A publicity period of N days lasts N full days after the
day of posting (domain.md, section 4). Instants are aware datetimes in UTC; days are dates in Beijing.
"""

import hashlib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import StrEnum, auto

from hearing.audit.canonical import encode
from hearing.people.rules import COMMITTEE, FIELD_STAFF, Role, require_role
from hearing.refusal import N_, Refused

# China has kept one offset without summer time since 1992, and every deadline here lies after that.
BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")
SATURDAY = 5


class Refusal(StrEnum):
    """Why a notice, a publicity period or an objection cannot be handled so."""

    NOTICE_TOO_LATE = auto()
    NOTICE_TAKEN_DOWN = auto()
    NOTICE_OF_ANOTHER_ACT = auto()
    PAPER_POSTED_BEFORE = auto()
    PUBLICITY_TOO_SHORT = auto()
    PUBLICITY_RUNNING = auto()
    PUBLICITY_OVER = auto()
    PUBLICITY_STOPPED = auto()
    OBJECTION_EMPTY = auto()
    OBJECTION_DECIDED = auto()
    OBJECTION_DENIED = auto()
    OBJECTION_REASON_MISSING = auto()
    OBJECTION_NOT_YOURS = auto()
    OBJECTIONS_UNDECIDED = auto()
    OBJECTIONS_STANDING = auto()
    HOLIDAYS_UNREADABLE = auto()


SENTENCES: dict[Refusal, str] = {
    Refusal.NOTICE_TOO_LATE: N_("公告至少要提前%(days)s天。请把时间改到%(earliest)s或以后。"),
    Refusal.NOTICE_TAKEN_DOWN: N_("这份公告已经撤下。请刷新页面查看。"),
    Refusal.NOTICE_OF_ANOTHER_ACT: N_("这份公告是随别的事贴出的，不能单独撤下。请到那件事里取消或停下。"),
    Refusal.PAPER_POSTED_BEFORE: N_("这个地方已经登记过贴出。请换一个地方，或者不用再登记。"),
    Refusal.PUBLICITY_TOO_SHORT: N_("公示不能少于%(days)s天。请把公示天数改长。"),
    Refusal.PUBLICITY_RUNNING: N_("公示还没有结束，%(ends)s 24:00 满期。请在满期后再办。"),
    Refusal.PUBLICITY_OVER: N_("公示已经结束，不能再登记异议。如有不同意见，请打居委会电话。"),
    Refusal.PUBLICITY_STOPPED: N_("这次公示已经停下，不再收异议。请看新的公告。"),
    Refusal.OBJECTION_EMPTY: N_("还没有写异议。请写下您不同意的地方。"),
    Refusal.OBJECTION_DECIDED: N_("这条异议已经有了处理结果，没有再改。请刷新页面查看。"),
    Refusal.OBJECTION_DENIED: N_("这一户说这条异议不是自己提的，正在核实。请等核实有了结果再处理。"),
    Refusal.OBJECTION_REASON_MISSING: N_("请写明理由，提异议的邻居会看到。"),
    Refusal.OBJECTION_NOT_YOURS: N_("只有提出异议的人可以撤回。请由本人来办。"),
    Refusal.OBJECTIONS_UNDECIDED: N_("还有%(n)s条异议没有处理。请逐条答复后再办。"),
    Refusal.OBJECTIONS_STANDING: N_("还有%(n)s条异议在协调，没有解决。请等协调有了结果再办。"),
    Refusal.HOLIDAYS_UNREADABLE: N_("第%(line)s行看不懂。请写成“2026-10-01 休 国庆节”，上班写“班”，每天一行。"),
}


def end_of_day(day: date) -> datetime:
    """24:00 Beijing time of `day`, as an instant in UTC."""
    return datetime.combine(day + timedelta(days=1), time(), BEIJING).astimezone(UTC)


def beijing_day(instant: datetime) -> date:
    """The date on a Beijing calendar at `instant`. Raises ValueError for a time without zone."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs its time zone")
    return instant.astimezone(BEIJING).date()


def last_day(deadline: datetime) -> date:
    """The day whose 24:00 is `deadline`, for sentences such as “11月30日 24:00 前”."""
    return beijing_day(deadline - timedelta(microseconds=1))


def full_days_after(posted_at: datetime, days: int) -> datetime:
    """The end of `days` full days after the day of posting, an instant in UTC."""
    return end_of_day(beijing_day(posted_at) + timedelta(days=days))


class NoticeKind(StrEnum):
    """What a notice is about."""

    MEETING = auto()
    ROLL = auto()
    CONSENT = auto()
    PROVISIONAL = auto()
    RESULT = auto()
    PUBLICITY = auto()
    PLAN_CHANGE = auto()
    GENERAL = auto()


NOTICE_LABELS: dict[NoticeKind, str] = {
    NoticeKind.MEETING: N_("会议公告"),
    NoticeKind.ROLL: N_("名册公示"),
    NoticeKind.CONSENT: N_("征询公告"),
    NoticeKind.PROVISIONAL: N_("初步结果公示"),
    NoticeKind.RESULT: N_("结果公告"),
    NoticeKind.PUBLICITY: N_("公示"),
    NoticeKind.PLAN_CHANGE: N_("方案变更公告"),
    NoticeKind.GENERAL: N_("公告"),
}


@dataclass(frozen=True)
class Printed:
    """What a notice says, on the board and on the screen alike: the text that its hash fixes."""

    neighbourhood: str
    """The neighbourhood's slug."""
    matter: str
    """The case, like "proposal/3"; empty for a notice that belongs to none."""
    kind: NoticeKind
    title: str
    body: str
    lines: tuple[tuple[str, str], ...]
    """时间, 地点 and the like, in the order printed."""
    posted_at: datetime

    def text(self) -> str:
        """The exact text that is kept: canonical JSON, its moment in UTC to the second."""
        return encode(
            {
                "v": 1,
                "neighbourhood": self.neighbourhood,
                "matter": self.matter,
                "kind": self.kind.value,
                "title": composed(self.title),
                "body": composed(self.body),
                "lines": [[composed(label), composed(value)] for label, value in self.lines],
                "posted_at": f"{self.posted_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            }
        ).decode()


def composed(text: str) -> str:
    """Text in the one spelling (NFC) in which it is hashed."""
    return unicodedata.normalize("NFC", text)


def fingerprint(text: str) -> str:
    """SHA-256 of a text in UTF-8, 64 hex digits."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class WorkCalendar:
    """The State Council's yearly table: weekdays that are holidays, and weekend days that are worked instead (调休)."""

    holidays: frozenset[date] = frozenset()
    worked_weekends: frozenset[date] = frozenset()

    def works_on(self, day: date) -> bool:
        """Whether offices work on `day`."""
        if day.weekday() >= SATURDAY:
            return day in self.worked_weekends
        return day not in self.holidays

    def after(self, day: date, working_days: int) -> date:
        """The last of `working_days` working days after `day`; the day itself does not count."""
        while working_days > 0:
            day += timedelta(days=1)
            working_days -= self.works_on(day)
        return day


@dataclass(frozen=True)
class PublicityPeriod:
    """One posting: since when it hangs, and for how many full days."""

    posted_at: datetime
    days: int

    @property
    def ends_at(self) -> datetime:
        """24:00 Beijing time of the last day, in UTC."""
        return full_days_after(self.posted_at, self.days)

    def is_over(self, now: datetime) -> bool:
        """Whether the last day has passed."""
        return now >= self.ends_at


def check_lead_time(posted_at: datetime, starts_at: datetime, days: int) -> None:
    """An event may start `days` times 24 hours after its notice at the earliest (domain.md 4.1).

    Raises NOTICE_TOO_LATE.
    """
    earliest = posted_at + timedelta(days=days)
    if starts_at < earliest:
        local = earliest.astimezone(BEIJING)
        raise Refused(Refusal.NOTICE_TOO_LATE, days=days, earliest=local.strftime("%Y-%m-%d %H:%M"))


def check_publicity_days(days: int, minimum: int) -> None:
    """Raises PUBLICITY_TOO_SHORT when `days` is under the minimum of the template."""
    if days < minimum:
        raise Refused(Refusal.PUBLICITY_TOO_SHORT, days=minimum)


class PublicityState(StrEnum):
    """What has become of a publicity period."""

    RUNNING = auto()
    CONCLUDED = auto()
    STOPPED = auto()


class ObjectionState(StrEnum):
    """What has become of an objection (domain.md 4.2)."""

    OPEN = auto()
    SETTLED = auto()
    WITHDRAWN = auto()
    UNFOUNDED = auto()
    TO_COORDINATION = auto()


OBJECTION_LABELS: dict[ObjectionState, str] = {
    ObjectionState.OPEN: N_("待处理"),
    ObjectionState.SETTLED: N_("已解决"),
    ObjectionState.WITHDRAWN: N_("已撤回"),
    ObjectionState.UNFOUNDED: N_("理由不成立"),
    ObjectionState.TO_COORDINATION: N_("转协调会"),
}
# An objection in coordination still stands: it may be settled, withdrawn or found wanting later.
STANDING = frozenset({ObjectionState.OPEN, ObjectionState.TO_COORDINATION})


def may_object(period: PublicityPeriod, now: datetime) -> None:
    """An objection is entered while the paper hangs. Raises PUBLICITY_OVER."""
    if period.is_over(now):
        raise Refused(Refusal.PUBLICITY_OVER)


def may_object_text(text: str) -> None:
    """An objection says what somebody does not agree with. Raises OBJECTION_EMPTY."""
    if not text.strip():
        raise Refused(Refusal.OBJECTION_EMPTY)


def may_post_on_paper(*, taken_down: bool, role: Role) -> None:
    """Whoever walks the stairs says that the paper hangs. Raises NOTICE_TAKEN_DOWN, or NOT_YOUR_SEAT of people."""
    require_role(role, FIELD_STAFF)
    if taken_down:
        raise Refused(Refusal.NOTICE_TAKEN_DOWN)


def decide_objection(
    state: ObjectionState, to: ObjectionState, *, role: Role, is_objector: bool, reason: str = ""
) -> ObjectionState:
    """The next state of an objection. Its author alone withdraws it; the committee decides it in every other way.

    Finding it unfounded or sending it to coordination takes a reason. Raises OBJECTION_DECIDED, OBJECTION_NOT_YOURS,
    OBJECTION_REASON_MISSING, or NOT_YOUR_SEAT of people.
    """
    if state not in STANDING or to in (state, ObjectionState.OPEN):
        raise Refused(Refusal.OBJECTION_DECIDED)
    if to is ObjectionState.WITHDRAWN:
        if not is_objector:
            raise Refused(Refusal.OBJECTION_NOT_YOURS)
        return to
    require_role(role, COMMITTEE)
    if to in (ObjectionState.UNFOUNDED, ObjectionState.TO_COORDINATION) and not reason.strip():
        raise Refused(Refusal.OBJECTION_REASON_MISSING)
    return to


def may_approve(
    period: PublicityPeriod, objections: Iterable[ObjectionState], *, no_open_objection: bool, now: datetime
) -> None:
    """What was posted may take effect when its days are over and every objection has been dealt with.

    Where the template says `no_open_objection`, one still in coordination blocks as well. Raises PUBLICITY_RUNNING,
    OBJECTIONS_UNDECIDED or OBJECTIONS_STANDING.
    """
    if not period.is_over(now):
        raise Refused(Refusal.PUBLICITY_RUNNING, ends=last_day(period.ends_at).isoformat())
    check_objections(objections, no_open_objection=no_open_objection)


def check_objections(objections: Iterable[ObjectionState], *, no_open_objection: bool) -> None:
    """Objections have been dealt with, and none stands where none may.

    Raises OBJECTIONS_UNDECIDED(n) for open ones, and with `no_open_objection` OBJECTIONS_STANDING(n) for ones in
    coordination.
    """
    states = list(objections)
    if undecided := states.count(ObjectionState.OPEN):
        raise Refused(Refusal.OBJECTIONS_UNDECIDED, n=undecided)
    standing = states.count(ObjectionState.TO_COORDINATION)
    if no_open_objection and standing:
        raise Refused(Refusal.OBJECTIONS_STANDING, n=standing)
