"""Visits: what proves that a household was told, whom a door-knocking list names, and when the one reminder goes out.

A notice goes to every owner; what cannot be handed over is left or posted and shown to have been (MOHURD 2009 指导规则
§22; 物业管理条例 §14; domain.md 2.1, 5). A visit says that somebody was told, and never what anybody answered.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum, auto

from hearing.consents.rules import CollectionState
from hearing.notices.rules import beijing_day, end_of_day, last_day
from hearing.people.rules import COMMITTEE, Role
from hearing.refusal import N_, Refused

VISITORS = COMMITTEE | {Role.BLOCK_OFFICER}
"""Who goes from door to door and notes it: the committee, and the block officer of the block."""
ENTERED_IN = frozenset({CollectionState.OPEN, CollectionState.GRACE, CollectionState.PROVISIONAL})
"""While a visit may be entered: the sheet of the last evening comes in after the close."""
REMIND_AT = timedelta(hours=10)
"""How long after midnight in Beijing a reminder goes out: no message in the night."""
LEAST_DAYS, MOST_DAYS = 1, 30
"""Between how many days before the last one a reminder may go out (design)."""


class Refusal(StrEnum):
    """Why a visit, its correction or a reminder was refused."""

    VISIT_NOT_NOW = auto()
    VISIT_BEFORE_OPENING = auto()
    VISIT_TO_COME = auto()
    VISIT_AFTER_CLOSE = auto()
    VISIT_NOT_YOUR_BLOCK = auto()
    VISIT_VISITOR_UNKNOWN = auto()
    VISIT_PHOTO_MISSING = auto()
    VISIT_NUMBER_MISSING = auto()
    VISIT_NEXT_TOO_EARLY = auto()
    VISIT_NEXT_TOO_LATE = auto()
    VISIT_TWO_WISHES = auto()
    VISIT_SHEET_EMPTY = auto()
    VISIT_CORRECTED = auto()
    VISIT_REASON_MISSING = auto()
    NOTICE_SEEN_ALREADY = auto()
    REMINDER_SENT = auto()
    REMINDER_TOO_LATE = auto()
    REMINDER_NOT_DUE = auto()


SENTENCES: dict[Refusal, str] = {
    Refusal.VISIT_NOT_NOW: N_("现在不能登记上门。征询开始以后、结果生效以前可以登记。"),
    Refusal.VISIT_BEFORE_OPENING: N_("%(first)s才开始征询，这一天早了。请改日期。"),
    Refusal.VISIT_TO_COME: N_("这一天还没有到。请写已经去过的日期；以后再去的，写在“下次哪天去”。"),
    Refusal.VISIT_AFTER_CLOSE: N_("征询到%(last)s为止，这一天晚了。请改日期。"),
    Refusal.VISIT_NOT_YOUR_BLOCK: N_("这个楼道没有分给您。请找居委会分派。"),
    Refusal.VISIT_VISITOR_UNKNOWN: N_("这个人现在不能上门登记。请从列表里选一位在任的。"),
    Refusal.VISIT_PHOTO_MISSING: N_("放在门口要有照片。请拍一张放好的材料再提交。"),
    Refusal.VISIT_NUMBER_MISSING: N_("寄信要有挂号信或快递的单号，6 到 30 个数字、字母。请填上。"),
    Refusal.VISIT_NEXT_TOO_EARLY: N_("下次去的时间要在这次以后。请改时间。"),
    Refusal.VISIT_NEXT_TOO_LATE: N_("征询到%(last)s为止，下次去的时间晚了。请改早一点。"),
    Refusal.VISIT_TWO_WISHES: N_("写了请不要再来，又写了下次时间。请只留一样。"),
    Refusal.VISIT_SHEET_EMPTY: N_("一行也没有填。请至少填一户。"),
    Refusal.VISIT_CORRECTED: N_("这一条已经更正过。请刷新页面查看；要补记，请另记一条。"),
    Refusal.VISIT_REASON_MISSING: N_("请写明哪里记错了。"),
    Refusal.NOTICE_SEEN_ALREADY: N_("您家看到通知已经记下，不用再按。要表态，请回到这件事的页面。"),
    Refusal.REMINDER_SENT: N_("提醒已经发过，一次征询只发一次。还没表态的，请上门去问。"),
    Refusal.REMINDER_TOO_LATE: N_("按这个天数，提醒的时间已经过了。请把天数改少，或者上门去说。"),
    Refusal.REMINDER_NOT_DUE: N_("提醒的时间还没有到。请等系统到时发出。"),
}


class Outcome(StrEnum):
    """How a visit, a letter or a call ended."""

    LETTER = auto()
    FAMILY = auto()
    DOOR = auto()
    MAIL = auto()
    PHONE = auto()
    PAGE = auto()
    NOBODY = auto()
    NO_ANSWER = auto()
    NOT_TAKEN = auto()


OUTCOME_LABELS: dict[Outcome, str] = {
    Outcome.LETTER: N_("当面交给本人"),
    Outcome.FAMILY: N_("交给同住家人"),
    Outcome.DOOR: N_("放在门口，有照片"),
    Outcome.MAIL: N_("寄信，有单号"),
    Outcome.PHONE: N_("打电话告诉了"),
    Outcome.PAGE: N_("在手机上看过"),
    Outcome.NOBODY: N_("敲门没人"),
    Outcome.NO_ANSWER: N_("电话没接"),
    Outcome.NOT_TAKEN: N_("见到了，没收材料"),
}

WAYS: tuple[Outcome, ...] = tuple(Outcome)[:6]
"""The ways that prove that a household was told, as tables list them."""
TRIES = frozenset(Outcome) - frozenset(WAYS)
"""What was tried without telling anybody."""
ENTERED: tuple[Outcome, ...] = tuple(each for each in Outcome if each is not Outcome.PAGE)
"""What staff note. That she has seen the page a household says itself."""


@dataclass(frozen=True, kw_only=True)
class Noted:
    """What one visit found: on which day, how it ended, what proves it, and what the household wishes next.

    `agreed_at` is a time that she agreed to, `next_on` a day on which the staff means to come again.
    """

    outcome: Outcome
    happened_on: date
    mail_number: str = ""
    has_photo: bool = False
    next_on: date | None = None
    agreed_at: datetime | None = None
    no_more: bool = False


_NUMBER = re.compile(r"[0-9A-Z]{6,30}")


def read_mail_number(typed: str) -> str:
    """The number of a registered letter or parcel without spaces and dashes, in capitals; "" when it is none."""
    plain = re.sub(r"[\s\-‐-―]", "", unicodedata.normalize("NFKC", typed)).upper()
    return plain if _NUMBER.fullmatch(plain) else ""


def check_noted(
    noted: Noted,
    *,
    state: CollectionState,
    opened_at: datetime | None,
    closes_at: datetime | None,
    now: datetime,
) -> None:
    """Whether a visit may be entered: in the window's days, not ahead of time, with what its way needs for proof.

    `closes_at` is the last close of a unit. Raises VISIT_NOT_NOW, VISIT_BEFORE_OPENING(first), VISIT_TO_COME,
    VISIT_AFTER_CLOSE(last), VISIT_PHOTO_MISSING, VISIT_NUMBER_MISSING, VISIT_TWO_WISHES, VISIT_NEXT_TOO_EARLY or
    VISIT_NEXT_TOO_LATE(last).
    """
    if state not in ENTERED_IN or opened_at is None or closes_at is None:
        raise Refused(Refusal.VISIT_NOT_NOW)
    last = last_day(closes_at)
    if noted.happened_on < beijing_day(opened_at):
        raise Refused(Refusal.VISIT_BEFORE_OPENING, first=beijing_day(opened_at).isoformat())
    if noted.happened_on > beijing_day(now):
        raise Refused(Refusal.VISIT_TO_COME)
    if noted.happened_on > last:
        raise Refused(Refusal.VISIT_AFTER_CLOSE, last=last.isoformat())
    if noted.outcome is Outcome.DOOR and not noted.has_photo:
        raise Refused(Refusal.VISIT_PHOTO_MISSING)
    if noted.outcome is Outcome.MAIL and not noted.mail_number:
        raise Refused(Refusal.VISIT_NUMBER_MISSING)
    _check_next(noted, last)


def _check_next(noted: Noted, last: date) -> None:
    days = [day for day in (noted.next_on, noted.agreed_at and beijing_day(noted.agreed_at)) if day]
    if noted.no_more and days:
        raise Refused(Refusal.VISIT_TWO_WISHES)
    if any(day < noted.happened_on for day in days):
        raise Refused(Refusal.VISIT_NEXT_TOO_EARLY)
    if any(day > last for day in days):
        raise Refused(Refusal.VISIT_NEXT_TOO_LATE, last=last.isoformat())


@dataclass(frozen=True)
class Log:
    """What was noted of one household and stands, oldest first; whatever was corrected is left out."""

    visits: tuple[Noted, ...] = ()

    @property
    def ways(self) -> tuple[Outcome, ...]:
        """The ways in which it was told, in the order of tables; empty when it was not."""
        return tuple(way for way in WAYS if any(visit.outcome is way for visit in self.visits))

    @property
    def attempts(self) -> int:
        """How often it was tried without telling anybody."""
        return sum(visit.outcome in TRIES for visit in self.visits)

    @property
    def no_more(self) -> bool:
        """Whether it asked not to be visited or called again, and has not agreed to a time since."""
        wishes = [visit for visit in self.visits if visit.no_more or visit.agreed_at is not None]
        return bool(wishes) and wishes[-1].no_more

    @property
    def next_on(self) -> date | None:
        """The day on which somebody means to come again, until somebody has."""
        return self.visits[-1].next_on if self.visits else None

    @property
    def agreed_at(self) -> datetime | None:
        """The time that was agreed, until somebody has come again."""
        return self.visits[-1].agreed_at if self.visits else None

    def is_listed(self, *, answered: bool) -> bool:
        """Whether the door-knocking list names it: it has not answered, nor asked to be left alone.

        Who was told already is named only where somebody means to come again.
        """
        waits = self.agreed_at is not None or self.next_on is not None
        return not answered and not self.no_more and (not self.ways or waits)


def in_order(visits: Iterable[tuple[int, Noted]]) -> Log:
    """The log of visits given with their numbers: by day, and those of one day as they were entered."""
    return Log(tuple(visit for _, visit in sorted(visits, key=lambda pair: (pair[1].happened_on, pair[0]))))


def remind_at(closes_at: datetime, days: int) -> datetime:
    """When the reminder goes out: at ten in the morning, so many days before the last day. An instant in UTC."""
    day = last_day(closes_at) - timedelta(days=days)
    return end_of_day(day - timedelta(days=1)) + REMIND_AT


def check_reminder(state: CollectionState, *, closes_at: datetime | None, days: int, sent: bool, now: datetime) -> None:
    """Whether the day of the one reminder may be set. Raises VISIT_NOT_NOW, REMINDER_SENT or REMINDER_TOO_LATE."""
    if state is not CollectionState.OPEN or closes_at is None:
        raise Refused(Refusal.VISIT_NOT_NOW)
    if sent:
        raise Refused(Refusal.REMINDER_SENT)
    if remind_at(closes_at, days) <= now:
        raise Refused(Refusal.REMINDER_TOO_LATE)


def is_reminded(log: Log, *, answered: bool, blocked: bool) -> bool:
    """Whether a household gets the reminder: it may answer, has not, and did not ask to be left alone."""
    return not answered and not blocked and not log.no_more
