"""Papers 纸票: numbers and stub words, two readings that must agree, the balance, and codes for the tablet.

printed = handed out + left over; handed out = entered + void + unreturned. Nothing here knows a voter.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from hearing.audit import canonical
from hearing.ballots.rules.kinds import Said
from hearing.ballots.rules.refusals import Refusal
from hearing.people.rules import HOUSEHOLD_CODES, household_code, read_household_code
from hearing.refusal import N_, Refused

FORM = 1
"""Which form of the sheet is printed."""
SHEETS = 100
"""Papers of one printing at most: one file, made in a few seconds."""
CODE_LIFE = timedelta(minutes=15)
"""How long a one-time code may be used."""
PAPER_NUMBERS = HOUSEHOLD_CODES
"""How many numbers a paper's may be drawn from: 40 bits."""
DESK_NUMBERS = 10**7
"""How many numbers a one-time code may be drawn from."""
_SQUARE = re.compile(r"B[0-9]{1,2}\.([0-9A-Z]{10})")
# Damm's quasigroup: finds every single wrong digit and every swap of two neighbours (Damm 2004).
_DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)
_WORDS = (
    "桂花石榴枇杷香樟玉兰海棠茉莉莲藕竹林松针银杏梧桐杨柳青苔稻田麦穗"
    "白鹭喜鹊燕子蜻蜓萤火鲤鱼小鹿刺猬松鼠骆驼海豚蜗牛蝴蝶知了青蛙黄莺"
    "茶壶竹篮算盘风筝灯笼毛笔木梳雨伞棉被藤椅铜锣口琴陀螺蒲扇砚台花瓶"
    "月亮晨雾春雨晚霞彩虹瀑布海浪沙滩山谷小溪石桥渡口弄堂屋檐天井古井"
)
WORDS = tuple(_WORDS[place : place + 2] for place in range(0, len(_WORDS), 2))
"""Sixty-four words that nobody mistakes for another on the telephone."""
STUB_WORDS = 5


class PaperState(StrEnum):
    """Where a printed paper stands. OUT is also one that was never handed out: which those are nobody wrote down."""

    OUT = "out"
    READ = "read"
    DIFFERS = "differs"
    ENTERED = "entered"
    VOID = "void"
    LOST = "lost"
    """Declared not to come back, where it stands under a name: the phone is free again, and it is void if it does."""


IN_HAND = (PaperState.READ, PaperState.DIFFERS)
"""A paper that came back and whose fate is open."""
PAPER_DONE = (PaperState.ENTERED, PaperState.VOID, PaperState.LOST)
"""A paper that no longer keeps its household from voting on a phone."""


class Void(StrEnum):
    """Why a paper does not count."""

    BLANK = "blank"
    UNCLEAR = "unclear"
    AGAINST_RULES = "against_rules"
    MARKED = "marked"
    EXCHANGED = "exchanged"
    LATE = "late"
    """Declared lost before it turned up. Nobody reads this on a paper, so readers are not offered it."""


VOID_LABELS = {
    Void.BLANK: N_("空白，什么也没选"),
    Void.UNCLEAR: N_("看不清选了什么"),
    Void.AGAINST_RULES: N_("选得太多、太少，或者超出总金额"),
    Void.MARKED: N_("写了姓名、门牌，或者别的能认出人的"),
    Void.EXCHANGED: N_("写错了，当面换了一张新的"),
    Void.LATE: N_("报过没交回，后来又出现了"),
}
READ_VOIDS = tuple(why for why in Void if why is not Void.LATE)
"""Why a reader may say that a paper is void."""


@dataclass(frozen=True)
class Reading:
    """What one person read on a paper: a ballot, or why it is none."""

    said: Said | None = None
    void: Void | None = None

    def __post_init__(self) -> None:
        """Exactly one of both; raises ValueError otherwise."""
        if (self.said is None) == (self.void is None):
            raise ValueError("a reading is a ballot or says why it is none")

    @property
    def text(self) -> str:
        """Its canonical text: two readings agree when these are equal."""
        data: dict[str, Any] = {"void": self.void.value} if self.void else self.said.as_data() if self.said else {}
        return canonical.encode(data).decode()

    @classmethod
    def of_data(cls, data: dict[str, Any]) -> Reading:
        """From the data of that text."""
        return cls(void=Void(data["void"])) if "void" in data else cls(said=Said.of_data(data))


