"""Speaking 发言: questions and opinions with capacity and stance, and the queue of those who want the floor."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum, auto

from hearing.meetings.rules.kinds import TEMPLATES, Kind
from hearing.meetings.rules.refusals import Refusal
from hearing.meetings.rules.states import AFTER, ANNOUNCED, BEFORE, ROOM, State
from hearing.people.rules import Role
from hearing.places.rules import UnitUse
from hearing.refusal import N_, Refused

FLOOR_SHOWN_FROM = 3
"""A speaker's floor is named only where so many households live on it (domain.md 2.7)."""


class Stance(StrEnum):
    """How a question or an opinion is meant (domain.md 4.1)."""

    ASKS = auto()
    FOR = auto()
    WITH_CONDITIONS = auto()
    AGAINST = auto()


STANCE_LABELS: dict[Stance, str] = {
    Stance.ASKS: N_("疑问"),
    Stance.FOR: N_("赞成"),
    Stance.WITH_CONDITIONS: N_("有条件"),
    Stance.AGAINST: N_("反对"),
}


class Speaks(StrEnum):
    """In which capacity somebody speaks (S0 百脑汇: 物业、居委会、业委会及周边菜场、学校等多方意见)."""

    RESIDENT = auto()
    SHOP = auto()
    PROPERTY = auto()
    OWNERS = auto()
    SCHOOL = auto()
    FIRM = auto()
    AGENCY = auto()
    ADVISER = auto()
    COMMITTEE = auto()


SPEAKS_LABELS: dict[Speaks, str] = {
    Speaks.RESIDENT: N_("居民"),
    Speaks.SHOP: N_("商户"),
    Speaks.PROPERTY: N_("物业"),
    Speaks.OWNERS: N_("业委会"),
    Speaks.SCHOOL: N_("学校"),
    Speaks.FIRM: N_("社区单位"),
    Speaks.AGENCY: N_("部门"),
    Speaks.ADVISER: N_("顾问"),
    Speaks.COMMITTEE: N_("居委会"),
}
_BY_SEAT: dict[Role, Speaks] = {
    Role.PROPERTY_MANAGER: Speaks.PROPERTY,
    Role.OWNERS_COMMITTEE: Speaks.OWNERS,
    Role.LEGAL_ADVISER: Speaks.ADVISER,
    Role.HOUSING_LIAISON: Speaks.AGENCY,
    Role.POLICE_LIAISON: Speaks.AGENCY,
    Role.SUBDISTRICT_LIAISON: Speaks.AGENCY,
    Role.WORKS_LEAD: Speaks.FIRM,
    Role.CONTRACTOR: Speaks.FIRM,
    Role.RESIDENT: Speaks.RESIDENT,
    Role.COUNCIL_MEMBER: Speaks.RESIDENT,
}


PROPOSER_LABEL = N_("提案人")


def speaks_as(role: Role, use: UnitUse | None) -> Speaks:
    """In which capacity somebody speaks who said nothing of it: by her seat, else by what her unit is used for."""
    if role is Role.RESIDENT and use is UnitUse.OTHER:
        return Speaks.SHOP
    return _BY_SEAT.get(role, Speaks.COMMITTEE)


def floor_shown(floor: str, households: int) -> str:
    """The floor as a public page may name it: empty where too few households live on it to hide one.

    A register that counts floors says 3, one that names them 三层; a page says 3层, 三层.
    """
    if households < FLOOR_SHOWN_FROM:
        return ""
    return f"{floor}层" if floor.isdecimal() else floor


@dataclass(frozen=True)
class Question:
    """A question put before or in the meeting, and its answer once there is one."""

    text: str
    answer: str = ""


def may_ask(state: State, text: str) -> None:
    """Questions are taken from the notice until the meeting ends. Raises QUESTIONS_CLOSED or QUESTION_EMPTY."""
    if state not in BEFORE | ROOM:
        raise Refused(Refusal.QUESTIONS_CLOSED)
    if not text.strip():
        raise Refused(Refusal.QUESTION_EMPTY)


