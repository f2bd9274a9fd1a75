"""Meetings: a coordination meeting from its notice to its confirmed minutes (domain.md 2.4 and 4.1).

A meeting advises; it never makes a consent passed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, auto

from hearing.notices.rules import BEIJING, check_lead_time
from hearing.people.rules import COMMITTEE, FIELD_STAFF, Role, require_role
from hearing.refusal import N_, Refused

NOTICE_DAYS = 7
POSTPONED_BY_DAYS = 3
CONFIRMING_DELEGATES = 2


class Refusal(StrEnum):
    """Why a step of a meeting was refused."""

    MEETING_ELSEWHERE = auto()
    MEETING_REASON_MISSING = auto()
    NEW_DATE_TOO_SOON = auto()
    QUORUM_MISSING = auto()
    NOT_A_DELEGATE = auto()
    QUESTION_EMPTY = auto()
    QUESTIONS_CLOSED = auto()
    ANSWER_EMPTY = auto()
    QUESTIONS_UNANSWERED = auto()
    MINUTES_UNCONFIRMED = auto()


SENTENCES: dict[Refusal, str] = {
    Refusal.MEETING_ELSEWHERE: N_("会议已经到了下一步,这一步没有办。请刷新页面查看。"),
    Refusal.MEETING_REASON_MISSING: N_("请写明理由,参加会议的人会看到。"),
    Refusal.NEW_DATE_TOO_SOON: N_("改期至少要隔%(days)s天。请把时间改到%(earliest)s或以后。"),
    Refusal.QUORUM_MISSING: N_("应到%(named)s人,到了%(present)s人,至少要有%(needed)s人才能开会。请补签到,或者改期。"),
    Refusal.NOT_A_DELEGATE: N_("名单上没有这一户。请核对名单,或者登记为旁听。"),
    Refusal.QUESTION_EMPTY: N_("还没有写问题。请写下您想问的。"),
    Refusal.QUESTIONS_CLOSED: N_("会议已经结束,不再收问题。可以打居委会电话提出。"),
    Refusal.ANSWER_EMPTY: N_("还没有写答复。请写下答复再保存。"),
    Refusal.QUESTIONS_UNANSWERED: N_("还有%(n)s个问题没有答复。请逐个答复后再确认纪要。"),
    Refusal.MINUTES_UNCONFIRMED: N_("纪要要由主持人和%(n)s名代表确认。请还没确认的人来确认。"),
}


class State(StrEnum):
    """Where a coordination meeting stands."""

    DRAFT = auto()
    NOTICED = auto()
    IN_SESSION = auto()
    MINUTES_DRAFT = auto()
    MINUTES_CONFIRMED = auto()
    POSTPONED = auto()
    CANCELLED = auto()


STATE_LABELS: dict[State, str] = {
    State.DRAFT: N_("草稿"),
    State.NOTICED: N_("已公告"),
    State.IN_SESSION: N_("会议中"),
    State.MINUTES_DRAFT: N_("纪要整理"),
    State.MINUTES_CONFIRMED: N_("纪要已确认"),
    State.POSTPONED: N_("延期"),
    State.CANCELLED: N_("已取消"),
}


class Move(StrEnum):
    """A step of a meeting."""

    POST_NOTICE = auto()
    OPEN = auto()
    POSTPONE = auto()
    SET_NEW_DATE = auto()
    END = auto()
    CONFIRM_MINUTES = auto()
    CANCEL = auto()


@dataclass(frozen=True)
class Step:
    """From which states a move starts, where it leads, and whether it needs a written reason."""

    starts: frozenset[State]
    to: State
    needs_reason: bool = False


STEPS: dict[Move, Step] = {
    Move.POST_NOTICE: Step(frozenset({State.DRAFT}), State.NOTICED),
    Move.OPEN: Step(frozenset({State.NOTICED}), State.IN_SESSION),
    Move.POSTPONE: Step(frozenset({State.NOTICED}), State.POSTPONED, needs_reason=True),
    Move.SET_NEW_DATE: Step(frozenset({State.POSTPONED}), State.NOTICED),
    Move.END: Step(frozenset({State.IN_SESSION}), State.MINUTES_DRAFT),
    Move.CONFIRM_MINUTES: Step(frozenset({State.MINUTES_DRAFT}), State.MINUTES_CONFIRMED),
    Move.CANCEL: Step(frozenset({State.DRAFT, State.NOTICED, State.POSTPONED}), State.CANCELLED, needs_reason=True),
}


class SignInMethod(StrEnum):
    """How a delegate signed in: own phone, the code at the door, or the paper list entered by staff."""

    PHONE = auto()
    QR = auto()
    PAPER = auto()


SIGN_IN_LABELS: dict[SignInMethod, str] = {
    SignInMethod.PHONE: N_("手机签到"),
    SignInMethod.QR: N_("扫码签到"),
    SignInMethod.PAPER: N_("纸质签到"),
}


def next_state(state: State, move: Move, *, role: Role, reason: str = "") -> State:
    """Where a move of the committee leads; the guards below are the caller's to ask first.

    Raises MEETING_ELSEWHERE, MEETING_REASON_MISSING, or NOT_YOUR_SEAT of people.
    """
    require_role(role, COMMITTEE)
    step = STEPS[move]
    if state not in step.starts:
        raise Refused(Refusal.MEETING_ELSEWHERE)
    if step.needs_reason and not reason.strip():
        raise Refused(Refusal.MEETING_REASON_MISSING)
    return step.to


def may_post_notice(posted_at: datetime, starts_at: datetime) -> None:
    """Written word reaches members a week before (协调会 rules, domain.md 2.4). Raises NOTICE_TOO_LATE of notices."""
    check_lead_time(posted_at, starts_at, NOTICE_DAYS)


def may_set_new_date(decided_at: datetime, starts_at: datetime) -> None:
    """A postponed meeting starts three days after the decision at the earliest. Raises NEW_DATE_TOO_SOON."""
    earliest = decided_at + timedelta(days=POSTPONED_BY_DAYS)
    if starts_at < earliest:
        local = earliest.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")
        raise Refused(Refusal.NEW_DATE_TOO_SOON, days=POSTPONED_BY_DAYS, earliest=local)


def has_quorum(present: int, named: int) -> bool:
    """Two thirds of the named delegates, the number itself included; of nobody there is no quorum."""
    return named > 0 and 3 * present >= 2 * named


def check_quorum(present: int, named: int) -> None:
    """Taken at sign-in and again before any poll. Raises QUORUM_MISSING(present, named, needed)."""
    if not has_quorum(present, named):
        raise Refused(Refusal.QUORUM_MISSING, present=present, named=named, needed=-(-2 * named // 3) or 1)


def may_sign_in(state: State, method: SignInMethod, *, role: Role, is_delegate: bool) -> None:
    """Delegates sign in by themselves before or during the meeting; a paper list is entered by staff.

    The list may still be entered while the minutes are written. Raises NOT_A_DELEGATE, MEETING_ELSEWHERE, or
    NOT_YOUR_SEAT of people.
    """
    if not is_delegate:
        raise Refused(Refusal.NOT_A_DELEGATE)
    open_states = {State.NOTICED, State.IN_SESSION}
    if method is SignInMethod.PAPER:
        require_role(role, FIELD_STAFF)
        open_states.add(State.MINUTES_DRAFT)
    if state not in open_states:
        raise Refused(Refusal.MEETING_ELSEWHERE)


@dataclass(frozen=True)
class Question:
    """A question put before or in the meeting, and its answer once there is one."""

    text: str
    answer: str = ""


def may_ask(state: State, text: str) -> None:
    """Questions are taken from the notice until the meeting ends. Raises QUESTIONS_CLOSED or QUESTION_EMPTY."""
    if state not in (State.NOTICED, State.IN_SESSION, State.POSTPONED):
        raise Refused(Refusal.QUESTIONS_CLOSED)
    if not text.strip():
        raise Refused(Refusal.QUESTION_EMPTY)


def may_answer_question(state: State, answer: str) -> None:
    """Answers are written until the minutes are confirmed. Raises MEETING_ELSEWHERE or ANSWER_EMPTY."""
    if state not in (State.NOTICED, State.IN_SESSION, State.POSTPONED, State.MINUTES_DRAFT):
        raise Refused(Refusal.MEETING_ELSEWHERE)
    if not answer.strip():
        raise Refused(Refusal.ANSWER_EMPTY)


def may_confirm_minutes(*, chair: str, confirmed_by: Iterable[str], questions: Iterable[Question]) -> None:
    """Minutes stand when every question has its answer and the chair and two delegates have confirmed them.

    `chair` and `confirmed_by` are person keys; a chair who is a delegate too counts once. Raises
    QUESTIONS_UNANSWERED(n) or MINUTES_UNCONFIRMED(n).
    """
    if unanswered := sum(not question.answer.strip() for question in questions):
        raise Refused(Refusal.QUESTIONS_UNANSWERED, n=unanswered)
    persons = set(confirmed_by)
    if chair not in persons or len(persons - {chair}) < CONFIRMING_DELEGATES:
        raise Refused(Refusal.MINUTES_UNCONFIRMED, n=CONFIRMING_DELEGATES)
