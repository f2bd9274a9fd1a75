"""The tree against RFC 6962: published vectors, a naive rebuild, and every mutation of every proof."""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearing.audit import tree, verify
from hearing.audit.tree import ProofError
from tests.audit.logs import Log

HERE = Path(__file__).parent
OURS: dict[str, Any] = json.loads((HERE / "vectors.json").read_text())
PUBLISHED = HERE.parents[2] / "shared" / "data" / "merkle" / "rfc6962-proofs.json"

# The leaves of the RFC 6962 reference tests, and the roots over the first 1 to 8 of them.
LEAVES = [
    bytes.fromhex(leaf)
    for leaf in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = """
6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125
aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77 d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7
4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4 76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef
ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c 5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328
""".split()  # noqa: E501, SIM905
A = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
B = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
C = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
D = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
E = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
F = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"


def hexes(values: Sequence[bytes]) -> list[str]:
    return [value.hex() for value in values]


def naive_root(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962 §2.1 to the letter, from entries."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + naive_root(leaves[:split]) + naive_root(leaves[split:])).digest()


def refused(check: Callable[..., None], *arguments: object) -> bool:
    try:
        check(*arguments)
    except ProofError:
        return True
    return False


class Counting:
    """A store in which all leaves are equal, so that a node's hash follows from its level; it counts the reads."""

    def __init__(self) -> None:
        self.reads = 0
        self.hashes = [tree.leaf_hash(b"same")]

    def __call__(self, level: int, _number: int) -> bytes:
        self.reads += 1
        while len(self.hashes) <= level:
            self.hashes.append(tree.node_hash(self.hashes[-1], self.hashes[-1]))
        return self.hashes[level]


def test_hashes_of_the_rfc() -> None:
    assert tree.EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert tree.leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert tree.leaf_hash(b"L123456").hex() == "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56"
    assert (
        tree.leaf_hash(bytes.fromhex("101112131415161718191a1b1c1d1e1f")).hex()
        == "3bfb960453ebaebf33727da7a1f4db38acc051d381b6da20d6d4e88f0eabfd7a"
    )


def test_a_node_joins_two_hashes_and_nothing_shorter() -> None:
    left, right = tree.leaf_hash(b"N123"), tree.leaf_hash(b"N456")
    assert tree.node_hash(left, right) == hashlib.sha256(b"\x01" + left + right).digest()
    # The reference vector joins two four-byte strings; exactly that must be impossible here.
    with pytest.raises(ValueError, match="32 bytes, not 4 and 4"):
        tree.node_hash(b"N123", b"N456")
    assert (
        hashlib.sha256(b"\x01N123N456").hexdigest()
        == "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb"
    )


def test_roots_of_the_rfc() -> None:
    log = Log.of(LEAVES)
    assert [tree.root(size, log.read).hex() for size in range(1, 9)] == ROOTS
    assert tree.root(0, log.read) == tree.EMPTY_ROOT


@pytest.mark.parametrize(
    ("index", "size", "proof"),
    [(0, 8, [A, B, C]), (5, 8, [D, E, ROOTS[3]]), (2, 3, [ROOTS[1]]), (1, 5, [ROOTS[0], B, D])],
)
def test_inclusion_proofs_of_the_rfc(index: int, size: int, proof: list[str]) -> None:
    log = Log.of(LEAVES)
    assert hexes(tree.inclusion_proof(index, size, log.read)) == proof


@pytest.mark.parametrize(
    ("old", "new", "proof"), [(1, 8, [A, B, C]), (6, 8, [F, E, ROOTS[3]]), (2, 5, [B, D]), (1, 1, []), (0, 8, [])]
)
def test_consistency_proofs_of_the_rfc(old: int, new: int, proof: list[str]) -> None:
    log = Log.of(LEAVES)
    assert hexes(tree.consistency_proof(old, new, log.read)) == proof


def test_our_own_vectors() -> None:
    log = Log.of(bytes.fromhex(leaf) for leaf in OURS["leaves"])
    roots = [bytes.fromhex(root) for root in OURS["roots"]]
    assert [tree.root(size, log.read) for size in range(log.size + 1)] == roots
    for case in OURS["inclusion"]:
        index, size, proof = case["index"], case["size"], [bytes.fromhex(step) for step in case["proof"]]
        assert tree.inclusion_proof(index, size, log.read) == proof
        tree.verify_inclusion(tree.leaf_hash(log.entries[index]), index, size, proof, roots[size])
    for case in OURS["consistency"]:
        old, new, proof = case["old"], case["new"], [bytes.fromhex(step) for step in case["proof"]]
        assert tree.consistency_proof(old, new, log.read) == proof
        tree.verify_consistency(old, new, proof, roots[old], roots[new])
    assert len(OURS["inclusion"]) + len(OURS["consistency"]) == 33


def judged(case: dict[str, Any]) -> tuple[str, bool]:
    """Our verdict on a published case: what was asked, and whether it was refused.

    A few cases ask about a part of the tree. The proof that leaf `i` is under the subtree `start..end` is the proof
    that leaf `i - start` is in a tree of `end - start` leaves; a subtree from 0 on is itself a tree.
    """
    proof = [base64.b64decode(step) for step in case["proof"] or ()]
    known = {name: base64.b64decode(case[name]) for name in ("root", "leafHash", "root1", "root2") if name in case}
    start = case.get("start", 0)
    if "leafHash" in case:
        index, size = case["leafIdx"] - start, case.get("treeSize", case.get("end", 0) - start)
        return "inclusion", refused(tree.verify_inclusion, known["leafHash"], index, size, proof, known["root"])
    if start > 0 or (case.get("end") == 0 and not case["wantErr"]):
        return "about an empty or inner subtree, of which a log says nothing", case["wantErr"]
    sizes = case.get("size1", case.get("end")), case.get("size2", case.get("size"))
    return "consistency", refused(tree.verify_consistency, *sizes, proof, known["root1"], known["root2"])


def test_published_vectors() -> None:
    """The 518 cases of transparency-dev/merkle, where their folder is present; a sample of ours always runs above."""
    if not PUBLISHED.exists():
        return
    published = json.loads(PUBLISHED.read_text())
    cases = [*published["inclusion"], *published["consistency"]]
    verdicts = [judged(case) for case in cases]
    wrong = [case for case, verdict in zip(cases, verdicts, strict=True) if verdict[1] != case["wantErr"]]
    # The verifier has this arithmetic a second time; receipts whose hashes have another length do not reach it.
    for case in published["inclusion"]:
        proof = [base64.b64decode(step) for step in case["proof"] or ()]
        leaf, root = base64.b64decode(case["leafHash"]), base64.b64decode(case["root"])
        if "treeSize" in case and all(len(each) == tree.HASH_SIZE for each in (leaf, root, *proof)):
            head = verify.Head("", case["treeSize"], root, b"")
            assert verify._included(leaf, case["leafIdx"], head, proof) is not case["wantErr"], case["case"]
    # The one claim that they let pass and we do not: "roots" that are equal, and twelve bytes long.
    assert {case["case"] for case in wrong} == {"additional/sizes-are-equal-one-and-proof-is-empty"}
    assert all(case["root1"] == case["root2"] == "ZG9uJ3QgY2FyZSAy" for case in wrong)
    assert sorted(Counter(kind for kind, _ in verdicts).values()) == [18, 198, 302]


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 65535, 65536, 65537])
def test_appending_one_by_one_gives_the_root_of_the_whole(size: int, long_log: Log) -> None:
    assert tree.root(size, long_log.read) == naive_root(long_log.entries[:size])


