"""Photographs of papers 纸票照片: which paper a picture shows, and why it is not taken. Of papers under names only.

A secret paper is not photographed: the picture would keep somebody's hand beside a number, on a phone and on a disk,
after the key that leads from the number to the ballot is gone (docs/decisions/053).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum, auto

from hearing.ballots.rules.paper import PaperState, square_code
from hearing.ballots.rules.refusals import Refusal
from hearing.refusal import N_


class PhotoState(StrEnum):
    """What became of one picture."""

    MATCHED = auto()
    WAITING = auto()
    REFUSED = auto()
    ASIDE = auto()


PHOTO_LABELS = {
    PhotoState.MATCHED: N_("对上了"),
    PhotoState.WAITING: N_("等人认编号"),
    PhotoState.REFUSED: N_("没有收"),
    PhotoState.ASIDE: N_("看不清，要重拍"),
}


@dataclass(frozen=True)
class KnownPaper:
    """A printed paper, as far as a photograph of it is judged."""

    poll: int
    stands: PaperState
    handed: bool
    """Whether it is bound to the line of a voter."""
    photographed: bool


@dataclass(frozen=True)
class Judged:
    """What a picture turned out to be: matched to a number, waiting for a person, or refused and why."""

    state: PhotoState
    code: str = ""
    why: Refusal | None = None


def judge(squares: Sequence[str], known: Mapping[str, KnownPaper], *, poll: int, seen_before: bool) -> Judged:
    """What one picture is, by what its squares say; squares of other things on the table are no papers.

    `seen_before` says that this very picture has been kept for the poll.
    """
    if seen_before:
        return Judged(PhotoState.REFUSED, why=Refusal.PHOTO_TWICE)
    codes = tuple(dict.fromkeys(code for text in squares if (code := square_code(text))))
    if not codes:
        return Judged(PhotoState.WAITING)
    if len(codes) > 1:
        return Judged(PhotoState.REFUSED, why=Refusal.PHOTO_OF_SEVERAL)
    why = trouble_with(known.get(codes[0]), poll=poll)
    return Judged(PhotoState.REFUSED if why else PhotoState.MATCHED, codes[0], why)


def trouble_with(paper: KnownPaper | None, *, poll: int) -> Refusal | None:
    """Why the photograph of this paper is not taken; None when it is."""
    if paper is None:
        return Refusal.NO_SUCH_PAPER
    if paper.poll != poll:
        return Refusal.PHOTO_OF_OTHER_POLL
    over = {
        PaperState.ENTERED: Refusal.PAPER_ENTERED,
        PaperState.VOID: Refusal.PAPER_VOID,
        PaperState.LOST: Refusal.PAPER_LOST,
    }
    if paper.stands in over:
        return over[paper.stands]
    if not paper.handed:
        return Refusal.PAPER_NOT_HANDED
    return Refusal.PHOTO_OF_PAPER_TWICE if paper.photographed else None


def may_set_aside(state: PhotoState, paper: PaperState | None) -> bool:
    """Whether a picture may be set aside: nobody has read its paper yet, or nobody knows which one it shows."""
    if state is PhotoState.WAITING:
        return True
    return state is PhotoState.MATCHED and paper is PaperState.OUT
