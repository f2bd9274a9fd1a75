"""Real processes that append acts and publish, until they are told to stop or are killed.

One process starts once and forks the others, so that two hundred of them cost no more than their work. What a writer
prints was acknowledged: it comes after `perform` has returned.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from flask import Flask

from hearing.config import Settings

NURSERY = Path(__file__).with_name("nursery.py")


@dataclass(frozen=True)
class Nursery:
    """The process that forks writers."""

    asks: IO[str]
    tells: IO[str]

    def fork(self, app: Flask, first: int, count: int, threads: int) -> int:
        """Start a writer of acts numbered from `first`, `count` in each thread, 0 without end; its process id."""
        settings: Settings = app.extensions["settings"]
        line = {"folder": str(settings.data_dir), "url": settings.database}
        self.asks.write(json.dumps({**line, "first": first, "count": count, "threads": threads}) + "\n")
        self.asks.flush()
        words = self.tells.readline().split()
        assert words[:1] == ["pid"], words
        return int(words[1])

    def next(self) -> tuple[int, int]:
        """The next act that is acknowledged, as (index, number)."""
        index, number = self.tells.readline().split()
        return int(index), int(number)

    def until(self, word: str) -> Iterator[tuple[int, int]]:
        """What is acknowledged, as (index, number), until a line says `word`."""
        while (line := self.tells.readline()) != f"{word}\n":
            assert line, "the nursery died"
            index, number = line.split()
            yield int(index), int(number)


@contextmanager
def start() -> Iterator[Nursery]:
    """A nursery, until the block ends."""
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    command = [sys.executable, str(NURSERY)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        try:
            yield Nursery(process.stdin, process.stdout)
        finally:
            process.stdin.close()
