"""Minutes 会议纪要: drafted from the record, put right by those who were there, frozen by their hash."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hearing.audit.canonical import encode
from hearing.meetings.rules.refusals import Refusal
from hearing.meetings.rules.speaking import Question
from hearing.meetings.rules.states import State
from hearing.notices.rules import beijing_day, composed
from hearing.refusal import Refused

CONFIRMING_DELEGATES = 2


@dataclass(frozen=True)
class Said:
    """A question as the minutes have it: who in masked form, what, how meant, and who answered what."""

    who: str
    stance: str
    text: str
    answers: tuple[tuple[str, str], ...] = ()
    speaks: str = ""
    """In which capacity: rules.Speaks."""


@dataclass(frozen=True)
class Polled:
    """A poll as the minutes have it: what was asked, the options with their votes, and whether the quorum lasted."""

    question: str
    votes: tuple[tuple[str, int], ...]
    holds: bool


@dataclass(frozen=True)
class Minutes:
    """What the minutes of a meeting say; names are masked already."""

    meeting: str
    version: int
    title: str
    place: str
    opened_at: datetime
    named: int
    present: int
    seats: tuple[str, ...]
    questions: tuple[Said, ...]
    summary: str
    settlement: str
    """What was settled; empty when nothing was."""
    kind: str = ""
    """rules.Kind."""
    polls: tuple[Polled, ...] = ()

    def text(self) -> str:
        """The exact text whose SHA-256 in UTF-8 is the hash of the minutes: canonical JSON."""
        return encode(
            {
                "v": 2,
                "meeting": self.meeting,
                "kind": self.kind,
                "version": self.version,
                "title": composed(self.title),
                "place": composed(self.place),
                "opened_at": f"{self.opened_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
                "named": self.named,
                "present": self.present,
                "seats": [composed(seat) for seat in self.seats],
                "questions": [
                    {
                        "who": composed(said.who),
                        "speaks": said.speaks,
                        "stance": said.stance,
                        "text": composed(said.text),
                        "answers": [[composed(seat), composed(words)] for seat, words in said.answers],
                    }
                    for said in self.questions
                ],
                "polls": [
                    {
                        "question": composed(poll.question),
                        "votes": [[composed(option), votes] for option, votes in poll.votes],
                        "holds": poll.holds,
                    }
                    for poll in self.polls
                ],
                "summary": composed(self.summary),
                "settlement": composed(self.settlement),
            }
        ).decode()


def may_write_minutes(state: State, summary: str) -> None:
    """Minutes are written, and written anew, from the end of the meeting until they stand.

    Raises MEETING_ELSEWHERE or MINUTES_EMPTY.
    """
    if state is not State.MINUTES_DRAFT:
        raise Refused(Refusal.MEETING_ELSEWHERE)
    if not summary.strip():
        raise Refused(Refusal.MINUTES_EMPTY)


def may_confirm_version(state: State, *, entitled: bool, is_latest: bool) -> None:
    """The chair and whoever was there confirm the latest version while it is a draft.

    Raises MEETING_ELSEWHERE, MINUTES_NOT_YOURS or MINUTES_OUTDATED.
    """
    if state is not State.MINUTES_DRAFT:
        raise Refused(Refusal.MEETING_ELSEWHERE)
    if not entitled:
        raise Refused(Refusal.MINUTES_NOT_YOURS)
    if not is_latest:
        raise Refused(Refusal.MINUTES_OUTDATED)


def may_object_to_minutes(state: State, text: str, *, entitled: bool, until: datetime, now: datetime) -> None:
    """Whoever was named says what is wrong, also once the minutes stand: the objection is attached, never deleted.

    Raises MEETING_ELSEWHERE, MINUTES_NOT_YOURS, MINUTES_OBJECTION_EMPTY or MINUTES_WINDOW_OVER(until).
    """
    if state not in (State.MINUTES_DRAFT, State.MINUTES_CONFIRMED, State.ANSWERING):
        raise Refused(Refusal.MEETING_ELSEWHERE)
    if not entitled:
        raise Refused(Refusal.MINUTES_NOT_YOURS)
    if not text.strip():
        raise Refused(Refusal.MINUTES_OBJECTION_EMPTY)
    if now >= until:
        raise Refused(Refusal.MINUTES_WINDOW_OVER, until=beijing_day(until - timedelta(microseconds=1)).isoformat())


def may_correct(state: State, text: str, *, own: bool, until: datetime, now: datetime, waiting: bool) -> None:
    """Whoever spoke says how her own words should stand, item by item, while the minutes are a draft.

    Raises MEETING_ELSEWHERE, CORRECTION_NOT_YOURS, MINUTES_OBJECTION_EMPTY, CORRECTION_WAITING or MINUTES_WINDOW_OVER.
    """
    if state is not State.MINUTES_DRAFT:
        raise Refused(Refusal.MEETING_ELSEWHERE)
    if not own:
        raise Refused(Refusal.CORRECTION_NOT_YOURS)
    if not text.strip():
        raise Refused(Refusal.MINUTES_OBJECTION_EMPTY)
    if waiting:
        raise Refused(Refusal.CORRECTION_WAITING)
    if now >= until:
        raise Refused(Refusal.MINUTES_WINDOW_OVER, until=beijing_day(until - timedelta(microseconds=1)).isoformat())


def may_decide_correction(state: State, *, accepts: bool, reply: str, decided: bool) -> None:
    """The desk takes a correction over, or says why not. Raises MEETING_ELSEWHERE, CORRECTION_DECIDED, ANSWER_EMPTY."""
    if state is not State.MINUTES_DRAFT:
        raise Refused(Refusal.MEETING_ELSEWHERE)
    if decided:
        raise Refused(Refusal.CORRECTION_DECIDED)
    if not accepts and not reply.strip():
        raise Refused(Refusal.ANSWER_EMPTY)


def may_confirm_minutes(
    *, chair: str, confirmed_by: Iterable[str], questions: Iterable[Question], corrections: int = 0
) -> None:
    """Minutes stand when every question has its answer and the chair and two delegates have confirmed them.

    `questions` are those that the meeting itself answers; `corrections` counts those that nobody has decided. `chair`
    and `confirmed_by` are person keys; a chair who is a delegate too counts once. Raises QUESTIONS_UNANSWERED(n),
    CORRECTIONS_OPEN(n) or MINUTES_UNCONFIRMED(n).
    """
    if corrections:
        raise Refused(Refusal.CORRECTIONS_OPEN, n=corrections)
    if unanswered := sum(not question.answer.strip() for question in questions):
        raise Refused(Refusal.QUESTIONS_UNANSWERED, n=unanswered)
    persons = set(confirmed_by)
    if chair not in persons or len(persons - {chair}) < CONFIRMING_DELEGATES:
        raise Refused(Refusal.MINUTES_UNCONFIRMED, n=CONFIRMING_DELEGATES)