def verdict(readings: Sequence[Reading]) -> Reading | None:
    """What a paper says by its readings in their order: two that agree, or the third. None while it is open."""
    if len(readings) == 2 and readings[0] == readings[1]:
        return readings[0]
    return readings[2] if len(readings) > 2 else None


@dataclass(frozen=True)
class PaperBalance:
    """How many papers were printed, and what became of them."""

    printed: int = 0
    handed: int = 0
    entered: int = 0
    void: int = 0
    unreturned: int = 0

    @property
    def left_over(self) -> int:
        """Printed and never handed out."""
        return self.printed - self.handed

    @property
    def waiting(self) -> int:
        """Handed out, and nobody has said yet what became of them."""
        return self.handed - self.entered - self.void - self.unreturned

    @property
    def holds(self) -> bool:
        """Whether it comes out, with nothing open."""
        return self.left_over >= 0 and self.waiting == 0


def check_declared(balance: PaperBalance, counted: int, in_hand: int) -> None:
    """Whether `counted` papers may be declared unreturned: all that are missing, and nothing lies half read.

    Raises PAPERS_IN_HAND, NOTHING_MISSING, WRONG_NUMBER_MISSING.
    """
    if in_hand:
        raise Refused(Refusal.PAPERS_IN_HAND, n=in_hand)
    if not balance.waiting:
        raise Refused(Refusal.NOTHING_MISSING)
    if counted != balance.waiting:
        raise Refused(
            Refusal.WRONG_NUMBER_MISSING,
            handed=balance.handed,
            done=balance.entered + balance.void + balance.unreturned,
            missing=balance.waiting,
        )


# ---- numbers and words


def paper_code(number: int) -> str:
    """The number of a paper: eight letters of a random `number` below PAPER_NUMBERS, and two of check."""
    return household_code(number)


def square_text(code: str) -> str:
    """What a paper's square holds: the form's version and the opaque number, nothing else."""
    return f"B{FORM}.{code}"


def read_paper_code(typed: str) -> str:
    """The number that a person typed or a square held. Raises PAPER_MISTYPED when its check letters are wrong."""
    text = unicodedata.normalize("NFKC", typed[:60]).strip().upper()
    found = _SQUARE.fullmatch(text)
    try:
        return read_household_code(found[1] if found else text)
    except Refused:
        raise Refused(Refusal.PAPER_MISTYPED) from None


def square_code(text: str) -> str | None:
    """The number in the text of a square that a photograph shows; None when it is no paper's."""
    found = _SQUARE.fullmatch(text.strip())
    if found is None:
        return None
    try:
        return read_household_code(found[1])
    except Refused:
        return None


def stub_words(secret: bytes) -> str:
    """The words on a paper's stub, from bytes that only the box's key leads to: 30 bits of them.

    They come with the ballot into the reveal, so that its voter finds it there.
    """
    number = int.from_bytes(secret[:8], "big")
    words = []
    for _ in range(STUB_WORDS):
        number, place = divmod(number, len(WORDS))
        words.append(WORDS[place])
    return "·".join(words)


def desk_code(number: int) -> str:
    """A one-time code: seven digits of a random `number` below DESK_NUMBERS, and one of check.

    Raises ValueError when the number is out of range.
    """
    if not 0 <= number < DESK_NUMBERS:
        raise ValueError("a one-time code holds seven digits")
    digits = f"{number:07d}"
    return digits + _damm(digits)


def read_desk_code(typed: str) -> str:
    """The code that a person typed, in full-width digits or with spaces too. Raises CODE_MISTYPED."""
    text = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", typed[:40]))
    if not re.fullmatch(r"[0-9]{8}", text) or _damm(text) != "0":
        raise Refused(Refusal.DESK_CODE_MISTYPED)
    return text


def _damm(digits: str) -> str:
    interim = "0"
    for digit in digits:
        interim = _DAMM[int(interim)][int(digit)]
    return interim
