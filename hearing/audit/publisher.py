"""Publisher 公布: signs the head of the trail and lays it out as files that any mirror can copy.

Files are written before the checkpoint that names them, and the checkpoint is replaced atomically. The last signed
checkpoint lives in the published folder and not in the database: a database that was rolled back or rewritten does
not fit it any more, and nothing is signed then.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from hearing.audit import tree
from hearing.audit.models import LogEntry, LogHead, LogNode
from hearing.audit.note import Checkpoint, Note, SignedCheckpoint, SigningKey, VerifyKey, open_checkpoint
from hearing.audit.tiles import ENTRIES, HEIGHT, WIDTH, Tile, encode_bundle, growth, tile_bytes
from hearing.config import Settings, read_or_make_secret


class WillNotSign(Exception):
    """The database's trail is not a continuation of what was signed; the message says how it differs."""


@dataclass(frozen=True)
class Publisher:
    """One installation's published log."""

    folder: Path
    key: SigningKey

    @classmethod
    def of(cls, settings: Settings) -> Publisher:
        """The publisher of an installation; makes its signing key at first use."""
        secret = read_or_make_secret(settings.keys_dir / "log.key", lambda: SigningKey.generate(settings.origin).secret)
        return cls(settings.log_dir, SigningKey.parse(secret))

    @property
    def vkey(self) -> VerifyKey:
        """The public key that posters and receipts name."""
        return self.key.verify_key

    def last(self) -> SignedCheckpoint | None:
        """The last signed head, None before the first. Raises NoteError when the file was damaged."""
        try:
            return open_checkpoint((self.folder / "checkpoint").read_bytes(), self.vkey)
        except FileNotFoundError:
            return None

    def publish(self, session: Session) -> Checkpoint:
        """Sign the database's head, if it has grown, and write what is new.

        Raises WillNotSign when the database's trail is shorter than, or differs from, what was signed before.
        """
        with self._alone():
            before = self.last()
            old = before.checkpoint if before else Checkpoint(self.vkey.name, 0, tree.EMPTY_ROOT)
            size = session.execute(select(LogHead.size)).scalar_one()
            if size < old.size:
                raise WillNotSign(f"the database holds {size} entries, {old.size} were signed")
            if before is not None and size == old.size:
                self._check_same(session, old)
                return old
            return self._sign(session, old, size)

    def _check_same(self, session: Session, old: Checkpoint) -> None:
        if old.size and tree.root(old.size, _nodes(session, old.size - 1, old.size)) != old.root:
            raise WillNotSign(f"the database's {old.size} entries are not those that were signed")

    def _sign(self, session: Session, old: Checkpoint, size: int) -> Checkpoint:
        read = _nodes(session, old.size, size)
        new = Checkpoint(self.vkey.name, size, tree.root(size, read))
        if old.size:
            try:
                proof = tree.consistency_proof(old.size, size, read)
                tree.verify_consistency(old.size, size, proof, old.root, new.root)
            except tree.ProofError as error:
                raise WillNotSign(f"the database's first {old.size} entries are not those that were signed") from error
        for tile in growth(old.size, size):
            self._write(tile.path, self._bundle(session, tile) if tile.level == ENTRIES else tile_bytes(tile, read))
        note = Note(new.text, (self.key.sign(new.text),)).encode()
        self._write("checkpoint", note)
        return new

    def _bundle(self, session: Session, tile: Tile) -> bytes:
        """The entries of a bundle, each checked against the leaf that the tree was built from."""
        first = tile.index * WIDTH
        query = (
            select(LogEntry.idx, LogEntry.body, LogEntry.leaf_hash)
            .where(LogEntry.idx >= first, LogEntry.idx < first + tile.width)
            .order_by(LogEntry.idx)
        )
        rows = session.execute(query).all()
        if [row.idx for row in rows] != list(range(first, first + tile.width)):
            raise WillNotSign(f"entries are missing between {first} and {first + tile.width - 1}")
        for row in rows:
            if tree.leaf_hash(row.body) != row.leaf_hash:
                raise WillNotSign(f"entry {row.idx} was changed after it was recorded")
        return encode_bundle([row.body for row in rows])

    def _write(self, path: str, data: bytes) -> None:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(f".{target.name}.draft")
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _nodes(session: Session, old: int, new: int) -> tree.ReadNode:
    """A reader of stored nodes that fetches those between two sizes with one statement a level, the rest singly."""
    known: dict[tuple[int, int], bytes] = {}
    for level in range(max(new, 1).bit_length()):
        # The tile that holds the first new node of a level begins at most a tile's width before it.
        first = (old >> level) // WIDTH * WIDTH if level % HEIGHT == 0 else old >> level
        query = select(LogNode.number, LogNode.hash).where(
            LogNode.level == level, LogNode.number >= first, LogNode.number < new >> level
        )
        known |= {(level, row.number): row.hash for row in session.execute(query)}

    def read(level: int, number: int) -> bytes:
        if (level, number) not in known:
            query = select(LogNode.hash).where(LogNode.level == level, LogNode.number == number)
            found = session.execute(query).scalar_one_or_none()
            if found is None:
                raise WillNotSign(f"node {number} of level {level} is missing")
            known[level, number] = found
        return known[level, number]

    return read
