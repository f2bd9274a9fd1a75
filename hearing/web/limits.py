"""Limits: how often one may knock. Counters live in a table, so every process of the server counts together."""

from __future__ import annotations

from datetime import datetime, timedelta
from ipaddress import IPv4Address, ip_address, ip_network

from sqlalchemy import String, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from hearing import clock
from hearing.db import Base, Instant, db


class Throttle(Base):
    """How often something happened in the window that began at `since`."""

    __tablename__ = "throttle"
    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    since: Mapped[datetime] = mapped_column(Instant, index=True)
    count: Mapped[int]


class TooMany(Exception):
    """Knocked too often; `wait` seconds until the next try may succeed."""

    def __init__(self, wait: int) -> None:
        super().__init__(wait)
        self.wait = wait


def count(key: str, limit: int, per: timedelta) -> None:
    """Count one knock under `key`. Raises TooMany beyond `limit` in a window of `per`.

    The count is kept whatever becomes of the request, so it has a transaction of its own; the request's is ended first,
    as two transactions of one thread would wait for each other.
    """
    db.session.rollback()
    upsert = (sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert)(Throttle)
    with db.engine.begin() as connection:
        now = connection.execute(select(clock.database_now())).scalar_one()
        connection.execute(delete(Throttle).where(Throttle.key == key, Throttle.since <= now - per))
        row = connection.execute(
            upsert.values(key=key, since=now, count=1)
            .on_conflict_do_update(index_elements=["key"], set_={"count": Throttle.count + 1})
            .returning(Throttle.count.label("knocks"), Throttle.since)
        ).one()
    if row.knocks > limit:
        raise TooMany(max(1, int((row.since + per - now).total_seconds())))


def network(address: str | None) -> str:
    """The network that an address stands for: IPv4 /24, IPv6 /56, since a subscriber has a whole one."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return "unknown"
    found = getattr(found, "ipv4_mapped", None) or found
    return str(ip_network(f"{found}/{24 if isinstance(found, IPv4Address) else 56}", strict=False))
