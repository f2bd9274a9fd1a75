"""Nothing that can be stolen ties a secret ballot to its voter; and whatever would, these tests would find."""

from __future__ import annotations

import io
import random
import secrets
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import structlog
from flask import Flask
from sqlalchemy import delete, insert, select

from hearing.app import create_app
from hearing.audit.models import LogEntry, SentForm
from hearing.ballots import actions, box, rules
from hearing.ballots.actions import casting, closing
from hearing.ballots.models import PollVoter, SealedBallot, SecretBallot
from hearing.clock import now
from hearing.config import Mode, Settings
from hearing.db import db
from hearing.people.models import Message
from tests import database
from tests.ballots.dump import Cast as Known
from tests.ballots.dump import Dump, leaks, plain_words
from tests.ballots.stage import Stage, building_of, crowd, terms
from tests.browser import Browser, pick
from tests.cast import Cast

VOTERS = 26
CODES = ("01", "02", "03", "A-4")


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What the application writes to its standard error."""
    paper = io.StringIO()
    monkeypatch.setattr(sys, "stderr", paper)
    yield paper
    structlog.reset_defaults()


@pytest.fixture
def house(written: io.StringIO, settled: tuple[str, Cast], tmp_path: Path) -> Iterator[Flask]:
    """An installation that logs and keeps its files as a real one does."""
    with database.database(tmp_path, like=settled[0]) as url:
        app = create_app(Settings(mode=Mode.DEMO, data_dir=tmp_path, database_url=url, secret_key="t" * 40))
        app.test_client_class = Browser
        yield app
        with app.app_context():
            db.engine.dispose()


def polled(app: Flask, cast: Cast) -> tuple[Stage, list[str]]:
    """An open secret poll of an estate, and its residents in the order in which they will vote."""
    with app.app_context():
        refs = crowd(cast, VOTERS)
        stage = Stage(cast).open(terms(now(), building=building_of("安和里")))
    random.Random(7).shuffle(refs)
    return stage, refs


def vote(stage: Stage, refs: Sequence[str], after: Callable[[int], None] = lambda _: None) -> list[Known]:
    """Everybody votes, one after the other, each differently; then the poll is closed and counted."""
    found = []
    for number, ref in enumerate(refs):
        mine = secrets.token_hex(6)
        c = stage.cast_secretly(ref, CODES[number % 4], phrase=f"句子{mine}")
        found.append(Known(c, mine))
        after(number)
    return found


def stolen(app: Flask, tmp_path: Path, cast: Sequence[Known], log: str = "") -> list[str]:
    """What a thief finds after the poll."""
    with app.app_context():
        return leaks(Dump.of(tmp_path, cast, log))


def test_a_poll_on_phones_leaves_nothing_that_ties_ballots_to_voters(
    house: Flask, cast: Cast, tmp_path: Path, written: io.StringIO
) -> None:
    stage, refs = polled(house, cast)
    url, known = f"/polls/{stage.poll_id}", []
    for number, ref in enumerate(refs):
        phone = house.test_client()
        assert isinstance(phone, Browser)
        mine = secrets.token_hex(6)
        form = phone.enter(ref).found(f"{url}/ballot", field="voter")
        page = phone.post(
            f"{url}/ballot", data={**form.fields, "step": "check", "choice": CODES[number % 4], "phrase": f"句子{mine}"}
        ).text
        form = pick(page, action="/ballot/cast")
        assert phone.post(form.action, data=form.fields).status_code == 303
        known.append(Known(phone.get(f"{url}/receipt/promise").text.split("\n")[3], mine))
        with house.app_context():
            actions.due_steps()
    with house.app_context():
        dump = Dump.of(tmp_path, known, written.getvalue())
        assert db.session.query(SecretBallot).count() >= rules.LEAST_BATCH, "some are out already"
        assert db.session.query(SealedBallot).count() >= rules.LEAST_BATCH, "and some are not"
        election = stage.finish()
    assert len(election.said) == VOTERS
    assert '"endpoint": "demo.enter"' in written.getvalue(), "the log is written"
    assert stolen(house, tmp_path, known, written.getvalue()) == []
    assert [found for found in leaks(dump) if not found.endswith(".box opens what lay in the box")] == []


def test_casting_writes_a_mark_and_a_sealed_ballot_and_nothing_else(house: Flask, cast: Cast, tmp_path: Path) -> None:
    """No key of the form, no digest of what was typed, no hour at which somebody was seen, no message, no entry."""
    stage, refs = polled(house, cast)
    url, phone = f"/polls/{stage.poll_id}", house.test_client()
    assert isinstance(phone, Browser)
    form = phone.enter(refs[0]).found(f"{url}/ballot", field="voter")
    with house.app_context():
        before = Dump.of(tmp_path, []).rows
    page = phone.post(f"{url}/ballot", data={**form.fields, "step": "check", "choice": "01", "phrase": "桂花"}).text
    form = pick(page, action="/ballot/cast")
    assert phone.post(form.action, data=form.fields).status_code == 303
    phone.get(f"{url}/receipt")
    with house.app_context():
        after = Dump.of(tmp_path, []).rows
    hidden = {"xmax", "ctid", "xmin"}  # A lock on the poll's row shows in its hidden columns, and names nobody.
    seen = [(table, {name: value for name, value in row.items() if name not in hidden}) for table, row in before]
    added = [
        table
        for table, row in after
        if (table, {name: value for name, value in row.items() if name not in hidden}) not in seen
    ]
    assert sorted(added) == ["poll_mark", "sealed_ballot"]
    assert len(after) == len(before) + 2


def test_what_lies_in_the_box_can_be_read_nowhere(house: Flask, cast: Cast, tmp_path: Path) -> None:
    stage, refs = polled(house, cast)
    with house.app_context():
        known = vote(stage, refs)
        dump = Dump.of(tmp_path, known)
        assert plain_words(dump) == []
        lengths = {len(sealed) for sealed in db.session.scalars(select(SealedBallot.sealed))}
        assert len(lengths) == 1, "no length tells how much was chosen"
        stage.finish()
        assert plain_words(Dump.of(tmp_path, known)), "afterwards everybody reads them"


def test_no_household_is_told_at_the_moment_when_it_votes(house: Flask, cast: Cast) -> None:
    stage, refs = polled(house, cast)
    with house.app_context():
        before = db.session.query(Message).count()
        vote(stage, refs[: rules.LEAST_BATCH - 1])
        actions.due_steps()
        assert db.session.query(Message).count() == before
        vote(stage, refs[rules.LEAST_BATCH - 1 :])
        actions.due_steps()
        told = list(db.session.scalars(select(Message.recipient).where(Message.text.contains("您户已投票"))))
        assert len(told) == VOTERS
        assert db.session.query(PollVoter).filter(PollVoter.told).count() == VOTERS
        stage.finish()
        assert db.session.query(Message).count() == before + VOTERS, "nobody twice"


# ---- The thief is no fool: each of these would be found.


def _written_at_once(patch: pytest.MonkeyPatch) -> None:
    """Ballots go into the open the moment they are cast."""

    def put(connection: Any, row: dict[str, Any]) -> None:
        found = box.box_of(row["poll_id"], room=0, check="").open(row["sealed"])
        connection.execute(
            insert(SecretBallot),
            {"c": found.c, "poll_id": row["poll_id"], "nonce": found.nonce, "ballot": found.ballot},
        )

    _instead_of_the_box(patch, put)


def _instead_of_the_box(patch: pytest.MonkeyPatch, put: Callable[[Any, dict[str, Any]], None]) -> None:
    real = casting.cast_secretly

    def cast(*given: Any, **more: Any) -> str:
        c = real(*given, **more)
        connection = db.session.connection()
        row = connection.execute(select(SealedBallot.__table__)).mappings().all()[-1]
        put(connection, dict(row))
        connection.execute(delete(SealedBallot).where(SealedBallot.slot == row["slot"]))
        return c

    patch.setattr(actions, "cast_secretly", cast)


def _not_sealed(patch: pytest.MonkeyPatch) -> None:
    """The box is no box."""
    import json

    patch.setattr(box.Box, "seal", lambda _self, nonce, ballot: json.dumps([nonce, ballot]).encode())
    patch.setattr(
        box.Box,
        "open",
        lambda self, sealed: box.Opened(
            rules.ballot_commitment(
                self.poll, rules.unword(json.loads(sealed)[0]) or b"", json.loads(json.loads(sealed)[1])
            ),
            *json.loads(sealed),
        ),
    )


def _not_shuffled(patch: pytest.MonkeyPatch) -> None:
    """Batches come out in the order in which they went in."""
    order: list[str] = []
    real = box.Box.seal

    def seal(self: box.Box, nonce: str, ballot: str) -> bytes:
        order.append(nonce)
        return real(self, nonce, ballot)

    def brought_out(poll: Any, *, everything: bool) -> list[box.Opened]:
        out = _REAL_BROUGHT_OUT(poll, everything=everything)
        return sorted(out, key=lambda each: order.index(each.nonce))

    patch.setattr(box.Box, "seal", seal)
    patch.setattr(closing, "_brought_out", brought_out)
    patch.setattr(rules, "going_out", lambda _waiting: 0)


_REAL_BROUGHT_OUT = closing._brought_out


def _one_by_one(patch: pytest.MonkeyPatch) -> None:
    """Batches of one."""
    patch.setattr(rules, "going_out", lambda waiting: waiting)


def _the_form_remembered(patch: pytest.MonkeyPatch) -> None:
    """The form's key and digest are kept, as those of every other act are."""
    real = casting.cast_secretly

    def cast(*given: Any, **more: Any) -> str:
        c = real(*given, **more)
        last = db.session.scalar(select(LogEntry.idx).order_by(LogEntry.idx.desc()).limit(1))
        db.session.execute(insert(SentForm), {"key": f"{c}.{secrets.token_hex(4)}", "digest": "0" * 64, "idx": last})
        return c

    patch.setattr(actions, "cast_secretly", cast)


