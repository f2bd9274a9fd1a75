"""Collections: the course of one consent collection, from its terms to its final result (domain.md 4.3)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from enum import StrEnum, auto

from hearing.consents.rules.answers import AnswerSet
from hearing.consents.rules.records import ConflictRule
from hearing.consents.rules.refusals import Refusal
from hearing.consents.rules.rolls import Roll, check_roll
from hearing.consents.rules.tallies import Reason, Tally
from hearing.consents.rules.thresholds import ThresholdRule
from hearing.notices.rules import (
    ObjectionState,
    PublicityPeriod,
    beijing_day,
    check_objections,
    end_of_day,
    full_days_after,
    last_day,
)
from hearing.people.rules import COMMITTEE, Role, require_role
from hearing.proposals.rules import Preset
from hearing.refusal import N_, Refused

WINDOW_DAYS = (5, 60)
ROLL_PUBLICITY_DAYS = (3, 15)
GRACE_DAYS_MOST = 3
PROVISIONAL_DAYS_LEAST = 3


class CollectionState(StrEnum):
    """Where a collection stands."""

    DRAFT = auto()
    ROLL_OPEN = auto()
    OPEN = auto()
    GRACE = auto()
    PROVISIONAL = auto()
    PASSED = auto()
    FAILED = auto()
    VOID = auto()
    SUPERSEDED = auto()


COLLECTION_LABELS: dict[CollectionState, str] = {
    CollectionState.DRAFT: N_("草稿"),
    CollectionState.ROLL_OPEN: N_("名册核对"),
    CollectionState.OPEN: N_("征询中"),
    CollectionState.GRACE: N_("补录期"),
    CollectionState.PROVISIONAL: N_("初步结果（询异）"),
    CollectionState.PASSED: N_("达到通过线"),
    CollectionState.FAILED: N_("未达通过线"),
    CollectionState.VOID: N_("本次无效"),
    CollectionState.SUPERSEDED: N_("方案已更新"),
}


class Move(StrEnum):
    """A step of a collection."""

    OPEN_ROLL = auto()
    FREEZE_ROLL = auto()
    EXTEND = auto()
    CLOSE = auto()
    PUBLISH_PROVISIONAL = auto()
    FINISH = auto()
    VOID = auto()
    SUPERSEDE = auto()


@dataclass(frozen=True)
class Step:
    """From which states a move starts, where it may lead, and whether it needs a written reason.

    FINISH leads to passed or failed, as `outcome` says. What `by_clock` says the system does when its time has come.
    """

    starts: frozenset[CollectionState]
    to: tuple[CollectionState, ...]
    who: frozenset[Role] = COMMITTEE
    needs_reason: bool = False
    by_clock: bool = False


_RUNNING = frozenset(
    {
        CollectionState.DRAFT,
        CollectionState.ROLL_OPEN,
        CollectionState.OPEN,
        CollectionState.GRACE,
        CollectionState.PROVISIONAL,
    }
)
STEPS: dict[Move, Step] = {
    Move.OPEN_ROLL: Step(frozenset({CollectionState.DRAFT}), (CollectionState.ROLL_OPEN,)),
    Move.FREEZE_ROLL: Step(frozenset({CollectionState.ROLL_OPEN}), (CollectionState.OPEN,)),
    Move.EXTEND: Step(frozenset({CollectionState.OPEN}), (CollectionState.OPEN,), needs_reason=True),
    Move.CLOSE: Step(frozenset({CollectionState.OPEN}), (CollectionState.GRACE,), by_clock=True),
    Move.PUBLISH_PROVISIONAL: Step(frozenset({CollectionState.GRACE}), (CollectionState.PROVISIONAL,), by_clock=True),
    Move.FINISH: Step(
        frozenset({CollectionState.PROVISIONAL}),
        (CollectionState.PASSED, CollectionState.FAILED),
        who=COMMITTEE | {Role.SCRUTINEER},
    ),
    Move.VOID: Step(_RUNNING, (CollectionState.VOID,), needs_reason=True),
    # A collection that had passed is superseded as well when the plan changes materially afterwards.
    Move.SUPERSEDE: Step(_RUNNING | {CollectionState.PASSED}, (CollectionState.SUPERSEDED,)),
}


def check_move(state: CollectionState, move: Move, *, role: Role | None, reason: str = "") -> None:
    """Whether a seat may make this move from here; a role of None is the system, which does what the clock does.

    Raises COLLECTION_ELSEWHERE, COLLECTION_REASON_MISSING, or NOT_YOUR_SEAT of people; ValueError when the system
    tries what takes a person.
    """
    step = STEPS[move]
    if role is not None:
        require_role(role, step.who)
    elif not step.by_clock:
        raise ValueError(f"{move} takes a person")
    if state not in step.starts:
        raise Refused(Refusal.COLLECTION_ELSEWHERE)
    if step.needs_reason and not reason.strip():
        raise Refused(Refusal.COLLECTION_REASON_MISSING)


@dataclass(frozen=True)
class Terms:
    """What is fixed before the roll is shown. None means not yet chosen; `window_days` are full days.

    `counted_by` names the two persons who confirm the result.
    """

    plan_hash: str | None = None
    scope: str | None = None
    preset: Preset | None = None
    answer_set: AnswerSet | None = None
    window_days: int | None = None
    conflict_rule: ConflictRule | None = None
    mandate_cap: int | None = None
    counted_by: tuple[str, str] | None = None


TERM_LABELS: dict[str, str] = {
    "plan_hash": N_("方案版本"),
    "scope": N_("征询范围"),
    "preset": N_("通过规则"),
    "answer_set": N_("选项"),
    "window_days": N_("征询天数"),
    "conflict_rule": N_("纸质与手机不一致时以哪个为准"),
    "mandate_cap": N_("一人最多代理几户"),
    "counted_by": N_("计票人和监票人"),
}


def missing_terms(terms: Terms) -> tuple[str, ...]:
    """The terms not yet fixed, as keys of `TERM_LABELS`."""
    return tuple(field.name for field in fields(terms) if getattr(terms, field.name) is None)


def may_open_roll(terms: Terms, *, publicity_days: int) -> None:
    """The roll may be shown once every term is fixed.

    Raises TERMS_INCOMPLETE(n, terms), WINDOW_OUT_OF_BOUNDS or ROLL_PUBLICITY_OUT_OF_BOUNDS.
    """
    if missing := missing_terms(terms):
        raise Refused(Refusal.TERMS_INCOMPLETE, n=len(missing), terms=missing)
    check_window_days(terms.window_days or 0)
    least, most = ROLL_PUBLICITY_DAYS
    if not least <= publicity_days <= most:
        raise Refused(Refusal.ROLL_PUBLICITY_OUT_OF_BOUNDS, least=least, most=most)


def check_window_days(days: int) -> None:
    """A window is 5 to 60 full days (杭州 2021 §20). Raises WINDOW_OUT_OF_BOUNDS(days, least, most)."""
    least, most = WINDOW_DAYS
    if not least <= days <= most:
        raise Refused(Refusal.WINDOW_OUT_OF_BOUNDS, days=days, least=least, most=most)


def closes_at(opened_at: datetime, window_days: int) -> datetime:
    """24:00 Beijing time of the last of `window_days` full days after the day of opening, in UTC."""
    return full_days_after(opened_at, window_days)


def may_freeze_roll(
    roll: Roll, rule: ThresholdRule, *, publicity: PublicityPeriod, corrections_undecided: int, now: datetime
) -> None:
    """The roll is frozen and answering opens when its days are over, every correction is decided, and it fits its rule.

    Raises ROLL_PUBLICITY_RUNNING, CORRECTIONS_UNDECIDED(n), or what `check_roll` raises.
    """
    if not publicity.is_over(now):
        raise Refused(Refusal.ROLL_PUBLICITY_RUNNING, ends=last_day(publicity.ends_at).isoformat())
    if corrections_undecided:
        raise Refused(Refusal.CORRECTIONS_UNDECIDED, n=corrections_undecided)
    check_roll(roll, rule)


def may_extend(
    *, opened_at: datetime, closing: datetime, new_closing: datetime, extended_before: bool, now: datetime
) -> None:
    """One extension, before the window has closed, to a later day, at most 60 days from opening in all.

    Raises EXTENDED_ALREADY, ALREADY_CLOSED(closes), WINDOW_ENDS_NOT_LATER or WINDOW_OUT_OF_BOUNDS.
    """
    if extended_before:
        raise Refused(Refusal.EXTENDED_ALREADY)
    if now >= closing:
        raise Refused(Refusal.ALREADY_CLOSED, closes=last_day(closing).isoformat())
    if new_closing <= closing:
        raise Refused(Refusal.WINDOW_ENDS_NOT_LATER)
    check_window_days(days_between(opened_at, new_closing))


def days_between(opened_at: datetime, closing: datetime) -> int:
    """The full days of a window that opened at one instant and ends with another, 24:00 of its last day."""
    return (last_day(closing) - beijing_day(opened_at)).days


def closing_after_transfer(closing: datetime, registered_on: date, invited_on: date | None = None) -> datetime:
    """The close for a flat whose sale was registered (Civil Code §209): the buyer has five full days at least.

    They run from the day on which she is invited, for the office may hear of a sale days later. A transfer registered
    after the close changes nothing: the answer stands and goes with the flat.
    """
    if not transfer_voids_answer(closing, registered_on):
        return closing
    return max(closing, end_of_day(max(registered_on, invited_on or registered_on) + timedelta(days=WINDOW_DAYS[0])))


def transfer_voids_answer(closing: datetime, registered_on: date) -> bool:
    """Whether the seller's answer falls because the flat changed hands while answers could still be given."""
    return registered_on <= last_day(closing)


