"""When: notice, doors, sign-up, corrections, answers, plans of rectification, satisfaction (domain.md 2.4 and 4.1).

Instants are aware datetimes in UTC; a deadline is 24:00 Beijing time of its last day.
"""

from datetime import UTC, date, datetime, timedelta

from hearing.meetings.rules.kinds import TEMPLATES, Kind
from hearing.meetings.rules.refusals import Refusal
from hearing.notices.rules import BEIJING, WorkCalendar, beijing_day, check_lead_time, end_of_day
from hearing.refusal import Refused

NOTICE_DAYS = TEMPLATES[Kind.COORDINATION].notice_days
POSTPONED_BY_DAYS = 3
MINUTES_WORKING_DAYS = 3
ANSWERS_WORKING_DAYS = 15
RECTIFICATION_WORKING_DAYS = 15
DOORS_OPEN_BEFORE = timedelta(hours=1)
"""How long before the hour announced people may sign in, and the meeting may begin."""
SIGN_UP_CLOSES_BEFORE = timedelta(hours=24)
FOLLOW_UP_AFTER_DAYS = 30
FOLLOW_UP_DAYS = 14
"""For how many days neighbours say how satisfied they are (design)."""


def likely_hour(now: datetime, days: int = NOTICE_DAYS) -> datetime:
    """The first evening, 19:00 in Beijing, that a notice posted the day after may announce; in UTC."""
    day = beijing_day(now) + timedelta(days=days + 2)
    return datetime(day.year, day.month, day.day, 19, tzinfo=BEIJING).astimezone(UTC)


def may_post_notice(posted_at: datetime, starts_at: datetime, kind: Kind = Kind.COORDINATION) -> None:
    """Written word reaches members a week before (协调会 rules, domain.md 2.4). Raises NOTICE_TOO_LATE of notices."""
    check_lead_time(posted_at, starts_at, TEMPLATES[kind].notice_days)


def may_set_new_date(decided_at: datetime, starts_at: datetime) -> None:
    """A postponed meeting starts three days after the decision at the earliest. Raises NEW_DATE_TOO_SOON."""
    earliest = decided_at + timedelta(days=POSTPONED_BY_DAYS)
    if starts_at < earliest:
        raise Refused(Refusal.NEW_DATE_TOO_SOON, days=POSTPONED_BY_DAYS, earliest=_local(earliest))


def check_hour(starts_at: datetime, now: datetime) -> None:
    """Nobody signs in, and nothing begins, more than an hour before the time announced. Raises MEETING_TOO_EARLY."""
    doors = starts_at - DOORS_OPEN_BEFORE
    if now < doors:
        raise Refused(Refusal.MEETING_TOO_EARLY, opens=_local(doors))


def sign_up_closes(starts_at: datetime) -> datetime:
    """Until when neighbours sign up: 24 hours before the meeting (domain.md 4.1)."""
    return starts_at - SIGN_UP_CLOSES_BEFORE


def corrections_until(written_at: datetime, calendar: WorkCalendar) -> datetime:
    """Until when people say that a version of the minutes is wrong: 24:00 of the third working day (domain.md 2.4)."""
    return end_of_day(calendar.after(beijing_day(written_at), MINUTES_WORKING_DAYS))


def answers_due(confirmed_at: datetime, calendar: WorkCalendar) -> datetime:
    """Until when every group of opinions is answered: 24:00 of the 15th working day after the minutes (design)."""
    return end_of_day(calendar.after(beijing_day(confirmed_at), ANSWERS_WORKING_DAYS))


def rectification_due(confirmed_at: datetime, calendar: WorkCalendar) -> datetime:
    """Until when the reviewed unit files its plan: 15 working days (评议会 sample rules, domain.md 2.4)."""
    return end_of_day(calendar.after(beijing_day(confirmed_at), RECTIFICATION_WORKING_DAYS))


def follow_up_window(completed_on: date) -> tuple[datetime, datetime]:
    """From when until when neighbours say how satisfied they are: 30 full days after completion, for 14 days."""
    opens = end_of_day(completed_on + timedelta(days=FOLLOW_UP_AFTER_DAYS))
    return opens, opens + timedelta(days=FOLLOW_UP_DAYS)


def may_complete(completed_on: date, now: datetime) -> None:
    """What is done was done by today. Raises COMPLETED_IN_FUTURE."""
    if completed_on > beijing_day(now):
        raise Refused(Refusal.COMPLETED_IN_FUTURE)


def may_follow_up(completed_on: date, now: datetime, *, entitled: bool) -> None:
    """A household of the case says so in its days.

    Raises FOLLOW_UP_NOT_YOURS, FOLLOW_UP_TOO_EARLY(opens) or FOLLOW_UP_OVER.
    """
    opens, closes = follow_up_window(completed_on)
    if not entitled:
        raise Refused(Refusal.FOLLOW_UP_NOT_YOURS)
    if now < opens:
        raise Refused(Refusal.FOLLOW_UP_TOO_EARLY, opens=beijing_day(opens).isoformat())
    if now >= closes:
        raise Refused(Refusal.FOLLOW_UP_OVER)


def _local(moment: datetime) -> str:
    return moment.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")
