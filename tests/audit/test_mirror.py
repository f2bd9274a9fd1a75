"""Anybody can keep a copy of the log: by following links, or as one file; and each copy verifies by itself."""

from __future__ import annotations

import os
import subprocess
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from hearing.audit import shelf, verify
from hearing.audit.ledger import perform
from hearing.audit.policy import Policy
from hearing.audit.publisher import Publisher
from hearing.config import Settings
from hearing.db import db, read_only
from tests.audit.test_ledger import note
from tests.browser import Browser
from tests.journeys.server import Live, serving


@pytest.fixture
def publisher(app: Flask, settings: Settings) -> Iterator[Publisher]:
    with app.app_context():
        yield Publisher.of(settings)


def grow(publisher: Publisher, *counts: int) -> None:
    db.session.rollback()
    read_only(False)  # The last request may have read only.
    for count in counts:
        for number in range(count):
            perform(note, number)
        publisher.publish(db.session)
        db.session.rollback()


def passes(folder: Path, publisher: Publisher) -> bool:
    return verify.audit_log(str(folder), str(publisher.vkey)).ok


def unpack(packed: Path, folder: Path) -> None:
    """Unpack with the program that a volunteer has."""
    folder.mkdir(exist_ok=True)
    subprocess.run(["tar", "-xzf", packed, "-C", folder], check=True, timeout=60)


def test_one_file_carries_the_whole_log(
    client: Browser, settings: Settings, publisher: Publisher, tmp_path: Path
) -> None:
    assert client.get("/log/mirror.tar.gz").status_code == 404
    grow(publisher, 3, 300)
    shelf.pack_when_due(settings, publisher.folder)
    answer = client.get("/log/mirror.tar.gz", buffered=True)
    assert answer.content_type == "application/gzip"
    (tmp_path / "mirror.tar.gz").write_bytes(answer.data)
    unpack(tmp_path / "mirror.tar.gz", tmp_path / "unpacked")
    assert passes(tmp_path / "unpacked/log", publisher)
    names = {path.name for path in (tmp_path / "unpacked/log").iterdir()}
    assert names == {"checkpoint", "tile", "vkey", "policy"}


def test_the_packed_log_fits_together_although_the_log_goes_on_growing(
    settings: Settings, publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grow(publisher, 5)
    real = shelf._add

    def growing(packed: tarfile.TarFile, name: str, data: bytes) -> None:
        real(packed, name, data)
        grow(publisher, 90)

    with monkeypatch.context() as busy:
        busy.setattr(shelf, "_add", growing)
        head = shelf.pack(publisher.folder, tmp_path / "mirror.tar.gz")
    assert head is not None and head.size == 5
    unpack(tmp_path / "mirror.tar.gz", tmp_path)
    assert passes(tmp_path / "log", publisher)


def test_it_is_packed_again_when_it_is_old_and_there_is_something_new(settings: Settings, publisher: Publisher) -> None:
    target = shelf.packed_file(settings)

    def packed_after(seconds: float) -> bool:
        os.utime(target, (time.time() - seconds, time.time() - seconds))
        before = target.stat().st_mtime_ns
        shelf.pack_when_due(settings, publisher.folder)
        return target.stat().st_mtime_ns != before

    shelf.pack_when_due(settings, publisher.folder)
    assert not target.exists(), "there is no head yet"
    grow(publisher, 1)
    shelf.pack_when_due(settings, publisher.folder)
    assert not packed_after(settings.mirror_every / 2)
    assert packed_after(settings.mirror_every + 10)
    os.utime(publisher.folder / "checkpoint", (time.time() - 9e5, time.time() - 9e5))
    assert not packed_after(settings.mirror_every + 10), "nothing is new"


def test_a_disk_that_is_full_leaves_the_packed_log_as_it_was(
    settings: Settings, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    grow(publisher, 1)
    target = shelf.packed_file(settings)
    shelf.pack(publisher.folder, target)
    whole = target.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(shelf, "_add", full)
        with pytest.raises(OSError, match="No space"):
            shelf.pack(publisher.folder, target)
    assert target.read_bytes() == whole
    assert not list(settings.data_dir.glob(".mirror*draft"))


def test_the_lists_name_every_file_and_nothing_else(client: Browser, publisher: Publisher) -> None:
    assert client.get("/log/").status_code == 404, "there is nothing yet"
    grow(publisher, 3, 300)
    page = client.get("/log/")
    assert page.status_code == 200
    assert page.headers["Access-Control-Allow-Origin"] == "*"
    for name in ("checkpoint", "vkey", "policy", "tile/"):
        assert f'href="{name}"' in page.text
    assert "lock" not in page.text
    assert 'href="000"' in client.get("/log/tile/0/").text
    assert 'href="47"' in client.get("/log/tile/entries/001.p/").text
    for absent in ("tile/2/", "tile/0/001/", "../", "tile/../../keys/", "..%2f", "was/", "tile/0/x000/"):
        assert client.get(f"/log/{absent}").status_code in {400, 404}, absent


def test_the_policy_is_served_even_before_the_first_head(client: Browser, publisher: Publisher) -> None:
    for _ in range(2):
        policy = Policy.parse(client.get("/log/policy").text)
        assert [log.key for log in policy.logs] == [publisher.vkey]
        grow(publisher, 1)


@pytest.fixture
def live(app: Flask, settings: Settings) -> Iterator[Live]:
    with serving(settings.data_dir, settings.database) as server:
        yield server


def test_wget_makes_a_mirror_that_verifies(publisher: Publisher, live: Live, tmp_path: Path) -> None:
    """The tool that is everywhere, following links; while it fetches, the log goes on growing."""
    grow(publisher, 3, 300, 1)
    arguments = ["wget", "-nv", "-r", "-np", "-nH", "-P", str(tmp_path), f"{live.url}/log/"]
    with subprocess.Popen(arguments) as wget:
        while wget.poll() is None:
            grow(publisher, 1)
    assert wget.returncode == 0
    assert passes(tmp_path / "log", publisher)
    assert publisher.last() is not None
    again = subprocess.run([*arguments[:2], "-N", *arguments[2:]], check=False)
    assert again.returncode == 0
    assert passes(tmp_path / "log", publisher)