def comes_late(state: State, kind: Kind) -> bool:
    """Whether what is said now is kept as 会后意见: answered like the others, in no poll and not in the minutes.

    Only meetings that answer opinions take them. Raises LATE_OPINIONS_OVER once such a meeting is closed.
    """
    if not TEMPLATES[kind].answers:
        return False
    if state is State.CLOSED:
        raise Refused(Refusal.LATE_OPINIONS_OVER)
    return state in AFTER


def may_answer_question(state: State, answer: str) -> None:
    """Answers are written until the minutes are confirmed. Raises MEETING_ELSEWHERE or ANSWER_EMPTY."""
    if state not in BEFORE | ROOM | {State.MINUTES_DRAFT}:
        raise Refused(Refusal.MEETING_ELSEWHERE)
    if not answer.strip():
        raise Refused(Refusal.ANSWER_EMPTY)


# The queue 发言名单.


@dataclass(frozen=True)
class Hand:
    """Somebody who wants the floor: her place in the queue and how often she has spoken in this meeting."""

    key: str
    place: int
    spoken: int = 0

    @property
    def is_first_time(self) -> bool:
        """Whether she has not spoken yet: the chair sees it, and decides by herself."""
        return self.spoken == 0


def may_raise_hand(state: State, *, in_room: bool) -> None:
    """Whoever is in the room raises a hand while the meeting runs. Raises MEETING_ELSEWHERE or NOT_IN_THE_ROOM."""
    if state is not State.IN_SESSION:
        raise Refused(Refusal.MEETING_ELSEWHERE)
    if not in_room:
        raise Refused(Refusal.NOT_IN_THE_ROOM)


def next_speaker(state: State, waiting: Sequence[int], picked: int | None) -> int:
    """Who gets the floor of the hands that wait, in their order: the first, or the one that the chair picks.

    Raises MEETING_ELSEWHERE, QUEUE_EMPTY or NOT_IN_QUEUE.
    """
    if state is not State.IN_SESSION:
        raise Refused(Refusal.MEETING_ELSEWHERE)
    if not waiting:
        raise Refused(Refusal.QUEUE_EMPTY)
    if picked is not None and picked not in waiting:
        raise Refused(Refusal.NOT_IN_QUEUE)
    return waiting[0] if picked is None else picked


def moved(queue: Sequence[str], key: str, steps: int) -> list[str]:
    """The queue with one hand moved up (negative) or down by so many places, no further than its ends.

    Raises NOT_IN_QUEUE.
    """
    if key not in queue:
        raise Refused(Refusal.NOT_IN_QUEUE)
    rest = [each for each in queue if each != key]
    place = min(max(0, queue.index(key) + steps), len(rest))
    return [*rest[:place], key, *rest[place:]]


def check_seen(seen: int, stands: int) -> None:
    """A chair orders what she sees: somebody else's order in between is not undone unseen. Raises QUEUE_CHANGED."""
    if seen != stands:
        raise Refused(Refusal.QUEUE_CHANGED)


def must_chair(is_chair: bool) -> None:
    """One person chairs at a time. Raises NOT_THE_CHAIR."""
    if not is_chair:
        raise Refused(Refusal.NOT_THE_CHAIR)


def may_take_chair(state: State, *, chairs: bool, reason: str) -> None:
    """Whether somebody may take over: of a meeting that is still to be held or is on, and for a reason.

    Raises MEETING_ELSEWHERE, IN_THE_CHAIR_ALREADY or MEETING_REASON_MISSING.
    """
    if state not in ROOM | ANNOUNCED:
        raise Refused(Refusal.MEETING_ELSEWHERE)
    if chairs:
        raise Refused(Refusal.IN_THE_CHAIR_ALREADY)
    if not reason.strip():
        raise Refused(Refusal.MEETING_REASON_MISSING)
