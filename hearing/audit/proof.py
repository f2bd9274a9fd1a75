"""Proof 收据: one entry's place in the log, in a file that can be checked offline (c2sp.org/tlog-proof).

The file names an index, the hashes up to the root, and a signed checkpoint word for word. We put the entry's own bytes
into the `extra` line. The format does not authenticate that line; the inclusion proof does, because these very bytes
must hash to the leaf: so whoever holds the file and the log's key needs nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hearing.audit.note import NoteError, SignedCheckpoint, VerifyKey, decode_base64, encode_base64, open_checkpoint
from hearing.audit.tree import HASH_SIZE, leaf_hash, verify_inclusion

HEADER = "c2sp.org/tlog-proof@v1"

# A path in a tree of 63-bit size has no more hashes than this.
MAX_HASHES = 63

_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")


@dataclass(frozen=True, slots=True)
class ProofFile:
    """A `.tlog-proof`: the entry's index, its inclusion proof from the leaf's sibling up, the signed checkpoint."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes = b""

    def encode(self) -> bytes:
        """The bytes of the file."""
        lines = [HEADER]
        if self.extra:
            lines.append(f"extra {encode_base64(self.extra)}")
        lines.append(f"index {self.index}")
        lines += [encode_base64(value) for value in self.hashes]
        return "\n".join([*lines, "", ""]).encode() + self.checkpoint

    @classmethod
    def parse(cls, data: bytes) -> ProofFile:
        """Read a proof file without trusting it; its checkpoint stays unread. Raises NoteError when malformed."""
        head, separator, checkpoint = data.partition(b"\n\n")
        try:
            lines = head.decode("ascii").split("\n")
        except UnicodeDecodeError:
            raise NoteError("the lines above the checkpoint are not ASCII") from None
        if not separator or lines.pop(0) != HEADER:
            raise NoteError(f"a proof file begins with {HEADER}, and an empty line precedes the checkpoint")
        extra = b""
        if lines and lines[0].startswith("extra "):
            extra = decode_base64(lines.pop(0).removeprefix("extra "))
            if not extra:
                raise NoteError("the extra line is empty")
        index = _INDEX.fullmatch(lines.pop(0)) if lines else None
        if not index:
            raise NoteError("the index line is missing or malformed")
        return cls(int(index[1]), _hashes(lines), checkpoint, extra)

    def verify(
        self, log: VerifyKey, witnesses: Iterable[VerifyKey] = (), entry: bytes | None = None
    ) -> SignedCheckpoint:
        """Check that `entry`, or the entry that the file carries, is in the log that `log` signs.

        Returns the checkpoint it is proven against. Raises NoteError for a bad checkpoint or when there is no entry to
        check, ProofError when the path does not lead from the entry to the checkpoint's root.
        """
        if entry is None:
            if not self.extra:
                raise NoteError("there is no entry to check")
            entry = self.extra
        signed = open_checkpoint(self.checkpoint, log, witnesses)
        verify_inclusion(leaf_hash(entry), self.index, signed.checkpoint.size, self.hashes, signed.checkpoint.root)
        return signed


def _hashes(lines: Sequence[str]) -> tuple[bytes, ...]:
    if len(lines) > MAX_HASHES:
        raise NoteError(f"a proof has at most {MAX_HASHES} hashes")
    hashes = tuple(decode_base64(line) for line in lines)
    if any(len(value) != HASH_SIZE for value in hashes):
        raise NoteError(f"every hash of a proof has {HASH_SIZE} bytes")
    return hashes
