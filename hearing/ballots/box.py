"""Box 票箱: what waits for the trail is sealed, by a key that is a file of its own and ends with the poll.

A database remembers more than its tables say: its journal and its dead rows keep what was written together, and
PostgreSQL shows the transaction of every row. There a ballot that waits lies beside its voter's mark. So it lies there
sealed, padded to one length for the whole poll: without the key nobody reads it, after the close nobody has the key.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from flask import current_app

from hearing.ballots import rules
from hearing.config import Settings, read_or_make_secret
from hearing.refusal import Refused

_NONCE = 12
_STEP = 64
_FRAME = 256
"""Bytes of what is sealed besides the choices: the nonce, the names of the parts, a phrase of 30 characters."""


class Opened(NamedTuple):
    """A ballot that came out of the box: its commitment, its nonce as a word, and what it says."""

    c: str
    nonce: str
    ballot: str


@dataclass(frozen=True)
class Box:
    """The box of one poll, for whoever has its key."""

    poll: str
    """The poll's name in the trail."""
    key: bytes
    room: int
    """Bytes to which everything in it is padded."""

    def slot(self, c: str) -> str:
        """Where the ballot of this commitment lies: nobody without the key can tell."""
        return hmac.new(self.key, b"slot\0" + c.encode(), hashlib.sha256).hexdigest()[:32]

    def stub(self, code: str) -> bytes:
        """What the words on the stub of the paper of this number are made from; without the key nobody can tell."""
        return hmac.new(self.key, b"stub\0" + code.encode(), hashlib.sha256).digest()

    @property
    def check(self) -> str:
        """By what the poll's row knows this key from any other; it leads to nothing that the key seals."""
        return hmac.new(self.key, b"check\0" + self.poll.encode(), hashlib.sha256).hexdigest()

    def for_paper(self, code: str) -> Box:
        """The same box for what was read on one paper: nothing sealed so can pass for a ballot."""
        return replace(self, poll=f"{self.poll}/paper/{code}")

    def seal(self, nonce: str, ballot: str) -> bytes:
        """A ballot as it lies in the box: as many bytes as any other."""
        plain = json.dumps([nonce, ballot], ensure_ascii=False, separators=(",", ":")).encode()
        if len(plain) > self.room:
            raise ValueError("a ballot does not fit into its box")
        start = secrets.token_bytes(_NONCE)
        return start + ChaCha20Poly1305(self.key).encrypt(start, plain.ljust(self.room), self.poll.encode())

    def open(self, sealed: bytes) -> Opened:
        """A ballot out of the box. Raises NO_BOX_KEY when it was sealed by another key, or altered."""
        try:
            plain = ChaCha20Poly1305(self.key).decrypt(sealed[:_NONCE], sealed[_NONCE:], self.poll.encode())
        except InvalidTag:
            raise Refused(rules.Refusal.NO_BOX_KEY) from None
        nonce, ballot = json.loads(plain)
        c = rules.ballot_commitment(self.poll, rules.unword(nonce) or b"", json.loads(ballot))
        return Opened(c, nonce, ballot)


def room_for(codes: Iterable[str]) -> int:
    """How long the longest ballot of a poll with these options can be, in bytes, rounded up."""
    longest = _FRAME + sum(2 * len(code) + 12 for code in codes)
    return -(-longest // _STEP) * _STEP


def make_key(poll_id: int) -> str:
    """Make the key of a new box; one that is there stays. Returns the check by which it will be known."""
    read_or_make_secret(_path(poll_id), lambda: secrets.token_hex(32))
    return box_of(poll_id, 0, "").check


def box_of(poll_id: int, room: int, check: str) -> Box:
    """The box of a poll, in which a ballot has so much room; `check` as its row has it, empty to take any key.

    The key is read each time: a copy in memory would outlive the file, which the close destroys. Raises NO_BOX_KEY
    where the file is gone, is no key, or is the key of another box.
    """
    try:
        key = bytes.fromhex(_path(poll_id).read_text(encoding="ascii"))
    except (OSError, ValueError):
        raise Refused(rules.Refusal.NO_BOX_KEY) from None
    box = Box(f"poll/{poll_id}", key, room)
    if check and not hmac.compare_digest(check, box.check):
        raise Refused(rules.Refusal.NO_BOX_KEY)
    return box


def destroy_key(poll_id: int) -> bool:
    """Destroy the key of a box that is empty for good; whether it was still there."""
    path = _path(poll_id)
    try:
        # Overwritten first, for disks that write in place; whether the disk keeps a copy is its own affair.
        with path.open("r+b") as file:
            file.write(b"0" * 64)
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
    except FileNotFoundError:
        return False
    return True


def polls_with_keys() -> list[int]:
    """The polls whose keys are still there."""
    folder = _path(1).parent
    return sorted(int(path.stem) for path in folder.glob("*.box") if path.stem.isdigit()) if folder.is_dir() else []


def _path(poll_id: int) -> Path:
    settings = cast(Settings, current_app.extensions["settings"])
    return settings.keys_dir / "polls" / f"{poll_id}.box"
