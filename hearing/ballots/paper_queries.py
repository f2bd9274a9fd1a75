"""Reads of a poll's window 窗口: who stands at it, its papers, its balance, its codes."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, func, literal, null, or_, select
from sqlalchemy.orm import joinedload, selectinload

from hearing.ballots import queries, rules
from hearing.ballots.box import Box, box_of
from hearing.ballots.models import NamedBallot, Poll, PollMark, PollVoter
from hearing.ballots.paper_models import BallotPaper, DeskCode, PaperReading, PaperRun, PollDesk
from hearing.clock import database_now
from hearing.db import db
from hearing.people.queries import door_of
from hearing.people.viewer import Viewer
from hearing.places.models import Building, Holder, Stairwell, Tenure, TenureShare, Unit
from hearing.web.sealing import seal

FOUND_MOST = 30
"""Lines of the roll that one search shows."""
_SEPARATORS = re.compile(r"[\s,，、]+")


@dataclass(frozen=True)
class Standing:
    """A line of the roll as the desk sees it: nothing of what was chosen."""

    voter_id: int
    name: str
    marked: bool
    """Has voted on a phone or the tablet; in a secret poll also: was handed a paper."""
    paper: str = ""
    """The number of a paper that is out; only where ballots stand under names."""


def balance(poll_id: int) -> rules.PaperBalance | None:
    """The balance of a poll's papers as it stands; None where it has none."""
    found = db.session.get(PollDesk, poll_id)
    return found.as_rule() if found is not None and found.printed else None


def runs(poll_id: int) -> list[PaperRun]:
    """The printings of a poll, the newest first."""
    return list(
        db.session.scalars(select(PaperRun).where(PaperRun.poll_id == poll_id).order_by(PaperRun.number.desc()))
    )


def papers_of(poll_id: int, run: int) -> list[str]:
    """The numbers of one printing that nobody has read yet."""
    query = select(BallotPaper.code).where(
        BallotPaper.poll_id == poll_id, BallotPaper.run == run, BallotPaper.state == rules.PaperState.OUT
    )
    return sorted(db.session.scalars(query))


def by_state(poll_id: int) -> tuple[dict[rules.PaperState, int], dict[rules.Void, int]]:
    """How many papers of a poll stand where; and how many are void, and why."""
    query = (
        select(BallotPaper.state, BallotPaper.void_because, func.count())
        .where(BallotPaper.poll_id == poll_id)
        .group_by(BallotPaper.state, BallotPaper.void_because)
        .order_by(BallotPaper.void_because)
    )
    rows = db.session.execute(query).all()
    states = {rules.PaperState(state): number for state, why, number in rows if not why}
    return states, {rules.Void(why): number for _, why, number in rows if why}


def paper(code: str) -> BallotPaper | None:
    """The paper of this number."""
    return db.session.get(BallotPaper, code)


def readings(found: Poll, code: str) -> list[rules.Reading]:
    """What was read on a paper, in turn. Raises NO_BOX_KEY."""
    rows = db.session.scalars(select(PaperReading.said).where(PaperReading.code == code).order_by(PaperReading.turn))
    return [reading_of(said, paper_box(found, code)) for said in rows]


def paper_box(found: Poll, code: str) -> Box | None:
    """What seals the readings of one paper; None where ballots stand under names. Raises NO_BOX_KEY."""
    if not found.is_secret:
        return None
    return box_of(found.id, found.box_room, found.box_check).for_paper(code)


def reading_of(said: bytes, box: Box | None) -> rules.Reading:
    """A reading from how it is kept."""
    text = box.open(said).ballot if box is not None else said.decode()
    return rules.Reading.of_data(json.loads(text))


def has_read(viewer: Viewer, code: str) -> bool:
    """Whether the viewer has read this paper."""
    return db.session.scalar(select(exists().where(PaperReading.code == code, PaperReading.read_by == viewer.id)))  # type: ignore[return-value]


# ---- the roll at the desk


def find(found: Poll, typed: str) -> list[Standing]:
    """The lines of the roll that these words name: doors, buildings, or registered people."""
    words = [word.removesuffix("室") for word in _SEPARATORS.split(typed.strip()) if word][:5]
    if not words:
        return []
    query = _standings(found).where(*(_named(word) for word in words)).limit(FOUND_MOST)
    return [_standing(row) for row in db.session.execute(query)]


def standing(found: Poll, voter_id: int) -> Standing | None:
    """One line of the roll."""
    row = db.session.execute(_standings(found).where(PollVoter.id == voter_id)).one_or_none()
    return _standing(row) if row is not None else None


def paper_out(voter_id: int) -> bool:
    """Whether a paper was handed to this voter by name, and nobody has said yet what became of it."""
    there = exists().where(BallotPaper.voter_id == voter_id, BallotPaper.state.not_in(rules.PAPER_DONE))
    return bool(db.session.scalar(select(there)))


