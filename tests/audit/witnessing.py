"""Witnesses for tests: a real one over HTTP, and ones that answer whatever a test wants."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import BaseServer

from hearing.audit.note import VerifyKey
from hearing.audit.publisher import Publisher
from hearing.audit.witness import Answer, Witness
from hearing.audit.witness_server import WitnessServer
from tests.audit.logs import WITNESS


@contextmanager
def serving(server: BaseServer) -> Iterator[None]:
    """Let a server of the standard library answer until the block ends."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def running(witness: Witness) -> Iterator[str]:
    """Serve a real witness; yields its address."""
    server = WitnessServer(("127.0.0.1", 0), witness)
    with serving(server):
        yield f"http://127.0.0.1:{server.server_address[1]}"


@contextmanager
def answering(answer: Callable[[bytes], Answer], pause: float = 0.0) -> Iterator[str]:
    """Serve a witness that answers every POST by `answer` after `pause` seconds; yields its address."""

    class Visit(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            said = answer(self.rfile.read(int(self.headers["Content-Length"])))
            time.sleep(pause)
            self.send_response(said.status)
            self.send_header("Content-Type", said.content_type)
            self.send_header("Content-Length", str(len(said.body)))
            self.end_headers()
            self.wfile.write(said.body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Visit)
    server.daemon_threads = True
    with serving(server):
        yield f"http://127.0.0.1:{server.server_address[1]}"


def a_witness(folder: Path, log: VerifyKey, name: str = "witness.example/w1") -> Witness:
    """A witness with the key of the vectors that knows one log."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "witness.key").write_text(WITNESS.secret, encoding="ascii")
    witness = Witness.begin(folder, name)
    witness.add_log(log)
    return witness


def policy_with(publisher: Publisher, *urls: str, quorum: str = "none", keys: list[VerifyKey] | None = None) -> None:
    """Write the publisher's policy: witnesses w1, w2 … at these addresses."""
    keys = keys or [WITNESS.verify_key]
    lines = [f"witness w{number} {key} {url}" for number, (key, url) in enumerate(zip(keys, urls, strict=True), 1)]
    publisher.policy_file.write_text("\n".join([*lines, f"quorum {quorum}", ""]), encoding="utf-8")
