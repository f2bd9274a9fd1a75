"""The commands of the trail as a person runs them: a witness, a signer, a server on a restored backup."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from hearing.audit import verify
from hearing.audit.ledger import perform
from hearing.audit.note import VerifyKey
from hearing.audit.publisher import Publisher
from hearing.audit.signer import LocalSigner
from hearing.audit.signer_process import RemoteSigner, SignerAway
from hearing.cli import main
from hearing.db import db
from tests.audit.logs import LOG
from tests.audit.test_ledger import note
from tests.audit.test_replay import restored
from tests.audit.witnessing import policy_with


@contextmanager
def started(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """`hearing …` as a process of its own, told to stop at the end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "hearing", *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        yield process
    finally:
        process.terminate()  # A shell that runs the tests beside others lets them ignore Ctrl-C.
        process.communicate(timeout=60)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port: int = door.getsockname()[1]
    return port


def until(ready: object) -> None:
    assert callable(ready)
    for _ in range(400):
        try:
            ready()
        except (OSError, SignerAway):
            time.sleep(0.05)
        else:
            return
    ready()


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, list(arguments))
    return done.exit_code, done.output.strip()


def test_another_committee_runs_a_witness(app: Flask, tmp_path: Path) -> None:
    folder, port = str(tmp_path / "witness"), free_port()
    code, vkey = run("witness", "--dir", folder, "--init", "street.example/witness")
    assert code == 0 and VerifyKey.parse(vkey).name == "street.example/witness"
    assert run("witness", "--dir", folder, "--init", "street.example/witness") == (0, vkey), "the key stays"
    with app.app_context():
        publisher = Publisher.of(app.extensions["settings"])
        assert run("witness", "--dir", folder, "--add-log", str(publisher.vkey)) == (0, vkey)
        with started("witness", "--dir", folder, "--bind", f"127.0.0.1:{port}"):
            url = f"http://127.0.0.1:{port}"
            until(lambda: urllib.request.urlopen(f"{url}/vkey", timeout=5).close())
            policy_with(publisher, url, keys=[VerifyKey.parse(vkey)])
            perform(note, 1)
            publisher.publish(db.session)
        head = (publisher.folder / "checkpoint").read_bytes()
        assert verify.check_checkpoint(head, str(publisher.vkey), [vkey]).ok


def test_a_witness_says_in_one_line_what_is_wrong(tmp_path: Path) -> None:
    folder = str(tmp_path / "witness")
    for arguments, why in (
        (["witness", "--dir", folder], "witness.key"),
        (["witness", "--dir", folder, "--init", "two words"], "name"),
        (["witness", "--dir", folder, "--init", "w.example", "--add-log", "rubbish"], "vkey"),
    ):
        code, said = run(*arguments)
        assert code == 1 and said.startswith("Error: ") and why in said and "\n" not in said
    (tmp_path / "witness" / "logs").write_text(f"key {LOG.verify_key}\n")
    assert run("witness", "--dir", folder)[0] == 1


def test_a_signer_of_its_own_makes_its_key_and_keeps_it(tmp_path: Path) -> None:
    path, keys = tmp_path / "signer.sock", tmp_path / "keys"
    with started("signer", "--keys", str(keys), "--socket", str(path)):
        until(RemoteSigner(path).vkeys)
        vkeys = RemoteSigner(path).vkeys()
    assert LocalSigner.at(keys).vkeys() == vkeys


def test_a_signer_needs_a_place_to_listen() -> None:
    code, said = run("signer")
    assert code == 2 and "HEARING_SIGNER_SOCKET" in said


def test_a_server_does_not_start_on_a_restored_backup(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """What would be recorded there could never be published."""
    settings = app.extensions["settings"]
    for name in ("mode", "data_dir", "database_url", "secret_key"):
        monkeypatch.setenv(f"HEARING_{name.upper()}", str(getattr(settings, name)))
    with app.app_context():
        for number in range(5):
            perform(note, number)
        Publisher.of(settings).publish(db.session)
        db.session.rollback()
        restored(3)
        db.session.rollback()
    code, said = run("serve", "--bind", f"127.0.0.1:{free_port()}")
    assert code == 1 and "lacks 2 entries" in said and "hearing replay" in said
