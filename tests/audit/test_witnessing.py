"""The publisher asks witnesses, fails open, says who did not cosign, and lets a witness hold it to what it signed."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from hearing.audit import publishing, standing, verify
from hearing.audit.ledger import perform
from hearing.audit.note import Note, SignatureType, SigningKey
from hearing.audit.policy import Policy
from hearing.audit.publisher import Publisher
from hearing.audit.standing import Publishing
from hearing.audit.witness import PLAIN, SIZE, Answer, Request, Witness, place
from hearing.config import Settings
from hearing.db import db, reading
from tests.audit.logs import WITNESS
from tests.audit.test_ledger import note
from tests.audit.test_publisher import tamper
from tests.audit.witnessing import a_witness, answering, policy_with, running

pytestmark = pytest.mark.usefixtures("at_desk")


@pytest.fixture
def witness(publisher: Publisher, tmp_path: Path) -> Witness:
    return a_witness(tmp_path / "witness", publisher.vkey)


def add(count: int) -> None:
    for number in range(count):
        perform(note, number)


def turn(settings: Settings, publisher: Publisher) -> Publishing:
    with reading():
        found = publishing.turn(db.session, settings, publisher)
        db.session.rollback()
    return found


def ask_again(publisher: Publisher) -> None:
    """Let the pause after a failure be over."""
    for memory in publisher.witnesses._memory.values():
        memory.not_before = 0.0


def witnessed(publisher: Publisher) -> bool:
    checkpoint = publisher.folder / "checkpoint"
    return verify.check_checkpoint(checkpoint.read_bytes(), str(publisher.vkey), [str(WITNESS.verify_key)]).ok


def test_every_head_is_cosigned(settings: Settings, publisher: Publisher, witness: Witness) -> None:
    with running(witness) as url:
        policy_with(publisher, url, quorum="w1")
        for count in (3, 1, 300, 1):
            add(count)
            found = turn(settings, publisher)
            assert found.quorum_met and witnessed(publisher)
            (saw,) = found.witnesses
            head = publisher.last()
            assert head is not None
            assert (saw.name, saw.size, saw.trouble) == ("w1", head.checkpoint.size, None)
            assert saw.at is not None
    assert verify.audit_log(str(publisher.folder), str(publisher.vkey), None, [str(WITNESS.verify_key)]).ok
    assert standing.read(settings) == found


def test_nobody_in_the_policy_means_not_witnessed(settings: Settings, publisher: Publisher) -> None:
    add(1)
    found = turn(settings, publisher)
    assert (found.witnesses, found.quorum_met) == ((), False)


def garbage(body: bytes) -> Answer:
    return Answer(200, b"rubbish")


def of_another_head(body: bytes) -> Answer:
    line = WITNESS.cosign(f"{Request.parse(body).new.origin}\n1\n{'A' * 43}=\n", 1790000000)
    return Answer(200, str(line).encode())


def of_another_key(body: bytes) -> Answer:
    stranger = SigningKey.generate("witness.example/w1", SignatureType.COSIGNATURE)
    return Answer(200, str(stranger.cosign(Request.parse(body).note.text, 1790000000)).encode())


ANSWERS: dict[str, tuple[Callable[[bytes], Answer], str]] = {
    "it saw less, and then again": (lambda _: Answer(409, b"2\n", SIZE), "conflict"),
    "it says that it saw more": (lambda _: Answer(409, b"99\n", SIZE), "conflict"),
    "a size of another type": (lambda _: Answer(409, b"99\n", PLAIN), "garbage"),
    "a size in words": (lambda _: Answer(409, b"many\n", SIZE), "garbage"),
    "it does not take the proof": (lambda _: Answer(422, b"no proof\n"), "no_proof"),
    "it does not know the log": (lambda _: Answer(404, b"unknown\n"), "unknown_log"),
    "it does not know the key": (lambda _: Answer(403, b"no\n"), "key_refused"),
    "it does not understand": (lambda _: Answer(400, b"no\n"), "bad_request"),
    "it is broken": (lambda _: Answer(500, b"oh\n"), "error"),
    "it sends us elsewhere": (lambda _: Answer(302, b""), "error"),
    "it has nothing to say": (lambda _: Answer(204, b""), "error"),
    "rubbish": (garbage, "garbage"),
    "nothing": (lambda _: Answer(200, b""), "garbage"),
    "much rubbish": (lambda _: Answer(200, b"\xff\x00" * 40_000), "garbage"),
    "a line that is too short": (lambda _: Answer(200, "— witness.example/w1 AAAA\n".encode()), "garbage"),
    "a cosignature of another head": (of_another_head, "garbage"),
    "a cosignature by another key": (of_another_key, "garbage"),
}


def test_whatever_a_witness_answers_the_head_is_published_and_the_trouble_said(
    settings: Settings, publisher: Publisher
) -> None:
    found = {}
    for name, (answer, _) in ANSWERS.items():
        with answering(answer) as url:
            policy_with(publisher, url)
            ask_again(publisher)
            add(3)
            stand = turn(settings, publisher)
        assert (stand.refusal, stand.trouble, stand.quorum_met) == (None, None, False)
        assert verify.audit_log(str(publisher.folder), str(publisher.vkey)).ok
        assert not witnessed(publisher)
        found[name] = stand.witnesses[0].trouble
    assert found == {name: trouble for name, (_, trouble) in ANSWERS.items()}


def test_a_witness_that_is_not_there_is_said(settings: Settings, publisher: Publisher) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    policy_with(publisher, f"http://127.0.0.1:{port}")
    add(1)
    assert [each.trouble for each in turn(settings, publisher).witnesses] == ["silent"]


def test_a_witness_that_hangs_up_or_says_no_http_is_said(settings: Settings, publisher: Publisher) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:

        def talk() -> None:
            connection, _ = door.accept()
            with connection:
                connection.recv(10)
                connection.sendall(b"SSH-2.0-rubbish\r\n")

        thread = threading.Thread(target=talk)
        thread.start()
        policy_with(publisher, f"http://127.0.0.1:{door.getsockname()[1]}")
        add(1)
        assert [each.trouble for each in turn(settings, publisher).witnesses] == ["silent"]
        thread.join()


def test_a_slow_witness_holds_nobody_up(settings: Settings, publisher: Publisher) -> None:
    publisher.witnesses.patience = 0.3
    with answering(garbage, pause=1.0) as url:
        policy_with(publisher, url)
        add(1)
        begun = time.monotonic()
        found = turn(settings, publisher)
        assert time.monotonic() - begun < 0.9
    assert [each.trouble for each in found.witnesses] == ["slow"]
    assert publisher.last() is not None


def test_a_failing_witness_is_asked_less_and_less_often(settings: Settings, publisher: Publisher) -> None:
    asked = []

    def broken(body: bytes) -> Answer:
        asked.append(body)
        return Answer(500, b"")

    with answering(broken) as url:
        policy_with(publisher, url)
        for _ in range(4):
            add(1)
            found = turn(settings, publisher)
        assert len(asked) == 1
        ask_again(publisher)
        turn(settings, publisher)
        assert len(asked) == 2
    (memory,) = publisher.witnesses._memory.values()
    assert memory.not_before - time.monotonic() > 6
    assert [each.trouble for each in found.witnesses] == ["error"], "what is the matter stays on the page"


def test_a_witness_that_comes_back_cosigns_the_head_that_is_up(
    settings: Settings, publisher: Publisher, witness: Witness
) -> None:
    with running(witness) as url:
        policy_with(publisher, url, quorum="w1")
        add(3)
        turn(settings, publisher)
    add(4)
    found = turn(settings, publisher)
    assert not found.quorum_met and found.witnesses[0].size == 3
    with running(witness) as url:
        policy_with(publisher, url, quorum="w1")
        ask_again(publisher)
        found = turn(settings, publisher)
        assert found.quorum_met and witnessed(publisher)
        assert found.witnesses[0].size == 7


def test_one_witness_away_does_not_keep_the_other_from_cosigning(
    settings: Settings, publisher: Publisher, witness: Witness
) -> None:
    second = SigningKey.generate("witness.example/w2", SignatureType.COSIGNATURE).verify_key
    with running(witness) as url, answering(garbage) as bad:
        policy_with(publisher, bad, url, keys=[second, WITNESS.verify_key])
        add(3)
        found = turn(settings, publisher)
    assert {each.name: each.trouble for each in found.witnesses} == {"w1": "garbage", "w2": None}
    assert witnessed(publisher) and found.quorum_met


def test_the_policy_is_read_anew_and_a_spoilt_one_said(settings: Settings, publisher: Publisher) -> None:
    add(1)
    publisher.policy_file.write_text("quorum nobody\n")
    found = turn(settings, publisher)
    assert (found.trouble, found.quorum_met) == ("policy", False)
    publisher.policy_file.write_text("quorum none\n")
    assert turn(settings, publisher).trouble is None


def test_a_machine_set_back_as_a_whole_is_stopped_by_its_witness(
    settings: Settings, publisher: Publisher, witness: Witness, tmp_path: Path
) -> None:
    """Database, published files and the signer's memory restored together: only the witness knows of more."""
    with running(witness) as url:
        policy_with(publisher, url)
        add(3)
        turn(settings, publisher)
        for name in ("log", "keys"):
            shutil.copytree(settings.data_dir / name, tmp_path / "backup" / name)
        add(2)
        assert turn(settings, publisher).witnesses[0].size == 5
        for name in ("log", "keys"):
            shutil.rmtree(settings.data_dir / name)
            shutil.copytree(tmp_path / "backup" / name, settings.data_dir / name)
        tamper("UPDATE log_head SET size = 4")
        restarted = Publisher.of(settings)
        found = turn(settings, restarted)
        assert found.refusal == "shorter"
        head = restarted.last()
        assert head is not None and head.checkpoint.size == 3, "nothing contradicting was put up"
        assert turn(settings, restarted).refusal == "shorter", "and it stays so"
    shown = witness.checkpoint(place(publisher.vkey.name))
    assert shown is not None and b"\n5\n" in shown


