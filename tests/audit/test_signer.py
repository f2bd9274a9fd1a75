"""The signer signs only what continues its own memory, here and behind a socket; its key can be changed."""

from __future__ import annotations

import socket
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from hearing.audit import durable, tree
from hearing.audit.keyring import CannotRotate, NoKey
from hearing.audit.note import Checkpoint, Note, open_checkpoint
from hearing.audit.signer import LocalSigner, Signer, WillNotSign
from hearing.audit.signer_process import RemoteSigner, SignerAway, SignerServer
from tests.audit.logs import ORIGIN, Log, log_of
from tests.audit.witnessing import serving


@pytest.fixture(scope="module")
def log() -> Log:
    return log_of(20)


@pytest.fixture(params=["here", "behind a socket"])
def signer(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Signer]:
    local = LocalSigner.at(tmp_path / "keys")
    local.ring.begin(ORIGIN)
    if request.param == "here":
        yield local
        return
    path = tmp_path / "signer.sock"
    with serving(SignerServer(path, local)):
        yield RemoteSigner(path)


def sign(signer: Signer, log: Log, old: int, new: int) -> list[Note]:
    proof = tree.consistency_proof(old, new, log.read) if old else []
    return signer.sign(new, tree.root(new, log.read), proof)


def test_a_log_that_grows_is_signed(signer: Signer, log: Log) -> None:
    assert signer.head() is None
    for old, new in ((0, 1), (1, 8), (8, 8), (8, 20)):
        (note,) = sign(signer, log, old, new)
        assert open_checkpoint(note.encode(), signer.vkeys()[0]).checkpoint.size == new
        assert signer.head() == note


def test_nothing_else_is_signed(signer: Signer, log: Log) -> None:
    sign(signer, log, 0, 12)
    other = Log.of([b"other", *log.entries[1:]])
    for size, source, proof, why in (
        (9, log, [], "shorter"),
        (12, other, [], "rewritten"),
        (15, log, [], "rewritten"),
        (15, other, tree.consistency_proof(12, 15, other.read), "rewritten"),
    ):
        with pytest.raises(WillNotSign) as refused:
            signer.sign(size, tree.root(size, source.read), proof)
        assert refused.value.why == why
    sign(signer, log, 12, 15)


def test_a_head_of_ours_that_somebody_else_kept_is_learnt(signer: Signer, log: Log, tmp_path: Path) -> None:
    (later,) = sign(signer, log, 0, 12)
    (tmp_path / "keys" / "log.head").unlink()
    sign(signer, log, 0, 5)
    signer.learn(later)
    assert signer.head() == later
    with pytest.raises(WillNotSign, match="12 were signed"):
        sign(signer, log, 5, 9)


def test_two_heads_of_one_size_stop_everything(signer: Signer, log: Log, tmp_path: Path) -> None:
    (first,) = sign(signer, log, 0, 12)
    (tmp_path / "keys" / "log.head").unlink()
    sign(signer, Log.of([b"other", *log.entries[1:]]), 0, 12)
    with pytest.raises(WillNotSign) as refused:
        signer.learn(first)
    assert refused.value.why == "forked"


def test_a_strangers_head_is_not_learnt(signer: Signer, log: Log) -> None:
    with pytest.raises(WillNotSign, match="our signature"):
        signer.learn(Note.parse(log.checkpoint(12)))


def test_damaged_memory_stops_everything(signer: Signer, log: Log, tmp_path: Path) -> None:
    sign(signer, log, 0, 12)
    (tmp_path / "keys" / "log.head").write_bytes(b"rubbish")
    with pytest.raises(WillNotSign, match="damaged"):
        sign(signer, log, 12, 15)


def test_a_missing_or_spoilt_key_is_said_and_not_replaced(signer: Signer, log: Log, tmp_path: Path) -> None:
    sign(signer, log, 0, 5)
    key = tmp_path / "keys" / "log.key"
    kept = key.read_text()
    for spoilt in (None, "", "rubbish\n", kept[:-8] + "\n", "密钥"):
        if spoilt is None:
            key.unlink()
        else:
            key.write_text(spoilt, encoding="utf-8")
        with pytest.raises(NoKey) as missing:
            sign(signer, log, 5, 9)
        assert kept.strip().split("+", 4)[4] not in str(missing.value)
    key.write_text(kept)
    sign(signer, log, 5, 9)


