"""The write lock of a host: one writer at a time, in turns, and nobody waits longer than a person would."""

from __future__ import annotations

import itertools
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from hearing.db import Busy, WriteLock

WRITER = """
import sys, threading, time
from pathlib import Path
from hearing.db import WriteLock
lock, diary, times = WriteLock(Path(sys.argv[1])), Path(sys.argv[2]), int(sys.argv[3])
def write():
    for _ in range(times):
        lock.acquire()
        with diary.open("a") as file:
            file.write(sys.argv[4] + "<")
        time.sleep(0.004)
        with diary.open("a") as file:
            file.write(sys.argv[4] + ">")
        lock.release()
print("ready", flush=True)
sys.stdin.readline()
threads = [threading.Thread(target=write) for _ in range(2)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
"""


def test_processes_write_one_at_a_time_and_in_turns(tmp_path: Path) -> None:
    """Two processes of two threads each: none writes into another's turn, and none has many turns in a row."""
    diary, times = tmp_path / "diary", 25
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, tmp_path / "write.lock", diary, str(times), name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in "ab"
    ]
    for writer in writers:
        assert writer.stdout and writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        assert writer.wait(timeout=60) == 0
        writer.communicate()
    written = diary.read_text()
    turns = [written[at : at + 4] for at in range(0, len(written), 4)]
    assert sorted(turns) == ["a<a>"] * 2 * times + ["b<b>"] * 2 * times
    names = "".join(turn[0] for turn in turns)
    both = names[: min(names.rindex("a"), names.rindex("b"))].lstrip(names[0])
    changes = sum(one != other for one, other in itertools.pairwise(both))
    assert changes > len(both) / 2, f"turns were not taken: {names}"


def test_a_writer_who_waits_too_long_is_told_so(tmp_path: Path) -> None:
    held, other = WriteLock(tmp_path / "write.lock"), WriteLock(tmp_path / "write.lock", patience=0.05)
    held.acquire()
    with pytest.raises(Busy):
        other.acquire()
    held.release()
    other.acquire()
    other.release()


def test_a_thread_that_waits_too_long_is_told_so(tmp_path: Path) -> None:
    lock = WriteLock(tmp_path / "write.lock", patience=0.05)
    lock.acquire()
    found: list[str] = []

    def wait() -> None:
        try:
            lock.acquire()
        except Busy:
            found.append("busy")

    waiting = threading.Thread(target=wait)
    waiting.start()
    waiting.join()
    lock.release()
    assert found == ["busy"]


def test_whoever_gave_up_waiting_leaves_no_place_taken(tmp_path: Path) -> None:
    """The place of the next writer is free again after Busy: the one after it gets the turn at once."""
    held = WriteLock(tmp_path / "write.lock")
    gave_up, following = (WriteLock(tmp_path / "write.lock", patience=seconds) for seconds in (0.05, 15.0))
    held.acquire()
    with pytest.raises(Busy):
        gave_up.acquire()
    done = threading.Event()

    def write() -> None:
        following.acquire()
        done.set()
        following.release()

    waiting = threading.Thread(target=write)
    waiting.start()
    time.sleep(0.02)
    assert not done.is_set()
    held.release()
    waiting.join(timeout=10)
    assert done.is_set()
