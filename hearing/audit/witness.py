"""Witness 见证: what a witness does with the heads that logs bring it (c2sp.org/tlog-witness, tlog-cosignature).

For each log it remembers the largest head that it cosigned, and cosigns only what continues it. Checking and writing
down happen under one lock, and the head is written down before the cosignature leaves: two requests that overlap cannot
roll the memory back, and neither can a killed process.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from hearing.audit import durable, tree
from hearing.audit.note import (
    MAX_SIZE,
    Checkpoint,
    Note,
    NoteError,
    SignatureError,
    SignatureType,
    SigningKey,
    VerifyKey,
    decode_base64,
    encode_base64,
)
from hearing.config import read_or_make_secret

MAX_BODY = 64 * 1024
MAX_PROOF = 63

PLAIN = "text/plain; charset=utf-8"
SIZE = "text/x.tlog.size"

_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})")


@dataclass(frozen=True)
class Answer:
    """A status code of HTTP, and a body of this type."""

    status: int
    body: bytes
    content_type: str = PLAIN


class Turned(Exception):
    """The request is not granted."""

    def __init__(self, status: int, message: str, content_type: str = PLAIN) -> None:
        super().__init__(message)
        self.answer = Answer(status, f"{message}\n".encode(), content_type)


@dataclass(frozen=True)
class Request:
    """What a log brings: its last size with us, the proof of growth, its new head."""

    old: int
    proof: tuple[bytes, ...]
    note: Note
    new: Checkpoint

    @classmethod
    def parse(cls, body: bytes) -> Request:
        """Read the body of add-checkpoint. Raises NoteError."""
        head, separator, note = body.partition(b"\n\n")
        try:
            old, *lines = head.decode("ascii").split("\n")
        except UnicodeDecodeError:
            raise NoteError("the lines above the checkpoint are not ASCII") from None
        size = _OLD.fullmatch(old)
        if not separator or not size or int(size[1]) > MAX_SIZE:
            raise NoteError("a request begins with “old <size>” and has an empty line before the checkpoint")
        if len(lines) > MAX_PROOF:
            raise NoteError(f"a proof has at most {MAX_PROOF} lines")
        parsed = Note.parse(note)
        return cls(int(size[1]), tuple(_hash(line) for line in lines), parsed, Checkpoint.parse(parsed.text))

    def encode(self) -> bytes:
        """The body of add-checkpoint."""
        lines = [f"old {self.old}", *(encode_base64(step) for step in self.proof), "", ""]
        return "\n".join(lines).encode() + self.note.encode()


def place(origin: str) -> str:
    """Where a witness shows what it knows of a log: the hex SHA-256 of the log's origin."""
    return hashlib.sha256(origin.encode()).hexdigest()


@dataclass(frozen=True)
class Witness:
    """A witness whose key, list of logs and memory are in one folder.

    `logs` in the folder has one line `log <vkey>` for each key of each log; it is read anew for every request.
    """

    folder: Path
    clock: Callable[[], float] = time.time

    @classmethod
    def begin(cls, folder: Path, name: str) -> Witness:
        """Make a witness; an existing one keeps its key. Raises NoteError for a name that no key may have."""
        fresh = SigningKey.generate(name, SignatureType.COSIGNATURE)
        read_or_make_secret(folder / "witness.key", lambda: fresh.secret)
        (folder / "logs").touch()
        return cls(folder)

    @property
    def key(self) -> SigningKey:
        """The witness's key. Raises FileNotFoundError or NoteError."""
        return SigningKey.parse((self.folder / "witness.key").read_text(encoding="ascii").strip())

    def logs(self) -> list[VerifyKey]:
        """The keys of the logs that this witness cosigns. Raises NoteError when the list cannot be read."""
        found = []
        for line in (self.folder / "logs").read_text(encoding="utf-8").splitlines():
            words = line.split()
            if not words or words[0].startswith("#"):
                continue
            if words[0] != "log" or len(words) not in (2, 3):
                raise NoteError("a line of the list of logs is “log <vkey>”")
            found.append(VerifyKey.parse(words[1]))
        return found

    def add_log(self, key: VerifyKey) -> None:
        """Cosign this log from now on; a second call changes nothing."""
        known = self.logs()
        if key not in known:
            durable.write(self.folder / "logs", "".join(f"log {each}\n" for each in [*known, key]).encode())

    def add_checkpoint(self, body: bytes) -> Answer:
        """Cosign a head, or say why not.

        Raises OSError when the head cannot be written down, NoteError when our own files were damaged.
        """
        try:
            request = Request.parse(body)
        except NoteError as error:
            return Turned(400, str(error)).answer
        try:
            return self._add(request)
        except Turned as turned:
            return turned.answer

    def checkpoint(self, where: str) -> bytes | None:
        """The last head that was cosigned, by `place(origin)`, with the log's and our signature; None for none."""
        if not re.fullmatch("[0-9a-f]{64}", where):
            return None
        try:
            return (self.folder / where / "checkpoint").read_bytes()
        except FileNotFoundError:
            return None

    def _add(self, request: Request) -> Answer:
        new = request.new
        trusted = [key for key in self.logs() if key.name == new.origin]
        _check_signature(request.note, trusted)
        if request.old > new.size:
            raise Turned(400, "the old size is larger than the checkpoint's")
        with durable.alone(self.folder / f".{place(new.origin)}.lock"):
            before, at = self._known(new.origin)
            _check_growth(request, before)
            # A clock that was set back must not make a later head look older.
            line = self.key.cosign(request.note.text, max(int(self.clock()), at))
            theirs = [each for each in request.note.signatures if any(key.made(each) for key in trusted)]
            kept = Note(request.note.text, (*theirs, line))
            durable.write(self.folder / place(new.origin) / "checkpoint", kept.encode())
        return Answer(200, str(line).encode())

    def _known(self, origin: str) -> tuple[Checkpoint | None, int]:
        """The last head that was cosigned for an origin, and when, in Unix seconds."""
        kept = self.checkpoint(place(origin))
        if kept is None:
            return None, 0
        note = Note.parse(kept)
        (ours,) = note.verify([self.key.verify_key])
        return Checkpoint.parse(note.text), ours.time or 0


def _check_signature(note: Note, keys: Sequence[VerifyKey]) -> None:
    if not keys:
        raise Turned(404, "this log is not known here")
    try:
        note.verify(keys)
    except SignatureError as error:
        raise Turned(403, str(error)) from None


def _check_growth(request: Request, before: Checkpoint | None) -> None:
    new, known = request.new, before.size if before else 0
    if request.old != known:
        raise Turned(409, str(known), SIZE)
    if before is not None and new.size == known and new.root != before.root:
        raise Turned(409, str(known), SIZE)
    if known == 0:
        if request.proof or (new.size == 0 and new.root != tree.EMPTY_ROOT):
            raise Turned(422, "from the empty log every log grows without a proof")
        return
    assert before is not None
    try:
        tree.verify_consistency(known, new.size, request.proof, before.root, new.root)
    except tree.ProofError as error:
        raise Turned(422, str(error)) from None


def _hash(line: str) -> bytes:
    value = decode_base64(line)
    if len(value) != tree.HASH_SIZE:
        raise NoteError(f"a hash has {tree.HASH_SIZE} bytes")
    return value