def test_what_cannot_be_remembered_is_not_signed(signer: Signer, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    sign(signer, log, 0, 5)
    with monkeypatch.context() as broken:
        broken.setattr(durable, "write", full)
        with pytest.raises((OSError, SignerAway), match="No space left"):
            sign(signer, log, 5, 9)
    head = signer.head()
    assert head is not None and Checkpoint.parse(head.text).size == 5
    sign(signer, log, 5, 9)


def test_a_new_key_signs_beside_the_old_one_until_that_retires(signer: Signer, log: Log) -> None:
    (old,) = signer.vkeys()
    with pytest.raises(CannotRotate):
        signer.promote()
    with pytest.raises(CannotRotate):
        signer.retire()
    new = signer.stage(ORIGIN)
    assert signer.stage(ORIGIN) == new, "after a crash the same key is used"
    assert signer.vkeys() == (old,)
    signer.promote()
    assert signer.vkeys() == (new, old)
    (note,) = sign(signer, log, 0, 5)
    for key in (old, new):
        assert open_checkpoint(note.encode(), key).checkpoint.size == 5
    with pytest.raises(CannotRotate, match="retire the old one"):
        signer.stage(ORIGIN)
    signer.retire()
    (note,) = sign(signer, log, 5, 9)
    assert len(note.signatures) == 1 and new.made(note.signatures[0])


def test_a_new_name_gets_a_head_of_its_own(signer: Signer, log: Log) -> None:
    old = signer.vkeys()[0]
    sign(signer, log, 0, 5)
    new = signer.stage("hearing.example/new")
    with pytest.raises(CannotRotate, match="waiting already"):
        signer.stage("hearing.example/third")
    signer.promote()
    first, second = sign(signer, log, 5, 9)
    assert open_checkpoint(first.encode(), new).checkpoint.origin == "hearing.example/new"
    assert open_checkpoint(second.encode(), old).checkpoint.origin == ORIGIN


def test_the_key_is_its_users_alone(tmp_path: Path) -> None:
    signer = LocalSigner.at(tmp_path / "keys")
    signer.ring.begin(ORIGIN)
    signer.stage(ORIGIN)
    assert stat.S_IMODE(signer.ring.staged_file.stat().st_mode) == 0o600
    signer.promote()
    assert stat.S_IMODE(signer.ring.file.stat().st_mode) == 0o600
    assert not signer.ring.staged_file.exists()


@pytest.mark.parametrize("moment", ["before the list is written", "before the staged file goes"])
def test_a_crash_within_a_change_of_keys_leaves_the_keys_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    signer = LocalSigner.at(tmp_path / "keys")
    signer.ring.begin(ORIGIN)
    old, new = signer.vkeys()[0], signer.stage(ORIGIN)

    def dies(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        if moment == "before the list is written":
            killed.setattr(durable, "write", dies)
        else:
            killed.setattr(Path, "unlink", dies)
        with pytest.raises(KeyboardInterrupt):
            signer.promote()
    assert signer.vkeys() in ((old,), (new, old))
    signer.promote()
    assert signer.vkeys() == (new, old)
    signer.retire()
    assert signer.stage(ORIGIN) not in (old, new)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Path]:
    local = LocalSigner.at(tmp_path / "keys")
    local.ring.begin(ORIGIN)
    path = tmp_path / "signer.sock"
    with serving(SignerServer(path, local)):
        yield path


def test_the_socket_is_for_owner_and_group(served: Path) -> None:
    assert stat.S_IMODE(served.stat().st_mode) == 0o660


@pytest.mark.parametrize(
    "line",
    [
        b"\n",
        b"rubbish\n",
        b"[]\n",
        b'{"do": "tell me the key"}\n',
        b'{"do": "sign"}\n',
        b'{"do": "sign", "size": "x", "root": "", "proof": []}\n',
        b'{"do": "sign", "size": 1, "root": "AAAA", "proof": []}\n',
        b'{"do": "learn", "note": "rubbish"}\n',
        b'{"do": "stage", "name": "with space"}\n',
        b"[" * 5000 + b"\n",
    ],
)
def test_nonsense_at_the_socket_is_answered_and_forgotten(served: Path, line: bytes) -> None:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(5)
        connection.connect(str(served))
        connection.sendall(line)
        assert b'"error"' in connection.makefile("rb").readline()
    assert len(RemoteSigner(served).vkeys()) == 1


def test_a_signer_that_is_away_or_talks_nonsense_is_said(tmp_path: Path) -> None:
    path = tmp_path / "signer.sock"
    with pytest.raises(SignerAway):
        RemoteSigner(path).vkeys()
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(path))
        door.listen()

        def answer() -> None:
            for said in (b"rubbish\n", b"", b"[]\n", b'{"ok": ["rubbish"]}\n'):
                connection, _ = door.accept()
                with connection:
                    connection.recv(1000)
                    connection.sendall(said)

        thread = threading.Thread(target=answer)
        thread.start()
        for _ in range(3):
            with pytest.raises(SignerAway):
                RemoteSigner(path).vkeys()
        with pytest.raises(SignerAway):
            RemoteSigner(path).vkeys()
        thread.join()


def test_a_signer_that_was_killed_leaves_no_socket_in_the_way(tmp_path: Path) -> None:
    local = LocalSigner.at(tmp_path / "keys")
    local.ring.begin(ORIGIN)
    path = tmp_path / "signer.sock"
    SignerServer(path, local).server_close()
    assert path.exists()
    with serving(SignerServer(path, local)):
        assert RemoteSigner(path).vkeys() == local.vkeys()
