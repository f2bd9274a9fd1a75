"""Meetings: a coordination meeting from its notice to its confirmed minutes (domain.md 2.4 and 4.1).

A meeting advises; it never makes a consent passed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum, auto

from hearing.audit.canonical import encode
from hearing.notices.rules import BEIJING, WorkCalendar, beijing_day, check_lead_time, composed, end_of_day
from hearing.people.rules import COMMITTEE, FIELD_STAFF, Role, require_role
from hearing.proposals.rules import State as Case
from hearing.refusal import N_, Refused

NOTICE_DAYS = 7
POSTPONED_BY_DAYS = 3
CONFIRMING_DELEGATES = 2
MINUTES_WORKING_DAYS = 3
DOORS_OPEN_BEFORE = timedelta(hours=1)
"""How long before the hour announced people may sign in, and the meeting may begin."""
FLOOR_SHOWN_FROM = 3
"""A speaker's floor is named only where so many households live on it (domain.md 2.7)."""
MEETS = frozenset({Case.DELIBERATING, Case.PLAN_FIXED, Case.CONSENT, Case.PUBLICITY})
"""Where a case stands while its neighbours may be called together."""


class Refusal(StrEnum):
    """Why a step of a meeting was refused."""

    MEETING_ELSEWHERE = auto()
    MEETING_ABOUT_IT = auto()
    CASE_DOES_NOT_MEET = auto()
    MEETING_TOO_EARLY = auto()
    NOBODY_NAMED = auto()
    SIGNED_IN_BEFORE = auto()
    NOBODY_TICKED = auto()
    NOT_YOURS_TO_ANSWER = auto()
    MEETING_REASON_MISSING = auto()
    NEW_DATE_TOO_SOON = auto()
    QUORUM_MISSING = auto()
    NOT_A_DELEGATE = auto()
    QUESTION_EMPTY = auto()
    QUESTIONS_CLOSED = auto()
    ANSWER_EMPTY = auto()
    QUESTIONS_UNANSWERED = auto()
    MINUTES_UNCONFIRMED = auto()
    MINUTES_EMPTY = auto()
    MINUTES_OUTDATED = auto()
    MINUTES_CONFIRMED_BEFORE = auto()
    MINUTES_NOT_YOURS = auto()
    MINUTES_WINDOW_OVER = auto()
    MINUTES_OBJECTION_EMPTY = auto()


SENTENCES: dict[Refusal, str] = {
    Refusal.MEETING_ABOUT_IT: N_("这条顾虑已经有一次协调会在准备或者还没开完。请先办完那一次。"),
    Refusal.MEETING_ELSEWHERE: N_("会议已经到了下一步，这一步没有办。请刷新页面查看。"),
    Refusal.CASE_DOES_NOT_MEET: N_("这件事现在不在协商、征询或公示中，不能开会。请先看看它办到了哪一步。"),
    Refusal.MEETING_TOO_EARLY: N_("还没有到时间。%(opens)s起可以签到、开会，请到时再来。"),
    Refusal.NOBODY_NAMED: N_("这幢楼的户册上还没有人，开不了协调会。请先导入户册。"),
    Refusal.SIGNED_IN_BEFORE: N_("您已经签过到了，不用再签。请刷新页面查看。"),
    Refusal.NOBODY_TICKED: N_("还没有勾选人。请勾选到场的人再保存。"),
    Refusal.NOT_YOURS_TO_ANSWER: N_("这个问题由居委会、提案人和受邀单位答复。需要补充，请打居委会电话。"),
    Refusal.MEETING_REASON_MISSING: N_("请写明理由，参加会议的人会看到。"),
    Refusal.NEW_DATE_TOO_SOON: N_("改期至少要隔%(days)s天。请把时间改到%(earliest)s或以后。"),
    Refusal.QUORUM_MISSING: N_(
        "应到%(named)s人，到了%(present)s人，至少要有%(needed)s人才能开会。请补签到，或者改期。"
    ),
    Refusal.NOT_A_DELEGATE: N_("名单上没有这一户。请核对名单，或者登记为旁听。"),
    Refusal.QUESTION_EMPTY: N_("还没有写问题。请写下您想问的。"),
    Refusal.QUESTIONS_CLOSED: N_("会议已经结束，不再收问题。可以打居委会电话提出。"),
    Refusal.ANSWER_EMPTY: N_("还没有写答复。请写下答复再保存。"),
    Refusal.QUESTIONS_UNANSWERED: N_("还有%(n)s个问题没有答复。请逐个答复后再确认纪要。"),
    Refusal.MINUTES_UNCONFIRMED: N_("纪要要由主持人和%(n)s名代表确认。请还没确认的人来确认。"),
    Refusal.MINUTES_EMPTY: N_("还没有写会议情况。请写下会上说明和讨论了什么。"),
    Refusal.MINUTES_OUTDATED: N_("纪要写好以后又有了新的版本、提问或答复。请看最新的一版再办。"),
    Refusal.MINUTES_CONFIRMED_BEFORE: N_("这一版纪要已经确认过，或者提过意见了。请刷新页面查看。"),
    Refusal.MINUTES_NOT_YOURS: N_("纪要由主持人和到会的人确认。有不同意见，请打居委会电话。"),
    Refusal.MINUTES_WINDOW_OVER: N_("对纪要提意见的时间已过，截止到%(until)s 24:00。请打居委会电话。"),
    Refusal.MINUTES_OBJECTION_EMPTY: N_("还没有写意见。请写下纪要哪里不对。"),
}


