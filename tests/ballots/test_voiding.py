"""Declaring a poll void: by two officers and for a reason, above all where the key of its box is lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import DatabaseError

from hearing.audit import rows, verify
from hearing.audit.ledger import entrust, perform, perform_all
from hearing.audit.models import LogEntry
from hearing.audit.publisher import Publisher
from hearing.ballots import actions, box, queries, rules
from hearing.ballots.models import PollMark, PollVoiding, SealedBallot, SecretBallot
from hearing.ballots.paper_models import DeskCode, PaperReading
from hearing.ballots.rules import Reading, Refusal, Said
from hearing.cli import _ballot_boxes
from hearing.clock import now
from hearing.db import db, reading
from hearing.people.models import Account, Message
from hearing.people.rules import Refusal as People
from tests import schema
from tests.ballots.stage import Stage, building_of, crowd, question, terms
from tests.ballots.test_actions import entries, refused
from tests.browser import Browser
from tests.cast import Cast

REASON = "票箱的钥匙随旧电脑的硬盘坏了"


@pytest.fixture
def stage(app: Flask, cast: Cast) -> Stage:
    return Stage(cast)


def lose_key(app: Flask, stage: Stage) -> Path:
    """The key's file is gone; where it was."""
    path: Path = app.extensions["settings"].keys_dir / "polls" / f"{stage.poll_id}.box"
    path.unlink()
    return path


def void(stage: Stage, reason: str = REASON) -> dict[str, Any]:
    """The clerk asks, the director does it; what the trail says."""
    perform(actions.ask_void, stage.clerk, stage.poll_id, reason)
    (asked,) = queries.voidings(stage.poll)
    perform(actions.declare_void, stage.who("director"), stage.poll_id, asked.id)
    return dict(entries("poll.voided")[0]["pub"])


def report(app: Flask, stage: Stage) -> verify.Report:
    """What a stranger's verifier says of the poll."""
    settings = app.extensions["settings"]
    publisher = Publisher.of(settings)
    with reading():
        publisher.publish(db.session)
        db.session.rollback()
    return verify.check_poll(str(stage.poll_id), str(settings.log_dir), str(publisher.vkey))


