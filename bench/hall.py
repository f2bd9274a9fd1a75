"""Hall: phones that follow one live hearing while opinions and hands are written, against a route that returns a page.

Each phone asks every five seconds, as its page does, with the mark of what it has.
"""

from __future__ import annotations

import itertools
import re
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPConnection

from bench import forms, load
from bench.ground import Databases, Ground, Served, served
from bench.load import Run
from bench.report import Report, milliseconds
from hearing import clock, schema
from hearing.app import create_app
from hearing.audit.ledger import perform
from hearing.db import db
from hearing.demo.seed import viewer
from hearing.demo.town.people import cookies, settle
from hearing.meetings import actions, queries
from hearing.meetings.models import Meeting
from hearing.proposals import actions as proposals
from hearing.proposals.models import Proposal

EVERY = 5.0
"""Seconds between two questions of one phone."""
P95 = 100
"""Milliseconds in which 95 of 100 questions are answered."""
ASKING = 24
"""Threads that ask; each carries some of the phones."""
SEE_OTHER = 303
CLERK, DIRECTOR = "p-clerk", "p-director"
SEEN = re.compile(rb"seen=([0-9.\-]+)")


@dataclass(frozen=True)
class Room:
    """A hearing that runs, and the cookies of everybody in it."""

    meeting: int
    keys: list[str]


@dataclass
class Asked:
    """What phones heard: seconds of each answer, how many had something new, and how many were no answer."""

    seconds: list[float] = field(default_factory=list)
    changed: int = 0
    wrong: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, seconds: float, status: int) -> None:
        """One answer."""
        with self.lock:
            self.seconds.append(seconds)
            self.changed += status == 200
            self.wrong += status not in (200, 204)

    @property
    def p95(self) -> float:
        """Milliseconds within which 95 of 100 answers came."""
        return statistics.quantiles(self.seconds, n=100, method="inclusive")[94] * 1000


def measure(report: Report, where: Databases, *, phones: int, seconds: float, opinions: int, hands: int) -> None:
    """Let so many phones follow for so many seconds while so much is written; then ask as often for a fixed page."""
    ground = where.ground("hall")
    room = begin(ground, phones)
    fixed = ground.folder / "fixed"
    fixed.mkdir()
    (fixed / "healthz").write_text("ok")
    with served(ground, worker=True) as product, served(ground, str(fixed)) as bare:
        written: list[int] = []
        writer = threading.Thread(target=_write, args=(product, room, seconds, opinions, hands, written))
        writer.start()
        live = _follow(product, room, seconds, lambda seen: f"/meetings/{room.meeting}/live?seen={seen}")
        writer.join()
        page = _follow(bare, room, seconds, lambda _seen: "/healthz")
    _tell(report, where.name, phones, live, page)
    lost = opinions + hands - written.count(SEE_OTHER)
    report.table(
        ("", "found"),
        [
            (
                "writes that were not taken",
                report.at_most(f"live hearing, {where.name}, lost writes", lost, 0, f"{lost}"),
            )
        ],
    )


def begin(ground: Ground, phones: int) -> Room:
    """A meeting that has begun with so many households in the room."""
    app = create_app(ground.as_test)
    with app.app_context():
        schema.upgrade(db.engine)
        moment = clock.now()
        db.session.rollback()
        with clock.standing_at(moment - timedelta(days=10)):
            place, refs = settle(phones, clock.now())
            resident, clerk, director = viewer(refs[0]), viewer(CLERK), viewer(DIRECTOR)
            wishes = proposals.Answers(problem="弄口堆垃圾。", place="弄口", wish="装门。", upkeep="轮流。")
            (unit,) = resident.unit_ids
            done = perform(proposals.submit, resident, wishes, neighbourhood_id=place, unit_id=unit).fact
            case = db.session.get_one(Proposal, int(done.subject.partition("/")[2]))
            perform(proposals.take_up, clerk, case)
            perform(proposals.accept, clerk, case, "垃圾三衔接", "装门、清弄、按时收。")
            wanted = actions.Plan(
                title="垃圾协调会",
                place="居委会",
                starts_at=moment,
                agenda="说明方案 60分钟\n发言 60分钟",
                building=None,
                chair=director.account,
                recorder=clerk.account,
                seats=[],
            )
            planned = perform(actions.plan, clerk, case, wanted).fact
            number = int(planned.subject.partition("/")[2])
            perform(actions.post_notice, clerk, db.session.get_one(Meeting, number))
        meeting = queries.for_staff(viewer(CLERK), number)
        assert meeting is not None
        everybody = [member.id for member in meeting.delegates]
        perform(actions.sign_in_on_paper, viewer(CLERK), meeting, everybody, None)
        perform(actions.open_meeting, viewer(DIRECTOR), db.session.get_one(Meeting, number))
        keys = list(cookies(app, refs))
        db.session.close()
        db.engine.dispose()
    return Room(number, keys)