def grace_ends_at(closing: datetime, days: int) -> datetime:
    """24:00 of the last day on which slips received in time may still be entered. Raises GRACE_OUT_OF_BOUNDS(most)."""
    if not 0 <= days <= GRACE_DAYS_MOST:
        raise Refused(Refusal.GRACE_OUT_OF_BOUNDS, most=GRACE_DAYS_MOST)
    # `closing` is already 24:00 of its day; a day is taken off so that grace of nothing ends with it.
    return closing if days == 0 else full_days_after(closing, days - 1)


def check_review_days(*, grace: int, provisional: int) -> None:
    """Raises GRACE_OUT_OF_BOUNDS(most) or PROVISIONAL_OUT_OF_BOUNDS(least)."""
    if not 0 <= grace <= GRACE_DAYS_MOST:
        raise Refused(Refusal.GRACE_OUT_OF_BOUNDS, most=GRACE_DAYS_MOST)
    if provisional < PROVISIONAL_DAYS_LEAST:
        raise Refused(Refusal.PROVISIONAL_OUT_OF_BOUNDS, least=PROVISIONAL_DAYS_LEAST)


def may_close(closings: Collection[datetime], now: datetime) -> None:
    """Answering ends with the collection's window and with the longer window of every flat sold meanwhile.

    Raises STILL_OPEN(ends).
    """
    if now < (end := max(closings)):
        raise Refused(Refusal.STILL_OPEN, ends=last_day(end).isoformat())


