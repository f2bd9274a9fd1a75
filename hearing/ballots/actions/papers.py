"""Papers 纸票: printed in batches, handed out one a voter, exchanged when spoiled, counted when the close has come.

Where ballots stand under no names, handing out is the voter's mark and a number that grows by one: no entry in the
trail, no moment, and not which paper she drew. Under names the paper is bound to her line.
"""

from __future__ import annotations

import secrets
from typing import Any, cast

from sqlalchemy import Row, Table, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from hearing.ballots import facts, photo_queries, rules
from hearing.ballots.actions.setting_up import SEATS, staff
from hearing.ballots.models import Poll, PollMark, PollVoter
from hearing.ballots.paper_models import BallotPaper, DeskCode, PaperRun, PollDesk
from hearing.ballots.paper_queries import paper_out
from hearing.clock import database_now, now
from hearing.db import db
from hearing.people import rules as people
from hearing.people.viewer import Viewer
from hearing.refusal import Refused

_MARK, _DESK = cast(Table, PollMark.__table__), cast(Table, PollDesk.__table__)
_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def print_papers(by: Viewer, poll_id: int, sheets: int) -> facts.PapersPrinted:
    """Draw the numbers of a batch of papers. Raises TOO_MANY_SHEETS, POLL_ELSEWHERE, POLL_OVER, NOT_YOUR_SEAT."""
    if not 1 <= sheets <= rules.SHEETS:
        raise Refused(rules.Refusal.TOO_MANY_SHEETS, most=rules.SHEETS)
    poll = at_window(by, poll_id)
    moment = now()
    if poll.stands is not rules.State.OPEN:
        raise Refused(rules.Refusal.POLL_ELSEWHERE)
    if moment >= poll.closes_at:
        raise Refused(rules.Refusal.POLL_OVER)
    make_desk(poll.id)
    printed = update(PollDesk).where(PollDesk.poll_id == poll.id).values(printed=PollDesk.printed + sheets)
    db.session.execute(printed.execution_options(synchronize_session=False))  # Whoever prints too waits here.
    last = db.session.scalar(select(func.max(PaperRun.number)).where(PaperRun.poll_id == poll.id)) or 0
    codes = {rules.paper_code(secrets.randbelow(rules.PAPER_NUMBERS)) for _ in range(sheets)}
    while len(codes) < sheets:
        codes.add(rules.paper_code(secrets.randbelow(rules.PAPER_NUMBERS)))
    run = PaperRun(poll_id=poll.id, number=last + 1, sheets=sheets, printed_by=by.id, printed_at=moment)
    db.session.add(run)
    db.session.flush()
    values = {"poll_id": poll.id, "run": run.number, "state": rules.PaperState.OUT.value}
    rows = [{"code": code, **values, "exchanged": False, "void_because": ""} for code in sorted(codes)]
    db.session.execute(insert(BallotPaper), rows)
    return facts.PapersPrinted(**staff(by, poll), run=run.number, sheets=sheets)


def hand_out(by: Viewer, poll_id: int, voter_id: int) -> None:
    """Note that this voter of a secret poll drew a paper from the pile: her mark, and one more handed out.

    For `entrust`. Whoever has voted on a phone gets none, whoever gets one votes on no phone: the mark is one row.
    Raises NOT_PAPER_WAY, NO_VOTER, VOTED_ALREADY, POLL_NOT_OPEN, POLL_OVER, NO_PAPERS_LEFT, NOT_YOUR_SEAT.
    """
    poll = at_window(by, poll_id)
    if not poll.is_secret:
        raise Refused(rules.Refusal.NOT_PAPER_WAY)
    may = (
        select(PollVoter.id, PollVoter.poll_id)
        .join(Poll, Poll.id == PollVoter.poll_id)
        .where(
            PollVoter.id == voter_id,
            Poll.id == poll.id,
            ~PollVoter.struck,
            Poll.state == rules.State.OPEN,
            Poll.opens_at <= database_now(),
            Poll.closes_at > database_now(),
        )
    )
    void_code(voter_id)
    connection = db.session.connection()
    mark = _INSERT[connection.dialect.name](_MARK).from_select(["voter_id", "poll_id"], may)
    if connection.execute(mark.on_conflict_do_nothing().returning(_MARK.c.voter_id)).one_or_none() is None:
        raise _why_not(poll, voter_id)
    _one_more(poll.id)


