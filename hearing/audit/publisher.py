"""Publisher 公布: signs the head of the trail and lays it out as files that any mirror can copy.

One head after the other, by one process at a time: read the new entries, show that they continue the last signed head,
sign, write entries and tiles, ask the witnesses, and replace the checkpoint last. Files come before the witnesses
because a head that a witness shows must be checkable at once.

The last signed head is kept twice outside the database, with the signer and in the published folder. A database that
was rolled back or rewritten fits neither, and nothing is signed then. Whatever step the machine stops at, the next
round finishes that head before it begins another: every size that was ever signed has its files.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from hearing.audit import durable, shelf, tree
from hearing.audit.edge import Edge
from hearing.audit.models import LogEntry, LogHead, LogNode
from hearing.audit.note import Checkpoint, Note, NoteError, Signature, SignedCheckpoint, VerifyKey, open_checkpoint
from hearing.audit.policy import Policy, PolicyError
from hearing.audit.signer import LocalSigner, Signer, WillNotSign
from hearing.audit.signer_process import RemoteSigner
from hearing.audit.tiles import ENTRIES, HEIGHT, MAX_LEVEL, WIDTH, Tile, encode_bundle, growth, tile_bytes
from hearing.audit.witness import place
from hearing.audit.witness_client import WitnessClient
from hearing.config import Settings

__all__ = ["Publisher", "WillNotSign"]

SLICE = 32_768
"""Entries between two heads when much has to be caught up: they stand in memory together."""
READ_AT_ONCE = 4096
"""Entries that one statement reads."""


@dataclass
class Publisher:
    """One installation's published log."""

    folder: Path
    signer: Signer
    policy_file: Path
    url: str
    """Where the log is served; the published policy names it."""
    witnesses: WitnessClient = field(default_factory=WitnessClient)
    _started: bool = field(default=False, init=False, repr=False)

    @classmethod
    def of(cls, settings: Settings) -> Publisher:
        """The publisher of an installation; makes its signing key at the very first use.

        A key that is missing although something was signed is never replaced: whoever verifies would take the new one
        for a forgery.
        """
        signer: Signer
        if settings.signer_socket:
            signer = RemoteSigner(Path(settings.signer_socket))
        else:
            signer = LocalSigner.at(settings.keys_dir)
            used = signer.memory.exists() or any((settings.log_dir / name).exists() for name in ("vkey", "checkpoint"))
            if not used:
                signer.ring.begin(settings.origin)
        policy = Path(settings.witness_policy) if settings.witness_policy else settings.data_dir / "policy"
        return cls(settings.log_dir, signer, policy, f"{settings.base_url}/log")

    @property
    def keys(self) -> tuple[VerifyKey, ...]:
        """The public keys that sign, the one that posters name first; known even while the signer is away.

        Raises NoKey or SignerAway when nothing was ever published and there is no signer to ask.
        """
        try:
            lines = (self.folder / "vkey").read_text(encoding="utf-8").split()
            return tuple(map(VerifyKey.parse, lines)) or self.signer.vkeys()
        except (OSError, NoteError, UnicodeDecodeError):
            return self.signer.vkeys()

    @property
    def vkey(self) -> VerifyKey:
        """The public key that posters and receipts name."""
        return self.keys[0]

    @property
    def policy(self) -> Policy:
        """Which witnesses are asked, and how many are enough. Raises PolicyError."""
        return Policy.parse(self._policy_text())

    def last(self) -> SignedCheckpoint | None:
        """The last published head, None before the first. Raises NoteError when the file was damaged."""
        try:
            data = (self.folder / "checkpoint").read_bytes()
        except FileNotFoundError:
            return None
        trouble: NoteError | None = None
        for key in self.keys:
            try:
                return open_checkpoint(data, key)
            except NoteError as error:
                trouble = trouble or error
        raise trouble or NoteError("there is no key to check the checkpoint with")

    def missing(self, session: Session) -> int:
        """How many entries the database lacks of those that were published: more than 0 after a backup was restored.

        Raises NoteError when the published checkpoint was damaged.
        """
        last = self.last()
        size: int = session.execute(select(LogHead.size)).scalar_one()
        return max(0, last.checkpoint.size - size) if last else 0

    def publish(self, session: Session) -> Checkpoint:
        """Sign the database's head, if it has grown, and write what is new; ask the witnesses that are due.

        Raises WillNotSign when the database's trail is shorter than, or differs from, what was signed before. Raises
        NoKey, SignerAway, Occupied, OSError when it cannot be done now; the next call goes on where this one stopped.
        """
        with durable.alone(self.folder / ".lock"):
            keys = self.signer.vkeys()
            self._write_changed("vkey", "".join(f"{key}\n" for key in keys).encode())
            self._write_changed("policy", self.policy_text(keys).encode())
            base = self._begun()
            head = self._catch_up(session, base, self.signer.head())
            return self._countersign(head, keys).checkpoint

    def policy_text(self, keys: Sequence[VerifyKey]) -> str:
        """The policy as it is published: the installation's own file under a line for each of our keys."""
        try:
            text, known = self._policy_text(), {log.key for log in self.policy.logs}
        except PolicyError:
            text, known = "quorum none\n", set()
        return "".join(f"log {key} {self.url}\n" for key in keys if key not in known) + text

    # ---- What was signed before

    def _begun(self) -> SignedCheckpoint | None:
        """The published head; the signer learns it, and witnesses are asked whether they have seen more.

        That comes before anything new is signed: after a whole machine was restored from a backup, only a witness can
        know that there was more.
        """
        try:
            published = self.last()
        except NoteError as error:
            raise WillNotSign("checkpoint", f"the published checkpoint is damaged: {error}") from error
        if published is None:
            return None
        self.signer.learn(published.note)
        started, self._started = self._started, True
        found = self._cosignatures(published.note, everybody=not started)
        if not found:
            return published
        kept = [line for line in published.note.signatures if line.key_id not in {new.key_id for new in found}]
        note = Note(published.note.text, (*kept, *found))
        self._write("checkpoint", note.encode())
        return SignedCheckpoint(published.checkpoint, note, ())

    def _catch_up(self, session: Session, base: SignedCheckpoint | None, signed: Note | None) -> SignedCheckpoint:
        """Finish the head that was signed and not published, then sign and publish what has been recorded since."""
        size = session.execute(select(LogHead.size)).scalar_one()
        done = base.checkpoint if base else Checkpoint(self.vkey.name, 0, tree.EMPTY_ROOT)
        known = Checkpoint.parse(signed.text) if signed else done
        if size < known.size:
            raise WillNotSign("shorter", f"the database holds {size} entries, {known.size} were signed")
        head = base
        if head is not None and size == done.size:
            self._edge(session, done, size)
        while head is None or done.size < size:
            target = known.size if known.size > done.size else min(size, done.size + SLICE)
            head = self._grow(session, done, target, known)
            done = head.checkpoint
            known = max(known, done, key=lambda each: each.size)
        return head

    # ---- One head

    def _grow(self, session: Session, old: Checkpoint, size: int, known: Checkpoint) -> SignedCheckpoint:
        """Sign the head at `size` and lay it out; `known` is the largest head that was signed before."""
        edge, bodies = self._edge(session, old, size)
        root = tree.root(size, edge.read)
        if size == known.size and root != known.root:
            raise WillNotSign("rewritten", f"the database's first {size} entries are not those that were signed")
        proof = [] if size == known.size else tree.consistency_proof(known.size, size, edge.read)
        notes = self.signer.sign(size, root, proof)
        self._lay_out(growth(old.size, size), edge, bodies)
        done = self._put_up(notes, self._cosignatures(notes[0], everybody=True))
        self._drop_partials(old.size, size)
        return done

    def _lay_out(self, files: Sequence[Tile], edge: Edge, bodies: dict[int, bytes]) -> None:
        """Write entries and tiles; they are on the disk before this returns."""
        for tile in files:
            data = _bundle(tile, bodies) if tile.level == ENTRIES else tile_bytes(tile, edge.read)
            durable.write(self.folder / tile.path, data, settle=False)
        durable.settle(self.folder / tile.path for tile in files)

    def _put_up(self, notes: Sequence[Note], further: Sequence[Signature]) -> SignedCheckpoint:
        """Put up the signed head, at once and whole; under the names that this log had before, it goes up first."""
        for former in notes[1:]:
            self._write_former(former)
        note = Note(notes[0].text, (*notes[0].signatures, *further))
        self._write("checkpoint", note.encode())
        return SignedCheckpoint(Checkpoint.parse(note.text), note, ())

    def _edge(self, session: Session, old: Checkpoint, size: int) -> tuple[Edge, dict[int, bytes]]:
        """The edge of the database's tree at `size`, from the entries' own bytes, which it returns too by index.

        The edge at `old` must lead to the root that was signed. Raises WillNotSign when it does not, and when an entry
        is missing or no longer fits its hash.
        """
        begin = old.size // WIDTH * WIDTH
        try:
            edge = Edge(begin, _stored(session, begin))
        except KeyError as error:
            raise WillNotSign("rewritten", f"node {error.args[0]} of what was signed is missing") from None
        bodies: dict[int, bytes] = {}
        if edge.size == old.size:
            _check_root(edge, old)
        for index, body, fault in _entries(session, begin, size):
            if fault and index < old.size:
                raise _rewritten(old)
            if fault:
                raise WillNotSign("damaged", fault)
            edge.append(tree.leaf_hash(body))
            bodies[index] = body
            if edge.size == old.size:
                _check_root(edge, old)
        return edge, bodies

    # ---- Witnesses and further signatures

    def _cosignatures(self, note: Note, *, everybody: bool) -> list[Signature]:
        """The cosignatures that the witnesses give now: those that are due, or only those of them that are missing.

        Raises WillNotSign when one shows a larger head with our own signature: then it is we who were set back. The
        signer remembers that head.
        """
        size = Checkpoint.parse(note.text).size
        try:
            policy = self.policy
        except PolicyError:
            return []
        missing = [each for each in policy.witnesses if everybody or not any(map(each.key.made, note.signatures))]
        due = self.witnesses.due(missing)
        if not due or not size:
            return []
        replies = self.witnesses.ask(due, note, self.keys, lambda old: _shelf_proof(self.folder, old, size))
        for reply in replies:
            if reply.ahead is not None:
                self.signer.learn(reply.ahead)
                seen = Checkpoint.parse(reply.ahead.text).size
                raise WillNotSign("shorter", f"a witness saw {seen} entries that we signed, there are {size}")
        return [reply.signature for reply in replies if reply.signature is not None]

    def _countersign(self, head: SignedCheckpoint, keys: Sequence[VerifyKey]) -> SignedCheckpoint:
        """Let a key that was added since sign the published head too."""
        ours = [key for key in keys if key.name == keys[0].name]
        if all(any(map(key.made, head.note.signatures)) for key in ours):
            return head
        notes = self.signer.sign(head.checkpoint.size, head.checkpoint.root, [])
        if notes[0].text != head.note.text:
            return self._put_up(notes, self._cosignatures(notes[0], everybody=True))
        return self._put_up(notes, [line for line in head.note.signatures if not any(key.made(line) for key in ours)])

    # ---- Files

    def _policy_text(self) -> str:
        try:
            return self.policy_file.read_text(encoding="utf-8")
        except FileNotFoundError:
            return "quorum none\n"
        except (OSError, UnicodeDecodeError) as error:
            raise PolicyError(f"{self.policy_file.name} cannot be read: {error}") from None

    def _write_former(self, note: Note) -> None:
        """The head under a former name of this log, for those who still hold that name's key."""
        former = f"was/{place(Checkpoint.parse(note.text).origin)}"
        self._write(f"{former}/checkpoint", note.encode())
        tiles = self.folder / former / "tile"
        if not tiles.is_symlink():
            tiles.symlink_to("../../tile")

    def _write_changed(self, name: str, data: bytes) -> None:
        path = self.folder / name
        if not path.is_file() or path.read_bytes() != data:
            self._write(name, data)

    def _write(self, path: str, data: bytes) -> None:
        durable.write(self.folder / path, data)

    def _drop_partials(self, old: int, size: int) -> None:
        """Remove partial files two tiles back: the full ones have taken their place long since."""
        for level in range(ENTRIES, MAX_LEVEL + 1):
            shift = HEIGHT * max(level, 0)
            if not (full := (size >> shift) // WIDTH):
                break
            last = (old >> shift) // WIDTH
            for index in range(max(last - 1, 0), min(last + 1, full - 1)):
                shutil.rmtree(self.folder / f"{Tile(level, index).path}.p", ignore_errors=True)


def _shelf_proof(folder: Path, old: int, new: int) -> Sequence[bytes]:
    return tree.consistency_proof(old, new, shelf.node_reader(shelf.in_folder(folder), new))


def _stored(session: Session, size: int) -> tree.ReadNode:
    """The database's hashes at the edge of the tree of `size`, whole tile rows only; the reader raises KeyError."""
    wanted = []
    level = HEIGHT
    while count := size >> level:
        wanted.append(and_(LogNode.level == level, LogNode.number >= count // WIDTH * WIDTH, LogNode.number < count))
        level += HEIGHT
    rows = session.execute(select(LogNode.level, LogNode.number, LogNode.hash).where(or_(*wanted))) if wanted else ()
    found = {(row.level, row.number): row.hash for row in rows}
    return lambda level, number: found[level, number]


def _entries(session: Session, begin: int, end: int) -> Iterator[tuple[int, bytes, str]]:
    """Index, bytes, and what is wrong with it if anything, for each entry from `begin` to before `end`."""
    for start in range(begin, end, READ_AT_ONCE):
        stop = min(start + READ_AT_ONCE, end)
        query = (
            select(LogEntry.idx, LogEntry.body, LogEntry.leaf_hash, LogNode.hash)
            .outerjoin(LogNode, and_(LogNode.level == 0, LogNode.number == LogEntry.idx))
            .where(LogEntry.idx >= start, LogEntry.idx < stop)
        )
        rows = {row.idx: row for row in session.execute(query)}
        for index in range(start, stop):
            row = rows.get(index)
            if row is None:
                yield index, b"", f"entry {index} is missing"
            elif tree.leaf_hash(row.body) != row.leaf_hash or row.leaf_hash != row.hash:
                yield index, row.body, f"entry {index} was changed after it was recorded"
            else:
                yield index, row.body, ""


def _bundle(tile: Tile, bodies: dict[int, bytes]) -> bytes:
    first = tile.index * WIDTH
    return encode_bundle([bodies[index] for index in range(first, first + tile.width)])


def _check_root(edge: Edge, old: Checkpoint) -> None:
    if tree.root(old.size, edge.read) != old.root:
        raise _rewritten(old)


def _rewritten(old: Checkpoint) -> WillNotSign:
    return WillNotSign("rewritten", f"the database's first {old.size} entries are not those that were signed")