def _follow(server: Served, room: Room, seconds: float, path: Callable[[str], str]) -> tuple[Asked, float | None]:
    """Every phone asks in its own time; what they heard, and the processor time of an answer in milliseconds."""
    heard = Asked()
    begun = time.perf_counter()
    threads_used = min(ASKING, len(room.keys))

    def carry(first: int) -> None:
        mine = range(first, len(room.keys), threads_used)
        marks = dict.fromkeys(mine, "0")
        line = HTTPConnection(*server.address, timeout=load.PATIENCE)
        for lap in itertools.count():
            for phone in mine:
                due = begun + EVERY * (lap + phone / len(room.keys))
                if due > begun + seconds:
                    line.close()
                    return
                time.sleep(max(0.0, due - time.perf_counter()))
                head = {"Cookie": room.keys[phone], "HX-Request": "true", "HX-Request-Type": "partial"}
                sent = time.perf_counter()
                line.request("GET", path(marks[phone]), headers=head)
                answer = line.getresponse()
                body = answer.read()
                heard.note(time.perf_counter() - sent, answer.status)
                if found := SEEN.search(body):
                    marks[phone] = found[1].decode()

    def all_of_them() -> Run:
        threads = [threading.Thread(target=carry, args=(first,)) for first in range(threads_used)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        kept = [load.Answer(number, 200, took, 0, b"") for number, took in enumerate(heard.seconds)]
        return Run(kept, time.perf_counter() - begun)

    _run, cpu = server.timed(all_of_them)
    return heard, cpu


def _write(server: Served, room: Room, seconds: float, opinions: int, hands: int, written: list[int]) -> None:
    """Opinions and hands, evenly over the time, each from a phone of its own; `written` takes their statuses."""
    every = max(2, (hands + opinions) // max(1, opinions))
    for number in range(hands + opinions):
        act = "opinion" if number % every == 0 else "hand"
        began = time.perf_counter()
        key = room.keys[number % len(room.keys)]
        page = "live" if act == "hand" else "question"
        shown = load.ask(server.address, load.request(f"/meetings/{room.meeting}/{page}", cookie=key))
        if act == "opinion":
            fields = forms.hidden(shown, "once") | {"text": f"第{number}条意见。", "stance": "for"}
            path = f"/meetings/{room.meeting}/question"
        else:
            fields = forms.hidden(shown, "anonymous")
            path = f"/meetings/{room.meeting}/hand"
        cookie = forms.cookie_after(shown, key)
        done = load.ask(server.address, load.request(path, cookie=cookie, body=load.form(fields)))
        written.append(done.status)
        time.sleep(max(0.0, seconds / (hands + opinions) - (time.perf_counter() - began)))


def _tell(
    report: Report,
    database: str,
    phones: int,
    live: tuple[Asked, float | None],
    page: tuple[Asked, float | None],
) -> None:
    report.heading(
        f"One live hearing on {database}: {phones} phones, each asking every {EVERY:.0f} seconds",
        "gunicorn, 2 processes of 2 threads; opinions and hands are written meanwhile",
        "bare: a Flask route on the same server that returns a fixed page, asked as often",
    )
    what = f"live hearing, {database}"
    rows = [
        (
            name,
            f"{len(heard.seconds):,}",
            f"{heard.changed:,}",
            f"{heard.p95:.0f}"
            if name != "live"
            else report.at_most(f"{what}, p95 ms", heard.p95, P95, f"{heard.p95:.0f}"),
            milliseconds([cpu]),
            f"{(cpu or 0) * len(heard.seconds) / 10 / _length(heard, phones):.0f} %",
            report.at_most(f"{what}, errors, {name}", heard.wrong, 0, f"{heard.wrong}"),
        )
        for name, (heard, cpu) in (("live", live), ("bare", page))
    ]
    report.table(("", "asked", "new", "p95 ms", "CPU ms", "of a core", "errors"), rows)


def _length(heard: Asked, phones: int) -> float:
    """For how many seconds phones asked."""
    return max(EVERY, len(heard.seconds) / phones * EVERY)
