"""Answering 意见答复: opinions in groups, each with its written answer, who is late, and what came of the meeting."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, auto

from hearing.meetings.rules.kinds import Outcome
from hearing.meetings.rules.refusals import Refusal
from hearing.meetings.rules.states import State
from hearing.refusal import N_, Refused


class Disposition(StrEnum):
    """What becomes of a group of opinions."""

    ADOPTED = auto()
    PARTLY = auto()
    DECLINED = auto()
    ROUTED = auto()


DISPOSITION_LABELS: dict[Disposition, str] = {
    Disposition.ADOPTED: N_("采纳"),
    Disposition.PARTLY: N_("部分采纳"),
    Disposition.DECLINED: N_("未采纳"),
    Disposition.ROUTED: N_("转办"),
}
FINAL = frozenset({Disposition.ADOPTED, Disposition.PARTLY, Disposition.DECLINED})
"""What needs no further answer."""


@dataclass(frozen=True)
class Answered:
    """What a group's last answer says: `due_at` is until when the office to which it was passed on answers."""

    disposition: Disposition | None = None
    due_at: datetime | None = None


def may_group(state: State, title: str, opinions: int, *, answered: bool) -> None:
    """Opinions are grouped from the end of the meeting on, until their group has its answer.

    Raises MEETING_ELSEWHERE, GROUP_EMPTY or GROUP_ANSWERED.
    """
    if state not in (State.MINUTES_DRAFT, State.MINUTES_CONFIRMED, State.ANSWERING):
        raise Refused(Refusal.MEETING_ELSEWHERE)
    if answered:
        raise Refused(Refusal.GROUP_ANSWERED)
    if not title.strip() or not opinions:
        raise Refused(Refusal.GROUP_EMPTY)


def may_begin_answering(ungrouped: int) -> None:
    """No opinion is left out. Raises OPINIONS_UNGROUPED(n)."""
    if ungrouped:
        raise Refused(Refusal.OPINIONS_UNGROUPED, n=ungrouped)


@dataclass(frozen=True)
class ReplyWords:
    """What is answered: how, why, by which office, and until when where it is passed on."""

    disposition: Disposition
    reason: str
    office: str = ""
    due_at: datetime | None = None


def may_reply(state: State, last: Answered, words: ReplyWords, *, entitled: bool, now: datetime) -> None:
    """The committee or the office answers; what was passed on gets its last answer from there, also after the day.

    Raises MEETING_ELSEWHERE, REPLY_NOT_YOURS, REPLY_FINAL, REPLY_REASON_MISSING, REPLY_OFFICE_MISSING or
    REPLY_DUE_WRONG.
    """
    if state not in (State.ANSWERING, State.CLOSED):
        raise Refused(Refusal.MEETING_ELSEWHERE)
    if not entitled:
        raise Refused(Refusal.REPLY_NOT_YOURS)
    if last.disposition in FINAL:
        raise Refused(Refusal.REPLY_FINAL)
    if not words.reason.strip():
        raise Refused(Refusal.REPLY_REASON_MISSING)
    if words.disposition is Disposition.ROUTED:
        if not words.office.strip():
            raise Refused(Refusal.REPLY_OFFICE_MISSING)
        if words.due_at is None or words.due_at <= now:
            raise Refused(Refusal.REPLY_DUE_WRONG)


def overdue_since(last: Answered, due_at: datetime, now: datetime) -> datetime | None:
    """Since when a group's answer is overdue; None when it is not.

    Without an answer that is the day of the meeting's answers; passed on, the day that the office was given.
    """
    if last.disposition in FINAL:
        return None
    until = last.due_at if last.disposition is Disposition.ROUTED and last.due_at is not None else due_at
    return until if now >= until else None


def may_close(groups: Iterable[Answered], *, ungrouped: int, outcome: Outcome | None) -> Outcome:
    """A meeting is dealt with when all opinions are answered or passed on, and its outcome is said.

    Raises OPINIONS_UNGROUPED(n), GROUPS_UNANSWERED(n) or MEETING_REASON_MISSING.
    """
    may_begin_answering(ungrouped)
    if waiting := sum(group.disposition is None for group in groups):
        raise Refused(Refusal.GROUPS_UNANSWERED, n=waiting)
    if outcome is None:
        raise Refused(Refusal.MEETING_REASON_MISSING)
    return outcome
