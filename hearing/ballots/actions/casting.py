"""Casting 投票: one ballot of one voter, in as few statements as the promise allows.

A secret ballot and its voter's mark are written in one transaction, and nothing else is: no entry in the trail, no key
of the form, no message, no moment. The deadline is tested by the database's clock in the statement that sets the mark.
Rows and not objects, statements built once, as in `consents/actions/signing.py`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, cast

from sqlalchemy import Row, Select, Table, and_, bindparam, exists, insert, or_, select, union_all
from sqlalchemy.dialects import postgresql, sqlite

from hearing.audit import canonical
from hearing.audit.fact import Actor
from hearing.ballots import facts, rules
from hearing.ballots.box import Box, box_of
from hearing.ballots.models import NamedBallot, Poll, PollMark, PollProject, PollVoter, SealedBallot, SecretBallot
from hearing.ballots.paper_models import BallotPaper
from hearing.clock import database_now
from hearing.db import connected
from hearing.people.viewer import Viewer
from hearing.places.models import Neighbourhood
from hearing.refusal import Refused

_POLL, _PROJECT, _VOTER, _MARK, _SEALED, _SECRET, _NAMED, _PLACE = (
    cast(Table, model.__table__)
    for model in (Poll, PollProject, PollVoter, PollMark, SealedBallot, SecretBallot, NamedBallot, Neighbourhood)
)
_PAPER = cast(Table, BallotPaper.__table__)

# Who casts shares the poll's row, who closes wants it alone: a ballot is in before the close, or not at all.
_HOLD: Select[Any] = (
    select(
        *(_POLL.c[name] for name in ("id", "title", "mode", "kind", "state", "opens_at", "closes_at", "budget_fen")),
        *(_POLL.c[name] for name in ("pots_text", "least", "most", "points", "most_each", "box_room", "box_check")),
        _PLACE.c.slug,
    )
    .join_from(_POLL, _PLACE, _PLACE.c.id == _POLL.c.neighbourhood_id)
    .where(_POLL.c.id == bindparam("poll"))
    .with_for_update(read=True, of=_POLL)
)
_OPTIONS: Select[Any] = select(
    *(_PROJECT.c[name] for name in ("code", "title", "cost_fen", "category", "withdrawn_at"))
).where(_PROJECT.c.poll_id == bindparam("poll"), _PROJECT.c.code.in_(bindparam("codes", expanding=True)))
_HERS = and_(
    _VOTER.c.id == bindparam("voter"),
    _VOTER.c.poll_id == bindparam("poll"),
    or_(
        _VOTER.c.unit_id.in_(bindparam("units", expanding=True)),
        _VOTER.c.holder_id.in_(bindparam("holders", expanding=True)),
    ),
)
_MAY_NOW = (
    select(_VOTER.c.id, _VOTER.c.poll_id)
    .join(_POLL, _POLL.c.id == _VOTER.c.poll_id)
    .where(
        _HERS,
        ~_VOTER.c.struck,
        _POLL.c.state == rules.State.OPEN,
        _POLL.c.opens_at <= database_now(),
        _POLL.c.closes_at > database_now(),
    )
)
_SET_MARK = {
    dialect.__name__.rpartition(".")[2]: dialect.insert(_MARK)
    .from_select(["voter_id", "poll_id"], _MAY_NOW)
    .on_conflict_do_nothing()
    .returning(_MARK.c.voter_id)
    for dialect in (sqlite, postgresql)
}
_STANDING: Select[Any] = (
    select(database_now().label("now"), _VOTER.c.struck, _MARK.c.voter_id.label("marked"))
    .join_from(_VOTER, _MARK, _MARK.c.voter_id == _VOTER.c.id, isouter=True)
    .where(_HERS)
)
_IS_THERE = union_all(
    select(_SEALED.c.slot).where(_SEALED.c.slot == bindparam("slot")),
    select(_SECRET.c.c).where(_SECRET.c.c == bindparam("c")),
)
_PUT_IN = {
    dialect.__name__.rpartition(".")[2]: dialect.insert(_SEALED)
    .from_select(
        ["slot", "poll_id", "sealed"],
        select(
            bindparam("new_slot", type_=_SEALED.c.slot.type),
            bindparam("poll", type_=_SEALED.c.poll_id.type),
            bindparam("box", type_=_SEALED.c.sealed.type),
        ).where(~exists().where(_SECRET.c.c == bindparam("c"))),
    )
    .on_conflict_do_nothing()
    .returning(_SEALED.c.slot)
    for dialect in (sqlite, postgresql)
}
_LOCK_VOTER: Select[Any] = (
    select(_VOTER.c.id, _VOTER.c.unit_id, _VOTER.c.holder_id, _VOTER.c.struck, database_now().label("now"))
    .where(_HERS)
    .with_for_update(of=_VOTER)
)
_LAST: Select[Any] = (
    select(_NAMED.c.turn, _NAMED.c.ballot)
    .where(_NAMED.c.voter_id == bindparam("voter"))
    .order_by(_NAMED.c.turn.desc())
    .limit(1)
)
# A paper of hers that is out keeps the phone waiting: which of both is the later one nobody could say.
_HAS_PAPER = exists().where(_PAPER.c.voter_id == bindparam("voter"), _PAPER.c.state.not_in(rules.PAPER_DONE))
_ADD_NAMED = (
    insert(_NAMED)
    .from_select(
        ["poll_id", "voter_id", "turn", "ballot", "cast_by", "cast_at"],
        select(
            _POLL.c.id,
            bindparam("voter", type_=_NAMED.c.voter_id.type),
            bindparam("turn", type_=_NAMED.c.turn.type),
            bindparam("ballot", type_=_NAMED.c.ballot.type),
            bindparam("by", type_=_NAMED.c.cast_by.type),
            database_now(),
        ).where(
            _POLL.c.id == bindparam("poll"),
            _POLL.c.state == rules.State.OPEN,
            _POLL.c.opens_at <= database_now(),
            _POLL.c.closes_at > database_now(),
            ~_HAS_PAPER,
        ),
    )
    .returning(_NAMED.c.cast_at)
)
_MARK_NAMED = {
    dialect.__name__.rpartition(".")[2]: dialect.insert(_MARK).on_conflict_do_nothing()
    for dialect in (sqlite, postgresql)
}


@dataclass(frozen=True)
class Voter:
    """Whose ballot it is: a line of the roll that the viewer says is hers, and that is checked."""

    by: Viewer
    voter_id: int

    def asked(self, poll_id: int) -> dict[str, Any]:
        """The values by which a statement finds the line, if it is hers."""
        return {
            "poll": poll_id,
            "voter": self.voter_id,
            "units": sorted(self.by.answers_for),
            "holders": sorted(self.by.holder_ids),
        }

    @property
    def account_id(self) -> int:
        """By whose account it is cast."""
        return self.by.id

    @property
    def actor(self) -> Actor:
        """As whom the trail knows who casts it."""
        return self.by.as_resident()


class Casting(Protocol):
    """Whoever may cast for one line of the roll: a resident on her phone, or a voter with a code at the tablet."""

    @property
    def account_id(self) -> int:
        """By whose account it is cast, where it stands under a name."""

    @property
    def actor(self) -> Actor:
        """As whom the trail knows who casts it, where it stands under a name."""

    def asked(self, poll_id: int) -> dict[str, Any]:
        """The values by which a statement finds the line, if she may cast for it."""


class Standing(Exception):
    """This very ballot of hers stands already, as turn `turn`: nothing was written a second time."""

    def __init__(self, turn: int) -> None:
        super().__init__(turn)
        self.turn = turn


@dataclass(frozen=True)
class SecretVote:
    """A ballot without a name: what it says, and what it is known by."""

    poll_id: int
    said: rules.Said
    nonce: str
    phrase: str
    ballot: str
    """What it says and the phrase, as canonical text."""
    c: str
    """Its commitment."""


def write_down(poll_id: int, said: rules.Said, *, nonce: str, phrase: str) -> SecretVote:
    """A ballot with its commitment, before anything is locked. Raises BALLOT_TAKEN for a nonce that is none."""
    secret = rules.unword(nonce)
    if secret is None:
        raise Refused(rules.Refusal.BALLOT_TAKEN)
    plain = canonical.encode(said.as_data() | {"phrase": phrase})
    c = rules.commitment_to(f"poll/{poll_id}", secret, plain)
    return SecretVote(poll_id, said, nonce, phrase, plain.decode(), c)


def cast_secretly(who: Casting, vote: SecretVote) -> str:
    """Put a secret ballot into the box and set the voter's mark; return the ballot's commitment.

    The same form sent again finds its own ballot and returns the same commitment, whatever has become of the poll
    meanwhile: the form carries all that the commitment is made from, so nothing needs to be remembered of who sent it.
    For `entrust`. Raises what `rules.check` and `rules.check_casting` raise, NO_VOTER, VOTED_ALREADY, BALLOT_TAKEN,
    PHRASE_TOO_LONG, NO_BOX_KEY.
    """
    poll, terms = hold(vote.poll_id, vote.said)
    if poll.mode != rules.Mode.SECRET:
        raise Refused(rules.Refusal.POLL_ELSEWHERE)
    if len(vote.phrase) > rules.MOST_PHRASE:
        raise Refused(rules.Refusal.PHRASE_TOO_LONG, most=rules.MOST_PHRASE)
    connection, asked = connected(), who.asked(vote.poll_id)
    box = _box(poll)
    marked = connection.execute(_SET_MARK[connection.dialect.name], asked).one_or_none()
    if marked is None:
        if _is_there(box, vote.c):
            return vote.c
        raise _why_not(poll, asked)
    rules.check(terms, vote.said)
    # Refused from here on, the caller undoes the mark with the rest: this voter has not voted.
    if box is None:
        raise Refused(rules.Refusal.NO_BOX_KEY)
    row = {"new_slot": box.slot(vote.c), "poll": poll.id, "box": box.seal(vote.nonce, vote.ballot), "c": vote.c}
    if connection.execute(_PUT_IN[connection.dialect.name], row).one_or_none() is None:
        raise Refused(rules.Refusal.BALLOT_TAKEN)
    return vote.c


def cast_by_name(who: Casting, poll_id: int, said: rules.Said, *, seen: int) -> facts.NamedBallotCast:
    """Record a ballot under its voter's name, in the place of the one before; `seen` is the turn that she saw last.

    Raises what `rules.check` and `rules.check_casting` raise, NO_VOTER, VOTED_MEANWHILE, PAPER_OUT, and Standing
    for a ballot that says what the standing one says.
    """
    poll, terms = hold(poll_id, said)
    if poll.mode != rules.Mode.NAMED:
        raise Refused(rules.Refusal.POLL_ELSEWHERE)
    connection, asked = connected(), who.asked(poll_id)
    voter = connection.execute(_LOCK_VOTER, asked).one_or_none()
    if voter is None or voter.struck:
        raise Refused(rules.Refusal.NO_VOTER)
    last = connection.execute(_LAST, {"voter": voter.id}).one_or_none()
    text, turn = canonical.encode(said.as_data()).decode(), last.turn if last else 0
    if last is not None and last.ballot == text:
        raise Standing(turn)
    rules.check_casting(rules.State(poll.state), opens=poll.opens_at, closes=poll.closes_at, now=voter.now)
    if turn != seen:
        raise Refused(rules.Refusal.VOTED_MEANWHILE)
    rules.check(terms, said)
    row = {"poll": poll_id, "voter": voter.id, "turn": turn + 1, "ballot": text, "by": who.account_id}
    added = connection.execute(_ADD_NAMED, row).one_or_none()
    if added is None:
        out = connection.execute(select(_HAS_PAPER), {"voter": voter.id}).scalar_one()
        raise Refused(rules.Refusal.PAPER_OUT if out else rules.Refusal.POLL_OVER)
    if not turn:
        connection.execute(_MARK_NAMED[connection.dialect.name], {"voter_id": voter.id, "poll_id": poll_id})
    known = terms.codes
    return facts.NamedBallotCast(
        actor=who.actor,
        scope=poll.slug,
        subject=f"poll/{poll_id}",
        matter=f"poll/{poll_id}",
        households=(voter.unit_id,) if voter.unit_id is not None else (),
        turn=turn + 1,
        title=poll.title,
        voter=f"unit/{voter.unit_id}" if voter.unit_id is not None else f"holder/{voter.holder_id}",
        ballot=said.as_data(),
        choice_words="、".join(known[code].title for code in said.choices),
        cast_at=added.cast_at,
    )


def hold(poll_id: int, said: rules.Said) -> tuple[Row[Any], rules.Terms]:
    """The poll under a lock that its close waits for, and what this ballot is checked against.

    Of the projects only those that it names are read: the others, however many they are, decide nothing.
    """
    connection = connected()
    poll = connection.execute(_HOLD, {"poll": poll_id}).one_or_none()
    if poll is None:
        raise Refused(rules.Refusal.POLL_ELSEWHERE)
    kind = rules.Kind(poll.kind)
    options: Sequence[rules.Option] = rules.answers()
    if kind is not rules.Kind.YES_NO:
        found = connection.execute(_OPTIONS, {"poll": poll_id, "codes": said.choices})
        options = [
            rules.Option(row.code, row.title, row.cost_fen, row.category, row.withdrawn_at is not None) for row in found
        ]
    limits = rules.Limits(poll.least, poll.most, poll.points, poll.most_each)
    return poll, rules.Terms(kind, limits, options, poll.budget_fen, json.loads(poll.pots_text))


def _box(poll: Row[Any]) -> Box | None:
    """The box; None where its key is gone, as it is once the poll is closed."""
    try:
        return box_of(poll.id, poll.box_room, poll.box_check)
    except Refused:
        return None


def _is_there(box: Box | None, c: str) -> bool:
    """Whether this very ballot lies in the box or stands in the trail."""
    sought = {"slot": box.slot(c) if box is not None else "", "c": c}
    return connected().execute(_IS_THERE, sought).first() is not None


def _why_not(poll: Row[Any], asked: dict[str, Any]) -> Refused:
    """Why the mark could not be set, read under the same lock."""
    standing = connected().execute(_STANDING, asked).one_or_none()
    if standing is None or standing.struck:
        return Refused(rules.Refusal.NO_VOTER)
    if standing.marked is not None:
        return Refused(rules.Refusal.VOTED_ALREADY)
    try:
        rules.check_casting(rules.State(poll.state), opens=poll.opens_at, closes=poll.closes_at, now=standing.now)
    except Refused as refused:
        return refused
    return Refused(rules.Refusal.POLL_ELSEWHERE)
