"""Option polls 表决 in the room: one a delegate, by phone or on paper read by two; they advise and decide nothing.

A review's satisfaction 满意度 is such a poll with three grades (domain.md 4.1).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum, auto

from hearing.meetings.rules.quorum import check_quorum, has_quorum
from hearing.meetings.rules.refusals import Refusal
from hearing.meetings.rules.states import State
from hearing.refusal import N_, Refused

MOST_OPTIONS = 6


class PollKind(StrEnum):
    """What is asked: which option, or how satisfied people are."""

    OPTIONS = auto()
    SATISFACTION = auto()


class Grade(StrEnum):
    """The three grades of a review."""

    SATISFIED = auto()
    FAIRLY = auto()
    UNSATISFIED = auto()


GRADE_LABELS: dict[Grade, str] = {
    Grade.SATISFIED: N_("满意"),
    Grade.FAIRLY: N_("基本满意"),
    Grade.UNSATISFIED: N_("不满意"),
}


class Channel(StrEnum):
    """How a delegate voted."""

    PHONE = auto()
    PAPER = auto()


def read_options(text: str) -> tuple[str, ...]:
    """The options of a poll, one a line. Raises POLL_OPTIONS_WRONG for fewer than two, too many, or one twice."""
    options = tuple(line.strip()[:120] for line in text.splitlines() if line.strip())
    if not 2 <= len(options) <= MOST_OPTIONS or len(set(options)) != len(options):
        raise Refused(Refusal.POLL_OPTIONS_WRONG, most=MOST_OPTIONS)
    return options


def may_open_poll(state: State, *, present: int, named: int, running: bool) -> None:
    """The quorum is taken again before each poll (domain.md 4.1).

    Raises MEETING_ELSEWHERE, POLL_RUNNING or QUORUM_MISSING.
    """
    if state is not State.IN_SESSION:
        raise Refused(Refusal.MEETING_ELSEWHERE)
    if running:
        raise Refused(Refusal.POLL_RUNNING)
    check_quorum(present, named)


def check_no_poll(*, running: bool) -> None:
    """Nobody goes home or to a break while a poll runs. Raises POLL_STILL_RUNNING."""
    if running:
        raise Refused(Refusal.POLL_STILL_RUNNING)


def may_vote(state: State, *, closed: bool, in_room: bool, is_delegate: bool, present: int, named: int) -> None:
    """A delegate in the room votes while the poll runs and the quorum lasts.

    Raises POLL_ENDED, POLL_NOT_A_DELEGATE, NOT_IN_THE_ROOM or QUORUM_MISSING.
    """
    if closed or state is not State.IN_SESSION:
        raise Refused(Refusal.POLL_ENDED)
    if not is_delegate:
        raise Refused(Refusal.POLL_NOT_A_DELEGATE)
    if not in_room:
        raise Refused(Refusal.NOT_IN_THE_ROOM)
    check_quorum(present, named)


def agreed(readings: Iterable[tuple[int, int]]) -> int | None:
    """What a paper says: the option that two different readers found on it; None until two agree.

    `readings` are (reader, option); a third reader decides between two who differ.
    """
    readers: dict[int, set[int]] = {}
    for reader, option in readings:
        readers.setdefault(option, set()).add(reader)
    return next((option for option, people in readers.items() if len(people) >= 2), None)


@dataclass(frozen=True)
class Count:
    """What a poll came to."""

    votes: tuple[int, ...]
    """For each option."""
    paper: int
    """How many of them were on paper."""
    holds: bool
    """Whether there was a quorum to its end; otherwise the poll says nothing."""

    @property
    def total(self) -> int:
        """How many voted."""
        return sum(self.votes)

    @property
    def leads(self) -> int | None:
        """The option with the most votes; None for a tie, for no vote, and where the quorum was lost."""
        best = max(self.votes, default=0)
        if not self.holds or best == 0 or self.votes.count(best) > 1:
            return None
        return self.votes.index(best)


def count(
    options: Sequence[str], ballots: Iterable[int], *, paper: int, undecided: int, present: int, named: int
) -> Count:
    """Count a poll at its close. Raises POLL_PAPERS_UNDECIDED(n) while papers wait for a second reading."""
    if undecided:
        raise Refused(Refusal.POLL_PAPERS_UNDECIDED, n=undecided)
    found: Mapping[int, int] = Counter(ballots)
    votes = tuple(found.get(place, 0) for place in range(len(options)))
    return Count(votes, paper, has_quorum(present, named))
