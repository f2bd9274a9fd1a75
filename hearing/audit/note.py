"""Note 签名页: the C2SP signed note, the checkpoint that the trail is published under, and witnesses' cosignatures.

Formats: c2sp.org/signed-note, tlog-checkpoint, tlog-cosignature. Every signed text that leaves the building is one of
these, so that tools we did not write can read it. Parsing is strict: what parses re-encodes to the same bytes, and a
single changed bit is either malformed or a bad signature. Of the assigned signature types (0x01 Ed25519, 0x04
Ed25519 cosignature, 0x05 RFC 6962 tree head, 0x06 ML-DSA-44) the first two can be made and checked here.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

# The parser's limits. A verifier must allow at least 16 signatures; the Go implementation has the same two limits.
MAX_NOTE_BYTES = 1_000_000
MAX_SIGNATURES = 100

# Sizes are 63-bit everywhere in the tools that read our log.
MAX_SIZE = 2**63 - 1

_SIGNATURE_LINE = re.compile(r"— (\S+) (\S+)")
# Control characters other than the newline, and lone surrogates, which have no UTF-8.
_FORBIDDEN = re.compile(r"[\x00-\x09\x0b-\x1f\ud800-\udfff]")
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")


class NoteError(ValueError):
    """The bytes are no well-formed note, checkpoint or key; the message says what is wrong."""


class SignatureError(NoteError):
    """The note is well formed, but no trusted key vouches for it."""


class SignatureType(IntEnum):
    """The signature types that we make and check; the number is the type byte of the signed-note specification."""

    ED25519 = 0x01
    COSIGNATURE = 0x04


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line of a note: the key's name and 4-byte id, and what that key made of the text."""

    name: str
    key_id: bytes
    blob: bytes

    def __str__(self) -> str:
        return f"— {self.name} {encode_base64(self.key_id + self.blob)}\n"


