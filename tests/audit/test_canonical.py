"""Canonical bytes: one spelling for each entry, everything else refused; commitments with salt."""

from __future__ import annotations

import json
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from hearing.audit import canonical, tree
from hearing.audit.canonical import CanonicalError

# design/audit.md §3
SALT = bytes(range(32))
PAYLOAD = {"choice": "同意", "household": "5-301", "name": "李某"}
COMMITMENT = "U_F8qdZ2XSUuDCAfVDE6VgBHrv5tfHMjaWNZK5ej6Lg"
ENTRY: dict[str, Any] = {
    "v": 1,
    "type": "consent.given",
    "subject": "consent/c-17",
    "scope": "jw01",
    "doc": "sha256:139d544b821b13ebea14f1b0fe18577222e415c2966e3a3511c4196055232202",
    "cm": COMMITMENT,
    "at": "2026-11-21T03:04:05Z",
}
BYTES = (
    b'{"at":"2026-11-21T03:04:05Z","cm":"U_F8qdZ2XSUuDCAfVDE6VgBHrv5tfHMjaWNZK5ej6Lg",'
    b'"doc":"sha256:139d544b821b13ebea14f1b0fe18577222e415c2966e3a3511c4196055232202",'
    b'"scope":"jw01","subject":"consent/c-17","type":"consent.given","v":1}'
)

texts = st.text(max_size=12).filter(lambda text: canonical_text(text))
keys = st.text(st.characters(max_codepoint=127), max_size=6)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-canonical.MAX_INTEGER, canonical.MAX_INTEGER) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)


def canonical_text(text: str) -> bool:
    try:
        canonical.encode_entry({"": text})
    except CanonicalError:
        return False
    return True


def test_the_vector_of_the_design() -> None:
    assert canonical.commit(SALT, PAYLOAD) == COMMITMENT
    assert canonical.encode_entry(ENTRY) == BYTES
    assert canonical.parse(BYTES) == ENTRY
    assert tree.leaf_hash(BYTES).hex() == "f1bad5334a9885f96adbf86bce02d6b27e8dc900ba54431e5b3bc0a83a81af43"


def test_rfc_8785_spells_what_it_must() -> None:
    value = {
        "b": [True, False, None, -1, 0, 9007199254740991],
        "a": '\u0000\b\t\n\f\r\u001f"\\/\u007f\u20ac坡道🏠',
        "": {},
    }
    assert canonical.encode(value).decode() == (
        '{"":{},"a":"\\u0000\\b\\t\\n\\f\\r\\u001f\\"\\\\/\u007f\u20ac坡道🏠","b":[true,false,null,-1,0,9007199254740991]}'
    )


@given(st.dictionaries(keys, values, max_size=4))
def test_there_and_back(entry: dict[str, Any]) -> None:
    data = canonical.encode_entry(entry)
    assert canonical.parse(data) == entry
    assert data == canonical.encode(dict(reversed(entry.items())))


@given(st.dictionaries(keys, values, min_size=1, max_size=3), st.data())
def test_other_spellings_are_refused(entry: dict[str, Any], data: st.DataObject) -> None:
    """Any byte changed, dropped or added either is another entry in its own one spelling, or is refused."""
    good = canonical.encode_entry(entry)
    place, byte = data.draw(st.integers(0, len(good) - 1)), data.draw(st.integers(0, 255))
    for bent in (
        good[:place] + bytes([byte]) + good[place + 1 :],
        good[:place] + good[place + 1 :],
        good[:place] + bytes([byte]) + good[place:],
    ):
        try:
            parsed = canonical.parse(bent)
        except CanonicalError:
            continue
        assert canonical.encode_entry(parsed) == bent
        assert bent == good or parsed != entry


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b'"text"',
        b"1",
        b"null",
        b'{"a": 1}',
        b'{"a":1} ',
        b' {"a":1}',
        b'{"a":1}\n',
        b'{"b":1,"a":1}',
        b'{"a":1,"a":1}',
        b'{"a":1.0}',
        b'{"a":1e3}',
        b'{"a":-0}',
        b'{"a":01}',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":9007199254740992}',
        b'{"a":-9007199254740992}',
        b'{"a":' + b"9" * 5000 + b"}",
        b'{"a":"\\u0041"}',
        b'{"a":"\\/"}',
        b'{"a":"\\u000a"}',
        b'{"a":"\\ud800"}',
        b'{"a":"\xff"}',
        b'{"a":"\xed\xa0\x80"}',
        '{"a":"e\u0301"}'.encode(),
        '{"a":"\u212b"}'.encode(),
        '{"a":"\U0003fffe"}'.encode(),
        '{"楼":1}'.encode(),
        b'\xef\xbb\xbf{"a":1}',
        '{"a":1}'.encode("utf-16"),
        b'{"a":' + b"[" * 17 + b"]" * 17 + b"}",
        b"[" * 8000 + b"]" * 8000,
        b'{"a":' * 4000 + b"1" + b"}" * 4000,
        b'{"a":"' + b"x" * 8192 + b'"}',
    ],
)
def test_what_is_no_entry(data: bytes) -> None:
    with pytest.raises(CanonicalError):
        canonical.parse(data)


