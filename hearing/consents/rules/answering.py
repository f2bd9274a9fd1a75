"""Answering: who may answer for a unit and when, and what happens when a signature is in doubt."""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum, auto

from hearing.consents.rules.answers import Answer, AnswerSet, check_answer
from hearing.consents.rules.collection import CollectionState
from hearing.consents.rules.refusals import Refusal
from hearing.consents.rules.rolls import Blocked, RollUnit
from hearing.notices.rules import WorkCalendar, beijing_day, end_of_day, last_day
from hearing.people.rules import FIELD_STAFF, Role, require_role
from hearing.refusal import Refused

DISPUTE_WORKING_DAYS = 3
CHECKS_NEEDED = 2


def check_open(state: CollectionState, *, closing: datetime, now: datetime) -> None:
    """Answers are taken while the collection is open and before the unit's own close.

    Raises NOT_YET_OPEN, PLAN_CHANGED, COLLECTION_ELSEWHERE (void) or ALREADY_CLOSED(closes).
    """
    match state:
        case CollectionState.DRAFT | CollectionState.ROLL_OPEN:
            raise Refused(Refusal.NOT_YET_OPEN)
        case CollectionState.SUPERSEDED:
            raise Refused(Refusal.PLAN_CHANGED)
        case CollectionState.VOID:
            raise Refused(Refusal.COLLECTION_ELSEWHERE)
    if state is not CollectionState.OPEN or now >= closing:
        raise Refused(Refusal.ALREADY_CLOSED, closes=last_day(closing).isoformat())


def may_answer(
    unit: RollUnit,
    answer: Answer,
    *,
    person: str,
    offered: AnswerSet,
    state: CollectionState,
    closing: datetime,
    now: datetime,
    plan_hash: str,
    seen_plan_hash: str,
) -> None:
    """A holder answers for her unit, on the plan version she has read; she may do so again until the close.

    Raises what `check_open` raises, PLAN_CHANGED, NOT_ON_ROLL, UNIT_BLOCKED or ANSWER_NOT_OFFERED.
    """
    check_open(state, closing=closing, now=now)
    if seen_plan_hash != plan_hash:
        raise Refused(Refusal.PLAN_CHANGED)
    if not unit.holding.has(person):
        raise Refused(Refusal.NOT_ON_ROLL)
    if unit.blocked is not None:
        raise Refused(Refusal.UNIT_BLOCKED)
    check_answer(answer, offered)


def may_state_interim(unit: RollUnit, *, state: CollectionState, closing: datetime, now: datetime) -> None:
    """A co-resident may state her answer while a dead lessee's tenancy is being renamed (上海市房屋租赁条例 §41).

    It is recorded and counts nothing until the lessor has named her the lessee and the roll says so. Raises what
    `check_open` raises, or NOT_ON_ROLL when the unit is not waiting for a lessee.
    """
    check_open(state, closing=closing, now=now)
    if unit.blocked is not Blocked.LESSEE_CHANGE:
        raise Refused(Refusal.NOT_ON_ROLL)


def may_withdraw(
    unit: RollUnit, *, person: str, has_standing: bool, state: CollectionState, closing: datetime, now: datetime
) -> None:
    """A holder takes her answer back before the close; both records are kept. Afterwards she may only object.

    Raises NOT_ON_ROLL, NOTHING_TO_WITHDRAW, OBJECT_INSTEAD, or what `check_open` raises.
    """
    if not unit.holding.has(person):
        raise Refused(Refusal.NOT_ON_ROLL)
    try:
        check_open(state, closing=closing, now=now)
    except Refused as refused:
        if refused.refusal is Refusal.ALREADY_CLOSED:
            raise Refused(Refusal.OBJECT_INSTEAD) from None
        raise
    if not has_standing:
        raise Refused(Refusal.NOTHING_TO_WITHDRAW)


class Verdict(StrEnum):
    """What became of a signature somebody says is not theirs."""

    AWAITED = auto()
    GENUINE = auto()
    NOT_THEIRS = auto()


DISPUTABLE = frozenset({CollectionState.OPEN, CollectionState.GRACE, CollectionState.PROVISIONAL})
"""While a signature may be denied: once the result is final, only an objection is left."""

DOORS_SHOWN = frozenset({CollectionState.PROVISIONAL, CollectionState.PASSED, CollectionState.FAILED})
"""When neighbours see who has answered, door by door. Before, the number of those who agree moves with every answer:
whoever watched it beside the doors would know which of them said no."""


def dispute_due(raised_at: datetime, calendar: WorkCalendar) -> datetime:
    """24:00 Beijing time of the third working day after “这不是我签的”, in UTC (design)."""
    return end_of_day(calendar.after(beijing_day(raised_at), DISPUTE_WORKING_DAYS))


def may_check_signature(
    *, checker: str, role: Role, collected_by: Collection[str], checked_by: Collection[str]
) -> None:
    """Two staff who had no hand in collecting the signature check it, each once.

    Raises CHECKER_COLLECTED_IT, CHECKED_BY_YOU_ALREADY, or NOT_YOUR_SEAT of people.
    """
    require_role(role, FIELD_STAFF | {Role.SCRUTINEER})
    if checker in collected_by:
        raise Refused(Refusal.CHECKER_COLLECTED_IT)
    if checker in checked_by:
        raise Refused(Refusal.CHECKED_BY_YOU_ALREADY)


def verdict(findings: Mapping[str, bool]) -> Verdict:
    """What the checkers found, each by person: True for genuine. Two who agree decide; two who differ ask a third."""
    genuine = sum(findings.values())
    if genuine >= CHECKS_NEEDED:
        return Verdict.GENUINE
    return Verdict.NOT_THEIRS if len(findings) - genuine >= CHECKS_NEEDED else Verdict.AWAITED
