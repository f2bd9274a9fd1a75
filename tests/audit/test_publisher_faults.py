"""Whatever stops a publisher, and at whatever step: the next round finishes it, and what is up always verifies."""

from __future__ import annotations

import dataclasses
import errno
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import func, select

from hearing.audit import durable, publishing, standing, verify
from hearing.audit.ledger import perform
from hearing.audit.models import LogEntry
from hearing.audit.publisher import Publisher, WillNotSign
from hearing.audit.signer import LocalSigner
from hearing.audit.standing import Publishing
from hearing.config import Settings
from hearing.db import db, reading
from tests.audit.test_ledger import note
from tests.audit.test_publisher import tamper

pytestmark = pytest.mark.usefixtures("at_desk")


class Killed(BaseException):
    """The process ends here: nothing that catches errors catches this."""


@pytest.fixture(autouse=True)
def no_power_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes die here, the machine does not: nobody needs to wait for the disk."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


def add(count: int) -> None:
    for number in range(count):
        perform(note, number)


def turn(settings: Settings, publisher: Publisher | None = None) -> Publishing:
    with reading():
        found = publishing.turn(db.session, settings, publisher or Publisher.of(settings))
        db.session.rollback()
    return found


def passes(publisher: Publisher, state: Path | None = None) -> bool:
    return verify.audit_log(str(publisher.folder), str(publisher.vkey), state).ok


def recorded() -> int:
    count: int = db.session.execute(select(func.count()).select_from(LogEntry)).scalar_one()
    db.session.rollback()
    return count


