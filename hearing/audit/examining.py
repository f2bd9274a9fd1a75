"""Examining 查证: what somebody brings — a receipt, a signed head — held against the log as it is published now.

All that decides is done by the stand-alone verifier's functions, over the published files and not the database. What
is said here only names the case, so that a person knows what to do next.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum, auto
from pathlib import Path
from typing import Any

from hearing.audit import verify
from hearing.audit.note import Checkpoint, Note, NoteError
from hearing.audit.proof import HEADER, ProofFile
from hearing.refusal import N_

MOST = 64 * 1024
"""Bytes of the longest thing that is looked at: the longest entry, its path and many witnesses take less."""


class Verdict(StrEnum):
    """What became of a thing that was brought."""

    IN_LOG = auto()
    HEAD_CONTINUED = auto()
    TOO_LONG = auto()
    NOT_OURS_TO_READ = auto()
    INCOMPLETE = auto()
    FOREIGN = auto()
    FORGED = auto()
    NOT_INCLUDED = auto()
    NOTHING_PUBLISHED = auto()
    LOG_SHRANK = auto()
    LOG_REWRITTEN = auto()


TITLES: dict[Verdict, str] = {
    Verdict.IN_LOG: N_("查过了：这条记录在账本里，没有改动"),
    Verdict.HEAD_CONTINUED: N_("查过了：现在的账本接着这一页往下写，前面的没有改动"),
    Verdict.TOO_LONG: N_("内容太长，不是一张凭证"),
    Verdict.NOT_OURS_TO_READ: N_("这不是一张凭证"),
    Verdict.INCOMPLETE: N_("凭证不完整，或者有字被改过"),
    Verdict.FOREIGN: N_("这是另一本账的凭证"),
    Verdict.FORGED: N_("签名不对：这不是我们的账本签出来的"),
    Verdict.NOT_INCLUDED: N_("凭证与记录对不上：它被改过"),
    Verdict.NOTHING_PUBLISHED: N_("账本现在读不出来"),
    Verdict.LOG_SHRANK: N_("账本变短了：凭证签名时的记录现在不全"),
    Verdict.LOG_REWRITTEN: N_("账本被改写过：凭证签名时的记录与现在的不同"),
}
ADVICE: dict[Verdict, str] = {
    Verdict.TOO_LONG: N_("一张凭证不到 64 KB。请只选一个 .tlog-proof 文件，或者只粘贴凭证里的字。"),
    Verdict.NOT_OURS_TO_READ: N_(
        "凭证的第一行是 c2sp.org/tlog-proof@v1。请粘贴大二维码扫出来的整段字，或者选下载的凭证文件；照片和 PDF 不行。"
    ),
    Verdict.INCOMPLETE: N_("请从第一行到最后一行全部复制，空行也要；或者直接选下载的文件再查一次。"),
    Verdict.FOREIGN: N_("凭证上写的账本是 %(origin)s，这里只能查 %(ours)s。请到那一本账的网站去查。"),
    Verdict.FORGED: N_("请把凭证原样留好，和公告栏上的公钥对一对，并打电话给居委会。"),
    Verdict.NOT_INCLUDED: N_("请用原来下载的文件再查一次。如果还是这样，请把它留好，并打电话给居委会。"),
    Verdict.NOTHING_PUBLISHED: N_("凭证没有问题，是我们这边读不出公布的账本。请过几分钟再查；凭证请留好。"),
    Verdict.LOG_SHRANK: N_("您手里的凭证就是证据，请千万留好。请告诉居委会、街道，或者任何一位见证人。"),
    Verdict.LOG_REWRITTEN: N_("您手里的凭证就是证据，请千万留好。请告诉居委会、街道，或者任何一位见证人。"),
}
ALARMS = frozenset({Verdict.LOG_SHRANK, Verdict.LOG_REWRITTEN, Verdict.NOTHING_PUBLISHED})
"""What is no fault of what was brought, but of the log."""


@dataclass(frozen=True)
class Examined:
    """What was found. `entry` is the recorded act as plain JSON values, `index` its place counting from 0, `size` how
    many entries the head of the receipt speaks of, `published` those of the head that is published now."""

    verdict: Verdict
    index: int | None = None
    size: int | None = None
    published: int | None = None
    entry: dict[str, Any] | None = None
    details: dict[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether everything was checked and found true."""
        return self.verdict in {Verdict.IN_LOG, Verdict.HEAD_CONTINUED}

    @property
    def at(self) -> datetime | None:
        """When the act was recorded, as the entry says; None when it says nothing that can be read."""
        try:
            return datetime.strptime(str((self.entry or {}).get("at")), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        except ValueError:
            return None


def receipt_link(text: str, base_url: str) -> int | None:
    """The entry to which the link of a small QR code leads, None when `text` is no such link of ours."""
    found = re.fullmatch(rf"(?:{re.escape(base_url)})?/r/([0-9]{{1,9}})/?(?:[#?]\S*)?", text.strip())
    return int(found[1]) if found else None


def tidy(data: bytes) -> bytes:
    """What was brought with the line ends and the last line end that a clipboard or an editor may have changed."""
    data = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    lines = [line.rstrip(b" \t") for line in data.strip().split(b"\n")]
    return b"\n".join(lines) + b"\n"


def examine(
    data: bytes, vkeys: Sequence[str], log: Path, entry_at: Callable[[int], bytes | None] = lambda _index: None
) -> Examined:
    """Hold a `.tlog-proof` or a signed head against the published files in `log`.

    `vkeys` are the keys with which this log signs or signed, the present one first; at least one. `entry_at` gives the
    bytes of an entry for a receipt that does not carry its own. Never raises for what was brought, whatever it is.
    """
    if len(data) > MOST:
        return Examined(Verdict.TOO_LONG)
    data = tidy(data)
    begins = data.split(b"\n", 1)[0]
    if begins == HEADER.encode():
        return _examine_receipt(data, vkeys, log, entry_at)
    if begins.startswith(b"c2sp.org/tlog-proof"):
        return Examined(Verdict.INCOMPLETE)
    if b"\n\n\xe2\x80\x94 " in data:
        return _examine_head(data, vkeys, log)
    return Examined(Verdict.NOT_OURS_TO_READ)


def _examine_receipt(data: bytes, vkeys: Sequence[str], log: Path, entry_at: Callable[[int], bytes | None]) -> Examined:
    try:
        proof = ProofFile.parse(data)
        claimed = Checkpoint.parse(Note.parse(proof.checkpoint).text)
    except NoteError:
        return Examined(Verdict.INCOMPLETE)
    if foreign := _foreign(claimed, vkeys):
        return foreign
    entry = proof.extra or entry_at(proof.index)
    if entry is None:
        return Examined(Verdict.NOT_INCLUDED)
    head = _opened(proof.checkpoint, vkeys)
    if head is None:
        return Examined(Verdict.FORGED, size=claimed.size)
    if not any(verify.check_receipt(data, vkey, entry).ok for vkey in vkeys):
        return Examined(Verdict.NOT_INCLUDED, size=claimed.size)
    trouble, published = _continued(head, vkeys, log)
    return Examined(trouble or Verdict.IN_LOG, proof.index, head.size, published, _read(entry))


def _examine_head(data: bytes, vkeys: Sequence[str], log: Path) -> Examined:
    try:
        claimed = Checkpoint.parse(Note.parse(data).text)
    except NoteError:
        return Examined(Verdict.INCOMPLETE)
    if foreign := _foreign(claimed, vkeys):
        return foreign
    head = _opened(data, vkeys)
    if head is None:
        return Examined(Verdict.FORGED, size=claimed.size)
    trouble, published = _continued(head, vkeys, log)
    return Examined(trouble or Verdict.HEAD_CONTINUED, None, head.size, published)


def _foreign(head: Checkpoint, vkeys: Sequence[str]) -> Examined | None:
    ours = [vkey.split("+", 1)[0] for vkey in vkeys]
    if head.origin in ours:
        return None
    return Examined(Verdict.FOREIGN, details={"origin": verify.shown(head.origin)[:120], "ours": ours[0]})


def _opened(note: bytes, vkeys: Sequence[str]) -> verify.Head | None:
    """The head, if one of our keys signed it, a former one too."""
    for vkey in vkeys:
        try:
            return verify.open_checkpoint(note, [verify.parse_key(vkey)])
        except verify.Finding:
            continue
    return None


def _continued(head: verify.Head, vkeys: Sequence[str], log: Path) -> tuple[Verdict | None, int | None]:
    """What is wrong between a head that was signed and the one that is published, and the size of the latter."""
    try:
        published = _opened((log / "checkpoint").read_bytes(), vkeys)
    except OSError:
        published = None
    if published is None:
        return Verdict.NOTHING_PUBLISHED, None
    if published.size < head.size:
        return Verdict.LOG_SHRANK, published.size
    report = verify.check_heads(head, published, str(log))
    return (None if report.ok else Verdict.LOG_REWRITTEN), published.size


def _read(entry: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(entry)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
