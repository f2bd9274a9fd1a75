"""Voiding 作废: a poll that was opened with a mistake, or whose box nobody can open, ends without a result.

One officer asks with a reason, another one does it, and everybody reads the reason and what became of the ballots.
Nothing is counted and nothing is revealed: what lay in the box is taken away unread, and its key is destroyed.
"""

from __future__ import annotations

from typing import cast

from sqlalchemy import CursorResult, delete, func, select, update

from hearing.ballots import facts, queries, rules
from hearing.ballots.actions.messages import tell_marked
from hearing.ballots.actions.papers import at_window
from hearing.ballots.actions.setting_up import staff
from hearing.ballots.models import Poll, PollVoiding, SealedBallot, SecretBallot
from hearing.ballots.paper_models import BallotPaper, DeskCode, PaperReading
from hearing.clock import now
from hearing.db import db
from hearing.people.models import Account
from hearing.people.queries import accounts_of_person
from hearing.people.viewer import Viewer
from hearing.refusal import N_, Refused

TOLD_VOID = N_("“%(title)s”这次投票已经作废，您户投的票不算了。为什么作废、怎样重投，请看：%(url)s")


def ask_void(by: Viewer, poll_id: int, reason: str) -> facts.VoidAsked:
    """Ask for an open poll to be declared void; another officer does it. Raises POLL_ELSEWHERE, NOT_YOUR_SEAT."""
    poll = at_window(by, poll_id, alone=True)
    rules.check_voidable(poll.stands)
    db.session.add(PollVoiding(poll_id=poll.id, reason=reason, asked_by=by.id, asked_at=now()))
    return facts.VoidAsked(**staff(by, poll), reason=reason)


def declare_void(by: Viewer, poll_id: int, voiding_id: int) -> facts.Voided:
    """Declare a poll void for the reason that somebody else gave; what lies in its box is counted and taken away.

    Raises POLL_ELSEWHERE, VOID_ASKED_BY_YOU, NOT_YOUR_SEAT.
    """
    poll = at_window(by, poll_id, alone=True)
    rules.check_voidable(poll.stands)
    asked = db.session.scalars(
        select(PollVoiding).where(PollVoiding.id == voiding_id, PollVoiding.poll_id == poll.id)
    ).one_or_none()
    if asked is None:
        raise Refused(rules.Refusal.POLL_ELSEWHERE)
    if asked.asked_by in accounts_of_person(by.account) | {by.id}:
        raise Refused(rules.Refusal.VOID_ASKED_BY_YOU)
    moment = now()
    asked.made_by, asked.made_at = by.id, moment
    asked.key_read = queries.box_opens(poll)
    asked.voted, asked.in_trail, asked.lost = queries.turnout(poll), _in_trail(poll), _take_away(poll)
    poll.state, poll.since = rules.State.VOID, moment
    db.session.flush()
    tell_marked(poll, TOLD_VOID)
    first = db.session.scalars(select(Account.ref).where(Account.id == asked.asked_by)).one()
    return facts.Voided(
        **staff(by, poll),
        reason=asked.reason,
        voted=asked.voted,
        in_trail=asked.in_trail,
        lost=asked.lost,
        key_read=asked.key_read,
        officers=(first, by.account.ref),
    )


def _in_trail(poll: Poll) -> int:
    counted = select(func.count(SecretBallot.c)).where(SecretBallot.poll_id == poll.id)
    return db.session.scalar(counted) or 0


def _take_away(poll: Poll) -> int:
    """Empty the box unread, and blank what was read on secret papers; how many ballots lay in it.

    Should the key turn up after all, there is nothing left for it.
    """
    codes = select(BallotPaper.code).where(BallotPaper.poll_id == poll.id)
    if poll.is_secret:
        blank = update(PaperReading).where(PaperReading.code.in_(codes)).values(said=b"")
        db.session.execute(blank.execution_options(synchronize_session=False))
    db.session.execute(delete(DeskCode).where(DeskCode.poll_id == poll.id))
    gone = db.session.execute(
        delete(SealedBallot).where(SealedBallot.poll_id == poll.id).execution_options(synchronize_session=False)
    )
    return cast(CursorResult[tuple[int]], gone).rowcount
