"""Limits: counted for everybody together, by the database's clock, and by an address that nobody can make up."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask, request

from hearing import clock
from hearing.app import create_app
from hearing.config import Settings
from hearing.db import db
from hearing.web import limits
from hearing.web.guards import open_to_all
from hearing.web.limits import TooMany, count

MINUTE = timedelta(minutes=1)


def test_the_limit_is_reached_and_passes(app: Flask) -> None:
    with app.app_context():
        for _ in range(3):
            count("door", 3, MINUTE)
        with pytest.raises(TooMany) as too_many:
            count("door", 3, MINUTE)
        assert 1 <= too_many.value.wait <= 60
        count("another door", 3, MINUTE)
        with clock.standing_at(datetime.now(UTC) + timedelta(seconds=61)):
            count("door", 3, MINUTE)


def test_knocking_while_one_waits_does_not_prolong_the_wait(app: Flask) -> None:
    with app.app_context():
        start = datetime.now(UTC)
        for seconds in (0, 10):
            with clock.standing_at(start + timedelta(seconds=seconds)):
                count("door", 2, MINUTE)
        for seconds in (20, 30, 40, 50):
            with clock.standing_at(start + timedelta(seconds=seconds)), pytest.raises(TooMany) as too_many:
                count("door", 2, MINUTE)
            assert too_many.value.wait <= 61 - seconds
        with clock.standing_at(start + timedelta(seconds=62)):
            count("door", 2, MINUTE)


def test_a_refused_request_is_counted_too(app: Flask) -> None:
    with app.app_context():
        count("door", 1, MINUTE)
        db.session.rollback()
        with pytest.raises(TooMany):
            count("door", 1, MINUTE)


def test_knocks_at_the_same_moment_are_all_counted(app: Flask) -> None:
    barrier, passed = threading.Barrier(12), []

    def knock() -> None:
        with app.app_context():
            barrier.wait()
            try:
                count("door", 5, MINUTE)
            except TooMany:
                passed.append(False)
            else:
                passed.append(True)

    threads = [threading.Thread(target=knock) for _ in range(barrier.parties)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert passed.count(True) == 5
    assert len(passed) == barrier.parties


@pytest.mark.parametrize(
    ("hops", "header", "address"),
    [
        (0, "203.0.113.9", "127.0.0.1"),
        (0, "203.0.113.9, 198.51.100.1", "127.0.0.1"),
        (1, "203.0.113.9, 198.51.100.1", "198.51.100.1"),
        (2, "203.0.113.9, 198.51.100.1", "203.0.113.9"),
        (2, "198.51.100.1", "127.0.0.1"),
    ],
)
def test_only_the_proxies_of_the_installation_say_where_somebody_comes_from(
    app: Flask, tmp_path: Path, hops: int, header: str, address: str
) -> None:
    settings: Settings = app.extensions["settings"]
    behind = create_app(replace(settings, proxy_hops=hops, data_dir=tmp_path / "behind"))
    behind.add_url_rule("/from", "where", open_to_all(lambda: str(request.remote_addr)))
    answer = behind.test_client().get("/from", headers={"X-Forwarded-For": header, "X-Real-IP": "203.0.113.9"})
    assert answer.text == address


def test_a_proxy_does_not_say_which_host_is_meant(app: Flask, tmp_path: Path) -> None:
    settings: Settings = app.extensions["settings"]
    behind = create_app(replace(settings, proxy_hops=1, data_dir=tmp_path / "behind"))
    behind.add_url_rule("/host", "host", open_to_all(lambda: f"{request.host_url}{request.script_root}"))
    headers = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Prefix": "/evil", "Forwarded": "host=evil.example"}
    assert "evil" not in behind.test_client().get("/host", headers=headers).text


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("203.0.113.7", "203.0.113.0/24"),
        ("::ffff:203.0.113.7", "203.0.113.0/24"),
        ("2001:db8:1:22ff::5", "2001:db8:1:2200::/56"),
        ("", "unknown"),
        (None, "unknown"),
        ("not an address", "unknown"),
    ],
)
def test_an_address_stands_for_its_network(address: str | None, expected: str) -> None:
    assert limits.network(address) == expected
