"""Papers and the tablet leave no more behind than phones do: nothing ties what they say to who came."""

from __future__ import annotations

import io
import json
import random
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from hearing.audit.ledger import entrust, perform
from hearing.ballots import actions, paper_queries, rules
from hearing.ballots.box import box_of
from hearing.ballots.models import PollVoter, SecretBallot
from hearing.ballots.rules import Reading, Said
from hearing.db import db
from tests.ballots.dump import Cast as Known
from tests.ballots.dump import Dump, leaks, plain_words
from tests.ballots.stage import Stage
from tests.ballots.test_secrecy import CODES, house, polled, written  # noqa: F401 - fixtures
from tests.browser import Browser, pick
from tests.cast import Cast

OF_ENTERING = re.compile(r"(ballot_paper|paper_reading)\.(xmin|xmax) tells ballots apart")
"""Each paper was entered by transactions of its own. They tell papers apart, as their numbers do, and know no voter."""


@dataclass(frozen=True)
class Paper(Known):
    """What a voter knows of her paper, and what a thief may who saw which one she drew."""

    code: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """The paper's number too, where the thief has seen it."""
        return (*super().words, self.code) if self.code else super().words


def draw(stage: Stage, refs: Sequence[str]) -> list[str]:
    """Everybody comes to the window and draws a paper from the pile; which, nobody writes down."""
    run = perform(actions.print_papers, stage.clerk, stage.poll_id, len(refs)).fact.run
    pile = paper_queries.papers_of(stage.poll_id, run)
    random.Random(11).shuffle(pile)
    for ref in refs:
        entrust(actions.hand_out, stage.clerk, stage.poll_id, stage.line(ref).voter_id)
    return pile


def enter(stage: Stage, codes: Sequence[str]) -> None:
    """Two people read these papers, one after the other."""
    for number, code in enumerate(codes):
        reading = Reading(said=Said((CODES[number % 4],)))
        for seen, who in enumerate(("clerk", "second_clerk")):
            entrust(actions.read_secretly, stage.who(who), stage.poll_id, code, reading, seen=seen)


def stubs(stage: Stage, codes: Sequence[str]) -> list[str]:
    """The words on the stubs of these papers."""
    box = box_of(stage.poll_id, room=0, check="")
    return [rules.stub_words(box.stub(code)) for code in codes]


def known(words: Sequence[str], codes: Sequence[str] = ()) -> list[Known]:
    """What each voter finds in the reveal by her stub, in the order in which they came."""
    found = {json.loads(each.ballot)["phrase"]: each.c for each in db.session.scalars(select(SecretBallot))}
    return [Paper(found[word], word, codes[number] if codes else "") for number, word in enumerate(words)]


def test_papers_leave_nothing_even_to_a_thief_who_knows_the_numbers(
    house: Flask,  # noqa: F811
    cast: Cast,
    tmp_path: Path,
) -> None:
    stage, refs = polled(house, cast)
    with house.app_context():
        drawn = draw(stage, refs)
        words = stubs(stage, drawn)
        pile = list(drawn)
        random.Random(3).shuffle(pile)
        enter(stage, pile)
        assert plain_words(Dump.of(tmp_path, [Known(word, word) for word in words])) == []
        actions.due_steps()
        stage.finish()
        dump = Dump.of(tmp_path, known(words, drawn))
        assert [leak for leak in leaks(dump) if not OF_ENTERING.match(leak)] == []
        assert not transactions(dump, "poll_mark") & transactions(dump, "ballot_paper", "paper_reading")


def transactions(dump: Dump, *tables: str) -> set[str]:
    """The transactions of PostgreSQL that wrote or changed rows of these tables."""
    rows = [row for table, row in dump.rows if table in tables]
    return {str(row[column]) for row in rows for column in ("xmin", "xmax") if column in row} - {"0"}


