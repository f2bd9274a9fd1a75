"""Quorum 法定人数: two thirds of the delegates named, the number itself included; taken at sign-in and before polls."""

from hearing.meetings.rules.kinds import TEMPLATES, Kind
from hearing.meetings.rules.refusals import Refusal
from hearing.refusal import Refused


def has_quorum(present: int, named: int) -> bool:
    """Two thirds of the named delegates, the number itself included; of nobody there is no quorum."""
    return named > 0 and 3 * present >= 2 * named


def needed(named: int) -> int:
    """The least number of delegates that makes a quorum; at least one."""
    return -(-2 * named // 3) or 1


def check_quorum(present: int, named: int) -> None:
    """Taken at sign-in and again before any poll. Raises QUORUM_MISSING(present, named, needed)."""
    if not has_quorum(present, named):
        raise Refused(Refusal.QUORUM_MISSING, present=present, named=named, needed=needed(named))


def check_lack(present: int, named: int) -> None:
    """A meeting is put off for want of people only where they are wanting. Raises QUORUM_THERE."""
    if has_quorum(present, named):
        raise Refused(Refusal.QUORUM_THERE)


def check_delegates(named: int, kind: Kind) -> None:
    """A meeting of this kind has at least so many delegates. Raises NOBODY_NAMED or TOO_FEW_DELEGATES(named, least)."""
    least = TEMPLATES[kind].least_delegates
    if named == 0 and least == 1:
        raise Refused(Refusal.NOBODY_NAMED)
    if named < least:
        raise Refused(Refusal.TOO_FEW_DELEGATES, named=named, least=least)
