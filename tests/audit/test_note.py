"""Notes, keys, checkpoints and cosignatures: published vectors, and everything that must be refused."""

from __future__ import annotations

import base64
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearing.audit import note
from hearing.audit.note import (
    Checkpoint,
    Note,
    NoteError,
    Signature,
    SignatureError,
    SignatureType,
    SigningKey,
    VerifyKey,
    open_checkpoint,
)
from tests.audit.logs import LOG, OTHER, SEEN, WITNESS

# golang.org/x/mod/sumdb/note
PETER_SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_NOTE = """\
If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
"""
# c2sp.org/signed-note
FOO = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
FOO_NOTE = """\
This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
"""
# Our own end-to-end vector (design/audit.md §3), which the Go tools accept.
JW01 = "hearing.example/jw01+c3a429e7+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
W1 = "witness.example/w1+20324abe+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X"
ROOT = base64.b64decode("XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=")
TEXT = "hearing.example/jw01\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n"
SIGNED = """\
hearing.example/jw01
8
XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=

— hearing.example/jw01 w6Qp5yBAoALyhozPRtBPQPRZ4HzMuUCmjv4FZlBR5F3actQ44uFTw2FmdizUrUBojUZTHqA993NmPxeR1dl7N1BtMgQ=
— witness.example/w1 IDJKvgAAAABqsTuAbwW0l5ZD42YzaIljHipdvc095POcp9X3T11RmzUnXF947550Keg/21Czbkh1PmgnEmSBXU0FDBMTdymQKJiQDw==
""".encode()  # noqa: E501
WITNESS_LINE = SIGNED.decode().splitlines(keepends=True)[-1]

log_key, witness_key = VerifyKey.parse(JW01), VerifyKey.parse(W1)


def signed(text: str, *keys: SigningKey) -> bytes:
    return Note(text, tuple(key.sign(text) for key in keys)).encode()


def test_the_go_vector_byte_for_byte() -> None:
    key = SigningKey.parse(PETER_SECRET)
    assert key.secret == PETER_SECRET
    assert str(key.verify_key) == PETER
    text = PETER_NOTE.partition("\n\n")[0] + "\n"
    assert signed(text, key).decode() == PETER_NOTE
    [found] = Note.parse(PETER_NOTE.encode()).verify([VerifyKey.parse(PETER)])
    assert (found.key, found.time) == (key.verify_key, None)


def test_the_c2sp_vector() -> None:
    parsed = Note.parse(FOO_NOTE.encode())
    assert parsed.text == "This is an example message.\n"
    assert parsed.encode() == FOO_NOTE.encode()
    assert [str(found.key) for found in parsed.verify([VerifyKey.parse(FOO)])] == [FOO]


def test_our_checkpoint_byte_for_byte() -> None:
    assert (str(LOG.verify_key), str(WITNESS.verify_key)) == (JW01, W1)
    checkpoint = Checkpoint("hearing.example/jw01", 8, ROOT)
    assert checkpoint.text == TEXT
    assert Note(TEXT, (LOG.sign(TEXT), WITNESS.cosign(TEXT, SEEN))).encode() == SIGNED
    opened = open_checkpoint(SIGNED, log_key, [witness_key])
    assert opened.checkpoint == checkpoint
    assert opened.note.encode() == SIGNED
    assert [(seen.key, seen.time) for seen in opened.cosignatures] == [(witness_key, SEEN)]


def test_lines_by_unknown_keys_are_ignored() -> None:
    assert open_checkpoint(SIGNED, log_key).cosignatures == ()
    renamed = SIGNED.replace(b"witness.example/w1", b"witness.example/w2")
    assert open_checkpoint(renamed, log_key, [witness_key]).cosignatures == ()


def test_a_note_may_hold_blank_lines() -> None:
    text = "one\n\n\ntwo\n"
    assert Note.parse(signed(text, LOG)).text == text


def test_every_changed_byte_is_noticed() -> None:
    for place in range(len(SIGNED)):
        for mask in (0x01, 0x20, 0x80):
            bent = SIGNED[:place] + bytes([SIGNED[place] ^ mask]) + SIGNED[place + 1 :]
            try:
                opened = open_checkpoint(bent, log_key, [witness_key])
            except NoteError:
                continue
            # Only this may pass: the witness's line has become a stranger's, and does not count any more.
            assert opened.checkpoint.text == TEXT
            assert opened.cosignatures == ()
            assert bent.startswith(SIGNED[: -len(WITNESS_LINE.encode())])


