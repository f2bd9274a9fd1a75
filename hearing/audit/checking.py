"""Checking 全面核对: the whole trail, from the published files down to the last row of the database.

What was signed is read from the files by the same program that strangers use, with a memory of the last good head.
Then every row of the trail's tables is held against it: a row that differs is named, also one where nobody would have
looked again. The outcome is kept in a file beside the database and not in it, so that whoever rewrites the one has
not rewritten the other.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from hearing.audit import durable, rows, verify
from hearing.audit.publisher import Publisher
from hearing.audit.tiles import ENTRIES, WIDTH, Tile, TileError, decode_bundle
from hearing.clock import now
from hearing.config import Settings


@dataclass(frozen=True)
class Check:
    """What a full check found: when (UTC), over how many entries, and in a sentence for everybody.

    `size` counts the entries of the database; when the check failed, as far as it is known, otherwise 0. `entry` is
    the index of the first bad entry, None when none is known.
    """

    at: datetime
    size: int
    ok: bool
    zh: str
    en: str
    entry: int | None


def run(session: Session, settings: Settings, publisher: Publisher) -> Check:
    """Check the published files and every row of the trail's tables, and keep the outcome for `last`.

    Whatever is wrong with the trail is in the outcome. Raises what the database raises when it cannot be read, and
    OSError when the outcome cannot be kept. Run it inside `reading()`: it takes about 20 seconds for a million entries.
    """
    moment = now(session)
    try:
        published = _published(settings, publisher)
        size = rows.check(session, lambda number: _bundle(publisher.folder, number, published), published)
    except rows.Differs as found:
        check = Check(moment, found.entry or 0, False, found.zh, found.en, found.entry)
    else:
        check = Check(moment, size, True, *_passed(size, published), None)
    _keep(settings, check)
    return check


def last(settings: Settings) -> Check | None:
    """The outcome of the last full check, None before the first one or when its file cannot be read."""
    try:
        kept = json.loads(_file(settings).read_bytes())
        return Check(**{**kept, "at": datetime.fromisoformat(kept["at"])})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _keep(settings: Settings, check: Check) -> None:
    kept = {**asdict(check), "at": check.at.isoformat()}
    durable.write(_file(settings), json.dumps(kept, ensure_ascii=False, indent=1).encode())


def _file(settings: Settings) -> Path:
    return settings.data_dir / "check.json"


def _passed(size: int, published: int) -> tuple[str, str]:
    zh = f"全部 {size} 条记录逐条核对，其中 {published} 条已签名公布，文件与数据库一致，没有发现改动。"
    en = f"all {size} entries were checked, {published} of them signed: files and database agree, nothing was changed."
    return zh, en


def _published(settings: Settings, publisher: Publisher) -> int:
    """How many entries the published files hold, after the verifier has passed them.

    Raises Differs with the verifier's words. Before anything was ever published there is nothing to check.
    """
    memory = settings.data_dir / "check-heads.json"
    if not (publisher.folder / "checkpoint").exists() and not memory.exists():
        return 0
    try:
        report = verify.audit_log(str(publisher.folder), str(publisher.vkey), memory)
    except verify.UsageError as error:
        zh, _, en = str(error).partition("\n")
        raise rows.Differs(zh, en) from error
    if not report.ok:
        raise rows.Differs(report.zh, report.en, report.entry)
    return report.size or 0


def _bundle(folder: Path, number: int, size: int) -> Sequence[bytes]:
    """The published entries of a bundle; none of them when the file is not what the verifier has just read."""
    width = min(WIDTH, size - number * WIDTH)
    for tile in (Tile(ENTRIES, number, width), Tile(ENTRIES, number)):
        try:
            return decode_bundle((folder / tile.path).read_bytes(), tile.width)
        except (OSError, TileError):
            continue
    return ()
