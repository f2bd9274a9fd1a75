"""`hearing import-roll`: the table as text, what it answers with, and that it writes for two people alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import func, select

from hearing.audit.models import LogEntry
from hearing.db import db
from hearing.people.models import Account
from hearing.places.models import Unit
from hearing.register.commands import add_to
from tests.cast import Cast
from tests.places import rolls
from tests.register.office import ROWS, changed, made

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask, tmp_path: Path) -> Run:
    """Run the command on a file of these bytes."""

    @click.group()
    def group() -> None:
        """A command line."""

    add_to(group, lambda: app)

    def running(data: bytes, *options: str, name: str = "roll.xlsx", answer: str = "") -> Result:
        path = tmp_path / name
        path.write_bytes(data)
        arguments = ["import-roll", str(path), "--neighbourhood", "tianjinlu", "--estate", "新桥苑", *options]
        return CliRunner().invoke(group, arguments, input=answer)

    return running


def two(app: Flask, cast: Cast, second: str = "second_clerk") -> list[str]:
    """The options that name a clerk and another person of the cast."""
    with app.app_context():
        phones = {account.ref: account.phone for account in db.session.scalars(select(Account))}
    return ["--as", str(phones[cast.ref("clerk")]), "--approve-as", str(phones[cast.ref(second)])]


def units(app: Flask) -> int:
    """How many units there are, the cast's fourteen among them."""
    with app.app_context():
        return db.session.scalar(select(func.count(Unit.id))) or 0


def test_the_table_is_shown_and_nothing_is_written(app: Flask, run: Run) -> None:
    result = run(made(ROWS))
    assert result.exit_code == 0, result.output
    assert "新增 5 · 有变动 0 · 不变 0 · 文件里没有 0 · 要改正 0 行" in result.output
    assert "章一鸣" not in result.output, "a terminal keeps what it showed"
    with app.app_context():
        assert db.session.scalar(select(func.count(LogEntry.idx))) == 0
    assert units(app) == 14


def test_every_fault_has_its_row_and_its_reason(app: Flask, run: Run) -> None:
    result = run(rolls.faulty())
    assert result.exit_code == 1
    assert "第 6 行 [须改正] 楼号：没有写门牌或楼号，不会自动跟上一行。请补写。" in result.output
    assert "第 8 行 [须改正] 面积：面积“0”不对，应大于零。" in result.output
    assert units(app) == 14


@pytest.mark.parametrize(("data", "name"), [(b"", "a.xlsx"), (b"PK\x03\x04xx", "a.xlsx"), (b"hello", "a.pdf")])
def test_what_cannot_be_read_says_why(run: Run, data: bytes, name: str) -> None:
    result = run(data, name=name)
    assert result.exit_code == 2
    assert result.output.strip().endswith("。")


def test_two_people_import_once_they_are_asked(app: Flask, cast: Cast, run: Run) -> None:
    assert run(made(ROWS), *two(app, cast), answer="n\n").exit_code == 1
    assert units(app) == 14
    result = run(made(ROWS), *two(app, cast), answer="y\n")
    assert result.exit_code == 0, result.output
    assert "由 顾文清 上传、陆小燕 复核，现在导入？" in result.output
    assert "户册经两人核对后导入：新增 5 户" in result.output
    assert units(app) == 19
    with app.app_context():
        entries = db.session.scalars(select(LogEntry).order_by(LogEntry.idx)).all()
        assert [entry.kind for entry in entries] == ["estate.added", "roll.uploaded", "roll.imported"]
        assert b'"channel":"command"' in entries[2].body
        assert [entry.actor_ref for entry in entries[1:]] == [cast.ref("clerk"), cast.ref("second_clerk")]


def test_a_script_need_not_be_asked(app: Flask, cast: Cast, run: Run) -> None:
    assert run(made(ROWS), *two(app, cast), "--yes").exit_code == 0
    again = run(made(ROWS), *two(app, cast), "--yes")
    assert again.exit_code == 0
    assert "和现在的户册一样，不用导入" in again.output
    later = run(made(changed(0, area="60")), *two(app, cast), "--yes")
    assert "第 2 行 [有变动] 建筑面积" in later.output
    assert units(app) == 19


def test_a_script_says_that_faulty_rows_stay_out(app: Flask, cast: Cast, run: Run) -> None:
    data = made(changed(0, area="0"))
    refused = run(data, *two(app, cast), "--yes")
    assert refused.exit_code == 2
    assert "有 1 行要改正" in refused.output
    assert units(app) == 14
    done = run(data, *two(app, cast), "--yes", "--leave-faulty-out")
    assert done.exit_code == 1, "rows must still be mended"
    assert units(app) == 18


@pytest.mark.parametrize("second", ["clerk", "property_manager"])
def test_one_person_or_a_stranger_does_not_count_as_two(app: Flask, cast: Cast, run: Run, second: str) -> None:
    result = run(made(ROWS), *two(app, cast, second), "--yes")
    assert result.exit_code == 2
    with app.app_context():
        assert db.session.scalar(select(func.count(LogEntry.idx))) == 0


def test_half_a_pair_and_unknown_places_are_usage_errors(app: Flask, cast: Cast, run: Run) -> None:
    assert run(made(ROWS), *two(app, cast)[:2]).exit_code == 2
    assert run(made(ROWS), "--neighbourhood", "nowhere").exit_code == 2
    assert units(app) == 14
