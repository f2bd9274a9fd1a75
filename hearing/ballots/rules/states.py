"""States of a poll 投票的几步: who may do what when. Times are arguments, in UTC."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from hearing.ballots.rules.refusals import Refusal
from hearing.refusal import N_, Refused


class State(StrEnum):
    """Where a poll stands. Casting also asks the clock: an open poll takes ballots from its opening to its close."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    TALLIED = "tallied"
    VOID = "void"


STATE_LABELS = {
    State.DRAFT: N_("准备中"),
    State.OPEN: N_("投票中"),
    State.CLOSED: N_("已截止，计票中"),
    State.TALLIED: N_("有结果"),
    State.VOID: N_("已作废"),
}
ENDED = (State.TALLIED, State.VOID)
"""Nothing more comes of it."""
NOT_BEGUN, OVER = N_("还没开始"), N_("已截止")


class Mode(StrEnum):
    """Whether a ballot stands under a name 实名 or under none 无记名; fixed before opening (audit.md, section 6)."""

    NAMED = "named"
    SECRET = "secret"  # noqa: S105 - a word for how one votes


MODE_LABELS = {Mode.NAMED: N_("实名投票"), Mode.SECRET: N_("无记名投票")}


class Per(StrEnum):
    """Whose the ballots are: one a household, or one a person of the register."""

    HOUSEHOLD = "household"
    PERSON = "person"


PER_LABELS = {Per.HOUSEHOLD: N_("一户一票"), Per.PERSON: N_("一人一票")}

LEAST_WINDOW = timedelta(hours=1)
MOST_WINDOW = timedelta(days=60)
LEAST_BATCH = 10
"""Ballots that come into the trail together at least, as long as the poll is open (audit.md, section 6, B 3)."""
SMALL_ROLL = 20
"""Under so many voters only their number is published, and not which of them voted (audit.md, section 6, B 5)."""


def check_window(opens: datetime, closes: datetime) -> None:
    """Whether a poll may run from then to then. Raises CLOSES_TOO_SOON, WINDOW_TOO_LONG."""
    if closes - opens < LEAST_WINDOW:
        raise Refused(Refusal.CLOSES_TOO_SOON, hours=int(LEAST_WINDOW.total_seconds() // 3600))
    if closes - opens > MOST_WINDOW:
        raise Refused(Refusal.WINDOW_TOO_LONG, days=MOST_WINDOW.days)


def check_casting(state: State, *, opens: datetime, closes: datetime, now: datetime) -> None:
    """Whether a ballot may be cast now. Raises POLL_NOT_OPEN, POLL_VOID, POLL_OVER."""
    if state is State.VOID:
        raise Refused(Refusal.POLL_VOID)
    if state is State.DRAFT or (state is State.OPEN and now < opens):
        raise Refused(Refusal.POLL_NOT_OPEN)
    if state is not State.OPEN or now >= closes:
        raise Refused(Refusal.POLL_OVER)


def check_draft(state: State) -> None:
    """Whether a poll may still be written. Raises POLL_ELSEWHERE once it has been opened: rules freeze then."""
    if state is not State.DRAFT:
        raise Refused(Refusal.POLL_ELSEWHERE)


def check_repeat(state: State) -> None:
    """Whether another poll may be prepared from this one: when nothing more comes of it. Raises POLL_ELSEWHERE."""
    if state not in ENDED:
        raise Refused(Refusal.POLL_ELSEWHERE)


def check_extension(state: State, *, opens: datetime, closes: datetime, later: datetime, now: datetime) -> None:
    """Whether the close may be put off to `later`; the clock must not have come to it yet.

    Raises POLL_NOT_OPEN, POLL_VOID, POLL_OVER, NOT_LATER, WINDOW_TOO_LONG.
    """
    if state is State.VOID:
        raise Refused(Refusal.POLL_VOID)
    if state is State.DRAFT:
        raise Refused(Refusal.POLL_NOT_OPEN)
    if state is not State.OPEN or now >= closes:
        raise Refused(Refusal.POLL_OVER)
    if later <= closes:
        raise Refused(Refusal.NOT_LATER)
    check_window(opens, later)


def check_voidable(state: State) -> None:
    """Whether a poll may be declared void: while it is open, also when its last moment is over and it cannot close.

    Not once it is closed: then ballots lie open and the outcome is known, and nobody may choose whether it counts.
    Raises POLL_ELSEWHERE.
    """
    if state is not State.OPEN:
        raise Refused(Refusal.POLL_ELSEWHERE)


def going_out(waiting: int) -> int:
    """How many of the ballots that wait in the box come into the trail now, while the poll is open.

    As many stay behind as go out at least, drawn from all: so the last batch, at the close, is never one ballot alone
    beside the last voter, and no batch holds just those who voted since the one before.
    """
    return waiting - LEAST_BATCH if waiting >= 2 * LEAST_BATCH else 0