def hand_out_by_name(by: Viewer, poll_id: int, voter_id: int, typed: str) -> facts.PaperHanded:
    """Bind a paper of a poll under names to the line of the voter who gets it; her phone waits until it is back.

    Raises what `hand_out` raises, PAPER_OUT, and what `find_paper` raises, PAPER_HANDED.
    """
    poll = at_window(by, poll_id)
    if poll.is_secret:
        raise Refused(rules.Refusal.NOT_PAPER_WAY)
    void_code(voter_id)
    voter = db.session.execute(_line(poll.id, voter_id).with_for_update(of=PollVoter)).one_or_none()
    if voter is None or voter.struck:
        raise Refused(rules.Refusal.NO_VOTER)
    rules.check_casting(poll.stands, opens=poll.opens_at, closes=poll.closes_at, now=voter.now)
    if paper_out(voter_id):
        raise Refused(rules.Refusal.PAPER_OUT)
    paper = find_paper(poll, typed)
    _bind(paper, voter_id)
    _one_more(poll.id)
    return facts.PaperHanded(**staff(by, poll), households=households(voter), voter=voter_name(voter), code=paper.code)


def exchange(by: Viewer, poll_id: int, typed: str) -> None:
    """Take a spoiled paper of a secret poll back and hand a new one out. It can only be void from now on.

    For `entrust`. Raises what `find_paper` raises, NOT_PAPER_WAY, PAPER_EXCHANGED, READ_MEANWHILE, NO_PAPERS_LEFT.
    """
    poll = at_window(by, poll_id)
    if not poll.is_secret:
        raise Refused(rules.Refusal.NOT_PAPER_WAY)
    _take_back(poll, typed)
    _one_more(poll.id)


def exchange_by_name(by: Viewer, poll_id: int, typed: str, new: str) -> facts.PaperExchanged:
    """The same where ballots stand under names: the new paper is bound to the voter of the old one.

    Raises what `exchange` raises, PAPER_NOT_HANDED, PAPER_HANDED.
    """
    poll = at_window(by, poll_id)
    if poll.is_secret:
        raise Refused(rules.Refusal.NOT_PAPER_WAY)
    paper = _take_back(poll, typed)
    if paper.voter_id is None:
        raise Refused(rules.Refusal.PAPER_NOT_HANDED)
    fresh = find_paper(poll, new)
    _bind(fresh, paper.voter_id)
    _one_more(poll.id)
    voter = db.session.execute(_line(poll.id, paper.voter_id)).one()
    return facts.PaperExchanged(
        **staff(by, poll),
        households=households(voter),
        voter=voter_name(voter),
        code=paper.code,
        new_code=fresh.code,
    )


def declare_lost(by: Viewer, poll_id: int, voter_id: int, code: str) -> facts.PaperLost:
    """Say that the paper of this voter, where it stands under her name, will not come back: her phone is free again.

    It counts as unreturned from now on, and is void if it turns up. Raises what `find_paper` and `check_open` raise,
    NOT_PAPER_WAY, POLL_ELSEWHERE, PAPER_NOT_HANDED, PAPER_CAME_BACK, NOT_YOUR_SEAT.
    """
    poll = at_window(by, poll_id)
    if poll.is_secret:
        raise Refused(rules.Refusal.NOT_PAPER_WAY)
    if poll.stands is not rules.State.OPEN:
        raise Refused(rules.Refusal.POLL_ELSEWHERE)
    paper = find_paper(poll, code)
    check_open(paper)
    if paper.voter_id is None or paper.voter_id != voter_id:
        raise Refused(rules.Refusal.PAPER_NOT_HANDED)
    if paper.stands is not rules.PaperState.OUT or photo_queries.photo_of(paper.code) is not None:
        raise Refused(rules.Refusal.PAPER_CAME_BACK)
    paper.state = rules.PaperState.LOST
    db.session.flush()
    _count(poll.id, unreturned=1)
    voter = db.session.execute(_line(poll.id, voter_id)).one()
    return facts.PaperLost(**staff(by, poll), households=households(voter), voter=voter_name(voter), code=paper.code)


