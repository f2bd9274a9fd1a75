"""Voters 投票: browsers that open the ballot, fill it in, check it and cast it, several at a time."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from typing import NamedTuple
from urllib.parse import urlencode

from hearing.ballots.forms import NUMBER, NUMBERED, PICK
from hearing.ballots.rules import Kind, Said
from hearing.demo.town.forms import Fields, hidden

PATIENCE = 60
"""Seconds for which a browser waits."""
FOUND, SEE_OTHER = 200, 303


@dataclass
class Turnout:
    """What came of it."""

    cast: int = 0
    seconds: float = 0.0
    refused: Counter[str] = field(default_factory=Counter)
    """How often something was answered that was no receipt, by the step and the status."""


class Asked(NamedTuple):
    """One page or answer."""

    status: int
    body: str
    location: str


class Browser:
    """One household's browser on a connection that others use after it."""

    def __init__(self, line: HTTPConnection, cookie: str) -> None:
        self._line, self._cookie = line, cookie

    def open(self, path: str) -> Asked:
        """Open a page."""
        return self._ask("GET", path)

    def send(self, path: str, fields: Fields) -> Asked:
        """Send a form."""
        return self._ask("POST", path, urlencode(fields).encode())

    def _ask(self, method: str, path: str, body: bytes | None = None) -> Asked:
        headers = {"Cookie": self._cookie, "Accept-Language": "zh-CN", "Accept": "text/html"}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._line.request(method, path, body, headers)
        answer = self._line.getresponse()
        self._remember(answer)
        return Asked(answer.status, answer.read().decode(errors="replace"), answer.getheader("Location", ""))

    def _remember(self, answer: HTTPResponse) -> None:
        for found in answer.headers.get_all("Set-Cookie", []):
            pair = found.partition(";")[0]
            if pair.partition("=")[0] == self._cookie.partition("=")[0]:
                self._cookie = pair


def filled_in(kind: Kind, said: Said) -> Fields:
    """What a voter ticks or types to say this."""
    if kind not in NUMBERED:
        return [(PICK, code) for code in said.choices]
    numbers = said.points if kind is Kind.POINTS else range(1, len(said.choices) + 1)
    return [(f"{NUMBER}{code}", str(number)) for code, number in zip(said.choices, numbers, strict=True)]


def vote(browser: Browser, poll: int, kind: Kind, said: Said, phrase: str) -> str:
    """Cast one ballot as a person does; empty when a receipt came, otherwise the step that went wrong."""
    path = f"/polls/{poll}/ballot"
    page = browser.open(path)
    given = [*hidden(page.body, "voter"), *filled_in(kind, said), ("phrase", phrase), ("step", "check")]
    page = browser.send(path, given)
    if page.status != FOUND or not hidden(page.body, "nonce"):
        return f"check {page.status}"
    done = browser.send(f"{path}/cast", hidden(page.body, "nonce"))
    return "" if done.status == SEE_OTHER and "receipt" in done.location else f"cast {done.status}"


def everybody_votes(
    address: tuple[str, int], cookies: Iterator[str], poll: int, kind: Kind, said: Sequence[Said], *, lines: int
) -> Turnout:
    """Let everybody vote over so many connections; each thing that is not a receipt is counted by its step."""
    turnout, begun = Turnout(), time.perf_counter()
    waiting = enumerate(zip(said, cookies, strict=True), 1)
    free = [HTTPConnection(*address, timeout=PATIENCE) for _ in range(lines)]

    def come(voter: tuple[int, tuple[Said, str]]) -> str:
        number, (ballot, cookie) = voter
        line = free.pop()
        try:
            return vote(Browser(line, cookie), poll, kind, ballot, f"第{number}位")
        except OSError as error:
            line.close()
            return type(error).__name__
        finally:
            free.append(line)

    with ThreadPoolExecutor(lines) as hall:
        for wrong in hall.map(come, waiting):
            if wrong:
                turnout.refused[wrong] += 1
            else:
                turnout.cast += 1
    turnout.seconds = time.perf_counter() - begun
    for line in free:
        line.close()
    return turnout
