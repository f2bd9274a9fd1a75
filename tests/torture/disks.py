"""A disk that is small, full or read-only: a file system in memory where that may be made, else a limit on files."""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MEGABYTE = 1024 * 1024


class Disk:
    """A folder of its own whose disk can be filled up and freed, closed for writing and opened."""

    def __init__(self, folder: Path, *, mounted: bool) -> None:
        self.folder, self._mounted = folder, mounted
        self._ballast = folder / "ballast"
        self._limits = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill(self, leave: int) -> None:
        """Leave so many bytes. Without a disk of our own: no file may grow beyond what the largest has by so much."""
        if self._mounted:
            state = os.statvfs(self.folder)
            self._ballast.write_bytes(bytes(max(0, state.f_bavail * state.f_frsize - leave)))
        else:
            largest = max(path.stat().st_size for path in self.folder.rglob("*") if path.is_file())
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest + leave, self._limits[1]))

    def free(self) -> None:
        """Give the room back."""
        self._ballast.unlink(missing_ok=True)
        resource.setrlimit(resource.RLIMIT_FSIZE, self._limits)

    def close(self) -> None:
        """Let nobody write."""
        self._set_writable(False)

    def open(self) -> None:
        """Let everybody write again."""
        self._set_writable(True)

    def _set_writable(self, writable: bool) -> None:
        if self._mounted:
            _run("mount", "-o", f"remount,{'rw' if writable else 'ro'}", str(self.folder))
            return
        for path in [self.folder, *self.folder.rglob("*")]:
            path.chmod(0o700 if writable else 0o500)


@contextmanager
def disk(folder: Path, size: int) -> Iterator[Disk]:
    """A disk of `size` bytes at `folder`, until the block ends."""
    folder.mkdir()
    mounted = os.geteuid() == 0 and _may("mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder))
    found = Disk(folder, mounted=mounted)
    try:
        yield found
    finally:
        found.free()
        if mounted:
            _run("umount", "--lazy", str(folder))


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


def _may(*command: str) -> bool:
    try:
        return subprocess.run(command, check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False
