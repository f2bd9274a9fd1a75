"""Once 只办一次: the key that every changing form carries, so that a form sent twice is carried out once."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sending:
    """The form that this request carries: its key, and the SHA-256 of what was typed."""

    key: str
    digest: str


class NoKey(Exception):
    """A page tried to change something without an idempotency key."""


class AlreadySent(Exception):
    """This very form was carried out before, as entry `index` of the trail; `same` says whether with the same words."""

    def __init__(self, index: int, same: bool) -> None:
        super().__init__(index)
        self.index, self.same = index, same


sending: ContextVar[Sending | None] = ContextVar("sending", default=None)
required: ContextVar[bool] = ContextVar("required", default=False)