class Kind(StrEnum):
    """What a meeting is for."""

    COORDINATION = auto()


KIND_LABELS: dict[Kind, str] = {Kind.COORDINATION: N_("协调会")}


class State(StrEnum):
    """Where a coordination meeting stands."""

    DRAFT = auto()
    NOTICED = auto()
    IN_SESSION = auto()
    MINUTES_DRAFT = auto()
    MINUTES_CONFIRMED = auto()
    POSTPONED = auto()
    CANCELLED = auto()


STATE_LABELS: dict[State, str] = {
    State.DRAFT: N_("草稿"),
    State.NOTICED: N_("已公告"),
    State.IN_SESSION: N_("会议中"),
    State.MINUTES_DRAFT: N_("纪要整理"),
    State.MINUTES_CONFIRMED: N_("纪要已确认"),
    State.POSTPONED: N_("延期"),
    State.CANCELLED: N_("已取消"),
}


class Move(StrEnum):
    """A step of a meeting."""

    POST_NOTICE = auto()
    OPEN = auto()
    POSTPONE = auto()
    SET_NEW_DATE = auto()
    END = auto()
    CONFIRM_MINUTES = auto()
    CANCEL = auto()


@dataclass(frozen=True)
class Step:
    """From which states a move starts, where it leads, and whether it needs a written reason."""

    starts: frozenset[State]
    to: State
    needs_reason: bool = False


STEPS: dict[Move, Step] = {
    Move.POST_NOTICE: Step(frozenset({State.DRAFT}), State.NOTICED),
    Move.OPEN: Step(frozenset({State.NOTICED}), State.IN_SESSION),
    Move.POSTPONE: Step(frozenset({State.NOTICED}), State.POSTPONED, needs_reason=True),
    Move.SET_NEW_DATE: Step(frozenset({State.POSTPONED}), State.NOTICED),
    Move.END: Step(frozenset({State.IN_SESSION}), State.MINUTES_DRAFT),
    Move.CONFIRM_MINUTES: Step(frozenset({State.MINUTES_DRAFT}), State.MINUTES_CONFIRMED),
    Move.CANCEL: Step(frozenset({State.DRAFT, State.NOTICED, State.POSTPONED}), State.CANCELLED, needs_reason=True),
}


class SignInMethod(StrEnum):
    """How a delegate signed in: own phone, the code at the door, or the paper list entered by staff."""

    PHONE = auto()
    QR = auto()
    PAPER = auto()


SIGN_IN_LABELS: dict[SignInMethod, str] = {
    SignInMethod.PHONE: N_("手机签到"),
    SignInMethod.QR: N_("扫码签到"),
    SignInMethod.PAPER: N_("纸质签到"),
}


class MemberKind(StrEnum):
    """Who is named for a meeting: a delegate counts for the quorum, an invited seat explains and answers."""

    DELEGATE = auto()
    SEAT = auto()


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


PROPOSER_LABEL = N_("提案人")


def may_plan(case: Case) -> None:
    """A meeting is called while a case is under way. Raises CASE_DOES_NOT_MEET."""
    if case not in MEETS:
        raise Refused(Refusal.CASE_DOES_NOT_MEET)


def floor_shown(floor: str, households: int) -> str:
    """The floor as a public page may name it: empty where too few households live on it to hide one."""
    return floor if households >= FLOOR_SHOWN_FROM else ""


def next_state(state: State, move: Move, *, role: Role, reason: str = "") -> State:
    """Where a move of the committee leads; the guards below are the caller's to ask first.

    Raises MEETING_ELSEWHERE, MEETING_REASON_MISSING, or NOT_YOUR_SEAT of people.
    """
    require_role(role, COMMITTEE)
    step = STEPS[move]
    if state not in step.starts:
        raise Refused(Refusal.MEETING_ELSEWHERE)
    if step.needs_reason and not reason.strip():
        raise Refused(Refusal.MEETING_REASON_MISSING)
    return step.to


def likely_hour(now: datetime) -> datetime:
    """The first evening, 19:00 in Beijing, that a notice posted the day after may announce; in UTC."""
    day = beijing_day(now) + timedelta(days=NOTICE_DAYS + 2)
    return datetime(day.year, day.month, day.day, 19, tzinfo=BEIJING).astimezone(UTC)


def may_post_notice(posted_at: datetime, starts_at: datetime) -> None:
    """Written word reaches members a week before (协调会 rules, domain.md 2.4). Raises NOTICE_TOO_LATE of notices."""
    check_lead_time(posted_at, starts_at, NOTICE_DAYS)


