"""What stands in the source at one place only, or nowhere."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import hearing

ROOT = Path(hearing.__file__).parent
FILES = sorted(path for path in ROOT.rglob("*.py"))
TREES = {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text("utf-8")) for path in FILES}
LINES = {path.relative_to(ROOT).as_posix(): path.read_text("utf-8").splitlines() for path in FILES}


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call with the last part of what is called: `commit` for `db.session.commit()`."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)):
                yield name, node


def files_calling(name: str, *, of: str = "") -> set[str]:
    """The files with a call of `….name()`, where … matches the pattern `of`."""
    return {
        file
        for file, tree in TREES.items()
        for called, node in calls(tree)
        if called == name and isinstance(node.func, ast.Attribute) and re.search(of, ast.unparse(node.func.value))
    }


def test_one_file_commits() -> None:
    # canonical.commit() is another word: the commitment to a payload.
    assert files_calling("commit", of=r"^(?!canonical$|driver$)") == {"audit/ledger.py"}
    # And what could only read ends by the driver's COMMIT on PostgreSQL, which keeps no change: there is none.
    assert files_calling("commit", of=r"^driver$") == {"db.py"}


def test_few_files_open_transactions_of_their_own() -> None:
    """They commit at the end of their block: counters that outlive a refused request, the tables themselves, and how
    far a job is, which is told while it is in the middle of reading."""
    known = {"grants.py", "schema.py", "web/limits.py", "jobs/actions.py"}
    assert files_calling("begin", of=r"(engine|owner|session)$") == known


def test_forms_never_fill_rows_by_themselves() -> None:
    assert not files_calling("populate_obj")


def test_no_statement_is_put_together_from_text() -> None:
    """What SQLAlchemy's text() and the driver get is written in the source, whole."""
    for file, tree in TREES.items():
        for name, node in calls(tree):
            if node.args and (name == "exec_driver_sql" or (name == "text" and _is_sql(tree))):
                assert isinstance(node.args[0], ast.Constant), f"{file}:{node.lineno}: {ast.unparse(node)}"


def _is_sql(tree: ast.AST) -> bool:
    """Whether `text` in this file is SQLAlchemy's."""
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "sqlalchemy"]
    return any(alias.name == "text" for node in imports for alias in node.names)


def test_markup_is_made_of_literals_or_says_why_not() -> None:
    for file, tree in TREES.items():
        for name, node in calls(tree):
            if name == "Markup" and not all(isinstance(given, ast.Constant) for given in node.args):
                assert "# noqa: S704 - " in LINES[file][node.lineno - 1], f"{file}:{node.lineno}: {ast.unparse(node)}"


def test_the_clock_is_the_databases() -> None:
    """`datetime.now` stands where no deadline depends on it: in the demo's shift of the clock, and where the publisher
    notes when it last ran, which must be said also while the database is what fails."""
    assert files_calling("now", of=r"datetime$") <= {"clock.py", "audit/publishing.py", "audit/standing.py"}
    assert not files_calling("today", of=r"date(time)?$") | files_calling("utcnow")


SPEAKING = {"cli.py", "audit/verify.py", "ballots/recount.py"}
"""Files that print: the command line, and the programs that run alone."""


@pytest.mark.parametrize(
    ("word", "why"),
    [
        (r"不可篡改|区块链|上链", "say 可查证, 改动会被发现"),
        (r"[㐀-鿿][,;:?!](?=[㐀-鿿“《])", "Chinese sentences take ，；：？！"),
        (r"\bTODO\b|\bFIXME\b|\bXXX\b", "finish it, or leave it out"),
        (r"\bprint\(", "the log is structured"),
    ],
)
def test_words_that_stand_nowhere(word: str, why: str) -> None:
    texts = {**LINES, **_templates()}
    found = [
        f"{file}:{number}"
        for file, lines in texts.items()
        for number, line in enumerate(lines, 1)
        if re.search(word, line) and not (word.endswith(r"print\(") and file in SPEAKING)
    ]
    assert not found, f"{why}: {found}"


def _templates() -> dict[str, list[str]]:
    paths = sorted((ROOT / "templates").rglob("*.html"))
    return {path.relative_to(ROOT).as_posix(): path.read_text("utf-8").splitlines() for path in paths}
