"""Imports 导入: from an uploaded roll to the register by two people, and back by two people (ux.md B5)."""

import re
from enum import StrEnum, auto

from hearing.refusal import N_, Refused
from hearing.register.rules.differences import Difference
from hearing.register.rules.refusals import Refusal


class RollState(StrEnum):
    """Where an uploaded roll stands."""

    PREPARED = auto()
    DECLINED = auto()
    IMPORTED = auto()
    UNDO_ASKED = auto()
    UNDONE = auto()


STATE_LABELS: dict[RollState, str] = {
    RollState.PREPARED: N_("待第二人复核"),
    RollState.DECLINED: N_("没有导入"),
    RollState.IMPORTED: N_("已导入"),
    RollState.UNDO_ASKED: N_("有人提出撤销，待第二人复核"),
    RollState.UNDONE: N_("已撤销"),
}


class Channel(StrEnum):
    """How the office acted: on a page after signing in, or at the machine by somebody who named the two people."""

    PAGE = auto()
    COMMAND = auto()


_SLUG = re.compile(r"[a-z][a-z0-9-]{0,38}[a-z0-9]")


def check_slug(slug: str) -> None:
    """A neighbourhood's name in the log and in addresses. Raises SLUG_UNFIT."""
    if not _SLUG.fullmatch(slug):
        raise Refused(Refusal.SLUG_UNFIT)


def may_upload(difference: Difference) -> None:
    """A file is kept when there is anything to look at in it. Raises ROLL_SAME_AS_REGISTER."""
    if not difference.touched and not difference.faulty and not difference.missing:
        raise Refused(Refusal.ROLL_SAME_AS_REGISTER)


def may_decide(state: RollState) -> None:
    """Only a roll that waits can be approved or declined. Raises ROLL_CLOSED."""
    if state is not RollState.PREPARED:
        raise Refused(Refusal.ROLL_CLOSED)


def may_approve(
    state: RollState, difference: Difference, *, seen: str, same_person: bool, leaves_faulty_out: bool
) -> None:
    """A second person lets a roll into the register, as it was shown and not otherwise.

    `seen`: the digest of what the first person was shown; `leaves_faulty_out`: the tick that faulty rows stay out.
    Raises ROLL_CLOSED, ROLL_SAME_PERSON, ROLL_STALE, ROLL_BRINGS_NOTHING or ROLL_FAULTY_UNTICKED(n).
    """
    may_decide(state)
    if same_person:
        raise Refused(Refusal.ROLL_SAME_PERSON)
    if difference.digest != seen:
        raise Refused(Refusal.ROLL_STALE)
    if not difference.touched:
        raise Refused(Refusal.ROLL_BRINGS_NOTHING)
    if difference.faulty and not leaves_faulty_out:
        raise Refused(Refusal.ROLL_FAULTY_UNTICKED, n=len(difference.faulty))


def may_ask_undo(state: RollState, *, newest: bool) -> None:
    """Imports are taken back from the newest on. Raises UNDO_ASKED, ROLL_NOT_IMPORTED or UNDO_NEWER_FIRST."""
    if state is RollState.UNDO_ASKED:
        raise Refused(Refusal.UNDO_ASKED)
    if state is not RollState.IMPORTED:
        raise Refused(Refusal.ROLL_NOT_IMPORTED)
    if not newest:
        raise Refused(Refusal.UNDO_NEWER_FIRST)


def may_keep(state: RollState) -> None:
    """The question to take an import back can be dropped while it stands. Raises UNDO_NOT_ASKED."""
    if state is not RollState.UNDO_ASKED:
        raise Refused(Refusal.UNDO_NOT_ASKED)


def may_undo(state: RollState, *, newest: bool, same_person: bool) -> None:
    """A second person agrees that an import is taken back.

    Raises UNDO_NOT_ASKED, UNDO_NEWER_FIRST or UNDO_SAME_PERSON.
    """
    may_keep(state)
    if not newest:
        raise Refused(Refusal.UNDO_NEWER_FIRST)
    if same_person:
        raise Refused(Refusal.UNDO_SAME_PERSON)
