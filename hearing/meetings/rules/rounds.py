"""Rounds 第几次: the next meeting of a case planned from the last one, as a council that meets every month does it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hearing.meetings.rules.kinds import TEMPLATES, Kind
from hearing.meetings.rules.refusals import Refusal
from hearing.meetings.rules.states import BEFORE, State
from hearing.notices.rules import BEIJING
from hearing.people.rules import Role
from hearing.refusal import Refused

EVERY = timedelta(weeks=4)
"""How long after the last meeting the next one is suggested: the same weekday of the next month (design)."""
REPORT = "上次议定事项的办理情况"
"""The first item of a council that meets again: results are carried out and shown (条例 §23, domain.md 2.4)."""


@dataclass(frozen=True)
class Held:
    """Who sits on which seat."""

    role: Role
    account_id: int


def next_hour(last: datetime, now: datetime, kind: Kind) -> datetime:
    """When the next meeting is likely, in UTC: at the hour of the last, on its weekday, four weeks after or later.

    A notice that is posted the day after is in time for it.
    """
    earliest = now + timedelta(days=TEMPLATES[kind].notice_days + 1)
    local = last.astimezone(BEIJING) + EVERY
    while local < earliest:
        local += timedelta(weeks=1)
    return local.astimezone(UTC)


def next_agenda(agenda: str, kind: Kind) -> str:
    """The last agenda; a council begins with what became of the last results."""
    if kind is not Kind.JOINT or agenda.startswith(REPORT):
        return agenda
    return f"{REPORT} 10分钟\n{agenda}"


def next_seats(last: Collection[Held], now: Sequence[Held]) -> list[int]:
    """Which of the seats held now are invited again, by their places.

    Those of whoever was invited last; where somebody has left a seat, whoever sits on it now comes instead.
    """
    left = {seat.role for seat in last if seat not in now}
    return [place for place, seat in enumerate(now) if seat in last or seat.role in left]


def may_plan_next(later: Iterable[State]) -> None:
    """One next meeting is prepared at a time; `later` are the rounds after this one. Raises NEXT_ROUND_PLANNED."""
    if any(state in BEFORE | {State.DRAFT} for state in later):
        raise Refused(Refusal.NEXT_ROUND_PLANNED)
