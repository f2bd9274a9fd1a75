"""Load: one process that asks over a few kept-alive connections, each as soon as it has its answer.

It parses no more of an answer than its status and length, so that it takes little of the cores that the server needs.
"""

from __future__ import annotations

import selectors
import socket
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

CONNECTIONS = 8
VISIT = 10
"""Requests on one connection. Whichever server process accepts a connection serves it to its end: one kept for ever
would measure how the first few happened to fall."""
HEAD_END = b"\r\n\r\n"
PATIENCE = 30.0
"""Seconds after which an answer that has not come is an error of the benchmark."""

Address = tuple[str, int]


class NoAnswer(Exception):
    """The server closed a connection instead of answering, or took longer than a person would wait."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: to which request, status, seconds since it was sent, bytes on the wire, and the bytes if kept."""

    number: int
    status: int
    seconds: float
    wire: int
    raw: bytes

    @property
    def head(self) -> str:
        """Status line and headers."""
        return self.raw.partition(HEAD_END)[0].decode("latin-1")

    @property
    def body(self) -> bytes:
        """The body as sent."""
        return self.raw.partition(HEAD_END)[2]

    def header(self, name: str) -> str:
        """The value of a header, empty when there is none."""
        for line in self.head.split("\r\n")[1:]:
            key, _, value = line.partition(":")
            if key.lower() == name.lower():
                return value.strip()
        return ""


@dataclass(frozen=True)
class Run:
    """The answers to a series of requests, in the order in which they came, and the seconds that all took."""

    answers: list[Answer]
    seconds: float

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.answers) / self.seconds

    def percentile(self, percent: int) -> float:
        """Milliseconds within which that many percent of the answers came."""
        times = [answer.seconds * 1000 for answer in self.answers]
        return statistics.quantiles(times, n=100, method="inclusive")[percent - 1] if len(times) > 1 else times[0]

    def unlike(self, *expected: int) -> int:
        """How many answers had another status."""
        return sum(answer.status not in expected for answer in self.answers)


def request(
    path: str,
    *,
    cookie: str = "",
    encoding: str = "identity",
    body: bytes | None = None,
    content_type: str = "application/x-www-form-urlencoded",
) -> bytes:
    """The bytes of a GET, or of a POST when there is a body."""
    lines = [
        f"{'GET' if body is None else 'POST'} {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Accept: text/html",
        "Accept-Language: zh-CN",
        f"Accept-Encoding: {encoding}",
        "User-Agent: bench",
    ]
    if cookie:
        lines.append(f"Cookie: {cookie}")
    if body is not None:
        lines += [f"Content-Type: {content_type}", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + (body or b"")


def form(fields: dict[str, str]) -> bytes:
    """A form's fields as a browser sends them."""
    return urlencode(fields).encode()


def ask(address: Address, data: bytes) -> Answer:
    """One request and its whole answer."""
    return drive(address, iter([data]), connections=1, keep=True).answers[0]


def drive(
    address: Address,
    requests: Iterator[bytes],
    *,
    connections: int = CONNECTIONS,
    seconds: float | None = None,
    keep: bool = False,
) -> Run:
    """Send requests until there are none left or the seconds are over; the last ones are waited for.

    Raises NoAnswer.
    """
    selector = selectors.DefaultSelector()
    begun = time.perf_counter()
    until = begun + seconds if seconds is not None else None
    answers: list[Answer] = []
    numbered = enumerate(requests)
    lines = [_Line(address) for _ in range(connections)]
    try:
        for line in lines:
            line.send(numbered, until, selector)
        while selector.get_map():
            ready = selector.select(PATIENCE)
            if not ready:
                raise NoAnswer("no answer came")
            for key, _ in ready:
                current: _Line = key.data
                answer = current.receive(keep)
                if answer is not None:
                    answers.append(answer)
                    current.send(numbered, until, selector)
    finally:
        for line in lines:
            line.close(selector)
        selector.close()
    return Run(answers, time.perf_counter() - begun)


@dataclass
class _Line:
    """One place in the queue: its connection, and the answer that is coming in on it."""

    address: Address
    socket: socket.socket | None = None
    visit: int = 0
    """How many requests the connection has carried."""
    number: int = 0
    sent_at: float = 0.0
    parts: bytearray = field(default_factory=bytearray)
    wanted: int = 0
    """How long the whole answer is; 0 while its head has not come."""

    def send(
        self, requests: Iterator[tuple[int, bytes]], until: float | None, selector: selectors.BaseSelector
    ) -> None:
        """Send the next request and wait for its answer; end when there is none left or no time."""
        following = next(requests, None) if until is None or time.perf_counter() < until else None
        if following is None or self.visit == VISIT:
            self.close(selector)
        if following is None:
            return
        if self.socket is None:
            self.socket, self.visit = socket.create_connection(self.address, PATIENCE), 0
            selector.register(self.socket, selectors.EVENT_READ, self)
        self.number, data = following
        self.socket.sendall(data)
        self.sent_at = time.perf_counter()
        self.visit += 1
        self.parts.clear()
        self.wanted = 0

    def close(self, selector: selectors.BaseSelector) -> None:
        """End the connection, if there is one."""
        if self.socket is not None:
            selector.unregister(self.socket)
            self.socket.close()
            self.socket = None

    def receive(self, keep: bool) -> Answer | None:
        """Take in what has come. Returns the answer once it is whole."""
        assert self.socket is not None
        chunk = self.socket.recv(262_144)
        if not chunk:
            raise NoAnswer("the server closed the connection")
        self.parts += chunk
        if not self.wanted:
            end = self.parts.find(HEAD_END)
            if end < 0:
                return None
            self.wanted = end + len(HEAD_END) + _length(self.parts[:end].lower())
        if len(self.parts) < self.wanted:
            return None
        spent = time.perf_counter() - self.sent_at
        return Answer(self.number, int(self.parts[9:12]), spent, len(self.parts), bytes(self.parts) if keep else b"")


def _length(head: bytes | bytearray) -> int:
    """Content-Length. Raises NoAnswer for an answer that does not say how long it is."""
    _, found, rest = head.partition(b"\r\ncontent-length:")
    if not found:
        raise NoAnswer("an answer came without its length")
    return int(rest.partition(b"\r\n")[0])
