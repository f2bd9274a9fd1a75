"""Closing 截止: secret ballots come into the trail in shuffled batches, the clock closes a poll, the rule counts it."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, cast

from sqlalchemy import Table, bindparam, delete, exists, insert, select, update
from sqlalchemy.orm import joinedload

from hearing.audit import canonical
from hearing.audit.fact import NOBODY, SYSTEM, Fact
from hearing.ballots import bundle, facts, queries, rules
from hearing.ballots.actions.messages import tell_marked
from hearing.ballots.box import Opened, box_of
from hearing.ballots.models import Poll, PollMark, PollTally, PollVoter, SealedBallot, SecretBallot
from hearing.ballots.paper_models import PollDesk
from hearing.clock import database_now, now
from hearing.db import db
from hearing.refusal import N_, Refused

_SEALED, _SECRET = cast(Table, SealedBallot.__table__), cast(Table, SecretBallot.__table__)
_TAKE_OUT = delete(_SEALED).where(_SEALED.c.slot == bindparam("taken"))
_ADD_SECRET = insert(_SECRET)
MOST_LISTED = 150
"""Commitments of voters that fit into one entry; of more the entry has their number, and the list's hash."""
TOLD = N_("“%(title)s”：您户已投票（领纸票也算）。选了什么没有记名。如果不是您户投的，请联系居委会。%(url)s")
TOLD_NAMED = N_("“%(title)s”：您户已投票，截止前可以改。如果不是您户投的，请联系居委会。%(url)s")


def put_into_trail(poll_id: int) -> Sequence[Fact]:
    """Bring ballots out of the box into the trail, drawn and shuffled by chance. For `perform_all`.

    Raises POLL_ELSEWHERE when too few lie there yet, or the poll is open no more; NO_BOX_KEY.
    """
    poll = _alone(poll_id)
    if poll.stands is not rules.State.OPEN or not poll.is_secret:
        raise Refused(rules.Refusal.POLL_ELSEWHERE)
    out = _brought_out(poll, everything=False)
    if not out:
        raise Refused(rules.Refusal.POLL_ELSEWHERE)
    _tell_voters(poll, everybody=False)
    return _leaves(poll, out)