def may_set_new_date(decided_at: datetime, starts_at: datetime) -> None:
    """A postponed meeting starts three days after the decision at the earliest. Raises NEW_DATE_TOO_SOON."""
    earliest = decided_at + timedelta(days=POSTPONED_BY_DAYS)
    if starts_at < earliest:
        local = earliest.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")
        raise Refused(Refusal.NEW_DATE_TOO_SOON, days=POSTPONED_BY_DAYS, earliest=local)


def has_quorum(present: int, named: int) -> bool:
    """Two thirds of the named delegates, the number itself included; of nobody there is no quorum."""
    return named > 0 and 3 * present >= 2 * named


def check_quorum(present: int, named: int) -> None:
    """Taken at sign-in and again before any poll. Raises QUORUM_MISSING(present, named, needed)."""
    if not has_quorum(present, named):
        raise Refused(Refusal.QUORUM_MISSING, present=present, named=named, needed=-(-2 * named // 3) or 1)


def check_hour(starts_at: datetime, now: datetime) -> None:
    """Nobody signs in, and nothing begins, more than an hour before the time announced. Raises MEETING_TOO_EARLY."""
    doors = starts_at - DOORS_OPEN_BEFORE
    if now < doors:
        raise Refused(Refusal.MEETING_TOO_EARLY, opens=doors.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M"))


def may_sign_in(state: State, method: SignInMethod, *, role: Role, is_delegate: bool) -> None:
    """Delegates sign in by themselves before or during the meeting; a paper list is entered by staff.

    The list may still be entered while the minutes are written. Raises NOT_A_DELEGATE, MEETING_ELSEWHERE, or
    NOT_YOUR_SEAT of people.
    """
    if not is_delegate:
        raise Refused(Refusal.NOT_A_DELEGATE)
    open_states = {State.NOTICED, State.IN_SESSION}
    if method is SignInMethod.PAPER:
        require_role(role, FIELD_STAFF)
        open_states.add(State.MINUTES_DRAFT)
    if state not in open_states:
        raise Refused(Refusal.MEETING_ELSEWHERE)


@dataclass(frozen=True)
class Question:
    """A question put before or in the meeting, and its answer once there is one."""

    text: str
    answer: str = ""


def may_ask(state: State, text: str) -> None:
    """Questions are taken from the notice until the meeting ends. Raises QUESTIONS_CLOSED or QUESTION_EMPTY."""
    if state not in (State.NOTICED, State.IN_SESSION, State.POSTPONED):
        raise Refused(Refusal.QUESTIONS_CLOSED)
    if not text.strip():
        raise Refused(Refusal.QUESTION_EMPTY)


def may_answer_question(state: State, answer: str) -> None:
    """Answers are written until the minutes are confirmed. Raises MEETING_ELSEWHERE or ANSWER_EMPTY."""
    if state not in (State.NOTICED, State.IN_SESSION, State.POSTPONED, State.MINUTES_DRAFT):
        raise Refused(Refusal.MEETING_ELSEWHERE)
    if not answer.strip():
        raise Refused(Refusal.ANSWER_EMPTY)


@dataclass(frozen=True)
class Said:
    """A question as the minutes have it: who in masked form, what, how meant, and who answered what."""

    who: str
    stance: str
    text: str
    answers: tuple[tuple[str, str], ...] = ()


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

    def text(self) -> str:
        """The exact text whose SHA-256 in UTF-8 is the hash of the minutes: canonical JSON."""
        return encode(
            {
                "v": 1,
                "meeting": self.meeting,
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
                        "stance": said.stance,
                        "text": composed(said.text),
                        "answers": [[composed(seat), composed(words)] for seat, words in said.answers],
                    }
                    for said in self.questions
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


def corrections_until(written_at: datetime, calendar: WorkCalendar) -> datetime:
    """Until when people say that a version of the minutes is wrong: 24:00 of the third working day (domain.md 2.4)."""
    return end_of_day(calendar.after(beijing_day(written_at), MINUTES_WORKING_DAYS))


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
    if state not in (State.MINUTES_DRAFT, State.MINUTES_CONFIRMED):
        raise Refused(Refusal.MEETING_ELSEWHERE)
    if not entitled:
        raise Refused(Refusal.MINUTES_NOT_YOURS)
    if not text.strip():
        raise Refused(Refusal.MINUTES_OBJECTION_EMPTY)
    if now >= until:
        raise Refused(Refusal.MINUTES_WINDOW_OVER, until=beijing_day(until - timedelta(microseconds=1)).isoformat())


def may_confirm_minutes(*, chair: str, confirmed_by: Iterable[str], questions: Iterable[Question]) -> None:
    """Minutes stand when every question has its answer and the chair and two delegates have confirmed them.

    `chair` and `confirmed_by` are person keys; a chair who is a delegate too counts once. Raises
    QUESTIONS_UNANSWERED(n) or MINUTES_UNCONFIRMED(n).
    """
    if unanswered := sum(not question.answer.strip() for question in questions):
        raise Refused(Refusal.QUESTIONS_UNANSWERED, n=unanswered)
    persons = set(confirmed_by)
    if chair not in persons or len(persons - {chair}) < CONFIRMING_DELEGATES:
        raise Refused(Refusal.MINUTES_UNCONFIRMED, n=CONFIRMING_DELEGATES)
