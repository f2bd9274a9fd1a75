"""What the trail tells: the story of a case, one's own acts, the proof of an entry."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import Row, ScalarSelect, Select, and_, func, literal_column, or_, select, tuple_, union
from sqlalchemy.orm import Session

from hearing.audit import canonical, tree
from hearing.audit.fact import NOBODY, Bare, Fact, found_by, type_registry
from hearing.audit.models import LogEntry, LogHead, LogHousehold, LogNode, LogPayload

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
    commitment: str = ""
    """What the entry shows of its payload: base64url of a hash; empty when it commits to nothing."""

    @property
    def fact(self) -> type[Fact]:
        """The class whose sentences tell this entry."""
        return type_registry[self.kind]

    @property
    def erased(self) -> bool:
        """Whether the entry commits to something that is gone 已删除; for one read with its payload."""
        return bool(self.commitment) and self.payload is None


def trail_size() -> ScalarSelect[int]:
    """How many entries the trail has, as part of another statement."""
    return select(LogHead.size).where(LogHead.id == 1).scalar_subquery()


def story(session: Session, matter: str, *, without: Collection[str] = ()) -> list[Told]:
    """The public entries of a case, oldest first; `without` those of the kinds that the reader passes over."""
    query = _entries().where(LogEntry.matter == matter, LogEntry.kind.not_in(without)).order_by(LogEntry.idx)
    return [_told(row) for row in session.execute(query)]


def numbered(session: Session, subject: str, kinds: Collection[str], part: str) -> dict[int, int]:
    """Where entries of these kinds about a subject stand: their indexes by the number in this public part."""
    query = select(LogEntry.idx, LogEntry.body).where(LogEntry.subject == subject, LogEntry.kind.in_(kinds))
    return {int(json.loads(body)["pub"][part]): idx for idx, body in session.execute(query.order_by(LogEntry.idx))}


def own_acts(session: Session, ref: str, homes: Mapping[int, datetime] | None = None, limit: int = 100) -> list[Told]:
    """The acts of the person known as `ref` and those in her households' names, newest first, with their payloads.

    `homes` names her units, each with the moment from which on its acts are this household's: those before were done
    in the name of whoever held the unit then. What of another's act she may read is the caller's to decide.
    """
    own = select(LogEntry.idx).where(LogEntry.actor_ref == ref)
    ours = [
        select(LogHousehold.idx)
        .join(LogEntry, LogEntry.idx == LogHousehold.idx)
        .where(LogHousehold.unit_id == unit, LogEntry.at >= since)
        for unit, since in sorted((homes or {}).items())
    ]
    found = union(own, *ours).subquery()
    query = _entries_with_payloads().where(LogEntry.idx.in_(select(found.c.idx))).order_by(LogEntry.idx.desc())
    return [_told(row) for row in session.execute(query.limit(limit))]


def households(session: Session, indexes: Collection[int]) -> dict[int, frozenset[int]]:
    """The units in whose names the entries were made, by index."""
    found: dict[int, set[int]] = {}
    query = select(LogHousehold.idx, LogHousehold.unit_id).where(LogHousehold.idx.in_(sorted(indexes)))
    for row in session.execute(query):
        found.setdefault(row.idx, set()).add(row.unit_id)
    return {index: frozenset(units) for index, units in found.items()}


def in_name_of(session: Session, index: int, homes: Mapping[int, datetime]) -> frozenset[int]:
    """Which of these homes an entry was made in the name of, counted from the moment that stands with each."""
    query = (
        select(LogHousehold.unit_id, LogEntry.at)
        .join(LogEntry, LogEntry.idx == LogHousehold.idx)
        .where(LogHousehold.idx == index, LogHousehold.unit_id.in_(sorted(homes)))
    )
    return frozenset(row.unit_id for row in session.execute(query) if row.at >= homes[row.unit_id])


@dataclass(frozen=True)
class Search:
    """What somebody looks for in the trail; whatever is left empty matches everything.

    `scopes` are the neighbourhoods' slugs to which the search is confined: an entry is in one of them. `thing` is a
    subject or matter like "proposal/3", `sort` what its kind begins with, like "consent", `refs` the pseudonyms of
    those who acted; from `since` until before `until`, UTC.
    """

    scopes: tuple[str, ...]
    thing: str = ""
    sort: str = ""
    refs: tuple[str, ...] | None = None
    since: datetime | None = None
    until: datetime | None = None


def search(session: Session, wanted: Search, limit: int, before: int | None = None) -> list[Told]:
    """The entries that match, newest first, at most `limit`; only those below the index `before` if it is given."""
    query = _found(_entries_with_payloads(), wanted).order_by(LogEntry.idx.desc()).limit(limit)
    if before is not None:
        query = query.where(LogEntry.idx < before)
    return [_told(row) for row in session.execute(query)]


def count(session: Session, wanted: Search) -> int:
    """How many entries match."""
    return int(session.execute(_found(select(func.count(LogEntry.idx)), wanted)).scalar_one())


def _found(query: Select[*tuple[Any, ...]], wanted: Search) -> Select[*tuple[Any, ...]]:
    query = query.where(LogEntry.scope.in_(wanted.scopes))
    if wanted.thing:
        query = query.where(or_(LogEntry.subject == wanted.thing, LogEntry.matter == wanted.thing))
    if wanted.sort:
        # Every kind of this sort lies between "consent." and "consent/", the sign after the full stop.
        # A secret ballot is a sort of its own, and its kind is that one word.
        among = and_(LogEntry.kind >= f"{wanted.sort}.", LogEntry.kind < f"{wanted.sort}/")
        query = query.where(or_(among, LogEntry.kind == wanted.sort))
    if wanted.refs is not None:
        query = query.where(LogEntry.actor_ref.in_(wanted.refs))
    if wanted.since is not None:
        query = query.where(LogEntry.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(LogEntry.at < wanted.until)
    return query


def entry(session: Session, index: int) -> Told | None:
    """One entry with its payload; who may read it is the caller's to decide."""
    row = session.execute(_entries_with_payloads().where(LogEntry.idx == index)).one_or_none()
    return _told(row) if row is not None else None