def test_papers_that_are_read_as_they_come_leave_nothing_of_their_ballots(
    house: Flask,  # noqa: F811
    cast: Cast,
    tmp_path: Path,
) -> None:
    stage, refs = polled(house, cast)
    with house.app_context():
        drawn = draw(stage, refs)
        words = stubs(stage, drawn)
        enter(stage, drawn)
        stage.finish()
        assert leaks(Dump.of(tmp_path, known(words))) == []


def test_a_paper_bound_to_its_voter_would_be_found(house: Flask, cast: Cast, tmp_path: Path) -> None:  # noqa: F811
    from sqlalchemy import update

    from hearing.ballots.paper_models import BallotPaper
    from tests.schema import door_open

    stage, refs = polled(house, cast)
    with house.app_context():
        drawn = draw(stage, refs)
        words = stubs(stage, drawn)
        enter(stage, drawn)
        voters = db.session.scalars(select(PollVoter.id).order_by(PollVoter.id)).all()
        with door_open():
            for code, voter in zip(drawn, voters, strict=True):
                db.session.execute(update(BallotPaper).where(BallotPaper.code == code).values(voter_id=voter))
        stage.finish()
        assert "ballot_paper.voter_id stands beside a ballot" in leaks(Dump.of(tmp_path, known(words, drawn)))


def test_handing_out_writes_a_mark_and_a_number_and_nothing_else(
    house: Flask,  # noqa: F811
    cast: Cast,
    tmp_path: Path,
) -> None:
    stage, refs = polled(house, cast)
    desk = house.test_client()
    assert isinstance(desk, Browser)
    with house.app_context():
        perform(actions.print_papers, stage.clerk, stage.poll_id, 3)
        voter = stage.line(refs[0]).voter_id
    url = f"/desk/polls/{stage.poll_id}/window/{voter}"
    form = desk.enter(cast.ref("clerk")).found(url, action=f"/window/{voter}")
    with house.app_context():
        before = Dump.of(tmp_path, []).rows
    assert desk.post(url, data=form.fields).status_code == 303
    with house.app_context():
        after = Dump.of(tmp_path, []).rows
    hidden = {"xmax", "ctid", "xmin"}
    seen = [(table, {name: value for name, value in row.items() if name not in hidden}) for table, row in before]
    added = [
        table
        for table, row in after
        if (table, {name: value for name, value in row.items() if name not in hidden}) not in seen
    ]
    assert sorted(added) == ["poll_desk", "poll_mark"]


def test_the_tablet_leaves_nothing(
    house: Flask,  # noqa: F811
    cast: Cast,
    tmp_path: Path,
    written: io.StringIO,  # noqa: F811
) -> None:
    stage, refs = polled(house, cast)
    desk, tablet = house.test_client(), house.test_client()
    assert isinstance(desk, Browser) and isinstance(tablet, Browser)
    desk.enter(cast.ref("clerk"))
    url, found = f"/desk/polls/{stage.poll_id}", []
    with house.app_context():
        lines = [stage.line(ref).voter_id for ref in refs]
    for number, line in enumerate(lines):
        mine = secrets.token_hex(6)
        form = pick(desk.get(f"{url}/window/{line}").text, action="/code")
        code = re.search(r"(\d{4}) (\d{4})", desk.post(form.action, data=form.fields).text)
        assert code
        tablet.submit("/polls/tablet", {"code": code[1] + code[2]}, action="/polls/tablet")
        form = tablet.found("/polls/tablet/ballot", field="voter")
        chosen = {"step": "check", "choice": CODES[number % 4], "phrase": f"句子{mine}"}
        form = pick(tablet.post(form.action, data={**form.fields, **chosen}).text, action="/ballot/cast")
        done = tablet.post(form.action, data=form.fields).text
        shown = re.search(r'<code class="code">(.*?)</code>', done)
        assert shown
        found.append(Known(re.sub("<.*?>", "", shown[1]), mine))
    with house.app_context():
        assert plain_words(Dump.of(tmp_path, found, written.getvalue())) == []
        stage.finish()
        dump = Dump.of(tmp_path, found, written.getvalue())
    assert leaks(dump) == []
    assert not [row for table, row in dump.rows if table == "desk_code"]
