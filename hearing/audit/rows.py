"""Rows 逐行核对: every row of the trail's tables against the hashes, against each other and against what was signed."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hearing.audit import tree
from hearing.audit.canonical import commitment
from hearing.audit.erasing import ErasureDone
from hearing.audit.fact import found_by, plain
from hearing.audit.models import LogEntry, LogHead, LogNode, LogPayload
from hearing.audit.replay import TrailReplayed
from hearing.audit.tiles import WIDTH

ERASED = ErasureDone.kind
"""The kind of entry that says how many payloads were erased."""

REPLAYED = TrailReplayed.kind
"""The kind of entry that says which entries came back after a backup."""

_STEP = 16 * WIDTH
"""Entries that are read at once: whole bundles, and not so many that a large trail would fill the memory."""

Signed = Callable[[int], Sequence[bytes]]
"""Bundle number -> its entries as they were published; empty where nothing has been published yet."""


class Differs(Exception):
    """A row is not what it must be: in Chinese, in English, and at which entry, if that is known."""

    def __init__(self, zh: str, en: str, entry: int | None = None) -> None:
        super().__init__(en)
        self.zh, self.en, self.entry = zh, en, entry


@dataclass
class _Walk:
    """How far the tree has been rebuilt: the last complete node of each level, and what was erased on the way."""

    frontier: dict[int, bytes] = field(default_factory=dict)
    missing: list[int] = field(default_factory=list)
    """Entries that commit to something of which the database holds no more."""
    recorded: int = 0
    """How many of them the trail itself says were erased."""
    replayed: list[range] = field(default_factory=list)
    """Entries that came back from the published files after a backup, and without what they commit to."""

    @property
    def lost(self) -> int:
        """How many payloads are gone although no backup lost them."""
        return sum(not any(index in came_back for came_back in self.replayed) for index in self.missing)


def check(session: Session, signed: Signed, published: int) -> int:
    """Hold every row against its neighbours and the first `published` entries against the files; how many there are.

    Raises Differs for the first bad row. Acts that are recorded meanwhile do not disturb: what the head counts is
    there, and what came after it is left for the next time.
    """
    size = _size(session)
    if size < published:
        raise Differs(
            f"数据库只有 {size} 条记录，已签名公布的有 {published} 条：数据库被退回或删减过。",
            f"the database holds {size} entries, {published} were signed: it was rolled back or cut.",
            size,
        )
    walk = _Walk()
    for start in range(0, size, _STEP):
        end = min(start + _STEP, size)
        nodes = _check_entries(session, walk, signed, published, start, end)
        _check_nodes(session, nodes, start, end)
    _check_nothing_beyond(session)
    if walk.lost > walk.recorded + _erased_since(session, size):
        raise Differs(
            f"有 {walk.lost} 条记录的内容已不在数据库里，而存证记载的删除只有 {walk.recorded} 条。",
            f"the contents of {walk.lost} entries are gone, and only {walk.recorded} were erased on record.",
        )
    return size


def _size(session: Session) -> int:
    size = session.execute(select(LogHead.size)).scalar_one_or_none()
    if size is None:
        raise Differs("数据库里没有存证的总数。", "the database has lost the trail's head.")
    return size


def _check_entries(
    session: Session, walk: _Walk, signed: Signed, published: int, start: int, end: int
) -> dict[tuple[int, int], bytes]:
    """Check the entries from `start` to `end` and return the nodes that they complete."""
    query = (
        select(
            LogEntry.idx,
            LogEntry.leaf_hash,
            LogEntry.body,
            LogEntry.kind,
            LogEntry.subject,
            LogEntry.matter,
            LogEntry.actor_ref,
            LogEntry.scope,
            LogEntry.at,
            LogPayload.salt,
            LogPayload.payload,
        )
        .outerjoin(LogPayload, LogPayload.idx == LogEntry.idx)
        .where(LogEntry.idx >= start, LogEntry.idx < end)
        .order_by(LogEntry.idx)
    )
    rows: list[Any] = list(session.execute(query))
    nodes: dict[tuple[int, int], bytes] = {}
    bundle: Sequence[bytes] = ()
    for index in range(start, end):
        row = rows[index - start] if index - start < len(rows) else None
        if row is None or row.idx != index:
            raise Differs(f"数据库里缺第 {index} 号记录。", f"entry {index} is missing from the database.", index)
        if index % WIDTH == 0 and index < published:
            bundle = signed(index // WIDTH)
        if index < published and bundle[index % WIDTH : index % WIDTH + 1] != [row.body]:
            raise Differs(
                f"数据库里第 {index} 号记录与已签名公布的不同。",
                f"entry {index} of the database is not the one that was signed and published.",
                index,
            )
        _check_row(row, walk)
        for node in tree.completed_by(index, row.leaf_hash, lambda level, _number: walk.frontier[level]):
            walk.frontier[node.level] = node.hash
            nodes[node.level, node.number] = node.hash
    return nodes


def _check_row(row: Any, walk: _Walk) -> None:
    """One entry: its leaf, the columns to find it by, and the payload that it commits to."""
    if tree.leaf_hash(row.body) != row.leaf_hash:
        raise Differs(
            f"第 {row.idx} 号记录的内容与它的哈希不符。", f"entry {row.idx} does not match its hash.", row.idx
        )
    try:
        body: dict[str, Any] = json.loads(row.body)
        found = found_by(body)
        said = (body["type"], found.subject, found.matter, found.actor_ref, body["scope"])
        moment = body.get("at")
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Differs(f"第 {row.idx} 号记录读不出来。", f"entry {row.idx} cannot be read.", row.idx) from None
    if said != (row.kind, row.subject, row.matter, row.actor_ref, row.scope) or moment not in {None, plain(row.at)}:
        raise Differs(
            f"第 {row.idx} 号记录的检索栏被改动过，与记录本身不符。",
            f"the columns by which entry {row.idx} is found were changed: they do not say what the entry says.",
            row.idx,
        )
    _check_payload(row.idx, body.get("cm"), row.salt, row.payload, walk)
    if row.kind == ERASED:
        walk.recorded += int(body["pub"].get("count", 0))
    elif row.kind == REPLAYED:
        walk.replayed.append(range(body["pub"]["first"], body["pub"]["last"] + 1))


def _check_payload(index: int, promised: str | None, salt: bytes | None, payload: bytes | None, walk: _Walk) -> None:
    if salt is None or payload is None:
        if promised is not None:
            walk.missing.append(index)
    elif promised != commitment(salt, payload):
        raise Differs(
            f"第 {index} 号记录的非公开内容被改动过，与公开的承诺值不符。",
            f"what entry {index} commits to was changed: it no longer opens the commitment.",
            index,
        )


def _erased_since(session: Session, size: int) -> int:
    """How many payloads were erased on record while the rows were being read."""
    query = select(LogEntry.body).where(LogEntry.kind == ERASED, LogEntry.idx >= size)
    return sum(int(json.loads(body)["pub"].get("count", 0)) for body in session.scalars(query))


def _check_nodes(session: Session, nodes: dict[tuple[int, int], bytes], start: int, end: int) -> None:
    """The stored nodes that become complete between two sizes are exactly those that were computed."""
    stored: dict[tuple[int, int], bytes] = {}
    for level in range(end.bit_length()):
        query = select(LogNode.number, LogNode.hash).where(
            LogNode.level == level, LogNode.number >= start >> level, LogNode.number < end >> level
        )
        stored |= {(level, row.number): row.hash for row in session.execute(query)}
    if stored == nodes:
        return
    level, number = min(
        (place for place in {*nodes, *stored} if nodes.get(place) != stored.get(place)),
        key=lambda place: (place[1] << place[0], place[0]),
    )
    raise Differs(
        f"哈希树第 {level} 层第 {number} 个节点被改动或丢失。",
        f"node {number} of level {level} of the tree was changed or lost.",
        number << level,
    )


def _check_nothing_beyond(session: Session) -> None:
    """No row stands behind the head: the maxima are read first, the head after them, as acts go on being recorded."""
    last = session.scalars(select(LogEntry.idx).order_by(LogEntry.idx.desc()).limit(1)).all()
    ends = session.execute(select(LogNode.level, func.max(LogNode.number)).group_by(LogNode.level)).all()
    size = _size(session)
    if any(index >= size for index in last) or any(number >= size >> level for level, number in ends):
        raise Differs(
            f"数据库里在总数 {size} 条之外还有记录。",
            f"the database holds rows behind its own head of {size} entries.",
            size,
        )
