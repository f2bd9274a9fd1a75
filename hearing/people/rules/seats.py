"""Seats: who may be given one, and when one may end (domain.md, section 3)."""

from datetime import timedelta

from hearing.people.rules.refusals import Refusal
from hearing.people.rules.roles import Role
from hearing.refusal import Refused

INVITATION_LIFE = timedelta(hours=72)


def may_grant(role: Role, *, held: bool) -> None:
    """A resident comes by a letter and not by a seat; nobody holds the same seat twice.

    Raises ROLE_NOT_GRANTED or SEAT_HELD.
    """
    if role is Role.RESIDENT:
        raise Refused(Refusal.ROLE_NOT_GRANTED)
    if held:
        raise Refused(Refusal.SEAT_HELD)


def may_end(role: Role, *, ended: bool, directors: int) -> None:
    """A neighbourhood keeps one director at least, as nobody else can grant seats.

    `directors`: how many hold that seat there now. Raises SEAT_ENDED or LAST_DIRECTOR.
    """
    if ended:
        raise Refused(Refusal.SEAT_ENDED)
    if role is Role.COMMITTEE_DIRECTOR and directors < 2:
        raise Refused(Refusal.LAST_DIRECTOR)
