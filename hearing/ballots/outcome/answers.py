"""Answers: the outcome of a question with yes, no and abstentions."""

from dataclasses import dataclass

from hearing.ballots.outcome.figures import percent
from hearing.ballots.tally import Record


@dataclass(frozen=True)
class Line:
    """One answer: how many gave it, and how many of a hundred ballots that is."""

    answer: str
    votes: int
    percent: str


@dataclass(frozen=True)
class Answers:
    """What was answered. More than half of all ballots must say yes: `needed` is the least number that does."""

    lines: tuple[Line, ...]
    voters: int
    needed: int
    passed: bool

    @property
    def yes(self) -> int:
        """How many said yes."""
        return next(line.votes for line in self.lines if line.answer == "yes")

    @property
    def lacking(self) -> int:
        """How many more of the same ballots would have had to say yes."""
        return max(0, self.needed - self.yes)


def answers(record: Record) -> Answers:
    """The view of a record of the format hearing-count/1."""
    voters = record["voters"]
    order = [answer for answer in ("yes", "no", "abstain") if answer in record["counts"]]
    lines = (Line(answer, record["counts"][answer], percent(record["counts"][answer], voters)) for answer in order)
    return Answers(tuple(lines), voters, voters // 2 + 1, record["passed"])
