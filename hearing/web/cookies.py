"""Cookies: Flask's signed session, byte for byte, by a serializer and a key that are made once and not for each answer.

Flask makes both anew when it reads a cookie and again when it writes one, though the secret key is the same as long as
the process lives.
"""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import Signer, TimestampSigner, URLSafeTimedSerializer


class _Signer(TimestampSigner):
    """Derives the key that signs once for each secret."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._derived: dict[str | bytes | None, bytes] = {}

    def derive_key(self, secret_key: str | bytes | None = None) -> bytes:
        if secret_key not in self._derived:
            self._derived[secret_key] = super().derive_key(secret_key)
        return self._derived[secret_key]


class _Serializer(URLSafeTimedSerializer):
    """Signs by one signer for its own salt."""

    default_signer = _Signer

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._own = super().make_signer()

    def make_signer(self, salt: str | bytes | None = None) -> Signer:
        return self._own if salt is None or salt == self.salt else super().make_signer(salt)


class Sessions(SecureCookieSessionInterface):
    """Flask's sessions, whose serializer an application keeps."""

    def __init__(self) -> None:
        self._made: WeakKeyDictionary[Flask, URLSafeTimedSerializer] = WeakKeyDictionary()

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """The serializer of this application's secret key; see Flask."""
        if app not in self._made:
            options = {"key_derivation": self.key_derivation, "digest_method": self.digest_method}
            assert app.secret_key
            self._made[app] = _Serializer(
                app.secret_key, salt=self.salt, serializer=self.serializer, signer_kwargs=options
            )
        return self._made[app]