def may_publish_provisional(
    *, grace_ends: datetime, entries_undecided: int, disputes_undecided: int, days: int, now: datetime
) -> None:
    """The provisional tally is published after grace, with no slip half entered and no signature in doubt.

    `days` is how long it hangs for objections, three at least (清远 15). Raises STILL_OPEN(ends),
    ENTRIES_UNDECIDED(n), DISPUTES_UNDECIDED(n) or PROVISIONAL_OUT_OF_BOUNDS(least).
    """
    if now < grace_ends:
        raise Refused(Refusal.STILL_OPEN, ends=last_day(grace_ends).isoformat())
    if entries_undecided:
        raise Refused(Refusal.ENTRIES_UNDECIDED, n=entries_undecided)
    if disputes_undecided:
        raise Refused(Refusal.DISPUTES_UNDECIDED, n=disputes_undecided)
    if days < PROVISIONAL_DAYS_LEAST:
        raise Refused(Refusal.PROVISIONAL_OUT_OF_BOUNDS, least=PROVISIONAL_DAYS_LEAST)


class ManagerConsent(StrEnum):
    """What the lessor or manager of public housing said in writing (上海市房屋租赁条例 §21–22)."""

    GIVEN = auto()
    REFUSED = auto()


@dataclass(frozen=True)
class Outcome:
    """The final result and why."""

    state: CollectionState
    reason: Reason


def may_finish(
    *,
    provisional: PublicityPeriod,
    confirmed_by: Iterable[tuple[str, Role]],
    objections: Iterable[ObjectionState],
    now: datetime,
) -> None:
    """The result becomes final after 询异, with every objection decided, by the committee and the scrutineer.

    `confirmed_by` are persons with the seat they confirmed from; the two must be different persons. An objection in
    coordination is decided as far as this goes; `outcome` weighs it. Raises PROVISIONAL_RUNNING(ends),
    SCRUTINEER_MISSING, or OBJECTIONS_UNDECIDED of notices.
    """
    if not provisional.is_over(now):
        raise Refused(Refusal.PROVISIONAL_RUNNING, ends=last_day(provisional.ends_at).isoformat())
    check_objections(objections, no_open_objection=False)
    confirmed = set(confirmed_by)
    committee = {person for person, role in confirmed if role in COMMITTEE}
    scrutineers = {person for person, role in confirmed if role is Role.SCRUTINEER}
    if not committee or not scrutineers or len(committee | scrutineers) < 2:
        raise Refused(Refusal.SCRUTINEER_MISSING)


def outcome(
    result: Tally,
    *,
    needs_manager_consent: bool,
    manager_consent: ManagerConsent | None,
    no_open_objection: bool,
    objections: Iterable[ObjectionState],
) -> Outcome:
    """Passed or failed, by the tally first, then by the two flags of the template.

    Where `no_open_objection` is set, an objection that coordination has not settled fails the collection. Raises
    MANAGER_CONSENT_AWAITED when the tally passed and the manager has not answered, and OBJECTIONS_UNDECIDED of notices.
    """
    standing = list(objections)
    check_objections(standing, no_open_objection=False)
    if not result.passed:
        return Outcome(CollectionState.FAILED, result.reason)
    if needs_manager_consent and manager_consent is None:
        raise Refused(Refusal.MANAGER_CONSENT_AWAITED)
    if needs_manager_consent and manager_consent is ManagerConsent.REFUSED:
        return Outcome(CollectionState.FAILED, Reason.MANAGER_REFUSED)
    if no_open_objection and ObjectionState.TO_COORDINATION in standing:
        return Outcome(CollectionState.FAILED, Reason.OBJECTION_STANDS)
    return Outcome(CollectionState.PASSED, Reason.PASSED)
