"""Every byte of a log of 200 entries is changed in turn, and every change is found, named, and found in time.

At the scale of `make test` a sample of the bytes, drawn anew with each size; from scale 20 on all of them.
"""

from __future__ import annotations

import functools
import random
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hearing.audit import verify
from hearing.audit.verify import Report, audit_log
from tests.audit.logs import LOG, OTHER, WITNESS, Log, entry, log_of, served

SIZE = 200
SAMPLE = 250
"""Bytes that are changed at scale 1."""
WHOLE = 20
"""The scale from which on no byte is left out."""
PATIENCE = 30
"""Seconds within which a verdict has to come. Usually it takes some milliseconds."""
VKEY = str(LOG.verify_key)
BUNDLE, TILE = "tile/entries/000.p/200", "tile/0/000.p/200"
Files = dict[str, bytes]


@contextmanager
def in_time() -> Iterator[None]:
    """Ends a verifier that hangs, with an error."""

    def over(_signal: int, _frame: object) -> None:
        raise TimeoutError("the verifier did not come to a verdict")

    before = signal.signal(signal.SIGALRM, over)
    signal.alarm(PATIENCE)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def audit(files: Files, state: Path | None = None) -> Report:
    with in_time():
        return audit_log(served(files), VKEY, state)


@pytest.fixture(scope="module")
def log() -> Log:
    return log_of(SIZE)


@pytest.fixture(autouse=True)
def remembered_signatures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Thousands of audits share one checkpoint: its signature is checked once."""
    monkeypatch.setattr(verify, "signature_verifies", functools.cache(verify.signature_verifies))


def owners(log: Log) -> list[int]:
    """For each byte of the bundle the entry to which it belongs, its length included."""
    return [number for number, each in enumerate(log.entries) for _ in range(2 + len(each))]


@pytest.mark.parametrize("path", [BUNDLE, TILE, "checkpoint"])
def test_every_changed_byte_is_found_and_named(path: str, log: Log, torture_scale: int) -> None:
    files = log.files()
    assert set(files) == {BUNDLE, TILE, "checkpoint"}
    data, chance = files[path], random.Random(f"{path} {torture_scale}")
    places = range(len(data)) if torture_scale >= WHOLE else chance.sample(range(len(data)), min(len(data), SAMPLE))
    owner = owners(log)
    for place in places:
        bent = data[:place] + bytes([data[place] ^ (1 << chance.randrange(8))]) + data[place + 1 :]
        report = audit(files | {path: bent})
        assert report.exit_code == 1, (path, place)
        assert report.file == path, (place, str(report))
        if path == BUNDLE:
            assert (report.kind, report.entry) == ("entries", owner[place]), (place, str(report))
        elif path == TILE:
            assert (report.kind, report.entry) == ("tiles", place // 32), (place, str(report))
        else:
            assert report.kind == "checkpoint", (place, str(report))


def test_every_cut_is_found(log: Log, torture_scale: int) -> None:
    """Truncated anywhere, each file is a finding; a bundle names the first entry that is not whole."""
    files, owner = log.files(), owners(log)
    for path, data in files.items():
        chance = random.Random(f"cut {path} {torture_scale}")
        whole = torture_scale >= WHOLE
        for length in range(len(data)) if whole else chance.sample(range(len(data)), min(len(data), SAMPLE // 4)):
            report = audit(files | {path: data[:length]})
            assert (report.exit_code, report.file) == (1, path), (length, str(report))
            assert path != BUNDLE or report.entry == owner[length], (length, str(report))


Change = Callable[[list[bytes], int], list[bytes]]
CHANGES: dict[str, Change] = {
    "delete": lambda entries, place: entries[:place] + entries[place + 1 :],
    "drop the last": lambda entries, _: entries[:-1],
    "swap": lambda entries, place: [*entries[:place], entries[place + 1], entries[place], *entries[place + 2 :]],
    "duplicate": lambda entries, place: [*entries[: place + 1], *entries[place:]],
    "insert": lambda entries, place: [*entries[:place], entry(999), *entries[place:]],
    "replace": lambda entries, place: [*entries[:place], entry(999), *entries[place + 1 :]],
    "truncate": lambda entries, place: entries[:place],
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_done_to_a_log_is_found_however_far_it_goes(
    change: str, log: Log, torture_scale: int, tmp_path: Path
) -> None:
    """In the entries alone; with the tree built anew over them; with a key of one's own; with the log's own key."""
    files = log.files()
    state = tmp_path / "state"
    assert audit(files, state).ok
    for place in random.Random(torture_scale).sample(range(SIZE - 1), min(SIZE - 1, 3 * torture_scale)):
        altered = Log.of(CHANGES[change](log.entries, place))
        first = SIZE - 1 if change == "drop the last" else place + (change == "duplicate")
        again = altered.files()
        # The tree is built anew, and the old head stands over it: nothing is where the head says.
        rechained = {path: data for path, data in again.items() if path != "checkpoint"}
        entries_only = {BUNDLE: next(data for path, data in again.items() if "entries" in path)}
        report = audit(files | entries_only)
        assert (report.kind, report.entry) == ("entries", first), (place, str(report))
        assert audit({**rechained, "checkpoint": files["checkpoint"]}).kind == "entries"
        # Signed with another key: the caller's key says no.
        assert audit({**rechained, "checkpoint": altered.checkpoint(key=OTHER)}).kind == "checkpoint"
        # Signed with the log's own key: whoever has seen the log before says no, and so does the missing witness.
        signed = {**rechained, "checkpoint": altered.checkpoint()}
        assert audit(signed, state).kind == "history", place
        report = audit_log(served(signed), VKEY, None, [str(WITNESS.verify_key)])
        assert (report.kind, "没有 witness.example/w1 的签名" in report.zh) == ("checkpoint", True)
