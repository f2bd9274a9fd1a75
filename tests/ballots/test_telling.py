"""The outcome's page, one's own share, and the bundle: of polls that were set up, voted and counted here."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from hearing.audit.ledger import perform
from hearing.audit.models import LogEntry
from hearing.ballots.models import NamedBallot
from hearing.ballots.rules import Counting, Kind, Limits, Mode
from hearing.clock import now, standing_at
from hearing.db import db
from hearing.erasure.actions import erase
from hearing.erasure.rules import Class
from tests.architecture.test_access import token_of
from tests.ballots.stage import BUDGET, Stage, question, terms
from tests.browser import Browser
from tests.cast import Cast

CHOICES = {1: ("01", "03"), 2: ("01",), 3: ("02", "A-4"), 4: ("A-4",), 5: ("03", "A-4"), 6: ("A-4",)}


def counted(app: Flask, cast: Cast, **changes: object) -> Stage:
    """A secret poll that six households voted in, closed and counted."""
    stage = Stage(cast)
    with app.app_context():
        stage.open(terms(now(), **changes))
        for who, codes in CHOICES.items():
            stage.cast_secretly(who, *codes)
        stage.finish()
    return stage


def unpacked(client: Browser, stage: Stage, folder: Path) -> Path:
    """The downloaded bundle, laid out in a folder."""
    answer = client.get(f"/polls/{stage.poll_id}/bundle.zip")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        archive.extractall(folder)
    return folder


def recount(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """What recount.py of the bundle says about it."""
    command = [sys.executable, "recount.py", "election.pb", "rule.json", "--expect", "tally.json", *more]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)


def test_everybody_reads_what_was_chosen_and_why(app: Flask, client: Browser, cast: Cast) -> None:
    stage = counted(app, cast)
    page = client.get(f"/polls/{stage.poll_id}")
    assert "入选的项目：" in page.text
    outcome = client.get(f"/polls/{stage.poll_id}/outcome")
    assert outcome.status_code == 200
    with app.app_context():
        tally = stage.poll.tally
        assert tally is not None
        record = tally.record
    for option in ("楼道扶手加装", "弄口铁门整修", "老伙伴周三茶室", "口袋花园"):
        assert option in outcome.text
    assert f"{len(record['winners'])}</span>" in outcome.text
    assert f"¥{record['cost'] / 100:,.2f}" in outcome.text
    assert "6 张选票" in outcome.text


def test_an_outcome_is_there_only_once_it_is_counted(app: Flask, client: Browser, cast: Cast) -> None:
    stage = Stage(cast)
    with app.app_context():
        stage.open()
        stage.cast_secretly(1, "01")
    for path in ("outcome", "bundle.zip"):
        assert client.get(f"/polls/{stage.poll_id}/{path}").status_code == 404
    assert "结果</h2>" not in client.get(f"/polls/{stage.poll_id}").text


def test_whoever_holds_a_code_reads_its_share_without_signing_in(app: Flask, client: Browser, cast: Cast) -> None:
    stage = Stage(cast)
    with app.app_context():
        stage.open(terms(now()))
        code = stage.cast_secretly(1, "01", "03")
        for who, codes in list(CHOICES.items())[1:]:
            stage.cast_secretly(who, *codes)
        stage.finish()
    path = f"/polls/{stage.poll_id}/outcome"
    assert "您的份额" not in client.get(path).text
    form = {"csrf_token": token_of(client), "word": code}
    answer = client.post(path, data=form)
    assert answer.status_code == 200
    assert "这张选票的份额" in answer.text
    assert f"¥{BUDGET / 6:,.2f}" in answer.text or "是开始的" in answer.text
    wrong = client.post(path, data=form | {"word": "A" * 43})
    assert "公开的选票里没有这个编号" in wrong.text
    assert "这张选票的份额" not in wrong.text


def test_under_names_only_the_voter_reads_her_own_share(app: Flask, client: Browser, cast: Cast) -> None:
    stage = Stage(cast)
    with app.app_context():
        stage.open(terms(now(), mode=Mode.NAMED))
        for who, codes in CHOICES.items():
            stage.cast_by_name(who, *codes)
        stage.finish()
    path = f"/polls/{stage.poll_id}/outcome"
    assert "您的份额" not in client.get(path).text
    client.enter(cast.ref(1))
    mine = client.get(path).text
    assert "您的份额" in mine
    assert "只有您看得到" in mine
    client.enter(cast.ref(12))
    assert "您的份额" not in client.get(path).text
    assert client.post(path, data={"csrf_token": token_of(client)}).status_code in {404, 405}


def test_a_question_is_told_with_its_majority(app: Flask, client: Browser, cast: Cast) -> None:
    stage = Stage(cast)
    with app.app_context():
        stage.open(question(now()))
        for who, said in ((1, "yes"), (2, "yes"), (3, "no"), (4, "abstain")):
            stage.cast_by_name(who, said)
        stage.finish()
    page = client.get(f"/polls/{stage.poll_id}/outcome")
    assert page.status_code == 200
    assert "没有通过" in page.text
    assert client.get(f"/polls/{stage.poll_id}/bundle.zip").status_code == 200


def test_the_bundle_counts_again_and_notices_one_altered_ballot(
    app: Flask, client: Browser, cast: Cast, tmp_path: Path
) -> None:
    stage = counted(app, cast)
    folder = unpacked(client, stage, tmp_path)
    assert {"election.pb", "rule.json", "tally.json", "recount.py", "SHA256SUMS", "reveal.jsonl", "leaves.txt"} <= {
        path.name for path in folder.iterdir()
    }
    agrees = recount(folder, "--reveal", "reveal.jsonl", "--leaves", "leaves.txt")
    assert agrees.returncode == 0, agrees.stdout + agrees.stderr
    election = folder / "election.pb"
    rows = election.read_text().splitlines()
    place = max(number for number, row in enumerate(rows) if row.endswith("A-4"))
    rows[place] = rows[place].replace("A-4", "02")
    election.write_text("\n".join(rows) + "\n")
    assert recount(folder).returncode == 1


def test_everybody_gets_the_same_bundle(app: Flask, client: Browser, cast: Cast) -> None:
    stage = counted(app, cast)
    first = client.get(f"/polls/{stage.poll_id}/bundle.zip").data
    assert client.get(f"/polls/{stage.poll_id}/bundle.zip").data == first


def test_a_bundle_outlives_the_ballots_under_names(app: Flask, client: Browser, cast: Cast, tmp_path: Path) -> None:
    """Three years on the ballots are erased; the count can still be checked, and by the same bytes."""
    stage = Stage(cast)
    with app.app_context():
        stage.open(terms(now(), mode=Mode.NAMED))
        for who, codes in CHOICES.items():
            stage.cast_by_name(who, *codes)
        stage.finish()
        told = json.loads(db.session.scalars(select(LogEntry.body).where(LogEntry.kind == "poll.tallied")).one())
        place, later = stage.poll.neighbourhood_id, now() + timedelta(days=4 * 366)
    before = client.get(f"/polls/{stage.poll_id}/bundle.zip").data
    with app.app_context(), standing_at(later):
        perform(erase, Class.BALLOT, place, (later - timedelta(days=3 * 366)).date())
        assert set(db.session.scalars(select(NamedBallot.ballot))) == {""}
    assert client.get(f"/polls/{stage.poll_id}/bundle.zip").data == before
    folder = unpacked(client, stage, tmp_path)
    agrees = recount(folder)
    assert agrees.returncode == 0, agrees.stdout + agrees.stderr
    digest = hashlib.sha256((folder / "election.pb").read_bytes()).hexdigest()
    assert told["pub"]["election"] == f"sha256:{digest}"


def test_the_bundle_of_pots_counts_again(app: Flask, client: Browser, cast: Cast, tmp_path: Path) -> None:
    pots = {"安全": 4_500_000, "邻里": 1_500_000, "绿化": 6_000_000}
    stage = counted(app, cast, budget=12_000_000, pots=pots, counting=Counting.GREEDY)
    page = client.get(f"/polls/{stage.poll_id}/outcome")
    assert page.status_code == 200
    assert all(name in page.text for name in pots)
    folder = unpacked(client, stage, tmp_path)
    agrees = recount(folder)
    assert agrees.returncode == 0, agrees.stdout + agrees.stderr
    assert {pot["category"] for pot in json.loads((folder / "tally.json").read_text())["pots"]} == set(pots)


def test_points_and_ranks_are_told_and_counted_again(app: Flask, client: Browser, cast: Cast, tmp_path: Path) -> None:
    for kind, limits in ((Kind.RANKING, Limits(1, 3)), (Kind.CHOOSE, Limits(1, 2)), (Kind.KNAPSACK, Limits(1, 0))):
        stage = counted(app, cast, kind=kind, limits=limits, budget=11_000_000)
        assert client.get(f"/polls/{stage.poll_id}/outcome").status_code == 200
        folder = unpacked(client, stage, tmp_path / kind.value)
        agrees = recount(folder)
        assert agrees.returncode == 0, (kind, agrees.stdout + agrees.stderr)
