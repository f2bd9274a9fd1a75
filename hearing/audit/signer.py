"""Signer 签名: whoever holds the key, and the last head that it signed.

The signer keeps a memory of its own, apart from the database and from the published folder, and signs only what
continues it: it checks the proof itself and writes the head down before the signature leaves it. So neither a restored
backup nor somebody who took over the web server gets two heads that contradict each other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from hearing.audit import durable, tree
from hearing.audit.keyring import Keyring
from hearing.audit.note import Checkpoint, Note, NoteError, SigningKey, VerifyKey, open_checkpoint


class WillNotSign(Exception):
    """What should be signed is not a continuation of what was signed; `why` is a code of `standing.SENTENCES`."""

    def __init__(self, why: str, message: str) -> None:
        super().__init__(message)
        self.why = why


class Signer(Protocol):
    """What the publisher asks for. Every method may raise NoKey; one in another process, SignerAway too."""

    def vkeys(self) -> tuple[VerifyKey, ...]:
        """The public keys in use, the one that posters name first."""

    def head(self) -> Note | None:
        """The last head that was signed."""

    def sign(self, size: int, root: bytes, proof: Sequence[bytes]) -> list[Note]:
        """Sign a head, once for each name among the keys, the name on posters first.

        `proof` shows its growth from `head()`. Raises WillNotSign unless it does.
        """

    def learn(self, note: Note) -> None:
        """Take over a later head that bears one of our own signatures. Raises WillNotSign when it contradicts ours."""

    def promise(self, subject: str, thing: str) -> Note:
        """Sign the promise that an entry about `subject` with this content comes into the log; see `promise_text`."""

    def stage(self, name: str) -> VerifyKey:
        """See `Keyring.stage`."""

    def promote(self) -> None:
        """See `Keyring.promote`."""

    def retire(self) -> None:
        """See `Keyring.retire`."""


@dataclass(frozen=True)
class LocalSigner:
    """A signer in this process, with keys and memory in one folder."""

    ring: Keyring

    @classmethod
    def at(cls, folder: Path) -> LocalSigner:
        """The signer whose keys are in a folder."""
        return cls(Keyring(folder))

    @property
    def memory(self) -> Path:
        """Where the last signed head is written down."""
        return self.ring.folder / "log.head"

    def vkeys(self) -> tuple[VerifyKey, ...]:
        """The public keys in use."""
        return tuple(key.verify_key for key in self.ring.load())

    def head(self) -> Note | None:
        """The last head that was signed. Raises WillNotSign when the memory was damaged."""
        try:
            note = Note.parse(self.memory.read_bytes())
            Checkpoint.parse(note.text)
        except FileNotFoundError:
            return None
        except NoteError as error:
            raise WillNotSign("checkpoint", f"the signer's memory is damaged: {error}") from error
        return note

    def sign(self, size: int, root: bytes, proof: Sequence[bytes]) -> list[Note]:
        """Check, remember, sign. Raises WillNotSign, NoKey, OSError when the head cannot be written down."""
        with self._alone():
            keys = self.ring.load()
            before = self.head()
            if before is not None:
                _check_growth(Checkpoint.parse(before.text), size, root, proof)
            notes = [_note(name, keys, size, root) for name in dict.fromkeys(key.name for key in keys)]
            if before is None or before.text != notes[0].text:
                durable.write(self.memory, notes[0].encode(), mode=0o600)
            return notes

    def learn(self, note: Note) -> None:
        """Remember a head of ours that somebody else kept."""
        with self._alone():
            new = _our_own(note, self.vkeys())
            before = self.head()
            old = Checkpoint.parse(before.text) if before else None
            if old is None or new.size > old.size:
                durable.write(self.memory, note.encode(), mode=0o600)
            elif new.size == old.size and new.root != old.root:
                raise WillNotSign("forked", f"two different heads of {old.size} entries bear our signature")

    def promise(self, subject: str, thing: str) -> Note:
        """Sign a promise by every key that is in use; the same promise is always the same bytes. Raises NoKey."""
        keys = self.ring.load()
        text = promise_text(keys[0].name, subject, thing)
        return Note(text, tuple(key.sign(text) for key in keys))

    def stage(self, name: str) -> VerifyKey:
        """See `Keyring.stage`."""
        with self._alone():
            return self.ring.stage(name)

    def promote(self) -> None:
        """See `Keyring.promote`."""
        with self._alone():
            self.ring.promote()

    def retire(self) -> None:
        """See `Keyring.retire`."""
        with self._alone():
            self.ring.retire()

    def _alone(self) -> AbstractContextManager[None]:
        return durable.alone(self.ring.folder / ".signing.lock")


PROMISE = "hearing/promise/v1"
_SUBJECT, _THING = re.compile(r"[a-z]+/[1-9][0-9]{0,9}"), re.compile(r"[A-Za-z0-9_-]{43}")


def promise_text(origin: str, subject: str, thing: str) -> str:
    """What a promise says, in four lines: what it is, of which log, about what, and the 32 bytes in base64url.

    No checkpoint reads so: that has three lines, and a number in the second. Raises ValueError for anything else.
    """
    if not (_SUBJECT.fullmatch(subject) and _THING.fullmatch(thing)):
        raise ValueError("a promise is about a numbered subject and 32 bytes")
    return f"{PROMISE}\n{origin}\n{subject}\n{thing}\n"


def _check_growth(old: Checkpoint, size: int, root: bytes, proof: Sequence[bytes]) -> None:
    if size < old.size:
        raise WillNotSign("shorter", f"the trail holds {size} entries, {old.size} were signed")
    if old.size == 0:
        return
    try:
        tree.verify_consistency(old.size, size, proof, old.root, root)
    except tree.ProofError as error:
        raise WillNotSign("rewritten", f"the first {old.size} entries are not those that were signed") from error


def _note(name: str, keys: Sequence[SigningKey], size: int, root: bytes) -> Note:
    text = Checkpoint(name, size, root).text
    return Note(text, tuple(key.sign(text) for key in keys if key.name == name))


def _our_own(note: Note, keys: Sequence[VerifyKey]) -> Checkpoint:
    """The head of a note that one of our keys signed. Raises WillNotSign for any other."""
    for key in keys:
        try:
            return open_checkpoint(note.encode(), key).checkpoint
        except NoteError:
            continue
    raise WillNotSign("checkpoint", "this head does not bear our signature")