@dataclass(frozen=True, slots=True)
class VerifyKey:
    """A public key under its name, printed as a vkey: `name+id+base64(type, key)`. Raises NoteError when malformed."""

    name: str
    kind: SignatureType
    public: bytes

    def __post_init__(self) -> None:
        _check_name(self.name)
        if len(self.public) != 32:
            raise NoteError(f"an Ed25519 key has 32 bytes, not {len(self.public)}")

    @classmethod
    def parse(cls, vkey: str) -> VerifyKey:
        """Read a vkey. Raises NoteError when it is malformed, of another type, or not the key that its id says."""
        try:
            name, key_id, encoded = vkey.split("+", 2)
        except ValueError:
            raise NoteError("a vkey has the form name+id+key") from None
        material = decode_base64(encoded)
        key = cls(name, _signature_type(material), material[1:])
        if key.key_id.hex() != key_id:
            raise NoteError(f"the key's id is {key.key_id.hex()}, not {key_id}")
        return key

    @property
    def key_id(self) -> bytes:
        """The first four bytes of SHA-256 over name, newline, type and key."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{encode_base64(bytes([self.kind]) + self.public)}"

    def made(self, signature: Signature) -> bool:
        """Whether the line claims to be by this key: name and id both match."""
        return (signature.name, signature.key_id) == (self.name, self.key_id)

    def verify(self, text: str, signature: Signature) -> int | None:
        """Check this key's signature over the note text; a cosignature yields its time in Unix seconds, others None.

        Raises SignatureError when it is not by this key over this text.
        """
        time = None
        message, blob = text.encode(), signature.blob
        if self.kind is SignatureType.COSIGNATURE:
            if len(blob) != 72:
                raise SignatureError(f"a cosignature has 72 bytes, not {len(blob)}")
            (time,) = struct.unpack(">Q", blob[:8])
            message, blob = _cosigned(text, time), blob[8:]
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(blob, message)
        except (InvalidSignature, ValueError):
            raise SignatureError(f"the signature by {self.name} is not over this text") from None
        return time


@dataclass(frozen=True)
class SigningKey:
    """A private key under its name: a seed of 32 bytes, kept out of every repr. Raises NoteError when malformed."""

    name: str
    kind: SignatureType
    seed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        _check_name(self.name)
        if len(self.seed) != 32:
            raise NoteError(f"an Ed25519 seed has 32 bytes, not {len(self.seed)}")

    @classmethod
    def generate(cls, name: str, kind: SignatureType = SignatureType.ED25519) -> SigningKey:
        """A new random key."""
        return cls(name, kind, Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def parse(cls, skey: str) -> SigningKey:
        """Read `PRIVATE+KEY+name+id+base64(type, seed)`, as `secret` writes it. The message never quotes the text."""
        parts = skey.split("+", 4)
        if len(parts) != 5 or parts[:2] != ["PRIVATE", "KEY"]:
            raise NoteError("a private key has the form PRIVATE+KEY+name+id+key")
        material = decode_base64(parts[4])
        key = cls(parts[2], _signature_type(material), material[1:])
        if key.verify_key.key_id.hex() != parts[3]:
            raise NoteError("the private key does not have the id that it says")
        return key

    @property
    def secret(self) -> str:
        """The key as text for its file, in the form that Go's note package uses too."""
        encoded = encode_base64(bytes([self.kind]) + self.seed)
        return f"PRIVATE+KEY+{self.name}+{self.verify_key.key_id.hex()}+{encoded}"

    @cached_property
    def verify_key(self) -> VerifyKey:
        """The public half."""
        return VerifyKey(self.name, self.kind, self._private.public_key().public_bytes_raw())

    def sign(self, text: str) -> Signature:
        """Sign a note text with an Ed25519 key. Raises NoteError for text that no note may carry."""
        if self.kind is not SignatureType.ED25519:
            raise NoteError("a witness key cosigns and does not sign")
        _check_text(text)
        return Signature(self.name, self.verify_key.key_id, self._private.sign(text.encode()))

    def cosign(self, text: str, time: int) -> Signature:
        """Cosign a checkpoint text at `time`, Unix seconds: "the largest consistent tree I have seen by then"."""
        if self.kind is not SignatureType.COSIGNATURE:
            raise NoteError("a log key signs and does not cosign")
        Checkpoint.parse(text)
        if not 0 < time <= MAX_SIZE:
            raise NoteError(f"{time} is no time in Unix seconds")
        blob = struct.pack(">Q", time) + self._private.sign(_cosigned(text, time))
        return Signature(self.name, self.verify_key.key_id, blob)

    @cached_property
    def _private(self) -> Ed25519PrivateKey:
        # Made once: it takes as long as a signature does.
        return Ed25519PrivateKey.from_private_bytes(self.seed)


@dataclass(frozen=True, slots=True)
class Note:
    """A text ending in a newline, and the signature lines under it."""

    text: str
    signatures: tuple[Signature, ...]

    @classmethod
    def parse(cls, data: bytes) -> Note:
        """Read a note without trusting it. Raises NoteError when the bytes are not exactly a note."""
        if len(data) > MAX_NOTE_BYTES:
            raise NoteError(f"a note has at most {MAX_NOTE_BYTES} bytes")
        try:
            whole = data.decode()
        except UnicodeDecodeError:
            raise NoteError("a note is UTF-8") from None
        # The text may hold blank lines itself; the last one separates it from the signatures.
        text, separator, lines = whole.rpartition("\n\n")
        text += "\n"
        if not separator or not lines.endswith("\n"):
            raise NoteError("a note is a text, a blank line and signature lines")
        _check_text(text)
        signatures = tuple(_parse_signature(line) for line in lines[:-1].split("\n"))
        if len(signatures) > MAX_SIGNATURES:
            raise NoteError(f"a note has at most {MAX_SIGNATURES} signatures")
        return cls(text, signatures)

    def encode(self) -> bytes:
        """The bytes of the note. Raises NoteError for a text that no note may carry, or without a signature."""
        _check_text(self.text)
        if not self.signatures:
            raise NoteError("a note has a signature")
        return (self.text + "\n" + "".join(map(str, self.signatures))).encode()

    def verify(self, keys: Iterable[VerifyKey]) -> list[Endorsement]:
        """Which of the trusted keys signed the text, in the order of the lines; lines by unknown keys are ignored.

        Raises SignatureError when no trusted key signed, or when a line by a trusted key is wrong: a note that
        somebody tampered with is refused whole, whatever else stands under it.
        """
        known = list(keys)
        found = [
            Endorsement(key, key.verify(self.text, signature))
            for signature in self.signatures
            for key in known
            if key.made(signature)
        ]
        if not found:
            raise SignatureError("no trusted key signed this note")
        return found


