"""Sealing 封: keyed digests of what is recognised and never read back, and secrets that only we can open.

Both use the installation's secret key. A copy of the database alone opens nothing; with another key the letters that
were handed out and the enrolled second factors are void.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app

_NONCE_BYTES = 12


def seal(purpose: str, *parts: object) -> str:
    """The keyed digest of `parts` for one purpose, 64 hexadecimal digits. The same parts give the same digest."""
    text = "\x1f".join(str(part) for part in parts)
    return hmac.new(_key(purpose), text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def same(one: str, other: str) -> bool:
    """Whether two digests are equal, in a time that does not depend on where they differ."""
    return hmac.compare_digest(one.encode(), other.encode())


def digest(token: str) -> str:
    """The digest under which a random token is kept: SHA-256, as a token of 256 bits needs no key."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def derived(purpose: str, *parts: object) -> bytes:
    """Twenty secret bytes that follow from `parts`: a key that need not be kept anywhere."""
    return bytes.fromhex(seal(purpose, *parts))[:20]


def lock_up(purpose: str, owner: str, secret: bytes) -> str:
    """`secret` encrypted for its owner; 20 bytes become 64 letters."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    box = AESGCM(_key(purpose)).encrypt(nonce, secret, owner.encode())
    return base64.urlsafe_b64encode(nonce + box).decode()


def unlock(purpose: str, owner: str, box: str) -> bytes:
    """The secret that was locked up. Raises cryptography's InvalidTag with another key, purpose or owner."""
    data = base64.urlsafe_b64decode(box)
    return AESGCM(_key(purpose)).decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], owner.encode())


def _key(purpose: str) -> bytes:
    # The prefix is from when only `people` sealed: with another, the letters that were handed out would be void.
    return hmac.new(str(current_app.secret_key).encode(), f"people|{purpose}".encode(), hashlib.sha256).digest()
