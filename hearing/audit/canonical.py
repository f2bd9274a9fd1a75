"""Canonical form 规范字节: the one spelling of an entry, so that the same record always has the same hash.

RFC 8785 over a narrow kind of JSON: objects with ASCII keys, lists, NFC text, integers below 2**53, true, false, null.
Within it the standard library's `json.dumps` gives the same bytes, so neither we nor a checker need more than that; the
tests hold it against an implementation of the whole RFC. Stored entries are never serialised again, only read.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

MAX_ENTRY_BYTES = 8192
MAX_INTEGER = 2**53 - 1
MAX_DEPTH = 16
SALT_BYTES = 32

# Separates our commitments from every other use of SHA-256.
COMMITMENT_DOMAIN = b"hearing/cm/v1\0"

_spelled = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
"""ASCII keys stand in the RFC's order, and the two escape the same characters in the same way."""
_SURROGATE = re.compile("[\ud800-\udfff]")


class CanonicalError(ValueError):
    """A value or bytes outside the canonical form; the message says where and why."""


def encode(value: Any) -> bytes:
    """The canonical bytes of a JSON value: mappings, lists and tuples, str, int, bool, None.

    Raises CanonicalError for anything else: floats, integers of 2**53 and beyond, keys that are not ASCII strings,
    text that is not NFC, nesting deeper than 16. The message names the place and never quotes text.
    """
    return _spelled(_plain(value, "$", MAX_DEPTH)).encode()


def encode_entry(entry: Mapping[str, Any]) -> bytes:
    """The canonical bytes of an entry of the log: an object of at most 8192 bytes.

    Beyond `encode` it refuses characters that this Python's Unicode does not know yet: only assigned characters keep
    their NFC form for ever, and an entry must pass the same check in twenty years.
    """
    data = encode(entry)
    if len(data) > MAX_ENTRY_BYTES:
        raise CanonicalError(f"an entry has at most {MAX_ENTRY_BYTES} bytes, not {len(data)}")
    if not data.isascii() and any(unicodedata.category(char) == "Cn" for char in set(data.decode())):
        raise CanonicalError("an entry holds a character that Unicode has not assigned")
    return data


def parse(data: bytes) -> dict[str, Any]:
    """Read the bytes of an entry. Raises CanonicalError unless they are the canonical form of what they say."""
    try:
        value = json.loads(data.decode())
    except (ValueError, RecursionError):
        # ValueError covers bytes that are not UTF-8, text that is not JSON, and absurdly long numbers.
        raise CanonicalError("an entry is not JSON") from None
    if not isinstance(value, dict):
        raise CanonicalError("an entry is a JSON object")
    if encode_entry(value) != data:
        raise CanonicalError("an entry is not in canonical form")
    return value


def commit(salt: bytes, payload: Any) -> str:
    """The commitment to a payload: base64url without padding of SHA-256(domain, salt, canonical payload).

    `salt` is 32 random bytes, one for each record: without them a name or an answer could be guessed and tried.
    Raises ValueError for a salt of another length, CanonicalError for the payload.
    """
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes, not {len(salt)}")
    return commitment(salt, encode(payload))


def commitment(salt: bytes, encoded: bytes) -> str:
    """The commitment to a payload that is in its canonical bytes already, as the database keeps it."""
    digest = hashlib.sha256(COMMITMENT_DOMAIN + salt + encoded).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def _plain(value: Any, place: str, depth: int) -> Any:
    """The value in plain dicts, lists, str and int, or CanonicalError at `place`."""
    if depth == 0:
        raise CanonicalError(f"{place} is nested too deeply")
    match value:
        case None | bool():
            return value
        case int():
            if abs(value) > MAX_INTEGER:
                raise CanonicalError(f"{place} is an integer of 2**53 or beyond")
            return int(value)
        case str():
            return _text(value, place)
        case Mapping():
            if not all(isinstance(key, str) and key.isascii() for key in value):
                raise CanonicalError(f"{place} has a key that is not ASCII text")
            return {str(key): _plain(item, f"{place}.{key}", depth - 1) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item, f"{place}[{number}]", depth - 1) for number, item in enumerate(value)]
        case _:
            raise CanonicalError(f"{place} is a {type(value).__name__}, which has no canonical form")


def _text(value: str, place: str) -> str:
    text = str(value)
    if text.isascii():
        return text
    if _SURROGATE.search(text):
        raise CanonicalError(f"{place} holds half a surrogate pair")
    if not unicodedata.is_normalized("NFC", text):
        raise CanonicalError(f"{place} is not NFC text")
    return text
