"""Who may have a case file 案卷, what for, and for how long a copy lies there: pure.

Source: domain.md 3.3 (answers by door are for the committee and the scrutineer, each look recorded; the auditor reads
names masked); 个人信息保护法 §6 (no more than the purpose needs), §19 (no longer), §25 (nothing is published without
consent), §51 (recorded).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum, auto

from hearing.people.rules import COMMITTEE, Role
from hearing.refusal import N_, Refused


class Edition(StrEnum):
    """How much a case file tells."""

    FULL = auto()
    """With doors, names, answers, signatures and papers."""
    PUBLIC = auto()
    """Safe to publish: numbers, rules, what was posted, and the proofs."""


class Gone(StrEnum):
    """Why a copy lies there no longer."""

    EXPIRED = auto()
    REPLACED = auto()
    ERASED = auto()


EDITION_LABELS = {Edition.FULL: N_("完整件"), Edition.PUBLIC: N_("公开件")}
GONE_LABELS = {
    Gone.EXPIRED: N_("到期删除"),
    Gone.REPLACED: N_("有了新的一份"),
    Gone.ERASED: N_("里面有的内容按规定删除了"),
}

READERS: dict[Edition, frozenset[Role]] = {
    Edition.FULL: COMMITTEE | {Role.SCRUTINEER},
    Edition.PUBLIC: COMMITTEE | {Role.SCRUTINEER, Role.AUDITOR},
}
"""Who may ask for an edition; the public one, once made, is for everybody."""
ASKERS = frozenset().union(*READERS.values())

FULL_KEPT = timedelta(days=14)
"""For how long a full copy lies on the server; it can be made again at any time."""
FETCH_LASTS = timedelta(minutes=15)
"""For how long a recorded fetch lets its reader take the file, also where a download breaks off."""


class Refusal(StrEnum):
    """Why a case file is not made or not handed over."""

    CASEFILE_PURPOSE_MISSING = auto()
    CASEFILE_NOT_YOURS = auto()
    CASEFILE_NOT_ASKED = auto()
    CASEFILE_GONE = auto()
    CASEFILE_NOTHING_YET = auto()
    CASEFILE_GLYPH_MISSING = auto()
    CASEFILE_SEAL = auto()


SENTENCES = {
    Refusal.CASEFILE_PURPOSE_MISSING: N_("请写明要案卷做什么用，会记在存证里。"),
    Refusal.CASEFILE_NOT_YOURS: N_("完整件有门牌、姓名和签名，只给居委会和监票人。您可以要公开件。"),
    Refusal.CASEFILE_NOT_ASKED: N_("您还没有为这份案卷写过用途，或者已经过期。请先写明用途，再下载。"),
    Refusal.CASEFILE_GONE: N_("这一份已经删除。请写明用途，重新做一份。"),
    Refusal.CASEFILE_NOTHING_YET: N_("这件事还没有定下来的方案，没有什么可以装进案卷。"),
    Refusal.CASEFILE_GLYPH_MISSING: N_(
        "有的字字库里没有，姓名不能印成方块，所以没有做。请让管理员把有这个字的字体放进字体文件夹（HEARING_FONT_DIR）再试。"
    ),
    Refusal.CASEFILE_SEAL: N_(
        "案卷要盖电子印章，现在盖不了：证书过期，或者打不开。没有盖章的不给。请让管理员运行 hearing doctor 看原因。"
    ),
}


def may_ask(edition: Edition, held: Collection[Role], purpose: str, *, has_plan: bool) -> None:
    """Whether somebody with these seats may have that edition made.

    Raises CASEFILE_NOT_YOURS, CASEFILE_PURPOSE_MISSING, CASEFILE_NOTHING_YET.
    """
    if not READERS[edition] & set(held):
        raise Refused(Refusal.CASEFILE_NOT_YOURS)
    if not purpose.strip():
        raise Refused(Refusal.CASEFILE_PURPOSE_MISSING)
    if not has_plan:
        raise Refused(Refusal.CASEFILE_NOTHING_YET)


def may_fetch(held: Collection[Role], *, gone: bool, asked_at: datetime | None, now: datetime) -> None:
    """Whether somebody may take the full copy: she asked for one, and it still lies there.

    Raises CASEFILE_NOT_YOURS, CASEFILE_GONE, CASEFILE_NOT_ASKED.
    """
    if not READERS[Edition.FULL] & set(held):
        raise Refused(Refusal.CASEFILE_NOT_YOURS)
    if gone:
        raise Refused(Refusal.CASEFILE_GONE)
    if asked_at is None or now >= asked_at + FULL_KEPT:
        raise Refused(Refusal.CASEFILE_NOT_ASKED)


def expires_at(made_at: datetime) -> datetime:
    """When a full copy is taken off the server."""
    return made_at + FULL_KEPT
