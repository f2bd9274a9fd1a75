"""Cells 单元格: what is written in one cell of a roll, read as a label, an area, a name, a phone number or shares.

The readers raise `Unfit` with the finding that tells the clerk how to write it. Areas are integers of 1/100 m² and
shares exact fractions; no float is computed with anywhere.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum, auto
from fractions import Fraction

from hearing.places.rules import Capacity, HoldingForm
from hearing.places.sheet.findings import Code
from hearing.places.sheet.roll import EMPTY_HOUSE, RollFlag

MAX_LABEL = 40
MAX_NAME = 60
MAX_NOTE = 200
MAX_HOLDERS = 30

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HAN = re.compile(f"[{HAN}]")
_WIDE = re.compile("[\uff0e\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]")
_LINE_ENDS = str.maketrans("\r\v\x85\u2028\u2029\t", "\n\n\n\n\n ")
_SEPARATOR = re.compile(r"[、﹑，,；;/／|｜\n]")
_GUARDED = re.compile(r"'+[=+\-@\t\r\n]")
_GUARD = re.compile(r"'*[=+\-@\t\r\n]")
_NOTHING = re.compile(r"[-—–─/\\无没有暂]*")

_AREA_UNIT = re.compile(r"(m2|平方米|平方|平米|平)$")
_AREA = re.compile(r"([0-9]+)(?:\.([0-9]+))?")
_AREA_WITH_COMMA = re.compile(r"[0-9]+(?:[,.][0-9]+)*,[0-9.,]*")
_NEGATIVE = re.compile(r"-[0-9]+(\.[0-9]+)?")

_MOBILE = re.compile(r"(?:\+?86|0086)?(1[3-9][0-9]{9})")
_LANDLINE = re.compile(r"(?:0[0-9]{2,3})?[2-9][0-9]{6,7}")
_PHONE_PUNCTUATION = re.compile(r"[\s\-‐‑‒–—−─.()]")

_LONG_NUMBER = re.compile(r"[0-9]{5}")
_ID_NUMBER = re.compile(r"(?<![0-9])(?:[0-9]{17}[0-9Xx]|[0-9]{15})(?![0-9Xx])|[0-9.]{9,}e\+1[0-9]")
_BRACKETED = re.compile(rf"([{HAN}·]{{2,4}})\(([^()]+)\)")
_NAME_MARKS = frozenset(" ·•・‧．.-()（）&'’")

_SHARE = re.compile(r"(?P<top>[0-9]{1,6}(?:\.[0-9]{1,8})?)(?:/(?P<bottom>[0-9]{1,6})|(?P<percent>%))?")
_SHARE_SEPARATOR = re.compile(r"[、,;\s]+")
_EVEN = frozenset({"均等", "等额", "平均", "各均等", "等份", "均分"})

_NOBODY = re.compile("空关|空置|空户|空房|空|无人居住|(开发商)?(未售|未出售|待售|未交付)|开发商")
_VACANT = re.compile("空关|空置|空户|空房|无人居住|^空$")
_UNSOLD = re.compile("未售|未出售|待售|未交付|开发商")
_DECEASED = re.compile("已故|去世|过世|死亡|亡故|身故|^故$|^亡$")
_AWAY = re.compile("在外|外地|国外|境外|海外|出国")


class CellKind(StrEnum):
    """How a cell is stored in the file."""

    TEXT = auto()
    NUMBER = auto()
    FORMULA = auto()
    DATE = auto()
    BROKEN = auto()


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of a cell, and how it is stored. A formula has no text: it is never evaluated."""

    text: str = ""
    kind: CellKind = CellKind.TEXT


BLANK = Cell()


class Unfit(Exception):
    """A text that does not say what its column needs: the finding's code and details."""

    def __init__(self, code: Code, /, **details: str | int) -> None:
        super().__init__(code, details)
        self.code = code
        self.details = details


def guard(text: str) -> str:
    """Text for a cell of a .csv export: an apostrophe before what a spreadsheet would take for a formula.

    `unguard(guard(text)) == text` for every text. Cells of an .xlsx are written as text and need no guard.
    """
    return f"'{text}" if _GUARD.match(text) else text


def unguard(text: str) -> str:
    """Take the apostrophe off that `guard`, or a spreadsheet, put before a text."""
    return text[1:] if _GUARDED.match(text) else text


def tidy(text: str) -> tuple[str, bool]:
    """Composed text (NFC) without invisible characters, each line stripped; whether anything invisible was in it.

    Zero-width characters, direction marks and lone surrogates go; line breaks stay, because they part two names.
    """
    if text.isascii() and text.isprintable():
        return text.strip(), False
    lines = text.replace("\r\n", "\n").translate(_LINE_ENDS)
    kept = "".join(c for c in lines if c == "\n" or unicodedata.category(c) not in {"Cc", "Cf", "Cs"})
    composed = unicodedata.normalize("NFC", kept)
    return "\n".join(line.strip() for line in composed.split("\n")).strip(), len(kept) < len(lines)


