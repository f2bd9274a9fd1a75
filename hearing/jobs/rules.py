"""When work is taken, given up and tried again: pure, the moments come as arguments.

Source: design decision (stack.md, Jobs): a row that is leased, so that a worker that dies loses nothing.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum, auto

from hearing.refusal import N_

LEASE = timedelta(minutes=2)
"""For how long a worker has a job; each sign of progress begins it anew. Whoever died with it has lost it then."""
TRIES = 3
"""How often a job is begun before it has failed."""
PAUSE = timedelta(seconds=10)
"""Between two tries after one that broke."""
SOON = timedelta(seconds=2)
"""When a job looks again that could not begin yet, which is no try."""
KEPT = timedelta(days=30)
"""For how long a job that has ended can be looked at."""


class State(StrEnum):
    """Where a job stands."""

    WAITING = auto()
    WORKING = auto()
    DONE = auto()
    FAILED = auto()


RUNNING = frozenset({State.WAITING, State.WORKING})

STATE_LABELS = {
    State.WAITING: N_("排队等候"),
    State.WORKING: N_("正在做"),
    State.DONE: N_("做好了"),
    State.FAILED: N_("没有做成"),
}


class Refusal(StrEnum):
    """Why a job cannot be asked for, or did not come to its end."""

    JOB_RUNNING = auto()
    JOB_BROKE = auto()
    JOB_NOT_FAILED = auto()


SENTENCES = {
    Refusal.JOB_RUNNING: N_("同样的一份正在做。请到原来的页面看进度，做好了就在那里。"),
    Refusal.JOB_BROKE: N_("做了 %(n)d 次都没有做成，已经记下原因。请再试一次；还不行，请找管理员看服务器的记录。"),
    Refusal.JOB_NOT_FAILED: N_("这件事正在做，或者已经做好，不用再试。请回到原来的页面看。"),
}


def fails(tries: int) -> bool:
    """Whether a job that broke after so many tries is not begun again."""
    return tries >= TRIES


def percent(done: int, total: int) -> int:
    """How far a job is, in whole hundredths; nothing before its size is known."""
    return min(100, done * 100 // total) if total > 0 else 0
