"""Drawing delegates 抽签: from volunteers, stairwell by stairwell, so that anybody can draw again and get the same.

The list of volunteers is fixed by its hash before a number is called out in the room; hash and number together are the
seed. Nobody who knows the list knows the number, nobody who calls the number can still change the list.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from hearing.audit.canonical import encode
from hearing.meetings.rules.refusals import Refusal
from hearing.meetings.rules.timing import sign_up_closes
from hearing.notices.rules import BEIJING
from hearing.refusal import Refused

LEAST_CALLED = 4
"""Characters of what is called out."""
_ORDER, _STAIRS = b"hearing/delegates/v1\0", b"hearing/stairwells/v1\0"


@dataclass(frozen=True)
class Volunteer:
    """Somebody who signed up as a delegate: the number of her sign-up and her stairwell, no name."""

    number: int
    stairwell: str


@dataclass(frozen=True)
class Drawn:
    """The order of the draw: delegates first, the others stand by in this order."""

    seed: str
    delegates: tuple[int, ...]
    reserves: tuple[int, ...]


def list_hash(volunteers: Iterable[Volunteer]) -> str:
    """SHA-256 of the volunteers' list in canonical form, by number: what is published before the number is called."""
    listed = [[each.number, each.stairwell] for each in sorted(volunteers, key=lambda each: each.number)]
    return hashlib.sha256(encode({"v": 1, "volunteers": listed})).hexdigest()


def seed_of(hashed: str, called: str) -> str:
    """The seed: the list's hash, a stroke, and what was called out. Raises DRAW_SEED_SHORT."""
    if len(called.strip()) < LEAST_CALLED:
        raise Refused(Refusal.DRAW_SEED_SHORT, least=LEAST_CALLED)
    return f"{hashed}|{called.strip()}"


def draw(volunteers: Sequence[Volunteer], seats: int, seed: str) -> Drawn:
    """Draw `seats` delegates: stairwells take turns in an order by chance, each giving its next volunteer by chance.

    So every stairwell with a volunteer has a delegate before any has two. Raises DRAW_WITHOUT_VOLUNTEERS.
    """
    if not volunteers:
        raise Refused(Refusal.DRAW_WITHOUT_VOLUNTEERS)
    waiting: dict[str, list[int]] = {}
    for each in sorted(volunteers, key=lambda each: _digest(_ORDER, seed, str(each.number))):
        waiting.setdefault(each.stairwell, []).append(each.number)
    turns = sorted(waiting, key=lambda stairwell: _digest(_STAIRS, seed, stairwell))
    order = [
        waiting[stairwell][lap]
        for lap in range(max(map(len, waiting.values())))
        for stairwell in turns
        if lap < len(waiting[stairwell])
    ]
    return Drawn(seed, tuple(order[:seats]), tuple(order[seats:]))


def may_draw(starts_at: datetime, now: datetime, *, drawn: bool) -> None:
    """Drawn once, when nobody can sign up any more. Raises DRAWN_BEFORE or DRAW_TOO_EARLY(closes)."""
    if drawn:
        raise Refused(Refusal.DRAWN_BEFORE)
    closes = sign_up_closes(starts_at)
    if now < closes:
        raise Refused(Refusal.DRAW_TOO_EARLY, closes=closes.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M"))


def _digest(domain: bytes, seed: str, text: str) -> bytes:
    return hashlib.sha256(domain + seed.encode() + b"\0" + text.encode()).digest()
