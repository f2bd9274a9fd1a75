"""Erasing 删除: payloads and their salts leave the database; the entries that committed to them stay as they are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, ClassVar

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from hearing.audit.fact import Fact, public
from hearing.audit.models import LogEntry, LogPayload, SentForm
from hearing.refusal import N_

_BATCH = 500


@dataclass(frozen=True, kw_only=True)
class ErasureDone(Fact):
    """What the office erased: of which class and of how many entries, never whose.

    `count` is the number of payloads, of which a full check knows how many may be missing.
    """

    kind: ClassVar[str] = "erasure.done"
    sentence: ClassVar[str] = N_("按规定删除了 %(count)d 条记录的非公开内容：%(class_label)s")
    class_: str = public()
    class_label: str = public()
    count: int = public()

    def pub(self) -> dict[str, Any]:
        """The public part, in which the class is called `class`."""
        return {name.rstrip("_"): value for name, value in super().pub().items()}


@dataclass(frozen=True, slots=True)
class Held:
    """An entry of which the database still holds what it commits to."""

    index: int
    kind: str
    at: datetime


def held(
    session: Session,
    kinds: Collection[str],
    scope: str,
    before: datetime,
    *,
    spared: Collection[str] = (),
) -> list[int]:
    """The entries of these kinds with a payload, of one neighbourhood and from before a moment, oldest first.

    `spared` names subjects and matters that are still going on.
    """
    query = (
        select(LogEntry.idx)
        .join(LogPayload, LogPayload.idx == LogEntry.idx)
        .where(
            LogEntry.kind.in_(sorted(kinds)),
            LogEntry.scope == scope,
            LogEntry.at < before,
            LogEntry.subject.not_in(sorted(spared)),
            LogEntry.matter.not_in(sorted(spared)),
        )
        .order_by(LogEntry.idx)
    )
    return list(session.scalars(query))


def held_of(session: Session, ref: str) -> list[Held]:
    """The entries with a payload that the person known as `ref` made, oldest first."""
    return _held(session, LogEntry.actor_ref == ref)


def held_about(session: Session, subjects: Collection[str]) -> list[Held]:
    """The entries with a payload about these subjects, whoever made them."""
    return [found for batch in batches(sorted(subjects)) for found in _held(session, LogEntry.subject.in_(batch))]


def _held(session: Session, whose: Any) -> list[Held]:
    query = select(LogEntry.idx, LogEntry.kind, LogEntry.at).join(LogPayload, LogPayload.idx == LogEntry.idx)
    return [Held(*row) for row in session.execute(query.where(whose).order_by(LogEntry.idx))]


def naming(session: Session, kinds: Collection[str], words: str) -> list[Held]:
    """The entries of these kinds in whose payload a text stands: a person's pseudonym."""
    query = (
        select(LogEntry.idx, LogEntry.kind, LogEntry.at, LogPayload.payload)
        .join(LogPayload, LogPayload.idx == LogEntry.idx)
        .where(LogEntry.kind.in_(sorted(kinds)))
        .order_by(LogEntry.idx)
    )
    return [Held(row.idx, row.kind, row.at) for row in session.execute(query) if words.encode() in row.payload]


def erase(session: Session, indexes: Collection[int]) -> None:
    """Delete payloads and salts, and the fingerprints of the forms that brought them. Part of an act."""
    for batch in batches(sorted(indexes)):
        session.execute(delete(SentForm).where(SentForm.idx.in_(batch)))
        session.execute(delete(LogPayload).where(LogPayload.idx.in_(batch)))


def count(session: Session) -> int:
    """How many payloads the database holds."""
    return session.execute(select(func.count()).select_from(LogPayload)).scalar_one()


def batches(values: Iterable[Any]) -> Iterator[Sequence[Any]]:
    """The values in groups that a statement can name."""
    rest = iter(values)
    while batch := list(islice(rest, _BATCH)):
        yield batch