@pytest.fixture(scope="module")
def long_log() -> Log:
    return Log.of(number.to_bytes(3, "big") for number in range(65537))


def test_a_million_entries_need_few_reads() -> None:
    size, read = 1_000_000, Counting()
    root = tree.root(size, read)
    assert read.reads == size.bit_count()
    read.reads = 0
    for index in (0, 1, 524_287, 524_288, 777_777, 999_999):
        read.reads = 0
        proof = tree.inclusion_proof(index, size, read)
        assert read.reads <= 2 * 20
        tree.verify_inclusion(tree.leaf_hash(b"same"), index, size, proof, root)
    for old in (1, 2, 524_288, 777_777, 999_999):
        read.reads = 0
        proof = tree.consistency_proof(old, size, read)
        assert read.reads <= 2 * 20
        tree.verify_consistency(old, size, proof, tree.root(old, Counting()), root)
    read.reads = 0
    assert [node.level for node in tree.completed_by(2**20 - 1, tree.leaf_hash(b"same"), read)] == list(range(21))
    assert read.reads == 20


@given(st.lists(st.binary(max_size=4), max_size=70))
def test_the_store_after_any_appends_is_a_full_rebuild(entries: list[bytes]) -> None:
    log = Log.of(entries)
    assert tree.root(len(entries), log.read) == naive_root(entries)
    complete = {
        (level, number): naive_root(entries[number << level : (number + 1) << level])
        for level in range(8)
        for number in range(len(entries) >> level)
    }
    assert log.nodes == complete


