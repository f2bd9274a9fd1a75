"""Tablet 居委代开: a one-time code from the desk lets its voter vote on the neighbourhood's tablet, as nobody else.

In a secret poll neither the code nor its hour stays: the row is gone with the ballot, and a number has grown by one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select, update

from hearing.audit.fact import Actor
from hearing.ballots import facts, rules
from hearing.ballots.actions.casting import SecretVote, cast_by_name, cast_secretly
from hearing.ballots.actions.papers import at_window, households, line_of, make_desk, void_code, voter_name
from hearing.ballots.actions.setting_up import SEATS, staff
from hearing.ballots.models import Poll, PollMark, PollVoter
from hearing.ballots.paper_models import DeskCode, PollDesk
from hearing.ballots.paper_queries import code_mac, paper_out
from hearing.clock import database_now, now
from hearing.db import db
from hearing.people.models import Account
from hearing.people.rules import Role
from hearing.people.viewer import Viewer
from hearing.refusal import Refused


def issue_secretly(by: Viewer, poll_id: int, voter_id: int, code: str) -> None:
    """Let `code` stand for this voter of a secret poll for a quarter of an hour; an earlier one of hers is void.

    For `entrust`: an entry would tell when she voted. Raises what `_issue` raises, and NOT_PAPER_WAY.
    """
    poll = at_window(by, poll_id)
    if not poll.is_secret:
        raise Refused(rules.Refusal.NOT_PAPER_WAY)
    _issue(by, poll, voter_id, code)


def issue_by_name(by: Viewer, poll_id: int, voter_id: int, code: str) -> facts.DeskCodeIssued:
    """The same where ballots stand under names, told to the trail. Raises what `_issue` raises, NOT_PAPER_WAY."""
    poll = at_window(by, poll_id)
    if poll.is_secret:
        raise Refused(rules.Refusal.NOT_PAPER_WAY)
    voter = _issue(by, poll, voter_id, code)
    return facts.DeskCodeIssued(**staff(by, poll), households=households(voter), voter=voter_name(voter))


def cast_secretly_at_desk(code: str, vote: SecretVote) -> str:
    """Cast a secret ballot with a code, which ends with it; the ballot's commitment. For `entrust`.

    Raises DESK_CODE_OVER, and what `cast_secretly` raises.
    """
    return cast_secretly(_use(code, vote.poll_id), vote)


def cast_by_name_at_desk(code: str, poll_id: int, said: rules.Said, *, seen: int) -> facts.NamedBallotCast:
    """Cast a ballot under a name with a code, which ends with it. Raises DESK_CODE_OVER, what `cast_by_name` raises."""
    return cast_by_name(_use(code, poll_id), poll_id, said, seen=seen)


def end_code(code: str) -> None:
    """Void a code that has served without a new ballot. For `keep`."""
    used = delete(DeskCode).where(DeskCode.code_mac == code_mac(code))
    db.session.execute(used.execution_options(synchronize_session=False))


def forget_codes() -> int:
    """Delete codes whose time is over; how many. For `keep`."""
    gone = db.session.execute(delete(DeskCode).where(DeskCode.expires_at <= database_now()).returning(DeskCode.poll_id))
    return len(gone.all())


@dataclass(frozen=True)
class AtDesk:
    """A voter with a code: the line of the roll for which it stands, and the officer who gave it to her."""

    voter_id: int
    unit_id: int | None
    holder_id: int | None
    account_id: int
    actor: Actor

    def asked(self, poll_id: int) -> dict[str, Any]:
        """The values by which a statement finds the line."""
        return {
            "poll": poll_id,
            "voter": self.voter_id,
            "units": [self.unit_id] if self.unit_id is not None else [],
            "holders": [self.holder_id] if self.holder_id is not None else [],
        }


def _issue(by: Viewer, poll: Poll, voter_id: int, code: str) -> Any:
    """Raises NO_VOTER, POLL_NOT_OPEN, POLL_OVER, HAS_VOTED_OR_PAPER, PAPER_OUT."""
    voter = line_of(poll.id, voter_id)
    rules.check_casting(poll.stands, opens=poll.opens_at, closes=poll.closes_at, now=voter.now)
    if poll.is_secret and db.session.get(PollMark, voter_id) is not None:
        raise Refused(rules.Refusal.HAS_VOTED_OR_PAPER)
    if paper_out(voter_id):
        raise Refused(rules.Refusal.PAPER_OUT)
    make_desk(poll.id)
    counted = update(PollDesk).where(PollDesk.poll_id == poll.id).values(codes=PollDesk.codes + 1)
    db.session.execute(counted.execution_options(synchronize_session=False))  # Whoever issues too waits here.
    void_code(voter_id)
    db.session.add(
        DeskCode(
            voter_id=voter_id,
            code_mac=code_mac(code),
            poll_id=poll.id,
            issued_by=by.id,
            expires_at=now() + rules.CODE_LIFE,
        )
    )
    db.session.flush()
    return voter


def _use(code: str, poll_id: int) -> AtDesk:
    """Take a code out of the world: whoever comes second finds none. Raises DESK_CODE_OVER."""
    taken = db.session.execute(
        delete(DeskCode)
        .where(DeskCode.code_mac == code_mac(code), DeskCode.poll_id == poll_id, DeskCode.expires_at > database_now())
        .returning(DeskCode.voter_id, DeskCode.issued_by)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if taken is None:
        raise Refused(rules.Refusal.DESK_CODE_OVER)
    line = db.session.execute(
        select(PollVoter.unit_id, PollVoter.holder_id).where(PollVoter.id == taken.voter_id)
    ).one()
    ref = db.session.scalars(select(Account.ref).where(Account.id == taken.issued_by)).one()
    actor = Actor(role=Role(SEATS[0]).value, ref=ref)
    return AtDesk(taken.voter_id, line.unit_id, line.holder_id, taken.issued_by, actor)