def _the_key_kept(patch: pytest.MonkeyPatch) -> None:
    """The box's key outlives the poll."""
    from hearing.ballots.actions import clockwork

    patch.setattr(clockwork, "_forget_keys", lambda: None)


def _empty_the_box(_number: int) -> None:
    actions.due_steps()


PLANTS = [_written_at_once, _not_shuffled, _one_by_one, _the_form_remembered, _the_key_kept]


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__)
def test_a_planted_link_is_found(
    house: Flask, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plant: Callable[[Any], None]
) -> None:
    stage, refs = polled(house, cast)
    with house.app_context():
        plant(monkeypatch)
        known = vote(stage, refs, _empty_the_box if plant is _one_by_one else lambda _: None)
        stage.finish()
    assert stolen(house, tmp_path, known) != []


def test_a_box_that_is_none_is_found(house: Flask, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stage, refs = polled(house, cast)
    with house.app_context():
        _not_sealed(monkeypatch)
        assert plain_words(Dump.of(tmp_path, vote(stage, refs)))


def test_a_line_in_the_log_is_found(tmp_path: Path) -> None:
    known = [Known("c" * 43, "我家的句子")]
    told = '{"endpoint": "ballots.cast", "status": 303, "event": "answered"}'
    assert leaks(Dump(known, told)) == ["the log tells when somebody voted"]
    assert leaks(Dump(known, '{"event": "broken", "reason": "我家的句子"}')) == ["the log says something of a ballot"]
