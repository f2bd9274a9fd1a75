"""Replay 补回: after a backup was restored, the trail's missing entries come back from the published files or a mirror.

What comes back is the trail: the public entries and the tree over them, so that publishing can go on where it stopped
and nobody's receipt becomes false. What the entries only commit to, and the rows that the acts changed, were in the
database alone. Those acts are listed, to be entered again from paper and receipts; and the trail says that it happened.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, cast

from sqlalchemy import Table, insert, select, update
from sqlalchemy.orm import Session

from hearing.audit import canonical, shelf, tree
from hearing.audit.edge import Edge
from hearing.audit.fact import SYSTEM, Fact, found_by, public
from hearing.audit.ledger import perform
from hearing.audit.models import LogEntry, LogHead, LogNode
from hearing.audit.note import Checkpoint, NoteError, VerifyKey, open_checkpoint
from hearing.audit.publisher import Publisher
from hearing.audit.rotation import SCOPE
from hearing.db import db
from hearing.refusal import N_

_HEAD, _ENTRY, _NODE = (cast(Table, model.__table__) for model in (LogHead, LogEntry, LogNode))


class _NothingMissing(Exception):
    """The database holds all that the source has."""


class CannotReplay(Exception):
    """The source does not fit the database or our key; nothing was changed. The message says how."""


@dataclass(frozen=True, kw_only=True)
class TrailReplayed(Fact):
    """Entries came back from published files; what they committed to may be lost."""

    kind: ClassVar[str] = "trail.replayed"
    sentence: ClassVar[str] = N_("数据库恢复过旧备份，第 %(first)s 号到第 %(last)s 号存证从公开的文件补回")
    first: int = public()
    last: int = public()


@dataclass(frozen=True)
class Brought:
    """An entry that came back: enough to know which act has to be looked up on paper."""

    index: int
    at: datetime
    kind: str
    subject: str
    matter: str


def replay(publisher: Publisher, fetch: shelf.Fetch) -> list[Brought]:
    """Add the entries that the database lacks, from a log that our key signed; return them, oldest first.

    The whole source is checked first, and the database must be its beginning. When nothing is missing, nothing
    changes. Raises CannotReplay.
    """
    bodies = _checked(fetch, _head(fetch, publisher.keys))
    try:
        fact = perform(_bring, bodies).fact
    except _NothingMissing:
        return []
    return [_brought(index, bodies) for index in range(fact.first, fact.last + 1)]


def _bring(bodies: Sequence[bytes]) -> TrailReplayed:
    """Add what is missing and say so: one transaction, so that no entry comes back without a word about it."""
    size = db.session.execute(select(LogHead.size).with_for_update()).scalar_one()
    _check_beginning(db.session, bodies, size)
    if size == len(bodies):
        raise _NothingMissing
    _add(db.session, bodies, size)
    return _replayed(size, len(bodies) - 1)


def _head(fetch: shelf.Fetch, keys: Sequence[VerifyKey]) -> Checkpoint:
    """The source's head, which one of our keys must have signed."""
    data = fetch("checkpoint")
    if data is None:
        raise CannotReplay("the source has no checkpoint")
    reasons = []
    for key in keys:
        try:
            return open_checkpoint(data, key).checkpoint
        except NoteError as error:
            reasons.append(str(error))
    raise CannotReplay(f"the source's checkpoint: {reasons[0]}")


def _no_node(level: int, number: int) -> bytes:
    raise KeyError((level, number))


def _checked(fetch: shelf.Fetch, head: Checkpoint) -> list[bytes]:
    """All entries of the source, which must lead to its signed root."""
    edge = Edge(0, _no_node)
    try:
        bodies = list(shelf.entries(fetch, head.size))
    except shelf.Gap as gap:
        raise CannotReplay(str(gap)) from None
    for body in bodies:
        edge.append(tree.leaf_hash(body))
    if tree.root(head.size, edge.read) != head.root:
        raise CannotReplay("the source's entries are not those that were signed")
    return bodies


def _check_beginning(session: Session, bodies: Sequence[bytes], size: int) -> None:
    """The database's entries must be the first ones of the source."""
    if size > len(bodies):
        raise CannotReplay(f"the source has {len(bodies)} entries and the database {size}: there is nothing to bring")
    query = select(LogEntry.idx, LogEntry.body).where(LogEntry.idx < size).order_by(LogEntry.idx)
    found = 0
    with session.execute(query.execution_options(yield_per=2000)) as rows:
        for row in rows:
            if row.idx != found or row.body != bodies[row.idx]:
                raise CannotReplay(f"entry {found} of the database is another one than in the source")
            found += 1
    if found != size:
        raise CannotReplay(f"entry {found} is missing in the database")


def _add(session: Session, bodies: Sequence[bytes], size: int) -> None:
    """Write the entries from `size` on with their nodes, as the ledger would have."""
    connection = session.connection()
    fresh: dict[tuple[int, int], bytes] = {}

    def read(level: int, number: int) -> bytes:
        if (level, number) not in fresh:
            query = select(_NODE.c.hash).where(_NODE.c.level == level, _NODE.c.number == number)
            fresh[level, number] = connection.execute(query).scalar_one()
        return fresh[level, number]

    for index in range(size, len(bodies)):
        row = _row(index, bodies)
        connection.execute(insert(_ENTRY), row)
        nodes = tree.completed_by(index, row["leaf_hash"], read)
        connection.execute(insert(_NODE), [node._asdict() for node in nodes])
        fresh |= {(node.level, node.number): node.hash for node in nodes}
    connection.execute(update(_HEAD).where(_HEAD.c.id == 1).values(size=len(bodies)))


def _brought(index: int, bodies: Sequence[bytes]) -> Brought:
    row = _row(index, bodies)
    return Brought(index, row["at"], row["kind"], row["subject"], row["matter"])


def _row(index: int, bodies: Sequence[bytes]) -> dict[str, Any]:
    """The columns by which an entry is found; one that says no moment is given that of the last before it that does."""
    body = bodies[index]
    told = canonical.parse(body)
    found = found_by(told)
    return {
        "idx": index,
        "leaf_hash": tree.leaf_hash(body),
        "body": body,
        "kind": told["type"],
        "subject": found.subject,
        "matter": found.matter,
        "actor_ref": found.actor_ref,
        "at": _moment(index, bodies),
        "scope": told["scope"],
    }


def _moment(index: int, bodies: Sequence[bytes]) -> datetime:
    said = (canonical.parse(bodies[place]).get("at") for place in range(index, -1, -1))
    return datetime.fromisoformat(next(filter(None, said)))


def _replayed(first: int, last: int) -> TrailReplayed:
    return TrailReplayed(
        actor=SYSTEM, scope=SCOPE, subject="trail/replay", matter="trail/replay", first=first, last=last
    )
