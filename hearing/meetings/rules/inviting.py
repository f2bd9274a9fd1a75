"""Inviting 约请: an agency is asked to come by a day, and everybody sees whether it answered (S1 委办局约请制度)."""

from datetime import datetime
from enum import StrEnum, auto

from hearing.meetings.rules.refusals import Refusal
from hearing.meetings.rules.states import BEFORE, State
from hearing.refusal import N_, Refused


class Reply(StrEnum):
    """What an agency answered."""

    COMES = auto()
    SENDS_WORDS = auto()
    DECLINES = auto()


REPLY_LABELS: dict[Reply, str] = {
    Reply.COMES: N_("会来"),
    Reply.SENDS_WORDS: N_("书面答复"),
    Reply.DECLINES: N_("不来"),
}
NO_REPLY, WAITING = N_("到期没有答复"), N_("等待答复")


def may_invite(state: State, *, due_at: datetime, starts_at: datetime, now: datetime) -> None:
    """An agency is invited until the meeting begins, with a day by which it answers.

    Raises MEETING_ELSEWHERE or INVITATION_DUE_WRONG.
    """
    if state not in BEFORE:
        raise Refused(Refusal.MEETING_ELSEWHERE)
    if not now < due_at <= starts_at:
        raise Refused(Refusal.INVITATION_DUE_WRONG)


def may_answer_invitation(state: State, reply: Reply, words: str, *, entitled: bool, replied: bool) -> None:
    """The agency answers once, also late; who does not come says why.

    Raises INVITATION_NOT_YOURS, INVITATION_ANSWERED, INVITATION_WITHOUT_WORDS or MEETING_ELSEWHERE.
    """
    if not entitled:
        raise Refused(Refusal.INVITATION_NOT_YOURS)
    if state in (State.DRAFT, State.CANCELLED, State.CLOSED):
        raise Refused(Refusal.MEETING_ELSEWHERE)
    if replied:
        raise Refused(Refusal.INVITATION_ANSWERED)
    if reply is not Reply.COMES and not words.strip():
        raise Refused(Refusal.INVITATION_WITHOUT_WORDS)


def invitation_told(reply: Reply | None, due_at: datetime, now: datetime) -> str:
    """What everybody reads of an invitation: its answer, that it waits, or that the day passed without one."""
    if reply is not None:
        return REPLY_LABELS[reply]
    return NO_REPLY if now >= due_at else WAITING
