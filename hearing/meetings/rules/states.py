"""States of a meeting and its steps, side ways included (domain.md 3.1 and 4.1)."""

from dataclasses import dataclass
from enum import StrEnum, auto

from hearing.meetings.rules.kinds import TEMPLATES, Kind
from hearing.meetings.rules.refusals import Refusal
from hearing.people.rules import COMMITTEE, Role, require_role
from hearing.proposals.rules import State as Case
from hearing.refusal import N_, Refused

MEETS = frozenset({Case.DELIBERATING, Case.PLAN_FIXED, Case.CONSENT, Case.PUBLICITY})
"""Where a case stands while its neighbours may be called together."""
REVIEWS = MEETS | {Case.APPROVED}
"""The same for those who look back on what was done."""


class State(StrEnum):
    """Where a meeting stands."""

    DRAFT = auto()
    NOTICED = auto()
    REGISTERING = auto()
    IN_SESSION = auto()
    MINUTES_DRAFT = auto()
    MINUTES_CONFIRMED = auto()
    ANSWERING = auto()
    CLOSED = auto()
    POSTPONED = auto()
    ADJOURNED = auto()
    CANCELLED = auto()


STATE_LABELS: dict[State, str] = {
    State.DRAFT: N_("草稿"),
    State.NOTICED: N_("已公告"),
    State.REGISTERING: N_("报名中"),
    State.IN_SESSION: N_("会议中"),
    State.MINUTES_DRAFT: N_("纪要整理"),
    State.MINUTES_CONFIRMED: N_("纪要已确认"),
    State.ANSWERING: N_("意见答复中"),
    State.CLOSED: N_("已办结"),
    State.POSTPONED: N_("延期"),
    State.ADJOURNED: N_("休会"),
    State.CANCELLED: N_("已取消"),
}

ANNOUNCED = frozenset({State.NOTICED, State.REGISTERING})
"""The notice hangs, and the hour has not come."""
BEFORE = ANNOUNCED | {State.POSTPONED}
ROOM = frozenset({State.IN_SESSION, State.ADJOURNED})
"""The meeting has begun and has not ended."""
AFTER = frozenset({State.MINUTES_DRAFT, State.MINUTES_CONFIRMED, State.ANSWERING})
"""It has ended, and is not dealt with yet."""
STANDING = frozenset({State.MINUTES_CONFIRMED, State.ANSWERING, State.CLOSED})
"""Its minutes stand."""


class Move(StrEnum):
    """A step of a meeting."""

    POST_NOTICE = auto()
    OPEN_SIGN_UP = auto()
    OPEN = auto()
    POSTPONE = auto()
    LACK_QUORUM = auto()
    SET_NEW_DATE = auto()
    ADJOURN = auto()
    RESUME = auto()
    END = auto()
    CONFIRM_MINUTES = auto()
    BEGIN_ANSWERING = auto()
    CLOSE = auto()
    CANCEL = auto()


@dataclass(frozen=True)
class Step:
    """From which states a move starts, where it leads, and whether it needs a written reason."""

    starts: frozenset[State]
    to: State
    needs_reason: bool = False


STEPS: dict[Move, Step] = {
    Move.POST_NOTICE: Step(frozenset({State.DRAFT}), State.NOTICED),
    Move.OPEN_SIGN_UP: Step(frozenset({State.NOTICED}), State.REGISTERING),
    Move.OPEN: Step(ANNOUNCED, State.IN_SESSION),
    Move.POSTPONE: Step(ANNOUNCED, State.POSTPONED, needs_reason=True),
    Move.LACK_QUORUM: Step(ANNOUNCED, State.POSTPONED),
    Move.SET_NEW_DATE: Step(frozenset({State.POSTPONED}), State.NOTICED),
    Move.ADJOURN: Step(frozenset({State.IN_SESSION}), State.ADJOURNED, needs_reason=True),
    Move.RESUME: Step(frozenset({State.ADJOURNED}), State.IN_SESSION),
    Move.END: Step(ROOM, State.MINUTES_DRAFT),
    Move.CONFIRM_MINUTES: Step(frozenset({State.MINUTES_DRAFT}), State.MINUTES_CONFIRMED),
    Move.BEGIN_ANSWERING: Step(frozenset({State.MINUTES_CONFIRMED}), State.ANSWERING),
    Move.CLOSE: Step(frozenset({State.MINUTES_CONFIRMED, State.ANSWERING}), State.CLOSED),
    Move.CANCEL: Step(BEFORE | {State.DRAFT}, State.CANCELLED, needs_reason=True),
}


def next_state(state: State, move: Move, *, role: Role, reason: str = "", kind: Kind = Kind.COORDINATION) -> State:
    """Where a move of the committee leads; the guards below are the caller's to ask first.

    Sign-up belongs to the kinds that take it, and begins before they do; answering to those that answer, and what is
    answered is closed from there and not before. Raises MEETING_ELSEWHERE, MEETING_REASON_MISSING, or NOT_YOUR_SEAT of
    people.
    """
    require_role(role, COMMITTEE)
    step, template = STEPS[move], TEMPLATES[kind]
    if state not in step.starts:
        raise Refused(Refusal.MEETING_ELSEWHERE)
    if move is Move.OPEN_SIGN_UP and not template.takes_sign_up:
        raise Refused(Refusal.MEETING_ELSEWHERE)
    if move is Move.OPEN and template.takes_sign_up and state is not State.REGISTERING:
        raise Refused(Refusal.MEETING_ELSEWHERE)
    if move is Move.BEGIN_ANSWERING and not template.answers:
        raise Refused(Refusal.MEETING_ELSEWHERE)
    if move is Move.CLOSE and template.answers is not (state is State.ANSWERING):
        raise Refused(Refusal.MEETING_ELSEWHERE)
    if step.needs_reason and not reason.strip():
        raise Refused(Refusal.MEETING_REASON_MISSING)
    return step.to


def is_over(state: State, kind: Kind) -> bool:
    """Whether nobody waits for anything of the meeting: what was coordinated has its minutes, the rest its answers."""
    if state is State.MINUTES_CONFIRMED:
        return not TEMPLATES[kind].answers
    return state in (State.CLOSED, State.CANCELLED)


def may_plan(case: Case, kind: Kind = Kind.COORDINATION) -> None:
    """A meeting is called while a case is under way, a review also after its approval. Raises CASE_DOES_NOT_MEET."""
    if case not in (REVIEWS if kind in (Kind.REVIEW, Kind.JOINT) else MEETS):
        raise Refused(Refusal.CASE_DOES_NOT_MEET)
