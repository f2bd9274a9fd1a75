"""Tree 哈希树: the RFC 6962 Merkle tree over the entries of the trail, as pure arithmetic.

Every hash is SHA-256, 32 raw bytes. A node is addressed by (level, number) and stands for the complete subtree over the
leaves from `number * 2**level` up to, not including, `(number + 1) * 2**level`; level 0 holds the leaf hashes. Only
complete subtrees are ever stored: once written, a node never changes, whatever is appended later. The ragged right
edge of a tree is computed when it is needed, from at most one stored node per level.

Where nodes are kept is the caller's business: functions that need them take a `ReadNode`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import NamedTuple

HASH_SIZE = 32

# RFC 6962 §2.1: the hash of an empty list is the hash of the empty string.
EMPTY_ROOT = hashlib.sha256(b"").digest()

# (level, number) of a complete subtree -> its hash of 32 bytes.
ReadNode = Callable[[int, int], bytes]


class ProofError(ValueError):
    """A proof does not show what it claims to show; the message says where it fails."""


class Node(NamedTuple):
    """A complete subtree of `2**level` leaves and its hash."""

    level: int
    number: int
    hash: bytes


def leaf_hash(entry: bytes) -> bytes:
    """The hash of one entry (RFC 6962 §2.1)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node (RFC 6962 §2.1). Raises ValueError unless both children are 32 bytes.

    Without the length check `left + right` could be cut in two places, and a forged pair would have the same hash.
    """
    if len(left) != HASH_SIZE or len(right) != HASH_SIZE:
        raise ValueError(f"a hash has {HASH_SIZE} bytes, not {len(left)} and {len(right)}")
    return hashlib.sha256(b"\x01" + left + right).digest()


def completed_by(size: int, leaf: bytes, read: ReadNode) -> list[Node]:
    """The nodes that become complete when `leaf` is appended to a tree of `size` leaves, lowest level first.

    The first is the leaf itself. Reads one node for each further level: the left neighbour. Storing the result keeps
    the store whole for the next append. Raises ValueError for a negative size or a hash of the wrong length.
    """
    _not_negative(size)
    level, number, value = 0, size, _hash(leaf)
    nodes = [Node(level, number, value)]
    while number & 1:
        value = node_hash(read(level, number - 1), value)
        level, number = level + 1, number >> 1
        nodes.append(Node(level, number, value))
    return nodes


def root(size: int, read: ReadNode) -> bytes:
    """The root of a tree of `size` leaves, from at most `log2(size) + 1` stored nodes; size 0 reads none."""
    _not_negative(size)
    return EMPTY_ROOT if size == 0 else _range_hash(0, size, read)


def inclusion_proof(index: int, size: int, read: ReadNode) -> list[bytes]:
    """The hashes that lead from leaf `index` to the root of a tree of `size` leaves, the leaf's sibling first.

    RFC 6962 §2.1.1; O(log size) nodes are read. Raises ValueError when the leaf is not in the tree.
    """
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of size {size}")
    path = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_range_hash(middle, end, read))
            end = middle
        else:
            path.append(_range_hash(start, middle, read))
            start = middle
    return path[::-1]


def consistency_proof(old: int, new: int, read: ReadNode) -> list[bytes]:
    """The hashes that show that the tree of `old` leaves is the beginning of the tree of `new` leaves.

    RFC 6962 §2.1.2; O(log new) nodes are read. The proof is empty when there is nothing to show: equal sizes, and
    size 0, from which every tree grows (a witness that knows nothing yet is sent `old 0` and no proof).
    Raises ValueError unless 0 <= old <= new.
    """
    if not 0 <= old <= new:
        raise ValueError(f"a tree does not grow from size {old} to size {new}")
    if old == 0:
        return []
    path = []
    start, end = 0, new
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(_range_hash(middle, end, read))
            end = middle
        else:
            path.append(_range_hash(start, middle, read))
            start = middle
    # A proof begins with the last subtree of the old tree, unless that is the whole old tree: its root is known.
    if start > 0:
        path.append(_range_hash(start, end, read))
    return path[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Check that the leaf hash stands at `index` in the tree of `size` leaves with this root (RFC 9162 §2.1.3.2).

    Raises ProofError when it is not shown, for whatever reason; returns nothing when it is.
    """
    if not 0 <= index < size:
        raise ProofError(f"leaf {index} is not in a tree of size {size}")
    _lengths(leaf, root, *proof)
    place, last, value = index, size - 1, leaf
    for step in proof:
        if last == 0:
            raise ProofError("the inclusion proof is too long")
        if place & 1 or place == last:
            value = node_hash(step, value)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            value = node_hash(value, step)
        place, last = place >> 1, last >> 1
    if last != 0:
        raise ProofError("the inclusion proof is too short")
    if value != root:
        raise ProofError("the inclusion proof leads to another root")


def verify_consistency(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    """Check that the tree of `old` leaves is the beginning of the tree of `new` leaves (RFC 9162 §2.1.4.2).

    Raises ProofError when it is not shown, for whatever reason; returns nothing when it is. Size 0 is refused: every
    tree grows from the empty one, so a "proof" of that would bind nothing and must not pass for one.
    """
    if not 0 < old <= new:
        raise ProofError(f"nothing can be shown about growth from size {old} to size {new}")
    _lengths(old_root, new_root, *proof)
    if old == new:
        if proof:
            raise ProofError("the consistency proof is too long")
        if old_root != new_root:
            raise ProofError("two trees of the same size have different roots")
        return
    steps = list(proof)
    if old & (old - 1) == 0:
        # The old tree is a complete subtree of the new one, and its root opens the path.
        steps.insert(0, old_root)
    if not steps:
        raise ProofError("the consistency proof is empty")
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old_value = new_value = steps[0]
    for step in steps[1:]:
        if last == 0:
            raise ProofError("the consistency proof is too long")
        if place & 1 or place == last:
            old_value, new_value = node_hash(step, old_value), node_hash(step, new_value)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            new_value = node_hash(new_value, step)
        place, last = place >> 1, last >> 1
    if last != 0:
        raise ProofError("the consistency proof is too short")
    if old_value != old_root:
        raise ProofError("the consistency proof leads to another old root")
    if new_value != new_root:
        raise ProofError("the consistency proof leads to another new root")


def _split(count: int) -> int:
    """The size of the left subtree: the largest power of two below `count` (RFC 6962 §2.1)."""
    return 1 << ((count - 1).bit_length() - 1)


def _range_hash(start: int, end: int, read: ReadNode) -> bytes:
    """The hash of the leaves from `start` to before `end`, which must be a subtree that some tree of `end` leaves has.

    Such a range begins at a multiple of its largest complete subtree, so it is cut into complete ones from the left.
    """
    peaks = []
    while start < end:
        level = (end - start).bit_length() - 1
        peaks.append(_hash(read(level, start >> level)))
        start += 1 << level
    value = peaks.pop()
    while peaks:
        value = node_hash(peaks.pop(), value)
    return value


def _hash(value: bytes) -> bytes:
    if len(value) != HASH_SIZE:
        raise ValueError(f"a hash has {HASH_SIZE} bytes, not {len(value)}")
    return value


def _lengths(*values: bytes) -> None:
    if any(len(value) != HASH_SIZE for value in values):
        raise ProofError(f"every hash of a proof has {HASH_SIZE} bytes")


def _not_negative(size: int) -> None:
    if size < 0:
        raise ValueError(f"a tree has no size {size}")
