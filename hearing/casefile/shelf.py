"""Shelf 案卷柜: the folder in which copies lie under their hash; whole or absent, whatever happens meanwhile."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Collection
from pathlib import Path
from typing import IO, cast

from flask import current_app

from hearing.config import Settings
from hearing.jobs.rules import LEASE

_DRAFT = ".draft-"


def folder() -> Path:
    """Where the copies of this installation lie."""
    return cast(Settings, current_app.extensions["settings"]).data_dir.absolute() / "casefiles"


def path(sha256: str) -> Path:
    """Where the copy of that hash lies, or would."""
    return folder() / f"{sha256}.zip"


def spool() -> IO[bytes]:
    """A file without a name in that folder, for what is written down before it is put together; gone when closed."""
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    return tempfile.TemporaryFile(dir=folder())


class Draft:
    """A copy that is being written under a name that nobody reads; `keep` gives it its own, leaving it undone throws
    it away."""

    def __init__(self, token: str) -> None:
        folder().mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path = folder() / f"{_DRAFT}{token}"

    def __enter__(self) -> IO[bytes]:
        # The same try after a crash of the whole machine finds its own leftovers: they are overwritten.
        handle = os.open(self._path, os.O_CREAT | os.O_TRUNC | os.O_RDWR | os.O_CLOEXEC, 0o600)
        self._file = os.fdopen(handle, "w+b")
        return self._file

    def __exit__(self, *_error: object) -> None:
        self._file.close()
        self._path.unlink(missing_ok=True)

    def keep(self) -> tuple[str, int]:
        """Bring the file to the disk under its hash; its SHA-256 and its size in bytes."""
        self._file.flush()
        self._file.seek(0)
        sha256 = hashlib.file_digest(self._file, "sha256").hexdigest()
        os.fsync(self._file.fileno())
        size = self._file.seek(0, os.SEEK_END)
        self._path.rename(path(sha256))
        handle = os.open(folder(), os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        return sha256, size


def tidy(lying: Collection[str]) -> int:
    """Take away copies that no row wants any more, and drafts whose worker died; how many.

    A copy appears shortly before its row does, so one that is younger than a lease stays for now.
    """
    gone = 0
    for file in folder().glob("*") if folder().is_dir() else ():
        if file.name.removesuffix(".zip") in lying and not file.name.startswith(_DRAFT):
            continue
        if time.time() - file.stat().st_mtime > LEASE.total_seconds():
            file.unlink(missing_ok=True)
            gone += 1
    return gone


def remove(sha256: str) -> bool:
    """Take one copy away; whether it lay there."""
    there = path(sha256).is_file()
    path(sha256).unlink(missing_ok=True)
    return there
