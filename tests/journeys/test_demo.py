"""`hearing demo` as a stranger starts it: it serves, prints its links and keeps its data; a real start has none."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path

PATIENCE = 90
"""Seconds that a start may take, with the demo's whole story to be told."""
LINK = re.compile(r"http://\S+/demo/enter/\S+")


@contextmanager
def started(folder: Path, *command: str, **settings: str) -> Iterator[tuple[str, Path]]:
    """A server of its own, as the command line starts it: its address, and the file of what it says."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    address, said = f"http://127.0.0.1:{port}", folder / f"said-{port}.txt"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HEARING_")}
    env = kept | {"HEARING_DATA_DIR": str(folder / "var"), "HEARING_BASE_URL": address} | settings
    with said.open("wb") as file:
        server = subprocess.Popen(
            [sys.executable, "-m", "hearing", *command, "--bind", f"127.0.0.1:{port}"],
            env=env,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            wait_for(f"{address}/healthz", server, said)
            yield address, said
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(timeout=PATIENCE)


def wait_for(address: str, server: subprocess.Popen[bytes], said: Path) -> None:
    """Wait until the server answers. Raises AssertionError when it has ended, or takes too long."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        assert server.poll() is None, said.read_text("utf-8")
        try:
            urllib.request.urlopen(address, timeout=2).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError(said.read_text("utf-8"))


def visit(address: str) -> tuple[int, str]:
    """Open a page as a new visitor who keeps her cookies: how it answered, and what it says."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    try:
        with opener.open(address, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def test_the_demo_serves_and_keeps_its_data(tmp_path: Path) -> None:
    with started(tmp_path, "demo") as (address, said):
        links = LINK.findall(said.read_text("utf-8"))
        assert len(links) == len(set(links)) > 10
        assert all(link.startswith(address) for link in links)
        status, home = visit(links[0])
        assert status == 200
        assert "李伯年" in home
        for number, words in ((1, "进入“施工”阶段"), (2, "7 / 13")):
            status, case = visit(f"{address}/cases/{number}")
            assert status == 200
            assert words in re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", case))
        assert visit(f"{address}/styleguide/")[0] == 200
        before = visit(f"{address}/log/checkpoint")[1]
    with started(tmp_path, "demo") as (address, said):
        again = LINK.findall(said.read_text("utf-8"))
        assert [link.rpartition("/")[2] for link in again] == [link.rpartition("/")[2] for link in links]
        after = visit(f"{address}/log/checkpoint")[1]
        assert int(after.splitlines()[1]) >= int(before.splitlines()[1]) > 30
        assert "李伯年" in visit(again[0])[1]


def test_a_real_start_has_no_back_door(tmp_path: Path) -> None:
    with started(tmp_path, "serve", HEARING_MODE="production") as (address, said):
        assert visit(f"{address}/healthz")[0] == 200
        for path in ("/demo/enter/p-director", "/demo/inbox", "/styleguide/"):
            assert visit(f"{address}{path}")[0] == 404, path
        assert "/demo/" not in said.read_text("utf-8")


def test_the_demo_does_not_start_as_a_real_installation(tmp_path: Path) -> None:
    env = dict(os.environ, HEARING_MODE="production", HEARING_DATA_DIR=str(tmp_path))
    answer = subprocess.run(
        [sys.executable, "-m", "hearing", "demo"],
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert answer.returncode != 0
    assert "HEARING_MODE" in answer.stderr