def _standings(found: Poll) -> Select[tuple[PollVoter, Unit, Holder, int, str]]:
    # A spoiled paper that she has exchanged lies at the desk: what she has in her hands comes before it.
    out = (
        select(BallotPaper.code)
        .where(BallotPaper.voter_id == PollVoter.id, BallotPaper.state.not_in(rules.PAPER_DONE))
        .order_by(BallotPaper.exchanged, BallotPaper.code)
        .limit(1)
        .correlate(PollVoter)
    ).scalar_subquery()
    return (
        select(PollVoter, Unit, Holder, PollMark.voter_id, out)
        .outerjoin(PollMark, PollMark.voter_id == PollVoter.id)
        .outerjoin(Unit, Unit.id == PollVoter.unit_id)
        .outerjoin(Stairwell, Stairwell.id == Unit.stairwell_id)
        .outerjoin(Building, Building.id == Stairwell.building_id)
        .outerjoin(Holder, Holder.id == PollVoter.holder_id)
        .where(PollVoter.poll_id == found.id, ~PollVoter.struck)
        .options(joinedload(Unit.stairwell).joinedload(Stairwell.building))
        .order_by(PollVoter.id)
    )


def _named(word: str) -> ColumnElement[bool]:
    holder = Holder.__table__.alias()
    lives = (
        select(TenureShare.id)
        .join(Tenure, Tenure.id == TenureShare.tenure_id)
        .join(holder, holder.c.id == TenureShare.holder_id)
        .where(
            Tenure.unit_id == PollVoter.unit_id,
            Tenure.until.is_(None),
            holder.c.name.contains(word, autoescape=True),
        )
        .correlate(PollVoter)
    )
    return or_(
        (Unit.floor + Unit.name).contains(word, autoescape=True),
        Building.name.contains(word, autoescape=True),
        Holder.name.contains(word, autoescape=True),
        lives.exists(),
    )


def _standing(row: Sequence[object]) -> Standing:
    voter, unit, holder, mark, out = row
    name = door_of(unit) if isinstance(unit, Unit) else holder.name if isinstance(holder, Holder) else ""
    assert isinstance(voter, PollVoter)
    return Standing(voter.id, name, mark is not None, str(out or ""))


# ---- the tablet


def code_mac(code: str) -> str:
    """What is kept of a one-time code."""
    return seal("ballot desk code", code)


@dataclass(frozen=True)
class AtTablet:
    """Whose turn it is at the tablet. Her earlier ballot, where she has one, is not shown there."""

    poll: Poll
    line: queries.Line
    turn: int
    """Her last ballot that stands under her name; 0 for none."""


def at_tablet(code: str) -> AtTablet | None:
    """For whom a one-time code stands now, in a poll that takes ballots; None for a code that is over."""
    query = (
        select(Poll, PollVoter)
        .join(DeskCode, DeskCode.poll_id == Poll.id)
        .join(PollVoter, PollVoter.id == DeskCode.voter_id)
        .where(
            DeskCode.code_mac == code_mac(code),
            DeskCode.expires_at > database_now(),
            Poll.state == rules.State.OPEN,
            Poll.closes_at > database_now(),
        )
        .options(joinedload(Poll.neighbourhood, innerjoin=True), selectinload(Poll.projects))
    )
    row = db.session.execute(query).one_or_none()
    if row is None:
        return None
    poll, voter = row
    found = standing(poll, voter.id)
    turn = db.session.scalar(select(func.max(NamedBallot.turn)).where(NamedBallot.voter_id == voter.id)) or 0
    return AtTablet(poll, queries.Line(voter.id, found.name if found is not None else "", marked=False), turn)


def stale_codes() -> list[int]:
    """The polls in which a one-time code has outlived its time."""
    return sorted(set(db.session.scalars(select(DeskCode.poll_id).where(DeskCode.expires_at <= database_now()))))


# ---- the work list


def half_read(places: Sequence[int]) -> Select[str, int, str, int, None]:
    """For the work list: papers that were read once, or twice differently, by poll."""
    return (
        select(literal("papers"), Poll.id, Poll.title, func.count(BallotPaper.code), null())
        .join(BallotPaper, BallotPaper.poll_id == Poll.id)
        .where(Poll.state == rules.State.OPEN, Poll.neighbourhood_id.in_(places), BallotPaper.state.in_(rules.IN_HAND))
        .group_by(Poll.id, Poll.title)
    )


def unaccounted(places: Sequence[int]) -> Select[str, int, str, int, datetime]:
    """For the work list: papers of which nobody has said what became of them, of polls that wait for it to close."""
    missing = PollDesk.handed - PollDesk.entered - PollDesk.voided - PollDesk.unreturned
    return (
        select(literal("unreturned"), Poll.id, Poll.title, missing, Poll.closes_at)
        .join(PollDesk, PollDesk.poll_id == Poll.id)
        .where(
            Poll.state == rules.State.OPEN,
            Poll.neighbourhood_id.in_(places),
            Poll.closes_at <= database_now(),
            missing > 0,
        )
    )