@given(st.binary(max_size=200))
def test_any_bytes_are_a_note_or_refused(data: bytes) -> None:
    for candidate in (data, b"text\n\n" + data, SIGNED[: len(data)] + data):
        try:
            parsed = Note.parse(candidate)
        except NoteError:
            continue
        assert parsed.encode() == candidate


def test_a_known_key_with_a_wrong_signature_spoils_the_note() -> None:
    good = open_checkpoint(SIGNED, log_key).note
    other_text = Checkpoint("hearing.example/jw01", 9, ROOT).text
    for wrong in (LOG.sign(other_text), WITNESS.cosign(other_text, SEEN)):
        bent = Note(TEXT, (*good.signatures, wrong)).encode()
        with pytest.raises(SignatureError, match="not over this text"):
            open_checkpoint(bent, log_key, [witness_key])


def test_a_cosignature_binds_its_time() -> None:
    line = WITNESS.cosign(TEXT, SEEN)
    moved = Signature(line.name, line.key_id, struct.pack(">Q", SEEN + 1) + line.blob[8:])
    with pytest.raises(SignatureError, match="not over this text"):
        witness_key.verify(TEXT, moved)
    with pytest.raises(SignatureError, match="72 bytes"):
        witness_key.verify(TEXT, Signature(line.name, line.key_id, line.blob[8:]))


def test_only_the_logs_own_signature_makes_a_checkpoint() -> None:
    with pytest.raises(SignatureError, match="no trusted key"):
        open_checkpoint(signed(TEXT, OTHER), log_key)
    with pytest.raises(SignatureError, match="did not sign"):
        open_checkpoint(Note(TEXT, (WITNESS.cosign(TEXT, SEEN),)).encode(), log_key, [witness_key])
    elsewhere = Checkpoint("hearing.example/jw02", 8, ROOT).text
    with pytest.raises(NoteError, match=r"not of hearing\.example/jw01"):
        open_checkpoint(signed(elsewhere, LOG), log_key)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hearing.example/jw01\n",
        TEXT[:-1],
        TEXT + "extension\n",
        TEXT.replace("\n8\n", "\n08\n"),
        TEXT.replace("\n8\n", "\n+8\n"),
        TEXT.replace("\n8\n", "\n8 \n"),
        TEXT.replace("\n8\n", "\n-8\n"),
        TEXT.replace("\n8\n", "\n٨\n"),
        TEXT.replace("\n8\n", "\n9223372036854775808\n"),
        TEXT.replace("yg=\n", "yh=\n"),
        TEXT.replace("yg=\n", "yg\n"),
        TEXT.replace("Xcna", "Xc_a"),
        "hearing.example/jw01\n8\nXcnaeacGWamtVZy3Ad7Zog==\n",
        "\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n",
        "a b\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n",
        "a+b\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n",
    ],
)
def test_what_is_no_checkpoint(text: str) -> None:
    with pytest.raises(NoteError):
        Checkpoint.parse(text)
    with pytest.raises(NoteError):
        WITNESS.cosign(text, SEEN)


def test_sizes_of_a_checkpoint() -> None:
    for size in (0, 1, 2**63 - 1):
        checkpoint = Checkpoint("a", size, ROOT)
        assert Checkpoint.parse(checkpoint.text) == checkpoint
    for size in (-1, 2**63):
        with pytest.raises(NoteError, match="no size"):
            Checkpoint("a", size, ROOT)
    with pytest.raises(NoteError, match="32 bytes"):
        Checkpoint("a", 1, ROOT[:31])


LINE = "— a AAAAAAA=\n"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"text\n",
        b"text\n\n",
        LINE.encode(),
        f"text\n{LINE}".encode(),
        f"text\n\n{LINE}"[:-1].encode(),
        f"text\n\n{LINE}\n".encode(),
        f"text\r\n\r\n{LINE}".encode(),
        f"te\txt\n\n{LINE}".encode(),
        f"text\n\n{LINE}".replace("—", "-").encode(),
        f"text\n\n{LINE}".replace("— ", "—  ").encode(),
        f"text\n\n{LINE}".replace(" a ", " a+b ").encode(),
        f"text\n\n{LINE}".replace(" a ", " a\u00a0b ").encode(),
        f"text\n\n{LINE}".replace("AAAAAAA=", "AAAA").encode(),
        f"text\n\n{LINE}".replace("AAAAAAA=", "AAAAAAB=").encode(),
        f"text\n\n{LINE}".replace("AAAAAAA=", "AAAAAAA").encode(),
        f"text\n\n{LINE}".replace("AAAAAAA=", "AAAAA_A=").encode(),
        f"text\n\n{LINE * 101}".encode(),
        f"text\n\n{LINE}".encode("utf-16"),
        b"te\xffxt\n\n" + LINE.encode(),
        b"a" * 1_000_000 + f"\n\n{LINE}".encode(),
    ],
)
def test_what_is_no_note(data: bytes) -> None:
    with pytest.raises(NoteError):
        Note.parse(data)


