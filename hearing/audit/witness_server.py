"""Witness server 见证服务: a witness over HTTP, small enough for any computer of another committee."""

from __future__ import annotations

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import structlog

from hearing.audit.note import NoteError
from hearing.audit.witness import MAX_BODY, Answer, Turned, Witness

log = structlog.get_logger()

PATIENCE = 10.0
"""Seconds that a connection may say nothing."""


class WitnessServer(ThreadingHTTPServer):
    """Serves one witness at an address, submission and monitoring under the same prefix."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], witness: Witness) -> None:
        """Listen. Raises OSError when the address is taken."""
        self.witness = witness
        super().__init__(address, _Visit)

    def handle_error(self, *_: object) -> None:
        """A visitor who hangs up is one line, without the address."""
        log.warning("witness_visit", error=repr(sys.exc_info()[1]))


class _Visit(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "hearing-witness", ""
    timeout = PATIENCE
    server: WitnessServer

    def do_POST(self) -> None:
        body = self._body()
        if isinstance(body, Answer):
            self.close_connection = True
            self._say(body)
        elif self.path != "/add-checkpoint":
            self._say(Turned(404, "heads are brought to /add-checkpoint").answer)
        else:
            self._say(self._add(body))

    def do_GET(self) -> None:
        witness = self.server.witness
        parts = self.path.strip("/").split("/")
        if parts == ["vkey"]:
            self._say(Answer(200, f"{witness.key.verify_key}\n".encode()))
            return
        found = witness.checkpoint(parts[0]) if parts[1:] == ["checkpoint"] else None
        self._say(Answer(200, found) if found is not None else Turned(404, "nothing is known of this log").answer)

    def do_HEAD(self) -> None:
        self.do_GET()

    def _add(self, body: bytes) -> Answer:
        try:
            answer = self.server.witness.add_checkpoint(body)
        except (OSError, NoteError) as error:
            # Not written down means not cosigned: the log tries again later.
            log.exception("witness_cannot", error=str(error))
            return Turned(500, "the witness cannot write this down now").answer
        log.info("witness_answer", status=answer.status)
        return answer

    def _body(self) -> bytes | Answer:
        """What was sent, or the answer to somebody who sends it wrongly."""
        length = self.headers.get("Content-Length", "")
        if "Transfer-Encoding" in self.headers or not length.isascii() or not length.isdigit():
            return Turned(411, "the length of the body is missing").answer
        if len(length) > 9 or int(length) > MAX_BODY:
            return Turned(413, f"a request has at most {MAX_BODY} bytes").answer
        data = self.rfile.read(int(length))
        return data if len(data) == int(length) else Turned(400, "the body is cut off").answer

    def _say(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def log_message(self, _format: str, *_args: object) -> None:
        """Say nothing: the witness has its own log, without addresses of visitors."""
