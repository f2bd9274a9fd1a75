"""Standing 公布状态: what the publisher last did, what stops it, and which witnesses saw the head.

A small file beside the database, not in it: when the database or the disk is what fails, this still says so. What
cannot even be written shows as old, and an old state is a trouble of its own.

`refusal` and `trouble` are codes; `said` gives their sentence in the reader's language.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask_babel import gettext

from hearing.audit import durable
from hearing.config import Settings
from hearing.refusal import N_

FUTURE = timedelta(minutes=5)
"""How far two clocks of one installation may differ before it is worth a word."""

STALE, CLOCK, UNREADABLE = "stale", "clock", "unreadable"

SENTENCES = {
    # Refusals: nothing is signed until a person has found the cause.
    "shorter": N_("数据库里的记录比已经签名公布的少：可能恢复了旧备份，或者有记录被删。已停止公布，等待查明。"),
    "rewritten": N_("数据库里的记录与已经签名公布的不一样：从前的内容被改过。已停止公布，等待查明。"),
    "damaged": N_("有记录在签名之前就与它的指纹不符，或者缺失。已停止公布，等待查明。"),
    "forked": N_("同一个长度出现了两份不同的签名。已停止公布，等待查明。"),
    "checkpoint": N_("已经公布的检查点读不懂，或者签名不对：文件被改过或损坏。已停止公布，等待查明。"),
    # Troubles: tried again by itself every few seconds.
    "no_key": N_("找不到签名的钥匙。办理照常记录，钥匙放回之后自动补签公布。"),
    "signer": N_("签名程序没有应答。办理照常记录，它恢复之后自动补签公布。"),
    "disk_full": N_("磁盘满了，新的检查点写不下。腾出空间之后自动继续公布。"),
    "read_only": N_("公布用的文件夹不能写入。改好权限之后自动继续公布。"),
    "disk": N_("磁盘读写出错。正在不断重试。"),
    "occupied": N_("另一个程序正在公布，轮不到这一个。正在不断重试。"),
    "database": N_("数据库没有应答。正在不断重试。"),
    "policy": N_("见证人名单文件读不懂，所以没有请任何见证人。请改正这个文件。"),
    "failed": N_("公布时出了意外的错误，原因记在运行日志里。正在不断重试。"),
    STALE: N_("公布程序已经停了一段时间：最近没有新的检查。"),
    CLOCK: N_("服务器的时钟被往回拨过：上次公布的时间在将来。记录的次序不受影响。"),
    UNREADABLE: N_("公布状态的文件读不懂。下一次公布会重新写。"),
    # What is the matter with one witness.
    "no_address": N_("名单里没有它的网址"),
    "silent": N_("没有应答"),
    "slow": N_("应答太慢"),
    "garbage": N_("应答看不懂，或者签名不对"),
    "unknown_log": N_("对方还没有登记这本存证"),
    "key_refused": N_("对方不认这把签名的钥匙"),
    "conflict": N_("对方见过的与现在的对不上"),
    "no_proof": N_("对方不接受增长的证明"),
    "bad_request": N_("对方说请求不合格式"),
    "error": N_("对方报告出错"),
}


@dataclass(frozen=True)
class WitnessSaw:
    """A witness: the largest head that it cosigned for us, when, and what is the matter with it (a code)."""

    name: str
    size: int | None
    at: datetime | None
    trouble: str | None


@dataclass(frozen=True)
class Publishing:
    """Where publishing stands.

    `at` (UTC) is the last round that found everything published. `refusal` stops signing until a person acts; `trouble`
    is tried again. Both are codes for `said`, None when all is well. `quorum_met` says whether the published head
    carries the cosignatures that the policy asks for, and at least one; otherwise it is shown as 未见证.
    """

    at: datetime | None
    refusal: str | None
    trouble: str | None
    witnesses: tuple[WitnessSaw, ...]
    quorum_met: bool


NOTHING = Publishing(None, None, None, (), False)


def said(code: str) -> str:
    """The sentence of a refusal's or trouble's code, in the reader's language."""
    return str(gettext(SENTENCES[code])) if code in SENTENCES else code


def read(settings: Settings) -> Publishing:
    """The last state that was written; a state that nobody renews, or from the future, has that as its trouble."""
    try:
        kept = _parse(_path(settings).read_bytes())
    except FileNotFoundError:
        return NOTHING
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return dataclasses.replace(NOTHING, trouble=UNREADABLE)
    if kept.trouble or kept.refusal or kept.at is None:
        return kept
    age = datetime.now(UTC) - kept.at
    if age < -FUTURE:
        return dataclasses.replace(kept, trouble=CLOCK)
    # Some rounds may be missed while much is published or a witness is slow.
    if age > timedelta(seconds=10 * settings.publish_every + 120):
        return dataclasses.replace(kept, trouble=STALE)
    return kept


def write(settings: Settings, publishing: Publishing) -> None:
    """Replace the state. Raises OSError when the folder cannot be written."""
    words = json.dumps(dataclasses.asdict(publishing), default=datetime.isoformat, ensure_ascii=False, indent=1)
    durable.write(_path(settings), words.encode() + b"\n", settle=False)


def _path(settings: Settings) -> Path:
    return settings.data_dir / "publishing.json"


def _parse(data: bytes) -> Publishing:
    found: dict[str, Any] = json.loads(data)
    witnesses = tuple(WitnessSaw(**(each | {"at": _moment(each["at"])})) for each in found.pop("witnesses"))
    return Publishing(**(found | {"at": _moment(found["at"])}), witnesses=witnesses)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text is not None else None
