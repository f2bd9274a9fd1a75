"""Acts: one act over HTTP with its entry in the trail, against the same act with the append taken out.

Two servers stand on two installations that were set up alike. On one of them `bench.serving` replaces the function that
appends the entry by one that does nothing; everything else, the receipt too, is the product's own. Households sign on
both in turns, one at a time.
"""

from __future__ import annotations

import base64
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

from bench import load, signing
from bench.ground import Databases, Served, served
from bench.load import Run
from bench.report import Report, milliseconds
from bench.serving import WITHOUT_ENTRIES
from bench.signing import Household
from hearing.demo import pictures

LIMIT = 1.25
"""How many times as long an act may take with its entry as without."""
SHARE = 4
"""Households that sign before it is the other side's turn."""


@dataclass
class Side:
    """One of the two servers, its households that have not signed yet, and what its acts took."""

    server: Served
    collection: int
    people: list[Household]
    acts: list[Run] = field(default_factory=list)
    cpu: list[float | None] = field(default_factory=list)

    def prepare(self, count: int, typed: dict[str, str]) -> list[bytes]:
        """Let so many households come as far as the page that they sign on: their last posts."""
        slip, check = f"/consents/{self.collection}/answer", f"/consents/{self.collection}/answer/check"
        people, self.people = self.people[:count], self.people[count:]
        posts = []
        for person in people:
            person.take(load.ask(self.server.address, person.ask(slip)), "plan")
            person.fields |= typed
            load.ask(self.server.address, person.send(slip))
            person.take(load.ask(self.server.address, person.ask(check)), "draft")
            posts.append(person.send(check))
        return posts

    def sign(self, posts: Sequence[bytes]) -> None:
        """Send these posts one after the other."""
        run, cpu = self.server.timed(lambda: load.drive(self.server.address, iter(posts), connections=1))
        self.acts.append(run)
        self.cpu.append(cpu)


def measure(report: Report, where: Databases, *, households: int, bare: float) -> None:
    """Let so many households sign on each side, in turns. `bare` are the seconds that an append alone takes."""
    drawn, strokes = pictures.signature(1)
    signature = f"data:image/png;base64,{base64.b64encode(drawn.data).decode()}"
    typed = {"answer": "agree", "signature": signature, "strokes": strokes}
    ground = where.ground("act")
    asked, keys = signing.settle(ground, households + SHARE)
    without = where.copy(ground, "act-without")
    with served(ground) as whole, served(without, WITHOUT_ENTRIES) as less:
        sides = [
            Side(server, asked.collection, [Household(keys[ref]) for ref in asked.households])
            for server in (whole, less)
        ]
        for number in range(households // SHARE + 1):
            posts = [side.prepare(SHARE, typed) for side in sides]
            # Who goes first changes with every round.
            for place in (0, 1) if number % 2 else (1, 0):
                sides[place].sign(posts[place])
    _tell(report, where.name, households, sides, bare)


def _tell(report: Report, database: str, households: int, sides: Sequence[Side], bare: float) -> None:
    report.heading(
        f"An act's entry on {database}: {households} signatures with it, and as many with the append taken out",
        "over HTTP on one connection, one household after the other; the round that warms up is not counted",
        "the bare append: entry, nodes and payload in a transaction of their own, without any act",
    )
    for side in sides:
        del side.acts[0], side.cpu[0]
    whole, less = ([answer.seconds * 1e3 for run in side.acts for answer in run.answers] for side in sides)
    # Rounds are paired: what else the machine does moves both sides of a pair.
    ratio = statistics.median(
        statistics.median(answer.seconds for answer in one.answers)
        / statistics.median(answer.seconds for answer in other.answers)
        for one, other in zip(sides[0].acts, sides[1].acts, strict=True)
    )
    report.table(
        ("", "ratio", "p50 ms", "mean ms", "CPU ms"),
        [
            (
                "the act with its entry",
                report.at_most(
                    f"an act with its entry, {database}, growth over the act alone", ratio, LIMIT, f"{ratio:.2f}"
                ),
                f"{statistics.median(whole):.2f}",
                f"{statistics.mean(whole):.2f}",
                milliseconds(sides[0].cpu),
            ),
            (
                "the same act, append taken out",
                "1",
                f"{statistics.median(less):.2f}",
                f"{statistics.mean(less):.2f}",
                milliseconds(sides[1].cpu),
            ),
            ("the bare append", "", f"{bare * 1e3:.2f}", "", ""),
        ],
    )
    wrong = sum(run.unlike(303) for side in sides for run in side.acts)
    report.table(
        ("", "found"),
        [("posts not answered by 303", report.at_most(f"acts, {database}, errors", wrong, 0, f"{wrong}"))],
    )
