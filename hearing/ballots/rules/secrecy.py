"""Commitments of a poll 承诺: to a ballot, to a voter of the roll, to the roll as a whole (audit.md, section 6, B)."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from hearing.audit import canonical, tree

_BALLOT, _VOTER = b"hearing/ballot/v1\0", b"hearing/voter/v1\0"
BYTES = 32
_WORD = re.compile(r"[A-Za-z0-9_-]{43}")


def word(data: bytes) -> str:
    """32 bytes as base64url without padding: 43 characters."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def unword(text: str) -> bytes | None:
    """The 32 bytes of such a word in its one spelling; None for any other text."""
    if not _WORD.fullmatch(text):
        return None
    data = base64.urlsafe_b64decode(f"{text}=")
    return data if word(data) == text else None


def ballot_commitment(poll: str, nonce: bytes, ballot: Mapping[str, Any]) -> str:
    """What the trail says of a ballot: 32 bytes as a word. `poll` is its name in the trail, like poll/3.

    Raises CanonicalError for a ballot that has no canonical form.
    """
    return commitment_to(poll, nonce, canonical.encode(dict(ballot)))


def commitment_to(poll: str, nonce: bytes, plain: bytes) -> str:
    """The same of a ballot whose canonical bytes are known."""
    return word(hashlib.sha256(_BALLOT + poll.encode() + b"\0" + nonce + plain).digest())


def voter_commitment(poll: str, voter: str, salt: bytes) -> str:
    """What the roll's root is made from: a voter like unit/12 or holder/5 under a salt of her own, as a word."""
    return word(hashlib.sha256(_VOTER + poll.encode() + b"\0" + salt + voter.encode()).digest())


def roll_root(commitments: Iterable[str]) -> str:
    """The RFC 6962 root over the sorted commitments, as a word: nobody is put on the roll or off it unseen."""
    leaves = [tree.leaf_hash(each.encode()) for each in sorted(commitments)]
    nodes: dict[tuple[int, int], bytes] = {}
    for index, leaf in enumerate(leaves):
        for node in tree.completed_by(index, leaf, lambda level, number: nodes[level, number]):
            nodes[node.level, node.number] = node.hash
    return word(tree.root(len(leaves), lambda level, number: nodes[level, number]))


def reveal_line(c: str, nonce: str, ballot: str) -> bytes:
    """One line of reveal.jsonl, its line break included; of words and a canonical text it is canonical too."""
    return f'{{"ballot":{ballot},"c":"{c}","nonce":"{nonce}"}}\n'.encode()
