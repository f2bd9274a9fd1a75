"""States of a proposal up to its approval, who may move it, and on what conditions (domain.md 4.2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, auto

from hearing.notices.rules import (
    ObjectionState,
    PublicityPeriod,
    WorkCalendar,
    beijing_day,
    end_of_day,
    may_approve,
)
from hearing.people.rules import COMMITTEE, COUNCIL, FIELD_STAFF, Role, require_role
from hearing.proposals.rules.refusals import Refusal
from hearing.refusal import N_, Refused

SCREENING_WORKING_DAYS = 5


class State(StrEnum):
    """Where a proposal stands."""

    DRAFT = auto()
    SUBMITTED = auto()
    SCREENING = auto()
    RETURNED = auto()
    REJECTED = auto()
    MERGED = auto()
    ROUTED_ELSEWHERE = auto()
    DELIBERATING = auto()
    PLAN_FIXED = auto()
    CONSENT = auto()
    PUBLICITY = auto()
    APPROVED = auto()
    SUSPENDED = auto()
    WITHDRAWN = auto()


STATE_LABELS: dict[State, str] = {
    State.DRAFT: N_("草稿"),
    State.SUBMITTED: N_("已提交"),
    State.SCREENING: N_("初审中"),
    State.RETURNED: N_("退回补充"),
    State.REJECTED: N_("不予受理"),
    State.MERGED: N_("已并案"),
    State.ROUTED_ELSEWHERE: N_("已转办"),
    State.DELIBERATING: N_("协商中"),
    State.PLAN_FIXED: N_("方案已定稿"),
    State.CONSENT: N_("征询中"),
    State.PUBLICITY: N_("公示中"),
    State.APPROVED: N_("已通过"),
    State.SUSPENDED: N_("中止"),
    State.WITHDRAWN: N_("已撤回"),
}


class Rejection(StrEnum):
    """The only reasons for which a proposal may be rejected."""

    OUTSIDE_NEIGHBOURHOOD = auto()
    PRIVATE_COST = auto()
    ANOTHER_BODYS_DUTY = auto()
    DUPLICATE = auto()
    UNLAWFUL = auto()


REJECTION_LABELS: dict[Rejection, str] = {
    Rejection.OUTSIDE_NEIGHBOURHOOD: N_("不在本居民区范围内"),
    Rejection.PRIVATE_COST: N_("属于个人自己的费用"),
    Rejection.ANOTHER_BODYS_DUTY: N_("属于其他单位的职责"),
    Rejection.DUPLICATE: N_("与已有提案重复"),
    Rejection.UNLAWFUL: N_("不符合法律法规"),
}


class Move(StrEnum):
    """A step of a proposal."""

    SUBMIT = auto()
    SCREEN = auto()
    RETURN = auto()
    REJECT = auto()
    LOOK_AGAIN = auto()
    MERGE = auto()
    ROUTE = auto()
    ACCEPT = auto()
    FIX_PLAN = auto()
    REVISE = auto()
    ASK_CONSENT = auto()
    PUBLISH = auto()
    APPROVE = auto()
    SUSPEND = auto()
    RESUME = auto()
    WITHDRAW = auto()


@dataclass(frozen=True)
class Step:
    """From which states a move starts, where it leads, from which seats, and whether it needs a written reason."""

    starts: frozenset[State]
    to: State
    who: frozenset[Role]
    needs_reason: bool = False


SCREENING_LABELS: dict[Move, str] = {
    Move.ACCEPT: N_("受理"),
    Move.RETURN: N_("退回补充"),
    Move.REJECT: N_("不予受理"),
    Move.MERGE: N_("已并案"),
    Move.ROUTE: N_("已转办"),
}
PROPOSERS = FIELD_STAFF | COUNCIL | {Role.RESIDENT}
_UNDER_WAY = frozenset(
    {State.SUBMITTED, State.SCREENING, State.DELIBERATING, State.PLAN_FIXED, State.CONSENT, State.PUBLICITY}
)
_BEFORE_CONTRACT = _UNDER_WAY | {State.RETURNED, State.APPROVED}


def _at(*states: State) -> frozenset[State]:
    return frozenset(states)


STEPS: dict[Move, Step] = {
    Move.SUBMIT: Step(_at(State.DRAFT, State.RETURNED), State.SUBMITTED, PROPOSERS),
    Move.SCREEN: Step(_at(State.SUBMITTED), State.SCREENING, COMMITTEE),
    Move.RETURN: Step(_at(State.SCREENING), State.RETURNED, COMMITTEE, needs_reason=True),
    Move.REJECT: Step(_at(State.SCREENING), State.REJECTED, COMMITTEE, needs_reason=True),
    Move.LOOK_AGAIN: Step(_at(State.REJECTED), State.SCREENING, COUNCIL, needs_reason=True),
    Move.MERGE: Step(_at(State.SCREENING, State.DELIBERATING), State.MERGED, COMMITTEE, needs_reason=True),
    Move.ROUTE: Step(_at(State.SCREENING), State.ROUTED_ELSEWHERE, COMMITTEE, needs_reason=True),
    Move.ACCEPT: Step(_at(State.SCREENING), State.DELIBERATING, COMMITTEE),
    Move.FIX_PLAN: Step(_at(State.DELIBERATING), State.PLAN_FIXED, COMMITTEE),
    Move.REVISE: Step(
        _at(State.PLAN_FIXED, State.CONSENT, State.PUBLICITY), State.DELIBERATING, COMMITTEE, needs_reason=True
    ),
    Move.ASK_CONSENT: Step(_at(State.PLAN_FIXED), State.CONSENT, COMMITTEE),
    Move.PUBLISH: Step(_at(State.CONSENT), State.PUBLICITY, COMMITTEE),
    Move.APPROVE: Step(_at(State.PUBLICITY), State.APPROVED, COMMITTEE),
    Move.SUSPEND: Step(_BEFORE_CONTRACT, State.SUSPENDED, COMMITTEE, needs_reason=True),
    # RESUME leads back to where the proposal was suspended; `next_state` is told that state.
    Move.RESUME: Step(_at(State.SUSPENDED), State.SUSPENDED, COMMITTEE, needs_reason=True),
    Move.WITHDRAW: Step(_BEFORE_CONTRACT | _at(State.DRAFT, State.SUSPENDED), State.WITHDRAWN, PROPOSERS),
}


def next_state(state: State, move: Move, *, role: Role, reason: str = "", suspended_from: State | None = None) -> State:
    """Where a move leads. Whether a person is the proposer of this proposal is for the caller to look up.

    `suspended_from` is the state to which RESUME returns. Raises PROPOSAL_ELSEWHERE, REASON_MISSING, or NOT_YOUR_SEAT
    of people.
    """
    step = STEPS[move]
    require_role(role, step.who)
    if state not in step.starts:
        raise Refused(Refusal.PROPOSAL_ELSEWHERE)
    if step.needs_reason and not reason.strip():
        raise Refused(Refusal.REASON_MISSING)
    if move is Move.RESUME:
        if suspended_from not in _BEFORE_CONTRACT:
            raise ValueError("a suspended proposal remembers the state it came from")
        return suspended_from
    return step.to


def moves_open_to(state: State, role: Role) -> tuple[Move, ...]:
    """The moves a seat can make from here, in the order of the procedure, for the buttons of a page."""
    return tuple(move for move, step in STEPS.items() if state in step.starts and role in step.who)


def read_rejection(reason: str) -> Rejection:
    """The listed reason of that name. Raises REJECTION_NOT_LISTED."""
    try:
        return Rejection(reason)
    except ValueError:
        raise Refused(Refusal.REJECTION_NOT_LISTED) from None


def may_look_again(times_looked: int) -> None:
    """The council looks at a rejection once, when the proposer asks. Raises LOOKED_AGAIN_ALREADY."""
    if times_looked:
        raise Refused(Refusal.LOOKED_AGAIN_ALREADY)


def screening_due(submitted_at: datetime, calendar: WorkCalendar) -> datetime:
    """24:00 Beijing time of the fifth working day after submission, in UTC (design)."""
    return end_of_day(calendar.after(beijing_day(submitted_at), SCREENING_WORKING_DAYS))


def may_publish(collections_passed: Iterable[bool], permits_given: Iterable[bool] = ()) -> None:
    """Publicity starts when every required collection has passed and every permit is given.

    A plan without a collection does not get here. Raises CONSENTS_NOT_PASSED(n) or PERMITS_AWAITED(n), n at least 1.
    """
    passed = list(collections_passed)
    if missing := (passed.count(False) if passed else 1):
        raise Refused(Refusal.CONSENTS_NOT_PASSED, n=missing)
    if awaited := list(permits_given).count(False):
        raise Refused(Refusal.PERMITS_AWAITED, n=awaited)


def may_approve_proposal(
    period: PublicityPeriod,
    objections: Iterable[ObjectionState],
    *,
    collections_passed: Iterable[bool],
    no_open_objection: bool,
    now: datetime,
    permits_given: Iterable[bool] = (),
) -> None:
    """Approval needs the collections still passed, the permits still given, the days over, the objections dealt with.

    Raises CONSENTS_NOT_PASSED, PERMITS_AWAITED or a refusal of notices.
    """
    may_publish(collections_passed, permits_given)
    may_approve(period, objections, no_open_objection=no_open_objection, now=now)