@pytest.mark.usefixtures("at_desk")
class TestActs:
    """The acts, the rows and the trail."""

    def test_a_poll_whose_key_is_lost_has_a_way_on(self, app: Flask, stage: Stage, cast: Cast) -> None:
        refs = crowd(cast, 24)
        stage.open(terms(now(), building=building_of("安和里")))
        for ref in refs[:21]:
            stage.cast_secretly(ref, "01")
        assert stage.batch() == 11
        lose_key(app, stage)
        refused(Refusal.NO_BOX_KEY, stage.cast_secretly, refs[21], "01")
        with stage.over():
            actions.due_steps()
        assert stage.poll.state == rules.State.OPEN, "it cannot close"
        with stage.over():
            said = void(stage)
        assert {name: said[name] for name in ("reason", "voted", "in_trail", "lost", "key_read")} == {
            "reason": REASON,
            "voted": 21,
            "in_trail": 11,
            "lost": 10,
            "key_read": False,
        }
        refs_of = [stage.clerk.account.ref, stage.who("director").account.ref]
        assert said["officers"] == refs_of
        assert stage.poll.state == rules.State.VOID
        assert db.session.query(SealedBallot).count() == 0, "what nobody can read is not kept for whoever finds the key"
        assert db.session.query(SecretBallot).count() == 11
        assert queries.election(stage.poll_id) is None
        with stage.over():
            assert actions.due_steps() == 0, "nothing is counted"
        assert rows.check(db.session, lambda _number: [], 0) > 0
        checked = report(app, stage)
        assert checked.ok and "已经作废，没有结果，日志里有 11 张选票" in checked.zh
        again = Stage(cast).open(terms(now(), building=building_of("安和里")))
        again.cast_secretly(refs[0], "02")
        assert again.line(refs[0]).marked, "a new poll can be held"

    def test_it_takes_two_people(self, stage: Stage) -> None:
        stage.open()
        refused(People.NOT_YOUR_SEAT, perform, actions.ask_void, stage.who(1), stage.poll_id, REASON)
        perform(actions.ask_void, stage.clerk, stage.poll_id, REASON)
        (asked,) = queries.voidings(stage.poll)
        refused(Refusal.VOID_ASKED_BY_YOU, perform, actions.declare_void, stage.clerk, stage.poll_id, asked.id)
        refused(People.NOT_YOUR_SEAT, perform, actions.declare_void, stage.who(1), stage.poll_id, asked.id)
        refused(Refusal.POLL_ELSEWHERE, perform, actions.declare_void, stage.who("director"), stage.poll_id, 99)
        assert stage.poll.stands is rules.State.OPEN
        stage.cast_secretly(1, "01")
        assert entries("poll.voided") == [] and "reason" not in entries("poll.void_asked")[0].get("pub", {})
        alone = update(PollVoiding).where(PollVoiding.id == asked.id).values(made_by=PollVoiding.asked_by)
        with schema.door_open(), pytest.raises(DatabaseError, match="two_officers"):
            db.session.execute(alone)

    def test_only_an_open_poll_is_void(self, stage: Stage) -> None:
        stage.draft()
        refused(Refusal.POLL_ELSEWHERE, perform, actions.ask_void, stage.clerk, stage.poll_id, REASON)
        perform(actions.open_poll, stage.clerk, stage.poll, seen=1)
        perform(actions.ask_void, stage.clerk, stage.poll_id, REASON)
        (asked,) = queries.voidings(stage.poll)
        stage.cast_secretly(1, "01")
        stage.close()
        # Its ballots lie open now: who knows the outcome does not choose whether it counts.
        refused(Refusal.POLL_ELSEWHERE, perform, actions.declare_void, stage.who("director"), stage.poll_id, asked.id)
        stage.finish()
        refused(Refusal.POLL_ELSEWHERE, perform, actions.ask_void, stage.clerk, stage.poll_id, REASON)

    def test_after_it_nothing_is_cast_handed_out_or_put_off(self, stage: Stage) -> None:
        stage.open()
        voter = stage.voter(1)
        stage.cast_secretly(2, "01")
        void(stage)
        vote = actions.write_down(stage.poll_id, Said(("01",)), nonce=rules.word(b"n" * 32), phrase="")
        with pytest.raises(Exception, match="POLL_VOID"):
            entrust(actions.cast_secretly, voter, vote)
        later = stage.poll.closes_at.replace(year=2030)
        refused(Refusal.POLL_VOID, perform, actions.extend, stage.clerk, stage.poll, later, "再等等")
        refused(Refusal.POLL_ELSEWHERE, perform, actions.print_papers, stage.clerk, stage.poll_id, 1)
        refused(Refusal.POLL_ELSEWHERE, perform, actions.withdraw_project, stage.clerk, stage.poll, "01", "不做")
        refused(Refusal.POLL_ELSEWHERE, perform, actions.ask_void, stage.clerk, stage.poll_id, REASON)
        with stage.over():
            refused(Refusal.POLL_ELSEWHERE, perform_all, actions.close, stage.poll_id)

    def test_a_poll_opened_with_a_mistake_reveals_nothing_and_its_key_goes(self, stage: Stage) -> None:
        stage.open()
        stage.cast_secretly(1, "01")
        perform(actions.print_papers, stage.clerk, stage.poll_id, 1)
        entrust(actions.hand_out, stage.clerk, stage.poll_id, stage.line(2).voter_id)
        (code,) = _papers(stage)
        entrust(actions.read_secretly, stage.clerk, stage.poll_id, code, Reading(said=Said(("02",))), seen=0)
        entrust(actions.issue_secretly, stage.clerk, stage.poll_id, stage.line(3).voter_id, "12345678")
        said = void(stage, "项目的费用写错了")
        assert (said["voted"], said["lost"], said["key_read"]) == (2, 1, True)
        assert set(db.session.scalars(select(PaperReading.said))) == {b""}
        assert db.session.query(DeskCode).count() == 0
        actions.due_steps()
        assert box.polls_with_keys() == []
        told = list(db.session.scalars(select(Message.text).where(Message.text.contains("已经作废"))))
        assert len(told) == 2, "those who voted, and nobody else"

    def test_a_named_poll_is_void_too(self, stage: Stage) -> None:
        stage.open(question(now()))
        stage.cast_by_name(1, "yes")
        said = void(stage, "题目写错了")
        assert (said["voted"], said["lost"], said["in_trail"], said["key_read"]) == (1, 0, 0, True)
        refused(Refusal.POLL_VOID, stage.cast_by_name, 2, "yes")
        assert db.session.query(PollMark).count() == 1

    def test_two_accounts_of_one_person_are_one_person(self, stage: Stage) -> None:
        stage.open()
        perform(actions.ask_void, stage.clerk, stage.poll_id, REASON)
        (asked,) = queries.voidings(stage.poll)
        director, clerk = stage.who("director").account, stage.clerk.account
        with schema.door_open():
            for account in db.session.scalars(select(Account).where(Account.id.in_([director.id, clerk.id]))):
                account.email = "one@example.cn"
            db.session.flush()
        refused(
            Refusal.VOID_ASKED_BY_YOU,
            perform,
            actions.declare_void,
            stage.who("director"),
            stage.poll_id,
            asked.id,
        )

    @pytest.mark.parametrize("spoil", [lambda path: path.unlink(), lambda path: path.write_text("ab" * 32)])
    def test_a_key_that_is_gone_or_anothers_is_noticed_early(
        self, app: Flask, stage: Stage, spoil: Callable[[Path], object]
    ) -> None:
        stage.open()
        assert queries.box_opens(stage.poll) and list(_ballot_boxes()) == []
        path: Path = app.extensions["settings"].keys_dir / "polls" / f"{stage.poll_id}.box"
        kept = path.read_text()
        spoil(path)
        assert not queries.box_opens(stage.poll)
        (line,) = _ballot_boxes()
        assert line.health == 2 and f"keys/polls/{stage.poll_id}.box" in line.words
        refused(Refusal.NO_BOX_KEY, stage.cast_secretly, 1, "01")
        path.write_text(kept)
        stage.cast_secretly(1, "01")
        assert list(_ballot_boxes()) == []


