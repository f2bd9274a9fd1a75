"""Photographing 拍纸票: papers that stand under names are photographed in piles, and each picture finds its paper.

Whoever reads a paper in reads it from its picture then, and the paper itself stays in its folder. Papers of a secret
poll are not photographed (docs/decisions/053).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from hearing.ballots import facts, photo_queries, rules
from hearing.ballots.actions.papers import at_window, find_paper
from hearing.ballots.actions.setting_up import staff
from hearing.ballots.models import Poll
from hearing.ballots.paper_models import PaperPhoto
from hearing.clock import now
from hearing.db import db
from hearing.files import actions as files
from hearing.people.viewer import Viewer
from hearing.refusal import Refused
from hearing.web.pictures import Safe


@dataclass(frozen=True)
class Shot:
    """One picture of a pile: made safe, None when it could not be opened; and what its squares say."""

    picture: Safe | None
    squares: tuple[str, ...] = ()
    problem: str = ""
    """The name of web.pictures.Problem, of one that could not be opened."""


def photograph(by: Viewer, poll_id: int, shots: Sequence[Shot]) -> facts.PapersPhotographed:
    """Keep the pictures of a pile, each with its paper; of one that is not taken a line stays that says why.

    Raises NO_PHOTOS_OF_SECRET_PAPERS, POLL_ELSEWHERE, NOT_YOUR_SEAT of people.
    """
    poll = _held(by, poll_id)
    number = photo_queries.last_number(poll.id)
    kept = [_take(by, poll, number + place, shot) for place, shot in enumerate(shots, 1)]
    states = [photo.state for photo in kept]
    return facts.PapersPhotographed(
        **staff(by, poll),
        matched=states.count(rules.PhotoState.MATCHED),
        waiting=states.count(rules.PhotoState.WAITING),
        refused=states.count(rules.PhotoState.REFUSED),
        codes=tuple(photo.code or "" for photo in kept),
        pictures=tuple(photo.sha256 for photo in kept),
        states=tuple(states),
    )


def name_photo(by: Viewer, poll_id: int, photo_id: int, typed: str) -> facts.PaperPhotoSettled:
    """Say which paper a picture shows whose square could not be read.

    Raises what `photograph` and `find_paper` raise, PHOTO_SETTLED, and what `rules.trouble_with` gives.
    """
    poll = _held(by, poll_id)
    photo = _photo(poll, photo_id)
    if photo.stands is not rules.PhotoState.WAITING:
        raise Refused(rules.Refusal.PHOTO_SETTLED)
    code = find_paper(poll, typed).code
    why = rules.trouble_with(photo_queries.known_papers([code]).get(code), poll=poll.id)
    if why is not None:
        raise Refused(why)
    photo.code, photo.state = code, rules.PhotoState.MATCHED
    return _settled(by, poll, photo)


def set_photo_aside(by: Viewer, poll_id: int, photo_id: int) -> facts.PaperPhotoSettled:
    """Say that nothing can be read on a picture, or that it shows no paper; the paper waits for another one.

    Raises what `photograph` raises, PHOTO_SETTLED also once somebody has read the paper.
    """
    poll = _held(by, poll_id)
    photo = _photo(poll, photo_id)
    if photo.paper is not None:
        db.session.refresh(photo.paper)
    if not rules.may_set_aside(photo.stands, photo.paper.stands if photo.paper else None):
        raise Refused(rules.Refusal.PHOTO_SETTLED)
    photo.state = rules.PhotoState.ASIDE
    return _settled(by, poll, photo)


def _held(by: Viewer, poll_id: int) -> Poll:
    """The poll locked against everybody else, while its papers may be read."""
    poll = at_window(by, poll_id, alone=True)
    if poll.is_secret:
        raise Refused(rules.Refusal.NO_PHOTOS_OF_SECRET_PAPERS)
    if poll.stands is not rules.State.OPEN:
        raise Refused(rules.Refusal.POLL_ELSEWHERE)
    return poll


def _photo(poll: Poll, photo_id: int) -> PaperPhoto:
    photo = photo_queries.photo(poll, photo_id)
    if photo is None:
        raise Refused(rules.Refusal.PHOTO_SETTLED)
    db.session.refresh(photo)
    return photo


def _take(by: Viewer, poll: Poll, number: int, shot: Shot) -> PaperPhoto:
    """Keep one picture, or the line that says why not; what the first of a form shows, the second shows twice."""
    line = PaperPhoto(poll_id=poll.id, number=number, sha256="", taken_by=by.id, taken_at=now(), why="")
    if shot.picture is None:
        line.state, line.why = rules.PhotoState.REFUSED, shot.problem
    else:
        line.sha256 = hashlib.sha256(shot.picture.data).hexdigest()
        codes = {code for text in shot.squares if (code := rules.square_code(text))}
        known = photo_queries.known_papers(codes)
        seen = photo_queries.was_kept(poll.id, line.sha256)
        judged = rules.judge(shot.squares, known, poll=poll.id, seen_before=seen)
        line.state, line.why = judged.state, judged.why or ""
        line.code = judged.code if judged.code in known else None
        if judged.why is None:
            line.evidence_id = _keep(by, poll, shot.picture)
    db.session.add(line)
    db.session.flush()
    return line


def _keep(by: Viewer, poll: Poll, picture: Safe) -> int:
    kind = photo_queries.BALLOT_PAPER
    return files.store(by, picture.data, picture.media_type, kind, poll.subject, poll.neighbourhood_id).id


def _settled(by: Viewer, poll: Poll, photo: PaperPhoto) -> facts.PaperPhotoSettled:
    return facts.PaperPhotoSettled(**staff(by, poll), state=photo.state, picture=photo.sha256, code=photo.code or "")
