"""Durable 落盘: files that are whole or absent whatever happens meanwhile, and one process at a time."""

from __future__ import annotations

import fcntl
import os
import secrets
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path


class Occupied(Exception):
    """Another process holds the lock for longer than one should wait."""


def write(target: Path, data: bytes, *, mode: int = 0o644, settle: bool = True) -> None:
    """Replace a file's content at once: readers see the old bytes or the new, also after a power cut.

    `settle=False` is for what may be lost in a power cut, and then costs no waiting for the disk. Raises OSError when
    the disk is full or may not be written; then the old content stands.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, mode)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            if settle:
                file.flush()
                os.fsync(file.fileno())
        draft.replace(target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    if settle:
        _bring_to_disk(target.parent)


def settle(files: Iterable[Path]) -> None:
    """Bring files that were written with `settle=False` to the disk, and their names: many at once wait less."""
    written = list(files)
    for path in (*written, *dict.fromkeys(path.parent for path in written)):
        _bring_to_disk(path)


def _bring_to_disk(path: Path) -> None:
    """A file's content, or a folder's names."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def alone(lock: Path, patience: float = 15.0) -> Iterator[None]:
    """Hold a lock file; the kernel lets go of it when the process dies.

    Raises Occupied after `patience` seconds, OSError when the file cannot be made.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(lock, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        _wait(handle, lock, time.monotonic() + patience)
        yield
    finally:
        os.close(handle)


def _wait(handle: int, lock: Path, until: float) -> None:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                raise Occupied(f"{lock.name} is held by another process") from None
            time.sleep(0.02)
        else:
            return
