"""The one door to the database 一扇门: an act and its entry in the trail are committed together, or not at all."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, ParamSpec, TypeVar, cast

from sqlalchemy import Connection, Table, UniqueConstraint, bindparam, event, insert, select, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import ORMExecuteState, Session

from hearing.audit import canonical, once, tree
from hearing.audit.fact import Fact
from hearing.audit.models import LogEntry, LogHead, LogHousehold, LogNode, LogPayload, SentForm
from hearing.clock import database_now
from hearing.db import Base, Ledgered, connected, db, is_reading, read_only, sent_together
from hearing.glance import Glance
from hearing.refusal import Refused

P = ParamSpec("P")
F = TypeVar("F", bound=Fact)
T = TypeVar("T")

_OPEN = "performing"

# Every act runs these, so they are built once, and on the tables: the mapper's part would cost as much as the rest.
_HEAD, _ENTRY, _NODE, _PAYLOAD, _HOUSEHOLD, _SENT = (
    cast(Table, model.__table__) for model in (LogHead, LogEntry, LogNode, LogPayload, LogHousehold, SentForm)
)
_TAKE_PLACE = (
    update(_HEAD)
    .where(_HEAD.c.id == 1)
    .values(size=_HEAD.c.size + bindparam("more"))
    .returning(_HEAD.c.size, database_now().label("at"))
)
_ADD_ENTRY, _ADD_NODE, _ADD_PAYLOAD = insert(_ENTRY), insert(_NODE), insert(_PAYLOAD)
_ADD_HOUSEHOLD, _ADD_SENT = insert(_HOUSEHOLD), insert(_SENT)
_FIND_SENT = select(_SENT.c.idx, _SENT.c.digest).where(_SENT.c.key == bindparam("sent"))
_WAS_SENT = Glance(_FIND_SENT)
_READ_NODES = select(_NODE.c.level, _NODE.c.number, _NODE.c.hash).where(
    tuple_(_NODE.c.level, _NODE.c.number).in_(bindparam("wanted", expanding=True))
)


class OutsideTheDoor(Exception):
    """Code tried to change a recorded table without an act that the trail knows."""


@dataclass(frozen=True, slots=True)
class Recorded(Generic[F]):
    """An act that has been committed: its fact and its place in the trail."""

    fact: F
    index: int


def perform(action: Callable[P, F], *args: P.args, **kwargs: P.kwargs) -> Recorded[F]:
    """Carry out an action and append its fact to the trail in one transaction.

    Raises whatever the action refuses with, after undoing everything; Refused for a broken promise of the database
    that has a sentence; AlreadySent when this form was carried out before; NoKey when a page forgot the form's key.
    """
    with _through_the_door() as form:
        fact = action(*args, **kwargs)
        index = _append([fact])
        if form is not None:
            _remember(form, index)
    once.sending.set(None)
    return Recorded(fact, index)


def perform_all(action: Callable[P, Sequence[F]], *args: P.args, **kwargs: P.kwargs) -> list[Recorded[F]]:
    """Carry out an action that is several facts at once: their entries stand one behind the other, in their order.

    A form that did it is led to the last of them. Raises as `perform` does.
    """
    with _through_the_door() as form:
        facts = action(*args, **kwargs)
        first = _append(facts)
        if form is not None:
            _remember(form, first + len(facts) - 1)
    once.sending.set(None)
    return [Recorded(fact, first + place) for place, fact in enumerate(facts)]


def entrust(action: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Commit an act whose entry the trail gets later, among others' and in no order of theirs: a secret ballot.

    Nothing is written but the action's own rows: no entry, no key of the form, no moment. So the action itself must see
    to it that a form sent twice is carried out once, and its form needs no key. Raises as `perform` does, save
    AlreadySent and NoKey.
    """
    with _open_door():
        result = action(*args, **kwargs)
    once.sending.set(None)
    return result


@contextmanager
def _through_the_door() -> Iterator[once.Sending | None]:
    """What acts with an entry share: the form's key, and the open door."""
    form = once.sending.get()
    if form is None and once.required.get():
        raise once.NoKey
    with _open_door():
        yield form


@contextmanager
def _open_door() -> Iterator[None]:
    """Recorded tables may be written; one commit at the end, or nothing at all."""
    session = db.session
    session.info[_OPEN] = True
    try:
        yield
        session.commit()
    except IntegrityError as error:
        session.rollback()
        raise _in_words(error) from error
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop(_OPEN, None)


