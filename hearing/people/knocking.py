"""Knocking: counts tries at the doors of this package, under names that tell nothing of who tried."""

from __future__ import annotations

from hearing.people.rules.knocks import Knocks
from hearing.web import limits
from hearing.web.sealing import seal


def knock(door: str, who: object, allowed: Knocks) -> None:
    """Count one try of `who` at `door`. Raises TooMany.

    It ends the request's transaction, so it comes before anything is changed.
    """
    limits.count(f"{door}:{seal('knock', door, who)[:40]}", allowed.limit, allowed.per)
