"""A witness cosigns what grows and nothing else, answers by the codes of its specification, and forgets nothing."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from hearing.audit import durable, tree, verify
from hearing.audit.note import Checkpoint, Note, SigningKey, decode_base64, encode_base64, open_checkpoint
from hearing.audit.witness import SIZE, Answer, Request, Witness, place
from tests.audit.logs import LOG, ORIGIN, OTHER, SEEN, WITNESS, Log, log_of
from tests.audit.witnessing import a_witness, running


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    made = a_witness(tmp_path / "witness", LOG.verify_key)
    return Witness(made.folder, clock=lambda: SEEN)


@pytest.fixture(scope="module")
def log() -> Log:
    return log_of(20)


def request(log: Log, old: int, new: int, key: SigningKey = LOG, proof: list[bytes] | None = None) -> bytes:
    steps = tree.consistency_proof(old, new, log.read) if proof is None and 0 < old < new else proof or []
    note = Note.parse(log.checkpoint(new, key=key))
    return Request(old, tuple(steps), note, Checkpoint.parse(note.text)).encode()


def bring(witness: Witness, log: Log, *sizes: int) -> Answer:
    """Bring a witness from each size to the next; the last answer."""
    for old, new in pairwise(sizes):
        answer = witness.add_checkpoint(request(log, old, new))
    return answer


def test_the_cosignature_is_the_one_of_the_specification(witness: Witness) -> None:
    """The end-to-end vector: eight leaves of RFC 6962, log seed 00…1f, witness seed 20…3f, Unix time 1790000000."""
    leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    answer = bring(witness, Log.of(bytes.fromhex(leaf) for leaf in leaves), 0, 8)
    assert answer.status == 200
    assert answer.body.decode() == (
        "— witness.example/w1 IDJKvgAAAABqsTuAbwW0l5ZD42YzaIljHipdvc095POcp9X3T11RmzUnXF947550Keg/21Czbkh1PmgnEmSBXU0F"
        "DBMTdymQKJiQDw==\n"
    )


def test_a_log_that_grows_is_cosigned_and_shown(witness: Witness, log: Log) -> None:
    answer = bring(witness, log, 0, 5, 5, 13, 20)
    assert answer.status == 200
    shown = witness.checkpoint(place(ORIGIN))
    assert shown is not None
    assert verify.check_checkpoint(shown, str(LOG.verify_key), [str(WITNESS.verify_key)]).ok
    assert open_checkpoint(shown, LOG.verify_key).checkpoint.size == 20


def test_what_the_specification_asks_for_each_wrong_request(witness: Witness, log: Log) -> None:
    assert bring(witness, log, 0, 8).status == 200
    other = Log.of([b"other", *log.entries[1:]])
    stranger = SigningKey.generate("hearing.example/other")
    cases = {
        "an old size that is not ours": (request(log, 5, 9), 409),
        "from nothing, although we know the log": (request(log, 0, 9), 409),
        "another root of the same size": (request(other, 8, 8), 409),
        "a proof of another tree": (request(other, 8, 12), 422),
        "no proof": (request(log, 8, 12, proof=[]), 422),
        "a proof for no growth": (request(log, 8, 8, proof=[bytes(32)]), 422),
        "a log that we do not know": (request(log, 8, 12, key=stranger), 404),
        "a key that we do not know": (request(log, 8, 12, key=OTHER), 403),
        "an old size beyond the head": (request(log, 12, 9, proof=[]), 400),
    }
    found = {name: witness.add_checkpoint(body).status for name, (body, _) in cases.items()}
    assert found == {name: status for name, (_, status) in cases.items()}
    conflict = witness.add_checkpoint(request(log, 5, 9))
    assert (conflict.body, conflict.content_type) == (b"8\n", SIZE)
    assert bring(witness, log, 8, 12).status == 200, "none of these moved the witness"


def test_a_proof_from_the_empty_log_is_refused(witness: Witness, log: Log) -> None:
    assert witness.add_checkpoint(request(log, 0, 5, proof=[bytes(32)])).status == 422
    empty = Note(f"{ORIGIN}\n0\n{'A' * 43}=\n", (LOG.sign(f"{ORIGIN}\n0\n{'A' * 43}=\n"),))
    assert witness.add_checkpoint(b"old 0\n\n" + empty.encode()).status == 422, "size 0 has one root only"
    assert bring(witness, log, 0, 5).status == 200


def test_a_changed_signature_is_forbidden(witness: Witness, log: Log) -> None:
    body = request(log, 0, 8)
    text, _, line = body.decode().rpartition(" ")
    blob = bytearray(decode_base64(line.strip()))
    blob[40] ^= 1
    changed = f"{text} {encode_base64(bytes(blob))}\n".encode()
    assert witness.add_checkpoint(changed).status == 403


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\n\n",
        b"old 0\n",
        b"old 00\n\n",
        b"old -1\n\n",
        b"old x\n\nname\n1\nx\n\n",
        b"OLD 0\n\n",
        b"old 0\nnot base64\n\n",
        b"old 0\nAAAA\n\n",
        b"\xff\xfe old 0\n\n",
        b"old 99999999999999999999\n\n",
        b"old 0\n" + b"A" * 43 + b"=\n" * 70 + b"\n",
    ],
)
def test_what_is_no_request_is_a_bad_request(witness: Witness, log: Log, body: bytes) -> None:
    note = request(log, 0, 5).partition(b"\n\n")[2]
    assert witness.add_checkpoint(body).status == 400
    if body.endswith(b"\n\n") and body != b"\n\n" and not body.startswith(b"old 0\n\n"):
        assert witness.add_checkpoint(body + note).status == 400
    assert witness.checkpoint(place(ORIGIN)) is None


def test_more_than_63_lines_of_proof_are_a_bad_request(witness: Witness, log: Log) -> None:
    assert witness.add_checkpoint(request(log, 0, 5, proof=[bytes(32)] * 64)).status == 400


def test_a_clock_that_goes_back_does_not_make_a_later_head_older(witness: Witness, log: Log) -> None:
    assert bring(witness, log, 0, 5).status == 200
    earlier = Witness(witness.folder, clock=lambda: SEEN - 7200)
    answer = bring(earlier, log, 5, 9)
    shown = Note.parse(earlier.checkpoint(place(ORIGIN)) or b"")
    (found,) = shown.verify([WITNESS.verify_key])
    assert (answer.status, found.time) == (200, SEEN)


def test_what_is_not_written_down_is_not_cosigned(witness: Witness, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    assert bring(witness, log, 0, 5).status == 200

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(durable, "write", full)
        with pytest.raises(OSError, match="No space"):
            witness.add_checkpoint(request(log, 5, 9))
    assert bring(witness, log, 5, 9).status == 200


def test_two_heads_at_once_never_roll_the_witness_back(witness: Witness, log: Log) -> None:
    """The race of the specification: checking and writing down are one step, whoever comes first."""
    for old in range(0, 18, 2):
        with ThreadPoolExecutor(2) as both:
            bodies = [request(log, old, old + 1), request(log, old, old + 2)]
            answers = [answer.status for answer in both.map(witness.add_checkpoint, bodies)]
        known = open_checkpoint(witness.checkpoint(place(ORIGIN)) or b"", LOG.verify_key).checkpoint.size
        assert sorted(answers) == [200, 409]
        if known == old + 1:
            assert bring(witness, log, old + 1, old + 2).status == 200


def test_a_log_may_have_two_keys(witness: Witness, log: Log) -> None:
    witness.add_log(OTHER.verify_key)
    witness.add_log(OTHER.verify_key)
    assert len(witness.logs()) == 2
    assert witness.add_checkpoint(request(log, 0, 5, key=OTHER)).status == 200


class Visitor:
    """One connection to a witness that serves."""

    def __init__(self, url: str) -> None:
        self.connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=5)

    def send(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes, str | None]:
        self.connection.request(method, path, body, headers)
        with self.connection.getresponse() as response:
            return response.status, response.read(), response.getheader("Content-Type")


@pytest.fixture
def visitor(witness: Witness) -> Iterator[Visitor]:
    with running(witness) as url:
        visitor = Visitor(url)
        yield visitor
        visitor.connection.close()


def test_a_witness_serves_over_http_and_keeps_the_connection(visitor: Visitor, log: Log) -> None:
    status, body, _ = visitor.send("POST", "/add-checkpoint", request(log, 0, 5))
    assert status == 200 and body.startswith("— witness.example/w1 ".encode())
    status, body, kind = visitor.send("POST", "/add-checkpoint", request(log, 3, 7))
    assert (status, body, kind) == (409, b"5\n", SIZE)
    status, body, _ = visitor.send("GET", f"/{place(ORIGIN)}/checkpoint")
    assert status == 200 and verify.check_checkpoint(body, str(LOG.verify_key), [str(WITNESS.verify_key)]).ok
    assert visitor.send("GET", "/vkey")[1].decode().strip() == str(WITNESS.verify_key)
    for path in ("/", "/checkpoint", f"/{'0' * 64}/checkpoint", "/../witness.key/checkpoint", "/logs", "/witness.key"):
        assert visitor.send("GET", path)[0] == 404
    assert visitor.send("POST", "/elsewhere", b"")[0] == 404


def test_a_body_that_is_too_long_is_not_read(visitor: Visitor) -> None:
    visitor.connection.putrequest("POST", "/add-checkpoint")
    visitor.connection.putheader("Content-Length", "99999999")
    visitor.connection.endheaders()
    with visitor.connection.getresponse() as response:
        assert response.status == 413


def test_damaged_files_of_the_witness_are_its_own_fault(witness: Witness, visitor: Visitor, log: Log) -> None:
    visitor.send("POST", "/add-checkpoint", request(log, 0, 5))
    (witness.folder / place(ORIGIN) / "checkpoint").write_bytes(b"rubbish")
    assert visitor.send("POST", "/add-checkpoint", request(log, 5, 7))[0] == 500
