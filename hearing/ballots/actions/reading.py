"""Reading papers 录入纸票: two people each for herself, a third where they differ; what they agree on is a ballot.

A secret paper's readings lie sealed by the poll's box, and its ballot goes into the box like any other, with the words
of its stub as the phrase. Under names it takes its place among the voter's ballots as the latest.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import replace

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from hearing.ballots import facts, rules
from hearing.ballots.actions.casting import write_down
from hearing.ballots.actions.papers import at_window, check_open, find_paper, households, line_of, voter_name
from hearing.ballots.actions.setting_up import staff
from hearing.ballots.box import box_of
from hearing.ballots.models import NamedBallot, Poll, PollMark, SealedBallot
from hearing.ballots.paper_models import BallotPaper, PaperReading, PaperRun, PollDesk
from hearing.ballots.paper_queries import paper_box, readings
from hearing.clock import now
from hearing.db import db
from hearing.people.queries import accounts_of_person
from hearing.people.viewer import Viewer
from hearing.refusal import Refused


def read_secretly(by: Viewer, poll_id: int, typed: str, reading: rules.Reading, *, seen: int) -> rules.PaperState:
    """Note what one person read on a paper of a secret poll; where the paper stands then.

    For `entrust`: no entry, no moment. `seen` is how many readings there were when the form was made. Raises what
    `_read` raises, and NOT_PAPER_WAY.
    """
    poll = at_window(by, poll_id)
    if not poll.is_secret:
        raise Refused(rules.Refusal.NOT_PAPER_WAY)
    paper, said = _read(by, poll, typed, reading, seen)
    if said is not None and said.said is not None:
        _into_the_box(poll, paper, said.said)
    return paper.stands


def read_by_name(
    by: Viewer, poll_id: int, typed: str, reading: rules.Reading, *, seen: int
) -> facts.PaperRead | facts.NamedBallotCast:
    """Record what one person read on a paper that stands under a name; with the second that agrees it is a ballot.

    Raises what `_read` raises, NOT_PAPER_WAY, PAPER_NOT_HANDED, NO_VOTER.
    """
    poll = at_window(by, poll_id)
    if poll.is_secret:
        raise Refused(rules.Refusal.NOT_PAPER_WAY)
    paper, said = _read(by, poll, typed, reading, seen)
    if paper.voter_id is None:
        raise Refused(rules.Refusal.PAPER_NOT_HANDED)
    if said is not None and said.said is not None:
        return _under_her_name(by, poll, paper.voter_id, said.said)
    voter = line_of(poll.id, paper.voter_id)
    return facts.PaperRead(
        **staff(by, poll),
        households=households(voter),
        state=paper.state,
        code=paper.code,
        read=json.loads(reading.text),
    )


def may_read(by: Viewer, poll: Poll, code: str) -> list[rules.Reading]:
    """What was read on a paper so far, for a form that asks for the next reading.

    Raises what the act itself would: NO_SUCH_PAPER, PAPER_OF_OTHER_POLL, PAPER_ENTERED, PAPER_VOID, READ_BY_YOU.
    """
    paper = find_paper(poll, code, lock=False)
    check_open(paper)
    _check_reader(by, paper)
    return readings(poll, paper.code)


def _check_reader(by: Viewer, paper: BallotPaper) -> int:
    """How many have read a paper; whether the viewer is none of them. Raises READ_BY_YOU."""
    readers = set(db.session.scalars(select(PaperReading.read_by).where(PaperReading.code == paper.code)))
    if readers & (accounts_of_person(by.account) | {by.id}):
        raise Refused(rules.Refusal.READ_BY_YOU)
    return len(readers)


def _read(
    by: Viewer, poll: Poll, typed: str, reading: rules.Reading, seen: int
) -> tuple[BallotPaper, rules.Reading | None]:
    """Add one reading; the paper, and what it says now that it is decided.

    Raises what `find_paper`, `check_open` and `rules.check` raise, POLL_NOT_OPEN, POLL_ELSEWHERE, READ_BY_YOU,
    READ_MEANWHILE, PAPER_EXCHANGED, MORE_THAN_HANDED, NO_BOX_KEY.
    """
    paper = find_paper(poll, typed)
    if poll.stands is not rules.State.OPEN:
        raise Refused(rules.Refusal.POLL_ELSEWHERE)
    if now() < poll.opens_at:
        raise Refused(rules.Refusal.POLL_NOT_OPEN)
    check_open(paper)
    readers = _check_reader(by, paper)
    if readers != seen:
        raise Refused(rules.Refusal.READ_MEANWHILE)
    if paper.exchanged and reading.void is not rules.Void.EXCHANGED:
        raise Refused(rules.Refusal.PAPER_EXCHANGED)
    if not readers:
        _check_awaited(poll.id)
    if reading.said is not None:
        rules.check(_terms_of(poll, paper), reading.said)
    said = rules.verdict([*readings(poll, paper.code), reading])
    box = paper_box(poll, paper.code)
    kept = box.seal("", reading.text) if box is not None else reading.text.encode()
    db.session.add(PaperReading(code=paper.code, turn=readers + 1, read_by=by.id, said=kept))
    if said is None:
        paper.state = rules.PaperState.DIFFERS if readers else rules.PaperState.READ
    else:
        _decide(poll, paper, said)
    db.session.flush()
    return paper, said


def _terms_of(poll: Poll, paper: BallotPaper) -> rules.Terms:
    """What a paper is checked against. What was withdrawn after it was printed is not read, so that many names fewer
    are enough: on a phone too a ballot stands that was cast before a withdrawal.
    """
    run = select(PaperRun.printed_at).where(PaperRun.poll_id == poll.id, PaperRun.number == paper.run)
    printed, terms = db.session.scalars(run).one(), poll.terms
    gone = sum(each.withdrawn_at is not None and each.withdrawn_at >= printed for each in poll.projects)
    return replace(terms, limits=replace(terms.limits, least=max(1, terms.limits.least - gone)))


def _check_awaited(poll_id: int) -> None:
    """Whether any paper that was handed out is still to come. Raises MORE_THAN_HANDED.

    The count at the end is kept by the database; this only says so before anybody reads a second time.
    """
    desk = db.session.get(PollDesk, poll_id, populate_existing=True)
    in_hand = select(func.count(BallotPaper.code)).where(
        BallotPaper.poll_id == poll_id, BallotPaper.state.in_(rules.IN_HAND)
    )
    if desk is None or desk.as_rule().waiting <= (db.session.scalar(in_hand) or 0):
        raise Refused(rules.Refusal.MORE_THAN_HANDED)


def _decide(poll: Poll, paper: BallotPaper, said: rules.Reading) -> None:
    """Give a paper its fate, count it, and blank what was read on it.

    More than were handed out the database refuses: MORE_THAN_HANDED.
    """
    counter = PollDesk.voided if said.void else PollDesk.entered
    paper.state = rules.PaperState.VOID if said.void else rules.PaperState.ENTERED
    paper.void_because = said.void.value if said.void else ""
    db.session.flush()
    blank = update(PaperReading).where(PaperReading.code == paper.code).values(said=b"")
    db.session.execute(blank.execution_options(synchronize_session=False))
    db.session.execute(
        update(PollDesk)
        .where(PollDesk.poll_id == poll.id)
        .values({counter: counter + 1})
        .execution_options(synchronize_session=False)
    )


def _into_the_box(poll: Poll, paper: BallotPaper, said: rules.Said) -> None:
    """Seal a paper's ballot; its voter's mark was set when she drew the paper."""
    box = box_of(poll.id, poll.box_room, poll.box_check)
    nonce = rules.word(secrets.token_bytes(rules.BYTES))
    vote = write_down(poll.id, said, nonce=nonce, phrase=rules.stub_words(box.stub(paper.code)))
    row = {"slot": box.slot(vote.c), "poll_id": poll.id, "sealed": box.seal(nonce, vote.ballot)}
    db.session.execute(insert(SealedBallot), [row])


def _under_her_name(by: Viewer, poll: Poll, voter_id: int, said: rules.Said) -> facts.NamedBallotCast:
    """The paper's ballot as the voter's latest; entered after the close too, when it was handed in before."""
    voter = line_of(poll.id, voter_id)
    last = db.session.scalar(select(func.max(NamedBallot.turn)).where(NamedBallot.voter_id == voter_id)) or 0
    moment = now()
    db.session.add(
        NamedBallot(
            poll_id=poll.id,
            voter_id=voter_id,
            turn=last + 1,
            ballot=rules.Reading(said=said).text,
            cast_by=by.id,
            cast_at=moment,
        )
    )
    dialect = db.session.connection().dialect.name
    mark = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(PollMark)
    db.session.execute(mark.values(voter_id=voter_id, poll_id=poll.id).on_conflict_do_nothing())
    known = poll.terms.codes
    return facts.NamedBallotCast(
        **staff(by, poll),
        households=households(voter),
        turn=last + 1,
        title=poll.title,
        voter=voter_name(voter),
        ballot=said.as_data(),
        choice_words="、".join(known[code].title for code in said.choices),
        cast_at=moment,
    )
