"""The trail 存证: every entry of the case with its proof, and in the full edition what it commits to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from hearing.audit import bundle, queries
from hearing.audit.bundle import Extent
from hearing.audit.note import SignedCheckpoint
from hearing.audit.routes import public_sentence
from hearing.casefile.contents.folder import Cell, Folder, Series
from hearing.db import db, reading
from hearing.people.rules import ROLE_LABELS

OWN = "casefile."
"""What the kinds of entries begin with that tell of case files themselves."""
_PROOFS, _OPENINGS = "log/proofs/", "log/openings/"
_ROLES = {role.value: label for role, label in ROLE_LABELS.items()}


def extent(matter: str, head: SignedCheckpoint) -> Extent | None:
    """How far the case goes within a signed head; None while the head does not cover all of it.

    What was told of case files meanwhile does not hold up the next.
    """
    return bundle.extent(db.session, matter, head.checkpoint.size, besides=OWN)


def add(folder: Folder, matter: str, head: SignedCheckpoint, vkey: str) -> None:
    """The list of entries, a proof of each, the openings, the signed head and the key that signed it."""
    folder.text("log/checkpoint", head.note.encode().decode())
    folder.text("log/vkey", f"{vkey}\n")
    opened = _openings(folder, matter, head) if folder.full else frozenset()
    indexes: list[int] = []

    def rows() -> Iterator[tuple[Cell, ...]]:
        for entry in queries.story_within(db.session, matter, head.checkpoint.size):
            indexes.append(entry.index)
            yield (
                entry.index,
                entry.at,
                entry.kind,
                entry.subject,
                _ROLES.get(entry.role, "系统"),
                entry.ref,
                public_sentence(entry),
                f"{_PROOFS}{_name(entry.index)}.tlog-proof",
                f"{_OPENINGS}{_name(entry.index)}.opening.json" if entry.index in opened else "",
            )

    heads = ("存证序号", "时间（北京）", "种类", "关于", "谁", "代号", "说的是", "凭证", "启封件")
    folder.table("log/entries.csv", heads, rows())
    read = _read_by(lambda some: bundle.proofs(db.session, some, head))
    folder.add_series(_PROOFS, _series(indexes, f"{_PROOFS}%s.tlog-proof", read))


def _openings(folder: Folder, matter: str, head: SignedCheckpoint) -> frozenset[int]:
    """What the entries commit to, but for the purposes of those who looked at case files: they are staff's own."""
    found = bundle.opened(db.session, matter, head.checkpoint.size, besides=OWN)
    read = _read_by(lambda some: bundle.openings(db.session, some))
    folder.add_series(_OPENINGS, _series(found, f"{_OPENINGS}%s.opening.json", read))
    return frozenset(found)


_Read = Callable[[Sequence[int]], dict[int, bytes]]


def _read_by(read: _Read) -> _Read:
    """The same, in a transaction of its own."""

    def in_one(some: Sequence[int]) -> dict[int, bytes]:
        with reading():
            found = read(some)
            db.session.rollback()
        return found

    return in_one


def _series(indexes: Sequence[int], name: str, read: _Read) -> Series:
    """A file of each of these entries, a batch read at a time."""

    def files() -> Iterator[tuple[str, bytes]]:
        for start in range(0, len(indexes), bundle.BATCH):
            some = indexes[start : start + bundle.BATCH]
            found = read(some)
            yield from ((name % _name(index), found[index]) for index in some)

    return Series(len(indexes), files)


def _name(index: int) -> str:
    return f"{index:010d}"
