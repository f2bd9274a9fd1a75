"""A new key is announced by the old one, both sign for a while, and posters with either key stay true."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from hearing.audit import publishing, queries, rotation, verify
from hearing.audit.keyring import CannotRotate
from hearing.audit.ledger import perform
from hearing.audit.note import VerifyKey
from hearing.audit.publisher import Publisher
from hearing.audit.signer import LocalSigner
from hearing.audit.signer_process import SignerServer
from hearing.audit.witness import place
from hearing.cli import main
from hearing.config import Settings
from hearing.db import db, reading
from tests.audit.test_ledger import note
from tests.audit.witnessing import a_witness, policy_with, running, serving

pytestmark = pytest.mark.usefixtures("at_desk")


def grow(publisher: Publisher, count: int) -> None:
    for number in range(count):
        perform(note, number)
    with reading():
        publisher.publish(db.session)
        db.session.rollback()


def passes(folder: Path, key: VerifyKey, state: Path | None = None) -> bool:
    return verify.audit_log(str(folder), str(key), state).ok


def told(index: int) -> tuple[str, dict[str, str]]:
    body = json.loads(queries.entry_bytes(db.session, index) or b"{}")
    return body["type"], body["pub"]


def test_two_keys_sign_during_the_overlap_and_then_the_new_one_alone(
    publisher: Publisher, settings: Settings, tmp_path: Path
) -> None:
    grow(publisher, 3)
    old, state = publisher.vkey, tmp_path / "seen"
    assert passes(publisher.folder, old, state)
    new = rotation.rotate(publisher)
    assert publisher.vkey == new and publisher.keys == (new, old)
    assert told(3) == (
        "key.rotated",
        {"vkey": str(new), "before": str(old), "new_id": new.key_id.hex(), "old_id": old.key_id.hex()},
    )
    for key in (old, new):
        assert passes(publisher.folder, key, state)
    grow(publisher, 2)
    for key in (old, new):
        assert passes(publisher.folder, key, state)
    assert Publisher.of(settings).vkey == new, "a restart keeps the new key"
    with pytest.raises(CannotRotate, match="retire the old one"):
        rotation.rotate(publisher)
    assert rotation.retire(publisher) == old
    grow(publisher, 1)
    assert list(publisher.keys) == [new]
    assert passes(publisher.folder, new, state) and not passes(publisher.folder, old)
    assert told(6) == ("key.retired", {"vkey": str(old), "old_id": old.key_id.hex()})
    with pytest.raises(CannotRotate):
        rotation.retire(publisher)


def test_the_announcement_is_signed_by_the_old_key_before_the_new_one_signs_anything(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    grow(publisher, 1)
    old = publisher.vkey

    def dies(_: LocalSigner) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr(LocalSigner, "promote", dies)
        with pytest.raises(KeyboardInterrupt):
            rotation.rotate(publisher)
    db.session.rollback()
    head = publisher.last()
    assert head is not None and head.checkpoint.size == 2
    assert passes(publisher.folder, old) and len(head.note.signatures) == 1
    new = rotation.rotate(publisher)
    assert told(1)[1]["vkey"] == str(new), "after a crash the announced key is the one that comes"
    last = publisher.last()
    assert last is not None and last.checkpoint.size == 2, "and it is not announced twice"
    assert passes(publisher.folder, new) and passes(publisher.folder, old)


def test_a_crash_after_the_change_is_mended_by_the_next_round(publisher: Publisher, settings: Settings) -> None:
    grow(publisher, 1)
    old = publisher.vkey
    new = publisher.signer.stage(old.name)
    publisher.signer.promote()
    with reading():
        assert publishing.turn(db.session, settings, Publisher.of(settings)).trouble is None
    assert publisher.keys == (new, old)
    assert passes(publisher.folder, new) and passes(publisher.folder, old)


def test_a_new_name_begins_beside_the_old_one(app: Flask, publisher: Publisher, tmp_path: Path) -> None:
    grow(publisher, 300)
    old, state = publisher.vkey, tmp_path / "seen"
    former = publisher.folder / "was" / place(old.name)
    assert passes(publisher.folder, old, state)
    new = rotation.rotate(publisher, "new.example/log")
    assert new.name == "new.example/log"
    for count in (0, 3):
        grow(publisher, count)
        assert passes(publisher.folder, new) and passes(former, old, state)
    client = app.test_client()
    head = client.get(f"/log/was/{place(old.name)}/checkpoint")
    assert head.status_code == 200 and head.text.startswith(f"{old.name}\n304\n")
    assert client.get(f"/log/was/{place(old.name)}/tile/0/000").status_code == 200
    for absent in (f"{'0' * 64}/checkpoint", "x/checkpoint", "../keys/checkpoint", f"{'0' * 64}/tile/0/0"):
        assert client.get(f"/log/was/{absent}").status_code == 404
    rotation.retire(publisher)
    grow(publisher, 2)
    assert passes(publisher.folder, new)
    assert passes(former, old, state), "the last head under the old name stays up"


def test_witnesses_that_were_told_of_the_new_key_cosign_all_along(publisher: Publisher, tmp_path: Path) -> None:
    witness = a_witness(tmp_path / "witness", publisher.vkey)
    with running(witness) as url:
        policy_with(publisher, url, quorum="w1")
        grow(publisher, 1)
        rotation.rotate(publisher)
        grow(publisher, 1)
        assert publisher.witnesses.saw["w1"].trouble is None
        witness.add_log(publisher.vkey)
        rotation.retire(publisher)
        grow(publisher, 1)
        assert publisher.witnesses.saw["w1"].trouble is None


def test_a_signer_of_its_own_changes_its_key_too(settings: Settings, tmp_path: Path) -> None:
    local = LocalSigner.at(tmp_path / "elsewhere")
    local.ring.begin("street.example/log")
    path = tmp_path / "signer.sock"
    remote = dataclasses.replace(settings, signer_socket=str(path))
    with serving(SignerServer(path, local)):
        publisher = Publisher.of(remote)
        grow(publisher, 2)
        old = publisher.vkey
        new = rotation.rotate(publisher)
        grow(publisher, 1)
        for key in (old, new):
            assert passes(publisher.folder, key)
        rotation.retire(publisher)
        grow(publisher, 1)
        assert passes(publisher.folder, new)
    assert old.name == "street.example/log"


def test_the_commands_show_change_and_retire(
    settings: Settings, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    grow(publisher, 1)
    for name in ("mode", "data_dir", "database_url", "secret_key"):
        monkeypatch.setenv(f"HEARING_{name.upper()}", str(getattr(settings, name)))
    old = str(publisher.vkey)

    def said(*arguments: str) -> str:
        done = CliRunner().invoke(main, ["key", *arguments])
        return done.output.strip() if done.exit_code == 0 else f"{done.exit_code} {done.output.strip()}"

    assert said("show") == old
    new = said("rotate")
    assert said("show").split() == [new, old]
    assert said("rotate") == "1 Error: two keys are in use already: retire the old one first"
    assert said("retire") == f"retired: {old}"
    assert said("show") == new
