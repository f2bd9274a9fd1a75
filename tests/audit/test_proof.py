"""Proof files: there and back, and nothing else gets in."""

from __future__ import annotations

import pytest

from hearing.audit import tree
from hearing.audit.note import NoteError, SignatureError
from hearing.audit.proof import ProofFile
from hearing.audit.tree import ProofError
from tests.audit.logs import LOG, OTHER, SEEN, WITNESS, entry, log_of

SIZE, INDEX = 21, 17
log = log_of(SIZE)
HASHES = tuple(tree.inclusion_proof(INDEX, SIZE, log.read))
RECEIPT = ProofFile(INDEX, HASHES, log.checkpoint(witnesses=[WITNESS]), entry(INDEX))
log_key, witness_key = LOG.verify_key, WITNESS.verify_key


def test_the_form() -> None:
    bare = ProofFile(INDEX, HASHES, log.checkpoint())
    lines = bare.encode().decode().split("\n")
    assert lines[:2] == ["c2sp.org/tlog-proof@v1", "index 17"]
    assert lines[2 + len(HASHES)] == ""
    assert bare.encode().endswith(b"\n\n" + log.checkpoint())
    assert RECEIPT.encode().decode().split("\n")[1].startswith("extra eyJ")
    for receipt in (bare, RECEIPT):
        assert ProofFile.parse(receipt.encode()) == receipt


def test_a_receipt_proves_the_entry_that_it_carries() -> None:
    signed = ProofFile.parse(RECEIPT.encode()).verify(log_key, [witness_key])
    assert signed.checkpoint.size == SIZE
    assert [seen.time for seen in signed.cosignatures] == [SEEN]


def test_a_receipt_without_its_entry_needs_one() -> None:
    bare = ProofFile(INDEX, HASHES, log.checkpoint())
    assert bare.verify(log_key, entry=entry(INDEX)).checkpoint.size == SIZE
    with pytest.raises(NoteError, match="no entry to check"):
        bare.verify(log_key)
    with pytest.raises(ProofError, match="another root"):
        bare.verify(log_key, entry=entry(INDEX - 1))
    with pytest.raises(ProofError, match="another root"):
        RECEIPT.verify(log_key, entry=entry(INDEX - 1))


def test_another_key_did_not_sign_it() -> None:
    with pytest.raises(SignatureError):
        RECEIPT.verify(OTHER.verify_key)


def test_every_changed_byte_is_noticed() -> None:
    data = ProofFile(INDEX, HASHES, log.checkpoint(), entry(INDEX)).encode()
    for place in range(len(data)):
        for mask in (0x01, 0x20):
            bent = data[:place] + bytes([data[place] ^ mask]) + data[place + 1 :]
            with pytest.raises((NoteError, ProofError)):
                ProofFile.parse(bent).verify(log_key)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("c2sp.org/tlog-proof@v1\n", ""),
        ("@v1", "@v2"),
        ("index 17\n", ""),
        ("index 17", "index 017"),
        ("index 17", "index -1"),
        ("index 17", "index 99999999999999999999"),
        ("index 17\n", "index 17\nindex 17\n"),
        ("extra eyJ", "extra  eyJ"),
        ("extra eyJ", "extr eyJ"),
        ("\nindex", "\n\nindex"),
        ("index 17\n", "index 17\nAAAA\n"),
        ("index 17\n", "index 17\n" + "A" * 43 + "B\n"),
        ("index 17\n", "index 17\n" + ("A" * 43 + "=\n") * 64),
        ("index 17\n", "index 17\n…\n"),
    ],
)
def test_what_is_no_proof_file(old: str, new: str) -> None:
    text = RECEIPT.encode().decode()
    assert old in text
    with pytest.raises(NoteError):
        ProofFile.parse(text.replace(old, new, 1).encode())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n\n",
        b"c2sp.org/tlog-proof@v1",
        b"c2sp.org/tlog-proof@v1\n\n",
        b"c2sp.org/tlog-proof@v1\nextra \nindex 0\n\n",
    ],
)
def test_what_is_cut_short(data: bytes) -> None:
    with pytest.raises(NoteError):
        ProofFile.parse(data)
