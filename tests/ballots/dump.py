"""A thief with everything: every row with its hidden columns, every file of the data folder, every line of the log.

`leaks` tries to tie ballots to voters and says how it could. It is given the order in which people voted, as if
somebody had stood at the door and watched: whatever shows the order of the ballots, or their hour, names the voters.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import text

from hearing.ballots.rules import LEAST_BATCH
from hearing.db import Base, db

IDENTIFYING = frozenset(
    {"unit_id", "holder_id", "account_id", "voter_id", "cast_by", "signed_by", "recipient", "actor_ref", "phone", "by"}
)
"""Columns that name a person or a household."""
ITS_OWN = frozenset(
    {("secret_ballot", "c"), ("secret_ballot", "nonce"), ("secret_ballot", "ballot")}
    | {("log_entry", "idx"), ("log_entry", "leaf_hash"), ("log_entry", "body")}
    | {("ballot_paper", "code"), ("paper_reading", "code"), ("paper_reading", "said")}
)
"""What a ballot is, and where it stands in the trail: published for everybody. What a paper is, and what is sealed."""
PLACES = ("ctid", "rowid", "idx")
"""Columns that give an order."""
HOURS = (
    *("ballots.cast", "ballots.fill", "ballots.receipt", "ballots.find"),
    *("ballots.window", "ballots.at_window", "ballots.give_code", "ballots.exchange", "ballots.read_paper"),
    *("ballots.tablet", "ballots.tablet_ballot", "ballots.tablet_cast"),
)
"""Pages whose line in the log would tell when somebody voted."""


@dataclass(frozen=True)
class Cast:
    """What one voter knows of her own ballot: its code, and a word of her phrase that nobody else wrote."""

    c: str
    phrase: str

    @property
    def words(self) -> tuple[str, ...]:
        """What nobody else's row may hold."""
        return self.c, self.phrase


@dataclass
class Dump:
    """Everything that was stolen."""

    cast: Sequence[Cast]
    """In the order in which people voted."""
    log: str = ""
    rows: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: Path, cast: Sequence[Cast], log: str = "") -> Dump:
        """Steal the database of this application context and the files in its folder."""
        connection = db.session.connection()
        found = cls(cast, log)
        for name in Base.metadata.tables:
            query = _HIDDEN[connection.dialect.name](name)
            for row in connection.execute(text(query)).mappings():
                found.rows.append((name, dict(row)))
        db.session.rollback()
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                found.files[path.relative_to(folder).as_posix()] = path.read_bytes()
        return found


def _of_sqlite(table: str) -> str:
    kept = "" if _has_no_rowid(table) else "rowid AS rowid, "
    return f'SELECT {kept}* FROM "{table}"'


def _has_no_rowid(table: str) -> bool:
    made = db.session.execute(text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": table}).scalar_one()
    return "WITHOUT ROWID" in made


def _of_postgres(table: str) -> str:
    return f'SELECT ctid::text AS ctid, xmin::text AS xmin, xmax::text AS xmax, * FROM "{table}"'


_HIDDEN = {"sqlite": _of_sqlite, "postgresql": _of_postgres}


def leaks(dump: Dump) -> list[str]:
    """Every way in which a ballot is tied to its voter, or to an hour; none for a secret poll."""
    return sorted({*_in_rows(dump), *_by_order(dump), *_in_log(dump), *_in_keys(dump)})


def plain_words(dump: Dump) -> list[str]:
    """Where something of a ballot can be read at all: nowhere, as long as it lies in the box."""
    found = [f"{table}: {row}" for table, row in dump.rows if _ballots_in(dump, row)]
    found += [
        name for name, data in dump.files.items() if any(w.encode() in data for cast in dump.cast for w in cast.words)
    ]
    return found


def _in_rows(dump: Dump) -> Iterator[str]:
    """Rows of ballots that name somebody, or hold a value that fewer than a batch of ballots share."""
    values: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for table, row in dump.rows:
        whose = _ballots_in(dump, row)
        if not whose:
            continue
        for column, value in row.items():
            if value in (None, "", b""):
                continue
            if column in IDENTIFYING:
                yield f"{table}.{column} stands beside a ballot"
            if (table, column) not in ITS_OWN and column not in PLACES:
                values[table, column][str(value)] += len(whose)
    for (table, column), counts in values.items():
        if len(counts) > 1 and min(counts.values()) < LEAST_BATCH:
            yield f"{table}.{column} tells ballots apart: {min(counts.values())} share a value"


def _ballots_in(dump: Dump, row: dict[str, Any]) -> set[str]:
    whole = " ".join(_told(value) for value in row.values())
    return {cast.c for cast in dump.cast if any(word in whole for word in cast.words)}


def _told(value: Any) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("utf-8", "replace")
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, dict | list) else str(value)


def _by_order(dump: Dump) -> Iterator[str]:
    """Orders of ballots that are the order of voting, forwards or backwards."""
    for name, order in _orders(dump):
        known = [cast.c for cast in dump.cast]
        place = {c: number for number, c in enumerate(known)}
        for way, seen in (("", order), (" backwards", order[::-1])):
            if len(seen) == len(known) and _alike([place[c] for c in seen]):
                yield f"{name}{way} is the order of voting"


def _alike(places: Sequence[int]) -> bool:
    """Whether the places are nearly in order: half of them exactly, or a rank correlation above 0.9."""
    number = len(places)
    exact = sum(place == known for known, place in enumerate(places))
    squares = sum((place - known) ** 2 for known, place in enumerate(places))
    return 2 * exact >= number or 1 - 6 * squares / (number * (number**2 - 1)) > 0.9


def _orders(dump: Dump) -> Iterator[tuple[str, list[str]]]:
    by_table: dict[tuple[str, str], list[tuple[Any, str]]] = defaultdict(list)
    for number, (table, row) in enumerate(dump.rows):
        whose = _ballots_in(dump, row)
        if len(whose) != 1:
            continue
        (c,) = whose
        by_table[table, "the table's own order"].append((number, c))
        for column in PLACES:
            if column in row:
                by_table[table, column].append((_place(row[column]), c))
        for column, value in row.items():
            if column not in PLACES and column.endswith(("at", "id", "xmin", "xmax")) and value is not None:
                by_table[table, column].append((f"{value:012d}" if isinstance(value, int) else str(value), c))
    for (table, column), found in by_table.items():
        yield f"{table}.{column}", list(dict.fromkeys(c for _, c in sorted(found)))
    for name, data in dump.files.items():
        for words in ("c", "phrase"):
            spots = [(data.find(getattr(cast, words).encode()), cast.c) for cast in dump.cast]
            if all(spot >= 0 for spot, _ in spots):
                yield f"{name} by its {words}", [c for _, c in sorted(spots)]


def _place(value: Any) -> Any:
    """A ctid like (0,12) as numbers."""
    return tuple(map(int, value.strip("()").split(","))) if isinstance(value, str) and value[:1] == "(" else (value,)


def _in_log(dump: Dump) -> Iterator[str]:
    for line in dump.log.splitlines():
        if any(word in line for cast in dump.cast for word in cast.words):
            yield "the log says something of a ballot"
        if any(page in line for page in HOURS) and '"event": "answered"' in line:
            yield "the log tells when somebody voted"


def _in_keys(dump: Dump) -> Iterator[str]:
    yield from (f"{name} opens what lay in the box" for name in dump.files if name.endswith(".box"))
