"""Places: how a unit is held, and the order in which neighbours name floors and rooms."""

import re
import unicodedata
from enum import StrEnum, auto

from hearing.refusal import N_


class Tenure(StrEnum):
    """By what right a person stands in the register of a unit (domain.md, section 3)."""

    OWNER = auto()
    LESSEE = auto()
    CO_OWNER = auto()
    CO_RESIDENT = auto()
    REPRESENTATIVE = auto()


class Capacity(StrEnum):
    """In which capacity a unit answers: a sold flat by its owner, public housing by its lessee (domain.md 2.2)."""

    OWNER = auto()
    LESSEE = auto()


class HoldingForm(StrEnum):
    """How several people hold one unit: alone, jointly (共同共有) or by shares (按份共有), Civil Code §297."""

    SOLE = auto()
    JOINT = auto()
    SHARES = auto()


class UnitUse(StrEnum):
    """What a unit is used for; shops and other non-residential units stand on the roll too."""

    RESIDENCE = auto()
    OTHER = auto()


TENURE_LABELS: dict[Tenure, str] = {
    Tenure.OWNER: N_("产权人"),
    Tenure.LESSEE: N_("公房承租人"),
    Tenure.CO_OWNER: N_("共有人"),
    Tenure.CO_RESIDENT: N_("共同居住人"),
    Tenure.REPRESENTATIVE: N_("代表人"),
}
CAPACITY_LABELS: dict[Capacity, str] = {Capacity.OWNER: N_("业主"), Capacity.LESSEE: N_("承租人")}
HOLDING_LABELS: dict[HoldingForm, str] = {
    HoldingForm.SOLE: N_("单独所有"),
    HoldingForm.JOINT: N_("共同共有"),
    HoldingForm.SHARES: N_("按份共有"),
}
USE_LABELS: dict[UnitUse, str] = {UnitUse.RESIDENCE: N_("居住"), UnitUse.OTHER: N_("非居住")}

_DIGITS = {"〇": 0, "零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_NUMERAL = "〇零一二两三四五六七八九十"
_BELOW = re.compile(r"(?:-|负|地下|B)(\d+|[" + _NUMERAL + r"]+)?")
_LEVEL = re.compile(r"(\d+|[" + _NUMERAL + r"]+)")
_CHUNK = re.compile(r"\d+|\D+")
_ABOVE_ALL = ("阁楼", "晒台", "露台", "天台", "屋顶", "顶层")


def chinese_number(numeral: str) -> int:
    """The value of a Chinese or Arabic numeral below one hundred: 十二 is 12, 二十 is 20, 7 is 7.

    Raises ValueError when the text is no numeral.
    """
    if numeral.isdecimal():
        return int(numeral)
    if not numeral or any(char not in _NUMERAL for char in numeral) or numeral.count("十") > 1:
        raise ValueError(f"not a numeral below one hundred: {numeral!r}")
    tens, ten, ones = numeral.rpartition("十")
    if len(tens) > 1 or len(ones) > 1:
        raise ValueError(f"not a numeral below one hundred: {numeral!r}")
    return (_DIGITS.get(tens, 1) if ten else 0) * 10 + _DIGITS.get(ones, 0)


def floor_key(label: str) -> tuple[int, int, str]:
    """Where a floor stands in its building, from the deepest basement to the roof.

    底层 comes before 一层 of the same level; lofts and roof terraces come last of all; a label without any number is
    put between the numbered floors and the loft, in the order of its text.
    """
    text = unicodedata.normalize("NFKC", label).strip().upper()
    if text.startswith(_ABOVE_ALL):
        return (1_000_000, next(i for i, word in enumerate(_ABOVE_ALL) if text.startswith(word)), text)
    if text.startswith("底"):
        return (1, 0, text)
    if below := _BELOW.match(text):
        return (-_number(below[1]), 0, text)
    if level := _LEVEL.search(text):
        return (_number(level[1]), 1, text)
    return (999_999, 0, text)


def _number(numeral: str | None) -> int:
    try:
        return chinese_number(numeral) if numeral else 1
    except ValueError:
        return 1


def natural_key(label: str) -> tuple[tuple[int, int, str], ...]:
    """A sort key that reads numbers as numbers: 2号楼 before 10号楼, 101 before 1001."""
    text = unicodedata.normalize("NFKC", label).strip()
    return tuple((0, int(c), "") if c.isdecimal() else (1, 0, c) for c in _CHUNK.findall(text))


def unit_key(floor: str, door: str) -> tuple[object, ...]:
    """The order in which the units of a building are listed: by floor, then by number.

    Rooms with a name and no number (前客堂, 灶间) are equal here: a stable sort leaves them as the roll lists them,
    which is the order that the neighbours and the office know.
    """
    return (floor_key(floor), natural_key(door) if any(map(str.isdecimal, door)) else ())
