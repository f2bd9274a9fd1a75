"""Keys 一次一把: the server's own mark on every form, bound to the page that it was shown on."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import IO

from flask import current_app, g, request
from werkzeug.datastructures import FileStorage, MultiDict

FIELD = "once"


def issue(path: str | None = None) -> str:
    """A new key for a form that is sent to `path`, by default the page of this request."""
    nonce, path = secrets.token_urlsafe(16), path or request.path
    key = f"{nonce}.{_mark(nonce, path)}"
    issued()[key] = path
    return key


def issued() -> dict[str, str]:
    """The keys that this request has issued, and the paths that their forms are sent to."""
    if "keys_issued" not in g:
        g.keys_issued = {}
    return g.keys_issued  # type: ignore[no-any-return]


def is_ours(key: str) -> bool:
    """Whether this server issued the key for the page of this request."""
    nonce, _, mark = key.partition(".")
    return len(key) <= 64 and hmac.compare_digest(mark.encode(), _mark(nonce, request.path).encode())


def digest(form: MultiDict[str, str], files: MultiDict[str, FileStorage]) -> str:
    """SHA-256 over what was typed and attached, whatever its order; the tokens left out."""
    total = hashlib.sha256()
    for name in sorted(set(form) - {FIELD, "csrf_token"}):
        for value in form.getlist(name):
            total.update(f"{len(name)}:{name}={len(value)}:{value}\n".encode("utf-8", "surrogatepass"))
    for name in sorted(files):
        for file in files.getlist(name):
            total.update(f"{len(name)}:{name}@{_file_digest(file.stream)}\n".encode())
    return total.hexdigest()


def _file_digest(stream: IO[bytes]) -> str:
    total = hashlib.sha256()
    while block := stream.read(1 << 16):
        total.update(block)
    found = total.hexdigest()
    stream.seek(0)
    return found


def _mark(nonce: str, path: str) -> str:
    secret = str(current_app.secret_key).encode()
    return hmac.new(secret, f"form|{path}|{nonce}".encode(), hashlib.sha256).hexdigest()[:32]