class Choice(StrEnum):
    AGREE = "agree"


def test_plain_kinds_of_the_same_values_are_welcome() -> None:
    assert canonical.encode(MappingProxyType({"a": (1, Choice.AGREE)})) == b'{"a":[1,"agree"]}'


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ({"a": 1.5}, r"\$\.a is a float"),
        ({"a": [1, {"b": 0.0}]}, r"\$\.a\[1\]\.b is a float"),
        ({"a": 2**53}, "2\\*\\*53"),
        ({"a": -(2**53)}, "2\\*\\*53"),
        ({"a": b"x"}, "is a bytes"),
        ({"a": {1, 2}}, "is a set"),
        ({1: "a"}, "not ASCII text"),
        ({None: "a"}, "not ASCII text"),
        ({"é": "a"}, "not ASCII text"),
        ({"a": "e\u0301"}, "is not NFC"),
        ({"a": "\udc00"}, "surrogate"),
        ({"\udc00": 1}, "not ASCII text"),
    ],
)
def test_what_has_no_canonical_form(value: Any, why: str) -> None:
    for write in (canonical.encode, canonical.encode_entry, lambda payload: canonical.commit(SALT, payload)):
        with pytest.raises(CanonicalError, match=why):
            write(value)


def test_messages_name_the_place_and_not_the_text() -> None:
    with pytest.raises(CanonicalError) as caught:
        canonical.encode({"name": "Rene\u0301"})
    assert str(caught.value) == "$.name is not NFC text"


def test_an_entry_has_its_limits() -> None:
    fits = {"a": "x" * (canonical.MAX_ENTRY_BYTES - len('{"a":""}'))}
    assert len(canonical.encode_entry(fits)) == 8192
    with pytest.raises(CanonicalError, match="at most 8192 bytes, not 8193"):
        canonical.encode_entry({"a": fits["a"] + "x"})
    assert len(canonical.encode({"a": fits["a"] + "x"})) == 8193


def test_nesting_has_its_limit() -> None:
    def nested(depth: int) -> Any:
        return [nested(depth - 1)] if depth else 1

    assert canonical.encode(nested(15)) == b"[" * 15 + b"1" + b"]" * 15
    with pytest.raises(CanonicalError, match="nested too deeply"):
        canonical.encode(nested(16))


def test_an_entry_keeps_to_assigned_characters_and_a_payload_need_not() -> None:
    """A payload is what people type; a character newer than this Python must not turn them away."""
    unassigned = "\U0003fffd"
    with pytest.raises(CanonicalError, match="not assigned"):
        canonical.encode_entry({"a": unassigned})
    assert json.loads(canonical.encode({"a": unassigned})) == {"a": unassigned}


@given(values)
def test_the_bytes_are_those_of_rfc_8785(value: object) -> None:
    """Held against an implementation of the whole RFC, numbers and surrogates and all."""
    assert canonical.encode(value) == rfc8785.dumps(value)  # type: ignore[arg-type]


@pytest.mark.parametrize("code", range(128))
def test_every_ascii_character_is_spelled_as_rfc_8785_spells_it(code: int) -> None:
    value = {f"a{chr(code)}": [chr(code)], chr(code): chr(code) * 2}
    assert canonical.encode(value) == rfc8785.dumps(value)


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_salt_has_32_bytes(length: int) -> None:
    with pytest.raises(ValueError, match="a salt has 32 bytes"):
        canonical.commit(bytes(length), PAYLOAD)


@given(st.integers(0, 31), st.integers(1, 255))
def test_a_commitment_hides_behind_its_salt(place: int, mask: int) -> None:
    other = bytearray(SALT)
    other[place] ^= mask
    assert canonical.commit(bytes(other), PAYLOAD) != COMMITMENT
    assert canonical.commit(SALT, {**PAYLOAD, "choice": "不同意"}) != COMMITMENT
