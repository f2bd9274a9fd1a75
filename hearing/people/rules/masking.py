"""Masking: what of a name or a phone number other people may read (PIPL §25, §51; domain.md 2.7)."""

import re

from hearing.refusal import N_

STARS = "**"
GONE = N_("已删除")
"""What stands where a name stood that was erased."""
_BETWEEN_NAMES = re.compile(r"([、,，/／;；]\s*)")
_COMPOUND_SURNAMES = frozenset({
    "欧阳", "司马", "上官", "诸葛", "夏侯", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒",
    "端木", "长孙", "宇文", "轩辕", "钟离", "南宫", "独孤", "申屠", "闻人", "濮阳", "淳于", "澹台",
})  # fmt: skip
_MOBILE = re.compile(r"(\d{3})\d{4}(\d{4})")


def mask_name(name: str) -> str:
    """The surname and two stars, however long the given name is: 张**, 欧阳**; for several people, each of them."""
    return "".join(
        part if _BETWEEN_NAMES.fullmatch(part) else _mask_one(part) for part in _BETWEEN_NAMES.split(name.strip())
    )


def _mask_one(name: str) -> str:
    name = name.strip()
    if name == GONE:
        return GONE
    surname = name[:2] if len(name) > 2 and name[:2] in _COMPOUND_SURNAMES else name[:1]
    return surname + STARS


def mask_phone(phone: str) -> str:
    """138****5678 for a mobile number; of any other number only the last two digits are left."""
    if mobile := _MOBILE.fullmatch(phone):
        return f"{mobile[1]}****{mobile[2]}"
    return "****" + phone[-2:] if len(phone) > 4 else "****"
