"""Filling: a trail of any length, quickly, with the very bytes, nodes and files that single acts would have made."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, Table, func, select, update
from sqlalchemy.orm import DeclarativeBase

from hearing.audit import canonical, tiles, tree
from hearing.audit.fact import Actor
from hearing.audit.models import LogEntry, LogHead, LogNode
from hearing.consents.facts import Answered
from hearing.db import db

LONG_AGO = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)


def answered(number: int) -> Answered:
    """The longest fact that is written often."""
    return Answered(
        actor=Actor(role="resident", ref=f"p-{number:08x}"),
        scope="xinqiao",
        subject="consent/1",
        matter="proposal/1",
        plan_hash=hashlib.sha256(b"plan").hexdigest(),
        method="phone",
        record=number,
        title="新桥苑楼道加装扶手",
        version=1,
        unit=str(number),
        holders=(str(number),),
        answer="agree",
        answer_label="同意",
        signed_on="2026-11-21",
        received_at=LONG_AGO,
        evidence_hash=hashlib.sha256(b"evidence").hexdigest(),
        identity="session",
        assisted=False,
    )


@dataclass
class Tree:
    """Entries, and the complete nodes over them level by level."""

    bodies: list[bytes]
    rows: list[list[bytes]]

    @classmethod
    def of(cls, size: int) -> Tree:
        """A tree over so many answers."""
        bodies = list(islice(_bodies(), size))
        row = [hashlib.sha256(b"\x00" + body).digest() for body in bodies]
        rows = [row]
        while len(row) > 1:
            # All nodes of a level at once: appending them one by one would take most of the time.
            pairs = zip(row[::2], row[1::2], strict=False)
            row = [hashlib.sha256(b"\x01" + left + right).digest() for left, right in pairs]
            rows.append(row)
        return cls(bodies, rows)

    def read(self, level: int, number: int) -> bytes:
        """A complete node, as the pure functions of the tree ask for it."""
        return self.rows[level][number]

    @property
    def size(self) -> int:
        """The number of entries."""
        return len(self.bodies)

    @property
    def root(self) -> bytes:
        """The root over all of it."""
        return tree.root(self.size, self.read)

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Entry bundles and tiles, with their paths."""
        for tile in tiles.growth(0, self.size):
            first = tile.index * tiles.WIDTH
            if tile.level == tiles.ENTRIES:
                yield tile.path, tiles.encode_bundle(self.bodies[first : first + tile.width])
            else:
                yield tile.path, tiles.tile_bytes(tile, self.read)

    def lay_out(self, folder: Path) -> None:
        """Write the files, without waiting for the disk."""
        for path, data in self.files():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)


def _bodies() -> Iterator[bytes]:
    """The bytes of one entry after the other."""
    commitment = canonical.commit(bytes(canonical.SALT_BYTES), answered(0).payload())
    encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
    entry = answered(0).entry(LONG_AGO, commitment)
    number = 0
    while True:
        entry["actor"]["ref"], entry["pub"]["record"] = f"p-{number:08x}", number
        body = encode(entry).encode()
        # The product's own way takes ten times as long; now and then it has its say.
        if number % 5000 == 0 and body != canonical.encode_entry(answered(number).entry(LONG_AGO, commitment)):
            raise RuntimeError("these are not the bytes of an act")
        yield body
        number += 1


def fill(made: Tree) -> None:
    """Write a tree into the tables of an empty trail."""
    fact = answered(0)
    known = (fact.kind, fact.scope, fact.subject, fact.matter, LONG_AGO)
    entries = (
        (index, leaf, body, f"p-{index:08x}", *known)
        for index, (body, leaf) in enumerate(zip(made.bodies, made.rows[0], strict=True))
    )
    nodes = ((level, number, value) for level, row in enumerate(made.rows) for number, value in enumerate(row))
    with db.engine.begin() as connection:
        if connection.execute(select(LogHead.size)).scalar_one():
            raise RuntimeError("this trail is not empty")
        names = ("idx", "leaf_hash", "body", "actor_ref", "kind", "scope", "subject", "matter", "at")
        write(connection, cast(Table, LogEntry.__table__), names, entries)
        write(connection, cast(Table, LogNode.__table__), ("level", "number", "hash"), nodes)
        connection.execute(update(LogHead).values(size=made.size))


def write(connection: Connection, table: Table, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Many rows as quickly as the driver takes them, values as the column types bind them."""
    dialect = connection.dialect
    binds = [table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names]
    bound = (tuple(bind(value) if bind else value for bind, value in zip(binds, row, strict=True)) for row in rows)
    columns = ", ".join(f'"{name}"' for name in names)
    cursor: Any = connection.connection.cursor()
    if dialect.name == "postgresql":
        with cursor.copy(f"COPY {table.name} ({columns}) FROM STDIN") as copy:
            for row in bound:
                copy.write_row(row)
    else:
        marks = ", ".join("?" * len(names))
        cursor.executemany(f"INSERT INTO {table.name} ({columns}) VALUES ({marks})", bound)


def into(connection: Connection, model: type[DeclarativeBase], names: Sequence[str], rows: Iterable[Any]) -> None:
    """Many rows of a model, and where they were given their numbers here, the next one of the product goes on after."""
    table = cast(Table, model.__table__)
    write(connection, table, names, rows)
    if connection.dialect.name == "postgresql" and "id" in table.c:
        sequence = func.pg_get_serial_sequence(table.name, "id")
        connection.execute(select(func.setval(sequence, select(func.max(table.c.id)).scalar_subquery())))
