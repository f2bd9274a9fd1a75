"""Storage: files by the hash of their bytes, written once, checked whenever they are read."""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import cast

from flask import current_app

from hearing.config import Settings


class Altered(Exception):
    """The file on disk is gone, or is not the one that was recorded."""


def write(data: bytes) -> str:
    """Keep the bytes durably and return their SHA-256.

    The file is complete on disk before the act that names it commits; an act that fails leaves at worst a file that no
    row names, which `untouched` tells of.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    path = _path(sha256)
    with suppress(FileNotFoundError):
        os.utime(path)  # Whoever clears away what nobody names leaves alone what was wanted just now.
        return sha256
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    _sync_folder(path.parent)
    return sha256


def read(sha256: str) -> bytes:
    """The bytes of that hash. Raises Altered."""
    try:
        data = _path(sha256).read_bytes()
    except OSError as error:
        raise Altered(sha256) from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise Altered(sha256)
    return data


STRAY_AFTER = 24 * 3600
"""Seconds that a file may lie on the disk before a row names it, by the machine's clock: no act takes so long."""


def untouched() -> Iterator[Path]:
    """The files that nobody has wanted to write for a day; also beginnings that a crash left."""
    for path in _folder().glob("*/*"):
        with suppress(FileNotFoundError):
            if _lies_long(path):
                yield path


def _lies_long(path: Path) -> bool:
    return path.stat().st_mtime < time.time() - STRAY_AFTER


def clear_away(path: Path) -> bool:
    """Take a file off the disk that no row names; whether it went. It stays when somebody wants to write it just now.

    Whoever writes the same bytes after the file was moved aside writes them anew, and whoever came before has left her
    mark on it: so no row can come to name what is gone.
    """
    aside = path.with_name(f".{secrets.token_hex(8)}")
    try:
        path.rename(aside)
    except FileNotFoundError:
        return False
    if not _lies_long(aside):
        aside.rename(path)
        return False
    aside.unlink()
    _sync_folder(path.parent)
    return True


def remove(sha256: str) -> bool:
    """Take the bytes off the disk, if they are there; whether they were. That nothing needs them is the caller's."""
    path = _path(sha256)
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    _sync_folder(path.parent)
    return True


def _path(sha256: str) -> Path:
    return _folder() / sha256[:2] / sha256


def _folder() -> Path:
    return cast(Settings, current_app.extensions["settings"]).files_dir


def _sync_folder(folder: Path) -> None:
    # The name of a new file is durable only once its folder is, and a new folder's once its parent is.
    for place in (folder, folder.parent):
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
