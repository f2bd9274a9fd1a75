"""Bundle 成套凭证: proofs and openings of many entries, read in batches however many there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from hearing.audit import tree
from hearing.audit.erasing import ErasureDone
from hearing.audit.models import LogEntry, LogNode, LogPayload
from hearing.audit.note import SignedCheckpoint
from hearing.audit.opening import encode
from hearing.audit.proof import ProofFile

BATCH = 256
"""So many entries are proven with two statements; their proofs share most of their hashes."""


def proofs(session: Session, indexes: Sequence[int], head: SignedCheckpoint) -> dict[int, bytes]:
    """The `.tlog-proof` of each of these entries, at most BATCH, with the entry in it and the head that it leads to."""
    size, note = head.checkpoint.size, head.note.encode()
    wanted: set[tuple[int, int]] = set()

    def note_down(level: int, number: int) -> bytes:
        wanted.add((level, number))
        return bytes(tree.HASH_SIZE)

    for index in indexes:
        tree.inclusion_proof(index, size, note_down)
    query = select(LogNode.level, LogNode.number, LogNode.hash)
    found = session.execute(query.where(tuple_(LogNode.level, LogNode.number).in_(sorted(wanted)))) if wanted else ()
    nodes = {(row.level, row.number): row.hash for row in found}
    bodies = session.execute(select(LogEntry.idx, LogEntry.body).where(LogEntry.idx.in_(indexes)))
    return {
        row.idx: ProofFile(
            row.idx, tuple(tree.inclusion_proof(row.idx, size, lambda *place: nodes[place])), note, row.body
        ).encode()
        for row in bodies
    }


def openings(session: Session, indexes: Sequence[int]) -> dict[int, bytes]:
    """The opening of each of these entries that commits to something which was not erased, at most BATCH of them.

    Who may have them is the caller's to decide.
    """
    query = select(LogPayload.idx, LogPayload.salt, LogPayload.payload).where(LogPayload.idx.in_(indexes))
    return {row.idx: encode(row.idx, row.salt, row.payload) for row in session.execute(query)}


@dataclass(frozen=True)
class Extent:
    """How far a case goes in a tree: how many entries it has there, and which is the last, from when."""

    entries: int
    last: int
    at: datetime


def extent(session: Session, matter: str, size: int, *, besides: str) -> Extent | None:
    """The entries of a case within the first `size` of the trail; None where it has none there, or one after them.

    Of later ones those whose kind begins with `besides` do not count.
    """
    here = LogEntry.matter == matter
    later = select(LogEntry.idx).where(here, LogEntry.idx >= size, LogEntry.kind.not_like(f"{besides}%")).limit(1)
    if session.execute(later).first() is not None:
        return None
    number, last = session.execute(select(func.count(), func.max(LogEntry.idx)).where(here, LogEntry.idx < size)).one()
    if not number:
        return None
    return Extent(number, last, session.execute(select(LogEntry.at).where(LogEntry.idx == last)).scalar_one())


def opened(session: Session, matter: str, size: int, *, besides: str) -> list[int]:
    """Which entries of a case within the first `size` can be opened, in order, without kinds like `besides`."""
    query = (
        select(LogPayload.idx)
        .join(LogEntry, LogEntry.idx == LogPayload.idx)
        .where(LogEntry.matter == matter, LogEntry.idx < size, LogEntry.kind.not_like(f"{besides}%"))
        .order_by(LogPayload.idx)
    )
    return list(session.scalars(query))


def erasures(session: Session) -> int:
    """How often anything was erased: whoever gathers compares before and after."""
    query = select(func.count()).select_from(LogEntry).where(LogEntry.kind == ErasureDone.kind)
    return session.execute(query).scalar_one()
