"""Settling 协调结果 and reviewing 评议结果: who signs, and what the reviewed unit owes."""

from collections.abc import Collection
from datetime import datetime

from hearing.meetings.rules.polling import Count, Grade
from hearing.meetings.rules.refusals import Refusal
from hearing.meetings.rules.states import STANDING, State
from hearing.refusal import Refused

_GRADES = tuple(Grade)


def may_sign_settlement(state: State, *, came: bool, signed: bool) -> None:
    """Parties who came sign what was settled, or that nothing was, on the minutes that stand.

    Raises MEETING_ELSEWHERE, SETTLEMENT_NOT_YOURS or SETTLEMENT_SIGNED_BEFORE.
    """
    if state is not State.MINUTES_CONFIRMED:
        raise Refused(Refusal.MEETING_ELSEWHERE)
    if not came:
        raise Refused(Refusal.SETTLEMENT_NOT_YOURS)
    if signed:
        raise Refused(Refusal.SETTLEMENT_SIGNED_BEFORE)


def may_close_settled(parties: Collection[str], signed: Collection[str]) -> None:
    """It is closed when every party who came has signed, or was noted as refusing. Raises SETTLEMENT_UNSIGNED(n)."""
    if missing := len(set(parties) - set(signed)):
        raise Refused(Refusal.SETTLEMENT_UNSIGNED, n=missing)


def verdict(count: Count) -> Grade | None:
    """What those present found: the grade most of them gave; None for a tie or a lost quorum."""
    return _GRADES[count.leads] if count.leads is not None else None


def owes_plan(count: Count | None) -> bool:
    """Whether the reviewed unit owes a plan: as soon as anybody was not satisfied (design)."""
    return count is not None and count.holds and count.votes[_GRADES.index(Grade.UNSATISFIED)] > 0


def may_close_review(count: Count | None, *, filed: bool) -> None:
    """A review has a valid count, and the plan that it makes owing. Raises GRADES_MISSING or RECTIFICATION_MISSING."""
    if count is None or not count.holds or not count.total:
        raise Refused(Refusal.GRADES_MISSING)
    if owes_plan(count) and not filed:
        raise Refused(Refusal.RECTIFICATION_MISSING)


def may_file_plan(state: State, text: str, *, filed: bool) -> None:
    """The plan is filed once, also after its day.

    Raises MEETING_ELSEWHERE, RECTIFICATION_EMPTY or RECTIFICATION_FILED.
    """
    if state not in STANDING:
        raise Refused(Refusal.MEETING_ELSEWHERE)
    if filed:
        raise Refused(Refusal.RECTIFICATION_FILED)
    if not text.strip():
        raise Refused(Refusal.RECTIFICATION_EMPTY)


def is_plan_overdue(due_at: datetime, now: datetime, *, filed: bool) -> bool:
    """Whether the plan's day has passed without it."""
    return not filed and now >= due_at