def entry_bytes(session: Session, index: int) -> bytes | None:
    """The canonical bytes of an entry."""
    return session.execute(select(LogEntry.body).where(LogEntry.idx == index)).scalar_one_or_none()


def former_keys(session: Session) -> tuple[str, ...]:
    """The keys that the log has had before: it told of their successors itself."""
    query = select(LogEntry.body).where(LogEntry.scope == "installation", LogEntry.kind == "key.rotated")
    return tuple(str(json.loads(body)["pub"]["before"]) for body in session.scalars(query.order_by(LogEntry.idx)))


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
    pub = {name: value for name, value in body.get("pub", {}).items() if name != "matter"}
    actor, found = body.get("actor", {"role": NOBODY.role, "ref": NOBODY.ref}), found_by(body)
    return Told(
        index=row.idx,
        at=row.at,
        kind=body["type"],
        subject=found.subject,
        matter=row.matter,
        role=actor["role"],
        ref=actor["ref"],
        pub=pub,
        payload=json.loads(payload) if payload is not None else None,
        commitment=body.get("cm", ""),
    )


NO_TIME = datetime.fromtimestamp(0, UTC)
"""For facts that say no moment."""


def bare_place(session: Session, fact: Bare) -> int | None:
    """Where the entry of a fact without author and hour stands; its own bytes find it."""
    leaf = tree.leaf_hash(canonical.encode_entry(fact.entry(NO_TIME, None)))
    # The kind stands in the statement as it stands in the index's condition, so that every plan may use it.
    query = select(LogEntry.idx).where(LogEntry.kind == literal_column("'ballot'"), LogEntry.leaf_hash == leaf)
    return session.execute(query).scalar_one_or_none()


def last_by(session: Session, subject: str, kind: str, *, ref: str, units: Collection[int]) -> int | None:
    """The last entry of this kind about a subject that a person made, or that was made in the name of these units."""
    ours = select(LogHousehold.idx).where(LogHousehold.unit_id.in_(sorted(units)))
    query = select(func.max(LogEntry.idx)).where(
        LogEntry.subject == subject, LogEntry.kind == kind, or_(LogEntry.actor_ref == ref, LogEntry.idx.in_(ours))
    )
    return session.execute(query).scalar_one()