def void_late(by: Viewer, poll_id: int, typed: str) -> facts.PaperTurnedUp:
    """Say that a paper which was declared lost has turned up: it is void, and no longer unreturned.

    Raises what `find_paper` raises, NOT_PAPER_WAY, POLL_ELSEWHERE, PAPER_NOT_LOST, NOT_YOUR_SEAT.
    """
    poll = at_window(by, poll_id)
    if poll.is_secret:
        raise Refused(rules.Refusal.NOT_PAPER_WAY)
    if poll.stands is not rules.State.OPEN:
        raise Refused(rules.Refusal.POLL_ELSEWHERE)
    paper = find_paper(poll, typed)
    if paper.stands is not rules.PaperState.LOST or paper.voter_id is None:
        raise Refused(rules.Refusal.PAPER_NOT_LOST)
    paper.state, paper.void_because = rules.PaperState.VOID, rules.Void.LATE
    db.session.flush()
    _count(poll.id, unreturned=-1, voided=1)
    voter = db.session.execute(_line(poll.id, paper.voter_id)).one()
    return facts.PaperTurnedUp(
        **staff(by, poll), households=households(voter), voter=voter_name(voter), code=paper.code
    )


def declare_unreturned(by: Viewer, poll_id: int, counted: int) -> facts.PapersUnreturned:
    """Say, once the close has come, that so many papers did not come back; the poll can close then.

    Raises POLL_STILL_OPEN, POLL_ELSEWHERE, and what `rules.check_declared` raises.
    """
    poll = at_window(by, poll_id, alone=True)
    if poll.stands is not rules.State.OPEN:
        raise Refused(rules.Refusal.POLL_ELSEWHERE)
    if now() < poll.closes_at:
        raise Refused(rules.Refusal.POLL_STILL_OPEN)
    desk = db.session.get(PollDesk, poll.id, populate_existing=True)
    rules.check_declared(desk.as_rule() if desk else rules.PaperBalance(), counted, photo_queries.in_hand(poll.id))
    if desk is not None:
        desk.unreturned += counted
    return facts.PapersUnreturned(**staff(by, poll), number=counted)


# ---- what the window's acts share


def at_window(by: Viewer, poll_id: int, *, alone: bool = False) -> Poll:
    """The poll under a lock that its close waits for, read anew, for an officer of its place.

    Raises POLL_ELSEWHERE, NOT_YOUR_SEAT of people.
    """
    query = select(Poll).where(Poll.id == poll_id).with_for_update(read=not alone, of=Poll)
    poll = db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if poll is None:
        raise Refused(rules.Refusal.POLL_ELSEWHERE)
    if not any(role in by.seats_in(poll.neighbourhood_id) for role in SEATS):
        raise Refused(people.Refusal.NOT_YOUR_SEAT)
    return poll


def make_desk(poll_id: int) -> None:
    """See to it that the poll has a window's numbers."""
    connection = db.session.connection()
    zeros = dict.fromkeys(("printed", "handed", "entered", "voided", "unreturned", "codes"), 0)
    row = _INSERT[connection.dialect.name](_DESK).values(poll_id=poll_id, **zeros)
    connection.execute(row.on_conflict_do_nothing())


def void_code(voter_id: int) -> None:
    """Void a one-time code of hers. Before anything else of hers is locked, as whoever uses the code does."""
    code = delete(DeskCode).where(DeskCode.voter_id == voter_id)
    db.session.execute(code.execution_options(synchronize_session=False))


def find_paper(poll: Poll, typed: str, *, lock: bool = True) -> BallotPaper:
    """The paper of this number, locked for an act. Raises PAPER_MISTYPED, NO_SUCH_PAPER, PAPER_OF_OTHER_POLL."""
    code = rules.read_paper_code(typed)
    query = select(BallotPaper).where(BallotPaper.code == code)
    query = query.with_for_update() if lock else query
    paper = db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if paper is None:
        raise Refused(rules.Refusal.NO_SUCH_PAPER)
    if paper.poll_id != poll.id:
        title = db.session.scalars(select(Poll.title).where(Poll.id == paper.poll_id)).one()
        raise Refused(rules.Refusal.PAPER_OF_OTHER_POLL, title=title)
    return paper


