"""A program that is not ours reads our log: `check.go`, on golang.org/x/mod as Debian packages it."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from hearing.audit import canonical, tiles
from hearing.audit.ledger import perform
from hearing.audit.proof import ProofFile
from hearing.audit.publisher import Publisher
from hearing.audit.tree import inclusion_proof
from hearing.db import db, reading
from tests.audit.logs import LOG, OTHER, WITNESS, Log, lay_out, log_of
from tests.audit.test_ledger import note

VKEY = str(LOG.verify_key)
SOURCES = Path("/usr/share/gocode")
"""Where Debian keeps the sources of Go packages; this is also their GOPATH."""
PATIENCE = 30.0
"""Seconds for one run. A verifier that hangs on a bad log has not verified it."""

Check = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def check(tmp_path_factory: pytest.TempPathFactory) -> Check:
    """Run the Go program with these arguments."""
    go = shutil.which("go")
    if go is None or not (SOURCES / "src/golang.org/x/mod/sumdb/tlog").is_dir():
        pytest.fail("Debian's golang-go and golang-golang-x-mod-dev are missing; tools/system-packages installs them")
    folder = tmp_path_factory.mktemp("go")
    # The packages come from the system alone: nothing is looked up, nothing is fetched.
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", str(folder)),
        "GO111MODULE": "off",
        "GOPATH": str(SOURCES),
        "GOFLAGS": "",
        "GOTOOLCHAIN": "local",
        "GOPROXY": "off",
    }
    program, source = folder / "check", Path(__file__).with_name("check.go")
    subprocess.run([go, "build", "-o", str(program), str(source)], env=environment, check=True, timeout=300)

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(program), *map(str, arguments)], capture_output=True, text=True, check=False, timeout=PATIENCE
        )

    return run


def published(log: Log, size: int, folder: Path) -> Path:
    """The files of a log when it had `size` entries, with a witness's line under the checkpoint."""
    files = {}
    for tile in tiles.growth(0, size):
        first = tile.index * tiles.WIDTH
        entries = log.entries[first : first + tile.width]
        entry_bundle = tile.level == tiles.ENTRIES
        files[tile.path] = tiles.encode_bundle(entries) if entry_bundle else tiles.tile_bytes(tile, log.read)
    return lay_out(files | {"checkpoint": log.checkpoint(size, witnesses=[WITNESS])}, folder)


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 600])
def test_go_proves_every_entry_through_our_tiles(size: int, check: Check, tmp_path: Path) -> None:
    run = check("log", VKEY, published(log_of(size), size, tmp_path))
    assert (run.returncode, run.stdout, run.stderr) == (0, f"{size} entries, {size} proofs\n", "")


def test_go_reads_long_logs_and_their_growth(check: Check, tmp_path: Path) -> None:
    log = Log.of(canonical.encode({"n": number}) for number in range(70_000))
    before: Path | None = None
    for size in (65_535, 65_536, 65_537, 70_000):
        folder = published(log, size, tmp_path / str(size))
        chosen = {0, 255, 256, 65_279, 65_280, 65_534, size - 1, *random.Random(size).sample(range(size), 20)}
        run = check("log", VKEY, folder, *sorted(chosen))
        assert (run.returncode, run.stdout) == (0, f"{size} entries, {len(chosen)} proofs\n"), run.stderr
        if before is not None:
            grown = check("growth", VKEY, folder, before / "checkpoint")
            assert (grown.returncode, grown.stdout) == (0, f"{size} continues {before.name}\n"), grown.stderr
        before = folder


@pytest.mark.parametrize(("old", "new"), [(1, 2), (2, 255), (255, 256), (256, 257), (1, 600), (513, 600)])
def test_go_proves_that_our_log_only_grew(old: int, new: int, check: Check, tmp_path: Path) -> None:
    log = log_of(new)
    folder = published(log, new, tmp_path / "log")
    (tmp_path / "old").write_bytes(log.checkpoint(old))
    assert check("growth", VKEY, folder, tmp_path / "old").stdout == f"{new} continues {old}\n"
    (tmp_path / "old").write_bytes(Log.of(log.entries[1 : old + 1]).checkpoint())
    assert check("growth", VKEY, folder, tmp_path / "old").returncode == 1


def test_go_checks_our_receipts(check: Check, tmp_path: Path) -> None:
    log = log_of(257)
    path = tmp_path / "receipt.tlog-proof"
    for index in (0, 1, 100, 255, 256):
        hashes = tuple(inclusion_proof(index, log.size, log.read))
        data = ProofFile(index, hashes, log.checkpoint(witnesses=[WITNESS]), log.entries[index]).encode()
        path.write_bytes(data)
        run = check("proof", VKEY, path)
        assert (run.returncode, run.stdout) == (0, f"entry {index} of 257\n"), run.stderr
        path.write_bytes(data.replace(f"index {index}".encode(), b"index 7"))
        assert check("proof", VKEY, path).returncode == 1


def test_go_refuses_a_log_that_another_key_signed(check: Check, tmp_path: Path) -> None:
    log = log_of(20)
    folder = published(log, 20, tmp_path)
    (folder / "checkpoint").write_bytes(log.checkpoint(key=OTHER))
    assert check("log", VKEY, folder).returncode == 1


@pytest.mark.parametrize("size", [200, 257])
def test_go_finds_any_flipped_byte(size: int, check: Check, tmp_path: Path) -> None:
    """In every file, in time: a run that does not end is a failure."""
    folder = published(log_of(size), size, tmp_path)
    chance = random.Random(size)
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        data = path.read_bytes()
        # The two bits that base64 leaves unused at the end of a signature mean nothing, and Go does not look at them.
        unused = (
            {data.index(b"=\n", data.index(b"\xe2\x80\x94")) - 1, len(data) - 3} if path.name == "checkpoint" else set()
        )
        for place in sorted({0, len(data) - 1, *chance.sample(range(len(data)), min(len(data), 12))} - unused):
            path.write_bytes(data[:place] + bytes([data[place] ^ (1 << chance.randrange(7))]) + data[place + 1 :])
            run = check("log", VKEY, folder)
            # Lines by keys that the caller does not know may say anything, as long as they are well formed.
            ours = path.name != "checkpoint" or place < data.index(b"\xe2\x80\x94 witness")
            assert run.returncode == 1 or not ours, (path, place)
        path.write_bytes(data)
    assert check("log", VKEY, folder).returncode == 0


def test_go_reads_what_the_product_publishes(app: Flask, check: Check) -> None:
    with app.app_context():
        for number in range(5):
            perform(note, number)
        publisher = Publisher.of(app.extensions["settings"])
        with reading():
            publisher.publish(db.session)
            db.session.rollback()
    run = check("log", publisher.vkey, publisher.folder)
    assert (run.returncode, run.stdout) == (0, "5 entries, 5 proofs\n"), run.stderr
