"""Slips at scale 纸质征询单: what a square holds, which photo belongs to which slip, the balance that comes out.

issued = used + void + unreturned, building by building. A slip is used from the moment at which its photo is kept, and
unreturned while it is out and nobody has seen it again. One photo a slip, one slip a photo.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum, auto

from hearing.people.rules import read_household_code
from hearing.refusal import N_, Refused

FORM = 1
"""Which form of the sheet is printed: whoever reads a photo knows where on the paper to look."""
SHEETS = 100
"""How many sheets one file holds: printing takes a second for each thirty."""
PHOTOS_MOST = 10
"""How many pictures one form takes."""
_SQUARE = re.compile(r"S([0-9]{1,2})\.([0-9A-Z]{10})")


class SlipStands(StrEnum):
    """Where a printed slip stands."""

    OUT = auto()
    UNREAD = auto()
    ENTERED = auto()
    DIFFERS = auto()
    RECORDED = auto()
    VOID = auto()


SLIP_LABELS: dict[SlipStands, str] = {
    SlipStands.OUT: N_("没交回"),
    SlipStands.UNREAD: N_("等第一次录入"),
    SlipStands.ENTERED: N_("等第二人复核"),
    SlipStands.DIFFERS: N_("两次不一致"),
    SlipStands.RECORDED: N_("已记入"),
    SlipStands.VOID: N_("作废"),
}
USED = frozenset({SlipStands.UNREAD, SlipStands.ENTERED, SlipStands.DIFFERS, SlipStands.RECORDED})
"""A slip that has come back and was not declared void."""


@dataclass(frozen=True)
class Balance:
    """How many slips were printed, and what became of them."""

    issued: int = 0
    used: int = 0
    void: int = 0
    unreturned: int = 0

    @property
    def holds(self) -> bool:
        """Whether it comes out: issued = used + void + unreturned."""
        return self.issued == self.used + self.void + self.unreturned

    def __add__(self, other: Balance) -> Balance:
        return Balance(
            self.issued + other.issued,
            self.used + other.used,
            self.void + other.void,
            self.unreturned + other.unreturned,
        )


def balance(slips: Mapping[SlipStands, int]) -> Balance:
    """The balance of so many slips in each state."""
    return Balance(
        issued=sum(slips.values()),
        used=sum(number for state, number in slips.items() if state in USED),
        void=slips.get(SlipStands.VOID, 0),
        unreturned=slips.get(SlipStands.OUT, 0),
    )


def balances(rows: Iterable[tuple[str, SlipStands, int]]) -> dict[str, Balance]:
    """The balance of each building, out of (building, state, number), in the order in which buildings come first."""
    counted: dict[str, dict[SlipStands, int]] = {}
    for building, state, number in rows:
        states = counted.setdefault(building, {})
        states[state] = states.get(state, 0) + number
    return {building: balance(states) for building, states in counted.items()}


def total(parts: Iterable[Balance]) -> Balance:
    """The balance of several parts together."""
    return sum(parts, start=Balance())


def slip_words(paper: Balance) -> str:
    """A balance in the model wording, for notices and certificates."""
    return f"印 {paper.issued}，用 {paper.used}，废 {paper.void}，未交回 {paper.unreturned}"


# ---- what a photo shows


def square_text(code: str) -> str:
    """What the square of a slip holds: the form's version and the opaque code with its check letters, nothing else."""
    return f"S{FORM}.{code}"


def code_in(text: str) -> str | None:
    """The code in the text of a square; None when it is no slip of ours, or its check letters are wrong.

    Slips printed before the form had a version hold the bare code.
    """
    found = _SQUARE.fullmatch(text.strip())
    bare = found[2] if found else text.strip()
    if not re.fullmatch(r"[0-9A-Z]{10}", bare):
        return None
    try:
        return read_household_code(bare)
    except Refused:
        return None


class PhotoState(StrEnum):
    """What became of one picture of a batch."""

    MATCHED = auto()
    WAITING = auto()
    REFUSED = auto()
    DISCARDED = auto()
    ASIDE = auto()


PHOTO_LABELS: dict[PhotoState, str] = {
    PhotoState.MATCHED: N_("对上了"),
    PhotoState.WAITING: N_("等人认编号"),
    PhotoState.REFUSED: N_("没有收"),
    PhotoState.DISCARDED: N_("不是征询单，已去掉"),
    PhotoState.ASIDE: N_("看不清，要重拍"),
}


class PhotoTrouble(StrEnum):
    """Why a picture was not taken."""

    SAME_SLIP = auto()
    SAME_PICTURE = auto()
    SLIP_VOID = auto()
    OLD_PLAN = auto()
    OTHER_COLLECTION = auto()
    UNKNOWN_CODE = auto()
    SEVERAL_SLIPS = auto()
    UNUSABLE = auto()


@dataclass(frozen=True)
class KnownSlip:
    """A slip that the reader may know of, as far as a photo of it is judged."""

    collection: int
    case: int
    plan: int
    """The number of the plan version that it asks about."""
    stands: SlipStands


@dataclass(frozen=True)
class Judged:
    """What a picture turned out to be: matched to a code, waiting for a person, or refused and why."""

    state: PhotoState
    code: str = ""
    why: PhotoTrouble | None = None


def judge(
    codes: Sequence[str], known: Mapping[str, KnownSlip], *, collection: int, case: int, plan: int, seen_before: bool
) -> Judged:
    """What one picture is, by the codes that its squares hold; squares of others on the same table are no codes.

    `collection`, `case` and `plan` are those of the batch; `seen_before` says that this very picture has been kept.
    """
    if seen_before:
        return Judged(PhotoState.REFUSED, why=PhotoTrouble.SAME_PICTURE)
    different = tuple(dict.fromkeys(codes))
    if not different:
        return Judged(PhotoState.WAITING)
    if len(different) > 1:
        return Judged(PhotoState.REFUSED, why=PhotoTrouble.SEVERAL_SLIPS)
    code = different[0]
    trouble = trouble_with(known.get(code), collection=collection, case=case, plan=plan)
    return Judged(PhotoState.REFUSED if trouble else PhotoState.MATCHED, code, trouble)


def trouble_with(slip: KnownSlip | None, *, collection: int, case: int, plan: int) -> PhotoTrouble | None:
    """Why the photo of this slip is not taken into a batch of this collection; None when it is."""
    if slip is None:
        return PhotoTrouble.UNKNOWN_CODE
    if slip.collection != collection:
        return PhotoTrouble.OLD_PLAN if slip.case == case and slip.plan < plan else PhotoTrouble.OTHER_COLLECTION
    if slip.stands is SlipStands.VOID:
        return PhotoTrouble.SLIP_VOID
    return None if slip.stands is SlipStands.OUT else PhotoTrouble.SAME_SLIP
