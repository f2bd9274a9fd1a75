"""Signing in 签到 and signing up 报名: who comes as what, and how one shows it."""

from datetime import datetime
from enum import StrEnum, auto

from hearing.meetings.rules.refusals import Refusal
from hearing.meetings.rules.states import ANNOUNCED, ROOM, State
from hearing.meetings.rules.timing import sign_up_closes
from hearing.people.rules import FIELD_STAFF, Role, require_role
from hearing.refusal import N_, Refused

OBSERVER_SEATS = 30
"""How many may sign up to sit in; whoever comes unannounced stands at the back (design)."""


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


class MemberKind(StrEnum):
    """Who is named for a meeting: a delegate counts for the quorum, an invited seat explains and answers."""

    DELEGATE = auto()
    SEAT = auto()


class SignUpAs(StrEnum):
    """As what a neighbour signs up."""

    DELEGATE = auto()
    SPEAKER = auto()
    OBSERVER = auto()


SIGN_UP_LABELS: dict[SignUpAs, str] = {
    SignUpAs.DELEGATE: N_("报名当代表"),
    SignUpAs.SPEAKER: N_("到场发言"),
    SignUpAs.OBSERVER: N_("旁听"),
}


def may_sign_in(state: State, method: SignInMethod, *, role: Role, is_delegate: bool) -> None:
    """Delegates sign in by themselves before or during the meeting; a paper list is entered by staff.

    The list may still be entered while the minutes are written. Raises NOT_A_DELEGATE, MEETING_ELSEWHERE, or
    NOT_YOUR_SEAT of people.
    """
    if not is_delegate:
        raise Refused(Refusal.NOT_A_DELEGATE)
    open_states = ANNOUNCED | ROOM
    if method is SignInMethod.PAPER:
        require_role(role, FIELD_STAFF)
        open_states |= {State.MINUTES_DRAFT}
    if state not in open_states:
        raise Refused(Refusal.MEETING_ELSEWHERE)


def may_open_sign_up(*, posted_on_paper: bool) -> None:
    """Sign-up begins when the notice hangs on screen and wall (domain.md 4.1). Raises PAPER_NOT_POSTED."""
    if not posted_on_paper:
        raise Refused(Refusal.PAPER_NOT_POSTED)


def may_sign_up(
    state: State, wanted: SignUpAs, *, starts_at: datetime, now: datetime, lives_here: bool, observers: int
) -> None:
    """Neighbours sign up from the notice until 24 hours before; seats for observers may be gone.

    Raises SIGN_UP_NOT_OPEN, SIGN_UP_OVER, NOT_FROM_HERE or SIGN_UP_FULL.
    """
    if state in (State.DRAFT, State.NOTICED, State.POSTPONED):
        raise Refused(Refusal.SIGN_UP_NOT_OPEN)
    if state is not State.REGISTERING or now >= sign_up_closes(starts_at):
        raise Refused(Refusal.SIGN_UP_OVER)
    if not lives_here:
        raise Refused(Refusal.NOT_FROM_HERE)
    if wanted is SignUpAs.OBSERVER and observers >= OBSERVER_SEATS:
        raise Refused(Refusal.SIGN_UP_FULL)


def may_come_and_go(state: State, *, signed_in: bool, away: bool, leaves: bool) -> None:
    """Staff note at the door that a delegate leaves, or is back.

    Raises MEETING_ELSEWHERE, NOT_IN_THE_ROOM or LEFT_ALREADY.
    """
    if state not in ANNOUNCED | ROOM:
        raise Refused(Refusal.MEETING_ELSEWHERE)
    if not signed_in:
        raise Refused(Refusal.NOT_IN_THE_ROOM)
    if away is leaves:
        raise Refused(Refusal.LEFT_ALREADY)
