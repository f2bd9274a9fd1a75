"""Work is done once, by one worker; a worker that dies loses nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from hearing import clock
from hearing.audit.ledger import keep, perform
from hearing.db import db
from hearing.jobs import actions, kinds, queries, rules, work
from hearing.jobs.kinds import Kind, Lost, NotYet, Running
from hearing.jobs.models import Job
from hearing.jobs.rules import State
from hearing.people.viewer import Viewer
from hearing.refusal import Refused
from tests.audit.test_ledger import Noted, note
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("at_desk")

ROOT = Path(__file__).parents[2]


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A kind of work that notes what it was given."""
    found: list[str] = []

    def run(running: Running) -> None:
        found.append(running.content["what"])
        running.report(1, 2)
        keep(running.finish)

    monkeypatch.setitem(kinds.known, "noting", kind(run))
    return found


def kind(run: Callable[[Running], None]) -> Kind:
    return Kind("案卷", run, lambda _viewer, _job: False, lambda _job: "/")


def ask(what: str = "a", by: Viewer | None = None) -> Job:
    return keep(actions.enqueue, "noting", f"noting/{what}", {"what": what}, by)


def job(number: int) -> Job:
    db.session.rollback()
    return db.session.get_one(Job, number, populate_existing=True)


def later(seconds: float) -> None:
    """So many seconds pass."""
    clock.shift(clock._Shift.by + timedelta(seconds=seconds))


def test_work_is_done_in_the_order_in_which_it_was_asked_for(done: list[str]) -> None:
    for what in "abc":
        ask(what)
    while work.work_off():
        pass
    assert done == ["a", "b", "c"]
    assert {each.state for each in db.session.scalars(select(Job))} == {State.DONE}


def test_nothing_is_done_where_nothing_is_asked() -> None:
    assert not work.work_off()


def test_who_asks_for_the_same_gets_the_job_that_runs(done: list[str]) -> None:
    first, second = ask("a").id, ask("a").id
    assert first == second
    assert ask("b").id != first
    while work.work_off():
        pass
    assert ask("a").id not in {first, second}


def test_two_servers_that_ask_at_once_leave_one_job() -> None:
    """The database keeps it, should both have looked before either wrote."""
    ask("a")
    with pytest.raises(Refused) as refused:
        keep(lambda: db.session.add(_copy(db.session.scalars(select(Job)).one())))
    assert refused.value.refusal is rules.Refusal.JOB_RUNNING


def _copy(job: Job) -> Job:
    return Job(
        kind=job.kind, key=job.key, payload=job.payload, asked_at=job.asked_at, state=job.state, due_at=job.due_at
    )


def test_an_act_that_is_refused_asks_for_nothing(done: list[str]) -> None:
    def act() -> Noted:
        actions.enqueue("noting", "noting/a", {"what": "a"})
        raise Refused(rules.Refusal.JOB_BROKE)

    with pytest.raises(Refused):
        perform(act)
    assert not work.work_off()
    assert done == []


def test_work_begins_with_the_act_that_asks_for_it(done: list[str]) -> None:
    def act() -> Noted:
        actions.enqueue("noting", "noting/a", {"what": "a"})
        return note(1)

    perform(act)
    work.work_off()
    assert done == ["a"]