def check_open(paper: BallotPaper) -> None:
    """Whether anything may still happen to a paper. Raises PAPER_ENTERED, PAPER_VOID, PAPER_LOST."""
    if paper.stands is rules.PaperState.ENTERED:
        raise Refused(rules.Refusal.PAPER_ENTERED)
    if paper.stands is rules.PaperState.VOID:
        raise Refused(rules.Refusal.PAPER_VOID)
    if paper.stands is rules.PaperState.LOST:
        raise Refused(rules.Refusal.PAPER_LOST)


def voter_name(voter: Row[Any]) -> str:
    """A line of the roll as payloads call it."""
    return f"unit/{voter.unit_id}" if voter.unit_id is not None else f"holder/{voter.holder_id}"


def households(voter: Row[Any]) -> tuple[int, ...]:
    """The household in whose name something was done, where it has one."""
    return (voter.unit_id,) if voter.unit_id is not None else ()


def line_of(poll_id: int, voter_id: int) -> Row[Any]:
    """One line of the roll, with the clock. Raises NO_VOTER."""
    found = db.session.execute(_line(poll_id, voter_id)).one_or_none()
    if found is None or found.struck:
        raise Refused(rules.Refusal.NO_VOTER)
    return found


def _line(poll_id: int, voter_id: int) -> Any:
    return select(
        PollVoter.id, PollVoter.unit_id, PollVoter.holder_id, PollVoter.struck, database_now().label("now")
    ).where(PollVoter.poll_id == poll_id, PollVoter.id == voter_id)


def _take_back(poll: Poll, typed: str) -> BallotPaper:
    paper = find_paper(poll, typed)
    check_open(paper)
    if paper.exchanged:
        raise Refused(rules.Refusal.PAPER_EXCHANGED)
    if paper.stands is not rules.PaperState.OUT:
        raise Refused(rules.Refusal.READ_MEANWHILE)
    rules.check_casting(poll.stands, opens=poll.opens_at, closes=poll.closes_at, now=now())
    paper.exchanged = True
    return paper


def _bind(paper: BallotPaper, voter_id: int) -> None:
    check_open(paper)
    if paper.voter_id is not None or paper.stands is not rules.PaperState.OUT:
        raise Refused(rules.Refusal.PAPER_HANDED)
    paper.voter_id = voter_id
    db.session.flush()


def _count(poll_id: int, **more: int) -> None:
    """Move numbers of the balance. That they hold together is the database's promise."""
    counted = {column: _DESK.c[column] + number for column, number in more.items()}
    db.session.connection().execute(update(_DESK).where(_DESK.c.poll_id == poll_id).values(counted))


def _one_more(poll_id: int) -> None:
    """Count one more paper handed out. Raises NO_PAPERS_LEFT."""
    counted = (
        update(_DESK)
        .where(_DESK.c.poll_id == poll_id, _DESK.c.handed < _DESK.c.printed)
        .values(handed=_DESK.c.handed + 1)
        .returning(_DESK.c.poll_id)
    )
    if db.session.connection().execute(counted).one_or_none() is None:
        raise Refused(rules.Refusal.NO_PAPERS_LEFT)


def _why_not(poll: Poll, voter_id: int) -> Refused:
    voter = db.session.execute(_line(poll.id, voter_id)).one_or_none()
    if voter is None or voter.struck:
        return Refused(rules.Refusal.NO_VOTER)
    if db.session.get(PollMark, voter_id) is not None:
        return Refused(rules.Refusal.HAS_VOTED_OR_PAPER)
    try:
        rules.check_casting(poll.stands, opens=poll.opens_at, closes=poll.closes_at, now=voter.now)
    except Refused as refused:
        return refused
    return Refused(rules.Refusal.POLL_ELSEWHERE)
