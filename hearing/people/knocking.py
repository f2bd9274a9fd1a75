"""Knocking: counts tries at the doors of this package, under names that tell nothing of who tried."""

from __future__ import annotations

from ipaddress import IPv4Address, ip_address, ip_network

from hearing.people.rules.knocks import Knocks
from hearing.people.sealing import seal
from hearing.web import limits


def knock(door: str, who: object, allowed: Knocks) -> None:
    """Count one try of `who` at `door`. Raises TooMany.

    It ends the request's transaction, so it comes before anything is changed.
    """
    limits.count(f"{door}:{seal('knock', door, who)[:40]}", allowed.limit, allowed.per)


def network(address: str | None) -> str:
    """The network that an address stands for: IPv4 /24, IPv6 /56, since a subscriber has a whole one."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return "unknown"
    found = getattr(found, "ipv4_mapped", None) or found
    return str(ip_network(f"{found}/{24 if isinstance(found, IPv4Address) else 56}", strict=False))