@given(st.integers(1, 70), st.data())
def test_every_inclusion_proof_verifies_and_no_changed_one_does(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    log = Log.of(bytes([number]) for number in range(size))
    leaf, root = tree.leaf_hash(bytes([index])), tree.root(size, log.read)
    proof = tree.inclusion_proof(index, size, log.read)
    tree.verify_inclusion(leaf, index, size, proof, root)
    for changed in mutations([leaf, *proof, root], data):
        assert refused(tree.verify_inclusion, changed[0], index, size, changed[1:-1], changed[-1])
    for wrong in range(size):
        assert wrong == index or refused(tree.verify_inclusion, leaf, wrong, size, proof, root)
    for other in (-1, size, size + 1):
        assert refused(tree.verify_inclusion, leaf, other, size, proof, root)


@given(st.integers(1, 70), st.data())
def test_every_consistency_proof_verifies_and_no_changed_one_does(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new))
    log = Log.of(bytes([number]) for number in range(new))
    roots = tree.root(old, log.read), tree.root(new, log.read)
    proof = tree.consistency_proof(old, new, log.read)
    tree.verify_consistency(old, new, proof, *roots)
    for changed in mutations([roots[0], *proof, roots[1]], data):
        assert refused(tree.verify_consistency, old, new, changed[1:-1], changed[0], changed[-1])
    for wrong in range(-1, new + 2):
        assert wrong == old or refused(tree.verify_consistency, wrong, new, proof, *roots)


def mutations(hashes: list[bytes], data: st.DataObject) -> list[list[bytes]]:
    """The list with one byte of each hash changed, with each hash cut or extended, with a hash too few or too many."""
    found = []
    for place, value in enumerate(hashes):
        byte, mask = data.draw(st.integers(0, 31)), data.draw(st.integers(1, 255))
        bent = value[:byte] + bytes([value[byte] ^ mask]) + value[byte + 1 :]
        found += [[*hashes[:place], other, *hashes[place + 1 :]] for other in (bent, value[:-1], value + b"\0", b"")]
    found.append([*hashes[:-1], bytes(32), hashes[-1]])
    if len(hashes) > 2:
        found.append([*hashes[:-2], hashes[-1]])
    return found


@settings(max_examples=20)
@given(st.integers(1, 40))
def test_every_byte_of_a_proof_counts(size: int) -> None:
    log = Log.of(bytes([number]) for number in range(size))
    root, index = tree.root(size, log.read), size // 2
    leaf, proof = tree.leaf_hash(bytes([index])), tree.inclusion_proof(index, size, log.read)
    for place, value in enumerate(proof):
        for byte in range(32):
            bent = value[:byte] + bytes([value[byte] ^ 1]) + value[byte + 1 :]
            changed = [*proof[:place], bent, *proof[place + 1 :]]
            assert refused(tree.verify_inclusion, leaf, index, size, changed, root)


def test_size_0_is_told_apart() -> None:
    read = Counting()
    assert tree.root(0, read) == tree.EMPTY_ROOT
    assert tree.consistency_proof(0, 5, read) == []
    assert read.reads == 0
    for old, new in [(0, 0), (0, 5), (-1, 5), (5, 0)]:
        with pytest.raises(ProofError, match="nothing can be shown"):
            tree.verify_consistency(old, new, [], tree.EMPTY_ROOT, tree.EMPTY_ROOT)
    with pytest.raises(ProofError, match="not in a tree of size 0"):
        tree.verify_inclusion(tree.EMPTY_ROOT, 0, 0, [], tree.EMPTY_ROOT)


def test_what_cannot_be_asked() -> None:
    read = Counting()
    for index, size in [(-1, 3), (3, 3), (0, 0)]:
        with pytest.raises(ValueError, match="not in a tree"):
            tree.inclusion_proof(index, size, read)
    for old, new in [(4, 3), (-1, 3)]:
        with pytest.raises(ValueError, match="does not grow"):
            tree.consistency_proof(old, new, read)
    with pytest.raises(ValueError, match="no size -1"):
        tree.root(-1, read)
    with pytest.raises(ValueError, match="no size -1"):
        tree.completed_by(-1, bytes(32), read)
    assert read.reads == 0


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_store_that_gives_other_lengths_is_caught(length: int) -> None:
    def broken(_level: int, _number: int) -> bytes:
        return bytes(length)

    for ask in (
        lambda: tree.root(3, broken),
        lambda: tree.root(1, broken),
        lambda: tree.inclusion_proof(0, 2, broken),
        lambda: tree.consistency_proof(2, 3, broken),
        lambda: tree.completed_by(1, bytes(32), broken),
        lambda: tree.completed_by(0, bytes(length), broken),
    ):
        with pytest.raises(ValueError, match="a hash has 32 bytes"):
            ask()
