"""Paper: a wet-ink slip becomes a record after two staff have read it, the second without seeing the first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum, auto

from hearing.consents.rules.answers import Answer
from hearing.consents.rules.collection import CollectionState
from hearing.consents.rules.refusals import Refusal
from hearing.notices.rules import beijing_day
from hearing.people.rules import COMMITTEE, FIELD_STAFF, Role, require_role
from hearing.refusal import Refused


@dataclass(frozen=True)
class SlipEntry:
    """What one staff member read from one slip.

    `by` is that person, `holders` are the keys of those in whose name it was signed, in any order; an `answer` of None
    withdraws.
    """

    by: str
    unit: str
    holders: tuple[str, ...]
    answer: Answer | None
    signed_on: date
    received_at: datetime
    mandate: str = ""
    """By which mandate an agent signed for them; empty when they signed themselves."""


def may_enter_slip(
    entry: SlipEntry,
    *,
    role: Role,
    state: CollectionState,
    opened_at: datetime,
    grace_ends: datetime,
    now: datetime,
    kept_at: datetime | None = None,
) -> None:
    """Slips are entered while the collection is open or in grace, dated and stamped within it.

    A slip stamped after the close is entered too, and listed as late (`Record.is_late`). One whose photo was kept in
    grace, at `kept_at`, is read to its end until the provisional result hangs: that the desk has not come to it yet
    takes nobody's answer away. Raises NOT_YET_OPEN, PLAN_CHANGED, GRACE_OVER, SLIP_RECEIVED_AHEAD, SLIP_DATED_AHEAD,
    SLIP_DATED_BEFORE_OPENING, or NOT_YOUR_SEAT of people.
    """
    require_role(role, FIELD_STAFF)
    may_receive_slips(entry.received_at, state=state, grace_ends=grace_ends, now=now, kept_at=kept_at)
    if entry.signed_on > beijing_day(entry.received_at):
        raise Refused(Refusal.SLIP_DATED_AHEAD)
    if entry.signed_on < beijing_day(opened_at):
        raise Refused(Refusal.SLIP_DATED_BEFORE_OPENING)


def may_receive_slips(
    received_at: datetime,
    *,
    state: CollectionState,
    grace_ends: datetime,
    now: datetime,
    kept_at: datetime | None = None,
) -> None:
    """Slips come in while the collection is open or in grace, and none is stamped with an hour that is still to come.

    Raises NOT_YET_OPEN, PLAN_CHANGED, GRACE_OVER or SLIP_RECEIVED_AHEAD.
    """
    if state in (CollectionState.DRAFT, CollectionState.ROLL_OPEN):
        raise Refused(Refusal.NOT_YET_OPEN)
    if state is CollectionState.SUPERSEDED:
        raise Refused(Refusal.PLAN_CHANGED)
    in_time = now < grace_ends or (kept_at is not None and kept_at < grace_ends)
    if state not in (CollectionState.OPEN, CollectionState.GRACE) or not in_time:
        raise Refused(Refusal.GRACE_OVER)
    if received_at > now:
        raise Refused(Refusal.SLIP_RECEIVED_AHEAD)


class Comparison(StrEnum):
    """What comparing two blind entries of one slip gave."""

    MATCH = auto()
    MISMATCH = auto()


def differences(first: SlipEntry, second: SlipEntry) -> tuple[str, ...]:
    """The names of the fields in which two entries differ; the order of the signers does not matter."""
    return tuple(
        field.name
        for field in fields(SlipEntry)
        if field.name != "by" and _comparable(first, field.name) != _comparable(second, field.name)
    )


def _comparable(entry: SlipEntry, name: str) -> object:
    return frozenset(entry.holders) if name == "holders" else getattr(entry, name)


def compare(first: SlipEntry, second: SlipEntry) -> Comparison:
    """The second entry is another person's. Equal entries make a record; others go to a third person.

    Raises ENTRY_SAME_PERSON.
    """
    if first.by == second.by:
        raise Refused(Refusal.ENTRY_SAME_PERSON)
    return Comparison.MISMATCH if differences(first, second) else Comparison.MATCH


def decide(first: SlipEntry, second: SlipEntry, third: SlipEntry, *, role: Role) -> SlipEntry:
    """A third person reads the original and decides; her reading is the record.

    Raises ENTRY_NOT_IN_DISPUTE, ENTRY_SAME_PERSON, or NOT_YOUR_SEAT of people.
    """
    require_role(role, COMMITTEE | {Role.SCRUTINEER})
    if third.by in (first.by, second.by):
        raise Refused(Refusal.ENTRY_SAME_PERSON)
    if compare(first, second) is Comparison.MATCH:
        raise Refused(Refusal.ENTRY_NOT_IN_DISPUTE)
    return third


def check_signature_day(
    holders: Mapping[str, tuple[date | None, date | None]], signers: Iterable[str], signed_on: date
) -> bool:
    """Whether every signer was alive on the day of the signature; `holders` gives (held since, died on) by key.

    A signature of a day before its signer came to hold the unit is not hers to give; one of a day after her death is
    kept, never counts, and is looked into. Raises SLIP_BEFORE_HOLDING(since).
    """
    alive = True
    for signer in signers:
        since, died = holders[signer]
        if since is not None and signed_on < since:
            raise Refused(Refusal.SLIP_BEFORE_HOLDING, since=since.isoformat())
        alive = alive and (died is None or signed_on <= died)
    return alive