def _papers(stage: Stage) -> list[str]:
    from hearing.ballots.paper_queries import papers_of

    return papers_of(stage.poll_id, 1)


def test_everybody_reads_that_a_poll_is_void_and_why(app: Flask, client: Browser, cast: Cast, stage: Stage) -> None:
    with app.app_context():
        stage.open()
        c = stage.cast_secretly(1, "01")
    url, desk = f"/polls/{stage.poll_id}", f"/desk/polls/{stage.poll_id}"
    client.enter(cast.ref("clerk"))
    assert "钥匙读不出来" not in client.get(desk).text
    lose_key(app, stage)
    assert f"keys/polls/{stage.poll_id}.box" in client.get(desk).text
    empty = client.submit(f"{desk}/void", {"reason": ""}, field="reason")
    assert empty.status_code == 422
    assert client.submit(f"{desk}/void", {"reason": REASON}, field="reason").status_code == 303
    page = client.get(desk).text
    assert REASON in page and "等另一位同事确认" in page
    own = client.submit(f"{desk}/void/1", field="once")
    assert own.status_code == 422 and "两个人经办" in own.text
    assert REASON not in client.get(url).text, "it is not decided yet"
    client.enter(cast.ref("director"))
    assert client.submit(f"{desk}/void/1", field="once").status_code == 303
    assert client.get(f"{desk}/void/1").status_code == 303 and client.get(f"{desk}/void").status_code == 303
    visitor = app.test_client()
    assert isinstance(visitor, Browser)
    page = visitor.get(url).text
    assert "这次投票已经作废，没有结果" in page and REASON in page and "票箱的钥匙丢了" in page
    assert "1 张" in page and "已作废" in page
    assert visitor.get(f"{url}/reveal.jsonl").status_code == 404
    assert visitor.get(f"{url}/outcome").status_code == 404
    found = visitor.submit(f"{url}/find", {"word": c}, field="word")
    assert "不是您抄错了" in found.text
    client.enter(cast.ref(2))
    assert "已经作废" in client.get(f"{url}/ballot").text
    client.enter(cast.ref(1))
    assert "您户投的票不算了" in client.get(f"{url}/receipt").text
    with app.app_context():
        (entry,) = db.session.scalars(select(LogEntry.body).where(LogEntry.kind == "poll.voided"))
        assert json.loads(entry)["pub"]["lost"] == 1


def test_the_doctor_knows_a_box_without_its_key(app: Flask, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    with app.app_context():
        stage.open()
    settings = app.extensions["settings"]
    monkeypatch.setattr("hearing.cli._settings", lambda: settings)
    monkeypatch.setattr("hearing.cli.create_app", lambda _: app)
    from hearing.cli import main

    assert "ballot box" not in CliRunner().invoke(main, ["doctor"]).output
    lose_key(app, stage)
    done = CliRunner().invoke(main, ["doctor"])
    assert done.exit_code == 1 and f"keys/polls/{stage.poll_id}.box is missing" in done.output