def test_a_witness_that_only_claims_to_have_seen_more_stops_nobody(settings: Settings, publisher: Publisher) -> None:
    with answering(lambda _: Answer(409, b"1000000\n", SIZE)) as url:
        policy_with(publisher, url)
        add(3)
        found = turn(settings, publisher)
        add(1)
        ask_again(publisher)
        found = turn(settings, publisher)
    assert found.refusal is None and found.witnesses[0].trouble == "conflict"


def test_the_published_policy_names_our_key_and_reads_as_one(publisher: Publisher, settings: Settings) -> None:
    policy_with(publisher, "https://witness.example", quorum="w1")
    text = publisher.policy_text(publisher.keys)
    policy = Policy.parse(text)
    assert [log.key for log in policy.logs] == [publisher.vkey]
    assert policy.logs[0].url == f"{settings.base_url}/log"
    assert policy.quorum == "w1"
    publisher.policy_file.write_text(f"log {publisher.vkey} https://elsewhere.example/log\nquorum none\n")
    assert len(Policy.parse(publisher.policy_text(publisher.keys)).logs) == 1


def test_cosignatures_do_not_pile_up(settings: Settings, publisher: Publisher, witness: Witness) -> None:
    with running(witness) as url:
        policy_with(publisher, url)
        add(3)
        for _ in range(3):
            turn(settings, Publisher.of(settings))
    head = Note.parse((publisher.folder / "checkpoint").read_bytes())
    assert len(head.signatures) == 2