def narrow(text: str) -> str:
    """Full-width letters, digits and brackets as ordinary ones (NFKC)."""
    return unicodedata.normalize("NFKC", text)


def is_wide(text: str) -> bool:
    """Whether a text has full-width letters or digits, which are worth telling the clerk about."""
    return _WIDE.search(text) is not None


def short(text: str) -> str:
    """A text as a finding quotes it: one line, at most twenty characters, no identity or phone number."""
    line = re.sub(r"\d{7,}", "…", " ".join(text.split()))
    return line if len(line) <= 20 else f"{line[:19]}…"


def label(text: str) -> str:
    """The label of a building, stairwell, floor or unit, without spaces and in ordinary width.

    101室 is 101. Raises Unfit when it is too long to be a label.
    """
    value = "".join(narrow(text).split())
    if len(value) > MAX_LABEL:
        raise Unfit(Code.LABEL_TOO_LONG, limit=MAX_LABEL)
    return value.removesuffix("室") if value[-2:-1].isdecimal() else value


def area_centi(text: str) -> int:
    """An area in 1/100 m²: 58.2, 58.20 and 58.2㎡ are 5820. Raises Unfit for anything that must be guessed."""
    value = _AREA_UNIT.sub("", "".join(narrow(text).lower().split()))
    if not value:
        raise Unfit(Code.AREA_MISSING)
    if _AREA_WITH_COMMA.fullmatch(value):
        raise Unfit(Code.AREA_COMMA, value=short(text), better=_without_comma(value))
    read = _AREA.fullmatch(value)
    if _NEGATIVE.fullmatch(value) or (read and not value.strip("0.")):
        raise Unfit(Code.AREA_NOT_POSITIVE, value=short(text))
    if not read:
        raise Unfit(Code.AREA_UNREADABLE, value=short(text))
    whole, decimals = read[1].lstrip("0"), (read[2] or "").rstrip("0")
    if len(whole) > 5:
        raise Unfit(Code.AREA_HUGE, value=short(text))
    if len(decimals) > 2:
        raise Unfit(Code.AREA_DECIMALS, value=short(text))
    return int(whole or "0") * 100 + int(decimals.ljust(2, "0"))


def _without_comma(value: str) -> str:
    """58,2 was meant as 58.2; 1,058.20 as 1058.20."""
    whole, _, decimals = value.rpartition(",")
    if len(decimals) in (1, 2) and whole.isdecimal():
        return f"{whole}.{decimals}"
    return short(value.replace(",", ""))


def phone_number(text: str) -> str:
    """A mainland mobile number or a landline as digits, empty for none; spaces, dashes and +86 do not matter.

    Raises Unfit for anything else: a wrong number is worse than none.
    """
    digits = _PHONE_PUNCTUATION.sub("", narrow(text))
    if _NOTHING.fullmatch(digits):
        return ""
    if mobile := _MOBILE.fullmatch(digits):
        return mobile[1]
    if _LANDLINE.fullmatch(digits):
        return digits
    raise Unfit(Code.PHONE_UNREADABLE, digits=sum(c.isdecimal() for c in digits))


def is_mobile(number: str) -> bool:
    """Whether a text is the eleven digits of a mainland mobile number."""
    return len(number) == 11 and _MOBILE.fullmatch(number) is not None


def phone_numbers(text: str) -> list[str]:
    """The numbers of a cell in their order, empty ones kept: 141…、141… or two numbers with a space between them."""
    numbers: list[str] = []
    for part in _SEPARATOR.split(text):
        try:
            numbers.append(phone_number(part))
        except Unfit:
            if len(pieces := part.split()) < 2:
                raise
            numbers.extend(phone_number(piece) for piece in pieces)
    return numbers if any(numbers) else []


def split_names(text: str) -> list[str]:
    """The parts of a cell of names: 周八/吴九 are two. Raises Unfit when there are too many to be one household."""
    names = [part.strip() for part in _SEPARATOR.split(text) if part.strip()]
    if len(names) > MAX_HOLDERS:
        raise Unfit(Code.HOLDERS_TOO_MANY, n=len(names), limit=MAX_HOLDERS)
    return names


def person_name(text: str) -> str:
    """A name as it is written, but 李 四 without the space. Raises Unfit when it cannot be a name.

    Characters are never replaced by similar ones: 張 and 张 are different people until someone says otherwise.
    """
    if len(text) > MAX_NAME:
        raise Unfit(Code.NAME_TOO_LONG, limit=MAX_NAME)
    if "\ufffd" in text or "??" in text:
        raise Unfit(Code.NAME_DAMAGED)
    if _LONG_NUMBER.search(narrow(text)):
        raise Unfit(Code.NAME_NUMBER)
    if not any(c.isalpha() or unicodedata.category(c) in {"Co", "Cn"} for c in text):
        raise Unfit(Code.NAME_UNREADABLE)
    pieces = text.split()
    if len(pieces) == 1 or not _HAN.search(text):
        return " ".join(pieces)
    if len(pieces) <= 4 and all(_HAN.fullmatch(piece) for piece in pieces):
        return "".join(pieces)
    raise Unfit(Code.NAME_SPACE)