def keep(change: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Commit bookkeeping that is no act: sessions, codes, counters, drafts, preferences, delivery of messages.

    The guards refuse every recorded table here.
    """
    session = db.session
    try:
        result = change(*args, **kwargs)
        session.commit()
    except IntegrityError as error:
        session.rollback()
        raise _in_words(error) from error
    except BaseException:
        session.rollback()
        raise
    return result


def then_write() -> None:
    """End the transaction in which a form was read and nothing could be written: what follows opens one that can.

    For acts that read again, under their own lock, all that decides; what is in memory stays as it was read.
    """
    if is_reading():
        if db.session.in_transaction():
            db.session.commit()
        read_only(False)


def start(session: Session) -> None:
    """Make the head row of an empty trail; a second call changes nothing. The caller's transaction commits."""
    if session.get(LogHead, 1) is None:
        session.add(LogHead(id=1, size=0))


def _append(facts: Sequence[Fact]) -> int:
    """Write the entries of these facts, their new complete nodes and their payloads; return the first one's index.

    The head row is locked here, last, so that acts wait for each other as briefly as possible.
    """
    db.session.flush()
    kept = [_committed(fact) for fact in facts]
    connection = connected()
    place = connection.execute(_TAKE_PLACE, {"more": len(facts)}).one()
    first: int = place.size - len(facts)
    read = _neighbours(connection, first, place.size)

    def known(level: int, number: int) -> bytes:
        return read[level, number]

    entries, nodes, payloads, homes = [], [], [], []
    for index, (fact, (salt, encoded)) in enumerate(zip(facts, kept, strict=True), first):
        body = canonical.encode_entry(fact.entry(place.at, canonical.commitment(salt, encoded) if encoded else None))
        leaf = tree.leaf_hash(body)
        entries.append(
            {
                "idx": index,
                "leaf_hash": leaf,
                "body": body,
                "kind": fact.kind,
                "subject": fact.subject,
                "matter": fact.matter,
                "actor_ref": fact.actor.ref,
                "at": place.at,
                "scope": fact.scope,
            }
        )
        completed = tree.completed_by(index, leaf, known)
        read |= {(node.level, node.number): node.hash for node in completed}
        nodes += [node._asdict() for node in completed]
        if encoded:
            payloads.append({"idx": index, "salt": salt, "payload": encoded})
            homes += [{"idx": index, "unit_id": unit} for unit in sorted(set(fact.households))]
    with sent_together(connection):
        for statement, rows in ((_ADD_ENTRY, entries), (_ADD_NODE, nodes), (_ADD_PAYLOAD, payloads)):
            if rows:
                connection.execute(statement, rows if len(rows) > 1 else rows[0])
        if homes:
            connection.execute(_ADD_HOUSEHOLD, homes)
    return first


def _committed(fact: Fact) -> tuple[bytes, bytes]:
    """A new salt, and what the entry commits to in its canonical bytes; empty when there is nothing."""
    payload = fact.payload()
    return secrets.token_bytes(canonical.SALT_BYTES), canonical.encode(payload) if payload else b""


def _neighbours(connection: Connection, first: int, size: int) -> dict[tuple[int, int], bytes]:
    """The subtrees to the left that the entries from `first` up to `size` complete, read with one statement."""
    levels = range((first ^ size).bit_length())
    wanted = [(level, (first >> level) - 1) for level in levels if first >> level & 1]
    found = connection.execute(_READ_NODES, {"wanted": wanted}) if wanted else ()
    return {(row.level, row.number): row.hash for row in found}


def _remember(form: once.Sending, index: int) -> None:
    try:
        connected().execute(_ADD_SENT, {"key": form.key, "digest": form.digest, "idx": index})
    except IntegrityError:
        # The same form came in twice at once and the other was quicker: its receipt is the one to show.
        db.session.rollback()
        first = connected().execute(_FIND_SENT, {"sent": form.key}).one()
        raise once.AlreadySent(first.idx, same=first.digest == form.digest) from None


def sent_before(form: once.Sending) -> None:
    """Raise AlreadySent when this form was carried out before."""
    for first in _WAS_SENT.rows(sent=form.key):
        raise once.AlreadySent(first["idx"], same=first["digest"] == form.digest)


_refusals: dict[str, StrEnum] = {}


def broken_promise(constraint: str, refusal: StrEnum) -> None:
    """Name the sentence that a person sees when the database keeps the promise called `constraint`."""
    _refusals[constraint] = refusal


def _in_words(error: IntegrityError) -> Exception:
    refusal = _refusals.get(_constraint_name(error) or "")
    return Refused(refusal) if refusal is not None else error


def _constraint_name(error: IntegrityError) -> str | None:
    diagnosis = getattr(error.orig, "diag", None)
    if diagnosis is not None:
        return str(diagnosis.constraint_name)
    text = str(error.orig)
    if found := re.fullmatch(r"CHECK constraint failed: (\w+)", text):
        return found[1]
    if found := re.fullmatch(r"UNIQUE constraint failed: (.+)", text):
        return _unique_name(found[1].split(", "))
    return None


def _unique_name(columns: list[str]) -> str | None:
    """SQLite names the columns and not the constraint: look the constraint up."""
    table: Table | None = Base.metadata.tables.get(columns[0].split(".")[0])
    if table is None:
        return None
    names = {column.split(".")[1] for column in columns}
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint) and {column.name for column in constraint.columns} == names:
            return str(constraint.name)
    for index in table.indexes:
        if index.unique and {column.name for column in index.columns} == names:
            return str(index.name)
    return None


@event.listens_for(Session, "before_flush")
def _guard_flush(session: Session, _context: Any, _instances: Any) -> None:
    if session.info.get(_OPEN):
        return
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, Ledgered) and (row not in session.dirty or session.is_modified(row)):
            raise OutsideTheDoor(type(row).__name__)


@event.listens_for(Session, "do_orm_execute")
def _guard_bulk(state: ORMExecuteState) -> None:
    if not (state.is_update or state.is_delete or state.is_insert) or state.session.info.get(_OPEN):
        return
    if state.bind_mapper is not None and issubclass(state.bind_mapper.class_, Ledgered):
        raise OutsideTheDoor(state.bind_mapper.class_.__name__)
