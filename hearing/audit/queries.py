"""What the trail tells: the story of a case, one's own acts, the proof of an entry."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Row, ScalarSelect, Select, select, tuple_
from sqlalchemy.orm import Session

from hearing.audit import tree
from hearing.audit.fact import Fact, type_registry
from hearing.audit.models import LogEntry, LogHead, LogNode, LogPayload

T = TypeVar("T")


@dataclass(frozen=True)
class Told:
    """An entry as the product's pages tell it; `payload` is None once it has been erased or is not for this reader."""

    index: int
    at: datetime
    kind: str
    subject: str
    matter: str
    role: str
    ref: str
    pub: Mapping[str, Any]
    payload: Mapping[str, Any] | None = None

    @property
    def fact(self) -> type[Fact]:
        """The class whose sentences tell this entry."""
        return type_registry[self.kind]


def trail_size() -> ScalarSelect[int]:
    """How many entries the trail has, as part of another statement."""
    return select(LogHead.size).where(LogHead.id == 1).scalar_subquery()


def story(session: Session, matter: str) -> list[Told]:
    """The public entries of a case, oldest first."""
    return [_told(row) for row in session.execute(_entries().where(LogEntry.matter == matter).order_by(LogEntry.idx))]


def own_acts(session: Session, ref: str, limit: int = 100) -> list[Told]:
    """The acts of the person known as `ref`, newest first, with what the trail only commits to."""
    query = _entries_with_payloads().where(LogEntry.actor_ref == ref).order_by(LogEntry.idx.desc()).limit(limit)
    return [_told(row) for row in session.execute(query)]


def entry(session: Session, index: int) -> Told | None:
    """One entry with its payload; who may read it is the caller's to decide."""
    row = session.execute(_entries_with_payloads().where(LogEntry.idx == index)).one_or_none()
    return _told(row) if row is not None else None


def entry_bytes(session: Session, index: int) -> bytes | None:
    """The canonical bytes of an entry."""
    return session.execute(select(LogEntry.body).where(LogEntry.idx == index)).scalar_one_or_none()


def inclusion_proof(session: Session, index: int, size: int) -> list[bytes]:
    """The hashes from the entry up to the root of the tree of `size`, read with one statement."""
    return _in_one_read(session, lambda read: tree.inclusion_proof(index, size, read))


def _in_one_read(session: Session, compute: Callable[[tree.ReadNode], T]) -> T:
    """Run a proof twice: first to learn which nodes it wants, then with all of them from one statement."""
    wanted: set[tuple[int, int]] = set()

    def note_down(level: int, number: int) -> bytes:
        wanted.add((level, number))
        return bytes(tree.HASH_SIZE)

    compute(note_down)
    query = select(LogNode).where(tuple_(LogNode.level, LogNode.number).in_(sorted(wanted)))
    nodes = {(node.level, node.number): node.hash for node in session.scalars(query)}
    return compute(lambda level, number: nodes[level, number])


def _entries() -> Select[*tuple[Any, ...]]:
    return select(LogEntry.idx, LogEntry.body, LogEntry.matter, LogEntry.at)


def _entries_with_payloads() -> Select[*tuple[Any, ...]]:
    return _entries().add_columns(LogPayload.payload).outerjoin(LogPayload, LogPayload.idx == LogEntry.idx)


def _told(row: Row[Any]) -> Told:
    body: dict[str, Any] = json.loads(row.body)
    payload = getattr(row, "payload", None)
    pub = {name: value for name, value in body["pub"].items() if name != "matter"}
    return Told(
        index=row.idx,
        at=row.at,
        kind=body["type"],
        subject=body["subject"],
        matter=row.matter,
        role=body["actor"]["role"],
        ref=body["actor"]["ref"],
        pub=pub,
        payload=json.loads(payload) if payload is not None else None,
    )