@dataclass(frozen=True, slots=True)
class Endorsement:
    """A signature that was checked; `time` in Unix seconds for a witness, None for others."""

    key: VerifyKey
    time: int | None


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of the log at one size: its origin, number of entries and root hash. Raises NoteError when malformed.

    Extension lines are refused: nobody can audit them, and witnesses differ on whether they cosign them.
    """

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        # The origin is our key's name, and obeys the same rule.
        _check_name(self.origin)
        if not 0 <= self.size <= MAX_SIZE:
            raise NoteError(f"{self.size} is no size of a log")
        if len(self.root) != 32:
            raise NoteError(f"a root has 32 bytes, not {len(self.root)}")

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Read the text of a note. Raises NoteError when it is not exactly three lines."""
        lines = text.split("\n")
        if len(lines) != 4 or lines[3] != "":
            raise NoteError("a checkpoint is three lines: origin, size, root")
        if not _DECIMAL.fullmatch(lines[1]):
            raise NoteError("the size of a checkpoint is a decimal number without leading zeros")
        return cls(lines[0], int(lines[1]), decode_base64(lines[2]))

    @property
    def text(self) -> str:
        """The three lines, to be signed."""
        return f"{self.origin}\n{self.size}\n{encode_base64(self.root)}\n"


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint that the log signed, and the witnesses among those asked for that cosigned it."""

    checkpoint: Checkpoint
    note: Note
    cosignatures: tuple[Endorsement, ...]


def open_checkpoint(data: bytes, log: VerifyKey, witnesses: Iterable[VerifyKey] = ()) -> SignedCheckpoint:
    """Read a checkpoint and check that `log` signed it under its own name as origin.

    `witnesses` are the witness keys to look for; how many are enough is the caller's policy. Raises NoteError when
    malformed or of another origin, SignatureError when the log's signature is missing or any known key's is wrong.
    """
    note = Note.parse(data)
    found = note.verify([log, *witnesses])
    if log not in [each.key for each in found]:
        raise SignatureError(f"{log.name} did not sign this checkpoint")
    checkpoint = Checkpoint.parse(note.text)
    if checkpoint.origin != log.name:
        raise NoteError(f"the checkpoint is of {checkpoint.origin}, not of {log.name}")
    return SignedCheckpoint(checkpoint, note, tuple(each for each in found if each.time is not None))


def _cosigned(text: str, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def _parse_signature(line: str) -> Signature:
    found = _SIGNATURE_LINE.fullmatch(line)
    if not found:
        raise NoteError("a signature line is an em dash, a key name and a signature")
    _check_name(found[1])
    blob = decode_base64(found[2])
    if len(blob) < 5:
        raise NoteError("a signature is too short")
    return Signature(found[1], blob[:4], blob[4:])


def _signature_type(material: bytes) -> SignatureType:
    try:
        return SignatureType(material[0])
    except (IndexError, ValueError):
        raise NoteError("the key is neither an Ed25519 key nor a cosignature key") from None


def _check_name(name: str) -> None:
    if not name or "+" in name or any(char.isspace() for char in name) or _FORBIDDEN.search(name):
        raise NoteError("a name is not empty and has neither spaces nor plus signs")


def _check_text(text: str) -> None:
    if not text.endswith("\n") or _FORBIDDEN.search(text):
        raise NoteError("the text of a note ends in a newline and has no other control characters")


def encode_base64(data: bytes) -> str:
    """Standard base64 with padding, as all these formats use it."""
    return base64.b64encode(data).decode("ascii")


def decode_base64(text: str) -> bytes:
    """Read standard base64 in its one canonical spelling: otherwise a changed bit could go unseen.

    Raises NoteError for any other text.
    """
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        raise NoteError("a value is not standard base64") from None
    if encode_base64(data) != text:
        raise NoteError("a value is not canonical base64")
    return data
