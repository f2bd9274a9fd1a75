"""Integrity 账本状态: in plain words what everybody may know about the log: signed, witnessed, fully checked, or not.

Nothing here decides; it gathers what publisher, witnesses and the full check have left beside the database, and says
what is wrong first. What cannot be read is wrong, too: silence never looks like health.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext

from hearing.audit import checking, standing
from hearing.audit.checking import Check
from hearing.audit.keyring import NoKey
from hearing.audit.note import NoteError, SignedCheckpoint
from hearing.audit.publisher import Publisher
from hearing.audit.signer_process import SignerAway
from hearing.audit.standing import Publishing
from hearing.config import Settings
from hearing.web.filters import is_chinese

PATIENCE = 3
"""After how many missed rounds of the full check its last outcome is too old to rely on."""


@dataclass(frozen=True)
class Integrity:
    """How the log stands. `head` is None before the first, or when the signed head cannot be read."""

    head: SignedCheckpoint | None
    publishing: Publishing
    check: Check | None
    troubles: tuple[str, ...]
    """What is wrong, in the reader's language; the gravest first."""
    notes: tuple[str, ...]
    """What is not wrong but should be known, such as a head that nobody outside has witnessed."""

    @property
    def ok(self) -> bool:
        """Whether nothing is known to be wrong."""
        return not self.troubles

    @property
    def size(self) -> int:
        """How many entries are signed."""
        return self.head.checkpoint.size if self.head else 0


def look(settings: Settings, publisher: Publisher, now: datetime) -> Integrity:
    """Gather what is known; `now` is an aware moment."""
    publishing, check = standing.read(settings), checking.last(settings)
    troubles, notes = [], []
    head = None
    try:
        head = publisher.last()
    except (NoteError, OSError):
        troubles.append(gettext("最新的签名读不懂，或者签名不对：公布的文件被改过或损坏。"))
    except (NoKey, SignerAway):
        troubles.append(gettext("找不到账本的公钥，最新的签名现在没法核对。"))
    if check is not None and not check.ok:
        troubles.append(gettext("全面核对没有通过：%(found)s", found=check.zh if is_chinese() else check.en))
    troubles += [standing.said(code) for code in (publishing.refusal, publishing.trouble) if code]
    if check is not None and now - check.at > timedelta(seconds=PATIENCE * settings.check_every):
        troubles.append(gettext("最近一次全面核对太久了，现在的情况不清楚。"))
    if head is not None and check is None:
        notes.append(gettext("还没有做过全面核对。"))
    if head is not None and not publishing.quorum_met:
        notes.append(gettext("未见证：最新的签名还没有别的单位见证。对照公告栏上的存证码，也是一种见证。"))
    return Integrity(head, publishing, check, tuple(dict.fromkeys(troubles)), tuple(notes))
