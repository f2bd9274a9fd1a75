"""Order 次序: the one in which a page shows projects, and the lot for ties; both from seeds that can be checked."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

_SHOWN, _LOT, _SEED = b"hearing/order/v1\0", b"hearing/lot/v1\0", b"hearing/seed/v1\0"


def shown_order(codes: Iterable[str], seed: str) -> list[str]:
    """The order in which projects are shown: by chance, the same for everybody and on every visit.

    The seed stands in poll.opened, so anybody can make the same order. It does not depend on who looks: an order of
    one's own would tell on a ballot whose it is.
    """
    return sorted(codes, key=lambda code: _digest(_SHOWN, seed, code))


def drawn_lot(codes: Iterable[str], seed: str) -> tuple[str, ...]:
    """The lot that settles what cost and votes leave equal; its seed is committed to before the opening."""
    return tuple(sorted(codes, key=lambda code: _digest(_LOT, seed, code)))


def seed_commitment(seed: str) -> str:
    """What the trail says of the lot's seed at the opening: SHA-256, lower-case hex; the seed itself at the close."""
    return hashlib.sha256(_SEED + seed.encode()).hexdigest()


def _digest(domain: bytes, seed: str, code: str) -> bytes:
    return hashlib.sha256(domain + seed.encode() + b"\0" + code.encode()).digest()