def dying_at(step: int, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Let the process die at its step-th move on the disk; returns how many there were."""
    moves = 0

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def move(*args: Any, **kwargs: Any) -> Any:
            nonlocal moves
            moves += 1
            if moves == step:
                raise Killed
            return real(*args, **kwargs)

        return move

    monkeypatch.setattr(os, "open", counted(os.open))
    monkeypatch.setattr(os, "fsync", counted(os.fsync))
    monkeypatch.setattr(Path, "replace", counted(Path.replace))
    monkeypatch.setattr(Path, "unlink", counted(Path.unlink))
    monkeypatch.setattr(LocalSigner, "sign", counted(LocalSigner.sign))
    return lambda: moves


def test_a_process_killed_at_any_step_is_taken_up_by_the_next(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Each write, each wait for the disk, each renaming and the signing itself, one after the other."""
    publisher = Publisher.of(settings)
    before, more = 255, 3  # Over the end of a tile: then there are full and partial files, on two levels.
    add(before)
    turn(settings)
    add(more)
    start, lived = tmp_path / "start", False
    for name in ("log", "keys"):
        shutil.copytree(settings.data_dir / name, start / name)
    seen, step = tmp_path / "seen-before", 0
    assert passes(publisher, seen)
    while not lived:
        step += 1
        for name in ("log", "keys"):
            shutil.rmtree(settings.data_dir / name)
            shutil.copytree(start / name, settings.data_dir / name)
        state = tmp_path / "seen"
        shutil.copyfile(seen, state)
        with monkeypatch.context() as patched:
            dying_at(step, patched)
            try:
                with reading():
                    Publisher.of(settings).publish(db.session)
                lived = True
            except Killed:
                pass
            db.session.rollback()
        assert passes(publisher, state), f"what was up after step {step} does not verify"
        assert turn(settings) == standing.read(settings)
        assert standing.read(settings).trouble is None and standing.read(settings).refusal is None
        last = publisher.last()
        assert last is not None and last.checkpoint.size == before + more
        assert passes(publisher, state)
        assert not list(settings.log_dir.rglob(".*.draft"))
    assert step > 10, "the steps were not reached"


def test_a_head_that_was_signed_and_not_published_gets_its_files_first(
    settings: Settings, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A witness may have shown it: whoever checks it there must find its tiles."""
    add(3)
    turn(settings, publisher)
    add(2)
    with monkeypatch.context() as patched:
        patched.setattr(Publisher, "_lay_out", dead)
        with pytest.raises(Killed), reading():
            publisher.publish(db.session)
    db.session.rollback()
    add(2)
    assert turn(settings).trouble is None
    for size in (5, 7):
        assert (settings.log_dir / f"tile/0/000.p/{size}").is_file()
        assert (settings.log_dir / f"tile/entries/000.p/{size}").is_file()
    assert passes(publisher)


def dead(*_: object) -> None:
    raise Killed


def test_a_database_set_back_below_an_unpublished_head_is_refused(
    settings: Settings, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The signer remembers what it signed, published or not."""
    add(3)
    turn(settings, publisher)
    add(2)
    with monkeypatch.context() as patched:
        patched.setattr(Publisher, "_lay_out", dead)
        with pytest.raises(Killed), reading():
            publisher.publish(db.session)
    tamper("UPDATE log_head SET size = 4")
    assert turn(settings).refusal == "shorter"


@pytest.mark.parametrize("lost", ["log", "keys/log.head"])
def test_each_memory_of_the_last_head_is_enough(settings: Settings, publisher: Publisher, lost: str) -> None:
    """A published folder that was lost, or a signer's memory that was, does not let a shorter trail pass."""
    add(5)
    turn(settings, publisher)
    gone = settings.data_dir / lost
    shutil.rmtree(gone) if gone.is_dir() else gone.unlink()
    tamper("UPDATE log_head SET size = 3")
    assert turn(settings).refusal == "shorter"


def test_a_published_folder_that_was_lost_is_laid_out_again(settings: Settings, publisher: Publisher) -> None:
    add(300)
    turn(settings, publisher)
    key = publisher.vkey
    shutil.rmtree(settings.log_dir)
    assert turn(settings).trouble is None
    assert verify.audit_log(str(settings.log_dir), str(key)).ok
    assert publisher.vkey == key


def test_a_damaged_checkpoint_stops_the_publisher(settings: Settings, publisher: Publisher) -> None:
    add(3)
    turn(settings, publisher)
    file = settings.log_dir / "checkpoint"
    whole = file.read_bytes()
    add(1)
    for content in (b"", b"rubbish", whole.replace(b"\n3\n", b"\n4\n"), whole[:-1]):
        file.write_bytes(content)
        assert turn(settings).refusal == "checkpoint"
        assert file.read_bytes() == content, "what is left of it is evidence"
    assert recorded() == 4
    file.write_bytes(whole)
    assert turn(settings).refusal is None


def test_tampering_within_the_last_tile_is_refused_and_not_published(settings: Settings, publisher: Publisher) -> None:
    """Entry and hashes changed alike: the root that was signed tells."""
    add(5)
    turn(settings, publisher)
    tamper("UPDATE log_entry SET body = (SELECT body FROM log_entry WHERE idx = 0) WHERE idx = 1")
    add(1)
    assert turn(settings).refusal == "rewritten"
    assert not (settings.log_dir / "tile/entries/000.p/6").exists()


FAILURES = {
    errno.ENOSPC: "disk_full",
    errno.EDQUOT: "disk_full",
    errno.EROFS: "read_only",
    errno.EACCES: "read_only",
    errno.EIO: "disk",
}


def failing_with(failure: int, place: str, real: Callable[..., int]) -> Callable[..., int]:
    """Opening files, on a disk on which none can be made below `place`; the database's own lock is elsewhere."""

    def failing(path: Any, flags: int, *args: Any, **kwargs: Any) -> int:
        if flags & os.O_CREAT and place in str(path) and "write.lock" not in str(path):
            raise OSError(failure, os.strerror(failure), str(path))
        return real(path, flags, *args, **kwargs)

    return failing


@pytest.mark.parametrize("place", ["", "/log/", "/keys/"], ids=["everywhere", "in the log", "in the keys"])
def test_a_disk_that_fails_is_said_and_loses_nothing(
    settings: Settings, publisher: Publisher, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    add(3)
    turn(settings, publisher)
    for failure, trouble in FAILURES.items():
        before = recorded()
        with monkeypatch.context() as broken:
            broken.setattr(os, "open", failing_with(failure, place, os.open))
            add(2)
            found = turn(settings, publisher)
            assert (found.trouble, found.refusal) == (trouble, None)
            if place:
                assert standing.read(settings).trouble == trouble
            assert recorded() == before + 2
            assert passes(publisher)
        assert turn(settings, publisher).trouble is None
        assert passes(publisher)


def test_a_state_that_nobody_renews_or_from_the_future_is_said(settings: Settings, publisher: Publisher) -> None:
    add(1)
    found = turn(settings, publisher)
    assert standing.read(settings) == found
    for age, trouble in ((timedelta(hours=2), "stale"), (-timedelta(hours=2), "clock"), (timedelta(0), None)):
        standing.write(settings, Publishing(datetime.now(UTC) - age, None, None, (), False))
        assert standing.read(settings).trouble == trouble


def test_a_state_that_cannot_be_read_is_said(settings: Settings) -> None:
    assert standing.read(settings) == standing.NOTHING
    for content in ("", "rubbish", "[]", "{}", '{"at": 3}'):
        (settings.data_dir / "publishing.json").write_text(content)
        assert standing.read(settings).trouble == "unreadable"


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_code_has_a_sentence_of_its_own(app: Flask, language: str) -> None:
    with app.test_request_context(), force_locale(language):
        sentences = {standing.said(code) for code in standing.SENTENCES}
        assert len(sentences) == len(standing.SENTENCES)
        assert standing.said("shorter").isascii() is (language == "en")


def test_a_missing_key_is_never_replaced(app: Flask, settings: Settings, publisher: Publisher) -> None:
    add(3)
    turn(settings, publisher)
    vkey, key = publisher.vkey, settings.keys_dir / "log.key"
    kept = key.read_text()
    key.unlink()
    add(2)
    assert turn(settings).trouble == "no_key"
    assert not key.exists()
    assert recorded() == 5
    assert Publisher.of(settings).vkey == vkey, "pages go on naming the key"
    assert app.test_client().get("/log/vkey").text.strip() == str(vkey)
    key.write_text(kept)
    assert turn(settings).trouble is None
    assert passes(publisher)


def test_one_process_publishes_at_a_time(
    settings: Settings, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(3)
    with monkeypatch.context() as hurried:
        hurried.setattr(durable.alone.__wrapped__, "__defaults__", (0.1,))  # type: ignore[attr-defined]
        with durable.alone(settings.log_dir / ".lock"):
            assert turn(settings, publisher).trouble == "occupied"
    assert turn(settings, publisher).trouble is None


def test_an_unforeseen_error_is_said_too(
    settings: Settings, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(publisher, "publish", wrong)
        assert turn(settings, publisher).trouble == "failed"


def test_a_signer_of_its_own_that_is_away_is_said(settings: Settings, publisher: Publisher) -> None:
    add(3)
    turn(settings, publisher)
    away = dataclasses.replace(settings, signer_socket=str(settings.data_dir / "nobody.sock"))
    add(1)
    assert turn(away, Publisher.of(away)).trouble == "signer"
    assert Publisher.of(away).vkey == publisher.vkey
    assert turn(settings, publisher).trouble is None


def test_partial_files_go_once_full_ones_have_taken_their_place(settings: Settings, publisher: Publisher) -> None:
    for count in (250, 4, 4, 250, 4, 260):
        add(count)
        turn(settings, publisher)
        assert passes(publisher)
    folders = {path.name for path in (settings.log_dir / "tile/0").iterdir() if path.is_dir()}
    assert folders <= {"002.p", "003.p"}


def test_a_refusal_carries_its_code(publisher: Publisher) -> None:
    add(3)
    publisher.publish(db.session)
    tamper("UPDATE log_head SET size = 2")
    with pytest.raises(WillNotSign) as refused:
        publisher.publish(db.session)
    assert refused.value.why == "shorter"
