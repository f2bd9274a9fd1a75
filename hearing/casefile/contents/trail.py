"""The trail 存证: every entry of the case with its proof, and in the full edition what it commits to."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hearing.audit import bundle, queries
from hearing.audit.note import SignedCheckpoint
from hearing.audit.queries import Told
from hearing.audit.routes import public_sentence
from hearing.casefile.contents.folder import Folder
from hearing.db import db, reading
from hearing.people.rules import ROLE_LABELS

_ROLES = {role.value: label for role, label in ROLE_LABELS.items()}


class Batched:
    """Files of entries, read a batch at a time as they are asked for in order."""

    def __init__(self, indexes: Sequence[int], read: Callable[[Sequence[int]], dict[int, bytes]]) -> None:
        self._indexes, self._read = indexes, read
        self._place = {index: place for place, index in enumerate(indexes)}
        self._found: dict[int, bytes] = {}

    def file(self, index: int) -> bytes:
        """The file of one entry."""
        if index not in self._found:
            start = self._place[index] // bundle.BATCH * bundle.BATCH
            with reading():
                self._found = self._read(self._indexes[start : start + bundle.BATCH])
                db.session.rollback()
        return self._found[index]


def told(matter: str) -> list[Told]:
    """The public entries of the case."""
    return queries.story(db.session, matter)


def add(folder: Folder, entries: Sequence[Told], head: SignedCheckpoint, vkey: str) -> None:
    """The list of entries, a proof of each, the openings, the signed head and the key that signed it."""
    folder.text("log/checkpoint", head.note.encode().decode())
    folder.text("log/vkey", f"{vkey}\n")
    indexes = [entry.index for entry in entries]
    proofs = Batched(indexes, lambda some: bundle.proofs(db.session, some, head))
    for index in indexes:
        folder.lazily(f"log/proofs/{_name(index)}.tlog-proof", lambda index=index: proofs.file(index))  # type: ignore[misc]
    opened = _openings(folder, entries) if folder.full else frozenset()
    folder.table(
        "log/entries.csv",
        ("存证序号", "时间（北京）", "种类", "关于", "谁", "代号", "说的是", "凭证", "启封件"),
        (
            (
                entry.index,
                entry.at,
                entry.kind,
                entry.subject,
                _ROLES.get(entry.role, "系统"),
                entry.ref,
                public_sentence(entry),
                f"log/proofs/{_name(entry.index)}.tlog-proof",
                f"log/openings/{_name(entry.index)}.opening.json" if entry.index in opened else "",
            )
            for entry in entries
        ),
    )


def _openings(folder: Folder, entries: Sequence[Told]) -> frozenset[int]:
    """What the entries commit to, but for the purposes of those who looked at case files: they are staff's own."""
    kept = bundle.opened(db.session, entries[0].matter) if entries else frozenset()
    found = [entry.index for entry in entries if entry.index in kept and not entry.kind.startswith("casefile.")]
    openings = Batched(found, lambda some: bundle.openings(db.session, some))
    for index in found:
        folder.lazily(f"log/openings/{_name(index)}.opening.json", lambda index=index: openings.file(index))  # type: ignore[misc]
    return frozenset(found)


def _name(index: int) -> str:
    return f"{index:010d}"