def test_each_job_is_taken_by_one_of_several_workers(app: Flask, done: list[str]) -> None:
    for number in range(12):
        ask(str(number))
    db.session.close()

    def all_of_it() -> None:
        with app.app_context():
            while work.work_off():
                pass
            db.session.close()

    workers = [threading.Thread(target=all_of_it) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(done, key=int) == [str(number) for number in range(12)]


def test_what_breaks_is_tried_three_times_and_then_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[int] = []

    def run(_running: Running) -> None:
        tried.append(1)
        raise RuntimeError("the disk is full")

    monkeypatch.setitem(kinds.known, "noting", kind(run))
    number = ask().id
    assert work.work_off()
    assert not work.work_off(), "it is tried again at once"
    for _ in range(3):
        later(11)
        work.work_off()
    found = job(number)
    assert (len(tried), found.state, found.failure) == (3, State.FAILED, "job_broke")
    assert found.lease == ""


def test_what_cannot_begin_yet_waits_and_loses_no_try(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(_running: Running) -> None:
        raise NotYet

    monkeypatch.setitem(kinds.known, "noting", kind(run))
    number = ask().id
    for _ in range(6):
        assert work.work_off()
        later(3)
    assert (job(number).state, job(number).tries) == (State.WAITING, 0)


def test_what_is_refused_keeps_its_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(_running: Running) -> None:
        raise Refused(rules.Refusal.JOB_RUNNING)

    monkeypatch.setitem(kinds.known, "noting", kind(run))
    number = ask().id
    work.work_off()
    assert (job(number).state, job(number).failure) == (State.FAILED, "job_running")


def test_a_job_whose_worker_died_is_taken_again_after_its_lease(done: list[str]) -> None:
    ask()
    first = keep(actions.claim)
    assert first is not None
    assert not work.work_off()
    later(rules.LEASE.total_seconds() + 1)
    assert work.work_off()
    assert done == ["a"]
    with pytest.raises(Lost):
        keep(actions.finish, first.id, first.lease)


def test_a_sign_of_progress_begins_the_lease_anew(done: list[str]) -> None:
    ask()
    taken = keep(actions.claim)
    assert taken is not None
    for step in range(3):
        later(rules.LEASE.total_seconds() - 10)
        keep(actions.report, taken.id, taken.lease, step, 3)
    assert not work.work_off()
    assert (job(taken.id).done, job(taken.id).total) == (2, 3)


def test_a_job_that_kills_its_worker_three_times_has_failed(done: list[str]) -> None:
    number = ask().id
    for _ in range(3):
        assert keep(actions.claim) is not None
        later(rules.LEASE.total_seconds() + 1)
    assert keep(actions.claim) is None
    assert (job(number).state, job(number).failure) == (State.FAILED, "job_broke")


def test_what_failed_can_be_tried_again_and_what_runs_cannot(done: list[str]) -> None:
    number = ask().id
    with pytest.raises(Refused) as refused:
        keep(actions.again, job(number))
    assert refused.value.refusal is rules.Refusal.JOB_NOT_FAILED
    db.session.rollback()
    taken = keep(actions.claim)
    assert taken is not None
    keep(actions.fail, taken.id, taken.lease, "job_broke")
    keep(actions.again, job(number))
    work.work_off()
    assert done == ["a"]


def test_what_failed_is_not_tried_beside_the_same(done: list[str]) -> None:
    number = ask().id
    taken = keep(actions.claim)
    assert taken is not None
    keep(actions.fail, taken.id, taken.lease, "job_broke")
    ask()
    with pytest.raises(Refused) as refused:
        keep(actions.again, job(number))
    assert refused.value.refusal is rules.Refusal.JOB_RUNNING


def test_jobs_that_ended_long_ago_are_forgotten(done: list[str]) -> None:
    number = ask().id
    work.work_off()
    keep(actions.tidy)
    assert job(number).state == State.DONE
    later(31 * 86_400)
    keep(actions.tidy)
    db.session.rollback()
    assert db.session.get(Job, number, populate_existing=True) is None


def test_the_database_takes_no_job_that_is_half_taken() -> None:
    ask()
    for values in ({"state": "working"}, {"lease": "x"}, {"done": -1}):
        with pytest.raises(Exception, match="job"):
            db.session.execute(update(Job).values(**values))
        db.session.rollback()


def test_only_who_asked_or_may_see_what_comes_of_it_sees_a_job(
    at_desk: Callable[[str], Viewer], cast: Cast, done: list[str]
) -> None:
    clerk, other = at_desk(cast.ref("clerk")), at_desk(cast.ref("director"))
    number = ask(by=clerk).id
    assert queries.job(clerk, number) is not None
    assert queries.job(other, number) is None


KILLED = """
import sys, time
from pathlib import Path
from hearing.app import create_app
from hearing.config import Mode, Settings
from hearing.jobs import kinds
from hearing.jobs.kinds import Kind
from hearing.jobs.work import work_off
def run(running):
    print("begun", flush=True)
    time.sleep(60)
kinds.known["noting"] = Kind("x", run, lambda v, j: False, lambda j: "/")
settings = Settings(mode=Mode.TESTING, data_dir=Path(sys.argv[1]), database_url=sys.argv[2], secret_key="t" * 40)
with create_app(settings).app_context():
    work_off()
"""


def test_kill_9_in_the_middle_loses_nothing(app: Flask, done: list[str]) -> None:
    number = ask().id
    settings = app.extensions["settings"]
    db.session.close()
    worker = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(settings.data_dir), settings.database_url],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert worker.stdout is not None
    assert worker.stdout.readline() == b"begun\n"
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    worker.stdout.close()
    assert job(number).state == State.WORKING
    assert not work.work_off()
    later(rules.LEASE.total_seconds() + 1)
    assert work.work_off()
    assert (done, job(number).state, job(number).tries) == (["a"], State.DONE, 2)


def test_how_far_it_is_is_written_down_at_most_every_second(monkeypatch: pytest.MonkeyPatch, app: Flask) -> None:
    written: list[int] = []
    monkeypatch.setattr(actions, "report", lambda _job, _lease, done, _total: written.append(done))

    def run(running: Running) -> None:
        for step in range(50):
            running.report(step, 50)
        keep(running.finish)

    monkeypatch.setitem(kinds.known, "noting", kind(run))
    ask()
    began = time.monotonic()
    work.work_off()
    assert len(written) <= 2 + int(time.monotonic() - began)
