"""Reads of photographs of papers 纸票照片: what came of each, and which paper is to be read next."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import joinedload

from hearing.ballots import rules
from hearing.ballots.models import Poll
from hearing.ballots.paper_models import BallotPaper, PaperPhoto, PaperReading
from hearing.db import db
from hearing.files.models import Evidence
from hearing.files.queries import may_see
from hearing.people.queries import same_person
from hearing.people.rules import COMMITTEE
from hearing.people.viewer import Anyone, Viewer

BALLOT_PAPER = "ballot_paper"
"""The kind of these pictures among the files."""
PAGE = 60
"""Lines of a page."""

_MATCHED = rules.PhotoState.MATCHED.value
_KEPT = (_MATCHED, rules.PhotoState.WAITING.value, rules.PhotoState.ASIDE.value)
_PHOTOGRAPHED = exists().where(PaperPhoto.code == BallotPaper.code, PaperPhoto.state == _MATCHED)


def _of_the_desk(viewer: Anyone, evidence: Evidence) -> bool:
    """Who may open such a picture: the office that reads papers in."""
    return bool(viewer.holds(*COMMITTEE, neighbourhood_id=evidence.neighbourhood_id))


may_see[BALLOT_PAPER] = _of_the_desk


def photos(found: Poll, number: int) -> tuple[list[PaperPhoto], bool]:
    """One page of a poll's pictures, the newest first; and whether there are more."""
    query = (
        select(PaperPhoto)
        .where(PaperPhoto.poll_id == found.id)
        .options(joinedload(PaperPhoto.paper))
        .order_by(PaperPhoto.number.desc())
    )
    rows = list(db.session.scalars(query.offset(number * PAGE).limit(PAGE + 1)))
    return rows[:PAGE], len(rows) > PAGE


def photo(found: Poll, photo_id: int) -> PaperPhoto | None:
    """One picture of a poll."""
    query = select(PaperPhoto).where(PaperPhoto.id == photo_id, PaperPhoto.poll_id == found.id)
    return db.session.scalars(query.options(joinedload(PaperPhoto.paper))).one_or_none()


def photo_of(code: str) -> PaperPhoto | None:
    """The picture of a paper, where it has one."""
    query = select(PaperPhoto).where(PaperPhoto.code == code, PaperPhoto.state == _MATCHED)
    return db.session.scalars(query).one_or_none()


def next_photo(viewer: Viewer, found: Poll, after: int) -> tuple[int | None, int]:
    """The next picture whose paper the viewer may read, behind the number `after` and then from the front; how many
    there are."""
    mine = exists().where(PaperReading.code == BallotPaper.code, PaperReading.read_by.in_(same_person(viewer.account)))
    open_ = (rules.PaperState.OUT, *rules.IN_HAND)
    query = (
        select(PaperPhoto.id)
        .join(BallotPaper, BallotPaper.code == PaperPhoto.code)
        .where(PaperPhoto.poll_id == found.id, PaperPhoto.state == _MATCHED, BallotPaper.state.in_(open_), ~mine)
        .order_by((PaperPhoto.number <= after).asc(), PaperPhoto.number)
    )
    rows = list(db.session.scalars(query))
    return (rows[0] if rows else None), len(rows)


def waiting(found: Poll) -> int:
    """Of how many pictures nobody has said yet which paper they show."""
    query = select(func.count(PaperPhoto.id)).where(
        PaperPhoto.poll_id == found.id, PaperPhoto.state == rules.PhotoState.WAITING
    )
    return db.session.scalar(query) or 0


def in_hand(poll_id: int) -> int:
    """How many papers have come back and are not decided: half read, or photographed."""
    back = or_(BallotPaper.state.in_(rules.IN_HAND), (BallotPaper.state == rules.PaperState.OUT) & _PHOTOGRAPHED)
    return db.session.scalar(select(func.count(BallotPaper.code)).where(BallotPaper.poll_id == poll_id, back)) or 0


def last_number(poll_id: int) -> int:
    """The number of a poll's newest picture; 0 where there is none."""
    return db.session.scalar(select(func.max(PaperPhoto.number)).where(PaperPhoto.poll_id == poll_id)) or 0


def known_papers(codes: Collection[str]) -> dict[str, rules.KnownPaper]:
    """What is known of the papers with these numbers, read anew."""
    query = select(BallotPaper, _PHOTOGRAPHED).where(BallotPaper.code.in_(codes))
    rows = db.session.execute(query.execution_options(populate_existing=True))
    return {
        paper.code: rules.KnownPaper(paper.poll_id, paper.stands, paper.voter_id is not None, bool(photographed))
        for paper, photographed in rows
    }


def was_kept(poll_id: int, digest: str) -> bool:
    """Whether this very picture was kept for the poll."""
    there = exists().where(PaperPhoto.poll_id == poll_id, PaperPhoto.sha256 == digest, PaperPhoto.state.in_(_KEPT))
    return bool(db.session.scalar(select(there)))