def close(poll_id: int) -> Sequence[Fact]:
    """Close a poll whose last moment has come; what still lies in the box comes into the trail first.

    For `perform_all`. The clock is the database's, in the statement that writes. Whoever is casting is waited for,
    whoever comes after is refused. A poll with papers waits until each that was handed out has its fate. Raises
    POLL_STILL_OPEN, POLL_ELSEWHERE, NO_BOX_KEY.
    """
    closed = db.session.execute(
        update(Poll)
        .where(
            Poll.id == poll_id,
            Poll.state == rules.State.OPEN,
            Poll.closes_at <= database_now(),
            ~queries.waits_for_papers(),
        )
        .values(state=rules.State.CLOSED, since=database_now())
        .returning(Poll.id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    poll = _alone(poll_id)
    if closed is None:
        still_open = poll.stands is rules.State.OPEN
        raise Refused(rules.Refusal.POLL_STILL_OPEN if still_open else rules.Refusal.POLL_ELSEWHERE)
    desk = db.session.get(PollDesk, poll.id, populate_existing=True)
    if desk is not None and desk.as_rule().waiting:
        # Handed out in the last moment, while this statement waited for the poll's row.
        raise Refused(rules.Refusal.POLL_STILL_OPEN)
    out = _brought_out(poll, everything=True) if poll.is_secret else []
    _tell_voters(poll, everybody=True)
    voted, list_hash = _who_voted(poll)
    last = facts.Closed(**frame(poll), voted=voted, voted_hash=list_hash, lot_seed=poll.lot_seed)
    return [*_leaves(poll, out), *([_balanced(poll, desk)] if desk is not None else []), last]


def record_tally(
    poll_id: int, election: queries.Election, record: dict[str, Any], kept: bundle.Written
) -> facts.Tallied:
    """Keep the record of the count and what was written with it, and publish it.

    Raises POLL_ELSEWHERE when somebody was quicker.
    """
    poll = _alone(poll_id)
    if poll.stands is not rules.State.CLOSED:
        raise Refused(rules.Refusal.POLL_ELSEWHERE)
    text = canonical.encode(record).decode()
    digest = hashlib.sha256(text.encode()).hexdigest()
    reveal = hashlib.sha256(b"".join(queries.reveal(poll))).hexdigest() if poll.is_secret else ""
    moment = now()
    db.session.add(
        PollTally(
            poll_id=poll.id,
            record_text=text,
            record_hash=digest,
            reveal_hash=reveal,
            **asdict(kept),
            counted_at=moment,
        )
    )
    poll.state, poll.since = rules.State.TALLIED, moment
    return facts.Tallied(
        **frame(poll),
        ballots=len(election.said),
        counts=rules.counts_of([option.code for option in election.options], election.said),
        reveal=f"sha256:{reveal}" if reveal else "",
        tally=f"sha256:{digest}",
        election=f"sha256:{hashlib.sha256(kept.election_pb.encode()).hexdigest()}",
        rule_hash=poll.rule_hash,
    )


def frame(poll: Poll) -> dict[str, Any]:
    """The parts that every fact of the clock's doing shares."""
    return {"actor": SYSTEM, "scope": poll.neighbourhood.slug, "subject": poll.subject, "matter": poll.subject}


def _balanced(poll: Poll, desk: PollDesk) -> facts.WindowBalanced:
    papers = desk.as_rule()
    return facts.WindowBalanced(
        **frame(poll),
        printed=papers.printed,
        handed=papers.handed,
        entered=papers.entered,
        void=papers.void,
        unreturned=papers.unreturned,
        codes=desk.codes,
    )


def _alone(poll_id: int) -> Poll:
    """The poll as it stands, locked against everybody else until the act is committed."""
    query = (
        select(Poll)
        .where(Poll.id == poll_id)
        .options(joinedload(Poll.neighbourhood, innerjoin=True))
        .with_for_update(of=Poll)
    )
    found = db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise Refused(rules.Refusal.POLL_ELSEWHERE)
    return found


def _brought_out(poll: Poll, *, everything: bool) -> list[Opened]:
    """Take ballots out of the box and write them down in the clear, in an order that chance makes."""
    connection = db.session.connection()
    lying = connection.execute(select(_SEALED.c.slot, _SEALED.c.sealed).where(_SEALED.c.poll_id == poll.id)).all()
    number = len(lying) if everything else rules.going_out(len(lying))
    if not number:
        return []
    box = box_of(poll.id, poll.box_room, poll.box_check)
    drawn = random.SystemRandom().sample(lying, number)
    out = [box.open(row.sealed) for row in drawn]
    connection.execute(_TAKE_OUT, [{"taken": row.slot} for row in drawn])
    connection.execute(
        _ADD_SECRET, [{"c": each.c, "poll_id": poll.id, "nonce": each.nonce, "ballot": each.ballot} for each in out]
    )
    return out


def _leaves(poll: Poll, out: Sequence[Opened]) -> list[Fact]:
    place, subject = poll.neighbourhood.slug, poll.subject
    return [
        facts.SecretBallotCast(actor=NOBODY, scope=place, subject=subject, matter=subject, c=each.c) for each in out
    ]


def _who_voted(poll: Poll) -> tuple[tuple[str, ...] | int, str]:
    """Those who voted as the close tells them, and the hash of their published list."""
    listed = queries.voted_list(poll)
    if poll.roll_size < rules.SMALL_ROLL:
        return len(listed), ""
    digest = hashlib.sha256("".join(f"{each}\n" for each in listed).encode()).hexdigest()
    return (tuple(listed) if len(listed) <= MOST_LISTED else len(listed)), digest


def _tell_voters(poll: Poll, *, everybody: bool) -> None:
    """Tell households that they have voted, some of them together, on their phones.

    With the roll this is what shows a ballot that was stuffed. It never goes out at the moment of casting.
    """
    sentence = TOLD if poll.is_secret else TOLD_NAMED
    if not tell_marked(poll, sentence, least=1 if everybody else rules.LEAST_BATCH, untold_only=True):
        return
    mark = exists().where(PollMark.voter_id == PollVoter.id)
    db.session.execute(
        update(PollVoter)
        .where(PollVoter.poll_id == poll.id, ~PollVoter.told, mark)
        .values(told=True)
        .execution_options(synchronize_session=False)
    )