def bracketed(text: str) -> tuple[str, str]:
    """A person's name and what follows it in brackets: 高根宝(便利店). Names of firms keep their brackets."""
    read = _BRACKETED.fullmatch(text.replace("（", "(").replace("）", ")"))
    return (read[1], read[2].strip()) if read else (text, "")


def odd_marks(name: str) -> bool:
    """Whether a name has signs that names seldom have, such as = or @."""
    return any(not (c.isalnum() or c in _NAME_MARKS or unicodedata.category(c)[0] in "MC") for c in name)


def private_characters(name: str) -> bool:
    """Whether a name has characters that only one computer knows (private use), which no font will print."""
    return any(unicodedata.category(c) == "Co" for c in name)


def capacity(text: str) -> Capacity:
    """Owner or lessee. A 租户 may be a tenant of an owner, who has no say here: Unfit. Empty text: Unfit."""
    value = "".join(narrow(text).split())
    if not value:
        raise Unfit(Code.CAPACITY_MISSING)
    lessee = "承租" in value
    owner = any(word in value for word in ("产权", "业主", "所有权", "房主"))
    if lessee == owner:
        raise Unfit(Code.CAPACITY_UNREADABLE, value=short(text))
    return Capacity.LESSEE if lessee else Capacity.OWNER


def holding_form(text: str) -> HoldingForm | None:
    """How a unit is held, None when nothing is written. Raises Unfit when it does not say which form, like 共有."""
    value = "".join(narrow(text).split())
    if not value:
        return None
    shares, joint = "按份" in value, "共同" in value or "夫妻" in value
    if shares != joint:
        return HoldingForm.SHARES if shares else HoldingForm.JOINT
    if not shares and (re.search("单独|独有|个人", value) or _NOTHING.fullmatch(value)):
        return HoldingForm.SOLE
    raise Unfit(Code.FORM_UNREADABLE, value=short(text))


def share_fractions(text: str, holders: int) -> tuple[Fraction, ...]:
    """The shares of so many holders as fractions that sum to one: 40%、60%, 1/3、2/3, 40、60, 各1/2, 均等.

    Raises Unfit for a wrong number of shares, and for a wrong sum: 33.3% three times is not the whole.
    """
    value = narrow(text).strip()
    if value in _EVEN:
        return (Fraction(1, holders),) * holders
    parts = [value[1:].strip()] * holders if value.startswith("各") else [p for p in _SHARE_SEPARATOR.split(value) if p]
    read = [_SHARE.fullmatch(part) for part in parts]
    if any(r is None or (r["bottom"] and not int(r["bottom"])) for r in read):
        raise Unfit(Code.SHARES_UNREADABLE, value=short(text))
    shares = [Fraction(r["top"]) / (100 if r["percent"] else int(r["bottom"] or 1)) for r in read if r]
    if all(r and not r["percent"] and not r["bottom"] for r in read) and sum(shares) > 1:
        shares = [share / 100 for share in shares]
    if len(shares) != holders:
        raise Unfit(Code.SHARES_COUNT, n=holders, m=len(shares))
    if min(shares) == 0:
        raise Unfit(Code.SHARES_UNREADABLE, value=short(text))
    if (total := sum(shares)) != 1:
        raise Unfit(Code.SHARES_SUM, total=_percent(Fraction(total)))
    return tuple(shares)


def _percent(share: Fraction) -> str:
    """A share as text with at most four decimals; a sum just off the whole never reads as 100%."""
    whole, rest = divmod(round(share * 1_000_000), 10_000)
    return f"{whole}.{rest:04d}".rstrip("0").rstrip(".") + "%" if round(share * 1_000_000) != 1_000_000 else str(share)


def nobody(name: str) -> frozenset[RollFlag]:
    """What a name cell says that names nobody: (空关), 未售. Empty for anything else."""
    word = narrow(name).strip("()[]<> \n")
    return remark_flags(word) & EMPTY_HOUSE if _NOBODY.fullmatch(word) else frozenset()


def remark_flags(text: str) -> frozenset[RollFlag]:
    """What a remark says that an import has to act on."""
    patterns = {
        RollFlag.VACANT: _VACANT,
        RollFlag.UNSOLD: _UNSOLD,
        RollFlag.DECEASED: _DECEASED,
        RollFlag.AWAY: _AWAY,
    }
    return frozenset(flag for flag, pattern in patterns.items() if pattern.search(text))


def without_id_numbers(text: str) -> str:
    """A text without what looks like an identity number (personal data law §28: never stored)."""
    return _ID_NUMBER.sub("", text).strip()