def test_a_note_may_carry_a_hundred_signatures() -> None:
    assert len(Note.parse(f"text\n\n{LINE * 100}".encode()).signatures) == 100
    strangers = [Signature(f"n{number}", b"abcd", b"x") for number in range(16)]
    crowd = Note(TEXT, (*strangers, LOG.sign(TEXT)))
    assert open_checkpoint(crowd.encode(), log_key).checkpoint.size == 8


@pytest.mark.parametrize("text", ["", "no newline", "tab\t\n", "return\r\n", "nul\0\n", "half \ud800\n"])
def test_what_cannot_be_signed(text: str) -> None:
    with pytest.raises(NoteError, match="ends in a newline"):
        LOG.sign(text)
    with pytest.raises(NoteError, match="ends in a newline"):
        Note(text, (LOG.sign(TEXT),)).encode()


def test_keys_keep_to_their_kind() -> None:
    with pytest.raises(NoteError, match="does not sign"):
        WITNESS.sign(TEXT)
    with pytest.raises(NoteError, match="does not cosign"):
        LOG.cosign(TEXT, SEEN)
    for time in (0, -1, 2**63):
        with pytest.raises(NoteError, match="no time"):
            WITNESS.cosign(TEXT, time)
    with pytest.raises(NoteError, match="has a signature"):
        Note(TEXT, ()).encode()


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "hearing.example/jw01",
        JW01.replace("+c3a429e7+", "+c3a429e8+"),
        JW01.replace("+c3a429e7+", "+C3A429E7+"),
        JW01.replace("jw01", "jw02"),
        JW01.replace("jw01", "jw 01"),
        JW01[:-1] + "5",
        JW01[:-4],
        JW01 + "\n",
        "+c3a429e7+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
        "a+00000000+",
        # An RFC 6962 tree head key (type 5) is well formed, and nothing that is checked here.
        "a+00000000+" + base64.b64encode(b"\x05" + bytes(32)).decode(),
    ],
)
def test_what_is_no_vkey(vkey: str) -> None:
    with pytest.raises(NoteError):
        VerifyKey.parse(vkey)


@pytest.mark.parametrize(
    "skey",
    [
        "",
        PETER,
        PETER_SECRET.replace("c74f20a3", "c74f20a4"),
        PETER_SECRET.replace("PRIVATE", "PUBLIC"),
        PETER_SECRET[:-4],
        PETER_SECRET.replace("PeterNeumann", "Peter Neumann"),
    ],
)
def test_what_is_no_private_key(skey: str) -> None:
    with pytest.raises(NoteError) as caught:
        SigningKey.parse(skey)
    assert "AYEKFALV" not in str(caught.value)


def test_private_keys_stay_private() -> None:
    key = SigningKey.generate("hearing.example/jw01")
    assert key != SigningKey.generate("hearing.example/jw01")
    assert SigningKey.parse(key.secret) == key
    assert repr(key) == f"SigningKey(name='hearing.example/jw01', kind={SignatureType.ED25519!r})"
    witness = SigningKey.generate("w", SignatureType.COSIGNATURE)
    assert VerifyKey.parse(str(witness.verify_key)).kind is SignatureType.COSIGNATURE
    with pytest.raises(NoteError, match="32 bytes"):
        SigningKey("a", SignatureType.ED25519, bytes(31))
    with pytest.raises(NoteError, match="32 bytes"):
        VerifyKey("a", SignatureType.ED25519, bytes(33))


@pytest.mark.parametrize("text", ["A", "AA=", "AAA", "AB==", "AAB=", "A A=", "AAAA\n", "AA-_", "ＡＡＡＡ"])
def test_base64_has_one_spelling(text: str) -> None:
    with pytest.raises(NoteError):
        note.decode_base64(text)


@given(st.binary(max_size=100))
def test_base64_there_and_back(data: bytes) -> None:
    assert note.decode_base64(note.encode_base64(data)) == data
